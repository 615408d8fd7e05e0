//! Text for programs that show it to people: code scanning, review bots, dashboards. JSON carries any character, so what
//! a terminal would act on or a reader could not see has to be spelled out before it goes in: what comes out at the other
//! end is a web page that turns text around as readily as a terminal does.
//!
//! Two sinks read more into a text than characters, and have a function each: SARIF messages hold links, and what a
//! review bot posts is Markdown.

use super::text_for_terminal;

/// Room for the words of a cut: `... (18446744073709551615 more characters)`.
const CUT_NOTE: usize = 48;

/// One line of visible text of at most so many characters; a longer one is cut, saying how much.
pub(crate) fn for_viewer(text: &str, characters_max: usize) -> String {
    let shown = text_for_terminal(text, characters_max.saturating_sub(CUT_NOTE));
    // Combining marks take no column, so few columns can still be many characters.
    if shown.chars().count() <= characters_max {
        return shown;
    }
    shown.chars().take(characters_max.saturating_sub(3)).chain("...".chars()).collect()
}

/// The text of a SARIF message, which is visible already: `[text](target)` would be a link there (SARIF 2.1.0, 3.11.6), so
/// its bracket is escaped as the standard says.
///
/// Braces stay as they are: `{0}` stands for an argument (3.11.5), our messages have none, and no reader we know undoes
/// their doubling when there is none.
pub(crate) fn for_sarif_message(shown: &str) -> String {
    shown.replace("](", "\\](")
}

/// A message for a review comment, which is visible already. Some readers of it show Markdown and others plain text, so
/// only what would act beyond the text is broken, and in a form that reads the same in both: `@name` calls people in,
/// `#1` links issues, links and images lead or load from elsewhere, HTML and character references stand for other text.
pub(crate) fn for_review(shown: &str) -> String {
    let mut out = String::with_capacity(shown.len());
    for (at, c) in shown.char_indices() {
        let next = shown.get(at + c.len_utf8()..).unwrap_or("");
        if acts_in_review(c, next, out.chars().next_back()) {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn acts_in_review(c: char, next: &str, before: Option<char>) -> bool {
    let next_is = |test: fn(char) -> bool| next.chars().next().is_some_and(test);
    let inside_word = before.is_some_and(char::is_alphanumeric);
    match c {
        '@' => !inside_word && next_is(char::is_alphanumeric),
        '#' => next_is(|c| c.is_ascii_digit()),
        '<' => next_is(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        ']' => next_is(|c| matches!(c, '(' | '[' | ':')),
        '&' => is_reference(next),
        _ => false,
    }
}

/// Letters of the longest name of a character reference, `CounterClockwiseContourIntegral`, and a semicolon.
const REFERENCE_MAX: usize = 32;

/// Whether `&` begins a character reference: `&lt;`, `&#64;`, `&commat;`.
fn is_reference(next: &str) -> bool {
    let mut name = next.chars().take(REFERENCE_MAX).skip_while(|c| c.is_ascii_alphanumeric() || *c == '#');
    name.next() == Some(';') && !next.starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_visible_and_never_longer_than_its_room() {
        assert_eq!(for_viewer("10 % `a` <b> 中文", 100), "10 % `a` <b> 中文");
        assert_eq!(for_viewer("a\n\u{202e}b", 100), "a\\n\\u{202e}b");
        let long = for_viewer(&"x".repeat(5_000), 100);
        assert_eq!(long, format!("{}... (4948 more characters)", "x".repeat(52)));
        for text in ["\u{202e}".repeat(500), "e\u{301}\u{301}\u{301}\u{301}".repeat(500), "中".repeat(500)] {
            assert!(for_viewer(&text, 100).chars().count() <= 100);
        }
    }

    #[test]
    fn a_sarif_message_holds_no_link() {
        assert_eq!(for_sarif_message("a [b](https://c) [1] (d)"), "a [b\\](https://c) [1] (d)");
    }

    #[track_caller]
    fn check(text: &str, review: &str) {
        assert_eq!(for_review(text), review);
    }

    #[test]
    fn what_acts_in_a_review_is_broken() {
        check("@everyone (@team/x)", "\\u{40}everyone (\\u{40}team/x)");
        check("see #12, org/repo#3", "see \\u{23}12, org/repo\\u{23}3");
        check("![i](https://a) [b][c]", "![i\\u{5d}(https://a) [b\\u{5d}[c]");
        check("[a]: https://b", "[a\\u{5d}: https://b");
        check("<script>x</script><!-- y", "\\u{3c}script>x\\u{3c}/script>\\u{3c}!-- y");
        check("&#64;all &commat;b", "\\u{26}\\u{23}64;all \\u{26}commat;b");
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        check("a@b.example, 5 < 6, R&D; a & b; # heading", "a@b.example, 5 < 6, R\\u{26}D; a & b; # heading");
        check("`hosts[0]` (prod) *all* _x_ ~1", "`hosts[0]` (prod) *all* _x_ ~1");
        check("a && b, x[1] = 2, <= 3", "a && b, x[1] = 2, <= 3");
        check("R&D, &; &", "R&D, &; &");
    }
}
