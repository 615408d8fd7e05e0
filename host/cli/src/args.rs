//! What can be typed. What it means is in the command's own file.

mod cases;
mod replay;

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use interlock_inputs::{CalendarDate, EventKind};
use interlock_model::{FailOn, Instant, Phase};

pub(crate) use cases::{Bench, BenchFormat, Cases, Record, Test, TestFormat, TestFormatTo};
pub(crate) use replay::{Replay, ReplayFormat};

/// Judges a proposed configuration change before it moves: allow, warn or block, with reasons that point at a line.
///
/// The policies are sandboxed WebAssembly modules: they see the change and nothing else.
#[derive(Parser)]
#[command(name = "interlock", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Judge a change: a document, a range of a git repository, what a deploy system sends, or all of them together.
    ///
    /// Exit codes, the same for every format: 0 allow, or warn without `--fail-on warn`; 1 a finding blocks; 2 the arguments, the
    /// document or the policy set cannot be used; 3 an error or missing evidence decides.
    Check(Check),
    /// Print the change that would be judged, laid together from all its sources. It is a document that `check` takes.
    ///
    /// What two sources say differently goes to standard error; `check` makes a finding of it.
    Change(ShowChange),
    /// Say whether a decision still holds for these bytes, this policy set and this time.
    ///
    /// Exit codes: 0 it holds and the change may go on; 1 it holds and blocks; 2 something cannot be read; 3 it does not hold.
    Verify(Verify),
    /// Write a commented policy set that works.
    Init(Init),
    /// List the policies with their rules and settings.
    Policies(Policies),
    /// Say what a rule asks for, why, and how to satisfy it.
    Explain(Explain),
    /// Begin a policy of your own.
    #[command(subcommand)]
    New(New),
    /// Build a policy into a module, and say what it is.
    Build(Build),
    /// Say what a module is: its rules and settings, what it reads and imports, its digest.
    ///
    /// Exit codes: 0 a gate loads it, 2 no gate does; what is known of it is told all the same.
    Inspect(Inspect),
    /// Run a policy's cases in the sandbox, and show what it says otherwise than expected.
    ///
    /// Exit codes: 0 every case passed; 1 a case failed; 2 the cases cannot be run, or there are none.
    Test(Test),
    /// Make a case of a real change: its document, and what the policy says of it now.
    Record(Record),
    /// Measure what a policy's cases cost: fuel, memory, size, time.
    ///
    /// Exit codes: 0 measured; 1 something grew beyond the threshold; 2 the cases cannot be run, or there are none.
    Bench(Bench),
    /// Judge every change of a corpus, and show what the gate says otherwise than expected: what each policy caught, missed
    /// and cried wolf about.
    ///
    /// Exit codes: 0 everything came as expected; 1 a miss, a false alarm or another verdict; 2 the corpus cannot be read, or
    /// there is no change in it.
    Replay(Replay),
    /// Look at calendars: what they say of days, when changes may start next, what is wrong with them.
    #[command(subcommand)]
    Calendar(Calendar),
    /// Print completions for a shell.
    Completions(Completions),
    /// Write the pages of the manual, one for each command.
    Man(Man),
    /// Print a JSON Schema, for editors and for other programs.
    Schema(Schema),
}

/// What `interlock check` takes.
#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) change: Change,

    #[command(flatten)]
    pub(crate) question: Question,

    #[command(flatten)]
    pub(crate) policy_set: PolicySet,

    /// What fails the run.
    #[arg(long, value_enum, default_value_t = FailOnName::Block, value_name = "VERDICT", env = "INTERLOCK_FAIL_ON")]
    pub(crate) fail_on: FailOnName,

    /// How the report is written, and where.
    #[arg(long, default_value = "text", value_parser = format_named, value_name = "FORMAT[=FILE]", help = format_help(),
        env = "INTERLOCK_FORMAT", value_delimiter = ',')]
    pub(crate) format: Vec<FormatTo>,

    /// Write a baseline: what was found in the changed files, and what the present one holds that is still found.
    /// Name it in the policy set as `baseline`, once it was read.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,

    /// Whether the report has colours.
    #[arg(long, value_enum, default_value_t = ColorName::Auto, value_name = "WHEN")]
    pub(crate) color: ColorName,
}

/// What `interlock verify` takes.
#[derive(Args)]
pub(crate) struct Verify {
    /// The report that `interlock check --format json` wrote.
    pub(crate) report: PathBuf,

    #[command(flatten)]
    pub(crate) change: Change,

    #[command(flatten)]
    pub(crate) question: Question,

    #[command(flatten)]
    pub(crate) policy_set: PolicySet,
}

/// What `interlock change` takes.
#[derive(Args)]
pub(crate) struct ShowChange {
    #[command(flatten)]
    pub(crate) change: Change,

    /// As if it were this time, for `--starts-now`.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Instant>,
}

/// Which change, and which files it changes.
#[derive(Args)]
pub(crate) struct Change {
    /// The change document, `.yaml`, `.yml` or `.json`; `-` for standard input. With `--base` or another source it says
    /// what those do not.
    pub(crate) change: Option<PathBuf>,

    /// Judge what a git repository's head changed since it left this branch, tag or commit. The policy set is then read
    /// from there, never from the head.
    #[arg(long, value_name = "REF", env = "INTERLOCK_BASE", conflicts_with_all = ["before", "after"])]
    pub(crate) base: Option<OsString>,

    /// The proposed commit.
    #[arg(long, value_name = "REF", default_value = "HEAD", requires = "base", env = "INTERLOCK_HEAD")]
    pub(crate) head: OsString,

    /// The repository, or a folder in it.
    #[arg(long, value_name = "FOLDER", default_value = ".", requires = "base")]
    pub(crate) repository: PathBuf,

    /// A plan by which it is rolled out: Argo Rollouts, Flagger, Kubernetes, an Argo CD ApplicationSet, Spinnaker, GitLab
    /// or GitHub jobs. Those among the changed files are read without being named.
    #[arg(long, value_name = "FILE")]
    pub(crate) rollout: Vec<PathBuf>,

    /// A Terraform plan as `terraform show -json` prints it. Values it marks as sensitive are masked before anything else.
    #[arg(long, value_name = "FILE")]
    pub(crate) terraform_plan: Vec<PathBuf>,

    /// Test results: JUnit XML (`.xml`), or in-toto attestations (`.json`, `.jsonl`), whose signatures are not checked.
    #[arg(long, value_name = "FILE")]
    pub(crate) tests: Vec<PathBuf>,

    /// In-toto attestations of test results whose signatures you have checked.
    #[arg(long, value_name = "FILE")]
    pub(crate) checked_tests: Vec<PathBuf>,

    /// The change starts when this is asked, by the clocks of this zone, like `Europe/Berlin`: where a cluster follows a
    /// branch, merging is deploying.
    #[arg(long, value_name = "ZONE", env = "INTERLOCK_STARTS_NOW")]
    pub(crate) starts_now: Option<String>,

    #[arg(long, value_name = "KIND=FILE", value_parser = event_named, help = event_help())]
    pub(crate) event: Vec<EventFile>,

    /// How standard input, or a file of another name, is written. Never guessed from the contents.
    #[arg(long, value_enum, value_name = "SYNTAX")]
    pub(crate) syntax: Option<SyntaxName>,

    /// The changed file, or a folder of files, before the change. What is read value by value stands in the README.
    #[arg(long, value_name = "PATH", requires = "after")]
    pub(crate) before: Option<PathBuf>,

    /// The same after the change.
    #[arg(long, value_name = "PATH", requires = "before")]
    pub(crate) after: Option<PathBuf>,
}

/// Who asks, when, and how far the rollout has come.
#[derive(Args)]
pub(crate) struct Question {
    /// At which point of the change's life this is asked.
    /// Without it: what an event says; else merge for a range of a repository, and deploy for anything else.
    #[arg(long, value_enum, value_name = "PHASE", env = "INTERLOCK_ASKED_AT")]
    pub(crate) asked_at: Option<PhaseName>,

    /// Stages that are done. With `--asked-at promote` it is at least 1.
    #[arg(long, value_name = "COUNT")]
    pub(crate) stages_done: Option<u32>,

    /// Seconds since the last of them was done. Unknown is judged as none.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) bake_elapsed_s: u32,

    /// Answer for this time instead of now, like `2023-11-12T17:30+08:00`. A report says that it is simulated.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Instant>,
}

/// Which policies judge.
#[derive(Args, Clone)]
pub(crate) struct PolicySet {
    /// The policy set. Without it: the stock policies with their defaults. With `--base`, a file of that repository is read
    /// as the base has it, and `.interlock/policy-set.yaml` of the base is taken if none is named.
    #[arg(long, value_name = "FILE", env = "INTERLOCK_POLICY_SET")]
    pub(crate) policy_set: Option<PathBuf>,

    /// Findings in files that are accepted. Without it: those of the policy set's `baseline`. With `--base`, a file of that
    /// repository is read as the base has it.
    #[arg(long, value_name = "FILE", env = "INTERLOCK_BASELINE")]
    pub(crate) baseline: Option<PathBuf>,

    /// What is known of incidents and error budgets now (`interlock schema facts`); it can be given several times. It
    /// replaces what the change says of them, and is unknown once it is too old. With `--base`, a file of that repository is
    /// read as the base has it: keep it elsewhere.
    #[arg(long, value_name = "FILE", env = "INTERLOCK_FACTS")]
    pub(crate) facts: Vec<PathBuf>,

    /// Compile every policy anew, and keep nothing in the user's cache folder.
    #[arg(long, env = "INTERLOCK_NO_CACHE")]
    pub(crate) no_cache: bool,
}

/// What can be asked of calendars.
#[derive(Subcommand)]
pub(crate) enum Calendar {
    /// Say whether changes may start, since or until when, and when the next window opens.
    Next {
        /// Calendars; several for one zone add up.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One zone, like `Asia/Shanghai`. Without it: every zone of the calendars.
        #[arg(long)]
        zone: Option<String>,
        /// At this time instead of now.
        #[arg(long, value_name = "TIME")]
        at: Option<Instant>,
    },
    /// Show each day: worked or not, and its windows.
    Show {
        /// Calendars; several for one zone add up.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// In which zone, like `Asia/Shanghai`.
        #[arg(long)]
        zone: String,
        /// First day, like `2026-10-01`.
        #[arg(long, value_name = "DATE")]
        from: CalendarDate,
        /// How many days.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// Find windows that never open or overlap themselves, years and days without a list of holidays.
    ///
    /// Exit codes: 0 nothing found, 1 something found, 2 a calendar cannot be read.
    Lint {
        /// Calendars, judged together.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// As if it were this time.
        #[arg(long, value_name = "TIME")]
        at: Option<Instant>,
        /// Years of which every day has to be in a list of holidays: one, or the first and the last. Without it: today
        /// and the 60 days after it.
        #[arg(long, value_name = "YEAR[..YEAR]")]
        years: Option<Years>,
    },
}

/// Years that lists of holidays have to cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Years(pub(crate) RangeInclusive<i16>);

impl FromStr for Years {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected a year from 1970 to 2199, or two like `2025..2027`";
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let year = |text: &str| text.parse().ok().filter(|year| (1970..=2199).contains(year)).ok_or(EXPECTED);
        let (first, last) = (year(first)?, year(last)?);
        if first <= last { Ok(Self(first..=last)) } else { Err(EXPECTED) }
    }
}

/// What `interlock init` takes.
#[derive(Args)]
pub(crate) struct Init {
    /// Where the policy set is written. What is there is never overwritten.
    #[arg(default_value = "interlock.yaml")]
    pub(crate) path: PathBuf,
}

/// What `interlock policies` takes.
#[derive(Args)]
pub(crate) struct Policies {
    /// One policy: its rules and settings in full, as `interlock explain` tells them.
    #[arg(value_name = "POLICY")]
    pub(crate) name: Option<String>,

    #[command(flatten)]
    pub(crate) policy_set: PolicySet,
}

/// What `interlock explain` takes.
#[derive(Args)]
pub(crate) struct Explain {
    /// A policy, or a policy and one of its rules: `staged-rollout/all-at-once`.
    #[arg(value_name = "POLICY/RULE")]
    pub(crate) rule: String,

    #[command(flatten)]
    pub(crate) policy_set: PolicySet,
}

/// What can be begun.
#[derive(Subcommand)]
pub(crate) enum New {
    /// Write a project for one policy: two rules, their settings, cases and page, and the SDK it is built with.
    Policy {
        /// What the policy is called, like `no-friday-deploys`. It becomes a folder here.
        name: String,
        /// In which language it is written.
        #[arg(long, value_enum, default_value_t = LanguageName::Rust, value_name = "LANGUAGE")]
        lang: LanguageName,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LanguageName {
    /// With the SDK.
    Rust,
    /// With bindings that are checked in; needs clang.
    C,
    /// With QuickJS in the module: the large tier of limits.
    Javascript,
    /// With CPython in the module: the large tier of limits.
    Python,
}

/// What `interlock build` takes.
#[derive(Args)]
pub(crate) struct Build {
    /// The folder of the policy, or one below it.
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
}

/// What `interlock inspect` takes.
#[derive(Args)]
pub(crate) struct Inspect {
    /// A file, or `stock:` and the name of a stock policy.
    #[arg(value_name = "FILE")]
    pub(crate) module: String,

    /// Which tier of limits it is loaded under, as in a policy set.
    #[arg(long, value_enum, default_value_t = TierName::Usual)]
    pub(crate) tier: TierName,

    /// How it is told.
    #[arg(long, value_enum, default_value_t = InspectFormat::Text)]
    pub(crate) format: InspectFormat,
}

/// A tier of limits.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum TierName {
    /// Policies of languages that need nothing beside them: Rust, C.
    Usual,
    /// An interpreter with the policy in it: JavaScript, Python.
    Large,
}

impl From<TierName> for interlock::Tier {
    fn from(name: TierName) -> Self {
        match name {
            TierName::Usual => Self::Usual,
            TierName::Large => Self::Large,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people.
    Text,
    /// For machines: `interlock.module/1`.
    Json,
}

/// What `interlock completions` takes.
#[derive(Args)]
pub(crate) struct Completions {
    /// For which shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// What `interlock man` takes.
#[derive(Args)]
pub(crate) struct Man {
    /// The folder they are written to. It is made if it is not there.
    pub(crate) folder: PathBuf,
}

/// What `interlock schema` takes.
#[derive(Args)]
pub(crate) struct Schema {
    /// Of what.
    #[arg(value_enum)]
    pub(crate) of: SchemaName,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SchemaName {
    /// The change document.
    Change,
    /// The report that `--format json` writes.
    Report,
    /// The policy set.
    PolicySet,
    /// A calendar.
    Calendar,
    /// A service catalog.
    Catalog,
    /// Facts of incidents and error budgets.
    Facts,
    /// A baseline of findings that are accepted.
    Baseline,
    /// The cases of a policy.
    Cases,
    /// What a corpus expects of a folder of changes.
    Expected,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SyntaxName {
    /// The strict subset of YAML.
    Yaml,
    /// JSON.
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PhaseName {
    /// Before it is merged: the plan must be there.
    Merge,
    /// Before the first stage: the plan, the tests and the time must be there.
    Deploy,
    /// Before each later stage: what the earlier stages showed must be there.
    Promote,
}

impl From<PhaseName> for Phase {
    fn from(name: PhaseName) -> Self {
        match name {
            PhaseName::Merge => Self::Merge,
            PhaseName::Deploy => Self::Deploy,
            PhaseName::Promote => Self::Promote,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FailOnName {
    /// A block.
    Block,
    /// A warning, too.
    Warn,
}

impl From<FailOnName> for FailOn {
    fn from(name: FailOnName) -> Self {
        match name {
            FailOnName::Block => Self::Block,
            FailOnName::Warn => Self::Warn,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ColorName {
    /// If standard output is a terminal, and NO_COLOR is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A report in one format, to a file or to standard output.
#[derive(Clone)]
pub(crate) struct FormatTo {
    pub(crate) format: interlock_outputs::Format,
    pub(crate) file: Option<PathBuf>,
}

fn format_named(text: &str) -> Result<FormatTo, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("expected a file's name after `=`".into()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let names: Vec<_> = interlock_outputs::FORMATS.iter().map(|row| row.name).collect();
    match interlock_outputs::Format::named(name) {
        Some(format) => Ok(FormatTo { format, file }),
        None => Err(format!("expected one of: {}", names.join(", "))),
    }
}

/// What a deploy system sent, and in which shape.
#[derive(Clone)]
pub(crate) struct EventFile {
    pub(crate) kind: EventKind,
    pub(crate) file: PathBuf,
}

fn event_named(text: &str) -> Result<EventFile, String> {
    let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    let (name, file) = text
        .split_once('=')
        .ok_or("expected the kind, `=` and the file, like `github-pull-request=event.json`")?;
    match EventKind::of_name(name) {
        Some(kind) => Ok(EventFile { kind, file: file.into() }),
        None => Err(format!("expected one of: {}", names.join(", "))),
    }
}

fn event_help() -> String {
    let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    format!("What a deploy system sent: one of {}. The kind is named, never guessed", names.join(", "))
}

/// One line for each row of the table of formats, so that a new format is in the help without being put there.
fn format_help() -> String {
    let rows = interlock_outputs::FORMATS.iter().map(|row| format!("{}: {}", row.name, row.help));
    format!(
        "How the report is written, and with `=FILE` where. It can be given several times. {}",
        rows.collect::<Vec<_>>().join(". ")
    )
}
