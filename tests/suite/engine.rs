//! The promises of the engine that no single hostile guest shows: what is switched off, what the wall clock does, and that
//! one evaluation knows nothing of another.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use interlock_engine::{Deadline, Limits, LoadError, Module};
use interlock_model::{ChangeDocument, Fault, Outcome, Phase};
use libtest_mimic::Trial;

// Parts of the engine that need none of the rest, compiled here to be held by themselves.
#[path = "../../host/engine/src/config.rs"]
#[allow(dead_code, reason = "of its parts only the configuration is asked for here")]
mod config;
#[path = "../../host/engine/src/held.rs"]
mod held;
#[path = "../../host/engine/src/shown.rs"]
mod shown;

use crate::support::{Test, engine, question, read, root, some_time, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("switched-off-features", switched_off_features),
        ("deadline-is-the-backstop", deadline_is_the_backstop),
        ("deadlines-do-not-mix", deadlines_do_not_mix),
        ("fuel-is-the-same-everywhere", fuel_is_the_same_everywhere),
        ("fresh-instance", fresh_instance),
        ("memories-are-summed", memories_are_summed),
        ("files-are-shown-by-glob", files_are_shown_by_glob),
        ("files-not-asked-for-are-not-shown", files_not_asked_for_are_not_shown),
    ];
    trials_of("engine", tests)
}

/// A module for each proposal that a policy has no use for.
const SWITCHED_OFF: &[(&str, &str)] = &[
    ("threads", "(memory 1 1 shared)"),
    ("memory64", "(memory i64 1)"),
    ("64-bit tables", "(table i64 1 funcref)"),
    ("custom page sizes", "(memory 1 (pagesize 1))"),
    ("simd", "(func (drop (v128.const i32x4 0 0 0 0)))"),
    ("relaxed simd", "(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))"),
    ("tail calls", "(func $f (return_call $f))"),
    ("exceptions", "(tag $t) (func (throw $t))"),
    ("garbage collection", "(type (struct (field i32)))"),
    ("function references", "(type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0)))"),
    (
        "wide arithmetic",
        "(func (drop (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))))",
    ),
    ("stack switching", "(type $f (func)) (type $c (cont $f))"),
];

/// Two nets, each held by itself: the scan before compiling, and wasmtime's own configuration.
fn switched_off_features() -> Result<()> {
    let wasm = wasmtime::Engine::new(&config::config()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let of_wasmtime = |fields: &str| -> Result<bool> {
        let module = wat::parse_str(format!("(module {fields})"))?;
        Ok(wasmtime::Module::validate(&wasm, &module).is_ok())
    };
    for (what, fields) in SWITCHED_OFF {
        let error = load_around(fields).with_context(|| (*what).to_owned())?;
        ensure!(
            matches!(error, LoadError::Invalid { .. }),
            "{what}: expected it refused as invalid, found {error:?}"
        );
        ensure!(!of_wasmtime(fields)?, "{what}: wasmtime is configured to take it");
    }
    // wasmtime 48 panics on some components when this one is off, so only the scan stands against it.
    let error = load_around("(memory 1) (memory 1)")?;
    ensure!(matches!(error, LoadError::TooMany { limit: 1, .. }), "two memories: {error:?}");
    // Without any of them, the same frame gets as far as its export's type: it is the feature that was refused above.
    let error = load_around("(memory 1)")?;
    ensure!(matches!(error, LoadError::MissingExport { .. }), "{error:?}");
    ensure!(of_wasmtime("(memory 1)")?, "what a policy needs is taken");
    Ok(())
}

/// Why a component around a core module is no policy.
fn load_around(fields: &str) -> Result<LoadError> {
    let component = wat::parse_str(format!("(component (core module {fields}) {MISSING_POLICY})"))?;
    engine().load(&component, &Limits::default()).err().context("it exports nothing of use")
}

/// An export of the right name and kind that holds nothing.
const MISSING_POLICY: &str =
    r#"(instance $empty) (export "interlock:policy/policy@0.2.0" (instance $empty))"#;

fn stock(id: &str, limits: &Limits) -> Result<Module> {
    let module = interlock_stock::module(id).context("a stock policy")?;
    engine().load(module.bytes, limits).map_err(|error| anyhow::anyhow!("{error}"))
}

fn replay() -> Result<ChangeDocument> {
    read(&root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))
}

/// Some ten seconds of it: enough that the clock comes first, and an end all the same if there were no clock.
const MORE_FUEL_THAN_TIME: u64 = 20_000_000_000;

/// A guest that loops for ever with more fuel than time is stopped by the clock, and says so.
fn deadline_is_the_backstop() -> Result<()> {
    let looping = crate::guests::named("g01-loop")?.component()?;
    let limits =
        Limits { fuel: MORE_FUEL_THAN_TIME, deadline: Duration::from_millis(50), ..Limits::default() };
    let module = engine().load(&looping, &limits).map_err(|error| anyhow::anyhow!("{error}"))?;
    let document = replay()?;
    let asked = question(Phase::Deploy, some_time());
    let outcome =
        module.evaluate(&document.change, &asked, &vec![], Deadline::after(Duration::from_secs(60))).outcome;
    let Outcome::Broken(fault) = outcome else { anyhow::bail!("it cannot have ended: {outcome:?}") };
    ensure!(matches!(fault, Fault::Deadline { limit_ms: 50, .. }), "{fault:?}");
    ensure!(!fault.is_repeatable(), "another machine may be faster");
    Ok(())
}

/// The epoch is one for all stores: a store with time left must go on when another's deadline raises it.
fn deadlines_do_not_mix() -> Result<()> {
    let looping = crate::guests::named("g01-loop")?.component()?;
    let document = replay()?;
    let asked = question(Phase::Deploy, some_time());
    let run = |limits: Limits| -> Result<Outcome> {
        let module = engine().load(&looping, &limits).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(module
            .evaluate(&document.change, &asked, &vec![], Deadline::after(Duration::from_secs(600)))
            .outcome)
    };
    std::thread::scope(|scope| {
        let hurried =
            Limits { fuel: MORE_FUEL_THAN_TIME, deadline: Duration::from_millis(5), ..Limits::default() };
        let patient = Limits { fuel: 100_000_000, deadline: Duration::from_secs(600), ..Limits::default() };
        let stopped: Vec<_> = (0..2).map(|_| scope.spawn(move || run(hurried))).collect();
        let outcome = run(patient)?;
        ensure!(
            matches!(outcome, Outcome::Broken(Fault::Fuel { .. })),
            "it had time until its fuel ended: {outcome:?}"
        );
        for thread in stopped {
            let outcome = thread.join().expect("no panic")?;
            ensure!(matches!(outcome, Outcome::Broken(Fault::Deadline { .. })), "{outcome:?}");
        }
        Ok(())
    })
}

fn fuel_is_the_same_everywhere() -> Result<()> {
    let document = replay()?;
    let asked = question(Phase::Deploy, some_time());
    for stock_module in interlock_stock::by_default() {
        let module = stock(stock_module.id, &Limits::default())?;
        let spend = || {
            module
                .evaluate(&document.change, &asked, &vec![], Deadline::after(Duration::from_secs(60)))
                .spending
        };
        let first = spend();
        ensure!(first.fuel.is_some_and(|fuel| fuel > 0) && first.memory_bytes > 0, "{first:?}");
        ensure!(
            (0..100).all(|_| spend() == first),
            "`{}` spends differently from run to run",
            stock_module.id
        );
        let elsewhere = std::thread::scope(|scope| scope.spawn(spend).join()).expect("no panic");
        ensure!(elsewhere == first, "`{}` spends differently on another thread", stock_module.id);
        // A module that is compiled anew spends the same.
        let anew = stock(stock_module.id, &Limits::default())?;
        let again = anew
            .evaluate(&document.change, &asked, &vec![], Deadline::after(Duration::from_secs(60)))
            .spending;
        ensure!(again == first, "`{}` spends differently when compiled anew", stock_module.id);
    }
    Ok(())
}

fn memories_are_summed() -> Result<()> {
    let mut held = held::Held::default();
    ensure!(held.grow(0, 60, 100), "the first memory");
    ensure!(held.grow(0, 40, 100), "a second memory beside it");
    ensure!(!held.grow(40, 41, 100), "one more than the limit");
    ensure!(!held.grow(40, usize::MAX, 100), "no wrap around");
    ensure!((held.now, held.peak, held.refused) == (100, 100, Some(101)), "the first refusal is remembered");
    Ok(())
}

fn files_are_shown_by_glob() -> Result<()> {
    let shown = |paths: &[&str]| {
        let paths = paths.iter().map(ToString::to_string).collect();
        shown::Shown::new(&interlock_model::Needs { paths, edits: true, text: false })
    };
    let nothing = shown(&[]).map_err(anyhow::Error::msg)?;
    ensure!(!nothing.holds("a.yaml"), "who asks for nothing is shown nothing");
    let some = shown(&["deploy/*.yaml", "**/*.tf"]).map_err(anyhow::Error::msg)?;
    ensure!(some.holds("deploy/a.yaml") && some.holds("a/b/c.tf") && some.holds("c.tf"));
    ensure!(!some.holds("deploy/a/b.yaml") && !some.holds("a.yaml"), "`*` stays within a folder");
    ensure!(some.edits && !some.text && shown(&["a[b"]).is_err(), "what is no glob is refused");
    Ok(())
}

/// What is not lowered costs nothing: a thousand files must cost no fuel where a policy asks for none.
fn files_not_asked_for_are_not_shown() -> Result<()> {
    let without = replay()?.change;
    let mut with = without.clone();
    with.files = Some((0..1_000).map(file).collect());
    let asked = question(Phase::Deploy, some_time());
    for stock_module in interlock_stock::MODULES {
        let module = stock(stock_module.id, &Limits::default())?;
        if !module.manifest().needs.paths.is_empty() {
            continue;
        }
        let spend = |change| {
            module.evaluate(change, &asked, &vec![], Deadline::after(Duration::from_secs(60))).spending
        };
        let (few, many) = (spend(&without).fuel.context("fuel")?, spend(&with).fuel.context("fuel")?);
        ensure!(
            few.abs_diff(many) < 1_000,
            "`{}` spends {few} without files and {many} with",
            stock_module.id
        );
    }
    Ok(())
}

fn file(index: usize) -> interlock_model::FileChange {
    interlock_model::FileChange {
        path: format!("deploy/{index}.yaml"),
        previous_path: None,
        op: interlock_model::FileOp::Modified,
        format: None,
        edits: None,
        lists: None,
        omitted_edits: 0,
        size_before_kib: None,
        size_after_kib: None,
        text: Some("key: value".repeat(100)),
    }
}

/// G38 remembers in a global; a fresh instance does not. Held in full by `hostile/g38-*`; here with the time it takes to
/// see that nothing is shared between threads either.
fn fresh_instance() -> Result<()> {
    let counting = crate::guests::named("g38-counter")?.component()?;
    let module = engine().load(&counting, &Limits::default()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let document = replay()?;
    let asked = question(Phase::Deploy, some_time());
    let evaluate = || {
        module.evaluate(&document.change, &asked, &vec![], Deadline::after(Duration::from_secs(60))).outcome
    };
    let first = evaluate();
    let began = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| (0..50).all(|_| evaluate() == first))).collect();
        let all_same = threads.into_iter().all(|thread| thread.join().expect("no panic"));
        ensure!(all_same, "an instance remembered another (after {:?})", began.elapsed());
        Ok(())
    })
}
