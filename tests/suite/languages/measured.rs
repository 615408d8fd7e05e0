//! What the same policy costs in each language, in one run: `host/authoring/templates/README.md` has the table and the
//! command. Ignored unless it is asked for, because times are nobody's promise; it prints, and holds nothing.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use interlock::{Limits, Tier};
use interlock_engine::{Deadline, Module, ModuleCache};
use interlock_model::{Outcome, Phase};
use libtest_mimic::{Failed, Trial};

use super::POLICY;
use super::toolchain::{Found, Language};
use crate::support::{engine, question, read_value, root, some_time};

/// Evaluations of each, in rounds, so that a busy moment of the machine is everybody's.
const ROUNDS: usize = 101;
/// Loads of each.
const LOADS: usize = 3;

pub fn trial() -> Trial {
    let run = || table().map_err(|error| Failed::from(format!("{error:#}")));
    Trial::test("languages/measured", run).with_ignored_flag(true)
}

struct Measured {
    language: &'static str,
    bytes: usize,
    module: Module,
    compiled: Duration,
    at_hand: Duration,
    evaluations: Vec<Duration>,
    fuel: u64,
    memory_bytes: u64,
}

fn table() -> Result<()> {
    let mut measured = vec![loaded("rust", &crate::sdk::built(POLICY)?, Tier::Usual)?];
    for language in Language::OTHERS {
        match language.look() {
            Found::All(_) => measured.push(loaded(language.name(), &language.build()?, language.tier())?),
            Found::Missing(what) => println!("{}: {what}", language.name()),
        }
    }
    for _ in 0..ROUNDS {
        for one in &mut measured {
            evaluate(one)?;
        }
    }
    println!("| language | size, KiB | compile, ms | at hand, ms | evaluation, us | fuel | memory, KiB |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    measured.iter_mut().for_each(row);
    Ok(())
}

fn loaded(language: &'static str, wasm: &[u8], tier: Tier) -> Result<Measured> {
    let limits = Limits::of(tier);
    let compile = || engine().load(wasm, &limits).map_err(|error| anyhow!("{language}: {error}"));
    let compiled = median((0..LOADS).map(|_| timed(compile).map(|(time, _)| time)).collect::<Result<_>>()?);
    let cache = ModuleCache::at(root().join("target/suite-modules"));
    let load = || {
        let loaded = engine().load_through(&cache, wasm, &limits, &|_| {});
        loaded.map_err(|error| anyhow!("{language}: {error}"))
    };
    let module = load()?;
    let at_hand = median((0..ROUNDS).map(|_| timed(load).map(|(time, _)| time)).collect::<Result<_>>()?);
    let (bytes, evaluations) = (wasm.len(), Vec::new());
    Ok(Measured { language, bytes, module, compiled, at_hand, evaluations, fuel: 0, memory_bytes: 0 })
}

/// One isolated evaluation that comes to a finding.
fn evaluate(one: &mut Measured) -> Result<()> {
    let document = read_value(&serde_json::json!({
        "id": "basket-release-31", "kind": "code",
        "rollout": { "stages": [{ "name": "canary", "traffic-bp": 3334, "bake-s": 7200 }, {}] },
    }))?;
    let asked = question(Phase::Deploy, some_time());
    let deadline = Deadline::after(Duration::from_secs(60));
    let (time, evaluation) = timed(|| Ok(one.module.evaluate(&document.change, &asked, &vec![], deadline)))?;
    let Outcome::Findings(_) = evaluation.outcome else { return Err(anyhow!("{:?}", evaluation.outcome)) };
    one.evaluations.push(time);
    one.fuel = evaluation.spending.fuel.context("fuel")?;
    one.memory_bytes = evaluation.spending.memory_bytes;
    Ok(())
}

fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(Duration, T)> {
    let start = Instant::now();
    let result = run()?;
    Ok((start.elapsed(), result))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn row(one: &mut Measured) {
    let evaluation = median(std::mem::take(&mut one.evaluations));
    println!(
        "| {} | {} | {:.1} | {:.2} | {} | {} | {} |",
        one.language,
        one.bytes.div_ceil(1024),
        one.compiled.as_secs_f64() * 1e3,
        one.at_hand.as_secs_f64() * 1e3,
        evaluation.as_micros(),
        one.fuel,
        one.memory_bytes / 1024,
    );
}
