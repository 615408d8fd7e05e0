//! Bodies in the shapes their platforms document (`tests/sources/events`), and what is made of them when something in
//! them is missing, hostile, or of another shape.

#![allow(clippy::unwrap_used, reason = "tests")]

use interlock_model::{ChangeKind, DoubtKind, EditOp, FileOp, PersonKind, Phase, Pointer};

use super::*;
use crate::Speaker;

macro_rules! bodies {
    ($($constant:ident = $file:literal as $kind:ident;)*) => {
        $(const $constant: Sample = Sample {
            text: include_str!(concat!("../../../../tests/sources/events/", $file, ".json")),
            kind: EventKind::$kind,
        };)*
        const SAMPLES: &[Sample] = &[$($constant),*];
    };
}

#[derive(Clone, Copy)]
struct Sample {
    text: &'static str,
    kind: EventKind,
}

bodies! {
    CONFIG_MAP = "admission-configmap-update" as KubernetesAdmission;
    DEPLOYMENT = "admission-deployment-update" as KubernetesAdmission;
    SECRET = "admission-secret-update" as KubernetesAdmission;
    NAMESPACE = "admission-namespace-delete" as KubernetesAdmission;
    EXEC = "admission-exec" as KubernetesAdmission;
    RULE = "github-deployment-protection-rule" as GithubDeploymentProtectionRule;
    GITHUB_DEPLOYMENT = "github-deployment" as GithubDeployment;
    PULL_REQUEST = "github-pull-request" as GithubPullRequest;
    REVIEW = "github-pull-request-review" as GithubPullRequest;
    RUN_TASK = "terraform-run-task" as TerraformRunTask;
    CHANGE_CREATED = "cdevents-change-created" as Cdevents;
    SERVICE_DEPLOYED = "cdevents-service-deployed" as Cdevents;
    CANARY = "flagger-waiting-promotion" as Flagger;
    EXECUTION = "spinnaker-execution" as Spinnaker;
}

impl Sample {
    fn read(self) -> Event {
        read("event.json", self.text.as_bytes(), self.kind).unwrap()
    }

    /// Read with one text in it replaced, each time it occurs.
    #[track_caller]
    fn with(self, from: &str, to: &str) -> Result<Event, InputError> {
        assert!(self.text.contains(from), "{from}");
        read("event.json", self.text.replace(from, to).as_bytes(), self.kind)
    }

    /// The first line of the refusal.
    #[track_caller]
    fn refusal(self, from: &str, to: &str) -> String {
        let error = self.with(from, to).err().unwrap().to_string();
        assert!(error.contains("\nhelp: "), "{error}");
        error.lines().next().unwrap().to_owned()
    }
}

/// Pointer, operation, both values and line.
type SeenEdit<'e> = (&'e str, EditOp, Option<&'e str>, Option<&'e str>, u32);

impl Event {
    fn caller(&self) -> &Statement {
        let statement = self.statements.first().unwrap();
        assert_eq!(statement.speaker, Speaker::Caller);
        statement
    }

    fn author(&self) -> &Statement {
        let statement = self.statements.get(1).unwrap();
        assert_eq!(statement.speaker, Speaker::Author);
        statement
    }

    fn attribute(&self, key: &str) -> Option<&str> {
        self.caller().facts.attributes.get(key).map(String::as_str)
    }

    fn edits(&self) -> Vec<SeenEdit<'_>> {
        let files = self.compared.iter().flat_map(|compared| &compared.files);
        let edits = files.flat_map(|file| file.edits.iter().flatten());
        edits
            .map(|edit| {
                let [before, after] = [&edit.before, &edit.after]
                    .map(|scalar| scalar.as_ref().map(|scalar| scalar.text.as_str()));
                (edit.pointer.as_str(), edit.op, before, after, edit.line.unwrap())
            })
            .collect()
    }
}

impl Statement {
    #[track_caller]
    fn line(&self, fact: &str) -> u32 {
        self.sources.find(&Pointer::new(fact)).unwrap().value.line
    }
}

#[test]
fn each_kind_has_one_name() {
    for kind in EventKind::ALL {
        assert_eq!(EventKind::of_name(kind.name()), Some(kind));
        assert!(SAMPLES.iter().any(|sample| sample.kind == kind), "{kind:?}");
    }
    assert_eq!(EventKind::of_name("Flagger"), None);
}

/// Pointers of everything a change says, lists and maps included.
fn pointers(value: &serde_json::Value, at: &Pointer, found: &mut Vec<Pointer>) {
    let mut below = |key: &str, value| {
        let at = at.child(key);
        found.push(at.clone());
        pointers(value, &at, found);
    };
    if let Some(map) = value.as_object() {
        map.iter().for_each(|(key, value)| below(key, value));
    }
    if let Some(list) = value.as_array() {
        list.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
    }
}

#[test]
fn every_fact_stands_at_a_line_of_the_event() {
    for sample in SAMPLES {
        for statement in &sample.read().statements {
            let mut facts = serde_json::to_value(&statement.facts).unwrap();
            let facts = facts.as_object_mut().unwrap();
            facts.remove("kind");
            facts.remove("id");
            let mut found = Vec::new();
            pointers(&facts.clone().into(), &Pointer::root(), &mut found);
            assert!(!found.is_empty(), "a silent statement in {:?}", sample.kind);
            for pointer in found {
                let (origin, _) = statement.sources.nearest(&pointer);
                let root = statement.sources.find(&Pointer::root()).unwrap();
                let is_map_of_attributes = pointer == Pointer::new("/attributes");
                assert!(origin != root || is_map_of_attributes, "{:?} {pointer:?}", sample.kind);
            }
        }
    }
}

#[test]
fn no_body_is_read_as_another_kind() {
    for sample in SAMPLES {
        for kind in EventKind::ALL.into_iter().filter(|kind| *kind != sample.kind) {
            let Err(error) = read("event.json", sample.text.as_bytes(), kind) else {
                panic!("{:?} was read as {kind:?}", sample.kind)
            };
            let last = format!("it was read as `{}`", kind.name());
            assert!(error.to_string().ends_with(&last), "{error}");
        }
    }
}

#[test]
fn a_config_map_is_compared_at_the_lines_of_the_review() {
    let event = CONFIG_MAP.read();
    assert_eq!(
        event.edits(),
        [
            ("/data/limit", EditOp::Replace, Some("200"), Some("0"), 29),
            ("/data/allow", EditOp::Remove, Some("10.0.0.0/8"), None, 46),
        ]
    );
    let file = event.compared.as_ref().unwrap().files.first().unwrap();
    assert_eq!(file.path, "api/v1/namespaces/payments/configmaps/edge-routes");
    let caller = event.caller();
    assert_eq!(caller.id.as_deref(), Some("admission/705ab4f5-6393-11e8-b7cc-42010a800002"));
    assert_eq!((caller.kind, event.asked_at), (Some(ChangeKind::Config), Some(Phase::Deploy)));
    let author = caller.facts.author.as_ref().unwrap();
    assert_eq!((author.id.as_str(), author.kind), ("ines.duarte@shop.example", None));
    assert_eq!(caller.line("/author/id"), 14);
    assert_eq!(event.attribute("kubernetes-dry-run"), Some("false"));
    assert!(caller.facts.environment.is_none() && caller.facts.services.is_none());
    assert_eq!(event.author().facts.title.as_deref(), Some("Drop the old allow-list"));
    assert_eq!(event.author().facts.services.as_ref().unwrap()[0].name, "edge");
    assert_eq!(event.author().line("/services/0/name"), 24);
}

#[test]
fn a_workload_with_another_image_is_code_and_with_the_same_one_is_config() {
    let event = DEPLOYMENT.read();
    assert_eq!(event.caller().kind, Some(ChangeKind::Code));
    assert_eq!(event.caller().facts.author.as_ref().unwrap().kind, Some(PersonKind::Bot));
    let artifacts = event.caller().facts.artifacts.as_ref().unwrap();
    assert_eq!(artifacts[0].path, "images.example/payments/migrate:1.4");
    assert_eq!(
        (artifacts[1].path.as_str(), artifacts[0].digest.is_some()),
        ("images.example/payments/api", false)
    );
    assert!(artifacts[1].digest.is_some());
    assert_eq!(event.caller().line("/artifacts/1"), 27);
    assert_eq!(event.attribute("kubernetes-dry-run"), Some("true"));
    let same =
        DEPLOYMENT.with("8325c174704182da75dd65a2541291a5ec982a5f02c6bffbec56f2ba5f644705", OTHER).unwrap();
    assert_eq!((same.caller().kind, same.edits().len()), (Some(ChangeKind::Config), 0));
    let hidden = DEPLOYMENT.with("\"name\": \"migrate\", \"image\"", "\"name\": \"migrate\", \"x\"").unwrap();
    assert_eq!((hidden.caller().kind, &hidden.caller().facts.artifacts), (Some(ChangeKind::Code), &None));
}

const OTHER: &str = "dba76015438b4241fcbdb7ac97b6ec817c72537e2a254ff93d88603a4de1ceff";

#[test]
fn secrets_are_in_nothing_that_is_made_of_an_event() {
    let everything = |event: &Event| format!("{event:?}");
    let event = SECRET.read();
    let shown = everything(&event);
    for secret in ["aHVudGVyMg", "c3dvcmRmMQ", "Y2FyZHM="] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let password = ("/data/password", EditOp::Replace, Some("############"), Some("%%%%%%%%%%%%"), 22);
    assert!(event.edits().contains(&password), "{:?}", event.edits());
    assert_eq!(event.edits().len(), 2, "the manifest kubectl keeps, and the password; not the user");
    assert_eq!(event.caller().kind, Some(ChangeKind::Config));
    assert!(!everything(&RUN_TASK.read()).contains("notarealtoken"));
    assert!(!everything(&CANARY.read()).contains("notarealtoken"));
    assert!(!everything(&EXECUTION.read()).contains("notarealkey"));
    let error = RUN_TASK.with("\"run_id\"", "\"run-id\"").unwrap_err();
    assert!(!error.to_string().contains("notarealtoken"), "{error}");
}

#[test]
fn two_secrets_have_two_digests_though_both_are_masked_alike() {
    let digest = |event: Event| event.compared.unwrap().payload.digest.unwrap();
    let other = SECRET.with("aHVudGVyMg==", "aHVudGVyMw==").unwrap();
    assert_eq!(other.edits(), SECRET.read().edits());
    assert_ne!(digest(other), digest(SECRET.read()));
}

#[test]
fn a_deletion_is_an_action_and_a_removed_file() {
    let event = NAMESPACE.read();
    let action = event.caller().facts.action.as_ref().unwrap();
    assert_eq!((action.verb.as_str(), action.matched, action.permanent), ("delete", None, None));
    assert_eq!(action.selector.as_deref(), Some("api/v1/namespaces/payments"));
    assert_eq!(event.caller().line("/action/verb"), 10);
    assert_eq!(event.compared.as_ref().unwrap().files[0].op, FileOp::Removed);
    let one = NAMESPACE.with("\"Namespace\"", "\"ConfigMap\"").unwrap();
    assert_eq!(one.caller().facts.action.as_ref().unwrap().matched, Some(1));
    // A collection has no name, and an API server may leave out what goes.
    let unseen = NAMESPACE
        .with("\"name\": \"payments\",\n    \"namespace\"", "\"name\": \"\",\n    \"namespace\"")
        .unwrap();
    assert_eq!(unseen.caller().facts.action.as_ref().unwrap().matched, None);
}

#[test]
fn a_connection_is_a_command_and_its_options_are_no_file() {
    let event = EXEC.read();
    let action = event.caller().facts.action.as_ref().unwrap();
    assert_eq!((action.verb.as_str(), action.matched), ("exec", Some(1)));
    assert_eq!(action.selector.as_deref(), Some("api/v1/namespaces/payments/pods/ledger-0/exec"));
    assert_eq!((event.caller().kind, &event.compared), (Some(ChangeKind::Command), &None));
    let evicted = EXEC
        .with("PodExecOptions", "Eviction")
        .and_then(|_| {
            let text = EXEC.text.replace("PodExecOptions", "Eviction").replace("\"exec\"", "\"eviction\"");
            read("event.json", text.replace("CONNECT", "CREATE").as_bytes(), EXEC.kind)
        })
        .unwrap();
    assert_eq!(evicted.caller().facts.action.as_ref().unwrap().verb, "evict");
    assert!(evicted.compared.is_none());
}

#[test]
fn a_review_whose_states_do_not_fit_its_operation_is_refused() {
    for (sample, from, to, expect) in [
        (CONFIG_MAP, "\"UPDATE\"", "\"CREATE\"", "event.json:33:5: a map for `oldObject`, expected null"),
        (CONFIG_MAP, "\"oldObject\"", "\"old\"", "event.json:4:14: no `oldObject` here"),
        (CONFIG_MAP, "\"object\"", "\"new\"", "event.json:4:14: no `object` here"),
        (
            NAMESPACE,
            "\"object\": null",
            "\"object\": {}",
            "event.json:12:5: a map for `object`, expected null",
        ),
        (NAMESPACE, "\"DELETE\"", "\"delete\"", "event.json:10:18: `delete`, expected one of `CREATE`"),
        (NAMESPACE, "\"DELETE\"", "\"CREATE\"", "event.json:13:5: a map for `oldObject`, expected null"),
        (
            CONFIG_MAP,
            "admission.k8s.io/v1\"",
            "admission.k8s.io/v1beta1\"",
            "event.json:2:17: `admission.k8s.io/v1beta1`",
        ),
        (CONFIG_MAP, "\"request\": {", "\"response\": {", "event.json:1:1: no `request` here"),
        (
            CONFIG_MAP,
            "\"kind\": \"ConfigMap\",\n      \"m",
            "\"kind\": \"Pod\",\n      \"m",
            "event.json:35:15: kind `Pod`, expected `ConfigMap`",
        ),
        (
            CONFIG_MAP,
            "\"name\": \"edge-routes\",\n    ",
            "\"name\": \"../../x\",\n    ",
            "event.json:10:13: `../../x`, expected a name",
        ),
        (SECRET, "\"Y2FyZHM=\"", "7", "event.json:38:17: a secret that is not text"),
    ] {
        let refusal = sample.refusal(from, to);
        assert!(refusal.starts_with(expect), "{refusal}");
    }
}

#[test]
fn a_deployment_rule_tells_environment_and_revisions_but_not_the_creator_as_author() {
    let event = RULE.read();
    let caller = event.caller();
    let environment = caller.facts.environment.as_ref().unwrap();
    assert_eq!((environment.resolved.as_deref(), &environment.declared), (Some("production"), &None));
    assert_eq!((caller.line("/environment/resolved"), event.asked_at), (3, Some(Phase::Deploy)));
    assert_eq!(caller.id.as_deref(), Some("github/shop/payments/deployments/1188432"));
    let source = caller.facts.source.as_ref().unwrap();
    assert_eq!(source.head.as_deref(), Some("9f2c61d0a41c47b0d9f5a7a1e1a1c1f0b7e3d245"));
    assert_eq!(source.base.as_deref(), Some("0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c"));
    assert_eq!((caller.line("/source/base"), caller.line("/source/head")), (28, 8));
    let author = caller.facts.author.as_ref().unwrap();
    assert_eq!((author.id.as_str(), author.kind), ("ines-duarte", Some(PersonKind::Human)));
    assert_eq!(event.attribute("github-deployment-creator"), Some("github-actions[bot]"));
    assert_eq!(event.attribute("github-production-environment"), Some("true"));
    assert_eq!((caller.kind, caller.doubts.len()), (None, 0));
    assert_eq!(event.author().facts.labels.as_deref(), Some(&["card-network".to_owned()][..]));
    // A pull request that was merged since is not what is deployed.
    let other = RULE.with("\"second-network\", \"sha\": \"9f", "\"second-network\", \"sha\": \"8f").unwrap();
    assert!(other.caller().facts.author.is_none() && other.statements.len() == 1);
    let none = RULE.with("\"pull_requests\": [", "\"pull_requests\": [], \"x\": [").unwrap();
    assert!(none.caller().facts.author.is_none() && none.statements.len() == 1);
}

#[test]
fn a_rule_and_a_deployment_that_differ_leave_a_doubt() {
    let event = RULE.with("\n    \"environment\": \"production\"", "\n    \"environment\": \"qa\"").unwrap();
    let doubt = event.caller().doubts.first().unwrap();
    assert_eq!((doubt.kind, doubt.span.line), (DoubtKind::Ambiguous, 13));
    assert_eq!(doubt.message, "the deployment is to `qa`, and the rule is asked for `production`");
}

#[test]
fn a_deployment_of_github_is_read_alone() {
    let event = GITHUB_DEPLOYMENT.read();
    assert_eq!(event.caller().facts.environment.as_ref().unwrap().resolved.as_deref(), Some("qa"));
    assert_eq!(event.attribute("github-task"), Some("deploy:migrations"));
    assert!(event.caller().facts.author.is_none() && event.statements.len() == 1);
}

#[test]
fn a_pull_request_tells_its_author_and_what_people_typed_apart() {
    let event = PULL_REQUEST.read();
    let caller = event.caller();
    assert_eq!(caller.id.as_deref(), Some("github/shop/payments#311"));
    assert_eq!(caller.facts.author.as_ref().unwrap().kind, Some(PersonKind::Bot));
    assert_eq!(caller.facts.created_at.unwrap().to_string(), "2026-03-06T16:05Z");
    assert_eq!((caller.facts.title.as_ref(), caller.facts.labels.as_ref()), (None, None));
    assert_eq!((caller.line("/source/base"), caller.line("/source/head")), (28, 23));
    assert_eq!(event.attribute("github-requested-reviewers"), Some("mehmet-aydin, wei-chen"));
    assert_eq!(event.attribute("github-fork"), Some("ines-duarte/payments"));
    assert!(caller.facts.approvals.is_none());
    assert_eq!(event.asked_at, Some(Phase::Merge));
    assert_eq!(event.author().facts.labels.as_ref().unwrap().len(), 2);
    assert_eq!(event.author().line("/labels/1"), 15);
    let closed = PULL_REQUEST.with("\"open\"", "\"closed\"").unwrap();
    assert_eq!(closed.asked_at, None);
}

#[test]
fn an_approval_counts_only_for_the_head() {
    let event = REVIEW.read();
    let approvals = event.caller().facts.approvals.as_ref().unwrap();
    assert_eq!((approvals.len(), approvals[0].by.id.as_str()), (1, "mehmet-aydin"));
    assert_eq!((approvals[0].by.kind, &approvals[0].digest), (Some(PersonKind::Human), &None));
    assert_eq!(approvals[0].at.unwrap().to_string(), "2026-03-07T08:30Z");
    assert_eq!(event.author().facts.labels.as_deref(), Some(&[][..]));
    let approvals_with = |from, to| {
        let event = REVIEW.with(from, to).unwrap();
        (event.caller().facts.approvals.is_some(), event.caller().doubts.len())
    };
    assert_eq!(approvals_with("\"commit_id\": \"9f", "\"commit_id\": \"8f"), (false, 1));
    assert_eq!(approvals_with("\"approved\"", "\"changes_requested\""), (false, 0));
    assert_eq!(approvals_with("\"approved\"", "\"commented\""), (false, 0));
    assert_eq!(approvals_with("\"submitted\"", "\"dismissed\""), (false, 0));
}

#[test]
fn a_run_task_says_that_its_plan_is_not_here() {
    let event = RUN_TASK.read();
    let caller = event.caller();
    assert_eq!(
        (caller.id.as_deref(), caller.kind),
        (Some("terraform/run-Hs8VtY2mRk4WcQx1"), Some(ChangeKind::Infra))
    );
    let doubt = event.plan_not_here.as_ref().unwrap();
    assert_eq!((doubt.kind, doubt.span.line), (DoubtKind::Unreadable, 10));
    assert!(
        doubt.message.ends_with("json-output`, which is not fetched, expected the plan itself"),
        "{doubt:?}"
    );
    assert!(caller.doubts.is_empty() && caller.facts.environment.is_none());
    let source = caller.facts.source.as_ref().unwrap();
    assert_eq!(source.repository.as_deref(), Some("shop/infrastructure"));
    assert_eq!(source.head.as_deref(), Some("7d8fb2a2d601edebdb7a59ad2088a96673637d22"));
    assert_eq!(event.attribute("terraform-run-created-by"), Some("ines-duarte"));
    assert!(caller.facts.author.is_none(), "whoever starts a run of a repository has not written it");
    let typed = RUN_TASK.with("\"https://github.com/shop/infrastructure\"", "null").unwrap();
    assert_eq!(typed.caller().facts.author.as_ref().unwrap().id, "ines-duarte");
    assert_eq!(event.author().facts.title.as_deref(), Some("Merge pull request 311"));
}

#[test]
fn a_run_task_is_asked_at_the_point_its_stage_tells() {
    let asked_at = |stage: &str, speculative: &str| {
        let text = RUN_TASK.text.replace("pre_apply", stage);
        let text = text.replace("\"is_speculative\": false", &format!("\"is_speculative\": {speculative}"));
        read("event.json", text.as_bytes(), RUN_TASK.kind).unwrap().asked_at
    };
    for (stage, run, speculative_run) in [
        ("pre_plan", None, Some(Phase::Merge)),
        ("post_plan", Some(Phase::Deploy), Some(Phase::Merge)),
        ("pre_apply", Some(Phase::Deploy), Some(Phase::Deploy)),
        ("post_apply", None, None),
    ] {
        assert_eq!((asked_at(stage, "false"), asked_at(stage, "true")), (run, speculative_run), "{stage}");
    }
}

#[test]
fn a_change_event_tells_its_repository_and_a_service_event_what_was_deployed() {
    let event = CHANGE_CREATED.read();
    assert_eq!(event.caller().id.as_deref(), Some("cdevents/shop/payments/311"));
    assert_eq!(event.caller().facts.source.as_ref().unwrap().repository.as_deref(), Some("shop/payments"));
    assert_eq!((event.caller().line("/source/repository"), event.asked_at), (15, Some(Phase::Merge)));
    assert_eq!(event.author().facts.title.as_deref(), Some("Payments talks to the second card network"));
    assert_eq!(CHANGE_CREATED.with("change.created", "change.merged").unwrap().asked_at, None);

    let event = SERVICE_DEPLOYED.read();
    assert_eq!(event.caller().facts.environment.as_ref().unwrap().resolved.as_deref(), Some("production"));
    assert_eq!(event.caller().facts.services.as_ref().unwrap()[0].name, "payments");
    assert!(event.caller().facts.artifacts.as_ref().unwrap()[0].digest.is_some());
    assert_eq!((event.caller().line("/environment/resolved"), event.asked_at), (20, None));
}

#[test]
fn flagger_is_asked_at_the_point_its_phase_leaves_no_doubt_of() {
    let event = CANARY.read();
    assert_eq!(
        (event.asked_at, event.caller().id.as_deref()),
        (Some(Phase::Promote), Some("flagger/shop/payments"))
    );
    assert_eq!(event.caller().facts.canary, None);
    // What the manifest's author typed is the author's, and does not say when to ask.
    assert_eq!(
        event.author().facts.attributes.get("flagger-metadata-gate").map(String::as_str),
        Some("merge")
    );
    assert_eq!(event.attribute("flagger-metadata-gate"), None);
    let asked_at = |phase| CANARY.with("WaitingPromotion", phase).unwrap().asked_at;
    assert_eq!(
        (asked_at("Waiting"), asked_at("Progressing"), asked_at("Succeeded")),
        (Some(Phase::Deploy), None, None)
    );
    let failed = CANARY.with("WaitingPromotion", "Failed").unwrap();
    assert!(
        failed.caller().facts.canary.as_ref().unwrap().verdict == Some(interlock_model::CanaryVerdict::Fail)
    );
}

#[test]
fn an_execution_tells_places_and_judgements() {
    let event = EXECUTION.read();
    let facts = &event.caller().facts;
    let targets: Vec<_> = facts
        .targets
        .iter()
        .flatten()
        .map(|t| (t.region.as_deref(), t.zone.as_deref(), t.cluster.as_deref()))
        .collect();
    assert_eq!(
        targets,
        [
            (Some("eu-west-3"), Some("eu-west-3a"), None),
            (Some("eu-west-3"), Some("eu-west-3b"), None),
            (None, None, Some("frankfurt-1")),
        ]
    );
    assert_eq!(event.caller().line("/targets/2"), 57);
    let approvals = facts.approvals.as_ref().unwrap();
    assert_eq!((approvals[0].by.id.as_str(), approvals[0].by.kind), ("mehmet.aydin", None));
    assert_eq!(approvals[0].at.unwrap().to_string(), "2026-03-07T09:10Z");
    assert_eq!((facts.author.as_ref(), facts.rollout.as_ref()), (None, None));
    assert_eq!(event.attribute("spinnaker-trigger-user"), Some("ines.duarte"));
    assert_eq!((event.asked_at, event.stages_done), (Some(Phase::Deploy), None));
}

#[test]
fn one_stage_that_hides_its_places_leaves_all_of_them_unknown() {
    let targets = |from, to| EXECUTION.with(from, to).unwrap().caller().facts.targets.clone();
    assert_eq!(targets("\"deployManifest\"", "\"runJob\""), None);
    assert_eq!(targets("\"bake\"", "\"webhook\""), None);
    assert_eq!(targets("\"frankfurt-1\"", "\"${ trigger.account }\""), None);
    assert_eq!(targets("[\"eu-west-3a\", \"eu-west-3b\"]", "[]").unwrap().len(), 2);
    assert_eq!(targets("{ \"eu-west-3\": [\"eu-west-3a\", \"eu-west-3b\"] }", "{}"), None);
    let judged = |from, to| EXECUTION.with(from, to).unwrap().caller().facts.approvals.is_some();
    assert!(!judged("\"continue\"", "\"stop\"") && judged("\"continue\"", "\"Continue\""));
}

#[test]
fn an_execution_is_asked_at_a_promotion_once_a_deployment_is_done() {
    let done = EXECUTION.text.replace(
        "\"name\": \"Deploy\",\n          \"status\": \"RUNNING\"",
        "\"name\": \"Deploy\",\n          \"status\": \"SUCCEEDED\"",
    );
    assert_eq!(read("e", done.as_bytes(), EventKind::Spinnaker).unwrap().asked_at, Some(Phase::Promote));
    let ended = EXECUTION
        .text
        .replace("\"status\": \"RUNNING\",\n      \"auth", "\"status\": \"TERMINAL\",\n      \"auth");
    assert_eq!(read("e", ended.as_bytes(), EventKind::Spinnaker).unwrap().asked_at, None);
}

#[test]
fn a_body_of_another_shape_is_refused_at_its_line() {
    for (sample, from, to, expect) in [
        (RULE, "\"requested\"", "\"completed\"", "event.json:2:13: `completed`, expected `requested`"),
        (
            RULE,
            "\"deployment\": {",
            "\"deployment\": null, \"x\": {",
            "event.json:6:17: null, expected a value for `deployment`",
        ),
        (RULE, "1188432", "\"1188432\"", "event.json:7:11: `1188432`, expected a whole number above 0"),
        (PULL_REQUEST, "\"pull_request\"", "\"issue\"", "event.json:1:1: no `pull_request` here"),
        (
            PULL_REQUEST,
            "[\n      { \"id\": 1,",
            "[ null,\n      { \"id\": 1,",
            "event.json:13:17: null, expected a map",
        ),
        (
            PULL_REQUEST,
            "\"draft\": false",
            "\"draft\": \"no\"",
            "event.json:12:14: `no`, expected `true` or `false`",
        ),
        (
            RUN_TASK,
            "\"payload_version\": 1",
            "\"payload_version\": 2",
            "event.json:2:22: payload version 2, expected 1",
        ),
        (
            RUN_TASK,
            "\"mandatory\"",
            "\"test\"",
            "event.json:17:36: a test of the task's address, expected a run",
        ),
        (RUN_TASK, "pre_apply", "pre-apply", "event.json:3:12: `pre-apply`, expected one of `pre_plan`"),
        (
            CHANGE_CREATED,
            "\"0.5.0\"",
            "\"0.2.0\"",
            "event.json:3:20: CDEvents `0.2.0`, expected 0.3, 0.4 or 0.5",
        ),
        (
            CHANGE_CREATED,
            "change.created",
            "build.started",
            "event.json:6:13: type `dev.cdevents.build.started.0.4.0`",
        ),
        (
            SERVICE_DEPLOYED,
            "\"specversion\": \"1.0\"",
            "\"specversion\": \"0.3\"",
            "event.json:2:18: `0.3`, expected `1.0`",
        ),
        (
            SERVICE_DEPLOYED,
            "\"type\": \"dev.cdevents.service.deployed.0.2.0\",\n  \"time\"",
            "\"type\": \"dev.cdevents.service.removed.0.2.0\",\n  \"time\"",
            "event.json:13:15: type",
        ),
        (CANARY, "WaitingPromotion", "waiting", "event.json:4:12: `waiting`, expected one of `Initializing`"),
        (
            CANARY,
            "\"environment\": \"production\"",
            "\"environment\": [1]",
            "event.json:7:20: a list, expected text",
        ),
        (EXECUTION, "\"stages\"", "\"stage\"", "event.json:5:18: a map, expected an execution with `stages`"),
        (EXECUTION, "\"PIPELINE\"", "\"TASK\"", "event.json:6:15: `TASK`, expected one of `PIPELINE`"),
    ] {
        let refusal = sample.refusal(from, to);
        assert!(refusal.starts_with(expect), "{refusal}");
    }
}

#[test]
fn hostile_bodies_are_refused_or_inert() {
    let kind = EventKind::Flagger;
    let refusal = |text: &[u8]| read("e", text, kind).err().unwrap().to_string();
    assert!(refusal(b"").starts_with("e:1:1: not JSON: nothing in it"));
    assert!(refusal(b"[]").starts_with("e:1:1: no `name` here"));
    assert!(refusal(b"null").starts_with("e:1:1: no `name` here"));
    assert!(refusal(b"{\"name\": \"a\", \"name\": \"b\"}").contains("key `name` a second time"));
    assert!(refusal(b"{\"name\": \"\xff\"}").contains("UTF-8"));
    let deep = format!("{{\"metadata\": {}{}}}", "[".repeat(100), "]".repeat(100));
    assert!(refusal(deep.as_bytes()).contains("more than 64 deep"));
    assert!(
        refusal(&vec![b' '; EVENT_BYTES_MAX + 1])
            .starts_with("e:1:1: 8388609 bytes, expected at most 8388608")
    );
    let wide = format!("{{\"metadata\": [{}]}}", "1,".repeat(600_000) + "1");
    assert!(refusal(wide.as_bytes()).contains("more than 500000 values"));
    let terminal = CANARY.refusal("WaitingPromotion", "\\u001b[31m::error::x");
    assert!(terminal.contains(r"`\u{1b}[31m:\u{3a}error:\u{3a}x`"), "{terminal}");
    let long = CANARY.refusal("85d557f47b", &"x".repeat(5000));
    assert!(long.starts_with("event.json:5:15: text of 5000 bytes, expected at most 4096"), "{long}");
    let keys: String = (0..65).map(|key| format!("\"k{key}\": \"v\", ")).collect();
    let many = CANARY.refusal("\"environment\": \"production\",", &keys);
    assert!(many.contains("more than 64 keys in `metadata`"), "{many}");
    let many = CANARY.refusal("\"environment\"", &format!("\"{}\"", "k".repeat(257)));
    assert!(many.contains("one of more than 256 bytes"), "{many}");
    let labels = format!("\"labels\": [{}],", vec!["{\"name\": \"x\"}"; 1001].join(","));
    let many = REVIEW.refusal("\"labels\": [],", &labels);
    assert!(many.contains("a list of more than 1000 items"), "{many}");
}

/// Each of these is cheap only if nothing is written out, or looked for, once for each of its values.
#[test]
fn large_bodies_cost_what_their_bytes_cost() {
    let started = std::time::Instant::now();
    let regions: String = (0..60_000).map(|n| format!("\"r{n}\": [], ")).collect();
    let regions = format!("{{ {regions} \"eu-west-3\": []");
    let many = EXECUTION.with("{ \"eu-west-3\": [\"eu-west-3a\", \"eu-west-3b\"]", &regions).unwrap();
    assert_eq!(many.caller().facts.targets, None);
    let key = "k".repeat(2_000_000);
    let values = vec!["\"s\""; 100_000].join(",");
    let long = SECRET.with("\"user\": \"Y2FyZHM=\"", &format!("\"{key}\": [{values}]")).unwrap();
    let compared = long.compared.unwrap();
    assert_eq!(compared.files.first().unwrap().edits, None, "pointers of 200 GB are not written out");
    assert_eq!(compared.payload.doubts.len(), 2);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn a_long_title_is_cut_and_an_empty_one_is_none() {
    let titled = |title: &str| {
        let event = PULL_REQUEST.with("Payments talks to the second card network", title).unwrap();
        event.author().facts.title.clone()
    };
    assert_eq!(titled(&"a".repeat(9000)).unwrap().len(), 203);
    assert_eq!(titled("  "), None);
}
