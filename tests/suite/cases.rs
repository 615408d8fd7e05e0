//! `policies/*/cases.yaml`: each stock policy, alone, says exactly this of exactly that. Read and run by the product, as
//! `interlock test` does; a policy is loaded once for all of its cases.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::{Result, anyhow, ensure};
use interlock::Binding;
use interlock_authoring::{Detail, Sandbox, Tested, run_case};
use interlock_inputs::{Case, CasesFile, read_cases};
use interlock_model::{ChangeDocument, Report, Settings};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::support::{entries, gate_of, root, stock_binding};

pub fn trials() -> Vec<Trial> {
    policies().into_iter().flat_map(|(policy, file)| trials_of(policy, file)).collect()
}

/// A policy and its cases. Loaded by the first case that is run, because most runs of the suite are about something else.
struct Subject {
    policy: String,
    file: CasesFile,
    sandbox: OnceLock<Result<Sandbox, String>>,
}

impl Subject {
    fn sandbox(&self) -> Result<&Sandbox> {
        let load = || sandbox(&self.policy).map_err(|error| format!("{error:#}"));
        self.sandbox.get_or_init(load).as_ref().map_err(|error| anyhow!("{error}"))
    }

    fn run(&self, case: &Case) -> Result<()> {
        let run = run_case(self.sandbox()?, &self.file, case)?;
        let (passed, tested) = (run.passed(), Tested::of(self.sandbox()?, &self.file, vec![run]));
        ensure!(passed, "{}", tested.text(Detail::Failures));
        Ok(())
    }
}

fn trials_of(policy: String, file: CasesFile) -> Vec<Trial> {
    let subject = Arc::new(Subject { policy, file, sandbox: OnceLock::new() });
    let trial = |index: usize| {
        let subject = Arc::clone(&subject);
        let name = format!("cases/{}/{}", subject.policy, subject.file.cases[index].name);
        Trial::test(name, move || {
            let case = &subject.file.cases[index];
            subject.run(case).map_err(|error| Failed::from(format!("{error:#}")))
        })
    };
    (0..subject.file.cases.len()).map(trial).collect()
}

/// A stock policy, to be asked.
pub fn sandbox(policy: &str) -> Result<Sandbox> {
    Sandbox::new(gate_of([stock_binding(policy, Settings::new())?])?)
}

/// Every policy with its cases.
pub fn policies() -> Vec<(String, CasesFile)> {
    let folders = entries(&root().join("policies"));
    let with_cases = folders.iter().filter(|folder| folder.join("cases.yaml").is_file());
    with_cases
        .map(|folder| (folder.file_name().unwrap().to_string_lossy().into_owned(), cases_of(folder)))
        .collect()
}

/// The cases of one folder.
pub fn cases_of(folder: &Path) -> CasesFile {
    read_cases(&folder.join("cases.yaml")).unwrap_or_else(|error| panic!("{error}"))
}

/// Every case of a folder, against a module that is no stock policy. Says how many there were.
pub fn all_pass(folder: &Path, binding: Binding) -> Result<usize> {
    let (sandbox, file) = (Sandbox::new(gate_of([binding])?)?, cases_of(folder));
    let tested = interlock_authoring::run(&sandbox, &file, None)?;
    ensure!(tested.failed() == 0, "{}", tested.text(Detail::Failures));
    Ok(file.cases.len())
}

/// Every document of every case, for tests that are about documents.
pub fn all_values() -> Vec<(String, Value)> {
    let values = |(policy, file): (String, CasesFile)| {
        let facts = |case: &Case| (format!("{policy}/{}", case.name), file.facts(case).expect("facts"));
        file.cases.iter().map(facts).collect::<Vec<_>>()
    };
    policies().into_iter().flat_map(values).collect()
}

/// Each case, judged by one policy alone as it expects, with the change that was judged.
pub fn judged(
    file: &CasesFile,
    bound: impl Fn(Settings) -> Result<Binding>,
) -> Result<Vec<(Report, ChangeDocument)>> {
    let sandbox = Sandbox::new(gate_of([bound(Settings::new())?])?)?;
    let judge = |case: &Case| {
        let run = run_case(&sandbox, file, case)?;
        ensure!(run.passed(), "{}", Tested::of(&sandbox, file, vec![run]).text(Detail::Failures));
        let document = file.document(case, &file.facts(case)?)?;
        let gate = gate_of([bound(case.settings.clone())?])?;
        Ok((gate.check(&document, &case.question(&document)), document))
    };
    file.cases.iter().map(judge).collect()
}
