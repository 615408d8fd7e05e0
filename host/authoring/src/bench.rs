//! What each case costs: fuel and memory, which are the same on every machine, and the time it took on this one.
//!
//! `baseline` keeps measures and compares them with later ones; `text` tells them to people. Time is told and never
//! compared: it is the machine's.

mod baseline;
mod text;

use std::num::NonZeroU32;
use std::time::Instant;

use anyhow::anyhow;
use interlock_inputs::{Case, CasesFile};
use interlock_model::Digest;
use interlock_outputs::escape::{for_json, name_for_terminal};
use serde::{Deserialize, Serialize};

use crate::cases::chosen;
use crate::next_step::{explained, next_step};
use crate::sandbox::{Answer, Came, Sandbox, Stand};

pub use baseline::{Baseline, Comparison};

/// The name of the form in which measures are kept.
const FORM: &str = "interlock.bench/1";

/// What the cases of one policy cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BenchResult {
    form: String,
    policy: String,
    /// Digest of the module that was measured.
    module: Digest,
    /// Bytes of it.
    module_bytes: u64,
    /// Units of fuel, all cases together.
    fuel: u64,
    /// Bytes of memory of the case that held most.
    memory_bytes: u64,
    cases: Vec<CaseCost>,
}

/// What one case costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CaseCost {
    case: String,
    fuel: u64,
    memory_bytes: u64,
    /// The median of the runs, in microseconds, on the machine that wrote it.
    wall_us: u64,
}

impl BenchResult {
    /// For people. Ends in a line break.
    pub fn text(&self) -> String {
        text::render(self)
    }

    /// For machines, and as a baseline.
    ///
    /// # Errors
    /// Never in practice: it is written to memory.
    pub fn json(&self) -> anyhow::Result<String> {
        Ok(for_json(self)?)
    }
}

/// Measures the cases whose name holds `filter`, or all of them; each is asked so many times.
///
/// # Errors
/// As [`run`](crate::run), and if the policy breaks: what it would have cost is not known.
pub fn measure(
    sandbox: &Sandbox,
    file: &CasesFile,
    module: (Digest, usize),
    runs: NonZeroU32,
    filter: Option<&str>,
) -> anyhow::Result<BenchResult> {
    let costs = chosen(file, filter)?.into_iter().map(|case| cost(sandbox, file, case, runs));
    let cases: Vec<CaseCost> = costs.collect::<anyhow::Result<_>>()?;
    let (digest, bytes) = module;
    Ok(BenchResult {
        form: FORM.to_owned(),
        policy: sandbox.id().to_string(),
        module: digest,
        module_bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        fuel: cases.iter().fold(0, |sum: u64, case| sum.saturating_add(case.fuel)),
        memory_bytes: cases.iter().map(|case| case.memory_bytes).max().unwrap_or_default(),
        cases,
    })
}

fn cost(sandbox: &Sandbox, file: &CasesFile, case: &Case, runs: NonZeroU32) -> anyhow::Result<CaseCost> {
    let stand = sandbox.stand(file, case)?;
    // The first run is not timed: the machine has not seen the code yet.
    let answer = stand.ask();
    let fuel = fuel(&answer).map_err(|error| {
        let (file, name) =
            (name_for_terminal(&file.name.as_str().into()), name_for_terminal(&case.name.as_str().into()));
        anyhow!("{file}:{}: case `{name}`: policy `{}` {error}", case.span.line, sandbox.id())
    })?;
    let mut times: Vec<u64> = (0..runs.get()).map(|_| timed(&stand)).collect();
    times.sort_unstable();
    let wall_us = times.get(times.len() / 2).copied().unwrap_or_default();
    Ok(CaseCost { case: case.name.clone(), fuel, memory_bytes: answer.memory_bytes, wall_us })
}

fn fuel(answer: &Answer) -> Result<u64, String> {
    match (&answer.came, answer.fuel) {
        (Came::Broken(fault), _) => Err(format!("{}\nhelp: {}", explained(fault), next_step(fault))),
        (Came::Found(_), Some(fuel)) => Ok(fuel),
        (Came::Found(_), None) => {
            Err("judged, and nobody counted its fuel\nhelp: report it: it is a bug of ours".into())
        }
    }
}

fn timed(stand: &Stand<'_>) -> u64 {
    let start = Instant::now();
    let _ = stand.ask();
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}
