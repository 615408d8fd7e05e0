//! A finding: one reason a policy gives, located in the change document.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Untrusted;

/// What the gate says. Ordered: allow < warn < block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing stands against it.
    Allow,
    /// Somebody should look; the change may go on.
    Warn,
    /// The change must not go on.
    Block,
}

impl Verdict {
    /// `allow`, `warn` or `block`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A JSON pointer (RFC 6901): empty for the whole document, or `/` and keys, with `~0` for `~` and `~1` for `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Takes a pointer as somebody wrote it. A pointer without its leading `/` is read as if it had one.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() || text.starts_with('/') { Self(text) } else { Self(format!("/{text}")) }
    }

    /// The pointer to a key or an index below this one.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// The pointer one level up. `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Whether it is that place, or lies below it.
    pub fn is_within(&self, above: &Self) -> bool {
        self.0.strip_prefix(above.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The text, for example `/rollout/stages/0`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One reason a policy gives. Not yet judged: what it weighs is the gate's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of a rule in the policy's manifest; the engine has checked that it is there.
    pub rule: String,
    /// What it asks for: warn or block.
    pub verdict: Verdict,
    /// What is wrong with this change.
    pub message: Untrusted,
    /// The smallest change that helps here. Absent: the rule's own remedy.
    pub remedy: Option<Untrusted>,
    /// Where, best first. Empty: the change as a whole.
    pub locations: Vec<Location>,
    /// The facts it stands on.
    pub evidence: Vec<Evidence>,
}

/// A place in the change document, or in a file it changes, as the policy named it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Path of a changed file. Absent: the change document.
    pub path: Option<Untrusted>,
    /// Where in it.
    pub pointer: Pointer,
}

/// One fact a finding stands on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// What it is.
    pub key: Untrusted,
    /// Its value.
    pub value: Untrusted,
}
