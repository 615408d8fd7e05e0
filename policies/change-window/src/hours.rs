//! This policy's own hours: what it judges in a zone whose calendar has no change windows.

use interlock_guest::prelude::*;

use crate::again;
use crate::calendar::replaces_hours;
use crate::clock::in_words;
use crate::rules::{LATE_FRIDAY, OUTSIDE_HOURS};
use crate::settings::Limits;

pub(crate) fn verdict(change: &Change, limits: &Limits) -> Option<Verdict> {
    (i32::from(change.tier()) <= limits.hours_tier_max).then_some(Verdict::Warn)
}

/// A start late on a Friday, or in the night.
pub(crate) fn judge(change: &Change, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    let verdict = verdict(change, limits)?;
    let (rule, moment) = late_friday(start, limits).or_else(|| outside(start, limits))?;
    let message = text!("it starts on a {}{}", in_words(moment), again::phrase(start, limits));
    Some(rule.finding(verdict, message).at("/schedule/start"))
}

fn late_friday<'a>(start: &'a [CivilMoment], limits: &Limits) -> Option<(&'static Rule, &'a CivilMoment)> {
    let at_home = home(start).filter(|moment| !replaces_hours(moment))?;
    is_late_friday(at_home.weekday, at_home.minute_of_day, limits).then_some((&LATE_FRIDAY, at_home))
}

fn outside<'a>(start: &'a [CivilMoment], limits: &Limits) -> Option<(&'static Rule, &'a CivilMoment)> {
    let at_home = home(start)?;
    let counts = |moment: &&CivilMoment| moment.zone == at_home.zone || limits.hours_in_target_zones;
    let mut judged = start.iter().filter(counts).filter(|moment| !replaces_hours(moment));
    judged.find(|moment| !is_open(moment.minute_of_day, limits)).map(|moment| (&OUTSIDE_HOURS, moment))
}

/// The host puts the schedule's zone first. One that gave only targets' zones must not make the night an open hour.
pub(crate) fn home(start: &[CivilMoment]) -> Option<&CivilMoment> {
    start.iter().find(|moment| moment.zone_of == ZoneOf::Schedule).or(start.first())
}

pub(crate) fn is_late_friday(weekday: Weekday, minute: u16, limits: &Limits) -> bool {
    weekday == Weekday::Friday && minute >= limits.friday_until.minute
}

/// A window whose end is not after its start crosses midnight.
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
