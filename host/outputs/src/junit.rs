//! JUnit XML, in the form that Jenkins, GitLab and Surefire's readers share: a suite for each policy, a case for each of
//! its rules that found something, or one for the policy as a whole.
//!
//! A case fails if the rule blocks, and is an error if a policy is broken and that blocks. Whatever else there is to say
//! is a skipped case with its reason: warnings, waived and known findings, findings in shadow, policies that were not asked, what
//! was not judged. So there is a failure or an error exactly if the decision is `block`. There is no `system-out`: GitLab
//! takes commands from it (`[[ATTACHMENT|...]]`), and a passing case's is shown nowhere.

use std::time::Duration;

use interlock_model::{
    ChangeDocument, Fault, JudgedFinding, Mode, Place, PolicyReport, Report, ReportedOutcome, Verdict,
};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::Manner;
use crate::effect::{Effect, asked_for};
use crate::escape::{for_terminal, for_xml};
use crate::listing::path_now;
use crate::text::{Page, basis_in_words, broken, finding, listed, snippet, summary};

/// Findings of one case that are told in full. The rest is listed by place.
const SHOWN: usize = 20;

/// The report as JUnit's.
pub(crate) fn render(report: &Report, document: &ChangeDocument, manner: &Manner) -> String {
    let page = Page::new(document, manner);
    let suites = Suites { report, page: &page };
    let mut junit = quick_junit::Report::new("interlock");
    junit.add_test_suites(report.policies.iter().map(|policy| suites.of_policy(policy)));
    junit.add_test_suites(not_judged(report));
    if junit.failures + junit.errors == 0 {
        junit.add_test_suites(decision(report));
    }
    // Times differ from run to run and the report from change to change only. Some readers insist on one.
    junit.set_time(Duration::ZERO);
    // Writing to memory cannot fail. If it did, no XML is better than half a report.
    junit.to_string().unwrap_or_default()
}

/// The case's `type`. None of them is a word that a reader of XML takes for the type of a value, such as `string`.
fn type_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Blocks => "block",
        Effect::Warns => "warn",
        Effect::Told => "allow",
        Effect::Waived => "waived",
        Effect::Known => "known",
        Effect::Shadow => "shadow",
    }
}

/// The case as its rule: with what it means where it is not a failure, because one rule may have cases of several sorts.
fn case_name(effect: Effect, rule: &str) -> String {
    match effect {
        Effect::Blocks => rule.to_owned(),
        Effect::Warns | Effect::Told | Effect::Waived | Effect::Known | Effect::Shadow => {
            format!("{rule} ({})", type_of(effect))
        }
    }
}

/// A failure or an error if it blocks, else skipped.
fn status_of(effect: Effect, kind: NonSuccessKind) -> TestCaseStatus {
    match effect {
        Effect::Blocks => TestCaseStatus::non_success(kind),
        Effect::Warns | Effect::Told | Effect::Waived | Effect::Known | Effect::Shadow => {
            TestCaseStatus::skipped()
        }
    }
}

/// What stands in front of the message, where many readers show nothing else.
fn lead(effect: Effect) -> &'static str {
    match effect {
        Effect::Blocks => "",
        Effect::Warns => "warn: ",
        Effect::Told => "allow: ",
        Effect::Waived => "waived: ",
        Effect::Known => "known: ",
        Effect::Shadow => "in shadow mode, does not count: ",
    }
}

/// What it takes to say where a finding is.
struct Suites<'a> {
    report: &'a Report,
    page: &'a Page<'a>,
}

impl Suites<'_> {
    fn of_policy(&self, policy: &PolicyReport) -> TestSuite {
        let cases = match &policy.outcome {
            ReportedOutcome::Findings(findings) if findings.is_empty() => {
                vec![case(policy, policy.id.as_str(), TestCaseStatus::success())]
            }
            ReportedOutcome::Findings(findings) => {
                let by_rule = by_rule(policy, findings);
                by_rule.iter().map(|(effect, findings)| self.of_rule(policy, *effect, findings)).collect()
            }
            ReportedOutcome::Broken(fault) => vec![broken_case(policy, fault)],
            ReportedOutcome::NotSelected { because } => {
                let because = for_terminal(because);
                let status =
                    told(TestCaseStatus::skipped(), "not-asked", &format!("not asked: {because}"), &because);
                vec![case(policy, policy.id.as_str(), status)]
            }
        };
        suite(policy.id.as_str(), cases)
    }

    fn of_rule(&self, policy: &PolicyReport, effect: Effect, findings: &[&JudgedFinding]) -> TestCase {
        let status = status_of(effect, NonSuccessKind::Failure);
        let Some(first) = findings.first() else { return case(policy, policy.id.as_str(), status) };
        let more = match findings.len() {
            0 | 1 => String::new(),
            all => format!(" (and {} more)", all - 1),
        };
        let message = format!("{}{}{more}", lead(effect), for_terminal(&first.message));
        let status = told(status, type_of(effect), &message, &texts(self.page, policy, findings));
        let mut case = case(policy, &case_name(effect, &first.rule), status);
        if let Some(place) = first.places.first() {
            case.extra.insert("file".into(), for_xml(&path_now(self.report, place)).into());
        }
        case
    }
}

fn suite(name: &str, cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(for_xml(name));
    suite.set_time(Duration::ZERO);
    suite.add_test_cases(cases);
    suite
}

fn case(policy: &PolicyReport, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(for_xml(name), status);
    case.set_classname(policy.id.as_str()).set_time(Duration::ZERO);
    case
}

/// A status with its one line and its text. GitLab shows the text only, most others the line first.
fn told(mut status: TestCaseStatus, kind: &str, message: &str, text: &str) -> TestCaseStatus {
    status.set_type(kind).set_message(for_xml(message)).set_description(text);
    status
}

type OfRule<'a> = (Effect, Vec<&'a JudgedFinding>);

/// Findings of one rule that came to the same, in the order of the report.
fn by_rule<'a>(policy: &PolicyReport, findings: &'a [JudgedFinding]) -> Vec<OfRule<'a>> {
    let mut rules: Vec<OfRule<'a>> = Vec::new();
    for finding in findings {
        let effect = Effect::of_finding(policy, finding);
        let is_alike = |(other, of): &&mut OfRule<'a>| {
            *other == effect && of.first().is_some_and(|first| first.rule == finding.rule)
        };
        match rules.iter_mut().find(is_alike) {
            Some((_, of)) => of.push(finding),
            None => rules.push((effect, vec![finding])),
        }
    }
    rules
}

/// The findings one under the other, and those that are too many by place.
fn texts(page: &Page<'_>, policy: &PolicyReport, findings: &[&JudgedFinding]) -> String {
    let (shown, rest) = findings.split_at_checked(SHOWN).unwrap_or((findings, &[]));
    let mut texts: Vec<String> = shown.iter().map(|finding| text(page, policy, finding)).collect();
    if !rest.is_empty() {
        let places = rest.iter().filter_map(|finding| finding.places.first());
        texts.push(format!("{} more like this, at {}", rest.len(), in_words(page, places)));
    }
    texts.join("\n")
}

/// One finding, line by line. Each line starts with a word of ours.
fn text(page: &Page<'_>, policy: &PolicyReport, finding: &JudgedFinding) -> String {
    let (weight, lowered) = match policy.mode {
        Mode::Shadow => (format!("would {}", finding.asked), Vec::new()),
        Mode::Enforce | Mode::Warn => {
            (format!("{}{}", finding.verdict, asked_for(finding)), finding::lowered_in_words(policy, finding))
        }
    };
    let lines = [
        Some(format!("{weight}: {}", for_terminal(&finding.message))),
        (!finding.places.is_empty()).then(|| format!("  at: {}", in_words(page, finding.places.iter()))),
        (!lowered.is_empty()).then(|| format!("  {}", lowered.join("; "))),
        Some(format!("  why: {}", for_terminal(&finding.why))),
        finding.origin.as_ref().map(|origin| format!("  see: {}", for_terminal(origin))),
        Some(format!("  fix: {}", for_terminal(&finding.remedy))),
        finding::facts_in_words(&finding.evidence).map(|facts| format!("  facts: {facts}")),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn in_words<'a>(page: &Page<'_>, places: impl Iterator<Item = &'a Place>) -> String {
    listed(&places.map(|place| snippet::in_full(page, place)).collect::<Vec<_>>(), ", ")
}

/// A policy that could not judge. It is an error exactly if it blocks: to let it pass otherwise is written in the policy
/// set, and a reader that fails on errors must not say what the decision does not.
fn broken_case(policy: &PolicyReport, fault: &Fault) -> TestCase {
    let effect = Effect::of_broken(policy);
    let (kind, lead) = match effect {
        Effect::Blocks => (fault.kind(), ""),
        Effect::Warns | Effect::Told | Effect::Waived | Effect::Known => {
            ("broken", "could not judge, does not block: ")
        }
        Effect::Shadow => ("broken", lead(effect)),
    };
    let message = format!("{lead}{}", broken::what(fault));
    let status = status_of(effect, NonSuccessKind::Error);
    let said = fault.said().map(|said| format!("{}: `{}`", broken::said_by(fault), for_terminal(said)));
    let rest = [
        format!("which: {}", broken::which(policy)),
        format!("on-error: {}", broken::counts_as(policy)),
        format!("next: {}", broken::next_step(fault)),
    ];
    let lines = [message.clone()].into_iter().chain(said).chain(rest).collect::<Vec<_>>();
    case(policy, policy.id.as_str(), told(status, kind, &message, &lines.join("\n")))
}

/// What the answer does not speak of, as cases that did not run.
fn not_judged(report: &Report) -> Option<TestSuite> {
    let case = |what: String| {
        let status = told(TestCaseStatus::skipped(), "not-judged", &format!("not judged: {what}"), &what);
        let mut case = TestCase::new(for_xml(&what), status);
        case.set_classname("not judged").set_time(Duration::ZERO);
        case
    };
    let cases: Vec<TestCase> = summary::not_judged_in_words(report).into_iter().map(case).collect();
    (!cases.is_empty()).then(|| suite("not judged", cases))
}

/// A decision that blocks without a case that says so. A gate makes none; if one did, it must not look like a pass.
fn decision(report: &Report) -> Option<TestSuite> {
    match report.decision.verdict {
        Verdict::Allow | Verdict::Warn => None,
        Verdict::Block => {
            let why = basis_in_words(report.decision.basis).unwrap_or("see the report in another format");
            let status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let mut case = TestCase::new("decision", told(status, "decision", why, why));
            case.set_classname("interlock").set_time(Duration::ZERO);
            Some(suite("interlock", vec![case]))
        }
    }
}

#[cfg(test)]
mod tests;
