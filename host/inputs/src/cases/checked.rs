//! What the types of a file of cases let through: no case at all, two of one name, a place that is no pointer.

use std::collections::BTreeMap;
use std::path::Path;

use interlock_model::{Phase, Pointer, Progress, Settings, Sources};
use serde_json::Value;

use super::wire::{self, ProgressWord};
use super::{Case, ExpectedFinding, ExpectedMessage};
use crate::error::{Problem, ProblemKind, shown};
use crate::policy_set::{Checks, NamedPath, paths, settings};

/// The base and every case, or everything that is wrong with them.
pub(super) fn cases(
    sources: &Sources,
    folder: &Path,
    file: wire::Cases,
) -> Result<(Option<Value>, Vec<Case>), Vec<Problem>> {
    let mut checks = Checks::new(sources);
    let root = Pointer::root();
    let wire::Cases { base, calendars, cases } = file;
    base.iter().for_each(|base| check_map(&mut checks, &root.child("base"), base));
    let shared = paths(&mut checks, folder, &root.child("calendars"), &calendars.unwrap_or_default());
    let at = root.child("cases");
    checks.items(
        &at,
        &cases,
        "at least one case",
        "write one: a policy without cases is a policy nobody tried",
    );
    check_names(&mut checks, &at, &cases);
    let reader = Reader { folder, base: base.as_ref(), calendars: &shared };
    let pointers = (0..).map(|index: usize| at.child(&index.to_string()));
    let cases =
        cases.into_iter().zip(pointers).map(|(case, at)| reader.case(&mut checks, at, case)).collect();
    let problems = checks.into_problems();
    if problems.is_empty() { Ok((base, cases)) } else { Err(problems) }
}

/// Baselines and reports know a case by its name.
fn check_names(checks: &mut Checks<'_>, at: &Pointer, cases: &[wire::Case]) {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        let at = at.child(&index.to_string()).child("case");
        checks.words(&at, &case.case, "a name", "say in a few words what is special about the change");
        let line = checks.span(&at).line;
        if let Some(first) = seen.insert(&case.case, line) {
            let found = format!("case {} a second time", shown(&case.case));
            let expected = format!("it once: the first is at line {first}");
            checks.value(&at, ProblemKind::Value, found, expected, "give one of the two another name");
        }
    }
}

/// What all cases of a file have in common.
struct Reader<'f> {
    folder: &'f Path,
    base: Option<&'f Value>,
    calendars: &'f [NamedPath],
}

impl Reader<'_> {
    fn case(&self, checks: &mut Checks<'_>, at: Pointer, written: wire::Case) -> Case {
        let wire::Case {
            case,
            why,
            asked_at,
            evaluated_at,
            progress,
            calendars,
            settings: given,
            change_file,
            change,
            expect,
        } = written;
        checks.words(&at.child("why"), &why, "why it must come out so", "name the reason, or the incident");
        change.iter().for_each(|change| check_map(checks, &at.child("change"), change));
        let asked_at = asked_at.map_or(Phase::Deploy, Phase::from);
        let change_file = self.change_file(checks, &at, change_file.as_deref());
        let calendars = match calendars {
            Some(own) => paths(checks, self.folder, &at.child("calendars"), &own),
            None => self.calendars.to_vec(),
        };
        Case {
            name: case,
            why,
            span: checks.span(&at),
            asked_at,
            evaluated_at,
            progress: self::progress(checks, &at.child("progress"), asked_at, progress),
            calendars,
            settings: given
                .map_or_else(Settings::new, |given| settings(checks, &at.child("settings"), given)),
            change_file,
            expect: self::expect(checks, &at.child("expect"), expect),
            patch: change.unwrap_or(Value::Null),
            pointer: at,
        }
    }

    /// The document that stands in for the base. One of the two must be there.
    fn change_file(&self, checks: &mut Checks<'_>, at: &Pointer, path: Option<&str>) -> Option<NamedPath> {
        let key = at.child("change-file");
        match (path, self.base) {
            (None, Some(_)) => None,
            (None, None) => {
                let help = "write `base: ...` at the top of the file, or `change-file: PATH` here";
                let found = "a case without a change";
                checks.value(at, ProblemKind::MissingKey, found, "a `base` or a `change-file`", help);
                None
            }
            (Some(text), _) if text.trim().is_empty() => {
                let help = "write it relative to this file's folder";
                let found = format!("the text {}", shown(text));
                checks.value(&key, ProblemKind::Empty, found, "the path of a change document", help);
                None
            }
            (Some(text), _) => {
                Some(NamedPath { path: self.folder.join(text), span: checks.span(&key), pointer: key })
            }
        }
    }
}

/// A change is a map; merging anything else would replace all of it.
fn check_map(checks: &mut Checks<'_>, at: &Pointer, value: &Value) {
    if !value.is_object() {
        let help = "leave the key out if there is nothing to say";
        checks.value(at, ProblemKind::Value, "no map", "keys of a change document", help);
    }
}

/// A promotion is asked for after a stage, so it implies that one is done.
fn progress(
    checks: &mut Checks<'_>,
    at: &Pointer,
    asked_at: Phase,
    given: Option<ProgressWord>,
) -> Option<Progress> {
    let usual = match asked_at {
        Phase::Merge | Phase::Deploy => None,
        Phase::Promote => Some(ProgressWord { stages_done: 1, bake_elapsed_s: None }),
    };
    let ProgressWord { stages_done, bake_elapsed_s } = given.or(usual)?;
    if asked_at == Phase::Promote && stages_done == 0 {
        let help = "before the first stage, ask with `asked-at: deploy`";
        let found = "`asked-at: promote` with no stage done";
        checks.value(&at.child("stages-done"), ProblemKind::Value, found, "at least one", help);
    }
    Some(Progress { stages_done, bake_elapsed_s: bake_elapsed_s.unwrap_or_default() })
}

fn expect(checks: &mut Checks<'_>, at: &Pointer, expected: Vec<wire::Expected>) -> Vec<ExpectedFinding> {
    let one = |(index, finding): (usize, wire::Expected)| {
        let wire::Expected { rule, verdict, at: place, file, message } = finding;
        let pointer = at.child(&index.to_string());
        checks.pointer(&pointer.child("at"), &place);
        let span = checks.span(&pointer);
        let words = checks.span(&pointer.child("message"));
        let message = message.map(|text| ExpectedMessage { text, span: words });
        let at = Pointer::new(place);
        ExpectedFinding { rule, verdict: verdict.into(), at, file, message, pointer, span }
    };
    expected.into_iter().enumerate().map(one).collect()
}
