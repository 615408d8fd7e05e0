//! Kubernetes objects as the adapters see them: what kind, what name, what spec.
//!
//! It holds no plan. A template that was not rendered has no name that can be compared, so it has none here.

use std::collections::BTreeMap;

use crate::payload::foreign::Seen;

/// Lists inside lists are not unfolded further: `kubectl` does not either.
const LIST_KINDS: &[&str] = &["List"];

/// One object of a file.
#[derive(Clone, Copy)]
pub(super) struct Manifest<'f> {
    pub(super) object: Seen<'f>,
    pub(super) api: &'f str,
    pub(super) kind: &'f str,
    pub(super) spec: Option<Seen<'f>>,
}

/// What names an object in a cluster. Without a namespace it is in whichever the file is applied to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ObjectName {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) namespace: Option<String>,
}

/// Things by the object they belong to.
pub(super) struct ByName<T> {
    named: BTreeMap<(String, String), BTreeMap<Option<String>, T>>,
}

impl<T> ByName<T> {
    /// Of two things of one object the last is kept.
    pub(super) fn of(things: impl IntoIterator<Item = (ObjectName, T)>) -> Self {
        let mut named: BTreeMap<_, BTreeMap<_, T>> = BTreeMap::new();
        for (ObjectName { kind, name, namespace }, thing) in things {
            named.entry((kind, name)).or_default().insert(namespace, thing);
        }
        Self { named }
    }

    /// What belongs to an object that may be the named one: where either has no namespace, the names decide.
    pub(super) fn find(&self, of: &ObjectName) -> Option<&T> {
        let spaces = self.named.get(&(of.kind.clone(), of.name.clone()))?;
        let exact = spaces.get(&of.namespace).or_else(|| spaces.get(&None));
        exact.or_else(|| spaces.values().next().filter(|_| of.namespace.is_none()))
    }
}

impl<'f> Manifest<'f> {
    /// The objects of a document: itself, or the items of a list.
    pub(super) fn all(document: Seen<'f>) -> Vec<Self> {
        match Self::of(document) {
            Some(list) if LIST_KINDS.contains(&list.kind) => {
                document.get("items").into_iter().flat_map(Seen::items).filter_map(Self::of).collect()
            }
            Some(manifest) => vec![manifest],
            None => Vec::new(),
        }
    }

    fn of(object: Seen<'f>) -> Option<Self> {
        let api = object.get("apiVersion")?.text()?;
        let kind = object.get("kind")?.text()?;
        let spec = object.get("spec").filter(|spec| spec.entries().next().is_some());
        Some(Self { object, api, kind, spec })
    }

    /// Whether it is of an API group, in any version.
    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.api.split_once('/').is_some_and(|(named, _)| named == group)
    }

    pub(super) fn name(&self) -> Option<&'f str> {
        self.object.at(&["metadata", "name"])?.text().filter(|name| is_rendered(name))
    }

    pub(super) fn namespace(&self) -> Option<&'f str> {
        self.object.at(&["metadata", "namespace"])?.text().filter(|name| is_rendered(name))
    }

    /// Itself, by kind and name.
    pub(super) fn workload(&self) -> Option<ObjectName> {
        Some(ObjectName {
            kind: self.kind.to_owned(),
            name: self.name()?.to_owned(),
            namespace: self.namespace().map(str::to_owned),
        })
    }

    /// The object a reference `{kind, name}` in its spec names, in its own namespace.
    pub(super) fn refers(&self, to: Seen<'_>) -> Option<ObjectName> {
        Some(ObjectName {
            kind: to.get("kind")?.text()?.to_owned(),
            name: to.get("name")?.text().filter(|name| is_rendered(name))?.to_owned(),
            namespace: self.namespace().map(str::to_owned),
        })
    }
}

pub(super) fn is_rendered(name: &str) -> bool {
    !name.contains("{{") && !name.contains("${")
}
