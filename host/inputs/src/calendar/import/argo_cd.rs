//! The sync windows of an Argo CD project (`AppProject`, `spec.syncWindows`) as freezes and change windows.
//!
//! As Argo CD's "Sync Windows" has it: `deny` wins over `allow`, no window lets everything through, and with any `allow`
//! nothing goes outside of one. That is how freezes and change windows stand to each other anyway. A window begins where
//! the clock of its `timeZone` (UTC if there is none) meets its `schedule`, and lasts until that clock has gone on by
//! `duration`. A project knows no weekend; whether the calendar does, the calendar says (`weekend: []` for none).
//!
//! A calendar is asked for a place and not for an application, so the import says for which application it is read
//! (`applies`). `manualSync` and `syncOverrun` open nothing here: a change that somebody starts by hand, or that runs
//! already, is Argo CD's to let through.

use std::sync::Arc;

use interlock_model::{Span, WindowKind};
use jiff::tz::TimeZone;

use super::{Asked, Said, Schedule, one_line};
use crate::calendar::format::{NAME_MAX, REASON_MAX, unfit};
use crate::calendar::repeat::Cycle;
use crate::calendar::{Place, Times, Window};
use crate::error::{InputError, Problem, ProblemKind, shown, shown_key};
use crate::payload::foreign::{Foreign, Seen, Written};
use crate::zone::Zones;

mod applies;

/// Windows of one project. Each is expanded for every moment that is asked about.
const WINDOWS_MAX: usize = 200;
/// Minutes of the longest window: a leap year. Days that far back are tried for each moment.
const DURATION_MAX: u64 = 366 * 24 * 60;
/// What may stand in a window. Another key may be one that opens or closes something.
const KEYS: &[&str] = &[
    "kind",
    "schedule",
    "duration",
    "timeZone",
    "applications",
    "namespaces",
    "clusters",
    "andOperator",
    "manualSync",
    "syncOverrun",
    "description",
];

pub(super) fn read(asked: &Asked<'_>, bytes: &[u8]) -> Result<Said, InputError> {
    let in_file = |problems| InputError::new(&asked.file, problems);
    let Some(written) = Written::of_name(&asked.file) else {
        let problem = Problem::new(
            ProblemKind::Syntax,
            Span { start: 0, end: 0, line: 1, column: 1 },
            "a name that does not say how the project is written",
        )
        .expected("`.yaml`, `.yml` or `.json`")
        .help("rename the file");
        return Err(in_file(vec![problem]));
    };
    let foreign = Foreign::read(&asked.file, bytes, written)?;
    let windows = project(&foreign).and_then(windows_of).map_err(|problem| in_file(vec![problem]))?;
    let zones = Zones::bundled();
    let read: Vec<_> = windows.into_iter().map(|window| read_window(asked, &zones, window)).collect();
    let (read, problems): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
    let problems: Vec<Problem> = problems.into_iter().filter_map(Result::err).collect();
    if problems.is_empty() {
        let windows = read.into_iter().filter_map(Result::ok).flatten().collect();
        Ok(Said { windows, ..Said::default() })
    } else {
        Err(in_file(problems))
    }
}

/// The one project of the file. Two would be two sets of windows, and nobody said which.
fn project<'f>(foreign: &'f Foreign<'_>) -> Result<Seen<'f>, Problem> {
    let is_project = |seen: &Seen<'_>| {
        let text = |key| seen.get(key).and_then(Seen::text);
        text("kind") == Some("AppProject")
            && text("apiVersion").is_some_and(|it| it.starts_with("argoproj.io/"))
    };
    let mut projects = foreign.documents().filter(is_project);
    let expected = "one `AppProject` of `argoproj.io`";
    match (projects.next(), projects.next()) {
        (Some(project), None) => Ok(project),
        (Some(_), Some(second)) => Err(Problem::new(ProblemKind::Value, span(second), "a second project")
            .expected(expected)
            .help("put it into a file of its own")),
        (None, _) => {
            let top = foreign.documents().next().map(span).unwrap_or_default();
            Err(Problem::new(ProblemKind::Value, top, "no project")
                .expected(expected)
                .help("`kubectl get appproject NAME -o yaml` prints it"))
        }
    }
}

/// The windows of a project. It may have none, and then everything is let through.
fn windows_of(project: Seen<'_>) -> Result<Vec<Seen<'_>>, Problem> {
    let Some(spec) = project.get("spec").filter(|spec| spec.is_map()) else {
        return Err(Problem::new(ProblemKind::MissingKey, span(project), "a project without `spec`")
            .expected("what the project allows")
            .help("name the whole manifest"));
    };
    let windows = spec.get("syncWindows").filter(|windows| !windows.is_null());
    let Some(windows) = windows else { return Ok(Vec::new()) };
    if !windows.is_list() {
        return Err(Problem::new(ProblemKind::Value, span(windows), "`syncWindows`, which is no list")
            .expected("a list of windows")
            .help("leave the key out for no windows"));
    }
    match windows.items().nth(WINDOWS_MAX) {
        Some(window) => Err(Problem::new(
            ProblemKind::TooMuch,
            span(window),
            format!("{} windows", windows.items().count()),
        )
        .expected(format!("at most {WINDOWS_MAX}"))
        .help("a window may list several applications")),
        None => Ok(windows.items().collect()),
    }
}

/// `None`: it is not for the application that is asked about.
fn read_window(asked: &Asked<'_>, zones: &Zones, window: Seen<'_>) -> Result<Option<Window>, Problem> {
    check_keys(window)?;
    let kind = kind(window)?;
    let (schedule_text, schedule) = schedule(window)?;
    let (duration_text, minutes) = duration(window)?;
    let zone = zone(window, zones)?;
    check_switches(window)?;
    let reason = text_if(window, "description")?.map(|text| one_line(text, REASON_MAX));
    if !applies::to(asked.written, window)? {
        return Ok(None);
    }
    let word = if kind == WindowKind::Freeze { "deny" } else { "allow" };
    Ok(Some(Window {
        // As `argocd app get` lists it.
        name: one_line(&format!("{word}:{schedule_text}:{duration_text}"), NAME_MAX),
        kind,
        reason: reason.filter(|reason| !reason.is_empty()),
        times: Times::Cycle(Arc::new(Cycle::new(zone, schedule, minutes))),
        place: Place { span: span(window), file: Some(asked.file.clone()) },
    }))
}

fn check_keys(window: Seen<'_>) -> Result<(), Problem> {
    if !window.is_map() {
        return Err(Problem::new(ProblemKind::Value, span(window), "a window that is no map")
            .expected("`kind`, `schedule` and `duration`")
            .help("write its keys below it"));
    }
    match window.entries().find(|(key, _)| !KEYS.contains(key)) {
        None => Ok(()),
        Some((key, seen)) => Err(Problem::new(
            ProblemKind::UnknownKey,
            seen.origin().key,
            format!("key {} of a window, which is not known here", shown_key(key)),
        )
        .expected(format!("one of {}", KEYS.iter().map(|key| shown(key)).collect::<Vec<_>>().join(", ")))
        .help("take it out if it neither opens nor closes anything")),
    }
}

fn kind(window: Seen<'_>) -> Result<WindowKind, Problem> {
    let (seen, text) = text_of(window, "kind")?;
    match text {
        "allow" => Ok(WindowKind::ChangeWindow),
        "deny" => Ok(WindowKind::Freeze),
        other => Err(unfit(span(seen), other).expected("`allow` or `deny`").help("write one of the two")),
    }
}

fn schedule(window: Seen<'_>) -> Result<(&str, Schedule), Problem> {
    let (seen, text) = text_of(window, "schedule")?;
    Schedule::read(text).map(|schedule| (text, schedule)).ok_or_else(|| {
        unfit(span(seen), text)
            .expected("five fields of cron that Argo CD reads: minute, hour, day, month, weekday from 0 to 6")
            .help(
                "write for example `0 22 * * 1-5`; `@daily`, `L`, `W`, `#` and weekday 7 are not among them",
            )
    })
}

/// In whole minutes, as Go writes durations.
fn duration(window: Seen<'_>) -> Result<(&str, u32), Problem> {
    let (seen, text) = text_of(window, "duration")?;
    let minutes = millis(text).filter(|millis| millis % 60_000 == 0).map(|millis| millis / 60_000);
    let minutes = minutes.filter(|minutes| (1..=DURATION_MAX).contains(minutes));
    minutes.and_then(|minutes| u32::try_from(minutes).ok()).map(|minutes| (text, minutes)).ok_or_else(|| {
        unfit(span(seen), text)
            .expected("a duration of whole minutes, at most 366 days, with its units")
            .help("write for example `8h` or `1h30m`; there is no unit above `h`")
    })
}

/// `1h30m`, `1.5h`, `90m`: numbers with a unit each, as Go's `time.ParseDuration` adds them up. No sign.
fn millis(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        total = total.checked_add(in_unit(number, unit)?)?;
        rest = next;
    }
    (total > 0).then_some(total)
}

fn in_unit(number: &str, unit: &str) -> Option<u64> {
    let millis: u64 = match unit {
        "h" => 3_600_000,
        "m" => 60_000,
        "s" => 1000,
        "ms" => 1,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || whole.len() > 9 || part.len() > 6 || part.contains('.') {
        return None;
    }
    let scale = 10_u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let parts = if part.is_empty() { 0 } else { part.parse::<u64>().ok()?.checked_mul(millis)? };
    // What is no whole millisecond is no whole minute either.
    (parts % scale == 0)
        .then(|| whole.parse::<u64>().ok()?.checked_mul(millis)?.checked_add(parts / scale))?
}

/// UTC if it is left out or empty.
fn zone(window: Seen<'_>, zones: &Zones) -> Result<TimeZone, Problem> {
    match text_if(window, "timeZone")? {
        None | Some("") => Ok(TimeZone::UTC),
        Some(name) => zones.find(name, window.get("timeZone").map(span).unwrap_or_default()),
    }
}

/// They change nothing here, but what is neither `true` nor `false` was meant as something else.
fn check_switches(window: Seen<'_>) -> Result<(), Problem> {
    for key in ["manualSync", "syncOverrun", "andOperator"] {
        if let Some(seen) = window.get(key).filter(|seen| seen.boolean().is_none()) {
            return Err(Problem::new(ProblemKind::Value, span(seen), format!("`{key}`, which is neither"))
                .expected("`true` or `false`")
                .help("write one of the two, without quotes"));
        }
    }
    Ok(())
}

fn text_of<'f>(window: Seen<'f>, key: &str) -> Result<(Seen<'f>, &'f str), Problem> {
    let seen = window.get(key);
    seen.and_then(|seen| Some((seen, seen.text()?))).ok_or_else(|| {
        Problem::new(
            ProblemKind::MissingKey,
            seen.map_or_else(|| span(window), span),
            format!("no text for `{key}`"),
        )
        .expected("a window with `kind`, `schedule` and `duration`")
        .help(format!("write `{key}`, in quotes"))
    })
}

fn text_if<'f>(window: Seen<'f>, key: &str) -> Result<Option<&'f str>, Problem> {
    match window.get(key) {
        Some(_) => text_of(window, key).map(|(_, text)| Some(text)),
        None => Ok(None),
    }
}

fn span(seen: Seen<'_>) -> Span {
    seen.origin().value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        for (text, minutes) in [
            ("1h", 60),
            ("90m", 90),
            ("1h30m", 90),
            ("1.5h", 90),
            ("3600s", 60),
            ("60000ms", 1),
            ("0.25h45m", 60),
        ] {
            assert_eq!(millis(text), Some(minutes * 60_000), "{text}");
        }
        for text in [
            "",
            "1",
            "h",
            "1d",
            "-1h",
            "+1h",
            "1 h",
            "1h ",
            "1..5h",
            ".5h",
            "1.5.5h",
            "0h",
            "9999999999h",
            "1H",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
