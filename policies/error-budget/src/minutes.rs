//! Budgets as people say them: minutes and percents out of whole numbers, exact, and cut rather than rounded: nobody is
//! promised a minute that is not there.

use interlock_guest::text;

const MINUTES_A_DAY: u64 = 1440;
const MILLION: u64 = 1_000_000;

/// How long a service may be down in a window, in millionths of a minute. A part per million of a minute is one.
pub(crate) fn budget(objective_ppm: u32, window_days: u64) -> u64 {
    let may_fail = MILLION.saturating_sub(u64::from(objective_ppm));
    window_days * MINUTES_A_DAY * may_fail
}

/// A share of it, in basis points.
pub(crate) fn share(budget: u64, bp: u16) -> u64 {
    budget * u64::from(bp) / 10_000
}

/// Minutes in three digits: `216`, `43.2`, `4.32`, `0.43`.
pub(crate) fn minutes(millionths: u64) -> String {
    let (whole, hundredths) = (millionths / MILLION, millionths % MILLION / 10_000);
    match whole {
        100.. => text!("{whole}"),
        10..100 => text!("{whole}.{}", hundredths / 10),
        0..10 => text!("{whole}.{hundredths:02}"),
    }
}

/// An objective as operators write it, at least two decimals: `99.90`, `99.999`.
pub(crate) fn objective(ppm: u32) -> String {
    trimmed(ppm / 10_000, &text!("{:04}", ppm % 10_000), 2)
}

/// A share: `12.5`, `25`.
pub(crate) fn percent(bp: u16) -> String {
    trimmed(u32::from(bp / 100), &text!("{:02}", bp % 100), 0)
}

/// A number with its decimals, without the zeros at the end that say nothing.
fn trimmed(whole: u32, decimals: &str, at_least: usize) -> String {
    let mut decimals = decimals.to_owned();
    while decimals.len() > at_least && decimals.ends_with('0') {
        decimals.pop();
    }
    if decimals.is_empty() { text!("{whole}") } else { text!("{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the corpus and every book on the subject have them.
    #[test]
    fn the_table_of_error_budgets() {
        for (ppm, days, said, minutes_said) in [
            (995_000, 30, "99.50", "216"),
            (999_000, 30, "99.90", "43.2"),
            (999_500, 30, "99.95", "21.6"),
            (999_900, 30, "99.99", "4.32"),
            (999_990, 30, "99.999", "0.43"),
            (999_999, 30, "99.9999", "0.04"),
            (999_000, 28, "99.90", "40.3"),
            (999_950, 28, "99.995", "2.01"),
            (990_000, 30, "99.00", "432"),
            (1_000_000, 30, "100.00", "0.00"),
            (0, 1, "0.00", "1440"),
        ] {
            assert_eq!(objective(ppm), said);
            assert_eq!(minutes(budget(ppm, days)), minutes_said, "{ppm} over {days} days");
        }
        assert_eq!(budget(999_990, 30), 432_000, "0.432 minutes, exactly");
    }

    #[test]
    fn shares_are_cut_and_never_rounded_up() {
        assert_eq!(minutes(share(budget(999_000, 30), 1250)), "5.40");
        assert_eq!(minutes(share(budget(999_990, 28), 9999)), "0.40");
        assert_eq!(minutes(99_999_999), "99.9");
        assert_eq!(minutes(9_999_999), "9.99");
        // The largest there is: no window is longer, and nothing overflows.
        assert_eq!(minutes(share(budget(0, u64::from(u16::MAX)), 10_000)), "94370400");
        assert_eq!(
            [0, 1, 1250, 2499, 2500, 10_000].map(percent),
            ["0", "0.01", "12.5", "24.99", "25", "100"]
        );
    }
}
