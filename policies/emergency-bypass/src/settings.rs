//! What an operator can set, and how a label is compared. What follows from it is in `lib`.

use interlock_guest::plain;
use interlock_guest::prelude::*;

/// What an emergency is, and who has to stand behind it.
#[derive(Settings)]
#[setting(check = nothing_is_blank)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 3: a short cut is one in every tier.
    #[setting(default = 3, range = -1..=3)]
    pub(crate) block_tier_max: i32,
    /// Tiers up to this number are warned of an emergency in order, and of what is not blocked; -1 warns none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    pub(crate) warn_tier_max: i32,
    /// Labels that claim an emergency, alone or as the last part of `type::hotfix`. Default: the usual ones.
    #[setting(default = ["emergency", "break-glass", "hotfix"])]
    pub(crate) labels: Texts,
    /// Fewest different people among author, declarer and approvers. Default 2: GitLab, 2017-01-31, was one.
    #[setting(default = 2, range = 1..=10)]
    pub(crate) people_min: i32,
}

fn nothing_is_blank(limits: &Limits) -> Vec<(&'static str, String)> {
    let blank = limits.labels.given().iter().any(|label| letters(label).is_empty());
    blank.then(|| ("labels", "expected labels, found a blank one".into())).into_iter().collect()
}

impl Limits {
    /// Whether a label claims an emergency: `Break Glass`, `break_glass` and `priority/breakglass` are one.
    pub(crate) fn claims(&self, label: &str) -> bool {
        let last = label.rsplit(['/', ':']).next().map(letters);
        self.labels.iter().any(|known| last.as_ref() == Some(&letters(known)))
    }
}

/// A label without what people put between its words.
fn letters(label: &str) -> String {
    plain(label).chars().filter(|letter| !matches!(letter, '-' | '_' | ' ' | '.')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_known_however_it_is_written() {
        let limits = Limits::default();
        for label in
            ["emergency", "Break Glass", "break_glass", "type::HotFix", "priority/emergency", "kind:hotfix"]
        {
            assert!(limits.claims(label), "{label}");
        }
        for label in ["hotfix-tooling", "no-emergency", "emergency/docs", "", "bugfix", "hot"] {
            assert!(!limits.claims(label), "{label}");
        }
    }

    #[test]
    fn a_blank_label_would_claim_every_label_that_ends_with_a_colon() {
        let blank = Limits { labels: Texts::Given(vec!["hotfix".into(), " - ".into()]), ..Limits::default() };
        assert_eq!(nothing_is_blank(&blank).len(), 1);
        assert!(nothing_is_blank(&Limits::default()).is_empty());
    }
}
