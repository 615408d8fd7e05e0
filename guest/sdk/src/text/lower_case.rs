//! Which letter is a letter's small one, for [`plain`](super::plain) and [`is_same`](super::is_same).
//!
//! `char::to_lowercase` has it letter by letter, in a table of 11 KB that is compiled into each policy that asks. As runs
//! of letters at one distance it is 1 KB. The test holds that it is the same, and writes it anew when Unicode grows.

use std::str::Chars;

/// Letters at the same distance from their small ones.
struct Run {
    /// The first of them.
    first: u16,
    /// How many.
    letters: u8,
    /// From one to the next: 2 where large and small take turns.
    step: u8,
    /// What is added, round the end of 16 bits.
    distance: u16,
}

const fn run(first: u16, letters: u8, step: u8, distance: u16) -> Run {
    Run { first, letters, step, distance }
}

/// The letters of a text as they are compared: each one's small one, or itself if it has none.
pub(super) fn letters(text: &str) -> Letters<'_> {
    Letters { rest: text.chars(), mark: None }
}

pub(super) struct Letters<'a> {
    rest: Chars<'a>,
    /// The second letter of the only one that comes to two.
    mark: Option<char>,
}

impl Iterator for Letters<'_> {
    type Item = char;

    #[inline(never)]
    fn next(&mut self) -> Option<char> {
        if self.mark.is_some() {
            return self.mark.take();
        }
        Some(match self.rest.next()? {
            letter if letter.is_ascii() => letter.to_ascii_lowercase(),
            '\u{130}' => {
                self.mark = Some('\u{307}');
                'i'
            }
            // Of the two small ones, which one it is depends on where it stands.
            'ς' => 'σ',
            letter => small(letter),
        })
    }
}

/// Whether a letter has a small one that is not itself.
pub(super) fn has_small(letter: char) -> bool {
    letter == '\u{130}' || small(letter) != letter
}

#[inline(never)]
fn small(letter: char) -> char {
    let number = u32::from(letter);
    let (plane, runs) = match number >> 16 {
        0 => (0, BASIC),
        1 => (1 << 16, SUPPLEMENTARY),
        _ => return letter,
    };
    // Within its plane.
    let number = (number & 0xffff) as u16;
    let before = runs.partition_point(|run| run.first <= number);
    let run = before.checked_sub(1).and_then(|last| runs.get(last));
    match run.and_then(|run| run.small(number)).and_then(|small| char::from_u32(plane + u32::from(small))) {
        Some(small) => small,
        None => letter,
    }
}

impl Run {
    fn small(&self, number: u16) -> Option<u16> {
        let (from_first, step) = (number.checked_sub(self.first)?, u16::from(self.step));
        let is_here = from_first.is_multiple_of(step) && from_first < u16::from(self.letters) * step;
        is_here.then(|| number.wrapping_add(self.distance))
    }
}

/// Unicode's first 65,536 numbers.
#[rustfmt::skip]
static BASIC: &[Run] = &[
    run(0x0041, 26, 1, 0x0020), run(0x00c0, 23, 1, 0x0020), run(0x00d8, 7, 1, 0x0020),
    run(0x0100, 24, 2, 0x0001), run(0x0132, 3, 2, 0x0001), run(0x0139, 8, 2, 0x0001),
    run(0x014a, 23, 2, 0x0001), run(0x0178, 1, 1, 0xff87), run(0x0179, 3, 2, 0x0001),
    run(0x0181, 1, 1, 0x00d2), run(0x0182, 2, 2, 0x0001), run(0x0186, 1, 1, 0x00ce),
    run(0x0187, 1, 1, 0x0001), run(0x0189, 2, 1, 0x00cd), run(0x018b, 1, 1, 0x0001),
    run(0x018e, 1, 1, 0x004f), run(0x018f, 1, 1, 0x00ca), run(0x0190, 1, 1, 0x00cb),
    run(0x0191, 1, 1, 0x0001), run(0x0193, 1, 1, 0x00cd), run(0x0194, 1, 1, 0x00cf),
    run(0x0196, 1, 1, 0x00d3), run(0x0197, 1, 1, 0x00d1), run(0x0198, 1, 1, 0x0001),
    run(0x019c, 1, 1, 0x00d3), run(0x019d, 1, 1, 0x00d5), run(0x019f, 1, 1, 0x00d6),
    run(0x01a0, 3, 2, 0x0001), run(0x01a6, 1, 1, 0x00da), run(0x01a7, 1, 1, 0x0001),
    run(0x01a9, 1, 1, 0x00da), run(0x01ac, 1, 1, 0x0001), run(0x01ae, 1, 1, 0x00da),
    run(0x01af, 1, 1, 0x0001), run(0x01b1, 2, 1, 0x00d9), run(0x01b3, 2, 2, 0x0001),
    run(0x01b7, 1, 1, 0x00db), run(0x01b8, 1, 1, 0x0001), run(0x01bc, 1, 1, 0x0001),
    run(0x01c4, 1, 1, 0x0002), run(0x01c5, 1, 1, 0x0001), run(0x01c7, 1, 1, 0x0002),
    run(0x01c8, 1, 1, 0x0001), run(0x01ca, 1, 1, 0x0002), run(0x01cb, 9, 2, 0x0001),
    run(0x01de, 9, 2, 0x0001), run(0x01f1, 1, 1, 0x0002), run(0x01f2, 2, 2, 0x0001),
    run(0x01f6, 1, 1, 0xff9f), run(0x01f7, 1, 1, 0xffc8), run(0x01f8, 20, 2, 0x0001),
    run(0x0220, 1, 1, 0xff7e), run(0x0222, 9, 2, 0x0001), run(0x023a, 1, 1, 0x2a2b),
    run(0x023b, 1, 1, 0x0001), run(0x023d, 1, 1, 0xff5d), run(0x023e, 1, 1, 0x2a28),
    run(0x0241, 1, 1, 0x0001), run(0x0243, 1, 1, 0xff3d), run(0x0244, 1, 1, 0x0045),
    run(0x0245, 1, 1, 0x0047), run(0x0246, 5, 2, 0x0001), run(0x0370, 2, 2, 0x0001),
    run(0x0376, 1, 1, 0x0001), run(0x037f, 1, 1, 0x0074), run(0x0386, 1, 1, 0x0026),
    run(0x0388, 3, 1, 0x0025), run(0x038c, 1, 1, 0x0040), run(0x038e, 2, 1, 0x003f),
    run(0x0391, 17, 1, 0x0020), run(0x03a3, 9, 1, 0x0020), run(0x03cf, 1, 1, 0x0008),
    run(0x03d8, 12, 2, 0x0001), run(0x03f4, 1, 1, 0xffc4), run(0x03f7, 1, 1, 0x0001),
    run(0x03f9, 1, 1, 0xfff9), run(0x03fa, 1, 1, 0x0001), run(0x03fd, 3, 1, 0xff7e),
    run(0x0400, 16, 1, 0x0050), run(0x0410, 32, 1, 0x0020), run(0x0460, 17, 2, 0x0001),
    run(0x048a, 27, 2, 0x0001), run(0x04c0, 1, 1, 0x000f), run(0x04c1, 7, 2, 0x0001),
    run(0x04d0, 48, 2, 0x0001), run(0x0531, 38, 1, 0x0030), run(0x10a0, 38, 1, 0x1c60),
    run(0x10c7, 1, 1, 0x1c60), run(0x10cd, 1, 1, 0x1c60), run(0x13a0, 80, 1, 0x97d0),
    run(0x13f0, 6, 1, 0x0008), run(0x1c89, 1, 1, 0x0001), run(0x1c90, 43, 1, 0xf440),
    run(0x1cbd, 3, 1, 0xf440), run(0x1e00, 75, 2, 0x0001), run(0x1e9e, 1, 1, 0xe241),
    run(0x1ea0, 48, 2, 0x0001), run(0x1f08, 8, 1, 0xfff8), run(0x1f18, 6, 1, 0xfff8),
    run(0x1f28, 8, 1, 0xfff8), run(0x1f38, 8, 1, 0xfff8), run(0x1f48, 6, 1, 0xfff8),
    run(0x1f59, 4, 2, 0xfff8), run(0x1f68, 8, 1, 0xfff8), run(0x1f88, 8, 1, 0xfff8),
    run(0x1f98, 8, 1, 0xfff8), run(0x1fa8, 8, 1, 0xfff8), run(0x1fb8, 2, 1, 0xfff8),
    run(0x1fba, 2, 1, 0xffb6), run(0x1fbc, 1, 1, 0xfff7), run(0x1fc8, 4, 1, 0xffaa),
    run(0x1fcc, 1, 1, 0xfff7), run(0x1fd8, 2, 1, 0xfff8), run(0x1fda, 2, 1, 0xff9c),
    run(0x1fe8, 2, 1, 0xfff8), run(0x1fea, 2, 1, 0xff90), run(0x1fec, 1, 1, 0xfff9),
    run(0x1ff8, 2, 1, 0xff80), run(0x1ffa, 2, 1, 0xff82), run(0x1ffc, 1, 1, 0xfff7),
    run(0x2126, 1, 1, 0xe2a3), run(0x212a, 1, 1, 0xdf41), run(0x212b, 1, 1, 0xdfba),
    run(0x2132, 1, 1, 0x001c), run(0x2160, 16, 1, 0x0010), run(0x2183, 1, 1, 0x0001),
    run(0x24b6, 26, 1, 0x001a), run(0x2c00, 48, 1, 0x0030), run(0x2c60, 1, 1, 0x0001),
    run(0x2c62, 1, 1, 0xd609), run(0x2c63, 1, 1, 0xf11a), run(0x2c64, 1, 1, 0xd619),
    run(0x2c67, 3, 2, 0x0001), run(0x2c6d, 1, 1, 0xd5e4), run(0x2c6e, 1, 1, 0xd603),
    run(0x2c6f, 1, 1, 0xd5e1), run(0x2c70, 1, 1, 0xd5e2), run(0x2c72, 1, 1, 0x0001),
    run(0x2c75, 1, 1, 0x0001), run(0x2c7e, 2, 1, 0xd5c1), run(0x2c80, 50, 2, 0x0001),
    run(0x2ceb, 2, 2, 0x0001), run(0x2cf2, 1, 1, 0x0001), run(0xa640, 23, 2, 0x0001),
    run(0xa680, 14, 2, 0x0001), run(0xa722, 7, 2, 0x0001), run(0xa732, 31, 2, 0x0001),
    run(0xa779, 2, 2, 0x0001), run(0xa77d, 1, 1, 0x75fc), run(0xa77e, 5, 2, 0x0001),
    run(0xa78b, 1, 1, 0x0001), run(0xa78d, 1, 1, 0x5ad8), run(0xa790, 2, 2, 0x0001),
    run(0xa796, 10, 2, 0x0001), run(0xa7aa, 1, 1, 0x5abc), run(0xa7ab, 1, 1, 0x5ab1),
    run(0xa7ac, 1, 1, 0x5ab5), run(0xa7ad, 1, 1, 0x5abf), run(0xa7ae, 1, 1, 0x5abc),
    run(0xa7b0, 1, 1, 0x5aee), run(0xa7b1, 1, 1, 0x5ad6), run(0xa7b2, 1, 1, 0x5aeb),
    run(0xa7b3, 1, 1, 0x03a0), run(0xa7b4, 8, 2, 0x0001), run(0xa7c4, 1, 1, 0xffd0),
    run(0xa7c5, 1, 1, 0x5abd), run(0xa7c6, 1, 1, 0x75c8), run(0xa7c7, 2, 2, 0x0001),
    run(0xa7cb, 1, 1, 0x5a99), run(0xa7cc, 8, 2, 0x0001), run(0xa7dc, 1, 1, 0x59bf),
    run(0xa7f5, 1, 1, 0x0001), run(0xff21, 26, 1, 0x0020),
];

/// Its second.
#[rustfmt::skip]
static SUPPLEMENTARY: &[Run] = &[
    run(0x0400, 40, 1, 0x0028), run(0x04b0, 36, 1, 0x0028), run(0x0570, 11, 1, 0x0027),
    run(0x057c, 15, 1, 0x0027), run(0x058c, 7, 1, 0x0027), run(0x0594, 2, 1, 0x0027),
    run(0x0c80, 51, 1, 0x0040), run(0x0d50, 22, 1, 0x0020), run(0x18a0, 32, 1, 0x0020),
    run(0x6e40, 32, 1, 0x0020), run(0x6ea0, 25, 1, 0x001b), run(0xe900, 34, 1, 0x0022),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_std_has() {
        let mut other = Vec::new();
        for letter in '\0'..=char::MAX {
            // Of the two small ones of Greek, this one is compared as the other.
            let as_std_has_it = if letter == 'ς' { 'σ'.to_lowercase() } else { letter.to_lowercase() };
            if !letters(letter.encode_utf8(&mut [0; 4])).eq(as_std_has_it) {
                other.push(letter);
            }
        }
        assert!(other.is_empty(), "{other:?}; as std has it:\n{}\n{}", written(0), written(1));
    }

    /// The table of one plane, from std.
    fn written(plane: u32) -> String {
        let numbers = (plane << 16)..=(plane << 16 | 0xffff);
        let letters: Vec<(u16, u16)> = numbers.filter_map(char::from_u32).filter_map(distance).collect();
        let (mut table, mut rest) = (String::new(), letters.as_slice());
        while let [(first, distance), ..] = rest {
            let count = |step: usize| {
                let run = (*first..).step_by(step).zip(rest);
                run.take_while(|(number, letter)| **letter == (*number, *distance)).count()
            };
            let (letters, step) = if count(2) > count(1) { (count(2), 2) } else { (count(1), 1) };
            table += &format!(" run({first:#06x}, {letters}, {step}, {distance:#06x}),");
            rest = &rest[letters..];
        }
        table
    }

    /// A letter's number in its plane, and how far its small one is.
    fn distance(letter: char) -> Option<(u16, u16)> {
        let mut small = letter.to_lowercase();
        let (Some(one), None) = (small.next(), small.next()) else { return None };
        let number = |letter: char| u32::from(letter) as u16;
        (one != letter).then(|| (number(letter), number(one).wrapping_sub(number(letter))))
    }
}
