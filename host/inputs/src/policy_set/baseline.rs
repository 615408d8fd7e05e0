//! The baseline that a policy set names: findings that somebody has accepted, as `interlock check --write-baseline`
//! writes them and as people review them. Read as strictly as the set itself.
//!
//! Whether a policy of that name is bound and has such a rule is for the gate to find out, and for
//! [`BaselineFile::problem`] to place.

use std::collections::BTreeMap;
use std::path::Path;

use interlock_model::{
    BASELINE_ENTRIES_MAX, Baseline, KnownFinding, Pointer, PolicyId, Says, Sources, Untrusted,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::checks::{Checks, place, told};
use super::wire::Whole;
use super::{VERSION, no_syntax};
use crate::error::{InputError, ProblemKind, shown};
use crate::{Document, Form, Syntax, read_document, scan};

/// Problems that are told at once. A file that a program wrote wrongly has thousands of one sort.
const TOLD_MAX: usize = 20;

/// A baseline: findings in files that were there before somebody looked, each accepted as it was said.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// The version of this form. Always 1.
    #[schemars(with = "u32", extend("const" = 1))]
    version: Whole,
    /// The findings, each once. At most 10,000.
    #[schemars(extend("maxItems" = BASELINE_ENTRIES_MAX))]
    findings: Vec<Entry>,
}

/// One finding that is accepted. A finding is known if all of it matches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    /// The policy, by its name in the policy set; or `interlock`, for what the gate itself says of a file.
    #[schemars(extend("pattern" = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength" = 64))]
    policy: String,
    /// Its rule, without the policy's name.
    #[schemars(extend("pattern" = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength" = 64))]
    rule: String,
    /// The changed file, as a report names it.
    #[schemars(extend("minLength" = 1))]
    path: String,
    /// Where in it: a JSON pointer. Empty: the file as a whole.
    #[schemars(extend("pattern" = "^($|/)"))]
    pointer: String,
    /// A digest over what was said there. `interlock check --write-baseline` writes it.
    #[schemars(extend("pattern" = "^[0-9a-f]{32}$"))]
    says: String,
}

/// A baseline that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineFile {
    /// The name it was opened by. Escape it for your sink.
    pub name: String,
    /// What it holds.
    pub baseline: Baseline,
    /// Where everything stood.
    sources: Sources,
    /// Where the first entry of each rule stands in the list.
    rules: BTreeMap<(PolicyId, String), usize>,
}

impl BaselineFile {
    /// Says what is wrong with a rule that entries name, at the first of them.
    pub fn problem(&self, policy: &PolicyId, rule: &str, found: &str, help: &str) -> InputError {
        let at = match self.rules.get(&(policy.clone(), rule.to_owned())) {
            Some(index) => entry(*index).child("rule"),
            None => Pointer::root(),
        };
        InputError::new(&self.name, vec![told(place(&self.sources, &at), found, None, help)])
    }
}

/// Reads a baseline. `path` is how it was named: it stands in errors, and says how the bytes are written.
///
/// # Errors
/// With what is wrong with it, the first twenty things at once.
pub fn read_baseline(path: &Path, bytes: &[u8]) -> Result<BaselineFile, InputError> {
    let name = path.to_string_lossy().into_owned();
    let syntax = Syntax::of_name(&name).ok_or_else(|| no_syntax(&name))?;
    let Document { holds: Written { version, findings }, sources, .. } =
        read_document::<Written>(Form::Baseline, &name, bytes, syntax)?;
    let mut checks = Checks::new(&sources);
    check_version(&mut checks, version.0);
    check_count(&mut checks, findings.len());
    let mut entries: BTreeMap<KnownFinding, usize> = BTreeMap::new();
    for (index, written) in findings.into_iter().enumerate().take(BASELINE_ENTRIES_MAX) {
        let Some(finding) = finding(&mut checks, &entry(index), written) else { continue };
        if let Some(first) = entries.get(&finding) {
            twice(&mut checks, index, *first);
        } else {
            entries.insert(finding, index);
        }
    }
    let mut problems = checks.into_problems();
    if !problems.is_empty() {
        problems.truncate(TOLD_MAX);
        return Err(InputError::new(&name, problems));
    }
    let rules = first_of_each(&entries);
    let baseline = Baseline { entries: entries.into_keys().collect() };
    Ok(BaselineFile { name, baseline, sources, rules })
}

/// Whether an entry is read again as it was written. A path with characters that no editor shows is not, and nobody could
/// review it either.
pub fn baseline_can_hold(finding: &KnownFinding) -> bool {
    let texts = [finding.path.as_unescaped(), finding.pointer.as_str()];
    texts.iter().all(|text| scan::unfit_character(text).is_none())
}

fn entry(index: usize) -> Pointer {
    Pointer::root().child("findings").child(&index.to_string())
}

fn first_of_each(entries: &BTreeMap<KnownFinding, usize>) -> BTreeMap<(PolicyId, String), usize> {
    let mut rules = BTreeMap::new();
    for (finding, index) in entries {
        let first = rules.entry((finding.policy.clone(), finding.rule.clone())).or_insert(*index);
        *first = (*first).min(*index);
    }
    rules
}

fn check_version(checks: &mut Checks<'_>, version: i64) {
    if version != VERSION {
        checks.value(
            &Pointer::root().child("version"),
            ProblemKind::Value,
            format!("the number `{version}`"),
            format!("`{VERSION}`, the version this program reads"),
            format!("write `version: {VERSION}`; a baseline of a later version needs a later program"),
        );
    }
}

fn check_count(checks: &mut Checks<'_>, count: usize) {
    if count > BASELINE_ENTRIES_MAX {
        checks.value(
            &Pointer::root().child("findings"),
            ProblemKind::TooMuch,
            format!("{count} findings"),
            format!("at most {BASELINE_ENTRIES_MAX}"),
            "bind the policy that finds them in mode `warn`, or look at fewer files with its `when`",
        );
    }
}

/// The finding, if each part of it is one that a report can hold.
fn finding(checks: &mut Checks<'_>, at: &Pointer, written: Entry) -> Option<KnownFinding> {
    let Entry { policy, rule, path, pointer, says } = written;
    let policy = checked_id(checks, &at.child("policy"), "policy", policy);
    let rule = checked_id(checks, &at.child("rule"), "rule", rule);
    if path.is_empty() {
        let help = "write the path as the report does; a baseline holds nothing but findings in files";
        checks.value(&at.child("path"), ProblemKind::Empty, "an empty text", "the path of a file", help);
    }
    if !(pointer.is_empty() || pointer.starts_with('/')) {
        let help = "write it as the report does";
        let expected = "a JSON pointer: empty, or with a `/` in front of each key";
        let found = format!("the text {}", shown(&pointer));
        checks.value(&at.child("pointer"), ProblemKind::Value, found, expected, help);
    }
    let says = checked_digest(checks, &at.child("says"), says);
    let (path, pointer) = (Untrusted::new(path), Pointer::new(pointer));
    Some(KnownFinding { policy: policy?, rule: rule?.into(), path, pointer, says: says? })
}

fn checked_id(checks: &mut Checks<'_>, at: &Pointer, what: &str, text: String) -> Option<PolicyId> {
    let found = format!("{what} {}", shown(&text));
    match PolicyId::try_from(text) {
        Ok(id) => Some(id),
        Err(unfit) => {
            let help = "write the two as the report does, without the `/` between them";
            checks.value(at, ProblemKind::Value, found, unfit.expected, help);
            None
        }
    }
}

fn checked_digest(checks: &mut Checks<'_>, at: &Pointer, text: String) -> Option<Says> {
    let found = format!("the text {}", shown(&text));
    match Says::try_from(text) {
        Ok(says) => Some(says),
        Err(unfit) => {
            let help = "it is not written by hand: `interlock check --write-baseline` writes it";
            checks.value(at, ProblemKind::Value, found, unfit.expected, help);
            None
        }
    }
}

fn twice(checks: &mut Checks<'_>, index: usize, first: usize) {
    let first = checks.span(&entry(first));
    let expected = format!("it once: the first is at line {}, column {}", first.line, first.column);
    let help = "remove one of the two";
    checks.value(&entry(index), ProblemKind::DuplicateKey, "a finding a second time", expected, help);
}

/// The schema of a baseline, as `interlock schema baseline` prints it.
pub fn baseline_schema() -> schemars::Schema {
    crate::schema::described::<Written>("urn:interlock:schema:baseline", "interlock.baseline")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
