//! CDEvents (cdevents.dev, specification 0.3 to 0.5): change, service and environment events, alone or as the `data` of a
//! CloudEvents event in structured JSON.
//!
//! A CDEvents event says that something has happened to a subject. It names nobody, so it says nothing of an author or an
//! approval: `change.reviewed` does not tell who reviewed, or how it ended.

use interlock_model::{Artifact, ChangeKind, Digest, Phase, Source};

use super::Event;
use super::body::{Answer, Body, Text, exactly, map, optional_map, optional_prose, optional_text, text};
use super::said::Said;
use crate::error::{Problem, ProblemKind, shown};
use crate::payload::foreign::Seen;

/// What an event is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Change,
    Service,
    Environment,
}

/// Versions of the specification whose events have these fields.
const VERSIONS: [&str; 3] = ["0.3.", "0.4.", "0.5."];

/// Reads an event.
pub(super) fn read(body: &Body<'_>) -> Answer<Event> {
    let event = unwrapped(body.root)?;
    let context = map(event, "context")?;
    check_version(context)?;
    let kind = text(context, "type")?;
    let (subject_kind, predicate) = kind_of(kind)?;
    let subject = map(event, "subject")?;
    let id = text(subject, "id")?;
    let mut said = Said::of(body, format!("cdevents/{}", id.text), id.at);
    said.attribute("cdevents-type", Some(kind));
    said.attribute("cdevents-source", optional_text(context, "source")?);
    match (subject_kind, optional_map(subject, "content")?) {
        (Subject::Change, content) => changed(&mut said, content)?,
        (Subject::Service, content) => served(&mut said, id, content)?,
        (Subject::Environment, _) => {
            said.kind(ChangeKind::Infra, kind.at);
            said.environment(id);
        }
    }
    Ok(Event { asked_at: asked_at(subject_kind, predicate), ..said.event() })
}

/// The CDEvents event of a CloudEvents one.
fn unwrapped(root: Seen<'_>) -> Answer<Seen<'_>> {
    if root.get("specversion").is_none() {
        return Ok(root);
    }
    exactly(root, "specversion", "1.0", "give a CloudEvents event of version 1.0 in structured JSON")?;
    let outer = text(root, "type")?;
    let data = map(root, "data")?;
    let inner = text(map(data, "context")?, "type")?;
    if inner.text == outer.text {
        return Ok(data);
    }
    Err(Problem::new(ProblemKind::Value, inner.at.value, format!("type {}", shown(inner.text)))
        .expected(format!("{}, as the event that holds it says", shown(outer.text)))
        .help("give the body as it was sent"))
}

/// `version` until 0.4, `specversion` from 0.5.
fn check_version(context: Seen<'_>) -> Answer<()> {
    let version = match optional_text(context, "specversion")? {
        Some(version) => version,
        None => text(context, "version")?,
    };
    if VERSIONS.iter().any(|known| version.text.starts_with(known)) {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::Value, version.at.value, format!("CDEvents {}", shown(version.text)))
        .expected("0.3, 0.4 or 0.5")
        .help("send events of one of these versions of the specification"))
}

/// `dev.cdevents.<subject>.<predicate>.<version>`
fn kind_of(kind: Text<'_>) -> Answer<(Subject, &str)> {
    let known = || {
        let (subject, rest) = kind.text.strip_prefix("dev.cdevents.")?.split_once('.')?;
        let (predicate, _) = rest.split_once('.')?;
        match (subject, predicate) {
            ("change", "created" | "updated" | "reviewed" | "merged" | "abandoned") => {
                Some((Subject::Change, predicate))
            }
            ("service", "deployed" | "upgraded" | "rolledback" | "removed" | "published") => {
                Some((Subject::Service, predicate))
            }
            ("environment", "created" | "modified" | "deleted") => Some((Subject::Environment, predicate)),
            _ => None,
        }
    };
    known().ok_or_else(|| {
        Problem::new(ProblemKind::Value, kind.at.value, format!("type {}", shown(kind.text)))
            .expected("a change, service or environment event, like `dev.cdevents.change.created.0.3.0`")
            .help("other events say nothing of a change")
    })
}

/// A change that was merged or given up is asked about no longer, and a service event tells what is done already.
fn asked_at(subject: Subject, predicate: &str) -> Option<Phase> {
    match subject {
        Subject::Change => matches!(predicate, "created" | "updated" | "reviewed").then_some(Phase::Merge),
        Subject::Service | Subject::Environment => None,
    }
}

fn changed(said: &mut Said, content: Option<Seen<'_>>) -> Answer<()> {
    let Some(content) = content else { return Ok(()) };
    said.title(optional_prose(content, "description")?);
    let Some(repository) = optional_map(content, "repository")? else { return Ok(()) };
    let id = text(repository, "id")?;
    let url = optional_text(repository, "url")?;
    said.caller.facts.source = Some(Source {
        system: None,
        url: url.map(|url| url.text.to_owned()),
        repository: Some(id.text.to_owned()),
        base: None,
        head: None,
    });
    said.caller.place("/source", id.at);
    said.caller.place("/source/repository", id.at);
    url.iter().for_each(|url| said.caller.place("/source/url", url.at));
    Ok(())
}

fn served(said: &mut Said, id: Text<'_>, content: Option<Seen<'_>>) -> Answer<()> {
    Said::service(&mut said.caller, id);
    let Some(content) = content else { return Ok(()) };
    if let Some(environment) = optional_map(content, "environment")? {
        said.environment(text(environment, "id")?);
    }
    let Some(artifact) = optional_text(content, "artifactId")? else { return Ok(()) };
    said.caller.facts.artifacts = Some(vec![Artifact {
        path: artifact.text.to_owned(),
        generated_by: None,
        size_before_kib: None,
        size_after_kib: None,
        rows_before: None,
        rows_after: None,
        digest: digest_of(artifact.text),
    }]);
    said.caller.place("/artifacts", artifact.at);
    said.caller.place("/artifacts/0", artifact.at);
    Ok(())
}

/// The digest a package URL has for its version, `pkg:oci/app@sha256%3A...`. Qualifiers and a subpath follow it.
fn digest_of(purl: &str) -> Option<Digest> {
    let (_, version) = purl.rsplit_once('@')?;
    let version = version.split(['?', '#']).next()?;
    let hex = ["sha256%3A", "sha256%3a", "sha256:"].iter().find_map(|prefix| version.strip_prefix(prefix))?;
    Digest::try_from(format!("sha256:{hex}")).ok()
}
