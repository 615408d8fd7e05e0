//! The settings of a binding: what the operator writes, into what a policy is shown.
//!
//! Whether a policy knows a setting and can use its value is asked of the policy itself, by the gate.

use std::fmt;

use interlock_model::{Pointer, SettingValue, Settings};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::checks::Checks;
use super::wire::InOrder;
use crate::error::ProblemKind;

/// `true` or `false`, a whole number that fits 32 bits, a text, or a list of texts.
// A derived `untagged` enum would forget where in a list the wrong item stands.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Setting {
    Boolean(bool),
    WholeNumber(#[schemars(with = "i32")] i64),
    Text(String),
    List(Vec<String>),
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(SettingVisitor)
    }
}

struct SettingVisitor;

impl<'de> Visitor<'de> for SettingVisitor {
    type Value = Setting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true`, `false`, a whole number, text or a list of texts")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Setting, E> {
        Ok(Setting::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Setting, E> {
        Ok(Setting::WholeNumber(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Setting, E> {
        Ok(Setting::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Setting, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element()? {
            texts.push(text);
        }
        Ok(Setting::List(texts))
    }
}

/// The settings below `at`, in the order of the set.
pub(crate) fn settings(checks: &mut Checks<'_>, at: &Pointer, written: InOrder<Setting>) -> Settings {
    let mut settings = Settings::new();
    for (key, value) in written.0 {
        let pointer = Pointer::root().child(&key);
        match value {
            Setting::Boolean(flag) => settings.push((pointer, SettingValue::Boolean(flag))),
            Setting::WholeNumber(number) => {
                let number = whole(checks, &at.child(&key), number);
                settings.extend(number.map(|number| (pointer, SettingValue::WholeNumber(number))));
            }
            Setting::Text(text) => settings.push((pointer, SettingValue::Text(text))),
            Setting::List(texts) => settings.extend(list(&pointer, texts)),
        }
    }
    settings
}

fn whole(checks: &mut Checks<'_>, at: &Pointer, number: i64) -> Option<i32> {
    let fits = i32::try_from(number).ok();
    if fits.is_none() {
        checks.value(
            at,
            ProblemKind::Value,
            format!("the number `{number}`"),
            format!("a whole number from {} to {}", i32::MIN, i32::MAX),
            "policies count in 32 bits; no setting needs more",
        );
    }
    fits
}

/// A list as a policy is shown it: one value for each item, and a value of its own for none.
fn list(pointer: &Pointer, texts: Vec<String>) -> Settings {
    if texts.is_empty() {
        return vec![(pointer.clone(), SettingValue::EmptyList)];
    }
    let item = |(index, text): (usize, String)| (pointer.child(&index.to_string()), SettingValue::Text(text));
    texts.into_iter().enumerate().map(item).collect()
}
