//! Which changes a policy is asked about. Pure.
//!
//! Each selector is decided by what the change says. Where it does not say, the policy is asked: leaving a fact out, or
//! leaving files out of a document, must not be a way around a policy.

use globset::GlobSet;
use interlock_engine::globs;
use interlock_model::{Change, ChangeKind, KindOrigin, Tier, When};

/// A `when` whose globs are compiled.
#[derive(Clone, Default)]
pub(crate) struct Selectors {
    kinds: Option<Vec<ChangeKind>>,
    tiers: Option<Vec<Tier>>,
    environments: Option<GlobSet>,
    services: Option<GlobSet>,
    paths: Option<GlobSet>,
}

impl Selectors {
    /// The error is what is wrong with a glob.
    pub(crate) fn new(when: &When) -> Result<Self, String> {
        let When { kinds, environments, tiers, services, paths } = when;
        Ok(Self {
            kinds: kinds.clone(),
            tiers: tiers.clone(),
            environments: environments.as_deref().map(globs).transpose()?,
            services: services.as_deref().map(globs).transpose()?,
            paths: paths.as_deref().map(globs).transpose()?,
        })
    }

    /// The selector that leaves the change out, with what it was compared with. `None`: the policy is asked.
    pub(crate) fn leaves_out(&self, change: &Change, kind_origin: KindOrigin) -> Option<String> {
        let no_kind = |kinds: &Vec<ChangeKind>| {
            let is_other = match kind_origin {
                KindOrigin::Said => !kinds.contains(&change.kind),
                KindOrigin::Assumed => false,
            };
            is_other.then(|| "`when.kinds` does not hold the change's kind".into())
        };
        let no_environment = |globs: &GlobSet| {
            let named = environments(change);
            (!named.is_empty() && !named.iter().any(|name| globs.is_match(name)))
                .then(|| format!("`when.environments` matches none of: {}", named.join(", ")))
        };
        let no_tier = |tiers: &Vec<Tier>| {
            let services = change.services.as_deref().filter(|services| !services.is_empty())?;
            // A tier that nobody has said may be any of them.
            let known: Vec<Tier> = services.iter().map(|service| service.tier).collect::<Option<_>>()?;
            let shown = || known.iter().map(|tier| tier.get().to_string()).collect::<Vec<_>>().join(", ");
            (!known.iter().any(|tier| tiers.contains(tier)))
                .then(|| format!("`when.tiers` holds none of: {}", shown()))
        };
        let no_service = |globs: &GlobSet| {
            let services = change.services.as_deref().filter(|services| !services.is_empty())?;
            let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
            (!names.iter().any(|name| globs.is_match(name)))
                .then(|| format!("`when.services` matches none of: {}", names.join(", ")))
        };
        let no_path = |globs: &GlobSet| {
            let paths = known_paths(change)?;
            (!paths.iter().any(|path| globs.is_match(path)))
                .then(|| format!("`when.paths` matches none of the {} files and artefacts", paths.len()))
        };
        self.kinds
            .as_ref()
            .and_then(no_kind)
            .or_else(|| self.environments.as_ref().and_then(no_environment))
            .or_else(|| self.tiers.as_ref().and_then(no_tier))
            .or_else(|| self.services.as_ref().and_then(no_service))
            .or_else(|| self.paths.as_ref().and_then(no_path))
    }
}

/// The environment that was resolved and the one that was declared: a policy for either is asked.
fn environments(change: &Change) -> Vec<&str> {
    let environment = change.environment.iter();
    environment.flat_map(|it| [&it.resolved, &it.declared]).flatten().map(String::as_str).collect()
}

/// Every path that changes. `None`: some of them are not known. Artefacts do not stand for files that nobody has named.
fn known_paths(change: &Change) -> Option<Vec<&str>> {
    let files = change.files.as_ref().filter(|_| change.omitted_files == 0)?;
    let files = files.iter();
    let files = files.flat_map(|file| [Some(file.path.as_str()), file.previous_path.as_deref()]).flatten();
    let artifacts = change.artifacts.iter().flatten().map(|artifact| artifact.path.as_str());
    Some(files.chain(artifacts).collect())
}
