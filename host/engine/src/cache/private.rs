//! A copy of a file that is this process's alone: what is checked is what is loaded.
//!
//! Where `pages` knows how, it lies where its code will run, and is read once for all. Elsewhere it is plain bytes, which
//! wasmtime copies once more.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};

use twox_hash::xxhash3_128;

use super::Room;

/// The copy.
pub(super) struct PrivateCopy {
    room: Room,
}

/// What bytes come to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum(u128);

impl Sum {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(xxhash3_128::Hasher::oneshot(bytes))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl PrivateCopy {
    /// As many bytes of a file as it had when it was looked at; what is written behind them meanwhile is not read.
    pub(super) fn of(mut file: File, mut room: Room) -> io::Result<Self> {
        file.read_exact(room.bytes_mut())?;
        Ok(Self { room })
    }

    /// Its bytes: the first so many, and the rest.
    pub(super) fn split_at(&mut self, first: u64) -> io::Result<(&[u8], &[u8])> {
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let bytes: &[u8] = self.room.bytes_mut();
        Ok(bytes.split_at_checked(first).ok_or(io::ErrorKind::UnexpectedEof)?)
    }

    /// Where they are.
    pub(super) fn into_room(self) -> Room {
        self.room
    }
}
