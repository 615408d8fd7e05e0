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

// Offsets are wrapped round where they are computed and compared afterwards: no text of an overflow, and less fuel for
// each of the many blocks an evaluation takes.
impl Arena {
    /// How far from the arena's start a pointer is: past its end, if it did not come from it.
    fn offset(&self, pointer: *mut u8) -> usize {
        (pointer as usize).wrapping_sub(self.memory.get() as usize)
    }

    /// Whether an allocation is the last one handed out, so that it can grow or go in place.
    fn is_last(&self, offset: usize, size: usize) -> bool {
        offset.wrapping_add(size) == self.used.get()
    }
}

// SAFETY: the arena hands out each byte once until it is given back as the last one (`is_last`), aligned because
// `start` is rounded up from a 16-byte aligned base (larger alignments go to the heap); everything else is the heap's.
// Neither sum of `alloc` can wrap round: what is used is at most the arena, and a layout is at most half of all memory.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.used.get().wrapping_add(layout.align() - 1) & layout.align().wrapping_neg();
        let end = start.wrapping_add(layout.size());
        if layout.align() > 16 || end > ARENA_BYTES {
            return self.heap.alloc(layout);
        }
        self.used.set(end);
        self.memory.get().cast::<u8>().wrapping_add(start)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let offset = self.offset(pointer);
        if offset >= ARENA_BYTES {
            // SAFETY: it is not the arena's, so it is the heap's, with the same layout.
            unsafe { self.heap.dealloc(pointer, layout) };
        } else if self.is_last(offset, layout.size()) {
            self.used.set(offset);
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the alignment is the old one, and the new size the caller's.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let offset = self.offset(pointer);
        if offset >= ARENA_BYTES {
            // SAFETY: it is not the arena's, so it is the heap's, with the same layout.
            return unsafe { self.heap.realloc(pointer, layout, new_layout) };
        }
        let end = offset.wrapping_add(new_size);
        if self.is_last(offset, layout.size()) && end <= ARENA_BYTES {
            self.used.set(end);
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
