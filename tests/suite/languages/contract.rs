//! What the C template holds of the contract is what `wit/policy.wit` says now: the bindings, and the contract as a linker
//! of components reads it. They are checked in so that a policy in C needs clang and nothing else.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use wit_bindgen_core::Files;
use wit_component::{StringEncoding, metadata};
use wit_parser::{Resolve, WorldId};

use super::toolchain::Language;
use crate::support::{Test, root, shown};

pub const TESTS: &[Test] = &[("c-bindings", c_bindings)];

/// `CONTRACT=overwrite cargo test ... -- languages/c-bindings` writes them anew.
fn c_bindings() -> Result<()> {
    let (mut resolve, world) = contract()?;
    let mut files = Files::default();
    files.push("component_type.s", component_type(&resolve, world)?.as_bytes());
    // Without its object file, which is the text above in bytes that nobody can review.
    let options = wit_bindgen_c::Opts { no_object_file: true, ..wit_bindgen_c::Opts::default() };
    options.build().generate(&mut resolve, world, &mut files)?;
    for (name, found) in files.iter() {
        let path = Language::C.template().join("contract").join(name);
        if std::env::var_os("CONTRACT").is_some_and(|how| how == "overwrite") {
            std::fs::write(&path, found)?;
        }
        let kept = std::fs::read(&path).with_context(|| shown(&path))?;
        ensure!(
            kept == found,
            "{} is not of this contract; `CONTRACT=overwrite` writes it anew",
            shown(&path)
        );
    }
    Ok(())
}

fn contract() -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let text = std::fs::read_to_string(root().join("wit/policy.wit"))?;
    let package = resolve.push_str("policy.wit", &text)?;
    let world = resolve.select_world(&[package], Some("policy-module"))?;
    Ok((resolve, world))
}

const HEAD: &str = r#"# The contract as a linker for components reads it: a custom section of the module, in the binary form of WIT.
# Generated from `wit/policy.wit`, as the files beside it.
    .section .text.force_link,"",@
    .globl __component_type_object_force_link_policy_module
    .type __component_type_object_force_link_policy_module,@function
__component_type_object_force_link_policy_module:
    .functype __component_type_object_force_link_policy_module () -> ()
    end_function

    .section ".custom_section.component-type:policy-module","",@
"#;

/// A custom section as assembly, which clang takes like C.
fn component_type(resolve: &Resolve, world: WorldId) -> Result<String> {
    let bytes = metadata::encode(resolve, world, StringEncoding::UTF8, None)?;
    let mut text = HEAD.to_owned();
    for line in bytes.chunks(24) {
        let line: Vec<String> = line.iter().map(u8::to_string).collect();
        writeln!(text, "    .byte {}", line.join(","))?;
    }
    Ok(text)
}
