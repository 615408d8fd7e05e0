//! Events and requests of other systems, each to what it says of a change: an admission review, a deployment or pull
//! request of GitHub, a run task of HCP Terraform, a CDEvents event, a webhook of Flagger, an execution of Spinnaker.
//!
//! Which of them a body is, is for whoever asks to say: a body never chooses how it is read. What the platform states is
//! [`Speaker::Caller`](crate::Speaker), what a person typed inside it is `Author`. What authors a change is stated only
//! where the platform knows it; who pressed the button of a deployment is an attribute, because a two-person rule that
//! took that person for the author would let the author approve.
//!
//! `mask` (secrets overwritten, byte for byte) -> `foreign` (a tree with places) -> one file per shape -> [`Event`].
//! Nothing is fetched, no signature is checked, no verdict. `merge` calls [`read`].

use interlock_model::{Doubt, Phase, Span};

use crate::Statement;
use crate::error::{InputError, Problem, ProblemKind};
use crate::payload::Compared;
use crate::payload::foreign::{Foreign, Written};
use body::Body;

mod admission;
mod body;
mod cdevents;
mod flagger;
mod github;
mod github_deployment;
mod github_pull_request;
mod mask;
mod said;
mod spinnaker;
mod terraform;
#[cfg(test)]
mod tests;

/// Bytes of one event. An API server takes objects of about 3 MiB, and a review holds two of them.
const EVENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The shapes that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// `AdmissionReview` of `admission.k8s.io/v1`, as an admission webhook receives it.
    KubernetesAdmission,
    /// GitHub's `deployment_protection_rule` webhook.
    GithubDeploymentProtectionRule,
    /// GitHub's `deployment` webhook.
    GithubDeployment,
    /// GitHub's `pull_request` and `pull_request_review` webhooks.
    GithubPullRequest,
    /// The request of an HCP Terraform run task.
    TerraformRunTask,
    /// Change, service and environment events of CDEvents, alone or as `data` of a CloudEvents event.
    Cdevents,
    /// The body Flagger posts to the webhooks of a canary.
    Flagger,
    /// An execution of a Spinnaker pipeline, alone or as Echo sends it.
    Spinnaker,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// What the platform states, then what a person typed, if there is any of it.
    pub(crate) statements: Vec<Statement>,
    /// What differs between the two states of an object, if the event holds them.
    pub(crate) compared: Option<Compared>,
    /// The point at which the platform asks. `None`: the event does not tell.
    pub(crate) asked_at: Option<Phase>,
    /// Stages that are done. `None`: the event does not tell.
    pub(crate) stages_done: Option<u32>,
    /// The event is about a plan that it only points to. To be dropped where the plan is given beside it.
    pub(crate) plan_not_here: Option<Doubt>,
}

impl EventKind {
    /// All, in the order they are listed to people.
    pub const ALL: [Self; 8] = [
        Self::Cdevents,
        Self::Flagger,
        Self::GithubDeployment,
        Self::GithubDeploymentProtectionRule,
        Self::GithubPullRequest,
        Self::KubernetesAdmission,
        Self::Spinnaker,
        Self::TerraformRunTask,
    ];

    /// Its name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::KubernetesAdmission => "kubernetes-admission",
            Self::GithubDeploymentProtectionRule => "github-deployment-protection-rule",
            Self::GithubDeployment => "github-deployment",
            Self::GithubPullRequest => "github-pull-request",
            Self::TerraformRunTask => "terraform-run-task",
            Self::Cdevents => "cdevents",
            Self::Flagger => "flagger",
            Self::Spinnaker => "spinnaker",
        }
    }

    /// The shape of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn said_by(self, body: &Body<'_>) -> body::Answer<Event> {
        match self {
            Self::KubernetesAdmission => admission::read(body),
            Self::GithubDeploymentProtectionRule => github_deployment::protection_rule(body),
            Self::GithubDeployment => github_deployment::deployment(body),
            Self::GithubPullRequest => github_pull_request::read(body),
            Self::TerraformRunTask => terraform::read(body),
            Self::Cdevents => cdevents::read(body),
            Self::Flagger => flagger::read(body),
            Self::Spinnaker => spinnaker::read(body),
        }
    }
}

/// Reads an event of this shape. `name` is for people.
///
/// # Errors
/// If it is larger than is read, not JSON, or not of this shape: what was found, what was expected, where.
pub(crate) fn read(name: &str, bytes: &[u8], kind: EventKind) -> Result<Event, InputError> {
    let refused = |problem| InputError::new(name, vec![problem]);
    check_size(bytes).map_err(refused)?;
    let masked = mask::masked(name, bytes, kind)?;
    let foreign = Foreign::read(name, &masked.bytes, Written::Json)?;
    let root = foreign.documents().next().ok_or_else(|| refused(nothing()))?;
    let body = Body { name, foreign: &foreign, raw: masked.raw, root };
    kind.said_by(&body).map_err(|problem| {
        let help = format!("{}; it was read as `{}`", problem.help, kind.name());
        refused(problem.help(help))
    })
}

fn check_size(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() <= EVENT_BYTES_MAX {
        return Ok(());
    }
    let found = format!("{} bytes", bytes.len());
    Err(Problem::new(ProblemKind::TooMuch, top(), found)
        .expected(format!("at most {EVENT_BYTES_MAX} (8 MiB)"))
        .help("give the body of one event"))
}

fn nothing() -> Problem {
    Problem::new(ProblemKind::Empty, top(), "nothing").expected("an event").help("give the event's body")
}

fn top() -> Span {
    Span { start: 0, end: 0, line: 1, column: 1 }
}
