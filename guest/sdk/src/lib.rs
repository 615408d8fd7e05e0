//! What a policy author imports.
//!
//! A policy is one function from a change, a question and its settings to findings. This is a whole one:
//!
//! ```
//! use interlock_guest::prelude::*;
//!
//! /// The settings, with their defaults.
//! #[derive(Settings)]
//! pub struct Limits {
//!     /// Most regions that may change in one stage. Default 1: one region at a time.
//!     #[setting(default = 1, range = 1..=100)]
//!     regions_max: i32,
//! }
//!
//! const NO_PLAN: Rule = Rule {
//!     id: "no-plan",
//!     title: "a change says by which stages it reaches its targets",
//!     help: "a change without a plan goes everywhere at once",
//!     remedy: "add `rollout.stages`",
//!     origin: None,
//!     strictest: Verdict::Block,
//! };
//!
//! #[policy(title = "a change has a plan", rules = [NO_PLAN])]
//! fn judge(change: &Change, _question: &Question, _limits: &Limits) -> Judgement {
//!     // `stages()` is unknown or a list; unknown never reads as an empty plan by accident.
//!     if change.stages().is_unknown() {
//!         return Ok(vec![NO_PLAN.finding(Verdict::Block, "nobody knows the stages").at("/rollout/stages")]);
//!     }
//!     Ok(vec![])
//! }
//! # assert_eq!(judge(&Change::unknown("c", ChangeKind::Config), &Question::at_deploy(), &Limits::default()).unwrap().len(), 1);
//! ```
//!
//! Built for `wasm32-unknown-unknown` that crate is a policy module; built natively it is a library whose functions
//! `cargo test` calls. A panic becomes a fault that carries its message, and a fault is never an allow.
//!
//! **Unknown is not false.** Facts are `Option`s, and [`Fact`] asks them in both directions: [`Fact::known_and`] (surely
//! so) and [`Fact::unknown_or`] (so, or unknown). `unwrap_or_default`, `unwrap_or` and `is_some_and` on facts are
//! refused by `policies/clippy.toml`, since each of them turns "nobody knows" into an answer.

extern crate self as interlock_guest;

#[cfg(target_arch = "wasm32")]
mod arena;
#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    reason = "generated from wit/policy.wit, whose fields carry the documentation"
)]
pub mod bindings;
#[cfg(any(target_arch = "wasm32", test))]
mod canonical;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod exports;
mod facts;
mod finding;
#[cfg(any(target_arch = "wasm32", test))]
mod heap;
mod manifest;
mod policy;
pub mod reflect;
mod settings;
mod text;

pub use bindings::interlock::policy::{change_types, finding_types, log, question_types};
pub use facts::{Fact, Place};
pub use finding::{ByTier, Finding, Rule, found};
pub use interlock_guest_macro::{Settings, policy, text};
pub use manifest::{ManifestText, RuleText, SettingText, Text};
pub use policy::{Judgement, Policy};
pub use settings::{SettingField, Settings, SettingsReader, Texts, WordList, part};
pub use text::{
    AddTo, IntoText, Number, contains, first_few, in_small_letters, is_blank, is_capital, is_same, listed,
    plain, trimmed,
};

/// Everything a policy usually names.
pub mod prelude {
    pub use crate::bindings::interlock::policy::change_types::{
        Action, Approval, Artifact, CalendarDay, CanaryVerdict, Change, ChangeKind, CivilMoment, Edit,
        EditOp, FileChange, FileOp, ListChange, Person, PersonKind, Repeated, Rollback, Rollout, Scalar,
        ScalarKind, Schedule, Service, Stage, StageGate, StageGateKind, Target, TestOutcome, TestRun, Turn,
        Weekday, WindowKind, WindowState, ZoneOf,
    };
    pub use crate::bindings::interlock::policy::finding_types::{Failure, Verdict};
    pub use crate::bindings::interlock::policy::question_types::{Phase, Question};
    pub use crate::{
        ByTier, Fact, Finding, IntoText, Judgement, Place, Rule, SettingField, Settings, Texts, WordList,
        policy, text,
    };
}
