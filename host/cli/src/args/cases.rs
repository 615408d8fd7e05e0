//! What can be typed about a policy's cases: `interlock test` and `interlock bench`.

use std::path::PathBuf;

use clap::Args;

use super::TierName;

/// Which cases, and of which policy.
#[derive(Args)]
pub(crate) struct Cases {
    /// The policy's folder, which holds `cases.yaml`, or a file of cases.
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,

    /// The module: a `.wasm` file, or `stock:` and the name of a stock policy. Without it: what `interlock build` made
    /// of the project beside the cases.
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,

    /// Which tier of limits it is loaded under, as in a policy set.
    #[arg(long, value_enum, default_value_t = TierName::Usual)]
    pub(crate) tier: TierName,

    /// Only the cases that have this in their name.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,

    /// Compile the policy anew, and keep nothing in the user's cache folder.
    #[arg(long, env = "INTERLOCK_NO_CACHE")]
    pub(crate) no_cache: bool,
}

/// What `interlock test` takes.
#[derive(Args)]
pub(crate) struct Test {
    #[command(flatten)]
    pub(crate) cases: Cases,

    /// Show every case with the fuel and memory it used and what the policy logged, not only those that fail.
    #[arg(long)]
    pub(crate) verbose: bool,

    /// How the result is written, and with `=FILE` where: `text` for people, `junit` for systems that show tests.
    #[arg(long, default_value = "text", value_parser = format_named, value_name = "FORMAT[=FILE]", value_delimiter = ',')]
    pub(crate) format: Vec<TestFormatTo>,

    /// Also say what could be said otherwise without any case noticing: each fact is taken away and changed in turn. It
    /// does not change the exit code.
    #[arg(long)]
    pub(crate) mutate: bool,

    /// Write each `message` of the cases anew where the policy's words are all that differs. Rule, verdict and place of an
    /// expectation are never written.
    #[arg(long, conflicts_with = "watch")]
    pub(crate) update: bool,

    /// Run again whenever the cases, the calendars and changes that they name, or the module change, until it is interrupted.
    #[arg(long)]
    pub(crate) watch: bool,
}

/// What `interlock record` takes.
#[derive(Args)]
pub(crate) struct Record {
    #[command(flatten)]
    pub(crate) change: super::Change,

    #[command(flatten)]
    pub(crate) question: super::Question,

    /// The policy's folder, in which `cases.yaml` gets the case and `recorded/` its document.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) policy: PathBuf,

    /// The module: a `.wasm` file, or `stock:` and the name of a stock policy. Without it: what `interlock build` made.
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,

    /// Which tier of limits it is loaded under, as in a policy set.
    #[arg(long, value_enum, default_value_t = TierName::Usual)]
    pub(crate) tier: TierName,

    /// What the case is called. Without it: as the change.
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,

    /// Put other words in the place of values of changed files, titles, labels and people. Equal ones stay equal; numbers,
    /// keys, paths and names of services stay.
    #[arg(long)]
    pub(crate) mask: bool,

    /// Compile the policy anew, and keep nothing in the user's cache folder.
    #[arg(long, env = "INTERLOCK_NO_CACHE")]
    pub(crate) no_cache: bool,
}

/// What `interlock bench` takes.
#[derive(Args)]
pub(crate) struct Bench {
    #[command(flatten)]
    pub(crate) cases: Cases,

    /// How often each case is timed. Fuel and memory are the same each time.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) runs: u32,

    /// How the measures are written: a table, or JSON for machines.
    #[arg(long, value_enum, default_value_t = BenchFormat::Text)]
    pub(crate) format: BenchFormat,

    /// Keep the measures in a file, to be compared with later. Not written when the comparison with a baseline fails.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// Compare fuel, memory and size with what was kept, and fail if one grew. Time never decides.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// By how much each may grow.
    #[arg(long, value_name = "PERCENT", default_value_t = 5, requires = "baseline")]
    pub(crate) threshold: u32,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum BenchFormat {
    /// A table.
    Text,
    /// The form that `--save` writes.
    Json,
}

/// A form that the result of cases can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestFormat {
    Text,
    Junit,
}

/// The result in one form, to a file or to standard output.
#[derive(Clone)]
pub(crate) struct TestFormatTo {
    pub(crate) format: TestFormat,
    pub(crate) file: Option<PathBuf>,
}

fn format_named(text: &str) -> Result<TestFormatTo, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("expected a file's name after `=`".into()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = match name {
        "text" => TestFormat::Text,
        "junit" => TestFormat::Junit,
        _ => return Err("expected one of: text, junit".into()),
    };
    Ok(TestFormatTo { format, file })
}
