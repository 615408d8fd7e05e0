//! A baseline covers what somebody accepted, as it was said, in the files in which it was said; and nothing else.

use anyhow::{Context as _, Result, ensure};
use interlock::{Baseline, Binding, Gate, Proposal, Waiver};
use interlock_model::{
    ChangeDocument, Doubt, DoubtKind, InBaseline, JudgedFinding, KnownFinding, OnError, Phase, Pointer,
    Report, ReportedOutcome, Says, Side, Span, Verdict, WaiverScope,
};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::support::{
    Test, builder_of, policy_id, question, read, read_value, root, some_time, stock_binding, stock_bindings,
    trials_of,
};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("a-known-block-is-a-warn", a_known_block_is_a_warn),
        ("a-known-warn-stays-a-warn", a_known_warn_stays_a_warn),
        ("only-what-was-said-is-known", only_what_was_said_is_known),
        ("accepted-once-is-accepted-once", accepted_once_is_accepted_once),
        ("a-warning-that-is-known-is-no-block-that-is", a_warning_that_is_known_is_no_block_that_is),
        ("a-finding-is-also-waived", a_finding_is_also_waived),
        ("how-a-change-goes-out-is-not-covered", how_a_change_goes_out_is_not_covered),
        ("of-the-gate-s-own-only-what-is-in-files", of_the_gates_own_only_what_is_in_files),
        ("an-error-is-not-covered", an_error_is_not_covered),
        ("an-entry-for-no-rule-is-an-error", an_entry_for_no_rule_is_an_error),
        ("what-is-not-found-is-told-where-somebody-looked", what_is_not_found_is_told_where_somebody_looked),
        ("leaving-a-fact-out-never-helps", leaving_a_fact_out_never_helps),
    ];
    trials_of("baseline", tests)
}

/// One entry of `change-window`, which says nothing of files.
pub fn known(rule: &str, path: &str) -> Baseline {
    one(entry("change-window", rule, path))
}

fn entry(policy: &str, rule: &str, path: &str) -> KnownFinding {
    KnownFinding {
        policy: policy_id(policy),
        rule: rule.into(),
        path: path.into(),
        pointer: Pointer::root(),
        says: Says::from_sha256(&[7; 32]),
    }
}

fn one(entry: KnownFinding) -> Baseline {
    Baseline { entries: [entry].into() }
}

/// The fixed change of an incident over one file, so that nothing but the file is left to be said.
fn changing(path: &str, before: &str, after: &str) -> Result<ChangeDocument> {
    let mut document = read(&root().join("tests/incidents/2023-11-12-alibaba/fixed.yaml"))?;
    let compared = interlock_inputs::compare_texts(path, Some(before.as_bytes()), Some(after.as_bytes()));
    compared.into_document(&mut document).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(document)
}

fn sanity(baseline: Baseline) -> Result<Gate> {
    Ok(builder_of([stock_binding("config-sanity", vec![])?]).baseline(baseline).build()?)
}

fn ask(gate: &Gate, document: &ChangeDocument) -> Report {
    gate.check(document, &question(Phase::Merge, some_time()))
}

fn findings(report: &Report) -> Vec<&JudgedFinding> {
    let of = |outcome: &'_ ReportedOutcome| matches!(outcome, ReportedOutcome::Findings(_));
    let judged = report.policies.iter().map(|policy| &policy.outcome).filter(|outcome| of(outcome));
    judged
        .flat_map(|outcome| match outcome {
            ReportedOutcome::Findings(found) => found.as_slice(),
            ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. } => &[],
        })
        .collect()
}

/// What is accepted after one look.
fn accepted(document: &ChangeDocument) -> Result<Baseline> {
    let gate = sanity(Baseline::default())?;
    let Proposal { baseline, .. } = gate.propose_baseline(&ask(&gate, document));
    ensure!(!baseline.entries.is_empty(), "something is found");
    Ok(baseline)
}

const BEFORE: &str = "issuers: [a, b, c, d]\nlimit: 1000\n";
const AFTER: &str = "issuers: [a]\nlimit: 0\n";

fn a_known_block_is_a_warn() -> Result<()> {
    let document = changing("a.yaml", BEFORE, AFTER)?;
    let bare = sanity(Baseline::default())?;
    let new = ask(&bare, &document);
    ensure!(new.decision.verdict == Verdict::Block, "{:?}", new.decision);
    ensure!(findings(&new).iter().all(|it| matches!(it.baseline, InBaseline::New(_))), "{new:?}");
    let gate = sanity(accepted(&document)?)?;
    let report = ask(&gate, &document);
    ensure!(report.decision.verdict == Verdict::Warn, "never an allow: {:?}", report.decision);
    for found in findings(&report) {
        ensure!((found.asked, found.verdict) == (Verdict::Block, Verdict::Warn), "{found:?}");
        ensure!(found.baseline.is_known() && found.places[0].span.is_some(), "{found:?}");
    }
    ensure!(findings(&report).len() == findings(&new).len(), "and nothing is left out");
    ensure!(gate.policy_set() != bare.policy_set(), "another policy set");
    ensure!(report.stale.is_empty(), "{:?}", report.stale);
    // Written once more it is the same.
    ensure!(gate.propose_baseline(&report).baseline == accepted(&document)?);
    Ok(())
}

/// A block is turned into a warning, and a warning into nothing.
fn a_known_warn_stays_a_warn() -> Result<()> {
    let document = changing("a.yaml", "a: 1\n", "a: yes\n")?;
    let report = ask(&sanity(accepted(&document)?)?, &document);
    let ambiguous = findings(&report).into_iter().find(|it| it.rule == "ambiguous-file").context("told")?;
    ensure!(ambiguous.baseline.is_known() && ambiguous.verdict == Verdict::Warn, "{ambiguous:?}");
    ensure!(report.decision.verdict == Verdict::Warn, "{:?}", report.decision);
    Ok(())
}

/// Each with the file that changes, what stands in it afterwards, and whether all of it was accepted before.
fn only_what_was_said_is_known() -> Result<()> {
    let baseline = accepted(&changing("a.yaml", BEFORE, AFTER)?)?;
    let odd = accepted(&changing("a.yaml", "x: 1\n", "x: 2\na: yes\n")?)?;
    for (name, baseline, path, before, after, known) in [
        ("the same", &baseline, "a.yaml", BEFORE, AFTER, true),
        ("other lines", &baseline, "a.yaml", BEFORE, "# one\n\n# two\nlimit: 0\n\nissuers: [a]\n", true),
        (
            "other lines before",
            &baseline,
            "a.yaml",
            "# one\n\nlimit: 1000\nissuers: [a, b, c, d]\n",
            AFTER,
            true,
        ),
        ("another value", &baseline, "a.yaml", BEFORE, "issuers: [a]\nlimit: 1\n", false),
        ("another value before", &baseline, "a.yaml", "issuers: [a, b, c, d]\nlimit: 2000\n", AFTER, false),
        ("another length", &baseline, "a.yaml", "issuers: [a, b, c, d, e]\nlimit: 1000\n", AFTER, false),
        ("another file", &baseline, "b.yaml", BEFORE, AFTER, false),
        (
            "one more",
            &baseline,
            "a.yaml",
            "issuers: [a, b, c, d]\nlimit: 1000\nmore: 9000\n",
            "issuers: [a]\nlimit: 0\nmore: 0\n",
            false,
        ),
        ("ambiguous, elsewhere", &odd, "a.yaml", "x: 1\n", "\n\nx: 2\n\na: yes\n", true),
        ("ambiguous, another key", &odd, "a.yaml", "x: 1\n", "x: 2\nb: yes\n", false),
        ("ambiguous, another word", &odd, "a.yaml", "x: 1\n", "x: 2\na: no\n", false),
    ] {
        let report = ask(&sanity(baseline.clone())?, &changing(path, before, after)?);
        let unknown: Vec<_> = findings(&report).into_iter().filter(|it| !it.baseline.is_known()).collect();
        ensure!(!findings(&report).is_empty(), "{name}: nothing was found");
        ensure!(unknown.is_empty() == known, "{name}: {unknown:?}");
        let blocks = unknown.iter().any(|it| it.asked == Verdict::Block);
        ensure!((report.decision.verdict == Verdict::Block) == blocks, "{name}: {:?}", report.decision);
    }
    Ok(())
}

/// Of two findings that say the same, one more than was accepted is new.
fn accepted_once_is_accepted_once() -> Result<()> {
    let once = "x: 2\none:\n  a: yes\n";
    let twice = "x: 2\none:\n  a: yes\ntwo:\n  a: yes\n";
    let gate = sanity(accepted(&changing("a.yaml", "x: 1\n", once)?)?)?;
    let report = ask(&gate, &changing("a.yaml", "x: 1\n", twice)?);
    let known: Vec<bool> = findings(&report).iter().map(|it| it.baseline.is_known()).collect();
    ensure!(known == [true, false], "{known:?}");
    Ok(())
}

fn with_tier(document: &ChangeDocument, tier: Option<u8>) -> ChangeDocument {
    let mut document = document.clone();
    for service in document.change.services.iter_mut().flatten() {
        service.tier = tier.and_then(|tier| tier.try_into().ok());
    }
    document
}

fn a_warning_that_is_known_is_no_block_that_is() -> Result<()> {
    let document = changing("a.yaml", BEFORE, AFTER)?;
    let mild = with_tier(&document, Some(3));
    let gate = sanity(accepted(&mild)?)?;
    ensure!(findings(&ask(&gate, &mild)).iter().all(|it| it.baseline.is_known()));
    let hard = ask(&gate, &with_tier(&document, Some(0)));
    ensure!(hard.decision.verdict == Verdict::Block, "{hard:?}");
    Ok(())
}

/// The waiver is what ends, so the answer ends with it, and it is what is named.
fn a_finding_is_also_waived() -> Result<()> {
    let document = changing("a.yaml", BEFORE, AFTER)?;
    let baseline = accepted(&document)?;
    let services = document.change.services.iter().flatten().map(|service| service.name.clone());
    let waiver = Waiver {
        policy: policy_id("config-sanity"),
        rule: "list-shrink".into(),
        scope: WaiverScope { services: Some(services.collect()), ..WaiverScope::default() },
        reason: "they moved".into(),
        by: "Ada".into(),
        from: some_time().plus_minutes(-10),
        until: some_time().plus_minutes(10),
    };
    let waived = |baseline| -> Result<Gate> {
        let builder = builder_of([stock_binding("config-sanity", vec![])?]).waivers(vec![waiver.clone()]);
        Ok(builder.baseline(baseline).build()?)
    };
    let gate = waived(baseline)?;
    let report = ask(&gate, &document);
    let both = findings(&report).into_iter().find(|it| it.rule == "list-shrink").context("found")?;
    ensure!(both.waived.is_some() && both.baseline.is_known(), "{both:?}");
    ensure!(report.valid_until == some_time().plus_minutes(10), "{}", report.valid_until);
    let text = interlock_outputs::render(&report, &document, &interlock_outputs::Manner::default());
    ensure!(text.contains("2 warn (1 waived, 1 known)"), "{text}");
    // What a waiver covers is not made to last.
    let gate = waived(Baseline::default())?;
    let Proposal { baseline, waived, never } = gate.propose_baseline(&ask(&gate, &document));
    let rules: Vec<_> = baseline.entries.iter().map(|it| it.rule.as_str()).collect();
    ensure!((rules.as_slice(), waived, never) == (&["zero-value"], 1, 0), "{rules:?} {waived} {never}");
    Ok(())
}

/// A document in which everything is wrong at once has nothing that a baseline can hold.
fn how_a_change_goes_out_is_not_covered() -> Result<()> {
    let document = read(&root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))?;
    let gate = builder_of(stock_bindings()).build()?;
    let report = ask(&gate, &document);
    let found = findings(&report);
    ensure!(found.len() >= 3 && found.iter().all(|it| it.baseline == InBaseline::Never), "{found:?}");
    let Proposal { baseline, waived, never } = gate.propose_baseline(&report);
    ensure!(baseline.entries.is_empty() && (waived, never) == (0, found.len()), "{baseline:?}");
    Ok(())
}

fn of_the_gates_own_only_what_is_in_files() -> Result<()> {
    let mut document = changing("a.yaml", "x: 1\n", "x: 2\n")?;
    let kinds = [
        (DoubtKind::Ambiguous, true),
        (DoubtKind::Unreadable, true),
        (DoubtKind::Template, true),
        (DoubtKind::Disagreement, false),
        (DoubtKind::GateEdited, false),
        (DoubtKind::NothingChanged, false),
    ];
    let doubt = |(kind, _): &(DoubtKind, bool)| Doubt {
        kind: *kind,
        path: "a.yaml".into(),
        side: Side::After,
        span: Span { start: 0, end: 1, line: 1, column: 1 },
        message: "m".into(),
        help: "h".into(),
    };
    document.payload.doubts = kinds.iter().map(doubt).collect();
    let report = ask(&sanity(Baseline::default())?, &document);
    let can: Vec<bool> = findings(&report).iter().map(|it| it.baseline != InBaseline::Never).collect();
    ensure!(can == kinds.map(|(_, can)| can), "{can:?}");
    for rule in interlock::HOST_RULES {
        let can = ["ambiguous-file", "unreadable-file", "template"].contains(&rule.id);
        ensure!(sanity(one(entry("interlock", rule.id, "a.yaml"))).is_ok() == can, "{}", rule.id);
    }
    // Of a file that the change does not change.
    document.payload.doubts =
        kinds[..3].iter().map(|kind| Doubt { path: "b.yaml".into(), ..doubt(kind) }).collect();
    let report = ask(&sanity(Baseline::default())?, &document);
    ensure!(findings(&report).iter().all(|it| it.baseline == InBaseline::Never), "{report:?}");
    Ok(())
}

fn an_error_is_not_covered() -> Result<()> {
    let document = changing("a.yaml", BEFORE, AFTER)?;
    let broken = Binding::new(policy_id("config-sanity"), b"no module".as_slice()).on_error(OnError::Block);
    let gate = builder_of([broken]).baseline(accepted(&document)?).build()?;
    let report = ask(&gate, &document);
    ensure!(report.decision.verdict == Verdict::Block, "{:?}", report.decision);
    ensure!(report.stale.is_empty(), "nobody looked: {:?}", report.stale);
    let Proposal { baseline, never, .. } = gate.propose_baseline(&report);
    ensure!(baseline == accepted(&document)? && never == 1, "{baseline:?}");
    Ok(())
}

fn an_entry_for_no_rule_is_an_error() -> Result<()> {
    for (policy, rule) in [("config-sanity", "list-shrnk"), ("config-insanity", "list-shrink")] {
        let error = sanity(one(entry(policy, rule, "a"))).err().context("nobody has that rule")?.to_string();
        ensure!(error.contains(&format!("baseline: there is no rule `{policy}/{rule}`")), "{error}");
    }
    Ok(())
}

fn what_is_not_found_is_told_where_somebody_looked() -> Result<()> {
    let baseline = accepted(&changing("a.yaml", BEFORE, AFTER)?)?;
    let gate = sanity(baseline.clone())?;
    let mended = ask(&gate, &changing("a.yaml", BEFORE, "issuers: [a, b, c, d]\nlimit: 900\n")?);
    ensure!(mended.stale.iter().eq(&baseline.entries), "{:?}", mended.stale);
    ensure!(mended.decision.verdict == Verdict::Allow, "no error: {:?}", mended.decision);
    ensure!(gate.propose_baseline(&mended).baseline == Baseline::default(), "it is not kept");
    let elsewhere = ask(&gate, &changing("b.yaml", "x: 1\n", "x: 2\n")?);
    ensure!(elsewhere.stale.is_empty(), "nobody looked there: {:?}", elsewhere.stale);
    ensure!(gate.propose_baseline(&elsewhere).baseline == baseline, "it is kept");
    let when = interlock::When { kinds: Some(vec![]), ..Default::default() };
    let unasked = builder_of([
        stock_binding("config-sanity", vec![])?.when(when),
        stock_binding("tested-scope", vec![])?,
    ]);
    let unasked = ask(&unasked.baseline(baseline).build()?, &changing("a.yaml", BEFORE, "limit: 900\n")?);
    ensure!(unasked.stale.is_empty(), "nobody was asked: {:?}", unasked.stale);
    Ok(())
}

/// Whatever was accepted while a fact was missing: leaving the fact out again is no way to a milder verdict.
fn leaving_a_fact_out_never_helps() -> Result<()> {
    let files = json!([{
        "path": "a.yaml", "op": "modified", "format": "yaml",
        "edits": [{ "pointer": "/limit", "op": "replace",
            "before": { "kind": "integer", "text": "1000" }, "after": { "kind": "integer", "text": "0" } }],
        "lists": [],
    }]);
    let mut milder = 0;
    for tier in 0..=3 {
        let whole = json!({ "id": "c", "kind": "config", "files": files, "services": [{ "name": "s", "tier": tier }] });
        for pointer in ["/services", "/services/0/tier"] {
            let without = removed(&whole, pointer)?;
            let (whole, without) = (read_value(&whole)?, read_value(&without)?);
            for recorded in [&whole, &without] {
                let gate = sanity(accepted(recorded)?)?;
                let verdict = |document| ask(&gate, document).decision.verdict;
                ensure!(verdict(&without) >= verdict(&whole), "`{pointer}` of tier {tier}");
                milder += usize::from(verdict(&without) < Verdict::Block);
            }
        }
    }
    ensure!(milder > 0, "the baseline was at work");
    Ok(())
}

fn removed(value: &Value, pointer: &str) -> Result<Value> {
    let mut value = value.clone();
    let (parent, key) = pointer.rsplit_once('/').context("a key")?;
    value.pointer_mut(parent).and_then(Value::as_object_mut).context("a map")?.remove(key).context("it")?;
    Ok(value)
}
