//! The digest of a policy set: what would change an answer changes it.

use std::time::Duration;

use interlock_engine::{Limits, Tier};
use interlock_model::{
    Almanac, Baseline, Budget, Catalog, CatalogService, Digest, Incident, Instant, KnownFinding, OnError,
    OperatorFacts, PastIncident, SettingValue, ToldFacts, Waiver, WaiverScope, When,
};

use crate::gate::Bound;
use crate::sum::Sum;

/// What of a gate an answer depends on. `policies` is sorted by id.
pub(crate) struct Parts<'g> {
    pub(crate) policies: &'g [Bound],
    pub(crate) deadline: Duration,
    pub(crate) catalog: Option<&'g Catalog>,
    pub(crate) calendars: Option<&'g dyn Almanac>,
    pub(crate) facts: Option<&'g OperatorFacts>,
    pub(crate) waivers: &'g [Waiver],
    pub(crate) baseline: &'g Baseline,
}

/// One part after the other. What is taken apart here is either part of the digest or does not compile.
pub(crate) fn digest(parts: &Parts<'_>) -> Digest {
    let Parts { policies, deadline, catalog, calendars, facts, waivers, baseline } = parts;
    let mut sum = Sum::of("interlock.policy-set/3");
    sum.add(&deadline.as_millis().to_string());
    sum.count(policies.len());
    for bound in *policies {
        policy(&mut sum, bound);
    }
    match catalog {
        None => sum.add("no catalog"),
        Some(catalog) => services(&mut sum, catalog),
    }
    sum.add(calendars.map_or_else(|| "no calendar".into(), |it| it.digest().as_str().to_owned()).as_str());
    sum.count(waivers.len());
    for it in *waivers {
        waiver(&mut sum, it);
    }
    sum.count(baseline.entries.len());
    for it in &baseline.entries {
        known(&mut sum, it);
    }
    // Only where they are given: a set without them keeps the digest it had before there were any.
    if let Some(facts) = facts {
        operator_facts(&mut sum, facts);
    }
    Digest::from_sha256(&sum.bytes())
}

fn policy(sum: &mut Sum, bound: &Bound) {
    let Bound { id, digest, module: _, settings, mode, when, selectors: _, on_error: broken, limits: used } =
        bound;
    sum.add(id.as_str());
    sum.add(digest.as_str());
    sum.add(mode.name());
    sum.add(&on_error(broken));
    let When { kinds, environments, tiers, services, paths } = when;
    sum.add(&format!("{kinds:?} {tiers:?}"));
    for globs in [environments, services, paths] {
        sum.texts(globs.as_deref());
    }
    sum.count(settings.len());
    for (pointer, value) in settings {
        sum.add(pointer.as_str());
        sum.add(&setting(value));
    }
    sum.add(&limits(used));
}

fn services(sum: &mut Sum, catalog: &Catalog) {
    sum.add("catalog");
    sum.count(catalog.services.len());
    for (name, CatalogService { tier, owner, dependents, depends_on }) in &catalog.services {
        sum.add(name);
        sum.add(&format!("{tier:?} {dependents:?}"));
        sum.texts(owner.as_ref().map(std::slice::from_ref));
        sum.texts(depends_on.as_deref());
    }
}

/// What was told, and not by which name the file was opened.
fn operator_facts(sum: &mut Sum, facts: &OperatorFacts) {
    let OperatorFacts { told, age_min_max } = facts;
    sum.add("facts");
    sum.add(&age_min_max.to_string());
    sum.count(told.len());
    for ToldFacts { name: _, as_of, open_incidents, past_incidents, error_budget } in told {
        sum.add(&as_of.epoch_min().to_string());
        list(sum, open_incidents.as_deref(), |sum, Incident { id, service, severity }| {
            sum.add(id);
            sum.texts(service.as_ref().map(std::slice::from_ref));
            sum.add(&format!("{severity:?}"));
        });
        list(sum, past_incidents.as_deref(), past_incident);
        list(sum, error_budget.as_deref(), |sum, Budget { service, objective_ppm, window_days, left_bp }| {
            sum.add(service);
            sum.add(&format!("{objective_ppm:?} {window_days:?} {left_bp:?}"));
        });
    }
}

fn past_incident(sum: &mut Sum, it: &PastIncident) {
    let PastIncident { id, service, severity, closed_at, remedied } = it;
    sum.add(id);
    sum.texts(service.as_ref().map(std::slice::from_ref));
    sum.add(&format!("{severity:?} {:?} {remedied:?}", closed_at.map(Instant::epoch_min)));
}

/// Absent and empty are different.
fn list<T>(sum: &mut Sum, items: Option<&[T]>, add: impl Fn(&mut Sum, &T)) {
    let Some(items) = items else { return sum.add("absent") };
    sum.add("present");
    sum.count(items.len());
    items.iter().for_each(|item| add(sum, item));
}

fn waiver(sum: &mut Sum, it: &Waiver) {
    let Waiver { policy, rule, scope, reason, by, from, until } = it;
    let WaiverScope { change, files, services, environments } = scope;
    for text in [policy.as_str(), rule, reason.as_unescaped(), by.as_unescaped()] {
        sum.add(text);
    }
    sum.add(&format!("{} {}", from.epoch_min(), until.epoch_min()));
    sum.add(change.as_ref().map_or("any change", Digest::as_str));
    sum.add(files.as_ref().map_or("no files", Digest::as_str));
    sum.texts(services.as_deref());
    sum.texts(environments.as_deref());
}

fn known(sum: &mut Sum, it: &KnownFinding) {
    let KnownFinding { policy, rule, path, pointer, says } = it;
    for text in [policy.as_str(), rule, path.as_unescaped(), pointer.as_str(), says.as_str()] {
        sum.add(text);
    }
}

fn on_error(on_error: &OnError) -> String {
    match on_error {
        OnError::Block => "block".into(),
        OnError::Warn => "warn".into(),
        OnError::Allow { reason } => format!("allow {}", reason.as_unescaped()),
    }
}

fn setting(value: &SettingValue) -> String {
    match value {
        SettingValue::Boolean(flag) => format!("boolean {flag}"),
        SettingValue::WholeNumber(number) => format!("whole-number {number}"),
        SettingValue::Text(text) => format!("text {text}"),
        SettingValue::EmptyList => "empty-list".into(),
    }
}

/// Destructured, so that a new limit is part of the digest or does not compile.
fn limits(limits: &Limits) -> String {
    let Limits {
        tier,
        module_bytes_max,
        fuel,
        deadline,
        memory_bytes_max,
        table_elements_max,
        log_calls_max,
        log_bytes_max,
        findings_max,
        items_max,
        text_bytes_max,
        output_bytes_max,
        copied_bytes_max,
    } = limits;
    // Only where it is said: a set that says nothing of tiers keeps the digest it had before there were any.
    let tier = match tier {
        Tier::Usual => "",
        Tier::Large => "large ",
    };
    format!(
        "{tier}{module_bytes_max} {fuel} {} {memory_bytes_max} {table_elements_max} {log_calls_max} {log_bytes_max} \
         {findings_max} {items_max} {text_bytes_max} {output_bytes_max} {copied_bytes_max}",
        deadline.as_millis()
    )
}
