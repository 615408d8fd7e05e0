//! How much memory, or how many table elements, a policy holds: a sum against a limit.
//!
//! Pure, like `shown`. The suite compiles both for itself (`tests/suite/engine.rs`), so that this crate has no tests of
//! its own: each would link wasmtime once more.

/// How much of something is held, and what was refused.
#[derive(Clone, Copy, Default)]
pub(crate) struct Held {
    pub(crate) now: usize,
    /// The most that was held at once.
    pub(crate) peak: usize,
    /// What would have been held after the first growth that was refused.
    pub(crate) refused: Option<usize>,
}

impl Held {
    /// Takes a growth from one size to another if the sum over all memories (or tables) stays within the limit. A refusal
    /// is remembered: the guest sees -1 and usually traps soon after, and the trap alone would not say why.
    pub(crate) fn grow(&mut self, current: usize, desired: usize, max: usize) -> bool {
        let after = self.now.saturating_sub(current).saturating_add(desired);
        if after > max {
            self.refused.get_or_insert(after);
            return false;
        }
        self.now = after;
        self.peak = self.peak.max(after);
        true
    }
}
