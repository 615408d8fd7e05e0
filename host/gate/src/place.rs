//! From the places a policy names to places in the document and in changed files. Every finding gets at least one: a
//! finding that points nowhere is shown nowhere.

use interlock_model::{
    ChangeDocument, FactPlace, FileSources, Location, Origin, Place, Pointer, Side, Sources, Span, Untrusted,
};

/// Places for a finding's locations, in its order; the first line of the document if it names none.
pub(crate) fn places(named: Vec<Location>, document: &ChangeDocument) -> Vec<Place> {
    if named.is_empty() {
        return vec![in_document(Pointer::root(), document)];
    }
    let place = |location: Location| match location.path {
        None => in_document(location.pointer, document),
        Some(path) => in_file(path, location.pointer, document),
    };
    named.into_iter().map(place).collect()
}

/// The key where there is one: people look for the word, not for the value. A missing key is at its nearest parent.
/// A fact that was read from a file is in that file.
pub(crate) fn in_document(pointer: Pointer, document: &ChangeDocument) -> Place {
    let mut at = Some(pointer.clone());
    let mut exact = true;
    while let Some(asked) = at {
        if let Some((path, origin)) = stands(&asked, document) {
            let path = path.map(Untrusted::from);
            return Place { path, side: Side::After, pointer, span: Some(origin.key), exact };
        }
        exact = false;
        at = asked.parent();
    }
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    Place { path: None, side: Side::After, pointer, span: Some(top), exact }
}

/// The file, or `None` for the change document itself, and where in it.
fn stands<'d>(pointer: &Pointer, document: &'d ChangeDocument) -> Option<(Option<&'d str>, Origin)> {
    match document.payload.facts.get(pointer) {
        Some(FactPlace { path, origin }) => Some((Some(path), *origin)),
        None => Some((None, document.sources.find(pointer)?)),
    }
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
