//! Configuration that changes beside a canary, and near misses that do not.

#![allow(clippy::unwrap_used, reason = "tests")]

use interlock_model::Pointer;

use super::*;

const WORKLOAD: &str = "apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web }
spec:
  template:
    spec:
      initContainers:
        - env: [{ name: T, valueFrom: { secretKeyRef: { name: token, key: t } } }]
      containers:
        - envFrom: [{ configMapRef: { name: settings } }]
      volumes:
        - { name: a, projected: { sources: [{ configMap: { name: routes } }] } }
        - { name: b, secret: { secretName: tls } }
";

fn map(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: {value}\n")
}

fn same(text: &'static str) -> ChangedFile<'static> {
    let bytes = Content::Bytes(text.as_bytes());
    ChangedFile { path: "workload.yaml", before: bytes, after: bytes }
}

fn file<'b>(path: &'b str, before: Option<&'b str>, after: &'b str) -> ChangedFile<'b> {
    let before = before.map_or(Content::Absent, |text| Content::Bytes(text.as_bytes()));
    ChangedFile { path, before, after: Content::Bytes(after.as_bytes()) }
}

/// What is said, and in which line of which file.
fn told(files: &[ChangedFile<'_>]) -> Vec<(bool, String)> {
    let place = |statement: Statement| {
        let origin = statement.sources.find(&Pointer::new("/rollout/config-included")).unwrap();
        let included = statement.facts.rollout.unwrap().config_included.unwrap();
        (included, format!("{}:{}", statement.sources.name, origin.key.line))
    };
    config_outside_canary(files).into_iter().map(place).collect()
}

#[test]
fn a_map_that_changes_under_its_name_is_outside_the_canary() {
    let (old, new) = (map("settings", "1"), map("settings", "2"));
    assert_eq!(told(&[same(WORKLOAD), file("c.yaml", Some(&old), &new)]), [(false, "c.yaml:4".to_owned())]);
    let (old, new) = (map("routes", "1"), format!("---\n{}", map("routes", "2")));
    assert_eq!(told(&[file("c.yaml", Some(&old), &new), same(WORKLOAD)]), [(false, "c.yaml:5".to_owned())]);
}

#[test]
fn secrets_are_found_in_each_of_their_forms() {
    for (kind, name) in [
        ("apiVersion: v1\nkind: Secret\nmetadata: {name: tls}\nstringData: {a: X}\n", 3),
        ("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: tls}\nspec: {a: X}\n", 3),
        (
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\nspec:\n  \
             target: {name: token}\n  \
             data: [{secretKey: X}]\n",
            5,
        ),
    ] {
        let (old, new) = (kind.replace('X', "one"), kind.replace('X', "two"));
        let said = told(&[same(WORKLOAD), file("s.yaml", Some(&old), &new)]);
        assert_eq!(said, [(false, format!("s.yaml:{name}"))], "{kind}");
    }
}

#[test]
fn what_nobody_reads_or_did_not_change_says_nothing() {
    let labelled = map("settings", "1").replace("  name:", "  labels: {a: b}\n  name:");
    let elsewhere = map("settings", "2").replace("  name:", "  namespace: other\n  name:");
    let here = WORKLOAD.replace("{ name: web }", "{ name: web, namespace: shop }");
    for (after, workload) in [
        (map("settings", "1"), WORKLOAD),
        (labelled, WORKLOAD),
        (map("unread", "2"), WORKLOAD),
        (elsewhere, &*here),
        (map("settings", "2"), "a: 1\n"),
    ] {
        let before = after.replace("a: 2", "a: 1").replace("  labels: {a: b}\n", "");
        let workload = file("w.yaml", Some(workload), workload);
        assert_eq!(told(&[workload, file("c.yaml", Some(&before), &after)]), [], "{after}");
    }
}

#[test]
fn a_new_name_goes_with_the_pods() {
    let new = WORKLOAD.replace("name: settings", "name: settings-7f2k");
    let workload = file("w.yaml", Some(WORKLOAD), &new);
    let added = map("settings-7f2k", "2");
    assert_eq!(told(&[workload, file("c.yaml", None, &added)]), [(true, "c.yaml:4".to_owned())]);
    // One that stays under its name decides.
    let (old, changed) = (map("routes", "1"), map("routes", "2"));
    let files = [workload, file("c.yaml", None, &added), file("r.yaml", Some(&old), &changed)];
    assert_eq!(told(&files), [(false, "r.yaml:4".to_owned())]);
}

#[test]
fn nothing_is_said_to_be_included_on_half_the_evidence() {
    let new = WORKLOAD.replace("name: settings", "name: settings-7f2k");
    let (workload, added) = (file("w.yaml", Some(WORKLOAD), &new), map("settings-7f2k", "2"));
    let unknown = ChangedFile { before: Content::Unknown, ..file("c.yaml", None, &added) };
    assert_eq!(told(&[workload, unknown]), []);
    assert_eq!(told(&[workload, file("c.yaml", None, &added), file("t.yaml", None, "a: {{ b }\n")]), []);
    // It was referred to before the file was there.
    assert_eq!(told(&[same(WORKLOAD), file("c.yaml", None, &map("settings", "1"))]), []);
    // Outside is outside, whatever else is not known.
    let (old, new) = (map("settings", "1"), map("settings", "2"));
    let files = [same(WORKLOAD), file("c.yaml", Some(&old), &new), file("t.yaml", None, "a: {{ b }\n")];
    assert_eq!(told(&files).len(), 1);
}

#[test]
fn kustomize_puts_a_hash_into_the_name_unless_it_is_told_not_to() {
    let text = |value: &str, more: &str| {
        format!("resources: [a]\nconfigMapGenerator:\n  - name: settings\n    literals: [a={value}]\n{more}")
    };
    let (old, new) = (text("1", ""), text("2", ""));
    let kustomization = file("k/kustomization.yaml", Some(&old), &new);
    assert_eq!(told(&[same(WORKLOAD), kustomization]), [(true, "k/kustomization.yaml:3".to_owned())]);
    let off = "generatorOptions: {disableNameSuffixHash: true}\n";
    let (old, new) = (text("1", off), text("2", off));
    let kustomization = file("k/kustomization.yaml", Some(&old), &new);
    assert_eq!(told(&[same(WORKLOAD), kustomization]), [(false, "k/kustomization.yaml:3".to_owned())]);
}

#[test]
fn a_file_that_kustomize_generates_from_is_a_change_of_what_it_generates() {
    let text = "configMapGenerator:\n  - name: settings\n    files: [a=../conf/./app.json]\n    \
                options: {disableNameSuffixHash: true}\n";
    let kustomization = file("k/kustomization.yaml", Some(text), text);
    let source = file("conf/app.json", Some("{}"), "{\"a\": 1}");
    assert_eq!(
        told(&[same(WORKLOAD), kustomization, source]),
        [(false, "k/kustomization.yaml:2".to_owned())]
    );
    assert_eq!(told(&[same(WORKLOAD), kustomization, file("app.json", Some("{}"), "[1]")]), []);
}

#[test]
fn flagger_copies_what_its_target_reads() {
    let canary = "---\napiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: c}\nspec:\n  \
                  targetRef: {kind: Rollout, name: web}\n";
    let both = format!("{WORKLOAD}{canary}");
    let (old, new) = (map("settings", "1"), map("settings", "2"));
    let workload = file("w.yaml", Some(&both), &both);
    assert_eq!(told(&[workload, file("c.yaml", Some(&old), &new)]), [(true, "c.yaml:4".to_owned())]);
    let off = "metadata:\n  annotations: {flagger.app/config-tracking: disabled}\n";
    let (old, new) = (old.replace("metadata:\n", off), new.replace("metadata:\n", off));
    assert_eq!(told(&[workload, file("c.yaml", Some(&old), &new)]), [(false, "c.yaml:5".to_owned())]);
}

#[test]
fn more_manifests_than_are_held_are_not_said_to_go_with_the_pods() {
    let new = WORKLOAD.replace("name: settings", "name: settings-7f2k");
    let (workload, added) = (file("w.yaml", Some(WORKLOAD), &new), map("settings-7f2k", "2"));
    let large = map("large", &"x".repeat(3 * 1024 * 1024));
    let paths = ["1.yaml", "2.yaml", "3.yaml"];
    let mut files = vec![workload, file("c.yaml", None, &added)];
    assert_eq!(told(&files).len(), 1);
    files.extend(paths.map(|path| file(path, None, &large)));
    assert_eq!(told(&files), []);
}
