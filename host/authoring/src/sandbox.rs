//! One policy alone in a gate: loaded once, and asked about each case under the settings and calendars of that case.
//!
//! It is the gate that judges changes, with one policy bound; what the gate itself adds to a report is left out.

use std::sync::Arc;

use anyhow::anyhow;
use interlock::{BuildError, BuildErrors, Gate, LogLine, SettingError};
use interlock_inputs::{Calendars, Case, CasesFile, InputError, NamedPath, read_calendar_file};
use interlock_model::{
    Almanac, ChangeDocument, Fault, JudgedFinding, Manifest, Pointer, PolicyId, Question, ReportedOutcome,
    Settings, Untrusted, Verdict,
};
use interlock_outputs::escape::name_for_terminal;
use serde_json::Value;

use crate::next_step::{explained, next_step};

/// Bytes of the longest rule for which a similar one is looked for.
const COMPARED_MAX: usize = 100;

/// A loaded policy that can be asked.
pub struct Sandbox {
    gate: Gate,
    id: PolicyId,
}

/// What a policy came to, and what it used. Every text of the policy's is hostile.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Findings, or how it broke.
    pub came: Came,
    /// Units of fuel. Absent if it broke: the count is not known exactly then.
    pub fuel: Option<u64>,
    /// Most bytes of memory it held.
    pub memory_bytes: u64,
    /// What it wrote for its author.
    pub log: Vec<LogLine>,
}

/// What a policy came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It judged.
    Found(Vec<Found>),
    /// It did not.
    Broken(Fault),
}

/// A finding, as far as cases speak of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The rule.
    pub rule: String,
    /// Warn or block.
    pub verdict: Verdict,
    /// Its first place.
    pub at: Pointer,
    /// The changed file in which that lies.
    pub file: Option<Untrusted>,
    /// What it says. Compared where a case has a message.
    pub message: Untrusted,
}

impl Found {
    fn of(finding: &JudgedFinding) -> Self {
        let place = finding.places.first();
        Self {
            rule: finding.rule.clone(),
            verdict: finding.verdict,
            at: place.map(|place| place.pointer.clone()).unwrap_or_default(),
            file: place.and_then(|place| place.path.clone()),
            message: finding.message.clone(),
        }
    }

    /// Whether it says the same of the same place, in whatever words.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.rule == other.rule
            && self.verdict == other.verdict
            && self.at == other.at
            && self.file == other.file
    }
}

impl Sandbox {
    /// Takes a gate over one policy. One that is no policy, or breaks while it says what it is, is refused.
    ///
    /// # Errors
    /// With what is wrong with the module, and the next step.
    pub fn new(gate: Gate) -> anyhow::Result<Self> {
        if let Some((id, fault)) = gate.broken().next() {
            return Err(anyhow!("policy `{id}` {}\nhelp: {}", explained(fault), next_step(fault)));
        }
        let id = gate.policies().next().map(|(id, _)| id.clone());
        let id = id.ok_or_else(|| anyhow!("no policy is bound\nhelp: name a module with `--module`"))?;
        Ok(Self { gate, id })
    }

    /// The name it is bound under.
    pub fn id(&self) -> &PolicyId {
        &self.id
    }

    /// Asks about a change that is no case yet, with the policy's defaults and no calendar.
    pub fn answer(&self, document: &ChangeDocument, question: &Question) -> Answer {
        ask(&self.gate, &self.id, document, question)
    }

    /// What the policy says of itself.
    fn manifest(&self) -> Option<&Manifest> {
        self.gate.policies().next().map(|(_, manifest)| manifest)
    }

    /// A case made ready: its change read, the policy under its settings and calendars.
    pub(crate) fn stand<'c>(&'c self, file: &'c CasesFile, case: &'c Case) -> anyhow::Result<Stand<'c>> {
        self.check_rules(file, case)?;
        let facts = file.facts(case)?;
        let document = file.document(case, &facts)?;
        let question = case.question(&document);
        let gate = self.gate.variant(&self.id, case.settings.clone(), almanac(&case.calendars)?);
        let gate = gate.map_err(|errors| placed(file, case, &errors))?;
        Ok(Stand { sandbox: self, case, gate, facts, document, question })
    }

    /// A rule that the policy does not have would be missed for ever.
    fn check_rules(&self, file: &CasesFile, case: &Case) -> Result<(), InputError> {
        let Some(manifest) = self.manifest() else { return Ok(()) };
        let Some(unknown) = case.expect.iter().find(|expected| manifest.rule(&expected.rule).is_none())
        else {
            return Ok(());
        };
        let shown = name_for_terminal(&unknown.rule.as_str().into());
        let help = match nearest(manifest, &unknown.rule) {
            Some(rule) => format!("did you mean `{rule}`?"),
            None => format!("its rules are {}", rules(manifest)),
        };
        let found = format!("no rule `{shown}` in policy `{}`", self.id);
        Err(file.problem(&unknown.pointer.child("rule"), &found, None, &help))
    }
}

fn rules(manifest: &Manifest) -> String {
    let named: Vec<String> = manifest.rules.iter().take(20).map(|rule| format!("`{}`", rule.id)).collect();
    if named.is_empty() { "none: it declares no rule".to_owned() } else { named.join(", ") }
}

fn nearest<'m>(manifest: &'m Manifest, written: &str) -> Option<&'m str> {
    if written.len() > COMPARED_MAX {
        return None;
    }
    let distance = |rule: &str| strsim::damerau_levenshtein(rule, written);
    let rules = manifest.rules.iter().map(|rule| rule.id.as_str());
    rules.min_by_key(|rule| distance(rule)).filter(|rule| distance(rule) <= rule.len() / 3)
}

/// Calendars that are named. None named: none.
pub(crate) fn almanac(named: &[NamedPath]) -> anyhow::Result<Option<Arc<dyn Almanac>>> {
    if named.is_empty() {
        return Ok(None);
    }
    let read: Vec<_> = named.iter().map(|named| read_calendar_file(&named.path)).collect::<Result<_, _>>()?;
    Ok(Some(Arc::new(Calendars::new(read)?)))
}

/// Settings that the policy cannot use, at their lines.
fn placed(file: &CasesFile, case: &Case, errors: &BuildErrors) -> anyhow::Error {
    let misset = |error: &SettingError| {
        let at = format!("{}{}", case.pointer.child("settings").as_str(), error.pointer.as_str());
        let key = Untrusted::from(error.pointer.as_str().trim_start_matches('/'));
        let found = format!("setting `{}`: {}", key.quoted(), error.message.first_line().quoted());
        let help = "its settings and their defaults stand in the policy's settings struct";
        file.problem(&Pointer::new(at), &found, None, help).drawn(&error.message).to_string()
    };
    let one = |error: &BuildError| match error {
        BuildError::Settings { policy: _, errors } => {
            errors.iter().map(misset).collect::<Vec<_>>().join("\n")
        }
        BuildError::Engine(_)
        | BuildError::BoundTwice(_)
        | BuildError::NotBound(_)
        | BuildError::Reserved(_)
        | BuildError::When { .. }
        | BuildError::WaiverRule { .. }
        | BuildError::BaselineRule { .. }
        | BuildError::Lost { .. } => format!("{error}\nhelp: {}", error.help()),
    };
    anyhow!("{}", errors.iter().map(one).collect::<Vec<_>>().join("\n"))
}

/// A case that is ready to be asked, as it is or with something of it changed.
pub(crate) struct Stand<'c> {
    sandbox: &'c Sandbox,
    case: &'c Case,
    gate: Gate,
    /// What its change says.
    pub(crate) facts: Value,
    document: ChangeDocument,
    question: Question,
}

impl Stand<'_> {
    /// Asks about the case as it is.
    pub(crate) fn ask(&self) -> Answer {
        self.ask_about(&self.document)
    }

    /// Asks the same about another change.
    pub(crate) fn ask_about(&self, document: &ChangeDocument) -> Answer {
        ask(&self.gate, &self.sandbox.id, document, &self.question)
    }

    /// Asks the same under other settings. `None`: the policy cannot use them.
    pub(crate) fn ask_under(&self, settings: Settings) -> Option<Answer> {
        let calendars = almanac(&self.case.calendars).ok()?;
        let gate = self.gate.variant(&self.sandbox.id, settings, calendars).ok()?;
        Some(ask(&gate, &self.sandbox.id, &self.document, &self.question))
    }
}

fn ask(gate: &Gate, id: &PolicyId, document: &ChangeDocument, question: &Question) -> Answer {
    let mut log = Vec::new();
    let report = gate.check_and_hear(document, question, &mut |_, lines| log.extend_from_slice(lines));
    let Some(own) = report.policies.into_iter().find(|policy| policy.id == *id) else {
        let what = "the policy is not in its own report".to_owned();
        return Answer { came: Came::Broken(Fault::Host { what }), fuel: None, memory_bytes: 0, log };
    };
    let came = match own.outcome {
        ReportedOutcome::Findings(found) => Came::Found(found.iter().map(Found::of).collect()),
        ReportedOutcome::Broken(fault) => Came::Broken(fault),
        ReportedOutcome::NotSelected { because } => {
            let what = format!("it was not asked: {}", because.quoted());
            Came::Broken(Fault::Host { what })
        }
    };
    let (fuel, memory_bytes) = own.spending.map_or((None, 0), |used| (used.fuel, used.memory_bytes));
    Answer { came, fuel, memory_bytes, log }
}
