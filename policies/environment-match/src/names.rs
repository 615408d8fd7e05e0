//! Names as words, so that `prod`, `Production` and `prod-eu-1` are known for what they are, and `product` is not.
//!
//! A word is not copied out of its name: capital and small letters are one where two are compared. What is done with
//! words is in `environment` and `values`.

use interlock_guest::prelude::*;
use interlock_guest::{AddTo, trimmed};

use crate::settings::Limits;

/// What stands between the bytes that part a text. One type for every sort of text: `str::split` is 1 KB for each.
pub(crate) struct Parts<'a> {
    rest: Option<&'a str>,
    is_between: fn(u8) -> bool,
}

pub(crate) fn parts(text: &str, is_between: fn(u8) -> bool) -> Parts<'_> {
    Parts { rest: Some(text), is_between }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let Some(end) = text.as_bytes().iter().position(|byte| (self.is_between)(*byte)) else {
            return Some(text);
        };
        let (part, rest) = text.split_at_checked(end)?;
        self.rest = rest.get(1..);
        Some(part)
    }
}

/// The words of a name. Digits at the end are not part of a word, unless it is all digits: `prod2` is `prod`.
#[derive(Clone)]
pub(crate) struct Words<'a> {
    rest: &'a str,
}

pub(crate) fn words(name: &str) -> Words<'_> {
    Words { rest: name }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let start = self.rest.as_bytes().iter().position(|byte| is_of_a_word(*byte))?;
        let from_here = self.rest.get(start..)?;
        let mut before_is_small = false;
        let end = from_here.as_bytes().iter().position(|byte| {
            let is_next = before_is_small && byte.is_ascii_uppercase();
            before_is_small = byte.is_ascii_lowercase();
            is_next || !is_of_a_word(*byte)
        });
        let (word, rest) =
            end.and_then(|end| from_here.split_at_checked(end)).map_or((from_here, ""), |it| it);
        self.rest = rest;
        let last_letter = word.as_bytes().iter().rposition(|byte| !byte.is_ascii_digit());
        last_letter.map_or(Some(word), |last| word.get(..=last))
    }
}

fn is_of_a_word(byte: u8) -> bool {
    !byte.is_ascii() || byte.is_ascii_alphanumeric()
}

/// Whether a text has a word at all.
#[inline(never)]
pub(crate) fn has_word(text: &str) -> bool {
    text.bytes().any(is_of_a_word)
}

/// The last word of a name. By a loop: `Iterator::last` is 50 bytes more.
#[inline(never)]
pub(crate) fn last_word(name: &str) -> Option<&str> {
    let mut last = None;
    for word in words(name) {
        last = Some(word);
    }
    last
}

/// Whether two words are one. One function: written out, it is 90 bytes at each place.
#[inline(never)]
pub(crate) fn is_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether these are words of a number: of an index, say.
pub(crate) fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit() || !is_of_a_word(byte))
}

/// The names of one group of aliases.
pub(crate) fn alias(group: &str) -> Parts<'_> {
    parts(group, |byte| byte == b'=')
}

/// The first word of a name that is in a list.
#[inline(never)]
pub(crate) fn first_in<'a>(list: &WordList, name: &'a str) -> Option<&'a str> {
    words(name).find(|word| list.holds(word))
}

/// The word by which a name is in production, if no other takes that meaning away: `prod-copy` is not, nor is `pre-prod`.
#[inline(never)]
pub(crate) fn production<'a>(name: &'a str, limits: &Limits) -> Option<&'a str> {
    // Most have none, and are then not looked up in the longer list.
    first_in(&limits.production_words, name).filter(|_| !is_elsewhere(name, limits))
}

/// Whether a name is surely not in production: `staging`, `prod-copy`.
pub(crate) fn is_elsewhere(name: &str, limits: &Limits) -> bool {
    first_in(&limits.other_words, name).is_some()
}

/// An environment's name, with the first name of a group for each other name of it: `production-eu` for `prod-eu`.
#[inline(never)]
pub(crate) fn canonical<'a>(name: &str, limits: &'a Limits) -> &'a str {
    if let Some(first) = first_of(name, limits) {
        return first;
    }
    let mut canonical = String::new();
    for word in words(name) {
        "-".add_to(&mut canonical);
        first_of(word, limits).map_or(word, |first| first).add_to(&mut canonical);
    }
    // Never dropped: there are three at most, and the instance ends soon.
    canonical.leak()
}

#[inline(never)]
fn first_of<'a>(name: &str, limits: &'a Limits) -> Option<&'a str> {
    let group = limits.aliases.iter().find(|group| has_name(group, name))?;
    alias(group).next().map(trimmed)
}

#[inline(never)]
fn has_name(group: &str, name: &str) -> bool {
    alias(group).any(|known| has_words_of(trimmed(known), name))
}

/// Whether two names are the same words.
fn has_words_of(one: &str, other: &str) -> bool {
    let mut words = words(one);
    start_with(&mut words, other) && words.next().is_none()
}

/// Whether a name's words are the next of others, which are taken.
#[inline(never)]
pub(crate) fn start_with(others: &mut Words<'_>, name: &str) -> bool {
    words(name).all(|word| others.next().known_and(|other| is_word(other, word)))
}

/// Whether two names can mean one environment: they are the same, or one only adds where in it (`prod-eu-1`).
pub(crate) fn is_one(one: &str, other: &str, limits: &Limits) -> bool {
    let (one_name, other_name) = (canonical(one, limits), canonical(other, limits));
    // Names without a word, such as `*`.
    if one_name.is_empty() || other_name.is_empty() {
        return one == other;
    }
    adds_where(one_name, other_name, limits) || adds_where(other_name, one_name, limits)
}

/// Whether one name has all words of the other, and no further one that says for what it is.
#[inline(never)]
fn adds_where(whole: &str, part: &str, limits: &Limits) -> bool {
    let says_for_what = |word: &str| limits.other_words.holds(word) || limits.production_words.holds(word);
    words(whole).all(|word| has(part, word))
        && words(part).all(|word| has(whole, word) || !says_for_what(word))
}

#[inline(never)]
fn has(name: &str, word: &str) -> bool {
    words(name).any(|known| is_word(known, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words() {
        let listed = |name| words(name).collect::<Vec<_>>();
        assert_eq!(listed("acme-Prod_db.eu-1"), ["acme", "Prod", "db", "eu", "1"]);
        assert_eq!(listed("databaseUrl"), ["database", "Url"]);
        assert_eq!(listed("PROD2"), ["PROD"]);
        assert_eq!(listed("reproduce products"), ["reproduce", "products"]);
        assert_eq!(listed("生产-1"), ["生产", "1"]);
        assert_eq!(listed("*/"), [""; 0]);
    }

    #[test]
    fn one_environment_has_many_names() {
        let limits = Limits::default();
        for (one, other) in [
            ("production", "prod"),
            ("Production", " PRD "),
            ("live", "production/eu-west-1"),
            ("prod-eu-1", "production"),
            ("acme-prod", "production"),
            ("pre-prod", "preprod"),
            ("pre-production", "preprod"),
            ("stg2", "staging"),
            ("team-a", "TEAM_A"),
            ("*", "*"),
        ] {
            assert!(is_one(one, other, &limits) && is_one(other, one, &limits), "{one} {other}");
        }
        for (one, other) in [
            ("staging", "production"),
            ("production", "pre-production"),
            ("production", "nonprod"),
            ("prod", "prod-test"),
            ("prod-eu", "prod-us"),
            ("product", "prod"),
            ("staging", "*"),
            ("qa", "uat"),
        ] {
            assert!(!is_one(one, other, &limits) && !is_one(other, one, &limits), "{one} {other}");
        }
    }

    #[test]
    fn another_word_takes_the_meaning_away() {
        let limits = Limits::default();
        let says = |name: &str| (production(name, &limits).is_some(), is_elsewhere(name, &limits));
        assert_eq!(says("prod-db-1"), (true, false));
        for name in ["pre-prod", "prod-copy", "staging", "not-production"] {
            assert_eq!(says(name), (false, true), "{name}");
        }
        assert_eq!(says("product-reproduce"), (false, false));
    }
}
