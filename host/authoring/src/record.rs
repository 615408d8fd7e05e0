//! A case from a change that was really proposed: its document, and the entry in `cases.yaml` that names it. Pure; the CLI
//! reads the change, asks the policy and writes the files.
//!
//! What is masked stays equal where it was equal, so that a policy that compares values or people sees the same
//! differences.

use std::collections::BTreeMap;

use interlock_model::{
    Change, Edit, FileChange, ListChange, Person, Phase, Question, Repeated, Scalar, ScalarKind,
};
use interlock_outputs::escape::for_yaml;

use crate::sandbox::{Answer, Came};

/// Characters of a file's name, without its ending.
const SLUG_CHARS_MAX: usize = 60;

/// Whether the words of a change are written down as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// As they are.
    Kept,
    /// Values of changed files, the title, people, links and labels stand in for others.
    Masked,
}

/// The change as it may be written down.
pub fn as_recorded(change: &Change, words: Words) -> Change {
    let mut change = change.clone();
    match words {
        Words::Kept => {}
        Words::Masked => Mask::default().change(&mut change),
    }
    change
}

/// The entry of a case: asked as it was asked, and expecting what the policy says now. `None`: it broke, which is no
/// expectation.
pub fn case_entry(name: &str, change_file: &str, question: &Question, answer: &Answer) -> Option<String> {
    let found = match &answer.came {
        Came::Found(found) => found,
        Came::Broken(_) => return None,
    };
    let mut entry = format!("  - case: {}\n", for_yaml(name));
    entry += "    why: \"recorded from a change that was proposed; say here why it has to come out so\"\n";
    entry += &format!("    asked-at: {}\n", question.asked_at.name());
    entry += &format!("    evaluated-at: {}\n", for_yaml(&question.evaluated_at.to_string()));
    if let (Phase::Promote, Some(progress)) = (question.asked_at, question.progress) {
        let (stages, elapsed) = (progress.stages_done, progress.bake_elapsed_s);
        entry += &format!("    progress: {{ stages-done: {stages}, bake-elapsed-s: {elapsed} }}\n");
    }
    entry += &format!("    change-file: {}\n", for_yaml(change_file));
    if found.is_empty() {
        entry += "    expect: []\n";
        return Some(entry);
    }
    entry += "    expect:\n";
    for finding in found {
        let (rule, at) = (for_yaml(&finding.rule), for_yaml(finding.at.as_str()));
        let file = finding.file.as_ref().map(|file| format!(", file: {}", for_yaml(file.as_unescaped())));
        let verdict = finding.verdict.name();
        let file = file.unwrap_or_default();
        entry += &format!("      - {{ rule: {rule}, verdict: {verdict}, at: {at}{file} }}\n");
    }
    Some(entry)
}

/// A name for a file, of a name that people gave. `None`: nothing of it is left.
pub fn slug(name: &str) -> Option<String> {
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let plain: String = plain.take(SLUG_CHARS_MAX).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join("-"))
}

/// What stands for what, in the order in which it was met.
#[derive(Default)]
struct Mask {
    values: BTreeMap<String, usize>,
    people: BTreeMap<String, usize>,
}

impl Mask {
    fn change(&mut self, change: &mut Change) {
        change.title = change.title.take().map(|_| "masked".to_owned());
        for label in change.labels.iter_mut().flatten() {
            self.text(label);
        }
        if let Some(source) = &mut change.source {
            source.url = None;
        }
        change.author.iter_mut().for_each(|author| self.person(author));
        for approval in change.approvals.iter_mut().flatten() {
            self.person(&mut approval.by);
        }
        if let Some(emergency) = &mut change.emergency {
            emergency.by.iter_mut().for_each(|person| self.person(person));
        }
        for value in change.attributes.values_mut() {
            self.text(value);
        }
        change.files.iter_mut().flatten().for_each(|file| self.file(file));
    }

    fn file(&mut self, file: &mut FileChange) {
        for Edit { before, after, .. } in file.edits.iter_mut().flatten() {
            [before, after].into_iter().flatten().for_each(|scalar| self.scalar(scalar));
        }
        for ListChange { repeated, .. } in file.lists.iter_mut().flatten() {
            for Repeated { value, .. } in repeated.iter_mut().flatten() {
                self.text(value);
            }
        }
        // Nothing in it can be told from the rest.
        file.text = None;
    }

    /// Numbers stay: how much one grew is what rules ask about.
    fn scalar(&mut self, scalar: &mut Scalar) {
        match scalar.kind {
            ScalarKind::Text => self.text(&mut scalar.text),
            ScalarKind::Null
            | ScalarKind::Boolean
            | ScalarKind::Integer
            | ScalarKind::Decimal
            | ScalarKind::EmptyMap
            | ScalarKind::EmptyList => {}
        }
    }

    /// A text without a letter or digit hides nothing, and `*` or a blank is what a rule looks for.
    fn text(&mut self, text: &mut String) {
        if text.chars().any(char::is_alphanumeric) {
            *text = format!("masked-{}", number(&mut self.values, text));
        }
    }

    fn person(&mut self, person: &mut Person) {
        if !person.id.trim().is_empty() {
            person.id = format!("person-{}", number(&mut self.people, &person.id.trim().to_lowercase()));
        }
    }
}

fn number(known: &mut BTreeMap<String, usize>, text: &str) -> usize {
    let next = known.len() + 1;
    *known.entry(text.to_owned()).or_insert(next)
}
