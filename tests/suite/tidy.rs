//! The repository's own rules: what a reviewer would otherwise have to remember.
//!
//! Each file of `tidy/` is one group of rules. A rule gathers every place that breaks it, each with what to
//! edit and how, and passes when it gathered nothing. Nothing here judges a change; that a policy says the
//! right thing is `cases`'.

mod arrows;
mod contract;
mod docs;
mod files;
mod limits;
mod markdown;
mod mirror;
mod policies;
mod rust;
mod tree;
mod versions;

use anyhow::Result;
use libtest_mimic::{Failed, Trial};

/// Every rule. `all_names` are the names of all other trials of the suite: ARCHITECTURE.md speaks of them.
pub fn trials(all_names: Vec<String>) -> Vec<Trial> {
    let mut trials: Vec<Trial> = [
        arrows::trials(),
        contract::trials(),
        docs::trials(),
        files::trials(),
        limits::trials(),
        mirror::trials(),
        policies::trials(),
        versions::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let own = trials.iter().map(|trial| trial.name().to_owned());
    let names = all_names.into_iter().chain(own).collect();
    trials.push(docs::invariants(names));
    trials
}

/// One rule as a trial: it passes when nothing breaks it.
fn rule(name: &str, look: impl FnOnce() -> Result<Vec<String>> + Send + 'static) -> Trial {
    Trial::test(format!("tidy/{name}"), move || match look() {
        Ok(broken) if broken.is_empty() => Ok(()),
        Ok(broken) => Err(Failed::from(format!("\n  {}", broken.join("\n  ")))),
        Err(error) => Err(Failed::from(format!("{error:#}"))),
    })
}
