//! What the calendars of a zone, or without one the weekend of the settings, hold against a start.
//!
//! The operator's calendar is more exact than this policy's own hours: where it has change windows, they replace them.

use interlock_guest::prelude::*;

use crate::clock::in_words;
use crate::rules::{FREEZE, HOLIDAY, OUTSIDE_WINDOW, PEAK, WEEKEND};
use crate::settings::Limits;

/// Why changes do not start now, the gravest first.
#[derive(PartialEq)]
pub(crate) enum Cause<'a> {
    Freeze(&'a WindowState),
    /// Its name.
    Holiday(&'a str),
    Peak(&'a WindowState),
    Weekend,
    OutsideWindow,
}

impl Cause<'_> {
    pub(crate) fn rule(&self) -> &'static Rule {
        match self {
            Self::Freeze(_) => &FREEZE,
            Self::Holiday(_) => &HOLIDAY,
            Self::Peak(_) => &PEAK,
            Self::Weekend => &WEEKEND,
            Self::OutsideWindow => &OUTSIDE_WINDOW,
        }
    }

    /// The gravest has the lowest number.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Freeze(_) => 0,
            Self::Holiday(_) => 1,
            Self::Peak(_) => 2,
            Self::Weekend => 3,
            Self::OutsideWindow => 4,
        }
    }

    /// `it starts on a Thursday, 2026-10-01 10:00 in Asia/Shanghai, a holiday (`National Day`)`
    pub(crate) fn message(&self, moment: &CivilMoment) -> String {
        let start = text!("it starts on a {}", in_words(moment));
        match self {
            Self::Freeze(window) => text!("{start}, inside the freeze `{}`", window.name),
            Self::Holiday(name) => text!("{start}, a holiday (`{name}`)"),
            Self::Peak(window) => text!("{start}, inside the peak `{}`", window.name),
            Self::Weekend => start,
            Self::OutsideWindow => text!("{start}, where no change window is open"),
        }
    }

    /// Adds what the calendar says about it, in the calendar's words.
    pub(crate) fn attest(&self, finding: Finding) -> Finding {
        match self {
            Self::Freeze(window) | Self::Peak(window) => attest_window(finding, window),
            Self::Holiday(name) => finding.because("holiday", *name),
            Self::Weekend | Self::OutsideWindow => finding,
        }
    }

    /// The same cause in few words, as evidence beside a graver one.
    pub(crate) fn beside(&self, moment: &CivilMoment) -> String {
        let at = in_words(moment);
        match self {
            Self::Freeze(window) => text!("freeze `{}`, {at}", window.name),
            Self::Holiday(name) => text!("holiday `{name}`, {at}"),
            Self::Peak(window) => text!("peak `{}`, {at}", window.name),
            Self::Weekend => text!("weekend, {at}"),
            Self::OutsideWindow => text!("no open change window, {at}"),
        }
    }
}

/// A window's name, and why it exists where the calendar says so.
pub(crate) fn attest_window(finding: Finding, window: &WindowState) -> Finding {
    let finding = finding.because("window", window.name.as_str());
    match &window.reason {
        Some(reason) => finding.because("reason", reason.as_str()),
        None => finding,
    }
}

/// The gravest cause at one moment. Where the zone has a calendar it decides alone.
pub(crate) fn closed_by<'a>(moment: &'a CivilMoment, limits: &Limits) -> Option<Cause<'a>> {
    let Some(day) = &moment.day else {
        return limits.weekend_days.0.contains(&moment.weekday).then_some(Cause::Weekend);
    };
    let day_off = || day_off(day).filter(|_| !is_open_all_the_same(moment, day));
    inside(day, WindowKind::Freeze)
        .map(Cause::Freeze)
        .or_else(|| day_off().filter(|cause| *cause != Cause::Weekend))
        .or_else(|| inside(day, WindowKind::Peak).map(Cause::Peak))
        .or_else(day_off)
        .or_else(|| is_shut(day).then_some(Cause::OutsideWindow))
}

/// A make-up workday is a working day, whatever weekday it is.
fn day_off(day: &CalendarDay) -> Option<Cause<'_>> {
    match &day.holiday {
        _ if day.workday => None,
        Some(name) => Some(Cause::Holiday(name)),
        None => Some(Cause::Weekend),
    }
}

/// A window with dates of its own can be open on a day on which nobody else works: somebody has planned to be there.
fn is_open_all_the_same(moment: &CivilMoment, day: &CalendarDay) -> bool {
    let now = |turn: &Turn| turn.epoch_min == moment.epoch_min;
    inside(day, WindowKind::ChangeWindow).is_some() && day.next_open.known_and(now)
}

/// The first window of this kind that is on.
pub(crate) fn inside(day: &CalendarDay, kind: WindowKind) -> Option<&WindowState> {
    day.windows.iter().find(|window| window.kind == kind && window.inside)
}

/// The first window of this kind that the calendar names, on or not.
pub(crate) fn named(day: &CalendarDay, kind: WindowKind) -> Option<&WindowState> {
    day.windows.iter().find(|window| window.kind == kind)
}

/// The zone has change windows, and none is open.
fn is_shut(day: &CalendarDay) -> bool {
    has_windows(day) && inside(day, WindowKind::ChangeWindow).is_none()
}

pub(crate) fn has_windows(day: &CalendarDay) -> bool {
    named(day, WindowKind::ChangeWindow).is_some()
}

/// Whether the calendar's change windows stand for this policy's own hours.
pub(crate) fn replaces_hours(moment: &CivilMoment) -> bool {
    moment.day.known_and(has_windows)
}
