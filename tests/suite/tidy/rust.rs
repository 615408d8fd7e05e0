//! Rust text without its comments and without what its strings hold, so that a rule about code reads code.

/// The code alone. Lines keep their numbers: what is taken out leaves its line breaks.
pub fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let skipped = skipped(rest);
        let (here, behind) = rest.split_at(skipped.unwrap_or_else(|| token(rest)));
        match skipped {
            // Two words beside a comment are still two words.
            Some(_) => code.extend([' '].into_iter().chain(here.chars().filter(|letter| *letter == '\n'))),
            None => code.push_str(here),
        }
        rest = behind;
    }
    code
}

/// A whole word at once, so that the `r` of `for"` is not taken for the start of a raw string.
fn token(rest: &str) -> usize {
    let word = rest.find(|letter: char| !is_in_word(letter)).unwrap_or(rest.len());
    word.max(rest.chars().next().map_or(1, char::len_utf8))
}

fn is_in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// How long the comment, string or character is that begins here, if one does.
fn skipped(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    raw_string(rest).or_else(|| quoted(rest)).or_else(|| character(rest))
}

/// They nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let hashes = ["r", "br", "cr"].iter().find_map(|prefix| rest.strip_prefix(prefix))?;
    let inner = hashes.trim_start_matches('#').strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes.len() - inner.len() - 1));
    let before = rest.len() - inner.len();
    Some(inner.find(&end).map_or(rest.len(), |at| before + at + end.len()))
}

fn quoted(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('"')?;
    let mut letters = inner.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some(at + 2),
            '\\' => letters.next(),
            _ => None,
        };
    }
    Some(rest.len())
}

/// `'"'` or `'\''`; a lifetime has no second tick.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    if first == '\\' {
        return inner.get(2..)?.find('\'').map(|at| at + 4);
    }
    inner.get(first.len_utf8()..)?.starts_with('\'').then_some(first.len_utf8() + 2)
}

/// Whether the code holds this word, as a whole word.
pub fn has_word(code: &str, word: &str) -> bool {
    code.split(|letter: char| !is_in_word(letter)).any(|it| it == word)
}
