//! The gate in a deploy system: loaded once, asked before each move. `tests/suite/gate.rs` runs this file.

use std::error::Error;
use std::process::ExitCode;

use interlock::{Allocation, Binding, Gate, Phase, Question, Verdict};
use interlock_inputs::{Syntax, read_change};

/// Once, when the deploy system starts.
pub fn load() -> Result<Gate, Box<dyn Error>> {
    let mut gate = Gate::builder().allocation(Allocation::Pooled { instances: 16 });
    for policy in interlock_stock::by_default() {
        gate = gate.bind(Binding::new(policy.id.to_owned().try_into()?, policy.bytes));
    }
    Ok(gate.build()?)
}

/// Before each move, from any thread. An error is no permission.
pub fn may_move(gate: &Gate, change: &[u8], now: &str) -> Result<bool, Box<dyn Error>> {
    let document = read_change("change.yaml", change, Syntax::Yaml)?;
    let evaluated_at = now.parse()?;
    let question = Question { asked_at: Phase::Deploy, evaluated_at, simulated: false, progress: None };
    Ok(gate.check(&document, &question).decision.verdict != Verdict::Block)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let change = include_bytes!("../../../tests/incidents/2023-11-12-alibaba/change-config.yaml");
    Ok(ExitCode::from(u8::from(!may_move(&load()?, change, "2023-11-12T09:30Z")?)))
}
