//! `#[derive(Reflect)]`: a record or an enum of the contract, by the names that stand in it.
//!
//! What it writes is read by `guest/sdk/src/reflect.rs`. The types are the generated ones, so the contract's names are
//! those of the fields and cases, turned back.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Error, Fields, Ident, Result};

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let name = &input.ident;
    let body = match &input.data {
        Data::Struct(data) => record(name, &data.fields),
        Data::Enum(data) => words(name, data),
        Data::Union(_) => return Err(Error::new_spanned(name, "the contract has no unions")),
    };
    Ok(quote! {
        const _: () = {
            use ::interlock_guest::reflect::{Field, Fields, Record, Reflect, Type, View};

            #body
        };
    })
}

fn record(name: &Ident, fields: &Fields) -> TokenStream {
    let idents: Vec<_> = fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    // A field whose name is a word of Rust's is generated with `_` behind it.
    let names: Vec<_> =
        idents.iter().map(|ident| ident.to_string().trim_end_matches('_').to_owned()).collect();
    let at = (0..idents.len()).map(Literal::usize_unsuffixed);
    let contracts = kebab(name);
    quote! {
        impl Reflect for #name {
            const TYPE: Type = Type::Record(&Record {
                name: #contracts,
                fields: &[#(Field {
                    name: #names,
                    ty: <#types as Reflect>::TYPE,
                    is_optional: <#types as Reflect>::IS_OPTIONAL,
                }),*],
            });
            fn view(&self) -> View<'_> {
                View::Record(self)
            }
        }
        impl Fields for #name {
            fn field(&self, index: usize) -> View<'_> {
                match index {
                    #(#at => self.#idents.view(),)*
                    _ => View::Unknown,
                }
            }
        }
    }
}

/// An enum is its word. Of a variant with a payload, which no change holds, it is the case's name.
fn words(name: &Ident, data: &DataEnum) -> TokenStream {
    let words: Vec<_> = data.variants.iter().map(|case| kebab(&case.ident)).collect();
    let cases = data.variants.iter().map(|case| {
        let ident = &case.ident;
        if case.fields.is_empty() { quote!(Self::#ident) } else { quote!(Self::#ident(..)) }
    });
    quote! {
        impl Reflect for #name {
            const TYPE: Type = Type::Word(&[#(#words),*]);
            fn view(&self) -> View<'_> {
                View::Text(match self { #(#cases => #words),* })
            }
        }
    }
}

/// `OsUpdate` is `os-update` in the contract.
fn kebab(ident: &Ident) -> String {
    let mut kebab = String::new();
    for letter in ident.to_string().chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}
