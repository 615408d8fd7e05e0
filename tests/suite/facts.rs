//! What the operator knows of incidents and error budgets: it replaces what a change says of itself, and facts that are not
//! of now are unknown and told.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use interlock_model::{
    ChangeDocument, Incident, Instant, OperatorFacts, PastIncident, Phase, Report, ReportedOutcome,
    ToldFacts, Verdict,
};
use libtest_mimic::Trial;
use serde_json::json;

use crate::support::{builder_of, question, read_value, some_time, stock_binding, trials_of};

pub fn trials() -> Vec<Trial> {
    trials_of(
        "facts",
        &[
            ("they-replace-what-a-change-says", they_replace_what_a_change_says),
            ("what-they-do-not-speak-of-stays-the-change-s", what_they_do_not_speak_of_stays_the_change_s),
            ("old-facts-are-unknown-and-told", old_facts_are_unknown_and_told),
            ("one-old-part-makes-a-list-unknown", one_old_part_makes_a_list_unknown),
            ("an-answer-ends-with-what-it-rests-on", an_answer_ends_with_what_it_rests_on),
            ("the-binary-reads-them", the_binary_reads_them),
            ("verify-holds-for-the-same-facts", verify_holds_for_the_same_facts),
        ],
    )
}

/// Facts of [`some_time`]: nothing is open, nothing has ended, no word of budgets.
pub fn told(edit: impl FnOnce(&mut OperatorFacts)) -> OperatorFacts {
    let told = ToldFacts {
        name: "feed.yaml".into(),
        as_of: some_time(),
        open_incidents: Some(vec![]),
        past_incidents: None,
        error_budget: None,
    };
    let mut facts = OperatorFacts { told: vec![told], age_min_max: 60 };
    edit(&mut facts);
    facts
}

fn incident(service: &str) -> Incident {
    Incident { id: "INC-88".into(), service: Some(service.into()), severity: 1_u8.try_into().ok() }
}

/// A change of which its author says that nothing is open.
fn change() -> Result<ChangeDocument> {
    read_value(&json!({
        "id": "c", "kind": "config",
        "services": [{ "name": "checkout", "tier": 1, "depends-on": [] }],
        "open-incidents": [], "past-incidents": [],
    }))
}

fn asked(facts: OperatorFacts, phase: Phase, at: Instant) -> Result<Report> {
    let gate = builder_of([stock_binding("incident-freeze", vec![])?]).facts(facts).build()?;
    Ok(gate.check(&change()?, &question(phase, at)))
}

/// Rules that found something, as `policy/rule`.
fn rules(report: &Report) -> Vec<String> {
    let of = |policy: &interlock_model::PolicyReport| match &policy.outcome {
        ReportedOutcome::Findings(found) => {
            found.iter().map(|finding| format!("{}/{}", policy.id, finding.rule)).collect()
        }
        ReportedOutcome::Broken(fault) => vec![format!("{}: {fault:?}", policy.id)],
        ReportedOutcome::NotSelected { .. } => vec![],
    };
    report.policies.iter().flat_map(of).collect()
}

fn they_replace_what_a_change_says() -> Result<()> {
    let quiet = asked(told(|_| {}), Phase::Deploy, some_time())?;
    ensure!(rules(&quiet).is_empty(), "{:?}", rules(&quiet));
    let open = asked(
        told(|it| it.told[0].open_incidents = Some(vec![incident("checkout")])),
        Phase::Deploy,
        some_time(),
    )?;
    ensure!(rules(&open) == ["incident-freeze/open-incident"], "{:?}", rules(&open));
    // An incident that only the author knows of excuses nothing.
    let sunday = json!({
        "id": "c", "kind": "config", "services": [{ "name": "checkout", "tier": 1 }],
        "schedule": { "start": "2026-03-08T10:00", "zone": "Europe/Berlin" },
        "open-incidents": [{ "id": "INC-1", "service": "checkout", "severity": 1 }],
    });
    let window = || -> Result<_> { Ok(builder_of([stock_binding("change-window", vec![])?])) };
    let ask = question(Phase::Deploy, some_time());
    let claimed = window()?.build()?.check(&read_value(&sunday)?, &ask);
    let known = window()?.facts(told(|_| {})).build()?.check(&read_value(&sunday)?, &ask);
    ensure!(
        (claimed.decision.verdict, known.decision.verdict) == (Verdict::Warn, Verdict::Block),
        "{known:?}"
    );
    Ok(())
}

fn what_they_do_not_speak_of_stays_the_change_s() -> Result<()> {
    let silent = |it: &mut OperatorFacts| it.told[0].open_incidents = None;
    ensure!(
        rules(&asked(told(silent), Phase::Deploy, some_time())?).is_empty(),
        "the change has said both lists"
    );
    let past = PastIncident {
        id: "INC-80".into(),
        service: Some("checkout".into()),
        severity: 1_u8.try_into().ok(),
        closed_at: Some(some_time()),
        remedied: None,
    };
    let speaks = |it: &mut OperatorFacts| it.told[0].past_incidents = Some(vec![past]);
    let found = rules(&asked(told(speaks), Phase::Deploy, some_time())?);
    ensure!(found == ["incident-freeze/cool-down"], "{found:?}");
    Ok(())
}

/// The author's own `open-incidents: []` is no way out.
fn old_facts_are_unknown_and_told() -> Result<()> {
    let at = |minutes: i32| some_time().plus_minutes(minutes);
    for (minutes, phase, expected) in [
        (60, Phase::Deploy, &[][..]),
        (61, Phase::Deploy, &["incident-freeze/incidents-unknown", "interlock/stale-facts"]),
        (61, Phase::Promote, &["incident-freeze/incidents-unknown", "interlock/stale-facts"]),
        (61, Phase::Merge, &[]),
        (-5, Phase::Deploy, &[]),
        (-6, Phase::Deploy, &["incident-freeze/incidents-unknown", "interlock/stale-facts"]),
    ] {
        let report = asked(told(|_| {}), phase, at(minutes))?;
        ensure!(rules(&report) == expected, "{minutes} at {}: {:?}", phase.name(), rules(&report));
    }
    let report = asked(told(|_| {}), Phase::Deploy, at(61))?;
    let host =
        report.policies.iter().find(|policy| policy.id.as_str() == interlock::HOST).context("its finding")?;
    let ReportedOutcome::Findings(found) = &host.outcome else { anyhow::bail!("{host:?}") };
    let said = found[0].message.as_unescaped();
    ensure!(said.contains("`feed.yaml`") && said.contains("2026-03-02T12:00Z, 61 minutes before"), "{said}");
    ensure!(found[0].verdict == Verdict::Warn, "what is unknown is for the policies to judge");
    Ok(())
}

fn one_old_part_makes_a_list_unknown() -> Result<()> {
    let second = |minutes: i32, speaks: bool| {
        told(|it| {
            let mut other = it.told[0].clone();
            other.as_of = some_time().plus_minutes(minutes);
            other.open_incidents = speaks.then(Vec::new);
            it.told.push(other);
        })
    };
    let found = |facts: OperatorFacts| -> Result<Vec<String>> {
        Ok(rules(&asked(facts, Phase::Deploy, some_time())?))
    };
    ensure!(found(second(0, true))?.is_empty(), "two feeds of now");
    let old = found(second(-61, true))?;
    ensure!(old == ["incident-freeze/incidents-unknown", "interlock/stale-facts"], "{old:?}");
    let silent = found(second(-61, false))?;
    ensure!(silent == ["interlock/stale-facts"], "an old feed that says nothing of incidents: {silent:?}");
    Ok(())
}

fn an_answer_ends_with_what_it_rests_on() -> Result<()> {
    let at = |minutes: i32| some_time().plus_minutes(minutes);
    for (asked_at, age, until) in [(0, 60, 60), (20, 60, 60), (0, 5, 5), (61, 60, 121), (0, 600, 60)] {
        let report = asked(told(|it| it.age_min_max = age), Phase::Deploy, at(asked_at))?;
        ensure!(report.valid_until == at(until), "at {asked_at}, age {age}: {}", report.valid_until);
    }
    Ok(())
}

/// A folder with a change, a policy set and a feed, which goes when it is dropped.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("interlock-facts-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let place = Self(folder);
        place.put(
            "change.yaml",
            "id: c\nkind: config\nservices: [{ name: checkout, tier: 1, depends-on: [] }]\n",
        )?;
        place.put(
            "set.yaml",
            "version: 1\npolicies: { freeze: { module: \"stock:incident-freeze\" }, budget: { module: \"stock:error-budget\" } }\n",
        )?;
        Ok(place)
    }

    fn put(&self, name: &str, text: &str) -> Result<()> {
        Ok(std::fs::write(self.0.join(name), text)?)
    }

    /// A feed of this minute.
    fn feed(&self, as_of: Instant, open: &str) -> Result<()> {
        self.put(
            "feed.yaml",
            &format!(
                "as-of: \"{as_of}\"\nopen-incidents: {open}\npast-incidents: []\nerror-budget: [{{ service: checkout, left-bp: 9000 }}]\n"
            ),
        )
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        let output =
            Command::new(env!("CARGO_BIN_EXE_interlock")).args(arguments).current_dir(&self.0).output();
        Ok(output?)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Exit code, and everything that was said.
fn said(output: &Output) -> (Option<i32>, String) {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

fn the_binary_reads_them() -> Result<()> {
    let place = Place::new("binary")?;
    let check = |more: &[&str]| -> Result<_> {
        let mut arguments =
            vec!["check", "change.yaml", "--policy-set", "set.yaml", "--at", "2026-03-02T12:00Z"];
        arguments.extend(more);
        Ok(said(&place.run(&arguments)?))
    };
    let (code, text) = check(&[])?;
    ensure!(
        code == Some(1) && text.contains("freeze/incidents-unknown") && text.contains("budget/no-budget"),
        "{text}"
    );
    place.feed(some_time(), "[]")?;
    let (code, text) = check(&["--facts", "feed.yaml"])?;
    ensure!(code == Some(0), "{code:?}: {text}");
    place.feed(some_time(), "[{ id: INC-88, service: checkout, severity: 1 }]")?;
    let (code, text) = check(&["--facts", "feed.yaml"])?;
    ensure!(code == Some(1) && text.contains("freeze/open-incident"), "{code:?}: {text}");
    // Named by the set, the same file says the same, and the set's age limit holds for it.
    let set = std::fs::read_to_string(place.0.join("set.yaml"))?;
    place.put("set.yaml", &format!("{set}facts: {{ files: [feed.yaml], age-max-minutes: 5 }}\n"))?;
    let (code, text) = check(&[])?;
    ensure!(code == Some(1) && text.contains("freeze/open-incident"), "{code:?}: {text}");
    let (code, text) = check(&["--at", "2026-03-02T12:06Z"])?;
    ensure!(code == Some(2), "an argument given twice: {text}");
    place.feed(some_time().plus_minutes(-6), "[]")?;
    let (code, text) = check(&[])?;
    ensure!(
        code == Some(1) && text.contains("interlock/stale-facts") && text.contains("incidents-unknown"),
        "{text}"
    );
    // Two feeds that contradict each other, and one that is not there, are slips.
    place.put(
        "other.yaml",
        "as-of: \"2026-03-02T12:00Z\"\nerror-budget: [{ service: checkout, left-bp: 1 }]\n",
    )?;
    let (code, text) = check(&["--facts", "other.yaml"])?;
    ensure!(
        code == Some(2) && text.contains("other.yaml:2:16: `checkout` a second time"),
        "{code:?}: {text}"
    );
    let (code, text) = check(&["--facts", "none.yaml"])?;
    ensure!(code == Some(2) && text.contains("none.yaml"), "{code:?}: {text}");
    // Without a policy set the stock policies judge, and see them.
    place.feed(some_time(), "[]")?;
    let stock = place.run(&["check", "change.yaml", "--facts", "feed.yaml", "--at", "2026-03-02T13:01Z"])?;
    ensure!(said(&stock).1.contains("interlock/stale-facts"), "{}", said(&stock).1);
    Ok(())
}

fn verify_holds_for_the_same_facts() -> Result<()> {
    let place = Place::new("verify")?;
    let minutes = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() / 60;
    let now = Instant::from_epoch_min(i32::try_from(minutes)?);
    let (set, facts) = (["--policy-set", "set.yaml"], ["--facts", "feed.yaml"]);
    place.feed(now, "[]")?;
    let judged =
        place.run(&[&["check", "change.yaml", "--format", "json"], &set[..], &facts[..]].concat())?;
    ensure!(judged.status.code() == Some(0), "{}", said(&judged).1);
    std::fs::write(place.0.join("report.json"), &judged.stdout)?;
    let verify = || -> Result<_> {
        let arguments = [&["verify", "report.json", "change.yaml"], &set[..], &facts[..]].concat();
        Ok(said(&place.run(&arguments)?))
    };
    let (code, text) = verify()?;
    ensure!(code == Some(0) && text.starts_with("holds: allow, "), "{code:?}: {text}");
    // Since then an incident was opened.
    place.feed(now, "[{ id: INC-88, service: checkout, severity: 1 }]")?;
    let (code, text) = verify()?;
    ensure!(
        code == Some(3) && text.contains("the policy set with its facts is not the report's"),
        "{code:?}: {text}"
    );
    place.feed(now.plus_minutes(-1), "[]")?;
    ensure!(verify()?.0 == Some(3), "facts of another minute are other facts");
    Ok(())
}
