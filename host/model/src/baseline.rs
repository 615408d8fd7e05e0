//! A baseline: findings in files that somebody has looked at and accepted as they were said, so that an old repository
//! can start. It turns a block into a warning, never into silence, and holds what was said, not whatever will be said
//! there later. How a change goes out is no matter of a baseline; that is a waiver's.

use std::collections::BTreeSet;

use crate::{JudgedFinding, Pointer, PolicyId, Unfit, Untrusted};

/// Entries of one baseline. A repository with more findings than anybody will ever read wants another policy set first.
pub const BASELINE_ENTRIES_MAX: usize = 10_000;

/// Hexadecimal digits of [`Says`]: 128 bits.
const SAYS_DIGITS: usize = 32;

/// Everything that is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Its entries. None: there is no baseline.
    pub entries: BTreeSet<KnownFinding>,
}

/// One finding that is accepted. All of it must match.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownFinding {
    /// The bound policy, or `interlock` for the gate's own findings.
    pub policy: PolicyId,
    /// Its rule.
    pub rule: String,
    /// The changed file.
    pub path: Untrusted,
    /// Where in it, as the finding names it. Empty: the file as a whole.
    pub pointer: Pointer,
    /// What was said there.
    pub says: Says,
}

/// A digest over what a finding says of its place, without lines and columns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Says(String);

impl Says {
    /// The first half of a SHA-256 sum.
    pub fn from_sha256(sum: &[u8]) -> Self {
        Self(sum.iter().take(SAYS_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Its 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Says {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() != SAYS_DIGITS || !text.bytes().all(is_digit) {
            return Err(Unfit { expected: "32 lower-case hexadecimal digits" });
        }
        Ok(Self(text))
    }
}

/// What a baseline has to do with a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InBaseline {
    /// None can hold it: it does not speak of what stands in a changed file.
    #[default]
    Never,
    /// One could hold it, and the policy set's does not.
    New(Says),
    /// The policy set's holds it.
    Known(Says),
}

impl InBaseline {
    /// Whether it is accepted.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Never | Self::New(_) => false,
        }
    }

    /// What it says, if a baseline can hold it.
    pub fn says(&self) -> Option<&Says> {
        match self {
            Self::Never => None,
            Self::New(says) | Self::Known(says) => Some(says),
        }
    }
}

impl JudgedFinding {
    /// The entry that accepts it. `None`: no baseline can.
    pub fn as_known(&self, policy: &PolicyId) -> Option<KnownFinding> {
        let place = self.places.first()?;
        Some(KnownFinding {
            policy: policy.clone(),
            rule: self.rule.clone(),
            path: place.path.clone()?,
            pointer: place.pointer.clone(),
            says: self.baseline.says()?.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_as_a_digest_is_one() {
        let digest = Says::from_sha256(&[0xab; 32]);
        assert_eq!(digest.as_str(), "ab".repeat(16));
        assert_eq!(Says::try_from(digest.as_str().to_owned()), Ok(digest));
        for text in ["", "ab", &"AB".repeat(16), &"zz".repeat(16), &"ab".repeat(17)] {
            assert!(Says::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
