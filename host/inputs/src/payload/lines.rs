//! Bytes to lines and columns, in any order: places of aliased values and of TOML tables jump about.

use std::ops::Range;

use interlock_model::Span;

/// Bytes between two places whose line and column are known. A question costs at most this many steps.
const STEP: usize = 256;

/// Where lines begin in one text, as far as answering takes.
pub(crate) struct Lines<'t> {
    text: &'t str,
    /// Byte, line and column of a character near each multiple of `STEP`.
    known: Vec<(usize, u32, u32)>,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut known = Vec::with_capacity(text.len() / STEP + 1);
        let (mut line, mut column, mut next) = (1_u32, 1_u32, 0);
        for (byte, c) in text.char_indices() {
            if byte >= next {
                known.push((byte, line, column));
                next = (byte / STEP + 1) * STEP;
            }
            (line, column) = after(c, line, column);
        }
        Self { text, known }
    }

    /// The span of these bytes. Columns count characters; lines end at line feeds.
    pub(crate) fn span(&self, bytes: Range<usize>) -> Span {
        let start = bytes.start.min(self.text.len());
        let at = self.known.partition_point(|(byte, ..)| *byte <= start);
        let (byte, mut line, mut column) =
            at.checked_sub(1).and_then(|at| self.known.get(at)).copied().unwrap_or((0, 1, 1));
        for c in self.text.get(byte..start).unwrap_or_default().chars() {
            (line, column) = after(c, line, column);
        }
        Span { start, end: bytes.end.clamp(start, self.text.len()), line, column }
    }

    /// The line these bytes begin on.
    pub(crate) fn line(&self, bytes: Range<usize>) -> u32 {
        self.span(bytes).line
    }
}

fn after(c: char, line: u32, column: u32) -> (u32, u32) {
    if c == '\n' { (line.saturating_add(1), 1) } else { (line, column.saturating_add(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::span_in;

    #[test]
    fn every_byte_has_the_place_that_counting_gives() {
        let text = "é: 1\r\n".repeat(200) + &"日本 ".repeat(300) + "\nend";
        let lines = Lines::new(&text);
        for (byte, _) in text.char_indices().rev() {
            assert_eq!(lines.span(byte..byte), span_in(&text, byte..byte), "{byte}");
        }
        assert_eq!(lines.span(text.len()..text.len() + 9).column, 4);
        assert_eq!(Lines::new("").span(0..0), Span { start: 0, end: 0, line: 1, column: 1 });
    }
}
