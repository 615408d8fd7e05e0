//! What of the files a policy is shown: what it said it needs, and nothing else.
//!
//! Least privilege, and least cost: lowering is what an evaluation of a large change pays for.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use interlock_model::Needs;

/// Globs as Interlock reads them wherever paths or names are selected: `*` stays within a folder, as people expect of a
/// path, and `**` does not. The error is what is wrong with one.
pub fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.map_err(|error| error.to_string())?);
    }
    set.build().map_err(|error| error.to_string())
}

/// A policy's needs, ready to be matched.
pub(crate) struct Shown {
    paths: GlobSet,
    /// Whether leaf edits are shown.
    pub(crate) edits: bool,
    /// Whether whole texts are shown.
    pub(crate) text: bool,
}

impl Shown {
    /// The error is what is wrong with a glob.
    pub(crate) fn new(needs: &Needs) -> Result<Self, String> {
        Ok(Self { paths: globs(&needs.paths)?, edits: needs.edits, text: needs.text })
    }

    /// Whether a file is shown at all.
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.paths.is_match(path)
    }
}
