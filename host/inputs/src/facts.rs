//! What the operator knows of incidents and error budgets: written in the policy set, or in a file that whoever deploys
//! refreshes. Read as strictly as the catalog, and dated: nobody can tell how old facts without a date are.
//!
//! Whether they are of now is for the gate to say, which knows for which time is asked. The policy set reads the files it
//! names, the CLI those it is given, and [`join_facts`] holds that no two places contradict each other.

use std::path::Path;

use interlock_model::{
    BasisPoints, Budget, Digest, Incident, Instant, PartsPerMillion, PastIncident, Pointer, Severity,
    Sources, ToldFacts,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::{InputError, ProblemKind, shown};
use crate::policy_set::{Checks, Whole};
use crate::{Document, Form, Syntax, read_document};

mod join;
mod source;

pub use join::join_facts;
pub use source::FactsOfSet;
pub(crate) use source::FactsSources;

/// Items of one list. All of them are shown to every policy; a feed that tells more tells of what is long over.
const ITEMS_MAX: usize = 2000;

/// Incidents and error budgets, as somebody knew them at one time. Whoever deploys refreshes the file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FactsFileForm {
    /// When this was so, with its offset, like `2026-03-02T12:00Z`. What is older than the age limit is unknown.
    as_of: Instant,
    /// Incidents that are open, at most 2,000. Empty: somebody has looked, and there is none. Absent: not known here.
    #[schemars(extend("maxItems" = ITEMS_MAX))]
    open_incidents: Option<Vec<OpenIncident>>,
    /// Incidents of the last weeks that are over, at most 2,000. Empty: there was none. Absent: not known here.
    #[schemars(extend("maxItems" = ITEMS_MAX))]
    past_incidents: Option<Vec<EndedIncident>>,
    /// What is left of each error budget, at most 2,000. Absent: not known here.
    #[schemars(extend("maxItems" = ITEMS_MAX))]
    error_budget: Option<Vec<ServiceBudget>>,
}

/// An incident that is open. One that concerns several services is written once for each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OpenIncident {
    /// Its number or name, as changes link to it.
    #[schemars(extend("minLength" = 1))]
    id: String,
    /// The service it is about. Absent: unknown, it may be any.
    #[schemars(extend("minLength" = 1))]
    service: Option<String>,
    /// 1 (the worst) to 5. Absent: unknown, judged as 1.
    severity: Option<Severity>,
}

/// An incident that is over.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EndedIncident {
    /// Its number or name, as changes link to it.
    #[schemars(extend("minLength" = 1))]
    id: String,
    /// The service it was about. Absent: unknown, it may be any.
    #[schemars(extend("minLength" = 1))]
    service: Option<String>,
    /// 1 (the worst) to 5. Absent: unknown, judged as 1.
    severity: Option<Severity>,
    /// When it was over. Absent: unknown, judged as just now.
    closed_at: Option<Instant>,
    /// Whether what was to be mended after it is mended. Absent: unknown, judged as not.
    remedied: Option<bool>,
}

/// What is left of the error budget of a service.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ServiceBudget {
    /// The service, as changes write it.
    #[schemars(extend("minLength" = 1))]
    service: String,
    /// The objective, parts per million: 99.9 % is 999000. Absent: unknown.
    objective_ppm: Option<PartsPerMillion>,
    /// Length of the window it is for, days, 1 to 366. Absent: unknown.
    #[schemars(with = "Option<u32>", extend("minimum" = 1, "maximum" = 366))]
    window_days: Option<Whole>,
    /// What is left, basis points: 2500 is a quarter; 0 when it is overspent. Absent: unknown, judged as nothing.
    left_bp: Option<BasisPoints>,
}

/// Facts that were read, and where each of them stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsFile {
    /// What was told.
    pub told: ToldFacts,
    /// SHA-256 of the bytes it was read from.
    pub digest: Digest,
    sources: Sources,
    /// Below which key it stood: nothing, or `/facts` of a policy set.
    below: Pointer,
}

/// Reads a file of facts. `path` is how it was named: it stands in errors, and says how the bytes are written.
///
/// # Errors
/// With everything that is wrong with it, as far as one pass can tell.
pub fn read_facts_file(path: &Path, bytes: &[u8]) -> Result<FactsFile, InputError> {
    let name = path.to_string_lossy().into_owned();
    let syntax = Syntax::of_name(&name).ok_or_else(|| source::no_syntax(&name))?;
    let Document { holds, sources, digest } =
        read_document::<FactsFileForm>(Form::Facts, &name, bytes, syntax)?;
    let FactsFileForm { as_of, open_incidents, past_incidents, error_budget } = holds;
    let lists = Lists { open_incidents, past_incidents, error_budget };
    let mut checks = Checks::new(&sources);
    let told = told(&mut checks, &Pointer::root(), &name, as_of, lists);
    let problems = checks.into_problems();
    if problems.is_empty() {
        Ok(FactsFile { told, digest, sources, below: Pointer::root() })
    } else {
        Err(InputError::new(&name, problems))
    }
}

/// The three lists, wherever they stood.
struct Lists {
    open_incidents: Option<Vec<OpenIncident>>,
    past_incidents: Option<Vec<EndedIncident>>,
    error_budget: Option<Vec<ServiceBudget>>,
}

/// What the lists say, once their texts and numbers are checked.
fn told(checks: &mut Checks<'_>, below: &Pointer, name: &str, as_of: Instant, lists: Lists) -> ToldFacts {
    let Lists { open_incidents, past_incidents, error_budget } = lists;
    ToldFacts {
        name: name.to_owned(),
        as_of,
        open_incidents: items(checks, &below.child("open-incidents"), open_incidents, open_incident),
        past_incidents: items(checks, &below.child("past-incidents"), past_incidents, ended_incident),
        error_budget: items(checks, &below.child("error-budget"), error_budget, budget),
    }
}

fn items<W, T>(
    checks: &mut Checks<'_>,
    list: &Pointer,
    written: Option<Vec<W>>,
    item: impl Fn(&mut Checks<'_>, &Pointer, W) -> T,
) -> Option<Vec<T>> {
    let written = written?;
    if written.len() > ITEMS_MAX {
        let (found, expected) = (format!("{} items", written.len()), format!("at most {ITEMS_MAX}"));
        let help = "leave out what is long over, and services that no change here touches";
        checks.value(list, ProblemKind::TooMuch, found, expected, help);
        return None;
    }
    let each = written.into_iter().enumerate();
    Some(each.map(|(index, it)| item(checks, &list.child(&index.to_string()), it)).collect())
}

fn open_incident(checks: &mut Checks<'_>, at: &Pointer, written: OpenIncident) -> Incident {
    let OpenIncident { id, service, severity } = written;
    check_id(checks, at, &id);
    check_service(checks, at, service.as_deref());
    Incident { id, service, severity }
}

fn ended_incident(checks: &mut Checks<'_>, at: &Pointer, written: EndedIncident) -> PastIncident {
    let EndedIncident { id, service, severity, closed_at, remedied } = written;
    check_id(checks, at, &id);
    check_service(checks, at, service.as_deref());
    PastIncident { id, service, severity, closed_at, remedied }
}

fn budget(checks: &mut Checks<'_>, at: &Pointer, written: ServiceBudget) -> Budget {
    let ServiceBudget { service, objective_ppm, window_days, left_bp } = written;
    check_service(checks, at, Some(&service));
    let window_days = window_days.and_then(|Whole(days)| {
        let fits = u16::try_from(days).ok().filter(|days| (1..=366).contains(days));
        if fits.is_none() {
            let help = "write the length of the window as days; four weeks are 28";
            let (at, found) = (at.child("window-days"), format!("the number `{days}`"));
            checks.value(&at, ProblemKind::Value, found, "days from 1 to 366", help);
        }
        fits
    });
    Budget { service, objective_ppm, window_days, left_bp }
}

fn check_id(checks: &mut Checks<'_>, at: &Pointer, id: &str) {
    let help = "write it as changes link to it";
    check_name(
        checks,
        &at.child("id"),
        id,
        "the number or name of an incident, without blanks around it",
        help,
    );
}

fn check_service(checks: &mut Checks<'_>, at: &Pointer, service: Option<&str>) {
    let Some(service) = service else { return };
    let help = "write it as changes write it, or leave it out if nobody knows";
    check_name(
        checks,
        &at.child("service"),
        service,
        "the name of a service, without blanks around it",
        help,
    );
}

/// A name with blanks around it, or of blanks, is the name of nothing that a change speaks of.
fn check_name(checks: &mut Checks<'_>, at: &Pointer, name: &str, expected: &str, help: &str) {
    if name.is_empty() || name.trim() != name {
        checks.value(at, ProblemKind::Value, format!("the text {}", shown(name)), expected, help);
    }
}

/// The schema of a file of facts, as `interlock schema facts` prints it.
pub fn facts_schema() -> schemars::Schema {
    crate::schema::described::<FactsFileForm>("urn:interlock:schema:facts", "interlock.facts")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
