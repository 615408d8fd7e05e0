//! Why a value has not the type it should have, and the words for it.

use std::fmt::Display;

use interlock_model::Span;
use serde::de;

use crate::Form;
use crate::error::{Problem, ProblemKind, listed, shown, shown_key};
use crate::expectation;
use crate::names::closest;
use crate::node::{Entry, Node};

/// Keys that people put into a document although they belong to the question.
const OF_THE_QUESTION: &[&str] = &["asked-at", "phase", "evaluated-at", "simulated", "progress"];

/// Why serde refused.
#[derive(Debug)]
pub(super) struct Refusal {
    /// `None` until the innermost value it passes through gives it its place.
    at: Option<Place>,
    pub(super) what: What,
}

#[derive(Debug)]
struct Place {
    span: Span,
    found: String,
    help: &'static str,
}

#[derive(Debug)]
pub(super) enum What {
    UnknownName { found: String, expected: &'static [&'static str] },
    Missing { key: &'static str },
    Unfit { expected: String },
}

impl Refusal {
    pub(super) fn new(what: What) -> Self {
        Self { at: None, what }
    }

    /// Gives it its place, unless something further inside has.
    pub(super) fn at(self, node: &Node) -> Self {
        let expected = if let What::Unfit { expected } = &self.what { expected.as_str() } else { "" };
        let help = expectation::help(node, expected);
        let at = self.at.or_else(|| Some(Place { span: node.span, found: expectation::found(node), help }));
        Self { at, what: self.what }
    }

    pub(super) fn into_problem(self, root: &Node, form: Form) -> Problem {
        let Self { at: Some(at), what } = self.at(root) else {
            return Problem::new(ProblemKind::Value, root.span, "a value");
        };
        match what {
            What::UnknownName { found, expected } => unknown_name(at.span, &found, expected, form),
            What::Missing { key } => missing(at.span, key, form),
            What::Unfit { expected } => {
                Problem::new(ProblemKind::Value, at.span, at.found).help(at.help).expected(expected)
            }
        }
    }
}

fn unknown_name(span: Span, found: &str, expected: &[&str], form: Form) -> Problem {
    let help = match closest(found, expected.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("write one of the names; `interlock schema {}` explains them", form.name()),
    };
    Problem::new(ProblemKind::Value, span, format!("text {}", shown(found)))
        .expected(format!("one of {}", listed(expected)))
        .help(help)
}

fn missing(span: Span, key: &str, form: Form) -> Problem {
    Problem::new(ProblemKind::MissingKey, span, format!("no key `{key}`"))
        .expected("it here")
        .help(format!("add `{key}: ...`; `interlock schema {}` says what it takes", form.name()))
}

/// A key the struct does not have.
pub(super) fn unknown_key(entry: &Entry, expected: &[&str], of: &str, form: Form) -> Problem {
    let problem = Problem::new(
        ProblemKind::UnknownKey,
        entry.key_span,
        format!("unknown key {}", shown_key(&entry.key)),
    );
    if of == "Change" && OF_THE_QUESTION.contains(&entry.key.as_str()) {
        return problem
            .expected("facts about the change")
            .help("remove it: this is given by whoever asks, not by the author of the change");
    }
    match closest(&entry.key, expected.iter().copied()) {
        Some(name) => problem.expected(format!("`{name}`")).help(format!("did you mean `{name}`?")),
        None => problem.expected(format!("one of {}", listed(expected))).help(match form {
            Form::Change => "remove it, or put house facts under `attributes`".to_owned(),
            Form::PolicySet
            | Form::Calendar
            | Form::Catalog
            | Form::Facts
            | Form::Baseline
            | Form::Cases
            | Form::Expected => {
                format!("remove it; `interlock schema {}` lists the keys", form.name())
            }
        }),
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    /// What `try_from` conversions say (`interlock_model::Unfit`).
    fn custom<T: Display>(message: T) -> Self {
        let message = message.to_string();
        let expected = message.strip_prefix("expected ").unwrap_or(&message).to_owned();
        Self::new(What::Unfit { expected })
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(What::Unfit { expected: expectation::in_words(&expected.to_string()) })
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(What::UnknownName { found: found.to_owned(), expected })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(What::Missing { key })
    }
}
