//! A cargo that builds guests the one way they are built. Used by `build.rs` beside it and by `tests/suite/sdk.rs`.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a policy is built for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// 32 KiB. The default of 1 MiB lies in front of the data, and every fresh instance would pay for its untouched pages.
const STACK_BYTES: u32 = 32 * 1024;

/// How much code LLVM writes out at the place of a call instead of calling. Its own number for `opt-level = 2`, 225, gives
/// modules that are 1 to 5 % larger for 2 % less fuel (2026-11-23).
const INLINED: &str = "-Cllvm-args=-inline-threshold=100";

/// No loop is written out several times over: 1 to 8 % of a module, for 1 to 2 % more fuel (2026-11-23).
const UNROLLED: [&str; 2] = ["-Cllvm-args=-unroll-threshold=0", "-Cllvm-args=-unroll-partial-threshold=0"];

/// Numbers of functions and addresses in as many bytes as they need. The linker leaves five for each, 7 to 10 % of a module,
/// and insists on it where there are notes for a debugger: an author who keeps names (`strip = false`) still gets them.
const COMPACT: [&str; 2] = ["-Clink-arg=--compress-relocations", "-Clink-arg=--strip-debug"];

/// `cargo build` for guests, without its packages.
pub(crate) fn guest_cargo(
    cargo: impl AsRef<OsStr>,
    root: &Path,
    target_dir: &Path,
) -> Result<Command, String> {
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["build", "--locked", "--profile", "guest", "--target", TARGET]);
    command.arg("--target-dir").arg(target_dir);
    // What the outer cargo was told is about the host; none of it may change a module's bytes.
    for (name, _) in env::vars_os() {
        if let Some(text) = name.to_str()
            && is_about_the_host(text)
        {
            command.env_remove(name);
        }
    }
    // This linker comes with the toolchain and writes a component where rust-lld would write a bare module.
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-component-ld");
    command.env("CARGO_ENCODED_RUSTFLAGS", flags()?);
    Ok(command)
}

/// Where a package's module ends up.
pub(crate) fn module_path(target_dir: &Path, package: &str) -> PathBuf {
    target_dir.join(TARGET).join("guest").join(format!("{}.wasm", package.replace('-', "_")))
}

/// Variables that tell cargo or rustc how to build; see the chapter on environment variables in cargo's book.
fn is_about_the_host(name: &str) -> bool {
    let prefixes =
        ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_", "CARGO_ENCODED_", "RUSTC_", "RUSTFLAGS"];
    name == "CARGO_INCREMENTAL" || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// The stack, what keeps modules small, and a stand-in for the folder of downloaded crates, whose path would otherwise
/// stand in panic messages and make the bytes differ from one home to the next.
fn flags() -> Result<String, String> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .ok_or("neither CARGO_HOME nor a home folder is set")?;
    let stack = format!("-Clink-arg=-zstack-size={STACK_BYTES}");
    let remap = format!("--remap-path-prefix={}=/cargo", home.display());
    let flags = [&[stack.as_str(), &remap, INLINED][..], &UNROLLED, &COMPACT].concat();
    Ok(flags.join("\u{1f}"))
}
