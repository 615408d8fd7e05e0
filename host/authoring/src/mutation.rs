//! Mutation of cases: what could be said otherwise without any case noticing.
//!
//! Each fact of each case's change is taken away, and changed; each setting is taken away. If the policy then says the
//! same as before in every case that states the fact, no case holds what the policy makes of it: nobody would see that
//! rule break. A change that can no longer be read is noticed. It is information, and no verdict.
//!
//! `facts` makes the mutations, `choices` knows which words a fact may have, `text` tells what came of them.
//!
//! Bounded: once one case has noticed a mutation it is not tried in another; after so many evaluations, or so much fuel,
//! the rest is not tried and the report says so. Both are counted, so the report is the same on every machine.

mod choices;
mod facts;
mod text;

use std::collections::BTreeMap;

use interlock::Limits;
use interlock_inputs::{Case, CasesFile, read_facts};
use interlock_model::{Pointer, Settings};

use crate::cases::chosen;
use crate::sandbox::{Answer, Came, Found, Sandbox, Stand};
use choices::Choices;
use facts::What;

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Evaluations of one run. Default 60,000, some seconds; a stock policy with two hundred cases needs a tenth of it.
    pub evaluations: u64,
    /// Units of fuel of one run. Default 20,000,000,000, about ten seconds of a policy that does nothing but compute.
    pub fuel: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { evaluations: 60_000, fuel: 20_000_000_000 }
    }
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spot {
    /// A fact of the change.
    Fact(Pointer),
    /// A setting of a case, by its key.
    Setting(String),
}

/// What came of every mutation of some cases.
pub struct Mutated {
    /// By what was changed and how, whether a case notices it.
    seen: BTreeMap<(Spot, What), Notice>,
    /// Where a bound was met: the line of the first case that was not gone through.
    stopped: Option<u32>,
    /// Cases in which the policy breaks as they are, so that nothing can be compared.
    broken: usize,
}

/// Whether some case notices a mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    Noticed,
    Unnoticed,
}

impl Mutated {
    /// How many different mutations were tried.
    pub fn tried(&self) -> usize {
        self.seen.len()
    }

    /// How many of them some case notices.
    pub fn noticed(&self) -> usize {
        self.seen.values().filter(|notice| **notice == Notice::Noticed).count()
    }

    /// For people: what no case notices, by pointer, and the counts. Ends in a line break.
    pub fn text(&self) -> String {
        text::render(self)
    }
}

/// Mutates the cases whose name holds `filter`, or all of them, until a bound is met.
///
/// # Errors
/// As [`run`](crate::run).
pub fn mutate(
    sandbox: &Sandbox,
    file: &CasesFile,
    filter: Option<&str>,
    bounds: Bounds,
) -> anyhow::Result<Mutated> {
    let mutated = Mutated { seen: BTreeMap::new(), stopped: None, broken: 0 };
    let mut survey = Survey { choices: Choices::of_changes(), left: bounds, mutated };
    for case in chosen(file, filter)? {
        if survey.is_spent() {
            survey.mutated.stopped.get_or_insert(case.span.line);
            break;
        }
        survey.case(&sandbox.stand(file, case)?, case);
    }
    Ok(survey.mutated)
}

struct Survey {
    choices: Choices,
    left: Bounds,
    mutated: Mutated,
}

impl Survey {
    fn is_spent(&self) -> bool {
        self.left.evaluations == 0 || self.left.fuel == 0
    }

    fn count(&mut self, answer: &Answer) {
        // A policy that broke may have used all it had.
        let fuel = answer.fuel.unwrap_or(Limits::default().fuel);
        let Bounds { evaluations, fuel: left } = self.left;
        self.left = Bounds { evaluations: evaluations.saturating_sub(1), fuel: left.saturating_sub(fuel) };
    }

    fn case(&mut self, stand: &Stand<'_>, case: &Case) {
        let answer = stand.ask();
        self.count(&answer);
        let Came::Found(before) = answer.came else {
            self.mutated.broken += 1;
            return;
        };
        for (at, what) in facts::mutations(&stand.facts, &self.choices) {
            self.consider(case, Spot::Fact(at.clone()), what, |survey| {
                survey.notices_fact(stand, &before, &at, what)
            });
        }
        for key in keys(&case.settings) {
            self.consider(case, Spot::Setting(key.clone()), What::Removed, |survey| {
                survey.notices_setting(stand, &before, &case.settings, &key)
            });
        }
    }

    /// Tries a mutation, unless a case has noticed it or a bound is met.
    fn consider(&mut self, case: &Case, spot: Spot, what: What, notices: impl FnOnce(&mut Self) -> bool) {
        let key = (spot, what);
        if self.mutated.seen.get(&key) == Some(&Notice::Noticed) {
            return;
        }
        if self.is_spent() {
            self.mutated.stopped.get_or_insert(case.span.line);
            return;
        }
        let notice = if notices(self) { Notice::Noticed } else { Notice::Unnoticed };
        self.mutated.seen.insert(key, notice);
    }

    fn notices_fact(&mut self, stand: &Stand<'_>, before: &[Found], at: &Pointer, what: What) -> bool {
        let mutants = facts::mutants(&stand.facts, at, what, &self.choices);
        mutants.iter().any(|facts| match read_facts("mutation.json", facts) {
            Err(_) => true,
            Ok(document) => {
                let answer = stand.ask_about(&document);
                self.count(&answer);
                differs(before, &answer)
            }
        })
    }

    fn notices_setting(&mut self, stand: &Stand<'_>, before: &[Found], all: &Settings, key: &str) -> bool {
        let removed = Pointer::root().child(key);
        let rest: Settings = all.iter().filter(|(at, _)| !at.is_within(&removed)).cloned().collect();
        let Some(answer) = stand.ask_under(rest) else { return true };
        self.count(&answer);
        differs(before, &answer)
    }
}

/// The keys of settings, each once; a list is several values.
fn keys(settings: &Settings) -> Vec<String> {
    let key = |(at, _): &(Pointer, _)| {
        at.as_str().split('/').nth(1).unwrap_or_default().replace("~1", "/").replace("~0", "~")
    };
    let mut keys: Vec<String> = settings.iter().map(key).collect();
    keys.dedup();
    keys
}

/// Whether rules, verdicts and places are others, in whatever order and words.
fn differs(before: &[Found], answer: &Answer) -> bool {
    let Came::Found(after) = &answer.came else { return true };
    let mut left: Vec<&Found> = after.iter().collect();
    let all_there = before.iter().all(|found| {
        let same = left.iter().position(|other| other.is_like(found));
        same.map(|index| left.remove(index)).is_some()
    });
    !all_there || !left.is_empty()
}
