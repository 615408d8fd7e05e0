//! The promises of the library: nothing becomes an allow by itself, and a broken policy hides nothing.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use interlock::{Binding, BuildError, BuildErrors, Gate, Limits};
use interlock_model::{
    Basis, Change, ChangeDocument, ChangeKind, Decision, FailOn, Fault, OnError, Phase, PolicyReport, Report,
    ReportedOutcome, SettingValue, Verdict,
};
use libtest_mimic::Trial;
use serde_json::json;

use crate::support::{
    Test, allowed, gate_of, policy_id, question, read, read_value, root, some_time, stock_binding,
    stock_bindings, stock_gate, trials_of,
};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("no-policy-is-no-allow", no_policy_is_no_allow),
        ("empty-change-is-no-allow", empty_change_is_no_allow),
        ("canary-before-start", canary_before_start),
        ("on-error", on_error),
        ("broken-policy-hides-no-finding", broken_policy_hides_no_finding),
        ("total-deadline", total_deadline),
        ("no-thread-left", no_thread_left),
        ("reserved-and-double-names", reserved_and_double_names),
        ("settings-are-checked-at-build", settings_are_checked_at_build),
        ("digest-changes-with-settings", digest_changes_with_settings),
        ("exit-codes", exit_codes),
        ("guide", guide),
        ("embedding-example", embedding_example),
    ];
    trials_of("gate", tests)
}

fn replay() -> Result<ChangeDocument> {
    read(&root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))
}

fn fixed() -> Result<ChangeDocument> {
    read(&root().join("tests/incidents/2023-11-12-alibaba/fixed.yaml"))
}

fn ask(gate: &Gate, document: &ChangeDocument) -> Report {
    gate.check(document, &question(Phase::Deploy, some_time()))
}

/// A policy that says what it is and then loops until its fuel ends, which is soon.
fn broken(id: &str, on_error: OnError) -> Result<Binding> {
    let looping = crate::guests::named("g01-loop")?.component()?;
    let limits = Limits { fuel: 1_000_000, ..Limits::default() };
    Ok(Binding::new(policy_id(id), looping).limits(limits).on_error(on_error))
}

fn policy<'a>(report: &'a Report, id: &str) -> Result<&'a PolicyReport> {
    report
        .policies
        .iter()
        .find(|policy| policy.id.as_str() == id)
        .with_context(|| format!("`{id}` is in the report"))
}

fn no_policy_is_no_allow() -> Result<()> {
    let report = ask(&gate_of([])?, &fixed()?);
    ensure!(report.decision == Decision { verdict: Verdict::Block, basis: Basis::NoEvidence }, "{report:?}");
    ensure!(report.decision.exit_code(FailOn::Block) == 3);
    Ok(())
}

fn empty_change_is_no_allow() -> Result<()> {
    let mut document = fixed()?;
    document.change = Change::unknown("empty", ChangeKind::Config);
    // A policy that says nothing about tiers above -1 stays quiet about anything.
    let quiet = vec![
        (interlock_model::Pointer::new("/block-tier-max"), SettingValue::WholeNumber(-1)),
        (interlock_model::Pointer::new("/warn-tier-max"), SettingValue::WholeNumber(-1)),
    ];
    let report = ask(&gate_of([stock_binding("staged-rollout", quiet)?])?, &document);
    ensure!(policy(&report, "staged-rollout")?.verdict == Verdict::Allow, "the policy itself is quiet");
    ensure!(report.decision == Decision { verdict: Verdict::Block, basis: Basis::NoEvidence }, "{report:?}");
    Ok(())
}

fn canary_before_start() -> Result<()> {
    let mut value = serde_yaml::from_str::<serde_json::Value>(&fixed()?.sources.text)?;
    value["canary"] = json!({ "verdict": "pass" });
    let document = read_value(&value)?;
    let report = ask(stock_gate(), &document);
    let own = policy(&report, interlock::HOST)?;
    ensure!(own.verdict == Verdict::Block && report.decision.exit_code(FailOn::Block) == 1, "{report:?}");
    let ReportedOutcome::Findings(findings) = &own.outcome else { anyhow::bail!("it is a finding") };
    ensure!(findings[0].rule == "canary-before-start" && findings[0].places[0].exact, "{findings:?}");
    let promoted = stock_gate().check(&document, &question(Phase::Promote, some_time()));
    ensure!(policy(&promoted, interlock::HOST).is_err(), "once a stage is done it is what was asked for");
    Ok(())
}

fn on_error() -> Result<()> {
    for (on_error, verdict, exit) in [
        (OnError::Block, Verdict::Block, 3),
        (OnError::Warn, Verdict::Warn, 0),
        (allowed(), Verdict::Allow, 0),
    ] {
        let report = ask(&gate_of([broken("broken", on_error)?])?, &fixed()?);
        ensure!(report.decision == Decision { verdict, basis: Basis::Error }, "{:?}", report.decision);
        ensure!(report.decision.exit_code(FailOn::Block) == exit);
        let outcome = &policy(&report, "broken")?.outcome;
        ensure!(matches!(outcome, ReportedOutcome::Broken(Fault::Fuel { .. })), "{outcome:?}");
    }
    ensure!(OnError::default() == OnError::Block, "what nobody decided blocks");
    Ok(())
}

fn broken_policy_hides_no_finding() -> Result<()> {
    let alone = ask(stock_gate(), &replay()?);
    for on_error in [OnError::Block, OnError::Warn, allowed()] {
        let mut bindings = stock_bindings();
        bindings.push(broken("a-broken-one", on_error)?);
        let with = ask(&gate_of(bindings)?, &replay()?);
        ensure!(
            with.decision == alone.decision,
            "findings decide where they are as strict: {:?}",
            with.decision
        );
        for before in &alone.policies {
            ensure!(policy(&with, before.id.as_str())? == before, "`{}` says what it said", before.id);
        }
    }
    Ok(())
}

/// A check that has no time left starts nothing and allows nothing.
fn total_deadline() -> Result<()> {
    let builder =
        stock_bindings().into_iter().fold(Gate::builder(), |builder, binding| builder.bind(binding));
    let report = ask(&builder.deadline(Duration::ZERO).build()?, &fixed()?);
    ensure!(report.decision == Decision { verdict: Verdict::Block, basis: Basis::Error }, "{report:?}");
    for policy in &report.policies {
        let outcome = &policy.outcome;
        ensure!(matches!(outcome, ReportedOutcome::Broken(Fault::NotStarted { limit_ms: 0 })), "{outcome:?}");
    }
    Ok(())
}

/// Asked in a process of its own, where no other trial makes gates: a watchdog is there with its gate and gone with it.
fn no_thread_left() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if std::env::var_os(ALONE).is_none() {
        let mut alone = std::process::Command::new(std::env::current_exe()?);
        let output =
            alone.args(["gate/no-thread-left", "--exact", "--test-threads=1"]).env(ALONE, "1").output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return Ok(());
    }
    ensure!(watchdogs()? == 0, "nobody has made a gate yet");
    let gate = gate_of(stock_bindings())?;
    let _ = ask(&gate, &fixed()?);
    // A thread takes its name once it runs, and on a busy machine the gate has answered before that.
    let start = std::time::Instant::now();
    while watchdogs()? == 0 && start.elapsed().as_secs() < 10 {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    ensure!(watchdogs()? == 1, "a gate has one watchdog");
    drop(gate);
    ensure!(watchdogs()? == 0, "the watchdog is still there after its gate is gone");
    Ok(())
}

/// Set where no other trial runs.
const ALONE: &str = "INTERLOCK_SUITE_ALONE";

/// This process's watchdog threads. Linux cuts names at 15 characters.
fn watchdogs() -> Result<usize> {
    let mut count = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let name = std::fs::read_to_string(thread?.path().join("comm")).unwrap_or_default();
        count += usize::from(name.starts_with("interlock-watch"));
    }
    Ok(count)
}

fn reserved_and_double_names() -> Result<()> {
    let stock = stock_bindings();
    let first = stock.first().context("a stock policy")?;
    let twice = gate_of([first.clone(), first.clone()]).err().context("two of one name")?;
    ensure!(matches!(only(&twice)?, BuildError::BoundTwice(_)), "{twice}");
    let module = interlock_stock::MODULES.first().context("a stock policy")?;
    let reserved =
        gate_of([Binding::new(policy_id(interlock::HOST), module.bytes)]).err().context("our own name")?;
    ensure!(matches!(only(&reserved)?, BuildError::Reserved(_)), "{reserved}");
    Ok(())
}

fn only(error: &anyhow::Error) -> Result<&BuildError> {
    let errors: &BuildErrors = error.downcast_ref().context("errors of the build")?;
    ensure!(errors.iter().count() == 1, "{errors}");
    errors.iter().next().context("one")
}

fn settings_are_checked_at_build() -> Result<()> {
    let settings = vec![
        (interlock_model::Pointer::new("/bake-s-min"), SettingValue::WholeNumber(-1)),
        (interlock_model::Pointer::new("/bake-min"), SettingValue::WholeNumber(1)),
        (interlock_model::Pointer::new("/block-tier-max"), SettingValue::Text("all".into())),
    ];
    let error = gate_of([stock_binding("staged-rollout", settings)?]).err().context("three mistakes")?;
    let text = error.to_string();
    for part in [
        "`/bake-s-min`: expected a whole number from 0 to 604800, found -1",
        "`/bake-min`",
        "`/block-tier-max`",
    ] {
        ensure!(text.contains(part), "`{part}` is not in: {text}");
    }
    Ok(())
}

fn digest_changes_with_settings() -> Result<()> {
    let digest = |settings| -> Result<_> {
        Ok(ask(&gate_of([stock_binding("staged-rollout", settings)?])?, &fixed()?).policy_set)
    };
    let bake =
        |seconds| vec![(interlock_model::Pointer::new("/bake-s-min"), SettingValue::WholeNumber(seconds))];
    let (one, other, none) = (digest(bake(600))?, digest(bake(601))?, digest(vec![])?);
    ensure!(one != other && one != none && one == digest(bake(600))?, "the digest is of the settings");
    let module = interlock_stock::module("staged-rollout").context("a stock policy")?;
    let warns = Binding::new(policy_id(module.id), module.bytes).on_error(OnError::Warn);
    ensure!(ask(&gate_of([warns])?, &fixed()?).policy_set != none, "and of what a broken policy counts as");
    Ok(())
}

/// The example on the library's first page, with a module, a document and a question to be had. That page is not compiled,
/// because it would link wasmtime once more; its lines are compared with these instead.
fn guide() -> Result<()> {
    let module_bytes =
        || interlock_stock::module("staged-rollout").map(|module| module.bytes).unwrap_or_default();
    let (document, question) = (|| replay().expect("the replay"), || question(Phase::Deploy, some_time()));
    let mut blocked = false;

    let gate = Gate::builder()
        .bind(Binding::new("staged-rollout".to_owned().try_into()?, module_bytes()))
        .build()?;
    let report = gate.check(&document(), &question());
    if report.decision.verdict == Verdict::Block {
        // Do not move. `report.policies` says why, with lines.
        blocked = true;
    }

    ensure!(blocked, "the outage is blocked");
    let page = std::fs::read_to_string(root().join("host/gate/src/lib.rs"))?;
    let example = page.split("//! ```").nth(1).context("an example")?;
    let here = include_str!("gate.rs").lines().map(str::trim).collect::<Vec<_>>();
    let shown = example.lines().skip(1).map(|line| line.trim_start_matches("//!").trim());
    for line in shown.filter(|line| !line.is_empty() && !line.starts_with(['#', 'u'])) {
        ensure!(here.contains(&line), "on the first page of `interlock`, and not compiled here: {line}");
    }
    Ok(())
}

/// `host/gate/examples/embed.rs`, as an embedder would have it.
fn embedding_example() -> Result<()> {
    let gate = embed::load().map_err(|error| anyhow::anyhow!("{error}"))?;
    let folder = root().join("tests/incidents/2023-11-12-alibaba");
    for (name, now, moves) in
        [("change-config.yaml", "2023-11-12T09:30Z", false), ("fixed.yaml", "2023-11-14T01:30Z", true)]
    {
        let change = std::fs::read(folder.join(name))?;
        let answer = embed::may_move(&gate, &change, now).map_err(|error| anyhow::anyhow!("{error}"))?;
        ensure!(answer == moves, "{name}: {answer}");
    }
    ensure!(
        embed::may_move(&gate, b"id: a\n", "2023-11-12T09:30Z").is_err(),
        "half a document is no permission"
    );
    let lines = include_str!("../../host/gate/examples/embed.rs").lines().count();
    ensure!(lines < 30, "{lines} lines");
    Ok(())
}

#[path = "../../host/gate/examples/embed.rs"]
#[allow(dead_code, reason = "its `main` is for people")]
mod embed;

/// The whole table.
fn exit_codes() -> Result<()> {
    use Basis::{Error, Findings, NoEvidence};
    use Verdict::{Allow, Block, Warn};
    let table = [
        (Allow, Findings, 0, 0),
        (Allow, Error, 0, 0),
        (Warn, Findings, 0, 1),
        (Warn, Error, 0, 3),
        (Block, Findings, 1, 1),
        (Block, Error, 3, 3),
        (Block, NoEvidence, 3, 3),
    ];
    for (verdict, basis, on_block, on_warn) in table {
        let decision = Decision { verdict, basis };
        let codes = (decision.exit_code(FailOn::Block), decision.exit_code(FailOn::Warn));
        ensure!(codes == (on_block, on_warn), "{decision:?}: {codes:?}");
    }
    Ok(())
}
