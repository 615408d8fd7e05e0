//! The service catalog: what the operator knows of services, from the policy set, from native files and from
//! Backstage's own. One service is described once; twice is refused, because two descriptions are one too many to
//! believe.
//!
//! What the facts change is the gate's work, which puts them into a change before a policy sees it.

use std::collections::BTreeMap;
use std::path::Path;

use interlock_model::{Catalog, CatalogService, Digest, Pointer, Sources, Span, Tier};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::Digest as _;

use crate::error::{InputError, Problem, ProblemKind, escaped, shown};
use crate::{Document, Form, Syntax, read_document, scan};

mod backstage;
mod loose;

/// The label or annotation that holds a component's tier, unless the set names another.
pub(crate) const BACKSTAGE_TIER: &str = "interlock/tier";

/// Where the catalog comes from. A service is described in one place only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CatalogSources {
    /// Services, written here. Absent: none.
    pub(crate) services: Option<Vec<Service>>,
    /// Files of services (`interlock schema catalog`), relative to this file's folder. Absent: none.
    pub(crate) files: Option<Vec<String>>,
    /// Backstage `catalog-info.yaml` files, read as they are, relative to this file's folder. Absent: none.
    pub(crate) backstage: Option<Vec<String>>,
    /// The label or annotation that holds a component's tier, 0 to 3. Absent: `interlock/tier`.
    pub(crate) backstage_tier: Option<String>,
}

/// A catalog: services, as a policy set can name in a file of its own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct CatalogFile {
    /// The services.
    services: Vec<Service>,
}

/// What is known of a service, whatever a change says about it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Service {
    /// Its name, as changes write it.
    #[schemars(extend("minLength" = 1))]
    name: String,
    /// 0 (others stand on it) to 3 (nobody waits for it). Absent: unknown, judged as 0.
    tier: Option<Tier>,
    /// The team that answers for it. Absent: unknown.
    owner: Option<String>,
    /// How many services depend on it. Absent: unknown.
    dependents: Option<u32>,
    /// Names of the services it stands on: an incident of theirs is its own. Absent: unknown.
    depends_on: Option<Vec<String>>,
}

/// A file of the catalog, or of facts, that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile {
    /// The name it was opened by. Escape it for your sink.
    pub name: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// Services as they come in, and where each was described.
pub(crate) struct Shelf {
    /// The policy set's own name.
    set: String,
    services: BTreeMap<String, Placed>,
    relations: backstage::Relations,
    read: Vec<ReadFile>,
}

struct Placed {
    service: CatalogService,
    file: String,
    span: Span,
    /// What others call it, if it came from Backstage.
    entity: Option<backstage::Entity>,
}

impl Shelf {
    pub(crate) fn new(set: &str) -> Self {
        let (services, relations) = (BTreeMap::new(), backstage::Relations::default());
        Self { set: set.to_owned(), services, relations, read: Vec::new() }
    }

    /// Services of the policy set itself. The problems are its own.
    pub(crate) fn take(&mut self, sources: &Sources, at: &Pointer, services: &[Service]) -> Vec<Problem> {
        let file = self.set.clone();
        self.take_all(&file, sources, at, services)
    }

    /// A native catalog file.
    pub(crate) fn take_file(&mut self, path: &Path, bytes: &[u8]) -> Result<(), InputError> {
        let name = path.to_string_lossy().into_owned();
        let syntax = Syntax::of_name(&name).ok_or_else(|| no_syntax(&name))?;
        let Document { holds: CatalogFile { services }, sources, digest } =
            read_document(Form::Catalog, &name, bytes, syntax)?;
        let problems = self.take_all(&name, &sources, &Pointer::root().child("services"), &services);
        self.read.push(ReadFile { name: name.clone(), digest });
        none_of(&name, problems)
    }

    /// A Backstage file, as it is.
    pub(crate) fn take_backstage(
        &mut self,
        path: &Path,
        bytes: &[u8],
        tier_key: &str,
    ) -> Result<(), InputError> {
        let name = path.to_string_lossy().into_owned();
        let text = scan::text_of(bytes).map_err(|problem| InputError::new(&name, vec![problem]))?;
        let found = backstage::read(text, tier_key).map_err(|problems| InputError::new(&name, problems))?;
        let mut problems = Vec::new();
        for component in found.components {
            let backstage::Component { name: service_name, span, service, entity } = component;
            let placed = Placed { service, file: name.clone(), span, entity: Some(entity) };
            problems.extend(self.put(service_name, placed));
        }
        self.relations.extend(found.relations);
        let digest = Digest::from_sha256(&sha2::Sha256::digest(bytes));
        self.read.push(ReadFile { name: name.clone(), digest });
        none_of(&name, problems)
    }

    fn take_all(
        &mut self,
        file: &str,
        sources: &Sources,
        at: &Pointer,
        services: &[Service],
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, written) in services.iter().enumerate() {
            let at = at.child(&index.to_string());
            let span = sources.nearest(&at.child("name")).0.value;
            problems.extend(unfit_name(&written.name, span));
            problems.extend(
                written
                    .owner
                    .as_deref()
                    .and_then(|owner| unfit_owner(owner, sources.nearest(&at.child("owner")).0.value)),
            );
            let Service { name, tier, owner, dependents, depends_on } = written;
            let service = CatalogService {
                tier: *tier,
                owner: owner.clone(),
                dependents: *dependents,
                depends_on: depends_on.clone(),
            };
            let placed = Placed { service, file: file.to_owned(), span, entity: None };
            problems.extend(self.put(name.clone(), placed));
        }
        problems
    }

    /// Puts a service on the shelf, unless it stands there already.
    fn put(&mut self, name: String, placed: Placed) -> Option<Problem> {
        if let Some(first) = self.services.get(&name) {
            let Placed { file, span: Span { line, column, .. }, .. } = first;
            let place = format!("{}:{line}:{column}", escaped(file));
            return Some(
                Problem::new(
                    ProblemKind::DuplicateKey,
                    placed.span,
                    format!("service {} a second time", shown(&name)),
                )
                .expected(format!("it once: the first is at {place}"))
                .help("remove one of the two; nobody could tell which one is believed"),
            );
        }
        self.services.insert(name, placed);
        None
    }

    /// The catalog, with Backstage's relations taken up, and the files it came from.
    pub(crate) fn into_catalog(self) -> (Catalog, Vec<ReadFile>) {
        let Self { services, relations, read, set: _ } = self;
        let stands_on = relations.turned();
        let names: BTreeMap<&backstage::Entity, &str> = services
            .iter()
            .filter_map(|(name, placed)| Some((placed.entity.as_ref()?, name.as_str())))
            .collect();
        // What is no component of the catalog, a database say, is called by its own name.
        let name_of = |entity: &&backstage::Entity| {
            names.get(*entity).copied().unwrap_or_else(|| entity.name()).to_owned()
        };
        let related = |placed: &Placed| {
            let Some(entity) = &placed.entity else { return placed.service.clone() };
            CatalogService {
                dependents: relations.dependents_of(entity),
                // Nobody said so is not the same as none: that is unknown.
                depends_on: stands_on.get(entity).map(|on| on.iter().map(name_of).collect()),
                ..placed.service.clone()
            }
        };
        let services = services.iter().map(|(name, placed)| (name.clone(), related(placed))).collect();
        (Catalog { services }, read)
    }
}

fn none_of(file: &str, problems: Vec<Problem>) -> Result<(), InputError> {
    if problems.is_empty() { Ok(()) } else { Err(InputError::new(file, problems)) }
}

/// A name with blanks around it, or of blanks, is the name of nothing that a change speaks of.
fn unfit_name(name: &str, span: Span) -> Option<Problem> {
    unfit_text(name, span, "the name of a service, without blanks around it", "write it as changes write it")
}

fn unfit_owner(owner: &str, span: Span) -> Option<Problem> {
    unfit_text(
        owner,
        span,
        "the name of a team, without blanks around it",
        "leave `owner` out if nobody knows",
    )
}

fn unfit_text(text: &str, span: Span, expected: &str, help: &str) -> Option<Problem> {
    let fits = text.trim() == text && !text.is_empty();
    (!fits).then(|| {
        Problem::new(ProblemKind::Value, span, format!("the text {}", shown(text)))
            .expected(expected)
            .help(help)
    })
}

fn no_syntax(name: &str) -> InputError {
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    let problem = Problem::new(ProblemKind::Syntax, top, "a file whose name does not say how it is written")
        .expected("a name that ends in `.yaml`, `.yml` or `.json`")
        .help("rename it; Backstage's own files belong under `backstage`");
    InputError::new(name, vec![problem])
}

/// The schema of a native catalog file, as `interlock schema catalog` prints it.
pub fn catalog_schema() -> schemars::Schema {
    crate::schema::described::<CatalogFile>("urn:interlock:schema:catalog", "interlock.catalog")
}

#[cfg(test)]
mod tests;
