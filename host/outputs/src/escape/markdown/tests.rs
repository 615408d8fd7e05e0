//! Markdown that somebody else's reader finds nothing in but text and code. Tests only.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;

#[track_caller]
fn check(raw: &str, shown: &str) {
    assert_eq!(for_markdown(raw, Within::Line), shown);
}

#[test]
fn words_stay_words() {
    for text in [
        "the first stage takes all of the traffic",
        "put a stage in front that takes at most 10 % of it (the smallest, if any); why not?",
        "it's \"quoted\", and/or not: 50%, 2023 was a year! e.g. this",
        "Việt 中文 עברית 🚀 — naïve",
        "a = b + c",
    ] {
        check(text, text);
    }
}

#[test]
fn what_its_author_quoted_stays_code() {
    check("`limits.prefixes` went from 1000 to 0", "`limits.prefixes` went from 1000 to 0");
    check("split `a b`: first (`c`), then d", "split `a b`: first (`c`), then d");
    check("`a`@b", "`a` `@b`");
}

#[test]
fn what_somebody_reads_something_into_becomes_code() {
    check("ask @everyone, now", "ask `@everyone`, now");
    check("see #1, GH-2 and PROJ-33.", "see `#1`, `GH-2` and `PROJ-33`.");
    check("a (https://evil.example) b", "a (`https://evil.example`) b");
    check(
        "www.evil.example evil.example mail@evil.example",
        "`www.evil.example` `evil.example` `mail@evil.example`",
    );
    check("say :rocket: /merge !12 $34 %5 ~bug &6", "say `:rocket`: `/merge` `!12` `$34` `%5` `~bug` `&6`");
    check(
        "<b>x</b> ![i](u) [l](u) [^1] _a_ *b* ~~c~~",
        "`<b>x</b>` `![i](u`) `[l](u`) `[^1]` `_a_` `*b*` `~~c~~`",
    );
    check("a&lt;b \\@c 1d2e3f4 d2e3f4", "`a&lt;b` `\\@c` `1d2e3f4` d2e3f4");
    check("a|b", "`a|b`");
    check("a\nb\u{202e}c", "`a\\nb\\u{202e}c`");
}

#[test]
fn backticks_cannot_end_the_code() {
    check("a ` b <b>", "``a ` b <b>``");
    check("``x", "``` ``x ```");
    check("a `` b", "```a `` b```");
    check("```\n", "```` ```\\n ````");
    assert_eq!(code_for_markdown("", Within::Line), "`  `");
}

/// What a reader finds in the second of three cells.
fn read_back(cell: &str) -> Vec<Event<'_>> {
    // All but typographic quotes, which would only make it harder to find the text again.
    let options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);
    let events: Vec<Event<'_>> = Parser::new_ext(cell, options).collect();
    let row = events.iter().position(|event| *event == Event::Start(Tag::TableRow)).expect("a row");
    let cells: Vec<&[Event<'_>]> =
        events[row..].split(|event| *event == Event::Start(Tag::TableCell)).skip(1).collect();
    assert_eq!(cells.len(), 3, "{events:?}");
    assert_eq!(cells[2][0], Event::Text("last".into()), "{events:?}");
    let end = cells[1].iter().position(|event| *event == Event::End(TagEnd::TableCell)).expect("its end");
    cells[1][..end].to_vec()
}

/// Somebody else's reader finds text and code, and all of the text again.
#[test]
fn a_cell_ends_where_it_should_and_holds_text_and_code_only() {
    let hostile = crate::fixture::hostile_text();
    let samples = [
        "a | b",
        "a\\|b",
        "a\\\\|b",
        "\\",
        "`|`",
        "`a\\`",
        "|",
        "||",
        "a`|`b|",
        "``|",
        "<a|b>",
        "[x](y|z)",
        "*a* | _b_",
        "<!-- |",
        "&#124; &verbar;",
        "![x](https://evil.example)",
        "\\` | `",
        "$`x|y`$",
        "a\r\n| b | c |\n",
        &hostile,
    ];
    samples.into_iter().for_each(check_cell);
}

/// A text in the middle cell of three.
#[track_caller]
fn check_cell(raw: &str) {
    for shown in [for_markdown(raw, Within::Cell), code_for_markdown(raw, Within::Cell)] {
        let table = format!("| a | b | c |\n|---|---|---|\n| first | x {shown} | last |\n");
        let mut found = String::new();
        for event in read_back(&table) {
            let (Event::Text(text) | Event::Code(text)) = &event else { panic!("{event:?} in {shown}") };
            found.push_str(text);
            if matches!(event, Event::Text(_)) {
                assert!(!text.contains(['@', '#', '<', '[', '|', '\\', '*', '_', '~', '$', '&']), "{shown}");
                assert!(!text.contains("://") && !text.contains("::") && !text.contains("www."), "{shown}");
            }
        }
        // Nothing is lost: spaces and fences aside, it is what a terminal shows.
        let plain = |text: &str| text.replace([' ', '`'], "").replace("\\u{5c}|", "\\|");
        assert_eq!(plain(&found), plain(&format!("x {}", text_for_terminal(raw, TEXT_MAX))), "{shown}");
    }
}

/// Texts made of everything that Markdown acts on, always the same ones.
#[test]
fn no_mixture_of_what_acts_ends_a_cell_or_begins_anything() {
    const PIECES: [&str; 32] = [
        "`", "``", "|", "\\", "<", ">", "<b>", "[", "]", "(", ")", "!", "*", "_", "~~", "@", "#", ":", "/",
        "https://", "www.", ".", "a", "Z", "1", "-", " ", "  ", "&", "&#124;", "$", "\n",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 32).unwrap_or(0)
    };
    for _ in 0..20_000 {
        let raw: String = (0..1 + next() / 3).map(|_| PIECES[next()]).collect();
        check_cell(&raw);
    }
}
