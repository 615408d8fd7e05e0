//! `text!`: the pieces of a message, each put behind the other by a call.

use std::mem::take;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Ident, LitStr, Result, Token};

/// A literal with places in it, and what goes to those without a name.
struct Template {
    literal: LitStr,
    arguments: Vec<Expr>,
}

impl Parse for Template {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let literal = input.parse()?;
        let comma: Option<Token![,]> = input.parse()?;
        let arguments = match comma {
            Some(_) => Punctuated::<Expr, Token![,]>::parse_terminated(input)?.into_iter().collect(),
            None => Vec::new(),
        };
        Ok(Self { literal, arguments })
    }
}

/// What one place asks for, as it stands between the braces.
struct Place {
    /// A variable; empty: the next argument.
    name: String,
    /// `:04`: at least four digits.
    digits: Option<usize>,
}

impl Place {
    fn parse(inside: &str) -> Option<Self> {
        let (name, digits) = match inside.split_once(':') {
            Some((name, digits)) => (name, Some(digits.strip_prefix('0')?.parse().ok()?)),
            None => (inside, None),
        };
        Some(Self { name: name.into(), digits })
    }
}

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let Template { literal, arguments } = syn::parse2(input)?;
    // A name of its own, whatever the author's variables are called.
    let text = Ident::new("text", Span::mixed_site());
    let wrong = |message: &str| Error::new(literal.span(), message);
    let mut arguments = arguments.into_iter();
    let (mut calls, mut words) = (Vec::new(), String::new());
    let template = literal.value();
    let mut rest = template.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        words += before;
        // `{{` and `}}` are braces.
        if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            words.extend(brace.chars().next());
            rest = after;
            continue;
        }
        let (inside, after) = brace
            .strip_prefix('{')
            .and_then(|open| open.split_once('}'))
            .ok_or_else(|| wrong("a brace without its other half; a brace itself is `{{` or `}}`"))?;
        rest = after;
        calls.extend(add_literal(take(&mut words), &text));
        let place = Place::parse(inside).ok_or_else(|| {
            wrong("`text!` takes `{}`, `{name}` and digits like `{:02}`; std's `format!` knows more, and costs 4 KB")
        })?;
        let value = if place.name.is_empty() {
            arguments.next().ok_or_else(|| wrong("more places than arguments"))?
        } else {
            let name = LitStr::new(&place.name, literal.span()).parse_with(Ident::parse_any)?;
            Expr::Verbatim(quote!(#name))
        };
        calls.push(match place.digits {
            Some(digits) => quote!((#value).add_digits(#digits, &mut #text);),
            None => quote!((#value).add_to(&mut #text);),
        });
    }
    words += rest;
    if let Some(argument) = arguments.next() {
        return Err(Error::new_spanned(argument, "more arguments than places"));
    }
    if calls.is_empty() {
        // Nothing to put behind it.
        return Ok(quote!(::interlock_guest::IntoText::into_text(#words)));
    }
    calls.extend(add_literal(words, &text));
    Ok(quote! {{
        #[allow(unused_imports, reason = "which of the two depends on the pieces")]
        use ::interlock_guest::{AddTo as _, Number as _};
        let mut #text = ::std::string::String::new();
        #(#calls)*
        #text
    }})
}

fn add_literal(words: String, text: &Ident) -> Option<TokenStream> {
    let words = (!words.is_empty()).then(|| LitStr::new(&words, Span::call_site()))?;
    Some(quote!(#words.add_to(&mut #text);))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expect: &str) {
        let error = expand(input.parse().unwrap()).unwrap_err();
        assert!(error.to_string().starts_with(expect), "{input}: {error}");
    }

    #[test]
    fn what_cannot_be_told_does_not_compile() {
        check(r#""{count:?}""#, "`text!` takes `{}`");
        check(r#""{share:.2}""#, "`text!` takes `{}`");
        check(r#""{hour:2}""#, "`text!` takes `{}`");
        check(r#""{0}", count"#, "expected ident");
        check(r#""{count""#, "a brace without its other half");
        check(r#""count}""#, "a brace without its other half");
        check(r#""{} of {}", count"#, "more places than arguments");
        check(r#""{count}", count"#, "more arguments than places");
    }
}
