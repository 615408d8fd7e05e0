//! From the places a policy names to places in the document. Every finding gets at least one: a finding that points
//! nowhere is shown nowhere.

use interlock_model::{Location, Place, Pointer, Sources};

/// Places for a finding's locations, in its order; the first line of the document if it names none.
pub(crate) fn places(named: Vec<Location>, sources: &Sources) -> Vec<Place> {
    if named.is_empty() {
        return vec![in_document(Pointer::root(), sources)];
    }
    let place = |location: Location| match location.path {
        None => in_document(location.pointer, sources),
        // The host has read the change document and nothing else; a place in a file is kept as the policy named it.
        Some(path) => Place { path: Some(path), pointer: location.pointer, span: None, exact: false },
    };
    named.into_iter().map(place).collect()
}

/// The key where there is one: people look for the word, not for the value. A missing key is at its nearest parent.
pub(crate) fn in_document(pointer: Pointer, sources: &Sources) -> Place {
    let (origin, exact) = sources.nearest(&pointer);
    Place { path: None, pointer, span: Some(origin.key), exact }
}
