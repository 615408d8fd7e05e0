//! A report as bytes, one file per format. The format never changes the decision: everything here is a function of a
//! [`Report`] that was decided elsewhere, and the exit code comes from [`interlock_model::Decision`].
//!
//! A [baseline](baseline_text) is written here as well: it is made of a report, and its texts are escaped the same way.
//!
//! To add a format, add its file and one line to the table below. Text that somebody else wrote goes through
//! [`escape`] first, with the function made for the format's sink.

mod baseline;
mod checkstyle;
mod effect;
pub mod escape;
#[cfg(test)]
mod fixture;
mod github;
mod gitlab;
#[cfg(test)]
mod golden;
pub mod json_v1;
mod junit;
mod listing;
mod markdown;
pub mod module_v1;
mod openreports;
mod rdjson;
mod region;
mod sarif;
mod schema;
mod standing;
mod text;

use interlock_model::{ChangeDocument, Report};

pub use baseline::baseline_text;
pub use json_v1::schema as report_schema;
pub use schema::{change_schema, document_schema};

/// Makes the enum, its names and the way to each renderer from one table, so that none can be forgotten.
macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident, $name:literal, $help:literal, $render:path;)+) => {
        /// A form a report can take.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Format { $($(#[$doc])* $format,)+ }

        /// Every format, in the order in which help texts list them.
        pub const FORMATS: &[FormatRow] = &[
            $(FormatRow { format: Format::$format, name: $name, help: $help },)+
        ];

        /// The report in one format, ending in a line break. The document is the one that was judged: the report's
        /// places are shown in its text, and in the changed files that came with it.
        pub fn render(report: &Report, document: &ChangeDocument, manner: &Manner) -> String {
            match manner.format { $(Format::$format => $render(report, document, manner),)+ }
        }
    };
}

formats! {
    /// For a person under pressure.
    #[default]
    Text, "text", "for people: the verdict, then each finding with its source line and the smallest fix", text::render;
    /// For machines: `interlock.report/1`, frozen.
    Json, "json", "for machines: `interlock.report/1`, see `interlock schema report`", json_v1::render;
    /// For merge requests: GitLab Code Quality.
    Gitlab, "gitlab", "for GitLab merge requests: a Code Quality report", gitlab::render;
    /// For test reports: JUnit XML, a suite for each policy.
    Junit, "junit", "for Jenkins, GitLab and others that show tests: JUnit XML, a suite for each policy", junit::render;
    /// For review bots: Checkstyle XML.
    Checkstyle, "checkstyle", "for Jenkins, reviewdog and other review bots: Checkstyle XML", checkstyle::render;
    /// For comments and job summaries: Markdown.
    Markdown, "markdown", "for pull request comments and job summaries: Markdown within GitHub's limit", markdown::render;
    /// For code scanning: SARIF 2.1.0.
    Sarif, "sarif", "for code scanning: SARIF 2.1.0, within GitHub's limits", sarif::render;
    /// For a step of GitHub Actions: workflow commands, then the text.
    Github, "github", "for GitHub Actions: annotations as workflow commands, then the text", github::render;
    /// For review bots: the reviewdog diagnostic format.
    Rdjson, "rdjson", "for review bots: the reviewdog diagnostic format, one JSON document", rdjson::render;
    /// For clusters: an OpenReports `Report`.
    Openreports, "openreports", "for clusters: an OpenReports `Report` (openreports.io/v1alpha1) as JSON", openreports::render;
}

/// One format as a command line offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatRow {
    /// The format.
    pub format: Format,
    /// The word for it on a command line.
    pub name: &'static str,
    /// One line for help texts.
    pub help: &'static str,
}

impl Format {
    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        FORMATS.iter().find(|row| row.name == name).map(|row| row.format)
    }
}

/// How a report is to be written. What a format has no use for, it leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// In which form.
    pub format: Format,
    /// Whether terminal colours may be used. Whoever owns the terminal decides; nothing here looks at one.
    pub color: Color,
    /// Columns that text is wrapped at. Texts are broken between words only, so a long word may stand out.
    pub width: usize,
}

impl Manner {
    /// Readable in a log as well as in a terminal.
    pub const WIDTH: usize = 100;
}

impl Default for Manner {
    fn default() -> Self {
        Self { format: Format::default(), color: Color::default(), width: Self::WIDTH }
    }
}

/// Whether terminal colours may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    #[default]
    Never,
    /// ANSI colours.
    Always,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manners() -> Vec<Manner> {
        let mut manners = Vec::new();
        for row in FORMATS {
            for color in [Color::Never, Color::Always] {
                for width in [0, 40, Manner::WIDTH, usize::MAX] {
                    manners.push(Manner { format: row.format, color, width });
                }
            }
        }
        manners
    }

    #[test]
    fn every_format_is_found_by_its_name() {
        for row in FORMATS {
            assert_eq!(Format::named(row.name), Some(row.format));
        }
        assert_eq!(Format::named("yaml"), None);
        assert_eq!(FORMATS.first().map(|row| row.format), Some(Format::default()));
    }

    /// Removes what we colour with ourselves: `ESC [ digits ; m`. Anything else that starts with ESC stays.
    fn without_colors(text: &str) -> String {
        let mut plain = String::new();
        let mut parts = text.split("\u{1b}[");
        plain.push_str(parts.next().unwrap_or(""));
        for part in parts {
            match part.split_once('m') {
                Some((code, rest)) if code.bytes().all(|b| b.is_ascii_digit() || b == b';') => {
                    plain.push_str(rest);
                }
                Some(_) | None => {
                    plain.push_str("\u{1b}[");
                    plain.push_str(part);
                }
            }
        }
        plain
    }

    #[test]
    fn no_format_lets_hostile_text_reach_its_sink() {
        let (report, document) = fixture::hostile();
        let mut seen = std::collections::HashSet::new();
        for manner in manners() {
            let bytes = render(&report, &document, &manner);
            if !seen.insert(bytes.clone()) {
                continue;
            }
            let plain = if manner.color == Color::Always { without_colors(&bytes) } else { bytes };
            for c in plain.chars() {
                assert!(c == '\n' || !escape::is_hidden(c), "{manner:?} lets U+{:04X} through", u32::from(c));
            }
            assert!(!plain.contains("##["), "{manner:?}");
            for line in plain.lines() {
                let is_ours = manner.format == Format::Github && github::tests::is_ours(line);
                assert!(is_ours || !line.trim().starts_with("::"), "{manner:?}: {line}");
                assert!(!line.trim_start().starts_with("##"), "{manner:?}: {line}");
            }
            assert!(plain.ends_with('\n') && !plain.ends_with("\n\n"), "{manner:?}");
        }
    }

    #[test]
    fn colours_are_all_that_colour_adds() {
        for (report, document) in [fixture::alibaba(), fixture::governed()] {
            for row in FORMATS {
                let with = |color| {
                    render(&report, &document, &Manner { format: row.format, color, ..Manner::default() })
                };
                let lines =
                    |text: String| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
                assert_eq!(lines(without_colors(&with(Color::Always))), lines(with(Color::Never)));
            }
        }
    }

    /// A format writes the decision down; the exit code comes from the decision, whatever was written.
    #[test]
    fn no_format_touches_the_exit_code() {
        for (report, document) in [fixture::alibaba(), fixture::governed()] {
            let before = report.clone();
            for manner in manners() {
                let bytes = render(&report, &document, &manner);
                match manner.format {
                    Format::Text => assert!(without_colors(&bytes).starts_with("block: "), "{bytes}"),
                    Format::Json => assert!(bytes.contains("\"exit-code\": 1\n"), "{bytes}"),
                    Format::Gitlab => assert!(bytes.contains("\"severity\": \"blocker\""), "{bytes}"),
                    Format::Junit => assert!(bytes.contains("<failure "), "{bytes}"),
                    Format::Checkstyle => assert!(bytes.contains(" severity=\"error\" "), "{bytes}"),
                    Format::Markdown => assert!(bytes.starts_with("**Interlock: block**"), "{bytes}"),
                    Format::Sarif => assert!(bytes.contains("\"exitCode\": 1,\n"), "{bytes}"),
                    Format::Github => {
                        assert!(bytes.starts_with("::notice title=interlock::block: "), "{bytes}")
                    }
                    Format::Rdjson => assert!(bytes.contains("\n  \"severity\": \"ERROR\",\n"), "{bytes}"),
                    Format::Openreports => {
                        assert!(bytes.contains("\"interlock/exit-code\": \"1\",\n"), "{bytes}");
                    }
                }
            }
            assert_eq!(report, before);
        }
    }
}
