//! `interlock record`: a case of a change that was really proposed. The policy is asked about what is written, not about
//! what it was made of, and the file of cases is left as it was if the case does not hold in it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail, ensure};
use interlock_authoring::{Sandbox, Words, as_recorded, case_entry, cases_path, run_case, slug};
use interlock_inputs::{Syntax, read_cases, read_change};
use interlock_outputs::escape::{for_json, name_for_terminal};

use crate::args::Record;
use crate::check::write;
use crate::{input, print, subject};

/// Where documents of recorded cases are kept, beside `cases.yaml`.
const FOLDER: &str = "recorded";

pub(crate) fn run(arguments: &Record) -> anyhow::Result<u8> {
    let given = input::given(&arguments.change, arguments.question.at)?;
    let question = given.question(&arguments.question)?;
    let cases = cases_path(&arguments.policy);
    let sandbox =
        subject::sandbox(arguments.module.as_deref(), &cases, arguments.tier.into(), arguments.no_cache)?;
    let words = if arguments.mask { Words::Masked } else { Words::Kept };
    let change = as_recorded(&given.document.change, words);
    let name = arguments.name.as_deref().unwrap_or(&change.id);
    let named = slug(name).ok_or_else(|| {
        anyhow!("no letter or digit in `{}`\nhelp: name the case with `--name`", shown(name))
    })?;
    let document_name = format!("{FOLDER}/{named}.json");
    let text = for_json(&change)?;
    let document = read_change(&document_name, text.as_bytes(), Syntax::Json)?;
    let answer = sandbox.answer(&document, &question);
    let Some(entry) = case_entry(name, &document_name, &question, &answer) else {
        bail!(
            "the policy broke on this change, and that is nothing to expect\nhelp: `interlock check` with the policy bound shows the fault"
        );
    };
    let document_path = cases.with_file_name(FOLDER).join(format!("{named}.json"));
    create(&document_path, &text)?;
    let kept = keep(&cases, &entry, &sandbox, name);
    if kept.is_err() {
        // It was made a moment ago, and nothing names it.
        let _ = fs::remove_file(&document_path);
    }
    kept?;
    let (case, file, document) =
        (shown(name), shown(&cases.to_string_lossy()), shown(&document_path.to_string_lossy()));
    print(&format!(
        "recorded `{case}` in `{file}`, with its document in `{document}`\nnext: read both, and say under `why` why it has to come \
         out so\n"
    ))?;
    Ok(0)
}

/// Nothing is overwritten: another case may stand on it.
fn create(path: &Path, text: &str) -> anyhow::Result<()> {
    let place = || shown(&path.to_string_lossy());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .with_context(|| format!("`{}` cannot be made", shown(&folder.to_string_lossy())))?;
    match File::options().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).with_context(|| format!("`{}` cannot be written", place()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("`{}` is there already\nhelp: name the case otherwise with `--name`", place())
        }
        Err(error) => Err(error).with_context(|| format!("`{}` cannot be written", place())),
    }
}

/// Puts the case behind the others, and sees it hold.
fn keep(cases: &Path, entry: &str, sandbox: &Sandbox, name: &str) -> anyhow::Result<()> {
    let before = match cases.exists() {
        true => {
            read_cases(cases)?;
            Some(
                fs::read_to_string(cases)
                    .with_context(|| format!("`{}` cannot be read", shown(&cases.to_string_lossy())))?,
            )
        }
        false => None,
    };
    let head = before.as_deref().unwrap_or("cases:").trim_end();
    write(cases, &format!("{head}\n{entry}"))?;
    let held = holds(cases, sandbox, name);
    if held.is_err() {
        match &before {
            Some(before) => write(cases, before)?,
            None => fs::remove_file(cases)?,
        }
    }
    held.map_err(|error| anyhow!("{error:#}\nhelp: nothing was written; the case would be:\n{entry}"))
}

fn holds(cases: &Path, sandbox: &Sandbox, name: &str) -> anyhow::Result<()> {
    let file = read_cases(cases)?;
    let case = file.cases.iter().find(|case| case.name == name);
    let case =
        case.ok_or_else(|| anyhow!("`cases` is not the last key of `{}`", shown(&cases.to_string_lossy())))?;
    let run = run_case(sandbox, &file, case)?;
    ensure!(run.passed(), "in this file the policy says something else of it: its calendars have a say");
    Ok(())
}

fn shown(name: &str) -> String {
    name_for_terminal(&name.into())
}
