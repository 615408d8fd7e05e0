//! `limits-contradict`: of two limits that belong together, the one that is to be lower is higher.
//!
//! Only what changed is seen: both limits have to be in the difference. Which words make a pair is in the settings.

use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;

use crate::decimal::{self, Decimal};
use crate::keys::{self, begins_with, words};
use crate::reading::{File, Reading, Sort, Weight};
use crate::told::{Spot, Told, cut, place, shown};

pub(crate) const LIMITS_CONTRADICT: Rule = Rule {
    id: "limits-contradict",
    title: "a limit that has to be lower than another is lower",
    help: "two limits that contradict each other are each right where they stand, and fail when the load comes",
    remedy: "bring the two in order; a pair of words that is none in your house comes out of `limit-pairs`",
    origin: Some(
        "2025-04-16 Spotify: proxies might take more memory than their limit was, and were stopped again and again",
    ),
    strictest: Verdict::Block,
};

/// Most limits of one file that are compared with each other.
const LIMITS_MAX: usize = 64;

/// `min <= max`: a key with the first word has one with the second beside it, which is at least as high.
pub(crate) struct Pair {
    low: String,
    high: String,
}

/// A number, and its place as words, `/pools/0/min-replicas`: an item's number is one word.
struct Limit<'a> {
    edit: &'a Edit,
    value: &'a Scalar,
    place: String,
}

#[inline(never)]
pub(crate) fn contradictions(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&LIMITS_CONTRADICT, reading);
    // Not dropped: the instance ends soon.
    let mut pairs = ManuallyDrop::new(Vec::new());
    for file in &reading.files {
        if !has_several(file) {
            continue;
        }
        if pairs.is_empty() {
            for said in reading.limits.limit_pairs.iter() {
                if let Some(pair) = Pair::parse(said) {
                    pairs.push(pair);
                }
            }
        }
        let limits = ManuallyDrop::new(limits(file, &pairs));
        for pair in pairs.iter() {
            for low in limits.iter() {
                let Some(wanted) = pair.partner(&low.place) else { continue };
                let partner = limits.iter().find(|limit| limit.place == wanted);
                let Some(high) = partner.filter(|high| is_above(file.sort, low.value, high.value)) else {
                    continue;
                };
                told.tell(Weight::Hard, Spot::in_file(file.file, &low.edit.pointer), || {
                    let (is, limit) =
                        (shown(&low.edit.pointer, low.value), shown(&high.edit.pointer, high.value));
                    let (place, other) = (place(&low.edit.pointer), place(&high.edit.pointer));
                    text!("{place} is {is}, more than {other}, which is {limit}")
                });
            }
        }
    }
    told.give(all);
}

/// Whoever changed one number changed no pair of them.
fn has_several(file: &File<'_>) -> bool {
    let mut count = 0_u32;
    for edit in file.values() {
        count += u32::from(is_limit(file.sort, edit));
        if count > 1 {
            return true;
        }
    }
    false
}

/// The numbers of a file that are one of a pair, after the change.
fn limits<'a>(file: &File<'a>, pairs: &[Pair]) -> Vec<Limit<'a>> {
    let mut limits = Vec::new();
    for edit in file.values() {
        if limits.len() == LIMITS_MAX {
            break;
        }
        let Some(value) = edit.after.as_ref().filter(|_| is_limit(file.sort, edit)) else { continue };
        let place = words_of(&edit.pointer);
        if speak_of(pairs, &place) {
            limits.push(Limit { edit, value, place });
        }
    }
    limits
}

/// Whether a place has a word of a pair. Word by word, as most places have none.
#[inline(never)]
fn speak_of(pairs: &[Pair], place: &str) -> bool {
    for (at, byte) in place.bytes().enumerate() {
        if matches!(byte, b'/' | b'-')
            && let Some(rest) = place.get(at + 1..)
            && pairs.iter().any(|pair| begins_with(rest, &pair.low) || begins_with(rest, &pair.high))
        {
            return true;
        }
    }
    false
}

/// A place as words. Items have none; their numbers keep them apart.
#[inline(never)]
fn words_of(pointer: &str) -> String {
    let mut place = String::new();
    for segment in keys::segments(pointer) {
        place.push('/');
        if keys::is_index(segment) {
            place.push_str(segment);
        } else {
            place.push_str(&words(segment));
        }
    }
    place
}

#[inline(never)]
fn is_limit(sort: Sort, edit: &Edit) -> bool {
    edit.after.known_and(|value| match value.kind {
        ScalarKind::Integer | ScalarKind::Decimal => true,
        ScalarKind::Text => sort != Sort::Evaluated && matches!(value.text.as_bytes(), [b'0'..=b'9', ..]),
        ScalarKind::Null | ScalarKind::Boolean | ScalarKind::EmptyMap | ScalarKind::EmptyList => false,
    })
}

/// `None` and `false` are one: what cannot be compared contradicts nothing. A limit of zero or less is no limit.
fn is_above(sort: Sort, low: &Scalar, high: &Scalar) -> bool {
    let is_number = |value: &Scalar| value.kind != ScalarKind::Text || sort == Sort::Untyped;
    let numbers = match (Decimal::parse(&low.text), Decimal::parse(&high.text)) {
        (Some(low_number), Some(high_number)) if is_number(low) == is_number(high) => {
            Some((low_number, high_number))
        }
        _ => decimal::with_units(&low.text, &high.text),
    };
    numbers.known_and(|(low, high)| !high.is_zero() && !high.is_negative() && low.compare(high).is_gt())
}

impl Pair {
    fn parse(said: &str) -> Option<Self> {
        let (low, high) = keys::parted(said, "<=")?;
        let pair = Self { low: words(low), high: words(high) };
        (!pair.low.is_empty() && !pair.high.is_empty() && pair.low != pair.high).then_some(pair)
    }

    /// Where the other limit stands, if this is the place of a lower one: the last key with the word has the other word.
    fn partner(&self, place: &str) -> Option<String> {
        let at = find(place, &self.low)?;
        let (before, after) = (place.get(..at)?, place.get(at + self.low.len()..)?);
        Some(text!("{before}{}{after}", self.high))
    }
}

/// Where a place has a name: in the last key that does, the first time.
#[inline(never)]
fn find(place: &str, name: &str) -> Option<usize> {
    let (mut found, mut is_new_key) = (None, false);
    for (at, byte) in place.bytes().enumerate() {
        is_new_key |= byte == b'/';
        let starts = matches!(byte, b'/' | b'-') && (found.is_unknown() || is_new_key);
        if starts && place.get(at + 1..).known_and(|rest| begins_with(rest, name)) {
            found = Some(at + 1);
            is_new_key = false;
        }
    }
    found
}

/// What is wrong with the first pair that is none.
pub(crate) fn wrong(pairs: &[String]) -> Option<String> {
    let wrong = pairs.iter().find(|pair| Pair::parse(pair).is_none())?;
    Some(text!("expected pairs such as `min <= max`, found `{}`", cut(wrong)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::text;

    fn partner(pair: &str, pointer: &str) -> Option<String> {
        Pair::parse(pair)?.partner(&words_of(pointer))
    }

    #[test]
    fn the_other_limit_has_the_other_word_at_the_same_place() {
        assert_eq!(partner("min <= max", "/pools/0/minReplicas").as_deref(), Some("/pools/0/max-replicas"));
        assert_eq!(
            partner("requests <= limits", "/resources/requests/memory").as_deref(),
            Some("/resources/limits/memory")
        );
        assert_eq!(partner("heap-mb <= memory-mb", "/a/heapMb").as_deref(), Some("/a/memory-mb"));
        assert_eq!(partner("min <= max", "/min/min-a-min/b-2").as_deref(), Some("/min/max-a-min/b"));
        assert_eq!(partner("min <= max", "/a/minute"), None);
        assert!(
            Pair::parse("min < max").is_none()
                && Pair::parse("a <= a").is_none()
                && Pair::parse("<= a").is_none()
        );
    }

    #[test]
    fn only_numbers_of_one_kind_contradict() {
        let above = |low, high| is_above(Sort::Typed, &text(low), &text(high));
        assert!(above("2Gi", "512Mi") && above("500m", "250m"));
        assert!(
            !above("512Mi", "512Mi") && !above("500m", "1") && !above("2Gi", "5s") && !above("1Gi", "0Mi")
        );
        let integer = |text: &str| Scalar { kind: ScalarKind::Integer, text: text.into() };
        assert!(is_above(Sort::Typed, &integer("6"), &integer("5")));
        assert!(!is_above(Sort::Typed, &integer("6"), &integer("-1")));
    }
}
