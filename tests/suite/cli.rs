//! What a person sees: transcripts of the binary, the README's own among them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;

use crate::support::{entries, root};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![trial("cli/readme".into(), root().join("README.md"))];
    for path in entries(&root().join("tests/cli")) {
        if path.extension().is_some_and(|extension| extension == "trycmd") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            trials.push(trial(format!("cli/{name}"), path));
        }
    }
    trials
}

/// `TRYCMD=overwrite cargo test -- cli/` writes what it saw into the transcript; read the difference before you commit it.
fn trial(name: String, path: PathBuf) -> Trial {
    Trial::test(name, move || {
        let cases = trycmd::TestCases::new();
        cases.register_bin("interlock", trycmd::schema::Bin::Path(env!("CARGO_BIN_EXE_interlock").into()));
        let home = warm_home();
        cases.env("NO_COLOR", "1").env("COLUMNS", "100").env("XDG_CACHE_HOME", home).case(&path);
        cases.run();
        Ok(())
    })
}

/// A cache folder in which the stock policies are at hand, so that no transcript tells of compiling them.
fn warm_home() -> &'static str {
    static HOME: OnceLock<String> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = root().join("target/suite-home").display().to_string();
        let mut warm = Command::new(env!("CARGO_BIN_EXE_interlock"));
        let output = warm.arg("policies").env("XDG_CACHE_HOME", &home).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        home
    })
}
