//! Stock policy `risk-floor`: how risky a change is held to be follows from what it touches.
//!
//! It judges the author's own rating, and nothing of the change itself: what a tier asks for is a floor, never a measure.
//! `rules` holds the words, `settings` the floors.
//!
//! On 2022-07-08 a change to the core of Rogers' network was rated low because the phases before it had gone well.

mod rules;
mod settings;

use interlock_guest::change_types::Risk;
use interlock_guest::prelude::*;

use rules::{LOW_RISK_EVERYWHERE, RATED_BELOW_FLOOR};
pub use settings::Limits;
use settings::word;

#[policy(
    title = "how risky a change is held to be follows from what it touches",
    rules = [RATED_BELOW_FLOOR, LOW_RISK_EVERYWHERE]
)]
fn judge(change: &Change, _question: &Question, limits: &Limits) -> Judgement {
    let (tier, floor) = (change.tier(), limits.floor(change.tier()));
    if weight(change.declared_risk) >= floor {
        return Ok(vec![]);
    }
    let rated = match change.declared_risk {
        Some(risk) => text!("it is rated {}", word(risk)),
        None => "nobody has rated it, which weighs as low".into(),
    };
    let asked = text!("tier {tier} asks for at least {}", word(floor));
    let finding = if i32::from(tier) <= limits.block_tier_max && is_all_at_once(change) {
        let message = text!("{rated}, {asked}, and no stages are planned");
        LOW_RISK_EVERYWHERE.finding(Verdict::Block, message).at("/declared-risk").at("/rollout/stages")
    } else {
        RATED_BELOW_FLOOR.finding(Verdict::Warn, text!("{rated}, {asked}")).at("/declared-risk")
    };
    let finding = finding.because("tier", tier);
    Ok(vec![finding.with_reason_not_applicable(change, "/declared-risk")])
}

/// What a rating weighs. None weighs as much as the lowest, so that leaving it out never helps.
fn weight(rated: Option<Risk>) -> Risk {
    match rated {
        Some(risk) => risk,
        None => Risk::Low,
    }
}

/// Unknown stages, none, or one: as `staged-rollout` has it.
fn is_all_at_once(change: &Change) -> bool {
    !change.stages().known_and(|stages| stages.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rating_weighs_as_the_lowest() {
        assert_eq!(weight(None), Risk::Low);
        assert!(weight(Some(Risk::High)) > weight(Some(Risk::Medium)));
        assert!(weight(Some(Risk::Medium)) > weight(None));
    }
}
