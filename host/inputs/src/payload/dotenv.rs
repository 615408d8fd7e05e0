//! `.env` files: what docker compose, the `dotenv` libraries and a shell read from the same lines.
//!
//! Quotes are taken off and a leading `export` is passed over, as nearly all of them do. Where they part (comments behind
//! a value, `$` and a name, spaces around `=`), that is noted, and a line none of them could use is passed over and noted.
//! No crate gives the bytes at which a name and its value stand.

use std::rc::Rc;

use interlock_model::ScalarKind;

use super::line_odd::LineOdd;
use super::odd::{Odd, OddText, Unread, characters};
use super::piece::Piece;
use super::tree::{At, Budget, Entry, Leaf, Node, Tagged, Tree};

/// Reads a `.env` file into one map.
pub(super) fn read(text: &str) -> Result<Tree, Unread> {
    let mut reader = Reader::default();
    let mut rest = Piece { start: 0, text };
    while !rest.is_empty() {
        rest = reader.line(rest)?;
    }
    let root = reader.budget.map(At::new(0..text.len()), reader.entries, Tagged::default())?;
    let mut odd = characters(text, true);
    odd.extend(reader.stray);
    odd.sort_by_key(|odd| odd.at.start);
    Ok(Tree { roots: vec![root], odd })
}

#[derive(Default)]
struct Reader {
    budget: Budget,
    entries: Vec<Entry>,
    stray: Vec<OddText>,
}

impl Reader {
    /// Reads the first line, and more where a quoted value goes on, and gives what is behind.
    fn line<'t>(&mut self, rest: Piece<'t>) -> Result<Piece<'t>, Unread> {
        let (line, next) = first_line(rest);
        let line = line.trim();
        if line.is_empty() || line.starts_with(&['#']) {
            return Ok(next);
        }
        let assignment = exported(line);
        match assignment.text.find('=').map(|equals| assignment.split_at(equals)) {
            Some((name, value)) if is_name(name.trim().text) => {
                self.assignment(name, value.split_at(1).1, rest, next)
            }
            None if is_name(assignment.text) => self.name_alone(assignment).map(|()| next),
            Some(_) | None => {
                self.stray.push(OddText { odd: Odd::Line(LineOdd::Stray), at: line.at().bytes() });
                Ok(next)
            }
        }
    }

    fn assignment<'t>(
        &mut self,
        name: Piece<'t>,
        value: Piece<'t>,
        rest: Piece<'t>,
        next: Piece<'t>,
    ) -> Result<Piece<'t>, Unread> {
        let before = name.text.len() > name.trim().text.len();
        let behind = value.indent() > 0 && !value.trim().is_empty();
        let odd = (before || behind).then_some(Odd::Line(LineOdd::Spaced));
        let name = name.trim();
        let (value, next) = self.value(value.trim(), rest, next)?;
        self.entries.push(Entry::new(name.text, name.at(), odd, value));
        Ok(next)
    }

    fn name_alone(&mut self, name: Piece<'_>) -> Result<(), Unread> {
        let none = self.budget.leaf(name.end().at(), Leaf::new(ScalarKind::Null, "", None))?;
        self.entries.push(Entry::new(name.text, name.at(), Some(Odd::Line(LineOdd::NoValue)), none));
        Ok(())
    }

    /// A value whose line ends before `next`. In quotes it may go on behind it.
    fn value<'t>(
        &mut self,
        value: Piece<'t>,
        rest: Piece<'t>,
        next: Piece<'t>,
    ) -> Result<(Rc<Node>, Piece<'t>), Unread> {
        let Some(quote) = value.text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else {
            return Ok((self.bare(value)?, next));
        };
        let whole = rest.split_at(value.start + 1 - rest.start).1;
        let Some((inside, behind)) = quoted(whole, quote) else {
            return Ok((self.stray_value(value)?, next));
        };
        let (line, next) = first_line(behind);
        if !line.trim().is_empty() && !line.trim().starts_with(&['#']) {
            return Ok((self.stray_value(value)?, next));
        }
        let expands = quote == '"' && interpolates(inside.text);
        let odd = expands.then_some(Odd::Line(LineOdd::Interpolation));
        let text = if quote == '"' { unescaped(inside.text) } else { inside.text.to_owned() };
        let leaf = Leaf { tag: Some("quoted".into()), ..Leaf::new(ScalarKind::Text, &text, odd) };
        Ok((self.budget.leaf(inside.at(), leaf)?, next))
    }

    fn bare(&mut self, value: Piece<'_>) -> Result<Rc<Node>, Unread> {
        let odd = if value.text.contains('#') {
            Some(Odd::Line(LineOdd::InlineComment))
        } else {
            interpolates(value.text).then_some(Odd::Line(LineOdd::Interpolation))
        };
        self.budget.leaf(value.at(), Leaf::new(ScalarKind::Text, value.text, odd))
    }

    /// A quote that is never closed, or that something stands behind.
    fn stray_value(&mut self, value: Piece<'_>) -> Result<Rc<Node>, Unread> {
        let odd = Some(Odd::Line(LineOdd::Stray));
        self.budget.leaf(value.at(), Leaf::new(ScalarKind::Text, value.text, odd))
    }
}

fn first_line(rest: Piece<'_>) -> (Piece<'_>, Piece<'_>) {
    let end = rest.text.find('\n').map_or(rest.text.len(), |end| end + 1);
    let (line, next) = rest.split_at(end);
    let text = line.text.trim_end_matches(['\n', '\r']);
    (Piece { text, ..line }, next)
}

fn exported(line: Piece<'_>) -> Piece<'_> {
    match line.strip_prefix("export") {
        Some(rest) if rest.indent() > 0 => rest.trim(),
        Some(_) | None => line,
    }
}

fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// What is inside the quotes, and what is behind them.
fn quoted(whole: Piece<'_>, quote: char) -> Option<(Piece<'_>, Piece<'_>)> {
    let mut escaped = false;
    let end = whole.text.char_indices().find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        ends.then_some(at)
    })?;
    let (inside, behind) = whole.split_at(end);
    Some((inside, behind.split_at(1).1))
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (_, false) => plain.push(c),
            (_, true) => match rest.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some(other @ ('"' | '\\' | '$')) => plain.push(other),
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
        }
    }
    plain
}

/// `$NAME`, `${NAME}` or `$(command)`, unless a backslash stands in front.
fn interpolates(text: &str) -> bool {
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let opens = rest.peek().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '('));
        if c == '$' && before != '\\' && opens {
            return true;
        }
        before = c;
    }
    false
}
