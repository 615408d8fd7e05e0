//! What says that a plan is not the whole change, or that it cannot be judged.
//!
//! Of what another plan will tell, that one will be judged in its turn: a warning. What no plan will tell stops.

use interlock_model::{Doubt, DoubtKind, Side};

use super::action::Planned;
use crate::error::shown;
use crate::payload::foreign::Seen;
use crate::verb::Verb;

/// What follows only after the plan was applied.
const LATER: [&str; 2] = ["deferred_changes", "deferred_action_invocations"];

/// One reason for doubt, and where it stands.
struct Reason<'f> {
    kind: DoubtKind,
    at: Seen<'f>,
    found: String,
    help: &'static str,
}

impl Reason<'_> {
    fn doubt(self, name: &str) -> Doubt {
        let Self { kind, at, found, help } = self;
        let (path, span, help) = (name.to_owned(), at.origin().key, help.to_owned());
        Doubt { kind, path, side: Side::After, span, message: found, help }
    }
}

/// All doubts about a plan, in the order of their weight.
pub(super) fn of(name: &str, root: Seen<'_>, planned: &[Planned<'_>]) -> Vec<Doubt> {
    let reasons = [errored(root), unknown(planned), incomplete(root)].into_iter().flatten();
    reasons.chain(LATER.iter().filter_map(|key| later(root, key))).map(|reason| reason.doubt(name)).collect()
}

fn errored(root: Seen<'_>) -> Option<Reason<'_>> {
    let at = root.get("errored").filter(|flag| flag.boolean() != Some(false))?;
    let found = "a plan that ended with an error, so that part of the change is not in it".into();
    Some(Reason { kind: DoubtKind::Unreadable, at, found, help: "mend the error and plan again" })
}

fn unknown<'f>(planned: &[Planned<'f>]) -> Option<Reason<'f>> {
    let planned = planned.iter().find(|planned| planned.verb == Verb::Unknown)?;
    let found = format!("{}, whose `actions` are of a kind that is not known", shown(planned.address));
    let help = "look at the plan; a newer interlock may know the action";
    Some(Reason { kind: DoubtKind::Unreadable, at: planned.actions_at(), found, help })
}

fn incomplete(root: Seen<'_>) -> Option<Reason<'_>> {
    let at = root.get("complete").filter(|flag| flag.boolean() != Some(true))?;
    let found = "a plan that is not complete: applying it leaves more to do".into();
    let help = "plan without `-target`, or judge the plans that follow as well";
    Some(Reason { kind: DoubtKind::Ambiguous, at, found, help })
}

fn later<'f>(root: Seen<'f>, key: &str) -> Option<Reason<'f>> {
    let at = root.get(key).filter(|list| list.items().next().is_some() || !list.is_list())?;
    let found = format!("`{key}`, which will be planned only after this plan was applied");
    Some(Reason { kind: DoubtKind::Ambiguous, at, found, help: "judge the plan that follows as well" })
}
