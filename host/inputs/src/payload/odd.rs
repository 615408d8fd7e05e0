//! What two readers read differently in a changed file, in words.
//!
//! Which text is odd is found by the readers of each format; whether that is new is for `diff` to say.

use std::ops::Range;

use interlock_model::{Doubt, DoubtKind, Side, Span};

use super::line_odd::LineOdd;
use crate::error::{Problem, shown, shown_key};
use crate::scan;

/// Why a place is not read alike by everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Odd {
    /// `yes`, `off`, `y`.
    Boolean,
    /// `010`, `0o10`.
    Octal,
    /// `0b1`, `-0x1`.
    Radix,
    /// `1_000` in YAML.
    Underscore,
    /// `17:44`.
    Sexagesimal,
    /// `2023-11-12`.
    Date,
    /// `1e3` in YAML.
    Exponent,
    /// `+.5`.
    SignedPoint,
    /// Beyond 2^53.
    Large,
    /// More digits than a double holds.
    Precise,
    /// `1e400`.
    Overflow,
    /// `.nan`, `.inf`.
    NotFinite,
    /// `=`, or `<<` as a value.
    Mark,
    /// A tab in unquoted text.
    TabInText,
    /// Half a surrogate pair as an escape.
    Surrogate,
    /// U+0000 as an escape.
    Nul,
    /// A text block that ends with the file.
    BlockEnd,
    /// A tag that changes what the value is.
    Tag,
    /// Nothing, as a key.
    NullKey,
    /// A number that is written in several ways, as a key.
    NumberKey,
    /// A map or list as a key.
    ComplexKey,
    /// A character in a key that nobody sees.
    UnseenKey,
    /// The same key twice.
    Duplicate,
    /// A key that a merge brings too.
    MergeOverride,
    /// A merge key that merges nothing, or is there twice.
    Merge,
    /// A byte order mark.
    ByteOrderMark,
    /// A character that ends a line for some, turns it round, or is not shown.
    Character(char),
    /// A tab between values.
    Tab,
    /// A line that begins with `%`.
    Directive,
    /// A comma before a closing bracket in JSON with comments.
    TrailingComma,
    /// Something that only formats read line by line have.
    Line(LineOdd),
}

impl Odd {
    /// Whether it lies in the key alone, whatever the value.
    pub(super) fn is_of_key(self) -> bool {
        !matches!(self, Self::Duplicate | Self::MergeOverride | Self::Merge)
    }

    /// What was found and what was expected, and the next step.
    fn words(self, written: &str) -> (String, &'static str) {
        const QUOTE: &str = "quote it if it is text, or write it the one way all readers share";
        let text = shown(written);
        match self {
            Self::Boolean => (
                format!("{text}, which is a boolean to some readers"),
                "write `true` or `false`, or quote it",
            ),
            Self::Octal => (format!("{text}, which is octal to some readers"), QUOTE),
            Self::Radix => (format!("{text}, which is a number to some readers only"), QUOTE),
            Self::Underscore => (format!("{text}, which is a number to some readers only"), QUOTE),
            Self::Sexagesimal => {
                (format!("{text}, which is a number in base 60 to some readers"), "quote it")
            }
            Self::Date => (format!("{text}, which is a date to some readers and text to others"), "quote it"),
            Self::Exponent => (format!("{text}, which is a number to some readers only"), QUOTE),
            Self::SignedPoint => (format!("{text}, which is a number to some readers only"), QUOTE),
            Self::Large => (
                format!("{text}, expected a whole number that every reader holds exactly (at most 2^53 - 1)"),
                "quote it if it is a name",
            ),
            Self::Precise => (
                format!("{text}, expected at most 17 digits that count"),
                "round it; most readers do, each its own way",
            ),
            Self::Overflow => (
                format!("{text}, which is infinite or zero to some readers"),
                "write a number that a double holds",
            ),
            Self::NotFinite => {
                (format!("{text}, which is no number to some readers and null to others"), "write a number")
            }
            Self::Mark => (format!("{text}, which is a mark of its own to some readers"), "quote it"),
            Self::TabInText => (format!("a tab in {text}"), "use spaces, or quotes and `\\t`"),
            Self::Surrogate => (
                "a surrogate written as an escape".into(),
                "write the character, or `\\U` and its eight digits",
            ),
            Self::Nul => ("a NUL, where some readers end the text".into(), "remove it"),
            Self::BlockEnd => (
                "a text block at the end of a file without a last line break, expected one".into(),
                "end the file with a line break",
            ),
            Self::Tag => {
                (format!("a tag on {text}, which some readers leave out and others act on"), "remove the tag")
            }
            Self::NullKey => {
                ("a key that is nothing, expected a name".into(), "write the key, in quotes if it is `null`")
            }
            Self::NumberKey => {
                (format!("key {text}, which is a number that readers write differently"), "quote it")
            }
            Self::ComplexKey => {
                (format!("a map or a list {text} as a key, expected a name"), "write `name: value`")
            }
            Self::UnseenKey => (
                format!("key {} with a character in it that is not shown", shown_key(written)),
                "type it again in plain letters",
            ),
            Self::Duplicate => (
                format!("key {text} a second time"),
                "remove one of the two; readers differ in which one they believe",
            ),
            Self::MergeOverride => (
                format!("key {text}, which a merge key `<<` brings too"),
                "leave it out of the merged map; readers that do not merge, and readers that do, see different values",
            ),
            Self::Merge => (
                format!("{text}, which is a merge to some readers and a key to others"),
                "merge one map, or a list of maps, once",
            ),
            Self::ByteOrderMark => {
                ("a byte order mark at the start".into(), "save the file as `UTF-8` without one")
            }
            Self::Character(c) => (
                format!("U+{:04X}, {}", u32::from(c), of_character(c)),
                "remove it; an editor may not show it",
            ),
            Self::Tab => ("a tab between values, which some readers refuse".into(), "use spaces"),
            Self::Directive => (
                format!("a directive {text}, which changes how some readers read the rest"),
                "remove the line",
            ),
            Self::TrailingComma => {
                ("a comma before a closing bracket, which some readers refuse".into(), "remove it")
            }
            Self::Line(odd) => odd.words(&text),
        }
    }
}

fn of_character(c: char) -> &'static str {
    let mut buffer = [0; 4];
    scan::unfit_character(c.encode_utf8(&mut buffer)).map_or("which is not shown", |(_, _, what)| what)
}

/// An odd place that belongs to no value: quiet if the same line was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OddText {
    pub(super) odd: Odd,
    pub(super) at: Range<usize>,
}

/// Whether a file that is not read could be one that is to be rendered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// It is not written in its format.
    Syntax,
    /// It is larger or deeper than is read.
    Bound,
    /// Its name is one that other formats use too, and it is in one of those.
    Foreign,
}

/// Why a file is not read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) cause: Cause,
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

impl Unread {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { cause: Cause::Syntax, at, message: message.into(), help: help.into() }
    }

    /// More than is read.
    pub(super) fn bound(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { cause: Cause::Bound, ..Self::new(at, message, help) }
    }

    /// Another format, to be compared line by line.
    pub(super) fn foreign() -> Self {
        Self { cause: Cause::Foreign, ..Self::new(0..0, "another format", "") }
    }

    pub(super) fn of(problem: &Problem) -> Self {
        Self::new(problem.span.start..problem.span.end, problem.message(), problem.help.clone())
    }

    pub(super) fn doubt(self, path: &str, side: Side, span: Span) -> Doubt {
        let Self { message, help, .. } = self;
        Doubt { kind: DoubtKind::Unreadable, path: path.to_owned(), side, span, message, help }
    }
}

/// A doubt about an odd place on the after side.
pub(super) fn doubt(odd: Odd, path: &str, written: &str, span: Span) -> Doubt {
    let (message, help) = odd.words(written);
    Doubt {
        kind: DoubtKind::Ambiguous,
        path: path.to_owned(),
        side: Side::After,
        span,
        message,
        help: help.to_owned(),
    }
}

/// Every character that some editor does not show, or that ends a line for some readers only. In YAML that is more than
/// in JSON and TOML, which say themselves what a string may hold.
pub(super) fn characters(text: &str, strict: bool) -> Vec<OddText> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((offset, c, _)) = text.get(from..).and_then(scan::unfit_character) {
        let at = from + offset..from + offset + c.len_utf8();
        from = at.end;
        if strict || is_unseen(c) {
            found.push(OddText { odd: Odd::Character(c), at });
        }
    }
    found
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a key holds a character that nobody sees.
pub(super) fn is_unseen_key(key: &str) -> bool {
    !key.is_ascii()
        && key.chars().any(|c| {
            is_unseen(c)
                || matches!(c, '\u{a0}' | '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}')
        })
}
