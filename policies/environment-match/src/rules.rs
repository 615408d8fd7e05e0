//! What this policy asks for, in the words a person reads whose change was stopped. When each applies is in the other
//! files.

use interlock_guest::prelude::*;

pub(crate) const ENVIRONMENT_DIFFERS: Rule = Rule {
    id: "environment-differs",
    title: "a change goes to the environment that was meant",
    help: "whoever believes to be somewhere else looks at everything else as well with that belief",
    remedy: "find out which of the two is right before anything runs; if both are one, name them as `aliases`",
    origin: Some(
        "2017-01-31 GitLab: the secondary was meant to be wiped, and the command ran on the primary",
    ),
    strictest: Verdict::Block,
};

pub(crate) const NOT_RESOLVED: Rule = Rule {
    id: "not-resolved",
    title: "that a change does not go to production is more than its author's word",
    help: "policies that are bound to production are not asked about a change that says it goes elsewhere",
    remedy: "let the deploy system state `environment.resolved`, from the targets and not from the author's word",
    origin: Some("2017-01-31 GitLab: which of two servers it was, only the person at the keyboard had said"),
    strictest: Verdict::Block,
};

pub(crate) const POINTS_AT_PRODUCTION: Rule = Rule {
    id: "points-at-production",
    title: "what is not production does not point at production",
    help: "what runs in a test does what tests do, and there it does it to what people use",
    remedy: "name the host, account or database of the environment that is meant; give it credentials of its own",
    origin: Some(
        "2017-04-05 DigitalOcean: automated tests had production's credentials and deleted its database",
    ),
    strictest: Verdict::Block,
};
