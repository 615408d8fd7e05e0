//! What the operator knows, laid over what a change says of itself: catalog and calendars.
//!
//! The catalog's word replaces the change's. A service that the catalog does not know has no tier any more: a name one
//! letter off must not be a way to a milder tier.

use std::borrow::Cow;

use interlock_model::{Almanac, Catalog, Change, CivilMoment, FactOrigin};

/// The change as the policies are shown it. Where the operator said nothing it is the document's own.
pub(crate) fn known<'c>(
    change: &'c Change,
    catalog: Option<&Catalog>,
    calendars: Option<&dyn Almanac>,
) -> Cow<'c, Change> {
    if catalog.is_none() && calendars.is_none() {
        return Cow::Borrowed(change);
    }
    let mut change = change.clone();
    if let Some(catalog) = catalog {
        catalogue(&mut change, catalog);
    }
    if let Some(calendars) = calendars {
        mark_days(&mut change, calendars);
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
