//! The stock policy `expression` as an operator meets it: what is told when a gate is built, what breaks it, what bounds it.
//!
//! What it says of changes is in its `cases.yaml`; a case cannot expect a fault, so those are here.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use interlock::{BuildError, BuildErrors, PolicyId};
use interlock_engine::Limits;
use interlock_inputs::PolicySetFile;
use interlock_model::{
    ChangeDocument, Fault, Phase, Pointer, PolicyReport, ReportedOutcome, SettingValue, Settings, Verdict,
};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::support::{engine, gate_of, question, read_value, root, some_time, stock_binding, trials_of};

pub fn trials() -> Vec<Trial> {
    trials_of(
        "expression",
        &[
            ("runs-out-of-fuel", runs_out_of_fuel),
            ("runs-out-of-memory", runs_out_of_memory),
            ("an-unknown-fact-breaks-it", an_unknown_fact_breaks_it),
            ("without-an-expression-it-blocks", without_an_expression_it_blocks),
            ("the-deepest-fits-the-stack", the_deepest_fits_the_stack),
            ("a-slip-is-told-when-the-gate-is-built", a_slip_is_told_when_the_gate_is_built),
            ("the-page-s-rules-are-cases", the_page_s_rules_are_cases),
            ("its-size", its_size),
        ],
    )
}

const ID: &str = "expression";

fn setting(key: &str, text: &str) -> (Pointer, SettingValue) {
    (Pointer::root().child(key), SettingValue::Text(text.into()))
}

fn judged(settings: Settings, document: &ChangeDocument) -> Result<PolicyReport> {
    let gate = gate_of([stock_binding(ID, settings)?])?;
    let report = gate.check(document, &question(Phase::Deploy, some_time()));
    let policy =
        report.policies.into_iter().find(|policy| policy.id.as_str() == ID).context("it was bound")?;
    Ok(policy)
}

/// A change of so many files.
fn change(files: usize) -> Result<ChangeDocument> {
    let file = |index: usize| json!({ "path": format!("deploy/{index}.yaml"), "op": "modified" });
    let files: Vec<Value> = (0..files).map(file).collect();
    read_value(
        &json!({ "id": "c", "kind": "config", "services": [{ "name": "s", "tier": 1 }], "files": files }),
    )
}

fn fault(policy: &PolicyReport) -> Result<&Fault> {
    ensure!(policy.verdict == Verdict::Block, "{:?}", policy.outcome);
    match &policy.outcome {
        ReportedOutcome::Broken(fault) => Ok(fault),
        ReportedOutcome::Findings(_) | ReportedOutcome::NotSelected { .. } => {
            bail!("expected a fault, found {:?}", policy.outcome)
        }
    }
}

/// Each list alone is short; within each other they are a thousand million steps.
fn runs_out_of_fuel() -> Result<()> {
    let all =
        "change.files.all(a, change.files.all(b, change.files.all(c, a.path != '' || b.path != c.path)))";
    let policy = judged(vec![setting("require", all)], &change(1_000)?)?;
    ensure!(matches!(fault(&policy)?, Fault::Fuel { .. }), "{:?}", policy.outcome);
    let few = judged(vec![setting("require", all)], &change(5)?)?;
    ensure!(few.verdict == Verdict::Allow, "{:?}", few.outcome);
    Ok(())
}

/// A list of lists of lists is kept until it is looked at.
fn runs_out_of_memory() -> Result<()> {
    let map = "size(change.files.map(a, change.files.map(b, change.files.map(c, a.path + b.path)))) > 0";
    let policy = judged(vec![setting("require", map)], &change(1_000)?)?;
    let fault = fault(&policy)?;
    ensure!(matches!(fault, Fault::Memory { .. } | Fault::Fuel { .. }), "{fault:?}");
    Ok(())
}

/// Under both settings alike: what nobody can tell is no answer.
fn an_unknown_fact_breaks_it() -> Result<()> {
    for key in ["require", "refuse"] {
        let policy = judged(vec![setting(key, "change.rollback.minutes <= 10")], &change(1)?)?;
        let fault = fault(&policy)?;
        let said = fault.said().context("its words")?.as_unescaped().to_owned();
        ensure!(said.contains(&format!("`{key}` cannot be told: column 1, `change.rollback`: ")), "{said}");
        ensure!(said.contains("`has(change.rollback)`"), "{said}");
    }
    Ok(())
}

fn without_an_expression_it_blocks() -> Result<()> {
    let policy = judged(vec![], &change(1)?)?;
    let said = fault(&policy)?.said().context("its words")?.as_unescaped().to_owned();
    ensure!(said.contains("/require: expected an expression here or under `refuse`"), "{said}");
    Ok(())
}

/// One more is refused by name, so the stack's end is never met.
fn the_deepest_fits_the_stack() -> Result<()> {
    let change = change(1)?;
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let each = |times: usize| {
        let open: String = (0..times).map(|it| format!("change.files.all(x{it}, ")).collect();
        format!("{open}true{}", ")".repeat(times))
    };
    let shapes: [(&str, &dyn Fn(usize) -> String); 8] = [
        ("brackets", &|times| nested("(", "true", ")", times)),
        ("not", &|times| nested("!", "true", "", times)),
        ("minus", &|times| format!("{}1 != 0", nested("- ", "", "", times))),
        ("lists", &|times| format!("size({}) > 0", nested("[", "1", "]", times))),
        ("choices", &|times| nested("true ? true : ", "true", "", times)),
        ("functions", &|times| nested("true && (1 + 2 * size([", "1", "]) > 0 || false)", times / 4)),
        ("items", &each),
        ("places", &|times| format!("{} != 5", nested("[1][", "0", "]", times))),
    ];
    for (name, shape) in shapes {
        let fits = |times: usize| gate_of([stock_binding(ID, vec![setting("require", &shape(times))])?]);
        let deepest = (1..64).rev().find(|times| fits(*times).is_ok()).context("some depth is read")?;
        ensure!(deepest < 63, "{name}: nothing is too deep");
        let policy = judged(vec![setting("require", &shape(deepest))], &change)?;
        let is_answer = match &policy.outcome {
            ReportedOutcome::Findings(_) => true,
            // Lists within lists are indexed by what is not in them.
            ReportedOutcome::Broken(fault) => {
                fault.said().is_some_and(|said| said.as_unescaped().contains("no item"))
            }
            ReportedOutcome::NotSelected { .. } => false,
        };
        ensure!(is_answer, "{name}, {deepest} deep: {:?}", policy.outcome);
        let error = fits(deepest + 1).err().context("one deeper")?;
        ensure!(error.to_string().contains("nested deeper"), "{name}: {error}");
        let error = fits(300).err().context("much deeper")?;
        ensure!(
            ["nested deeper", "at most 2000"].iter().any(|says| error.to_string().contains(says)),
            "{name}: {error}"
        );
    }
    Ok(())
}

/// Every mistake of the settings at once, each under its own key.
fn a_slip_is_told_when_the_gate_is_built() -> Result<()> {
    let list = vec![(Pointer::root().child("phases").child("0"), SettingValue::Text("mergee".into()))];
    for (settings, key, says) in [
        (
            vec![setting("require", "change.enviroment.declared == 'a'")],
            "/require",
            "did you mean `environment`?\nchange.enviroment.declared == 'a'\n       ^^^^^^^^^^",
        ),
        (vec![setting("refuse", "change.id == 'a' ||")], "/refuse", "column 20: expected a fact"),
        (vec![setting("require", "true"), setting("refuse", "true")], "/refuse", "one binding is one rule"),
        (vec![setting("message", "m")], "/require", "expected an expression"),
        (vec![setting("require", "true"), setting("verdict", "allow")], "/verdict", "`block` or `warn`"),
        (vec![setting("require", "true"), setting("at", "/rolout")], "/at", "did you mean `rollout`?"),
        (
            vec![setting("require", "true"), setting("message", &"m".repeat(2_001))],
            "/message",
            "at most 2000",
        ),
        (vec![setting("require", "true"), setting("remedy", &"m".repeat(2_001))], "/remedy", "at most 2000"),
        ([vec![setting("require", "true")], list].concat(), "/phases", "`mergee`"),
    ] {
        let error = gate_of([stock_binding(ID, settings)?]).err().context("it was built")?;
        let errors: &BuildErrors = error.downcast_ref().context("errors of the build")?;
        let Some(BuildError::Settings { errors, .. }) = errors.iter().next() else { bail!("{error}") };
        ensure!(errors.len() == 1, "{errors:?}");
        let found = errors.first().context("one")?;
        ensure!(found.pointer.as_str() == key, "{key}: {found:?}");
        ensure!(found.message.as_unescaped().contains(says), "{key}: {found:?}");
    }
    Ok(())
}

/// What can be copied from the page has been seen to block, and to let pass what nearly breaks it.
fn the_page_s_rules_are_cases() -> Result<()> {
    let page = std::fs::read_to_string(root().join("policies/expression/README.md"))?;
    let set =
        page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).context("a policy set")?;
    let path = root().join("interlock.yaml");
    let set = interlock_inputs::policy_set_of(&path, set.as_bytes(), &interlock_inputs::read_file)?;
    ensure!(set.policies.len() >= 5, "{} rules", set.policies.len());
    built(&set)?;
    let cases = crate::cases::cases_of(&root().join("policies/expression"));
    for policy in &set.policies {
        let expression =
            policy.settings.iter().find(|(key, _)| ["/require", "/refuse"].contains(&key.as_str()));
        let expression = expression.with_context(|| format!("{}: no expression", policy.id))?;
        let mut of_rule = cases.cases.iter().filter(|case| case.settings.contains(expression));
        let (stops, quiet): (Vec<_>, Vec<_>) = of_rule.by_ref().partition(|case| !case.expect.is_empty());
        ensure!(
            !stops.is_empty() && !quiet.is_empty(),
            "{}: {} cases stop, {} are quiet",
            policy.id,
            stops.len(),
            quiet.len()
        );
    }
    Ok(())
}

fn built(set: &PolicySetFile) -> Result<()> {
    let names: BTreeSet<&PolicyId> = set.policies.iter().map(|policy| &policy.id).collect();
    ensure!(names.len() == set.policies.len(), "a name twice");
    for policy in &set.policies {
        gate_of([stock_binding(ID, policy.settings.clone())?]).with_context(|| policy.id.to_string())?;
    }
    Ok(())
}

/// The page's figure.
fn its_size() -> Result<()> {
    let module = interlock_stock::module(ID).context("it is built")?;
    let loaded =
        engine().load(module.bytes, &Limits::default()).map_err(|error| anyhow::anyhow!("{error}"))?;
    ensure!(
        loaded.manifest().needs.edits && loaded.manifest().needs.paths == ["**"],
        "it is shown every edit"
    );
    ensure!(!loaded.manifest().needs.text, "and no whole text, as the checker says");
    let page = std::fs::read_to_string(root().join("policies/expression/README.md"))?;
    let told = page.split("The module is about ").nth(1).and_then(|rest| rest.split(' ').next());
    let told: usize = told.context("the page tells its size")?.parse()?;
    let kilobytes = module.bytes.len() / 1000;
    ensure!(
        told.abs_diff(kilobytes) * 10 <= kilobytes,
        "the page says {told} KB, the module has {kilobytes}"
    );
    Ok(())
}
