//! Whole documents against the whole gate: the incidents as they were proposed and as they should have been, and ordinary
//! changes that must stay quiet. `expected.yaml` beside them is complete.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use interlock_model::{FailOn, Phase};
use libtest_mimic::{Failed, Trial};

use crate::expected::{self, ExpectedFolder, ExpectedReport};
use crate::support::{entries, question, read, root, stock_gate};

pub fn trials() -> Vec<Trial> {
    let tests = root().join("tests");
    let mut folders = vec![("ordinary".to_owned(), tests.join("ordinary"))];
    folders.push(("ordinary-warn".into(), tests.join("ordinary-warn")));
    for folder in entries(&tests.join("incidents")) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        folders.push((format!("incidents/{name}"), folder));
    }
    folders.into_iter().flat_map(|(name, folder)| trials_of(&name, &folder)).collect()
}

fn trials_of(name: &str, folder: &Path) -> Vec<Trial> {
    let text = fs::read_to_string(folder.join("expected.yaml")).expect("expected.yaml");
    let expected: ExpectedFolder = serde_yaml::from_str(&text).expect("expected.yaml has its form");
    let at = expected.evaluated_at;
    let mut trials = vec![all_are_expected(name, folder, &expected)];
    for (file, report) in expected.documents {
        let path = folder.join(&file);
        trials.push(Trial::test(format!("{name}/{file}"), move || {
            run(&path, at, &report).map_err(|error| Failed::from(format!("{error:#}")))
        }));
    }
    trials
}

/// A document that nobody expects anything of is a document that nobody tests.
fn all_are_expected(name: &str, folder: &Path, expected: &ExpectedFolder) -> Trial {
    let is_document = |path: &PathBuf| path.extension().is_some_and(|it| it == "yaml" || it == "json");
    let files = entries(folder).into_iter().filter(is_document);
    let names = files.map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    let forgotten: Vec<_> =
        names.filter(|file| file != "expected.yaml" && !expected.documents.contains_key(file)).collect();
    Trial::test(format!("{name}/every-document-is-expected"), move || {
        if forgotten.is_empty() { Ok(()) } else { Err(format!("not in expected.yaml: {forgotten:?}").into()) }
    })
}

fn run(path: &Path, at: interlock_model::Instant, expected: &ExpectedReport) -> Result<()> {
    let document = read(path).context("the document")?;
    let report = stock_gate().check(&document, &question(Phase::Deploy, at));
    expected::check(&report, &expected.findings)?;
    let exit = report.decision.exit_code(FailOn::Block);
    ensure!(exit == expected.exit, "exit code {exit}, expected {}", expected.exit);
    report.policies.iter().try_for_each(|policy| points_at_lines(policy, &document))
}

/// Each finding is at the line of the key it names, or at that of its nearest parent that is there.
fn points_at_lines(
    policy: &interlock_model::PolicyReport,
    document: &interlock_model::ChangeDocument,
) -> Result<()> {
    let interlock_model::ReportedOutcome::Findings(findings) = &policy.outcome else { return Ok(()) };
    for finding in findings {
        let place = &finding.places[0];
        let span = place.span.context("a place in the document has a span")?;
        let line = document.sources.text.lines().nth(span.line as usize - 1).context("the line is there")?;
        let mut nearest = place.pointer.clone();
        while document.sources.find(&nearest).is_none() {
            nearest = nearest.parent().context("the root is always there")?;
        }
        ensure!(
            place.exact == (nearest == place.pointer),
            "`{}` says exact: {}",
            place.pointer.as_str(),
            place.exact
        );
        let key = nearest.as_str().rsplit('/').next().unwrap_or_default();
        let is_item = key.parse::<usize>().is_ok() || key.is_empty();
        ensure!(is_item || line.contains(key), "line {} does not hold `{key}`: {line}", span.line);
    }
    Ok(())
}
