//! The service catalog: what the operator knows of services, whatever a change says about itself.

use std::collections::BTreeMap;

use crate::Tier;

/// Services by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Services by name.
    pub services: BTreeMap<String, CatalogService>,
}

/// One service of the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogService {
    /// 0 (others stand on it) to 3 (nobody waits for it). Absent: unknown, judged as 0.
    pub tier: Option<Tier>,
    /// The team that answers for it. Absent: unknown.
    pub owner: Option<String>,
    /// How many services depend on it. Absent: unknown.
    pub dependents: Option<u32>,
    /// Names of the services it stands on. Absent: unknown.
    pub depends_on: Option<Vec<String>>,
}
