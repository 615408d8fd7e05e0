//! Why a gate could not be built. A gate that cannot be built answers nothing; its caller must not move.

use std::fmt;

use interlock_engine::{EngineError, SettingError};
use interlock_model::{PolicyId, Untrusted};

/// Everything that does not fit. Its `Display` is one `error` and one `help:` line for each.
#[derive(Debug)]
pub struct BuildErrors(Vec<BuildError>);

impl BuildErrors {
    pub(crate) fn one(error: BuildError) -> Self {
        Self(vec![error])
    }

    /// What was built, if nothing stands against it.
    pub(crate) fn none_or<T>(built: T, errors: Vec<BuildError>) -> Result<T, Self> {
        if errors.is_empty() { Ok(built) } else { Err(Self(errors)) }
    }

    /// Each error, in the order of the policies' ids.
    pub fn iter(&self) -> impl Iterator<Item = &BuildError> {
        self.0.iter()
    }
}

impl fmt::Display for BuildErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let break_before = if index > 0 { "\n" } else { "" };
            write!(f, "{break_before}{error}\nhelp: {}", error.help())?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildErrors {}

/// Why a gate could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The engine cannot start here.
    #[error(transparent)]
    Engine(EngineError),
    /// Two bindings have one name, and a finding could be of either.
    #[error("two policies are bound as `{0}`")]
    BoundTwice(PolicyId),
    /// A policy is spoken of that is not bound.
    #[error("no policy is bound as `{0}`")]
    NotBound(PolicyId),
    /// The name is the host's own.
    #[error("no policy can be bound as `{0}`: the gate's own findings have that name")]
    Reserved(PolicyId),
    /// A glob of a `when` cannot be read.
    #[error("policy `{policy}`: `when` holds what is no glob: {}", reason.quoted())]
    When {
        /// Whose.
        policy: PolicyId,
        /// What is wrong with it.
        reason: Untrusted,
    },
    /// Settings do not fit the policy.
    #[error("policy `{policy}`: {}", all(errors))]
    Settings {
        /// Whose.
        policy: PolicyId,
        /// What is wrong, every mistake.
        errors: Vec<SettingError>,
    },
    /// A waiver names a policy that is not bound, or a rule that its policy does not have: it would cover nothing.
    #[error("waiver {index}: there is no rule `{}/{}`", policy, Untrusted::from(rule.as_str()).quoted())]
    WaiverRule {
        /// Which, from 0.
        index: usize,
        /// The policy it names.
        policy: PolicyId,
        /// The rule it names.
        rule: String,
        /// The policy's rules. Empty: the policy is not bound.
        known: Vec<String>,
    },
    /// A baseline names a policy that is not bound, or a rule of which it can hold nothing: its entries would match nothing.
    #[error("baseline: there is no rule `{}/{}`", policy, Untrusted::from(rule.as_str()).quoted())]
    BaselineRule {
        /// The policy it names.
        policy: PolicyId,
        /// The rule it names.
        rule: String,
        /// The rules that it could name. Empty: the policy is not bound.
        known: Vec<String>,
    },
    /// The host itself failed while it loaded modules. A bug of ours.
    #[error("{policies} policies were lost while they were loaded")]
    Lost {
        /// How many.
        policies: usize,
    },
}

impl BuildError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Engine(_) => "the engine needs a 64-bit machine and virtual memory; see `ulimit -v`",
            Self::BoundTwice(_) => "give one of them another name",
            Self::NotBound(_) => "name a policy that is bound",
            Self::Reserved(_) => "give it another name",
            Self::When { .. } => "close every `[` and `{`, or put a backslash before it",
            Self::Settings { policy: _, errors: _ } => {
                "`interlock policies` lists every setting with its default"
            }
            Self::WaiverRule { .. } | Self::BaselineRule { .. } => "`interlock policies` lists every rule",
            Self::Lost { .. } => "run it again with RUST_BACKTRACE=1 and report what it says",
        }
    }
}

/// The policy's words are quoted, so that no control character of theirs gets out.
fn all(errors: &[SettingError]) -> String {
    let one = |error: &SettingError| {
        let pointer = Untrusted::from(error.pointer.as_str());
        format!("setting `{}`: {}", pointer.quoted(), error.message.quoted())
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}
