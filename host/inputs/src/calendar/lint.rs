//! What is probably not meant in calendars that can be read: windows that never open, that something else closes whole,
//! or that begin again before they have ended, lists that end soon, days that change nothing. What cannot be read at
//! all, and what contradicts itself, is refused before.

use std::ops::RangeInclusive;

use interlock_model::{Instant, WindowKind};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::clock::{self, Stretch};
use super::intervals::{ZoneRules, ZoneWindow, without};
use super::{Calendar, Calendars, Day, ListedAs, Place, Times, Window};
use crate::error::{escaped, listed, shown};

/// Days before the end of a list of holidays at which the next one is due.
const LIST_DUE_DAYS: i64 = 60;
/// Windows that are named as what closes another.
const NAMED_MAX: usize = 3;

/// One thing that is probably not meant. Its texts are safe for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// What sort of thing.
    pub kind: LintKind,
    /// The name the calendar was opened by, or the file it imports, escaped for a terminal.
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
    /// Freezes and peaks close every minute of a change window in the days the calendar covers.
    Shadowed,
    /// A window begins again before it has ended.
    OverlapsItself,
    /// No list of holidays of a zone covers all of a year that was asked about.
    YearNotCovered,
}

impl Calendars {
    /// What is probably not meant, calendar by calendar, in the order of each file. `at` is today; the lists of holidays
    /// are looked at from there on, and for every day of the years that are asked about.
    pub fn lint(&self, at: Instant, years: Option<RangeInclusive<i16>>) -> Vec<Lint> {
        let of_one = |calendar| self.lint_one(calendar, at, years.as_ref());
        self.calendars.iter().flat_map(of_one).collect()
    }

    fn lint_one(&self, calendar: &Calendar, at: Instant, years: Option<&RangeInclusive<i16>>) -> Vec<Lint> {
        let rules = |zone| Some((self.zones.get(zone)?, zone));
        let mut of_zones = calendar.zones().filter_map(rules);
        let ends = of_zones.find_map(|(rules, zone)| list_end(rules, zone, calendar, at));
        let mut of_zones = calendar.zones().filter_map(rules);
        let gaps =
            years.and_then(|years| of_zones.find_map(|(rules, zone)| year_gap(rules, zone, calendar, years)));
        let mut lints: Vec<Lint> = ends.into_iter().chain(gaps).collect();
        lints.extend(calendar.days.iter().filter_map(|(date, day)| self.no_make_up(calendar, *date, day)));
        let looks: Vec<Look<'_>> =
            calendar.zones().filter_map(|zone| Look::new(self.zones.get(zone)?, zone, calendar)).collect();
        for (index, window) in calendar.windows.iter().enumerate() {
            lints.extend(same_name(calendar, window, index));
            lints.extend(same_day(calendar, window));
            lints.extend(overlap(calendar, window, &looks, index));
            lints.extend(no_time(calendar, window, &looks, index));
        }
        // What the calendar says itself comes first.
        let own = escaped(&calendar.file);
        lints.sort_by_cached_key(|lint| (lint.file != own, lint.file.clone(), lint.line, lint.column));
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
        Some(at_place(calendar, LintKind::NoMakeUp, &day.place, message, "take it out, or check the date"))
    }
}

/// A zone of a calendar in the days it covers.
struct Look<'z> {
    zone: &'z str,
    rules: &'z ZoneRules,
    windows: Vec<&'z ZoneWindow>,
    range: Stretch,
    /// What freezes and peaks close of it, by whichever calendar.
    closed: Vec<Stretch>,
}

impl<'z> Look<'z> {
    fn new(rules: &'z ZoneRules, zone: &'z str, calendar: &'z Calendar) -> Option<Self> {
        let range = clock::days(&rules.zone, calendar.covers.from, calendar.covers.to)?;
        let windows = rules.windows_of(&calendar.name).collect();
        Some(Self { zone, rules, windows, range, closed: rules.closed(range) })
    }

    fn time_of(&self, window: &ZoneWindow) -> Time {
        match window.dated() {
            Some(dated) if dated.common(self.range).is_none() => Time::OutsideCovers,
            // It may lead out of the covered days; what is open there counts, too.
            Some(dated) => self.time_in(window, dated, &self.rules.closed(dated)),
            None => self.time_in(window, self.range, &self.closed),
        }
    }

    fn time_in(&self, window: &ZoneWindow, range: Stretch, closed: &[Stretch]) -> Time {
        match window.kind {
            WindowKind::Freeze | WindowKind::Peak => {
                let has_time = window.stretches(&self.rules.zone, range).next().is_some();
                if has_time { Time::Present } else { Time::Absent }
            }
            WindowKind::ChangeWindow => {
                let starts = self.rules.change_windows(range, &mut std::iter::once(window));
                match starts.as_slice() {
                    [] => Time::Absent,
                    starts if without(starts, closed).is_empty() => Time::Shadowed,
                    _ => Time::Present,
                }
            }
        }
    }

    /// Names of what closes something of a window, each once.
    fn shadows(&self, window: &ZoneWindow) -> Vec<&'z str> {
        let range = window.dated().unwrap_or(self.range);
        let starts = self.rules.change_windows(range, &mut std::iter::once(window));
        let mut names: Vec<&str> = Vec::new();
        for other in self.rules.windows().filter(|other| other.kind != WindowKind::ChangeWindow) {
            let closes: Vec<Stretch> = other.stretches(&self.rules.zone, range).collect();
            let is_met =
                closes.iter().any(|closed| starts.iter().any(|start| start.common(*closed).is_some()));
            if is_met && !names.contains(&other.name.as_str()) && names.len() < NAMED_MAX {
                names.push(&other.name);
            }
        }
        names
    }
}

/// How much of a window is in the covered days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Present,
    Absent,
    Shadowed,
    OutsideCovers,
}

/// A window without a minute in the covered days, in some of its zones. What is worst is told.
fn no_time(calendar: &Calendar, window: &Window, looks: &[Look<'_>], index: usize) -> Option<Lint> {
    let times: Vec<(&Look<'_>, &ZoneWindow, Time)> = looks
        .iter()
        .filter_map(|look| look.windows.get(index).map(|this| (look, *this, look.time_of(this))))
        .collect();
    let zones = |which: Time| -> Option<String> {
        let of: Vec<&str> =
            times.iter().filter(|(.., time)| *time == which).map(|(look, ..)| look.zone).collect();
        (!of.is_empty()).then(|| listed(&of))
    };
    let name = shown(&window.name);
    let (kind, message, help) = if let Some(zones) = zones(Time::OutsideCovers) {
        let message = format!("window {name} lies outside the days the calendar covers, in {zones}");
        let help = "check its year, or widen `covers` if the list of holidays is complete";
        (LintKind::OutsideCovers, message, help)
    } else if let Some(zones) = zones(Time::Absent) {
        let message = format!("window {name} never opens in the days the calendar covers, in {zones}");
        let help = match window.kind {
            WindowKind::ChangeWindow => "give it a time on worked days that no freeze and no peak closes",
            WindowKind::Freeze | WindowKind::Peak => "give it a day that occurs in `covers`, or take it out",
        };
        (LintKind::NeverOpens, message, help)
    } else {
        let (look, this, _) = times.iter().find(|(.., time)| *time == Time::Shadowed)?;
        let shadows = listed(
            &look
                .shadows(this)
                .into_iter()
                .map(escaped)
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
        let zones = zones(Time::Shadowed)?;
        let message = format!(
            "window {name} never opens in the days the calendar covers, in {zones}: every minute of it is closed by {shadows}"
        );
        (LintKind::Shadowed, message, "move one of them, or take this one out; what closes wins")
    };
    Some(at_place(calendar, kind, &window.place, message, help))
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

/// Told of the calendar that covers the zone the longest, as the end of its list is.
fn year_gap(rules: &ZoneRules, zone: &str, calendar: &Calendar, years: &RangeInclusive<i16>) -> Option<Lint> {
    if rules.covered_last() != Some(calendar.covers.to) {
        return None;
    }
    let is_covered = |year: i16| {
        let (first, last) = (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?);
        Some(rules.covered_until(first).is_some_and(|until| until >= last))
    };
    let missing: Vec<String> =
        years.clone().filter(|year| is_covered(*year) == Some(false)).map(|year| year.to_string()).collect();
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    let message = format!("no list of holidays of {} covers all of {}", shown(zone), listed(&missing));
    let help = "add a calendar with the list of each of these years";
    (!missing.is_empty())
        .then(|| at_span(calendar, LintKind::YearNotCovered, calendar.covers_span, message, help))
}

/// Windows of an imported file have the names they were given there, or none.
fn same_name(calendar: &Calendar, window: &Window, index: usize) -> Option<Lint> {
    if window.place.file.is_some() {
        return None;
    }
    let first = calendar.windows.iter().take(index).find(|earlier| earlier.name == window.name)?;
    let message =
        format!("window {} has the name of the one at line {}", shown(&window.name), first.place.span.line);
    let help = "give it a name of its own, so that a report says which one it was";
    Some(at_place(calendar, LintKind::SameName, &window.place, message, help))
}

/// A weekly window is at most a day long, so it overlaps itself only if it begins twice on one day.
fn same_day(calendar: &Calendar, window: &Window) -> Option<Lint> {
    let Times::Weekly { weekdays, .. } = &window.times else { return None };
    let is_again = |(index, day): &(usize, &Weekday)| weekdays.iter().take(*index).any(|known| known == *day);
    let (_, day) = weekdays.iter().enumerate().find(is_again)?;
    let message = format!("window {} begins twice on {day:?}", shown(&window.name));
    let help = "name each weekday once";
    Some(at_place(calendar, LintKind::SameDay, &window.place, message, help))
}

/// What repeats by a schedule or a rule may last longer than it takes to begin again.
fn overlap(calendar: &Calendar, window: &Window, looks: &[Look<'_>], index: usize) -> Option<Lint> {
    let within_a_day = match &window.times {
        Times::Weekly { .. } | Times::Dated(_) => return None,
        Times::Cycle(cycle) => cycle.overlaps_within_a_day(),
        Times::Listed(_) => false,
    };
    let look = looks.first()?;
    let stretches: Vec<Stretch> =
        look.windows.get(index)?.whole_stretches(&look.rules.zone, look.range).collect();
    let pairs = stretches.iter().zip(stretches.iter().skip(1));
    if stretches.is_empty() || !(within_a_day || pairs.into_iter().any(|(one, next)| next.start < one.end)) {
        return None;
    }
    let message = format!("window {} begins again before it has ended", shown(&window.name));
    let help = "shorten it, or let it begin less often; what overlaps is one window all the same";
    Some(at_place(calendar, LintKind::OverlapsItself, &window.place, message, help))
}

/// Where a day or a window is said, be it in an imported file.
fn at_place(calendar: &Calendar, kind: LintKind, place: &Place, message: String, help: &str) -> Lint {
    let lint = at_span(calendar, kind, place.span, message, help);
    match &place.file {
        Some(file) => Lint { file: escaped(file), ..lint },
        None => lint,
    }
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
