//! Lists of holidays as the project holiday-cn publishes them: one year a file, days off and the days worked for them.
//!
//! `{ "year": 2026, "papers": [...], "days": [{ "name", "date", "isOffDay" }] }`. Its authors put the file of a year there
//! before the year's notice is out, with no day in it; read as a list it would say that nothing is a holiday, so it is
//! refused. A file belongs to the year of its notice, and a notice may already speak of the December before.

use interlock_model::{Span, Unfit};
use jiff::civil::Date;

use super::{Asked, Said};
use crate::calendar::clock::CalendarDate;
use crate::calendar::format::{NAME_MAX, unfit};
use crate::calendar::import::one_line;
use crate::calendar::{Day, ListedAs, Place};
use crate::error::{InputError, Problem, ProblemKind, shown, shown_key};
use crate::payload::foreign::{Foreign, Seen, Written};

/// Days of one file. A year has some forty.
const DAYS_MAX: usize = 366;

pub(super) fn read(asked: &Asked<'_>, bytes: &[u8]) -> Result<Said, InputError> {
    let foreign = Foreign::read(&asked.file, bytes, Written::Json)?;
    let root = foreign.documents().next();
    let mut list = List { asked, problems: Vec::new(), days: Vec::new() };
    let year = root.and_then(|root| list.read(root));
    if list.problems.is_empty() && year.is_some() {
        Ok(Said { days: list.days, windows: Vec::new(), year })
    } else {
        Err(InputError::new(&asked.file, list.problems))
    }
}

struct List<'a> {
    asked: &'a Asked<'a>,
    problems: Vec<Problem>,
    days: Vec<(Date, Day)>,
}

impl List<'_> {
    fn read(&mut self, root: Seen<'_>) -> Option<(i16, Span)> {
        self.check_keys(root, &["$schema", "$id", "year", "papers", "days"]);
        let year = root.get("year").map(|seen| (seen, seen.integer()));
        let Some((seen, Some(year))) = year else {
            let problem = missing(root, "year").help("a list of holidays says which year it is complete for");
            self.problems.push(problem);
            return None;
        };
        let year = i16::try_from(year).ok().filter(|year| (1970..=2199).contains(year));
        let Some(year) = year else {
            let problem = Problem::new(ProblemKind::Value, span(seen), "a year nobody knows the holidays of")
                .expected("a year from 1970 to 2199")
                .help("check the file");
            self.problems.push(problem);
            return None;
        };
        self.read_days(root, year);
        Some((year, span(seen)))
    }

    fn read_days(&mut self, root: Seen<'_>, year: i16) {
        let Some(days) = root.get("days").filter(|days| days.is_list()) else {
            self.problems.push(missing(root, "days").help("a list of holidays has its days in a list"));
            return;
        };
        let count = days.items().count();
        if count == 0 {
            let problem = Problem::new(ProblemKind::Empty, span(days), "no day")
                .expected("at least one: an empty list is how a file looks before the notice of its year is out")
                .help("fetch the file again when the notice is out, and leave the year out of `covers` until then");
            self.problems.push(problem);
        } else if count > DAYS_MAX {
            let problem = Problem::new(ProblemKind::TooMuch, span(days), format!("{count} days"))
                .expected(format!("at most {DAYS_MAX}"))
                .help("check the file; a year has some forty such days");
            self.problems.push(problem);
        } else {
            days.items().for_each(|day| self.read_day(day, year));
        }
    }

    fn read_day(&mut self, day: Seen<'_>, year: i16) {
        self.check_keys(day, &["name", "date", "isOffDay"]);
        let text = |key: &str| day.get(key).and_then(|seen| Some((seen, seen.text()?)));
        let name = text("name").filter(|(_, name)| !name.trim().is_empty());
        let is_off = day.get("isOffDay").and_then(Seen::boolean);
        let (Some((_, name)), Some((seen, date)), Some(is_off)) = (name, text("date"), is_off) else {
            let problem = Problem::new(ProblemKind::MissingKey, span(day), "a day that does not say enough")
                .expected("`name`, `date` and `isOffDay`: a text, a date and `true` or `false`")
                .help("write all three, or take the day out");
            self.problems.push(problem);
            return;
        };
        let date = match date.parse() {
            Ok(CalendarDate(date)) if is_of(date, year) => date,
            Ok(CalendarDate(date)) => {
                let problem =
                    Problem::new(ProblemKind::Value, span(seen), format!("`{date}` in the list of {year}"))
                        .expected("a day of that year, or of the December before it")
                        .help("move it into the file of its year, or correct `year`");
                self.problems.push(problem);
                return;
            }
            Err(Unfit { expected }) => {
                let problem = unfit(span(seen), date).expected(expected);
                self.problems.push(problem.help("write year, month and day with hyphens"));
                return;
            }
        };
        if let Some((_, first)) = self.days.iter().find(|(known, _)| *known == date) {
            let problem = Problem::new(ProblemKind::Value, span(seen), format!("`{date}` a second time"))
                .expected(format!("it once: the first is at line {}", first.place.span.line))
                .help("take one of the two out");
            self.problems.push(problem);
            return;
        }
        let sort = if is_off { ListedAs::Holiday } else { ListedAs::MakeUpWorkday };
        let place = Place { span: span(seen), file: Some(self.asked.file.clone()) };
        self.days.push((date, Day { name: one_line(name, NAME_MAX), sort, place }));
    }

    /// A key nobody knows may be what makes a day another day.
    fn check_keys(&mut self, map: Seen<'_>, known: &[&str]) {
        let unknown = map.entries().find(|(key, _)| !known.contains(key));
        self.problems.extend(unknown.map(|(key, seen)| {
            let found = format!("unknown key {}", shown_key(key));
            Problem::new(ProblemKind::UnknownKey, seen.origin().key, found)
                .expected(format!(
                    "one of {}",
                    known.iter().map(|key| shown(key)).collect::<Vec<_>>().join(", ")
                ))
                .help("take it out, or check that the file is a list of holidays")
        }));
    }
}

/// The December before is spoken of by a notice that moves a day across the new year.
fn is_of(date: Date, year: i16) -> bool {
    date.year() == year || (date.year() == year.saturating_sub(1) && date.month() == 12)
}

fn missing(map: Seen<'_>, key: &str) -> Problem {
    let span = map.get(key).map_or_else(|| span(map), span);
    Problem::new(ProblemKind::MissingKey, span, format!("no `{key}` that can be read"))
        .expected("`year` as a number and `days` as a list")
}

fn span(seen: Seen<'_>) -> Span {
    seen.origin().value
}
