//! `interlock test --update`: messages of expected findings in the words that the policy has for them now.
//!
//! Looks, never verdicts: a case in which anything but words differs is left as it is, and fails.

use anyhow::anyhow;
use interlock_model::Span;
use interlock_outputs::escape::{for_yaml, name_for_terminal};

use super::{Compared, Difference, Tested};

/// The text of the file with the messages of today, and how many of them are new. `None`: there is nothing to write.
///
/// # Errors
/// If a message stands so that it cannot be written without touching something else.
pub fn updated(tested: &Tested<'_>) -> anyhow::Result<Option<(String, usize)>> {
    let words: Vec<(Span, String)> =
        tested.runs.iter().filter_map(|run| only_words(&run.compared)).flatten().collect();
    if words.is_empty() {
        return Ok(None);
    }
    let text = tested.file.reworded(&words).map_err(|_| {
        let name = name_for_terminal(&tested.file.name.as_str().into());
        anyhow!(
            "`{name}`: a `message` cannot be written without touching something else\nhelp: write each message on one line, \
             in quotes, without `&` and `*`; nothing was written"
        )
    })?;
    Ok(Some((text, words.len())))
}

/// What is to be written of a case, if words are all that differs in it.
fn only_words(compared: &Compared) -> Option<Vec<(Span, String)>> {
    let lines = match compared {
        Compared::Otherwise(lines) => lines,
        Compared::AsExpected | Compared::Broken => return None,
    };
    let mut words = Vec::new();
    for line in lines {
        match line {
            Difference::Both(_) => {}
            Difference::OtherWords(expected, found) => {
                let message = expected.message.as_ref()?;
                words.push((message.span, for_yaml(found.message.as_unescaped())));
            }
            Difference::Missing(_) | Difference::Extra(_) => return None,
        }
    }
    Some(words)
}
