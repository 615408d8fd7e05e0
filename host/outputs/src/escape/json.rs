//! JSON that is safe to look at and safe in a CI log: valid, the same data, and nothing in it but what can be seen.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::is_hidden;

/// Any value as indented JSON with one line break at its end. Hidden characters (C1, DEL, bidi controls, U+2028, U+2029
/// and the like) are written `\uXXXX`, which JSON may do with any character, and so is the second `#` of `##`, because
/// some CI systems read `##[command]` anywhere in a line.
///
/// # Errors
/// Only if the value itself refuses to be written, as a map without text keys does. Ours do not.
pub fn for_json<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    let mut writer = Serializer::with_formatter(&mut bytes, Visible(PrettyFormatter::new()));
    value.serialize(&mut writer)?;
    bytes.push(b'\n');
    // Made of `str`s and ASCII only.
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// serde_json's indented form; only the text inside strings differs.
struct Visible(PrettyFormatter<'static>);

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let mut after_hash = false;
        for c in text.chars() {
            if is_hidden(c) || (after_hash && c == '#') {
                write_escape(writer, c)?;
            } else {
                writer.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
            after_hash = c == '#';
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// `\uXXXX`, twice for a character beyond the first plane.
fn write_escape<W: ?Sized + io::Write>(writer: &mut W, c: char) -> io::Result<()> {
    c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))
}

#[cfg(test)]
mod tests {
    use super::for_json;

    #[track_caller]
    fn check(raw: &str, shown: &str) {
        assert_eq!(for_json(&raw).ok(), Some(format!("\"{shown}\"\n")));
        let back: Option<String> = serde_json::from_str(&format!("\"{shown}\"")).ok();
        assert_eq!(back.as_deref(), Some(raw));
    }

    #[test]
    fn hidden_characters_are_escaped_and_come_back() {
        check("a\"b\\c\n\u{1b}[31m", "a\\\"b\\\\c\\n\\u001b[31m");
        check("\u{7f}\u{9b}\u{85}", "\\u007f\\u009b\\u0085");
        check("\u{202e}\u{2066}\u{2028}\u{2029}\u{200b}", "\\u202e\\u2066\\u2028\\u2029\\u200b");
        check("\u{e0041} 中🚀", "\\udb40\\udc41 中🚀");
        check("##[error]###\"##", "#\\u0023[error]#\\u0023\\u0023\\\"#\\u0023");
    }

    #[test]
    fn it_is_indented_like_serde_json() {
        let value = serde_json::json!({"a": [1, {"b": []}], "c": {}, "d": [], "e": null});
        let ours = for_json(&value).ok();
        assert_eq!(ours, serde_json::to_string_pretty(&value).ok().map(|text| text + "\n"));
    }
}
