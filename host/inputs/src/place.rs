//! Bytes to lines and columns.

use std::ops::Range;

use interlock_model::Span;

/// Turns byte ranges into spans. Linear over a whole document as long as it is asked in the order of the document, which
/// matters: a document may be one line of a million characters.
pub(crate) struct Places<'t> {
    text: &'t str,
    byte: usize,
    line: u32,
    column: u32,
}

impl<'t> Places<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, byte: 0, line: 1, column: 1 }
    }

    /// The span of these bytes.
    pub(crate) fn span(&mut self, bytes: Range<usize>) -> Span {
        if bytes.start < self.byte {
            *self = Self::new(self.text);
        }
        for c in self.text.get(self.byte..bytes.start).unwrap_or_default().chars() {
            if c == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.byte = bytes.start;
        Span { start: bytes.start, end: bytes.end.max(bytes.start), line: self.line, column: self.column }
    }
}

/// The span of one stretch of a text, counted from its start.
pub(crate) fn span_in(text: &str, bytes: Range<usize>) -> Span {
    Places::new(text).span(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_line_feeds() {
        let text = "é: 1\r\nb: 2\n";
        let mut places = Places::new(text);
        let second = places.span(7..8);
        assert_eq!((second.line, second.column), (2, 1));
        let back = places.span(2..3);
        assert_eq!((back.line, back.column), (1, 2));
    }
}
