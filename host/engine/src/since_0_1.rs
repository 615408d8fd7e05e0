//! The contract 0.1.0 beside today's: what a policy that was built for it is shown.
//!
//! Today's change is taken apart and put together as 0.1.0 has it; nothing is copied that can be moved. Findings, manifest,
//! settings and question did not change between the two, so the old bindings use today's types for them and a policy's
//! answer needs no way back. Each record is taken apart to its last field: one that is added to `wit/policy.wit` does not
//! compile here until somebody has decided what an old policy sees of it.
//!
//! What 0.1.0 has no field for:
//! - A *subject* that the change has at one place becomes attributes under its JSON pointer (`CARRIED`), as 0.1.0 promised
//!   for "what a newer host knows". An attribute of the author's under such a key is left out: it would pass for the host's.
//! - A *mitigation* is left out. A policy that does not see one judges as if it were unknown, which is never milder.
//! - So are the subjects of one place, one service or one list among many: an attribute has no place to hang them on.
//!
//! An objective in parts per million is told in whole basis points, rounded down.

use interlock_model::Question;

use crate::bindings::interlock::policy::log::{self as today, Level};
use crate::bindings::interlock::policy::{change_types as new, finding_types};
use crate::lower;
use crate::store::Guest;

/// The contract in Rust, generated from `wit/since-0.1.0/policy.wit`.
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::restriction,
    reason = "generated from wit/since-0.1.0/policy.wit, whose fields carry the documentation"
)]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit/since-0.1.0",
        world: "policy-module",
        imports: { default: trappable },
        with: {
            "interlock:policy/question-types@0.1.0": crate::bindings::interlock::policy::question_types,
            "interlock:policy/finding-types@0.1.0": crate::bindings::interlock::policy::finding_types,
        },
    });
}

pub(crate) use bindings::exports::interlock::policy::policy::Request;
pub(crate) use bindings::interlock::policy::change_types::Change;
use bindings::interlock::policy::{change_types as old, log};
pub(crate) use bindings::{PolicyModule, PolicyModulePre};

/// Keys of the attributes that carry what 0.1.0 has no field for. A fact with several values is there several times.
const CARRIED: [&str; 4] = [DECLARED_TARGETS, DECLARED_SORT, RESOLVED_SORT, HELD];
const DECLARED_TARGETS: &str = "/declared-targets";
const DECLARED_SORT: &str = "/action/declared-sort";
const RESOLVED_SORT: &str = "/action/resolved-sort";
const HELD: &str = "/action/held";

/// Basis points of a million.
const PPM_PER_BP: u32 = 100;

/// The change without its files.
pub(crate) fn change(mut it: new::Change) -> old::Change {
    carry(&mut it);
    it.before()
}

/// Everything one evaluation is shown. `lowered` is the change without its files.
pub(crate) fn request(
    lowered: old::Change,
    (files, omitted_files): (Option<Vec<new::FileChange>>, u32),
    asked: &Question,
    settings: Vec<finding_types::SettingValue>,
) -> Request {
    let change = old::Change { files: files.before(), omitted_files, ..lowered };
    Request { change, question: lower::question(asked), settings }
}

/// Makes attributes of what would be left out otherwise.
fn carry(it: &mut new::Change) {
    it.attributes.retain(|attribute| !CARRIED.contains(&attribute.key.as_str()));
    let mut carried: Vec<(&str, String)> = Vec::new();
    carried.extend(it.declared_targets.take().into_iter().flatten().map(|name| (DECLARED_TARGETS, name)));
    if let Some(action) = &mut it.action {
        carried.extend(action.declared_sort.take().map(|sort| (DECLARED_SORT, sort)));
        carried.extend(action.resolved_sort.take().map(|sort| (RESOLVED_SORT, sort)));
        carried.extend(action.held.map(|held| (HELD, held.to_string())));
    }
    let attribute = |(key, value): (&str, String)| new::Attribute { key: key.to_owned(), value };
    it.attributes.extend(carried.into_iter().map(attribute));
}

/// From today's contract to this one.
trait Before {
    type Then;
    fn before(self) -> Self::Then;
}

macro_rules! same {
    ($($scalar:ty),+) => {
        $(impl Before for $scalar {
            type Then = Self;
            fn before(self) -> Self {
                self
            }
        })+
    };
}

same!(String, bool, u8, u16, u32, i32);

impl<T: Before> Before for Option<T> {
    type Then = Option<T::Then>;
    fn before(self) -> Self::Then {
        self.map(T::before)
    }
}

impl<T: Before> Before for Vec<T> {
    type Then = Vec<T::Then>;
    fn before(self) -> Self::Then {
        self.into_iter().map(T::before).collect()
    }
}

/// Enums, case by case: a case that one of the two lacks does not compile.
macro_rules! cases {
    ($($name:ident { $($case:ident),+ })+) => {
        $(impl Before for new::$name {
            type Then = old::$name;
            fn before(self) -> old::$name {
                match self { $(Self::$case => old::$name::$case,)+ }
            }
        })+
    };
}

/// Records, field by field; behind the semicolon, what 0.1.0 does not have.
macro_rules! records {
    ($($name:ident { $($field:ident),+ $(; $($gone:ident),+)? })+) => {
        $(impl Before for new::$name {
            type Then = old::$name;
            fn before(self) -> old::$name {
                let Self { $($field),+ $(, $($gone: _),+)? } = self;
                old::$name { $($field: $field.before()),+ }
            }
        })+
    };
}

cases! {
    ChangeKind { Config, Data, Code, Infra, Network, Flag, Schema, Policy, Command, OsUpdate }
    PersonKind { Human, Bot }
    Risk { Low, Medium, High }
    FactOrigin { Claimed, Catalogued }
    Strategy { AllAtOnce, Rolling, BlueGreen, Canary, Staged, Manual }
    StageGateKind { None, Approval, Health, Metrics, CanaryAnalysis }
    CanaryVerdict { Pass, Fail, Inconclusive }
    TestOutcome { Passed, Failed, Skipped }
    EvidenceOrigin { Claimed, Attested }
    ZoneOf { Schedule, Target }
    Weekday { Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday }
    WindowKind { ChangeWindow, Freeze, Peak }
    FileOp { Added, Removed, Modified, Renamed }
    EditOp { Add, Remove, Replace }
    ScalarKind { Null, Boolean, Integer, Decimal, Text, EmptyMap, EmptyList }
}

records! {
    Change {
        id, kind, title, author, created_epoch_min, source, declared_risk, labels, environment, services, targets, rollout,
        canary, tests, schedule, approvals, rollback, emergency, open_incidents, error_budget, action, artifacts, files,
        omitted_files, not_applicable, attributes; declared_targets, past_incidents
    }
    Person { id, kind }
    Source { system, url, repository, base, head }
    Environment { declared, resolved }
    Service { name, tier, tier_origin, owner, dependents; depends_on }
    Target { region, zone, cell, cluster, site_type, time_zone, traffic_bp; expected_version, running_version }
    Rollout { strategy, stages, config_included }
    Stage { name, targets, traffic_bp, bake_s, min_requests, gate }
    StageGate { kind, automatic }
    Canary { verdict, digest, requests, executed_path }
    TestRun { suite, outcome, scope, subject_digests, finished_epoch_min, origin, url }
    Schedule { start, end, projected_end, zone }
    CivilMoment { epoch_min, zone, zone_of, date, weekday, minute_of_day, day }
    CalendarDay { covered, workday, holiday, make_up_workday, windows, next_open, next_close }
    Turn { epoch_min, date, weekday, minute_of_day }
    WindowState { name, kind, inside, reason }
    Approval { by, role, at_epoch_min, digest }
    Rollback { method, minutes, rehearsed_epoch_min, reversible, depends_on, backup_verified_epoch_min }
    Emergency { declared, incident, by, expires_epoch_min }
    Incident { id, service, severity }
    Action {
        verb, selector, matched, total, remaining_capacity_bp, permanent, in_use_evidence; declared_sort, resolved_sort, held
    }
    Artifact { path, generated_by, size_before_kib, size_after_kib, rows_before, rows_after, digest }
    FileChange {
        path, previous_path, op, format, edits, lists, omitted_edits, size_before_kib, size_after_kib, text
    }
    Edit { pointer, op, before, after, line }
    ListChange { pointer, length_before, length_after, repeated, line; reordered }
    Repeated { key, value, items, line }
    Scalar { kind, text }
    NotApplicable { fact, reason }
    Attribute { key, value }
}

impl Before for new::Budget {
    type Then = old::Budget;
    fn before(self) -> old::Budget {
        let Self { service, objective_ppm, window_days: _, left_bp } = self;
        // What does not fit is unknown; a million parts are 10,000 basis points, and no document holds more.
        let objective_bp = objective_ppm.and_then(|ppm| u16::try_from(ppm / PPM_PER_BP).ok());
        old::Budget { service, objective_bp, left_bp }
    }
}

/// What such a policy may import: its own `log`, which is today's.
pub(crate) fn add_to_linker(linker: &mut wasmtime::component::Linker<Guest>) -> wasmtime::Result<()> {
    log::add_to_linker::<_, wasmtime::component::HasSelf<_>>(linker, |guest| guest)
}

impl log::Host for Guest {
    fn log(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Panic => Level::Panic,
        };
        today::Host::log(self, level, message)
    }
}
