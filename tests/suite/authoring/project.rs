//! `interlock new` and `interlock build`: a project is written, built with the real cargo, and its module judges.
//!
//! Cargo works below `target/tmp`, without the network and with one target folder, so that only the first run compiles
//! the SDK's dependencies. Trials that run cargo run one after the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Result, anyhow, ensure};
use interlock::{Binding, Limits};
use libtest_mimic::Trial;

use super::cases::transcript;
use crate::cases;
use crate::support::{Test, policy_id, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("build-tells-what-it-built", build_tells_what_it_built),
        ("the-module-judges", the_module_judges),
        ("its-cases-pass", its_cases_pass),
        ("its-page-names-its-rules", its_page_names_its_rules),
        ("its-unit-tests-pass", its_unit_tests_pass),
        ("the-same-bytes-elsewhere", the_same_bytes_elsewhere),
        ("a-foreign-import-is-refused", a_foreign_import_is_refused),
        ("a-typo-is-told-at-its-line", a_typo_is_told_at_its_line),
        ("a-missing-fact-read-as-an-answer-is-told", a_missing_fact_read_as_an_answer_is_told),
        ("without-clippy-it-is-said", without_clippy_it_is_said),
        ("a-missing-tool-is-named", a_missing_tool_is_named),
        ("what-is-no-policy-is-refused", what_is_no_policy_is_refused),
    ];
    trials_of("authoring/project", tests)
}

const NAME: &str = "owned-and-narrow";

/// Two cargos in one target folder wait for each other at best.
pub(super) static CARGO: Mutex<()> = Mutex::new(());

pub(super) fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("authoring").join(name)
}

pub(super) fn target() -> PathBuf {
    place("target")
}

fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("CARGO_NET_OFFLINE", "true").env("CARGO_TARGET_DIR", target());
    command
}

pub(super) fn interlock(folder: &Path, arguments: &[&str]) -> Result<Output> {
    Ok(command(env!("CARGO_BIN_EXE_interlock"), folder).args(arguments).output()?)
}

/// Exit code, standard output, standard error.
pub(super) fn said(output: Output) -> Result<(Option<i32>, String, String)> {
    Ok((output.status.code(), String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
}

/// A project in a folder of its own, as new.
fn fresh(place_name: &str) -> Result<PathBuf> {
    let parent = place(place_name);
    if parent.exists() {
        fs::remove_dir_all(&parent)?;
    }
    fs::create_dir_all(&parent)?;
    let (code, out, error) = said(interlock(&parent, &["new", "policy", NAME])?)?;
    ensure!(code == Some(0) && out.starts_with(&format!("wrote `{NAME}`: ")), "{out}{error}");
    Ok(parent.join(NAME))
}

/// Builds from nothing but the dependencies that are there, so that nothing of another folder's is taken.
fn build_anew(project: &Path) -> Result<(Option<i32>, String, String)> {
    for stale in ["wasm32-unknown-unknown", "interlock"].map(|folder| target().join(folder)) {
        if stale.exists() {
            fs::remove_dir_all(stale)?;
        }
    }
    said(interlock(project, &["build"])?)
}

/// What the build said, and the module.
fn built(project: &Path) -> Result<(String, Vec<u8>)> {
    let _alone = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
    let (code, out, error) = build_anew(project)?;
    ensure!(code == Some(0), "{out}{error}");
    Ok((out, fs::read(target().join(format!("interlock/{NAME}.wasm")))?))
}

/// The project that most trials look at: its folder, what the build said, its module and the policy set beside it.
struct Made {
    project: PathBuf,
    out: String,
    wasm: Vec<u8>,
    policy_set: PathBuf,
}

fn made() -> Result<&'static Made> {
    static MADE: OnceLock<Result<Made, String>> = OnceLock::new();
    let make = || -> Result<Made> {
        let project = fresh("one")?;
        let (out, wasm) = built(&project)?;
        // The next build of this target folder writes them anew.
        let kept = place("one/kept");
        fs::create_dir_all(&kept)?;
        for file in ["wasm", "yaml"].map(|extension| format!("{NAME}.{extension}")) {
            fs::copy(target().join("interlock").join(&file), kept.join(&file))?;
        }
        Ok(Made { project, out, wasm, policy_set: kept.join(format!("{NAME}.yaml")) })
    };
    let made = MADE.get_or_init(|| make().map_err(|error| format!("{error:#}")));
    made.as_ref().map_err(|error| anyhow!("{error}"))
}

fn build_tells_what_it_built() -> Result<()> {
    let Made { out, wasm, .. } = made()?;
    let examined = interlock::examine(wasm, &Limits::default())?;
    let manifest = examined.manifest.map_err(|error| anyhow!("{error}"))?;
    ensure!(manifest.id.as_str() == NAME && manifest.rules.len() == 2, "{manifest:?}");
    let size = format!("size      {} bytes", wasm.len());
    let parts =
        [size.as_str(), examined.digest.as_str(), "interlock:policy@0.2.0", "interlock:policy/log@0.2.0"];
    for part in parts {
        ensure!(out.contains(part), "no {part:?} in\n{out}");
    }
    ensure!(wasm.len() < 128 * 1024, "a small policy has {} bytes", wasm.len());
    Ok(())
}

fn the_module_judges() -> Result<()> {
    let Made { project, policy_set, .. } = made()?;
    let set = policy_set.to_string_lossy();
    let check = |change: &str| interlock(project, &["check", change, "--policy-set", &set, "--no-cache"]);
    let (code, out, error) = said(check("change.yaml")?)?;
    ensure!(code == Some(0) && out.starts_with("allow: "), "{out}{error}");
    let text = fs::read_to_string(project.join("change.yaml"))?;
    let ownerless = text.replace(", owner: team-search", "");
    ensure!(ownerless != text, "{text}");
    fs::write(place("one/ownerless.yaml"), ownerless)?;
    let (code, out, error) = said(check("../ownerless.yaml")?)?;
    ensure!(code == Some(1) && out.contains(&format!("{NAME}/no-owner")), "{out}{error}");
    Ok(())
}

fn its_cases_pass() -> Result<()> {
    let Made { project, wasm, .. } = made()?;
    let passed = cases::all_pass(project, Binding::new(policy_id(NAME), wasm.clone()))?;
    ensure!(passed >= 8, "{passed} cases");
    Ok(())
}

/// As `tidy/policies` asks of the stock policies' pages.
fn its_page_names_its_rules() -> Result<()> {
    let Made { project, wasm, .. } = made()?;
    let page = fs::read_to_string(project.join("README.md"))?;
    let examined = interlock::examine(wasm, &Limits::default())?;
    let manifest = examined.manifest.map_err(|error| anyhow!("{error}"))?;
    ensure!(page.starts_with(&format!("# {NAME}\n")), "{page}");
    for rule in &manifest.rules {
        ensure!(page.contains(&format!("\n- `{}`: ", rule.id)), "the page lists rule `{}`", rule.id);
    }
    for setting in &manifest.settings {
        let row = format!("| `{}` | `{}` |", setting.key, setting.default.as_unescaped());
        ensure!(page.contains(&row), "the page has {row}");
    }
    Ok(())
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into())
}

/// With the profile of the module, so that the macros are not compiled once more.
fn its_unit_tests_pass() -> Result<()> {
    let Made { project, .. } = made()?;
    let _alone = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
    let mut test = command(cargo(), project);
    let (code, out, error) = said(test.args(["test", "--locked", "--profile", "guest"]).output()?)?;
    ensure!(code == Some(0) && out.contains("2 passed"), "{out}{error}");
    Ok(())
}

fn the_same_bytes_elsewhere() -> Result<()> {
    let first = &made()?.wasm;
    let (_, second) = built(&fresh("two/deeper")?)?;
    ensure!(*first == second, "{} and {} bytes", first.len(), second.len());
    Ok(())
}

fn a_foreign_import_is_refused() -> Result<()> {
    made()?;
    let project = fresh("importing")?;
    let source = project.join("src/lib.rs");
    let import = "\n#[link(wasm_import_module = \"env\")]\nunsafe extern \"C\" {\n    fn phone_home() -> i32;\n}\n\n\
                  #[unsafe(no_mangle)]\npub extern \"C\" fn leak() -> i32 {\n    unsafe { phone_home() }\n}\n";
    fs::write(&source, fs::read_to_string(&source)? + import)?;
    let _alone = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
    let (code, out, error) = build_anew(&project)?;
    let expected =
        "error: the module imports `phone_home` of `env`, which no policy is given\nhelp: take out the";
    ensure!(code == Some(2) && out.is_empty() && error.contains(expected), "{out}{error}");
    Ok(())
}

/// A fact and a question by names that they do not have.
fn a_typo_is_told_at_its_line() -> Result<()> {
    made()?;
    let mut shown = String::new();
    for (right, wrong, part) in [
        ("change.services.as_deref()", "change.servces.as_deref()", "no field `servces`"),
        ("service.owner.unknown_or(", "!service.owner.known(", "no method named `known`"),
    ] {
        let project = fresh("typo")?;
        let source = project.join("src/lib.rs");
        let text = fs::read_to_string(&source)?;
        ensure!(text.contains(right), "the template has `{right}`");
        fs::write(&source, text.replace(right, wrong))?;
        let _alone = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
        let (code, out, error) = build_anew(&project)?;
        ensure!(code == Some(2) && out.is_empty(), "{out}{error}");
        for part in [part, "src/lib.rs:", "help: mend what the compiler says above"] {
            ensure!(error.contains(part), "`{part}` is not in {error}");
        }
        shown += &told_to_a_person(&error);
    }
    transcript("wrong-rule.txt", &shown)
}

/// Where rustc points, and our own words: what it says between them is its own, and differs from release to release.
fn told_to_a_person(error: &str) -> String {
    let is_kept = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("--> src/lib.rs:")
            || line.starts_with("error: the policy")
            || line.starts_with("help: mend what")
            || line.starts_with("error: a missing fact")
            || line.starts_with("help: ask with")
    };
    let kept: Vec<&str> = error.lines().filter(is_kept).collect();
    format!("$ interlock build\n{}\n\n", kept.join("\n"))
}

const RIGHT: &str = "service.owner.unknown_or(|owner| owner.trim().is_empty())";
const WRONG: &str = "service.owner.as_ref().is_some_and(|owner| owner.trim().is_empty())";

/// Rust takes it; a service whose owner nobody knows would pass.
fn a_missing_fact_read_as_an_answer_is_told() -> Result<()> {
    made()?;
    let project = fresh("missing-fact")?;
    let source = project.join("src/lib.rs");
    let right = fs::read_to_string(&source)?;
    ensure!(right.contains(RIGHT), "the template has `{RIGHT}`");
    let _alone = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
    fs::write(&source, right.replace(RIGHT, WRONG))?;
    let (code, out, error) = build_anew(&project)?;
    ensure!(code == Some(2) && out.is_empty(), "{out}{error}");
    let parts =
        ["src/lib.rs:62:", "reads unknown as no", "a missing fact is read as an answer", "`unknown_or`"];
    for part in parts {
        ensure!(error.contains(part), "`{part}` is not in {error}");
    }
    transcript("missing-fact.txt", &told_to_a_person(&error))?;
    // Where the author says that it is no fact, it stands.
    let allowed = "#[allow(clippy::disallowed_methods, reason = \"a trial\")]\nfn is_ownerless";
    fs::write(&source, right.replace(RIGHT, WRONG).replacen("fn is_ownerless", allowed, 1))?;
    let (code, _, error) = build_anew(&project)?;
    ensure!(code == Some(0), "{error}");
    Ok(())
}

/// What nobody looked at is not passed over in silence.
fn without_clippy_it_is_said() -> Result<()> {
    made()?;
    let project = fresh("without-clippy")?;
    let script = place("without-clippy").join("cargo-without-clippy");
    fs::write(&script, "#!/bin/sh\n[ \"$1\" = clippy ] && exit 101\nexec \"$REAL_CARGO\" \"$@\"\n")?;
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let _alone = CARGO.lock().unwrap_or_else(PoisonError::into_inner);
    let mut build = command(env!("CARGO_BIN_EXE_interlock"), &project);
    let (code, _, error) =
        said(build.arg("build").env("CARGO", &script).env("REAL_CARGO", cargo()).output()?)?;
    ensure!(code == Some(0) && error.contains("note: clippy is not installed, so nobody looked"), "{error}");
    Ok(())
}

/// A cargo whose compiler says what it says where a part of the toolchain is missing.
#[cfg(unix)]
fn a_missing_tool_is_named() -> Result<()> {
    let rows = [
        ("error: linker `wasm-component-ld` not found\n", "`rustup update`"),
        (
            "error[E0463]: can't find crate for `core`\n  = note: the `wasm32-unknown-unknown` target may not be installed\n",
            "help: run `rustup target add wasm32-unknown-unknown`",
        ),
        ("error[E0308]: mismatched types\n", "help: mend what the compiler says above"),
    ];
    let project = fresh("missing")?;
    for (rendered, help) in rows {
        let message = serde_json::json!({ "level": "error", "rendered": rendered });
        let line = serde_json::json!({ "reason": "compiler-message", "message": message });
        let (code, _, error) = said(build_with(&project, &line.to_string())?)?;
        ensure!(code == Some(2) && error.contains(rendered) && error.contains(help), "{help}: {error}");
    }
    let (code, _, error) = said(build_with(&project, "")?)?;
    ensure!(code == Some(2) && error.contains("cargo update --workspace"), "{error}");
    Ok(())
}

#[cfg(not(unix))]
fn a_missing_tool_is_named() -> Result<()> {
    Ok(())
}

/// A script in cargo's place: it knows the project, and then only says this.
#[cfg(unix)]
fn build_with(project: &Path, says: &str) -> Result<Output> {
    use std::os::unix::fs::PermissionsExt as _;
    let script = place("missing/cargo.sh");
    let text = "#!/bin/sh\n[ \"$1\" = metadata ] && exec \"$REAL_CARGO\" \"$@\"\nprintf '%s\\n' \"$SAYS\"\nexit 101\n";
    fs::write(&script, text)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let mut build = command(env!("CARGO_BIN_EXE_interlock"), project);
    Ok(build.arg("build").env("CARGO", script).env("REAL_CARGO", cargo()).env("SAYS", says).output()?)
}

fn what_is_no_policy_is_refused() -> Result<()> {
    let folder = place("none");
    fs::create_dir_all(&folder)?;
    let manifest = "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    let rows = [
        ("library", "Cargo.toml", manifest, "makes no module"),
        ("workspace", "Cargo.toml", "[workspace]\n", "holds a workspace and no package"),
        ("broken", "Cargo.toml", "[package\n", "cargo cannot read"),
    ];
    for (name, file, text, expected) in rows {
        let here = folder.join(name);
        fs::create_dir_all(here.join("src"))?;
        fs::write(here.join("src/lib.rs"), "//! Nothing.\n")?;
        fs::write(here.join(file), text)?;
        let (code, _, error) = said(interlock(&here, &["build"])?)?;
        ensure!(code == Some(2) && error.contains(expected) && error.contains("\nhelp: "), "{name}: {error}");
    }
    let (code, _, error) = said(interlock(&folder, &["build", "no-such-folder"])?)?;
    ensure!(code == Some(2) && error.contains("cannot look at `no-such-folder`"), "{error}");
    elsewhere_is_refused()
}

/// Not below the repository, whose own manifest would be found.
fn elsewhere_is_refused() -> Result<()> {
    let outside = std::env::temp_dir().join(format!("interlock-elsewhere-{}", std::process::id()));
    fs::create_dir_all(&outside)?;
    let (code, _, nothing) = said(interlock(&outside, &["build"])?)?;
    fs::remove_dir_all(&outside)?;
    ensure!(code == Some(2) && nothing.contains("there is no `Cargo.toml` in"), "{nothing}");
    ensure!(nothing.contains("no script `build`") && nothing.contains("help: "), "{nothing}");
    Ok(())
}
