//! Stock policy `two-person-review`: people other than the author have agreed to what is shipped.
//!
//! It counts people, not clicks: an approval by a machine, by the author, or of other bytes is none. Whether anybody
//! read what they agreed to, it cannot see.

use interlock_guest::prelude::*;
use interlock_guest::{contains, found, is_blank, is_same, listed, plain};

/// Who has to agree.
#[derive(Settings)]
#[setting(check = nothing_is_blank)]
pub struct Limits {
    /// Tiers up to this number are blocked with fewer than approvals-min, or without an owner's; -1: none. Default 0.
    #[setting(default = 0, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are blocked if nobody agreed, and warned as above; -1: none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    warn_tier_max: i32,
    /// Further tiers up to this number are warned if nobody agreed; -1: none. Default 2: tier 3 may go alone.
    #[setting(default = 2, range = -1..=3)]
    nobody_tier_max: i32,
    /// Commands, deletions and permanent actions in tiers up to this number are judged like tiers that are blocked; -1:
    /// none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    deletion_tier_max: i32,
    /// Fewest people who must have agreed. Default 2: what Cloudflare asked for after 2025-02-06.
    #[setting(default = 2, range = 1..=10)]
    approvals_min: i32,
    /// Roles of which one must be among the approvals; an empty list asks for none. Default owner.
    #[setting(default = ["owner"])]
    owner_roles: Texts,
    /// An action is a deletion if its verb contains one of these. Default: the usual English words.
    #[setting(default = ["delete", "destroy", "remove", "drop", "purge", "terminate", "withdraw"])]
    deletion_verbs: Texts,
    /// A command with one of these as its verb, and known not to be permanent, is judged by its tier. Default: verbs that look and leave things as they are.
    #[setting(default = ["describe", "diff", "get", "list", "plan", "read", "show", "status", "validate"])]
    looking_verbs: Texts,
}

fn nothing_is_blank(limits: &Limits) -> Vec<(&'static str, String)> {
    let lists = [
        ("owner-roles", &limits.owner_roles),
        ("deletion-verbs", &limits.deletion_verbs),
        ("looking-verbs", &limits.looking_verbs),
    ];
    let blank = lists.into_iter().filter(|(_, words)| words.given().iter().any(|word| is_blank(word)));
    blank.map(|(key, _)| (key, "expected words, found a blank one".into())).collect()
}

const TOO_FEW_APPROVALS: Rule = Rule {
    id: "too-few-approvals",
    title: "enough people other than the author have agreed",
    help: "whoever wrote a change reads what they meant, not what they wrote",
    remedy: "let people who did not write it agree, and state each with `by.kind` and the `digest` of what is shipped",
    origin: Some(
        "2024-02-22 AT&T Mobility: a network element went into service without the peer review that was required",
    ),
    strictest: Verdict::Block,
};

const NO_OWNER_APPROVAL: Rule = Rule {
    id: "no-owner-approval",
    title: "somebody who answers for it has agreed",
    help: "those who will be woken know what else hangs on it",
    remedy: "let an owner of the service agree, and state the approval's `role`",
    origin: Some(
        "2022-07-08 Rogers: rated low after phases that went well, so no higher approval was asked for",
    ),
    strictest: Verdict::Block,
};

const APPROVED_SOMETHING_ELSE: Rule = Rule {
    id: "approved-something-else",
    title: "what was agreed to is what is shipped",
    help: "an approval of other bytes says nothing about these",
    remedy: "show the approvers what is shipped now, and state its digest in their approvals",
    origin: Some(
        "2022-04-05 Atlassian: the review covered the endpoint, not the identifiers that went into it",
    ),
    strictest: Verdict::Block,
};

#[policy(
    title = "people other than the author have agreed to what is shipped",
    rules = [TOO_FEW_APPROVALS, NO_OWNER_APPROVAL, APPROVED_SOMETHING_ELSE]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    match question.asked_at {
        // Approvals are still coming, and the forge's own protection holds there.
        Phase::Merge => return Ok(vec![]),
        Phase::Deploy | Phase::Promote => {}
    }
    let Some(need) = need(change, limits) else { return Ok(vec![]) };
    let finding = too_few(change, need, limits).or_else(|| no_owner(change, need, limits));
    Ok(found([finding.map(|finding| with_reasons(finding, change, limits))]))
}

/// How much agreement a change needs.
#[derive(Clone, Copy)]
enum Need {
    /// Several people and an owner, or it is blocked.
    Several,
    /// Somebody, or it is blocked; several and an owner, or it is warned.
    Somebody,
    /// Somebody, or it is warned.
    Courtesy,
}

fn need(change: &Change, limits: &Limits) -> Option<Need> {
    let tier = i32::from(change.tier());
    let takes_away = tier <= limits.deletion_tier_max && takes_away(change, limits).is_some();
    if tier <= limits.block_tier_max || takes_away {
        Some(Need::Several)
    } else if tier <= limits.warn_tier_max {
        Some(Need::Somebody)
    } else {
        (tier <= limits.nobody_tier_max).then_some(Need::Courtesy)
    }
}

/// Why a change may take away what cannot be given back.
fn takes_away(change: &Change, limits: &Limits) -> Option<String> {
    if change.kind == ChangeKind::Command && !change.action.known_and(|action| only_looks(action, limits)) {
        return Some("it is a command".into());
    }
    let action = change.action.as_ref()?;
    if limits.deletion_verbs.iter().any(|word| contains(&plain(&action.verb), &plain(word))) {
        return Some(text!("its action is `{}`", action.verb));
    }
    action.permanent.unknown_or(|permanent| *permanent).then(|| "its action may be permanent".into())
}

/// A command that is known to leave things as they are is judged by its tier, as other changes are.
fn only_looks(action: &Action, limits: &Limits) -> bool {
    action.permanent == Some(false) && limits.looking_verbs.iter().any(|word| is_same(word, &action.verb))
}

fn too_few(change: &Change, need: Need, limits: &Limits) -> Option<Finding> {
    let (min, found) = (limits.approvals_min, people(counted(change)));
    let needed = match need {
        Need::Several | Need::Somebody => min,
        Need::Courtesy => 1,
    };
    let count = || text!("approvals that count: {found}, needed: {needed}");
    let verdict_of = |agreed: usize| match need {
        Need::Several => (agreed < min as usize).then_some(Verdict::Block),
        Need::Somebody if agreed == 0 => Some(Verdict::Block),
        Need::Somebody => (agreed < min as usize).then_some(Verdict::Warn),
        Need::Courtesy => (agreed == 0).then_some(Verdict::Warn),
    };
    let verdict = verdict_of(for_certain(change, found))?;
    if let Some((index, other)) = of_other_bytes(change) {
        let message = text!("`{}` agreed to other bytes; {}", other.by.id, count());
        let at = text!("/approvals/{index}/digest");
        return Some(APPROVED_SOMETHING_ELSE.finding(verdict, message).at(at));
    }
    let (message, at) = match &change.approvals {
        None => ("nobody is known to have agreed".into(), "/approvals"),
        Some(approvals) if approvals.is_empty() => ("nobody has agreed".into(), "/approvals"),
        Some(_) if verdict_of(found).is_none() => (AUTHOR_UNKNOWN.into(), "/author"),
        Some(_) => (count(), "/approvals"),
    };
    Some(TOO_FEW_APPROVALS.finding(verdict, message).at(at))
}

const AUTHOR_UNKNOWN: &str = "the author is not known, so one of the approvals may be the author's own";

/// Never harder than too few, so that taking approvals away does not help.
fn no_owner(change: &Change, need: Need, limits: &Limits) -> Option<Finding> {
    let verdict = match need {
        Need::Several => Verdict::Block,
        Need::Somebody => Verdict::Warn,
        Need::Courtesy => return None,
    };
    let roles = &limits.owner_roles;
    let is_owner = |it: &&Approval| it.role.known_and(|role| roles.iter().any(|owner| is_same(owner, role)));
    let owners = people(counted(change).filter(is_owner));
    if roles.is_empty() || for_certain(change, owners) > 0 {
        return None;
    }
    let (message, at) = match owners {
        0 => (text!("no approval that counts is in a role of: {}", listed(roles.iter(), ", ")), "/approvals"),
        _ => (AUTHOR_UNKNOWN.into(), "/author"),
    };
    Some(NO_OWNER_APPROVAL.finding(verdict, message).at(at))
}

fn with_reasons(finding: Finding, change: &Change, limits: &Limits) -> Finding {
    let mut finding = finding.with_tier(change);
    if let Some(reason) = takes_away(change, limits) {
        finding = finding.because("takes-away", reason);
    }
    let not_counted =
        change.approvals.iter().flatten().filter_map(|it| Some((&it.by.id, why_not(change, it)?)));
    // The first few tell enough, and the evidence of a finding has its limit.
    for (id, why) in not_counted.take(9) {
        finding = finding.because("not-counted", text!("`{id}`: {why}"));
    }
    finding.with_reason_not_applicable(change, "/approvals")
}

fn counted(change: &Change) -> impl Iterator<Item = &Approval> {
    change.approvals.iter().flatten().filter(|approval| why_not(change, approval).is_none())
}

/// Why an approval does not count.
fn why_not(change: &Change, approval: &Approval) -> Option<&'static str> {
    let by = &approval.by;
    if is_blank(&by.id) || by.kind.unknown_or(|kind| *kind != PersonKind::Human) {
        return Some("not known to be human");
    }
    if change.author.known_and(|author| is_same(&author.id, &by.id)) {
        return Some("the author");
    }
    let mut shipped =
        change.artifacts.iter().flatten().filter_map(|artifact| artifact.digest.as_ref()).peekable();
    shipped.peek()?;
    match &approval.digest {
        Some(digest) => (!shipped.any(|it| it == digest)).then_some(OTHER_BYTES),
        None => Some("it is not known to which bytes"),
    }
}

const OTHER_BYTES: &str = "to other bytes";

/// The first approval that would count but for its digest, by somebody who has not agreed to the right bytes as well.
fn of_other_bytes(change: &Change) -> Option<(usize, &Approval)> {
    let again = |it: &Approval| counted(change).any(|other| is_same(&other.by.id, &it.by.id));
    let mut all = change.approvals.iter().flatten().enumerate();
    all.find(|(_, it)| why_not(change, it) == Some(OTHER_BYTES) && !again(it))
}

/// One more than `approvals-min` can ask for: nobody counts further, so that no tree of names is needed.
const PEOPLE_MAX: usize = 11;

/// How many different people they are. Most systems take `A.Nowak` and `a.nowak` for one login; taking two people for one
/// asks for more, never for less.
fn people<'a>(approvals: impl Iterator<Item = &'a Approval>) -> usize {
    let mut people = Vec::new();
    for approval in approvals {
        let name = plain(&approval.by.id);
        if people.len() < PEOPLE_MAX && !people.contains(&name) {
            people.push(name);
        }
    }
    people.len()
}

/// An author nobody knows may be any one of them.
fn for_certain(change: &Change, people: usize) -> usize {
    let known = change.author.known_and(|author| !is_blank(&author.id));
    if known { people } else { people.saturating_sub(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approval(id: &str) -> Approval {
        let by = Person { id: id.into(), kind: Some(PersonKind::Human) };
        Approval { by, role: None, at_epoch_min: None, digest: None }
    }

    #[test]
    fn a_person_is_counted_once() {
        let approvals = [approval("k.nowak"), approval(" K.Nowak"), approval("a.bensaid")];
        assert_eq!(people(approvals.iter()), 2);
    }

    #[test]
    fn an_unknown_author_may_be_one_of_them() {
        let mut change = Change::unknown("c", ChangeKind::Config);
        assert_eq!([0, 1, 2].map(|people| for_certain(&change, people)), [0, 0, 1]);
        change.author = Some(Person { id: "l.moreau".into(), kind: None });
        assert_eq!(for_certain(&change, 2), 2);
    }
}
