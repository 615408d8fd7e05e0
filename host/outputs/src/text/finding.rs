//! One finding as a block: what is wrong, where, who lets it pass, why it matters, the smallest fix, the facts it
//! stands on.

use annotate_snippets::{Element, Group, Level};
use interlock_model::{Evidence, JudgedFinding, Mode, Place, PolicyReport, Verdict, Waived};

use super::wrap::{GLUE, wrap_hanging};
use super::{OfRule, Page, level, listed, snippet, verdict_style};
use crate::escape::{for_terminal, name_for_terminal};

/// The block. `before` is a finding of the same rule that stands above: what it said alike is left out here.
pub(super) fn render(
    page: &Page<'_>,
    of: &OfRule<'_>,
    finding: &JudgedFinding,
    before: Option<&JudgedFinding>,
) -> String {
    let id = of.id();
    let indent = format!("{}[{id}]: ", finding.verdict).len();
    let message = page.wrap(&title(finding), indent);
    let (shown, others) = match finding.places.split_first() {
        Some((first, others)) => (snippet::render(page, first), others),
        None => (Vec::new(), [].as_slice()),
    };
    page.block(
        Group::with_title(level(finding.verdict).primary_title(message).id(id))
            .elements(shown)
            .elements(also(page, others))
            .elements(lowered(page, of, before))
            .elements(why(page, finding, before))
            .elements(fix(page, finding, before))
            .elements(facts(page, &finding.evidence)),
    )
}

/// One line for the findings of a rule that are not shown one by one.
pub(super) fn render_rest(page: &Page<'_>, of: &OfRule<'_>, rest: &[&JudgedFinding]) -> String {
    let verdict = of.first.verdict;
    let lead = format!("{verdict}[{}]: ", of.id());
    let places = rest.iter().filter_map(|finding| finding.places.first());
    let places: Vec<String> = places.map(|place| snippet::in_words(page, place)).collect();
    let text = format!("{} more like this, at {}", rest.len(), listed(&places, ", "));
    format!("{}{}", page.paint(verdict_style(verdict), &lead), wrap_hanging(&text, page.width, lead.len()))
}

/// A labelled text under the source line: `= label: text`, wrapped under itself.
pub(super) fn note(
    page: &Page<'_>,
    level: Level<'static>,
    label: &'static str,
    text: &str,
) -> Element<'static> {
    // A line number of three digits, ` = ` and `: `.
    let indent = label.len() + 8;
    level.with_name(label).message(page.wrap(text, indent)).into()
}

/// What is wrong, and what the policy asked for if somebody has decided that it weighs less.
fn title(finding: &JudgedFinding) -> String {
    let message = for_terminal(&finding.message);
    if finding.asked == finding.verdict {
        return message;
    }
    format!("{message} (asked{GLUE}for:{GLUE}{})", finding.asked)
}

/// Who decided that it weighs less than the policy asked for. Said once for all findings of a rule that this covers.
fn lowered(page: &Page<'_>, of: &OfRule<'_>, before: Option<&JudgedFinding>) -> Vec<Element<'static>> {
    if before.is_some() {
        return Vec::new();
    }
    lowered_in_words(of.policy, of.first).iter().map(|text| sentence(page, text)).collect()
}

/// The same, one escaped sentence for each that did.
pub(crate) fn lowered_in_words(policy: &PolicyReport, finding: &JudgedFinding) -> Vec<String> {
    let mode = match policy.mode {
        Mode::Warn if finding.asked > Verdict::Warn => {
            Some(format!("lowered by the policy set: `{}` is bound in mode `warn`", policy.id))
        }
        Mode::Enforce | Mode::Warn | Mode::Shadow => None,
    };
    let known = finding.baseline.is_known().then(|| KNOWN.to_owned());
    mode.into_iter().chain(finding.waived.as_ref().map(waived_in_words)).chain(known).collect()
}

/// What is said of a finding that the baseline holds.
pub(crate) const KNOWN: &str = "known: the baseline accepts it as it is said here";

pub(crate) fn waived_in_words(waived: &Waived) -> String {
    let Waived { reason, by, until } = waived;
    format!("waived by `{}` until {until}: {}", name_for_terminal(by), for_terminal(reason))
}

/// A line under the source line that is a sentence of its own: `= text`, wrapped under itself.
fn sentence(page: &Page<'_>, text: &str) -> Element<'static> {
    Level::NOTE.no_name().message(page.wrap(text, 6)).into()
}

fn also(page: &Page<'_>, places: &[Place]) -> Option<Element<'static>> {
    let places: Vec<String> = places.iter().map(|place| snippet::in_words(page, place)).collect();
    (!places.is_empty()).then(|| note(page, Level::NOTE, "also", &listed(&places, ", ")))
}

fn why(page: &Page<'_>, finding: &JudgedFinding, before: Option<&JudgedFinding>) -> Vec<Element<'static>> {
    if before.is_some_and(|before| before.why == finding.why && before.origin == finding.origin) {
        return Vec::new();
    }
    let why = note(page, Level::NOTE, "why", &for_terminal(&finding.why));
    let origin = finding.origin.as_ref().map(|origin| note(page, Level::NOTE, "see", &for_terminal(origin)));
    [why].into_iter().chain(origin).collect()
}

fn fix(page: &Page<'_>, finding: &JudgedFinding, before: Option<&JudgedFinding>) -> Option<Element<'static>> {
    let said = before.is_some_and(|before| before.remedy == finding.remedy);
    (!said).then(|| note(page, Level::HELP, "fix", &for_terminal(&finding.remedy)))
}

fn facts(page: &Page<'_>, evidence: &[Evidence]) -> Option<Element<'static>> {
    facts_in_words(evidence).map(|facts| note(page, Level::NOTE, "facts", &facts))
}

/// The facts a finding stands on, the first few. `None`: it names none.
pub(crate) fn facts_in_words(evidence: &[Evidence]) -> Option<String> {
    let fact =
        |fact: &Evidence| format!("{} = {}", name_for_terminal(&fact.key), name_for_terminal(&fact.value));
    let facts: Vec<String> = evidence.iter().map(fact).collect();
    (!facts.is_empty()).then(|| listed(&facts, "; "))
}
