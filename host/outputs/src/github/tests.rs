//! What a runner would do with the output: its parser, shortened, reads every line. Tests only.

use std::collections::HashSet;

use interlock_model::{ReportedOutcome, Verdict};

use crate::fixture::{self, check_golden};
use crate::{Format, Manner, Report, github};

use super::ChangeDocument;

fn render(of: &(Report, ChangeDocument)) -> String {
    github::render(&of.0, &of.1, &Manner { format: Format::Github, ..Manner::default() })
}

/// Whether a line that opens with `::` is one of the four sorts that are ours, and no text of anybody's opens one.
pub(crate) fn is_ours(line: &str) -> bool {
    let is_token = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let Some((head, data)) = line.strip_prefix("::").and_then(|line| line.split_once("::")) else {
        return false;
    };
    let annotates = |level: &str| {
        let properties = head.strip_prefix(level).and_then(|rest| rest.strip_prefix(' ')).unwrap_or("");
        properties == "title=interlock" || (properties.starts_with("file=") && properties.contains(",title="))
    };
    let is_command = ["error", "warning", "notice"].into_iter().any(annotates);
    is_command || (head == "stop-commands" && is_token(data)) || (is_token(head) && data.is_empty())
}

/// The runner of GitHub Actions (`actions/runner`, `ActionCommand.cs` and `ActionCommandManager.cs`), as far as it decides
/// what is run: it knows more commands than these, and all of them take this way.
#[derive(Default)]
struct Runner {
    stopped_until: Option<String>,
    ran: Vec<(String, String)>,
}

impl Runner {
    const COMMANDS: &[&str] = &[
        "error",
        "warning",
        "notice",
        "debug",
        "group",
        "endgroup",
        "add-mask",
        "set-env",
        "set-output",
        "add-path",
        "save-state",
        "add-matcher",
        "echo",
        "stop-commands",
    ];

    fn read(output: &str) -> Self {
        let mut runner = Self::default();
        output.split(['\n', '\r']).for_each(|line| runner.line(line));
        runner
    }

    fn line(&mut self, line: &str) {
        let Some((name, data)) = self.parse(line) else { return };
        match &self.stopped_until {
            Some(token) if *token == name => self.stopped_until = None,
            Some(_) => {}
            None if name == "stop-commands" => self.stopped_until = Some(data),
            None => self.ran.push((name, data)),
        }
    }

    fn parse(&self, line: &str) -> Option<(String, String)> {
        let new_form = line.trim_start().strip_prefix("::").and_then(|line| line.split_once("::"));
        let old_form = line.split_once("##[").and_then(|(_, line)| line.split_once(']'));
        [new_form, old_form].into_iter().flatten().find_map(|(head, data)| {
            let name = head.split(' ').next().unwrap_or("").to_ascii_lowercase();
            let is_known =
                Self::COMMANDS.contains(&name.as_str()) || self.stopped_until.as_ref() == Some(&name);
            is_known.then(|| (name, data.to_owned()))
        })
    }
}

#[test]
fn the_governed_report_as_it_is_printed() {
    check_golden("github/governed.txt", &render(&fixture::governed()));
}

#[test]
fn hostile_text_runs_nothing() {
    check_golden("github/hostile.txt", &render(&fixture::hostile_in_short()));
    for of in [fixture::hostile(), fixture::hostile_in_short()] {
        let output = render(&of);
        let runner = Runner::read(&output);
        let names: HashSet<&str> = runner.ran.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.is_subset(&HashSet::from(["error", "warning", "notice"])), "{names:?}");
        assert_eq!(
            runner.ran.len(),
            output.lines().filter(|line| line.contains(" title=") || line.contains(",title=")).count()
        );
        assert_eq!(runner.stopped_until, None);
    }
}

/// The wrapping holds by itself: commands that escaping let through are not run, whatever they are.
#[test]
fn a_command_that_got_into_the_log_is_not_run() {
    let output = render(&fixture::alibaba());
    let (commands, log) = output.split_once("::stop-commands::").unwrap();
    let (token, log) = log.split_once('\n').unwrap();
    let hostile = "::error::x\n##[set-env name=A]b\n::stop-commands::y\n::y::\n::set-output name=a::b\n";
    let output = format!("{commands}::stop-commands::{token}\n{hostile}{log}");
    let runner = Runner::read(&output);
    assert_eq!(runner.ran.len(), commands.lines().count());
    assert_eq!(runner.stopped_until, None);
}

#[test]
fn the_token_is_the_same_again_and_no_text_holds_it() {
    let mut tokens = HashSet::new();
    for of in [fixture::alibaba(), fixture::governed(), fixture::hostile(), fixture::no_evidence()] {
        let output = render(&of);
        assert_eq!(output, render(&of));
        let token = output.lines().last().unwrap().trim_matches(':').to_owned();
        assert_eq!(output.matches(&token).count(), 2);
        assert!(tokens.insert(token));
    }
}

fn count(output: &str, command: &str) -> usize {
    output.lines().filter(|line| line.starts_with(&format!("::{command} "))).count()
}

#[test]
fn the_worst_are_annotated_and_the_rest_is_counted() {
    let output = render(&fixture::many(13, 12));
    assert_eq!([count(&output, "error"), count(&output, "warning"), count(&output, "notice")], [10, 10, 1]);
    let line = "5 more are not annotated: GitHub shows 10 of a level for each step";
    assert!(output.lines().any(|it| it == line), "{output}");
    assert!(output.lines().next().unwrap().ends_with(&format!("%0A{line}")), "{output}");
    let few = render(&fixture::many(10, 10));
    assert_eq!([count(&few, "error"), count(&few, "warning")], [10, 10]);
    assert!(!few.contains("not annotated"), "{few}");
}

#[test]
fn what_is_no_finding_is_said_as_well() {
    let (report, document) = fixture::alibaba();
    let output = render(&(report.clone(), document));
    assert!(
        output
            .contains(",title=interlock/broken-policy::policy `house-rules` could not judge: it panicked%0A")
    );
    let summary = output.lines().next().unwrap();
    assert!(summary.contains("not judged: calendars (none given)"), "{summary}");
    let nothing = render(&fixture::no_evidence());
    assert!(nothing.contains("::error file=change-config.yaml,line=1,col=1,title=interlock/no-evidence::"));
    assert!(nothing.contains("there was nothing to judge, or nobody to judge it; that is no pass"));
}

/// Shadow finds five blocks here, and none of them is an annotation.
#[test]
fn shadow_annotates_nothing() {
    let (report, document) = fixture::governed();
    let in_shadow: Vec<&str> =
        report.policies.iter().map(|it| it.id.as_str()).filter(|id| id.starts_with("on-trial")).collect();
    assert_eq!(in_shadow.len(), 2);
    let output = render(&(report.clone(), document));
    assert_eq!([count(&output, "error"), count(&output, "warning")], [2, 3]);
    assert!(!output.contains("title=on-trial"), "{output}");
}

#[test]
fn a_broken_policy_that_is_let_through_still_warns() {
    let (mut report, document) = fixture::alibaba();
    report.policies.retain(|policy| matches!(policy.outcome, ReportedOutcome::Broken(_)));
    report.policies[0].verdict = Verdict::Allow;
    assert_eq!(count(&render(&(report, document)), "warning"), 1);
}
