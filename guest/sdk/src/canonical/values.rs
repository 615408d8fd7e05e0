//! Numbers, texts, lists, options and results across the border.

use std::alloc::{Layout, dealloc};

#[cfg(test)]
use super::count;
use super::{Canonical, allocate, payload, variant};

/// Numbers are what they are.
macro_rules! number {
    ($($number:ident)*) => {$(
        // SAFETY: same size and alignment on both sides, and any bits are a number.
        unsafe impl Canonical for $number {
            const LAYOUT: Layout = Layout::new::<Self>();
            unsafe fn lift(from: *const u8, to: *mut Self) {
                // SAFETY: the caller's.
                unsafe { to.write(from.cast::<Self>().read()) }
            }
            unsafe fn lower(&self, to: *mut u8) {
                // SAFETY: the caller's.
                unsafe { to.cast::<Self>().write(*self) }
            }
            #[cfg(test)]
            fn sample(next: &mut u32) -> Self {
                count(next) as Self
            }
        }
    )*};
}
number!(u8 u16 u32 i32);

// SAFETY: one byte on both sides.
unsafe impl Canonical for bool {
    const LAYOUT: Layout = Layout::new::<u8>();
    unsafe fn lift(from: *const u8, to: *mut Self) {
        // SAFETY: the caller's.
        unsafe { to.write(from.read() != 0) }
    }
    unsafe fn lower(&self, to: *mut u8) {
        // SAFETY: the caller's.
        unsafe { to.write(u8::from(*self)) }
    }
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self {
        count(next) % 2 == 1
    }
}

/// Where a text or a list stands, and how long it is.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: *mut u8,
    pub(crate) len: usize,
}

const SPAN: Layout = Layout::new::<Span>();

// SAFETY: the host allocated the bytes with `cabi_realloc` and wrote UTF-8: the canonical ABI checks it.
unsafe impl Canonical for String {
    const LAYOUT: Layout = SPAN;
    unsafe fn lift(from: *const u8, to: *mut Self) {
        // SAFETY: see the trait and above.
        unsafe {
            let Span { start, len } = from.cast::<Span>().read();
            to.write(Self::from_raw_parts(start, len, len));
        }
    }
    unsafe fn lower(&self, to: *mut u8) {
        // SAFETY: the caller's; the host only reads.
        unsafe { to.cast::<Span>().write(Span { start: self.as_ptr().cast_mut(), len: self.len() }) }
    }
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self {
        format!("text {}", count(next))
    }
}

// SAFETY: items stand one after the other in both, each in its own layout; only the items' are not the same.
unsafe impl<T: Canonical> Canonical for Vec<T> {
    const LAYOUT: Layout = SPAN;
    unsafe fn lift(from: *const u8, to: *mut Self) {
        // SAFETY: `lift_items` has written `len` of them, in memory for as many.
        unsafe {
            let list = from.cast::<Span>().read();
            let lift = |from: *const u8, to: *mut u8| T::lift(from, to.cast());
            let items = lift_items(list, T::LAYOUT, Layout::new::<T>(), lift);
            to.write(Self::from_raw_parts(items.cast(), list.len, list.len));
        }
    }
    unsafe fn lower(&self, to: *mut u8) {
        // SAFETY: the caller's; each item is lowered to its own place.
        unsafe {
            let start = allocate_list(self.len(), T::LAYOUT);
            let mut to_item = start;
            for item in self {
                item.lower(to_item);
                to_item = to_item.add(T::LAYOUT.size());
            }
            to.cast::<Span>().write(Span { start, len: self.len() });
        }
    }
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self {
        vec![T::sample(next), T::sample(next)]
    }
}

/// One loop for every type of item. The list it reads from is freed: a large change must not stand in memory twice.
///
/// # Safety
///
/// `list` is the host's, of items that `lift` takes from the one layout to the other.
#[inline(never)]
unsafe fn lift_items(list: Span, from: Layout, to: Layout, lift: unsafe fn(*const u8, *mut u8)) -> *mut u8 {
    let items = allocate_list(list.len, to);
    let (mut from_item, mut to_item) = (list.start, items);
    // SAFETY: both walk over `len` items of their layout, and nobody reads the host's list again.
    unsafe {
        for _ in 0..list.len {
            lift(from_item, to_item);
            from_item = from_item.add(from.size());
            to_item = to_item.add(to.size());
        }
        let whole = list_layout(list.len, from);
        if whole.size() > 0 {
            dealloc(list.start, whole);
        }
    }
    items
}

fn list_layout(len: usize, item: Layout) -> Layout {
    match Layout::from_size_align(item.size().saturating_mul(len), item.align()) {
        Ok(layout) => layout,
        Err(_) => std::process::abort(),
    }
}

fn allocate_list(len: usize, item: Layout) -> *mut u8 {
    allocate(list_layout(len, item))
}

// SAFETY: what is in the box crosses; the box stays.
unsafe impl<T: Canonical> Canonical for Box<T> {
    const LAYOUT: Layout = T::LAYOUT;
    unsafe fn lift(from: *const u8, to: *mut Self) {
        // SAFETY: the caller's.
        unsafe { to.write(Self::new(payload(from))) }
    }
    unsafe fn lower(&self, to: *mut u8) {
        // SAFETY: the caller's.
        unsafe { T::lower(self, to) }
    }
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self {
        Self::new(T::sample(next))
    }
}

// SAFETY: a tag of one byte, then the payload.
unsafe impl<T: Canonical> Canonical for Option<T> {
    const LAYOUT: Layout = variant(&[T::LAYOUT]).0;
    // Most fields of the contract are options: reading one is a call, not a copy of the code.
    #[inline(never)]
    unsafe fn lift(from: *const u8, to: *mut Self) {
        // SAFETY: see the trait; there is a payload where the tag is 1. Where the option is no larger than what is in it,
        // it has no byte of its own: each value of `T` is the option that holds it.
        unsafe {
            let at = from.add(const { variant(&[T::LAYOUT]).1 });
            if from.read() == 0 {
                to.write(None);
            } else if const { size_of::<Self>() == size_of::<T>() } {
                T::lift(at, to.cast());
            } else {
                to.write(Some(payload(at)));
            }
        }
    }
    unsafe fn lower(&self, to: *mut u8) {
        // SAFETY: see the trait.
        unsafe {
            to.write(u8::from(self.is_some()));
            if let Some(value) = self {
                value.lower(to.add(const { variant(&[T::LAYOUT]).1 }));
            }
        }
    }
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self {
        Some(T::sample(next))
    }
}

// SAFETY: a tag of one byte, then the payload.
unsafe impl<T: Canonical, E: Canonical> Canonical for Result<T, E> {
    const LAYOUT: Layout = variant(&[T::LAYOUT, E::LAYOUT]).0;
    unsafe fn lift(from: *const u8, to: *mut Self) {
        // SAFETY: see the trait.
        unsafe {
            let at = from.add(const { variant(&[T::LAYOUT, E::LAYOUT]).1 });
            to.write(if from.read() == 0 { Ok(payload(at)) } else { Err(payload(at)) });
        }
    }
    unsafe fn lower(&self, to: *mut u8) {
        // SAFETY: see the trait.
        unsafe {
            to.write(u8::from(self.is_err()));
            let at = to.add(const { variant(&[T::LAYOUT, E::LAYOUT]).1 });
            match self {
                Ok(value) => value.lower(at),
                Err(error) => error.lower(at),
            }
        }
    }
    #[cfg(test)]
    fn sample(next: &mut u32) -> Self {
        Ok(T::sample(next))
    }
}
