//! `interlock check`: a change and a question in, reports and an exit code out.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use interlock_outputs::{Color, Manner};

use crate::args::{Check, ColorName, FormatTo};
use crate::{input, print};

pub(crate) fn run(arguments: &Check) -> anyhow::Result<u8> {
    check_targets(&arguments.format)?;
    let mut given = input::given(&arguments.change, arguments.question.at)?;
    let question = given.question(&arguments.question)?;
    let gate = given.gate(&arguments.policy_set)?;
    let document = &given.document;
    let report = gate.check(document, &question);
    for FormatTo { format, file } in &arguments.format {
        let manner = |color| Manner { format: *format, color, ..Manner::default() };
        match file {
            None => print(&interlock_outputs::render(&report, document, &manner(color(arguments.color))))?,
            Some(path) => write(path, &interlock_outputs::render(&report, document, &manner(Color::Never)))?,
        }
    }
    // The process ends next, and the system takes a process's memory back faster than we give up each module's.
    std::mem::forget(gate);
    Ok(report.decision.exit_code(arguments.fail_on.into()))
}

/// Two reports in one place would be neither.
fn check_targets(formats: &[FormatTo]) -> anyhow::Result<()> {
    for (index, one) in formats.iter().enumerate() {
        if formats.iter().skip(index + 1).any(|other| other.file == one.file) {
            let place = one.file.as_deref().map_or_else(|| "standard output".into(), Path::to_string_lossy);
            bail!(
                "two formats to {}, expected one\nhelp: name a file for each, like `--format sarif=report.sarif`",
                interlock_outputs::escape::name_for_terminal(&(*place).into())
            );
        }
    }
    Ok(())
}

/// Whoever reads the file must not find half a report: it is written beside it and then takes its place. What stands in
/// that place is taken away first and never written through: a checkout may hold a link there.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let written = || {
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = File::options().write(true).create_new(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        std::fs::rename(&beside, path)
    };
    let shown = || interlock_outputs::escape::name_for_terminal(&(*path.to_string_lossy()).into());
    written().with_context(|| format!("`{}` cannot be written", shown()))
}

fn color(name: ColorName) -> Color {
    match name {
        ColorName::Always => Color::Always,
        ColorName::Never => Color::Never,
        ColorName::Auto => match anstream::AutoStream::choice(&std::io::stdout()) {
            anstream::ColorChoice::Never => Color::Never,
            anstream::ColorChoice::Auto
            | anstream::ColorChoice::Always
            | anstream::ColorChoice::AlwaysAnsi => Color::Always,
        },
    }
}
