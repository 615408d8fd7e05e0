//! The mutations of one change: every value below it taken away, and every leaf changed.

use interlock_model::Pointer;
use serde_json::Value;

use super::choices::Choices;

/// What is done to a value. The order is the one in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// It is taken away.
    Removed,
    /// `true` becomes `false`, and the other way round.
    Flipped,
    /// One more.
    OneMore,
    /// One less.
    OneLess,
    /// Zero.
    Zero,
    /// Another of the words it may be; each of them is tried.
    Another,
    /// An empty text.
    Emptied,
}

impl What {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Flipped => "flipped",
            Self::OneMore => "one more",
            Self::OneLess => "one less",
            Self::Zero => "zero",
            Self::Another => "another word",
            Self::Emptied => "emptied",
        }
    }
}

/// Every mutation of a change, from the top down.
pub(super) fn mutations(facts: &Value, choices: &Choices) -> Vec<(Pointer, What)> {
    let mut found = Vec::new();
    below(&mut found, &Pointer::root(), facts, choices);
    found
}

fn below(found: &mut Vec<(Pointer, What)>, at: &Pointer, value: &Value, choices: &Choices) {
    let mut child = |at: Pointer, value: &Value| {
        found.push((at.clone(), What::Removed));
        found.extend(changes(&at, value, choices).into_iter().map(|what| (at.clone(), what)));
        below(found, &at, value, choices);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| child(at.child(key), value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| child(at.child(&index.to_string()), value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a leaf can become beside nothing.
fn changes(at: &Pointer, value: &Value, choices: &Choices) -> Vec<What> {
    match value {
        Value::Bool(_) => vec![What::Flipped],
        // One less than one is zero.
        Value::Number(number) => match number.as_i64() {
            Some(0) => vec![What::OneMore, What::OneLess],
            Some(1) => vec![What::OneMore, What::Zero],
            Some(_) | None => vec![What::OneMore, What::OneLess, What::Zero],
        },
        Value::String(_) if !choices.of(at).is_empty() => vec![What::Another],
        Value::String(text) if !text.is_empty() => vec![What::Emptied],
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => Vec::new(),
    }
}

/// The change with that done to it: one, or one for each other word.
pub(super) fn mutants(facts: &Value, at: &Pointer, what: What, choices: &Choices) -> Vec<Value> {
    let before = facts.pointer(at.as_str()).unwrap_or(&Value::Null);
    let values: Vec<Value> = match what {
        What::Removed => return removed(facts, at).into_iter().collect(),
        What::Flipped => before.as_bool().map(|flag| Value::from(!flag)).into_iter().collect(),
        What::OneMore => moved(before, 1).into_iter().collect(),
        What::OneLess => moved(before, -1).into_iter().collect(),
        What::Zero => vec![Value::from(0)],
        What::Another => {
            let others = choices.of(at).into_iter().filter(|word| before.as_str() != Some(word));
            others.map(Value::from).collect()
        }
        What::Emptied => vec![Value::from("")],
    };
    values.into_iter().filter_map(|value| replaced(facts, at, value)).collect()
}

fn moved(before: &Value, by: i64) -> Option<Value> {
    Some(Value::from(before.as_i64()?.checked_add(by)?))
}

fn replaced(facts: &Value, at: &Pointer, value: Value) -> Option<Value> {
    let mut mutant = facts.clone();
    *mutant.pointer_mut(at.as_str())? = value;
    Some(mutant)
}

fn removed(facts: &Value, at: &Pointer) -> Option<Value> {
    let mut mutant = facts.clone();
    let (parent, key) = at.as_str().rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match mutant.pointer_mut(parent)? {
        Value::Object(map) => drop(map.remove(&key)?),
        Value::Array(items) => {
            let index = key.parse().ok().filter(|index: &usize| *index < items.len())?;
            items.remove(index);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    }
    Some(mutant)
}
