//! One file given twice: it lies in the range, and the pipeline names it as well. What a tool wrote there is
//! said once.
//!
//! Without this a plan would delete its database twice. Names do not tell (a pipeline may name a copy), so
//! the text does, and everything that was read from it: what differs in any fact is said beside the other,
//! never dropped.

use interlock_model::{Change, Doubt};

use crate::statement::{Speaker, Statement};

/// Leaves of equal words of tools the first, with the doubts of all of them.
pub(super) fn once_each(statements: Vec<Statement>) -> Vec<Statement> {
    let mut kept: Vec<Statement> = Vec::new();
    for statement in statements {
        match kept.iter_mut().find(|known| says_the_same(known, &statement)) {
            Some(known) => take_doubts(known, statement),
            None => kept.push(statement),
        }
    }
    kept
}

/// Whether the second of two adds nothing but its name, and perhaps doubts. What an author or a caller says
/// is judged word by word, and saying it twice adds up to nothing.
fn says_the_same(known: &Statement, again: &Statement) -> bool {
    let is_tool = |statement: &Statement| match statement.speaker {
        Speaker::Tool => true,
        Speaker::Author | Speaker::Caller => false,
    };
    is_tool(known)
        && is_tool(again)
        && !known.sources.text.is_empty()
        && known.sources.text.trim_end() == again.sources.text.trim_end()
        && (&known.id, known.kind) == (&again.id, again.kind)
        && known.facts.files.is_some() >= again.facts.files.is_some()
        && without_files(&known.facts) == without_files(&again.facts)
}

/// Files are told by their own name, which is all that may differ.
fn without_files(facts: &Change) -> Change {
    Change { files: None, ..facts.clone() }
}

/// A doubt that both have is one doubt; the file's own name in it says nothing.
fn take_doubts(known: &mut Statement, again: Statement) {
    let (from, to) = (again.sources.name, &known.sources.name);
    for doubt in again.doubts {
        let path = if doubt.path == from { to.clone() } else { doubt.path };
        let doubt = Doubt { path, ..doubt };
        if !known.doubts.contains(&doubt) {
            known.doubts.push(doubt);
        }
    }
}
