//! The guest's allocator: an arena inside the initial memory first, a heap after it.
//!
//! A fresh instance judges one change and is thrown away. Growing memory and touching new pages is what such an
//! evaluation mostly pays for, so the first 48 KiB come from memory that is there already, and freeing them is a no-op
//! unless they were the last. A large change must not keep all it ever touched, though: past the arena, `heap` uses again
//! what was given back.

#![allow(unsafe_code, reason = "a global allocator cannot be written without; listed in ARCHITECTURE.md")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};

use crate::heap::Heap;

/// Enough for the stock policies on a change with some thirty edits; a larger one spills over and works all the same.
const ARENA_BYTES: usize = 48 * 1024;

/// Memory handed out from the front, how far it is used, and what comes after it.
#[repr(C, align(16))]
struct Arena {
    memory: UnsafeCell<[u8; ARENA_BYTES]>,
    used: Cell<usize>,
    heap: Heap,
}

// SAFETY: a policy module has one thread: the host refuses modules with shared memory or threads at load.
unsafe impl Sync for Arena {}

#[global_allocator]
static ARENA: Arena =
    Arena { memory: UnsafeCell::new([0; ARENA_BYTES]), used: Cell::new(0), heap: Heap::new() };

impl Arena {
    /// Where the arena starts.
    fn base(&self) -> usize {
        self.memory.get() as usize
    }

    /// Whether a pointer came from the arena.
    fn holds(&self, pointer: *mut u8) -> bool {
        (pointer as usize).wrapping_sub(self.base()) < ARENA_BYTES
    }

    /// Whether an allocation is the last one handed out, so that it can grow or go in place.
    fn is_last(&self, pointer: *mut u8, size: usize) -> bool {
        pointer as usize - self.base() + size == self.used.get()
    }
}

// SAFETY: the arena hands out each byte once until it is given back as the last one (`is_last`), aligned because
// `start` is rounded up from a 16-byte aligned base (larger alignments go to the heap); everything else is the heap's.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = (self.used.get() + layout.align() - 1) & !(layout.align() - 1);
        if layout.align() > 16 || layout.size() > ARENA_BYTES || start > ARENA_BYTES - layout.size() {
            return self.heap.alloc(layout);
        }
        self.used.set(start + layout.size());
        (self.base() + start) as *mut u8
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if !self.holds(pointer) {
            // SAFETY: it is not the arena's, so it is the heap's, with the same layout.
            unsafe { self.heap.dealloc(pointer, layout) };
        } else if self.is_last(pointer, layout.size()) {
            self.used.set(pointer as usize - self.base());
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the alignment is the old one, and the new size the caller's.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        if !self.holds(pointer) {
            // SAFETY: it is not the arena's, so it is the heap's, with the same layout.
            return unsafe { self.heap.realloc(pointer, layout, new_layout) };
        }
        let start = pointer as usize - self.base();
        if self.is_last(pointer, layout.size()) && new_size <= ARENA_BYTES - start {
            self.used.set(start + new_size);
            return pointer;
        }
        // SAFETY: both blocks hold the bytes that are copied, and do not overlap, since the old one is still handed out.
        unsafe {
            let new = self.alloc(new_layout);
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(pointer, new, layout.size().min(new_size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}
