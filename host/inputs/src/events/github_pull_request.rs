//! GitHub's `pull_request` webhook, and `pull_request_review`, which carries the same pull request and one review.
//!
//! A review names the commit it was given for by its SHA-1. That is no digest of what the gate judges, so the approval
//! has none; a review of another commit than the head is no approval at all.

use interlock_model::Phase;

use super::Event;
use super::body::{
    Answer, Body, Text, map, number, optional_flag, optional_instant, optional_map, optional_maps,
    optional_text, text,
};
use super::github::{account, repository, source, typed};
use super::said::Said;
use crate::error::shown;
use crate::payload::foreign::Seen;

/// Reads a pull request.
pub(super) fn read(body: &Body<'_>) -> Answer<Event> {
    text(body.root, "action")?;
    let pull_request = map(body.root, "pull_request")?;
    let repository = repository(body.root)?;
    let (number, at) = number(pull_request, "number")?;
    let mut said = Said::of(body, format!("github/{}#{number}", repository.text), at);
    if let Some(author) = account(pull_request, "user")? {
        said.author(author.login, author.kind);
    }
    said.created(optional_instant(pull_request, "created_at")?);
    let head = revisions(&mut said, pull_request, repository)?;
    said.flag("github-draft", optional_flag(pull_request, "draft")?);
    reviewers(&mut said, pull_request)?;
    typed(&mut said, pull_request)?;
    if let Some(review) = optional_map(body.root, "review")? {
        reviewed(body, &mut said, review, head)?;
    }
    Ok(Event { asked_at: asked_at(pull_request)?, ..said.event() })
}

fn revisions<'f>(said: &mut Said, pull_request: Seen<'f>, repository: Text<'f>) -> Answer<Text<'f>> {
    let (base, head) = (map(pull_request, "base")?, map(pull_request, "head")?);
    let head_sha = text(head, "sha")?;
    let url = optional_text(pull_request, "html_url")?;
    source(said, repository, url, Some(text(base, "sha")?), head_sha);
    said.attribute("github-base-ref", optional_text(base, "ref")?);
    said.attribute("github-head-ref", optional_text(head, "ref")?);
    // A fork: what is merged was written where other people may push. It is null once the fork is gone.
    if let Some(fork) = optional_map(head, "repo")? {
        let name = text(fork, "full_name")?;
        said.attribute("github-fork", Some(name).filter(|name| name.text != repository.text));
    }
    Ok(head_sha)
}

/// Who was asked has not agreed, so they are no approvals.
fn reviewers(said: &mut Said, pull_request: Seen<'_>) -> Answer<()> {
    let Some(asked) = optional_maps(pull_request, "requested_reviewers")? else { return Ok(()) };
    // A team has a slug where a person has a login.
    let logins: Vec<Text<'_>> = asked
        .iter()
        .filter_map(|reviewer| optional_text(*reviewer, "login").transpose())
        .collect::<Answer<_>>()?;
    let names = logins.iter().map(|login| login.text).collect::<Vec<_>>().join(", ");
    if let Some(first) = logins.first() {
        said.attribute("github-requested-reviewers", Some(Text { text: &names, at: first.at }));
    }
    Ok(())
}

fn reviewed(body: &Body<'_>, said: &mut Said, review: Seen<'_>, head: Text<'_>) -> Answer<()> {
    let state = text(review, "state")?;
    said.attribute("github-review-state", Some(state));
    let given = text(body.root, "action")?.text == "submitted" && state.text.eq_ignore_ascii_case("approved");
    let Some(by) = account(review, "user")?.filter(|_| given) else { return Ok(()) };
    let commit = text(review, "commit_id")?;
    if commit.text != head.text {
        let message = format!(
            "an approval of commit {}, expected one of the head {}",
            shown(commit.text),
            shown(head.text)
        );
        said.doubt(body, commit.at, message, "have the head reviewed");
        return Ok(());
    }
    let at = optional_instant(review, "submitted_at")?.map(|(at, _)| at);
    said.approval(by.login, by.kind, at);
    Ok(())
}

/// A pull request that is closed is asked about no longer.
fn asked_at(pull_request: Seen<'_>) -> Answer<Option<Phase>> {
    let state = optional_text(pull_request, "state")?;
    Ok(state.is_none_or(|state| state.text == "open").then_some(Phase::Merge))
}
