//! Configuration objects of a side: ConfigMaps and Secrets, what becomes one (SealedSecret,
//! ExternalSecret), and what kustomize generates.

use std::collections::{BTreeMap, BTreeSet};

use interlock_model::Origin;

use super::super::manifest::{Manifest, ObjectName};
use super::{ChangedFile, Content};
use crate::payload::foreign::Seen;

/// Keys whose values pods read; the rest of an object (labels, annotations) reaches no pod.
const READ: &[&str] = &["data", "binaryData", "stringData", "spec"];
/// The generators of a kustomization, and what they make.
const GENERATORS: &[(&str, &str)] = &[("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")];
/// How an object asks Flagger not to copy it.
const TRACKING: &str = "flagger.app/config-tracking";

/// One configuration object.
pub(super) struct Object<'f> {
    pub(super) name: ObjectName,
    pub(super) at: Origin,
    pub(super) file: usize,
    /// Whether its name in the cluster ends in a hash of what it holds.
    pub(super) is_hashed: bool,
    /// Whether Flagger may copy it.
    pub(super) is_tracked: bool,
    holds: Vec<Option<Seen<'f>>>,
    /// Whether a file it is generated from differs.
    from_differing: bool,
}

/// Whether an object holds something else than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// It holds the same.
    No,
    /// It differs.
    Yes,
}

impl Object<'_> {
    pub(super) fn changed(&self, before: &Object<'_>) -> Changed {
        let same = self.holds.len() == before.holds.len()
            && self.holds.iter().zip(&before.holds).all(|(after, before)| is_same_or_absent(*after, *before));
        if same && !self.from_differing { Changed::No } else { Changed::Yes }
    }
}

/// Paths of files that differ between the sides, or may.
pub(super) type Differing = BTreeSet<String>;

pub(super) fn differing(files: &[ChangedFile<'_>]) -> Differing {
    let differs = |file: &&ChangedFile<'_>| file.before == Content::Unknown || file.before != file.after;
    files.iter().filter(differs).map(|file| file.path.to_owned()).collect()
}

/// Whether a document holds or generates a configuration object.
pub(super) fn matter(path: &str, document: Seen<'_>) -> bool {
    let holds = |manifest: &Manifest<'_>| of_manifest(0, manifest).is_some();
    is_kustomization(path, document) || Manifest::all(document).iter().any(holds)
}

/// kustomize takes a file of its name without a kind.
fn is_kustomization(path: &str, document: Seen<'_>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    match document.get("kind") {
        Some(kind) => kind.text() == Some("Kustomization"),
        None => ["kustomization.yaml", "kustomization.yml"].contains(&name),
    }
}

/// The configuration objects of a document.
pub(super) fn of_document<'f>(
    file: usize,
    path: &str,
    document: Seen<'f>,
    differ: &Differing,
) -> Vec<Object<'f>> {
    if is_kustomization(path, document) {
        return generated(file, path, document, differ);
    }
    Manifest::all(document).iter().filter_map(|manifest| of_manifest(file, manifest)).collect()
}

fn of_manifest<'f>(file: usize, manifest: &Manifest<'f>) -> Option<Object<'f>> {
    let own = manifest.object.at(&["metadata", "name"]);
    let (kind, named) = if manifest.api == "v1" && manifest.kind == "ConfigMap" {
        ("ConfigMap", own)
    } else if manifest.api == "v1" && manifest.kind == "Secret" {
        ("Secret", own)
    } else if manifest.is("bitnami.com", "SealedSecret") {
        ("Secret", manifest.object.at(&["spec", "template", "metadata", "name"]).or(own))
    } else if manifest.is("external-secrets.io", "ExternalSecret") {
        ("Secret", manifest.object.at(&["spec", "target", "name"]).or(own))
    } else {
        return None;
    };
    let named = named?;
    let tracking = manifest.object.at(&["metadata", "annotations", TRACKING]).and_then(Seen::text);
    Some(Object {
        name: name_of(kind, named, manifest.namespace())?,
        at: named.origin(),
        file,
        is_hashed: false,
        is_tracked: tracking != Some("disabled"),
        holds: READ.iter().map(|key| manifest.object.get(key)).collect(),
        from_differing: false,
    })
}

fn name_of(kind: &str, named: Seen<'_>, namespace: Option<&str>) -> Option<ObjectName> {
    let name = named.text().filter(|name| super::super::manifest::is_rendered(name))?.to_owned();
    Some(ObjectName { kind: kind.to_owned(), name, namespace: namespace.map(str::to_owned) })
}

/// What a kustomization generates. Its name ends in a hash unless that is switched off, here or for one
/// generator.
fn generated<'f>(file: usize, path: &str, document: Seen<'f>, differ: &Differing) -> Vec<Object<'f>> {
    let is_off = |options: Option<Seen<'_>>| {
        options.and_then(|it| it.get("disableNameSuffixHash")).and_then(Seen::boolean) == Some(true)
    };
    let all_off = is_off(document.get("generatorOptions"));
    let mut objects = Vec::new();
    for (key, kind) in GENERATORS {
        for generator in document.get(key).into_iter().flat_map(Seen::items) {
            let Some(named) = generator.get("name") else { continue };
            let namespace = generator.get("namespace").and_then(Seen::text);
            let Some(name) = name_of(kind, named, namespace) else { continue };
            objects.push(Object {
                name,
                at: named.origin(),
                file,
                is_hashed: !all_off && !is_off(generator.get("options")),
                is_tracked: true,
                holds: vec![Some(generator)],
                from_differing: sources(generator).any(|source| differ.contains(&beside(path, source))),
            });
        }
    }
    objects
}

/// Files a generator reads: `files` as paths or `key=path`, `envs`, and the older `env`.
fn sources<'f>(generator: Seen<'f>) -> impl Iterator<Item = &'f str> {
    let lists = ["files", "envs"].into_iter().filter_map(move |key| generator.get(key)).flat_map(Seen::items);
    let named = lists.chain(generator.get("env")).filter_map(Seen::text);
    named.map(|source| source.rsplit_once('=').map_or(source, |(_, path)| path))
}

/// A path relative to a file's folder, without `.` and `..`.
fn beside(file: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn is_same_or_absent(a: Option<Seen<'_>>, b: Option<Seen<'_>>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => is_same(a, b),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether two values hold the same, whatever order their keys are in. As deep as the readers allow.
fn is_same(a: Seen<'_>, b: Seen<'_>) -> bool {
    if a.scalar() != b.scalar() || a.is_null() != b.is_null() {
        return false;
    }
    let (left, right): (BTreeMap<_, _>, BTreeMap<_, _>) = (a.entries().collect(), b.entries().collect());
    let keys = left.len() == right.len()
        && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| is_same(*value, *other)));
    let (left, right): (Vec<_>, Vec<_>) = (a.items().collect(), b.items().collect());
    keys && left.len() == right.len() && left.iter().zip(right).all(|(a, b)| is_same(*a, b))
}
