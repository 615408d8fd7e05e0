//! Clocks on a wall: a moment in words, and minutes counted on the calendar that every zone shares.
//!
//! No zone is known here. What is counted is what one clock shows, and an hour that it skips or repeats is not noticed:
//! only dates and times of day are named, never the time between two of them.

use interlock_guest::{
    change_types::{CivilMoment, Turn, Weekday},
    text,
};

pub(crate) const DAY_MIN: i64 = 24 * 60;

/// `Sunday, 2023-11-12 17:44 in Asia/Shanghai`
pub(crate) fn in_words(moment: &CivilMoment) -> String {
    words(moment.weekday, &moment.date, moment.minute_of_day, &moment.zone)
}

/// The same for a turn of a calendar, which is shown in the zone it was asked for.
pub(crate) fn turn_in_words(turn: &Turn, zone: &str) -> String {
    words(turn.weekday, &turn.date, turn.minute_of_day, zone)
}

fn words(weekday: Weekday, date: &str, minute_of_day: u16, zone: &str) -> String {
    let day = match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    let (hour, minute) = (minute_of_day / 60, minute_of_day % 60);
    text!("{day}, {date} {hour:02}:{minute:02} in {zone}")
}

/// What one clock shows, in minutes since it showed 1970-01-01 00:00.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WallTime(i64);

impl WallTime {
    /// `None`: the date is not written `YYYY-MM-DD`.
    pub(crate) fn of(date: &str, minute_of_day: u16) -> Option<Self> {
        Some(Self(days_of(date)? * DAY_MIN + i64::from(minute_of_day)))
    }

    pub(crate) fn later(self, minutes: i64) -> Self {
        Self(self.0 + minutes)
    }

    /// Minutes from another time of the same clock to this one.
    pub(crate) fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    pub(crate) fn midnight(self) -> Self {
        Self(self.days() * DAY_MIN)
    }

    pub(crate) fn minute_of_day(self) -> u16 {
        // At most 1439.
        self.0.rem_euclid(DAY_MIN) as u16
    }

    pub(crate) fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.days() + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    pub(crate) fn date(self) -> String {
        let (year, month, day) = civil_of(self.days());
        text!("{year:04}-{month:02}-{day:02}")
    }

    pub(crate) fn in_words(self, zone: &str) -> String {
        words(self.weekday(), &self.date(), self.minute_of_day(), zone)
    }

    fn days(self) -> i64 {
        self.0.div_euclid(DAY_MIN)
    }
}

/// Days in 400 years, after which the Gregorian calendar repeats itself.
const ERA_DAYS: i64 = 146_097;

/// 1970-01-01, counted from the 1st of March of the year 0. Years that begin in March end with the leap day.
const EPOCH_DAYS: i64 = 719_468;

fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * ERA_DAYS + day_of_era - EPOCH_DAYS)
}

/// Digits and nothing else, of which a date has few. `parse` knows signs and what is too long, for 1 KB.
fn number(digits: &str) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut number = 0;
    for byte in digits.bytes() {
        number = number * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(number)
}

/// Year, month and day.
fn civil_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAYS;
    let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(date: &str, weekday: Weekday, next: &str) {
        let wall = WallTime::of(date, 1439).unwrap();
        assert_eq!((wall.date().as_str(), wall.weekday()), (date, weekday));
        assert_eq!((wall.later(1).date().as_str(), wall.later(1).minute_of_day()), (next, 0));
        assert_eq!(wall.since(wall.midnight()), 1439);
    }

    #[test]
    fn days_are_counted_over_months_years_and_leap_days() {
        check("1970-01-01", Weekday::Thursday, "1970-01-02");
        check("2023-11-12", Weekday::Sunday, "2023-11-13");
        check("2024-02-28", Weekday::Wednesday, "2024-02-29");
        check("2024-02-29", Weekday::Thursday, "2024-03-01");
        check("2026-02-28", Weekday::Saturday, "2026-03-01");
        check("2026-12-31", Weekday::Thursday, "2027-01-01");
        check("2100-02-28", Weekday::Sunday, "2100-03-01");
        check("2199-12-31", Weekday::Tuesday, "2200-01-01");
    }

    #[test]
    fn a_date_in_another_form_is_no_date() {
        for date in ["", "2026", "2026-03", "2026-13-01", "2026-03-32", "0000-03-01", "März", "2026-03-04-05"]
        {
            assert!(WallTime::of(date, 0).is_none(), "{date}");
        }
    }
}
