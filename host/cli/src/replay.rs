//! `interlock replay`: corpora in, what the gate says otherwise than expected and an exit code out. What a corpus is and how
//! it is compared is `interlock-authoring`'s.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use interlock::Gate;
use interlock_authoring::{Replayed, replay};
use interlock_inputs::{Calendars, Corpus, read_calendar_file, read_corpus};
use interlock_outputs::escape::name_for_terminal;

use crate::args::{PolicySet, Replay, ReplayFormat};
use crate::shelf::Shelf;
use crate::{gate, print};

/// Exit code when something came out otherwise.
const OTHERWISE: u8 = 1;

pub(crate) fn run(arguments: &Replay) -> anyhow::Result<u8> {
    let corpora =
        arguments.folders.iter().map(|folder| read_corpus(folder)).collect::<Result<Vec<_>, _>>()?;
    let mut replayed = Replayed::default();
    let mut gates = Gates { arguments, made: Vec::new() };
    for corpus in corpora {
        left_alone(&corpus);
        replayed.extend(replay(gates.of(&corpus)?, corpus)?);
    }
    print(&match arguments.format {
        ReplayFormat::Text => replayed.text(),
        ReplayFormat::Json => replayed.json()?,
        ReplayFormat::Markdown => replayed.markdown(),
    })?;
    // As in `check`: the process ends next.
    std::mem::forget(gates.made);
    Ok(if replayed.passed() { 0 } else { OTHERWISE })
}

/// A folder that was to be a part of the corpus would be missed for ever.
fn left_alone(corpus: &Corpus) {
    for folder in &corpus.left_alone {
        let shown = name_for_terminal(&(*folder.to_string_lossy()).into());
        // As with the notices of a gate: nobody is left to tell if standard error is closed.
        let _ = writeln!(anstream::stderr(), "note: `{shown}` holds no `expected.yaml`, and was left alone");
    }
}

/// Gates by the policy set they are over: loading one takes longer than many replays.
struct Gates<'a> {
    arguments: &'a Replay,
    made: Vec<(Option<PathBuf>, Gate)>,
}

impl Gates<'_> {
    fn of(&mut self, corpus: &Corpus) -> anyhow::Result<&Gate> {
        let set = self.arguments.policy_set.policy_set.clone().or_else(|| corpus.policy_set.clone());
        let index = match self.made.iter().position(|(known, _)| *known == set) {
            Some(index) => index,
            None => {
                let gate = self.made_over(set.clone())?;
                self.made.push((set, gate));
                self.made.len() - 1
            }
        };
        self.made
            .get(index)
            .map(|(_, gate)| gate)
            .ok_or_else(|| anyhow::anyhow!("the gate that was made is gone"))
    }

    fn made_over(&self, policy_set: Option<PathBuf>) -> anyhow::Result<Gate> {
        let said = &self.arguments.policy_set;
        let over = PolicySet { policy_set, ..said.clone() };
        let gate = gate::gate(&over, &Shelf::new(None))?;
        if self.arguments.calendar.is_empty() {
            return Ok(gate);
        }
        let read = self.arguments.calendar.iter().map(|path| read_calendar_file(path));
        let calendars = Calendars::new(read.collect::<Result<_, _>>()?)?;
        Ok(gate.under(Some(Arc::new(calendars))))
    }
}
