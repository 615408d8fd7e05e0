//! Asking a change for facts, without ever mistaking "nobody knows" for an answer.

use crate::change_types::{Change, ChangeKind, Stage, Target, TestRun};
use crate::question_types::{Phase, Question};
use crate::text;
use crate::text::{append, joined};

/// The tier of what nobody has classified: the one that others stand on.
const UNCLASSIFIED: u8 = 0;

/// A fact that may be unknown, asked in both directions.
pub trait Fact<T> {
    /// Nobody knows it.
    fn is_unknown(&self) -> bool;

    /// It is known, and the test holds. For what makes a change safer: unknown is not safe.
    fn known_and(&self, test: impl FnOnce(&T) -> bool) -> bool;

    /// It is unknown, or the test holds. For what makes a change dangerous: unknown weighs as much as the worst.
    fn unknown_or(&self, test: impl FnOnce(&T) -> bool) -> bool;
}

impl<T> Fact<T> for Option<T> {
    fn is_unknown(&self) -> bool {
        self.is_none()
    }

    fn known_and(&self, test: impl FnOnce(&T) -> bool) -> bool {
        self.as_ref().is_some_and(test)
    }

    fn unknown_or(&self, test: impl FnOnce(&T) -> bool) -> bool {
        self.as_ref().is_none_or(test)
    }
}

impl Change {
    /// A change of which nothing is known but its name and kind. For unit tests: set the fields the test is about.
    pub fn unknown(id: &str, kind: ChangeKind) -> Self {
        Self {
            id: id.into(),
            kind,
            title: None,
            author: None,
            created_epoch_min: None,
            source: None,
            declared_risk: None,
            labels: None,
            environment: None,
            services: None,
            declared_targets: None,
            targets: None,
            rollout: None,
            canary: None,
            tests: None,
            schedule: None,
            approvals: None,
            rollback: None,
            emergency: None,
            open_incidents: None,
            past_incidents: None,
            error_budget: None,
            action: None,
            artifacts: None,
            files: None,
            omitted_files: 0,
            not_applicable: None,
            attributes: Vec::new(),
        }
    }

    /// The strictest tier among the services: the lowest number. An unknown tier, or no known service, is tier 0,
    /// because what nobody has classified may be what everything stands on.
    #[inline(never)]
    pub fn tier(&self) -> u8 {
        let tiers = self.services.iter().flatten().map(|service| service.tier.unwrap_or(UNCLASSIFIED));
        tiers.min().unwrap_or(UNCLASSIFIED)
    }

    /// The stages of the plan, if the plan is known.
    pub fn stages(&self) -> Option<&[Stage]> {
        self.rollout.as_ref()?.stages.as_deref()
    }

    /// The targets, if they are known.
    pub fn known_targets(&self) -> Option<&[Target]> {
        self.targets.as_deref()
    }

    /// The test runs, as far as any are known. Unknown and none look the same here: both are untested.
    pub fn test_runs(&self) -> &[TestRun] {
        match &self.tests {
            Some(tests) => tests,
            None => &[],
        }
    }

    /// The author's reason why a fact does not apply, if there is one. To be shown, not to be believed.
    pub fn reason_not_applicable(&self, fact: &str) -> Option<&str> {
        self.not_applicable
            .iter()
            .flatten()
            .find(|entry| entry.fact == fact)
            .map(|entry| entry.reason.as_str())
    }
}

impl Question {
    /// Asked before the first stage, at the epoch. For unit tests.
    pub fn at_deploy() -> Self {
        Self { asked_at: Phase::Deploy, evaluated_epoch_min: 0, progress: None }
    }
}

/// The attributes of a target that a plan or a test can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Region.
    Region,
    /// Availability zone.
    Zone,
    /// Cell or shard.
    Cell,
    /// Cluster.
    Cluster,
    /// Sort of site or machine.
    SiteType,
}

impl Place {
    /// Every one of them.
    pub const ALL: [Self; 5] = [Self::Region, Self::Zone, Self::Cell, Self::Cluster, Self::SiteType];

    /// The key of the change document.
    pub fn key(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Zone => "zone",
            Self::Cell => "cell",
            Self::Cluster => "cluster",
            Self::SiteType => "site-type",
        }
    }

    /// The place of this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.key() == key)
    }

    /// What a target says of it.
    pub fn of(self, target: &Target) -> Option<&str> {
        match self {
            Self::Region => target.region.as_deref(),
            Self::Zone => target.zone.as_deref(),
            Self::Cell => target.cell.as_deref(),
            Self::Cluster => target.cluster.as_deref(),
            Self::SiteType => target.site_type.as_deref(),
        }
    }
}

impl Target {
    /// Whether a name in a plan means this target: `*`, or any of its attributes.
    pub fn is_named(&self, name: &str) -> bool {
        name == "*" || Place::ALL.iter().any(|place| place.of(self) == Some(name))
    }

    /// The target for a message: where it is, from the region inwards; else what sort of place, else its number in the
    /// list.
    pub fn in_words(&self, index: usize) -> String {
        let inwards = [Place::Region, Place::Zone, Place::Cell, Place::Cluster];
        let mut known = String::new();
        for name in inwards.iter().filter_map(|place| place.of(self)) {
            let before = if known.is_empty() { "`" } else { "/" };
            append(&mut known, before);
            append(&mut known, name);
        }
        match (known.is_empty(), Place::SiteType.of(self)) {
            (false, _) => joined(&[&known, "`"]),
            (true, Some(site_type)) => joined(&["`", site_type, "`"]),
            (true, None) => text!("target {}", index + 1),
        }
    }
}

impl Stage {
    /// Whether a stage is sure to reach a target. One that does not say where it goes is sure of none.
    #[inline(never)]
    pub fn is_sure_to_reach(&self, target: &Target) -> bool {
        self.targets.known_and(|names| names.iter().any(|name| target.is_named(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change_types::{FactOrigin, Service};

    fn service(tier: Option<u8>) -> Service {
        Service {
            name: "s".into(),
            tier,
            tier_origin: FactOrigin::Claimed,
            owner: None,
            dependents: None,
            depends_on: None,
        }
    }

    #[test]
    fn unknown_is_neither_surely_so_nor_surely_not() {
        let unknown: Option<bool> = None;
        assert!(!unknown.known_and(|flag| *flag) && unknown.unknown_or(|flag| !*flag));
        assert!(Some(true).known_and(|flag| *flag) && !Some(true).unknown_or(|flag| !*flag));
    }

    fn target(region: Option<&str>, cell: Option<&str>, site_type: Option<&str>) -> Target {
        let text = |text: Option<&str>| text.map(Into::into);
        Target {
            region: text(region),
            zone: None,
            cell: text(cell),
            cluster: None,
            site_type: text(site_type),
            time_zone: None,
            traffic_bp: None,
            expected_version: None,
            running_version: None,
        }
    }

    #[test]
    fn a_target_is_called_by_where_it_is() {
        assert_eq!(target(Some("eu"), Some("a"), Some("edge")).in_words(0), "`eu/a`");
        assert_eq!(target(None, None, Some("edge")).in_words(0), "`edge`");
        assert_eq!(target(None, None, None).in_words(2), "target 3");
    }

    #[test]
    fn a_stage_that_does_not_say_where_it_goes_is_sure_of_no_target() {
        let stage = |targets: Option<&[&str]>| Stage {
            name: None,
            targets: targets.map(|names| names.iter().map(|name| (*name).into()).collect()),
            traffic_bp: None,
            bake_s: None,
            min_requests: None,
            gate: None,
        };
        let eu = target(Some("eu"), None, None);
        assert!(
            stage(Some(&["*"])).is_sure_to_reach(&eu) && stage(Some(&["us", "eu"])).is_sure_to_reach(&eu)
        );
        assert!(!stage(None).is_sure_to_reach(&eu) && !stage(Some(&[])).is_sure_to_reach(&eu));
    }

    #[test]
    fn what_nobody_classified_is_tier_0() {
        let mut change = Change::unknown("c", ChangeKind::Config);
        assert_eq!(change.tier(), 0);
        change.services = Some(vec![]);
        assert_eq!(change.tier(), 0);
        change.services = Some(vec![service(Some(3)), service(Some(2))]);
        assert_eq!(change.tier(), 2);
        change.services = Some(vec![service(Some(3)), service(None)]);
        assert_eq!(change.tier(), 0);
    }
}
