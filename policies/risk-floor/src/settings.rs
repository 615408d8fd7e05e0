//! What an operator can set, and how a rating is written. What follows from it is in `lib`.

use interlock_guest::change_types::Risk;
use interlock_guest::finding_types::{SettingKind, SettingScalar};
use interlock_guest::prelude::*;

/// The least rating of each tier.
#[derive(Settings)]
#[setting(check = floors_never_rise_with_the_tier)]
pub struct Limits {
    /// Least rating of a change to tier 0: low, medium or high. Default medium: what others stand on is never low.
    #[setting(default = "medium")]
    pub(crate) tier_0_floor: Rating,
    /// Least rating of a change to tier 1; low asks for nothing. Default low.
    #[setting(default = "low")]
    pub(crate) tier_1_floor: Rating,
    /// Least rating of a change to tier 2; low asks for nothing. Default low.
    #[setting(default = "low")]
    pub(crate) tier_2_floor: Rating,
    /// Least rating of a change to tier 3; low asks for nothing. Default low.
    #[setting(default = "low")]
    pub(crate) tier_3_floor: Rating,
    /// Tiers up to this number are blocked below their floor when the change goes everywhere at once; -1: none.
    /// Default 0.
    #[setting(default = 0, range = -1..=3)]
    pub(crate) block_tier_max: i32,
}

impl Limits {
    pub(crate) fn floor(&self, tier: u8) -> Risk {
        let rating = match tier {
            0 => self.tier_0_floor,
            1 => self.tier_1_floor,
            2 => self.tier_2_floor,
            // There is none beyond 3.
            _ => self.tier_3_floor,
        };
        rating.0
    }
}

/// A service whose tier nobody knows is tier 0, so no other tier may ask for more.
fn floors_never_rise_with_the_tier(limits: &Limits) -> Vec<(&'static str, String)> {
    let keys = ["tier-1-floor", "tier-2-floor", "tier-3-floor"];
    let rises = keys.into_iter().zip(1u8..).filter(|(_, tier)| limits.floor(*tier) > limits.floor(tier - 1));
    rises
        .map(|(key, tier)| (key, text!("expected at most the floor of tier {}: it weighs more", tier - 1)))
        .collect()
}

/// A rating, written as in a change.
#[derive(Clone, Copy)]
pub(crate) struct Rating(pub(crate) Risk);

impl SettingField for Rating {
    const KIND: SettingKind = SettingKind::Text;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        let text = String::from_setting(values)?;
        let known = [Risk::Low, Risk::Medium, Risk::High].into_iter().find(|risk| word(*risk) == text);
        known.map(Self).ok_or_else(|| text!("`low`, `medium` or `high`, found `{text}`"))
    }
}

/// The word of a change document.
pub(crate) fn word(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_that_rises_with_the_tier_is_refused() {
        let keys = |limits: &Limits| {
            floors_never_rise_with_the_tier(limits).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        let floors = |tier_0, tier_1, tier_2| Limits {
            tier_0_floor: Rating(tier_0),
            tier_1_floor: Rating(tier_1),
            tier_2_floor: Rating(tier_2),
            ..Limits::default()
        };
        assert!(keys(&Limits::default()).is_empty());
        assert!(keys(&floors(Risk::High, Risk::High, Risk::Medium)).is_empty());
        assert_eq!(keys(&floors(Risk::Medium, Risk::High, Risk::Medium)), ["tier-1-floor"]);
        assert_eq!(keys(&floors(Risk::Low, Risk::Low, Risk::High)), ["tier-2-floor"]);
    }

    #[test]
    fn a_rating_is_one_of_three_words() {
        let read = |text: &str| Rating::from_setting(&[SettingScalar::Text(text.into())]).map(|it| it.0);
        assert_eq!(read("high"), Ok(Risk::High));
        assert_eq!(read("High").unwrap_err(), "`low`, `medium` or `high`, found `High`");
    }
}
