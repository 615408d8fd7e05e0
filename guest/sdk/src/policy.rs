//! The trait behind `#[policy]`. What a module exports in terms of it is in `exports`.

use crate::Rule;
use crate::change_types::Change;
use crate::finding_types::{Failure, Finding};
use crate::question_types::Question;
use crate::settings::Settings;

/// What a policy answers: findings (none is its allow), or that it cannot judge (an error, never an allow).
pub type Judgement = Result<Vec<Finding>, Failure>;

/// A policy. Written by the `#[policy]` attribute; implement it by hand only where the attribute does not fit.
pub trait Policy {
    /// What it can be set to.
    type Settings: Settings;
    /// Kebab-case id; the attribute takes the crate's name.
    const ID: &'static str;
    /// The attribute takes the crate's version.
    const VERSION: &'static str;
    /// One line: what it guards.
    const TITLE: &'static str;
    /// Every rule it can report.
    const RULES: &'static [Rule];
    /// Globs of the changed files whose edits it reads. The attribute takes none unless it is told: what a policy does not
    /// ask for is not brought into its sandbox.
    const EDITS_OF: &'static [&'static str] = &[];

    /// Judges one change.
    fn judge(change: &Change, question: &Question, settings: &Self::Settings) -> Judgement;
}
