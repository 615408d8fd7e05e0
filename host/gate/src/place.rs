//! From the places a policy names to places in the document and in changed files. Every finding gets at least one: a
//! finding that points nowhere is shown nowhere.

use interlock_model::{ChangeDocument, FileSources, Location, Place, Pointer, Side, Sources, Untrusted};

/// Places for a finding's locations, in its order; the first line of the document if it names none.
pub(crate) fn places(named: Vec<Location>, document: &ChangeDocument) -> Vec<Place> {
    if named.is_empty() {
        return vec![in_document(Pointer::root(), &document.sources)];
    }
    let place = |location: Location| match location.path {
        None => in_document(location.pointer, &document.sources),
        Some(path) => in_file(path, location.pointer, document),
    };
    named.into_iter().map(place).collect()
}

/// The key where there is one: people look for the word, not for the value. A missing key is at its nearest parent.
pub(crate) fn in_document(pointer: Pointer, sources: &Sources) -> Place {
    let (origin, exact) = sources.nearest(&pointer);
    Place { path: None, side: Side::After, pointer, span: Some(origin.key), exact }
}

/// After the change if it stands there, else before it: what is gone can only be shown where it was. A file that the host
/// did not read keeps the place as the policy named it.
fn in_file(path: Untrusted, pointer: Pointer, document: &ChangeDocument) -> Place {
    let unread = FileSources::default();
    let FileSources { before, after } = document.payload.files.get(path.as_unescaped()).unwrap_or(&unread);
    let at = |sources: &Sources, side: Side| {
        let (origin, exact) = sources.nearest(&pointer);
        Place { path: Some(path.clone()), side, pointer: pointer.clone(), span: Some(origin.key), exact }
    };
    let stands = |sources: &&Sources| sources.find(&pointer).is_some();
    match (after, before) {
        (Some(after), _) if stands(&after) => at(after, Side::After),
        (_, Some(before)) if stands(&before) => at(before, Side::Before),
        (Some(after), _) => at(after, Side::After),
        (None, Some(before)) => at(before, Side::Before),
        (None, None) => Place { path: Some(path), side: Side::After, pointer, span: None, exact: false },
    }
}
