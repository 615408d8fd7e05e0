//! From a policy's answer to the model, checked against its manifest and the limits.
//!
//! The types were checked when the answer was read. What is left: is each rule one that the policy declared, is no
//! finding harder than its rule may be, and is nothing longer than it may be?

use interlock_model::{
    Evidence, Fault, Finding, Location, Manifest, Needs, OutputLimit, Pointer, PolicyId, Rule, Setting,
    SettingKind, Untrusted, Verdict,
};

use crate::bindings::interlock::policy::finding_types as wit;
use crate::{Limits, SettingError};

/// What is left of the bytes that an answer may have.
struct Budget<'a> {
    limits: &'a Limits,
    used: usize,
}

impl Budget<'_> {
    fn text(&mut self, text: String) -> Result<Untrusted, Fault> {
        if text.len() > self.limits.text_bytes_max {
            return Err(too_large(OutputLimit::Text, self.limits.text_bytes_max, Some(text.len())));
        }
        self.used += text.len();
        if self.used > self.limits.output_bytes_max {
            return Err(too_large(OutputLimit::Bytes, self.limits.output_bytes_max, None));
        }
        Ok(text.into())
    }

    fn items(&self, count: usize) -> Result<(), Fault> {
        if count > self.limits.items_max {
            return Err(too_large(OutputLimit::Items, self.limits.items_max, Some(count)));
        }
        Ok(())
    }
}

fn too_large(what: OutputLimit, limit: usize, used: Option<usize>) -> Fault {
    Fault::OutputTooLarge { what, limit: limit as u64, used: used.map(|used| used as u64) }
}

fn bad(what: String) -> Fault {
    Fault::BadOutput { what: what.into() }
}

/// The findings of one evaluation, sorted, so that their order says nothing about the policy's insides.
pub(crate) fn findings(
    found: Vec<wit::Finding>,
    manifest: &Manifest,
    limits: &Limits,
) -> Result<Vec<Finding>, Fault> {
    if found.len() > limits.findings_max {
        return Err(too_large(OutputLimit::Findings, limits.findings_max, Some(found.len())));
    }
    let mut budget = Budget { limits, used: 0 };
    let mut findings = found
        .into_iter()
        .map(|found| finding(found, manifest, &mut budget))
        .collect::<Result<Vec<_>, _>>()?;
    findings.sort_by(|a, b| (&a.rule, &a.locations, &a.message).cmp(&(&b.rule, &b.locations, &b.message)));
    Ok(findings)
}

fn finding(found: wit::Finding, manifest: &Manifest, budget: &mut Budget<'_>) -> Result<Finding, Fault> {
    let rule = budget.text(found.rule)?;
    let Some(declared) = manifest.rule(rule.as_unescaped()) else {
        return Err(bad(format!("a finding of rule `{}`, which it does not declare", rule.as_unescaped())));
    };
    let verdict = verdict(found.verdict);
    if verdict > declared.strictest {
        let strictest = declared.strictest;
        return Err(bad(format!(
            "rule `{}` says at most `{strictest}` and asked to `{verdict}`",
            declared.id
        )));
    }
    budget.items(found.locations.len())?;
    budget.items(found.evidence.len())?;
    Ok(Finding {
        rule: declared.id.clone(),
        verdict,
        message: budget.text(found.message)?,
        remedy: found.remedy.map(|remedy| budget.text(remedy)).transpose()?,
        locations: found.locations.into_iter().map(|it| location(it, budget)).collect::<Result<_, _>>()?,
        evidence: found.evidence.into_iter().map(|it| evidence(it, budget)).collect::<Result<_, _>>()?,
    })
}

fn location(found: wit::Location, budget: &mut Budget<'_>) -> Result<Location, Fault> {
    let path = found.path.map(|path| budget.text(path)).transpose()?;
    let pointer = Pointer::new(budget.text(found.pointer)?.as_unescaped());
    Ok(Location { path, pointer })
}

fn evidence(found: wit::Evidence, budget: &mut Budget<'_>) -> Result<Evidence, Fault> {
    Ok(Evidence { key: budget.text(found.key)?, value: budget.text(found.value)? })
}

fn verdict(verdict: wit::Verdict) -> Verdict {
    match verdict {
        wit::Verdict::Warn => Verdict::Warn,
        wit::Verdict::Block => Verdict::Block,
    }
}

/// What a policy says of its settings, within the limits of any answer.
pub(crate) fn setting_errors(
    found: Vec<wit::SettingError>,
    limits: &Limits,
) -> Result<Vec<SettingError>, Fault> {
    let mut budget = Budget { limits, used: 0 };
    budget.items(found.len())?;
    let error = |error: wit::SettingError| {
        let pointer = Pointer::new(budget.text(error.pointer)?.as_unescaped());
        Ok(SettingError { pointer, message: budget.text(error.message)? })
    };
    found.into_iter().map(error).collect()
}

/// A policy's reason why it cannot judge.
pub(crate) fn refusal(failure: wit::Failure) -> Fault {
    let reason = match failure {
        wit::Failure::BadSettings(text) => format!("bad settings: {text}"),
        wit::Failure::Unsupported(text) => format!("unsupported: {text}"),
        wit::Failure::Internal(text) => text,
    };
    Fault::Refused { reason: reason.chars().take(REASON_CHARS_MAX).collect::<String>().into() }
}

/// A reason is read by a person.
const REASON_CHARS_MAX: usize = 2_000;

/// What a policy says about itself; the error says what is wrong with it.
pub(crate) fn manifest(found: wit::Manifest, limits: &Limits) -> Result<Manifest, String> {
    let mut budget = Budget { limits, used: 0 };
    let text = |budget: &mut Budget<'_>, text| budget.text(text).map_err(|fault| format!("it {fault}"));
    let id =
        PolicyId::try_from(found.id.clone()).map_err(|unfit| format!("{unfit}, found `{}`", found.id))?;
    at_most_items("rules", found.rules.len(), limits)?;
    at_most_items("settings", found.settings.len(), limits)?;
    at_most_items("paths", found.needs.paths.len(), limits)?;
    let mut rules = Vec::with_capacity(found.rules.len());
    for rule in found.rules {
        kebab_and_new("rule", &rule.id, rules.iter().map(|rule: &Rule| rule.id.as_str()))?;
        rules.push(Rule {
            id: rule.id,
            title: text(&mut budget, rule.title)?,
            help: text(&mut budget, rule.help)?,
            remedy: text(&mut budget, rule.remedy)?,
            origin: rule.origin.map(|origin| text(&mut budget, origin)).transpose()?,
            strictest: verdict(rule.strictest),
        });
    }
    let mut settings = Vec::with_capacity(found.settings.len());
    for setting in found.settings {
        kebab_and_new(
            "setting",
            &setting.key,
            settings.iter().map(|setting: &Setting| setting.key.as_str()),
        )?;
        settings.push(Setting {
            key: setting.key,
            kind: setting_kind(setting.kind),
            default: text(&mut budget, setting.default)?,
            help: text(&mut budget, setting.help)?,
        });
    }
    if rules.is_empty() {
        return Err("it has no rule, so it could never say anything".into());
    }
    let version = text(&mut budget, found.version)?;
    let title = text(&mut budget, found.title)?;
    let path = |path| text(&mut budget, path).map(|path| path.as_unescaped().to_owned());
    let paths = found.needs.paths.into_iter().map(path).collect::<Result<_, _>>()?;
    let needs = Needs { paths, edits: found.needs.edits, text: found.needs.text };
    Ok(Manifest { id, version, title, rules, settings, needs })
}

fn at_most_items(what: &str, count: usize, limits: &Limits) -> Result<(), String> {
    if count > limits.items_max { Err(format!("{count} {what}, limit {}", limits.items_max)) } else { Ok(()) }
}

fn kebab_and_new<'a>(what: &str, id: &str, mut known: impl Iterator<Item = &'a str>) -> Result<(), String> {
    if !PolicyId::is_kebab(id) {
        return Err(format!("expected a kebab-case {what} id of at most 64 characters, found `{id}`"));
    }
    if known.any(|known| known == id) {
        return Err(format!("the {what} `{id}` is there twice"));
    }
    Ok(())
}

fn setting_kind(kind: wit::SettingKind) -> SettingKind {
    match kind {
        wit::SettingKind::Boolean => SettingKind::Boolean,
        wit::SettingKind::WholeNumber => SettingKind::WholeNumber,
        wit::SettingKind::Text => SettingKind::Text,
        wit::SettingKind::TextList => SettingKind::TextList,
    }
}
