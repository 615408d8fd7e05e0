//! One broken policy as a block: what happened, what the policy said, what it counts as, and the next step.

use annotate_snippets::{Group, Level};
use interlock_model::{Fault, OnError, PolicyReport, Verdict};

use super::Page;
use super::finding::note;
use crate::escape::{for_terminal, name_for_terminal, text_for_terminal};

/// Columns of a fault in the host's words. They are short; a host error that quotes something may not be.
pub(crate) const FAULT_MAX: usize = 400;

/// The block. `error` is its level whatever it counts as: a policy that is broken and let through is still broken.
pub(super) fn render(page: &Page<'_>, policy: &PolicyReport, fault: &Fault) -> String {
    let indent = format!("error[{}]: ", policy.id).len();
    let what = page.wrap(&what(fault), indent);
    let said = fault
        .said()
        .map(|said| note(page, Level::NOTE, said_by(fault), &format!("`{}`", for_terminal(said))));
    page.block(
        Group::with_title(
            Level::ERROR.with_name("error").primary_title(what).id(policy.id.as_str().to_owned()),
        )
        .elements(said)
        .element(note(page, Level::NOTE, "which", &which(policy)))
        .element(note(page, Level::NOTE, "on-error", &counts_as(policy)))
        .element(note(page, Level::HELP, "next", next_step(fault))),
    )
}

/// What happened, in the host's words.
pub(crate) fn what(fault: &Fault) -> String {
    format!("the policy {}", text_for_terminal(&fault.to_string(), FAULT_MAX))
}

/// Whose words those are. A module that was not loaded has said nothing: the words are the host's, about it.
pub(crate) fn said_by(fault: &Fault) -> &'static str {
    match fault {
        Fault::Load { .. } => "found",
        Fault::Fuel { .. }
        | Fault::Deadline { .. }
        | Fault::NotStarted { .. }
        | Fault::Memory { .. }
        | Fault::Table { .. }
        | Fault::Stack { .. }
        | Fault::Trap { .. }
        | Fault::Panic { .. }
        | Fault::HostCalls { .. }
        | Fault::OutputTooLarge { .. }
        | Fault::BadOutput { .. }
        | Fault::Refused { .. }
        | Fault::Host { .. } => "said",
    }
}

/// What its author needs to know to find it.
pub(crate) fn which(policy: &PolicyReport) -> String {
    let version = format!("version `{}`", name_for_terminal(&policy.version));
    match &policy.module {
        Some(module) => format!("{version}, module {}", module.short()),
        None => version,
    }
}

pub(crate) fn counts_as(policy: &PolicyReport) -> String {
    match &policy.on_error {
        // Taken from what it came to rather than from the mode: the gate decides, and this says what it decided.
        OnError::Block if policy.verdict < Verdict::Block => {
            format!(
                "block, lowered to {}: the policy set binds it in mode `{}`",
                policy.verdict,
                policy.mode.name()
            )
        }
        OnError::Block => "block: what could not be judged does not go on".to_owned(),
        OnError::Warn => "warn: the policy set lets a change go on if this policy is broken".to_owned(),
        OnError::Allow { reason } => {
            format!(
                "allow: the policy set ignores this policy when it is broken, because `{}`",
                for_terminal(reason)
            )
        }
    }
}

/// What helps, for the person in front of it. Whether the change or the policy is to blame is not known here.
pub(crate) fn next_step(fault: &Fault) -> &'static str {
    match fault {
        Fault::Load { .. } => {
            "bind a module that this version runs; its author can rebuild it with this version's SDK"
        }
        Fault::Fuel { .. } => {
            "report it to the policy's author; a very large change may need a higher fuel limit"
        }
        Fault::Deadline { .. } | Fault::NotStarted { .. } => {
            "run it again: the machine was too slow or too busy; if it stays so, raise the time limit"
        }
        Fault::Memory { .. } | Fault::Table { .. } | Fault::Stack { .. } => {
            "report it to the policy's author; a very large change may need a higher limit"
        }
        Fault::Trap { .. } | Fault::Panic { .. } => {
            "report it to the policy's author: it is a bug of the policy"
        }
        Fault::HostCalls { .. } | Fault::OutputTooLarge { .. } | Fault::BadOutput { .. } => {
            "report it to the policy's author: the policy breaks the contract"
        }
        Fault::Refused { .. } => "give the policy what it asks for, or ask its author",
        Fault::Host { .. } => "report it to the authors of Interlock, with the document: it is a bug of ours",
    }
}
