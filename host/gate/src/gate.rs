//! The gate: policies that were loaded and whose settings fit, ready to be asked.

use std::time::Duration;

use interlock_engine::{Engine, Module};
use interlock_model::{ChangeDocument, Digest, Manifest, OnError, PolicyId, Question, Report, Settings};

use crate::host_rules::HOST;
use crate::{Binding, BuildError, check, policy_set};

/// How long one check may take, all policies together. Ten policies at their own deadline of two seconds would be twenty;
/// a deploy system gives up before that, and an answer nobody waits for is no answer.
const CHECK_DEADLINE: Duration = Duration::from_secs(10);

/// Loaded policies, ready to be asked. `Send` and `Sync`.
pub struct Gate {
    pub(crate) policies: Vec<Bound>,
    pub(crate) policy_set: Digest,
    pub(crate) deadline: Duration,
}

/// A binding whose module is loaded.
pub(crate) struct Bound {
    pub(crate) id: PolicyId,
    pub(crate) module: Module,
    pub(crate) settings: Settings,
    pub(crate) on_error: OnError,
}

/// Collects bindings.
#[derive(Default)]
pub struct GateBuilder {
    bindings: Vec<Binding>,
    deadline: Option<Duration>,
}

impl Gate {
    /// Begins a gate with no policy. One that stays without answers every question with a block: nobody judged.
    pub fn builder() -> GateBuilder {
        GateBuilder::default()
    }

    /// Judges one change. Always answers; see the crate's first page.
    pub fn check(&self, document: &ChangeDocument, question: &Question) -> Report {
        check::check(self, document, question)
    }

    /// The bound policies and what each says of itself, sorted by id.
    pub fn policies(&self) -> impl Iterator<Item = (&PolicyId, &Manifest)> {
        self.policies.iter().map(|bound| (&bound.id, bound.module.manifest()))
    }
}

impl GateBuilder {
    /// Adds a policy.
    #[must_use]
    pub fn bind(mut self, binding: Binding) -> Self {
        self.bindings.push(binding);
        self
    }

    /// Says how long one check may take, all policies together. Default 10 s. A policy that was not started by then is
    /// broken, and weighs what its binding says.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Loads every module and asks it about its settings. The first thing that does not fit ends it.
    pub fn build(mut self) -> Result<Gate, BuildError> {
        self.bindings.sort_by(|a, b| a.id.cmp(&b.id));
        check_names(&self.bindings)?;
        let engine = Engine::new()?;
        let policies =
            self.bindings.into_iter().map(|binding| load(&engine, binding)).collect::<Result<Vec<_>, _>>()?;
        let deadline = self.deadline.unwrap_or(CHECK_DEADLINE);
        let policy_set = policy_set::digest(&policies, deadline);
        Ok(Gate { policies, policy_set, deadline })
    }
}

fn check_names(sorted: &[Binding]) -> Result<(), BuildError> {
    if let Some(reserved) = sorted.iter().find(|binding| binding.id.as_str() == HOST) {
        return Err(BuildError::Reserved(reserved.id.clone()));
    }
    let twice = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| a.id == b.id);
    twice.map_or(Ok(()), |(binding, _)| Err(BuildError::BoundTwice(binding.id.clone())))
}

fn load(engine: &Engine, binding: Binding) -> Result<Bound, BuildError> {
    let Binding { id, wasm, settings, on_error, limits } = binding;
    let module = match engine.load(&wasm, &limits) {
        Ok(module) => module,
        Err(error) => return Err(BuildError::Load { policy: id, error }),
    };
    match module.check_settings(&settings) {
        Ok(errors) if errors.is_empty() => Ok(Bound { id, module, settings, on_error }),
        Ok(errors) => Err(BuildError::Settings { policy: id, errors }),
        Err(fault) => Err(BuildError::SettingsUnchecked { policy: id, fault }),
    }
}
