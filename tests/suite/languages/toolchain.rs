//! What is here to build a policy in another language with, and building it: a template's own `build`, in a copy of it
//! below `target/`, where `npm install` and `pip install` may leave what they fetch.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use interlock::Tier;

use super::POLICY;
use crate::support::{entries, root, shown};

/// A language a template is in.
#[derive(Clone, Copy)]
pub enum Language {
    C,
    JavaScript,
    Python,
}

/// Whether a language can be built here.
pub enum Found {
    /// Yes, with these variables in the environment.
    All(Vec<(&'static str, String)>),
    /// No: this is not here.
    Missing(String),
}

impl Language {
    pub const OTHERS: [Self; 3] = [Self::C, Self::JavaScript, Self::Python];

    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::JavaScript => "javascript",
            Self::Python => "python",
        }
    }

    /// The limits it needs.
    pub fn tier(self) -> Tier {
        match self {
            Self::C => Tier::Usual,
            Self::JavaScript | Self::Python => Tier::Large,
        }
    }

    pub fn template(self) -> PathBuf {
        root().join("host/authoring/templates").join(self.name())
    }

    /// A copy that may be built in.
    fn copy(self) -> PathBuf {
        root().join("target/languages").join(self.name())
    }

    pub fn look(self) -> Found {
        let installed = |tool: &str, how: &str| {
            let path = self.copy().join(tool);
            if path.exists() {
                return Found::All(vec![]);
            }
            Found::Missing(format!("no {}; {how}", shown(&path)))
        };
        match self {
            Self::C => clang(),
            Self::JavaScript => installed("node_modules/.bin/componentize-qjs", "`npm install` there"),
            Self::Python => installed(".venv/bin/componentize-py", "`pip install` there"),
        }
    }

    /// The component.
    pub fn build(self) -> Result<Vec<u8>> {
        let variables = match self.look() {
            Found::All(variables) => variables,
            Found::Missing(what) => bail!("{what}"),
        };
        let folder = self.copy();
        copy(&self.template(), &folder)?;
        copy(&root().join("wit"), &folder.join("wit"))?;
        let output = Command::new("./build").current_dir(&folder).envs(variables).output()?;
        let said = [output.stdout, output.stderr].concat();
        ensure!(output.status.success(), "{}/build: {}", self.name(), String::from_utf8_lossy(&said));
        let path = folder.join("target").join(format!("{POLICY}.wasm"));
        fs::read(&path).with_context(|| path.display().to_string())
    }
}

/// A compiler and a linker of one version, plain or with the version in their names.
fn clang() -> Found {
    let versions = std::iter::once(String::new()).chain((14..30).rev().map(|version| format!("-{version}")));
    for version in versions {
        let (clang, linker) = (format!("clang{version}"), format!("wasm-ld{version}"));
        if runs(&clang) && runs(&linker) {
            return Found::All(vec![("CLANG", clang), ("WASM_LD", linker)]);
        }
    }
    Found::Missing("no clang with wasm-ld; `apt-get install clang lld`".into())
}

fn runs(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The files of a folder, over what stands there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for path in entries(from) {
        let name = path.file_name().context("a name")?;
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
