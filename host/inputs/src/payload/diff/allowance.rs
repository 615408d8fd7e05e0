//! How much of what differs is listed, so that no change makes a report that nobody can hold. What is not
//! listed is counted.

use super::super::walk::FILE_BYTES_MAX;

/// Edits of one change that are listed; the rest are counted.
pub(in super::super) const EDITS_MAX: usize = 5_000;
/// Lists of one change that are listed; the rest are counted.
const LISTS_MAX: usize = 1_000;
/// Bytes of all values and pointers in edits and lists of one change. One edit of the largest file fits.
const EDIT_BYTES_MAX: usize = 2 * FILE_BYTES_MAX as usize + 1024 * 1024;

/// What may still be listed, for all files of a change together.
pub(in super::super) struct Allowance {
    edits: usize,
    lists: usize,
    bytes: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { edits: EDITS_MAX, lists: LISTS_MAX, bytes: EDIT_BYTES_MAX }
    }
}

impl Allowance {
    pub(super) fn edit(&mut self, bytes: usize) -> bool {
        take(&mut self.edits, &mut self.bytes, bytes)
    }

    pub(super) fn list(&mut self, bytes: usize) -> bool {
        take(&mut self.lists, &mut self.bytes, bytes)
    }
}

fn take(left: &mut usize, bytes_left: &mut usize, bytes: usize) -> bool {
    match (left.checked_sub(1), bytes_left.checked_sub(bytes)) {
        (Some(fewer), Some(fewer_bytes)) => {
            (*left, *bytes_left) = (fewer, fewer_bytes);
            true
        }
        (None, _) | (_, None) => false,
    }
}
