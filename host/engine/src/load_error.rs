//! Why a module is no policy module, each with the next step.

use interlock_model::{Fault, Untrusted};

use crate::{CONTRACT, EARLIER_CONTRACTS, Tier};

/// A module that was refused. Every variant says what was found; [`LoadError::help`] says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Larger than a module may be. It was not looked at.
    #[error("the module has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
        /// Whose limit it is.
        tier: Tier,
    },
    /// Not a WebAssembly component.
    #[error("this is not a WebAssembly component: {wrong}")]
    NotAComponent {
        /// What it is instead.
        wrong: Wrong,
    },
    /// A component that does not validate, or uses what is switched off.
    #[error("the component is invalid at byte {offset}: {}", reason.quoted())]
    Invalid {
        /// Where.
        offset: usize,
        /// The validator's words, which may quote the module.
        reason: Untrusted,
    },
    /// It passes texts in another encoding than UTF-8.
    #[error("the module passes texts as UTF-16 or Latin-1; a policy passes them as UTF-8")]
    OtherEncoding,
    /// More of something than a policy has any use for.
    #[error("the module has more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// Whose limit it is.
        tier: Tier,
    },
    /// An import that is not of the contract.
    #[error("the module imports `{}`, which no policy is given", name.quoted())]
    ForbiddenImport {
        /// Its name.
        name: Untrusted,
    },
    /// It speaks another version of the contract.
    #[error("the module speaks `{}`; this engine speaks `{CONTRACT}` and still `{}`", found.quoted(), EARLIER_CONTRACTS.join("`, `"))]
    OtherContract {
        /// What it speaks.
        found: Untrusted,
    },
    /// It speaks two versions of the contract at once: no policy would know which change it is shown.
    #[error("the module speaks two contracts at once: `{}` and `{}`", one.quoted(), other.quoted())]
    MixedContracts {
        /// An import or export of the one.
        one: Untrusted,
        /// The first of another.
        other: Untrusted,
    },
    /// It does not export the policy, or not as the contract has it.
    #[error("the module does not export `{}` as the contract has it: {}", contract.replace('@', "/policy@"), reason.quoted())]
    MissingExport {
        /// The contract it was held against.
        contract: &'static str,
        /// What was found.
        reason: Untrusted,
    },
    /// It imports or exports the right names with other types.
    #[error("the module does not fit the contract: {}", reason.quoted())]
    Mismatch {
        /// The difference.
        reason: Untrusted,
    },
    /// It broke while it was asked what it is.
    #[error("the policy cannot say what it is: it {0}{said}", said = said(.0))]
    Describe(Fault),
    /// What it says of itself makes no sense.
    #[error("the policy describes itself wrongly: {}", reason.quoted())]
    BadManifest {
        /// What was found and expected.
        reason: Untrusted,
    },
}

/// What more a fault has to say, quoted.
fn said(fault: &Fault) -> String {
    fault.said().map(|said| format!(": `{}`", said.quoted())).unwrap_or_default()
}

/// What the bytes are instead of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing.
    Empty,
    /// A core WebAssembly module.
    CoreModule,
    /// A component in a binary format of another version.
    OtherFormat,
    /// A compiled artefact of wasmtime, or another ELF file.
    Compiled,
    /// A gzip or zip file.
    Archive,
    /// WebAssembly text.
    Text,
    /// Something else.
    Unknown,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::CoreModule => "it is a core module",
            Self::OtherFormat => "its binary format is of another version",
            Self::Compiled => "it is compiled machine code",
            Self::Archive => "it is a compressed file",
            Self::Text => "it is WebAssembly text",
            Self::Unknown => "it does not begin with `\\0asm`",
        })
    }
}

impl LoadError {
    /// A word for it that stays the same across versions.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::NotAComponent { .. } => "not-a-component",
            Self::Invalid { .. } => "invalid",
            Self::OtherEncoding => "other-encoding",
            Self::TooMany { .. } => "too-many",
            Self::ForbiddenImport { .. } => "forbidden-import",
            Self::OtherContract { .. } => "other-contract",
            Self::MixedContracts { .. } => "mixed-contracts",
            Self::MissingExport { .. } => "missing-export",
            Self::Mismatch { .. } => "mismatch",
            Self::Describe(_) => "describe",
            Self::BadManifest { .. } => "bad-manifest",
        }
    }

    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::TooLarge { tier: Tier::Usual, .. } => {
                "build with `opt-level = \"s\"`, `lto` and `strip`; a module with an interpreter in it (JavaScript, Python) needs \
                 `limits: { tier: large }` in the policy set"
            }
            Self::TooLarge { tier: Tier::Large, .. } => {
                "leave out what the policy does not import; no larger tier than `large` is there"
            }
            Self::NotAComponent { wrong } => match wrong {
                Wrong::CoreModule => {
                    "link it with `wasm-component-ld` for `wasm32-unknown-unknown`, which writes a component"
                }
                Wrong::Compiled => {
                    "give the `.wasm` it was compiled from; compiled code is never loaded, since nobody can check it"
                }
                Wrong::Archive => "unpack it first",
                Wrong::Text => "turn it into a binary first",
                Wrong::OtherFormat => "rebuild it with a current toolchain",
                Wrong::Empty | Wrong::Unknown => "give the `.wasm` file that the policy's build writes",
            },
            Self::Invalid { .. } => "rebuild it for `wasm32-unknown-unknown` without extra target features",
            Self::OtherEncoding => "build it with `string-encoding=utf8`",
            Self::TooMany { tier: Tier::Usual, .. } => {
                "leave out what the policy does not use; a module with an interpreter in it (JavaScript, Python) needs \
                 `limits: { tier: large }` in the policy set"
            }
            Self::TooMany { tier: Tier::Large, .. } => {
                "leave out what the policy does not use; no larger tier than `large` is there"
            }
            Self::ForbiddenImport { .. } => {
                "build for `wasm32-unknown-unknown`, not for WASI: a policy sees its change and nothing else"
            }
            Self::OtherContract { .. } => {
                "if the policy's contract is the newer one, update Interlock; or rebuild the policy with the SDK of this version, \
                 which `interlock new` writes"
            }
            Self::MixedContracts { .. } => {
                "build the policy, and every part it is linked from, with the SDK of one version"
            }
            Self::MissingExport { .. } | Self::Mismatch { .. } => {
                "export the policy with `#[policy]`, or generate bindings from this version's `wit/policy.wit`"
            }
            Self::Describe(_) => "`describe` may only return what is known when the policy is built",
            Self::BadManifest { .. } => "mend the policy's rules and settings; ids are kebab-case and unique",
        }
    }
}
