//! One job of a GitLab pipeline, with what it extends.
//!
//! It says what the job does; in which order jobs run is the caller's.

use std::collections::{BTreeMap, BTreeSet};

use interlock_model::Origin;

use super::super::amount::worded_seconds;
use super::super::draft::{Looks, Placed};
use super::super::environment;
use crate::payload::foreign::Seen;

/// Jobs that one job may extend, directly or through others. A person extends a handful.
const EXTENDED_MAX: usize = 50;
/// Words GitLab takes an environment's tier from where none is stated, in the order in which it looks.
const NOT_PRODUCTION: &[&str] = &[
    "dev", "review", "trunk", "test", "tst", "int", "acpt", "accept", "qa", "qc", "control", "quality",
    "stg", "stag", "model", "modl", "pre", "demo", "non",
];
const PRODUCTION: &[&str] = &["prod", "prd", "live"];

/// The jobs of a pipeline, hidden ones too.
pub(super) struct Pipeline<'f> {
    jobs: BTreeMap<&'f str, Seen<'f>>,
}

impl<'f> Pipeline<'f> {
    pub(super) fn of(document: Seen<'f>) -> Self {
        Self { jobs: document.entries().collect() }
    }

    /// A job and all it extends, the one that wins first.
    fn family(&self, job: Seen<'f>) -> Vec<Seen<'f>> {
        let mut family = Vec::new();
        let mut met = BTreeSet::new();
        let mut next = vec![job];
        while let Some(job) = next.pop().filter(|_| family.len() <= EXTENDED_MAX) {
            family.push(job);
            let extends = job.get("extends");
            let one = extends.filter(|extends| extends.text().is_some());
            let names = extends.into_iter().flat_map(Seen::items).chain(one).filter_map(Seen::text);
            // Of several the last wins, and a stack gives the last first.
            let new = names.filter(|name| met.insert(*name)).filter_map(|name| self.jobs.get(name));
            next.extend(new.copied());
        }
        family
    }
}

/// What of a job decides when and where it deploys.
pub(super) struct JobView<'f> {
    pub(super) name: &'f str,
    pub(super) stage: &'f str,
    /// Jobs it names, `None` inside: they cannot be read. Without the key it waits for earlier stages.
    pub(super) needs: Option<Option<BTreeSet<String>>>,
    /// Whether later stages wait for it. A button that nobody has to press holds nothing up.
    pub(super) holds_up: bool,
    at: Origin,
    environment: Deploys,
    delay: Option<Placed<u32>>,
    by_hand: Option<Origin>,
}

impl<'f> JobView<'f> {
    pub(super) fn of(pipeline: &Pipeline<'f>, name: &'f str, job: Seen<'f>) -> Self {
        let family = pipeline.family(job);
        let find = |key: &str| family.iter().find_map(|member| member.get(key));
        let when = find("when");
        let is = |word: &str| when.filter(|when| when.text() == Some(word));
        let start_in = find("start_in").filter(|_| is("delayed").is_some());
        let manual = is("manual").map(Seen::origin);
        let optional = manual.is_some() && find("allow_failure").and_then(Seen::boolean) != Some(false);
        Self {
            name,
            stage: find("stage").and_then(Seen::text).unwrap_or("test"),
            needs: find("needs").map(needs),
            holds_up: !optional,
            at: job.origin(),
            environment: find("environment").map_or(Deploys::Nowhere, Deploys::of),
            delay: start_in.and_then(|it| Some(Placed::new(worded_seconds(it.text()?)?, it.origin()))),
            by_hand: manual.or_else(|| find("rules").and_then(manual_rules)),
        }
    }

    /// The job among others. `None`: where it deploys cannot be read.
    pub(super) fn told(&self, needs: BTreeSet<usize>) -> Option<environment::Job> {
        let environment = match &self.environment {
            Deploys::Nowhere => None,
            Deploys::Production(name) => Some(name.clone()),
            Deploys::Unread => return None,
        };
        Some(environment::Job {
            name: self.name.to_owned(),
            at: self.at,
            needs,
            environment,
            delay: self.delay.clone(),
            gate: self.by_hand.map(|by_hand| Looks::Approval.at(by_hand)),
        })
    }
}

fn needs(needs: Seen<'_>) -> Option<BTreeSet<String>> {
    let name = |need: Seen<'_>| need.text().or_else(|| need.get("job")?.text()).map(str::to_owned);
    needs.items().map(name).collect()
}

/// Where every rule that lets the job run makes it a button.
fn manual_rules(rules: Seen<'_>) -> Option<Origin> {
    let when = |rule: Seen<'_>| rule.get("when").and_then(Seen::text).unwrap_or("on_success").to_owned();
    let runs: Vec<(String, Origin)> =
        rules.items().map(|it| (when(it), it.origin())).filter(|(when, _)| when != "never").collect();
    let all = runs.iter().all(|(when, _)| when == "manual");
    runs.first().filter(|_| all).map(|(_, at)| *at)
}

/// Where a job deploys.
enum Deploys {
    /// To no production.
    Nowhere,
    /// To this one. Environments are grouped by what stands before the slash.
    Production(String),
    /// A variable decides.
    Unread,
}

impl Deploys {
    fn of(environment: Seen<'_>) -> Self {
        let starts = environment.get("action").and_then(Seen::text).is_none_or(|action| action == "start");
        let tier = environment.get("deployment_tier").and_then(Seen::text);
        let named = environment.get("name").unwrap_or(environment).text();
        let Some(name) = named.filter(|_| starts) else { return Self::Nowhere };
        let fixed = name.split('$').next().unwrap_or_default().to_ascii_lowercase();
        let is_variable = name.contains('$') || tier.is_some_and(|tier| tier.contains('$'));
        match tier {
            Some("development" | "testing" | "staging") => Self::Nowhere,
            None if has(&fixed, NOT_PRODUCTION) => Self::Nowhere,
            _ if is_variable => Self::Unread,
            Some("production") => Self::Production(name.rsplit('/').next().unwrap_or(name).to_owned()),
            None if has(&fixed, PRODUCTION) => {
                Self::Production(name.rsplit('/').next().unwrap_or(name).to_owned())
            }
            Some(_) | None => Self::Nowhere,
        }
    }
}

fn has(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| name.contains(word))
}
