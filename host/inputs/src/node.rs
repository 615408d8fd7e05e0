//! The tree between syntax and types: five sorts of values, each with its place, each counted.
//!
//! There is no float in it: no document has a use for one, so it is refused where it stands. So is null, but in the cases
//! of a policy, whose patches remove with it.

use std::collections::BTreeMap;

use interlock_model::Span;

use crate::error::{Problem, ProblemKind, shown_key};

/// Maps and lists inside each other. The schema needs seven; recursion here is bounded by this number.
pub(crate) const DEPTH_MAX: usize = 64;
/// Values and keys' values in one document. Bounds memory: a value is about a hundred bytes here.
pub(crate) const NODES_MAX: usize = 100_000;
/// Bytes of one text.
pub(crate) const SCALAR_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one key.
pub(crate) const KEY_BYTES_MAX: usize = 256;
/// The largest whole number that every JSON reader holds exactly (2^53 - 1).
const INTEGER_MAX: u64 = 9_007_199_254_740_991;

/// One value and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What a value is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Only where [`Nulls::Kept`] was asked for.
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// What becomes of a `null` that is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// It is refused: of a document, nobody could say what it means.
    Refused,
    /// It is a value: in a patch (RFC 7396) it removes.
    Kept,
}

/// One key of a map, and its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// What a document has used up so far.
#[derive(Default)]
pub(crate) struct Budget {
    nodes: usize,
    depth: usize,
}

impl Budget {
    /// One more value.
    pub(crate) fn node(&mut self, span: Span) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > NODES_MAX { Err(too_many_nodes(span)) } else { Ok(()) }
    }

    /// Into a map or list.
    pub(crate) fn enter(&mut self, span: Span) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(too_deep(span)) } else { Ok(()) }
    }

    /// Out of it again.
    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

pub(crate) fn too_deep(span: Span) -> Problem {
    Problem::new(ProblemKind::TooMuch, span, format!("maps and lists more than {DEPTH_MAX} deep"))
        .expected("a document, which needs seven levels")
        .help("look for brackets that were never closed")
}

pub(crate) fn too_many_nodes(span: Span) -> Problem {
    Problem::new(ProblemKind::TooMuch, span, format!("more than {NODES_MAX} values"))
        .expected("a document, which needs some hundreds")
        .help("leave the payload out; name its digest under `artifacts`")
}

/// A text of bounded size.
pub(crate) fn check_text(text: &str, span: Span) -> Result<(), Problem> {
    if text.len() <= SCALAR_BYTES_MAX {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::TooMuch, span, format!("a text of {} bytes", text.len()))
        .expected(format!("at most {SCALAR_BYTES_MAX} (256 KiB)"))
        .help("shorten it, or leave the payload out"))
}

/// A key that looks the same to everybody: printable ASCII, not empty, not the merge key.
pub(crate) fn check_key(key: &str, span: Span) -> Result<(), Problem> {
    if key == "<<" {
        return Err(Problem::new(ProblemKind::TwoReaders, span, "merge key `<<`")
            .expected("every key written out")
            .help("copy the keys here; some readers merge, others see a key named `<<`"));
    }
    if key.len() > KEY_BYTES_MAX {
        return Err(Problem::new(ProblemKind::TooMuch, span, format!("a key of {} bytes", key.len()))
            .expected(format!("at most {KEY_BYTES_MAX}"))
            .help("shorten it; the text belongs in the value"));
    }
    if key.is_empty() || !key.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Err(Problem::new(ProblemKind::TwoReaders, span, format!("key {}", shown_key(key)))
            .expected("a key of printable ASCII characters")
            .help(
                "type it again in plain letters; look-alikes and invisible characters are not the same key",
            ));
    }
    Ok(())
}

/// A map whose keys are all different once escapes are resolved.
pub(crate) fn map_of(entries: Vec<Entry>) -> Result<Value, Problem> {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for entry in &entries {
        if let Some(first) = seen.insert(&entry.key, entry.key_span) {
            return Err(duplicate(entry, first));
        }
    }
    Ok(Value::Map(entries))
}

fn duplicate(entry: &Entry, first: Span) -> Problem {
    let found = format!("key {} a second time", shown_key(&entry.key));
    Problem::new(ProblemKind::DuplicateKey, entry.key_span, found)
        .expected(format!("it once: the first is at line {}, column {}", first.line, first.column))
        .help("remove one of the two; readers differ in which one they believe")
}

/// A map with no keys says nothing, and reads as if it said that there is nothing.
pub(crate) fn check_not_empty(key: &str, value: &Node) -> Result<(), Problem> {
    match &value.value {
        Value::Map(entries) if entries.is_empty() => {
            Err(Problem::new(ProblemKind::Empty, value.span, "an empty map `{}`")
                .expected(format!("keys under {}", shown_key(key)))
                .help(format!("leave {} out if nothing is known; absent means unknown", shown_key(key))))
        }
        Value::Map(_) | Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) => {
            Ok(())
        }
    }
}

/// A value that is not there. `key` is the key it should belong to, if it is one of a map.
pub(crate) fn null(span: Span, key: Option<(&str, Span)>, written: &str) -> Problem {
    let (span, found) = match (written, key) {
        ("", Some((key, at))) => (at, format!("key {} without a value", shown_key(key))),
        ("", None) => (span, "an item without a value".to_owned()),
        (written, _) => (span, format!("`{written}`")),
    };
    let help = match key {
        Some((key, _)) if key.contains(':') => "write a space after the colon: `key: value`",
        _ => "leave it out if it is unknown; write `[]` if it is known that there are none",
    };
    Problem::new(ProblemKind::Null, span, found).expected("a value").help(help)
}

/// A whole number in the one form all readers read alike.
pub(crate) fn integer(text: &str, span: Span) -> Result<Value, Problem> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let exact = digits.parse::<u64>().is_ok_and(|n| n <= INTEGER_MAX);
    match text.parse::<i64>() {
        Ok(number) if exact => Ok(Value::Int(number)),
        Ok(_) | Err(_) => {
            Err(Problem::new(ProblemKind::Value, span, format!("number {}", crate::error::shown(text)))
                .expected(format!("a whole number that every reader holds exactly (at most {INTEGER_MAX})"))
                .help("quote it if it is a name; no number in a document is that large"))
        }
    }
}

/// Whether a text is a plain decimal integer: no sign but `-`, no leading zero, not `-0`.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    numeric && (text == "0" || !digits.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_one_form() {
        for yes in ["0", "7", "-1", "9007199254740991"] {
            assert!(is_integer(yes) && integer(yes, Span::default()).is_ok(), "{yes}");
        }
        for no in ["", "-", "-0", "010", "+1", "1.0", "1e3", "1_000", "٣"] {
            assert!(!is_integer(no), "{no}");
        }
        for large in ["9007199254740992", "-9007199254740992", "-9223372036854775809", &"9".repeat(1000)] {
            assert!(integer(large, Span::default()).is_err(), "{large}");
        }
    }

    #[test]
    fn the_budget_counts() {
        let mut budget = Budget::default();
        for _ in 0..DEPTH_MAX {
            assert!(budget.enter(Span::default()).is_ok());
        }
        assert!(budget.enter(Span::default()).is_err());
        let mut budget = Budget::default();
        for _ in 0..NODES_MAX {
            assert!(budget.node(Span::default()).is_ok());
        }
        assert!(budget.node(Span::default()).is_err());
    }
}
