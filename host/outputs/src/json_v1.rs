//! `interlock.report/1`: the report as machines read it. Frozen: a field is never renamed, removed or given another
//! meaning; what is added is optional, and what would not be is `json_v2.rs`.
//!
//! The types here are the wire's own, so that the model can change without anybody's script noticing; `convert.rs` takes
//! each model type apart without `..`, so that a new field of the report cannot be forgotten here.

mod convert;
mod fault;

use interlock_model::{Report, Sources};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::{Manner, escape, schema};
pub use fault::*;

/// What the `schema` field says.
pub const SCHEMA: &str = "interlock.report/1";

/// The report as indented JSON.
pub(crate) fn render(report: &Report, sources: &Sources, _: &Manner) -> String {
    // Texts, numbers and lists cannot fail to be written. If they did, no JSON is better than half a report.
    escape::for_json(&ReportV1::new(report, sources)).unwrap_or_default()
}

/// The JSON Schema of a report, as `interlock schema report` prints it.
pub fn schema() -> Schema {
    schema::described::<ReportV1>("urn:interlock:schema:report:1", SCHEMA)
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
    /// Digest over ids, modules, settings, error rules and limits of the policy set.
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
    /// What it counts as when it is broken.
    pub on_error: OnErrorV1,
    /// What its result weighs.
    pub verdict: VerdictV1,
    /// Whether it judged at all.
    pub outcome: OutcomeV1,
    /// What it found, sorted. Empty for a broken policy, which is no allow.
    pub findings: Vec<FindingV1>,
    /// How it failed. Present exactly if `outcome` is `broken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultV1>,
    /// What the evaluation used. Absent: nothing ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spending: Option<SpendingV1>,
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
}

/// One reason a policy gives. Every text in it is the policy's and may quote the change: escape it for your sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FindingV1 {
    /// Id of the rule within the policy.
    pub rule: String,
    /// What it weighs.
    pub verdict: VerdictV1,
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

/// A place a finding points at. Lines and columns count from 1, columns in Unicode code points, bytes from 0; the end is
/// one past the last. The numbers are absent for a file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlaceV1 {
    /// What the file is.
    pub within: WithinV1,
    /// The file: the document's name, or the path of a changed file.
    pub file: String,
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
    /// Id of the policy. Present exactly if `what` is `policy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// What an answer does not speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotJudgedWhatV1 {
    /// No calendar was given: a public holiday looks like a working day.
    Calendar,
    /// No service catalog was given: tiers are the change's own word.
    Catalog,
    /// The document holds no file contents.
    FileContents,
    /// A policy is broken.
    Policy,
}
