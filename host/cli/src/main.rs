//! The `interlock` binary: arguments, wiring, and the exit code. No rule and no format is decided here.
//!
//! Exit codes, the same for every output format: 0 nothing stands against the change (or only warnings), 1 a finding
//! blocks it, 2 the arguments or the document cannot be used, 3 an error or missing evidence decides.

mod args;
mod baseline;
mod bench;
mod build;
mod calendar;
mod change;
mod check;
mod explain;
mod gate;
mod init;
mod input;
mod inspect;
mod manual;
mod new;
mod notices;
mod policies;
mod record;
mod replay;
mod schema;
mod shelf;
mod subject;
mod test;
mod verify;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use interlock_outputs::escape::lines_for_terminal;

/// The arguments, the document or a module cannot be used.
const CANNOT: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Change(arguments) => change::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Policies(arguments) => policies::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::New(command) => new::run(&command),
        Command::Build(arguments) => build::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Calendar(command) => calendar::run(&command),
        Command::Completions(arguments) => manual::completions(&arguments),
        Command::Man(arguments) => manual::man(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&error);
            ExitCode::from(CANNOT)
        }
    }
}

/// The error with its causes, once. Everything in it is ours or was escaped where it came in.
fn complain(error: &anyhow::Error) {
    // Nobody is left to tell if standard error is closed, and the exit code says it all the same.
    let _ = writeln!(anstream::stderr(), "{}", lines_for_terminal(&format!("error: {error:#}")));
}

/// Writes to standard output. A reader that has gone (`| head`) does not change the answer; a full disk is an error.
fn print(text: &str) -> anyhow::Result<()> {
    // Raw: whether there are colours was decided when the text was made, and is not decided again here.
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("cannot write to standard output"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
