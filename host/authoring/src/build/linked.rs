//! Cargo, run for one package: where the module is that it linked, or why there is none.

use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::anyhow;
use interlock_model::Untrusted;
use serde::Deserialize;

use super::guest_cargo::{TARGET, guest_cargo, module_path};
use super::package::{Package, cargo, not_started};

/// Compiles and links. Rust's own messages go to `tell` as they come.
pub(super) fn link(package: &Package, tell: &mut dyn FnMut(&str)) -> anyhow::Result<PathBuf> {
    let command = guest_cargo(cargo(), &package.folder, &package.target_dir);
    let mut command = command.map_err(anyhow::Error::msg)?;
    command.args(["--lib", "--message-format", "json"]).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&error))?;
    let errors = child.stdout.take().map_or(Ok(String::new()), |stdout| errors(stdout, tell))?;
    let status = child.wait().map_err(|error| not_started(&error))?;
    if status.success() {
        Ok(module_path(&package.target_dir, &package.library))
    } else {
        Err(refusal(&errors))
    }
}

/// One line of cargo's messages; see the chapter on external tools in cargo's book.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerMessage {
        message: Diagnostic,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: String,
}

/// Passes on what the compiler says, and keeps its errors.
pub(super) fn errors(stdout: impl Read, tell: &mut dyn FnMut(&str)) -> anyhow::Result<String> {
    let mut errors = String::new();
    for line in BufReader::new(stdout).lines() {
        // A build script may print what it likes; only cargo's own lines are JSON.
        let Ok(Message::CompilerMessage { message }) = serde_json::from_str(&line?) else { continue };
        tell(&message.rendered);
        if message.level == "error" {
            errors.push_str(&message.rendered);
        }
    }
    Ok(errors)
}

/// The reasons that have a fix of their own, found in what rustc and the linker say.
fn refusal(errors: &str) -> anyhow::Error {
    if let Some((from, name)) = unresolved_import(errors) {
        return anyhow!(
            "the module imports `{name}` of `{from}`, which no policy is given\n\
             help: take out the `extern` block or the crate that brings it: a policy sees its change and nothing else, no \
             file, clock, random number or network"
        );
    }
    if errors.contains("linker `wasm-component-ld` not found") {
        return anyhow!(
            "this Rust has no `wasm-component-ld`, which writes components\n\
             help: it comes with rustup's toolchains: `rustup update`; with another Rust, `cargo install wasm-component-ld`"
        );
    }
    if errors.contains(&format!("the `{TARGET}` target may not be installed")) {
        return anyhow!("this Rust cannot build for `{TARGET}`\nhelp: run `rustup target add {TARGET}`");
    }
    if errors.is_empty() {
        return anyhow!(
            "cargo did not build the policy; it says above why\n\
             help: if the lock file is out of date, `cargo update --workspace` mends it; if the profile `guest` is missing, \
             take it from the `Cargo.toml` of a project by `interlock new policy`"
        );
    }
    anyhow!("the policy does not compile\nhelp: mend what the compiler says above, first error first")
}

/// The linker names what the contract does not have: "failed to resolve import `env::open`". Where from, and what.
fn unresolved_import(errors: &str) -> Option<(String, String)> {
    let (_, rest) = errors.split_once("failed to resolve import `")?;
    let (import, _) = rest.split_once('`')?;
    let (from, name) = import.rsplit_once("::")?;
    let quoted = |text: &str| Untrusted::from(text.chars().take(200).collect::<String>()).quoted();
    Some((quoted(from), quoted(name)))
}
