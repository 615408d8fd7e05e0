//! What others put into their pipelines (`action.yml`, `.pre-commit-hooks.yaml`, `.ci/integrations/`) and what
//! is released (`.ci/release`): it passes only after an answer, no text of others is run, and it calls what
//! there is.
//!
//! Scripts are run as their pipelines run them, with stand-ins for the programs they call. Whether GitHub,
//! GitLab and Argo CD take the files is not held here; `shapes` holds the keys that their documentation asks
//! for.

mod asked;
mod hostile;
mod integration;
mod release;
mod shapes;
mod stand;

use std::fs;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::support::trials_of;
use integration::Integration;
use stand::{ALLOWS, Stand, said};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials_of(
        "ready",
        &[
            ("nothing-passes-without-an-answer", nothing_passes_without_an_answer),
            ("nothing-passes-without-the-program", nothing_passes_without_the_program),
            ("each-report-is-looked-at", each_report_is_looked_at),
            ("what-is-empty-is-not-left-out", what_is_empty_is_not_left_out),
        ],
    );
    trials.extend(
        [asked::trials(), hostile::trials(), release::trials(), shapes::trials()].into_iter().flatten(),
    );
    trials
}

/// What a program may do, and what each integration has to make of it: an exit code.
const SITUATIONS: &[(&str, &str, i32)] = &[
    ("it allows", ALLOWS, 0),
    ("it blocks", "write \"$report\" \"$@\"; echo block; exit 1", 1),
    ("it cannot use something", "exit 2", 2),
    ("evidence is missing", "write \"$report\" \"$@\"; echo block; exit 3", 3),
    ("it was killed", "echo allow; kill -9 $$", 3),
    ("it crashed", "write \"$report\" \"$@\"; echo allow; exit 101", 3),
    ("its exit code is none", "write \"$report\" \"$@\"; echo allow; exit 7", 3),
    ("its reports are empty", "write '' \"$@\"", 3),
    ("it wrote nothing", "exit 0", 3),
    ("it is another program", "write 'hello' \"$@\"", 3),
];

fn nothing_passes_without_an_answer() -> Result<()> {
    for integration in Integration::ALL {
        for (name, does, expected) in SITUATIONS {
            let stand = Stand::with(does)?;
            let output = integration.command(&stand)?.output()?;
            let found = output.status.code();
            ensure!(
                found == Some(*expected),
                "{integration:?}, {name}: {found:?}, expected {expected}: {}",
                said(&output)
            );
            ensure!(stand.arguments().is_some(), "{integration:?}, {name}: it was not asked");
        }
    }
    Ok(())
}

fn nothing_passes_without_the_program() -> Result<()> {
    for integration in Integration::ALL {
        let stand = Stand::new()?;
        let output = integration.command(&stand)?.output()?;
        ensure!(output.status.code() == Some(3), "{integration:?}, missing: {}", said(&output));
        stand.program("interlock", "#!/nowhere/sh\n")?;
        let output = integration.command(&Stand::with("")?)?.env("PATH", path_of(&stand)).output()?;
        ensure!(!output.status.success(), "{integration:?}, not to be run: {}", said(&output));
    }
    Ok(())
}

fn path_of(stand: &Stand) -> std::ffi::OsString {
    let command = stand.command("sh");
    let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
    path.unwrap_or_default().to_owned()
}

/// One of several is missing, is a link, or is the one of yesterday.
fn each_report_is_looked_at() -> Result<()> {
    for left_out in ["a.sarif", "b c.xml"] {
        let does = format!("{ALLOWS}\nrm -f -- '{left_out}'");
        let empty = format!("{ALLOWS}\n: >'{left_out}'");
        let linked = format!("{ALLOWS}\nmv -- '{left_out}' elsewhere; ln -s elsewhere '{left_out}'");
        for (does, yesterday) in [(&does, false), (&does, true), (&empty, false), (&linked, false)] {
            let stand = Stand::with(does)?;
            if yesterday {
                fs::write(stand.at("work").join(left_out), "yesterday's")?;
            }
            let output = Integration::RunCheck.command(&stand)?.output()?;
            ensure!(output.status.code() == Some(3), "`{left_out}`: {}", said(&output));
        }
    }
    // A link that the change brought is not written through.
    let stand = Stand::with(ALLOWS)?;
    for link in ["a.sarif", "a.sarif.part"] {
        std::os::unix::fs::symlink(stand.at("outside"), stand.at("work").join(link))?;
    }
    let output = Integration::RunCheck.command(&stand)?.output()?;
    ensure!(output.status.success() && !stand.at("outside").exists(), "{}", said(&output));
    ensure!(!stand.at("work/a.sarif.part").is_symlink(), "the second link is still there");
    // What is not seen cannot be looked at.
    let output = Integration::RunCheck.command(&stand)?.arg("--format=sarif=c.sarif").output()?;
    ensure!(output.status.code() == Some(3), "{}", said(&output));
    Ok(())
}

/// A base that is empty is a mistake; a policy set that is empty was left out.
fn what_is_empty_is_not_left_out() -> Result<()> {
    for integration in [Integration::RunCheck, Integration::Action, Integration::ArgoCd] {
        for name in ["INTERLOCK_BASE", "INTERLOCK_HEAD"] {
            let stand = Stand::with(ALLOWS)?;
            let output = integration.command(&stand)?.env(name, "").output()?;
            ensure!(output.status.code() == Some(3), "{integration:?}: {}", said(&output));
            ensure!(said(&output).contains(name), "{integration:?}: {}", said(&output));
            ensure!(stand.arguments().is_none(), "{integration:?}: it was asked");
        }
    }
    for integration in [Integration::Action, Integration::GitLab] {
        for (given, seen) in [("", "unset"), ("gate/set.yaml", "gate/set.yaml")] {
            let stand = Stand::with(ALLOWS)?;
            let output = integration.command(&stand)?.env("INTERLOCK_POLICY_SET", given).output()?;
            ensure!(output.status.success(), "{integration:?}: {}", said(&output));
            let environment = stand.environment().context("it was asked")?;
            ensure!(environment.get(2).is_some_and(|set| set == seen), "{integration:?}: {environment:?}");
        }
    }
    Ok(())
}
