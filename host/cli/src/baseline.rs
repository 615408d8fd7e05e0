//! `interlock check --write-baseline`: what a check found in changed files, as a file that somebody reads and commits.

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;
use interlock::{Gate, Proposal, Report};
use interlock_inputs::{CHANGE_BYTES_MAX, Syntax, baseline_can_hold};
use interlock_model::BASELINE_ENTRIES_MAX;
use interlock_outputs::baseline_text;
use interlock_outputs::escape::name_for_terminal;

use crate::check;

/// It is written as YAML, and read as its name says.
pub(crate) fn check_name(path: &Path) -> anyhow::Result<()> {
    match Syntax::of_name(&path.to_string_lossy()) {
        Some(Syntax::Yaml) => Ok(()),
        Some(Syntax::Json) | None => bail!(
            "`{}` for a baseline, expected a name that ends in `.yaml` or `.yml`\nhelp: rename it; a baseline is written as YAML",
            shown(path)
        ),
    }
}

/// Writes the baseline after a report, and says on standard error what is in it and what is not.
pub(crate) fn write(path: &Path, gate: &Gate, report: &Report) -> anyhow::Result<()> {
    let Proposal { mut baseline, waived, mut never } = gate.propose_baseline(report);
    let all = baseline.entries.len();
    baseline.entries.retain(baseline_can_hold);
    never += all - baseline.entries.len();
    let text = baseline_text(&baseline);
    let count = baseline.entries.len();
    if count > BASELINE_ENTRIES_MAX || text.len() > CHANGE_BYTES_MAX {
        bail!(
            "a baseline of {count} findings and {} bytes, expected at most {BASELINE_ENTRIES_MAX} findings and \
             {CHANGE_BYTES_MAX} bytes\nhelp: bind the policy that finds most of them in mode `warn`, or ask it about fewer \
             files with its `when`",
            text.len()
        );
    }
    check::write(path, &text)?;
    let told = told(path, count, waived, never);
    // Nobody is left to tell if standard error is closed, and the file says it all the same.
    let _ = write!(anstream::stderr(), "{told}");
    Ok(())
}

fn told(path: &Path, count: usize, waived: usize, never: usize) -> String {
    let mut told = format!("wrote `{}`: {} known\n", shown(path), findings(count));
    if never > 0 {
        told.push_str(&format!(
            "not in it: {}, which no baseline can hold; what blocks there needs a waiver or a fix\n",
            findings(never)
        ));
    }
    if waived > 0 {
        told.push_str(&format!(
            "not in it: {}, waived; a waiver ends, a baseline does not\n",
            findings(waived)
        ));
    }
    told
}

fn findings(count: usize) -> String {
    format!("{count} finding{}", if count == 1 { "" } else { "s" })
}

fn shown(path: &Path) -> String {
    name_for_terminal(&(*path.to_string_lossy()).into())
}
