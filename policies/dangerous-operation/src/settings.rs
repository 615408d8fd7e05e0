//! What an operator can set. What follows from it is in the other files.

use interlock_guest::prelude::*;

/// Thresholds.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) block_tier_max: i32,
    /// Further tiers up to this number are warned; -1 warns none. Default 2: nobody waits for tier 3.
    #[setting(default = 2, range = -1..=3)]
    pub(crate) warn_tier_max: i32,
    /// Tiers up to this number are blocked where something carries a hold, or is of another sort than was meant; further
    /// tiers are judged as above. Default 3: somebody has already said no, or meant something else.
    #[setting(default = 3, range = -1..=3)]
    pub(crate) certain_tier_max: i32,
    /// Tiers up to this number are warned of what is many and not yet too many; -1 warns none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) care_tier_max: i32,
    /// Verbs that take nothing away. Any other verb is taken to.
    #[setting(default = ["add", "backup", "create", "describe", "get", "list", "no-op", "plan", "read", "read-config", "renew", "scale-up", "show", "tag", "update"])]
    pub(crate) harmless_verbs: Texts,
    /// Verbs that take capacity away and give it back: what they leave is judged, not whether it is in use.
    #[setting(default = ["cordon", "deschedule", "drain", "evict", "scale-down", "shut-down", "stop", "take-offline"])]
    pub(crate) capacity_verbs: Texts,
    /// Most things at once, beyond which it is too many. Default 100.
    #[setting(default = 100, range = 0..=1_000_000_000)]
    pub(crate) matched_max: i32,
    /// Most things at once, beyond which it is many. Default 10.
    #[setting(default = 10, range = 0..=1_000_000_000)]
    pub(crate) matched_care_max: i32,
    /// Largest share of all things at once, in basis points, beyond which it is too many. Default 500.
    #[setting(default = 500, range = 0..=10_000)]
    pub(crate) share_bp_max: i32,
    /// Largest share of all things at once, in basis points, beyond which it is many. Default 100.
    #[setting(default = 100, range = 0..=10_000)]
    pub(crate) share_bp_care_max: i32,
    /// Fewest things of which a share is judged: one of three is a third. Default 3.
    #[setting(default = 3, range = 1..=1_000_000)]
    pub(crate) share_matched_min: i32,
    /// Least capacity that may be left, in basis points of today's. Default 5000.
    #[setting(default = 5000, range = 0..=10_000)]
    pub(crate) remaining_capacity_bp_min: i32,
}
