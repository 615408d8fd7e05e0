//! `points-at-production`: a value of what is not production names a host, an account or a database of production.
//!
//! Values that differ are read, and not the keys above them: a key that is called `production` says for whom its values
//! are. What a value is for nobody knows here, so a word alone counts only where it names a place.

use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;
use interlock_guest::{AddTo, in_small_letters};

use crate::before::Before;
use crate::environment::Named;
use crate::names::{
    canonical, first_in, is_elsewhere, is_number, last_word, parts, production, start_with, words,
};
use crate::rules::POINTS_AT_PRODUCTION;
use crate::settings::Limits;
use crate::tokens::{assigned, host_of, is_file, is_like, tokens};

/// Most files that are told, one finding each.
const FILES_MAX: usize = 20;

pub(crate) fn judge(
    named: &Named<'_>,
    change: &Change,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    // All files were asked for. What is not here may point anywhere.
    refuse(
        change.omitted_files,
        "changed files were left out, and this policy judges every one: split the change",
    )?;
    let by_tier = ByTier { block_max: limits.value_block_tier_max, warn_max: 3 };
    let Some(verdict) = by_tier.verdict(change) else { return Ok(()) };
    let meant = named.meant().filter(|name| is_elsewhere(canonical(name, limits), limits));
    let Some(files) = &change.files else { return Ok(()) };
    let mut left = FILES_MAX;
    for file in files {
        // What is gone points nowhere, however much of it was left out.
        if file.op == FileOp::Removed {
            continue;
        }
        let Some(environment) = elsewhere(file, meant, limits) else { continue };
        // Of each file, however many are told before it.
        refuse(
            file.omitted_edits,
            "edits of a file for another environment were left out: split the change",
        )?;
        if left == 0 {
            continue;
        }
        if let Some((edit, what)) = first_that_points(edits(file), limits) {
            let why = match environment {
                Name::Whole(_) => "it is meant for",
                Name::Word(_) => "its path is one of",
            };
            let message = text!("{why} `{environment}`, and a value names production: `{what}`");
            let finding = POINTS_AT_PRODUCTION.finding(verdict, message).at_file(&file.path, &edit.pointer);
            findings.push(finding.with_tier(change));
            left -= 1;
        }
    }
    Ok(())
}

#[inline(never)]
fn refuse(left_out: u32, what: &str) -> Result<(), Failure> {
    match left_out {
        0 => Ok(()),
        count => Err(Failure::Unsupported(text!("{count} {what}"))),
    }
}

/// What a message names.
#[derive(Clone, Copy)]
enum Name<'a> {
    /// As it is written.
    Whole(&'a str),
    /// A word of what is written. It is shown in small letters.
    Word(&'a str),
}

impl AddTo for Name<'_> {
    fn add_to(&self, text: &mut String) {
        match self {
            Name::Whole(name) => name.add_to(text),
            Name::Word(word) => in_small_letters(word).add_to(text),
        }
    }
}

/// The first edit of a file whose value points at production, and what in it does.
#[inline(never)]
fn first_that_points<'a>(edits: &'a [Edit], limits: &'a Limits) -> Option<(&'a Edit, Name<'a>)> {
    // Not dropped: the instance ends soon.
    let mut before = ManuallyDrop::new(Before::default());
    for edit in edits {
        let Some(what) = points(edit, limits) else { continue };
        // A value that only changed its place in the file.
        let was_there = edit.after.known_and(|after| before.of(edits).holds(&after.text));
        if !was_there {
            return Some((edit, what));
        }
    }
    None
}

/// What is listed of a file. Of what nobody knows, nothing is.
fn edits(file: &FileChange) -> &[Edit] {
    match &file.edits {
        Some(edits) => edits,
        None => &[],
    }
}

/// For which other environment than production a file is, if it surely is: as the change says, or else by its path.
#[inline(never)]
fn elsewhere<'a>(file: &'a FileChange, meant: Option<&'a str>, limits: &Limits) -> Option<Name<'a>> {
    // What is no format that is read has lines, which are not values.
    if file.format.as_deref() == Some("text") && edits(file).iter().all(is_line) {
        return None;
    }
    let mut environment = meant.map(Name::Whole);
    for part in parts(&file.path, |byte| matches!(byte, b'/' | b'.')) {
        if production(part, limits).is_some() {
            return None;
        }
        if environment.is_none() {
            let word = last_word(part).filter(|word| limits.path_words.holds(word));
            environment = word.map(Name::Word);
        }
    }
    environment
}

fn is_line(edit: &Edit) -> bool {
    edit.pointer.strip_prefix('/').known_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What in the new value of an edit names production, if the old one did not.
#[inline(never)]
fn points<'a>(edit: &'a Edit, limits: &'a Limits) -> Option<Name<'a>> {
    let after = edit.after.as_ref().filter(|after| may_name(after, limits))?;
    let keys = Keys::of(&edit.pointer, limits)?;
    let what = names_production(after, &keys, limits)?;
    let did_before = edit.before.known_and(|before| names_production(before, &keys, limits).is_some());
    (!did_before).then_some(what)
}

/// Whether it is worth to read what stands above a value, which for most it is not.
fn may_name(value: &Scalar, limits: &Limits) -> bool {
    !limits.production_hosts.is_empty()
        || !limits.production_accounts.is_empty()
        || first_in(&limits.production_words, &value.text).is_some()
}

/// What the keys above a value say of it.
struct Keys<'a> {
    /// No word of it means production.
    is_free: bool,
    /// The last word of its own key. Of a list, that is the one above the index.
    own: Option<&'a str>,
}

impl<'a> Keys<'a> {
    /// None of a value that is for production itself.
    #[inline(never)]
    fn of(pointer: &'a str, limits: &Limits) -> Option<Self> {
        let mut keys = Keys { is_free: false, own: None };
        for key in parts(pointer, |byte| byte == b'/') {
            if production(key, limits).is_some() {
                return None;
            }
            let last = last_word(key);
            keys.is_free |= last.known_and(|word| limits.free_keys.holds(word))
                || first_in(&limits.denied_words, key).is_some();
            if !is_number(key) {
                keys.own = last;
            }
        }
        Some(keys)
    }
}

#[inline(never)]
fn names_production<'a>(value: &'a Scalar, keys: &Keys<'_>, limits: &'a Limits) -> Option<Name<'a>> {
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
#[inline(never)]
fn listed_name<'a>(text: &'a str, limits: &'a Limits) -> Option<Name<'a>> {
    if !limits.production_hosts.is_empty() {
        for host in tokens(text).map(host_of) {
            if limits.production_hosts.iter().any(|glob| is_like(glob.as_bytes(), host.as_bytes())) {
                return Some(Name::Whole(host));
            }
        }
    }
    limits.production_accounts.iter().find(|account| names_account(text, account)).map(Name::Whole)
}

/// Whether the words of an account stand somewhere in a text, in a row.
#[inline(never)]
fn names_account(text: &str, account: &str) -> bool {
    let mut rest = words(text);
    loop {
        if start_with(&mut rest.clone(), account) {
            return true;
        }
        if rest.next().is_none() {
            return false;
        }
    }
}

/// The first word for production in a text that names a place.
#[inline(never)]
fn known_by_its_words<'a>(text: &'a str, keys: &Keys<'_>, limits: &Limits) -> Option<Name<'a>> {
    if keys.is_free {
        return None;
    }
    for token in tokens(text) {
        let (key, value) = match assigned(token) {
            Some((key, value)) => (last_word(key), value),
            None => (keys.own, token),
        };
        let Some(word) = production(value, limits) else { continue };
        let names_a_place = key.known_and(|key| limits.place_keys.holds(key));
        if (names_a_place || is_composed(value, text)) && !is_file(value) {
            // The word and not the value, which may hold a password.
            return Some(Name::Word(word));
        }
    }
    None
}

/// Whether a name has several parts, and is not just a word with a hyphen in a sentence.
fn is_composed(name: &str, text: &str) -> bool {
    let is_alone = || tokens(text).nth(1).is_none();
    words(name).nth(1).is_some() && (name.bytes().any(|b| matches!(b, b'.' | b'/' | b'@')) || is_alone())
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
        let refused = |change: &Change| {
            matches!(
                judge(&Named::of(change), change, &Limits::default(), &mut vec![]),
                Err(Failure::Unsupported(_))
            )
        };
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
}
