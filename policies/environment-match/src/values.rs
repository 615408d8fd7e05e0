//! `points-at-production`: a value of what is not production names a host, an account or a database of production.
//!
//! Values that differ are read, and not the keys above them: a key that is called `production` says for whom its values
//! are. What a value is for nobody knows here, so a word alone counts only where it names a place.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;
use interlock_guest::{contains, plain};

use crate::environment::Named;
use crate::names::{Side, canonical, holds, side, words};
use crate::rules::POINTS_AT_PRODUCTION;
use crate::settings::Limits;

/// Most files that are told, one finding each.
const FILES_MAX: usize = 20;

pub(crate) fn judge(change: &Change, limits: &Limits) -> Result<Vec<Finding>, Failure> {
    refuse_what_was_left_out(change)?;
    let by_tier = ByTier { block_max: limits.value_block_tier_max, warn_max: 3 };
    let Some(verdict) = by_tier.verdict(change) else { return Ok(vec![]) };
    let meant =
        Named::of(change).meant().filter(|name| side(&canonical(name, limits), limits) == Side::Elsewhere);
    // What is gone points nowhere, however much of it was left out.
    let there = change.files.iter().flatten().filter(|file| file.op != FileOp::Removed);
    let mut findings = Vec::new();
    for file in there {
        let Some((message, pointer)) = in_file(file, meant, limits)? else { continue };
        let finding = POINTS_AT_PRODUCTION.finding(verdict, message).at_file(&file.path, pointer);
        findings.push(finding.with_tier(change));
    }
    // Only now: a file that was cut has to be refused, however many are told before it.
    findings.truncate(FILES_MAX);
    Ok(findings)
}

/// The first value of a file that points at production: what is to be said of it, and where it stands.
fn in_file<'a>(
    file: &'a FileChange,
    meant: Option<&str>,
    limits: &Limits,
) -> Result<Option<(String, &'a str)>, Failure> {
    let Some(why) = elsewhere(file, meant, limits) else { return Ok(None) };
    refuse_what_was_cut(file)?;
    // Not dropped: the instance ends soon.
    let mut before = ManuallyDrop::new(None);
    let found = file.edits.iter().flatten().find_map(|edit| {
        let what = points(edit, limits).filter(|_| !was_there(edit, file, &mut before))?;
        Some((text!("{why}, and a value names production: `{what}`"), edit.pointer.as_str()))
    });
    Ok(found)
}

/// All files were asked for. What is not here may point anywhere.
fn refuse_what_was_left_out(change: &Change) -> Result<(), Failure> {
    match change.omitted_files {
        0 => Ok(()),
        files => Err(Failure::Unsupported(text!(
            "{files} changed files were left out, and this policy judges every one: split the change"
        ))),
    }
}

fn refuse_what_was_cut(file: &FileChange) -> Result<(), Failure> {
    match file.omitted_edits {
        0 => Ok(()),
        edits => Err(Failure::Unsupported(text!(
            "{edits} edits of a file for another environment were left out: split the change"
        ))),
    }
}

/// Why a file is for another environment than production, if it surely is.
fn elsewhere(file: &FileChange, meant: Option<&str>, limits: &Limits) -> Option<String> {
    // What is no format that is read has lines, which are not values.
    if file.format.as_deref() == Some("text") && file.edits.iter().flatten().all(is_line) {
        return None;
    }
    let parts: Vec<Vec<String>> = file.path.split(['/', '.']).map(words).collect();
    if parts.iter().any(|part| side(part, limits) == Side::Production) {
        return None;
    }
    if let Some(meant) = meant {
        return Some(text!("it is meant for `{meant}`"));
    }
    let mut last_words = parts.iter().filter_map(|part| part.last());
    let word = last_words.find(|word| holds(&limits.path_words, word))?;
    Some(text!("its path is one of `{word}`"))
}

fn is_line(edit: &Edit) -> bool {
    edit.pointer.strip_prefix('/').known_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What in the new value of an edit names production, if the old one did not.
#[inline(never)]
fn points(edit: &Edit, limits: &Limits) -> Option<String> {
    let after = edit.after.as_ref().filter(|after| may_name(after, limits))?;
    let keys: Vec<Vec<String>> = edit.pointer.split('/').map(words).collect();
    if keys.iter().any(|key| side(key, limits) == Side::Production) {
        return None;
    }
    let what = names_production(after, &keys, limits)?;
    let did_before = edit.before.known_and(|before| names_production(before, &keys, limits).is_some());
    (!did_before).then_some(what)
}

/// Whether it is worth to take a value apart, which for most it is not.
fn may_name(value: &Scalar, limits: &Limits) -> bool {
    let text = plain(&value.text);
    !limits.production_hosts.is_empty()
        || !limits.production_accounts.is_empty()
        || limits.production_words.iter().any(|word| contains(&text, &plain(word)))
}

/// A value that only changed its place in the file.
fn was_there<'a>(edit: &Edit, file: &'a FileChange, before: &mut Option<BTreeSet<&'a str>>) -> bool {
    let texts = before.get_or_insert_with(|| {
        let values = file.edits.iter().flatten().filter_map(|edit| edit.before.as_ref());
        // One by one: `collect` sorts first, for 7 KB.
        let mut texts = BTreeSet::new();
        for value in values {
            texts.insert(value.text.as_str());
        }
        texts
    });
    edit.after.known_and(|after| texts.contains(after.text.as_str()))
}

#[inline(never)]
fn names_production(value: &Scalar, keys: &[Vec<String>], limits: &Limits) -> Option<String> {
    match value.kind {
        ScalarKind::Text => {
            listed_name(&value.text, limits).or_else(|| known_by_its_words(&value.text, keys, limits))
        }
        // An account's number.
        ScalarKind::Integer => listed_name(&value.text, limits),
        ScalarKind::Null
        | ScalarKind::Boolean
        | ScalarKind::Decimal
        | ScalarKind::EmptyMap
        | ScalarKind::EmptyList => None,
    }
}

/// A host or an account that the settings name. No key makes it ordinary.
fn listed_name(text: &str, limits: &Limits) -> Option<String> {
    let (hosts, accounts) = (&limits.production_hosts, &limits.production_accounts);
    if !hosts.is_empty() {
        let is_named = |host: &&str| hosts.iter().any(|glob| is_like(glob.as_bytes(), host.as_bytes()));
        if let Some(host) = tokens(text).into_iter().map(host_of).find(is_named) {
            return Some(host.into());
        }
    }
    if accounts.is_empty() {
        return None;
    }
    let words = words(text);
    let is_in = |account: &&str| {
        let account = self::words(account);
        words.windows(account.len()).any(|part| part == account)
    };
    accounts.iter().find(is_in).map(Into::into)
}

/// The first token that names a place of production by its words.
fn known_by_its_words(text: &str, keys: &[Vec<String>], limits: &Limits) -> Option<String> {
    let is_free = |key: &Vec<String>| {
        key.last().known_and(|word| holds(&limits.free_keys, word))
            || key.iter().any(|word| holds(&limits.denied_words, word))
    };
    if keys.iter().any(is_free) {
        return None;
    }
    let tokens = tokens(text);
    let is_alone = tokens.len() < 2;
    // Of a list, the key is above the index.
    let is_index =
        |key: &&Vec<String>| key.iter().any(|word| word.bytes().any(|byte| !byte.is_ascii_digit()));
    let own = keys.iter().rev().find(is_index);
    tokens.into_iter().find_map(|token| {
        let (key, value) = match token.split_once('=') {
            Some((key, value)) if key.bytes().all(is_of_a_key) => (Some(words(key)), value),
            Some(_) | None => (own.cloned(), token),
        };
        let found = words(value);
        if side(&found, limits) != Side::Production || is_file(value) {
            return None;
        }
        let names_a_place = key.known_and(|key| key.last().known_and(|word| holds(&limits.place_keys, word)));
        let is_composed =
            found.len() > 1 && (is_alone || value.bytes().any(|b| matches!(b, b'.' | b'/' | b'@')));
        let word = found.into_iter().find(|word| holds(&limits.production_words, word));
        // The word and not the value, which may hold a password.
        word.filter(|_| names_a_place || is_composed)
    })
}

fn is_of_a_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What stands between blanks and the punctuation of sentences and lists.
#[inline(never)]
fn tokens(text: &str) -> Vec<&str> {
    let parts = |letter: char| letter.is_ascii_whitespace() || matches!(letter, ',' | ';' | '"' | '\'');
    let mut tokens = Vec::new();
    for token in text.split(parts) {
        let bare = token.trim_matches(['(', ')', '.', ':', '!', '?']);
        if !bare.is_empty() {
            tokens.push(bare);
        }
    }
    tokens
}

/// `db.example` of `postgres://me:secret@db.example:5432/orders`.
fn host_of(token: &str) -> &str {
    let rest = after(token, "://");
    let authority = rest.split(['/', '?', '#']).next().map_or("", |it| it);
    after(authority, "@").split(':').next().map_or("", |it| it)
}

/// What stands behind the last mark of a short text. `rsplit_once` is made for long ones, for 7 KB.
fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    let at = text.as_bytes().windows(mark.len()).rposition(|window| window == mark.as_bytes());
    at.and_then(|at| text.get(at + mark.len()..)).map_or(text, |rest| rest)
}

/// Endings of files that are built and read, not reached: `webpack.prod.js` is no host.
const FILE_ENDINGS: &[&str] = &[
    "cfg",
    "cjs",
    "conf",
    "css",
    "dockerfile",
    "env",
    "html",
    "ini",
    "jar",
    "js",
    "json",
    "mjs",
    "properties",
    "py",
    "rb",
    "sh",
    "sql",
    "tf",
    "tfvars",
    "toml",
    "ts",
    "txt",
    "xml",
    "yaml",
    "yml",
];

fn is_file(value: &str) -> bool {
    let ending = value.rsplit('.').next().map_or("", |it| it);
    let is_relative = value.starts_with("./") || value.starts_with("../");
    let ends_so = FILE_ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending));
    is_relative || (ends_so && !contains(value, "://"))
}

/// Whether a text is like a pattern in which `*` is any part. Capital and small letters are one.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut next) = (0, 0);
    // Where to go on when the last `*` has to take one letter more.
    let mut again: Option<(usize, usize)> = None;
    while at < text.len() {
        match (pattern.get(next), text.get(at)) {
            (Some(b'*'), _) => {
                again = Some((next + 1, at));
                next += 1;
            }
            (Some(wanted), Some(found)) if wanted.eq_ignore_ascii_case(found) => {
                next += 1;
                at += 1;
            }
            (Some(_) | None, _) => {
                let Some((after, from)) = again else { return false };
                again = Some((after, from + 1));
                next = after;
                at = from + 1;
            }
        }
    }
    pattern.iter().skip(next).all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Scalar {
        Scalar { kind: ScalarKind::Text, text: text.into() }
    }

    fn named(pointer: &str, value: &str) -> bool {
        let edit = Edit {
            pointer: pointer.into(),
            op: EditOp::Add,
            before: None,
            after: Some(text(value)),
            line: None,
        };
        points(&edit, &Limits::default()).is_some()
    }

    fn file(path: &str, edits: Vec<Edit>) -> FileChange {
        FileChange {
            path: path.into(),
            previous_path: None,
            op: FileOp::Modified,
            format: Some("yaml".into()),
            edits: Some(edits),
            lists: None,
            omitted_edits: 0,
            size_before_kib: None,
            size_after_kib: None,
            text: None,
        }
    }

    #[test]
    fn places_of_production_are_known() {
        for (pointer, value) in [
            ("/database/host", "db.prod.example"),
            ("/database/host", "prod"),
            ("/databaseUrl", "postgres://app:x@prod-db-1:5432/orders"),
            ("/secretName", "orders-prod-credentials"),
            ("/bucket", "s3://acme-production-backups"),
            ("/role", "arn:aws:iam::4200:role/prod-deployer"),
            ("/dsn", "host=prod port=5432"),
            ("/hosts/0", "prd"),
            ("/broker", "kafka-1.prod.example:9092,kafka-2.prod.example:9092"),
        ] {
            assert!(named(pointer, value), "{pointer}: {value}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_is_not() {
        for (pointer, value) in [
            ("/env/NODE_ENV", "production"),
            ("/database/name", "products"),
            ("/database/host", "reproduce.example"),
            ("/database/host", "preprod.example"),
            ("/database/host", "db.prod-copy.example"),
            ("/image", "images.example/orders:1.4-prod"),
            ("/build/config", "webpack.prod.js"),
            ("/entry", "webpack.prod.js"),
            ("/resources/0", "../prod"),
            ("/description", "moves to prod.example next week"),
            ("/banner", "do not use in production, ever"),
            ("/start", "NODE_ENV=production node server.js"),
            ("/environments/production/host", "db.prod.example"),
            ("/environments/2/host", "db.prod.example"),
            ("/status", "prod-ready"),
        ] {
            assert!(!named(pointer, value), "{pointer}: {value}");
        }
    }

    #[test]
    fn listed_hosts_and_accounts_are_known_under_any_key() {
        let given = |text: &str| Texts::Given(vec![text.into()]);
        let limits = Limits {
            production_hosts: given("*.live.example"),
            production_accounts: given("4200-17"),
            ..Limits::default()
        };
        let found = |value: &str| listed_name(value, &limits).is_some();
        assert!(found("https://u:p@DB.live.example:5432/x?y") && found("arn:aws:iam::4200-17:root"));
        assert!(!found("https://db.live.example.test/") && !found("live.example") && !found("4200-18"));
    }

    #[test]
    fn what_was_left_out_is_never_judged_as_fine() {
        let mut change = Change::unknown("c", ChangeKind::Config);
        let refused =
            |change: &Change| matches!(judge(change, &Limits::default()), Err(Failure::Unsupported(_)));
        change.omitted_files = 2;
        assert!(refused(&change));
        change.omitted_files = 0;
        let cut = |path: &str, op| FileChange { op, omitted_edits: 7, ..file(path, vec![]) };
        change.files = Some(vec![cut("envs/staging/app.yaml", FileOp::Modified)]);
        assert!(refused(&change));
        change.files = Some(vec![
            cut("envs/staging/app.yaml", FileOp::Removed),
            cut("envs/prod/app.yaml", FileOp::Modified),
        ]);
        assert!(!refused(&change));
    }

    #[test]
    fn a_path_says_for_whom_a_file_is() {
        let limits = Limits::default();
        let is_elsewhere = |path: &str| elsewhere(&file(path, vec![]), None, &limits).is_some();
        for path in ["envs/staging/app.yaml", "values-dev.yaml", ".env.staging", "eu-qa2/a.toml"] {
            assert!(is_elsewhere(path), "{path}");
        }
        for path in
            ["dev-portal/app.yaml", "envs/prod/dev.yaml", "latest.yaml", "src/test/app.yaml", "device.yaml"]
        {
            assert!(!is_elsewhere(path), "{path}");
        }
    }

    #[test]
    fn a_pattern_is_matched_to_its_end() {
        let like = |pattern: &str, text: &str| is_like(pattern.as_bytes(), text.as_bytes());
        assert!(
            like("*.a.b", "x.a.b")
                && like("a*c", "abcbc")
                && like("A", "a")
                && like("*", "")
                && like("a*", "a")
        );
        assert!(!like("*.a.b", "a.b") && !like("a*c", "abcb") && !like("a", "ab") && !like("ab", "a"));
    }
}
