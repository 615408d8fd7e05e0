//! A report that Interlock wrote earlier (`--format json`), as far as its decision is bound to something.
//!
//! Read for `interlock verify`, which trusts none of it: every digest is compared with what is there now, and the verdict is
//! asked for again. Fields that are not named here are left alone, so that a later version's report is read too.

use interlock_model::{Digest, Instant, Phase, Progress, Question, Verdict};
use serde::Deserialize;

use crate::error::{Problem, ProblemKind, shown};
use crate::{InputError, scan};

/// The form that is read.
const SCHEMA: &str = "interlock.report/1";

/// What a report decided, and what the decision is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Its verdict.
    pub verdict: Verdict,
    /// What was asked.
    pub question: Question,
    /// Digest of the change document.
    pub document: Digest,
    /// Digest of the changed files that were read. Absent: none were.
    pub payload: Option<Digest>,
    /// Digest of the policy set.
    pub policy_set: Digest,
    /// Name and version of the engine.
    pub engine: String,
    /// Version of the time zone database.
    pub tzdb: String,
    /// Until when it may be used.
    pub valid_until: Instant,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Wire {
    schema: String,
    decision: DecisionWire,
    document: DocumentWire,
    question: QuestionWire,
    policy_set: Digest,
    engine: String,
    tzdb: String,
    valid_until: Instant,
}

#[derive(Deserialize)]
struct DecisionWire {
    verdict: VerdictWire,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum VerdictWire {
    Allow,
    Warn,
    Block,
}

#[derive(Deserialize)]
struct DocumentWire {
    digest: Digest,
    payload: Option<Digest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct QuestionWire {
    asked_at: PhaseWire,
    evaluated_at: Instant,
    simulated: bool,
    progress: Option<ProgressWire>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PhaseWire {
    Merge,
    Deploy,
    Promote,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ProgressWire {
    stages_done: u32,
    bake_elapsed_s: u32,
}

/// Reads a report. `name` is for people.
///
/// # Errors
/// If it is no report of a form that is read, with the place.
pub fn read_report(name: &str, bytes: &[u8]) -> Result<Decided, InputError> {
    let in_file = |problem| InputError::new(name, vec![problem]);
    let text = scan::text_of(bytes).map_err(in_file)?;
    let wire: Wire = serde_json::from_str(text).map_err(|error| in_file(unfit(&error, text)))?;
    if wire.schema != SCHEMA {
        let found = format!("a report of the form {}", shown(&wire.schema));
        return Err(in_file(
            Problem::new(ProblemKind::Value, interlock_model::Span::default(), found)
                .expected(format!("`{SCHEMA}`"))
                .help("write it with `interlock check --format json` of this version"),
        ));
    }
    Ok(wire.into())
}

fn unfit(error: &serde_json::Error, text: &str) -> Problem {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    Problem::new(
        ProblemKind::Value,
        crate::place::span_in(text, at..at),
        format!("no report: {}", crate::error::escaped(&error.to_string())),
    )
    .help("give the file that `interlock check --format json` wrote, as it wrote it")
}

impl From<Wire> for Decided {
    fn from(wire: Wire) -> Self {
        let question = Question {
            asked_at: match wire.question.asked_at {
                PhaseWire::Merge => Phase::Merge,
                PhaseWire::Deploy => Phase::Deploy,
                PhaseWire::Promote => Phase::Promote,
            },
            evaluated_at: wire.question.evaluated_at,
            simulated: wire.question.simulated,
            progress: wire
                .question
                .progress
                .map(|it| Progress { stages_done: it.stages_done, bake_elapsed_s: it.bake_elapsed_s }),
        };
        Self {
            verdict: match wire.decision.verdict {
                VerdictWire::Allow => Verdict::Allow,
                VerdictWire::Warn => Verdict::Warn,
                VerdictWire::Block => Verdict::Block,
            },
            question,
            document: wire.document.digest,
            payload: wire.document.payload,
            policy_set: wire.policy_set,
            engine: wire.engine,
            tzdb: wire.tzdb,
            valid_until: wire.valid_until,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn report(schema: &str) -> String {
        let digest = format!("sha256:{}", "0".repeat(64));
        format!(
            "{{\"schema\": \"{schema}\", \"decision\": {{\"verdict\": \"warn\", \"basis\": \"findings\"}},\n\
             \"document\": {{\"name\": \"a\", \"digest\": \"{digest}\"}}, \"policy-set\": \"{digest}\", \"engine\": \"e\",\n\
             \"tzdb\": \"t\", \"valid-until\": \"2026-03-04T10:00Z\", \"question\": {{\"asked-at\": \"promote\",\n\
             \"evaluated-at\": \"2026-03-04T09:00Z\", \"simulated\": false,\n\
             \"progress\": {{\"stages-done\": 2, \"bake-elapsed-s\": 60}}}}}}"
        )
    }

    #[test]
    fn what_a_decision_is_bound_to_is_read() {
        let decided = read_report("r.json", report(SCHEMA).as_bytes()).unwrap();
        assert_eq!((decided.verdict, decided.payload), (Verdict::Warn, None));
        assert_eq!(decided.question.asked_at, Phase::Promote);
        assert_eq!(decided.question.progress.unwrap().stages_done, 2);
        assert_eq!(decided.valid_until.to_string(), "2026-03-04T10:00Z");
    }

    #[test]
    fn what_is_no_report_has_a_place() {
        for (text, part) in [
            (report("interlock.report/2"), "expected `interlock.report/1`"),
            ("{\"schema\": 1}".to_owned(), "r.json:1:12"),
            (report(SCHEMA).replace("warn", "fine"), "unknown variant `fine`"),
            (report(SCHEMA).replace("\"tzdb\"", "\"engine\""), "duplicate field"),
            ("[".repeat(100_000), "no report"),
            (String::new(), "EOF"),
        ] {
            let error = read_report("r.json", text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part) && error.contains("\nhelp: "), "{error}");
        }
    }
}
