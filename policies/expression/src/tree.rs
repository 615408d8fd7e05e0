//! An expression as a tree: nodes in one list, so that it is built, walked and dropped without a deep stack.
//!
//! `parse` builds it, `check` finds the names in it, `eval` reads a change by it.

use crate::trouble::{Span, Troubled, trouble};

/// Deepest nesting of an expression. A policy has a stack of 32 KiB, and house rules are one line.
pub(crate) const HEIGHT_MAX: usize = 24;

/// Where a node stands in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(usize);

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: Span,
    pub(crate) what: What,
    height: usize,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum What {
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Id>),
    /// `change`, `question`, or the name of a macro's item. `check` finds its slot.
    Name {
        name: String,
        slot: usize,
    },
    /// `of.name`. `check` finds the field.
    Select {
        of: Id,
        name: String,
        name_at: Span,
        field: Field,
    },
    Index {
        of: Id,
        index: Id,
    },
    Not(Id),
    Minus(Id),
    /// `a && b && c`
    All(Vec<Id>),
    /// `a || b || c`
    Any(Vec<Id>),
    Binary {
        operator: Operator,
        left: Id,
        right: Id,
    },
    Choice {
        test: Id,
        then: Id,
        otherwise: Id,
    },
    Has(Id),
    /// `list.all(name, body)` and its like.
    Each {
        how: Macro,
        list: Id,
        name: String,
        name_at: Span,
        body: Id,
    },
    Call {
        function: Function,
        of: Id,
        argument: Option<Id>,
    },
}

/// What a selection reads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Field {
    /// Not looked for yet.
    #[default]
    Unsought,
    /// A field of a record, by its place there; and the field that counts what the host left out of it.
    Of { index: usize, omitted: Option<usize> },
    /// A key of the attributes.
    Attribute,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
}

/// A macro over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Macro {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    LowerAscii,
    Int,
}

/// What an id of another tree would stand for. It is neither true nor false, so nothing could hold by it.
static NOWHERE: Node = Node { at: Span { start: 0, end: 0 }, what: What::Number(0), height: 0 };

/// A whole expression.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    pub(crate) root: Id,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::new(), root: Id(0) }
    }

    /// A node over nodes that are there already.
    pub(crate) fn add(&mut self, at: Span, what: What) -> Troubled<Id> {
        let height = 1 + what.below().iter().map(|id| self.get(*id).height).max().map_or(0, |height| height);
        if height > HEIGHT_MAX {
            return too_deep(at);
        }
        self.nodes.push(Node { at, what, height });
        Ok(Id(self.nodes.len() - 1))
    }

    /// The node of an id that `add` gave out: nodes are never taken away.
    pub(crate) fn get(&self, id: Id) -> &Node {
        self.nodes.get(id.0).map_or(&NOWHERE, |node| node)
    }

    /// Writes down what `check` found.
    pub(crate) fn resolve(&mut self, id: Id, found: Resolved) {
        let Some(Node { what, .. }) = self.nodes.get_mut(id.0) else { return };
        match (what, found) {
            (What::Name { slot, .. }, Resolved::Slot(found)) => *slot = found,
            (What::Select { field, .. }, Resolved::Field(found)) => *field = found,
            _ => {}
        }
    }

    /// Every node, in the order in which they end in the source.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        (0..self.nodes.len()).map(Id)
    }
}

/// What a name turned out to be.
pub(crate) enum Resolved {
    Slot(usize),
    Field(Field),
}

pub(crate) fn too_deep<T>(at: Span) -> Troubled<T> {
    trouble(
        at,
        format!("nested deeper than {HEIGHT_MAX}: make two rules of it, each under a name of its own"),
    )
}

impl What {
    fn below(&self) -> Vec<Id> {
        match self {
            Self::Flag(_) | Self::Number(_) | Self::Text(_) | Self::Name { .. } => vec![],
            Self::List(items) | Self::All(items) | Self::Any(items) => items.clone(),
            Self::Select { of, .. } | Self::Not(of) | Self::Minus(of) | Self::Has(of) => vec![*of],
            Self::Index { of, index } => vec![*of, *index],
            Self::Binary { left, right, .. } => vec![*left, *right],
            Self::Choice { test, then, otherwise } => vec![*test, *then, *otherwise],
            Self::Each { list, body, .. } => vec![*list, *body],
            Self::Call { of, argument, .. } => [*of].into_iter().chain(*argument).collect(),
        }
    }
}
