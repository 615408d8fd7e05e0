//! Times as a document writes them, and as a policy is shown them.
//!
//! [`Instant`] is a point on the time line, [`LocalTime`] is what a clock on a wall shows and needs a zone beside it.
//! Turning one into the other is `interlock-inputs`' work, with a bundled time zone database; nothing here knows a zone.

use std::fmt;

use jiff::civil;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Unfit;

/// Years a document may speak of. Outside them a time is a slip of the pen, and minutes no longer fit 32 bits far out.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// A point in time, to the minute below. Written `2023-11-12T17:44+08:00` or `2023-11-12T09:44Z`; the offset is mandatory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$"))]
pub struct Instant {
    epoch_min: i32,
}

impl Instant {
    /// Minutes since 1970-01-01T00:00Z.
    pub fn from_epoch_min(epoch_min: i32) -> Self {
        Self { epoch_min }
    }

    /// Minutes since 1970-01-01T00:00Z.
    pub fn epoch_min(self) -> i32 {
        self.epoch_min
    }

    /// This many minutes later; stays at the end of time rather than wrapping.
    pub fn plus_minutes(self, minutes: i32) -> Self {
        Self { epoch_min: self.epoch_min.saturating_add(minutes) }
    }
}

impl TryFrom<String> for Instant {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        text.parse()
    }
}

impl std::str::FromStr for Instant {
    type Err = Unfit;
    fn from_str(text: &str) -> Result<Self, Unfit> {
        const EXPECTED: Unfit = Unfit {
            expected: "a time with its offset, like `2023-11-12T17:44+08:00` or `2023-11-12T09:44Z`",
        };
        let local: LocalTime = text.parse().map_err(|_| EXPECTED)?;
        local.at_own_offset().ok_or(EXPECTED)
    }
}

impl fmt::Display for Instant {
    /// In UTC: `2023-11-12T09:44Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::from(self.epoch_min) * 60;
        match jiff::Timestamp::from_second(seconds) {
            Ok(at) => {
                let civil = jiff::tz::Offset::UTC.to_datetime(at);
                write!(f, "{}T{:02}:{:02}Z", civil.date(), civil.hour(), civil.minute())
            }
            Err(_) => write!(f, "minute {} of the epoch", self.epoch_min),
        }
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> String {
        instant.to_string()
    }
}

/// What a clock on a wall shows: `2023-11-12T17:44`, with seconds or an offset if you like. It means something only
/// beside a zone; an offset that disagrees with the zone is refused when the two are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$"))]
pub struct LocalTime {
    civil: civil::DateTime,
    offset_min: Option<i32>,
}

impl LocalTime {
    /// Date and time of day.
    pub fn civil(self) -> civil::DateTime {
        self.civil
    }

    /// The offset from UTC in minutes, if one was written.
    pub fn offset_min(self) -> Option<i32> {
        self.offset_min
    }

    /// The instant, if an offset was written.
    pub fn at_own_offset(self) -> Option<Instant> {
        let offset_min = self.offset_min?;
        let utc = jiff::tz::Offset::UTC.to_timestamp(self.civil).ok()?.as_second();
        let epoch_min = utc.div_euclid(60).checked_sub(i64::from(offset_min))?;
        Some(Instant { epoch_min: i32::try_from(epoch_min).ok()? })
    }
}

impl TryFrom<String> for LocalTime {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        text.parse()
    }
}

impl std::str::FromStr for LocalTime {
    type Err = Unfit;

    /// One form only. ISO 8601 allows week dates, commas, `24:00`, leap seconds and a space for the `T`; each of them is
    /// read differently by somebody, and a gate has no use for any.
    fn from_str(text: &str) -> Result<Self, Unfit> {
        parse_local(text).ok_or(Unfit { expected: "a real time like `2023-11-12T17:44`" })
    }
}

fn parse_local(text: &str) -> Option<LocalTime> {
    let (date, rest) = text.split_once('T')?;
    let (year, month_day) = date.split_once('-')?;
    let (month, day) = month_day.split_once('-')?;
    let date = civil::Date::new(
        digits(year, 4)?,
        digits(month, 2)?.try_into().ok()?,
        digits(day, 2)?.try_into().ok()?,
    )
    .ok()?;
    if !YEARS.contains(&date.year()) {
        return None;
    }
    let (clock, offset_min) = split_offset(rest)?;
    let (hour, minute_second) = clock.split_once(':')?;
    let (minute, second) = minute_second.split_once(':').unwrap_or((minute_second, "00"));
    let time = civil::Time::new(
        digits(hour, 2)?.try_into().ok()?,
        digits(minute, 2)?.try_into().ok()?,
        digits(second, 2)?.try_into().ok()?,
        0,
    )
    .ok()?;
    Some(LocalTime { civil: date.to_datetime(time), offset_min })
}

/// `17:44+08:00` into `17:44` and 480. `-00:00` means "offset unknown" in RFC 3339, so it is not an offset.
fn split_offset(rest: &str) -> Option<(&str, Option<i32>)> {
    if let Some(clock) = rest.strip_suffix('Z') {
        return Some((clock, Some(0)));
    }
    let Some(sign_at) = rest.rfind(['+', '-']) else { return Some((rest, None)) };
    let (clock, offset) = rest.split_at_checked(sign_at)?;
    let (sign, offset) = offset.split_at_checked(1)?;
    let (hours, minutes) = offset.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    // UTC+14 (Kiritimati) is the widest offset in use.
    if hours > 14 || minutes > 59 || (sign == "-" && hours == 0 && minutes == 0) {
        return None;
    }
    let total = i32::from(hours) * 60 + i32::from(minutes);
    Some((clock, Some(if sign == "-" { -total } else { total })))
}

/// Exactly `width` ASCII digits.
fn digits(text: &str, width: usize) -> Option<i16> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.civil.time();
        write!(f, "{}T{:02}:{:02}", self.civil.date(), time.hour(), time.minute())?;
        if time.second() != 0 {
            write!(f, ":{:02}", time.second())?;
        }
        match self.offset_min {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(min) => {
                write!(f, "{}{:02}:{:02}", if min < 0 { '-' } else { '+' }, min.abs() / 60, min.abs() % 60)
            }
        }
    }
}

impl From<LocalTime> for String {
    fn from(time: LocalTime) -> String {
        time.to_string()
    }
}

/// One instant as a calendar on a wall shows it in one zone. Made by the host; a policy never computes a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CivilMoment {
    /// The instant.
    pub at: Instant,
    /// IANA zone.
    pub zone: String,
    /// Why this zone matters.
    pub zone_of: ZoneOf,
    /// `YYYY-MM-DD` there.
    pub date: String,
    /// Weekday there.
    pub weekday: Weekday,
    /// Minutes since midnight there, 0 to 1439.
    pub minute_of_day: u16,
    /// What the calendars of that zone say of the day. Absent: the zone has no calendar. Filled by the gate.
    pub day: Option<crate::CalendarDay>,
}

/// Why a zone matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneOf {
    /// The author wrote the schedule in it.
    Schedule,
    /// A target lives by it.
    Target,
}

/// A weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the days are their documentation")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<i32>) {
        assert_eq!(text.parse::<Instant>().ok().map(Instant::epoch_min), expect, "{text}");
    }

    #[test]
    fn one_form_of_time_is_read_and_no_other() {
        check("2023-11-12T17:44+08:00", Some(28_329_704));
        check("2023-11-12T09:44Z", Some(28_329_704));
        check("2023-11-12T09:44:59Z", Some(28_329_704));
        check("1970-01-01T00:00-01:00", Some(60));
        for unreal in [
            "2023-11-12T17:44",
            "2023-11-12 17:44Z",
            "2023-11-12t17:44z",
            "2023-11-12T17:44-00:00",
            "2023-11-12T17:44+24:00",
            "2023-11-12T24:00Z",
            "2023-11-12T23:59:60Z",
            "2023-11-12T17:44:00.00000000000000000001Z",
            "2023-11-31T17:44Z",
            "2023-W45-7T17:44Z",
            "0000-01-01T00:00Z",
            "9999-12-31T00:00Z",
            "10000-01-01T00:00Z",
            "-001-01-01T00:00Z",
            "2023-1-2T03:04Z",
            "",
        ] {
            check(unreal, None);
        }
    }

    #[test]
    fn a_time_prints_as_it_is_read() {
        for text in ["2023-11-12T17:44", "2023-11-12T17:44:30", "2023-11-12T17:44Z", "2023-11-12T17:44-03:30"]
        {
            assert_eq!(text.parse::<LocalTime>().map(|time| time.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(
            "2023-11-12T17:44+08:00".parse::<Instant>().map(|at| at.to_string()),
            Ok("2023-11-12T09:44Z".into())
        );
    }
}
