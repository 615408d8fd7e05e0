//! A guest of contract 0.2.0, without the SDK. Its rules are those of `since-0-1-0`, letter by letter.
//! When 0.2.0 is followed by another version, its text is kept in `wit/since-0.2.0`, and the path below goes there.

#[path = "../../since-0-1-0/src/told.rs"]
mod told;

#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::restriction,
    reason = "generated from wit/policy.wit, whose fields carry the documentation"
)]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit", world: "policy-module", pub_export_macro: true });
    #[cfg(target_arch = "wasm32")]
    export!(Told with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::told::Told;
}

use bindings::interlock::policy::change_types::Budget;

/// In whole basis points.
fn objective_bp(budget: &Budget) -> Option<u16> {
    budget.objective_ppm.and_then(|ppm| u16::try_from(ppm / 100).ok())
}
