//! `out-of-range`: a value outside the range that the house declared for its key.
//!
//! `**/timeout-s = 1..30`: a pointer whose segments are names, `*` or `**`, and what the value may be. Either end may be
//! left out, and both may have a unit. Which ranges there are is in the settings.

use std::cmp::Ordering;
use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::decimal::{self, Decimal, Measure};
use crate::keys::{self, words};
use crate::reading::{Reading, Sort, Weight, is_blank};
use crate::told::{Spot, Told, cut, place, shown};

pub(crate) const OUT_OF_RANGE: Rule = Rule {
    id: "out-of-range",
    title: "a value stays in the range that is declared for it",
    help: "a reader has room for what it was built for, and does not ask before it runs over",
    remedy: "write a value inside the range, or change the range in `ranges` with whoever owns the reader",
    origin: Some("2024-07-19 CrowdStrike: a file brought 21 values to a reader that had room for 20"),
    strictest: Verdict::Block,
};

/// One declared range.
pub(crate) struct Range<'a> {
    said: &'a str,
    pattern: Vec<Part<'a>>,
    low: Option<Bound>,
    high: Option<Bound>,
}

enum Part<'a> {
    Any,
    AnyNumberOf,
    Named(String),
    Exactly(&'a str),
}

/// A number, and what it measures if it has a unit.
type Bound = (Decimal, Option<Measure>);

#[inline(never)]
pub(crate) fn out_of_range(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    // Not dropped: the instance ends soon.
    let mut ranges = ManuallyDrop::new(Vec::new());
    for said in reading.limits.ranges.iter() {
        if let Some(range) = Range::parse(said) {
            ranges.push(range);
        }
    }
    if ranges.is_empty() {
        return;
    }
    let mut told = Told::new(&OUT_OF_RANGE, reading);
    for (file, edit) in reading.edits() {
        let Some(after) = edit.after.as_ref().filter(|after| !is_blank(after)) else { continue };
        let segments = keys::segments(&edit.pointer);
        for range in ranges.iter() {
            if !matches(&range.pattern, &segments) {
                continue;
            }
            let Some(weight) = range.judge(after, file.sort) else { continue };
            told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
                let is = shown(&edit.pointer, after);
                let how = if weight == Weight::Hard { "outside" } else { "not to be compared with" };
                text!("{} is {is}, {how} the range `{}`", place(&edit.pointer), cut(range.said))
            });
        }
    }
    told.give(all);
}

impl<'a> Range<'a> {
    #[inline(never)]
    pub(crate) fn parse(said: &'a str) -> Option<Self> {
        let (pattern, range) = keys::parted(said, "=")?;
        let (low, high) = keys::parted(trimmed(range), "..")?;
        let (low, high) = (bound(low)?, bound(high)?);
        let in_order = match (&low, &high) {
            (None, None) => false,
            (Some(low), Some(high)) => compare(low, high).known_and(|order| order.is_le()),
            (Some(_), None) | (None, Some(_)) => true,
        };
        in_order.then(|| Self { said, pattern: parts(trimmed(pattern)), low, high })
    }

    /// How bad a value is here. `None`: it lies in the range.
    #[inline(never)]
    fn judge(&self, value: &Scalar, sort: Sort) -> Option<Weight> {
        let number = match value.kind {
            ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Text => number(&value.text),
            ScalarKind::Null | ScalarKind::Boolean | ScalarKind::EmptyMap | ScalarKind::EmptyList => None,
        };
        let Some(number) = number else {
            // What is to be evaluated comes to anything. Elsewhere what is no number is no value of a range.
            let is_evaluated = sort == Sort::Evaluated && value.kind == ScalarKind::Text;
            return (!is_evaluated).then_some(Weight::Soft);
        };
        beyond(&number, &self.low, Ordering::Less).max(beyond(&number, &self.high, Ordering::Greater))
    }
}

/// How bad it is that a number lies so to an end of a range.
fn beyond(number: &Bound, end: &Option<Bound>, order: Ordering) -> Option<Weight> {
    match compare(number, end.as_ref()?) {
        Some(found) => (found == order).then_some(Weight::Hard),
        None => Some(Weight::Soft),
    }
}

/// The segments of a pattern. Slashes before the first one say nothing.
fn parts(pattern: &str) -> Vec<Part<'_>> {
    let mut rest = pattern;
    while let Some(shorter) = rest.strip_prefix('/') {
        rest = shorter;
    }
    let mut parts = Vec::new();
    while let Some((segment, next)) = keys::parted_at(rest, b'/') {
        parts.push(Part::of(segment));
        rest = next;
    }
    parts.push(Part::of(rest));
    parts
}

impl<'a> Part<'a> {
    #[inline(never)]
    fn of(segment: &'a str) -> Self {
        match segment {
            "*" => Self::Any,
            "**" => Self::AnyNumberOf,
            name => {
                let words = words(name);
                if words.is_empty() { Self::Exactly(name) } else { Self::Named(words) }
            }
        }
    }

    fn is(&self, segment: &str) -> bool {
        match self {
            Self::Any | Self::AnyNumberOf => true,
            Self::Named(name) => *name == words(segment),
            Self::Exactly(name) => *name == segment,
        }
    }
}

/// Both texts are gone through once, with one place to come back to: the last `**`.
#[inline(never)]
fn matches(pattern: &[Part<'_>], segments: &[&str]) -> bool {
    let (mut at, mut segment, mut back) = (0, 0, None);
    while segment < segments.len() {
        match (pattern.get(at), segments.get(segment)) {
            (Some(Part::AnyNumberOf), _) => {
                back = Some((at, segment));
                at += 1;
            }
            (Some(part), Some(name)) if part.is(name) => (at, segment) = (at + 1, segment + 1),
            _ => {
                let Some((any, from)) = back else { return false };
                back = Some((any, from + 1));
                (at, segment) = (any + 1, from + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|part| matches!(part, Part::AnyNumberOf))
}

/// `Some(None)`: this end is open.
fn bound(text: &str) -> Option<Option<Bound>> {
    let text = trimmed(text);
    if text.is_empty() { Some(None) } else { Some(Some(number(text)?)) }
}

#[inline(never)]
fn number(text: &str) -> Option<Bound> {
    let text = trimmed(text);
    if let Some(number) = Decimal::parse(text) {
        return Some((number, None));
    }
    let (number, measure) = decimal::with_unit(text)?;
    Some((number, Some(measure)))
}

/// `None`: they measure different things.
#[inline(never)]
fn compare((one, measure): &Bound, (other, other_measure): &Bound) -> Option<Ordering> {
    (measure == other_measure).then(|| one.compare(other))
}

/// What is wrong with the first range that is none.
pub(crate) fn wrong(ranges: &[String]) -> Option<String> {
    let wrong = ranges.iter().find(|range| Range::parse(range).is_none())?;
    Some(text!("expected ranges such as `**/timeout-s = 1..30`, found `{}`", cut(wrong)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::text;

    #[test]
    fn a_range_is_a_pointer_and_two_ends() {
        for said in ["**/timeout-s = 1..30", "a/*/b=..5", "/a = 1s..2m", "a = -5..", "a=0.5..0.5"] {
            assert!(Range::parse(said).is_some(), "{said}");
        }
        for said in ["", "a", "a = 5", "a = ..", "a = 5..1", "a = x..y", "a = 1s..2Mi", "a = 1..2s"] {
            assert!(Range::parse(said).is_none(), "{said}");
        }
    }

    #[test]
    fn a_pointer_is_matched_segment_by_segment() {
        let is = |pattern: &str, pointer: &str| matches(&parts(pattern), &keys::segments(pointer));
        assert!(is("**/timeout-s", "/timeoutS") && is("**/timeout-s", "/a/0/b/timeout_s"));
        assert!(is("a/*/b", "/a/0/b") && !is("a/*/b", "/a/b") && !is("a/*/b", "/a/0/1/b"));
        assert!(is("a/**/b/**/c", "/a/b/x/b/y/c") && !is("a/**/b/c", "/a/b/x"));
        assert!(is("a/**", "/a/b/c") && is("a/3", "/a/3") && !is("a/3", "/a/4"));
        assert!(!is("**/timeout-s", "/timeout-s/0") && !is("**/timeout-s", "/timeout"));
        let deep = "/a".repeat(5_000);
        assert!(!is("**/a/**/a/**/b", &deep));
    }

    #[test]
    fn values_are_weighed_at_both_ends() {
        let judge = |said, value| Range::parse(said).and_then(|range| range.judge(&text(value), Sort::Typed));
        for (value, expect) in
            [("1", None), ("30", None), ("30.1", Some(Weight::Hard)), ("0", Some(Weight::Hard))]
        {
            assert_eq!(judge("a = 1..30", value), expect, "{value}");
        }
        assert_eq!(judge("a = -5..5", "-6"), Some(Weight::Hard));
        assert_eq!(judge("a = 1s..1m", "90s"), Some(Weight::Hard));
        assert_eq!(judge("a = 1s..1m", "30"), Some(Weight::Soft));
        assert_eq!(judge("a = 1..30", "many"), Some(Weight::Soft));
        assert_eq!(judge("a = 1..30", "1e9"), Some(Weight::Soft));
    }
}
