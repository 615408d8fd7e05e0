//! Whole documents against the whole gate: the incidents as they were proposed and as they should have been, and ordinary
//! changes that must stay quiet. `expected.yaml` beside them is complete, and says how each is asked.
//!
//! Read, asked and compared by the product, as `interlock replay` does; `replay` holds the command itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, ensure};
use interlock_authoring::{DocumentRun, Replayed, ask, compared, replay};
use interlock_inputs::{Corpus, ExpectedDocument, ExpectedFolder, PolicyFinding, read_corpus};
use interlock_model::{ChangeDocument, PolicyReport, ReportedOutcome, Side, Sources, Verdict};
use libtest_mimic::{Failed, Trial};

use crate::support::{corpus_folders, policy_id, stock_gate};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("documents/a-flipped-expectation-fails", || {
        a_flipped_expectation_fails().map_err(|error| Failed::from(format!("{error:#}")))
    })];
    trials.extend(corpus_folders().into_iter().flat_map(|(name, folder)| trials_of(&name, &folder)));
    trials
}

fn trials_of(name: &str, folder: &Path) -> Vec<Trial> {
    let read = read_corpus_of(folder);
    let error = read.as_ref().err().map(|error| Failed::from(format!("{error:#}")));
    let mut trials =
        vec![Trial::test(format!("{name}/every-document-is-expected"), move || error.map_or(Ok(()), Err))];
    for folder in read.into_iter().flat_map(|corpus| corpus.folders).map(Arc::new) {
        trials.push(expected_rules_speak(name, Arc::clone(&folder)));
        for index in 0..folder.documents.len() {
            let (name, folder) = (format!("{name}/{}", folder.documents[index].name), Arc::clone(&folder));
            trials.push(Trial::test(name, move || {
                run(&folder, &folder.documents[index]).map_err(|error| Failed::from(format!("{error:#}")))
            }));
        }
    }
    trials
}

/// A folder of facts alone is no corpus, and a part of one.
fn read_corpus_of(folder: &Path) -> Result<Corpus> {
    match read_corpus(folder) {
        Err(interlock_inputs::CorpusError::Nothing { .. }) => {
            let path = folder.join("expected.yaml");
            let expected = interlock_inputs::expected_of(&path, &std::fs::read(&path)?)?;
            Ok(Corpus { folders: vec![expected], policy_set: None, left_alone: Vec::<PathBuf>::new() })
        }
        read => read.map_err(|error| anyhow!("{error}")),
    }
}

fn expected_rules_speak(name: &str, folder: Arc<ExpectedFolder>) -> Trial {
    Trial::test(format!("{name}/expected-rules-speak"), move || {
        let replayed = replayed(&folder).map_err(|error| Failed::from(format!("{error:#}")))?;
        let silent = replayed.folders.iter().flat_map(|folder| folder.silent()).count();
        if silent == 0 { Ok(()) } else { Err(replayed.text().into()) }
    })
}

fn replayed(folder: &ExpectedFolder) -> Result<Replayed> {
    let corpus = Corpus { folders: vec![folder.clone()], policy_set: None, left_alone: Vec::new() };
    replay(stock_gate(), corpus)
}

fn run(folder: &ExpectedFolder, document: &ExpectedDocument) -> Result<()> {
    let (change, report) = ask(stock_gate(), folder, document)?;
    let run = compared(document, &report);
    // Told as a person is told.
    ensure!(run.passed(document), "{}", replayed(folder)?.text());
    report.policies.iter().try_for_each(|policy| points_at_lines(policy, &change))
}

/// What an expectation is worth: each replay's own, with any one word of it changed or any one finding left out or added,
/// is not what the gate says.
fn a_flipped_expectation_fails() -> Result<()> {
    let mut flipped = 0;
    for (name, folder) in corpus_folders() {
        for folder in read_corpus_of(&folder)?.folders {
            for document in &folder.documents {
                let (_, report) = ask(stock_gate(), &folder, document)?;
                let passes = |it: &ExpectedDocument| -> bool {
                    let run: DocumentRun = compared(it, &report);
                    run.passed(it)
                };
                let case = format!("{name}/{}", document.name);
                ensure!(passes(document), "{case} does not come out as expected");
                for wrong in flips(document) {
                    ensure!(!passes(&wrong), "{case} passes as {wrong:?}");
                    flipped += 1;
                }
            }
        }
    }
    ensure!(flipped > 300, "only {flipped} flips: are the replays still there?");
    Ok(())
}

/// The same expectation with one thing wrong.
fn flips(document: &ExpectedDocument) -> Vec<ExpectedDocument> {
    let verdicts = [Verdict::Allow, Verdict::Warn, Verdict::Block];
    let other = verdicts.into_iter().filter(|verdict| *verdict != document.verdict);
    let mut flips: Vec<ExpectedDocument> =
        other.map(|verdict| ExpectedDocument { verdict, ..document.clone() }).collect();
    let mut with =
        |findings: Vec<PolicyFinding>| flips.push(ExpectedDocument { findings, ..document.clone() });
    for index in 0..document.findings.len() {
        let changed = |change: &dyn Fn(&mut PolicyFinding)| {
            let mut findings = document.findings.clone();
            change(&mut findings[index]);
            findings
        };
        with(changed(&|it| it.rule.push_str("-not")));
        with(changed(&|it| it.at = it.at.child("elsewhere")));
        with(changed(&|it| it.policy = policy_id("another")));
        with(changed(&|it| it.file = Some("another-file".into())));
        with(changed(&|it| {
            it.verdict = if it.verdict == Verdict::Block { Verdict::Warn } else { Verdict::Block };
        }));
        let mut less = document.findings.clone();
        let twice = less.remove(index);
        with(less);
        with(document.findings.iter().cloned().chain([twice]).collect());
    }
    flips
}

/// Each finding is at the line of the key it names, or at that of its nearest parent that is there.
fn points_at_lines(policy: &PolicyReport, document: &ChangeDocument) -> Result<()> {
    let ReportedOutcome::Findings(findings) = &policy.outcome else { return Ok(()) };
    for finding in findings {
        let place = &finding.places[0];
        let sources = sources_of(document, place).context("the place is in a text that was read")?;
        let span = place.span.context("a place that was read has a span")?;
        let line = sources.text.lines().nth(span.line as usize - 1).context("the line is there")?;
        let mut nearest = place.pointer.clone();
        while sources.find(&nearest).is_none() {
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

/// The text that a place points into: the document, or one side of a changed file.
fn sources_of<'a>(document: &'a ChangeDocument, place: &interlock_model::Place) -> Option<&'a Sources> {
    let Some(path) = &place.path else { return Some(&document.sources) };
    let file = document.payload.files.get(path.as_unescaped())?;
    match place.side {
        Side::Before => file.before.as_ref(),
        Side::After => file.after.as_ref(),
    }
}
