//! `tests/payload/*.yaml`: what is read of a text, what is told of it, or why it is not read; and ordinary files, of which
//! nothing is told.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::*;

const TABLES: [(&str, &str); 2] = [
    ("two-readers", include_str!("../../../../../tests/payload/two-readers.yaml")),
    ("formats", include_str!("../../../../../tests/payload/formats.yaml")),
];
/// Rows of the catalogue of disagreeing readers.
const ROWS: std::ops::RangeInclusive<u32> = 21..=62;
/// A file as it is found in repositories.
struct Ordinary {
    path: &'static str,
    format: &'static str,
    text: &'static str,
    /// A part of it, and what somebody writes instead.
    edit: (&'static str, &'static str),
}

const ORDINARY: [Ordinary; 7] = [
    Ordinary {
        path: "main.tf",
        format: "hcl",
        text: include_str!("../../../../../tests/payload/ordinary/main.tf"),
        edit: ("= 100", "= 200"),
    },
    Ordinary {
        path: "application.properties",
        format: "properties",
        text: include_str!("../../../../../tests/payload/ordinary/application.properties"),
        edit: ("metrics,prometheus", "metrics"),
    },
    Ordinary {
        path: "php.ini",
        format: "ini",
        text: include_str!("../../../../../tests/payload/ordinary/php.ini"),
        edit: ("256M", "512M"),
    },
    Ordinary {
        path: "setup.cfg",
        format: "ini",
        text: include_str!("../../../../../tests/payload/ordinary/setup.cfg"),
        edit: ("requests>=2.31", "requests>=2.32"),
    },
    Ordinary {
        path: "compose.env",
        format: "dotenv",
        text: include_str!("../../../../../tests/payload/ordinary/compose.env"),
        edit: ("=info", "=debug"),
    },
    Ordinary {
        path: "pom.xml",
        format: "xml",
        text: include_str!("../../../../../tests/payload/ordinary/pom.xml"),
        edit: ("42.7.3", "42.7.4"),
    },
    Ordinary {
        path: "haproxy.cfg",
        format: "text",
        text: include_str!("../../../../../tests/payload/ordinary/haproxy.cfg"),
        edit: ("maxconn 4096", "maxconn 8192"),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    cases: Vec<Case>,
    #[serde(default)]
    out_of_reach: Vec<OutOfReach>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutOfReach {
    row: u32,
    why: String,
}

/// A text, and exactly one of the last four.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    row: Option<u32>,
    /// Which case of a public conformance suite it comes from.
    suite: Option<String>,
    case: String,
    file: String,
    text: Option<String>,
    hex: Option<String>,
    /// Line and column of what is told.
    at: Option<String>,
    /// Every value by its pointer, and nothing is told.
    values: Option<BTreeMap<String, String>>,
    odd: Option<String>,
    unreadable: Option<String>,
    template: Option<String>,
}

impl Case {
    fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect(),
            _ => panic!("{}: text or hex", self.case),
        }
    }

    fn judge(&self) -> Result<(), String> {
        let compared = compare_texts(&self.file, None, Some(&self.bytes()));
        let told = &compared.payload.doubts;
        let kinds = [
            (DoubtKind::Ambiguous, &self.odd),
            (DoubtKind::Unreadable, &self.unreadable),
            (DoubtKind::Template, &self.template),
        ];
        let expected: Vec<_> =
            kinds.iter().filter_map(|(kind, words)| Some((*kind, words.as_ref()?))).collect();
        match (expected.as_slice(), &self.values) {
            ([], Some(values)) if told.is_empty() => check_values(&compared, values),
            ([(kind, words)], None) if told.iter().all(|doubt| doubt.kind == *kind) => {
                let found = told.iter().any(|doubt| doubt.message.contains(*words) && self.is_at(doubt));
                if found { Ok(()) } else { Err(format!("told: {told:?}")) }
            }
            _ => Err(format!("expected values, odd, unreadable or template; told: {told:?}")),
        }
    }

    fn is_at(&self, doubt: &Doubt) -> bool {
        let place = format!("{}:{}", doubt.span.line, doubt.span.column);
        self.at.as_ref().is_none_or(|at| *at == place)
    }

    fn name(&self) -> String {
        format!("{} {}", self.suite.as_deref().unwrap_or_default(), self.case)
    }
}

fn check_values(compared: &Compared, values: &BTreeMap<String, String>) -> Result<(), String> {
    let edits = only(compared).edits.as_ref().ok_or("no edits")?;
    let found: BTreeMap<String, String> =
        edits.iter().map(|edit| (edit.pointer.clone(), scalar(edit.after.as_ref()))).collect();
    if found == *values { Ok(()) } else { Err(format!("read: {found:?}")) }
}

fn tables() -> Vec<(&'static str, Table)> {
    let read = |text| serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    TABLES.iter().map(|(name, text)| (*name, read(text))).collect()
}

#[test]
fn every_text_is_read_or_told_as_its_table_says() {
    let wrong: Vec<String> = tables()
        .iter()
        .flat_map(|(name, table)| table.cases.iter().map(move |case| (name, case)))
        .filter_map(|(name, case)| Some(format!("{name}, {}: {}", case.name(), case.judge().err()?)))
        .collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_row_of_the_catalogue_has_a_case_or_a_reason() {
    let tables = tables();
    let cases = tables.iter().flat_map(|(_, table)| table.cases.iter().filter_map(|case| case.row));
    let reasons = tables.iter().flat_map(|(_, table)| &table.out_of_reach);
    let seen: BTreeSet<u32> =
        cases.chain(reasons.filter(|row| !row.why.is_empty()).map(|row| row.row)).collect();
    let missing: Vec<u32> = ROWS.filter(|row| !seen.contains(row)).collect();
    assert_eq!(missing, [] as [u32; 0]);
}

#[test]
fn of_ordinary_files_nothing_is_told() {
    for Ordinary { path, format, text, edit: (from, to) } in ORDINARY {
        let edited = texts(path, text, &text.replace(from, to));
        assert_eq!(only(&edited).edits.as_ref().unwrap().len(), 1, "{path}");
        let added = compare_texts(path, None, Some(text.as_bytes()));
        let removed = compare_texts(path, Some(text.as_bytes()), None);
        for compared in [&added, &removed] {
            assert!(only(compared).edits.as_ref().unwrap().len() >= 12, "{path}");
        }
        for compared in [edited, added, removed] {
            assert_eq!(doubts(&compared), [] as [&str; 0], "{path}");
            assert_eq!(only(&compared).format.as_deref(), Some(format), "{path}");
        }
    }
}
