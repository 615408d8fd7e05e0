//! What is done to a thing, and how much of it is gone afterwards: one order of the words of plans.
//!
//! `terraform` reads the actions of a plan into it, `merge` weighs by it what several plans do. What a word
//! means to a policy is for the policy to say.

/// What is done to one thing, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    NoOp,
    Read,
    Create,
    Update,
    /// No longer managed, and left running. Nothing is lost, and nobody looks after it any more.
    Forget,
    /// A word that this version does not know: it may be the worst there is, and counts among the losses.
    Unknown,
    /// Deleted and created, in either order.
    Replace,
    Delete,
}

impl Verb {
    /// The worst first.
    pub(crate) const ALL: [Self; 8] = [
        Self::Delete,
        Self::Replace,
        Self::Unknown,
        Self::Forget,
        Self::Update,
        Self::Create,
        Self::Read,
        Self::NoOp,
    ];

    /// By the name it has in an action.
    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|verb| verb.name() == name).unwrap_or(Self::Unknown)
    }

    /// As an action has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoOp => "no-op",
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Forget => "forget",
            Self::Unknown => "unknown",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }

    /// Whether anything outside the records of a tool differs afterwards.
    pub(crate) fn changes(self) -> bool {
        match self {
            Self::NoOp | Self::Read | Self::Forget => false,
            Self::Create | Self::Update | Self::Unknown | Self::Replace | Self::Delete => true,
        }
    }

    /// Whether the thing that was there is gone afterwards, or may be. Losses are counted together: five
    /// hundred replacements are not made little by the one deletion beside them.
    pub(crate) fn takes_away(self) -> bool {
        match self {
            Self::NoOp | Self::Read | Self::Create | Self::Update | Self::Forget => false,
            Self::Unknown | Self::Replace | Self::Delete => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_its_weight_and_its_name() {
        assert!(Verb::ALL.into_iter().rev().collect::<Vec<_>>().is_sorted());
        for verb in Verb::ALL {
            assert_eq!(Verb::named(verb.name()), verb);
        }
        assert_eq!([Verb::named("archive"), Verb::named("Delete "), Verb::named("")], [Verb::Unknown; 3]);
    }

    #[test]
    fn whatever_is_lost_weighs_more_than_whatever_is_not() {
        let (lost, left): (Vec<Verb>, Vec<Verb>) = Verb::ALL.into_iter().partition(|verb| verb.takes_away());
        assert_eq!(lost, [Verb::Delete, Verb::Replace, Verb::Unknown]);
        assert!(lost.iter().all(|lost| left.iter().all(|left| left < lost)));
    }
}
