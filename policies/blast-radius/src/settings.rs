//! What an operator can set. What follows from it is in the other files.

use interlock_guest::prelude::*;

/// Thresholds. Shares are basis points of all traffic.
#[derive(Settings)]
pub struct Limits {
    /// Tiers up to this number are blocked when a change reaches more than was meant; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) block_tier_max: i32,
    /// Further tiers up to this number are warned of it; -1 warns none. Default 3: whoever said where, meant it.
    #[setting(default = 3, range = -1..=3)]
    pub(crate) warn_tier_max: i32,
    /// Tiers up to this number are warned of what the plan holds in one step; -1 warns none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) plan_tier_max: i32,
    /// Most services that may be touched, or depend on one that is, before they are many. Default 100: 1.4 % of Uber's
    /// commits touch more.
    #[setting(default = 100, range = 0..=1_000_000)]
    pub(crate) dependents_max: i32,
    /// Most traffic the first stage may take where they are many, in basis points. Default 500: Microsoft's example of a
    /// safe deployment begins with 5 % for a day.
    #[setting(default = 500, range = 0..=10_000)]
    pub(crate) first_stage_traffic_bp_max: i32,
    /// Most traffic of all targets that no stage before the last reaches, in basis points. Default 5000: on 2022-06-21
    /// half of Cloudflare's requests were in 19 places that all came last.
    #[setting(default = 5000, range = 0..=10_000)]
    pub(crate) last_stage_traffic_bp_max: i32,
}
