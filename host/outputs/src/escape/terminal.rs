//! Text for terminals and plain logs, and source lines whose carets still point at the right place.

use std::fmt::Write as _;
use std::ops::Range;

use interlock_model::Untrusted;
use unicode_width::UnicodeWidthChar;

use super::is_hidden;

/// Columns of one message. Longer ones are read in the JSON report.
const TEXT_MAX: usize = 1_000;
/// Columns of one line of a message of ours. Such a line may list every mistake in a policy's settings.
const LINE_MAX: usize = 4_000;
/// Columns of one name: an id, a title, a path, a pointer.
const NAME_MAX: usize = 160;
/// Combining marks on one letter. Vietnamese and Hebrew need three; thousands paint over the lines above.
const MARKS_MAX: usize = 4;

/// A text on one line of a terminal or log: everything hidden is spelled out (`\u{1b}`, `\n`), CI commands are broken, and
/// text beyond 1,000 columns is cut, saying how much. A backslash is left as it is: `\n` may have been written so.
pub fn for_terminal(text: &Untrusted) -> String {
    text_for_terminal(text.as_unescaped(), TEXT_MAX)
}

/// Like [`for_terminal`] for a name, which has less room.
pub fn name_for_terminal(text: &Untrusted) -> String {
    text_for_terminal(text.as_unescaped(), NAME_MAX)
}

/// A message of ours that somebody else's words may stand in, for example the error of a module that was refused: line
/// breaks stay, and each line is escaped as [`for_terminal`] does, up to 4,000 columns.
///
/// The last of two defences. Whoever quotes a word has to keep its line breaks out (as `escape_debug` does), because
/// here a line of theirs looks like one of ours; what this adds is what quoting does not know of, such as CI commands. A
/// text that is escaped already comes out as it went in.
pub fn lines_for_terminal(text: &str) -> String {
    text.split('\n').map(|line| text_for_terminal(line, LINE_MAX)).collect::<Vec<_>>().join("\n")
}

/// The same for a text that is no [`Untrusted`], within so many columns.
pub(crate) fn text_for_terminal(text: &str, columns_max: usize) -> String {
    let mut escaper = Escaper::default();
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or("");
        if escaper.columns >= columns_max {
            escaper.finish_marks();
            let _ = write!(escaper.out, "... ({} more characters)", rest.chars().count());
            return escaper.out;
        }
        escaper.push(c, rest);
    }
    escaper.finish_marks();
    escaper.out
}

/// A source line as it is shown, and the bytes of it that carets stand under.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ShownLine {
    pub(crate) text: String,
    pub(crate) caret: Range<usize>,
}

/// One line of a document with carets under `marked` (bytes of the line). The line is escaped first and the carets are
/// placed on what is shown. Of a line of more than `room` characters only the part around the carets is shown.
pub(crate) fn source_line(line: &str, marked: Range<usize>, room: usize) -> ShownLine {
    let window = window(line, &marked, room);
    let mut escaper = Escaper::default();
    if window.start > 0 {
        escaper.out.push_str("... ");
    }
    let mut caret: Option<Range<usize>> = None;
    for (at, c) in line.char_indices().filter(|(at, _)| window.contains(at)) {
        let before = escaper.out.len();
        match c {
            '\t' => escaper.push_plain("    "),
            c => escaper.push(c, line.get(at..).unwrap_or("")),
        }
        if marked.contains(&at) {
            let start = caret.map_or(before, |caret| caret.start);
            caret = Some(start..escaper.out.len());
        }
    }
    escaper.finish_marks();
    let end = escaper.out.len();
    if window.end < line.len() {
        escaper.out.push_str(" ...");
    }
    // An empty mark is shown where it would stand: behind the text, as far as this line goes.
    ShownLine { text: escaper.out, caret: caret.unwrap_or(end..end) }
}

/// The bytes of a line that are shown: all of them if they fit, else some before the mark, and of it and what follows as
/// much as fits.
fn window(line: &str, marked: &Range<usize>, room: usize) -> Range<usize> {
    if line.chars().take(room.saturating_add(1)).count() <= room {
        return 0..line.len();
    }
    let room = room.saturating_sub("... ".len() + " ...".len());
    let (before, after) = line.split_at_checked(marked.start).unwrap_or((line, ""));
    let lead = before.char_indices().rev().take(room / 4).last().map_or(before.len(), |(at, _)| at);
    let tail = after.char_indices().nth(room - room / 4).map_or(after.len(), |(at, _)| at);
    lead..before.len() + tail
}

/// Escapes character by character, and remembers what an escape depends on.
#[derive(Default)]
struct Escaper {
    out: String,
    columns: usize,
    /// Combining marks since the last letter.
    marks: usize,
}

impl Escaper {
    /// Writes one character; `rest` is the text from it on.
    fn push(&mut self, c: char, rest: &str) {
        let is_mark = c.width() == Some(0);
        if is_mark && !is_hidden(c) && !self.stands_alone() {
            return self.push_mark(c);
        }
        self.finish_marks();
        if is_hidden(c) || is_mark || self.starts_command(c, rest) {
            self.push_escape(c);
        } else {
            self.out.push(c);
            self.columns += c.width().unwrap_or(1);
        }
    }

    /// Whether the next character has no letter before it that a mark could sit on, and no word that it continues. A line
    /// may be broken here, so this may be the start of a line.
    fn stands_alone(&self) -> bool {
        self.out.chars().next_back().is_none_or(char::is_whitespace)
    }

    /// Whether a CI system would read a command here: `::error::` at the start of a line (GitHub trims it), `##[` and
    /// `##vso[` anywhere (GitHub, Azure), `##teamcity[`.
    fn starts_command(&self, c: char, rest: &str) -> bool {
        let bracket = |rest: &str| {
            rest.trim_start_matches('#')
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .starts_with('[')
        };
        match c {
            ':' => rest.starts_with("::") && self.stands_alone(),
            '#' => self.out.ends_with('#') && bracket(rest),
            _ => false,
        }
    }

    fn push_plain(&mut self, text: &str) {
        self.finish_marks();
        self.out.push_str(text);
        self.columns += text.len();
    }

    fn push_escape(&mut self, c: char) {
        match c {
            '\n' => self.push_plain("\\n"),
            '\r' => self.push_plain("\\r"),
            '\t' => self.push_plain("\\t"),
            c => self.push_plain(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }

    fn push_mark(&mut self, c: char) {
        self.marks += 1;
        if self.marks <= MARKS_MAX {
            self.out.push(c);
        }
    }

    /// Says how many marks were left out since the last letter.
    fn finish_marks(&mut self) {
        if let more @ 1.. = self.marks.saturating_sub(MARKS_MAX) {
            let note = format!("(+{more} combining marks)");
            self.out.push_str(&note);
            self.columns += note.len();
        }
        self.marks = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, shown: &str) {
        assert_eq!(for_terminal(&raw.into()), shown);
    }

    #[test]
    fn what_acts_is_spelled_out() {
        check("plain `text` | with 中文 and \u{e9}", "plain `text` | with 中文 and \u{e9}");
        check("a\nb\r\nc\td", "a\\nb\\r\\nc\\td");
        check("\u{1b}[31mred\u{1b}]8;;http://x\u{7}", "\\u{1b}[31mred\\u{1b}]8;;http://x\\u{7}");
        check("\0 \u{7f} \u{9b}31m", "\\u{0} \\u{7f} \\u{9b}31m");
        check("user\u{202e}nimda\u{2066}", "user\\u{202e}nimda\\u{2066}");
        check("pay\u{200b}pal \u{feff}\u{e0041}\u{a0}", "pay\\u{200b}pal \\u{feff}\\u{e0041}\\u{a0}");
    }

    #[test]
    fn ci_commands_are_broken_where_a_line_may_start() {
        check("::error::x", "\\u{3a}:error::x");
        check("say ::set-output", "say \\u{3a}:set-output");
        check("\u{3000}::x", "\u{3000}\\u{3a}:x");
        check("std::fmt and a::b", "std::fmt and a::b");
        check("\n::x", "\\n::x");
        check("##[error]x", "#\\u{23}[error]x");
        check("a###[x ##vso[task ##teamcity[y", "a#\\u{23}#[x #\\u{23}vso[task #\\u{23}teamcity[y");
        check("## heading, # [x]", "## heading, # [x]");
    }

    #[test]
    fn combining_marks_cannot_pile_up_or_sit_on_our_own_text() {
        check("Việt e\u{302}\u{323}", "Việt e\u{302}\u{323}");
        check("\u{301}a", "\\u{301}a");
        let pile = format!("a{}b", "\u{301}".repeat(4_000));
        check(&pile, "a\u{301}\u{301}\u{301}\u{301}(+3996 combining marks)b");
        let pile = format!("a{}", "\u{301}".repeat(6));
        check(&pile, "a\u{301}\u{301}\u{301}\u{301}(+2 combining marks)");
    }

    #[test]
    fn a_cut_says_how_much_is_gone() {
        let long = "x".repeat(1_234);
        check(&long, &format!("{}... (234 more characters)", "x".repeat(1_000)));
        check(&"x".repeat(1_000), &"x".repeat(1_000));
        assert!(for_terminal(&"\u{1b}".repeat(100_000).into()).len() < 1_100);
        assert!(name_for_terminal(&"中".repeat(100_000).into()).len() < 300);
    }

    #[test]
    fn a_message_keeps_its_lines_and_nothing_else_that_acts() {
        let error = "error: policy `a`: the module imports `##[error]\\n::error::x`, which no policy is given\n\
                     help: build for `wasm32-unknown-unknown`";
        let shown = lines_for_terminal(error);
        assert_eq!(
            shown,
            "error: policy `a`: the module imports `#\\u{23}[error]\\n::error::x`, which no policy is given\n\
             help: build for `wasm32-unknown-unknown`"
        );
        assert_eq!(lines_for_terminal(&shown), shown);
        // Raw, as no caller should hand it in.
        assert_eq!(
            lines_for_terminal("a\r\n::error::x\n  ##vso[y]\u{1b}[2J\n\n"),
            "a\\r\n\\u{3a}:error::x\n  #\\u{23}vso[y]\\u{1b}[2J\n\n"
        );
        assert_eq!(lines_for_terminal(""), "");
        let long = format!("{}\nb", "x".repeat(4_100));
        assert_eq!(lines_for_terminal(&long), format!("{}... (100 more characters)\nb", "x".repeat(4_000)));
    }

    #[track_caller]
    fn check_line(line: &str, marked: &str, shown: &str, caret: &str) {
        let at = line.find(marked).map_or(0..0, |start| start..start + marked.len());
        let found = source_line(line, at, 40);
        assert_eq!((found.text.as_str(), found.text.get(found.caret.clone())), (shown, Some(caret)));
    }

    #[test]
    fn carets_stay_under_what_they_mark() {
        check_line("  strategy: all-at-once", "all-at-once", "  strategy: all-at-once", "all-at-once");
        check_line("\ta: \u{1b}[2Jb: c", "c", "    a: \\u{1b}[2Jb: c", "c");
        check_line(
            "a: \"\u{202e}x\" # ##[error]",
            "\"\u{202e}x\"",
            "a: \"\\u{202e}x\" # #\\u{23}[error]",
            "\"\\u{202e}x\"",
        );
        check_line("::a: 中文 b", "中文", "\\u{3a}:a: 中文 b", "中文");
        check_line("a: b", "", "a: b", "");
        check_line("", "", "", "");
    }

    #[test]
    fn of_a_long_line_the_marked_part_is_shown() {
        let long = format!("{{{}\"tier\": 0,{}}}", "\"a\": 1,".repeat(50), "\"b\": 2,".repeat(50));
        check_line(&long, "\"tier\"", "... ,\"a\": 1,\"tier\": 0,\"b\": 2,\"b\": 2, ...", "\"tier\"");
        let all = "x".repeat(100);
        let found = source_line(&all, 0..100, 40);
        assert_eq!(found, ShownLine { text: format!("{} ...", "x".repeat(24)), caret: 0..24 });
    }
}
