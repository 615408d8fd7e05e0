//! `interlock init`: a commented policy set that works.

use std::fs::OpenOptions;
use std::io::Write as _;

use anyhow::{Context as _, anyhow, bail};
use interlock_outputs::escape::name_for_terminal;

use crate::args::Init;
use crate::print;

pub(crate) fn run(arguments: &Init) -> anyhow::Result<u8> {
    let path = &arguments.path;
    let shown = name_for_terminal(&path.to_string_lossy().into_owned().into());
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("`{shown}` is there already\nhelp: name another file; nothing is overwritten")
        }
        opened => opened.map_err(|error| {
            anyhow!("cannot write `{shown}`: {error}\nhelp: name a file in a folder that is there and can be written to")
        })?,
    };
    file.write_all(interlock_inputs::STARTER.as_bytes())
        .with_context(|| format!("cannot write `{shown}`"))?;
    print(&format!(
        "wrote `{shown}`: the stock policies with their defaults\n\
         next: `interlock check CHANGE --policy-set {shown}`\n"
    ))?;
    Ok(0)
}
