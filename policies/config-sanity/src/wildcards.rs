//! `match-all` and `auth-wildcard`: values that mean everything, or everybody.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::items;
use crate::keys::{self, Names, Near, own};
use crate::reading::{File, Reading, Weight, is_one_of};
use crate::told::{Spot, Told, place, shown, was_and_is};

pub(crate) const MATCH_ALL: Rule = Rule {
    id: "match-all",
    title: "nothing that selects selects everything",
    help: "one entry that matches everything outweighs all the others, and looks as small as they do",
    remedy: "name what is meant; if everything is, say so in a change that goes out in stages",
    origin: Some(
        "2009-01-31 Google Search: a list of harmful sites got the entry `/`, which every address matches",
    ),
    strictest: Verdict::Block,
};

pub(crate) const AUTH_WILDCARD: Rule = Rule {
    id: "auth-wildcard",
    title: "nobody is let in by a wildcard",
    help: "who may do what is the last thing to leave open, and the first that is looked for",
    remedy: "name the principals, roles, scopes or origins that are meant, one by one",
    origin: Some(
        "2023-11-12 Alibaba Cloud: a configuration of authentication was changed everywhere at once",
    ),
    strictest: Verdict::Block,
};

/// How much a value means. The order is the order of harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    /// What it says.
    One,
    /// Every path there is, and a path like others where nothing is held back.
    Root,
    /// Whatever begins or ends so.
    Part,
    /// Anything, in a place where that word is no mode of matching.
    Word,
    /// Everything.
    All,
    /// Every address there is; it needs no key to be understood.
    AllAddresses,
}

#[inline(never)]
pub(crate) fn wildcards(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let (mut match_all, mut auth) = (Told::new(&MATCH_ALL, reading), Told::new(&AUTH_WILDCARD, reading));
    for (file, edit) in reading.edits() {
        let Some(after) = widened(edit) else { continue };
        if was_there(file, edit) {
            continue;
        }
        let told = if lets_in(reading, &edit.pointer, after) {
            &mut auth
        } else if selects_all(reading, &edit.pointer, after) {
            &mut match_all
        } else {
            continue;
        };
        told.tell(Weight::Hard, Spot::in_file(file.file, &edit.pointer), || match &edit.before {
            Some(before) => was_and_is(&edit.pointer, before, after, ""),
            None => text!("{} is new, and is {}", place(&edit.pointer), shown(&edit.pointer, after)),
        });
    }
    match_all.give(all);
    auth.give(all);
}

/// The new value of an edit, if it means more than the old one.
fn widened(edit: &Edit) -> Option<&Scalar> {
    let after = edit.after.as_ref()?;
    let after_breadth = breadth(after);
    if after_breadth == Breadth::One {
        return None;
    }
    let before = edit.before.as_ref();
    let is_wider = match before.map(breadth) {
        None => true,
        Some(Breadth::Part) if after_breadth == Breadth::Part => {
            before.known_and(|before| fixed_part(&after.text).len() < fixed_part(&before.text).len())
        }
        Some(before_breadth) => after_breadth > before_breadth,
    };
    is_wider.then_some(after)
}

fn fixed_part(pattern: &str) -> &str {
    let mut rest = trimmed(pattern);
    while let Some(shorter) = rest.strip_prefix('*').or_else(|| rest.strip_suffix('*')) {
        rest = shorter;
    }
    rest
}

/// A wildcard that only changed its place in a list.
fn was_there(file: &File<'_>, edit: &Edit) -> bool {
    file.items.moved(edit) && items::was_elsewhere(edit, file.file)
}

/// Whether a value opens what an authentication or an authorisation names.
fn lets_in(reading: &Reading<'_>, pointer: &str, value: &Scalar) -> bool {
    let names = &reading.limits.auth_keys;
    match breadth(value) {
        Breadth::AllAddresses | Breadth::All | Breadth::Part => names.along(pointer),
        // `auth: { satisfy: any }` says how to combine, `roles: any` says who.
        Breadth::Word => names.ends(&own(pointer)),
        Breadth::Root | Breadth::One => false,
    }
}

/// Whether everything is meant by a value here, and is no ordinary answer.
fn selects_all(reading: &Reading<'_>, pointer: &str, value: &Scalar) -> bool {
    let limits = reading.limits;
    if limits.match_all_free_keys.along(pointer) {
        return false;
    }
    match breadth(value) {
        Breadth::AllAddresses => true,
        Breadth::All => limits.selector_keys.along(pointer),
        Breadth::Word => {
            let own = own(pointer);
            limits.selector_keys.ends(&own) && !MODES.ends(&own)
        }
        Breadth::Root => {
            let near = Near::of(pointer);
            limits.deny_list_keys.within(&near.own) || limits.deny_list_keys.within(&near.above)
        }
        Breadth::Part | Breadth::One => false,
    }
}

/// Keys whose `any` and `all` join conditions, and select nothing.
static MODES: Names = Names::Own(&["match", "matcher", "matchers", "matches", "selector", "selectors"]);

fn breadth(value: &Scalar) -> Breadth {
    match value.kind {
        ScalarKind::Text => breadth_of(trimmed(&value.text)),
        ScalarKind::Null
        | ScalarKind::Boolean
        | ScalarKind::Integer
        | ScalarKind::Decimal
        | ScalarKind::EmptyMap
        | ScalarKind::EmptyList => Breadth::One,
    }
}

fn breadth_of(text: &str) -> Breadth {
    const EVERYTHING: &[&str] =
        &["*", "**", ".*", ".+", "^.*", ".*$", "^.*$", "^.+$", "(.*)", "^(.*)$", "*:*", "*.*"];
    const EVERYBODY: &[&str] = &["any", "all", "everyone", "everybody", "allusers", "allauthenticatedusers"];
    if is_every_address(text) {
        Breadth::AllAddresses
    } else if text == "/" {
        Breadth::Root
    } else if EVERYTHING.contains(&text) {
        Breadth::All
    } else if is_one_of(text, EVERYBODY) {
        Breadth::Word
    } else if (text.starts_with('*') || text.ends_with('*')) && !text.chars().any(char::is_whitespace) {
        // Blanks make it a timetable, `*/5 * * * *`, or a sentence.
        Breadth::Part
    } else {
        Breadth::One
    }
}

/// `0.0.0.0/0`, `::/0`, and every other way to write a prefix of no bits.
fn is_every_address(text: &str) -> bool {
    let Some((address, bits)) = keys::parted_at(text, b'/') else { return false };
    let is_zero = !bits.is_empty() && bits.bytes().all(|bit| bit == b'0');
    let is_sign = |byte| matches!(byte, b':' | b'.');
    let is_address = address.bytes().any(is_sign) || address == "0";
    is_zero && is_address && address.bytes().all(|byte| byte.is_ascii_hexdigit() || is_sign(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::replaced;

    #[test]
    fn what_means_everything_is_known_however_it_is_written() {
        for (text, expect) in [
            ("*", Breadth::All),
            ("^.*$", Breadth::All),
            ("/", Breadth::Root),
            ("Any", Breadth::Word),
            ("allUsers", Breadth::Word),
            ("0.0.0.0/0", Breadth::AllAddresses),
            ("::/0", Breadth::AllAddresses),
            ("0/0", Breadth::AllAddresses),
            ("10.0.0.0/00", Breadth::AllAddresses),
            ("*.example", Breadth::Part),
            ("team-*", Breadth::Part),
            ("10.0.0.0/8", Breadth::One),
            ("docs/0", Breadth::One),
            ("*/5 * * * *", Breadth::One),
            ("a*b", Breadth::One),
            ("anyone-else", Breadth::One),
            ("", Breadth::One),
        ] {
            assert_eq!(breadth_of(text), expect, "{text}");
        }
    }

    #[test]
    fn only_what_means_more_than_before_is_told() {
        let is_wider = |before, after| widened(&replaced("/a", before, after)).is_some();
        assert!(is_wider("a", "*") && is_wider("a", "a-*") && is_wider("team-a-*", "team-*"));
        assert!(is_wider("any", "*") && is_wider("team-*", "*"));
        assert!(!is_wider("*", "team-*") && !is_wider("team-*", "team-a-*") && !is_wider("*", ".*"));
        assert!(!is_wider("*", "a"));
    }
}
