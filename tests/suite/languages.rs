//! The same policy in Rust, C, JavaScript and Python: the same manifest, the same findings, the same refusals of settings,
//! byte for byte, on the same cases. And what the large tier of limits, which two of them need, lets through and does not.
//!
//! Rust is always built. The others are built with the tools that are there: a trial whose tools are not is ignored, and
//! its name says what is missing. `host/authoring/templates/README.md` says how to get them.

mod contract;
mod large;
mod measured;
mod project;
mod toolchain;

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use interlock::{Binding, Limits, Tier};
use interlock_engine::Module;
use interlock_inputs::CasesFile;
use interlock_model::{ChangeDocument, Manifest, Pointer, Report, SettingValue, Settings};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::cases;
use crate::support::{engine, json, policy_id, root, trials_of};
use toolchain::{Found, Language};

const POLICY: &str = "canary-first";

pub fn trials() -> Vec<Trial> {
    let mut trials = trials_of("languages", &[("same-cases", same_cases)]);
    trials.extend(trials_of("languages", contract::TESTS));
    trials.extend(trials_of("languages", large::TESTS));
    trials.extend(Language::OTHERS.iter().map(|language| same_findings(*language)));
    trials.extend(project::trials());
    trials.push(measured::trial());
    trials
}

fn same_findings(language: Language) -> Trial {
    let (name, missing) = match language.look() {
        Found::All(_) => (format!("languages/same-findings/{}", language.name()), false),
        Found::Missing(what) => {
            (format!("languages/same-findings/{} (skipped: {what})", language.name()), true)
        }
    };
    let run = move || says_the_same(language).map_err(|error| Failed::from(format!("{error:#}")));
    Trial::test(name, run).with_ignored_flag(missing)
}

fn says_the_same(language: Language) -> Result<()> {
    let rust = Said::by(crate::sdk::built(POLICY)?, Tier::Usual).context("Rust")?;
    let other = Said::by(language.build()?, language.tier())?;
    ensure!(rust.manifest == other.manifest, "{:#?}\nin Rust: {:#?}", other.manifest, rust.manifest);
    ensure!(rust.settings == other.settings, "{:#?}\nin Rust: {:#?}", other.settings, rust.settings);
    for (rust, other) in rust.findings.iter().zip(&other.findings) {
        ensure!(rust == other, "{other}\nin Rust: {rust}");
    }
    ensure!(rust.findings.len() == other.findings.len() && !rust.findings.is_empty(), "a case is missing");
    Ok(())
}

/// Everything a policy says that does not depend on how it was built.
struct Said {
    manifest: Manifest,
    /// What it refuses of each set of odd settings.
    settings: Vec<String>,
    /// What `--format json` has of its findings, for each case.
    findings: Vec<String>,
}

impl Said {
    fn by(wasm: Vec<u8>, tier: Tier) -> Result<Self> {
        let limits = Limits::of(tier);
        let module =
            engine().load(&wasm, &limits).map_err(|error| anyhow!("{error}\nhelp: {}", error.help()))?;
        let bound =
            |settings| Ok(Binding::new(policy_id(POLICY), wasm.clone()).settings(settings).limits(limits));
        Ok(Self {
            manifest: module.manifest().clone(),
            settings: odd_settings()
                .iter()
                .map(|settings| refused(&module, settings))
                .collect::<Result<_>>()?,
            findings: cases::judged(cases(), bound)?
                .iter()
                .map(|(report, document)| findings(report, document))
                .collect::<Result<_>>()?,
        })
    }
}

fn refused(module: &Module, settings: &Settings) -> Result<String> {
    let errors = module.check_settings(settings).map_err(|fault| anyhow!("{fault}"))?;
    let each =
        errors.iter().map(|error| format!("{}: {}", error.pointer.as_str(), error.message.as_unescaped()));
    Ok(each.collect::<Vec<_>>().join("\n"))
}

fn odd_settings() -> Vec<Settings> {
    let at = |pointer, value| (Pointer::new(pointer), value);
    let number = SettingValue::WholeNumber;
    let text = |text: &str| SettingValue::Text(text.into());
    vec![
        vec![],
        vec![at("/bake-s-min", number(604_800)), at("/canary-traffic-bp-max", number(1))],
        vec![at("/bake-s-min", number(604_801)), at("/canary-traffic-bp-max", number(0))],
        vec![at("/bake-s-min", number(i32::MIN)), at("/canary-traffic-bp-max", number(i32::MAX))],
        vec![at("/bake-s-min", text("1 h")), at("/canary-traffic-bp-max", SettingValue::Boolean(true))],
        vec![at("/bake-s-min/0", number(1)), at("/bake-s-min/1", number(2))],
        vec![at("/bake-s-min", SettingValue::EmptyList)],
        vec![
            at("/bake/0", text("é")),
            at("/bake/1", text("")),
            at("/other", number(1)),
            at("/bake", number(1)),
        ],
    ]
}

fn findings(report: &Report, document: &ChangeDocument) -> Result<String> {
    let written: Value = serde_json::from_str(&json(report, document))?;
    let policies = written["policies"].as_array().context("policies")?;
    let policy = policies.iter().find(|policy| policy["id"] == POLICY).context("the policy")?;
    let findings = policy.get("findings").with_context(|| format!("findings in {policy:#}"))?;
    Ok(serde_json::to_string(findings)?)
}

fn cases() -> &'static CasesFile {
    static CASES: OnceLock<CasesFile> = OnceLock::new();
    CASES.get_or_init(|| cases::cases_of(&rust_folder()))
}

fn rust_folder() -> PathBuf {
    root().join("tests/guests").join(POLICY)
}

/// A template stands alone, so each has the cases; they are one file four times.
fn same_cases() -> Result<()> {
    let ours = std::fs::read(rust_folder().join("cases.yaml"))?;
    for language in Language::OTHERS {
        let path = language.template().join("cases.yaml");
        let theirs = std::fs::read(&path).with_context(|| path.display().to_string())?;
        ensure!(ours == theirs, "{} is not tests/guests/{POLICY}/cases.yaml: copy it", path.display());
    }
    Ok(())
}
