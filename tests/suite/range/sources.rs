//! What is given beside a range: the author's metadata, results of tests, an event, rollout manifests, a Terraform plan. Each
//! changes the answer as it should, and where two say different things, that is a finding. A value that a plan marks as
//! sensitive is in no report.

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;

use super::readers::{FORMATS, findings};
use super::repository::{Answer, Repository, trials_in};
use crate::support::{root, trials_of};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials_in(
        "sources",
        || Repository::of("saturday-release"),
        &[
            ("metadata-and-manifest-disagree", metadata_and_manifest_disagree),
            ("a-shown-change-is-accepted-again", a_shown_change_is_accepted_again),
            ("what-starts-when-it-is-merged", what_starts_when_it_is_merged),
            ("tests-beside-a-range", tests_beside_a_range),
            ("a-pull-request-beside-a-range", a_pull_request_beside_a_range),
            ("a-pull-request-whose-base-has-moved-on", a_pull_request_whose_base_has_moved_on),
            ("a-rollout-beside-a-range", a_rollout_beside_a_range),
            ("a-weaker-plan-is-told-at-its-own-line", a_weaker_plan_is_told_at_its_own_line),
            ("one-plan-given-twice-is-one-plan", one_plan_given_twice_is_one_plan),
            ("a-plan-beside-a-range", a_plan_beside_a_range),
            ("what-is-named-wrongly-is-refused", what_is_named_wrongly_is_refused),
            ("words-of-an-earlier-change-are-not-this-one-s", words_of_an_earlier_change_are_not_this_one_s),
        ],
    );
    trials.extend(trials_of(
        "range/sources",
        &[("what-is-sensitive-is-in-no-report", what_is_sensitive_is_in_no_report)],
    ));
    trials
}

/// The repaired release, with more beside it.
fn fixed(repository: &Repository, more: &[&str]) -> Result<Answer> {
    repository.check("fixed", &[&["--format", "json"], more].concat())
}

fn source(path: &str) -> Result<String> {
    Ok(root().join("tests/sources").join(path).to_str().context("a path")?.to_owned())
}

fn rules(answer: &Answer) -> Result<Vec<String>> {
    let rule = |it: &String| it.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ");
    let mut rules: Vec<String> = findings("json", &answer.out)?.iter().map(rule).collect();
    rules.dedup();
    Ok(rules)
}

fn is_found(answer: Answer, code: i32, expected: &[&str]) -> Result<Answer> {
    let answer = answer.ended(code)?;
    let found = rules(&answer)?;
    ensure!(found == expected, "{found:#?}, expected {expected:#?}");
    Ok(answer)
}

/// The author says that a tenth is watched for two hours; the manifest, a twentieth for one.
fn metadata_and_manifest_disagree(repository: &Repository) -> Result<()> {
    let said =
        std::fs::read_to_string(root().join("tests/ranges/saturday-release/fixed/.interlock/change.yaml"))?;
    let other =
        said.replace("{ min-requests: 5000 }", "{ min-requests: 5000, traffic-bp: 1000, bake-s: 7200 }");
    ensure!(other != said, "the metadata has such a stage");
    let other = repository.put_beside("other.yaml", &other)?;
    let answer = is_found(fixed(repository, &[&other])?, 1, &["block interlock/sources-disagree"])?;
    let found = findings("json", &answer.out)?;
    ensure!(found.len() == 2, "the traffic and the time: {found:#?}");
    for part in ["bake-s", "7200", "3600", "traffic-bp", "500", "1000"] {
        ensure!(answer.out.contains(part), "`{part}` is not in {}", answer.out);
    }
    // Said in the same words, it is no difference.
    let same =
        said.replace("{ min-requests: 5000 }", "{ min-requests: 5000, traffic-bp: 500, bake-s: 3600 }");
    let same = repository.put_beside("same.yaml", &same)?;
    is_found(fixed(repository, &[&same])?, 0, &[])?;
    Ok(())
}

/// What `change` prints is a document: read again it is the same change, and judged as the range was.
fn a_shown_change_is_accepted_again(repository: &Repository) -> Result<()> {
    for (head, time, code) in [("fixed", "2026-11-24T09:00Z", 0), ("head", "2026-11-21T09:00Z", 1)] {
        let shown =
            repository.interlock(&["change", "--base", "main", "--head", head, "--at", time])?.ended(0)?;
        ensure!(shown.err.is_empty(), "{}", shown.err);
        let set = repository.put_beside(
            &format!("set-{head}.yaml"),
            &repository.git(&["show", "main:.interlock/policy-set.yaml"])?,
        )?;
        let question =
            ["check", "-", "--at", time, "--asked-at", "merge", "--format", "json", "--policy-set", &set];
        let top = repository.top();
        let again = repository.interlock_with(&top, &question, shown.out.as_bytes())?.ended(code)?;
        let range = repository.check(head, &["--at", time, "--format", "json"])?.ended(code)?;
        // The contents of files are no part of a document.
        let of_facts = |rules: Vec<String>| -> Vec<String> {
            rules.into_iter().filter(|rule| !rule.contains("config-sanity")).collect()
        };
        let (again, range) = (of_facts(rules(&again)?), of_facts(rules(&range)?));
        ensure!(again == range, "{again:#?}, and of the range {range:#?}");
    }
    Ok(())
}

/// Where a cluster follows the branch, the time is that of the question, by the clocks of the zone that is named.
fn what_starts_when_it_is_merged(repository: &Repository) -> Result<()> {
    let said =
        std::fs::read_to_string(root().join("tests/ranges/saturday-release/fixed/.interlock/change.yaml"))?;
    let schedule = "schedule:\n  start: \"2026-11-24T10:00\"\n  zone: Europe/Berlin\n";
    ensure!(said.contains(schedule), "the metadata has a schedule");
    let timeless = repository.put_beside("timeless.yaml", &said.replace(schedule, ""))?;
    for (at, code, expected) in [
        ("2026-11-24T09:00Z", 0, &[][..]),
        ("2026-11-21T09:00Z", 1, &["block change-window/weekend"]),
        // A quarter past midnight on Saturday in Berlin, Friday evening in Greenwich.
        ("2026-11-20T23:15Z", 1, &["block change-window/weekend"]),
    ] {
        let more = [timeless.as_str(), "--starts-now", "Europe/Berlin", "--at", at];
        is_found(fixed(repository, &more)?, code, expected).with_context(|| at.to_owned())?;
    }
    // The author says another time.
    let both = ["--starts-now", "Europe/Berlin", "--at", "2026-11-24T10:00Z"];
    is_found(fixed(repository, &both)?, 1, &["block interlock/sources-disagree"])?;
    Ok(())
}

fn tests_beside_a_range(repository: &Repository) -> Result<()> {
    is_found(fixed(repository, &["--tests", &source("junit/surefire.xml")?])?, 0, &[])?;
    let failed = is_found(
        fixed(repository, &["--tests", &source("junit/go.xml")?])?,
        1,
        &["block tested-scope/test-failed"],
    )?;
    ensure!(
        findings("json", &failed.out)?.iter().all(|it| it.ends_with("junit/go.xml:11")),
        "{}",
        failed.out
    );
    // A file that fails beside one that passes still fails.
    let both = ["--tests", &source("junit/surefire.xml")?, "--tests", &source("junit/go.xml")?];
    is_found(fixed(repository, &both)?, 1, &["block tested-scope/test-failed"])?;
    Ok(())
}

/// The payload of a pull request of this very range, and of another.
fn a_pull_request_beside_a_range(repository: &Repository) -> Result<()> {
    let text = std::fs::read_to_string(root().join("tests/sources/events/github-pull-request.json"))?;
    let mut payload: Value = serde_json::from_str(&text)?;
    for (side, branch) in [("base", "main"), ("head", "fixed")] {
        payload["pull_request"][side]["sha"] = repository.git(&["rev-parse", branch])?.into();
    }
    let own = repository.put_beside("pull-request.json", &payload.to_string())?;
    let own = format!("--event=github-pull-request={own}");
    is_found(fixed(repository, &[&own])?, 0, &[])?;
    let shown = repository.interlock(&["change", "--base", "main", "--head", "fixed", &own])?.ended(0)?;
    let change: Value = serde_json::from_str(&shown.out)?;
    ensure!(change["source"]["repository"] == payload["repository"]["full_name"], "{}", shown.out);
    // It asks at merge, so nobody can ask another question of it.
    fixed(repository, &[&own, "--asked-at", "deploy"])?.refused(&["the event asks at merge"])?;
    let strange = format!("--event=github-pull-request={}", source("events/github-pull-request.json")?);
    is_found(fixed(repository, &[&strange])?, 1, &["block interlock/sources-disagree"])?;
    Ok(())
}

/// GitHub sends the tip of the base, which is seldom where the branch began: two words for two things, and no difference.
fn a_pull_request_whose_base_has_moved_on(repository: &Repository) -> Result<()> {
    let tree = repository.git(&["rev-parse", "main^{tree}"])?;
    let moved = repository.git(&["commit-tree", &tree, "-p", "main", "-m", "somebody else's"])?;
    let text = std::fs::read_to_string(root().join("tests/sources/events/github-pull-request.json"))?;
    let mut payload: Value = serde_json::from_str(&text)?;
    payload["pull_request"]["base"]["sha"] = moved.as_str().into();
    payload["pull_request"]["head"]["sha"] = repository.git(&["rev-parse", "fixed"])?.into();
    let event = repository.put_beside("moved-on.json", &payload.to_string())?;
    let event = format!("--event=github-pull-request={event}");
    let question =
        ["check", "--base", &moved, "--head", "fixed", "--at", "2026-11-24T09:00Z", "--format", "json"];
    is_found(repository.interlock(&[&question[..], &[event.as_str()]].concat())?, 0, &[])?;
    Ok(())
}

/// Of several plans the weakest is judged.
fn a_rollout_beside_a_range(repository: &Repository) -> Result<()> {
    is_found(fixed(repository, &["--rollout", &source("plans/argo-canary.yaml")?])?, 0, &[])?;
    let answer = fixed(repository, &["--rollout", &source("plans/argo-no-steps.yaml")?])?.ended(1)?;
    let found = rules(&answer)?;
    for rule in ["block canary-evidence/no-canary", "block staged-rollout/all-at-once"] {
        ensure!(found.iter().any(|it| it == rule), "`{rule}` is not in {found:#?}");
    }
    Ok(())
}

/// The manifest among the changed files has four stages; the one that is named has none.
fn a_weaker_plan_is_told_at_its_own_line(repository: &Repository) -> Result<()> {
    let answer = fixed(repository, &["--rollout", &source("plans/argo-no-steps.yaml")?])?.ended(1)?;
    let found = findings("json", &answer.out)?;
    for rule in ["canary-evidence/no-canary", "staged-rollout/all-at-once"] {
        let told = found.iter().find(|it| it.contains(rule)).context(rule)?;
        ensure!(told.ends_with("plans/argo-no-steps.yaml:9"), "{told}");
    }
    Ok(())
}

/// A plan that lies in the repository and that the pipeline names as well deletes its database once.
fn one_plan_given_twice_is_one_plan(repository: &Repository) -> Result<()> {
    let plan = repository.put_beside("plan.json", &repository.git(&["show", "fixed:infra/plan.json"])?)?;
    let range = ["change", "--base", "main", "--head", "fixed", "--terraform-plan", &plan];
    let change: Value = serde_json::from_str(&repository.interlock(&range)?.ended(0)?.out)?;
    ensure!(change["action"]["matched"] == 1, "{}", change["action"]);
    Ok(())
}

/// The database of the range, and what the plan that is named takes away, together.
fn a_plan_beside_a_range(repository: &Repository) -> Result<()> {
    let answer = fixed(repository, &["--terraform-plan", &source("terraform/plan.json")?])?.ended(1)?;
    let found = findings("json", &answer.out)?;
    let place = "terraform/plan.json:178";
    ensure!(
        found.iter().any(|it| it.contains("config-sanity/list-shrink") && it.ends_with(place)),
        "{found:#?}"
    );
    let plan = source("terraform/plan.json")?;
    let shown = repository
        .interlock(&["change", "--base", "main", "--head", "fixed", "--terraform-plan", &plan])?
        .ended(0)?;
    let change: Value = serde_json::from_str(&shown.out)?;
    ensure!(change["action"]["matched"] == 3, "two deletions and a replacement: {}", change["action"]);
    Ok(())
}

/// A source is read as what it was named as, and never guessed.
fn what_is_named_wrongly_is_refused(repository: &Repository) -> Result<()> {
    let (junit, plan) = (source("junit/surefire.xml")?, source("terraform/plan.json")?);
    for (flag, file) in [
        ("--rollout", &junit),
        ("--terraform-plan", &junit),
        ("--tests", &plan),
        ("--checked-tests", &plan),
        ("--event", &format!("spinnaker={plan}")),
        ("--event", &format!("github-pull-request={plan}")),
        ("--terraform-plan", &repository.beside("nowhere.json").display().to_string()),
    ] {
        fixed(repository, &[flag, file])?.refused(&[]).with_context(|| format!("{flag} {file}"))?;
    }
    Ok(())
}

/// The plan as a changed file and beside the range, in a change that has findings all over it.
fn what_is_sensitive_is_in_no_report() -> Result<()> {
    let plan = std::fs::read_to_string(root().join("tests/sources/terraform/plan.json"))?;
    let secrets = ["correct-horse-battery", "tok-after-77y", "tok-before-9x"];
    ensure!(secrets.iter().all(|secret| plan.contains(secret)), "the plan holds what it should hide");
    let earlier = plan.replace("tok-before-9x", "tok-before-8w").replace("m7g.large", "m7g.small");
    let hidden = [&secrets[..], &["tok-before-8w"]].concat();
    let repository = Repository::of_texts(
        &[("infra/plan.json", &earlier), ("list.yaml", "a: [1, 2, 3, 4]\n")],
        &[("infra/plan.json", &plan), ("list.yaml", "a: [1]\n")],
    )?;
    let given = repository.put_beside("given.json", &plan)?;
    for more in [&[][..], &["--terraform-plan", &given]] {
        for format in FORMATS {
            let answer = repository.check("head", &[more, &["--format", format]].concat())?.ended(1)?;
            let found = hidden.iter().find(|it| answer.out.contains(**it) || answer.err.contains(**it));
            ensure!(found.is_none(), "`{}` is in {format}: {}", found.unwrap_or(&""), answer.out);
            // Given once more it says what it said in the range.
            ensure!(answer.out.contains("infra/plan.json"), "the plan is judged: {}", answer.out);
        }
        let shown = repository
            .interlock(&[&["change", "--base", "main", "--head", "head"][..], more].concat())?
            .ended(0)?;
        let found = hidden.iter().find(|it| shown.out.contains(**it) || shown.err.contains(**it));
        ensure!(found.is_none(), "`{}` is in the change: {}", found.unwrap_or(&""), shown.out);
    }
    Ok(())
}

/// What was said of an earlier change, in a file that this one leaves alone: only what is true of the place is kept.
fn words_of_an_earlier_change_are_not_this_one_s(_: &Repository) -> Result<()> {
    let words = "id: earlier\nkind: config\nservices: [{ name: wiki, tier: 3 }]\ntests: [{ suite: all, outcome: passed }]\n";
    let repository = Repository::of_texts(
        &[(".interlock/change.yaml", words), ("a.yaml", "a: 1\n")],
        &[(".interlock/change.yaml", words), ("a.yaml", "a: 2\n")],
    )?;
    let printed = repository.interlock(&["change", "--base", "main", "--head", "head"])?.ended(0)?.out;
    let change: Value = serde_json::from_str(&printed)?;
    ensure!(change["services"][0]["name"] == "wiki", "{printed}");
    ensure!(change["tests"].is_null() && change["id"] == "main..head", "{printed}");
    Ok(())
}
