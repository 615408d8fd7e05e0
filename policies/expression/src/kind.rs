//! The kinds of values an expression has, and how they are called.

use std::fmt;

use interlock_guest::reflect::{Record, Reflect as _, Type};
use interlock_guest::{change_types, listed, question_types};

/// What an expression comes to. Every fact of a change has one kind, so every expression has.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Flag,
    Number,
    Text,
    /// One of a few words, compared like a text.
    Word(&'static [&'static str]),
    List(Box<Kind>),
    Record(&'static Record),
    /// Texts by keys: `change.attributes`.
    Attributes,
    /// The items of a list with nothing in it.
    Nothing,
}

impl Kind {
    pub(crate) fn change() -> Self {
        Self::of(change_types::Change::TYPE)
    }

    pub(crate) fn question() -> Self {
        Self::of(question_types::Question::TYPE)
    }

    pub(crate) fn of(ty: Type) -> Self {
        match ty {
            Type::Flag => Self::Flag,
            Type::Number => Self::Number,
            Type::Text => Self::Text,
            Type::Word(words) => Self::Word(words),
            Type::List(item) => Self::List(Box::new(Self::of(*item))),
            Type::Record(record) => Self::Record(record),
        }
    }

    /// What a field holds. The contract has no maps: what a document writes as one is a list of keys with values.
    pub(crate) fn of_field(record: &Record, name: &str, ty: Type) -> Self {
        if record.name == "change" && name == "attributes" { Self::Attributes } else { Self::of(ty) }
    }

    /// What holds values of both kinds, if anything does.
    pub(crate) fn both(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Nothing, kind) | (kind, Self::Nothing) => Some(kind.clone()),
            (Self::Flag, Self::Flag) => Some(Self::Flag),
            (Self::Number, Self::Number) => Some(Self::Number),
            (Self::Word(one), Self::Word(other)) if one == other => Some(Self::Word(one)),
            // Two enums have no value in common.
            (Self::Word(_), Self::Word(_)) => None,
            (Self::Text | Self::Word(_), Self::Text | Self::Word(_)) => Some(Self::Text),
            (Self::List(one), Self::List(other)) => Some(Self::List(Box::new(one.both(other)?))),
            (Self::Record(one), Self::Record(other)) if one.name == other.name => Some(Self::Record(one)),
            (Self::Attributes, Self::Attributes) => Some(Self::Attributes),
            _ => None,
        }
    }

    /// Whether values of this kind are compared as a whole. Of a record only its fields are: a field that nobody knows
    /// equals nothing.
    pub(crate) fn is_comparable(&self) -> bool {
        match self {
            Self::Flag | Self::Number | Self::Text | Self::Word(_) | Self::Nothing => true,
            Self::List(item) => item.is_comparable(),
            Self::Record(_) | Self::Attributes => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("true or false"),
            Self::Number => f.write_str("a number"),
            Self::Text => f.write_str("a text"),
            Self::Word(words) => write!(f, "one of the words `{}`", listed(*words, "`, `")),
            Self::List(item) => match item.as_ref() {
                Self::Flag => f.write_str("a list of flags"),
                Self::Number => f.write_str("a list of numbers"),
                Self::Text | Self::Word(_) => f.write_str("a list of texts"),
                Self::List(_) => f.write_str("a list of lists"),
                Self::Record(record) => write!(f, "a list of `{}`", record.name),
                Self::Attributes => f.write_str("a list of attributes"),
                Self::Nothing => f.write_str("a list with nothing in it"),
            },
            Self::Record(record) => write!(f, "the fields of `{}`", record.name),
            Self::Attributes => f.write_str("attributes by key"),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}
