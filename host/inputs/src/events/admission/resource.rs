//! What a Kubernetes object is called in its API, what sort of change a change of it is, and which images it runs.
//!
//! No table of the world's resources: those that come with Kubernetes and the few that most clusters add. Of any other
//! the sort is not told, and is unknown.

use interlock_model::{ChangeKind, Origin};

use super::super::body::{Answer, Text, map, optional_text, step, text};
use crate::payload::foreign::Seen;

/// An image that a container runs.
pub(super) struct Image<'f> {
    pub(super) text: &'f str,
    pub(super) at: Origin,
}

/// What the object is called.
pub(super) struct Named<'f> {
    pub(super) kind: Text<'f>,
    group: &'f str,
    pub(super) sub_resource: Option<Text<'f>>,
    pub(super) namespace: Option<Text<'f>>,
    /// Absent when the API server is yet to make one up, or when a whole collection is meant.
    pub(super) name: Option<Text<'f>>,
    /// Its path in the API.
    pub(super) path: String,
}

impl<'f> Named<'f> {
    /// By the request, and by the object where the request gives no name.
    pub(super) fn of(request: Seen<'f>, object: Option<Seen<'f>>) -> Answer<Self> {
        let (kind, resource) = (map(request, "kind")?, map(request, "resource")?);
        let metadata = object.and_then(|object| object.get("metadata"));
        let from_object = |key| metadata.map_or(Ok(None), |metadata| optional_text(metadata, key));
        let name = optional_text(request, "name")?.or(from_object("name")?);
        let named = Self {
            kind: text(kind, "kind")?,
            group: optional_text(kind, "group")?.map_or("", |group| group.text),
            sub_resource: optional_text(request, "subResource")?,
            namespace: optional_text(request, "namespace")?,
            name,
            path: String::new(),
        };
        let shown_name = name.or(from_object("generateName")?);
        Ok(Self { path: named.path_of(resource, shown_name)?, ..named })
    }

    /// `apis/apps/v1/namespaces/payments/deployments/api`
    fn path_of(&self, resource: Seen<'_>, name: Option<Text<'_>>) -> Answer<String> {
        let version = step(text(resource, "version")?)?;
        let plural = step(text(resource, "resource")?)?;
        let mut steps = match optional_text(resource, "group")? {
            None => vec!["api", version],
            Some(group) => vec!["apis", step(group)?, version],
        };
        // The request for a namespace names the namespace itself.
        if let Some(namespace) = self.namespace.filter(|_| plural != "namespaces") {
            steps.extend(["namespaces", step(namespace)?]);
        }
        steps.push(plural);
        for part in [name, self.sub_resource].into_iter().flatten() {
            steps.push(step(part)?);
        }
        Ok(steps.join("/"))
    }

    /// Whether what is done to it is done to one thing. What is deleted with a namespace, or with the definition of a
    /// resource, is everything of that sort; without a name it is a collection.
    pub(super) fn is_one_thing(&self) -> bool {
        let takes_others = matches!(self.kind.text, "Namespace" | "CustomResourceDefinition");
        self.name.is_some() && !takes_others
    }

    /// What sort of change this is. `None`: this file does not know.
    pub(super) fn change_kind(
        &self,
        before: Option<Seen<'_>>,
        after: Option<Seen<'_>>,
    ) -> Option<ChangeKind> {
        match self.sub_resource.map(|sub| sub.text) {
            Some("scale") => Some(ChangeKind::Infra),
            Some("exec" | "attach" | "portforward" | "proxy" | "eviction") => Some(ChangeKind::Command),
            Some(_) => None,
            None if self.runs_images() => Some(self.workload_kind(before, after)),
            None => kind_of(self.group, self.kind.text),
        }
    }

    /// Other images are other code; images that cannot be told might be.
    fn workload_kind(&self, before: Option<Seen<'_>>, after: Option<Seen<'_>>) -> ChangeKind {
        let images = |state: Option<Seen<'_>>| {
            let images = self.images(state?)?;
            Some(images.iter().map(|image| image.text.to_owned()).collect::<Vec<_>>())
        };
        match (images(before), images(after)) {
            (Some(old), Some(new)) if old == new => ChangeKind::Config,
            (Some(_) | None, Some(_) | None) => ChangeKind::Code,
        }
    }

    fn runs_images(&self) -> bool {
        self.pod_spec().is_some()
    }

    /// Where in the object the pods are described.
    fn pod_spec(&self) -> Option<&'static [&'static str]> {
        match (self.group, self.kind.text) {
            ("", "Pod") => Some(&["spec"]),
            ("", "ReplicationController")
            | ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
            | ("batch", "Job")
            | ("argoproj.io", "Rollout") => Some(&["spec", "template", "spec"]),
            ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
            _ => None,
        }
    }

    /// The images of all containers. `None`: not all of them can be told.
    pub(super) fn images<'s>(&self, object: Seen<'s>) -> Option<Vec<Image<'s>>> {
        let spec = object.at(self.pod_spec()?)?;
        let containers = ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .filter_map(|key| spec.get(key))
            .flat_map(Seen::items);
        let images: Vec<Image<'s>> = containers.map(image).collect::<Option<_>>()?;
        (!images.is_empty()).then_some(images)
    }
}

fn image(container: Seen<'_>) -> Option<Image<'_>> {
    let image = container.get("image")?;
    Some(Image { text: image.text().filter(|text| !text.is_empty())?, at: image.origin() })
}

fn kind_of(group: &str, kind: &str) -> Option<ChangeKind> {
    match (group, kind) {
        ("", "ConfigMap" | "Secret") => Some(ChangeKind::Config),
        ("", "Service" | "Endpoints")
        | (
            "discovery.k8s.io" | "networking.k8s.io" | "gateway.networking.k8s.io" | "networking.istio.io",
            _,
        ) => Some(ChangeKind::Network),
        (
            "",
            "Namespace"
            | "Node"
            | "PersistentVolume"
            | "PersistentVolumeClaim"
            | "ResourceQuota"
            | "LimitRange"
            | "ServiceAccount",
        )
        | ("autoscaling" | "storage.k8s.io" | "scheduling.k8s.io" | "node.k8s.io", _)
        | ("policy", "PodDisruptionBudget") => Some(ChangeKind::Infra),
        ("rbac.authorization.k8s.io" | "admissionregistration.k8s.io" | "security.istio.io", _) => {
            Some(ChangeKind::Policy)
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => Some(ChangeKind::Schema),
        _ => None,
    }
}
