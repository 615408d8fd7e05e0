//! Bytes into text: size, encoding and characters. Looks at no syntax.
//!
//! What it refuses, it refuses because an editor would not show it, or because two readers would disagree where a line
//! ends. One pass over the bytes; nothing is allocated.

use std::ops::Range;

use interlock_model::Span;

use crate::error::{Problem, ProblemKind};
use crate::place::span_in;

/// Bytes of the largest change document. The largest of the incident replays needs 12 KiB; the reader's own memory is a
/// multiple of this.
pub const CHANGE_BYTES_MAX: usize = 1024 * 1024;

/// How files begin that are no text, and what to call them.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x7fELF", "an ELF binary"),
    (b"\0asm", "a WebAssembly module"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"BZh", "bzip2 data"),
];

/// Encodings that are not UTF-8, by how they begin. UTF-32 before UTF-16, whose marks begin alike.
const ENCODINGS: &[(&[u8], &str)] = &[
    (b"\xff\xfe\0\0", "UTF-32 (little endian)"),
    (b"\0\0\xfe\xff", "UTF-32 (big endian)"),
    (b"\xff\xfe", "UTF-16 (little endian)"),
    (b"\xfe\xff", "UTF-16 (big endian)"),
];

/// The text of a document.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    check_size(bytes)?;
    check_signature(bytes)?;
    check_encoding(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| invalid_utf8(bytes, error.valid_up_to()))?;
    match unfit_character(text) {
        None => Ok(text),
        Some((at, c, what)) => Err(unfit(span_in(text, at..at + c.len_utf8()), c, what)),
    }
}

fn check_size(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() <= CHANGE_BYTES_MAX {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::TooMuch, top(), format!("{} bytes", bytes.len()))
        .expected(format!("at most {CHANGE_BYTES_MAX} (1 MiB)"))
        .help("a document describes; leave the payload itself out of it"))
}

pub(crate) fn check_signature(bytes: &[u8]) -> Result<(), Problem> {
    let tar = bytes.get(257..262) == Some(b"ustar");
    let known = SIGNATURES.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, name)| *name);
    let Some(name) = known.or(tar.then_some("a tar archive")) else { return Ok(()) };
    Err(Problem::new(ProblemKind::Encoding, top(), name)
        .expected("a document, which is text")
        .help("unpack it first and name the document inside"))
}

pub(crate) fn check_encoding(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(Problem::new(ProblemKind::Encoding, top(), "a byte order mark at the start")
            .expected("UTF-8 without one")
            .help("save the file as `UTF-8` (not `UTF-8 with BOM`)"));
    }
    let marked = ENCODINGS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, name)| *name);
    let Some(name) = marked.or_else(|| unmarked_encoding(bytes)) else { return Ok(()) };
    Err(Problem::new(ProblemKind::Encoding, top(), name)
        .expected("UTF-8")
        .help("save the file as `UTF-8`; on Windows, PowerShell's `>` writes UTF-16"))
}

/// Without a mark: a document begins with two ASCII characters, so the zeros among its first bytes tell.
fn unmarked_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, 0, 0, b, ..] if *b != 0 => Some("UTF-32 (big endian)"),
        [b, 0, 0, 0, ..] if *b != 0 => Some("UTF-32 (little endian)"),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some("UTF-16 (big endian)"),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some("UTF-16 (little endian)"),
        _ => None,
    }
}

pub(crate) fn invalid_utf8(bytes: &[u8], valid: usize) -> Problem {
    let before = bytes.get(..valid).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
    let what = match bytes.get(valid..).unwrap_or_default() {
        [0xc0 | 0xc1, ..] | [0xe0, 0x80..=0x9f, ..] | [0xf0, 0x80..=0x8f, ..] => " (an overlong form)",
        [0xed, 0xa0..=0xbf, ..] => " (half of a surrogate pair, as CESU-8 writes it)",
        _ => "",
    };
    let byte = bytes.get(valid).copied().unwrap_or_default();
    Problem::new(ProblemKind::Encoding, span_in(before, valid..valid), format!("byte 0x{byte:02x}{what}"))
        .expected("UTF-8")
        .help("save the file as `UTF-8`")
}

/// The first character a document may not hold, raw or as an escape: where, which, and what it is.
pub(crate) fn unfit_character(text: &str) -> Option<(usize, char, &'static str)> {
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let ends_line = c == '\r' && rest.peek().is_some_and(|(_, next)| *next == '\n');
        if let Some(what) = unfit_name(c).filter(|_| !ends_line) {
            return Some((at, c, what));
        }
    }
    None
}

fn unfit_name(c: char) -> Option<&'static str> {
    match c {
        '\t' | '\n' => None,
        '\0' => Some("a NUL"),
        '\r' => Some("a carriage return without a line feed"),
        '\u{1}'..='\u{1f}' | '\u{7f}' => Some("a control character"),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some("a line break to some readers only"),
        '\u{80}'..='\u{9f}' => Some("a control character"),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("a character that turns the direction of writing")
        }
        '\u{feff}' => Some("a byte order mark inside the text"),
        '\u{fffe}' | '\u{ffff}' => Some("not a character"),
        _ => None,
    }
}

/// The problem with such a character.
pub(crate) fn unfit(span: Span, c: char, what: &str) -> Problem {
    let help = match c {
        '\r' => "end lines with LF or CR LF",
        _ => "remove it; an editor may not show it",
    };
    Problem::new(ProblemKind::Character, span, format!("U+{:04X}, {what}", u32::from(c))).help(help)
}

/// As [`unfit`], for a value that was written with escapes: the first unfit character of what it says.
pub(crate) fn check_decoded(text: &str, span: Span) -> Result<(), Problem> {
    match unfit_character(text) {
        None => Ok(()),
        Some((_, c, what)) => Err(unfit(span, c, what)),
    }
}

fn top() -> Span {
    span_in("", Range { start: 0, end: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: Option<(u32, u32, &str)>) {
        let found = text_of(bytes).err().map(|p| (p.span.line, p.span.column, p.message()));
        match (&found, expect) {
            (None, None) => {}
            (Some((line, column, message)), Some((l, c, part))) => {
                assert_eq!((*line, *column), (l, c), "{message}");
                assert!(message.contains(part), "{message}");
            }
            _ => assert_eq!(found.map(|f| f.2), expect.map(|e| e.2.to_owned()), "{bytes:02x?}"),
        }
    }

    #[test]
    fn only_text_that_everybody_sees_alike_passes() {
        check("id: ü\r\nb:\tc\n".as_bytes(), None);
        check(b"a: \xff", Some((1, 4, "0xff")));
        check(b"a: 1\nb: \xc0\x80", Some((2, 4, "overlong")));
        check(b"a: \xed\xa0\x80", Some((1, 4, "surrogate")));
        check(b"a\0b", Some((1, 2, "NUL")));
        check(b"a\0b\0", Some((1, 1, "UTF-16")));
        check(b"a: 1\rb: 2", Some((1, 5, "carriage return")));
        check("é\u{2028}".as_bytes(), Some((1, 2, "U+2028")));
        check("a\u{feff}".as_bytes(), Some((1, 2, "byte order mark")));
        check("a\u{202e}".as_bytes(), Some((1, 2, "direction")));
        check(b"\x1f\x8b\x08", Some((1, 1, "gzip")));
    }

    #[test]
    fn the_size_is_checked_first() {
        check(&vec![b' '; CHANGE_BYTES_MAX], None);
        check(&vec![0xff; CHANGE_BYTES_MAX + 1], Some((1, 1, "1048577 bytes")));
    }
}
