//! An execution of a Spinnaker pipeline, as Orca keeps it: alone, as a webhook stage sends `${execution}`, or in
//! `content.execution`, as Echo sends it.
//!
//! Spinnaker states who started the execution, which is not who wrote what it deploys. Its stages are read as far as they
//! name places and judgements; the plan of the rollout is in the pipeline's definition, which is another input.

use interlock_model::{Instant, Phase, Target};

use super::Event;
use super::body::{
    Answer, Body, Text, map, one_of, optional_map, optional_maps, optional_prose, optional_text, text, texts,
    unlike,
};
use super::said::Said;
use crate::payload::foreign::{Form, Seen};

/// Types of stages that reach no place. A webhook may start anything, so it is none of them.
const REACH_NOTHING: [&str; 9] = [
    "bake",
    "bakeManifest",
    "checkPreconditions",
    "evaluateVariables",
    "findImage",
    "findImageFromTags",
    "findArtifactFromExecution",
    "manualJudgment",
    "wait",
];
/// Targets of one execution.
const TARGETS_MAX: usize = 1000;

/// What an execution is of.
#[derive(Clone, Copy)]
enum Sort {
    Pipeline,
    Orchestration,
}

/// Reads an execution.
pub(super) fn read(body: &Body<'_>) -> Answer<Event> {
    let execution = match body.root.get("content") {
        Some(_) => map(map(body.root, "content")?, "execution")?,
        None => body.root,
    };
    let id = text(execution, "id")?;
    let application = text(execution, "application")?;
    let stages =
        optional_maps(execution, "stages")?.ok_or_else(|| unlike(execution, "an execution with `stages`"))?;
    let mut said = Said::of(body, format!("spinnaker/{}/{}", application.text, id.text), id.at);
    Said::service(&mut said.caller, application);
    said.title(headline(execution)?);
    who(&mut said, execution)?;
    // A stage that Spinnaker adds to another is part of it.
    let stages: Vec<Seen<'_>> =
        stages.into_iter().filter(|stage| stage.get("parentStageId").is_none_or(Seen::is_null)).collect();
    targets(&mut said, &stages)?;
    for stage in &stages {
        judged(&mut said, *stage)?;
    }
    Ok(Event { asked_at: asked_at(execution, &stages)?, ..said.event() })
}

/// The pipeline's name, or an orchestration's description.
fn headline(execution: Seen<'_>) -> Answer<Option<Text<'_>>> {
    let sorts = [
        ("PIPELINE", Sort::Pipeline),
        ("pipeline", Sort::Pipeline),
        ("ORCHESTRATION", Sort::Orchestration),
        ("orchestration", Sort::Orchestration),
    ];
    match one_of(text(execution, "type")?, &sorts)? {
        Sort::Pipeline => optional_prose(execution, "name"),
        Sort::Orchestration => optional_prose(execution, "description"),
    }
}

fn who(said: &mut Said, execution: Seen<'_>) -> Answer<()> {
    if let Some(authentication) = optional_map(execution, "authentication")? {
        said.attribute("spinnaker-user", optional_text(authentication, "user")?);
    }
    if let Some(trigger) = optional_map(execution, "trigger")? {
        said.attribute("spinnaker-trigger-user", optional_text(trigger, "user")?);
        said.attribute("spinnaker-trigger-type", optional_text(trigger, "type")?);
    }
    said.attribute("spinnaker-status", optional_text(execution, "status")?);
    Ok(())
}

/// Before the first deploying stage is done it is the deployment that is asked about, after it the next one. Of an
/// execution that has ended nothing is asked.
fn asked_at(execution: Seen<'_>, stages: &[Seen<'_>]) -> Answer<Option<Phase>> {
    let status = optional_text(execution, "status")?;
    if status.is_some_and(|status| !matches!(status.text, "NOT_STARTED" | "RUNNING" | "PAUSED" | "SUSPENDED"))
    {
        return Ok(None);
    }
    for stage in stages {
        let deploys = matches!(text(*stage, "type")?.text, "deploy" | "deployManifest");
        if deploys && has_succeeded(*stage)? {
            return Ok(Some(Phase::Promote));
        }
    }
    Ok(Some(Phase::Deploy))
}

fn has_succeeded(stage: Seen<'_>) -> Answer<bool> {
    Ok(optional_text(stage, "status")?.is_some_and(|status| status.text == "SUCCEEDED"))
}

/// A judgement that a person made to go on.
fn judged(said: &mut Said, stage: Seen<'_>) -> Answer<()> {
    if text(stage, "type")?.text != "manualJudgment" || !has_succeeded(stage)? {
        return Ok(());
    }
    let (context, modified) = (optional_map(stage, "context")?, optional_map(stage, "lastModified")?);
    let Some((context, modified)) = context.zip(modified) else { return Ok(()) };
    let goes_on = optional_text(context, "judgmentStatus")?
        .is_some_and(|status| status.text.eq_ignore_ascii_case("continue"));
    let Some(by) = optional_text(modified, "user")?.filter(|_| goes_on) else { return Ok(()) };
    // Whether it was a person who did it, or somebody's token, is not said.
    said.approval(by, None, modified.get("lastModifiedTime").and_then(epoch_ms));
    Ok(())
}

fn epoch_ms(seen: Seen<'_>) -> Option<Instant> {
    let minutes = seen.integer()?.checked_div(60_000)?;
    i32::try_from(minutes).ok().map(Instant::from_epoch_min)
}

/// All places the stages reach, if each stage tells its own. One that does not leaves all of them unknown.
fn targets(said: &mut Said, stages: &[Seen<'_>]) -> Answer<()> {
    let mut found: Vec<(Target, Seen<'_>)> = Vec::new();
    for stage in stages {
        let Some(mut reached) = targets_of(*stage)? else { return Ok(()) };
        found.append(&mut reached);
    }
    let Some((_, first)) = found.first().filter(|_| found.len() <= TARGETS_MAX) else { return Ok(()) };
    said.caller.place("/targets", first.origin());
    let mut targets: Vec<Target> = Vec::new();
    for (target, seen) in found {
        if !targets.contains(&target) {
            said.caller.place(&format!("/targets/{}", targets.len()), seen.origin());
            targets.push(target);
        }
    }
    said.caller.facts.targets = Some(targets);
    Ok(())
}

/// `None`: it reaches places that it does not tell.
fn targets_of(stage: Seen<'_>) -> Answer<Option<Vec<(Target, Seen<'_>)>>> {
    let kind = text(stage, "type")?;
    if REACH_NOTHING.contains(&kind.text) {
        return Ok(Some(Vec::new()));
    }
    let Some(context) = optional_map(stage, "context")? else { return Ok(None) };
    match kind.text {
        "deploy" => clusters(context),
        "deployManifest" => Ok(manifest(context)),
        _ => Ok(None),
    }
}

fn clusters(context: Seen<'_>) -> Answer<Option<Vec<(Target, Seen<'_>)>>> {
    let Some(clusters) = optional_maps(context, "clusters")?.filter(|clusters| !clusters.is_empty()) else {
        return Ok(None);
    };
    let mut found = Vec::new();
    for cluster in clusters {
        let Some(regions) = optional_map(cluster, "availabilityZones")? else { return Ok(None) };
        if regions.entries().next().is_none() || regions.entries().nth(TARGETS_MAX).is_some() {
            return Ok(None);
        }
        for (region, zones) in regions.entries() {
            if zones.form() != Form::List || !is_written_out(region) {
                return Ok(None);
            }
            found.extend(zones_of(region, zones)?);
        }
    }
    Ok(Some(found))
}

/// A region without zones is all of it.
fn zones_of<'f>(region: &str, zones: Seen<'f>) -> Answer<Vec<(Target, Seen<'f>)>> {
    let target = |zone: Option<&str>| Target {
        region: Some(region.to_owned()),
        zone: zone.filter(|zone| is_written_out(zone)).map(str::to_owned),
        ..nowhere()
    };
    let named = texts(zones)?;
    if named.is_empty() {
        return Ok(vec![(target(None), zones)]);
    }
    Ok(named.iter().zip(zones.items()).map(|(zone, seen)| (target(Some(zone.text)), seen)).collect())
}

/// The account of a Kubernetes provider is a cluster.
fn manifest(context: Seen<'_>) -> Option<Vec<(Target, Seen<'_>)>> {
    let account = context.get("account")?;
    let name = account.text().filter(|name| !name.is_empty() && is_written_out(name))?;
    Some(vec![(Target { cluster: Some(name.to_owned()), ..nowhere() }, account)])
}

/// Whether a text is what it says, not an expression that Spinnaker will evaluate.
fn is_written_out(text: &str) -> bool {
    !text.contains("${")
}

fn nowhere() -> Target {
    Target {
        region: None,
        zone: None,
        cell: None,
        cluster: None,
        site_type: None,
        time_zone: None,
        traffic_bp: None,
        expected_version: None,
        running_version: None,
    }
}
