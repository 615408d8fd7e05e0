//! Sets of characters, as far as two parts of a pattern are told apart by them: each ASCII character, and all others as one.

/// What one step of a pattern takes. In two halves, since a shift of 128 bits is a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chars {
    /// One bit for each character up to `?`, which is 63.
    low: u64,
    /// One for each from `@` to the end of ASCII.
    high: u64,
    beyond: bool,
}

/// So many are more than any list of characters that somebody writes: `.`, `[^/]`, `\S`.
const WIDE_MIN: u32 = 64;

impl Chars {
    pub(crate) const NONE: Self = Self { low: 0, high: 0, beyond: false };
    pub(crate) const ALL: Self = Self::NONE.not();
    pub(crate) const BEYOND: Self = Self { beyond: true, ..Self::NONE };
    /// What `.` takes.
    pub(crate) const LINE: Self = Self::one(b'\n').not();
    pub(crate) const DIGITS: Self = Self::between(b'0', b'9');
    pub(crate) const BLANKS: Self = Self::between(b'\t', b'\r').or(Self::one(b' '));
    pub(crate) const LETTERS: Self = Self::between(b'a', b'z').or(Self::between(b'A', b'Z')).or(Self::BEYOND);
    pub(crate) const WORD: Self = Self::LETTERS.or(Self::DIGITS).or(Self::one(b'_'));

    #[inline(never)]
    pub(crate) const fn one(byte: u8) -> Self {
        match byte {
            0..64 => Self { low: 1 << byte, ..Self::NONE },
            64..128 => Self { high: 1 << (byte - 64), ..Self::NONE },
            _ => Self::BEYOND,
        }
    }

    /// Both ends are taken. Ends in the wrong order take nothing.
    #[inline(never)]
    pub(crate) const fn between(low: u8, high: u8) -> Self {
        let (below, last) = (Self::below(low), Self::one(high));
        let up_to = Self::below(high).or(last);
        Self { low: up_to.low & !below.low, high: up_to.high & !below.high, beyond: last.beyond }
    }

    /// What comes before a character.
    const fn below(byte: u8) -> Self {
        match byte {
            0..64 => Self { low: (1 << byte) - 1, ..Self::NONE },
            64..128 => Self { low: u64::MAX, high: (1 << (byte - 64)) - 1, beyond: false },
            _ => Self { low: u64::MAX, high: u64::MAX, beyond: false },
        }
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high, beyond: self.beyond || other.beyond }
    }

    /// Everything else. Of what lies beyond ASCII, some is always left.
    pub(crate) const fn not(self) -> Self {
        Self { low: !self.low, high: !self.high, beyond: true }
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.low & other.low != 0 || self.high & other.high != 0 || self.beyond && other.beyond
    }

    pub(crate) const fn is_wide(self) -> bool {
        self.low.count_ones() + self.high.count_ones() >= WIDE_MIN
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
