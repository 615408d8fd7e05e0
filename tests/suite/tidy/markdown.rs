//! As much of Markdown as the rules read: headings, fences, code in backticks, links, tables. One line at a
//! time.

/// One line of a page, and where it stands.
pub struct Line<'a> {
    /// From 1.
    pub number: usize,
    pub text: &'a str,
    /// The heading above it, with its `#`.
    pub heading: &'a str,
    /// Whether it stands between ``` and ```.
    pub fenced: bool,
}

/// Every line that is not itself the border of a fence.
pub fn lines(page: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let (mut heading, mut fenced) = ("", false);
    for (index, text) in page.lines().enumerate() {
        if text.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if !fenced && text.starts_with('#') {
            heading = text;
        }
        lines.push(Line { number: index + 1, text, heading, fenced });
    }
    lines
}

/// The headings, in order.
pub fn headings(page: &str) -> Vec<&str> {
    lines(page)
        .into_iter()
        .filter(|line| !line.fenced && line.text.starts_with('#'))
        .map(|line| line.text)
        .collect()
}

/// What stands in backticks.
pub fn ticked(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|it| !it.is_empty()).collect()
}

/// Where links lead.
pub fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect()
}

/// The list items under the headings that hold a word: their lines joined.
pub fn items(page: &str, word: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in lines(page).iter().filter(|line| !line.fenced && line.heading.to_lowercase().contains(word)) {
        if starts_item(line.text) {
            items.push(line.text.to_owned());
        } else if line.text.starts_with(' ')
            && let Some(item) = items.last_mut()
        {
            item.push(' ');
            item.push_str(line.text.trim());
        }
    }
    items
}

/// `- `, `* ` or `12. `, at the margin.
fn starts_item(text: &str) -> bool {
    let numbered = text.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    text.starts_with("- ") || text.starts_with("* ") || numbered
}

/// The rows of the tables under a heading, as cells, without head and rule.
pub fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let here = lines(page).into_iter().filter(|line| !line.fenced && line.heading == heading);
    let rows = here.filter_map(|line| line.text.trim().strip_prefix('|')?.strip_suffix('|'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells.filter(|cells| cells.first().is_some_and(|cell| cell.starts_with('`'))).collect()
}
