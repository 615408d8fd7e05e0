//! What one source says of a change: some of its facts, and where in the source each stood. A metadata document, a rollout
//! manifest, a plan, a test report, an event and the history of a repository each become one statement.
//!
//! It holds no opinion about who is right; `merge` lays statements side by side. The adapters make them.

use interlock_model::{Change, ChangeKind, Doubt, Origin, Pointer, Sources};

/// What one source says of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whose word it is.
    pub speaker: Speaker,
    /// The change's name, if the source gives one.
    pub id: Option<String>,
    /// The sort of change, if the source tells.
    pub kind: Option<ChangeKind>,
    /// Every other fact. Its `id` and `kind` mean nothing.
    pub facts: Change,
    /// The source's name and text. Places are those of *facts*: `/rollout/stages/0/bake-s` is where the source says what
    /// that fact was read from.
    pub sources: Sources,
    /// The same text with the place of every value in it, where the facts hold files whose edits point into it.
    pub places: Option<Sources>,
    /// What of the source could not be understood.
    pub doubts: Vec<Doubt>,
}

/// Whose word a statement is. The order is that of weight: where two say different things the later one is judged, and
/// that they differ is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speaker {
    /// The author of the change: a metadata document, labels, a commit message.
    Author,
    /// A file that a machine acts on: a rollout manifest, a plan, a report of tests.
    Tool,
    /// Whoever asks: the deploy system's event, a flag on the command line.
    Caller,
}

impl Statement {
    /// A source that has said nothing yet.
    pub(crate) fn new(speaker: Speaker, name: &str, text: &str) -> Self {
        Self {
            speaker,
            id: None,
            kind: None,
            facts: Change::unknown("", ChangeKind::Config),
            sources: Sources::new(name, text),
            places: None,
            doubts: Vec::new(),
        }
    }

    /// What is still true in the next change: the sort of change, the services, targets and environment of the place where
    /// the source stands. Tests, approvals, a schedule and a plan are those of one change.
    #[must_use]
    pub fn of_the_place(self) -> Self {
        let Self { speaker, kind, facts, sources, .. } = self;
        let mut kept = Self { kind, sources, ..Self::new(speaker, "", "") };
        kept.facts.services = facts.services;
        kept.facts.targets = facts.targets;
        kept.facts.environment = facts.environment;
        kept
    }

    /// Notes where a fact was read from.
    pub(crate) fn place(&mut self, fact: &str, origin: Origin) {
        self.sources.place(Pointer::new(fact), origin);
    }
}
