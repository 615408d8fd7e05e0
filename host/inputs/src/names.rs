//! Did you mean: the known name that is closest to what was written.

/// Longer names are not slips of the pen, and comparing them costs the square of their length.
const COMPARED_MAX: usize = 64;

/// The closest of the known names, if one is close enough to have been meant.
pub(crate) fn closest<'n>(found: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if found.len() > COMPARED_MAX {
        return None;
    }
    let plain = plain_form(found);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&plain, &plain_form(name)), name))
        .filter(|(distance, _)| *distance <= (found.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Case, underscores and stray spaces are the commonest slips; they count for nothing.
fn plain_form(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: &str, expect: Option<&str>) {
        assert_eq!(closest(found, ["rollout", "kind", "created-at"]), expect, "{found}");
    }

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        check("rolout", Some("rollout"));
        check("Kind", Some("kind"));
        check("created_at", Some("created-at"));
        check("constructor", None);
        let long = "x".repeat(COMPARED_MAX + 1);
        assert_eq!(closest(&long, [long.as_str()]), None);
    }
}
