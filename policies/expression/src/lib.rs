//! Stock policy `expression`: a rule of the house in one line of the policy set.
//!
//! The settings hold an expression in the Common Expression Language, and the change is read by it. One binding is one
//! rule; the name that the operator gives the binding names it. Here are the settings and the finding. `parse` reads the
//! text, `check` asks whether it fits the contract, `eval` reads a change by it; each bounds what it does, and the engine's
//! fuel bounds all of it.

mod check;
mod eval;
mod expression;
mod kind;
mod parse;
mod place;
mod token;
mod tree;
mod trouble;
mod value;

use interlock_guest::finding_types::{SettingKind, SettingScalar};
use interlock_guest::prelude::*;

use crate::expression::Expression;

/// Longest text of the operator's that is shown with a finding, in bytes.
const TEXT_BYTES_MAX: usize = 2_000;

const PHASES: &[(&str, Phase)] =
    &[("merge", Phase::Merge), ("deploy", Phase::Deploy), ("promote", Phase::Promote)];

/// One rule of the house.
#[derive(Settings)]
#[setting(check = fits)]
pub struct HouseRule {
    /// What must be true of a change. Either this or `refuse` is given. Default: nothing.
    #[setting(default = "")]
    require: Expression,
    /// What must not be true of a change. Either this or `require` is given. Default: nothing.
    #[setting(default = "")]
    refuse: Expression,
    /// How hard the rule is: `block` or `warn`. Default `block`, like any policy's hardest rule.
    #[setting(default = "block")]
    verdict: Weight,
    /// What is said to whoever is stopped, in one sentence of at most 2000 bytes. Default: the expression itself.
    #[setting(default = "")]
    message: String,
    /// The smallest change that helps, of at most 2000 bytes. Default: to mend the change, or to ask for another rule.
    #[setting(default = "")]
    remedy: String,
    /// Where a finding points in the change document, as a JSON pointer. Default: at the first fact that the expression reads.
    #[setting(default = "")]
    at: String,
    /// At which points it is asked. Default: at each, because an expression can ask for `question.asked_at` itself.
    #[setting(default = ["merge", "deploy", "promote"])]
    phases: Texts,
}

/// How hard a rule is.
struct Weight(Verdict);

impl SettingField for Weight {
    const KIND: SettingKind = SettingKind::Text;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        match values {
            [SettingScalar::Text(text)] if text == "block" => Ok(Self(Verdict::Block)),
            [SettingScalar::Text(text)] if text == "warn" => Ok(Self(Verdict::Warn)),
            _ => Err("`block` or `warn`".into()),
        }
    }
}

/// The one expression that is given, and what it has to come to.
enum Asked<'a> {
    Require(&'a Expression),
    Refuse(&'a Expression),
}

impl<'a> Asked<'a> {
    fn of(rule: &'a HouseRule) -> Result<Self, (&'static str, String)> {
        match (rule.require.is_empty(), rule.refuse.is_empty()) {
            (false, true) => Ok(Self::Require(&rule.require)),
            (true, false) => Ok(Self::Refuse(&rule.refuse)),
            (true, true) => Err((
                "require",
                "expected an expression here or under `refuse`: without one this policy has no rule".into(),
            )),
            (false, false) => Err((
                "refuse",
                "expected either `require` or `refuse`: one binding is one rule, so bind the policy once more".into(),
            )),
        }
    }

    fn expression(&self) -> &'a Expression {
        match self {
            Self::Require(expression) | Self::Refuse(expression) => expression,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::Require(_) => "require",
            Self::Refuse(_) => "refuse",
        }
    }

    fn is_kept(&self, is_true: bool) -> bool {
        match self {
            Self::Require(_) => is_true,
            Self::Refuse(_) => !is_true,
        }
    }
}

/// Everything about the settings that can be told before a change is seen.
fn fits(rule: &HouseRule) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    match Asked::of(rule) {
        Err(missing) => wrong.push(missing),
        Ok(asked) => wrong.extend(asked.expression().trouble().map(|trouble| (asked.key(), trouble))),
    }
    for (key, text) in [("message", &rule.message), ("remedy", &rule.remedy)] {
        if text.len() > TEXT_BYTES_MAX {
            wrong.push((key, format!("expected at most {TEXT_BYTES_MAX} bytes, found {}", text.len())));
        }
    }
    if !rule.at.is_empty() {
        wrong.extend(place::check(&rule.at).err().map(|message| ("at", message)));
    }
    wrong.extend(wrong_phase(&rule.phases).map(|message| ("phases", message)));
    wrong
}

fn wrong_phase(phases: &Texts) -> Option<String> {
    if phases.is_empty() {
        return Some(
            "expected at least one of `merge`, `deploy`, `promote`: at none of them no rule is asked".into(),
        );
    }
    let known = |phase: &str| PHASES.iter().any(|(name, _)| *name == phase);
    let strange = phases.iter().find(|phase| !known(phase))?;
    Some(format!("expected `merge`, `deploy` or `promote`, found `{strange}`"))
}

const HOUSE_RULE: Rule = Rule {
    id: "house-rule",
    title: "what the house asks of a change holds",
    help: "whoever keeps the policy set wrote this rule there, beside the policies that come with the gate",
    remedy: "mend what the expression reads, or ask whoever keeps the policy set for another rule",
    origin: Some("a rule of the house, of this policy set alone"),
    strictest: Verdict::Block,
};

#[policy(
    title = "a change keeps the rule that the house wrote down as an expression",
    rules = [HOUSE_RULE],
    edits_of = ["**"]
)]
fn judge(change: &Change, question: &Question, rule: &HouseRule) -> Judgement {
    let asked_now = PHASES
        .iter()
        .any(|(name, phase)| *phase == question.asked_at && rule.phases.iter().any(|it| it == *name));
    if !asked_now {
        return Ok(vec![]);
    }
    let asked = Asked::of(rule).map_err(|(_, message)| Failure::BadSettings(message))?;
    let expression = asked.expression();
    let is_true = expression.holds(change, question);
    let is_true =
        is_true.map_err(|why| Failure::Unsupported(format!("`{}` cannot be told: {why}", asked.key())))?;
    Ok(if asked.is_kept(is_true) { vec![] } else { vec![finding(rule, &asked)] })
}

fn finding(rule: &HouseRule, asked: &Asked<'_>) -> Finding {
    let source = asked.expression().source.trim();
    let is_true = if asked.is_kept(true) { "is not true" } else { "is true" };
    let message = match rule.message.as_str() {
        "" => format!("`{source}` {is_true} of this change"),
        message => message.to_owned(),
    };
    let mut finding = HOUSE_RULE.finding(rule.verdict.0, message);
    if !rule.message.is_empty() {
        finding = finding.because(asked.key(), source);
    }
    if !rule.remedy.is_empty() {
        finding = finding.remedy(&rule.remedy);
    }
    let first_fact = asked.expression().first_fact().filter(|pointer| !pointer.is_empty());
    match Some(&rule.at).filter(|at| !at.is_empty()).cloned().or(first_fact) {
        Some(pointer) => finding.at(pointer),
        None => finding,
    }
}
