//! Sets of characters, as far as two parts of a pattern are told apart by them: each ASCII character, and all others as one.

/// What one step of a pattern takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chars {
    ascii: u128,
    beyond: bool,
}

/// So many are more than any list of characters that somebody writes: `.`, `[^/]`, `\S`.
const WIDE_MIN: u32 = 64;

impl Chars {
    pub(crate) const NONE: Self = Self { ascii: 0, beyond: false };
    pub(crate) const ALL: Self = Self { ascii: u128::MAX, beyond: true };
    pub(crate) const BEYOND: Self = Self { ascii: 0, beyond: true };
    /// What `.` takes.
    pub(crate) const LINE: Self = Self { ascii: !(1 << b'\n'), beyond: true };
    pub(crate) const DIGITS: Self = Self::between(b'0', b'9');
    pub(crate) const BLANKS: Self =
        Self { ascii: Self::between(b'\t', b'\r').ascii | 1 << b' ', beyond: false };
    pub(crate) const LETTERS: Self =
        Self { ascii: Self::between(b'a', b'z').ascii | Self::between(b'A', b'Z').ascii, beyond: true };
    pub(crate) const WORD: Self =
        Self { ascii: Self::LETTERS.ascii | Self::DIGITS.ascii | 1 << b'_', beyond: true };

    pub(crate) const fn one(byte: u8) -> Self {
        if byte < 128 { Self { ascii: 1 << byte, beyond: false } } else { Self::BEYOND }
    }

    /// Both ends are taken. Ends in the wrong order take nothing.
    pub(crate) const fn between(low: u8, high: u8) -> Self {
        let up_to = if high >= 127 { u128::MAX } else { (1 << (high + 1)) - 1 };
        let below = if low >= 128 { u128::MAX } else { (1 << low) - 1 };
        Self { ascii: up_to & !below, beyond: high >= 128 }
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, beyond: self.beyond || other.beyond }
    }

    /// Everything else. Of what lies beyond ASCII, some is always left.
    pub(crate) const fn not(self) -> Self {
        Self { ascii: !self.ascii, beyond: true }
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.ascii & other.ascii != 0 || self.beyond && other.beyond
    }

    pub(crate) const fn is_wide(self) -> bool {
        self.ascii.count_ones() >= WIDE_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_apart_at_their_edges() {
        assert!(Chars::WORD.meets(Chars::DIGITS) && !Chars::BLANKS.meets(Chars::WORD));
        assert!(Chars::LINE.meets(Chars::BEYOND) && !Chars::LINE.meets(Chars::one(b'\n')));
        assert!(!Chars::DIGITS.meets(Chars::DIGITS.not()) && Chars::DIGITS.not().is_wide());
        assert_eq!(Chars::between(b'b', b'a'), Chars::NONE);
        assert_eq!(Chars::between(0, 255), Chars::ALL);
        assert_eq!(Chars::one(200), Chars::BEYOND);
        assert!(!Chars::WORD.is_wide());
    }
}
