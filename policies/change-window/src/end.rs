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
use crate::clock::{in_words, turn_in_words};
use crate::hours;
use crate::rules::ENDS_OUTSIDE;
use crate::settings::Limits;

pub(crate) fn judge(change: &Change, schedule: &Schedule, limits: &Limits) -> Option<Finding> {
    let verdict = hours::verdict(change, limits)?;
    // Without a calendar no time is known at which it would be wrong to end.
    let stake = Stake::of(&schedule.start, limits);
    let found = in_freeze(schedule).or_else(|| {
        let stake = stake?;
        if schedule.projected_end.is_empty() {
            return Some(unknown(change, &stake));
        }
        after_close(schedule, limits).or_else(|| after_booked(schedule))
    })?;
    Some(found.finding(verdict))
}

/// What was found, before it has a verdict.
struct Found<'a> {
    message: String,
    at: String,
    window: Option<&'a WindowState>,
    plan_min: Option<i32>,
}

impl Found<'_> {
    fn finding(self, verdict: Verdict) -> Finding {
        let finding = ENDS_OUTSIDE.finding(verdict, self.message).at(self.at);
        let finding = match self.plan_min {
            Some(minutes) => finding.because("plan-minutes", text!("{minutes}")),
            None => finding,
        };
        match self.window {
            Some(window) => attest_window(finding, window),
            None => finding,
        }
    }
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
        let close = || closes(start, limits).next().map(|(moment, turn)| Self::Close(moment, turn));
        let freeze = || {
            let named = |moment: &'a CivilMoment| {
                Some(Self::Freeze(moment, named(moment.day.as_ref()?, WindowKind::Freeze)?))
            };
            start.iter().find_map(named)
        };
        close().or_else(freeze)
    }
}

/// The change windows that are open at the start, each with its close.
fn closes<'a>(
    start: &'a [CivilMoment],
    limits: &Limits,
) -> impl Iterator<Item = (&'a CivilMoment, &'a Turn)> {
    let asked = limits.whole_in_window_min_max > 0;
    let close = |moment: &'a CivilMoment| Some((moment, moment.day.as_ref()?.next_close.as_ref()?));
    start.iter().filter(move |_| asked).filter_map(close)
}

/// The plan's end, or the booked one where that is later, inside a freeze of any zone.
fn in_freeze(schedule: &Schedule) -> Option<Found<'_>> {
    let frozen = |moment: &'_ &CivilMoment| frozen_by(moment).is_some();
    if let Some(end) = schedule.projected_end.iter().find(frozen) {
        return Some(frozen_end(end, "its last stage starts on a", "/rollout/stages"));
    }
    let is_later = |booked: &&CivilMoment| {
        schedule.projected_end.first().unknown_or(|plan| booked.epoch_min > plan.epoch_min)
    };
    let booked = schedule.end.iter().filter(is_later).find(frozen)?;
    Some(frozen_end(booked, "it is booked until", "/schedule/end"))
}

fn frozen_by(moment: &CivilMoment) -> Option<&WindowState> {
    inside(moment.day.as_ref()?, WindowKind::Freeze)
}

fn frozen_end<'a>(end: &'a CivilMoment, ends: &str, at: &str) -> Found<'a> {
    let window = frozen_by(end);
    let name = window.map_or("", |window| window.name.as_str());
    let message = text!("{ends} {}, inside the freeze `{name}`", in_words(end));
    Found { message, at: at.into(), window, plan_min: None }
}

/// Which stage leaves it open, where there is one.
fn unknown<'a>(change: &Change, stake: &Stake<'a>) -> Found<'a> {
    let (so, window) = match stake {
        Stake::Close(moment, turn) => {
            let close = turn_in_words(turn, &moment.zone);
            (text!("the change window it starts in closes on a {close}"), None)
        }
        Stake::Freeze(moment, window) => {
            (text!("the calendar of {} has the freeze `{}`", moment.zone, window.name), Some(*window))
        }
    };
    // What the last stage bakes moves nothing any more.
    let before_last = change.stages().and_then(<[Stage]>::split_last).map(|(_, before_last)| before_last);
    let unbaked = before_last.and_then(|stages| stages.iter().position(|stage| stage.bake_s.is_unknown()));
    let (who, at) = match unbaked {
        Some(index) => (
            text!("stage {} does not say how long it bakes", index + 1),
            text!("/rollout/stages/{index}/bake-s"),
        ),
        None => ("no stages are known".into(), "/rollout/stages".into()),
    };
    Found {
        message: text!("nobody knows when its last stage starts ({who}), and {so}"),
        at,
        window,
        plan_min: None,
    }
}

/// A short plan that ends after the close. Ending with it is in time.
fn after_close<'a>(schedule: &'a Schedule, limits: &Limits) -> Option<Found<'a>> {
    let end = schedule.projected_end.first()?;
    let start = schedule.start.first()?;
    let plan_min = end.epoch_min.saturating_sub(start.epoch_min);
    if plan_min > limits.whole_in_window_min_max {
        return None;
    }
    let (moment, close) =
        closes(&schedule.start, limits).find(|(_, close)| close.epoch_min < end.epoch_min)?;
    let late_min = end.epoch_min.saturating_sub(close.epoch_min);
    let message = text!(
        "its last stage starts {late_min} minutes after the change window closes in which it began, on a {}",
        turn_in_words(close, &moment.zone)
    );
    let window = moment.day.as_ref().and_then(|day| inside(day, WindowKind::ChangeWindow));
    Some(Found { message, at: "/schedule/start".into(), window, plan_min: Some(plan_min) })
}

/// The plan needs longer than what was booked for it.
fn after_booked(schedule: &Schedule) -> Option<Found<'_>> {
    let (end, booked) = (schedule.projected_end.first()?, schedule.end.first()?);
    let late_min = end.epoch_min.saturating_sub(booked.epoch_min);
    if late_min <= 0 {
        return None;
    }
    let message =
        text!("its plan needs {late_min} minutes more than what was booked, until {}", in_words(booked));
    Some(Found { message, at: "/schedule/end".into(), window: None, plan_min: None })
}
