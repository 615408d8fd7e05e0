//! SHA-256 over parts: each text with its length in front and each list with its count, so that no two lists of parts
//! write the same bytes. For the policy set's digest and for what a baseline's entries hold.

use sha2::{Digest as _, Sha256};

#[derive(Clone)]
pub(crate) struct Sum(Sha256);

impl Sum {
    /// Begins with what it is a sum of: two things that are summed up differently are never the same.
    pub(crate) fn of(what: &str) -> Self {
        let mut sum = Self(Sha256::new());
        sum.add(what);
        sum
    }

    pub(crate) fn add(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    pub(crate) fn count(&mut self, items: usize) {
        self.0.update((items as u64).to_le_bytes());
    }

    /// Absent and empty are different.
    pub(crate) fn texts(&mut self, texts: Option<&[String]>) {
        let Some(texts) = texts else { return self.add("absent") };
        self.add("present");
        self.count(texts.len());
        texts.iter().for_each(|text| self.add(text));
    }

    pub(crate) fn bytes(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
