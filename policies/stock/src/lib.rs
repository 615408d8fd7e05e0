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
    ("incident-freeze", "it needs a feed of incidents"),
];

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// The stock policy of this id.
pub fn module(id: &str) -> Option<StockModule> {
    MODULES.iter().find(|module| module.id == id).copied()
}

/// The stock policies that judge where no policy set says which ones do.
pub fn by_default() -> impl Iterator<Item = &'static StockModule> {
    MODULES.iter().filter(|module| !ON_REQUEST.iter().any(|(id, _)| *id == module.id))
}
