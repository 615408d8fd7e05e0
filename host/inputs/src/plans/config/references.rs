//! Which configuration objects the pods of a workload read, and which workloads Flagger rolls out.

use super::super::flagger;
use super::super::manifest::{ByName, Manifest, ObjectName};
use crate::payload::foreign::Seen;

/// Workloads whose pods a plan replaces in steps.
const KINDS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "Rollout"];

/// Whether a document holds a workload, or what rolls one out.
pub(super) fn matter(document: Seen<'_>) -> bool {
    let is_workload = |it: &Manifest<'_>| it.is("flagger.app", "Canary") || KINDS.contains(&it.kind);
    Manifest::all(document).iter().any(is_workload)
}

/// The workloads of a side.
#[derive(Default)]
pub(super) struct Workloads {
    read: Vec<(Option<ObjectName>, Vec<ObjectName>)>,
    by_flagger: Vec<(ObjectName, ())>,
}

impl Workloads {
    /// Notes those of a document.
    pub(super) fn add(&mut self, document: Seen<'_>) {
        for manifest in Manifest::all(document) {
            if manifest.is("flagger.app", "Canary") {
                self.by_flagger.extend(flagger::governs(&manifest).map(|target| (target, ())));
            } else if KINDS.contains(&manifest.kind) {
                self.read.push((manifest.workload(), reads(&manifest)));
            }
        }
    }

    /// What pods read under its own name, and what Flagger copies for them.
    pub(super) fn references(self) -> (ByName<()>, ByName<()>) {
        let by_flagger = ByName::of(self.by_flagger);
        let is_copied = |of: &Option<ObjectName>| of.as_ref().is_some_and(|of| by_flagger.find(of).is_some());
        let (copied, own): (Vec<_>, Vec<_>) = self.read.into_iter().partition(|(of, _)| is_copied(of));
        let names = |of: Vec<(Option<ObjectName>, Vec<ObjectName>)>| {
            ByName::of(of.into_iter().flat_map(|(_, names)| names).map(|name| (name, ())))
        };
        (names(own), names(copied))
    }
}

/// The objects the pods of a workload read.
fn reads(manifest: &Manifest<'_>) -> Vec<ObjectName> {
    let Some(pod) = manifest.spec.and_then(|spec| spec.at(&["template", "spec"])) else { return Vec::new() };
    let containers = ["containers", "initContainers"].into_iter().filter_map(|key| pod.get(key));
    let in_containers = containers.flat_map(Seen::items).flat_map(of_container);
    let in_volumes = pod.get("volumes").into_iter().flat_map(Seen::items).flat_map(of_volume);
    let named = in_containers.chain(in_volumes).filter_map(|(kind, name)| {
        let name = name?.text()?.to_owned();
        let namespace = manifest.namespace().map(str::to_owned);
        Some(ObjectName { kind: kind.to_owned(), name, namespace })
    });
    named.collect()
}

type Named<'f> = (&'static str, Option<Seen<'f>>);

fn of_container(container: Seen<'_>) -> Vec<Named<'_>> {
    let list = |key: &str| container.get(key).into_iter().flat_map(Seen::items);
    let from = list("envFrom").flat_map(|source| {
        let of = |kind, key| (kind, source.at(&[key, "name"]));
        [of("ConfigMap", "configMapRef"), of("Secret", "secretRef")]
    });
    let values = list("env").flat_map(|variable| {
        let of = |kind, key| (kind, variable.at(&["valueFrom", key, "name"]));
        [of("ConfigMap", "configMapKeyRef"), of("Secret", "secretKeyRef")]
    });
    from.chain(values).collect()
}

fn of_volume(volume: Seen<'_>) -> Vec<Named<'_>> {
    let projected = volume.at(&["projected", "sources"]).into_iter().flat_map(Seen::items);
    let projected = projected.flat_map(|source| {
        [("ConfigMap", source.at(&["configMap", "name"])), ("Secret", source.at(&["secret", "name"]))]
    });
    let own =
        [("ConfigMap", volume.at(&["configMap", "name"])), ("Secret", volume.at(&["secret", "secretName"]))];
    projected.chain(own).collect()
}
