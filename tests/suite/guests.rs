//! Test guests: reads `tests/hostile/*.wat` and makes components of them, as a linker would.
//!
//! What a guest should come to is in its own first lines, the directives (`;;! key = value`, the value in JSON). Nothing
//! here runs a guest or compares: that is [`crate::hostile`]'s.
//!
//! A core guest is a core module in parts: its own fields, then every part of `prelude.wat` that it does not bring
//! itself. wit-component joins it with the contract. A component guest is the text of a whole component.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Deserialize;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// One guest, ready to be built: a file, or one case of a file that holds several.
pub(crate) struct Guest {
    /// Name of the trial: the file's, and the case's behind it.
    pub(crate) name: String,
    /// What the file says about it.
    pub(crate) about: About,
    text: String,
}

/// The directives of a guest file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct About {
    /// Row of the catalogue of hostile guests.
    pub(crate) id: String,
    /// What it does, in one line.
    pub(crate) what: String,
    /// What it comes to: `allow`, `warn` or `block` for an answer, a fault's kind, `load/<error>`, or
    /// `load/describe:<fault>`.
    pub(crate) expect: String,
    /// What the host's words for the fault or the load error hold.
    #[serde(default)]
    pub(crate) contains: Option<String>,
    /// How the guest's own words, in the fault or in its first finding, begin; not escaped.
    #[serde(default)]
    pub(crate) said: Option<String>,
    /// The limit that stops it. `hostile/limits` wants a guest for each.
    #[serde(default)]
    pub(crate) dies_of: Option<String>,
    /// What it may use, where that is not the default.
    #[serde(default)]
    pub(crate) limits: Given,
    /// How often it is evaluated; each time must come to the same.
    #[serde(default = "once")]
    pub(crate) repeat: u32,
    #[serde(default)]
    form: Form,
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    import: Option<String>,
    #[serde(default)]
    export: Option<String>,
    #[serde(default)]
    case: Vec<Case>,
}

/// Limits that a file gives.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Given {
    /// Units of fuel.
    pub(crate) fuel: Option<u64>,
    /// Wall clock, in milliseconds.
    pub(crate) deadline_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    #[default]
    Core,
    Component,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Encoding {
    #[default]
    Utf8,
    Utf16,
    CompactUtf16,
}

impl From<Encoding> for StringEncoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => Self::UTF8,
            Encoding::Utf16 => Self::UTF16,
            Encoding::CompactUtf16 => Self::CompactUTF16,
        }
    }
}

/// One of several guests in a file: `text` stands where the file says `{case}`.
/// The rest is as in [`About`], and goes before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    name: String,
    text: String,
    expect: Option<String>,
    contains: Option<String>,
    said: Option<String>,
    dies_of: Option<String>,
}

/// Every guest of `tests/hostile`, in the order of their names.
pub(crate) fn all() -> Result<Vec<Guest>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder())?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wat"));
    files.retain(|path| !path.ends_with("prelude.wat"));
    files.sort();
    let guests: Vec<Vec<Guest>> = files
        .iter()
        .map(|path| read(path).with_context(|| path.display().to_string()))
        .collect::<Result<_>>()?;
    Ok(guests.into_iter().flatten().collect())
}

/// The guest of this name.
pub(crate) fn named(name: &str) -> Result<Guest> {
    all()?.into_iter().find(|guest| guest.name == name).ok_or_else(|| anyhow!("no guest `{name}`"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile")
}

fn read(path: &Path) -> Result<Vec<Guest>> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).context("a file name in UTF-8")?;
    let text = fs::read_to_string(path)?;
    let about = directives(&text)?;
    ensure!(about.case.is_empty() != text.contains("{case}"), "`{{case}}` and `case` go together");
    if about.case.is_empty() {
        return Ok(vec![Guest { name: stem.to_owned(), about, text }]);
    }
    Ok(about.case.iter().map(|case| one_case(stem, &about, case, &text)).collect())
}

fn one_case(stem: &str, about: &About, case: &Case, text: &str) -> Guest {
    let put = |text: &String| text.replace("{case}", &case.text);
    Guest {
        name: format!("{stem}-{}", case.name),
        about: About {
            expect: case.expect.clone().unwrap_or_else(|| about.expect.clone()),
            contains: case.contains.clone().or_else(|| about.contains.as_ref().map(put)),
            said: case.said.clone().or_else(|| about.said.clone()),
            dies_of: case.dies_of.clone().or_else(|| about.dies_of.clone()),
            import: about.import.as_ref().map(put),
            ..about.clone()
        },
        text: text.replace("{case}", &case.text),
    }
}

/// Directives are comments for everybody but us. `case` may be given again and again; nothing else may.
fn directives(text: &str) -> Result<About> {
    let mut given = serde_json::Map::new();
    let mut cases = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix(";;! ")) {
        let (key, value) = line.split_once(" = ").with_context(|| format!("no ` = ` in `{line}`"))?;
        let value: serde_json::Value = serde_json::from_str(value).with_context(|| line.to_owned())?;
        match key {
            "case" => cases.push(value),
            _ => ensure!(given.insert(key.to_owned(), value).is_none(), "`{key}` is given twice"),
        }
    }
    given.insert("case".to_owned(), cases.into());
    Ok(serde_json::from_value(given.into())?)
}

impl Guest {
    /// The component.
    pub(crate) fn component(&self) -> Result<Vec<u8>> {
        self.build().with_context(|| format!("building guest `{}`", self.name))
    }

    fn build(&self) -> Result<Vec<u8>> {
        match self.about.form {
            Form::Component => Ok(wat::parse_str(&self.text)?),
            Form::Core => self.componentize(),
        }
    }

    /// The core module, before the contract is joined to it.
    pub(crate) fn core(&self) -> Result<Vec<u8>> {
        let prelude = fs::read_to_string(folder().join("prelude.wat"))?;
        let parts = parts(&prelude)?;
        if let Some(own) = self.about.own.iter().find(|own| !parts.iter().any(|part| part.name == **own)) {
            bail!("the prelude has no part `{own}`");
        }
        let taken = parts.iter().filter(|part| !self.about.own.contains(&part.name)).map(|part| part.text);
        // The guest first: its imports must stand before everything else.
        let module: String = ["(module\n", &self.text].into_iter().chain(taken).chain([")"]).collect();
        Ok(wat::parse_str(module)?)
    }

    fn componentize(&self) -> Result<Vec<u8>> {
        let mut module = self.core()?;
        let mut resolve = Resolve::default();
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/policy.wit");
        resolve.push_str(&contract, &fs::read_to_string(&contract)?)?;
        let package = resolve.push_str("guest.wit", &self.world()?)?;
        let world = resolve.select_world(&[package], Some("guest"))?;
        embed_component_metadata(&mut module, &resolve, world, self.about.encoding.into())?;
        ComponentEncoder::default().module(&module)?.validate(true).encode()
    }

    /// The contract's world, and what this guest has beyond it.
    fn world(&self) -> Result<String> {
        let mut world = "package tests:hostile;\n".to_owned();
        let mut items = "include interlock:policy/policy-module@0.2.0;\n".to_owned();
        if let Some(import) = &self.about.import {
            let (package, interface) = interface(import).with_context(|| format!("import `{import}`"))?;
            world.push_str(&format!("package {package} {{ interface {interface} {{ call: func(); }} }}\n"));
            items.push_str(&format!("import {import};\n"));
        }
        if let Some(export) = &self.about.export {
            items.push_str(&format!("export {export}: func();\n"));
        }
        Ok(format!("{world}world guest {{\n{items}}}\n"))
    }
}

/// `wasi:cli/exit@0.2.6` as the package `wasi:cli@0.2.6` and the interface `exit`.
fn interface(name: &str) -> Option<(String, &str)> {
    let (package, rest) = name.split_once('/')?;
    Some(match rest.split_once('@') {
        Some((interface, version)) => (format!("{package}@{version}"), interface),
        None => (package.to_owned(), rest),
    })
}

struct Part<'a> {
    name: String,
    text: &'a str,
}

fn parts(prelude: &str) -> Result<Vec<Part<'_>>> {
    prelude
        .split(";;! part = ")
        .skip(1)
        .map(|part| {
            let (name, text) = part.split_once('\n').context("a part with no text")?;
            Ok(Part { name: serde_json::from_str(name)?, text })
        })
        .collect()
}
