//! The policy of both guests: it finds nothing wrong and tells every fact that it is shown, each as one finding. Fields
//! that only one of the contracts has are not told; attributes that the host made of facts (their keys are JSON pointers)
//! are logged, so that a test can see them beside equal findings.

use std::fmt::Debug;

use crate::bindings::exports::interlock::policy::policy::{Guest, Request};
use crate::bindings::interlock::policy::change_types::{
    Action, Attribute, Budget, Change, FileChange, ListChange, Service, Target,
};
use crate::bindings::interlock::policy::finding_types::{
    Evidence, Failure, Finding, Location, Manifest, Needs, Rule, Setting, SettingError, SettingKind,
    SettingValue, Verdict,
};
use crate::bindings::interlock::policy::log;
use crate::objective_bp;

/// Characters of one text of an answer; the host takes 4 KiB.
const CHARACTERS_MAX: usize = 900;

/// What it exports.
pub(crate) struct Told;

impl Guest for Told {
    fn describe() -> Manifest {
        let rule = Rule {
            id: "told".to_owned(),
            title: "everything is told".to_owned(),
            help: "what a policy is shown is the contract".to_owned(),
            remedy: "none is needed".to_owned(),
            origin: Some("the contract".to_owned()),
            strictest: Verdict::Warn,
        };
        let setting = |key: &str, kind, default: &str| Setting {
            key: key.to_owned(),
            kind,
            default: default.to_owned(),
            help: "told, and nothing else".to_owned(),
        };
        Manifest {
            id: "told".to_owned(),
            version: "1.0.0".to_owned(),
            title: "it tells what it is shown".to_owned(),
            rules: vec![rule],
            settings: vec![
                setting("number", SettingKind::WholeNumber, "0"),
                setting("names", SettingKind::TextList, "[]"),
            ],
            needs: Needs { paths: vec!["**".to_owned()], edits: true, text: true },
        }
    }

    fn check_settings(settings: Vec<SettingValue>) -> Vec<SettingError> {
        let odd = settings.into_iter().filter(|setting| setting.pointer == "/refused");
        odd.map(|setting| SettingError { pointer: setting.pointer, message: "refused".to_owned() }).collect()
    }

    fn evaluate(request: Request) -> Result<Vec<Finding>, Failure> {
        let change = &request.change;
        if change.id == "refuse" {
            return Err(Failure::Unsupported("this one".to_owned()));
        }
        let (carried, own): (Vec<_>, Vec<_>) =
            change.attributes.iter().partition(|attribute| attribute.key.starts_with('/'));
        carried.into_iter().for_each(log_attribute);
        let mut told = facts(change);
        told.push(tell("attributes", &own));
        told.push(tell("question", &request.question));
        told.push(tell("settings", &request.settings));
        Ok(told)
    }
}

fn log_attribute(attribute: &Attribute) {
    log::log(log::Level::Info, &format!("{}={}", attribute.key, attribute.value));
}

fn facts(change: &Change) -> Vec<Finding> {
    let identity = (&change.id, change.kind, &change.title, &change.author, change.created_epoch_min);
    vec![
        tell("identity", &identity),
        tell("source", &change.source),
        tell("declared-risk", &change.declared_risk),
        tell("labels", &change.labels),
        tell("environment", &change.environment),
        tell("services", &each(&change.services, service)),
        tell("targets", &each(&change.targets, target)),
        tell("rollout", &change.rollout),
        tell("canary", &change.canary),
        tell("tests", &change.tests),
        tell("schedule", &change.schedule),
        tell("approvals", &change.approvals),
        tell("rollback", &change.rollback),
        tell("emergency", &change.emergency),
        tell("open-incidents", &change.open_incidents),
        tell("error-budget", &each(&change.error_budget, budget)),
        tell("action", &change.action.as_ref().map(action)),
        tell("artifacts", &change.artifacts),
        tell("files", &each(&change.files, file)),
        tell("omitted-files", &change.omitted_files),
        tell("not-applicable", &change.not_applicable),
    ]
}

/// Absent stays absent.
fn each<'a, A, B>(list: &'a Option<Vec<A>>, tell: impl Fn(&'a A) -> B) -> Option<Vec<B>> {
    list.as_ref().map(|list| list.iter().map(tell).collect())
}

fn service(it: &Service) -> impl Debug + '_ {
    (&it.name, it.tier, it.tier_origin, &it.owner, it.dependents)
}

fn target(it: &Target) -> impl Debug + '_ {
    (&it.region, &it.zone, &it.cell, &it.cluster, &it.site_type, &it.time_zone, it.traffic_bp)
}

fn budget(it: &Budget) -> impl Debug + '_ {
    (&it.service, objective_bp(it), it.left_bp)
}

fn action(it: &Action) -> impl Debug + '_ {
    (
        (&it.verb, &it.selector, it.matched, it.total),
        (it.remaining_capacity_bp, it.permanent, &it.in_use_evidence),
    )
}

fn file(it: &FileChange) -> impl Debug + '_ {
    (
        (&it.path, &it.previous_path, it.op, &it.format, &it.edits, each(&it.lists, list)),
        (it.omitted_edits, it.size_before_kib, it.size_after_kib, &it.text),
    )
}

fn list(it: &ListChange) -> impl Debug + '_ {
    (&it.pointer, it.length_before, it.length_after, &it.repeated, it.line)
}

fn tell(fact: &str, value: &impl Debug) -> Finding {
    let text: Vec<char> = format!("{value:?}").chars().collect();
    let part = |part: &[char]| Evidence { key: fact.to_owned(), value: part.iter().collect() };
    Finding {
        rule: "told".to_owned(),
        verdict: Verdict::Warn,
        message: fact.to_owned(),
        remedy: None,
        locations: vec![Location { path: None, pointer: format!("/{fact}") }],
        evidence: text.chunks(CHARACTERS_MAX).map(part).collect(),
    }
}
