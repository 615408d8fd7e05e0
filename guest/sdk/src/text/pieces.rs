//! What a message is made of: texts and whole numbers, each of which puts itself behind what is there. `text!` calls it.
//!
//! Std's formatting also pads, aligns, counts letters and asks every type for itself, at 4 KB in each policy that uses it
//! once (2026-11-23), and LLVM cannot see which of it is used.

use std::borrow::Cow;

use interlock_guest_macro::text;

use super::{IntoText, append};

/// A piece of a message.
pub trait AddTo {
    /// Puts it behind what is there.
    fn add_to(&self, text: &mut String);
}

impl AddTo for str {
    fn add_to(&self, text: &mut String) {
        append(text, self);
    }
}

impl AddTo for String {
    fn add_to(&self, text: &mut String) {
        append(text, self);
    }
}

impl<T: AddTo + ?Sized> AddTo for &T {
    fn add_to(&self, text: &mut String) {
        (**self).add_to(text);
    }
}

impl AddTo for Cow<'_, str> {
    fn add_to(&self, text: &mut String) {
        append(text, self);
    }
}

/// A whole number in a message.
pub trait Number: Copy {
    /// Whether it is below nought, and how far from it.
    fn signed(self) -> (bool, u64);

    /// Puts it behind what is there, with noughts before it up to so many digits.
    fn add_digits(&self, digits: usize, text: &mut String) {
        let (is_below, magnitude) = self.signed();
        add_number(is_below, magnitude, digits, text);
    }
}

macro_rules! numbers {
    ($($number:ty: |$it:ident| $signed:expr,)*) => {$(
        impl Number for $number {
            fn signed(self) -> (bool, u64) {
                let $it = self;
                $signed
            }
        }

        impl AddTo for $number {
            fn add_to(&self, text: &mut String) {
                self.add_digits(1, text);
            }
        }

        impl IntoText for $number {
            fn into_text(self) -> String {
                text!("{self}")
            }
        }
    )*};
}
numbers! {
    u8: |it| (false, it.into()),
    u16: |it| (false, it.into()),
    u32: |it| (false, it.into()),
    u64: |it| (false, it),
    // Rust has none of more than 64 bits.
    usize: |it| (false, it as u64),
    i32: |it| (it < 0, it.unsigned_abs().into()),
    i64: |it| (it < 0, it.unsigned_abs()),
}

/// One function for all of them. What stands before the last digit is a number itself.
#[inline(never)]
fn add_number(is_below: bool, magnitude: u64, digits: usize, text: &mut String) {
    if is_below {
        append(text, "-");
    }
    let before = magnitude / 10;
    if before > 0 || digits > 1 {
        add_number(false, before, digits.saturating_sub(1), text);
    }
    // Known to be one byte: for any other letter it is 200 bytes more.
    if let Some(digit) = char::from_digit((magnitude % 10) as u32, 10) {
        text.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use crate::{IntoText as _, text};

    #[test]
    fn a_message_says_what_std_would() {
        let (text, count) = ("some".to_owned(), 3_usize);
        assert_eq!(
            text!("{text} {{{count}}}: {}, {}.", &&count, "é"),
            format!("{text} {{{count}}}: {}, é.", count)
        );
        assert_eq!(text!("{}", text!("")), "");
        assert_eq!(text!("words, {{and}} nothing else"), "words, {and} nothing else");
        assert_eq!(text!("{count}{count}"), "33");
    }

    #[test]
    fn numbers_are_written_as_std_writes_them() {
        for number in [0, 1, 9, 10, 99, 100, 65_535, -1, -10, i64::MAX, i64::MIN] {
            assert_eq!(text!("{number}"), number.to_string());
            assert_eq!(number.into_text(), number.to_string());
        }
        for number in [0, 7, 10, 123, 12_345] {
            assert_eq!(text!("{number:02} {number:04}"), format!("{number:02} {number:04}"));
        }
        assert_eq!(
            text!("{} {} {} {}", u8::MAX, u16::MAX, u32::MAX, i32::MIN),
            "255 65535 4294967295 -2147483648"
        );
        assert_eq!(text!("{} {}", usize::MAX, u64::MAX), format!("{} {}", usize::MAX, u64::MAX));
    }
}
