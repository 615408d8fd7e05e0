//! How text that somebody else wrote is made harmless, one function per sink.
//!
//! A policy module and the author of the change under judgement both choose text that ends up in a terminal or a CI
//! log. Every escape is visible and says what stood there (`\u{1b}`): text that vanished would be a better hiding place
//! than text that is shown wrong.
//!
//! - Terminals and plain logs, CI logs among them: [`for_terminal`], [`name_for_terminal`]; [`lines_for_terminal`] for
//!   a whole message of ours that has such text in it.
//! - JSON: [`for_json`]. It carries text as it came; text that a program will show to people goes through `for_viewer`
//!   first, and through `for_sarif_message` or `for_review` where that program reads links or Markdown in it.
//! - GitHub workflow commands: `for_github_property`, `for_github_message`.
//! - URIs: `for_relative_uri`.
//! - XML: `for_xml`.
//! - YAML: `for_yaml`, one scalar.
//! - Markdown, in a line or in a table: `for_markdown` for sentences, `code_for_markdown` for names.

mod github;
mod json;
mod markdown;
mod terminal;
mod uri;
mod viewer;

pub(crate) use github::{for_github_message, for_github_property};
mod xml;
mod yaml;

pub use json::for_json;
pub use markdown::{Within, code_for_markdown, for_markdown};
pub(crate) use terminal::{ShownLine, source_line, text_for_terminal};
pub use terminal::{for_terminal, lines_for_terminal, name_for_terminal};
pub(crate) use uri::{for_relative_uri, web_address};
pub(crate) use viewer::{for_review, for_sarif_message, for_viewer};
pub(crate) use xml::for_xml;
pub use yaml::for_yaml;

/// Whether a character would do something, or nothing, where a reader expects to see it: control characters, bidi
/// controls and isolates, zero-width and other invisible ones, spaces that pass for the usual one. The ideographic
/// space is left alone: it is the usual one in Chinese and Japanese text.
pub(crate) fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let disguised_space = c.is_whitespace() && c != ' ' && c != '\u{3000}';
    c.is_control() || disguised_space || HIDDEN.iter().any(|&(first, last)| (first..=last).contains(&c))
}

/// Characters that are neither control characters nor white space, and cannot be seen: Unicode's format characters
/// (category Cf) without a shape, `Default_Ignorable_Code_Point`, the Braille blank, and the noncharacters of the first plane.
const HIDDEN: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn what_can_be_seen_is_left_alone() {
        for c in "aZ0 ~`|é中文\u{3000}עברית🚀한".chars() {
            assert!(!is_hidden(c), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn what_cannot_be_seen_is_hidden() {
        for c in "\0\t\n\r\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{a0}\u{ad}\u{200b}\u{200d}\u{200e}\u{2028}\u{2029}\u{202e}\
                  \u{2066}\u{2069}\u{feff}\u{e0041}\u{fe0f}\u{3164}"
            .chars()
        {
            assert!(is_hidden(c), "U+{:04X}", u32::from(c));
        }
    }
}
