//! Looks at a module before it is compiled: is it a component, of our contract, and small enough to be compiled at all?
//!
//! Compiling is the one step with no fuel: 1.4 KB of nested components can cost 12 s and a gigabyte, and wasmtime does
//! not hold that to be a fault of its own. So everything that multiplies is counted here first, in one pass over the
//! bytes, and imports are checked by name, so that a refusal names what was asked for.

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentExternalKind, Encoding, FunctionBody, Parser, Payload,
    Validator, WasmFeatures,
};

use crate::contract::Contract;
use crate::{CONTRACT, Limits, LoadError, Tier, Wrong};

mod ceilings;
mod copies;

pub(crate) use ceilings::Ceilings;
use copies::{Copies, FromElsewhere};

pub(crate) const PACKAGE: &str = "interlock:policy/";

/// Refuses what must not even be read.
pub(crate) fn check_size(wasm: &[u8], limits: &Limits) -> Result<(), LoadError> {
    if wasm.len() > limits.module_bytes_max {
        return Err(LoadError::TooLarge {
            bytes: wasm.len(),
            limit: limits.module_bytes_max,
            tier: limits.tier,
        });
    }
    Ok(())
}

/// Refuses what must not be compiled.
pub(crate) fn admit(wasm: &[u8], tier: Tier) -> Result<(), LoadError> {
    is_a_component(wasm)?;
    let mut scan = Scan::of(tier);
    for payload in Parser::new(0).parse_all(wasm) {
        scan.look_at(payload.map_err(|error| invalid(&error))?)?;
    }
    scan.finish()?;
    Validator::new_with_features(features()).validate_all(wasm).map_err(|error| invalid(&error))?;
    Ok(())
}

fn is_a_component(wasm: &[u8]) -> Result<(), LoadError> {
    let wrong = match wasm {
        [] => Wrong::Empty,
        // Version 13 (0x0d), layer 1: the component format every current tool writes.
        [0, b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => return Ok(()),
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Wrong::CoreModule,
        [0, b'a', b's', b'm', ..] => Wrong::OtherFormat,
        [0x7f, b'E', b'L', b'F', ..] => Wrong::Compiled,
        [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..] => Wrong::Archive,
        text if text.trim_ascii_start().starts_with(b"(") => Wrong::Text,
        _ => Wrong::Unknown,
    };
    Err(LoadError::NotAComponent { wrong })
}

/// The features of wasm that a policy may use: what rustc's default target emits, and components.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::CALL_INDIRECT_OVERLONG
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES
        | WasmFeatures::COMPONENT_MODEL
}

/// What has been counted so far. Nested components and modules count into the same sums.
struct Scan {
    tier: Tier,
    ceilings: &'static Ceilings,
    /// What is open, outermost first.
    open: Vec<Encoding>,
    functions: usize,
    instances: usize,
    entries: usize,
    /// Bytes times locals of every function.
    weight: usize,
    copies: Copies,
    exports_policy: bool,
    speaks: Speaks,
}

/// Which contract the imports and exports are of, as far as they were seen.
#[derive(Default)]
enum Speaks {
    /// Nothing of any was seen.
    #[default]
    Nothing,
    /// One, and the first name of it.
    One(Contract, String),
    /// Two that this engine speaks.
    Two(String, String),
    /// One that this engine does not speak.
    Other(String),
}

impl Scan {
    fn of(tier: Tier) -> Self {
        Self {
            tier,
            ceilings: Ceilings::of(tier),
            open: Vec::new(),
            functions: 0,
            instances: 0,
            entries: 0,
            weight: 0,
            copies: Copies::default(),
            exports_policy: false,
            speaks: Speaks::Nothing,
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "payloads that multiply nothing are many; a new one that does is caught by the validator's own limits"
    )]
    fn look_at(&mut self, payload: Payload<'_>) -> Result<(), LoadError> {
        match payload {
            Payload::Version { encoding, .. } => self.enter(encoding),
            Payload::End(_) => self.leave(),
            Payload::MemorySection(section) => {
                self.at_most("memories in one module", section.count() as usize, 1)
            }
            Payload::FunctionSection(section) => {
                self.functions += section.count() as usize;
                self.at_most("functions", self.functions, self.ceilings.functions)
            }
            Payload::CodeSectionEntry(body) => self.look_at_function(&body),
            Payload::InstanceSection(section) => {
                self.instances += section.count() as usize;
                self.at_most("core instances", self.instances, self.ceilings.instances)?;
                section.into_iter().try_for_each(|instance| {
                    self.copies.core_instance(&instance.map_err(|error| invalid(&error))?);
                    Ok(())
                })
            }
            Payload::ComponentInstanceSection(section) => {
                self.instances += section.count() as usize;
                self.at_most("instances", self.instances, self.ceilings.instances)?;
                section.into_iter().try_for_each(|instance| {
                    self.copies.instance(&instance.map_err(|error| invalid(&error))?);
                    Ok(())
                })
            }
            Payload::ComponentImportSection(section) => {
                self.count(section.count())?;
                section.into_iter().try_for_each(|import| {
                    let import = import.map_err(|error| invalid(&error))?;
                    self.known(self.copies.import(import.ty))?;
                    if self.is_outermost() { self.look_at_import(import.name.name) } else { Ok(()) }
                })
            }
            Payload::ComponentExportSection(section) => {
                self.count(section.count())?;
                section.into_iter().try_for_each(|export| {
                    let export = export.map_err(|error| invalid(&error))?;
                    self.known(self.copies.export(export.kind))?;
                    if self.is_outermost() {
                        self.look_at_export(export.name.name, export.kind);
                    }
                    Ok(())
                })
            }
            Payload::TypeSection(section) => self.count(section.count()),
            Payload::ComponentTypeSection(section) => self.count(section.count()),
            Payload::CoreTypeSection(section) => self.count(section.count()),
            Payload::ComponentAliasSection(section) => {
                self.count(section.count())?;
                section.into_iter().try_for_each(|alias| {
                    let alias = alias.map_err(|error| invalid(&error))?;
                    let known = self.copies.alias(&alias);
                    self.known(known)
                })
            }
            Payload::ComponentCanonicalSection(section) => {
                self.count(section.count())?;
                section
                    .into_iter()
                    .try_for_each(|function| speaks_utf8(&function.map_err(|error| invalid(&error))?))
            }
            Payload::ImportSection(section) => self.count(section.count()),
            Payload::ExportSection(section) => self.count(section.count()),
            Payload::GlobalSection(section) => self.count(section.count()),
            Payload::ElementSection(section) => self.count(section.count()),
            Payload::DataSection(section) => self.count(section.count()),
            Payload::TableSection(section) => self.count(section.count()),
            // The rest multiplies nothing: custom sections are skipped, and the validator refuses what it does not know.
            _ => Ok(()),
        }
    }

    fn enter(&mut self, encoding: Encoding) -> Result<(), LoadError> {
        self.open.push(encoding);
        if encoding == Encoding::Component {
            self.copies.enter();
        }
        let components = self.open.iter().filter(|encoding| matches!(encoding, Encoding::Component)).count();
        self.at_most("levels of components", components, self.ceilings.nesting)
    }

    fn leave(&mut self) -> Result<(), LoadError> {
        if self.open.pop() != Some(Encoding::Component) {
            return Ok(());
        }
        let copies = self.copies.leave();
        let Some(products) = &self.ceilings.products else { return Ok(()) };
        self.at_most("instances, each counted as often as it is made", copies, products.copies)
    }

    fn is_outermost(&self) -> bool {
        self.open.len() <= 1
    }

    fn count(&mut self, entries: u32) -> Result<(), LoadError> {
        self.entries += entries as usize;
        self.at_most("entries in its sections", self.entries, self.ceilings.entries)
    }

    /// Where copies are counted, a component has to be one that was.
    fn known(&self, component: Result<(), FromElsewhere>) -> Result<(), LoadError> {
        match (component, &self.ceilings.products) {
            (Err(FromElsewhere), Some(_)) => self.at_most("components handed on between components", 1, 0),
            (Err(FromElsewhere), None) | (Ok(()), _) => Ok(()),
        }
    }

    fn look_at_function(&mut self, body: &FunctionBody<'_>) -> Result<(), LoadError> {
        let bytes = body.range().end - body.range().start;
        self.at_most("bytes in one function", bytes, self.ceilings.function_bytes)?;
        let mut locals: usize = 0;
        for group in body.get_locals_reader().map_err(|error| invalid(&error))? {
            let (count, _type) = group.map_err(|error| invalid(&error))?;
            locals = locals.saturating_add(count as usize);
            self.at_most("locals in one function", locals, self.ceilings.locals)?;
        }
        let weight = bytes.saturating_mul(locals);
        self.weight = self.weight.saturating_add(weight);
        let Some(products) = &self.ceilings.products else { return Ok(()) };
        self.at_most("bytes times locals in one function", weight, products.function_weight)?;
        self.at_most("bytes times locals in its functions", self.weight, products.weight)
    }

    fn at_most(&self, what: &'static str, found: usize, limit: usize) -> Result<(), LoadError> {
        let tier = self.tier;
        if found > limit { Err(LoadError::TooMany { what, limit, tier }) } else { Ok(()) }
    }

    /// Types may come from our package, and `log`; anything else is a capability that a policy does not have.
    fn look_at_import(&mut self, name: &str) -> Result<(), LoadError> {
        let ours = ["change-types", "question-types", "finding-types", "log"];
        match name.strip_prefix(PACKAGE).map(|rest| rest.split_once('@').unwrap_or((rest, ""))) {
            Some((interface, version)) if ours.contains(&interface) => {
                self.hear(name, version);
                Ok(())
            }
            Some(_) | None => Err(LoadError::ForbiddenImport { name: cut(name).into() }),
        }
    }

    fn look_at_export(&mut self, name: &str, kind: ComponentExternalKind) {
        if let Some(version) = name.strip_prefix(PACKAGE).and_then(|rest| rest.strip_prefix("policy@")) {
            self.exports_policy |= kind == ComponentExternalKind::Instance;
            self.hear(name, version);
        }
    }

    /// A contract that is not spoken says more than two that are.
    fn hear(&mut self, name: &str, version: &str) {
        let name = cut(name);
        self.speaks = match (std::mem::take(&mut self.speaks), Contract::of_version(version)) {
            (heard @ Speaks::Other(_), _) => heard,
            (_, None) => Speaks::Other(name),
            (Speaks::Nothing, Some(contract)) => Speaks::One(contract, name),
            (Speaks::One(before, first), Some(contract)) if before != contract => Speaks::Two(first, name),
            (heard @ (Speaks::One(..) | Speaks::Two(..)), Some(_)) => heard,
        };
    }

    fn finish(self) -> Result<(), LoadError> {
        match self.speaks {
            Speaks::Other(found) => return Err(LoadError::OtherContract { found: found.into() }),
            Speaks::Two(one, other) => {
                return Err(LoadError::MixedContracts { one: one.into(), other: other.into() });
            }
            Speaks::Nothing | Speaks::One(..) => {}
        }
        if !self.exports_policy {
            return Err(LoadError::MissingExport {
                contract: CONTRACT,
                reason: "there is no such instance among its exports".into(),
            });
        }
        Ok(())
    }
}

/// Texts cross the border as UTF-8. The other encodings are where wasmtime's advisories on strings were, and no toolchain
/// we know needs them.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the other canonical functions carry no text, or are switched off"
)]
fn speaks_utf8(function: &CanonicalFunction) -> Result<(), LoadError> {
    let options = match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => options,
        _ => return Ok(()),
    };
    let other =
        |option: &&CanonicalOption| matches!(option, CanonicalOption::UTF16 | CanonicalOption::CompactUTF16);
    if options.iter().any(|option| other(&option)) {
        return Err(LoadError::OtherEncoding);
    }
    Ok(())
}

fn invalid(error: &wasmparser::BinaryReaderError) -> LoadError {
    LoadError::Invalid { offset: error.offset(), reason: cut(error.message()).into() }
}

/// A name in an error is for reading; a megabyte of it is not.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
