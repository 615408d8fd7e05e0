//! The gate: policies that were loaded and whose settings fit, and what the operator knows, ready to be asked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use interlock_engine::{Allocation, Distrust, Engine, Limits, LogLine, Module, ModuleCache};
use interlock_model::{
    Almanac, Baseline, Catalog, ChangeDocument, Digest, Fault, KnownFinding, Manifest, Mode, OnError,
    OperatorFacts, PolicyId, Question, Report, Settings, Waiver, When,
};

use crate::facts::Operator;
use crate::host_rules::{HOST, OF_FILES};
use crate::policy_set::Parts;
use crate::when::Selectors;
use crate::{Binding, BuildError, BuildErrors, check, load, policy_set};

/// How long one check may take, all policies together. Ten policies at their own deadline of two seconds would be twenty;
/// a deploy system gives up before that, and an answer nobody waits for is no answer.
const CHECK_DEADLINE: Duration = Duration::from_secs(10);

/// Loaded policies, ready to be asked. `Send` and `Sync`.
pub struct Gate {
    pub(crate) policies: Vec<Bound>,
    pub(crate) catalog: Option<Catalog>,
    pub(crate) calendars: Option<Arc<dyn Almanac>>,
    pub(crate) facts: Option<OperatorFacts>,
    pub(crate) waivers: Vec<Waiver>,
    pub(crate) baseline: Baseline,
    pub(crate) policy_set: Digest,
    pub(crate) deadline: Duration,
}

/// A binding whose module is loaded, or is known to be broken.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) id: PolicyId,
    pub(crate) digest: Digest,
    /// A module that is no policy does not keep the others from judging; it weighs what its binding says.
    pub(crate) module: Result<Module, Fault>,
    pub(crate) settings: Settings,
    pub(crate) mode: Mode,
    pub(crate) when: When,
    pub(crate) selectors: Selectors,
    pub(crate) on_error: OnError,
    pub(crate) limits: Limits,
}

/// Something worth telling a person while modules are loaded. None of it changes an answer.
#[derive(Debug)]
pub enum Notice {
    /// A module is compiled, which takes a moment the first time.
    Compiling(PolicyId),
    /// A compiled module that was at hand was not trusted, and is compiled again.
    Distrusted(PolicyId, Distrust),
    /// A compiled module could not be kept, so that the next process compiles it again.
    NotKept(PolicyId, std::io::Error),
}

/// Who is told.
pub(crate) type Listener = Arc<dyn Fn(Notice) + Send + Sync>;

/// Collects bindings, and what the operator knows.
#[derive(Default)]
pub struct GateBuilder {
    bindings: Vec<Binding>,
    catalog: Option<Catalog>,
    calendars: Option<Arc<dyn Almanac>>,
    facts: Option<OperatorFacts>,
    waivers: Vec<Waiver>,
    baseline: Baseline,
    deadline: Option<Duration>,
    allocation: Allocation,
    cache: Option<ModuleCache>,
    listener: Option<Listener>,
}

impl Gate {
    /// Begins a gate with no policy. One that stays without answers every question with a block: nobody judged.
    pub fn builder() -> GateBuilder {
        GateBuilder::default()
    }

    /// Judges one change. Always answers; see the crate's first page.
    pub fn check(&self, document: &ChangeDocument, question: &Question) -> Report {
        check::check(self, document, question, &mut |_, _| {})
    }

    /// As [`check`](Self::check), for the author of a policy: `hear` is told what each policy wrote to its log. The report is
    /// the same. The lines are the policy's words: escape them.
    pub fn check_and_hear(
        &self,
        document: &ChangeDocument,
        question: &Question,
        hear: &mut dyn FnMut(&PolicyId, &[LogLine]),
    ) -> Report {
        check::check(self, document, question, hear)
    }

    /// The same gate with one policy under other settings, and with other calendars. Nothing is loaded again, so whoever asks
    /// one module many small questions asks them of variants of one gate.
    ///
    /// # Errors
    /// If the settings do not fit the policy, or no policy is bound under this id.
    pub fn variant(
        &self,
        policy: &PolicyId,
        settings: Settings,
        calendars: Option<Arc<dyn Almanac>>,
    ) -> Result<Self, BuildErrors> {
        let mut policies = self.policies.clone();
        let bound = policies.iter_mut().find(|bound| bound.id == *policy);
        let bound = bound.ok_or_else(|| BuildErrors::one(BuildError::NotBound(policy.clone())))?;
        if let Ok(module) = bound.module.clone() {
            bound.module = load::with_settings(policy, module, &settings).map_err(BuildErrors::one)?;
        }
        bound.settings = settings;
        Ok(self.over(policies, calendars))
    }

    /// The same gate with other calendars. Nothing is loaded again, so whoever asks about many places and years asks
    /// variants of one gate.
    #[must_use]
    pub fn under(&self, calendars: Option<Arc<dyn Almanac>>) -> Self {
        self.over(self.policies.clone(), calendars)
    }

    fn over(&self, policies: Vec<Bound>, calendars: Option<Arc<dyn Almanac>>) -> Self {
        let policy_set = policy_set::digest(&Parts {
            policies: &policies,
            deadline: self.deadline,
            catalog: self.catalog.as_ref(),
            calendars: calendars.as_deref(),
            facts: self.facts.as_ref(),
            waivers: &self.waivers,
            baseline: &self.baseline,
        });
        let Self { catalog, facts, waivers, baseline, deadline, .. } = self;
        Self {
            policies,
            catalog: catalog.clone(),
            calendars,
            facts: facts.clone(),
            waivers: waivers.clone(),
            baseline: baseline.clone(),
            policy_set,
            deadline: *deadline,
        }
    }

    /// The bound policies that loaded and what each says of itself, sorted by id.
    pub fn policies(&self) -> impl Iterator<Item = (&PolicyId, &Manifest)> {
        self.policies.iter().filter_map(|bound| Some((&bound.id, bound.module.as_ref().ok()?.manifest())))
    }

    /// The bound policies that did not load and why, sorted by id. Each weighs what its binding says, on every change.
    pub fn broken(&self) -> impl Iterator<Item = (&PolicyId, &Fault)> {
        self.policies.iter().filter_map(|bound| Some((&bound.id, bound.module.as_ref().err()?)))
    }

    /// Digest over everything that an answer depends on beside the change and the question.
    pub fn policy_set(&self) -> &Digest {
        &self.policy_set
    }

    /// Whether it was given facts of incidents and error budgets, which are part of its digest and change often.
    pub fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    pub(crate) fn operator(&self) -> Operator<'_> {
        let (catalog, calendars) = (self.catalog.as_ref(), self.calendars.as_deref());
        Operator { catalog, calendars, facts: self.facts.as_ref() }
    }

    /// Name and version of the engine that runs the policies.
    pub fn engine_version() -> String {
        Engine::version()
    }
}

impl GateBuilder {
    /// Adds a policy.
    #[must_use]
    pub fn bind(mut self, binding: Binding) -> Self {
        self.bindings.push(binding);
        self
    }

    /// Gives it a service catalog. Its word replaces what a change says of its services. Default: none, and the report says
    /// that tiers are the change's own word.
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Gives it calendars. Default: none, and the report says that holidays were not looked at.
    #[must_use]
    pub fn calendars(mut self, calendars: Arc<dyn Almanac>) -> Self {
        self.calendars = Some(calendars);
        self
    }

    /// Gives it facts of incidents and error budgets. Their word replaces what a change says of them, and they are part of
    /// the policy set's digest: a gate with fresh facts is another gate. Default: none, and the change's word is judged.
    #[must_use]
    pub fn facts(mut self, facts: OperatorFacts) -> Self {
        self.facts = Some(facts);
        self
    }

    /// Gives it waivers. Each turns a block of one rule into a warning for a while. Default: none.
    #[must_use]
    pub fn waivers(mut self, waivers: Vec<Waiver>) -> Self {
        self.waivers = waivers;
        self
    }

    /// Gives it a baseline. What it holds is a warning at most, and is shown as known. Default: none.
    #[must_use]
    pub fn baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// Says how long one check may take, all policies together. Default 10 s. A policy that was not started by then is
    /// broken, and weighs what its binding says.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Says where instances get their memory. Default: on demand, which starts fastest. A service takes a pool.
    #[must_use]
    pub fn allocation(mut self, allocation: Allocation) -> Self {
        self.allocation = allocation;
        self
    }

    /// Keeps compiled modules in a folder between processes. Default: nowhere, each process compiles its own.
    #[must_use]
    pub fn cache(mut self, cache: ModuleCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Is told what happens while modules are loaded, from several threads. Default: nobody is.
    #[must_use]
    pub fn on_notice(mut self, listener: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// Loads every module, several at a time, and asks each about its settings. A module that does not load is a broken
    /// policy; settings, names and selectors that do not fit are errors, all of them at once.
    pub fn build(mut self) -> Result<Gate, BuildErrors> {
        self.bindings.sort_by(|a, b| a.id.cmp(&b.id));
        check_names(&self.bindings).map_err(BuildErrors::one)?;
        let engine =
            Engine::with(self.allocation).map_err(|error| BuildErrors::one(BuildError::Engine(error)))?;
        let loader = load::Loader { engine, cache: self.cache, listener: self.listener };
        let policies = loader.load_all(self.bindings)?;
        check_waivers(&self.waivers, &policies)?;
        check_baseline(&self.baseline, &policies)?;
        let deadline = self.deadline.unwrap_or(CHECK_DEADLINE);
        let policy_set = policy_set::digest(&Parts {
            policies: &policies,
            deadline,
            catalog: self.catalog.as_ref(),
            calendars: self.calendars.as_deref(),
            facts: self.facts.as_ref(),
            waivers: &self.waivers,
            baseline: &self.baseline,
        });
        Ok(Gate {
            policies,
            catalog: self.catalog,
            calendars: self.calendars,
            facts: self.facts,
            waivers: self.waivers,
            baseline: self.baseline,
            policy_set,
            deadline,
        })
    }
}

fn check_names(sorted: &[Binding]) -> Result<(), BuildError> {
    if let Some(reserved) = sorted.iter().find(|binding| binding.id.as_str() == HOST) {
        return Err(BuildError::Reserved(reserved.id.clone()));
    }
    let twice = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| a.id == b.id);
    twice.map_or(Ok(()), |(binding, _)| Err(BuildError::BoundTwice(binding.id.clone())))
}

/// A waiver for a rule that nobody has is a slip, and its author believes that it holds. Of a policy that did not load no
/// rules are known.
fn check_waivers(waivers: &[Waiver], policies: &[Bound]) -> Result<(), BuildErrors> {
    let unfit = waivers.iter().enumerate().filter_map(|(index, waiver)| {
        let known = rules_of(&waiver.policy, policies)?;
        let unknown = !known.contains(&waiver.rule);
        let (policy, rule) = (waiver.policy.clone(), waiver.rule.clone());
        unknown.then_some(BuildError::WaiverRule { index, policy, rule, known })
    });
    BuildErrors::none_or((), unfit.collect())
}

/// The same of a baseline, once for all entries of one rule: it may hold thousands.
fn check_baseline(baseline: &Baseline, policies: &[Bound]) -> Result<(), BuildErrors> {
    let named: BTreeSet<(&PolicyId, &str)> =
        baseline.entries.iter().map(|KnownFinding { policy, rule, .. }| (policy, rule.as_str())).collect();
    let unfit = named.into_iter().filter_map(|(policy, rule)| {
        let known = match policy.as_str() {
            HOST => OF_FILES.iter().map(|rule| rule.id.to_owned()).collect(),
            _ => rules_of(policy, policies)?,
        };
        let unknown = !known.iter().any(|it| it == rule);
        unknown.then(|| BuildError::BaselineRule { policy: policy.clone(), rule: rule.to_owned(), known })
    });
    BuildErrors::none_or((), unfit.collect())
}

/// The rules that a policy has. Empty: it is not bound. `None`: it did not load, and nobody knows.
fn rules_of(policy: &PolicyId, policies: &[Bound]) -> Option<Vec<String>> {
    match policies.iter().find(|bound| bound.id == *policy).map(|bound| &bound.module) {
        Some(Ok(module)) => Some(module.manifest().rules.iter().map(|rule| rule.id.clone()).collect()),
        Some(Err(_)) => None,
        None => Some(Vec::new()),
    }
}
