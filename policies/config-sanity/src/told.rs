//! The findings of one rule: one for each place, twenty at most, and no value that may be a secret.

use std::borrow::Cow;

use interlock_guest::contains;
use interlock_guest::prelude::*;

use crate::keys::Near;
use crate::reading::{Reading, Weight};

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
    path: Option<&'a str>,
    pointer: Cow<'a, str>,
}

impl<'a> Spot<'a> {
    pub(crate) fn in_file(file: &'a FileChange, pointer: &'a str) -> Self {
        Self { path: Some(&file.path), pointer: pointer.into() }
    }

    pub(crate) fn in_document(pointer: String) -> Self {
        Self { path: None, pointer: pointer.into() }
    }

    fn is_of(&self, finding: &Finding) -> bool {
        let mut places = finding.locations.iter();
        places.any(|place| place.path.as_deref() == self.path && place.pointer == self.pointer)
    }

    fn show(&self, finding: Finding) -> Finding {
        match self.path {
            Some(path) => finding.at_file(path, self.pointer.as_ref()),
            None => finding.at(self.pointer.as_ref()),
        }
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
    findings: Vec<Finding>,
    count: usize,
}

impl<'a> Told<'a> {
    pub(crate) fn new(rule: &'static Rule, reading: &'a Reading<'a>) -> Self {
        Self { rule, reading, blocks: Kept::default(), warns: Kept::default() }
    }

    /// Tells of one place, unless the tier leaves such things alone or the place was told.
    pub(crate) fn tell(&mut self, weight: Weight, at: Spot<'_>, message: impl FnOnce() -> String) {
        let Some(verdict) = self.reading.verdict(weight) else { return };
        if self.count(verdict, &at) {
            self.keep(verdict, &at, message());
        }
    }

    /// Counts a place that was not told yet, and says whether it is among the first ones.
    #[inline(never)]
    fn count(&mut self, verdict: Verdict, at: &Spot<'_>) -> bool {
        let kept = self.kept(verdict);
        let is_told = kept.findings.iter().any(|finding| at.is_of(finding));
        kept.count += usize::from(!is_told);
        !is_told && kept.count <= FINDINGS_MAX
    }

    #[inline(never)]
    fn keep(&mut self, verdict: Verdict, at: &Spot<'_>, message: String) {
        let finding = at.show(self.rule.finding(verdict, message));
        let finding = finding.with_tier(self.reading.change);
        self.kept(verdict).findings.push(finding);
    }

    fn kept(&mut self, verdict: Verdict) -> &mut Kept {
        match verdict {
            Verdict::Block => &mut self.blocks,
            Verdict::Warn => &mut self.warns,
        }
    }

    /// Blocks first. The last one speaks for all that were not told, as hard as the hardest of them.
    #[inline(never)]
    pub(crate) fn findings(self) -> Vec<Finding> {
        let count = self.blocks.count + self.warns.count;
        let mut findings = self.blocks.findings;
        findings.extend(self.warns.findings);
        findings.truncate(FINDINGS_MAX);
        if count > FINDINGS_MAX
            && let Some(last) = findings.last_mut()
        {
            last.message = text!("{}, and {} more places like it", last.message, count - FINDINGS_MAX);
        }
        findings
    }
}

/// The findings of several rules, one after the other.
#[inline(never)]
pub(crate) fn joined(of_rules: Vec<Vec<Finding>>) -> Vec<Finding> {
    let mut all = Vec::new();
    for mut findings in of_rules {
        all.append(&mut findings);
    }
    all
}

/// A value as a message may show it.
#[inline(never)]
pub(crate) fn shown(reading: &Reading<'_>, pointer: &str, value: &Scalar) -> String {
    match value.kind {
        ScalarKind::Null => "`null`".into(),
        ScalarKind::EmptyMap => "`{}`".into(),
        ScalarKind::EmptyList => "`[]`".into(),
        ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Text => {
            text_shown(reading, pointer, &value.text)
        }
    }
}

/// The text of a value, in backticks, if it may be shown.
pub(crate) fn text_shown(reading: &Reading<'_>, pointer: &str, text: &str) -> String {
    if reading.names.secret.along(pointer) || looks_secret(pointer, text) {
        "(not shown)".into()
    } else {
        text!("`{}`", cut(text))
    }
}

/// Key material, and addresses with a password in them, under whatever name.
fn looks_secret(pointer: &str, text: &str) -> bool {
    // Of a long text only the beginning is shown.
    let text = text
        .char_indices()
        .nth(LOOKED_AT_CHARS)
        .and_then(|(end, _)| text.get(..end))
        .map_or(text, |text| text);
    let is_key = matches!(Near::of(pointer).own.last().map(String::as_str), Some("key" | "keys"));
    contains(text, "-----BEGIN")
        || contains(text, "://") && text.contains('@')
        || is_key && text.chars().count() >= KEY_CHARS_MIN
}

/// A place as a message names it.
#[inline(never)]
pub(crate) fn place(pointer: &str) -> String {
    if pointer.is_empty() { "the file".into() } else { text!("`{}`", cut(pointer)) }
}

/// At most as much as a person reads of a value.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => text.get(..end).map_or("".into(), |start| text!("{start}..").into()),
        None => text.into(),
    }
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
                told.tell(Weight::Soft, Spot::in_document(text!("/{index}")), || "soft".into());
            }
            for _twice in 0..2 {
                told.tell(Weight::Hard, Spot::in_document("/hard".into()), || "hard".into());
            }
            told.findings()
        });
        assert_eq!(findings.len(), 20);
        assert_eq!((findings[0].verdict, findings[0].message.as_str()), (Verdict::Block, "hard"));
        assert_eq!(findings[19].message, "soft, and 11 more places like it");
    }

    #[test]
    fn secrets_are_not_shown_and_long_values_are_cut() {
        with_reading(|reading| {
            let hidden = [
                ("/db/password", "x"),
                ("/clientSecret/0", "x"),
                ("/url", "postgres://me:x@db"),
                ("/tls/key", "0123456789abcdefghij"),
                ("/a", "-----BEGIN x"),
            ];
            for (pointer, value) in hidden {
                assert_eq!(shown(reading, pointer, &text(value)), "(not shown)", "{pointer}");
            }
            assert_eq!(shown(reading, "/tolerations/0/key", &text("dedicated")), "`dedicated`");
            assert_eq!(cut(&"é".repeat(61)), text!("{}..", "é".repeat(60)));
            assert_eq!(cut(&"é".repeat(60)), "é".repeat(60));
        });
    }
}
