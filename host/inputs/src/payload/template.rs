//! Files that are to be rendered first: Helm's and Go's, Jinja's, ERB's and their like.
//!
//! A marker counts where no format could have it: at the start of a line, or as a value without quotes. `${{ }}` of
//! GitHub's workflows and `"{{ }}"` of Ansible's playbooks are values like any other, and a file that is broken above its
//! first marker is broken, not a template.

use interlock_model::{Doubt, DoubtKind, Side, Span};

use super::odd::{Cause, Odd, Unread};
use super::tree::{At, Node, Tree, Value};

/// Endings of names under which templates are kept, behind that of the format they render to.
const ENDINGS: [&str; 11] =
    ["tmpl", "tpl", "gotmpl", "j2", "jinja", "jinja2", "erb", "mustache", "hbs", "ejs", "template"];
/// How an action of a template begins.
const MARKS: [&str; 4] = ["{{", "{%", "{#", "<%"];

/// What a file's name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// `app.yaml.j2`
    Template,
    /// `app.yaml`, which may be one all the same.
    Plain,
}

impl Named {
    pub(super) fn of_path(path: &str) -> Self {
        if rendered_name(path).len() < path.len() { Self::Template } else { Self::Plain }
    }
}

/// A name without the ending of a template language: `app.yaml` of `app.yaml.j2`.
pub(super) fn rendered_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((rest, ending)) if ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) => rest,
        Some(_) | None => name,
    }
}

/// Where the action stands because of which a text was not read: the first one, if it is not below the error. A file that
/// is named a template needs no action to be one: some languages have marks of their own.
pub(super) fn cause(text: &str, unread: &Unread, named: Named) -> Option<At> {
    match unread.cause {
        Cause::Syntax => {}
        Cause::Bound | Cause::Foreign => return None,
    }
    let action = first_action(text).filter(|at| at.bytes().start <= line_end(text, unread.at.start));
    match named {
        Named::Template => action.or_else(|| Some(At::new(unread.at.clone()))),
        Named::Plain => action,
    }
}

/// The same for a text that was read as something else: to YAML, `{{ x }}` is a map whose key is a map, and formats that
/// are read line by line take any action for a key or a value.
pub(super) fn misread(text: &str, tree: &Tree, named: Named) -> Option<At> {
    let at = first_action(text)?;
    match named {
        Named::Template => Some(at),
        Named::Plain => tree.roots.iter().any(|root| has_map_as_key(text, root)).then_some(at),
    }
}

fn has_map_as_key(text: &str, node: &Node) -> bool {
    match &node.value {
        Value::Leaf(..) => false,
        Value::List(items) => items.iter().any(|item| has_map_as_key(text, item)),
        Value::Map(entries) => entries.iter().any(|entry| {
            let action = || text.get(node.at.bytes()).is_some_and(|written| written.starts_with("{{"));
            entry.odds.contains(&Odd::ComplexKey) && action() || has_map_as_key(text, &entry.value)
        }),
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end)
}

/// The first action where no format could have it.
fn first_action(text: &str) -> Option<At> {
    super::piece::lines(text).find_map(|line| {
        let trimmed = line.trim();
        let marked = |text: &str| MARKS.iter().any(|mark| text.starts_with(mark));
        let behind = [": ", "- ", "= ", "="].into_iter().find_map(|before| {
            let (_, value) = trimmed.text.split_once(before)?;
            marked(value.trim_start()).then(|| trimmed.text.len() - value.trim_start().len())
        });
        let at = if marked(trimmed.text) { Some(0) } else { behind };
        at.map(|at| At::new(trimmed.start + at..trimmed.start + trimmed.text.len()))
    })
}

/// What is told of a template.
pub(super) fn doubt(path: &str, side: Side, format: &str, span: Span) -> Doubt {
    Doubt {
        kind: DoubtKind::Template,
        path: path.to_owned(),
        side,
        span,
        message: format!(
            "a template, which is not {format} before it is rendered; its lines were compared, its values not"
        ),
        help: "compare what it renders to, before and after".to_owned(),
    }
}
