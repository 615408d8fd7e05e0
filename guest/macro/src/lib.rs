//! The attribute that exports a policy, the derive that reads its settings, and `text!` for its messages.
//!
//! They only write what an author would otherwise copy: the trait that `interlock-guest` runs, the export under
//! `cfg(target_arch = "wasm32")`, one line per setting, one per piece of a message. What they call is in `guest/sdk`.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "syntax trees have dozens of cases; all but a few are one error"
)]

mod canonical;
mod policy;
mod reflect;
mod settings;
mod text;

use proc_macro::TokenStream;

/// Makes a function a policy: `#[policy(title = "...", rules = [RULE, ...])]`.
///
/// The function takes `&Change`, `&Question` and a reference to the settings struct, and returns `Judgement`. The
/// policy's id and version are the crate's own, so the folder, the package and the id are one name.
#[proc_macro_attribute]
pub fn policy(arguments: TokenStream, function: TokenStream) -> TokenStream {
    policy::expand(arguments.into(), function.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct readable from a policy set: each field is a setting, its comment is the help, `default` its default.
///
/// `#[setting(default = 10, range = 0..=100)]` bounds a whole number. `#[setting(check = function)]` on the struct names
/// a `fn(&Self) -> Vec<(&'static str, String)>` for what is wrong between settings that are each right.
#[proc_macro_derive(Settings, attributes(setting))]
pub fn settings(input: TokenStream) -> TokenStream {
    settings::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A message from its pieces, like `format!`: `text!("{count} of {} targets", targets.len())`.
///
/// What stands in it is a text or a whole number; `{minute:02}` gives a number at least two digits. `format!` knows a great
/// deal more, and brings 4 KB of it into a module that calls it once.
#[proc_macro]
pub fn text(input: TokenStream) -> TokenStream {
    text::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Carries a type of the contract across the sandbox's border. For the SDK's own generated types, and nobody else's.
#[doc(hidden)]
#[proc_macro_derive(Canonical)]
pub fn canonical(input: TokenStream) -> TokenStream {
    canonical::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a type of the contract readable by its names. For the SDK's own generated types, and nobody else's.
#[doc(hidden)]
#[proc_macro_derive(Reflect)]
pub fn reflect(input: TokenStream) -> TokenStream {
    reflect::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
