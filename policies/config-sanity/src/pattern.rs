//! How a regular expression repeats what repeats.
//!
//! A scan of its structure, in the syntax that most engines share. It does not run the pattern: it asks of each
//! repetition whether what comes after one turn may also be taken by the turn itself. If so, a text of n characters can
//! be divided in as many ways as there are, and an engine that goes back tries each of them. `(a+)+`, `(\w+\s?)*` and
//! `(\w|\d)*` are such; `([a-z]+\.)+` is not, since the dot says where each turn ends.

use interlock_guest::prelude::*;

use crate::chars::Chars;

/// What matching may cost, by the structure alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cost {
    /// Nothing was found.
    Plain,
    /// Too long, too deep or too intricate to be looked through.
    Unknown,
    /// Two repetitions of the same few characters, one right behind the other.
    Twice,
    /// The same of nearly every character, as `.*.*`.
    TwiceAnything,
    /// A repetition that can be divided in ever more ways.
    Nested,
}

/// Longer patterns are not looked through.
const PATTERN_BYTES_MAX: usize = 4096;
const DEPTH_MAX: u32 = 12;
/// Steps from one part of a repetition to the next, over the whole pattern.
const STEPS_MAX: u32 = 20_000;
/// A repetition that ends after so many turns is no worse than its turns.
const TURNS_FEW: u32 = 9;

/// The cost of a pattern. What is no pattern has none: its reader refuses it.
pub(crate) fn cost(text: &str) -> Cost {
    if text.len() > PATTERN_BYTES_MAX {
        return Cost::Unknown;
    }
    let mut scan = Scan { text: text.as_bytes(), at: 0, depth: 0, steps: 0, cost: Cost::Plain };
    match scan.group() {
        Ok(_) if scan.at == scan.text.len() => scan.cost,
        Ok(_) | Err(Stop::NoPattern) => Cost::Plain,
        Err(Stop::TooMuch) => scan.cost.max(Cost::Unknown),
    }
}

/// Why a scan ends early.
enum Stop {
    NoPattern,
    TooMuch,
}

/// One part of a sequence.
#[derive(Clone, Copy)]
struct Part {
    /// What it may begin with.
    first: Chars,
    /// What a repetition at its end may go on to take.
    tail: Chars,
    may_be_empty: bool,
    /// Whether it is one set of characters, repeated or not.
    is_set: bool,
}

impl Part {
    /// What takes no character, and parts what is before it from what is after: anchors, looks ahead and back.
    const EDGE: Self = Self { first: Chars::NONE, tail: Chars::NONE, may_be_empty: false, is_set: false };

    fn set(chars: Chars) -> Self {
        Self { first: chars, tail: Chars::NONE, may_be_empty: false, is_set: true }
    }

    fn repeats(&self) -> bool {
        self.tail != Chars::NONE
    }
}

type Branches = Vec<Vec<Part>>;

/// How often something is repeated.
struct Turns {
    /// More than once, and not the same number each time.
    vary: bool,
    /// Often enough that it matters how each turn is divided.
    are_many: bool,
    may_be_none: bool,
    /// `a++`: nothing that was taken is given back.
    keeps: bool,
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    depth: u32,
    steps: u32,
    cost: Cost,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline(never)]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, word: &[u8]) -> bool {
        let is_here = self.text.get(self.at..).known_and(|rest| rest.starts_with(word));
        self.at += if is_here { word.len() } else { 0 };
        is_here
    }

    #[inline(never)]
    fn skip_past(&mut self, end: u8) -> Result<(), Stop> {
        while self.next().ok_or(Stop::NoPattern)? != end {}
        Ok(())
    }

    /// Branches up to the end of a group, or of the pattern.
    fn group(&mut self) -> Result<Branches, Stop> {
        let mut branches = Vec::new();
        loop {
            let mut branch = Vec::new();
            while !matches!(self.peek(), None | Some(b'|' | b')')) {
                self.part(&mut branch)?;
            }
            branches.push(branch);
            if !self.eat(b"|") {
                return Ok(branches);
            }
        }
    }

    /// Puts a part behind others, and sees whether two repetitions come to stand side by side.
    #[inline(never)]
    fn join(&mut self, branch: &mut Vec<Part>, part: &Part) {
        if let Some(last) = branch.last()
            && last.is_set
            && part.is_set
            && last.repeats()
            && last.tail == part.tail
        {
            self.found(if last.tail.is_wide() { Cost::TwiceAnything } else { Cost::Twice });
        }
        branch.push(*part);
    }

    fn found(&mut self, cost: Cost) {
        self.cost = self.cost.max(cost);
    }

    /// Reads one part with its repetition. A group that is not repeated is its parts.
    #[inline(never)]
    fn part(&mut self, branch: &mut Vec<Part>) -> Result<(), Stop> {
        let set = match self.next().ok_or(Stop::NoPattern)? {
            b'(' => return self.parenthesis(branch),
            b'[' => Some(self.class()?),
            b'.' => Some(Chars::LINE),
            b'^' | b'$' => {
                self.join(branch, &Part::EDGE);
                return Ok(());
            }
            b'*' | b'+' | b'?' => return Err(Stop::NoPattern),
            b'\\' => self.escape()?,
            byte => Some(self.literal(byte)),
        };
        let turns = self.turns()?;
        let mut part = set.map_or(Part::EDGE, Part::set);
        if let (Some(set), Some(turns)) = (set, turns) {
            part.may_be_empty = turns.may_be_none;
            if turns.vary && turns.are_many && !turns.keeps {
                part.tail = set;
            }
        }
        self.join(branch, &part);
        Ok(())
    }

    /// The bytes of one character beyond ASCII are one step.
    fn literal(&mut self, byte: u8) -> Chars {
        while byte >= 0xC0 && self.peek().known_and(|next| (0x80..0xC0).contains(next)) {
            self.next();
        }
        Chars::one(byte)
    }

    #[inline(never)]
    fn parenthesis(&mut self, branch: &mut Vec<Part>) -> Result<(), Stop> {
        if self.depth == DEPTH_MAX {
            return Err(Stop::TooMuch);
        }
        let kind = self.kind_of_group()?;
        if kind == Group::Nothing {
            return Ok(());
        }
        self.depth += 1;
        let branches = self.group()?;
        self.depth -= 1;
        if self.next() != Some(b')') {
            return Err(Stop::NoPattern);
        }
        let turns = self.turns()?;
        let keeps = kind == Group::Keeps;
        match (turns, branches.as_slice()) {
            _ if kind == Group::Look => self.join(branch, &Part::EDGE),
            // `(?:a)b` is `ab`.
            (None, [only]) if !keeps => {
                for part in only {
                    self.join(branch, part);
                }
            }
            (turns, branches) => {
                let part = self.repeated(branches, turns, keeps)?;
                self.join(branch, &part);
            }
        }
        Ok(())
    }

    /// A group as one part, with its repetition.
    fn repeated(&mut self, branches: &[Vec<Part>], turns: Option<Turns>, keeps: bool) -> Result<Part, Stop> {
        let mut part = summary(branches);
        let first = part.first;
        if !keeps {
            part.tail = tail(branches);
        }
        let Some(turns) = turns else { return Ok(part) };
        if turns.are_many && !keeps {
            self.turn_by_turn(branches)?;
            if turns.vary {
                part.tail = part.tail.or(first);
            }
        }
        if turns.keeps {
            part.tail = Chars::NONE;
        }
        part.may_be_empty |= turns.may_be_none;
        Ok(part)
    }

    /// What stands behind `(?`.
    #[inline(never)]
    fn kind_of_group(&mut self) -> Result<Group, Stop> {
        if !self.eat(b"?") {
            return Ok(Group::Plain);
        }
        for (opening, kind) in OPENINGS {
            if self.eat(opening) {
                return Ok(*kind);
            }
        }
        if self.eat(b"#") {
            self.skip_past(b')')?;
            return Ok(Group::Nothing);
        }
        if self.eat(b"P<") || self.eat(b"<") {
            self.skip_past(b'>')?;
            return Ok(Group::Plain);
        }
        // `(?i)`, `(?i:..)`, `(?:..)`. Others, such as conditions, are left to those who know them.
        loop {
            match self.next() {
                Some(b':') => return Ok(Group::Plain),
                Some(b')') => return Ok(Group::Nothing),
                Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'^') => {}
                Some(_) | None => return Err(Stop::NoPattern),
            }
        }
    }

    /// The repetition behind a part, if there is one.
    fn turns(&mut self) -> Result<Option<Turns>, Stop> {
        let (least, most) = match self.peek() {
            Some(b'*') => (0, u32::MAX),
            Some(b'+') => (1, u32::MAX),
            Some(b'?') => (0, 1),
            Some(b'{') => match self.bounds() {
                Some(bounds) => bounds,
                // `{}` and `{x` are characters to most engines.
                None => return Ok(None),
            },
            Some(_) | None => return Ok(None),
        };
        self.next();
        let keeps = match self.peek() {
            Some(b'?') => {
                self.next();
                false
            }
            Some(b'+') => {
                self.next();
                true
            }
            Some(b'*') => return Err(Stop::NoPattern),
            Some(_) | None => false,
        };
        Ok(Some(Turns { vary: least < most, are_many: most > TURNS_FEW, may_be_none: least == 0, keeps }))
    }

    /// `{2}`, `{2,}`, `{2,5}`, up to the closing brace. `None`: it is none, and nothing was read.
    fn bounds(&mut self) -> Option<(u32, u32)> {
        let begin = self.at;
        self.next();
        let least = self.count();
        let most = if self.eat(b",") { self.count().or(Some(u32::MAX)) } else { least };
        let bounds = least.zip(most).filter(|_| self.peek() == Some(b'}'));
        if bounds.is_none() {
            self.at = begin;
        }
        bounds
    }

    /// Digits. What is too much to be counted is as good as any large number.
    fn count(&mut self) -> Option<u32> {
        let mut count = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.next();
            count = Some(
                count
                    .map_or(0, |count: u32| count.saturating_mul(10))
                    .saturating_add(u32::from(digit - b'0')),
            );
        }
        count
    }

    /// `[a-z\d_]`, `[^/]`
    #[inline(never)]
    fn class(&mut self) -> Result<Chars, Stop> {
        let is_negated = self.eat(b"^");
        let (mut chars, mut is_first) = (Chars::NONE, true);
        loop {
            let byte = self.next().ok_or(Stop::NoPattern)?;
            if byte == b']' && !is_first {
                break;
            }
            is_first = false;
            if byte == b'[' && self.eat(b":") {
                self.skip_past(b']')?;
                chars = chars.or(Chars::WORD);
                continue;
            }
            let one = if byte == b'\\' { self.escape()? } else { Some(self.literal(byte)) };
            chars = chars.or(one.map_or(Chars::NONE, |one| one));
            // The end of a range. A dash at the end of the class is itself.
            if byte != b'\\'
                && let [b'-', high, ..] = self.text.get(self.at..).map_or([].as_slice(), |rest| rest)
                && !matches!(high, b']' | b'\\' | b'[')
            {
                self.next();
                self.next();
                let high = *high;
                chars = chars.or(Chars::between(byte, high)).or(self.literal(high));
            }
        }
        Ok(if is_negated { chars.not() } else { chars })
    }

    /// What stands behind a backslash. `None`: it takes no character, or nobody knows which.
    fn escape(&mut self) -> Result<Option<Chars>, Stop> {
        Ok(Some(match self.next().ok_or(Stop::NoPattern)? {
            b'd' => Chars::DIGITS,
            b'D' => Chars::DIGITS.not(),
            b'w' => Chars::WORD,
            b'W' => Chars::WORD.not(),
            b's' | b'h' | b'v' | b'R' => Chars::BLANKS,
            b'S' | b'H' | b'N' => Chars::BLANKS.not(),
            b'n' => Chars::one(b'\n'),
            b'r' => Chars::one(b'\r'),
            b't' => Chars::one(b'\t'),
            b'f' | b'e' | b'a' | b'0' => Chars::one(0),
            class @ (b'p' | b'P') => {
                if self.eat(b"{") {
                    self.skip_past(b'}')?;
                } else {
                    self.at += 1;
                }
                if class == b'p' { Chars::LETTERS.or(Chars::BLANKS) } else { Chars::ALL }
            }
            b'x' | b'u' => {
                if self.eat(b"{") {
                    self.skip_past(b'}')?;
                } else {
                    while self.peek().known_and(u8::is_ascii_hexdigit) {
                        self.next();
                    }
                }
                Chars::BEYOND
            }
            byte if byte.is_ascii_alphanumeric() => return Ok(None),
            byte => self.literal(byte),
        }))
    }

    /// Whether what comes after one turn, or after one repetition within it, may be taken by either.
    #[inline(never)]
    fn turn_by_turn(&mut self, branches: &[Vec<Part>]) -> Result<(), Stop> {
        let mut others = branches;
        while let [branch, rest @ ..] = others {
            if let ([part], true) = (branch.as_slice(), branches.len() > 1) {
                self.same_as_another(part, rest)?;
            }
            self.end_to_end(branch, branches)?;
            others = rest;
        }
        Ok(())
    }

    /// Goes on from each repetition of a branch to its end, and into the next turn.
    fn end_to_end(&mut self, branch: &[Part], next_turn: &[Vec<Part>]) -> Result<(), Stop> {
        let mut parts = branch;
        while let [part, rest @ ..] = parts {
            if part.repeats() && self.reaches_end(part.tail, rest)? {
                for next in next_turn {
                    self.reaches_end(part.tail, next)?;
                }
            }
            parts = rest;
        }
        Ok(())
    }

    /// `(\w|\d)*`: each character by either branch.
    fn same_as_another(&mut self, part: &Part, others: &[Vec<Part>]) -> Result<(), Stop> {
        for other in others {
            self.step()?;
            if let [other] = other.as_slice()
                && part.is_set
                && other.is_set
                && part.first.meets(other.first)
            {
                self.found(Cost::Nested);
            }
        }
        Ok(())
    }

    /// Goes on from a repetition. A part that surely takes something else parts the two turns; another repetition that
    /// may take the same is found. `true`: neither came.
    fn reaches_end(&mut self, tail: Chars, parts: &[Part]) -> Result<bool, Stop> {
        for part in parts {
            self.step()?;
            let meets = part.first.meets(tail);
            if meets && part.repeats() {
                self.found(Cost::Nested);
                return Ok(false);
            }
            if !meets && !part.may_be_empty {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn step(&mut self) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > STEPS_MAX { Err(Stop::TooMuch) } else { Ok(()) }
    }
}

/// What a parenthesis means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Plain,
    /// It looks, and takes nothing.
    Look,
    /// It gives nothing back.
    Keeps,
    /// A comment, or an option.
    Nothing,
}

/// What some groups open with, behind `(?`.
static OPENINGS: &[(&[u8], Group)] = &[
    (b"=", Group::Look),
    (b"!", Group::Look),
    (b"<=", Group::Look),
    (b"<!", Group::Look),
    (b">", Group::Keeps),
];

/// A group as one part, without its tail.
#[inline(never)]
fn summary(branches: &[Vec<Part>]) -> Part {
    let mut whole = Part { first: Chars::NONE, tail: Chars::NONE, may_be_empty: false, is_set: false };
    for branch in branches {
        let mut is_empty = true;
        for part in branch {
            whole.first = whole.first.or(part.first);
            if !part.may_be_empty {
                is_empty = false;
                break;
            }
        }
        whole.may_be_empty |= is_empty;
    }
    whole
}

/// What the repetitions at the ends of the branches may go on to take.
#[inline(never)]
fn tail(branches: &[Vec<Part>]) -> Chars {
    let mut chars = Chars::NONE;
    for branch in branches {
        for part in branch.iter().rev() {
            chars = chars.or(part.tail);
            if !part.may_be_empty {
                break;
            }
        }
    }
    chars
}

#[cfg(test)]
mod tests;
