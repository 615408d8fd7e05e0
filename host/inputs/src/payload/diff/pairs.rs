//! Which item of a list was which before: by a name, by its value, by its position.
//!
//! It compares nothing else; what differs inside a pair is for the walk.

use std::collections::HashMap;
use std::rc::Rc;

use interlock_model::ScalarKind;

use super::super::tree::{Node, Sum, Value};

/// Keys that tell the items of a list apart, the first that fits.
pub(super) const IDENTITY_KEYS: [&str; 7] = ["id", "name", "key", "@id", "@name", "@key", "artifactId"];

/// Which item was which.
pub(super) struct Pairs {
    /// For each item after, the one before.
    pub(super) was: Vec<Option<usize>>,
    /// Items before that no item after is.
    pub(super) gone: Vec<usize>,
    pub(super) by_name: bool,
}

impl Pairs {
    /// How many of the items on both sides would have to move, at the fewest, to be in the order they were in: all but
    /// the longest run of them that rises.
    pub(super) fn reordered(&self) -> usize {
        let (mut ends, mut both): (Vec<usize>, usize) = (Vec::new(), 0);
        for at in self.was.iter().flatten() {
            both += 1;
            let run = ends.partition_point(|end| end < at);
            match ends.get_mut(run) {
                Some(end) => *end = *at,
                None => ends.push(*at),
            }
        }
        both - ends.len()
    }
}

pub(super) fn by_position(old: &[Rc<Node>], new: &[Rc<Node>]) -> Pairs {
    Pairs {
        was: (0..new.len()).map(|at| (at < old.len()).then_some(at)).collect(),
        gone: (new.len()..old.len()).collect(),
        by_name: false,
    }
}

/// Items matched by their names, if all of them have one and none has another's; else by position.
pub(super) fn matches<'n, N: std::hash::Hash + Eq>(
    old: &'n [Rc<Node>],
    new: &'n [Rc<Node>],
    name: impl Fn(&'n Node) -> Option<N>,
) -> Pairs {
    let index = |list: &'n [Rc<Node>]| -> Option<HashMap<N, usize>> {
        let named = list.iter().enumerate().map(|(at, node)| Some((name(node)?, at)));
        let named: HashMap<N, usize> = named.collect::<Option<_>>()?;
        (named.len() == list.len()).then_some(named)
    };
    let (Some(mut left), Some(_)) = (index(old), index(new)) else { return by_position(old, new) };
    let was = new.iter().map(|node| name(node).and_then(|name| left.remove(&name))).collect();
    let mut gone: Vec<usize> = left.into_values().collect();
    gone.sort_unstable();
    Pairs { was, gone, by_name: true }
}

/// Items that are the same on both sides, wherever they went.
pub(super) fn unmoved(old: &[Rc<Node>], new: &[Rc<Node>]) -> Pairs {
    let mut places: HashMap<Sum, Vec<usize>> = HashMap::with_capacity(old.len());
    for (at, item) in old.iter().enumerate().rev() {
        places.entry(item.sum).or_default().push(at);
    }
    let was = new.iter().map(|item| places.get_mut(&item.sum).and_then(Vec::pop)).collect();
    let mut gone: Vec<usize> = places.into_values().flatten().collect();
    gone.sort_unstable();
    Pairs { was, gone, by_name: false }
}

/// Blocks and elements without a name: those that are the same are themselves, wherever they went, and the others are
/// taken in their order.
pub(super) fn by_value(old: &[Rc<Node>], new: &[Rc<Node>]) -> Pairs {
    let Pairs { mut was, gone, by_name } = unmoved(old, new);
    let mut left = gone.into_iter();
    for slot in was.iter_mut().filter(|slot| slot.is_none()) {
        *slot = left.next();
    }
    Pairs { was, gone: left.collect(), by_name }
}

/// Which of several one is: the same value, else the same name, else the first.
pub(super) fn position_of(one: &Node, several: &[Rc<Node>]) -> usize {
    let same = |item: &Rc<Node>| item.sum == one.sum;
    let named = |item: &Rc<Node>| {
        IDENTITY_KEYS.iter().any(|key| {
            let name = one.get(key).and_then(|name| identity(name));
            name.is_some() && name == item.get(key).and_then(|name| identity(name))
        })
    };
    several.iter().position(same).or_else(|| several.iter().position(named)).unwrap_or(0)
}

/// What tells an item apart: text, or a whole number.
pub(super) fn identity(node: &Node) -> Option<(&str, bool)> {
    match &node.value {
        Value::Leaf(ScalarKind::Text, text) => Some((text, true)),
        Value::Leaf(ScalarKind::Integer, text) => Some((text, false)),
        Value::Leaf(..) | Value::List(_) | Value::Map(_) => None,
    }
}

/// Documents of cluster manifests are told apart by what they describe.
pub(super) fn document_name(node: &Node) -> Option<[Option<&str>; 4]> {
    let metadata = node.get("metadata")?;
    Some([
        node.get("apiVersion").and_then(|value| value.is_text()),
        Some(node.get("kind")?.is_text()?),
        metadata.get("namespace").and_then(|value| value.is_text()),
        Some(metadata.get("name")?.is_text()?),
    ])
}

pub(super) fn sorted(items: &[Rc<Node>]) -> Vec<Sum> {
    let mut sums: Vec<Sum> = items.iter().map(|item| item.sum).collect();
    sums.sort_unstable();
    sums
}
