//! Paths and links as URIs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a path: RFC 3986's unreserved characters, and three that many a file's name has. A colon is
/// not among them: in the first segment it would make what stands before it a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b'@')
    .remove(b'=');

/// Bytes of a link. Longer ones lead nowhere that anybody reads.
const ADDRESS_MAX: usize = 2_000;

/// Bytes of a path. No system opens a longer one.
const PATH_MAX: usize = 4_096;

/// A path below the root of what is judged, as a relative URI. `None` for one that leads out of it or names nothing: a
/// viewer would open another file than the one that was judged, or one of the reader's own.
pub(crate) fn for_relative_uri(path: &str) -> Option<String> {
    let is_rooted =
        path.starts_with(['/', '\\']) || path.get(1..3).is_some_and(|it| it == ":\\" || it == ":/");
    let segments: Vec<&str> = path.split('/').filter(|it| !matches!(*it, "" | ".")).collect();
    let leads_out = segments.iter().any(|it| it.split('\\').any(|part| part == ".."));
    if is_rooted || leads_out || segments.is_empty() || path.len() > PATH_MAX {
        return None;
    }
    let encoded = segments.iter().map(|it| utf8_percent_encode(it, SEGMENT).to_string());
    Some(encoded.collect::<Vec<_>>().join("/"))
}

/// The first web address in a text, if it is one: `https`, a host, and only characters that a URI may have, so that
/// nothing in it needs an escape. A policy's origin ends in one as a rule.
pub(crate) fn web_address(text: &str) -> Option<&str> {
    let word = text.split_whitespace().find(|word| word.starts_with("https://"))?;
    let word = word.trim_end_matches(['.', ',', ';', ')']);
    let host = word.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    let is_host =
        host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    let is_uri = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'*+,;=%".contains(&b));
    let is_plain = !word.contains("##") && word.matches('#').count() <= 1 && percents_are_codes(word);
    (is_host && is_uri && is_plain && word.len() <= ADDRESS_MAX).then_some(word)
}

fn percents_are_codes(word: &str) -> bool {
    word.split('%').skip(1).all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_the_root_is_encoded() {
        let check = |path: &str, uri: &str| assert_eq!(for_relative_uri(path).as_deref(), Some(uri));
        check("routes/edge.yaml", "routes/edge.yaml");
        check("./a//b", "a/b");
        check("a b/50%/c#d?e", "a%20b/50%25/c%23d%3Fe");
        check("file:x/中.yaml", "file%3Ax/%E4%B8%AD.yaml");
        check("@scope/c++=1/..hidden...", "@scope/c++=1/..hidden...");
        check("a\u{202e}\n::error::x", "a%E2%80%AE%0A%3A%3Aerror%3A%3Ax");
        check("a\\b", "a%5Cb");
        check("https://evil.example", "https%3A/evil.example");
        check("<standard input>", "%3Cstandard%20input%3E");
    }

    #[test]
    fn a_path_that_leads_out_is_none() {
        for path in
            ["", "/", ".", "/etc/passwd", "../a", "a/../../b", "a\\..\\b", "C:\\a", "c:/a", "\\\\host\\a"]
        {
            assert_eq!(for_relative_uri(path), None, "{path}");
        }
        assert_eq!(for_relative_uri(&"a/".repeat(2_049)), None);
        assert!(for_relative_uri(&"a/".repeat(2_048)).is_some());
    }

    #[test]
    fn only_a_real_web_address_is_one() {
        let address = "https://blog.vonng.com/en/cloud/aliyun";
        assert_eq!(web_address(&format!("Alibaba Cloud, 2023-11-12, {address}.")), Some(address));
        assert_eq!(web_address("https://a.example/b?c=%20#d"), Some("https://a.example/b?c=%20#d"));
        for text in [
            "house rule",
            "http://a.example",
            "https://",
            "https://localhost/",
            "https://user:x@a.example@b.example/",
            "https://a.example/\u{202e}",
            "https://a.example/##[error]",
            "https://a.example/<script>",
            "https://a.example/%2",
            "javascript:alert(1)//https://a.example",
        ] {
            assert_eq!(web_address(text), None, "{text}");
        }
    }
}
