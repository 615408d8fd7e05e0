//! What is wrong with an expression or with reading a change by it, and where in the expression.

/// Bytes of the source, from the first to the one after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    /// From the start of this one to the end of the other one.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// What stands there.
    pub(crate) fn of(self, source: &str) -> &str {
        source.get(self.start..self.end).map_or("", |text| text)
    }
}

/// Something wrong at a place of the expression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) at: Span,
    pub(crate) message: String,
}

/// Letters of a line that are drawn, and most of them before the place.
const SHOWN_MAX: usize = 90;
const BEFORE_MAX: usize = 50;

/// Boxed, because every step of a reading carries one: a policy has a small stack.
pub(crate) type Troubled<T> = Result<T, Box<Trouble>>;

pub(crate) fn trouble<T>(at: Span, message: impl Into<String>) -> Troubled<T> {
    Err(Box::new(Trouble { at, message: message.into() }))
}

impl Trouble {
    /// In one line, for a report.
    pub(crate) fn told(&self, source: &str) -> String {
        let place = Place::of(source, self.at.start).named();
        match self.at.of(source) {
            "" => format!("{place}: {}", self.message),
            part if part.chars().count() > SHOWN_MAX => {
                let part: String = part.chars().take(SHOWN_MAX).collect();
                format!("{place}, `{part}...`: {}", self.message)
            }
            part => format!("{place}, `{part}`: {}", self.message),
        }
    }

    /// With the line of the expression and carets under the place, for whoever writes it.
    pub(crate) fn drawn(&self, source: &str) -> String {
        let place = Place::of(source, self.at.start);
        // Of a long line the part around the place: a message has a length, and a terminal a width.
        let (cut, left) = match place.before.chars().count().checked_sub(BEFORE_MAX) {
            None | Some(0) => ("", 0),
            Some(too_many) => ("...", too_many),
        };
        let shown: String = place.line.chars().skip(left).take(SHOWN_MAX).collect();
        // A tab is as wide as a terminal likes, and the carets would stand elsewhere.
        let line = format!("{cut}{}", shown.replace('\t', " "));
        let indent = cut.len() + place.before.chars().skip(left).count();
        // A place of several lines is underlined as far as its first one goes.
        let marked = self.at.of(source).lines().next().map_or(0, |line| line.chars().count());
        let carets = marked.min(line.chars().count().saturating_sub(indent)).max(1);
        format!("{}: {}\n{line}\n{}{}", place.named(), self.message, " ".repeat(indent), "^".repeat(carets))
    }
}

/// Where a byte stands, as an editor counts.
struct Place<'a> {
    number: usize,
    of_lines: usize,
    line: &'a str,
    before: &'a str,
}

impl<'a> Place<'a> {
    fn of(source: &'a str, at: usize) -> Self {
        let (head, tail) = source.split_at_checked(at).map_or((source, ""), |split| split);
        let start = head.rfind('\n').map_or(0, |newline| newline + 1);
        let before = head.get(start..).map_or("", |text| text);
        let rest = tail.find('\n').map_or(tail.len(), |newline| newline);
        let line = source.get(start..head.len() + rest).map_or("", |text| text);
        Self { number: head.matches('\n').count() + 1, of_lines: source.lines().count(), line, before }
    }

    /// Lines are counted only where there are several.
    fn named(&self) -> String {
        let column = self.before.chars().count() + 1;
        if self.of_lines > 1 {
            format!("line {}, column {column}", self.number)
        } else {
            format!("column {column}")
        }
    }
}

/// The name that was meant, if one is near: a third of its letters wrong at most.
pub(crate) fn nearest<'n>(found: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = names.into_iter().map(|name| (distance(found, name), name));
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance * 3 <= name.chars().count().max(3)).then_some(name)
}

/// Letters to add, take away, change or swap with their neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().take(64).collect(), other.chars().collect());
    let mut rows: [Vec<usize>; 3] = [vec![], vec![], (0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        rows.rotate_left(1);
        let [last, before, row] = &mut rows;
        row.clear();
        row.push(i + 1);
        for (j, b) in other.iter().enumerate() {
            let at = |row: &Vec<usize>, index: usize| row.get(index).map_or(usize::MAX, |cost| *cost);
            let mut cost =
                (at(before, j) + usize::from(a != b)).min(at(before, j + 1) + 1).min(at(row, j) + 1);
            let swapped = i > 0 && j > 0 && one.get(i - 1) == Some(b) && other.get(j - 1) == Some(a);
            if swapped {
                cost = cost.min(at(last, j - 1) + 1);
            }
            row.push(cost);
        }
    }
    rows[2].last().map_or(0, |cost| *cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_and_drawn() {
        let at = Span { start: 4, end: 8 };
        let trouble = Trouble { at, message: "no".into() };
        assert_eq!(trouble.told("a.ébcde"), "column 4, `bcde`: no");
        assert_eq!(trouble.drawn("a + bcde"), "column 5: no\na + bcde\n    ^^^^");
        let second = Trouble { at: Span { start: 4, end: 5 }, message: "no".into() };
        assert_eq!(second.drawn("a &&\n\tb"), "line 1, column 5: no\na &&\n    ^");
        let tab = Trouble { at: Span { start: 6, end: 7 }, message: "no".into() };
        assert_eq!(tab.drawn("a &&\n\tb"), "line 2, column 2: no\n b\n ^");
        let end = Trouble { at: Span { start: 8, end: 8 }, message: "no".into() };
        assert_eq!(end.drawn("a + bcd "), "column 9: no\na + bcd \n        ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_drawn() {
        let source = format!("{}here{}", "a".repeat(1_000), "b".repeat(1_000));
        let drawn = Trouble { at: Span { start: 1_000, end: 2_000 }, message: "no".into() }.drawn(&source);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines[0], "column 1001: no");
        assert!(
            lines[1].starts_with("...aa") && lines[1].contains("here") && lines[1].len() == 93,
            "{drawn}"
        );
        assert_eq!(lines[2].find('^'), lines[1].find('h'), "{drawn}");
        assert_eq!(lines[2].len(), lines[1].len(), "{drawn}");
    }

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let names = ["environment", "emergency", "labels", "kind"];
        assert_eq!(nearest("enviroment", names), Some("environment"));
        assert_eq!(nearest("lables", names), Some("labels"));
        assert_eq!(nearest("knid", names), Some("kind"));
        assert_eq!(nearest("weather", names), None);
        assert_eq!(nearest("kind", []), None);
    }
}
