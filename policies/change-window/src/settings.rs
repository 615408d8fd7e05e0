//! What an operator can set, and how the values are written. What follows from them is in the other files.

use interlock_guest::finding_types::{SettingKind, SettingScalar};
use interlock_guest::prelude::*;

use crate::clock::two_numbers;

/// When changes may start.
#[derive(Settings)]
#[setting(check = hours_are_a_window)]
pub struct Limits {
    /// Tiers up to this number are blocked when nobody is there, when changes are frozen, or when unscheduled; -1
    /// blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    pub(crate) warn_tier_max: i32,
    /// Tiers up to this number are warned outside the hours below, and when a plan ends outside; -1 warns none.
    /// Default 2: nobody is woken for tier 3.
    #[setting(default = 2, range = -1..=3)]
    pub(crate) hours_tier_max: i32,
    /// Days on which nobody works, in zones without a calendar. Default saturday and sunday.
    #[setting(default = ["saturday", "sunday"])]
    pub(crate) weekend_days: Days,
    /// Changes may start from this time of day, HH:MM. Default 08:00.
    #[setting(default = "08:00")]
    pub(crate) open_from: TimeOfDay,
    /// Changes may start before this time of day, HH:MM; earlier than open-from: the window crosses midnight. Default
    /// 18:00.
    #[setting(default = "18:00")]
    pub(crate) open_until: TimeOfDay,
    /// Changes may start on a Friday before this time of day, HH:MM. Default 12:00: what starts later is watched on
    /// Saturday.
    #[setting(default = "12:00")]
    pub(crate) friday_until: TimeOfDay,
    /// Longest time that a planned start may lie behind the moment of asking, in minutes. Default 60: for so long an
    /// answer is valid.
    #[setting(default = 60, range = 0..=10_080)]
    pub(crate) start_age_min_max: i32,
    /// Whether the hours count in each target's zone too. Default false: a change to every region is at night
    /// somewhere.
    #[setting(default = false)]
    pub(crate) hours_in_target_zones: bool,
    /// Longest plan, in minutes, that must end before the change window closes in which it starts; 0 asks it of none.
    /// Default 480: 8 hours, the default maintenance window of Azure API Management. A longer one is asked again before
    /// each stage.
    #[setting(default = 480, range = 0..=10_080)]
    pub(crate) whole_in_window_min_max: i32,
    /// Whether what is merged goes out at once, so that the start is judged at merge too. Default false.
    #[setting(default = false)]
    pub(crate) merge_is_deploy: bool,
}

fn hours_are_a_window(limits: &Limits) -> Vec<(&'static str, String)> {
    if limits.open_from.minute != limits.open_until.minute {
        return vec![];
    }
    let expected = text!(
        "expected another time than `open-from`: a window from a time to itself is either never or always"
    );
    vec![("open-until", expected)]
}

/// Minutes since midnight, written `HH:MM`.
#[derive(Clone, Copy)]
pub(crate) struct TimeOfDay {
    pub(crate) minute: u16,
}

impl SettingField for TimeOfDay {
    const KIND: SettingKind = SettingKind::Text;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        let [SettingScalar::Text(text)] = values else { return Err(text!("a text")) };
        match minute_of_day(text) {
            Some(minute) => Ok(Self { minute }),
            None => Err(text!("a time of day like `08:00`, found `{text}`")),
        }
    }
}

fn minute_of_day(text: &str) -> Option<u16> {
    let &[h, h2, b':', m, m2] = text.as_bytes() else { return None };
    let (hour, minute) = two_numbers([h, h2, m, m2])?;
    (hour < 24 && minute < 60).then(|| u16::from(hour) * 60 + u16::from(minute))
}

/// Weekdays, written in English and lower case.
#[derive(Default)]
pub(crate) struct Days {
    /// One bit for each, from Monday on.
    bits: u8,
}

impl Days {
    pub(crate) fn has(&self, day: Weekday) -> bool {
        self.bits & bit(day) != 0
    }

    fn add(&mut self, name: &str) -> Result<(), String> {
        for (day, written) in WEEK {
            if *written == name {
                self.bits |= bit(*day);
                return Ok(());
            }
        }
        Err(text!("weekdays like `saturday`, found `{name}`"))
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day as u8
}

impl SettingField for Days {
    const KIND: SettingKind = SettingKind::TextList;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        let mut days = Self::default();
        if matches!(values, [SettingScalar::EmptyList]) {
            return Ok(days);
        }
        for value in values {
            let SettingScalar::Text(name) = value else { return Err(text!("a list of texts")) };
            days.add(name)?;
        }
        Ok(days)
    }
}

static WEEK: &[(Weekday, &str)] = &[
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
    (Weekday::Sunday, "sunday"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_written_with_four_digits() {
        for (text, minute) in [("00:00", 0), ("08:05", 485), ("23:59", 1439)] {
            assert_eq!(minute_of_day(text), Some(minute), "{text}");
        }
        for text in ["", "8:00", "24:00", "12:60", "99:99", "12.30", "1a:00", "12:30 ", "+1:00", "12:3é"] {
            assert_eq!(minute_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_set_where_its_name_stands() {
        let set = |names: &[&str]| {
            let texts: Vec<_> = names.iter().map(|name| SettingScalar::Text((*name).into())).collect();
            Days::from_setting(&texts)
                .map(|days| WEEK.iter().map(|(day, _)| days.has(*day)).collect::<Vec<_>>())
        };
        for (day, name) in WEEK {
            assert_eq!(set(&[*name]), Ok(WEEK.iter().map(|(other, _)| other == day).collect()));
        }
        let (friday, sunday) = ("friday", "sunday");
        assert_eq!(
            set(&[sunday, friday, sunday]),
            Ok([false, false, false, false, true, false, true].into())
        );
        assert_eq!(set(&["Friday"]), Err("weekdays like `saturday`, found `Friday`".into()));
    }
}
