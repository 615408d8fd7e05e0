//! The report for a person under pressure: the verdict first, then what stands against the change, the hardest first,
//! each with its source line, why it matters and the smallest fix; then what policies in shadow found, which counts for
//! nothing; then what was counted and what the answer binds.
//!
//! `finding.rs` and `broken.rs` write one block each, `shadow.rs` the block that does not count, `summary.rs` the last
//! lines, `snippet.rs` a source line, `wrap.rs` breaks text. Everything that somebody else wrote is escaped where it is
//! taken from the report. The sentences among it that stand without colours and wrapping are said by other formats, too.

pub(crate) mod broken;
pub(crate) mod finding;
mod shadow;
pub(crate) mod snippet;
pub(crate) mod summary;
mod wrap;

use annotate_snippets::{Group, Level, Renderer};
use anstyle::{AnsiColor, Style};
use interlock_model::{
    Basis, ChangeDocument, Fault, JudgedFinding, Mode, Place, PolicyId, PolicyReport, Report,
    ReportedOutcome, Side, Sources, Verdict,
};

use crate::escape::{name_for_terminal, text_for_terminal};
use crate::{Color, Manner};
use wrap::{wrap, wrap_hanging};

// What other formats for people say in the same words.
pub(crate) use broken::{FAULT_MAX, counts_as, next_step, said_by, which};
pub(crate) use finding::{KNOWN, lowered_in_words, waived_in_words};
pub(crate) use summary::{counts_and_rest, not_judged_in_words, stale, waivers};

/// Narrower than this, wrapping makes text harder to read, not easier; wider, lines are.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=120;

/// Findings of one rule that are shown with their source lines. The rest is listed by line.
const SHOWN_PER_RULE: usize = 3;

/// Things of one sort that are named in a line; a count stands for the rest.
const LISTED: usize = 5;

/// The report as text.
pub(crate) fn render(report: &Report, document: &ChangeDocument, manner: &Manner) -> String {
    let page = Page::new(document, manner);
    let mut blocks = vec![headline(&page, report)];
    blocks.extend(findings(&page, report, Verdict::Block));
    blocks.extend(broken_policies(report).map(|(policy, fault)| broken::render(&page, policy, fault)));
    blocks.extend(findings(&page, report, Verdict::Warn));
    blocks.extend(findings(&page, report, Verdict::Allow));
    blocks.extend(shadow::render(&page, report));
    let summary = summary::render(&page, report);
    match blocks.as_slice() {
        // Nothing stands against it: two or three lines are enough.
        [headline] => format!("{headline}\n{summary}\n"),
        blocks => format!("{}\n\n{summary}\n", blocks.join("\n\n")),
    }
}

/// What every block needs: the texts that places are shown in, room and colours.
pub(crate) struct Page<'a> {
    document: &'a ChangeDocument,
    color: Color,
    width: usize,
    renderer: Renderer,
}

impl<'a> Page<'a> {
    pub(crate) fn new(document: &'a ChangeDocument, manner: &Manner) -> Self {
        let renderer = match manner.color {
            Color::Never => Renderer::plain(),
            Color::Always => Renderer::styled(),
        };
        let width = manner.width.clamp(*WIDTHS.start(), *WIDTHS.end());
        // Source lines are cut before they get here; the renderer's own cutting would move the carets a second time.
        Self { document, color: manner.color, width, renderer: renderer.term_width(10_000) }
    }

    /// The text that a place is in: the change document's, or one side's of a changed file. `None`: it was not read.
    fn sources(&self, place: &Place) -> Option<&'a Sources> {
        let Some(path) = &place.path else { return Some(&self.document.sources) };
        let file = self.document.payload.files.get(path.as_unescaped())?;
        match place.side {
            Side::Before => file.before.as_ref(),
            Side::After => file.after.as_ref(),
        }
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

pub(crate) fn basis_in_words(basis: Basis) -> Option<&'static str> {
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
    let rules = counting(report).flat_map(|policy| by_rule(policy, |finding| finding.verdict == verdict));
    rules.flat_map(|of| rule_blocks(page, &of)).collect()
}

/// The policies whose word counts: all but those in shadow.
pub(crate) fn counting(report: &Report) -> impl Iterator<Item = &PolicyReport> {
    report.policies.iter().filter(|policy| match policy.mode {
        Mode::Enforce | Mode::Warn => true,
        Mode::Shadow => false,
    })
}

/// Findings of one rule that weigh the same, and for the same reason.
struct OfRule<'a> {
    policy: &'a PolicyReport,
    first: &'a JudgedFinding,
    /// All of them, `first` included.
    findings: Vec<&'a JudgedFinding>,
}

impl<'a> OfRule<'a> {
    /// `policy/rule`. The engine has checked that a rule's id is kebab-case; the model only says it is a text.
    fn id(&self) -> String {
        rule_id(&self.policy.id, &self.first.rule)
    }

    /// The findings that are shown one by one, and those that are only listed.
    fn shown_and_rest(&self) -> (&[&'a JudgedFinding], &[&'a JudgedFinding]) {
        self.findings.split_at_checked(SHOWN_PER_RULE).unwrap_or((&self.findings, &[]))
    }
}

/// A policy's findings that are wanted, in the order of the report, which is sorted.
fn by_rule(policy: &PolicyReport, is_wanted: impl Fn(&JudgedFinding) -> bool) -> Vec<OfRule<'_>> {
    let mut rules: Vec<OfRule<'_>> = Vec::new();
    for finding in judged(policy).iter().filter(|finding| is_wanted(finding)) {
        let is_alike = |of: &&mut OfRule<'_>| {
            let reason = |it: &JudgedFinding| (it.asked, it.waived.clone(), it.baseline.is_known());
            of.first.rule == finding.rule && reason(of.first) == reason(finding)
        };
        match rules.iter_mut().find(is_alike) {
            Some(of) => of.findings.push(finding),
            None => rules.push(OfRule { policy, first: finding, findings: vec![finding] }),
        }
    }
    rules
}

/// What a policy found, if it judged.
pub(crate) fn judged(policy: &PolicyReport) -> &[JudgedFinding] {
    match &policy.outcome {
        ReportedOutcome::Findings(findings) => findings,
        ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. } => &[],
    }
}

/// `policy/rule`, with the rule's part escaped.
pub(crate) fn rule_id(policy: &PolicyId, rule: &str) -> String {
    format!("{policy}/{}", text_for_terminal(rule, 64))
}

/// The first findings of a rule one by one, the rest in one line. What was said once about the rule is not said again.
fn rule_blocks(page: &Page<'_>, of: &OfRule<'_>) -> Vec<String> {
    let (shown, rest) = of.shown_and_rest();
    let mut blocks = Vec::new();
    let mut before = None;
    for finding in shown.iter().copied() {
        blocks.push(finding::render(page, of, finding, before));
        before = Some(finding);
    }
    if !rest.is_empty() {
        blocks.push(finding::render_rest(page, of, rest));
    }
    blocks
}

/// The policies that were asked and did not judge, those in shadow left out.
pub(crate) fn broken_policies(report: &Report) -> impl Iterator<Item = (&PolicyReport, &Fault)> {
    counting(report).filter_map(|policy| Some((policy, fault(policy)?)))
}

/// How a policy broke, if it did.
pub(crate) fn fault(policy: &PolicyReport) -> Option<&Fault> {
    match &policy.outcome {
        ReportedOutcome::Broken(fault) => Some(fault),
        ReportedOutcome::Findings(_) | ReportedOutcome::NotSelected { .. } => None,
    }
}

/// The first few, and how many more there are.
pub(crate) fn listed(items: &[String], between: &str) -> String {
    let text = items.iter().take(LISTED).cloned().collect::<Vec<_>>().join(between);
    match items.len().saturating_sub(LISTED) {
        0 => text,
        more => format!("{text}{between}and {more} more"),
    }
}

#[cfg(test)]
mod tests;
