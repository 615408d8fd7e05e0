//! Values that nobody may be shown: taken out of the tree, and out of the text that snippets are cut from.
//!
//! Which values those are is for `terraform/sensitive.rs` to say; it is the only format that marks them. A hidden value
//! keeps its sum, so that a change of it is still an edit, and its bytes are replaced one by one, so that every other
//! value stays where it was.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use interlock_model::{Doubt, DoubtKind, Side};

use super::foreign::Seen;
use super::json;
use super::lines::Lines;
use super::tree::{Node, Tree, Value};
use crate::terraform;

/// What stands for a value that is marked as sensitive.
pub(crate) const SENSITIVE: &str = "(sensitive)";
/// No tag of YAML begins like this one.
const TAG: &str = "masked";

/// The values of one text that nobody may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// None: it is no document that marks any.
    None,
    /// Those with these first and last bytes.
    These(HashSet<(usize, usize)>),
    /// All of it: which ones are meant cannot be told.
    All,
}

impl Hidden {
    /// The text as it may be shown, as long as it was, with its lines where they were.
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::None => Cow::Borrowed(text),
            Self::These(spans) => Cow::Owned(masked(text, spans.iter().map(|(start, end)| *start..*end))),
            Self::All => {
                Cow::Owned(text.split('\n').map(|line| "*".repeat(line.len())).collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// That a text cannot be shown at all is itself a reason to look.
    pub(super) fn doubt(&self, path: &str, side: Side) -> Option<Doubt> {
        match self {
            Self::None | Self::These(_) => None,
            Self::All => Some(Doubt {
                kind: DoubtKind::Unreadable,
                path: path.to_owned(),
                side,
                span: super::top(),
                message: "a Terraform plan or state whose sensitive values cannot be told from the others"
                    .into(),
                help: "write it again with `terraform show -json`, version 1.1 or later".into(),
            }),
        }
    }
}

/// Whether this value is the mask of another one.
pub(super) fn stands_for_another(node: &Node) -> bool {
    node.tag.as_deref() == Some(TAG)
}

/// A node that stands for another one.
pub(super) fn stand_in(node: &Node, text: &str) -> Rc<Node> {
    Rc::new(node.replaced(text, TAG))
}

/// Finds what a changed file marks as sensitive, and takes it out of its tree.
pub(super) fn hide(tree: &mut Tree, lines: &Lines<'_>, text: &str) -> Hidden {
    let hidden = found(tree, lines, text);
    tree.roots.iter_mut().for_each(|root| hide_in(root, &hidden));
    hidden
}

fn found(tree: &Tree, lines: &Lines<'_>, text: &str) -> Hidden {
    match tree.roots.as_slice() {
        [root] => {
            let root = Seen::of_tree(root, lines);
            let twice = || !root.twice().is_empty();
            let hidden = terraform::hidden(root);
            // Of a key that is there twice the tree holds one value, and the text both. Only JSON has no aliases.
            let unsure = hidden != Hidden::None && (!text.trim_start().starts_with('{') || twice());
            if unsure { Hidden::All } else { hidden }
        }
        _ if terraform::looks_like_one(text) => Hidden::All,
        _ => Hidden::None,
    }
}

/// A text that is not compared value by value, as it may be shown: under whatever name, a plan is known by its content,
/// and one that cannot be read is hidden whole.
pub(crate) fn unread(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with('{') || !terraform::looks_like_one(text) {
        return Cow::Borrowed(text);
    }
    match json::read(text, json::Comments::Refused) {
        Ok(tree) => found(&tree, &Lines::new(text), text).mask(text),
        Err(_) => Hidden::All.mask(text),
    }
}

/// Takes values out of a tree. Recursion is bounded by the depth the readers allow.
pub(super) fn hide_in(node: &mut Rc<Node>, hidden: &Hidden) {
    let at = node.at.bytes();
    let here = match hidden {
        Hidden::None => return,
        Hidden::These(spans) => spans.contains(&(at.start, at.end)),
        Hidden::All => true,
    };
    if here {
        *node = stand_in(node, SENSITIVE);
        return;
    }
    match &mut Rc::make_mut(node).value {
        Value::Leaf(..) => {}
        Value::List(items) => items.iter_mut().for_each(|item| hide_in(item, hidden)),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| hide_in(&mut entry.value, hidden)),
    }
}

/// Every byte of these values covered but line breaks and the quotes around a text.
fn masked(text: &str, stretches: impl Iterator<Item = Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    stretches.for_each(|stretch| bytes.get_mut(stretch).into_iter().for_each(cover));
    // Values begin and end with whole characters; if one did not, nothing is shown.
    String::from_utf8(bytes).unwrap_or_else(|_| "*".repeat(text.len()))
}

/// What is no text becomes one, in the first line that has room for its quotes: a plan among changed files is
/// read again from what may be shown, and would be no plan if it were no JSON. One digit has no such room, and
/// becomes a zero.
fn cover(value: &mut [u8]) {
    if let [b'"', text @ .., b'"'] = value {
        return text.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b'*');
    }
    value.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    if let Some([first, text @ .., last]) = value.split_mut(|byte| *byte == b'\n').find(|line| line.len() > 1)
    {
        (*first, *last) = (b'"', b'"');
        text.fill(b'*');
    } else if let Some(first) = value.first_mut() {
        *first = b'0';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_under_another_name_is_known_by_its_content() {
        let plan = r#"{"format_version": "1.2", "planned_values": {"outputs": {"a": {"sensitive": true, "value": "x1"}}}}"#;
        assert!(unread(plan).contains(r#""value": "**""#) && unread(plan).contains("planned_values"));
        let cut = plan.trim_end_matches('}');
        assert!(unread(cut).bytes().all(|byte| byte == b'*'));
        let page = "# Plans\nA plan has `\"format_version\"` and `\"resource_changes\"`.\n";
        assert_eq!(unread(page), page);
        assert_eq!(unread("{\"a\": 1}"), "{\"a\": 1}");
    }

    #[test]
    fn masks_keep_bytes_and_lines() {
        let text = "{\"a\": \"é\\\"x\", \"b\": [1,\n 2], \"c\": 3}";
        let spans = [(6, 13), (20, 27)].into_iter().collect();
        let shown = Hidden::These(spans).mask(text);
        assert_eq!(shown, "{\"a\": \"*****\", \"b\": \"*\"\n   , \"c\": 3}");
        assert_eq!(shown.len(), text.len());
        assert_eq!(Hidden::All.mask("\"a\nb\n"), "**\n*\n");
        assert_eq!(Hidden::None.mask(text), text);
    }

    #[test]
    fn what_was_json_is_json_with_masks() {
        let plan = |value: &str| {
            format!(
                r#"{{"format_version": "1.2", "planned_values": {{"outputs": {{"a": {{"sensitive": true, "value": {value}}}}}}}}}"#
            )
        };
        for (value, mask) in [
            ("\"\"", "\"\""),
            ("\"x\"", "\"*\""),
            ("7", "0"),
            ("42", "\"\""),
            ("true", "\"**\""),
            ("[1, 2]", "\"****\""),
            ("[\n  1,\n  2\n]", " \n\"**\"\n   \n "),
            ("{\n}", "0\n "),
        ] {
            let shown = unread(&plan(value)).into_owned();
            assert_eq!(shown, plan(mask));
            assert_eq!(unread(&shown), shown, "covered once and for all");
        }
    }
}
