//! When changes may start again, for whoever has just been told that they may not.
//!
//! A calendar says when its own zone opens next and nothing of what follows. Where that is too early for another zone,
//! or for this policy's hours, the answer is the earliest time there may be, and says so.

use interlock_guest::prelude::*;

use crate::clock::WallTime;
use crate::hours::{count_in, is_home, is_late_friday, is_open};
use crate::settings::Limits;

/// Zones whose openings wait for each other settle in two or three rounds, or never.
const ROUNDS_MAX: u32 = 8;

/// A weekend is at most a week long, or there is nothing else; a day has two turns.
const TURNS_MAX: u32 = 2 * 8;

/// `, changes may start again from Monday, 2026-03-09 08:00 in Asia/Shanghai`, to follow what was said of the start.
pub(crate) fn phrase(start: &[CivilMoment], limits: &Limits) -> String {
    told(start, limits).unwrap_or_else(|| text!(", and no time in the next 90 days is open for changes"))
}

/// `None`: some zone never opens.
fn told(start: &[CivilMoment], limits: &Limits) -> Option<String> {
    // In the zone of whoever plans it, whichever zone it was that opened last.
    let home = start.first()?;
    let open = settle(start, limits)?;
    // The start itself is not known to be closed.
    if open == home.epoch_min {
        return Some(String::new());
    }
    let words = Clock::of(home)?.wall(open).in_words(&home.zone);
    let earliest = if is_vouched_for(start, open) { "" } else { " at the earliest" };
    Some(text!(", changes may start again from {words}{earliest}"))
}

/// The first time at which no zone is known to be closed: each zone in turn moves it to where it is open, until none
/// does.
fn settle(start: &[CivilMoment], limits: &Limits) -> Option<i32> {
    let mut settled = start.first()?.epoch_min;
    for _ in 0..ROUNDS_MAX {
        let before = settled;
        for zone in start {
            settled = open_from(zone, settled, start, limits)?;
        }
        if settled == before {
            return Some(settled);
        }
    }
    None
}

/// The first time, then or later, at which a zone is not known to be closed.
fn open_from(zone: &CivilMoment, epoch_min: i32, start: &[CivilMoment], limits: &Limits) -> Option<i32> {
    let clock = Clock::of(zone)?;
    let mut open = epoch_min.max(clock.epoch_min);
    // The weekend ends at midnight, Friday too, and the hours begin at `open-from`: nothing else opens anything.
    for _ in 0..=TURNS_MAX {
        let time = clock.wall(open);
        if is_working_day(zone, time, limits) && is_in_hours(zone, time, start, limits) {
            return Some(open);
        }
        open = open.saturating_add(time.until_turn(limits.open_from.minute).into());
    }
    None
}

/// Without a calendar. With one, only the day on which it opens is known, and the next is taken to be like it.
fn is_working_day(zone: &CivilMoment, time: WallTime, limits: &Limits) -> bool {
    zone.day.is_some() || !limits.weekend_days.has(time.weekday())
}

/// Whether this policy's own hours, where they count, let a change start then.
fn is_in_hours(zone: &CivilMoment, time: WallTime, start: &[CivilMoment], limits: &Limits) -> bool {
    if limits.hours_tier_max < 0 || !count_in(zone, start, limits) {
        return true;
    }
    let (weekday, minute) = (time.weekday(), time.minute_of_day);
    is_open(minute, limits) && !(is_home(zone, start) && is_late_friday(weekday, minute, limits))
}

/// Whether nothing that is not known could close any zone then: it is the very time its calendar names, or a later one
/// on that day in a calendar of whole days.
fn is_vouched_for(start: &[CivilMoment], epoch_min: i32) -> bool {
    for zone in start {
        let Some(day) = &zone.day else { continue };
        let Some(clock) = Clock::of(zone) else { return false };
        let is_same_day = clock.wall(epoch_min).day == clock.wall.day;
        if epoch_min != clock.epoch_min && !(day.windows.is_empty() && is_same_day) {
            return false;
        }
    }
    true
}

/// The clock of one zone, set where the host has shown what it shows.
struct Clock {
    epoch_min: i32,
    wall: WallTime,
}

impl Clock {
    /// `None`: the zone's calendar opens it at no time that it can see.
    fn of(zone: &CivilMoment) -> Option<Self> {
        let (epoch_min, date, minute) = match &zone.day {
            // What the clock shows then is told, whatever it was put forward or back by in between.
            Some(day) => {
                let turn = day.next_open.as_ref()?;
                (turn.epoch_min, &turn.date, turn.minute_of_day)
            }
            None => (zone.epoch_min, &zone.date, zone.minute_of_day),
        };
        Some(Self { epoch_min, wall: WallTime::of(date, minute)? })
    }

    /// What it shows when it was set, or later.
    fn wall(&self, epoch_min: i32) -> WallTime {
        self.wall.later(epoch_min.abs_diff(self.epoch_min))
    }
}
