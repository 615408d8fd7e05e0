//! The report: every policy's result, the decision and what it binds. Nothing that was said is dropped on the way here.
//!
//! `interlock` (host/gate) makes it; `interlock-outputs` turns it into bytes through wire types of its own, so that a
//! field renamed here is not a field renamed for everybody.

use crate::{
    ChangeKind, Digest, Evidence, Fault, InBaseline, Instant, KnownFinding, Mode, OnError, Pointer, PolicyId,
    Question, Side, Span, Untrusted, Verdict, Waived, Waiver,
};

/// The answer to one question about one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The change's own name.
    pub change_id: Untrusted,
    /// The change's title, if it has one.
    pub change_title: Option<Untrusted>,
    /// What sort of change it is.
    pub change_kind: ChangeKind,
    /// The bytes that were judged.
    pub document: Document,
    /// What was asked.
    pub question: Question,
    /// The answer.
    pub decision: Decision,
    /// Every bound policy's result, sorted by id. The host's own findings, if any, are under `interlock`.
    pub policies: Vec<PolicyReport>,
    /// What the answer does not speak of.
    pub not_judged: Vec<NotJudged>,
    /// Waivers of the policy set that name a rule which found something here, and what came of them.
    pub waivers: Vec<WaiverReport>,
    /// Entries of the baseline for files that change here, and that nothing was found for.
    pub stale: Vec<KnownFinding>,
    /// Digest over everything of the policy set that an answer depends on.
    pub policy_set: Digest,
    /// Name and version of the engine that ran the policies.
    pub engine: String,
    /// Version of the bundled time zone database.
    pub tzdb: String,
    /// Until when the answer may be used, if nothing it binds changes.
    pub valid_until: Instant,
}

/// The bytes that were judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The name it was opened by.
    pub name: Untrusted,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// SHA-256 over the changed files that were read. Absent: none were.
    pub payload: Option<Digest>,
}

/// What the gate decided, and on what the decision rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The strictest of all results.
    pub verdict: Verdict,
    /// What made it so.
    pub basis: Basis,
}

/// What a decision rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Findings, or that there are none.
    Findings,
    /// No finding is as strict: a policy could not judge, and its `on-error` decides.
    Error,
    /// There was nothing to judge, or nobody to judge it.
    NoEvidence,
}

/// Whether a warning fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// Only a block does.
    #[default]
    Block,
    /// A warning does, too.
    Warn,
}

impl Decision {
    /// The process exit code. The same for every output format.
    ///
    /// 1: a finding blocks (or warns, under [`FailOn::Warn`]). 3: an error or missing evidence decides. 0: neither.
    pub fn exit_code(self, fail_on: FailOn) -> u8 {
        let fails = match (self.verdict, fail_on) {
            (Verdict::Block, _) | (Verdict::Warn, FailOn::Warn) => true,
            (Verdict::Warn, FailOn::Block) | (Verdict::Allow, _) => false,
        };
        match (fails, self.basis) {
            (false, _) => 0,
            (true, Basis::Findings) => 1,
            (true, Basis::Error | Basis::NoEvidence) => 3,
        }
    }
}

/// One policy's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyReport {
    /// The operator's name for it.
    pub id: PolicyId,
    /// The policy's own version.
    pub version: Untrusted,
    /// SHA-256 of the module. Absent for the host's own findings.
    pub module: Option<Digest>,
    /// How much its findings weigh.
    pub mode: Mode,
    /// What it counts as when it is broken.
    pub on_error: OnError,
    /// What it came to.
    pub outcome: ReportedOutcome,
    /// What that weighs.
    pub verdict: Verdict,
    /// What the evaluation used. Absent where nothing ran.
    pub spending: Option<Spending>,
}

/// What one policy came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedOutcome {
    /// It judged.
    Findings(Vec<JudgedFinding>),
    /// It did not.
    Broken(Fault),
    /// It was not asked: the policy set's `when` leaves this change out.
    NotSelected {
        /// Which selector, and what it was compared with.
        because: Untrusted,
    },
}

/// A finding with its place in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedFinding {
    /// Id of the rule.
    pub rule: String,
    /// What it weighs, after the policy's mode, waivers and the baseline.
    pub verdict: Verdict,
    /// What the policy asked for.
    pub asked: Verdict,
    /// The waiver that covers it.
    pub waived: Option<Waived>,
    /// Whether a baseline can hold it, and does.
    pub baseline: InBaseline,
    /// What is wrong with this change.
    pub message: Untrusted,
    /// Why the rule exists.
    pub why: Untrusted,
    /// The incident or other source the rule answers.
    pub origin: Option<Untrusted>,
    /// The smallest change that helps.
    pub remedy: Untrusted,
    /// Where, best first. Never empty: a finding about the change as a whole is at its first line.
    pub places: Vec<Place>,
    /// The facts it stands on.
    pub evidence: Vec<Evidence>,
}

/// A place a finding points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file. Absent: the change document.
    pub path: Option<Untrusted>,
    /// Whether it is a place before the change or after it. The change document is after it.
    pub side: Side,
    /// The pointer the policy named.
    pub pointer: Pointer,
    /// Where that stands, or its nearest parent. Absent for a file the host did not read.
    pub span: Option<Span>,
    /// Whether the span is the value itself. `false`: it is missing, and the span is its nearest parent's.
    pub exact: bool,
}

/// What an evaluation used. The same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spending {
    /// Units of fuel. Absent after a trap, when the count is not known exactly.
    pub fuel: Option<u64>,
    /// Most bytes of linear memory held.
    pub memory_bytes: u64,
}

/// Something the answer does not speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotJudged {
    /// No calendar was given: a public holiday looks like a working day.
    Calendar,
    /// No calendar was given for this zone.
    CalendarZone(Untrusted),
    /// No service catalog was given: tiers are the change's own word.
    Catalog,
    /// The document holds no file contents.
    FileContents,
    /// Files that differ and are in no format that is read leaf by leaf.
    OpaqueFiles(Vec<Untrusted>),
    /// A policy is broken.
    Policy(PolicyId),
    /// A policy is in shadow mode: what it found does not count.
    Shadow(PolicyId),
}

/// A waiver that names a rule which found something, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverReport {
    /// The waiver.
    pub waiver: Waiver,
    /// What came of it.
    pub state: WaiverState,
}

/// What came of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaiverState {
    /// It covers at least one finding.
    Used,
    /// It does not hold yet.
    NotYet,
    /// It no longer holds.
    Expired,
    /// It is for other changes.
    OutOfScope,
}
