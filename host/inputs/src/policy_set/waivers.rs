//! Waivers as the set writes them. Whether one is due, over or at work is the gate's to say, which knows the time.

use interlock_model::{Pointer, PolicyId, Untrusted, WAIVER_MINUTES_MAX, Waiver, WaiverScope};

use super::bindings::RESERVED;
use super::checks::Checks;
use super::wire;
use crate::error::{ProblemKind, listed, shown};
use crate::names::closest;

/// Every waiver that is written as it should be. `bound` are the names under which the set binds policies.
pub(super) fn waivers(checks: &mut Checks<'_>, bound: &[String], written: Vec<wire::Waiver>) -> Vec<Waiver> {
    let list = Pointer::root().child("waivers");
    let waiver = |(index, waiver): (usize, wire::Waiver)| {
        self::waiver(checks, &list.child(&index.to_string()), bound, waiver)
    };
    written.into_iter().enumerate().filter_map(waiver).collect()
}

fn waiver(checks: &mut Checks<'_>, at: &Pointer, bound: &[String], written: wire::Waiver) -> Option<Waiver> {
    let wire::Waiver { policy, rule, reason, by, from, until, scope } = written;
    let policy = self::policy(checks, &at.child("policy"), bound, policy);
    check_rule(checks, &at.child("rule"), &rule);
    checks.words(
        &at.child("reason"),
        &reason,
        "why the rule may be passed over",
        "write it for whoever reads the report",
    );
    checks.words(&at.child("by"), &by, "who answers for it", "write a name that people know");
    let minutes = i64::from(until.epoch_min()) - i64::from(from.epoch_min());
    check_time(checks, &at.child("until"), minutes);
    let scope = self::scope(checks, &at.child("scope"), scope);
    let (reason, by) = (Untrusted::new(reason), Untrusted::new(by));
    Some(Waiver { policy: policy?, rule, scope, reason, by, from, until })
}

fn policy(checks: &mut Checks<'_>, at: &Pointer, bound: &[String], name: String) -> Option<PolicyId> {
    if name == RESERVED {
        checks.value(
            at,
            ProblemKind::Value,
            format!("a waiver for `{RESERVED}`"),
            "a policy of this set",
            "findings of the gate itself cannot be waived: give it the evidence they ask for",
        );
        return None;
    }
    if bound.contains(&name) {
        return PolicyId::try_from(name).ok();
    }
    let names: Vec<&str> = bound.iter().map(String::as_str).collect();
    let help = match closest(&name, names.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "name the policy as it is named under `policies`".to_owned(),
    };
    // Of many names a few are enough to see what is meant.
    let some = names.get(..12).unwrap_or(&names);
    checks.value(
        at,
        ProblemKind::Value,
        format!("policy {}", shown(&name)),
        format!("one of {}", listed(some)),
        help,
    );
    None
}

fn check_rule(checks: &mut Checks<'_>, at: &Pointer, rule: &str) {
    if PolicyId::is_kebab(rule) {
        return;
    }
    let help = match rule.rsplit_once('/') {
        Some((_, alone)) if PolicyId::is_kebab(alone) => format!("write the rule alone: `{alone}`"),
        Some(_) | None => "write it as the report does, after the policy's name".to_owned(),
    };
    let expected = "the kebab-case id of one rule, like `weekend`";
    checks.value(at, ProblemKind::Value, format!("rule {}", shown(rule)), expected, help);
}

fn check_time(checks: &mut Checks<'_>, until: &Pointer, minutes: i64) {
    let days = WAIVER_MINUTES_MAX / (24 * 60);
    if minutes <= 0 {
        let help = "look at the two times and their offsets";
        checks.value(until, ProblemKind::Time, "an end that is not after `from`", "a later time", help);
    } else if minutes > i64::from(WAIVER_MINUTES_MAX) {
        checks.value(
            until,
            ProblemKind::Time,
            format!("an end {} after `from`", length(minutes)),
            format!("at most {days} days"),
            "shorten it; what is needed for longer is a setting of the policy, or its `mode`",
        );
    }
}

/// For people: days and hours, and minutes where they are what is too much.
fn length(minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (hours, rest) {
        (0, 0) => format!("{days} days"),
        (_, 0) => format!("{days} days and {hours} h"),
        (_, _) => format!("{days} days, {hours} h and {rest} min"),
    }
}

fn scope(checks: &mut Checks<'_>, at: &Pointer, written: wire::Scope) -> WaiverScope {
    let wire::Scope { services, environments, change, files } = written;
    names(checks, &at.child("services"), services.as_deref());
    names(checks, &at.child("environments"), environments.as_deref());
    WaiverScope { change, files, services, environments }
}

fn names(checks: &mut Checks<'_>, at: &Pointer, names: Option<&[String]>) {
    let Some(names) = names else { return };
    let help = "an empty list covers no change; leave the key out, or name what the waiver is for";
    checks.items(at, names, "at least one name", help);
    for (index, name) in names.iter().enumerate() {
        let at = at.child(&index.to_string());
        checks.words(&at, name, "a name", "write the name as changes write it");
        if name.contains('*') {
            let help = "write each name out: a waiver covers what somebody thought of, and nothing else";
            checks.value(&at, ProblemKind::Value, format!("the glob {}", shown(name)), "a name", help);
        }
    }
}
