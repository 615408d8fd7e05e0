//! Bounds an HCL text before it is parsed: how many values it has, and how many keys in one pair of braces.
//!
//! The parser bounds nesting and chains of operators itself. What it does not bound is that it compares each key of an
//! object with all keys before it, so the squares of those numbers are what is added up here.

use std::iter::{Enumerate, Peekable};
use std::str::Bytes;

use super::super::odd::Unread;
use super::super::tree::{NODES_MAX, too_many};

/// Comparisons of keys in one file: one object of ten thousand keys, or many smaller ones.
const COMPARISONS_MAX: usize = 100_000_000;
/// Keys in one file, should the scan take a brace in a string for one of the language.
const KEYS_MAX: usize = 100_000;

/// Whether a text may be parsed.
pub(super) fn scan(text: &str) -> Result<(), Unread> {
    Scan { text, rest: text.bytes().enumerate().peekable(), open: vec![Open::Braces(0)], ..Scan::default() }
        .run()
}

/// What is open around a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `{`, with the keys in it so far.
    Braces(usize),
    /// `"`, in which `${` opens braces again.
    Quotes,
}

struct Scan<'t> {
    text: &'t str,
    rest: Peekable<Enumerate<Bytes<'t>>>,
    open: Vec<Open>,
    keys: usize,
    values: usize,
    comparisons: usize,
}

impl Default for Scan<'_> {
    fn default() -> Self {
        let rest = "".bytes().enumerate().peekable();
        Self { text: "", rest, open: Vec::new(), keys: 0, values: 0, comparisons: 0 }
    }
}

impl Scan<'_> {
    fn run(mut self) -> Result<(), Unread> {
        while let Some((at, byte)) = self.rest.next() {
            match self.open.last() {
                Some(Open::Quotes) => self.in_quotes(byte),
                Some(Open::Braces(_)) | None => self.in_braces(at, byte),
            }
            self.values += usize::from(matches!(byte, b'=' | b',' | b'{' | b'['));
            if self.values > NODES_MAX {
                return Err(too_many(at..at + 1));
            }
            if self.comparisons > COMPARISONS_MAX || self.keys > KEYS_MAX {
                let found = "more keys than are compared with each other";
                return Err(Unread::bound(
                    at..at + 1,
                    found,
                    "split the file, or the object with the most keys",
                ));
            }
        }
        Ok(())
    }

    fn in_quotes(&mut self, byte: u8) {
        match byte {
            b'\\' => drop(self.rest.next()),
            b'"' => drop(self.open.pop()),
            b'$' | b'%' => {
                // `$${` is text.
                let doubled = self.rest.next_if(|(_, next)| *next == byte).is_some();
                let braces = self.rest.next_if(|(_, next)| *next == b'{').is_some();
                if braces && !doubled {
                    self.open.push(Open::Braces(0));
                }
            }
            _ => {}
        }
    }

    fn in_braces(&mut self, at: usize, byte: u8) {
        match byte {
            b'"' => self.open.push(Open::Quotes),
            b'{' => self.open.push(Open::Braces(0)),
            b'}' if self.open.len() > 1 => drop(self.open.pop()),
            b'=' | b':' => self.key(),
            b'#' => self.skip_line(),
            b'/' if self.eat(b'/') => self.skip_line(),
            b'/' if self.eat(b'*') => self.skip_past("*/"),
            b'<' if self.eat(b'<') => self.heredoc(at + 2),
            _ => {}
        }
    }

    fn key(&mut self) {
        self.keys += 1;
        if let Some(Open::Braces(keys)) = self.open.last_mut() {
            *keys += 1;
            // In the body of the file and of its blocks, keys are hashed. From here the two look alike.
            self.comparisons += *keys * usize::from(self.open.len() > 1);
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.rest.next_if(|(_, next)| *next == byte).is_some()
    }

    fn skip_line(&mut self) {
        while self.rest.next_if(|(_, byte)| *byte != b'\n').is_some() {}
    }

    fn skip_past(&mut self, end: &str) {
        let from = self.rest.peek().map_or(self.text.len(), |(at, _)| *at);
        let length = self.text.get(from..).and_then(|rest| rest.find(end));
        let stop = length.map_or(self.text.len(), |length| from + length + end.len());
        while self.rest.next_if(|(at, _)| *at < stop).is_some() {}
    }

    /// `<<NAME` or `<<-NAME`, to the line that is the name alone.
    fn heredoc(&mut self, from: usize) {
        let rest = self.text.get(from..).unwrap_or_default();
        let (first, body) = rest.split_once('\n').unwrap_or((rest, ""));
        let name = first.strip_prefix('-').unwrap_or(first).trim_end();
        let mut stop = from + first.len() + 1;
        for line in body.split_inclusive('\n') {
            stop += line.len();
            if line.trim_start().starts_with(name) {
                break;
            }
        }
        while self.rest.next_if(|(at, _)| *at < stop).is_some() {}
    }
}
