//! Calendars: which days are worked, and in which windows changes may start.
//!
//! A file (`format`) is read into a [`Calendar`]; several make [`Calendars`], in which everything said of one zone stands
//! together (`intervals`) and which answers for a moment (`day`). `lint` and `show` serve whoever writes such files. No
//! clock: the moment is always given. The CLI reads the files, the gate asks through `interlock_model::Almanac`. What
//! others keep in files of their own (holidays, an Argo CD project, iCalendar) is named under `import` and becomes days
//! and windows of the calendar that names it (`import`); who asks sees no difference.
//!
//! # What a calendar means
//!
//! A day is worked if it is neither a weekend day nor a holiday, or if it is a weekend day that is worked to make up for
//! a holiday. A moment is open if it lies in no freeze and no peak and, where the zone has change windows, inside one of
//! them. A weekly change window is open on worked days only, a dated one on every day it names. Weekly windows repeat
//! without end; `covers` bounds the list of holidays and nothing else.
//!
//! Weekly windows begin on the days they name, also when they end on the next. What happens to one that begins or ends
//! while clocks are changed is said in `clock`; a dated window that does is refused. What repeats in an imported file is
//! read like a weekly window, what happens there once like a dated one.

mod clock;
mod day;
mod format;
mod import;
mod intervals;
mod lint;
mod repeat;
mod show;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use interlock_model::{Digest, Span, WindowKind};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::error::{InputError, escaped};
use crate::file::{FileError, read_file};
use crate::policy_set::Open;
use crate::{Document, Form, Syntax, read_document};

pub use clock::CalendarDate;
pub use day::Calendars;
pub use format::calendar_schema;
pub use intervals::{DaySort, Interval, IntervalKind};
pub use lint::{Lint, LintKind};
pub use show::{ClosedBy, Outlook, ShownDay};

use clock::{Stretch, TimeOfDay};
use repeat::{Cycle, Listed};

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

    /// SHA-256 of the bytes it was read from, those of its imports included.
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
    place: Place,
}

/// Where something is said.
#[derive(Clone, Debug)]
struct Place {
    span: Span,
    /// The imported file the span is of. `None`: the calendar's own.
    file: Option<Arc<str>>,
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
    place: Place,
}

/// When a window is.
#[derive(Clone, Debug)]
enum Times {
    /// Every week, beginning on these days, as they were listed. It ends on the next day if `to` is not after `from`.
    Weekly { weekdays: Vec<Weekday>, from: TimeOfDay, to: TimeOfDay },
    /// Once; one stretch for each zone of the calendar, in their order.
    Dated(Vec<Stretch>),
    /// As a schedule says, by the clock of a zone of its own.
    Cycle(Arc<Cycle>),
    /// Again and again, written out; one list for each zone of the calendar, in their order.
    Listed(Vec<Listed>),
}

/// Reads a calendar and what it imports. `name` is for people, and imports are looked for in its folder; `open` reads them.
///
/// # Errors
/// With everything that is wrong with it, as far as one pass can tell: what was found, what was expected, where, and what
/// to do next. If it is in order, with what is wrong with the first of its imports that is not.
pub fn read_calendar(
    name: &str,
    bytes: &[u8],
    syntax: Syntax,
    open: Open<'_>,
) -> Result<Calendar, InputError> {
    let Document { mut holds, sources, digest } =
        read_document::<format::CalendarFile>(Form::Calendar, name, bytes, syntax)?;
    let imports = holds.take_imports();
    let calendar = format::calendar(holds, &sources, digest);
    let calendar = calendar.map_err(|problems| InputError::new(name, problems))?;
    import::into_calendar(calendar, &imports, &sources, open)
}

/// A calendar file that was not read. Its message is safe for a terminal.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFileError {
    /// It is no file, too large, or the operating system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its name ends neither in `.yaml` or `.yml` nor in `.json`.
    #[error("{}: a name that does not say how the calendar is written, expected `.yaml` or `.json`\nhelp: rename it; a file of another system is named under `import` of a calendar", escaped(.name))]
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
    Ok(read_calendar(&name, &read_file(path)?, syntax, &read_file)?)
}
