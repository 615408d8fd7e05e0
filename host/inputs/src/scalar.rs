//! What an unquoted YAML scalar may be: `true`, `false`, a plain decimal integer, or text that no reader takes for
//! anything else.
//!
//! YAML 1.1 and 1.2 readers, and the readers that are neither, disagree about numbers, times, booleans and nulls:
//! `17:44` is the number 1064 to one of them. The rules here are wider than any one reader's: what might be read
//! differently must be quoted.

/// How an unquoted scalar reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    Bool(bool),
    /// In the one form all readers share. Its range is still to be checked.
    Integer,
    /// `null`, `~` and their spellings.
    Null,
    Text,
    /// Readers differ; the text says what some of them see.
    Doubtful(&'static str),
}

/// Words some reader takes for a boolean, whatever their case.
const BOOLEANS: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n"];
/// Words some reader takes for a number, whatever their case.
const NUMBERS: &[&str] = &[
    ".inf",
    "-.inf",
    "+.inf",
    ".nan",
    "inf",
    "-inf",
    "+inf",
    "nan",
    "-nan",
    "+nan",
    "infinity",
    "-infinity",
    "+infinity",
];
/// Characters of which numbers, times and dates are made, in one reader or another: decimal, octal, hexadecimal and
/// binary with their marks, exponents, sexagesimals, thousands with `_` or `,`, dates with `T`, `Z` and spaces.
const NUMERIC: &str = "0123456789abcdefABCDEFxXoOpPtTzZ_,.:+- \t";

/// How an unquoted scalar reads, here and elsewhere.
pub(crate) fn plain(text: &str, in_flow: bool) -> Plain {
    match text {
        "true" => return Plain::Bool(true),
        "false" => return Plain::Bool(false),
        "~" | "null" | "Null" | "NULL" | "" => return Plain::Null,
        "=" => return Plain::Doubtful("the default value mark to some readers"),
        "<<" => return Plain::Doubtful("the merge mark to some readers"),
        _ => {}
    }
    if crate::node::is_integer(text) {
        return Plain::Integer;
    }
    match doubt(text, in_flow) {
        Some(doubt) => Plain::Doubtful(doubt),
        None => Plain::Text,
    }
}

fn doubt(text: &str, in_flow: bool) -> Option<&'static str> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let starts_numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if is_one_of(BOOLEANS) {
        Some("a boolean to some readers")
    } else if is_one_of(&["null"]) {
        Some("nothing to some readers")
    } else if is_one_of(NUMBERS) || (starts_numeric && text.chars().all(|c| NUMERIC.contains(c))) {
        Some("a number, a date or a time to some readers")
    } else if text.starts_with([':', '?']) {
        Some("a key or a symbol to some readers")
    } else if in_flow && text.contains('?') {
        Some("two things to some readers, inside brackets")
    } else if text.contains(['\n', '\t']) {
        Some("several lines, or has a tab in it")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_nobody_mistakes_needs_no_quotes() {
        for text in [
            "config",
            "Asia/Shanghai",
            "cn-hangzhou",
            "sha256:0a1b",
            "https://a.example/b?c=d",
            "/canary",
            "a b c",
            "3 regions",
            "10.0.0.1/24",
            "90m",
            "1st",
            "v1.2",
            "日本",
            "-name",
            ".hidden",
            "*.example",
            "yes please",
            "nobody",
            "e3",
        ] {
            assert_eq!(plain(text, false), Plain::Text, "{text}");
        }
    }

    #[test]
    fn what_readers_disagree_about_must_be_quoted() {
        for text in [
            "yes",
            "NO",
            "On",
            "y",
            "True",
            "nULL",
            "010",
            "0o10",
            "0x1F",
            "0b1",
            "1_000",
            "1,000",
            "17:44",
            "1:30:00",
            "2023-11-12",
            "2023-11-12T17:44Z",
            "2001-12-14 21:59:43.10 -5",
            "1e3",
            "1.10",
            "-0",
            "+1",
            "1.",
            ".5",
            ".nan",
            "-.INF",
            "nan",
            "Infinity",
            "=",
            "<<",
            ":a",
            "?a",
            "5d",
            "a\nb",
            "a\tb",
        ] {
            assert!(matches!(plain(text, false), Plain::Doubtful(_)), "{text}");
        }
        assert!(matches!(plain("a?b", true), Plain::Doubtful(_)));
        assert_eq!(plain("~", false), Plain::Null);
        assert_eq!(plain("-7", false), Plain::Integer);
    }
}
