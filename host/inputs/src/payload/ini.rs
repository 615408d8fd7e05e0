//! INI: sections of keys, as Python's `configparser`, PHP and their kin read it.
//!
//! There is no one INI. What the common readers share is read; where one of them would see another key or value, that is
//! noted. Files named `.cfg` are often something else: such a file is left to be compared line by line. No crate gives
//! the bytes at which a key and its value stand.

use std::collections::HashMap;
use std::rc::Rc;

use interlock_model::ScalarKind;

use super::line_odd::LineOdd;
use super::odd::{Cause, Odd, Unread, characters};
use super::piece::{Piece, lines};
use super::tree::{At, Budget, Entry, Leaf, Node, Tagged, Tree};

/// What a file that is no INI comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// `.ini`: it was meant to be one.
    Ini,
    /// `.cfg`: any program's own format.
    Cfg,
}

/// Keys of PHP's own that are there once for each module.
const MANY: [&str; 2] = ["extension", "zend_extension"];

/// Reads an INI file: keys above the first section stand at the top, the others in a map named as their section.
pub(super) fn read(text: &str, named: Named) -> Result<Tree, Unread> {
    let mut reader = Reader::default();
    let read = lines(text).try_for_each(|line| reader.line(line)).and_then(|()| reader.finish(text));
    match (read, named) {
        (Ok(_), Named::Cfg) if reader.headers == 0 && reader.keys > 0 => Err(Unread::foreign()),
        (Ok(root), _) => Ok(Tree { roots: vec![root], odd: characters(text, true) }),
        (Err(Unread { cause: Cause::Syntax, .. }), Named::Cfg) => Err(Unread::foreign()),
        (Err(unread), _) => Err(unread),
    }
}

#[derive(Default)]
struct Reader<'t> {
    budget: Budget,
    /// What stands above the first section, and then each section once.
    sections: Vec<Section<'t>>,
    by_name: HashMap<&'t str, usize>,
    /// Which section the lines belong to.
    open: usize,
    /// The key whose value may go on.
    pending: Option<Pending<'t>>,
    headers: usize,
    keys: usize,
}

#[derive(Default)]
struct Section<'t> {
    name: Option<Piece<'t>>,
    odd: Option<Odd>,
    keys: Vec<Key<'t>>,
}

struct Key<'t> {
    name: Piece<'t>,
    odd: Option<Odd>,
    value: Rc<Node>,
}

struct Pending<'t> {
    name: Piece<'t>,
    indent: usize,
    odd: Option<Odd>,
    /// Absent: there is no delimiter.
    first: Option<Piece<'t>>,
    /// The lines below that belong to it.
    more: Vec<Piece<'t>>,
    value_odd: Option<Odd>,
}

impl<'t> Reader<'t> {
    fn line(&mut self, line: Piece<'t>) -> Result<(), Unread> {
        let text = line.trim();
        if text.is_empty() || text.starts_with(&[';', '#']) {
            return Ok(());
        }
        if let Some(pending) = self.pending.as_mut().filter(|pending| line.indent() > pending.indent) {
            pending.go_on(text);
            return Ok(());
        }
        self.close()?;
        match text.strip_prefix("[") {
            Some(rest) => self.header(text, rest),
            None => {
                self.pending = Some(Pending::of(line.indent(), text)?);
                Ok(())
            }
        }
    }

    /// `[name]`, to the last bracket of the line.
    fn header(&mut self, line: Piece<'t>, rest: Piece<'t>) -> Result<(), Unread> {
        let name = rest.text.rfind(']').map(|end| rest.split_at(end).0.trim());
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            let found = "not INI: a section without a name or its closing bracket";
            return Err(Unread::new(line.at().bytes(), found, "write `[name]`"));
        };
        self.headers += 1;
        self.above_sections();
        let next = self.sections.len();
        self.open = *self.by_name.entry(name.text).or_insert(next);
        match self.sections.get_mut(self.open) {
            // Some readers refuse it, others put both together, and some keep the last.
            Some(again) => (again.name, again.odd) = (Some(name), Some(Odd::Duplicate)),
            None => self.sections.push(Section { name: Some(name), ..Section::default() }),
        }
        Ok(())
    }

    /// The first section is the one without a name.
    fn above_sections(&mut self) {
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
    }

    /// Puts the key away whose value has ended.
    fn close(&mut self) -> Result<(), Unread> {
        let Some(pending) = self.pending.take() else { return Ok(()) };
        self.keys += 1;
        self.above_sections();
        let (name, odd) = (pending.name, pending.odd);
        let value = pending.value(&mut self.budget)?;
        if let Some(section) = self.sections.get_mut(self.open) {
            section.keys.push(Key { name, odd, value });
        }
        Ok(())
    }

    fn finish(&mut self, text: &str) -> Result<Rc<Node>, Unread> {
        self.close()?;
        let mut entries = Vec::new();
        for section in std::mem::take(&mut self.sections) {
            let keys = keys_of(section.keys, &mut self.budget)?;
            let Some(name) = section.name else {
                entries.extend(keys);
                continue;
            };
            let end = keys.last().map_or(name.at(), |last| last.value.at);
            let map = self.budget.map(name.at().until(end), keys, Tagged::default())?;
            entries.push(Entry::new(name.text, name.at(), section.odd, map));
        }
        self.budget.map(At::new(0..text.len()), entries, Tagged::default())
    }
}

/// The keys of one section. PHP's lists become lists, and a key in other capitals is noted.
fn keys_of(keys: Vec<Key<'_>>, budget: &mut Budget) -> Result<Vec<Entry>, Unread> {
    let mut entries = Vec::with_capacity(keys.len());
    let mut many: HashMap<&str, (usize, Vec<Rc<Node>>)> = HashMap::new();
    let mut small: HashMap<String, &str> = HashMap::with_capacity(keys.len());
    for Key { name, odd, value } in keys {
        let first = *small.entry(name.text.to_lowercase()).or_insert(name.text);
        let odd = odd.or((first != name.text).then_some(Odd::Line(LineOdd::OtherCase)));
        if name.text.ends_with("[]") || MANY.contains(&name.text) {
            let next = entries.len();
            let (_, values) = many.entry(name.text).or_insert_with(|| (next, Vec::new()));
            values.push(Rc::clone(&value));
            if values.len() > 1 {
                continue;
            }
        }
        entries.push(Entry::new(name.text, name.at(), odd, value));
    }
    for (index, values) in many.into_values() {
        if let Some(entry) = entries.get_mut(index).filter(|_| values.len() > 1) {
            entry.value = budget.several(values)?;
        }
    }
    Ok(entries)
}

impl<'t> Pending<'t> {
    fn of(indent: usize, line: Piece<'t>) -> Result<Self, Unread> {
        let delimiter = line.text.find(['=', ':']);
        let (name, rest) = line.split_at(delimiter.unwrap_or(line.text.len()));
        let name = name.trim();
        if name.is_empty() {
            let found = "not INI: a value without a key";
            return Err(Unread::new(line.at().bytes(), found, "write `key = value`"));
        }
        let colon = rest.strip_prefix(":").is_some_and(|rest| rest.text.contains('='));
        let odd = colon.then_some(Odd::Line(LineOdd::Delimiter));
        let first = delimiter.map(|_| rest.split_at(1).1.trim());
        let value_odd = first.and_then(inline_comment);
        Ok(Self { name, indent, odd, first, more: Vec::new(), value_odd })
    }

    /// An indented line. Below a value it is in doubt if it could be a key; below a bare key it is the usual way to write
    /// a list.
    fn go_on(&mut self, line: Piece<'t>) {
        let stands_alone = self.first.is_some_and(|first| !first.is_empty());
        if stands_alone && self.value_odd.is_none() && could_be_key(line.text) {
            self.value_odd = Some(Odd::Line(LineOdd::Indented));
        }
        self.more.push(line);
    }

    fn value(self, budget: &mut Budget) -> Result<Rc<Node>, Unread> {
        let Some(first) = self.first else {
            return budget.leaf(self.name.end().at(), Leaf::new(ScalarKind::Null, "", None));
        };
        let at = self.more.last().map_or(first.at(), |last| first.at().until(last.at()));
        let bare = first.unquoted().filter(|_| self.more.is_empty());
        let tag = bare.map(|_| "quoted".into());
        let text = std::iter::once(bare.unwrap_or(first)).chain(self.more).map(|part| part.text);
        let text: Vec<&str> = text.skip_while(|part| part.is_empty()).collect();
        budget.leaf(at, Leaf { tag, ..Leaf::new(ScalarKind::Text, &text.join("\n"), self.value_odd) })
    }
}

/// A mark behind a blank. Without the blank only PHP takes it for a comment, and connection strings are full of them.
fn inline_comment(value: Piece<'_>) -> Option<Odd> {
    let quote = value.text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let inside = quote.and_then(|quote| Some(value.text.get(1..)?.find(quote)? + 2)).unwrap_or(0);
    let rest = value.text.get(inside..).unwrap_or_default();
    let found = [" ;", "\t;", " #", "\t#"].iter().any(|mark| rest.contains(mark));
    found.then_some(Odd::Line(LineOdd::InlineComment))
}

/// `name = value`, and no comparison as in `pytest == 8`.
fn could_be_key(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else { return false };
    let name = name.trim_end();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.chars().all(plain) && !value.starts_with('=')
}
