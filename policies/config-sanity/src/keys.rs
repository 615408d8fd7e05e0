//! Keys as words, so that `targetPort`, `target_port` and `target-port` are one name, and pointers as keys.
//!
//! Which names mean what is in the settings; here is only how a name and a key are compared.

use std::cell::OnceCell;

use interlock_guest::{Fact as _, Texts, is_capital, plain};

/// The lower-case words of a key. Digits at the end of a word are not part of it: `port2` is a port.
#[inline(never)]
pub(crate) fn words(key: &str) -> Vec<String> {
    // Most keys are, and cost a tenth of the fuel.
    if key.bytes().all(|byte| byte.is_ascii() && byte != b'~') {
        return ascii_words(key.as_bytes());
    }
    let letters = letters(key);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for (index, letter) in letters.iter().copied().enumerate() {
        let next = letters.get(index + 1).copied();
        if !is_of_a_word(letter) || starts_a_word(before, letter, next) {
            finish(&mut plain(&word), &mut words);
            word.clear();
        }
        if is_of_a_word(letter) {
            word.push(letter);
        }
        before = Some(letter);
    }
    finish(&mut plain(&word), &mut words);
    words
}

/// The same where a letter is a byte.
fn ascii_words(key: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = b'-';
    for (index, byte) in key.iter().copied().enumerate() {
        let starts = byte.is_ascii_uppercase() && {
            let next = key.get(index + 1);
            before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || next.known_and(|next| next.is_ascii_lowercase())
        };
        if starts || !byte.is_ascii_alphanumeric() {
            finish(&mut word, &mut words);
        }
        if byte.is_ascii_alphanumeric() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
        before = byte;
    }
    finish(&mut word, &mut words);
    words
}

/// The letters of a key. In a pointer `~1` is a slash and `~0` a tilde; both part words, so both are a slash here.
fn letters(key: &str) -> Vec<char> {
    let mut letters = Vec::new();
    for letter in key.chars() {
        match (letters.last_mut(), letter) {
            (Some(tilde @ '~'), '0' | '1') => *tilde = '/',
            _ => letters.push(letter),
        }
    }
    letters
}

/// The `P` of `targetPort`, and the second one of `HTTPPort`.
fn starts_a_word(before: Option<char>, letter: char, next: Option<char>) -> bool {
    let after_a_small_one = matches!(before, Some(before) if is_small(before) || before.is_ascii_digit());
    let before_a_small_one = matches!(next, Some(next) if is_small(next));
    is_capital(letter) && (after_a_small_one || before_a_small_one)
}

/// Where a script has capitals, what is none. Beyond ASCII: Latin, Greek, Cyrillic and Armenian.
fn is_small(letter: char) -> bool {
    match letter {
        '\u{df}'..='\u{587}' | '\u{1d00}'..='\u{1fff}' => is_of_a_word(letter) && !is_capital(letter),
        _ => letter.is_ascii_lowercase(),
    }
}

/// Whether a letter or a digit. Beyond ASCII that is whatever is no sign: std's tables of letters are 4 KB.
fn is_of_a_word(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric();
    }
    !SIGNS.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// What parts words beyond ASCII: blanks, punctuation, symbols and pictures.
#[rustfmt::skip]
static SIGNS: &[(char, char)] = &[
    ('\u{80}', '\u{a9}'), ('\u{ab}', '\u{b1}'), ('\u{b4}', '\u{b4}'), ('\u{b6}', '\u{b8}'), ('\u{bb}', '\u{bb}'),
    ('\u{bf}', '\u{bf}'), ('\u{d7}', '\u{d7}'), ('\u{f7}', '\u{f7}'), ('\u{55a}', '\u{55f}'), ('\u{589}', '\u{58f}'),
    ('\u{5be}', '\u{5be}'), ('\u{60c}', '\u{60f}'), ('\u{61b}', '\u{61f}'), ('\u{66a}', '\u{66d}'), ('\u{6d4}', '\u{6d4}'),
    ('\u{964}', '\u{965}'), ('\u{1680}', '\u{1680}'), ('\u{2000}', '\u{206f}'), ('\u{20a0}', '\u{20cf}'),
    ('\u{2190}', '\u{245f}'), ('\u{2500}', '\u{2775}'), ('\u{2794}', '\u{2bff}'), ('\u{2e00}', '\u{2e7f}'),
    ('\u{3000}', '\u{3004}'), ('\u{3008}', '\u{3020}'), ('\u{3030}', '\u{3030}'), ('\u{303d}', '\u{303f}'),
    ('\u{30fb}', '\u{30fb}'), ('\u{fe10}', '\u{fe6f}'), ('\u{ff01}', '\u{ff0f}'), ('\u{ff1a}', '\u{ff20}'),
    ('\u{ff3b}', '\u{ff40}'), ('\u{ff5b}', '\u{ff65}'), ('\u{ffe0}', '\u{ffff}'), ('\u{1f000}', '\u{1faff}'),
];

fn finish(word: &mut String, words: &mut Vec<String>) {
    while word.as_bytes().last().known_and(|byte| byte.is_ascii_digit()) {
        word.pop();
    }
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The segments of a JSON pointer.
pub(crate) fn segments(pointer: &str) -> impl DoubleEndedIterator<Item = &str> {
    pointer.strip_prefix('/').into_iter().flat_map(|rest| rest.split('/'))
}

/// What stands before and behind a short word. `split_once` is made for long ones, for 4 KB.
pub(crate) fn parted<'a>(text: &'a str, by: &str) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(by.len()).position(|window| window == by.as_bytes())?;
    Some((text.get(..at)?, text.get(at + by.len()..)?))
}

/// Whether a segment is an item's place in a list. A key made of digits looks the same and is treated so.
pub(crate) fn is_index(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// The two nearest keys of a place, as words: its own, or its list's, and the one above.
pub(crate) struct Near {
    pub(crate) own: Vec<String>,
    pub(crate) above: Vec<String>,
}

impl Near {
    #[inline(never)]
    pub(crate) fn of(pointer: &str) -> Self {
        let mut named = segments(pointer).rev().filter(|segment| !is_index(segment)).map(words);
        let own = named.next().into_iter().flatten().collect();
        Self { own, above: named.next().into_iter().flatten().collect() }
    }
}

/// Names of a setting, or of the policy itself.
pub(crate) struct Names<'a> {
    /// Those of the policy are lower-case words with dashes between them, and are compared as they stand.
    own: &'static [&'static str],
    given: &'a [String],
    /// What somebody else wrote, as words: worked out when the first key is compared with it.
    words: OnceCell<Vec<Vec<String>>>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(setting: &'a Texts) -> Self {
        match setting {
            Texts::Default(own) => Self { own, given: &[], words: OnceCell::new() },
            Texts::Given(given) => Self { own: &[], given, words: OnceCell::new() },
        }
    }

    pub(crate) fn new(own: &'static [&'static str]) -> Self {
        Self { own, given: &[], words: OnceCell::new() }
    }

    fn given(&self) -> &[Vec<String>] {
        self.words.get_or_init(|| self.given.iter().map(|name| words(name)).collect())
    }

    /// One of the names is all of it. An empty name is all of an empty key.
    pub(crate) fn is(&self, words: &[String]) -> bool {
        self.own.iter().any(|name| if name.is_empty() { words.is_empty() } else { is_name(words, name) })
            || self.given().iter().any(|name| name == words)
    }

    /// It ends with one of the names: in `idTokenLifetime` the last word says what it is.
    #[inline(never)]
    pub(crate) fn ends(&self, words: &[String]) -> bool {
        self.own.iter().any(|name| ends_with_name(words, name))
            || self.worded().any(|name| words.ends_with(name))
    }

    /// It holds one of the names.
    pub(crate) fn within(&self, words: &[String]) -> bool {
        let up_to = |end: usize| words.get(..end).map_or([].as_slice(), |start| start);
        self.own.iter().any(|name| (1..=words.len()).any(|end| ends_with_name(up_to(end), name)))
            || self.worded().any(|name| words.windows(name.len()).any(|part| part == name.as_slice()))
    }

    /// Some key of the pointer holds one of the names.
    pub(crate) fn along(&self, pointer: &str) -> bool {
        segments(pointer).any(|segment| self.within(&words(segment)))
    }

    fn worded(&self) -> impl Iterator<Item = &Vec<String>> {
        self.given().iter().filter(|name| !name.is_empty())
    }
}

fn is_name(words: &[String], name: &str) -> bool {
    ends_with_name(words, name) && name.bytes().filter(|byte| *byte == b'-').count() + 1 == words.len()
}

/// Whether words end with those of a name. The last word decides nearly always.
fn ends_with_name(words: &[String], name: &str) -> bool {
    let mut rest = name;
    for word in words.iter().rev() {
        let Some(before) = rest.strip_suffix(word.as_str()) else { return false };
        match before.strip_suffix('-') {
            Some(before) => rest = before,
            None => return before.is_empty() && !name.is_empty(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use interlock_guest::text;

    use super::*;

    #[test]
    fn a_key_is_its_words_however_it_is_written() {
        for key in ["targetPort", "target_port", "target-port", "TargetPort", "target~1port", "target.port2"]
        {
            assert_eq!(words(key), ["target", "port"], "{key}");
        }
        assert_eq!(words("HTTPPort"), ["http", "port"]);
        assert_eq!(words("support"), ["support"]);
        assert_eq!(words("--max_surge-"), ["max", "surge"]);
        assert_eq!(words("12"), [""; 0]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn a_key_has_the_same_words_beyond_ascii_and_within() {
        for key in ["targetPort2", "HTTPPort", "a2B", "ABC", "x_y-z.9", "12", "a1b", "AbCDe", "-9a9-"] {
            // A letter that is a word of its own takes the longer way.
            let longer: Vec<String> = words(&text!("{key}-é"));
            assert_eq!([words(key), vec!["é".into()]].concat(), longer, "{key}");
        }
    }

    #[test]
    fn words_are_parted_beyond_ascii_where_people_part_them() {
        for (key, expect) in [
            ("maxÜberlauf", vec!["max", "überlauf"]),
            ("ΜΕΓΙΣΤΟΣ_ΡΥΘΜΟΣ", vec!["μεγιστοσ", "ρυθμοσ"]),
            ("délai–maximal\u{a0}port", vec!["délai", "maximal", "port"]),
            ("URL地址", vec!["url地址"]),
            ("密码・パスワード／Port2", vec!["密码", "パスワード", "port"]),
            ("cafe\u{301}Port", vec!["cafe\u{301}", "port"]),
        ] {
            assert_eq!(words(key), expect, "{key}");
        }
    }

    #[test]
    fn no_letter_is_a_sign_and_no_blank_a_letter() {
        for letter in '\0'..=char::MAX {
            let is_rare = matches!(letter, '\u{2e2f}' | '\u{1f100}'..='\u{1f189}');
            assert!(!letter.is_alphanumeric() || is_of_a_word(letter) || is_rare, "{letter:?}");
            assert!(!is_of_a_word(letter) || !letter.is_whitespace() && !letter.is_control(), "{letter:?}");
        }
    }

    #[test]
    fn names_are_found_whole_last_or_within() {
        let names = Names::new(&["port", "max-surge", ""]);
        assert!(names.is(&words("port")) && names.is(&words("")) && !names.is(&words("targetPort")));
        assert!(names.ends(&words("targetPort")) && names.ends(&words("rollingMaxSurge")));
        assert!(
            !names.ends(&words("portTimeout")) && !names.ends(&words("support")) && !names.ends(&words(""))
        );
        assert!(names.within(&words("portTimeout")) && !names.within(&words("max-x-surge")));
        assert!(names.along("/a/0/maxSurge/b") && !names.along("/a/0/b"));
    }

    #[test]
    fn names_of_the_policy_and_of_others_are_compared_alike() {
        for name in ["port", "max-surge", "a-b-c", "", "id"] {
            let given = Texts::Given(vec![name.into()]);
            let (own, other) = (Names::new(Box::leak(Box::new([name]))), Names::of(&given));
            for key in [
                "port",
                "targetPort",
                "port-max",
                "maxSurge",
                "rollingMaxSurge",
                "surge",
                "a",
                "aBC",
                "xABC",
                "",
                "id",
                "paid",
            ] {
                let words = words(key);
                assert_eq!(own.is(&words), other.is(&words), "{name} {key}");
                assert_eq!(own.ends(&words), other.ends(&words), "{name} {key}");
                assert_eq!(own.within(&words), other.within(&words), "{name} {key}");
            }
        }
    }

    #[test]
    fn the_nearest_keys_leave_out_places_in_lists() {
        let near = Near::of("/services/3/targetPorts/0");
        assert_eq!((near.own, near.above), (words("targetPorts"), words("services")));
        let root = Near::of("");
        assert!(root.own.is_empty() && root.above.is_empty());
    }
}
