//! Places that two readers would read differently, as far as they are new: an oddity that stood there before
//! the change is no reason to stop anybody.
//!
//! What is odd is for the readers to say (`odd`); here is what of it the change has brought.

use std::collections::HashMap;

use super::super::DOUBTS_MAX;
use super::super::odd::{self, Odd, OddText};
use super::super::tree::{At, Entry};
use super::{Differ, SideOf};

impl Differ<'_> {
    pub(super) fn note(&mut self, at: At, odd: Option<Odd>) {
        if let Some(odd) = odd.filter(|odd| self.quiet == 0 && self.noted.insert((at, *odd))) {
            self.odd.push((at, odd));
        }
    }

    /// Oddities of a key. One that lies in the key alone is new when the key is; the others also when any of the values
    /// that somebody sees there has changed.
    pub(super) fn note_entry(&mut self, was: Option<&Entry>, is: &Entry) {
        if is.odds.is_empty() {
            return;
        }
        let same = was.is_some_and(|was| was.hidden == is.hidden && was.value.sum == is.value.sum);
        for odd in &is.odds {
            let before = was.is_some_and(|was| was.odds.contains(odd));
            if !(before && (same || odd.is_of_key())) {
                self.note(is.key_at, Some(*odd));
            }
        }
    }

    /// Odd text between values is new if its line was not there as often.
    pub(super) fn text_between(&mut self) {
        let Some(after) = self.after else { return };
        let mut known: HashMap<&str, HashMap<Odd, usize>> = HashMap::new();
        if let Some(before) = self.before {
            for (line, odds) in by_line(before) {
                let counts = known.entry(line).or_default();
                odds.iter().for_each(|odd| *counts.entry(odd.odd).or_default() += 1);
            }
        }
        for (line, odds) in by_line(after) {
            let mut counts = known.get_mut(line);
            for odd in odds {
                let left =
                    counts.as_mut().and_then(|counts| counts.get_mut(&odd.odd)).filter(|left| **left > 0);
                match left {
                    Some(left) => *left -= 1,
                    None => self.note(At::new(odd.at.clone()), Some(odd.odd)),
                }
            }
        }
    }

    /// The odd places as doubts, in the order of the file.
    pub(super) fn tell(&mut self, path: &str) {
        let Some(after) = self.after else { return };
        self.odd.sort_by_key(|(at, odd)| (at.bytes().start, *odd));
        let more = self.odd.len().saturating_sub(DOUBTS_MAX);
        for (at, odd) in self.odd.iter().take(DOUBTS_MAX) {
            let written = after.text.get(at.bytes()).unwrap_or_default();
            self.found.doubts.push(odd::doubt(*odd, path, written, after.lines.span(at.bytes())));
        }
        if let Some(last) = self.found.doubts.last_mut().filter(|_| more > 0) {
            last.message = format!("{}; and {more} more such places in this file", last.message);
        }
    }
}

/// The odd places of a side in groups, each with the whole line it stands on.
fn by_line<'t>(side: &SideOf<'t>) -> Vec<(&'t str, &'t [OddText])> {
    let (mut groups, mut rest, text) = (Vec::new(), side.tree.odd.as_slice(), side.text);
    while let Some(first) = rest.first() {
        let at = first.at.start;
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
        let here = rest.partition_point(|odd| odd.at.start <= end);
        let Some((group, later)) = rest.split_at_checked(here.max(1)) else { break };
        groups.push((text.get(start..end).unwrap_or_default(), group));
        rest = later;
    }
    groups
}
