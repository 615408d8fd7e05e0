//! A waiver: somebody's written decision to let one rule pass for a while. It turns a block into a warning, never into
//! silence, and never covers an error.

use crate::{Digest, Instant, PolicyId, Untrusted};

/// The longest time a waiver may hold, in minutes: 14 days. One that is needed longer is a setting.
pub const WAIVER_MINUTES_MAX: i32 = 14 * 24 * 60;

/// One waiver of the policy set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The bound policy.
    pub policy: PolicyId,
    /// Its rule.
    pub rule: String,
    /// What it holds for.
    pub scope: WaiverScope,
    /// Why.
    pub reason: Untrusted,
    /// Who answers for it.
    pub by: Untrusted,
    /// From when it holds.
    pub from: Instant,
    /// Until when it holds; at that instant it no longer does.
    pub until: Instant,
}

/// What a waiver holds for. Everything that is given must match exactly; a change that does not say is not covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaiverScope {
    /// The change document of this digest.
    pub change: Option<Digest>,
    /// The changed files of this digest (the report's `document.payload`). Needed beside `change` where files are compared:
    /// the same document over other files is another change.
    pub files: Option<Digest>,
    /// Changes that touch these services and no others.
    pub services: Option<Vec<String>>,
    /// Changes to one of these environments, as the deploy system resolved it; what the author declared must not say another.
    pub environments: Option<Vec<String>>,
}

/// A waiver at work on one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// Why.
    pub reason: Untrusted,
    /// Who answers for it.
    pub by: Untrusted,
    /// Until when it holds.
    pub until: Instant,
}
