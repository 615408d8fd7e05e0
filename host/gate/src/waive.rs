//! Waivers: which finding one covers, and what comes of each. Pure.
//!
//! A waiver turns a block into a warning for one rule. It never covers the gate's own findings or a policy that broke, and
//! every one that names a rule which found something is in the report, whether it helped or not.

use interlock_model::{
    Change, ChangeDocument, Digest, Instant, JudgedFinding, Verdict, Waived, Waiver, WaiverReport,
    WaiverScope, WaiverState,
};

/// The waivers of a policy set, and what has come of each so far.
pub(crate) struct Waivers<'w> {
    waivers: &'w [Waiver],
    states: Vec<Option<WaiverState>>,
    now: Instant,
}

impl<'w> Waivers<'w> {
    pub(crate) fn new(waivers: &'w [Waiver], now: Instant) -> Self {
        Self { waivers, states: vec![None; waivers.len()], now }
    }

    /// Covers a finding if a waiver does. Of two that do, the one that ends first is named: the answer holds no longer.
    pub(crate) fn apply(
        &mut self,
        policy: &str,
        mut finding: JudgedFinding,
        document: &ChangeDocument,
    ) -> JudgedFinding {
        let mut covering: Option<&Waiver> = None;
        for (waiver, state) in self.waivers.iter().zip(&mut self.states) {
            if waiver.policy.as_str() != policy || waiver.rule != finding.rule {
                continue;
            }
            let now = state_of(waiver, self.now, document);
            // Used once is used, whatever it did not cover beside that.
            if *state != Some(WaiverState::Used) {
                *state = Some(now);
            }
            if now == WaiverState::Used && covering.is_none_or(|other| waiver.until < other.until) {
                covering = Some(waiver);
            }
        }
        if let Some(waiver) = covering {
            finding.verdict = finding.verdict.min(Verdict::Warn);
            finding.waived =
                Some(Waived { reason: waiver.reason.clone(), by: waiver.by.clone(), until: waiver.until });
        }
        finding
    }

    /// Every waiver that names a rule which found something.
    pub(crate) fn reports(self) -> Vec<WaiverReport> {
        let named = self.waivers.iter().zip(self.states);
        named
            .filter_map(|(waiver, state)| Some(WaiverReport { waiver: waiver.clone(), state: state? }))
            .collect()
    }
}

fn state_of(waiver: &Waiver, now: Instant, document: &ChangeDocument) -> WaiverState {
    if !covers(&waiver.scope, document) {
        WaiverState::OutOfScope
    } else if now < waiver.from {
        WaiverState::NotYet
    } else if now >= waiver.until {
        WaiverState::Expired
    } else {
        WaiverState::Used
    }
}

/// Everything that the scope names must be said by the change, and match. A scope that names nothing covers nothing.
fn covers(scope: &WaiverScope, document: &ChangeDocument) -> bool {
    let WaiverScope { change, files, services, environments } = scope;
    let given = change.is_some() || services.is_some() || environments.is_some();
    let this_change = |digest: &Digest| *digest == document.digest && *files == document.payload.digest;
    given
        && change.as_ref().is_none_or(this_change)
        && services.as_ref().is_none_or(|names| touches_only(&document.change, names))
        && environments.as_ref().is_none_or(|names| is_in(&document.change, names))
}

fn touches_only(change: &Change, names: &[String]) -> bool {
    let services = change.services.as_deref().unwrap_or_default();
    !services.is_empty() && services.iter().all(|service| names.contains(&service.name))
}

/// What the deploy system resolved, and what the author declared does not contradict it. The author's word alone is not
/// enough: whoever wants the waiver would write it.
fn is_in(change: &Change, names: &[String]) -> bool {
    let Some(environment) = &change.environment else { return false };
    environment.resolved.as_ref().is_some_and(|name| names.contains(name))
        && environment.declared.as_ref().is_none_or(|name| names.contains(name))
}
