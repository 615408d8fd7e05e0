//! Why a gate could not be built. A gate that cannot be built answers nothing; its caller must not move.

use interlock_engine::{EngineError, LoadError, SettingError};
use interlock_model::{Fault, PolicyId};

/// Why a gate could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The engine cannot start here.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Two bindings have one name, and a finding could be of either.
    #[error("two policies are bound as `{0}`")]
    BoundTwice(PolicyId),
    /// The name is the host's own.
    #[error("no policy can be bound as `{0}`: the gate's own findings have that name")]
    Reserved(PolicyId),
    /// A module was refused.
    #[error("policy `{policy}`: {error}")]
    Load {
        /// Whose.
        policy: PolicyId,
        /// Why.
        error: LoadError,
    },
    /// Settings do not fit the policy.
    #[error("policy `{policy}`: {}", all(errors))]
    Settings {
        /// Whose.
        policy: PolicyId,
        /// What is wrong, every mistake.
        errors: Vec<SettingError>,
    },
    /// The policy broke while it was asked about its settings.
    #[error("policy `{policy}` cannot say whether its settings fit: it {fault}{}", said(fault))]
    SettingsUnchecked {
        /// Whose.
        policy: PolicyId,
        /// How.
        fault: Fault,
    },
}

impl BuildError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Engine(_) => "the engine needs a 64-bit machine and virtual memory; see `ulimit -v`",
            Self::BoundTwice(_) => "give one of them another name",
            Self::Reserved(_) => "give it another name",
            Self::Load { error, .. } => error.help(),
            Self::Settings { policy: _, errors: _ } => {
                "`interlock policies` lists every setting with its default"
            }
            Self::SettingsUnchecked { .. } => "mend the policy, or bind it without settings",
        }
    }
}

/// What more a fault has to say, quoted.
fn said(fault: &Fault) -> String {
    fault.said().map(|said| format!(": `{}`", said.as_unescaped().escape_debug())).unwrap_or_default()
}

/// The policy's words are quoted, so that no control character of theirs gets out.
fn all(errors: &[SettingError]) -> String {
    let one = |error: &SettingError| {
        format!(
            "setting `{}`: {}",
            error.pointer.as_str().escape_debug(),
            error.message.as_unescaped().escape_debug()
        )
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}
