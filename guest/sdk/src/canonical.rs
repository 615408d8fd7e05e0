//! Records across the sandbox's border, as the component model's canonical ABI lays them out in memory.
//!
//! wit-bindgen writes the types of the contract; this file carries them. What it replaces is wit-bindgen's own code for
//! the three exports, which reads every field of every record in one function: 22 KB in each policy, where one small
//! function per type is 8 KB both ways. It also gives back what it read, which a fresh instance that answers once has no
//! use for.
//! The test lets wit-bindgen's code and this one read each other's memory.

#![allow(unsafe_code, reason = "memory that the host wrote is read by layout; listed in ARCHITECTURE.md")]

mod layout;
#[cfg(test)]
pub(crate) mod tests;
mod values;

use std::alloc::{Layout, alloc, handle_alloc_error};
use std::mem::{ManuallyDrop, MaybeUninit};

pub(crate) use layout::{record, variant};
pub(crate) use values::Span;

/// A type of the contract. Implemented here for the plain ones, and by the derive for records and variants.
///
/// # Safety
///
/// `lift` writes the whole of `to`, and `lower` stays within `LAYOUT`.
pub(crate) unsafe trait Canonical: Sized {
    /// Its size and alignment in memory that crosses the border.
    const LAYOUT: Layout;

    /// Takes what the host wrote. Texts stay where they are and are owned from here on.
    ///
    /// # Safety
    ///
    /// `from` is a valid value of this layout that nobody lifts twice; `to` can be written.
    unsafe fn lift(from: *const u8, to: *mut Self);

    /// Writes what the host shall read. Texts stay where they are, so `self` must never be dropped.
    ///
    /// # Safety
    ///
    /// `to` can be written for this layout.
    unsafe fn lower(&self, to: *mut u8);

    /// A value with everything in it, each number and text another one.
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self;
}

/// Takes the one argument of an export.
///
/// # Safety
///
/// As [`Canonical::lift`].
pub(crate) unsafe fn argument<T: Canonical>(from: *const u8) -> ManuallyDrop<T> {
    // SAFETY: passed on to the caller.
    ManuallyDrop::new(unsafe { payload(from) })
}

/// Leaves an answer in memory. Nobody takes it back: the instance ends with it.
pub(crate) fn answer<T: Canonical>(answer: T) -> *mut u8 {
    let answer = ManuallyDrop::new(answer);
    let to = allocate(T::LAYOUT);
    // SAFETY: `to` was allocated for it, and the answer is never dropped.
    unsafe { answer.lower(to) };
    to
}

/// Lifts to the stack.
///
/// # Safety
///
/// As [`Canonical::lift`].
pub(crate) unsafe fn payload<T: Canonical>(from: *const u8) -> T {
    let mut to = MaybeUninit::uninit();
    // SAFETY: `from` is the caller's; `lift` writes all of `to`.
    unsafe {
        T::lift(from, to.as_mut_ptr());
        to.assume_init()
    }
}

/// The host writes only tags that the contract has.
pub(crate) fn no_such_case() -> ! {
    std::process::abort()
}

/// Memory that is never given back.
fn allocate(layout: Layout) -> *mut u8 {
    if layout.size() == 0 {
        return std::ptr::without_provenance_mut(layout.align());
    }
    // SAFETY: its size is not zero.
    let to = unsafe { alloc(layout) };
    if to.is_null() { handle_alloc_error(layout) } else { to }
}

/// Counts on.
#[cfg(test)]
pub(crate) fn count(next: &mut u32) -> u32 {
    *next += 1;
    *next
}
