//! What is read as a policy set, and one slip after the other with its line and the next step.

use std::collections::BTreeMap;
use std::io;

use interlock_model::{ChangeKind, Mode, OnError, SettingValue};

use super::*;

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// A set with one of each, on which the tables below make one slip at a time.
const WHOLE: &str = r#"version: 1
policies:
  change-window:
    module: stock:change-window
    mode: warn
    settings: { block-tier-max: 1, weekend-days: [friday, saturday], quiet: true, open-from: "09:00", none: [] }
    when: { kinds: [config, os-update], environments: ["prod*"], tiers: [0, 1], services: ["oss-*"], paths: ["config/**"] }
    limits: { fuel: 20000000, memory-kib: 65536, deadline-ms: 2000, tier: large }
  house-rules:
    module: mods/house.wasm
    sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    on-error: allow
    on-error-reason: "on trial"
catalog:
  services: [{ name: oss-auth, tier: 0, owner: team-oss, dependents: 40 }]
  files: [catalog.yaml]
  backstage: [catalog-info.yaml]
calendars: [calendars/cn-2026.yaml]
waivers:
  - policy: change-window
    rule: weekend
    reason: "a move"
    by: "Wang Fang"
    from: "2026-03-01T08:00Z"
    until: "2026-03-15T08:00Z"
    scope: { services: [checkout], environments: [staging] }
baseline: known.yaml
"#;

fn files() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("ops/facts.yaml", "as-of: \"2026-03-02T11:55Z\"\nopen-incidents: []\n"),
        ("ops/catalog.yaml", "services:\n  - { name: pay, tier: 1 }\n"),
        (
            "ops/catalog-info.yaml",
            "kind: Component\nmetadata: { name: web, labels: { interlock/tier: 2 } }\nspec: { owner: team-web }\n",
        ),
    ])
}

fn read_with(text: &str, files: &BTreeMap<&str, &str>) -> Result<PolicySetFile, PolicySetError> {
    let open = |path: &Path| match path.to_str().and_then(|path| files.get(path)) {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => {
            Err(FileError::Unreadable { path: path.to_owned(), reason: io::Error::other("no such file") })
        }
    };
    policy_set_of(Path::new("ops/set.yaml"), text.as_bytes(), &open)
}

fn read(text: &str) -> Result<PolicySetFile, PolicySetError> {
    read_with(text, &files())
}

/// Each line of what is said, as `place: message` and `help: ...`.
#[track_caller]
fn refused(text: &str, expect: &[(&str, &str, &str)]) {
    let said = match read(text) {
        Ok(_) => panic!("it was read:\n{text}"),
        Err(error) => error.to_string(),
    };
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), expect.len() * 2, "{said}");
    for (lines, (place, message, help)) in lines.chunks(2).zip(expect) {
        assert!(lines[0].starts_with(&format!("ops/{place}: ")), "{said}\nexpected at {place}");
        assert!(lines[0].contains(message), "{said}\nexpected {message}");
        assert!(lines[1].starts_with("help: ") && lines[1].contains(help), "{said}\nexpected {help}");
    }
}

/// One slip in the whole set, one problem.
#[track_caller]
fn slip(right: &str, wrong: &str, place: &str, message: &str, help: &str) {
    assert_eq!(WHOLE.matches(right).count(), 1, "{right}");
    refused(&WHOLE.replace(right, wrong), &[(place, message, help)]);
}

#[test]
fn a_whole_set_is_read() {
    let set = read(WHOLE).unwrap();
    let [window, house] = set.policies.as_slice() else { panic!("{:?}", set.policies) };
    assert_eq!(window.module, ModuleRef::Stock { id: "change-window".into(), sha256: None });
    assert_eq!((window.mode, &window.on_error), (Mode::Warn, &OnError::Block));
    let settings: Vec<_> = window.settings.iter().map(|(at, value)| (at.as_str(), value.clone())).collect();
    let text = |text: &str| SettingValue::Text(text.into());
    assert_eq!(
        settings,
        [
            ("/block-tier-max", SettingValue::WholeNumber(1)),
            ("/weekend-days/0", text("friday")),
            ("/weekend-days/1", text("saturday")),
            ("/quiet", SettingValue::Boolean(true)),
            ("/open-from", text("09:00")),
            ("/none", SettingValue::EmptyList),
        ]
    );
    let when = window.when.clone().unwrap();
    assert_eq!(when.kinds, Some(vec![ChangeKind::Config, ChangeKind::OsUpdate]));
    assert_eq!(when.paths, Some(vec!["config/**".to_owned()]));
    let limits = LimitOverrides {
        tier: LimitTier::Large,
        fuel: Some(20_000_000),
        memory_kib: Some(65_536),
        deadline_ms: Some(2000),
    };
    assert_eq!(window.limits, limits);
    let sha256 = format!("sha256:{HEX}").try_into().unwrap();
    assert_eq!(house.module, ModuleRef::File { path: "ops/mods/house.wasm".into(), sha256 });
    assert_eq!(house.on_error, OnError::Allow { reason: "on trial".into() });
    assert_eq!((house.mode, house.limits, &house.when), (Mode::Enforce, LimitOverrides::default(), &None));
    let names: Vec<&str> = set.catalog.as_ref().unwrap().services.keys().map(String::as_str).collect();
    assert_eq!(names, ["oss-auth", "pay", "web"]);
    let read: Vec<&str> = set.read.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(read, ["ops/catalog.yaml", "ops/catalog-info.yaml"]);
    let [calendar] = set.calendars.as_slice() else { panic!("{:?}", set.calendars) };
    assert_eq!(calendar.path, Path::new("ops/calendars/cn-2026.yaml"));
    assert_eq!(
        (calendar.span.line, calendar.span.column, calendar.pointer.as_str()),
        (18, 13, "/calendars/0")
    );
    let baseline = set.baseline.as_ref().map(|named| (named.path.as_path(), named.span.line));
    assert_eq!(baseline, Some((Path::new("ops/known.yaml"), 27)));
    let [waiver] = set.waivers.as_slice() else { panic!("{:?}", set.waivers) };
    assert_eq!((waiver.policy.as_str(), waiver.rule.as_str()), ("change-window", "weekend"));
    assert_eq!(waiver.scope.environments, Some(vec!["staging".to_owned()]));
    assert_eq!(read_again_digest(), set.digest);
}

fn read_again_digest() -> Digest {
    read(WHOLE).unwrap().digest
}

#[test]
fn one_slip_is_one_problem_at_its_place() {
    // Keys.
    slip("    mode:", "    mod:", "set.yaml:5:5", "unknown key `mod`", "did you mean `mode`?");
    slip("limits: { fuel", "limits: { feul", "set.yaml:8:15", "unknown key `feul`", "did you mean `fuel`?");
    slip("calendars: [", "calendar: [", "set.yaml:18:1", "unknown key `calendar`", "`calendars`");
    slip("version: 1", "version: 2", "set.yaml:1:10", "the number `2`, expected `1`", "write `version: 1`");
    slip("version: 1\n", "", "set.yaml:1:1", "no key `version`", "add `version");
    slip("baseline: known", "basline: known", "set.yaml:27:1", "unknown key `basline`", "`baseline`");
    let empty = "the text ` `, expected the path of a file";
    slip("baseline: known.yaml", "baseline: \" \"", "set.yaml:27:11", empty, "leave the key out");
    // Names.
    slip(
        "  house-rules:",
        "  House_rules:",
        "set.yaml:9:3",
        "policy name `House_rules`, expected a kebab-case",
        "hyphens",
    );
    slip("  house-rules:", "  interlock:", "set.yaml:9:3", "a policy named `interlock`", "another name");
    // Modules and digests.
    slip(
        "stock:change-window",
        "stok:change-window",
        "set.yaml:4:13",
        "`stok:change-window`",
        "did you mean `stock:change-window`?",
    );
    slip(
        "stock:change-window",
        "change-window",
        "set.yaml:4:13",
        "expected `stock:`",
        "did you mean `stock:change-window`?",
    );
    slip(
        "stock:change-window",
        "stock:Change",
        "set.yaml:4:13",
        "stock policy `Change`",
        "interlock policies",
    );
    slip("mods/house.wasm", "https://a.example/h.wasm", "set.yaml:10:13", "expected `stock:`", "fetch it");
    slip("mods/house.wasm", "mods/house.wat", "set.yaml:10:13", "`.wasm` file", "from files");
    slip("    sha256: \"0123", "    #sha256: \"0123", "set.yaml:10:13", "without a digest", "add `sha256");
    slip(
        "    sha256: \"0123",
        "    sha256: \"012",
        "set.yaml:11:13",
        "of 63 characters, expected 64",
        "copy the whole",
    );
    slip(
        "    sha256: \"0123456789ab",
        "    sha256: \"0123456789AB",
        "set.yaml:11:13",
        "lower-case",
        "in lower case",
    );
    // What a broken policy counts as.
    slip(
        "on-error: allow",
        "on-error: ignore",
        "set.yaml:12:15",
        "expected one of `block`, `warn`, `allow`",
        "",
    );
    slip("on-error: allow", "on-error: warn", "set.yaml:13:5", "no allow", "remove it");
    slip("\"on trial\"", "\" - \"", "set.yaml:13:22", "the text ` - `", "on-error-reason");
    slip("    on-error-reason: \"on trial\"\n", "", "set.yaml:12:15", "without a reason", "on-error-reason");
    slip(
        "mode: warn",
        "mode: enforced",
        "set.yaml:5:11",
        "expected one of `enforce`",
        "did you mean `enforce`?",
    );
    // Settings.
    slip("block-tier-max: 1", "block-tier-max: { a: 1 }", "set.yaml:6:33", "a map, expected `true`", "");
    slip(
        "block-tier-max: 1",
        "block-tier-max: 2147483648",
        "set.yaml:6:33",
        "from -2147483648 to 2147483647",
        "32 bits",
    );
    slip("[friday, saturday]", "[friday, 6]", "set.yaml:6:59", "the number `6`, expected text", "in quotes");
    slip("[friday, saturday]", "[[friday]]", "set.yaml:6:51", "a list, expected text", "");
    // Selectors.
    slip(
        "[config, os-update]",
        "[config, confg]",
        "set.yaml:7:29",
        "one of `config`",
        "did you mean `config`?",
    );
    slip("tiers: [0, 1]", "tiers: [0, 4]", "set.yaml:7:77", "a tier from 0", "");
    slip(
        "tiers: [0, 1]",
        "tiers: []",
        "set.yaml:7:73",
        "an empty list, expected at least one",
        "never be asked",
    );
    slip("[\"prod*\"]", "[\"prod[\"]", "set.yaml:7:56", "glob `prod[` (unclosed character class", "`**`");
    slip("[\"oss-*\"]", "[\"!oss-*\"]", "set.yaml:7:92", "an exclusion", "only include");
    slip("[\"config/**\"]", "[\"./config/**\"]", "set.yaml:7:110", "`./`", "remove the `./`");
    slip("[\"config/**\"]", "[\"\"]", "set.yaml:7:110", "nothing in it", "`**`");
    // Limits.
    slip("fuel: 20000000", "fuel: 0", "set.yaml:8:21", "from 1 to 1000000000 units of fuel", "leave it out");
    slip("tier: large", "tier: huge", "set.yaml:8:75", "one of `usual`, `large`", "write one of the names");
    slip("memory-kib: 65536", "memory-kib: 262145", "set.yaml:8:43", "from 1024 to 262144 KiB", "");
    slip("deadline-ms: 2000", "deadline-ms: -1", "set.yaml:8:63", "from 10 to 60000 milliseconds", "");
    slip(
        "deadline-ms: 2000",
        "deadline-ms: \"2000\"",
        "set.yaml:8:63",
        "expected a whole number",
        "remove the quotes",
    );
    // Waivers.
    slip(
        "policy: change-window",
        "policy: chang-window",
        "set.yaml:20:13",
        "policy `chang-window`",
        "did you mean `change-window`?",
    );
    slip(
        "policy: change-window",
        "policy: interlock",
        "set.yaml:20:13",
        "a waiver for `interlock`",
        "cannot be waived",
    );
    slip(
        "rule: weekend",
        "rule: change-window/weekend",
        "set.yaml:21:11",
        "kebab-case id",
        "write the rule alone: `weekend`",
    );
    slip("\"a move\"", "\"\"", "set.yaml:22:13", "the text ``, expected why", "");
    slip("\"Wang Fang\"", "\"...\"", "set.yaml:23:9", "who answers", "");
    slip("03-01T08:00Z", "03-01T08:00", "set.yaml:24:11", "a time with its offset", "");
    slip(
        "03-15T08:00Z",
        "03-15T08:01Z",
        "set.yaml:25:12",
        "14 days, 0 h and 1 min after `from`, expected at most 14 days",
        "setting",
    );
    slip("03-15T08:00Z", "04-15T09:00Z", "set.yaml:25:12", "45 days and 1 h after", "shorten");
    slip("03-15T08:00Z", "03-01T08:00Z", "set.yaml:25:12", "not after `from`", "");
    slip(
        "[checkout]",
        "[]",
        "set.yaml:26:24",
        "an empty list, expected at least one name",
        "covers no change",
    );
    slip("[checkout]", "[\"check*\"]", "set.yaml:26:25", "the glob `check*`", "write each name");
    slip(
        "{ services: [checkout], environments: [staging] }",
        "{ services: [checkout], change: HEAD }",
        "set.yaml:26:44",
        "`sha256:` and 64",
        "",
    );
    slip(
        "scope: { services: [checkout], environments: [staging] }",
        "scope: {}",
        "set.yaml:26:12",
        "an empty map",
        "",
    );
    // Paths.
    slip(
        "files: [catalog.yaml]",
        "files: [catalgo.yaml]",
        "set.yaml:16:11",
        "`ops/catalgo.yaml`, which was not read (no such file)",
        "relative",
    );
    slip("files: [catalog.yaml]", "files: [\" \"]", "set.yaml:16:11", "the path of a file", "");
    slip(
        "[calendars/cn-2026.yaml]",
        "[a.yaml, a.yaml]",
        "set.yaml:18:21",
        "a second time, expected it once: the first is at line 18, column 13",
        "remove",
    );
    slip(
        "backstage: [catalog-info.yaml]",
        "backstage-tier: \"\"",
        "set.yaml:17:19",
        "label or an annotation",
        "",
    );
}

#[test]
fn a_set_without_a_policy_is_refused() {
    refused("version: 1\npolicies: {}\n", &[("set.yaml:2:11", "an empty map `{}`", "policies")]);
    refused("version: 1\n", &[("set.yaml:1:1", "no key `policies`", "add `policies")]);
    refused("version: 1\npolicies: []\n", &[("set.yaml:2:11", "a list, expected a map with a name", "")]);
    refused(
        "version: 1\npolicies:\n  a: stock:a\n",
        &[("set.yaml:3:6", "expected a map with keys like `module`", "")],
    );
    refused(
        "version: 1\npolicies:\n  a: { module: stock:a }\n  a: { module: stock:b }\n",
        &[("set.yaml:4:3", "key `a` a second time", "remove one")],
    );
}

#[test]
fn all_problems_are_told_at_once_and_in_order() {
    refused(
        "version: 3\npolicies:\n  A:\n    module: b\n    when: { tiers: [], paths: [\"[\"] }\n    limits: { fuel: 0 }\n\
         calendars: [\"\"]\n",
        &[
            ("set.yaml:1:10", "the number `3`", ""),
            ("set.yaml:3:3", "policy name `A`", ""),
            ("set.yaml:4:13", "text `b`", "did you mean `stock:b`?"),
            ("set.yaml:5:20", "an empty list", ""),
            ("set.yaml:5:32", "glob `[`", ""),
            ("set.yaml:6:21", "the number `0`", ""),
            ("set.yaml:7:13", "the text ``", ""),
        ],
    );
    refused(
        "version: 1\nrules: []\npolicies:\n  a: { modul: stock:a, on_error: warn }\n",
        &[
            ("set.yaml:2:1", "unknown key `rules`", ""),
            ("set.yaml:4:8", "unknown key `modul`", "did you mean `module`?"),
            ("set.yaml:4:24", "unknown key `on_error`", "did you mean `on-error`?"),
        ],
    );
}

#[test]
fn near_misses_are_read() {
    let reads = |right: &str, other: &str| {
        assert!(WHOLE.contains(right), "{right}");
        let text = WHOLE.replace(right, other);
        read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    };
    reads("sha256: \"0123", "sha256: \"sha256:0123");
    reads("block-tier-max: 1", "block-tier-max: -2147483648");
    reads(
        "fuel: 20000000, memory-kib: 65536, deadline-ms: 2000",
        "fuel: 1, memory-kib: 1024, deadline-ms: 10",
    );
    reads("tier: large", "tier: usual");
    reads(
        "limits: { fuel: 20000000, memory-kib: 65536, deadline-ms: 2000, tier: large }",
        "limits: { fuel: 1000000000 }",
    );
    reads("tiers: [0, 1]", "tiers: [3]");
    reads("[\"config/**\"]", "[\"**/*.{yaml,yml}\", \"a[0-9]?\", \"/etc/**\", '\\[a\\]', .github/**]");
    reads("until: \"2026-03-15T08:00Z\"", "until: \"2026-03-01T08:01Z\"");
    reads("services: [checkout], environments: [staging]", &format!("change: \"sha256:{HEX}\""));
    reads("by: \"Wang Fang\"", "by: 王芳");
    reads("rule: weekend", "rule: a-rule-that-only-the-module-knows");
    reads("mods/house.wasm", "../house rules.wasm");
    reads("    on-error: allow\n    on-error-reason: \"on trial\"\n", "    on-error: block\n");
    reads("[calendars/cn-2026.yaml]", "[]");
    let bare = read("version: 1\npolicies: { a: { module: stock:b } }\n").unwrap();
    assert_eq!((bare.waivers.len(), bare.calendars.len(), bare.catalog.is_none()), (0, 0, true));
    let pinned =
        reads("module: stock:change-window", &format!("module: stock:change-window\n    sha256: \"{HEX}\""));
    assert!(matches!(&pinned.policies[0].module, ModuleRef::Stock { sha256: Some(_), .. }));
}

#[test]
fn json_is_read_as_well() {
    let json = br#"{"version": 1, "policies": {"b": {"module": "stock:b"}, "a": {"module": "stock:a", "settings": {"x": []}}}}"#;
    let open = |_: &Path| Ok(Vec::new());
    let set = policy_set_of(Path::new("set.json"), json, &open).unwrap();
    let ids: Vec<&str> = set.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, ["b", "a"]);
    let error = policy_set_of(Path::new("set.txt"), json, &open).unwrap_err().to_string();
    assert!(error.starts_with("set.txt:1:1: a file whose name"), "{error}");
}

#[test]
fn a_problem_of_the_gates_is_placed_in_the_set() {
    let set = read(WHOLE).unwrap();
    let window = &set.policies[0];
    let place = |at: &Pointer| {
        let span = set.place(at);
        (span.line, span.column)
    };
    let setting = |text: &str| window.pointer_to_setting(&Pointer::new(text));
    assert_eq!(place(&window.pointer()), (4, 5));
    assert_eq!(place(&window.pointer_to("module")), (4, 13));
    assert_eq!(place(&window.pointer_to("sha256")), (3, 3));
    assert_eq!(place(&setting("/block-tier-max")), (6, 33));
    assert_eq!(place(&setting("/weekend-days/1")), (6, 59));
    assert_eq!(place(&setting("/weekend-days")), (6, 50));
    assert_eq!(place(&setting("/nobody/knows")), (6, 5));
    assert_eq!(place(&set.policies[1].pointer_to_setting(&Pointer::root())), (9, 3));
    let error = set.problem(&setting("/quiet"), "no\u{1b}[1m", Some("a number"), "look").to_string();
    assert_eq!(error, "ops/set.yaml:6:77: no\\u{1b}[1m, expected a number\nhelp: look");
}

#[test]
fn a_set_that_is_no_file_is_told_as_one() {
    let error = read_policy_set(Path::new("/")).unwrap_err().to_string();
    assert!(error.starts_with("/: a directory, expected a policy set\nhelp: check the path"), "{error}");
    let error = read_policy_set(Path::new("/nowhere/set.yaml")).unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/set.yaml: ") && error.contains("interlock init"), "{error}");
}

#[test]
fn what_is_wrong_in_two_files_is_told_in_both() {
    let files = BTreeMap::from([
        ("ops/catalog.yaml", "services:\n  - { name: pay, teir: 1 }\n"),
        ("ops/catalog-info.yaml", "kind: Component\nmetadata: { name: oss-auth }\n"),
    ]);
    let said = read_with(WHOLE, &files).unwrap_err().to_string();
    let places: Vec<&str> = said.lines().step_by(2).collect();
    assert_eq!(
        places,
        [
            "ops/catalog.yaml:2:18: unknown key `teir`, expected `tier`",
            "ops/catalog-info.yaml:2:19: service `oss-auth` a second time, expected it once: the first is at ops/set.yaml:15:22",
        ]
    );
}

/// The starter's examples: what stands behind `# `.
fn with_examples() -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        let indent = " ".repeat(line.len() - text.len());
        format!("{indent}{}\n", text.strip_prefix("# ").unwrap_or(text))
    };
    STARTER.lines().map(line).collect()
}

const STOCK: [&str; 13] = [
    "change-window",
    "staged-rollout",
    "blast-radius",
    "version-consistency",
    "canary-evidence",
    "tested-scope",
    "config-sanity",
    "two-person-review",
    "rollback-ready",
    "dangerous-operation",
    "emergency-bypass",
    "environment-match",
    "risk-floor",
];

#[test]
fn the_starter_reads_and_binds_every_stock_policy() {
    let set = read(STARTER).unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<&str> = set.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, STOCK);
    for policy in &set.policies {
        assert_eq!(policy.module, ModuleRef::Stock { id: policy.id.to_string(), sha256: None });
        assert_eq!((policy.mode, &policy.on_error), (Mode::Enforce, &OnError::Block));
        assert!(policy.when.is_none());
    }
    assert_eq!((set.waivers.len(), set.calendars.len(), set.read.len()), (0, 0, 0));
}

#[test]
fn the_starters_examples_read() {
    let text = with_examples();
    let set = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    // The three that are there on request, and one of the team's own.
    assert_eq!(set.policies.len(), STOCK.len() + 4);
    assert!(set.policies[0].when.is_some() && set.policies[0].limits.fuel.is_some());
    assert_eq!((set.waivers.len(), set.calendars.len(), set.read.len()), (1, 1, 3));
    assert_eq!(set.facts.unwrap().said.len(), 2);
    assert!(set.baseline.is_some());
    assert_eq!(set.catalog.unwrap().services.len(), 4);
    // It is shown in terminals and editors of any width.
    assert!(STARTER.lines().all(|line| line.chars().count() <= 100 && line.is_ascii()), "a long line");
}

#[test]
fn the_schema_is_as_strict_as_the_reader() {
    for schema in [policy_set_schema(), crate::catalog_schema(), crate::facts_schema(), baseline_schema()] {
        let text = serde_json::to_string(&schema).unwrap();
        assert!(!text.contains("null") && !text.contains("\"format\""), "{text}");
        assert!(!text.contains("\\n"), "{text}");
        let value = serde_json::to_value(&schema).unwrap();
        check_object(&value);
        value["$defs"].as_object().unwrap().values().for_each(check_object);
    }
    let schema = serde_json::to_value(policy_set_schema()).unwrap();
    assert_eq!(schema["$id"], "urn:interlock:schema:policy-set");
    assert_eq!(schema["required"], serde_json::json!(["version", "policies"]));
    assert_eq!(schema["properties"]["version"]["const"], 1);
    assert_eq!(schema["properties"]["policies"]["minProperties"], 1);
    let fuel = &schema["$defs"]["Limits"]["properties"]["fuel"];
    assert_eq!((&fuel["minimum"], &fuel["maximum"]), (&1.into(), &1_000_000_000.into()));
    assert_eq!(schema["$defs"]["Binding"]["required"], serde_json::json!(["module"]));
}

/// Every map of a known form refuses other keys and describes its own.
fn check_object(schema: &serde_json::Value) {
    let Some(properties) = schema.get("properties").and_then(serde_json::Value::as_object) else { return };
    assert_eq!(schema["additionalProperties"], false, "{schema}");
    for (key, property) in properties {
        assert!(property.get("description").is_some(), "{key}: {property}");
    }
}
