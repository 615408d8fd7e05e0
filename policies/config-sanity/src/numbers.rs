//! `numeric-ratio`, `zero-value` and `unit-slip`: a number that became many times as large or as small, or nothing, and one
//! that looks as if its unit was mistaken.

use interlock_guest::prelude::*;
use interlock_guest::{AddTo, contains};

use crate::decimal::{self, Decimal};
use crate::keys::Near;
use crate::reading::{Reading, Sort, Weight};
use crate::told::{Spot, Told, was_and_is};
use crate::units::{self, UNIT_SLIP};

pub(crate) const NUMERIC_RATIO: Rule = Rule {
    id: "numeric-ratio",
    title: "no number becomes many times as large or as small",
    help: "a limit, a lifetime or a weight that is off by digits is a slip of the hand, or a load nobody has tried",
    remedy: "go there in smaller steps, or take the key into `number-free-keys` if it counts nothing",
    origin: Some("2026-02-09 GitHub: the lifetime of a cache went from twelve hours to two"),
    strictest: Verdict::Block,
};

pub(crate) const ZERO_VALUE: Rule = Rule {
    id: "zero-value",
    title: "no number that counted becomes zero",
    help: "zero is read as nothing, as no limit or as the divisor, by code that was never run with it",
    remedy: "write the smallest number that is meant; if zero is ordinary there, name the key in `zero-free-keys`",
    origin: Some(
        "2021-07-13 Bilibili: a weight of zero came into the load balancers, and all of them looped",
    ),
    strictest: Verdict::Block,
};

/// Which rule a step is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Ratio,
    Zero,
    Unit,
}

/// What is told of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    UnitLost,
    NothingLeft,
    NotCompared,
    SignTurned,
    Factor(u64),
}

impl AddTo for What {
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        match self {
            Self::UnitLost => "its unit is lost".add_to(text),
            Self::NothingLeft => "nothing is left of it".add_to(text),
            Self::NotCompared => "not compared, since one of them is not in plain digits".add_to(text),
            Self::SignTurned => "its sign turned".add_to(text),
            Self::Factor(factor) => text!("a factor of {factor} or more").add_to(text),
        }
    }
}

#[inline(never)]
pub(crate) fn ratios(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let mut ratio = Told::new(&NUMERIC_RATIO, reading);
    let mut zero = Told::new(&ZERO_VALUE, reading);
    let mut unit = Told::new(&UNIT_SLIP, reading);
    for (file, edit) in reading.edits() {
        let (EditOp::Replace, Some(before), Some(after)) = (edit.op, &edit.before, &edit.after) else {
            continue;
        };
        let Some((rule, weight, what)) = step(reading.limits, file.sort, before, after) else { continue };
        let near = Near::of(&edit.pointer);
        if counts_nothing(reading, &near) || file.items.moved(edit) {
            continue;
        }
        let told = match rule {
            Step::Zero if reading.limits.zero_free_keys.within(&near.own) => continue,
            Step::Ratio if weight == Weight::Soft && is_next_share(reading, &near, before, after) => continue,
            Step::Zero => &mut zero,
            Step::Ratio if weight == Weight::Hard && units::is_scaled(&near.own, before, after) => &mut unit,
            Step::Ratio => &mut ratio,
            Step::Unit => &mut unit,
        };
        told.tell(weight, Spot::in_file(file.file, &edit.pointer), || {
            was_and_is(&edit.pointer, before, after, &text!(": {what}"))
        });
    }
    units::renamed(reading, &mut unit);
    ratio.give(all);
    zero.give(all);
    unit.give(all);
}

/// A port, an id, a version: numbers in which size means nothing.
fn counts_nothing(reading: &Reading<'_>, near: &Near) -> bool {
    // `ports: { http: 80 }`: what is above names them all, if it speaks of several.
    let are_several = near.above.ends_with('s');
    let names = &reading.limits.number_free_keys;
    names.ends(&near.own) || are_several && names.ends(&near.above)
}

/// `percent: 5` becomes 25.
fn is_next_share(reading: &Reading<'_>, near: &Near, before: &Scalar, after: &Scalar) -> bool {
    let is_share =
        |value: &Scalar| matches!(value.text.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] | b"100");
    reading.limits.share_keys.ends(&near.own) && is_share(before) && is_share(after)
}

/// How far a number went, and what is told of that.
#[inline(never)]
fn step(limits: &crate::Limits, sort: Sort, before: &Scalar, after: &Scalar) -> Option<(Step, Weight, What)> {
    if before.text == after.text && before.kind == after.kind {
        return None;
    }
    if sort == Sort::Untyped && is_switch(before) && is_switch(after) {
        return None;
    }
    if units::is_lost(before, after) {
        return Some((Step::Unit, Weight::Hard, What::UnitLost));
    }
    if became_zero_as_text(before, after) {
        return Some((Step::Zero, Weight::Hard, What::NothingLeft));
    }
    let (was, is) = (kind(sort, before), kind(sort, after));
    let (from, to) = match (was, is) {
        (ScalarKind::Integer | ScalarKind::Decimal, ScalarKind::Integer | ScalarKind::Decimal) => {
            let numbers = (Decimal::parse(&before.text), Decimal::parse(&after.text));
            // Whoever writes a billion as 1e9 gets a question, not a way through.
            let (Some(from), Some(to)) = numbers else {
                return Some((Step::Ratio, Weight::Soft, What::NotCompared));
            };
            (from, to)
        }
        (ScalarKind::Text, ScalarKind::Text) => decimal::with_units(&before.text, &after.text)?,
        _ => return None,
    };
    let are_counts = was == ScalarKind::Integer && is == ScalarKind::Integer;
    match compared(limits, &from, &to, are_counts)? {
        (Step::Ratio, weight, what) if units::is_other(before, after) => Some((Step::Unit, weight, what)),
        compared => Some(compared),
    }
}

fn compared(
    limits: &crate::Limits,
    from: &Decimal,
    to: &Decimal,
    are_counts: bool,
) -> Option<(Step, Weight, What)> {
    let (much, extreme) = (factor(limits.number_factor_warn), factor(limits.number_factor_block));
    if from.is_zero() {
        None
    } else if to.is_zero() {
        Some((Step::Zero, Weight::Hard, What::NothingLeft))
    } else if from.is_negative() != to.is_negative() {
        Some((Step::Ratio, Weight::Soft, What::SignTurned))
    } else if from.differs_by(to, extreme) {
        Some((Step::Ratio, Weight::Hard, What::Factor(extreme)))
    } else if from.differs_by(to, much) && !(are_counts && are_small(limits, from, to)) {
        Some((Step::Ratio, Weight::Soft, What::Factor(much)))
    } else {
        None
    }
}

/// A number, in quotes or not, that became a zero in quotes.
fn became_zero_as_text(before: &Scalar, after: &Scalar) -> bool {
    after.kind == ScalarKind::Text && short_number(&after.text).known_and(Decimal::is_zero) && counted(before)
}

/// Whether a value was a number, in quotes or not, and not zero.
fn counted(value: &Scalar) -> bool {
    match value.kind {
        ScalarKind::Integer | ScalarKind::Decimal => {
            value.text.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
        }
        ScalarKind::Text => {
            !is_switch(value) && short_number(&value.text).known_and(|number| !number.is_zero())
        }
        ScalarKind::Null | ScalarKind::Boolean | ScalarKind::EmptyMap | ScalarKind::EmptyList => false,
    }
}

/// What is longer is a text, not a number in quotes.
fn short_number(text: &str) -> Option<Decimal> {
    if text.len() <= SHORT_BYTES_MAX { Decimal::parse(text) } else { None }
}

const SHORT_BYTES_MAX: usize = 64;

/// A text that is a number where everything is text.
fn kind(sort: Sort, value: &Scalar) -> ScalarKind {
    let is_read_so = sort == Sort::Untyped && value.kind == ScalarKind::Text;
    if !is_read_so || Decimal::parse(&value.text).is_unknown() {
        value.kind
    } else if contains(&value.text, ".") {
        ScalarKind::Decimal
    } else {
        ScalarKind::Integer
    }
}

/// `DEBUG=1`: without booleans, these two stand for them.
fn is_switch(value: &Scalar) -> bool {
    matches!(value.text.as_str(), "0" | "1")
}

/// Counts that people set by hand: one replica or four.
fn are_small(limits: &crate::Limits, before: &Decimal, after: &Decimal) -> bool {
    let max = Decimal::parse(&text!("{}", limits.small_number_max));
    max.known_and(|max| before.compare_size(max).is_le() && after.compare_size(max).is_le())
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
        assert_eq!(found.map(|(_, weight, _)| weight), expect);
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
