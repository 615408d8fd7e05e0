//! Sets of places and values: put in order once, and looked up by halves. `items` and `lists` fill them.
//!
//! Std's trees are 5 KB, and are in order after each edit that goes in; std's sort is 2 KB.

use interlock_guest::prelude::*;

use crate::keys::parent;

/// Up to four texts, compared one after the other. One width for all sets, since each further type is code of its own.
pub(crate) type Held<'a> = [&'a str; 4];

/// A place by itself.
pub(crate) fn place(pointer: &str) -> Held<'_> {
    [pointer, "", "", ""]
}

/// What is held, in order.
#[derive(Default)]
pub(crate) struct Set<'a>(Vec<Held<'a>>);

impl<'a> Set<'a> {
    #[inline(never)]
    pub(crate) fn of(held: Vec<Held<'a>>) -> Self {
        Self(sorted(held))
    }

    pub(crate) fn holds(&self, held: Held<'_>) -> bool {
        self.first_from(held).known_and(|first| **first == held)
    }

    /// Whether it holds a place above this one.
    #[inline(never)]
    pub(crate) fn holds_above(&self, pointer: &str) -> bool {
        let mut rest = pointer;
        while let (false, Some((above, _))) = (self.0.is_empty(), parent(rest)) {
            if self.holds(place(above)) {
                return true;
            }
            rest = above;
        }
        false
    }

    /// Whether it holds a place below this one.
    #[inline(never)]
    pub(crate) fn holds_below(&self, pointer: &str) -> bool {
        let below = text!("{pointer}/");
        self.first_from(place(&below)).known_and(|[first, ..]| first.starts_with(&below))
    }

    #[inline(never)]
    fn first_from(&self, held: Held<'_>) -> Option<&Held<'a>> {
        self.0.get(self.0.partition_point(|one| is_before(one, &held)))
    }
}

/// Puts halves in order and then together. What is in order, as pointers mostly are, is only looked through.
fn sorted(mut held: Vec<Held<'_>>) -> Vec<Held<'_>> {
    if held.is_sorted_by(|one, next| !is_before(next, one)) {
        return held;
    }
    let mut all = Vec::with_capacity(held.len());
    let high = sorted(held.split_off(held.len() / 2));
    let low = sorted(held);
    let (mut low, mut high) = (low.as_slice(), high.as_slice());
    while let ([first, lower @ ..], [other, higher @ ..]) = (low, high) {
        if is_before(other, first) {
            all.push(*other);
            high = higher;
        } else {
            all.push(*first);
            low = lower;
        }
    }
    all.extend_from_slice(low);
    all.extend_from_slice(high);
    all
}

#[inline(never)]
fn is_before(one: &Held<'_>, other: &Held<'_>) -> bool {
    one < other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_in_any_order_is_held() {
        let mut state: u32 = 7;
        for length in 0..60 {
            let texts: Vec<String> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    text!("{}", (state >> 16) % 40)
                })
                .collect();
            let held: Vec<Held<'_>> = texts.iter().map(|text| ["", text, "x", ""]).collect();
            let set = Set::of(held.clone());
            let mut expect = held.clone();
            expect.sort_unstable();
            assert_eq!(set.0, expect);
            assert!(held.iter().all(|one| set.holds(*one)));
            assert!(!set.holds(["", "41", "x", ""]) && !set.holds(["", "0", "", ""]));
        }
    }

    #[test]
    fn places_are_found_above_and_below_and_not_beside() {
        let set = Set::of(vec![place("/b/0"), place("/a")]);
        assert!(set.holds_above("/b/0/x/y") && set.holds_above("/a/0") && !set.holds_above("/a"));
        assert!(!set.holds_above("/b") && !set.holds_above("/b/00/x") && !set.holds_above(""));
        assert!(set.holds_below("/b") && set.holds_below("") && !set.holds_below("/a"));
        assert!(!set.holds_below("/b/0") && !set.holds_below("/z") && !Set::default().holds_below(""));
        assert!(Set::of(vec![place("")]).holds_above("/a"));
    }
}
