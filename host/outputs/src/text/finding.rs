//! One finding as a block: what is wrong, where, why it matters, the smallest fix, the facts it stands on.

use annotate_snippets::{Element, Group, Level};
use interlock_model::{Evidence, JudgedFinding, Place, PolicyId};

use super::wrap::wrap_hanging;
use super::{OfRule, Page, level, snippet, verdict_style};
use crate::escape::{for_terminal, name_for_terminal, text_for_terminal};

/// Further places and facts that are named; a count stands for the rest.
const LISTED: usize = 5;

/// The block. `before` is a finding of the same rule that stands above: what it said alike is left out here.
pub(super) fn render(
    page: &Page<'_>,
    policy: &PolicyId,
    finding: &JudgedFinding,
    before: Option<&JudgedFinding>,
) -> String {
    let id = rule_id(policy, &finding.rule);
    let indent = format!("{}[{id}]: ", finding.verdict).len();
    let message = page.wrap(&for_terminal(&finding.message), indent);
    let (shown, others) = match finding.places.split_first() {
        Some((first, others)) => (snippet::render(page, first), others),
        None => (Vec::new(), [].as_slice()),
    };
    page.block(
        Group::with_title(level(finding.verdict).primary_title(message).id(id))
            .elements(shown)
            .elements(also(page, others))
            .elements(why(page, finding, before))
            .elements(fix(page, finding, before))
            .elements(facts(page, &finding.evidence)),
    )
}

/// One line for the findings of a rule that are not shown one by one.
pub(super) fn render_rest(page: &Page<'_>, of: &OfRule<'_>, rest: &[&JudgedFinding]) -> String {
    let lead = format!("{}[{}]: ", of.verdict, rule_id(of.policy, of.rule));
    let places = rest.iter().filter_map(|finding| finding.places.first());
    let places: Vec<String> = places.map(|place| snippet::in_words(page, place)).collect();
    let text = format!("{} more like this, at {}", rest.len(), listed(&places, LISTED, ", "));
    format!("{}{}", page.paint(verdict_style(of.verdict), &lead), wrap_hanging(&text, page.width, lead.len()))
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

/// `policy/rule`. The engine has checked that a rule's id is kebab-case; the model only says it is a text.
fn rule_id(policy: &PolicyId, rule: &str) -> String {
    format!("{policy}/{}", text_for_terminal(rule, 64))
}

fn also(page: &Page<'_>, places: &[Place]) -> Option<Element<'static>> {
    let places: Vec<String> = places.iter().map(|place| snippet::in_words(page, place)).collect();
    (!places.is_empty()).then(|| note(page, Level::NOTE, "also", &listed(&places, LISTED, ", ")))
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
    let fact =
        |fact: &Evidence| format!("{} = {}", name_for_terminal(&fact.key), name_for_terminal(&fact.value));
    let facts: Vec<String> = evidence.iter().map(fact).collect();
    (!facts.is_empty()).then(|| note(page, Level::NOTE, "facts", &listed(&facts, LISTED, "; ")))
}

/// The first few, and how many more there are.
fn listed(items: &[String], shown: usize, between: &str) -> String {
    let text = items.iter().take(shown).cloned().collect::<Vec<_>>().join(between);
    match items.len().saturating_sub(shown) {
        0 => text,
        more => format!("{text}{between}and {more} more"),
    }
}
