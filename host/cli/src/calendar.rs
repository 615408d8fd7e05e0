//! `interlock calendar`: calendars for the people who write them and wait for them. What they say is found by
//! `interlock_inputs::Calendars`; here it becomes text.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use interlock_inputs::{
    CalendarDate, Calendars, ClosedBy, DaySort, Interval, IntervalKind, Outlook, ShownDay, read_calendar_file,
};
use interlock_model::{Instant, Turn};
use interlock_outputs::escape::{for_terminal, name_for_terminal};

use crate::args::{Calendar, Years};
use crate::{input, print};

/// Exit code of `lint` when something was found.
const FOUND: u8 = 1;

pub(crate) fn run(command: &Calendar) -> anyhow::Result<u8> {
    let now = |at: &Option<Instant>| at.map_or_else(input::now, Ok);
    match command {
        Calendar::Next { files, zone, at } => next(files, zone.as_deref(), now(at)?),
        Calendar::Show { files, zone, from, days } => show(files, zone, *from, *days),
        Calendar::Lint { files, at, years } => lint(files, now(at)?, years.as_ref()),
    }
}

/// `interlock calendar lint FILE... [--at TIME] [--years YEAR[..YEAR]]`
fn lint(files: &[PathBuf], at: Instant, years: Option<&Years>) -> anyhow::Result<u8> {
    let lints = read(files)?.lint(at, years.map(|Years(years)| years.clone()));
    let mut text = String::new();
    for lint in &lints {
        // Its texts were escaped where they were made.
        writeln!(
            text,
            "{}:{}:{}: {}\nhelp: {}\n",
            lint.file, lint.line, lint.column, lint.message, lint.help
        )?;
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (calendars, findings) = (files.len(), lints.len());
    let looked_at = looked_at(at, years);
    writeln!(
        text,
        "{calendars} calendar{}, {findings} finding{}; lists of holidays were looked at {looked_at}",
        plural(calendars),
        plural(findings)
    )?;
    print(&text)?;
    Ok(if lints.is_empty() { 0 } else { FOUND })
}

/// Where nobody looked, nothing was found.
fn looked_at(at: Instant, years: Option<&Years>) -> String {
    match years {
        None => format!("from {at} on for 60 days"),
        Some(Years(years)) => {
            format!("from {at} on for 60 days, and from {} to {}", years.start(), years.end())
        }
    }
}

/// `interlock calendar show FILE... --zone ZONE --from DATE --days COUNT`
fn show(files: &[PathBuf], zone: &str, from: CalendarDate, days: u16) -> anyhow::Result<u8> {
    let calendars = read(files)?;
    let shown = calendars.show(zone, from, days).ok_or_else(|| no_calendar(&calendars, zone))?;
    let mut text = String::new();
    for day in &shown {
        write_day(&mut text, &calendars, zone, day)?;
    }
    print(&text)?;
    Ok(0)
}

/// `interlock calendar next FILE... [--zone ZONE] [--at TIME]`
fn next(files: &[PathBuf], zone: Option<&str>, at: Instant) -> anyhow::Result<u8> {
    let calendars = read(files)?;
    let zones: Vec<&str> = match zone {
        Some(zone) => vec![zone],
        None => calendars.zones().collect(),
    };
    let mut text = String::new();
    for zone in zones {
        let outlook = calendars.outlook(at, zone).ok_or_else(|| no_calendar(&calendars, zone))?;
        write_outlook(&mut text, &outlook)?;
    }
    print(&text)?;
    Ok(0)
}

fn read(files: &[PathBuf]) -> anyhow::Result<Calendars> {
    let calendars = files.iter().map(|path| read_calendar_file(path)).collect::<Result<_, _>>()?;
    Ok(Calendars::new(calendars)?)
}

fn no_calendar(calendars: &Calendars, zone: &str) -> anyhow::Error {
    let zones: Vec<String> = calendars.zones().map(|zone| format!("`{zone}`")).collect();
    let zone = name_for_terminal(&zone.into());
    anyhow!(
        "zone `{zone}` has no calendar, expected one of {}\nhelp: name one of these zones",
        zones.join(", ")
    )
}

fn write_day(text: &mut String, calendars: &Calendars, zone: &str, day: &ShownDay) -> std::fmt::Result {
    let weekday =
        day.start.as_ref().map_or_else(|| "skipped".to_owned(), |turn| format!("{:?}", turn.weekday));
    write!(text, "{} {weekday:<9} {}", day.date, sort_name(day.sort))?;
    if let Some(name) = &day.name {
        write!(text, ": {}", name_for_terminal(&name.as_str().into()))?;
    }
    if !day.covered {
        text.push_str(" (no list of holidays covers this day)");
    }
    text.push('\n');
    for window in &day.windows {
        let clock = |at| calendars.turn(at, zone).map_or_else(String::new, |turn| time_of(&turn));
        let (start, end) = (clock(window.start), clock(window.end));
        writeln!(text, "  {:<13} {start} to {end}  {}", kind_name(window.kind), named(window))?;
    }
    Ok(())
}

fn write_outlook(text: &mut String, outlook: &Outlook) -> std::fmt::Result {
    let state = if outlook.closed_by.is_empty() { "open" } else { "closed" };
    let since = outlook.since.as_ref().map_or_else(|| "more than 8 days ago".to_owned(), time_of);
    let until = outlook.until.as_ref().map_or_else(|| "more than 90 days from now".to_owned(), time_of);
    writeln!(text, "{}: {state} at {}, since {since}, until {until}", outlook.zone, time_of(&outlook.at))?;
    for cause in &outlook.closed_by {
        match cause {
            ClosedBy::Interval(interval) => {
                writeln!(text, "  {:<13} {}", kind_name(interval.kind), named(interval))?;
            }
            ClosedBy::OutsideChangeWindows => text.push_str("  outside every change window\n"),
        }
    }
    if !outlook.closed_by.is_empty() {
        let next = outlook.next_open.as_ref().map_or_else(|| "not within 90 days".to_owned(), time_of);
        writeln!(text, "  opens next: {next}")?;
    }
    Ok(())
}

fn named(interval: &Interval) -> String {
    let name = name_for_terminal(&interval.name.as_str().into());
    let reason = interval.reason.as_deref().map(|it| format!(": {}", for_terminal(&it.into())));
    let imported = interval.imported.as_deref().map(|it| format!(", {}", name_for_terminal(&it.into())));
    format!(
        "{name}{} ({}{} line {})",
        reason.unwrap_or_default(),
        interval.calendar,
        imported.unwrap_or_default(),
        interval.line
    )
}

/// `Mon 2026-03-30 09:00`, there.
fn time_of(turn: &Turn) -> String {
    let weekday: String = format!("{:?}", turn.weekday).chars().take(3).collect();
    format!("{weekday} {} {:02}:{:02}", turn.date, turn.minute_of_day / 60, turn.minute_of_day % 60)
}

fn sort_name(sort: DaySort) -> &'static str {
    match sort {
        DaySort::Workday => "workday",
        DaySort::Weekend => "weekend",
        DaySort::Holiday => "holiday",
        DaySort::MakeUpWorkday => "make-up workday",
    }
}

fn kind_name(kind: IntervalKind) -> &'static str {
    match kind {
        IntervalKind::Weekend => "weekend",
        IntervalKind::Holiday => "holiday",
        IntervalKind::MakeUpWorkday => "make-up",
        IntervalKind::ChangeWindow => "change window",
        IntervalKind::Freeze => "freeze",
        IntervalKind::Peak => "peak",
    }
}
