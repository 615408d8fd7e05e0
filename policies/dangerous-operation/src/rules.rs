//! What this policy asks for, in the words a person reads whose change was stopped. When each applies is in `lib`.

use interlock_guest::prelude::*;

pub(crate) const UNSTATED_ACTION: Rule = Rule {
    id: "unstated-action",
    title: "a command says what it does to what",
    help: "a command that nobody described is judged by nobody",
    remedy: "state under `action` the `verb`, the `selector`, and how many things are `matched` of how many in `total`",
    origin: Some(
        "2021-10-04 Facebook: a command meant to assess the backbone took it down, and its audit did not stop it",
    ),
    strictest: Verdict::Block,
};

pub(crate) const OPEN_SELECTOR: Rule = Rule {
    id: "open-selector",
    title: "what is taken away is named",
    help: "a selector that matches everything, or that nobody knows, takes away whatever there is",
    remedy: "name the things in `action.selector`, narrowly enough that nothing else can match",
    origin: Some(
        "2022-04-05 Atlassian: a list held the ids of whole sites, and the script deleted what it was given",
    ),
    strictest: Verdict::Block,
};

pub(crate) const TOO_MANY: Rule = Rule {
    id: "too-many",
    title: "little is taken away at once",
    help: "a typing error in a number is found after ten things or after all of them, and only one of the two is small",
    remedy: "do it in batches: a first one of at most ten things, looked at before the next",
    origin: Some(
        "2017-02-28 AWS: one wrong input removed far more servers than meant, below what the system needed",
    ),
    strictest: Verdict::Block,
};

pub(crate) const BELOW_FLOOR: Rule = Rule {
    id: "below-floor",
    title: "enough capacity is left",
    help: "what is left has to carry what was carried before, and what comes back all at once",
    remedy: "take away less at a time, and state in `action.remaining-capacity-bp` what is left",
    origin: Some("2017-02-28 AWS: the removal tool now refuses to go below a subsystem's least capacity"),
    strictest: Verdict::Block,
};

pub(crate) const PERMANENT_FIRST: Rule = Rule {
    id: "permanent-first",
    title: "what is taken away can be had back for a while",
    help: "a mistake is noticed after it was made; what lies in a bin until then is no loss",
    remedy: "disable, unlink or move it to a bin first, state `action.permanent: false`, and delete later",
    origin: Some("2022-04-05 Atlassian: the script deleted for good where it could have marked for deletion"),
    strictest: Verdict::Block,
};

pub(crate) const MAYBE_IN_USE: Rule = Rule {
    id: "maybe-in-use",
    title: "it is known that nobody uses what is taken away",
    help: "what nobody remembers is often what everything stands on",
    remedy: "look who read or called it lately, and state in `action.in-use-evidence` how that is known",
    origin: Some("2021-03-15 Azure AD: a key was removed as unused that signed what clients still relied on"),
    strictest: Verdict::Block,
};

pub(crate) const HELD: Rule = Rule {
    id: "held",
    title: "nothing is taken away that carries a hold",
    help: "a lock, a retention or a mark to keep it was put there by somebody who knew why",
    remedy: "take what is held out of the selector, or let those who put the hold there lift it first",
    origin: Some("2021-03-15 Azure AD: automation removed a signing key that was marked to be retained"),
    strictest: Verdict::Block,
};

pub(crate) const ANOTHER_SORT: Rule = Rule {
    id: "another-sort",
    title: "what is taken away is the sort of thing that was meant",
    help: "an identifier does not show what it names, and whoever reviews the command reads only identifiers",
    remedy: "look up what each identifier names, and state that sort under `resolved-sort` of the `action`",
    origin: Some("2022-04-05 Atlassian: apps were meant to go, and the identifiers were those of 883 sites"),
    strictest: Verdict::Block,
};
