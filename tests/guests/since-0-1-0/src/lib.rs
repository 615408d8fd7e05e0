//! A guest of contract 0.1.0, generated from the text that was released, without the SDK.
//! `tests/suite/versions.rs` holds that it is shown what its twin of today is shown.

mod told;

#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::restriction,
    reason = "generated from wit/since-0.1.0/policy.wit, whose fields carry the documentation"
)]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit/since-0.1.0", world: "policy-module", pub_export_macro: true });
    #[cfg(target_arch = "wasm32")]
    export!(Told with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::told::Told;
}

use bindings::interlock::policy::change_types::Budget;

/// In whole basis points.
fn objective_bp(budget: &Budget) -> Option<u16> {
    budget.objective_bp
}
