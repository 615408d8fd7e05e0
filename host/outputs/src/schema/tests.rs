//! The published schema of the change document: roles, nulls, closed objects. Tests only.

use serde_json::{Value, json};

use super::*;

/// Every object with its path, depth first.
fn visit(path: &str, value: &Value, look: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            look(path, map);
            for (key, below) in map {
                visit(&format!("{path}/{key}"), below, look);
            }
        }
        Value::Array(items) => {
            for (nth, below) in items.iter().enumerate() {
                visit(&format!("{path}/{nth}"), below, look);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_property_of_a_change_has_its_role() {
    let mut count = 0;
    visit("", change_schema().as_value(), &mut |path, map| {
        let Some(properties) = map.get("properties").and_then(Value::as_object) else { return };
        for (name, property) in properties {
            let role = property.get("x-interlock-role").and_then(Value::as_str).unwrap_or("none");
            assert!(
                ["subject", "mitigation", "question"].contains(&role),
                "{path}/properties/{name} has the role `{role}`; end its comment in host/model/src/change.rs with \
                 `Subject.`, `Mitigation.` or `Question.`"
            );
            count += 1;
        }
    });
    assert!(count > 100, "{count} properties were looked at");
}

#[test]
fn null_is_accepted_nowhere() {
    for schema in [change_schema(), crate::report_schema()] {
        visit("", schema.as_value(), &mut |path, map| {
            assert!(!map.values().any(Value::is_null), "{path} holds null");
            let types = map.get("type").map(Value::to_string).unwrap_or_default();
            assert!(!types.contains("null"), "{path} accepts null");
            let is_schema = !path.ends_with("/properties");
            assert!(!is_schema || map.get("type").is_none_or(Value::is_string), "{path} has several types");
            assert!(
                !is_schema || !map.contains_key("format"),
                "{path} leaves a format to the validator's taste"
            );
        });
    }
}

#[test]
fn unknown_keys_are_refused_outside_the_free_maps() {
    let mut free = Vec::new();
    visit("", change_schema().as_value(), &mut |path, map| {
        if map.get("type") != Some(&json!("object")) {
            return;
        }
        match map.get("additionalProperties") {
            Some(Value::Bool(false)) => {}
            Some(_) | None => free.push(path.to_owned()),
        }
    });
    free.sort();
    assert_eq!(free, ["/$defs/TestRun/properties/scope", "/properties/attributes"]);
}

#[track_caller]
fn check(change: Value, expect: bool) {
    let validator = jsonschema::validator_for(change_schema().as_value()).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&change).map(|error| error.to_string()).collect();
    assert_eq!(errors.is_empty(), expect, "{change}: {errors:?}");
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    check(json!({"id": "a", "kind": "config"}), true);
    check(json!({"id": "a", "kind": "os-update", "created-at": "2023-11-12T17:44+08:00", "tests": []}), true);
    check(
        json!({"id": "a", "kind": "data", "services": [{"name": "s", "tier": 0}], "attributes": {"x": "y"},
               "tests": [{"suite": "t", "scope": {"region": ["r"]}}], "schedule": {"start": "2023-11-12T17:44"}}),
        true,
    );
    check(json!({"id": "a"}), false);
    check(json!({"id": "a", "kind": "config", "title": null}), false);
    check(json!({"id": "a", "kind": "config", "canary": null}), false);
    check(json!({"id": "a", "kind": "config", "canary": {"verdict": null}}), false);
    check(json!({"id": "a", "kind": "config", "tests": [null]}), false);
    check(json!({"id": "a", "kind": "config", "canaries": {}}), false);
    check(json!({"id": "a", "kind": "config", "created-at": "2023-11-12T17:44"}), false);
    check(json!({"id": "a", "kind": "config", "services": [{"name": "s", "tier": 4}]}), false);
    check(
        json!({"id": "a", "kind": "config", "services": [{"name": "s", "dependents": 4_294_967_296_u64}]}),
        false,
    );
}

/// Somebody else's document gets the same strictness.
#[test]
fn any_document_can_have_a_strict_schema() {
    #[derive(schemars::JsonSchema, serde::Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Window {
        /// First line,
        /// and the second.
        name: Option<String>,
        shift_min: i32,
    }
    let schema = document_schema::<Window>("urn:interlock:schema:window", "interlock.window").to_value();
    assert_eq!(
        schema,
        json!({
            "$id": "urn:interlock:schema:window",
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "interlock.window",
            "type": "object",
            "properties": {
                "name": {"description": "First line, and the second.", "type": "string"},
                "shift-min": {"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX},
            },
            "required": ["shift-min"],
            "additionalProperties": false,
        })
    );
}

#[test]
fn a_role_is_the_last_sentence() {
    assert_eq!(role_of("Who. Mitigation."), Some("mitigation"));
    assert_eq!(role_of("Absent: unknown. Mitigation (the catalog facts in it)."), Some("mitigation"));
    assert_eq!(role_of("Subject."), Some("subject"));
    assert_eq!(role_of("Given by the caller. Question."), Some("question"));
    assert_eq!(role_of("The Subject of it. Absent: unknown."), None);
    assert_eq!(role_of(""), None);
}

#[test]
fn the_bytes_are_in_an_order_for_readers() {
    let text = crate::escape::for_json(&change_schema()).expect("JSON");
    let head = "{\n  \"$id\": \"urn:interlock:schema:change\",\n  \"$schema\": \
                \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"interlock.change\",\n";
    assert!(text.starts_with(head), "{text:.300}");
    assert!(!text.contains("\\n"), "a description keeps a line break of our source");
    let names: Vec<String> = match change_schema().get("properties") {
        Some(Value::Object(properties)) => properties.keys().cloned().collect(),
        Some(_) | None => Vec::new(),
    };
    assert!(names.is_sorted() && names.len() > 20, "{names:?}");
}
