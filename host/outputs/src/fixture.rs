//! Reports for the tests of every format: the Alibaba Cloud outage as it was proposed (shortened), one under a policy
//! set with modes, waivers and changed files, and one in which every text that somebody else may write is hostile.

use interlock_model::*;

mod golden;
mod governed;
mod short;

pub(crate) use golden::{check_golden, check_visible};
use governed::renamed;
pub(crate) use governed::{governed, known_finding, place_in_file, waiver};
pub(crate) use short::{hostile_in_short, many, no_evidence};

pub(crate) const ALIBABA: &str = "\
# Synthetic where marked.
id: oss-auth-2023-11-12
kind: config
title: update the authentication configuration of object storage
services:
  - name: oss-auth
    tier: 0
targets:
  - region: cn-hangzhou
    time-zone: Asia/Shanghai
  - region: us-west-1
    time-zone: America/Los_Angeles
rollout:
  strategy: all-at-once
  stages:
    - name: everywhere
      targets: [\"*\"]
      traffic-bp: 10000
schedule:
  start: \"2023-11-12T17:44\"
  zone: Asia/Shanghai
artifacts:
  - path: oss/auth/whitelist.conf
";

/// Where `needle` first stands in a text.
pub(crate) fn span(text: &str, needle: &str) -> Span {
    let start = text.find(needle).unwrap_or(0);
    let (before, _) = text.split_at_checked(start).unwrap_or((text, ""));
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Span { start, end: start + needle.len(), line: number(line), column: number(column) }
}

pub(crate) fn place(text: &str, pointer: &str, needle: &str, exact: bool) -> Place {
    Place {
        path: None,
        side: Side::After,
        pointer: Pointer::new(pointer),
        span: Some(span(text, needle)),
        exact,
    }
}

/// What a rule says whenever it fires.
pub(crate) struct RuleTexts {
    pub(crate) rule: &'static str,
    pub(crate) why: &'static str,
    pub(crate) remedy: &'static str,
}

pub(crate) fn finding(texts: &RuleTexts, verdict: Verdict, message: &str, place: Place) -> JudgedFinding {
    JudgedFinding {
        rule: texts.rule.into(),
        verdict,
        asked: verdict,
        waived: None,
        baseline: InBaseline::Never,
        message: message.into(),
        why: texts.why.into(),
        origin: Some("Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun".into()),
        remedy: texts.remedy.into(),
        places: vec![place],
        evidence: vec![],
    }
}

const NO_CANARY: RuleTexts = RuleTexts {
    rule: "no-canary",
    why: "a change that no small part of the traffic has tried is tried by everybody",
    remedy: "put a stage in front that takes at most 10 % of the traffic (`traffic-bp: 1000`)",
};
const WEEKEND: RuleTexts = RuleTexts {
    rule: "weekend",
    why: "on a weekend the people who could mend it are not at work, and find out late",
    remedy: "move `schedule.start` to a working day, or name the open incident this change answers",
};
const ALL_AT_ONCE: RuleTexts = RuleTexts {
    rule: "all-at-once",
    why: "what reaches every region in one step leaves no region to fall back on and no time to stop; services were \
          isolated by region, the change was not",
    remedy: "split `rollout.stages`: first one region, then the others with a bake time between them",
};
const UNTESTED: RuleTexts = RuleTexts {
    rule: "untested",
    why: "configuration breaks services as code does, and is tested less",
    remedy: "run a suite over this change and name it under `tests`",
};
const SCOPE_NOT_TESTED: RuleTexts = RuleTexts {
    rule: "scope-not-tested",
    why: "a test on one sort of site says little about another",
    remedy: "run the suite on this site type as well",
};

pub(crate) fn policy(id: &str, outcome: ReportedOutcome) -> PolicyReport {
    let on_error = OnError::default();
    let verdict = match &outcome {
        ReportedOutcome::Findings(findings) => {
            findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Allow)
        }
        ReportedOutcome::Broken(_) => on_error.verdict(),
        ReportedOutcome::NotSelected { .. } => Verdict::Allow,
    };
    let spending = Some(Spending { fuel: Some(48_213), memory_bytes: 196_608 });
    PolicyReport {
        id: id_of(id),
        version: "0.1.0".into(),
        module: Some(digest(7)),
        mode: Mode::Enforce,
        on_error,
        outcome,
        verdict,
        spending,
    }
}

pub(crate) fn id_of(id: &str) -> PolicyId {
    PolicyId::try_from(id.to_owned()).unwrap_or_else(|_| PolicyId::try_from("x".to_owned()).expect("an id"))
}

pub(crate) fn digest(seed: u8) -> Digest {
    Digest::from_sha256(&[seed.wrapping_mul(37).wrapping_add(0x1b); 32])
}

fn at(text: &str) -> Instant {
    text.parse().expect("a time")
}

/// A document of this text, with nothing of it read.
pub(crate) fn document(sources: Sources) -> ChangeDocument {
    let change = Change::unknown("c", ChangeKind::Config);
    ChangeDocument {
        change,
        kind_origin: KindOrigin::Said,
        sources,
        digest: digest(1),
        payload: Payload::default(),
        tzdb: "2025b".into(),
    }
}

/// A report in which nothing was found.
pub(crate) fn quiet() -> Report {
    let judged = |id: &str| policy(id, ReportedOutcome::Findings(vec![]));
    Report {
        change_id: "oss-auth-2023-11-12".into(),
        change_title: Some("update the authentication configuration of object storage".into()),
        change_kind: ChangeKind::Config,
        document: Document { name: "change-config.yaml".into(), digest: digest(1), payload: None },
        question: Question {
            asked_at: Phase::Deploy,
            evaluated_at: at("2023-11-12T17:30+08:00"),
            simulated: true,
            progress: None,
        },
        decision: Decision { verdict: Verdict::Allow, basis: Basis::Findings },
        policies: ["canary-evidence", "change-window", "staged-rollout", "tested-scope"].map(judged).into(),
        not_judged: vec![NotJudged::Calendar, NotJudged::Catalog, NotJudged::FileContents],
        waivers: vec![],
        stale: vec![],
        policy_set: digest(2),
        engine: "interlock-engine 0.1.0".into(),
        tzdb: "2025b".into(),
        valid_until: at("2023-11-13T17:30+08:00"),
    }
}

/// The outage as it was proposed: findings of four policies, and a fifth that is broken.
pub(crate) fn alibaba() -> (Report, ChangeDocument) {
    let text = ALIBABA;
    let mut sources = Sources::new("change-config.yaml", text);
    let stages = "- name: everywhere\n      targets: [\"*\"]\n      traffic-bp: 10000\n";
    sources.place(
        Pointer::new("/rollout/stages"),
        Origin { key: span(text, "stages"), value: span(text, stages) },
    );
    let at_stages = || place(text, "/rollout/stages", "stages", true);
    let (block, warn) = (Verdict::Block, Verdict::Warn);

    let mut no_canary = finding(&NO_CANARY, block, "the first stage takes all of the traffic", at_stages());
    no_canary.evidence = vec![
        Evidence { key: "tier".into(), value: "0 (oss-auth)".into() },
        Evidence { key: "traffic-bp".into(), value: "10000".into() },
    ];
    let sunday = "2023-11-12 is a Sunday in Asia/Shanghai, and `oss-auth` is tier 0";
    let weekend = finding(&WEEKEND, block, sunday, place(text, "/schedule/start", "start", true));
    let mut at_once = finding(&ALL_AT_ONCE, block, "all 2 targets are in one stage", at_stages());
    at_once.places.push(place(text, "/services/0/tier", "tier", true));
    let nowhere = place(text, "/tests", "id: oss-auth-2023-11-12", false);
    let untested = finding(&UNTESTED, block, "no test has passed", nowhere);
    let scope = |nth: usize| {
        let pointer = format!("/targets/{nth}/site-type");
        let message = format!("nothing was tested on the site type of target {nth}");
        finding(&SCOPE_NOT_TESTED, warn, &message, place(text, &pointer, "- region: us-west-1", false))
    };

    let mut report = quiet();
    report.decision = Decision { verdict: block, basis: Basis::Findings };
    report.policies = vec![
        policy("canary-evidence", ReportedOutcome::Findings(vec![no_canary])),
        policy("change-window", ReportedOutcome::Findings(vec![weekend])),
        policy(
            "house-rules",
            ReportedOutcome::Broken(Fault::Panic { message: "index out of bounds".into() }),
        ),
        policy("staged-rollout", ReportedOutcome::Findings(vec![at_once])),
        policy(
            "tested-scope",
            ReportedOutcome::Findings([vec![untested], (0..5).map(scope).collect()].concat()),
        ),
    ];
    report.not_judged.push(NotJudged::Policy(id_of("house-rules")));
    (report, document(sources))
}

/// What a hostile author writes wherever a text is taken: line breaks with CI commands of three systems, colours, a
/// hyperlink, the clipboard, bidi controls, NUL, C1, invisible letters, Markdown, HTML, and 4,000 combining marks.
pub(crate) fn hostile_text() -> String {
    format!(
        "::error::a\n::stop-commands::x\r\n  ::set-output name=a::b ##[error]c ##vso[task.complete]d ##teamcity[e]\
         \u{1b}[2J\u{1b}[31mred\u{1b}]8;;https://evil.example\u{7}link\u{1b}]8;;\u{7}\u{1b}]52;c;ZXZpbA==\u{7}\
         \u{202e}reversed\u{2066}isolated\u{2069}\0\u{7f}\u{9b}31m\u{85}\u{2028}::error::f\u{2029}::error::g\u{200b}\
         \u{feff}\u{e0041} | `code` <script>alert(1)</script> ![i](https://evil.example) @everyone \"quoted\\\" e{} :: z",
        "\u{301}".repeat(4_000)
    )
}

/// A report that is hostile in every text, over a document that is hostile in every line.
pub(crate) fn hostile() -> (Report, ChangeDocument) {
    let bad = hostile_text();
    let source = format!("{bad}\n\u{301}::error::x ##[group]{bad}\r\n\t: {bad}");
    let sources = Sources::new(bad.clone(), source.clone());
    let untrusted = || Untrusted::new(hostile_text());
    let whole = Span { start: 0, end: source.len(), line: 1, column: 1 };
    let spans = [
        Some(whole),
        Some(span(&source, "##[group]")),
        Some(span(&source, "\u{301}::error")),
        Some(span(&source, "\t: ")),
        Some(Span { start: 1, end: 1, line: 1, column: 2 }),
        // None of this document: out of it, upside down, inside a character.
        Some(Span { start: usize::MAX, end: usize::MAX, line: u32::MAX, column: u32::MAX }),
        Some(Span { start: 90, end: 3, line: 1, column: 1 }),
        Some(Span {
            start: source.find('\u{301}').unwrap_or(0) + 1,
            end: source.len() - 1,
            line: 1,
            column: 1,
        }),
        None,
    ];
    let places = |path: Option<Untrusted>, side: Side| {
        spans.map(|span| Place {
            path: path.clone(),
            side,
            pointer: Pointer::new(hostile_text()),
            span,
            exact: false,
        })
    };
    let evidence = |count: usize| vec![Evidence { key: untrusted(), value: untrusted() }; count];
    let hostile_finding = |places: Vec<Place>, verdict: Verdict| JudgedFinding {
        rule: hostile_text(),
        verdict,
        asked: Verdict::Block,
        waived: Some(Waived { reason: untrusted(), by: untrusted(), until: at("2023-11-13T00:00Z") }),
        baseline: InBaseline::Known(says()),
        message: untrusted(),
        why: untrusted(),
        origin: Some(untrusted()),
        remedy: untrusted(),
        places,
        evidence: evidence(1),
    };
    let mut findings = vec![hostile_finding(vec![], Verdict::Allow)];
    for (verdict, path, side) in
        [(Verdict::Block, None, Side::After), (Verdict::Warn, Some(untrusted()), Side::After)]
    {
        for place in places(path, side) {
            let mut finding = hostile_finding(vec![place], verdict);
            // One rule each, so that all of them are shown.
            finding.rule.insert_str(0, &format!("r{}-", findings.len()));
            findings.push(finding);
        }
        let mut finding = hostile_finding(places(None, Side::After).into(), verdict);
        finding.evidence = evidence(6);
        findings.push(finding);
        findings.extend(vec![hostile_finding(vec![], verdict); 4]);
    }
    let unread = || Untrusted::new(format!("unread {}", hostile_text()));
    for (path, side) in [(untrusted(), Side::Before), (unread(), Side::Before), (unread(), Side::After)] {
        let places = places(Some(path), side).into_iter().skip(7).collect();
        let mut finding = hostile_finding(places, Verdict::Warn);
        finding.rule.insert_str(0, &format!("r{}-", findings.len()));
        findings.push(finding);
    }
    let broken = |fault: Fault, on_error: OnError| {
        let mut policy = policy("broken", ReportedOutcome::Broken(fault));
        (policy.version, policy.on_error, policy.spending) = (untrusted(), on_error, None);
        policy
    };
    let mut report = quiet();
    report.change_id = untrusted();
    report.change_title = Some(untrusted());
    report.document.name = untrusted();
    report.question.progress = Some(Progress { stages_done: u32::MAX, bake_elapsed_s: u32::MAX });
    report.decision = Decision { verdict: Verdict::Block, basis: Basis::Error };
    report.policies =
        faults().into_iter().map(|fault| broken(fault, OnError::Allow { reason: untrusted() })).collect();
    let shadow = |outcome| PolicyReport { mode: Mode::Shadow, ..policy("trial", outcome) };
    report.policies.extend(faults().into_iter().map(|fault| shadow(ReportedOutcome::Broken(fault))));
    // Some of them: what differs between modes are the lines around a finding.
    let some = || ReportedOutcome::Findings(findings.iter().rev().step_by(4).take(6).cloned().collect());
    report.policies.push(shadow(some()));
    let lowered = policy("lowered", some());
    report.policies.push(PolicyReport { mode: Mode::Warn, ..lowered });
    report.policies.push(policy("judging", ReportedOutcome::Findings(findings)));
    // More than are listed, no two alike.
    for nth in 0..7 {
        let because = format!("{nth} {}", hostile_text()).into();
        report.policies.push(policy("left-out", ReportedOutcome::NotSelected { because }));
    }
    report.not_judged.extend([
        NotJudged::Policy(id_of("broken")),
        NotJudged::CalendarZone(untrusted()),
        NotJudged::OpaqueFiles(vec![untrusted(); 7]),
    ]);
    report.waivers = [WaiverState::Used, WaiverState::NotYet, WaiverState::Expired, WaiverState::OutOfScope]
        .map(|state| hostile_waiver(&hostile_text(), state))
        .into();
    let stale = |nth: usize| known_finding(&format!("r{nth}"), &hostile_text(), &hostile_text());
    report.stale = (0..7).map(stale).collect();
    let change =
        Change { files: Some(vec![renamed(&hostile_text())]), ..Change::unknown("c", ChangeKind::Code) };
    let file = FileSources { before: Some(sources.clone()), after: Some(sources.clone()) };
    let payload = Payload {
        facts: Default::default(),
        files: [(hostile_text(), file)].into(),
        doubts: vec![],
        opaque: vec![hostile_text()],
        digest: Some(digest(3)),
    };
    (report, ChangeDocument { change, payload, ..document(sources) })
}

fn says() -> Says {
    Says::from_sha256(&[0x5a; 32])
}

fn hostile_waiver(bad: &str, state: WaiverState) -> WaiverReport {
    let names = || Some(vec![bad.to_owned(); 7]);
    let scope = WaiverScope {
        change: Some(digest(1)),
        files: Some(digest(2)),
        services: names(),
        environments: names(),
    };
    let mut report = waiver(bad, state);
    (report.waiver.scope, report.waiver.reason, report.waiver.by) = (scope, bad.into(), bad.into());
    report
}

/// One of each.
pub(crate) fn faults() -> Vec<Fault> {
    let bad = hostile_text;
    let point = FaultPoint::Evaluate;
    vec![
        Fault::Fuel { point, limit: 10 },
        Fault::Deadline { point, limit_ms: 10 },
        Fault::NotStarted { limit_ms: 10 },
        Fault::Memory { point, limit_bytes: 10, asked_bytes: 20 },
        Fault::Table { point, limit: 10, asked: 20 },
        Fault::Stack { point: FaultPoint::Instantiate, limit_bytes: 10 },
        Fault::Trap { point, code: TrapCode::Unreachable },
        Fault::Panic { message: bad().into() },
        Fault::HostCalls { function: bad(), limit_calls: 10, limit_bytes: 20 },
        Fault::OutputTooLarge { what: OutputLimit::Text, limit: 10, used: None },
        Fault::BadOutput { what: bad().into() },
        Fault::Refused { reason: bad().into() },
        Fault::Host { what: bad() },
        Fault::Load { reason: bad().into() },
    ]
}
