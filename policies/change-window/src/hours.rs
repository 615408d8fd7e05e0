//! This policy's own hours: what it judges in a zone whose calendar has no change windows.

use interlock_guest::prelude::*;

use crate::again;
use crate::calendar::replaces_hours;
use crate::clock::InWords;
use crate::rules::{LATE_FRIDAY, OUTSIDE_HOURS, finding_at};
use crate::settings::Limits;

pub(crate) fn verdict(change: &Change, limits: &Limits) -> Option<Verdict> {
    (i32::from(change.tier()) <= limits.hours_tier_max).then_some(Verdict::Warn)
}

/// A start late on a Friday, or in the night.
pub(crate) fn judge(change: &Change, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    let verdict = verdict(change, limits)?;
    let (rule, moment) = late_friday(start, limits).or_else(|| outside(start, limits))?;
    let message = text!("it starts on a {}{}", InWords(moment), again::phrase(start, limits));
    Some(finding_at("/schedule/start", rule, verdict, message))
}

fn late_friday<'a>(start: &'a [CivilMoment], limits: &Limits) -> Option<(&'static Rule, &'a CivilMoment)> {
    let at_home = home(start).filter(|moment| !replaces_hours(moment))?;
    is_late_friday(at_home.weekday, at_home.minute_of_day, limits).then_some((&LATE_FRIDAY, at_home))
}

fn outside<'a>(start: &'a [CivilMoment], limits: &Limits) -> Option<(&'static Rule, &'a CivilMoment)> {
    for moment in start {
        if count_in(moment, start, limits) && !is_open(moment.minute_of_day, limits) {
            return Some((&OUTSIDE_HOURS, moment));
        }
    }
    None
}

/// Whether the hours count in a zone at all.
pub(crate) fn count_in(moment: &CivilMoment, start: &[CivilMoment], limits: &Limits) -> bool {
    !replaces_hours(moment) && (limits.hours_in_target_zones || is_home(moment, start))
}

/// Whether it is the zone of whoever plans the change.
pub(crate) fn is_home(moment: &CivilMoment, start: &[CivilMoment]) -> bool {
    home(start).known_and(|home| home.zone == moment.zone)
}

/// The host puts the schedule's zone first. One that gave only targets' zones must not make the night an open hour.
fn home(start: &[CivilMoment]) -> Option<&CivilMoment> {
    for moment in start {
        if moment.zone_of == ZoneOf::Schedule {
            return Some(moment);
        }
    }
    start.first()
}

pub(crate) fn is_late_friday(weekday: Weekday, minute: u16, limits: &Limits) -> bool {
    weekday == Weekday::Friday && minute >= limits.friday_until.minute
}

/// A window whose end is not after its start crosses midnight. One function: written out, it is 100 bytes more.
#[inline(never)]
pub(crate) fn is_open(minute: u16, limits: &Limits) -> bool {
    let (from, until) = (limits.open_from.minute, limits.open_until.minute);
    if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::TimeOfDay;

    fn open(from: u16, until: u16, minute: u16) -> bool {
        let limits = Limits {
            open_from: TimeOfDay { minute: from },
            open_until: TimeOfDay { minute: until },
            ..Limits::default()
        };
        is_open(minute, &limits)
    }

    #[test]
    fn a_window_may_cross_midnight() {
        assert!(
            open(480, 1080, 480) && open(480, 1080, 1079) && !open(480, 1080, 1080) && !open(480, 1080, 479)
        );
        assert!(open(1320, 360, 1320) && open(1320, 360, 0) && open(1320, 360, 359) && !open(1320, 360, 360));
    }
}
