//! `interlock completions` and `interlock man`: what can be typed, for shells and for readers of manuals. Both come from the
//! table in `args.rs`; nothing is written here by hand.

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::args::{Arguments, Completions, Man};
use crate::print;

pub(crate) fn completions(arguments: &Completions) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "interlock", &mut script);
    print(&String::from_utf8(script).context("the completions are not text")?)?;
    Ok(0)
}

pub(crate) fn man(arguments: &Man) -> anyhow::Result<u8> {
    let folder = &arguments.folder;
    let shown = || interlock_outputs::escape::name_for_terminal(&(*folder.to_string_lossy()).into());
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .with_context(|| format!("the manual cannot be written to `{}`", shown()))?;
    Ok(0)
}
