//! When changes may start again, for whoever has just been told that they may not.
//!
//! A calendar says when its own zone opens next and nothing of what follows. Where that is too early for another zone,
//! or for this policy's hours, the answer is the earliest time there may be, and says so.

use interlock_guest::prelude::*;

use crate::calendar::replaces_hours;
use crate::clock::{DAY_MIN, WallTime};
use crate::hours::{home, is_late_friday, is_open};
use crate::settings::Limits;

/// Zones whose openings wait for each other settle in two or three rounds, or never.
const ROUNDS_MAX: u32 = 8;

/// A weekend is at most a week long, or there is nothing else.
const DAYS_MAX: i64 = 8;

/// `, changes may start again from Monday, 2026-03-09 08:00 in Asia/Shanghai`, to follow what was said of the start.
pub(crate) fn phrase(start: &[CivilMoment], limits: &Limits) -> String {
    const NEVER: &str = ", and no time in the next 90 days is open for changes";
    let mut zones = Vec::new();
    for moment in start {
        let Some(zone) = Zone::of(moment, start, limits) else { return NEVER.into() };
        zones.push(zone);
    }
    let (Some(home), Some(Settled { epoch_min, moved })) = (zones.first(), settle(&zones, limits)) else {
        return NEVER.into();
    };
    if !moved {
        return String::new();
    }
    // In the zone of whoever plans it, whichever zone it was that opened last.
    let words = home.wall(epoch_min).in_words(home.name);
    let vouched = zones.iter().all(|zone| zone.vouches_for(epoch_min));
    let earliest = if vouched { "" } else { " at the earliest" };
    text!(", changes may start again from {words}{earliest}")
}

/// A time at which no zone is known to be closed.
struct Settled {
    epoch_min: i64,
    /// Whether that is after the start. If not, the start itself is not known to be closed.
    moved: bool,
}

/// Each zone in turn moves the time to where it is open, until none does. `None`: some zone never opens.
fn settle(zones: &[Zone<'_>], limits: &Limits) -> Option<Settled> {
    let start = zones.first()?.start_epoch_min;
    let mut settled = Settled { epoch_min: start, moved: false };
    for _ in 0..ROUNDS_MAX {
        let before = settled.epoch_min;
        for zone in zones {
            let open = zone.open_from(settled.epoch_min, limits)?;
            if open > settled.epoch_min {
                settled = Settled { epoch_min: open, moved: true };
            }
        }
        if settled.epoch_min == before {
            return Some(settled);
        }
    }
    None
}

/// A clock of one zone, set where the host has shown what it shows.
struct Zone<'a> {
    name: &'a str,
    start_epoch_min: i64,
    day: Option<&'a CalendarDay>,
    hours: Hours,
    set_epoch_min: i64,
    set_wall: WallTime,
}

/// Which of this policy's own hours hold in a zone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hours {
    /// With the Friday.
    Home,
    /// Without it.
    Target,
    /// None.
    Unjudged,
}

impl<'a> Zone<'a> {
    /// `None`: its calendar opens it at no time that it can see.
    fn of(moment: &'a CivilMoment, start: &[CivilMoment], limits: &Limits) -> Option<Self> {
        let (set_epoch_min, date, minute) = match &moment.day {
            // What the clock shows then is told, whatever it was put forward or back by in between.
            Some(day) => {
                day.next_open.as_ref().map(|turn| (turn.epoch_min, &turn.date, turn.minute_of_day))?
            }
            None => (moment.epoch_min, &moment.date, moment.minute_of_day),
        };
        Some(Self {
            name: &moment.zone,
            start_epoch_min: i64::from(moment.epoch_min),
            day: moment.day.as_ref(),
            hours: Hours::of(moment, start, limits),
            set_epoch_min: i64::from(set_epoch_min),
            set_wall: WallTime::of(date, minute)?,
        })
    }

    fn wall(&self, epoch_min: i64) -> WallTime {
        self.set_wall.later(epoch_min - self.set_epoch_min)
    }

    /// The first time, then or later, at which this zone is not known to be closed.
    fn open_from(&self, epoch_min: i64, limits: &Limits) -> Option<i64> {
        let from = match self.day {
            Some(_) => epoch_min.max(self.set_epoch_min),
            None => epoch_min,
        };
        let wall = self.wall(from);
        // The weekend ends at midnight, Friday too, and the hours begin at `open-from`: nothing else opens anything.
        let midnights = (0..=DAYS_MAX).map(|day| wall.midnight().later(day * DAY_MIN));
        let turns =
            midnights.flat_map(|midnight| [midnight, midnight.later(i64::from(limits.open_from.minute))]);
        let mut times = [wall].into_iter().chain(turns.filter(|turn| *turn > wall));
        let open = times.find(|time| self.is_working_day(*time, limits) && self.hours.hold(*time, limits))?;
        Some(from + open.since(wall))
    }

    /// Without a calendar. With one, only the day on which it opens is known, and the next is taken to be like it.
    fn is_working_day(&self, time: WallTime, limits: &Limits) -> bool {
        self.day.is_some() || !limits.weekend_days.0.contains(&time.weekday())
    }

    /// Whether nothing that is not known could close the zone then: it is the very time its calendar names, or a later
    /// one on that day in a calendar of whole days.
    fn vouches_for(&self, epoch_min: i64) -> bool {
        let same_day = || self.wall(epoch_min).midnight() == self.set_wall.midnight();
        match self.day {
            Some(day) => epoch_min == self.set_epoch_min || (day.windows.is_empty() && same_day()),
            None => true,
        }
    }
}

impl Hours {
    fn of(moment: &CivilMoment, start: &[CivilMoment], limits: &Limits) -> Self {
        let is_home = home(start).known_and(|home| home.zone == moment.zone);
        if limits.hours_tier_max < 0 || replaces_hours(moment) {
            Self::Unjudged
        } else if is_home {
            Self::Home
        } else if limits.hours_in_target_zones {
            Self::Target
        } else {
            Self::Unjudged
        }
    }

    fn hold(self, time: WallTime, limits: &Limits) -> bool {
        match self {
            Self::Home => {
                is_open(time.minute_of_day(), limits)
                    && !is_late_friday(time.weekday(), time.minute_of_day(), limits)
            }
            Self::Target => is_open(time.minute_of_day(), limits),
            Self::Unjudged => true,
        }
    }
}
