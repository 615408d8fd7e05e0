//! What an expression comes to for one change. Facts stay where they are; only what is computed is copied.

use std::borrow::Cow;
use std::rc::Rc;

use interlock_guest::reflect::{Fields, Items, View};

/// A value.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    Flag(bool),
    Number(i64),
    Text(Cow<'a, str>),
    List(List<'a>),
    Record(&'a dyn Fields),
}

/// A list of the change, or one that the expression made.
#[derive(Clone)]
pub(crate) enum List<'a> {
    Lent(&'a dyn Items),
    Made(Rc<[Value<'a>]>),
}

impl<'a> Value<'a> {
    /// `None` where nobody knows.
    pub(crate) fn of(view: View<'a>) -> Option<Self> {
        match view {
            View::Unknown => None,
            View::Flag(flag) => Some(Self::Flag(flag)),
            View::Number(number) => Some(Self::Number(number)),
            View::Text(text) => Some(Self::Text(Cow::Borrowed(text))),
            View::List(items) => Some(Self::List(List::Lent(items))),
            View::Record(fields) => Some(Self::Record(fields)),
        }
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(List::Made(items.into()))
    }

    /// Item by item. Records are not compared: `check` refuses it.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Flag(one), Self::Flag(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::List(one), Self::List(other)) => {
                let both = || (0..one.count()).map(|index| (one.item(index), other.item(index)));
                one.count() == other.count()
                    && both().all(|pair| matches!(pair, (Some(one), Some(other)) if one.equals(&other)))
            }
            _ => false,
        }
    }
}

impl<'a> List<'a> {
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Lent(items) => items.count(),
            Self::Made(items) => items.len(),
        }
    }

    pub(crate) fn item(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Lent(items) => Value::of(items.item(index)?),
            Self::Made(items) => items.get(index).cloned(),
        }
    }

    /// Each item.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value<'a>> {
        (0..self.count()).filter_map(|index| self.item(index))
    }

    /// The value of this key, where the items are attributes: the first field is the key, the second its value.
    pub(crate) fn attribute(&self, key: &str) -> Option<Value<'a>> {
        self.iter().find_map(|item| {
            let Value::Record(fields) = item else { return None };
            let is_it = matches!(fields.field(0), View::Text(found) if found == key);
            if is_it { Value::of(fields.field(1)) } else { None }
        })
    }
}
