//! The policy that its author tries, and its cases: what `interlock test` and `interlock bench` begin with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use interlock::{Binding, Limits, Tier};
use interlock_authoring::{Sandbox, built_module, cases_path, check_built, policy_name};
use interlock_inputs::{CasesFile, read_cases, read_module};
use interlock_model::{Digest, PolicyId};
use interlock_outputs::escape::name_for_terminal;

use crate::args::Cases;
use crate::gate;

/// What stands before the name of a stock policy.
const STOCK: &str = "stock:";

/// A policy in its sandbox, and its cases.
pub(crate) struct Subject {
    pub(crate) file: CasesFile,
    pub(crate) sandbox: Sandbox,
    pub(crate) module_bytes: usize,
    pub(crate) module_digest: Digest,
}

/// The files that the subject is made of, whether they are there or not. What cases name is known once they can be read.
pub(crate) fn files(arguments: &Cases) -> Vec<PathBuf> {
    let cases = cases_path(&arguments.path);
    let module = match &arguments.module {
        Some(module) if stock_id(module).is_some() => None,
        Some(module) => Some(module.clone()),
        None => built_module(&cases).ok(),
    };
    let named = read_cases(&cases).map(|file| named_by(&file)).unwrap_or_default();
    std::iter::once(cases).chain(module).chain(named).collect()
}

/// Calendars and change documents, each once.
fn named_by(file: &CasesFile) -> BTreeSet<PathBuf> {
    let named = file.cases.iter().flat_map(|case| case.calendars.iter().chain(&case.change_file));
    named.map(|named| named.path.clone()).collect()
}

/// Reads the cases and loads the policy.
pub(crate) fn subject(arguments: &Cases) -> anyhow::Result<Subject> {
    let cases = cases_path(&arguments.path);
    let file = read_cases(&cases)?;
    let binding = binding(arguments.module.as_deref(), &cases, arguments.tier.into())?;
    let (module_bytes, module_digest) = (binding.module_bytes(), binding.module_digest());
    let sandbox = Sandbox::new(gate::alone(binding, arguments.no_cache)?)?;
    Ok(Subject { file, sandbox, module_bytes, module_digest })
}

/// Loads the policy of these cases, whether there are any yet or not.
pub(crate) fn sandbox(
    module: Option<&Path>,
    cases: &Path,
    tier: Tier,
    no_cache: bool,
) -> anyhow::Result<Sandbox> {
    Sandbox::new(gate::alone(binding(module, cases, tier)?, no_cache)?)
}

fn binding(named: Option<&Path>, cases: &Path, tier: Tier) -> anyhow::Result<Binding> {
    let limits = Limits::of(tier);
    let (id, bytes) = module(named, cases, &limits)?;
    let id = PolicyId::try_from(id).map_err(|unfit| anyhow!("a policy without a name: {unfit}"))?;
    Ok(Binding::new(id, bytes).limits(limits))
}

/// The module's name and its bytes.
fn module(named: Option<&Path>, cases: &Path, limits: &Limits) -> anyhow::Result<(String, Vec<u8>)> {
    let path = match named {
        Some(module) => match stock_id(module) {
            Some(id) => return stock(id),
            None => module.to_owned(),
        },
        None => {
            let built = built_module(cases)?;
            check_built(&built)?;
            built
        }
    };
    Ok((policy_name(&path), read_module(&path, limits.module_bytes_max)?))
}

fn stock_id(module: &Path) -> Option<&str> {
    module.to_str()?.strip_prefix(STOCK)
}

fn stock(id: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let module = interlock_stock::module(id).ok_or_else(|| {
        let (shown, nearest) = (name_for_terminal(&id.into()), gate::nearest_stock(id));
        anyhow!("no stock policy `{shown}`\nhelp: did you mean `{nearest}`? `interlock policies` lists all of them")
    })?;
    Ok((id.to_owned(), module.bytes.to_vec()))
}
