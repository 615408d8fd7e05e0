//! Stock policy `tested-scope`: what is shipped was tested, and where it goes was tested.
//!
//! On 2014-11-18 a change that had been tested on Azure Storage's table front ends was enabled on the blob front ends as
//! well. A test run proves something about the bytes and the kind of place it ran on, and about nothing else.

use interlock_guest::listed;
use interlock_guest::prelude::*;

/// Thresholds.
#[derive(Settings)]
#[setting(check = keys_are_places)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    warn_tier_max: i32,
    /// What of a target must have been tested: region, zone, cell, cluster, site-type. Default site-type: the kind of place, as in 2014.
    #[setting(default = ["site-type"])]
    scope_keys: Texts,
    /// Whether only signed attestations count as tests. Default false: most teams have none yet.
    #[setting(default = false)]
    require_attested: bool,
}

fn keys_are_places(limits: &Limits) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    for key in limits.scope_keys.given() {
        if Place::of_key(key).is_none() {
            let message = text!("expected region, zone, cell, cluster or site-type, found `{key}`");
            wrong.push(("scope-keys", message));
        }
    }
    wrong
}

const UNTESTED: Rule = Rule {
    id: "untested",
    title: "at least one test speaks for the change",
    help: "a change that was never run anywhere is tried for the first time on the people who depend on it",
    remedy: "run a test on what is shipped and state it under `tests` with its outcome",
    origin: Some("2023-11-12 Alibaba Cloud: the update was released untested"),
    strictest: Verdict::Block,
};

const TEST_FAILED: Rule = Rule {
    id: "test-failed",
    title: "no test failed",
    help: "a failed test, or one whose outcome is lost, is the cheapest warning there will be",
    remedy: "mend what the test found, or take the suite off the change if it does not speak for it",
    origin: Some(
        "2016-04-11 Google Compute Engine: a check judged the change unsafe, and its verdict was lost",
    ),
    strictest: Verdict::Block,
};

const DIGEST_NOT_TESTED: Rule = Rule {
    id: "digest-not-tested",
    title: "the bytes that are shipped are the bytes that were tested",
    help: "a test of other bytes says nothing about these",
    remedy: "test the artefact that is shipped, and state its digest in the test's `subject-digests`",
    origin: Some(
        "2024-07-19 CrowdStrike: the kind of content was tested, what was shipped had not run on a sensor",
    ),
    strictest: Verdict::Block,
};

const SCOPE_NOT_TESTED: Rule = Rule {
    id: "scope-not-tested",
    title: "the kind of place it goes to was tested",
    help: "what works on one kind of place has not been tried on the others",
    remedy: "run the tests on that kind of place too and state it in the test's `scope`, or leave the targets out",
    origin: Some("2014-11-18 Azure Storage: tested on table front ends, enabled on blob front ends"),
    strictest: Verdict::Block,
};

#[policy(
    title = "what is shipped was tested, and where it goes was tested",
    rules = [UNTESTED, TEST_FAILED, DIGEST_NOT_TESTED, SCOPE_NOT_TESTED]
)]
fn judge(change: &Change, _question: &Question, limits: &Limits) -> Judgement {
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let Some(verdict) = by_tier.verdict(change) else { return Ok(vec![]) };

    let mut findings = Vec::new();
    failed(change, verdict, &mut findings);
    let passed: Vec<&TestRun> = change.test_runs().iter().filter(|run| counts(run, limits)).collect();
    if passed.is_empty() {
        findings.push(untested(change, limits, verdict));
        return Ok(findings);
    }
    untested_digests(change, &passed, verdict, &mut findings);
    for place in limits.scope_keys.iter().filter_map(Place::of_key) {
        untested_places(change, place, &passed, verdict, &mut findings);
    }
    Ok(findings)
}

/// Whether a test run speaks for the change.
fn counts(run: &TestRun, limits: &Limits) -> bool {
    use interlock_guest::change_types::EvidenceOrigin;
    run.outcome == Some(TestOutcome::Passed)
        && (!limits.require_attested || run.origin == Some(EvidenceOrigin::Attested))
}

fn untested(change: &Change, limits: &Limits, verdict: Verdict) -> Finding {
    let message = match &change.tests {
        None => "no tests are known for this change",
        Some(tests) if tests.is_empty() => "this change was not tested",
        Some(_) if limits.require_attested => "no test of this change passed with a signed attestation",
        Some(_) => "no test of this change passed",
    };
    UNTESTED.finding(verdict, message).at("/tests").with_reason_not_applicable(change, "/tests")
}

fn failed(change: &Change, verdict: Verdict, findings: &mut Vec<Finding>) {
    for (index, run) in change.test_runs().iter().enumerate() {
        let message = match run.outcome {
            Some(TestOutcome::Passed | TestOutcome::Skipped) => continue,
            Some(TestOutcome::Failed) => text!("the test suite `{}` failed", run.suite),
            None => text!("the outcome of the test suite `{}` is not known", run.suite),
        };
        findings.push(TEST_FAILED.finding(verdict, message).at(text!("/tests/{index}/outcome")));
    }
}

fn untested_digests(change: &Change, passed: &[&TestRun], verdict: Verdict, findings: &mut Vec<Finding>) {
    let is_tested =
        |digest: &String| passed.iter().any(|run| run.subject_digests.known_and(|all| all.contains(digest)));
    for (index, artifact) in change.artifacts.iter().flatten().enumerate() {
        if artifact.digest.known_and(|digest| !is_tested(digest)) {
            let message = text!("no test that passed ran on these bytes of `{}`", artifact.path);
            findings.push(DIGEST_NOT_TESTED.finding(verdict, message).at(text!("/artifacts/{index}/digest")));
        }
    }
}

/// One finding for each value among the targets that no passed test has in its scope.
fn untested_places(
    change: &Change,
    place: Place,
    passed: &[&TestRun],
    verdict: Verdict,
    findings: &mut Vec<Finding>,
) {
    let key = place.key();
    let mut tested: Vec<&str> = Vec::new();
    for run in passed {
        let scope = run.scope.iter().flatten().filter(|entry| entry.key == key);
        scope.for_each(|entry| tested.push(&entry.value));
    }
    let mut told: Vec<&str> = Vec::new();
    for (index, target) in change.known_targets().into_iter().flatten().enumerate() {
        let Some(value) = place.of(target) else { continue };
        if tested.contains(&value) || told.contains(&value) {
            continue;
        }
        told.push(value);
        let message = text!("no test that passed ran on the {key} `{value}`");
        let tested = if tested.is_empty() { "none".into() } else { listed(&tested, ", ") };
        let finding = SCOPE_NOT_TESTED.finding(verdict, message).at(text!("/targets/{index}/{key}"));
        findings.push(finding.because("tested", tested));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_the_settings_are_settings() {
        assert!(Limits::default().scope_keys.iter().all(|key| Place::of_key(key).is_some()));
        assert_eq!(
            keys_are_places(&Limits { scope_keys: Texts::Given(vec!["planet".into()]), ..Limits::default() })
                .len(),
            1
        );
    }
}
