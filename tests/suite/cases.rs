//! `policies/*/cases.yaml`: each stock policy, alone, says exactly this of exactly that.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use interlock::Binding;
use interlock_model::{ChangeDocument, Instant, Pointer, Report, SettingValue, Settings};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use serde_json::Value;

use crate::expected::{self, Asked, ExpectedFinding};
use crate::support::{
    builder_of, entries, question, read_value, root, some_time, stock_binding, with_calendars,
};

/// The tests of one policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    base: Value,
    /// Calendars of every case that names none itself, by their paths in the repository.
    #[serde(default)]
    calendars: Vec<String>,
    pub cases: Vec<Case>,
}

/// One test: the base with a patch merged over it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    pub case: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(default)]
    asked_at: Asked,
    /// Absent: when the change is to start, or else any time.
    #[serde(default)]
    evaluated_at: Option<Instant>,
    #[serde(default)]
    calendars: Option<Vec<String>>,
    #[serde(default)]
    settings: serde_json::Map<String, Value>,
    #[serde(default)]
    change: Value,
    expect: Vec<ExpectedFinding>,
}

pub fn trials() -> Vec<Trial> {
    policies().into_iter().flat_map(|(policy, cases)| trials_of(&policy, cases)).collect()
}

fn trials_of(policy: &str, cases: Cases) -> Vec<Trial> {
    let trial = |case: Case| {
        let (policy, base) = (policy.to_owned(), cases.base.clone());
        let calendars = case.calendars.clone().unwrap_or_else(|| cases.calendars.clone());
        Trial::test(format!("cases/{policy}/{}", case.case), move || {
            run(&policy, &base, &case, &calendars).map_err(|error| Failed::from(format!("{error:#}")))
        })
    };
    cases.cases.iter().cloned().map(trial).collect()
}

/// Every policy with its cases.
pub fn policies() -> Vec<(String, Cases)> {
    let folders = entries(&root().join("policies"));
    let with_cases = folders.iter().filter(|folder| folder.join("cases.yaml").is_file());
    with_cases
        .map(|folder| (folder.file_name().unwrap().to_string_lossy().into_owned(), cases_of(folder)))
        .collect()
}

/// The cases of one folder.
pub fn cases_of(folder: &Path) -> Cases {
    let text = std::fs::read_to_string(folder.join("cases.yaml")).expect("cases");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}/cases.yaml: {error}", folder.display()))
}

/// Every document of every case, for tests that are about documents.
pub fn all_values() -> Vec<(String, Value)> {
    let values = |(policy, cases): (String, Cases)| {
        let Cases { base, calendars: _, cases } = cases;
        cases.into_iter().map(move |case| (format!("{policy}/{}", case.case), merged(&base, &case.change)))
    };
    policies().into_iter().flat_map(values).collect()
}

fn run(policy: &str, base: &Value, case: &Case, calendars: &[String]) -> Result<()> {
    let (mut report, _) = case.judged(base, calendars, |settings| stock_binding(policy, settings))?;
    // What the gate says beside the policy is held by `gate` and `policy_set`.
    report.policies.retain(|judged| judged.id.as_str() != interlock::HOST);
    expected::check(&report, &case.expect)
}

impl Cases {
    /// Each case, judged by one policy alone, whatever it comes to.
    pub fn judged(
        &self,
        bound: impl Fn(Settings) -> Result<Binding>,
    ) -> Result<Vec<(Report, ChangeDocument)>> {
        let judge = |case: &Case| {
            let judged =
                case.judged(&self.base, &self.calendars, &bound).with_context(|| case.case.clone())?;
            expected::check(&judged.0, &case.expect).with_context(|| case.case.clone())?;
            Ok(judged)
        };
        self.cases.iter().map(judge).collect()
    }
}

impl Case {
    fn judged(
        &self,
        base: &Value,
        calendars: &[String],
        bound: impl FnOnce(Settings) -> Result<Binding>,
    ) -> Result<(Report, ChangeDocument)> {
        let document = read_value(&merged(base, &self.change)).context("the document of the case")?;
        let gate = with_calendars(builder_of([bound(settings(&self.settings)?)?]), calendars)?.build()?;
        let planned =
            document.change.schedule.as_ref().and_then(|it| it.start_moments.first()).map(|it| it.at);
        let at = self.evaluated_at.or(planned).unwrap_or_else(some_time);
        Ok((gate.check(&document, &question(self.asked_at.into(), at)), document))
    }
}

/// RFC 7396: maps merge, anything else replaces, null removes.
fn merged(base: &Value, patch: &Value) -> Value {
    let (Value::Object(base), Value::Object(patch)) = (base, patch) else {
        return if patch.is_null() { base.clone() } else { patch.clone() };
    };
    let mut merged_map = base.clone();
    for (key, value) in patch {
        if value.is_null() {
            merged_map.remove(key);
        } else {
            let below = merged_map.get(key).cloned().unwrap_or(Value::Object(serde_json::Map::new()));
            merged_map.insert(key.clone(), merged(&below, value));
        }
    }
    Value::Object(merged_map)
}

/// Settings as a policy set would give them.
fn settings(given: &serde_json::Map<String, Value>) -> Result<Settings> {
    let mut settings = Settings::new();
    for (key, value) in given {
        let pointer = Pointer::root().child(key);
        match value {
            Value::Array(items) if items.is_empty() => settings.push((pointer, SettingValue::EmptyList)),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    settings.push((pointer.child(&index.to_string()), scalar(item)?));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                settings.push((pointer, scalar(value)?));
            }
        }
    }
    Ok(settings)
}

fn scalar(value: &Value) -> Result<SettingValue> {
    Ok(match value {
        Value::Bool(flag) => SettingValue::Boolean(*flag),
        Value::Number(number) => {
            SettingValue::WholeNumber(i32::try_from(number.as_i64().context("a whole number")?)?)
        }
        Value::String(text) => SettingValue::Text(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => bail!("{value} is no setting"),
    })
}
