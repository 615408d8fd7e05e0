//! A baseline as a repository has it: written by the binary, named by the base's policy set, read from the base whatever
//! the head made of it, and told of in every format.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;

use super::readers::{FORMATS, findings};
use super::repository::{Answer, Repository, trials_in};
use crate::support::trials_of;

pub fn trials() -> Vec<Trial> {
    let mut trials = trials_in(
        "baseline",
        make,
        &[
            ("what-is-known-is-a-warn-in-every-format", what_is_known_is_a_warn_in_every_format),
            ("moved-lines-are-still-known", moved_lines_are_still_known),
            ("another-value-is-new", another_value_is_new),
            ("the-head-s-own-entry-is-not-read", the_heads_own_entry_is_not_read),
            ("what-is-mended-is-told", what_is_mended_is_told),
            ("written-again-it-is-the-same", written_again_it_is_the_same),
            ("a-flag-replaces-the-set-s", a_flag_replaces_the_sets),
            ("it-takes-one-place-and-no-link", it_takes_one_place_and_no_link),
            ("a-slip-is-an-error-at-its-line", a_slip_is_an_error_at_its_line),
        ],
    );
    trials.extend(trials_of(
        "range/baseline",
        &[("a-plan-in-a-changed-file-is-not-written", a_plan_in_a_changed_file_is_not_written)],
    ));
    trials
}

const SET: &str = ".interlock/policy-set.yaml";
const BASELINE: &str = ".interlock/baseline.yaml";
const PLAIN: &str = "version: 1\npolicies:\n  config-sanity: { module: \"stock:config-sanity\" }\n";
const BEFORE: (&str, &str) = ("issuers.yaml", "issuers: [a, b, c, d]\nlimit: 1000\n");
const AFTER: &str = "issuers: [a]\nlimit: 2\n";
const RULES: [&str; 2] = ["config-sanity/list-shrink", "config-sanity/numeric-ratio"];

/// The base accepts what the head `known` does; each other head does something else.
fn make() -> Result<Repository> {
    let repository = Repository::of_texts(&[BEFORE], &[("issuers.yaml", AFTER)])?;
    let set = repository.put_beside("plain.yaml", PLAIN)?;
    let written = repository.put_beside("written.yaml", "")?;
    let said = repository.check("head", &["--policy-set", &set, "--write-baseline", &written])?.ended(1)?.err;
    ensure!(said.contains("wrote `") && said.contains("2 findings known\n"), "{said}");
    let known = fs::read_to_string(&written)?;
    repository.git(&["checkout", "-q", "main"])?;
    let naming = format!("{PLAIN}baseline: baseline.yaml\n");
    repository.commit_more(&[(SET, &naming), (BASELINE, &known)], "a baseline")?;
    for (branch, text) in [
        ("known", AFTER),
        ("moved", "# the list\n\n\nlimit: 2\n# of issuers\nissuers: [a]\n"),
        ("other", "issuers: [a]\nlimit: 1\n"),
        ("mended", "issuers: [a, b, c, d, e]\nlimit: 1000\n"),
    ] {
        repository.branch(branch, "main")?.commit_more(&[("issuers.yaml", text)], branch)?;
    }
    let worse = [("issuers.yaml", "issuers: [a]\nlimit: 1\n")];
    repository.branch("own", "main")?.commit_more(&worse, "own")?;
    let own = repository.put_beside("own.yaml", "")?;
    repository.check("own", &["--write-baseline", &own])?.ended(1)?;
    repository.commit_more(&[(BASELINE, &fs::read_to_string(&own)?)], "accepted by itself")?;
    Ok(repository)
}

fn report(answer: &Answer) -> Result<Value> {
    Ok(serde_json::from_str(&answer.out)?)
}

fn json(repository: &Repository, head: &str, more: &[&str]) -> Result<Answer> {
    repository.check(head, &[&["--format", "json"], more].concat())
}

/// Not a verdict more and not a line less; and it still fails a run that fails on warnings.
fn what_is_known_is_a_warn_in_every_format(repository: &Repository) -> Result<()> {
    for format in FORMATS {
        let out = repository.check("known", &["--format", format])?.ended(0)?.out;
        for rule in ["list-shrink", "numeric-ratio"] {
            ensure!(out.contains(rule), "{format} does not tell of `{rule}`: {out}");
        }
        let told =
            if format == "json" { "\"known\": {" } else { "known: the baseline accepts it as it is said" };
        ensure!(out.contains(told), "{format}: {out}");
        ensure!(out.contains("issuers.yaml"), "{format}: {out}");
        repository.check("known", &["--format", format, "--fail-on", "warn"])?.ended(1)?;
    }
    let found = findings("json", &json(repository, "known", &[])?.ended(0)?.out)?;
    let [list, number] = RULES;
    ensure!(
        found == [format!("warn {list} issuers.yaml:1"), format!("warn {number} issuers.yaml:2")],
        "{found:?}"
    );
    let text = repository.check("known", &[])?.ended(0)?.out;
    ensure!(text.contains("0 block, 2 warn (2 known)"), "{text}");
    Ok(())
}

fn moved_lines_are_still_known(repository: &Repository) -> Result<()> {
    let found = findings("json", &json(repository, "moved", &[])?.ended(0)?.out)?;
    let [list, number] = RULES;
    ensure!(
        found == [format!("warn {list} issuers.yaml:6"), format!("warn {number} issuers.yaml:4")],
        "{found:?}"
    );
    Ok(())
}

fn another_value_is_new(repository: &Repository) -> Result<()> {
    let answer = json(repository, "other", &[])?.ended(1)?;
    let found = findings("json", &answer.out)?;
    ensure!(found.contains(&format!("block {} issuers.yaml:2", RULES[1])), "{found:?}");
    ensure!(found.contains(&format!("warn {} issuers.yaml:1", RULES[0])), "{found:?}");
    let stale = &report(&answer)?["stale"];
    ensure!(stale[0]["rule"] == "numeric-ratio" && stale.get(1).is_none(), "{stale}");
    Ok(())
}

fn the_heads_own_entry_is_not_read(repository: &Repository) -> Result<()> {
    let found = findings("json", &json(repository, "own", &[])?.ended(1)?.out)?;
    let edited = format!("warn interlock/gate-edited {BASELINE}:1");
    ensure!(found.contains(&edited), "{found:?}");
    ensure!(found.contains(&format!("block {} issuers.yaml:2", RULES[1])), "{found:?}");
    // Nor by a path into the checkout, which is the head's.
    let found = findings("json", &json(repository, "own", &["--baseline", BASELINE])?.ended(1)?.out)?;
    ensure!(found.contains(&edited), "{found:?}");
    Ok(())
}

fn what_is_mended_is_told(repository: &Repository) -> Result<()> {
    let stale = |rule: &str| format!("known `config-sanity/{rule}` in `issuers.yaml`");
    for format in ["text", "markdown", "sarif", "openreports"] {
        let out = repository.check("mended", &["--format", format])?.ended(0)?.out;
        for rule in ["list-shrink", "numeric-ratio"] {
            ensure!(out.contains(&stale(rule)), "{format}: {out}");
        }
    }
    let answer = json(repository, "mended", &[])?.ended(0)?;
    let told = report(&answer)?["stale"].as_array().context("stale")?.len();
    ensure!(told == 2 && report(&answer)?["decision"]["verdict"] == "allow", "{}", answer.out);
    let written = repository.put_beside("mended.yaml", "")?;
    repository.check("mended", &["--write-baseline", &written])?.ended(0)?;
    let text = fs::read_to_string(written)?;
    ensure!(text.ends_with("findings: []\n"), "{text}");
    Ok(())
}

/// Byte for byte, whether what it holds was known or new.
fn written_again_it_is_the_same(repository: &Repository) -> Result<()> {
    let first = repository.git(&["show", &format!("main:{BASELINE}")])?;
    for (name, more) in [("again.yaml", &[][..]), ("anew.yaml", &["--policy-set", "../plain.yaml"])] {
        let written = repository.put_beside(name, "")?;
        repository.check("known", &[&["--write-baseline", &written], more].concat())?;
        let text = fs::read_to_string(written)?;
        ensure!(text.trim_end() == first, "{text}");
    }
    Ok(())
}

fn a_flag_replaces_the_sets(repository: &Repository) -> Result<()> {
    let none = repository.put_beside("none.yaml", "version: 1\nfindings: []\n")?;
    let with = json(repository, "known", &["--baseline", &none])?.ended(1)?;
    let without = json(repository, "known", &["--policy-set", "../plain.yaml"])?.ended(1)?;
    let set = |answer: &Answer| -> Result<Value> { Ok(report(answer)?["policy-set"].clone()) };
    ensure!(set(&with)? == set(&without)?, "an empty baseline is none");
    let known = json(repository, "known", &[])?.ended(0)?;
    ensure!(set(&known)? != set(&without)?, "what it accepts is in the digest");
    // An answer holds for the baseline under which it was given. One for a chosen time holds for nothing.
    let range = ["--base", "main", "--head", "known"];
    let now = repository.interlock(&[&["check", "--format", "json"][..], &range].concat())?.ended(0)?;
    let kept = repository.put_beside("report.json", &now.out)?;
    let verify = [&["verify", &kept][..], &range].concat();
    repository.interlock(&verify)?.ended(0)?;
    repository.interlock(&[&verify[..], &["--baseline", &none]].concat())?.ended(3)?;
    Ok(())
}

fn it_takes_one_place_and_no_link(repository: &Repository) -> Result<()> {
    let check = |more: &[&str]| repository.check("known", more);
    let format = "json=../one.yaml";
    check(&["--format", format, "--write-baseline", "../one.yaml"])?
        .refused(&["../one.yaml", "expected one"])?;
    check(&["--write-baseline", "../known.json"])?.refused(&["known.json", "`.yaml`"])?;
    ensure!(!repository.beside("known.json").exists());
    #[cfg(unix)]
    {
        let target = repository.put_beside("precious", "precious")?;
        std::os::unix::fs::symlink(&target, repository.beside("link.yaml"))?;
        check(&["--write-baseline", "../link.yaml"])?.ended(0)?;
        ensure!(fs::read_to_string(&target)? == "precious", "it was written through a link");
        let text = fs::read_to_string(repository.beside("link.yaml"))?;
        ensure!(text.contains("list-shrink"), "{text}");
    }
    Ok(())
}

/// One slip each in a baseline that was written, where it stands, and what is said.
fn a_slip_is_an_error_at_its_line(repository: &Repository) -> Result<()> {
    let whole = repository.git(&["show", &format!("main:{BASELINE}")])? + "\n";
    let line_of = |text: &str, part: &str| -> Result<usize> {
        Ok(text.lines().position(|line| line.contains(part)).context("the line")? + 1)
    };
    let entry = whole.split("  - ").nth(1).context("an entry")?;
    for (name, right, wrong, at, says) in [
        ("key", "findings:", "fidnings:", "fidnings:", "unknown key `fidnings`"),
        ("version", "version: 1", "version: 2", "version: 2", "the number `2`"),
        ("rule", "\"list-shrink\"", "\"list-shrnk\"", "list-shrnk", "did you mean `list-shrink`"),
        (
            "policy",
            "policy: \"config-sanity\"\n    rule: \"list",
            "policy: \"gone\"\n    rule: \"list",
            "rule: \"list",
            "`gone` is not bound",
        ),
        (
            "own",
            "\"config-sanity\"\n    rule: \"list-shrink\"",
            "\"interlock\"\n    rule: \"gate-edited\"",
            "gate-edited",
            "ambiguous-file",
        ),
        ("digest", "says: \"", "says: \"x", "says: \"x", "32 lower-case hexadecimal digits"),
    ] {
        let text = whole.replacen(right, wrong, 1);
        ensure!(text != whole, "{name}: nothing was put in");
        let path = repository.put_beside(&format!("slip-{name}.yaml"), &text)?;
        let place = format!("slip-{name}.yaml:{}:", line_of(&text, at)?);
        json(repository, "known", &["--baseline", &path])?.refused(&[&place, says]).context(name)?;
    }
    let twice = repository.put_beside("slip-twice.yaml", &format!("{whole}  - {entry}"))?;
    let place = format!("slip-twice.yaml:{}:5: a finding a second time", whole.lines().count() + 1);
    json(repository, "known", &["--baseline", &twice])?.refused(&[&place])?;
    json(repository, "known", &["--baseline", "../nowhere.yaml"])?.refused(&["nowhere.yaml"])?;
    Ok(())
}

/// The rollout stands in a file of the range, and is how the change goes out all the same.
fn a_plan_in_a_changed_file_is_not_written() -> Result<()> {
    let repository = Repository::of("saturday-release")?;
    let written = repository.put_beside("written.yaml", "")?;
    let answer =
        json(&repository, "head", &["--at", "2026-11-21T10:00Z", "--write-baseline", &written])?.ended(1)?;
    let report = report(&answer)?;
    let policies = report["policies"].as_array().context("policies")?;
    let in_files = |id: &str| -> bool {
        let of = policies.iter().filter(|it| it["id"] == id);
        let found = of.flat_map(|it| it["findings"].as_array().cloned().unwrap_or_default());
        found.into_iter().any(|it| it["places"][0]["within"] == "changed-file")
    };
    ensure!(in_files("staged-rollout"), "a finding of the plan stands in a changed file: {}", answer.out);
    let text = fs::read_to_string(Path::new(&written))?;
    ensure!(text.contains("policy: \"config-sanity\""), "{text}");
    let others = text.lines().filter(|line| line.contains("policy: "));
    let others: Vec<_> = others
        .filter(|line| !line.contains("\"config-sanity\"") && !line.contains("\"interlock\""))
        .collect();
    ensure!(others.is_empty(), "{others:?}");
    ensure!(answer.err.contains("which no baseline can hold"), "{}", answer.err);
    Ok(())
}
