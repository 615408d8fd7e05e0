//! The trait behind `#[policy]`. What a module exports in terms of it is in `exports`.

use crate::Finding;
use crate::change_types::Change;
use crate::finding_types::Failure;
use crate::manifest::ManifestText;
use crate::question_types::Question;
use crate::settings::Settings;

/// What a policy answers: findings (none is its allow), or that it cannot judge (an error, never an allow).
pub type Judgement = Result<Vec<Finding>, Failure>;

/// A policy. Written by the `#[policy]` attribute; implement it by hand only where the attribute does not fit.
pub trait Policy {
    /// What it can be set to.
    type Settings: Settings;
    /// What it says about itself. The attribute takes the crate's name as its id and the crate's version.
    const MANIFEST: &'static ManifestText;

    /// Judges one change.
    fn judge(change: &Change, question: &Question, settings: &Self::Settings) -> Judgement;
}
