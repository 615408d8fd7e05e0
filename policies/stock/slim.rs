//! Takes out of a stock policy's component what no host reads. Used by `build.rs`; the policy's own code stays as it is.
//!
//! The linker wraps a module for any world: with names for tools, and with a second component around the exports, which
//! says every type of the contract once more, because in some worlds an export can be typed in no other way. In ours it
//! can: every type is imported, or exported right before the function that takes it. So the exports are listed as they
//! are, and 10 KB of each module go. A component that is put together otherwise than the linker did so far is an error
//! of the build (`tests/slim.rs` tries such ones), and what comes out is validated by every host that loads it.

use std::ops::Range;

use wasm_encoder::{
    Component, ComponentExportKind, ComponentExportSection, ComponentInstanceSection, ComponentSectionId,
    Module, RawSection,
};
use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExport, ComponentExportSectionReader, ComponentExternalKind,
    ComponentInstance, ComponentInstantiationArg, Parser, Payload,
};

/// The same component in fewer bytes.
pub(crate) fn slim(component: &[u8]) -> Result<Vec<u8>, String> {
    let parts = Parts::read(component).map_err(unreadable)?;
    let mut slim = Component::new();
    for section in parts.kept() {
        if let Payload::ModuleSection { unchecked_range, .. } = section {
            let data = without_names(bytes(component, unchecked_range)?)?;
            slim.section(&RawSection { id: ComponentSectionId::CoreModule.into(), data: &data });
        } else if let Some((id, range)) = section.as_section() {
            slim.section(&RawSection { id, data: bytes(component, &range)? });
        }
    }
    let exported = parts.instance()?;
    let mut exports = ComponentInstanceSection::new();
    exports.export_items(parts.items()?);
    let mut export = ComponentExportSection::new();
    export.export(exported.name.name, ComponentExportKind::Instance, exported.index, None);
    slim.section(&exports).section(&export);
    Ok(slim.finish())
}

/// A module without the sections that are for tools.
fn without_names(module: &[u8]) -> Result<Vec<u8>, String> {
    let mut slim = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(unreadable)?;
        if let (Some((id, range)), false) = (payload.as_section(), is_for_tools(&payload)) {
            slim.section(&RawSection { id, data: bytes(module, &range)? });
        }
    }
    Ok(slim.finish())
}

fn is_for_tools(payload: &Payload<'_>) -> bool {
    matches!(payload, Payload::CustomSection(_))
}

/// A component as the linker puts it together: imports, modules, functions, and then what wraps the functions.
#[derive(Default)]
struct Parts<'a> {
    /// The sections of the component itself.
    sections: Vec<Payload<'a>>,
    /// What each type is another name for: an export of an instance, or nothing.
    types: Vec<Option<(u32, &'a str)>>,
    /// How many components there are inside. One: the wrapping.
    inside: usize,
    /// What the wrapping component exports.
    wrapped: Vec<ComponentExport<'a>>,
    /// What the wrapping component is given.
    given: Vec<ComponentInstantiationArg<'a>>,
    /// What the whole component exports.
    exported: Vec<ComponentExport<'a>>,
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "sections that are copied as they are have dozens of cases"
)]
impl<'a> Parts<'a> {
    fn read(component: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let (mut parts, mut depth) = (Self::default(), 0_usize);
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload?;
            match &payload {
                Payload::Version { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentSection { .. } => {
                    parts.inside += 1;
                    if depth == 1 {
                        parts.look_at(payload)?;
                    }
                }
                Payload::ComponentExportSection(exports) if depth == 2 => all(&mut parts.wrapped, exports)?,
                _ if depth == 1 => parts.look_at(payload)?,
                _ => {}
            }
        }
        Ok(parts)
    }

    fn look_at(&mut self, section: Payload<'a>) -> Result<(), BinaryReaderError> {
        match &section {
            Payload::ComponentTypeSection(types) => self.types.extend((0..types.count()).map(|_| None)),
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases.clone() {
                    self.types.extend(name_of_type(&alias?).map(Some));
                }
            }
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances.clone() {
                    if let ComponentInstance::Instantiate { args, .. } = instance? {
                        self.given.extend(args);
                    }
                }
            }
            Payload::ComponentExportSection(exports) => all(&mut self.exported, exports)?,
            _ => {}
        }
        self.sections.push(section);
        Ok(())
    }

    /// Everything up to the last function, as far as it is for hosts.
    fn kept(&self) -> impl Iterator<Item = &Payload<'a>> {
        let is_function = |section: &Payload<'_>| matches!(section, Payload::ComponentCanonicalSection(_));
        let end = self.sections.iter().rposition(is_function).map_or(0, |last| last + 1);
        self.sections.iter().take(end).filter(|section| !is_for_tools(section))
    }

    /// The only export: an instance of the only component inside.
    fn instance(&self) -> Result<&ComponentExport<'a>, String> {
        match self.exported.as_slice() {
            _ if self.inside != 1 => Err(other("not one component inside")),
            _ if self.wrapped.is_empty() => Err(other("nothing is exported from inside")),
            [exported] if exported.kind == ComponentExternalKind::Instance => Ok(exported),
            [exported] => Err(other(exported.kind.desc())),
            _ => Err(other("not one export")),
        }
    }

    /// What the wrapping exports, as it is called without the wrapping.
    fn items(&self) -> Result<Vec<(&'a str, ComponentExportKind, u32)>, String> {
        let items = self.wrapped.iter().map(|export| {
            let name = export.name.name;
            match export.kind {
                ComponentExternalKind::Func => {
                    Ok((name, ComponentExportKind::Func, self.given(&format!("import-func-{name}"))?))
                }
                ComponentExternalKind::Type => {
                    let given = self.given(&format!("import-type-{name}"))?;
                    Ok((name, ComponentExportKind::Type, self.first(given)))
                }
                other_kind => Err(other(other_kind.desc())),
            }
        });
        items.collect()
    }

    /// The wrapping gets each item it exports under a name that says so.
    fn given(&self, name: &str) -> Result<u32, String> {
        let given = self.given.iter().find(|given| given.name == name);
        given.map(|given| given.index).ok_or_else(|| other(name))
    }

    /// The first name of a type: the wrapping has names of its own, and they go with it.
    fn first(&self, index: u32) -> u32 {
        let Some(Some(name)) = self.types.get(index as usize) else { return index };
        let mut numbered = (0..).zip(&self.types);
        numbered.find(|(_, other)| **other == Some(*name)).map_or(index, |(first, _)| first)
    }
}

/// The export of an instance that an alias gives a further name, if that is a type.
fn name_of_type<'a>(alias: &ComponentAlias<'a>) -> Option<(u32, &'a str)> {
    match *alias {
        ComponentAlias::InstanceExport { kind: ComponentExternalKind::Type, instance_index, name } => {
            Some((instance_index, name))
        }
        ComponentAlias::InstanceExport { .. }
        | ComponentAlias::CoreInstanceExport { .. }
        | ComponentAlias::Outer { .. } => None,
    }
}

/// The linker writes a section for each export.
fn all<'a>(
    list: &mut Vec<ComponentExport<'a>>,
    section: &ComponentExportSectionReader<'a>,
) -> Result<(), BinaryReaderError> {
    for export in section.clone() {
        list.push(export?);
    }
    Ok(())
}

fn bytes<'a>(of: &'a [u8], range: &Range<usize>) -> Result<&'a [u8], String> {
    of.get(range.clone()).ok_or_else(|| other("a section ends behind the end"))
}

fn unreadable(error: BinaryReaderError) -> String {
    format!("the linker wrote what cannot be read: {error}")
}

fn other(what: &str) -> String {
    format!("the linker wrapped the exports otherwise than `policies/stock/slim.rs` knows: {what}")
}
