//! Serde's words for what it expected, in the words of a change document.

use crate::node::{Node, Value};

/// What a value was found to be, as a phrase.
pub(crate) fn found(node: &Node) -> String {
    match &node.value {
        Value::Null => "`null`".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Int(value) => format!("the number `{value}`"),
        Value::Text(text) => format!("text {}", crate::error::shown(text)),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
    }
}

/// What a visitor expects. Visitors describe themselves in Rust's terms.
pub(crate) fn in_words(expected: &str) -> String {
    match expected {
        "a boolean" => "`true` or `false`",
        "a string" => "text",
        "a sequence" => "a list",
        "a map" => "a map",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        other => other,
    }
    .to_owned()
}

/// The smallest thing that makes the value fit.
pub(crate) fn help(node: &Node, expected: &str) -> &'static str {
    let number_wanted = expected.starts_with("a whole number");
    match &node.value {
        Value::Bool(_) | Value::Int(_) if expected == "text" => "put it in quotes",
        Value::Text(text) if expected.starts_with("`true`") && matches!(text.as_str(), "true" | "false") => {
            "remove the quotes"
        }
        Value::Text(text) if number_wanted && crate::node::is_integer(text) => "remove the quotes",
        Value::Text(_) if number_wanted => {
            "write a plain whole number; the key's ending says its unit (`-bp`, `-s`, `-kib`)"
        }
        Value::Text(_) | Value::Map(_) if expected == "a list" => "write it as an item: `- ...`",
        Value::Null => "leave it out if there is nothing to say; only a patch removes with `null`",
        Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            "`interlock schema` prints what each key takes"
        }
    }
}
