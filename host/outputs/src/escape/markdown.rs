//! Text for Markdown as GitHub and GitLab render it: in comments, in job summaries.
//!
//! Both look for mentions, references, short codes and links in the finished text, where a backslash or an entity no
//! longer protects anything: `\@everyone` still calls everyone. They do not look into code. So words that are nothing
//! but words are left as they are, and everything else becomes a code span, which also keeps HTML, images and emphasis
//! from being read. It must not stand at the start of a line: some systems read `/merge` there, and Markdown a list.

use super::text_for_terminal;

/// Columns of one text. Sentences that it is put together from are cut before.
const TEXT_MAX: usize = 4_000;
/// Digits of a number in base 16 from which on it may be the name of a commit.
const COMMIT_MIN: usize = 7;

/// Where in Markdown a text is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// A paragraph or an item of a list.
    Line,
    /// A cell of a table, which ends at the next `|` wherever that stands.
    Cell,
}

/// A sentence, on one line. What its author put between backticks stays code.
pub fn for_markdown(text: &str, within: Within) -> String {
    let text = text_for_terminal(text, TEXT_MAX);
    let parts: Vec<&str> = text.split('`').collect();
    if !are_paired(&parts) {
        return code(&text, within);
    }
    let mut out = String::new();
    for (nth, part) in parts.into_iter().enumerate() {
        if nth % 2 == 1 {
            push(&mut out, &code(part, within));
            continue;
        }
        for (nth, word) in part.split(' ').enumerate() {
            if nth > 0 {
                out.push(' ');
            }
            push(&mut out, &shown_word(word, within));
        }
    }
    out
}

/// A name or a value as a code span, on one line.
pub fn code_for_markdown(text: &str, within: Within) -> String {
    code(&text_for_terminal(text, TEXT_MAX), within)
}

/// Whether the backticks between these parts come in pairs with something between them.
fn are_paired(parts: &[&str]) -> bool {
    parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|part| !part.is_empty())
}

/// Two code spans without anything between them would be one.
fn push(out: &mut String, token: &str) {
    if out.ends_with('`') && token.starts_with('`') {
        out.push(' ');
    }
    out.push_str(token);
}

/// A word as it is, or as code with the punctuation around it left outside.
fn shown_word(word: &str, within: Within) -> String {
    // Here the punctuation around a word is part of what is read.
    if word.contains("::") || word.to_ascii_lowercase().contains("www.") {
        return code(word, within);
    }
    let inner = word.trim_start_matches(['(', '"', '\'']);
    let core = inner.trim_end_matches([')', '"', '\'', ',', '.', ';', ':', '?', '!']);
    if is_only_a_word(core) {
        return word.to_owned();
    }
    let (open, _) = word.split_at_checked(word.len() - inner.len()).unwrap_or(("", word));
    let (_, close) = inner.split_at_checked(core.len()).unwrap_or((inner, ""));
    format!("{open}{}{close}", code(core, within))
}

/// Whether nobody reads anything into it.
fn is_only_a_word(core: &str) -> bool {
    core.char_indices().all(|(at, c)| acts_not(c, core, at)) && !is_reference(core)
}

/// Whether a character is one that does nothing where it stands.
fn acts_not(c: char, core: &str, at: usize) -> bool {
    let (before, rest) = core.split_at_checked(at).unwrap_or((core, ""));
    let after = rest.get(c.len_utf8()..).unwrap_or("");
    match c {
        '-' | '+' | '=' | ',' | ';' | '(' | ')' | '\'' | '"' | '?' => true,
        // `/merge` is a command, `//` starts an address.
        '/' => before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric),
        // `%1` is a milestone of GitLab.
        '%' => after.is_empty(),
        // `a.example` may be taken for an address.
        '.' => !after.chars().take(2).all(char::is_alphabetic) || after.chars().count() < 2,
        c => c.is_alphanumeric() || !c.is_ascii(),
    }
}

/// Whether GitHub or GitLab may know something of that name: a commit, a ticket, an advisory.
fn is_reference(core: &str) -> bool {
    let is_base16 = |c: char| c.is_ascii_hexdigit();
    let is_commit = core.split(|c| !is_base16(c)).any(|run| run.len() >= COMMIT_MIN);
    let is_ticket = core.split_inclusive('-').zip(core.split('-').skip(1)).any(|(before, after)| {
        before.trim_end_matches('-').ends_with(|c: char| c.is_ascii_alphabetic())
            && after.starts_with(|c: char| c.is_ascii_digit())
    });
    is_commit || is_ticket || core.to_ascii_uppercase().contains("GHSA-")
}

/// A code span of a text that is escaped already: fences longer than any in it, and in a table no `|` that ends the cell.
fn code(text: &str, within: Within) -> String {
    let text = match within {
        Within::Line => text.to_owned(),
        // A backslash in front of it is spelled out, because readers differ in what `\\|` is.
        Within::Cell => text.replace("\\|", "\\u{5c}|").replace('|', "\\|"),
    };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One space on each side is taken away again; an empty span would be no span.
    let needs_room = text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let room = if needs_room { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

#[cfg(test)]
mod tests;
