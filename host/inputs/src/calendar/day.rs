//! Several calendars as one almanac: what they say together of a moment in a zone.

use std::collections::BTreeMap;

use interlock_model::{Almanac, CalendarDay, Digest, Instant, Turn, WindowState};
use jiff::tz::TimeZone;
use sha2::Digest as _;

use super::Calendar;
use super::clock::{self, Stretch};
use super::intervals::{DaySort, Interval, ZoneRules};
use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::zone::tzdb_version;

const DAY_MIN: i32 = 24 * 60;
/// Days ahead that are looked at, one after the other until the answer is known. Most zones open within a week, and
/// every day that is not looked at is time saved; beyond the last nobody plans.
pub(super) const AHEAD_DAYS: &[i32] = &[8, 32, 90];

/// Calendars that may speak of the same zones. What they say adds up: what one closes is closed.
#[derive(Debug)]
pub struct Calendars {
    /// By name, so that the order in which they were given changes no answer.
    pub(super) calendars: Vec<Calendar>,
    pub(super) zones: BTreeMap<String, ZoneRules>,
    digest: Digest,
}

impl Calendars {
    /// Puts calendars together.
    ///
    /// # Errors
    /// If two have the same name, or contradict each other about a date or the weekend of one zone. Both places are named.
    pub fn new(mut calendars: Vec<Calendar>) -> Result<Self, InputError> {
        calendars.sort_by(|one, other| one.name.cmp(&other.name));
        check_names(&calendars)?;
        let mut zones: BTreeMap<String, ZoneRules> = BTreeMap::new();
        for calendar in &calendars {
            for (place, (name, zone)) in calendar.zones.iter().enumerate() {
                let rules = ZoneRules::new(calendar, zone, place);
                match zones.get_mut(name) {
                    None => {
                        zones.insert(name.clone(), rules);
                    }
                    Some(known) => known.add(name, rules)?,
                }
            }
        }
        let digest = digest_of(&calendars);
        Ok(Self { calendars, zones, digest })
    }

    /// The zones that have a calendar, in alphabetical order.
    pub fn zones(&self) -> impl Iterator<Item = &str> {
        self.zones.keys().map(String::as_str)
    }

    /// Everything that is said of a zone between two instants, in the order of time. Intervals that begin before or end
    /// after are whole. `None`: the zone has no calendar.
    pub fn intervals(&self, zone: &str, from: Instant, until: Instant) -> Option<Vec<Interval>> {
        let rules = self.zones.get(zone)?;
        let range = Stretch::new(from.epoch_min(), until.epoch_min());
        Some(range.map(|range| rules.intervals(range)).unwrap_or_default())
    }
}

fn check_names(calendars: &[Calendar]) -> Result<(), InputError> {
    let pairs = calendars.iter().zip(calendars.iter().skip(1));
    let Some((first, second)) = pairs.into_iter().find(|(one, other)| one.name == other.name) else {
        return Ok(());
    };
    let found = format!("calendar {} a second time", shown(&second.name));
    let problem = Problem::new(ProblemKind::Value, second.span, found)
        .expected(format!("each name once: the first is in {}", shown(&first.file)))
        .help("rename one of the two, or name the file once");
    Err(InputError::new(&second.file, vec![problem]))
}

/// Over the bytes of each calendar and the zones they were read with. Digests are of one length, so none runs into the next.
fn digest_of(calendars: &[Calendar]) -> Digest {
    let mut sum = sha2::Sha256::new();
    sum.update("interlock calendars 1\n");
    for calendar in calendars {
        sum.update(calendar.digest.as_str());
    }
    sum.update(tzdb_version());
    Digest::from_sha256(&sum.finalize())
}

impl Almanac for Calendars {
    fn day(&self, at: Instant, zone: &str) -> Option<CalendarDay> {
        let rules = self.zones.get(zone)?;
        let minute = at.epoch_min();
        let date = clock::shown(&rules.zone, minute)?.date();
        let sort = rules.sort_of(date);
        let turns = Turns::of(rules, minute);
        Some(CalendarDay {
            covered: rules.is_covered(date),
            workday: sort.is_worked(),
            holiday: (sort == DaySort::Holiday).then(|| rules.name_of(date).map(str::to_owned)).flatten(),
            make_up_workday: sort == DaySort::MakeUpWorkday,
            windows: window_states(rules, minute),
            next_open: turn(&rules.zone, turns.next_open),
            next_close: turn(&rules.zone, turns.next_close),
        })
    }

    fn digest(&self) -> Digest {
        self.digest.clone()
    }
}

fn turn(zone: &TimeZone, minute: Option<i32>) -> Option<Turn> {
    clock::turn(zone, minute?)
}

/// Windows of one name and kind are one window with several hours.
fn window_states(rules: &ZoneRules, minute: i32) -> Vec<WindowState> {
    let mut states: Vec<WindowState> = Vec::new();
    for window in rules.windows() {
        let inside = window.has(&rules.zone, minute);
        let known = states.iter_mut().find(|state| state.name == window.name && state.kind == window.kind);
        match known {
            // The reason is that of the part that is at work.
            Some(state) if inside && !state.inside => {
                state.inside = true;
                state.reason.clone_from(&window.reason);
            }
            Some(_) => {}
            None => states.push(WindowState {
                name: window.name.clone(),
                kind: window.kind,
                inside,
                reason: window.reason.clone(),
            }),
        }
    }
    states
}

/// When changes may start, and until when, in minutes.
struct Turns {
    next_open: Option<i32>,
    next_close: Option<i32>,
}

impl Turns {
    fn of(rules: &ZoneRules, minute: i32) -> Self {
        let mut turns = Self { next_open: None, next_close: None };
        for days in AHEAD_DAYS {
            let (known, is_settled) = Self::within(rules, minute, minute.saturating_add(days * DAY_MIN));
            turns = known;
            if is_settled {
                break;
            }
        }
        turns
    }

    /// What can be said from this much of the time ahead, and whether more of it would change nothing.
    fn within(rules: &ZoneRules, minute: i32, end: i32) -> (Self, bool) {
        let range = Stretch::new(minute, end);
        let first = range.and_then(|range| rules.open(range).into_iter().next());
        let Some(first) = first else { return (Self { next_open: None, next_close: None }, false) };
        let is_window_open = first.start == minute && rules.has_change_windows();
        // What lasts to the end of what was looked at may last longer.
        let ends = (is_window_open && first.end < end).then_some(first.end);
        (Self { next_open: Some(first.start), next_close: ends }, !is_window_open || ends.is_some())
    }
}
