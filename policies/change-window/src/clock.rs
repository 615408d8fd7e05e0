//! Clocks on a wall: a moment in words, and minutes counted on the calendar that every zone shares.
//!
//! No zone is known here. What is counted is what one clock shows, and an hour that it skips or repeats is not noticed:
//! only dates and times of day are named, never the time between two of them.

use interlock_guest::change_types::{CivilMoment, Turn, Weekday};
use interlock_guest::{AddTo, Number, text};

/// Minutes of a day.
const DAY_MIN: u16 = 24 * 60;

/// `Sunday, 2023-11-12 17:44 in Asia/Shanghai`, as a piece of a message.
pub(crate) struct InWords<'a>(pub(crate) &'a CivilMoment);

impl AddTo for InWords<'_> {
    // One function: half of this policy's messages name a moment.
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        let CivilMoment { weekday, date, minute_of_day, zone, .. } = self.0;
        add_words(*weekday, date, *minute_of_day, zone, text);
    }
}

/// The same for a turn of a calendar, which is shown in this zone: the one it was asked for.
pub(crate) struct TurnInWords<'a>(pub(crate) &'a Turn, pub(crate) &'a str);

impl AddTo for TurnInWords<'_> {
    fn add_to(&self, text: &mut String) {
        let Turn { weekday, date, minute_of_day, .. } = self.0;
        add_words(*weekday, date, *minute_of_day, self.1, text);
    }
}

fn add_words(weekday: Weekday, date: &str, minute_of_day: u16, zone: &str, text: &mut String) {
    let day = match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    for piece in [day, ", ", date, " "] {
        piece.add_to(text);
    }
    (minute_of_day / 60).add_digits(2, text);
    ":".add_to(text);
    (minute_of_day % 60).add_digits(2, text);
    " in ".add_to(text);
    zone.add_to(text);
}

/// What one clock shows. With the day beside the minute, hardly anything has to be divided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct WallTime {
    /// Days since it showed the 1st of March of the year 0. Years that begin in March end with the leap day.
    pub(crate) day: i32,
    pub(crate) minute_of_day: u16,
}

impl WallTime {
    /// `None`: the date is not written `YYYY-MM-DD`.
    pub(crate) fn of(date: &str, minute_of_day: u16) -> Option<Self> {
        Some(Self { day: days_of(date)?, minute_of_day })
    }

    pub(crate) fn later(self, minutes: u32) -> Self {
        let minutes = u64::from(self.minute_of_day) + u64::from(minutes);
        let days = minutes / u64::from(DAY_MIN);
        // At most 1439 minutes, and three million days.
        Self {
            day: self.day.saturating_add(days as i32),
            minute_of_day: (minutes % u64::from(DAY_MIN)) as u16,
        }
    }

    /// Minutes until the next day begins or, where that is earlier, this day's hours.
    pub(crate) fn until_turn(self, open_from: u16) -> u16 {
        let turn = if self.minute_of_day < open_from { open_from } else { DAY_MIN };
        turn.saturating_sub(self.minute_of_day)
    }

    pub(crate) fn weekday(self) -> Weekday {
        match self.day % 7 {
            0 => Weekday::Wednesday,
            1 => Weekday::Thursday,
            2 => Weekday::Friday,
            3 => Weekday::Saturday,
            4 => Weekday::Sunday,
            5 => Weekday::Monday,
            _ => Weekday::Tuesday,
        }
    }

    pub(crate) fn in_words(self, zone: &str) -> String {
        let mut words = String::new();
        add_words(self.weekday(), &self.date(), self.minute_of_day, zone, &mut words);
        words
    }

    pub(crate) fn date(self) -> String {
        let (year, month, day) = civil_of(self.day);
        text!("{year:04}-{month:02}-{day:02}")
    }
}

/// Days in 400 years, after which the Gregorian calendar repeats itself.
const ERA_DAYS: i32 = 146_097;

fn days_of(date: &str) -> Option<i32> {
    let &[y, y2, y3, y4, b'-', m, m2, b'-', d, d2] = date.as_bytes() else { return None };
    let (century, year) = two_numbers([y, y2, y3, y4])?;
    let (month, day) = two_numbers([m, m2, d, d2])?;
    let (year, month, day) = (i32::from(century) * 100 + i32::from(year), i32::from(month), i32::from(day));
    if year == 0 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * ERA_DAYS + day_of_era)
}

/// The numbers of two digits each that dates and times of day are made of.
pub(crate) fn two_numbers(digits: [u8; 4]) -> Option<(u8, u8)> {
    // The lower half of a digit in ASCII is its value.
    let number = |ten: u8, one: u8| (ten & 15) * 10 + (one & 15);
    let [ten, one, next_ten, next_one] = digits;
    digits.iter().all(u8::is_ascii_digit).then(|| (number(ten, one), number(next_ten, next_one)))
}

/// Year, month and day.
fn civil_of(days: i32) -> (i32, i32, i32) {
    let (era, day_of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i32::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(date: &str, weekday: Weekday, next: &str) {
        let wall = WallTime::of(date, 1439).unwrap();
        assert_eq!((wall.date().as_str(), wall.weekday()), (date, weekday));
        assert_eq!((wall.later(1).date().as_str(), wall.later(1).minute_of_day), (next, 0));
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
    fn a_day_turns_where_the_hours_begin_and_at_midnight() {
        let until = |minute| WallTime::of("2026-03-09", minute).unwrap().until_turn(480);
        assert_eq!([0, 479, 480, 481, 1439].map(until), [480, 1, 960, 959, 1]);
        assert_eq!(WallTime::of("2026-03-09", 60).unwrap().until_turn(0), 1380);
    }

    #[test]
    fn a_date_in_another_form_is_no_date() {
        for date in [
            "",
            "2026",
            "2026-03",
            "2026-13-01",
            "2026-00-01",
            "2026-03-32",
            "2026-03-00",
            "0000-03-01",
            "2026-3-01",
            "2026/03/01",
            "202a-03-01",
            "März",
            "2026-03-04-05",
        ] {
            assert!(WallTime::of(date, 0).is_none(), "{date}");
        }
    }
}
