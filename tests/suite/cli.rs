//! What a person sees: transcripts of the binary, the README's own among them.

use std::path::PathBuf;

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
        cases.env("NO_COLOR", "1").env("COLUMNS", "100").case(&path);
        cases.run();
        Ok(())
    })
}
