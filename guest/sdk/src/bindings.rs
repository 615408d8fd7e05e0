//! The contract in Rust, generated from `wit/policy.wit`. Nothing here is written by hand.
//!
//! The generator writes the unsafe code that moves records across the sandbox's border; it is the only unsafe code of
//! the SDK beside the allocator. On other targets than wasm the same types are plain structs, which is why a policy's
//! unit tests run natively.

wit_bindgen::generate!({
    path: "../../wit",
    world: "policy-module",
    pub_export_macro: true,
    export_macro_name: "export_policy_module",
    default_bindings_module: "interlock_guest::bindings",
    additional_derives: [PartialEq],
});
