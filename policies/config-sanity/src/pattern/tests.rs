//! Patterns of everyday, and those that took machines down: what a scan says of each. Run with the policy's unit tests.

use interlock_guest::text;

use super::*;

#[track_caller]
fn check(expect: Cost, patterns: &[&str]) {
    for pattern in patterns {
        assert_eq!(cost(pattern), expect, "{pattern}");
    }
}

#[test]
fn what_can_be_divided_in_ever_more_ways_is_found() {
    check(
        Cost::Nested,
        &[
            "(a+)+",
            "^(a*)*$",
            "(.*)*x",
            r"^(\w+\s?)*$",
            r"(\d+,?)+",
            r"(?:\w|\d)*!",
            "([a-z]|[a-f])*",
            r"(\w+=\w+)*",
            "(.*?,){11}P",
            "(.|\\s)*",
            "(?<part>[a-z]+){2,}",
            r"(--[a-z-]+)*",
            r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$",
            "(é+)*",
            "((ab)*)*",
        ],
    );
}

#[test]
fn the_same_twice_in_a_row_is_found() {
    // What a rule of Cloudflare's of 2019-07-02 ended with, and what stood before it.
    check(
        Cost::TwiceAnything,
        &[
            ".*(?:.*=.*)",
            r#"(?:(?:\"|'|\]|\}|\\|\d|(?:nan|infinity|true)|\`|\-|\+)+[)]*;?((?:\s|-|~|!|{}|\|\||\+)*.*(?:.*=.*)))"#,
            "[^/]*[^/]+",
            "(.*)(.*)",
        ],
    );
    check(Cost::Twice, &[r"\s*\s+x", "[a-z]+[a-z]*"]);
}

#[test]
fn everyday_patterns_are_plain() {
    check(
        Cost::Plain,
        &[
            "",
            "^.*$",
            ".*foo.*",
            "^/api/(.*)/(.*)$",
            r"^\s*(.*?)\s*$",
            r"\s*,?\s*",
            r"([a-z]+\.)+com",
            r"^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9])$",
            r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$",
            r"^(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$",
            r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$",
            r"^https?://([\w-]+\.)+[\w-]+(/[\w- ./?%&=]*)?$",
            r"^(\d{1,3}\.){3}\d{1,3}$",
            "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==)?$",
            r#"(?:[^"\\]|\\.)*"#,
            r#"^(\w+\s*=\s*"[^"]*"\s*)*$"#,
            "(?=.*\\d)(?=.*[a-z]).{8,}",
            "([A-Z][a-z]*)+",
            r"(\w+(,\w+)*;)*",
            r"(?>a+)+",
            r"(a++)+",
            r"(\w+\b\s*)*",
            r"(\S+\s+)*\S+",
            "((?!foo).)*",
            "[[:alpha:]_][]a-z-]*",
            "(?i)(?#note)a{2}{",
            "(.|\\n)*",
        ],
    );
}

#[test]
fn what_is_no_pattern_costs_nothing() {
    check(Cost::Plain, &["*.yaml", "**", "src/**/*.rs", "(a+", "a)", "[a", "(?(1)a+)", "a**", "\\"]);
}

#[test]
fn what_is_too_much_is_not_called_plain() {
    let deep = text!("{}a{}", "(".repeat(40), ")".repeat(40));
    let wide = text!("({})*", vec!["a"; 2000].join("b|"));
    let long = "a".repeat(1_000_000);
    for pattern in [deep.as_str(), &wide, &long] {
        assert_eq!(cost(pattern), Cost::Unknown);
    }
    // What was found before that is told.
    assert_eq!(cost(&text!("(a+)+{deep}")), Cost::Nested);
}

#[test]
fn no_text_makes_it_fall() {
    let pieces =
        ["(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "a", "-", "é", "1", ",", "(?", "x"];
    let mut state: u32 = 7;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(pieces[(state >> 16) as usize % pieces.len()]);
        }
        cost(&text);
    }
}
