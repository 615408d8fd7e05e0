//! `emptied-list`, `list-shrink` and `duplicate-key`: what lists lost, and what they hold twice.

use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;
use interlock_guest::{AddTo, trimmed};

use crate::decimal::Decimal;
use crate::filters::{self, FILTER_REMOVED};
use crate::keys::{self, Names, Near, own};
use crate::reading::{File, Reading, Weight};
use crate::sets::{self, Set};
use crate::told::{Spot, Told, add_shown, cut, place};

pub(crate) const EMPTIED_LIST: Rule = Rule {
    id: "emptied-list",
    title: "no list loses all of its items",
    help: "an empty list is read as nobody or as everybody, and both are an outage",
    remedy: "keep at least one item, or take the list out in a change of its own with whatever reads it",
    origin: Some(
        "2016-04-11 Google Compute Engine: a generated configuration announced none of its networks",
    ),
    strictest: Verdict::Block,
};

pub(crate) const LIST_SHRINK: Rule = Rule {
    id: "list-shrink",
    title: "no list loses a large share of its items at once",
    help: "a generator that could not read its source writes a short list, and a short list is well-formed",
    remedy: "look at what is missing; if it is meant, take the items out in several changes",
    origin: Some(
        "2023-11-12 Alibaba Cloud: an incomplete list of valid keys was generated and used everywhere",
    ),
    strictest: Verdict::Block,
};

pub(crate) const DUPLICATE_KEY: Rule = Rule {
    id: "duplicate-key",
    title: "no two items of a list have the same name",
    help: "rows that come twice are a query gone wrong; readers keep the first, the last or both",
    remedy: "take the second item out, or give it a name of its own",
    origin: Some(
        "2025-11-18 Cloudflare: duplicate rows doubled a file, and the proxies that read it stopped",
    ),
    strictest: Verdict::Block,
};

#[inline(never)]
pub(crate) fn emptied(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&EMPTIED_LIST, reading);
    let mut filters = Told::new(&FILTER_REMOVED, reading);
    for file in &reading.files {
        // Not dropped: the instance ends soon.
        let lists = ManuallyDrop::new(Lists::of(file));
        for list in file.file.lists.iter().flatten() {
            if file.items.is_displaced(&list.pointer) {
                continue;
            }
            let Some((weight, what)) = lists.emptied(reading, list) else { continue };
            let held_back =
                list.length_after.is_unknown() && is_of(&reading.limits.deny_list_keys, &list.pointer);
            let told = if held_back { &mut filters } else { &mut told };
            told.tell(weight, Spot::in_file(file.file, &list.pointer), || {
                text!("{} had {} and is {what}", place(&list.pointer), items(list.length_before))
            });
        }
        for edit in file.file.edits.iter().flatten() {
            let is_emptied = edit.after.known_and(|after| after.kind == ScalarKind::EmptyList)
                && edit.before.is_unknown()
                && file.items.lost_below(&edit.pointer);
            if is_emptied && !blank_is_ordinary(reading, &edit.pointer) {
                let at = Spot::in_file(file.file, &edit.pointer);
                told.tell(Weight::Hard, at, || text!("{} had items and is empty", place(&edit.pointer)));
            }
        }
    }
    filters::removed(reading, &mut filters);
    told.give(all);
    filters.give(all);
}

/// `annotations: []`
fn blank_is_ordinary(reading: &Reading<'_>, pointer: &str) -> bool {
    reading.limits.blank_keys.ends(&own(pointer))
}

/// How many items there were, for a message.
struct Items(Option<u32>);

fn items(count: Option<u32>) -> Items {
    Items(count)
}

impl AddTo for Items {
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        match self.0 {
            Some(1) => "1 item".add_to(text),
            Some(count) => {
                count.add_to(text);
                " items".add_to(text);
            }
            None => "no items".add_to(text),
        }
    }
}

/// What a list of a file that is gone may have become, or gone with.
struct Lists<'a> {
    /// Lists that lost items or are gone: what lay in those items is told with them.
    shorter: Set<'a>,
    /// Lists that are new.
    new: Vec<&'a ListChange>,
}

impl<'a> Lists<'a> {
    #[inline(never)]
    fn of(file: &File<'a>) -> Self {
        let (mut shorter, mut new) = (Vec::new(), Vec::new());
        for list in file.file.lists.iter().flatten() {
            if list.length_after < list.length_before {
                shorter.push(sets::place(&list.pointer));
            }
            if list.length_before.is_unknown() {
                new.push(list);
            }
        }
        Self { shorter: Set::of(shorter), new }
    }

    /// How bad it is that a list has no items any more, and what it is instead.
    #[inline(never)]
    fn emptied(&self, reading: &Reading<'_>, list: &ListChange) -> Option<(Weight, &'static str)> {
        let Some(before @ 1..) = list.length_before else { return None };
        match list.length_after {
            Some(1..) => None,
            Some(0) | None if blank_is_ordinary(reading, &list.pointer) => None,
            Some(0) => Some((Weight::Hard, "empty")),
            None => Some((self.gone(reading, &list.pointer, before)?, "gone")),
        }
    }

    /// A list may have gone to a new name, or with something larger; and some lists hold things back, so that without
    /// them everything comes through.
    fn gone(&self, reading: &Reading<'_>, pointer: &str, before: u32) -> Option<Weight> {
        if self.shorter.holds_above(pointer) {
            return None;
        }
        let protects = protects(reading, pointer);
        for list in &self.new {
            let is_long_enough = list.length_after.known_and(|after| *after >= before);
            // A list of clients, however long, is no new name of a list of who may not come in.
            if is_long_enough && (!protects || self::protects(reading, &list.pointer)) {
                return None;
            }
        }
        if protects {
            Some(Weight::Hard)
        } else {
            (u64::from(before) >= setting(reading.limits.list_items_min)).then_some(Weight::Soft)
        }
    }
}

/// A list of who is let in, or of what is held back.
fn protects(reading: &Reading<'_>, pointer: &str) -> bool {
    is_of(&reading.limits.allow_list_keys, pointer) || is_of(&reading.limits.deny_list_keys, pointer)
}

/// Whether a list is of this sort, by its own key or the one above.
#[inline(never)]
fn is_of(names: &Names, pointer: &str) -> bool {
    let near = Near::of(pointer);
    names.within(&near.own) || names.within(&near.above)
}

#[inline(never)]
pub(crate) fn shrunk(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&LIST_SHRINK, reading);
    for (file, list) in reading.lists() {
        let (Some(before), Some(after @ 1..)) = (list.length_before, list.length_after) else { continue };
        let is_allow_list = is_of(&reading.limits.allow_list_keys, &list.pointer);
        // What may be empty may be short.
        if !is_allow_list && blank_is_ordinary(reading, &list.pointer) {
            continue;
        }
        let Some(weight) = loss(reading, before, after, is_allow_list) else { continue };
        told.tell(weight, Spot::in_file(file.file, &list.pointer), || {
            text!("{} had {} and has {after}", place(&list.pointer), items(list.length_before))
        });
    }
    for (index, artifact) in reading.change.artifacts.iter().flatten().enumerate() {
        let (Some(before), Some(after)) = (artifact.rows_before, artifact.rows_after) else { continue };
        let Some(weight) = allow_list_loss(reading, artifact) else { continue };
        told.tell(weight, Spot::in_document(&text!("/artifacts/{index}/rows-after")), || {
            text!("the list `{}` had {before} rows and has {after}", cut(&artifact.path))
        });
    }
    told.give(all);
}

/// An artefact whose path says that it is an allow list is one, row by row. `None`: it is not, or it lost little.
#[inline(never)]
pub(crate) fn allow_list_loss(reading: &Reading<'_>, artifact: &Artifact) -> Option<Weight> {
    let (before, after @ 1..) = (artifact.rows_before?, artifact.rows_after?) else { return None };
    let weight = loss(reading, before, after, true)?;
    // A pointer or not: some part of the path holds one of the names.
    let is_allow_list = reading.limits.allow_list_keys.along(&text!("/{}", artifact.path));
    is_allow_list.then_some(weight)
}

/// How bad a loss is. Shares are compared as products, so that nothing is rounded.
#[inline(never)]
fn loss(reading: &Reading<'_>, before: u32, after: u32, is_allow_list: bool) -> Option<Weight> {
    let limits = reading.limits;
    let lost = u64::from(before.saturating_sub(after));
    let more_than = |share_bp: i32| lost * 10_000 > u64::from(before) * setting(share_bp);
    let one_by_one = lost < setting(limits.list_loss_min);
    let lets_nobody_in =
        is_allow_list && reading.change.tier() == 0 && more_than(limits.allow_list_loss_block_bp);
    if lets_nobody_in {
        Some(if one_by_one { Weight::Soft } else { Weight::Hard })
    } else if one_by_one || !more_than(limits.list_loss_warn_bp) {
        None
    } else if more_than(limits.list_loss_block_bp) && u64::from(before) >= setting(limits.list_items_min) {
        Some(Weight::Hard)
    } else {
        Some(Weight::Soft)
    }
}

/// The ranges of the settings start at 0 or above.
fn setting(setting: i32) -> u64 {
    u64::from(setting.unsigned_abs())
}

#[inline(never)]
pub(crate) fn duplicates(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut told = Told::new(&DUPLICATE_KEY, reading);
    for (file, list) in reading.lists() {
        let (mut first, mut count) = (None, 0_usize);
        for repeated in list.repeated.iter().flatten() {
            if is_double(reading, &list.pointer, repeated) {
                first = first.or(Some(repeated));
                count += 1;
            }
        }
        let Some(first) = first else { continue };
        told.tell(Weight::Hard, Spot::in_file(file.file, &list.pointer), || twice(list, first, count - 1));
    }
    told.give(all);
}

fn twice(list: &ListChange, first: &Repeated, others: usize) -> String {
    let mut message = text!("{} items of {} have ", first.items, place(&list.pointer));
    if !first.key.is_empty() {
        text!("the `{}` ", cut(&first.key)).add_to(&mut message);
    }
    add_shown(&text!("{}/{}", list.pointer, first.key), &first.value, &mut message);
    match others {
        0 => message,
        1 => text!("{message}, and one more value comes more than once"),
        more => text!("{message}, and {more} more values come more than once"),
    }
}

#[inline(never)]
fn is_double(reading: &Reading<'_>, list: &str, repeated: &Repeated) -> bool {
    if repeated.items < 2 || !reading.limits.unique_keys.is(&keys::words(&repeated.key)) {
        return false;
    }
    let own = own(list);
    if !repeated.key.is_empty() {
        return !reading.limits.alias_keys.ends(&own);
    }
    // Plain lists of numbers are weights and corners as often as they are ids.
    let value = trimmed(&repeated.value);
    let may_repeat = Decimal::parse(value).is_some() || matches!(value, "" | "true" | "false" | "null");
    !may_repeat && !reading.limits.repeat_keys.ends(&own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[track_caller]
    fn check(before: u32, after: u32, is_allow_list: bool, expect: Option<Weight>) {
        let (change, limits) = (Change::unknown("c", ChangeKind::Config), Limits::default());
        let reading = Reading::new(&change, &limits, Verdict::Block);
        assert_eq!(loss(&reading, before, after, is_allow_list), expect);
    }

    #[test]
    fn losses_are_weighed_at_their_edges() {
        check(100, 90, false, None);
        check(100, 89, false, Some(Weight::Soft));
        check(100, 75, false, Some(Weight::Soft));
        check(100, 74, false, Some(Weight::Hard));
        check(100, 95, true, None);
        check(100, 94, true, Some(Weight::Hard));
        check(10, 9, true, Some(Weight::Soft));
        check(4, 3, false, None);
        check(3, 1, false, Some(Weight::Soft));
        check(4, 2, false, Some(Weight::Hard));
        check(5, 9, true, None);
        check(u32::MAX, 1, false, Some(Weight::Hard));
    }
}
