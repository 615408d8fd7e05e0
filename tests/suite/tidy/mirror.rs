//! The change a policy is shown and the change document say the same, name by name.
//!
//! Compares interface `change-types` of `wit/policy.wit` with the JSON Schema of `interlock_model::Change`:
//! names, types, what may be left out, roles, the words of enums. Every difference that is meant stands in a
//! table here, with its reason.

use std::collections::BTreeSet;

use anyhow::Result;
use libtest_mimic::Trial;
use serde_json::{Map, Value};
use wit_parser::{Field, Resolve, Type, TypeDef, TypeDefKind};

use super::contract::{Contract, Role, enum_cases, fields};
use super::rule;

const WIT: &str = "wit/policy.wit";
const MODEL: &str = "host/model/src/change.rs";

/// Fields a policy is shown that no document may hold, because the host sets them.
const HOST_FIELDS: &[(&str, &str, &str)] = &[
    ("change", "omitted-files", "the host counts what it left out"),
    ("service", "tier-origin", "the author does not say whose word the author's word is"),
    ("file-change", "omitted-edits", "the host counts what it left out"),
    ("schedule", "projected-end", "the host adds the bake times to the start"),
];

/// Types a policy is shown that no document may hold.
const HOST_TYPES: &[(&str, &str)] = &[
    ("fact-origin", "type of service.tier-origin"),
    ("civil-moment", "the host resolves zones; a document has a time and a zone"),
    ("zone-of", "part of civil-moment"),
    ("weekday", "part of civil-moment"),
    ("calendar-day", "part of civil-moment; calendars are the operator's, not the author's"),
    ("turn", "part of calendar-day"),
    ("window-state", "part of calendar-day"),
    ("window-kind", "part of calendar-day"),
    ("attribute", "a map in the document: WIT has no maps"),
];

/// Pairs of shapes, as a policy sees it and as a document has it, that differ and mean the same.
const SHAPES: &[(&str, &str, &str)] = &[
    ("list of civil-moment", "local time", "the host resolves a time into every zone that matters"),
    ("list of attribute", "map to text", "WIT has no maps"),
    (
        "list of attribute",
        "map to list of text",
        "WIT has no maps, and a test's scope has several values per key",
    ),
];

/// Types of the document that a policy sees as plain text, numbers and minutes.
const SCALARS: &[(&str, &str)] = &[
    ("BasisPoints", "whole number"),
    ("Digest", "text"),
    ("Instant", "instant"),
    ("LocalTime", "local time"),
    ("PartsPerMillion", "whole number"),
    ("Severity", "whole number"),
    ("Tier", "whole number"),
];

pub fn trials() -> Vec<Trial> {
    vec![rule("mirror/types", types), rule("mirror/host-set", host_set)]
}

/// Every type of the contract has its counterpart in the document, and the other way round.
fn types() -> Result<Vec<String>> {
    let (contract, document) = (Contract::read()?, Document::read());
    let mut broken = Vec::new();
    let mut seen: BTreeSet<String> = SCALARS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, definition) in contract.types("change-types") {
        if HOST_TYPES.iter().any(|(host, _)| *host == name) {
            continue;
        }
        seen.insert(pascal(name));
        match document.definition(name) {
            Some(schema) => broken.extend(compare(&contract.resolve, name, definition, schema)),
            None => broken.push(format!(
                "{WIT}: {name} has no counterpart `{}` in {MODEL}: add it there, or name it in HOST_TYPES in \
                 tests/suite/tidy/mirror.rs with the reason",
                pascal(name)
            )),
        }
    }
    let unseen = document.names().filter(|name| !seen.contains(*name));
    broken.extend(
        unseen.map(|name| format!("{MODEL}: `{name}` is not in {WIT}: add it to interface change-types")),
    );
    Ok(broken)
}

fn compare(resolve: &Resolve, name: &str, definition: &TypeDef, schema: &Value) -> Vec<String> {
    match schema.get("properties").and_then(Value::as_object) {
        Some(properties) => record(resolve, name, fields(definition), schema, properties),
        None => words(name, definition, schema),
    }
}

fn record(
    resolve: &Resolve,
    name: &str,
    fields: &[Field],
    schema: &Value,
    properties: &Map<String, Value>,
) -> Vec<String> {
    let shown: Vec<&Field> = fields.iter().filter(|field| !is_set_by_host(name, &field.name)).collect();
    let mut broken = Vec::new();
    for field in &shown {
        let key = key(&field.name);
        let place = format!("{name}.{} ({WIT}) and its counterpart `{key}` ({MODEL})", field.name);
        match properties.get(&key) {
            Some(property) => {
                broken.extend(differences(resolve, &place, field, property, is_required(schema, &key)))
            }
            None => {
                broken.push(format!("{place}: the document has no such key; add it, or mend the contract"))
            }
        }
    }
    let strange = properties.keys().filter(|known| !shown.iter().any(|field| key(&field.name) == **known));
    broken.extend(
        strange.map(|key| format!("{MODEL}: `{key}` of {name} is not shown to policies: add it to {WIT}")),
    );
    broken
}

/// Type, whether it may be left out, role.
fn differences(
    resolve: &Resolve,
    place: &str,
    field: &Field,
    property: &Value,
    required: bool,
) -> Vec<String> {
    let mut broken = Vec::new();
    let (shown, written) = (shape_shown(resolve, field), shape_written(property));
    let meant = |(one, other, _): &(&str, &str, &str)| *one == shown && *other == written;
    if shown != written && !SHAPES.iter().any(meant) {
        broken.push(format!("{place}: `{shown}` there, `{written}` here; make them the same"));
    }
    if required == may_be_unknown(resolve, &field.ty) {
        broken.push(format!(
            "{place}: one may be left out and the other not; an `option<..>` is an `Option<..>`"
        ));
    }
    let role = Role::of(&field.docs).map(|role| format!("{role:?}").to_lowercase());
    let role_written = property.get("x-interlock-role").and_then(Value::as_str);
    if role.as_deref() != role_written {
        let show = |role: Option<&str>| role.unwrap_or("no role").to_owned();
        let (there, here) = (show(role.as_deref()), show(role_written));
        broken.push(format!("{place}: `{there}` there, `{here}` here; end both comments with the same role"));
    }
    broken
}

/// The cases of an enum, in order.
fn words(name: &str, definition: &TypeDef, schema: &Value) -> Vec<String> {
    let shown: Vec<&str> = enum_cases(definition).iter().map(|case| case.name.as_str()).collect();
    let plain = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let explained = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let written: Vec<&str> =
        plain.chain(explained.filter_map(|case| case.get("const"))).filter_map(Value::as_str).collect();
    if shown == written {
        return vec![];
    }
    vec![format!("{name}: {shown:?} in {WIT}, {written:?} in {MODEL}; make them the same, in the same order")]
}

fn is_set_by_host(record: &str, field: &str) -> bool {
    HOST_FIELDS.iter().any(|(known, its, _)| *known == record && *its == field)
}

/// `created-epoch-min` is `created-at` in a document, and `at-epoch-min` is `at`.
fn key(field: &str) -> String {
    match field.strip_suffix("-epoch-min") {
        Some("at") => "at".to_owned(),
        Some(event) => format!("{event}-at"),
        None => field.to_owned(),
    }
}

fn is_required(schema: &Value, key: &str) -> bool {
    schema
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(|required| required.iter().any(|it| it == key))
}

/// An option, or a list, which says unknown or none by being empty where it is not an option.
fn may_be_unknown(resolve: &Resolve, ty: &Type) -> bool {
    let Type::Id(id) = ty else { return false };
    let kind = resolve.types.get(*id).map(|definition| &definition.kind);
    matches!(kind, Some(TypeDefKind::Option(_) | TypeDefKind::List(_)))
}

/// A field's type in the words of this comparison, an option like what it holds.
fn shape_shown(resolve: &Resolve, field: &Field) -> String {
    let shape = shape_of(resolve, &field.ty);
    let is_instant = shape == "whole number" && field.name.ends_with("-epoch-min");
    if is_instant { "instant".to_owned() } else { shape }
}

fn shape_of(resolve: &Resolve, ty: &Type) -> String {
    if let Type::Id(id) = ty {
        return resolve
            .types
            .get(*id)
            .map_or_else(|| "nothing".to_owned(), |it| shape_of_definition(resolve, it));
    }
    let shape = match ty {
        Type::String => "text",
        Type::Bool => "true or false",
        Type::U8 | Type::U16 | Type::U32 | Type::S8 | Type::S16 | Type::S32 => "whole number",
        Type::U64 | Type::S64 | Type::F32 | Type::F64 | Type::Char | Type::ErrorContext | Type::Id(_) => {
            "another type"
        }
    };
    shape.to_owned()
}

fn shape_of_definition(resolve: &Resolve, definition: &TypeDef) -> String {
    if let TypeDefKind::Option(inner) = &definition.kind {
        return shape_of(resolve, inner);
    }
    if let TypeDefKind::List(inner) = &definition.kind {
        return format!("list of {}", shape_of(resolve, inner));
    }
    definition.name.clone().unwrap_or_else(|| definition.kind.as_str().to_owned())
}

/// A property's type in the same words.
fn shape_written(property: &Value) -> String {
    if let Some(name) = property.get("$ref").and_then(Value::as_str) {
        let name = name.trim_start_matches("#/$defs/");
        let scalar = SCALARS.iter().find(|(scalar, _)| *scalar == name);
        return scalar.map_or_else(|| kebab(name), |(_, shape)| (*shape).to_owned());
    }
    match property.get("type").and_then(Value::as_str) {
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("array") => format!("list of {}", shape_written(property.get("items").unwrap_or(&Value::Null))),
        Some("object") => {
            format!("map to {}", shape_written(property.get("additionalProperties").unwrap_or(&Value::Null)))
        }
        Some(other) => other.to_owned(),
        None => "no type".to_owned(),
    }
}

/// The tables above name what is there, and only what no document may hold.
fn host_set() -> Result<Vec<String>> {
    let (contract, document) = (Contract::read()?, Document::read());
    let types = contract.types("change-types");
    let mut broken = Vec::new();
    for (record, field, _) in HOST_FIELDS {
        let is_shown =
            types.iter().any(|(name, it)| name == record && fields(it).iter().any(|it| it.name == *field));
        let is_written = document
            .definition(record)
            .is_some_and(|it| it.pointer(&format!("/properties/{field}")).is_some());
        if !is_shown || is_written {
            broken.push(format!(
                "{record}.{field}: shown to policies: {is_shown}, in the document: {is_written}; a field the host sets \
                 is shown and has `#[serde(skip)]` in {MODEL}, any other does not belong into HOST_FIELDS"
            ));
        }
    }
    for (host_type, _) in HOST_TYPES {
        let is_shown = types.iter().any(|(name, _)| name == host_type);
        if !is_shown || document.definition(host_type).is_some() {
            broken.push(format!("{host_type}: take it out of HOST_TYPES in tests/suite/tidy/mirror.rs"));
        }
    }
    Ok(broken)
}

/// The JSON Schema of a change document.
struct Document(Value);

impl Document {
    fn read() -> Self {
        Self(interlock_outputs::change_schema().as_value().clone())
    }

    /// The definition of a type of the contract; the change itself is the root.
    fn definition(&self, name: &str) -> Option<&Value> {
        if name == "change" { Some(&self.0) } else { self.0.pointer(&format!("/$defs/{}", pascal(name))) }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.0.get("$defs").and_then(Value::as_object).into_iter().flat_map(Map::keys)
    }
}

/// `stage-gate` as `StageGate`.
fn pascal(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect()
}

/// `StageGate` as `stage-gate`.
fn kebab(name: &str) -> String {
    let dashed = name.chars().enumerate().flat_map(|(index, letter)| {
        let dash = (index > 0 && letter.is_ascii_uppercase()).then_some('-');
        dash.into_iter().chain([letter.to_ascii_lowercase()])
    });
    dashed.collect()
}
