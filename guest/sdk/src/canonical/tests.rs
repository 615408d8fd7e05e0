//! wit-bindgen's own exports read what `Canonical` writes, and the other way round, on every field of the contract.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::*;
use crate::bindings::exports::interlock::policy::policy::{
    _export_check_settings_cabi, _export_describe_cabi, _export_evaluate_cabi, Guest, Request,
};
use crate::change_types::{Change, ChangeKind};
use crate::finding_types::{
    self, Failure, Finding, Manifest, Needs, Setting, SettingError, SettingKind, SettingValue, Verdict,
};
use crate::question_types::Question;
use crate::{Judgement, ManifestText, Rule, RuleText, SettingText, Text};

thread_local! {
    /// What wit-bindgen's code handed over, and what it is to hand back.
    static ASKED: RefCell<Option<Request>> = const { RefCell::new(None) };
    static ANSWER: RefCell<PeerJudgement> = const { RefCell::new(Ok(Vec::new())) };
}

/// wit-bindgen's exports leave their answers in one static place: a guest has one thread, tests have many.
static RETURNED: Mutex<()> = Mutex::new(());

/// A judgement as wit-bindgen has it: without the boxes that only the SDK has.
type PeerJudgement = Result<Vec<Finding>, Failure>;

/// A guest behind wit-bindgen's own exports.
struct Peer;

impl Guest for Peer {
    fn describe() -> Manifest {
        Manifest::sample(&mut 0)
    }
    fn check_settings(settings: Vec<SettingValue>) -> Vec<SettingError> {
        settings
            .into_iter()
            .map(|given| SettingError { pointer: given.pointer, message: format!("{:?}", given.value) })
            .collect()
    }
    fn evaluate(request: Request) -> PeerJudgement {
        ASKED.set(Some(request));
        ANSWER.replace(Ok(Vec::new()))
    }
}

/// Alone with wit-bindgen's exports; a test that failed with it took nothing with it.
fn alone() -> MutexGuard<'static, ()> {
    RETURNED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The one writes and the other reads, in both directions.
#[track_caller]
fn check(request: impl Fn() -> Request, judgement: impl Fn() -> Judgement) {
    let _alone = alone();
    ANSWER.set(judgement().map(|findings| findings.into_iter().map(|finding| *finding).collect()));
    // SAFETY: what one side wrote is of the layout that the other reads.
    let answered: ManuallyDrop<Judgement> =
        unsafe { argument(_export_evaluate_cabi::<Peer>(answer(request()))) };
    assert_eq!(ASKED.take(), Some(request()));
    assert_eq!(*answered, judgement());
}

#[test]
fn wit_bindgen_agrees_on_every_field() {
    // A dozen starts, so that each case of each enum and variant has its turn.
    for start in 0..12 {
        let judgement = || match start % 2 {
            0 => Judgement::sample(&mut { start }),
            _ => Err(Canonical::sample(&mut { start })),
        };
        check(|| Request::sample(&mut { start }), judgement);
    }
    let nothing = || Request {
        change: Change::unknown("", ChangeKind::Config),
        question: Question::at_deploy(),
        settings: Vec::new(),
    };
    check(nothing, || Ok(Vec::new()));
}

#[test]
fn wit_bindgen_agrees_on_manifests_and_settings() {
    let _alone = alone();
    // SAFETY: what one side wrote is of the layout that the other reads.
    let manifest: ManuallyDrop<Manifest> = unsafe { argument(_export_describe_cabi::<Peer>()) };
    assert_eq!(*manifest, Manifest::sample(&mut 0));

    let given = || (0..4).map(|mut start| SettingValue::sample(&mut start)).collect::<Vec<_>>();
    // SAFETY: as above.
    let errors: ManuallyDrop<Vec<SettingError>> = unsafe {
        let Span { start, len } = answer(given()).cast::<Span>().read();
        argument(_export_check_settings_cabi::<Peer>(start, len))
    };
    assert_eq!(*errors, Peer::check_settings(given()));
}

/// A row of a manifest's settings, as the host reads it.
pub(crate) fn read_setting(row: &SettingText) -> Setting {
    // SAFETY: the row is of the layout that is read. What was read stands in the program and is never freed.
    let read: ManuallyDrop<Setting> = unsafe { argument((&raw const *row).cast()) };
    Setting::clone(&read)
}

#[test]
fn a_manifest_is_read_as_it_was_written() {
    const OF_AN_INCIDENT: Rule = Rule {
        id: "of-an-incident",
        title: "its title",
        help: "its help",
        remedy: "its remedy",
        origin: Some("its origin"),
        strictest: Verdict::Block,
    };
    const OF_THE_HOUSE: Rule =
        Rule { id: "of-the-house", origin: None, strictest: Verdict::Warn, ..OF_AN_INCIDENT };
    // Lists that are read are freed, so these are allocated.
    let rules = vec![RuleText::of(&OF_AN_INCIDENT), RuleText::of(&OF_THE_HOUSE)].leak();
    let settings = vec![SettingText::of("key", SettingKind::TextList, "[a]", "What.")].leak();
    let globs = vec![Text::of("**/*.yaml")].leak();
    let manifest = ManifestText::of(["id", "1.2.3", "title"], rules, settings, globs);
    // SAFETY: as above, and nothing reads the lists again.
    let read: ManuallyDrop<Manifest> = unsafe { argument((&raw const manifest).cast()) };
    let rule = |rule: Rule| finding_types::Rule {
        id: rule.id.into(),
        title: rule.title.into(),
        help: rule.help.into(),
        remedy: rule.remedy.into(),
        origin: rule.origin.map(Into::into),
        strictest: rule.strictest,
    };
    let written = Manifest {
        id: "id".into(),
        version: "1.2.3".into(),
        title: "title".into(),
        rules: vec![rule(OF_AN_INCIDENT), rule(OF_THE_HOUSE)],
        settings: vec![Setting {
            key: "key".into(),
            kind: SettingKind::TextList,
            default: "[a]".into(),
            help: "What.".into(),
        }],
        needs: Needs { paths: vec!["**/*.yaml".into()], edits: true, text: false },
    };
    assert_eq!(*read, written);
}
