//! What can be read of a module without running it: what it imports, and of which contract it says to be. For people who
//! look at one; whether it is admitted is `admission`'s, which reads more and refuses.

use interlock_model::Untrusted;
use wasmparser::{Parser, Payload};

use crate::admission::{PACKAGE, cut};

/// Imports that are told. A policy has five; a module with a thousand is not described by the rest of them.
const IMPORTS_MAX: usize = 100;
/// Levels of modules in modules that are followed.
const DEPTH_MAX: usize = 16;

/// A module as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What it imports itself, in its order. Of a core module: `module` `::` `name`.
    pub imports: Vec<Untrusted>,
    /// The contract of the policy that it exports, like `interlock:policy@0.2.0`. Absent: it was found to export none.
    pub contract: Option<Untrusted>,
    /// Whether that is all.
    pub extent: Extent,
}

/// How far a module was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// To its end.
    Whole,
    /// Up to bytes that are no WebAssembly, or up to a limit. What stands behind is not known.
    Cut,
}

/// Reads what it can of any bytes. Never fails: what cannot be read is not told, and `extent` says so.
pub fn outline(wasm: &[u8]) -> Outline {
    let mut outline = Outline { imports: Vec::new(), contract: None, extent: Extent::Whole };
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(wasm) {
        let read = match payload {
            Ok(payload) => outline.read(payload, &mut depth),
            Err(_) => None,
        };
        if read.is_none() || depth > DEPTH_MAX || outline.imports.len() > IMPORTS_MAX {
            outline.extent = Extent::Cut;
            break;
        }
    }
    outline.imports.truncate(IMPORTS_MAX);
    outline
}

impl Outline {
    /// `None`: it cannot be read on.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "of the many payloads these few name what a module imports and exports"
    )]
    fn read(&mut self, payload: Payload<'_>, depth: &mut usize) -> Option<()> {
        match payload {
            Payload::Version { .. } => *depth += 1,
            Payload::End(_) => *depth = depth.saturating_sub(1),
            // What a nested module imports is given by the one around it, not by the host.
            _ if *depth > 1 => {}
            Payload::ComponentImportSection(section) => {
                for import in section.into_iter().take(IMPORTS_MAX + 1) {
                    self.imports.push(cut(import.ok()?.name.name).into());
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports().take(IMPORTS_MAX + 1) {
                    let import = import.ok()?;
                    self.imports.push(cut(&format!("{}::{}", import.module, import.name)).into());
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    self.note_contract(export.ok()?.name.name);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn note_contract(&mut self, export: &str) {
        let policy = export.strip_prefix(PACKAGE).and_then(|rest| rest.strip_prefix("policy@"));
        if let Some(version) = policy {
            let package = PACKAGE.trim_end_matches('/');
            self.contract.get_or_insert_with(|| cut(&format!("{package}@{version}")).into());
        }
    }
}
