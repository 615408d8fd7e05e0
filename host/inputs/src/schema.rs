//! JSON Schemas of the operator's files: made from the types that read them, then made as strict as the reader is.
//!
//! The schemas of the change document and of reports are in `interlock-outputs`, which may not be used here; the two
//! agree on the dialect, and on what is taken back from what schemars writes.

use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The strict schema of a type under a name.
pub(crate) fn described<T: JsonSchema>(id: &str, title: &str) -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("$id".into(), json!(id));
    schema.insert("title".into(), json!(title));
    make_strict(&mut schema);
    sort(schema.ensure_object());
    schema
}

/// Keys in one order, however `serde_json` was built.
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

fn make_strict(schema: &mut Schema) {
    refuse_null(schema);
    spell_out_format(schema);
    unfold_description(schema);
    transform_subschemas(&mut make_strict, schema);
}

/// A key may be left out; `null` is refused.
fn refuse_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else { return };
    choices.retain(|choice| choice.get("type") != Some(&json!("null")));
    // A choice of one is no choice: its schema moves up, beside the description.
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        only.into_iter().for_each(|(keyword, value)| add(schema, &keyword, value));
    }
}

/// A format is a hint that many validators do not know; a range is checked by all.
fn spell_out_format(schema: &mut Schema) {
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("uint8") => json!(u8::MAX),
        Some("uint16") => json!(u16::MAX),
        Some("uint32") => json!(u32::MAX),
        Some("int32") => {
            add(schema, "minimum", json!(i32::MIN));
            json!(i32::MAX)
        }
        _ => return,
    };
    add(schema, "maximum", most);
    schema.remove("format");
}

/// A comment is broken at our line width; who reads the schema has another.
fn unfold_description(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// Sets a keyword that is not set yet: what a key says of itself is closer to the point than what its type says.
fn add(schema: &mut Schema, keyword: &str, value: Value) {
    if schema.get(keyword).is_none() {
        schema.insert(keyword.to_owned(), value);
    }
}
