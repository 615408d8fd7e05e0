//! Where the resources of a plan are: a region, a zone, as far as the plan says it in so many words.
//!
//! Targets are every place the change reaches. If one changed resource does not say where it is, none are stated: a list
//! that is not whole would read as if it were.

use std::collections::{BTreeMap, HashMap};

use interlock_model::{Origin, Target};

use super::action::Planned;
use crate::Statement;
use crate::payload::foreign::Seen;

/// Places that are stated. More in one plan are no list of regions.
const PLACES_MAX: usize = 500;

/// What a place is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    region: Option<String>,
    zone: Option<String>,
}

/// States where the changed resources are, if all of them say it.
pub(super) fn state(statement: &mut Statement, root: Seen<'_>, planned: &[Planned<'_>]) {
    let Some(places) = places(root, planned) else { return };
    let targets = places.keys().map(|place| target(place.clone())).collect();
    statement.facts.targets = Some(targets);
    for (index, (place, origin)) in places.iter().enumerate() {
        if index == 0 {
            statement.place("/targets", *origin);
        }
        statement.place(&format!("/targets/{index}"), *origin);
        for (key, value) in [("region", &place.region), ("zone", &place.zone)] {
            if value.is_some() {
                statement.place(&format!("/targets/{index}/{key}"), *origin);
            }
        }
    }
}

fn places(root: Seen<'_>, planned: &[Planned<'_>]) -> Option<BTreeMap<Place, Origin>> {
    let providers = Providers::of(root);
    let mut places = BTreeMap::new();
    for planned in planned.iter().filter(|planned| planned.verb.changes()) {
        let sides: Vec<_> = ["before", "after"]
            .iter()
            .filter_map(|side| planned.change(side))
            .filter(|s| s.is_map())
            .collect();
        if sides.is_empty() {
            return None;
        }
        for side in sides {
            let (place, origin) = place(planned, side, &providers)?;
            places.entry(place).or_insert(origin);
        }
    }
    (!places.is_empty() && places.len() <= PLACES_MAX).then_some(places)
}

/// What a resource's own attributes say, else what its provider says.
fn place(planned: &Planned<'_>, side: Seen<'_>, providers: &Providers<'_>) -> Option<(Place, Origin)> {
    let literal = |key: &str| side.get(key).filter(|value| !value.is_masked() && value.text().is_some());
    let kind = planned.text("type").unwrap_or_default();
    let of =
        |prefixes: &[&str], key: &str| literal(key).filter(|_| prefixes.iter().any(|p| kind.starts_with(p)));
    // `location` and `zone` are other things elsewhere, for example a DNS zone.
    let own = literal("region").or_else(|| of(&["azurerm_", "google_"], "location"));
    let zone = literal("availability_zone").or_else(|| of(&["google_", "alicloud_"], "zone"));
    let region = own.or_else(|| providers.region(planned));
    let seen = zone.or(region)?;
    let text = |value: Option<Seen<'_>>| {
        value.and_then(Seen::text).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let place = Place { region: text(region), zone: text(zone) };
    (place != Place::default()).then(|| (place, seen.origin()))
}

fn target(place: Place) -> Target {
    let Place { region, zone } = place;
    Target {
        region,
        zone,
        cell: None,
        cluster: None,
        site_type: None,
        time_zone: None,
        traffic_bp: None,
        expected_version: None,
        running_version: None,
    }
}

/// Which provider each sort of resource is of, and the region it is set to.
struct Providers<'f> {
    /// By type and name. `None`: resources of that type and name in several modules have several.
    keys: HashMap<(&'f str, &'f str), Option<&'f str>>,
    /// By the provider's key.
    regions: HashMap<&'f str, Seen<'f>>,
}

impl<'f> Providers<'f> {
    fn of(root: Seen<'f>) -> Self {
        let mut providers = Self { keys: HashMap::new(), regions: regions(root) };
        if let Some(module) = root.at(&["configuration", "root_module"]) {
            providers.module(module);
        }
        providers
    }

    /// Recursion is bounded by the depth the readers allow.
    fn module(&mut self, module: Seen<'f>) {
        for resource in module.get("resources").into_iter().flat_map(Seen::items) {
            let text = |key: &str| resource.get(key).and_then(Seen::text);
            let (Some(kind), Some(name)) = (text("type"), text("name")) else { continue };
            let key = text("provider_config_key");
            let known = self.keys.entry((kind, name)).or_insert(key);
            *known = known.filter(|known| Some(*known) == key);
        }
        for (_, call) in module.get("module_calls").into_iter().flat_map(Seen::entries) {
            if let Some(below) = call.get("module") {
                self.module(below);
            }
        }
    }

    fn region(&self, planned: &Planned<'_>) -> Option<Seen<'f>> {
        let (kind, name) = (planned.text("type")?, planned.text("name")?);
        let key = self.keys.get(&(kind, name)).copied().flatten()?;
        self.regions.get(key).copied()
    }
}

/// The region of each provider that says it: a literal, or a variable of the root module.
fn regions(root: Seen<'_>) -> HashMap<&str, Seen<'_>> {
    let variables = root.get("variables").into_iter().flat_map(Seen::entries).collect();
    let providers = root.at(&["configuration", "provider_config"]).into_iter().flat_map(Seen::entries);
    providers.filter_map(|(key, provider)| Some((key, region(key, provider, &variables)?))).collect()
}

fn region<'f>(key: &str, provider: Seen<'f>, variables: &HashMap<&str, Seen<'f>>) -> Option<Seen<'f>> {
    let set = provider.at(&["expressions", "region"])?;
    // A provider in a module refers to that module's variables, whose values a plan does not hold.
    let variable = || variables.get(variable_of(set).filter(|_| !key.contains(':'))?)?.get("value");
    let value = set.get("constant_value").or_else(variable)?;
    (!value.is_masked() && value.text().is_some()).then_some(value)
}

/// The one variable that an expression is made of.
fn variable_of(expression: Seen<'_>) -> Option<&str> {
    let mut references = expression.get("references")?.items().filter_map(Seen::text);
    let (Some(reference), None) = (references.next(), references.next()) else { return None };
    reference.strip_prefix("var.")
}
