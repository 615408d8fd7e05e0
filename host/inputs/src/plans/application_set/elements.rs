//! The applications of an ApplicationSet whose generators are lists: what each is labelled, and where it
//! goes.
//!
//! Of templates only `{{key}}`, `{{ key }}` and `{{.key}}` are understood; anything more is not known.

use std::collections::BTreeMap;

use interlock_model::Target;

use super::super::draft::Placed;
use crate::payload::foreign::Seen;

/// Applications that are looked at. Of more, nothing is known.
const APPLICATIONS_MAX: usize = 500;

/// One element of a list, as the template makes an application of it.
pub(super) struct Application {
    /// Label to value. `None`: the template could not be filled in.
    labels: BTreeMap<String, Option<String>>,
    cluster: Option<String>,
    region: Option<String>,
    at: interlock_model::Origin,
}

impl Application {
    pub(super) fn target(&self) -> Option<Placed<Target>> {
        let cluster = Some(self.cluster.clone()?);
        let target = Target {
            cluster,
            region: self.region.clone(),
            zone: None,
            cell: None,
            site_type: None,
            time_zone: None,
            traffic_bp: None,
            expected_version: None,
            running_version: None,
        };
        Some(Placed::new(target, self.at))
    }
}

/// All applications. `None`: some generator is not a list that is written out.
pub(super) fn applications(spec: Seen<'_>) -> Option<Vec<Application>> {
    let template = spec.get("template")?;
    let mut all = Vec::new();
    for generator in spec.get("generators")?.items() {
        let mut keys = generator.entries();
        let (Some(("list", list)), None) = (keys.next(), keys.next()) else { return None };
        // An element may have its own template, or come from text that is a list only once it is rendered.
        if list.entries().any(|(key, _)| key != "elements") {
            return None;
        }
        all.extend(
            list.get("elements")?.items().take(APPLICATIONS_MAX + 1).map(|it| application(template, it)),
        );
    }
    (!all.is_empty() && all.len() <= APPLICATIONS_MAX).then_some(all)
}

fn application(template: Seen<'_>, element: Seen<'_>) -> Application {
    let labels = template.at(&["metadata", "labels"]).into_iter().flat_map(Seen::entries);
    let fill = |seen: Seen<'_>| filled(seen.scalar()?, element);
    let value = |key: &str| element.get(key).and_then(Seen::text).map(str::to_owned);
    let destination = template.at(&["spec", "destination", "name"]).and_then(fill);
    Application {
        labels: labels.map(|(name, value)| (name.to_owned(), fill(value))).collect(),
        cluster: destination.or_else(|| value("cluster")),
        region: value("region"),
        at: element.origin(),
    }
}

/// A template with the element's values put in.
fn filled(template: &str, element: Seen<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (expression, behind) = after.split_once("}}")?;
        let key = expression.trim();
        out.push_str(before);
        out.push_str(element.get(key.strip_prefix('.').unwrap_or(key))?.scalar()?);
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}

/// Where the applications go that all expressions match. `None`: it cannot be known.
pub(super) fn matching(applications: &[Application], expressions: Seen<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for application in applications {
        let hits: Option<Vec<bool>> = expressions.items().map(|it| is_hit(application, it)).collect();
        if hits?.into_iter().all(|hit| hit) {
            names.push(application.cluster.clone()?);
        }
    }
    names.sort_unstable();
    names.dedup();
    Some(names)
}

fn is_hit(application: &Application, expression: Seen<'_>) -> Option<bool> {
    let key = expression.get("key")?.text()?;
    let label = match application.labels.get(key) {
        Some(filled) => Some(filled.as_deref()?),
        None => None,
    };
    let values: Option<Vec<&str>> = expression.get("values")?.items().map(Seen::scalar).collect();
    let among = label.is_some_and(|label| values.as_ref().is_some_and(|values| values.contains(&label)));
    values.as_ref()?;
    match expression.get("operator")?.text()? {
        "In" => Some(among),
        "NotIn" => Some(!among),
        _ => None,
    }
}
