//! The text of a value, taken apart: its tokens, and what of a token is a host, a file or like a pattern.
//!
//! By bytes: all that parts a text here is ASCII. What a token means is in `values`.

use crate::names::{Parts, is_word, parts, words};

/// `NODE_ENV` and `production` of `NODE_ENV=production`.
pub(crate) fn assigned(token: &str) -> Option<(&str, &str)> {
    let end = token.as_bytes().iter().position(|byte| !is_of_a_key(*byte))?;
    let (key, rest) = token.split_at_checked(end)?;
    Some((key, rest.strip_prefix('=')?))
}

fn is_of_a_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What stands between blanks and the punctuation of sentences and lists.
pub(crate) struct Tokens<'a> {
    parts: Parts<'a>,
}

pub(crate) fn tokens(text: &str) -> Tokens<'_> {
    let is_between = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"' | b'\'');
    Tokens { parts: parts(text, is_between) }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        self.parts.find_map(bare)
    }
}

/// A token without the marks around it, if more is left.
fn bare(token: &str) -> Option<&str> {
    let is_inside = |byte: &u8| !matches!(byte, b'(' | b')' | b'.' | b':' | b'!' | b'?');
    let first = token.as_bytes().iter().position(is_inside)?;
    let last = token.as_bytes().iter().rposition(is_inside)?;
    token.get(first..=last)
}

/// `db.example` of `postgres://me:secret@db.example:5432/orders`.
pub(crate) fn host_of(token: &str) -> &str {
    let authority = first_part(after(token, "://"), |byte| matches!(byte, b'/' | b'?' | b'#'));
    first_part(after(authority, "@"), |byte| byte == b':')
}

/// What stands before the first mark of a text.
fn first_part(text: &str, is_between: fn(u8) -> bool) -> &str {
    parts(text, is_between).next().map_or("", |part| part)
}

/// What stands behind the last mark of a short text. `rsplit_once` is made for long ones, for 7 KB.
#[inline(never)]
fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    let mut rest = text;
    for at in 0..text.len() {
        if let Some(behind) = text.get(at..).and_then(|from| from.strip_prefix(mark)) {
            rest = behind;
        }
    }
    rest
}

/// Endings of files that are built and read, not reached: `webpack.prod.js` is no host. One text: as a table it is 200
/// bytes more.
const FILE_ENDINGS: &str = "cfg cjs conf css dockerfile env html ini jar js json mjs properties py rb sh sql tf tfvars \
                            toml ts txt xml yaml yml";

pub(crate) fn is_file(value: &str) -> bool {
    if value.starts_with("./") || value.starts_with("../") {
        return true;
    }
    let ending = after(value, ".");
    words(FILE_ENDINGS).any(|known| is_word(known, ending)) && after(value, "://").len() == value.len()
}

/// Whether a text is like a pattern in which `*` is any part. Capital and small letters are one.
#[inline(never)]
pub(crate) fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    // Where to go on when the last `*` has to take one letter more.
    let mut again = None;
    loop {
        match (pattern, text) {
            ([b'*', rest @ ..], _) => {
                again = Some((rest, text));
                pattern = rest;
            }
            (_, []) => return pattern.is_empty(),
            ([wanted, wanted_next @ ..], [found, next @ ..]) if wanted.eq_ignore_ascii_case(found) => {
                (pattern, text) = (wanted_next, next);
            }
            (_, [..]) => {
                let Some((rest, [_, next @ ..])) = again else { return false };
                again = Some((rest, next));
                (pattern, text) = (rest, next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_tokens() {
        let listed = |text| tokens(text).collect::<Vec<_>>();
        assert_eq!(listed("a.b:1,\"c\"; (d)!"), ["a.b:1", "c", "d"]);
        assert_eq!(listed(" ... "), [""; 0]);
        assert_eq!(listed("生产.example."), ["生产.example"]);
    }

    #[test]
    fn a_token_may_set_a_key() {
        assert_eq!(assigned("NODE_ENV=production"), Some(("NODE_ENV", "production")));
        assert_eq!(assigned("=a=b"), Some(("", "a=b")));
        assert_eq!(assigned("postgres://db?a=b"), None);
        assert_eq!(assigned("生=产"), None);
    }

    #[test]
    fn a_host_is_found_in_an_address() {
        for address in
            ["db.example", "https://me:x@y@db.example:5432/a@b", "a://b://db.example?c", "db.example#a/b:c"]
        {
            assert_eq!(host_of(address), "db.example", "{address}");
        }
    }

    #[test]
    fn a_file_is_no_host() {
        assert!(
            is_file("webpack.prod.js") && is_file("prod.YAML") && is_file("../prod") && is_file("./prod")
        );
        assert!(!is_file("db.prod.example") && !is_file("https://prod.example/a.js") && !is_file("prod.jsx"));
    }

    #[test]
    fn a_pattern_is_matched_to_its_end() {
        let like = |pattern: &str, text: &str| is_like(pattern.as_bytes(), text.as_bytes());
        assert!(
            like("*.a.b", "x.a.b")
                && like("a*c", "abcbc")
                && like("A", "a")
                && like("*", "")
                && like("a*", "a")
        );
        assert!(!like("*.a.b", "a.b") && !like("a*c", "abcb") && !like("a", "ab") && !like("ab", "a"));
    }
}
