//! A policy's manifest as the host reads it: laid out by the compiler, as the component model's canonical ABI has it.
//!
//! All of it is known when a policy is built. Putting it together and writing it out at run time was 2 to 3 KB of code in
//! each policy, for texts that already stand in its memory. `#[policy]` and the derive of the settings write the tables;
//! `exports` hands the host their address. What crosses the border otherwise is in `canonical`, whose test reads these.

use crate::Rule;
use crate::finding_types::{SettingKind, Verdict};

/// A text that stands in the policy.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    start: *const u8,
    len: usize,
}

impl Text {
    /// Where it stands.
    pub const fn of(text: &'static str) -> Self {
        Self { start: text.as_ptr(), len: text.len() }
    }
}

/// A table that stands in the policy.
#[repr(C)]
#[derive(Debug)]
struct Table<T: 'static> {
    start: *const T,
    len: usize,
}

impl<T> Table<T> {
    const fn of(rows: &'static [T]) -> Self {
        Self { start: rows.as_ptr(), len: rows.len() }
    }
}

/// What a policy says about itself.
#[repr(C)]
#[derive(Debug)]
pub struct ManifestText {
    id: Text,
    version: Text,
    title: Text,
    rules: Table<RuleText>,
    settings: Table<SettingText>,
    paths: Table<Text>,
    edits: bool,
    text: bool,
}

impl ManifestText {
    /// A manifest: id, version, title, and its tables. The last names the changed files whose edits it reads, as globs;
    /// what a policy does not ask for is not brought into its sandbox.
    pub const fn of(
        [id, version, title]: [&'static str; 3],
        rules: &'static [RuleText],
        settings: &'static [SettingText],
        edits_of: &'static [Text],
    ) -> Self {
        Self {
            id: Text::of(id),
            version: Text::of(version),
            title: Text::of(title),
            rules: Table::of(rules),
            settings: Table::of(settings),
            paths: Table::of(edits_of),
            edits: !edits_of.is_empty(),
            text: false,
        }
    }
}

/// One rule.
#[repr(C)]
#[derive(Debug)]
pub struct RuleText {
    id: Text,
    title: Text,
    help: Text,
    remedy: Text,
    has_origin: bool,
    origin: Text,
    strictest: Verdict,
}

impl RuleText {
    /// The row of a rule.
    pub const fn of(rule: &Rule) -> Self {
        let (has_origin, origin) = match rule.origin {
            Some(origin) => (true, origin),
            None => (false, ""),
        };
        Self {
            id: Text::of(rule.id),
            title: Text::of(rule.title),
            help: Text::of(rule.help),
            remedy: Text::of(rule.remedy),
            has_origin,
            origin: Text::of(origin),
            strictest: rule.strictest,
        }
    }
}

/// One setting.
#[repr(C)]
#[derive(Debug)]
pub struct SettingText {
    key: Text,
    kind: SettingKind,
    default: Text,
    help: Text,
}

impl SettingText {
    /// The row of a setting: its key in kebab case, what it takes, the default as it would be written in a policy set, and
    /// the comment above the field.
    pub const fn of(key: &'static str, kind: SettingKind, default: &'static str, help: &'static str) -> Self {
        Self { key: Text::of(key), kind, default: Text::of(default), help: Text::of(help) }
    }

    /// What it takes.
    pub const fn kind(&self) -> SettingKind {
        self.kind
    }
}
