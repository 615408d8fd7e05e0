//! JSON Schemas as editors and other programs use them: made from the Rust types, then made as strict as the readers
//! are.
//!
//! The change document's schema says of every field which role it plays, as `x-interlock-role`: `subject`, `mitigation`
//! or `question`. The role is the last sentence of the field's comment in `interlock_model`; the suite removes every
//! mitigation in turn and looks whether a verdict got milder.

use interlock_model::Change;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The schema of a change document, as `interlock schema change` prints it.
pub fn change_schema() -> Schema {
    let mut schema = document_schema::<Change>("urn:interlock:schema:change", "interlock.change");
    name_roles(&mut schema);
    sort(schema.ensure_object());
    schema
}

/// The strict schema of any document that is read strictly, under a name: no `null`, no `format`, sorted keys. The
/// change document's and the report's are made with it; for a type of a crate that outputs may not know, whoever knows
/// both calls it. `id` is a URN such as `urn:interlock:schema:calendar`, `title` one such as `interlock.calendar`.
pub fn document_schema<T: JsonSchema>(id: &str, title: &str) -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = false);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("$id".into(), json!(id));
    schema.insert("title".into(), json!(title));
    make_strict(&mut schema);
    sort(schema.ensure_object());
    schema
}

/// Puts keys into alphabetical order, so that the bytes do not depend on how `serde_json` was built (its
/// `preserve_order` is on for everybody as soon as one dependency asks for it). schemars then writes the keywords in an
/// order for readers, `$id` and title first.
fn sort(map: &mut Map<String, Value>) {
    let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries.iter_mut().for_each(|(_, value)| sort_below(value));
    map.extend(entries);
}

fn sort_below(value: &mut Value) {
    match value {
        Value::Object(map) => sort(map),
        Value::Array(items) => items.iter_mut().for_each(sort_below),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes back what schemars allows and the readers do not, here and in everything below.
fn make_strict(schema: &mut Schema) {
    refuse_null(schema);
    spell_out_formats(schema);
    unfold_description(schema);
    transform_subschemas(&mut make_strict, schema);
}

/// An optional field may be left out; `null` is refused. schemars writes an option as a type or a schema, or null.
fn refuse_null(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    for keyword in ["anyOf", "oneOf"] {
        refuse_null_among(schema, keyword);
    }
}

/// The same for a choice. With null gone a choice of one is no choice: its schema moves up, beside the description.
fn refuse_null_among(schema: &mut Schema, keyword: &str) {
    let Some(Value::Array(choices)) = schema.get_mut(keyword) else { return };
    let before = choices.len();
    choices.retain(|choice| choice.get("type") != Some(&json!("null")));
    if choices.len() == before {
        return;
    }
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        schema.remove(keyword);
        for (keyword, value) in only {
            add(schema, &keyword, value);
        }
    }
}

/// A format is a hint that many validators do not know. What is meant is said with keywords that every validator checks.
fn spell_out_formats(schema: &mut Schema) {
    let Some(Value::String(format)) = schema.get("format").cloned() else { return };
    match format.as_str() {
        "uint8" => add(schema, "maximum", json!(u8::MAX)),
        "uint16" => add(schema, "maximum", json!(u16::MAX)),
        "uint32" => add(schema, "maximum", json!(u32::MAX)),
        // Beyond what JSON numbers hold exactly; `minimum: 0` stands beside it.
        "uint64" | "uint" => {}
        "int32" => {
            add(schema, "minimum", json!(i32::MIN));
            add(schema, "maximum", json!(i32::MAX));
        }
        _ => return,
    }
    schema.remove("format");
}

/// A comment is broken at our line width; who reads the schema has another.
fn unfold_description(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split("\n\n").map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
    }
}

/// Sets a keyword that is not set yet.
fn add(schema: &mut Schema, keyword: &str, value: Value) {
    // What the field says about itself (its description) is closer to the point than what its type says.
    if schema.get(keyword).is_none() {
        schema.insert(keyword.to_owned(), value);
    }
}

/// Gives each property its role, here and in everything below.
fn name_roles(schema: &mut Schema) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            name_role(property);
        }
    }
    transform_subschemas(&mut name_roles, schema);
}

fn name_role(property: &mut Map<String, Value>) {
    let role = property.get("description").and_then(Value::as_str).and_then(role_of);
    if let Some(role) = role {
        property.insert("x-interlock-role".into(), json!(role));
    }
}

/// `... Subject.`, or `... Mitigation (the catalog facts in it).`
fn role_of(description: &str) -> Option<&'static str> {
    let last = description.rsplit_once(". ").map_or(description, |(_, last)| last);
    let word = last.split([' ', '.']).next()?;
    match word {
        "Subject" => Some("subject"),
        "Mitigation" => Some("mitigation"),
        "Question" => Some("question"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
