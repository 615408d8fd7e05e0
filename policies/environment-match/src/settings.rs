//! What an operator can set: tiers, and the words by which environments are known. What follows from them is in the
//! other files.

use interlock_guest::prelude::*;
use interlock_guest::trimmed;

use crate::names::{alias, has_word};

/// Which environments are which, and what points at production.
#[derive(Settings)]
#[setting(check = words_are_words)]
pub struct Limits {
    /// Tiers up to this number are blocked when the environments differ, others are warned; -1 blocks none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    pub(crate) block_tier_max: i32,
    /// Tiers up to this number are blocked when a value points at production, others are warned; -1 blocks none. Default
    /// 1: a name may be wrong about what it names.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) value_block_tier_max: i32,
    /// Tiers up to this number are blocked when only the author says that it is not production; -1 blocks none. Default 0.
    #[setting(default = 0, range = -1..=3)]
    pub(crate) claim_block_tier_max: i32,
    /// Further tiers up to this number are warned of that; -1 warns none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    pub(crate) claim_warn_tier_max: i32,
    /// Names of one environment, with `=` between them. Default: the usual short forms.
    #[setting(default = ["production = prod = prd = live", "staging = stage = stg", "development = dev", "testing = test = tst", "pre-production = preprod", "non-production = nonprod"])]
    pub(crate) aliases: Texts,
    /// Words that mean production, in an environment's name, a path and a value. Default: production and its short forms.
    #[setting(default = ["production", "prod", "prd"])]
    pub(crate) production_words: WordList,
    /// Words that mean another environment, and take away the meaning of the words above. Default: the usual ones.
    #[setting(default = ["staging", "stage", "stg", "development", "dev", "testing", "test", "tests", "tst", "qa", "uat", "sandbox", "preview", "review", "demo", "integration", "local", "pre", "preprod", "non", "nonprod", "not", "no", "like", "ready", "copy"])]
    pub(crate) other_words: WordList,
    /// Words at the end of a folder's or a file's name whose files are for another environment. Default: those that folders of tests do not share.
    #[setting(default = ["staging", "stg", "development", "dev", "uat", "qa", "preprod", "nonprod"])]
    pub(crate) path_words: WordList,
    /// Hosts of production, with `*` for any part, that nothing else may name. Default: none.
    #[setting(default = [])]
    pub(crate) production_hosts: Texts,
    /// Accounts, projects and subscriptions of production that nothing else may name. Default: none.
    #[setting(default = [])]
    pub(crate) production_accounts: Texts,
    /// Last words of a key under which a plain `production` names a place, not a mode. Default: hosts, databases and accounts.
    #[setting(default = ["account", "bucket", "cluster", "context", "database", "db", "dbname", "domain", "endpoint", "host", "hostname", "hosts", "instance", "namespace", "project", "server", "servers", "subscription", "tenant", "uri", "url", "vault"])]
    pub(crate) place_keys: WordList,
    /// Last words of a key, or of one above it, under which no word of a value means production. Default: texts for people, the people themselves, images, builds and lists of environments.
    #[setting(default = ["args", "arguments", "command", "comment", "comments", "description", "note", "notes", "message", "title", "help", "image", "images", "tag", "tags", "version", "versions", "build", "mode", "script", "scripts", "labels", "annotations", "environments", "envs", "owner", "owners", "team", "contact", "contacts", "channel", "channels", "email", "runbook", "docs", "link", "links", "feature", "features"])]
    pub(crate) free_keys: WordList,
    /// Words anywhere in a key, or in one above it, whose values are held back: to name production there keeps it out. Default: the usual ones.
    #[setting(default = ["deny", "denied", "denylist", "blocked", "blocklist", "blacklist", "forbidden", "excluded", "exclude"])]
    pub(crate) denied_words: WordList,
}

fn words_are_words(limits: &Limits) -> Wrong {
    let mut wrong = Vec::new();
    refuse_without_word(&mut wrong, "production-words", &limits.production_words);
    refuse_without_word(&mut wrong, "other-words", &limits.other_words);
    refuse_without_word(&mut wrong, "path-words", &limits.path_words);
    refuse_without(&mut wrong, "production-accounts", limits.production_accounts.given());
    refuse_without_word(&mut wrong, "place-keys", &limits.place_keys);
    refuse_without_word(&mut wrong, "free-keys", &limits.free_keys);
    refuse_without_word(&mut wrong, "denied-words", &limits.denied_words);
    if let Some(host) = without_word(limits.production_hosts.given()) {
        let message = text!("expected hosts, found `{host}`, which is every host");
        refuse(&mut wrong, "production-hosts", message);
    }
    if let Some(group) = limits.aliases.given().iter().find(|group| is_lonely(group)) {
        let message = text!("expected names with `=` between them, like `staging = stage`, found `{group}`");
        refuse(&mut wrong, "aliases", message);
    }
    wrong
}

/// What is wrong: the key of a setting, and what was expected.
type Wrong = Vec<(&'static str, String)>;

#[inline(never)]
fn refuse(wrong: &mut Wrong, key: &'static str, message: String) {
    wrong.push((key, message));
}

#[inline(never)]
fn refuse_without_word(wrong: &mut Wrong, key: &'static str, words: &WordList) {
    refuse_without(wrong, key, words.given());
}

#[inline(never)]
fn refuse_without(wrong: &mut Wrong, key: &'static str, texts: &[String]) {
    if without_word(texts).is_some() {
        refuse(wrong, key, text!("expected words, found one without a letter or a digit"));
    }
}

/// The first text of a list that has no word.
#[inline(never)]
fn without_word(texts: &[String]) -> Option<&String> {
    texts.iter().find(|text| !has_word(text))
}

/// Whether a group of names is none.
fn is_lonely(group: &str) -> bool {
    group.bytes().all(|byte| byte != b'=') || alias(group).any(|name| !has_word(trimmed(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_without_a_word_are_refused() {
        assert!(words_are_words(&Limits::default()).is_empty());
        let given = |text: &str| Texts::Given(vec![text.into()]);
        let wrong = Limits {
            aliases: given("production ="),
            other_words: WordList::Given(vec![" - ".into()]),
            production_hosts: given("*"),
            ..Limits::default()
        };
        let keys: Vec<_> = words_are_words(&wrong).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["other-words", "production-hosts", "aliases"]);
        let right = Limits {
            aliases: given("production = 生产"),
            production_hosts: given("*.live.example"),
            production_accounts: given("420017"),
            ..Limits::default()
        };
        assert!(words_are_words(&right).is_empty());
    }
}
