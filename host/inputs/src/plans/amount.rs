//! Durations and shares as the systems write them. What one of them would not take is `None`: it is not
//! known then what the system does.

use interlock_model::BasisPoints;
use jiff::{SignedDuration, Span, SpanRelativeTo, Unit};

use crate::payload::foreign::Seen;

/// Longer texts are no duration.
const TEXT_MAX: usize = 64;

/// A duration as Go's `time.ParseDuration` has it: `1h`, `1m30s`, `1.5h`. There are no days in it. Whole
/// seconds, rounded down.
pub(super) fn go_seconds(text: &str) -> Option<u32> {
    let is_go = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'h' | 'm' | 's' | 'u' | 'n');
    if text == "0" {
        return Some(0);
    }
    if text.len() > TEXT_MAX || !text.chars().all(is_go) {
        return None;
    }
    let duration: SignedDuration = text.parse().ok()?;
    u32::try_from(duration.as_secs()).ok()
}

/// Seconds as Argo Rollouts takes them: a number, digits in quotes, or a Go duration.
pub(super) fn argo_seconds(seen: Seen<'_>) -> Option<u32> {
    let text = seen.scalar()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { go_seconds(text) }
}

/// A duration in words or as ISO 8601 has it: `30 minutes`, `1 day`, `PT1H30M`. A day has 24 hours.
pub(super) fn worded_seconds(text: &str) -> Option<u32> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let span: Span = text.trim().parse().ok()?;
    let relative = SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(relative).ok()?.round(Unit::Second).ok()?;
    u32::try_from(duration.as_secs()).ok()
}

/// A part of a whole in basis points, rounded up: a share is never told smaller than it is. `None`: no share.
pub(super) fn share(part: u32, whole: u32) -> Option<BasisPoints> {
    if part > whole {
        return None;
    }
    let (part, whole) = (u64::from(part), u64::from(whole));
    let bp = (part * 10_000).checked_add(whole.checked_sub(1)?)?.checked_div(whole)?;
    BasisPoints::try_from(u16::try_from(bp).ok()?).ok()
}

/// A whole number that is not negative.
pub(super) fn count(seen: Seen<'_>) -> Option<u32> {
    u32::try_from(seen.integer()?).ok()
}

/// A count or a percentage, as Kubernetes takes both under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountOrPercent {
    Count(u32),
    Percent(u32),
}

impl CountOrPercent {
    pub(super) fn of(seen: Seen<'_>) -> Option<Self> {
        match seen.scalar()?.strip_suffix('%') {
            Some(percent) => percent.parse().ok().map(Self::Percent),
            None => count(seen).map(Self::Count),
        }
    }

    pub(super) fn is_zero(self) -> bool {
        match self {
            Self::Count(number) | Self::Percent(number) => number == 0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn go_has_no_days_and_no_words() {
        for (text, seconds) in
            [("1h", 3600), ("1m30s", 90), ("90m", 5400), ("1.5h", 5400), ("1500ms", 1), ("0", 0)]
        {
            assert_eq!(go_seconds(text), Some(seconds), "{text}");
        }
        for text in ["1d", "1 h", "-1h", "1", "", "1h ago", "PT1H", "h", "99999999999999999h"] {
            assert_eq!(go_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn words_and_iso_8601_are_read() {
        for (text, seconds) in [
            ("30 minutes", 1800),
            ("1 day", 86_400),
            ("2 hours 30 minutes", 9000),
            ("PT1H30M", 5400),
            ("PT0H5M", 300),
            ("P1D", 86_400),
            ("1 week", 604_800),
        ] {
            assert_eq!(worded_seconds(text), Some(seconds), "{text}");
        }
        for text in ["", "soon", "-5 minutes", "1 month", "{{ .Values.wait }}"] {
            assert_eq!(worded_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_is_never_told_smaller_than_it_is() {
        let share = |part, whole| share(part, whole).map(BasisPoints::get);
        assert_eq!(share(1, 3), Some(3334));
        assert_eq!(share(5, 100), Some(500));
        assert_eq!(share(0, 100), Some(0));
        assert_eq!((share(2, 1), share(0, 0), share(u32::MAX, u32::MAX)), (None, None, Some(10_000)));
    }
}
