//! YAML: somebody's text as one scalar that every reader reads as that text and that an editor shows whole.

use std::fmt::Write as _;

use super::is_hidden;

/// The text in double quotes, on one line. Hidden characters are written by their number, and so is the second `#` of
/// `##`, because some CI systems read `##[command]` anywhere in a line.
pub fn for_yaml(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut after_hash = false;
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if is_hidden(c) || (after_hash && c == '#') => {
                // Writing to a `String` cannot fail. Eight digits: YAML has no surrogates.
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            _ => quoted.push(c),
        }
        after_hash = c == '#';
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::for_yaml;

    #[test]
    fn what_does_something_is_written_by_its_number() {
        assert_eq!(for_yaml("a/b c.yaml"), "\"a/b c.yaml\"");
        assert_eq!(for_yaml("no"), "\"no\"");
        assert_eq!(for_yaml("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(for_yaml("\n##[error]\u{202e}"), r##""\U0000000A#\U00000023[error]\U0000202E""##);
        assert_eq!(for_yaml("\u{e0041}é中"), "\"\\U000E0041é中\"");
    }
}
