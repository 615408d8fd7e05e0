//! Plans as their systems' manuals write them, and what is read of each: the documents are
//! `tests/sources/plans/`, with near misses and hostile ones beside them here.

#![allow(clippy::unwrap_used, reason = "tests")]

use interlock_model::{Pointer, Stage, StageGateKind, Strategy};

use super::*;

const ARGO: &str = include_str!("../../../../tests/sources/plans/argo-canary.yaml");
const NO_STEPS: &str = include_str!("../../../../tests/sources/plans/argo-no-steps.yaml");
const FLAGGER: &str = include_str!("../../../../tests/sources/plans/flagger.yaml");
const APPLICATION_SET: &str = include_str!("../../../../tests/sources/plans/application-set.yaml");
const SPINNAKER: &str = include_str!("../../../../tests/sources/plans/spinnaker.json");
const GITLAB: &str = include_str!("../../../../tests/sources/plans/deploy.gitlab-ci.yml");
const GITHUB: &str = include_str!("../../../../tests/sources/plans/workflow.yml");
const WORKLOADS: &str = include_str!("../../../../tests/sources/plans/workloads.yaml");

const GITHUB_PATH: &str = ".github/workflows/deploy.yml";

fn one(path: &str, text: &str) -> Statement {
    let [statement] = <[Statement; 1]>::try_from(recognise(path, text.as_bytes())).unwrap();
    statement
}

fn strategy(statement: &Statement) -> Option<Strategy> {
    statement.facts.rollout.as_ref().unwrap().strategy
}

/// A stage in one line: share, seconds, gate, and the line each was read from.
fn line(statement: &Statement, index: usize, stage: &Stage) -> String {
    let at = |fact: &str| {
        let pointer = Pointer::new(format!("/rollout/stages/{index}{fact}"));
        statement.sources.find(&pointer).unwrap().key.line
    };
    let share = stage.traffic_bp.map_or("?".into(), |bp| format!("{}@{}", bp.get(), at("/traffic-bp")));
    let bake = stage.bake_s.map_or("?".into(), |seconds| format!("{seconds}s@{}", at("/bake-s")));
    let gate = stage.gate.as_ref().map_or("?".into(), |gate| {
        let kind = match gate.kind.unwrap() {
            StageGateKind::None => "none",
            StageGateKind::Approval => "approval",
            StageGateKind::Health => "health",
            StageGateKind::Metrics => "metrics",
            StageGateKind::CanaryAnalysis => "analysis",
        };
        format!("{kind}@{}", at("/gate"))
    });
    format!("{} {share} {bake} {gate}", at(""))
}

fn lines(statement: &Statement) -> Vec<String> {
    let stages = statement.facts.rollout.as_ref().unwrap().stages.as_ref().unwrap();
    stages.iter().enumerate().map(|(index, stage)| line(statement, index, stage)).collect()
}

fn targets(statement: &Statement) -> Vec<Vec<String>> {
    let stages = statement.facts.rollout.as_ref().unwrap().stages.as_ref().unwrap();
    stages.iter().map(|stage| stage.targets.clone().unwrap_or_default()).collect()
}

fn stages_line(statement: &Statement) -> u32 {
    statement.sources.find(&Pointer::new("/rollout/stages")).unwrap().key.line
}

/// A Rollout with these lines below `strategy:`, whose first line is line 8.
fn rollout(spec: &str, strategy: &str) -> Statement {
    let head =
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n  selector: {}\n";
    one("a.yaml", &format!("{head}{spec}\n  strategy:\n{strategy}"))
}

fn canary(steps: &str) -> Statement {
    rollout("  replicas: 100", &format!("    canary:\n      steps:\n{steps}"))
}

#[test]
fn a_good_argo_rollout_has_every_stage_with_its_line() {
    let statement = one("argo.yaml", ARGO);
    assert_eq!(strategy(&statement), Some(Strategy::Canary));
    assert_eq!(
        lines(&statement),
        [
            "25 500@25 3600s@26 analysis@27",
            "30 2500@30 3600s@31 none@31",
            "33 5000@33 3600s@34 none@34",
            "35 10000@35 0s@35 none@35",
        ]
    );
    assert_eq!(targets(&statement), vec![vec!["*".to_owned()]; 4]);
    assert_eq!(stages_line(&statement), 23);
    assert_eq!((statement.facts.services, statement.facts.targets), (None, None));
    assert_eq!(statement.facts.rollout.unwrap().config_included, None);
}

#[test]
fn a_canary_without_steps_is_everything_at_once_at_the_line_of_the_canary() {
    let statement = one("argo.yaml", NO_STEPS);
    assert_eq!((strategy(&statement), stages_line(&statement)), (Some(Strategy::Canary), 9));
    assert_eq!(lines(&statement), ["9 10000@9 ? ?"]);
    let empty = rollout("", "    canary:\n      steps: []\n");
    assert_eq!((lines(&empty).len(), stages_line(&empty)), (1, 9));
    let paused_first = canary("      - pause: {}\n");
    assert_eq!(lines(&paused_first), ["9 10000@9 ? ?"]);
}

#[test]
fn a_patch_that_says_nothing_of_its_steps_is_no_plan() {
    let head = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n";
    for spec in [
        "  replicas: 3\n",
        "  strategy: {canary: {maxSurge: 1}}\n",
        "  strategy: {blueGreen: {previewService: p}}\n",
    ] {
        assert!(recognise("a.yaml", format!("{head}{spec}").as_bytes()).is_empty(), "{spec}");
    }
    let steps = "  strategy: {canary: {steps: [{setWeight: 10}]}}\n";
    assert_eq!(lines(&one("a.yaml", &format!("{head}{steps}"))).len(), 2);
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 3}\n";
    assert!(recognise("a.yaml", deployment.as_bytes()).is_empty());
}

#[test]
fn what_lets_an_argo_rollout_go_on_is_told() {
    for (steps, expected) in [
        ("      - setWeight: 5\n      - pause: {}\n", "10 500@10 ? approval@11"),
        ("      - setWeight: 5\n      - pause: {duration: 1d}\n", "10 500@10 ? ?"),
        ("      - setWeight: 5\n      - plugin: {name: x}\n", "10 500@10 ? ?"),
        ("      - setWeight: 5\n", "10 500@10 0s@10 none@10"),
        ("      - setWeight: many\n", "10 ? 0s@10 none@10"),
        ("      - setWeight: 0\n      - setWeight: 5\n", "11 500@11 0s@11 none@11"),
        (
            "      - setWeight: 5\n      - experiment: {duration: 1h, analyses: [{templateName: b}]}\n",
            "10 500@10 ? analysis@11",
        ),
        (
            "      - setWeight: 5\n      - analysis: {templates: [{a: b}], dryRun: [{metricName: .*}]}\n",
            "10 500@10 ? ?",
        ),
    ] {
        assert_eq!(lines(&canary(steps)).first().unwrap(), expected, "{steps}");
    }
}

#[test]
fn a_background_analysis_counts_from_the_step_it_starts_at() {
    let analysis = |start: &str| {
        let steps = "      - setWeight: 5\n      - pause: {duration: 1h}\n      - setWeight: 50\n";
        let analysis = format!("      analysis:\n        templates: [{{templateName: a}}]\n{start}");
        lines(&rollout("", &format!("    canary:\n      steps:\n{steps}{analysis}")))
    };
    let whole = analysis("");
    assert_eq!(whole, ["10 500@10 3600s@11 analysis@13", "12 5000@12 0s@12 analysis@13", "9 10000@9 ? ?"]);
    let late = analysis("        startingStep: 2\n");
    assert_eq!(late[0..2], ["10 500@10 3600s@11 none@11", "12 5000@12 0s@12 analysis@13"]);
}

#[test]
fn who_sends_a_header_meets_the_canary_whatever_its_weight() {
    let set = "      - setHeaderRoute: {name: h, match: [{headerName: a, headerValue: {exact: b}}]}\n";
    let clear = "      - setHeaderRoute: {name: h}\n";
    let routed = canary(&format!("{set}      - pause: {{}}\n{clear}      - setWeight: 10\n"));
    assert_eq!(lines(&routed), ["10 ? ? approval@11", "13 1000@13 0s@13 none@13", "9 10000@9 ? ?"]);
    let open = canary(&format!("      - setWeight: 10\n{set}      - setWeight: 20\n"));
    assert_eq!(lines(&open)[..2], ["10 ? 0s@10 none@10", "12 ? 0s@12 none@12"]);
}

#[test]
fn a_weight_is_a_share_of_what_divides_the_traffic() {
    let of = |spec: &str, routing: &str| {
        let steps = format!("    canary:\n{routing}      steps: [{{setWeight: 5}}]\n");
        let stages = rollout(spec, &steps).facts.rollout.unwrap().stages.unwrap();
        stages[0].traffic_bp.map(interlock_model::BasisPoints::get)
    };
    assert_eq!(of("  replicas: 3", ""), Some(2500));
    assert_eq!(of("  replicas: 3", "      maxSurge: 0\n"), Some(3334));
    assert_eq!(of("  replicas: 3", "      trafficRouting: {nginx: {}}\n"), Some(500));
    assert_eq!(of("", "      trafficRouting: {maxTrafficWeight: 1000}\n"), Some(50));
    assert_eq!(of("", ""), Some(500));
    assert_eq!(of("  replicas: \"{{ .Values.n }}\"", ""), None);
}

#[test]
fn blue_green_has_a_preview_only_if_something_waits_there() {
    let of = |keys: &str| lines(&rollout("", &format!("    blueGreen:\n      activeService: a\n{keys}")));
    assert_eq!(of(""), ["8 10000@8 ? ?"]);
    assert_eq!(of("      autoPromotionEnabled: true\n"), ["8 10000@8 ? ?"]);
    assert_eq!(of("      autoPromotionEnabled: false\n"), ["10 0@8 ? approval@10", "8 10000@8 ? ?"]);
    assert_eq!(of("      autoPromotionSeconds: 600\n"), ["10 0@8 600s@10 none@10", "8 10000@8 ? ?"]);
    let analysed = "      prePromotionAnalysis: {templates: [{templateName: a}]}\n      \
                    postPromotionAnalysis: {templates: [{templateName: b}]}\n";
    assert_eq!(of(analysed), ["10 0@8 ? analysis@10", "8 10000@8 ? analysis@11"]);
}

#[test]
fn flagger_promotes_the_rest_in_one_step_and_its_target_has_no_plan_of_its_own() {
    let statement = one("flagger.yaml", FLAGGER);
    assert_eq!(strategy(&statement), Some(Strategy::Canary));
    assert_eq!(
        lines(&statement),
        [
            "24 2000@24 1800s@21 metrics@26",
            "24 4000@24 1800s@21 metrics@26",
            "24 6000@24 1800s@21 metrics@26",
            "20 10000@20 ? ?",
        ]
    );
    let (deployment, canary) = FLAGGER.split_once("---\n").unwrap();
    let files = [("d.yaml", deployment.as_bytes()), ("c.yaml", canary.as_bytes())];
    assert_eq!(recognise_all(&files).len(), 1);
    let elsewhere = deployment.replace("namespace: test", "namespace: live");
    assert_eq!(recognise_all(&[("d.yaml", elsewhere.as_bytes()), files[1]]).len(), 2);
}

#[test]
fn flagger_is_read_in_each_of_its_modes() {
    let of = |rest: &str| {
        let head =
            "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: a}\nspec:\n  targetRef: {}\n";
        one("a.yaml", &format!("{head}{rest}"))
    };
    let skipped = of("  analysis: {stepWeight: 5, maxWeight: 50}\n  skipAnalysis: true\n");
    assert_eq!(
        (strategy(&skipped), &*lines(&skipped)),
        (Some(Strategy::AllAtOnce), &["7 10000@7 ? ?".to_owned()][..])
    );
    for (analysis, expected) in [
        (
            "stepWeights: [1, 10, 80], interval: 90s",
            vec![
                "6 100@6 90s@6 health@6",
                "6 1000@6 90s@6 health@6",
                "6 8000@6 90s@6 health@6",
                "6 10000@6 ? ?",
            ],
        ),
        (
            "iterations: 10, interval: 1m, match: [{headers: {}}]",
            vec!["6 ? 600s@6 health@6", "6 10000@6 ? ?"],
        ),
        (
            "iterations: 10, webhooks: [{name: t, type: rollout}]",
            vec!["6 0@6 600s@6 analysis@6", "6 10000@6 ? ?"],
        ),
        ("stepWeight: 50, interval: soon", vec!["6 5000@6 ? health@6", "6 10000@6 ? health@6"]),
    ] {
        assert_eq!(lines(&of(&format!("  analysis: {{{analysis}}}\n"))), expected, "{analysis}");
    }
    assert_eq!(of("  analysis: {threshold: 5}\n").facts.rollout.unwrap().stages, None);
    let meshless = of("  provider: kubernetes\n  analysis: {stepWeight: 5}\n");
    assert_eq!(lines(&meshless)[0], "7 0@7 600s@7 health@7");
}

#[test]
fn a_workload_is_one_stage_but_for_a_partition() {
    let told = recognise("w.yaml", WORKLOADS.as_bytes());
    let strategies: Vec<_> = told.iter().map(strategy).collect();
    let expected = [Strategy::Staged, Strategy::Manual, Strategy::Rolling, Strategy::AllAtOnce];
    assert_eq!(strategies, expected.map(Some));
    assert_eq!(lines(&told[0]), ["10 500@10 ? approval@10", "10 10000@10 ? ?"]);
    assert_eq!(told[1].facts.rollout.as_ref().unwrap().stages, None);
    assert_eq!(
        (lines(&told[2]), lines(&told[3])),
        (vec!["29 10000@29 ? ?".into()], vec!["36 10000@36 ? ?".into()])
    );
    let unsaid = WORKLOADS.replacen("  replicas: 20\n", "", 1);
    assert_eq!(recognise("w.yaml", unsaid.as_bytes())[0].facts.rollout.as_ref().unwrap().stages, None);
}

#[test]
fn an_application_set_reaches_the_places_its_list_names() {
    let statement = one("set.yaml", APPLICATION_SET);
    assert_eq!(strategy(&statement), Some(Strategy::Staged));
    assert_eq!(targets(&statement), [vec!["canary-eu"], vec!["prod-eu", "prod-us"], vec!["prod-cn"]]);
    assert_eq!(lines(&statement), ["17 ? 0s@17 health@17", "19 ? 0s@19 approval@24", "22 ? 0s@22 health@22"]);
    let places = statement.facts.targets.as_ref().unwrap();
    assert_eq!((places.len(), places[3].region.as_deref()), (4, Some("cn-hangzhou")));
    assert_eq!(statement.sources.find(&Pointer::new("/targets/3")).unwrap().value.line, 12);
}

#[test]
fn an_application_set_whose_places_are_found_elsewhere_does_not_name_them() {
    let clusters = APPLICATION_SET.replace("    - list:\n", "    - clusters: {}\n    - list:\n");
    let statement = one("set.yaml", &clusters);
    assert_eq!(
        (statement.facts.targets.is_none(), targets(&statement)),
        (true, vec![Vec::<String>::new(); 3])
    );
    let pipeline = APPLICATION_SET.replace("wave: '{{.wave}}'", "wave: '{{ .wave | lower }}'");
    assert_eq!(targets(&one("set.yaml", &pipeline)), vec![Vec::<String>::new(); 3]);
    let at_once = APPLICATION_SET.replace("RollingSync", "AllAtOnce");
    let at_once = one("set.yaml", &at_once);
    assert_eq!((strategy(&at_once), lines(&at_once).len()), (Some(Strategy::AllAtOnce), 1));
}

#[test]
fn a_spinnaker_pipeline_is_read_in_the_order_of_its_references() {
    let statement = one("p.json", SPINNAKER);
    assert_eq!(targets(&statement), [vec!["eu-west-1"], vec!["us-east-1", "ap-northeast-1"]]);
    assert_eq!(lines(&statement), ["6 ? 5400s@6 analysis@10", "16 10000@16 ? ?"]);
}

#[test]
fn what_a_spinnaker_pipeline_may_pass_over_is_no_gate() {
    let passed = SPINNAKER.replace("\"name\": \"Analysis\",", "\"failPipeline\": false,");
    assert_eq!(lines(&one("p.json", &passed))[0], "6 ? 600s@6 approval@15");
    let conditional =
        passed.replace("\"name\": \"Go on?\"", "\"stageEnabled\": { \"type\": \"expression\" }");
    assert_eq!(lines(&one("p.json", &conditional))[0], "6 ? 600s@6 none@6");
    // A wait that begins with the pipeline is no wait after the canary.
    let early = SPINNAKER.replace(
        "\"refId\": \"3\", \"requisiteStageRefIds\": [\"2\"]",
        "\"refId\": \"3\", \"requisiteStageRefIds\": [\"1\"]",
    );
    assert_eq!(lines(&one("p.json", &early))[0], "6 ? 600s@6 approval@15");
    let circle = SPINNAKER.replace(
        "\"refId\": \"1\", \"requisiteStageRefIds\": []",
        "\"refId\": \"1\", \"requisiteStageRefIds\": [\"6\"]",
    );
    assert_eq!(one("p.json", &circle).facts.rollout.unwrap().stages, None);
    assert!(recognise("p.json", br#"{"stages": [{"name": "a"}]}"#).is_empty());
}

#[test]
fn gitlab_production_jobs_follow_each_other() {
    let statement = one("ci/deploy.gitlab-ci.yml", GITLAB);
    assert_eq!(targets(&statement), [vec!["eu-west-1"], vec!["us-east-1", "china"]]);
    assert_eq!(lines(&statement), ["12 ? 1800s@21 ?", "17 10000@17 ? ?"]);
    let manual = GITLAB.replace("when: delayed", "rules: [{when: manual}]");
    assert_eq!(lines(&one(".gitlab-ci.yml", &manual))[0], "12 ? ? approval@20");
}

#[test]
fn gitlab_jobs_that_do_not_wait_for_each_other_are_no_plan() {
    let optional = GITLAB.replace("  stage: canary\n", "  stage: canary\n  when: manual\n");
    assert!(recognise(".gitlab-ci.yml", optional.as_bytes()).is_empty());
    let blocking =
        GITLAB.replace("  stage: canary\n", "  stage: canary\n  when: manual\n  allow_failure: false\n");
    assert_eq!(recognise(".gitlab-ci.yml", blocking.as_bytes()).len(), 1);
    let parallel = GITLAB.replace("  stage: production\n", "  stage: production\n  needs: []\n");
    assert!(recognise(".gitlab-ci.yml", parallel.as_bytes()).is_empty());
    let included = format!("{GITLAB}\ninclude: /more.yml\n");
    assert!(recognise(".gitlab-ci.yml", included.as_bytes()).is_empty());
    let variable = GITLAB.replace("name: review/", "name: $PLACE/").replace(", action: stop", "");
    assert!(recognise(".gitlab-ci.yml", variable.as_bytes()).is_empty());
    let elsewhere = GITLAB.replace("  script: make", "  trigger: shop/other");
    assert!(recognise(".gitlab-ci.yml", elsewhere.as_bytes()).is_empty());
    let single = "deploy:\n  stage: deploy\n  environment: production\n";
    assert!(recognise(".gitlab-ci.yml", single.as_bytes()).is_empty());
    assert!(recognise("values.yml", GITLAB.as_bytes()).is_empty());
}

#[test]
fn the_timed_rollout_of_auto_devops_is_known() {
    let text =
        "include:\n  template: Auto-DevOps.gitlab-ci.yml\nvariables:\n  INCREMENTAL_ROLLOUT_MODE: timed\n";
    assert_eq!(
        lines(&one(".gitlab-ci.yml", text)),
        ["4 1000@4 300s@4 none@4", "4 2500@4 300s@4 none@4", "4 5000@4 300s@4 none@4", "4 10000@4 ? ?"]
    );
    assert!(recognise(".gitlab-ci.yml", text.replace("timed", "manual").as_bytes()).is_empty());
}

#[test]
fn a_github_matrix_that_runs_one_by_one_is_stages() {
    let statement = one(GITHUB_PATH, GITHUB);
    assert_eq!(targets(&statement), [["prod-canary"], ["prod-eu"], ["prod-us"]]);
    assert_eq!(lines(&statement), ["6 ? ? ?", "11 ? ? ?", "11 10000@11 ? ?"]);
    let parallel = GITHUB.replace("max-parallel: 1", "max-parallel: 2");
    assert!(recognise(GITHUB_PATH, parallel.as_bytes()).is_empty());
    let staging = GITHUB.replace("prod-canary", "staging").replace(", prod-us", "");
    assert!(recognise(GITHUB_PATH, staging.as_bytes()).is_empty());
    assert!(recognise("jobs.yml", GITHUB.as_bytes()).is_empty());
    let elsewhere = GITHUB.replace("  build:\n", "  build:\n    uses: ./.github/workflows/other.yml\n");
    assert!(recognise(GITHUB_PATH, elsewhere.as_bytes()).is_empty());
}

#[test]
fn what_is_no_plan_or_cannot_be_read_gives_none_and_is_refused_by_name() {
    for (path, text) in [
        ("values.yaml", "replicas: 3\nstages: [a, b]\n"),
        ("notes.txt", ARGO),
        ("rollout.yaml", "spec: {{ toYaml .Values.spec }}\n  a: [\n"),
        ("broken.json", "{"),
        ("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {kind: Rollout}\n"),
        (
            "other.yaml",
            "apiVersion: example.org/v1\nkind: Rollout\nspec: {strategy: {canary: {}}, selector: {}}\n",
        ),
        ("empty.yaml", ""),
    ] {
        assert!(recognise(path, text.as_bytes()).is_empty(), "{path}");
        let error = read(path, text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("\nhelp: "), "{error}");
    }
    assert_eq!(read("argo.yaml", ARGO.as_bytes()).unwrap().len(), 1);
}

#[test]
fn more_plans_or_stages_than_are_told_are_unknown_and_not_lost() {
    let many: String = (1..=70)
        .map(|weight| {
            let head = "---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\n";
            format!("{head}spec: {{strategy: {{canary: {{steps: [{{setWeight: {weight}}}]}}}}}}\n")
        })
        .collect();
    let told = recognise("a.yaml", many.as_bytes());
    let last = told.last().unwrap();
    assert_eq!((told.len(), last.doubts.len()), (65, 1));
    assert_eq!(last.facts.rollout.as_ref().unwrap().stages, None);
    let same = "---\napiVersion: apps/v1\nkind: Deployment\nspec: {selector: {}}\n".repeat(500);
    assert_eq!(recognise("a.yaml", same.as_bytes()).len(), 1);
    let long = canary(&"      - setWeight: 1\n".repeat(5000));
    assert_eq!(long.facts.rollout.unwrap().stages, None);
}

#[test]
fn jobs_that_extend_each_other_in_circles_end() {
    let mut text =
        String::from(".a: {extends: [.a, .b, .c]}\n.b: {extends: [.c, .a]}\n.c: {extends: [.b, .a]}\n");
    for index in 0..200 {
        text.push_str(&format!(".h{index}: {{extends: [.h{}, .h{}]}}\n", index + 1, index + 2));
    }
    text.push_str("job: {extends: [.a, .h0], environment: production}\n");
    assert!(recognise(".gitlab-ci.yml", text.as_bytes()).is_empty());
}
