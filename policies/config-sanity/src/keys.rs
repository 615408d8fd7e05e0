//! Keys as words, so that `targetPort`, `target_port` and `target-port` are one name, and pointers as keys.
//!
//! Which names mean what is in the settings; here is only how a name and a key are compared. Both are one text with
//! dashes between the words, `target-port`: lists of words took three times the code, and a text for each word.

use std::ops::Range;

use interlock_guest::finding_types::{SettingKind, SettingScalar};
use interlock_guest::{Fact as _, SettingField, is_capital, plain};

/// The lower-case words of a key. Digits at the end of a word are not part of it: `port2` is a port.
#[inline(never)]
pub(crate) fn words(key: &str) -> String {
    let mut words = String::new();
    let (mut start, mut before) = (0, '-');
    for (at, letter) in key.char_indices() {
        // In a pointer `~1` is a slash and `~0` a tilde; both part words, so both are a slash here.
        let letter = if before == '~' && matches!(letter, '0' | '1') { '/' } else { letter };
        if !is_of_a_word(letter) {
            add(key, start..at, &mut words);
            start = at + letter.len_utf8();
        } else if is_capital(letter) && starts_a_word(before, key, at + letter.len_utf8()) {
            add(key, start..at, &mut words);
            start = at;
        }
        before = letter;
    }
    add(key, start..key.len(), &mut words);
    // Most are, and cost a tenth of the fuel.
    if !words.is_ascii() {
        return plain(&words);
    }
    words.make_ascii_lowercase();
    words
}

/// Puts a part of a key behind other words, without the digits at its end.
#[inline(never)]
fn add(key: &str, part: Range<usize>, words: &mut String) {
    let Some(part) = key.get(part) else { return };
    let Some(last) = part.bytes().rposition(|byte| !byte.is_ascii_digit()) else { return };
    if !words.is_empty() {
        words.push('-');
    }
    words.push_str(part.get(..=last).map_or("", |word| word));
}

/// The `P` of `targetPort`, and the second one of `HTTPPort`: a capital after a small letter, or before one.
#[inline(never)]
fn starts_a_word(before: char, key: &str, after: usize) -> bool {
    let next = key.get(after..).and_then(|rest| rest.chars().next());
    is_small(before) || before.is_ascii_digit() || next.known_and(|next| is_small(*next))
}

/// Where a script has capitals, what is none. Beyond ASCII: Latin, Greek, Cyrillic and Armenian.
#[inline(never)]
fn is_small(letter: char) -> bool {
    match letter {
        '\u{df}'..='\u{587}' | '\u{1d00}'..='\u{1fff}' => is_of_a_word(letter) && !is_capital(letter),
        _ => letter.is_ascii_lowercase(),
    }
}

/// Whether a letter or a digit. Beyond ASCII that is whatever is no sign: std's tables of letters are 4 KB.
fn is_of_a_word(letter: char) -> bool {
    if letter.is_ascii() { letter.is_ascii_alphanumeric() } else { !is_wide_sign(letter) }
}

#[inline(never)]
fn is_wide_sign(letter: char) -> bool {
    SIGNS.iter().any(|(first, last)| (*first..=*last).contains(&letter))
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

/// The place above, and the last segment of a pointer.
pub(crate) fn parent(pointer: &str) -> Option<(&str, &str)> {
    parted_at_last(pointer, b'/')
}

/// What stands before and behind the last such byte. `rsplit_once` is 400 bytes for each way in which it is called.
#[inline(never)]
pub(crate) fn parted_at_last(text: &str, by: u8) -> Option<(&str, &str)> {
    let at = text.as_bytes().iter().rposition(|byte| *byte == by)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The same for the first such byte.
#[inline(never)]
pub(crate) fn parted_at(text: &str, by: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == by)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The segments of a JSON pointer, the last one first.
pub(crate) struct Upwards<'a>(&'a str);

impl<'a> Upwards<'a> {
    pub(crate) fn from(pointer: &'a str) -> Self {
        Self(if pointer.starts_with('/') { pointer } else { "" })
    }
}

impl<'a> Iterator for Upwards<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let (above, last) = parent(self.0)?;
        self.0 = above;
        Some(last)
    }
}

/// The segments of a JSON pointer, the first one first.
#[inline(never)]
pub(crate) fn segments(pointer: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    for segment in Upwards::from(pointer) {
        segments.push(segment);
    }
    segments.reverse();
    segments
}

/// What stands before and behind a short word. `split_once` is made for long ones, for 4 KB.
#[inline(never)]
pub(crate) fn parted<'a>(text: &'a str, by: &str) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(by.len()).position(|window| window == by.as_bytes())?;
    Some((text.get(..at)?, text.get(at + by.len()..)?))
}

/// Whether a segment is an item's place in a list. A key made of digits looks the same and is treated so.
#[inline(never)]
pub(crate) fn is_index(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// The two nearest keys of a place, as words: its own, or its list's, and the one above.
pub(crate) struct Near {
    pub(crate) own: String,
    pub(crate) above: String,
}

impl Near {
    #[inline(never)]
    pub(crate) fn of(pointer: &str) -> Self {
        let mut keys = Upwards::from(pointer);
        Self { own: next_key(&mut keys), above: next_key(&mut keys) }
    }
}

/// The nearest key of a place, as words: its own, or its list's.
#[inline(never)]
pub(crate) fn own(pointer: &str) -> String {
    next_key(&mut Upwards::from(pointer))
}

#[inline(never)]
fn next_key(segments: &mut Upwards<'_>) -> String {
    for segment in segments {
        if !is_index(segment) {
            return words(segment);
        }
    }
    String::new()
}

/// The last of some words, and what stands before it.
#[inline(never)]
pub(crate) fn last_word(words: &str) -> (&str, &str) {
    parted_at_last(words, b'-').map_or(("", words), |parts| parts)
}

/// Names of a setting, or of the policy itself.
pub(crate) enum Names {
    /// Those of the policy are lower-case words with dashes between them, and are compared as they stand.
    Own(&'static [&'static str]),
    /// What somebody else wrote, as words.
    Given(Vec<String>),
}

impl SettingField for Names {
    const KIND: SettingKind = SettingKind::TextList;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        let mut names = Vec::from_setting(values)?;
        for name in &mut names {
            *name = words(name);
        }
        Ok(Self::Given(names))
    }

    fn from_texts(default: &'static [&'static str]) -> Self {
        Self::Own(default)
    }
}

impl Names {
    /// One of the names is all of it. An empty name is all of an empty key.
    pub(crate) fn is(&self, words: &str) -> bool {
        self.any(words, |words, name| words == name)
    }

    /// It ends with one of the names: in `idTokenLifetime` the last word says what it is.
    pub(crate) fn ends(&self, words: &str) -> bool {
        self.any(words, |words, name| {
            let before = words.strip_suffix(name).filter(|_| !name.is_empty());
            before.known_and(|before| before.is_empty() || before.ends_with('-'))
        })
    }

    /// It holds one of the names.
    #[inline(never)]
    pub(crate) fn within(&self, words: &str) -> bool {
        let mut rest = words;
        while !self.any(rest, begins_with) {
            let Some((_, next)) = parted_at(rest, b'-') else { return false };
            rest = next;
        }
        true
    }

    /// Some key of the pointer holds one of the names.
    #[inline(never)]
    pub(crate) fn along(&self, pointer: &str) -> bool {
        for segment in Upwards::from(pointer) {
            if self.within(&words(segment)) {
                return true;
            }
        }
        false
    }

    /// One loop for each way to compare, wherever the names are from.
    #[inline(never)]
    fn any(&self, words: &str, fits: fn(&str, &str) -> bool) -> bool {
        match self {
            Self::Own(names) => names.iter().any(|name| fits(words, name)),
            Self::Given(names) => names.iter().any(|name| fits(words, name)),
        }
    }
}

/// Whether words hold those of a name.
pub(crate) fn holds(words: &str, name: &str) -> bool {
    let mut rest = words;
    while !begins_with(rest, name) {
        let Some((_, next)) = parted_at(rest, b'-') else { return false };
        rest = next;
    }
    true
}

/// Whether words begin with those of a name. A pointer of words, `/pools/0/max-surge`, has slashes too.
pub(crate) fn begins_with(words: &str, name: &str) -> bool {
    let rest = words.strip_prefix(name).filter(|_| !name.is_empty());
    rest.known_and(|rest| matches!(rest.as_bytes().first(), None | Some(b'-' | b'/')))
}

#[cfg(test)]
mod tests {
    use interlock_guest::text;

    use super::*;

    #[test]
    fn a_key_is_its_words_however_it_is_written() {
        for key in ["targetPort", "target_port", "target-port", "TargetPort", "target~1port", "target.port2"]
        {
            assert_eq!(words(key), "target-port", "{key}");
        }
        assert_eq!(words("HTTPPort"), "http-port");
        assert_eq!(words("support"), "support");
        assert_eq!(words("--max_surge-"), "max-surge");
        assert_eq!(words("12"), "");
        assert_eq!(words(""), "");
    }

    #[test]
    fn a_key_has_the_same_words_beyond_ascii_and_within() {
        for key in ["targetPort2", "HTTPPort", "a2B", "ABC", "x_y-z.9", "12", "a1b", "AbCDe", "-9a9-"] {
            // A letter that is a word of its own takes the longer way.
            let longer = words(&text!("é-{key}"));
            assert_eq!(text!("é-{}", words(key)).trim_end_matches('-'), longer, "{key}");
        }
    }

    #[test]
    fn words_are_parted_beyond_ascii_where_people_part_them() {
        for (key, expect) in [
            ("maxÜberlauf", "max-überlauf"),
            ("ΜΕΓΙΣΤΟΣ_ΡΥΘΜΟΣ", "μεγιστοσ-ρυθμοσ"),
            ("délai–maximal\u{a0}port", "délai-maximal-port"),
            ("URL地址", "url地址"),
            ("密码・パスワード／Port2", "密码-パスワード-port"),
            ("cafe\u{301}Port", "cafe\u{301}-port"),
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
        let names = Names::Own(&["port", "max-surge", ""]);
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
            let own = Names::Own(Box::leak(Box::new([name])));
            let Ok(other) = Names::from_setting(&[SettingScalar::Text(name.into())]) else {
                panic!("{name}")
            };
            for key in [
                "port",
                "targetPort",
                "port-max",
                "maxSurge",
                "rollingMaxSurge",
                "surge",
                "a",
                "ports",
                "aBC",
                "aBCd",
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
