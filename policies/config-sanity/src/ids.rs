//! `identifier-kind`: an id of another kind of thing than the ids it stands among.
//!
//! What an id names is known by its shape alone: a prefix, a number, a UUID. Ids without such a shape are not judged.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::keys;
use crate::keys::Near;
use crate::reading::{File, Reading, Weight};
use crate::told::{Spot, Told, place, shown};

pub(crate) const IDENTIFIER_KIND: Rule = Rule {
    id: "identifier-kind",
    title: "an id stays the id of the same kind of thing",
    help: "a program that takes an id takes any id, and does to the site what was meant for the app on it",
    remedy: "look each id up, and write those of the kind that the key is for",
    origin: Some(
        "2022-04-05 Atlassian: ids of sites were given where ids of apps were meant, and the sites were deleted",
    ),
    strictest: Verdict::Block,
};

/// A longer text is no id.
const ID_BYTES_MAX: usize = 256;

/// What comes behind a prefix has at least so many letters and digits: `web-1` is a name.
const ID_REST_MIN: usize = 6;

/// What an id names, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IdKind<'a> {
    Number,
    Uuid,
    /// `subnet` of `subnet-0a1b2c3d`, `site` of `ari:cloud:site/17`.
    Of(&'a str),
}

#[inline(never)]
pub(crate) fn other_kinds(reading: &Reading<'_>) -> Vec<Finding> {
    let mut told = Told::new(&IDENTIFIER_KIND, reading);
    for file in &reading.files {
        for edit in file.values() {
            let Some(after) = edit.after.as_ref() else { continue };
            let Some(is) = kind(after) else { continue };
            let is_another = |was: &&Scalar| kind(was).known_and(|was| *was != is);
            // Most ids are of the kind they were, whatever their key is.
            if edit.before.known_and(|before| !is_another(&before)) {
                continue;
            }
            let own = Near::of(&edit.pointer).own;
            if !reading.names.id.ends(&own) || file.items.moved(edit) {
                continue;
            }
            let Some(was) = expected(file, edit).filter(is_another) else { continue };
            told.tell(weight(&own, was), Spot::in_file(file.file, &edit.pointer), || {
                let (was, is) = (shown(reading, &edit.pointer, was), shown(reading, &edit.pointer, after));
                text!("{} is {is}, another kind of id than {was}, which stood there", place(&edit.pointer))
            });
        }
    }
    told.findings()
}

/// `subnet-id` says what its ids are of. Under another key an id may name one of several things.
fn weight(own: &[String], was: &Scalar) -> Weight {
    match kind(was) {
        Some(IdKind::Of(word)) if own.iter().any(|part| part == word) => Weight::Hard,
        Some(IdKind::Of(_) | IdKind::Number | IdKind::Uuid) | None => Weight::Soft,
    }
}

/// What stood at the place of an id: the id before, or, where it is new in a list, the first one that went from the list.
fn expected<'a>(file: &File<'a>, edit: &'a Edit) -> Option<&'a Scalar> {
    if edit.before.as_ref().is_some() {
        return edit.before.as_ref();
    }
    let (list, last) = edit.pointer.rsplit_once('/')?;
    let mut nearby = file.values().take(NEARBY_MAX).filter(|_| keys::is_index(last));
    let went = nearby.find(|other| {
        other.before.as_ref().is_some()
            && other.pointer.rsplit_once('/').known_and(|(other, _)| *other == list)
    });
    went.and_then(|other| other.before.as_ref())
}

/// Most edits that are looked through for another id of the same list.
const NEARBY_MAX: usize = 64;

fn kind(value: &Scalar) -> Option<IdKind<'_>> {
    match value.kind {
        ScalarKind::Integer => Some(IdKind::Number),
        ScalarKind::Text => kind_of(trimmed(&value.text)),
        ScalarKind::Null
        | ScalarKind::Boolean
        | ScalarKind::Decimal
        | ScalarKind::EmptyMap
        | ScalarKind::EmptyList => None,
    }
}

fn kind_of(text: &str) -> Option<IdKind<'_>> {
    if text.is_empty() || text.len() > ID_BYTES_MAX {
        None
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(IdKind::Number)
    } else if is_uuid(text) {
        Some(IdKind::Uuid)
    } else {
        prefix(text).map(IdKind::Of)
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The word before what a machine made. A name that people gave has no digits behind its last dash, or nothing else.
fn prefix(text: &str) -> Option<&str> {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let has = |rest: &str, test: fn(&u8) -> bool| rest.bytes().any(|byte| test(&byte));
    if let Some((path, rest)) = text.rsplit_once([':', '/']) {
        let word = path.rsplit([':', '/']).next()?;
        return (is_word(word) && has(rest, u8::is_ascii_digit)).then_some(word);
    }
    let (word, rest) = text.split_once(['-', '_'])?;
    let is_made = rest.len() >= ID_REST_MIN
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(rest, u8::is_ascii_digit)
        && has(rest, u8::is_ascii_alphabetic);
    (is_word(word) && is_made).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_an_id_is_its_shape() {
        for (text, expect) in [
            ("12345", Some(IdKind::Number)),
            ("0c4f2f5e-1f0a-4d55-9d5c-6f0a4d559d5c", Some(IdKind::Uuid)),
            ("subnet-0a1b2c3d", Some(IdKind::Of("subnet"))),
            ("cus_9s6XKzkNRiZ8i3", Some(IdKind::Of("cus"))),
            ("ari:cloud:site/17", Some(IdKind::Of("site"))),
            ("arn:aws:ec2:eu-west-1:12:subnet/subnet-0a1b2c3d", Some(IdKind::Of("subnet"))),
            ("sha256:0a1b2c3d", None),
            ("acme-20260101", None),
            ("my-project-0a1b2c", None),
            ("web-1", None),
            ("acme-frankfurt", None),
            ("eu1-0a1b2c3d", None),
            ("0a1b2c3d", None),
            ("-0a1b2c3d", None),
            ("", None),
        ] {
            assert_eq!(kind_of(text), expect, "{text}");
        }
        assert_eq!(kind_of(&"1".repeat(300)), None);
    }
}
