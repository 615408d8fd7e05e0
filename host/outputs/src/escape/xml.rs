//! Text for XML: what a report says between tags and in attributes.
//!
//! Whoever writes the XML quotes `&`, `<` and the like, as every XML writer does. What no writer can do is carry the
//! characters that XML 1.0 has no form for (most control characters, U+FFFE, U+FFFF): a reader refuses the whole file, and
//! writers that drop them hide that something stood there. They are spelled out here, with everything else that is hidden.

use super::text_for_terminal;

/// Columns of one attribute. What is said there is a sentence of ours with a message, a place and a fix in it.
const ATTRIBUTE_MAX: usize = 4_000;

/// A text on one line, as an attribute or between tags. A text that is escaped for a terminal comes out as it went in.
pub(crate) fn for_xml(text: &str) -> String {
    text_for_terminal(text, ATTRIBUTE_MAX)
}

#[cfg(test)]
mod tests {
    use super::for_xml;
    use crate::escape::is_hidden;

    /// XML 1.0, production 2: Char.
    fn is_of_xml(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn what_xml_has_no_form_for_is_hidden_and_so_spelled_out() {
        assert!(('\0'..=char::MAX).filter(|&c| !is_of_xml(c)).all(is_hidden));
        assert_eq!(for_xml("\0\u{1}\u{b}\u{fffe}\u{ffff}"), "\\u{0}\\u{1}\\u{b}\\u{fffe}\\u{ffff}");
        assert_eq!(for_xml("a\r\nb\u{1b}[31m\u{202e}"), "a\\r\\nb\\u{1b}[31m\\u{202e}");
    }

    #[test]
    fn what_a_writer_quotes_is_left_to_it() {
        assert_eq!(for_xml("a < b && c > \"d\" ]]> 'e'"), "a < b && c > \"d\" ]]> 'e'");
    }

    #[test]
    fn what_is_escaped_already_stays() {
        let once = for_xml(&crate::fixture::hostile_text());
        assert_eq!(for_xml(&once), once);
    }
}
