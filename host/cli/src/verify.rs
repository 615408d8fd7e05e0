//! `interlock verify`: does a decision that was written down still hold for these bytes, this policy set and this time?
//!
//! The report is not trusted: what it is bound to is compared with what is there, and then the question is put again.

use std::fmt::Write as _;

use interlock::Gate;
use interlock_inputs::Decided;
use interlock_model::{ChangeDocument, Question, Untrusted, Verdict};

use crate::args::Verify;
use crate::{input, print};

/// The decision does not hold.
const DOES_NOT_HOLD: u8 = 3;

pub(crate) fn run(arguments: &Verify) -> anyhow::Result<u8> {
    let bytes = interlock_inputs::read_file(&arguments.report)?;
    let name = arguments.report.to_string_lossy();
    let decided = interlock_inputs::read_report(&name, &bytes)?;
    let mut given = input::given(&arguments.change, arguments.question.at)?;
    let asked = given.question(&arguments.question)?;
    let gate = given.gate(&arguments.policy_set)?;
    let against = against(&decided, &given.document, &gate, &asked);
    print(&said(&decided, &against, &asked)?)?;
    Ok(match (against.is_empty(), decided.verdict) {
        (false, _) => DOES_NOT_HOLD,
        (true, Verdict::Block) => 1,
        (true, Verdict::Allow | Verdict::Warn) => 0,
    })
}

/// Everything that stands against the decision, in the order in which it is worth mending.
fn against(decided: &Decided, document: &ChangeDocument, gate: &Gate, asked: &Question) -> Vec<String> {
    let mut against: Vec<String> = bound(decided, document, gate);
    against.extend(in_time(decided, asked));
    if against.is_empty() {
        let again = gate.check(document, &decided.question);
        if (again.decision.verdict, again.valid_until) != (decided.verdict, decided.valid_until) {
            against.push(format!(
                "the report says {} until {}, and the same question about the same bytes gives {} until {}: the report \
                 was altered",
                decided.verdict, decided.valid_until, again.decision.verdict, again.valid_until
            ));
        }
    }
    against
}

/// What was judged is what is there.
fn bound(decided: &Decided, document: &ChangeDocument, gate: &Gate) -> Vec<String> {
    // Facts that are refreshed are other facts: they are bound like everything else that judges.
    let policy_set = if gate.has_facts() { "the policy set with its facts" } else { "the policy set" };
    let differ = [
        ("the change document", decided.document != document.digest),
        ("the set of changed files", decided.payload != document.payload.digest),
        (policy_set, decided.policy_set != *gate.policy_set()),
        ("the engine", decided.engine != Gate::engine_version()),
        ("the time zone database", decided.tzdb != document.tzdb),
    ];
    let named = differ.iter().filter(|(_, differs)| *differs);
    named.map(|(what, _)| format!("{what} is not the report's")).collect()
}

/// It was asked for this moment of the change's life, and the answer has not run out.
fn in_time(decided: &Decided, asked: &Question) -> Vec<String> {
    let mut against = Vec::new();
    let then = &decided.question;
    if then.asked_at != asked.asked_at {
        against.push(format!("it was asked at {}, not at {}", then.asked_at.name(), asked.asked_at.name()));
    }
    let stages = |question: &Question| question.progress.map_or(0, |progress| progress.stages_done);
    if stages(then) != stages(asked) {
        against.push(format!(
            "it was asked with {} stages done; now there are {}",
            stages(then),
            stages(asked)
        ));
    }
    if then.simulated {
        against.push("it answers for a time that was chosen with `--at`, which licenses nothing".into());
    }
    let now = asked.evaluated_at;
    if now < then.evaluated_at {
        against.push(format!("it was asked at {}, which is still to come", then.evaluated_at));
    }
    if now > decided.valid_until {
        against.push(format!("it was valid until {}, and this is asked for {now}", decided.valid_until));
    }
    against
}

fn said(decided: &Decided, against: &[String], asked: &Question) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    if against.is_empty() {
        let chosen = if asked.simulated { " (a time that was chosen with `--at`)" } else { "" };
        let now = asked.evaluated_at;
        writeln!(text, "holds: {}, at {now}{chosen}, until {}", decided.verdict, decided.valid_until)?;
        return Ok(text);
    }
    for reason in against {
        writeln!(text, "does not hold: {}", Untrusted::from(reason.as_str()).quoted())?;
    }
    writeln!(text, "help: ask again with `interlock check`")?;
    Ok(text)
}
