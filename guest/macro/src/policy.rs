//! `#[policy]`: the function as it was, a type that implements `Policy` with it, and the export for wasm.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, ExprArray, FnArg, Ident, ItemFn, LitStr, Result, Token, Type};

/// `title = "...", rules = [...]`, and `edits_of = ["glob"]` where a policy reads changed files.
struct Arguments {
    title: LitStr,
    rules: ExprArray,
    edits_of: Option<ExprArray>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let title = named(input, "title")?;
        let _: Token![,] = input.parse()?;
        let rules = named(input, "rules")?;
        let more: Option<Token![,]> = input.parse()?;
        let edits_of = if more.is_some() && !input.is_empty() {
            let globs = named(input, "edits_of")?;
            let _: Option<Token![,]> = input.parse()?;
            Some(globs)
        } else {
            None
        };
        Ok(Self { title, rules, edits_of })
    }
}

/// One `name = value`.
fn named<T: Parse>(input: ParseStream<'_>, name: &str) -> Result<T> {
    let found: Ident = input.parse()?;
    if found != name {
        return Err(Error::new(found.span(), format!("expected `{name} = ...`, found `{found}`")));
    }
    let _: Token![=] = input.parse()?;
    input.parse()
}

pub(crate) fn expand(arguments: TokenStream, function: TokenStream) -> Result<TokenStream> {
    let Arguments { title, rules, edits_of } = syn::parse2(arguments)?;
    let rules = rules.elems.iter();
    let edits_of = edits_of.iter().flat_map(|globs| &globs.elems);
    let function: ItemFn = syn::parse2(function)?;
    let judge = &function.sig.ident;
    let settings = settings_type(&function)?;
    Ok(quote! {
        #function

        /// The policy this crate exports.
        pub struct ThePolicy;

        impl ::interlock_guest::Policy for ThePolicy {
            type Settings = #settings;
            const MANIFEST: &'static ::interlock_guest::ManifestText = &::interlock_guest::ManifestText::of(
                [::core::env!("CARGO_PKG_NAME"), ::core::env!("CARGO_PKG_VERSION"), #title],
                &[#(::interlock_guest::RuleText::of(&#rules)),*],
                <#settings as ::interlock_guest::Settings>::TEXTS,
                &[#(::interlock_guest::Text::of(#edits_of)),*],
            );

            fn judge(
                change: &::interlock_guest::change_types::Change,
                question: &::interlock_guest::question_types::Question,
                settings: &Self::Settings,
            ) -> ::interlock_guest::Judgement {
                #judge(change, question, settings)
            }
        }

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, unreachable_pub, missing_docs, reason = "the exports are generated from wit/policy.wit")]
        mod __export {
            use super::ThePolicy;

            ::interlock_guest::bindings::export_policy_module!(
                ThePolicy with_types_in ::interlock_guest::exports::root
            );
        }
    })
}

/// The third parameter, without its `&`.
fn settings_type(function: &ItemFn) -> Result<Type> {
    let wrong = || {
        let form = "a policy is `fn(change: &Change, question: &Question, settings: &Settings) -> Judgement`";
        Error::new_spanned(&function.sig, form)
    };
    let parameters: Vec<_> = function.sig.inputs.iter().collect();
    match parameters.as_slice() {
        [_, _, FnArg::Typed(settings)] => match settings.ty.as_ref() {
            Type::Reference(reference) => Ok(reference.elem.as_ref().clone()),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}
