//! A plan from bytes to facts; that no secret of it is in anything that leaves this crate; plans that are odd, hostile or
//! not plans at all. The document has the shapes of Terraform 1.11, among them the secret that `terraform_data` writes a
//! second time without a mark.

use interlock_model::{EditOp, Pointer, Sources};
use serde_json::{Value, json};

use super::*;
use crate::compare_texts;

const PLAN: &str = include_str!("../../../../tests/sources/terraform/plan.json");
const SECRETS: [&str; 4] = ["correct-horse", "old-horse", "tok-before", "tok-after"];
/// What nobody marked, and only its author could tell.
const LITERALS: [&str; 4] =
    ["provider-literal-1", "resource-literal-2", "default-literal-3", "message-literal-4"];

fn read_text(text: &str) -> Plan {
    read("plan.json", text.as_bytes()).unwrap()
}

/// The plan with one value in it replaced.
fn with(pointer: &str, value: Value) -> String {
    let mut plan: Value = serde_json::from_str(PLAN).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = plan.pointer_mut(parent).unwrap();
    match key.parse::<usize>() {
        Ok(index) => parent[index] = value,
        Err(_) => parent[key] = value,
    }
    serde_json::to_string_pretty(&plan).unwrap()
}

fn without(pointer: &str) -> String {
    let mut plan: Value = serde_json::from_str(PLAN).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    plan.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    serde_json::to_string_pretty(&plan).unwrap()
}

#[track_caller]
fn line_of(sources: &Sources, fact: &str) -> String {
    let (origin, exact) = sources.nearest(&Pointer::new(fact.to_owned()));
    assert!(exact, "{fact}");
    sources.text.lines().nth(origin.value.line as usize - 1).unwrap().trim().to_owned()
}

#[test]
fn the_worst_action_is_stated_with_its_place() {
    let statement = read_text(PLAN).statement;
    let action = statement.facts.action.clone().unwrap();
    assert_eq!(
        (action.verb.as_str(), action.selector.as_deref()),
        ("delete", Some("aws_db_instance.orders, module.web.aws_instance.web[0] (replace)"))
    );
    assert_eq!((action.matched, action.total, action.permanent), (Some(2), Some(4), None));
    assert_eq!(statement.kind, Some(ChangeKind::Infra));
    let attributes = &statement.facts.attributes;
    assert_eq!(attributes.get("terraform-actions").unwrap(), "delete 1, replace 1, update 1, no-op 1");
    assert_eq!(attributes.get("terraform-resource-drift").unwrap(), "1");
    assert_eq!(line_of(&statement.sources, "/action/selector"), r#""address": "aws_db_instance.orders","#);
    assert_eq!(line_of(&statement.sources, "/action/verb"), r#""actions": ["#);
    assert_eq!(statement.sources.find(&Pointer::new("/action/verb")).unwrap().key.line, 131);
    assert_eq!(statement.doubts, []);
}

#[test]
fn targets_are_stated_when_every_changed_resource_says_where_it_is() {
    let place = |text: &str| {
        let targets = read_text(text).statement.facts.targets?;
        Some(targets.into_iter().map(|target| (target.region, target.zone)).collect::<Vec<_>>())
    };
    let some = |text: &str| Some(text.to_owned());
    let both = vec![(some("eu-west-1"), None), (some("eu-west-1"), some("eu-west-1a"))];
    assert_eq!(place(PLAN), Some(both));
    // The provider's region is a variable that nobody may be shown, or that is not in the plan.
    let secret = with("/configuration/root_module/variables/region", json!({"sensitive": true}));
    assert_eq!(place(&secret), None);
    assert_eq!(place(&without("/variables/region")), None);
    let other = with("/configuration/root_module/resources/0/provider_config_key", json!("module.x:aws"));
    assert_eq!(place(&other), None);
    // What is not changed need not say it.
    let quiet = with("/resource_changes/2/change/actions", json!(["no-op"]));
    assert!(place(&quiet).is_some());
}

#[test]
fn values_that_change_are_edits_of_the_plan() {
    let Plan { statement, places } = read_text(PLAN);
    let [file] = <[_; 1]>::try_from(statement.facts.files.unwrap()).unwrap();
    assert_eq!((file.path.as_str(), file.format.as_deref()), ("plan.json", Some("terraform-plan")));
    let text = |scalar: Option<interlock_model::Scalar>| scalar.map_or("-".into(), |scalar| scalar.text);
    let edits: Vec<String> = file
        .edits
        .unwrap()
        .into_iter()
        .map(|edit| {
            if edit.op != EditOp::Remove && !edit.pointer.ends_with("/id") {
                assert_eq!(places.find(&Pointer::new(&*edit.pointer)).unwrap().key.line, edit.line.unwrap());
            }
            format!("{} {} {}", edit.pointer, text(edit.before), text(edit.after))
        })
        .collect();
    assert_eq!(
        edits,
        [
            "/resource_changes/0/change/before/allocated_storage 100 -",
            "/resource_changes/0/change/before/availability_zone eu-west-1a -",
            "/resource_changes/0/change/before/engine postgres -",
            "/resource_changes/0/change/before/identifier orders -",
            "/resource_changes/0/change/before/password (sensitive) -",
            "/resource_changes/0/change/before/tags/team orders -",
            "/resource_changes/1/change/before/ingress_cidrs/2 10.2.0.0/16 -",
            "/resource_changes/1/change/before/ingress_cidrs/3 10.3.0.0/16 -",
            "/resource_changes/1/change/before/ingress_cidrs/4 10.4.0.0/16 -",
            "/resource_changes/2/change/after/ami ami-1111 ami-2222",
            "/resource_changes/2/change/after/token (sensitive) (sensitive)",
            "/resource_changes/2/change/after/id i-01 (known after apply)",
        ]
    );
    let lists = file.lists.unwrap();
    let list = lists.iter().find(|list| list.pointer.contains("/1/")).unwrap();
    assert_eq!(list.pointer, "/resource_changes/1/change/after/ingress_cidrs");
    assert_eq!((list.length_before, list.length_after), (Some(5), Some(2)));
}

#[test]
fn what_is_known_only_afterwards_is_neither_null_nor_another_sort_of_value() {
    let change = json!({
        "actions": ["update"],
        "before": {"size": 20, "cidrs": ["a", "b", "c", "d"], "peers": ["x"], "name": "n", "arn": null},
        "after": {"name": "n", "peers": [null, null]},
        "after_unknown": {"size": true, "cidrs": true, "arn": true, "peers": [true, true], "extra": true},
        "before_sensitive": {},
        "after_sensitive": {}
    });
    let statement = read_text(&with("/resource_changes/1/change", change)).statement;
    let file = statement.facts.files.unwrap().remove(0);
    let about = |pointer: &str| pointer.contains("/resource_changes/1/");
    let edits: Vec<_> = file.edits.unwrap().into_iter().filter(|edit| about(&edit.pointer)).collect();
    let pointers: Vec<&str> = edits.iter().map(|edit| edit.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/resource_changes/1/change/after/peers/0", "/resource_changes/1/change/after/peers/1"]
    );
    assert!(edits.iter().all(|edit| edit.after.as_ref().unwrap().text == "(known after apply)"));
    let lists: Vec<_> = file.lists.unwrap().into_iter().filter(|list| about(&list.pointer)).collect();
    assert_eq!(lists.len(), 1);
    assert_eq!(lists[0].repeated.as_deref(), Some(&[] as &[_]), "two unknown items are not one item twice");
}

/// Everything that is said of a plan, or of a plan among changed files, in one text.
fn everything(before: &str, after: &str) -> String {
    let plan = read("plan.json", after.as_bytes());
    let compared = compare_texts("plan.json", Some(before.as_bytes()), Some(after.as_bytes()));
    format!("{plan:?}{compared:?}")
}

#[test]
fn no_secret_leaves_this_crate() {
    let older =
        PLAN.replace("correct-horse-battery", "older-horse-batter").replace("10.0.0.0/16", "9.0.0.0/8");
    let said = everything(&older, PLAN);
    for secret in SECRETS.iter().chain(&LITERALS) {
        assert!(PLAN.contains(secret) && !said.contains(secret), "{secret}");
    }
    // Nor under a name that says nothing.
    let compared = compare_texts("out/tfplan.txt", Some(older.as_bytes()), Some(PLAN.as_bytes()));
    assert!(SECRETS.iter().all(|secret| !format!("{compared:?}").contains(secret)));
    // And what is none is still there.
    for open in ["aws_db_instance.orders", "ami-2222", "10.1.0.0/16", "eu-west-1", "allocated_storage"] {
        assert!(said.contains(open), "{open}");
    }
    let shown = read_text(PLAN).places.text;
    assert_eq!((shown.len(), shown.lines().count()), (PLAN.len(), PLAN.lines().count()));
}

#[test]
fn a_secret_that_changes_is_still_an_edit() {
    let newer = PLAN.replace("tok-after-77y", "tok-after-88z");
    let compared = compare_texts("plans/p.json", Some(PLAN.as_bytes()), Some(newer.as_bytes()));
    let edits = compared.files[0].edits.as_ref().unwrap();
    assert_eq!(edits.len(), 2, "planned_values and resource_changes: {edits:?}");
    for edit in edits {
        assert_eq!(edit.after.as_ref().unwrap().text, "(sensitive)");
        assert_eq!(edit.before.as_ref().unwrap().text, "(sensitive)");
        assert!(edit.pointer.ends_with("/token") && edit.line.is_some());
    }
    assert_eq!(compared.payload.doubts, []);
}

/// A secret at a place whose marks do not fit, or that this version does not know.
#[test]
fn what_cannot_be_understood_is_hidden() {
    const SECRET: &str = "zq-secret-zq";
    let marked = |before: Value, marks: Value| {
        json!({"actions": ["update"], "before": before, "after": null, "before_sensitive": marks,
               "after_sensitive": false})
    };
    let change = "/resource_changes/1/change";
    for (what, plan) in [
        ("marks are missing", with(change, json!({"actions": ["update"], "before": {"a": SECRET}}))),
        ("marks are text", with(change, marked(json!({"a": SECRET}), json!("true")))),
        ("marks are of another shape", with(change, marked(json!({"a": [SECRET]}), json!({"a": {}})))),
        (
            "marks are a list of another length",
            with(change, marked(json!({"a": [1, SECRET]}), json!({"a": [false]}))),
        ),
        ("marks of a text are a map", with(change, marked(json!({"a": SECRET}), json!({"a": {}})))),
        ("the whole is marked", with(change, marked(json!({"a": {"b": [SECRET]}}), json!(true)))),
        ("a key of a whole that is marked", with(change, marked(json!({SECRET: 1}), json!(true)))),
        ("a key of a change", with(&format!("{change}/generated_config"), json!(SECRET))),
        ("a key of a resource", with("/resource_changes/1/notes", json!([SECRET]))),
        ("a key of the plan", with("/extra_values", json!({"a": SECRET}))),
        ("changes are no list", with("/resource_changes", json!({"a": {"change": {"before": SECRET}}}))),
        ("an item that is no map", with("/resource_changes/1", json!([SECRET]))),
        ("outputs are no map", with("/planned_values/outputs", json!([{"value": SECRET}]))),
        ("an output without a mark", with("/planned_values/outputs/a", json!({"value": SECRET}))),
        (
            "a resource without marks",
            with("/planned_values/root_module/resources/0", json!({"values": {"a": SECRET}})),
        ),
        ("a variable nobody declared", with("/variables/a", json!({"value": SECRET}))),
        (
            "a variable marked by a text",
            with("/configuration/root_module/variables/size/sensitive", json!("no"))
                .replace("\"value\": 100", &format!("\"value\": \"{SECRET}\"")),
        ),
        (
            "an action that runs beside",
            with(
                "/action_invocations",
                json!([{"address": "action.a.b",
            "config_values": {"a": SECRET}, "config_sensitive": {"a": true}}]),
            ),
        ),
        (
            "deferred",
            with(
                "/deferred_changes",
                json!([{"reason": "unknown", "resource_change":
            {"change": {"before": {"a": SECRET}, "before_sensitive": {"a": true}}}}]),
            ),
        ),
        (
            "deferred action",
            with(
                "/deferred_action_invocations",
                json!([{"reason": "unknown", "action_invocation":
            {"config_values": {"a": SECRET}}}]),
            ),
        ),
    ] {
        assert!(plan.contains(SECRET), "{what}");
        let said = everything(PLAN, &plan);
        assert!(!said.contains(SECRET), "{what}: {said}");
    }
}

#[test]
fn what_nobody_can_tell_is_hidden_whole_and_said() {
    let twice =
        PLAN.replacen("\"before_sensitive\": {", "\"before_sensitive\": {}, \"before_sensitive\": {", 1);
    let newer = with("/format_version", json!("2.0"));
    let in_yaml = format!("# a plan\n{PLAN}");
    let cut = PLAN.get(..PLAN.len() - 20).unwrap();
    for (path, text) in
        [("p.json", twice.as_str()), ("p.json", &newer), ("p.yaml", &in_yaml), ("p.json", cut)]
    {
        let compared = compare_texts(path, None, Some(text.as_bytes()));
        let said = format!("{compared:?}");
        assert!(SECRETS.iter().chain(&LITERALS).all(|secret| !said.contains(secret)), "{said}");
        assert!(!compared.payload.doubts.is_empty());
    }
}

#[test]
fn a_state_is_masked_too() {
    let plan: Value = serde_json::from_str(PLAN).unwrap();
    let state = serde_json::to_string_pretty(&plan["prior_state"]).unwrap();
    let said = format!("{:?}", compare_texts("state.json", None, Some(state.as_bytes())));
    assert!(state.contains("correct-horse") && !said.contains("correct-horse"));
    assert!(said.contains("eu-west-1a"));
}

#[test]
fn other_documents_are_left_alone() {
    for (path, text) in [
        ("manifest.yml", "format_version: 3.0.0\nname: nginx\ntype: integration\n"),
        ("values.json", r#"{"format_version": "7", "values": {"password": "shown"}}"#),
        ("a.json", r#"{"planned_values": {"x": "shown"}, "sensitive_values": {"x": true}}"#),
    ] {
        let compared = compare_texts(path, None, Some(text.as_bytes()));
        assert_eq!(compared.payload.doubts, [], "{path}");
        assert_eq!(compared.payload.files[path].after.as_ref().unwrap().text, text);
        assert!(read(path, text.as_bytes()).is_err());
    }
}

#[test]
fn a_plan_that_is_not_the_whole_change_is_doubted() {
    let deferred = json!([{"reason": "unknown", "resource_change": {"address": "a.b"}}]);
    for (text, word) in [
        (with("/errored", json!(true)), "ended with an error"),
        (with("/errored", json!("no")), "ended with an error"),
        (with("/complete", json!(false)), "not complete"),
        (with("/deferred_changes", deferred), "`deferred_changes`"),
        (with("/deferred_action_invocations", json!({"a": 1})), "`deferred_action_invocations`"),
        (with("/resource_changes/1/change/actions", json!(["archive"])), "actions"),
        (without("/resource_changes/1/change/actions"), "actions"),
    ] {
        let doubts = read_text(&text).statement.doubts;
        assert_eq!(doubts.len(), 1, "{doubts:?}");
        assert!(doubts[0].message.contains(word) && doubts[0].span.line > 1, "{doubts:?}");
    }
    // Plans of older versions do not say whether they are complete.
    let older = serde_json::from_str::<Value>(&without("/complete")).unwrap();
    assert_eq!(read_text(&older.to_string()).statement.doubts, []);
}

#[test]
fn a_plan_that_does_nothing_says_so() {
    let plan = json!({"format_version": "1.2", "planned_values": {"root_module": {}}, "applyable": false});
    let statement = read_text(&plan.to_string()).statement;
    assert_eq!(statement.facts.action, None);
    assert_eq!(statement.facts.targets, None);
    assert_eq!(statement.facts.files.unwrap()[0].edits.as_deref(), Some(&[] as &[_]));
    assert_eq!(statement.facts.attributes["terraform-actions"], "none");
    assert_eq!(statement.facts.attributes["terraform-applyable"], "false");
}

#[test]
fn what_is_only_forgotten_is_no_deletion() {
    let mut plan: Value = serde_json::from_str(PLAN).unwrap();
    for (index, actions) in [(0, json!(["forget"])), (1, json!(["no-op"])), (2, json!(["no-op"]))] {
        plan["resource_changes"][index]["change"]["actions"] = actions;
    }
    let facts = read_text(&plan.to_string()).statement.facts;
    assert_eq!(facts.action.unwrap().verb, "forget");
    let forgotten = &facts.attributes["terraform-forgotten"];
    assert_eq!(forgotten, "aws_db_instance.orders: no longer managed, and left running");
}

/// The plan with as many resources as there are lists of actions.
fn doing(actions: &[&[&str]]) -> interlock_model::Action {
    let mut plan: Value = serde_json::from_str(PLAN).unwrap();
    let one = plan["resource_changes"][0].clone();
    let resource = |(at, actions): (usize, &&[&str])| {
        let mut one = one.clone();
        one["address"] = json!(format!("a.b{at}"));
        one["change"]["actions"] = json!(actions);
        one
    };
    plan["resource_changes"] = actions.iter().enumerate().map(resource).collect();
    read_text(&plan.to_string()).statement.facts.action.unwrap()
}

#[test]
fn one_deletion_does_not_hide_five_hundred_replacements() {
    let replace: &[&str] = &["delete", "create"];
    let mut actions = vec![replace; 500];
    actions.push(&["delete"]);
    let action = doing(&actions);
    assert_eq!((action.verb.as_str(), action.matched, action.total), ("delete", Some(501), Some(501)));
    assert_eq!(
        action.selector.as_deref(),
        Some("a.b500, a.b0 (replace), a.b1 (replace), a.b2 (replace), a.b3 (replace) and 496 more")
    );
    // What nobody knows may be lost as well.
    let action = doing(&[&["archive"], replace, &["update"], &["create"], &["forget"], &["no-op"]]);
    assert_eq!((action.verb.as_str(), action.matched), ("replace", Some(2)));
    assert_eq!(action.selector.as_deref(), Some("a.b1, a.b0 (unknown)"));
}

#[test]
fn what_takes_nothing_away_is_counted_by_its_own_verb() {
    let action = doing(&[&["update"], &["create"], &["update"], &["no-op"]]);
    assert_eq!((action.verb.as_str(), action.matched), ("update", Some(2)));
    // An update beside it does not hide that something is no longer looked after.
    let action = doing(&[&["update"], &["forget"], &["update"]]);
    assert_eq!((action.verb.as_str(), action.matched), ("forget", Some(1)));
}

#[test]
fn many_resources_are_counted_and_a_few_are_named() {
    let mut plan: Value = serde_json::from_str(PLAN).unwrap();
    let one = plan["resource_changes"][0].clone();
    let mut many: Vec<Value> = (0..300)
        .map(|at| {
            let mut one = one.clone();
            one["address"] = json!(format!("aws_db_instance.orders[{at}]\u{1b}[31m"));
            one
        })
        .collect();
    many[1]["deposed"] = json!("00000000");
    plan["resource_changes"] = Value::Array(many);
    let action = read_text(&plan.to_string()).statement.facts.action.unwrap();
    let selector = action.selector.unwrap();
    assert_eq!((action.matched, action.total), (Some(300), Some(300)), "never more than there are");
    assert!(selector.starts_with(r"aws_db_instance.orders[0]\u{1b}[31m, "), "{selector}");
    assert!(selector.contains("(deposed)") && selector.ends_with(" and 295 more"), "{selector}");
}

#[test]
fn what_is_no_plan_of_this_format_is_refused() {
    for (text, message) in [
        (with("/format_version", json!("2.0")), "`2.0`, expected `1.x`"),
        (with("/format_version", json!("0.2")), "`0.2`, expected `1.x`"),
        (with("/format_version", json!("1.x")), "expected `1.x`"),
        (with("/format_version", json!(1.2)), "`of another kind`, expected `1.x`"),
        ("{}".into(), "no plan, expected `format_version` and `resource_changes`"),
        ("[".into(), "not JSON"),
        (with("/resource_changes", json!({"a": 1})), "`resource_changes` of another kind, expected a list"),
        (with("/resource_changes", Value::Null), "`resource_changes` of another kind, expected a list"),
        (PLAN.replacen("\"mode\"", "\"type\"", 1), "a second time"),
    ] {
        let error = read("a/plan.json", text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("a/plan.json:") && error.contains("\nhelp: "), "{error}");
        assert!(error.contains(message), "{error}");
    }
    let large = " ".repeat(BYTES_MAX + 1);
    assert!(read("p.json", large.as_bytes()).unwrap_err().to_string().contains("8 MiB"));
}
