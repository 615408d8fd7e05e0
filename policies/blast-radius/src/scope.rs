//! Whether a change reaches no more than its author meant. Where the author has not said, there is nothing to compare.

use interlock_guest::prelude::*;
use interlock_guest::{first_few, is_blank};

use crate::rules::{STAGE_ELSEWHERE, UNDECLARED_TARGET, UNRESOLVED_TARGETS};
use crate::settings::Limits;

/// The places a change is meant for.
pub(crate) struct Meant<'a> {
    names: &'a [String],
}

impl<'a> Meant<'a> {
    /// `None`: not said, or everywhere.
    pub(crate) fn of(change: &'a Change) -> Option<Self> {
        let names = change.declared_targets.as_deref()?;
        if names.iter().any(|name| name == "*") {
            return None;
        }
        Some(Self { names })
    }

    /// Resolved targets beyond those that were meant; before the start, also targets that nobody has resolved.
    pub(crate) fn exceeded(&self, change: &Change, question: &Question, limits: &Limits) -> Option<Finding> {
        let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
        let verdict = by_tier.verdict(change)?;
        match change.known_targets() {
            Some(targets) => self.undeclared(targets, verdict),
            None => self.unresolved(question, verdict),
        }
    }

    fn undeclared(&self, targets: &[Target], verdict: Verdict) -> Option<Finding> {
        let beyond = || targets.iter().enumerate().filter(|(_, target)| !self.covers(target));
        let count = beyond().count();
        if count == 0 {
            return None;
        }
        let places = first_few(beyond().map(|(index, target)| target.in_words(index)));
        let message =
            text!("{count} of {} targets lie outside of {}: {places}", targets.len(), self.in_words());
        let finding = UNDECLARED_TARGET.finding(verdict, message);
        // A finding has a limit of places, and the first few tell enough.
        Some(beyond().take(9).fold(finding, |finding, (index, _)| finding.at(text!("/targets/{index}"))))
    }

    /// At merge nothing is resolved yet.
    fn unresolved(&self, question: &Question, verdict: Verdict) -> Option<Finding> {
        match question.asked_at {
            Phase::Merge => return None,
            Phase::Deploy | Phase::Promote => {}
        }
        let message = text!("it is meant for {}, and nobody knows where it goes", self.in_words());
        Some(UNRESOLVED_TARGETS.finding(verdict, message).at("/targets"))
    }

    /// A stage that does not keep to the places: one that names another place, and one that is not known to name any. What
    /// reaches no stage of the plan is for `staged-rollout` to say.
    pub(crate) fn strayed(&self, change: &Change) -> Option<Finding> {
        let targets = change.known_targets()?;
        let stages = change.stages().filter(|stages| !stages.is_empty());
        let Some(stages) = stages else {
            let message = text!("it is meant for {}, and no stages are known", self.in_words());
            return Some(STAGE_ELSEWHERE.finding(Verdict::Warn, message).at("/rollout/stages"));
        };
        let (index, message) = stages.iter().enumerate().find_map(|(index, stage)| {
            let stray = self.stray(stage, targets)?;
            Some((index, text!("stage {} {stray}; it is meant for {}", index + 1, self.in_words())))
        })?;
        let at = text!("/rollout/stages/{index}/targets");
        Some(STAGE_ELSEWHERE.finding(Verdict::Warn, message).at(at))
    }

    fn stray(&self, stage: &Stage, targets: &[Target]) -> Option<String> {
        let Some(names) = stage.targets.as_ref().filter(|names| !names.is_empty()) else {
            return Some("does not say where it goes".into());
        };
        let is_known = |name: &String| {
            self.names.contains(name) || name == "*" || targets.iter().any(|target| target.is_named(name))
        };
        let mut strange = names.iter().filter(|name| !is_known(name)).peekable();
        strange.peek()?;
        Some(text!("goes to what is no target: {}", first_few(strange.map(|name| text!("`{name}`")))))
    }

    /// Nothing covers a target of which nothing is known.
    fn covers(&self, target: &Target) -> bool {
        self.names.iter().any(|name| !is_blank(name) && target.is_named(name))
    }

    fn in_words(&self) -> String {
        match self.names.is_empty() {
            true => "no place at all".into(),
            false => first_few(self.names.iter().map(|name| text!("`{name}`"))),
        }
    }
}
