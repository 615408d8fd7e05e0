//! What is read as a catalog, and what is refused with its place.

use super::*;

fn shelf(files: &[&str]) -> Result<Catalog, InputError> {
    let mut shelf = Shelf::new("set.yaml");
    for (index, text) in files.iter().enumerate() {
        shelf.take_backstage(Path::new(&format!("{index}.yaml")), text.as_bytes(), BACKSTAGE_TIER)?;
    }
    Ok(shelf.into_catalog().0)
}

#[track_caller]
fn refused(text: &str, place: &str, message: &str, help: &str) {
    let error = shelf(&[text]).unwrap_err();
    let said = error.to_string();
    assert_eq!(error.problems.len(), 1, "{said}");
    assert!(said.starts_with(&format!("0.yaml:{place}: ")), "{said}\nexpected at {place}");
    assert!(error.problems[0].message().contains(message), "{said}\nexpected {message}");
    assert!(error.problems[0].help.contains(help), "{said}\nexpected {help}");
}

#[test]
fn a_backstage_file_is_read_as_it_is() {
    let first = "# a comment\n---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: Checkout\n  \
                 description: !note |\n    Yes, on: the | road\n  annotations:\n    github.com/project-slug: a/b\n    \
                 interlock/tier: \"1\"\n  labels: { on: yes, 'x y': 010 }\n  tags: [go, &a java]\n  links:\nspec:\n  \
                 type: service\n  lifecycle: production\n  owner: group:default/team-pay\n  system: ~\n  dependsOn:\n    \
                 - component:default/auth\n    - resource:orders-db\n    - auth\n  providesApis: [checkout]\n---\n\
                 kind: API\nmetadata: { name: Checkout }\nspec: { definition: { $text: ./a.json } }\n---\n---\n\
                 kind: Resource\nmetadata: { name: orders-db }\nspec: { dependsOn: [\"component:auth\"], dependencyOf: [component:web] }\n";
    let second = "kind: Component\nmetadata: { name: auth, namespace: DEFAULT, labels: { interlock/tier: 0 } }\n\
                  spec: { owner: user:jane, dependsOn: [Component:Default/AUTH] }\n---\nkind: Component\n\
                  metadata: { name: web }\nspec: { dependsOn: [component:other/auth, component:checkout] }\n...\n---\n\
                  kind: Template\nmetadata:\n  name: web\nspec:\n  steps:\n    - if: ${{ parameters.a || !b }}\n      name: ${{ parameters.name | upper }}\n";
    let catalog = shelf(&[first, second]).unwrap();
    let facts: Vec<_> = catalog
        .services
        .iter()
        .map(|(name, service)| {
            let tier = service.tier.map(Tier::get);
            (name.as_str(), tier, service.owner.as_deref(), service.dependents)
        })
        .collect();
    assert_eq!(
        facts,
        [
            ("Checkout", Some(1), Some("team-pay"), Some(1)),
            ("auth", Some(0), Some("user:jane"), Some(2)),
            ("web", None, None, None),
        ]
    );
}

#[test]
fn what_cannot_be_believed_is_refused_at_its_place() {
    let with = |rest: &str| format!("kind: Component\nmetadata: {{ name: a, {rest} }}\n");
    refused(
        &with("labels: { interlock/tier: gold }"),
        "2:48",
        "text `gold`, expected a tier",
        "backstage-tier",
    );
    refused(&with("labels: { interlock/tier: 4 }"), "2:48", "text `4`", "");
    refused(&with("annotations: { interlock/tier: 01 }"), "2:53", "text `01`", "");
    refused(&with("labels: { interlock/tier: [0] }"), "2:48", "a list, expected text", "");
    refused(
        &with("labels: { interlock/tier: 0 }, annotations: { interlock/tier: 1 }"),
        "2:84",
        "a label that says another",
        "",
    );
    refused(&with("labels: x"), "2:30", "text `x`, expected a map", "Backstage");
    refused(&with("name: b"), "2:22", "key `name` a second time", "remove one");
    refused(&with("labels: { interlock/tier: , interlock/tier: 3 }"), "2:50", "a second time", "remove one");
    refused(&with("x: &a [1], y: *a"), "2:36", "an alias `*a`", "value here");
    refused("kind: Component\n", "1:1", "without `metadata`", "");
    refused("kind: Component\nmetadata: { title: a }\n", "2:11", "without `name`", "");
    refused("apiVersion: v1\n", "1:1", "without `kind`", "");
    refused("- a\n", "1:1", "a list, expected a map", "");
    refused("kind: Location\n", "1:1", "without an entity of `kind: Component`", "not followed");
    refused("", "1:1", "without an entity", "");
    refused(
        &format!("{}spec: {{ dependsOn: [\"component:\"] }}\n", with("")),
        "3:21",
        "reference `component:`",
        "",
    );
    refused(&format!("{}spec: {{ dependsOn: b }}\n", with("")), "3:20", "a list of entity references", "");
    refused(&format!("{}spec: {{ owner: \"/a\" }}\n", with("")), "3:16", "reference `/a`", "");
    refused(&format!("{}---\na: [\n", with("")), "4:4", "not YAML", "brackets");
    refused(&format!("{}---\n{}", with(""), with("")), "5:19", "service `a` a second time", "");
    refused("kind: Component\nmetadata: { name: \"a\\e[1m\" }\n", "2:19", "U+001B", "");
}

#[test]
fn two_entities_are_two_problems() {
    let error = shelf(&["kind: Component\n---\nkind: Component\nmetadata: {}\n"]).unwrap_err();
    let lines: Vec<u32> = error.problems.iter().map(|problem| problem.span.line).collect();
    assert_eq!(lines, [1, 3]);
}

/// What makes other readers slow, large or endless ends early here.
#[test]
fn a_hostile_shape_ends_early() {
    refused(&"{a: ".repeat(40_000), "1:257", "not YAML", "");
    refused(&"[".repeat(200_000), "1:65", "not YAML", "");
    refused(
        &format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a,".repeat(20_000)),
        "2:5",
        "an alias",
        "",
    );
    refused(&"- &a x\n".repeat(100_001), "100000:6", "values", "");
    refused(&"--- {}\n".repeat(100_001), "100001:5", "values", "");
    refused(&format!("a: 1\n...\nb: 2\n{}", "c\n"), "4:1", "not YAML", "");
}

#[test]
fn native_files_are_read_strictly() {
    let take = |text: &str| Shelf::new("set.yaml").take_file(Path::new("c.yaml"), text.as_bytes());
    let said = |text: &str| take(text).unwrap_err().to_string();
    assert_eq!(take("services: [{ name: a, tier: 3, owner: b, dependents: 0 }, { name: A }]\n"), Ok(()));
    assert_eq!(take("services: []\n"), Ok(()));
    let twice = said("services:\n  - name: a\n  - name: a\n");
    assert!(
        twice.starts_with(
            "c.yaml:3:11: service `a` a second time, expected it once: the first is at c.yaml:2:11\n"
        ),
        "{twice}"
    );
    assert!(
        said("services: [{ name: a, tier: 4 }]\n")
            .starts_with("c.yaml:1:29: the number `4`, expected a tier from 0")
    );
    assert!(
        said("services: [{ name: \"a \" }]\n").starts_with("c.yaml:1:20: the text `a `, expected the name")
    );
    assert!(said("services: [{ name: a, owner: \"\" }]\n").starts_with("c.yaml:1:30: the text ``"));
    assert!(said("services: [{ nmae: a }]\n").contains("did you mean `name`?"));
    assert!(said("service: []\n").contains("did you mean `services`?"));
    let error = Shelf::new("s").take_file(Path::new("c.txt"), b"").unwrap_err().to_string();
    assert!(error.contains("under `backstage`"), "{error}");
}
