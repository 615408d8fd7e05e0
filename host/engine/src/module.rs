//! A loaded policy: what it is, whether settings fit it, and what it says of a change.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use interlock_model::{
    Change, Digest, Fault, FaultPoint, Manifest, Outcome, Pointer, Question, Settings, Spending, Untrusted,
};
use sha2::{Digest as _, Sha256};
use wasmtime::Store;
use wasmtime::component::Component;

use crate::cache::{Compiled, LoadNote, ModuleCache, Room, Shelf};
use crate::log::LogLine;
use crate::shown::Shown;
use crate::slots::Slot;
use crate::spoken::{Instance, Policy};
use crate::store::{self, Guest};
use crate::{Deadline, Exhibit, Limits, LoadError, Shared, Tier, admission, fault, lift, lower};

/// A policy module that was scanned, compiled and asked what it is. Cheap to clone; `Send` and `Sync`.
#[derive(Clone)]
pub struct Module {
    shared: Arc<Shared>,
    policy: Policy,
    manifest: Arc<Manifest>,
    shown: Arc<Shown>,
    digest: Digest,
    limits: Limits,
    /// Where its code is. Declared last, so that it is given back after everything that runs there is gone.
    _room: Option<Arc<Room>>,
}

/// What one evaluation came to, and what it used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Findings, or how it failed.
    pub outcome: Outcome,
    /// Fuel and memory.
    pub spending: Spending,
    /// What the policy wrote for its author. Not part of the outcome.
    pub log: Vec<LogLine>,
}

/// A setting that a policy cannot use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// Which.
    pub pointer: Pointer,
    /// What was found and what was expected, in the policy's words.
    pub message: Untrusted,
}

impl Module {
    /// Scanned, compiled, asked what it is, and kept if there is a cache.
    pub(crate) fn load(
        shared: Arc<Shared>,
        wasm: &[u8],
        limits: &Limits,
        keep: Option<(&ModuleCache, &dyn Fn(LoadNote))>,
    ) -> Result<Self, LoadError> {
        admission::check_size(wasm, limits)?;
        let compiled = match keep {
            Some((cache, tell)) => compiled_and_kept(cache, &shared, wasm, limits, tell)?,
            None => compiled(&shared, wasm, limits)?,
        };
        Self::of(shared, compiled, limits)
    }

    /// From the cache. `None`: it is not there, or cannot be trusted.
    pub(crate) fn at_hand(
        shared: Arc<Shared>,
        wasm: &[u8],
        limits: &Limits,
        cache: &ModuleCache,
        tell: &dyn Fn(LoadNote),
    ) -> Option<Result<Self, LoadError>> {
        if let Err(error) = admission::check_size(wasm, limits) {
            return Some(Err(error));
        }
        match Shelf::new(cache, shared.build(), wasm, limits.tier).take(&shared.wasm, &shared.pages) {
            Ok(compiled) => compiled.map(|compiled| Self::of(shared, compiled, limits)),
            Err(distrust) => {
                tell(LoadNote::Distrusted(distrust));
                None
            }
        }
    }

    fn of(shared: Arc<Shared>, loaded: Compiled, limits: &Limits) -> Result<Self, LoadError> {
        let policy = exported(&shared, &loaded.component)?;
        let shown = Shown::new(&loaded.manifest.needs)
            .map_err(|reason| LoadError::BadManifest { reason: reason.into() })?;
        Ok(Self {
            shared,
            policy,
            manifest: Arc::new(loaded.manifest),
            shown: Arc::new(shown),
            digest: loaded.digest,
            limits: *limits,
            _room: loaded.room,
        })
    }

    /// What the policy says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the module's bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What each evaluation may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Asks the policy which of these settings it cannot use.
    pub fn check_settings(&self, settings: &Settings) -> Result<Vec<SettingError>, Fault> {
        let mut run =
            Run::start(&self.shared, &self.policy, &self.limits, Deadline::after(self.limits.deadline))?;
        let settings = lower::settings(settings);
        let errors =
            run.call(FaultPoint::Describe, |policy, store| policy.check_settings(store, &settings))?;
        lift::setting_errors(errors, &self.limits)
    }

    /// Judges one change: a fresh store and instance, one call, both thrown away. Never panics, never waits longer than
    /// the policy's own deadline or `until`, whichever is earlier.
    pub fn evaluate(
        &self,
        change: &Change,
        question: &Question,
        settings: &Settings,
        until: Deadline,
    ) -> Evaluation {
        self.judge(&mut Exhibit::new(change, question), settings, until)
    }

    /// As [`evaluate`](Self::evaluate), for a change that several policies are shown one after the other.
    pub fn judge(&self, exhibit: &mut Exhibit<'_>, settings: &Settings, until: Deadline) -> Evaluation {
        let deadline = until.min(Deadline::after(self.limits.deadline));
        let mut run = match Run::start(&self.shared, &self.policy, &self.limits, deadline) {
            Ok(run) => run,
            Err(fault) => return Evaluation::nothing_ran(fault),
        };
        let answer = run.call(FaultPoint::Evaluate, |policy, store| {
            policy.evaluate(store, exhibit, settings, &self.shown)
        });
        let outcome = answer.and_then(|answer| match answer {
            Ok(found) => lift::findings(found, &self.manifest, &self.limits),
            Err(failure) => Err(lift::refusal(failure)),
        });
        run.end(outcome)
    }
}

impl Evaluation {
    fn nothing_ran(fault: Fault) -> Self {
        Self {
            outcome: Outcome::Broken(fault),
            spending: Spending { fuel: None, memory_bytes: 0 },
            log: Vec::new(),
        }
    }
}

/// One instance and its store.
struct Run {
    store: Store<Guest>,
    policy: Instance,
    /// Its place in the pool. Declared last, so that it is given back after the instance is gone.
    _slot: Slot,
}

impl Run {
    fn start(shared: &Shared, policy: &Policy, limits: &Limits, deadline: Deadline) -> Result<Self, Fault> {
        let host = |error: wasmtime::Error| Fault::Host { what: fault::text_of(&error) };
        let slot = shared.slots.take(deadline).ok_or_else(|| no_slot(limits))?;
        let mut store = store::fresh(shared, limits, deadline).map_err(host)?;
        match policy.instantiate(&mut store) {
            Ok(policy) => Ok(Self { store, policy, _slot: slot }),
            Err(error) => Err(fault::classify(&error, &store, FaultPoint::Instantiate)),
        }
    }

    fn call<T>(
        &mut self,
        point: FaultPoint,
        call: impl FnOnce(&Instance, &mut Store<Guest>) -> wasmtime::Result<T>,
    ) -> Result<T, Fault> {
        call(&self.policy, &mut self.store).map_err(|error| fault::classify(&error, &self.store, point))
    }

    fn end(self, outcome: Result<Vec<interlock_model::Finding>, Fault>) -> Evaluation {
        let Self { store, policy: _, _slot: slot } = self;
        // After a trap the count lies in a register that nobody can read any more.
        let left = outcome.is_ok().then(|| store.get_fuel().ok()).flatten();
        let guest = store.into_data();
        drop(slot);
        let fuel = left.map(|left| guest.limits.fuel.saturating_sub(left));
        let spending = Spending { fuel, memory_bytes: guest.memory.peak as u64 };
        let outcome = match outcome {
            Ok(findings) => Outcome::Findings(findings),
            Err(fault) => Outcome::Broken(fault),
        };
        Evaluation { outcome, spending, log: guest.log }
    }
}

fn compiled_and_kept(
    cache: &ModuleCache,
    shared: &Shared,
    wasm: &[u8],
    limits: &Limits,
    tell: &dyn Fn(LoadNote),
) -> Result<Compiled, LoadError> {
    tell(LoadNote::Compiling);
    let compiled = compiled(shared, wasm, limits)?;
    if let Err(error) = Shelf::new(cache, shared.build(), wasm, limits.tier).keep(&compiled) {
        tell(LoadNote::NotKept(error));
    }
    Ok(compiled)
}

/// Scanned, compiled, and asked what it is.
fn compiled(shared: &Shared, wasm: &[u8], limits: &Limits) -> Result<Compiled, LoadError> {
    let component = compile(&shared.wasm, wasm, limits.tier)?;
    let policy = exported(shared, &component)?;
    let manifest = describe(shared, &policy, limits)?;
    Ok(Compiled { component, digest: Digest::from_sha256(&Sha256::digest(wasm)), manifest, room: None })
}

fn exported(shared: &Shared, component: &Component) -> Result<Policy, LoadError> {
    let instance = shared.linker.instantiate_pre(component).map_err(|error| mismatch(&error))?;
    Policy::of(component, instance)
}

/// No slot of the pool was free in time.
fn no_slot(limits: &Limits) -> Fault {
    let limit_ms = u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX);
    Fault::Deadline { point: FaultPoint::Instantiate, limit_ms }
}

/// wasmtime has panicked on odd components before (48.0.8 does, with multi-memory off); that is a refusal here.
fn compile(engine: &wasmtime::Engine, wasm: &[u8], tier: Tier) -> Result<Component, LoadError> {
    admission::admit(wasm, tier)?;
    let invalid = |reason: String| LoadError::Invalid { offset: 0, reason: reason.into() };
    match catch_unwind(AssertUnwindSafe(|| Component::from_binary(engine, wasm))) {
        Ok(compiled) => compiled.map_err(|error| invalid(fault::text_of(&error))),
        Err(_panic) => Err(invalid("the compiler gave up on it".into())),
    }
}

fn mismatch(error: &wasmtime::Error) -> LoadError {
    LoadError::Mismatch { reason: format!("{error:#}").into() }
}

fn describe(shared: &Shared, policy: &Policy, limits: &Limits) -> Result<Manifest, LoadError> {
    // Under the limits of its tier whatever a binding's are: the answer is kept beside the compiled module, under its tier,
    // and what a policy says it is must not depend on who asked first.
    let limits = &Limits { deadline: limits.deadline, ..Limits::of(limits.tier) };
    let deadline = Deadline::after(limits.deadline);
    let mut run = Run::start(shared, policy, limits, deadline)
        .map_err(|fault| not_started(fault, policy.contract().name()))?;
    let described = run
        .call(FaultPoint::Describe, |policy, store| policy.describe(store))
        .map_err(LoadError::Describe)?;
    lift::manifest(described, limits).map_err(|reason| LoadError::BadManifest { reason: reason.into() })
}

/// An instance whose exports have other types than the contract's is found out when its functions are looked up.
fn not_started(fault: Fault, contract: &'static str) -> LoadError {
    match fault.said() {
        Some(reason) if matches!(fault, Fault::BadOutput { .. }) => {
            LoadError::MissingExport { contract, reason: reason.clone() }
        }
        Some(_) | None => LoadError::Describe(fault),
    }
}
