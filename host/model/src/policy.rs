//! A policy as the host sees it: what it says about itself, and how it is bound.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Pointer, Unfit, Untrusted, Verdict};

/// The operator's name for a bound policy: kebab-case, at most 64 characters. Safe to print anywhere, and always the
/// operator's choice: what a module calls itself has no weight.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"))]
pub struct PolicyId(String);

impl PolicyId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is a kebab-case id of at most 64 characters, as policies, rules and settings must have.
    pub fn is_kebab(text: &str) -> bool {
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(word)
    }
}

impl TryFrom<String> for PolicyId {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        if !Self::is_kebab(&text) {
            return Err(Unfit {
                expected: "a kebab-case id of at most 64 characters, like `staged-rollout`",
            });
        }
        Ok(Self(text))
    }
}

impl From<PolicyId> for String {
    fn from(id: PolicyId) -> String {
        id.0
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a policy says about itself, checked by the engine: ids are kebab-case and unique, texts are bounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The policy's own id.
    pub id: PolicyId,
    /// Its version.
    pub version: Untrusted,
    /// One line: what it guards.
    pub title: Untrusted,
    /// Every rule it can report, in the policy's order.
    pub rules: Vec<Rule>,
    /// Every setting it reads, in the policy's order.
    pub settings: Vec<Setting>,
    /// What it needs to see of the files.
    pub needs: Needs,
}

impl Manifest {
    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Kebab-case id.
    pub id: String,
    /// One line: what must hold.
    pub title: Untrusted,
    /// Why it exists.
    pub help: Untrusted,
    /// The smallest change that satisfies it.
    pub remedy: Untrusted,
    /// The public incident or other source it answers. Absent: house rule.
    pub origin: Option<Untrusted>,
    /// The hardest verdict it can give.
    pub strictest: Verdict,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Kebab-case key.
    pub key: String,
    /// What it takes.
    pub kind: SettingKind,
    /// The default, as it would be written in a policy set.
    pub default: Untrusted,
    /// What it bounds, its unit, where the default comes from.
    pub help: Untrusted,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettingKind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    WholeNumber,
    /// A text.
    Text,
    /// A list of texts.
    TextList,
}

impl SettingKind {
    /// The words for it in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::WholeNumber => "a whole number",
            Self::Text => "a text",
            Self::TextList => "a list of texts",
        }
    }
}

/// What a policy needs to see of the files. Metadata is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Globs of the files it reads. Empty: none.
    pub paths: Vec<String>,
    /// Whether it reads leaf edits.
    pub edits: bool,
    /// Whether it reads whole texts.
    pub text: bool,
}

/// The settings of one binding, as pointer and value. What is not given takes the policy's default.
pub type Settings = Vec<(Pointer, SettingValue)>;

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    WholeNumber(i32),
    /// A text.
    Text(String),
    /// A list with nothing in it.
    EmptyList,
}

/// What a broken policy counts as. The default is block; anything milder is the operator's written decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// It blocks.
    #[default]
    Block,
    /// It warns.
    Warn,
    /// It lets the change pass. Shown with its reason in every report.
    Allow {
        /// Why that is acceptable here.
        reason: Untrusted,
    },
}

impl OnError {
    /// The verdict a broken policy is given.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Block => Verdict::Block,
            Self::Warn => Verdict::Warn,
            Self::Allow { .. } => Verdict::Allow,
        }
    }
}
