//! The truth tables in `tests/calendars/tables/`, and what no table shows: every minute around the changes of clocks
//! against a rule of three lines, contradictions, lints, and the views for people.

use std::path::PathBuf;

use interlock_model::{Almanac as _, CalendarDay, Instant, WindowKind};
use serde::Deserialize;

use super::clock::{self, CalendarDate};
use super::*;

mod imports;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "tests", "calendars"].iter().collect()
}

fn table<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let text = std::fs::read_to_string(folder().join("tables").join(name)).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

fn sample(name: &str) -> Calendar {
    read_calendar_file(&folder().join(name)).unwrap()
}

fn read(text: &str) -> Result<Calendar, String> {
    read_calendar("c.yaml", text.as_bytes(), Syntax::Yaml, &read_file).map_err(|error| error.to_string())
}

fn calendars(texts: &[&str]) -> Result<Calendars, String> {
    let each = texts.iter().enumerate().map(|(index, text)| {
        read_calendar(&format!("{index}.yaml"), text.as_bytes(), Syntax::Yaml, &read_file).unwrap()
    });
    Calendars::new(each.collect()).map_err(|error| error.to_string())
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A calendar of 2026 for these zones with these lines below.
fn of_2026(name: &str, zones: &str, lines: &str) -> String {
    format!(
        "calendar: {name}\nzones: [{zones}]\ncovers: {{ from: \"2026-01-01\", to: \"2026-12-31\" }}\n{lines}"
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transitions {
    rows: Vec<Transition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transition {
    zone: String,
    date: String,
    from: String,
    to: String,
    why: String,
    closes: Option<[String; 2]>,
    opens: Option<[String; 2]>,
}

#[test]
fn windows_hold_while_clocks_are_changed() {
    let transitions: Transitions = table("transitions.yaml");
    let zones: std::collections::BTreeSet<&str> = transitions.rows.iter().map(|row| &*row.zone).collect();
    assert!(zones.len() >= 12, "{zones:?}");
    for row in &transitions.rows {
        for (kind, expected) in
            [("freeze", &row.closes), ("peak", &row.closes), ("change-window", &row.opens)]
        {
            let expected = expected.as_ref().map(|[start, end]| (at(start), at(end)));
            assert_eq!(beginning_on(row, kind), expected, "{} {} {kind}: {}", row.zone, row.date, row.why);
        }
    }
}

/// The stretch of a window of this kind, on the one weekday of the row, that begins on its date.
fn beginning_on(row: &Transition, kind: &str) -> Option<(Instant, Instant)> {
    let CalendarDate(date) = row.date.parse().unwrap();
    let weekday = format!("{:?}", date.weekday()).to_lowercase();
    let text = format!(
        "calendar: a\nzones: [{}]\ncovers: {{ from: \"{}\", to: \"{}\" }}\nwindows:\n  - {{ name: w, kind: {kind}, weekdays: [{weekday}], from: \"{}\", to: \"{}\" }}\n",
        row.zone, row.date, row.date, row.from, row.to
    );
    let all = calendars(&[&text]).unwrap();
    // A week has one window, so what is within three days of the date is the one that begins on it.
    let noon = jiff::tz::Offset::UTC.to_timestamp(date.at(12, 0, 0, 0)).unwrap().as_second() / 60;
    let noon = Instant::from_epoch_min(i32::try_from(noon).unwrap());
    let near = all.intervals(&row.zone, noon.plus_minutes(-3 * 1440), noon.plus_minutes(3 * 1440)).unwrap();
    let windows: Vec<_> = near.iter().filter(|interval| interval.name == "w").collect();
    assert!(windows.len() <= 1, "{windows:?}");
    windows.first().map(|interval| (interval.start, interval.end))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moments {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    about: String,
    #[serde(default)]
    files: Vec<String>,
    text: Option<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    zone: String,
    at: String,
    is: Is,
    called: Option<String>,
    #[serde(default = "yes")]
    covered: bool,
    #[serde(default)]
    inside: Vec<String>,
    next_open: Option<String>,
    next_close: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Is {
    Workday,
    Weekend,
    Holiday,
    MakeUpWorkday,
}

#[test]
fn calendars_say_what_the_table_says() {
    let moments: Moments = table("moments.yaml");
    for group in &moments.groups {
        let of_files = group.files.iter().map(|name| sample(name));
        let of_text = group.text.iter().map(|text| read(text).unwrap());
        let all = Calendars::new(of_files.chain(of_text).collect()).unwrap();
        for row in &group.rows {
            check_row(&all, row, &group.about);
        }
    }
}

fn check_row(all: &Calendars, row: &Row, about: &str) {
    let moment = at(&row.at);
    let day = all.day(moment, &row.zone).unwrap();
    let told = format!("{about}: {row:?}: {day:?}");
    let is = match (&day.holiday, day.workday, day.make_up_workday) {
        (Some(_), false, false) => Is::Holiday,
        (None, true, true) => Is::MakeUpWorkday,
        (None, true, false) => Is::Workday,
        (None, false, false) => Is::Weekend,
        odd => panic!("{odd:?}"),
    };
    assert_eq!((is, day.covered, &day.holiday), (row.is, row.covered, &row.called), "{told}");
    let inside: Vec<&String> = day.windows.iter().filter(|it| it.inside).map(|it| &it.name).collect();
    assert_eq!(inside, row.inside.iter().collect::<Vec<_>>(), "{told}");
    let instant =
        |text: &Option<String>| text.as_deref().map(|text| if text == "now" { moment } else { at(text) });
    assert_eq!(day.next_open.as_ref().map(|turn| turn.at), instant(&row.next_open), "{told}");
    assert_eq!(day.next_close.as_ref().map(|turn| turn.at), instant(&row.next_close), "{told}");
    check_outlook(all, row, &day, moment);
}

/// The view for people says the same as the answer for policies.
fn check_outlook(all: &Calendars, row: &Row, day: &CalendarDay, moment: Instant) {
    let outlook = all.outlook(moment, &row.zone).unwrap();
    let is_open = day.next_open.as_ref().is_some_and(|turn| turn.at == moment);
    assert_eq!(outlook.closed_by.is_empty(), is_open, "{row:?}: {outlook:?}");
    assert_eq!(outlook.next_open, day.next_open, "{row:?}");
    if day.next_close.is_some() {
        assert_eq!(outlook.until, day.next_close, "{row:?}");
    }
    if !is_open {
        assert_eq!(outlook.until, day.next_open, "{row:?}");
    }
}

#[test]
fn a_turn_is_shown_as_a_clock_there_shows_it() {
    let all = Calendars::new(vec![sample("de-2026.yaml")]).unwrap();
    let day = all.day(at("2026-03-27T10:00Z"), "Europe/Berlin").unwrap();
    let open = day.next_open.unwrap();
    assert_eq!(
        (open.date.as_str(), open.weekday, open.minute_of_day),
        ("2026-03-30", interlock_model::Weekday::Monday, 540)
    );
    let [window] = day.windows.as_slice() else { panic!("{:?}", day.windows) };
    assert_eq!((window.kind, window.reason.is_some()), (WindowKind::ChangeWindow, true));
    assert!(all.day(at("2026-03-27T10:00Z"), "Europe/Paris").is_none());
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    whole: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    write: String,
    #[serde(rename = "as")]
    written: String,
    line: u32,
    says: Vec<String>,
}

#[test]
fn each_typo_is_refused_at_its_line_with_a_next_step() {
    let refused: Refused = table("refused.yaml");
    read(&refused.whole).unwrap();
    for Case { case, write, written, line, says } in &refused.cases {
        assert_eq!(refused.whole.matches(write.as_str()).count(), 1, "{case}: `{write}` stands there once");
        let text = refused.whole.replace(write.as_str(), written);
        let error = read_calendar("c.yaml", text.as_bytes(), Syntax::Yaml, &read_file).expect_err(case);
        let [problem] = error.problems.as_slice() else { panic!("{case}: {error}") };
        assert_eq!(problem.span.line, *line, "{case}: {error}");
        assert!(!problem.help.is_empty() && problem.expected.is_some(), "{case}: {error}");
        for part in says {
            assert!(error.to_string().contains(part.as_str()), "{case}: {part}: {error}");
        }
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let error = read(&of_2026(
        "A",
        "UTC",
        "days:\n  - { date: \"2026-02-30\", name: a, is: holiday }\nwindows:\n  - { name: w, kind: peak, weekdays: [], from: \"24:00\", to: \"9\" }\n",
    ))
    .unwrap_err();
    assert_eq!(error.matches("help: ").count(), 5, "{error}");
}

#[test]
fn so_many_windows_and_zones_and_no_more() {
    let window = "  - { name: w, kind: peak, weekdays: [monday], from: \"09:00\", to: \"10:00\" }\n";
    let of = |count: usize| read(&of_2026("a", "UTC", &format!("windows:\n{}", window.repeat(count))));
    assert!(of(200).is_ok());
    assert!(of(201).unwrap_err().contains("201 windows, expected at most 200"));
    let zones = vec!["UTC"; 65].join(", ");
    assert!(read(&of_2026("a", &zones, "")).unwrap_err().contains("65 zones, expected at most 64"));
    assert!(read(&of_2026("a", "UTC", "weekend: [sunday, sunday]\n")).is_ok());
}

/// Every minute of the days around a change of clocks. A window is what a clock shows, except that the reading of times
/// that come twice is wider for what closes and narrower for what opens.
#[test]
fn every_minute_agrees_with_the_clock_on_the_wall() {
    let days = [
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("Europe/London", "2026-10-25"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Africa/Casablanca", "2026-02-15"),
        ("Africa/Casablanca", "2026-03-22"),
        ("Africa/Cairo", "2026-04-24"),
        ("Africa/Cairo", "2026-10-30"),
        ("America/Sao_Paulo", "2018-02-18"),
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Chatham", "2026-04-05"),
        ("Antarctica/Troll", "2026-10-25"),
        ("America/Havana", "2024-11-03"),
        ("Asia/Kathmandu", "2026-10-25"),
    ];
    for (zone, date) in days {
        for (from, to) in [("01:30", "02:30"), ("23:30", "00:30"), ("02:15", "02:45"), ("00:00", "00:00")] {
            compare_minutes(zone, date, from, to);
        }
    }
}

fn compare_minutes(zone: &str, date: &str, from: &str, to: &str) {
    let every = "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]";
    let text = |kind: &str| {
        format!(
            "calendar: a\nzones: [{zone}]\ncovers: {{ from: \"{date}\", to: \"{date}\" }}\nweekend: []\nwindows:\n  - {{ name: w, kind: {kind}, weekdays: {every}, from: \"{from}\", to: \"{to}\" }}\n"
        )
    };
    let (closing, opening) =
        (calendars(&[&text("freeze")]).unwrap(), calendars(&[&text("change-window")]).unwrap());
    let CalendarDate(day) = date.parse().unwrap();
    let rules = closing.zones.get(zone).unwrap();
    let range = clock::days(&rules.zone, day.yesterday().unwrap(), day.tomorrow().unwrap()).unwrap();
    let (closed, open) = (rules.closed(range), opening.zones.get(zone).unwrap().open(range));
    let shown = |minute| clock::shown(&rules.zone, minute).unwrap().strftime("%H:%M").to_string();
    for minute in range.start..range.end {
        let clock = shown(minute);
        let is_inside =
            if from < to { *from <= *clock && *clock < *to } else { *clock >= *from || *clock < *to };
        let has = |stretches: &[super::clock::Stretch]| stretches.iter().any(|it| it.has(minute));
        let told = format!("{zone} {minute} {clock} {from}-{to}");
        assert!(!is_inside || has(&closed), "{told}: open");
        assert!(is_inside || !has(&open), "{told}: closed");
        // Away from the change of clocks, both are what the clock shows.
        if is_plain(&rules.zone, minute) {
            assert_eq!((has(&closed), has(&open)), (is_inside, is_inside), "{told}");
        }
    }
}

/// Whether no clock was changed within a day.
fn is_plain(zone: &TimeZone, minute: i32) -> bool {
    let offset = |minute: i32| clock::shown(zone, minute).map(|clock| clock.duration_since(clock_at(minute)));
    offset(minute - 1440) == offset(minute) && offset(minute) == offset(minute + 1440)
}

fn clock_at(minute: i32) -> jiff::civil::DateTime {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_second(i64::from(minute) * 60).unwrap())
}

#[test]
fn intervals_stand_in_order_with_the_line_that_says_them() {
    let text = of_2026(
        "a",
        "Asia/Shanghai",
        "days:\n  - { date: \"2026-10-10\", name: make-up, is: make-up-workday }\n  - { date: \"2026-10-11\", name: Feast, is: holiday }\nwindows:\n  - { name: w, kind: peak, weekdays: [saturday], from: \"09:00\", to: \"10:00\", reason: busy }\n",
    );
    let all = calendars(&[&text]).unwrap();
    let said =
        all.intervals("Asia/Shanghai", at("2026-10-10T00:00+08:00"), at("2026-10-12T00:00+08:00")).unwrap();
    let seen: Vec<_> = said
        .iter()
        .map(|it| (it.kind, it.name.as_str(), it.line, it.start.to_string(), it.end.to_string()))
        .collect();
    let row = |kind, name, line, start: &str, end: &str| {
        (kind, name, line, at(start).to_string(), at(end).to_string())
    };
    let (saturday, sunday, monday) =
        ("2026-10-10T00:00+08:00", "2026-10-11T00:00+08:00", "2026-10-12T00:00+08:00");
    assert_eq!(
        seen,
        [
            row(IntervalKind::Weekend, "weekend", 1, saturday, sunday),
            row(IntervalKind::MakeUpWorkday, "make-up", 5, saturday, sunday),
            row(IntervalKind::Peak, "w", 8, "2026-10-10T09:00+08:00", "2026-10-10T10:00+08:00"),
            row(IntervalKind::Weekend, "weekend", 1, sunday, monday),
            row(IntervalKind::Holiday, "Feast", 6, sunday, monday),
        ]
    );
    assert_eq!(all.intervals("UTC", at(saturday), at(monday)), None);
    assert_eq!(all.intervals("Asia/Shanghai", at(monday), at(saturday)), Some(Vec::new()));
}

#[test]
fn what_calendars_say_of_one_zone_adds_up() {
    let hours = of_2026(
        "hours",
        "Asia/Riyadh",
        "windows:\n  - { name: w, kind: change-window, weekdays: [sunday], from: \"09:00\", to: \"10:00\" }\n",
    );
    let freeze = of_2026(
        "freeze",
        "Asia/Riyadh, UTC",
        "windows:\n  - { name: f, kind: freeze, from: \"2026-03-08T09:30\", to: \"2026-03-08T12:00\" }\n",
    );
    let gulf = of_2026("gulf", "Asia/Riyadh", "weekend: [friday, saturday]\n");
    let all = calendars(&[&hours, &freeze, &gulf]).unwrap();
    assert_eq!(all.zones().collect::<Vec<_>>(), ["Asia/Riyadh", "UTC"]);
    // Sunday is worked there: one of the three says so, and the others do not say.
    let day = all.day(at("2026-03-08T09:00+03:00"), "Asia/Riyadh").unwrap();
    assert!(day.workday);
    assert_eq!(day.next_close.unwrap().at, at("2026-03-08T09:30+03:00"));
    // The change window is of one zone, the freeze of both.
    let day = all.day(at("2026-03-08T09:00Z"), "UTC").unwrap();
    assert_eq!((day.workday, day.windows.len()), (false, 1));
}

#[test]
fn the_order_of_calendars_changes_nothing() {
    let (one, other) = (
        of_2026(
            "b",
            "UTC",
            "windows:\n  - { name: w, kind: peak, weekdays: [monday], from: \"09:00\", to: \"10:00\" }\n",
        ),
        of_2026("a", "UTC", "days:\n  - { date: \"2026-03-02\", name: Feast, is: holiday }\n"),
    );
    let (first, second) = (calendars(&[&one, &other]).unwrap(), calendars(&[&other, &one]).unwrap());
    let moment = at("2026-03-02T09:30Z");
    assert_eq!(first.day(moment, "UTC"), second.day(moment, "UTC"));
    assert_eq!(first.digest(), second.digest());
    assert_ne!(first.digest(), calendars(&[&one]).unwrap().digest());
    assert_ne!(
        calendars(&[&one]).unwrap().digest(),
        calendars(&[&format!("{one}# more\n")]).unwrap().digest()
    );
}

#[test]
fn contradictions_are_refused_with_both_places() {
    let off =
        of_2026("a", "UTC, Asia/Shanghai", "days:\n  - { date: \"2026-10-10\", name: Feast, is: holiday }\n");
    let worked = of_2026(
        "b",
        "Asia/Shanghai",
        "days:\n  - { date: \"2026-10-10\", name: make-up, is: make-up-workday }\n",
    );
    let error = calendars(&[&off, &worked]).unwrap_err();
    assert_eq!(
        error,
        "1.yaml:5:13: `2026-10-10` is a make-up workday of `Asia/Shanghai` here and a holiday at 0.yaml:5:13, expected one answer\nhelp: correct one of the two calendars"
    );
    // In another zone, or with the same answer, they get along.
    assert!(
        calendars(&[
            &off,
            &of_2026(
                "b",
                "Asia/Tokyo",
                "days:\n  - { date: \"2026-10-10\", name: x, is: make-up-workday }\n"
            )
        ])
        .is_ok()
    );
    assert!(
        calendars(&[
            &off,
            &of_2026("b", "UTC", "days:\n  - { date: \"2026-10-10\", name: x, is: holiday }\n")
        ])
        .is_ok()
    );
    let error = calendars(&[
        &of_2026("a", "UTC", "weekend: [sunday]\n"),
        &of_2026("b", "UTC", ""),
        &of_2026("c", "UTC", "weekend: [friday, saturday]\n"),
    ]);
    assert!(
        error.unwrap_err().starts_with("2.yaml:4:10: a weekend that is not the one `UTC` has at 0.yaml:4:10")
    );
    let error = calendars(&[&of_2026("a", "UTC", ""), &of_2026("a", "Asia/Tokyo", "")]).unwrap_err();
    assert!(error.starts_with("1.yaml:1:11: calendar `a` a second time, expected each name once"), "{error}");
}

#[track_caller]
fn linted(lines: &str, at_time: &str, expect: &[(LintKind, u32, &str)]) {
    let all = calendars(&[&of_2026("a", "UTC, Asia/Shanghai", lines)]).unwrap();
    let lints = all.lint(at(at_time), None);
    let seen: Vec<_> = lints.iter().map(|lint| (lint.kind, lint.line)).collect();
    assert_eq!(seen, expect.iter().map(|(kind, line, _)| (*kind, *line)).collect::<Vec<_>>(), "{lints:?}");
    for (lint, (_, _, part)) in lints.iter().zip(expect) {
        assert!(lint.message.contains(part) && !lint.help.is_empty(), "{lint:?}");
    }
}

#[test]
fn what_is_probably_not_meant_is_told() {
    let june = "2026-06-01T12:00Z";
    let window = |rest: &str| format!("windows:\n  - {{ name: w, {rest} }}\n");
    linted("", june, &[]);
    // The list of holidays.
    linted("", "2026-11-01T12:00Z", &[]);
    linted("", "2026-11-02T12:00Z", &[(LintKind::EndsSoon, 3, "ends on `2026-12-31`")]);
    linted("", "2026-12-31T12:00Z", &[(LintKind::EndsSoon, 3, "within 60 days")]);
    linted(
        "",
        "2027-01-01T12:00Z",
        &[(LintKind::NotCovered, 3, "no list of holidays of `UTC` covers `2027-01-01`")],
    );
    linted("", "2025-12-31T12:00Z", &[(LintKind::NotCovered, 3, "covers `2025-12-31`")]);
    // Make-up days.
    linted(
        "days:\n  - { date: \"2026-03-02\", name: a, is: make-up-workday }\n  - { date: \"2026-03-07\", name: a, is: make-up-workday }\n  - { date: \"2026-03-08\", name: a, is: holiday }\n",
        june,
        &[(LintKind::NoMakeUp, 5, "`2026-03-02`, listed as a make-up workday, is no weekend day in `UTC`")],
    );
    // Windows.
    let saturdays = "weekdays: [saturday], from: \"09:00\", to: \"10:00\"";
    linted(
        &window(&format!("kind: change-window, {saturdays}")),
        june,
        &[(LintKind::NeverOpens, 5, "in `UTC`, `Asia/Shanghai`")],
    );
    linted(&window(&format!("kind: peak, {saturdays}")), june, &[]);
    // A weekend day that is made up for is worked.
    linted(
        &format!(
            "days:\n  - {{ date: \"2026-03-07\", name: a, is: make-up-workday }}\n{}",
            window(&format!("kind: change-window, {saturdays}"))
        ),
        june,
        &[],
    );
    linted(
        &window("kind: freeze, from: \"2028-01-01T00:00\", to: \"2028-01-02T00:00\""),
        june,
        &[(LintKind::OutsideCovers, 5, "window `w` lies outside")],
    );
    linted(&window("kind: freeze, from: \"2026-12-20T00:00\", to: \"2027-01-04T00:00\""), june, &[]);
    // A dated window may be on a weekend.
    linted(&window("kind: change-window, from: \"2026-03-07T00:00\", to: \"2026-03-08T00:00\""), june, &[]);
    linted(
        &window("kind: peak, weekdays: [monday, tuesday, monday], from: \"09:00\", to: \"10:00\""),
        june,
        &[(LintKind::SameDay, 5, "begins twice on Monday")],
    );
    linted(
        "windows:\n  - { name: w, kind: change-window, weekdays: [monday], from: \"09:00\", to: \"10:00\" }\n  - { name: w, kind: freeze, weekdays: [monday], from: \"08:00\", to: \"10:00\" }\n",
        june,
        &[
            (LintKind::Shadowed, 5, "every minute of it is closed by `w`"),
            (LintKind::SameName, 6, "the one at line 5"),
        ],
    );
}

#[test]
fn the_samples_hold_what_they_say() {
    let names = ["cn-2023", "cn-2026", "de-2026", "gulf-2026", "night-shift", "us-retail-2026"];
    assert!(sample("icalendar.yaml").source().is_some() && sample("argo-cd.yaml").source().is_some());
    let all: Vec<Calendar> = names.iter().map(|name| sample(&format!("{name}.yaml"))).collect();
    for (calendar, name) in all.iter().zip(names) {
        assert_eq!(calendar.name(), name);
        assert!(calendar.source().is_some(), "{name}");
    }
    assert_eq!(Calendars::new(all).unwrap().lint(at("2026-06-01T12:00Z"), None), []);
    // 2026: 33 days off and 6 worked for them; 2023: 26 in that year, and 7.
    let counted = |name: &str| {
        let days = sample(name).days;
        let off = days.values().filter(|day| day.sort == ListedAs::Holiday).count();
        (off, days.len() - off)
    };
    assert_eq!((counted("cn-2026.yaml"), counted("cn-2023.yaml")), ((33, 6), (26, 7)));
}

#[test]
fn a_list_that_ends_is_told_once_and_not_if_another_goes_on() {
    let of = |name: &str, from: &str, to: &str| {
        format!("calendar: {name}\nzones: [UTC]\ncovers: {{ from: \"{from}\", to: \"{to}\" }}\n")
    };
    let past = of("past", "2025-01-01", "2025-12-31");
    let now = of("now", "2026-01-01", "2026-12-31");
    let next = of("next", "2027-01-01", "2027-12-31");
    let linted = |texts: &[&str], at_time: &str| {
        let lints = calendars(texts).unwrap().lint(at(at_time), None);
        lints.into_iter().map(|lint| (lint.file, lint.kind)).collect::<Vec<_>>()
    };
    assert_eq!(linted(&[&past, &now, &next], "2026-12-20T12:00Z"), []);
    assert_eq!(linted(&[&past, &now], "2026-12-20T12:00Z"), [("1.yaml".to_owned(), LintKind::EndsSoon)]);
    assert_eq!(linted(&[&past, &next], "2026-12-20T12:00Z"), [("1.yaml".to_owned(), LintKind::NotCovered)]);
    assert_eq!(linted(&[&past], "2026-12-20T12:00Z"), [("0.yaml".to_owned(), LintKind::NotCovered)]);
}

#[test]
fn days_are_shown_with_their_windows() {
    let all = Calendars::new(vec![sample("us-retail-2026.yaml"), sample("cn-2026.yaml")]).unwrap();
    let days = all.show("America/New_York", "2026-11-22".parse().unwrap(), 5).unwrap();
    let seen: Vec<_> = days
        .iter()
        .map(|day| {
            let windows: Vec<&str> = day.windows.iter().map(|window| window.name.as_str()).collect();
            (day.date.to_string(), day.sort, day.name.as_deref(), windows.join(" "))
        })
        .collect();
    let row = |date: &str, sort, name, windows: &str| (date.to_owned(), sort, name, windows.to_owned());
    assert_eq!(
        seen,
        [
            row("2026-11-22", DaySort::Weekend, None, "evening"),
            row("2026-11-23", DaySort::Workday, None, "cyber-week evening"),
            row("2026-11-24", DaySort::Workday, None, "cyber-week evening"),
            row("2026-11-25", DaySort::Workday, None, "cyber-week evening"),
            row("2026-11-26", DaySort::Holiday, Some("Thanksgiving Day"), "cyber-week evening"),
        ]
    );
    let make_up = all.show("Asia/Shanghai", "2026-10-10".parse().unwrap(), 1).unwrap();
    assert_eq!(make_up.first().map(|day| (day.sort, day.covered)), Some((DaySort::MakeUpWorkday, true)));
    assert!(all.show("UTC", "2026-10-10".parse().unwrap(), 1).is_none());
    let samoa = calendars(&[
        "calendar: a\nzones: [Pacific/Apia]\ncovers: { from: \"2011-01-01\", to: \"2011-12-31\" }\n",
    ])
    .unwrap();
    let days = samoa.show("Pacific/Apia", "2011-12-29".parse().unwrap(), 3).unwrap();
    assert_eq!(days.iter().map(|day| day.start.is_some()).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn what_closes_is_named_with_since_and_until() {
    let all = Calendars::new(vec![sample("us-retail-2026.yaml"), sample("de-2026.yaml")]).unwrap();
    let outlook = all.outlook(at("2026-11-26T19:00-05:00"), "America/New_York").unwrap();
    let causes: Vec<&str> = outlook
        .closed_by
        .iter()
        .map(|cause| match cause {
            ClosedBy::Interval(interval) => interval.name.as_str(),
            ClosedBy::OutsideChangeWindows => "outside",
        })
        .collect();
    assert_eq!(causes, ["Thanksgiving Day", "cyber-week", "evening"]);
    // Closed since the weekend before: Friday was open to its last minute.
    assert_eq!(outlook.since.unwrap().at, at("2026-11-21T00:00-05:00"));
    assert_eq!(outlook.until.unwrap().at, at("2026-12-01T00:00-05:00"));
    let outlook = all.outlook(at("2026-06-15T20:00Z"), "Europe/Berlin").unwrap();
    assert_eq!(outlook.closed_by, [ClosedBy::OutsideChangeWindows]);
    let open = all.outlook(at("2026-06-15T09:00Z"), "Europe/Berlin").unwrap();
    assert_eq!((open.closed_by.len(), open.since.unwrap().at), (0, at("2026-06-15T07:00Z")));
    assert!(all.outlook(at("2026-06-15T09:00Z"), "UTC").is_none());
}

#[test]
fn a_date_has_one_form() {
    for text in ["2026-10-01", "1970-01-01", "2199-12-31"] {
        assert_eq!(text.parse::<CalendarDate>().map(|date| date.to_string()), Ok(text.to_owned()));
    }
    for text in [
        "2026-02-30",
        "2026-2-3",
        "2026-10-01T00:00",
        "20261001",
        "1969-12-31",
        "2200-01-01",
        "",
        "2026-10-01+",
    ] {
        assert!(text.parse::<CalendarDate>().is_err(), "{text}");
    }
    for text in ["24:00", "23:60", "9:00", "09:00:00", "09:00Z", "+9:00", "0900", ""] {
        assert!(text.parse::<clock::TimeOfDay>().is_err(), "{text}");
    }
}

#[test]
fn a_calendar_written_as_json_is_the_same_calendar() {
    let json = r#"{"calendar":"a","zones":["UTC"],"covers":{"from":"2026-01-01","to":"2026-12-31"},"days":[{"date":"2026-03-02","name":"x","is":"holiday"}]}"#;
    let one = read_calendar("a.json", json.as_bytes(), Syntax::Json, &read_file).unwrap();
    let other =
        read(&of_2026("a", "UTC", "days:\n  - { date: \"2026-03-02\", name: x, is: holiday }\n")).unwrap();
    let day = |calendar| Calendars::new(vec![calendar]).unwrap().day(at("2026-03-02T12:00Z"), "UTC");
    assert_eq!(day(one), day(other));
}

#[test]
fn a_file_says_by_its_name_how_it_is_written() {
    let error = read_calendar_file(&folder().join("cn-2026.txt")).unwrap_err().to_string();
    assert!(error.contains("expected `.yaml` or `.json`\nhelp: "), "{error}");
    assert!(matches!(read_calendar_file(&folder().join("none.yaml")), Err(CalendarFileError::File(_))));
}

#[test]
fn the_schema_has_every_key_and_no_null() {
    let schema = serde_json::to_value(calendar_schema()).unwrap();
    assert_eq!(schema["required"], serde_json::json!(["calendar", "zones", "covers"]));
    assert_eq!(schema["additionalProperties"], serde_json::json!(false));
    let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 8, "{keys:?}");
    let text = schema.to_string();
    assert!(!text.contains("null") && !text.contains("nullable"), "{text}");
    assert_eq!(schema["$defs"]["Window"]["required"], serde_json::json!(["name", "kind", "from", "to"]));
}
