//! Which words a fact may have, from the schema of the change document: the one that is published.

use interlock_model::Pointer;
use serde_json::Value;

/// References, and choices among schemas, that are followed one inside the other. The schema needs four.
const DEPTH_MAX: usize = 16;

/// The schema, to be asked.
pub(crate) struct Choices(Value);

impl Choices {
    /// Of change documents.
    pub(crate) fn of_changes() -> Self {
        Self(interlock_outputs::change_schema().to_value())
    }

    /// The words that the value at this place may be. Empty: it may be any text, or is none.
    pub(crate) fn of(&self, at: &Pointer) -> Vec<String> {
        let mut schemas = self.unfolded(&self.0, 0);
        for step in at.as_str().split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let below = schemas.iter().filter_map(|schema| below(schema, &step));
            schemas = below.flat_map(|schema| self.unfolded(schema, 0)).collect();
        }
        schemas.iter().flat_map(|schema| words(schema)).map(str::to_owned).collect()
    }

    /// A schema, and those that it refers to or chooses among.
    fn unfolded<'s>(&'s self, schema: &'s Value, depth: usize) -> Vec<&'s Value> {
        if depth > DEPTH_MAX {
            return Vec::new();
        }
        let named = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        let named = named.and_then(|pointer| self.0.pointer(pointer));
        let lists = ["anyOf", "oneOf", "allOf"].iter().filter_map(|keyword| schema.get(keyword)?.as_array());
        let inner = named.into_iter().chain(lists.flatten());
        let inner = inner.flat_map(|schema| self.unfolded(schema, depth + 1));
        std::iter::once(schema).chain(inner).collect()
    }
}

fn below<'s>(schema: &'s Value, step: &str) -> Option<&'s Value> {
    let named = schema.get("properties").and_then(|properties| properties.get(step));
    let other = || schema.get("items").or_else(|| schema.get("additionalProperties"));
    named.or_else(other).filter(|schema| schema.is_object())
}

fn words(schema: &Value) -> impl Iterator<Item = &str> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).filter_map(Value::as_str)
}
