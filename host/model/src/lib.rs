//! The nouns of Interlock: a change, a question, a finding, an outcome, a decision, a report.
//!
//! Plain data with serde. No file, clock, network or wasm, and no opinion: who reads a document is
//! `interlock-inputs`, who runs a policy is `interlock-engine`, who decides is `interlock` (host/gate).
//!
//! The fields of [`Change`] are mirrored in `wit/policy.wit`, name by name; a test compares the two.

mod baseline;
mod binding;
mod calendar;
mod catalog;
mod change;
mod facts;
mod finding;
mod outcome;
mod payload;
mod policy;
mod question;
mod report;
mod sources;
mod time;
mod units;
mod untrusted;
mod waiver;

pub use baseline::{BASELINE_ENTRIES_MAX, Baseline, InBaseline, KnownFinding, Says};
pub use binding::{Mode, When};
pub use calendar::{Almanac, CalendarDay, Turn, WindowKind, WindowState};
pub use catalog::{Catalog, CatalogService};
pub use change::*;
pub use facts::{FACTS_AGE_MIN_MAX, OperatorFacts, Standing, ToldFacts};
pub use finding::{Evidence, Finding, Location, Pointer, Verdict};
pub use outcome::{Fault, FaultPoint, Outcome, OutputLimit, TrapCode};
pub use payload::{Doubt, DoubtKind, FactPlace, FileSources, Payload, Side};
pub use policy::{Manifest, Needs, OnError, PolicyId, Rule, Setting, SettingKind, SettingValue, Settings};
pub use question::{Phase, Progress, Question};
pub use report::{
    Basis, Decision, Document, FailOn, JudgedFinding, NotJudged, Place, PolicyReport, Report,
    ReportedOutcome, Spending, WaiverReport, WaiverState,
};
pub use sources::{ChangeDocument, KindOrigin, Origin, Sources, Span};
pub use time::{CivilMoment, Instant, LocalTime, Weekday, ZoneOf};
pub use units::{BasisPoints, Digest, PartsPerMillion, Severity, Tier, Unfit};
pub use untrusted::Untrusted;
pub use waiver::{WAIVER_MINUTES_MAX, Waived, Waiver, WaiverScope};
