//! Stock policy `change-window`: a change starts when the people who would have to mend it are at work.
//!
//! It judges the planned start, in the zone of the people who plan it and in the zone of each target, and where the
//! plan ends. It computes no zone and knows no clock: the host shows it weekdays, minutes, and what the calendars of a
//! zone say. Without a calendar no holiday is known, and the report says that none was given.
//!
//! This file decides which reason counts. `calendar` and `hours` find what is wrong with the start, `end` with the end,
//! `again` says when changes may start; `rules` holds the words, `settings` the numbers, `clock` the arithmetic.
//!
//! A weekend alone is weak evidence (9 of 82 public outages that a change set off), and it is what made 2023-11-12
//! long.

mod again;
mod calendar;
mod clock;
mod end;
mod hours;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

use interlock_guest::found;
use interlock_guest::prelude::*;

use calendar::{Cause, closed_by};
use clock::InWords;
use rules::{
    ENDS_OUTSIDE, FREEZE, HOLIDAY, LATE_FRIDAY, OUTSIDE_HOURS, OUTSIDE_WINDOW, PEAK, STALE_START,
    UNSCHEDULED, WEEKEND, finding_at,
};
pub use settings::Limits;

/// Most causes in other zones that are named beside the gravest.
const BESIDE_MAX: usize = 3;

#[policy(
    title = "a change starts when the people who would have to mend it are at work",
    rules = [
        UNSCHEDULED,
        STALE_START,
        FREEZE,
        HOLIDAY,
        PEAK,
        WEEKEND,
        OUTSIDE_WINDOW,
        LATE_FRIDAY,
        OUTSIDE_HOURS,
        ENDS_OUTSIDE
    ]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    match question.asked_at {
        // When a change is merged nobody knows yet when it will go out; it is asked again before it does.
        Phase::Merge if !limits.merge_is_deploy => return Ok(vec![]),
        Phase::Merge | Phase::Deploy | Phase::Promote => {}
    }
    let scheduled = change.schedule.as_ref().filter(|schedule| !schedule.start.is_empty());
    let Some(schedule) = scheduled else {
        return Ok(found([unscheduled(change, limits)]));
    };
    if let Some(stale) = stale(change, question, &schedule.start, limits) {
        return Ok(found([Some(stale)]));
    }
    let start = misplaced(change, &schedule.start, limits);
    // Whoever moves a start out of a freeze moves the end with it.
    let frozen = start.iter().any(|finding| finding.rule == FREEZE.id);
    let end = if frozen { None } else { end::judge(change, schedule, limits) };
    Ok(found([start, end]))
}

/// What is wrong with the start. A cause of the calendar's comes before this policy's own hours.
fn misplaced(change: &Change, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    if let Some(closed) = closed(change, start, limits) {
        return Some(closed);
    }
    hours::judge(change, start, limits)
}

fn by_tier(limits: &Limits) -> ByTier {
    ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max }
}

/// The worst time there is: the verdict of a weekend, or of the night where only that is judged.
fn at_the_worst_time(change: &Change, limits: &Limits) -> Option<Verdict> {
    by_tier(limits).verdict(change).or_else(|| hours::verdict(change, limits))
}

fn unscheduled(change: &Change, limits: &Limits) -> Option<Finding> {
    let verdict = at_the_worst_time(change, limits)?;
    let message = text!("nobody knows when this change starts");
    let finding = finding_at("/schedule/start", &UNSCHEDULED, verdict, message);
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
        text!("it was to start on a {}, {late_min} minutes before it was asked for", InWords(planned));
    Some(finding_at("/schedule/start", &STALE_START, verdict, message))
}

/// The gravest cause in any zone. One finding: whoever moves the start has to look at all of them anyway.
fn closed(change: &Change, start: &[CivilMoment], limits: &Limits) -> Option<Finding> {
    let by_tier = by_tier(limits).verdict(change)?;
    let (moment, gravest) = gravest(start, limits)?;
    let incident = linked_incident(change);
    // An outage that is going on is a reason to act on a Sunday, and still no reason not to look twice.
    let verdict = if incident.is_some() { Verdict::Warn } else { by_tier };
    let message = gravest.message(moment, &again::phrase(start, limits));
    let finding = finding_at("/schedule/start", gravest.rule(), verdict, message);
    let finding = match incident {
        Some(incident) => finding.because("open-incident", incident),
        None => finding.with_tier(change),
    };
    Some(with_others(gravest.attest(finding), &gravest, start, limits))
}

/// The first of equals, which is the schedule's own zone.
fn gravest<'a>(start: &'a [CivilMoment], limits: &Limits) -> Option<(&'a CivilMoment, Cause<'a>)> {
    let mut gravest: Option<(&CivilMoment, Cause<'_>)> = None;
    for moment in start {
        if let Some(cause) = closed_by(moment, limits)
            && gravest.as_ref().unknown_or(|(_, gravest)| cause.sort < gravest.sort)
        {
            gravest = Some((moment, cause));
        }
    }
    gravest
}

/// Names what else is in the way, in the zones where it is.
fn with_others(mut finding: Finding, gravest: &Cause<'_>, start: &[CivilMoment], limits: &Limits) -> Finding {
    let mut named = 0;
    for moment in start {
        if let Some(cause) = closed_by(moment, limits)
            && cause != *gravest
            && named < BESIDE_MAX
        {
            finding = finding.because("beside", cause.beside(moment));
            named += 1;
        }
    }
    finding
}

/// An open incident of a service that the change touches.
fn linked_incident(change: &Change) -> Option<&str> {
    for incident in change.open_incidents.as_deref()? {
        if incident.service.known_and(|service| touches(change, service)) {
            return Some(&incident.id);
        }
    }
    None
}

fn touches(change: &Change, service: &str) -> bool {
    change.services.known_and(|services| services.iter().any(|touched| touched.name == service))
}
