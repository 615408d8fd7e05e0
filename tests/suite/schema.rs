//! The published schemas and what is published by them: documents that are read are valid, reports that are written are
//! valid, and what the reader refuses for its shape the schema refuses too.

use anyhow::{Result, anyhow, ensure};
use interlock_model::Phase;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::cases;
use crate::support::{
    all_documents, json as json_report, question, read, read_value, shown, some_time, stock_gate, trials_of,
};

pub fn trials() -> Vec<Trial> {
    trials_of("schema", &[("documents", documents), ("report", report), ("refusals", refusals)])
}

fn change_schema() -> Result<jsonschema::Validator> {
    let schema = interlock_outputs::change_schema().to_value();
    jsonschema::options().should_validate_formats(true).build(&schema).map_err(|error| anyhow!("{error}"))
}

fn problems(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn documents() -> Result<()> {
    let validator = change_schema()?;
    for path in all_documents() {
        let value = serde_yaml::from_str(&std::fs::read_to_string(&path)?)?;
        let problems = problems(&validator, &value);
        ensure!(problems.is_empty(), "{}: {problems:?}", shown(&path));
    }
    for (name, value) in cases::all_values() {
        let problems = problems(&validator, &value);
        ensure!(problems.is_empty(), "{name}: {problems:?}");
    }
    Ok(())
}

fn report() -> Result<()> {
    let schema = interlock_outputs::report_schema().to_value();
    let validator = jsonschema::validator_for(&schema).map_err(|error| anyhow!("{error}"))?;
    for path in all_documents() {
        let document = read(&path)?;
        for phase in [Phase::Deploy, Phase::Promote] {
            let report = stock_gate().check(&document, &question(phase, some_time()));
            let value: Value = serde_json::from_str(&json_report(&report, &document))?;
            let problems = problems(&validator, &value);
            ensure!(problems.is_empty(), "{}: {problems:?}", shown(&path));
        }
    }
    Ok(())
}

/// A schema that accepts everything would pass the tests above.
fn refusals() -> Result<()> {
    let validator = change_schema()?;
    let good = json!({ "id": "c", "kind": "config", "services": [{ "name": "s", "tier": 1 }] });
    ensure!(validator.is_valid(&good) && read_value(&good).is_ok(), "the good one is good");
    let wrong = [
        json!({ "id": "c" }),
        json!({ "id": "c", "kind": "confg" }),
        json!({ "id": "c", "kind": "config", "canry": {} }),
        json!({ "id": "c", "kind": "config", "title": null }),
        json!({ "id": "c", "kind": "config", "services": [{ "name": "s", "tier": 4 }] }),
        json!({ "id": "c", "kind": "config", "targets": [{ "traffic-bp": 10001 }] }),
        json!({ "id": "c", "kind": "config", "artifacts": [{ "path": "p", "digest": "sha256:00" }] }),
        json!({ "id": "c", "kind": "config", "asked-at": "promote" }),
        json!({ "id": "c", "kind": "config", "created-at": "yesterday" }),
        json!({ "id": "c", "kind": "config", "omitted-files": 0 }),
    ];
    for value in wrong {
        ensure!(!validator.is_valid(&value), "the schema accepts {value}");
        ensure!(read_value(&value).is_err(), "the reader accepts {value}");
    }
    Ok(())
}
