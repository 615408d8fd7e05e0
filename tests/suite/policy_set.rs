//! What a team can configure, and that a slip in it is an error at its line and never a milder gate.

use anyhow::{Context as _, Result, ensure};
use interlock::{Binding, Gate, Mode, Waiver, When};
use interlock_model::{
    Basis, Catalog, CatalogService, ChangeDocument, ChangeKind, Digest, FactOrigin, Fault, Instant,
    JudgedFinding, NotJudged, OnError, Phase, PolicyReport, Report, ReportedOutcome, Verdict, WaiverScope,
    WaiverState,
};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;

use crate::support::{
    Test, builder_of, gate_of, policy_id, question, read, root, stock_binding, stock_bindings, stock_gate,
    trials_of,
};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("mode-warn-lowers-a-block", mode_warn_lowers_a_block),
        ("mode-shadow-never-counts", mode_shadow_never_counts),
        ("a-broken-module-hides-no-finding", a_broken_module_hides_no_finding),
        ("when-leaves-out-only-what-is-said", when_leaves_out_only_what_is_said),
        ("nobody-asked-is-no-evidence", nobody_asked_is_no_evidence),
        ("the-catalog-has-the-last-word", the_catalog_has_the_last_word),
        ("a-waived-block-is-a-warn", a_waived_block_is_a_warn),
        ("a-waiver-covers-nothing-else", a_waiver_covers_nothing_else),
        ("a-waiver-believes-what-was-resolved", a_waiver_believes_what_was_resolved),
        ("a-waiver-for-no-rule-is-an-error", a_waiver_for_no_rule_is_an_error),
        ("a-waiver-never-covers-an-error", a_waiver_never_covers_an_error),
        ("everything-is-in-the-digest", everything_is_in_the_digest),
        ("a-pool-answers-the-same", a_pool_answers_the_same),
        ("the-starter-is-the-default", the_starter_is_the_default),
        ("the-readme-s-set-reads", the_readme_s_set_reads),
        ("a-file-with-two-meanings-is-told", a_file_with_two_meanings_is_told),
        ("a-year-without-holidays-is-told", a_year_without_holidays_is_told),
    ];
    let mut trials = trials_of("policy-set", tests);
    trials.extend(typos().into_iter().map(|typo| {
        Trial::test(format!("policy-set/typo/{}", typo.case), move || {
            typo.run().map_err(|error| Failed::from(format!("{error:#}")))
        })
    }));
    trials
}

fn replay() -> Result<ChangeDocument> {
    read(&root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))
}

/// Half an hour before it was to start.
fn that_sunday() -> Instant {
    "2023-11-12T09:14Z".parse().expect("a time")
}

fn ask(gate: &Gate, document: &ChangeDocument) -> Report {
    gate.check(document, &question(Phase::Deploy, that_sunday()))
}

fn policy<'r>(report: &'r Report, id: &str) -> Result<&'r PolicyReport> {
    let found = report.policies.iter().find(|policy| policy.id.as_str() == id);
    found.with_context(|| format!("`{id}` is in the report"))
}

fn findings<'r>(report: &'r Report, id: &str) -> Result<&'r [JudgedFinding]> {
    match &policy(report, id)?.outcome {
        ReportedOutcome::Findings(found) => Ok(found),
        other @ (ReportedOutcome::Broken(_) | ReportedOutcome::NotSelected { .. }) => {
            anyhow::bail!("it judged: {other:?}")
        }
    }
}

fn mode_warn_lowers_a_block() -> Result<()> {
    let report = ask(&gate_of([stock_binding("change-window", vec![])?.mode(Mode::Warn)])?, &replay()?);
    ensure!(report.decision.verdict == Verdict::Warn, "{:?}", report.decision);
    let found = &findings(&report, "change-window")?[0];
    ensure!((found.asked, found.verdict) == (Verdict::Block, Verdict::Warn), "{found:?}");
    let broken = Binding::new(policy_id("broken"), b"no module".as_slice()).mode(Mode::Warn);
    let report = ask(&gate_of([broken])?, &replay()?);
    ensure!(report.decision.verdict == Verdict::Warn, "an error, too: {:?}", report.decision);
    Ok(())
}

fn mode_shadow_never_counts() -> Result<()> {
    let report = ask(&gate_of([stock_binding("change-window", vec![])?.mode(Mode::Shadow)])?, &replay()?);
    ensure!(report.decision.verdict == Verdict::Allow, "{:?}", report.decision);
    ensure!(findings(&report, "change-window")?[0].asked == Verdict::Block, "and it is recorded");
    ensure!(report.not_judged.contains(&NotJudged::Shadow(policy_id("change-window"))), "and said");
    let broken = Binding::new(policy_id("broken"), b"no module".as_slice()).mode(Mode::Shadow);
    let shadowed = stock_binding("change-window", vec![])?.mode(Mode::Shadow);
    let with_broken = ask(&gate_of([shadowed, broken])?, &replay()?);
    ensure!(with_broken.decision.verdict == Verdict::Allow, "nor does an error: {:?}", with_broken.decision);
    ensure!(with_broken.not_judged.contains(&NotJudged::Policy(policy_id("broken"))), "and it is said");
    Ok(())
}

/// Bytes that are no policy: the others judge as they did, and it weighs what its binding says.
fn a_broken_module_hides_no_finding() -> Result<()> {
    let alone = ask(stock_gate(), &replay()?);
    let importing = crate::guests::named("g20-wasi-preview1")
        .and_then(|guest| guest.component())
        .unwrap_or_else(|_| b"\0asm\x0d\0\x01\0".to_vec());
    for bytes in [b"no module".to_vec(), Vec::new(), importing] {
        let mut bindings = stock_bindings();
        bindings.push(Binding::new(policy_id("a-broken-one"), bytes));
        let gate = gate_of(bindings)?;
        let with = ask(&gate, &replay()?);
        for before in &alone.policies {
            ensure!(policy(&with, before.id.as_str())? == before, "`{}` says what it said", before.id);
        }
        let outcome = &policy(&with, "a-broken-one")?.outcome;
        ensure!(matches!(outcome, ReportedOutcome::Broken(Fault::Load { .. })), "{outcome:?}");
        ensure!(policy(&with, "a-broken-one")?.verdict == Verdict::Block && gate.broken().count() == 1);
    }
    let broken = || Binding::new(policy_id("a-broken-one"), b"no module".as_slice());
    let fixed = read(&root().join("tests/incidents/2023-11-12-alibaba/fixed.yaml"))?;
    let verdict = |binding: Binding| -> Result<Verdict> {
        Ok(ask(&gate_of([stock_binding("tested-scope", vec![])?, binding])?, &fixed).decision.verdict)
    };
    ensure!(
        verdict(broken())? == Verdict::Block && verdict(broken().on_error(OnError::Warn))? == Verdict::Warn
    );
    Ok(())
}

fn texts(texts: &[&str]) -> Option<Vec<String>> {
    Some(texts.iter().map(ToString::to_string).collect())
}

fn tiers(numbers: &[u8]) -> Option<Vec<interlock_model::Tier>> {
    numbers.iter().map(|number| (*number).try_into().ok()).collect()
}

/// Each selector in turn: one that matches, one that does not, and a change that does not say.
fn when_leaves_out_only_what_is_said() -> Result<()> {
    type Forget = fn(&mut interlock_model::Change);
    let nothing: Forget = |_| {};
    let table: &[(&str, When, Forget, bool)] = &[
        ("the kind", When { kinds: Some(vec![ChangeKind::Config]), ..When::default() }, nothing, true),
        ("another kind", When { kinds: Some(vec![ChangeKind::Code]), ..When::default() }, nothing, false),
        ("the tier", When { tiers: tiers(&[0]), ..When::default() }, nothing, true),
        ("another tier", When { tiers: tiers(&[1, 2, 3]), ..When::default() }, nothing, false),
        ("no tier said", When { tiers: tiers(&[1, 2]), ..When::default() }, |it| it.services = None, true),
        (
            "no service said is tier 0",
            When { tiers: tiers(&[0]), ..When::default() },
            |it| it.services.iter_mut().flatten().for_each(|service| service.tier = None),
            true,
        ),
        ("the service", When { services: texts(&["object-*"]), ..When::default() }, nothing, true),
        ("another service", When { services: texts(&["checkout"]), ..When::default() }, nothing, false),
        (
            "no services",
            When { services: texts(&["checkout"]), ..When::default() },
            |it| it.services = Some(vec![]),
            true,
        ),
        ("no environment said", When { environments: texts(&["staging"]), ..When::default() }, nothing, true),
        (
            "another environment",
            When { environments: texts(&["staging"]), ..When::default() },
            |it| it.environment = environment(Some("production"), None),
            false,
        ),
        (
            "declared here, resolved there",
            When { environments: texts(&["prod*"]), ..When::default() },
            |it| it.environment = environment(Some("staging"), Some("production")),
            true,
        ),
        ("no path said", When { paths: texts(&["db/**"]), ..When::default() }, nothing, true),
        (
            "another path",
            When { paths: texts(&["db/**"]), ..When::default() },
            |it| it.files = Some(vec![]),
            false,
        ),
        (
            "a tier that nobody says",
            When { tiers: tiers(&[1, 2]), ..When::default() },
            |it| it.services.iter_mut().flatten().for_each(|service| service.tier = None),
            true,
        ),
        (
            "an artefact and no word of files",
            When { paths: texts(&["db/**"]), ..When::default() },
            |it| {
                it.files = None;
                it.artifacts = Some(vec![artifact("site/index.html")]);
            },
            true,
        ),
        (
            "files that were left out",
            When { paths: texts(&["db/**"]), ..When::default() },
            |it| {
                it.files = Some(vec![]);
                it.omitted_files = 1;
            },
            true,
        ),
        (
            "one that matches and one that does not",
            When { kinds: Some(vec![ChangeKind::Config]), tiers: tiers(&[3]), ..When::default() },
            nothing,
            false,
        ),
    ];
    for (name, when, forget, asked) in table {
        let mut document = replay()?;
        forget(&mut document.change);
        let gate = gate_of([
            stock_binding("change-window", vec![])?.when(when.clone()),
            stock_binding("staged-rollout", vec![])?,
        ])?;
        let report = ask(&gate, &document);
        let outcome = &policy(&report, "change-window")?.outcome;
        let was_asked = !matches!(outcome, ReportedOutcome::NotSelected { .. });
        ensure!(was_asked == *asked, "{name}: {outcome:?}");
    }
    Ok(())
}

fn artifact(path: &str) -> interlock_model::Artifact {
    interlock_model::Artifact {
        path: path.into(),
        generated_by: None,
        size_before_kib: None,
        size_after_kib: None,
        rows_before: None,
        rows_after: None,
        digest: None,
    }
}

fn environment(declared: Option<&str>, resolved: Option<&str>) -> Option<interlock_model::Environment> {
    let (declared, resolved) = (declared.map(Into::into), resolved.map(Into::into));
    Some(interlock_model::Environment { declared, resolved })
}

fn nobody_asked_is_no_evidence() -> Result<()> {
    let when = When { kinds: Some(vec![ChangeKind::Code]), ..When::default() };
    let report = ask(&gate_of([stock_binding("change-window", vec![])?.when(when)])?, &replay()?);
    ensure!(
        report.decision.verdict == Verdict::Block && report.decision.basis == Basis::NoEvidence,
        "{report:?}"
    );
    Ok(())
}

fn catalog(tier: Option<u8>) -> Catalog {
    let tier = tier.and_then(|tier| tier.try_into().ok());
    let service =
        CatalogService { tier, owner: Some("storage".into()), dependents: Some(40), depends_on: None };
    Catalog { services: [("object-storage-auth".to_owned(), service)].into() }
}

fn the_catalog_has_the_last_word() -> Result<()> {
    let gate = |catalog: Catalog| -> Result<Gate> {
        Ok(builder_of([stock_binding("change-window", vec![])?]).catalog(catalog).build()?)
    };
    let claiming = |tier: u8| -> Result<ChangeDocument> {
        let mut document = replay()?;
        for service in document.change.services.iter_mut().flatten() {
            service.tier = tier.try_into().ok();
        }
        Ok(document)
    };
    let verdict = |catalog, claimed| -> Result<Verdict> {
        Ok(ask(&gate(catalog)?, &claiming(claimed)?).decision.verdict)
    };
    ensure!(verdict(catalog(Some(0)), 3)? == Verdict::Block, "a claim does not lower the catalog's tier");
    ensure!(verdict(catalog(Some(3)), 0)? == Verdict::Warn, "and does not raise it");
    ensure!(
        verdict(catalog(None), 3)? == Verdict::Warn,
        "what the catalog has not classified keeps its claim"
    );
    let unknown = ask(&gate(Catalog::default())?, &claiming(3)?);
    ensure!(unknown.decision.verdict == Verdict::Block, "a name that no catalog knows is tier 0");
    let own = findings(&unknown, interlock::HOST)?;
    ensure!(own[0].rule == "unknown-service" && own[0].places[0].pointer.as_str() == "/services/0/name");
    let classified = ask(&gate(catalog(Some(0)))?, &claiming(0)?);
    ensure!(!classified.not_judged.contains(&NotJudged::Catalog), "the tier is nobody's claim any more");
    ensure!(FactOrigin::Claimed != FactOrigin::Catalogued);
    Ok(())
}

fn waiver(scope: WaiverScope) -> Waiver {
    Waiver {
        policy: policy_id("change-window"),
        rule: "weekend".into(),
        scope,
        reason: "the vendor moves on this Sunday only".into(),
        by: "head of operations".into(),
        from: "2023-11-12T00:00Z".parse().expect("a time"),
        until: "2023-11-12T09:44Z".parse().expect("a time"),
    }
}

fn this_service() -> WaiverScope {
    WaiverScope { services: texts(&["object-storage-auth"]), ..WaiverScope::default() }
}

fn waived(waivers: Vec<Waiver>, at: &str) -> Result<Report> {
    let gate = builder_of([stock_binding("change-window", vec![])?]).waivers(waivers).build()?;
    Ok(gate.check(&replay()?, &question(Phase::Deploy, at.parse().context("a time")?)))
}

fn a_waived_block_is_a_warn() -> Result<()> {
    let report = waived(vec![waiver(this_service())], "2023-11-12T09:14Z")?;
    ensure!(report.decision.verdict == Verdict::Warn, "{:?}", report.decision);
    let found = &findings(&report, "change-window")?[0];
    ensure!(found.asked == Verdict::Block && found.waived.is_some(), "{found:?}");
    ensure!(report.waivers.len() == 1 && report.waivers[0].state == WaiverState::Used);
    ensure!(
        report.valid_until.to_string() == "2023-11-12T09:44Z",
        "it ends with its waiver: {}",
        report.valid_until
    );
    Ok(())
}

fn a_waiver_covers_nothing_else() -> Result<()> {
    let digest = replay()?.digest;
    let other = Digest::try_from(format!("sha256:{}", "0".repeat(64))).expect("a digest");
    let scope = |change: Option<Digest>, services: Option<Vec<String>>, environments| WaiverScope {
        change,
        services,
        environments,
        files: None,
    };
    for (name, it, at, state) in [
        (
            "this document",
            waiver(scope(Some(digest.clone()), None, None)),
            "2023-11-12T09:14Z",
            Some(WaiverState::Used),
        ),
        (
            "another document",
            waiver(scope(Some(other.clone()), None, None)),
            "2023-11-12T09:14Z",
            Some(WaiverState::OutOfScope),
        ),
        (
            "files that are not there",
            waiver(WaiverScope { files: Some(other), ..scope(Some(digest.clone()), None, None) }),
            "2023-11-12T09:14Z",
            Some(WaiverState::OutOfScope),
        ),
        (
            "another service",
            waiver(scope(None, texts(&["checkout"]), None)),
            "2023-11-12T09:14Z",
            Some(WaiverState::OutOfScope),
        ),
        (
            "an environment that is not said",
            waiver(scope(None, None, texts(&["production"]))),
            "2023-11-12T09:14Z",
            Some(WaiverState::OutOfScope),
        ),
        (
            "one of two",
            waiver(scope(Some(digest), texts(&["checkout"]), None)),
            "2023-11-12T09:14Z",
            Some(WaiverState::OutOfScope),
        ),
        ("nothing named", waiver(WaiverScope::default()), "2023-11-12T09:14Z", Some(WaiverState::OutOfScope)),
        ("its last minute", waiver(this_service()), "2023-11-12T09:43Z", Some(WaiverState::Used)),
        ("the minute after", waiver(this_service()), "2023-11-12T09:44Z", Some(WaiverState::Expired)),
        (
            "the minute before it begins",
            waiver(this_service()),
            "2023-11-11T23:59Z",
            Some(WaiverState::NotYet),
        ),
        (
            "another rule",
            Waiver { rule: "late-friday".into(), ..waiver(this_service()) },
            "2023-11-12T09:14Z",
            None,
        ),
    ] {
        let report = waived(vec![it], at)?;
        let used = state == Some(WaiverState::Used);
        let verdict = if used { Verdict::Warn } else { Verdict::Block };
        ensure!(report.decision.verdict == verdict, "{name}: {:?}", report.decision);
        ensure!(report.waivers.first().map(|it| it.state) == state, "{name}: {:?}", report.waivers);
        ensure!(findings(&report, "change-window")?[0].waived.is_some() == used, "{name}");
    }
    Ok(())
}

/// Whoever wants the waiver writes what is declared; what is resolved comes from whoever deploys.
fn a_waiver_believes_what_was_resolved() -> Result<()> {
    let staging = WaiverScope { environments: texts(&["staging"]), ..WaiverScope::default() };
    let gate =
        builder_of([stock_binding("change-window", vec![])?]).waivers(vec![waiver(staging)]).build()?;
    for (declared, resolved, verdict) in [
        (None, Some("staging"), Verdict::Warn),
        (Some("staging"), Some("staging"), Verdict::Warn),
        (Some("staging"), None, Verdict::Block),
        (Some("staging"), Some("production"), Verdict::Block),
        (Some("production"), Some("staging"), Verdict::Block),
    ] {
        let mut document = replay()?;
        document.change.environment = environment(declared, resolved);
        let found = ask(&gate, &document).decision.verdict;
        ensure!(found == verdict, "declared {declared:?}, resolved {resolved:?}: {found}");
    }
    Ok(())
}

/// It would cover nothing, and its author believes that it holds.
fn a_waiver_for_no_rule_is_an_error() -> Result<()> {
    for it in [
        Waiver { rule: "weekeend".into(), ..waiver(this_service()) },
        Waiver { policy: policy_id("staged-rollout"), ..waiver(this_service()) },
    ] {
        let error = waived(vec![it], "2023-11-12T09:14Z").err().context("nobody has that rule")?;
        ensure!(error.to_string().contains("waiver 0: there is no rule"), "{error}");
    }
    Ok(())
}

fn a_waiver_never_covers_an_error() -> Result<()> {
    let broken = Binding::new(policy_id("change-window"), b"no module".as_slice());
    let gate =
        builder_of([broken, stock_binding("tested-scope", vec![])?]).waivers(vec![waiver(this_service())]);
    let report = ask(&gate.build()?, &replay()?);
    ensure!(policy(&report, "change-window")?.verdict == Verdict::Block, "it could not judge");
    Ok(())
}

/// Each thing that can change an answer changes the digest.
fn everything_is_in_the_digest() -> Result<()> {
    let base = || -> Result<_> { Ok(builder_of([stock_binding("change-window", vec![])?])) };
    let bound = |edit: fn(Binding) -> Binding| -> Result<_> {
        Ok(builder_of([edit(stock_binding("change-window", vec![])?)]))
    };
    let broken = |bytes: &'static [u8]| builder_of([Binding::new(policy_id("change-window"), bytes)]);
    let calendar = interlock_inputs::read_calendar_file(&root().join("tests/calendars/cn-2026.yaml"))?;
    let calendars = std::sync::Arc::new(interlock_inputs::Calendars::new(vec![calendar])?);
    let digests = [
        base()?.build()?,
        bound(|it| it.mode(Mode::Warn))?.build()?,
        bound(|it| it.mode(Mode::Shadow))?.build()?,
        bound(|it| it.when(When { kinds: Some(vec![]), ..When::default() }))?.build()?,
        bound(|it| it.when(When { kinds: Some(vec![ChangeKind::Data]), ..When::default() }))?.build()?,
        bound(|it| it.when(When { services: texts(&["a"]), ..When::default() }))?.build()?,
        bound(|it| it.when(When { environments: texts(&["a"]), ..When::default() }))?.build()?,
        bound(|it| it.when(When { paths: texts(&["a"]), ..When::default() }))?.build()?,
        bound(|it| it.when(When { paths: texts(&["a", "b"]), ..When::default() }))?.build()?,
        bound(|it| it.when(When { tiers: tiers(&[1]), ..When::default() }))?.build()?,
        base()?.catalog(Catalog::default()).build()?,
        base()?.catalog(catalog(Some(1))).build()?,
        base()?.catalog(catalog(Some(2))).build()?,
        base()?.calendars(calendars).build()?,
        base()?.facts(crate::facts::told(|_| {})).build()?,
        base()?.facts(crate::facts::told(|it| it.age_min_max = 1)).build()?,
        base()?.facts(crate::facts::told(|it| it.told[0].as_of = that_sunday())).build()?,
        base()?.facts(crate::facts::told(|it| it.told[0].open_incidents = None)).build()?,
        base()?.facts(crate::facts::told(|it| it.told[0].past_incidents = Some(vec![]))).build()?,
        base()?.facts(crate::facts::told(|it| it.told[0].error_budget = Some(vec![]))).build()?,
        base()?.waivers(vec![waiver(this_service())]).build()?,
        base()?.waivers(vec![Waiver { reason: "another".into(), ..waiver(this_service()) }]).build()?,
        base()?.waivers(vec![waiver(WaiverScope::default())]).build()?,
        base()?.baseline(crate::baseline::known("weekend", "a")).build()?,
        base()?.baseline(crate::baseline::known("weekend", "b")).build()?,
        base()?.deadline(std::time::Duration::from_secs(9)).build()?,
        broken(b"no module").build()?,
        broken(b"nor this").build()?,
    ]
    .map(|gate| gate.policy_set().clone());
    let mut different = digests.to_vec();
    different.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    different.dedup();
    ensure!(different.len() == digests.len(), "{} of {} differ", different.len(), digests.len());
    ensure!(base()?.build()?.policy_set() == &digests[0], "and nothing else does");
    Ok(())
}

/// Where memory comes from changes no answer, nor what it is said to have cost; and more threads than slots wait.
fn a_pool_answers_the_same() -> Result<()> {
    let alone = ask(stock_gate(), &replay()?);
    for instances in [1, 4] {
        let pool = interlock::Allocation::Pooled { instances };
        let gate = builder_of(stock_bindings()).allocation(pool).build()?;
        std::thread::scope(|scope| -> Result<()> {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| -> Result<bool> {
                        Ok((0..20).all(|_| replay().is_ok_and(|it| ask(&gate, &it) == alone)))
                    })
                })
                .collect();
            for thread in threads {
                ensure!(thread.join().expect("no panic")?, "{instances} slots: another answer");
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Beside whatever policies say of it; and an oddity that was there before is nobody's news.
fn a_file_with_two_meanings_is_told() -> Result<()> {
    for (before, after, told) in [
        ("a: 1\n", "a: yes\n", Some(("ambiguous-file", Verdict::Warn))),
        ("a: 1\n", "a: [\n", Some(("unreadable-file", Verdict::Block))),
        ("a: yes\nb: 1\n", "a: yes\nb: 2\n", None),
    ] {
        let mut document = replay()?;
        let compared =
            interlock_inputs::compare_texts("a.yaml", Some(before.as_bytes()), Some(after.as_bytes()));
        compared.into_document(&mut document).map_err(|error| anyhow::anyhow!("{error}"))?;
        let report = ask(&gate_of([stock_binding("tested-scope", vec![])?])?, &document);
        let Some((rule, verdict)) = told else {
            ensure!(policy(&report, interlock::HOST).is_err(), "{after:?} says nothing new: {report:?}");
            continue;
        };
        let found = findings(&report, interlock::HOST)?;
        ensure!(found[0].rule == rule && found[0].verdict == verdict, "{after:?}: {found:?}");
        let place = &found[0].places[0];
        ensure!(place.span.is_some() && place.path == Some("a.yaml".into()), "{after:?}: {place:?}");
    }
    Ok(())
}

fn a_year_without_holidays_is_told() -> Result<()> {
    let with = |calendar: &str| -> Result<Report> {
        let builder = builder_of([stock_binding("tested-scope", vec![])?]);
        Ok(ask(&crate::support::with_calendars(builder, &[calendar.to_owned()])?.build()?, &replay()?))
    };
    let uncovered = with("tests/calendars/cn-2026.yaml")?;
    let found = findings(&uncovered, interlock::HOST)?;
    ensure!(found[0].rule == "calendar-year" && found[0].verdict == Verdict::Warn, "{found:?}");
    ensure!(
        policy(&with("tests/calendars/cn-2023.yaml")?, interlock::HOST).is_err(),
        "2023 is covered there"
    );
    let silent = NotJudged::CalendarZone("Europe/Berlin".into());
    ensure!(uncovered.not_judged.contains(&silent), "{:?}", uncovered.not_judged);
    Ok(())
}

/// What `interlock init` writes judges as nothing at all does: every stock policy with its defaults, but for those that
/// are there on request, which it names.
fn the_starter_is_the_default() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("interlock-starter-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("interlock.yaml");
    std::fs::write(&path, interlock_inputs::STARTER)?;
    let set = interlock_inputs::read_policy_set(&path)?;
    std::fs::remove_dir_all(&folder)?;
    let mut bound: Vec<&str> = set.policies.iter().map(|policy| policy.id.as_str()).collect();
    bound.sort_unstable();
    let stock: Vec<&str> = interlock_stock::by_default().map(|module| module.id).collect();
    for (id, _) in interlock_stock::ON_REQUEST {
        let example = format!("#   module: stock:{id}\n");
        ensure!(interlock_inputs::STARTER.contains(&example), "starter.yaml has no example of `{id}`");
    }
    ensure!(bound == stock, "{bound:?} are not all stock policies, {stock:?}");
    Ok(())
}

/// What the first page shows is what can be copied.
fn the_readme_s_set_reads() -> Result<()> {
    let page = std::fs::read_to_string(root().join("README.md"))?;
    let mut blocks = page.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next());
    let set = blocks.find(|block| block.starts_with("version: 1")).context("a policy set")?;
    let path = root().join("interlock.yaml");
    let set = interlock_inputs::policy_set_of(&path, set.as_bytes(), &interlock_inputs::read_file)?;
    ensure!(set.policies.len() == 5 && set.waivers.len() == 1 && set.calendars.len() == 1, "{set:?}");
    Ok(())
}

/// One typo in `tests/policy-sets/team.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Typo {
    case: String,
    find: String,
    put: String,
    line_of: Option<String>,
    /// Where it is to be mended, where that is in another file.
    place: Option<String>,
    says: Vec<String>,
}

fn typos() -> Vec<Typo> {
    let text = std::fs::read_to_string(root().join("tests/policy-sets/typos.yaml")).expect("typos");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("typos.yaml: {error}"))
}

impl Typo {
    /// The file lies beside `team.yaml` while it is read, because it names others by relative paths.
    fn run(&self) -> Result<()> {
        let folder = root().join("tests/policy-sets");
        let team = std::fs::read_to_string(folder.join("team.yaml"))?;
        ensure!(team.matches(&self.find).count() == 1, "`{}` has to stand there once", self.find);
        let text = team.replacen(&self.find, &self.put, 1);
        let to_mend = self.line_of.as_deref().unwrap_or_else(|| self.put.trim());
        let line = text.lines().position(|line| line.contains(to_mend)).context("the line to mend")? + 1;
        let scratch = root().join("target/policy-sets");
        std::fs::create_dir_all(&scratch)?;
        let slug: String =
            self.case.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = scratch.join(format!("{slug}.yaml"));
        std::fs::write(
            &path,
            text.replace("../calendars/", "../../tests/calendars/")
                .replace("../policy-sets/", "../../tests/policy-sets/"),
        )?;
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_interlock"))
            .args(["check", "tests/incidents/2023-11-12-alibaba/change-config.yaml", "--policy-set"])
            .arg(&path)
            .current_dir(root())
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.code() == Some(2), "it ended with {:?}: {said}", output.status.code());
        let place = self.place.clone().unwrap_or_else(|| format!("{slug}.yaml:{line}:"));
        ensure!(said.contains(&place), "`{place}` is not in: {said}");
        for part in &self.says {
            ensure!(said.contains(part), "`{part}` is not in: {said}");
        }
        ensure!(said.contains("help: "), "no next step: {said}");
        Ok(())
    }
}
