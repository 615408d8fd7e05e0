//! What an operator can set, and how the values are written. What follows from them is in the other files.

use interlock_guest::finding_types::{SettingKind, SettingScalar};
use interlock_guest::prelude::*;

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
    vec![(
        "open-until",
        "expected another time than `open-from`: a window from a time to itself is either never or always"
            .into(),
    )]
}

/// Minutes since midnight, written `HH:MM`.
#[derive(Clone, Copy)]
pub(crate) struct TimeOfDay {
    pub(crate) minute: u16,
}

impl SettingField for TimeOfDay {
    const KIND: SettingKind = SettingKind::Text;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        let [SettingScalar::Text(text)] = values else { return Err("a text".into()) };
        match minute_of_day(text) {
            Some(minute) => Ok(Self { minute }),
            None => Err(text!("a time of day like `08:00`, found `{text}`")),
        }
    }
}

fn minute_of_day(text: &str) -> Option<u16> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let &[hour, hour_end, b':', minute, minute_end] = text.as_bytes() else { return None };
    let hour = digit(hour)? * 10 + digit(hour_end)?;
    let minute = digit(minute)? * 10 + digit(minute_end)?;
    (hour < 24 && minute < 60).then(|| hour * 60 + minute)
}

/// Weekdays, written in English and lower case.
pub(crate) struct Days(pub(crate) Vec<Weekday>);

impl SettingField for Days {
    const KIND: SettingKind = SettingKind::TextList;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        if matches!(values, [SettingScalar::EmptyList]) {
            return Ok(Self(Vec::new()));
        }
        let mut days = Vec::new();
        for value in values {
            match value {
                SettingScalar::Text(name) => match WEEK.into_iter().find(|day| day_name(*day) == name) {
                    Some(day) => days.push(day),
                    None => return Err(text!("weekdays like `saturday`, found `{name}`")),
                },
                SettingScalar::Boolean(_) | SettingScalar::WholeNumber(_) | SettingScalar::EmptyList => {
                    return Err("a list of texts".into());
                }
            }
        }
        Ok(Self(days))
    }
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}
