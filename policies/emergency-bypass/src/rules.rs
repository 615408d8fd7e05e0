//! What this policy asks for, in the words a person reads whose change was stopped. When each applies is in `lib`.

use interlock_guest::prelude::*;

pub(crate) const EMERGENCY_CLAIMED: Rule = Rule {
    id: "emergency-claimed",
    title: "somebody reads of every emergency",
    help: "the path for emergencies is the one with the fewest checks; what goes there is worth a look afterwards",
    remedy: "take the ordinary path if it can wait: say `emergency.declared: false`, and take the label off",
    origin: Some("2021-05-11 Salesforce: a change that could wait took the emergency path to every site"),
    strictest: Verdict::Warn,
};

pub(crate) const NO_INCIDENT: Rule = Rule {
    id: "no-incident",
    title: "an emergency answers an incident",
    help: "an emergency that nobody has reported is a short cut",
    remedy: "open an incident, and name it in `emergency.incident`; or take the ordinary path",
    origin: Some(
        "2021-05-11 Salesforce: the emergency path was taken to save time, and there was no emergency",
    ),
    strictest: Verdict::Block,
};

pub(crate) const INCIDENT_NOT_OPEN: Rule = Rule {
    id: "incident-not-open",
    title: "the incident is open",
    help: "when the incident is over, so is the emergency: what is left to do can be looked at first",
    remedy: "let the incident system state the incident under `open-incidents`; or take the ordinary path",
    origin: Some("2021-05-11 Salesforce: policies existed, and nothing compared the claim with them"),
    strictest: Verdict::Block,
};

pub(crate) const INCIDENT_ELSEWHERE: Rule = Rule {
    id: "incident-elsewhere",
    title: "the incident is one of a service that is changed",
    help: "while something is down, its emergency path is open to whatever else was waiting",
    remedy: "name the incident of the service that is changed, and state its `service` under `open-incidents`",
    origin: Some(
        "2021-05-11 Salesforce: DNS was changed everywhere, for a new site that was only being set up",
    ),
    strictest: Verdict::Block,
};

pub(crate) const TOO_FEW_PEOPLE: Rule = Rule {
    id: "too-few-people",
    title: "two people stand behind an emergency",
    help: "under pressure one person sees what they expect to see; a second one is found within minutes",
    remedy: "let somebody else declare or approve it, and state `kind: human` for each person",
    origin: Some(
        "2017-01-31 GitLab: late at night during an incident, one person deleted the wrong database",
    ),
    strictest: Verdict::Block,
};

pub(crate) const EXPIRED: Rule = Rule {
    id: "expired",
    title: "an emergency has an end, and it is not over",
    help: "an exception without an end is the rule from then on",
    remedy: "declare it anew and state `emergency.expires-at`; or take the ordinary path",
    origin: Some(
        "Cloudflare, Code Orange, finished on 2026-05-01: the paths for breaking the glass were reworked",
    ),
    strictest: Verdict::Block,
};
