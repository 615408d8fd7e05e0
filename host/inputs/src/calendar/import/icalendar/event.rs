//! One event: which of its lines count, when it begins and ends, and the window it becomes.
//!
//! An event ends by `DTEND` or `DURATION`. Of one that repeats it is not always clear whether that many minutes pass or
//! that much shows on the clock, where clocks are changed in between: what closes lasts until the later of the two, and
//! what opens until the earlier.

use interlock_model::{Span, WindowKind};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::lines::Line;
use super::moment::{End, Moment, whole_minute};
use super::rule;
use crate::calendar::clock::{self, Coming, Stretch};
use crate::calendar::format::{NAME_MAX, REASON_MAX};
use crate::calendar::import::{Asked, kind_in_words, one_line};
use crate::calendar::repeat::{Listed, later};
use crate::calendar::{Place, Times, Window};
use crate::error::{Problem, ProblemKind};
use crate::zone::Zones;

/// Minutes of the longest event: five years, as long as a calendar knows anything.
const MINUTES_MAX: i64 = 5 * 366 * 24 * 60;

/// Lines that say nothing of when an event is, or whether.
const PASSED_OVER: &[&str] = &[
    "UID",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "SEQUENCE",
    "CLASS",
    "PRIORITY",
    "LOCATION",
    "GEO",
    "URL",
    "ORGANIZER",
    "ATTENDEE",
    "CATEGORIES",
    "COMMENT",
    "CONTACT",
    "ATTACH",
    "RELATED-TO",
    "RESOURCES",
    "REQUEST-STATUS",
    "TRANSP",
    "COLOR",
    "IMAGE",
    "CONFERENCE",
];
const ONCE: &[&str] = &["DTSTART", "DTEND", "DURATION", "RRULE", "SUMMARY", "DESCRIPTION", "STATUS"];

/// The lines of one event.
pub(super) struct Event<'l> {
    begin: &'l Line,
    lines: Vec<&'l Line>,
}

/// How long it lasts.
#[derive(Clone, Copy)]
struct Length {
    /// Minutes that a clock goes on by.
    shown: u32,
    /// Minutes that pass. `None`: of whole days, nobody counts them.
    passed: Option<i32>,
}

impl<'l> Event<'l> {
    pub(super) fn new(begin: &'l Line) -> Self {
        Self { begin, lines: Vec::new() }
    }

    pub(super) fn add(&mut self, line: &'l Line) {
        self.lines.push(line);
    }

    /// Its window, with at most `left` stretches. `None`: it was called off.
    pub(super) fn window(
        &self,
        asked: &Asked<'_>,
        kind: WindowKind,
        left: &mut usize,
    ) -> Result<Option<Window>, Problem> {
        self.check_lines()?;
        let zones = Zones::bundled();
        let Some(line) = self.line("DTSTART") else {
            return Err(self.lacks("`DTSTART`", "a time to begin"));
        };
        let start = Moment::read(line, &zones)?;
        let length = self.length(line, &start, kind, &zones)?;
        let starts = self.starts(&start, asked, &zones)?;
        if self.is_called_off(kind)? {
            return Ok(None);
        }
        let times = self.times(&start, length, &starts, asked, kind, left)?;
        let text =
            |name| self.line(name).map(|line| unescaped(&line.value)).filter(|text| !text.trim().is_empty());
        let place = Place { span: self.span(), file: Some(asked.file.clone()) };
        let name = one_line(&text("SUMMARY").unwrap_or_else(|| "event without a name".to_owned()), NAME_MAX);
        let reason = text("DESCRIPTION").map(|text| one_line(&text, REASON_MAX));
        Ok(Some(Window { name, kind, reason, times, place }))
    }

    fn span(&self) -> Span {
        self.begin.span
    }

    fn line(&self, name: &str) -> Option<&'l Line> {
        self.lines.iter().find(|line| line.name == name).copied()
    }

    /// Every line is known, and says its thing once.
    fn check_lines(&self) -> Result<(), Problem> {
        for (index, line) in self.lines.iter().enumerate() {
            let name = line.name.as_str();
            let is_again = self.lines.iter().take(index).any(|before| before.name == name);
            if ONCE.contains(&name) && is_again {
                return Err(line
                    .problem(ProblemKind::DuplicateKey, format!("`{name}` a second time"))
                    .expected("it once in an event")
                    .help("take one of the two out; readers differ in which one they believe"));
            }
            let is_known = ONCE.contains(&name) || PASSED_OVER.contains(&name) || name == "EXDATE";
            if !is_known && !name.starts_with("X-") {
                return Err(line
                    .problem(ProblemKind::UnknownKey, format!("`{name}` in an event"))
                    .expected("an event that says when it is by `DTSTART`, `DTEND` or `DURATION`, `RRULE` and `EXDATE`")
                    .help("write a repetition that was moved or added as an event of its own, and take it out of the rule with `EXDATE`"));
            }
        }
        Ok(())
    }

    fn lacks(&self, what: &str, expected: &str) -> Problem {
        self.begin
            .problem(ProblemKind::MissingKey, format!("an event without {what}"))
            .expected(expected)
            .help("export it again, or take it out")
    }

    fn length(
        &self,
        line: &Line,
        start: &Moment,
        kind: WindowKind,
        zones: &Zones,
    ) -> Result<Length, Problem> {
        let length = match (self.line("DTEND"), self.line("DURATION")) {
            (Some(end), None) => until(start, &Moment::read(end, zones)?, kind).ok_or(end),
            (None, Some(duration)) => lasting(start, &duration.value).ok_or(duration),
            (None, None) if matches!(start, Moment::Day(_)) => Ok(Length { shown: 24 * 60, passed: None }),
            (None, None) => return Err(self.lacks("an end", "`DTEND` or `DURATION`")),
            (Some(_), Some(second)) => Err(second),
        };
        length.map_err(|end| {
            end.unfit()
                .expected(format!(
                    "one end after the start at line {}, written as it is, at most five years on",
                    line.span.line
                ))
                .help("write a later `DTEND`, or a `DURATION` like `PT8H` or `P1D` in whole minutes")
        })
    }

    /// Clock times at which it begins: once, or as its rule says and without its exceptions.
    fn starts(&self, start: &Moment, asked: &Asked<'_>, zones: &Zones) -> Result<Vec<DateTime>, Problem> {
        // A day further than the calendar goes, so that no zone of it is cut.
        let last = asked.covers.to.tomorrow().unwrap_or(asked.covers.to).at(23, 59, 59, 0);
        let mut starts = match self.line("RRULE") {
            Some(rule) => rule::occurrences(rule, start, last)?,
            None => vec![start.shown()],
        };
        for line in self.lines.iter().filter(|line| line.name == "EXDATE") {
            for value in line.value.split(',') {
                let out = on_clock_of(start, &Moment::read_value(line, value, zones)?).ok_or_else(|| {
                    line.unfit().expected("times written as `DTSTART` is").help("export the event again")
                })?;
                let before = starts.len();
                starts.retain(|known| *known != out);
                if starts.len() == before && out <= last {
                    return Err(line
                        .unfit()
                        .expected("a time at which the event begins")
                        .help("take it out; an exception that hits nothing was meant for another time"));
                }
            }
        }
        Ok(starts)
    }

    /// One that may not take place opens nothing, and closes all the same.
    fn is_called_off(&self, kind: WindowKind) -> Result<bool, Problem> {
        let Some(line) = self.line("STATUS") else { return Ok(false) };
        let opens = kind == WindowKind::ChangeWindow;
        match line.word().as_str() {
            "CONFIRMED" => Ok(false),
            "TENTATIVE" if !opens => Ok(false),
            "CANCELLED" => Ok(true),
            _ => Err(line
                .unfit()
                .expected(format!("`CONFIRMED` or `CANCELLED` for {}", kind_in_words(kind)))
                .help("confirm the event, or take it out")),
        }
    }

    fn times(
        &self,
        start: &Moment,
        length: Length,
        starts: &[DateTime],
        asked: &Asked<'_>,
        kind: WindowKind,
        left: &mut usize,
    ) -> Result<Times, Problem> {
        *left = left.checked_sub(starts.len().saturating_mul(asked.zones.len())).ok_or_else(|| {
            self.begin
                .problem(
                    ProblemKind::TooMuch,
                    "more repetitions, with those of the events before it, than are kept",
                )
                .expected("fewer, or fewer zones")
                .help("narrow `covers`, or split the calendar")
        })?;
        let of_zone = |zone: &TimeZone| -> Vec<Stretch> {
            starts.iter().filter_map(|from| stretch(zone, kind, *from, length)).collect()
        };
        let lists: Vec<Vec<Stretch>> = match start {
            Moment::Day(_) => asked.zones.iter().map(|(_, zone)| of_zone(zone)).collect(),
            Moment::Clock(_, zone) => vec![of_zone(zone); asked.zones.len()],
        };
        if self.line("RRULE").is_some() {
            return Ok(Times::Listed(lists.into_iter().map(Listed::new).collect()));
        }
        let once: Option<Vec<Stretch>> = lists.into_iter().map(|list| list.first().copied()).collect();
        once.map(Times::Dated).ok_or_else(|| {
            self.begin
                .problem(ProblemKind::Time, "an event of no minute")
                .expected("one that takes place while clocks are changed")
                .help("write it in UTC")
        })
    }
}

/// What a clock there shows from one time on, for so long. `None`: nothing of it takes place.
fn stretch(zone: &TimeZone, kind: WindowKind, from: DateTime, length: Length) -> Option<Stretch> {
    let from = whole_minute(from, End::From, kind)?;
    let to = later(from, length.shown)?;
    let (first, second, is_closing) = match kind {
        WindowKind::ChangeWindow => (Coming::Second, Coming::First, false),
        WindowKind::Freeze | WindowKind::Peak => (Coming::First, Coming::Second, true),
    };
    let (start, shown) = (clock::minute(zone, from, first)?, clock::minute(zone, to, second)?);
    let passed = length.passed.map_or(shown, |minutes| start.saturating_add(minutes));
    Stretch::new(start, if is_closing { shown.max(passed) } else { shown.min(passed) })
}

fn until(start: &Moment, end: &Moment, kind: WindowKind) -> Option<Length> {
    let minutes = |from: DateTime, to: DateTime| to.duration_since(from).as_mins();
    let (from, to) =
        (whole_minute(start.shown(), End::From, kind)?, whole_minute(end.shown(), End::To, kind)?);
    match (start, end) {
        (Moment::Day(_), Moment::Day(_)) => length(minutes(from, to), None),
        (Moment::Clock(_, here), Moment::Clock(_, there)) => {
            let passed = clock::minute(there, to, Coming::Second)?
                .checked_sub(clock::minute(here, from, Coming::First)?)
                .filter(|passed| *passed > 0)?;
            let shown = if here == there { minutes(from, to) } else { i64::from(passed) };
            length(shown, Some(passed))
        }
        (Moment::Day(_), Moment::Clock(..)) | (Moment::Clock(..), Moment::Day(_)) => None,
    }
}

fn length(shown: i64, passed: Option<i32>) -> Option<Length> {
    let shown = Some(shown).filter(|minutes| (1..=MINUTES_MAX).contains(minutes))?;
    Some(Length { shown: u32::try_from(shown).ok()?, passed })
}

/// `P1D`, `PT8H`, `P1DT2H30M`, `P2W`. Whole days for an event of whole days.
fn lasting(start: &Moment, text: &str) -> Option<Length> {
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    if text.ends_with('T') {
        return None;
    }
    let days = added(days, &[('W', 7 * 24 * 60), ('D', 24 * 60)])?;
    // Some write that there are no seconds.
    let time = added(time.strip_suffix("0S").unwrap_or(time), &[('H', 60), ('M', 1)])?;
    let minutes = days.checked_add(time)?;
    match start {
        Moment::Day(_) => length(minutes, None).filter(|_| time == 0),
        Moment::Clock(..) => length(minutes, Some(i32::try_from(minutes).ok()?)),
    }
}

/// Numbers with units, each at most once and in this order.
fn added(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    for (unit, minutes) in units {
        if let Some((number, after)) = rest.split_once(*unit) {
            let is_number = (1..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
            let number: i64 = is_number.then(|| number.parse().ok()).flatten()?;
            total = total.checked_add(number.checked_mul(*minutes)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(total)
}

/// A time as the clock of the start shows it.
fn on_clock_of(start: &Moment, time: &Moment) -> Option<DateTime> {
    match (start, time) {
        (Moment::Day(_), Moment::Day(date)) => Some(date.to_datetime(jiff::civil::Time::MIN)),
        (Moment::Clock(_, here), Moment::Clock(clock, there)) if here == there => Some(*clock),
        (Moment::Clock(_, here), Moment::Clock(clock, there)) => {
            Some(here.to_datetime(there.to_timestamp(*clock).ok()?))
        }
        (Moment::Day(_), Moment::Clock(..)) | (Moment::Clock(..), Moment::Day(_)) => None,
    }
}

/// `\n`, `\,`, `\;` and `\\` are a line break and the character itself.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n' | 'N')) => out.push('\n'),
            ('\\', Some(escaped)) => out.push(escaped),
            (plain, _) => out.push(plain),
        }
    }
    out
}
