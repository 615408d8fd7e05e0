//! YAML that others own, as it is: several documents, unquoted words, tags and anchors that we have no use for. Every
//! scalar is text here, so nothing can be read in two ways; a key that is there twice, and a value that stands
//! elsewhere (an alias), are refused.
//!
//! The same parser as for our own documents, not a serde front end: it stops at our limits while it reads, resolves no
//! alias, and knows where everything stands. Our own documents are read by `yaml`, which takes much less.

use granit_parser::{Event, Parser, ScalarStyle, StrInput};
use interlock_model::Span;

use crate::error::{Problem, ProblemKind, shown};
use crate::node::{self, Budget, DEPTH_MAX, Entry, Node, Value};
use crate::place::{Places, span_in};

/// Every document of a text that is not empty, in order.
pub(super) fn documents(text: &str) -> Result<Vec<Node>, Problem> {
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEPTH_MAX,
        block_nesting_limit: DEPTH_MAX,
    };
    options.set_emit_comments(false);
    let parser = Parser::new_from_str_with_options(text, options);
    Loose { parser, text, places: Places::new(text), budget: Budget::default() }.documents()
}

struct Loose<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    places: Places<'t>,
    budget: Budget,
}

type Pulled<'t> = (Event<'t>, Span);

impl<'t> Loose<'t> {
    fn documents(&mut self) -> Result<Vec<Node>, Problem> {
        let mut documents = Vec::new();
        // The first problem ends it: a parser that is asked again after one may answer for ever.
        loop {
            let (event, _) = self.pull()?;
            if matches!(event, Event::StreamEnd) {
                return Ok(documents);
            }
            if matches!(event, Event::DocumentStart(..)) {
                let (event, at) = self.pull()?;
                let document = self.node(event, at)?;
                documents.extend((!is_nothing(&document)).then_some(document));
            }
        }
    }

    fn pull(&mut self) -> Result<Pulled<'t>, Problem> {
        match self.parser.next_event() {
            Some(Ok((event, at))) => Ok((event, self.places.span(at.byte_range().unwrap_or_default()))),
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or_default().min(self.text.len());
                let found = format!("not YAML: {}", error.kind());
                Err(Problem::new(ProblemKind::Syntax, span_in(self.text, at..at), found)
                    .help("look at this line and the one above: indentation, brackets, quotes"))
            }
            // Only after its last event, for which nobody asks twice.
            None => {
                let end = span_in(self.text, self.text.len()..self.text.len());
                Err(Problem::new(ProblemKind::Syntax, end, "an early end").help("look at its end"))
            }
        }
    }

    /// A value. A null is an empty map: it says as much (see [`is_nothing`]), and its key still counts as one.
    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, Problem> {
        self.budget.node(span)?;
        if let Event::Scalar(text, style, ..) = event {
            return scalar(&text, style, span);
        }
        let value = if matches!(event, Event::SequenceStart(..)) {
            self.inside(span, Self::list)?
        } else if matches!(event, Event::MappingStart(..)) {
            self.inside(span, Self::map)?
        } else if event.is_alias() {
            return Err(self.alias(span));
        } else {
            return Err(Problem::new(ProblemKind::Syntax, span, "no value")
                .expected("one")
                .help("look at the line above"));
        };
        Ok(Node { span, value })
    }

    fn alias(&self, span: Span) -> Problem {
        let written = self.text.get(span.start..span.end).unwrap_or_default();
        Problem::new(ProblemKind::TwoReaders, span, format!("an alias {}", shown(written)))
            .expected("every value written out")
            .help("write the value here: a short file of aliases can stand for a very long one")
    }

    fn inside(
        &mut self,
        span: Span,
        fill: fn(&mut Self) -> Result<Value, Problem>,
    ) -> Result<Value, Problem> {
        self.budget.enter(span)?;
        let value = fill(self)?;
        self.budget.leave();
        Ok(value)
    }

    fn list(&mut self) -> Result<Value, Problem> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.pull()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Value::List(items));
            }
            items.push(self.node(event, at)?);
        }
    }

    fn map(&mut self) -> Result<Value, Problem> {
        let mut entries = Vec::new();
        loop {
            let (event, key_span) = self.pull()?;
            if matches!(event, Event::MappingEnd) {
                return node::map_of(entries);
            }
            let key = self.key(event, key_span)?;
            let (event, at) = self.pull()?;
            let value = self.node(event, at)?;
            entries.push(Entry { key, key_span, value });
        }
    }

    fn key(&mut self, event: Event<'t>, span: Span) -> Result<String, Problem> {
        self.budget.node(span)?;
        if let Event::Scalar(text, ..) = event {
            return Ok(text.into_owned());
        }
        if event.is_alias() {
            return Err(self.alias(span));
        }
        Err(Problem::new(ProblemKind::TwoReaders, span, "a key that is a map or a list")
            .expected("text")
            .help("write the key as one word"))
    }
}

fn scalar(text: &str, style: ScalarStyle, span: Span) -> Result<Node, Problem> {
    if style == ScalarStyle::Plain && is_null(text) {
        return Ok(Node { span, value: Value::Map(Vec::new()) });
    }
    node::check_text(text, span)?;
    Ok(Node { span, value: Value::Text(text.to_owned()) })
}

/// Whether a value says nothing: null, or a map without keys. To be read as if it were left out.
pub(super) fn is_nothing(node: &Node) -> bool {
    matches!(&node.value, Value::Map(entries) if entries.is_empty())
}

/// As YAML's core schema has it.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
