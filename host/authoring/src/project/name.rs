//! What a policy may be called: the name becomes a folder, a package, a module's id and a word in every report.

use anyhow::bail;
use interlock_model::{PolicyId, Untrusted};

/// The name of a new policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyName(PolicyId);

impl PolicyName {
    /// Takes a name that folders, cargo and the gate can all use.
    ///
    /// # Errors
    /// What is wrong with it, with the next step.
    pub fn new(text: &str) -> anyhow::Result<Self> {
        let start: String = text.chars().take(80).collect();
        let shown = Untrusted::from(start).quoted();
        let Ok(id) = PolicyId::try_from(text.to_owned()) else {
            bail!(
                "`{shown}` is no name for a policy: expected small letters, digits and single hyphens, a letter first, \
                 at most 64\nhelp: {}",
                suggested(text)
            )
        };
        if let Some((_, whose)) = RESERVED.iter().find(|(names, _)| names.contains(&text)) {
            bail!("`{shown}` is {whose}\nhelp: say what the policy guards, like `no-friday-deploys`");
        }
        if locked_packages().any(|package| package == text) {
            bail!(
                "`{shown}` is a package that the SDK is built with, and cargo tells packages apart by name\n\
                 help: say what the policy guards, like `no-friday-deploys`"
            );
        }
        Ok(Self(id))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The nearest name that is one.
fn suggested(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let near = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if PolicyId::is_kebab(&near) {
        format!("did you mean `{near}`? It becomes a folder here")
    } else {
        "say what the policy guards, like `no-friday-deploys`; it becomes a folder here".to_owned()
    }
}

/// Every package of a new project, from the lock file it comes with.
fn locked_packages() -> impl Iterator<Item = &'static str> {
    let lock = super::RUST_TEMPLATE.iter().find(|file| file.path == "Cargo.lock");
    let text = lock.and_then(|file| std::str::from_utf8(file.bytes).ok()).unwrap_or_default();
    let names = text.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names.filter(|name| !super::PLACEHOLDERS.contains(name))
}

/// Names that mean something else to somebody who reads them, and what.
const RESERVED: &[(&[&str], &str)] = &[
    (&["interlock"], "the gate's own name in reports"),
    (STANDARD, "a crate of Rust's standard library"),
    (KEYWORDS, "a word of the language Rust"),
    (DEVICES, "a device on Windows, where no folder can have its name"),
];

const STANDARD: &[&str] = &["core", "std", "alloc", "test", "proc-macro"];

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "abstract", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

const DEVICES: &[&str] = &[
    "aux", "con", "nul", "prn", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];
