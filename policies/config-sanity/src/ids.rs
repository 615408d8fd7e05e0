//! `identifier-kind`: an id of another kind of thing than the ids it stands among.
//!
//! What an id names is known by its shape alone: a prefix, a number, a UUID. Ids without such a shape are not judged.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::keys::{self, holds, own, parent};
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
pub(crate) fn other_kinds(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&IDENTIFIER_KIND, reading);
    for (file, edit) in reading.edits() {
        let Some(after) = edit.after.as_ref() else { continue };
        let Some(is) = kind(after) else { continue };
        // Most ids are of the kind they were, whatever their key is.
        if edit.before.known_and(|before| !is_another(before, is)) {
            continue;
        }
        let own = own(&edit.pointer);
        if !reading.limits.id_keys.ends(&own) || file.items.moved(edit) {
            continue;
        }
        let Some(was) = expected(file, edit).filter(|was| is_another(was, is)) else { continue };
        told.tell(weight(&own, was), Spot::in_file(file.file, &edit.pointer), || {
            let (was, is) = (shown(&edit.pointer, was), shown(&edit.pointer, after));
            text!("{} is {is}, another kind of id than {was}, which stood there", place(&edit.pointer))
        });
    }
    told.give(all);
}

fn is_another(was: &Scalar, is: IdKind<'_>) -> bool {
    kind(was).known_and(|was| *was != is)
}

/// `subnet-id` says what its ids are of. Under another key an id may name one of several things.
fn weight(own: &str, was: &Scalar) -> Weight {
    match kind(was) {
        Some(IdKind::Of(word)) if holds(own, word) => Weight::Hard,
        Some(IdKind::Of(_) | IdKind::Number | IdKind::Uuid) | None => Weight::Soft,
    }
}

/// What stood at the place of an id: the id before, or, where it is new in a list, the first one that went from the list.
fn expected<'a>(file: &File<'a>, edit: &'a Edit) -> Option<&'a Scalar> {
    if let Some(before) = &edit.before {
        return Some(before);
    }
    let (list, _) = parent(&edit.pointer).filter(|(_, last)| keys::is_index(last))?;
    for other in file.values().take(NEARBY_MAX) {
        if let (Some(before), Some((other, _))) = (&other.before, parent(&other.pointer))
            && other == list
        {
            return Some(before);
        }
    }
    None
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
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let mut parts = text.as_bytes().split(|byte| *byte == b'-');
    let has_part = |length: &usize| {
        parts.next().known_and(|part| part.len() == *length && part.iter().all(u8::is_ascii_hexdigit))
    };
    LENGTHS.iter().all(has_part) && parts.next().is_none()
}

/// The word before what a machine made. A name that people gave has no digits behind its last dash, or nothing else.
fn prefix(text: &str) -> Option<&str> {
    if let Some((path, rest)) = at_last_sign(text) {
        let word = at_last_sign(path).map_or(path, |(_, word)| word);
        return (is_word(word) && rest.bytes().any(|byte| byte.is_ascii_digit())).then_some(word);
    }
    let at = text.bytes().position(|byte| matches!(byte, b'-' | b'_'))?;
    let (word, rest) = (text.get(..at)?, text.get(at + 1..)?);
    let is_made = rest.len() >= ID_REST_MIN
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && rest.bytes().any(|byte| byte.is_ascii_alphabetic());
    (is_word(word) && is_made).then_some(word)
}

/// What stands before and behind the last colon or slash.
#[inline(never)]
fn at_last_sign(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| matches!(byte, b':' | b'/'))?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_an_id_is_its_shape() {
        for (text, expect) in [
            ("12345", Some(IdKind::Number)),
            ("0c4f2f5e-1f0a-4d55-9d5c-6f0a4d559d5c", Some(IdKind::Uuid)),
            ("0c4f2f5e1-1f0a-4d55-9d5c-6f0a4d559d5c", None),
            ("0c4f2f5e-1f0a-4d55-9d5c-6f0a4d559d5c-0c4f", None),
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
