//! `interlock test` and `interlock bench`: they pass what is right, and fail when they should.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use interlock_authoring::{Bounds, mutate, run};
use interlock_inputs::{CasesFile, read_cases};
use libtest_mimic::Trial;

use super::folder::Folder;
use crate::cases::{policies, sandbox};
use crate::support::{Test, question, root, some_time, stock_gate, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("stock-policies-pass", stock_policies_pass),
        ("what-is-wrong-fails", what_is_wrong_fails),
        ("what-cannot-be-run-is-no-pass", what_cannot_be_run_is_no_pass),
        ("a-broken-policy-is-told-with-its-line", a_broken_policy_is_told),
        ("no-policy-is-told", no_policy_is_told),
        ("hostile-texts-are-inert", hostile_texts_are_inert),
        ("junit-is-what-was-told", junit_is_what_was_told),
        ("a-change-file-stands-in-for-the-base", change_file),
        ("progress-is-asked", progress_is_asked),
        ("hearing-changes-no-report", hearing_changes_no_report),
        ("watch-runs-again", watch_runs_again),
        ("update-writes-words-alone", update_writes_words_alone),
        ("mutations-are-noticed-or-listed", mutations),
        ("mutation-ends", mutation_ends),
        ("bench-fails-on-growth-only", bench_fails_on_growth_only),
        ("bench-needs-a-policy-that-judges", bench_needs_a_policy_that_judges),
        ("schema-takes-all-cases", schema_takes_all_cases),
    ];
    trials_of("authoring/cases", tests)
}

/// One change that `staged-rollout` blocks at one place, and one that it lets pass.
const CASES: &str = "\
base: { id: a, kind: config, services: [{ name: edge, tier: 0 }], targets: [{ region: a }, { region: b }] }
cases:
  - case: nothing planned
    why: it has to be seen
    expect: [{ rule: all-at-once, verdict: block, at: /rollout/stages }]
  - case: 'near miss: not tier 0'
    why: nobody stands on it
    change: { services: [{ name: wiki, tier: 3 }] }
    expect: []
";
const STOCK: &str = "stock:staged-rollout";

fn stock_policies_pass() -> Result<()> {
    for module in interlock_stock::MODULES {
        let folder = Folder::new("stock-policies-pass")?;
        let (stock, path) = (format!("stock:{}", module.id), root().join("policies").join(module.id));
        let said = folder.run(["test".as_ref(), "--module".as_ref(), stock.as_ref(), path.as_os_str()])?;
        said.expect(0, &[&format!("policy `{}`", module.id), ", 0 failed; "])?;
    }
    Ok(())
}

/// Each is one slip in the cases above, and what is said of it.
const WRONG: &[(&str, &str, &str, &[&str])] = &[
    (
        "rule",
        "rule: all-at-once",
        "rule: stage-too-wide",
        &[
            "cases.yaml:3: failed: nothing planned",
            "- stage-too-wide: block at /rollout/stages (line 5)",
            "+ all-at-once: block",
        ],
    ),
    ("verdict", "verdict: block", "verdict: warn", &["- all-at-once: warn at", "+ all-at-once: block at"]),
    (
        "pointer",
        "at: /rollout/stages",
        "at: /rollout",
        &["- all-at-once: block at /rollout (", "+ all-at-once: block at /rollout/stages\n"],
    ),
    (
        "file",
        "at: /rollout/stages",
        "at: /rollout/stages, file: a.yaml",
        &["- all-at-once: block at /rollout/stages in a.yaml"],
    ),
    (
        "extra",
        "expect: [{ rule: all-at-once, verdict: block, at: /rollout/stages }]",
        "expect: []",
        &["+ all-at-once: block at /rollout/stages", "why: it has to be seen"],
    ),
    (
        "missing",
        "expect: []",
        "expect: [{ rule: all-at-once, verdict: warn, at: /rollout/stages }]",
        &["cases.yaml:6: failed: near miss", "- all-at-once: warn at /rollout/stages (line 9)"],
    ),
    (
        "twice",
        "at: /rollout/stages }]",
        "at: /rollout/stages }, { rule: all-at-once, verdict: block, at: /rollout/stages }]",
        &[
            "      all-at-once: block at /rollout/stages\n    - all-at-once: block at /rollout/stages (line 5)",
        ],
    ),
];

fn what_is_wrong_fails() -> Result<()> {
    let folder = Folder::new("what-is-wrong-fails")?;
    folder.put("cases.yaml", CASES)?;
    folder.run(["test", "--module", STOCK])?.expect(0, &["2 cases, 2 passed, 0 failed"])?;
    for (name, from, to, parts) in WRONG {
        ensure!(CASES.contains(from), "{name}: nothing to replace");
        folder.put("cases.yaml", CASES.replacen(from, to, 1))?;
        let said = folder.run(["test", "--module", STOCK])?;
        said.expect(1, parts).with_context(|| (*name).to_owned())?;
        said.expect(1, &["2 cases, 1 passed, 1 failed", "fuel"])?;
    }
    Ok(())
}

fn what_cannot_be_run_is_no_pass() -> Result<()> {
    let folder = Folder::new("what-cannot-be-run-is-no-pass")?;
    let with = |from: &str, to: &str| CASES.replacen(from, to, 1);
    let none = format!("{}cases: []\n", CASES.split("cases:").next().unwrap());
    let slips: &[(String, &[&str])] = &[
        (none, &["cases.yaml:2:8: an empty list, expected at least one case"]),
        (with("expect:", "expcet:"), &["cases.yaml:5:5: unknown key `expcet`", "did you mean `expect`"]),
        (with("verdict: block", "verdict: blok"), &["cases.yaml:5:44", "did you mean `block`"]),
        (
            with("rule: all-at-once", "rule: all-at-one"),
            &["cases.yaml:5:22: no rule `all-at-one`", "`staged-rollout`", "did you mean `all-at-once`?"],
        ),
        (with("rule: all-at-once", "rule: weather"), &["no rule `weather`", "its rules are `all-at-once`, "]),
        (
            with("why: nobody", "settings: { block-tier-maks: 1 }\n    why: nobody"),
            &["cases.yaml:7:34", "block-tier-maks"],
        ),
        (with("tier: 3", "teir: 3"), &["cases.yaml:8:40: unknown key `teir`"]),
        (with("kind: config", "kind: cnofig"), &["cases.yaml:1:", "`cnofig`"]),
        (with("why: nobody", "calendars: [no.yaml]\n    why: nobody"), &["no.yaml"]),
        (
            with("why: nobody", "change-file: no.yaml\n    why: nobody"),
            &["cases.yaml:7:18: ", "no.yaml`, which cannot be read"],
        ),
    ];
    for (text, parts) in slips {
        folder.put("cases.yaml", text)?;
        let said = folder.run(["test", "--module", STOCK])?;
        said.expect(2, parts).with_context(|| text.clone())?;
        ensure!(said.out.is_empty() && said.err.contains("help: "), "{}{}", said.out, said.err);
    }
    folder.put("cases.yaml", CASES)?;
    folder.run(["test", "--module", STOCK, "--filter", "weather"])?.expect(2, &["`weather`", "help: "])?;
    folder.run(["test", "--module", STOCK, "--filter", "near"])?.expect(0, &["1 case, 1 passed"])?;
    folder.run(["test"])?.expect(2, &["no module beside `cases.yaml`", "--module"])?;
    let manifest =
        "[package]\nname = \"my-policy\"\n[workspace]\n[lib]\npath = \"lib.rs\"\ncrate-type = [\"cdylib\"]\n";
    folder.put("lib.rs", "")?;
    folder.put("Cargo.toml", manifest)?;
    folder.run(["test"])?.expect(2, &["interlock/my-policy.wasm` is not there", "run `interlock build`"])?;
    let built = "target/interlock";
    std::fs::create_dir_all(folder.path().join(built))?;
    let module = interlock_stock::module("staged-rollout").context("a stock policy")?.bytes;
    folder.put(&format!("{built}/my-policy.wasm"), module)?;
    folder.run(["test"])?.expect(0, &["policy `my-policy`: 2 cases, 2 passed"])?;
    folder.put("Cargo.toml", manifest.replace("my-policy", "../../my-policy"))?;
    folder.run(["test"])?.expect(2, &["cargo cannot read `", "help: mend the manifest"])?;
    folder.run(["test", "nowhere", "--module", STOCK])?.expect(2, &["nowhere: ", "cases.yaml"])?;
    Ok(())
}

/// For the guests of `tests/hostile`, whose one rule beside a harder one is `rule-soft`.
const GUEST_CASES: &str = "\
base: { id: a, kind: config, services: [{ name: edge }] }
cases:
  - case: anything
    why: a guest does what it does
    expect: [{ rule: rule-soft, verdict: warn, at: '' }]
";

fn a_broken_policy_is_told() -> Result<()> {
    let folder = Folder::new("a-broken-policy-is-told")?;
    folder.put("cases.yaml", GUEST_CASES)?;
    let guests: &[(&str, &[&str])] = &[
        ("g50-panic", &["panicked: `", "mend the line it names"]),
        ("g01-loop", &["used all of its 200000000 units of fuel", "a loop that does not end"]),
        ("g33-message", &["sent an answer of more than 1048576 bytes", "shorten what it answers"]),
    ];
    let mut shown = String::new();
    for (guest, parts) in guests {
        folder.put_guest(guest)?;
        let said = folder.run(["test", "--module", "guest.wasm", "--mutate"])?;
        said.expect(1, parts)?;
        said.expect(1, &["cases.yaml:3: failed: anything", "error: policy `guest` ", "help: ", "1 failed"])?;
        said.expect(1, &["not mutated: 1 case"])?;
        shown += &format!("$ interlock test --module guest.wasm  # {guest}\n{}\n", said.out);
    }
    transcript("broken-policy.txt", &shown)
}

/// What a person sees, kept where it can be read. Written anew like every transcript, with `TRYCMD=overwrite`.
pub(super) fn transcript(name: &str, shown: &str) -> Result<()> {
    let path = root().join("tests/cli").join(name);
    if std::env::var_os("TRYCMD").is_some_and(|how| how == "overwrite") {
        std::fs::write(&path, shown)?;
    }
    let kept = std::fs::read_to_string(&path).with_context(|| format!("tests/cli/{name}"))?;
    ensure!(kept == shown, "tests/cli/{name} says\n{kept}\nseen was\n{shown}");
    Ok(())
}

fn no_policy_is_told() -> Result<()> {
    let folder = Folder::new("no-policy-is-told")?;
    folder.put("cases.yaml", GUEST_CASES)?;
    folder.put("guest.wasm", "no module at all")?;
    let said = folder.run(["test", "--module", "guest.wasm"])?;
    said.expect(2, &["policy `guest` is no policy module", "help: build it again with `interlock build`"])?;
    Ok(())
}

/// Neither a terminal nor a build system takes anything of a guest's for its own.
fn hostile_texts_are_inert() -> Result<()> {
    let folder = Folder::new("hostile-texts-are-inert")?;
    folder.put_guest("g50-hostile-texts")?;
    folder.put("cases.yaml", GUEST_CASES)?;
    let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    let inert = |text: &str| {
        let hidden = text.chars().find(|c| c.is_control() && *c != '\n');
        ensure!(hidden.is_none() && !text.lines().any(is_command), "{text:?}");
        Ok(())
    };
    let said = folder.run(["test", "--module", "guest.wasm", "--verbose"])?;
    said.expect(0, &["log info: ", "\\u{1b}]0;owned"])?;
    inert(&said.out)?;
    folder.put(
        "cases.yaml",
        GUEST_CASES.replace("expect: [", "expect: [] #").replace("anything", "\"::error::x ##[group]\""),
    )?;
    for format in ["text", "junit"] {
        let said = folder.run(["test", "--module", "guest.wasm", "--format", format])?;
        said.expect(1, &["rule-soft: warn at the change as a whole", "\\u{1b}]0;owned"])?;
        inert(&said.out)?;
    }
    Ok(())
}

fn junit_is_what_was_told() -> Result<()> {
    let folder = Folder::new("junit-is-what-was-told")?;
    folder.put("cases.yaml", CASES.replace("verdict: block", "verdict: warn"))?;
    let said = folder.run(["test", "--module", STOCK, "--format", "junit=cases.xml,text"])?;
    said.expect(1, &["1 passed, 1 failed"])?;
    let text = folder.get("cases.xml")?;
    let xml = roxmltree::Document::parse(&text)?;
    let named = |name: &str| xml.descendants().filter(|node| node.has_tag_name(name)).count();
    ensure!((named("testcase"), named("failure"), named("error")) == (2, 1, 0), "{text}");
    let failure = xml.descendants().find(|node| node.has_tag_name("failure")).context("a failure")?;
    let case = failure.parent().context("its case")?;
    ensure!((case.attribute("file"), case.attribute("line")) == (Some("cases.yaml"), Some("3")), "{text}");
    ensure!(failure.text().is_some_and(|text| text.contains("+ all-at-once: block")), "{text}");
    folder.put_guest("g01-loop")?;
    folder.put("cases.yaml", GUEST_CASES)?;
    let said = folder.run(["test", "--module", "guest.wasm", "--format", "junit"])?;
    let xml = roxmltree::Document::parse(&said.out)?;
    ensure!(
        xml.descendants().any(|node| node.has_tag_name("error") && node.attribute("type") == Some("fuel"))
    );
    let said = folder.run(["test", "--module", STOCK, "--format", "junit,text"])?;
    said.expect(2, &["two formats to one place"])?;
    let said = folder.run(["test", "--module", STOCK, "--format", "junit", "--mutate"])?;
    said.expect(2, &["`--mutate` beside XML", "help: "])?;
    Ok(())
}

fn change_file() -> Result<()> {
    let folder = Folder::new("change-file")?;
    folder.put("tier-3.yaml", "id: a\nkind: config\nservices: [{ name: wiki, tier: 3 }]\n")?;
    let blocked = "[{ rule: all-at-once, verdict: block, at: /rollout/stages }]";
    folder.put(
        "cases.yaml",
        format!(
            "cases:\n  - {{ case: as it is, why: tier 3, change-file: tier-3.yaml, expect: [] }}\n  - {{ case: patched, why: tier 0, \
             change-file: tier-3.yaml, change: {{ services: null }}, expect: {blocked} }}\n"
        ),
    )?;
    folder.run(["test", "--module", STOCK])?.expect(0, &["2 passed"])?;
    folder.put("tier-3.yaml", "id: a\nkind: config\nservices: [{ name: wiki, teir: 3 }]\n")?;
    folder
        .run(["test", "--module", STOCK])?
        .expect(2, &["cases.yaml:2:", "unknown key `teir`", "tier-3.yaml"])?;
    folder.put("tier-3.yaml", "id: a\nid: b\n")?;
    folder.run(["test", "--module", STOCK])?.expect(2, &["tier-3.yaml:2:1: key `id` a second time"])?;
    Ok(())
}

/// A start that is over is no finding once a stage is done, and the policy is told what the case says.
fn progress_is_asked() -> Result<()> {
    let folder = Folder::new("progress-is-asked")?;
    let base = "{ id: a, kind: config, services: [{ name: edge, tier: 0 }], schedule: { start: \"2026-03-04T10:00\", \
                zone: Europe/Berlin } }";
    let come = |progress: &str, expect: &str| {
        let case =
            format!("case: a, why: b, evaluated-at: \"2026-03-05T12:00Z\", {progress}expect: {expect}");
        folder.put("cases.yaml", format!("base: {base}\ncases: [{{ {case} }}]\n"))?;
        folder.run(["test", "--module", "stock:change-window"])
    };
    let stale = "[{ rule: stale-start, verdict: block, at: /schedule/start }]";
    come("", stale)?.expect(0, &["1 passed"])?;
    come("progress: { stages-done: 0 }, ", stale)?.expect(0, &["1 passed"])?;
    come("progress: { stages-done: 1, bake-elapsed-s: 60 }, ", "[]")?.expect(0, &["1 passed"])?;
    Ok(())
}

fn hearing_changes_no_report() -> Result<()> {
    let (name, value) = crate::cases::all_values().into_iter().next().context("a case")?;
    let document = crate::support::read_value(&value)?;
    let question = question(interlock_model::Phase::Deploy, some_time());
    let mut heard = Vec::new();
    let report =
        stock_gate().check_and_hear(&document, &question, &mut |policy, _| heard.push(policy.to_string()));
    ensure!(report == stock_gate().check(&document, &question), "{name}");
    let asked: Vec<&str> = interlock_stock::by_default().map(|module| module.id).collect();
    ensure!(heard == asked, "{heard:?}");
    Ok(())
}

/// The child is ended by its handle, whatever comes of the test.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn watch_runs_again() -> Result<()> {
    let folder = Folder::new("watch-runs-again")?;
    // At one stroke, as editors write: half a file would be one more run.
    let put = |name: &str, text: &str| -> Result<()> {
        folder.put("new", text)?;
        Ok(std::fs::rename(folder.path().join("new"), folder.path().join(name))?)
    };
    put("cases.yaml", CASES)?;
    let mut child = folder.command(["test", "--module", STOCK, "--watch"]).stdout(Stdio::piped()).spawn()?;
    let out = child.stdout.take().context("its output")?;
    let _ended = Ended(child);
    let (sender, lines) = channel();
    std::thread::spawn(move || BufReader::new(out).lines().try_for_each(|line| sender.send(line)));
    let until_waiting = || -> Result<String> {
        let mut told = String::new();
        loop {
            let line =
                lines.recv_timeout(Duration::from_secs(60)).map_err(|_| anyhow!("it waits: {told}"))??;
            if line.starts_with("waiting for ") {
                return Ok(told);
            }
            told += &line;
        }
    };
    ensure!(until_waiting()?.contains("2 passed, 0 failed"));
    put("cases.yaml", &CASES.replace("verdict: block", "verdict: warn"))?;
    ensure!(until_waiting()?.contains("1 passed, 1 failed"));
    put("cases.yaml", "cases:")?;
    ensure!(until_waiting()?.is_empty(), "what cannot be read is told on standard error, and waited for");
    // What the cases name counts as well.
    put("wiki.yaml", "id: a\nkind: config\nservices: [{ name: wiki, tier: 3 }]\n")?;
    put("days.yaml", CALENDAR)?;
    let named = "calendars: [days.yaml]\ncases: [{ case: a, why: b, change-file: wiki.yaml, expect: [] }]\n";
    put("cases.yaml", named)?;
    ensure!(until_waiting()?.contains("1 passed, 0 failed"));
    put("wiki.yaml", "id: a\nkind: config\nservices: [{ name: wiki, tier: 0 }]\n")?;
    ensure!(until_waiting()?.contains("0 passed, 1 failed"), "a change file");
    put("days.yaml", "no calendar")?;
    ensure!(until_waiting()?.is_empty(), "a calendar");
    put("days.yaml", CALENDAR)?;
    ensure!(until_waiting()?.contains("0 passed, 1 failed"));
    Ok(())
}

/// Words are compared where a case has them, and written; what a case asks for is never written.
fn update_writes_words_alone() -> Result<()> {
    let folder = Folder::new("update-writes-words-alone")?;
    let worded = |words: &str| {
        let line = format!("at: /rollout/stages, message: {words} }}]  # kept");
        CASES.replacen("at: /rollout/stages }]", &line, 1)
    };
    let read = || -> Result<String> { Ok(std::fs::read_to_string(folder.path().join("cases.yaml"))?) };
    let test = |more: &[&str]| folder.run([&["test", "--module", STOCK][..], more].concat());
    folder.put("cases.yaml", worded("old words"))?;
    test(&[])?.expect(1, &["      - old words (line 5)\n      + ", "1 passed, 1 failed"])?;
    ensure!(read()? == worded("old words"), "without `--update` nothing is written");
    test(&["--update"])?.expect(0, &["2 passed, 0 failed"])?;
    let after = read()?;
    let (head, tail) = after.split_once("message: \"").context("new words, in quotes")?;
    let (words, rest) = tail.split_once("\" }]  # kept").context("and what stood behind them")?;
    ensure!(words.len() > 20 && format!("{head}message: old words }}]  # kept{rest}") == worded("old words"));
    test(&["--update"])?.expect(0, &["2 passed"])?;
    ensure!(read()? == after, "what is right is left alone");
    // What a case asks for is an author's: it is not written, and neither are words beside it.
    let slips = [
        ("verdict: block", "verdict: warn"),
        ("rule: all-at-once", "rule: stage-too-wide"),
        ("/stages,", ","),
        (" }]  # kept", " }, { rule: stage-too-wide, verdict: warn, at: /a }]  # kept"),
    ];
    for (from, to) in slips {
        let wrong = worded("old words").replacen(from, to, 1);
        ensure!(wrong != worded("old words"), "{from}");
        folder.put("cases.yaml", &wrong)?;
        test(&["--update"])?.expect(1, &["1 passed, 1 failed"])?;
        ensure!(read()? == wrong, "{to}: {}", read()?);
    }
    folder.put("cases.yaml", CASES.replacen("expect: [{", "expect: [] # {", 1))?;
    let before = read()?;
    test(&["--update"])?.expect(1, &["+ all-at-once: block"])?;
    ensure!(read()? == before, "a finding that nobody expects is not written down");
    // A message that another place refers to cannot be replaced alone.
    let shared = worded("&m old words").replacen("why: nobody", "why: *m # nobody", 1);
    folder.put("cases.yaml", &shared)?;
    let said = test(&["--update"])?;
    ensure!(said.code != Some(0) && read()? == shared, "{}", read()?);
    Ok(())
}

/// Enough of one to be read.
const CALENDAR: &str = "calendar: days\nzones: [Europe/London]\ncovers: { from: \"2026-01-01\", to: \"2026-12-31\" }\nsource: a test\n";

fn cases_in(folder: &Folder) -> Result<CasesFile> {
    Ok(read_cases(&folder.path().join("cases.yaml"))?)
}

fn mutations() -> Result<()> {
    let folder = Folder::new("mutations")?;
    folder.put(
        "cases.yaml",
        CASES.replace("    why: nobody", "    settings: { bake-s-min: 5 }\n    why: nobody"),
    )?;
    let (file, sandbox) = (cases_in(&folder)?, sandbox("staged-rollout")?);
    ensure!(run(&sandbox, &file, None)?.failed() == 0);
    let mutated = mutate(&sandbox, &file, None, Bounds::default())?;
    let text = mutated.text();
    let listed = |line: &str| text.lines().any(|it| it == line);
    // A tier that becomes milder or harder is noticed by one of the two; a tier one beside tier 3 by neither.
    ensure!(!text.contains("/services/0/tier one less") && !text.contains("/services/0/tier zero"), "{text}");
    ensure!(!text.contains("/kind removed"), "a change that cannot be read is noticed: {text}");
    ensure!(listed("/services/0/name emptied: no case notices"), "{text}");
    // Unknown is judged as tier 0, so it is the blocked case that does not notice, and the other that does.
    ensure!(!text.contains("/services/0/tier removed"), "{text}");
    ensure!(listed("setting bake-s-min removed: no case notices"), "{text}");
    let sum = format!("mutations: {} of {} noticed, ", mutated.noticed(), mutated.tried());
    ensure!(mutated.noticed() > 3 && text.contains(&sum), "{text}");
    ensure!(mutate(&sandbox, &file, None, Bounds::default())?.text() == text, "it is the same each time");
    // With one of the cases gone, what it held is listed.
    let alone = mutate(&sandbox, &file, Some("nothing planned"), Bounds::default())?.text();
    ensure!(alone.contains("/services/0/tier removed: no case notices"), "{alone}");
    ensure!(!alone.contains("setting"), "{alone}");
    Ok(())
}

/// A large policy is not mutated for hours; that it was stopped is said, and where.
fn mutation_ends() -> Result<()> {
    let folder = Folder::new("mutation-ends")?;
    folder.put("cases.yaml", CASES)?;
    let (file, sandbox) = (cases_in(&folder)?, sandbox("staged-rollout")?);
    let with = |bounds: Bounds| mutate(&sandbox, &file, None, bounds);
    let whole = with(Bounds::default())?;
    ensure!(!whole.text().contains("stopped"), "{}", whole.text());
    for bounds in
        [Bounds { evaluations: 5, ..Bounds::default() }, Bounds { fuel: 50_000, ..Bounds::default() }]
    {
        let cut = with(bounds)?;
        ensure!(cut.tried() < whole.tried(), "{}", cut.text());
        ensure!(cut.text().contains("stopped at the case in line 3: "), "{}", cut.text());
    }
    Ok(())
}

fn bench_fails_on_growth_only() -> Result<()> {
    let folder = Folder::new("bench")?;
    folder.put("cases.yaml", CASES)?;
    let bench =
        |more: &[&str]| folder.run([["bench", "--module", STOCK, "--runs", "2"].as_slice(), more].concat());
    bench(&["--save", "base.json"])?.expect(0, &["nothing planned", "all 2 cases", "median time"])?;
    let kept: serde_json::Value = serde_json::from_str(&folder.get("base.json")?)?;
    ensure!(bench(&["--format", "json"])?.out.contains("\"form\": \"interlock.bench/1\""));
    bench(&["--baseline", "base.json"])?.expect(0, &["nothing grew beyond the threshold"])?;
    let put = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = kept.clone();
        change(&mut changed);
        folder.put("base.json", changed.to_string())
    };
    let less = |value: &mut serde_json::Value, percent: u64| {
        *value = (value.as_u64().unwrap() * 100 / percent).into()
    };
    // Time on a machine that was a thousand times faster decides nothing.
    put(&|kept| kept["cases"][0]["wall-us"] = 0.into())?;
    bench(&["--baseline", "base.json"])?.expect(0, &["nothing grew"])?;
    put(&|kept| less(&mut kept["cases"][0]["fuel"], 104))?;
    bench(&["--baseline", "base.json"])?.expect(0, &["nothing grew"])?;
    bench(&["--baseline", "base.json", "--threshold", "2"])?
        .expect(1, &["grew: case `nothing planned`: fuel grew from "])?;
    for (at, what) in
        [("/cases/1/fuel", "fuel"), ("/cases/1/memory-bytes", "memory"), ("/module-bytes", "module size")]
    {
        put(&|kept| less(kept.pointer_mut(at).unwrap(), 110))?;
        let said = bench(&["--baseline", "base.json", "--save", "new.json"])?;
        said.expect(1, &["grew: ", &format!("{what} grew from "), "allowed are 5 %"])?;
        ensure!(!folder.path().join("new.json").exists(), "what has grown is not kept");
    }
    put(&|kept| {
        kept["policy"] = "other".into();
        kept["cases"][0]["case"] = "gone".into();
    })?;
    let told = [
        "the baseline is of `other`",
        "`nothing planned` is not in the baseline",
        "`gone` is in the baseline",
    ];
    bench(&["--baseline", "base.json"])?.expect(0, &told)?;
    folder.put("base.json", "{\"form\": 1}")?;
    bench(&["--baseline", "base.json"])?.expect(2, &["`base.json` is no baseline", "help: "])?;
    Ok(())
}

fn bench_needs_a_policy_that_judges() -> Result<()> {
    let folder = Folder::new("bench-broken")?;
    folder.put("cases.yaml", GUEST_CASES)?;
    folder.put_guest("g01-loop")?;
    let said = folder.run(["bench", "--module", "guest.wasm"])?;
    said.expect(2, &["cases.yaml:3: case `anything`: policy `guest` used all of its", "help: "])?;
    Ok(())
}

fn schema_takes_all_cases() -> Result<()> {
    let schema = interlock_inputs::cases_schema().to_value();
    let validator = jsonschema::validator_for(&schema).map_err(|error| anyhow!("{error}"))?;
    for (policy, file) in policies() {
        let value: serde_json::Value = serde_yaml::from_str(&std::fs::read_to_string(&file.name)?)?;
        let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        ensure!(problems.is_empty(), "{policy}: {problems:?}");
    }
    let refused = serde_json::json!({ "cases": [{ "case": "a", "why": "b", "expcet": [] }] });
    ensure!(!validator.is_valid(&refused), "a typo is refused by the schema too");
    Ok(())
}
