//! Numbers as their text says them: compared digit by digit, so that none is rounded and none is too long.
//!
//! Whole numbers and plain decimals, alone or with a unit of time, of size or per cent. Exponents, hexadecimal and the
//! like are not read; `numbers` says so where one comes up.

use std::cmp::Ordering;

use interlock_guest::trimmed;

/// A number: its digits without leading zeros, of which the last `scale` stand behind the point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    /// The first one is not 0; none at all is zero.
    digits: Vec<u8>,
    scale: usize,
}

impl Decimal {
    /// `12`, `-0.50`, `+3`, `.5`, `5.`
    #[inline(never)]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let (mut digits, mut is_number, mut point) = (Vec::new(), false, None);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'.' if point.is_none() => point = Some(at),
                b'0'..=b'9' => {
                    is_number = true;
                    if *byte != b'0' || !digits.is_empty() {
                        digits.push(*byte - b'0');
                    }
                }
                _ => return None,
            }
        }
        let scale = point.map_or(0, |point| unsigned.len() - point - 1);
        is_number.then_some(Self { negative, digits, scale })
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negative && !self.is_zero()
    }

    /// The same sign, so many times as large. The factor is a unit or a setting: not 0, and far below a
    /// tenth of what fits.
    #[inline(never)]
    pub(crate) fn times(&self, factor: u64) -> Self {
        let mut times = self.clone();
        let mut carry: u64 = 0;
        for digit in times.digits.iter_mut().rev() {
            // Whether it fits is a multiplication of 128 bits, for each digit.
            carry += u64::from(*digit).wrapping_mul(factor);
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            times.digits.insert(0, (carry % 10) as u8);
            carry /= 10;
        }
        times
    }

    /// Compares without signs.
    #[inline(never)]
    pub(crate) fn compare_size(&self, other: &Self) -> Ordering {
        if self.is_zero() || other.is_zero() {
            return other.is_zero().cmp(&self.is_zero());
        }
        // Neither starts with 0, so that the place of the first digit decides, and then digit after digit.
        let (first, of_other) = (self.digits.len() + other.scale, other.digits.len() + self.scale);
        first.cmp(&of_other).then_with(|| self.significant().cmp(other.significant()))
    }

    /// The digits without the zeros at their end.
    fn significant(&self) -> &[u8] {
        let mut digits = self.digits.as_slice();
        while let [rest @ .., 0] = digits {
            digits = rest;
        }
        digits
    }

    /// Compares as numbers are compared.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }

    /// Whether one of them is so many times as large as the other, or more. Zero is not asked about.
    pub(crate) fn differs_by(&self, other: &Self, factor: u64) -> bool {
        self.compare_size(&other.times(factor)) != Ordering::Less
            || other.compare_size(&self.times(factor)) != Ordering::Less
    }
}

/// What a unit measures. Only what measures the same is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Time,
    Bytes,
    Share,
}

/// Unit, what it measures, and how many of the smallest unit it is.
static UNITS: &[(&str, Measure, u64)] = &[
    ("ns", Measure::Time, 1),
    ("us", Measure::Time, 1_000),
    ("µs", Measure::Time, 1_000),
    ("ms", Measure::Time, 1_000_000),
    ("s", Measure::Time, 1_000_000_000),
    ("sec", Measure::Time, 1_000_000_000),
    ("m", Measure::Time, 60_000_000_000),
    ("min", Measure::Time, 60_000_000_000),
    ("h", Measure::Time, 3_600_000_000_000),
    ("d", Measure::Time, 86_400_000_000_000),
    ("B", Measure::Bytes, 1),
    ("k", Measure::Bytes, 1_000),
    ("K", Measure::Bytes, 1_000),
    ("KB", Measure::Bytes, 1_000),
    ("M", Measure::Bytes, 1_000_000),
    ("MB", Measure::Bytes, 1_000_000),
    ("G", Measure::Bytes, 1_000_000_000),
    ("GB", Measure::Bytes, 1_000_000_000),
    ("T", Measure::Bytes, 1_000_000_000_000),
    ("TB", Measure::Bytes, 1_000_000_000_000),
    ("Ki", Measure::Bytes, 1 << 10),
    ("KiB", Measure::Bytes, 1 << 10),
    ("Mi", Measure::Bytes, 1 << 20),
    ("MiB", Measure::Bytes, 1 << 20),
    ("Gi", Measure::Bytes, 1 << 30),
    ("GiB", Measure::Bytes, 1 << 30),
    ("Ti", Measure::Bytes, 1 << 40),
    ("TiB", Measure::Bytes, 1 << 40),
    ("%", Measure::Share, 1),
];

/// A longer text is no quantity.
const QUANTITY_BYTES_MAX: usize = 1024;

/// Two texts like `12h` and `90 min` as numbers of one unit. `None`: not both are such, or they measure different things.
pub(crate) fn with_units(before: &str, after: &str) -> Option<(Decimal, Decimal)> {
    let (before, measure) = with_unit(before)?;
    let (after, other) = with_unit(after)?;
    (measure == other).then_some((before, after))
}

pub(crate) fn with_unit(text: &str) -> Option<(Decimal, Measure)> {
    let (number, measure, factor) = parts(text)?;
    Some((Decimal::parse(number)?.times(factor), measure))
}

/// The number of a text like `30s`, as it is written.
pub(crate) fn number_with_unit(text: &str) -> Option<&str> {
    parts(text).map(|(number, _, _)| number)
}

#[inline(never)]
fn parts(text: &str) -> Option<(&str, Measure, u64)> {
    let text = trimmed(text);
    if text.len() > QUANTITY_BYTES_MAX {
        return None;
    }
    let end = text.bytes().position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+'))?;
    let (number, unit) = text.split_at_checked(end).filter(|(number, _)| !number.is_empty())?;
    let unit = trimmed(unit);
    let (_, measure, factor) = UNITS.iter().find(|(name, _, _)| *name == unit)?;
    Some((number, *measure, *factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn plain_numbers_are_read_and_nothing_else() {
        for text in ["0", "-0", "007", "1.50", ".5", "5.", "+3", "123456789012345678901234567890.1"] {
            assert!(Decimal::parse(text).is_some(), "{text}");
        }
        for text in ["", ".", "-", "1e3", "0x1F", "1_000", "1.2.3", "1,5", ".inf", "NaN", "--1", " 1", "٣"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn sizes_compare_exactly() {
        let rising =
            ["0.000", "0.09", "-0.1", "0.5", "1", "1.0000000000000000001", "9.99", "10", "100.5", "1000"];
        for (index, small) in rising.iter().enumerate() {
            for (other, large) in rising.iter().enumerate() {
                assert_eq!(number(small).compare_size(&number(large)), index.cmp(&other), "{small} {large}");
            }
        }
        assert_eq!(number("1.50").compare_size(&number("01.5")), Ordering::Equal);
        assert_eq!(number("0").compare_size(&number("-0.0")), Ordering::Equal);
    }

    #[test]
    fn signs_count_where_numbers_are_compared() {
        let rising = ["-10", "-9.5", "-0.1", "0", "0.1", "9.5", "10"];
        for (index, small) in rising.iter().enumerate() {
            for (other, large) in rising.iter().enumerate() {
                assert_eq!(number(small).compare(&number(large)), index.cmp(&other), "{small} {large}");
            }
        }
        assert_eq!(number("-0").compare(&number("0")), Ordering::Equal);
    }

    #[test]
    fn multiplying_is_exact() {
        assert_eq!(number("0.125").times(8), Decimal { negative: false, digits: vec![1, 0, 0, 0], scale: 3 });
        let largest = UNITS.iter().map(|(_, _, factor)| *factor).max().unwrap();
        assert_eq!(number("9999999999").times(largest), number("863999999913600000000000"));
    }

    #[test]
    fn factors_are_met_exactly_at_their_edge() {
        for (before, after, factor, differs) in [
            ("1", "4", 4, true),
            ("1", "3.9999999999999999999999", 4, false),
            ("0.4", "0.1", 4, true),
            ("0.40000000000000000000001", "0.1", 4, true),
            ("0.39999999999999999999999", "0.1", 4, false),
            ("-5", "-500", 100, true),
            ("1", "99.99", 100, false),
            ("10000000000000000000000000000", "100000000000000000000000000", 100, true),
        ] {
            assert_eq!(number(before).differs_by(&number(after), factor), differs, "{before} {after}");
        }
    }

    #[test]
    fn units_are_compared_where_they_measure_the_same() {
        let by = |before, after, factor| {
            with_units(before, after).map(|(before, after)| before.differs_by(&after, factor))
        };
        assert_eq!(by("12h", "2h", 6), Some(true));
        assert_eq!(by("12h", "2h", 7), Some(false));
        assert_eq!(by("90 s", "1.5m", 2), Some(false));
        assert_eq!(by("512Mi", "2Gi", 4), Some(true));
        assert_eq!(by("250m", "500m", 2), Some(true));
        for (before, after) in
            [("1h", "1Gi"), ("v12", "v1"), ("1.2.3", "1.2.4"), ("1h30m", "2h"), ("5", "5s")]
        {
            assert_eq!(by(before, after, 2), None, "{before} {after}");
        }
    }
}
