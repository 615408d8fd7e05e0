//! How an unquoted YAML scalar and a number of any format read, here and elsewhere.
//!
//! The kind is that of YAML 1.2's core schema. What a reader of version 1.1 or a reader with 64-bit floats sees
//! differently is named beside it. Unlike the strict reader of our own documents (`scalar.rs`), which is wider than any
//! reader so that people quote, this one follows the patterns readers really have: `10.0.0.1` is text to all of them.

use interlock_model::ScalarKind;

use super::odd::Odd;

/// The largest whole number that every reader holds exactly (2^53 - 1).
const INTEGER_MAX: u64 = 9_007_199_254_740_991;
/// Digits a double carries at most.
const DIGITS_MAX: usize = 17;

/// What an unquoted scalar is, and why not to everybody.
pub(super) fn plain(text: &str) -> (ScalarKind, Option<Odd>) {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return (ScalarKind::Null, None),
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return (ScalarKind::Boolean, None),
        "=" | "<<" => return (ScalarKind::Text, Some(Odd::Mark)),
        _ => {}
    }
    if is_old_boolean(text) {
        return (ScalarKind::Text, Some(Odd::Boolean));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return (ScalarKind::Text, text.contains('\t').then_some(Odd::TabInText));
    }
    numeric(text)
}

/// The words of YAML 1.1, in the three cases its readers know.
fn is_old_boolean(text: &str) -> bool {
    const WORDS: [&str; 6] = ["yes", "no", "on", "off", "y", "n"];
    let capital = text.get(1..).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase()));
    let one_case = capital || text.bytes().all(|b| b.is_ascii_uppercase());
    one_case && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn numeric(text: &str) -> (ScalarKind, Option<Odd>) {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let signed = body.len() < text.len();
    if all(body, |b| b.is_ascii_digit()) {
        let octal = body.len() > 1 && body.starts_with('0');
        return (ScalarKind::Integer, if octal { Some(Odd::Octal) } else { large(body, 10) });
    }
    if let Some(found) = with_radix(body, signed) {
        return found;
    }
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return (ScalarKind::Decimal, Some(Odd::NotFinite));
    }
    if is_float(body) {
        return (ScalarKind::Decimal, float_odd(body, signed));
    }
    (ScalarKind::Text, text_odd(text, body))
}

fn with_radix(body: &str, signed: bool) -> Option<(ScalarKind, Option<Odd>)> {
    let hex = |b: u8| b.is_ascii_hexdigit();
    if let Some(digits) = body.strip_prefix("0x") {
        let plain = all(digits, hex);
        let shared = plain && !signed;
        let known = plain || all(digits, |b| hex(b) || b == b'_');
        return known.then(|| match shared {
            true => (ScalarKind::Integer, large(digits, 16)),
            false => (ScalarKind::Text, Some(Odd::Radix)),
        });
    }
    if let Some(digits) = body.strip_prefix("0o") {
        return all(digits, |b| matches!(b, b'0'..=b'7')).then_some((ScalarKind::Integer, Some(Odd::Octal)));
    }
    let digits = body.strip_prefix("0b")?;
    all(digits, |b| matches!(b, b'0' | b'1' | b'_')).then_some((ScalarKind::Text, Some(Odd::Radix)))
}

/// Digits with one point, an exponent or both.
fn is_float(body: &str) -> bool {
    let (mantissa, exponent) = split_exponent(body);
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let power = exponent.is_none_or(|e| all(e.strip_prefix(['+', '-']).unwrap_or(e), |b| b.is_ascii_digit()));
    digits(whole) && digits(part) && whole.len() + part.len() > 0 && power
}

fn split_exponent(body: &str) -> (&str, Option<&str>) {
    match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    }
}

fn float_odd(body: &str, signed: bool) -> Option<Odd> {
    let (mantissa, exponent) = split_exponent(body);
    if exponent.is_some_and(|e| !mantissa.contains('.') || !e.starts_with(['+', '-'])) {
        return Some(Odd::Exponent);
    }
    if signed && mantissa.starts_with('.') {
        return Some(Odd::SignedPoint);
    }
    decimal(body)
}

/// What readers with 64-bit floats make of a number with a point or an exponent.
pub(super) fn decimal(text: &str) -> Option<Odd> {
    let (mantissa, _) = split_exponent(text);
    let counting = mantissa.trim_start_matches(['+', '-', '0', '.']);
    let counting = if mantissa.contains('.') { counting.trim_end_matches('0') } else { counting };
    let digits = counting.bytes().filter(u8::is_ascii_digit).count();
    let Ok(value) = text.parse::<f64>() else { return Some(Odd::Overflow) };
    if value.is_infinite() || (value == 0.0 && digits > 0) {
        return Some(Odd::Overflow);
    }
    (digits > DIGITS_MAX).then_some(Odd::Precise)
}

/// Whether a whole number is larger than every reader holds. `digits` has no sign.
pub(super) fn large(digits: &str, radix: u32) -> Option<Odd> {
    let exact = u64::from_str_radix(digits, radix).is_ok_and(|n| n <= INTEGER_MAX);
    (!exact).then_some(Odd::Large)
}

fn text_odd(text: &str, body: &str) -> Option<Odd> {
    if is_underscored(body) {
        Some(Odd::Underscore)
    } else if is_sexagesimal(body) {
        Some(Odd::Sexagesimal)
    } else if is_date(text) {
        Some(Odd::Date)
    } else if text.contains('\t') {
        Some(Odd::TabInText)
    } else {
        None
    }
}

/// `1_000` and `1_000.5`, which version 1.1 takes for numbers.
fn is_underscored(body: &str) -> bool {
    let (mantissa, exponent) = split_exponent(body);
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let starts = whole.starts_with(|c: char| c.is_ascii_digit());
    let power = exponent.is_none_or(|e| all(e.strip_prefix(['+', '-']).unwrap_or(e), |b| b.is_ascii_digit()));
    starts && body.contains('_') && digits(whole) && digits(part) && power
}

/// Whole numbers with `:` between, all but the first below 60, and perhaps a fraction.
fn is_sexagesimal(body: &str) -> bool {
    let mut parts = body.split(':');
    let first = parts.next().unwrap_or_default();
    let starts = first.starts_with(|c: char| c.is_ascii_digit());
    let mut rest = parts.peekable();
    if !starts || !first.bytes().all(|b| b.is_ascii_digit() || b == b'_') || rest.peek().is_none() {
        return false;
    }
    while let Some(part) = rest.next() {
        let last = rest.peek().is_none();
        let whole = if last { part.split_once('.').map_or(part, |(whole, _)| whole) } else { part };
        let fraction = part.get(whole.len() + 1..).unwrap_or_default();
        let below = all(whole, |b| b.is_ascii_digit()) && whole.parse::<u8>().is_ok_and(|n| n < 60);
        if !below || whole.len() > 2 || !fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
            return false;
        }
    }
    true
}

/// `2023-11-12`, alone or with a time behind it.
fn is_date(text: &str) -> bool {
    let (date, time) = match text.split_once(['T', 't', ' ', '\t']) {
        Some((date, time)) => (date, Some(time.trim_start())),
        None => (text, None),
    };
    let mut parts = date.split('-').map(|part| (part.len(), all(part, |b| b.is_ascii_digit())));
    let year = parts.next() == Some((4, true));
    let month = matches!(parts.next(), Some((1 | 2, true)));
    let day = matches!(parts.next(), Some((1 | 2, true)));
    let timed = time.is_none_or(|time| time.starts_with(|c: char| c.is_ascii_digit()) && time.contains(':'));
    year && month && day && parts.next().is_none() && timed
}

fn all(text: &str, fits: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ScalarKind::{Boolean, Decimal, Integer, Null, Text};

    #[test]
    fn what_every_reader_reads_alike_is_quiet() {
        for (kind, texts) in [
            (Null, &["", "~", "null", "NULL"] as &[&str]),
            (Boolean, &["true", "True", "FALSE"]),
            (Integer, &["0", "-7", "+7", "9007199254740991", "0x1F"]),
            (Decimal, &["1.5", "-0.25", "1.", ".5", "1.0e+3", "012.5", "1.10"]),
            (
                Text,
                &[
                    "10.0.0.1",
                    "10.0.0.1/24",
                    "1.2.3",
                    "v1.2",
                    "8080:80",
                    "90m",
                    "5d",
                    "12ab",
                    "-",
                    "--flag",
                    "...",
                    "tRUE",
                    "nobody",
                    "yEs",
                    "http://a:80",
                    "2023-11",
                    "2023-11-12a",
                    "a:1",
                    "1,000",
                    "1:60",
                    "inf",
                    "nan",
                    "0xzz",
                    "0o9",
                    "3 regions",
                    "1e",
                    "ab:cd:12",
                    "日本",
                    "1-2-3",
                    "e3",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(plain(text), (kind, None), "{text}");
            }
        }
    }

    #[test]
    fn what_readers_disagree_about_is_named() {
        for (text, kind, odd) in [
            ("yes", Text, Odd::Boolean),
            ("NO", Text, Odd::Boolean),
            ("Off", Text, Odd::Boolean),
            ("y", Text, Odd::Boolean),
            ("N", Text, Odd::Boolean),
            ("010", Integer, Odd::Octal),
            ("-089", Integer, Odd::Octal),
            ("0o10", Integer, Odd::Octal),
            ("0b101", Text, Odd::Radix),
            ("-0x1F", Text, Odd::Radix),
            ("0x1_F", Text, Odd::Radix),
            ("1_000", Text, Odd::Underscore),
            ("1_000.5", Text, Odd::Underscore),
            ("17:44", Text, Odd::Sexagesimal),
            ("09:00", Text, Odd::Sexagesimal),
            ("1:30:00", Text, Odd::Sexagesimal),
            ("-1:30.5", Text, Odd::Sexagesimal),
            ("2023-11-12", Text, Odd::Date),
            ("2001-12-14 21:59:43.10 -5", Text, Odd::Date),
            ("2001-12-14t21:59:43Z", Text, Odd::Date),
            ("1e3", Decimal, Odd::Exponent),
            ("1.0e3", Decimal, Odd::Exponent),
            ("-.5", Decimal, Odd::SignedPoint),
            ("9007199254740992", Integer, Odd::Large),
            ("12345678901234567890123", Integer, Odd::Large),
            ("0x20000000000000", Integer, Odd::Large),
            ("100.0000000000000001", Decimal, Odd::Precise),
            ("1.0e+400", Decimal, Odd::Overflow),
            ("1.0e-400", Decimal, Odd::Overflow),
            (".nan", Decimal, Odd::NotFinite),
            ("-.Inf", Decimal, Odd::NotFinite),
            ("=", Text, Odd::Mark),
            ("a\tb", Text, Odd::TabInText),
        ] {
            assert_eq!(plain(text), (kind, Some(odd)), "{text}");
        }
    }
}
