//! The findings of one rule: one for each place, twenty at most, and no value that may be a secret.

use std::mem::{ManuallyDrop, take};

use interlock_guest::prelude::*;
use interlock_guest::{AddTo, contains};

use crate::keys::{self, Names};
use crate::reading::{Reading, SECRETS, Weight};

/// Most findings of one rule. What a generator wrote wrong it wrote wrong a thousand times, and nobody reads that.
const FINDINGS_MAX: usize = 20;

/// Most characters of a value, a pointer or a path in a message.
const QUOTED_CHARS_MAX: usize = 60;

/// Characters of a value that are looked at for a secret: an address with a password in it is no longer.
const LOOKED_AT_CHARS: usize = 2048;

/// Values under a key called `key` that are as long as this are taken for key material.
const KEY_CHARS_MIN: usize = 20;

/// Where: a pointer in a file, or in the change document.
pub(crate) struct Spot<'a> {
    file: Option<&'a FileChange>,
    pointer: &'a str,
}

impl<'a> Spot<'a> {
    pub(crate) fn in_file(file: &'a FileChange, pointer: &'a str) -> Self {
        Self { file: Some(file), pointer }
    }

    pub(crate) fn in_document(pointer: &'a str) -> Self {
        Self { file: None, pointer }
    }
}

/// Collects what one rule found.
pub(crate) struct Told<'a> {
    rule: &'static Rule,
    reading: &'a Reading<'a>,
    blocks: Kept,
    warns: Kept,
}

/// Findings of one verdict: the first ones whole, the others counted.
#[derive(Default)]
struct Kept {
    /// Not dropped: the instance ends soon, and what drops findings is code.
    findings: ManuallyDrop<Vec<Finding>>,
    count: usize,
}

impl<'a> Told<'a> {
    #[inline(never)]
    pub(crate) fn new(rule: &'static Rule, reading: &'a Reading<'a>) -> Self {
        Self { rule, reading, blocks: Kept::default(), warns: Kept::default() }
    }

    /// Tells of one place, unless the tier leaves such things alone or the place was told.
    pub(crate) fn tell(&mut self, weight: Weight, at: Spot<'_>, message: impl FnOnce() -> String) {
        // Taken apart here: what is handed on by parts does not go through memory, at forty places.
        let Spot { file, pointer } = at;
        if let Some(verdict) = self.count(weight, file, pointer) {
            self.keep(verdict, file, pointer, message());
        }
    }

    /// Counts a place that was not told yet. If it is among the first ones, it is to be told so hard.
    #[inline(never)]
    fn count(&mut self, weight: Weight, file: Option<&FileChange>, pointer: &str) -> Option<Verdict> {
        let verdict = self.reading.verdict(weight)?;
        let path = file.map(|file| file.path.as_str());
        let kept = self.kept(verdict);
        for finding in kept.findings.iter() {
            for place in &finding.locations {
                if place.path.as_deref() == path && place.pointer == pointer {
                    return None;
                }
            }
        }
        kept.count += 1;
        (kept.count <= FINDINGS_MAX).then_some(verdict)
    }

    #[inline(never)]
    fn keep(&mut self, verdict: Verdict, file: Option<&FileChange>, pointer: &str, message: String) {
        let finding = self.rule.finding(verdict, message);
        let finding = match file {
            Some(file) => finding.at_file(&file.path, pointer),
            None => finding.at(pointer),
        };
        let finding = finding.with_tier(self.reading.change);
        self.kept(verdict).findings.push(finding);
    }

    fn kept(&mut self, verdict: Verdict) -> &mut Kept {
        match verdict {
            Verdict::Block => &mut self.blocks,
            Verdict::Warn => &mut self.warns,
        }
    }

    /// Hands over what was found, blocks first. The last one speaks for all that were not told, as hard as the hardest of
    /// them.
    #[inline(never)]
    pub(crate) fn give(&mut self, all: &mut Vec<Finding>) {
        let others = (self.blocks.count + self.warns.count).saturating_sub(FINDINGS_MAX);
        let room = FINDINGS_MAX.saturating_sub(self.blocks.findings.len());
        all.append(&mut self.blocks.findings);
        let mut warns = ManuallyDrop::new(take(&mut *self.warns.findings).into_iter());
        for warn in warns.by_ref().take(room) {
            all.push(warn);
        }
        if others > 0
            && let Some(last) = all.last_mut()
        {
            last.message = text!("{}, and {others} more places like it", last.message);
        }
    }
}

/// A value as a message may show it. The pieces of messages put themselves there: a text of its own for each is code that
/// takes the text apart again.
pub(crate) struct Shown<'a> {
    pointer: &'a str,
    value: &'a Scalar,
}

pub(crate) fn shown<'a>(pointer: &'a str, value: &'a Scalar) -> Shown<'a> {
    Shown { pointer, value }
}

impl AddTo for Shown<'_> {
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        match self.value.kind {
            ScalarKind::Null => "`null`".add_to(text),
            ScalarKind::EmptyMap => "`{}`".add_to(text),
            ScalarKind::EmptyList => "`[]`".add_to(text),
            ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Text => {
                add_shown(self.pointer, &self.value.text, text);
            }
        }
    }
}

/// Adds the text of a value, in backticks, if it may be shown.
#[inline(never)]
pub(crate) fn add_shown(pointer: &str, value: &str, text: &mut String) {
    if SECRETS.along(pointer) || looks_secret(pointer, value) {
        "(not shown)".add_to(text);
    } else {
        add_quoted(value, text);
    }
}

fn add_quoted(value: &str, text: &mut String) {
    "`".add_to(text);
    cut(value).add_to(text);
    "`".add_to(text);
}

/// Key material, and addresses with a password in them, under whatever name.
fn looks_secret(pointer: &str, text: &str) -> bool {
    static OF_KEYS: Names = Names::Own(&["key", "keys"]);
    // Of a long text only the beginning is shown.
    let text = start(text, LOOKED_AT_CHARS);
    let is_long = || start(text, KEY_CHARS_MIN - 1).len() < text.len();
    contains(text, "-----BEGIN")
        || contains(text, "://") && contains(text, "@")
        || is_long() && OF_KEYS.ends(&keys::own(pointer))
}

/// What was there before and what is there now, and what there is to say of it.
#[inline(never)]
pub(crate) fn was_and_is(pointer: &str, before: &Scalar, after: &Scalar, said: &str) -> String {
    text!("{} was {} and is {}{said}", place(pointer), shown(pointer, before), shown(pointer, after))
}

/// A place as a message names it.
pub(crate) struct Place<'a>(&'a str);

pub(crate) fn place(pointer: &str) -> Place<'_> {
    Place(pointer)
}

impl AddTo for Place<'_> {
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        if self.0.is_empty() { "the file".add_to(text) } else { add_quoted(self.0, text) }
    }
}

/// At most as much as a person reads of a value.
pub(crate) struct Cut<'a>(&'a str);

pub(crate) fn cut(text: &str) -> Cut<'_> {
    Cut(text)
}

impl AddTo for Cut<'_> {
    #[inline(never)]
    fn add_to(&self, text: &mut String) {
        let start = start(self.0, QUOTED_CHARS_MAX);
        start.add_to(text);
        if start.len() < self.0.len() {
            "..".add_to(text);
        }
    }
}

/// At most so many characters from the beginning.
#[inline(never)]
pub(crate) fn start(text: &str, chars_max: usize) -> &str {
    let mut chars = 0;
    for (at, byte) in text.bytes().enumerate() {
        // Other bytes go on with a character.
        let is_first = byte & 0b1100_0000 != 0b1000_0000;
        if is_first && chars == chars_max {
            return text.get(..at).map_or("", |start| start);
        }
        chars += usize::from(is_first);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::reading::tests::text;

    fn with_reading<T>(test: impl FnOnce(&Reading<'_>) -> T) -> T {
        let (change, limits) = (Change::unknown("c", ChangeKind::Config), Limits::default());
        test(&Reading::new(&change, &limits, Verdict::Block))
    }

    const RULE: Rule =
        Rule { id: "r", title: "t", help: "h", remedy: "r", origin: None, strictest: Verdict::Block };

    #[test]
    fn the_last_finding_counts_the_rest_and_no_block_is_crowded_out() {
        let findings = with_reading(|reading| {
            let mut told = Told::new(&RULE, reading);
            for index in 0..30 {
                told.tell(Weight::Soft, Spot::in_document(&text!("/{index}")), || "soft".into());
            }
            for _twice in 0..2 {
                told.tell(Weight::Hard, Spot::in_document("/hard"), || "hard".into());
            }
            let mut findings = vec![];
            told.give(&mut findings);
            findings
        });
        assert_eq!(findings.len(), 20);
        assert_eq!((findings[0].verdict, findings[0].message.as_str()), (Verdict::Block, "hard"));
        assert_eq!(findings[19].message, "soft, and 11 more places like it");
    }

    #[test]
    fn secrets_are_not_shown_and_long_values_are_cut() {
        let hidden = [
            ("/db/password", "x"),
            ("/clientSecret/0", "x"),
            ("/url", "postgres://me:x@db"),
            ("/tls/key", "0123456789abcdefghij"),
            ("/a", "-----BEGIN x"),
        ];
        for (pointer, value) in hidden {
            assert_eq!(text!("{}", shown(pointer, &text(value))), "(not shown)", "{pointer}");
        }
        let seen = |pointer, value| text!("{}", shown(pointer, &text(value)));
        assert_eq!(seen("/tolerations/0/key", "dedicated"), "`dedicated`");
        assert_eq!(seen("/tls/key", "éééééééééééééééééé9"), "`éééééééééééééééééé9`");
        assert_eq!(text!("{}", cut(&"é".repeat(61))), text!("{}..", "é".repeat(60)));
        assert_eq!(text!("{}", cut(&"é".repeat(60))), "é".repeat(60));
    }
}
