//! From the model to the contract: the change, the question and the settings as a policy is shown them.
//!
//! Field by field, because the two are mirrors and not the same: the model holds what was written, the contract what a
//! policy can be shown. A field that is missing here does not compile; `tests/suite/tidy` compares the names.

use std::collections::BTreeMap;

use interlock_model as model;
use interlock_model::{Question, Settings};

use crate::bindings::exports::interlock::policy::policy::Request;
use crate::bindings::interlock::policy::{change_types as wit, finding_types, question_types};
use crate::shown::Shown;

/// Everything one evaluation is shown. `lowered` is the change without its files, which depend on who is shown them.
pub(crate) fn request(
    it: &model::Change,
    lowered: wit::Change,
    asked: &Question,
    given: &Settings,
    shown: &Shown,
) -> Request {
    let (files, omitted_files) = files(it, shown);
    let change = wit::Change { files, omitted_files, ..lowered };
    Request { change, question: question(asked), settings: settings(given) }
}

/// The files the policy asked for. How many were left out is said, so that it cannot take "not shown" for "not there".
pub(crate) fn files(it: &model::Change, shown: &Shown) -> (Option<Vec<wit::FileChange>>, u32) {
    let Some(all) = &it.files else { return (None, it.omitted_files) };
    let lowered: Vec<_> =
        all.iter().filter(|file| shown.holds(&file.path)).map(|file| file_change(file, shown)).collect();
    let omitted = u32::try_from(all.len() - lowered.len()).unwrap_or(u32::MAX);
    (Some(lowered), it.omitted_files.saturating_add(omitted))
}

pub(crate) fn question(it: &Question) -> question_types::Question {
    question_types::Question {
        asked_at: match it.asked_at {
            model::Phase::Merge => question_types::Phase::Merge,
            model::Phase::Deploy => question_types::Phase::Deploy,
            model::Phase::Promote => question_types::Phase::Promote,
        },
        evaluated_epoch_min: it.evaluated_at.epoch_min(),
        progress: it.progress.map(|it| question_types::Progress {
            stages_done: it.stages_done,
            bake_elapsed_s: it.bake_elapsed_s,
        }),
    }
}

/// The settings of a binding.
pub(crate) fn settings(given: &Settings) -> Vec<finding_types::SettingValue> {
    let scalar = |value: &model::SettingValue| match value {
        model::SettingValue::Boolean(flag) => finding_types::SettingScalar::Boolean(*flag),
        model::SettingValue::WholeNumber(number) => finding_types::SettingScalar::WholeNumber(*number),
        model::SettingValue::Text(text) => finding_types::SettingScalar::Text(text.clone()),
        model::SettingValue::EmptyList => finding_types::SettingScalar::EmptyList,
    };
    let pair = |(pointer, value): &(model::Pointer, model::SettingValue)| finding_types::SettingValue {
        pointer: pointer.as_str().to_owned(),
        value: scalar(value),
    };
    given.iter().map(pair).collect()
}

/// Absent stays absent, and an empty list stays an empty list.
fn each<A, B>(list: &Option<Vec<A>>, lower: impl Fn(&A) -> B) -> Option<Vec<B>> {
    list.as_ref().map(|list| list.iter().map(lower).collect())
}

fn attributes(it: &BTreeMap<String, String>) -> Vec<wit::Attribute> {
    it.iter().map(|(key, value)| wit::Attribute { key: key.clone(), value: value.clone() }).collect()
}

/// A key with several values is several entries.
fn scope(it: &BTreeMap<String, Vec<String>>) -> Vec<wit::Attribute> {
    let entries = it.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
    entries.map(|(key, value)| wit::Attribute { key: key.clone(), value: value.clone() }).collect()
}

fn schedule(it: &model::Schedule) -> wit::Schedule {
    wit::Schedule {
        start: it.start_moments.iter().map(moment).collect(),
        end: it.end_moments.iter().map(moment).collect(),
        projected_end: it.projected_end_moments.iter().map(moment).collect(),
        zone: it.zone.clone(),
    }
}

fn moment(it: &model::CivilMoment) -> wit::CivilMoment {
    wit::CivilMoment {
        epoch_min: it.at.epoch_min(),
        zone: it.zone.clone(),
        zone_of: match it.zone_of {
            model::ZoneOf::Schedule => wit::ZoneOf::Schedule,
            model::ZoneOf::Target => wit::ZoneOf::Target,
        },
        date: it.date.clone(),
        weekday: weekday(it.weekday),
        minute_of_day: it.minute_of_day,
        day: it.day.as_ref().map(calendar_day),
    }
}

fn calendar_day(it: &model::CalendarDay) -> wit::CalendarDay {
    wit::CalendarDay {
        covered: it.covered,
        workday: it.workday,
        holiday: it.holiday.clone(),
        make_up_workday: it.make_up_workday,
        windows: it.windows.iter().map(window_state).collect(),
        next_open: it.next_open.as_ref().map(turn),
        next_close: it.next_close.as_ref().map(turn),
    }
}

fn window_state(it: &model::WindowState) -> wit::WindowState {
    wit::WindowState {
        name: it.name.clone(),
        kind: window_kind(it.kind),
        inside: it.inside,
        reason: it.reason.clone(),
    }
}

fn turn(it: &model::Turn) -> wit::Turn {
    wit::Turn {
        epoch_min: it.at.epoch_min(),
        date: it.date.clone(),
        weekday: weekday(it.weekday),
        minute_of_day: it.minute_of_day,
    }
}

/// Enums that the model and the contract name alike, case by case: a case that one of them lacks does not compile.
macro_rules! same_cases {
    ($($function:ident: $name:ident { $($case:ident),+ },)+) => {
        $(fn $function(it: model::$name) -> wit::$name {
            match it { $(model::$name::$case => wit::$name::$case,)+ }
        })+
    };
}

same_cases! {
    change_kind: ChangeKind { Config, Data, Code, Infra, Network, Flag, Schema, Policy, Command, OsUpdate },
    person_kind: PersonKind { Human, Bot },
    risk: Risk { Low, Medium, High },
    fact_origin: FactOrigin { Claimed, Catalogued },
    strategy: Strategy { AllAtOnce, Rolling, BlueGreen, Canary, Staged, Manual },
    stage_gate_kind: StageGateKind { None, Approval, Health, Metrics, CanaryAnalysis },
    canary_verdict: CanaryVerdict { Pass, Fail, Inconclusive },
    test_outcome: TestOutcome { Passed, Failed, Skipped },
    evidence_origin: EvidenceOrigin { Claimed, Attested },
    file_op: FileOp { Added, Removed, Modified, Renamed },
    edit_op: EditOp { Add, Remove, Replace },
    scalar_kind: ScalarKind { Null, Boolean, Integer, Decimal, Text, EmptyMap, EmptyList },
    window_kind: WindowKind { ChangeWindow, Freeze, Peak },
    weekday: Weekday { Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday },
}

/// The change without its files.
pub(crate) fn change(it: &model::Change) -> wit::Change {
    wit::Change {
        id: it.id.clone(),
        kind: change_kind(it.kind),
        title: it.title.clone(),
        author: it.author.as_ref().map(person),
        created_epoch_min: it.created_at.map(|it| it.epoch_min()),
        source: it.source.as_ref().map(source),
        declared_risk: it.declared_risk.map(risk),
        labels: it.labels.clone(),
        environment: it.environment.as_ref().map(environment),
        services: each(&it.services, service),
        declared_targets: it.declared_targets.clone(),
        targets: each(&it.targets, target),
        rollout: it.rollout.as_ref().map(rollout),
        canary: it.canary.as_ref().map(canary),
        tests: each(&it.tests, test_run),
        schedule: it.schedule.as_ref().map(schedule),
        approvals: each(&it.approvals, approval),
        rollback: it.rollback.as_ref().map(rollback),
        emergency: it.emergency.as_ref().map(emergency),
        open_incidents: each(&it.open_incidents, incident),
        past_incidents: each(&it.past_incidents, past_incident),
        error_budget: each(&it.error_budget, budget),
        action: it.action.as_ref().map(action),
        artifacts: each(&it.artifacts, artifact),
        files: None,
        omitted_files: it.omitted_files,
        not_applicable: each(&it.not_applicable, not_applicable),
        attributes: attributes(&it.attributes),
    }
}

fn person(it: &model::Person) -> wit::Person {
    wit::Person { id: it.id.clone(), kind: it.kind.map(person_kind) }
}

fn source(it: &model::Source) -> wit::Source {
    wit::Source {
        system: it.system.clone(),
        url: it.url.clone(),
        repository: it.repository.clone(),
        base: it.base.clone(),
        head: it.head.clone(),
    }
}

fn environment(it: &model::Environment) -> wit::Environment {
    wit::Environment { declared: it.declared.clone(), resolved: it.resolved.clone() }
}

fn service(it: &model::Service) -> wit::Service {
    wit::Service {
        name: it.name.clone(),
        tier: it.tier.map(|it| it.get()),
        tier_origin: fact_origin(it.tier_origin),
        owner: it.owner.clone(),
        dependents: it.dependents,
        depends_on: it.depends_on.clone(),
    }
}

fn target(it: &model::Target) -> wit::Target {
    wit::Target {
        region: it.region.clone(),
        zone: it.zone.clone(),
        cell: it.cell.clone(),
        cluster: it.cluster.clone(),
        site_type: it.site_type.clone(),
        time_zone: it.time_zone.clone(),
        traffic_bp: it.traffic_bp.map(|it| it.get()),
        expected_version: it.expected_version.clone(),
        running_version: it.running_version.clone(),
    }
}

fn rollout(it: &model::Rollout) -> wit::Rollout {
    wit::Rollout {
        strategy: it.strategy.map(strategy),
        stages: each(&it.stages, stage),
        config_included: it.config_included,
    }
}

fn stage(it: &model::Stage) -> wit::Stage {
    wit::Stage {
        name: it.name.clone(),
        targets: it.targets.clone(),
        traffic_bp: it.traffic_bp.map(|it| it.get()),
        bake_s: it.bake_s,
        min_requests: it.min_requests,
        gate: it.gate.as_ref().map(stage_gate),
    }
}

fn stage_gate(it: &model::StageGate) -> wit::StageGate {
    wit::StageGate { kind: it.kind.map(stage_gate_kind), automatic: it.automatic }
}

fn canary(it: &model::Canary) -> wit::Canary {
    wit::Canary {
        verdict: it.verdict.map(canary_verdict),
        digest: it.digest.as_ref().map(|it| it.as_str().to_owned()),
        requests: it.requests,
        executed_path: it.executed_path,
    }
}

fn test_run(it: &model::TestRun) -> wit::TestRun {
    wit::TestRun {
        suite: it.suite.clone(),
        outcome: it.outcome.map(test_outcome),
        scope: it.scope.as_ref().map(scope),
        subject_digests: each(&it.subject_digests, |it| it.as_str().to_owned()),
        finished_epoch_min: it.finished_at.map(|it| it.epoch_min()),
        origin: it.origin.map(evidence_origin),
        url: it.url.clone(),
    }
}

fn approval(it: &model::Approval) -> wit::Approval {
    wit::Approval {
        by: person(&it.by),
        role: it.role.clone(),
        at_epoch_min: it.at.map(|it| it.epoch_min()),
        digest: it.digest.as_ref().map(|it| it.as_str().to_owned()),
    }
}

fn rollback(it: &model::Rollback) -> wit::Rollback {
    wit::Rollback {
        method: it.method.clone(),
        minutes: it.minutes,
        rehearsed_epoch_min: it.rehearsed_at.map(|it| it.epoch_min()),
        reversible: it.reversible,
        depends_on: it.depends_on.clone(),
        backup_verified_epoch_min: it.backup_verified_at.map(|it| it.epoch_min()),
    }
}

fn emergency(it: &model::Emergency) -> wit::Emergency {
    wit::Emergency {
        declared: it.declared,
        incident: it.incident.clone(),
        by: it.by.as_ref().map(person),
        expires_epoch_min: it.expires_at.map(|it| it.epoch_min()),
    }
}

fn incident(it: &model::Incident) -> wit::Incident {
    wit::Incident { id: it.id.clone(), service: it.service.clone(), severity: it.severity.map(|it| it.get()) }
}

fn past_incident(it: &model::PastIncident) -> wit::PastIncident {
    wit::PastIncident {
        id: it.id.clone(),
        service: it.service.clone(),
        severity: it.severity.map(|it| it.get()),
        closed_epoch_min: it.closed_at.map(|it| it.epoch_min()),
        remedied: it.remedied,
    }
}

fn budget(it: &model::Budget) -> wit::Budget {
    wit::Budget {
        service: it.service.clone(),
        objective_ppm: it.objective_ppm.map(|it| it.get()),
        window_days: it.window_days,
        left_bp: it.left_bp.map(|it| it.get()),
    }
}

fn action(it: &model::Action) -> wit::Action {
    wit::Action {
        verb: it.verb.clone(),
        selector: it.selector.clone(),
        declared_sort: it.declared_sort.clone(),
        resolved_sort: it.resolved_sort.clone(),
        matched: it.matched,
        total: it.total,
        remaining_capacity_bp: it.remaining_capacity_bp.map(|it| it.get()),
        permanent: it.permanent,
        in_use_evidence: it.in_use_evidence.clone(),
        held: it.held,
    }
}

fn artifact(it: &model::Artifact) -> wit::Artifact {
    wit::Artifact {
        path: it.path.clone(),
        generated_by: it.generated_by.clone(),
        size_before_kib: it.size_before_kib,
        size_after_kib: it.size_after_kib,
        rows_before: it.rows_before,
        rows_after: it.rows_after,
        digest: it.digest.as_ref().map(|it| it.as_str().to_owned()),
    }
}

/// Edits, lists and texts that the policy did not ask for are unknown to it, and counted.
fn file_change(it: &model::FileChange, shown: &Shown) -> wit::FileChange {
    let (edits, lists, omitted_edits) = if shown.edits {
        (each(&it.edits, edit), each(&it.lists, list_change), it.omitted_edits)
    } else {
        let left_out = it.edits.as_ref().map_or(0, Vec::len) + it.lists.as_ref().map_or(0, Vec::len);
        (None, None, it.omitted_edits.saturating_add(u32::try_from(left_out).unwrap_or(u32::MAX)))
    };
    wit::FileChange {
        path: it.path.clone(),
        previous_path: it.previous_path.clone(),
        op: file_op(it.op),
        format: it.format.clone(),
        edits,
        lists,
        omitted_edits,
        size_before_kib: it.size_before_kib,
        size_after_kib: it.size_after_kib,
        text: if shown.text { it.text.clone() } else { None },
    }
}

fn edit(it: &model::Edit) -> wit::Edit {
    wit::Edit {
        pointer: it.pointer.clone(),
        op: edit_op(it.op),
        before: it.before.as_ref().map(scalar),
        after: it.after.as_ref().map(scalar),
        line: it.line,
    }
}

fn list_change(it: &model::ListChange) -> wit::ListChange {
    wit::ListChange {
        pointer: it.pointer.clone(),
        length_before: it.length_before,
        length_after: it.length_after,
        reordered: it.reordered,
        repeated: each(&it.repeated, repeated),
        line: it.line,
    }
}

fn repeated(it: &model::Repeated) -> wit::Repeated {
    wit::Repeated { key: it.key.clone(), value: it.value.clone(), items: it.items, line: it.line }
}

fn scalar(it: &model::Scalar) -> wit::Scalar {
    wit::Scalar { kind: scalar_kind(it.kind), text: it.text.clone() }
}

fn not_applicable(it: &model::NotApplicable) -> wit::NotApplicable {
    wit::NotApplicable { fact: it.fact.clone(), reason: it.reason.clone() }
}
