//! JSON, and JSON with comments where the file's name says so.
//!
//! The parser recurses and keeps every value, so a linear scan counts depth and values before it runs, and refuses what
//! the parser lets through: raw line breaks and tabs in strings, and blanks that are not JSON's.

use std::rc::Rc;

use interlock_model::ScalarKind;
use jsonc_parser::ast;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, ParseResult};

use super::odd::{Odd, OddText, Unread, characters};
use super::plain::{decimal, large};
use super::tree::{At, Budget, DEPTH_MAX, Entry, Leaf, NODES_MAX, Node, Tagged, Tree, too_deep, too_many};

/// Whether `//` and `/* */` are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comments {
    Refused,
    Read,
}

/// Reads the one value of a JSON text.
pub(super) fn read(text: &str, comments: Comments) -> Result<Tree, Unread> {
    scan(text, comments)?;
    let mut odd = characters(text, false);
    let parsed = parse(text, comments, false).or_else(|error| {
        let comma = matches!(error.kind(), ParseErrorKind::TrailingCommasNotAllowed);
        if !comma || comments == Comments::Refused {
            return Err(error);
        }
        odd.push(OddText { odd: Odd::TrailingComma, at: error.range().start..error.range().end });
        odd.sort_by_key(|odd| odd.at.start);
        parse(text, comments, true)
    });
    let parsed = parsed.map_err(|error| syntax(&error, text))?;
    let root =
        parsed.value.ok_or_else(|| Unread::new(0..0, "not JSON: nothing in it", "write `{}` or `null`"))?;
    let root = Reader { text, budget: Budget::default() }.node(&root)?;
    Ok(Tree { roots: vec![root], odd })
}

fn parse(text: &str, comments: Comments, trailing_commas: bool) -> Result<ParseResult<'_>, ParseError> {
    let options = ParseOptions {
        allow_comments: comments == Comments::Read,
        allow_trailing_commas: trailing_commas,
        ..crate::json::STRICT
    };
    jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options)
}

/// Where the scan is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Between,
    String,
    LineComment,
    BlockComment,
}

/// Depth exactly, values from above, and the characters JSON has in each place.
fn scan(text: &str, comments: Comments) -> Result<(), Unread> {
    let (mut place, mut depth, mut values) = (In::Between, 0_usize, 0_usize);
    let mut rest = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = rest.next() {
        let mut then = |next: u8| rest.next_if(|(_, byte)| *byte == next).is_some();
        match (place, byte) {
            (In::String, b'\\') => {
                rest.next_if(|(_, byte)| *byte >= b' ');
            }
            (In::String, b'"') => place = In::Between,
            (In::String, ..b' ') => return Err(raw_control(at)),
            (In::LineComment, b'\n') => place = In::Between,
            (In::BlockComment, b'*') if then(b'/') => place = In::Between,
            (In::Between, b'"') => place = In::String,
            (In::Between, b'/') if comments == Comments::Read && then(b'/') => place = In::LineComment,
            (In::Between, b'/') if comments == Comments::Read && then(b'*') => place = In::BlockComment,
            (In::Between, b'/') => return Err(comment(at)),
            (In::Between, b'\t' | b'\n' | b'\r') => {}
            (In::Between, ..b' ' | 0x80..) => return Err(outside_string(text, at)),
            (In::Between, b'{' | b'[') => depth += 1,
            (In::Between, b'}' | b']') => depth = depth.saturating_sub(1),
            (In::Between | In::String | In::LineComment | In::BlockComment, _) => {}
        }
        values += usize::from(place == In::Between && matches!(byte, b'{' | b'[' | b','));
        if depth > DEPTH_MAX {
            return Err(too_deep(at..at + 1));
        }
        if values > NODES_MAX {
            return Err(too_many(at..at + 1));
        }
    }
    Ok(())
}

fn raw_control(at: usize) -> Unread {
    let found = "not JSON: a raw control character in a string, expected `\\n`, `\\t` or another escape";
    Unread::new(at..at + 1, found, "close the string on its line, or write the escape")
}

fn comment(at: usize) -> Unread {
    let found = "not JSON: a comment or a stray `/`";
    Unread::new(at..at + 1, found, "remove it; comments are read in files named `.jsonc`")
}

fn outside_string(text: &str, at: usize) -> Unread {
    let c = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\u{fffd}');
    let found = format!("not JSON: U+{:04X} outside a string", u32::from(c));
    Unread::new(
        at..at + c.len_utf8(),
        found,
        "remove it; blanks other than space, tab and line breaks are not JSON",
    )
}

fn syntax(error: &ParseError, text: &str) -> Unread {
    let start = error.range().start.min(text.len());
    let mut kind = error.kind().to_string();
    if let Some(first) = kind.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    let range = start..error.range().end.clamp(start, text.len());
    Unread::new(
        range,
        format!("not JSON: {kind}"),
        "look at this place and just before it: brackets, commas, quotes",
    )
}

struct Reader<'t> {
    text: &'t str,
    budget: Budget,
}

impl Reader<'_> {
    fn node(&mut self, value: &ast::Value<'_>) -> Result<Rc<Node>, Unread> {
        let at = at_of(value);
        match value {
            ast::Value::StringLit(literal) => {
                let odd = literal.value.contains('\0').then_some(Odd::Nul);
                self.budget.leaf(at, Leaf::new(ScalarKind::Text, &literal.value, odd))
            }
            ast::Value::NumberLit(literal) => self.budget.leaf(at, number(literal.value)),
            ast::Value::BooleanLit(_) => {
                let text = self.text.get(at.bytes()).unwrap_or_default();
                self.budget.leaf(at, Leaf::new(ScalarKind::Boolean, text, None))
            }
            ast::Value::NullKeyword(_) => self.budget.leaf(at, Leaf::new(ScalarKind::Null, "", None)),
            ast::Value::Array(array) => {
                let items = array.elements.iter().map(|item| self.node(item)).collect::<Result<_, _>>()?;
                self.budget.list(at, items, Tagged::default())
            }
            ast::Value::Object(object) => {
                let entries = object
                    .properties
                    .iter()
                    .map(|property| self.entry(property))
                    .collect::<Result<_, _>>()?;
                self.budget.map(at, entries, Tagged::default())
            }
        }
    }

    fn entry(&mut self, property: &ast::ObjectProp<'_>) -> Result<Entry, Unread> {
        let value = self.node(&property.value)?;
        Ok(Entry::new(property.name.as_str(), at_of(&property.name), None, value))
    }
}

fn at_of(node: &impl jsonc_parser::common::Ranged) -> At {
    let range = node.range();
    At::new(range.start..range.end)
}

fn number(text: &str) -> Leaf {
    if crate::node::is_integer(text) {
        let odd = large(text.strip_prefix('-').unwrap_or(text), 10);
        return Leaf::new(ScalarKind::Integer, text, odd);
    }
    let kind = if text == "-0" { ScalarKind::Integer } else { ScalarKind::Decimal };
    Leaf::new(kind, text, decimal(text))
}
