//! Windows that come again and again, from imported files: by a schedule that never ends, or as a list of stretches.
//!
//! `import` makes them, `intervals` asks for the stretches near a moment. A cycle is not written out ahead of time: its
//! days are tried one by one, from as far back as one of its openings is long.

use std::sync::Arc;

use interlock_model::WindowKind;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::clock::{self, Stretch};
use super::import::Schedule;
use super::intervals::dates;

const DAY_MIN: u32 = 24 * 60;

/// A schedule, and how long each of its openings lasts, by the clock of one zone.
#[derive(Debug)]
pub(super) struct Cycle {
    zone: TimeZone,
    schedule: Schedule,
    /// In order, and none touches the next.
    openings: Vec<Opening>,
    /// Whether one begins before the one before has ended, on one day. Told by `lint`.
    overlaps: bool,
}

/// One opening of a day on which the schedule has any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Opening {
    /// Minutes since midnight, as the clock shows them.
    from: u32,
    /// How far the clock gets until it ends: as Argo CD counts, an hour that is skipped or repeated is not noticed.
    minutes: u32,
}

impl Cycle {
    /// Openings of `minutes` each, wherever the schedule begins one.
    pub(super) fn new(zone: TimeZone, schedule: Schedule, minutes: u32) -> Self {
        let (mut openings, mut overlaps): (Vec<Opening>, bool) = (Vec::new(), false);
        for from in schedule.starts() {
            match openings.last_mut() {
                Some(last) if from <= last.from.saturating_add(last.minutes) => {
                    overlaps |= from < last.from.saturating_add(last.minutes);
                    last.minutes = from.saturating_add(minutes).saturating_sub(last.from);
                }
                Some(_) | None => openings.push(Opening { from, minutes }),
            }
        }
        Self { zone, schedule, openings, overlaps }
    }

    /// How many stretches a day costs.
    pub(super) fn openings_a_day(&self) -> usize {
        self.openings.len()
    }

    pub(super) fn overlaps_within_a_day(&self) -> bool {
        self.overlaps
    }

    /// Its stretches that touch the range, whole, in the order in which they begin.
    pub(super) fn stretches(&self, kind: WindowKind, range: Stretch) -> Vec<Stretch> {
        dates(&self.zone, range, self.days_back())
            .filter(|date| self.schedule.has_day(*date))
            .flat_map(|date| self.openings.iter().filter_map(move |it| it.stretch(&self.zone, kind, date)))
            .filter(|stretch| stretch.common(range).is_some())
            .collect()
    }

    /// Days before a moment on which an opening that holds it may have begun.
    fn days_back(&self) -> u32 {
        let ends = self.openings.iter().map(|it| it.from.saturating_add(it.minutes).div_ceil(DAY_MIN));
        ends.max().unwrap_or(1)
    }
}

impl Opening {
    /// `None`: clocks are put forward over all of it, or leave nothing that everybody must have meant.
    fn stretch(self, zone: &TimeZone, kind: WindowKind, date: Date) -> Option<Stretch> {
        let from = later(date.to_datetime(jiff::civil::Time::MIN), self.from)?;
        clock::window(zone, kind, from, later(from, self.minutes)?)
    }
}

/// What a clock shows so many minutes later, if nobody touches it.
pub(super) fn later(clock: DateTime, minutes: u32) -> Option<DateTime> {
    clock.checked_add(i64::from(minutes).minutes()).ok()
}

/// Stretches that were written out, in the order in which they begin.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    sorted: Arc<[Stretch]>,
    /// Minutes of the longest: what begins earlier than that before a moment is over.
    longest: i32,
}

impl Listed {
    pub(super) fn new(mut stretches: Vec<Stretch>) -> Self {
        stretches.sort_unstable();
        let longest = stretches.iter().map(|it| it.end.saturating_sub(it.start)).max().unwrap_or(0);
        Self { sorted: stretches.into(), longest }
    }

    /// Those that touch the range, whole, in order.
    pub(super) fn stretches(&self, range: Stretch) -> Vec<Stretch> {
        let earliest = range.start.saturating_sub(self.longest);
        let from = self.sorted.partition_point(|it| it.start < earliest);
        let near = self.sorted.get(from..).unwrap_or_default().iter();
        near.take_while(|it| it.start < range.end).filter(|it| it.common(range).is_some()).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gives_what_touches_and_nothing_else() {
        let of = |start, end| Stretch { start, end };
        let listed = Listed::new(vec![of(50, 60), of(0, 100), of(10, 20), of(200, 210)]);
        assert_eq!(listed.stretches(of(55, 56)), [of(0, 100), of(50, 60)]);
        assert_eq!(listed.stretches(of(99, 100)), [of(0, 100)]);
        assert_eq!(listed.stretches(of(100, 200)), []);
        assert_eq!(listed.stretches(of(0, 300)).len(), 4);
        assert_eq!(Listed::new(Vec::new()).stretches(of(0, 1)), []);
    }

    #[test]
    fn openings_of_a_day_that_touch_are_one() {
        let cycle = |schedule: &str, minutes| {
            let cycle = Cycle::new(TimeZone::UTC, Schedule::read(schedule).unwrap(), minutes);
            let openings: Vec<_> = cycle.openings.iter().map(|it| (it.from, it.minutes)).collect();
            (openings, cycle.overlaps, cycle.days_back())
        };
        assert_eq!(cycle("0 22 * * *", 480), (vec![(1320, 480)], false, 2));
        assert_eq!(cycle("* * * * *", 60), (vec![(0, 1499)], true, 2));
        assert_eq!(cycle("0 * * * *", 60), (vec![(0, 1440)], false, 1));
        assert_eq!(cycle("0,30 9 * * *", 10), (vec![(540, 10), (570, 10)], false, 1));
        assert_eq!(cycle("0 0 * * *", 8 * 1440), (vec![(0, 8 * 1440)], false, 8));
    }
}
