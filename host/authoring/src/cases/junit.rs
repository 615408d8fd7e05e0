//! Cases as JUnit XML. A case that comes out otherwise is a failure, one in which the policy breaks an error.
//!
//! Every text is escaped as for a terminal: that leaves nothing that XML has no form for. There is no time in it, which
//! would differ from run to run, and no `system-out`, from which GitLab takes commands.

use std::time::Duration;

use interlock_outputs::escape::name_for_terminal;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{CaseRun, Compared, Tested, text};
use crate::sandbox::Came;

pub(super) fn render(tested: &Tested<'_>) -> String {
    let mut suite = TestSuite::new(tested.policy.as_str());
    suite.set_time(Duration::ZERO).add_test_cases(tested.runs.iter().map(|run| case(tested, run)));
    let mut report = Report::new("interlock test");
    report.set_time(Duration::ZERO).add_test_suite(suite);
    // Writing to memory cannot fail. If it did, no XML is better than half a report.
    report.to_string().unwrap_or_default()
}

fn case(tested: &Tested<'_>, run: &CaseRun<'_>) -> TestCase {
    let mut case = TestCase::new(name_for_terminal(&run.case.name.as_str().into()), status(tested, run));
    case.set_classname(tested.policy.as_str()).set_time(Duration::ZERO);
    case.extra.insert("file".into(), name_for_terminal(&tested.file.name.as_str().into()).into());
    case.extra.insert("line".into(), run.case.span.line.to_string().into());
    case
}

fn status(tested: &Tested<'_>, run: &CaseRun<'_>) -> TestCaseStatus {
    let (kind, of) = match (&run.compared, &run.answer.came) {
        (Compared::AsExpected, _) => return TestCaseStatus::success(),
        (Compared::Otherwise(_), _) => (NonSuccessKind::Failure, "findings"),
        (Compared::Broken, Came::Broken(fault)) => (NonSuccessKind::Error, fault.kind()),
        (Compared::Broken, Came::Found(_)) => (NonSuccessKind::Error, "broken"),
    };
    let mut status = TestCaseStatus::non_success(kind);
    let first = text::what_came(&tested.policy, run);
    let message = first.lines().next().unwrap_or_default().trim().to_owned();
    status.set_type(of).set_message(message).set_description(text::case(tested, run));
    status
}
