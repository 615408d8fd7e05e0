//! `interlock new`: a project to begin with.

use std::path::Path;

use interlock_authoring::{Language, PolicyName, new_policy};

use crate::args::{LanguageName, New};
use crate::print;

pub(crate) fn run(command: &New) -> anyhow::Result<u8> {
    let New::Policy { name, lang } = command;
    let name = PolicyName::new(name)?;
    let language = match lang {
        LanguageName::Rust => Language::Rust,
        LanguageName::C => Language::C,
        LanguageName::Javascript => Language::JavaScript,
        LanguageName::Python => Language::Python,
    };
    let project = new_policy(Path::new(""), &name, language)?;
    let (name, files, (beside, next)) = (name.as_str(), project.files, told(language));
    print(&format!(
        "wrote `{name}`: a policy with two rules, its cases, its page, and {beside} ({files} files)\n\
         next: `cd {name}`, then {next}\n"
    ))?;
    Ok(0)
}

/// What comes with it, and what to do with it.
fn told(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Rust => ("the SDK", "`interlock build`; the rules are in `src/lib.rs`"),
        Language::C => {
            ("the contract", "`interlock build`; README.md lists its tools, the rules are in `policy.c`")
        }
        Language::JavaScript => {
            ("the contract", "`npm install` and `interlock build`; the rules are in `policy.js`")
        }
        Language::Python => {
            ("the contract", "`interlock build`; README.md lists its tools, the rules are in `app.py`")
        }
    }
}
