//! How much traffic a canary takes where pods are all there is to divide it: without a mesh or an ingress
//! that Argo Rollouts steers, 5 percent of three replicas is one pod of four.

use interlock_model::BasisPoints;

use super::super::amount::{CountOrPercent, count, share};
use crate::payload::foreign::Seen;

/// How a weight becomes a share of the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Divided {
    /// By a router, in parts of this number.
    Routed { whole: u32 },
    /// By pods.
    Pods { replicas: u32, surge: bool },
    /// By pods, but how many there are is not said: the weight is all that is known.
    Unsaid,
    /// It cannot be read.
    Unread,
}

impl Divided {
    pub(super) fn of(spec: Seen<'_>, canary: Seen<'_>) -> Self {
        let routing = canary.get("trafficRouting").filter(|routing| !routing.is_null());
        if let Some(routing) = routing {
            return match routing.get("maxTrafficWeight").map(count) {
                None => Self::Routed { whole: 100 },
                Some(Some(whole)) if whole > 0 => Self::Routed { whole },
                Some(_) => Self::Unread,
            };
        }
        match spec.get("replicas").map(count) {
            None => Self::Unsaid,
            Some(Some(replicas)) => Self::Pods { replicas, surge: surges(canary) },
            Some(None) => Self::Unread,
        }
    }

    /// The share of the traffic that a weight comes to.
    pub(super) fn share(self, weight: u32) -> Option<BasisPoints> {
        match self {
            Self::Routed { whole } => share(weight, whole),
            Self::Pods { replicas, surge } => by_pods(weight, replicas, surge),
            Self::Unsaid => share(weight, 100),
            Self::Unread => None,
        }
    }
}

/// Whether one more pod than there are replicas may run. The default, a quarter, is at least one.
fn surges(canary: Seen<'_>) -> bool {
    let surge = canary.get("maxSurge").and_then(CountOrPercent::of);
    surge.is_none_or(|surge| !surge.is_zero())
}

/// The controller takes the number of canary pods whose share is nearest to the weight, of as many pods as
/// there are replicas or, with a surge, one more; at least one pod for any weight but 0, and never all of
/// them but for 100.
fn by_pods(weight: u32, replicas: u32, surge: bool) -> Option<BasisPoints> {
    if weight > 100 || replicas == 0 {
        return None;
    }
    if weight == 0 || weight == 100 {
        return share(weight, 100);
    }
    let options = options(u64::from(weight), u64::from(replicas), surge);
    let far = |(pods, total): &(u64, u64)| {
        // Compared without fractions: pods/total - weight/100, times 100 * total, over total.
        let off = (pods * 100).abs_diff(u64::from(weight) * total);
        (off.saturating_mul(1_000_000_000) / total, *total, u64::MAX - *pods)
    };
    let (pods, total) = options.into_iter().min_by_key(far)?;
    share(u32::try_from(pods).ok()?, u32::try_from(total).ok()?)
}

fn options(weight: u64, replicas: u64, surge: bool) -> Vec<(u64, u64)> {
    let low = weight * replicas / 100;
    let high = (weight * replicas).div_ceil(100);
    let alone = replicas == 1 && !surge;
    let fits = |pods: u64, total: u64| (pods < total && pods > 0) || alone;
    // A half is rounded up, so the lower number is no choice then.
    let is_half = |total: u64| (weight * total) % 100 == 50;
    let mut options = Vec::new();
    for total in [Some(replicas), surge.then_some(replicas + 1)].into_iter().flatten() {
        let pods = [Some(high), (!is_half(total)).then_some(low)].into_iter().flatten();
        options.extend(pods.filter(|pods| fits(*pods, total)).map(|pods| (pods, total)));
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pods_take_more_than_the_weight() {
        let bp = |weight, replicas, surge| by_pods(weight, replicas, surge).map(BasisPoints::get);
        assert_eq!(bp(5, 3, true), Some(2500));
        assert_eq!(bp(5, 3, false), Some(3334));
        assert_eq!(bp(5, 1, true), Some(5000));
        // One pod, and no room for another: it is the old one or the new one, whichever is nearer.
        assert_eq!(bp(5, 1, false), Some(0));
        assert_eq!(bp(60, 1, false), Some(10_000));
    }

    #[test]
    fn enough_pods_take_the_weight() {
        let bp = |weight, replicas, surge| by_pods(weight, replicas, surge).map(BasisPoints::get);
        assert_eq!(bp(20, 5, true), Some(2000));
        assert_eq!(bp(5, 20, true), Some(500));
        assert_eq!(bp(10, 9, true), Some(1000));
        assert_eq!(bp(50, 3, true), Some(5000));
        assert_eq!((bp(0, 3, true), bp(100, 3, true), bp(101, 3, true)), (Some(0), Some(10_000), None));
    }
}
