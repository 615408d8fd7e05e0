//! One module by itself, outside of any gate: for whoever builds one, or was given one and wants to know what it is.

use interlock_engine::{Engine, EngineError, Limits, LoadError, Outline};
use interlock_model::{Digest, Manifest};
use sha2::{Digest as _, Sha256};

/// What is known of a module. Everything in it is the module's own word but its digest and size.
#[derive(Clone, Debug)]
pub struct Examined {
    /// SHA-256 of its bytes, as a policy set pins it.
    pub digest: Digest,
    /// Its size.
    pub bytes: usize,
    /// What was read of it without running it.
    pub outline: Outline,
    /// What it says of itself, asked in the sandbox; or why no gate would load it.
    pub manifest: Result<Manifest, LoadError>,
}

/// Looks at a module as a gate would: it is read, compiled, and asked what it is.
///
/// # Errors
/// If the engine cannot start here. A module that is refused is no error: it is what was found out.
pub fn examine(wasm: &[u8], limits: &Limits) -> Result<Examined, EngineError> {
    let module = Engine::new()?.load(wasm, limits);
    Ok(Examined {
        digest: Digest::from_sha256(&Sha256::digest(wasm)),
        bytes: wasm.len(),
        outline: interlock_engine::outline(wasm),
        manifest: module.map(|module| module.manifest().clone()),
    })
}
