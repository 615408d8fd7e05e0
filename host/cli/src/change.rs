//! `interlock change`: the change that would be judged, as a document, and what its sources say differently.

use std::io::Write as _;

use interlock_model::DoubtKind;
use interlock_outputs::escape::{for_json, for_terminal, name_for_terminal};

use crate::args::ShowChange;
use crate::{input, print};

pub(crate) fn run(arguments: &ShowChange) -> anyhow::Result<u8> {
    let given = input::given(&arguments.change, arguments.at)?;
    for doubt in &given.document.payload.doubts {
        match doubt.kind {
            DoubtKind::Disagreement => {
                let (path, line) = (name_for_terminal(&doubt.path.clone().into()), doubt.span.line);
                let message = for_terminal(&doubt.message.clone().into());
                // Nobody is left to tell if standard error is closed; `check` makes a finding of it all the same.
                let _ = writeln!(anstream::stderr(), "{path}:{line}: {message}");
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
