//! GitHub Actions: jobs of a workflow with an `environment`, in the order of `needs`, or one after another
//! by a matrix with `max-parallel: 1`.
//!
//! Reviewers and wait timers of an environment are settings of the repository, so what lets a job start is
//! not known here. GitHub has no tiers: an environment counts as production if its name starts with `prod`.
//! Fields: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>.

use std::collections::{BTreeMap, BTreeSet};

use super::amount::count;
use super::draft::Draft;
use super::environment::{self, Job};
use crate::payload::foreign::Seen;

/// Jobs of workflows that are looked at; matrices count as often as they run.
const JOBS_MAX: usize = 500;

/// Whether GitHub takes a file of this name for a workflow.
pub(super) fn is_workflow(path: &str) -> bool {
    let path = path.replace('\\', "/");
    path.rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with(".github/workflows"))
}

/// The plan of a workflow.
pub(super) fn plan(document: Seen<'_>) -> Option<Draft> {
    let list = document.get("jobs")?;
    let mut jobs: Vec<Job> = Vec::new();
    // Each job's runs: whoever needs the job waits for all of them.
    let mut runs: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut needs: Vec<(usize, Seen<'_>)> = Vec::new();
    for (name, job) in list.entries() {
        let first = jobs.len();
        jobs.extend(of_job(name, job, first)?);
        runs.insert(name, (first..jobs.len()).collect());
        needs.push((first, job));
        if jobs.len() > JOBS_MAX {
            return None;
        }
    }
    for (first, job) in needs {
        let needed = needed(job, &runs)?;
        jobs.get_mut(first)?.needs.extend(needed);
    }
    environment::plan(&jobs, list.origin())
}

fn needed(job: Seen<'_>, runs: &BTreeMap<&str, BTreeSet<usize>>) -> Option<BTreeSet<usize>> {
    let Some(needs) = job.get("needs") else { return Some(BTreeSet::new()) };
    let names: BTreeSet<&str> = match needs.text() {
        Some(one) => BTreeSet::from([one]),
        None => needs.items().map(Seen::text).collect::<Option<_>>()?,
    };
    let runs = names.into_iter().map(|name| runs.get(name));
    Some(runs.collect::<Option<Vec<_>>>()?.into_iter().flatten().copied().collect())
}

/// The runs of a job; of a matrix that runs one by one, each waits for the one before. `None`: it cannot be
/// read, as a job that `uses` another workflow.
fn of_job(name: &str, job: Seen<'_>, first: usize) -> Option<Vec<Job>> {
    if job.get("uses").is_some() {
        return None;
    }
    let environment = job.get("environment").map(|it| it.get("name").unwrap_or(it));
    let run = |index: usize, environment: Option<&str>, needs: BTreeSet<usize>| Job {
        name: environment
            .filter(|_| index > 0)
            .map_or_else(|| name.to_owned(), |it| format!("{name} ({it})")),
        at: job.origin(),
        needs,
        environment: environment.filter(|it| is_production(it)).map(str::to_owned),
        delay: None,
        gate: None,
    };
    let Some(environment) = environment else { return Some(vec![run(0, None, BTreeSet::new())]) };
    let text = environment.text()?;
    if !text.contains("${{") {
        return Some(vec![run(0, Some(text), BTreeSet::new())]);
    }
    let values = matrix_values(text, job)?;
    let chained = (0..).zip(values).map(|(index, value)| {
        let before = (index > 0).then(|| first + index - 1);
        run(index, Some(value), before.into_iter().collect())
    });
    Some(chained.collect())
}

/// Values of the one matrix key an environment is named by, if the matrix has no other key and runs one by
/// one.
fn matrix_values<'f>(environment: &str, job: Seen<'f>) -> Option<Vec<&'f str>> {
    let key = environment.strip_prefix("${{")?.strip_suffix("}}")?.trim().strip_prefix("matrix.")?;
    let strategy = job.get("strategy")?;
    let matrix = strategy.get("matrix")?;
    let alone = matrix.entries().all(|(name, _)| name == key);
    let one_by_one = strategy.get("max-parallel").and_then(count) == Some(1);
    let values = matrix.get(key).filter(|_| alone && one_by_one)?;
    let values: Vec<&str> = values.items().take(JOBS_MAX + 1).map(Seen::text).collect::<Option<_>>()?;
    (!values.is_empty()).then_some(values)
}

fn is_production(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("prod"))
}
