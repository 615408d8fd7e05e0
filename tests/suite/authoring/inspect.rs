//! `interlock inspect`: what it tells of a stock policy, of a module that no gate loads, and of one whose words would act
//! on a terminal.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use interlock::{Extent, Limits};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::guests;
use crate::support::{Test, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("every-stock-policy-is-told", every_stock_policy_is_told),
        ("text-and-json-say-the-same", text_and_json_say_the_same),
        ("wasi-is-refused-by-name", wasi_is_refused_by_name),
        ("no-module-is-refused", no_module_is_refused),
        ("a-cut-module-is-told-as-cut", a_cut_module_is_told_as_cut),
        ("imports-of-a-core-module-are-told", imports_of_a_core_module_are_told),
        ("another-contract-is-named", another_contract_is_named),
        ("hostile-words-do-not-act", hostile_words_do_not_act),
        ("an-unknown-stock-policy-is-refused", an_unknown_stock_policy_is_refused),
    ];
    trials_of("authoring/inspect", tests)
}

fn inspect(module: &str, more: &[&str]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interlock"));
    Ok(command.args(["inspect", module]).args(more).output()?)
}

fn json(module: &str) -> Result<(Option<i32>, Value)> {
    let output = inspect(module, &["--format", "json"])?;
    let value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok((output.status.code(), value))
}

/// A file of this trial's own.
fn file(name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("inspect");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}

fn every_stock_policy_is_told() -> Result<()> {
    for module in interlock_stock::MODULES {
        let (code, told) = json(&format!("stock:{}", module.id))?;
        ensure!(code == Some(0), "{}: {code:?}", module.id);
        ensure!(told["policy"]["id"] == module.id && told["bytes"] == module.bytes.len(), "{told}");
        ensure!(told["contract"] == "interlock:policy@0.2.0" && told["extent"] == "whole", "{told}");
        ensure!(told["policy"]["rules"].as_array().is_some_and(|rules| !rules.is_empty()), "{told}");
        ensure!(told.get("refused").is_none(), "{told}");
    }
    Ok(())
}

fn text_and_json_say_the_same() -> Result<()> {
    let (_, told) = json("stock:config-sanity")?;
    let text = String::from_utf8(inspect("stock:config-sanity", &[])?.stdout)?;
    let policy = &told["policy"];
    let words = |list: &Value, keys: &[&str]| -> Vec<String> {
        let items = list.as_array().into_iter().flatten();
        items
            .flat_map(|item| keys.iter().filter_map(|key| Some(item.get(key)?.as_str()?.to_owned())))
            .collect()
    };
    let mut all = words(&policy["rules"], &["id", "title", "help", "remedy", "origin", "strictest"]);
    all.extend(words(&policy["settings"], &["key", "default", "help"]));
    all.extend(["digest", "contract"].iter().filter_map(|key| Some(told[key].as_str()?.to_owned())));
    ensure!(all.len() > 50, "{} words", all.len());
    let missing: Vec<_> = all.iter().filter(|word| !text.contains(*word)).collect();
    ensure!(missing.is_empty(), "{missing:?} are not in\n{text}");
    ensure!(text.contains("each changed value of changed files like `**`"), "what it reads: {text}");
    Ok(())
}

fn wasi_is_refused_by_name() -> Result<()> {
    let path = file("wasi.wasm", &guests::named("g26-wasi-exit")?.component()?)?;
    let path = path.to_string_lossy();
    let (code, told) = json(&path)?;
    ensure!(code == Some(2), "{code:?}");
    ensure!(told["refused"]["kind"] == "forbidden-import" && told.get("policy").is_none(), "{told}");
    let imports = told["imports"].as_array().context("imports")?;
    ensure!(imports.iter().any(|import| import == "wasi:cli/exit@0.2.6"), "{told}");
    let output = inspect(&path, &[])?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.code() == Some(2), "{text}");
    for part in
        ["digest    sha256:", "KiB)", "imports `wasi:cli/exit@0.2.6`, which no policy is given", "\nhelp: "]
    {
        ensure!(text.contains(part), "no {part:?} in\n{text}");
    }
    Ok(())
}

fn no_module_is_refused() -> Result<()> {
    let path = file("text.wasm", b"(module)")?;
    let (code, told) = json(&path.to_string_lossy())?;
    ensure!(code == Some(2) && told["refused"]["kind"] == "not-a-component", "{code:?} {told}");
    ensure!(told["bytes"] == 8 && told["extent"] == "cut", "{told}");
    let output = inspect("no/such/file.wasm", &[])?;
    ensure!(output.status.code() == Some(2) && output.stdout.is_empty(), "{output:?}");
    Ok(())
}

/// What stands behind the cut may import anything.
fn a_cut_module_is_told_as_cut() -> Result<()> {
    let module = interlock_stock::module("staged-rollout").context("it is there")?;
    let whole = interlock::examine(module.bytes, &Limits::default())?;
    ensure!(whole.outline.extent == Extent::Whole && whole.outline.imports.len() == 4, "{:?}", whole.outline);
    for share in [3, 2] {
        let part = &module.bytes[..module.bytes.len() * (share - 1) / share];
        let cut = interlock::examine(part, &Limits::default())?;
        ensure!(cut.outline.extent == Extent::Cut && cut.manifest.is_err(), "{share}: {:?}", cut.outline);
    }
    Ok(())
}

fn imports_of_a_core_module_are_told() -> Result<()> {
    let core = wat::parse_str(r#"(module (import "env" "open" (func)) (import "env" "read" (func)))"#)?;
    let examined = interlock::examine(&core, &Limits::default())?;
    let imports: Vec<_> = examined.outline.imports.iter().map(|import| import.as_unescaped()).collect();
    ensure!(imports == ["env::open", "env::read"], "{imports:?}");
    let many: String = (0..500).map(|n| format!("(import \"m\" \"f{n}\" (func))")).collect();
    let examined = interlock::examine(&wat::parse_str(format!("(module {many})"))?, &Limits::default())?;
    let outline = examined.outline;
    ensure!(outline.imports.len() == 100 && outline.extent == Extent::Cut, "{:?}", outline.extent);
    Ok(())
}

fn another_contract_is_named() -> Result<()> {
    let path = file("newer.wasm", &guests::named("g28-other-version")?.component()?)?;
    let (code, told) = json(&path.to_string_lossy())?;
    ensure!(code == Some(2) && told["contract"] == "interlock:policy@0.3.0", "{told}");
    ensure!(told["refused"]["kind"] == "other-contract", "{told}");
    Ok(())
}

fn hostile_words_do_not_act() -> Result<()> {
    let (title, hostile) = (b"a test guest", b"\x1b[2J ##[x]y!");
    let mut wasm = guests::named("good")?.component()?;
    let at = wasm.windows(title.len()).position(|window| window == title).context("its title")?;
    wasm[at..at + title.len()].copy_from_slice(hostile);
    let path = file("hostile.wasm", &wasm)?;
    for more in [&[][..], &["--format", "json"]] {
        let output = inspect(&path.to_string_lossy(), more)?;
        let text = String::from_utf8(output.stdout)?;
        ensure!(output.status.code() == Some(0), "{text}");
        ensure!(!text.contains('\u{1b}') && !text.contains("##[") && text.contains("x]y!"), "{text:?}");
    }
    Ok(())
}

fn an_unknown_stock_policy_is_refused() -> Result<()> {
    let output = inspect("stock:staged-rolout", &[])?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(
        output.status.code() == Some(2) && said.contains("did you mean `stock:staged-rollout`?"),
        "{said}"
    );
    Ok(())
}
