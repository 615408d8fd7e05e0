//! `interlock change`: the change that would be judged, as a document, and what its sources say differently.

use std::io::Write as _;

use interlock_model::DoubtKind;
use interlock_outputs::escape::{for_json, lines_for_terminal};

use crate::args::ShowChange;
use crate::{input, print};

pub(crate) fn run(arguments: &ShowChange) -> anyhow::Result<u8> {
    let given = input::given(&arguments.change, arguments.at)?;
    for doubt in &given.document.payload.doubts {
        match doubt.kind {
            DoubtKind::Disagreement => {
                let told = format!("{}:{}: {}", doubt.path, doubt.span.line, doubt.message);
                // Nobody is left to tell if standard error is closed; `check` makes a finding of it all the same.
                let _ = writeln!(anstream::stderr(), "{}", lines_for_terminal(&told));
            }
            DoubtKind::Ambiguous
            | DoubtKind::Unreadable
            | DoubtKind::Template
            | DoubtKind::GateEdited
            | DoubtKind::NothingChanged => {}
        }
    }
    print(&for_json(&given.document.change)?)?;
    Ok(0)
}
