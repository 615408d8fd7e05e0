//! What this policy asks for, in the words a person reads whose change was stopped.

use interlock_guest::prelude::*;

pub(crate) const OTHER_VERSION: Rule = Rule {
    id: "other-version",
    title: "each target of the next stage runs the version that is expected there",
    help: "what is right for one version may be wrong for another, and one machine that was left out is enough",
    remedy: "bring these targets to the expected version first, and state what was seen to run under `running-version`",
    origin: Some("2012-08-01 Knight Capital: seven of eight servers had the code that a flag was meant for"),
    strictest: Verdict::Block,
};

pub(crate) const VERSION_UNSTATED: Rule = Rule {
    id: "version-unstated",
    title: "where a change expects a version, it says so for each target",
    help: "a target that is left out of the list is left out of the check",
    remedy: "state `expected-version` and `running-version` for these targets too, or take them off the change",
    origin: Some(
        "2024-04-08 Tencent Cloud: a new interface met requests of old front ends that were still running",
    ),
    strictest: Verdict::Warn,
};
