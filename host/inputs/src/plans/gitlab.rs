//! GitLab CI: jobs of `.gitlab-ci.yml` that deploy to a production environment, in the order of `stages`
//! and `needs`; and the timed rollout of Auto DevOps.
//!
//! `extends`, anchors and merge keys are followed. A file that includes other jobs than GitLab's templates
//! is not read: a job that is not seen may deploy anywhere.
//! Fields: <https://docs.gitlab.com/ci/yaml/>.

mod job;

use std::collections::BTreeSet;

use interlock_model::Strategy;

use super::amount::share;
use super::draft::{Draft, DraftStage, Looks};
use super::environment;
use crate::payload::foreign::Seen;
use job::{JobView, Pipeline};

/// Jobs of a pipeline that are looked at.
const JOBS_MAX: usize = 500;
/// Stages of a pipeline that names none.
const STAGES: &[&str] = &["build", "test", "deploy"];
/// Keys at the top of a file that are no jobs.
const NO_JOBS: &[&str] = &[
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "pages",
    "services",
    "spec",
    "stages",
    "types",
    "variables",
    "workflow",
];
/// Shares of the timed rollout of Auto DevOps, in percent, and the wait before each, in seconds.
const AUTO_DEVOPS_PERCENT: &[u32] = &[10, 25, 50, 100];
const AUTO_DEVOPS_WAIT_S: u32 = 300;

/// Whether GitLab takes a file of this name for a pipeline.
pub(super) fn is_pipeline(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    [".gitlab-ci.yml", ".gitlab-ci.yaml"].iter().any(|end| name.ends_with(end))
}

/// The plan of a pipeline.
pub(super) fn plan(document: Seen<'_>) -> Option<Draft> {
    let includes = Includes::of(document);
    if includes == Includes::AutoDevOps {
        return auto_devops(document);
    }
    // What a file includes or a job starts elsewhere is not seen.
    if includes == Includes::Others || jobs(document).any(|(_, job)| job.get("trigger").is_some()) {
        return None;
    }
    let pipeline = Pipeline::of(document);
    let stages = stage_names(document)?;
    let jobs: Vec<JobView<'_>> =
        jobs(document).take(JOBS_MAX + 1).map(|(name, job)| JobView::of(&pipeline, name, job)).collect();
    if jobs.len() > JOBS_MAX {
        return None;
    }
    let told: Option<Vec<environment::Job>> =
        jobs.iter().map(|job| job.told(needed(job, &jobs, &stages)?)).collect();
    let at = document.get("stages").unwrap_or(document).origin();
    environment::plan(&told?, at)
}

fn jobs(document: Seen<'_>) -> impl Iterator<Item = (&str, Seen<'_>)> {
    let is_job = |name: &str| !name.starts_with('.') && !NO_JOBS.contains(&name);
    document.entries().filter(move |(name, job)| is_job(name) && job.entries().next().is_some())
}

fn stage_names(document: Seen<'_>) -> Option<Vec<&str>> {
    let named: Vec<&str> = match document.get("stages") {
        Some(stages) => stages.items().map(Seen::text).collect::<Option<_>>()?,
        None => STAGES.to_vec(),
    };
    Some([".pre"].into_iter().chain(named).chain([".post"]).collect())
}

/// The jobs a job waits for: those it names, or else all of earlier stages that hold the pipeline up.
fn needed(job: &JobView<'_>, jobs: &[JobView<'_>], stages: &[&str]) -> Option<BTreeSet<usize>> {
    let Some(named) = &job.needs else {
        let own = stages.iter().position(|stage| *stage == job.stage)?;
        let is_earlier = |other: &JobView<'_>| {
            other.holds_up && stages.iter().position(|stage| *stage == other.stage).is_some_and(|at| at < own)
        };
        return Some((0..).zip(jobs).filter(|(_, it)| is_earlier(it)).map(|(index, _)| index).collect());
    };
    let at = |name: &String| jobs.iter().position(|other| other.name == name);
    named.as_ref()?.iter().map(at).collect()
}

/// Where other jobs may come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Includes {
    Nothing,
    AutoDevOps,
    Others,
}

impl Includes {
    fn of(document: Seen<'_>) -> Self {
        let Some(include) = document.get("include") else { return Self::Nothing };
        let one = include.items().next().is_none().then_some(include);
        let mut all = include.items().chain(one);
        let template =
            |it: Seen<'_>| it.get("template").and_then(Seen::text) == Some("Auto-DevOps.gitlab-ci.yml");
        match (all.next(), all.next()) {
            (Some(only), None) if template(only) => Self::AutoDevOps,
            _ => Self::Others,
        }
    }
}

/// The template's timed rollout, if the file asks for it and adds no job of its own. By hand, each share is
/// a button that does not wait for the others, so nothing is known of their order.
fn auto_devops(document: Seen<'_>) -> Option<Draft> {
    let variables = document.get("variables")?;
    let mode = variables.get("INCREMENTAL_ROLLOUT_MODE").filter(|mode| mode.text() == Some("timed"))?;
    if jobs(document).next().is_some() {
        return None;
    }
    let at = mode.origin();
    let stage = |percent: &u32| {
        let stage = DraftStage::new(at).named(format!("timed rollout {percent}%")).everywhere(at);
        stage.taking(share(*percent, 100), at)
    };
    let watched =
        |stage: DraftStage| stage.baked(Some(AUTO_DEVOPS_WAIT_S), at).gated(Some(Looks::Nothing.at(at)));
    let (last, first) = AUTO_DEVOPS_PERCENT.split_last()?;
    let stages = first.iter().map(stage).map(watched).chain([stage(last)]).collect();
    Some(Draft::unknown(at).called(Strategy::Staged, at).in_stages(stages, at))
}
