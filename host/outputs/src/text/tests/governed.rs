//! What a policy set adds to the text: changed files, modes, waivers, policies that were not asked. Tests only.

use interlock_model::{
    Change, ChangeKind, NotJudged, Payload, Pointer, Side, Span, Untrusted, Waived, WaiverReport,
    WaiverScope, WaiverState,
};

use super::{check, empty, text};
use crate::text::*;
use crate::{fixture, fixture::waiver};

const GOVERNED: &str = "\
block: change `oss-auth-2023-11-12` in `change-config.yaml`: update the authentication configuration
       of object storage

block[config-sanity/list-shrink]: the list lost 2 of its 3 items
 --> edge.yaml:1:1 (before the change)
  |
1 | prefixes:
  | ^^^^^^^^
2 |   - 192.0.2.0/25
3 |   - 192.0.2.128/25
4 |   - 198.51.100.0/24
  |
  = also: `bin/tool` (`/prefixes`)
  = why: a list that loses most of its items is more often a mistake of its generator than
         somebody's wish
  = fix: split the removal into steps of at most 10 %

block[config-sanity/numeric-ratio]: `/limits/prefixes` went from 1000 to 0
 --> routes/edge.yaml:4:3
  |
4 |   prefixes: 0
  |   ^^^^^^^^^^^
  |
  = why: a limit of 0 stops everything
  = fix: state the limit that is meant

warn[change-window/weekend]: 2023-11-12 is a Sunday in Asia/Shanghai, and `oss-auth` is tier 0
                             (asked for: block)
  --> change-config.yaml:20:3
   |
20 |   start: \"2023-11-12T17:44\"
   |   ^^^^^
   |
   = waived by `Li Wei` until 2023-11-13T00:00Z: the certificate runs out on Monday
   = why: on a weekend the people who could mend it are not at work, and find out late
   = see: Alibaba Cloud, 2023-11-12, https://blog.vonng.com/en/cloud/aliyun
   = fix: move `schedule.start` to a working day, or name the open incident this change answers

warn[config-sanity/match-all]: `/limits` is new, and is `*` (asked for: block)
 --> routes/edge.yaml:3:1
  |
3 | limits:
  | ^^^^^^
  |
  = known: the baseline accepts it as it is said here
  = why: what matches everything is rarely meant
  = fix: name what is meant

warn[rollback-ready/not-rehearsed]: the rollback was not rehearsed (asked for: block)
 --> change-config.yaml:2:1
  |
2 | id: oss-auth-2023-11-12
  | ^^^^^^^^^^^^^^^^^^^^^^^ `/rollback` is not there; shown: the document's start
  |
  = lowered by the policy set: `rollback-ready` is bound in mode `warn`
  = why: a way back that nobody has gone is a hope
  = fix: rehearse the rollback and state when

in shadow mode (recorded, does not count):
  would block[on-trial/no-canary]: stage 1 takes more than half of the traffic, at
      `change-config.yaml:15:3` (`/rollout/stages`)
  would block[on-trial/no-canary]: stage 2 takes more than half of the traffic, at
      `change-config.yaml:15:3` (`/rollout/stages`)
  would block[on-trial/no-canary]: stage 3 takes more than half of the traffic, at
      `change-config.yaml:15:3` (`/rollout/stages`)
  would block[on-trial/no-canary]: 2 more like this, at `change-config.yaml:15:3`
      (`/rollout/stages`), `change-config.yaml:15:3` (`/rollout/stages`)
  broken[on-trial-too]: the policy panicked: `index out of bounds`

3 of 7 policies judged 1 change: 2 block, 3 warn (1 waived, 1 known), 0 errors; not judged: the
  values in `bin/tool` (no format that is read), `on-trial` (in shadow), `on-trial-too` (in shadow),
  holidays in `America/Los_Angeles` (no calendar given)
not asked: `data-quality`, `tested-scope` (`when.kinds` is `code`, `data`; the change is `config`)
waiver for `change-window/holiday` by `Li Wei` is for other changes (services `oss-auth`;
  environments `staging`, `test`)
waiver for `change-window/late-friday` by `Li Wei` expired at 2023-11-13T00:00Z
waiver for `change-window/outside-hours` by `Li Wei` holds from 2023-11-10T00:00Z on, not yet
known `config-sanity/list-shrink` in `routes/edge.yaml` (`/peers`) was not found here; remove it
  from the baseline
binds document 404040404040, changed files 8a8a8a8a8a8a, policy set 656565656565, deploy at
  2023-11-12T09:30Z (simulated: no licence to deploy), valid until 2023-11-13T09:30Z
";

#[test]
fn a_policy_set_is_told_calmly() {
    let (report, document) = fixture::governed();
    check(&report, &document, GOVERNED);
}

/// The report with one policy in it, which found these.
fn with(mut report: Report, findings: Vec<JudgedFinding>) -> Report {
    report.policies = vec![fixture::policy("files", ReportedOutcome::Findings(findings))];
    report
}

/// The block of one finding at a place of `governed`'s document, down to what is the same everywhere.
fn at(place: Place) -> String {
    let (report, document) = fixture::governed();
    let mut findings = report.policies.iter().flat_map(judged).cloned();
    let mut finding = findings.next().expect("a finding");
    finding.places = vec![place];
    let found = text(&with(report, vec![finding]), &document);
    let from = found.find("--> ").unwrap_or(0);
    let to = found.find("= waived").unwrap_or(found.len());
    found.get(from..to).unwrap_or("").trim_end().to_owned()
}

#[test]
fn a_file_that_was_not_read_keeps_its_path_and_pointer() {
    let known = fixture::place_in_file(Side::After, "/limits/prefixes", "prefixes: 0");
    let unread = Place { path: Some("bin/tool".into()), ..known.clone() };
    assert_eq!(at(Place { span: None, ..unread.clone() }), "--> bin/tool (`/limits/prefixes`)");
    let whole = Place { pointer: Pointer::root(), span: None, ..unread.clone() };
    assert_eq!(at(whole), "--> bin/tool (the file as a whole)");
    // The report says where, and there is no text to show it in.
    assert_eq!(at(unread), "--> bin/tool:4:3 (`/limits/prefixes`)");
    let before = Place { side: Side::Before, span: None, ..known };
    assert_eq!(at(before), "--> edge.yaml (`/limits/prefixes`, before the change)");
}

#[test]
fn a_place_in_a_file_says_what_it_is() {
    let at_top = |pointer: &str, exact: bool| Place {
        pointer: Pointer::new(pointer),
        span: Some(Span { start: 0, end: 0, line: 1, column: 1 }),
        exact,
        ..fixture::place_in_file(Side::After, "", "prefixes")
    };
    let whole = at(at_top("", true));
    assert!(whole.contains(" the file as a whole\n"), "{whole}");
    let missing = at(at_top("/quota", false));
    assert!(missing.contains(" `/quota` is not there; shown: the file's start\n"), "{missing}");
    // A doubt of the reader's: a place of its own, though no value of the file is named.
    let doubt =
        at(Place { pointer: Pointer::root(), ..fixture::place_in_file(Side::After, "", "192.0.2.0/25") });
    assert_eq!(doubt, "--> routes/edge.yaml:2:5\n  |\n2 |   - 192.0.2.0/25\n  |     ^^^^^^^^^^^^\n  |");
}

#[test]
fn findings_that_count_and_findings_that_do_not_are_never_listed_together() {
    let (mut report, document) = fixture::governed();
    let Some(ReportedOutcome::Findings(findings)) = report.policies.first().map(|policy| &policy.outcome)
    else {
        panic!("a finding that is waived")
    };
    let waived = findings[0].clone();
    let plain = JudgedFinding { asked: Verdict::Warn, waived: None, ..waived.clone() };
    let findings = [vec![plain.clone(); 4], vec![waived.clone(); 5]].concat();
    report = with(report, findings);
    let found = text(&report, &document);
    assert!(found.contains(": 1 more like this, at"), "{found}");
    assert!(found.contains(": 2 more like this, at"), "{found}");
    assert_eq!(found.matches("(asked for: block)").count(), 3, "{found}");
    assert_eq!(found.matches("= waived by").count(), 1, "{found}");
}

#[test]
fn what_is_in_shadow_stands_apart_and_is_counted_nowhere() {
    let mut report = fixture::quiet();
    let (governed, document) = fixture::governed();
    report.policies = governed.policies.into_iter().filter(|policy| policy.mode == Mode::Shadow).collect();
    report.not_judged.clear();
    let found = text(&report, &document);
    assert!(found.starts_with("allow: "), "{found}");
    assert!(found.contains("\n\nin shadow mode (recorded, does not count):\n  would block["), "{found}");
    assert!(!found.contains("\nblock[") && !found.contains("\nerror["), "{found}");
    assert!(found.contains("\n\n0 of 2 policies judged 1 change: 0 block, 0 warn, 0 errors\n"), "{found}");

    let manner = Manner { color: Color::Always, ..Manner::default() };
    let found = render(&report, &document, &manner);
    let is_dimmed = |line: &&str| line.starts_with("\u{1b}[2m") && line.ends_with("\u{1b}[0m");
    assert_eq!(found.lines().filter(is_dimmed).count(), 10, "{found}");

    // Nothing found, nothing to tell.
    for policy in &mut report.policies {
        policy.outcome = ReportedOutcome::Findings(vec![]);
    }
    assert!(!text(&report, &document).contains("in shadow mode"));
}

#[test]
fn a_broken_policy_says_what_the_policy_set_makes_of_it() {
    let mut report = fixture::quiet();
    let refused = Fault::Load { reason: "imports `wasi:cli`\n::error::x".into() };
    let mut policy = fixture::policy("late", ReportedOutcome::Broken(refused));
    (policy.mode, policy.verdict, policy.module) = (Mode::Warn, Verdict::Warn, None);
    report.policies.push(policy);
    let found = text(&report, &empty());
    let expect = "\
error[late]: the policy is no policy module that this engine runs
 |
 = found: `imports `wasi:cli`\\n::error::x`
 = which: version `0.1.0`
 = on-error: block, lowered to warn: the policy set binds it in mode `warn`
 = next: bind a module that this version runs; its author can rebuild it with this version's SDK

4 of 5 policies judged 1 change: 0 block, 0 warn, 1 error;";
    assert!(found.contains(expect), "{found}");
}

#[test]
fn one_line_names_all_who_were_not_asked() {
    let mut report = fixture::quiet();
    let not_asked = |id: String, because: String| {
        fixture::policy(&id, ReportedOutcome::NotSelected { because: because.into() })
    };
    report.policies = vec![not_asked("late".into(), "`when.tiers` is 0, 1; the change is tier 3".into())];
    let found = text(&report, &empty());
    assert!(found.contains("\nnot asked: `late` (`when.tiers` is 0, 1; the change is tier 3)\n"), "{found}");
    assert!(found.contains("\n0 of 1 policy judged 1 change: "), "{found}");

    report.policies = (0..8).map(|nth| not_asked(format!("p{nth}"), format!("r{}", nth % 7))).collect();
    let found = text(&report, &empty());
    let expect = "not asked: `p0`, `p7` (r0); `p1` (r1); `p2` (r2); `p3` (r3); `p4` (r4); and 2 more\n";
    assert!(found.contains(expect), "{found}");
}

#[test]
fn waivers_that_do_not_hold_take_a_few_lines_at_most() {
    let mut report = fixture::quiet();
    report.waivers = (0..7).map(|nth| waiver(&format!("r{nth}"), WaiverState::Expired)).collect();
    report.waivers.push(waiver("used", WaiverState::Used));
    let found = text(&report, &empty());
    assert_eq!(found.matches("expired at").count(), 5, "{found}");
    assert!(
        found.contains("\nmore waivers that do not hold here: 2\n") && !found.contains("used"),
        "{found}"
    );

    report.waivers = vec![waiver("r", WaiverState::OutOfScope)];
    let scope = WaiverScope { change: Some(fixture::digest(1)), ..WaiverScope::default() };
    report.waivers.iter_mut().for_each(|report| report.waiver.scope = scope.clone());
    let found = text(&report, &empty());
    assert!(
        found.contains("`change-window/r` by `Li Wei` is for other changes (document 404040404040)\n"),
        "{found}"
    );
}

#[test]
fn zones_without_a_calendar_are_named_together() {
    let mut report = fixture::quiet();
    let zone = |name: &str| NotJudged::CalendarZone(name.into());
    report.not_judged = vec![zone("Asia/Tokyo"), NotJudged::Catalog, zone("Europe/Oslo")];
    let found = text(&report, &empty()).replace("\n  ", " ");
    assert!(found.contains(", holidays in `Asia/Tokyo`, `Europe/Oslo` (no calendar given)\n"), "{found}");
}

/// The text as if nothing had been wrapped.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What an operator's file, a calendar or a path may hold is shown, and does nothing.
#[test]
fn words_of_waivers_reasons_zones_and_paths_are_escaped() {
    let bad = "x\n::error::y\r##[z]\u{1b}[31m\u{202e}";
    let shown = r"x\n::error::y\r#\u{23}[z]\u{1b}[31m\u{202e}";
    let (mut report, mut document) = fixture::governed();
    let mut waived = waiver(bad, WaiverState::OutOfScope);
    (waived.waiver.by, waived.waiver.reason) = (bad.into(), bad.into());
    let names = Some(vec![bad.to_owned()]);
    waived.waiver.scope =
        WaiverScope { services: names.clone(), environments: names, ..WaiverScope::default() };
    let expired = WaiverReport { state: WaiverState::Expired, ..waived.clone() };
    let not_yet = WaiverReport { state: WaiverState::NotYet, ..waived.clone() };
    report.waivers = vec![waived.clone(), expired, not_yet];
    report.not_judged = vec![NotJudged::CalendarZone(bad.into()), NotJudged::OpaqueFiles(vec![bad.into()])];
    report.policies.truncate(1);
    for policy in &mut report.policies {
        if let ReportedOutcome::Findings(findings) = &mut policy.outcome {
            let finding = &mut findings[0];
            finding.waived = Some(Waived { by: bad.into(), reason: bad.into(), until: waived.waiver.until });
            finding.places = vec![Place {
                path: Some(bad.into()),
                ..fixture::place_in_file(Side::Before, "/prefixes", "prefixes")
            }];
        }
    }
    let because = Untrusted::from(bad);
    report.policies.push(fixture::policy("left-out", ReportedOutcome::NotSelected { because }));
    // Once with the text at hand, once without, once under another name before.
    document.payload.files =
        document.payload.files.into_values().map(|file| (bad.to_owned(), file)).collect();
    let renamed = document.change.files.clone().map(|files| {
        files.into_iter().map(|file| interlock_model::FileChange {
            path: bad.into(),
            previous_path: Some(format!("old/{bad}")),
            ..file
        })
    });
    let under_old_name = ChangeDocument {
        change: Change { files: renamed.map(Iterator::collect), ..Change::unknown("c", ChangeKind::Config) },
        ..document.clone()
    };
    let unread = ChangeDocument { payload: Payload::default(), ..document.clone() };
    for (document, file) in [
        (&document, format!("--> {shown}:1:1 (before the change) |")),
        (&under_old_name, format!("--> old/{shown}:1:1 (before the change) |")),
        (&unread, format!("--> {shown}:1:1 (`/prefixes`, before the change) =")),
    ] {
        let found = render(&report, document, &Manner { width: 120, ..Manner::default() });
        let found = one_line(&found);
        for expect in [
            file,
            format!("= waived by `{shown}` until 2023-11-13T00:00Z: {shown}"),
            format!("not asked: `left-out` ({shown})"),
            format!("by `{shown}` expired at"),
            format!("waiver for `change-window/{shown}` by `{shown}` is for other changes"),
            format!("services `{shown}`; environments `{shown}`"),
            format!("the values in `{shown}`"),
            format!("holidays in `{shown}`"),
        ] {
            assert!(found.contains(&expect), "{expect}\nin\n{found}");
        }
    }
}
