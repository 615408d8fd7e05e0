//! From arguments to what is judged: the change document, the changed files, the question.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow, bail};
use interlock_inputs::Syntax;
use interlock_model::{ChangeDocument, Instant, Phase, Progress, Question};
use interlock_outputs::escape::name_for_terminal;

use crate::args::{self, Change, SyntaxName};

/// The change document, with the changed files if they were named.
pub(crate) fn document(arguments: &Change) -> anyhow::Result<ChangeDocument> {
    let path = &arguments.change;
    let (name, bytes) = if path == Path::new("-") {
        ("<standard input>".into(), interlock_inputs::read_stream(path, std::io::stdin().lock()))
    } else {
        (path.to_string_lossy(), interlock_inputs::read_file(path))
    };
    let bytes = bytes?;
    let mut document = interlock_inputs::read_change(&name, &bytes, syntax(arguments, &name)?)?;
    if let (Some(before), Some(after)) = (&arguments.before, &arguments.after) {
        interlock_inputs::compare(before, after)?.into_document(&mut document)?;
    }
    Ok(document)
}

/// By flag, or else by name. Standard input has no name and is YAML, of which strict JSON is a part.
fn syntax(arguments: &Change, name: &str) -> anyhow::Result<Syntax> {
    match arguments.syntax {
        Some(SyntaxName::Yaml) => Ok(Syntax::Yaml),
        Some(SyntaxName::Json) => Ok(Syntax::Json),
        None if arguments.change == Path::new("-") => Ok(Syntax::Yaml),
        None => Syntax::of_name(name).ok_or_else(|| {
            let shown = name_for_terminal(&name.into());
            anyhow!("`{shown}` does not say how it is written\nhelp: name it `.yaml` or `.json`, or give `--syntax`")
        }),
    }
}

/// What is asked.
pub(crate) fn question(arguments: &args::Question) -> anyhow::Result<Question> {
    let evaluated_at = match arguments.at {
        Some(at) => at,
        None => now()?,
    };
    Ok(Question {
        asked_at: arguments.asked_at.into(),
        evaluated_at,
        simulated: arguments.at.is_some(),
        progress: progress(arguments)?,
    })
}

/// A promotion is asked for after a stage, so it implies that one is done.
fn progress(arguments: &args::Question) -> anyhow::Result<Option<Progress>> {
    let stages_done = match (Phase::from(arguments.asked_at), arguments.stages_done) {
        (Phase::Promote, Some(0)) => {
            bail!(
                "`--asked-at promote` with no stage done\nhelp: before the first stage, ask with `--asked-at deploy`"
            )
        }
        (Phase::Promote, None) => Some(1),
        (Phase::Merge | Phase::Deploy | Phase::Promote, given) => given,
    };
    Ok(stages_done.map(|stages_done| Progress { stages_done, bake_elapsed_s: arguments.bake_elapsed_s }))
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
