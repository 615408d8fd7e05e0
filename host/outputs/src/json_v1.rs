//! `interlock.report/1`: the report as machines read it. Frozen, which means:
//!
//! - A field is never renamed, removed, made optional or given another meaning, and a report that uses nothing new is
//!   written as it always was. `the_wire_form_is_frozen` holds that word by word.
//! - A field that is added is optional and left out when it says what went without saying before: no `mode` is
//!   `enforce`, no `asked` is the `verdict`, no `side` is `after`.
//! - The words of an enum may become more (as `not-selected` did), except those of `verdict` and `basis`. A reader that
//!   meets a word it does not know goes by `decision`, which says all that is needed to go on or to stop.
//! - What fits none of these is `json_v2.rs`.
//!
//! The types here are the wire's own, so that the model can change without anybody's script noticing; `convert.rs` takes
//! each model type apart without `..`, so that a new field of the report cannot be forgotten here.

mod convert;
mod fault;

use interlock_model::{ChangeDocument, Report};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::{Manner, escape, schema};
pub use fault::*;

/// What the `schema` field says.
pub const SCHEMA: &str = "interlock.report/1";

/// The report as indented JSON.
pub(crate) fn render(report: &Report, document: &ChangeDocument, _: &Manner) -> String {
    // Texts, numbers and lists cannot fail to be written. If they did, no JSON is better than half a report.
    escape::for_json(&ReportV1::new(report, document)).unwrap_or_default()
}

/// The JSON Schema of a report, as `interlock schema report` prints it.
pub fn schema() -> Schema {
    schema::document_schema::<ReportV1>("urn:interlock:schema:report:1", SCHEMA)
}

/// The answer of Interlock to one question about one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReportV1 {
    /// Which form this is. Look at it first.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The answer.
    pub decision: DecisionV1,
    /// The change that was judged.
    pub change: ChangeV1,
    /// The bytes that were judged. What is deployed must have this digest.
    pub document: DocumentV1,
    /// What was asked.
    pub question: QuestionV1,
    /// Every bound policy's result, sorted by id. The host's own findings, if any, are under `interlock`.
    pub policies: Vec<PolicyV1>,
    /// What the answer does not speak of.
    pub not_judged: Vec<NotJudgedV1>,
    /// Waivers of the policy set that name a rule which found something here. Absent: there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waivers: Option<Vec<WaiverV1>>,
    /// Entries of the baseline for files that change here, and that nothing was found for. Absent: there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<Vec<StaleV1>>,
    /// Digest over everything of the policy set that an answer depends on.
    pub policy_set: String,
    /// Name and version of the engine that ran the policies.
    pub engine: String,
    /// Version of the bundled time zone database.
    pub tzdb: String,
    /// Until when the answer may be used, if nothing it binds changes. UTC.
    pub valid_until: String,
}

/// What the gate decided, and on what the decision rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DecisionV1 {
    /// The strictest of all results.
    pub verdict: VerdictV1,
    /// What made it so.
    pub basis: BasisV1,
    /// The exit code of `interlock check` without `--fail-on warn`: 0 go on, 1 a finding blocks, 3 an error or missing
    /// evidence blocks.
    pub exit_code: u8,
}

/// Ordered: allow < warn < block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictV1 {
    /// Nothing stands against it.
    Allow,
    /// Somebody should look; the change may go on.
    Warn,
    /// The change must not go on.
    Block,
}

/// What a decision rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BasisV1 {
    /// Findings, or that there are none.
    Findings,
    /// No finding is as strict: a policy could not judge, and its `on-error` decides.
    Error,
    /// There was nothing to judge, or nobody to judge it.
    NoEvidence,
}

/// The change that was judged. All texts are the author's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeV1 {
    /// The change's own name.
    pub id: String,
    /// One line for people. Absent: untitled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What sort of change it is.
    pub kind: ChangeKindV1,
}

/// The sort of thing that is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own terms")]
pub enum ChangeKindV1 {
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

/// The bytes that were judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DocumentV1 {
    /// The name it was opened by.
    pub name: String,
    /// `sha256:` and 64 hexadecimal digits, over its bytes.
    pub digest: String,
    /// The same over both sides of the changed files that were read. Absent: none were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct QuestionV1 {
    /// At which point of the change's life.
    pub asked_at: PhaseV1,
    /// The time for which the answer is given. UTC.
    pub evaluated_at: String,
    /// Whether that time was chosen rather than read from the clock. A simulated answer is no licence to deploy.
    pub simulated: bool,
    /// How far the rollout has come. Absent: it has not started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<ProgressV1>,
}

/// A point in a change's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseV1 {
    /// Before it is merged.
    Merge,
    /// Before the first stage.
    Deploy,
    /// Before each later stage.
    Promote,
}

/// How far the rollout has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProgressV1 {
    /// Stages that are done.
    pub stages_done: u32,
    /// Seconds since the last of them was done.
    pub bake_elapsed_s: u32,
}

/// One policy's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PolicyV1 {
    /// The operator's name for it.
    pub id: String,
    /// The policy's own version.
    pub version: String,
    /// Digest of the module. Absent: the host's own findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// How much its findings weigh. Absent: `enforce`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<ModeV1>,
    /// What it counts as when it is broken.
    pub on_error: OnErrorV1,
    /// What its result weighs.
    pub verdict: VerdictV1,
    /// Whether it judged at all.
    pub outcome: OutcomeV1,
    /// Why it was not asked: the selector of the policy set, and what it was compared with. Present exactly if `outcome`
    /// is `not-selected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What it found, sorted. Empty for a broken policy, which is no allow, and for one that was not asked.
    pub findings: Vec<FindingV1>,
    /// How it failed. Present exactly if `outcome` is `broken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultV1>,
    /// What the evaluation used. Absent: nothing ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spending: Option<SpendingV1>,
}

/// How much a policy's findings weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModeV1 {
    /// As much as the policy says.
    Enforce,
    /// A warning at most.
    Warn,
    /// Nothing: they are recorded and do not count, and neither does a policy that breaks.
    Shadow,
}

/// What a broken policy counts as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OnErrorV1 {
    /// The verdict it is given.
    pub verdict: VerdictV1,
    /// Why that is acceptable, in the operator's words. Present exactly if the verdict is `allow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether a policy judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeV1 {
    /// It did. No finding is its allow.
    Judged,
    /// It did not.
    Broken,
    /// It was not asked: the policy set leaves this change out.
    NotSelected,
}

/// One reason a policy gives. Every text in it is the policy's and may quote the change: escape it for your sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FindingV1 {
    /// Id of the rule within the policy.
    pub rule: String,
    /// What it weighs, after the policy's mode, waivers and the baseline.
    pub verdict: VerdictV1,
    /// What the policy asked for. Absent: the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<VerdictV1>,
    /// The waiver that covers it. Absent: none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedV1>,
    /// The entry of the baseline that accepts it. Absent: none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownV1>,
    /// What is wrong with this change.
    pub message: String,
    /// Why the rule exists.
    pub why: String,
    /// The incident or other source the rule answers. Absent: a house rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The smallest change that helps.
    pub remedy: String,
    /// Where, best first. Never empty: a finding about the change as a whole is at its first line.
    pub places: Vec<PlaceV1>,
    /// The facts it stands on.
    pub evidence: Vec<EvidenceV1>,
}

/// A waiver at work on one finding. Name and reason are the operator's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WaivedV1 {
    /// Who answers for it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when it holds; at that instant it no longer does. UTC.
    pub until: String,
}

/// An entry of the baseline at work on one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct KnownV1 {
    /// The digest over what is said, by which it is known.
    pub says: String,
}

/// A place a finding points at. Lines and columns count from 1, columns in Unicode code points, bytes from 0; the end is
/// one past the last. The numbers are absent for a file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlaceV1 {
    /// What the file is.
    pub within: WithinV1,
    /// The file: the document's name, or the path of a changed file as the change names it, which is the path after it.
    pub file: String,
    /// Whether the place is in a changed file before the change or after it. Absent: after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<SideV1>,
    /// JSON pointer (RFC 6901) that the policy named. Empty: the whole file.
    pub pointer: String,
    /// Whether the place is the value itself. `false`: it is missing, and the place is its nearest parent.
    pub exact: bool,
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// First column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Line of the end. Absent also where the text is not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// Column of the end. Absent also where the text is not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// First byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_byte: Option<usize>,
    /// One past the last byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_byte: Option<usize>,
}

/// What a place is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WithinV1 {
    /// The change document.
    ChangeDocument,
    /// A file the change changes.
    ChangedFile,
}

/// Before or after the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SideV1 {
    /// Before the change.
    Before,
    /// After the change.
    After,
}

/// One fact a finding stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct EvidenceV1 {
    /// What it is.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// What an evaluation used. The same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SpendingV1 {
    /// Units of fuel. Absent: not known exactly, after a trap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Most bytes of linear memory held.
    pub memory_bytes: u64,
}

/// Something the answer does not speak of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NotJudgedV1 {
    /// What.
    pub what: NotJudgedWhatV1,
    /// Id of the policy. Present exactly if `what` is `policy` or `shadow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The time zone. Present exactly if `what` is `calendar-zone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Paths of the files. Present exactly if `what` is `opaque-files`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<String>>,
}

/// What an answer does not speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotJudgedWhatV1 {
    /// No calendar was given: a public holiday looks like a working day.
    Calendar,
    /// No calendar was given for one zone.
    CalendarZone,
    /// No service catalog was given: tiers are the change's own word.
    Catalog,
    /// The document holds no file contents.
    FileContents,
    /// Files that differ and are in no format that is read value by value.
    OpaqueFiles,
    /// A policy is broken.
    Policy,
    /// A policy is in shadow mode: what it found does not count.
    Shadow,
}

/// A waiver that names a rule which found something, and what came of it. Names and reason are the operator's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WaiverV1 {
    /// Id of the policy.
    pub policy: String,
    /// Id of its rule.
    pub rule: String,
    /// What came of it.
    pub state: WaiverStateV1,
    /// What it holds for.
    pub scope: WaiverScopeV1,
    /// Who answers for it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// From when it holds. UTC.
    pub from: String,
    /// Until when it holds; at that instant it no longer does. UTC.
    pub until: String,
}

/// What came of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverStateV1 {
    /// It covers at least one finding.
    Used,
    /// It does not hold yet.
    NotYet,
    /// It no longer holds.
    Expired,
    /// It is for other changes.
    OutOfScope,
}

/// What a waiver holds for. Everything that is given must match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WaiverScopeV1 {
    /// Digest of the change document. Absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Digest of the changed files, beside the document's. Absent: none were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    /// Services; a change that touches another one is not covered. Absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// Environments, of which the change is to one. Absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environments: Option<Vec<String>>,
}

/// An entry of the baseline for which nothing was found, although its file changes. It can be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StaleV1 {
    /// Id of the policy.
    pub policy: String,
    /// Id of its rule.
    pub rule: String,
    /// The changed file.
    pub path: String,
    /// JSON pointer (RFC 6901) in it. Empty: the whole file.
    pub pointer: String,
    /// The digest over what was said.
    pub says: String,
}
