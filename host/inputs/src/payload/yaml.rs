//! YAML as people write it: anchors, aliases, merge keys, tags and several documents, read and counted.
//!
//! The parser gives events and stops at its own limits on nesting. Merges follow version 1.1: explicit keys win, then
//! the first of several maps; where one key comes from two places, that is noted.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, Tag};
use interlock_model::ScalarKind;

use super::odd::{Odd, OddText, Unread, characters};
use super::plain::plain;
use super::tree::{At, Budget, DEPTH_MAX, Entry, Leaf, Node, Tagged, Tree, Value, joined, too_deep};

/// Where YAML's own tags live.
const YAML_TAGS: &str = "tag:yaml.org,2002:";

/// Reads every document of a YAML text.
pub(super) fn read(text: &str) -> Result<Tree, Unread> {
    let mut reader = Reader::new(text);
    let roots = reader.documents()?;
    let mut odd = characters(text, true);
    odd.extend(between(text, &reader.scalars));
    odd.sort_by_key(|odd| odd.at.start);
    Ok(Tree { roots, odd })
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    budget: Budget,
    anchors: HashMap<usize, Rc<Node>>,
    /// Where scalars stood, in order; what is between them is looked at in the end.
    scalars: Vec<Range<usize>>,
}

type Pulled<'t> = (Event<'t>, granit_parser::Span);

/// A key as it came, before merges.
struct Key {
    text: String,
    at: At,
    odd: Option<Odd>,
    merges: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        let mut options = granit_parser::options! {
            emit_unresolved_aliases: true,
            flow_nesting_limit: DEPTH_MAX,
            block_nesting_limit: DEPTH_MAX,
        };
        options.set_emit_comments(false);
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            text,
            budget: Budget::default(),
            anchors: HashMap::new(),
            scalars: Vec::new(),
        }
    }

    fn documents(&mut self) -> Result<Vec<Rc<Node>>, Unread> {
        let mut roots = Vec::new();
        loop {
            let (event, at) = self.pull()?;
            if matches!(event, Event::StreamEnd) {
                break;
            }
            if event.is_node() {
                roots.push(self.node(event, &at, 0)?);
                self.anchors.clear();
            }
        }
        if roots.is_empty() {
            roots.push(self.budget.leaf(At::default(), Leaf::new(ScalarKind::Null, "", None))?);
        }
        Ok(roots)
    }

    fn pull(&mut self) -> Result<Pulled<'t>, Unread> {
        match self.parser.next_event() {
            Some(Ok(pulled)) => Ok(pulled),
            Some(Err(error)) => Err(syntax(&error, self.text)),
            None => Err(Unread::new(
                self.text.len()..self.text.len(),
                "not YAML: an early end",
                "look at the last lines",
            )),
        }
    }

    fn node(
        &mut self,
        event: Event<'t>,
        span: &granit_parser::Span,
        depth: usize,
    ) -> Result<Rc<Node>, Unread> {
        let at = at_of(span);
        if let Event::Scalar(text, style, anchor, tag) = event {
            self.scalars.push(at.bytes());
            let leaf = self.leaf(&text, style, tag.as_deref(), at);
            let node = self.budget.leaf(at, leaf)?;
            return Ok(self.anchored(anchor, node));
        }
        if let Event::SequenceStart(_, anchor, tag) = event {
            let node = self.list(at, depth + 1, tagged(tag.as_deref(), "seq"))?;
            return Ok(self.anchored(anchor, node));
        }
        if let Event::MappingStart(_, anchor, tag) = event {
            let node = self.map(at, depth + 1, tagged(tag.as_deref(), "map"))?;
            return Ok(self.anchored(anchor, node));
        }
        if let Event::Alias(anchor) = event {
            return self.alias(anchor, at, depth);
        }
        if event.is_alias() {
            return Err(self.no_anchor(at));
        }
        Err(Unread::new(at.bytes(), "not YAML: no value", "look at the line above"))
    }

    fn anchored(&mut self, anchor: usize, node: Rc<Node>) -> Rc<Node> {
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        node
    }

    fn alias(&mut self, anchor: usize, at: At, depth: usize) -> Result<Rc<Node>, Unread> {
        self.scalars.push(at.bytes());
        let target = self.anchors.get(&anchor).ok_or_else(|| {
            Unread::new(at.bytes(), "an alias inside the value it stands for", "write the value out")
        })?;
        self.budget.alias(at, depth, target)
    }

    fn no_anchor(&self, at: At) -> Unread {
        let name = crate::error::shown(self.written(at));
        Unread::new(at.bytes(), format!("alias {name} without an anchor before it"), "write the value out")
    }

    fn list(&mut self, at: At, depth: usize, tag: Tagged) -> Result<Rc<Node>, Unread> {
        check_depth(depth, at)?;
        let mut items: Vec<Rc<Node>> = Vec::new();
        loop {
            let (event, span) = self.pull()?;
            if matches!(event, Event::SequenceEnd) {
                let at = self.closed(at, &span, items.last().map(|item| item.at));
                return self.budget.list(at, items, tag);
            }
            items.push(self.node(event, &span, depth)?);
        }
    }

    fn map(&mut self, at: At, depth: usize, tag: Tagged) -> Result<Rc<Node>, Unread> {
        check_depth(depth, at)?;
        let mut entries = Vec::new();
        let mut merges: Vec<(At, Rc<Node>)> = Vec::new();
        let mut last = None;
        loop {
            let (event, span) = self.pull()?;
            if matches!(event, Event::MappingEnd) {
                let at = self.closed(at, &span, last);
                let entries = self.merge(entries, merges)?;
                return self.budget.map(at, entries, tag);
            }
            let key = self.key(event, &span, depth)?;
            let (event, span) = self.pull()?;
            let value = self.node(event, &span, depth)?;
            last = Some(if value.at == At::default() { key.at } else { value.at });
            if key.merges {
                merges.push((key.at, value));
            } else {
                entries.push(Entry::new(&key.text, key.at, key.odd, value));
            }
        }
    }

    /// A closing bracket ends a flow collection; a block collection ends with its last value.
    fn closed(&self, at: At, end: &granit_parser::Span, last: Option<At>) -> At {
        let end = at_of(end);
        let bracket = matches!(self.written(end), "]" | "}");
        if bracket { at.until(end) } else { last.map_or(at, |last| at.until(last)) }
    }

    fn key(&mut self, event: Event<'t>, span: &granit_parser::Span, depth: usize) -> Result<Key, Unread> {
        let at = at_of(span);
        let style = event.scalar().map(|(_, style)| style);
        let untagged = event.tag().is_none();
        let node = self.node(event, span, depth)?;
        self.budget.is_key(&node);
        let Value::Leaf(kind, text) = &node.value else {
            let text = self.written(node.at).to_owned();
            return Ok(Key { text, at: node.at, odd: Some(Odd::ComplexKey), merges: false });
        };
        let odd = node.odd.or_else(|| key_odd(*kind, text));
        let nameless = matches!(kind, ScalarKind::Null | ScalarKind::EmptyMap | ScalarKind::EmptyList);
        let text = if nameless { self.written(at) } else { text };
        let merges = style == Some(ScalarStyle::Plain) && untagged && text == "<<";
        Ok(Key { text: text.to_owned(), at, odd, merges })
    }

    /// The entries of a map with those it merges. Explicit keys win, then the first map that has a key.
    fn merge(&mut self, entries: Vec<Entry>, merges: Vec<(At, Rc<Node>)>) -> Result<Vec<Entry>, Unread> {
        if merges.is_empty() {
            return Ok(entries);
        }
        let mut all = entries;
        let mut at: HashMap<Rc<str>, usize> =
            all.iter().enumerate().map(|(index, entry)| (Rc::clone(&entry.key), index)).collect();
        let twice = merges.len() > 1;
        for (key_at, value) in merges {
            let maps = maps_of(&value);
            if maps.is_none() || twice {
                all.push(Entry::new("<<", key_at, Some(Odd::Merge), Rc::clone(&value)));
            }
            for entry in maps.iter().flatten().flat_map(|map| entries_of(map)) {
                if let Some(first) = at.get(&entry.key).and_then(|first| all.get_mut(*first)) {
                    overridden(first, entry);
                    continue;
                }
                self.budget.merged(key_at, &entry.value)?;
                at.insert(Rc::clone(&entry.key), all.len());
                all.push(entry.clone());
            }
        }
        Ok(all)
    }

    fn leaf(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, at: At) -> Leaf {
        let is_plain = style == ScalarStyle::Plain;
        let written = self.written(at);
        // The parser has folded line breaks away; on one line, what was written is what counts.
        let one_line = if written.contains('\n') { text } else { written };
        let (kind, odd) = if is_plain { plain(one_line) } else { (ScalarKind::Text, None) };
        let odd = odd.or_else(|| self.written_odd(text, style, at));
        match tag {
            None => Leaf::new(kind, text, odd),
            Some(tag) => tagged_leaf(tag, is_plain, text, Leaf::new(kind, text, odd)),
        }
    }

    fn written_odd(&self, text: &str, style: ScalarStyle, at: At) -> Option<Odd> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if text.contains('\0') {
            Some(Odd::Nul)
        } else if style == ScalarStyle::DoubleQuoted && has_surrogate(self.written(at)) {
            Some(Odd::Surrogate)
        } else if block && text.ends_with('\n') && !self.text.ends_with('\n') && self.ends_with_file(at) {
            Some(Odd::BlockEnd)
        } else {
            None
        }
    }

    fn ends_with_file(&self, at: At) -> bool {
        self.text.get(at.bytes().end..).is_none_or(|rest| !rest.contains('\n'))
    }

    fn written(&self, at: At) -> &'t str {
        self.text.get(at.bytes()).unwrap_or_default()
    }
}

fn at_of(span: &granit_parser::Span) -> At {
    At::new(span.byte_range().unwrap_or_default())
}

fn check_depth(depth: usize, at: At) -> Result<(), Unread> {
    if depth > DEPTH_MAX { Err(too_deep(at.bytes())) } else { Ok(()) }
}

fn key_odd(kind: ScalarKind, text: &str) -> Option<Odd> {
    match kind {
        ScalarKind::Null => Some(Odd::NullKey),
        ScalarKind::Decimal => Some(Odd::NumberKey),
        ScalarKind::Integer => (!crate::node::is_integer(text)).then_some(Odd::NumberKey),
        ScalarKind::Boolean | ScalarKind::Text => None,
        ScalarKind::EmptyMap | ScalarKind::EmptyList => Some(Odd::ComplexKey),
    }
}

/// The maps a merge key names: one, or a list of them. `None`: something else.
fn maps_of(value: &Rc<Node>) -> Option<Vec<Rc<Node>>> {
    let is_map = |node: &Node| matches!(node.value, Value::Map(_) | Value::Leaf(ScalarKind::EmptyMap, _));
    match &value.value {
        Value::List(items) => items.iter().all(|item| is_map(item)).then(|| items.clone()),
        Value::Map(_) | Value::Leaf(..) => is_map(value).then(|| vec![Rc::clone(value)]),
    }
}

fn entries_of(map: &Node) -> &[Entry] {
    match &map.value {
        Value::Map(entries) => entries,
        Value::Leaf(..) | Value::List(_) => &[],
    }
}

fn overridden(first: &mut Entry, by_merge: &Entry) {
    if first.value.sum == by_merge.value.sum {
        return;
    }
    first.hidden = Some(joined([first.hidden, Some(by_merge.value.sum)]));
    if !first.odds.contains(&Odd::MergeOverride) {
        first.odds.push(Odd::MergeOverride);
    }
}

/// A tag on a map or list. One of the application's own (`!GetAtt`) is kept: readers either refuse it or pass it on.
fn tagged(tag: Option<&Tag>, own: &str) -> Tagged {
    let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema_tag(own)) else { return Tagged::default() };
    let odd = (tag.handle().starts_with(YAML_TAGS)).then_some(Odd::Tag);
    Tagged { text: Some(tag.original().into()), odd }
}

/// A scalar with a tag. It is in doubt where the tag makes something else of it than some reader would without: that is
/// the one thing they disagree about.
fn tagged_leaf(tag: &Tag, is_plain: bool, text: &str, bare: Leaf) -> Leaf {
    let kind = match tag.core_suffix() {
        Some("str") => return Leaf { odd: None, ..Leaf::new(ScalarKind::Text, text, None) },
        Some("int") => Some(ScalarKind::Integer),
        Some("float") => Some(ScalarKind::Decimal),
        Some("bool") => Some(ScalarKind::Boolean),
        Some("null") => Some(ScalarKind::Null),
        Some(_) | None => None,
    };
    if is_plain && kind == Some(bare.kind) {
        return bare;
    }
    let name: Rc<str> = tag.original().into();
    let own = !tag.handle().starts_with(YAML_TAGS);
    let alike = own && bare.odd.is_none() && matches!(bare.kind, ScalarKind::Text | ScalarKind::Null);
    let odd = bare.odd.or((!alike).then_some(Odd::Tag));
    let space = if text.is_empty() { "" } else { " " };
    Leaf { tag: Some(Rc::clone(&name)), ..Leaf::new(ScalarKind::Text, &format!("{name}{space}{text}"), odd) }
}

fn has_surrogate(written: &str) -> bool {
    let mut rest = written.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            continue;
        }
        let high = rest.next() == Some(b'u') && rest.next_if(|b| b.eq_ignore_ascii_case(&b'd')).is_some();
        if high && rest.peek().is_some_and(|b| matches!(b, b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')) {
            return true;
        }
    }
    false
}

/// Tabs and directives among what is neither scalar nor comment.
fn between(text: &str, scalars: &[Range<usize>]) -> Vec<OddText> {
    let mut found = Vec::new();
    let mut from = 0;
    let end = text.len()..text.len();
    for scalar in scalars.iter().chain([&end]) {
        gap(text, from..scalar.start, &mut found);
        from = from.max(scalar.end);
    }
    found
}

fn gap(text: &str, gap: Range<usize>, found: &mut Vec<OddText>) {
    let mut in_comment = false;
    let mut starts_line = gap.start == 0;
    for (offset, c) in text.get(gap.clone()).unwrap_or_default().char_indices() {
        in_comment = (in_comment || c == '#') && c != '\n';
        let at = gap.start + offset;
        if !in_comment && c == '\t' {
            found.push(OddText { odd: Odd::Tab, at: at..at + 1 });
        } else if starts_line && c == '%' {
            let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            found.push(OddText { odd: Odd::Directive, at: at..at + line.len() });
        }
        starts_line = c == '\n';
    }
}

fn syntax(error: &ScanError, text: &str) -> Unread {
    let at = error.marker().byte_offset().unwrap_or_default().min(text.len());
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(at..at);
    }
    let template = text.contains("{{") || text.contains("{%");
    let help = if template {
        "if it is a template, compare what it renders to"
    } else {
        "look at this line and the one above: indentation, brackets, quotes"
    };
    Unread::new(at..at, format!("not YAML: {}", error.kind()), help)
}
