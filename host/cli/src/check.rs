//! `interlock check`: a document and a question in, a report and an exit code out.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow, bail};
use interlock_inputs::Syntax;
use interlock_model::{ChangeDocument, Instant, Phase, Progress, Question};
use interlock_outputs::escape::name_for_terminal;
use interlock_outputs::{Color, Manner};

use crate::args::{Check, ColorName, SyntaxName};
use crate::{print, stock};

pub(crate) fn run(arguments: &Check) -> anyhow::Result<u8> {
    let question = question(arguments)?;
    let document = read(arguments)?;
    let report = stock::gate()?.check(&document, &question);
    let manner = Manner { format: arguments.format, color: color(arguments.color), ..Manner::default() };
    print(&interlock_outputs::render(&report, &document.sources, &manner))?;
    Ok(report.decision.exit_code(arguments.fail_on.into()))
}

fn read(arguments: &Check) -> anyhow::Result<ChangeDocument> {
    let path = &arguments.change;
    let (name, bytes) = if path == Path::new("-") {
        ("<standard input>".into(), interlock_inputs::read_stream(path, std::io::stdin().lock()))
    } else {
        (path.to_string_lossy(), interlock_inputs::read_file(path))
    };
    let bytes = bytes?;
    Ok(interlock_inputs::read_change(&name, &bytes, syntax(arguments, &name)?)?)
}

/// By flag, or else by name. Standard input has no name and is YAML, of which strict JSON is a part.
fn syntax(arguments: &Check, name: &str) -> anyhow::Result<Syntax> {
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

fn question(arguments: &Check) -> anyhow::Result<Question> {
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
fn progress(arguments: &Check) -> anyhow::Result<Option<Progress>> {
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
fn now() -> anyhow::Result<Instant> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock of this machine stands before 1970")?;
    let minutes = i32::try_from(since.as_secs() / 60)
        .context("the clock of this machine stands after the year 6000")?;
    Ok(Instant::from_epoch_min(minutes))
}

fn color(name: ColorName) -> Color {
    match name {
        ColorName::Always => Color::Always,
        ColorName::Never => Color::Never,
        ColorName::Auto => match anstream::AutoStream::choice(&std::io::stdout()) {
            anstream::ColorChoice::Never => Color::Never,
            anstream::ColorChoice::Auto
            | anstream::ColorChoice::Always
            | anstream::ColorChoice::AlwaysAnsi => Color::Always,
        },
    }
}
