//! How the cases of each suite ended, counted.

use std::collections::HashMap;

use interlock_model::TestOutcome;
use roxmltree::{Node, NodeId};

use super::is_suite;

/// How cases ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) cases: u64,
    pub(super) wrong: u64,
    pub(super) skipped: u64,
    /// The first case that went wrong.
    pub(super) first: Option<NodeId>,
}

impl Count {
    fn of_case(case: Node<'_, '_>) -> Self {
        match outcome(case) {
            TestOutcome::Passed => Self { cases: 1, ..Self::default() },
            TestOutcome::Skipped => Self { cases: 1, skipped: 1, ..Self::default() },
            TestOutcome::Failed => Self { cases: 1, wrong: 1, skipped: 0, first: Some(case.id()) },
        }
    }

    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.wrong += other.wrong;
        self.skipped += other.skipped;
        self.first = self.first.or(other.first);
    }
}

/// How one case ended, by what stands in it and by its own attributes. A case that failed and passed when it was run
/// once more passed, as runners count it.
fn outcome(case: Node<'_, '_>) -> TestOutcome {
    let inside = case.children().filter(Node::is_element).map(|child| child.tag_name().name());
    let said = ["status", "result"].iter().filter_map(|name| case.attribute(*name));
    let words: Vec<String> = inside.chain(said).map(str::to_ascii_lowercase).collect();
    let any = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    if any(&["fail", "error", "abort", "broken"]) {
        TestOutcome::Failed
    } else if any(&["skip", "ignore", "disabled", "pending", "notrun", "suppressed"]) {
        TestOutcome::Skipped
    } else {
        TestOutcome::Passed
    }
}

/// Cases in each suite: its own, and with those of the suites in it. From the last element to the first, so that no
/// nesting is too deep.
pub(super) fn counts<'a>(root: Node<'a, '_>) -> HashMap<NodeId, Counts> {
    let mut counts: HashMap<NodeId, Counts> = HashMap::new();
    let suites: Vec<Node<'a, '_>> = root.descendants().filter(|node| is_suite(*node)).collect();
    for suite in suites.iter().rev() {
        let mut count = counts.remove(&suite.id()).unwrap_or_default();
        for child in suite.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "testcase" => count.own.add(Count::of_case(child)),
                "testsuite" | "testsuites" => count.suites += 1,
                // Some runners say here that the suite itself did not start.
                "failure" | "error" => {
                    count.own.add(Count { wrong: 1, first: Some(child.id()), ..Count::default() })
                }
                _ => {}
            }
        }
        count.all.add(count.own);
        let all = count.all;
        counts.insert(suite.id(), count);
        if let Some(parent) = suite.parent().filter(|parent| is_suite(*parent)) {
            counts.entry(parent.id()).or_default().all.add(all);
        }
    }
    counts
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) own: Count,
    pub(super) all: Count,
    /// Suites directly in it.
    pub(super) suites: u64,
}
