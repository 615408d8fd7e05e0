//! Rules and findings: what a policy says, with its place and its evidence.

use std::mem::ManuallyDrop;

use crate::change_types::Change;
use crate::finding_types::{self, Evidence, Location, Verdict};
use crate::text::{IntoText, owned};

/// One reason. In a box: what is handed on from function to function is then a pointer and not a record of 64 bytes, whose
/// copying was a quarter of a policy's code.
pub type Finding = Box<finding_types::Finding>;

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
    /// A finding of this rule. Give it a place with `at`.
    pub fn finding(&self, verdict: Verdict, message: impl IntoText) -> Finding {
        finding_of(self.id, verdict, message.into_text())
    }
}

/// One function, whatever the message is made of. Of a rule only its name, so that the rest of it does not stand in the
/// policy a second time.
#[inline(never)]
fn finding_of(rule: &str, verdict: Verdict, message: String) -> Finding {
    Box::new(finding_types::Finding {
        rule: owned(rule),
        verdict,
        message,
        remedy: None,
        locations: Vec::new(),
        evidence: Vec::new(),
    })
}

impl finding_types::Finding {
    /// Points at a JSON pointer of the change document. Name the key concerned even where it is missing: the host shows
    /// its nearest parent and says that it is missing. The first place is the one people see.
    // One function: written out, it is 40 bytes at each place.
    #[must_use]
    #[inline(never)]
    pub fn at(mut self: Box<Self>, pointer: impl IntoText) -> Box<Self> {
        self.locate(None, pointer.into_text());
        self
    }

    /// Points into a changed file: its path as in `files`, and a JSON pointer inside it. An empty pointer is the whole file.
    #[must_use]
    pub fn at_file(mut self: Box<Self>, path: impl IntoText, pointer: impl IntoText) -> Box<Self> {
        self.locate(Some(path.into_text()), pointer.into_text());
        self
    }

    /// Names a fact it stands on.
    #[must_use]
    pub fn because(mut self: Box<Self>, key: &str, value: impl IntoText) -> Box<Self> {
        self.support(key, value.into_text());
        self
    }

    /// Says how to mend this very change, where that is more than the rule's own remedy.
    #[must_use]
    pub fn remedy(mut self: Box<Self>, remedy: impl IntoText) -> Box<Self> {
        self.remedy = Some(remedy.into_text());
        self
    }

    #[inline(never)]
    fn locate(&mut self, path: Option<String>, pointer: String) {
        self.locations.push(Location { path, pointer });
    }

    #[inline(never)]
    fn support(&mut self, key: &str, value: String) {
        self.evidence.push(Evidence { key: owned(key), value });
    }

    /// Names the tier it was judged by.
    #[must_use]
    #[inline(never)]
    pub fn with_tier(self: Box<Self>, change: &Change) -> Box<Self> {
        self.because("tier", change.tier())
    }

    /// Shows the author's reason why a fact does not apply. It stays a finding: a reason is for whoever may waive it.
    #[must_use]
    pub fn with_reason_not_applicable(self: Box<Self>, change: &Change, fact: &str) -> Box<Self> {
        match change.reason_not_applicable(fact) {
            Some(reason) => self.because("not-applicable", reason),
            None => self,
        }
    }
}

/// Those findings of an array that there are. `flatten().collect()` is 1 KB for each length of an array.
pub fn found<const LEN: usize>(all: [Option<Finding>; LEN]) -> Vec<Finding> {
    // Not dropped: each is taken out.
    taken(ManuallyDrop::new(all).as_mut_slice())
}

#[inline(never)]
fn taken(all: &mut [Option<Finding>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for finding in all {
        if let Some(finding) = finding.take() {
            found.push(finding);
        }
    }
    found
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
