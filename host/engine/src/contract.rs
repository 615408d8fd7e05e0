//! The versions of the contract that this engine speaks, and what each is called.
//!
//! A released version stays: a policy that was built for it keeps running. How a module of an older one is shown today's
//! change is its adapter's (`since_0_1`); which one a module is of, `admission` and `spoken` ask here.

/// The contract as it is now, `wit/policy.wit`. What the SDK of this version builds for.
pub const CONTRACT: &str = "interlock:policy@0.2.0";

/// The contracts that were released before it and still are spoken, oldest first. Each is in a folder `wit/since-<version>`
/// that nobody edits.
pub const EARLIER_CONTRACTS: &[&str] = &["interlock:policy@0.1.0"];

/// A version of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contract {
    /// 0.1.0.
    Since0_1,
    /// `CONTRACT`.
    Current,
}

impl Contract {
    const ALL: [Self; 2] = [Self::Current, Self::Since0_1];

    /// Package and version.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Current => CONTRACT,
            Self::Since0_1 => "interlock:policy@0.1.0",
        }
    }

    /// What a policy of it exports.
    pub(crate) fn export(self) -> String {
        self.name().replace('@', "/policy@")
    }

    /// The contract that a version belongs to. `None`: one that this engine does not speak.
    pub(crate) fn of_version(version: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|contract| contract.has(version))
    }

    /// Versions of one minor version before 1.0 fit each other; a higher patch may add functions, never change one.
    fn has(self, version: &str) -> bool {
        let (_, ours) = self.name().split_once('@').unwrap_or(("", self.name()));
        let (track, _) = ours.rsplit_once('.').unwrap_or((ours, ""));
        let patch = version.strip_prefix(track).and_then(|rest| rest.strip_prefix('.'));
        patch.is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|digit| digit.is_ascii_digit()))
    }
}
