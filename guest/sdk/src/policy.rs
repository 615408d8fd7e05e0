//! The trait behind `#[policy]`, and the three exports in terms of it.

use crate::Rule;
use crate::bindings::exports::interlock::policy::policy::Request;
use crate::change_types::Change;
use crate::finding_types::{Failure, Finding, Manifest, Needs, SettingError, SettingValue};
use crate::question_types::Question;
use crate::settings::{Settings, SettingsReader};

/// What a policy answers: findings (none is its allow), or that it cannot judge (an error, never an allow).
pub type Judgement = Result<Vec<Finding>, Failure>;

/// A policy. Written by the `#[policy]` attribute; implement it by hand only where the attribute does not fit.
pub trait Policy {
    /// What it can be set to.
    type Settings: Settings;
    /// Kebab-case id; the attribute takes the crate's name.
    const ID: &'static str;
    /// The attribute takes the crate's version.
    const VERSION: &'static str;
    /// One line: what it guards.
    const TITLE: &'static str;
    /// Every rule it can report.
    const RULES: &'static [Rule];
    /// Globs of the changed files whose edits it reads. The attribute takes none unless it is told: what a policy does not
    /// ask for is not brought into its sandbox.
    const EDITS_OF: &'static [&'static str] = &[];

    /// Judges one change.
    fn judge(change: &Change, question: &Question, settings: &Self::Settings) -> Judgement;
}

/// The three exports, for any policy. Called by the code that `#[policy]` writes, and by nobody else.
pub mod exports {
    use super::*;

    /// `describe`
    pub fn describe<P: Policy>() -> Manifest {
        carry_panics_out();
        Manifest {
            id: P::ID.into(),
            version: P::VERSION.into(),
            title: P::TITLE.into(),
            rules: P::RULES.iter().map(Rule::describe).collect(),
            settings: P::Settings::describe(),
            needs: Needs {
                paths: P::EDITS_OF.iter().map(|glob| (*glob).into()).collect(),
                edits: !P::EDITS_OF.is_empty(),
                text: false,
            },
        }
    }

    /// `check-settings`
    pub fn check_settings<P: Policy>(settings: &[SettingValue]) -> Vec<SettingError> {
        carry_panics_out();
        match SettingsReader::read::<P::Settings>(settings) {
            Ok(_) => Vec::new(),
            Err(errors) => errors,
        }
    }

    /// `evaluate`
    pub fn evaluate<P: Policy>(request: &Request) -> Judgement {
        carry_panics_out();
        let settings = SettingsReader::read::<P::Settings>(&request.settings).map_err(bad_settings)?;
        P::judge(&request.change, &request.question, &settings)
    }

    fn bad_settings(errors: Vec<SettingError>) -> Failure {
        let each = errors.iter().map(|error| format!("{}: {}", error.pointer, error.message));
        Failure::BadSettings(each.collect::<Vec<_>>().join("; "))
    }

    /// A trap alone says `unreachable`; the hook sends the panic's own text through `log` first, so that the fault the
    /// operator sees names the line.
    fn carry_panics_out() {
        #[cfg(target_arch = "wasm32")]
        std::panic::set_hook(Box::new(|panic| crate::log::log(crate::log::Level::Panic, &panic.to_string())));
    }
}
