//! Selectors: which changes a policy is asked about. Checks that they can match; the gate matches them.
//!
//! A selector that can never match would switch its policy off in silence, so each of those is refused.

use globset::{GlobBuilder, GlobSetBuilder};
use interlock_model::{Pointer, When};

use super::checks::Checks;
use super::wire;
use crate::error::{ProblemKind, escaped, shown};

/// Bytes of one glob. A longer one is no name of anything, and each is compiled.
const GLOB_BYTES_MAX: usize = 1024;

/// The selectors below `at`.
pub(super) fn when(checks: &mut Checks<'_>, at: &Pointer, written: wire::When) -> When {
    let wire::When { kinds, environments, tiers, services, paths } = written;
    given(checks, &at.child("kinds"), kinds.as_deref());
    given(checks, &at.child("tiers"), tiers.as_deref());
    globs(checks, &at.child("environments"), environments.as_deref(), Of::Names);
    globs(checks, &at.child("services"), services.as_deref(), Of::Names);
    globs(checks, &at.child("paths"), paths.as_deref(), Of::Paths);
    When { kinds, environments, tiers, services, paths }
}

fn given<T>(checks: &mut Checks<'_>, at: &Pointer, items: Option<&[T]>) {
    if let Some(items) = items {
        checks.items(
            at,
            items,
            "at least one item",
            "an empty list matches no change, so the policy would never be asked; leave the key out for all changes",
        );
    }
}

/// What a glob is matched with.
#[derive(Clone, Copy)]
enum Of {
    Names,
    Paths,
}

fn globs(checks: &mut Checks<'_>, at: &Pointer, globs: Option<&[String]>, of: Of) {
    given(checks, at, globs);
    for (index, glob) in globs.unwrap_or_default().iter().enumerate() {
        if let Some((wrong, help)) = unfit(glob, of) {
            let found = format!("glob {}{wrong}", shown(glob));
            checks.value(
                &at.child(&index.to_string()),
                ProblemKind::Value,
                found,
                "a glob that can match",
                help,
            );
        }
    }
}

/// What is wrong with a glob, to be read after it, and the next step.
fn unfit(glob: &str, of: Of) -> Option<(String, &'static str)> {
    if glob.len() > GLOB_BYTES_MAX {
        return Some((format!(" of {} bytes", glob.len()), "split it into several of at most 1024 bytes"));
    }
    if glob.trim().is_empty() {
        return Some((" with nothing in it".to_owned(), "write `**` for everything"));
    }
    if glob.starts_with('!') {
        return Some((
            ", which looks like an exclusion".to_owned(),
            "selectors only include: name what the policy is asked about",
        ));
    }
    match of {
        Of::Paths if glob.starts_with("./") => Some((
            ", which begins with `./`".to_owned(),
            "paths begin at the root of what changes: remove the `./`",
        )),
        Of::Paths | Of::Names => compile(glob).err().map(|why| (format!(" ({})", escaped(&why)), GLOB_HELP)),
    }
}

const GLOB_HELP: &str = "`*` is any text within a folder, `**` crosses folders, `{a,b}` is either; a `\\` before a \
                         character takes its meaning away";

/// As the gate compiles it; both steps, since a glob that is read may still be too large to be matched.
fn compile(glob: &str) -> Result<(), String> {
    let glob =
        GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| error.kind().to_string())?;
    GlobSetBuilder::new().add(glob).build().map(|_| ()).map_err(|error| error.kind().to_string())
}
