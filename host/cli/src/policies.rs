//! `interlock policies`: every policy with its rules and settings, as the modules themselves describe them.

use std::fmt::Write as _;

use interlock_model::{Manifest, PolicyId};
use interlock_outputs::escape::for_terminal;

use crate::args::Policies;
use crate::shelf::Shelf;
use crate::{explain, gate, print};

pub(crate) fn run(arguments: &Policies) -> anyhow::Result<u8> {
    let gate = gate::listed(&arguments.policy_set, &Shelf::new(None))?;
    if let Some(name) = &arguments.name {
        explain::tell(&gate, name)?;
        return Ok(0);
    }
    let mut text = String::new();
    let usual = arguments.policy_set.policy_set.is_none();
    for (id, manifest) in gate.policies() {
        // Under its own name in a policy set it was asked for.
        let reason = interlock_stock::on_request(id.as_str()).filter(|_| usual);
        write_policy(&mut text, id, manifest, reason)?;
    }
    for (id, fault) in gate.broken() {
        let said = fault.said().map(|said| format!(": {}", for_terminal(said))).unwrap_or_default();
        writeln!(text, "{id} is broken: it {fault}{said}\n")?;
    }
    text.push_str("`interlock explain POLICY/RULE` says why a rule exists and how to satisfy it\n");
    print(&text)?;
    Ok(0)
}

/// With the reason why it is only there where a policy set binds it.
fn write_policy(
    text: &mut String,
    id: &PolicyId,
    manifest: &Manifest,
    on_request: Option<&str>,
) -> std::fmt::Result {
    writeln!(text, "{id} {}: {}", for_terminal(&manifest.version), for_terminal(&manifest.title))?;
    if let Some(reason) = on_request {
        writeln!(text, "  only where a policy set binds `stock:{id}`: {reason}")?;
    }
    for rule in &manifest.rules {
        writeln!(text, "  {:<26} at most {:<6} {}", rule.id, rule.strictest, for_terminal(&rule.title))?;
    }
    let settings = manifest.settings.iter().map(|it| format!("{} = {}", it.key, for_terminal(&it.default)));
    writeln!(text, "  settings: {}", settings.collect::<Vec<_>>().join(", "))
}
