//! The key `facts` of a policy set: facts that are written there, files of facts, and how old any of them may be.

use std::path::Path;

use interlock_model::{Digest, FACTS_AGE_MIN_MAX, Instant, Pointer, Sources, Span};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{EndedIncident, FactsFile, ITEMS_MAX, Lists, OpenIncident, ServiceBudget, read_facts_file, told};
use crate::catalog::ReadFile;
use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::file::FileError;
use crate::policy_set::{Checks, NamedPath, Open, Whole, paths};

/// A week: what is older was written down for another time.
const AGE_MIN_MAX: u32 = 10_080;

/// What is known of incidents and error budgets, and how old it may be. It replaces what a change says of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FactsSources {
    /// Minutes that facts may be old, 1 to 10,080; older ones are unknown, and so is then what a change says of itself.
    /// Absent: 60, as long as an answer may be used.
    #[schemars(with = "Option<u32>", extend("minimum" = 1, "maximum" = AGE_MIN_MAX))]
    age_max_minutes: Option<Whole>,
    /// Files of facts (`interlock schema facts`), relative to this file's folder, which whoever deploys refreshes. Absent:
    /// none.
    files: Option<Vec<String>>,
    /// When what is written here was so. Required beside any of the lists below, and allowed with nothing else.
    as_of: Option<Instant>,
    /// Incidents that are open. Empty: somebody has looked, and there is none. Absent: not known here.
    #[schemars(extend("maxItems" = ITEMS_MAX))]
    open_incidents: Option<Vec<OpenIncident>>,
    /// Incidents of the last weeks that are over. Empty: there was none. Absent: not known here.
    #[schemars(extend("maxItems" = ITEMS_MAX))]
    past_incidents: Option<Vec<EndedIncident>>,
    /// What is left of each error budget. Absent: not known here.
    #[schemars(extend("maxItems" = ITEMS_MAX))]
    error_budget: Option<Vec<ServiceBudget>>,
}

/// The facts that a policy set brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsOfSet {
    /// Those that are written in it, and then those of each file.
    pub said: Vec<FactsFile>,
    /// How many minutes they may be old, and those beside them.
    pub age_min_max: u32,
}

impl FactsOfSet {
    /// The files it names, not what is written in the set itself.
    pub(crate) fn files(&self) -> impl Iterator<Item = ReadFile> {
        let files = self.said.iter().filter(|it| it.below == Pointer::root());
        files.map(|it| ReadFile { name: it.told.name.clone(), digest: it.digest.clone() })
    }
}

impl FactsSources {
    /// Everything the key brings. What is wrong in a file is told as that file's.
    pub(crate) fn read(
        self,
        checks: &mut Checks<'_>,
        sources: &Sources,
        digest: &Digest,
        folder: &Path,
        open: Open<'_>,
    ) -> (FactsOfSet, Vec<InputError>) {
        let at = Pointer::root().child("facts");
        let Self { age_max_minutes, files, as_of, open_incidents, past_incidents, error_budget } = self;
        let lists = Lists { open_incidents, past_incidents, error_budget };
        let age_min_max = age(checks, &at.child("age-max-minutes"), age_max_minutes);
        let here = dated(checks, &at, as_of, &lists).map(|as_of| FactsFile {
            told: told(checks, &at, &sources.name, as_of, lists),
            digest: digest.clone(),
            sources: sources.clone(),
            below: at.clone(),
        });
        let (mut said, mut errors) = (here.into_iter().collect::<Vec<_>>(), Vec::new());
        for file in paths(checks, folder, &at.child("files"), &files.unwrap_or_default()) {
            match opened(checks, &file, open).map(|bytes| read_facts_file(&file.path, &bytes)) {
                Some(Ok(read)) => said.push(read),
                Some(Err(error)) => errors.push(error),
                None => {}
            }
        }
        (FactsOfSet { said, age_min_max }, errors)
    }
}

fn age(checks: &mut Checks<'_>, at: &Pointer, written: Option<Whole>) -> u32 {
    let Some(Whole(minutes)) = written else { return FACTS_AGE_MIN_MAX };
    let fits = u32::try_from(minutes).ok().filter(|minutes| (1..=AGE_MIN_MAX).contains(minutes));
    if fits.is_none() {
        let (found, expected) =
            (format!("the number `{minutes}`"), format!("minutes from 1 to {AGE_MIN_MAX}"));
        let help = "leave it out for 60, as long as an answer may be used";
        checks.value(at, ProblemKind::Value, found, expected, help);
    }
    fits.unwrap_or(FACTS_AGE_MIN_MAX)
}

/// The date of what is written in the set, if anything is. Nobody can tell how old a list without one is.
fn dated(checks: &mut Checks<'_>, at: &Pointer, as_of: Option<Instant>, lists: &Lists) -> Option<Instant> {
    let Lists { open_incidents, past_incidents, error_budget } = lists;
    let any = open_incidents.is_some() || past_incidents.is_some() || error_budget.is_some();
    match (any, as_of) {
        (true, None) => {
            let help = "add `as-of: ...`, or name a file under `files` that whoever deploys refreshes";
            checks.key(at, ProblemKind::MissingKey, "facts without a date", "`as-of` beside them", help);
            None
        }
        (false, Some(_)) => {
            let help =
                "add `open-incidents`, `past-incidents` or `error-budget`; a file has a date of its own";
            let found = "a date of no facts";
            checks.key(&at.child("as-of"), ProblemKind::Value, found, "facts beside it", help);
            None
        }
        (_, as_of) => as_of,
    }
}

/// A file's bytes; if it is not opened, that is a problem of the line that names it.
fn opened(checks: &mut Checks<'_>, file: &NamedPath, open: Open<'_>) -> Option<Vec<u8>> {
    let refused = |error: &FileError| {
        format!("file {}, which was not read ({})", shown(&file.path.to_string_lossy()), error.why())
    };
    match open(&file.path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let help = "check the path, which is relative to the policy set's folder, and whether the file was written";
            checks.value(&file.pointer, ProblemKind::Value, refused(&error), "a file of facts", help);
            None
        }
    }
}

pub(super) fn no_syntax(name: &str) -> InputError {
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    let problem = Problem::new(ProblemKind::Syntax, top, "a file whose name does not say how it is written")
        .expected("a name that ends in `.yaml`, `.yml` or `.json`")
        .help("rename it");
    InputError::new(name, vec![problem])
}
