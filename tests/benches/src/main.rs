//! Reads a change document, says its id, and ends: the floor under every process that judges one. `benches/cold.rs`
//! compares `interlock check` with it.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use interlock_inputs::{Syntax, read_change, read_file};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else { return ExitCode::from(2) };
    let Ok(bytes) = read_file(Path::new(&path)) else { return ExitCode::from(2) };
    let Some(syntax) = Syntax::of_name(&path) else { return ExitCode::from(2) };
    match read_change(&path, &bytes, syntax) {
        Ok(document) => match writeln!(std::io::stdout(), "{}", document.change.id) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(2),
        },
        Err(_) => ExitCode::from(2),
    }
}
