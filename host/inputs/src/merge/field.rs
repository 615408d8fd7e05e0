//! How two sources' words for one fact are joined, field by field. Whatever is not named here has to be the same.

use interlock_model::Pointer;
use serde_json::Value;

/// How two values of one field become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// They have to be the same; that they differ is a finding.
    Same,
    /// As `Same`, but everything, `["*"]`, contradicts nobody.
    Places,
    /// Nothing is judged by it: whoever says it first is taken at his word.
    FirstSaid,
    /// Each of its fields by itself.
    Fields,
    /// The items of both lists; those that name the same thing are one.
    Items(Identity),
    /// Item by item, if there are as many; a different number has to be a finding.
    Pairwise,
}

/// When two items of a list speak of the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// If they are equal.
    Whole,
    /// If these keys are.
    Keys(&'static [&'static str]),
}

impl Identity {
    pub(super) fn is_same(self, a: &Value, b: &Value) -> bool {
        match self {
            Self::Whole => a == b,
            Self::Keys(keys) => keys.iter().all(|key| a.get(key) == b.get(key)),
        }
    }
}

/// A field of the change, wherever in a list it stands: `/rollout/stages/*/name`.
pub(super) struct Field(String);

impl Field {
    pub(super) fn of(pointer: &Pointer) -> Self {
        let is_index = |token: &str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit());
        let tokens = pointer.as_str().split('/').map(|token| if is_index(token) { "*" } else { token });
        Self(tokens.collect::<Vec<_>>().join("/"))
    }

    pub(super) fn join(&self) -> Join {
        match self.0.as_str() {
            "/title" | "/created-at" | "/source/url" | "/rollout/strategy" | "/rollout/stages/*/name" => {
                Join::FirstSaid
            }
            "/author" | "/source" | "/environment" | "/rollout" | "/rollout/stages/*" => Join::Fields,
            "/rollout/stages/*/gate" | "/canary" | "/schedule" | "/rollback" | "/emergency" => Join::Fields,
            "/emergency/by" | "/action" | "/attributes" => Join::Fields,
            "/services/*" | "/targets/*" | "/artifacts/*" | "/error-budget/*" | "/not-applicable/*" => {
                Join::Fields
            }
            "/labels" | "/tests" | "/approvals" | "/open-incidents" | "/past-incidents" => {
                Join::Items(Identity::Whole)
            }
            "/services" => Join::Items(Identity::Keys(&["name"])),
            "/targets" => Join::Items(Identity::Keys(&["region", "zone", "cell", "cluster", "site-type"])),
            "/artifacts" => Join::Items(Identity::Keys(&["path"])),
            "/error-budget" => Join::Items(Identity::Keys(&["service"])),
            "/not-applicable" => Join::Items(Identity::Keys(&["fact"])),
            "/rollout/stages" => Join::Pairwise,
            "/rollout/stages/*/targets" | "/declared-targets" => Join::Places,
            _ => Join::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_wherever_it_stands() {
        assert_eq!(Field::of(&Pointer::new("/rollout/stages/12/name")).join(), Join::FirstSaid);
        assert_eq!(Field::of(&Pointer::new("/rollout/stages/0/bake-s")).join(), Join::Same);
        assert_eq!(Field::of(&Pointer::new("/services/3/tier")).join(), Join::Same);
    }
}
