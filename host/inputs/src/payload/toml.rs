//! TOML, by the reader cargo uses. A file it refuses is not well-formed; what it reads, others read alike, but for
//! numbers.
//!
//! Its tree is taken apart recursively, by it and by us, so a linear scan bounds the depth first: brackets, and the
//! dots in keys, each of which is a level.

use std::ops::Range;
use std::rc::Rc;

use interlock_model::ScalarKind;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::odd::{Odd, Unread, characters};
use super::plain::{decimal, large};
use super::tree::{At, Budget, DEPTH_MAX, Entry, Leaf, NODES_MAX, Node, Tagged, Tree, too_deep, too_many};

/// Reads a TOML text.
pub(super) fn read(text: &str) -> Result<Tree, Unread> {
    Scan::new(text).run()?;
    let table = DeTable::parse(text).map_err(|error| syntax(&error, text))?;
    let mut reader = Reader { text, budget: Budget::default() };
    let root = reader.table(At::new(0..text.len()), table.get_ref(), 1)?;
    Ok(Tree { roots: vec![root], odd: characters(text, false) })
}

fn syntax(error: &toml::de::Error, text: &str) -> Unread {
    let Range { start, end } = error.span().unwrap_or_default();
    let start = start.min(text.len());
    let help = "look at this line: quotes, brackets, and keys or tables that are there twice";
    Unread::new(start..end.clamp(start, text.len()), format!("not TOML: {}", error.message()), help)
}

/// Bounds the depth and the number of values of a text before it is parsed.
struct Scan<'t> {
    rest: std::iter::Peekable<std::iter::Enumerate<std::str::Bytes<'t>>>,
    /// Levels of the table header that stands above.
    header: usize,
    /// For each open bracket, the outermost first: itself, and the dots before it.
    open: Vec<usize>,
    /// All of `open`.
    levels: usize,
    /// Dots since the last comma, bracket or line. A number has one, too: the depth is bounded from above.
    dots: usize,
    values: usize,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        let rest = text.bytes().enumerate().peekable();
        Self { rest, header: 0, open: Vec::new(), levels: 0, dots: 0, values: 0 }
    }

    fn run(mut self) -> Result<(), Unread> {
        let mut starts_line = true;
        while let Some((at, byte)) = self.rest.next() {
            match byte {
                b'#' => while self.rest.next_if(|(_, b)| *b != b'\n').is_some() {},
                b'"' | b'\'' => self.string(byte),
                b'[' if starts_line && self.open.is_empty() => self.header(),
                b'[' | b'{' => self.enter(),
                b']' | b'}' => self.leave(),
                b'.' => self.dots += 1,
                b',' => self.dots = 0,
                b'\n' if self.open.is_empty() => self.dots = 0,
                _ => {}
            }
            starts_line = byte == b'\n' || (starts_line && matches!(byte, b' ' | b'\t' | b'\r'));
            self.values += usize::from(matches!(byte, b',' | b'=' | b'['));
            if self.values > NODES_MAX {
                return Err(too_many(at..at + 1));
            }
            if self.header + self.levels + self.dots > DEPTH_MAX {
                return Err(too_deep(at..at + 1));
            }
        }
        Ok(())
    }

    fn enter(&mut self) {
        self.open.push(self.dots + 1);
        self.levels += self.dots + 1;
        self.dots = 0;
    }

    fn leave(&mut self) {
        self.levels -= self.open.pop().unwrap_or(0);
        self.dots = 0;
    }

    /// `[a.b]` or `[[a.b]]`, to the end of its line.
    fn header(&mut self) {
        self.header = 1;
        while let Some((_, byte)) = self.rest.next_if(|(_, byte)| !matches!(byte, b'\n' | b'#')) {
            match byte {
                b'"' | b'\'' => self.string(byte),
                b'.' => self.header += 1,
                _ => {}
            }
        }
    }

    /// The rest of a string whose first quote was read.
    fn string(&mut self, quote: u8) {
        let escapes = quote == b'"';
        if !self.eat(quote) {
            return self.until(quote, 1, escapes);
        }
        if self.eat(quote) {
            self.until(quote, 3, escapes);
            // Up to two quotes may stand right before the closing three.
            let _ = self.eat(quote) && self.eat(quote);
        }
    }

    fn until(&mut self, quote: u8, quotes: usize, escapes: bool) {
        let mut run = 0;
        while let Some((_, byte)) = self.rest.next_if(|(_, byte)| quotes == 3 || *byte != b'\n') {
            run = if byte == quote { run + 1 } else { 0 };
            if run == quotes {
                return;
            }
            if escapes && byte == b'\\' {
                self.rest.next_if(|(_, byte)| quotes == 3 || *byte != b'\n');
            }
        }
    }

    fn eat(&mut self, quote: u8) -> bool {
        self.rest.next_if(|(_, byte)| *byte == quote).is_some()
    }
}

struct Reader<'t> {
    text: &'t str,
    budget: Budget,
}

impl Reader<'_> {
    fn table(&mut self, at: At, table: &DeTable<'_>, depth: usize) -> Result<Rc<Node>, Unread> {
        if depth > DEPTH_MAX {
            return Err(too_deep(at.bytes()));
        }
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let value = self.value(value, depth)?;
            entries.push(Entry::new(key.get_ref(), At::new(key.span()), None, value));
        }
        // The parser sorts keys; people read files from the top.
        entries.sort_by_key(|entry| entry.key_at.bytes().start);
        self.budget.map(at, entries, Tagged::default())
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Result<Rc<Node>, Unread> {
        let at = At::new(value.span());
        let written = self.text.get(at.bytes()).unwrap_or_default();
        let leaf = match value.get_ref() {
            DeValue::Table(table) => return self.table(at, table, depth + 1),
            DeValue::Array(items) if depth < DEPTH_MAX => {
                let items = items.iter().map(|item| self.value(item, depth + 1)).collect::<Result<_, _>>()?;
                return self.budget.list(at, items, Tagged::default());
            }
            DeValue::Array(_) => return Err(too_deep(at.bytes())),
            DeValue::String(text) => {
                Leaf::new(ScalarKind::Text, text, text.contains('\0').then_some(Odd::Nul))
            }
            DeValue::Integer(number) => {
                let digits = number.as_str().trim_start_matches(['+', '-']);
                Leaf::new(ScalarKind::Integer, written, large(digits, number.radix()))
            }
            DeValue::Float(number) => {
                let finite = !written.contains("inf") && !written.contains("nan");
                let odd = if finite { decimal(number.as_str()) } else { Some(Odd::NotFinite) };
                Leaf::new(ScalarKind::Decimal, written, odd)
            }
            DeValue::Boolean(_) => Leaf::new(ScalarKind::Boolean, written, None),
            DeValue::Datetime(_) => {
                Leaf { tag: Some("datetime".into()), ..Leaf::new(ScalarKind::Text, written, None) }
            }
        };
        self.budget.leaf(at, leaf)
    }
}
