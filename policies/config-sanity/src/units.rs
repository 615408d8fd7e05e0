//! `unit-slip`: a number that looks as if its unit was mistaken.
//!
//! Units are known by the last word of a key (`timeout-ms`, `cacheSizeMb`, `share_percent`) or from the value itself
//! (`30s`). Whether a number is far from what it was is `numbers`' to say; here is what of that is a matter of units.

use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::decimal::{self, Decimal, Measure};
use crate::keys::{self, last_word, words};
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
static KEY_UNITS: &[(&str, Measure, u64)] = &[
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

#[inline(never)]
fn key_unit(words: &str) -> Option<(Measure, u64)> {
    let (_, last) = last_word(words);
    let (_, measure, factor) = KEY_UNITS.iter().find(|(word, _, _)| *word == last)?;
    Some((*measure, *factor))
}

/// Whether a number under a key with a unit became exactly so many times itself as one unit is of another.
pub(crate) fn is_scaled(own: &str, before: &Scalar, after: &Scalar) -> bool {
    let steps: &[u64] = match key_unit(own) {
        Some((Measure::Time, _)) => &[1_000, 3_600, 1_000_000, 1_000_000_000],
        Some((Measure::Bytes, _)) => &[1_000, 1 << 10, 1_000_000, 1 << 20, 1_000_000_000, 1 << 30],
        Some((Measure::Share, _)) => &[100, 10_000],
        None => return false,
    };
    let (Some(was), Some(is)) = (Decimal::parse(&before.text), Decimal::parse(&after.text)) else {
        return false;
    };
    steps.iter().any(|step| is_times(&was, &is, *step) || is_times(&is, &was, *step))
}

#[inline(never)]
fn is_times(one: &Decimal, other: &Decimal, factor: u64) -> bool {
    one.compare_size(&other.times(factor)).is_eq()
}

/// Whether `30s` became `30`.
#[inline(never)]
pub(crate) fn is_lost(before: &Scalar, after: &Scalar) -> bool {
    let is_written = matches!(after.kind, ScalarKind::Text | ScalarKind::Integer | ScalarKind::Decimal);
    if !is_written || before.kind != ScalarKind::Text {
        return false;
    }
    decimal::number_with_unit(&before.text).known_and(|number| {
        *number == trimmed(&after.text) && Decimal::parse(number).known_and(|number| !number.is_zero())
    })
}

/// Whether `30s` became `30m`: the same number of something else.
#[inline(never)]
pub(crate) fn is_other(before: &Scalar, after: &Scalar) -> bool {
    let was = decimal::number_with_unit(&before.text);
    before.kind == ScalarKind::Text && was.is_some() && was == decimal::number_with_unit(&after.text)
}

/// A number whose key got another unit: `timeout-s: 30` that is `timeout-ms: 30` now.
#[inline(never)]
pub(crate) fn renamed(reading: &Reading<'_>, told: &mut Told<'_>) {
    for file in &reading.files {
        // Not dropped: the instance ends soon.
        let gone = ManuallyDrop::new(gone(file));
        if gone.is_empty() {
            continue;
        }
        for edit in file.values() {
            let Some(new) = Measured::of(file.sort, edit, EditOp::Add) else { continue };
            let Some(old) = gone.iter().find(|old| old.is_renamed_to(&new)) else { continue };
            let Some(weight) = old.slip(&new, reading.limits) else { continue };
            told.tell(weight, Spot::in_file(file.file, &new.edit.pointer), || {
                let was = shown(&old.edit.pointer, old.value);
                let is = shown(&new.edit.pointer, new.value);
                let (from, to) = (place(&old.edit.pointer), place(&new.edit.pointer));
                text!("{from} was {was} and {to} is {is}, which is not the same in the other unit")
            });
        }
    }
}

/// The first numbers of a file that are gone with their keys.
fn gone<'a>(file: &File<'a>) -> Vec<Measured<'a>> {
    let mut gone = Vec::new();
    for edit in file.values() {
        if gone.len() < GONE_MAX
            && let Some(old) = Measured::of(file.sort, edit, EditOp::Remove)
        {
            gone.push(old);
        }
    }
    gone
}

/// A number under a key with a unit, which is new or gone.
struct Measured<'a> {
    edit: &'a Edit,
    value: &'a Scalar,
    number: Decimal,
    above: &'a str,
    words: String,
    unit: (Measure, u64),
}

impl<'a> Measured<'a> {
    #[inline(never)]
    fn of(sort: Sort, edit: &'a Edit, op: EditOp) -> Option<Self> {
        if edit.op != op {
            return None;
        }
        let value = edit.before.as_ref().or(edit.after.as_ref())?;
        let may_be_number = match value.kind {
            ScalarKind::Integer | ScalarKind::Decimal => true,
            ScalarKind::Text => sort == Sort::Untyped,
            ScalarKind::Null | ScalarKind::Boolean | ScalarKind::EmptyMap | ScalarKind::EmptyList => false,
        };
        let number = Decimal::parse(&value.text).filter(|_| may_be_number)?;
        let (above, own) = keys::parent(&edit.pointer).filter(|(_, own)| !keys::is_index(own))?;
        let words = words(own);
        let unit = key_unit(&words)?;
        Some(Self { edit, value, number, above, words, unit })
    }

    fn is_renamed_to(&self, new: &Self) -> bool {
        self.above == new.above
            && self.unit.0 == new.unit.0
            && self.unit.1 != new.unit.1
            && last_word(&self.words).0 == last_word(&new.words).0
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
