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
    };
    let project = new_policy(Path::new(""), &name, language)?;
    let (name, files) = (name.as_str(), project.files);
    print(&format!(
        "wrote `{name}`: a policy with two rules, its cases, its page, and the SDK ({files} files)\n\
         next: `cd {name}`, then `interlock build`; the rules are in `src/lib.rs`\n"
    ))?;
    Ok(0)
}
