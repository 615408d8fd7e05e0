//! Calendars for the people who write them and wait for them: what each day is, and whether it is open now.
//!
//! Data only; the CLI writes it as text.

use interlock_model::{Instant, Turn};
use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::clock::{self, CalendarDate, Stretch};
use super::day::{AHEAD_DAYS, Calendars};
use super::intervals::{DaySort, Interval, IntervalKind, ZoneRules};

/// Days back that are looked at for the beginning of what holds now.
const BACK_DAYS: i32 = 8;
const DAY_MIN: i32 = 24 * 60;

/// One day of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownDay {
    /// The date.
    pub date: CalendarDate,
    /// Its first minute there. Absent: the zone skipped that day.
    pub start: Option<Turn>,
    /// What sort of day it is.
    pub sort: DaySort,
    /// What it is called, if it is listed. Hostile in a checkout: escape it.
    pub name: Option<String>,
    /// Whether the list of holidays is complete for it.
    pub covered: bool,
    /// The windows that have minutes in it, whole, in the order of time.
    pub windows: Vec<Interval>,
}

/// Whether changes may start at a moment in a zone, since when, until when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The zone.
    pub zone: String,
    /// The moment there.
    pub at: Turn,
    /// What closes it, all of it. Empty: it is open.
    pub closed_by: Vec<ClosedBy>,
    /// Since when it has been so. Absent: for more than eight days.
    pub since: Option<Turn>,
    /// Until when it stays so. Absent: for more than 90 days.
    pub until: Option<Turn>,
    /// When changes may start next, at that moment or after it. Absent: not within the next 90 days.
    pub next_open: Option<Turn>,
}

/// What closes a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    /// A weekend, a holiday, a freeze or a peak.
    Interval(Interval),
    /// The zone has change windows, and this is none of their minutes.
    OutsideChangeWindows,
}

impl Calendars {
    /// So many days of a zone. `None`: the zone has no calendar.
    pub fn show(&self, zone: &str, from: CalendarDate, days: u16) -> Option<Vec<ShownDay>> {
        let rules = self.zones.get(zone)?;
        let dates = (0..i64::from(days)).filter_map(|day| from.0.checked_add(day.days()).ok());
        Some(dates.map(|date| shown_day(rules, CalendarDate(date))).collect())
    }

    /// A moment as a clock in a zone shows it. `None`: the zone has no calendar.
    pub fn turn(&self, at: Instant, zone: &str) -> Option<Turn> {
        clock::turn(&self.zones.get(zone)?.zone, at.epoch_min())
    }

    /// Whether it is open at a moment, and when that changes. `None`: the zone has no calendar.
    pub fn outlook(&self, at: Instant, zone: &str) -> Option<Outlook> {
        let rules = self.zones.get(zone)?;
        let minute = at.epoch_min();
        let clock = clock::shown(&rules.zone, minute)?;
        let horizon = Horizon::around(minute);
        let open = rules.open(horizon.range()?);
        let (is_open, same) = horizon.state(&open);
        let turn = |minute: i32| clock::turn(&rules.zone, minute);
        let next_open = open.iter().find(|stretch| stretch.end > minute).map(|it| it.start.max(minute));
        Some(Outlook {
            zone: zone.to_owned(),
            at: turn(minute)?,
            closed_by: if is_open { Vec::new() } else { closed_by(rules, minute, clock) },
            since: (same.start > horizon.start).then(|| turn(same.start)).flatten(),
            until: (same.end < horizon.end).then(|| turn(same.end)).flatten(),
            next_open: next_open.and_then(turn),
        })
    }
}

/// A moment and what is looked at around it, in minutes.
struct Horizon {
    start: i32,
    at: i32,
    end: i32,
}

impl Horizon {
    fn around(at: i32) -> Self {
        let ahead = AHEAD_DAYS.iter().copied().max().unwrap_or(0);
        Self { start: at.saturating_sub(BACK_DAYS * DAY_MIN), at, end: at.saturating_add(ahead * DAY_MIN) }
    }

    fn range(&self) -> Option<Stretch> {
        Stretch::new(self.start, self.end)
    }

    /// Whether it is open, and the stretch around the moment in which it stays so.
    fn state(&self, open: &[Stretch]) -> (bool, Stretch) {
        if let Some(stretch) = open.iter().find(|stretch| stretch.has(self.at)) {
            return (true, *stretch);
        }
        let start = open.iter().rev().find(|it| it.end <= self.at).map_or(self.start, |it| it.end);
        let end = open.iter().find(|it| it.start > self.at).map_or(self.end, |it| it.start);
        (false, Stretch { start, end })
    }
}

fn shown_day(rules: &ZoneRules, date: CalendarDate) -> ShownDay {
    let day = clock::day(&rules.zone, date.0);
    let said = day.map(|day| rules.intervals(day)).unwrap_or_default();
    ShownDay {
        date,
        start: day.and_then(|day| clock::turn(&rules.zone, day.start)),
        sort: rules.sort_of(date.0),
        name: rules.name_of(date.0).map(str::to_owned),
        covered: rules.is_covered(date.0),
        windows: said.into_iter().filter(is_window).collect(),
    }
}

fn is_window(interval: &Interval) -> bool {
    match interval.kind {
        IntervalKind::ChangeWindow | IntervalKind::Freeze | IntervalKind::Peak => true,
        IntervalKind::Weekend | IntervalKind::Holiday | IntervalKind::MakeUpWorkday => false,
    }
}

fn closed_by(rules: &ZoneRules, minute: i32, clock: DateTime) -> Vec<ClosedBy> {
    let at_work: Vec<(Interval, bool)> = rules
        .windows()
        .filter_map(|window| Some((window.interval_at(&rules.zone, minute)?, window.dated().is_some())))
        .collect();
    let is_change_window = |(interval, _): &&(Interval, bool)| interval.kind == IntervalKind::ChangeWindow;
    let mut inside = at_work.iter().filter(is_change_window).peekable();
    let is_outside = rules.has_change_windows() && inside.peek().is_none();
    // A dated change window is open whatever day it is.
    let is_dated = inside.any(|(_, is_dated)| *is_dated);
    let day_off = rules.day_off(clock.date()).filter(|_| !is_dated).map(ClosedBy::Interval);
    let outside = is_outside.then_some(ClosedBy::OutsideChangeWindows);
    let closing = at_work.into_iter().map(|(interval, _)| interval);
    let closing = closing.filter(|interval| interval.kind != IntervalKind::ChangeWindow);
    day_off.into_iter().chain(closing.map(ClosedBy::Interval)).chain(outside).collect()
}
