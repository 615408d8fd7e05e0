//! GitHub's `deployment_protection_rule` webhook (a gate is asked before a job may enter an environment) and its
//! `deployment` webhook, which carries the same deployment.
//!
//! The creator of a deployment started it. That is not who wrote what it deploys, so it is an attribute; the author of a
//! pull request is one.

use interlock_model::{Origin, Phase};

use super::Event;
use super::body::{
    Answer, Body, Text, exactly, map, number, optional_flag, optional_map, optional_maps, optional_text, text,
};
use super::github::{account, repository, source, typed};
use super::said::Said;
use crate::error::shown;
use crate::payload::foreign::Seen;

/// Reads a request for review by a custom deployment protection rule.
pub(super) fn protection_rule(body: &Body<'_>) -> Answer<Event> {
    exactly(body.root, "action", "requested", "give the body of a `deployment_protection_rule` webhook")?;
    text(body.root, "deployment_callback_url")?;
    let environment = text(body.root, "environment")?;
    let deployment = map(body.root, "deployment")?;
    let mut said = deployed(body, deployment, environment)?;
    said.attribute("github-event", optional_text(body.root, "event")?);
    pull_requests(&mut said, body.root)?;
    Ok(Event { asked_at: Some(Phase::Deploy), ..said.event() })
}

/// Reads a deployment that was created.
pub(super) fn deployment(body: &Body<'_>) -> Answer<Event> {
    exactly(body.root, "action", "created", "give the body of a `deployment` webhook")?;
    let deployment = map(body.root, "deployment")?;
    let environment = text(deployment, "environment")?;
    let said = deployed(body, deployment, environment)?;
    Ok(Event { asked_at: Some(Phase::Deploy), ..said.event() })
}

fn deployed(body: &Body<'_>, deployment: Seen<'_>, environment: Text<'_>) -> Answer<Said> {
    let repository = repository(body.root)?;
    let (number, at) = number(deployment, "id")?;
    let mut said = Said::of(body, format!("github/{}/deployments/{number}", repository.text), at);
    said.environment(environment);
    other_environment(body, &mut said, deployment, environment)?;
    source(&mut said, repository, None, None, text(deployment, "sha")?);
    said.attribute("github-ref", optional_text(deployment, "ref")?);
    said.attribute("github-task", optional_text(deployment, "task")?);
    said.flag("github-production-environment", optional_flag(deployment, "production_environment")?);
    let creator = account(deployment, "creator")?;
    said.attribute("github-deployment-creator", creator.map(|creator| creator.login));
    Ok(said)
}

/// The rule and the deployment each name an environment.
fn other_environment(body: &Body<'_>, said: &mut Said, deployment: Seen<'_>, asked: Text<'_>) -> Answer<()> {
    let Some(other) = optional_text(deployment, "environment")?.filter(|other| other.text != asked.text)
    else {
        return Ok(());
    };
    let message = format!(
        "the deployment is to {}, and the rule is asked for {}",
        shown(other.text),
        shown(asked.text)
    );
    said.doubt(body, other.at, message, "give the body as it was sent");
    Ok(())
}

/// The pull request whose head is deployed. Of several, none is the change; nor is one with another head.
fn pull_requests(said: &mut Said, root: Seen<'_>) -> Answer<()> {
    let pull_requests = optional_maps(root, "pull_requests")?.unwrap_or_default();
    let [pull_request] = pull_requests.as_slice() else { return Ok(()) };
    let deployed = text(map(root, "deployment")?, "sha")?;
    let head = optional_map(*pull_request, "head")?.map_or(Ok(None), |head| optional_text(head, "sha"))?;
    if head.is_none_or(|head| head.text != deployed.text) {
        return Ok(());
    }
    let (number, at) = number(*pull_request, "number")?;
    said.attribute("github-pull-request", Some(Text { text: &number.to_string(), at }));
    if let Some(author) = account(*pull_request, "user")? {
        said.author(author.login, author.kind);
    }
    base(said, *pull_request)?;
    typed(said, *pull_request)
}

fn base(said: &mut Said, pull_request: Seen<'_>) -> Answer<()> {
    let Some(base) = optional_map(pull_request, "base")? else { return Ok(()) };
    let Some(sha) = optional_text(base, "sha")? else { return Ok(()) };
    if let Some(source) = said.caller.facts.source.as_mut() {
        source.base = Some(sha.text.to_owned());
        let at: Origin = sha.at;
        said.caller.place("/source/base", at);
    }
    Ok(())
}
