//! Sources that agree, that differ, and that say different parts.

#![allow(clippy::unwrap_used, reason = "tests")]

use interlock_model::{BasisPoints, Stage, StageGate, StageGateKind};

use super::*;

fn author(text: &str) -> Statement {
    crate::metadata("change.yaml", text.as_bytes(), crate::Syntax::Yaml).unwrap()
}

/// A plan of a tool; line `i + 1` of its text is stage `i`.
fn plan(name: &str, stages: &[(u16, Option<u32>)]) -> Statement {
    let text: String = stages.iter().map(|stage| format!("{stage:?}\n")).collect();
    let mut statement = Statement::new(Speaker::Tool, name, &text);
    let stage = |(traffic, bake_s): &(u16, Option<u32>)| Stage {
        name: Some(format!("step of {name}")),
        targets: None,
        traffic_bp: BasisPoints::try_from(*traffic).ok(),
        bake_s: *bake_s,
        min_requests: None,
        gate: Some(StageGate { kind: Some(StageGateKind::CanaryAnalysis), automatic: Some(true) }),
    };
    statement.facts.rollout = Some(interlock_model::Rollout {
        strategy: None,
        stages: Some(stages.iter().map(stage).collect()),
        config_included: None,
    });
    let at = |line: usize| {
        let span = Span { start: 0, end: 0, line: u32::try_from(line).unwrap(), column: 1 };
        Origin { key: span, value: span }
    };
    statement.place("/rollout", at(1));
    statement.place("/rollout/stages", at(1));
    for (index, _) in stages.iter().enumerate() {
        for field in ["", "/traffic-bp", "/bake-s", "/gate", "/name"] {
            statement.place(&format!("/rollout/stages/{index}{field}"), at(index + 1));
        }
    }
    statement
}

fn merged(statements: Vec<Statement>) -> ChangeDocument {
    merge(Range { name: "main..head", compared: None }, statements).unwrap()
}

fn stages(document: &ChangeDocument) -> Vec<(Option<u16>, Option<u32>)> {
    let stages = document.change.rollout.as_ref().unwrap().stages.as_ref().unwrap();
    stages.iter().map(|stage| (stage.traffic_bp.map(BasisPoints::get), stage.bake_s)).collect()
}

fn place(document: &ChangeDocument, pointer: &str) -> (String, u32) {
    let fact = document.payload.facts.get(&Pointer::new(pointer)).unwrap();
    (fact.path.clone(), fact.origin.key.line)
}

fn doubts(document: &ChangeDocument) -> Vec<(&str, &str)> {
    document.payload.doubts.iter().map(|doubt| (doubt.path.as_str(), doubt.message.as_str())).collect()
}

#[test]
fn a_change_without_a_word_of_its_author_has_a_name_all_the_same() {
    let document = merged(vec![plan("rollout.yaml", &[(500, Some(3600)), (10_000, None)])]);
    assert_eq!((document.change.id.as_str(), document.sources.name.as_str()), ("main..head", "main..head"));
    assert_eq!(stages(&document), [(Some(500), Some(3600)), (Some(10_000), None)]);
    assert_eq!(place(&document, "/rollout/stages/1/traffic-bp"), ("rollout.yaml".into(), 2));
    assert!(doubts(&document).is_empty());
}

#[test]
fn sources_that_say_different_parts_are_one_change() {
    let text = "id: c-1\nkind: data\nservices:\n  - name: shop\n    tier: 2\nlabels: [a]\n";
    let mut event = Statement::new(Speaker::Caller, "event.json", "{}");
    event.facts.labels = Some(vec!["a".into(), "b".into()]);
    event.facts.services = Some(vec![interlock_model::Service {
        name: "shop".into(),
        tier: None,
        tier_origin: interlock_model::FactOrigin::Claimed,
        owner: Some("team".into()),
        dependents: None,
        depends_on: None,
    }]);
    let document = merged(vec![event, author(text), plan("rollout.yaml", &[(10_000, None)])]);
    assert_eq!((document.change.id.as_str(), document.change.kind), ("c-1", ChangeKind::Data));
    assert_eq!(document.change.labels, Some(vec!["a".into(), "b".into()]));
    let service = document.change.services.as_deref().unwrap().first().unwrap();
    assert_eq!((service.tier.map(u8::from), service.owner.as_deref()), (Some(2), Some("team")));
    assert_eq!(document.sources.name, "change.yaml");
    assert!(document.sources.find(&Pointer::new("/services/0/tier")).is_some());
    assert!(doubts(&document).is_empty(), "{:?}", doubts(&document));
}

#[test]
fn a_fact_that_two_sources_tell_differently_is_a_finding_and_the_weightier_is_judged() {
    let text = "id: c\nkind: config\nrollout:\n  config-included: true\n  stages:\n    - traffic-bp: 100\n      bake-s: 9999\n    - traffic-bp: 10000\n";
    let document = merged(vec![author(text), plan("rollout.yaml", &[(500, Some(60)), (10_000, None)])]);
    assert_eq!(stages(&document), [(Some(500), Some(60)), (Some(10_000), None)]);
    assert_eq!(
        doubts(&document),
        [
            ("rollout.yaml", "`rollout/stages/0/bake-s` is `9999` by `change.yaml:7`, and `60` here"),
            ("rollout.yaml", "`rollout/stages/0/traffic-bp` is `100` by `change.yaml:6`, and `500` here"),
        ]
    );
    assert_eq!(place(&document, "/rollout/stages/0/bake-s"), ("rollout.yaml".into(), 1));
    assert!(document.sources.find(&Pointer::new("/rollout/stages/0/bake-s")).is_none());
    assert!(document.payload.doubts.iter().all(|doubt| doubt.kind == DoubtKind::Disagreement));
}

#[test]
fn plans_of_different_length_disagree_as_a_whole() {
    let text = "id: c\nkind: config\nrollout:\n  stages:\n    - traffic-bp: 100\n    - traffic-bp: 500\n    - traffic-bp: 10000\n";
    let document = merged(vec![author(text), plan("rollout.yaml", &[(10_000, None)])]);
    assert_eq!(stages(&document), [(Some(10_000), None)]);
    assert_eq!(
        doubts(&document),
        [("rollout.yaml", "`rollout/stages` is a list of 3 by `change.yaml:4`, and a list of 1 here")]
    );
    assert!(document.sources.find(&Pointer::new("/rollout/stages/2")).is_none());
}

#[test]
fn of_two_plans_the_weakest_is_judged_stage_by_stage_and_each_keeps_its_lines() {
    let a = plan("a.yaml", &[(500, Some(60)), (3000, Some(9000)), (10_000, None)]);
    let b = plan("b.yaml", &[(800, Some(7200)), (10_000, None)]);
    for order in [vec![a.clone(), b.clone()], vec![b, a]] {
        let document = merged(order);
        assert_eq!(stages(&document), [(Some(800), Some(60)), (Some(10_000), None)]);
        assert_eq!(place(&document, "/rollout/stages/0/traffic-bp"), ("b.yaml".into(), 1));
        assert_eq!(place(&document, "/rollout/stages/0/bake-s"), ("a.yaml".into(), 1));
        assert_eq!(place(&document, "/rollout/stages/1/traffic-bp"), ("b.yaml".into(), 2));
        assert!(doubts(&document).is_empty(), "{:?}", doubts(&document));
    }
}

#[test]
fn what_one_of_two_plans_does_not_say_is_unknown() {
    let a = plan("a.yaml", &[(500, Some(3600)), (10_000, None)]);
    let b = plan("b.yaml", &[(500, None), (10_000, None)]);
    for order in [vec![a.clone(), b.clone()], vec![b, a]] {
        let document = merged(order);
        assert_eq!(stages(&document), [(Some(500), None), (Some(10_000), None)]);
        assert!(!document.payload.facts.contains_key(&Pointer::new("/rollout/stages/0/bake-s")));
        assert_eq!(place(&document, "/rollout/stages/0").0, "b.yaml");
    }
}

#[test]
fn a_schedule_that_does_not_exist_is_refused_at_its_line() {
    let text = "id: c\nkind: config\nschedule:\n  start: \"2026-03-29T02:30\"\n  zone: Europe/Berlin\n";
    let error = merge(Range { name: "r", compared: None }, vec![author(text)]).unwrap_err();
    assert!(error.to_string().starts_with("change.yaml:4:"), "{error}");
}

#[test]
fn the_digest_is_of_everything_that_was_said() {
    let one = |bake| merged(vec![plan("rollout.yaml", &[(500, Some(bake)), (10_000, None)])]).digest;
    assert_eq!(one(1), one(1));
    assert_ne!(one(1), one(2));
}

#[test]
fn a_source_that_lends_the_change_its_name_keeps_its_lines() {
    let range = Range { name: "rollout.yaml", compared: None };
    let document = merge(range, vec![plan("rollout.yaml", &[(500, Some(60)), (10_000, None)])]).unwrap();
    assert_eq!(place(&document, "/rollout/stages/1/traffic-bp"), ("rollout.yaml".into(), 2));
    assert!(document.payload.files.contains_key("rollout.yaml"));
}

const PLAN: &str = include_str!("../../../../tests/sources/terraform/plan.json");

fn terraform(name: &str, text: &str) -> Vec<Statement> {
    crate::statements_of(crate::SourceKind::TerraformPlan, name, text.as_bytes()).unwrap().statements
}

fn matched(document: &ChangeDocument) -> Option<u32> {
    document.change.action.as_ref().unwrap().matched
}

#[test]
fn a_plan_that_lies_in_the_range_and_is_named_as_well_is_one_plan() {
    let compared = crate::compare_texts("infra/plan.json", None, Some(PLAN.as_bytes()));
    let once = matched(&merged(terraform("infra/plan.json", PLAN)));
    for name in ["infra/plan.json", "/tmp/copy.json"] {
        let mut statements = crate::statements_in(&compared);
        statements.extend(terraform(name, PLAN));
        assert_eq!(matched(&merged(statements)), once, "{name}");
    }
    // One that differs in a letter is another.
    let mut statements = crate::statements_in(&compared);
    statements.extend(terraform("other.json", &PLAN.replace("ami-2222", "ami-3333")));
    assert_eq!(matched(&merged(statements)), once.map(|once| once * 2));
}

#[test]
fn equal_words_are_dropped_only_with_everything_they_say() {
    let one = || plan("a.yaml", &[(500, Some(60)), (10_000, None)]);
    let again = || {
        let mut again = one();
        again.sources.name = "b.yaml".into();
        again
    };
    let kept = |second: Statement| twice::once_each(vec![one(), second]).len();
    assert_eq!(kept(again()), 1);
    let with = |tell: fn(&mut Statement)| {
        let mut statement = again();
        tell(&mut statement);
        statement
    };
    for (what, second) in [
        ("a target", with(|it| it.facts.targets = Some(Vec::new()))),
        ("a label", with(|it| it.facts.labels = Some(vec!["a".into()]))),
        ("an attribute", with(|it| it.facts.attributes = [("a".into(), "b".into())].into())),
        ("a name", with(|it| it.id = Some("c".into()))),
        ("a kind", with(|it| it.kind = Some(ChangeKind::Data))),
        ("files", with(|it| it.facts.files = Some(Vec::new()))),
        ("another speaker", with(|it| it.speaker = Speaker::Caller)),
        ("another text", with(|it| it.sources.text.push('x'))),
    ] {
        assert_eq!(kept(second), 2, "{what}");
    }
    // Two people who say the same have both said it.
    let said = || Statement { speaker: Speaker::Author, ..one() };
    assert_eq!(twice::once_each(vec![said(), said()]).len(), 2);
}

#[test]
fn a_doubt_about_words_that_are_dropped_is_kept() {
    let doubted = |name: &str, messages: &[&str]| {
        let mut statement = plan("a.yaml", &[(500, Some(60)), (10_000, None)]);
        statement.sources.name = name.into();
        let doubt = |message: &&str| Doubt {
            kind: DoubtKind::Unreadable,
            path: name.into(),
            side: Side::After,
            span: Span { start: 0, end: 0, line: 1, column: 1 },
            message: (*message).into(),
            help: "look at it".into(),
        };
        statement.doubts = messages.iter().map(doubt).collect();
        statement
    };
    let document = merged(vec![doubted("a.yaml", &["cut"]), doubted("b.yaml", &["cut", "odd"])]);
    assert_eq!(doubts(&document), [("a.yaml", "cut"), ("a.yaml", "odd")]);
}
