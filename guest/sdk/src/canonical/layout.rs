//! Where the fields of a record and the payload of a variant stand. All of it is done by the compiler.

#![allow(clippy::indexing_slicing, clippy::panic, reason = "a wrong index or layout does not compile")]

use std::alloc::Layout;

/// The layout of a record, and where each field stands.
pub(crate) const fn record<const N: usize>(fields: &[Layout; N]) -> (Layout, [usize; N]) {
    let mut whole = Layout::new::<()>();
    let mut at = [0; N];
    let mut index = 0;
    while index < N {
        let Ok((longer, offset)) = whole.extend(fields[index]) else { panic!("a record fits the memory") };
        whole = longer;
        at[index] = offset;
        index += 1;
    }
    (whole.pad_to_align(), at)
}

/// The layout of a variant with a tag of one byte, and where its payload stands.
pub(crate) const fn variant<const N: usize>(payloads: &[Layout; N]) -> (Layout, usize) {
    let (mut size, mut align, mut index) = (0, 1, 0);
    while index < N {
        if payloads[index].size() > size {
            size = payloads[index].size();
        }
        if payloads[index].align() > align {
            align = payloads[index].align();
        }
        index += 1;
    }
    let Ok(widest) = Layout::from_size_align(size, align) else { panic!("a payload fits the memory") };
    let (whole, [_tag, payload]) = record(&[Layout::new::<u8>(), widest]);
    (whole, payload)
}
