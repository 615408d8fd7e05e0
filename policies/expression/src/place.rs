//! Where a change document says what: pointers that the operator gives, and those of what an expression reads.
//!
//! A document writes `-` where an expression writes `_`, and a time where the contract has minutes since 1970.

use interlock_guest::reflect::Record;

use crate::kind::Kind;
use crate::tree::{Field, Id, Tree, What};
use crate::trouble::nearest;

/// What the host adds to a change, and no document says.
const OF_THE_HOST: &[&str] = &["omitted_files", "omitted_edits", "tier_origin", "projected_end"];

/// The key of a document for a field of the contract.
fn key(field: &str) -> Option<String> {
    if OF_THE_HOST.contains(&field) {
        return None;
    }
    let written = match field.strip_suffix("epoch_min") {
        Some(stem) => format!("{}at", stem.strip_suffix("at_").map_or(stem, |stem| stem)),
        None => field.to_owned(),
    };
    Some(written.replace('_', "-"))
}

/// The first path through the change that the expression names, as far as names lead.
pub(crate) fn first_fact(tree: &Tree) -> Option<String> {
    let is_change = |id: &Id| matches!(tree.get(*id).what, What::Name { slot: 0, .. });
    let mut at = tree.ids().find(is_change)?;
    let mut pointer = String::new();
    while let Some((id, name)) = tree.ids().find_map(|id| selection(tree, id, at)) {
        let Some(key) = name else { break };
        pointer.push('/');
        pointer.push_str(&key);
        at = id;
    }
    Some(pointer)
}

/// The node, if it selects a field of this one, and how a document calls the field.
fn selection(tree: &Tree, id: Id, from: Id) -> Option<(Id, Option<String>)> {
    let What::Select { of, name, name_at: _, field } = &tree.get(id).what else { return None };
    let named = || if matches!(field, Field::Attribute) { Some(name.clone()) } else { key(name) };
    (*of == from).then(|| (id, named()))
}

/// Whether a change document can have something there. The error is what is wrong with the pointer.
pub(crate) fn check(pointer: &str) -> Result<(), String> {
    let Some(path) = pointer.strip_prefix('/') else {
        return Err(format!(
            "expected a place in a change document, like `/rollout/stages`, found `{pointer}`"
        ));
    };
    let mut kind = Kind::change();
    for segment in path.split('/') {
        kind = match kind {
            Kind::Record(record) => below(record, segment)?,
            Kind::List(item) => match (item.as_ref(), is_index(segment)) {
                // A document writes it as a map.
                (Kind::Record(record), _) if record.name == "attribute" => Kind::Text,
                (Kind::Record(record), _) if record.name == "civil-moment" => return nothing_below(segment),
                (_, true) => *item,
                (_, false) => {
                    return Err(format!("expected the number of an item, from 0, found `{segment}`"));
                }
            },
            Kind::Attributes => Kind::Text,
            Kind::Flag | Kind::Number | Kind::Text | Kind::Word(_) | Kind::Nothing => {
                return nothing_below(segment);
            }
        };
    }
    Ok(())
}

fn nothing_below(segment: &str) -> Result<(), String> {
    Err(format!("a change document has nothing there, so no `{segment}` below it"))
}

fn is_index(segment: &str) -> bool {
    let is_number = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (segment == "0" || !segment.starts_with('0'))
}

fn below(record: &'static Record, segment: &str) -> Result<Kind, String> {
    let keyed = || record.fields.iter().filter_map(|field| Some((key(field.name)?, field)));
    if let Some((_, field)) = keyed().find(|(key, _)| key == segment) {
        return Ok(Kind::of_field(record, field.name, field.ty));
    }
    let keys: Vec<String> = keyed().map(|(key, _)| key).collect();
    let help = match nearest(segment, keys.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", interlock_guest::listed(&keys, ", ")),
    };
    Err(format!("`{}` has no `{segment}` in a change document; {help}", record.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;

    #[test]
    fn a_finding_stands_at_the_first_fact_that_is_read() {
        for (source, expect) in [
            ("has(change.rollback.rehearsed_epoch_min) && change.labels == []", "/rollback/rehearsed-at"),
            ("question.asked_at == 'merge' || size(change.error_budget) > 0", "/error-budget"),
            ("change.services.all(s, s.name != 'a')", "/services"),
            ("change.schedule.start[0].weekday != 'friday'", "/schedule/start"),
            ("'ticket' in change.attributes", "/attributes"),
            ("has(change.attributes.ticket)", "/attributes/ticket"),
            ("size(change.schedule.projected_end) > 0 || change.omitted_files == 0", "/schedule"),
            ("change.omitted_files == 0", ""),
            ("change.files.all(f, f.op != 'removed')", "/files"),
        ] {
            let expression = Expression::new(source.into());
            assert_eq!(expression.first_fact().as_deref(), Some(expect), "{source}");
        }
        assert_eq!(Expression::new("question.asked_at == 'merge'".into()).first_fact(), None);
    }

    #[test]
    fn a_place_is_one_that_a_document_has() {
        for pointer in [
            "/id",
            "/error-budget/0/left-bp",
            "/schedule/start",
            "/attributes/anything",
            "/approvals/1/at",
            "/tests/0/scope/region",
            "/open-incidents",
            "/source/head",
            "/emergency/expires-at",
        ] {
            assert_eq!(check(pointer), Ok(()), "{pointer}");
        }
        for (pointer, says) in [
            ("", "like `/rollout/stages`"),
            ("rollout", "like `/rollout/stages`"),
            ("/rolout", "did you mean `rollout`?"),
            ("/error_budget", "did you mean `error-budget`?"),
            ("/services/first", "expected the number of an item"),
            ("/services/01", "expected the number of an item"),
            ("/id/x", "nothing there"),
            ("/schedule/start/0", "nothing there"),
            ("/omitted-files", "no `omitted-files`"),
            ("/rollback/rehearsed-epoch-min", "no `rehearsed-epoch-min`"),
        ] {
            let Err(found) = check(pointer) else { panic!("{pointer}") };
            assert!(found.contains(says), "{pointer}: {found}");
        }
    }
}
