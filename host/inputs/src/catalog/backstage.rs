//! Backstage's `catalog-info.yaml`, as its users have written it: components become services.
//!
//! Read are `kind`, `metadata.name`, `metadata.namespace`, the tier under a label or annotation, `spec.owner`,
//! `spec.dependsOn` and `spec.dependencyOf`; everything else is passed over. Only a `Component` is a service: an API or
//! a resource often has its component's name, and one name may stand for one thing only. Resources count as dependents.
//! Forms after Backstage's "Descriptor Format of Catalog Entities" and "Entity References".

use std::collections::{BTreeMap, BTreeSet};

use interlock_model::{CatalogService, Span, Tier};

use super::loose;
use crate::error::{Problem, ProblemKind, shown};
use crate::expectation;
use crate::node::{Entry, Node, Value};
use crate::scan;

/// What one file describes.
pub(super) struct Found {
    pub(super) components: Vec<Component>,
    pub(super) relations: Relations,
}

/// A component, as a service.
pub(super) struct Component {
    pub(super) name: String,
    /// Where its name stands.
    pub(super) span: Span,
    pub(super) service: CatalogService,
    pub(super) entity: Entity,
}

/// An entity by kind, namespace and name, in lower case: Backstage tells none apart by case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entity {
    kind: String,
    namespace: String,
    name: String,
}

impl Entity {
    /// Its name, without kind and namespace.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Who depends on whom. Each pair counts once, whoever said it.
#[derive(Default)]
pub(super) struct Relations(BTreeMap<Entity, BTreeSet<Entity>>);

impl Relations {
    fn add(&mut self, from: Entity, to: Entity) {
        if from != to {
            self.0.entry(to).or_default().insert(from);
        }
    }

    /// Adds those of another file.
    pub(super) fn extend(&mut self, others: Self) {
        for (to, from) in others.0 {
            self.0.entry(to).or_default().extend(from);
        }
    }

    /// Whom each depends on: the same pairs from the other end.
    pub(super) fn turned(&self) -> BTreeMap<&Entity, Vec<&Entity>> {
        let mut turned: BTreeMap<&Entity, Vec<&Entity>> = BTreeMap::new();
        for (to, from) in &self.0 {
            for entity in from {
                turned.entry(entity).or_default().push(to);
            }
        }
        turned
    }

    /// How many depend on it. Nobody said so is not the same as none: that is unknown.
    pub(super) fn dependents_of(&self, entity: &Entity) -> Option<u32> {
        self.0.get(entity).map(|from| u32::try_from(from.len()).unwrap_or(u32::MAX))
    }
}

/// What a file describes, or everything that is wrong with it, one problem for each entity.
pub(super) fn read(text: &str, tier_key: &str) -> Result<Found, Vec<Problem>> {
    let entities = loose::documents(text).map_err(|problem| vec![problem])?;
    let mut found = Found { components: Vec::new(), relations: Relations::default() };
    let problems: Vec<Problem> =
        entities.iter().filter_map(|entity| take(&mut found, entity, tier_key).err()).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    if found.components.is_empty() {
        return Err(vec![no_component()]);
    }
    Ok(found)
}

fn no_component() -> Problem {
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    Problem::new(ProblemKind::Empty, top, "a file without an entity of `kind: Component`")
        .expected("at least one component")
        .help("name the files of the components themselves; a `Location` is not followed")
}

fn take(found: &mut Found, entity: &Node, tier_key: &str) -> Result<(), Problem> {
    let kind = required(entity, "kind")?;
    match kind.text.to_ascii_lowercase().as_str() {
        "component" => {
            let component = component(entity, tier_key)?;
            relate(&mut found.relations, entity, &component.entity)?;
            found.components.push(component);
        }
        "resource" => {
            let this = this(entity, "resource")?.0;
            relate(&mut found.relations, entity, &this)?;
        }
        // Systems, groups, templates and whatever else a house has.
        _ => {}
    }
    Ok(())
}

fn component(entity: &Node, tier_key: &str) -> Result<Component, Problem> {
    let (this, name) = this(entity, "component")?;
    let owner = child(entity, "spec")?.map(|spec| text(spec, "owner")).transpose()?.flatten();
    let owner = owner.map(|owner| team(&owner)).transpose()?;
    let service = CatalogService { tier: tier(entity, tier_key)?, owner, dependents: None, depends_on: None };
    Ok(Component { name: name.text.to_owned(), span: name.span, service, entity: this })
}

/// What others call an entity, and its name as it is written.
fn this<'n>(entity: &'n Node, kind: &str) -> Result<(Entity, Written<'n>), Problem> {
    let metadata = child(entity, "metadata")?.ok_or_else(|| missing(entity.span, "metadata"))?;
    let name = required(metadata, "name")?;
    let namespace = text(metadata, "namespace")?.map_or(DEFAULT_NAMESPACE, |namespace| namespace.text);
    Ok((named(kind, namespace, name.text), name))
}

const DEFAULT_NAMESPACE: &str = "default";

fn named(kind: &str, namespace: &str, name: &str) -> Entity {
    let lower = str::to_ascii_lowercase;
    Entity { kind: lower(kind), namespace: lower(namespace), name: lower(name) }
}

/// A tier under the label or the annotation of this name. Both may say it, as long as they agree.
fn tier(entity: &Node, tier_key: &str) -> Result<Option<Tier>, Problem> {
    let Some(metadata) = child(entity, "metadata")? else { return Ok(None) };
    let mut tier: Option<Tier> = None;
    for place in ["labels", "annotations"] {
        let Some(written) = child(metadata, place)?.map(|map| text(map, tier_key)).transpose()?.flatten()
        else {
            continue;
        };
        let this = tier_of(&written)?;
        if tier.is_some_and(|other| other != this) {
            return Err(Problem::new(
                ProblemKind::Value,
                written.span,
                format!("tier {} beside a label that says another", shown(written.text)),
            )
            .expected("one tier")
            .help("remove the label or the annotation"));
        }
        tier = Some(this);
    }
    Ok(tier)
}

fn tier_of(written: &Written<'_>) -> Result<Tier, Problem> {
    let digit = match written.text {
        "0" => 0,
        "1" => 1,
        "2" => 2,
        "3" => 3,
        _ => return Err(not_a_tier(written)),
    };
    Tier::try_from(digit).map_err(|_| not_a_tier(written))
}

fn not_a_tier(written: &Written<'_>) -> Problem {
    Problem::new(ProblemKind::Value, written.span, format!("text {}", shown(written.text)))
        .expected("a tier from `0` (others stand on it) to `3` (nobody waits for it)")
        .help("write the number; if the key means something else here, name another with `backstage-tier`")
}

/// A group of the default namespace by its name alone, as changes and approvals write it; anything else as it is.
fn team(owner: &Written<'_>) -> Result<String, Problem> {
    let Reference { kind, namespace, name } = reference(owner)?;
    let is_group = kind.is_none_or(|kind| kind.eq_ignore_ascii_case("group"));
    let is_default = namespace.is_none_or(|namespace| namespace.eq_ignore_ascii_case(DEFAULT_NAMESPACE));
    Ok(if is_group && is_default { name } else { owner.text }.to_owned())
}

/// Notes what an entity says it depends on, and what it says depends on it.
fn relate(relations: &mut Relations, entity: &Node, this: &Entity) -> Result<(), Problem> {
    let Some(spec) = child(entity, "spec")? else { return Ok(()) };
    for other in texts(spec, "dependsOn")? {
        relations.add(this.clone(), resolved(&other, this)?);
    }
    for other in texts(spec, "dependencyOf")? {
        relations.add(resolved(&other, this)?, this.clone());
    }
    Ok(())
}

/// Backstage asks for the kind here; without one a component is meant. The namespace is that of who refers.
fn resolved(written: &Written<'_>, from: &Entity) -> Result<Entity, Problem> {
    let Reference { kind, namespace, name } = reference(written)?;
    Ok(named(kind.unwrap_or("component"), namespace.unwrap_or(&from.namespace), name))
}

struct Reference<'n> {
    kind: Option<&'n str>,
    namespace: Option<&'n str>,
    name: &'n str,
}

/// `[kind:][namespace/]name`. A colon behind the slash belongs to the name.
fn reference<'n>(written: &Written<'n>) -> Result<Reference<'n>, Problem> {
    let (kind, rest) = match written.text.split_once(':') {
        Some((kind, rest)) if !kind.contains('/') => (Some(kind), rest),
        Some(_) | None => (None, written.text),
    };
    let (namespace, name) = match rest.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, rest),
    };
    if kind == Some("") || namespace == Some("") || name.is_empty() {
        return Err(Problem::new(
            ProblemKind::Value,
            written.span,
            format!("reference {}", shown(written.text)),
        )
        .expected("`[kind:][namespace/]name`, like `component:default/checkout`")
        .help("write the name of the entity it refers to"));
    }
    Ok(Reference { kind, namespace, name })
}

/// A text and where it stands.
struct Written<'n> {
    text: &'n str,
    span: Span,
}

/// What stands under a key of a map.
fn entry<'n>(map: &'n Node, key: &str) -> Result<Option<&'n Entry>, Problem> {
    match &map.value {
        Value::Map(entries) => Ok(entries.iter().find(|entry| entry.key == key)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) => {
            Err(unfit(map, "a map of keys and values"))
        }
    }
}

fn child<'n>(map: &'n Node, key: &str) -> Result<Option<&'n Node>, Problem> {
    Ok(entry(map, key)?.map(|entry| &entry.value).filter(|value| !loose::is_nothing(value)))
}

fn required<'n>(map: &'n Node, key: &str) -> Result<Written<'n>, Problem> {
    match text(map, key)? {
        Some(written) if !written.text.trim().is_empty() => Ok(written),
        Some(_) | None => Err(missing(map.span, key)),
    }
}

fn text<'n>(map: &'n Node, key: &str) -> Result<Option<Written<'n>>, Problem> {
    child(map, key)?.map(as_text).transpose()
}

fn as_text(node: &Node) -> Result<Written<'_>, Problem> {
    match &node.value {
        Value::Text(text) => {
            // What is passed over may hold anything; what is kept may not.
            scan::check_decoded(text, node.span)?;
            Ok(Written { text, span: node.span })
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::List(_) | Value::Map(_) => {
            Err(unfit(node, "text"))
        }
    }
}

fn texts<'n>(map: &'n Node, key: &str) -> Result<Vec<Written<'n>>, Problem> {
    let Some(list) = child(map, key)? else { return Ok(Vec::new()) };
    match &list.value {
        Value::List(items) => items.iter().filter(|item| !loose::is_nothing(item)).map(as_text).collect(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::Map(_) => {
            Err(unfit(list, "a list of entity references"))
        }
    }
}

fn unfit(node: &Node, expected: &str) -> Problem {
    Problem::new(ProblemKind::Value, node.span, expectation::found(node))
        .expected(expected)
        .help("Backstage's documentation of `catalog-info.yaml` says what stands here")
}

fn missing(span: Span, key: &str) -> Problem {
    Problem::new(ProblemKind::MissingKey, span, format!("an entity without `{key}`"))
        .expected("it here")
        .help("every entity of Backstage has `kind` and `metadata.name`; is it a file of Backstage's?")
}
