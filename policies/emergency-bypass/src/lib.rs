//! Stock policy `emergency-bypass`: whoever claims an emergency answers an open incident, and is not alone.
//!
//! It judges the claim: the facts under `emergency`, and labels that say the same. It softens nothing and asks for no more
//! than one: what an emergency may skip is decided elsewhere, and here is whether it is one. `rules` holds the words,
//! `settings` the numbers and labels.
//!
//! On 2021-05-11 a change to Salesforce's DNS took the emergency path to every site at once. There was no emergency.

mod rules;
mod settings;

use interlock_guest::change_types::Incident;
use interlock_guest::prelude::*;
use interlock_guest::{found, is_blank, is_same, listed, trimmed};

use rules::{EMERGENCY_CLAIMED, EXPIRED, INCIDENT_ELSEWHERE, INCIDENT_NOT_OPEN, NO_INCIDENT, TOO_FEW_PEOPLE};
pub use settings::Limits;

/// Most services that a message names.
const NAMED_MAX: usize = 3;

#[policy(
    title = "whoever claims an emergency answers an open incident, and is not alone",
    rules = [EMERGENCY_CLAIMED, NO_INCIDENT, INCIDENT_NOT_OPEN, INCIDENT_ELSEWHERE, TOO_FEW_PEOPLE, EXPIRED]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    let Some(claim) = claim(change, limits) else { return Ok(vec![]) };
    let problems = match limits.by_tier().verdict(change) {
        Some(verdict) => found([
            incident(change, verdict),
            expired(change, question, verdict),
            too_few_people(change, question, limits, verdict),
        ]),
        None => vec![],
    };
    let told = if problems.is_empty() { found([in_order(change, &claim, limits)]) } else { problems };
    Ok(told.into_iter().map(|finding| with_reasons(finding, change, &claim)).collect())
}

impl Limits {
    fn by_tier(&self) -> ByTier {
        ByTier { block_max: self.block_tier_max, warn_max: self.warn_tier_max }
    }

    fn only_warned(&self) -> ByTier {
        ByTier { block_max: -1, warn_max: self.warn_tier_max }
    }
}

/// What claims the emergency.
enum Claim<'a> {
    /// The change says it is one.
    Declared,
    /// It says what an emergency says, and not that it is none.
    NotDenied,
    /// The label at this place of the list.
    Label(usize, &'a str),
}

fn claim<'a>(change: &'a Change, limits: &Limits) -> Option<Claim<'a>> {
    let labels = change.labels.iter().flatten().enumerate();
    let mut claiming = labels.filter(|(_, label)| limits.claims(label));
    let label = claiming.next().map(|(index, label)| Claim::Label(index, label));
    match change.emergency.as_ref().map(|emergency| emergency.declared) {
        Some(Some(true)) => Some(Claim::Declared),
        Some(None) => Some(Claim::NotDenied),
        // A label is what other systems act on, whatever the change says of itself.
        Some(Some(false)) | None => label,
    }
}

/// The incident it answers: there is one, it is open, and it is of a service that is changed.
fn incident(change: &Change, verdict: Verdict) -> Option<Finding> {
    let named = change.emergency.as_ref().and_then(|emergency| emergency.incident.as_deref());
    let Some(id) = named.map(trimmed).filter(|id| !id.is_empty()) else {
        let message = "an emergency is claimed, and no incident is named that it answers";
        return Some(NO_INCIDENT.finding(verdict, message).at("/emergency/incident"));
    };
    let Some(open) = &change.open_incidents else {
        let message = text!("nobody knows which incidents are open, so `{id}` is taken not to be");
        return Some(INCIDENT_NOT_OPEN.finding(verdict, message).at("/open-incidents"));
    };
    let mut meant = open.iter().enumerate().filter(|(_, incident)| is_same(&incident.id, id)).peekable();
    let Some((index, first)) = meant.peek().copied() else {
        let message = text!("`{id}` is not among the open incidents");
        return Some(INCIDENT_NOT_OPEN.finding(verdict, message).at("/emergency/incident"));
    };
    if meant.any(|(_, incident)| is_of_a_changed_service(incident, change)) {
        return None;
    }
    let message = elsewhere(id, first, change);
    Some(INCIDENT_ELSEWHERE.finding(verdict, message).at(text!("/open-incidents/{index}/service")))
}

/// As `change-window` links an incident: by the name of the service.
fn is_of_a_changed_service(incident: &Incident, change: &Change) -> bool {
    let is_changed = |name: &String| change.services.iter().flatten().any(|service| service.name == *name);
    incident.service.known_and(is_changed)
}

fn elsewhere(id: &str, incident: &Incident, change: &Change) -> String {
    let of = match &incident.service {
        Some(service) => text!("`{id}` is an incident of `{service}`"),
        None => text!("nobody knows of which service `{id}` is"),
    };
    let touched = change.services.iter().flatten().take(NAMED_MAX);
    let touched = listed(touched.map(|service| text!("`{}`", service.name)), ", ");
    if touched.is_empty() {
        text!("{of}, and nobody knows which services are changed")
    } else {
        text!("{of}, and what is changed is {touched}")
    }
}

/// An end that nobody states has passed.
fn expired(change: &Change, question: &Question, verdict: Verdict) -> Option<Finding> {
    let now = question.evaluated_epoch_min;
    let message = match change.emergency.as_ref().and_then(|emergency| emergency.expires_epoch_min) {
        Some(end) if now < end => return None,
        Some(end) => {
            text!("the emergency ended {} minutes before it was asked for", now.saturating_sub(end))
        }
        None => "nobody says when the emergency ends, so it is taken to be over".into(),
    };
    Some(EXPIRED.finding(verdict, message).at("/emergency/expires-at"))
}

fn too_few_people(
    change: &Change,
    question: &Question,
    limits: &Limits,
    verdict: Verdict,
) -> Option<Finding> {
    match question.asked_at {
        // Approvals are still coming, as `two-person-review` has it.
        Phase::Merge => return None,
        Phase::Deploy | Phase::Promote => {}
    }
    // At least 1.
    let min = limits.people_min as usize;
    let found = people(change, min);
    if found >= min {
        return None;
    }
    let message = text!("different people known to stand behind it: {found}, needed: {min}");
    Some(TOO_FEW_PEOPLE.finding(verdict, message).at("/approvals").at("/emergency/by"))
}

/// How many different people wrote, declared or approved it, counted up to a number. Two logins that differ in capital
/// letters are one person, and whoever is not known to be human is none.
fn people(change: &Change, enough: usize) -> usize {
    let mut people = Vec::new();
    count(&mut people, change.author.as_ref());
    count(&mut people, change.emergency.as_ref().and_then(|emergency| emergency.by.as_ref()));
    for approval in change.approvals.iter().flatten() {
        if people.len() >= enough {
            break;
        }
        if is_of_what_is_shipped(approval, change) {
            count(&mut people, Some(&approval.by));
        }
    }
    people.len()
}

#[inline(never)]
fn count<'a>(people: &mut Vec<&'a Person>, person: Option<&'a Person>) {
    let Some(person) = person else { return };
    let is_somebody = !is_blank(&person.id) && person.kind == Some(PersonKind::Human);
    if is_somebody && !people.iter().any(|known| is_same(&known.id, &person.id)) {
        people.push(person);
    }
}

/// An approval of other bytes is none, where it is known which bytes are shipped.
fn is_of_what_is_shipped(approval: &Approval, change: &Change) -> bool {
    let mut shipped = change.artifacts.iter().flatten().filter_map(|it| it.digest.as_ref()).peekable();
    shipped.peek().is_none() || shipped.any(|digest| approval.digest.as_ref() == Some(digest))
}

/// Nothing is wrong with the claim; that it was made is still worth a word.
fn in_order(change: &Change, claim: &Claim<'_>, limits: &Limits) -> Option<Finding> {
    let verdict = limits.only_warned().verdict(change)?;
    let id = change.emergency.as_ref().and_then(|emergency| emergency.incident.as_deref());
    let message = match id {
        Some(id) => text!("an emergency is claimed, for the open incident `{}`", trimmed(id)),
        None => "an emergency is claimed".into(),
    };
    Some(EMERGENCY_CLAIMED.finding(verdict, message).at(claim.pointer()))
}

impl Claim<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Declared => "/emergency/declared".into(),
            Self::NotDenied => "/emergency".into(),
            Self::Label(index, _) => text!("/labels/{index}"),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Declared => "`emergency.declared`".into(),
            Self::NotDenied => "`emergency`, which does not say that it is none".into(),
            Self::Label(_, label) => text!("the label `{label}`"),
        }
    }
}

fn with_reasons(finding: Finding, change: &Change, claim: &Claim<'_>) -> Finding {
    let finding = finding.because("claimed-by", claim.in_words()).with_tier(change);
    finding.with_reason_not_applicable(change, "/emergency")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, kind: Option<PersonKind>) -> Person {
        Person { id: id.into(), kind }
    }

    fn approved_by(by: Person) -> Approval {
        Approval { by, role: None, at_epoch_min: None, digest: None }
    }

    #[test]
    fn people_are_counted_once_and_machines_never() {
        let human = Some(PersonKind::Human);
        let mut change = Change::unknown("c", ChangeKind::Code);
        assert_eq!(people(&change, 2), 0);
        change.author = Some(person("y.tanaka", human));
        change.approvals = Some(vec![
            approved_by(person(" Y.Tanaka", human)),
            approved_by(person("merge-train", Some(PersonKind::Bot))),
            approved_by(person("somebody", None)),
            approved_by(person(" ", human)),
        ]);
        assert_eq!(people(&change, 9), 1);
        change.approvals = Some(vec![approved_by(person("k.sato", human))]);
        assert_eq!(people(&change, 9), 2);
    }

    #[test]
    fn counting_stops_when_there_are_enough() {
        let many = (0..9).map(|index| approved_by(person(&index.to_string(), Some(PersonKind::Human))));
        let mut change = Change::unknown("c", ChangeKind::Code);
        change.approvals = Some(many.collect());
        assert_eq!(people(&change, 3), 3);
    }
}
