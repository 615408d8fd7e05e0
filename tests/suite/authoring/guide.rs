//! `guest/README.md`: its code is the template's, which is compiled and tested, and its commands do what it shows.
//!
//! `TRYCMD=overwrite` in the environment writes what the commands showed into a copy, whose path the failure names.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use super::project::{CARGO, target};
use crate::support::{Test, root, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("code-is-the-template-s", code_is_the_templates),
        ("commands-show-what-the-page-shows", commands_show_what_the_page_shows),
        ("the-policy-set-is-one", the_policy_set_is_one),
    ];
    trials_of("authoring/guide", tests)
}

const NAME: &str = "few-regions";

fn page() -> Result<String> {
    fs::read_to_string(root().join("guest/README.md")).context("guest/README.md")
}

/// What stands between fences of this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(found)) => open = Some(if found == language { String::new() } else { "\0".into() }),
            (Some(_), Some(_)) => blocks.extend(open.take().filter(|block| !block.starts_with('\0'))),
            (Some(block), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

fn template(path: &str) -> Result<String> {
    let text = fs::read_to_string(root().join("host/authoring/templates/rust").join(path))?;
    Ok(text.replace("policy-name", NAME))
}

fn code_is_the_templates() -> Result<()> {
    let page = page()?;
    let (code, cases) = (template("src/lib.rs")?, template("cases.yaml")?);
    let rust = blocks(&page, "rust");
    ensure!(rust.len() >= 4, "{} pieces of code were found", rust.len());
    for block in &rust {
        ensure!(code.contains(block.as_str()), "this is not in the template's `src/lib.rs`:\n{block}");
    }
    let shown: Vec<_> =
        blocks(&page, "yaml").into_iter().filter(|block| block.starts_with("  - case:")).collect();
    ensure!(!shown.is_empty(), "the page shows a case");
    for block in &shown {
        ensure!(cases.contains(block.as_str()), "this is not in the template's `cases.yaml`:\n{block}");
    }
    Ok(())
}

/// The page is run as a transcript, in a folder of its own, without the network.
fn commands_show_what_the_page_shows() -> Result<()> {
    let _alone = CARGO.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("guide");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    // A folder of this name is where the transcript runs.
    let inside = folder.join("guide.in");
    fs::create_dir_all(inside.join(".cargo"))?;
    // So that cargo's target folder is a warm one, and has a short name on the page.
    let config = "[build]\ntarget-dir = \"target\"\n[net]\noffline = true\n";
    fs::write(inside.join(".cargo/config.toml"), config)?;
    fs::create_dir_all(target())?;
    #[cfg(unix)]
    std::os::unix::fs::symlink(target(), inside.join("target"))?;
    let copy = folder.join("guide.md");
    fs::write(&copy, page()?)?;
    let cases = trycmd::TestCases::new();
    cases.register_bin("interlock", trycmd::schema::Bin::Path(env!("CARGO_BIN_EXE_interlock").into()));
    let home = root().join("target/suite-home").display().to_string();
    cases.env("NO_COLOR", "1").env("COLUMNS", "100").env("XDG_CACHE_HOME", home).case(&copy);
    cases.run();
    Ok(())
}

/// What the page binds with is a policy set once the digest is written in it.
fn the_policy_set_is_one() -> Result<()> {
    let page = page()?;
    let sets: Vec<_> =
        blocks(&page, "yaml").into_iter().filter(|block| block.starts_with("version: 1")).collect();
    ensure!(sets.len() == 1, "{} policy sets were found", sets.len());
    for set in sets {
        let digest = format!("sha256:{}", "0".repeat(64));
        let set = set.replace("sha256:<what `interlock build` printed>", &digest);
        let none = |_: &std::path::Path| Ok(Vec::new());
        let read = interlock_inputs::policy_set_of("house.yaml".as_ref(), set.as_bytes(), &none)?;
        ensure!(read.policies.len() == 1, "{set}");
    }
    Ok(())
}
