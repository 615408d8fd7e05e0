//! What is probably not meant in calendars that can be read: windows that never open, lists that end soon, days that
//! change nothing. What cannot be read at all, and what contradicts itself, is refused before.

use interlock_model::{Instant, WindowKind};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::clock::{self, Stretch};
use super::intervals::{ZoneRules, ZoneWindow, without};
use super::{Calendar, Calendars, Day, ListedAs, Times, Window};
use crate::error::{escaped, listed, shown};

/// Days before the end of a list of holidays at which the next one is due.
const LIST_DUE_DAYS: i64 = 60;

/// One thing that is probably not meant. Its texts are safe for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// What sort of thing.
    pub kind: LintKind,
    /// The name the calendar was opened by, escaped for a terminal.
    pub file: String,
    /// Where, from 1.
    pub line: u32,
    /// Where, from 1, in characters.
    pub column: u32,
    /// What was found.
    pub message: String,
    /// The next step.
    pub help: String,
}

/// The sorts of things that are probably not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintKind {
    /// No list of holidays of a zone covers today.
    NotCovered,
    /// The list of holidays of a zone ends within 60 days, and no other goes on from there.
    EndsSoon,
    /// A day is listed as a make-up workday that is worked anyway.
    NoMakeUp,
    /// Two windows of one calendar have one name.
    SameName,
    /// A weekly window begins twice on one day.
    SameDay,
    /// A dated window lies outside the days the calendar covers.
    OutsideCovers,
    /// A window has no minute in the days the calendar covers.
    NeverOpens,
}

impl Calendars {
    /// What is probably not meant, calendar by calendar, in the order of each file. `at` is today.
    pub fn lint(&self, at: Instant) -> Vec<Lint> {
        self.calendars.iter().flat_map(|calendar| self.lint_one(calendar, at)).collect()
    }

    fn lint_one(&self, calendar: &Calendar, at: Instant) -> Vec<Lint> {
        let of_zone = |zone| list_end(self.zones.get(zone)?, zone, calendar, at);
        let mut lints: Vec<Lint> = calendar.zones().find_map(of_zone).into_iter().collect();
        lints.extend(calendar.days.iter().filter_map(|(date, day)| self.no_make_up(calendar, *date, day)));
        for (index, window) in calendar.windows.iter().enumerate() {
            lints.extend(same_name(calendar, window, index));
            lints.extend(same_day(calendar, window));
            lints.extend(self.no_time(calendar, window, index));
        }
        lints.sort_by_key(|lint| (lint.line, lint.column));
        lints
    }

    /// In a zone where it is no weekend day. All zones of a calendar mostly have one weekend, so the first is named.
    fn no_make_up(&self, calendar: &Calendar, date: Date, day: &Day) -> Option<Lint> {
        if day.sort == ListedAs::Holiday {
            return None;
        }
        let is_none = |zone: &&str| self.zones.get(*zone).is_some_and(|rules| !rules.is_weekend(date));
        let zone = calendar.zones().find(is_none)?;
        let message = format!("`{date}`, listed as a make-up workday, is no weekend day in {}", shown(zone));
        Some(at_span(calendar, LintKind::NoMakeUp, day.span, message, "take it out, or check the date"))
    }

    /// A window without a minute in the covered days, in some of its zones.
    fn no_time(&self, calendar: &Calendar, window: &Window, index: usize) -> Option<Lint> {
        let states = calendar.zones().filter_map(|zone| {
            let rules = self.zones.get(zone)?;
            let this = rules.windows_of(&calendar.name).nth(index)?;
            Some((zone, time_of(rules, this, calendar)?))
        });
        let (outside, never): (Vec<_>, Vec<_>) = states
            .filter(|(_, time)| *time != Time::Present)
            .partition(|(_, time)| *time == Time::OutsideCovers);
        let named =
            |zones: Vec<(&str, Time)>| listed(&zones.iter().map(|(zone, _)| *zone).collect::<Vec<_>>());
        let name = shown(&window.name);
        if !outside.is_empty() {
            let message =
                format!("window {name} lies outside the days the calendar covers, in {}", named(outside));
            let help = "check its year, or widen `covers` if the list of holidays is complete";
            return Some(at_span(calendar, LintKind::OutsideCovers, window.span, message, help));
        }
        if never.is_empty() {
            return None;
        }
        let message =
            format!("window {name} never opens in the days the calendar covers, in {}", named(never));
        let help = match window.kind {
            WindowKind::ChangeWindow => "give it a time on worked days that no freeze and no peak closes",
            WindowKind::Freeze | WindowKind::Peak => "give it a day that occurs in `covers`, or take it out",
        };
        Some(at_span(calendar, LintKind::NeverOpens, window.span, message, help))
    }
}

/// How much of a window is in the covered days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Present,
    Absent,
    OutsideCovers,
}

fn time_of(rules: &ZoneRules, window: &ZoneWindow, calendar: &Calendar) -> Option<Time> {
    let range = clock::days(&rules.zone, calendar.covers.from, calendar.covers.to)?;
    if window.dated().is_some_and(|dated| dated.common(range).is_none()) {
        return Some(Time::OutsideCovers);
    }
    // A dated window may lead out of the covered days; what is open there counts, too.
    let range = window.dated().map_or(range, |dated| Stretch {
        start: range.start.min(dated.start),
        end: range.end.max(dated.end),
    });
    let has_time = match window.kind {
        WindowKind::Freeze | WindowKind::Peak => window.stretches(&rules.zone, range).next().is_some(),
        WindowKind::ChangeWindow => {
            let starts = rules.change_windows(range, &mut std::iter::once(window));
            !without(&starts, &rules.closed(range)).is_empty()
        }
    };
    Some(if has_time { Time::Present } else { Time::Absent })
}

/// Told of the calendar that covers a zone the longest: the others were right in their time.
fn list_end(rules: &ZoneRules, zone: &str, calendar: &Calendar, at: Instant) -> Option<Lint> {
    let today = clock::shown(&rules.zone, at.epoch_min())?.date();
    let due = today.saturating_add(LIST_DUE_DAYS.days());
    let (kind, message, help) = match rules.covered_until(today) {
        Some(until) if until >= due || until != calendar.covers.to => return None,
        Some(until) => (
            LintKind::EndsSoon,
            format!("the list of holidays of {} ends on `{until}`, within {LIST_DUE_DAYS} days", shown(zone)),
            "add a calendar with the list of the next year",
        ),
        None if rules.covered_last() != Some(calendar.covers.to) => return None,
        None => (
            LintKind::NotCovered,
            format!("no list of holidays of {} covers `{today}`", shown(zone)),
            "add a calendar with the list of that year",
        ),
    };
    Some(at_span(calendar, kind, calendar.covers_span, message, help))
}

fn same_name(calendar: &Calendar, window: &Window, index: usize) -> Option<Lint> {
    let first = calendar.windows.iter().take(index).find(|earlier| earlier.name == window.name)?;
    let message =
        format!("window {} has the name of the one at line {}", shown(&window.name), first.span.line);
    let help = "give it a name of its own, so that a report says which one it was";
    Some(at_span(calendar, LintKind::SameName, window.span, message, help))
}

/// A weekly window is at most a day long, so it overlaps itself only if it begins twice on one day.
fn same_day(calendar: &Calendar, window: &Window) -> Option<Lint> {
    let Times::Weekly { weekdays, .. } = &window.times else { return None };
    let is_again = |(index, day): &(usize, &Weekday)| weekdays.iter().take(*index).any(|known| known == *day);
    let (_, day) = weekdays.iter().enumerate().find(is_again)?;
    let message = format!("window {} begins twice on {day:?}", shown(&window.name));
    let help = "name each weekday once";
    Some(at_span(calendar, LintKind::SameDay, window.span, message, help))
}

fn at_span(
    calendar: &Calendar,
    kind: LintKind,
    span: interlock_model::Span,
    message: String,
    help: &str,
) -> Lint {
    Lint {
        kind,
        file: escaped(&calendar.file),
        line: span.line,
        column: span.column,
        message,
        help: help.to_owned(),
    }
}
