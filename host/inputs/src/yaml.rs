//! YAML into a tree: one document, no anchors, aliases, tags, directives or complex keys, and no scalar two readers
//! would read differently.
//!
//! The parser hands out one event at a time and stops at its own limits, which are set to ours: nothing after the first
//! problem is looked at. Its work before the first event is bounded by the same limits (`tests` below count it).

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle};
use interlock_model::Span;

use crate::error::{Problem, ProblemKind};
use crate::node::{self, Budget, DEPTH_MAX, Entry, Node, Nulls, Value};
use crate::place::{Places, span_in};
use crate::scalar::{Plain, plain};
use crate::scan;
use layout::{check_between, check_block, check_colon, check_escapes};
use refusal::{check_plain_key, doubtful, empty, reference, second_document, syntax, tag_found};

mod layout;
mod refusal;

/// Reads the one document of a YAML text, in which `null` is refused.
#[cfg(test)]
pub(crate) fn read(text: &str) -> Result<Node, Problem> {
    read_with(text, Nulls::Refused)
}

/// Reads the one document of a YAML text, and says what becomes of `null`.
pub(crate) fn read_with(text: &str, nulls: Nulls) -> Result<Node, Problem> {
    Reader { nulls, ..Reader::new(text) }.document()
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    places: Places<'t>,
    budget: Budget,
    nulls: Nulls,
    /// Flow collections (`[`, `{`) that are open.
    flow: usize,
    /// Where scalars stood, in order; what is between them is checked at the end.
    scalars: Vec<Range<usize>>,
    /// Events asked for.
    pulled: usize,
}

type Pulled<'t> = (Event<'t>, granit_parser::Span);
/// Reads what is inside a collection: its value, and where it ends.
type Fill<'t> = fn(&mut Reader<'t>, Span) -> Result<(Value, usize), Problem>;

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        let mut options = granit_parser::options! {
            // Readers differ about brackets and quotes that stand too far left; the specification forbids them.
            strict_indentation: true,
            disallow_directives: true,
            // Aliases and anchors are refused by us, which needs them to be shown, not resolved.
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            flow_nesting_limit: DEPTH_MAX,
            block_nesting_limit: DEPTH_MAX,
        };
        options.set_emit_comments(false);
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            text,
            places: Places::new(text),
            budget: Budget::default(),
            nulls: Nulls::Refused,
            flow: 0,
            scalars: Vec::new(),
            pulled: 0,
        }
    }

    fn document(&mut self) -> Result<Node, Problem> {
        self.pull()?;
        let (start, _) = self.pull()?;
        if matches!(start, Event::StreamEnd) {
            return Err(empty(span_in(self.text, 0..0)));
        }
        let (event, at) = self.pull()?;
        let root = self.root(event, &at)?;
        self.pull()?;
        let (next, at) = self.pull()?;
        if !matches!(next, Event::StreamEnd) {
            return Err(second_document(self.span(&at)));
        }
        check_between(self.text, &self.scalars)?;
        Ok(root)
    }

    fn root(&mut self, event: Event<'t>, at: &granit_parser::Span) -> Result<Node, Problem> {
        let nothing = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, 0, None) if plain(text, false) == Plain::Null);
        if nothing {
            return Err(empty(self.span(at)));
        }
        self.node(event, at, None)
    }

    fn pull(&mut self) -> Result<Pulled<'t>, Problem> {
        self.pulled += 1;
        match self.parser.next_event() {
            Some(Ok(pulled)) => Ok(pulled),
            Some(Err(error)) => Err(syntax(&error, self.text)),
            // Only after its last event, for which nobody asks twice.
            None => Err(Problem::new(
                ProblemKind::Syntax,
                span_in(self.text, self.text.len()..self.text.len()),
                "an early end",
            )),
        }
    }

    fn span(&mut self, at: &granit_parser::Span) -> Span {
        self.places.span(at.byte_range().unwrap_or_default())
    }

    fn node(
        &mut self,
        event: Event<'t>,
        at: &granit_parser::Span,
        key: Option<(&str, Span)>,
    ) -> Result<Node, Problem> {
        let span = self.span(at);
        self.check_plain_node(&event, at)?;
        self.budget.node(span)?;
        if let Event::Scalar(text, style, ..) = &event {
            return self.scalar(text, *style, span, key);
        }
        if let Event::SequenceStart(style, ..) = event {
            return self.collection(style, span, Self::list);
        }
        if let Event::MappingStart(style, ..) = event {
            return self.collection(style, span, Self::map);
        }
        Err(Problem::new(ProblemKind::Syntax, span, "no value")
            .expected("one")
            .help("look at the line above"))
    }

    /// No anchor, alias or tag on it. Their own place is shown, not the value's.
    fn check_plain_node(&mut self, event: &Event<'t>, at: &granit_parser::Span) -> Result<(), Problem> {
        if event.is_alias() {
            return Err(reference(self.span(at), "an alias", at.slice(self.text)));
        }
        if let Some(tag) = at.tag_span().filter(|_| event.tag().is_some()) {
            return Err(Problem::new(
                ProblemKind::TwoReaders,
                self.span(&tag),
                tag_found(tag.slice(self.text)),
            )
            .expected("a plain value")
            .help("remove the tag; readers differ in what it makes of the value"));
        }
        if event.anchor_id().is_some() {
            let (_, at) = self.pull()?;
            return Err(reference(self.span(&at), "an anchor", at.slice(self.text)));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        span: Span,
        key: Option<(&str, Span)>,
    ) -> Result<Node, Problem> {
        self.scalars.push(span.start..span.end);
        node::check_text(text, span)?;
        scan::check_decoded(text, span)?;
        let value = match style {
            ScalarStyle::Plain => self.plain_value(text, span, key)?,
            ScalarStyle::SingleQuoted => Value::Text(text.to_owned()),
            ScalarStyle::DoubleQuoted => {
                check_escapes(self.text, span)?;
                Value::Text(text.to_owned())
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                check_block(text, self.text, span, key.map_or(span, |(_, at)| at))?;
                Value::Text(text.to_owned())
            }
        };
        Ok(Node { span, value })
    }

    fn plain_value(&self, text: &str, span: Span, key: Option<(&str, Span)>) -> Result<Value, Problem> {
        let written = self.text.get(span.start..span.end).unwrap_or_default();
        // The parser has folded line breaks away already, so the question is put to what was written.
        match plain(written, self.flow > 0) {
            Plain::Bool(value) => Ok(Value::Bool(value)),
            Plain::Integer => node::integer(text, span),
            // Kept is what says so: a value that was forgotten must not remove anything.
            Plain::Null if self.nulls == Nulls::Kept && written == "null" => Ok(Value::Null),
            Plain::Null => Err(node::null(span, key, written)),
            Plain::Text => Ok(Value::Text(text.to_owned())),
            Plain::Doubtful(doubt) => Err(doubtful(text, doubt, span)),
        }
    }

    fn collection(&mut self, style: StructureStyle, span: Span, fill: Fill<'t>) -> Result<Node, Problem> {
        let flow = usize::from(style == StructureStyle::Flow);
        self.budget.enter(span)?;
        self.flow += flow;
        let (value, end) = fill(self, span)?;
        self.flow -= flow;
        self.budget.leave();
        Ok(Node { span: Span { end, ..span }, value })
    }

    /// The items, and where the last of them (or the closing bracket) ends.
    fn list(&mut self, span: Span) -> Result<(Value, usize), Problem> {
        let mut items: Vec<Node> = Vec::new();
        loop {
            let (event, at) = self.pull()?;
            if matches!(event, Event::SequenceEnd) {
                let last = items.last().map_or(span.end, |item| item.span.end);
                return Ok((Value::List(items), self.end(&at, last)));
            }
            items.push(self.node(event, &at, None)?);
        }
    }

    fn map(&mut self, span: Span) -> Result<(Value, usize), Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, at) = self.pull()?;
            if matches!(event, Event::MappingEnd) {
                let last = entries.last().map_or(span.end, |entry| entry.value.span.end);
                return Ok((node::map_of(entries)?, self.end(&at, last)));
            }
            let (key, key_span) = self.key(event, &at)?;
            let (event, at) = self.pull()?;
            let value = self.node(event, &at, Some((&key, key_span)))?;
            node::check_not_empty(&key, &value)?;
            entries.push(Entry { key, key_span, value });
        }
    }

    /// A closing bracket ends a flow collection; a block collection ends with its last value, not at the next key.
    fn end(&self, at: &granit_parser::Span, last: usize) -> usize {
        if self.flow > 0 { at.byte_range().map_or(last, |bytes| bytes.end.max(last)) } else { last }
    }

    fn key(&mut self, event: Event<'t>, at: &granit_parser::Span) -> Result<(String, Span), Problem> {
        let span = self.span(at);
        self.check_plain_node(&event, at)?;
        let Event::Scalar(text, style, ..) = &event else {
            return Err(Problem::new(ProblemKind::TwoReaders, span, "a map or a list as a key")
                .expected("a name")
                .help("write `name: value`; `?` and brackets before the colon are not read"));
        };
        if span.start == span.end {
            return Err(Problem::new(ProblemKind::TwoReaders, span, "a value without a key")
                .expected("`key: value`")
                .help("write the key before the colon"));
        }
        self.scalars.push(span.start..span.end);
        node::check_key(text, span)?;
        let written = self.text.get(span.start..span.end).unwrap_or_default();
        if *style == ScalarStyle::Plain || written.contains('\n') {
            check_plain_key(written, self.flow > 0, span)?;
        }
        if self.flow > 0 {
            check_colon(self.text, span)?;
        }
        Ok((text.clone().into_owned(), span))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, line: u32, column: u32, part: &str) {
        let problem = read(text).unwrap_err();
        assert_eq!((problem.span.line, problem.span.column), (line, column), "{problem:?}");
        assert!(problem.message().contains(part), "{problem:?}");
    }

    /// Nothing after the first problem is looked at: neither events nor, by the place of the problem, bytes.
    #[track_caller]
    fn stops(text: &str, events: usize, bytes: usize) {
        let mut reader = Reader::new(text);
        let problem = reader.document().unwrap_err();
        assert!(reader.pulled <= events, "{} events", reader.pulled);
        assert!(problem.span.start <= bytes, "{problem:?}");
    }

    #[test]
    fn a_hostile_shape_stops_the_reader_early() {
        stops(&"{a: ".repeat(40_000), 2, 4 * 64);
        stops(&"[".repeat(200_000), 2, 64);
        stops(&"- ".repeat(200_000), 70, 2 * 64);
        stops(&"? ".repeat(200_000), 5, 2);
        stops(&"---\n".repeat(100_000), 5, 4);
        stops(&"- &a x\n".repeat(100_000), 5, 2);
        stops(&format!("[{}]", "1,".repeat(400_000)), 100_010, 200_010);
        stops(&(0..1_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>(), 140, 4 * 1024);
    }

    #[test]
    fn one_plain_document_is_read() {
        let root = read("---\n# c\na: [x, {b: 1}]\nc: >-\n  d\n  e\n").unwrap();
        let Value::Map(entries) = &root.value else { panic!("{root:?}") };
        let keys: Vec<_> =
            entries.iter().map(|e| (e.key.as_str(), e.value.span.line, e.value.span.column)).collect();
        assert_eq!(keys, [("a", 3, 4), ("c", 5, 3)]);
        let spans: Vec<_> = entries.iter().map(|e| (e.value.span.start, e.value.span.end)).collect();
        assert_eq!(spans, [(11, 22), (31, 37)]);
    }

    #[test]
    fn what_readers_disagree_about_is_refused_where_it_stands() {
        refused("a: 1\na: 2\n", 2, 1, "second time");
        refused("a: 1\n\"\\x61\": 2\n", 2, 1, "second time");
        refused("a: &x 1\nb: *x\n", 1, 4, "anchor `&x`");
        refused("a: *x\n", 1, 4, "alias `*x`");
        refused("a: !t 1\n", 1, 4, "tag `!t`");
        refused("%YAML 1.1\n---\na: 1\n", 1, 1, "directive");
        refused("<<: 1\n", 1, 1, "merge key");
        refused("on: 1\n", 1, 1, "boolean");
        refused("a:\tb\n", 1, 3, "tab");
        refused("{\"a\"\n : b}\n", 1, 2, "another line");
        refused("? a\n: b\n", 1, 1, "`?`");
        refused("a: 1\n...\n", 2, 1, "end-of-document");
        refused("a: 1\n---\nb: 2\n", 2, 1, "second document");
        refused("a: |\n  x", 2, 3, "last line break");
        refused("a: |\n  \tx\n", 2, 3, "begins with a tab");
        refused("a: >\t\n  \n", 1, 1, "empty text block");
        refused("a: \"\\ud83d\\ude00\"\n", 1, 4, "surrogate");
        refused("a: \"\\0\"\n", 1, 4, "NUL");
        refused("a: {}\n", 1, 4, "empty map");
        refused("b: 1\na:\n", 2, 1, "without a value");
        refused("# only this\n", 1, 1, "empty document");
        refused("---\n~\n", 2, 1, "empty document");
        refused("a: b\n  c\n", 1, 4, "several lines");
    }
}
