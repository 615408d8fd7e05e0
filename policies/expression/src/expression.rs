//! The setting that holds an expression: read, checked against the contract, and ready for a change.

use interlock_guest::SettingField;
use interlock_guest::change_types::Change;
use interlock_guest::finding_types::{SettingKind, SettingScalar};
use interlock_guest::question_types::Question;

use crate::tree::Tree;
use crate::trouble::{Trouble, Troubled};
use crate::{check, eval, parse, place};

/// An expression as it was written, and what became of it.
pub(crate) struct Expression {
    pub(crate) source: String,
    read: Troubled<Tree>,
}

impl Expression {
    pub(crate) fn new(source: String) -> Self {
        let read = read(&source);
        Self { source, read }
    }

    /// Whether the policy set says nothing here.
    pub(crate) fn is_empty(&self) -> bool {
        self.source.trim().is_empty()
    }

    /// What is wrong with it, drawn for whoever wrote it.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.read.as_ref().err().map(|trouble| trouble.drawn(&self.source))
    }

    /// Whether it is true of this change. The error says where nobody could tell.
    pub(crate) fn holds(&self, change: &Change, question: &Question) -> Result<bool, String> {
        let told = |trouble: &Trouble| trouble.told(&self.source);
        let tree = self.read.as_ref().map_err(|trouble| told(trouble))?;
        eval::holds(tree, &self.source, change, question).map_err(|trouble| told(&trouble))
    }

    /// Where a change document says the first fact it reads, if it reads any.
    pub(crate) fn first_fact(&self) -> Option<String> {
        place::first_fact(self.read.as_ref().ok()?)
    }
}

fn read(source: &str) -> Troubled<Tree> {
    let mut tree = parse::parse(source)?;
    check::check(&mut tree, source)?;
    Ok(tree)
}

impl SettingField for Expression {
    const KIND: SettingKind = SettingKind::Text;

    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        String::from_setting(values).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use interlock_guest::change_types::{Attribute, ChangeKind, FactOrigin, FileChange, FileOp, Service};

    use super::*;

    fn service(name: &str, tier: Option<u8>) -> Service {
        Service {
            name: name.into(),
            tier,
            tier_origin: FactOrigin::Claimed,
            owner: None,
            dependents: None,
            depends_on: None,
        }
    }

    fn change() -> Change {
        let mut change = Change::unknown("Fix-1", ChangeKind::Config);
        change.labels = Some(vec!["a".into(), "b".into()]);
        change.services = Some(vec![service("one", None), service("two", Some(2))]);
        change.attributes = vec![Attribute { key: "team".into(), value: "web".into() }];
        change
    }

    fn asked(source: &str) -> Result<bool, String> {
        Expression::new(source.into()).holds(&change(), &Question::at_deploy())
    }

    #[test]
    fn expressions_are_read_as_the_specification_has_them() {
        for (source, expect) in [
            ("1 + 2 * 3 - 4 / 3 == 6 && -7 % 3 == -1 && -7 / 2 == -3", true),
            ("'a' + 'b' == 'ab' && 'a' < 'b' && 'é' > 'z' && !('b' <= 'a')", true),
            ("[1] + [2] == [1, 2] && [1] != [2] && [] == [] && [1] != [1, 2]", true),
            ("size('né') == 2 && 'né'.size() == 2 && size([1, 2]) == 2", true),
            ("change.kind == 'config' && change.kind in ['config', 'data']", true),
            (
                "change.id.lowerAscii().startsWith('fix') && change.id.endsWith('-1') && change.id.contains('ix')",
                true,
            ),
            ("'a'.contains('') && 'a'.startsWith('') && !'a'.startsWith('ab') && !'a'.contains('ab')", true),
            ("change.labels.all(l, l < 'c') && change.labels.exists(l, l == 'b')", true),
            ("change.labels.exists_one(l, l >= 'a')", false),
            ("change.labels.exists_one(l, l > 'a')", true),
            ("change.labels.filter(l, l != 'a').map(l, l + l) == ['bb']", true),
            ("change.labels.all(l, change.services.exists(s, s.name == 'two' && l in change.labels))", true),
            ("[].all(x, x) && ![].exists(x, x)", true),
            (
                "'team' in change.attributes && change.attributes['team'] == 'web' && change.attributes.team == 'web'",
                true,
            ),
            (
                "has(change.attributes.team) && !has(change.attributes.ticket) && size(change.attributes) == 1",
                true,
            ),
            ("!has(change.rollback) && !has(change.rollback.minutes) && has(change.labels)", true),
            ("has(change.rollback) ? change.rollback.minutes < 5 : change.labels[1] == 'b'", true),
            ("int('-12') + 0x0c == 0", true),
            ("question.asked_at == 'deploy' && !has(question.progress)", true),
            ("'\"' == \"\\\"\" // a comment", true),
        ] {
            assert_eq!(asked(source), Ok(expect), "{source}");
        }
    }

    #[test]
    fn what_nobody_knows_is_neither_true_nor_false() {
        for (source, says) in [
            (
                "change.rollback.minutes < 5",
                "column 1, `change.rollback`: nobody knows it of this change; `has(change.rollback)`",
            ),
            ("!(change.rollback.minutes < 5)", "column 3"),
            ("change.services.all(s, s.tier > 0)", "column 24, `s.tier`: nobody knows"),
            ("change.services.exists(s, s.tier == 0)", "`s.tier`: nobody knows"),
            ("size(change.services.filter(s, s.tier == 2)) > 0", "`s.tier`: nobody knows"),
            ("change.services.exists_one(s, s.tier == 2)", "`s.tier`: nobody knows"),
            ("change.attributes.ticket == 'a'", "`change.attributes.ticket`: nobody knows"),
            ("change.attributes['ticket'] == 'a'", "`'ticket'`: this change has no such attribute"),
            ("change.labels[2] == 'a'", "`2`: no item 2 in a list of 2, counted from 0"),
            ("change.labels[-1] == 'a'", "no item -1"),
            ("1 / 0 == 1", "divided by 0"),
            ("1 % 0 == 1", "divided by 0"),
            ("9223372036854775807 + 1 > 0", "64 bits"),
            ("-(-9223372036854775807 - 1) > 0", "64 bits"),
            ("(-9223372036854775807 - 1) / -1 > 0", "64 bits"),
            ("int('1.5') == 1", "no whole number"),
            ("change.rollback.minutes < 5 && true", "nobody knows"),
            ("change.rollback.minutes < 5 || false", "nobody knows"),
            ("has(change.services[7].tier)", "no item 7"),
        ] {
            let Err(found) = asked(source) else { panic!("{source}: {:?}", asked(source)) };
            assert!(found.contains(says), "{source}: {found}");
        }
    }

    #[test]
    fn a_trouble_that_does_not_matter_is_none() {
        for (source, expect) in [
            ("change.rollback.minutes < 5 && false", false),
            ("false && change.rollback.minutes < 5", false),
            ("change.rollback.minutes < 5 || true", true),
            ("true || change.rollback.minutes < 5", true),
            ("change.services.exists(s, s.tier == 2)", true),
            ("change.services.all(s, s.tier == 3)", false),
            ("true ? true : change.rollback.minutes < 5", true),
        ] {
            assert_eq!(asked(source), Ok(expect), "{source}");
        }
    }

    #[test]
    fn what_was_left_out_is_never_judged_as_not_there() {
        let mut change = change();
        let file = FileChange {
            path: "a.yaml".into(),
            previous_path: None,
            op: FileOp::Modified,
            format: None,
            edits: Some(vec![]),
            lists: Some(vec![]),
            omitted_edits: 3,
            size_before_kib: None,
            size_after_kib: None,
            text: None,
        };
        change.files = Some(vec![file]);
        let ask = |change: &Change, source: &str| {
            Expression::new(source.into()).holds(change, &Question::at_deploy())
        };
        assert_eq!(ask(&change, "change.files.all(f, f.path != 'b')"), Ok(true));
        for cut in ["size(change.files[0].edits) == 0", "change.files.all(f, size(f.lists) == 0)"] {
            assert!(ask(&change, cut).unwrap_err().contains("3 of them were left out"), "{cut}");
        }
        change.omitted_files = 2;
        assert!(
            ask(&change, "change.files.all(f, f.path != 'b')")
                .unwrap_err()
                .contains("2 of them were left out")
        );
        assert_eq!(ask(&change, "change.omitted_files > 0 && has(change.files)"), Ok(true));
    }
}
