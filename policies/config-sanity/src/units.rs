//! `unit-slip`: a number that looks as if its unit was mistaken.
//!
//! Units are known by the last word of a key (`timeout-ms`, `cacheSizeMb`, `share_percent`) or from the value itself
//! (`30s`). Whether a number is far from what it was is `numbers`' to say; here is what of that is a matter of units.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::decimal::{self, Decimal, Measure};
use crate::keys::{self, words};
use crate::reading::{File, Reading, Sort, Weight};
use crate::told::{Spot, Told, place, shown};

pub(crate) const UNIT_SLIP: Rule = Rule {
    id: "unit-slip",
    title: "a number keeps the meaning that its unit gives it",
    help: "seconds where milliseconds are read are a thousand times too much, and look like any other number",
    remedy: "convert the number along with its unit, and write the unit where the reader expects one",
    origin: Some(
        "1999-09-23 NASA: a file of Mars Climate Orbiter held pounds of force where newtons were read, and it was lost",
    ),
    strictest: Verdict::Block,
};

/// Last word of a key, what it measures, and how many of the smallest unit it is.
const KEY_UNITS: &[(&str, Measure, u64)] = &[
    ("ns", Measure::Time, 1),
    ("nanos", Measure::Time, 1),
    ("nanoseconds", Measure::Time, 1),
    ("us", Measure::Time, 1_000),
    ("micros", Measure::Time, 1_000),
    ("microseconds", Measure::Time, 1_000),
    ("ms", Measure::Time, 1_000_000),
    ("msec", Measure::Time, 1_000_000),
    ("millis", Measure::Time, 1_000_000),
    ("milliseconds", Measure::Time, 1_000_000),
    ("s", Measure::Time, 1_000_000_000),
    ("sec", Measure::Time, 1_000_000_000),
    ("secs", Measure::Time, 1_000_000_000),
    ("seconds", Measure::Time, 1_000_000_000),
    ("minutes", Measure::Time, 60_000_000_000),
    ("hours", Measure::Time, 3_600_000_000_000),
    ("days", Measure::Time, 86_400_000_000_000),
    ("bytes", Measure::Bytes, 1),
    ("kb", Measure::Bytes, 1_000),
    ("kib", Measure::Bytes, 1 << 10),
    ("mb", Measure::Bytes, 1_000_000),
    ("mib", Measure::Bytes, 1 << 20),
    ("gb", Measure::Bytes, 1_000_000_000),
    ("gib", Measure::Bytes, 1 << 30),
    ("bp", Measure::Share, 1),
    ("percent", Measure::Share, 100),
    ("percentage", Measure::Share, 100),
    ("pct", Measure::Share, 100),
    ("fraction", Measure::Share, 10_000),
    ("ratio", Measure::Share, 10_000),
];

/// Most keys with a unit that go in one file and are looked for under another unit.
const GONE_MAX: usize = 64;

fn key_unit(words: &[String]) -> Option<(Measure, u64)> {
    let last = words.last()?;
    let (_, measure, factor) = KEY_UNITS.iter().find(|(word, _, _)| word == last)?;
    Some((*measure, *factor))
}

/// Whether a number under a key with a unit became exactly so many times itself as one unit is of another.
pub(crate) fn is_scaled(own: &[String], before: &Scalar, after: &Scalar) -> bool {
    let steps: &[u64] = match key_unit(own) {
        Some((Measure::Time, _)) => &[1_000, 3_600, 1_000_000, 1_000_000_000],
        Some((Measure::Bytes, _)) => &[1_000, 1 << 10, 1_000_000, 1 << 20, 1_000_000_000, 1 << 30],
        Some((Measure::Share, _)) => &[100, 10_000],
        None => return false,
    };
    let (Some(was), Some(is)) = (Decimal::parse(&before.text), Decimal::parse(&after.text)) else {
        return false;
    };
    let is_times = |one: &Decimal, other: &Decimal, step| one.compare_size(&other.times(step)).is_eq();
    steps.iter().any(|step| is_times(&was, &is, *step) || is_times(&is, &was, *step))
}

/// Whether `30s` became `30`.
pub(crate) fn is_lost(before: &Scalar, after: &Scalar) -> bool {
    let number = match (before.kind, after.kind) {
        (ScalarKind::Text, ScalarKind::Text | ScalarKind::Integer | ScalarKind::Decimal) => {
            decimal::number_with_unit(&before.text)
        }
        _ => None,
    };
    number.known_and(|number| {
        *number == trimmed(&after.text) && Decimal::parse(number).known_and(|number| !number.is_zero())
    })
}

/// Whether `30s` became `30m`: the same number of something else.
pub(crate) fn is_other(before: &Scalar, after: &Scalar) -> bool {
    let number = |value: &'_ Scalar| decimal::number_with_unit(&value.text).map(str::to_owned);
    before.kind == ScalarKind::Text && number(before).known_and(|was| number(after).as_ref() == Some(was))
}

/// A number whose key got another unit: `timeout-s: 30` that is `timeout-ms: 30` now.
pub(crate) fn renamed(reading: &Reading<'_>, told: &mut Told<'_>) {
    for file in &reading.files {
        let gone: Vec<Measured<'_>> = measured(file, EditOp::Remove).take(GONE_MAX).collect();
        if gone.is_empty() {
            continue;
        }
        for new in measured(file, EditOp::Add) {
            let Some(old) = gone.iter().find(|old| old.is_renamed_to(&new)) else { continue };
            let Some(weight) = old.slip(&new, reading.limits) else { continue };
            told.tell(weight, Spot::in_file(file.file, &new.edit.pointer), || {
                let was = shown(reading, &old.edit.pointer, old.value);
                let is = shown(reading, &new.edit.pointer, new.value);
                let (from, to) = (place(&old.edit.pointer), place(&new.edit.pointer));
                text!("{from} was {was} and {to} is {is}, which is not the same in the other unit")
            });
        }
    }
}

/// A number under a key with a unit, which is new or gone.
struct Measured<'a> {
    edit: &'a Edit,
    value: &'a Scalar,
    number: Decimal,
    above: &'a str,
    words: Vec<String>,
    unit: (Measure, u64),
}

fn measured<'a>(file: &File<'a>, op: EditOp) -> impl Iterator<Item = Measured<'a>> {
    let sort = file.sort;
    file.values().filter(move |edit| edit.op == op).filter_map(move |edit| Measured::of(edit, sort))
}

impl<'a> Measured<'a> {
    fn of(edit: &'a Edit, sort: Sort) -> Option<Self> {
        let value = edit.before.as_ref().or(edit.after.as_ref())?;
        let number = match value.kind {
            ScalarKind::Integer | ScalarKind::Decimal => Decimal::parse(&value.text)?,
            ScalarKind::Text if sort == Sort::Untyped => Decimal::parse(&value.text)?,
            ScalarKind::Text
            | ScalarKind::Null
            | ScalarKind::Boolean
            | ScalarKind::EmptyMap
            | ScalarKind::EmptyList => return None,
        };
        let (above, own) = edit.pointer.rsplit_once('/').filter(|(_, own)| !keys::is_index(own))?;
        let words = words(own);
        let unit = key_unit(&words)?;
        Some(Self { edit, value, number, above, words, unit })
    }

    fn is_renamed_to(&self, new: &Self) -> bool {
        let stem = |words: &[String]| words.split_last().map(|(_, stem)| stem.to_vec());
        self.above == new.above
            && self.unit.0 == new.unit.0
            && self.unit.1 != new.unit.1
            && stem(&self.words) == stem(&new.words)
    }

    /// How far the two are from each other, in one unit.
    fn slip(&self, new: &Self, limits: &crate::Limits) -> Option<Weight> {
        let [was, is] = [self, new].map(|it| it.number.times(it.unit.1));
        let factor = |setting: i32| u64::from(setting.unsigned_abs());
        if was.is_zero() || is.is_zero() || !was.differs_by(&is, factor(limits.number_factor_warn)) {
            None
        } else if self.number == new.number || was.differs_by(&is, factor(limits.number_factor_block)) {
            Some(Weight::Hard)
        } else {
            Some(Weight::Soft)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::tests::text;

    #[test]
    fn a_number_without_its_unit_is_known() {
        let lost = |before, after| is_lost(&text(before), &text(after));
        assert!(lost("30s", "30") && lost("25%", "25") && lost("512Mi", "512"));
        assert!(!lost("1000m", "1") && !lost("30s", "60") && !lost("v1", "1") && !lost("0s", "0"));
        assert!(!lost("30", "30s"));
    }

    #[test]
    fn a_step_of_a_unit_is_exact() {
        let scaled = |key: &str, before, after| is_scaled(&words(key), &text(before), &text(after));
        assert!(scaled("timeoutMs", "30", "30000") && scaled("cache-kib", "1048576", "1024"));
        assert!(scaled("sample-percent", "0.05", "5"));
        assert!(!scaled("timeoutMs", "30", "30001") && !scaled("retries", "3", "3000"));
    }

    #[test]
    fn the_same_number_of_another_unit_is_known() {
        let other = |before, after| is_other(&text(before), &text(after));
        assert!(other("30s", "30ms") && other("10 MB", "10GB"));
        assert!(!other("30s", "45s") && !other("30", "30"));
    }
}
