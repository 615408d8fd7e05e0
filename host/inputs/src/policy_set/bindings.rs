//! One policy of the set: its name, where its module comes from, and how it is bound.
//!
//! Knows no module: whether a stock policy of that name exists, whether a file has the digest it should have and
//! whether settings fit is for the gate to find out, and for
//! [`PolicySetFile::problem`](super::PolicySetFile::problem) to place.

use std::path::{Path, PathBuf};

use interlock_model::{Digest, Mode, OnError, Pointer, PolicyId, Settings, Untrusted, When};

use super::checks::Checks;
use super::limits::{LimitOverrides, limits};
use super::settings::settings;
use super::when::when;
use super::wire::{self, InOrder, ModeWord, OnErrorWord};
use crate::error::{ProblemKind, shown, shown_key};

/// The name the gate's own findings go by; nobody else may have it.
pub(super) const RESERVED: &str = "interlock";
/// What stands before the name of a stock policy.
const STOCK: &str = "stock:";

/// One policy as the set binds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyBinding {
    /// The operator's name for it.
    pub id: PolicyId,
    /// Where its module comes from.
    pub module: ModuleRef,
    /// How much its findings weigh.
    pub mode: Mode,
    /// What it counts as when it breaks.
    pub on_error: OnError,
    /// Settings, in the order of the set. What is not given keeps the policy's default.
    pub settings: Settings,
    /// Which changes it is asked about. Absent: all.
    pub when: Option<When>,
    /// Limits other than the usual ones.
    pub limits: LimitOverrides,
}

/// Where a module comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleRef {
    /// A policy that comes with the program.
    Stock {
        /// Its id. Whether there is one of this id is not known here.
        id: String,
        /// What its bytes must hash to. Absent: whatever this build brings.
        sha256: Option<Digest>,
    },
    /// A file of the operator's.
    File {
        /// Its path, resolved against the policy set's folder.
        path: PathBuf,
        /// What its bytes must hash to.
        sha256: Digest,
    },
}

impl PolicyBinding {
    /// Where the set binds it: `/policies/<id>`.
    pub fn pointer(&self) -> Pointer {
        pointer(self.id.as_str())
    }

    /// One of its keys, for example `module` or `sha256`.
    pub fn pointer_to(&self, key: &str) -> Pointer {
        self.pointer().child(key)
    }

    /// Where a setting stands that the policy named as `/key`, or `/key/0` for an item of a list. The pointer may be
    /// anybody's text: one that leads nowhere is placed at the settings.
    pub fn pointer_to_setting(&self, setting: &Pointer) -> Pointer {
        Pointer::new(format!("{}{}", self.pointer_to("settings").as_str(), setting.as_str()))
    }
}

fn pointer(id: &str) -> Pointer {
    Pointer::root().child("policies").child(id)
}

/// Every policy that is bound as it should be, in the order of the set.
pub(super) fn bindings(
    checks: &mut Checks<'_>,
    folder: &Path,
    written: InOrder<wire::Binding>,
) -> Vec<PolicyBinding> {
    written.0.into_iter().filter_map(|(name, binding)| bind(checks, folder, &name, binding)).collect()
}

fn bind(checks: &mut Checks<'_>, folder: &Path, name: &str, written: wire::Binding) -> Option<PolicyBinding> {
    let at = pointer(name);
    let wire::Binding {
        module,
        sha256,
        mode,
        on_error,
        on_error_reason,
        settings: given,
        when: selectors,
        limits: own,
    } = written;
    let id = id(checks, &at, name);
    let sha256 = match sha256 {
        None => Pin::Absent,
        Some(text) => digest(checks, &at.child("sha256"), text).map_or(Pin::Unfit, Pin::Given),
    };
    let module = self::module(checks, &at, folder, module, sha256);
    let on_error = self::on_error(checks, &at, on_error, on_error_reason);
    let settings = given.map_or_else(Settings::new, |given| settings(checks, &at.child("settings"), given));
    let when = selectors.map(|selectors| when(checks, &at.child("when"), selectors));
    let limits = own.map_or_else(LimitOverrides::default, |own| limits(checks, &at.child("limits"), &own));
    Some(PolicyBinding { id: id?, module: module?, mode: self::mode(mode), on_error, settings, when, limits })
}

fn id(checks: &mut Checks<'_>, at: &Pointer, name: &str) -> Option<PolicyId> {
    if name == RESERVED {
        checks.key(
            at,
            ProblemKind::Value,
            format!("a policy named `{RESERVED}`"),
            "a name of your own",
            "give it another name: findings of the gate itself go by this one",
        );
        return None;
    }
    let id = PolicyId::try_from(name.to_owned());
    if let Err(unfit) = &id {
        let help = "use lower-case letters and digits, with single hyphens between words";
        checks.key(at, ProblemKind::Value, format!("policy name {}", shown_key(name)), unfit.expected, help);
    }
    id.ok()
}

/// A digest as far as it is known. One that is unfit has been told already and is not missing.
enum Pin {
    Absent,
    Unfit,
    Given(Digest),
}

fn digest(checks: &mut Checks<'_>, at: &Pointer, text: String) -> Option<Digest> {
    let full = if text.starts_with("sha256:") { text.clone() } else { format!("sha256:{text}") };
    let digest = Digest::try_from(full.clone()).ok();
    if digest.is_none() {
        let help = match Digest::try_from(full.to_ascii_lowercase()) {
            Ok(_) => "write it in lower case",
            Err(_) => "copy the whole of it; `sha256sum` and `shasum -a 256` print it",
        };
        let found = format!("text {} of {} characters", shown(&text), text.chars().count());
        checks.value(at, ProblemKind::Value, found, "64 lower-case hexadecimal digits", help);
    }
    digest
}

fn module(
    checks: &mut Checks<'_>,
    at: &Pointer,
    folder: &Path,
    written: String,
    sha256: Pin,
) -> Option<ModuleRef> {
    let at = at.child("module");
    if let Some(id) = written.strip_prefix(STOCK) {
        return stock(checks, &at, id, sha256);
    }
    if !is_module_path(&written) {
        let expected = "`stock:` and the name of a stock policy, or the path of a `.wasm` file";
        checks.value(&at, ProblemKind::Value, format!("text {}", shown(&written)), expected, meant(&written));
        return None;
    }
    match sha256 {
        Pin::Given(sha256) => Some(ModuleRef::File { path: folder.join(written), sha256 }),
        Pin::Unfit => None,
        Pin::Absent => {
            checks.value(
                &at,
                ProblemKind::MissingKey,
                format!("module file {} without a digest", shown(&written)),
                "`sha256` beside it",
                "add `sha256: \"...\"`; `sha256sum` and `shasum -a 256` print it. Bytes that nobody named are not run",
            );
            None
        }
    }
}

fn stock(checks: &mut Checks<'_>, at: &Pointer, id: &str, sha256: Pin) -> Option<ModuleRef> {
    if !PolicyId::is_kebab(id) {
        checks.value(
            at,
            ProblemKind::Value,
            format!("stock policy {}", shown(id)),
            "a kebab-case name, like `stock:change-window`",
            "`interlock policies` lists them",
        );
        return None;
    }
    match sha256 {
        Pin::Absent => Some(ModuleRef::Stock { id: id.to_owned(), sha256: None }),
        Pin::Given(sha256) => Some(ModuleRef::Stock { id: id.to_owned(), sha256: Some(sha256) }),
        Pin::Unfit => None,
    }
}

/// Modules are files here: no registry, no address, no text form.
fn is_module_path(written: &str) -> bool {
    let stem = written.strip_suffix(".wasm").unwrap_or_default();
    !stem.is_empty() && !stem.ends_with(['/', '\\']) && !stem.contains("://")
}

fn meant(written: &str) -> String {
    let after_colon = written.rsplit_once(':').map_or(written, |(_, name)| name);
    if PolicyId::is_kebab(after_colon) {
        return format!("did you mean `{STOCK}{after_colon}`?");
    }
    "modules are read from files: fetch it, and name the file relative to the policy set".to_owned()
}

fn mode(written: Option<ModeWord>) -> Mode {
    match written {
        None => Mode::default(),
        Some(ModeWord::Enforce) => Mode::Enforce,
        Some(ModeWord::Warn) => Mode::Warn,
        Some(ModeWord::Shadow) => Mode::Shadow,
    }
}

fn on_error(
    checks: &mut Checks<'_>,
    at: &Pointer,
    written: Option<OnErrorWord>,
    reason: Option<String>,
) -> OnError {
    match (written, reason) {
        (Some(OnErrorWord::Allow), reason) => allow(checks, at, reason),
        (Some(OnErrorWord::Block | OnErrorWord::Warn) | None, Some(_)) => {
            checks.key(
                &at.child("on-error-reason"),
                ProblemKind::Value,
                "`on-error-reason` for a broken policy that is no allow",
                "it only beside `on-error: allow`",
                "remove it, or write `on-error: allow`",
            );
            OnError::Block
        }
        (Some(OnErrorWord::Warn), None) => OnError::Warn,
        (Some(OnErrorWord::Block) | None, None) => OnError::Block,
    }
}

fn allow(checks: &mut Checks<'_>, at: &Pointer, reason: Option<String>) -> OnError {
    let expected = "why a broken policy may let a change pass";
    let help = "write `on-error-reason: \"...\"`; it is shown in every report in which the policy broke";
    match &reason {
        Some(text) => checks.words(&at.child("on-error-reason"), text, expected, help),
        None => {
            let found = "`on-error: allow` without a reason";
            checks.value(
                &at.child("on-error"),
                ProblemKind::MissingKey,
                found,
                "`on-error-reason` beside it",
                help,
            );
        }
    }
    OnError::Allow { reason: Untrusted::new(reason.unwrap_or_default()) }
}
