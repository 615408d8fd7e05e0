//! Stock policy `dangerous-operation`: what is taken away is little, named, meant, not held, not in use, and can be had
//! back.
//!
//! It judges `action`: a command, a deletion, a plan that replaces things. Whether there is a way back at all is
//! `rollback-ready`, whether two people agreed is `two-person-review`. `rules` holds the words, `settings` the numbers.

mod rules;
mod settings;

use interlock_guest::prelude::*;
use interlock_guest::{found, is_blank, trimmed};

use rules::{
    ANOTHER_SORT, BELOW_FLOOR, HELD, MAYBE_IN_USE, OPEN_SELECTOR, PERMANENT_FIRST, TOO_MANY, UNSTATED_ACTION,
};
pub use settings::Limits;

#[policy(
    title = "what is taken away is little, named, meant, not held, not in use, and can be had back",
    rules = [
        UNSTATED_ACTION,
        OPEN_SELECTOR,
        ANOTHER_SORT,
        HELD,
        TOO_MANY,
        BELOW_FLOOR,
        PERMANENT_FIRST,
        MAYBE_IN_USE
    ]
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
    let left = match takes_capacity {
        true => case.below_floor(question),
        false => case.maybe_in_use(),
    };
    Ok(found([
        case.open_selector(),
        case.another_sort(question),
        case.held(),
        case.too_many(),
        case.permanent(),
        left,
    ]))
}

/// Only a command is sure to do something; any other change without an action takes nothing away that is known.
fn unstated(change: &Change, limits: &Limits) -> Option<Finding> {
    if change.kind != ChangeKind::Command {
        return None;
    }
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let finding = UNSTATED_ACTION.finding(by_tier.verdict(change)?, "the command does not say what it does");
    Some(finding.at("/action").with_tier(change))
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
        let message = match self.action.selector.as_deref().map(trimmed) {
            None | Some("") => text!("`{}` does not say of what", self.action.verb),
            Some(selector) if is_open(selector) => {
                text!("`{}` of `{selector}`, which is everything there is", self.action.verb)
            }
            Some(_) => return None,
        };
        Some(self.finding(&OPEN_SELECTOR, self.by_tier()?, message, "/action/selector"))
    }

    /// Whoever says what they mean has it compared; who says nothing is judged by the other rules. What the selector
    /// was resolved to is not known at merge, and has to be before anything is taken away.
    fn another_sort(&self, question: &Question) -> Option<Finding> {
        let meant = said(&self.action.declared_sort)?;
        let (message, verdict) = match (said(&self.action.resolved_sort), question.asked_at) {
            (Some(resolved), _) if is_same_word(meant, resolved) => return None,
            (Some(resolved), _) => (
                text!("things of the sort `{meant}` are meant, and `{resolved}` is taken away"),
                self.certain()?,
            ),
            (None, Phase::Merge) => return None,
            (None, Phase::Deploy | Phase::Promote) => (
                text!("things of the sort `{meant}` are meant, and nobody looked what they are"),
                self.by_tier()?,
            ),
        };
        Some(self.finding(&ANOTHER_SORT, verdict, message, "/action/resolved-sort"))
    }

    fn held(&self) -> Option<Finding> {
        let held = self.action.held.filter(|held| *held > 0)?;
        let message = match self.action.matched {
            Some(matched) => {
                text!("{held} of the {matched} that `{}` is for are to stay", self.action.verb)
            }
            None => text!("`{}` is for {held} that are to stay", self.action.verb),
        };
        Some(self.finding(&HELD, self.certain()?, message, "/action/held"))
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
            (None, _) => text!("`{verb}` does not say of how many, so it is taken to be all"),
            (Some(matched), Some(total)) => text!("`{verb}` of {matched} of {total} at once"),
            (Some(matched), None) => text!("`{verb}` of {matched} at once, and nobody says of how many"),
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
            Some(left) => text!("{left} basis points of the capacity are left; at least {min}"),
            None => text!("`{}` does not say what capacity is left", self.action.verb),
        };
        Some(self.finding(&BELOW_FLOOR, self.by_tier()?, message, "/action/remaining-capacity-bp"))
    }

    /// Whoever shows that nobody uses it may delete it, with a warning.
    fn permanent(&self) -> Option<Finding> {
        let message = match self.action.permanent {
            Some(false) => return None,
            Some(true) => text!("`{}` is permanent from the start", self.action.verb),
            None => text!("`{}` does not say whether it can be taken back", self.action.verb),
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
        let message =
            text!("`{}` of what may be in use: nobody says how it is known that it is not", self.action.verb);
        Some(self.finding(&MAYBE_IN_USE, self.by_tier()?, message, "/action/in-use-evidence"))
    }

    fn has_evidence(&self) -> bool {
        self.action.in_use_evidence.known_and(|evidence| !is_blank(evidence))
    }

    fn by_tier(&self) -> Option<Verdict> {
        let limits = self.limits;
        ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max }.verdict(self.change)
    }

    /// What is wrong for certain is wrong in every tier, and never weighs less than what may be.
    fn certain(&self) -> Option<Verdict> {
        let certain = ByTier { block_max: self.limits.certain_tier_max, warn_max: -1 };
        self.by_tier().max(certain.verdict(self.change))
    }

    fn finding(&self, rule: &Rule, verdict: Verdict, message: String, at: &str) -> Finding {
        let finding = rule.finding(verdict, message).at(at).with_tier(self.change);
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

fn names(verbs: &Texts, verb: &str) -> bool {
    verbs.iter().any(|known| is_same_word(known, verb))
}

/// Whether two systems mean one word: `Take offline` and `take_offline` are `take-offline`.
fn is_same_word(one: &str, other: &str) -> bool {
    fn plain(word: &str) -> impl Iterator<Item = u8> {
        trimmed(word).bytes().map(|b| if matches!(b, b'_' | b' ') { b'-' } else { b.to_ascii_lowercase() })
    }
    plain(one).eq(plain(other))
}

/// What somebody said; blanks say nothing.
fn said(word: &Option<String>) -> Option<&str> {
    word.as_deref().map(trimmed).filter(|word| !word.is_empty())
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
        assert!(is_same_word("Load Balancer", "load_balancer") && !is_same_word("site", "sites"));
    }
}
