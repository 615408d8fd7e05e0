//! The schedule's clock times into instants, and into what calendars show in each zone that matters.
//!
//! A policy never computes a zone, so this is where a local time that does not exist, or exists twice, has to be refused.

use interlock_model::{
    Change, CivilMoment, Instant, LocalTime, Origin, Pointer, Rollout, Schedule, Sources, Span, Target,
    Weekday, ZoneOf,
};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::error::{Problem, ProblemKind, shown};
use crate::zone::Zones;

/// A zone in which the schedule is to be shown.
struct Shown {
    name: String,
    zone: TimeZone,
    zone_of: ZoneOf,
}

/// Checks every zone of the change, joins the schedule's times with its zone, and fills in its moments.
pub(crate) fn resolve(change: &mut Change, sources: &Sources) -> Result<(), Problem> {
    let zones = Zones::bundled();
    let mut shown = target_zones(change.targets.as_deref().unwrap_or_default(), &zones, sources)?;
    let Some(schedule) = &mut change.schedule else { return Ok(()) };
    let Some(name) = schedule.zone.clone() else { return check_no_times(schedule, sources) };
    let zone = zones.find(&name, value_span(sources, "/schedule/zone"))?;
    shown.retain(|target| target.name != name);
    shown.insert(0, Shown { name: name.clone(), zone: zone.clone(), zone_of: ZoneOf::Schedule });
    let at = |time: Option<LocalTime>, pointer: &str| {
        time.map(|time| instant(time, &zone, &name, value_span(sources, pointer))).transpose()
    };
    let (start, end) = (at(schedule.start, "/schedule/start")?, at(schedule.end, "/schedule/end")?);
    check_order(start, end, sources)?;
    schedule.start_moments = moments(start, &shown)?;
    schedule.end_moments = moments(end, &shown)?;
    let projected_end = start.and_then(|start| projected_end(start, change.rollout.as_ref()));
    schedule.projected_end_moments = moments(projected_end, &shown)?;
    Ok(())
}

/// When the last stage starts if every stage starts as soon as it may. Unknown as soon as one bake time before it is.
fn projected_end(start: Timestamp, rollout: Option<&Rollout>) -> Option<Timestamp> {
    let (_, before_last) = rollout?.stages.as_deref()?.split_last()?;
    let bakes_s: Option<i64> = before_last.iter().map(|stage| stage.bake_s.map(i64::from)).sum();
    start.checked_add(SignedDuration::from_secs(bakes_s?)).ok()
}

/// Each zone the targets live by, once, in the order of the document.
fn target_zones(targets: &[Target], zones: &Zones, sources: &Sources) -> Result<Vec<Shown>, Problem> {
    let mut shown: Vec<Shown> = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        let Some(name) = &target.time_zone else { continue };
        if shown.iter().any(|known| known.name == *name) {
            continue;
        }
        let zone = zones.find(name, value_span(sources, &format!("/targets/{index}/time-zone")))?;
        shown.push(Shown { name: name.clone(), zone, zone_of: ZoneOf::Target });
    }
    Ok(shown)
}

fn check_no_times(schedule: &Schedule, sources: &Sources) -> Result<(), Problem> {
    let pointer = match (schedule.start, schedule.end) {
        (None, None) => return Ok(()),
        (Some(_), _) => "/schedule/start",
        (None, Some(_)) => "/schedule/end",
    };
    Err(Problem::new(ProblemKind::MissingKey, value_span(sources, pointer), "a time without a zone")
        .expected("`zone` beside it")
        .help("add `zone:` with the IANA name of the place, like `Asia/Shanghai`; an offset knows no weekday rules"))
}

/// What a clock in a zone shows at an instant, with its offset, so that it means this instant in a night with two of them.
pub(crate) fn clock_time(at: Instant, zone: &TimeZone) -> Option<LocalTime> {
    let shown = Timestamp::from_second(i64::from(at.epoch_min()) * 60).ok()?.to_zoned(zone.clone());
    shown.strftime("%Y-%m-%dT%H:%M%:z").to_string().try_into().ok()
}

pub(crate) fn instant(
    time: LocalTime,
    zone: &TimeZone,
    name: &str,
    span: Span,
) -> Result<Timestamp, Problem> {
    let clock = time.civil();
    let written = time.offset_min().map(|minutes| minutes.saturating_mul(60));
    let offset = match zone.to_ambiguous_timestamp(clock).offset() {
        AmbiguousOffset::Gap { before, after } => return Err(gap(clock, name, before, after, span)),
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Fold { before, after } => match written {
            // The offset says which of the two is meant.
            Some(seconds) if seconds == after.seconds() => after,
            Some(_) => before,
            None => return Err(overlap(clock, name, before, after, span)),
        },
    };
    if written.is_some_and(|seconds| seconds != offset.seconds()) {
        return Err(disagreement(time, name, offset, span));
    }
    offset.to_timestamp(clock).map_err(|_| out_of_range(span))
}

fn gap(clock: DateTime, name: &str, before: Offset, after: Offset, span: Span) -> Problem {
    let (earlier, later) = (at_offset(clock, after, before), at_offset(clock, before, after));
    Problem::new(ProblemKind::Time, span, format!("`{}`, which does not exist in `{name}`", written(clock)))
        .expected(format!(
            "a time a clock there shows: it jumps from {} to {}",
            offset_name(before),
            offset_name(after)
        ))
        .help(format!("write `{earlier}` or `{later}`, whichever is meant"))
}

fn overlap(clock: DateTime, name: &str, before: Offset, after: Offset, span: Span) -> Problem {
    let (first, second) = (offset_name(before), offset_name(after));
    let clock = written(clock);
    Problem::new(ProblemKind::Time, span, format!("`{clock}`, which a clock in `{name}` shows twice"))
        .expected(format!("one time: it is `{clock}{first}` and again `{clock}{second}`"))
        .help("write the offset that is meant")
}

fn disagreement(time: LocalTime, name: &str, offset: Offset, span: Span) -> Problem {
    Problem::new(ProblemKind::Time, span, format!("`{time}`, whose offset is not that of `{name}`"))
        .expected(format!("{}, the offset there at that time", offset_name(offset)))
        .help("leave the offset out, or correct the zone")
}

fn check_order(start: Option<Timestamp>, end: Option<Timestamp>, sources: &Sources) -> Result<(), Problem> {
    let (Some(start), Some(end)) = (start, end) else { return Ok(()) };
    if start < end {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Time,
        value_span(sources, "/schedule/end"),
        "an end that is not after the start",
    )
    .expected("a later time")
    .help("a window across midnight ends on the next day: write its date"))
}

fn moments(at: Option<Timestamp>, shown: &[Shown]) -> Result<Vec<CivilMoment>, Problem> {
    let Some(at) = at else { return Ok(Vec::new()) };
    shown.iter().map(|zone| moment(at, zone)).collect()
}

fn moment(at: Timestamp, shown: &Shown) -> Result<CivilMoment, Problem> {
    let clock = shown.zone.to_datetime(at);
    let minute = i32::from(clock.hour()) * 60 + i32::from(clock.minute());
    let epoch_min =
        i32::try_from(at.as_second().div_euclid(60)).map_err(|_| out_of_range(Span::default()))?;
    Ok(CivilMoment {
        at: Instant::from_epoch_min(epoch_min),
        zone: shown.name.clone(),
        zone_of: shown.zone_of,
        date: clock.date().to_string(),
        weekday: weekday(clock),
        minute_of_day: u16::try_from(minute).map_err(|_| out_of_range(Span::default()))?,
        day: None,
    })
}

pub(crate) fn weekday(clock: DateTime) -> Weekday {
    match clock.weekday() {
        jiff::civil::Weekday::Monday => Weekday::Monday,
        jiff::civil::Weekday::Tuesday => Weekday::Tuesday,
        jiff::civil::Weekday::Wednesday => Weekday::Wednesday,
        jiff::civil::Weekday::Thursday => Weekday::Thursday,
        jiff::civil::Weekday::Friday => Weekday::Friday,
        jiff::civil::Weekday::Saturday => Weekday::Saturday,
        jiff::civil::Weekday::Sunday => Weekday::Sunday,
    }
}

/// Years are checked when a time is read, so this is never seen; it is an error and not a panic all the same.
fn out_of_range(span: Span) -> Problem {
    Problem::new(ProblemKind::Time, span, "a time far from today")
        .expected("a year from 1970 to 2199")
        .help("check the year")
}

/// The clock moved from one offset to another, and the offset it then has.
fn at_offset(clock: DateTime, from: Offset, to: Offset) -> String {
    match from.to_timestamp(clock) {
        Ok(at) => format!("{}{}", written(to.to_datetime(at)), offset_name(to)),
        Err(_) => shown(&clock.to_string()),
    }
}

fn written(clock: DateTime) -> String {
    clock.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn offset_name(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

pub(crate) fn value_span(sources: &Sources, pointer: &str) -> Span {
    let (Origin { value, .. }, _) = sources.nearest(&Pointer::new(pointer));
    value
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{Syntax, read_change};

    fn read(schedule: &str) -> Result<Schedule, String> {
        let text = format!(
            "id: a\nkind: config\nschedule: {{ {schedule} }}\ntargets: [{{ time-zone: Europe/Berlin }}, {{ time-zone: UTC }}, {{ time-zone: Europe/Berlin }}]\n"
        );
        let document = read_change("a", text.as_bytes(), Syntax::Yaml).map_err(|error| error.to_string())?;
        Ok(document.change.schedule.unwrap())
    }

    #[track_caller]
    fn refused(schedule: &str, parts: &[&str]) {
        let error = read(schedule).unwrap_err();
        for part in parts {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_time_is_shown_in_each_zone_that_matters_once() {
        let schedule = read("start: \"2023-11-13T06:00\", zone: Asia/Shanghai").unwrap();
        let seen: Vec<_> = schedule
            .start_moments
            .iter()
            .map(|m| (m.zone.as_str(), m.zone_of, m.weekday, m.minute_of_day, m.at.to_string()))
            .collect();
        let at = "2023-11-12T22:00Z".to_owned();
        assert_eq!(
            seen,
            [
                ("Asia/Shanghai", ZoneOf::Schedule, Weekday::Monday, 360, at.clone()),
                ("Europe/Berlin", ZoneOf::Target, Weekday::Sunday, 23 * 60, at.clone()),
                ("UTC", ZoneOf::Target, Weekday::Sunday, 22 * 60, at),
            ]
        );
        assert_eq!(schedule.end_moments, []);
        let zones: Vec<_> = read("end: \"2023-11-13T06:00\", zone: UTC").unwrap().end_moments;
        assert_eq!(
            zones.iter().map(|m| (m.zone.as_str(), m.zone_of)).collect::<Vec<_>>(),
            [("UTC", ZoneOf::Schedule), ("Europe/Berlin", ZoneOf::Target)]
        );
    }

    #[test]
    fn a_time_that_is_none_or_two_is_refused() {
        refused(
            "start: \"2026-03-08T02:30\", zone: America/New_York",
            &["does not exist", "`2026-03-08T01:30-05:00` or `2026-03-08T03:30-04:00`"],
        );
        refused("start: \"2026-11-01T01:30\", zone: America/New_York", &["twice", "-04:00", "-05:00"]);
        refused(
            "start: \"2011-12-30T12:00\", zone: Pacific/Apia",
            &["does not exist", "2011-12-29T12:00-10:00"],
        );
        refused(
            "start: \"2023-11-12T17:44+09:00\", zone: Asia/Shanghai",
            &["whose offset", "expected +08:00"],
        );
        refused("start: \"2026-11-01T01:30-03:00\", zone: America/New_York", &["whose offset"]);
        refused("start: \"2023-11-12T17:44+08:00\"", &["without a zone"]);
        refused(
            "start: \"2023-11-12T17:44\", end: \"2023-11-12T17:44\", zone: UTC",
            &["not after the start"],
        );
        let second = read("start: \"2026-11-01T01:30-05:00\", zone: America/New_York").unwrap();
        assert_eq!(second.start_moments.first().unwrap().at.to_string(), "2026-11-01T06:30Z");
    }
}
