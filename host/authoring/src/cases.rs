//! Cases of a policy, run in the sandbox: each is asked, and what was found is laid beside what was expected.
//!
//! `compare` finds the differences, `text` tells them to people, `junit` to the readers of test reports.

mod compare;
mod junit;
mod text;
mod update;

use anyhow::bail;
use interlock_inputs::{Case, CasesFile};
use interlock_outputs::escape::name_for_terminal;

use crate::sandbox::{Answer, Came, Sandbox};

pub use compare::Difference;
pub use update::updated;

/// Cases that were run, in the order of their file.
pub struct Tested<'c> {
    pub(crate) file: &'c CasesFile,
    pub(crate) policy: String,
    /// At least one.
    pub runs: Vec<CaseRun<'c>>,
}

/// One case, and what came of it.
pub struct CaseRun<'c> {
    /// The case.
    pub case: &'c Case,
    /// What the policy said.
    pub answer: Answer,
    /// How that compares.
    pub compared: Compared,
}

/// What was found, beside what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Exactly what was expected.
    AsExpected,
    /// Something else.
    Otherwise(Vec<Difference>),
    /// The policy broke. That is never expected.
    Broken,
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Cases that fail, and the sum.
    Failures,
    /// Every case, with what it used and what the policy logged.
    Everything,
}

impl CaseRun<'_> {
    /// Whether it came out as expected.
    pub fn passed(&self) -> bool {
        self.compared == Compared::AsExpected
    }
}

impl<'c> Tested<'c> {
    /// Cases that were run one by one.
    pub fn of(sandbox: &Sandbox, file: &'c CasesFile, runs: Vec<CaseRun<'c>>) -> Self {
        Self { file, policy: sandbox.id().to_string(), runs }
    }

    /// How many did not come out as expected.
    pub fn failed(&self) -> usize {
        self.runs.iter().filter(|run| !run.passed()).count()
    }

    /// For people. Ends in a line break.
    pub fn text(&self, detail: Detail) -> String {
        text::render(self, detail)
    }

    /// As JUnit XML: one suite, a test case for each case.
    pub fn junit(&self) -> String {
        junit::render(self)
    }
}

/// Runs the cases whose name holds `filter`, or all of them.
///
/// # Errors
/// If no case is left, or one cannot be asked: its change cannot be read, its settings do not fit, its rules are not the
/// policy's.
pub fn run<'c>(
    sandbox: &'c Sandbox,
    file: &'c CasesFile,
    filter: Option<&str>,
) -> anyhow::Result<Tested<'c>> {
    let runs = chosen(file, filter)?.into_iter().map(|case| run_case(sandbox, file, case));
    Ok(Tested::of(sandbox, file, runs.collect::<Result<_, _>>()?))
}

/// Runs one case.
///
/// # Errors
/// If it cannot be asked.
pub fn run_case<'c>(
    sandbox: &'c Sandbox,
    file: &'c CasesFile,
    case: &'c Case,
) -> anyhow::Result<CaseRun<'c>> {
    let answer = sandbox.stand(file, case)?.ask();
    let compared = match &answer.came {
        Came::Found(found) => compare::compared(&case.expect, found),
        Came::Broken(_) => Compared::Broken,
    };
    Ok(CaseRun { case, answer, compared })
}

/// A run over nothing would pass, so it is none.
pub(crate) fn chosen<'c>(file: &'c CasesFile, filter: Option<&str>) -> anyhow::Result<Vec<&'c Case>> {
    let is_chosen = |case: &&Case| filter.is_none_or(|part| case.name.contains(part));
    let cases: Vec<&Case> = file.cases.iter().filter(is_chosen).collect();
    if cases.is_empty() {
        let part = name_for_terminal(&filter.unwrap_or_default().into());
        bail!(
            "no case of `{}` has `{part}` in its name\nhelp: leave `--filter` out, or name a part of a case's name",
            name_for_terminal(&file.name.as_str().into())
        );
    }
    Ok(cases)
}
