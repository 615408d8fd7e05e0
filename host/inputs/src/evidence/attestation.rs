//! In-toto attestations of test results, alone, in a DSSE envelope, or in a Sigstore bundle.
//! <https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md>
//!
//! No signature is checked here. A run is attested only if the caller says that somebody has checked, and only if there
//! is a signature that could have been. Attestations of anything but tests are passed over: one file often holds both.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use interlock_model::{EvidenceOrigin, Origin, Span, TestOutcome};

use super::{Run, Vouched, digest, statement, top};
use crate::Statement;
use crate::error::{InputError, Problem, ProblemKind, shown};
use crate::payload::foreign::{Foreign, Seen, Written};
use crate::payload::text_in;

#[cfg(test)]
mod tests;

/// The predicate that is read, and how other versions of it begin.
const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";
const TEST_RESULTS: &str = "https://in-toto.io/attestation/test-result/";
const STATEMENTS: [&str; 2] = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];
/// Lines of one file.
const LINES_MAX: usize = 10_000;
/// Artefacts that one attestation is about.
const SUBJECTS_MAX: usize = 1000;
const URL_CHARS_MAX: usize = 2000;

/// How many attestations a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Documents {
    One,
    /// One in each line.
    Lines,
}

/// Reads the attestations of a file.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    documents: Documents,
    vouched: Vouched,
) -> Result<Statement, InputError> {
    let text = text_in(name, bytes)?;
    let mut found = Found { name, vouched, runs: Vec::new(), others: Vec::new() };
    match documents {
        Documents::One => found.document(text, Start::default())?,
        Documents::Lines => found.lines(text)?,
    }
    if found.runs.is_empty() {
        return Err(InputError::new(name, vec![found.nothing()]));
    }
    let all = Span { end: text.len(), ..top() };
    Ok(statement(name, text, found.runs, Origin { key: all, value: all }))
}

/// Where a line of a file begins.
#[derive(Clone, Copy, Default)]
struct Start {
    byte: usize,
    line: u32,
}

impl Start {
    fn span(self, span: Span) -> Span {
        let Span { start, end, line, column } = span;
        Span { start: start + self.byte, end: end + self.byte, line: line.saturating_add(self.line), column }
    }

    fn origin(self, origin: Origin) -> Origin {
        Origin { key: self.span(origin.key), value: self.span(origin.value) }
    }
}

/// Where facts are read from: the file itself, or what is packed into one value of it.
#[derive(Clone, Copy)]
enum Within {
    File(Start),
    Payload(Origin),
}

impl Within {
    fn origin(self, seen: Seen<'_>) -> Origin {
        match self {
            Self::File(start) => start.origin(seen.origin()),
            Self::Payload(origin) => origin,
        }
    }
}

struct Found<'n> {
    name: &'n str,
    vouched: Vouched,
    runs: Vec<Run>,
    /// What the attestations are about that are not of tests.
    others: Vec<(String, Origin)>,
}

impl Found<'_> {
    fn lines(&mut self, text: &str) -> Result<(), InputError> {
        let mut start = Start::default();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if index >= LINES_MAX {
                return Err(self.refused(
                    start.span(top()),
                    format!("more than {LINES_MAX} lines"),
                    "fewer attestations",
                ));
            }
            if !line.trim().is_empty() {
                self.document(line, start)?;
            }
            start = Start { byte: start.byte + line.len(), line: start.line.saturating_add(1) };
        }
        Ok(())
    }

    fn document(&mut self, text: &str, start: Start) -> Result<(), InputError> {
        let foreign = Foreign::read(self.name, text.as_bytes(), Written::Json).map_err(|mut error| {
            error.problems.iter_mut().for_each(|problem| problem.span = start.span(problem.span));
            error
        })?;
        let Some(root) = foreign.documents().next() else { return Ok(()) };
        let within = Within::File(start);
        if let Some(envelope) = root.get("dsseEnvelope").or_else(|| root.get("payload").map(|_| root)) {
            return self.envelope(envelope, within);
        }
        if root.get("predicateType").is_some() {
            return self.attestation(root, within, EvidenceOrigin::Claimed);
        }
        let found = "a document that is no attestation".to_owned();
        Err(self.refused(
            within.origin(root).value,
            found,
            "an in-toto statement, a DSSE envelope or a Sigstore bundle",
        ))
    }

    fn envelope(&mut self, envelope: Seen<'_>, within: Within) -> Result<(), InputError> {
        let kind = envelope.get("payloadType").and_then(Seen::text).unwrap_or_default();
        let at = |key: &str| within.origin(envelope.get(key).unwrap_or(envelope));
        if !(kind.starts_with("application/vnd.in-toto") && kind.ends_with("+json")) {
            let found = format!("`payloadType` {}", shown(kind));
            return Err(self.refused(at("payloadType").value, found, "`application/vnd.in-toto+json`"));
        }
        let payload = envelope.get("payload").and_then(Seen::text).and_then(decoded);
        let Some(payload) = payload else {
            let found = "`payload` that is not base64".to_owned();
            return Err(self.refused(at("payload").value, found, "the statement in base64"));
        };
        // Of what is packed in, any place is that of the package.
        let packed = |mut error: InputError| {
            error.problems.iter_mut().for_each(|problem| {
                problem.span = at("payload").value;
                problem.found = format!("in `payload`: {}", problem.found);
            });
            error
        };
        let foreign = Foreign::read(self.name, &payload, Written::Json).map_err(packed)?;
        let Some(root) = foreign.documents().next() else { return Ok(()) };
        self.attestation(root, Within::Payload(at("payload")), self.origin(envelope))
    }

    /// Nobody can have checked a signature that is not there.
    fn origin(&self, envelope: Seen<'_>) -> EvidenceOrigin {
        let mut signatures = envelope.get("signatures").into_iter().flat_map(Seen::items);
        let signed =
            signatures.any(|one| one.get("sig").and_then(Seen::text).is_some_and(|sig| !sig.is_empty()));
        match self.vouched {
            Vouched::ByCaller if signed => EvidenceOrigin::Attested,
            Vouched::ByCaller | Vouched::No => EvidenceOrigin::Claimed,
        }
    }

    fn attestation(
        &mut self,
        root: Seen<'_>,
        within: Within,
        origin: EvidenceOrigin,
    ) -> Result<(), InputError> {
        let text = |key: &str| root.get(key).and_then(Seen::text).unwrap_or_default();
        let at = |key: &str| within.origin(root.get(key).unwrap_or(root));
        if !STATEMENTS.contains(&text("_type")) {
            let found = format!("`_type` {}", shown(text("_type")));
            return Err(self.refused(at("_type").value, found, "`https://in-toto.io/Statement/v1`"));
        }
        let predicate = text("predicateType");
        if predicate == TEST_RESULT {
            self.runs.push(Run { origin, ..run(root, within) });
            return Ok(());
        }
        if predicate.starts_with(TEST_RESULTS) {
            let found = format!("`predicateType` {}", shown(predicate));
            return Err(self.refused(at("predicateType").value, found, &format!("`{TEST_RESULT}`")));
        }
        self.others.push((predicate.to_owned(), at("predicateType")));
        Ok(())
    }

    fn nothing(&self) -> Problem {
        let (found, span) = match self.others.first() {
            Some((kind, at)) => (format!("`predicateType` {}", shown(kind)), at.value),
            None => ("no attestation".to_owned(), top()),
        };
        problem(span, found, &format!("one with `{TEST_RESULT}`"))
    }

    fn refused(&self, span: Span, found: String, expected: &str) -> InputError {
        InputError::new(self.name, vec![problem(span, found, expected)])
    }
}

fn problem(span: Span, found: String, expected: &str) -> Problem {
    let help = "give attestations of test results, as in-toto/attestation describes them";
    Problem::new(ProblemKind::Value, span, found).expected(expected).help(help)
}

/// Both alphabets, with padding or without, as the envelope's specification asks of readers.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet, config).decode(text).ok()
}

fn run(root: Seen<'_>, within: Within) -> Run {
    let predicate = root.get("predicate").unwrap_or(root);
    let configuration: Vec<Seen<'_>> =
        predicate.get("configuration").into_iter().flat_map(Seen::items).collect();
    let (suite, suite_at) = suite(&configuration, predicate);
    let mut run = Run::new(suite, within.origin(suite_at));
    run.outcome = outcome(predicate).map(|(outcome, at)| (outcome, within.origin(at)));
    for (key, value) in configuration.iter().filter_map(|one| one.get("annotations")).flat_map(Seen::entries)
    {
        let values = value.text().into_iter().chain(value.items().filter_map(Seen::text));
        values.for_each(|text| run.scoped(key, text, within.origin(value)));
    }
    if let Some(subjects) = root.get("subject") {
        run.digests = subjects.items().take(SUBJECTS_MAX).filter_map(subject).collect();
        run.digests_at = Some(within.origin(subjects));
    }
    run.url = predicate.get("url").and_then(|url| {
        let text = url.text()?.chars().take(URL_CHARS_MAX).collect();
        Some((text, within.origin(url)))
    });
    run
}

fn subject(subject: Seen<'_>) -> Option<interlock_model::Digest> {
    digest(subject.at(&["digest", "sha256"])?.text()?)
}

/// The configuration that was run, by its name or where it is from.
fn suite<'f>(configuration: &[Seen<'f>], predicate: Seen<'f>) -> (&'f str, Seen<'f>) {
    let named = |one: &Seen<'f>| {
        ["name", "uri", "downloadLocation"]
            .iter()
            .find_map(|key| Some((one.get(key)?.text()?, one.get(key)?)))
    };
    let named = configuration.iter().find_map(named).filter(|(name, _)| !name.trim().is_empty());
    named.unwrap_or(("test-result", predicate))
}

/// The stated result, unless the lists of tests say otherwise. One that is no known word is unknown.
fn outcome(predicate: Seen<'_>) -> Option<(TestOutcome, Seen<'_>)> {
    let result = predicate.get("result")?;
    let list = |key: &str| predicate.get(key).filter(|list| !list.is_null());
    if let Some(failed) = list("failedTests").filter(|list| list.items().next().is_some() || !list.is_list())
    {
        return Some((TestOutcome::Failed, failed));
    }
    let lists: Vec<Seen<'_>> = ["passedTests", "warnedTests"].iter().filter_map(|key| list(key)).collect();
    let none_ran = list("passedTests").is_some() && lists.iter().all(|list| list.items().next().is_none());
    match result.text()? {
        "PASSED" | "WARNED" if none_ran => Some((TestOutcome::Skipped, result)),
        "PASSED" | "WARNED" => Some((TestOutcome::Passed, result)),
        "FAILED" => Some((TestOutcome::Failed, result)),
        _ => None,
    }
}
