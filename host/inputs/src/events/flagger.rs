//! The body that Flagger posts to the webhooks of a canary: `name`, `namespace`, `phase`, `checksum`, `metadata`
//! (Flagger's documentation, "Webhooks").
//!
//! The body does not say which hook it is for: `pre-rollout`, `rollout` and `confirm-promotion` all come with the phase
//! `Progressing`. So the point at which Flagger asks is told only where the phase leaves no choice; elsewhere whoever
//! sets up the hook has to say it. `metadata` is typed into the manifest, by the author of the change, and never tells.

use interlock_model::{Canary, CanaryVerdict, Phase};

use super::Event;
use super::body::{Answer, Body, one_of, optional_map, optional_text, step, text};
use super::said::Said;
use crate::error::{Problem, ProblemKind};
use crate::payload::foreign::Seen;

/// Keys of `metadata` that are read.
const METADATA_MAX: usize = 64;
/// Bytes of each.
const KEY_BYTES_MAX: usize = 256;

/// How far Flagger is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CanaryPhase {
    Starting,
    Waiting,
    Progressing,
    WaitingPromotion,
    Ending,
    Failed,
}

const PHASES: [(&str, CanaryPhase); 11] = [
    ("Initializing", CanaryPhase::Starting),
    ("Initialized", CanaryPhase::Starting),
    ("Waiting", CanaryPhase::Waiting),
    ("Progressing", CanaryPhase::Progressing),
    ("WaitingPromotion", CanaryPhase::WaitingPromotion),
    ("Promoting", CanaryPhase::Ending),
    ("Finalising", CanaryPhase::Ending),
    ("Succeeded", CanaryPhase::Ending),
    ("Failed", CanaryPhase::Failed),
    ("Terminating", CanaryPhase::Ending),
    ("Terminated", CanaryPhase::Ending),
];

/// Reads a body.
pub(super) fn read(body: &Body<'_>) -> Answer<Event> {
    let (name, namespace) = (text(body.root, "name")?, text(body.root, "namespace")?);
    let phase_text = text(body.root, "phase")?;
    let phase = one_of(phase_text, &PHASES)?;
    let mut said = Said::of(body, format!("flagger/{}/{}", step(namespace)?, step(name)?), name.at);
    Said::service(&mut said.caller, name);
    said.attribute("kubernetes-namespace", Some(namespace));
    said.attribute("flagger-phase", Some(phase_text));
    said.attribute("flagger-checksum", optional_text(body.root, "checksum")?);
    if phase == CanaryPhase::Failed {
        let verdict = Some(CanaryVerdict::Fail);
        said.caller.facts.canary =
            Some(Canary { verdict, digest: None, requests: None, executed_path: None });
        said.caller.place("/canary", phase_text.at);
        said.caller.place("/canary/verdict", phase_text.at);
    }
    metadata(&mut said, body.root)?;
    Ok(Event { asked_at: phase.asked_at(), ..said.event() })
}

impl CanaryPhase {
    /// `Waiting` is the phase of a rollout that `confirm-rollout` has halted, `WaitingPromotion` that of a promotion that
    /// `confirm-promotion` has.
    fn asked_at(self) -> Option<Phase> {
        match self {
            Self::Waiting => Some(Phase::Deploy),
            Self::WaitingPromotion => Some(Phase::Promote),
            Self::Starting | Self::Progressing | Self::Ending | Self::Failed => None,
        }
    }
}

fn metadata(said: &mut Said, root: Seen<'_>) -> Answer<()> {
    let Some(metadata) = optional_map(root, "metadata")? else { return Ok(()) };
    let long = metadata.entries().any(|(key, _)| key.len() > KEY_BYTES_MAX);
    if long || metadata.entries().nth(METADATA_MAX).is_some() {
        let found =
            format!("more than {METADATA_MAX} keys in `metadata`, or one of more than {KEY_BYTES_MAX} bytes");
        let problem = Problem::new(ProblemKind::TooMuch, metadata.origin().value, found);
        return Err(problem.help("keep in the webhook's `metadata` what the gate needs"));
    }
    for (key, _) in metadata.entries() {
        if let Some(value) = optional_text(metadata, key)? {
            said.typed_attribute(&format!("flagger-metadata-{key}"), value);
        }
    }
    Ok(())
}
