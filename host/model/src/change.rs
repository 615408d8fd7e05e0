//! The change: what is to be changed, and how it will be deployed.
//!
//! These structs are the change document (YAML or JSON) and the change a policy is shown; `wit/policy.wit` mirrors them
//! and a test compares the two. They hold what was written. Reading them strictly is `interlock-inputs`' work.
//!
//! Three conventions:
//! - Absent means unknown; an empty list means known to be none; `null` is refused by the reader.
//! - The last word of each field's comment is its role. *Subject*: what is changed. *Mitigation*: what makes it safer,
//!   so that leaving it out must never make a verdict milder (`tests/suite/monotone.rs` removes each in turn).
//!   *Question*: given by whoever asks; those are in [`Question`](crate::Question), not here.
//! - Numbers are whole: `-bp` basis points, `-s` seconds, `-kib` KiB, `minutes` minutes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BasisPoints, CivilMoment, Digest, Instant, LocalTime, PartsPerMillion, Severity, Tier};

/// One proposed change: what is to be changed, and how it will be deployed. What is left out is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Change {
    /// The name the author or the deploy system gave it. Free text. Subject.
    pub id: String,
    /// What sort of thing is changed. Subject.
    pub kind: ChangeKind,
    /// One line for people. Free text, from the author. Absent: untitled. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who wrote the change. Absent: unknown; two-person rules then cannot tell author from approver. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Person>,
    /// When the change was written. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Instant>,
    /// Where the change stands in version control. Absent: not in version control, or unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// How risky the author thinks it is. Absent: not rated. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_risk: Option<Risk>,
    /// Labels put on it by people or tools. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// Which environment is meant and which one the deploy system resolved. Absent: unknown, judged as production. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// The services the change touches. Absent: unknown, judged as a tier 0 service. Mitigation (the catalog facts in it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<Service>>,
    /// Where the author means it to go, as names of targets (region, zone, cell, cluster or site type); `*` is everywhere.
    /// Absent: not said. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_targets: Option<Vec<String>>,
    /// Every place the change will reach, as resolved. Absent: unknown; how many places a plan reaches is then unknown too. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<Target>>,
    /// The plan by which it reaches them. Absent: unknown, judged as all at once. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// What the canary said. Absent: no verdict is known. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
    /// Test runs that speak for this change. Absent: unknown, judged as untested. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<Vec<TestRun>>,
    /// When it will start. Absent: unknown, judged as the worst time there is. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Who has agreed. Absent: unknown, judged as nobody. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Vec<Approval>>,
    /// How to undo it. Absent: unknown, judged as irreversible. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
    /// Whether it goes the emergency path. Absent: it claims no emergency. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// Incidents open now, on the services concerned and on those they stand on. Absent: unknown: none explains a change at a
    /// bad time, and any may be open. Empty: somebody has looked, and there is none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_incidents: Option<Vec<Incident>>,
    /// Incidents that are over, of the last weeks. Absent: unknown, judged as one that has just ended. Empty: somebody has
    /// looked, and there was none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past_incidents: Option<Vec<PastIncident>>,
    /// What is left of each error budget. Absent: unknown, judged as spent. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_budget: Option<Vec<Budget>>,
    /// For commands and deletions: what is done to how many. Absent: not a command, or unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The artefacts that are shipped. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<Vec<Artifact>>,
    /// The files that differ. Only what the policy said it needs. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<FileChange>>,
    /// How many files the host left out, because this policy did not ask for them or a limit was met. Subject.
    #[serde(skip)]
    pub omitted_files: u32,
    /// Facts that do not apply to this change, each with a reason. A claim of the author: stock policies show the
    /// reason and judge the fact as unknown all the same. Absent: none claimed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<Vec<NotApplicable>>,
    /// House facts, and what a newer host knows that this version has no field for. Empty: none. Subject.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Change {
    /// A change of which nothing is known but its name and kind.
    pub fn unknown(id: impl Into<String>, kind: ChangeKind) -> Self {
        Self {
            id: id.into(),
            kind,
            title: None,
            author: None,
            created_at: None,
            source: None,
            declared_risk: None,
            labels: None,
            environment: None,
            services: None,
            declared_targets: None,
            targets: None,
            rollout: None,
            canary: None,
            tests: None,
            schedule: None,
            approvals: None,
            rollback: None,
            emergency: None,
            open_incidents: None,
            past_incidents: None,
            error_budget: None,
            action: None,
            artifacts: None,
            files: None,
            omitted_files: 0,
            not_applicable: None,
            attributes: BTreeMap::new(),
        }
    }

    /// Whether the change names nothing that could be judged: no service, target, artefact, action or file.
    /// Such a change is missing evidence, not a change without problems.
    pub fn names_nothing(&self) -> bool {
        fn none_of<T>(list: &Option<Vec<T>>) -> bool {
            list.as_ref().is_none_or(Vec::is_empty)
        }
        none_of(&self.services)
            && none_of(&self.targets)
            && none_of(&self.artifacts)
            && none_of(&self.files)
            && self.action.is_none()
    }
}

/// The sort of thing that is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum ChangeKind {
    Config,
    Data,
    Code,
    Infra,
    Network,
    Flag,
    Schema,
    Policy,
    Command,
    OsUpdate,
}

/// Somebody who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Person {
    /// Login, e-mail or service account name. Subject.
    pub id: String,
    /// Human or machine. Absent: unknown, judged as a machine. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PersonKind>,
}

/// Human or machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum PersonKind {
    Human,
    Bot,
}

/// Where the change stands in version control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// The system that holds it, for example `git`. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Where a person can read it. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The repository's name in that system. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The revision the change starts from. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The revision that is proposed. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// How risky the author thinks the change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum Risk {
    Low,
    Medium,
    High,
}

/// Which environment is meant, and which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Environment {
    /// What the author wrote, for example `production`. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// What the deploy system resolved the targets to. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
}

/// One service the change touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Its name in the catalog. Subject.
    pub name: String,
    /// 0 (others stand on it: authentication, DNS, storage) to 3 (nobody waits for it). Absent: unknown, judged as 0. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Whether the tier is the author's word or the catalog's. Set by the host. Mitigation.
    #[serde(skip)]
    pub tier_origin: FactOrigin,
    /// The team that answers for it. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How many services depend on it. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependents: Option<u32>,
    /// Names of the services it stands on. Absent: unknown, judged as any other. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<String>>,
}

/// Whose word a fact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactOrigin {
    /// The change says so about itself.
    #[default]
    Claimed,
    /// The service catalog of the policy set says so.
    Catalogued,
}

/// One place the change reaches. Every field is optional; a target with none set is one unknown place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Target {
    /// Region name, for example `cn-hangzhou`. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Availability zone. Absent: unknown or all of the region. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Cell or shard. Absent: unknown or all. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Cluster name. Absent: unknown or all. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// What sort of site or machine it is, for example `edge` or `table-front-end`. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_type: Option<String>,
    /// IANA time zone people there live by, for example `Asia/Shanghai`. Absent: time rules use the schedule's zone. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Share of all traffic served there, basis points. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_bp: Option<BasisPoints>,
    /// Version or digest that has to run there when the change arrives. Absent: not said. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<String>,
    /// Version or digest that was seen to run there. Absent: unknown, judged as another one than is expected. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_version: Option<String>,
}

/// The plan by which the change reaches its targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rollout {
    /// How the deploy system calls it. Judged by its stages, not by its name. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// The stages in order. Absent: unknown, judged as one stage with everything. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<Stage>>,
    /// Whether configuration goes through the same stages as code. Absent: unknown, judged as no. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_included: Option<bool>,
}

/// How a deploy system calls its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum Strategy {
    AllAtOnce,
    Rolling,
    BlueGreen,
    Canary,
    Staged,
    Manual,
}

/// One step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stage {
    /// Its name, for people. Absent: unnamed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Names of targets (region, zone, cell, cluster or site type) it reaches; `*` is all of them. Absent: unknown, judged as all. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<String>>,
    /// Share of all traffic that runs the change once this stage is done, basis points, cumulative. Absent: unknown, judged as all. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_bp: Option<BasisPoints>,
    /// Time to wait and watch after it, before the next stage, seconds. Absent: unknown, judged as none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bake_s: Option<u32>,
    /// Requests that must have been served in that time. Absent: unknown, judged as none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_requests: Option<u32>,
    /// What decides whether the next stage may start. Absent: unknown, judged as nothing. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<StageGate>,
}

/// What decides whether the next stage may start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StageGate {
    /// What it looks at. Absent: unknown, judged as nothing. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<StageGateKind>,
    /// Whether a machine stops the rollout when it fails. Absent: unknown, judged as no. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<bool>,
}

/// What a stage's gate looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum StageGateKind {
    None,
    Approval,
    Health,
    Metrics,
    CanaryAnalysis,
}

/// What the canary said. Read once a stage is done; before that nothing can have been said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Canary {
    /// Its verdict. Absent: unknown, judged as failed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<CanaryVerdict>,
    /// Digest of what the canary ran. Absent: unknown, judged as something else. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Requests it served. Absent: unknown, judged as none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
    /// Whether the changed path was executed at all. Absent: unknown, judged as no. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed_path: Option<bool>,
}

/// What a canary can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum CanaryVerdict {
    Pass,
    Fail,
    Inconclusive,
}

/// One test run that speaks for the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TestRun {
    /// Name of the suite. Mitigation.
    pub suite: String,
    /// How it ended. Absent: unknown, judged as failed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<TestOutcome>,
    /// What it ran on, as keys with their values, for example `site-type: [edge]`. Absent: unknown, judged as nothing. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<BTreeMap<String, Vec<String>>>,
    /// Digests of what was tested. Absent: unknown, judged as something else. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_digests: Option<Vec<Digest>>,
    /// When it ended. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
    /// Whose word it is. Absent: unknown, judged as claimed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<EvidenceOrigin>,
    /// Where a person can read the result. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How a test run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum TestOutcome {
    Passed,
    Failed,
    Skipped,
}

/// Whose word a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceOrigin {
    /// The author's.
    Claimed,
    /// A signed attestation's.
    Attested,
}

/// When the change starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Schedule {
    /// When it starts, as a clock in `zone` shows it. Absent: unknown, judged as the worst time there is. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<LocalTime>,
    /// When the change window that was booked ends. Absent: none was booked, or unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<LocalTime>,
    /// IANA zone the author works in, for example `Asia/Shanghai`. Needed as soon as a time is given. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// `start` in each zone that matters. Filled by whoever knows zones (`interlock_inputs`); empty is judged as unknown.
    #[serde(skip)]
    pub start_moments: Vec<CivilMoment>,
    /// `end` in each zone that matters. Filled like `start_moments`.
    #[serde(skip)]
    pub end_moments: Vec<CivilMoment>,
    /// When the last stage starts if every stage starts as soon as it may, in each zone that matters: nothing moves after
    /// it. Filled like `start_moments`; empty if the start, the stages or a bake time before the last stage is unknown.
    #[serde(skip)]
    pub projected_end_moments: Vec<CivilMoment>,
}

/// Somebody agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Approval {
    /// Who. Mitigation.
    pub by: Person,
    /// In which role, for example `owner`. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// When. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// Digest of what was agreed to. Absent: unknown, judged as something else. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// How the change is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rollback {
    /// How. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How long it takes, minutes. Absent: unknown, judged as too long. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// When it was last rehearsed. Absent: unknown, judged as never. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsed_at: Option<Instant>,
    /// Whether it can be undone at all. Absent: unknown, judged as no. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversible: Option<bool>,
    /// Services the rollback itself needs. Absent: unknown, judged as the one that is changed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<String>>,
    /// When a backup was last proved good. Absent: unknown, judged as never. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_verified_at: Option<Instant>,
}

/// The emergency path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Emergency {
    /// Whether the change says it is one. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<bool>,
    /// The incident it answers. Absent: unknown, judged as none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Who declared it. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// When the exception ends. Absent: unknown, judged as over. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// An incident that is open now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Incident {
    /// Its number or name. Mitigation.
    pub id: String,
    /// The service it is about. Absent: unknown, judged as another one. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// 1 is the worst. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// An incident that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PastIncident {
    /// Its number or name. Mitigation.
    pub id: String,
    /// The service it was about. Absent: unknown, judged as the one that is changed. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// 1 is the worst. Absent: unknown, judged as 1. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// When it was over. Absent: unknown, judged as just now. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// Whether what was to be mended after it is mended. Absent: unknown, judged as not. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedied: Option<bool>,
}

/// What is left of one error budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// The service. Mitigation.
    pub service: String,
    /// The objective, parts per million, so that 99.999 % is a whole number: 999990. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective_ppm: Option<PartsPerMillion>,
    /// Length of the window the budget is for, days. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u16>,
    /// What is left of the budget, basis points; 0 when it is overspent. Absent: unknown, judged as nothing. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_bp: Option<BasisPoints>,
}

/// What a command or deletion does to how many things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Action {
    /// For example `delete`. Subject.
    pub verb: String,
    /// The selector as written. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// What sort of thing the author means, for example `app`. Absent: not said. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_sort: Option<String>,
    /// What sort of thing the selector was resolved to, for example `site`. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_sort: Option<String>,
    /// How many things it matches. Absent: unknown, judged as all. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<u32>,
    /// How many there are. Absent: unknown. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// What capacity is left afterwards, basis points of today's. Absent: unknown, judged as none. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_capacity_bp: Option<BasisPoints>,
    /// Whether it cannot be taken back. Absent: unknown, judged as permanent. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permanent: Option<bool>,
    /// How it is known that nobody uses the things. Absent: unknown, judged as in use. Mitigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use_evidence: Option<String>,
    /// How many of them carry a hold: a lock, a retention, a flag that they are to stay. Absent: not said. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<u32>,
}

/// Something that is shipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Artifact {
    /// Its path or name. Subject.
    pub path: String,
    /// What generated it. Absent: not generated, or unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_by: Option<String>,
    /// Size before, KiB. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_before_kib: Option<u32>,
    /// Size after, KiB. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_after_kib: Option<u32>,
    /// Rows or entries before. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_before: Option<u32>,
    /// Rows or entries after. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_after: Option<u32>,
    /// Digest of the bytes that are shipped. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileChange {
    /// Path after the change, `/` between folders. Subject.
    pub path: String,
    /// Path before, when it was renamed. Absent: not renamed. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_path: Option<String>,
    /// What happened to it. Subject.
    pub op: FileOp,
    /// How the host read it, for example `yaml`. Absent: opaque. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Leaf values that differ. Absent: the file was not compared leaf by leaf. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Vec<Edit>>,
    /// Lists whose items differ, counted: an edit alone does not say what a list lost. Absent: the file was not compared leaf
    /// by leaf. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<ListChange>>,
    /// How many edits and lists the host left out. Subject.
    #[serde(skip)]
    pub omitted_edits: u32,
    /// Size before, KiB, rounded up. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_before_kib: Option<u32>,
    /// Size after, KiB, rounded up. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_after_kib: Option<u32>,
    /// The whole text after the change. Absent: not asked for, or left out. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum FileOp {
    Added,
    Removed,
    Modified,
    Renamed,
}

/// One leaf value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Edit {
    /// JSON pointer (RFC 6901) inside the file. Subject.
    pub pointer: String,
    /// What happened to it. Subject.
    pub op: EditOp,
    /// The value before. Absent: there was none. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Scalar>,
    /// The value after. Absent: there is none. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Scalar>,
    /// Line in the file after the change, or before it for a removal, from 1. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// One list whose items differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListChange {
    /// JSON pointer of the list inside the file. Subject.
    pub pointer: String,
    /// Items before. Absent: there was no list. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_before: Option<u32>,
    /// Items after. Absent: there is no list. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_after: Option<u32>,
    /// Items on both sides that stand in another order: the fewest that would have to move. Absent: not counted. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reordered: Option<u32>,
    /// Values that more items hold after than before, and more than one. Absent: not counted. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<Vec<Repeated>>,
    /// Line in the file after the change, or before it for a list that is gone, from 1. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// A value that several items of a list hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repeated {
    /// The key inside the item that holds it; empty where the item is itself the value. Subject.
    pub key: String,
    /// The value, as the source wrote it. Subject.
    pub value: String,
    /// Items that hold it after the change. Subject.
    pub items: u32,
    /// Line of the last of them. Absent: unknown. Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What happened to a leaf value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum EditOp {
    Add,
    Remove,
    Replace,
}

/// A leaf value as the source wrote it, so that no reader's idea of numbers comes between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scalar {
    /// What it is. Subject.
    pub kind: ScalarKind,
    /// Its exact text; empty for the kinds that need none. Subject.
    pub text: String,
}

/// What a leaf value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum ScalarKind {
    Null,
    Boolean,
    Integer,
    Decimal,
    Text,
    EmptyMap,
    EmptyList,
}

/// A fact that does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NotApplicable {
    /// JSON pointer of the fact in the change document, for example `/canary`. Mitigation.
    pub fact: String,
    /// Why not, in the author's words. Mitigation.
    pub reason: String,
}
