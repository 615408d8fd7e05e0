//! The same bytes, question and policies give the same report, byte for byte: on any number of threads, in any order of
//! binding, in any environment.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use interlock_model::Phase;
use libtest_mimic::Trial;

use crate::support::{
    all_documents, gate_of, json, question, read, root, some_time, stock_bindings, stock_gate, trials_of,
};

pub fn trials() -> Vec<Trial> {
    trials_of("determinism", &[("threads", threads), ("order", order), ("environment", environment)])
}

/// Every document's report, one after the other.
fn all_reports(gate: &interlock::Gate) -> Result<String> {
    let mut all = String::new();
    for path in all_documents() {
        let document = read(&path)?;
        all += &json(&gate.check(&document, &question(Phase::Promote, some_time())), &document);
    }
    Ok(all)
}

fn threads() -> Result<()> {
    let alone = all_reports(stock_gate())?;
    ensure!(alone.len() > 1_000, "there is something to compare");
    for count in 2..=4 {
        let reports: Vec<Result<String>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..count).map(|_| scope.spawn(|| all_reports(stock_gate()))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        for report in reports {
            ensure!(report? == alone, "a report differs on {count} threads");
        }
    }
    Ok(())
}

fn order() -> Result<()> {
    let mut bindings = stock_bindings();
    let forwards = all_reports(&gate_of(bindings.clone())?)?;
    bindings.reverse();
    ensure!(all_reports(&gate_of(bindings)?)? == forwards, "a report depends on the order of binding");
    Ok(())
}

fn environment() -> Result<()> {
    let change = std::fs::read(root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))?;
    let plain = binary(&change, &[], "/")?;
    ensure!(plain.contains("\"verdict\""), "a report came out: {plain}");
    let environments: [&[(&str, &str)]; 6] = [
        &[("TZ", "America/New_York")],
        &[("TZ", "Asia/Shanghai"), ("LANG", "zh_CN.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")],
        &[("LC_ALL", "C"), ("HOME", "/nonexistent")],
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "2"), ("COLUMNS", "20")],
        &[("RAYON_NUM_THREADS", "4"), ("RUST_BACKTRACE", "full"), ("CLICOLOR_FORCE", "1")],
    ];
    let temporary = std::env::temp_dir();
    for variables in environments {
        for folder in ["/", temporary.to_str().context("a path")?] {
            ensure!(
                binary(&change, variables, folder)? == plain,
                "the report differs under {variables:?} in {folder}"
            );
        }
    }
    Ok(())
}

/// What the binary prints for a document on its standard input.
fn binary(change: &[u8], variables: &[(&str, &str)], folder: &str) -> Result<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interlock"));
    command.args(["check", "-", "--at", "2023-11-12T17:30+08:00", "--format", "json"]);
    command.current_dir(folder).env_clear().envs(variables.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("standard input")?.write_all(change)?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.code() == Some(1),
        "exit {:?}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    // Where there is no home there is no cache, and a person is told what that costs; the report is the same.
    let told = [
        "compiling the policies",
        "warning: compiled policies cannot be kept",
        // Left by an older build in the home of whoever runs this.
        "warning: the compiled module of",
    ];
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        ensure!(told.iter().any(|told| line.starts_with(told)), "on standard error: {line}");
    }
    Ok(String::from_utf8(output.stdout)?)
}
