//! Rules as SARIF describes them. A report names the rules that found something, with their reason and source; those that
//! found nothing are not in it, and so not here.

use interlock_model::{JudgedFinding, Verdict};

use super::log::{Configuration, Message, Rule, RuleProperties};
use super::result::{level_of, message};
use crate::escape::{for_viewer, web_address};
use crate::standing::{BROKEN, Problem, Standing, name};

/// Characters of a description. GitHub refuses no longer one, but does not say what it does with it.
const DESCRIPTION_MAX: usize = 1_024;

/// The tag of every rule.
const TOOL: &str = "interlock";

const BROKEN_WHY: &str =
    "a policy that cannot judge has not passed anything: what its binding's `on-error` says counts";

/// The rule of a result.
pub(super) fn rule(standing: &Standing<'_>) -> Rule {
    match standing.what {
        Problem::Finding(finding) => of_finding(standing, finding),
        Problem::Broken(_) => broken(),
    }
}

fn of_finding(standing: &Standing<'_>, finding: &JudgedFinding) -> Rule {
    let why = described(finding.why.as_unescaped());
    let origin = finding.origin.as_ref().map(|origin| described(origin.as_unescaped()));
    let help = origin.iter().fold(why.clone(), |help, origin| format!("{help}\nsee: {origin}"));
    let help_uri = finding.origin.as_ref().and_then(|it| web_address(it.as_unescaped()));
    Rule {
        id: standing.rule_id(),
        short_description: message(&title(standing.policy.id.as_str(), &finding.rule)),
        full_description: message(&why),
        help: message(&help),
        help_uri: help_uri.map(str::to_owned),
        default_configuration: Configuration { level: level_of(finding.asked) },
        properties: RuleProperties {
            tags: tags(standing.policy.id.as_str()),
            problem_severity: severity(finding.asked),
            policy_version: name(standing.policy.version.as_unescaped()),
            policy_module: standing.policy.module.as_ref().map(|it| it.as_str().to_owned()),
        },
    }
}

/// What results can be filtered by. No two may be alike, and the gate's own findings stand under its own name.
fn tags(policy: &str) -> Vec<String> {
    let policy = Some(policy.to_owned()).filter(|it| it != TOOL);
    [TOOL.to_owned()].into_iter().chain(policy).collect()
}

/// `change window: late friday`. A report carries no title of a rule.
fn title(policy: &str, rule: &str) -> String {
    described(&format!("{policy}: {rule}").replace('-', " "))
}

fn broken() -> Rule {
    let text = |text: &str| Message { text: text.to_owned() };
    Rule {
        id: BROKEN.to_owned(),
        short_description: text("interlock: broken policy"),
        full_description: text(BROKEN_WHY),
        help: text(BROKEN_WHY),
        help_uri: None,
        default_configuration: Configuration { level: level_of(Verdict::Block) },
        properties: RuleProperties {
            tags: tags(TOOL),
            problem_severity: severity(Verdict::Block),
            policy_version: env!("CARGO_PKG_VERSION").to_owned(),
            policy_module: None,
        },
    }
}

/// A text that must not be empty, because GitHub takes none that is.
fn described(text: &str) -> String {
    match for_viewer(text, DESCRIPTION_MAX / 2) {
        shown if shown.trim().is_empty() => "(the policy says nothing)".to_owned(),
        shown => shown,
    }
}

fn severity(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "recommendation",
        Verdict::Warn => "warning",
        Verdict::Block => "error",
    }
}
