//! What a calendar says of a moment, and who is asked for it.
//!
//! How calendars are written and counted is `interlock-inputs`' work; the gate asks an [`Almanac`] and puts the answer
//! into the change's moments, so that a policy sees days and never computes one.

use crate::{Digest, Instant, Weekday};

/// What the calendars of a zone say of a day and of the windows around a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDay {
    /// Whether the list of holidays covers that year. If not, a holiday looks like a working day.
    pub covered: bool,
    /// Whether people work that day: its weekend, its holidays and its make-up workdays taken together.
    pub workday: bool,
    /// The holiday's name. Absent: not a holiday.
    pub holiday: Option<String>,
    /// Whether it is a weekend day worked to make up for a holiday.
    pub make_up_workday: bool,
    /// State of each named window at that moment.
    pub windows: Vec<WindowState>,
    /// When changes may start next, at that moment or after it. Absent: not within the next 90 days.
    pub next_open: Option<Turn>,
    /// When the change window that is open now ends. Absent: none is open, or it stays open for more than 90 days.
    pub next_close: Option<Turn>,
}

/// One named window at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowState {
    /// Its name in the calendar.
    pub name: String,
    /// What sort of window it is.
    pub kind: WindowKind,
    /// Whether the moment lies inside.
    pub inside: bool,
    /// Why it exists, in the calendar's words. Absent: not said.
    pub reason: Option<String>,
}

/// What sort of window it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WindowKind {
    /// Changes start inside it.
    ChangeWindow,
    /// No change starts inside it.
    Freeze,
    /// The busiest hours: no change starts inside it.
    Peak,
}

/// A moment at which a window opens or closes, as a clock in one zone shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The instant.
    pub at: Instant,
    /// `YYYY-MM-DD` there.
    pub date: String,
    /// Weekday there.
    pub weekday: Weekday,
    /// Minutes since midnight there, 0 to 1439.
    pub minute_of_day: u16,
}

/// Who knows which days are worked and which windows are open. `interlock_inputs::Calendars` is one; an embedder with a
/// change calendar of its own writes another.
pub trait Almanac: Send + Sync {
    /// What the calendars of a zone say of a moment. `None`: the zone has no calendar.
    fn day(&self, at: Instant, zone: &str) -> Option<CalendarDay>;

    /// SHA-256 over everything the answers depend on. The policy set's digest binds it.
    fn digest(&self) -> Digest;
}
