//! What this policy asks for, in the words a person reads whose change was stopped. When each applies is in `lib`.

use interlock_guest::prelude::*;

pub(crate) const RATED_BELOW_FLOOR: Rule = Rule {
    id: "rated-below-floor",
    title: "a change is rated at least as risky as what it touches asks for",
    help: "a rating follows from what stands on the service; that the last changes went well says nothing of this one",
    remedy: "rate it anew in `declared-risk`, from what breaks if it is wrong, and let the rating choose the review",
    origin: Some(
        "2022-07-08 Rogers: five phases went well, the sixth was rated low, and nobody looked twice",
    ),
    strictest: Verdict::Warn,
};

pub(crate) const LOW_RISK_EVERYWHERE: Rule = Rule {
    id: "low-risk-everywhere",
    title: "what is rated too low does not go everywhere at once either",
    help: "a low rating is the usual reason to leave out the stages, and the stages are what a wrong rating needs",
    remedy: "plan at least two stages in `rollout.stages`, or rate it in `declared-risk` at what its tier asks for",
    origin: Some(
        "2025-04-16 Spotify: judged low risk, so all regions changed at the same time, and every proxy crashed",
    ),
    strictest: Verdict::Block,
};
