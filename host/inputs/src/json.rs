//! JSON into a tree: RFC 8259 and nothing beside it.
//!
//! The parser recurses and keeps every value, so a linear scan of the bytes counts depth and values before it runs. The
//! scan also refuses the three things the parser lets through: raw line breaks and tabs in strings, blanks that are not
//! JSON's, and comments.

use std::ops::Range;

use interlock_model::Span;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions};

use crate::error::{Problem, ProblemKind, shown};
use crate::node::{self, Budget, DEPTH_MAX, Entry, NODES_MAX, Node, Value};
use crate::place::{Places, span_in};
use crate::scan;

/// Reads the one value of a JSON text.
pub(crate) fn read(text: &str) -> Result<Node, Problem> {
    check_shape(text)?;
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &STRICT)
        .map_err(|error| syntax(&error, text))?;
    let root = parsed.value.ok_or_else(|| empty(text))?;
    Reader { places: Places::new(text), budget: Budget::default() }.node(&root, None)
}

/// JSON as RFC 8259 has it, and nothing beside it.
pub(crate) const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// What the byte scan knows.
#[derive(Default)]
struct Shape {
    depth: usize,
    /// An upper bound on the values so far: each follows an opening bracket, a comma or a colon.
    values: usize,
    in_string: bool,
    after_backslash: bool,
}

/// Depth exactly, values from above, and the characters JSON has in each place.
fn check_shape(text: &str) -> Result<(), Problem> {
    let mut shape = Shape::default();
    for (at, byte) in text.bytes().enumerate() {
        let here = |start| span_in(text, start..start + 1);
        if shape.in_string {
            shape.string_byte(byte).map_err(|()| raw_control(here(at)))?;
        } else {
            shape.byte(byte).map_err(|problem| problem(text, at))?;
        }
    }
    Ok(())
}

type At = fn(&str, usize) -> Problem;

impl Shape {
    fn string_byte(&mut self, byte: u8) -> Result<(), ()> {
        if byte < b' ' {
            return Err(());
        }
        self.in_string = self.after_backslash || byte != b'"';
        self.after_backslash = !self.after_backslash && byte == b'\\';
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<(), At> {
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'/' => return Err(comment),
            0x80.. => return Err(outside_string),
            _ => {}
        }
        self.values += usize::from(matches!(byte, b'{' | b'[' | b','));
        if self.depth > DEPTH_MAX {
            return Err(|text, at| node::too_deep(span_in(text, at..at + 1)));
        }
        if self.values > NODES_MAX {
            return Err(|text, at| node::too_many_nodes(span_in(text, at..at + 1)));
        }
        Ok(())
    }
}

fn raw_control(span: Span) -> Problem {
    Problem::new(ProblemKind::Syntax, span, "a raw line break or tab in a string")
        .expected("`\\n` or `\\t`")
        .help("close the string on its line, or write the escape")
}

fn comment(text: &str, at: usize) -> Problem {
    Problem::new(ProblemKind::Syntax, span_in(text, at..at + 1), "a comment or a stray `/`")
        .expected("JSON, which has no comments")
        .help("remove it, or write the document as YAML")
}

fn outside_string(text: &str, at: usize) -> Problem {
    let c = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\u{fffd}');
    let found = format!("U+{:04X} outside a string", u32::from(c));
    Problem::new(ProblemKind::Syntax, span_in(text, at..at + c.len_utf8()), found)
        .expected("JSON's own characters")
        .help("remove it; blanks other than space, tab and line breaks are not JSON")
}

fn empty(text: &str) -> Problem {
    Problem::new(ProblemKind::Empty, span_in(text, 0..0), "an empty document")
        .expected("keys and values")
        .help("an empty file is no evidence of anything; `interlock schema` prints what a document may hold")
}

fn syntax(error: &ParseError, text: &str) -> Problem {
    let Range { start, end } = clamp(error.range(), text);
    let found = format!("not JSON: {}", lower_first(&error.kind().to_string()));
    let help = syntax_help(error.kind());
    Problem::new(ProblemKind::Syntax, span_in(text, start..end), found).help(help)
}

fn syntax_help(kind: &ParseErrorKind) -> &'static str {
    if matches!(kind, ParseErrorKind::TrailingCommasNotAllowed) {
        "remove the comma"
    } else if matches!(kind, ParseErrorKind::ExpectedStringObjectProperty) {
        "put the key in double quotes"
    } else if matches!(kind, ParseErrorKind::MultipleRootJsonValues) {
        "put the other change into a file of its own"
    } else if matches!(kind, ParseErrorKind::SingleQuotedStringsNotAllowed) {
        "use double quotes"
    } else {
        "look at this place and just before it: brackets, commas, quotes"
    }
}

fn clamp(range: jsonc_parser::common::Range, text: &str) -> Range<usize> {
    let start = range.start.min(text.len());
    start..range.end.clamp(start, text.len())
}

fn lower_first(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(rest).collect()
}

struct Reader<'t> {
    places: Places<'t>,
    budget: Budget,
}

impl Reader<'_> {
    fn node(&mut self, value: &ast::Value<'_>, key: Option<(&str, Span)>) -> Result<Node, Problem> {
        let range = value.range();
        let span = self.places.span(range.start..range.end);
        self.budget.node(span)?;
        let value = match value {
            ast::Value::StringLit(literal) => text(&literal.value, span)?,
            ast::Value::NumberLit(literal) => number(literal.value, span)?,
            ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
            ast::Value::NullKeyword(_) => return Err(node::null(span, key, "null")),
            ast::Value::Array(array) => self.list(array, span)?,
            ast::Value::Object(object) => self.map(object, span)?,
        };
        Ok(Node { span, value })
    }

    fn list(&mut self, array: &ast::Array<'_>, span: Span) -> Result<Value, Problem> {
        self.budget.enter(span)?;
        let items = array.elements.iter().map(|item| self.node(item, None)).collect::<Result<_, _>>()?;
        self.budget.leave();
        Ok(Value::List(items))
    }

    fn map(&mut self, object: &ast::Object<'_>, span: Span) -> Result<Value, Problem> {
        self.budget.enter(span)?;
        let entries =
            object.properties.iter().map(|property| self.entry(property)).collect::<Result<_, _>>()?;
        self.budget.leave();
        node::map_of(entries)
    }

    fn entry(&mut self, property: &ast::ObjectProp<'_>) -> Result<Entry, Problem> {
        let range = property.name.range();
        let key_span = self.places.span(range.start..range.end);
        let key = property.name.as_str();
        node::check_key(key, key_span)?;
        let value = self.node(&property.value, Some((key, key_span)))?;
        node::check_not_empty(key, &value)?;
        Ok(Entry { key: key.to_owned(), key_span, value })
    }
}

fn text(text: &str, span: Span) -> Result<Value, Problem> {
    node::check_text(text, span)?;
    scan::check_decoded(text, span)?;
    Ok(Value::Text(text.to_owned()))
}

fn number(text: &str, span: Span) -> Result<Value, Problem> {
    if node::is_integer(text) {
        return node::integer(text, span);
    }
    Err(Problem::new(ProblemKind::Value, span, format!("number {}", shown(text)))
        .expected("a whole number without a fraction or an exponent")
        .help("shares are basis points (1 percent is 100), times are whole seconds or minutes"))
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

    #[test]
    fn nothing_beside_json_is_read() {
        refused("{\"a\": 1,}", 1, 8, "trailing comma");
        refused("{\"a\": 1 // b\n}", 1, 9, "comment");
        refused("{a: 1}", 1, 2, "string for object property");
        refused("{\"a\": NaN}", 1, 7, "unexpected token");
        refused("{\"a\": 'b'}", 1, 7, "single-quoted");
        refused("{\"a\": 1 \"b\": 2}", 1, 8, "expected comma");
        refused("{\"a\": \"x\ny\"}", 1, 9, "raw line break");
        refused("{\"a\":\u{a0}1}", 1, 6, "U+00A0");
        refused("{} {}", 1, 4, "more than one");
        refused("{\"a\": 01}", 1, 8, "expected comma");
        refused("  \n", 1, 1, "empty document");
        refused("{\"a\": \"\\ud800\"}", 1, 8, "surrogate");
        refused("{\"a\": \"\\u0000\"}", 1, 7, "NUL");
        refused("{\"a\": 1, \"\\u0061\": 2}", 1, 10, "second time");
        refused("{\"a\": 1.0}", 1, 7, "whole number");
        refused("{\"a\": null}", 1, 7, "`null`");
    }

    #[test]
    fn depth_and_count_are_checked_before_the_parser_runs() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(check_shape(&deep(DEPTH_MAX)).is_ok() && read(&deep(DEPTH_MAX)).is_ok());
        assert!(check_shape(&deep(DEPTH_MAX + 1)).is_err());
        refused(&"[".repeat(200_000), 1, 65, "64 deep");
        assert!(check_shape(&"[\"]\\\"[[[\"]".repeat(1000)).is_ok());
        assert!(check_shape(&format!("[\"\\\\\",{}", deep(DEPTH_MAX))).is_err());
        let list = |values: usize| format!("[{}1]", "1,".repeat(values - 1));
        assert!(read(&list(NODES_MAX - 1)).is_ok());
        assert!(check_shape(&list(NODES_MAX + 1)).is_err());
    }
}
