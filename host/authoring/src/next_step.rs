//! A policy that broke, for its author: what happened, what it said, and where to look. The gate's own outputs say it for
//! the people whose change waits; those can only tell the author.

use interlock_model::Fault;
use interlock_outputs::escape::for_terminal;

/// What happened, with the policy's own words escaped.
pub(crate) fn explained(fault: &Fault) -> String {
    match fault.said() {
        Some(said) => format!("{fault}: `{}`", for_terminal(said)),
        None => fault.to_string(),
    }
}

/// Where its author looks first.
pub(crate) fn next_step(fault: &Fault) -> &'static str {
    match fault {
        Fault::Load { .. } => {
            "build it again with `interlock build`; it says what a module may import and export"
        }
        Fault::Fuel { .. } => {
            "look for a loop that does not end, or that grows with the change; `interlock bench` shows what each case takes"
        }
        Fault::Deadline { .. } | Fault::NotStarted { .. } => {
            "run it again: the machine was too busy; fuel, not time, bounds a policy"
        }
        Fault::Memory { .. } | Fault::Table { .. } => {
            "look for a list that grows with each step; keep what is needed"
        }
        Fault::Stack { .. } => {
            "look for a function that calls itself; walk with a list of what is left instead"
        }
        Fault::Trap { .. } => {
            "look for `unreachable`, a division or an index; a panic of the SDK says its line instead"
        }
        Fault::Panic { .. } => {
            "mend the line it names: handle the fact that is not there, or answer with a `Failure` if it cannot judge"
        }
        Fault::HostCalls { .. } => "log less: once for each case that is odd, not once for each value",
        Fault::OutputTooLarge { .. } => {
            "shorten what it answers: name the value and where it stands, and leave the whole of it out"
        }
        Fault::BadOutput { .. } => {
            "answer only with rules and verdicts that the policy declares; the text above says what broke"
        }
        Fault::Refused { .. } => "it answered with a `Failure`: judge the change, or take the case out",
        Fault::Host { .. } => "report it to the authors of Interlock with the case: it is a bug of ours",
    }
}
