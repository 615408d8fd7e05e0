//! The contract in Rust, generated from `wit/policy.wit`. Nothing here is written by hand.
//!
//! Types, the call of `log`, and the description of the contract that every module carries are the generator's. Its code
//! for the exports is not used in a module: `canonical` carries the same types in a third of it, and is tested against
//! it. On other targets than wasm the types are plain structs, which is why a policy's unit tests run natively.

wit_bindgen::generate!({
    path: "../../wit",
    world: "policy-module",
    pub_export_macro: true,
    export_macro_name: "export_policy_module",
    default_bindings_module: "interlock_guest::bindings",
    additional_derives: [PartialEq, interlock_guest_macro::Canonical, interlock_guest_macro::Reflect],
});
