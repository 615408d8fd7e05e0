//! GitHub workflow commands: `::error file=F,title=T::message`, one line each. The runner reads every line of a step's
//! output for them, blanks before it taken away, and `##[command]` anywhere in a line.
//!
//! Percent signs, carriage returns and line feeds are written as the runner reads them back (`%25`, `%0D`, `%0A`), and in
//! properties colons and commas, too. That alone would give a reader what he cannot see, so everything hidden is spelled
//! out first, as in a terminal.

use super::{lines_for_terminal, text_for_terminal};

/// Columns of a property: a path has to be whole to be found, and a title is short.
const PROPERTY_MAX: usize = 1_000;

/// The value of a property, such as a path or a title.
pub(crate) fn for_github_property(text: &str) -> String {
    encoded(&text_for_terminal(text, PROPERTY_MAX)).replace(':', "%3A").replace(',', "%2C")
}

/// The message of a command. Line breaks stay line breaks of the message; whoever quotes a word has kept the word's own
/// out, as [`super::for_terminal`] does.
pub(crate) fn for_github_message(text: &str) -> String {
    encoded(&lines_for_terminal(text))
}

/// The percent sign first: it begins what the others become.
fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_and_comes_back_as_it_was() {
        assert_eq!(for_github_message("10 % of 中文: a, b::c"), "10 %25 of 中文: a, b::c");
        assert_eq!(for_github_message("a\nfix: b"), "a%0Afix: b");
        assert_eq!(for_github_message("%0A"), "%250A");
    }

    #[test]
    fn a_property_cannot_end_itself_or_begin_another() {
        assert_eq!(for_github_property("a,line=1::error::x"), "a%2Cline=1%3A%3Aerror%3A%3Ax");
        assert_eq!(for_github_property("C:\\a b.yaml"), "C%3A\\a b.yaml");
        assert_eq!(for_github_property("a\r\n::error::%"), "a\\r\\n%3A%3Aerror%3A%3A%25");
    }

    #[test]
    fn what_acts_is_spelled_out() {
        assert_eq!(for_github_message("\u{1b}[31m\u{202e} ##[x]"), "\\u{1b}[31m\\u{202e} #\\u{23}[x]");
        assert_eq!(for_github_message("a\n ::error::x"), "a%0A \\u{3a}:error::x");
        assert_eq!(for_github_message("a\r::error::x"), "a\\r::error::x");
        assert_eq!(for_github_property("##[group]\u{200b}"), "#\\u{23}[group]\\u{200b}");
    }
}
