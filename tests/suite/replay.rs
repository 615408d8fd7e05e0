//! `interlock replay`, and what its corpus is worth: a copy with one thing wrong in it fails, and the incidents come out as
//! `tests/incidents/judgement.yaml` judged them, by id.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use libtest_mimic::Trial;

use crate::authoring::folder::Folder;
use crate::support::{entries, root, trials_of};

mod judgement;

pub fn trials() -> Vec<Trial> {
    trials_of(
        "replay",
        &[
            ("whole-corpus", whole_corpus),
            ("formats-agree", formats_agree),
            ("a-flipped-copy-exits-1", a_flipped_copy_exits_1),
            ("an-unreadable-corpus-exits-2", an_unreadable_corpus_exits_2),
            ("a-policy-set-of-its-own", a_policy_set_of_its_own),
            ("the-schema-takes-every-folder", the_schema_takes_every_folder),
            ("judgement", judgement::holds),
            ("a-flipped-judgement-fails", judgement::a_flipped_one_fails),
        ],
    )
}

/// Everything that is expected to pass, does, and nothing is left out.
fn whole_corpus() -> Result<()> {
    let folder = Folder::new("replay-whole")?;
    let tests = root().join("tests");
    let corpora = ["incidents", "ordinary", "ordinary-warn", "with-feed"]
        .map(|name| tests.join(name).display().to_string());
    let said = folder.run(std::iter::once("replay".to_owned()).chain(corpora))?;
    said.expect(0, &["0 with a false alarm", "0 with another verdict than expected"])?;
    ensure!(!said.err.contains("left alone"), "{}", said.err);
    Ok(())
}

/// A small corpus: an incident with files, and a folder of one ordinary change.
fn copied(name: &str) -> Result<Folder> {
    let folder = Folder::new(name)?;
    let incident = root().join("tests/incidents/2016-04-11-google");
    copy(&incident, &folder.path().join("incident"))?;
    fs::create_dir_all(folder.path().join("ordinary"))?;
    let good = root().join("tests/ordinary/tier-3-help-text.yaml");
    fs::copy(good, folder.path().join("ordinary/good.yaml"))?;
    folder.put(
        "ordinary/expected.yaml",
        "evaluated-at: \"2026-03-02T12:00Z\"\ndocuments:\n  good.yaml: { verdict: allow, findings: [] }\n",
    )?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in entries(from) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() { copy(&entry, &target)? } else { fs::copy(&entry, &target).map(drop)? }
    }
    Ok(())
}

/// The copy is right, and each way to make one thing of it wrong is found.
fn a_flipped_copy_exits_1() -> Result<()> {
    let folder = copied("replay-flipped")?;
    folder.run(["replay", "."])?.expect(0, &["incidents with a change: 1 of 1 caught", "good changes: 2"])?;
    let (incident, ordinary) = ("incident/expected.yaml", "ordinary/expected.yaml");
    let emptied = "\n      - { policy: config-sanity, rule: emptied-list, verdict: block, at: /announced-blocks, file: \
                   announcements.json }";
    let flips: [(&str, &str, &str, &[&str]); 9] = [
        (
            incident,
            "verdict: block\n",
            "verdict: allow\n",
            &["verdict: expected allow, found block", "0 of 1 caught"],
        ),
        (
            incident,
            "verdict: allow\n",
            "verdict: block\n",
            &["fixed.yaml", "verdict: expected block, found allow"],
        ),
        (
            incident,
            emptied,
            "",
            &["+ config-sanity/emptied-list: block at /announced-blocks in announcements.json"],
        ),
        (
            incident,
            "rule: emptied-list",
            "rule: blank-field",
            &["- config-sanity/blank-field", "+ config-sanity/emptied-list"],
        ),
        (
            incident,
            "rule: emptied-list",
            "rule: emptied-lits",
            &["there is no such rule: `interlock policies config-sanity`"],
        ),
        (incident, "at: /announced-blocks", "at: /announced-block", &["- config-sanity/emptied-list"]),
        (
            incident,
            "[canary-evidence, config-sanity]",
            "[canary-evidence, change-window]",
            &["`change-window` is expected to speak"],
        ),
        (
            ordinary,
            "verdict: allow",
            "verdict: warn",
            &["verdict: expected warn, found allow", "0 of 1 got exactly that"],
        ),
        (
            ordinary,
            "findings: []",
            "findings: [{ policy: change-window, rule: weekend, verdict: block, at: /schedule/start }]",
            &["- change-window/weekend: block at /schedule/start (line 3)"],
        ),
    ];
    for (file, from, to, told) in flips {
        let right = folder.get(file)?;
        let wrong = right.replacen(from, to, 1);
        ensure!(wrong != right, "`{from}` is in {file}");
        folder.put(file, wrong)?;
        folder.run(["replay", "."])?.expect(1, told)?;
        folder.put(file, right)?;
    }
    // A document that became another one.
    let change = folder.get("incident/fixed.yaml")?;
    folder.put("incident/fixed.yaml", change.replacen("verdict: pass,", "verdict: fail,", 1))?;
    folder.run(["replay", "."])?.expect(1, &["fixed.yaml", "+ canary-evidence/", "1 with a false alarm"])?;
    Ok(())
}

/// The same answer, however it is written.
fn formats_agree() -> Result<()> {
    let folder = copied("replay-formats")?;
    let json = |code: i32| -> Result<serde_json::Value> {
        let said = folder.run(["replay", ".", "--format", "json"])?;
        said.expect(code, &[])?;
        Ok(serde_json::from_str(&said.out)?)
    };
    let right = json(0)?;
    ensure!(right["schema"] == "interlock.replay/1" && right["passed"] == true, "{right}");
    ensure!(right["totals"]["documents"] == 4 && right["totals"]["good"] == 2, "{}", right["totals"]);
    ensure!(right["policies"]["config-sanity"]["caught"] == 1, "{}", right["policies"]);
    folder
        .run(["replay", ".", "--format", "markdown"])?
        .expect(0, &["**Replay: as expected**", "| config-sanity | 1 | 1 | 0 | 0 | 0 |"])?;
    let expected = folder.get("incident/expected.yaml")?;
    folder.put("incident/expected.yaml", expected.replacen("rule: emptied-list", "rule: blank-field", 1))?;
    let wrong = json(1)?;
    ensure!(wrong["passed"] == false && wrong["policies"]["config-sanity"]["missed"] == 1, "{wrong}");
    ensure!(wrong["policies"]["config-sanity"]["false-alarms"] == 1, "{}", wrong["policies"]);
    let told = "| `config-sanity/blank-field: block at /announced-blocks in announcements.json` | nothing |";
    folder.run(["replay", ".", "--format", "markdown"])?.expect(1, &["**Replay: not as expected**", told])?;
    Ok(())
}

fn an_unreadable_corpus_exits_2() -> Result<()> {
    let folder = copied("replay-unreadable")?;
    fs::create_dir_all(folder.path().join("nothing/here"))?;
    folder
        .run(["replay", "nothing"])?
        .expect(2, &["nothing: no change to judge", "help: name a folder that holds `expected.yaml`"])?;
    folder.run(["replay", "gone"])?.expect(2, &["gone: ", "expected a folder", "help: "])?;
    let facts = "incident: i\ncatchable: \"no\"\ndocument: none\nwhy: hardware\n";
    folder.put("nothing/here/expected.yaml", facts)?;
    folder.run(["replay", "nothing"])?.expect(2, &["no change to judge"])?;
    folder.run(["replay", "nothing", "ordinary"])?.expect(2, &["no change to judge"])?;
    let good = folder.get("ordinary/expected.yaml")?;
    let wrong = [
        (
            "verdict: allow",
            "verdict: allowed",
            "ordinary/expected.yaml:3:25: text `allowed`, expected one of",
        ),
        ("good.yaml:", "gone.yaml:", "ordinary/expected.yaml:3:3: nothing about `good.yaml`"),
        ("findings: []", "finding: []", "did you mean `findings`?"),
        ("evaluated-at", "evaluated_at", "did you mean `evaluated-at`?"),
        ("{ verdict", "{ before: gone, after: gone, verdict", "gone"),
        ("{ verdict", "{ calendars: [gone.yaml], verdict", "gone.yaml"),
    ];
    for (from, to, told) in wrong {
        folder.put("ordinary/expected.yaml", good.replacen(from, to, 1))?;
        folder.run(["replay", "."])?.expect(2, &[told, "help: "])?;
    }
    folder.put("ordinary/expected.yaml", &good)?;
    folder.put("ordinary/good.yaml", "id: a\nkind: confg\n")?;
    folder.run(["replay", "."])?.expect(2, &["good.yaml:2:7: text `confg`", "did you mean `config`?"])?;
    Ok(())
}

/// The set that lies in the corpus judges it, unless another is named.
fn a_policy_set_of_its_own() -> Result<()> {
    let folder = copied("replay-policy-set")?;
    let bound = |policy: &str| format!("version: 1\npolicies:\n  {policy}:\n    module: stock:{policy}\n");
    folder.put("policy-set.yaml", bound("config-sanity"))?;
    folder.run(["replay", "."])?.expect(1, &["- canary-evidence/canary-not-passed"])?;
    folder.put(
        "both.yaml",
        format!("{}  canary-evidence:\n    module: stock:canary-evidence\n", bound("config-sanity")),
    )?;
    folder.run(["replay", ".", "--policy-set", "both.yaml"])?.expect(0, &["1 of 1 caught"])?;
    Ok(())
}

fn the_schema_takes_every_folder() -> Result<()> {
    let schema = interlock_inputs::expected_schema().to_value();
    let validator = jsonschema::validator_for(&schema).map_err(|error| anyhow!("{error}"))?;
    for (name, folder) in crate::support::corpus_folders() {
        let value = serde_yaml::from_str(&fs::read_to_string(folder.join("expected.yaml"))?)?;
        let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        ensure!(problems.is_empty(), "{name}: {problems:?}");
    }
    let typo = serde_json::json!({ "evaluated-at": "2026-03-02T12:00Z", "documents": { "a.yaml": { "verdikt": "allow" } } });
    ensure!(!validator.is_valid(&typo), "a typo is refused by the schema too");
    Ok(())
}
