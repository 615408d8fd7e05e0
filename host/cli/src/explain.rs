//! `interlock explain`: one rule, for somebody whose change was just stopped.

use std::fmt::Write as _;

use anyhow::bail;
use interlock::{Gate, HOST, HOST_RULES};
use interlock_model::{Manifest, Rule};
use interlock_outputs::escape::{for_terminal, name_for_terminal};

use crate::args::Explain;
use crate::shelf::Shelf;
use crate::{gate, print};

pub(crate) fn run(arguments: &Explain) -> anyhow::Result<u8> {
    let gate = gate::listed(&arguments.policy_set, &Shelf::new(None))?;
    tell(&gate, &arguments.rule)?;
    Ok(0)
}

/// Prints a rule, or a policy with all its rules and settings.
pub(crate) fn tell(gate: &Gate, name: &str) -> anyhow::Result<()> {
    let Some(text) = explain(gate, name)? else { bail!(unknown(gate, name)) };
    print(&text)
}

/// The text for a rule, or for a policy with all of its rules.
fn explain(gate: &Gate, name: &str) -> Result<Option<String>, std::fmt::Error> {
    let (policy, rule) = match name.split_once('/') {
        Some((policy, rule)) => (policy, Some(rule)),
        None => (name, None),
    };
    let mut text = String::new();
    if policy == HOST {
        for host_rule in HOST_RULES.iter().filter(|it| rule.is_none_or(|rule| rule == it.id)) {
            writeln!(text, "{HOST}/{}: {}\n", host_rule.id, host_rule.title)?;
            writeln!(
                text,
                "why:      {}\nfix:      {}\nverdict:  {}\n",
                host_rule.help, host_rule.remedy, host_rule.verdict
            )?;
        }
        return Ok((!text.is_empty()).then_some(text));
    }
    let Some((id, manifest)) = gate.policies().find(|(id, _)| id.as_str() == policy) else { return Ok(None) };
    let rules: Vec<&Rule> =
        manifest.rules.iter().filter(|it| rule.is_none_or(|rule| rule == it.id)).collect();
    if rules.is_empty() {
        return Ok(None);
    }
    for rule in rules {
        write_rule(&mut text, id.as_str(), rule)?;
    }
    write_settings(&mut text, manifest)?;
    Ok(Some(text))
}

pub(crate) fn write_rule(text: &mut String, policy: &str, rule: &Rule) -> std::fmt::Result {
    writeln!(text, "{policy}/{}: {}\n", rule.id, for_terminal(&rule.title))?;
    writeln!(text, "why:      {}", for_terminal(&rule.help))?;
    if let Some(origin) = &rule.origin {
        writeln!(text, "because:  {}", for_terminal(origin))?;
    }
    writeln!(text, "fix:      {}", for_terminal(&rule.remedy))?;
    writeln!(text, "verdict:  at most {}\n", rule.strictest)
}

fn write_settings(text: &mut String, manifest: &Manifest) -> std::fmt::Result {
    writeln!(text, "settings of the policy:")?;
    for setting in &manifest.settings {
        writeln!(text, "  {} = {}", setting.key, for_terminal(&setting.default))?;
        writeln!(text, "      {}", for_terminal(&setting.help))?;
    }
    Ok(())
}

/// The nearest name there is: a rule that nobody knows is usually one letter away from one.
fn unknown(gate: &Gate, name: &str) -> String {
    let own = HOST_RULES.iter().map(|rule| format!("{HOST}/{}", rule.id));
    let theirs = gate.policies().flat_map(|(id, manifest)| {
        let rules = manifest.rules.iter().map(move |rule| format!("{id}/{}", rule.id));
        std::iter::once(id.to_string()).chain(rules)
    });
    let nearest = own.chain(theirs).min_by_key(|known| strsim::damerau_levenshtein(known, name));
    let shown = name_for_terminal(&name.into());
    match nearest {
        Some(known) if strsim::damerau_levenshtein(&known, name) <= known.len() / 3 => {
            format!("there is no rule `{shown}`\nhelp: did you mean `{known}`?")
        }
        Some(_) | None => format!("there is no rule `{shown}`\nhelp: `interlock policies` lists all of them"),
    }
}
