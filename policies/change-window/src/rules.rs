//! What this policy asks for, in the words a person reads whose change was stopped. When each applies is in the other
//! files.

use interlock_guest::prelude::*;

/// A finding with its place. One function: written out at each of its calls, it is 200 bytes more.
#[inline(never)]
pub(crate) fn finding_at(pointer: &str, rule: &Rule, verdict: Verdict, message: String) -> Finding {
    rule.finding(verdict, message).at(pointer)
}

pub(crate) const UNSCHEDULED: Rule = Rule {
    id: "unscheduled",
    title: "it is known when the change starts",
    help: "a change without a time may start at the worst one",
    remedy: "state `schedule.start` and `schedule.zone`",
    origin: Some("2023-03-08 Datadog: an unattended update restarted networking at a time nobody had chosen"),
    strictest: Verdict::Block,
};

pub(crate) const STALE_START: Rule = Rule {
    id: "stale-start",
    title: "the planned start is not over when the change is about to start",
    help: "a change that is asked for after its planned time starts at another one, which nobody has looked at",
    remedy: "plan it anew: move `schedule.start` to the time at which it will really start",
    origin: Some(
        "2023-11-12 Alibaba Cloud: a process that looks at the plan, not at what is done, is not followed",
    ),
    strictest: Verdict::Block,
};

pub(crate) const WEEKEND: Rule = Rule {
    id: "weekend",
    title: "a change does not start at a weekend",
    help: "at a weekend the people who could mend it are away, and finding them is part of the outage",
    remedy: "move `schedule.start` to a working day, or link the open incident the change answers",
    origin: Some("2023-11-12 Alibaba Cloud: a Sunday evening, three hours and a half until all was back"),
    strictest: Verdict::Block,
};

pub(crate) const LATE_FRIDAY: Rule = Rule {
    id: "late-friday",
    title: "a change does not start late on a Friday",
    help: "what starts on a Friday afternoon is watched by nobody on Saturday",
    remedy: "move `schedule.start` to Friday morning or to Monday",
    origin: Some(
        "2024-07-19 CrowdStrike: a Friday afternoon in Sydney, ten days until nearly all machines were back",
    ),
    strictest: Verdict::Warn,
};

pub(crate) const OUTSIDE_HOURS: Rule = Rule {
    id: "outside-hours",
    title: "a change starts in working hours",
    help: "outside working hours a fault waits for somebody to be woken",
    remedy: "move `schedule.start` into working hours",
    origin: Some("2022-07-08 Rogers: maintenance before dawn, over a day until all was back"),
    strictest: Verdict::Warn,
};

pub(crate) const HOLIDAY: Rule = Rule {
    id: "holiday",
    title: "a change does not start on a holiday",
    help: "on a holiday the people who could mend it are away, and those who are called come late",
    remedy: "move `schedule.start` to a working day, or link the open incident the change answers",
    origin: Some(
        "2020-11-25 AWS: capacity added to Kinesis on the eve of Thanksgiving, about 17 hours to mend it",
    ),
    strictest: Verdict::Block,
};

pub(crate) const FREEZE: Rule = Rule {
    id: "freeze",
    title: "a change does not start inside a freeze",
    help: "changes are frozen when an outage would cost the most, or when few are there to end it",
    remedy: "move `schedule.start` out of the freeze, or link the open incident the change answers",
    origin: Some(
        "GitLab's production change lock: none from 22 December 2025 to 5 January, nor in the days after an incident",
    ),
    strictest: Verdict::Block,
};

pub(crate) const PEAK: Rule = Rule {
    id: "peak",
    title: "a change does not start in the busiest hours",
    help: "in the busiest hours a fault meets the most people, and there is no capacity to spare for it",
    remedy: "move `schedule.start` out of the peak, or link the open incident the change answers",
    origin: Some(
        "2021-02-28 Mizuho Bank: a migration on top of the renewals at the end of the month; 4,318 of 5,395 cash \
         machines stopped",
    ),
    strictest: Verdict::Block,
};

pub(crate) const OUTSIDE_WINDOW: Rule = Rule {
    id: "outside-window",
    title: "a change starts inside a change window, where the calendar has any",
    help: "outside the change windows nobody expects a change, and nobody is there for one",
    remedy: "move `schedule.start` into a change window, or link the open incident the change answers",
    origin: Some(
        "2023-03-08 Datadog: all regions updated themselves in one hour, the distribution's default, not Datadog's",
    ),
    strictest: Verdict::Block,
};

pub(crate) const ENDS_OUTSIDE: Rule = Rule {
    id: "ends-outside",
    title: "a change has ended before its window closes or a freeze begins",
    help: "what is still going out when the window closes is finished, or taken back, by people who have gone home",
    remedy: "start earlier, or plan less for one window; state `bake-s` for every stage but the last",
    origin: Some(
        "Azure API Management: an update has a maintenance window of 8 hours, by default 22:00 to 06:00 local time",
    ),
    strictest: Verdict::Warn,
};
