//! A change cannot edit what judges it: the policy set, and the catalog, calendar and module it names, are read from the
//! base, however they are named and whatever the head made of them; and that it edits them is told.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;

use super::readers::findings;
use super::repository::{Answer, Repository, trials_in};
use crate::support::trials_of;

pub fn trials() -> Vec<Trial> {
    let mut trials = trials_in(
        "own-files",
        make,
        &[
            ("each-edit-is-told-and-judged-as-before", each_edit_is_told_and_judged_as_before),
            ("other-files-are-not-the-gate-s", other_files_are_not_the_gates),
            ("fail-on-warn-stops-an-edit", fail_on_warn_stops_an_edit),
            ("named-by-a-path-in-the-checkout", named_by_a_path_in_the_checkout),
            ("a-set-from-elsewhere-is-read-there", a_set_from_elsewhere_is_read_there),
        ],
    );
    trials.extend(trials_of(
        "range/own-files",
        &[
            ("a-checkout-of-something-else-changes-nothing", a_checkout_of_something_else_changes_nothing),
            ("a-set-that-only-the-head-has", a_set_that_only_the_head_has),
            ("a-kind-that-nobody-says-asks-every-policy", a_kind_that_nobody_says_asks_every_policy),
        ],
    ));
    trials
}

const SET: &str = ".interlock/policy-set.yaml";

/// The module's bytes are no module, which the set allows for: they are there to be read, pinned and edited.
const POLICY_SET: &str = "\
version: 1
policies:
  config-sanity: { module: \"stock:config-sanity\" }
  change-window: { module: \"stock:change-window\", settings: { merge-is-deploy: true } }
  own:
    module: own.wasm
    sha256: sha256:72ca6063944248d759803002ff3739eb52f6244562d07450c874d44caa140579
    on-error: allow
    on-error-reason: it is moved to another machine until December
catalog: { files: [catalog.yaml] }
calendars: [calendar.yaml]
";
const CALENDAR: &str = "\
calendar: house
zones: [Europe/Berlin]
covers: { from: \"2026-01-01\", to: \"2026-12-31\" }
windows:
  - { name: audit, kind: freeze, from: \"2026-11-23T00:00\", to: \"2026-11-26T00:00\", reason: the auditors are in }
";
const CATALOG: &str = "services:\n  - { name: issuers, tier: 0, owner: identity }\n";
const CHANGE: &str = "\
id: issuers-7
kind: config
services: [{ name: issuers }]
targets: [{ region: eu-central-1, time-zone: Europe/Berlin }]
schedule: { start: \"2026-11-24T10:00\", zone: Europe/Berlin }
";
const BASE: [(&str, &str); 6] = [
    (SET, POLICY_SET),
    (".interlock/own.wasm", "no module\n"),
    (".interlock/calendar.yaml", CALENDAR),
    (".interlock/catalog.yaml", CATALOG),
    ("issuers.yaml", "issuers: [a, b, c, d]\n"),
    ("docs/policy-set.yaml", "version: 1\n"),
];

/// Every head cuts the list short; what else it does has its name.
fn make() -> Result<Repository> {
    let repository = Repository::empty()?;
    repository.commit_more(&BASE, "before")?;
    let short = ("issuers.yaml", "issuers: [a]\n");
    let words = (".interlock/change.yaml", CHANGE);
    let shadow = POLICY_SET.replace("config-sanity\" }", "config-sanity\", mode: shadow }");
    let open = CALENDAR.replace("2026-11-26", "2026-11-24");
    let mild = CATALOG.replace("tier: 0", "tier: 3");
    for (branch, path, text) in [
        ("no-edit", "docs/policy-set.yaml", "version: 2\n"),
        ("shadow-set", SET, shadow.as_str()),
        ("empty-set", SET, ""),
        ("milder-catalog", ".interlock/catalog.yaml", mild.as_str()),
        ("open-calendar", ".interlock/calendar.yaml", open.as_str()),
        ("other-module", ".interlock/own.wasm", "another\n"),
    ] {
        repository.branch(branch, "main")?.commit_more(&[short, words, (path, text)], branch)?;
    }
    for (branch, edit) in [
        ("no-set", &["rm", "-q", SET][..]),
        ("moved-set", &["mv", SET, "docs/kept.yaml"]),
        ("no-folder", &["rm", "-r", "-q", ".interlock"]),
    ] {
        repository.branch(branch, "main")?.git(edit)?;
        repository.commit_more(&[short, words], branch)?;
    }
    Ok(repository)
}

fn told(answer: &Answer) -> Result<Vec<String>> {
    findings("json", &answer.out)
}

fn check(repository: &Repository, branch: &str, more: &[&str]) -> Result<Answer> {
    repository.check(branch, &[&["--format", "json"], more].concat())
}

const EDITED: &str = "warn interlock/gate-edited ";
/// What the base's set finds in every head.
const JUDGED: [&str; 2] = ["block config-sanity/list-shrink issuers.yaml:1", "block change-window/freeze "];

fn is_judged(found: &[String], by: &[&str]) -> Result<()> {
    let missing = by.iter().find(|rule| !found.iter().any(|it| it.starts_with(**rule)));
    ensure!(missing.is_none(), "`{}` is not in {found:#?}", missing.unwrap_or(&""));
    Ok(())
}

fn each_edit_is_told_and_judged_as_before(repository: &Repository) -> Result<()> {
    let before: Value = serde_json::from_str(&check(repository, "no-edit", &[])?.ended(1)?.out)?;
    for (branch, edited) in [
        ("shadow-set", &[SET][..]),
        ("empty-set", &[SET]),
        ("no-set", &[SET]),
        ("moved-set", &[SET]),
        ("milder-catalog", &[".interlock/catalog.yaml"]),
        ("open-calendar", &[".interlock/calendar.yaml"]),
        ("other-module", &[".interlock/own.wasm"]),
        ("no-folder", &[".interlock/calendar.yaml", ".interlock/catalog.yaml", ".interlock/own.wasm", SET]),
    ] {
        let answer = check(repository, branch, &[])?.ended(1)?;
        let found = told(&answer)?;
        // Without its metadata nobody knows when it starts; that is no edit of the gate's.
        let by = if branch == "no-folder" { &JUDGED[..1] } else { &JUDGED[..] };
        is_judged(&found, by).context(branch)?;
        let named: Vec<&str> = found.iter().filter_map(|it| it.strip_prefix(EDITED)).collect();
        let expected: Vec<String> = edited.iter().map(|path| format!("{path}:1")).collect();
        ensure!(named == expected, "{branch}: {named:?}, expected {expected:?}");
        let report: Value = serde_json::from_str(&answer.out)?;
        ensure!(report["policy-set"] == before["policy-set"], "{branch}: another policy set judged");
    }
    Ok(())
}

fn other_files_are_not_the_gates(repository: &Repository) -> Result<()> {
    let found = told(&check(repository, "no-edit", &[])?.ended(1)?)?;
    is_judged(&found, &JUDGED)?;
    ensure!(!found.iter().any(|it| it.starts_with(EDITED)), "{found:#?}");
    Ok(())
}

/// A set of one policy that finds nothing: the edit alone is a warning, which counts if one wants it to.
fn fail_on_warn_stops_an_edit(repository: &Repository) -> Result<()> {
    let text = "version: 1\npolicies:\n  change-window: { module: \"stock:change-window\" }\n".to_owned()
        + "calendars: [repository/.interlock/calendar.yaml]\n";
    let set = repository.put_beside("fail-on.yaml", &text)?;
    for (fail_on, code) in [("block", 0), ("warn", 1)] {
        let more = ["--policy-set", &set, "--fail-on", fail_on];
        let found = told(&check(repository, "open-calendar", &more)?.ended(code)?)?;
        ensure!(found == [format!("{EDITED}.interlock/calendar.yaml:1")], "{found:#?}");
    }
    Ok(())
}

/// The checkout is the head's; the file that is named there is read as the base has it.
fn named_by_a_path_in_the_checkout(repository: &Repository) -> Result<()> {
    repository.git(&["checkout", "-q", "shadow-set"])?;
    let top = repository.top();
    let whole = top.join(SET);
    let mut names =
        vec![SET.to_owned(), format!("docs/../{SET}"), whole.to_str().context("a path")?.to_owned()];
    #[cfg(unix)]
    {
        // Links from elsewhere into the checkout: file by file, and the folder.
        let links = repository.beside("links");
        fs::create_dir_all(&links)?;
        for name in ["policy-set.yaml", "own.wasm", "calendar.yaml", "catalog.yaml"] {
            std::os::unix::fs::symlink(top.join(".interlock").join(name), links.join(name))?;
        }
        names.push(links.join("policy-set.yaml").to_str().context("a path")?.to_owned());
        let folder = repository.beside("linked-folder");
        std::os::unix::fs::symlink(top.join(".interlock"), &folder)?;
        names.push(folder.join("policy-set.yaml").to_str().context("a path")?.to_owned());
    }
    for name in names {
        let found = told(&check(repository, "shadow-set", &["--policy-set", &name])?.ended(1)?)?;
        is_judged(&found, &JUDGED).with_context(|| name.clone())?;
        ensure!(found.contains(&format!("{EDITED}{SET}:1")), "{name}: {found:#?}");
    }
    Ok(())
}

/// A set outside of the repository is what it is; what it names inside is still the base's.
fn a_set_from_elsewhere_is_read_there(repository: &Repository) -> Result<()> {
    let text = "version: 1\npolicies:\n  config-sanity: { module: \"stock:config-sanity\" }\n";
    let plain = repository.put_beside("plain.yaml", text)?;
    let found = told(&check(repository, "shadow-set", &["--policy-set", &plain])?.ended(1)?)?;
    ensure!(
        found == ["block config-sanity/list-shrink issuers.yaml:1"],
        "it edits no file of this gate: {found:#?}"
    );
    let naming = format!("{text}catalog: {{ files: [repository/.interlock/catalog.yaml] }}\n");
    let naming = repository.put_beside("naming.yaml", &naming)?;
    let found = told(&check(repository, "milder-catalog", &["--policy-set", &naming])?.ended(1)?)?;
    is_judged(
        &found,
        &["block config-sanity/list-shrink", "warn interlock/gate-edited .interlock/catalog.yaml:1"],
    )
}

/// Neither the index nor the work tree has a say, whatever lies there.
fn a_checkout_of_something_else_changes_nothing() -> Result<()> {
    let repository = make()?;
    let before = check(&repository, "no-edit", &[])?.ended(1)?.out;
    repository.git(&["checkout", "-q", "main"])?;
    fs::write(repository.top().join(SET), "version: 1\npolicies: {}\n")?;
    fs::write(repository.top().join("issuers.yaml"), "issuers: [a, b, c, d]\n")?;
    repository.git(&["add", "-A"])?;
    let after = check(&repository, "no-edit", &[])?.ended(1)?.out;
    ensure!(after == before, "what lies in the work tree was read: {after}");
    Ok(())
}

/// Nobody has agreed to it yet: it judges nothing, and whoever insists on it is told so.
fn a_set_that_only_the_head_has() -> Result<()> {
    let lenient =
        "version: 1\npolicies:\n  change-window: { module: \"stock:change-window\", mode: shadow }\n";
    let list = ("issuers.yaml", "issuers: [a, b, c, d]\n");
    let repository = Repository::of_texts(&[list], &[("issuers.yaml", "issuers: [a]\n"), (SET, lenient)])?;
    let answer = check(&repository, "head", &[])?.ended(1)?;
    let found = told(&answer)?;
    is_judged(&found, &["block config-sanity/list-shrink", &format!("{EDITED}{SET}:1")])?;
    let report: Value = serde_json::from_str(&answer.out)?;
    let stock = report["policies"]
        .as_array()
        .context("policies")?
        .iter()
        .filter(|it| it["id"] != "interlock")
        .count();
    ensure!(stock == interlock_stock::by_default().count(), "the stock policies, and not {stock}");
    check(&repository, "head", &["--policy-set", SET])?
        .refused(&["policy-set.yaml", "the base has no such file"])
}

/// A range without metadata is called a change of configuration. That is our word, and no way around a policy for another
/// kind; the author's word is.
fn a_kind_that_nobody_says_asks_every_policy() -> Result<()> {
    let set = "version: 1\npolicies:\n  config-sanity: { module: \"stock:config-sanity\", when: { kinds: [infra] } }\n";
    let base = [(SET, set), ("issuers.yaml", "issuers: [a, b, c, d]\n")];
    let short = ("issuers.yaml", "issuers: [a]\n");
    let unsaid = Repository::of_texts(&base, &[base[0], short])?;
    is_judged(&told(&check(&unsaid, "head", &[])?.ended(1)?)?, &JUDGED[..1])?;
    let said = Repository::of_texts(&base, &[base[0], short, (".interlock/change.yaml", CHANGE)])?;
    let found = told(&check(&said, "head", &[])?.ended(3)?)?;
    ensure!(found.iter().all(|it| it.starts_with("block interlock/no-evidence")), "{found:#?}");
    a_plan_beside_it_says_no_kind_for_it()
}

/// A plan says that it is infrastructure. Added to a change, it says nothing of the other files.
fn a_plan_beside_it_says_no_kind_for_it() -> Result<()> {
    let set = "version: 1\npolicies:\n  config-sanity: { module: \"stock:config-sanity\", when: { kinds: [config] } }\n";
    let plan = fs::read_to_string(crate::support::root().join("tests/sources/terraform/plan.json"))?;
    let base = [(SET, set), ("issuers.yaml", "issuers: [a, b, c, d]\n")];
    let head = [base[0], ("issuers.yaml", "issuers: [a]\n"), ("infra/plan.json", plan.as_str())];
    let repository = Repository::of_texts(&base, &head)?;
    is_judged(&told(&check(&repository, "head", &[])?.ended(1)?)?, &JUDGED[..1])
}
