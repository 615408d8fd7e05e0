//! The stock policies as modules: bytes and nothing else.
//!
//! They are built from source by this crate's build script, so that no binary is kept in the repository and an edited
//! rule is an edited module. The host treats them like anybody's: they have no privilege. `interlock` (host/gate) does
//! not depend on this crate; an embedder that wants them adds it.

/// One stock policy.
#[derive(Clone, Copy, Debug)]
pub struct StockModule {
    /// Its id, which is the name of its folder in `policies/`.
    pub id: &'static str,
    /// The component, as `interlock-engine` loads it.
    pub bytes: &'static [u8],
}

/// Policies that no gate has unless a policy set binds them, each with the reason.
pub const ON_REQUEST: &[(&str, &str)] = &[
    ("error-budget", "it needs a feed of error budgets and incidents"),
    ("expression", "without an expression in its settings it has no rule to judge by"),
    ("incident-freeze", "it needs a feed of incidents"),
];

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Why this policy is bound only where somebody asks for it. `None`: it judges with its defaults.
pub fn on_request(id: &str) -> Option<&'static str> {
    ON_REQUEST.iter().find(|(known, _)| *known == id).map(|(_, reason)| *reason)
}

/// The stock policy of this id.
pub fn module(id: &str) -> Option<StockModule> {
    MODULES.iter().find(|module| module.id == id).copied()
}

/// The stock policies that judge where no policy set says which ones do, sorted by id.
pub fn by_default() -> impl Iterator<Item = &'static StockModule> {
    MODULES.iter().filter(|module| on_request(module.id).is_none())
}
