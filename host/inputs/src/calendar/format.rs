//! A calendar as it is written: its keys, their JSON Schema, and what each value must be beyond its type.
//!
//! Times and dates are read here and not by serde, because what `from` holds depends on whether `weekdays` stands beside
//! it, and because all that is wrong is told at once. What the values mean is said in `calendar`.

use std::collections::BTreeMap;
use std::str::FromStr;

use interlock_model::{Digest, LocalTime, Pointer, Sources, Span, Unfit, WindowKind};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use super::clock::{CalendarDate, Stretch, TimeOfDay, minute_from};
use super::import::ImportWritten;
use super::{Calendar, Covers, Day, ListedAs, Place, Times, Weekend, Window};
use crate::error::{Problem, ProblemKind, shown};
use crate::schedule::{instant, value_span};
use crate::zone::Zones;

/// Zones of one calendar. Bounds what is expanded; nobody runs in so many.
const ZONES_MAX: usize = 64;
/// Windows of one calendar. Each is expanded for every moment that is asked about.
const WINDOWS_MAX: usize = 200;
/// Characters of a name.
pub(super) const NAME_MAX: usize = 80;
/// Characters of a reason. It is shown in one line.
pub(super) const REASON_MAX: usize = 400;
/// Files of one calendar. One is opened for each.
pub(super) const IMPORTS_MAX: usize = 20;
/// Years a list of holidays may cover. Nobody knows them further ahead.
const COVERED_YEARS_MAX: i64 = 5;

/// When changes may start in some time zones: weekends, holidays, make-up workdays, change windows, freezes, busy hours.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Calendar")]
pub(super) struct CalendarFile {
    /// Its name, for people: small letters, digits and hyphens.
    #[schemars(extend("pattern" = r"^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength" = NAME_MAX))]
    calendar: String,
    /// IANA time zones. Every date and time below is read in each of them.
    #[schemars(extend("minItems" = 1, "maxItems" = ZONES_MAX, "uniqueItems" = true))]
    zones: Vec<String>,
    /// The days the list of holidays is complete for; at most five years.
    covers: CoversWritten,
    /// The days of the weekend. Absent: what another calendar of the zone says, or else Saturday and Sunday. Empty: there is
    /// no weekend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<DayName>")]
    weekend: Option<Vec<DayName>>,
    /// Holidays, and weekend days that are worked to make up for them.
    #[serde(default)]
    days: Vec<DayWritten>,
    /// Hours or days in which changes start, or do not.
    #[serde(default)]
    #[schemars(extend("maxItems" = WINDOWS_MAX))]
    windows: Vec<WindowWritten>,
    /// Files of others that say more. What they say counts for the zones above, in the days of `covers`.
    #[serde(default)]
    #[schemars(extend("maxItems" = IMPORTS_MAX))]
    import: Vec<ImportWritten>,
    /// Where the facts come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    source: Option<String>,
}

impl CalendarFile {
    /// They are read after everything else is known to make sense.
    pub(super) fn take_imports(&mut self) -> Vec<ImportWritten> {
        std::mem::take(&mut self.import)
    }
}

/// A stretch of days.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Covers")]
struct CoversWritten {
    /// The first day, `YYYY-MM-DD`.
    #[schemars(extend("pattern" = r"^\d{4}-\d{2}-\d{2}$"))]
    from: String,
    /// The last day, `YYYY-MM-DD`; it is covered too.
    #[schemars(extend("pattern" = r"^\d{4}-\d{2}-\d{2}$"))]
    to: String,
}

/// One day that is not what its weekday says.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Day")]
struct DayWritten {
    /// `YYYY-MM-DD`, inside `covers`.
    #[schemars(extend("pattern" = r"^\d{4}-\d{2}-\d{2}$"))]
    date: String,
    /// What the day is called.
    #[schemars(extend("minLength" = 1, "maxLength" = NAME_MAX))]
    name: String,
    /// What it is instead of what its weekday says.
    is: DayIs,
}

// Not `off: true`: an unquoted `off` is a boolean to some readers, and refused as a key.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "DaySort")]
enum DayIs {
    /// Nobody works.
    Holiday,
    /// A day of the weekend that is worked to make up for a holiday.
    MakeUpWorkday,
}

/// A window: weekly if it has `weekdays`, with times of day; otherwise once, with dates.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Window")]
struct WindowWritten {
    /// What it is called.
    #[schemars(extend("minLength" = 1, "maxLength" = NAME_MAX))]
    name: String,
    /// What it means for a change.
    kind: KindName,
    /// The days on which it begins, every week. Absent: it is there once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<DayName>", extend("minItems" = 1))]
    weekdays: Option<Vec<DayName>>,
    /// When it begins: `HH:MM` beside `weekdays`, else `YYYY-MM-DDTHH:MM`.
    #[schemars(extend("pattern" = FROM_OR_TO))]
    from: String,
    /// When it ends, written like `from`; that minute is no longer in it. A weekly window whose `to` is not after its `from`
    /// ends on the next day.
    #[schemars(extend("pattern" = FROM_OR_TO))]
    to: String,
    /// Why it exists, for whoever is stopped by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("minLength" = 1, "maxLength" = REASON_MAX))]
    reason: Option<String>,
}

const FROM_OR_TO: &str = r"^(\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)$";

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "WindowKind")]
pub(super) enum KindName {
    /// Changes start inside it. A zone that has any is closed outside all of them.
    ChangeWindow,
    /// No change starts inside it.
    Freeze,
    /// The busiest hours: no change starts inside it.
    Peak,
}

impl From<KindName> for WindowKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::ChangeWindow => Self::ChangeWindow,
            KindName::Freeze => Self::Freeze,
            KindName::Peak => Self::Peak,
        }
    }
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Weekday")]
enum DayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// The JSON Schema of a calendar file. It says what each key takes; that dates are real, zones known and windows not
/// upside down is checked by the reader only.
pub fn calendar_schema() -> Schema {
    crate::schema::described::<CalendarFile>("urn:interlock:schema:calendar", "interlock.calendar")
}

/// What the file says, once all of it is known to make sense.
pub(super) fn calendar(
    file: CalendarFile,
    sources: &Sources,
    digest: Digest,
) -> Result<Calendar, Vec<Problem>> {
    let mut reader = Reader { sources, problems: Vec::new() };
    reader.check_name(&file.calendar);
    let zones = reader.zones(&file.zones);
    let covers = reader.covers(&file.covers);
    let days = reader.days(&file.days, covers);
    let windows = reader.windows(file.windows, &zones);
    let weekend =
        file.weekend.map(|listed| Weekend { days: week_of(&listed), span: value_span(sources, "/weekend") });
    match covers {
        Some(covers) if reader.problems.is_empty() => Ok(Calendar {
            name: file.calendar,
            file: sources.name.clone(),
            digest,
            span: value_span(sources, "/calendar"),
            zones,
            covers,
            covers_span: value_span(sources, "/covers"),
            weekend,
            days,
            windows,
            source: file.source,
        }),
        Some(_) | None => Err(reader.problems),
    }
}

/// Collects what is wrong. A value that is wrong is left out of what is built, which is thrown away in the end.
struct Reader<'s> {
    sources: &'s Sources,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn span(&self, pointer: &str) -> Span {
        value_span(self.sources, pointer)
    }

    fn key_span(&self, pointer: &str) -> Span {
        self.sources.nearest(&Pointer::new(pointer)).0.key
    }

    fn keep<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn check_name(&mut self, name: &str) {
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if name.len() > NAME_MAX || !name.split('-').all(is_part) {
            let problem = unfit(self.span("/calendar"), name)
                .expected("a name of small letters, digits and hyphens")
                .help("write a name like `cn-2026`");
            self.problems.push(problem);
        }
    }

    fn check_text(&mut self, text: &str, longest: usize, pointer: &str) {
        if text.trim().is_empty() || text.chars().count() > longest {
            let problem = unfit(self.span(pointer), text)
                .expected(format!("1 to {longest} characters"))
                .help("say it in a few words");
            self.problems.push(problem);
        }
    }

    /// Whether so many are too many; then the first one too many is told.
    fn is_too_many(&mut self, found: usize, most: usize, of: &str) -> bool {
        if found > most {
            let problem = Problem::new(
                ProblemKind::TooMuch,
                self.span(&format!("/{of}/{most}")),
                format!("{found} {of}"),
            )
            .expected(format!("at most {most}"))
            .help("split the calendar; several may name one zone");
            self.problems.push(problem);
        }
        found > most
    }

    fn zones(&mut self, names: &[String]) -> Vec<(String, TimeZone)> {
        let database = Zones::bundled();
        let mut zones: Vec<(String, TimeZone)> = Vec::new();
        if names.is_empty() {
            let problem = Problem::new(ProblemKind::Empty, self.span("/zones"), "an empty list of zones")
                .expected("at least one")
                .help("write the IANA name of the place the calendar is for, like `Asia/Shanghai`");
            self.problems.push(problem);
        }
        if self.is_too_many(names.len(), ZONES_MAX, "zones") {
            return zones;
        }
        for (index, name) in names.iter().enumerate() {
            let span = self.span(&format!("/zones/{index}"));
            let Some(zone) = self.keep(database.find(name, span)) else { continue };
            if zones.iter().any(|(known, _)| known == name) {
                let problem =
                    Problem::new(ProblemKind::Value, span, format!("zone {} a second time", shown(name)))
                        .expected("each zone once")
                        .help("take one of the two out");
                self.problems.push(problem);
            } else {
                zones.push((name.clone(), zone));
            }
        }
        zones
    }

    fn date(&mut self, text: &str, pointer: &str) -> Option<Date> {
        let read = text.parse().map_err(|Unfit { expected }| {
            unfit(self.span(pointer), text)
                .expected(expected)
                .help("write year, month and day with hyphens, in quotes")
        });
        self.keep(read).map(|CalendarDate(date)| date)
    }

    fn covers(&mut self, written: &CoversWritten) -> Option<Covers> {
        let (from, to) = (self.date(&written.from, "/covers/from"), self.date(&written.to, "/covers/to"));
        let (from, to) = (from?, to?);
        let span = self.span("/covers/to");
        let end = from.checked_add(COVERED_YEARS_MAX.years()).unwrap_or(Date::MAX);
        let problem = if to < from {
            Problem::new(ProblemKind::Time, span, format!("`{to}`, which is before `{from}`"))
                .expected("the last day that is covered")
                .help("swap `from` and `to`")
        } else if to >= end {
            Problem::new(
                ProblemKind::TooMuch,
                span,
                format!("`{to}`, more than {COVERED_YEARS_MAX} years on"),
            )
            .expected(format!("a day before `{end}`"))
            .help("cover the years whose holidays are known, and write the next file when they are")
        } else {
            return Some(Covers { from, to });
        };
        self.problems.push(problem);
        None
    }

    fn days(&mut self, written: &[DayWritten], covers: Option<Covers>) -> BTreeMap<Date, Day> {
        let mut days: BTreeMap<Date, Day> = BTreeMap::new();
        for (index, day) in written.iter().enumerate() {
            let pointer = format!("/days/{index}/date");
            let span = self.span(&pointer);
            self.check_text(&day.name, NAME_MAX, &format!("/days/{index}/name"));
            let Some(date) = self.date(&day.date, &pointer) else { continue };
            if let Some(covers) = covers.filter(|covers| !covers.has(date)) {
                self.problems.push(uncovered(date, covers, span));
            }
            if let Some(first) = days.get(&date) {
                self.problems.push(twice(date, first, span));
                continue;
            }
            let sort = match day.is {
                DayIs::Holiday => ListedAs::Holiday,
                DayIs::MakeUpWorkday => ListedAs::MakeUpWorkday,
            };
            days.insert(date, Day { name: day.name.clone(), sort, place: Place { span, file: None } });
        }
        days
    }

    fn windows(&mut self, written: Vec<WindowWritten>, zones: &[(String, TimeZone)]) -> Vec<Window> {
        if self.is_too_many(written.len(), WINDOWS_MAX, "windows") {
            return Vec::new();
        }
        let mut windows = Vec::new();
        for (index, window) in written.into_iter().enumerate() {
            let at = format!("/windows/{index}");
            self.check_text(&window.name, NAME_MAX, &format!("{at}/name"));
            if let Some(reason) = &window.reason {
                self.check_text(reason, REASON_MAX, &format!("{at}/reason"));
            }
            let times = match &window.weekdays {
                Some(weekdays) => self.weekly(weekdays, &window, &at),
                None => self.dated(&window, &at, zones),
            };
            let Some(times) = times else { continue };
            windows.push(Window {
                name: window.name,
                kind: window.kind.into(),
                reason: window.reason,
                times,
                place: Place { span: self.span(&at), file: None },
            });
        }
        windows
    }

    fn weekly(&mut self, weekdays: &[DayName], window: &WindowWritten, at: &str) -> Option<Times> {
        if is_dated(&window.from) || is_dated(&window.to) {
            let problem = Problem::new(
                ProblemKind::Value,
                self.key_span(&format!("{at}/weekdays")),
                "`weekdays` beside a date in `from` or `to`",
            )
            .expected("one of the two")
            .help("for every week write times like `09:00`; for once, take `weekdays` out");
            self.problems.push(problem);
            return None;
        }
        if weekdays.is_empty() {
            let span = self.span(&format!("{at}/weekdays"));
            let problem = Problem::new(ProblemKind::Empty, span, "an empty list of weekdays")
                .expected("at least one")
                .help("name the days on which the window begins");
            self.problems.push(problem);
        }
        let help = "midnight is `00:00`; a `to` that is not after `from` is on the next day";
        let (from, to): (Option<TimeOfDay>, Option<TimeOfDay>) = self.ends(window, at, help);
        Some(Times::Weekly {
            weekdays: weekdays.iter().map(|day| weekday(*day)).collect(),
            from: from?,
            to: to?,
        })
    }

    fn dated(&mut self, window: &WindowWritten, at: &str, zones: &[(String, TimeZone)]) -> Option<Times> {
        if !is_dated(&window.from) && !is_dated(&window.to) {
            let problem = Problem::new(
                ProblemKind::MissingKey,
                self.span(&format!("{at}/from")),
                format!("text {} and no `weekdays`", shown(&window.from)),
            )
            .expected("`weekdays` beside it, or a date and a time like `2026-12-20T00:00`")
            .help("add `weekdays: [monday, ...]` for every week, or write dates for once");
            self.problems.push(problem);
            return None;
        }
        let help = "write date and time: `2026-12-20T00:00`; midnight is `00:00` of the next day";
        let (from, to): (Option<LocalTime>, Option<LocalTime>) = self.ends(window, at, help);
        let (from, to) = (from?, to?);
        let stretches = zones.iter().map(|zone| self.stretch(from, to, at, zone)).collect::<Option<_>>()?;
        Some(Times::Dated(stretches))
    }

    /// Both ends of a window, whatever they are written as: both are read before either is missed.
    fn ends<T: FromStr<Err = Unfit>>(
        &mut self,
        window: &WindowWritten,
        at: &str,
        help: &str,
    ) -> (Option<T>, Option<T>) {
        let mut end = |text: &str, key: &str| {
            let read = text.parse().map_err(|Unfit { expected }| {
                unfit(self.span(&format!("{at}/{key}")), text).expected(expected).help(help)
            });
            self.keep(read)
        };
        (end(&window.from, "from"), end(&window.to, "to"))
    }

    fn stretch(
        &mut self,
        from: LocalTime,
        to: LocalTime,
        at: &str,
        zone: &(String, TimeZone),
    ) -> Option<Stretch> {
        let (name, zone) = zone;
        let mut minute = |time: LocalTime, key: &str| {
            let read = instant(time, zone, name, self.span(&format!("{at}/{key}")));
            minute_from(self.keep(read)?)
        };
        let (start, end) = (minute(from, "from"), minute(to, "to"));
        let (start, end) = (start?, end?);
        let stretch = Stretch::new(start, end);
        if stretch.is_none() {
            let problem = Problem::new(
                ProblemKind::Time,
                self.span(&format!("{at}/to")),
                format!("`{to}`, which is not after `{from}`"),
            )
            .expected("a later time")
            .help("swap `from` and `to`, or check the year");
            self.problems.push(problem);
        }
        stretch
    }
}

/// Whether somebody meant a date there, well written or not.
fn is_dated(text: &str) -> bool {
    text.contains(['-', 'T'])
}

pub(super) fn unfit(span: Span, text: &str) -> Problem {
    Problem::new(ProblemKind::Value, span, format!("text {}", shown(text)))
}

pub(super) fn uncovered(date: Date, covers: Covers, span: Span) -> Problem {
    Problem::new(ProblemKind::Value, span, format!("`{date}`, a day outside `covers`"))
        .expected(format!("a day from `{}` to `{}`", covers.from, covers.to))
        .help("widen `covers` if the list is complete for that time, or take the day out")
}

fn twice(date: Date, first: &Day, span: Span) -> Problem {
    Problem::new(ProblemKind::Value, span, format!("`{date}` a second time"))
        .expected(format!(
            "it once: the first is at line {}, column {}",
            first.place.span.line, first.place.span.column
        ))
        .help("take one of the two out")
}

fn week_of(listed: &[DayName]) -> Vec<Weekday> {
    let mut days: Vec<Weekday> = listed.iter().map(|day| weekday(*day)).collect();
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    days
}

fn weekday(day: DayName) -> Weekday {
    match day {
        DayName::Monday => Weekday::Monday,
        DayName::Tuesday => Weekday::Tuesday,
        DayName::Wednesday => Weekday::Wednesday,
        DayName::Thursday => Weekday::Thursday,
        DayName::Friday => Weekday::Friday,
        DayName::Saturday => Weekday::Saturday,
        DayName::Sunday => Weekday::Sunday,
    }
}
