//! Which values of a plan or a state nobody may be shown.
//!
//! `terraform show -json` writes secrets in clear text and says beside them which they are. Three rules on top of that:
//! what has no such mark where there should be one is hidden; so is what only text written by people could tell (literals
//! of the configuration, messages of checks, keys of a newer format); and a text that is secret in one place is secret in
//! all, because providers lose marks: `terraform_data` has one on `input` and none on `output`, which is the same value.

use std::collections::{HashMap, HashSet};

use crate::payload::foreign::Seen;
use crate::payload::masked::Hidden;

/// Bytes of a secret text that is looked for in other places. Shorter ones are words that mean something else there.
const SECRET_BYTES_MIN: usize = 6;

/// Keys of a plan and of a state that hold nothing but names, paths, times and flags.
const PLAIN: [&str; 7] = [
    "format_version",
    "terraform_version",
    "relevant_attributes",
    "timestamp",
    "applyable",
    "complete",
    "errored",
];
/// The same for a resource, in `resource_changes` and in a state.
const PLAIN_OF_RESOURCE: [&str; 18] = [
    "address",
    "previous_address",
    "module_address",
    "mode",
    "type",
    "name",
    "index",
    "index_unknown",
    "provider_name",
    "full_provider",
    "schema_version",
    "deposed",
    "deposed_key",
    "tainted",
    "depends_on",
    "action_reason",
    "reason",
    "sensitive_values",
];
/// The same for a `change`.
const PLAIN_OF_CHANGE: [&str; 6] =
    ["actions", "after_unknown", "before_sensitive", "after_sensitive", "replace_paths", "importing"];
/// The same for an action that runs beside the resources.
const PLAIN_OF_INVOCATION: [&str; 9] = [
    "address",
    "type",
    "name",
    "config_sensitive",
    "config_unknown",
    "provider_name",
    "lifecycle_action_trigger",
    "invoke_action_trigger",
    "reason",
];
/// The same for a provider's configuration, and literals in it that say where it works.
const PLAIN_OF_PROVIDER: [&str; 5] = ["name", "full_name", "alias", "module_address", "version_constraint"];
const PLACES_OF_PROVIDER: [&str; 3] = ["region", "location", "zone"];

/// The values that nobody may be shown. `None`: the document is neither a plan nor a state.
pub(crate) fn hidden(root: Seen<'_>) -> Hidden {
    let is_state = ["terraform_version", "values"].iter().all(|key| root.get(key).is_some());
    if root.get("format_version").is_none() || !(super::is_plan_at(root) || is_state) {
        return Hidden::None;
    }
    match root.get("format_version").and_then(Seen::text) {
        Some(version) if super::is_known(version) => Marks::default().of(root),
        Some(_) | None => Hidden::All,
    }
}

/// Whether a text that was not read may be a plan or a state.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let keys =
        ["\"resource_changes\"", "\"planned_values\"", "\"sensitive_values\"", "\"terraform_version\""];
    text.contains("\"format_version\"") && keys.iter().any(|key| text.contains(key))
}

fn is_open((_, declared): &(&str, Seen<'_>)) -> bool {
    declared.is_map() && declared.get("sensitive").is_none_or(|sensitive| sensitive.boolean() == Some(false))
}

#[derive(Default)]
struct Marks<'f> {
    /// Variables that are declared, and not as sensitive.
    open: HashSet<&'f str>,
    hide: HashSet<(usize, usize)>,
    /// Texts that are marked, wherever they stand.
    secrets: HashSet<&'f str>,
    /// Values that may hold a secret once more.
    values: Vec<Seen<'f>>,
}

impl<'f> Marks<'f> {
    fn of(mut self, root: Seen<'f>) -> Hidden {
        let declared = root.at(&["configuration", "root_module", "variables"]);
        self.open =
            declared.into_iter().flat_map(Seen::entries).filter(is_open).map(|(name, _)| name).collect();
        for (key, value) in root.entries() {
            self.top(key, value);
        }
        for value in std::mem::take(&mut self.values) {
            self.again(value);
        }
        Hidden::These(self.hide)
    }

    fn top(&mut self, key: &str, value: Seen<'f>) {
        match key {
            "resource_changes" | "resource_drift" => self.items(value, Self::resource_change),
            "deferred_changes" => self.items(value, |marks, item| {
                marks.deferred(item, "resource_change", Self::resource_change);
            }),
            "action_invocations" => self.items(value, Self::invocation),
            "deferred_action_invocations" => self.items(value, |marks, item| {
                marks.deferred(item, "action_invocation", Self::invocation);
            }),
            "output_changes" => self.entries(value, |marks, _, change| marks.change(change)),
            "planned_values" | "values" | "proposed_unknown" => self.state(value),
            "prior_state" => self.entries(value, |marks, key, value| marks.top(key, value)),
            "variables" => self.entries(value, |marks, name, value| marks.variable(name, value)),
            "configuration" => self.configuration(value),
            "checks" => self.below(value, &["message"]),
            key if PLAIN.contains(&key) => {}
            _ => self.hide(value),
        }
    }

    /// Looks at each item of a list. Anything else there is not understood, and hidden.
    fn items(&mut self, list: Seen<'f>, each: impl Fn(&mut Self, Seen<'f>)) {
        if !list.is_list() {
            return self.hide(list);
        }
        list.items().for_each(|item| each(self, item));
    }

    /// The same for the values of a map.
    fn entries(&mut self, map: Seen<'f>, each: impl Fn(&mut Self, &'f str, Seen<'f>)) {
        if !map.is_map() {
            return self.hide(map);
        }
        map.entries().for_each(|(key, value)| each(self, key, value));
    }

    fn hide(&mut self, value: Seen<'f>) {
        let bytes = value.bytes();
        self.hide.insert((bytes.start, bytes.end));
    }

    /// Hides a value that the plan itself calls sensitive. Recursion is bounded by the depth the readers allow.
    fn secret(&mut self, value: Seen<'f>) {
        self.hide(value);
        self.learn(value);
    }

    fn learn(&mut self, value: Seen<'f>) {
        self.secrets.extend(value.text().filter(|text| text.len() >= SECRET_BYTES_MIN));
        value.entries().for_each(|(_, below)| self.learn(below));
        value.items().for_each(|below| self.learn(below));
    }

    /// Hides a secret text where it stands without its mark.
    fn again(&mut self, value: Seen<'f>) {
        if value.text().is_some_and(|text| self.secrets.contains(text)) {
            self.hide(value);
        }
        value.entries().for_each(|(_, below)| self.again(below));
        value.items().for_each(|below| self.again(below));
    }

    /// Hides everything in a map but these keys, and what was looked at already.
    fn only(&mut self, map: Seen<'f>, plain: &[&str], seen: &[&str]) {
        if !map.is_map() {
            return self.hide(map);
        }
        let known = |key: &str| plain.contains(&key) || seen.contains(&key);
        map.entries().filter(|(key, _)| !known(key)).for_each(|(_, value)| self.hide(value));
    }

    fn deferred(&mut self, item: Seen<'f>, inner: &str, look: impl Fn(&mut Self, Seen<'f>)) {
        self.only(item, &["reason"], &[inner]);
        if let Some(item) = item.get(inner) {
            look(self, item);
        }
    }

    fn resource_change(&mut self, item: Seen<'f>) {
        self.only(item, &PLAIN_OF_RESOURCE, &["change"]);
        if let Some(change) = item.get("change") {
            self.change(change);
        }
    }

    fn change(&mut self, change: Seen<'f>) {
        self.only(change, &PLAIN_OF_CHANGE, &["before", "after", "before_identity", "after_identity"]);
        self.value(change.get("before"), change.get("before_sensitive"));
        self.value(change.get("after"), change.get("after_sensitive"));
        // An identity is what a resource is imported by, and cannot be sensitive; a secret may still be written there.
        self.values.extend(["before_identity", "after_identity"].iter().filter_map(|key| change.get(key)));
    }

    fn invocation(&mut self, item: Seen<'f>) {
        self.only(item, &PLAIN_OF_INVOCATION, &["config_values"]);
        self.value(item.get("config_values"), item.get("config_sensitive"));
    }

    fn state(&mut self, values: Seen<'f>) {
        self.only(values, &[], &["outputs", "root_module"]);
        if let Some(outputs) = values.get("outputs") {
            self.entries(outputs, |marks, _, output| {
                marks.only(output, &["sensitive", "type"], &["value"]);
                marks.value(output.get("value"), output.get("sensitive"));
            });
        }
        if let Some(module) = values.get("root_module") {
            self.module(module);
        }
    }

    /// Recursion is bounded by the depth the readers allow.
    fn module(&mut self, module: Seen<'f>) {
        self.only(module, &["address"], &["resources", "child_modules"]);
        if let Some(resources) = module.get("resources") {
            self.items(resources, Self::resource);
        }
        if let Some(below) = module.get("child_modules") {
            self.items(below, Self::module);
        }
    }

    fn resource(&mut self, resource: Seen<'f>) {
        self.only(resource, &PLAIN_OF_RESOURCE, &["values", "identity", "identity_schema_version"]);
        self.value(resource.get("values"), resource.get("sensitive_values"));
        self.values.extend(resource.get("identity"));
    }

    /// A variable is shown if the configuration declares it and does not call it sensitive.
    fn variable(&mut self, name: &str, variable: Seen<'f>) {
        self.only(variable, &[], &["value"]);
        let Some(value) = variable.get("value") else { return };
        if self.open.contains(name) { self.values.push(value) } else { self.secret(value) }
    }

    /// Literals in the configuration have no marks: a password written there is like any other text.
    fn configuration(&mut self, configuration: Seen<'f>) {
        self.only(configuration, &[], &["provider_config", "root_module"]);
        for (_, provider) in configuration.get("provider_config").into_iter().flat_map(Seen::entries) {
            self.only(provider, &PLAIN_OF_PROVIDER, &["expressions"]);
            let settings = provider.get("expressions").into_iter().flat_map(Seen::entries);
            for (_, setting) in settings.filter(|(key, _)| !PLACES_OF_PROVIDER.contains(key)) {
                self.below(setting, &["constant_value"]);
            }
        }
        if let Some(module) = configuration.get("root_module") {
            self.below(module, &["constant_value", "default"]);
        }
    }

    /// Hides what stands under these keys, however deep. Recursion is bounded by the depth the readers allow.
    fn below(&mut self, value: Seen<'f>, keys: &[&str]) {
        for (key, below) in value.entries() {
            if keys.contains(&key) { self.hide(below) } else { self.below(below, keys) }
        }
        value.items().for_each(|below| self.below(below, keys));
    }

    fn value(&mut self, value: Option<Seen<'f>>, marks: Option<Seen<'f>>) {
        let Some(value) = value else { return };
        self.values.push(value);
        match marks {
            Some(marks) => self.marked(value, marks),
            None if value.is_null() => {}
            None => self.secret(value),
        }
    }

    /// Marks have the shape of the value, with `true` for what is sensitive, and may leave out what is not. Anything else
    /// is not understood, and hides the value. Recursion is bounded by the depth the readers allow.
    fn marked(&mut self, value: Seen<'f>, marks: Seen<'f>) {
        match marks.boolean() {
            Some(true) => self.secret(value),
            Some(false) => {}
            None if value.is_null() => {}
            None if value.is_map() && marks.is_map() => self.marked_entries(value, marks),
            None if value.is_list() && marks.is_list() => self.marked_items(value, marks),
            None => self.secret(value),
        }
    }

    fn marked_entries(&mut self, value: Seen<'f>, marks: Seen<'f>) {
        let marks: HashMap<&str, Seen<'f>> = marks.entries().collect();
        for (key, below) in value.entries() {
            if let Some(mark) = marks.get(key) {
                self.marked(below, *mark);
            }
        }
    }

    fn marked_items(&mut self, value: Seen<'f>, marks: Seen<'f>) {
        if value.items().count() != marks.items().count() {
            return self.secret(value);
        }
        value.items().zip(marks.items()).for_each(|(below, mark)| self.marked(below, mark));
    }
}
