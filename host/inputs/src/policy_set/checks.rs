//! The problems of a policy set that its types let through, collected so that all of them are told at once.

use interlock_model::{Pointer, Sources, Span};

use crate::error::{Problem, ProblemKind, escaped, shown};

/// The set under check and what is wrong with it so far.
pub(crate) struct Checks<'s> {
    sources: &'s Sources,
    problems: Vec<Problem>,
}

impl<'s> Checks<'s> {
    pub(crate) fn new(sources: &'s Sources) -> Self {
        Self { sources, problems: Vec::new() }
    }

    /// Everything that was found.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Takes over what others found.
    pub(crate) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    /// Where a value stands.
    pub(crate) fn span(&self, at: &Pointer) -> Span {
        place(self.sources, at)
    }

    /// Where its key stands.
    pub(crate) fn key_span(&self, at: &Pointer) -> Span {
        self.sources.nearest(at).0.key
    }

    /// Something wrong with a value, told where it stands.
    pub(crate) fn value(
        &mut self,
        at: &Pointer,
        kind: ProblemKind,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = self.span(at);
        self.problems.push(Problem::new(kind, span, found).expected(expected).help(help));
    }

    /// Something wrong with a key, told where the key stands.
    pub(crate) fn key(
        &mut self,
        at: &Pointer,
        kind: ProblemKind,
        found: impl Into<String>,
        expected: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = self.key_span(at);
        self.problems.push(Problem::new(kind, span, found).expected(expected).help(help));
    }

    /// A text that somebody is to read: a word at least, not blanks or dots.
    pub(crate) fn words(&mut self, at: &Pointer, text: &str, expected: &str, help: &str) {
        if !text.chars().any(char::is_alphanumeric) {
            self.value(at, ProblemKind::Empty, format!("the text {}", shown(text)), expected, help);
        }
    }

    /// The place that a finding is expected at.
    pub(crate) fn pointer(&mut self, at: &Pointer, text: &str) {
        if !text.is_empty() && !text.starts_with('/') {
            let expected = "a JSON pointer, like `/rollout/stages/0`";
            let help = "begin it with `/`; the whole change is the empty text";
            self.value(at, ProblemKind::Value, format!("text {}", shown(text)), expected, help);
        }
    }

    /// A list that is compared with something: with nothing in it, it would match nothing.
    pub(crate) fn items<T>(&mut self, at: &Pointer, items: &[T], expected: &str, help: &str) {
        if items.is_empty() {
            self.value(at, ProblemKind::Empty, "an empty list", expected, help);
        }
    }
}

/// Where a value stands; for one that is not there, the key of the nearest map around it.
pub(crate) fn place(sources: &Sources, at: &Pointer) -> Span {
    let (origin, exact) = sources.nearest(at);
    if exact { origin.value } else { origin.key }
}

/// A problem in the words of somebody further out, who may quote a module.
pub(crate) fn told(span: Span, found: &str, expected: Option<&str>, help: &str) -> Problem {
    let problem = Problem::new(ProblemKind::Value, span, escaped(found)).help(escaped(help));
    match expected {
        Some(expected) => problem.expected(escaped(expected)),
        None => problem,
    }
}
