//! The digest of a policy set: what would change an answer changes it.

use std::time::Duration;

use interlock_engine::Limits;
use interlock_model::{Digest, OnError, SettingValue};
use sha2::{Digest as _, Sha256};

use crate::gate::Bound;

/// Over the time for a check, and ids, modules, settings, error rules and limits, each with its length in front, so that no two sets write the same
/// bytes. `policies` is sorted by id.
pub(crate) fn digest(policies: &[Bound], check_deadline: Duration) -> Digest {
    let mut sum = Sum(Sha256::new());
    sum.add("interlock.policy-set/1");
    sum.add(&check_deadline.as_millis().to_string());
    for bound in policies {
        sum.add(bound.id.as_str());
        sum.add(bound.module.digest().as_str());
        sum.add(&on_error(&bound.on_error));
        for (pointer, value) in &bound.settings {
            sum.add(pointer.as_str());
            sum.add(&setting(value));
        }
        sum.add(&limits(bound.module.limits()));
    }
    Digest::from_sha256(&sum.0.finalize())
}

struct Sum(Sha256);

impl Sum {
    fn add(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }
}

fn on_error(on_error: &OnError) -> String {
    match on_error {
        OnError::Block => "block".into(),
        OnError::Warn => "warn".into(),
        OnError::Allow { reason } => format!("allow {}", reason.as_unescaped()),
    }
}

fn setting(value: &SettingValue) -> String {
    match value {
        SettingValue::Boolean(flag) => format!("boolean {flag}"),
        SettingValue::WholeNumber(number) => format!("whole-number {number}"),
        SettingValue::Text(text) => format!("text {text}"),
        SettingValue::EmptyList => "empty-list".into(),
    }
}

/// Destructured, so that a new limit is part of the digest or does not compile.
fn limits(limits: &Limits) -> String {
    let Limits {
        module_bytes_max,
        fuel,
        deadline,
        memory_bytes_max,
        table_elements_max,
        log_calls_max,
        log_bytes_max,
        findings_max,
        items_max,
        text_bytes_max,
        output_bytes_max,
        copied_bytes_max,
    } = limits;
    format!(
        "{module_bytes_max} {fuel} {} {memory_bytes_max} {table_elements_max} {log_calls_max} {log_bytes_max} \
         {findings_max} {items_max} {text_bytes_max} {output_bytes_max} {copied_bytes_max}",
        deadline.as_millis()
    )
}
