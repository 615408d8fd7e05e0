//! How a file is written, by its name. Never by its contents: a file could be made to look like what is judged least.

use super::odd::Unread;
use super::tree::Tree;
use super::{dotenv, hcl, ini, json, properties, template, toml, xml, yaml};

/// A format that is read value by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Yaml,
    Json,
    JsonWithComments,
    Toml,
    Hcl,
    Properties,
    Ini,
    /// An ending of many formats, INI among them.
    Cfg,
    Dotenv,
    Xml,
}

impl Format {
    /// By the last part of a path, and for JSON by the folder: what editors and compilers call JSON may have comments.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let path = template::rendered_name(path);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name == ".env" || name.starts_with(".env.") {
            return Some(Self::Dotenv);
        }
        let (stem, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" if has_comments(folder, name, stem) => Some(Self::JsonWithComments),
            "json" => Some(Self::Json),
            "jsonc" | "code-workspace" => Some(Self::JsonWithComments),
            "toml" => Some(Self::Toml),
            "tf" | "hcl" | "tfvars" | "tofu" => Some(Self::Hcl),
            "properties" => Some(Self::Properties),
            "ini" => Some(Self::Ini),
            "cfg" => Some(Self::Cfg),
            "env" => Some(Self::Dotenv),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::JsonWithComments => "jsonc",
            Self::Toml => "toml",
            Self::Hcl => "hcl",
            Self::Properties => "properties",
            Self::Ini | Self::Cfg => "ini",
            Self::Dotenv => "dotenv",
            Self::Xml => "xml",
        }
    }

    pub(super) fn read(self, text: &str) -> Result<Tree, Unread> {
        match self {
            Self::Yaml => yaml::read(text),
            Self::Json => json::read(text, json::Comments::Refused),
            Self::JsonWithComments => json::read(text, json::Comments::Read),
            Self::Toml => toml::read(text),
            Self::Hcl => hcl::read(text),
            Self::Properties => properties::read(text),
            Self::Ini => ini::read(text, ini::Named::Ini),
            Self::Cfg => ini::read(text, ini::Named::Cfg),
            Self::Dotenv => dotenv::read(text),
            Self::Xml => xml::read(text),
        }
    }

    /// Whether bytes that are not UTF-8 are ISO-8859-1: what `.properties` always was, and what an XML declaration says.
    pub(super) fn is_latin_1(self, bytes: &[u8]) -> bool {
        match self {
            Self::Properties => std::str::from_utf8(bytes).is_err(),
            Self::Xml => {
                let names = ["'iso-8859-1'", "\"iso-8859-1\""];
                let head = String::from_utf8_lossy(bytes.get(..128).unwrap_or(bytes)).to_ascii_lowercase();
                let declaration = head.split_once("?>").map(|(declaration, _)| declaration);
                declaration
                    .is_some_and(|it| it.starts_with("<?xml") && names.iter().any(|name| it.contains(name)))
            }
            Self::Yaml
            | Self::Json
            | Self::JsonWithComments
            | Self::Toml
            | Self::Hcl
            | Self::Ini
            | Self::Cfg
            | Self::Dotenv => false,
        }
    }
}

/// The editors' and compilers' files that are JSON with comments though they are called JSON.
fn has_comments(folder: &str, name: &str, stem: &str) -> bool {
    let configures = |tool: &str| stem == tool || stem.starts_with(&format!("{tool}."));
    let named = matches!(name, "devcontainer.json" | ".devcontainer.json" | ".eslintrc.json" | ".swcrc.json");
    let editor = folder == ".vscode" || folder.ends_with("/.vscode");
    named || editor || stem.starts_with("tsconfig") || configures("jsconfig")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides() {
        for (path, expect) in [
            ("deploy/app.yaml", "yaml"),
            ("deploy/APP.YML", "yaml"),
            ("app.yaml.j2", "yaml"),
            ("chart/values.yml.tmpl", "yaml"),
            ("package.json", "json"),
            ("a/tsconfig.json", "jsonc"),
            ("tsconfig.build.json", "jsonc"),
            (".vscode/settings.json", "jsonc"),
            ("web/.vscode/launch.json", "jsonc"),
            ("x.vscode/launch.json", "json"),
            (".devcontainer/devcontainer.json", "jsonc"),
            ("a.code-workspace", "jsonc"),
            ("main.tf", "hcl"),
            ("prod.tfvars", "hcl"),
            ("prod.tfvars.json", "json"),
            (".terraform.lock.hcl", "hcl"),
            ("application.properties", "properties"),
            ("php.ini", "ini"),
            ("setup.cfg", "ini"),
            (".env", "dotenv"),
            ("a/.env.production", "dotenv"),
            ("db.env", "dotenv"),
            ("pom.xml", "xml"),
        ] {
            assert_eq!(Format::of_path(path).map(Format::name), Some(expect), "{path}");
        }
        for path in [
            "Makefile",
            "a.conf",
            "a.json5",
            "env",
            ".envrc",
            "main.go",
            "a.html.erb",
            "_helpers.tpl",
            "yaml",
        ] {
            assert_eq!(Format::of_path(path), None, "{path}");
        }
    }
}
