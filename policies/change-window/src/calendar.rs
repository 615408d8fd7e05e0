//! What the calendars of a zone, or without one the weekend of the settings, hold against a start.
//!
//! The operator's calendar is more exact than this policy's own hours: where it has change windows, they replace them.

use interlock_guest::prelude::*;

use crate::clock::InWords;
use crate::rules::{FREEZE, HOLIDAY, OUTSIDE_WINDOW, PEAK, WEEKEND};
use crate::settings::Limits;

/// Why changes do not start now.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Cause<'a> {
    pub(crate) sort: Sort,
    /// Of the window or of the holiday. Empty: it has none.
    name: &'a str,
    /// In the calendar's words.
    reason: Option<&'a str>,
}

/// The gravest first.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Sort {
    Freeze,
    Holiday,
    Peak,
    Weekend,
    OutsideWindow,
}

impl Sort {
    fn rule(self) -> &'static Rule {
        match self {
            Self::Freeze => &FREEZE,
            Self::Holiday => &HOLIDAY,
            Self::Peak => &PEAK,
            Self::Weekend => &WEEKEND,
            Self::OutsideWindow => &OUTSIDE_WINDOW,
        }
    }

    /// What is said of a start, before the name and behind it.
    fn of_start(self) -> [&'static str; 2] {
        match self {
            Self::Freeze => [", inside the freeze `", "`"],
            Self::Holiday => [", a holiday (`", "`)"],
            Self::Peak => [", inside the peak `", "`"],
            Self::Weekend => ["", ""],
            Self::OutsideWindow => [", where no change window is open", ""],
        }
    }

    /// The same in few words.
    fn beside(self) -> [&'static str; 2] {
        match self {
            Self::Freeze => ["freeze `", "`"],
            Self::Holiday => ["holiday `", "`"],
            Self::Peak => ["peak `", "`"],
            Self::Weekend => ["weekend", ""],
            Self::OutsideWindow => ["no open change window", ""],
        }
    }
}

impl<'a> Cause<'a> {
    fn bare(sort: Sort) -> Self {
        Self { sort, name: "", reason: None }
    }

    fn window(sort: Sort, window: &'a WindowState) -> Self {
        Self { sort, name: &window.name, reason: window.reason.as_deref() }
    }

    pub(crate) fn rule(&self) -> &'static Rule {
        self.sort.rule()
    }

    /// `it starts on a Thursday, 2026-10-01 10:00 in Asia/Shanghai, a holiday (`National Day`)`
    pub(crate) fn message(&self, moment: &CivilMoment, again: &str) -> String {
        let [before, behind] = self.sort.of_start();
        text!("it starts on a {}{before}{}{behind}{again}", InWords(moment), self.name)
    }

    /// Adds what the calendar says about it, in the calendar's words.
    pub(crate) fn attest(&self, finding: Finding) -> Finding {
        match self.sort {
            Sort::Freeze | Sort::Peak => attest(finding, self.name, self.reason),
            Sort::Holiday => finding.because("holiday", self.name),
            Sort::Weekend | Sort::OutsideWindow => finding,
        }
    }

    /// The same cause in few words, as evidence beside a graver one.
    pub(crate) fn beside(&self, moment: &CivilMoment) -> String {
        let [before, behind] = self.sort.beside();
        text!("{before}{}{behind}, {}", self.name, InWords(moment))
    }
}

/// A window's name, and why it exists where the calendar says so.
pub(crate) fn attest_window(finding: Finding, window: &WindowState) -> Finding {
    attest(finding, &window.name, window.reason.as_deref())
}

fn attest(finding: Finding, name: &str, reason: Option<&str>) -> Finding {
    let finding = finding.because("window", name);
    match reason {
        Some(reason) => finding.because("reason", reason),
        None => finding,
    }
}

/// The gravest cause at one moment. Where the zone has a calendar it decides alone.
pub(crate) fn closed_by<'a>(moment: &'a CivilMoment, limits: &Limits) -> Option<Cause<'a>> {
    let Some(day) = &moment.day else {
        return limits.weekend_days.has(moment.weekday).then_some(Cause::bare(Sort::Weekend));
    };
    // A make-up workday is a working day, whatever weekday it is.
    let is_off = !day.workday && !is_open_all_the_same(moment, day);
    if let Some(freeze) = inside(day, WindowKind::Freeze) {
        Some(Cause::window(Sort::Freeze, freeze))
    } else if let Some(name) = &day.holiday
        && is_off
    {
        Some(Cause { name, ..Cause::bare(Sort::Holiday) })
    } else if let Some(peak) = inside(day, WindowKind::Peak) {
        Some(Cause::window(Sort::Peak, peak))
    } else if is_off {
        Some(Cause::bare(Sort::Weekend))
    } else if is_shut(day) {
        Some(Cause::bare(Sort::OutsideWindow))
    } else {
        None
    }
}

/// A window with dates of its own can be open on a day on which nobody else works: somebody has planned to be there.
fn is_open_all_the_same(moment: &CivilMoment, day: &CalendarDay) -> bool {
    let now = |turn: &Turn| turn.epoch_min == moment.epoch_min;
    inside(day, WindowKind::ChangeWindow).is_some() && day.next_open.known_and(now)
}

/// The first window of this kind that is on. One function: written out at each of its calls, it is 400 bytes more.
#[inline(never)]
pub(crate) fn inside(day: &CalendarDay, kind: WindowKind) -> Option<&WindowState> {
    day.windows.iter().find(|window| window.kind == kind && window.inside)
}

/// The first window of this kind that the calendar names, on or not. One function, too.
#[inline(never)]
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
