//! Text that somebody else wrote: a policy module, or the change under judgement.
//!
//! It may hold terminal escapes, CI commands, Markdown or HTML. The type has no `Display`, so that every output has
//! to choose how it escapes for its own sink; `host/outputs/src/escape.rs` holds the choices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hostile until escaped for one sink.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes text as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came. Only an escaper, a comparison or a digest should ask for it.
    pub fn as_unescaped(&self) -> &str {
        &self.0
    }
}

impl Untrusted {
    /// The text for the middle of a message of ours: every character that a terminal acts on or a reader cannot see is
    /// written as its number, and so is the second of `::` and `##`, with which CI systems begin a command.
    pub fn quoted(&self) -> String {
        let mut quoted = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            // Quotation marks act on nothing that a message is shown in.
            if matches!(c, '\'' | '"') { quoted.push(c) } else { quoted.extend(c.escape_debug()) }
        }
        quoted.replace("::", ":\\u{3a}").replace("##", "#\\u{23}")
    }
}

impl Untrusted {
    /// The line that says what is the matter, for a message of one line. What stands below it may be a drawing.
    pub fn first_line(&self) -> Self {
        Self::from(self.0.split('\n').next().map_or("", |line| line))
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_reader_is_quoted_and_words_are_not() {
        let bad = Untrusted::from("it's \"a\"\n\u{1b}[31m\u{202e} ::error::x ##[group]");
        assert_eq!(bad.first_line().quoted(), "it's \"a\"");
        assert_eq!(bad.quoted(), "it's \"a\"\\n\\u{1b}[31m\\u{202e} :\\u{3a}error:\\u{3a}x #\\u{23}[group]");
    }
}
