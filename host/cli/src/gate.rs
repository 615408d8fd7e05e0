//! The gate a command asks: over a policy set, or over the stock policies with their defaults; and with a baseline.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use etcetera::BaseStrategy as _;
use interlock::{
    Binding, BuildError, BuildErrors, Gate, GateBuilder, HOST, Limits, ModuleCache, PolicyId, SettingError,
    Tier,
};
use interlock_inputs::{
    BaselineFile, Calendars, FileError, InputError, LimitOverrides, LimitTier, ModuleRef, NamedPath,
    PolicyBinding, PolicySetError, PolicySetFile, Syntax,
};
use interlock_model::{Digest, FACTS_AGE_MIN_MAX, OperatorFacts, Pointer, Untrusted};

use interlock_stock::StockModule;

use crate::args::PolicySet;
use crate::notices::Notices;
use crate::shelf::Shelf;

/// The gate that the arguments name, with compiled modules from the cache. Everything it consists of comes from the shelf.
pub(crate) fn gate(arguments: &PolicySet, shelf: &Shelf<'_>) -> anyhow::Result<Gate> {
    gate_over(arguments, shelf, Stock::ByDefault)
}

/// The same to tell of its policies: without a policy set also of those that judge nothing until they are set.
pub(crate) fn listed(arguments: &PolicySet, shelf: &Shelf<'_>) -> anyhow::Result<Gate> {
    gate_over(arguments, shelf, Stock::All)
}

/// Which stock policies stand in where no policy set is named.
#[derive(Clone, Copy)]
enum Stock {
    ByDefault,
    All,
}

fn gate_over(arguments: &PolicySet, shelf: &Shelf<'_>, stock: Stock) -> anyhow::Result<Gate> {
    let set = policy_set(arguments, shelf)?;
    let builder = set.as_ref().map_or_else(|| stock.bound(), |set| bound(set, shelf))?;
    let builder = match facts(arguments, set.as_ref(), shelf)? {
        None => builder,
        Some(facts) => builder.facts(facts),
    };
    let baseline = baseline(arguments, set.as_ref(), shelf)?;
    let builder = match &baseline {
        None => builder,
        Some(file) => builder.baseline(file.baseline.clone()),
    };
    let read = Read { set: set.as_ref(), baseline: baseline.as_ref() };
    build(arguments, builder).map_err(|errors| read.placed(&errors))
}

fn policy_set(arguments: &PolicySet, shelf: &Shelf<'_>) -> anyhow::Result<Option<PolicySetFile>> {
    let Some(path) = shelf.policy_set(arguments.policy_set.as_deref())? else { return Ok(None) };
    let bytes = shelf.open(&path).map_err(PolicySetError::File)?;
    Ok(Some(interlock_inputs::policy_set_of(&path, &bytes, &|path| shelf.open(path))?))
}

/// The one that is named on the command line, or else the policy set's.
fn baseline(
    arguments: &PolicySet,
    set: Option<&PolicySetFile>,
    shelf: &Shelf<'_>,
) -> anyhow::Result<Option<BaselineFile>> {
    let of_set = || {
        let set = set?;
        let named = set.baseline.as_ref()?;
        Some(named_file(set, shelf, &named.pointer, &named.path).map(|bytes| (named.path.as_path(), bytes)))
    };
    let (path, bytes) = match (arguments.baseline.as_deref(), of_set) {
        (Some(path), _) => (path, shelf.open(path)?),
        (None, of_set) => match of_set() {
            Some(read) => read?,
            None => return Ok(None),
        },
    };
    Ok(Some(interlock_inputs::read_baseline(path, &bytes)?))
}

/// Those of the policy set, and those that are named on the command line.
fn facts(
    arguments: &PolicySet,
    set: Option<&PolicySetFile>,
    shelf: &Shelf<'_>,
) -> anyhow::Result<Option<OperatorFacts>> {
    let of_set = set.and_then(|set| set.facts.as_ref());
    if of_set.is_none() && arguments.facts.is_empty() {
        return Ok(None);
    }
    let mut said = of_set.map(|facts| facts.said.clone()).unwrap_or_default();
    for path in &arguments.facts {
        said.push(interlock_inputs::read_facts_file(path, &shelf.open(path)?)?);
    }
    let age_min_max = of_set.map_or(FACTS_AGE_MIN_MAX, |facts| facts.age_min_max);
    Ok(Some(interlock_inputs::join_facts(&said, age_min_max)?))
}

/// A gate over one policy with its defaults, for its author.
pub(crate) fn alone(binding: Binding, no_cache: bool) -> anyhow::Result<Gate> {
    let arguments = PolicySet { policy_set: None, baseline: None, facts: Vec::new(), no_cache };
    build(&arguments, Gate::builder().bind(binding)).map_err(|errors| anyhow!("{errors}"))
}

impl Stock {
    /// Each bound under its own id.
    fn bound(self) -> anyhow::Result<GateBuilder> {
        let mut builder = Gate::builder();
        for module in interlock_stock::MODULES.iter().filter(|module| self.has(module.id)) {
            let id = module.id.to_owned().try_into();
            let id = id.map_err(|unfit| anyhow!("stock policy `{}`: {unfit}", module.id))?;
            builder = builder.bind(Binding::new(id, module.bytes));
        }
        Ok(builder)
    }

    fn has(self, id: &str) -> bool {
        match self {
            Self::ByDefault => interlock_stock::on_request(id).is_none(),
            Self::All => true,
        }
    }
}

/// What the policy set binds, with its modules read and their digests compared.
fn bound(set: &PolicySetFile, shelf: &Shelf<'_>) -> anyhow::Result<GateBuilder> {
    let mut builder = Gate::builder().waivers(set.waivers.clone());
    if let Some(catalog) = &set.catalog {
        builder = builder.catalog(catalog.clone());
    }
    if let Some(calendars) = calendars(set, shelf)? {
        builder = builder.calendars(Arc::new(calendars));
    }
    for policy in &set.policies {
        builder = builder.bind(binding(set, policy, shelf)?);
    }
    Ok(builder)
}

fn calendars(set: &PolicySetFile, shelf: &Shelf<'_>) -> anyhow::Result<Option<Calendars>> {
    if set.calendars.is_empty() {
        return Ok(None);
    }
    let read = |named: &NamedPath| -> anyhow::Result<_> {
        let bytes = named_file(set, shelf, &named.pointer, &named.path)?;
        let name = named.path.to_string_lossy();
        let Some(syntax) = Syntax::of_name(&name) else {
            let help = "rename it; a file of another system is named under `import` of a calendar";
            let found = "a calendar whose name does not end in `.yaml`, `.yml` or `.json`";
            return Err(set.problem(&named.pointer, found, None, help).into());
        };
        Ok(interlock_inputs::read_calendar(&name, &bytes, syntax, &|path| shelf.open(path))?)
    };
    let each: anyhow::Result<Vec<_>> = set.calendars.iter().map(read).collect();
    Ok(Some(Calendars::new(each?)?))
}

/// The bytes of a file that the set names. One that cannot be read is a slip in the set.
fn named_file(
    set: &PolicySetFile,
    shelf: &Shelf<'_>,
    at: &Pointer,
    path: &Path,
) -> Result<Vec<u8>, InputError> {
    shelf.open(path).map_err(|error| {
        let found = format!("`{}`, which cannot be read: {}", shown(path), error.why());
        set.problem(
            at,
            &found,
            None,
            "the path is relative to the policy set's folder; check its permissions too",
        )
    })
}

fn binding(set: &PolicySetFile, policy: &PolicyBinding, shelf: &Shelf<'_>) -> anyhow::Result<Binding> {
    let limits = limits(policy.limits);
    let (binding, pinned) = match &policy.module {
        ModuleRef::Stock { id, sha256 } => {
            let module = stock_module(set, policy, id)?;
            (Binding::new(policy.id.clone(), module.bytes), sha256.as_ref())
        }
        ModuleRef::File { path, sha256 } => {
            let bytes = shelf.module(path, limits.module_bytes_max).map_err(|error| {
                let found = format!("`{}`, which cannot be read: {}", shown(path), error.why());
                set.problem(&policy.pointer_to("module"), &found, None, unread(&error, limits.tier))
            })?;
            (Binding::new(policy.id.clone(), bytes), Some(sha256))
        }
    };
    check_digest(set, policy, pinned, &binding)?;
    Ok(binding
        .mode(policy.mode)
        .on_error(policy.on_error.clone())
        .settings(policy.settings.clone())
        .when(policy.when.clone().unwrap_or_default())
        .limits(limits))
}

/// The next step after a module that was not read.
fn unread(error: &FileError, tier: Tier) -> &'static str {
    match (error, tier) {
        (FileError::TooLarge { .. }, Tier::Usual) => {
            "strip it; a module with an interpreter in it (JavaScript, Python) needs `limits: { tier: large }` here"
        }
        (FileError::TooLarge { .. }, Tier::Large) => {
            "leave out what the policy does not import; no larger tier than `large` is there"
        }
        (FileError::NotAFile { .. } | FileError::Unreadable { .. }, Tier::Usual | Tier::Large) => {
            "the path is relative to the policy set's folder; check its permissions too"
        }
    }
}

fn stock_module(set: &PolicySetFile, policy: &PolicyBinding, id: &str) -> Result<StockModule, InputError> {
    interlock_stock::module(id).ok_or_else(|| {
        let nearest = nearest_stock(id);
        set.problem(
            &policy.pointer_to("module"),
            &format!("no stock policy `{}`", Untrusted::from(id).quoted()),
            None,
            &format!("did you mean `{nearest}`? `interlock policies` lists all of them"),
        )
    })
}

/// The stock policy that was meant, perhaps.
pub(crate) fn nearest_stock(id: &str) -> &'static str {
    let known = interlock_stock::MODULES.iter().map(|module| module.id);
    known.min_by_key(|known| strsim::damerau_levenshtein(known, id)).unwrap_or_default()
}

/// What is bound is what was looked at when the digest was written down.
fn check_digest(
    set: &PolicySetFile,
    policy: &PolicyBinding,
    pinned: Option<&Digest>,
    binding: &Binding,
) -> Result<(), InputError> {
    let Some(pinned) = pinned else { return Ok(()) };
    let found = binding.module_digest();
    if *pinned == found {
        return Ok(());
    }
    Err(set.problem(
        &policy.pointer_to("sha256"),
        &format!("a digest that is not the module's, which is `{}`", found.as_str()),
        None,
        "look at what changed in the module, then write its digest here",
    ))
}

fn limits(given: LimitOverrides) -> Limits {
    let LimitOverrides { tier, fuel, memory_kib, deadline_ms } = given;
    let default = Limits::of(match tier {
        LimitTier::Usual => Tier::Usual,
        LimitTier::Large => Tier::Large,
    });
    Limits {
        fuel: fuel.unwrap_or(default.fuel),
        memory_bytes_max: memory_kib
            .and_then(|kib| usize::try_from(kib).ok()?.checked_mul(1024))
            .unwrap_or(default.memory_bytes_max),
        deadline: deadline_ms.map_or(default.deadline, |ms| std::time::Duration::from_millis(u64::from(ms))),
        ..default
    }
}

fn build(arguments: &PolicySet, builder: GateBuilder) -> Result<Gate, BuildErrors> {
    let notices = Notices::new();
    let builder = match cache(arguments) {
        Some(cache) => builder.cache(cache),
        None => builder,
    };
    let gate = builder.on_notice(notices.listener()).build();
    notices.end();
    gate
}

/// Below the user's cache folder. A user who has none compiles each time.
fn cache(arguments: &PolicySet) -> Option<ModuleCache> {
    if arguments.no_cache {
        return None;
    }
    let folder: PathBuf = etcetera::choose_base_strategy().ok()?.cache_dir();
    Some(ModuleCache::at(folder.join("interlock")))
}

/// What was read, to place what only the policies themselves can know.
struct Read<'r> {
    set: Option<&'r PolicySetFile>,
    baseline: Option<&'r BaselineFile>,
}

impl Read<'_> {
    /// Each error at the line of the file that has to be mended.
    fn placed(&self, errors: &BuildErrors) -> anyhow::Error {
        let one = |error: &BuildError| {
            self.place(error).unwrap_or_else(|| format!("{error}\nhelp: {}", error.help()))
        };
        anyhow!("{}", errors.iter().map(one).collect::<Vec<_>>().join("\n"))
    }

    /// `None` if it is about no line of a file.
    fn place(&self, error: &BuildError) -> Option<String> {
        match error {
            BuildError::Settings { policy, errors } => {
                let set = self.set?;
                let bound = set.policies.iter().find(|bound| bound.id == *policy)?;
                let each = errors.iter().map(|error| misset(set, bound, error).to_string());
                Some(each.collect::<Vec<_>>().join("\n"))
            }
            BuildError::WaiverRule { index, policy, rule, known } => {
                let at = Pointer::root().child("waivers").child(&index.to_string()).child("rule");
                let help = instead(policy, rule, known);
                let found = format!("no rule `{rule}` in `{policy}`");
                Some(self.set?.problem(&at, &found, None, &help).to_string())
            }
            BuildError::BaselineRule { policy, rule, known } => {
                let help = match policy.as_str() {
                    HOST => format!("of `{HOST}` a baseline can hold {}", known.join(", ")),
                    _ => instead(policy, rule, known),
                };
                let found = format!("no rule `{rule}` in `{policy}` that a baseline can hold");
                let help = format!("{help}; if it is gone for good, remove its entries");
                Some(self.baseline?.problem(policy, rule, &found, &help).to_string())
            }
            BuildError::Engine(_)
            | BuildError::BoundTwice(_)
            | BuildError::NotBound(_)
            | BuildError::Reserved(_)
            | BuildError::When { .. }
            | BuildError::Lost { .. } => None,
        }
    }
}

/// Which rule was meant, if a policy of that name is bound.
fn instead(policy: &PolicyId, rule: &str, known: &[String]) -> String {
    match known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, rule)) {
        Some(nearest) => format!("did you mean `{nearest}`? `interlock explain {policy}` lists its rules"),
        None => format!("`{policy}` is not bound; name one of the policies of the policy set"),
    }
}

fn shown(path: &Path) -> String {
    Untrusted::from(path.to_string_lossy().into_owned()).quoted()
}

fn misset(set: &PolicySetFile, policy: &PolicyBinding, error: &SettingError) -> InputError {
    let key = Untrusted::from(error.pointer.as_str().trim_start_matches('/'));
    set.problem(
        &policy.pointer_to_setting(&error.pointer),
        &format!("setting `{}`: {}", key.quoted(), error.message.first_line().quoted()),
        None,
        &format!("`interlock explain {}` lists its settings with their defaults", policy.id),
    )
    .drawn(&error.message)
}
