//! `version-backwards`: a version or a counter that is lower than it was.

use interlock_guest::prelude::*;
use interlock_guest::{contains, trimmed};

use crate::keys::{Names, own, parent, parted_at, parted_at_last, words};
use crate::reading::{Reading, Weight};
use crate::told::{Spot, Told, was_and_is};

pub(crate) const VERSION_BACKWARDS: Rule = Rule {
    id: "version-backwards",
    title: "no version and no counter goes backwards unnoticed",
    help: "what is older than what runs was right once; readers that saw the newer one ignore it or break on it",
    remedy: "go on from the version that is there; a change that is meant to go back says so with the label `rollback`",
    origin: Some(
        "2025-10-19 AWS DynamoDB: an older plan was written over a newer one, and cleaned away with it",
    ),
    strictest: Verdict::Block,
};

/// Versions of other people's work, which go back and forth as dependencies are resolved.
static LOCKS: Names = Names::Own(&["lock", "sum", "shrinkwrap"]);

/// Words of the labels that say that going back is the point.
static GOES_BACK: Names = Names::Own(&["rollback", "roll-back", "revert", "downgrade"]);

/// A longer text is no version.
const VERSION_BYTES_MAX: usize = 64;

/// A longer text names no image.
const IMAGE_BYTES_MAX: usize = 512;

#[inline(never)]
pub(crate) fn backwards(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&VERSION_BACKWARDS, reading);
    for (file, edit) in reading.edits() {
        let (Some(before), Some(after)) = (&edit.before, &edit.after) else { continue };
        if !is_lower(before, after) || file.items.moved(edit) || is_lock(&file.file.path) {
            continue;
        }
        let Some(weight) = weight(reading, before, &own(&edit.pointer)) else { continue };
        told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
            was_and_is(&edit.pointer, before, after, ", which is older")
        });
    }
    told.give(all);
}

/// A counter only counts up. A program may be meant to go back, and its numbers alone may be a port or a count.
fn weight(reading: &Reading<'_>, before: &Scalar, own: &str) -> Option<Weight> {
    if reading.limits.counter_keys.ends(own) {
        Some(Weight::Hard)
    } else if reading.limits.version_keys.ends(own) && before.kind != ScalarKind::Null {
        (!goes_back(reading.change)).then_some(Weight::Soft)
    } else {
        None
    }
}

fn goes_back(change: &Change) -> bool {
    change.labels.iter().flatten().any(|label| GOES_BACK.within(&words(label)))
}

fn is_lock(path: &str) -> bool {
    LOCKS.within(&words(parent(path).map_or(path, |(_, name)| name)))
}

fn is_lower(before: &Scalar, after: &Scalar) -> bool {
    let is_text =
        |value: &Scalar| matches!(value.kind, ScalarKind::Text | ScalarKind::Integer | ScalarKind::Decimal);
    if !is_text(before) || !is_text(after) {
        return false;
    }
    let (old_image, old_tag) = image(trimmed(&before.text));
    let (new_image, new_tag) = image(trimmed(&after.text));
    match (Version::parse(old_tag), Version::parse(new_tag)) {
        (Some(old), Some(new)) => old_image == new_image && new < old,
        _ => false,
    }
}

/// `registry.example:5000/shop/cart:1.9.0@sha256:..` is an image and its tag. Without a tag, all is the tag.
fn image(text: &str) -> (&str, &str) {
    if text.len() > IMAGE_BYTES_MAX {
        return (text, "");
    }
    let text = parted_at(text, b'@').map_or(text, |(image, _)| image);
    match parted_at_last(text, b':') {
        Some((image, tag)) if !contains(tag, "/") => (image, tag),
        Some(_) | None => ("", text),
    }
}

/// Numbers between dots and dashes, and whether something like `rc1` stands behind them: that is before the release.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    numbers: Vec<u64>,
    is_release: bool,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        if text.len() > VERSION_BYTES_MAX {
            return None;
        }
        let text = text.strip_prefix('v').or_else(|| text.strip_prefix('V')).map_or(text, |rest| rest);
        let (mut numbers, mut is_release) = (Vec::new(), true);
        for part in text.as_bytes().split(|byte| matches!(byte, b'.' | b'-' | b'_')) {
            match number(part) {
                Some(number) if is_release && !part.starts_with(b"+") => numbers.push(number),
                // A part of what came before the release. Two of those are not told apart.
                Some(_) if !is_release => {}
                None if is_before_release(part) && !numbers.is_empty() => is_release = false,
                // `1.2.0-alpine`, `3f2a91c`: nobody knows what comes first.
                Some(_) | None => return None,
            }
        }
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(Self { numbers, is_release })
    }
}

fn number(part: &[u8]) -> Option<u64> {
    let digits = part.strip_prefix(b"+").map_or(part, |rest| rest);
    let mut number = 0_u64;
    for byte in digits {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        // Looked at beforehand: a multiplication that is checked is one of 128 bits.
        let tenfold = (number <= u64::MAX / 10).then(|| number.wrapping_mul(10))?;
        number = tenfold.checked_add(digit.into())?;
    }
    (!digits.is_empty()).then_some(number)
}

fn is_before_release(part: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"rc", b"alpha", b"beta", b"pre", b"dev", b"snapshot"];
    let mut word = part;
    while let [rest @ .., b'0'..=b'9'] = word {
        word = rest;
    }
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::text;

    #[track_caller]
    fn check(before: &str, after: &str, expect: bool) {
        assert_eq!(is_lower(&text(before), &text(after)), expect, "{before} {after}");
    }

    #[test]
    fn versions_are_compared_number_by_number() {
        check("1.10.0", "1.9.0", true);
        check("1.9.0", "1.10.0", false);
        check("v2.0", "v1.9.9", true);
        check("1.2", "1.2.0", false);
        check("1.2.0", "1.2.0-rc1", true);
        check("1.2.0-rc1", "1.2.0", false);
        check("1.2.0-rc2", "1.2.0-rc1", false);
        check("2026-01-02", "2025-12-31", true);
        check("2026010203", "2026010202", true);
        check("3.10", "3.9", true);
    }

    #[test]
    fn what_has_no_order_is_not_compared() {
        check("1.9.0-alpine", "1.8.0", false);
        check("3f2a91c", "1f2a91c", false);
        check("latest", "1.8.0", false);
        check(">= 1.5", ">= 1.4", false);
        check("99999999999999999999", "1", false);
        check("", "1", false);
        check(&"1.".repeat(40), "1", false);
    }

    #[test]
    fn an_image_is_compared_with_itself() {
        check("images.example:5000/cart:1.9", "images.example:5000/cart:1.8", true);
        check("images.example/cart:1.9@sha256:ab", "images.example/cart:1.8@sha256:cd", true);
        check("images.example/cart:1.9", "images.example/till:1.8", false);
        check("images.example:5000/cart", "images.example:4000/cart", false);
    }
}
