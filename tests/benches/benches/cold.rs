//! A whole process, spawn to exit: `interlock check` with compiled modules at hand, beside a native program that reads the
//! same document, in one run. What is compared is the ratio.

#![allow(missing_docs, clippy::expect_used, reason = "a bench that cannot run has to stop")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The binary, built now so that it is this source's.
fn interlock() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .current_dir(root())
        .args(["build", "--release", "--locked", "--package", "interlock-cli"])
        .status();
    assert!(built.expect("cargo runs").success(), "the binary builds");
    root().join("target/release/interlock")
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
    let interlock = installed(&interlock(), "interlock");
    let native = installed(Path::new(env!("CARGO_BIN_EXE_native-reader")), "native-reader");
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
}

criterion_group!(benches, cold);
criterion_main!(benches);
