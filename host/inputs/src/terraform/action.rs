//! What a plan does to resources: one verb for each, and as the change's action the worst of them, with
//! everything that is lost counted under it.

use std::cmp::Reverse;

use interlock_model::Action;

use crate::Statement;
use crate::error::escaped;
use crate::payload::foreign::Seen;
use crate::verb::Verb;

/// Addresses that are written out.
const ADDRESSES_MAX: usize = 5;
/// Characters of one address.
const ADDRESS_CHARS_MAX: usize = 200;

/// The plan's own words, as Terraform itself tells to read them: whatever stands with it, `delete` deletes.
fn verb_of(actions: &[&str]) -> Verb {
    match actions {
        ["no-op"] => Verb::NoOp,
        ["read"] => Verb::Read,
        ["create"] => Verb::Create,
        ["update"] => Verb::Update,
        // With `create`, a new one takes the place of one that is left running.
        ["forget"] | ["create", "forget"] | ["forget", "create"] => Verb::Forget,
        words if words.contains(&"delete") && words.contains(&"create") => Verb::Replace,
        words if words.contains(&"delete") => Verb::Delete,
        _ => Verb::Unknown,
    }
}

/// One resource of a plan. Data sources are only read, and are none.
pub(super) struct Planned<'f> {
    pub(super) verb: Verb,
    pub(super) address: &'f str,
    /// In `resource_changes`.
    pub(super) index: usize,
    pub(super) item: Seen<'f>,
}

impl<'f> Planned<'f> {
    /// Its `change`.
    pub(super) fn change(&self, key: &str) -> Option<Seen<'f>> {
        self.item.at(&["change", key])
    }

    pub(super) fn text(&self, key: &str) -> Option<&'f str> {
        self.item.get(key)?.text()
    }

    /// Where a person reads what is done to it.
    pub(super) fn actions_at(&self) -> Seen<'f> {
        self.change("actions").unwrap_or(self.item)
    }
}

/// Everything in `resource_changes` that is managed. What does not say so is taken for managed.
pub(super) fn planned(root: Seen<'_>) -> Vec<Planned<'_>> {
    let items = root.get("resource_changes").into_iter().flat_map(Seen::items).enumerate();
    items
        .map(|(index, item)| {
            let actions = item.at(&["change", "actions"]);
            let words: Vec<&str> = actions.into_iter().flat_map(Seen::items).filter_map(Seen::text).collect();
            let address = item.get("address").and_then(Seen::text).unwrap_or("a resource without an address");
            Planned { verb: verb_of(&words), address, index, item }
        })
        .filter(|planned| planned.text("mode") != Some("data"))
        .collect()
}

/// States the worst that is done to any resource, and how many are concerned.
pub(super) fn state(statement: &mut Statement, root: Seen<'_>, planned: &[Planned<'_>]) {
    let concerned = concerned(planned);
    let Some(first) = concerned.first() else { return };
    let verb = first.verb;
    statement.facts.action = Some(Action {
        verb: verb.name().to_owned(),
        selector: Some(addresses(&concerned)),
        matched: Some(narrow(concerned.len())),
        total: Some(narrow(total(root, planned, verb).max(concerned.len()))),
        remaining_capacity_bp: None,
        permanent: None,
        in_use_evidence: None,
        declared_sort: None,
        resolved_sort: None,
        held: None,
    });
    let actions = first.actions_at().origin();
    for fact in ["/action", "/action/verb", "/action/matched"] {
        statement.place(fact, actions);
    }
    let address = first.item.get("address").unwrap_or(first.item).origin();
    statement.place("/action/selector", address);
    let all = root.at(&["prior_state", "values"]).or_else(|| root.get("resource_changes"));
    statement.place("/action/total", all.map_or(actions, Seen::origin));
}

/// What the worst verb is done to, and behind it whatever else is lost.
fn concerned<'p, 'f>(planned: &'p [Planned<'f>]) -> Vec<&'p Planned<'f>> {
    let worst = planned.iter().map(|planned| planned.verb).max();
    let counts = |planned: &&Planned<'_>| Some(planned.verb) == worst || planned.verb.takes_away();
    let mut concerned: Vec<&Planned<'_>> = planned.iter().filter(counts).collect();
    concerned.sort_by_key(|planned| Reverse(planned.verb));
    concerned
}

/// How many there are: before the plan of what it does to things that exist, after it of what it creates.
fn total(root: Seen<'_>, planned: &[Planned<'_>], verb: Verb) -> usize {
    let prior = || {
        let module = root.at(&["prior_state", "values", "root_module"])?;
        Some(managed(module))
    };
    match verb {
        Verb::Create => planned.iter().filter(|planned| planned.verb != Verb::Delete).count(),
        Verb::NoOp
        | Verb::Read
        | Verb::Forget
        | Verb::Update
        | Verb::Unknown
        | Verb::Replace
        | Verb::Delete => {
            prior().unwrap_or_else(|| planned.iter().filter(|planned| planned.verb != Verb::Create).count())
        }
    }
}

/// Managed resources of a module and those below it. Recursion is bounded by the depth the readers allow.
fn managed(module: Seen<'_>) -> usize {
    let resources = module.get("resources").into_iter().flat_map(Seen::items);
    let here = resources.filter(|item| item.get("mode").and_then(Seen::text) == Some("managed")).count();
    let below = module.get("child_modules").into_iter().flat_map(Seen::items).map(managed);
    below.fold(here, usize::saturating_add)
}

/// The first addresses, and how many more there are. What is not done by the first one's verb is told with its own.
pub(super) fn addresses(concerned: &[&Planned<'_>]) -> String {
    let named = |planned: &&Planned<'_>| match concerned.first().filter(|first| first.verb != planned.verb) {
        Some(_) => format!("{} ({})", planned.named(), planned.verb.name()),
        None => planned.named(),
    };
    let list = concerned.iter().take(ADDRESSES_MAX).map(named).collect::<Vec<_>>().join(", ");
    match concerned.len().saturating_sub(ADDRESSES_MAX) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

impl Planned<'_> {
    /// Its address; an object that an earlier replacement left behind has no address of its own.
    fn named(&self) -> String {
        let address = escaped(&self.address.chars().take(ADDRESS_CHARS_MAX).collect::<String>());
        match self.text("deposed") {
            Some(_) => format!("{address} (deposed)"),
            None => address,
        }
    }
}

/// How often each verb is there, the worst first.
pub(super) fn counted(planned: &[Planned<'_>]) -> String {
    let count = |verb: Verb| planned.iter().filter(|planned| planned.verb == verb).count();
    let counts = Verb::ALL.into_iter().map(|verb| (verb, count(verb))).filter(|(_, count)| *count > 0);
    let words: Vec<String> = counts.map(|(verb, count)| format!("{} {count}", verb.name())).collect();
    if words.is_empty() { "none".into() } else { words.join(", ") }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_actions_has_its_verb() {
        for (words, verb) in [
            (&["no-op"] as &[&str], Verb::NoOp),
            (&["read"], Verb::Read),
            (&["forget"], Verb::Forget),
            (&["create", "forget"], Verb::Forget),
            (&["create"], Verb::Create),
            (&["update"], Verb::Update),
            (&["delete", "create"], Verb::Replace),
            (&["create", "delete"], Verb::Replace),
            (&["delete"], Verb::Delete),
            (&["delete", "archive"], Verb::Delete),
            (&["archive"], Verb::Unknown),
            (&["no-op", "update"], Verb::Unknown),
            (&[], Verb::Unknown),
        ] {
            assert_eq!(verb_of(words), verb, "{words:?}");
        }
    }
}
