//! `order-change`: lists whose order is what they say, in another order.

use interlock_guest::prelude::*;

use crate::keys::{Names, own};
use crate::reading::{Reading, Weight};
use crate::told::{Spot, Told, place};

pub(crate) const ORDER_CHANGE: Rule = Rule {
    id: "order-change",
    title: "what is applied in order stays in its order",
    help: "the first filter that answers decides, so that the same items in another order are another program",
    remedy: "move the item back, or see in a first stage what each of those that moved now comes before",
    origin: Some(
        "2025-04-16 Spotify: the order of the filters in its proxies was changed in all regions at once",
    ),
    strictest: Verdict::Warn,
};

/// Lists that are looked up from the top where traffic or rights are concerned, and are only a set elsewhere.
static FIRST_MATCH: Names =
    Names::Own(&["rule", "rules", "term", "terms", "entries", "statements", "routes"]);

#[inline(never)]
pub(crate) fn order_changes(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&ORDER_CHANGE, reading);
    for (file, list) in reading.lists() {
        let Some(moved @ 1..) = list.reordered else { continue };
        let key = own(&list.pointer);
        let decides =
            reading.limits.ordered_keys.ends(&key) || looks_up(reading.change) && FIRST_MATCH.ends(&key);
        if !decides {
            continue;
        }
        told.tell(Weight::Soft, Spot::in_file(file.file, &list.pointer), || {
            let items = if moved == 1 { "item" } else { "items" };
            text!("{} is in another order: {moved} {items} moved past others", place(&list.pointer))
        });
    }
    told.give(all);
}

fn looks_up(change: &Change) -> bool {
    matches!(change.kind, ChangeKind::Network | ChangeKind::Policy)
}
