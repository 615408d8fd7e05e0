//! Stock policy `error-budget`: a service that has spent its error budget, or has not mended what brought it down, gets
//! what mends it and nothing else.
//!
//! It judges what is known of budgets and of past incidents, and is only as good as the feed that says so: bind it where
//! somebody keeps one. It measures nothing. `minutes` holds the arithmetic of its messages; no verdict depends on it.

mod minutes;

use interlock_guest::change_types::{Budget, PastIncident};
use interlock_guest::prelude::*;
use interlock_guest::{found, is_blank, is_same};

/// Services that are named beside the first.
const BESIDE_MAX: usize = 3;

/// How much must be left, and what may ship when nothing is.
#[derive(Settings)]
#[setting(check = no_label_is_blank)]
pub struct Limits {
    /// A budget with less than this left is warned, in basis points; 0: none is. Default 2500, a quarter.
    #[setting(default = 2500, range = 0..=10_000)]
    warn_left_bp: i32,
    /// Window that a budget without a length of its own is for, in days. Default 28: the four weeks of Google's policy.
    #[setting(default = 28, range = 1..=366)]
    window_days: i32,
    /// Services of tiers up to this number must have a budget in a list that has others; -1: none must. Default 1.
    #[setting(default = 1, range = -1..=3)]
    must_have_tier_max: i32,
    /// Labels of changes that may ship when nothing is left. Default fix, security and rollback.
    #[setting(default = ["fix", "security", "rollback"])]
    may_ship_labels: Texts,
    /// Past incidents of this severity or worse have to be remedied; 0: none has. Default 1.
    #[setting(default = 1, range = 0..=5)]
    remedy_severity_max: i32,
    /// For how long that is asked after an incident, in days. Default 28: as long as it weighs on the budget.
    #[setting(default = 28, range = 0..=366)]
    remedy_age_days_max: i32,
}

fn no_label_is_blank(limits: &Limits) -> Vec<(&'static str, String)> {
    let blank = limits.may_ship_labels.given().iter().any(|label| is_blank(label));
    if blank { vec![("may-ship-labels", "expected labels, found a blank one".into())] } else { vec![] }
}

const NO_BUDGET: Rule = Rule {
    id: "no-budget",
    title: "it is known what is left of the error budget",
    help: "a budget that nobody counts may be spent",
    remedy: "give the facts: `--facts FILE`, or `facts` in the policy set, with the service under `error-budget`",
    origin: Some(
        "Google SRE workbook, example error budget policy: releases stop when four weeks' budget is exceeded",
    ),
    strictest: Verdict::Block,
};

const BUDGET_SPENT: Rule = Rule {
    id: "budget-spent",
    title: "some of the error budget is left",
    help: "what was promised for the whole window is used up, and changes are what uses it",
    remedy: "wait until the window has moved on; ship fixes, security patches and rollbacks with their label",
    origin: Some(
        "Google SRE workbook, example error budget policy: releases stop when four weeks' budget is exceeded",
    ),
    strictest: Verdict::Block,
};

const BUDGET_LOW: Rule = Rule {
    id: "budget-low",
    title: "a good part of the error budget is left",
    help: "one more bad change spends the rest of it",
    remedy: "ship what is needed, in smaller stages with a longer bake; leave the rest for when the window has moved on",
    origin: Some(
        "2019-07-10 Stripe: 27 minutes of the day were burnt when the change was made that took 93 more",
    ),
    strictest: Verdict::Warn,
};

const OPEN_REMEDY: Rule = Rule {
    id: "open-remedy",
    title: "what brought the service down is mended before it changes again",
    help: "until the remedy is in place, the next change can set off the same outage",
    remedy: "finish what was promised after the incident and have it stated as `remedied: true`; ship the remedy as a fix",
    origin: Some(
        "2025-12-05 Cloudflare: 17 days after 2025-11-18, by the same way, while staging it was still promised",
    ),
    strictest: Verdict::Block,
};

#[policy(
    title = "a service that has spent its error budget, or has not mended what brought it down, gets only what mends it",
    rules = [NO_BUDGET, BUDGET_SPENT, BUDGET_LOW, OPEN_REMEDY]
)]
fn judge(change: &Change, question: &Question, limits: &Limits) -> Judgement {
    match question.asked_at {
        // A budget moves every day; what is left when a change is merged says nothing of when it goes out.
        Phase::Merge => return Ok(vec![]),
        Phase::Deploy | Phase::Promote => {}
    }
    let case = Case { change, question, limits };
    Ok(found([case.budget(), case.remedy()]))
}

/// One change, and what it is judged by.
struct Case<'a> {
    change: &'a Change,
    question: &'a Question,
    limits: &'a Limits,
}

/// How much of its budget a service has, worst first.
#[derive(Clone, Copy)]
enum Left<'a> {
    /// Nobody says.
    Unknown,
    Nothing(&'a Budget),
    Little(&'a Budget, u16),
}

impl Left<'_> {
    fn rank(self) -> (u8, u16) {
        match self {
            Self::Unknown => (0, 0),
            Self::Nothing(_) => (1, 0),
            Self::Little(_, bp) => (2, bp),
        }
    }
}

impl<'a> Case<'a> {
    /// The worst of its services. Whoever waits for that one waits for all of them.
    fn budget(&self) -> Option<Finding> {
        if self.services().is_empty() {
            let finding =
                self.stopped(&NO_BUDGET, "nobody knows whose error budget this change uses".into(), None);
            return Some(finding.at("/services"));
        }
        let mut each = Vec::new();
        for (index, service) in self.services().iter().enumerate() {
            if let Some(left) = self.left(service) {
                each.push((index, service, left));
            }
        }
        let (index, service, worst) = *each.iter().min_by_key(|(_, _, left)| left.rank())?;
        let name = &service.name;
        let finding = match worst {
            Left::Unknown => {
                let message = text!("nobody knows what is left of the error budget of `{name}`");
                self.stopped(&NO_BUDGET, message, None)
            }
            Left::Nothing(budget) => {
                let message = text!("nothing is left of the error budget of `{name}`{}", self.whole(budget));
                self.stopped(&BUDGET_SPENT, message, None)
            }
            Left::Little(budget, bp) => {
                let left = minutes::percent(bp);
                let message =
                    text!("{left} % of the error budget of `{name}` is left{}", self.part(budget, bp));
                BUDGET_LOW.finding(Verdict::Warn, message)
            }
        };
        let others = each.iter().filter(|(other, _, _)| *other != index).take(BESIDE_MAX);
        let finding = finding.at(text!("/services/{index}/name"));
        Some(others.fold(finding, |it, (_, other, _)| it.because("beside", &*other.name)))
    }

    /// `None`: there is enough, or nobody asks for a budget.
    fn left(&self, service: &Service) -> Option<Left<'a>> {
        let (all, nameless) = (self.budgets(), |it: &Budget| is_blank(&it.service));
        let own = |it: &Budget| !nameless(it) && is_same(&it.service, &service.name);
        if !all.iter().any(own) {
            let must = service.tier.unknown_or(|tier| i32::from(*tier) <= self.limits.must_have_tier_max);
            // A list with nothing in it is no list: nobody has counted anything.
            let lost = all.is_empty() || all.iter().any(nameless);
            return (must || lost).then_some(Left::Unknown);
        }
        // A budget of nobody knows what may be of this one, and is then as good as its worst.
        let budget = all.iter().filter(|it| own(it) || nameless(it)).min_by_key(|it| it.left_bp)?;
        match budget.left_bp {
            None => Some(Left::Unknown),
            Some(0) => Some(Left::Nothing(budget)),
            Some(bp) => (i32::from(bp) < self.limits.warn_left_bp).then_some(Left::Little(budget, bp)),
        }
    }

    fn remedy(&self) -> Option<Finding> {
        if self.limits.remedy_severity_max == 0 {
            return None;
        }
        let Some(past) = &self.change.past_incidents else {
            let message = "nobody knows whether what brought the service down is mended";
            return Some(self.stopped(&OPEN_REMEDY, message.into(), None).at("/past-incidents"));
        };
        let mut open = Vec::new();
        for incident in past {
            if self.is_open(incident) {
                open.push(incident);
            }
        }
        let first = open.iter().find(|incident| !self.mends(&incident.id)).or(open.first())?;
        let how = if first.remedied.is_unknown() { "is not known to be" } else { "is not" };
        let message = text!("what was to be mended after incident `{}` {how} mended", first.id);
        let finding = self.stopped(&OPEN_REMEDY, message, Some(&first.id));
        let index =
            self.services().iter().position(|it| first.service.known_and(|name| is_same(name, &it.name)));
        Some(finding.at(index.map_or_else(|| "/services".into(), |index| text!("/services/{index}/name"))))
    }

    fn is_open(&self, incident: &PastIncident) -> bool {
        let limits = self.limits;
        let severe = incident.severity.unknown_or(|it| i32::from(*it) <= limits.remedy_severity_max);
        let age = incident.closed_epoch_min.and_then(|at| self.question.evaluated_epoch_min.checked_sub(at));
        let recent = age.unknown_or(|age| *age <= limits.remedy_age_days_max * 24 * 60);
        severe && recent && !incident.remedied.known_and(|it| *it) && self.may_touch(&incident.service)
    }

    fn may_touch(&self, service: &Option<String>) -> bool {
        let services = self.services();
        let of = |name: &String| services.iter().any(|it| is_same(name, &it.name));
        services.is_empty() || service.unknown_or(|name| is_blank(name) || of(name))
    }

    fn mends(&self, id: &str) -> bool {
        let linked = self.change.emergency.as_ref().and_then(|it| it.incident.as_deref());
        linked.known_and(|linked| *linked == id && !is_blank(id))
    }

    /// A block, or a warning for what may ship all the same.
    fn stopped(&self, rule: &Rule, message: String, incident: Option<&str>) -> Finding {
        let label = self.label();
        match (label, incident.filter(|id| self.mends(id))) {
            (Some(label), _) => rule.finding(Verdict::Warn, text!("{message}; it ships as `{label}`")),
            (None, Some(id)) => {
                rule.finding(Verdict::Warn, text!("{message}; it ships as what mends `{id}`"))
            }
            (None, None) => rule.finding(Verdict::Block, message),
        }
    }

    fn label(&self) -> Option<&'a str> {
        let may_ship = |label: &&String| self.limits.may_ship_labels.iter().any(|it| is_same(it, label));
        self.change.labels.iter().flatten().find(may_ship).map(String::as_str)
    }

    fn services(&self) -> &'a [Service] {
        match &self.change.services {
            Some(services) => services,
            None => &[],
        }
    }

    fn budgets(&self) -> &'a [Budget] {
        match &self.change.error_budget {
            Some(budgets) => budgets,
            None => &[],
        }
    }

    /// What the whole budget is, where its objective is known.
    fn whole(&self, budget: &Budget) -> String {
        let Some(ppm) = budget.objective_ppm else { return String::new() };
        let days = self.days(budget);
        let all = minutes::minutes(minutes::budget(ppm, days));
        text!(": {} % over {days} days is {all} minutes", minutes::objective(ppm))
    }

    fn part(&self, budget: &Budget, bp: u16) -> String {
        let Some(ppm) = budget.objective_ppm else { return String::new() };
        let days = self.days(budget);
        let all = minutes::budget(ppm, days);
        let (left, all) = (minutes::minutes(minutes::share(all, bp)), minutes::minutes(all));
        text!(": {left} of the {all} minutes that {} % gives over {days} days", minutes::objective(ppm))
    }

    fn days(&self, budget: &Budget) -> u64 {
        budget.window_days.map_or(u64::from(self.limits.window_days.unsigned_abs()), u64::from)
    }
}
