//! Stock policy `config-sanity`: a change of configuration or data holds what people meant to write.
//!
//! It reads the values that differ, not what they are for: a blank where something stood, a list that lost much, a file
//! twice its size, a number a hundred times as large, a wildcard where a name was. Each of these went out to everybody in
//! some public outage, and each could be seen in the difference alone. Here are the settings and the order of the rules;
//! each family of rules has a file of its own, and so has what they share: `keys`, `items`, `sets`,
//! `reading`, `told`.

mod blanks;
mod chars;
mod decimal;
mod filters;
mod flags;
mod ids;
mod items;
mod keys;
mod lists;
mod numbers;
mod order;
mod pairs;
mod pattern;
mod ranges;
mod reading;
mod regexes;
mod secrets;
mod sets;
mod shapes;
mod sizes;
mod told;
mod units;
mod versions;
mod wildcards;

use std::mem::ManuallyDrop;

use interlock_guest::prelude::*;

use crate::keys::Names;
use crate::reading::{Reading, Sort};

/// Thresholds and names. Shares and ratios are basis points: 100 are one percent, 10000 are once as much.
///
/// A name is one or more words: `max-surge` means `maxSurge`, `max_surge` and `max-surge` alike.
#[derive(Settings)]
#[setting(check = in_order)]
pub struct Limits {
    /// Tiers up to this number are blocked; -1 blocks none. Default 1.
    #[setting(default = 1, range = -1..=3)]
    block_tier_max: i32,
    /// Further tiers up to this number are warned of what would block the others, and of nothing else; -1 warns none. Default 3.
    #[setting(default = 3, range = -1..=3)]
    warn_tier_max: i32,
    /// Last words of a key, or of the key above it, under which blank is ordinary. Default: words for people.
    #[setting(default = ["description", "comment", "comments", "note", "notes", "summary", "title", "help", "annotation", "annotations", "label", "labels", "tags"])]
    blank_keys: Names,
    /// The same for what is new, in changes of other kinds than policy and data. Default: what files leave open by custom.
    #[setting(default = ["value", "default", "prefix", "suffix", "override", "on", "volumes"])]
    new_blank_keys: Names,
    /// Words in a key, in the key above it or in an artefact's path that mean a list of who is let in. Default: the usual ones.
    #[setting(default = ["allow", "allowed", "allowlist", "whitelist", "whitelisted", "trusted", "permitted"])]
    allow_list_keys: Names,
    /// Words in a key or in the key above it that mean a list of what is held back. Such a list may not go, and `/` in it holds back everything. Default: the usual ones.
    #[setting(default = ["deny", "denied", "denylist", "blocked", "blocklist", "blacklist", "banned", "acl", "acls", "filter", "filters"])]
    deny_list_keys: Names,
    /// Fewest items a list must have had to be judged by the share it lost. Default 4: of fewer, any item is a large share.
    #[setting(default = 4, range = 1..=1_000_000)]
    list_items_min: i32,
    /// Fewest items a list must lose to be judged at all. Default 2: one item is what a person takes out on purpose.
    #[setting(default = 2, range = 1..=1_000_000)]
    list_loss_min: i32,
    /// A list that lost more is warned, in basis points. Default 1000: a tenth.
    #[setting(default = 1000, range = 0..=10_000)]
    list_loss_warn_bp: i32,
    /// A list that lost more is blocked, in basis points. Default 2500: on 2026-02 Cloudflare withdrew about a quarter of its customers' prefixes.
    #[setting(default = 2500, range = 0..=10_000)]
    list_loss_block_bp: i32,
    /// A list of who is let in that lost more is blocked on tier 0, in basis points. Default 500: on 2023-11-12 such a list was incomplete.
    #[setting(default = 500, range = 0..=10_000)]
    allow_list_loss_block_bp: i32,
    /// Sizes and rows that grew to more are warned, in basis points of before. Default 15000.
    #[setting(default = 15_000, range = 10_000..=1_000_000)]
    growth_warn_bp: i32,
    /// Sizes and rows that grew to this or more are blocked, in basis points of before. Default 20000: on 2025-11-18 a file of Cloudflare's doubled.
    #[setting(default = 20_000, range = 10_000..=1_000_000)]
    growth_block_bp: i32,
    /// Sizes and rows that shrank to less are warned, in basis points of before. Default 6700.
    #[setting(default = 6700, range = 0..=10_000)]
    shrink_warn_bp: i32,
    /// Sizes and rows that shrank to less are blocked, in basis points of before. Default 5000.
    #[setting(default = 5000, range = 0..=10_000)]
    shrink_block_bp: i32,
    /// Smaller things may shrink, and grow as if they had been this large, in KiB. Default 64.
    #[setting(default = 64, range = 0..=1_000_000_000)]
    size_kib_min: i32,
    /// The same for rows. Default 20.
    #[setting(default = 20, range = 0..=1_000_000_000)]
    rows_min: i32,
    /// Whole keys that no two items of a list share; an empty name means plain values. Default: what names an item by itself.
    #[setting(default = ["id", "uuid", "name", "key", ""])]
    unique_keys: Names,
    /// Last words of the keys of plain lists that say a thing twice on purpose. Default: lists of arguments, and of whose turn it is.
    #[setting(default = ["args", "arguments", "argv", "command", "cmd", "entrypoint", "options", "opts", "flags", "script", "lines", "steps", "turns", "rota", "shifts", "weeks", "days", "schedule", "tracks", "sequence", "answers"])]
    repeat_keys: Names,
    /// Last words of the keys of lists whose items share a name and are told apart by an alias. Default: charts that are taken twice.
    #[setting(default = ["dependencies"])]
    alias_keys: Names,
    /// Last words of a key that takes a number or a text. Default: Kubernetes' quantities, and what people quote one day and not the next.
    #[setting(default = ["cpu", "memory", "storage", "max-surge", "max-unavailable", "min-available", "target-port", "version", "tag", "value", "default", "ports", "volumes", "secrets", "configs", "environment", "env", "networks", "depends-on", "args", "on"])]
    type_free_keys: Names,
    /// A number this many times as large or as small is warned. Default 4: on 2026-02-07 GitHub divided a lifetime by six.
    #[setting(default = 4, range = 2..=1_000_000)]
    number_factor_warn: i32,
    /// A number this many times as large or as small is blocked. Default 100: two digits more.
    #[setting(default = 100, range = 2..=1_000_000)]
    number_factor_block: i32,
    /// Whole numbers up to this, before and after, are counts that people set by hand, and are not warned. Default 9: one digit.
    #[setting(default = 9, range = 0..=1_000_000)]
    small_number_max: i32,
    /// Last words of a key whose numbers are names, not quantities. Default: ports, ids, versions and the like.
    #[setting(default = ["port", "ports", "listen", "id", "ids", "uid", "gid", "pid", "version", "versions", "revision", "generation", "serial", "build", "tag", "timestamp", "date", "year", "epoch", "seed", "checksum", "hash", "digest", "mode", "asn", "vlan", "account", "code", "codes", "index", "order", "priority", "rank"])]
    number_free_keys: Names,
    /// Last words of a key whose whole numbers up to 100 are shares, which go up in steps like 5, 25, 100. A step is no slip; how far it goes at once is for the plan. Default: the usual ones.
    #[setting(default = ["percent", "percentage", "pct", "share", "weight", "rollout"])]
    share_keys: Names,
    /// Words anywhere in a pointer that select what something applies to. Default: the usual ones.
    #[setting(default = ["match", "matcher", "matchers", "matches", "selector", "selectors", "pattern", "patterns", "regex", "regexp", "cidr", "cidrs", "source", "sources", "from", "host", "hosts", "hostname", "hostnames", "principal", "principals", "subject", "subjects", "peer", "peers", "allow", "allowed", "allowlist", "whitelist", "deny", "denied", "denylist", "blocked", "blocklist", "blacklist"])]
    selector_keys: Names,
    /// Words anywhere in a pointer under which everything is an ordinary answer. Default: routes, outgoing traffic, and the file patterns of build tools.
    #[setting(default = ["egress", "route", "routes", "destination", "destinations", "paths", "include", "exclude", "ignore", "branches", "files", "globs"])]
    match_all_free_keys: Names,
    /// Words anywhere in a pointer that say who may do what. Default: the usual ones.
    #[setting(default = ["auth", "authn", "authz", "authentication", "authorization", "authorisation", "allow-origin", "allow-origins", "allowed-origins", "principal", "principals", "permission", "permissions", "role", "roles", "scope", "scopes", "trusted", "acl", "acls", "rbac", "iam", "grant", "grants", "verbs", "api-groups"])]
    auth_keys: Names,
    /// Words in a key whose number may become zero. Default: what is zero as often as not.
    #[setting(default = ["delay", "offset", "jitter", "skip", "start", "verbosity", "level", "debug", "min", "minimum", "x", "y", "padding", "margin", "retry", "retries", "restarts", "errors", "failures", "unavailable", "stock", "quantity", "discount", "radius", "opacity", "fill"])]
    zero_free_keys: Names,
    /// Ranges by pointer, such as `**/timeout-s = 1..30`; `*` is any key, `**` any number of them, and either end may be left out. Default: none.
    #[setting(default = [])]
    ranges: Texts,
    /// Pairs of words of which the first has the lower limit, where both changed. Default: the usual ones.
    #[setting(default = ["min <= max", "minimum <= maximum", "low <= high", "lower <= upper", "soft <= hard", "requests <= limits", "heap <= memory"])]
    limit_pairs: Texts,
    /// Last words of the keys of lists whose order decides. Default: chains of filters and lists of access. Lists of rules are too, in changes of networks and policies.
    #[setting(default = ["filters", "filter-chain", "filter-chains", "chain", "middleware", "middlewares", "interceptors", "acl", "acls", "access-list", "access-lists", "prefix-list", "prefix-lists", "firewall", "firewall-rules", "rewrite-rules", "rewrites"])]
    ordered_keys: Names,
    /// Last words of a key that names what holds something back; it may not go. Default: filters of access and of routes. Any filter is one, in changes of networks.
    #[setting(default = ["acl", "acls", "access-list", "access-group", "prefix-list", "route-filter", "packet-filter", "prefix-filter", "firewall", "waf"])]
    filter_keys: Names,
    /// Last words of a key that holds the version of a program. Default: the usual ones.
    #[setting(default = ["version", "image", "image-tag", "release"])]
    version_keys: Names,
    /// Last words of a key that only counts up. Default: the usual ones.
    #[setting(default = ["serial", "generation", "sequence", "sequence-number", "epoch", "schema-version", "data-version", "plan-version", "config-version"])]
    counter_keys: Names,
    /// Last words of a key that holds a regular expression. None: nobody uses an engine that goes back. Default: the usual ones.
    #[setting(default = ["regex", "regexes", "regexp", "regexps", "pattern", "patterns", "rewrite"])]
    regex_keys: Names,
    /// Last words of a key that holds an id. Default: the usual ones.
    #[setting(default = ["id", "ids", "identifier", "identifiers", "uuid", "uuids", "arn", "arns"])]
    id_keys: Names,
    /// Words in a key above a flag's own. Default: the usual ones. Everything is a flag in a change of that kind.
    #[setting(default = ["flag", "flags", "feature", "features", "toggle", "toggles", "experiment", "experiments"])]
    flag_keys: Names,
}

fn in_order(it: &Limits) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let list_loss_block = ("list-loss-block-bp", it.list_loss_block_bp);
    at_most("list-loss-warn-bp", it.list_loss_warn_bp, list_loss_block, &mut wrong);
    at_most("growth-warn-bp", it.growth_warn_bp, ("growth-block-bp", it.growth_block_bp), &mut wrong);
    at_most("shrink-block-bp", it.shrink_block_bp, ("shrink-warn-bp", it.shrink_warn_bp), &mut wrong);
    let number_factor_block = ("number-factor-block", it.number_factor_block);
    at_most("number-factor-warn", it.number_factor_warn, number_factor_block, &mut wrong);
    if let Some(message) = ranges::wrong(it.ranges.given()) {
        wrong.push(("ranges", message));
    }
    if let Some(message) = pairs::wrong(it.limit_pairs.given()) {
        wrong.push(("limit-pairs", message));
    }
    wrong
}

/// One setting is no higher than another. One function: written out, it is 200 bytes for each pair.
#[inline(never)]
fn at_most(key: &'static str, low: i32, (other, high): (&str, i32), wrong: &mut Vec<(&'static str, String)>) {
    if low > high {
        wrong.push((key, text!("expected at most `{other}`, {high}, found {low}")));
    }
}

/// The rules, family by family, in the order in which they are told.
static FAMILIES: &[fn(&Reading<'_>, &mut Vec<Finding>)] = &[
    blanks::blank_fields,
    secrets::emptied,
    lists::emptied,
    lists::shrunk,
    sizes::jumps,
    lists::duplicates,
    order::order_changes,
    blanks::type_changes,
    numbers::ratios,
    ranges::out_of_range,
    pairs::contradictions,
    wildcards::wildcards,
    versions::backwards,
    regexes::costly,
    ids::other_kinds,
    flags::reused,
];

#[policy(
    title = "a change of configuration or data holds what people meant to write",
    rules = [
        blanks::BLANK_FIELD,
        secrets::SECRET_EMPTIED,
        lists::EMPTIED_LIST,
        filters::FILTER_REMOVED,
        lists::LIST_SHRINK,
        sizes::SIZE_JUMP,
        sizes::ROW_JUMP,
        lists::DUPLICATE_KEY,
        order::ORDER_CHANGE,
        blanks::TYPE_CHANGE,
        numbers::NUMERIC_RATIO,
        numbers::ZERO_VALUE,
        units::UNIT_SLIP,
        ranges::OUT_OF_RANGE,
        pairs::LIMITS_CONTRADICT,
        wildcards::MATCH_ALL,
        wildcards::AUTH_WILDCARD,
        versions::VERSION_BACKWARDS,
        regexes::COSTLY_REGEX,
        ids::IDENTIFIER_KIND,
        flags::FLAG_REUSED
    ],
    edits_of = ["**"]
)]
fn judge(change: &Change, _question: &Question, limits: &Limits) -> Judgement {
    let by_tier = ByTier { block_max: limits.block_tier_max, warn_max: limits.warn_tier_max };
    let Some(hard) = by_tier.verdict(change) else { return Ok(vec![]) };
    refuse_what_was_left_out(change)?;

    // Not dropped: the instance ends soon, and what drops trees is code.
    let reading = ManuallyDrop::new(Reading::new(change, limits, hard));
    let mut findings = Vec::new();
    for family in FAMILIES {
        family(&reading, &mut findings);
    }
    Ok(findings)
}

/// All files were asked for. What is not here cannot be judged, and must not look as if it had been.
fn refuse_what_was_left_out(change: &Change) -> Result<(), Failure> {
    if change.omitted_files > 0 {
        let files = change.omitted_files;
        return Err(Failure::Unsupported(text!(
            "{files} changed files were left out, and this policy judges every one: split the change"
        )));
    }
    for file in change.files.iter().flatten() {
        if is_cut(file) {
            return Err(Failure::Unsupported(text!(
                "{} edits of `{}` were left out, and this policy judges every one: split the change",
                file.omitted_edits,
                told::cut(&file.path)
            )));
        }
    }
    Ok(())
}

/// Lines of a text that were left out are no values that this policy would judge.
fn is_cut(file: &FileChange) -> bool {
    file.omitted_edits > 0 && Sort::of(file) != Sort::Lines
}

#[cfg(test)]
mod tests {
    use interlock_guest::Settings as _;
    use interlock_guest::finding_types::SettingKind;

    use super::*;

    #[test]
    fn the_defaults_of_the_settings_are_settings() {
        assert!(in_order(&Limits::default()).is_empty());
        let wrong = Limits { growth_warn_bp: 30_000, number_factor_block: 3, ..Limits::default() };
        let keys: Vec<_> = in_order(&wrong).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["growth-warn-bp", "number-factor-warn"]);
    }

    #[test]
    fn the_names_of_the_policy_are_words_as_they_stand() {
        let it = Limits::default();
        let names = [
            it.blank_keys,
            it.new_blank_keys,
            it.allow_list_keys,
            it.deny_list_keys,
            it.unique_keys,
            it.repeat_keys,
            it.alias_keys,
            it.share_keys,
            it.type_free_keys,
            it.number_free_keys,
            it.selector_keys,
            it.match_all_free_keys,
            it.auth_keys,
            it.zero_free_keys,
            it.ordered_keys,
            it.filter_keys,
            it.version_keys,
            it.counter_keys,
            it.regex_keys,
            it.id_keys,
            it.flag_keys,
        ];
        for names in &names {
            let Names::Own(names) = names else { panic!("the defaults are the policy's own") };
            assert!(names.iter().all(|name| keys::words(name) == *name), "{names:?}");
        }
        // Two lists hold no names; a new list of names has to be tried above.
        let lists = Limits::TEXTS.iter().filter(|setting| setting.kind() == SettingKind::TextList);
        assert_eq!(lists.count(), names.len() + ["ranges", "limit-pairs"].len());
    }

    #[test]
    fn what_was_left_out_is_never_judged_as_fine() {
        let mut change = Change::unknown("c", ChangeKind::Config);
        assert_eq!(judge(&change, &Question::at_deploy(), &Limits::default()), Ok(vec![]));
        change.omitted_files = 2;
        let refused = judge(&change, &Question::at_deploy(), &Limits::default());
        assert!(
            matches!(refused, Err(Failure::Unsupported(reason)) if reason.starts_with("2 changed files"))
        );
    }

    #[test]
    fn lines_of_a_text_left_out_are_no_values() {
        let mut change = Change::unknown("c", ChangeKind::Config);
        let mut file = crate::reading::tests::file("notes.txt");
        (file.format, file.omitted_edits) = (Some("text".into()), 7);
        change.files = Some(vec![file]);
        assert_eq!(judge(&change, &Question::at_deploy(), &Limits::default()), Ok(vec![]));
    }

    #[test]
    fn a_file_with_edits_left_out_is_refused() {
        let mut change = Change::unknown("c", ChangeKind::Config);
        let mut file = crate::reading::tests::file("a.yaml");
        file.omitted_edits = 7;
        change.files = Some(vec![file]);
        let refused = judge(&change, &Question::at_deploy(), &Limits::default());
        assert!(
            matches!(refused, Err(Failure::Unsupported(reason)) if reason.contains("7 edits of `a.yaml`"))
        );
    }
}
