//! What one answer costs, each row beside the ones it is compared with, in one run: these machines are noisy, so only
//! ratios of one run say anything.
//!
//! `evaluation`: one isolated evaluation of a stock policy on the replay of 2023-11-12, beside the same rule as a native
//! function, an empty guest of the same world, and an instance that is used again (which the engine never does).
//! `set`: the whole gate with all stock policies. `edits`: a change of 300 edits. `load`: from bytes to a policy.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a bench that cannot run has to stop"
)]

#[path = "../../../host/engine/src/config.rs"]
#[allow(dead_code, reason = "of its parts only the configuration is asked for here")]
mod config;
#[path = "../../../policies/stock/guest_cargo.rs"]
mod guest_cargo;
#[path = "../../../host/engine/src/lower.rs"]
#[allow(dead_code, reason = "the engine uses all of it")]
mod lower;
#[path = "../../../host/engine/src/shown.rs"]
#[allow(unreachable_pub, reason = "the engine shows its globs to the gate")]
mod shown;

#[allow(
    missing_docs,
    unreachable_pub,
    unused_imports,
    dead_code,
    clippy::all,
    clippy::restriction,
    reason = "generated from wit/policy.wit"
)]
mod bindings {
    wasmtime::component::bindgen!({ path: "../../wit", world: "policy-module", imports: { default: trappable } });
}

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use interlock::{Allocation, Binding, Gate, ModuleCache};
use interlock_engine::{Deadline, Engine, Limits};
use interlock_guest::Policy as _;
use interlock_guest::change_types as guest;
use interlock_model::{
    ChangeDocument, Edit, EditOp, FileChange, FileOp, Phase, PolicyId, Question, Scalar, ScalarKind,
};

/// The policy that is measured: its rule reads stages and targets, and finds something on the replay.
const POLICY: &str = "staged-rollout";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn replay() -> ChangeDocument {
    let path = root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml");
    let bytes = interlock_inputs::read_file(&path).expect("the replay is there");
    interlock_inputs::read_change("change.yaml", &bytes, interlock_inputs::Syntax::Yaml).expect("and reads")
}

fn question() -> Question {
    let evaluated_at = "2023-11-12T09:30Z".parse().expect("a time");
    Question { asked_at: Phase::Deploy, evaluated_at, simulated: true, progress: None }
}

fn stock(id: &str) -> &'static [u8] {
    interlock_stock::module(id).expect("a stock policy").bytes
}

/// A guest of `tests/guests`, built the way stock policies are.
fn guest_module(package: &str) -> Vec<u8> {
    let target = root().join("target/policies");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = guest_cargo::guest_cargo(cargo, &root(), &target).expect("cargo");
    assert!(cargo.args(["--package", package]).status().expect("cargo runs").success(), "{package}");
    std::fs::read(guest_cargo::module_path(&target, package)).expect("a module")
}

fn pooled() -> Engine {
    Engine::with(Allocation::Pooled { instances: 16 }).expect("an engine")
}

fn far_away() -> Deadline {
    Deadline::after(Duration::from_secs(600))
}

fn evaluation(criterion: &mut Criterion) {
    let (document, asked) = (replay(), question());
    let limits = Limits::default();
    let engine = pooled();
    let on_demand = Engine::new().expect("an engine");
    let empty = engine.load(&guest_module("empty"), &limits).expect("it loads");
    let policy = engine.load(stock(POLICY), &limits).expect("it loads");
    let in_own_memory = on_demand.load(stock(POLICY), &limits).expect("it loads");
    let settings = Vec::new();

    let mut group = criterion.benchmark_group("evaluation");
    group.bench_function("empty guest, fresh instance", |bencher| {
        bencher.iter(|| black_box(empty.evaluate(&document.change, &asked, &settings, far_away())));
    });
    group.bench_function("staged-rollout, fresh instance", |bencher| {
        bencher.iter(|| black_box(policy.evaluate(&document.change, &asked, &settings, far_away())));
    });
    group.bench_function("staged-rollout, fresh instance, no pool", |bencher| {
        bencher.iter(|| black_box(in_own_memory.evaluate(&document.change, &asked, &settings, far_away())));
    });
    let mut reused = Reused::new(stock(POLICY));
    group.bench_function("staged-rollout, instance used again", |bencher| {
        bencher.iter(|| black_box(reused.evaluate(&document, &asked)));
    });
    for module in interlock_stock::by_default().filter(|module| module.id != POLICY) {
        let other = engine.load(module.bytes, &limits).expect("it loads");
        group.bench_function(format!("{}, fresh instance", module.id), |bencher| {
            bencher.iter(|| black_box(other.evaluate(&document.change, &asked, &settings, far_away())));
        });
    }
    let (change, question) = native_replay();
    let found = native(&change, &question);
    assert_eq!(found, reused.evaluate(&document, &asked), "the native rule judges the same change");
    group.bench_function("staged-rollout, native function", |bencher| {
        bencher.iter(|| black_box(native(black_box(&change), &question)));
    });
    group.finish();
}

/// Ids of the rules that the native function reports.
fn native(change: &guest::Change, question: &interlock_guest::question_types::Question) -> Vec<String> {
    let settings = interlock_guest::SettingsReader::read(&[]).expect("defaults are settings");
    let found = staged_rollout::ThePolicy::judge(change, question, &settings).expect("it judges");
    found.into_iter().map(|finding| finding.rule).collect()
}

/// The replay as the policy's own types have it.
fn native_replay() -> (guest::Change, interlock_guest::question_types::Question) {
    let target = |region: &str, zone: &str| guest::Target {
        region: Some(region.into()),
        time_zone: Some(zone.into()),
        zone: None,
        cell: None,
        cluster: None,
        site_type: None,
        traffic_bp: None,
        expected_version: None,
        running_version: None,
    };
    let mut change = guest::Change::unknown("oss-auth-config-20231112", guest::ChangeKind::Config);
    change.services = Some(vec![guest::Service {
        name: "object-storage-auth".into(),
        tier: Some(0),
        tier_origin: guest::FactOrigin::Claimed,
        owner: None,
        dependents: None,
        depends_on: None,
    }]);
    change.targets = Some(vec![
        target("cn-hangzhou", "Asia/Shanghai"),
        target("cn-beijing", "Asia/Shanghai"),
        target("cn-shanghai", "Asia/Shanghai"),
        target("ap-southeast-1", "Asia/Singapore"),
        target("eu-central-1", "Europe/Berlin"),
        target("us-west-1", "America/Los_Angeles"),
    ]);
    change.rollout = Some(guest::Rollout {
        strategy: Some(guest::Strategy::AllAtOnce),
        stages: Some(vec![guest::Stage {
            name: Some("every region at once".into()),
            targets: Some(vec!["*".into()]),
            traffic_bp: Some(10_000),
            bake_s: None,
            min_requests: None,
            gate: None,
        }]),
        config_included: None,
    });
    let mut question = interlock_guest::question_types::Question::at_deploy();
    question.evaluated_epoch_min = self::question().evaluated_at.epoch_min();
    (change, question)
}

/// An instance that is used again: what isolation costs is the difference to a fresh one.
struct Reused {
    store: wasmtime::Store<()>,
    policy: bindings::PolicyModule,
    shown: shown::Shown,
}

impl Reused {
    fn new(wasm: &[u8]) -> Self {
        let engine = wasmtime::Engine::new(&config::config()).expect("an engine");
        let component = wasmtime::component::Component::from_binary(&engine, wasm).expect("a component");
        let mut linker = wasmtime::component::Linker::new(&engine);
        let mut log = linker.instance("interlock:policy/log@0.2.0").expect("an interface");
        log.func_wrap("log", |_, _: (bindings::interlock::policy::log::Level, String)| Ok(())).expect("log");
        let mut store = wasmtime::Store::new(&engine, ());
        store.set_fuel(u64::MAX).expect("fuel");
        store.set_epoch_deadline(u64::MAX / 2);
        let policy =
            bindings::PolicyModule::instantiate(&mut store, &component, &linker).expect("an instance");
        let shown = shown::Shown::new(&interlock_model::Needs::default()).expect("no globs");
        Self { store, policy, shown }
    }

    fn evaluate(&mut self, document: &ChangeDocument, asked: &Question) -> Vec<String> {
        let request = lower::request(
            &document.change,
            lower::change(&document.change),
            asked,
            &Vec::new(),
            &self.shown,
        );
        let answer = self.policy.interlock_policy_policy().call_evaluate(&mut self.store, &request);
        let found = answer.expect("no trap").expect("it judges");
        found.into_iter().map(|finding| finding.rule).collect()
    }
}

fn set(criterion: &mut Criterion) {
    let (document, asked) = (replay(), question());
    let mut group = criterion.benchmark_group("set");
    // Seven, because one evaluation was promised to be an eighth of so many; ten, a usual set; and all that judge by default.
    for count in [7, 10, interlock_stock::by_default().count()] {
        let gate = gate_of(count, Gate::builder().allocation(Allocation::Pooled { instances: 16 }));
        group.bench_function(format!("{count} stock policies, whole check"), |bencher| {
            bencher.iter(|| black_box(gate.check(&document, &asked)));
        });
    }
    group.finish();
}

fn stock_gate(builder: interlock::GateBuilder) -> Gate {
    gate_of(interlock_stock::by_default().count(), builder)
}

/// The first so many, by their names.
fn gate_of(count: usize, builder: interlock::GateBuilder) -> Gate {
    let bind = |builder: interlock::GateBuilder, module: &interlock_stock::StockModule| {
        let id = PolicyId::try_from(module.id.to_owned()).expect("an id");
        builder.bind(Binding::new(id, module.bytes))
    };
    interlock_stock::by_default().take(count).fold(builder, bind).build().expect("the stock policies load")
}

/// 300 values that became another, in ten files.
fn edited(document: &ChangeDocument) -> ChangeDocument {
    let mut document = document.clone();
    let file = |file: usize| FileChange {
        path: format!("config/{file}.yaml"),
        previous_path: None,
        op: FileOp::Modified,
        format: Some("yaml".into()),
        edits: Some((0..30).map(|edit| value(file * 30 + edit)).collect()),
        lists: Some(Vec::new()),
        omitted_edits: 0,
        size_before_kib: Some(12),
        size_after_kib: Some(12),
        text: None,
    };
    document.change.files = Some((0..10).map(file).collect());
    document
}

fn value(index: usize) -> Edit {
    let scalar = |number: usize| Some(Scalar { kind: ScalarKind::Integer, text: number.to_string() });
    Edit {
        pointer: format!("/services/{index}/timeout-ms"),
        op: EditOp::Replace,
        before: scalar(1_000 + index),
        after: scalar(1_100 + index),
        line: u32::try_from(index).ok(),
    }
}

fn edits(criterion: &mut Criterion) {
    let asked = question();
    let (small, large) = (replay(), edited(&replay()));
    let gate = stock_gate(Gate::builder().allocation(Allocation::Pooled { instances: 16 }));
    let mut group = criterion.benchmark_group("edits");
    group.bench_function("no edits, whole check", |bencher| {
        bencher.iter(|| black_box(gate.check(&small, &asked)));
    });
    group.bench_function("300 edits, whole check", |bencher| {
        bencher.iter(|| black_box(gate.check(&large, &asked)));
    });
    group.finish();
}

fn load(criterion: &mut Criterion) {
    let limits = Limits::default();
    let engine = Engine::new().expect("an engine");
    let folder = root().join("target/bench-cache");
    let cache = ModuleCache::at(&folder);
    engine.load_through(&cache, stock(POLICY), &limits, &|_| {}).expect("it loads");
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    group.bench_function("one policy, compiled", |bencher| {
        bencher.iter(|| black_box(engine.load(stock(POLICY), &limits).expect("it loads")));
    });
    group.bench_function("one policy, at hand", |bencher| {
        let at_hand = |note| assert!(matches!(note, interlock_engine::LoadNote::NotKept(_)), "{note:?}");
        bencher.iter(|| {
            black_box(engine.load_through(&cache, stock(POLICY), &limits, &at_hand).expect("it loads"))
        });
    });
    group.finish();
}

criterion_group!(benches, evaluation, set, edits, load);
criterion_main!(benches);
