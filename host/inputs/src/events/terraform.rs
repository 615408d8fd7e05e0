//! The request of an HCP Terraform run task (HashiCorp's "Run Tasks Integration API", payload version 1).
//!
//! It says that a run wants to go on, not what the run does: the plan stands behind an address that is not fetched here.
//! So the event alone leaves a doubt, until the plan is given beside it.

use interlock_model::{ChangeKind, DoubtKind, Origin, Phase, Source};

use super::Event;
use super::body::{Answer, Body, Text, number, one_of, optional_flag, optional_prose, optional_text, text};
use super::said::{Said, doubt};
use crate::error::{Problem, ProblemKind, shown};
use crate::payload::foreign::Seen;

/// Where in a run the task stands.
#[derive(Clone, Copy)]
enum RunStage {
    PrePlan,
    PostPlan,
    PreApply,
    PostApply,
}

/// Reads a request.
pub(super) fn read(body: &Body<'_>) -> Answer<Event> {
    let (stage, stage_at) = checked(body.root)?;
    let run = text(body.root, "run_id")?;
    let mut said = Said::of(body, format!("terraform/{}", run.text), run.at);
    said.kind(ChangeKind::Infra, stage_at);
    said.title(optional_prose(body.root, "run_message")?);
    revisions(&mut said, body.root)?;
    who(&mut said, body.root)?;
    said.attribute("terraform-organization", Some(text(body.root, "organization_name")?));
    said.attribute("terraform-workspace", Some(text(body.root, "workspace_name")?));
    let speculative = optional_flag(body.root, "is_speculative")?;
    said.flag("terraform-speculative", speculative);
    let asked_at = stage.asked_at(speculative.is_some_and(|(speculative, _)| speculative));
    let plan_not_here = Some(plan_not_here(body, stage_at)?);
    Ok(Event { asked_at, plan_not_here, ..said.event() })
}

/// That it is a request of the one version there is, and for a run.
fn checked(root: Seen<'_>) -> Answer<(RunStage, Origin)> {
    let (version, at) = number(root, "payload_version")?;
    if version != 1 {
        let problem = Problem::new(ProblemKind::Value, at.value, format!("payload version {version}"));
        return Err(problem.expected("1").help("this version of the request is not known yet"));
    }
    if let Some(level) =
        optional_text(root, "task_result_enforcement_level")?.filter(|level| level.text == "test")
    {
        let problem = Problem::new(ProblemKind::Value, level.at.value, "a test of the task's address");
        return Err(problem.expected("a run").help("answer 200 to it; it is sent when a run task is set up"));
    }
    let stage = text(root, "stage")?;
    let stages = [
        ("pre_plan", RunStage::PrePlan),
        ("post_plan", RunStage::PostPlan),
        ("pre_apply", RunStage::PreApply),
        ("post_apply", RunStage::PostApply),
    ];
    Ok((one_of(stage, &stages)?, stage.at))
}

impl RunStage {
    /// A speculative run is never applied: it is how a pull request is checked. Before the plan of any other run nobody
    /// can ask for what a deployment needs, and after its apply nothing is left to ask.
    fn asked_at(self, speculative: bool) -> Option<Phase> {
        match (self, speculative) {
            (Self::PrePlan | Self::PostPlan, true) => Some(Phase::Merge),
            (Self::PostPlan, false) | (Self::PreApply, _) => Some(Phase::Deploy),
            (Self::PrePlan, false) | (Self::PostApply, _) => None,
        }
    }
}

/// Whoever creates a run from version control has not written what is in it.
fn who(said: &mut Said, root: Seen<'_>) -> Answer<()> {
    let Some(creator) = optional_text(root, "run_created_by")? else { return Ok(()) };
    said.attribute("terraform-run-created-by", Some(creator));
    if optional_text(root, "vcs_repo_url")?.is_none() {
        said.author(creator, None);
    }
    Ok(())
}

fn revisions(said: &mut Said, root: Seen<'_>) -> Answer<()> {
    let Some(repository) = optional_text(root, "vcs_repo_url")? else { return Ok(()) };
    let commit = optional_text(root, "vcs_commit_url")?;
    let url = optional_text(root, "vcs_pull_request_url")?.or(commit);
    let head = commit.and_then(commit_of);
    let owned = |text: Option<Text<'_>>| text.map(|text| text.text.to_owned());
    said.caller.facts.source = Some(Source {
        system: Some("git".to_owned()),
        url: owned(url),
        repository: repository_of(repository.text).map(str::to_owned),
        base: None,
        head: owned(head),
    });
    said.caller.place("/source", repository.at);
    said.caller.place("/source/repository", repository.at);
    url.iter().for_each(|url| said.caller.place("/source/url", url.at));
    head.iter().for_each(|head| said.caller.place("/source/head", head.at));
    said.attribute("terraform-branch", optional_text(root, "vcs_branch")?);
    Ok(())
}

/// `owner/name` of an address.
fn repository_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let path = path.trim_end_matches('/');
    Some(path.strip_suffix(".git").unwrap_or(path)).filter(|path| !path.is_empty())
}

/// The revision at the end of a commit's address, if it looks like one.
fn commit_of(url: Text<'_>) -> Option<Text<'_>> {
    let (_, last) = url.text.trim_end_matches('/').rsplit_once('/')?;
    let is_hash = matches!(last.len(), 40 | 64) && last.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(Text { text: last, at: url.at })
}

fn plan_not_here(body: &Body<'_>, stage_at: Origin) -> Answer<interlock_model::Doubt> {
    let (at, message) = match optional_text(body.root, "plan_json_api_url")? {
        Some(url) => (url.at, format!("a plan at {}, which is not fetched", shown(url.text))),
        None => (stage_at, "a run without a plan".to_owned()),
    };
    let help = "give the plan's JSON (`terraform show -json`) beside the event";
    Ok(doubt(body, DoubtKind::Unreadable, at, format!("{message}, expected the plan itself"), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_named_without_its_host() {
        for (url, name) in [
            ("https://github.com/hashicorp/terraform-random", Some("hashicorp/terraform-random")),
            ("https://gitlab.example/a/b/c.git", Some("a/b/c")),
            ("https://github.com/", None),
            ("github.com/a/b", None),
        ] {
            assert_eq!(repository_of(url), name, "{url}");
        }
    }
}
