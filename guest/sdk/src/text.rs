//! What policies do with texts and std does at a price: its own functions know far more than a policy asks for, and are
//! compiled into each of them.

mod lower_case;

/// A name as it is compared: without the blanks around it, and in lower case.
///
/// Letter by letter. `str::to_lowercase` also knows which sigma ends a Greek word, for 5 KB in each policy; here the two
/// are one letter, so that whatever it takes for one name is one name here.
pub fn plain(name: &str) -> String {
    let name = name.trim();
    // Nearly every name is, and costs a tenth of the fuel.
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let mut plain = String::new();
    for letter in name.chars() {
        lower_case::push(&mut plain, if letter == 'ς' { 'σ' } else { letter });
    }
    plain
}

/// Whether two names are one, as [`plain`] has them.
pub fn is_same(one: &str, other: &str) -> bool {
    // Without texts of their own, as long as both are ASCII.
    if one.is_ascii() && other.is_ascii() {
        return one.trim().eq_ignore_ascii_case(other.trim());
    }
    plain(one) == plain(other)
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
    const BYTES_MAX: usize = 120;
    let mut list = String::new();
    let mut others = 0_usize;
    for text in texts {
        if list.len() > BYTES_MAX {
            others += 1;
            continue;
        }
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(text.as_ref());
    }
    if others > 0 {
        list.push_str(&format!(" and {others} more"));
    }
    list
}

/// Texts without anything between them: `format!` is 100 bytes at each place.
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
