//! Cron schedules, as far as Argo CD and everybody else read them alike: five fields of numbers, names, ranges and steps.
//!
//! Argo CD reads them with Go's `robfig/cron`, we with `croner`, which knows more (`L`, `W`, `#`, `+`, `@daily`, a seventh
//! weekday) and less (`8/2`). So each field is brought into the form both have before `croner` sees it, and what has none
//! is refused. A day has to suit the day of the month or the weekday if both are given, and the one that is given
//! otherwise; `*/2` counts as given for both.

use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::Date;

/// Characters of a schedule. The longest anybody needs lists some days.
const SCHEDULE_MAX: usize = 200;

/// A schedule, as the values its fields allow.
#[derive(Debug)]
pub(in crate::calendar) struct Schedule {
    minutes: Vec<u16>,
    hours: Vec<u16>,
    days: Vec<u16>,
    months: Vec<u16>,
    /// From 0, which is Sunday.
    weekdays: Vec<u16>,
    suits: Suits,
}

/// What a day of a month that is allowed has to suit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suits {
    /// One of the fields is `*`.
    Both,
    /// Both say something.
    Either,
}

/// One of the five fields.
struct Field {
    least: u8,
    most: u8,
    /// Names of its values, from the least.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { least: 0, most: 59, names: &[] },
    Field { least: 0, most: 23, names: &[] },
    Field { least: 1, most: 31, names: &[] },
    Field {
        least: 1,
        most: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Field { least: 0, most: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

impl Schedule {
    /// `None`: it is no schedule, or one that not everybody reads alike.
    pub(in crate::calendar) fn read(text: &str) -> Option<Self> {
        if text.len() > SCHEDULE_MAX {
            return None;
        }
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        if words.len() != FIELDS.len() {
            return None;
        }
        let fields: Option<Vec<String>> =
            words.iter().zip(&FIELDS).map(|(word, field)| field.plain(word)).collect();
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let pattern = parser.parse(&fields?.join(" ")).ok()?.pattern;
        let is_free = pattern.is_dom_wildcard() || pattern.is_dow_wildcard();
        Some(Self {
            minutes: pattern.minutes.values(),
            hours: pattern.hours.values(),
            days: pattern.days.values(),
            months: pattern.months.values(),
            weekdays: pattern.days_of_week.values(),
            suits: if is_free { Suits::Both } else { Suits::Either },
        })
    }

    /// Minutes since midnight at which something begins on a day of it, in order.
    pub(in crate::calendar) fn starts(&self) -> impl Iterator<Item = u32> {
        self.hours.iter().flat_map(|hour| {
            self.minutes.iter().map(move |minute| u32::from(*hour) * 60 + u32::from(*minute))
        })
    }

    pub(in crate::calendar) fn has_day(&self, date: Date) -> bool {
        let has = |values: &[u16], value: i8| u16::try_from(value).is_ok_and(|value| values.contains(&value));
        let day = has(&self.days, date.day());
        let weekday = has(&self.weekdays, date.weekday().to_sunday_zero_offset());
        let suits = match self.suits {
            Suits::Both => day && weekday,
            Suits::Either => day || weekday,
        };
        has(&self.months, date.month()) && suits
    }
}

impl Field {
    /// The field in numbers, with `*` for every value and a range before each step.
    fn plain(&self, word: &str) -> Option<String> {
        match word {
            "*" | "?" | "*/1" => Some("*".to_owned()),
            listed => {
                let parts: Option<Vec<String>> = listed.split(',').map(|part| self.part(part)).collect();
                Some(parts?.join(","))
            }
        }
    }

    fn part(&self, part: &str) -> Option<String> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step).filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            // Beside others, or with every step, it says whether the field counts, and not everybody hears it.
            None if range == "*" => step.filter(|step| *step > 1).map(|_| (self.least, self.most))?,
            // `8/2` goes on to the end.
            None => (self.value(range)?, if step.is_some() { self.most } else { self.value(range)? }),
        };
        let written = step.map_or_else(|| format!("{from}-{to}"), |step| format!("{from}-{to}/{step}"));
        (from <= to).then_some(written)
    }

    fn value(&self, text: &str) -> Option<u8> {
        let named = self.names.iter().zip(self.least..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        let value = named.map_or_else(|| number(text), |(_, value)| Some(value))?;
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

/// At most two digits.
fn number(text: &str) -> Option<u8> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn days(schedule: &str, expect: &str) {
        let schedule = Schedule::read(schedule).unwrap();
        let first = jiff::civil::date(2026, 3, 1);
        let march = first.series(jiff::ToSpan::days(1)).take(31).filter(|date| schedule.has_day(*date));
        let seen: Vec<String> = march.map(|date| date.day().to_string()).collect();
        assert_eq!(seen.join(" "), expect);
    }

    #[test]
    fn days_suit_as_in_argo_cd() {
        // March 2026 begins on a Sunday. Expected values from a calendar on paper and cron's rule of the two fields.
        days("0 0 * * mon", "2 9 16 23 30");
        days("0 0 1,15 * *", "1 15");
        days("0 0 1,15 * 1", "1 2 9 15 16 23 30");
        days("0 0 */10 * 1", "1 2 9 11 16 21 23 30 31");
        days("0 0 */1 * 1", "2 9 16 23 30");
        days("0 0 ? * 0", "1 8 15 22 29");
        days("0 0 28/2 3 ?", "28 30");
        days("0 0 1-7 * FRI-SAT", "1 2 3 4 5 6 7 13 14 20 21 27 28");
        days("0 0 * feb *", "");
        days("0 0 30 2 *", "");
    }

    #[test]
    fn starts_are_in_order() {
        let starts = |text: &str| Schedule::read(text).unwrap().starts().collect::<Vec<_>>();
        assert_eq!(starts("30 22 * * *"), [1350]);
        assert_eq!(starts("0,30 9-10 * * *"), [540, 570, 600, 630]);
        assert_eq!(starts("0 8/6 * * *"), [480, 840, 1200]);
        assert_eq!(starts("* * * * *").len(), 1440);
    }

    #[test]
    fn what_is_read_in_two_ways_is_refused() {
        for text in [
            "",
            "0 22 * *",
            "0 0 22 * * *",
            "@daily",
            "CRON_TZ=UTC 0 22 * * *",
            "0 22 L * *",
            "0 22 15W * *",
            "0 22 * * 1#2",
            "0 22 * * +1",
            "0 22 * * 7",
            "0 22 * * 5-7",
            "0 22 * * fri-mon",
            "60 22 * * *",
            "0 24 * * *",
            "0 22 0 * *",
            "0 22 32 * *",
            "0 22 * 13 *",
            "0 22 * * monday",
            "0 22 *,1 * *",
            "0 22 */0 * *",
            "0 22 ,1 * *",
            "0 22 1, * *",
            "0 22 -1 * *",
            "0 22 1-2-3 * *",
            "0 22 1/2/3 * *",
            "0 22 +1 * *",
            "0 022 * * *",
            "0 22 / * *",
            "0 ٢ * * *",
        ] {
            assert!(Schedule::read(text).is_none(), "{text}");
        }
        assert!(Schedule::read(&format!("{} 1 * * *", vec!["1"; 200].join(","))).is_none());
    }
}
