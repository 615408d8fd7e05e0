//! A time in an event: a date, or what a clock in a named zone shows.

use interlock_model::{LocalTime, WindowKind};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::lines::Line;
use crate::calendar::clock::CalendarDate;
use crate::error::{Problem, ProblemKind};
use crate::zone::Zones;

/// A time, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Moment {
    /// A whole day. In which zone, the calendar says that imports it.
    Day(Date),
    /// What a clock shows, to the second.
    Clock(DateTime, TimeZone),
}

/// Which end of a window a time is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    From,
    To,
}

impl Moment {
    /// The one time of a line.
    pub(super) fn read(line: &Line, zones: &Zones) -> Result<Self, Problem> {
        Self::read_value(line, &line.value, zones)
    }

    /// One of the times of a line.
    pub(super) fn read_value(line: &Line, value: &str, zones: &Zones) -> Result<Self, Problem> {
        let known =
            |(name, _): &(String, String)| name == "TZID" || name == "VALUE" || name.starts_with("X-");
        if let Some((name, _)) = line.parameters.iter().find(|parameter| !known(parameter)) {
            return Err(line
                .problem(ProblemKind::UnknownKey, format!("parameter `{name}` of `{}`", line.name))
                .expected("`TZID` or `VALUE`")
                .help("export the event again; what it says of its time is not understood"));
        }
        match line.parameter("VALUE").map(str::to_ascii_uppercase).as_deref() {
            Some("DATE") => day(line, value),
            None | Some("DATE-TIME") => clock(line, value, zones),
            Some(_) => Err(line
                .unfit()
                .expected("`VALUE=DATE` or `VALUE=DATE-TIME`")
                .help("write one date or one time")),
        }
    }

    /// What its clock shows. A day begins at midnight.
    pub(super) fn shown(&self) -> DateTime {
        match self {
            Self::Day(date) => date.to_datetime(jiff::civil::Time::MIN),
            Self::Clock(clock, _) => *clock,
        }
    }
}

fn day(line: &Line, value: &str) -> Result<Moment, Problem> {
    let zone = line.parameter("TZID").is_some();
    written_date(value).filter(|_| !zone).map(Moment::Day).ok_or_else(|| {
        line.unfit().expected("a real date like `20261220`, without a zone").help("write year, month and day")
    })
}

fn clock(line: &Line, value: &str, zones: &Zones) -> Result<Moment, Problem> {
    let (clock, is_utc) = match value.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => (value, false),
    };
    let Some(clock) = written_clock(clock) else {
        return Err(line
            .unfit()
            .expected("a real time like `20261220T090000`, or `VALUE=DATE` for a day")
            .help("write date, `T` and time"));
    };
    match (is_utc, line.parameter("TZID")) {
        (true, None) => Ok(Moment::Clock(clock, TimeZone::UTC)),
        (false, Some(name)) => Ok(Moment::Clock(clock, zones.find(name, line.span)?)),
        (true, Some(_)) => Err(line
            .unfit()
            .expected("`TZID` or `Z`, not both")
            .help("take one of the two out; they say different things")),
        (false, None) => Err(line
            .unfit()
            .expected("a zone: `TZID=Europe/Berlin` before it, or `Z` behind it for UTC")
            .help("say in which zone; a time without one is another one for everybody who reads it")),
    }
}

/// `20261220`
pub(super) fn written_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    format!("{year}-{month}-{day}").parse().ok().map(|CalendarDate(date)| date)
}

/// `20261220T090000`
pub(super) fn written_clock(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    let (hour, rest) = time.split_at_checked(2)?;
    let (minute, second) = rest.split_at_checked(2)?;
    let date = written_date(date)?;
    let time: LocalTime = format!("{date}T{hour}:{minute}:{second}").parse().ok()?;
    (second.len() == 2).then(|| time.civil())
}

/// To the whole minute: what closes is widened, what opens is narrowed. An end of `23:59:59` means midnight to a freeze.
pub(super) fn whole_minute(clock: DateTime, end: End, kind: WindowKind) -> Option<DateTime> {
    let down = clock.with().second(0).build().ok()?;
    let opens = match kind {
        WindowKind::ChangeWindow => true,
        WindowKind::Freeze | WindowKind::Peak => false,
    };
    let is_up = clock.second() > 0 && opens == (end == End::From);
    if is_up { down.checked_add(1.minute()).ok() } else { Some(down) }
}
