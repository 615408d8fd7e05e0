//! Stock policy `incident-freeze`: while a service is down, and for a while after, nothing moves on it but what mends it.
//!
//! It judges what is known of incidents, and is only as good as the feed that says so: bind it where somebody keeps one.
//! Whether a change may call itself an emergency is `emergency-bypass`' business; here it only counts that it names the
//! incident, exactly.
//!
//! Doubt weighs one way: an incident of an unknown service is one of this service, and a link that is not certain excuses
//! nothing.

use interlock_guest::change_types::{Incident, PastIncident};
use interlock_guest::prelude::*;
use interlock_guest::{found, is_blank, is_same};

/// Incidents that are named beside the first.
const BESIDE_MAX: usize = 3;

/// Which incidents count, and for how long.
#[derive(Settings)]
pub struct Limits {
    /// Open incidents of this severity or worse count; 0: none does. Default 2.
    #[setting(default = 2, range = 0..=5)]
    severity_max: i32,
    /// Closed incidents of this severity or worse begin a cool-down; 0: none does. Default 1.
    #[setting(default = 1, range = 0..=5)]
    cool_down_severity_max: i32,
    /// Length of the cool-down, in hours; 0: there is none. Default 24: Stripe's second outage of 2019-07-10 began four
    /// hours after the first was over, and GitLab locks production for days after a bad one.
    #[setting(default = 24, range = 0..=720)]
    cool_down_h: i32,
}

const INCIDENTS_UNKNOWN: Rule = Rule {
    id: "incidents-unknown",
    title: "somebody has looked whether there is an incident",
    help: "that nobody has told of an incident is not that there is none",
    remedy: "give the facts: `--facts FILE`, or `facts` in the policy set; an empty list says that there is none",
    origin: Some(
        "2017-01-31 GitLab: a tired engineer removed the primary's data in the middle of an incident",
    ),
    strictest: Verdict::Block,
};

const OPEN_INCIDENT: Rule = Rule {
    id: "open-incident",
    title: "no change to a service that has an open incident, except what mends it",
    help: "a change beside an incident hides its cause, and takes the attention of those who mend it",
    remedy: "wait until it is closed; if this mends it, name it in `emergency.incident`",
    origin: Some(
        "2017-01-31 GitLab: a tired engineer removed the primary's data in the middle of an incident",
    ),
    strictest: Verdict::Block,
};

const DEPENDENCY_INCIDENT: Rule = Rule {
    id: "dependency-incident",
    title: "what the service stands on has no open incident",
    help: "while something below is down, nobody can tell whether the change works",
    remedy: "wait until it is closed, or have those who mend it agree; state `depends-on` if the service does not stand on it",
    origin: Some("AWS, Automating safe, hands-off deployments: pipelines wait while an incident is open"),
    strictest: Verdict::Warn,
};

const COOL_DOWN: Rule = Rule {
    id: "cool-down",
    title: "after a severe incident the service is left alone for a while",
    help: "right after an outage its cause is a guess, and the next change meets what is still half mended",
    remedy: "wait until the cool-down is over; if this mends what is left, name the incident in `emergency.incident`",
    origin: Some("2019-07-10 Stripe: what was to mend the first outage set off the second, four hours later"),
    strictest: Verdict::Block,
};

#[policy(
    title = "while a service is down, and for a while after, nothing moves on it but what mends it",
    rules = [INCIDENTS_UNKNOWN, OPEN_INCIDENT, DEPENDENCY_INCIDENT, COOL_DOWN]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    match question.asked_at {
        // What is open when a change is merged says nothing of when it goes out; it is asked again before it does.
        Phase::Merge => return Ok(vec![]),
        Phase::Deploy | Phase::Promote => {}
    }
    let case = Case { change, question, limits };
    Ok(found([case.unknown(), case.open(), case.below(), case.cool_down()]))
}

/// One change, and what it is judged by.
struct Case<'a> {
    change: &'a Change,
    question: &'a Question,
    limits: &'a Limits,
}

impl<'a> Case<'a> {
    fn unknown(&self) -> Option<Finding> {
        let open = self.limits.severity_max > 0 && self.change.open_incidents.is_unknown();
        let past = self.cools_down() && self.change.past_incidents.is_unknown();
        let message = match (open, past) {
            (true, true) => "nobody has said which incidents are open, and which have just ended",
            (true, false) => "nobody has said which incidents are open",
            (false, true) => "nobody has said which incidents have just ended",
            (false, false) => return None,
        };
        let finding = INCIDENTS_UNKNOWN.finding(Verdict::Block, message);
        let finding = if open { finding.at("/open-incidents") } else { finding };
        let finding = if past { finding.at("/past-incidents") } else { finding };
        Some(finding.with_reason_not_applicable(self.change, "/open-incidents"))
    }

    fn open(&self) -> Option<Finding> {
        let mut here = Vec::new();
        let mut others = Vec::new();
        for incident in self.severe() {
            if self.may_touch(&incident.service) {
                here.push(incident);
                if !self.mends(&incident.id) {
                    others.push(incident);
                }
            }
        }
        let first = *others.first()?;
        // Of two incidents, what mends one need not wait for the other, if it is certain that it mends one.
        let mended = here.iter().find(|incident| self.surely_mends(incident));
        let what = text!("incident `{}` is open{}", first.id, of(&first.service));
        let finding = match mended {
            Some(mended) => {
                let message = text!("{what}, and this mends only `{}`", mended.id);
                OPEN_INCIDENT.finding(Verdict::Warn, message)
            }
            None => {
                OPEN_INCIDENT.finding(Verdict::Block, text!("{what}, and this change is not linked to it"))
            }
        };
        let finding = finding.at(self.place(&first.service)).because("severity", shown(first.severity));
        Some(
            others
                .iter()
                .skip(1)
                .take(BESIDE_MAX)
                .fold(finding, |it, other| it.because("beside", &*other.id)),
        )
    }

    /// What a service stands on. Unknown: it may be anything.
    fn below(&self) -> Option<Finding> {
        let elsewhere =
            self.severe().into_iter().filter(|it| !self.may_touch(&it.service) && !self.mends(&it.id));
        let hit = |incident: &'a Incident| {
            let name = incident.service.as_deref()?;
            let stands_on =
                |it: &Service| it.depends_on.unknown_or(|on| on.iter().any(|it| is_same(it, name)));
            let index = self.services().iter().position(stands_on)?;
            Some((incident, name, index, self.services().get(index)?))
        };
        let (incident, name, index, service) = elsewhere.filter_map(hit).next()?;
        let how = match service.depends_on {
            Some(_) => text!("`{}` stands on `{name}`", service.name),
            None => text!("nobody knows whether `{}` stands on `{name}`", service.name),
        };
        let message = text!("{how}, where incident `{}` is open", incident.id);
        let finding =
            DEPENDENCY_INCIDENT.finding(Verdict::Warn, message).at(text!("/services/{index}/depends-on"));
        Some(finding.because("severity", shown(incident.severity)))
    }

    fn cool_down(&self) -> Option<Finding> {
        if !self.cools_down() {
            return None;
        }
        let past = self.change.past_incidents.iter().flatten();
        let mut recent = Vec::new();
        for incident in past {
            if self.is_warm(incident) {
                recent.push(incident);
            }
        }
        let other = recent.iter().find(|incident| !self.mends(&incident.id));
        let (incident, verdict) = match other {
            Some(incident) => (*incident, Verdict::Block),
            // What was to mend an outage has set off the next one, so that it is looked at, and not stopped.
            None => (*recent.first()?, Verdict::Warn),
        };
        let (hours, of) = (self.limits.cool_down_h, of(&incident.service));
        let message = match self.age_min(incident) {
            Some(age) => text!(
                "incident `{}`{of} ended {age} minutes ago; the cool-down is {hours} hours",
                incident.id
            ),
            None => text!(
                "nobody knows when incident `{}`{of} ended; the cool-down is {hours} hours",
                incident.id
            ),
        };
        let finding = COOL_DOWN.finding(verdict, message).at(self.place(&incident.service));
        Some(finding.because("severity", shown(incident.severity)))
    }

    fn cools_down(&self) -> bool {
        self.limits.cool_down_severity_max > 0 && self.limits.cool_down_h > 0
    }

    #[inline(never)]
    fn severe(&self) -> Vec<&'a Incident> {
        let max = self.limits.severity_max;
        let mut severe = Vec::new();
        for incident in self.change.open_incidents.iter().flatten() {
            if incident.severity.unknown_or(|it| i32::from(*it) <= max) && max > 0 {
                severe.push(incident);
            }
        }
        severe
    }

    fn is_warm(&self, incident: &PastIncident) -> bool {
        let max = self.limits.cool_down_severity_max;
        let severe = incident.severity.unknown_or(|it| i32::from(*it) <= max);
        let recent = self.age_min(incident).unknown_or(|age| *age < self.limits.cool_down_h * 60);
        severe && recent && self.may_touch(&incident.service)
    }

    /// Minutes since it was over. What is over only tomorrow is not over.
    fn age_min(&self, incident: &PastIncident) -> Option<i32> {
        self.question.evaluated_epoch_min.checked_sub(incident.closed_epoch_min?).filter(|age| *age >= 0)
    }

    fn services(&self) -> &'a [Service] {
        match &self.change.services {
            Some(services) => services,
            None => &[],
        }
    }

    /// Whether an incident may be of a service of this change: it is, or nobody knows.
    #[inline(never)]
    fn may_touch(&self, service: &Option<String>) -> bool {
        let unknown = self.services().is_empty() || service.unknown_or(|name| is_blank(name));
        unknown || self.index_of(service).is_some()
    }

    fn index_of(&self, service: &Option<String>) -> Option<usize> {
        let name = service.as_deref()?;
        self.services().iter().position(|it| is_same(&it.name, name) && !is_blank(name))
    }

    /// Exactly: a number one digit off is another incident.
    #[inline(never)]
    fn mends(&self, id: &str) -> bool {
        let linked = self.change.emergency.as_ref().and_then(|it| it.incident.as_deref());
        linked.known_and(|linked| *linked == id && !is_blank(id))
    }

    /// Nothing that is unknown of the incident may help to excuse another one.
    fn surely_mends(&self, incident: &Incident) -> bool {
        let severe = incident.severity.known_and(|it| i32::from(*it) <= self.limits.severity_max);
        severe && self.index_of(&incident.service).is_some() && self.mends(&incident.id)
    }

    fn place(&self, service: &Option<String>) -> String {
        self.index_of(service).map_or_else(|| "/services".into(), |index| text!("/services/{index}/name"))
    }
}

fn of(service: &Option<String>) -> String {
    match service.as_deref().filter(|name| !is_blank(name)) {
        Some(name) => text!(" on `{name}`"),
        None => " on a service that nobody names".into(),
    }
}

fn shown(severity: Option<u8>) -> String {
    severity.map_or_else(|| "unknown, judged as 1".into(), IntoText::into_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_tomorrow_has_not_ended() {
        let change = Change::unknown("c", ChangeKind::Config);
        let limits = Limits::default();
        let question = Question { evaluated_epoch_min: 1000, ..Question::at_deploy() };
        let case = Case { change: &change, question: &question, limits: &limits };
        let past = |closed_epoch_min| PastIncident {
            id: "INC-1".into(),
            service: None,
            severity: None,
            closed_epoch_min,
            remedied: None,
        };
        let ages =
            [None, Some(1001), Some(1000), Some(400), Some(i32::MIN)].map(|at| case.age_min(&past(at)));
        assert_eq!(ages, [None, None, Some(0), Some(600), None]);
        let warm = [None, Some(1001), Some(1000), Some(1000 - 1439), Some(1000 - 1440)]
            .map(|at| case.is_warm(&past(at)));
        assert_eq!(warm, [true, true, true, true, false]);
    }
}
