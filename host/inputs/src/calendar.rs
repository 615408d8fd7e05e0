//! Calendars: which days are worked, and in which windows changes may start.
//!
//! A file (`format`) is read into a [`Calendar`]; several make [`Calendars`], in which everything said of one zone stands
//! together (`intervals`) and which answers for a moment (`day`). `lint` and `show` serve whoever writes such files. No
//! clock: the moment is always given. The CLI reads the files, the gate asks through `interlock_model::Almanac`.
//!
//! # What a calendar means
//!
//! A day is worked if it is neither a weekend day nor a holiday, or if it is a weekend day that is worked to make up for
//! a holiday. A moment is open if it lies in no freeze and no peak and, where the zone has change windows, inside one of
//! them. A weekly change window is open on worked days only, a dated one on every day it names. Weekly windows repeat
//! without end; `covers` bounds the list of holidays and nothing else.
//!
//! Weekly windows begin on the days they name, also when they end on the next. What happens to one that begins or ends
//! while clocks are changed is said in `clock`; a dated window that does is refused.

mod clock;
mod day;
mod format;
mod intervals;
mod lint;
mod show;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use interlock_model::{Digest, Span, WindowKind};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::error::{InputError, escaped};
use crate::file::{FileError, read_file};
use crate::{Document, Form, Syntax, read_document};

pub use clock::CalendarDate;
pub use day::Calendars;
pub use format::calendar_schema;
pub use intervals::{DaySort, Interval, IntervalKind};
pub use lint::{Lint, LintKind};
pub use show::{ClosedBy, Outlook, ShownDay};

use clock::{Stretch, TimeOfDay};

/// One calendar as its file has it, checked: every date is real, every zone known, every dated window one stretch of time.
#[derive(Clone, Debug)]
pub struct Calendar {
    name: String,
    /// The name it was opened by, for messages. Escape it.
    file: String,
    digest: Digest,
    /// Where its name stands.
    span: Span,
    /// At least one, each once.
    zones: Vec<(String, TimeZone)>,
    covers: Covers,
    covers_span: Span,
    /// `None`: it does not say, and leaves it to the other calendars of its zones.
    weekend: Option<Weekend>,
    days: BTreeMap<Date, Day>,
    windows: Vec<Window>,
    source: Option<String>,
}

impl Calendar {
    /// Its name, in small letters and hyphens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zones it is for, in the order of the file.
    pub fn zones(&self) -> impl Iterator<Item = &str> {
        self.zones.iter().map(|(name, _)| name.as_str())
    }

    /// Where its facts come from, in its own words. Hostile in a checkout: escape it.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// SHA-256 of the bytes it was read from.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

/// First and last day of the list of holidays, both of them in it.
#[derive(Clone, Copy, Debug)]
struct Covers {
    from: Date,
    to: Date,
}

impl Covers {
    fn has(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }
}

/// The weekend a calendar states.
#[derive(Clone, Debug)]
struct Weekend {
    /// In the order of the week, each once.
    days: Vec<Weekday>,
    span: Span,
}

/// One listed day.
#[derive(Clone, Debug)]
struct Day {
    name: String,
    sort: ListedAs,
    span: Span,
}

/// What a list of days says of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListedAs {
    Holiday,
    MakeUpWorkday,
}

impl ListedAs {
    fn in_words(self) -> &'static str {
        match self {
            Self::Holiday => "a holiday",
            Self::MakeUpWorkday => "a make-up workday",
        }
    }
}

/// One window.
#[derive(Clone, Debug)]
struct Window {
    name: String,
    kind: WindowKind,
    reason: Option<String>,
    times: Times,
    span: Span,
}

/// When a window is.
#[derive(Clone, Debug)]
enum Times {
    /// Every week, beginning on these days, as they were listed. It ends on the next day if `to` is not after `from`.
    Weekly { weekdays: Vec<Weekday>, from: TimeOfDay, to: TimeOfDay },
    /// Once; one stretch for each zone of the calendar, in their order.
    Dated(Vec<Stretch>),
}

/// Reads a calendar. `name` is for people: it stands in errors.
///
/// # Errors
/// With everything that is wrong with it, as far as one pass can tell: what was found, what was expected, where, and what
/// to do next.
pub fn read_calendar(name: &str, bytes: &[u8], syntax: Syntax) -> Result<Calendar, InputError> {
    let Document { holds, sources, digest } =
        read_document::<format::CalendarFile>(Form::Calendar, name, bytes, syntax)?;
    format::calendar(holds, &sources, digest).map_err(|problems| InputError::new(name, problems))
}

/// A calendar file that was not read. Its message is safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFileError {
    /// It is no file, too large, or the operating system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its name ends neither in `.yaml` or `.yml` nor in `.json`.
    #[error("{}: a name that does not say how the calendar is written, expected `.yaml` or `.json`\nhelp: rename it", escaped(.name))]
    Name {
        /// As it was named.
        name: String,
    },
    /// What is in it is no calendar.
    #[error(transparent)]
    Input(#[from] InputError),
}

/// Reads a calendar from a file. The ending of its name says which syntax it has.
///
/// # Errors
/// If the file cannot be read, or [`read_calendar`] refuses what is in it.
pub fn read_calendar_file(path: &Path) -> Result<Calendar, CalendarFileError> {
    let name = path.to_string_lossy();
    let Some(syntax) = Syntax::of_name(&name) else {
        return Err(CalendarFileError::Name { name: name.into_owned() });
    };
    Ok(read_calendar(&name, &read_file(path)?, syntax)?)
}
