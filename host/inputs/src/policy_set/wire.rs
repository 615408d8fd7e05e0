//! The policy set as it is written, key by key. Its comments are the descriptions in the published schema.
//!
//! Only shapes: what a value may be beyond its type is checked by the files beside this one, which know where it
//! stands.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use interlock_model::{ChangeKind, Digest, Instant, Tier};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::settings::Setting;
use crate::catalog::CatalogSources;
use crate::facts::FactsSources;

/// Which policies judge a change, with which settings, and how much they weigh.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PolicySet {
    /// The version of this form. Always 1.
    #[schemars(with = "u32", extend("const" = 1))]
    pub(super) version: Whole,
    /// Policies by a name of your own: kebab-case, at most 64 characters, not `interlock`. At least one.
    #[schemars(with = "BTreeMap<String, Binding>")]
    #[schemars(extend("minProperties" = 1))]
    #[schemars(extend("propertyNames" = {
        "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 64, "not": { "const": "interlock" }
    }))]
    pub(super) policies: InOrder<Binding>,
    /// What is known of services, whatever a change says about itself. Absent: nothing.
    pub(super) catalog: Option<CatalogSources>,
    /// What is known of incidents and error budgets, whatever a change says of them. Absent: what `--facts` tells, if it is
    /// given, or else the change.
    pub(super) facts: Option<FactsSources>,
    /// Calendar files, relative to this file's folder. Absent: none.
    pub(super) calendars: Option<Vec<String>>,
    /// Written decisions to let one rule pass for a while. Absent: none.
    pub(super) waivers: Option<Vec<Waiver>>,
    /// A file of findings that were there before and are accepted, relative to this file's folder. Absent: none.
    pub(super) baseline: Option<String>,
}

/// One policy: where it comes from, its settings, and how much it weighs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Binding {
    /// `stock:` and the name of a policy that comes with this program, or the path of a `.wasm` file relative to this
    /// file's folder.
    #[schemars(extend("pattern" = "^(stock:[a-z][a-z0-9]*(-[a-z0-9]+)*|.*\\.wasm)$"))]
    pub(super) module: String,
    /// SHA-256 of the module's bytes, 64 lower-case hexadecimal digits. Required for a file: other bytes are not run.
    #[schemars(extend("pattern" = "^(sha256:)?[0-9a-f]{64}$"))]
    pub(super) sha256: Option<String>,
    /// How much its findings weigh. Absent: `enforce`.
    pub(super) mode: Option<ModeWord>,
    /// What it counts as when it breaks: a trap, a limit, an answer that makes no sense. Absent: `block`.
    pub(super) on_error: Option<OnErrorWord>,
    /// Why a broken policy may let a change pass. Required with `on-error: allow`, and allowed with nothing else.
    pub(super) on_error_reason: Option<String>,
    /// Its settings by key; `interlock policies` lists them. What is not given keeps the policy's default.
    #[schemars(with = "Option<BTreeMap<String, Setting>>")]
    pub(super) settings: Option<InOrder<Setting>>,
    /// Which changes it is asked about: every selector given must match. Absent: all changes.
    pub(super) when: Option<When>,
    /// Limits other than the usual ones. Absent: the usual ones.
    pub(super) limits: Option<Limits>,
}

/// How much a policy's findings weigh.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ModeWord {
    /// As much as the policy says.
    Enforce,
    /// A warning at most.
    Warn,
    /// Nothing: they are recorded and do not count, and neither does a policy that breaks.
    Shadow,
}

/// What a broken policy counts as.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OnErrorWord {
    /// It blocks.
    Block,
    /// It warns.
    Warn,
    /// It lets the change pass, with `on-error-reason` shown in every report.
    Allow,
}

/// Which changes a policy is asked about. A selector that cannot be decided, because the change does not say, matches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct When {
    /// Sorts of change. Absent: all.
    #[schemars(extend("minItems" = 1))]
    pub(super) kinds: Option<Vec<ChangeKind>>,
    /// Globs of environments. Absent: all.
    #[schemars(extend("minItems" = 1))]
    pub(super) environments: Option<Vec<String>>,
    /// Tiers, 0 to 3; an unknown tier is tier 0. Absent: all.
    #[schemars(extend("minItems" = 1))]
    pub(super) tiers: Option<Vec<Tier>>,
    /// Globs of service names. Absent: all.
    #[schemars(extend("minItems" = 1))]
    pub(super) services: Option<Vec<String>>,
    /// Globs of changed files and artefacts; `*` stays within a folder, `**` does not. Absent: all.
    #[schemars(extend("minItems" = 1))]
    pub(super) paths: Option<Vec<String>>,
}

/// What one evaluation of a policy may use.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Limits {
    /// How large the module may be, and what the other limits are where they are absent. Absent: `usual`.
    pub(super) tier: Option<TierWord>,
    /// Units of fuel, roughly instructions: 1 to 1,000,000,000. Absent: 200,000,000, or 1,000,000,000 in the large tier.
    #[schemars(with = "Option<u32>", extend("minimum" = 1, "maximum" = 1_000_000_000))]
    pub(super) fuel: Option<Whole>,
    /// Memory, KiB: 1,024 (1 MiB) to 262,144 (256 MiB). Absent: 65,536.
    #[schemars(with = "Option<u32>", extend("minimum" = 1024, "maximum" = 262_144))]
    pub(super) memory_kib: Option<Whole>,
    /// Wall clock, milliseconds: 10 to 60,000. Absent: 2,000, or 10,000 in the large tier.
    #[schemars(with = "Option<u32>", extend("minimum" = 10, "maximum" = 60_000))]
    pub(super) deadline_ms: Option<Whole>,
}

/// How large a policy may be.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TierWord {
    /// Compiled, from Rust or C: 8 MiB.
    Usual,
    /// An interpreter with the policy in it, as JavaScript and Python make it: 22 MiB. It takes seconds to compile.
    Large,
}

/// Somebody's written decision to let one rule pass for a while. It turns a block into a warning, never into silence.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Waiver {
    /// The policy, by its name in this set.
    pub(super) policy: String,
    /// Its rule, without the policy's name.
    pub(super) rule: String,
    /// Why. Shown in every report in which the waiver is at work.
    pub(super) reason: String,
    /// Who answers for it.
    pub(super) by: String,
    /// From when it holds.
    pub(super) from: Instant,
    /// Until when it holds, at most 14 days after `from`; at that instant it no longer does.
    pub(super) until: Instant,
    /// What it holds for: at least one of its keys. A change must match all that are given.
    #[schemars(extend("minProperties" = 1))]
    pub(super) scope: Scope,
}

/// What a waiver holds for. Names match exactly; a change that does not say is not covered.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Scope {
    /// Changes that touch these services and no others.
    #[schemars(extend("minItems" = 1))]
    pub(super) services: Option<Vec<String>>,
    /// Changes to one of these environments, as the deploy system resolved it.
    #[schemars(extend("minItems" = 1))]
    pub(super) environments: Option<Vec<String>>,
    /// The change document of this digest, as a report shows it.
    pub(super) change: Option<Digest>,
    /// The changed files of this digest, as a report shows it. Needed beside `change` where files are compared.
    pub(super) files: Option<Digest>,
}

/// A map whose keys are the operator's own, in the order in which they are written. The tree has refused a key that is
/// there twice.
pub(crate) struct InOrder<T>(pub(crate) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(InOrderVisitor(PhantomData))
    }
}

struct InOrderVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrderVisitor<T> {
    type Value = InOrder<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with a name in front of each: `name: ...`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder<T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(InOrder(entries))
    }
}

/// A whole number of any size. Its range is checked where it is known what it is for.
#[derive(Clone, Copy)]
pub(crate) struct Whole(pub(crate) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_i64(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Whole, E> {
        Ok(Whole(number))
    }
}
