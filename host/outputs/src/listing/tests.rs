//! What the list says of each sort of thing. Tests only.

use interlock_model::{Basis, Decision, Mode, OnError, Span};

use super::*;
use crate::fixture;

/// The list of a report with one policy in it.
fn with(policy: PolicyReport) -> Vec<Remark> {
    let (mut report, document) = fixture::governed();
    (report.not_judged, report.decision) =
        (vec![], Decision { verdict: policy.verdict, basis: Basis::Findings });
    report.policies = vec![policy];
    remarks(&report, &document)
}

#[track_caller]
fn only(mut remarks: Vec<Remark>) -> Remark {
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    remarks.remove(0)
}

#[test]
fn the_hardest_is_first_and_nothing_is_told_twice() {
    let (report, document) = fixture::governed();
    let list = remarks(&report, &document);
    let found: Vec<(Effect, &str)> = list.iter().map(|it| (it.effect, it.id.as_str())).collect();
    let shadow = [(Effect::Shadow, "on-trial/no-canary"); 5];
    let expect = [
        &[
            (Effect::Blocks, "config-sanity/list-shrink"),
            (Effect::Blocks, "config-sanity/numeric-ratio"),
            (Effect::Warns, "rollback-ready/not-rehearsed"),
            (Effect::Told, "interlock/not-judged"),
            (Effect::Waived, "change-window/weekend"),
            (Effect::Known, "config-sanity/match-all"),
        ],
        shadow.as_slice(),
        &[(Effect::Shadow, "on-trial-too")],
    ];
    assert_eq!(found, expect.concat());
}

#[test]
fn nothing_found_is_an_empty_list() {
    let (_, document) = fixture::alibaba();
    assert_eq!(remarks(&fixture::quiet(), &document), []);
}

#[test]
fn a_list_never_looks_better_than_the_answer() {
    let (_, document) = fixture::alibaba();
    let mut report = fixture::quiet();
    report.decision = Decision { verdict: Verdict::Block, basis: Basis::NoEvidence };
    let remark = only(remarks(&report, &document));
    assert_eq!((remark.id.as_str(), remark.effect), ("interlock/decision", Effect::Blocks));
    assert!(remark.text.contains("nobody to judge it; that is no pass"), "{}", remark.text);
    // A warning beside it does not hide it, either.
    let (alibaba, _) = fixture::alibaba();
    report.policies = alibaba.policies.into_iter().filter(|it| it.id.as_str() == "tested-scope").collect();
    report.policies.iter_mut().for_each(|policy| {
        if let ReportedOutcome::Findings(found) = &mut policy.outcome {
            found.retain(|finding| finding.verdict == Verdict::Warn);
        }
    });
    let list = remarks(&report, &document);
    assert_eq!(list.first().map(|remark| remark.id.as_str()), Some("interlock/decision"));
}

#[test]
fn a_place_of_before_the_change_says_so() {
    let (report, document) = fixture::governed();
    let list = remarks(&report, &document);
    let shrink = list.first().expect("a remark");
    // The file as it is called now, so that it is found; what it was called then is in the words.
    assert_eq!(shrink.spot, Spot { path: "routes/edge.yaml".into(), line: 1, column: Some(1) });
    assert!(
        shrink.text.contains("at `edge.yaml:1:1` (`/prefixes`, before the change), `bin/tool` (`/prefixes`)"),
        "{}",
        shrink.text
    );
}

#[test]
fn a_broken_policy_weighs_what_the_policy_set_says() {
    let fault = || ReportedOutcome::Broken(Fault::Panic { message: "oh\nno".into() });
    let remark = only(with(fixture::policy("late", fault())));
    assert_eq!((remark.id.as_str(), remark.effect), ("late", Effect::Blocks));
    assert!(
        remark.text.starts_with("the policy panicked; said: `oh\\nno`; on-error: block:"),
        "{}",
        remark.text
    );

    let mut let_through = fixture::policy("late", fault());
    (let_through.verdict, let_through.on_error) =
        (Verdict::Allow, OnError::Allow { reason: "on trial".into() });
    let remark = only(with(let_through));
    assert_eq!(remark.effect, Effect::Told);
    assert!(remark.text.contains("because `on trial`"), "{}", remark.text);

    let mut shadow = fixture::policy("late", fault());
    (shadow.verdict, shadow.mode) = (Verdict::Allow, Mode::Shadow);
    let remark = only(with(shadow));
    assert_eq!(remark.effect, Effect::Shadow);
    assert!(remark.text.contains("in shadow mode, does not count; would block"), "{}", remark.text);
}

#[test]
fn every_remark_has_a_line_that_may_exist() {
    let (report, document) = fixture::hostile();
    let list = remarks(&report, &document);
    assert!(list.len() > 50, "{}", list.len());
    for Remark { spot, text, .. } in list {
        assert!(spot.line >= 1 && spot.column != Some(0) && !spot.path.is_empty() && !text.is_empty());
    }
    let zero = Place {
        span: Some(Span { start: 0, end: 0, line: 0, column: 0 }),
        path: Some("././a".into()),
        ..fixture::place_in_file(Side::After, "/a", "prefixes")
    };
    let mut policy = fixture::policy("p", ReportedOutcome::Findings(vec![]));
    let (governed, _) = fixture::governed();
    let Some(ReportedOutcome::Findings(found)) = governed.policies.get(1).map(|policy| &policy.outcome)
    else {
        panic!("findings")
    };
    policy.outcome =
        ReportedOutcome::Findings(vec![JudgedFinding { places: vec![zero], ..found[0].clone() }]);
    policy.verdict = Verdict::Block;
    assert_eq!(only(with(policy)).spot, Spot { path: "a".into(), line: 1, column: Some(1) });
}
