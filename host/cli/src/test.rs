//! `interlock test`: a policy's cases in, what failed and an exit code out. What a case is and how it is run is
//! `interlock-authoring`'s.

use anyhow::bail;
use interlock_authoring::{Bounds, Detail, Tested, Watch, cases_path, mutate, updated};
use interlock_outputs::escape::name_for_terminal;

use crate::args::{Test, TestFormat, TestFormatTo};
use crate::check::write;
use crate::notices::say;
use crate::subject::{self, subject};
use crate::{complain, print};

/// Exit code when a case failed.
const FAILED: u8 = 1;

pub(crate) fn run(arguments: &Test) -> anyhow::Result<u8> {
    check_targets(arguments)?;
    if arguments.update {
        update(arguments)?;
    }
    if !arguments.watch {
        return once(arguments);
    }
    loop {
        let watch = Watch::of(subject::files(&arguments.cases));
        // What is wrong while somebody writes is told, and mended with the next save.
        if let Err(error) = once(arguments) {
            complain(&error);
        }
        print("waiting for the cases, what they name, or the module to change; Ctrl-C ends it\n")?;
        watch.wait();
    }
}

/// Writes the words of today, and says so. Whether the cases pass then is told by the run that follows.
fn update(arguments: &Test) -> anyhow::Result<()> {
    let subject = subject(&arguments.cases)?;
    let filter = arguments.cases.filter.as_deref();
    let tested = interlock_authoring::run(&subject.sandbox, &subject.file, filter)?;
    let Some((text, count)) = updated(&tested)? else { return Ok(()) };
    let path = cases_path(&arguments.cases.path);
    let shown = name_for_terminal(&path.to_string_lossy().as_ref().into());
    // An editor may have saved it while the policy ran; what it saved is not overwritten.
    if std::fs::read_to_string(&path)? != subject.file.text() {
        bail!(
            "`{shown}` changed while its cases ran\nhelp: run `interlock test --update` again; nothing was written"
        );
    }
    write(&path, &text)?;
    let plural = if count == 1 { "" } else { "s" };
    say(&format!("`{shown}`: {count} message{plural} written anew"));
    Ok(())
}

fn once(arguments: &Test) -> anyhow::Result<u8> {
    let subject = subject(&arguments.cases)?;
    let filter = arguments.cases.filter.as_deref();
    let tested = interlock_authoring::run(&subject.sandbox, &subject.file, filter)?;
    for target in &arguments.format {
        tell(arguments, &tested, target)?;
    }
    if arguments.mutate {
        print(&mutate(&subject.sandbox, &subject.file, filter, Bounds::default())?.text())?;
    }
    Ok(if tested.failed() == 0 { 0 } else { FAILED })
}

fn tell(arguments: &Test, tested: &Tested<'_>, target: &TestFormatTo) -> anyhow::Result<()> {
    let detail = if arguments.verbose { Detail::Everything } else { Detail::Failures };
    let text = match target.format {
        TestFormat::Text => tested.text(detail),
        TestFormat::Junit => tested.junit(),
    };
    match &target.file {
        None => print(&text),
        Some(path) => write(path, &text),
    }
}

/// Two results in one place would be neither, and what mutations say is for people.
fn check_targets(arguments: &Test) -> anyhow::Result<()> {
    let targets = &arguments.format;
    let is_xml = |target: &TestFormatTo| target.format == TestFormat::Junit && target.file.is_none();
    if arguments.mutate && targets.iter().any(is_xml) {
        bail!(
            "`--mutate` beside XML on standard output\nhelp: name a file, like `--format junit=cases.xml,text`"
        );
    }
    let twice = targets
        .iter()
        .enumerate()
        .any(|(index, one)| targets.iter().skip(index + 1).any(|other| other.file == one.file));
    if twice {
        bail!(
            "two formats to one place, expected one\nhelp: name a file, like `--format text,junit=cases.xml`"
        );
    }
    Ok(())
}
