//! `interlock record`: a real range becomes a case that holds, and nothing of it is left where it does not.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::range::Repository;
use crate::support::{Test, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("a-range-becomes-a-case", a_range_becomes_a_case),
        ("what-is-masked-is-nowhere", what_is_masked_is_nowhere),
        ("nothing-is-overwritten-or-left-behind", nothing_is_overwritten_or_left_behind),
    ];
    trials_of("authoring/record", tests)
}

const MODULE: &str = "stock:config-sanity";
const BASE: &str = "name: api\nissuers: [alice@example.com, b, c, d]\nkey: before-the-change\n";
const HEAD: &str = "name: api\nissuers: [alice@example.com]\nkey: after-the-change\n";
const CHANGE: &str = "\
id: issuers-7
kind: config
title: A word about somebody
author: { id: l.moreau, kind: human }
services: [{ name: issuers, tier: 0 }]
approvals: [{ by: { id: L.Moreau } }, { by: { id: a.bensaid } }]
";

fn repository() -> Result<Repository> {
    let repository = Repository::of_texts(
        &[("issuers.yaml", BASE)],
        &[("issuers.yaml", HEAD), (".interlock/change.yaml", CHANGE)],
    )?;
    fs::create_dir_all(repository.beside("policy"))?;
    Ok(repository)
}

fn record(repository: &Repository, more: &[&str]) -> Result<crate::range::Answer> {
    let policy = repository.beside("policy").to_str().context("a path")?.to_owned();
    let range = ["record", "--base", "main", "--head", "head", "--at", "2026-11-24T09:00Z"];
    repository.interlock(&[&range[..], &["--policy", &policy, "--module", MODULE], more].concat())
}

fn cases(repository: &Repository) -> Result<String> {
    Ok(fs::read_to_string(repository.beside("policy/cases.yaml"))?)
}

/// The second is put behind the first, and both hold.
fn a_range_becomes_a_case() -> Result<()> {
    let repository = repository()?;
    let said = record(&repository, &[])?.ended(0)?;
    ensure!(said.out.contains("recorded `issuers-7`"), "{}", said.out);
    record(&repository, &["--name", "The list, again", "--asked-at", "deploy"])?.ended(0)?;
    let written = cases(&repository)?;
    for part in
        ["rule: \"list-shrink\", verdict: block", "file: \"issuers.yaml\"", "recorded/the-list-again.json"]
    {
        ensure!(written.contains(part), "`{part}` is not in {written}");
    }
    let policy = repository.beside("policy").to_str().context("a path")?.to_owned();
    let tested = repository.interlock(&["test", &policy, "--module", MODULE])?.ended(0)?;
    ensure!(tested.out.contains("2 cases, 2 passed"), "{}", tested.out);
    Ok(())
}

fn what_is_masked_is_nowhere() -> Result<()> {
    let repository = repository()?;
    record(&repository, &["--mask"])?.ended(0)?;
    let document = fs::read_to_string(repository.beside("policy/recorded/issuers-7.json"))?;
    let all = format!("{document}{}", cases(&repository)?);
    for secret in ["alice", "before-the-change", "after-the-change", "oreau", "bensaid", "somebody"] {
        ensure!(!all.contains(secret), "`{secret}` is in {all}");
    }
    let change: Value = serde_json::from_str(&document)?;
    ensure!(change["author"]["id"] == change["approvals"][0]["by"]["id"], "one person stays one: {change}");
    ensure!(change["author"]["id"] != change["approvals"][1]["by"]["id"], "two stay two: {change}");
    let policy = repository.beside("policy").to_str().context("a path")?.to_owned();
    repository.interlock(&["test", &policy, "--module", MODULE])?.ended(0)?;
    Ok(())
}

fn nothing_is_overwritten_or_left_behind() -> Result<()> {
    let repository = repository()?;
    record(&repository, &[])?.ended(0)?;
    let before = cases(&repository)?;
    record(&repository, &[])?.refused(&["issuers-7.json` is there already", "--name"])?;
    ensure!(cases(&repository)? == before, "the cases were touched");
    // Another key behind `cases`: the new case would be part of it.
    let moved = format!("{before}base: {{ id: a, kind: config }}\n");
    fs::write(repository.beside("policy/cases.yaml"), &moved)?;
    record(&repository, &["--name", "other"])?.refused(&["the case would be:", "case: \"other\""])?;
    ensure!(cases(&repository)? == moved, "the cases were touched");
    ensure!(!repository.beside("policy/recorded/other.json").exists(), "its document was left behind");
    record(&repository, &["--name", "**"])?.refused(&["no letter or digit in `**`"])
}
