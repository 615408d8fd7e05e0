//! Repetitions of an event (`RRULE`), by the crate `rrule` behind a strict door.
//!
//! The crate passes over what it does not know, stops without a word when it has looked for long, and has a database of
//! zones of its own. So each part is checked here before, a rule without an end gets one, and it is given clock times as
//! if they were UTC: a repetition is one of clock times, and what they are on the time line is found afterwards, with the
//! zones all calendars have.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use rrule::RRuleSet;

use super::lines::Line;
use super::moment::{Moment, written_clock, written_date};
use crate::error::{Problem, ProblemKind, shown};

/// Repetitions of one event, from its first day on: twenty-seven years of days.
const OCCURRENCES_MAX: u16 = 10_000;
/// Bytes of a rule.
const RULE_BYTES_MAX: usize = 400;
/// Steps from one repetition to the next; also the largest `COUNT`.
const NUMBER_MAX: u32 = 10_000;

/// Whose values are a list of whole numbers.
const NUMBERS: &[&str] = &["BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"];
const WEEKDAYS: &[&str] = &["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// When a rule ends.
enum Ends {
    Never,
    After,
    /// The last time, as the event's clock shows it.
    At(DateTime),
}

/// Clock times at which the event begins, from its first on, none after `last`.
pub(super) fn occurrences(line: &Line, start: &Moment, last: DateTime) -> Result<Vec<DateTime>, Problem> {
    let first = start.shown();
    let mut parts = parts(line)?;
    check_frequency(line, &parts)?;
    let until = match ends(line, &parts, start)? {
        Ends::After => None,
        Ends::Never => Some(last.max(first)),
        Ends::At(until) if until < first => {
            return Err(line
                .unfit()
                .expected("an end after the first time")
                .help("check the year of `UNTIL`"));
        }
        Ends::At(until) => Some(until.min(last.max(first))),
    };
    parts.retain(|(name, _)| name != "UNTIL");
    parts.extend(until.map(|until| ("UNTIL".to_owned(), format!("{}Z", compact(until)))));
    let rule: Vec<String> = parts.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = format!("DTSTART:{}Z\nRRULE:{}", compact(first), rule.join(";"));
    let set: RRuleSet = text.parse().map_err(|error: rrule::RRuleError| {
        line.unfit().expected("a rule of RFC 5545").help(format!("correct it: {}", shown(&error.to_string())))
    })?;
    let found = set.all(OCCURRENCES_MAX);
    if found.limited {
        return Err(line
            .problem(
                ProblemKind::TooMuch,
                format!("a rule of more than {OCCURRENCES_MAX} repetitions, or of none"),
            )
            .expected("a rule that can be written out")
            .help("let the event begin later, or repeat less often"));
    }
    let times: Option<Vec<DateTime>> = found.dates.iter().map(|date| clock_of(date.timestamp())).collect();
    match times.filter(|times| times.first() == Some(&first)) {
        Some(times) => Ok(times.into_iter().take_while(|time| *time <= last).collect()),
        None => Err(line
            .unfit()
            .expected("a rule that the event's first day follows, too")
            .help("let the event begin on the first of its days")),
    }
}

/// `NAME=VALUE;...`, each once, each known.
fn parts(line: &Line) -> Result<Vec<(String, String)>, Problem> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let rule = line.word();
    for part in rule.split(';') {
        let read = part.split_once('=').filter(|(name, value)| {
            rule.len() <= RULE_BYTES_MAX
                && is_part(name, value)
                && parts.iter().all(|(known, _)| known != name)
        });
        let Some((name, value)) = read else {
            return Err(line
                .problem(ProblemKind::Value, format!("{} in a rule", shown(part)))
                .expected("`FREQ`, `INTERVAL`, `COUNT` or `UNTIL`, `WKST` and days by `BY...`, each once")
                .help("export the event again; hours and minutes are those of its start"));
        };
        parts.push((name.to_owned(), value.to_owned()));
    }
    Ok(parts)
}

/// Whether it is a part of a rule that is read, with a value it can have.
fn is_part(name: &str, value: &str) -> bool {
    match name {
        // Looked at on their own.
        "FREQ" | "UNTIL" => true,
        "INTERVAL" | "COUNT" => {
            value.bytes().all(|b| b.is_ascii_digit())
                && value.parse().is_ok_and(|n: u32| (1..=NUMBER_MAX).contains(&n))
        }
        "WKST" => WEEKDAYS.contains(&value),
        "BYDAY" => value.split(',').all(is_weekday),
        numbers if NUMBERS.contains(&numbers) => value.split(',').all(|number| signed(number).is_some()),
        _ => false,
    }
}

/// `MO`, `1MO`, `-1FR`
fn is_weekday(text: &str) -> bool {
    let Some(at) = text.len().checked_sub(2) else { return false };
    let Some((number, day)) = text.split_at_checked(at) else { return false };
    WEEKDAYS.contains(&day) && (number.is_empty() || signed(number).is_some())
}

/// A number other than 0 of at most three digits.
fn signed(text: &str) -> Option<i16> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten().filter(|number| *number != 0)
}

fn value<'p>(parts: &'p [(String, String)], name: &str) -> Option<&'p str> {
    parts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn check_frequency(line: &Line, parts: &[(String, String)]) -> Result<(), Problem> {
    let found = match value(parts, "FREQ") {
        Some("DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY") => return Ok(()),
        Some(often @ ("SECONDLY" | "MINUTELY" | "HOURLY")) => format!("a rule that repeats `{often}`"),
        Some(other) => format!("`FREQ` {}", shown(other)),
        None => "a rule without `FREQ`".to_owned(),
    };
    Err(line
        .problem(ProblemKind::Value, found)
        .expected("`DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`")
        .help("a window is there once a day at most; let one event last as long as the hours it stands for"))
}

/// `UNTIL` is written like the start: a date beside a date, or UTC beside a clock time.
fn ends(line: &Line, parts: &[(String, String)], start: &Moment) -> Result<Ends, Problem> {
    let until = match (value(parts, "COUNT"), value(parts, "UNTIL")) {
        (None, None) => return Ok(Ends::Never),
        (Some(_), None) => return Ok(Ends::After),
        (Some(_), Some(_)) => {
            return Err(line
                .unfit()
                .expected("`COUNT` or `UNTIL`, not both")
                .help("take one of the two out"));
        }
        (None, Some(until)) => until,
    };
    let read = match start {
        Moment::Day(_) => written_date(until).map(|date| date.to_datetime(jiff::civil::Time::MIN)),
        Moment::Clock(_, zone) => {
            until.strip_suffix('Z').and_then(written_clock).and_then(|utc| in_zone(utc, zone))
        }
    };
    read.map(Ends::At).ok_or_else(|| {
        let expected = match start {
            Moment::Day(_) => "`UNTIL` as a date, as its start is one, like `20261231`",
            Moment::Clock(..) => "`UNTIL` in UTC, as its start is a time, like `20261231T225900Z`",
        };
        line.unfit()
            .expected(expected)
            .help("export the event again; readers differ in which day is the last")
    })
}

/// What a clock in the zone shows at a time in UTC.
fn in_zone(utc: DateTime, zone: &TimeZone) -> Option<DateTime> {
    Some(zone.to_datetime(Offset::UTC.to_timestamp(utc).ok()?))
}

fn clock_of(seconds: i64) -> Option<DateTime> {
    Some(Offset::UTC.to_datetime(jiff::Timestamp::from_second(seconds).ok()?))
}

/// `20261220T090000`
fn compact(clock: DateTime) -> String {
    clock.strftime("%Y%m%dT%H%M%S").to_string()
}
