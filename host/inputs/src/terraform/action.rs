//! What a plan does to resources: one verb for each, and the worst of them as the change's action.

use interlock_model::Action;

use crate::Statement;
use crate::error::escaped;
use crate::payload::foreign::Seen;

/// Addresses that are written out.
const ADDRESSES_MAX: usize = 5;
/// Characters of one address.
const ADDRESS_CHARS_MAX: usize = 200;

/// What is done to one resource, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    NoOp,
    Read,
    /// Taken out of the state, and left running.
    Forget,
    Create,
    Update,
    /// A word that this version does not know.
    Unknown,
    /// Deleted and created, in either order.
    Replace,
    Delete,
}

impl Verb {
    const ALL: [Self; 8] = [
        Self::Delete,
        Self::Replace,
        Self::Unknown,
        Self::Update,
        Self::Create,
        Self::Forget,
        Self::Read,
        Self::NoOp,
    ];

    /// The plan's own words, as Terraform itself tells to read them: whatever stands with it, `delete` deletes.
    fn of(actions: &[&str]) -> Self {
        match actions {
            ["no-op"] => Self::NoOp,
            ["read"] => Self::Read,
            ["create"] => Self::Create,
            ["update"] => Self::Update,
            // With `create`, a new one takes the place of one that is left running.
            ["forget"] | ["create", "forget"] | ["forget", "create"] => Self::Forget,
            words if words.contains(&"delete") && words.contains(&"create") => Self::Replace,
            words if words.contains(&"delete") => Self::Delete,
            _ => Self::Unknown,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NoOp => "no-op",
            Self::Read => "read",
            Self::Forget => "forget",
            Self::Create => "create",
            Self::Update => "update",
            Self::Unknown => "unknown",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }

    /// Whether anything outside the state differs afterwards.
    pub(super) fn changes(self) -> bool {
        match self {
            Self::NoOp | Self::Read | Self::Forget => false,
            Self::Create | Self::Update | Self::Unknown | Self::Replace | Self::Delete => true,
        }
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
            Planned { verb: Verb::of(&words), address, index, item }
        })
        .filter(|planned| planned.text("mode") != Some("data"))
        .collect()
}

/// States the worst that is done to any resource, and to how many of them.
pub(super) fn state(statement: &mut Statement, root: Seen<'_>, planned: &[Planned<'_>]) {
    let Some(verb) = planned.iter().map(|planned| planned.verb).max() else { return };
    let concerned: Vec<&Planned<'_>> = planned.iter().filter(|planned| planned.verb == verb).collect();
    let Some(first) = concerned.first() else { return };
    statement.facts.action = Some(Action {
        verb: verb.name().to_owned(),
        selector: Some(addresses(&concerned)),
        matched: Some(narrow(concerned.len())),
        total: Some(narrow(total(root, planned, verb).max(concerned.len()))),
        remaining_capacity_bp: None,
        permanent: None,
        in_use_evidence: None,
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

/// The first addresses, and how many more there are.
pub(super) fn addresses(concerned: &[&Planned<'_>]) -> String {
    let written = concerned.iter().take(ADDRESSES_MAX).map(|planned| planned.named());
    let list = written.collect::<Vec<_>>().join(", ");
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
    fn every_action_has_its_weight() {
        let order: Vec<Verb> = Verb::ALL.into_iter().rev().collect();
        assert!(order.is_sorted());
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
            assert_eq!(Verb::of(words), verb, "{words:?}");
        }
    }
}
