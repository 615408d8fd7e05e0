//! Imported files: the truth tables in `tests/calendars/tables/`, what is refused and where, and what the lint says.

use std::path::Path;

use interlock_model::Almanac as _;
use serde::Deserialize;

use super::{at, sample, table};
use crate::calendar::{Calendar, Calendars, DaySort, LintKind, read_calendar};
use crate::error::InputError;
use crate::file::FileError;
use crate::{Syntax, read_file};

/// A calendar of 2026 that imports one file of this text.
fn importing(
    zones: &str,
    weekend: &str,
    import: &str,
    name: &str,
    text: &str,
) -> Result<Calendar, InputError> {
    let calendar = format!(
        "calendar: a\nzones: [{zones}]\ncovers: {{ from: \"2026-01-01\", to: \"2026-12-31\" }}\nweekend: {weekend}\nimport:\n  - {{ file: {name}, {import} }}\n"
    );
    read_calendar("ops/a.yaml", calendar.as_bytes(), Syntax::Yaml, &|path: &Path| {
        assert_eq!(path, Path::new("ops").join(name));
        Ok(text.as_bytes().to_vec())
    })
}

fn project(windows: &str) -> String {
    let indented: String = windows.lines().map(|line| format!("    {line}\n")).collect();
    format!("apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nspec:\n  syncWindows:\n{indented}")
}

fn events(text: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{text}END:VCALENDAR\n").replace('\n', "\r\n")
}

fn is_open(all: &Calendars, zone: &str, moment: &str) -> bool {
    let outlook = all.outlook(at(moment), zone).unwrap();
    let day = all.day(at(moment), zone).unwrap();
    let is_open = outlook.closed_by.is_empty();
    assert_eq!(day.next_open.is_some_and(|turn| turn.at == at(moment)), is_open, "{moment}");
    is_open
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Projects {
    groups: Vec<Project>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    about: String,
    #[serde(default = "utc")]
    zone: String,
    application: Option<String>,
    namespace: Option<String>,
    #[serde(default)]
    cluster: Vec<String>,
    windows: String,
    rows: Vec<Moment>,
}

fn utc() -> String {
    "UTC".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    at: String,
    open: bool,
}

#[test]
fn sync_windows_are_those_of_argo_cd() {
    let projects: Projects = table("argo-cd.yaml");
    assert!(projects.groups.len() >= 25);
    for group in &projects.groups {
        let import = format!(
            "format: argo-cd, application: {:?}, namespace: {:?}, cluster: {:?}",
            group.application.as_deref().unwrap_or("guestbook-prod"),
            group.namespace.as_deref().unwrap_or("default"),
            group.cluster
        );
        let calendar = importing(&group.zone, "[]", &import, "p.yaml", &project(&group.windows)).unwrap();
        let all = Calendars::new(vec![calendar]).unwrap();
        for Moment { at, open } in &group.rows {
            assert_eq!(is_open(&all, &group.zone, at), *open, "{}: {at}", group.about);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exports {
    groups: Vec<Export>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    about: String,
    means: String,
    zones: Vec<String>,
    #[serde(default = "usual")]
    weekend: String,
    events: String,
    rows: Vec<Seen>,
}

fn usual() -> String {
    "[saturday, sunday]".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    zone: String,
    at: String,
    inside: Vec<String>,
    open: bool,
}

#[test]
fn events_are_windows() {
    let exports: Exports = table("icalendar.yaml");
    for group in &exports.groups {
        let import = format!("format: icalendar, events: {}", group.means);
        let text = events(&group.events);
        let calendar = importing(&group.zones.join(", "), &group.weekend, &import, "e.ics", &text).unwrap();
        let all = Calendars::new(vec![calendar]).unwrap();
        for Seen { zone, at: moment, inside, open } in &group.rows {
            let day = all.day(at(moment), zone).unwrap();
            let seen: Vec<&String> = day.windows.iter().filter(|it| it.inside).map(|it| &it.name).collect();
            assert_eq!(seen, inside.iter().collect::<Vec<_>>(), "{}: {zone} {moment}", group.about);
            assert_eq!(is_open(&all, zone, moment), *open, "{}: {zone} {moment}", group.about);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Refused {
    holiday_cn: Vec<Case>,
    argo_cd: Vec<Case>,
    icalendar: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    import: Option<String>,
    file: Option<String>,
    windows: Option<String>,
    event: Option<String>,
    line: Option<u32>,
    says: Vec<String>,
}

#[test]
fn what_cannot_be_understood_is_refused_where_it_stands() {
    let refused: Refused = table("refused-imports.yaml");
    let holiday_cn = refused.holiday_cn.iter().map(|case| (case, "format: holiday-cn".to_owned(), "l.json"));
    let argo_cd = refused.argo_cd.iter().map(|case| {
        let more = case.import.as_ref().map(|import| format!(", {import}")).unwrap_or_default();
        (case, format!("format: argo-cd{more}"), "p.yaml")
    });
    let icalendar = refused.icalendar.iter().map(|case| {
        let means = case.import.as_deref().unwrap_or("events: freeze");
        (case, format!("format: icalendar, {means}"), "e.ics")
    });
    let cases = holiday_cn.chain(argo_cd).chain(icalendar);
    let wrong: Vec<String> =
        cases.filter_map(|(case, import, name)| otherwise(case, &import, name)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What a case sees instead of its refusal.
fn otherwise(case: &Case, import: &str, name: &str) -> Option<String> {
    let Case { case: told, file, windows, event, line, says, .. } = case;
    let text = match (file, windows, event) {
        (Some(file), None, None) => file.clone(),
        (None, Some(windows), None) => project(windows),
        (None, None, Some(event)) => events(&format!("BEGIN:VEVENT\n{event}\nEND:VEVENT\n")),
        _ => panic!("{told}: one of the three"),
    };
    let Err(error) = importing("UTC", "[]", import, name, &text) else {
        return Some(format!("{told}: it was read"));
    };
    // The windows of a project begin on its fifth line.
    let line = line.unwrap_or(5);
    let is_there = matches!(error.problems.as_slice(), [problem] if problem.span.line == line && !problem.help.is_empty());
    let told_all = says.iter().all(|part| error.to_string().contains(part.as_str()));
    let is_refused = is_there && told_all && error.file == format!("ops/{name}");
    (!is_refused).then(|| format!("{told}: line {line}, {says:?}: {error}"))
}

#[test]
fn every_event_that_is_wrong_is_told() {
    let event = "BEGIN:VEVENT\nDTSTART:20260102T000000\nDURATION:PT1H\nEND:VEVENT\n";
    let told = |count: usize| {
        let text = events(&event.repeat(count));
        importing("UTC", "[]", "format: icalendar, events: freeze", "e.ics", &text)
            .unwrap_err()
            .problems
            .len()
    };
    assert_eq!((told(1), told(3), told(500)), (1, 3, 20));
}

#[test]
fn much_of_everything_is_refused_and_soon() {
    let begun = std::time::Instant::now();
    let ical = |text: &str| {
        importing("UTC", "[]", "format: icalendar, events: freeze", "e.ics", &events(text))
            .unwrap_err()
            .to_string()
    };
    let event = |lines: &str| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n");
    let short = "DTSTART;VALUE=DATE:20260102";
    assert!(ical(&event(short).repeat(1001)).contains("more than 1000 events"));
    let daily = event("DTSTART;VALUE=DATE:20000102\nRRULE:FREQ=DAILY");
    assert!(ical(&daily.repeat(999)).contains("than are kept"));
    // What looks for days that never come is bounded, too.
    let never = event("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30");
    assert!(ical(&never.repeat(900)).contains("expected a rule"));
    assert!(ical(&"BEGIN:VCALENDAR\n".repeat(5000)).contains("`BEGIN` of `VCALENDAR`"));
    let argo = |windows: &str| {
        importing("UTC", "[]", "format: argo-cd", "p.yaml", &project(windows)).unwrap_err().to_string()
    };
    let window = "- { kind: deny, schedule: \"0 1 * * *\", duration: 1h, applications: [\"*\"] }\n";
    assert!(argo(&window.repeat(201)).contains("201 windows, expected at most 200"));
    let often = "- { kind: deny, schedule: \"*/2 * * * *\", duration: 1m, applications: [\"*\"] }\n";
    assert!(argo(often).contains("open 720 times a day, expected at most 400"));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn as_much_as_is_allowed_answers_soon() {
    let window = "- { kind: deny, schedule: \"*/10 * * * *\", duration: 1m, applications: [\"*\"] }\n"
        .repeat(2)
        + &"- { kind: deny, schedule: \"0 1 29 2 *\", duration: 8784h, applications: [\"*\"] }\n".repeat(90);
    let calendar = importing("UTC", "[]", "format: argo-cd", "p.yaml", &project(&window)).unwrap();
    let all = Calendars::new(vec![calendar]).unwrap();
    let begun = std::time::Instant::now();
    assert!(!is_open(&all, "UTC", "2026-03-04T00:00Z"));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[test]
fn the_list_of_holidays_says_the_same_as_the_one_written_by_hand() {
    let days = |name: &str| {
        let all = Calendars::new(vec![sample(name)]).unwrap();
        let days = all.show("Asia/Shanghai", "2026-01-01".parse().unwrap(), 365).unwrap();
        days.into_iter().map(|day| (day.date, day.sort, day.covered)).collect::<Vec<_>>()
    };
    let imported = days("cn-2026-imported.yaml");
    assert_eq!(imported, days("cn-2026.yaml"));
    let count = |sort| imported.iter().filter(|(_, is, _)| *is == sort).count();
    assert_eq!((count(DaySort::Holiday), count(DaySort::MakeUpWorkday)), (33, 6));
}

/// A list of one day in each of these years, and a calendar that covers these days.
fn listing(years: &[i32], from: &str, to: &str) -> Result<Calendar, InputError> {
    let imports: String =
        years.iter().map(|year| format!("  - {{ file: {year}.json, format: holiday-cn }}\n")).collect();
    let imports = if years.is_empty() { String::new() } else { format!("import:\n{imports}") };
    let text = format!(
        "calendar: a\nzones: [Asia/Shanghai]\ncovers: {{ from: \"{from}\", to: \"{to}\" }}\n{imports}"
    );
    read_calendar("a.yaml", text.as_bytes(), Syntax::Yaml, &|path: &Path| {
        let year = path.file_stem().unwrap().to_str().unwrap();
        Ok(format!("{{\"year\": {year}, \"days\": [{{\"name\": \"x\", \"date\": \"{year}-10-01\", \"isOffDay\": true}}]}}").into_bytes())
    })
}

#[test]
fn covers_promises_no_year_that_no_list_has() {
    assert!(listing(&[2025, 2026], "2025-01-01", "2026-12-31").is_ok());
    let error = listing(&[2026], "2026-01-01", "2027-01-03").unwrap_err().to_string();
    assert!(error.starts_with("a.yaml:3:9: days of 2027 in `covers`, of which no imported list"), "{error}");
    let error = listing(&[2026], "2026-01-01", "2026-06-30").unwrap_err().to_string();
    assert!(error.starts_with("2026.json:1:") && error.contains("outside `covers`"), "{error}");
    // Without any list, the calendar's own days are its word.
    assert!(listing(&[], "2025-01-01", "2029-12-31").is_ok());
}

#[test]
fn a_year_without_a_list_is_told_if_it_is_asked_about() {
    let all = Calendars::new(vec![listing(&[2026], "2026-01-01", "2026-12-31").unwrap()]).unwrap();
    let told =
        |years| all.lint(at("2026-03-02T00:00Z"), years).into_iter().map(|it| it.message).collect::<Vec<_>>();
    assert!(told(None).is_empty() && told(Some(2026..=2026)).is_empty());
    assert_eq!(
        told(Some(2025..=2027)),
        ["no list of holidays of `Asia/Shanghai` covers all of `2025`, `2027`"]
    );
}

fn linted(import: &str, name: &str, text: &str) -> Vec<(LintKind, String)> {
    let calendar = importing("UTC", "[]", import, name, text).unwrap();
    let lints = Calendars::new(vec![calendar]).unwrap().lint(at("2026-03-02T00:00Z"), None);
    assert!(lints.iter().all(|lint| lint.file == format!("ops/{name}")), "{lints:?}");
    lints.into_iter().map(|lint| (lint.kind, lint.message)).collect()
}

#[test]
fn windows_of_a_project_that_are_probably_not_meant_are_told() {
    let argo = |windows: &str| -> Vec<LintKind> {
        linted("format: argo-cd", "p.yaml", &project(windows)).into_iter().map(|(kind, _)| kind).collect()
    };
    let window = |kind: &str, schedule: &str, duration: &str| {
        format!(
            "- {{ kind: {kind}, schedule: \"{schedule}\", duration: {duration}, applications: [\"*\"] }}\n"
        )
    };
    assert_eq!(argo(&window("deny", "0 22 * * *", "24h")), []);
    assert_eq!(argo(&window("deny", "0 22 * * *", "25h")), [LintKind::OverlapsItself]);
    assert_eq!(argo(&window("deny", "0 22 * * 1", "25h")), []);
    assert_eq!(argo(&window("deny", "* * * * *", "1h")), [LintKind::OverlapsItself]);
    assert_eq!(argo(&window("deny", "0 * * * *", "1h")), []);
    assert_eq!(argo(&window("deny", "0 0 30 2 *", "1h")), [LintKind::NeverOpens]);
    let both = window("allow", "0 9 * * *", "8h") + &window("deny", "0 8 * * *", "10h");
    assert_eq!(argo(&both), [LintKind::Shadowed]);
    let partly = window("allow", "0 9 * * *", "8h") + &window("deny", "0 10 * * *", "10h");
    assert_eq!(argo(&partly), []);
    let message = linted("format: argo-cd", "p.yaml", &project(&both)).pop().unwrap().1;
    assert!(
        message.contains("`allow:0 9 * * *:8h`") && message.ends_with("closed by `deny:0 8 * * *:10h`"),
        "{message}"
    );
}

#[test]
fn events_that_are_probably_not_meant_are_told() {
    let ical = |lines: &str| -> Vec<LintKind> {
        let text = events(&format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"));
        let lints = linted("format: icalendar, events: freeze", "e.ics", &text);
        lints.into_iter().map(|(kind, _)| kind).collect()
    };
    assert_eq!(ical("DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=DAILY"), []);
    assert_eq!(
        ical("DTSTART;VALUE=DATE:20260102\nDURATION:P2D\nRRULE:FREQ=DAILY"),
        [LintKind::OverlapsItself]
    );
    assert_eq!(ical("DTSTART;VALUE=DATE:20250102"), [LintKind::OutsideCovers]);
    assert_eq!(ical("DTSTART;VALUE=DATE:20250102\nRRULE:FREQ=DAILY;COUNT=3"), [LintKind::NeverOpens]);
}

#[test]
fn an_import_says_no_more_than_its_format_has() {
    let read = |import: &str| match importing("UTC", "[]", import, "x.yaml", "") {
        Ok(_) => panic!("{import}: it was read"),
        Err(error) => error.to_string(),
    };
    assert!(read("format: icalendar").starts_with("ops/a.yaml:6:5: `icalendar` without `events`"));
    for import in [
        "format: argo-cd, events: freeze",
        "format: holiday-cn, events: freeze",
        "format: holiday-cn, application: a",
        "format: icalendar, events: freeze, namespace: a",
        "format: icalendar, events: freeze, cluster: [a]",
    ] {
        let error = read(import);
        assert!(
            error.starts_with("ops/a.yaml:6:") && error.contains("for a file of another format"),
            "{error}"
        );
    }
    assert!(read("format: ics").contains("expected one of `holiday-cn`, `argo-cd`, `icalendar`"));
    assert!(read("fromat: argo-cd").contains("did you mean `format`?"));
}

#[test]
fn a_file_that_is_not_there_is_told_where_it_is_named() {
    let text = "calendar: a\nzones: [UTC]\ncovers: { from: \"2026-01-01\", to: \"2026-12-31\" }\nimport:\n  - { file: none.json, format: holiday-cn }\n";
    let read =
        |open: crate::Open<'_>| read_calendar("a.yaml", text.as_bytes(), Syntax::Yaml, open).unwrap_err();
    let error = read(&read_file).to_string();
    assert!(error.starts_with("a.yaml:5:13: file `none.json`, which was not read ("), "{error}");
    let large = |path: &Path| Err(FileError::TooLarge { path: path.to_owned(), bytes_max: 1 << 20 });
    assert!(read(&large).to_string().contains("more than 1 MiB"));
}

#[test]
fn what_is_imported_is_in_the_digest() {
    let digest = |text: &str| {
        let import = "format: argo-cd";
        importing("UTC", "[]", import, "p.yaml", text).unwrap().digest().clone()
    };
    let one = project("[]");
    assert_eq!(digest(&one), digest(&one));
    assert_ne!(digest(&one), digest(&format!("{one}# more\n")));
}

#[test]
fn two_files_that_contradict_each_other_are_refused() {
    let text = "calendar: a\nzones: [UTC]\ncovers: { from: \"2026-01-01\", to: \"2026-12-31\" }\ndays:\n  - { date: \"2026-10-01\", name: x, is: make-up-workday }\nimport:\n  - { file: 2026.json, format: holiday-cn }\n";
    let list = br#"{"year": 2026, "days": [{"name": "x", "date": "2026-10-01", "isOffDay": true}]}"#;
    let error =
        read_calendar("a.yaml", text.as_bytes(), Syntax::Yaml, &|_: &Path| Ok(list.to_vec())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2026.json:1:47: `2026-10-01` is a holiday here and a make-up workday at line 5 of the calendar that imports it, expected one answer\nhelp: correct one of the two files"
    );
}

#[test]
fn an_interval_names_the_imported_file_and_its_line() {
    let all = Calendars::new(vec![sample("icalendar.yaml")]).unwrap();
    let said = all.intervals("Europe/London", at("2026-12-22T00:00Z"), at("2026-12-22T01:00Z")).unwrap();
    let [interval] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(
        (interval.name.as_str(), interval.calendar.as_str(), interval.line),
        ("year-end", "release-freezes", 14)
    );
    assert!(interval.imported.as_deref().unwrap().ends_with("imported/release-freezes.ics"));
    assert_eq!(interval.reason.as_deref(), Some("the books are closed, and half of the team is away"));
}
