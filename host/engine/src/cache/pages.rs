//! Memory for compiled code of the cache, on systems where that is worth it: Linux on x86-64.
//!
//! A kept module is read once, into memory of this process alone, summed there, and run from there. Mapping a copy of it
//! cost a page fault, a page and a copy for every 4 KiB, which was a third of a cold `check`; modules side by side in one
//! huge page cost one. wasmtime is told how to make such memory executable through `Publisher`.
//!
//! `cache` fills a [`Room`] and gives it to wasmtime; `config` installs the publisher.

#![allow(
    unsafe_code,
    reason = "memory that is mapped here and given out once; `tests/suite/cache.rs` loads from it, and reads what the system \
              says of its rights"
)]

use std::ffi::c_void;
use std::io;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};
use wasmtime::CustomCodeMemory;

/// Bytes of a page: what rights are given to at the least.
const PAGE_BYTES: usize = 4096;
/// Bytes of a huge page. A block is one or several of them, and begins at one.
const HUGE_BYTES: usize = 2 << 20;

/// Memory that modules of one engine are loaded into, one beside the other.
#[derive(Default)]
pub(crate) struct Pages {
    /// The block that still has room, and how much of it is given out.
    open: Mutex<Option<(Arc<Block>, usize)>>,
}

/// A part of a block that nobody else has.
pub(crate) struct Room {
    block: Arc<Block>,
    start: usize,
    bytes: usize,
}

/// Memory of this process alone, given back when the last part of it is.
struct Block {
    mapped: NonNull<c_void>,
    mapped_bytes: usize,
    /// The first huge page in it.
    first: NonNull<u8>,
    bytes: usize,
}

// SAFETY: a block is an address. Who may write behind it is decided by `Room`, of which no two overlap.
unsafe impl Send for Block {}
// SAFETY: as above.
unsafe impl Sync for Block {}

impl Pages {
    /// Room for so many bytes, beginning at a page.
    pub(crate) fn take(&self, bytes: usize) -> io::Result<Room> {
        let whole = bytes.checked_next_multiple_of(PAGE_BYTES).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (block, start) = match open.take() {
            Some((block, used)) if block.bytes - used >= whole => (block, used),
            Some(_) | None => (Arc::new(Block::of(whole)?), 0),
        };
        *open = Some((Arc::clone(&block), start + whole));
        Ok(Room { block, start, bytes })
    }
}

impl Block {
    fn of(bytes: usize) -> io::Result<Self> {
        let bytes = bytes.checked_next_multiple_of(HUGE_BYTES).ok_or(io::ErrorKind::OutOfMemory)?;
        let mapped_bytes = bytes.checked_add(HUGE_BYTES).ok_or(io::ErrorKind::OutOfMemory)?;
        let rights = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping, which touches no other.
        let mapped =
            unsafe { mmap_anonymous(std::ptr::null_mut(), mapped_bytes, rights, MapFlags::PRIVATE) }?;
        let mapped = NonNull::new(mapped).ok_or(io::ErrorKind::OutOfMemory)?;
        let offset = mapped.cast::<u8>().align_offset(HUGE_BYTES);
        // SAFETY: the mapping is a huge page longer than what is used of it, so that one begins in it.
        let first = unsafe { mapped.cast::<u8>().add(offset) };
        // SAFETY: inside the mapping. Where there are no huge pages it is memory all the same.
        let _ = unsafe { madvise(first.as_ptr().cast(), bytes, Advice::LinuxHugepage) };
        Ok(Self { mapped, mapped_bytes, first, bytes })
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: mapped by `of`, and the last part of it is gone. A system that refuses keeps it, which harms nobody.
        let _ = unsafe { munmap(self.mapped.as_ptr(), self.mapped_bytes) };
    }
}

impl Room {
    /// Its bytes, for whoever fills it.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: inside the block, given out once, and borrowed by whoever has the room.
        unsafe { std::slice::from_raw_parts_mut(self.first().as_ptr(), self.bytes) }
    }

    /// Its bytes, which nobody writes any more: not even this process can.
    ///
    /// # Errors
    /// If the system does not take the right to write away.
    pub(crate) fn sealed(&mut self) -> io::Result<NonNull<[u8]>> {
        let whole = self.bytes.next_multiple_of(PAGE_BYTES);
        // SAFETY: whole pages inside the block, of which no other room has any.
        unsafe { mprotect(self.first().as_ptr().cast(), whole, MprotectFlags::READ) }?;
        Ok(NonNull::slice_from_raw_parts(self.first(), self.bytes))
    }

    fn first(&self) -> NonNull<u8> {
        // SAFETY: `take` keeps start and bytes inside the block.
        unsafe { self.block.first.add(self.start) }
    }
}

/// Makes code executable for wasmtime: its own code and that in a [`Room`]. Never writable at the same time.
pub(crate) struct Publisher;

impl CustomCodeMemory for Publisher {
    fn required_alignment(&self) -> usize {
        PAGE_BYTES
    }

    fn publish_executable(&self, ptr: *const u8, len: usize) -> wasmtime::Result<()> {
        let rights = MprotectFlags::READ | MprotectFlags::EXEC;
        // SAFETY: wasmtime names the code of a module that it has read and that is not run yet.
        unsafe { mprotect(ptr.cast_mut().cast(), len, rights) }.map_err(wasmtime::Error::from)
    }

    /// Nothing of ours is patched, so code that is no longer run need not become writable.
    fn unpublish_executable(&self, ptr: *const u8, len: usize) -> wasmtime::Result<()> {
        // SAFETY: as above; wasmtime promises that nothing runs there any more.
        unsafe { mprotect(ptr.cast_mut().cast(), len, MprotectFlags::READ) }.map_err(wasmtime::Error::from)
    }
}
