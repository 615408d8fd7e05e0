//! Breaks text into lines, between words only: a path, a pointer or a URL that is cut in two cannot be copied.

use unicode_width::UnicodeWidthStr;

/// A space of ours that no line is broken at. Escaped text holds no control character, so it is never somebody else's.
pub(super) const GLUE: char = '\u{1}';

/// Lines of at most `width` columns, all of which start at column `indent` already. A word that is longer than a line has
/// one of its own. The text must be escaped: it is one line before, with the usual spaces between its words.
pub(super) fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    // Beside a very long title there is little room left; a column of single words helps nobody.
    let room = width.saturating_sub(indent).max(30);
    let mut lines = Vec::new();
    let mut line = String::new();
    for (nth, word) in text.split(' ').enumerate() {
        if nth > 0 && !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        } else if nth > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.into_iter().map(|line| line.replace(GLUE, " ")).collect()
}

/// The same as one text, its later lines moved in by `indent` columns. The first line starts there already.
pub(super) fn wrap_hanging(text: &str, width: usize, indent: usize) -> String {
    wrap(text, width, indent).join(&format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn text_is_broken_between_words_only() {
        let text = "the first stage takes all traffic https://example.org/a/very/long/path/indeed 中文中文中文中文 x";
        let lines = wrap(text, 40, 10);
        assert_eq!(
            lines,
            [
                "the first stage takes all",
                "traffic",
                "https://example.org/a/very/long/path/indeed",
                "中文中文中文中文 x"
            ]
        );
        assert_eq!(lines.join(" "), text);
        assert_eq!(wrap("", 40, 0), [""]);
        assert_eq!(
            wrap("thirty columns of text or (a\u{1}b\u{1}c)", 30, 0),
            ["thirty columns of text or", "(a b c)"]
        );
    }
}
