//! Java properties: `key=value`, `key: value` or `key value`, with escapes and lines that go on.
//!
//! Read as `java.util.Properties` does. What it has no word for is the encoding: programs read the same file as
//! ISO-8859-1 or as UTF-8, so a letter beyond ASCII that is not an escape is noted. No crate gives the bytes at which a
//! key and its value stand.

use std::iter::Peekable;
use std::rc::Rc;

use interlock_model::ScalarKind;

use super::line_odd::LineOdd;
use super::odd::{Odd, Unread, characters};
use super::piece::{Piece, lines};
use super::tree::{At, Budget, Entry, Leaf, Node, Tagged, Tree};

/// Reads a properties file. Keys keep their dots: `a.b` is one key.
pub(super) fn read(text: &str) -> Result<Tree, Unread> {
    let mut budget = Budget::default();
    let mut entries = Vec::new();
    let mut rows = lines(text);
    while let Some(row) = rows.next() {
        let first = row.trim_start();
        if first.is_empty() || first.starts_with(&['#', '!']) {
            continue;
        }
        let mut row = Row { parts: vec![first] };
        while row.goes_on() {
            let Some(next) = rows.next() else { break };
            row.parts.push(next.trim_start());
        }
        entries.push(entry(&row, &mut budget)?);
    }
    let root = budget.map(At::new(0..text.len()), entries, Tagged::default())?;
    Ok(Tree { roots: vec![root], odd: characters(text, true) })
}

/// One line as Java sees it: it goes on below if it ends with a backslash that is not escaped itself.
struct Row<'t> {
    parts: Vec<Piece<'t>>,
}

impl<'t> Row<'t> {
    fn goes_on(&self) -> bool {
        self.parts.last().is_some_and(|part| backslashes(part.text) % 2 == 1)
    }

    /// Its characters and their bytes, without the line breaks inside it and the backslashes before those.
    fn characters(&self) -> impl Iterator<Item = (usize, char)> + '_ {
        self.parts.iter().flat_map(|part| {
            let goes_on = backslashes(part.text) % 2 == 1;
            let shown = part.text.len() - usize::from(goes_on);
            let inside = part.text.char_indices().take_while(move |(at, _)| *at < shown);
            inside.map(|(at, c)| (part.start + at, c))
        })
    }
}

fn backslashes(text: &str) -> usize {
    text.len() - text.trim_end_matches('\\').len()
}

fn entry(row: &Row<'_>, budget: &mut Budget) -> Result<Entry, Unread> {
    let mut rest = row.characters().peekable();
    let key = word(&mut rest, |c| matches!(c, '=' | ':' | ' ' | '\t' | '\u{c}'))?;
    skip_blanks(&mut rest);
    if rest.next_if(|(_, c)| matches!(c, '=' | ':')).is_some() {
        skip_blanks(&mut rest);
    }
    let value = word(&mut rest, |_| false)?;
    let end = row.parts.last().map(|part| part.end().start).unwrap_or_default();
    let node = value_of(&value, end, budget)?;
    Ok(Entry::new(&key.text, key.at.unwrap_or(node.at), key.odd, node))
}

fn value_of(value: &Word, end: usize, budget: &mut Budget) -> Result<Rc<Node>, Unread> {
    let at = value.at.unwrap_or(At::new(end..end));
    budget.leaf(at, Leaf::new(ScalarKind::Text, &value.text, value.odd))
}

fn skip_blanks(rest: &mut Peekable<impl Iterator<Item = (usize, char)>>) {
    while rest.next_if(|(_, c)| matches!(c, ' ' | '\t' | '\u{c}')).is_some() {}
}

/// A key or a value with its escapes read.
#[derive(Default)]
struct Word {
    text: String,
    /// Absent: there was nothing.
    at: Option<At>,
    odd: Option<Odd>,
    /// The first half of a character that takes two escapes.
    high: Option<u16>,
}

impl Word {
    fn push(&mut self, c: char) {
        self.end_pair();
        self.text.push(c);
        if c == '\0' {
            self.odd = self.odd.or(Some(Odd::Nul));
        }
    }

    /// Java counts in UTF-16: characters beyond U+FFFF are two escapes.
    fn push_unit(&mut self, unit: u16) {
        let pair = self.high.filter(|_| (0xdc00..0xe000).contains(&unit));
        if let Some(high) = pair {
            self.high = None;
            self.text.extend(char::decode_utf16([high, unit]).flatten());
        } else if (0xd800..0xdc00).contains(&unit) {
            self.end_pair();
            self.high = Some(unit);
        } else if let Some(c) = char::from_u32(u32::from(unit)) {
            self.push(c);
        } else {
            self.end_pair();
            self.half();
        }
    }

    fn end_pair(&mut self) {
        if self.high.take().is_some() {
            self.half();
        }
    }

    fn half(&mut self) {
        self.text.push(char::REPLACEMENT_CHARACTER);
        self.odd = Some(Odd::Surrogate);
    }
}

fn word(
    rest: &mut Peekable<impl Iterator<Item = (usize, char)>>,
    ends: impl Fn(char) -> bool,
) -> Result<Word, Unread> {
    let mut word = Word::default();
    while let Some((start, c)) = rest.next_if(|(_, c)| !ends(*c)) {
        let escaped = if c == '\\' { rest.next() } else { None };
        if !escaped.map_or(c, |(_, escaped)| escaped).is_ascii() {
            word.odd = Some(Odd::Line(LineOdd::Encoding));
        }
        let end = match escaped {
            Some((at, escaped)) => escape(&mut word, at, escaped, rest)?,
            // A backslash at the very end means nothing.
            None if c == '\\' => start + 1,
            None => {
                word.push(c);
                start + c.len_utf8()
            }
        };
        word.at = Some(At::new(word.at.map_or(start, |at| at.bytes().start)..end));
    }
    word.end_pair();
    Ok(word)
}

/// What a backslash and the character behind it stand for; gives the byte behind them.
fn escape(
    word: &mut Word,
    at: usize,
    escaped: char,
    rest: &mut Peekable<impl Iterator<Item = (usize, char)>>,
) -> Result<usize, Unread> {
    match escaped {
        't' => word.push('\t'),
        'n' => word.push('\n'),
        'r' => word.push('\r'),
        'f' => word.push('\u{c}'),
        'u' => {
            let (unit, last) = unit(rest).ok_or_else(|| malformed(at))?;
            word.push_unit(unit);
            return Ok(last + 1);
        }
        other => word.push(other),
    }
    Ok(at + escaped.len_utf8())
}

/// Four hexadecimal digits, and the byte of the last one.
fn unit(rest: &mut Peekable<impl Iterator<Item = (usize, char)>>) -> Option<(u16, usize)> {
    let (mut unit, mut last) = (0, 0);
    for _ in 0..4 {
        let (at, c) = rest.next()?;
        unit = unit * 16 + u16::try_from(c.to_digit(16)?).ok()?;
        last = at;
    }
    Some((unit, last))
}

fn malformed(at: usize) -> Unread {
    Unread::new(
        at..at + 1,
        "not a properties file: `\\u` without four hexadecimal digits",
        "write `\\u00e9`, or `\\\\u`",
    )
}
