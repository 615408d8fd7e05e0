//! HCL as Terraform, OpenTofu, Packer and Nomad write it, and the values of Terraform in `.tfvars`.
//!
//! A block is a map under its type and its labels: `resource "aws_db_instance" "main"` stands under
//! `/resource/aws_db_instance/main`; one that is there several times is a list. What has to be evaluated (a variable, a
//! call, text with `${}` in it) is text as it is written, and its sum is never that of the literal text. The parser bounds
//! its own recursion; `scan` bounds the rest.

mod scan;

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::{Attribute, Block, BlockLabel, Body, Structure};
use hcl_edit::template::{Element, Template};
use interlock_model::ScalarKind;

use super::odd::{Odd, Unread, characters};
use super::tree::{At, Budget, DEPTH_MAX, Entry, Leaf, Node, Tagged, Tree, too_deep};

/// The tag of what is no literal.
const EXPRESSION: &str = "expression";

/// Reads an HCL text.
pub(super) fn read(text: &str) -> Result<Tree, Unread> {
    scan::scan(text)?;
    let body = hcl_edit::parser::parse_body(text).map_err(|error| syntax(&error, text))?;
    let mut reader = Reader { text, budget: Budget::default() };
    let root = reader.body(&body, 0..text.len(), 1)?;
    Ok(Tree { roots: vec![root], odd: characters(text, false) })
}

fn syntax(error: &hcl_edit::parser::Error, text: &str) -> Unread {
    let at = error.location().offset().min(text.len());
    let found = format!("not HCL: {}", error.message());
    Unread::new(
        at..at,
        found,
        "look at this line and the one above: braces, quotes, `=`, and keys that are there twice",
    )
}

struct Reader<'t> {
    text: &'t str,
    budget: Budget,
}

/// What one body holds: attributes and blocks, blocks with labels one level down for each label.
#[derive(Default)]
struct Level {
    by_name: HashMap<Rc<str>, usize>,
    slots: Vec<Slot>,
}

struct Slot {
    name: Rc<str>,
    at: At,
    /// Attributes, and blocks whose labels end here.
    values: Vec<Rc<Node>>,
    below: Option<Level>,
}

impl Level {
    fn slot(&mut self, name: &str, at: At) -> Option<&mut Slot> {
        let next = self.slots.len();
        let index = *self.by_name.entry(name.into()).or_insert(next);
        if index == next {
            self.slots.push(Slot { name: name.into(), at, values: Vec::new(), below: None });
        }
        self.slots.get_mut(index)
    }
}

impl Reader<'_> {
    fn body(&mut self, body: &Body, at: Range<usize>, depth: usize) -> Result<Rc<Node>, Unread> {
        if depth > DEPTH_MAX {
            return Err(too_deep(at));
        }
        let mut level = Level::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => self.attribute(attribute, &mut level, depth)?,
                Structure::Block(block) => self.block(block, &mut level, depth)?,
            }
        }
        self.level(level, At::new(at))
    }

    fn attribute(&mut self, attribute: &Attribute, level: &mut Level, depth: usize) -> Result<(), Unread> {
        let value = self.expression(&attribute.value, depth + 1)?;
        let at = At::new(attribute.key.span().unwrap_or_default());
        if let Some(slot) = level.slot(attribute.key.as_str(), at) {
            slot.values.push(value);
        }
        Ok(())
    }

    fn block(&mut self, block: &Block, level: &mut Level, depth: usize) -> Result<(), Unread> {
        let at = block.span().unwrap_or_default();
        let value = self.body(&block.body, at, depth + 1 + block.labels.len())?;
        let key_at = At::new(block.ident.span().unwrap_or_default());
        let Some(mut slot) = level.slot(block.ident.as_str(), key_at) else { return Ok(()) };
        for label in &block.labels {
            let (name, at) = named(label);
            let Some(below) = slot.below.get_or_insert_default().slot(name, at) else { return Ok(()) };
            slot = below;
        }
        slot.values.push(value);
        Ok(())
    }

    fn level(&mut self, level: Level, at: At) -> Result<Rc<Node>, Unread> {
        let mut entries = Vec::with_capacity(level.slots.len());
        for Slot { name, at, mut values, below } in level.slots {
            if let Some(below) = below {
                let end = below.slots.last().map_or(at, |last| last.at);
                values.push(self.level(below, at.until(end))?);
            }
            entries.push(Entry::new(&name, at, None, self.budget.several(values)?));
        }
        self.budget.map(at, entries, Tagged::default())
    }

    fn expression(&mut self, expression: &Expression, depth: usize) -> Result<Rc<Node>, Unread> {
        let span = expression.span().unwrap_or_default();
        if depth > DEPTH_MAX {
            return Err(too_deep(span));
        }
        let at = At::new(span.clone());
        let written = self.text.get(span).unwrap_or_default();
        let leaf = match expression {
            Expression::Array(items) => {
                let items =
                    items.iter().map(|item| self.expression(item, depth + 1)).collect::<Result<_, _>>()?;
                return self.budget.list(at, items, Tagged::default());
            }
            Expression::Object(object) => return self.object(object, at, depth),
            Expression::Null(_) => Leaf::new(ScalarKind::Null, "", None),
            Expression::Bool(_) => Leaf::new(ScalarKind::Boolean, written, None),
            Expression::Number(_) => number(written),
            Expression::String(text) => literal(text),
            Expression::HeredocTemplate(heredoc) => match plain(&heredoc.template) {
                Some(text) => literal(&text),
                None => evaluated(written),
            },
            Expression::StringTemplate(_)
            | Expression::Parenthesis(_)
            | Expression::Variable(_)
            | Expression::Conditional(_)
            | Expression::FuncCall(_)
            | Expression::Traversal(_)
            | Expression::UnaryOp(_)
            | Expression::BinaryOp(_)
            | Expression::ForExpr(_) => evaluated(written),
        };
        self.budget.leaf(at, leaf)
    }

    fn object(&mut self, object: &Object, at: At, depth: usize) -> Result<Rc<Node>, Unread> {
        let mut entries = Vec::with_capacity(object.len());
        for (key, value) in object {
            let (name, key_at) = self.key(key);
            let value = self.expression(value.expr(), depth + 1)?;
            entries.push(Entry::new(&name, key_at, None, value));
        }
        self.budget.map(at, entries, Tagged::default())
    }

    /// A key in quotes is the key without them; one that has to be evaluated is its source.
    fn key(&self, key: &ObjectKey) -> (String, At) {
        match key {
            ObjectKey::Ident(name) => (name.as_str().to_owned(), At::new(name.span().unwrap_or_default())),
            ObjectKey::Expression(expression) => {
                let span = expression.span().unwrap_or_default();
                let written = || self.text.get(span.clone()).unwrap_or_default();
                let name = expression.as_str().map_or_else(|| written().to_owned(), str::to_owned);
                (name, At::new(span))
            }
        }
    }
}

fn named(label: &BlockLabel) -> (&str, At) {
    let span = match label {
        BlockLabel::Ident(name) => name.span(),
        BlockLabel::String(name) => name.span(),
    };
    (label.as_str(), At::new(span.unwrap_or_default()))
}

/// Terraform's numbers are exact, however long they are.
fn number(written: &str) -> Leaf {
    let whole = written.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    Leaf::new(if whole { ScalarKind::Integer } else { ScalarKind::Decimal }, written, None)
}

fn literal(text: &str) -> Leaf {
    Leaf::new(ScalarKind::Text, text, text.contains('\0').then_some(Odd::Nul))
}

/// The text of a heredoc with nothing to evaluate in it.
fn plain(template: &Template) -> Option<String> {
    template
        .iter()
        .map(|element| match element {
            Element::Literal(text) => Some(text.as_str()),
            Element::Interpolation(_) | Element::Directive(_) => None,
        })
        .collect()
}

fn evaluated(written: &str) -> Leaf {
    Leaf { tag: Some(EXPRESSION.into()), ..Leaf::new(ScalarKind::Text, written, None) }
}
