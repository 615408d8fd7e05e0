//! What readers of line-based formats read differently, in words: `.properties`, INI, `.env`, and the encoding of XML.
//!
//! Each of these formats has several mainstream readers and no common specification. What all of them read alike is
//! quiet; which lines are odd is found by `properties`, `ini`, `dotenv` and `xml`.

/// Why a line is not read alike by everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum LineOdd {
    /// `a = b ; c`, and `#` in unquoted text of a `.env` file.
    InlineComment,
    /// `$NAME` in a `.env` file.
    Interpolation,
    /// `Key` beside `key`.
    OtherCase,
    /// A name that ends with `:`, and a `=` later on the line.
    Delimiter,
    /// An indented line with a key of its own below a value.
    Indented,
    /// Spaces around the `=` of a `.env` file.
    Spaced,
    /// A name without a value in a `.env` file.
    NoValue,
    /// A line that is neither a key nor a comment.
    Stray,
    /// Letters beyond ASCII where readers assume different encodings.
    Encoding,
}

impl LineOdd {
    /// What was found and what was expected, and the next step.
    pub(super) fn words(self, text: &str) -> (String, &'static str) {
        match self {
            Self::InlineComment => (
                format!("{text}, of which some readers take the end for a comment"),
                "put the comment on a line of its own, or quote the value",
            ),
            Self::Interpolation => (
                format!("{text}, in which some readers replace `$` and a name, and others do not"),
                "write the value out, or put it into single quotes",
            ),
            Self::OtherCase => (
                format!("key {text}, which is there in other capitals too: one key to some readers"),
                "remove one of the two",
            ),
            Self::Delimiter => {
                (format!("key {text}, which to some readers goes on to the `=`"), "write `=` behind the key")
            }
            Self::Indented => (
                format!("{text}, indented: part of the value above to some readers, and a key to others"),
                "take the indentation away if it is a key",
            ),
            Self::Spaced => (
                format!("key {text} with spaces around its `=`, which some readers refuse or keep"),
                "remove the spaces",
            ),
            Self::NoValue => (
                format!(
                    "{text} without `=`, which some readers take from their own environment and others leave out"
                ),
                "write `=` and a value",
            ),
            Self::Stray => (
                format!("{text}, neither a key nor a comment: some readers refuse it, others pass over it"),
                "write `name=value`, or `#` in front of it",
            ),
            Self::Encoding => (
                format!("{text}, which is not ASCII: readers of ISO-8859-1 and of UTF-8 see other letters"),
                "write the letters as escapes, or declare UTF-8 where the format can",
            ),
        }
    }
}
