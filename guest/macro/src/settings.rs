//! `#[derive(Settings)]`: one description and one reading line per field.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, ExprRange, Field, Fields, Ident, Lit, Path,
    RangeLimits, Result, Token, Type, UnOp,
};

/// What `#[setting(...)]` on a field says.
struct FieldArguments {
    default: Expr,
    range: Option<ExprRange>,
}

impl Parse for FieldArguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut default = None;
        let mut range = None;
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            let _: Token![=] = input.parse()?;
            match name.to_string().as_str() {
                "default" => default = Some(input.parse()?),
                "range" => range = Some(input.parse()?),
                other => {
                    return Err(Error::new(
                        name.span(),
                        format!("expected `default` or `range`, found `{other}`"),
                    ));
                }
            }
            let _: Option<Token![,]> = input.parse()?;
        }
        let default =
            default.ok_or_else(|| input.error("expected `default = ...`: every setting has one"))?;
        Ok(Self { default, range })
    }
}

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let fields = named_fields(&input)?;
    let described = fields.iter().map(describe).collect::<Result<Vec<_>>>()?;
    let read = fields.iter().map(read).collect::<Result<Vec<_>>>()?;
    let names: Vec<_> = fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    // Where the default stands in for what is refused, there is always a value.
    let mut missing = Vec::new();
    for field in &fields {
        if !has_stand_in(&key_and_arguments(field)?.1) {
            missing.extend(&field.ident);
        }
    }
    let check = check_function(&input.attrs)?;
    let name = &input.ident;
    Ok(quote! {
        impl ::interlock_guest::Settings for #name {
            const TEXTS: &'static [::interlock_guest::SettingText] = &[#(#described),*];
            fn take(reader: &mut ::interlock_guest::SettingsReader<'_>) -> ::core::option::Option<Self> {
                // Every field is read before any is unwrapped, so that all mistakes are named at once.
                #(#read)*
                let (#(::core::option::Option::Some(#missing),)*) = (#(#missing,)*) else {
                    return ::core::option::Option::None;
                };
                ::core::option::Option::Some(Self { #(#names),* })
            }
            #check
        }

        impl ::core::default::Default for #name {
            /// What is in force where the policy set says nothing.
            fn default() -> Self {
                match ::interlock_guest::SettingsReader::read::<Self>(&[]) {
                    Ok(settings) => settings,
                    Err(errors) => ::std::panic!("the defaults of these settings are refused: {errors:?}"),
                }
            }
        }
    })
}

fn named_fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            Fields::Unit => Ok(Vec::new()),
            Fields::Unnamed(_) => {
                Err(Error::new(input.span(), "settings have names: use a struct with named fields"))
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            Err(Error::new(input.span(), "settings are a struct with named fields"))
        }
    }
}

/// The struct's own `#[setting(check = function)]`, as the trait method.
fn check_function(attributes: &[Attribute]) -> Result<TokenStream> {
    struct Check(Path);
    impl Parse for Check {
        fn parse(input: ParseStream<'_>) -> Result<Self> {
            let name: Ident = input.parse()?;
            if name != "check" {
                return Err(Error::new(name.span(), "expected `check = function`"));
            }
            let _: Token![=] = input.parse()?;
            Ok(Self(input.parse()?))
        }
    }
    let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("setting")) else {
        return Ok(TokenStream::new());
    };
    let Check(function) = attribute.parse_args()?;
    Ok(quote! {
        fn check(&self) -> ::std::vec::Vec<(&'static str, ::std::string::String)> {
            #function(self)
        }
    })
}

fn describe(field: &&Field) -> Result<TokenStream> {
    let (key, arguments) = key_and_arguments(field)?;
    let ty = &field.ty;
    let default = default_text(&arguments.default)?;
    let help = comment(&field.attrs);
    if help.is_empty() {
        return Err(Error::new(
            field.span(),
            "a setting needs a comment: what it bounds, its unit, its source",
        ));
    }
    Ok(quote! {
        ::interlock_guest::SettingText::of(
            #key,
            <#ty as ::interlock_guest::SettingField>::KIND,
            #default,
            #help,
        )
    })
}

fn read(field: &&Field) -> Result<TokenStream> {
    let (key, arguments) = key_and_arguments(field)?;
    let name = &field.ident;
    let default = &arguments.default;
    Ok(match &arguments.range {
        Some(range) => {
            let (min, max) = ends(range)?;
            quote! {
                const { ::core::assert!(#min <= #default && #default <= #max, "the default is outside the range") };
                let #name = reader.bounded(#key, #default, #min, #max);
            }
        }
        None if is_named(&field.ty, "WordList") => {
            let words = default_words(default)?;
            quote! { let #name = reader.word_list(#key, #words); }
        }
        None if is_list_of_texts(default) => {
            let texts = default_texts(default)?;
            quote! { let #name = reader.texts(#key, const { &[#(#texts),*] }); }
        }
        None if is_flag(default) => quote! { let #name = reader.flag(#key, #default); },
        None => {
            let scalars = default_scalars(default)?;
            quote! { let #name = reader.field(#key, &[#(#scalars),*]); }
        }
    })
}

/// `0..=9`: both ends are in it.
fn ends(range: &ExprRange) -> Result<(&Expr, &Expr)> {
    match (&range.start, range.limits, &range.end) {
        (Some(min), RangeLimits::Closed(_), Some(max)) => Ok((min, max)),
        _ => Err(Error::new_spanned(range, "expected a range with both its ends, such as `0..=9`")),
    }
}

fn is_flag(default: &Expr) -> bool {
    matches!(default, Expr::Lit(ExprLit { lit: Lit::Bool(_), .. }))
}

/// Whether the reader gives the default where a setting is refused.
fn has_stand_in(arguments: &FieldArguments) -> bool {
    let default = &arguments.default;
    arguments.range.is_some() || is_flag(default) || is_list_of_texts(default)
}

/// By its name, as derives know `Option`.
fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

fn is_list_of_texts(default: &Expr) -> bool {
    let is_text = |item: &Expr| matches!(item, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }));
    matches!(default, Expr::Array(array) if array.elems.iter().all(is_text))
}

/// `first_stage_max` is set as `first-stage-max`.
fn key_and_arguments(field: &Field) -> Result<(String, FieldArguments)> {
    let Some(name) = &field.ident else { return Err(Error::new(field.span(), "a setting has a name")) };
    let attribute = field.attrs.iter().find(|attribute| attribute.path().is_ident("setting"));
    let Some(attribute) = attribute else {
        return Err(Error::new(
            field.span(),
            "expected `#[setting(default = ...)]`: every setting has a default",
        ));
    };
    Ok((name.to_string().replace('_', "-"), attribute.parse_args()?))
}

/// The comment above a field, as one paragraph.
fn comment(attributes: &[Attribute]) -> String {
    let lines =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
            match &attribute.meta.require_name_value().ok()?.value {
                Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
                _ => None,
            }
        });
    lines.collect::<Vec<_>>().join(" ")
}

/// The default as it would be written in a policy set.
fn default_text(default: &Expr) -> Result<String> {
    Ok(match default {
        Expr::Array(array) => {
            format!("[{}]", array.elems.iter().map(default_text).collect::<Result<Vec<_>>>()?.join(", "))
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => written(&text.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_digits().to_owned(),
        Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. }) => flag.value.to_string(),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => format!("-{}", default_text(&unary.expr)?),
        _ => return Err(unsupported(default)),
    })
}

/// A text that a YAML reader could take for something else has its quotes.
fn written(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
    if plain { text.to_owned() } else { format!("{text:?}") }
}

/// The words of a `WordList` as the manifest has them, where they are looked up. Whatever would part a word there, or be
/// compared in another way, would be a word that is never found.
fn default_words(default: &Expr) -> Result<String> {
    let wrong = |at: &Expr| Error::new_spanned(at, "expected words in small letters: others are `Texts`");
    let Expr::Array(array) = default else { return Err(wrong(default)) };
    for item in &array.elems {
        let Expr::Lit(ExprLit { lit: Lit::Str(word), .. }) = item else { return Err(wrong(item)) };
        let word = word.value();
        if written(&word) != word || word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(wrong(item));
        }
    }
    default_text(default)
}

/// Each text of a list, as a part of what the manifest says is the default: the words stand in the policy once.
fn default_texts(default: &Expr) -> Result<Vec<TokenStream>> {
    let Expr::Array(array) = default else { return Err(unsupported(default)) };
    let whole = default_text(default)?;
    let mut texts = Vec::new();
    let mut start = "[".len();
    for item in &array.elems {
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = item else { return Err(unsupported(item)) };
        let (text, written) = (text.value(), written(&text.value()));
        // It is as it is, between quotes, or with marks of YAML in it.
        let place = written.find(&text).map(|before| start + before);
        texts.push(match place {
            Some(place) => {
                let len = text.len();
                quote!(::interlock_guest::part(#whole, #place, #len))
            }
            None => quote!(#text),
        });
        start += written.len() + ", ".len();
    }
    Ok(texts)
}

/// The default as the scalars a policy set would send for it.
fn default_scalars(default: &Expr) -> Result<Vec<TokenStream>> {
    let scalar = quote!(::interlock_guest::finding_types::SettingScalar);
    match default {
        Expr::Array(array) if array.elems.is_empty() => Ok(vec![quote!(#scalar::EmptyList)]),
        Expr::Array(array) => Ok(array
            .elems
            .iter()
            .map(default_scalars)
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect()),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            Ok(vec![quote!(#scalar::Text(::interlock_guest::IntoText::into_text(#text)))])
        }
        Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) | Expr::Unary(_) => {
            Ok(vec![quote!(#scalar::WholeNumber(#default))])
        }
        _ => Err(unsupported(default)),
    }
}

fn unsupported(default: &Expr) -> Error {
    Error::new_spanned(default, "expected a number, a text, `true`, `false`, or a list of texts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_never_be_found_do_not_compile() {
        let words = |list: &str| default_words(&syn::parse_str(list).unwrap());
        assert_eq!(words(r#"["prod", "pre-prod", "tier-2"]"#).unwrap(), "[prod, pre-prod, tier-2]");
        assert_eq!(words("[]").unwrap(), "[]");
        for list in [
            r#"["Prod"]"#,
            r#"["live one"]"#,
            r#"["a,b"]"#,
            r#"["größe"]"#,
            r#"[""]"#,
            "[7]",
            "7",
            r#""prod""#,
        ] {
            let error = words(list).unwrap_err().to_string();
            assert!(error.starts_with("expected words in small letters"), "{list}: {error}");
        }
    }
}
