//! XML: elements as maps, attributes as `@name`, text as `#text`, and elements that are there several times as lists.
//!
//! The parser does not recurse, but it compares each attribute with its siblings and each namespace with those above it,
//! so a linear scan bounds depth, attributes and namespaces first. Entities are not read: a document type may name a
//! schema, and nothing more. Comments and processing instructions are no values.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use interlock_model::ScalarKind;
use roxmltree::{Document, ParsingOptions};

use super::line_odd::LineOdd;
use super::odd::{Odd, OddText, Unread, characters};
use super::tree::{At, Budget, DEPTH_MAX, Entry, Leaf, NODES_MAX, Node, Tagged, Tree, too_deep, too_many};

/// Attributes of one element.
const ATTRIBUTES_MAX: usize = 256;
/// Declarations of namespaces in one file.
const NAMESPACES_MAX: usize = 512;

/// Reads the one element of an XML text.
pub(super) fn read(text: &str) -> Result<Tree, Unread> {
    Scan::new(text).run()?;
    let options =
        ParsingOptions { allow_dtd: names_schema(text)?, nodes_limit: u32::MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| syntax(&error, text))?;
    let mut reader = Reader { text, budget: Budget::default() };
    let element = document.root_element();
    let value = reader.element(element, 1)?;
    let entry = Entry::new(reader.name(element.range()).1, reader.name(element.range()).0, None, value);
    let root = reader.budget.map(At::new(0..text.len()), vec![entry], Tagged::default())?;
    let mut odd = characters(text, false);
    odd.extend(other_encoding(text));
    odd.sort_by_key(|odd| odd.at.start);
    Ok(Tree { roots: vec![root], odd })
}

/// Whether there is a document type, of the one sort that is read: a name and where its schema is. What it could define
/// inside (entities, defaults of attributes) is not looked for where it stands, but anywhere.
fn names_schema(text: &str) -> Result<bool, Unread> {
    let Some(at) = text.find("<!DOCTYPE") else { return Ok(false) };
    let rest = text.get(at..).unwrap_or_default();
    let twice = rest.get(1..).is_some_and(|rest| rest.contains("<!DOCTYPE"));
    let defines = ["<!ENTITY", "<!ATTLIST", "<!ELEMENT"].iter().any(|word| text.contains(word));
    let ends = rest.find(['[', '>']).and_then(|end| rest.get(end..)).is_some_and(|end| end.starts_with('>'));
    if ends && !twice && !defines {
        return Ok(true);
    }
    let found = "a document type with definitions of its own, expected at most the name of a schema";
    let help = "remove the part in brackets and write out what its entities stand for";
    Err(Unread::new(at..at + "<!DOCTYPE".len(), found, help))
}

/// A declaration that names another encoding than the file has. What says ISO-8859-1 was read as that.
fn other_encoding(text: &str) -> Option<OddText> {
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"))?.0;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let name = rest.get(1..)?.split(['"', '\'']).next()?;
    let ours = ["utf-8", "utf8", "iso-8859-1"].iter().any(|ours| name.eq_ignore_ascii_case(ours));
    let differs = !ours && !text.is_ascii();
    differs.then_some(OddText { odd: Odd::Line(LineOdd::Encoding), at: 0..declaration.len() + 7 })
}

fn syntax(error: &roxmltree::Error, text: &str) -> Unread {
    let place = error.pos();
    let at = byte_of(text, place.row, place.col);
    let message = error.to_string();
    let words = message.rsplit_once(" at ").map_or(message.as_str(), |(words, _)| words);
    Unread::new(at..at, format!("not XML: {words}"), "look at this element: its end, its quotes, `&` and `<`")
}

fn byte_of(text: &str, row: u32, column: u32) -> usize {
    let line = text.split_inclusive('\n').take((row as usize).saturating_sub(1)).map(str::len).sum::<usize>();
    let rest = text.get(line..).unwrap_or_default();
    let inside = rest.char_indices().nth((column as usize).saturating_sub(1));
    line + inside.map_or(rest.len(), |(at, _)| at)
}

/// Bounds depth, values, attributes and namespaces of a text before it is parsed.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    values: usize,
    namespaces: usize,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, values: 0, namespaces: 0 }
    }

    fn run(mut self) -> Result<(), Unread> {
        while let Some(found) = self.rest().find('<') {
            self.at += found;
            let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
            match skipped.iter().find(|(start, _)| self.rest().starts_with(start)) {
                Some((start, end)) => self.skip(start.len(), end),
                None => self.tag()?,
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, from: usize, end: &str) {
        let behind = self.rest().get(from..).and_then(|rest| rest.find(end));
        self.at = behind.map_or(self.text.len(), |length| self.at + from + length + end.len());
    }

    /// One tag, to its `>`: values in quotes may hold one.
    fn tag(&mut self) -> Result<(), Unread> {
        let (start, mut quote, mut attributes, mut last) = (self.at, None, 0, '<');
        let closes = self.rest().starts_with("</");
        for (at, c) in self.rest().char_indices().skip(1) {
            self.at = start + at;
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '=') => attributes += 1,
                (None, '>' | '<') => break,
                (None, _) => {}
            }
            last = c;
        }
        let tag = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        self.count(start, tag, attributes, closes, last == '/')
    }

    fn count(
        &mut self,
        at: usize,
        tag: &str,
        attributes: usize,
        closes: bool,
        empty: bool,
    ) -> Result<(), Unread> {
        if closes {
            self.depth = self.depth.saturating_sub(1);
            return Ok(());
        }
        self.depth += usize::from(!empty);
        self.values += 1 + attributes;
        self.namespaces += tag.matches("xmlns").count();
        let help = "split the element; nothing larger is read";
        match () {
            () if self.depth >= DEPTH_MAX => Err(too_deep(at..at + 1)),
            () if self.values > NODES_MAX => Err(too_many(at..at + 1)),
            () if attributes > ATTRIBUTES_MAX => {
                let found = format!("more than {ATTRIBUTES_MAX} attributes of one element");
                Err(Unread::bound(at..at + 1, found, help))
            }
            () if self.namespaces > NAMESPACES_MAX => {
                let found = format!("more than {NAMESPACES_MAX} declarations of namespaces");
                Err(Unread::bound(at..at + 1, found, help))
            }
            () => Ok(()),
        }
    }
}

type Element<'d, 't> = roxmltree::Node<'d, 't>;

struct Reader<'t> {
    text: &'t str,
    budget: Budget,
}

impl<'t> Reader<'t> {
    fn element(&mut self, element: Element<'_, 't>, depth: usize) -> Result<Rc<Node>, Unread> {
        let at = At::new(element.range());
        if depth >= DEPTH_MAX {
            return Err(too_deep(at.bytes()));
        }
        let mut entries = self.attributes(element)?;
        entries.extend(self.children(element, depth)?);
        let (text, text_at) = text_of(element);
        let blank = text.trim().is_empty();
        match (entries.is_empty(), blank) {
            (_, true) => self.budget.map(at, entries, Tagged::default()),
            (true, false) => self.budget.leaf(text_at, Leaf::new(ScalarKind::Text, &text, None)),
            (false, false) => {
                let leaf = self.budget.leaf(text_at, Leaf::new(ScalarKind::Text, text.trim(), None))?;
                entries.push(Entry::new("#text", text_at, None, leaf));
                self.budget.map(at, entries, Tagged::default())
            }
        }
    }

    fn attributes(&mut self, element: Element<'_, 't>) -> Result<Vec<Entry>, Unread> {
        let tag = self.name(element.range()).0;
        let mut entries = Vec::new();
        let above = element.parent();
        // Asking costs the square of what is in scope, and most elements declare nothing.
        let declares = self.start_tag(element).contains("xmlns");
        for namespace in element.namespaces().filter(|_| declares) {
            let known = above.is_some_and(|above| above.namespaces().any(|it| it == namespace));
            if known || namespace.name() == Some("xml") {
                continue;
            }
            let name = namespace.name().map_or("@xmlns".into(), |name| format!("@xmlns:{name}"));
            let value = self.budget.leaf(tag, Leaf::new(ScalarKind::Text, namespace.uri(), None))?;
            entries.push(Entry::new(&name, tag, None, value));
        }
        for attribute in element.attributes() {
            let (key_at, value_at) = (At::new(attribute.range_qname()), At::new(attribute.range_value()));
            let name = self.text.get(key_at.bytes()).unwrap_or_else(|| attribute.name());
            let value = self.budget.leaf(value_at, Leaf::new(ScalarKind::Text, attribute.value(), None))?;
            entries.push(Entry::new(&format!("@{name}"), key_at, None, value));
        }
        Ok(entries)
    }

    /// Elements by name, in the order in which each name comes first.
    fn children(&mut self, element: Element<'_, 't>, depth: usize) -> Result<Vec<Entry>, Unread> {
        let mut by_name: HashMap<&'t str, usize> = HashMap::new();
        let mut names: Vec<(&'t str, At, Vec<Rc<Node>>)> = Vec::new();
        for child in element.children().filter(Element::is_element) {
            let (at, name) = self.name(child.range());
            let value = self.element(child, depth + 1)?;
            let next = names.len();
            match names.get_mut(*by_name.entry(name).or_insert(next)) {
                Some((_, _, values)) => values.push(value),
                None => names.push((name, at, vec![value])),
            }
        }
        let entry = |(name, at, values)| Ok(Entry::new(name, at, None, self.budget.several(values)?));
        names.into_iter().map(entry).collect()
    }

    fn start_tag(&self, element: Element<'_, 't>) -> &'t str {
        let end = element.first_child().map_or(element.range().end, |child| child.range().start);
        self.text.get(element.range().start..end).unwrap_or_default()
    }

    /// The name of an element as it is written, prefix and all.
    fn name(&self, element: Range<usize>) -> (At, &'t str) {
        let start = element.start + 1;
        let rest = self.text.get(start..element.end).unwrap_or_default();
        let end =
            rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(rest.len());
        (At::new(start..start + end), rest.get(..end).unwrap_or_default())
    }
}

/// The text of an element itself, in one, and where it begins.
fn text_of(element: Element<'_, '_>) -> (String, At) {
    let alone = element.children().nth(1).is_none();
    let texts = element.children().filter(roxmltree::Node::is_text);
    let mut text = String::new();
    let mut at: Option<At> = None;
    for node in texts.filter(|node| alone || is_shown(node)) {
        text.push_str(node.text().unwrap_or_default());
        let here = At::new(node.range());
        at = Some(at.map_or(here, |at| at.until(here)));
    }
    (text, at.unwrap_or(At::new(element.range())))
}

fn is_shown(node: &Element<'_, '_>) -> bool {
    node.text().is_some_and(|text| !text.trim().is_empty())
}
