//! What is read as facts, one slip after the other with its line and the next step, and what two places may tell.

use std::collections::BTreeMap;
use std::io;

use super::*;
use crate::file::FileError;
use crate::policy_set::{PolicySetError, PolicySetFile, policy_set_of};

const WHOLE: &str = r#"as-of: "2026-03-02T12:00Z"
open-incidents:
  - { id: INC-88, service: checkout, severity: 1 }
past-incidents:
  - { id: INC-80, service: checkout, severity: 2, closed-at: "2026-02-20T10:00+01:00", remedied: false }
error-budget:
  - { service: checkout, objective-ppm: 999000, window-days: 28, left-bp: 1250 }
"#;

fn read_named(name: &str, text: &str) -> Result<FactsFile, InputError> {
    read_facts_file(Path::new(name), text.as_bytes())
}

fn read(text: &str) -> Result<FactsFile, InputError> {
    read_named("feeds/facts.yaml", text)
}

#[track_caller]
fn refused(text: &str, place: &str, message: &str, help: &str) {
    let said = match read(text) {
        Ok(_) => panic!("it was read:\n{text}"),
        Err(error) => error.to_string(),
    };
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with(&format!("feeds/facts.yaml:{place}: ")), "{said}\nexpected at {place}");
    assert!(lines[0].contains(message), "{said}\nexpected {message}");
    assert!(lines[1].starts_with("help: ") && lines[1].contains(help), "{said}\nexpected {help}");
}

#[track_caller]
fn slip(right: &str, wrong: &str, place: &str, message: &str, help: &str) {
    assert_eq!(WHOLE.matches(right).count(), 1, "{right}");
    refused(&WHOLE.replace(right, wrong), place, message, help);
}

#[test]
fn a_whole_file_is_read() {
    let told = read(WHOLE).unwrap().told;
    assert_eq!(
        (told.name.as_str(), told.as_of.to_string().as_str()),
        ("feeds/facts.yaml", "2026-03-02T12:00Z")
    );
    let open = &told.open_incidents.unwrap()[0];
    assert_eq!((open.id.as_str(), open.service.as_deref()), ("INC-88", Some("checkout")));
    let past = &told.past_incidents.unwrap()[0];
    assert_eq!(
        (past.closed_at.unwrap().to_string().as_str(), past.remedied),
        ("2026-02-20T09:00Z", Some(false))
    );
    let budget = &told.error_budget.unwrap()[0];
    assert_eq!((budget.window_days, budget.left_bp.unwrap().get()), (Some(28), 1250));
}

#[test]
fn what_a_file_does_not_say_it_does_not_know() {
    let told = read("as-of: \"2026-03-02T12:00Z\"\nopen-incidents: []\n").unwrap().told;
    assert_eq!(told.open_incidents, Some(vec![]), "somebody has looked");
    assert_eq!((told.past_incidents, told.error_budget), (None, None));
    let json = r#"{"as-of": "2026-03-02T13:00+01:00", "past-incidents": [{"id": "INC-1"}]}"#;
    let told = read_named("facts.json", json).unwrap().told;
    assert_eq!(
        (told.as_of.to_string().as_str(), told.past_incidents.unwrap().len()),
        ("2026-03-02T12:00Z", 1)
    );
}

#[test]
fn one_slip_is_one_problem_at_its_place() {
    slip("as-of: \"2026-03-02T12:00Z\"\n", "", "1:1", "no key `as-of`", "interlock schema facts");
    slip("T12:00Z", "T12:00", "1:8", "a time with its offset", "");
    slip(
        "open-incidents:",
        "open-incident:",
        "2:1",
        "unknown key `open-incident`",
        "did you mean `open-incidents`?",
    );
    slip("INC-88, service", "INC-88, servce", "3:19", "unknown key `servce`", "did you mean `service`?");
    slip(
        "id: INC-88",
        "id: \" \"",
        "3:11",
        "the text ` `, expected the number or name",
        "as changes link to it",
    );
    slip("INC-88, service: checkout", "INC-88, service: \" a\"", "3:28", "the text ` a`", "leave it out");
    slip("severity: 1", "severity: 0", "3:48", "a severity from 1 (the worst) to 5", "");
    slip(
        "severity: 2, closed-at",
        "severity: 2, closed",
        "5:51",
        "unknown key `closed`",
        "interlock schema facts",
    );
    slip("999000", "99.9", "7:41", "expected", "");
    slip("999000", "1000001", "7:41", "999000 is 99.9 percent", "");
    slip("window-days: 28", "window-days: 0", "7:62", "the number `0`, expected days from 1 to 366", "28");
    slip("left-bp: 1250", "left-bp: 10001", "7:75", "100 is one percent", "");
    slip(
        "{ service: checkout, obj",
        "{ service: \"\", obj",
        "7:16",
        "expected the name of a service",
        "as changes",
    );
    let named = read_named("facts.txt", WHOLE).unwrap_err().to_string();
    assert!(named.contains("ends in `.yaml`, `.yml` or `.json`"), "{named}");
}

#[test]
fn a_list_has_a_largest_length() {
    let of = |count: usize| {
        let items: Vec<String> = (0..count).map(|index| format!("{{ id: INC-{index} }}")).collect();
        format!("as-of: \"2026-03-02T12:00Z\"\nopen-incidents: [{}]\n", items.join(", "))
    };
    assert_eq!(read(&of(ITEMS_MAX)).unwrap().told.open_incidents.unwrap().len(), ITEMS_MAX);
    refused(&of(ITEMS_MAX + 1), "2:17", "2001 items, expected at most 2000", "long over");
    let (full, one) = (read(&of(ITEMS_MAX)).unwrap(), read_named("b.yaml", &of(1)).unwrap());
    let said = join_facts(&[full.clone(), one], 60).unwrap_err().to_string();
    assert!(said.starts_with("b.yaml:1:1: 2001 items of one list, with those of the files before"), "{said}");
    assert!(join_facts(&[full], 60).is_ok());
}

#[test]
fn two_places_tell_the_same_or_are_refused() {
    let other = "as-of: \"2026-03-02T11:55Z\"\nerror-budget: [{ service: search, left-bp: 9000 }]\n";
    let alike =
        "as-of: \"2026-03-02T11:55Z\"\nopen-incidents: [{ id: INC-88, severity: 1, service: checkout }]\n";
    let first = read(WHOLE).unwrap();
    let files = [first.clone(), read_named("b.yaml", other).unwrap(), read_named("c.yaml", alike).unwrap()];
    let joined = join_facts(&files, 15).unwrap();
    assert_eq!((joined.told.len(), joined.age_min_max), (3, 15));
    for (text, name, place) in [
        (alike.replace("severity: 1", "severity: 2"), "INC-88", "b.yaml:2:18"),
        (alike.replace("severity: 1, ", ""), "INC-88", "b.yaml:2:18"),
        (other.replace("search", "checkout"), "checkout", "b.yaml:2:16"),
    ] {
        let second = read_named("b.yaml", &text).unwrap();
        let said = join_facts(&[first.clone(), second], 15).unwrap_err().to_string();
        assert!(said.starts_with(&format!("{place}: `{name}` a second time, and otherwise")), "{said}");
        assert!(
            said.contains("at feeds/facts.yaml:") && said.contains("\nhelp: tell it in one place"),
            "{said}"
        );
    }
    // One incident of two services is two items.
    let elsewhere = read_named("b.yaml", &alike.replace("service: checkout", "service: search")).unwrap();
    assert!(join_facts(&[first, elsewhere], 15).is_ok());
}

const SET: &str = r#"version: 1
policies: { error-budget: { module: "stock:error-budget" } }
facts:
  age-max-minutes: 30
  files: [feeds/facts.yaml]
  as-of: "2026-03-02T12:00Z"
  open-incidents: []
"#;

fn read_set(text: &str) -> Result<PolicySetFile, PolicySetError> {
    let files = BTreeMap::from([("ops/feeds/facts.yaml", WHOLE)]);
    let open = |path: &Path| match path.to_str().and_then(|path| files.get(path)) {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => {
            Err(FileError::Unreadable { path: path.to_owned(), reason: io::Error::other("no such file") })
        }
    };
    policy_set_of(Path::new("ops/set.yaml"), text.as_bytes(), &open)
}

#[test]
fn a_set_brings_its_own_and_its_files() {
    let set = read_set(SET).unwrap();
    let facts = set.facts.unwrap();
    let names: Vec<&str> = facts.said.iter().map(|it| it.told.name.as_str()).collect();
    assert_eq!(
        (names.as_slice(), facts.age_min_max),
        (["ops/set.yaml", "ops/feeds/facts.yaml"].as_slice(), 30)
    );
    assert_eq!(set.read.len(), 1, "the set itself is none of the files it names");
    let without_age = read_set(&SET.replace("  age-max-minutes: 30\n", "")).unwrap();
    assert_eq!(without_age.facts.unwrap().age_min_max, 60);
    assert_eq!(read_set("version: 1\npolicies: { a: { module: \"stock:a\" } }\n").unwrap().facts, None);
}

#[test]
fn a_slip_in_the_sets_facts_is_one_problem_at_its_place() {
    for (right, wrong, place, message) in [
        (
            "age-max-minutes: 30",
            "age-max-minutes: 0",
            "set.yaml:4:20",
            "the number `0`, expected minutes from 1 to 10080",
        ),
        (
            "age-max-minutes: 30",
            "age-max-minutes: 10081",
            "set.yaml:4:20",
            "expected minutes from 1 to 10080",
        ),
        ("age-max-minutes", "age-max-minute", "set.yaml:4:3", "unknown key `age-max-minute`"),
        ("feeds/facts.yaml", "feeds/fact.yaml", "set.yaml:5:11", "which was not read (no such file)"),
        ("  as-of: \"2026-03-02T12:00Z\"\n", "", "set.yaml:3:1", "facts without a date"),
        ("  open-incidents: []\n", "", "set.yaml:6:3", "a date of no facts"),
        ("facts:", "fact:", "set.yaml:3:1", "unknown key `fact`"),
    ] {
        assert_eq!(SET.matches(right).count(), 1, "{right}");
        let said = read_set(&SET.replace(right, wrong)).err().map(|it| it.to_string()).unwrap_or_default();
        assert!(said.starts_with(&format!("ops/{place}: ")) && said.contains(message), "{wrong}: {said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}
