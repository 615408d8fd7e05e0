//! What policies do with texts and std does at a price: its own functions know far more than a policy asks for, and are
//! compiled into each of them.

mod lower_case;
mod pieces;

pub use pieces::{AddTo, Number};

use interlock_guest_macro::text;
use lower_case::letters;

/// A name as it is compared: without the blanks around it, and in lower case.
///
/// Letter by letter. `str::to_lowercase` also knows which sigma ends a Greek word, for 5 KB in each policy; here the two
/// are one letter, so that whatever it takes for one name is one name here.
pub fn plain(name: &str) -> String {
    let name = trimmed(name);
    // Nearly every name is, and costs a tenth of the fuel.
    if is_ascii(name) {
        return in_small_letters(name);
    }
    let mut plain = String::new();
    for letter in letters(name) {
        plain.push(letter);
    }
    plain
}

/// A name with ASCII's letters small, and all others as they are.
#[inline(never)]
pub fn in_small_letters(name: &str) -> String {
    let mut small = owned(name);
    small.make_ascii_lowercase();
    small
}

/// Whether a letter is a capital one: it has a small one, as [`plain`] has it.
pub fn is_capital(letter: char) -> bool {
    if letter.is_ascii() { letter.is_ascii_uppercase() } else { lower_case::has_small(letter) }
}

/// One function: written out, it is 200 bytes at each place.
#[inline(never)]
fn is_ascii(text: &str) -> bool {
    text.is_ascii()
}

/// Whether two names are one, as [`plain`] has them.
#[inline(never)]
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (trimmed(one), trimmed(other));
    // Most names that are one are so by ASCII's capitals alone.
    one.eq_ignore_ascii_case(other) || letters(one).eq(letters(other))
}

/// The same of a word of small ASCII letters that stands in a longer text.
pub(crate) fn is_same_ascii(known: &[u8], name: &str) -> bool {
    !known.is_empty() && known.iter().copied().map(char::from).eq(letters(trimmed(name)))
}

/// What `str::trim` leaves, by one function: std's is 700 bytes for each way in which it is called.
#[inline(never)]
pub fn trimmed(text: &str) -> &str {
    let mut rest = text;
    while let Some(shorter) = without_one_blank(rest) {
        rest = shorter;
    }
    rest
}

fn without_one_blank(text: &str) -> Option<&str> {
    let is_ink = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    // Nearly every text is trimmed already.
    if is_ink(text.as_bytes().first()) && is_ink(text.as_bytes().last()) {
        return None;
    }
    BLANKS.iter().find_map(|blank| text.strip_prefix(blank).or_else(|| text.strip_suffix(blank)))
}

/// Unicode's blanks, the usual ones first.
static BLANKS: &[&str] = &[
    " ", "\n", "\t", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{a0}", "\u{1680}", "\u{2000}", "\u{2001}",
    "\u{2002}", "\u{2003}", "\u{2004}", "\u{2005}", "\u{2006}", "\u{2007}", "\u{2008}", "\u{2009}",
    "\u{200a}", "\u{2028}", "\u{2029}", "\u{202f}", "\u{205f}", "\u{3000}",
];

/// Whether a text says nothing: there is none, or only blanks.
pub fn is_blank(text: &str) -> bool {
    trimmed(text).is_empty()
}

/// Whether a short text stands somewhere in another one. `str::contains` is made for long ones, for 7 KB.
pub fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// Texts one after the other, for a message. `join` is 1 KB for each type it joins.
pub fn listed(texts: impl IntoIterator<Item: AsRef<str>>, separator: &str) -> String {
    let mut list = String::new();
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            append(&mut list, separator);
        }
        append(&mut list, text.as_ref());
    }
    list
}

/// The first few of many texts, and how many there are beside them: a message names what helps and stays short.
pub fn first_few(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut few = Few { list: String::new(), others: 0 };
    for text in texts {
        few.add(text.as_ref());
    }
    few.told()
}

/// The first few texts, and the number of the others.
struct Few {
    list: String,
    others: usize,
}

impl Few {
    #[inline(never)]
    fn add(&mut self, text: &str) {
        const BYTES_MAX: usize = 120;
        if self.list.len() > BYTES_MAX {
            self.others += 1;
            return;
        }
        if !self.list.is_empty() {
            append(&mut self.list, ", ");
        }
        append(&mut self.list, text);
    }

    #[inline(never)]
    fn told(self) -> String {
        match self.others {
            0 => self.list,
            others => text!("{} and {others} more", self.list),
        }
    }
}

/// Texts without anything between them.
#[inline(never)]
pub(crate) fn joined(texts: &[&str]) -> String {
    let mut text = String::new();
    for part in texts {
        append(&mut text, part);
    }
    text
}

/// One function: written out, it is 60 bytes at each place.
#[inline(never)]
pub(crate) fn append(list: &mut String, text: &str) {
    list.push_str(text);
}

/// A text of one's own. One function: written out at each text of a manifest, it is what describing a policy mostly is.
#[inline(never)]
pub(crate) fn owned(text: &str) -> String {
    text.into()
}

/// What a message can be made of. `Into<String>` is the same, with the code of a copy at each place where a text stands.
pub trait IntoText {
    /// As a text of its own.
    fn into_text(self) -> String;
}

impl IntoText for String {
    fn into_text(self) -> String {
        self
    }
}

impl IntoText for &str {
    fn into_text(self) -> String {
        owned(self)
    }
}

impl IntoText for &String {
    fn into_text(self) -> String {
        owned(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case() {
        for names in [
            ["A.Nowak", " a.nowak\t"],
            ["ÉMILE", "émile"],
            ["ΟΔΟΣ", "οδος"],
            ["ΟΔΟΣ", "οδοσ"],
            ["İ", "i\u{307}"],
        ] {
            let [one, other] = names.map(plain);
            assert_eq!(one, other);
            assert!(is_same(names[0], names[1]), "{names:?}");
        }
        for [one, other] in [["a.nowak", "a nowak"], ["é", "e"], ["a", ""], ["\u{b}a", "a"]] {
            assert_eq!(is_same(one, other), plain(one) == plain(other), "{one:?} {other:?}");
        }
        assert!(!is_same("a.nowak", "a nowak"));
    }

    #[test]
    fn capital_letters_are_those_that_std_has() {
        for letter in '\0'..=char::MAX {
            // Std leaves out letters that are a capital and a small one, such as `ǅ`.
            let (is_one, of_std) = (is_capital(letter), letter.is_uppercase());
            let has_another = !letter.to_lowercase().eq([letter]);
            assert!(is_one == has_another && (is_one || !of_std || !has_another), "{letter:?}");
        }
        assert!(is_capital('É') && is_capital('İ') && !is_capital('é') && !is_capital('生'));
    }

    #[test]
    fn blanks_are_cut_off_as_std_cuts_them_off() {
        for letter in '\0'..=char::MAX {
            for text in [format!("{letter}a{letter}"), format!(" {letter}\u{a0}é"), letter.to_string()] {
                assert_eq!(trimmed(&text), text.trim(), "{text:?}");
            }
        }
        for text in ["", " a b\t", "\u{3000} \u{a0}é \u{2003}", "\u{200b}a"] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
            assert_eq!(is_blank(text), text.trim().is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_part_is_found_wherever_std_finds_it() {
        for text in ["", "a", "delete", "undelete it", "löschen", "aab"] {
            for part in ["", "a", "delete", "ö", "ab", "delete it, please"] {
                assert_eq!(contains(text, part), text.contains(part), "`{part}` in `{text}`");
            }
        }
    }

    #[test]
    fn of_many_texts_the_first_few_are_named_and_the_others_counted() {
        assert_eq!(first_few(["`a`", "`b`"]), "`a`, `b`");
        assert_eq!(first_few(Vec::<&str>::new()), "");
        let long = "x".repeat(121);
        assert_eq!(first_few([long.as_str(), "b", "c"]), format!("{long} and 2 more"));
    }

    #[test]
    fn texts_are_listed_as_std_joins_them() {
        for texts in [vec![], vec!["a"], vec!["a", "", "b"]] {
            let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
            assert_eq!(listed(&texts, ", "), texts.join(", "));
        }
    }
}
