//! What a comment says, section by section, as rows that can be counted and left out one by one.
//!
//! Every text goes through [`for_markdown`], sentences of ours with names in them included: it looks at each word, and
//! what stands between backticks becomes code. No row starts with somebody else's word.

use std::collections::HashSet;

use interlock_model::{Fault, JudgedFinding, Place, PolicyReport, Report, Untrusted};

use crate::effect::{Effect, asked_for};
use crate::escape::{Within, code_for_markdown, for_markdown, name_for_terminal, text_for_terminal};
use crate::text::{Page, basis_in_words, broken, fault, finding, judged, listed, rule_id, snippet, summary};

/// Columns of one text. The table would be no table with the 1,000 that a terminal shows.
const TEXT_MAX: usize = 400;

/// Rows under one heading.
pub(super) struct Section {
    pub(super) shape: Shape,
    /// Each is one line, without its line break.
    pub(super) rows: Vec<String>,
    /// Bytes of rows that it may take from the whole, so that one section never hides another.
    pub(super) bytes_max: usize,
}

/// How a section looks.
pub(super) enum Shape {
    /// Under a title and a head.
    Table { title: &'static str, columns: &'static str },
    /// Under this line.
    List(&'static str),
    /// Under this text, which is all that is seen before it is opened.
    Folded(String),
}

const COLUMNS: &str = "| | Rule | Where | What is wrong | Smallest fix |\n| --- | --- | --- | --- | --- |";

/// The verdict, on what, and the counts.
pub(super) fn headline(report: &Report) -> String {
    let verdict = report.decision.verdict;
    let title = report.change_title.as_ref().map(|title| format!(": {}", line(&name_for_terminal(title))));
    let change = code_for_markdown(&name_for_terminal(&report.change_id), Within::Line);
    let document = code_for_markdown(&name_for_terminal(&report.document.name), Within::Line);
    let basis = basis_in_words(report.decision.basis).map(|basis| format!("\n{}\n", line(basis)));
    format!(
        "**Interlock: {verdict}** for change {change} in {document}{}\n{}\n{}\n",
        title.unwrap_or_default(),
        basis.unwrap_or_default(),
        line(&summary::counts(report)),
    )
}

/// All that there is to say, in the order in which it is read.
pub(super) fn sections(page: &Page<'_>, report: &Report) -> Vec<Section> {
    let active = findings(report, Part::Active);
    let waived = findings(report, Part::Waived);
    let known = findings(report, Part::Known);
    let shadow = findings(report, Part::Shadow);
    let shadow_broken = broken_rows(report, Part::Shadow);
    let tried = [shadow.iter().map(|it| shadow_row(page, it)).collect(), shadow_broken].concat();
    let reasons =
        [why_rows([&active, &waived, &known]), fact_rows(page, [&active, &waived, &known])].concat();
    let not_judged = summary::not_judged_in_words(report);
    vec![
        table("**Findings**", active.iter().map(|it| active_row(page, it)).collect(), 24_000),
        list("**Could not judge**", broken_rows(report, Part::Active), 8_000),
        list("**Waived**", waived.iter().map(|it| accepted_row(page, it)).collect(), 6_000),
        list("**Known**", known.iter().map(|it| accepted_row(page, it)).collect(), 6_000),
        list("**Not judged**", not_judged.iter().map(|what| item(what)).collect(), 4_000),
        folded(&counted("In shadow mode, does not count", tried.len()), tried, 6_000),
        folded("What the answer binds, who was not asked", binding_rows(report), 4_000),
        // Last, because it is what can best be spared: it gets what the others left.
        folded("Why, and on which facts", reasons, usize::MAX),
    ]
}

fn table(title: &'static str, rows: Vec<String>, bytes_max: usize) -> Section {
    Section { shape: Shape::Table { title, columns: COLUMNS }, rows, bytes_max }
}

fn list(title: &'static str, rows: Vec<String>, bytes_max: usize) -> Section {
    Section { shape: Shape::List(title), rows, bytes_max }
}

fn folded(title: &str, rows: Vec<String>, bytes_max: usize) -> Section {
    Section { shape: Shape::Folded(title.to_owned()), rows, bytes_max }
}

fn counted(what: &str, count: usize) -> String {
    format!("{what}: {count}")
}

/// A sentence in a paragraph or an item.
fn line(text: &str) -> String {
    for_markdown(text, Within::Line)
}

fn item(text: &str) -> String {
    format!("- {}", line(text))
}

fn text_of(text: &Untrusted) -> String {
    text_for_terminal(text.as_unescaped(), TEXT_MAX)
}

/// Where something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Active,
    Waived,
    Known,
    Shadow,
}

impl Part {
    fn of(effect: Effect) -> Self {
        match effect {
            Effect::Blocks | Effect::Warns | Effect::Told => Self::Active,
            Effect::Waived => Self::Waived,
            Effect::Known => Self::Known,
            Effect::Shadow => Self::Shadow,
        }
    }
}

/// A finding and whose it is.
type Of<'a> = (&'a PolicyReport, &'a JudgedFinding);

/// The findings that are told in one place, the hardest first.
fn findings(report: &Report, wanted: Part) -> Vec<Of<'_>> {
    let all = report.policies.iter().flat_map(|policy| judged(policy).iter().map(move |it| (policy, it)));
    let mut found: Vec<Of<'_>> =
        all.filter(|(policy, it)| Part::of(Effect::of_finding(policy, it)) == wanted).collect();
    found.sort_by_key(|(_, it)| std::cmp::Reverse((it.verdict, it.asked)));
    found
}

fn rule((policy, finding): &Of<'_>, within: Within) -> String {
    code_for_markdown(&rule_id(&policy.id, &finding.rule), within)
}

fn places(page: &Page<'_>, places: &[Place]) -> String {
    listed(&places.iter().map(|place| snippet::in_full(page, place)).collect::<Vec<_>>(), ", ")
}

/// The places as the end of a sentence. A finding without any is of the change as a whole.
fn at(page: &Page<'_>, finding: &JudgedFinding) -> String {
    match places(page, &finding.places).as_str() {
        "" => String::new(),
        places => format!("; at {}", line(places)),
    }
}

fn active_row(page: &Page<'_>, of: &Of<'_>) -> String {
    let (policy, finding) = of;
    let cell = |text: &str| for_markdown(text, Within::Cell);
    let lowered: String =
        finding::lowered_in_words(policy, finding).iter().map(|text| format!("; {}", cell(text))).collect();
    format!(
        "| **{}**{} | {} | {} | {}{lowered} | {} |",
        finding.verdict,
        asked_for(finding),
        rule(of, Within::Cell),
        cell(&places(page, &finding.places)),
        cell(&text_of(&finding.message)),
        cell(&text_of(&finding.remedy)),
    )
}

/// Without the remedy: somebody has decided that it is not needed, for a while or as it is.
fn accepted_row(page: &Page<'_>, of: &Of<'_>) -> String {
    let (policy, finding) = of;
    let lowered: String =
        finding::lowered_in_words(policy, finding).iter().map(|text| format!("; {}", line(text))).collect();
    format!(
        "- {}: {}{}{}{lowered}",
        rule(of, Within::Line),
        line(&text_of(&finding.message)),
        asked_for(finding),
        at(page, finding),
    )
}

fn shadow_row(page: &Page<'_>, of: &Of<'_>) -> String {
    let (_, finding) = of;
    let (rule, message) = (rule(of, Within::Line), line(&text_of(&finding.message)));
    format!("- would {} {rule}: {message}{}", finding.asked, at(page, finding))
}

/// Why each rule exists, once.
fn why_rows(findings: [&Vec<Of<'_>>; 3]) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut told = HashSet::new();
    for of in findings.into_iter().flatten() {
        let (policy, finding) = of;
        if told.insert((&policy.id, &finding.rule, &finding.why, &finding.origin)) {
            let origin = finding.origin.as_ref().map(|origin| format!("; see: {}", line(&text_of(origin))));
            let (rule, why) = (rule(of, Within::Line), line(&text_of(&finding.why)));
            rows.push(format!("- {rule}: {why}{}", origin.unwrap_or_default()));
        }
    }
    rows
}

/// What each finding stands on, where it says so.
fn fact_rows(page: &Page<'_>, findings: [&Vec<Of<'_>>; 3]) -> Vec<String> {
    let row = |of: &Of<'_>| {
        let (_, finding) = of;
        let facts = line(&finding::facts_in_words(&finding.evidence)?);
        let place =
            finding.places.first().map(|place| format!(" at {}", line(&snippet::in_words(page, place))));
        Some(format!("- {}{}: {facts}", rule(of, Within::Line), place.unwrap_or_default()))
    };
    findings.into_iter().flatten().filter_map(row).collect()
}

fn broken_rows(report: &Report, wanted: Part) -> Vec<String> {
    let policies = report.policies.iter().filter(|policy| Part::of(Effect::of_broken(policy)) == wanted);
    policies.filter_map(|policy| Some(broken_row(policy, fault(policy)?))).collect()
}

fn broken_row(policy: &PolicyReport, fault: &Fault) -> String {
    let said = fault.said().map(|said| format!(" ({})", code_for_markdown(&text_of(said), Within::Line)));
    let counts_as = match Part::of(Effect::of_broken(policy)) {
        Part::Active | Part::Waived | Part::Known => {
            format!("; on-error: {}", line(&broken::counts_as(policy)))
        }
        Part::Shadow => String::new(),
    };
    format!(
        "- **error** `{}`: {}{}{counts_as}; next: {}",
        policy.id,
        line(&broken::what(fault)),
        said.unwrap_or_default(),
        line(broken::next_step(fault)),
    )
}

fn binding_rows(report: &Report) -> Vec<String> {
    let sentences = [summary::binding(report)].into_iter().chain(summary::not_asked(report));
    sentences.chain(summary::waivers(report)).chain(summary::stale(report)).map(|text| item(&text)).collect()
}
