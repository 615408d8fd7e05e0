//! `slim.rs` stops the build at whatever the linker does not put together as it did so far: what it does not know it must
//! not leave out. That it takes what the linker writes is seen in every stock policy.

#[path = "../slim.rs"]
mod slim;

use wasm_encoder::{
    Component, ComponentExportKind, ComponentExportSection, ComponentInstanceSection, ComponentTypeSection,
    Module, NestedComponentSection, PrimitiveValType,
};

/// A component that exports a type under this name.
fn of_type(name: &str) -> Component {
    let mut types = ComponentTypeSection::new();
    types.defined_type().primitive(PrimitiveValType::U32);
    let mut exports = ComponentExportSection::new();
    exports.export(name, ComponentExportKind::Type, 0, None);
    let mut component = Component::new();
    component.section(&types).section(&exports);
    component
}

/// A component around others, of which the first is instantiated, with these exports.
fn around(inside: &[&Component], exported: &[(&str, ComponentExportKind)]) -> Vec<u8> {
    let mut around = Component::new();
    for component in inside {
        around.section(&NestedComponentSection(component));
    }
    let mut instances = ComponentInstanceSection::new();
    instances.instantiate(0, Vec::<(String, ComponentExportKind, u32)>::new());
    let mut exports = ComponentExportSection::new();
    for &(name, kind) in exported {
        exports.export(name, kind, 0, None);
    }
    around.section(&instances).section(&exports);
    around.finish()
}

#[track_caller]
fn refused(component: &[u8], words: &str) {
    let told = slim::slim(component).map_or_else(|message| message, |_| "it was taken".into());
    assert!(told.contains(words), "expected `{words}`, found `{told}`");
}

const POLICY: (&str, ComponentExportKind) = ("interlock:policy/policy@0.2.0", ComponentExportKind::Instance);

#[test]
fn a_shape_that_is_not_known_stops_the_build() {
    let (typed, empty) = (of_type("finding"), Component::new());
    let mut deep = Component::new();
    deep.section(&NestedComponentSection(&empty));
    let mut exports = ComponentExportSection::new();
    exports.export("inner", ComponentExportKind::Component, 0, None);
    let mut component = Component::new();
    component.section(&NestedComponentSection(&empty)).section(&exports);

    refused(&Component::new().finish(), "not one component inside");
    refused(&Module::new().finish(), "not one component inside");
    refused(&around(&[&typed, &typed], &[POLICY]), "not one component inside");
    refused(&around(&[&deep], &[POLICY]), "not one component inside");
    refused(&around(&[&component], &[POLICY]), "not one component inside");
    refused(&around(&[&empty], &[POLICY]), "nothing is exported from inside");
    refused(&around(&[&typed], &[]), "not one export");
    refused(&around(&[&typed], &[POLICY, ("other", ComponentExportKind::Instance)]), "not one export");
    refused(&around(&[&typed], &[("policy", ComponentExportKind::Component)]), "component");
}

#[test]
fn what_the_wrapping_was_not_given_stops_the_build() {
    refused(
        &around(&[&of_type("finding")], &[POLICY]),
        "`policies/stock/slim.rs` knows: import-type-finding",
    );
    let mut exports = ComponentExportSection::new();
    exports.export("values", ComponentExportKind::Module, 0, None);
    let mut other = Component::new();
    other.section(&wasm_encoder::ModuleSection(&Module::new())).section(&exports);
    refused(&around(&[&other], &[POLICY]), "knows: module");
}

#[test]
fn what_is_slim_already_or_cut_off_stops_the_build() {
    for module in interlock_stock::MODULES {
        refused(module.bytes, "not one component inside");
        let (half, _) = module.bytes.split_at(module.bytes.len() / 2);
        refused(half, "cannot be read");
    }
}
