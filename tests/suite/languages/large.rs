//! The large tier of limits: what it lets through that the usual one does not, and that nothing in it multiplies. Compiling
//! is the one step without fuel, so each module here is refused before it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use interlock::{Limits, Tier};
use interlock_engine::{LoadError, LoadNote, ModuleCache};

use super::POLICY;
use crate::support::{Test, engine, root};

pub const TESTS: &[Test] = &[
    ("large-is-named-where-it-helps", is_named_where_it_helps),
    ("large-instances-do-not-multiply", instances_do_not_multiply),
    ("large-components-are-not-handed-on", components_are_not_handed_on),
    ("large-registers-do-not-multiply", registers_do_not_multiply),
    ("large-is-not-at-hand-for-usual", is_not_at_hand_for_usual),
];

/// Beyond either limit of bytes, and beyond either of entries.
fn is_named_where_it_helps() -> Result<()> {
    let named = "limits: { tier: large }";
    for (tier, helps) in [(Tier::Usual, true), (Tier::Large, false)] {
        let bytes = vec![0; Limits::of(tier).module_bytes_max + 1];
        let error = refused(&bytes, tier)?;
        ensure!(matches!(error, LoadError::TooLarge { .. }), "{error}");
        ensure!(error.help().contains(named) == helps, "{}", error.help());
        let error = refused(&component(&module_of_globals(20_000))?, tier)?;
        ensure!(error.to_string().contains("entries in its sections"), "{error}");
        ensure!(error.help().contains(named) == helps, "{}", error.help());
    }
    Ok(())
}

/// A component that asks twice for one that asks twice: a few hundred bytes, and 2^n instances.
fn instances_do_not_multiply() -> Result<()> {
    // Three levels of five are 5 + 25 + 125 instances and some; of four, 84.
    let error = refused(&component(&nested(5))?, Tier::Large)?;
    ensure!(error.to_string().contains("counted as often as it is made"), "{error}");
    let error = refused(&component(&nested(4))?, Tier::Large)?;
    ensure!(matches!(error, LoadError::MissingExport { .. }), "as far as its exports: {error}");
    // The same through the index of an outer component.
    let through_alias =
        "(component $a (core module $m) (core instance (instantiate $m)) (core instance (instantiate $m)))";
    let many = "(instance (instantiate $x))".repeat(66);
    let error = refused(
        &component(&format!("{through_alias} (component (alias outer 1 $a (component $x)) {many})"))?,
        Tier::Large,
    )?;
    ensure!(error.to_string().contains("counted as often as it is made"), "{error}");
    Ok(())
}

fn nested(each: usize) -> String {
    let level =
        |inner: String| format!("(component $c {inner} {})", "(instance (instantiate $c))".repeat(each));
    let innermost =
        format!("(component $c (core module $m) {})", "(core instance (instantiate $m))".repeat(each));
    // The outermost component is the fourth.
    let two = level(innermost);
    format!("{two} {}", "(instance (instantiate $c))".repeat(each))
}

/// What is counted has to be known when it is read.
fn components_are_not_handed_on() -> Result<()> {
    for handed_on in [
        r#"(component (import "a" (component)))"#,
        r#"(component $a) (export "a" (component $a))"#,
        r#"(component (import "a" (instance $a (export "b" (component)))) (alias export $a "b" (component)))"#,
    ] {
        let bytes = component(handed_on)?;
        let error = refused(&bytes, Tier::Large)?;
        ensure!(error.to_string().contains("handed on between components"), "{handed_on}: {error}");
        let error = refused(&bytes, Tier::Usual)?;
        ensure!(matches!(error, LoadError::MissingExport { .. }), "the usual tier is as it was: {error}");
    }
    Ok(())
}

/// Long functions with many locals, one of which is too much, and then many of which none is.
fn registers_do_not_multiply() -> Result<()> {
    let function = |locals: usize, adds: usize| {
        let add = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(adds);
        format!("(func (local {}) {add})", "i32 ".repeat(locals))
    };
    let module = |functions: String| format!("(core module {functions})");
    let started = Instant::now();
    let error = refused(&component(&module(function(300, 6_000)))?, Tier::Large)?;
    ensure!(error.to_string().contains("bytes times locals in one function"), "{error}");
    let error = refused(&component(&module(function(300, 5_000).repeat(15)))?, Tier::Large)?;
    ensure!(error.to_string().contains("bytes times locals in its functions"), "{error}");
    let error = refused(&component(&module(function(326, 1)))?, Tier::Large)?;
    ensure!(error.to_string().contains("more than 325 locals in one function"), "{error}");
    ensure!(started.elapsed() < Duration::from_secs(20), "nothing of it was compiled");
    let error = refused(&component(&module(function(300, 500)))?, Tier::Large)?;
    ensure!(matches!(error, LoadError::MissingExport { .. }), "as far as its exports: {error}");
    Ok(())
}

/// A module at hand is not scanned again, so it must not be at hand for a binding that would have refused it.
fn is_not_at_hand_for_usual() -> Result<()> {
    let mut wasm = crate::sdk::built(POLICY)?;
    // Sections behind the policy's own: more entries than usual, and no change to what it does.
    let further = component(&module_of_globals(10_500))?;
    wasm.extend_from_slice(further.get(8..).context("a header")?);
    let folder = root().join("target/suite-tiers").join(std::process::id().to_string());
    let cache = ModuleCache::at(&folder);
    let compiled = Cell::new(0);
    let tell = |note: LoadNote| {
        if matches!(note, LoadNote::Compiling) {
            compiled.set(compiled.get() + 1);
        }
    };
    let load = |tier| engine().load_through(&cache, &wasm, &Limits::of(tier), &tell).err();
    let answers = [load(Tier::Large), load(Tier::Large), load(Tier::Usual)];
    std::fs::remove_dir_all(&folder)?;
    let [None, None, Some(error)] = answers else { bail!("{answers:?}") };
    ensure!(matches!(error, LoadError::TooMany { tier: Tier::Usual, .. }), "{error}");
    ensure!(
        compiled.get() == 2,
        "the large one once, the usual one until it was refused: {}",
        compiled.get()
    );
    Ok(())
}

fn module_of_globals(count: usize) -> String {
    format!("(core module {})", "(global i32 (i32.const 0))".repeat(count))
}

fn component(fields: &str) -> Result<Vec<u8>> {
    Ok(wat::parse_str(format!("(component {fields})"))?)
}

fn refused(wasm: &[u8], tier: Tier) -> Result<LoadError> {
    let loaded = engine().load(wasm, &Limits::of(tier));
    loaded.err().ok_or_else(|| anyhow!("it was loaded"))
}
