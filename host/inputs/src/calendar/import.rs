//! Files of others that a calendar names under `import`: which there are, how they are chosen, and how what they say
//! becomes days and windows of that calendar.
//!
//! The format is written beside the file's name and never found by trying: a text that two readers accept can mean two
//! things. Everything that such a file leaves open (for which zones it counts, in which days its list is complete, what
//! its events mean for a change) is said by the calendar, which is the operator's own. One file, one adapter below.

use std::path::Path;
use std::sync::Arc;

use interlock_model::{Digest, Pointer, Sources, Span, WindowKind};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::Digest as _;

use super::format::{IMPORTS_MAX, KindName, uncovered};
use super::{Calendar, Covers, Day, Times, Window};
use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::policy_set::{Open, place};

mod argo_cd;
mod cron;
mod holiday_cn;
mod icalendar;

pub(super) use cron::Schedule;

/// Windows of all imports of one calendar. Most of them happen once, and cost a comparison for a moment.
const WINDOWS_MAX: usize = 1000;
/// Openings of a day, of all windows that follow a schedule. Each is looked at for each day around a moment.
const OPENINGS_MAX: usize = 400;

/// A file of somebody else.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Import")]
pub(super) struct ImportWritten {
    /// The file, relative to this one's folder.
    file: String,
    /// What it is. It is never guessed.
    format: FormatName,
    /// What the events mean for a change. Needed for `icalendar`, and for it only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "KindName")]
    events: Option<KindName>,
    /// The application whose windows are read, by its name. For `argo-cd` only, and needed where a window names some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    application: Option<String>,
    /// The namespace it is deployed to. For `argo-cd` only, and needed where a window names some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    namespace: Option<String>,
    /// The cluster it is deployed to, by every name it goes by: Argo CD compares its name and its server. For `argo-cd`
    /// only, and needed where a window names some.
    #[serde(default)]
    cluster: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ImportFormat")]
enum FormatName {
    /// A list of days off and make-up workdays, as holiday-cn publishes it.
    HolidayCn,
    /// The sync windows of an Argo CD project (`AppProject`). Denied is a freeze, allowed a change window.
    ArgoCd,
    /// Events in iCalendar (RFC 5545).
    #[serde(rename = "icalendar")]
    #[schemars(rename = "icalendar")]
    ICalendar,
}

/// What an adapter is told by the calendar.
struct Asked<'c> {
    written: &'c ImportWritten,
    zones: &'c [(String, TimeZone)],
    covers: Covers,
    /// The file's name, for the places of what it says.
    file: Arc<str>,
}

/// What a file says.
#[derive(Default)]
struct Said {
    days: Vec<(Date, Day)>,
    windows: Vec<Window>,
    /// Of a list of holidays: the year it is complete for, and where it says so.
    year: Option<(i16, Span)>,
}

/// Reads every import and puts what it says into the calendar.
pub(super) fn into_calendar(
    mut calendar: Calendar,
    imports: &[ImportWritten],
    sources: &Sources,
    open: Open<'_>,
) -> Result<Calendar, InputError> {
    let here = |problem| InputError::new(&sources.name, vec![problem]);
    check_count(imports, sources).map_err(here)?;
    let (mut digests, mut years) = (vec![calendar.digest.clone()], Vec::new());
    for (index, written) in imports.iter().enumerate() {
        let at = Pointer::new(format!("/import/{index}"));
        check_keys(written, sources, &at).map_err(here)?;
        let name = beside(&sources.name, &written.file);
        let bytes = open(Path::new(&name))
            .map_err(|error| here(unopened(place(sources, &at.child("file")), &name, &error.why())))?;
        let file: Arc<str> = name.as_str().into();
        let asked = Asked { written, zones: &calendar.zones, covers: calendar.covers, file };
        let said = read(&asked, &bytes)?;
        years.extend(said.year.map(|(year, _)| year));
        add(&mut calendar, said).map_err(|problem| InputError::new(&name, vec![problem]))?;
        digests.push(Digest::from_sha256(&sha2::Sha256::digest(&bytes)));
    }
    check_openings(&calendar, sources).map_err(here)?;
    check_years(&calendar, &years).map_err(here)?;
    if !imports.is_empty() {
        calendar.digest = digest_of(&digests);
    }
    Ok(calendar)
}

fn read(asked: &Asked<'_>, bytes: &[u8]) -> Result<Said, InputError> {
    match asked.written.format {
        FormatName::HolidayCn => holiday_cn::read(asked, bytes),
        FormatName::ArgoCd => argo_cd::read(asked, bytes),
        FormatName::ICalendar => icalendar::read(asked, bytes),
    }
}

/// The path of an import, from where the calendar's own is seen.
fn beside(calendar: &str, file: &str) -> String {
    let folder = Path::new(calendar).parent().unwrap_or(Path::new(""));
    folder.join(file).to_string_lossy().into_owned()
}

fn add(calendar: &mut Calendar, said: Said) -> Result<(), Problem> {
    for (date, day) in said.days {
        if !calendar.covers.has(date) {
            return Err(uncovered(date, calendar.covers, day.place.span));
        }
        match calendar.days.get(&date) {
            Some(known) if known.sort != day.sort => return Err(contradicted(date, &day, known)),
            // Said twice is said once.
            Some(_) => {}
            None => {
                calendar.days.insert(date, day);
            }
        }
    }
    calendar.windows.extend(said.windows);
    match calendar.windows.get(WINDOWS_MAX) {
        Some(window) => Err(Problem::new(
            ProblemKind::TooMuch,
            window.place.span,
            format!("{} windows with those before it", calendar.windows.len()),
        )
        .expected(format!("at most {WINDOWS_MAX} in a calendar"))
        .help("take out what is over, or split the calendar; several may name one zone")),
        None => Ok(()),
    }
}

fn contradicted(date: Date, day: &Day, known: &Day) -> Problem {
    let found = format!(
        "`{date}` is {} here and {} at line {} of {}",
        day.sort.in_words(),
        known.sort.in_words(),
        known.place.span.line,
        known.place.file.as_deref().map_or_else(|| "the calendar that imports it".to_owned(), shown)
    );
    Problem::new(ProblemKind::Value, day.place.span, found)
        .expected("one answer")
        .help("correct one of the two files")
}

fn check_count(imports: &[ImportWritten], sources: &Sources) -> Result<(), Problem> {
    if imports.len() <= IMPORTS_MAX {
        return Ok(());
    }
    let span = place(sources, &Pointer::new(format!("/import/{IMPORTS_MAX}")));
    Err(Problem::new(ProblemKind::TooMuch, span, format!("{} imports", imports.len()))
        .expected(format!("at most {IMPORTS_MAX}"))
        .help("split the calendar; several may name one zone"))
}

/// Keys that another format has are a slip: what they say would be lost.
fn check_keys(written: &ImportWritten, sources: &Sources, at: &Pointer) -> Result<(), Problem> {
    let needs_events = written.format == FormatName::ICalendar;
    if written.events.is_none() && needs_events {
        let span = place(sources, at);
        return Err(Problem::new(ProblemKind::MissingKey, span, "`icalendar` without `events`")
            .expected("what its events mean: `freeze`, `peak` or `change-window`")
            .help("add `events: freeze` if nothing is changed while one of them lasts"));
    }
    let of_project = [
        ("application", written.application.is_some()),
        ("namespace", written.namespace.is_some()),
        ("cluster", !written.cluster.is_empty()),
    ];
    let misplaced = of_project.into_iter().filter(|_| written.format != FormatName::ArgoCd);
    let events = ("events", written.events.is_some() && !needs_events);
    match misplaced.chain([events]).find(|(_, is_there)| *is_there) {
        None => Ok(()),
        Some((key, _)) => {
            let span = sources.nearest(&at.child(key)).0.key;
            let of = if key == "events" { "icalendar" } else { "argo-cd" };
            Err(Problem::new(ProblemKind::Value, span, format!("`{key}` for a file of another format"))
                .expected(format!("it beside `format: {of}` only"))
                .help("take it out, or correct `format`"))
        }
    }
}

fn unopened(span: Span, name: &str, why: &str) -> Problem {
    Problem::new(ProblemKind::Value, span, format!("file {}, which was not read ({why})", shown(name)))
        .expected("a file to import")
        .help("check the path, which is relative to the calendar's folder, and its permissions")
}

fn check_openings(calendar: &Calendar, sources: &Sources) -> Result<(), Problem> {
    let cycles = calendar.windows.iter().filter_map(|window| match &window.times {
        Times::Cycle(cycle) => Some(cycle.openings_a_day()),
        Times::Weekly { .. } | Times::Dated(_) | Times::Listed(_) => None,
    });
    let openings: usize = cycles.sum();
    if openings <= OPENINGS_MAX {
        return Ok(());
    }
    let span = place(sources, &Pointer::new("/import"));
    Err(Problem::new(ProblemKind::TooMuch, span, format!("schedules that open {openings} times a day"))
        .expected(format!("at most {OPENINGS_MAX} times, all windows together"))
        .help("make the windows longer, so that one goes on where another ends"))
}

/// `covers` promises a complete list. With lists by the year, each of its years needs one.
fn check_years(calendar: &Calendar, listed: &[i16]) -> Result<(), Problem> {
    let Covers { from, to } = calendar.covers;
    let missing = (from.year()..=to.year()).find(|year| !listed.contains(year));
    match missing.filter(|_| !listed.is_empty()) {
        None => Ok(()),
        Some(year) => Err(Problem::new(
            ProblemKind::Value,
            calendar.covers_span,
            format!("days of {year} in `covers`, of which no imported list of holidays is"),
        )
        .expected(format!("days of {}", years_in_words(listed)))
        .help("import the list of that year, or narrow `covers`")),
    }
}

fn years_in_words(years: &[i16]) -> String {
    years.iter().map(i16::to_string).collect::<Vec<_>>().join(", ")
}

/// Over the calendar's own digest and those of its imports, in their order. They are of one length.
fn digest_of(digests: &[Digest]) -> Digest {
    let mut sum = sha2::Sha256::new();
    sum.update("interlock calendar with imports 1\n");
    for digest in digests {
        sum.update(digest.as_str());
    }
    Digest::from_sha256(&sum.finalize())
}

/// What a kind of window is called in messages.
fn kind_in_words(kind: WindowKind) -> &'static str {
    match kind {
        WindowKind::ChangeWindow => "a change window",
        WindowKind::Freeze => "a freeze",
        WindowKind::Peak => "a peak",
    }
}

/// Somebody's text as one line of at most so many characters.
fn one_line(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest.saturating_sub(3)).chain("...".chars()).collect()
}
