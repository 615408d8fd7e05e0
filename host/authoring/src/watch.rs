//! Waiting until a file is another one. By asking, twice a second: it works on every file system, and needs no crate.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Files as they were when they were last looked at.
pub struct Watch(Vec<(PathBuf, Stamp)>);

/// What tells two states of a file apart. `None`: it is not there, as it is for a moment while an editor saves it.
type Stamp = Option<(Option<SystemTime>, u64)>;

impl Watch {
    /// Looks at the files as they are. To be made before they are read, or a change in between would be missed.
    pub fn of(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(paths.into_iter().map(|path| (path.clone(), stamp(&path))).collect())
    }

    /// Whether one of them has become another.
    pub fn has_changed(&self) -> bool {
        self.0.iter().any(|(path, before)| stamp(path) != *before)
    }

    /// Returns when one of them has.
    pub fn wait(&self) {
        while !self.has_changed() {
            sleep(PAUSE);
        }
    }
}

fn stamp(path: &std::path::Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}
