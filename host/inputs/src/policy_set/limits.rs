//! Limits of one binding, where they differ from the usual ones. What each limit does is the engine's to say.

use std::ops::RangeInclusive;

use interlock_model::Pointer;

use super::checks::Checks;
use super::wire::{self, TierWord, Whole};
use crate::error::ProblemKind;

/// Units of fuel. The most is five times the usual, about half a second.
const FUEL: RangeInclusive<u64> = 1..=1_000_000_000;
/// KiB of memory: 1 MiB to 256 MiB.
const MEMORY_KIB: RangeInclusive<u32> = 1024..=262_144;
/// Milliseconds of wall clock: 10, to a minute, after which nobody waits for a gate.
const DEADLINE_MS: RangeInclusive<u32> = 10..=60_000;

/// Which limits the others are measured from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitTier {
    /// Of compiled policies.
    #[default]
    Usual,
    /// Of modules that hold an interpreter.
    Large,
}

/// What the operator wants other than usual. Absent: the tier's limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitOverrides {
    /// Which limits hold where nothing else is given.
    pub tier: LimitTier,
    /// Units of fuel, 1 to 1,000,000,000.
    pub fuel: Option<u64>,
    /// KiB of memory, 1,024 to 262,144.
    pub memory_kib: Option<u32>,
    /// Milliseconds of wall clock, 10 to 60,000.
    pub deadline_ms: Option<u32>,
}

/// The limits below `at`.
pub(super) fn limits(checks: &mut Checks<'_>, at: &Pointer, written: &wire::Limits) -> LimitOverrides {
    LimitOverrides {
        tier: match written.tier {
            None | Some(TierWord::Usual) => LimitTier::Usual,
            Some(TierWord::Large) => LimitTier::Large,
        },
        fuel: within(checks, &at.child("fuel"), written.fuel, &FUEL, "units of fuel"),
        memory_kib: within(checks, &at.child("memory-kib"), written.memory_kib, &MEMORY_KIB, "KiB"),
        deadline_ms: within(
            checks,
            &at.child("deadline-ms"),
            written.deadline_ms,
            &DEADLINE_MS,
            "milliseconds",
        ),
    }
}

fn within<N>(
    checks: &mut Checks<'_>,
    at: &Pointer,
    written: Option<Whole>,
    range: &RangeInclusive<N>,
    unit: &str,
) -> Option<N>
where
    N: TryFrom<i64> + PartialOrd + std::fmt::Display,
{
    let Whole(number) = written?;
    let fits = N::try_from(number).ok().filter(|number| range.contains(number));
    if fits.is_none() {
        checks.value(
            at,
            ProblemKind::Value,
            format!("the number `{number}`"),
            format!("from {} to {} {unit}", range.start(), range.end()),
            "leave it out for the limit of its tier; a policy that needs more than the most looks at too much",
        );
    }
    fits
}
