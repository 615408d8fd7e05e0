//! Stock policy `change-window`: a change starts when the people who would have to mend it are at work.
//!
//! It judges the planned start, in the zone of the people who plan it and in the zone of each target. It computes no
//! zone and knows no clock: the host shows it weekdays and minutes. Public holidays come with calendars; without one,
//! the report says that none was given.
//!
//! A weekend alone is weak evidence (9 of 82 public outages that a change set off), and it is what made 2023-11-12 long.

use interlock_guest::prelude::*;

/// When changes may start.
#[derive(Settings)]
#[setting(check = hours_are_a_window)]
pub struct Limits {
    /// Tiers up to this number are blocked at weekends or when unscheduled; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    warn_tier_max: i32,
    /// Tiers up to this number are warned outside the hours below; -1 warns none. Default 2: nobody is woken for tier 3.
    #[setting(default = 2, range = -1..=3)]
    hours_tier_max: i32,
    /// Days on which nobody works. Default saturday and sunday.
    #[setting(default = ["saturday", "sunday"])]
    weekend_days: Days,
    /// Changes may start from this time of day, HH:MM. Default 08:00.
    #[setting(default = "08:00")]
    open_from: TimeOfDay,
    /// Changes may start before this time of day, HH:MM; earlier than open-from: the window crosses midnight. Default 18:00.
    #[setting(default = "18:00")]
    open_until: TimeOfDay,
    /// Changes may start on a Friday before this time of day, HH:MM. Default 12:00: what starts later is watched on Saturday.
    #[setting(default = "12:00")]
    friday_until: TimeOfDay,
    /// Longest time that a planned start may lie behind the moment of asking, in minutes. Default 60: for so long an answer is valid.
    #[setting(default = 60, range = 0..=10_080)]
    start_age_min_max: i32,
    /// Whether the hours count in each target's zone too. Default false: a change to every region is at night somewhere.
    #[setting(default = false)]
    hours_in_target_zones: bool,
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
struct TimeOfDay {
    minute: u16,
}

impl SettingField for TimeOfDay {
    const KIND: interlock_guest::finding_types::SettingKind =
        interlock_guest::finding_types::SettingKind::Text;

    fn from_setting(values: &[interlock_guest::finding_types::SettingScalar]) -> Result<Self, String> {
        let text = String::from_setting(values)?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let parsed = text.split_once(':').filter(|(hour, minute)| two_digits(hour) && two_digits(minute));
        let numbers = parsed.and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
        match numbers {
            Some((hour @ 0..=23, minute @ 0..=59)) => Ok(Self { minute: hour * 60 + minute }),
            Some(_) | None => Err(format!("a time of day like `08:00`, found `{text}`")),
        }
    }
}

/// Weekdays, written in English and lower case.
struct Days(Vec<Weekday>);

impl SettingField for Days {
    const KIND: interlock_guest::finding_types::SettingKind =
        interlock_guest::finding_types::SettingKind::TextList;

    fn from_setting(values: &[interlock_guest::finding_types::SettingScalar]) -> Result<Self, String> {
        let names = Vec::<String>::from_setting(values)?;
        let day = |name: &String| {
            WEEK.into_iter()
                .find(|day| day_name(*day) == name)
                .ok_or_else(|| format!("weekdays like `saturday`, found `{name}`"))
        };
        names.iter().map(day).collect::<Result<_, _>>().map(Self)
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

const UNSCHEDULED: Rule = Rule {
    id: "unscheduled",
    title: "it is known when the change starts",
    help: "a change without a time may start at the worst one",
    remedy: "state `schedule.start` and `schedule.zone`",
    origin: Some("2023-03-08 Datadog: an unattended update restarted networking at a time nobody had chosen"),
    strictest: Verdict::Block,
};

const STALE_START: Rule = Rule {
    id: "stale-start",
    title: "the planned start is not over when the change is about to start",
    help: "a change that is asked for after its planned time starts at another one, which nobody has looked at",
    remedy: "plan it anew: move `schedule.start` to the time at which it will really start",
    origin: Some(
        "2023-11-12 Alibaba Cloud: a process that looks at the plan, not at what is done, is not followed",
    ),
    strictest: Verdict::Block,
};

const WEEKEND: Rule = Rule {
    id: "weekend",
    title: "a change does not start at a weekend",
    help: "at a weekend the people who could mend it are away, and finding them is part of the outage",
    remedy: "move `schedule.start` to a working day, or link the open incident the change answers",
    origin: Some("2023-11-12 Alibaba Cloud: a Sunday evening, three hours and a half until all was back"),
    strictest: Verdict::Block,
};

const LATE_FRIDAY: Rule = Rule {
    id: "late-friday",
    title: "a change does not start late on a Friday",
    help: "what starts on a Friday afternoon is watched by nobody on Saturday",
    remedy: "move `schedule.start` to Friday morning or to Monday",
    origin: Some(
        "2024-07-19 CrowdStrike: a Friday afternoon in Sydney, ten days until nearly all machines were back",
    ),
    strictest: Verdict::Warn,
};

const OUTSIDE_HOURS: Rule = Rule {
    id: "outside-hours",
    title: "a change starts in working hours",
    help: "outside working hours a fault waits for somebody to be woken",
    remedy: "move `schedule.start` into working hours",
    origin: Some("2022-07-08 Rogers: maintenance before dawn, over a day until all was back"),
    strictest: Verdict::Warn,
};

#[policy(
    title = "a change starts when the people who would have to mend it are at work",
    rules = [UNSCHEDULED, STALE_START, WEEKEND, LATE_FRIDAY, OUTSIDE_HOURS]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    match question.asked_at {
        // When a change is merged nobody knows yet when it will go out; it is asked again before it does.
        Phase::Merge => return Ok(vec![]),
        Phase::Deploy | Phase::Promote => {}
    }
    let start = match &change.schedule {
        Some(schedule) => schedule.start.as_slice(),
        None => &[],
    };
    let finding = if start.is_empty() {
        unscheduled(change, limits)
    } else {
        stale(change, question, start, limits)
            .or_else(|| weekend(change, start, limits))
            .or_else(|| off_hours(change, start, limits))
    };
    Ok(finding.into_iter().collect())
}

fn by_tier(limits: &Limits) -> ByTier {
    ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max }
}

/// The worst time there is: the verdict of a weekend, or of the night where only that is judged.
fn at_the_worst_time(change: &Change, limits: &Limits) -> Option<Verdict> {
    by_tier(limits).verdict(change).or_else(|| hours_verdict(change, limits))
}

fn unscheduled(change: &Change, limits: &Limits) -> Option<Finding> {
    let verdict = at_the_worst_time(change, limits)?;
    let finding = UNSCHEDULED.finding(verdict, "nobody knows when this change starts").at("/schedule/start");
    Some(finding.with_reason_not_applicable(change, "/schedule"))
}

/// Once a stage is done the start is rightly over.
fn stale(change: &Change, question: &Question, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    let begun = question.progress.known_and(|progress| progress.stages_done > 0);
    let planned = start.first()?;
    let late_min = question.evaluated_epoch_min.saturating_sub(planned.epoch_min);
    if begun || question.asked_at == Phase::Promote || late_min <= limits.start_age_min_max {
        return None;
    }
    let verdict = at_the_worst_time(change, limits)?;
    let message =
        format!("it was to start on a {}, {late_min} minutes before it was asked for", in_words(planned));
    Some(STALE_START.finding(verdict, message).at("/schedule/start"))
}

fn weekend(change: &Change, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    let moment = start.iter().find(|moment| limits.weekend_days.0.contains(&moment.weekday))?;
    let by_tier = by_tier(limits).verdict(change)?;
    let incident = linked_incident(change);
    // An outage that is going on is a reason to act on a Sunday, and still no reason not to look twice.
    let verdict = if incident.is_some() { Verdict::Warn } else { by_tier };
    let finding =
        WEEKEND.finding(verdict, format!("it starts on a {}", in_words(moment))).at("/schedule/start");
    Some(match incident {
        Some(incident) => finding.because("open-incident", incident),
        None => finding.because("tier", change.tier().to_string()),
    })
}

/// An open incident of a service that the change touches.
fn linked_incident(change: &Change) -> Option<&str> {
    let touched = |service: &String| change.services.iter().flatten().any(|touched| touched.name == *service);
    let incidents = change.open_incidents.iter().flatten();
    incidents
        .filter(|incident| incident.service.known_and(touched))
        .map(|incident| incident.id.as_str())
        .next()
}

fn hours_verdict(change: &Change, limits: &Limits) -> Option<Verdict> {
    (i32::from(change.tier()) <= limits.hours_tier_max).then_some(Verdict::Warn)
}

fn off_hours(change: &Change, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    let verdict = hours_verdict(change, limits)?;
    // The host puts the schedule's zone first. One that gave only targets' zones must not make the night an open hour.
    let at_home = start.iter().find(|moment| moment.zone_of == ZoneOf::Schedule).or(start.first())?;
    if at_home.weekday == Weekday::Friday && at_home.minute_of_day >= limits.friday_until.minute {
        let message = format!("it starts on a {}", in_words(at_home));
        return Some(LATE_FRIDAY.finding(verdict, message).at("/schedule/start"));
    }
    let counts = |moment: &&CivilMoment| moment.zone == at_home.zone || limits.hours_in_target_zones;
    let outside = start.iter().filter(counts).find(|moment| !is_open(moment.minute_of_day, limits))?;
    let message = format!("it starts on a {}", in_words(outside));
    Some(OUTSIDE_HOURS.finding(verdict, message).at("/schedule/start"))
}

/// A window whose end is not after its start crosses midnight.
fn is_open(minute: u16, limits: &Limits) -> bool {
    let (from, until) = (limits.open_from.minute, limits.open_until.minute);
    if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until }
}

/// `Sunday, 2023-11-12, 17:44 in Asia/Shanghai`
fn in_words(moment: &CivilMoment) -> String {
    let day = match moment.weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    let (hour, minute) = (moment.minute_of_day / 60, moment.minute_of_day % 60);
    format!("{day}, {} {hour:02}:{minute:02} in {}", moment.date, moment.zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(from: u16, until: u16, minute: u16) -> bool {
        let limits = Limits {
            open_from: TimeOfDay { minute: from },
            open_until: TimeOfDay { minute: until },
            ..Limits::default()
        };
        is_open(minute, &limits)
    }

    #[test]
    fn a_start_known_only_in_a_target_s_zone_is_judged_there() {
        let at = |minute_of_day| CivilMoment {
            epoch_min: 0,
            zone: "Asia/Tokyo".into(),
            zone_of: ZoneOf::Target,
            date: "2026-03-04".into(),
            weekday: Weekday::Wednesday,
            minute_of_day,
            day: None,
        };
        let change = Change::unknown("c", ChangeKind::Config);
        assert!(off_hours(&change, &[at(180)], &Limits::default()).is_some());
        assert!(off_hours(&change, &[at(600)], &Limits::default()).is_none());
    }

    #[test]
    fn a_window_may_cross_midnight() {
        assert!(
            open(480, 1080, 480) && open(480, 1080, 1079) && !open(480, 1080, 1080) && !open(480, 1080, 479)
        );
        assert!(open(1320, 360, 1320) && open(1320, 360, 0) && open(1320, 360, 359) && !open(1320, 360, 360));
    }
}
