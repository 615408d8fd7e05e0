//! Where a plan ends: inside the change window it starts in, and outside every freeze. It ends when its last stage starts,
//! since nothing moves after that.
//!
//! A rollout over days is ordinary and is asked again before each stage, so only a plan that is short enough to fit
//! must fit. No end is too far away for a freeze. A peak counts only where it closes a change window: a change that has
//! not baked through one is not proved.
//!
//! An end that nobody knows is judged as the worst there is: leaving `bake-s` out must not help. The end that was
//! booked only ever adds a warning: it says what was meant, and makes nothing safer.

use interlock_guest::prelude::*;

use crate::calendar::{attest_window, inside, named};
use crate::clock::{InWords, TurnInWords};
use crate::hours;
use crate::rules::{ENDS_OUTSIDE, finding_at};
use crate::settings::Limits;

pub(crate) fn judge(change: &Change, schedule: &Schedule, limits: &Limits) -> Option<Finding> {
    let verdict = hours::verdict(change, limits)?;
    if let Some(frozen) = in_freeze(schedule, verdict) {
        return Some(frozen);
    }
    // Without a calendar no time is known at which it would be wrong to end.
    let stake = Stake::of(&schedule.start, limits)?;
    if schedule.projected_end.is_empty() {
        return Some(unknown(change, &stake, verdict));
    }
    if let Some(late) = after_close(schedule, verdict, limits) {
        return Some(late);
    }
    after_booked(schedule, verdict)
}

/// What an end could be wrong for.
enum Stake<'a> {
    /// The window that is open at the start closes.
    Close(&'a CivilMoment, &'a Turn),
    /// The calendar names a freeze. When it begins is not told.
    Freeze(&'a CivilMoment, &'a WindowState),
}

impl<'a> Stake<'a> {
    fn of(start: &'a [CivilMoment], limits: &Limits) -> Option<Self> {
        // Whenever it is.
        if let Some((moment, close)) = close_before(i32::MAX, start, limits) {
            return Some(Self::Close(moment, close));
        }
        for moment in start {
            if let Some(day) = &moment.day
                && let Some(freeze) = named(day, WindowKind::Freeze)
            {
                return Some(Self::Freeze(moment, freeze));
            }
        }
        None
    }
}

/// The first change window that is open at the start and closes before this, if plans are asked to end in it.
fn close_before<'a>(
    epoch_min: i32,
    start: &'a [CivilMoment],
    limits: &Limits,
) -> Option<(&'a CivilMoment, &'a Turn)> {
    if limits.whole_in_window_min_max <= 0 {
        return None;
    }
    for moment in start {
        if let Some(day) = &moment.day
            && let Some(close) = &day.next_close
            && close.epoch_min < epoch_min
        {
            return Some((moment, close));
        }
    }
    None
}

/// The plan's end, or the booked one where that is later, inside a freeze of any zone.
fn in_freeze(schedule: &Schedule, verdict: Verdict) -> Option<Finding> {
    for end in &schedule.projected_end {
        if let Some(freeze) = frozen_by(end) {
            return Some(frozen(end, freeze, "its last stage starts on a", "/rollout/stages", verdict));
        }
    }
    let plan = schedule.projected_end.first();
    for booked in &schedule.end {
        if plan.unknown_or(|plan| booked.epoch_min > plan.epoch_min)
            && let Some(freeze) = frozen_by(booked)
        {
            return Some(frozen(booked, freeze, "it is booked until", "/schedule/end", verdict));
        }
    }
    None
}

fn frozen_by(moment: &CivilMoment) -> Option<&WindowState> {
    inside(moment.day.as_ref()?, WindowKind::Freeze)
}

fn frozen(end: &CivilMoment, freeze: &WindowState, ends: &str, at: &str, verdict: Verdict) -> Finding {
    let message = text!("{ends} {}, inside the freeze `{}`", InWords(end), freeze.name);
    attest_window(finding_at(at, &ENDS_OUTSIDE, verdict, message), freeze)
}

/// Which stage leaves it open, where there is one.
fn unknown(change: &Change, stake: &Stake<'_>, verdict: Verdict) -> Finding {
    let (who, at) = match unbaked(change) {
        Some(index) => (
            text!("stage {} does not say how long it bakes", index + 1),
            text!("/rollout/stages/{index}/bake-s"),
        ),
        None => (text!("no stages are known"), text!("/rollout/stages")),
    };
    let so = match stake {
        Stake::Close(moment, turn) => {
            text!("the change window it starts in closes on a {}", TurnInWords(turn, &moment.zone))
        }
        Stake::Freeze(moment, freeze) => {
            text!("the calendar of {} has the freeze `{}`", moment.zone, freeze.name)
        }
    };
    let message = text!("nobody knows when its last stage starts ({who}), and {so}");
    let finding = finding_at(&at, &ENDS_OUTSIDE, verdict, message);
    match stake {
        Stake::Close(..) => finding,
        Stake::Freeze(_, freeze) => attest_window(finding, freeze),
    }
}

/// The first stage that does not say how long it bakes. What the last one bakes moves nothing any more.
fn unbaked(change: &Change) -> Option<usize> {
    let (_, before_last) = change.stages()?.split_last()?;
    before_last.iter().position(|stage| stage.bake_s.is_unknown())
}

/// A short plan that ends after the close. Ending with it is in time.
fn after_close(schedule: &Schedule, verdict: Verdict, limits: &Limits) -> Option<Finding> {
    let (start, end) = (schedule.start.first()?, schedule.projected_end.first()?);
    let plan_min = end.epoch_min.saturating_sub(start.epoch_min);
    if plan_min > limits.whole_in_window_min_max {
        return None;
    }
    let (moment, close) = close_before(end.epoch_min, &schedule.start, limits)?;
    let late_min = end.epoch_min.saturating_sub(close.epoch_min);
    let message = text!(
        "its last stage starts {late_min} minutes after the change window closes in which it began, on a {}",
        TurnInWords(close, &moment.zone)
    );
    let window = inside(moment.day.as_ref()?, WindowKind::ChangeWindow);
    let finding = finding_at("/schedule/start", &ENDS_OUTSIDE, verdict, message);
    let finding = finding.because("plan-minutes", text!("{plan_min}"));
    Some(match window {
        Some(window) => attest_window(finding, window),
        None => finding,
    })
}

/// The plan needs longer than what was booked for it.
fn after_booked(schedule: &Schedule, verdict: Verdict) -> Option<Finding> {
    let (end, booked) = (schedule.projected_end.first()?, schedule.end.first()?);
    let late_min = end.epoch_min.saturating_sub(booked.epoch_min);
    if late_min <= 0 {
        return None;
    }
    let message =
        text!("its plan needs {late_min} minutes more than what was booked, until {}", InWords(booked));
    Some(finding_at("/schedule/end", &ENDS_OUTSIDE, verdict, message))
}
