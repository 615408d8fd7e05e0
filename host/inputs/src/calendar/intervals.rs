//! The one model of a zone: everything its calendars say, and the intervals on the time line that follow from it.
//!
//! Nothing is expanded ahead of time. Who asks names a stretch of time, and the intervals of that stretch are made from
//! dates and clock times; a few days around a moment cost some microseconds. `day`, `lint` and `show` ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use interlock_model::{Instant, Span, WindowKind};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::clock::{self, Stretch, TimeOfDay};
use super::repeat::{Cycle, Listed};
use super::{Calendar, Covers, Day, ListedAs, Place, Times};
use crate::error::{InputError, Problem, ProblemKind, escaped, shown};

/// The weekend of a zone none of whose calendars says.
const USUAL_WEEKEND: &[Weekday] = &[Weekday::Saturday, Weekday::Sunday];

/// A stretch of time about which a calendar says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// First minute in it.
    pub start: Instant,
    /// First minute no longer in it.
    pub end: Instant,
    /// What is said.
    pub kind: IntervalKind,
    /// The window's or the holiday's name, or `weekend`. Hostile in a checkout: escape it.
    pub name: String,
    /// Why it exists. Absent: not said. Hostile in a checkout: escape it.
    pub reason: Option<String>,
    /// The calendar that says it.
    pub calendar: String,
    /// The file the calendar imports it from, as it was opened. Absent: the calendar's own. Hostile in a checkout: escape it.
    pub imported: Option<String>,
    /// The line of that file that says it, from 1. A weekend that is only usual has the line of the calendar's name.
    pub line: u32,
}

/// What is said of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntervalKind {
    /// A day of the weekend, worked or not.
    Weekend,
    /// A day off.
    Holiday,
    /// A weekend day that is worked.
    MakeUpWorkday,
    /// Changes start inside it.
    ChangeWindow,
    /// No change starts inside it.
    Freeze,
    /// The busiest hours: no change starts inside it.
    Peak,
}

impl From<WindowKind> for IntervalKind {
    fn from(kind: WindowKind) -> Self {
        match kind {
            WindowKind::ChangeWindow => Self::ChangeWindow,
            WindowKind::Freeze => Self::Freeze,
            WindowKind::Peak => Self::Peak,
        }
    }
}

/// What sort of day a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaySort {
    /// Worked, as usual.
    Workday,
    /// Not worked, as usual.
    Weekend,
    /// Not worked, although or because it is listed as off.
    Holiday,
    /// A weekend day that is worked to make up for a holiday.
    MakeUpWorkday,
}

impl DaySort {
    /// Whether people work that day.
    pub fn is_worked(self) -> bool {
        match self {
            Self::Workday | Self::MakeUpWorkday => true,
            Self::Weekend | Self::Holiday => false,
        }
    }
}

/// Where something is said.
#[derive(Clone, Debug)]
pub(super) struct Said {
    calendar: Arc<str>,
    /// The calendar's own file.
    file: Arc<str>,
    place: Place,
}

impl Said {
    /// For a message.
    fn place(&self) -> String {
        format!("{}:{}:{}", escaped(self.file()), self.place.span.line, self.place.span.column)
    }

    /// The file in which it stands.
    fn file(&self) -> &str {
        self.place.file.as_deref().unwrap_or(&self.file)
    }
}

/// Everything that is said of one zone.
#[derive(Debug)]
pub(super) struct ZoneRules {
    pub(super) zone: TimeZone,
    covers: Vec<Covers>,
    weekend: Vec<Weekday>,
    weekend_said: Said,
    is_weekend_stated: bool,
    days: BTreeMap<Date, ListedDay>,
    windows: Vec<ZoneWindow>,
}

#[derive(Debug)]
struct ListedDay {
    name: String,
    sort: ListedAs,
    said: Said,
}

/// A window as it is in this zone.
#[derive(Debug)]
pub(super) struct ZoneWindow {
    pub(super) name: String,
    pub(super) kind: WindowKind,
    pub(super) reason: Option<String>,
    times: ZoneTimes,
    said: Said,
}

#[derive(Debug)]
enum ZoneTimes {
    Weekly { weekdays: Vec<Weekday>, from: TimeOfDay, to: TimeOfDay },
    Dated(Stretch),
    Cycle(Arc<Cycle>),
    Listed(Listed),
}

impl ZoneRules {
    /// What one calendar says of the zone that is at this place in its list.
    pub(super) fn new(calendar: &Calendar, zone: &TimeZone, place: usize) -> Self {
        let source = Source::of(calendar);
        let stated = calendar.weekend.as_ref();
        Self {
            zone: zone.clone(),
            covers: vec![calendar.covers],
            weekend: stated.map_or_else(|| USUAL_WEEKEND.to_vec(), |weekend| weekend.days.clone()),
            weekend_said: source.here(stated.map_or(calendar.span, |weekend| weekend.span)),
            is_weekend_stated: stated.is_some(),
            days: calendar.days.iter().map(|(date, day)| (*date, source.day(day))).collect(),
            windows: calendar.windows.iter().filter_map(|window| source.window(window, place)).collect(),
        }
    }

    /// What another calendar says of the same zone, too.
    pub(super) fn add(&mut self, zone: &str, other: Self) -> Result<(), InputError> {
        if other.is_weekend_stated {
            if self.is_weekend_stated && self.weekend != other.weekend {
                return Err(other_weekend(zone, &self.weekend_said, &other.weekend_said));
            }
            self.weekend = other.weekend;
            self.weekend_said = other.weekend_said;
            self.is_weekend_stated = true;
        }
        for (date, day) in other.days {
            match self.days.get(&date) {
                Some(first) if first.sort != day.sort => return Err(contradiction(zone, date, first, &day)),
                // Said twice is said once; the first name is as good as the second.
                Some(_) => {}
                None => {
                    self.days.insert(date, day);
                }
            }
        }
        self.covers.extend(other.covers);
        self.windows.extend(other.windows);
        Ok(())
    }

    /// Whether the list of holidays is complete for that day.
    pub(super) fn is_covered(&self, date: Date) -> bool {
        self.covers.iter().any(|covers| covers.has(date))
    }

    /// The last day up to which every day from this one on is covered. `None`: this one is not.
    pub(super) fn covered_until(&self, first: Date) -> Option<Date> {
        let mut until = None;
        let mut next = first;
        while let Some(last) =
            self.covers.iter().filter(|covers| covers.has(next)).map(|covers| covers.to).max()
        {
            until = Some(last);
            next = last.tomorrow().ok()?;
        }
        until
    }

    /// The last day that is covered at all.
    pub(super) fn covered_last(&self) -> Option<Date> {
        self.covers.iter().map(|covers| covers.to).max()
    }

    pub(super) fn is_weekend(&self, date: Date) -> bool {
        self.weekend.contains(&date.weekday())
    }

    pub(super) fn sort_of(&self, date: Date) -> DaySort {
        match (self.days.get(&date).map(|day| day.sort), self.is_weekend(date)) {
            (Some(ListedAs::Holiday), true | false) => DaySort::Holiday,
            (Some(ListedAs::MakeUpWorkday), true) => DaySort::MakeUpWorkday,
            (None, true) => DaySort::Weekend,
            (Some(ListedAs::MakeUpWorkday) | None, false) => DaySort::Workday,
        }
    }

    /// What a day is called, if it is listed.
    pub(super) fn name_of(&self, date: Date) -> Option<&str> {
        self.days.get(&date).map(|day| day.name.as_str())
    }

    pub(super) fn windows(&self) -> impl Iterator<Item = &ZoneWindow> {
        self.windows.iter()
    }

    pub(super) fn windows_of<'z>(&'z self, calendar: &'z str) -> impl Iterator<Item = &'z ZoneWindow> {
        self.windows.iter().filter(move |window| &*window.said.calendar == calendar)
    }

    pub(super) fn has_change_windows(&self) -> bool {
        self.windows.iter().any(|window| window.kind == WindowKind::ChangeWindow)
    }

    /// The minutes of a stretch at which changes may start, in order.
    pub(super) fn open(&self, range: Stretch) -> Vec<Stretch> {
        let starts = if self.has_change_windows() {
            self.change_windows(range, &mut self.windows.iter())
        } else {
            self.worked(range)
        };
        without(&starts, &self.closed(range))
    }

    /// The minutes of a stretch at which some of these windows let changes start, before freezes and peaks.
    pub(super) fn change_windows(
        &self,
        range: Stretch,
        windows: &mut dyn Iterator<Item = &ZoneWindow>,
    ) -> Vec<Stretch> {
        let (mut weekly, mut starts) = (Vec::new(), Vec::new());
        for window in windows.filter(|window| window.kind == WindowKind::ChangeWindow) {
            match &window.times {
                ZoneTimes::Weekly { .. } | ZoneTimes::Cycle(_) | ZoneTimes::Listed(_) => {
                    weekly.extend(window.stretches(&self.zone, range));
                }
                ZoneTimes::Dated(stretch) => starts.extend(stretch.common(range)),
            }
        }
        if !weekly.is_empty() {
            starts.extend(both(&merged(weekly), &self.worked(range)));
        }
        merged(starts)
    }

    /// The minutes of a stretch that a freeze or a peak closes.
    pub(super) fn closed(&self, range: Stretch) -> Vec<Stretch> {
        let closing = self.windows.iter().filter(|window| match window.kind {
            WindowKind::Freeze | WindowKind::Peak => true,
            WindowKind::ChangeWindow => false,
        });
        merged(closing.flat_map(|window| window.stretches(&self.zone, range)).collect())
    }

    /// The minutes of a stretch that lie in worked days.
    fn worked(&self, range: Stretch) -> Vec<Stretch> {
        let worked = dates(&self.zone, range, 1).filter(|date| self.sort_of(*date).is_worked());
        let days = worked.filter_map(|date| clock::day(&self.zone, date)?.common(range));
        merged(days.collect())
    }

    /// Everything that is said of a stretch of time, in its order. Intervals that begin before it or end after it are whole.
    pub(super) fn intervals(&self, range: Stretch) -> Vec<Interval> {
        let mut intervals: Vec<Interval> = Vec::new();
        for date in dates(&self.zone, range, 1) {
            let day = clock::day(&self.zone, date).filter(|day| day.common(range).is_some());
            intervals.extend(day.into_iter().flat_map(|day| self.day_intervals(date, day)));
        }
        for window in &self.windows {
            intervals
                .extend(window.whole_stretches(&self.zone, range).map(|stretch| window.interval(stretch)));
        }
        // Stable: what is said of the same minutes stays in the order of kinds, calendars and lines.
        intervals.sort_by_key(|interval| (interval.start, interval.end, interval.kind));
        intervals
    }

    /// What is said of a day itself.
    fn day_intervals(&self, date: Date, day: Stretch) -> Vec<Interval> {
        let of = |kind, name: &str, said: &Said| interval(day, kind, name, None, said);
        let listed = self.days.get(&date);
        let weekend = self.is_weekend(date).then(|| of(IntervalKind::Weekend, "weekend", &self.weekend_said));
        let kind = match self.sort_of(date) {
            DaySort::Holiday => Some(IntervalKind::Holiday),
            DaySort::MakeUpWorkday => Some(IntervalKind::MakeUpWorkday),
            DaySort::Workday | DaySort::Weekend => None,
        };
        let special = listed.zip(kind).map(|(listed, kind)| of(kind, &listed.name, &listed.said));
        weekend.into_iter().chain(special).collect()
    }

    /// What closes a minute because of its day: the weekend or the holiday, if it is not worked.
    pub(super) fn day_off(&self, date: Date) -> Option<Interval> {
        let day = clock::day(&self.zone, date)?;
        let kind = match self.sort_of(date) {
            DaySort::Holiday => IntervalKind::Holiday,
            DaySort::Weekend => IntervalKind::Weekend,
            DaySort::Workday | DaySort::MakeUpWorkday => return None,
        };
        self.day_intervals(date, day).into_iter().find(|interval| interval.kind == kind)
    }
}

impl ZoneWindow {
    /// Its stretches that touch the range, cut to it.
    pub(super) fn stretches(&self, zone: &TimeZone, range: Stretch) -> impl Iterator<Item = Stretch> {
        self.whole_stretches(zone, range).filter_map(move |stretch| stretch.common(range))
    }

    /// Its stretches that touch the range, whole, in order.
    pub(super) fn whole_stretches(&self, zone: &TimeZone, range: Stretch) -> impl Iterator<Item = Stretch> {
        let stretches: Vec<Stretch> = match &self.times {
            ZoneTimes::Dated(stretch) => vec![*stretch],
            ZoneTimes::Weekly { weekdays, from, to } => dates(zone, range, 1)
                .filter(|date| weekdays.contains(&date.weekday()))
                .filter_map(|date| self.weekly(zone, date, *from, *to))
                .collect(),
            // By a clock of its own.
            ZoneTimes::Cycle(cycle) => cycle.stretches(self.kind, range),
            ZoneTimes::Listed(listed) => listed.stretches(range),
        };
        stretches.into_iter().filter(move |stretch| stretch.common(range).is_some())
    }

    /// The stretch that begins on this date. `None`: clocks are put forward over all of it.
    fn weekly(&self, zone: &TimeZone, date: Date, from: TimeOfDay, to: TimeOfDay) -> Option<Stretch> {
        let last = if to > from { date } else { date.tomorrow().ok()? };
        clock::window(zone, self.kind, from.on(date), to.on(last))
    }

    /// Whether a minute lies inside.
    pub(super) fn has(&self, zone: &TimeZone, minute: i32) -> bool {
        Stretch::new(minute, minute.saturating_add(1))
            .is_some_and(|range| self.whole_stretches(zone, range).next().is_some())
    }

    /// The stretch of a dated window.
    pub(super) fn dated(&self) -> Option<Stretch> {
        match self.times {
            ZoneTimes::Dated(stretch) => Some(stretch),
            ZoneTimes::Weekly { .. } | ZoneTimes::Cycle(_) | ZoneTimes::Listed(_) => None,
        }
    }

    fn interval(&self, stretch: Stretch) -> Interval {
        interval(stretch, self.kind.into(), &self.name, self.reason.clone(), &self.said)
    }

    /// The interval that holds this minute.
    pub(super) fn interval_at(&self, zone: &TimeZone, minute: i32) -> Option<Interval> {
        let range = Stretch::new(minute, minute.saturating_add(1))?;
        self.whole_stretches(zone, range).next().map(|stretch| self.interval(stretch))
    }
}

fn interval(
    stretch: Stretch,
    kind: IntervalKind,
    name: &str,
    reason: Option<String>,
    said: &Said,
) -> Interval {
    Interval {
        start: Instant::from_epoch_min(stretch.start),
        end: Instant::from_epoch_min(stretch.end),
        kind,
        name: name.to_owned(),
        reason,
        calendar: said.calendar.to_string(),
        imported: said.place.file.as_deref().map(str::to_owned),
        line: said.place.span.line,
    }
}

/// The dates whose days or windows may touch a range: those it has, one more after it, and so many before it as what
/// begins there may last.
pub(super) fn dates(zone: &TimeZone, range: Stretch, back: u32) -> impl Iterator<Item = Date> + use<> {
    let date = |minute| clock::shown(zone, minute).map(|clock| clock.date());
    let first = date(range.start).and_then(|date| date.checked_sub(i64::from(back).days()).ok());
    let last = date(range.end).and_then(|date| date.tomorrow().ok());
    let ends = first.zip(last);
    let from = ends.map(|(first, _)| first);
    std::iter::successors(from, |date| date.tomorrow().ok())
        .take_while(move |date| ends.is_some_and(|(_, last)| *date <= last))
}

/// In order, and without any two that overlap or touch.
fn merged(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut merged: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match merged.last_mut() {
            Some(last) if stretch.start <= last.end => last.end = last.end.max(stretch.end),
            Some(_) | None => merged.push(stretch),
        }
    }
    merged
}

/// What is in both. Each is merged.
fn both(some: &[Stretch], others: &[Stretch]) -> Vec<Stretch> {
    let (mut some, mut others) = (some.iter().copied().peekable(), others.iter().copied().peekable());
    let mut common = Vec::new();
    while let (Some(one), Some(other)) = (some.peek().copied(), others.peek().copied()) {
        common.extend(one.common(other));
        if one.end <= other.end {
            some.next()
        } else {
            others.next()
        };
    }
    common
}

/// What is in the first and not in the second. Each is merged.
pub(super) fn without(some: &[Stretch], others: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    let mut others = others.iter().copied().peekable();
    for one in some {
        let mut start = one.start;
        while let Some(other) = others.peek().copied().filter(|other| other.start < one.end) {
            left.extend(Stretch::new(start, other.start));
            start = start.max(other.end);
            if other.end > one.end {
                // It may cut the next one, too.
                break;
            }
            others.next();
        }
        left.extend(Stretch::new(start, one.end));
    }
    left
}

/// A calendar, as what is said refers to it.
struct Source {
    calendar: Arc<str>,
    file: Arc<str>,
}

impl Source {
    fn of(calendar: &Calendar) -> Self {
        Self { calendar: calendar.name.as_str().into(), file: calendar.file.as_str().into() }
    }

    fn here(&self, span: Span) -> Said {
        self.said(Place { span, file: None })
    }

    fn said(&self, place: Place) -> Said {
        Said { calendar: self.calendar.clone(), file: self.file.clone(), place }
    }

    fn day(&self, day: &Day) -> ListedDay {
        ListedDay { name: day.name.clone(), sort: day.sort, said: self.said(day.place.clone()) }
    }

    fn window(&self, window: &super::Window, place: usize) -> Option<ZoneWindow> {
        let times = match &window.times {
            Times::Weekly { weekdays, from, to } => {
                ZoneTimes::Weekly { weekdays: weekdays.clone(), from: *from, to: *to }
            }
            // There is one for each zone: the reader made them.
            Times::Dated(stretches) => ZoneTimes::Dated(*stretches.get(place)?),
            Times::Cycle(cycle) => ZoneTimes::Cycle(cycle.clone()),
            Times::Listed(lists) => ZoneTimes::Listed(lists.get(place)?.clone()),
        };
        Some(ZoneWindow {
            name: window.name.clone(),
            kind: window.kind,
            reason: window.reason.clone(),
            times,
            said: self.said(window.place.clone()),
        })
    }
}

fn contradiction(zone: &str, date: Date, first: &ListedDay, second: &ListedDay) -> InputError {
    let found = format!(
        "`{date}` is {} of {} here and {} at {}",
        second.sort.in_words(),
        shown(zone),
        first.sort.in_words(),
        first.said.place()
    );
    let problem = Problem::new(ProblemKind::Value, second.said.place.span, found)
        .expected("one answer")
        .help("correct one of the two calendars");
    InputError::new(second.said.file(), vec![problem])
}

fn other_weekend(zone: &str, first: &Said, second: &Said) -> InputError {
    let found = format!("a weekend that is not the one {} has at {}", shown(zone), first.place());
    let problem = Problem::new(ProblemKind::Value, second.place.span, found)
        .expected("one weekend for one zone")
        .help("correct one of the two calendars, or take `weekend` out of this one");
    InputError::new(second.file(), vec![problem])
}
