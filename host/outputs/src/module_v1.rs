//! `interlock.module/1`: one policy module as `interlock inspect --format json` tells it. A field is never renamed, removed
//! or given another meaning; one that is added is optional.
//!
//! Texts are as the module says them, and [`escape::for_json`](crate::escape::for_json) writes them so that a log may show
//! them.

use interlock_model::{Digest, Manifest, Rule, Setting, SettingKind, Untrusted, Verdict};
use serde::Serialize;

/// What the `schema` field says.
pub const SCHEMA: &str = "interlock.module/1";

/// One module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ModuleV1 {
    /// Which form this is. Look at it first.
    pub schema: &'static str,
    /// As it was named: a file, or `stock:` and a name.
    pub module: String,
    /// SHA-256 of its bytes, as a policy set pins it.
    pub digest: Digest,
    /// Its size.
    pub bytes: usize,
    /// The contract it exports a policy of. Absent: none was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<Untrusted>,
    /// What it imports, as far as that was read.
    pub imports: Vec<Untrusted>,
    /// Whether these are all imports: `whole` or `cut`.
    pub extent: ExtentV1,
    /// What it says of itself. Absent: no gate loads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyV1>,
    /// Why no gate loads it. Absent: a gate does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedV1>,
}

/// How far the module was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtentV1 {
    /// To its end.
    Whole,
    /// Not to its end: there may be more imports.
    Cut,
}

/// Why a module is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RefusedV1 {
    /// A word that stays the same across versions.
    pub kind: &'static str,
    /// What was found and expected.
    pub reason: String,
    /// The next step.
    pub help: &'static str,
}

/// A policy in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PolicyV1 {
    id: String,
    version: Untrusted,
    title: Untrusted,
    rules: Vec<RuleV1>,
    settings: Vec<SettingV1>,
    needs: NeedsV1,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct RuleV1 {
    id: String,
    title: Untrusted,
    help: Untrusted,
    remedy: Untrusted,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Untrusted>,
    strictest: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct SettingV1 {
    key: String,
    kind: &'static str,
    default: Untrusted,
    help: Untrusted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct NeedsV1 {
    paths: Vec<String>,
    edits: bool,
    text: bool,
}

impl From<&Manifest> for PolicyV1 {
    fn from(manifest: &Manifest) -> Self {
        let Manifest { id, version, title, rules, settings, needs } = manifest;
        Self {
            id: id.to_string(),
            version: version.clone(),
            title: title.clone(),
            rules: rules.iter().map(RuleV1::from).collect(),
            settings: settings.iter().map(SettingV1::from).collect(),
            needs: NeedsV1 { paths: needs.paths.clone(), edits: needs.edits, text: needs.text },
        }
    }
}

impl From<&Rule> for RuleV1 {
    fn from(rule: &Rule) -> Self {
        let Rule { id, title, help, remedy, origin, strictest } = rule;
        Self {
            id: id.clone(),
            title: title.clone(),
            help: help.clone(),
            remedy: remedy.clone(),
            origin: origin.clone(),
            strictest: match strictest {
                Verdict::Allow => "allow",
                Verdict::Warn => "warn",
                Verdict::Block => "block",
            },
        }
    }
}

impl From<&Setting> for SettingV1 {
    fn from(setting: &Setting) -> Self {
        let Setting { key, kind, default, help } = setting;
        let kind = match kind {
            SettingKind::Boolean => "boolean",
            SettingKind::WholeNumber => "whole-number",
            SettingKind::Text => "text",
            SettingKind::TextList => "text-list",
        };
        Self { key: key.clone(), kind, default: default.clone(), help: help.clone() }
    }
}
