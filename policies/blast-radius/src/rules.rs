//! What this policy asks for, in the words a person reads whose change was stopped. When each applies is in the other
//! files.

use interlock_guest::prelude::*;

pub(crate) const UNDECLARED_TARGET: Rule = Rule {
    id: "undeclared-target",
    title: "a change reaches no place but those it was meant for",
    help: "what is resolved from a selector may be more than anybody had in mind, and the author alone knows what was meant",
    remedy: "narrow what resolves the targets, or name the places under `declared-targets` if they are meant",
    origin: Some(
        "2019-06-02 Google Cloud: maintenance meant for one location stopped control planes in several regions",
    ),
    strictest: Verdict::Block,
};

pub(crate) const UNRESOLVED_TARGETS: Rule = Rule {
    id: "unresolved-targets",
    title: "before a change starts it is known where it goes",
    help: "as long as nobody has resolved the targets, nobody can say that they are the ones that were meant",
    remedy: "let the deploy system resolve the change and state every place under `targets`",
    origin: Some(
        "2019-06-02 Google Cloud: that several locations would be stopped was seen when they were stopped",
    ),
    strictest: Verdict::Block,
};

pub(crate) const STAGE_ELSEWHERE: Rule = Rule {
    id: "stage-elsewhere",
    title: "where the change is meant for certain places, each stage goes to some of them",
    help: "a stage that names another place is a typing error, or goes where nobody meant it to",
    remedy: "name in the stage's `targets` only places that are declared or resolved, and at least one",
    origin: Some(
        "2016-04-11 Google Compute Engine: a change meant for one address block reached all of them, site by site",
    ),
    strictest: Verdict::Warn,
};

pub(crate) const MANY_DEPENDENTS: Rule = Rule {
    id: "many-dependents",
    title: "where many services depend on it, the first stage is smaller still",
    help: "what breaks here breaks in each service that depends on it, and all of their people look for the fault at home",
    remedy: "begin with at most 500 basis points of the traffic, or state `dependents` of each service if they are few",
    origin: Some(
        "Uber, on its monorepo: 1.4 % of 500,000 commits touch more than 100 services, so that one slip is everybody's",
    ),
    strictest: Verdict::Warn,
};

pub(crate) const LAST_STAGE_SHARE: Rule = Rule {
    id: "last-stage-share",
    title: "the places that carry most of the traffic do not all wait for the last stage",
    help: "stages that leave the busiest places out show nothing of what happens there",
    remedy: "let an earlier stage reach one of these places",
    origin: Some(
        "2022-06-21 Cloudflare: the 19 busiest locations, half of all requests, came last and together",
    ),
    strictest: Verdict::Warn,
};
