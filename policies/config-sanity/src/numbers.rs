//! `numeric-ratio`: a number that became many times as large or as small, or nothing.

use interlock_guest::prelude::*;

use crate::decimal::{self, Decimal};
use crate::keys::Near;
use crate::reading::{Reading, Sort, Weight};
use crate::told::{Spot, Told, place, shown};

pub(crate) const NUMERIC_RATIO: Rule = Rule {
    id: "numeric-ratio",
    title: "no number becomes many times as large or as small",
    help: "a limit, a lifetime or a weight that is off by digits is a slip of the hand, or a load nobody has tried",
    remedy: "go there in smaller steps, or take the key into `number-free-keys` if it counts nothing",
    origin: Some("2026-02-09 GitHub: the lifetime of a cache went from twelve hours to two"),
    strictest: Verdict::Block,
};

pub(crate) fn ratios(reading: &Reading<'_>) -> Vec<Finding> {
    let mut told = Told::new(&NUMERIC_RATIO, reading);
    for (file, edit) in reading.edits() {
        let (EditOp::Replace, Some(before), Some(after)) = (edit.op, &edit.before, &edit.after) else {
            continue;
        };
        let Some((weight, what)) = step(reading.limits, file.sort, before, after) else { continue };
        if counts_nothing(reading, &edit.pointer) || file.items.moved(edit) {
            continue;
        }
        told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
            let (was, is) = (shown(reading, &edit.pointer, before), shown(reading, &edit.pointer, after));
            format!("{} was {was} and is {is}: {what}", place(&edit.pointer))
        });
    }
    told.findings()
}

/// A port, an id, a version: numbers in which size means nothing.
fn counts_nothing(reading: &Reading<'_>, pointer: &str) -> bool {
    let near = Near::of(pointer);
    // `ports: { http: 80 }`: what is above names them all, if it speaks of several.
    let are_several = near.above.last().known_and(|word| word.ends_with('s'));
    let names = &reading.names.number_free;
    names.ends(&near.own) || are_several && names.ends(&near.above)
}

/// How far a number went, and in which words that is told.
fn step(limits: &crate::Limits, sort: Sort, before: &Scalar, after: &Scalar) -> Option<(Weight, String)> {
    if before.text == after.text {
        return None;
    }
    let (was, is) = (kind(sort, before), kind(sort, after));
    if sort == Sort::Untyped && [before, after].iter().all(|value| is_switch(value)) {
        return None;
    }
    let (from, to) = match (was, is) {
        (ScalarKind::Integer | ScalarKind::Decimal, ScalarKind::Integer | ScalarKind::Decimal) => {
            match (Decimal::parse(&before.text), Decimal::parse(&after.text)) {
                (Some(from), Some(to)) => (from, to),
                // Whoever writes a billion as 1e9 gets a question, not a way through.
                _ => {
                    return Some((
                        Weight::Soft,
                        "not compared, since one of them is not in plain digits".into(),
                    ));
                }
            }
        }
        (ScalarKind::Text, ScalarKind::Text) => decimal::with_units(&before.text, &after.text)?,
        _ => return None,
    };
    let (much, extreme) = (factor(limits.number_factor_warn), factor(limits.number_factor_block));
    if from.is_zero() {
        None
    } else if to.is_zero() {
        Some((Weight::Hard, "nothing is left of it".into()))
    } else if from.is_negative() != to.is_negative() {
        Some((Weight::Soft, "its sign turned".into()))
    } else if from.differs_by(&to, extreme) {
        Some((Weight::Hard, format!("a factor of {extreme} or more")))
    } else if from.differs_by(&to, much) && !are_small(limits, (was, &from), (is, &to)) {
        Some((Weight::Soft, format!("a factor of {much} or more")))
    } else {
        None
    }
}

/// A text that is a number where everything is text.
fn kind(sort: Sort, value: &Scalar) -> ScalarKind {
    let is_number = || Decimal::parse(&value.text).is_some();
    match (sort, value.kind) {
        (Sort::Untyped, ScalarKind::Text) if is_number() && value.text.contains('.') => ScalarKind::Decimal,
        (Sort::Untyped, ScalarKind::Text) if is_number() => ScalarKind::Integer,
        (Sort::Untyped | Sort::Typed | Sort::Evaluated | Sort::Lines, kind) => kind,
    }
}

/// `DEBUG=1`: without booleans, these two stand for them.
fn is_switch(value: &Scalar) -> bool {
    matches!(value.text.as_str(), "0" | "1")
}

/// Counts that people set by hand: one replica or four.
fn are_small(limits: &crate::Limits, before: (ScalarKind, &Decimal), after: (ScalarKind, &Decimal)) -> bool {
    let max = Decimal::parse(&limits.small_number_max.to_string());
    let is_small = |(kind, number): (ScalarKind, &Decimal)| {
        kind == ScalarKind::Integer && max.known_and(|max| number.compare_size(max).is_le())
    };
    is_small(before) && is_small(after)
}

/// The settings' range starts at 2.
fn factor(setting: i32) -> u64 {
    u64::from(setting.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_in(sort: Sort, before: (ScalarKind, &str), after: (ScalarKind, &str), expect: Option<Weight>) {
        let scalar = |(kind, text): (ScalarKind, &str)| Scalar { kind, text: text.into() };
        let found = step(&crate::Limits::default(), sort, &scalar(before), &scalar(after));
        assert_eq!(found.map(|(weight, _)| weight), expect);
    }

    #[track_caller]
    fn check(before: (ScalarKind, &str), after: (ScalarKind, &str), expect: Option<Weight>) {
        check_in(Sort::Typed, before, after, expect);
    }

    #[test]
    fn where_all_is_text_a_number_is_one_all_the_same() {
        let check = |before, after, expect| {
            check_in(Sort::Untyped, (ScalarKind::Text, before), (ScalarKind::Text, after), expect);
        };
        check("10", "1000", Some(Weight::Hard));
        check("10", "0", Some(Weight::Hard));
        check("12h", "2h", Some(Weight::Soft));
        check("0.1", "0.4", Some(Weight::Soft));
        check("2", "8", None);
        check("1", "0", None);
        check("10", "many", None);
        check("1.2.3", "9.2.3", None);
    }

    #[test]
    fn steps_are_weighed_at_their_edges() {
        use ScalarKind::{Boolean, Decimal, Integer, Text};
        check((Integer, "12"), (Integer, "2"), Some(Weight::Soft));
        check((Integer, "12"), (Decimal, "3.1"), None);
        check((Integer, "1"), (Integer, "4"), None);
        check((Decimal, "0.1"), (Decimal, "0.4"), Some(Weight::Soft));
        check((Integer, "1"), (Integer, "100"), Some(Weight::Hard));
        check((Integer, "5"), (Integer, "0"), Some(Weight::Hard));
        check((Integer, "0"), (Integer, "5000"), None);
        check((Integer, "-1"), (Integer, "5"), Some(Weight::Soft));
        check((Integer, "3600"), (Decimal, "1e9"), Some(Weight::Soft));
        check((Decimal, ".inf"), (Decimal, ".inf"), None);
        check((Text, "12h"), (Text, "2h"), Some(Weight::Soft));
        check((Text, "12"), (Text, "2000"), None);
        check((Integer, "8080"), (Text, "8080"), None);
        check((Boolean, "true"), (Boolean, "false"), None);
    }
}
