//! What of the files a policy is shown: what it said it needs, and nothing else.
//!
//! Least privilege, and least cost: lowering is what an evaluation of a large change pays for.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use interlock_model::Needs;

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
        let mut paths = GlobSetBuilder::new();
        for path in &needs.paths {
            // `*` stays within a folder, as people expect of a path; `**` does not.
            let glob =
                GlobBuilder::new(path).literal_separator(true).build().map_err(|error| error.to_string())?;
            paths.add(glob);
        }
        let paths = paths.build().map_err(|error| error.to_string())?;
        Ok(Self { paths, edits: needs.edits, text: needs.text })
    }

    /// Whether a file is shown at all.
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.paths.is_match(path)
    }
}
