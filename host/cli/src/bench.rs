//! `interlock bench`: what a policy's cases cost, and what has grown since a baseline was kept.

use std::num::NonZeroU32;

use interlock_authoring::{Baseline, BenchResult, Comparison, measure};

use crate::args::{Bench, BenchFormat};
use crate::check::write;
use crate::print;
use crate::subject::{Subject, subject};

/// Exit code when something grew beyond the threshold.
const GREW: u8 = 1;

pub(crate) fn run(arguments: &Bench) -> anyhow::Result<u8> {
    // Before it is measured: a baseline that is none should not cost a minute.
    let baseline = arguments.baseline.as_deref().map(Baseline::read).transpose()?;
    let Subject { file, sandbox, module_bytes, module_digest } = subject(&arguments.cases)?;
    let runs = NonZeroU32::new(arguments.runs).unwrap_or(NonZeroU32::MIN);
    let filter = arguments.cases.filter.as_deref();
    let measured = measure(&sandbox, &file, (module_digest, module_bytes), runs, filter)?;
    let compared = baseline.map(|baseline| baseline.compare(&measured, arguments.threshold));
    tell(arguments.format, &measured, compared.as_ref())?;
    if compared.is_some_and(|compared| !compared.grown.is_empty()) {
        return Ok(GREW);
    }
    if let Some(path) = &arguments.save {
        write(path, &measured.json()?)?;
    }
    Ok(0)
}

/// What was compared is for people: beside JSON, which a program reads, it goes to standard error.
fn tell(format: BenchFormat, measured: &BenchResult, compared: Option<&Comparison>) -> anyhow::Result<()> {
    let told = compared.map(in_words).unwrap_or_default();
    match format {
        BenchFormat::Text => print(&format!("{}{told}", measured.text())),
        BenchFormat::Json => {
            eprint_lines(&told);
            print(&measured.json()?)
        }
    }
}

fn in_words(compared: &Comparison) -> String {
    let notes = compared.notes.iter().map(|note| format!("note: {note}\n"));
    let grown = compared.grown.iter().map(|line| format!("grew: {line}\n"));
    let mut text: String = notes.chain(grown).collect();
    text.push_str(match compared.grown.len() {
        0 => "nothing grew beyond the threshold\n",
        _ => "help: look for what became expensive; if it is meant, keep new measures with `--save`\n",
    });
    text
}

/// Nobody is left to tell if standard error is closed.
fn eprint_lines(text: &str) {
    use std::io::Write as _;
    let _ = anstream::stderr().write_all(text.as_bytes());
}
