//! What policies in shadow mode found, as one block that says it does not count. One or two lines for each finding: who
//! tries a policy out reads the whole of it in the JSON report, and who is blocked by another has less to pass over.

use anstyle::Style;
use interlock_model::{Mode, PolicyReport, Report, Verdict};

use super::wrap::wrap_hanging;
use super::{OfRule, Page, by_rule, fault, listed, snippet};
use crate::escape::{for_terminal, text_for_terminal};

const HEADING: &str = "in shadow mode (recorded, does not count):";

/// Columns that a finding is moved in, and its later lines.
const INDENT: usize = 2;
const HANGING: usize = 6;

/// The block. `None`: no policy in shadow found anything or broke.
pub(super) fn render(page: &Page<'_>, report: &Report) -> Option<String> {
    let policies: Vec<&PolicyReport> = report.policies.iter().filter(|policy| is_shadow(policy)).collect();
    let mut items: Vec<String> = Vec::new();
    for verdict in [Verdict::Block, Verdict::Warn, Verdict::Allow] {
        let rules = policies.iter().flat_map(|policy| by_rule(policy, |finding| finding.asked == verdict));
        items.extend(rules.flat_map(|of| of_rule(page, &of)));
    }
    items.extend(policies.iter().filter_map(|policy| broken(policy)));
    let items = items.iter().map(|item| {
        format!("{}{}", " ".repeat(INDENT), wrap_hanging(item, page.width.saturating_sub(INDENT), HANGING))
    });
    let text = items.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then(|| dimmed(page, &format!("{HEADING}\n{text}")))
}

fn is_shadow(policy: &PolicyReport) -> bool {
    match policy.mode {
        Mode::Enforce | Mode::Warn => false,
        Mode::Shadow => true,
    }
}

/// The first findings of a rule one by one, the rest together.
fn of_rule(page: &Page<'_>, of: &OfRule<'_>) -> Vec<String> {
    let lead = format!("would {}[{}]", of.first.asked, of.id());
    let (shown, rest) = of.shown_and_rest();
    let mut items: Vec<String> = Vec::new();
    for finding in shown {
        let place = finding.places.first().map(|place| format!(", at {}", snippet::in_words(page, place)));
        items.push(format!("{lead}: {}{}", for_terminal(&finding.message), place.unwrap_or_default()));
    }
    if !rest.is_empty() {
        let places = rest.iter().filter_map(|finding| finding.places.first());
        let places: Vec<String> = places.map(|place| snippet::in_words(page, place)).collect();
        items.push(format!("{lead}: {} more like this, at {}", rest.len(), listed(&places, ", ")));
    }
    items
}

fn broken(policy: &PolicyReport) -> Option<String> {
    let fault = fault(policy)?;
    let said = fault.said().map(|said| format!(": `{}`", for_terminal(said)));
    let what = text_for_terminal(&fault.to_string(), super::broken::FAULT_MAX);
    Some(format!("broken[{}]: the policy {what}{}", policy.id, said.unwrap_or_default()))
}

/// Line by line, because many a log viewer forgets colours at the end of one.
fn dimmed(page: &Page<'_>, text: &str) -> String {
    let style = Style::new().dimmed();
    text.lines().map(|line| page.paint(style, line)).collect::<Vec<_>>().join("\n")
}
