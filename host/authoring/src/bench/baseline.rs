//! Measures that were kept, and what has grown since. Fuel, memory and size only: they are the same on every machine.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{anyhow, bail};
use interlock_inputs::read_file;
use interlock_model::Untrusted;
use interlock_outputs::escape::name_for_terminal;

use super::{BenchResult, CaseCost, FORM};

/// Measures that were kept.
pub struct Baseline(BenchResult);

/// What has grown since, and what cannot be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What has grown by more than the threshold, a line each.
    pub grown: Vec<String>,
    /// What only one of the two has, a line each.
    pub notes: Vec<String>,
}

impl Baseline {
    /// Reads a baseline that `interlock bench --save` wrote.
    ///
    /// # Errors
    /// If it cannot be read, or is none.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = read_file(path)?;
        let shown = Untrusted::from(path.to_string_lossy().into_owned()).quoted();
        let help = "write it anew with `interlock bench --save`";
        let kept: BenchResult = serde_json::from_slice(&bytes).map_err(|error| {
            let why = Untrusted::from(error.to_string()).quoted();
            anyhow!("`{shown}` is no baseline: {why}\nhelp: {help}")
        })?;
        if kept.form != FORM {
            let form = name_for_terminal(&kept.form.as_str().into());
            bail!("`{shown}` is of the form `{form}`, expected `{FORM}`\nhelp: {help}");
        }
        Ok(Self(kept))
    }

    /// Compares it with what was measured now. Growth by exactly the threshold, in percent, passes.
    pub fn compare(&self, now: &BenchResult, threshold: u32) -> Comparison {
        let before = &self.0;
        let mut comparison = Comparison::default();
        if before.policy != now.policy {
            let kept = name_for_terminal(&before.policy.as_str().into());
            comparison.notes.push(format!("the baseline is of `{kept}`, this is `{}`", now.policy));
        }
        comparison.grown.extend(grown(
            "module size",
            "bytes",
            before.module_bytes,
            now.module_bytes,
            threshold,
        ));
        comparison.cases(before, now, threshold);
        comparison
    }
}

impl Comparison {
    fn cases(&mut self, before: &BenchResult, now: &BenchResult, threshold: u32) {
        let mut left: BTreeMap<&str, &CaseCost> =
            before.cases.iter().map(|case| (case.case.as_str(), case)).collect();
        for case in &now.cases {
            let name = name_for_terminal(&case.case.as_str().into());
            let Some(kept) = left.remove(case.case.as_str()) else {
                self.notes.push(format!("case `{name}` is not in the baseline"));
                continue;
            };
            let of = |what| format!("case `{name}`: {what}");
            self.grown.extend(grown(&of("fuel"), "units", kept.fuel, case.fuel, threshold));
            self.grown.extend(grown(&of("memory"), "bytes", kept.memory_bytes, case.memory_bytes, threshold));
        }
        let gone = left.into_keys().map(|name| name_for_terminal(&name.into()));
        self.notes.extend(gone.map(|name| format!("case `{name}` is in the baseline and was not measured")));
    }
}

/// A line if it has grown by more than so many percent.
fn grown(what: &str, unit: &str, before: u64, now: u64, threshold: u32) -> Option<String> {
    let allowed = u128::from(before) * (100 + u128::from(threshold));
    let is_more = u128::from(now) * 100 > allowed;
    is_more.then(|| {
        let more = now.saturating_sub(before);
        let percent = u128::from(more) * 100 / u128::from(before.max(1));
        format!("{what} grew from {before} to {now} {unit}, by {percent} %, allowed are {threshold} %")
    })
}
