//! `#[derive(Canonical)]`: a record or variant of the contract, field by field, across the sandbox's border.
//!
//! It writes one small function per type and direction. What they stand on, and why it is safe, is in
//! `guest/sdk/src/canonical.rs`; the types are the generated ones of `guest/sdk/src/bindings.rs`, whose fields and cases
//! stand in the contract's order.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Error, Fields, Ident, Result, Type};

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let name = &input.ident;
    let body = match &input.data {
        Data::Struct(data) => record(&data.fields),
        Data::Enum(data) if data.variants.iter().all(|case| case.fields.is_empty()) => plain(data),
        Data::Enum(data) => variant(data)?,
        Data::Union(_) => return Err(Error::new_spanned(name, "the contract has no unions")),
    };
    Ok(quote! {
        #[cfg(any(target_arch = "wasm32", test))]
        const _: () = {
            use ::core::alloc::Layout;
            use ::interlock_guest::canonical::{self, Canonical};

            // SAFETY: fields and cases stand in the contract's order, and each is written.
            unsafe impl Canonical for #name {
                #body
            }
        };
    })
}

/// Fields one after the other, each where it is aligned.
fn record(fields: &Fields) -> TokenStream {
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    let names: Vec<_> = fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    let at: Vec<_> = (0..names.len()).map(Literal::usize_unsuffixed).collect();
    let count = names.len();
    quote! {
        const LAYOUT: Layout = canonical::record(&[#(<#types as Canonical>::LAYOUT),*]).0;
        unsafe fn lift(from: *const u8, to: *mut Self) {
            const AT: [usize; #count] = canonical::record(&[#(<#types as Canonical>::LAYOUT),*]).1;
            unsafe { #(Canonical::lift(from.add(AT[#at]), &raw mut (*to).#names);)* }
        }
        unsafe fn lower(&self, to: *mut u8) {
            const AT: [usize; #count] = canonical::record(&[#(<#types as Canonical>::LAYOUT),*]).1;
            unsafe { #(self.#names.lower(to.add(AT[#at]));)* }
        }
        #[cfg(test)]
        fn sample(next: &mut u32) -> Self {
            Self { #(#names: Canonical::sample(next)),* }
        }
    }
}

/// An enum without payloads is its tag; the generated one is `repr(u8)`.
fn plain(data: &DataEnum) -> TokenStream {
    let cases: Vec<_> = data.variants.iter().map(|case| &case.ident).collect();
    let count = cases.len();
    quote! {
        const LAYOUT: Layout = Layout::new::<Self>();
        unsafe fn lift(from: *const u8, to: *mut Self) {
            const { assert!(size_of::<Self>() == 1, "its tag is one byte") };
            unsafe { to.write(from.cast::<Self>().read()) }
        }
        unsafe fn lower(&self, to: *mut u8) {
            unsafe { to.cast::<Self>().write(*self) }
        }
        #[cfg(test)]
        fn sample(next: &mut u32) -> Self {
            [#(Self::#cases),*][canonical::count(next) as usize % #count]
        }
    }
}

/// A tag, and the payload of the case where the widest payload is aligned.
fn variant(data: &DataEnum) -> Result<TokenStream> {
    let payloads = data.variants.iter().map(payload).collect::<Result<Vec<_>>>()?;
    let types: Vec<_> = payloads.iter().flatten().collect();
    let count = Literal::u32_unsuffixed(u32::try_from(payloads.len()).unwrap_or(u32::MAX));
    let (mut lifted, mut lowered, mut samples) = (Vec::new(), Vec::new(), Vec::new());
    for ((tag, case), payload) in (0_u8..).zip(&data.variants).zip(&payloads) {
        let name: &Ident = &case.ident;
        let number = u32::from(tag);
        if payload.is_some() {
            lifted.push(quote!(#tag => to.write(Self::#name(canonical::payload(from.add(AT))))));
            lowered.push(quote!(Self::#name(payload) => { to.write(#tag); payload.lower(to.add(AT)) }));
            samples.push(quote!(#number => Self::#name(Canonical::sample(next))));
        } else {
            lifted.push(quote!(#tag => to.write(Self::#name)));
            lowered.push(quote!(Self::#name => to.write(#tag)));
            samples.push(quote!(#number => Self::#name));
        }
    }
    Ok(quote! {
        const LAYOUT: Layout = canonical::variant(&[#(<#types as Canonical>::LAYOUT),*]).0;
        unsafe fn lift(from: *const u8, to: *mut Self) {
            const AT: usize = canonical::variant(&[#(<#types as Canonical>::LAYOUT),*]).1;
            unsafe {
                match from.read() {
                    #(#lifted,)*
                    _ => canonical::no_such_case(),
                }
            }
        }
        unsafe fn lower(&self, to: *mut u8) {
            const AT: usize = canonical::variant(&[#(<#types as Canonical>::LAYOUT),*]).1;
            unsafe { match self { #(#lowered),* } }
        }
        #[cfg(test)]
        fn sample(next: &mut u32) -> Self {
            match canonical::count(next) % #count { #(#samples,)* _ => ::core::unreachable!() }
        }
    })
}

fn payload(case: &syn::Variant) -> Result<Option<&Type>> {
    let mut fields = case.fields.iter();
    match (fields.next(), fields.next()) {
        (first, None) => Ok(first.map(|field| &field.ty)),
        (_, Some(second)) => Err(Error::new_spanned(second, "a case of the contract has one payload")),
    }
}
