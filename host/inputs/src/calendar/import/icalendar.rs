//! Events of an iCalendar file (RFC 5545) as windows of one kind, which the calendar that imports it names.
//!
//! Strict, because an event that is passed over is a freeze that nobody sees: what cannot be understood is an error with
//! its place. Refused are times without a zone (`TZID` or `Z`), zones the bundled database does not have, repetitions
//! below a day, and single repetitions that were moved (`RECURRENCE-ID`) or added (`RDATE`). What the file says of zones
//! itself (`VTIMEZONE`) is not read: a zone has one meaning in all calendars. An event of whole days lies in each zone of
//! the calendar. Repetitions are written out for the days of `covers`, beyond which no calendar knows anything.
//!
//! `lines` cuts the text, `event` reads one event, `moment` its times and `rule` its repetitions.

use interlock_model::WindowKind;

use super::{Asked, Said};
use crate::calendar::Window;
use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::scan;
use event::Event;
use lines::Line;

mod event;
mod lines;
mod moment;
mod rule;

/// Events of one file.
const EVENTS_MAX: usize = 1000;
/// Problems that are told at once. More of them are one export that went wrong.
const PROBLEMS_MAX: usize = 20;
/// Stretches of one file, zone by zone. Bounds memory: each is eight bytes, and the lint looks at all.
const STRETCHES_MAX: usize = 200_000;

pub(super) fn read(asked: &Asked<'_>, bytes: &[u8]) -> Result<Said, InputError> {
    let in_file = |problems| InputError::new(&asked.file, problems);
    let text = scan::text_of(bytes).map_err(|problem| in_file(vec![problem]))?;
    let lines = lines::lines(text).map_err(|problem| in_file(vec![problem]))?;
    let events = events(&lines).map_err(|problem| in_file(vec![problem]))?;
    let mut left = STRETCHES_MAX;
    let (mut windows, mut problems): (Vec<Window>, Vec<Problem>) = (Vec::new(), Vec::new());
    for event in events {
        match event.window(asked, kind(asked), &mut left) {
            Ok(window) => windows.extend(window),
            Err(problem) => problems.push(problem),
        }
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    if problems.is_empty() { Ok(Said { windows, ..Said::default() }) } else { Err(in_file(problems)) }
}

/// The calendar says it; whoever reads imports has checked that it does. What closes is the safe reading.
fn kind(asked: &Asked<'_>) -> WindowKind {
    asked.written.events.map_or(WindowKind::Freeze, WindowKind::from)
}

/// The events of the one calendar of a file. What belongs to no event is checked as far as it changes what they mean.
fn events(lines: &[Line]) -> Result<Vec<Event<'_>>, Problem> {
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut inside: Vec<(String, &Line)> = Vec::new();
    let mut calendars = 0;
    for line in lines {
        match line.name.as_str() {
            "BEGIN" => {
                let name = line.word();
                check_begin(line, &name, &inside)?;
                if inside.is_empty() {
                    calendars += 1;
                }
                if name == "VEVENT" {
                    events.push(Event::new(line));
                }
                inside.push((name, line));
            }
            "END" => check_end(line, inside.pop())?,
            _ => match inside.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().as_slice() {
                [] => return Err(outside(line)),
                ["VCALENDAR"] => check_calendar_line(line)?,
                ["VCALENDAR", "VEVENT"] => events.last_mut().into_iter().for_each(|event| event.add(line)),
                // An alarm, a zone's own rules, a task: nothing of the event's.
                _ => {}
            },
        }
        if calendars > 1 || events.len() > EVENTS_MAX {
            return Err(too_much(line, calendars));
        }
    }
    match inside.pop() {
        Some((name, line)) => Err(line
            .problem(ProblemKind::Syntax, format!("`BEGIN:{name}` without an end"))
            .expected(format!("`END:{name}` before the file ends"))
            .help("the file is cut; export it again")),
        None => Ok(events),
    }
}

/// Parts that hold nothing but what they are, wherever they stand.
const PASSED_OVER: &[&str] = &["VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY", "VALARM"];

fn check_begin(line: &Line, name: &str, inside: &[(String, &Line)]) -> Result<(), Problem> {
    let is_known = match inside.last().map(|(name, _)| name.as_str()) {
        None => name == "VCALENDAR",
        Some("VCALENDAR") => name == "VEVENT" || PASSED_OVER.contains(&name) || name.starts_with("X-"),
        Some("VEVENT") => name == "VALARM" || name.starts_with("X-"),
        // Bounds the depth, too.
        Some(_) => inside.len() < 5 && name != "VEVENT" && name != "VCALENDAR",
    };
    if is_known {
        return Ok(());
    }
    Err(line
        .problem(ProblemKind::Syntax, format!("`BEGIN` of {}", shown(name)))
        .expected("a `VCALENDAR` with its `VEVENT`s")
        .help("name a calendar as it is exported; a part nobody knows may hold what closes a day"))
}

fn check_end(line: &Line, begun: Option<(String, &Line)>) -> Result<(), Problem> {
    match begun {
        Some((name, _)) if name == line.word() => Ok(()),
        Some((name, begin)) => Err(line
            .unfit()
            .expected(format!("`END:{name}`, which began at line {}", begin.span.line))
            .help("the file is mangled; export it again")),
        None => Err(outside(line)),
    }
}

fn outside(line: &Line) -> Problem {
    line.problem(ProblemKind::Syntax, format!("`{}` outside of a calendar", line.name))
        .expected("`BEGIN:VCALENDAR` first")
        .help("name a file in iCalendar")
}

fn too_much(line: &Line, calendars: u32) -> Problem {
    let (found, expected) =
        if calendars > 1 { ("a second calendar", "one") } else { ("more than 1000 events", "at most 1000") };
    line.problem(ProblemKind::TooMuch, found)
        .expected(expected)
        .help("split the file, and leave out what is over")
}

/// What a calendar says of all of its events.
fn check_calendar_line(line: &Line) -> Result<(), Problem> {
    let (is_read, expected) = match line.name.as_str() {
        "VERSION" => (line.word() == "2.0", "`2.0`, of RFC 5545"),
        "CALSCALE" => (line.word() == "GREGORIAN", "`GREGORIAN`, the only one there is"),
        "METHOD" => (line.word() == "PUBLISH", "`PUBLISH`: a request or a cancellation is no calendar"),
        _ => (true, ""),
    };
    if is_read {
        return Ok(());
    }
    Err(line.unfit().expected(expected).help("export the calendar itself"))
}
