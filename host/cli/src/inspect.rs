//! `interlock inspect`: what a module is, in its own words, and what is known of it whatever it says.

use std::fmt::Write as _;

use anyhow::bail;
use interlock::{Examined, Extent, Limits, LoadError, Outline};
use interlock_model::{Manifest, Needs, Untrusted};
use interlock_outputs::escape::{for_json, for_terminal, lines_for_terminal, name_for_terminal};
use interlock_outputs::module_v1::{self, ExtentV1, ModuleV1, RefusedV1};

use crate::args::{Inspect, InspectFormat};
use crate::explain::write_rule;
use crate::gate::nearest_stock;
use crate::{CANNOT, print};

pub(crate) fn run(arguments: &Inspect) -> anyhow::Result<u8> {
    let limits = Limits::of(arguments.tier.into());
    let wasm = bytes(&arguments.module, &limits)?;
    let examined = interlock::examine(&wasm, &limits)?;
    print(&match arguments.format {
        InspectFormat::Text => text(&arguments.module, &examined)?,
        InspectFormat::Json => for_json(&json(&arguments.module, &examined))?,
    })?;
    Ok(if examined.manifest.is_ok() { 0 } else { CANNOT })
}

fn bytes(module: &str, limits: &Limits) -> anyhow::Result<Vec<u8>> {
    let Some(id) = module.strip_prefix("stock:") else {
        return Ok(interlock_inputs::read_module(module.as_ref(), limits.module_bytes_max)?);
    };
    match interlock_stock::module(id) {
        Some(stock) => Ok(stock.bytes.to_vec()),
        None => {
            let (shown, nearest) = (name_for_terminal(&id.into()), nearest_stock(id));
            bail!("no stock policy `{shown}`\nhelp: did you mean `stock:{nearest}`?")
        }
    }
}

fn text(module: &str, examined: &Examined) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let shown = name_for_terminal(&module.into());
    match &examined.manifest {
        Ok(manifest) => {
            let (version, title) = (for_terminal(&manifest.version), for_terminal(&manifest.title));
            writeln!(text, "`{shown}`: policy {} {version}: {title}", manifest.id)?;
            write_outline(&mut text, examined)?;
            write_manifest(&mut text, manifest)?;
        }
        Err(refused) => {
            writeln!(text, "`{shown}`: no policy that a gate loads")?;
            write_outline(&mut text, examined)?;
            writeln!(text, "  refused   {}", lines_for_terminal(&refused.to_string()))?;
            writeln!(text, "help: {}", refused.help())?;
        }
    }
    Ok(text)
}

/// What is known of a module without its own word. `interlock build` says the same of what it built.
pub(crate) fn write_outline(text: &mut String, examined: &Examined) -> std::fmt::Result {
    let Examined { digest, bytes, outline: Outline { imports, contract, extent }, manifest: _ } = examined;
    let mut imports: Vec<String> = imports.iter().map(name_for_terminal).collect();
    match extent {
        Extent::Whole if imports.is_empty() => imports.push("nothing".to_owned()),
        Extent::Whole => {}
        Extent::Cut if imports.is_empty() => {
            imports.push("not known: it cannot be read to its end".to_owned())
        }
        Extent::Cut => imports.push("and what stands behind, which was not read".to_owned()),
    }
    let contract = contract.as_ref().map_or_else(|| "none found".to_owned(), name_for_terminal);
    writeln!(text, "  digest    {}", digest.as_str())?;
    writeln!(text, "  size      {bytes} bytes ({} KiB)", bytes.div_ceil(1024))?;
    writeln!(text, "  contract  {contract}")?;
    writeln!(text, "  imports   {}", imports.join("\n            "))
}

fn write_manifest(text: &mut String, manifest: &Manifest) -> std::fmt::Result {
    writeln!(text, "  reads     {}\n", reads(&manifest.needs))?;
    for rule in &manifest.rules {
        write_rule(text, manifest.id.as_str(), rule)?;
    }
    let none = if manifest.settings.is_empty() { " none" } else { "" };
    writeln!(text, "settings of the policy:{none}")?;
    for setting in &manifest.settings {
        let default = for_terminal(&setting.default);
        writeln!(text, "  {} = {default} ({})", setting.key, setting.kind.name())?;
        writeln!(text, "      {}", for_terminal(&setting.help))?;
    }
    Ok(())
}

/// Beyond the change document, which every policy is shown.
fn reads(needs: &Needs) -> String {
    let Needs { paths, edits, text } = needs;
    let parts = match (edits, text) {
        (true, true) => "each changed value and the whole text",
        (true, false) => "each changed value",
        (false, true) => "the whole text",
        (false, false) => "names and sizes",
    };
    if paths.is_empty() {
        return "the change document, and of changed files nothing".to_owned();
    }
    let paths = paths.iter().map(|path| format!("`{}`", name_for_terminal(&Untrusted::from(path.as_str()))));
    let paths: Vec<_> = paths.collect();
    format!("the change document, and {parts} of changed files like {}", paths.join(", "))
}

fn json(module: &str, examined: &Examined) -> ModuleV1 {
    let Examined { digest, bytes, outline: Outline { imports, contract, extent }, manifest } = examined;
    ModuleV1 {
        schema: module_v1::SCHEMA,
        module: module.to_owned(),
        digest: digest.clone(),
        bytes: *bytes,
        contract: contract.clone(),
        imports: imports.clone(),
        extent: match extent {
            Extent::Whole => ExtentV1::Whole,
            Extent::Cut => ExtentV1::Cut,
        },
        policy: manifest.as_ref().ok().map(Into::into),
        refused: manifest.as_ref().err().map(refused),
    }
}

fn refused(error: &LoadError) -> RefusedV1 {
    RefusedV1 { kind: error.kind(), reason: error.to_string(), help: error.help() }
}
