//! What calendars come to, without a host: the rules over causes, zones and ends, and that leaving facts out never
//! helps.
//!
//! The calendars here say what the host would say of them. How each rule reads as a whole is in `cases.yaml`.

use interlock_guest::change_types::{FactOrigin, Incident};
use interlock_guest::prelude::*;

use crate::clock::WallTime;
use crate::settings::Limits;
use crate::{again, calendar, judge};

const EPOCH: &str = "1970-01-01";

/// A moment at an offset from UTC, in hours.
fn moment(zone: &str, offset_h: i64, date: &str, hour: u16) -> CivilMoment {
    let wall = WallTime::of(date, hour * 60).unwrap();
    let days = i64::from(wall.day) - i64::from(WallTime::of(EPOCH, 0).unwrap().day);
    let epoch_min = days * 1440 + (i64::from(hour) - offset_h) * 60;
    CivilMoment {
        epoch_min: i32::try_from(epoch_min).unwrap(),
        zone: zone.into(),
        zone_of: ZoneOf::Schedule,
        date: date.into(),
        weekday: wall.weekday(),
        minute_of_day: hour * 60,
        day: None,
    }
}

fn berlin(date: &str, hour: u16) -> CivilMoment {
    moment("Europe/Berlin", 1, date, hour)
}

/// The same instant on another clock.
fn target(of: &CivilMoment, zone: &str, offset_h: i64) -> CivilMoment {
    let shown = i64::from(of.epoch_min) + offset_h * 60;
    let wall = WallTime::of(EPOCH, 0).unwrap().later(u32::try_from(shown).unwrap());
    CivilMoment {
        epoch_min: of.epoch_min,
        zone: zone.into(),
        zone_of: ZoneOf::Target,
        date: wall.date(),
        weekday: wall.weekday(),
        minute_of_day: wall.minute_of_day,
        day: None,
    }
}

fn turn(of: CivilMoment) -> Turn {
    Turn { epoch_min: of.epoch_min, date: of.date, weekday: of.weekday, minute_of_day: of.minute_of_day }
}

/// A working day without windows on which changes may start now.
fn workday() -> CalendarDay {
    CalendarDay {
        covered: true,
        workday: true,
        holiday: None,
        make_up_workday: false,
        windows: vec![],
        next_open: None,
        next_close: None,
    }
}

fn window(kind: WindowKind, inside: bool) -> WindowState {
    WindowState { name: "w".into(), kind, inside, reason: Some("because".into()) }
}

fn with(moment: CivilMoment, day: CalendarDay) -> CivilMoment {
    CivilMoment { day: Some(day), ..moment }
}

/// The rule that a moment alone breaks.
fn closed_rule(moment: &CivilMoment) -> Option<&'static str> {
    calendar::closed_by(moment, &Limits::default()).map(|cause| cause.rule().id)
}

#[test]
fn the_gravest_cause_of_a_day_is_named() {
    let sunday = || berlin("2026-03-08", 10);
    let off = || CalendarDay { workday: false, ..workday() };
    let holiday = || CalendarDay { holiday: Some("May Day".into()), ..off() };
    let inside = |kind, day: CalendarDay| {
        let windows = [vec![window(kind, true)], day.windows.clone()].concat();
        CalendarDay { windows, ..day }
    };
    assert_eq!(closed_rule(&sunday()), Some("weekend"));
    assert_eq!(closed_rule(&with(sunday(), off())), Some("weekend"));
    assert_eq!(closed_rule(&with(sunday(), CalendarDay { make_up_workday: true, ..workday() })), None);
    assert_eq!(closed_rule(&with(sunday(), inside(WindowKind::Peak, off()))), Some("peak"));
    assert_eq!(closed_rule(&with(sunday(), holiday())), Some("holiday"));
    assert_eq!(closed_rule(&with(sunday(), inside(WindowKind::Peak, holiday()))), Some("holiday"));
    assert_eq!(closed_rule(&with(sunday(), inside(WindowKind::Freeze, holiday()))), Some("freeze"));
    let shut = CalendarDay { windows: vec![window(WindowKind::ChangeWindow, false)], ..workday() };
    assert_eq!(closed_rule(&with(sunday(), shut)), Some("outside-window"));
    assert_eq!(closed_rule(&with(sunday(), CalendarDay { workday: true, ..holiday() })), None);
}

#[test]
fn only_a_window_that_the_calendar_opens_now_opens_a_sunday() {
    let sunday = berlin("2026-03-08", 10);
    let opens = |at: &CivilMoment, inside| {
        let day = CalendarDay {
            workday: false,
            windows: vec![window(WindowKind::ChangeWindow, inside)],
            next_open: Some(turn(at.clone())),
            ..workday()
        };
        closed_rule(&with(sunday.clone(), day))
    };
    assert_eq!(opens(&sunday, true), None);
    assert_eq!(opens(&sunday, false), Some("weekend"));
    assert_eq!(opens(&berlin("2026-03-09", 9), true), Some("weekend"));
}

#[track_caller]
fn check_again(start: &[CivilMoment], expect: &str) {
    check_again_under(&Limits::default(), start, expect);
}

#[track_caller]
fn check_again_under(limits: &Limits, start: &[CivilMoment], expect: &str) {
    let expect = if expect.is_empty() { String::new() } else { text!(", {expect}") };
    assert_eq!(again::phrase(start, limits), expect);
}

#[test]
fn changes_may_start_again_when_this_policy_would_let_them() {
    check_again(
        &[berlin("2026-03-07", 10)],
        "changes may start again from Monday, 2026-03-09 08:00 in Europe/Berlin",
    );
    check_again(
        &[berlin("2026-03-06", 15)],
        "changes may start again from Monday, 2026-03-09 08:00 in Europe/Berlin",
    );
    check_again(
        &[berlin("2026-03-04", 3)],
        "changes may start again from Wednesday, 2026-03-04 08:00 in Europe/Berlin",
    );
    check_again(
        &[berlin("2026-12-31", 18)],
        "changes may start again from Friday, 2027-01-01 08:00 in Europe/Berlin",
    );
    check_again(&[berlin("2026-03-04", 10)], "");
}

#[test]
fn hours_hold_again_only_where_they_are_judged() {
    let unjudged = Limits { hours_tier_max: -1, ..Limits::default() };
    check_again_under(
        &unjudged,
        &[berlin("2026-03-07", 10)],
        "changes may start again from Monday, 2026-03-09 00:00 in Europe/Berlin",
    );
    // Friday afternoon counts at home, and not where the others are.
    let everywhere = Limits { hours_in_target_zones: true, ..Limits::default() };
    let los_angeles = moment("America/Los_Angeles", -8, "2026-03-06", 5);
    let in_berlin = target(&los_angeles, "Europe/Berlin", 1);
    check_again_under(
        &everywhere,
        &[los_angeles, in_berlin],
        "changes may start again from Friday, 2026-03-06 08:00 in America/Los_Angeles",
    );
}

#[test]
fn no_zone_is_sent_into_the_weekend_of_another() {
    let los_angeles = moment("America/Los_Angeles", -8, "2026-03-06", 17);
    let shanghai = target(&los_angeles, "Asia/Shanghai", 8);
    check_again(
        &[los_angeles, shanghai],
        "changes may start again from Monday, 2026-03-09 08:00 in America/Los_Angeles",
    );
    let auckland = moment("Pacific/Auckland", 13, "2026-03-02", 9);
    let los_angeles = target(&auckland, "America/Los_Angeles", -8);
    check_again(
        &[auckland, los_angeles],
        "changes may start again from Tuesday, 2026-03-03 08:00 in Pacific/Auckland",
    );
}

#[test]
fn a_house_that_never_works_never_opens() {
    let never = Limits {
        weekend_days: SettingField::from_setting(
            &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
                .map(|day| interlock_guest::finding_types::SettingScalar::Text(day.into())),
        )
        .unwrap(),
        ..Limits::default()
    };
    let phrase = again::phrase(&[berlin("2026-03-07", 10)], &never);
    assert_eq!(phrase, ", and no time in the next 90 days is open for changes");
}

#[test]
fn a_calendar_says_when_it_opens() {
    let off = |next_open| CalendarDay { workday: false, next_open, ..workday() };
    let monday = || Some(turn(berlin("2026-03-09", 0)));
    let sunday = || berlin("2026-03-08", 10);
    // A calendar of whole days knows nothing of hours, and Monday as a whole.
    check_again(
        &[with(sunday(), off(monday()))],
        "changes may start again from Monday, 2026-03-09 08:00 in Europe/Berlin",
    );
    // Its own windows are exact.
    let shut = window(WindowKind::ChangeWindow, false);
    let day = CalendarDay { windows: vec![shut], ..off(Some(turn(berlin("2026-03-09", 6)))) };
    check_again(
        &[with(sunday(), day)],
        "changes may start again from Monday, 2026-03-09 06:00 in Europe/Berlin",
    );
    // So is a Saturday that it opens.
    let saturday = CalendarDay {
        windows: vec![window(WindowKind::ChangeWindow, false)],
        ..off(Some(turn(berlin("2026-03-14", 6))))
    };
    check_again(
        &[with(sunday(), saturday)],
        "changes may start again from Saturday, 2026-03-14 06:00 in Europe/Berlin",
    );
    // A peak may follow before the hours begin.
    let peak = CalendarDay { windows: vec![window(WindowKind::Peak, false)], ..off(monday()) };
    check_again(
        &[with(sunday(), peak)],
        "changes may start again from Monday, 2026-03-09 08:00 in Europe/Berlin at the earliest",
    );
    check_again(&[with(sunday(), off(None))], "and no time in the next 90 days is open for changes");
    // Nothing is known of the day after an evening on which the calendar was open.
    let evening = || berlin("2026-03-04", 20);
    let open = CalendarDay { next_open: Some(turn(evening())), ..workday() };
    check_again(
        &[with(evening(), open)],
        "changes may start again from Thursday, 2026-03-05 08:00 in Europe/Berlin at the earliest",
    );
}

fn stage(bake_s: Option<u32>) -> Stage {
    Stage { name: None, targets: None, traffic_bp: None, bake_s, min_requests: None, gate: None }
}

fn change(tier: u8, start: CivilMoment, plan_h: Option<u32>) -> Change {
    let mut change = Change::unknown("c", ChangeKind::Config);
    change.services = Some(vec![Service {
        name: "checkout".into(),
        tier: Some(tier),
        tier_origin: FactOrigin::Claimed,
        owner: None,
        dependents: None,
        depends_on: None,
    }]);
    let stages = Some(vec![stage(Some(0)), stage(plan_h.map(|hours| hours * 3600)), stage(None)]);
    change.rollout = Some(Rollout { strategy: None, stages, config_included: None });
    change.schedule = Some(Schedule {
        projected_end: plan_h.map(|hours| later(&start, hours)).into_iter().collect(),
        zone: Some(start.zone.clone()),
        start: vec![start],
        end: vec![],
    });
    change
}

/// The same clock and calendar some hours on; the windows stay as they are.
fn later(start: &CivilMoment, hours: u32) -> CivilMoment {
    let wall = WallTime::of(&start.date, start.minute_of_day).unwrap().later(hours * 60);
    CivilMoment {
        epoch_min: start.epoch_min + i32::try_from(hours).unwrap() * 60,
        date: wall.date(),
        weekday: wall.weekday(),
        minute_of_day: wall.minute_of_day,
        ..start.clone()
    }
}

/// Wednesday at 10, in a window that closes at 16.
fn in_window() -> CivilMoment {
    let start = berlin("2026-03-04", 10);
    let day = CalendarDay {
        windows: vec![window(WindowKind::ChangeWindow, true)],
        next_open: Some(turn(start.clone())),
        next_close: Some(turn(berlin("2026-03-04", 16))),
        ..workday()
    };
    with(start, day)
}

/// Wednesday at 10, before a freeze.
fn before_freeze() -> CivilMoment {
    let start = berlin("2026-03-04", 10);
    let day = CalendarDay {
        windows: vec![window(WindowKind::Freeze, false)],
        next_open: Some(turn(start.clone())),
        ..workday()
    };
    with(start, day)
}

fn frozen(moment: CivilMoment) -> CivilMoment {
    with(moment, CalendarDay { windows: vec![window(WindowKind::Freeze, true)], ..workday() })
}

fn book(change: &mut Change, end: CivilMoment) {
    change.schedule.as_mut().unwrap().end = vec![end];
}

/// Rule and message of every finding.
fn said(change: &Change) -> Vec<(String, Verdict, String)> {
    let question = Question { evaluated_epoch_min: i32::MIN, ..Question::at_deploy() };
    let findings = judge(change, &question, &Limits::default()).unwrap();
    findings.into_iter().map(|finding| (finding.rule, finding.verdict, finding.message)).collect()
}

#[track_caller]
fn check_end(change: &Change, expect: &str) {
    let said = said(change);
    let found: Vec<_> =
        said.iter().map(|(rule, verdict, message)| (rule.as_str(), *verdict, message)).collect();
    match (expect, found.as_slice()) {
        ("", []) => {}
        (expect, [("ends-outside", Verdict::Warn, message)])
            if message.contains(expect) && !expect.is_empty() => {}
        _ => panic!("expected `{expect}`, found {found:?}"),
    }
}

#[test]
fn a_short_plan_ends_before_its_window_closes() {
    check_end(&change(1, in_window(), Some(6)), "");
    check_end(&change(1, in_window(), Some(7)), "its last stage starts 60 minutes after the change window");
    check_end(&change(1, in_window(), Some(8)), "its last stage starts 120 minutes after the change window");
    check_end(&change(1, in_window(), Some(9)), "");
    check_end(
        &change(1, in_window(), None),
        "(stage 2 does not say how long it bakes), and the change window",
    );
    check_end(&change(3, in_window(), None), "");
    let mut planless = change(1, in_window(), None);
    planless.rollout = None;
    check_end(&planless, "(no stages are known), and the change window it starts in closes on a Wednesday");
}

#[test]
fn no_plan_ends_inside_a_freeze() {
    let mut long = change(1, before_freeze(), Some(240));
    check_end(&long, "");
    let end = long.schedule.as_ref().unwrap().projected_end.first().unwrap().clone();
    long.schedule.as_mut().unwrap().projected_end = vec![frozen(end.clone())];
    check_end(
        &long,
        "its last stage starts on a Saturday, 2026-03-14 10:00 in Europe/Berlin, inside the freeze `w`",
    );
    check_end(&change(1, before_freeze(), None), "and the calendar of Europe/Berlin has the freeze `w`");

    let mut booked = change(1, before_freeze(), Some(2));
    book(&mut booked, frozen(later(&before_freeze(), 3)));
    check_end(
        &booked,
        "it is booked until Wednesday, 2026-03-04 13:00 in Europe/Berlin, inside the freeze `w`",
    );
    // A freeze that is over when the plan ends does not count.
    book(&mut booked, frozen(later(&before_freeze(), 1)));
    check_end(&booked, "its plan needs 60 minutes more");
}

#[test]
fn whoever_starts_in_a_freeze_hears_of_its_end_later() {
    let start = frozen(berlin("2026-03-04", 10));
    let rules: Vec<_> = said(&change(1, start, None)).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["freeze"]);
}

#[test]
fn a_plan_fits_what_was_booked_for_it() {
    let mut booked = change(1, in_window(), Some(4));
    book(&mut booked, later(&in_window(), 4));
    check_end(&booked, "");
    book(&mut booked, later(&in_window(), 3));
    check_end(
        &booked,
        "its plan needs 60 minutes more than what was booked, until Wednesday, 2026-03-04 13:00",
    );
    // Without a calendar nothing depends on when it ends.
    let mut bare = change(1, berlin("2026-03-04", 10), Some(4));
    book(&mut bare, later(&berlin("2026-03-04", 10), 3));
    check_end(&bare, "");
}

fn verdict(change: &Change) -> u8 {
    let harder = |verdict| match verdict {
        Verdict::Warn => 1,
        Verdict::Block => 2,
    };
    said(change).into_iter().fold(0, |worst, (_, verdict, _)| worst.max(harder(verdict)))
}

/// What the host shows when the author leaves a mitigation out.
fn ablations(change: &Change) -> Vec<(&'static str, Change)> {
    let without = |what, edit: &dyn Fn(&mut Change)| {
        let mut without = change.clone();
        edit(&mut without);
        (what, without)
    };
    let endless = |change: &mut Change| change.schedule.iter_mut().for_each(|it| it.projected_end.clear());
    vec![
        without("schedule", &|it| it.schedule = None),
        without("start", &|it| {
            it.schedule.iter_mut().for_each(|it| it.start.clear());
            endless(it);
        }),
        without("services", &|it| it.services = None),
        without("no services", &|it| it.services = Some(vec![])),
        without("tier", &|it| it.services.iter_mut().flatten().for_each(|it| it.tier = None)),
        without("open incidents", &|it| it.open_incidents = None),
        without("no open incidents", &|it| it.open_incidents = Some(vec![])),
        without("the incident's service", &|it| {
            it.open_incidents.iter_mut().flatten().for_each(|it| it.service = None);
        }),
        without("rollout", &|it| {
            it.rollout = None;
            endless(it);
        }),
        without("no stages", &|it| {
            it.rollout.iter_mut().for_each(|it| it.stages = Some(vec![]));
            endless(it);
        }),
        without("stages", &|it| {
            it.rollout.iter_mut().for_each(|it| it.stages = None);
            endless(it);
        }),
        without("bake", &|it| {
            it.rollout
                .iter_mut()
                .flat_map(|it| it.stages.iter_mut().flatten())
                .for_each(|it| it.bake_s = None);
            endless(it);
        }),
    ]
}

/// Every start, plan and booking that the rules tell apart, for every tier, with and without an incident.
fn many_changes() -> Vec<Change> {
    let wednesday = || berlin("2026-03-04", 10);
    let off = || CalendarDay { workday: false, next_open: Some(turn(berlin("2026-03-09", 0))), ..workday() };
    let shut = vec![window(WindowKind::ChangeWindow, false), window(WindowKind::Freeze, false)];
    let starts = [
        wednesday(),
        berlin("2026-03-04", 3),
        berlin("2026-03-06", 15),
        berlin("2026-03-08", 10),
        in_window(),
        before_freeze(),
        frozen(wednesday()),
        with(wednesday(), workday()),
        with(wednesday(), off()),
        with(wednesday(), CalendarDay { holiday: Some("h".into()), ..off() }),
        with(wednesday(), CalendarDay { windows: vec![window(WindowKind::Peak, true)], ..workday() }),
        with(wednesday(), CalendarDay { windows: shut, ..workday() }),
    ];
    let incident = Incident { id: "INC-1".into(), service: Some("checkout".into()), severity: None };
    let mut changes = Vec::new();
    for (start, tier) in starts.iter().flat_map(|start| (0..=3).map(move |tier| (start, tier))) {
        for plan_h in [Some(0), Some(2), Some(7), Some(48), None] {
            let plain = change(tier, start.clone(), plan_h);
            let mut frozen_end = plain.clone();
            let names_freeze = start.day.known_and(|day| calendar::named(day, WindowKind::Freeze).is_some());
            if names_freeze {
                let ends = &mut frozen_end.schedule.as_mut().unwrap().projected_end;
                *ends = ends.drain(..).map(frozen).collect();
            }
            let mut booked = plain.clone();
            book(&mut booked, later(start, 1));
            changes.extend([plain, frozen_end, booked]);
        }
    }
    let mut linked = changes.clone();
    linked.iter_mut().for_each(|change| change.open_incidents = Some(vec![incident.clone()]));
    changes.extend(linked);
    changes
}

#[test]
fn leaving_a_mitigation_out_never_helps() {
    let changes = many_changes();
    assert!(changes.len() > 1_000);
    for change in &changes {
        for (what, without) in ablations(change) {
            let (before, after) = (said(change), said(&without));
            assert!(verdict(&without) >= verdict(change), "without {what}: {after:?}, with it: {before:?}");
        }
    }
}

/// The end that was booked is no mitigation: with it a verdict is never milder.
#[test]
fn a_booked_end_never_helps() {
    for change in many_changes() {
        let mut unbooked = change.clone();
        unbooked.schedule.as_mut().unwrap().end.clear();
        assert!(verdict(&unbooked) <= verdict(&change), "{:?}, booked {:?}", said(&unbooked), said(&change));
    }
}

#[test]
fn other_zones_are_evidence_of_one_finding() {
    let start = berlin("2026-10-03", 10);
    let holiday = |name: &str| CalendarDay { workday: false, holiday: Some(name.into()), ..workday() };
    let shanghai = with(target(&start, "Asia/Shanghai", 8), holiday("National Day"));
    let riyadh = target(&start, "Asia/Riyadh", 3);
    let mut change = change(1, start, Some(1));
    change.schedule.as_mut().unwrap().start.extend([shanghai, riyadh]);
    let question = Question { evaluated_epoch_min: i32::MIN, ..Question::at_deploy() };
    let findings = judge(&change, &question, &Limits::default()).unwrap();
    let evidence: Vec<_> = findings
        .iter()
        .flat_map(|finding| finding.evidence.iter().map(|fact| (fact.key.as_str(), fact.value.as_str())))
        .collect();
    assert_eq!(
        evidence,
        [
            ("tier", "1"),
            ("holiday", "National Day"),
            ("beside", "weekend, Saturday, 2026-10-03 10:00 in Europe/Berlin"),
            ("beside", "weekend, Saturday, 2026-10-03 12:00 in Asia/Riyadh"),
        ]
    );
}

#[test]
fn of_equal_causes_the_first_is_named_and_of_many_others_three() {
    let start = berlin("2026-10-03", 10);
    let riyadh = target(&start, "Asia/Riyadh", 3);
    let holiday = CalendarDay { workday: false, holiday: Some("h".into()), ..workday() };
    let mut change = change(1, start.clone(), Some(1));
    change.schedule.as_mut().unwrap().start = vec![start.clone(), riyadh.clone()];
    let (_, _, message) = said(&change).remove(0);
    assert!(message.starts_with("it starts on a Saturday, 2026-10-03 10:00 in Europe/Berlin"), "{message}");

    let others = [riyadh.clone(), riyadh.clone(), riyadh.clone(), riyadh];
    change.schedule.as_mut().unwrap().start = [vec![with(start, holiday)], others.to_vec()].concat();
    let question = Question { evaluated_epoch_min: i32::MIN, ..Question::at_deploy() };
    let findings = judge(&change, &question, &Limits::default()).unwrap();
    assert_eq!(findings[0].evidence.iter().filter(|fact| fact.key == "beside").count(), 3);
}

#[test]
fn a_start_known_only_in_a_target_s_zone_is_judged_there() {
    let at = |hour| CivilMoment { zone_of: ZoneOf::Target, ..moment("Asia/Tokyo", 9, "2026-03-04", hour) };
    assert_eq!(said(&change(0, at(3), Some(0))).len(), 1);
    assert_eq!(said(&change(0, at(10), Some(0))).len(), 0);
}

#[test]
fn the_calendar_s_windows_replace_the_hours_of_its_zone_only() {
    let night = |day| with(berlin("2026-03-04", 3), day);
    let open = CalendarDay { windows: vec![window(WindowKind::ChangeWindow, true)], ..workday() };
    let rules =
        |start| said(&change(0, start, Some(0))).into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>();
    assert_eq!(rules(night(open)), Vec::<String>::new());
    assert_eq!(rules(night(workday())), ["outside-hours"]);
    let friday = with(berlin("2026-03-06", 15), workday());
    assert_eq!(rules(friday), ["late-friday"]);
}
