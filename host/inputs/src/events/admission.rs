//! Kubernetes `AdmissionReview` of `admission.k8s.io/v1`: one object that is about to be written, as an admission webhook
//! receives it (Kubernetes documentation, "Dynamic Admission Control").
//!
//! The API server states who writes what; whom that account works for it does not. `object` and `oldObject` are the two
//! states of a file whose path is the object's own in the API. What the object is, is for `resource` to say.

use interlock_model::{Action, Artifact, Digest, Origin, PersonKind, Phase};

use super::Event;
use super::body::{
    Answer, Body, exactly, map, one_of, optional_flag, optional_map, optional_prose, optional_text, text,
};
use super::said::Said;
use crate::error::{Problem, ProblemKind, shown};
use crate::payload::foreign::Seen;
use crate::payload::within::{States, compare_within};
use resource::{Image, Named};

mod resource;

/// Accounts under these names belong to Kubernetes itself or to a program in the cluster.
const BOTS: [&str; 5] = [
    "system:serviceaccount:",
    "system:node:",
    "system:kube-controller-manager",
    "system:kube-scheduler",
    "system:apiserver",
];
/// Labels that hold the service's name in a catalog, the first that is there.
const SERVICE_LABELS: [&str; 2] = ["backstage.io/kubernetes-id", "app.kubernetes.io/name"];
/// What the API server writes about writers: no setting, and new with every write.
const BOOKKEEPING: [&str; 2] = ["metadata", "managedFields"];

/// What is done to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Create,
    Update,
    Delete,
    Connect,
}

/// What comes of it.
enum Effect<'f> {
    /// A state that can be compared with the one before.
    Written,
    /// Something is done to the object.
    Done(&'f str),
}

/// A request, its parts found.
struct Request<'f> {
    seen: Seen<'f>,
    operation: Operation,
    operation_at: Origin,
    named: Named<'f>,
    before: Option<Seen<'f>>,
    after: Option<Seen<'f>>,
}

/// Reads a review.
pub(super) fn read(body: &Body<'_>) -> Answer<Event> {
    let version_help = "list `v1` in the webhook's `admissionReviewVersions`";
    exactly(body.root, "kind", "AdmissionReview", "give the request that the API server sends")?;
    exactly(body.root, "apiVersion", "admission.k8s.io/v1", version_help)?;
    let request = Request::of(map(body.root, "request")?)?;
    let uid = text(request.seen, "uid")?;
    let mut said = Said::of(body, format!("admission/{}", uid.text), uid.at);
    request.who(&mut said)?;
    request.what(&mut said)?;
    request.typed(&mut said)?;
    let compared = request.states(body).map(|states| compare_within(&states));
    Ok(Event { compared, asked_at: Some(Phase::Deploy), ..said.event() })
}

impl<'f> Request<'f> {
    fn of(seen: Seen<'f>) -> Answer<Self> {
        let operation = text(seen, "operation")?;
        let operation_at = operation.at;
        let operation = one_of(
            operation,
            &[
                ("CREATE", Operation::Create),
                ("UPDATE", Operation::Update),
                ("DELETE", Operation::Delete),
                ("CONNECT", Operation::Connect),
            ],
        )?;
        let (before, after) = (optional_map(seen, "oldObject")?, optional_map(seen, "object")?);
        let named = Named::of(seen, after.or(before))?;
        let request = Self { seen, operation, operation_at, named, before, after };
        request.check_states()?;
        Ok(request)
    }

    /// Whether the states are those of the operation: a state that is missing must not look like an object that is new.
    fn check_states(&self) -> Answer<()> {
        match self.operation {
            Operation::Create => self.absent("oldObject").and_then(|()| self.present("object")),
            Operation::Update => self.present("oldObject").and_then(|()| self.present("object")),
            Operation::Delete => self.absent("object"),
            Operation::Connect => self.absent("oldObject"),
        }?;
        [self.before, self.after].into_iter().flatten().try_for_each(|state| self.check_kind(state))
    }

    fn present(&self, key: &str) -> Answer<()> {
        map(self.seen, key).map(|_| ())
    }

    fn absent(&self, key: &str) -> Answer<()> {
        match optional_map(self.seen, key)? {
            None => Ok(()),
            Some(state) => {
                let operation = "null, as this operation has it";
                Err(Problem::new(ProblemKind::Value, state.origin().key, format!("a map for `{key}`"))
                    .expected(operation)
                    .help("give the body as it was sent"))
            }
        }
    }

    fn check_kind(&self, state: Seen<'_>) -> Answer<()> {
        match optional_text(state, "kind")? {
            Some(kind) if kind.text != self.named.kind.text => {
                Err(Problem::new(ProblemKind::Value, kind.at.value, format!("kind {}", shown(kind.text)))
                    .expected(format!("{}, as `request.kind` says", shown(self.named.kind.text)))
                    .help("give the body as it was sent"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn effect(&self) -> Effect<'f> {
        let sub_resource = self.named.sub_resource.map(|sub| sub.text);
        match (self.operation, sub_resource) {
            // Asked for by creating an `Eviction`, and a deletion all the same.
            (Operation::Create, Some("eviction")) => Effect::Done("evict"),
            (Operation::Create | Operation::Update, _) => Effect::Written,
            (Operation::Delete, _) => Effect::Done("delete"),
            (Operation::Connect, verb) => Effect::Done(verb.unwrap_or("connect")),
        }
    }

    fn who(&self, said: &mut Said) -> Answer<()> {
        let user = text(map(self.seen, "userInfo")?, "username")?;
        let is_bot = BOTS.iter().any(|bot| user.text.starts_with(bot));
        // Any other account may be a person or a pipeline: its name does not tell.
        said.author(user, is_bot.then_some(PersonKind::Bot));
        Ok(())
    }

    fn what(&self, said: &mut Said) -> Answer<()> {
        if let Some(kind) = self.named.change_kind(self.before, self.after) {
            said.kind(kind, self.named.kind.at);
        }
        said.attribute("kubernetes-operation", optional_text(self.seen, "operation")?);
        said.attribute("kubernetes-namespace", self.named.namespace);
        said.flag("kubernetes-dry-run", optional_flag(self.seen, "dryRun")?);
        match self.effect() {
            Effect::Written => self.shipped(said),
            Effect::Done(verb) => self.acted(said, verb),
        }
        Ok(())
    }

    /// The images of a workload.
    fn shipped(&self, said: &mut Said) {
        let Some(images) = self.after.and_then(|after| self.named.images(after)) else { return };
        let Some(first) = images.first() else { return };
        said.caller.place("/artifacts", first.at);
        for (index, image) in images.iter().enumerate() {
            said.caller.place(&format!("/artifacts/{index}"), image.at);
        }
        said.caller.facts.artifacts = Some(images.iter().map(artifact).collect());
    }

    /// Something is done to the object that leaves no state to compare.
    fn acted(&self, said: &mut Said, verb: &str) {
        let matched = self.named.is_one_thing().then_some(1);
        said.caller.facts.action = Some(Action {
            verb: verb.to_owned(),
            selector: Some(self.named.path.clone()),
            matched,
            total: None,
            remaining_capacity_bp: None,
            permanent: None,
            in_use_evidence: None,
            declared_sort: None,
            resolved_sort: None,
            held: None,
        });
        let at = self.operation_at;
        said.caller.place("/action", at);
        said.caller.place("/action/verb", self.named.sub_resource.map_or(at, |sub| sub.at));
        said.caller.place("/action/selector", self.named.name.map_or(self.named.kind.at, |name| name.at));
    }

    /// What the object's author wrote about it.
    fn typed(&self, said: &mut Said) -> Answer<()> {
        let Some(metadata) = self.after.or(self.before).and_then(|state| state.get("metadata")) else {
            return Ok(());
        };
        if let Some(annotations) = optional_map(metadata, "annotations")? {
            said.title(optional_prose(annotations, "kubernetes.io/change-cause")?);
        }
        let Some(labels) = optional_map(metadata, "labels")? else { return Ok(()) };
        for label in SERVICE_LABELS {
            if let Some(name) = optional_text(labels, label)? {
                Said::service(&mut said.author, name);
                break;
            }
        }
        Ok(())
    }

    /// What to compare. Options of a connection are no state of anything, nor is an eviction.
    fn states<'s>(&'s self, body: &'s Body<'_>) -> Option<States<'s>> {
        let is_state = match (self.operation, self.effect()) {
            (Operation::Delete, _) => self.before.is_some(),
            (Operation::Create | Operation::Update, Effect::Written) => true,
            (Operation::Create | Operation::Update, Effect::Done(_)) | (Operation::Connect, _) => false,
        };
        is_state.then(|| States {
            path: &self.named.path,
            name: body.name,
            foreign: body.foreign,
            raw: body.raw,
            before: self.before,
            after: self.after,
            left_out: &BOOKKEEPING,
        })
    }
}

fn artifact(image: &Image<'_>) -> Artifact {
    let (path, digest) = match image.text.split_once('@') {
        Some((path, digest)) => (path, Digest::try_from(digest.to_owned()).ok()),
        None => (image.text, None),
    };
    Artifact {
        path: path.to_owned(),
        generated_by: None,
        size_before_kib: None,
        size_after_kib: None,
        rows_before: None,
        rows_after: None,
        digest,
    }
}
