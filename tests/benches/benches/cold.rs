//! A whole process, spawn to exit: `interlock check` with compiled modules at hand, beside a native program that reads the
//! same document. Both are built the way they are given to others.
//!
//! What is compared is the ratio, and criterion runs one row after the other: on a machine whose speed changes from second
//! to second that is a ratio of two moments. So the two are run in turns as well, and that ratio is printed last.

#![allow(missing_docs, clippy::expect_used, reason = "a bench that cannot run has to stop")]
#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A binary, built now so that it is this source's.
fn built(package: &str, binary: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .current_dir(root())
        .args(["build", "--profile", "dist", "--locked", "--package", package, "--bin", binary])
        .status();
    assert!(built.expect("cargo runs").success(), "the binary builds");
    installed(&root().join("target/dist").join(binary), binary)
}

/// A copy, as a package or an archive puts one there: what a linker has just written lies in smaller pieces of memory, and
/// starting it takes longer.
fn installed(binary: &Path, name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&copy);
    std::fs::copy(binary, &copy).expect("it can be copied");
    copy
}

fn run(program: &Path, arguments: &[&str]) {
    let ended = Command::new(program)
        .current_dir(root())
        .args(arguments)
        .env("XDG_CACHE_HOME", root().join("target/bench-cache-home"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let code = ended.expect("it runs").code();
    assert!(matches!(code, Some(0 | 1)), "`{}` ended with {code:?}", program.display());
}

fn cold(criterion: &mut Criterion) {
    let document = "tests/incidents/2023-11-12-alibaba/change-config.yaml";
    let interlock = built("interlock-cli", "interlock");
    let native = built("interlock-benches", "native-reader");
    let check = ["check", document, "--at", "2023-11-12T09:30Z"];
    // The first run compiles; every other one finds the modules.
    run(&interlock, &check);
    let mut group = criterion.benchmark_group("cold");
    group.measurement_time(Duration::from_secs(10));
    group.bench_function("a native program that reads the document", |bencher| {
        bencher.iter(|| run(&native, &[document]));
    });
    group.bench_function("interlock check, modules at hand", |bencher| {
        bencher.iter(|| run(&interlock, &check));
    });
    group.bench_function("interlock check, no cache", |bencher| {
        bencher.iter(|| run(&interlock, &["check", document, "--at", "2023-11-12T09:30Z", "--no-cache"]));
    });
    group.finish();
    in_turns(&native, &[document], &interlock, &check);
}

/// How often each of two programs is run, one after the other.
const TURNS: usize = 200;

/// Prints the medians of two programs, and what the second is in units of the first.
fn in_turns(one: &Path, to_one: &[&str], other: &Path, to_other: &[&str]) {
    let timed = |program: &Path, arguments: &[&str]| {
        let start = Instant::now();
        run(program, arguments);
        start.elapsed()
    };
    let turn = |_| (timed(one, to_one), timed(other, to_other));
    let (ones, others): (Vec<Duration>, Vec<Duration>) = (0..TURNS).map(turn).unzip();
    let (one, other) = (median(ones), median(others));
    let ratio = other.as_secs_f64() / one.as_secs_f64();
    println!(
        "cold/in turns, medians of {TURNS}: native {one:.2?}, interlock check {other:.2?}, ratio {ratio:.2}"
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

criterion_group!(benches, cold);
criterion_main!(benches);
