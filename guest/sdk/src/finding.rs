//! Rules and findings: what a policy says, with its place and its evidence.

use crate::change_types::Change;
use crate::finding_types::{Evidence, Finding, Location, Verdict};
use crate::text::owned;

/// One rule: everything a person whose change was stopped needs to read, beside the code that stops it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Kebab-case id, unique in the policy.
    pub id: &'static str,
    /// One line: what must hold.
    pub title: &'static str,
    /// Why it exists.
    pub help: &'static str,
    /// The smallest change that satisfies it.
    pub remedy: &'static str,
    /// The public incident or practice it answers.
    pub origin: Option<&'static str>,
    /// The hardest verdict it can give. A finding that is harder is refused by the host.
    pub strictest: Verdict,
}

impl Rule {
    /// A finding of this rule. Give it a place with [`Finding::at`].
    pub fn finding(&self, verdict: Verdict, message: impl Into<String>) -> Finding {
        Finding {
            rule: owned(self.id),
            verdict,
            message: message.into(),
            remedy: None,
            locations: Vec::new(),
            evidence: Vec::new(),
        }
    }

    #[cfg(target_arch = "wasm32")]
    pub(crate) fn describe(&self) -> crate::finding_types::Rule {
        crate::finding_types::Rule {
            id: owned(self.id),
            title: owned(self.title),
            help: owned(self.help),
            remedy: owned(self.remedy),
            origin: self.origin.map(owned),
            strictest: self.strictest,
        }
    }
}

impl Finding {
    /// Points at a JSON pointer of the change document. Name the key concerned even where it is missing: the host shows
    /// its nearest parent and says that it is missing. The first place is the one people see.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.locations.push(Location { path: None, pointer: pointer.into() });
        self
    }

    /// Points into a changed file: its path as in `files`, and a JSON pointer inside it. An empty pointer is the whole file.
    #[must_use]
    pub fn at_file(mut self, path: impl Into<String>, pointer: impl Into<String>) -> Self {
        self.locations.push(Location { path: Some(path.into()), pointer: pointer.into() });
        self
    }

    /// Names a fact it stands on.
    #[must_use]
    pub fn because(mut self, key: &str, value: impl Into<String>) -> Self {
        self.evidence.push(Evidence { key: owned(key), value: value.into() });
        self
    }

    /// Says how to mend this very change, where that is more than the rule's own remedy.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Shows the author's reason why a fact does not apply. It stays a finding: a reason is for whoever may waive it.
    #[must_use]
    pub fn with_reason_not_applicable(self, change: &Change, fact: &str) -> Self {
        match change.reason_not_applicable(fact) {
            Some(reason) => self.because("not-applicable", reason),
            None => self,
        }
    }
}

/// How hard a rule is, by the tier of what it protects.
#[derive(Clone, Copy, Debug)]
pub struct ByTier {
    /// Tiers up to this number are blocked. -1: none.
    pub block_max: i32,
    /// Further tiers up to this number are warned. -1: none.
    pub warn_max: i32,
}

impl ByTier {
    /// The verdict for a change, if the rule speaks for its tier at all.
    pub fn verdict(self, change: &Change) -> Option<Verdict> {
        let tier = i32::from(change.tier());
        if tier <= self.block_max {
            Some(Verdict::Block)
        } else if tier <= self.warn_max {
            Some(Verdict::Warn)
        } else {
            None
        }
    }
}
