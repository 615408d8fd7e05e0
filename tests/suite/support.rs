//! What several modules of the suite need: where things are, one engine, one gate over the stock policies, documents.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, anyhow};
use interlock::{Binding, Gate, GateBuilder, ModuleCache};
use interlock_engine::Engine;
use interlock_inputs::{Calendars, Syntax, read_calendar_file};
use interlock_model::{
    Almanac, ChangeDocument, Instant, OnError, Phase, PolicyId, Progress, Question, Report, Settings,
};
use interlock_outputs::{Format, Manner};
use libtest_mimic::{Failed, Trial};

/// A test with its name.
pub type Test = (&'static str, fn() -> Result<()>);

/// Tests as trials of one group.
pub fn trials_of(group: &str, tests: &[Test]) -> Vec<Trial> {
    let trial = |(name, test): &Test| {
        let test = *test;
        Trial::test(format!("{group}/{name}"), move || {
            test().map_err(|error| Failed::from(format!("{error:#}")))
        })
    };
    tests.iter().map(trial).collect()
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}

/// One engine for the whole suite.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("the engine starts"))
}

/// One gate over the stock policies that judge without being asked for, with their defaults.
pub fn stock_gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(|| gate_of(stock_bindings()).expect("the stock policies load"))
}

/// Those and the ones that are there on request: for what must hold of every stock policy.
pub fn whole_gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(|| gate_of(interlock_stock::MODULES.iter().map(bound)).expect("the stock policies load"))
}

/// Every stock policy that a gate has without being asked for it, bound under its own id.
pub fn stock_bindings() -> Vec<Binding> {
    interlock_stock::by_default().map(bound).collect()
}

pub fn bound(module: &interlock_stock::StockModule) -> Binding {
    Binding::new(policy_id(module.id), module.bytes)
}

/// One stock policy with settings.
pub fn stock_binding(id: &str, settings: Settings) -> Result<Binding> {
    let module = interlock_stock::module(id).ok_or_else(|| anyhow!("no stock policy `{id}`"))?;
    Ok(Binding::new(policy_id(id), module.bytes).settings(settings))
}

/// A gate over some bindings.
pub fn gate_of(bindings: impl IntoIterator<Item = Binding>) -> Result<Gate> {
    Ok(builder_of(bindings).build()?)
}

/// A gate over some bindings, to be given more. Compiled modules are kept, or some hundred cases would each compile theirs;
/// `cache` holds that this changes no answer.
pub fn builder_of(bindings: impl IntoIterator<Item = Binding>) -> GateBuilder {
    let cache = ModuleCache::at(root().join("target/suite-modules"));
    bindings.into_iter().fold(Gate::builder().cache(cache), |builder, binding| builder.bind(binding))
}

/// The same with calendars of the repository. None named: none given.
pub fn with_calendars(builder: GateBuilder, paths: &[String]) -> Result<GateBuilder> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| root().join(path)).collect();
    Ok(match almanac(&paths)? {
        None => builder,
        Some(calendars) => builder.calendars(calendars),
    })
}

/// Calendars from files. None named: none.
pub fn almanac(paths: &[PathBuf]) -> Result<Option<Arc<dyn Almanac>>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let read: Vec<_> = paths.iter().map(|path| read_calendar_file(path)).collect::<Result<_, _>>()?;
    Ok(Some(Arc::new(Calendars::new(read)?)))
}

/// A policy id that is one.
pub fn policy_id(id: &str) -> PolicyId {
    PolicyId::try_from(id.to_owned()).expect("a kebab-case id")
}

/// On-error that lets a broken policy pass, with a reason.
pub fn allowed() -> OnError {
    OnError::Allow { reason: "a test wants to see what it lets through".into() }
}

/// A question at a time; a promotion has one stage behind it.
pub fn question(asked_at: Phase, evaluated_at: Instant) -> Question {
    let progress = match asked_at {
        Phase::Merge | Phase::Deploy => None,
        Phase::Promote => Some(Progress { stages_done: 1, bake_elapsed_s: 0 }),
    };
    Question { asked_at, evaluated_at, simulated: true, progress }
}

/// Any fixed time.
pub fn some_time() -> Instant {
    "2026-03-02T12:00Z".parse().expect("a time")
}

/// A change document of the repository.
pub fn read(path: &Path) -> Result<ChangeDocument> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let name = path.strip_prefix(root()).unwrap_or(path).display().to_string();
    let syntax = Syntax::of_name(&name).ok_or_else(|| anyhow!("{name}: neither YAML nor JSON"))?;
    interlock_inputs::read_change(&name, &bytes, syntax).map_err(|error| anyhow!("{error}"))
}

/// A document that a test has put together.
pub fn read_value(value: &serde_json::Value) -> Result<ChangeDocument> {
    let text = serde_json::to_vec_pretty(value)?;
    interlock_inputs::read_change("test.json", &text, Syntax::Json).map_err(|error| anyhow!("{error}"))
}

/// The report as `--format json` writes it.
pub fn json(report: &Report, document: &ChangeDocument) -> String {
    let manner = Manner { format: Format::Json, ..Manner::default() };
    interlock_outputs::render(report, document, &manner)
}

/// Every folder of `tests/` with an `expected.yaml`, and every incident, by its path below `tests/`: a corpus that is added is
/// in every trial that goes over all of them.
pub fn corpus_folders() -> Vec<(String, PathBuf)> {
    let tests = root().join("tests");
    let ordinary = entries(&tests).into_iter().filter(|folder| folder.join("expected.yaml").is_file());
    let incidents = entries(&tests.join("incidents")).into_iter().filter(|path| path.is_dir());
    let name = |folder: &Path| folder.strip_prefix(&tests).expect("below").to_string_lossy().into_owned();
    incidents.chain(ordinary).map(|folder| (name(&folder), folder)).collect()
}

/// Every change document in `tests/` that is meant to be read, sorted.
pub fn all_documents() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = corpus_folders().into_iter().map(|(_, folder)| folder).collect();
    folders.push(root().join("tests/documents"));
    let is_document = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // An incident may bring the calendar of its place.
        name != "expected.yaml" && !name.starts_with("calendar") && Syntax::of_name(name).is_some()
    };
    folders.iter().flat_map(|folder| entries(folder)).filter(is_document).collect()
}

/// What lies in a folder, sorted: the order of trials must not depend on the file system.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// The path below the repository, for names.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
