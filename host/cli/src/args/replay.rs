//! What can be typed about a corpus: `interlock replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::PolicySet;

/// What `interlock replay` takes.
#[derive(Args)]
pub(crate) struct Replay {
    /// Folders that hold `expected.yaml`, or folders of such folders. A `policy-set.yaml` in one of these is its policy set,
    /// unless one is named.
    #[arg(required = true, value_name = "FOLDER")]
    pub(crate) folders: Vec<PathBuf>,

    /// Calendars for every change that names none itself. Without it: those of the policy set.
    #[arg(long, value_name = "FILE")]
    pub(crate) calendar: Vec<PathBuf>,

    /// How the result is written.
    #[arg(long, value_enum, default_value_t = ReplayFormat::Text)]
    pub(crate) format: ReplayFormat,

    #[command(flatten)]
    pub(crate) policy_set: PolicySet,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ReplayFormat {
    /// For people: what came out otherwise, then each policy, then the sums.
    Text,
    /// For machines: `interlock.replay/1`.
    Json,
    /// For pull request comments, job summaries and pages.
    Markdown,
}
