//! Stock policy `dangerous-operation`: what is taken away is little, named, not in use, and can be had back.
//!
//! It judges `action`: a command, a deletion, a plan that replaces things. Whether there is a way back at all is
//! `rollback-ready`, whether two people agreed is `two-person-review`.

use interlock_guest::prelude::*;

/// Thresholds.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 2: nobody waits for tier 3.
    #[setting(default = 2, range = -1..=3)]
    warn_tier_max: i32,
    /// Tiers up to this number are warned of what is many and not yet too many; -1 warns none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    care_tier_max: i32,
    /// Verbs that take nothing away. Any other verb is taken to.
    #[setting(default = ["add", "create", "get", "list", "no-op", "plan", "read", "show", "update"])]
    harmless_verbs: Texts,
    /// Verbs that take capacity away and give it back: what they leave is judged, not whether it is in use.
    #[setting(default = ["cordon", "deschedule", "drain", "evict", "scale-down", "shut-down", "stop", "take-offline"])]
    capacity_verbs: Texts,
    /// Most things at once, beyond which it is too many. Default 100.
    #[setting(default = 100, range = 0..=1_000_000_000)]
    matched_max: i32,
    /// Most things at once, beyond which it is many. Default 10.
    #[setting(default = 10, range = 0..=1_000_000_000)]
    matched_care_max: i32,
    /// Largest share of all things at once, in basis points, beyond which it is too many. Default 500.
    #[setting(default = 500, range = 0..=10_000)]
    share_bp_max: i32,
    /// Largest share of all things at once, in basis points, beyond which it is many. Default 100.
    #[setting(default = 100, range = 0..=10_000)]
    share_bp_care_max: i32,
    /// Fewest things of which a share is judged: one of three is a third. Default 3.
    #[setting(default = 3, range = 1..=1_000_000)]
    share_matched_min: i32,
    /// Least capacity that may be left, in basis points of today's. Default 5000.
    #[setting(default = 5000, range = 0..=10_000)]
    remaining_capacity_bp_min: i32,
}

const UNSTATED_ACTION: Rule = Rule {
    id: "unstated-action",
    title: "a command says what it does to what",
    help: "a command that nobody described is judged by nobody",
    remedy: "state under `action` the `verb`, the `selector`, and how many things are `matched` of how many in `total`",
    origin: Some(
        "2021-10-04 Facebook: a command meant to assess the backbone took it down, and its audit did not stop it",
    ),
    strictest: Verdict::Block,
};

const OPEN_SELECTOR: Rule = Rule {
    id: "open-selector",
    title: "what is taken away is named",
    help: "a selector that matches everything, or that nobody knows, takes away whatever there is",
    remedy: "name the things in `action.selector`, narrowly enough that nothing else can match",
    origin: Some(
        "2022-04-05 Atlassian: a list held the ids of whole sites, and the script deleted what it was given",
    ),
    strictest: Verdict::Block,
};

const TOO_MANY: Rule = Rule {
    id: "too-many",
    title: "little is taken away at once",
    help: "a typing error in a number is found after ten things or after all of them, and only one of the two is small",
    remedy: "do it in batches: a first one of at most ten things, looked at before the next",
    origin: Some(
        "2017-02-28 AWS: one wrong input removed far more servers than meant, below what the system needed",
    ),
    strictest: Verdict::Block,
};

const BELOW_FLOOR: Rule = Rule {
    id: "below-floor",
    title: "enough capacity is left",
    help: "what is left has to carry what was carried before, and what comes back all at once",
    remedy: "take away less at a time, and state in `action.remaining-capacity-bp` what is left",
    origin: Some("2017-02-28 AWS: the removal tool now refuses to go below a subsystem's least capacity"),
    strictest: Verdict::Block,
};

const PERMANENT_FIRST: Rule = Rule {
    id: "permanent-first",
    title: "what is taken away can be had back for a while",
    help: "a mistake is noticed after it was made; what lies in a bin until then is no loss",
    remedy: "disable, unlink or move it to a bin first, state `action.permanent: false`, and delete later",
    origin: Some("2022-04-05 Atlassian: the script deleted for good where it could have marked for deletion"),
    strictest: Verdict::Block,
};

const MAYBE_IN_USE: Rule = Rule {
    id: "maybe-in-use",
    title: "it is known that nobody uses what is taken away",
    help: "what nobody remembers is often what everything stands on",
    remedy: "look who read or called it lately, and state in `action.in-use-evidence` how that is known",
    origin: Some("2021-03-15 Azure AD: a key that was flagged to be kept was removed while it was in use"),
    strictest: Verdict::Block,
};

#[policy(
    title = "what is taken away is little, named, not in use, and can be had back",
    rules = [UNSTATED_ACTION, OPEN_SELECTOR, TOO_MANY, BELOW_FLOOR, PERMANENT_FIRST, MAYBE_IN_USE]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let Some(action) = &change.action else {
        return Ok(unstated(change, limits).into_iter().collect());
    };
    if names(&limits.harmless_verbs, &action.verb) {
        return Ok(vec![]);
    }
    let takes_capacity = names(&limits.capacity_verbs, &action.verb);
    let case = Case { change, action, limits };
    let found = match takes_capacity {
        true => [case.open_selector(), case.too_many(), case.permanent(), case.below_floor(question)],
        false => [case.open_selector(), case.too_many(), case.permanent(), case.maybe_in_use()],
    };
    Ok(found.into_iter().flatten().collect())
}

/// Only a command is sure to do something; any other change without an action takes nothing away that is known.
fn unstated(change: &Change, limits: &Limits) -> Option<Finding> {
    if change.kind != ChangeKind::Command {
        return None;
    }
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let finding = UNSTATED_ACTION.finding(by_tier.verdict(change)?, "the command does not say what it does");
    Some(finding.at("/action").because("tier", change.tier().to_string()))
}

/// One action, and what it is judged by.
struct Case<'a> {
    change: &'a Change,
    action: &'a Action,
    limits: &'a Limits,
}

/// How much is taken away at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Amount {
    Little,
    Many,
    TooMany,
}

impl Case<'_> {
    fn open_selector(&self) -> Option<Finding> {
        let message = match self.action.selector.as_deref().map(str::trim) {
            None | Some("") => format!("`{}` does not say of what", self.action.verb),
            Some(selector) if is_open(selector) => {
                format!("`{}` of `{selector}`, which is everything there is", self.action.verb)
            }
            Some(_) => return None,
        };
        Some(self.finding(&OPEN_SELECTOR, self.by_tier()?, message, "/action/selector"))
    }

    fn too_many(&self) -> Option<Finding> {
        let verdict = match self.amount() {
            Amount::Little => return None,
            Amount::Many => {
                ByTier { block_max: -1, warn_max: self.limits.care_tier_max }.verdict(self.change)?
            }
            Amount::TooMany => self.by_tier()?,
        };
        let verb = &self.action.verb;
        let message = match (self.action.matched, self.action.total) {
            (None, _) => format!("`{verb}` does not say of how many, so it is taken to be all"),
            (Some(matched), Some(total)) => format!("`{verb}` of {matched} of {total} at once"),
            (Some(matched), None) => format!("`{verb}` of {matched} at once, and nobody says of how many"),
        };
        Some(self.finding(&TOO_MANY, verdict, message, "/action/matched"))
    }

    /// A number alone does not count against what can be had back and is known not to be used; a share always does.
    fn amount(&self) -> Amount {
        let Some(matched) = self.action.matched else { return Amount::TooMany };
        let (limits, matched) = (self.limits, i64::from(matched));
        let by_number = match self.action.permanent == Some(false) && self.has_evidence() {
            true => Amount::Little,
            false => graded(matched, limits.matched_care_max, limits.matched_max),
        };
        let by_share = match matched < i64::from(limits.share_matched_min) {
            true => Amount::Little,
            false => graded(self.share_bp(matched), limits.share_bp_care_max, limits.share_bp_max),
        };
        by_number.max(by_share)
    }

    /// Of an unknown number of things it may be all.
    fn share_bp(&self, matched: i64) -> i64 {
        match self.action.total {
            Some(total) if total > 0 => matched * 10_000 / i64::from(total),
            Some(_) | None => 10_000,
        }
    }

    /// What is left is known when it is done, not when it is planned.
    fn below_floor(&self, question: &Question) -> Option<Finding> {
        match question.asked_at {
            Phase::Merge => return None,
            Phase::Deploy | Phase::Promote => {}
        }
        let min = self.limits.remaining_capacity_bp_min;
        let message = match self.action.remaining_capacity_bp {
            Some(left) if i64::from(left) >= i64::from(min) => return None,
            Some(left) => format!("{left} basis points of the capacity are left; at least {min}"),
            None => format!("`{}` does not say what capacity is left", self.action.verb),
        };
        Some(self.finding(&BELOW_FLOOR, self.by_tier()?, message, "/action/remaining-capacity-bp"))
    }

    /// Whoever shows that nobody uses it may delete it, with a warning.
    fn permanent(&self) -> Option<Finding> {
        let message = match self.action.permanent {
            Some(false) => return None,
            Some(true) => format!("`{}` is permanent from the start", self.action.verb),
            None => format!("`{}` does not say whether it can be taken back", self.action.verb),
        };
        let verdict = match self.has_evidence() {
            true => self.by_tier()?.min(Verdict::Warn),
            false => self.by_tier()?,
        };
        Some(self.finding(&PERMANENT_FIRST, verdict, message, "/action/permanent"))
    }

    fn maybe_in_use(&self) -> Option<Finding> {
        if self.has_evidence() {
            return None;
        }
        let message = format!(
            "`{}` of what may be in use: nobody says how it is known that it is not",
            self.action.verb
        );
        Some(self.finding(&MAYBE_IN_USE, self.by_tier()?, message, "/action/in-use-evidence"))
    }

    fn has_evidence(&self) -> bool {
        self.action.in_use_evidence.known_and(|evidence| !evidence.trim().is_empty())
    }

    fn by_tier(&self) -> Option<Verdict> {
        let limits = self.limits;
        ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max }.verdict(self.change)
    }

    fn finding(&self, rule: &Rule, verdict: Verdict, message: String, at: &str) -> Finding {
        let finding = rule.finding(verdict, message).at(at).because("tier", self.change.tier().to_string());
        finding.with_reason_not_applicable(self.change, "/action")
    }
}

fn graded(count: i64, care_max: i32, max: i32) -> Amount {
    if count > i64::from(max) {
        Amount::TooMany
    } else if count > i64::from(care_max) {
        Amount::Many
    } else {
        Amount::Little
    }
}

/// Selectors that name nothing.
fn is_open(selector: &str) -> bool {
    selector.eq_ignore_ascii_case("all") || !selector.bytes().any(|b| b.is_ascii_alphanumeric() || b >= 0x80)
}

/// Whether a list holds a verb: `Take offline` and `take_offline` are `take-offline`.
fn names(verbs: &Texts, verb: &str) -> bool {
    fn plain(verb: &str) -> impl Iterator<Item = u8> {
        verb.trim().bytes().map(|b| if matches!(b, b'_' | b' ') { b'-' } else { b.to_ascii_lowercase() })
    }
    verbs.iter().any(|known| plain(known).eq(plain(verb)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_without_a_letter_or_a_digit_names_nothing() {
        for open in ["*", ".*", "%", "/", "ALL", "--", "**/*", "()"] {
            assert!(is_open(open), "{open}");
        }
        for closed in ["a", "state=orphaned", "*.tmp", "数据", "all-of-eu", "0"] {
            assert!(!is_open(closed), "{closed}");
        }
    }

    #[test]
    fn verbs_are_known_however_they_are_written() {
        let verbs = Texts::Default(&["take-offline"]);
        assert!(names(&verbs, " Take_Offline ") && names(&verbs, "take offline"));
        assert!(!names(&verbs, "take") && !names(&verbs, ""));
    }
}
