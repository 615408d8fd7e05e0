//! What a finding, or a policy that is broken, means for the change: how every format sorts them that is neither the
//! text nor the JSON report.

use interlock_model::{JudgedFinding, Mode, PolicyReport, Verdict};

/// What it means for the change. The order is the one in which people should read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// It must not go on.
    Blocks,
    /// Somebody should look.
    Warns,
    /// Told, and nothing more.
    Told,
    /// Somebody has decided to let it pass for a while. Shown, and no longer held against the change.
    Waived,
    /// It was there before and is accepted as it is. Shown, and no longer held against the change.
    Known,
    /// From a policy in shadow, whose word does not count.
    Shadow,
}

impl Effect {
    /// What a verdict means if nothing takes it back.
    pub(crate) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Block => Self::Blocks,
            Verdict::Warn => Self::Warns,
            Verdict::Allow => Self::Told,
        }
    }

    /// What one finding means.
    pub(crate) fn of_finding(policy: &PolicyReport, finding: &JudgedFinding) -> Self {
        match (policy.mode, &finding.waived) {
            (Mode::Shadow, _) => Self::Shadow,
            // Of the two it is the waiver that ends.
            (Mode::Enforce | Mode::Warn, Some(_)) => Self::Waived,
            (Mode::Enforce | Mode::Warn, None) if finding.baseline.is_known() => Self::Known,
            (Mode::Enforce | Mode::Warn, None) => Self::of(finding.verdict),
        }
    }

    /// What it means that a policy is broken. No waiver covers that, and no baseline.
    pub(crate) fn of_broken(policy: &PolicyReport) -> Self {
        match policy.mode {
            Mode::Shadow => Self::Shadow,
            Mode::Enforce | Mode::Warn => Self::of(policy.verdict),
        }
    }
}

/// What the policy asked for, as the end of a sentence. Empty if that is what the finding weighs.
pub(crate) fn asked_for(finding: &JudgedFinding) -> String {
    if finding.asked == finding.verdict { String::new() } else { format!(" (asked for: {})", finding.asked) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_mode_weighs_more_than_a_waiver_and_a_waiver_more_than_a_baseline() {
        let (report, _) = fixture::governed();
        let waived = report.policies.first().expect("a policy");
        let interlock_model::ReportedOutcome::Findings(found) = &waived.outcome else { panic!("findings") };
        let mut finding = found[0].clone();
        let under = |mode: Mode, finding: &JudgedFinding| {
            Effect::of_finding(&PolicyReport { mode, ..waived.clone() }, finding)
        };
        assert_eq!(under(Mode::Enforce, &finding), Effect::Waived);
        assert_eq!(under(Mode::Shadow, &finding), Effect::Shadow);
        let says = interlock_model::Says::from_sha256(&[0; 32]);
        finding.baseline = interlock_model::InBaseline::Known(says.clone());
        assert_eq!(under(Mode::Enforce, &finding), Effect::Waived);
        assert_eq!(under(Mode::Shadow, &finding), Effect::Shadow);
        finding.waived = None;
        assert_eq!(under(Mode::Warn, &finding), Effect::Known);
        finding.baseline = interlock_model::InBaseline::New(says);
        for (verdict, standing) in
            [(Verdict::Block, Effect::Blocks), (Verdict::Warn, Effect::Warns), (Verdict::Allow, Effect::Told)]
        {
            finding.verdict = verdict;
            assert_eq!(under(Mode::Enforce, &finding), standing);
            assert_eq!(under(Mode::Shadow, &finding), Effect::Shadow);
            let policy = PolicyReport { verdict, ..waived.clone() };
            assert_eq!(Effect::of_broken(&policy), standing);
        }
    }
}
