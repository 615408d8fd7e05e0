//! Sources into statements: which adapter reads which file. The adapters know their formats, `merge` lays what they say
//! into one change, and the CLI names the files.
//!
//! What is named is read as what it was named as, and refused if it is not that. Among the changed files of a range, plans
//! are found by what is in them: nobody named those, so one that is no plan is no mistake.

use std::path::Path;

use interlock_model::{
    Doubt, DoubtKind, FileChange, FileOp, FileSources, Instant, Phase, Schedule, Side, Span,
};

use crate::error::{InputError, Problem};
use crate::events::{self, EventKind};
use crate::evidence::{self, Vouched};
use crate::file::{FileError, read_at_most};
use crate::payload::Compared;
use crate::payload::foreign::{Foreign, Written};
use crate::plans::config::{ChangedFile, Content, config_outside_canary};
use crate::statement::{Speaker, Statement};
use crate::zone::Zones;
use crate::{plans, schedule, terraform};

/// Bytes of a source that somebody else's program wrote: a plan, an event, a report of tests.
const SOURCE_BYTES_MAX: usize = 8 << 20;

/// What a source is, as its caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A plan by which a change is rolled out.
    Rollout,
    /// `terraform show -json`.
    TerraformPlan,
    /// Results of tests, as JUnit XML or as attestations whose signatures nobody checked.
    Tests,
    /// Attestations whose signatures the caller has checked.
    CheckedTests,
    /// What a deploy system sent.
    Event(EventKind),
}

/// What one source says of a change, and of the question.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What it says of the change.
    pub statements: Vec<Statement>,
    /// Files that differ between two states that it holds.
    pub compared: Option<Compared>,
    /// The point at which it asks. Absent: it does not tell.
    pub asked_at: Option<Phase>,
    /// Stages that are done. Absent: it does not tell.
    pub stages_done: Option<u32>,
    /// That the plan it speaks of is not in it. To be dropped where the plan is given beside it.
    pub plan_not_here: Option<Doubt>,
}

/// The bytes of a source, of at most 8 MiB.
///
/// # Errors
/// As [`read_file`](crate::read_file).
pub fn read_source(path: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(path, SOURCE_BYTES_MAX)
}

/// What a source says that was named as one. `name` is for people.
///
/// # Errors
/// If it is not what it was named as.
pub fn statements_of(kind: SourceKind, name: &str, bytes: &[u8]) -> Result<Gathered, InputError> {
    let said = |statements| Gathered { statements, ..Gathered::default() };
    Ok(match kind {
        SourceKind::Rollout => said(plans::read(name, bytes)?),
        SourceKind::TerraformPlan => said(vec![of_plan(terraform::read(name, bytes)?)]),
        SourceKind::Tests => said(vec![evidence::read(name, bytes, Vouched::No)?]),
        SourceKind::CheckedTests => said(vec![evidence::read(name, bytes, Vouched::ByCaller)?]),
        SourceKind::Event(kind) => {
            let events::Event { statements, compared, asked_at, stages_done, plan_not_here } =
                events::read(name, bytes, kind)?;
            Gathered { statements, compared, asked_at, stages_done, plan_not_here }
        }
    })
}

/// A change that starts when this is asked, by the clocks of a zone: where a cluster follows a branch, merging is deploying.
///
/// # Errors
/// If there is no such zone.
pub fn starting(at: Instant, zone: &str) -> Result<Statement, InputError> {
    let top = Span { start: 0, end: 0, line: 1, column: 1 };
    let refused = |problem: Problem| InputError::new("--starts-now", vec![problem]);
    let clock = Zones::bundled().find(zone, top).map_err(refused)?;
    let mut statement = Statement::new(Speaker::Caller, "--starts-now", "");
    let start = schedule::clock_time(at, &clock);
    statement.facts.schedule = Some(Schedule {
        start,
        end: None,
        zone: Some(zone.to_owned()),
        start_moments: Vec::new(),
        end_moments: Vec::new(),
        projected_end_moments: Vec::new(),
    });
    Ok(statement)
}

/// What the changed files themselves say of their change: how it is rolled out, what it takes away, and whether its
/// configuration goes through the stages of the plan.
pub fn statements_in(compared: &Compared) -> Vec<Statement> {
    let files: Vec<ChangedFile<'_>> = compared.files.iter().map(|file| changed(file, compared)).collect();
    let after: Vec<(&str, &[u8])> =
        files.iter().filter_map(|file| Some((file.path, bytes(file.after)?))).collect();
    let mut statements = plans::recognise_all(&after);
    statements.extend(config_outside_canary(&files));
    let terraform = after.iter().filter(|(path, bytes)| is_terraform_plan(path, bytes));
    statements.extend(terraform.map(|(path, bytes)| match terraform::read(path, bytes) {
        Ok(plan) => of_plan(plan),
        Err(error) => unread(path, &error),
    }));
    statements
}

fn of_plan(plan: terraform::Plan) -> Statement {
    Statement { places: Some(plan.places), ..plan.statement }
}

/// A file that is no JSON at all is told of where it is compared.
fn is_terraform_plan(path: &str, bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(terraform::looks_like_one)
        && Foreign::read(path, bytes, Written::Json).is_ok_and(|foreign| terraform::is_plan(&foreign))
}

/// What a plan takes away that nobody could read, nobody judged.
fn unread(path: &str, error: &InputError) -> Statement {
    let mut statement = Statement::new(Speaker::Tool, path, "");
    statement.doubts.extend(error.problems.iter().map(|problem| Doubt {
        kind: DoubtKind::Unreadable,
        path: path.to_owned(),
        side: Side::After,
        span: problem.span,
        message: problem.message(),
        help: problem.help.clone(),
    }));
    statement
}

fn bytes(content: Content<'_>) -> Option<&[u8]> {
    match content {
        Content::Bytes(bytes) => Some(bytes),
        Content::Absent | Content::Unknown => None,
    }
}

fn changed<'c>(file: &'c FileChange, compared: &'c Compared) -> ChangedFile<'c> {
    let read = compared.payload.files.get(&file.path);
    let side = |pick: fn(&FileSources) -> Option<&interlock_model::Sources>, absent: bool| match read
        .and_then(pick)
    {
        Some(sources) => Content::Bytes(sources.text.as_bytes()),
        None if absent => Content::Absent,
        None => Content::Unknown,
    };
    ChangedFile {
        path: &file.path,
        before: side(|it| it.before.as_ref(), file.op == FileOp::Added),
        after: side(|it| it.after.as_ref(), file.op == FileOp::Removed),
    }
}
