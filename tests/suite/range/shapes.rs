//! What others demand of each format, held against the reports of a whole range: the schema of SARIF, the documented shapes
//! of GitLab's, reviewdog's and OpenReports', and XML that reads as XML.
//!
//! That a report says the right thing is `release`'s; that each sort of report there is has the right shape, the unit tests'
//! of `interlock-outputs`.

use std::collections::HashSet;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::repository::{Repository, trials_in};
use crate::support::root;

pub fn trials() -> Vec<Trial> {
    let make = || Repository::of("saturday-release");
    trials_in(
        "shapes",
        make,
        &[
            ("sarif-fits-the-standard-s-schema", sarif_fits_the_standards_schema),
            ("gitlab-has-what-gitlab-documents", gitlab_has_what_gitlab_documents),
            ("junit-counts-what-it-holds", junit_counts_what_it_holds),
            ("checkstyle-has-what-readers-ask-for", checkstyle_has_what_readers_ask_for),
            ("rdjson-has-what-reviewdog-asks-for", rdjson_has_what_reviewdog_asks_for),
            ("openreports-fits-the-resource", openreports_fits_the_resource),
            ("github-keeps-the-runner-s-limits", github_keeps_the_runners_limits),
        ],
    )
}

/// One format of the release that is blocked, and of the one that is repaired.
fn reports(repository: &Repository, format: &str) -> Result<[String; 2]> {
    let said = |branch: &str, at: &str, code: i32| {
        let answer = repository.check(branch, &["--at", at, "--format", format])?;
        Ok::<_, anyhow::Error>(answer.ended(code)?.out)
    };
    Ok([said("head", "2026-11-21T09:00Z", 1)?, said("fixed", "2026-11-24T09:00Z", 0)?])
}

fn values(repository: &Repository, format: &str) -> Result<[Value; 2]> {
    let [head, fixed] = reports(repository, format)?;
    Ok([serde_json::from_str(&head)?, serde_json::from_str(&fixed)?])
}

fn list(value: &Value) -> Result<&[Value]> {
    Ok(value.as_array().with_context(|| format!("a list, not {value}"))?)
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_line(value: &Value) -> bool {
    value.as_u64().is_some_and(|line| line >= 1)
}

/// The OASIS schema without the one pattern that is no regular expression to a strict reader, of a key we never write.
fn sarif_schema() -> Result<jsonschema::Validator> {
    let schema = fs::read_to_string(root().join("tests/schemas/sarif-2.1.0.json"))?;
    let broken = r#""pattern": "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$""#;
    ensure!(schema.contains(broken), "the schema was mended: take this exception out");
    let schema: Value = serde_json::from_str(&schema.replace(broken, r#""$comment": """#))?;
    Ok(jsonschema::options().should_validate_formats(true).build(&schema)?)
}

fn sarif_fits_the_standards_schema(repository: &Repository) -> Result<()> {
    let schema = sarif_schema()?;
    for mut log in values(repository, "sarif")? {
        let errors: Vec<String> =
            schema.iter_errors(&log).map(|it| format!("{}: {it}", it.instance_path())).collect();
        ensure!(errors.is_empty(), "{errors:#?}");
        let commit = &log["runs"][0]["versionControlProvenance"];
        ensure!(commit.is_null(), "a repository without an address has no place in SARIF: {commit}");
        for result in list(&log["runs"][0]["results"])? {
            let place = &result["locations"][0]["physicalLocation"];
            ensure!(is_line(&place["region"]["startLine"]), "{result}");
            ensure!(is_text(&place["artifactLocation"]["uri"]), "{result}");
        }
        log["runs"][0]["tool"]["driver"]["name"] = json!(1);
        ensure!(!schema.is_valid(&log), "the schema takes everything");
    }
    Ok(())
}

/// <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>
fn gitlab_has_what_gitlab_documents(repository: &Repository) -> Result<()> {
    let [head, fixed] = values(repository, "gitlab")?;
    ensure!(fixed == json!([]), "a report without an issue is an empty list: {fixed}");
    let mut fingerprints = HashSet::new();
    for issue in list(&head)? {
        ensure!(is_text(&issue["description"]) && is_text(&issue["check_name"]), "{issue}");
        let severity = issue["severity"].as_str().unwrap_or_default();
        ensure!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
        let path = issue["location"]["path"].as_str().context("a path")?;
        ensure!(!path.starts_with("./") && !path.starts_with('/'), "relative, without `./`: {path}");
        ensure!(is_line(&issue["location"]["lines"]["begin"]), "{issue}");
        let fingerprint = issue["fingerprint"].as_str().context("a fingerprint")?;
        ensure!(fingerprints.insert(fingerprint.to_owned()), "GitLab keeps the last of two: {fingerprint}");
    }
    Ok(())
}

fn junit_counts_what_it_holds(repository: &Repository) -> Result<()> {
    for (report, fails) in reports(repository, "junit")?.iter().zip([true, false]) {
        let document = roxmltree::Document::parse(report)?;
        let all = document.root_element();
        ensure!(all.has_tag_name("testsuites"), "{report}");
        for counted in
            all.descendants().filter(|it| it.has_tag_name("testsuites") || it.has_tag_name("testsuite"))
        {
            for (attribute, tag) in
                [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
            {
                let there = counted.descendants().filter(|it| it.has_tag_name(tag)).count();
                ensure!(
                    counted.attribute(attribute) == Some(&there.to_string()),
                    "{attribute}: {there} in {report}"
                );
            }
        }
        for case in document.descendants().filter(|it| it.has_tag_name("testcase")) {
            let named = |name: &str| case.attribute(name).is_some_and(|it| !it.is_empty());
            ensure!(named("name") && named("classname"), "{report}");
        }
        ensure!(document.descendants().any(|it| it.has_tag_name("failure")) == fails, "{report}");
    }
    Ok(())
}

fn checkstyle_has_what_readers_ask_for(repository: &Repository) -> Result<()> {
    let [head, fixed] = reports(repository, "checkstyle")?;
    let document = roxmltree::Document::parse(&head)?;
    ensure!(document.root_element().has_tag_name("checkstyle"), "{head}");
    for file in document.root_element().children().filter(|it| it.is_element()) {
        ensure!(
            file.has_tag_name("file") && file.attribute("name").is_some_and(|it| !it.is_empty()),
            "{head}"
        );
        for error in file.children().filter(|it| it.is_element()) {
            let named =
                ["line", "severity", "message", "source"].iter().all(|it| error.attribute(*it).is_some());
            ensure!(error.has_tag_name("error") && named, "{head}");
            let severity = error.attribute("severity").unwrap_or_default();
            ensure!(["ignore", "info", "warning", "error"].contains(&severity), "{severity}");
        }
    }
    let none = roxmltree::Document::parse(&fixed)?;
    ensure!(none.root_element().children().all(|it| !it.is_element()), "{fixed}");
    Ok(())
}

/// `proto/rdf/reviewdog.proto` of reviewdog: `DiagnosticResult`.
fn rdjson_has_what_reviewdog_asks_for(repository: &Repository) -> Result<()> {
    for report in values(repository, "rdjson")? {
        ensure!(is_text(&report["source"]["name"]), "{report}");
        for diagnostic in list(&report["diagnostics"])? {
            ensure!(
                is_text(&diagnostic["message"]) && is_text(&diagnostic["location"]["path"]),
                "{diagnostic}"
            );
            let severity = diagnostic["severity"].as_str().unwrap_or_default();
            ensure!(["ERROR", "WARNING", "INFO"].contains(&severity), "{diagnostic}");
            let [start, end] = ["start", "end"].map(|it| &diagnostic["location"]["range"][it]);
            ensure!(
                is_line(&start["line"]) && is_line(&start["column"]) && is_line(&end["line"]),
                "{diagnostic}"
            );
        }
    }
    Ok(())
}

/// The custom resource definition of openreports.io: what it requires, and the words it takes.
fn openreports_fits_the_resource(repository: &Repository) -> Result<()> {
    for report in values(repository, "openreports")? {
        ensure!(report["apiVersion"] == "openreports.io/v1alpha1" && report["kind"] == "Report", "{report}");
        let name = report["metadata"]["name"].as_str().context("a name")?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            name.len() <= 253 && name.chars().all(fits) && name.starts_with(char::is_alphabetic),
            "{name}"
        );
        let results = list(&report["results"])?;
        for result in results {
            ensure!(is_text(&result["policy"]) && result["timestamp"]["seconds"].is_i64(), "{result}");
            let properties = result["properties"].as_object().into_iter().flatten();
            ensure!(
                properties.into_iter().all(|(_, value)| value.is_string()),
                "properties are texts: {result}"
            );
        }
        let summary = report["summary"].as_object().context("a summary")?;
        for (outcome, counted) in summary {
            let there = results.iter().filter(|it| it["result"] == outcome.as_str()).count();
            ensure!(*counted == json!(there), "{outcome}: {counted}, and {there} results");
        }
        let all: u64 = summary.values().filter_map(Value::as_u64).sum();
        ensure!(
            usize::try_from(all)? == results.len(),
            "a result that is none of pass, fail, warn, error, skip"
        );
    }
    Ok(())
}

fn github_keeps_the_runners_limits(repository: &Repository) -> Result<()> {
    for report in reports(repository, "github")? {
        let (commands, log) = report.split_once("::stop-commands::").context("the log is not wrapped")?;
        for kind in ["error", "warning", "notice"] {
            let count = commands.lines().filter(|it| it.starts_with(&format!("::{kind} "))).count();
            ensure!(count <= 10, "{count} of {kind}, and the runner shows ten");
        }
        let (token, log) = log.split_once('\n').context("a token")?;
        ensure!(log.ends_with(&format!("\n::{token}::\n")), "commands stay stopped: {log}");
        ensure!(log.matches(token).count() == 1, "the token is in the log");
    }
    Ok(())
}
