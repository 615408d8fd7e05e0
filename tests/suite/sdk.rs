//! What the SDK does on wasm: a panic carries its message out, the allocator gives what is asked for, a guest that cannot
//! judge says so. `tests/guests/panicking` is built here, the way stock policies are.

// The one way guests are built, shared with the build script of `policies/stock`.
#[path = "../../policies/stock/guest_cargo.rs"]
mod guest_cargo;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use interlock_engine::{Deadline, Limits, Module};
use interlock_model::{Change, ChangeKind, Fault, Outcome, Phase, Pointer, SettingValue, Settings};
use libtest_mimic::Trial;

use crate::support::{Test, engine, question, root, some_time, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("panic-carries-its-message", panic_carries_its_message),
        ("overflow-is-a-panic", overflow_is_a_panic),
        ("refusal-is-a-fault", refusal_is_a_fault),
        ("allocator-holds-what-is-asked-for", allocator_holds_what_is_asked_for),
        ("too-much-memory-is-a-fault", too_much_memory_is_a_fault),
    ];
    trials_of("sdk", tests)
}

/// The guest, built once. Beside the binary lies the profile's folder; guests have their own beside that.
fn guest() -> Result<&'static Module> {
    static GUEST: OnceLock<Result<Module, String>> = OnceLock::new();
    GUEST
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow!("{error}"))
}

fn build() -> Result<Module> {
    engine().load(&built("panicking")?, &Limits::default()).map_err(|error| anyhow!("{error}"))
}

/// A package of `tests/guests`, built.
pub fn built(package: &str) -> Result<Vec<u8>> {
    let profile = PathBuf::from(env!("CARGO_BIN_EXE_interlock"));
    let target_dir = profile.ancestors().nth(2).context("a target folder")?.join("policies");
    let mut cargo =
        guest_cargo::guest_cargo(env!("CARGO"), &root(), &target_dir).map_err(anyhow::Error::msg)?;
    let output = cargo.args(["--package", package]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(std::fs::read(guest_cargo::module_path(&target_dir, package))?)
}

fn outcome(id: &str, bytes: i32) -> Result<Outcome> {
    let change = Change::unknown(id, ChangeKind::Config);
    let settings: Settings = vec![(Pointer::new("/bytes"), SettingValue::WholeNumber(bytes))];
    let deadline = Deadline::after(Duration::from_secs(60));
    Ok(guest()?.evaluate(&change, &question(Phase::Deploy, some_time()), &settings, deadline).outcome)
}

fn panic_message(id: &str) -> Result<String> {
    match outcome(id, 0)? {
        Outcome::Broken(Fault::Panic { message }) => Ok(message.as_unescaped().to_owned()),
        other @ (Outcome::Findings(_) | Outcome::Broken(_)) => bail!("expected a panic, found {other:?}"),
    }
}

fn panic_carries_its_message() -> Result<()> {
    let message = panic_message("panic")?;
    ensure!(message.contains("tests/guests/panicking/src/lib.rs:"), "it names its line: {message:?}");
    ensure!(
        message.ends_with("it cannot go on \u{1b}[31m"),
        "the text is as it came, for an output to escape: {message:?}"
    );
    let message = panic_message("index")?;
    ensure!(message.contains("the len is 0 but the index is 5"), "{message:?}");
    Ok(())
}

/// A policy that counts wrongly must stop, not go on with a small number.
fn overflow_is_a_panic() -> Result<()> {
    let message = panic_message("overflow")?;
    ensure!(message.contains("attempt to add with overflow"), "{message:?}");
    Ok(())
}

fn refusal_is_a_fault() -> Result<()> {
    let Outcome::Broken(Fault::Refused { reason }) = outcome("refuse", 0)? else { bail!("it refused") };
    ensure!(reason.as_unescaped() == "unsupported: this one", "{reason:?}");
    Ok(())
}

/// On both sides of the arena's end, and far beyond it.
fn allocator_holds_what_is_asked_for() -> Result<()> {
    for bytes in [0, 1, 1_000, 40_000, 48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 100_000, 1_000_000] {
        let Outcome::Findings(findings) = outcome("fill", bytes)? else {
            bail!("{bytes} bytes are within the limit")
        };
        let said = findings.first().context("a finding")?.message.as_unescaped();
        ensure!(said == (i64::from(bytes) * 7).to_string(), "{bytes} bytes of 7 make {said}");
    }
    Ok(())
}

fn too_much_memory_is_a_fault() -> Result<()> {
    let outcome = outcome("fill", 100_000_000)?;
    ensure!(matches!(outcome, Outcome::Broken(Fault::Memory { .. })), "{outcome:?}");
    Ok(())
}
