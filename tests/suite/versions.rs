//! Released versions of the contract beside each other: a policy that was built for an older one keeps running and sees the
//! same change; one that was built for a newer one, or for two, is refused and told why.
//!
//! `tests/guests/since-*` are built here, one for each version. They tell every fact that they are shown.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use interlock::Binding;
use interlock_engine::{
    CONTRACT, Deadline, EARLIER_CONTRACTS, Evaluation, Limits, LoadError, LoadNote, Module, ModuleCache,
};
use interlock_model::{
    Change, ChangeDocument, ChangeKind, Fault, JudgedFinding, ListChange, Outcome, Phase, Pointer,
    ReportedOutcome, SettingValue, Settings,
};
use libtest_mimic::Trial;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::sdk::built;
use crate::support::{
    Test, all_documents, builder_of, engine, policy_id, question, read, root, some_time, trials_of,
    with_calendars,
};

/// The bytes of each contract that was released. A row is added when one is, and none is ever changed.
const RELEASED: &[(&str, &str)] =
    &[("0.1.0", "42acad1785d5cd00850cd81653b003301ac053636b37b0b9f3b4e44c3a13fd40")];

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("an-older-policy-says-what-it-is", an_older_policy_says_what_it_is),
        ("twins-are-shown-the-same", twins_are_shown_the_same),
        ("what-it-has-no-field-for-becomes-an-attribute", what_it_has_no_field_for_becomes_an_attribute),
        ("an-attribute-does-not-pass-for-the-hosts", an_attribute_does_not_pass_for_the_hosts),
        ("objectives-are-rounded-down", objectives_are_rounded_down),
        ("an-older-policy-can-refuse", an_older_policy_can_refuse),
        ("an-older-policy-at-hand", an_older_policy_at_hand),
        ("a-newer-policy-is-refused", a_newer_policy_is_refused),
        ("two-contracts-in-one-are-refused", two_contracts_in_one_are_refused),
        ("an-older-name-with-newer-types-is-refused", an_older_name_with_newer_types_is_refused),
        ("a-released-contract-stays", a_released_contract_stays),
    ];
    trials_of("versions", tests)
}

const OLDER: &str = "since-0-1-0";
const CURRENT: &str = "since-0-2-0";

/// Both are built by one cargo at a time, once.
fn bytes(guest: &str) -> Result<&'static [u8]> {
    static OLDER_BYTES: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    static CURRENT_BYTES: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let once = if guest == OLDER { &OLDER_BYTES } else { &CURRENT_BYTES };
    let bytes = once.get_or_init(|| built(guest).map_err(|error| format!("{error:#}")));
    bytes.as_deref().map_err(|error| anyhow!("{error}"))
}

fn loaded(wasm: &[u8]) -> Result<Module> {
    engine().load(wasm, &Limits::default()).map_err(|error| anyhow!("{error}"))
}

fn refused(wasm: &[u8]) -> Result<LoadError> {
    engine().load(wasm, &Limits::default()).err().context("it was loaded")
}

fn evaluate(module: &Module, change: &Change) -> Evaluation {
    let deadline = Deadline::after(Duration::from_secs(60));
    module.evaluate(change, &question(Phase::Promote, some_time()), &some_settings(), deadline)
}

fn some_settings() -> Settings {
    vec![
        (Pointer::new("/number"), SettingValue::WholeNumber(-7)),
        (Pointer::new("/names/0"), SettingValue::Text("Größe".into())),
    ]
}

/// The document with every field, and what only a comparison of files adds.
fn everything() -> Result<ChangeDocument> {
    let mut document = read(&root().join("tests/documents/everything.yaml"))?;
    let list: ListChange = serde_json::from_value(json!({
        "pointer": "/networks", "length-before": 3, "length-after": 2, "line": 4,
        "repeated": [{ "key": "id", "value": "7", "items": 2, "line": 9 }],
    }))?;
    let files = document.change.files.as_mut().context("files")?;
    files.first_mut().context("a file")?.lists = Some(vec![list]);
    Ok(document)
}

fn an_older_policy_says_what_it_is() -> Result<()> {
    let (older, current) = (loaded(bytes(OLDER)?)?, loaded(bytes(CURRENT)?)?);
    ensure!(older.manifest() == current.manifest(), "{:?}", older.manifest());
    ensure!(older.manifest().rules.len() == 1 && older.manifest().settings.len() == 2);
    let examined = interlock::examine(bytes(OLDER)?, &Limits::default())?;
    let contract = examined.outline.contract.context("it names its contract")?;
    ensure!(EARLIER_CONTRACTS.contains(&contract.as_unescaped()), "{contract:?}");
    let odd: Settings = vec![(Pointer::new("/refused"), SettingValue::Boolean(true))];
    let errors = older.check_settings(&odd).map_err(|fault| anyhow!("{fault:?}"))?;
    ensure!(errors.len() == 1 && errors[0].message.as_unescaped() == "refused", "{errors:?}");
    ensure!(older.check_settings(&some_settings()).is_ok_and(|errors| errors.is_empty()));
    Ok(())
}

/// In one check, twice each, so that neither spoils what the next is shown; with calendars, for every document there is.
fn twins_are_shown_the_same() -> Result<()> {
    let bound = |id: &str, guest: &str| {
        let wasm = bytes(guest)?;
        Ok::<_, anyhow::Error>(Binding::new(policy_id(id), wasm).settings(some_settings()))
    };
    let ids = [("a", OLDER), ("b", CURRENT), ("c", OLDER), ("d", CURRENT)];
    let bindings: Vec<_> = ids.iter().map(|(id, guest)| bound(id, guest)).collect::<Result<_>>()?;
    let calendars = ["cn-2026.yaml", "de-2026.yaml"].map(|name| format!("tests/calendars/{name}"));
    let gate = with_calendars(builder_of(bindings), &calendars)?.build()?;
    let mut documents: Vec<_> = all_documents().iter().map(|path| read(path)).collect::<Result<_>>()?;
    documents.push(everything()?);
    ensure!(documents.len() > 20, "{} documents", documents.len());
    for document in &documents {
        let report = gate.check(document, &question(Phase::Promote, some_time()));
        let told: Vec<_> = ids.iter().map(|(id, _)| findings(&report, id)).collect::<Result<_>>()?;
        ensure!(told[0].len() == 24, "every fact is told: {}", told[0].len());
        let first = &told[0];
        for (told, (id, guest)) in told.iter().zip(ids) {
            let differs = first.iter().zip(told).find(|(one, other)| one != other);
            ensure!(differs.is_none(), "{:?}: `{id}` ({guest}): {differs:?}", document.change.id);
            ensure!(first.len() == told.len(), "`{id}` ({guest}) tells {} facts", told.len());
        }
    }
    Ok(())
}

fn findings(report: &interlock_model::Report, id: &str) -> Result<Vec<JudgedFinding>> {
    let policy = report.policies.iter().find(|policy| policy.id.as_str() == id).context("it is bound")?;
    match &policy.outcome {
        ReportedOutcome::Findings(findings) => Ok(findings.clone()),
        other @ (ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. }) => {
            bail!("`{id}` on {:?}: {other:?}", report.change_id)
        }
    }
}

/// What the guest logged, one line for each attribute that the host made of a fact.
fn carried(guest: &str, change: &Change) -> Result<Vec<String>> {
    let evaluation = evaluate(&loaded(bytes(guest)?)?, change);
    ensure!(matches!(evaluation.outcome, Outcome::Findings(_)), "{:?}", evaluation.outcome);
    Ok(evaluation.log.iter().map(|line| line.message.as_unescaped().to_owned()).collect())
}

fn what_it_has_no_field_for_becomes_an_attribute() -> Result<()> {
    let mut change = everything()?.change;
    let said = carried(OLDER, &change)?;
    let expected = [
        "/declared-targets=eu-west-3",
        "/declared-targets=eu-central-1",
        "/action/declared-sort=connection",
        "/action/resolved-sort=connection",
        "/action/held=0",
    ];
    ensure!(said == expected, "{said:?}");
    ensure!(carried(CURRENT, &change)?.is_empty(), "it has a field for each");
    change.declared_targets = None;
    change.action = None;
    ensure!(carried(OLDER, &change)?.is_empty(), "what is unknown is not carried");
    Ok(())
}

/// Only a fact of the change's own may stand under such a key.
fn an_attribute_does_not_pass_for_the_hosts() -> Result<()> {
    let mut change = Change::unknown("spoofed", ChangeKind::Command);
    for key in ["/action/held", "/declared-targets", "/action/owner"] {
        change.attributes.insert(key.to_owned(), "the author's".to_owned());
    }
    let said = carried(OLDER, &change)?;
    ensure!(said == ["/action/owner=the author's"], "{said:?}");
    ensure!(carried(CURRENT, &change)?.len() == 3, "today they are attributes like any other");
    Ok(())
}

fn objectives_are_rounded_down() -> Result<()> {
    let module = loaded(bytes(OLDER)?)?;
    let mut document = everything()?;
    for (ppm, bp) in [(999_990, 9_999), (999_999, 9_999), (1_000_000, 10_000), (99, 0)] {
        let budget = json!([{ "service": "payments", "objective-ppm": ppm, "left-bp": 1 }]);
        document.change.error_budget = serde_json::from_value(budget)?;
        let Outcome::Findings(findings) = evaluate(&module, &document.change).outcome else {
            bail!("broken")
        };
        let told = findings.iter().find(|finding| finding.message.as_unescaped() == "error-budget");
        let told = told.and_then(|finding| finding.evidence.first()).context("it is told")?;
        let expected = format!("Some([(\"payments\", Some({bp}), Some(1))])");
        ensure!(told.value.as_unescaped() == expected, "{ppm}: {:?}", told.value);
    }
    Ok(())
}

fn an_older_policy_can_refuse() -> Result<()> {
    let outcome = evaluate(&loaded(bytes(OLDER)?)?, &Change::unknown("refuse", ChangeKind::Config)).outcome;
    let Outcome::Broken(Fault::Refused { reason }) = outcome else { bail!("{outcome:?}") };
    ensure!(reason.as_unescaped() == "unsupported: this one", "{reason:?}");
    Ok(())
}

/// A module from the cache is not scanned again, and has to be spoken to in its own contract all the same.
fn an_older_policy_at_hand() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("interlock-versions-{}", std::process::id()));
    let cache = ModuleCache::at(folder.clone());
    let notes = RefCell::new(Vec::new());
    let tell = |note: LoadNote| notes.borrow_mut().push(format!("{note:?}"));
    let load = || {
        engine().load_through(&cache, bytes(OLDER)?, &Limits::default(), &tell).map_err(anyhow::Error::new)
    };
    let change = everything()?.change;
    let (first, second) = (evaluate(&load()?, &change), evaluate(&load()?, &change));
    std::fs::remove_dir_all(folder)?;
    ensure!(notes.borrow().as_slice() == ["Compiling"], "once: {:?}", notes.borrow());
    ensure!(matches!(first.outcome, Outcome::Findings(_)) && first == second, "{:?}", second.outcome);
    Ok(())
}

/// The module with one text put in place of another of the same length, wherever it stands.
fn patched(wasm: &[u8], from: &str, to: &str) -> Result<Vec<u8>> {
    ensure!(from.len() == to.len());
    let mut wasm = wasm.to_vec();
    let mut found = 0;
    for at in 0..wasm.len() - from.len() {
        if wasm[at..].starts_with(from.as_bytes()) {
            wasm[at..at + to.len()].copy_from_slice(to.as_bytes());
            found += 1;
        }
    }
    ensure!(found > 0, "no `{from}` in it");
    Ok(wasm)
}

fn a_newer_policy_is_refused() -> Result<()> {
    let newer = patched(bytes(CURRENT)?, "@0.2.0", "@0.3.0")?;
    let error = refused(&newer)?;
    ensure!(matches!(error, LoadError::OtherContract { .. }), "{error:?}");
    let said = format!("{error}\n{}", error.help());
    let named = ["@0.3.0`", CONTRACT, "update Interlock", "rebuild the policy"];
    ensure!(named.iter().chain(EARLIER_CONTRACTS).all(|part| said.contains(part)), "{said}");
    // Patches of one minor version fit each other; an older one that was never released is nobody's.
    loaded(&patched(bytes(CURRENT)?, "@0.2.0", "@0.2.7")?)?;
    loaded(&patched(bytes(OLDER)?, "@0.1.0", "@0.1.7")?)?;
    for (guest, from, to) in [(OLDER, "@0.1.0", "@0.0.1"), (CURRENT, "@0.2.0", "@2.2.0")] {
        let error = refused(&patched(bytes(guest)?, from, to)?)?;
        ensure!(matches!(error, LoadError::OtherContract { .. }), "{to}: {error:?}");
    }
    Ok(())
}

fn two_contracts_in_one_are_refused() -> Result<()> {
    for (guest, part, from, to) in [
        (CURRENT, "log", "@0.2.0", "@0.1.0"),
        (OLDER, "log", "@0.1.0", "@0.2.0"),
        (OLDER, "policy", "@0.1.0", "@0.2.0"),
    ] {
        let name = |version: &str| format!("interlock:policy/{part}{version}");
        let error = refused(&patched(bytes(guest)?, &name(from), &name(to))?)?;
        ensure!(matches!(error, LoadError::MixedContracts { .. }), "{guest} with {part}{to}: {error:?}");
        let said = error.to_string();
        ensure!(said.contains("@0.1.0`") && said.contains("@0.2.0`"), "{said}");
    }
    Ok(())
}

/// A module that only calls itself older would be shown bytes that it reads as others.
fn an_older_name_with_newer_types_is_refused() -> Result<()> {
    for (guest, from, to) in [(CURRENT, "@0.2.0", "@0.1.0"), (OLDER, "@0.1.0", "@0.2.0")] {
        let error = refused(&patched(bytes(guest)?, from, to)?)?;
        ensure!(matches!(error, LoadError::MissingExport { .. }), "{guest}: {error:?}");
        ensure!(error.to_string().contains(&format!("interlock:policy/policy{to}")), "{error}");
    }
    Ok(())
}

fn a_released_contract_stays() -> Result<()> {
    for (version, digest) in RELEASED {
        let path = format!("wit/since-{version}/policy.wit");
        let found = Sha256::digest(std::fs::read(root().join(&path)).with_context(|| path.clone())?);
        let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        ensure!(
            found == *digest,
            "{path}: policies were built for this text; put it back as it was released"
        );
    }
    let listed: Vec<_> = RELEASED.iter().map(|(version, _)| format!("interlock:policy@{version}")).collect();
    ensure!(listed == EARLIER_CONTRACTS, "{listed:?} are held, {EARLIER_CONTRACTS:?} are spoken");
    Ok(())
}
