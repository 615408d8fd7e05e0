//! Clocks on walls into minutes on the time line, for calendars.
//!
//! Clocks are put forward and back. A weekly window that begins or ends while they are is read like this:
//!
//! - **A time that is skipped** is the first minute there is after it. A window that lies wholly in the gap does not take
//!   place; none of its minutes exist.
//! - **A time that comes twice**: a freeze or a peak begins at its first and ends at its second coming, so it closes all
//!   that anybody may have meant. A change window begins at the second and ends at the first, so it opens only what
//!   everybody must have meant; one that lies wholly in the hour that comes twice does not take place.
//! - **A day** begins at the first minute a clock shows its date. The day Samoa skipped in 2011 has no minute.
//!
//! A dated window is written once and by hand, so it is refused instead (`schedule`, which does the same to a change's
//! schedule). The document's times are whole minutes; what an old zone has in seconds is rounded to the next minute,
//! which is exact for every whole minute that is asked about.

use std::fmt;
use std::str::FromStr;

use interlock_model::{Instant, LocalTime, Turn, Unfit, WindowKind};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::schedule::weekday;

/// Transitions looked at to find the end of a gap. It is the next one; the others are changes of a name only.
const TRANSITIONS_TRIED: usize = 4;

/// Minutes since 1970-01-01T00:00Z: `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    pub(super) start: i32,
    pub(super) end: i32,
}

impl Stretch {
    /// `None`: there is no minute in it.
    pub(super) fn new(start: i32, end: i32) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    pub(super) fn has(self, minute: i32) -> bool {
        self.start <= minute && minute < self.end
    }

    /// The minutes that are in both.
    pub(super) fn common(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// A date as calendars write it: `2026-10-01`, in the years 1970 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarDate(pub(super) Date);

impl FromStr for CalendarDate {
    type Err = Unfit;
    fn from_str(text: &str) -> Result<Self, Unfit> {
        // One strict reader of dates: that of times, at midnight.
        let time: LocalTime = format!("{text}T00:00").parse().map_err(|_| EXPECTED_DATE)?;
        if text.len() == "YYYY-MM-DD".len() { Ok(Self(time.civil().date())) } else { Err(EXPECTED_DATE) }
    }
}

const EXPECTED_DATE: Unfit = Unfit { expected: "a real date like `2026-02-28`" };

impl fmt::Display for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A time of day, to the minute: `00:00` to `23:59`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimeOfDay(Time);

impl FromStr for TimeOfDay {
    type Err = Unfit;
    fn from_str(text: &str) -> Result<Self, Unfit> {
        const EXPECTED: Unfit = Unfit { expected: "a time of day from `00:00` to `23:59`" };
        let time: LocalTime = format!("2000-01-01T{text}").parse().map_err(|_| EXPECTED)?;
        if text.len() == "HH:MM".len() { Ok(Self(time.civil().time())) } else { Err(EXPECTED) }
    }
}

impl TimeOfDay {
    pub(super) fn on(self, date: Date) -> DateTime {
        date.to_datetime(self.0)
    }
}

/// Which coming of a time that comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coming {
    First,
    Second,
}

/// From one clock time to another, both resolved as the kind of window wants it. `None`: it does not take place.
pub(super) fn window(zone: &TimeZone, kind: WindowKind, from: DateTime, to: DateTime) -> Option<Stretch> {
    let (start, end) = match kind {
        WindowKind::ChangeWindow => (Coming::Second, Coming::First),
        WindowKind::Freeze | WindowKind::Peak => (Coming::First, Coming::Second),
    };
    Stretch::new(minute(zone, from, start)?, minute(zone, to, end)?)
}

/// The minutes at which a clock there shows this date. `None`: the zone skipped it.
pub(super) fn day(zone: &TimeZone, date: Date) -> Option<Stretch> {
    days(zone, date, date)
}

/// From the first minute of one date to the last of another.
pub(super) fn days(zone: &TimeZone, first: Date, last: Date) -> Option<Stretch> {
    let start = minute(zone, first.to_datetime(Time::MIN), Coming::First)?;
    let end = minute(zone, last.tomorrow().ok()?.to_datetime(Time::MIN), Coming::First)?;
    Stretch::new(start, end)
}

/// The minute at which a clock there shows this, or the first one after it if it is skipped. `None`: beyond the end of
/// time, which no document can name.
pub(super) fn minute(zone: &TimeZone, clock: DateTime, coming: Coming) -> Option<i32> {
    let at = match zone.to_ambiguous_timestamp(clock).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(clock).ok()?,
        AmbiguousOffset::Gap { after, .. } => end_of_gap(zone, clock, after)?,
        AmbiguousOffset::Fold { before, after } => match coming {
            Coming::First => before.to_timestamp(clock).ok()?,
            Coming::Second => after.to_timestamp(clock).ok()?,
        },
    };
    minute_from(at)
}

/// When the clocks were put forward over this time. Read with the later offset it lies before that moment.
fn end_of_gap(zone: &TimeZone, clock: DateTime, after: Offset) -> Option<Timestamp> {
    let before = after.to_timestamp(clock).ok()?;
    let mut next = zone.following(before).take(TRANSITIONS_TRIED);
    next.find(|transition| transition.offset() == after).map(|transition| transition.timestamp())
}

/// The first whole minute at or after a moment.
pub(super) fn minute_from(at: Timestamp) -> Option<i32> {
    let seconds = at.as_second();
    i32::try_from(seconds.div_euclid(60) + i64::from(seconds.rem_euclid(60) > 0)).ok()
}

/// What a clock there shows.
pub(super) fn shown(zone: &TimeZone, minute: i32) -> Option<DateTime> {
    Some(zone.to_datetime(Timestamp::from_second(i64::from(minute) * 60).ok()?))
}

/// The same for a policy or a person to read.
pub(super) fn turn(zone: &TimeZone, minute: i32) -> Option<Turn> {
    let clock = shown(zone, minute)?;
    Some(Turn {
        at: Instant::from_epoch_min(minute),
        date: clock.date().to_string(),
        weekday: weekday(clock),
        minute_of_day: u16::try_from(i32::from(clock.hour()) * 60 + i32::from(clock.minute())).ok()?,
    })
}
