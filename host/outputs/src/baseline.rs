//! A baseline as a file: one form for all, so that two people who write the same findings write the same bytes, and a
//! review shows one block for each finding. `interlock-inputs` reads it; `interlock check --write-baseline` writes it.

use interlock_model::{Baseline, KnownFinding};

use crate::escape::for_yaml;

/// What a reviewer has to know, and where the rest stands.
const HEAD: &str = "\
# Findings that were there before and are accepted, each as it was said. What is known stays a warning in every report.
# Remove an entry when its finding is mended. Written by `interlock check --write-baseline`.
version: 1
";

/// The baseline as YAML, sorted.
pub fn baseline_text(baseline: &Baseline) -> String {
    if baseline.entries.is_empty() {
        return format!("{HEAD}findings: []\n");
    }
    let entries: String = baseline.entries.iter().map(entry).collect();
    format!("{HEAD}findings:\n{entries}")
}

/// Every text is quoted: a policy may be named `no`, and a digest may look like a number.
fn entry(finding: &KnownFinding) -> String {
    let KnownFinding { policy, rule, path, pointer, says } = finding;
    format!(
        "  - policy: {}\n    rule: {}\n    path: {}\n    pointer: {}\n    says: {}\n",
        for_yaml(policy.as_str()),
        for_yaml(rule),
        for_yaml(path.as_unescaped()),
        for_yaml(pointer.as_str()),
        for_yaml(says.as_str()),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use interlock_model::{Pointer, Says};

    use super::*;
    use crate::fixture;

    fn known(rule: &str, path: &str) -> KnownFinding {
        KnownFinding {
            policy: fixture::id_of("config-sanity"),
            rule: rule.into(),
            path: path.into(),
            pointer: Pointer::new("/a"),
            says: Says::try_from("0123456789abcdef".repeat(2)).unwrap(),
        }
    }

    #[test]
    fn it_is_sorted_and_every_text_is_a_text() {
        let written = |entries: [KnownFinding; 2]| baseline_text(&Baseline { entries: entries.into() });
        let (one, other) = (known("b", "no"), known("a", "x\n  - policy: \"y\""));
        let text = written([one.clone(), other.clone()]);
        assert_eq!(text, written([other, one]));
        let expect = "findings:\n  - policy: \"config-sanity\"\n    rule: \"a\"\n    \
                      path: \"x\\U0000000A  - policy: \\\"y\\\"\"\n    pointer: \"/a\"\n    \
                      says: \"0123456789abcdef0123456789abcdef\"\n  - policy: \"config-sanity\"\n    rule: \"b\"\n    \
                      path: \"no\"\n";
        assert!(text.contains(expect), "{text}");
        assert!(baseline_text(&Baseline::default()).ends_with("version: 1\nfindings: []\n"));
    }
}
