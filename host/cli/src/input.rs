//! From arguments to what is judged: the change, from one document or laid together from several sources, and the question.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow, bail};
use interlock::Gate;
use interlock_inputs::{Compared, Gathered, GitRange, Range, SourceKind, Statement, Syntax};
use interlock_model::{ChangeDocument, Doubt, DoubtKind, Instant, Phase, Progress, Question, Side, Span};
use interlock_outputs::escape::name_for_terminal;

use crate::args::{self, Change, SyntaxName};
use crate::gate;
use crate::shelf::Shelf;

/// Where a repository's change says of itself what its files do not: read from the head, because it is the author's word.
const METADATA: &str = ".interlock/change.yaml";

/// A change as it was given, and what came with it.
pub(crate) struct Given {
    pub(crate) document: ChangeDocument,
    /// The range it is of, for whoever has to read from its base.
    range: Option<GitRange>,
    /// What an event says of the question.
    hint: Hint,
    /// For which time it is judged.
    at: Instant,
}

/// What an event says of the question.
#[derive(Default)]
struct Hint {
    asked_at: Option<Phase>,
    stages_done: Option<u32>,
    /// What an event speaks of and does not hold.
    doubts: Vec<Doubt>,
}

/// The change that the arguments name.
pub(crate) fn given(arguments: &Change, at: Option<Instant>) -> anyhow::Result<Given> {
    let at = at.map_or_else(now, Ok)?;
    if !names_a_change(arguments) {
        bail!(
            "no change is named\nhelp: name a change document, a range with `--base main`, or what a deploy system sent with \
             `--event`"
        );
    }
    let range = arguments
        .base
        .as_deref()
        .map(|base| GitRange::open(&arguments.repository, base, Some(&arguments.head)));
    let range = range.transpose()?;
    let mut compared = match &range {
        Some(range) => Some(range.compare()?),
        None => compared(arguments)?,
    };
    let said_by_files: Vec<Statement> = compared.iter().flat_map(interlock_inputs::statements_in).collect();
    // One document with nothing to lay beside it is judged as it is, byte for byte.
    if said_by_files.is_empty() && is_one_document(arguments) {
        let document = document(arguments, compared)?;
        return Ok(Given { document, range: None, hint: Hint::default(), at });
    }
    let name = range.as_ref().map_or_else(|| first_name(arguments), GitRange::name);
    let mut hint = Hint::default();
    let mut statements: Vec<Statement> = metadata(arguments, range.as_ref())?.into_iter().collect();
    statements.extend(said_by_files);
    for (kind, path) in named(arguments) {
        let bytes = interlock_inputs::read_source(path)?;
        let said = interlock_inputs::statements_of(kind, &path.to_string_lossy(), &bytes)?;
        let Gathered { statements: said, compared: held, asked_at, stages_done, plan_not_here } = said;
        hint.take(asked_at, stages_done)?;
        hint.doubts.extend(plan_not_here.filter(|_| arguments.terraform_plan.is_empty()));
        statements.extend(said);
        compared = only_one(compared, held)?;
    }
    if let Some(zone) = &arguments.starts_now {
        statements.push(interlock_inputs::starting(at, zone)?);
    }
    if let Some(range) = &range {
        statements.extend(range.statements(&statements)?);
    }
    hint.doubts.extend(
        compared.as_ref().filter(|compared| compared.files.is_empty()).map(|_| nothing_changed(&name)),
    );
    let mut document = interlock_inputs::merge(Range { name: &name, compared }, statements)?;
    document.payload.doubts.append(&mut hint.doubts);
    Ok(Given { document, range, hint, at })
}

/// Of two sets of changed files, nobody could say which one was judged.
fn only_one(known: Option<Compared>, held: Option<Compared>) -> anyhow::Result<Option<Compared>> {
    match (known, held) {
        (Some(_), Some(_)) => bail!(
            "changed files from two sources, expected one\nhelp: name the range, the two states or the event, and ask about \
             the others by themselves"
        ),
        (known, held) => Ok(known.or(held)),
    }
}

/// Tests and a start speak of a change, and are none.
fn names_a_change(arguments: &Change) -> bool {
    let Change { change, base, before, rollout, terraform_plan, event, .. } = arguments;
    let named = [change.is_some(), base.is_some(), before.is_some()];
    named.contains(&true) || !(rollout.is_empty() && terraform_plan.is_empty() && event.is_empty())
}

/// Whether a document is all that is named, but for the files it is about.
fn is_one_document(arguments: &Change) -> bool {
    arguments.change.is_some()
        && arguments.base.is_none()
        && arguments.starts_now.is_none()
        && named(arguments).is_empty()
}

/// Every source beside the range and the document.
fn named(arguments: &Change) -> Vec<(SourceKind, &Path)> {
    let Change { rollout, terraform_plan, tests, checked_tests, event, .. } = arguments;
    let files = [
        (SourceKind::Rollout, rollout),
        (SourceKind::TerraformPlan, terraform_plan),
        (SourceKind::Tests, tests),
        (SourceKind::CheckedTests, checked_tests),
    ];
    let files =
        files.into_iter().flat_map(|(kind, paths)| paths.iter().map(move |path| (kind, path.as_path())));
    files.chain(event.iter().map(|event| (SourceKind::Event(event.kind), event.file.as_path()))).collect()
}

/// A change that has no other name is called by its first source.
fn first_name(arguments: &Change) -> String {
    let first = arguments.change.as_deref().or_else(|| named(arguments).first().map(|(_, path)| *path));
    first.unwrap_or(Path::new("change")).to_string_lossy().into_owned()
}

fn compared(arguments: &Change) -> anyhow::Result<Option<Compared>> {
    match (&arguments.before, &arguments.after) {
        (Some(before), Some(after)) => Ok(Some(interlock_inputs::compare(before, after)?)),
        (None | Some(_), None | Some(_)) => Ok(None),
    }
}

/// What the author says of the change: the document that is named, or else the one in the head.
fn metadata(arguments: &Change, range: Option<&GitRange>) -> anyhow::Result<Option<Statement>> {
    if let Some(path) = &arguments.change {
        let (name, bytes) = opened(path)?;
        return Ok(Some(interlock_inputs::metadata(&name, &bytes, syntax(arguments, path, &name)?)?));
    }
    let Some(range) = range else { return Ok(None) };
    let Some(bytes) = range.file_at_head(METADATA)? else { return Ok(None) };
    let said = interlock_inputs::metadata(METADATA, &bytes, Syntax::Yaml)?;
    // What was said of an earlier change says nothing of this one: its tests are not this one's.
    let is_new = range.changed_paths().contains(METADATA);
    Ok(Some(if is_new { said } else { said.of_the_place() }))
}

/// The change document, with the changed files if they were named.
fn document(arguments: &Change, compared: Option<Compared>) -> anyhow::Result<ChangeDocument> {
    let path = arguments.change.as_deref().context("no change is named")?;
    let (name, bytes) = opened(path)?;
    let mut document = interlock_inputs::read_change(&name, &bytes, syntax(arguments, path, &name)?)?;
    if let Some(compared) = compared {
        compared.into_document(&mut document)?;
    }
    Ok(document)
}

fn opened(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    if path == Path::new("-") {
        let bytes = interlock_inputs::read_stream(path, std::io::stdin().lock())?;
        return Ok(("<standard input>".into(), bytes));
    }
    Ok((path.to_string_lossy().into_owned(), interlock_inputs::read_file(path)?))
}

/// By flag, or else by name. Standard input has no name and is YAML, of which strict JSON is a part.
fn syntax(arguments: &Change, path: &Path, name: &str) -> anyhow::Result<Syntax> {
    match arguments.syntax {
        Some(SyntaxName::Yaml) => Ok(Syntax::Yaml),
        Some(SyntaxName::Json) => Ok(Syntax::Json),
        None if path == Path::new("-") => Ok(Syntax::Yaml),
        None => Syntax::of_name(name).ok_or_else(|| {
            let shown = name_for_terminal(&name.into());
            anyhow!("`{shown}` does not say how it is written\nhelp: name it `.yaml` or `.json`, or give `--syntax`")
        }),
    }
}

impl Hint {
    /// Two events that ask at two points of a change's life are two questions.
    fn take(&mut self, asked_at: Option<Phase>, stages_done: Option<u32>) -> anyhow::Result<()> {
        if let (Some(first), Some(second)) = (self.asked_at, asked_at)
            && first != second
        {
            bail!(
                "one event asks at {}, another at {}\nhelp: ask about them one after the other",
                first.name(),
                second.name()
            );
        }
        self.asked_at = self.asked_at.or(asked_at);
        self.stages_done = self.stages_done.max(stages_done);
        Ok(())
    }
}

impl Given {
    /// The gate that judges it. What a range edits of the gate's own files is noted beside the change.
    pub(crate) fn gate(&mut self, arguments: &args::PolicySet) -> anyhow::Result<Gate> {
        let shelf = Shelf::new(self.range.as_ref());
        let gate = gate::gate(arguments, &shelf)?;
        self.document.payload.doubts.extend(shelf.edited().into_iter().map(gate_edited));
        Ok(gate)
    }

    /// What is asked: by the arguments, or else by the event, or else as is usual for what was given.
    pub(crate) fn question(&self, arguments: &args::Question) -> anyhow::Result<Question> {
        let usual = if self.range.is_some() { Phase::Merge } else { Phase::Deploy };
        let asked_at = match (arguments.asked_at.map(Phase::from), self.hint.asked_at) {
            (Some(flag), Some(event)) if flag != event => bail!(
                "`--asked-at {}`, and the event asks at {}\nhelp: leave the flag out, or name what was sent at that point",
                flag.name(),
                event.name()
            ),
            (flag, event) => flag.or(event).unwrap_or(usual),
        };
        let stages_done = arguments.stages_done.or(self.hint.stages_done);
        Ok(Question {
            asked_at,
            evaluated_at: self.at,
            simulated: arguments.at.is_some(),
            progress: progress(asked_at, stages_done, arguments.bake_elapsed_s)?,
        })
    }
}

fn nothing_changed(name: &str) -> Doubt {
    Doubt {
        kind: DoubtKind::NothingChanged,
        path: name.to_owned(),
        side: Side::After,
        span: Span { start: 0, end: 0, line: 1, column: 1 },
        message: "no file differs between the two states, so there is nothing to judge".into(),
        help: "name the commit before the change and the one after it".into(),
    }
}

fn gate_edited(path: String) -> Doubt {
    Doubt {
        kind: DoubtKind::GateEdited,
        path,
        side: Side::After,
        span: Span { start: 0, end: 0, line: 1, column: 1 },
        message: "this change edits what judges changes like it; it was judged as the base has it".into(),
        help: "have somebody who answers for the gate look at it".into(),
    }
}

/// A promotion is asked for after a stage, so it implies that one is done.
fn progress(
    asked_at: Phase,
    stages_done: Option<u32>,
    bake_elapsed_s: u32,
) -> anyhow::Result<Option<Progress>> {
    let stages_done = match (asked_at, stages_done) {
        (Phase::Promote, Some(0)) => {
            bail!(
                "`--asked-at promote` with no stage done\nhelp: before the first stage, ask with `--asked-at deploy`"
            )
        }
        (Phase::Promote, None) => Some(1),
        (Phase::Merge | Phase::Deploy | Phase::Promote, given) => given,
    };
    Ok(stages_done.map(|stages_done| Progress { stages_done, bake_elapsed_s }))
}

/// The one place where the product asks what time it is.
pub(crate) fn now() -> anyhow::Result<Instant> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock of this machine stands before 1970")?;
    let minutes = i32::try_from(since.as_secs() / 60)
        .context("the clock of this machine stands after the year 6000")?;
    Ok(Instant::from_epoch_min(minutes))
}
