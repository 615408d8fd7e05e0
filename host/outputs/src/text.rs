//! The report for a person under pressure: the verdict first, then what stands against the change, the hardest first,
//! each with its source line, why it matters and the smallest fix; then what was counted and what the answer binds.
//!
//! `finding.rs` and `broken.rs` write one block each, `summary.rs` the last lines, `snippet.rs` a source line,
//! `wrap.rs` breaks text. Everything that somebody else wrote is escaped where it is taken from the report.

mod broken;
mod finding;
mod snippet;
mod summary;
mod wrap;

use annotate_snippets::{Group, Level, Renderer};
use anstyle::{AnsiColor, Style};
use interlock_model::{
    Basis, Fault, JudgedFinding, PolicyId, PolicyReport, Report, ReportedOutcome, Sources, Verdict,
};

use crate::escape::name_for_terminal;
use crate::{Color, Manner};
use wrap::{wrap, wrap_hanging};

/// Narrower than this, wrapping makes text harder to read, not easier; wider, lines are.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=120;

/// Findings of one rule that are shown with their source lines. The rest is listed by line.
const SHOWN_PER_RULE: usize = 3;

/// The report as text.
pub(crate) fn render(report: &Report, sources: &Sources, manner: &Manner) -> String {
    let page = Page::new(sources, manner);
    let mut blocks = vec![headline(&page, report)];
    blocks.extend(findings(&page, report, Verdict::Block));
    blocks.extend(broken_policies(report).map(|(policy, fault)| broken::render(&page, policy, fault)));
    blocks.extend(findings(&page, report, Verdict::Warn));
    blocks.extend(findings(&page, report, Verdict::Allow));
    let summary = summary::render(&page, report);
    match blocks.as_slice() {
        // Nothing stands against it: two or three lines are enough.
        [headline] => format!("{headline}\n{summary}\n"),
        blocks => format!("{}\n\n{summary}\n", blocks.join("\n\n")),
    }
}

/// What every block needs: the document's text, room and colours.
struct Page<'a> {
    sources: &'a Sources,
    color: Color,
    width: usize,
    renderer: Renderer,
}

impl<'a> Page<'a> {
    fn new(sources: &'a Sources, manner: &Manner) -> Self {
        let renderer = match manner.color {
            Color::Never => Renderer::plain(),
            Color::Always => Renderer::styled(),
        };
        let width = manner.width.clamp(*WIDTHS.start(), *WIDTHS.end());
        // Source lines are cut before they get here; the renderer's own cutting would move the carets a second time.
        Self { sources, color: manner.color, width, renderer: renderer.term_width(10_000) }
    }

    /// A title with everything under it. Two things of the renderer's are taken back: spaces at the end of lines, and
    /// the `:::` that it draws between an origin and a snippet without a path, which starts a line like a CI command.
    fn block(&self, group: Group<'_>) -> String {
        let text = self.renderer.render(&[group]);
        let lines = text.lines().map(str::trim_end).filter(|line| without_styles(line).trim() != ":::");
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Text that starts at column `indent` and that the renderer moves in.
    fn wrap(&self, text: &str, indent: usize) -> String {
        wrap(text, self.width, indent).join("\n")
    }

    fn paint(&self, style: Style, text: &str) -> String {
        match self.color {
            Color::Never => text.to_owned(),
            Color::Always => format!("{style}{text}{style:#}"),
        }
    }
}

/// What is left of a line without the colours. Its text is escaped, so every ESC in it is the renderer's.
fn without_styles(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, text)| text))
}

/// The verdict in one word, the change and the document; then, if it is not findings that decide, what does.
fn headline(page: &Page<'_>, report: &Report) -> String {
    let verdict = report.decision.verdict;
    let title = report.change_title.as_ref().map(|title| format!(": {}", name_for_terminal(title)));
    let text = format!(
        "change `{}` in `{}`{}",
        name_for_terminal(&report.change_id),
        name_for_terminal(&report.document.name),
        title.unwrap_or_default(),
    );
    let lead = format!("{verdict}: ");
    let mut lines = format!(
        "{}{}",
        page.paint(verdict_style(verdict), &lead),
        wrap_hanging(&text, page.width, lead.len())
    );
    if let Some(basis) = basis_in_words(report.decision.basis) {
        lines.push_str(&format!("\n{}{basis}", " ".repeat(lead.len())));
    }
    lines
}

fn basis_in_words(basis: Basis) -> Option<&'static str> {
    match basis {
        Basis::Findings => None,
        Basis::Error => Some("no finding says so: a policy could not judge, and its `on-error` decides"),
        Basis::NoEvidence => Some("there was nothing to judge, or nobody to judge it; that is no pass"),
    }
}

fn verdict_style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Allow => AnsiColor::BrightGreen,
        Verdict::Warn => AnsiColor::Yellow,
        Verdict::Block => AnsiColor::BrightRed,
    };
    color.on_default().bold()
}

/// The renderer's level of a verdict: its colour, under our word for it.
fn level(verdict: Verdict) -> Level<'static> {
    let level = match verdict {
        Verdict::Allow => Level::NOTE,
        Verdict::Warn => Level::WARNING,
        Verdict::Block => Level::ERROR,
    };
    level.with_name(verdict.name())
}

/// Every finding of one weight, rule by rule.
fn findings(page: &Page<'_>, report: &Report, verdict: Verdict) -> Vec<String> {
    by_rule(report, verdict).iter().flat_map(|rule| rule_blocks(page, rule)).collect()
}

/// The findings of one rule that weigh the same.
struct OfRule<'a> {
    verdict: Verdict,
    policy: &'a PolicyId,
    rule: &'a str,
    findings: Vec<&'a JudgedFinding>,
}

/// In the order of the report, which is sorted.
fn by_rule(report: &Report, verdict: Verdict) -> Vec<OfRule<'_>> {
    let mut rules: Vec<OfRule<'_>> = Vec::new();
    for policy in &report.policies {
        let ReportedOutcome::Findings(findings) = &policy.outcome else { continue };
        for finding in findings.iter().filter(|finding| finding.verdict == verdict) {
            match rules.iter_mut().find(|of| *of.policy == policy.id && of.rule == finding.rule) {
                Some(of) => of.findings.push(finding),
                None => {
                    let (policy, rule) = (&policy.id, finding.rule.as_str());
                    rules.push(OfRule { verdict, policy, rule, findings: vec![finding] });
                }
            }
        }
    }
    rules
}

/// The first findings of a rule one by one, the rest in one line. What was said once about the rule is not said again.
fn rule_blocks(page: &Page<'_>, of: &OfRule<'_>) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut before = None;
    for finding in of.findings.iter().copied().take(SHOWN_PER_RULE) {
        blocks.push(finding::render(page, of.policy, finding, before));
        before = Some(finding);
    }
    if let rest @ [_, ..] = of.findings.get(SHOWN_PER_RULE..).unwrap_or_default() {
        blocks.push(finding::render_rest(page, of, rest));
    }
    blocks
}

/// The policies that did not judge.
fn broken_policies(report: &Report) -> impl Iterator<Item = (&PolicyReport, &Fault)> {
    report.policies.iter().filter_map(|policy| match &policy.outcome {
        ReportedOutcome::Broken(fault) => Some((policy, fault)),
        ReportedOutcome::Findings(_) => None,
    })
}

#[cfg(test)]
mod tests;
