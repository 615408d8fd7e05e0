//! `limits-contradict`: of two limits that belong together, the one that is to be lower is higher.
//!
//! Only what changed is seen: both limits have to be in the difference. Which words make a pair is in the settings.

use interlock_guest::prelude::*;

use crate::decimal::{self, Decimal};
use crate::keys::{self, words};
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
    low: Vec<String>,
    high: Vec<String>,
}

/// A number, and its place as words: a list for each segment, in which an item's number is one word.
struct Limit<'a> {
    edit: &'a Edit,
    value: &'a Scalar,
    place: Vec<Vec<String>>,
}

#[inline(never)]
pub(crate) fn contradictions(reading: &Reading<'_>) -> Vec<Finding> {
    let mut told = Told::new(&LIMITS_CONTRADICT, reading);
    // Whoever changed one number changed no pair of them.
    let of_several =
        |file: &&File<'_>| file.values().filter(|edit| is_limit(file.sort, edit)).nth(1).is_some();
    let files: Vec<&File<'_>> = reading.files.iter().filter(of_several).collect();
    if files.is_empty() {
        return vec![];
    }
    let pairs: Vec<Pair> = reading.limits.limit_pairs.iter().filter_map(Pair::parse).collect();
    for file in files {
        let limits = limits(file, &pairs);
        for pair in &pairs {
            for low in &limits {
                let Some(wanted) = pair.partner(&low.place) else { continue };
                let partner = limits.iter().find(|limit| limit.place == wanted);
                let Some(high) = partner.filter(|high| is_above(file.sort, low.value, high.value)) else {
                    continue;
                };
                told.tell(Weight::Hard, Spot::in_file(file.file, &low.edit.pointer), || {
                    let [is, limit] = [low, high].map(|it| shown(reading, &it.edit.pointer, it.value));
                    let (place, other) = (place(&low.edit.pointer), place(&high.edit.pointer));
                    text!("{place} is {is}, more than {other}, which is {limit}")
                });
            }
        }
    }
    told.findings()
}

/// The numbers of a file that are one of a pair, after the change.
fn limits<'a>(file: &File<'a>, pairs: &[Pair]) -> Vec<Limit<'a>> {
    let limits = file.values().filter_map(|edit| {
        let value = edit.after.as_ref().filter(|_| is_limit(file.sort, edit))?;
        let place = keys::segments(&edit.pointer).map(segment_words).collect();
        let limit = Limit { edit, value, place };
        pairs.iter().any(|pair| pair.speaks_of(&limit.place)).then_some(limit)
    });
    limits.take(LIMITS_MAX).collect()
}

/// Items have no words; their numbers keep them apart.
fn segment_words(segment: &str) -> Vec<String> {
    if keys::is_index(segment) { vec![segment.to_owned()] } else { words(segment) }
}

fn is_limit(sort: Sort, edit: &Edit) -> bool {
    edit.after.known_and(|value| match value.kind {
        ScalarKind::Integer | ScalarKind::Decimal => true,
        ScalarKind::Text => sort != Sort::Evaluated && value.text.starts_with(|c: char| c.is_ascii_digit()),
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

    fn speaks_of(&self, place: &[Vec<String>]) -> bool {
        [&self.low, &self.high].iter().any(|name| place.iter().any(|part| find(part, name).is_some()))
    }

    /// Where the other limit stands, if this is the place of a lower one: the last key with the word has the other word.
    fn partner(&self, place: &[Vec<String>]) -> Option<Vec<Vec<String>>> {
        let (part, at) =
            place.iter().enumerate().rev().find_map(|(part, words)| Some((part, find(words, &self.low)?)))?;
        let mut place = place.to_vec();
        place.get_mut(part)?.splice(at..at + self.low.len(), self.high.iter().cloned());
        Some(place)
    }
}

fn find(words: &[String], name: &[String]) -> Option<usize> {
    words.windows(name.len()).position(|part| part == name)
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
        let place: Vec<_> = keys::segments(pointer).map(segment_words).collect();
        let partner = Pair::parse(pair)?.partner(&place)?;
        Some(partner.iter().map(|part| part.join("-")).collect::<Vec<_>>().join("/"))
    }

    #[test]
    fn the_other_limit_has_the_other_word_at_the_same_place() {
        assert_eq!(partner("min <= max", "/pools/0/minReplicas").as_deref(), Some("pools/0/max-replicas"));
        assert_eq!(
            partner("requests <= limits", "/resources/requests/memory").as_deref(),
            Some("resources/limits/memory")
        );
        assert_eq!(partner("heap-mb <= memory-mb", "/a/heapMb").as_deref(), Some("a/memory-mb"));
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
