//! Secrets in an event, overwritten before anything else reads it: the data of a Kubernetes Secret, the tokens that
//! platforms send along, and values under keys that are named like one.
//!
//! Every byte of such a text becomes `#`, so all places stay what they were, and no later code can show what it never
//! had. A value that differs from the one before the change becomes `%` instead: that a password changed must be seen,
//! which password it was must not. The bytes themselves are kept for the digest alone.

use std::collections::BTreeMap;

use interlock_model::Origin;
use sha2::Digest as _;

use super::EventKind;
use crate::error::{InputError, Problem, ProblemKind};
use crate::payload::foreign::{Foreign, Form, Seen, Written};

/// What a secret is overwritten with, and one that is not what it was.
const MASK: u8 = b'#';
const MASK_OF_NEW: u8 = b'%';

/// Keys whose text is a secret wherever a platform writes them, without case, `-` and `_`.
const SECRET_KEYS: [&str; 13] = [
    "accesstoken",
    "apikey",
    "authorization",
    "clientsecret",
    "credentials",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretkey",
    "token",
    "xspinnakertoken",
];

/// kubectl keeps the whole manifest in it, the data of a Secret included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// An event without its secrets.
pub(super) struct Masked<'b> {
    /// The bytes that are read from here on.
    pub(super) bytes: Vec<u8>,
    /// The bytes as they came, at the same places.
    pub(super) raw: &'b [u8],
}

/// Overwrites the secrets of an event.
pub(super) fn masked<'b>(name: &str, bytes: &'b [u8], kind: EventKind) -> Result<Masked<'b>, InputError> {
    let foreign = Foreign::read(name, bytes, Written::Json)?;
    let raw = foreign.text.as_bytes();
    let mut bytes = raw.to_vec();
    for root in foreign.documents() {
        let secrets = secrets(root, kind).map_err(|problem| InputError::new(name, vec![problem]))?;
        secrets.iter().for_each(|secret| secret.overwrite(&mut bytes));
    }
    Ok(Masked { bytes, raw })
}

/// A text that must not be seen.
struct Secret {
    at: Origin,
    mask: u8,
}

impl Secret {
    /// Between the quotes.
    fn overwrite(&self, bytes: &mut [u8]) {
        let (from, to) = (self.at.value.start.saturating_add(1), self.at.value.end.saturating_sub(1));
        bytes.get_mut(from..to).into_iter().flatten().for_each(|byte| *byte = self.mask);
    }
}

fn secrets(root: Seen<'_>, kind: EventKind) -> Result<Vec<Secret>, Problem> {
    match kind {
        EventKind::KubernetesAdmission => of_admission(root),
        EventKind::GithubDeploymentProtectionRule
        | EventKind::GithubDeployment
        | EventKind::GithubPullRequest
        | EventKind::TerraformRunTask
        | EventKind::Cdevents
        | EventKind::Flagger
        | EventKind::Spinnaker => of_keys(root),
    }
}

fn of_keys(root: Seen<'_>) -> Result<Vec<Secret>, Problem> {
    let mut found = Vec::new();
    find_keys(root, false, &mut found);
    let mut texts = Texts::new();
    find_manifests(root, TOP, &mut texts)?;
    found.extend(texts.values().map(|(_, at)| Secret { at: *at, mask: MASK }));
    Ok(found)
}

/// Texts below such a key. Recursion is bounded by the depth the reader allows.
fn find_keys(seen: Seen<'_>, is_secret: bool, found: &mut Vec<Secret>) {
    if is_secret && seen.text().is_some() {
        found.push(Secret { at: seen.origin(), mask: MASK });
    }
    seen.entries().for_each(|(key, below)| find_keys(below, is_secret || is_secret_key(key), found));
    seen.items().for_each(|item| find_keys(item, is_secret, found));
}

fn is_secret_key(key: &str) -> bool {
    let plain: String =
        key.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect();
    SECRET_KEYS.contains(&plain.as_str())
}

/// The parts of a Kubernetes object that hold secrets.
#[derive(Clone, Copy)]
enum Holds {
    Secret,
    TokenReview,
    TokenRequest,
}

fn of_admission(root: Seen<'_>) -> Result<Vec<Secret>, Problem> {
    let Some(request) = root.get("request") else { return Ok(Vec::new()) };
    let holds = holds(request);
    let texts = |key| request.get(key).map_or(Ok(Texts::new()), |object| texts_of(object, holds));
    let (before, after) = (texts("oldObject")?, texts("object")?);
    let is_new = |path: &Path, text: &str| before.get(path).is_some_and(|(old, _)| *old != text);
    let old = before.values().map(|(_, at)| Secret { at: *at, mask: MASK });
    let new = after.iter().map(|(path, (text, at))| {
        let mask = if is_new(path, text) { MASK_OF_NEW } else { MASK };
        Secret { at: *at, mask }
    });
    Ok(old.chain(new).collect())
}

/// Any of the places that name the object's kind is enough.
fn holds(request: Seen<'_>) -> Option<Holds> {
    const PLACES: [&[&str]; 4] =
        [&["kind", "kind"], &["requestKind", "kind"], &["object", "kind"], &["oldObject", "kind"]];
    PLACES.iter().find_map(|keys| match request.at(keys)?.text()? {
        "Secret" => Some(Holds::Secret),
        "TokenReview" => Some(Holds::TokenReview),
        "TokenRequest" => Some(Holds::TokenRequest),
        _ => None,
    })
}

/// Where in an object a value stands. A sum, because paths written out are longer than the body where keys are long.
type Path = [u8; 32];
const TOP: Path = [0; 32];

type Texts<'f> = BTreeMap<Path, (&'f str, Origin)>;

fn below(at: Path, key: &str) -> Path {
    sha2::Sha256::new().chain_update(at).chain_update(key).finalize().into()
}

fn texts_of(object: Seen<'_>, holds: Option<Holds>) -> Result<Texts<'_>, Problem> {
    let mut texts = Texts::new();
    if let Some(holds) = holds {
        find_parts(object, holds, TOP, &mut texts)?;
    }
    find_manifests(object, TOP, &mut texts)?;
    Ok(texts)
}

/// Secrets that are written inside something else: a list, a template, a stage that deploys manifests.
fn find_manifests<'f>(seen: Seen<'f>, at: Path, texts: &mut Texts<'f>) -> Result<(), Problem> {
    if seen.get("kind").and_then(Seen::text) == Some("Secret") {
        find_parts(seen, Holds::Secret, at, texts)?;
    }
    for (key, value) in seen.entries() {
        find_manifests(value, below(at, key), texts)?;
    }
    for (index, item) in seen.items().enumerate() {
        find_manifests(item, below(at, &index.to_string()), texts)?;
    }
    Ok(())
}

fn find_parts<'f>(object: Seen<'f>, holds: Holds, at: Path, texts: &mut Texts<'f>) -> Result<(), Problem> {
    let parts: &[&[&str]] = match holds {
        Holds::Secret => &[&["data"], &["stringData"], &["metadata", "annotations", LAST_APPLIED]],
        Holds::TokenReview => &[&["spec", "token"]],
        Holds::TokenRequest => &[&["status", "token"]],
    };
    for keys in parts {
        let Some(part) = object.at(keys) else { continue };
        find_texts(part, keys.iter().fold(at, |at, key| below(at, key)), texts)?;
    }
    Ok(())
}

/// Every text in a part. A number or a flag there would be a secret that cannot be overwritten in place.
fn find_texts<'f>(seen: Seen<'f>, at: Path, texts: &mut Texts<'f>) -> Result<(), Problem> {
    match (seen.form(), seen.text()) {
        (Form::Scalar, Some(text)) => {
            texts.insert(at, (text, seen.origin()));
        }
        (Form::Scalar, None) => return Err(not_text(seen)),
        (Form::Null | Form::List | Form::Map, _) => {}
    }
    for (key, value) in seen.entries() {
        find_texts(value, below(at, key), texts)?;
    }
    for (index, item) in seen.items().enumerate() {
        find_texts(item, below(at, &index.to_string()), texts)?;
    }
    Ok(())
}

fn not_text(seen: Seen<'_>) -> Problem {
    Problem::new(ProblemKind::Value, seen.origin().value, "a secret that is not text")
        .expected("text, as the API server sends it")
        .help("give the body as it was sent")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn mask(text: &str, kind: EventKind) -> String {
        String::from_utf8(masked("event.json", text.as_bytes(), kind).unwrap().bytes).unwrap()
    }

    #[test]
    fn tokens_are_overwritten_by_their_keys_and_nothing_else_is() {
        let text = r#"{"access_token":"a\nb","Authorization":"é","run":{"x":[{"API-Key":["k"],"tokens":"t","token":1}]}}"#;
        let masked = r#####"{"access_token":"####","Authorization":"##","run":{"x":[{"API-Key":["#"],"tokens":"t","token":1}]}}"#####;
        assert_eq!(mask(text, EventKind::TerraformRunTask), masked);
    }

    #[test]
    fn the_data_of_a_secret_is_overwritten_and_what_changed_differs() {
        let text = r#"{"request":{"kind":{"kind":"Secret"},"object":{"data":{"a":"MTIz","b":"Nzg5","c":"NEW="},
            "metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","k":"v"}}},
            "oldObject":{"data":{"a":"MTIz","b":"NDU2"},"stringData":{"p":"q"}}}}"#;
        let masked = mask(text, EventKind::KubernetesAdmission);
        assert!(masked.contains(r#####""data":{"a":"####","b":"%%%%","c":"####"}"#####), "{masked}");
        assert!(masked.contains(r#####"configuration":"##","k":"v"}"#####), "{masked}");
        assert!(
            masked.contains(r#####""data":{"a":"####","b":"####"},"stringData":{"p":"#"}"#####),
            "{masked}"
        );
        assert_eq!(masked.len(), text.len());
    }

    #[test]
    fn other_objects_keep_their_data() {
        let text = r#"{"request":{"kind":{"kind":"ConfigMap"},"object":{"data":{"token":"limit"}}}}"#;
        assert_eq!(mask(text, EventKind::KubernetesAdmission), text);
    }

    #[test]
    fn any_place_that_says_secret_is_enough() {
        let text =
            r#"{"request":{"kind":{"kind":"X"},"oldObject":{"kind":"Secret","data":{"a":{"b":["s"]}}}}}"#;
        assert!(mask(text, EventKind::KubernetesAdmission).contains(r#####"["#"]"#####));
    }

    #[test]
    fn a_secret_that_cannot_be_overwritten_is_refused() {
        let text = br#"{"request":{"kind":{"kind":"Secret"},"object":{"data":{"pin":1234}}}}"#;
        let error = masked("event.json", text, EventKind::KubernetesAdmission).err().unwrap().to_string();
        assert!(error.starts_with("event.json:1:62: a secret that is not text, expected"), "{error}");
        assert!(!error.contains("1234"), "{error}");
    }

    #[test]
    fn a_manifest_inside_another_object_is_a_manifest() {
        let text = r#"{"request":{"kind":{"kind":"X"},"object":{"items":[{"kind":"Secret","data":{"a":"new"}}]},
            "oldObject":{"items":[{"kind":"Secret","data":{"a":"old"}}]}}}"#;
        let masked = mask(text, EventKind::KubernetesAdmission);
        assert!(masked.contains(r#"{"a":"%%%"}"#) && masked.contains(r####"{"a":"###"}"####), "{masked}");
        let text = r#"{"stages":[{"manifests":[{"kind":"Secret","stringData":{"a":"b"}}]}]}"#;
        assert!(mask(text, EventKind::Spinnaker).contains(r##"{"a":"#"}"##));
    }
}
