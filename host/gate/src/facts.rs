//! What the operator knows, laid over what a change says of itself: catalog, calendars, incidents and error budgets.
//!
//! The catalog's word replaces the change's. A service that the catalog does not know has no tier any more: a name one
//! letter off must not be a way to a milder tier. Of incidents and budgets, each list that an operator's fact speaks of
//! replaces the change's; if one of those who speak of it is not of now, it is unknown, the change's own word included:
//! an author must not gain by a feed that has stopped.

use std::borrow::Cow;

use interlock_model::{
    Almanac, Catalog, Change, CivilMoment, FactOrigin, Instant, OperatorFacts, Standing, ToldFacts,
};

/// What the operator knows. Absent: nothing was given.
#[derive(Clone, Copy)]
pub(crate) struct Operator<'g> {
    pub(crate) catalog: Option<&'g Catalog>,
    pub(crate) calendars: Option<&'g dyn Almanac>,
    pub(crate) facts: Option<&'g OperatorFacts>,
}

/// The change as the policies are shown it. Where the operator said nothing it is the document's own.
pub(crate) fn known<'c>(change: &'c Change, operator: Operator<'_>, at: Instant) -> Cow<'c, Change> {
    let Operator { catalog, calendars, facts } = operator;
    if catalog.is_none() && calendars.is_none() && facts.is_none() {
        return Cow::Borrowed(change);
    }
    let mut change = change.clone();
    if let Some(catalog) = catalog {
        catalogue(&mut change, catalog);
    }
    if let Some(calendars) = calendars {
        mark_days(&mut change, calendars);
    }
    if let Some(facts) = facts {
        replace(&mut change, facts, at);
    }
    Cow::Owned(change)
}

fn catalogue(change: &mut Change, catalog: &Catalog) {
    for service in change.services.iter_mut().flatten() {
        match catalog.services.get(&service.name) {
            None => service.tier = None,
            Some(known) => {
                // A service that the operator has not classified keeps the change's word, and is shown as such.
                if known.tier.is_some() {
                    service.tier = known.tier;
                    service.tier_origin = FactOrigin::Catalogued;
                }
                service.owner = known.owner.clone().or(service.owner.take());
                service.dependents = known.dependents.or(service.dependents);
                service.depends_on = known.depends_on.clone().or(service.depends_on.take());
            }
        }
    }
}

fn mark_days(change: &mut Change, calendars: &dyn Almanac) {
    let Some(schedule) = &mut change.schedule else { return };
    let mark = |moments: &mut Vec<CivilMoment>| {
        for moment in moments {
            moment.day = calendars.day(moment.at, &moment.zone);
        }
    };
    mark(&mut schedule.start_moments);
    mark(&mut schedule.end_moments);
    mark(&mut schedule.projected_end_moments);
}

/// Those of the operator's facts that are not of the time for which is asked.
pub(crate) fn out_of_date(
    facts: &OperatorFacts,
    at: Instant,
) -> impl Iterator<Item = (&ToldFacts, Standing)> {
    let standing = facts.told.iter().map(move |told| (told, facts.standing(told, at)));
    standing.filter(|(_, standing)| *standing != Standing::Fresh)
}

/// Until when those of them may be believed that may be now.
pub(crate) fn until(facts: &OperatorFacts, at: Instant) -> Option<Instant> {
    let fresh = facts.told.iter().filter(|told| facts.standing(told, at) == Standing::Fresh);
    fresh.map(|told| facts.until(told)).min()
}

fn replace(change: &mut Change, facts: &OperatorFacts, at: Instant) {
    let Change { open_incidents, past_incidents, error_budget, .. } = change;
    replace_list(open_incidents, facts, at, |told| told.open_incidents.as_deref());
    replace_list(past_incidents, facts, at, |told| told.past_incidents.as_deref());
    replace_list(error_budget, facts, at, |told| told.error_budget.as_deref());
}

/// All that is told of one list, each item once; unknown if any part of it is not of now.
fn replace_list<T: Clone + PartialEq>(
    list: &mut Option<Vec<T>>,
    facts: &OperatorFacts,
    at: Instant,
    of: impl Fn(&ToldFacts) -> Option<&[T]>,
) {
    let speaking: Vec<(&ToldFacts, &[T])> =
        facts.told.iter().filter_map(|told| Some((told, of(told)?))).collect();
    if speaking.is_empty() {
        return;
    }
    if speaking.iter().any(|(told, _)| facts.standing(told, at) != Standing::Fresh) {
        *list = None;
        return;
    }
    let mut joined: Vec<T> = Vec::new();
    for item in speaking.iter().flat_map(|(_, items)| *items) {
        if !joined.contains(item) {
            joined.push(item.clone());
        }
    }
    *list = Some(joined);
}
