//! The contract `wit/policy.wit` by itself: every part explained, every field with its role, nothing but dull
//! types.
//!
//! That it says the same as the change document is [`super::mirror`]'s.

use anyhow::{Context as _, Result};
use libtest_mimic::Trial;
use wit_parser::{
    Docs, EnumCase, Field, Function, FunctionKind, Interface, PackageId, Resolve, Type, TypeDef, TypeDefKind,
    World, WorldItem,
};

use super::{rule, tree};

const FILE: &str = "wit/policy.wit";

/// Interfaces whose fields say what they are to the judgement, and as what.
const ROLES: &[(&str, &[Role])] =
    &[("change-types", &[Role::Subject, Role::Mitigation]), ("question-types", &[Role::Question])];

pub fn trials() -> Vec<Trial> {
    vec![
        rule("contract/comments", comments),
        rule("contract/roles", roles),
        rule("contract/dull-types", dull_types),
        rule("contract/one-import", one_import),
        rule("contract/version", version),
        rule("contract/released", released),
    ]
}

/// What a field is to the judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Subject,
    Mitigation,
    Question,
}

impl Role {
    const ALL: [Self; 3] = [Self::Subject, Self::Mitigation, Self::Question];

    /// The word a comment ends with.
    fn word(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Mitigation => "Mitigation",
            Self::Question => "Question",
        }
    }

    /// The last sentence of a comment: `Subject.`, or `Mitigation (the catalog facts in it).`
    pub fn of(docs: &Docs) -> Option<Self> {
        let comment = docs.contents.as_deref()?.trim().replace('\n', " ");
        let last = comment.rsplit_once(". ").map_or(comment.as_str(), |(_, last)| last).strip_suffix('.')?;
        Self::ALL.into_iter().find(|role| {
            last.strip_prefix(role.word()).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        })
    }
}

/// The contract, parsed.
pub struct Contract {
    pub resolve: Resolve,
    package: PackageId,
}

impl Contract {
    pub fn read() -> Result<Self> {
        let mut resolve = Resolve::default();
        let package = resolve.push_str(FILE, &tree::text(FILE)?).context(FILE)?;
        Ok(Self { resolve, package })
    }

    fn interfaces(&self) -> impl Iterator<Item = (&str, &Interface)> {
        let package = self.resolve.packages.get(self.package);
        let ids = package.into_iter().flat_map(|package| &package.interfaces);
        ids.filter_map(|(name, id)| Some((name.as_str(), self.resolve.interfaces.get(*id)?)))
    }

    fn worlds(&self) -> impl Iterator<Item = &World> {
        let package = self.resolve.packages.get(self.package);
        package
            .into_iter()
            .flat_map(|package| package.worlds.values())
            .filter_map(|id| self.resolve.worlds.get(*id))
    }

    /// The types an interface defines, without those it uses from others.
    pub fn types(&self, interface: &str) -> Vec<(&str, &TypeDef)> {
        let here = self.interfaces().filter(|(name, _)| *name == interface);
        let types = here.flat_map(|(_, interface)| &interface.types);
        let defined = types.filter_map(|(name, id)| Some((name.as_str(), self.resolve.types.get(*id)?)));
        defined.filter(|(_, definition)| !matches!(definition.kind, TypeDefKind::Type(_))).collect()
    }

    fn all_types(&self) -> Vec<(&str, &TypeDef)> {
        self.interfaces().flat_map(|(name, _)| self.types(name)).collect()
    }
}

/// The fields of a record; none for anything else.
pub fn fields(definition: &TypeDef) -> &[Field] {
    if let TypeDefKind::Record(record) = &definition.kind { &record.fields } else { &[] }
}

/// The cases of an enum; none for anything else.
pub fn enum_cases(definition: &TypeDef) -> &[EnumCase] {
    if let TypeDefKind::Enum(cases) = &definition.kind { &cases.cases } else { &[] }
}

/// Everything a policy's author meets has a comment.
fn comments() -> Result<Vec<String>> {
    let contract = Contract::read()?;
    let mut parts: Vec<(String, &Docs)> = Vec::new();
    for (name, interface) in contract.interfaces() {
        parts.push((format!("interface {name}"), &interface.docs));
        parts.extend(interface.functions.iter().map(|(name, it)| (format!("function {name}"), &it.docs)));
    }
    parts.extend(contract.worlds().map(|world| (format!("world {}", world.name), &world.docs)));
    for (name, definition) in contract.all_types() {
        parts.push((format!("type {name}"), &definition.docs));
        parts.extend(parts_of(name, definition));
    }
    let bare =
        parts.iter().filter(|(_, docs)| docs.contents.as_deref().is_none_or(|text| text.trim().is_empty()));
    let broken = bare.map(|(part, _)| {
        format!("{FILE}: {part} has no comment: write above it (`///`) what it is, its unit, what its absence means")
    });
    Ok(broken.collect())
}

/// Fields and the cases of variants; the cases of an enum where any of them is explained. An enum whose cases
/// are the field's own words (weekdays, pass and fail) explains none; one that needed words for one case
/// needs them for all.
fn parts_of<'a>(name: &'a str, definition: &'a TypeDef) -> Vec<(String, &'a Docs)> {
    let fields = fields(definition).iter().map(|field| (format!("field {name}.{}", field.name), &field.docs));
    let mut parts: Vec<_> = fields.collect();
    if let TypeDefKind::Variant(variant) = &definition.kind {
        parts.extend(variant.cases.iter().map(|case| (format!("case {name}.{}", case.name), &case.docs)));
    }
    let cases = enum_cases(definition);
    if cases.iter().any(|case| case.docs.contents.is_some()) {
        parts.extend(cases.iter().map(|case| (format!("case {name}.{}", case.name), &case.docs)));
    }
    parts
}

/// Each field of the change and of the question ends with its role.
fn roles() -> Result<Vec<String>> {
    let contract = Contract::read()?;
    let mut broken = Vec::new();
    for (interface, roles) in ROLES {
        for (name, definition) in contract.types(interface) {
            let without = fields(definition).iter().filter(|field| !has_role(field, roles));
            let words: Vec<_> = roles.iter().map(|role| format!("`{}.`", role.word())).collect();
            broken.extend(without.map(|field| {
                let field = &field.name;
                format!("{FILE}: end the comment of {name}.{field} with its role: {}", words.join(" or "))
            }));
        }
    }
    Ok(broken)
}

fn has_role(field: &Field, roles: &[Role]) -> bool {
    Role::of(&field.docs).is_some_and(|role| roles.contains(&role))
}

/// Records, enums, variants, lists, options, results; text, flags of one bit, whole numbers that fit 32 bits.
fn dull_types() -> Result<Vec<String>> {
    let contract = Contract::read()?;
    let named = contract.all_types();
    let mut broken: Vec<String> = Vec::new();
    for (name, definition) in &named {
        broken.extend(refused(&definition.kind).map(|why| format!("{FILE}: type {name} {why}")));
        for (part, ty) in types_in(definition) {
            broken.extend(deep(&contract.resolve, ty).map(|why| format!("{FILE}: {name}.{part} {why}")));
        }
    }
    for (_, interface) in contract.interfaces() {
        for function in interface.functions.values() {
            broken.extend(function_refused(&contract.resolve, function));
        }
    }
    Ok(broken)
}

fn function_refused(resolve: &Resolve, function: &Function) -> Vec<String> {
    let name = &function.name;
    let types = function.params.iter().map(|param| &param.ty).chain(&function.result);
    let mut broken: Vec<String> = types
        .filter_map(|ty| deep(resolve, ty))
        .map(|why| format!("{FILE}: function {name} {why}"))
        .collect();
    if function.kind != FunctionKind::Freestanding {
        broken.push(format!(
            "{FILE}: function {name} is async or belongs to a resource: make it a plain function"
        ));
    }
    broken
}

fn types_in(definition: &TypeDef) -> Vec<(&str, &Type)> {
    let fields = fields(definition).iter().map(|field| (field.name.as_str(), &field.ty));
    let mut types: Vec<_> = fields.collect();
    if let TypeDefKind::Variant(variant) = &definition.kind {
        types.extend(variant.cases.iter().filter_map(|case| Some((case.name.as_str(), case.ty.as_ref()?))));
    }
    types
}

/// Why a type may not be used, here or in the options and lists it is wrapped in. What has a name is looked
/// at by name.
fn deep(resolve: &Resolve, ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Bool | Type::U8 | Type::U16 | Type::U32 | Type::S8 | Type::S16 | Type::S32 | Type::String => {
            None
        }
        Type::U64 | Type::S64 => {
            Some("has 64 bits, which JavaScript reads in two ways: use 32 and a larger unit")
        }
        Type::F32 | Type::F64 => {
            Some("is a fraction, and a verdict must not depend on rounding: use basis points")
        }
        Type::Char | Type::ErrorContext => Some("is a type that guests read differently: use a string"),
        Type::Id(id) => wrapped(resolve, resolve.types.get(*id)?),
    }
}

fn wrapped(resolve: &Resolve, definition: &TypeDef) -> Option<&'static str> {
    if let TypeDefKind::Option(inner) | TypeDefKind::List(inner) = &definition.kind {
        return deep(resolve, inner);
    }
    if let TypeDefKind::Result(result) = &definition.kind {
        return result.ok.iter().chain(&result.err).find_map(|inner| deep(resolve, inner));
    }
    if definition.name.is_none() { refused(&definition.kind) } else { None }
}

fn refused(kind: &TypeDefKind) -> Option<&'static str> {
    let is_dull = matches!(
        kind,
        TypeDefKind::Record(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Result(_)
            | TypeDefKind::Type(_)
    );
    (!is_dull).then_some("is neither record, enum, variant, list nor option: the contract has no other types")
}

/// A policy may call `log` and nothing else, and exports one interface.
fn one_import() -> Result<Vec<String>> {
    let contract = Contract::read()?;
    let mut broken = Vec::new();
    for world in contract.worlds() {
        let imported = callable(&contract, world.imports.values());
        let exported = callable(&contract, world.exports.values());
        if imported != ["log"] || exported != ["policy"] {
            broken.push(format!(
                "{FILE}: world {} imports functions of {imported:?} and exports {exported:?}; a policy imports \
                 [\"log\"] and exports [\"policy\"]: everything it may see is in its request",
                world.name
            ));
        }
    }
    Ok(broken)
}

/// Names of what has functions in it: interfaces of types alone give a policy nothing to call.
fn callable<'a>(contract: &'a Contract, items: impl Iterator<Item = &'a WorldItem>) -> Vec<&'a str> {
    let name = |item: &'a WorldItem| match item {
        WorldItem::Interface { id, .. } => {
            let interface = contract.resolve.interfaces.get(*id)?;
            (!interface.functions.is_empty())
                .then(|| interface.name.as_deref().unwrap_or("an unnamed interface"))
        }
        WorldItem::Function(function) => Some(function.name.as_str()),
        WorldItem::Type { .. } => None,
    };
    items.filter_map(name).collect()
}

/// The engine refuses every version but its own, so it must be this one.
fn version() -> Result<Vec<String>> {
    let contract = Contract::read()?;
    let package = contract.resolve.packages.get(contract.package).context("the package of the contract")?;
    let (written, spoken) = (package.name.to_string(), interlock_engine::CONTRACT);
    Ok(if written == spoken {
        vec![]
    } else {
        vec![format!(
            "{FILE} is `{written}`, CONTRACT in host/engine/src/lib.rs is `{spoken}`: make them the same"
        )]
    })
}

/// A version that was released has an adapter and a guest, and the folder is called as the package in it; so has the current
/// one a guest, which stays when it is the older one.
fn released() -> Result<Vec<String>> {
    let current = interlock_engine::CONTRACT.rsplit_once('@').map_or("", |(_, version)| version);
    let mut broken: Vec<String> = missing(&guest_of(current)).into_iter().collect();
    let mut found = Vec::new();
    for folder in tree::folders("wit")? {
        let Some(version) = folder.strip_prefix("since-") else {
            broken.push(format!("wit/{folder}: a folder of `wit/` is a released version, `since-<version>`"));
            continue;
        };
        let text = tree::text(&format!("wit/{folder}/policy.wit"))?;
        let package = format!("interlock:policy@{version}");
        if !text.contains(&format!("\npackage {package};\n")) {
            broken.push(format!("wit/{folder}/policy.wit is not `{package}`: name the folder after it"));
        }
        broken.extend(missing(&guest_of(version)));
        broken.extend(missing(&adapter_of(version)));
        found.push(package);
    }
    if found != interlock_engine::EARLIER_CONTRACTS {
        broken.push(format!(
            "wit/ keeps {found:?}, EARLIER_CONTRACTS in host/engine/src/contract.rs are {:?}: make them the same",
            interlock_engine::EARLIER_CONTRACTS
        ));
    }
    Ok(broken)
}

fn guest_of(version: &str) -> String {
    format!("tests/guests/since-{}/src/lib.rs", version.replace('.', "-"))
}

/// Of the minor version: a patch changes nothing that was there.
fn adapter_of(version: &str) -> String {
    let minor = version.rsplit_once('.').map_or(version, |(minor, _)| minor);
    format!("host/engine/src/since_{}.rs", minor.replace('.', "_"))
}

fn missing(path: &str) -> Option<String> {
    let what = "a released contract keeps its adapter and its guest; see CONTRIBUTING.md";
    tree::text(path).is_err().then(|| format!("{path} is missing: {what}"))
}
