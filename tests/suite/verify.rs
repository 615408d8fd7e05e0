//! `interlock verify`: a decision holds for the bytes, the policy set, the moment and the time it was made for, and for
//! nothing else; and a report that was written by hand holds for nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::support::{root, trials_of};

pub fn trials() -> Vec<Trial> {
    trials_of(
        "verify",
        &[
            ("holds-for-what-was-judged", holds_for_what_was_judged),
            ("holds-for-nothing-else", holds_for_nothing_else),
            ("a-block-holds-too", a_block_holds_too),
        ],
    )
}

const CHANGE: &str = "tests/incidents/2023-11-12-alibaba/fixed.yaml";
const OUTAGE: &str = "tests/incidents/2023-11-12-alibaba/change-config.yaml";
const SET: &str = "tests/policy-sets/plan-only.yaml";

fn interlock(arguments: &[&str]) -> Result<Output> {
    Ok(Command::new(env!("CARGO_BIN_EXE_interlock")).args(arguments).current_dir(root()).output()?)
}

/// A report of now in a file of this trial's own, and what is done with it.
fn with_report(change: &str, more: &[&str], then: impl FnOnce(&Path, &str) -> Result<()>) -> Result<()> {
    let mut arguments = vec!["check", change, "--policy-set", SET, "--format", "json"];
    arguments.extend(more);
    let output = interlock(&arguments)?;
    ensure!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let path = unused_path();
    fs::write(&path, &text)?;
    let done = then(&path, &text);
    fs::remove_file(&path)?;
    done
}

fn unused_path() -> PathBuf {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("interlock-report-{}-{number}.json", std::process::id()))
}

/// Exit code and words of `verify`.
fn verified(report: &Path, change: &str, more: &[&str]) -> Result<(Option<i32>, String)> {
    let report = report.to_str().context("a path")?;
    let mut arguments = vec!["verify", report, change];
    arguments.extend(more);
    if !more.contains(&"--policy-set") {
        arguments.extend(["--policy-set", SET]);
    }
    let output = interlock(&arguments)?;
    let said = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    Ok((output.status.code(), said))
}

fn holds_for_what_was_judged() -> Result<()> {
    with_report(CHANGE, &[], |report, _| {
        let (code, said) = verified(report, CHANGE, &[])?;
        ensure!(code == Some(0) && said.starts_with("holds: allow, "), "{code:?}: {said}");
        Ok(())
    })
}

fn a_block_holds_too() -> Result<()> {
    with_report(OUTAGE, &[], |report, _| {
        let (code, said) = verified(report, OUTAGE, &[])?;
        ensure!(code == Some(1) && said.starts_with("holds: block, "), "{code:?}: {said}");
        Ok(())
    })
}

fn holds_for_nothing_else() -> Result<()> {
    with_report(CHANGE, &[], |report, text| {
        let files = ["--before", "tests/policy-sets", "--after", "tests/calendars"];
        for (name, change, more, words) in [
            ("another change", OUTAGE, &[][..], "the change document is not the report's"),
            ("files beside it", CHANGE, &files, "the set of changed files is not the report's"),
            (
                "other policies",
                CHANGE,
                &["--policy-set", "tests/policy-sets/team.yaml"],
                "the policy set with its facts is not the report's",
            ),
            ("another phase", CHANGE, &["--asked-at", "merge"], "asked at deploy, not at merge"),
            ("a stage later", CHANGE, &["--stages-done", "1"], "asked with 0 stages done; now there are 1"),
            ("a year later", CHANGE, &["--at", "2126-01-01T00:00Z"], "it was valid until"),
            ("before it was asked", CHANGE, &["--at", "2020-01-01T00:00Z"], "which is still to come"),
        ] {
            let (code, said) = verified(report, change, more)?;
            ensure!(code == Some(3) && said.contains(words), "{name}: {code:?}: {said}");
            ensure!(said.contains("help: "), "{name}: {said}");
        }
        // Everything it is bound to is true, and the verdict is somebody's own.
        let forged = text.replacen("\"verdict\": \"allow\"", "\"verdict\": \"warn\"", 1);
        fs::write(report, forged)?;
        let (code, said) = verified(report, CHANGE, &[])?;
        ensure!(code == Some(3) && said.contains("the report was altered"), "{code:?}: {said}");
        // As long as anybody wishes.
        let (head, tail) = text.rsplit_once("\"valid-until\": \"20").context("it says until when")?;
        let later = format!(
            "{head}\"valid-until\": \"21{}",
            tail.get(2..).map(|rest| format!("00{}", rest)).context("a year")?
        );
        fs::write(report, later)?;
        let (code, said) = verified(report, CHANGE, &[])?;
        ensure!(code == Some(3) && said.contains("the report was altered"), "{code:?}: {said}");
        fs::write(report, "{}")?;
        let (code, said) = verified(report, CHANGE, &[])?;
        ensure!(code == Some(2) && said.contains("no report"), "{code:?}: {said}");
        Ok(())
    })?;
    with_report(CHANGE, &["--at", "2026-03-02T12:00Z"], |report, _| {
        let (code, said) = verified(report, CHANGE, &["--at", "2026-03-02T12:10Z"])?;
        ensure!(code == Some(3) && said.contains("licenses nothing"), "{code:?}: {said}");
        Ok(())
    })
}
