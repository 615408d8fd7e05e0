//! Whole documents against the whole gate: the incidents as they were proposed and as they should have been, and ordinary
//! changes that must stay quiet. `expected.yaml` beside them is complete, and says how each is asked.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use interlock_model::{
    ChangeDocument, Instant, Phase, PolicyReport, Progress, Question, Report, ReportedOutcome, Side, Sources,
};
use libtest_mimic::{Failed, Trial};

use crate::expected::{self, ExpectedFinding, ExpectedFolder, ExpectedReport};
use crate::support::{builder_of, entries, read, root, stock_bindings, stock_gate, with_calendars};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("documents/a-flipped-expectation-fails", || {
        a_flipped_expectation_fails().map_err(|error| Failed::from(format!("{error:#}")))
    })];
    trials.extend(folders().into_iter().flat_map(|(name, folder)| trials_of(&name, &folder)));
    trials
}

/// Folders with an `expected.yaml`, by the name of their trials.
fn folders() -> Vec<(String, PathBuf)> {
    let tests = root().join("tests");
    let mut folders = vec![("ordinary".to_owned(), tests.join("ordinary"))];
    folders.push(("ordinary-warn".into(), tests.join("ordinary-warn")));
    for folder in entries(&tests.join("incidents")) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        folders.push((format!("incidents/{name}"), folder));
    }
    folders
}

fn trials_of(name: &str, folder: &Path) -> Vec<Trial> {
    let expected = expected_of(folder);
    let mut trials = vec![all_are_expected(name, folder, &expected)];
    for (case, report) in cases(folder, expected) {
        trials.push(Trial::test(format!("{name}/{case}"), move || {
            report.run().map_err(|error| Failed::from(format!("{error:#}")))
        }));
    }
    trials
}

fn expected_of(folder: &Path) -> ExpectedFolder {
    let text = fs::read_to_string(folder.join("expected.yaml")).expect("expected.yaml");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}/expected.yaml: {error}", folder.display()))
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

/// One document, asked once.
struct Case {
    folder: PathBuf,
    file: String,
    evaluated_at: Instant,
    expected: ExpectedReport,
}

fn cases(folder: &Path, expected: ExpectedFolder) -> impl Iterator<Item = (String, Case)> {
    let folder = folder.to_owned();
    expected.documents.into_iter().map(move |(name, report)| {
        let file = report.document.clone().unwrap_or_else(|| name.clone());
        let evaluated_at = report.evaluated_at.unwrap_or(expected.evaluated_at);
        (name, Case { folder: folder.clone(), file, evaluated_at, expected: report })
    })
}

impl Case {
    fn run(&self) -> Result<()> {
        let (document, report) = self.ask()?;
        expected::check(&report, &self.expected.findings)?;
        let verdict = report.decision.verdict;
        ensure!(
            verdict == self.expected.verdict,
            "the verdict is {verdict}, expected {}",
            self.expected.verdict
        );
        report.policies.iter().try_for_each(|policy| points_at_lines(policy, &document))
    }

    fn ask(&self) -> Result<(ChangeDocument, Report)> {
        let mut document = read(&self.folder.join(&self.file)).context("the document")?;
        match (&self.expected.before, &self.expected.after) {
            (Some(before), Some(after)) => {
                read_files(&mut document, &self.folder.join(before), &self.folder.join(after))?;
            }
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => bail!("`before` and `after` come together"),
        }
        let report = check(&document, &self.question(), &self.expected.calendars)?;
        Ok((document, report))
    }

    fn question(&self) -> Question {
        let expected = &self.expected;
        let progress = (expected.stages_done > 0).then_some(Progress {
            stages_done: expected.stages_done,
            bake_elapsed_s: expected.bake_elapsed_s,
        });
        let (asked_at, evaluated_at) = (Phase::from(expected.asked_at), self.evaluated_at);
        Question { asked_at, evaluated_at, simulated: true, progress }
    }
}

/// The only place of the suite that compares files.
fn read_files(document: &mut ChangeDocument, before: &Path, after: &Path) -> Result<()> {
    let compared = interlock_inputs::compare(before, after).map_err(|error| anyhow!("{error}"))?;
    compared.into_document(document).map_err(|error| anyhow!("{error}"))
}

/// `calendars` are names in `tests/calendars`.
fn check(document: &ChangeDocument, question: &Question, calendars: &[String]) -> Result<Report> {
    if calendars.is_empty() {
        return Ok(stock_gate().check(document, question));
    }
    let paths: Vec<String> = calendars.iter().map(|name| format!("tests/calendars/{name}")).collect();
    Ok(with_calendars(builder_of(stock_bindings()), &paths)?.build()?.check(document, question))
}

/// What an expectation is worth: each replay's own, with any one word of it changed or any one finding left out or added,
/// is not what the gate says.
fn a_flipped_expectation_fails() -> Result<()> {
    let mut flipped = 0;
    for (name, folder) in folders() {
        for (case, report) in cases(&folder, expected_of(&folder)) {
            let expected = report.expected.findings.clone();
            if expected.is_empty() {
                continue;
            }
            let (_, answer) = report.ask()?;
            expected::check(&answer, &expected).with_context(|| format!("{name}/{case}"))?;
            for wrong in flips(&expected) {
                ensure!(expected::check(&answer, &wrong).is_err(), "{name}/{case} passes as {wrong:?}");
                flipped += 1;
            }
        }
    }
    ensure!(flipped > 100, "only {flipped} flips: are the replays still there?");
    Ok(())
}

fn flips(expected: &[ExpectedFinding]) -> Vec<Vec<ExpectedFinding>> {
    let with = |index: usize, flip: &dyn Fn(&mut ExpectedFinding)| {
        let mut wrong = expected.to_vec();
        flip(&mut wrong[index]);
        wrong
    };
    let of_one = |index: usize| {
        let mut less = expected.to_vec();
        less.remove(index);
        let mut more = expected.to_vec();
        more.push(expected[index].clone());
        [
            with(index, &|it| it.rule.push_str("-not")),
            with(index, &|it| it.at.push_str("/elsewhere")),
            with(index, &|it| it.policy = Some("another".into())),
            less,
            more,
        ]
    };
    (0..expected.len()).flat_map(of_one).collect()
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
