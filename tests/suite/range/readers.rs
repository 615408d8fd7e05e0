//! Each format taken apart by its own reader, down to what all of them must say alike: how much a finding weighs, whose
//! rule it is, and in which line of which file. Nothing of the product reads here: a reader that shares code with the
//! writer would share its mistakes.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// Every format, by the name it is asked for.
pub const FORMATS: [&str; 10] =
    ["text", "json", "sarif", "github", "gitlab", "junit", "rdjson", "checkstyle", "markdown", "openreports"];

/// `block change-window/weekend .interlock/change.yaml:9` for each finding, sorted.
pub fn findings(format: &str, report: &str) -> Result<Vec<String>> {
    let mut found = match format {
        "text" => text(report)?,
        "json" => json(&serde_json::from_str(report)?)?,
        "sarif" => sarif(&serde_json::from_str(report)?)?,
        "github" => github(report)?,
        "gitlab" => gitlab(&serde_json::from_str(report)?)?,
        "junit" => junit(report)?,
        "rdjson" => rdjson(&serde_json::from_str(report)?)?,
        "checkstyle" => checkstyle(report)?,
        "markdown" => markdown(report)?,
        "openreports" => openreports(&serde_json::from_str(report)?)?,
        other => bail!("nobody has written a reader of `{other}`"),
    };
    found.sort();
    Ok(found)
}

fn told(weight: &str, rule: &str, path: &str, line: impl std::fmt::Display) -> String {
    format!("{weight} {rule} {path}:{line}")
}

/// A word of a format that means how much something weighs.
fn weight_of(words: [&'static str; 3], word: &str) -> Result<&'static str> {
    let nth =
        words.iter().position(|it| *it == word).with_context(|| format!("`{word}`: not one of {words:?}"))?;
    Ok(["block", "warn", "allow"][nth])
}

fn list(value: &Value) -> Result<&[Value]> {
    Ok(value.as_array().with_context(|| format!("a list, not {value}"))?)
}

fn word(value: &Value) -> Result<&str> {
    value.as_str().with_context(|| format!("a text, not {value}"))
}

/// `block[policy/rule]: ..` and below it `--> file:line:column`. From the fourth finding of a rule on they are only counted;
/// those come out as of no file.
fn text(report: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = None;
    for line in report.lines() {
        if let Some((weight, rule, message)) = headline(line) {
            ensure!(open.is_none(), "{open:?} has no place");
            match message.split_once(" more like this, at") {
                Some((count, _)) => found.extend((0..count.parse()?).map(|_: u32| told(weight, rule, "", 0))),
                None => open = Some((weight, rule)),
            }
        } else if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let (weight, rule) = open.take().with_context(|| format!("{place}: of no finding"))?;
            let (path, line) = place_of(place.split(" (").next().unwrap_or_default())?;
            found.push(told(weight, rule, path, line));
        }
    }
    ensure!(open.is_none(), "{open:?} has no place");
    Ok(found)
}

fn headline(line: &str) -> Option<(&'static str, &str, &str)> {
    ["block", "warn"].into_iter().find_map(|weight| {
        let (rule, message) = line.strip_prefix(weight)?.strip_prefix('[')?.split_once("]: ")?;
        Some((weight, rule, message))
    })
}

/// `file:line:column`.
fn place_of(text: &str) -> Result<(&str, u32)> {
    let mut parts = text.rsplitn(3, ':');
    let (column, line, path) = (parts.next(), parts.next(), parts.next());
    let _: u32 = column.context("a column")?.parse().with_context(|| text.to_owned())?;
    Ok((path.with_context(|| text.to_owned())?, line.context("a line")?.parse()?))
}

fn json(report: &Value) -> Result<Vec<String>> {
    ensure!(report["schema"] == "interlock.report/1");
    let mut found = Vec::new();
    for policy in list(&report["policies"])? {
        for finding in policy.get("findings").map_or(Ok(&[][..]), list)? {
            let rule = format!("{}/{}", word(&policy["id"])?, word(&finding["rule"])?);
            let place = &finding["places"][0];
            let path = word(place.get("file").unwrap_or(&report["document"]["name"]))?;
            found.push(told(word(&finding["verdict"])?, &rule, path, &place["line"]));
        }
    }
    Ok(found)
}

fn sarif(report: &Value) -> Result<Vec<String>> {
    let results = list(&report["runs"][0]["results"])?.iter();
    let result = |it: &Value| {
        let place = &it["locations"][0]["physicalLocation"];
        let weight = weight_of(["error", "warning", "note"], word(&it["level"])?)?;
        let path = word(&place["artifactLocation"]["uri"])?;
        Ok(told(weight, word(&it["ruleId"])?, path, &place["region"]["startLine"]))
    };
    results.map(result).collect()
}

/// The commands before the runner is told to run no more.
fn github(report: &str) -> Result<Vec<String>> {
    let (commands, _) = report.split_once("::stop-commands::").context("the rest is not wrapped")?;
    let mut found = Vec::new();
    for command in commands.lines() {
        let (kind, rest) =
            command.strip_prefix("::").and_then(|it| it.split_once(' ')).context("a command")?;
        let (properties, _) = rest.split_once("::").context("a message")?;
        let property =
            |name: &str| properties.split(',').find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
        let Some(path) = property("file") else { continue };
        let rule = property("title").context("a title")?.trim_end_matches(" (before the change)");
        let weight = weight_of(["error", "warning", "notice"], kind)?;
        found.push(told(weight, rule, path, property("line").context("a line")?));
    }
    Ok(found)
}

fn gitlab(report: &Value) -> Result<Vec<String>> {
    let issue = |it: &Value| {
        let weight = weight_of(["blocker", "major", "info"], word(&it["severity"])?)?;
        let place = &it["location"];
        Ok(told(weight, word(&it["check_name"])?, word(&place["path"])?, &place["lines"]["begin"]))
    };
    list(report)?.iter().map(issue).collect()
}

/// The cases that say something against the change. A case is a rule; each of its findings begins with its weight and says
/// in a line of its own where it is.
fn junit(report: &str) -> Result<Vec<String>> {
    let document = roxmltree::Document::parse(report)?;
    let mut found = Vec::new();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let said = case.children().filter(|it| it.has_tag_name("failure") || it.has_tag_name("skipped"));
        for said in said.filter(|it| ["block", "warn"].contains(&it.attribute("type").unwrap_or_default())) {
            let name = case.attribute("name").context("a name")?.trim_end_matches(" (warn)");
            let rule = format!("{}/{name}", case.attribute("classname").context("a class")?);
            let mut weight = None;
            for line in said.text().unwrap_or_default().lines() {
                weight =
                    ["block", "warn"].into_iter().find(|it| line.starts_with(&format!("{it}: "))).or(weight);
                let Some(place) = line.strip_prefix("  at: `") else { continue };
                let (path, line) = place_of(place.split("` (").next().unwrap_or_default())?;
                found.push(told(weight.context("a weight")?, &rule, path, line));
            }
        }
    }
    Ok(found)
}

/// The last diagnostic is about the run, which has no other place in this format.
fn rdjson(report: &Value) -> Result<Vec<String>> {
    let (run, diagnostics) = list(&report["diagnostics"])?.split_last().context("the run's own")?;
    ensure!(run["severity"] == "INFO", "{run}");
    let diagnostic = |it: &Value| {
        let weight = weight_of(["ERROR", "WARNING", "INFO"], word(&it["severity"])?)?;
        let place = &it["location"];
        Ok(told(weight, word(&it["code"]["value"])?, word(&place["path"])?, &place["range"]["start"]["line"]))
    };
    diagnostics.iter().map(diagnostic).collect()
}

fn checkstyle(report: &str) -> Result<Vec<String>> {
    let document = roxmltree::Document::parse(report)?;
    let mut found = Vec::new();
    for error in document.descendants().filter(|node| node.has_tag_name("error")) {
        let attribute = |name: &str| error.attribute(name).with_context(|| name.to_owned());
        let file = error.parent_element().and_then(|file| file.attribute("name")).context("a file")?;
        let weight = weight_of(["error", "warning", "info"], attribute("severity")?)?;
        found.push(told(weight, attribute("source")?, file, attribute("line")?));
    }
    Ok(found)
}

/// The rows of the table: how much, which rule, where.
fn markdown(report: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for row in report.lines().filter(|line| line.starts_with("| **")) {
        let mut cells = row.trim_start_matches("| ").split(" | ");
        let mut cell = || cells.next().context("a cell");
        let (weight, rule, place) = (cell()?, cell()?, cell()?);
        let weight = weight.split("**").nth(1).context("a weight")?;
        // A name with backticks in it becomes several spans.
        let place = place.split("` (").next().unwrap_or_default().trim_matches(['`', ' ']);
        let (path, line) = place_of(place)?;
        found.push(told(weight, rule.trim_matches('`'), path, line));
    }
    Ok(found)
}

fn openreports(report: &Value) -> Result<Vec<String>> {
    let results =
        list(&report["results"])?.iter().filter(|it| it["result"] == "fail" || it["result"] == "warn");
    let result = |it: &Value| {
        let weight = if it["result"] == "fail" { "block" } else { "warn" };
        let rule = format!("{}/{}", word(&it["policy"])?, word(&it["rule"])?);
        let properties = &it["properties"];
        Ok(told(weight, &rule, word(&properties["file"])?, word(&properties["line"])?))
    };
    results.map(result).collect()
}
