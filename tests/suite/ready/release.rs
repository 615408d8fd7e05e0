//! The release archive, made with stand-ins for cargo and what it builds: the same bytes each time, with its
//! sum, and the action and the image take from it what is in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use super::integration;
use super::stand::{ALLOWS, Stand, said};
use crate::support::{root, trials_of};

pub fn trials() -> Vec<Trial> {
    // The archive is made with GNU tar.
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    trials_of(
        "ready",
        &[
            ("release/the-same-bytes", the_same_bytes),
            ("release/nothing-is-left-out", nothing_is_left_out),
            ("release/the-action-takes-it-by-its-sum", the_action_takes_it_by_its_sum),
            ("release/the-image-takes-what-is-there", the_image_takes_what_is_there),
            ("release/the-program-can-do-it", the_program_can_do_it),
        ],
    )
}

const NAME: &str = "interlock-1.2.3-riscv64gc-unknown-linux-gnu";

/// What cargo builds here: enough of `interlock` to pack it.
const BUILT: &str = r#"#!/bin/sh
case $1 in
    --version) echo "interlock $VERSION" ;;
    man) printf '.TH interlock 1\n' >"$2/interlock.1" ;;
    completions) printf '%s' "$COMPLETIONS" ;;
    check) . "$RECORD/does" ;;
esac
"#;

fn stand() -> Result<Stand> {
    let stand = Stand::with(ALLOWS)?;
    fs::rename(stand.at("bin/interlock"), stand.at("record/does"))?;
    fs::write(stand.at("record/built"), BUILT)?;
    let cargo = "#!/bin/sh\necho \"$*\" >\"$RECORD/cargo\"\nmkdir -p \"$CARGO_TARGET_DIR/dist\"\n\
                 install -m 700 \"$RECORD/built\" \"$CARGO_TARGET_DIR/dist/interlock\"\n";
    stand.program("cargo", cargo)?;
    stand.program("rustc", "#!/bin/sh\necho 'host: riscv64gc-unknown-linux-gnu'\n")?;
    Ok(stand)
}

fn release(stand: &Stand, out: &str) -> Command {
    let mut command = stand.command("bash");
    command.arg(root().join(".ci/release")).arg(stand.at(out)).env("SOURCE_DATE_EPOCH", "1700000000");
    command
        .env("CARGO_TARGET_DIR", stand.at("target"))
        .env("VERSION", "1.2.3")
        .env("COMPLETIONS", "complete");
    command
}

fn archive(stand: &Stand) -> Result<PathBuf> {
    let output = release(stand, "out").output()?;
    ensure!(output.status.success(), "{}", said(&output));
    Ok(stand.at("out").join(format!("{NAME}.tar.gz")))
}

fn listed(stand: &Stand, archive: &PathBuf) -> Result<Vec<String>> {
    let output =
        stand.command("tar").args(["--list", "--verbose", "--numeric-owner", "-zf"]).arg(archive).output()?;
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

fn the_same_bytes() -> Result<()> {
    let stand = stand()?;
    let first = archive(&stand)?;
    let cargo = fs::read_to_string(stand.at("record/cargo"))?;
    ensure!(cargo.starts_with("build --profile dist --locked "), "cargo {cargo}");
    // Another place, another time, another mask.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut again = stand.command("sh");
    let command = release(&stand, "elsewhere");
    for (name, value) in command.get_envs() {
        again.env(name, value.unwrap_or_default());
    }
    let output =
        again.args(["-c", "umask 077; exec \"$@\"", "sh", "bash"]).args(command.get_args()).output()?;
    ensure!(output.status.success(), "{}", said(&output));
    let second = stand.at("elsewhere").join(format!("{NAME}.tar.gz"));
    ensure!(fs::read(&first)? == fs::read(&second)?, "two archives of the same differ");

    let sums = format!("{NAME}.tar.gz.sha256");
    let checked =
        stand.command("sha256sum").current_dir(stand.at("out")).args(["--check", &sums]).output()?;
    ensure!(checked.status.success(), "{}", said(&checked));
    let lines = listed(&stand, &first)?;
    let names = lines.iter().filter_map(|line| line.split(&format!(" {NAME}/")).nth(1));
    ensure!(names.is_sorted(), "in the order of somebody's disk: {lines:#?}");
    for line in lines {
        ensure!(line.contains(" 0/0 ") && line.contains("2023-11-14"), "owner or time of its own: {line}");
        ensure!(line.starts_with("-rw-r--r--") || line.contains("rwxr-xr-x"), "a mode of its own: {line}");
    }
    Ok(())
}

fn nothing_is_left_out() -> Result<()> {
    let stand = stand()?;
    let lines = listed(&stand, &archive(&stand)?)?;
    for part in [
        "interlock",
        "interlock-run-check",
        "README.md",
        "LICENSE",
        "man/interlock.1",
        "completions/interlock.bash",
        "completions/interlock.zsh",
    ] {
        ensure!(lines.iter().any(|line| line.ends_with(&format!(" {NAME}/{part}"))), "no {part}: {lines:#?}");
    }
    for (name, value) in
        [("COMPLETIONS", ""), ("VERSION", ""), ("VERSION", "1/2"), ("SOURCE_DATE_EPOCH", "now")]
    {
        let output = release(&stand, "broken").env(name, value).output()?;
        ensure!(!output.status.success(), "{name}={value}: {}", said(&output));
    }
    ensure!(fs::read_dir(stand.at("broken")).map_or(0, Iterator::count) == 0, "half a release");
    Ok(())
}

/// With a `curl` that brings the archive, whatever it is asked for.
fn get(stand: &Stand, url: &str, sum: &str) -> Result<Output> {
    let curl = "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$RECORD/curl\"\n\
                while [ \"$1\" != --output ]; do shift; done\ncat \"$RECORD/archive\" >\"$2\"\n";
    stand.program("curl", curl)?;
    let _ = fs::remove_file(stand.at("record/curl"));
    Ok(integration::action(stand, "get")?.env("ARCHIVE_URL", url).env("ARCHIVE_SHA256", sum).output()?)
}

fn the_action_takes_it_by_its_sum() -> Result<()> {
    let stand = stand()?;
    let archive = archive(&stand)?;
    fs::copy(&archive, stand.at("record/archive"))?;
    let sum = fs::read_to_string(archive.with_extension("gz.sha256"))?;
    let sum = sum.split_whitespace().next().context("a sum")?;
    let url = "https://example.org/interlock.tar.gz";
    let output = get(&stand, url, sum)?;
    ensure!(output.status.success(), "{}", said(&output));
    let binary = stand.path("runner/interlock-program/interlock")?;
    ensure!(fs::read_to_string(stand.at("runner/output"))? == format!("binary={binary}\n"), "its output");
    // And it is what the next step asks.
    let output = integration::action(&stand, "check")?.env("BINARY", &binary).output()?;
    ensure!(output.status.success() && stand.arguments().is_some(), "{}", said(&output));

    let other = "0".repeat(64);
    for (url, sum, fetched) in [
        (url, other.as_str(), true),
        (url, "", false),
        (url, &sum.to_uppercase(), false),
        (url, sum.get(1..).unwrap_or_default(), false),
        (url, &format!("{sum}\n{sum}"), false),
        ("http://example.org/interlock.tar.gz", sum, false),
        ("file:///etc/passwd", sum, false),
        ("", sum, false),
    ] {
        let output = get(&stand, url, sum)?;
        ensure!(output.status.code() == Some(3), "`{url}` `{sum}`: {}", said(&output));
        ensure!(stand.at("record/curl").exists() == fetched, "`{url}` `{sum}`: fetched or not");
        ensure!(!fetched || !stand.at("runner/interlock-program/interlock").exists(), "it was unpacked");
    }
    Ok(())
}

fn the_image_takes_what_is_there() -> Result<()> {
    let text = fs::read_to_string(root().join(integration::CONTAINER))?;
    let text = text.replace("\\\n", " ");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let known = ["ARG", "FROM", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT"];
    let strange: Vec<_> =
        lines.iter().filter(|line| !known.contains(&line.split(' ').next().unwrap_or_default())).collect();
    ensure!(strange.is_empty(), "no instructions: {strange:?}");
    // No base, user or program that nobody named.
    let base = lines.iter().filter(|line| line.starts_with("FROM ")).all(|line| line.contains("${BASE}"));
    ensure!(base && lines.first() == Some(&"ARG BASE"), "a base of its own");
    let last: Vec<_> = lines.iter().rev().take(2).collect();
    ensure!(last == [&"ENTRYPOINT [\"interlock\"]", &"USER 65532:65532"], "{last:?}");
    let check = lines.iter().position(|line| line.contains("sha256sum --check") && line.contains("tar -xzf"));
    let check = check.and_then(|at| lines.get(at)).context("the sum is not looked at")?;
    ensure!(
        check.find("sha256sum") < check.find("&&") && check.find("&&") < check.find("tar -xzf"),
        "{check}"
    );
    // What is copied is in the archive.
    let stand = stand()?;
    let packed = listed(&stand, &archive(&stand)?)?;
    let copied = lines.iter().filter(|line| line.starts_with("COPY --from=unpack"));
    let copied: Vec<_> =
        copied.flat_map(|line| line.split(' ')).filter_map(|it| it.strip_prefix("/interlock/")).collect();
    ensure!(copied.contains(&"interlock") && copied.contains(&"interlock-run-check"), "{copied:?}");
    for part in copied {
        ensure!(packed.iter().any(|line| line.ends_with(&format!("{NAME}/{part}"))), "no {part} to copy");
    }
    Ok(())
}

/// What `.ci/release` asks of the program, the real one has.
fn the_program_can_do_it() -> Result<()> {
    let help = Command::new(env!("CARGO_BIN_EXE_interlock")).arg("--help").output()?;
    let help = said(&help);
    for command in ["completions", "man"] {
        let is_there = help.lines().any(|line| line.split_whitespace().next() == Some(command));
        ensure!(is_there, "`interlock --help` has no `{command}`");
    }
    Ok(())
}
