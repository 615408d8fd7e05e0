//! What the operator knows of incidents and error budgets, whatever a change says about itself, and how old that may be.

use crate::{Budget, Incident, Instant, PastIncident};

/// Minutes that facts may be old unless somebody says otherwise: as long as an answer may be used, so that an answer and
/// what it rests on end together.
pub const FACTS_AGE_MIN_MAX: u32 = 60;

/// Minutes that facts may be ahead of the time for which is asked: two clocks that are kept agree better than that.
const AHEAD_MIN_MAX: i64 = 5;

/// Everything that was told, and how old it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorFacts {
    /// What was told, by one place after the other.
    pub told: Vec<ToldFacts>,
    /// How many minutes it may be old. What is older is unknown.
    pub age_min_max: u32,
}

/// What one place told at one time. What it says nothing of, it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldFacts {
    /// The file that told it, for people. Escape it for your sink.
    pub name: String,
    /// When this was so.
    pub as_of: Instant,
    /// Incidents that were open then. Empty: there was none.
    pub open_incidents: Option<Vec<Incident>>,
    /// Incidents that were over, of the last weeks. Empty: there was none.
    pub past_incidents: Option<Vec<PastIncident>>,
    /// What was left of each error budget.
    pub error_budget: Option<Vec<Budget>>,
}

/// Whether facts may be used at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are of now.
    Fresh,
    /// They are older than they may be, by so many minutes of age.
    Stale(u32),
    /// They are of a time that is still to come.
    Ahead,
}

impl OperatorFacts {
    /// Whether one of the places may be believed at a time.
    pub fn standing(&self, told: &ToldFacts, at: Instant) -> Standing {
        let age = i64::from(at.epoch_min()) - i64::from(told.as_of.epoch_min());
        match u32::try_from(age) {
            Ok(age) if age > self.age_min_max => Standing::Stale(age),
            Ok(_) => Standing::Fresh,
            Err(_) if age < -AHEAD_MIN_MAX => Standing::Ahead,
            Err(_) => Standing::Fresh,
        }
    }

    /// The last minute at which one of the places may be believed.
    pub fn until(&self, told: &ToldFacts) -> Instant {
        told.as_of.plus_minutes(i32::try_from(self.age_min_max).unwrap_or(i32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_of_now_until_their_last_minute() {
        let at = Instant::from_epoch_min;
        let told = ToldFacts {
            name: "facts.yaml".into(),
            as_of: at(1000),
            open_incidents: None,
            past_incidents: None,
            error_budget: None,
        };
        let facts = OperatorFacts { told: vec![told.clone()], age_min_max: 60 };
        for (minute, standing) in [
            (994, Standing::Ahead),
            (995, Standing::Fresh),
            (1000, Standing::Fresh),
            (1060, Standing::Fresh),
            (1061, Standing::Stale(61)),
            (i32::MIN, Standing::Ahead),
        ] {
            assert_eq!(facts.standing(&told, at(minute)), standing, "{minute}");
        }
        assert_eq!(facts.until(&told), at(1060));
        let ancient = ToldFacts { as_of: at(i32::MIN), ..told };
        assert_eq!(facts.standing(&ancient, at(i32::MAX)), Standing::Stale(u32::MAX), "nothing overflows");
    }
}
