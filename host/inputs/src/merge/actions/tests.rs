//! Actions of two plans that become one; that no pair of them is judged milder together than alone.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn action(verb: &str, matched: Option<u32>, total: Option<u32>) -> Action {
    Action {
        verb: verb.into(),
        selector: Some(format!("{verb}.a")),
        matched,
        total,
        remaining_capacity_bp: None,
        permanent: None,
        in_use_evidence: None,
        declared_sort: None,
        resolved_sort: None,
        held: None,
    }
}

fn of_tool(action: Action) -> Statement {
    let mut statement = Statement::new(Speaker::Tool, "plan.json", "");
    statement.facts.action = Some(action);
    statement
}

fn together(actions: &[&Action]) -> Action {
    let statements = joined(actions.iter().map(|action| of_tool((*action).clone())).collect());
    let mut left = statements.into_iter().filter_map(|statement| statement.facts.action);
    let action = left.next().unwrap();
    assert_eq!(left.next(), None, "a change has one action");
    action
}

#[test]
fn what_is_lost_is_counted_together_under_the_worst_verb() {
    let (delete, replace) = (action("delete", Some(1), Some(600)), action("replace", Some(500), Some(600)));
    for order in [[&delete, &replace], [&replace, &delete]] {
        let sum = together(&order);
        assert_eq!((sum.verb.as_str(), sum.matched), ("delete", Some(501)));
        assert_eq!(sum.selector.as_deref(), Some("delete.a; replace of replace.a"));
    }
    let unknown = action("unknown", Some(7), Some(7));
    let sum = together(&[&unknown, &replace, &delete, &delete]);
    assert_eq!((sum.verb.as_str(), sum.matched), ("delete", Some(509)));
    assert_eq!(
        sum.selector.as_deref(),
        Some("delete.a, delete.a; replace of replace.a; unknown of unknown.a")
    );
}

#[test]
fn what_takes_nothing_away_adds_nothing() {
    let delete = action("delete", Some(2), Some(4));
    for verb in ["no-op", "read", "create", "update", "forget"] {
        let other = action(verb, None, Some(10_000));
        for order in [[&delete, &other], [&other, &delete]] {
            assert_eq!(together(&order), delete, "{verb}");
        }
    }
}

#[test]
fn a_sum_with_an_unknown_part_is_unknown() {
    let (known, open) = (action("delete", Some(2), Some(4)), action("replace", None, Some(4)));
    assert_eq!(together(&[&known, &open]).matched, None);
    let many = action("replace", Some(u32::MAX), Some(u32::MAX));
    assert_eq!(together(&[&known, &many]).matched, None, "more than can be told");
    let alone = action("replace", Some(1), None);
    assert_eq!((together(&[&known, &alone]).matched, together(&[&known, &alone]).total), (Some(3), None));
}

#[test]
fn a_large_stock_does_not_make_little_of_what_a_small_one_loses() {
    let sum = |a: (u32, u32), b: (u32, u32)| {
        let both = [a, b].map(|(matched, total)| action("delete", Some(matched), Some(total)));
        let sum = together(&both.each_ref());
        (sum.matched.unwrap(), sum.total.unwrap())
    };
    assert_eq!(sum((10, 10), (10, 100_000)), (20, 20));
    assert_eq!(sum((50, 5_000), (5, 500)), (55, 5_500), "equal shares of all that there is");
    assert_eq!(sum((1, 4), (0, 100)), (1, 4));
    assert_eq!(sum((0, 4), (0, 100)), (0, 104));
}

/// Every combination of what actions are judged by.
fn grid() -> Vec<Action> {
    let verbs = ["no-op", "read", "create", "update", "forget", "unknown", "archive", "replace", "delete"];
    let mut grid = Vec::new();
    for verb in verbs {
        for matched in [None, Some(0), Some(1), Some(3), Some(500)] {
            for total in [None, Some(0), Some(4), Some(1_000)] {
                for is_mild in [true, false] {
                    grid.push(Action {
                        permanent: is_mild.then_some(false),
                        in_use_evidence: is_mild.then(|| "no reads for 90 days".into()),
                        selector: is_mild.then(|| "a".into()),
                        ..action(verb, matched, total)
                    });
                }
            }
        }
    }
    grid
}

/// In basis points; of an unknown number it may be all, more than all is all, and nothing is no share.
fn share(action: &Action) -> u64 {
    let of = |matched: u32| match action.total {
        _ if matched == 0 => 0,
        Some(total) if total > matched => u64::from(matched) * 10_000 / u64::from(total),
        Some(_) | None => 10_000,
    };
    action.matched.map_or(u64::MAX, of)
}

fn is_no_milder(sum: &Action, part: &Action) -> bool {
    let is_weightier = weight(sum) >= weight(part);
    let loses_as_much = sum.matched.unwrap_or(u32::MAX) >= part.matched.unwrap_or(u32::MAX)
        && share(sum) >= share(part)
        && (sum.permanent != Some(false) || part.permanent == Some(false))
        && (sum.in_use_evidence.is_none() || part.in_use_evidence.is_some())
        && (sum.selector.is_none() || part.selector.is_some());
    is_weightier && (loses_as_much || !weight(part).takes_away())
}

#[test]
fn no_two_actions_are_judged_milder_together_than_alone() {
    let grid = grid();
    for a in &grid {
        for b in &grid {
            let sum = together(&[a, b]);
            assert!(is_no_milder(&sum, a) && is_no_milder(&sum, b), "{a:?} and {b:?} are {sum:?}");
            if weight(a).takes_away() && weight(b).takes_away() {
                let both = a.matched.zip(b.matched).map(|(a, b)| a + b);
                assert_eq!(sum.matched, both, "{a:?} and {b:?} are {sum:?}");
            }
        }
    }
}

#[test]
fn of_two_verbs_that_nobody_ranked_neither_stands_for_both() {
    let known = |verb: &str| Action { in_use_evidence: Some("e".into()), ..action(verb, Some(1), Some(9)) };
    let sum = together(&[&known("archive"), &known("drain")]);
    assert_eq!((sum.verb.as_str(), sum.in_use_evidence), ("unknown", None));
    assert_eq!(together(&[&known("archive"), &known("delete")]).in_use_evidence, None);
    let sum = together(&[&known("replace"), &known("delete")]);
    assert_eq!(sum.in_use_evidence.as_deref(), Some("e; e"));
    assert_eq!(together(&[&known("archive"), &known("archive")]).verb, "archive");
}
