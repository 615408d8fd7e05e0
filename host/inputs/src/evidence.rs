//! Reports of tests as facts: which suites ran, how they ended, on what.
//!
//! `junit` reads what test runners write, `attestation` what was signed. Neither says more than the report does: a run
//! without a scope was run on nothing that is known, and a signature that nobody has checked makes nothing attested.
//!
//! What was changed and not tested is for `tested-scope` to say; here is what was tested. `merge` calls [`read`].

use std::collections::BTreeMap;

use interlock_model::{Digest, EvidenceOrigin, Instant, Origin, Span, TestOutcome, TestRun};

use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::place::span_in;
use crate::{Speaker, Statement};

mod attestation;
mod junit;

/// Bytes of the largest report that is read.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Runs that are stated one by one.
const RUNS_MAX: usize = 1000;
/// Characters of a suite's name.
const SUITE_CHARS_MAX: usize = 200;
/// Values in one run's scope.
const SCOPE_VALUES_MAX: usize = 200;
/// How a report names what a run ran on: `interlock.scope.region`.
const SCOPE_PREFIX: &str = "interlock.scope.";

/// Whether somebody has checked the signatures of an attestation. This crate never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vouched {
    /// Nobody has: what it says is a claim.
    No,
    /// Whoever calls has, with keys that they trust.
    ByCaller,
}

/// Reads a report, by the extension of its name: `.xml`, `.json` or `.jsonl`.
///
/// # Errors
/// If it is larger than is read, not well-formed, or no report that is known.
pub(crate) fn read(name: &str, bytes: &[u8], vouched: Vouched) -> Result<Statement, InputError> {
    check_size(name, bytes)?;
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("xml") => junit::read(name, bytes),
        Some("json") => attestation::read(name, bytes, attestation::Documents::One, vouched),
        Some("jsonl" | "ndjson") => attestation::read(name, bytes, attestation::Documents::Lines, vouched),
        _ => {
            let problem = Problem::new(ProblemKind::Value, top(), format!("a report named {}", shown(name)))
                .expected("`.xml` (JUnit), `.json` or `.jsonl` (in-toto attestations)")
                .help("name the file by what is in it");
            Err(InputError::new(name, vec![problem]))
        }
    }
}

fn check_size(name: &str, bytes: &[u8]) -> Result<(), InputError> {
    if bytes.len() <= BYTES_MAX {
        return Ok(());
    }
    let problem = Problem::new(ProblemKind::TooMuch, top(), format!("{} bytes", bytes.len()))
        .expected(format!("a report of at most {BYTES_MAX} (8 MiB)"))
        .help("leave the output of the tests out of it, or give one report for each suite");
    Err(InputError::new(name, vec![problem]))
}

fn top() -> Span {
    span_in("", 0..0)
}

/// One run of tests, with the place of each fact that is known.
struct Run {
    suite: String,
    suite_at: Origin,
    outcome: Option<(TestOutcome, Origin)>,
    scope: BTreeMap<String, Vec<String>>,
    scope_at: Option<Origin>,
    digests: Vec<Digest>,
    digests_at: Option<Origin>,
    finished: Option<(Instant, Origin)>,
    url: Option<(String, Origin)>,
    origin: EvidenceOrigin,
}

impl Run {
    /// A run of which nothing is known but its name.
    fn new(suite: &str, suite_at: Origin) -> Self {
        Self {
            suite: suite.chars().take(SUITE_CHARS_MAX).collect(),
            suite_at,
            outcome: None,
            scope: BTreeMap::new(),
            scope_at: None,
            digests: Vec::new(),
            digests_at: None,
            finished: None,
            url: None,
            origin: EvidenceOrigin::Claimed,
        }
    }

    /// Adds to what it ran on, if this is how that is named. Several values stand with commas between.
    fn scoped(&mut self, name: &str, values: &str, at: Origin) {
        let Some(key) = name.strip_prefix(SCOPE_PREFIX).filter(|key| !key.is_empty()) else { return };
        let known: usize = self.scope.values().map(Vec::len).sum();
        let values = values.split(',').map(str::trim).filter(|value| !value.is_empty());
        let values: Vec<String> =
            values.take(SCOPE_VALUES_MAX.saturating_sub(known)).map(str::to_owned).collect();
        if !values.is_empty() {
            self.scope.entry(key.to_owned()).or_default().extend(values);
            self.scope_at.get_or_insert(at);
        }
    }

    fn places(&self) -> Vec<(&'static str, Origin)> {
        let known = [
            ("outcome", self.outcome.map(|(_, at)| at)),
            ("scope", self.scope_at),
            ("subject-digests", self.digests_at),
            ("finished-at", self.finished.map(|(_, at)| at)),
            ("url", self.url.as_ref().map(|(_, at)| *at)),
        ];
        let known = known.into_iter().filter_map(|(key, at)| Some((key, at?)));
        std::iter::once(("suite", self.suite_at)).chain(known).collect()
    }

    fn fact(self) -> TestRun {
        TestRun {
            suite: self.suite,
            outcome: self.outcome.map(|(outcome, _)| outcome),
            scope: Some(self.scope).filter(|scope| !scope.is_empty()),
            subject_digests: Some(self.digests).filter(|digests| !digests.is_empty()),
            finished_at: self.finished.map(|(at, _)| at),
            origin: Some(self.origin),
            url: self.url.map(|(url, _)| url),
        }
    }
}

/// All runs as one statement. `at` is where the list of them stands.
fn statement(name: &str, text: &str, runs: Vec<Run>, at: Origin) -> Statement {
    let mut statement = Statement::new(Speaker::Tool, name, text);
    statement.place("/tests", at);
    let runs = bounded(runs);
    for (index, run) in runs.iter().enumerate() {
        statement.place(&format!("/tests/{index}"), run.suite_at);
        for (key, at) in run.places() {
            statement.place(&format!("/tests/{index}/{key}"), at);
        }
    }
    statement.facts.tests = Some(runs.into_iter().map(Run::fact).collect());
    statement
}

/// The first runs, and one that stands for all others: it ended as the worst of them did, and ran on nothing known.
fn bounded(mut runs: Vec<Run>) -> Vec<Run> {
    let more = runs.split_off(runs.len().min(RUNS_MAX));
    let worst = more.iter().max_by_key(|run| match run.outcome {
        Some((TestOutcome::Passed, _)) => 0,
        Some((TestOutcome::Skipped, _)) => 1,
        None => 2,
        Some((TestOutcome::Failed, _)) => 3,
    });
    if let Some(worst) = worst {
        let mut rest = Run::new(&format!("{} more suites", more.len()), worst.suite_at);
        rest.outcome = worst.outcome;
        runs.push(rest);
    }
    runs
}

/// A digest as reports write it, with or without the name of its kind.
fn digest(text: &str) -> Option<Digest> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
    Digest::try_from(format!("sha256:{hex}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides() {
        let error = |name: &str| read(name, b"<a/>", Vouched::No).unwrap_err().to_string();
        assert!(
            error("report.txt").starts_with("report.txt:1:1: a report named `report.txt`, expected `.xml`")
        );
        assert!(error("report.XML").contains("`a`, expected `testsuites`"));
        assert!(error("report.json").contains("not JSON"));
        let large = vec![b' '; BYTES_MAX + 1];
        assert!(read("a.xml", &large, Vouched::No).unwrap_err().to_string().contains("8 MiB"));
    }

    #[test]
    fn of_very_many_runs_the_worst_of_the_rest_is_kept() {
        let at = Origin { key: top(), value: top() };
        let run = |outcome| Run { outcome: Some((outcome, at)), ..Run::new("s", at) };
        let mut runs: Vec<Run> = (0..RUNS_MAX + 20).map(|_| run(TestOutcome::Passed)).collect();
        runs[RUNS_MAX + 7] = run(TestOutcome::Failed);
        let runs = bounded(runs);
        assert_eq!(runs.len(), RUNS_MAX + 1);
        let last = runs.into_iter().next_back().unwrap().fact();
        assert_eq!((last.suite.as_str(), last.outcome), ("20 more suites", Some(TestOutcome::Failed)));
        assert_eq!(bounded((0..RUNS_MAX).map(|_| run(TestOutcome::Passed)).collect()).len(), RUNS_MAX);
    }
}
