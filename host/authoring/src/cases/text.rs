//! Cases for a person: what failed, where it stands, what was found instead. The last line is the sum.

use std::fmt::Write as _;

use interlock::{LogLevel, LogLine};
use interlock_inputs::ExpectedFinding;
use interlock_model::Untrusted;
use interlock_outputs::escape::{for_terminal, name_for_terminal};

use super::{CaseRun, Compared, Detail, Difference, Tested};
use crate::next_step::{explained, next_step};
use crate::sandbox::{Came, Found};

/// Lines of a policy's log that are shown of one case.
const LOG_SHOWN: usize = 20;
/// Lines of one comparison that are shown.
const LINES_SHOWN: usize = 50;

pub(super) fn render(tested: &Tested<'_>, detail: Detail) -> String {
    let is_told = |run: &&CaseRun<'_>| detail == Detail::Everything || !run.passed();
    let mut text: String = tested.runs.iter().filter(is_told).map(|run| case(tested, run)).collect();
    text.push_str(&sum(tested));
    text
}

/// One case: a line that an editor can jump to, and below it what there is to say.
pub(super) fn case(tested: &Tested<'_>, run: &CaseRun<'_>) -> String {
    let word = if run.passed() { "passed" } else { "failed" };
    let name = name_for_terminal(&run.case.name.as_str().into());
    let file = name_for_terminal(&tested.file.name.as_str().into());
    let mut text = format!("{file}:{}: {word}: {name}\n", run.case.span.line);
    if !run.passed() {
        let _ = writeln!(text, "  why: {}", for_terminal(&run.case.why.as_str().into()));
    }
    text.push_str(&what_came(&tested.policy, run));
    let _ = writeln!(text, "  used: {}", used(run));
    text.push_str(&log(&run.answer.log));
    text
}

/// What came of it, unless that is what was expected.
pub(super) fn what_came(policy: &str, run: &CaseRun<'_>) -> String {
    match (&run.compared, &run.answer.came) {
        (Compared::AsExpected, _) => String::new(),
        (Compared::Otherwise(lines), _) => differences(lines),
        (Compared::Broken, Came::Broken(fault)) => {
            format!("  error: policy `{policy}` {}\n  help: {}\n", explained(fault), next_step(fault))
        }
        (Compared::Broken, Came::Found(_)) => "  error: the policy broke\n".to_owned(),
    }
}

fn differences(lines: &[Difference]) -> String {
    let mut text = "  expected (-) and found (+) differ:\n".to_owned();
    for line in lines.iter().take(LINES_SHOWN) {
        match line {
            Difference::Both(found) => {
                let _ = writeln!(text, "      {}", of_found(found));
            }
            Difference::OtherWords(expected, found) => {
                let _ = writeln!(text, "      {}", of_found(found));
                if let Some(message) = &expected.message {
                    let words = for_terminal(&message.text.as_str().into());
                    let _ = writeln!(text, "      - {words} (line {})", message.span.line);
                }
                let _ = writeln!(text, "      + {}", for_terminal(&found.message));
            }
            Difference::Missing(expected) => {
                let _ = writeln!(text, "    - {} (line {})", of_expected(expected), expected.span.line);
            }
            Difference::Extra(found) => {
                let message = for_terminal(&found.message);
                let _ = writeln!(text, "    + {}\n        {message}", of_found(found));
            }
        }
    }
    if let Some(more @ 1..) = lines.len().checked_sub(LINES_SHOWN) {
        let _ = writeln!(text, "      ... and {more} more");
    }
    text
}

fn of_found(found: &Found) -> String {
    let file = found.file.as_ref().map(Untrusted::as_unescaped);
    placed(&found.rule, found.verdict.name(), found.at.as_str(), file)
}

fn of_expected(expected: &ExpectedFinding) -> String {
    placed(&expected.rule, expected.verdict.name(), expected.at.as_str(), expected.file.as_deref())
}

fn placed(rule: &str, verdict: &str, at: &str, file: Option<&str>) -> String {
    let shown = |text: &str| name_for_terminal(&text.into());
    let at = if at.is_empty() { "the change as a whole".to_owned() } else { shown(at) };
    let file = file.map(|file| format!(" in {}", shown(file))).unwrap_or_default();
    format!("{}: {verdict} at {at}{file}", shown(rule))
}

fn used(run: &CaseRun<'_>) -> String {
    let fuel = run.answer.fuel.map_or_else(|| "an unknown amount of".to_owned(), |fuel| fuel.to_string());
    format!("{fuel} fuel, {} KiB of memory", run.answer.memory_bytes / 1024)
}

fn log(lines: &[LogLine]) -> String {
    let one = |line: &LogLine| format!("  log {}: {}\n", level(line.level), for_terminal(&line.message));
    let mut text: String = lines.iter().take(LOG_SHOWN).map(one).collect();
    if let Some(more @ 1..) = lines.len().checked_sub(LOG_SHOWN) {
        let _ = writeln!(text, "  log: ... and {more} more lines");
    }
    text
}

fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Panic => "panic",
    }
}

fn sum(tested: &Tested<'_>) -> String {
    let (all, failed) = (tested.runs.len(), tested.failed());
    let fuel = tested.runs.iter().filter_map(|run| run.answer.fuel).max().unwrap_or_default();
    let memory = tested.runs.iter().map(|run| run.answer.memory_bytes).max().unwrap_or_default() / 1024;
    let plural = if all == 1 { "" } else { "s" };
    format!(
        "policy `{}`: {all} case{plural}, {} passed, {failed} failed; at most {fuel} fuel and {memory} KiB of memory\n",
        tested.policy,
        all - failed
    )
}
