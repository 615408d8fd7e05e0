//! Parts of a text that know where they stand, for the formats that are read line by line.

use super::tree::At;

/// A stretch of a file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

/// The lines of a text, without their ends. A carriage return alone ends no line here; `odd::characters` tells of it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let here = start;
        start += line.len();
        let text = line.strip_suffix('\n').unwrap_or(line);
        Piece { start: here, text: text.strip_suffix('\r').unwrap_or(text) }
    })
}

impl<'t> Piece<'t> {
    pub(super) fn at(self) -> At {
        At::new(self.start..self.start + self.text.len())
    }

    /// The nothing behind its last byte.
    pub(super) fn end(self) -> Self {
        Self { start: self.start + self.text.len(), text: "" }
    }

    pub(super) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn starts_with(self, any_of: &[char]) -> bool {
        self.text.starts_with(any_of)
    }

    pub(super) fn trim_start(self) -> Self {
        let text = self.text.trim_start_matches(is_blank);
        Self { start: self.start + self.text.len() - text.len(), text }
    }

    pub(super) fn trim(self) -> Self {
        let Self { start, text } = self.trim_start();
        Self { start, text: text.trim_end_matches(is_blank) }
    }

    /// Blanks in front.
    pub(super) fn indent(self) -> usize {
        self.text.len() - self.trim_start().text.len()
    }

    pub(super) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        let text = self.text.strip_prefix(prefix)?;
        Some(Self { start: self.start + prefix.len(), text })
    }

    /// Both sides of a byte, which must stand between two characters.
    pub(super) fn split_at(self, middle: usize) -> (Self, Self) {
        let (left, right) = self.text.split_at_checked(middle).unwrap_or((self.text, ""));
        (Self { start: self.start, text: left }, Self { start: self.start + left.len(), text: right })
    }

    /// What is between the quotes, if it is all in one pair of them.
    pub(super) fn unquoted(self) -> Option<Self> {
        ["\"", "'"].into_iter().find_map(|quote| {
            let text = self.text.strip_prefix(quote)?.strip_suffix(quote)?;
            (!text.contains(quote)).then_some(Self { start: self.start + 1, text })
        })
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_know_their_bytes() {
        let text = "é = 1\r\n\n  b\tc ";
        let lines: Vec<Piece<'_>> = lines(text).collect();
        assert_eq!(lines.iter().map(|line| line.text).collect::<Vec<_>>(), ["é = 1", "", "  b\tc "]);
        for piece in lines.iter().flat_map(|line| [*line, line.trim(), line.trim().split_at(2).1, line.end()])
        {
            assert_eq!(text.get(piece.at().bytes()), Some(piece.text));
        }
        assert_eq!(Piece { start: 3, text: "'a'" }.unquoted(), Some(Piece { start: 4, text: "a" }));
        for text in ["'a", "'", "'a\"", "'a' 'b'", "a"] {
            assert_eq!(Piece { start: 0, text }.unquoted(), None, "{text}");
        }
    }
}
