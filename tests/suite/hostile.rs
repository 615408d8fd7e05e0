//! Hostile guests: each comes to what its file says, under every `on-error`, and harms nobody beside it.
//!
//! The guests are `tests/hostile/*.wat` ([`crate::guests`]); what is no guest at all (garbage, a core module,
//! compiled code) is made here. After every row the sound policy of `good.wat` gives its golden answer in the same process.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use interlock::{Binding, Gate, Limits, Tier};
use interlock_engine::LoadError;
use interlock_inputs::{Syntax, read_change};
use interlock_model::{
    Basis, ChangeDocument, Decision, Fault, Instant, NotJudged, OnError, Phase, PolicyReport, Question,
    Report, ReportedOutcome, Verdict,
};
use libtest_mimic::{Failed, Trial};

use crate::guests::{self, About, Given, Guest};

/// One trial for each guest, one for each sort of bytes that is no guest, and one that no limit is without its guest.
pub(crate) fn trials() -> Vec<Trial> {
    let guests = match guests::all() {
        Ok(guests) => guests,
        Err(error) => return vec![trial("read", move || Err(error))],
    };
    let stopped_by: BTreeSet<String> =
        guests.iter().filter_map(|guest| guest.about.dies_of.clone()).collect();
    let mut trials = vec![trial("limits", move || every_limit_stops_a_guest(stopped_by))];
    trials.extend(guests.into_iter().map(|guest| trial(&guest.name.clone(), move || row(&guest))));
    trials.extend(not_guests());
    trials
}

fn trial(name: &str, run: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    let and_good = || run().and_then(|()| good_is_as_ever().context("the sound policy, afterwards"));
    Trial::test(format!("hostile/{name}"), || and_good().map_err(|error| Failed::from(format!("{error:#}"))))
}

/// Adding a limit breaks this function until the limit has its guest.
fn every_limit_stops_a_guest(mut stopped_by: BTreeSet<String>) -> Result<()> {
    let Limits {
        fuel: _,
        deadline: _,
        memory_bytes_max: _,
        table_elements_max: _,
        log_calls_max: _,
        log_bytes_max: _,
        findings_max: _,
        items_max: _,
        text_bytes_max: _,
        output_bytes_max: _,
        copied_bytes_max: _,
        // What it bounds is counted before a module is compiled; the trials `languages/large-*` hold it.
        tier: _,
        // `too_large` has a trial of its own: a module of 8 MiB is no text.
        module_bytes_max: _,
    } = Limits::default();
    let limits = [
        "fuel",
        "deadline",
        "memory-bytes",
        "table-elements",
        "log-calls",
        "log-bytes",
        "findings",
        "items",
        "text-bytes",
        "output-bytes",
        "copied-bytes",
    ];
    for limit in limits {
        ensure!(stopped_by.remove(limit), "no guest in tests/hostile has `;;! dies-of = \"{limit}\"`");
    }
    ensure!(stopped_by.is_empty(), "no such limits: {stopped_by:?}; add them here if they are new");
    Ok(())
}

/// One guest under each `on-error`.
fn row(guest: &Guest) -> Result<()> {
    let wasm = guest.component()?;
    let about = &guest.about;
    let expected = Expected::of(&about.expect);
    for on_error in every_on_error() {
        match expected {
            Expected::LoadError(kind) => refused(&wasm, &on_error, kind, about),
            Expected::Fault(_) | Expected::Verdict(_) => judged(&wasm, &on_error, expected, about),
        }
        .with_context(|| format!("{} {}, on-error {}", about.id, about.what, on_error.verdict()))?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Expected<'a> {
    Verdict(Verdict),
    Fault(&'a str),
    LoadError(&'a str),
}

impl<'a> Expected<'a> {
    fn of(text: &'a str) -> Self {
        let verdict =
            [Verdict::Allow, Verdict::Warn, Verdict::Block].into_iter().find(|it| it.name() == text);
        match (verdict, text.strip_prefix("load/")) {
            (Some(verdict), _) => Self::Verdict(verdict),
            (None, Some(kind)) => Self::LoadError(kind),
            (None, None) => Self::Fault(text),
        }
    }
}

fn every_on_error() -> [OnError; 3] {
    [OnError::Block, OnError::Warn, OnError::Allow { reason: "it only watches".into() }]
}

/// The guest runs beside the sound policy, as often as it asks for, and each time comes to the same.
fn judged(wasm: &[u8], on_error: &OnError, expected: Expected<'_>, about: &About) -> Result<()> {
    let beside = binding("good", &good()?.wasm, &OnError::Block, Given::default())?;
    let gate = gate([beside, binding("guest", wasm, on_error, about.limits)?])?;
    let document = document()?;
    let first = gate.check(&document, &question());
    compare(&first, on_error, expected, about)?;
    for time in 2..=about.repeat {
        let again = gate.check(&document, &question());
        ensure!(again == first, "the {time}th time it came to {:#?}", again.policies);
    }
    Ok(())
}

fn compare(report: &Report, on_error: &OnError, expected: Expected<'_>, about: &About) -> Result<()> {
    let guest = policy(report, "guest")?;
    ensure!(policy(report, "good")? == &good()?.report, "the sound policy beside it: {:#?}", report.policies);
    ensure!(guest.on_error == *on_error, "reported under {:?}", guest.on_error);
    let held = guest.spending.map_or(0, |spending| spending.memory_bytes);
    ensure!(held <= Limits::default().memory_bytes_max as u64, "it held {held} bytes of memory");
    match (&guest.outcome, expected) {
        (ReportedOutcome::Findings(found), Expected::Verdict(verdict)) => {
            says(found.first().map(|found| found.message.as_unescaped()), about)?;
            let decided = Decision { verdict: verdict.max(Verdict::Warn), basis: Basis::Findings };
            counts_as(report, guest, verdict, decided)
        }
        (ReportedOutcome::Broken(fault), Expected::Fault(kind)) => {
            ensure!(fault.kind() == kind, "expected {kind}, found {fault:?}");
            ensure!(
                fault.is_repeatable() == !matches!(kind, "deadline" | "stack"),
                "repeatable or not: {fault:?}"
            );
            holds(&fault_text(fault), about)?;
            says(fault.said().map(|said| said.as_unescaped()), about)?;
            counts_as_broken(report, guest, on_error)
        }
        (outcome, _) => bail!("expected {}, found {outcome:#?}", about.expect),
    }
}

fn counts_as(report: &Report, guest: &PolicyReport, verdict: Verdict, decided: Decision) -> Result<()> {
    ensure!(guest.verdict == verdict, "it weighs {}", guest.verdict);
    ensure!(report.decision == decided, "expected {decided:?}, found {:?}", report.decision);
    Ok(())
}

/// A broken policy weighs what the operator wrote, decides only where nothing else is as strict, and is never unseen.
fn counts_as_broken(report: &Report, guest: &PolicyReport, on_error: &OnError) -> Result<()> {
    let decided = match on_error {
        OnError::Block => Decision { verdict: Verdict::Block, basis: Basis::Error },
        // The sound policy beside it warns, too.
        OnError::Warn | OnError::Allow { .. } => Decision { verdict: Verdict::Warn, basis: Basis::Findings },
    };
    let unseen = !report.not_judged.contains(&NotJudged::Policy(guest.id.clone()));
    ensure!(!unseen, "it is not among {:?}", report.not_judged);
    counts_as(report, guest, on_error.verdict(), decided)
}

/// The host's own line, and for an answer that breaks the contract what was found.
fn fault_text(fault: &Fault) -> String {
    if let Fault::BadOutput { what } = fault {
        return format!("{fault}: {}", what.as_unescaped());
    }
    fault.to_string()
}

fn holds(text: &str, about: &About) -> Result<()> {
    let Some(part) = &about.contains else { return Ok(()) };
    ensure!(text.contains(part.as_str()), "expected `{part}` in `{text}`");
    Ok(())
}

/// What a guest said is kept as it came, and cut.
fn says(said: Option<&str>, about: &About) -> Result<()> {
    let Some(start) = &about.said else { return Ok(()) };
    let said = said.context("it said nothing")?;
    ensure!(said.starts_with(start.as_str()), "it said {said:?}");
    ensure!(said.len() <= Limits::default().text_bytes_max, "{} bytes of it were kept", said.len());
    Ok(())
}

/// The engine refuses it, and a gate that binds it weighs it as its `on-error` says, on every change.
fn refused(wasm: &[u8], on_error: &OnError, kind: &str, about: &About) -> Result<()> {
    let error = load_error(wasm, about.limits)?;
    let found = if let LoadError::Describe(fault) = &error {
        format!("describe:{}", fault.kind())
    } else {
        error.kind().to_owned()
    };
    ensure!(found == kind, "expected load/{kind}, found load/{found}: {error}");
    weighs_as_bound(wasm, on_error, about.limits)?;
    holds(&error.to_string(), about)
}

/// Why a module is refused: one line without control characters, and a next step.
fn load_error(wasm: &[u8], given: Given) -> Result<LoadError> {
    let error = match crate::support::engine().load(wasm, &limits(given)) {
        Ok(_) => bail!("it was loaded"),
        Err(error) => error,
    };
    let text = error.to_string();
    ensure!(!text.contains(char::is_control), "not escaped: {text:?}");
    ensure!(!error.help().is_empty(), "no next step for `{text}`");
    Ok(error)
}

fn weighs_as_bound(wasm: &[u8], on_error: &OnError, given: Given) -> Result<()> {
    let report = gate([binding("guest", wasm, on_error, given)?])?.check(&document()?, &question());
    let guest = policy(&report, "guest")?;
    ensure!(matches!(guest.outcome, ReportedOutcome::Broken(_)), "{:?}", guest.outcome);
    ensure!(guest.verdict == on_error.verdict(), "it weighs {}, bound as {on_error:?}", guest.verdict);
    Ok(())
}

// What everything here runs on.

/// The sound policy, and what it came to before anything hostile ran.
struct Good {
    wasm: Vec<u8>,
    report: PolicyReport,
}

fn good() -> Result<&'static Good> {
    static GOOD: LazyLock<Result<Good, String>> = LazyLock::new(|| {
        let wasm = guests::named("good").and_then(|guest| guest.component());
        let good = wasm.and_then(|wasm| Ok(Good { report: good_now(&wasm)?, wasm }));
        good.map_err(|error| format!("{error:#}"))
    });
    GOOD.as_ref().map_err(|error| anyhow!("good.wat: {error}"))
}

fn good_now(wasm: &[u8]) -> Result<PolicyReport> {
    let gate = gate([binding("good", wasm, &OnError::Block, Given::default())?])?;
    policy(&gate.check(&document()?, &question()), "good").cloned()
}

/// Loaded and asked anew: the golden answer, and the same fuel and memory as before.
fn good_is_as_ever() -> Result<()> {
    let good = good()?;
    let now = good_now(&good.wasm)?;
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/good.golden");
    let found = format!("{:#?}\n", now.outcome);
    let expected = fs::read_to_string(&golden).with_context(|| golden.display().to_string())?;
    ensure!(found == expected, "this is not what good.golden holds; if it is meant, put it there:\n{found}");
    ensure!(now == good.report, "before: {:#?}\nnow: {now:#?}", good.report);
    Ok(())
}

fn document() -> Result<ChangeDocument> {
    const DOCUMENT: &str = "\
id: chg-1
kind: config
services: [{ name: search, tier: 1 }]
rollout:
  stages: [{ name: everywhere }]
";
    read_change("change.yaml", DOCUMENT.as_bytes(), Syntax::Yaml).map_err(|error| anyhow!("{error:?}"))
}

fn question() -> Question {
    let evaluated_at = Instant::from_epoch_min(28_329_104);
    Question { asked_at: Phase::Deploy, evaluated_at, simulated: true, progress: None }
}

/// A busy machine must not turn a row about fuel into one about time, so time is short only where a guest says so.
fn binding(id: &str, wasm: &[u8], on_error: &OnError, given: Given) -> Result<Binding> {
    let id = id.to_owned().try_into().map_err(|unfit| anyhow!("{id}: {unfit:?}"))?;
    Ok(Binding::new(id, wasm.to_vec()).on_error(on_error.clone()).limits(limits(given)))
}

fn limits(given: Given) -> Limits {
    let default = Limits::default();
    Limits {
        fuel: given.fuel.unwrap_or(default.fuel),
        deadline: given.deadline_ms.map_or(PATIENCE, Duration::from_millis),
        ..default
    }
}

const PATIENCE: Duration = Duration::from_secs(120);

fn gate(bindings: impl IntoIterator<Item = Binding>) -> Result<Gate> {
    let builder = bindings.into_iter().fold(Gate::builder().deadline(PATIENCE), |gate, it| gate.bind(it));
    builder.build().map_err(|error| anyhow!("{error}"))
}

fn policy<'a>(report: &'a Report, id: &str) -> Result<&'a PolicyReport> {
    let found = report.policies.iter().find(|policy| policy.id.as_str() == id);
    found.with_context(|| format!("no policy `{id}` in {:#?}", report.policies))
}

// What is no guest.

fn not_guests() -> Vec<Trial> {
    let at =
        |name, wrong, bytes: fn() -> Result<Vec<u8>>| trial(name, move || not_a_component(&bytes()?, wrong));
    vec![
        at("g22-empty", "it is empty", || Ok(Vec::new())),
        at("g22-noise", "does not begin with", || Ok(noise().take(4096).collect())),
        at("g22-elf", "compiled machine code", || {
            Ok([b"\x7fELF\x02\x01\x01".as_slice(), &[0; 4096]].concat())
        }),
        at("g22-zip", "compressed", || Ok([b"PK\x03\x04".as_slice(), &good()?.wasm].concat())),
        at("g22-gzip", "compressed", || {
            Ok([b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &good()?.wasm].concat())
        }),
        at("g22-text", "text", || Ok(b"(component)".to_vec())),
        at("g23-core-module", "core module", || guests::named("good")?.core()),
        at("g23-other-version", "another version", || good_but(4, 0x0e)),
        at("g23-other-layer", "another version", || good_but(6, 2)),
        at("g24-compiled", "compiled machine code", compiled),
        trial("g22-cut", every_cut_is_refused),
        trial("g22-noise-inside", noise_inside_is_refused),
        trial("g21-too-large", too_large),
    ]
}

fn not_a_component(bytes: &[u8], wrong: &str) -> Result<()> {
    let error = load_error(bytes, Given::default())?;
    ensure!(error.kind() == "not-a-component", "found load/{}: {error}", error.kind());
    ensure!(error.to_string().contains(wrong), "expected `{wrong}` in `{error}`");
    Ok(())
}

/// The same bytes every time.
fn noise() -> impl Iterator<Item = u8> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    })
}

fn good_but(at: usize, byte: u8) -> Result<Vec<u8>> {
    let mut wasm = good()?.wasm.clone();
    *wasm.get_mut(at).context("a component is longer")? = byte;
    Ok(wasm)
}

/// What a genuine wasmtime writes for the sound policy: it would run if it were ever taken for what it is.
fn compiled() -> Result<Vec<u8>> {
    let compiled = wasmtime::Engine::default().precompile_component(&good()?.wasm);
    compiled.map_err(|error| anyhow!("{error:?}"))
}

/// At every hundredth of its length. A cut between two sections leaves a sound component, which lacks its export.
fn every_cut_is_refused() -> Result<()> {
    let wasm = &good()?.wasm;
    for percent in 0..100 {
        let cut = wasm.get(..wasm.len() * percent / 100).context("a part of it")?;
        let error = load_error(cut, Given::default()).with_context(|| format!("cut at {percent} %"))?;
        let at_the_cut =
            matches!(&error, LoadError::Invalid { offset, .. } if (8..=cut.len()).contains(offset));
        let in_the_header = matches!(&error, LoadError::NotAComponent { .. }) && cut.len() < 8;
        let between_sections = matches!(&error, LoadError::MissingExport { .. });
        ensure!(at_the_cut || in_the_header || between_sections, "cut at {percent} %: {error}");
    }
    Ok(())
}

/// Behind a genuine header.
fn noise_inside_is_refused() -> Result<()> {
    let wasm: Vec<u8> = good()?.wasm.iter().take(8).copied().chain(noise().take(4096)).collect();
    let error = load_error(&wasm, Given::default())?;
    ensure!(matches!(error, LoadError::Invalid { .. }), "found load/{}: {error}", error.kind());
    Ok(())
}

/// The sound policy with a custom section (0) that makes it one byte larger than it may be.
fn too_large() -> Result<()> {
    let limit = Limits::default().module_bytes_max;
    let mut wasm = good()?.wasm.clone();
    wasm.resize(limit + 1, 0);
    let error = load_error(&wasm, Given::default())?;
    ensure!(
        error == LoadError::TooLarge { bytes: limit + 1, limit, tier: Tier::Usual },
        "found load/{}: {error}",
        error.kind()
    );
    Ok(())
}
