//! Runs one policy on one change, in a fresh sandbox under limits. The only crate that knows wasmtime.
//!
//! It has no opinion: it never says allow or block. [`Engine::load`] takes bytes and refuses what is not a policy module
//! of our contract, with the reason and the next step. [`Module::evaluate`] makes a store and an instance, calls the
//! policy once, throws both away and returns findings or a [`Fault`](interlock_model::Fault). What a broken policy counts
//! as is `interlock`'s (host/gate) to decide.
//!
//! What a policy can reach: its change, its question, its settings, and a bounded `log`. There is no file, clock, random
//! number, environment or network to be had, because none is linked, and a module that imports one is refused by name.
//!
//! Fuel decides when a policy has run too long, because it is the same number on every machine. The wall clock is only
//! the backstop of a busy machine.

mod admission;
mod allocation;
mod cache;
mod config;
mod contract;
mod exhibit;
mod fault;
mod held;
mod lift;
mod limits;
mod load_error;
mod log;
mod lower;
mod module;
mod outline;
mod shown;
mod since_0_1;
mod slots;
mod spoken;
mod store;
mod watchdog;

use std::sync::{Arc, OnceLock};

pub use allocation::Allocation;
pub use cache::{Distrust, LoadNote, ModuleCache};
pub use contract::{CONTRACT, EARLIER_CONTRACTS};
pub use exhibit::Exhibit;
pub use limits::{Limits, Tier};
pub use load_error::{LoadError, Wrong};
pub use log::{LogLevel, LogLine};
pub use module::{Evaluation, Module, SettingError};
pub use outline::{Extent, Outline, outline};
pub use shown::globs;
pub use watchdog::Deadline;

/// The contract in Rust, generated from `wit/policy.wit`.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::restriction,
    reason = "generated from wit/policy.wit, whose fields carry the documentation"
)]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "policy-module",
        imports: { default: trappable },
    });
}

/// A compiler and runtime for policies. One per process: stores of different engines must not meet.
///
/// It owns one thread, which sleeps unless a policy overruns its deadline, and ends with the engine. Compiling uses the
/// process-wide pool of wasmtime's compiler, which stays.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) wasm: wasmtime::Engine,
    pub(crate) linker: wasmtime::component::Linker<store::Guest>,
    pub(crate) watchdog: watchdog::Watchdog,
    pub(crate) slots: slots::Slots,
    build: OnceLock<String>,
    /// Where kept code is loaded to.
    pub(crate) pages: cache::Pages,
}

impl Shared {
    /// What decides whether compiled code of another process fits. Worked out once, and only if there is a cache.
    pub(crate) fn build(&self) -> &str {
        self.build.get_or_init(|| cache::build(&self.wasm))
    }
}

/// The engine could not be made on this machine.
#[derive(Debug, thiserror::Error)]
#[error("the policy engine cannot start on this machine: {0}")]
pub struct EngineError(String);

impl Engine {
    /// Makes the engine with the configuration every evaluation relies on. For a process that asks once.
    pub fn new() -> Result<Self, EngineError> {
        Self::with(Allocation::OnDemand)
    }

    /// Makes the engine, and says where instances get their memory. If a pool cannot be had, each gets its own.
    pub fn with(allocation: Allocation) -> Result<Self, EngineError> {
        let (wasm, slots) =
            allocation::engine(allocation).map_err(|error| EngineError(fault::text_of(&error)))?;
        let linker = log::linker(&wasm).map_err(|error| EngineError(fault::text_of(&error)))?;
        let watchdog =
            watchdog::Watchdog::start(wasm.clone()).map_err(|error| EngineError(error.to_string()))?;
        Ok(Self {
            shared: Arc::new(Shared {
                wasm,
                linker,
                watchdog,
                slots,
                build: OnceLock::new(),
                pages: cache::Pages::default(),
            }),
        })
    }

    /// Takes a policy module: scans it, compiles it, asks it what it is. Everything that is not one is refused.
    pub fn load(&self, wasm: &[u8], limits: &Limits) -> Result<Module, LoadError> {
        Module::load(Arc::clone(&self.shared), wasm, limits, None)
    }

    /// As [`load`](Self::load), but takes the compiled module from a cache if it is there and can be trusted, and keeps it
    /// there otherwise. `tell` hears what happens; nothing of it changes the answer.
    pub fn load_through(
        &self,
        cache: &ModuleCache,
        wasm: &[u8],
        limits: &Limits,
        tell: &dyn Fn(LoadNote),
    ) -> Result<Module, LoadError> {
        let at_hand = self.at_hand(cache, wasm, limits, tell);
        at_hand.unwrap_or_else(|| self.load_and_keep(cache, wasm, limits, tell))
    }

    /// The first half of [`load_through`](Self::load_through), a fraction of a millisecond. `None`: it has to be compiled.
    pub fn at_hand(
        &self,
        cache: &ModuleCache,
        wasm: &[u8],
        limits: &Limits,
        tell: &dyn Fn(LoadNote),
    ) -> Option<Result<Module, LoadError>> {
        Module::at_hand(Arc::clone(&self.shared), wasm, limits, cache, tell)
    }

    /// The other half, which takes a hundred times as long.
    pub fn load_and_keep(
        &self,
        cache: &ModuleCache,
        wasm: &[u8],
        limits: &Limits,
        tell: &dyn Fn(LoadNote),
    ) -> Result<Module, LoadError> {
        Module::load(Arc::clone(&self.shared), wasm, limits, Some((cache, tell)))
    }

    /// Name and version of what runs the policies, for the record.
    pub fn version() -> String {
        format!("wasmtime {}", config::WASMTIME_VERSION)
    }
}
