//! The old values of a file, for whether a new one only changed its place. `values` asks.

use interlock_guest::prelude::*;

/// The old values of a file, each with a number that is made of it: most of 5,000 others are another one by that alone.
/// A set of std's is 3 KB.
#[derive(Default)]
pub(crate) struct Before<'a> {
    texts: Vec<(u32, &'a str)>,
}

impl<'a> Before<'a> {
    /// Read once it is asked, which it seldom is.
    pub(crate) fn of(&mut self, edits: &'a [Edit]) -> &Self {
        if self.texts.is_empty() {
            for edit in edits {
                if let Some(before) = &edit.before {
                    self.texts.push((number(&before.text), &before.text));
                }
            }
        }
        self
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        let wanted = number(text);
        self.texts.iter().any(|(number, before)| *number == wanted && *before == text)
    }
}

/// Seldom the same for two texts, as those of a file go.
#[inline(never)]
fn number(text: &str) -> u32 {
    text.bytes().fold(0_u32, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(before: Option<&str>) -> Edit {
        let text = |text: &str| Scalar { kind: ScalarKind::Text, text: text.into() };
        Edit { pointer: "/a".into(), op: EditOp::Replace, before: before.map(text), after: None, line: None }
    }

    #[test]
    fn an_old_value_is_known_and_no_other() {
        let edits = [edit(None), edit(Some("db-1")), edit(Some("")), edit(Some("Aa"))];
        let mut before = Before::default();
        let before = before.of(&edits);
        assert!(before.holds("db-1") && before.holds("") && before.holds("Aa"));
        // The same number is made of it.
        assert_eq!(number("Aa"), number("BB"));
        assert!(!before.holds("BB") && !before.holds("db-2") && !before.holds("db"));
    }
}
