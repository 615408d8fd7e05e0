//! Names as words, so that `prod`, `Production` and `prod-eu-1` are known for what they are, and `product` is not.
//!
//! What is done with them is in `environment` and `values`.

use interlock_guest::{Texts, is_same, trimmed};

use crate::settings::Limits;

/// The lower-case words of a name. Digits at the end are not part of a word, unless it is all digits: `prod2` is `prod`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before_is_small = false;
    for letter in name.chars() {
        let is_letter = !letter.is_ascii() || letter.is_ascii_alphanumeric();
        if !is_letter || (before_is_small && letter.is_ascii_uppercase()) {
            finish(&mut word, &mut words);
        }
        if is_letter {
            word.push(letter.to_ascii_lowercase());
        }
        before_is_small = letter.is_ascii_lowercase();
    }
    finish(&mut word, &mut words);
    words
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    let found = core::mem::take(word);
    let without_digits = found.trim_end_matches(|letter: char| letter.is_ascii_digit());
    match without_digits.is_empty() {
        true if found.is_empty() => {}
        true => words.push(found),
        false => words.push(without_digits.into()),
    }
}

/// The names of one group of aliases.
pub(crate) fn alias(group: &str) -> impl Iterator<Item = &str> {
    group.split('=').map(trimmed)
}

/// Whether a list of single words holds this one.
pub(crate) fn holds(list: &Texts, word: &str) -> bool {
    list.iter().any(|known| is_same(known, word))
}

/// What a name says of where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// In production.
    Production,
    /// Surely not: `staging`, `prod-copy`, `pre-prod`.
    Elsewhere,
    /// Nothing.
    Open,
}

pub(crate) fn side(words: &[String], limits: &Limits) -> Side {
    if words.iter().any(|word| holds(&limits.other_words, word)) {
        Side::Elsewhere
    } else if words.iter().any(|word| holds(&limits.production_words, word)) {
        Side::Production
    } else {
        Side::Open
    }
}

/// An environment's name as words, with the first name of a group for each other name of it.
pub(crate) fn canonical(name: &str, limits: &Limits) -> Vec<String> {
    let own = words(name);
    if let Some(first) = first_of(&own, limits) {
        return first;
    }
    let mut canonical = Vec::new();
    for word in own {
        match first_of(core::slice::from_ref(&word), limits) {
            Some(first) => canonical.extend(first),
            None => canonical.push(word),
        }
    }
    canonical
}

#[inline(never)]
fn first_of(name: &[String], limits: &Limits) -> Option<Vec<String>> {
    let mut groups = limits.aliases.iter();
    let group = groups.find(|group| alias(group).any(|known| words(known) == name))?;
    alias(group).next().map(words)
}

/// Whether two names can mean one environment: they are the same, or one only adds where in it (`prod-eu-1`).
pub(crate) fn is_one(one: &str, other: &str, limits: &Limits) -> bool {
    let names = [canonical(one, limits), canonical(other, limits)];
    match &names {
        // Names without a word, such as `*`.
        [one_words, other_words] if one_words.is_empty() || other_words.is_empty() => is_same(one, other),
        [one, other] => adds_where(one, other, limits) || adds_where(other, one, limits),
    }
}

fn adds_where(whole: &[String], part: &[String], limits: &Limits) -> bool {
    let added: Vec<String> = part.iter().filter(|word| !whole.contains(word)).cloned().collect();
    whole.iter().all(|word| part.contains(word)) && side(&added, limits) == Side::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words() {
        assert_eq!(words("acme-Prod_db.eu-1"), ["acme", "prod", "db", "eu", "1"]);
        assert_eq!(words("databaseUrl"), ["database", "url"]);
        assert_eq!(words("PROD2"), ["prod"]);
        assert_eq!(words("reproduce products"), ["reproduce", "products"]);
        assert_eq!(words("生产-1"), ["生产", "1"]);
        assert_eq!(words("*/"), [""; 0]);
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
        let side = |name: &str| side(&words(name), &limits);
        assert_eq!(side("prod-db-1"), Side::Production);
        for name in ["pre-prod", "prod-copy", "staging", "not-production"] {
            assert_eq!(side(name), Side::Elsewhere, "{name}");
        }
        assert_eq!(side("product-reproduce"), Side::Open);
    }
}
