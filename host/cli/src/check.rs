//! `interlock check`: a document and a question in, a report and an exit code out.

use interlock_outputs::{Color, Manner};

use crate::args::{Check, ColorName};
use crate::{gate, input, print};

pub(crate) fn run(arguments: &Check) -> anyhow::Result<u8> {
    let question = input::question(&arguments.question)?;
    let document = input::document(&arguments.change)?;
    let gate = gate::gate(&arguments.policy_set)?;
    let report = gate.check(&document, &question);
    let manner = Manner { format: arguments.format, color: color(arguments.color), ..Manner::default() };
    print(&interlock_outputs::render(&report, &document, &manner))?;
    // The process ends next, and the system takes a process's memory back faster than we give up each module's.
    std::mem::forget(gate);
    Ok(report.decision.exit_code(arguments.fail_on.into()))
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
