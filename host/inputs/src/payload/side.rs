//! One side of one file, from its bytes to a tree: its text, its format, and the values in it that nobody may
//! be shown taken out. What stops on the way is an outcome of its own, which `comparison` judges.
//!
//! It knows one side only; what differs from the other is for `diff`.

use std::borrow::Cow;

use interlock_model::{Doubt, Side, Sources, Span};

use super::comparison::Comparison;
use super::diff::SideOf;
use super::format::Format;
use super::lines::Lines;
use super::odd::{Cause, Odd, OddText, Unread};
use super::tree::{self, Tree};
use super::{masked, template};
use crate::error::{InputError, Problem, ProblemKind};
use crate::scan;

/// Values in all files of a change, both sides: two of the largest file. While it is compared a value takes some 430
/// bytes (measured), of which its place, some two hundred, is kept.
const ALL_NODES_MAX: usize = 1_000_000;

/// The bytes of one side, and what its name says they are. ISO-8859-1 has become UTF-8.
pub(super) struct Given<'b> {
    bytes: Cow<'b, [u8]>,
    pub(super) format: Option<Format>,
    named: template::Named,
}

impl<'b> Given<'b> {
    pub(super) fn new(bytes: &'b [u8], path: &str) -> Self {
        let (format, named) = (Format::of_path(path), template::Named::of_path(path));
        let recoded = format.is_some_and(|format| format.is_latin_1(bytes));
        let letters = || bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        let bytes = if recoded { Cow::Owned(letters().into_bytes()) } else { Cow::Borrowed(bytes) };
        Self { bytes, format, named }
    }

    /// Absent: it is no text.
    pub(super) fn text(&self) -> Option<&str> {
        text_of(&self.bytes).ok()
    }

    /// The text as it may be shown.
    pub(super) fn shown(&self) -> Option<Cow<'_, str>> {
        self.text().map(masked::unread)
    }
}

/// The text of one side, with nothing placed yet. Absent: it is not there, or no text.
pub(super) fn source(name: &str, given: Option<&Given<'_>>) -> Option<Sources> {
    given.and_then(Given::shown).map(|text| Sources::new(name, text))
}

/// What became of one side.
pub(super) enum Outcome<'b> {
    NotThere,
    Unread(Doubt),
    Template(Doubt),
    /// In a format of its own, under a name that others use.
    Foreign,
    Read(Box<Read<'b>>),
}

impl<'b> Outcome<'b> {
    /// The text of a side as it may be shown, with nothing placed yet.
    pub(super) fn source(&self, name: &str, given: Option<&Given<'_>>) -> Option<Sources> {
        match self {
            Self::Read(read) => Some(Sources::new(name, &*read.text)),
            Self::NotThere | Self::Unread(_) | Self::Template(_) | Self::Foreign => source(name, given),
        }
    }

    pub(super) fn read(self) -> Option<Box<Read<'b>>> {
        match self {
            Self::NotThere | Self::Unread(_) | Self::Template(_) | Self::Foreign => None,
            Self::Read(read) => Some(read),
        }
    }

    pub(super) fn unread(&self) -> Option<&Doubt> {
        match self {
            Self::Unread(doubt) => Some(doubt),
            Self::NotThere | Self::Template(_) | Self::Foreign | Self::Read(_) => None,
        }
    }

    pub(super) fn template(&self) -> Option<&Doubt> {
        match self {
            Self::Template(doubt) => Some(doubt),
            Self::NotThere | Self::Unread(_) | Self::Foreign | Self::Read(_) => None,
        }
    }

    pub(super) fn is_for_lines(&self) -> bool {
        match self {
            Self::Template(_) | Self::Foreign => true,
            Self::NotThere | Self::Unread(_) | Self::Read(_) => false,
        }
    }
}

/// One side of one file, read as far as it goes.
pub(super) struct Read<'b> {
    /// As it may be shown: values that are secret are masked.
    pub(super) text: Cow<'b, str>,
    pub(super) lines: Lines<'b>,
    pub(super) tree: Tree,
}

impl<'b> Read<'b> {
    pub(super) fn view<'r>(&'r self) -> SideOf<'r>
    where
        'b: 'r,
    {
        SideOf { tree: &self.tree, text: &self.text, lines: &self.lines }
    }
}

impl Comparison {
    /// Reads one side. What is unreadable gives nothing to compare.
    pub(super) fn side<'b>(&mut self, path: &str, side: Side, given: Option<&'b Given<'_>>) -> Outcome<'b> {
        let Some((given, format)) = given.and_then(|given| Some((given, given.format?))) else {
            return Outcome::NotThere;
        };
        let (bytes, named) = (&*given.bytes, given.named);
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err((unread, span)) => return Outcome::Unread(unread.doubt(path, side, span)),
        };
        let lines = Lines::new(text);
        let template = |at: tree::At| {
            Outcome::Template(template::doubt(path, side, format.name(), lines.span(at.bytes())))
        };
        match self.tree(format, bytes, text) {
            Ok(tree) => match template::misread(text, &tree, named) {
                Some(at) => template(at),
                None => self.shown(path, side, text, lines, tree),
            },
            Err(Unread { cause: Cause::Foreign, .. }) => Outcome::Foreign,
            Err(unread) => match template::cause(text, &unread, named) {
                Some(at) => template(at),
                None => Outcome::Unread(unread.clone().doubt(path, side, lines.span(unread.at))),
            },
        }
    }

    /// A side that was read, without the values in it that nobody may be shown.
    fn shown<'b>(
        &mut self,
        path: &str,
        side: Side,
        text: &'b str,
        lines: Lines<'b>,
        mut tree: Tree,
    ) -> Outcome<'b> {
        let hidden = masked::hide(&mut tree, &lines, text);
        self.payload.doubts.extend(hidden.doubt(path, side));
        Outcome::Read(Box::new(Read { text: hidden.mask(text), lines, tree }))
    }

    fn tree(&mut self, format: Format, bytes: &[u8], text: &str) -> Result<Tree, Unread> {
        let mut tree = format.read(text)?;
        tree.check_pointers()?;
        if bytes.len() > text.len() {
            tree.odd.insert(0, OddText { odd: Odd::ByteOrderMark, at: 0..0 });
        }
        self.nodes = self.nodes.saturating_add(tree.size());
        if self.nodes > ALL_NODES_MAX {
            let found = format!("more than {ALL_NODES_MAX} values in all files of the change");
            return Err(Unread::bound(0..0, found, "compare less at once"));
        }
        Ok(tree)
    }
}

/// The text of a document of another system. `name` is for people.
pub(crate) fn text_in<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, InputError> {
    text_of(bytes).map_err(|(Unread { message, help, .. }, span)| {
        InputError::new(name, vec![Problem::new(ProblemKind::Syntax, span, message).help(help)])
    })
}

/// The text of a file, without a byte order mark.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, (Unread, Span)> {
    let marked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let unread = |problem: crate::Problem| (Unread::of(&problem), problem.span);
    scan::check_signature(marked).map_err(unread)?;
    scan::check_encoding(marked).map_err(unread)?;
    let text = std::str::from_utf8(marked)
        .map_err(|error| unread(scan::invalid_utf8(marked, error.valid_up_to())))?;
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let found = "a NUL, where some readers see the end of the file";
            Err((Unread::new(at..at + 1, found, "remove it"), crate::place::span_in(text, at..at + 1)))
        }
    }
}
