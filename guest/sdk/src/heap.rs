//! Memory past the arena: blocks by size class, each class with a list of those that were given back.
//!
//! The standard allocator for wasm is 6 KB in each policy, for programs that run on and on. One evaluation needs less:
//! nothing is merged here, and nothing goes back to the host. A block is at most a quarter larger than what was asked
//! for. Called by `arena` alone.

#![allow(unsafe_code, reason = "memory is handed out by address; listed in ARCHITECTURE.md")]

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::{copy_nonoverlapping, null_mut, with_exposed_provenance_mut};

/// What every block is aligned to, and the size of the smallest.
const GRAIN: usize = 16;
/// Four classes from each power of two to the next, up to the largest size that Rust allocates.
const CLASSES: usize = 4 * usize::BITS as usize - 24;

/// What was grown and not yet handed out, and what was given back.
pub(crate) struct Heap {
    next: Cell<usize>,
    end: Cell<usize>,
    given_back: [Cell<*mut Given>; CLASSES],
}

/// What stands in a block that was given back: the one given back before it.
struct Given {
    before: *mut Given,
}

/// Which list a block belongs to, and how large it is.
struct Class {
    list: usize,
    size: usize,
}

impl Class {
    /// 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, ...
    fn of(size: usize) -> Self {
        let last = size.max(1) - 1;
        let shift = (last | 64).ilog2() - 2;
        let steps = last >> shift;
        Self { list: 4 * (shift as usize - 4) + steps, size: (steps + 1) << shift }
    }
}

impl Heap {
    pub(crate) const fn new() -> Self {
        Self { next: Cell::new(0), end: Cell::new(0), given_back: [const { Cell::new(null_mut()) }; CLASSES] }
    }

    /// A block for this layout, or null where there is no more memory.
    #[cold]
    #[inline(never)]
    pub(crate) fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = Class::of(layout.size());
        let list = self.list(&class);
        let given = list.get();
        if given.is_null() || layout.align() > GRAIN {
            return self.carve(class.size, layout.align().max(GRAIN));
        }
        // SAFETY: a block on a list is nobody's, and `dealloc` wrote what stands in it.
        list.set(unsafe { (*given).before });
        given.cast()
    }

    /// Gives a block back.
    ///
    /// # Safety
    ///
    /// It came from this heap, with this layout, and is used no more.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let list = self.list(&Class::of(layout.size()));
        let given = pointer.cast::<Given>();
        // SAFETY: a block is no smaller than a pointer and aligned for one.
        unsafe { given.write(Given { before: list.get() }) };
        list.set(given);
    }

    /// Makes a block larger or smaller; null where there is no more memory, and the old block stays.
    ///
    /// # Safety
    ///
    /// As [`Self::dealloc`]; `new` has the old alignment.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn realloc(&self, pointer: *mut u8, old: Layout, new: Layout) -> *mut u8 {
        if Class::of(old.size()).list == Class::of(new.size()).list {
            return pointer;
        }
        let block = self.alloc(new);
        if !block.is_null() {
            // SAFETY: both blocks hold what is copied, and one is not the other: the old one was not given back yet.
            unsafe {
                copy_nonoverlapping(pointer, block, old.size().min(new.size()));
                self.dealloc(pointer, old);
            }
        }
        block
    }

    /// Not by an index: that can fail with a formatted text, and would be the only thing that needs std's formatting, 2 KB.
    fn list(&self, class: &Class) -> &Cell<*mut Given> {
        match self.given_back.get(class.list) {
            Some(list) => list,
            // `Class::of` numbers the lists, and the test asks it for the largest size.
            None => std::process::abort(),
        }
    }

    /// A block that was never handed out.
    fn carve(&self, size: usize, align: usize) -> *mut u8 {
        if self.start(align).saturating_add(size) > self.end.get() && !self.grow(size.saturating_add(align)) {
            return null_mut();
        }
        let start = self.start(align);
        self.next.set(start.saturating_add(size));
        with_exposed_provenance_mut(start)
    }

    /// Aligned. Beyond the end of all memory it stays there, where `carve` finds no room.
    fn start(&self, align: usize) -> usize {
        self.next.get().saturating_add(align.wrapping_sub(1)) & align.wrapping_neg()
    }

    /// At least so much more, right behind what there is unless somebody else took that.
    fn grow(&self, bytes: usize) -> bool {
        let Some(grown) = grown(bytes) else { return false };
        if grown.start != self.end.get() {
            self.next.set(grown.start);
        }
        self.end.set(grown.end);
        true
    }
}

/// Whole pages from the host; it says no at the policy's limit.
#[cfg(target_arch = "wasm32")]
fn grown(bytes: usize) -> Option<std::ops::Range<usize>> {
    const PAGE: usize = 64 * 1024;
    let pages = bytes.div_ceil(PAGE);
    match core::arch::wasm32::memory_grow(0, pages) {
        usize::MAX => None,
        before => Some(before * PAGE..(before + pages) * PAGE),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn grown(bytes: usize) -> Option<std::ops::Range<usize>> {
    let pages = Vec::leak(vec![0_u8; bytes.next_multiple_of(64 * 1024)]).as_mut_ptr_range();
    Some(pages.start.expose_provenance()..pages.end.expose_provenance())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_is_asked_for_and_little_more() {
        let mut before = Class::of(0);
        for size in (0..100_000).chain([isize::MAX as usize]) {
            let class = Class::of(size);
            assert!(class.list < CLASSES && class.size.is_multiple_of(GRAIN));
            assert!(size <= class.size && class.size <= (size + size / 4).max(size + GRAIN), "{size}");
            assert_eq!(class.list == before.list, class.size == before.size, "{size}: a list has one size");
            before = class;
        }
    }

    /// A block of one letter, looked at again when it is changed.
    struct Block {
        start: *mut u8,
        layout: Layout,
        letter: u8,
    }

    impl Block {
        fn fill(start: *mut u8, layout: Layout, letter: u8) -> Self {
            assert!(!start.is_null() && start.addr().is_multiple_of(layout.align()));
            // SAFETY: the block was handed out for this layout.
            unsafe { start.write_bytes(letter, layout.size()) };
            Self { start, layout, letter }
        }

        fn holds(&self, bytes: usize) -> bool {
            // SAFETY: the block was filled, and is still handed out.
            let held = unsafe { std::slice::from_raw_parts(self.start, bytes) };
            held.iter().all(|byte| *byte == self.letter)
        }
    }

    #[test]
    fn no_block_is_handed_out_twice() {
        let heap = Heap::new();
        let mut blocks: Vec<Block> = Vec::new();
        let mut state: usize = 1;
        for turn in 0..20_000_usize {
            // A linear congruential generator: the same turns on every run.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = state >> 33;
            let layout = Layout::from_size_align(1 + random % 3_000, 1 << (random % 7)).unwrap();
            let letter = turn as u8;
            if blocks.len() < 50 || random.is_multiple_of(3) {
                blocks.push(Block::fill(heap.alloc(layout), layout, letter));
                continue;
            }
            let old = blocks.swap_remove(random % blocks.len());
            assert!(old.holds(old.layout.size()), "turn {turn}: somebody else wrote into it");
            // SAFETY: the block came from the heap with its layout, and is forgotten here.
            unsafe {
                if random.is_multiple_of(2) {
                    heap.dealloc(old.start, old.layout);
                } else {
                    let new = Layout::from_size_align(layout.size(), old.layout.align()).unwrap();
                    let start = heap.realloc(old.start, old.layout, new);
                    let kept = old.layout.size().min(new.size());
                    assert!(Block { start, ..old }.holds(kept), "turn {turn}: what it held moves with it");
                    blocks.push(Block::fill(start, new, letter));
                }
            }
        }
    }
}
