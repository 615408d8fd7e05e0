//! Each format from bytes to edits, lists, doubts and places; shapes that are meant to hurt; folders. What each format
//! reads, text by text, is data: `tests/payload/`, run by `tests/tables.rs`.

use std::fmt::Write as _;

use interlock_model::{Doubt, DoubtKind, Edit, EditOp, FileOp, ListChange, Scalar, ScalarKind};

use super::*;

mod changed_lines;
mod formats;
mod tables;

fn texts(path: &str, before: &str, after: &str) -> Compared {
    compare_texts(path, Some(before.as_bytes()), Some(after.as_bytes()))
}

fn only(compared: &Compared) -> &FileChange {
    assert_eq!(compared.files.len(), 1, "{:?}", compared.files);
    compared.files.first().unwrap()
}

fn scalar(scalar: Option<&Scalar>) -> String {
    let Some(Scalar { kind, text }) = scalar else { return "-".into() };
    match kind {
        ScalarKind::Null => "null".into(),
        ScalarKind::EmptyMap => "{}".into(),
        ScalarKind::EmptyList => "[]".into(),
        ScalarKind::Text => format!("'{text}'"),
        ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal => text.clone(),
    }
}

/// `+ /a - 1 @2:3`: what, where, before, after, line of the edit and the value's place, which must agree.
fn edit_line(compared: &Compared, edit: &Edit) -> String {
    let file = compared.payload.files.get(&only(compared).path).unwrap();
    let (mark, sources) = match edit.op {
        EditOp::Add => ('+', &file.after),
        EditOp::Remove => ('-', &file.before),
        EditOp::Replace => ('~', &file.after),
    };
    let origin = sources.as_ref().unwrap().find(&Pointer::new(edit.pointer.clone())).unwrap();
    assert_eq!(edit.line, Some(origin.key.line), "{edit:?}");
    let (before, after) = (scalar(edit.before.as_ref()), scalar(edit.after.as_ref()));
    format!("{mark} {} {before} {after} @{}:{}", edit.pointer, origin.value.line, origin.value.column)
}

fn edits(compared: &Compared) -> Vec<String> {
    only(compared).edits.as_ref().unwrap().iter().map(|edit| edit_line(compared, edit)).collect()
}

fn list_line(list: &ListChange) -> String {
    let length = |length: Option<u32>| length.map_or("-".into(), |length| length.to_string());
    let mut line = format!("{} {}>{}", list.pointer, length(list.length_before), length(list.length_after));
    if let Some(moved @ 1..) = list.reordered {
        write!(line, " moved={moved}").unwrap();
    }
    for repeated in list.repeated.iter().flatten() {
        let at = repeated.line.unwrap_or_default();
        write!(line, " {}={}x{}@{at}", repeated.key, repeated.value, repeated.items).unwrap();
    }
    line
}

fn lists(compared: &Compared) -> Vec<String> {
    only(compared).lists.as_ref().unwrap().iter().map(list_line).collect()
}

fn doubts(compared: &Compared) -> Vec<String> {
    let line = |doubt: &Doubt| {
        let Doubt { side, span, message, .. } = doubt;
        format!("{:?} {}:{}:{} {message}", doubt.kind, side.name(), span.line, span.column)
    };
    compared.payload.doubts.iter().map(line).collect()
}

#[track_caller]
fn check_edits(path: &str, before: &str, after: &str, expect: &[&str]) {
    let compared = texts(path, before, after);
    assert_eq!(edits(&compared), expect, "{path}: {after}");
    assert_eq!(doubts(&compared), [] as [&str; 0], "{path}: {after}");
}

#[track_caller]
fn check_lists(path: &str, before: &str, after: &str, expect: &[&str]) {
    assert_eq!(lists(&texts(path, before, after)), expect, "{path}: {after}");
}

/// One doubt, whose line starts so and whose message has this part.
#[track_caller]
fn check_doubt(path: &str, before: &str, after: &str, place: &str, part: &str) {
    let found = doubts(&texts(path, before, after));
    assert_eq!(found.len(), 1, "{after:?}: {found:?}");
    let doubt = found.first().unwrap();
    assert!(doubt.starts_with(place) && doubt.contains(part), "{after:?}: {doubt}");
}

#[track_caller]
fn check_quiet(path: &str, before: &str, after: &str) {
    assert_eq!(doubts(&texts(path, before, after)), [] as [&str; 0], "{before:?} -> {after:?}");
}

#[test]
fn yaml_edits_have_their_places() {
    check_edits("a.yaml", "a: 1\nb: x\n", "a: 2\nb: x\n", &["~ /a 1 2 @1:4"]);
    check_edits("a.yml", "a: 1\n", "# c\na: 1\nb:\n  c: true\n", &["+ /b/c - true @4:6"]);
    check_edits("a.yaml", "a: 1\nb: {c: ~}\n", "a: 1\n", &["- /b/c null - @2:8"]);
    check_edits("a.yaml", "é: ü\n日: 本\n", "é: ü\n日: 中\n", &["~ /日 '本' '中' @2:4"]);
    check_edits("a.yaml", "{é: 1, b: 2}", "{é: 1, b: 3}", &["~ /b 2 3 @1:11"]);
    check_edits("a.yaml", "a: 1\r\nb: 2\r\n", "a: 1\r\nb: 3\r\n", &["~ /b 2 3 @2:4"]);
    check_edits("a.yaml", "a/b: {c~d: 1}\n", "a/b: {c~d: 2}\n", &["~ /a~1b/c~0d 1 2 @1:12"]);
    check_edits("a.yaml", "a: |\n  x\n  y\n", "a: |\n  x\n  z\n", &["~ /a 'x\ny\n' 'x\nz\n' @2:3"]);
    check_edits("a.yaml", "a: '1'\n", "a: 1\n", &["~ /a '1' 1 @1:4"]);
    check_edits("a.yaml", "a: True # c\nb: Null\n", "b: ~\na: true\n", &[]);
    check_edits("a.yaml", "1\n", "2\n", &["~  1 2 @1:1"]);
}

#[test]
fn yaml_lists_and_changed_kinds() {
    check_edits("a.yaml", "a: [1, 2]\n", "a: [1, 3, 4]\n", &["~ /a/1 2 3 @1:8", "+ /a/2 - 4 @1:11"]);
    check_edits("a.yaml", "a: [1, 2]\n", "a: [1]\n", &["- /a/1 2 - @1:8"]);
    check_edits("a.yaml", "a: 1\n", "a: {b: 1}\n", &["- /a 1 - @1:4", "+ /a/b - 1 @1:8"]);
    check_edits("a.yaml", "a: {b: 1}\n", "a: {}\n", &["- /a/b 1 - @1:8", "+ /a - {} @1:4"]);
    check_edits("a.yaml", "a: {}\n", "a: []\n", &["~ /a {} [] @1:4"]);
    check_edits("a.yaml", "a: [1]\n", "a: []\n", &["- /a/0 1 - @1:5", "+ /a - [] @1:4"]);
    check_edits("a.yaml", "a: 1\n", "# nothing\n", &["- /a 1 - @1:4", "+  - null @1:1"]);
}

#[test]
fn lists_are_matched_by_names_if_all_items_have_one() {
    let before = "l:\n- {name: a, v: 1}\n- {name: b, v: 2}\n- {name: c, v: 3}\n";
    let after = "l:\n- {name: c, v: 3}\n- {name: a, v: 9}\n";
    check_edits(
        "a.yaml",
        before,
        after,
        &["~ /l/1/v 1 9 @3:16", "- /l/1/name 'b' - @3:10", "- /l/1/v 2 - @3:16"],
    );
    // A value inside that is gone is shown where it was.
    check_edits("a.yaml", "- {id: 1}\n- {id: 2, x: y}\n", "- {id: 2}\n- {id: 1}\n", &["- /1/x 'y' - @2:14"]);
    // Names that are there twice, or missing once, tell nothing.
    check_edits(
        "a.yaml",
        "- {id: a}\n- {id: a, v: 1}\n",
        "- {id: a}\n- {id: a, v: 2}\n",
        &["~ /1/v 1 2 @2:14"],
    );
    check_edits(
        "a.yaml",
        "- {id: a}\n- {v: b}\n",
        "- {v: b}\n",
        &["+ /0/v - 'b' @1:7", "- /0/id 'a' - @1:8", "- /1/v 'b' - @2:7"],
    );
}

#[test]
fn an_order_that_changed_is_seen() {
    let compared = texts("a.yaml", "- name: a\n- name: b\n", "- name: b\n- name: a\n");
    assert_eq!(edits(&compared), [] as [&str; 0]);
    assert_eq!(lists(&compared), [" 2>2 moved=1"]);
}

#[test]
fn only_what_would_have_to_move_is_counted_as_moved() {
    check_lists("a.yaml", "[a, b, c, d]", "[d, a, b, c]", &[" 4>4 moved=1"]);
    check_lists("a.yaml", "[a, b, c, d]", "[d, c, b, a]", &[" 4>4 moved=3"]);
    check_lists("a.yaml", "[a, b, c]", "[x, a, b, c]", &[" 3>4"]);
    check_lists("a.yaml", "[a, b, c]", "[b, c]", &[" 3>2"]);
    check_lists("a.yaml", "[a, b, c]", "[c, x, b]", &[" 3>3 moved=1"]);
    check_lists("a.yaml", "[a, a, b]", "[a, b, a]", &[" 3>3 moved=1"]);
    let named = |names: &[&str]| names.iter().map(|name| format!("- {{name: {name}}}\n")).collect::<String>();
    check_lists("a.yaml", &named(&["a", "b", "c"]), &named(&["c", "a", "x"]), &[" 3>3 moved=1"]);
    check_lists("a.yaml", &named(&["a", "b"]), &named(&["a", "x", "b"]), &[" 2>3"]);
}

#[test]
fn lists_are_counted() {
    check_lists("a.yaml", "a: [x, y, z]\n", "a: [x]\n", &["/a 3>1"]);
    check_lists("a.yaml", "a: [x]\n", "a: []\n", &["/a 1>0"]);
    check_lists("a.yaml", "a: []\n", "a: [x]\n", &["/a 0>1"]);
    check_lists("a.yaml", "a: [x]\nb: 1\n", "b: 1\n", &["/a 1>-"]);
    check_lists("a.yaml", "b: 1\n", "a: [x, x]\nb: 1\n", &["/a ->2 =xx2@1"]);
    check_lists("a.yaml", "a: [x, y]\n", "a: [y, x]\n", &["/a 2>2 moved=1"]);
    check_lists("a.yaml", "a: {b: [1]}\nc: 1\n", "a: {b: [1]}\nc: 2\n", &[]);
    check_lists("a.yaml", "- [1]\n- [2]\n", "- [1]\n- [3]\n", &[" 2>2", "/1 1>1"]);
    let rows = "- {name: a, on-call: t}\n- {name: b, on-call: t}\n";
    let more = format!("{rows}- {{name: b, on-call: t}}\n");
    check_lists("a.yaml", rows, &more, &[" 2>3 name=bx2@3 on-call=tx3@3"]);
    // What stood there twice before is nothing new.
    check_lists("a.yaml", "[x, x, y]\n", "[x, x]\n", &[" 3>2"]);
}

#[test]
fn at_most_sixteen_repeated_values_are_listed() {
    let many: String = (0..100).map(|i| format!("- v{i}\n- v{i}\n")).collect();
    let compared = texts("a.yaml", "- a\n", &many);
    let list = only(&compared).lists.as_ref().unwrap().first().unwrap();
    assert_eq!(list.repeated.as_ref().unwrap().len(), 16);
    assert_eq!(list.repeated.as_ref().unwrap().first().unwrap().value, "v0");
}

#[test]
fn yaml_anchors_merges_tags_and_documents_are_read() {
    let base = "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  z: 3\nsame: *b\n";
    let changed = base.replace("y: 2", "y: 5");
    check_edits(
        "a.yaml",
        base,
        &changed,
        &["~ /base/y 2 5 @1:20", "~ /use/y 2 5 @1:20", "~ /same/y 2 5 @1:20"],
    );
    check_edits("a.yaml", "a: !Ref x\n", "a: !Sub x\n", &["~ /a '!Ref x' '!Sub x' @1:9"]);
    check_edits("a.yaml", "a: x\n", "a: !!str 5\n", &["~ /a 'x' '5' @1:10"]);
    let compared = texts("a.yaml", "a: !A [x]\n", "a: !B [x]\n");
    assert_eq!(only(&compared).edits.as_ref().unwrap().first().map(|e| e.pointer.as_str()), Some("/a"));
    check_edits("a.yaml", "a: 1\n", "a: 1\n---\nb: 2\n", &["+ /1/b - 2 @3:4"]);
    let two = "kind: A\nmetadata: {name: x}\nv: 1\n---\nkind: B\nmetadata: {name: x}\nv: 1\n";
    let swapped = "kind: B\nmetadata: {name: x}\nv: 1\n---\nkind: A\nmetadata: {name: x}\nv: 2\n";
    check_edits("a.yaml", two, swapped, &["~ /1/v 1 2 @7:4"]);
}

#[test]
fn what_is_new_and_read_in_two_ways_is_a_doubt() {
    for (after, place, part) in [
        ("a: yes\n", "Ambiguous after:1:4", "`yes`, which is a boolean"),
        ("on: 1\n", "Ambiguous after:1:1", "`on`"),
        ("a: 010\n", "Ambiguous after:1:4", "octal"),
        ("a: 17:44\n", "Ambiguous after:1:4", "base 60"),
        ("a: [1, 1e3]\n", "Ambiguous after:1:8", "`1e3`"),
        ("a: 9007199254740993\n", "Ambiguous after:1:4", "2^53"),
        ("a: .nan\n", "Ambiguous after:1:4", "no number"),
        ("a: 1\nb: 2\na: 3\n", "Ambiguous after:3:1", "second time"),
        ("1: a\n\"1\": b\n", "Ambiguous after:2:1", "second time"),
        ("b: &b {x: 1}\na:\n  <<: *b\n  x: 2\n", "Ambiguous after:4:3", "merge key"),
        ("b: &b {x: 1}\na:\n  <<: [*b, {x: 2}]\n", "Ambiguous after:1:8", "merge key"),
        ("a:\n  <<: 1\n", "Ambiguous after:2:3", "merge"),
        ("a: !!bool 'yes'\n", "Ambiguous after:1:11", "tag"),
        ("a: !x true\n", "Ambiguous after:1:7", "tag"),
        ("a: !!set {x}\n", "Ambiguous after:1:10", "tag"),
        ("~: 1\n", "Ambiguous after:1:1", "nothing"),
        ("1.10: x\n", "Ambiguous after:1:1", "number"),
        ("{a: 1}: x\n", "Ambiguous after:1:1", "as a key"),
        ("a:\tb\n", "Ambiguous after:1:3", "tab"),
        ("%YAML 1.1\n---\na: b\n", "Ambiguous after:1:1", "directive"),
        ("\u{feff}a: b\n", "Ambiguous after:1:1", "byte order mark"),
        ("a: x\u{202e}y\n", "Ambiguous after:1:5", "U+202E"),
        ("a: x\u{2028}y\n", "Ambiguous after:1:5", "U+2028"),
        ("a\u{200b}b: 1\n", "Ambiguous after:1:1", "\\u{200b}"),
        ("a: \"\\0\"\n", "Ambiguous after:1:4", "NUL"),
        ("a: |\n  x", "Ambiguous after:2:3", "last line break"),
    ] {
        check_doubt("a.yaml", "unrelated: x\n", after, place, part);
        // It stands where it stood: nothing to say, though the file changed elsewhere.
        check_quiet(
            "a.yaml",
            after,
            &format!("{after}{}\n", if after.ends_with('\n') { "# c" } else { "" }).replace("  x\n", "  x"),
        );
    }
}

#[test]
fn an_oddity_is_new_when_its_value_is() {
    check_doubt("a.yaml", "a: yes\n", "a: no\n", "Ambiguous after:1:4", "`no`");
    check_doubt("a.yaml", "a: 'yes'\n", "a: yes\n", "Ambiguous after:1:4", "`yes`");
    check_doubt("a.yaml", "a: 1\na: 2\n", "a: 3\na: 2\n", "Ambiguous after:2:1", "second time");
    check_quiet("a.yaml", "a: 1\na: 2\nb: 1\n", "a: 1\na: 2\nb: 2\n");
    check_quiet("a.yaml", "on: {push: 1}\n", "on: {push: 2}\n");
    check_quiet("a.yaml", "a: yes\n", "a: 'yes'\n");
    // Moved in a list, or along with one.
    check_quiet("a.yaml", "- yes\n- x\n", "- w\n- yes\n- x\n");
    check_quiet("a.yaml", "l:\n- {name: a, v: on}\n", "l:\n- {name: b, v: 1}\n- {name: a, v: on}\n");
    check_doubt("a.yaml", "- yes\n- x\n", "- yes\n- off\n", "Ambiguous after:2:3", "`off`");
    // An anchor used twice is one place.
    check_doubt("a.yaml", "a: 1\n", "a: &x [yes]\nb: *x\nc: *x\n", "Ambiguous after:1:8", "`yes`");
    // The same odd line twice is one more than before.
    check_doubt(
        "a.yaml",
        "# \u{202e}\na: 1\n",
        "# \u{202e}\na: 1\n# \u{202e}\n",
        "Ambiguous after:3:3",
        "U+202E",
    );
}

#[test]
fn ordinary_yaml_is_quiet() {
    check_quiet("a.yaml", "a: 1\n", "a: &x {b: c}\nd: *x\ne: {<<: *x, f: 1}\n");
    check_quiet(
        "a.yaml",
        "a: 1\n",
        "ip: 10.0.0.1\nv: 1.2.3\nport: '8080:80'\np: 8080:80\nd: 5m\nr: 1.5\nh: 0x1F\n",
    );
    check_quiet("a.yaml", "a: 1\n", "200: ok\ntrue: x\n");
    check_quiet("a.yaml", "a: 1\n", "a: !Ref x\nb: !GetAtt [a, b]\nc: !!str 010\nd: !!int 5\n");
    check_quiet("a.yaml", "a: 1\n", "? a\n: b\n...\n---\n# c\tc\nd: several\n  lines\n");
}

#[test]
fn json_edits_lists_and_doubts() {
    check_edits(
        "a.json",
        "{\"é\": 1,\n \"b\": [true, \"x\"]}",
        "{\"é\": 1,\n \"b\": [false, \"x\", null]}",
        &["~ /b/0 true false @2:8", "+ /b/2 - null @2:20"],
    );
    check_edits(
        "a.json",
        "{\"a\": {\"b\": 1.50}}\r\n",
        "{\"a\": {}}\r\n",
        &["- /a/b 1.50 - @1:13", "+ /a - {} @1:7"],
    );
    check_edits("a.json", "{\"a\": 1}", "{\"a\": 1e-05}", &["~ /a 1 1e-05 @1:7"]);
    check_lists("a.json", "[1, 2, 3, 4]", "[1, 1]", &[" 4>2 =1x2@1"]);
    check_doubt("a.json", "{}", "{\"a\": 1, \"\\u0061\": 2}", "Ambiguous after:1:10", "second time");
    check_doubt("a.json", "{}", "[9007199254740993]", "Ambiguous after:1:2", "2^53");
    check_doubt("a.json", "{}", "[1e400]", "Ambiguous after:1:2", "infinite");
    check_doubt("a.json", "{}", "[\"\\u0000\"]", "Ambiguous after:1:2", "NUL");
    check_doubt("a.json", "{}", "\u{feff}[1]", "Ambiguous after:1:1", "byte order mark");
    check_quiet("a.json", "{}", "[\"\u{2028}\", \"\\u001b\", 0.1, -0, 1E+2]");
    check_quiet("a.json", "{\"a\": 1, \"a\": 2}", "{\"b\": 1, \"a\": 1, \"a\": 2}");
    check_edits("a.jsonc", "// c\n{\"a\": 1}", "/* [ */ {\"a\": 2} // \u{e9}", &["~ /a 1 2 @1:15"]);
    check_doubt("a.jsonc", "{}", "{\"a\": [1,]}", "Ambiguous after:1:9", "comma");
    check_quiet("a.jsonc", "[1,]", "[1,]\n");
}

#[test]
fn toml_edits_lists_and_doubts() {
    let before = "a = 1\n[t.u]\nx = \"é\"\ny = [1, 2]\n[[l]]\nname = \"a\"\n[[l]]\nname = \"b\"\nv = 1\n";
    let after = before.replace("= 1\n", "= 2\n").replace("[1, 2]", "[1]");
    let expect = ["~ /a 1 2 @1:5", "- /t/u/y/1 2 - @4:9", "~ /l/1/v 1 2 @9:5"];
    check_edits("a.toml", before, &after, &expect);
    check_lists("a.toml", before, &after, &["/t/u/y 2>1", "/l 2>2"]);
    check_edits(
        "a.toml",
        "'é' = 1\r\nb.c = 2\r\n",
        "'é' = 1\r\nb.d = 0x1F\r\n",
        &["+ /b/d - 0x1F @2:7", "- /b/c 2 - @2:7"],
    );
    check_edits("a.toml", "a = '1979-05-27'\n", "a = 1979-05-27\n", &["~ /a '1979-05-27' '1979-05-27' @1:5"]);
    check_edits("a.toml", "a = 1_000\n", "a = {}\nb = []\n", &["~ /a 1_000 {} @1:5", "+ /b - [] @2:5"]);
    check_edits("a.toml", "a = 1\n", "", &["- /a 1 - @1:5", "+  - {} @1:1"]);
    check_doubt("a.toml", "", "a = 9_007_199_254_740_993\n", "Ambiguous after:1:5", "2^53");
    check_doubt("a.toml", "", "a = nan\n", "Ambiguous after:1:5", "no number");
    check_doubt("a.toml", "", "a = \"x\u{202e}\"\n", "Ambiguous after:1:7", "U+202E");
    check_quiet("a.toml", "", "a = 1_000\nb = 1e3\nc = 17:44:00\n\td = 0o10\n");
}

#[test]
fn what_is_not_well_formed_is_listed_and_unreadable() {
    for (path, text, place, part) in [
        ("a.yaml", "a: [1\nb: 2\n", "Unreadable after:", "not YAML"),
        ("a.yaml", "a: *x\n", "Unreadable after:1:4", "without an anchor"),
        ("a.yaml", "a: &x [*x]\n", "Unreadable after:1:8", "inside"),
        ("a.yaml", "a: 1\n---\n b: [\n", "Unreadable after:", "not YAML"),
        ("a.json", "{\"a\": 1,}", "Unreadable after:1:8", "railing comma"),
        ("a.json", "// c\n{}", "Unreadable after:1:1", "comment"),
        ("a.json", "[\"\t\"]", "Unreadable after:1:3", "control"),
        ("a.json", "[1,\u{a0}2]", "Unreadable after:1:4", "U+00A0"),
        ("a.json", "", "Unreadable after:1:1", "nothing"),
        ("a.json", "[1] [2]", "Unreadable after:1:5", "not JSON"),
        ("a.jsonc", "[1 /* ", "Unreadable after:", "not JSON"),
        ("a.toml", "a = 1\na = 2\n", "Unreadable after:2:1", "duplicate key"),
        ("a.toml", "a = \n", "Unreadable after:1:", "not TOML"),
    ] {
        let before = if path == "a.json" || path == "a.jsonc" { "{}" } else { "" };
        check_doubt(path, before, text, place, part);
        let compared = texts(path, before, text);
        let file = only(&compared);
        assert!(file.edits.is_none() && file.lists.is_none() && file.format.is_some());
        assert!(compared.payload.files.get(path).unwrap().after.is_some(), "the text is kept, for a snippet");
        // On the before side, too: nobody knows what the edits are.
        let back = doubts(&texts(path, text, before));
        assert!(back.len() == 1 && back.first().unwrap().starts_with("Unreadable before:"), "{back:?}");
    }
    let compared = compare_texts("a.yaml", Some(b"a: 1"), Some(b"a: \xff"));
    assert_eq!(doubts(&compared), ["Unreadable after:1:4 byte 0xff, expected UTF-8"]);
    // Some readers take a NUL for the end, and would not see what changes behind it.
    let compared = compare_texts("a.yaml", Some(b"a: 1\n#\0\nb: 1\n"), Some(b"a: 1\n#\0\nb: 2\n"));
    assert_eq!(doubts(&compared).len(), 2);
    let compared = compare_texts("a.yaml", Some(b"a: 1"), Some(b"\x1f\x8b\x08"));
    assert_eq!(doubts(&compared), ["Unreadable after:1:1 gzip data, expected a document, which is text"]);
}

#[test]
fn opaque_files_added_and_removed_ones() {
    let compared = compare_texts("a.bin", Some(b"x\0"), Some(b"y\0"));
    assert_eq!(compared.payload.opaque, ["a.bin"]);
    assert!(only(&compared).format.is_none() && only(&compared).edits.is_none());
    assert!(compared.payload.files.is_empty() && compared.payload.doubts.is_empty());
    assert!(texts("a.sh", "x", "x").files.is_empty());
    assert!(texts("a.yaml", "a: [", "a: [").payload.doubts.is_empty());
    let compared = compare_texts("d/a.YML", None, Some(b"a: [x]\n"));
    assert_eq!((only(&compared).op, only(&compared).format.as_deref()), (FileOp::Added, Some("yaml")));
    assert_eq!((only(&compared).size_before_kib, only(&compared).size_after_kib), (None, Some(1)));
    assert_eq!(
        (edits(&compared), lists(&compared)),
        (vec!["+ /a/0 - 'x' @1:5".into()], vec!["/a ->1".into()])
    );
    let compared = compare_texts("a.yaml", Some(b"a: [x]\n"), None);
    assert_eq!(only(&compared).op, FileOp::Removed);
    assert_eq!(
        (edits(&compared), lists(&compared)),
        (vec!["- /a/0 'x' - @1:5".into()], vec!["/a 1>-".into()])
    );
}

#[test]
fn every_pointer_has_its_place() {
    let compared = texts("a.yaml", "", "a:\n  - b: é\n    c: d\n");
    let after = compared.payload.files.get("a.yaml").unwrap().after.clone().unwrap();
    let place = |pointer: &str| {
        let origin = after.find(&Pointer::new(pointer)).unwrap();
        let key = after.text.get(origin.key.start..origin.key.end).unwrap();
        (key, origin.key.line, origin.key.column, origin.value.line, origin.value.column)
    };
    assert_eq!(place("/a"), ("a", 1, 1, 2, 3));
    assert_eq!(place("/a/0"), ("b: é\n    c: d", 2, 5, 2, 5));
    assert_eq!(place("/a/0/c"), ("c", 3, 5, 3, 8));
}

/// Within what a file of its size may take, and with an answer, not a crash.
#[track_caller]
fn hostile(path: &str, text: &str, kind: DoubtKind, part: &str) {
    let start = std::time::Instant::now();
    let compared = texts(path, "", text);
    let doubts = &compared.payload.doubts;
    let found = doubts.iter().any(|doubt| doubt.kind == kind && doubt.message.contains(part));
    assert!(found, "{path}: {:?}", doubts.iter().map(|d| &d.message).take(3).collect::<Vec<_>>());
    assert!(start.elapsed().as_secs() < 30, "{path}, {part}: {:?}", start.elapsed());
}

#[test]
fn hostile_shapes_are_given_up_early() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..30 {
        let below = i - 1;
        writeln!(bomb, "a{i}: &a{i} [{}]", vec![format!("*a{below}"); 9].join(", ")).unwrap();
    }
    hostile("a.yaml", &bomb, DoubtKind::Unreadable, "more than 500000 values");
    let merges: String =
        (1..40).map(|i| format!("m{i}: &m{i} {{<<: *m{}, k{i}: *m{}}}\n", i - 1, i - 1)).collect();
    hostile(
        "a.yaml",
        &format!("m0: &m0 {{x: 1}}\n{merges}"),
        DoubtKind::Unreadable,
        "more than 500000 values",
    );
    let four = super::walk::FILE_BYTES_MAX as usize / 2;
    for open in ["[", "{a: ", "- ", "? ", "[[{"] {
        hostile("a.yaml", &open.repeat(four / open.len()), DoubtKind::Unreadable, "deep");
    }
    let indented: String = (0..1_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    hostile("a.yaml", &indented, DoubtKind::Unreadable, "deep");
    hostile("a.yaml", &"---\n".repeat(four / 4), DoubtKind::Unreadable, "values");
    for open in ["[", "{\"a\":", "[{\"\":"] {
        hostile("a.json", &open.repeat(four / open.len()), DoubtKind::Unreadable, "deep");
    }
    hostile("a.json", &format!("[{}1]", "1,".repeat(four / 2 - 2)), DoubtKind::Unreadable, "values");
    for open in ["a = [", "a = {a = ", "a.", "a = {a.a.a.a.a.a.a.a = "] {
        hostile("a.toml", &open.repeat(10_000), DoubtKind::Unreadable, "deep");
    }
    hostile("a.toml", &format!("a = {}", "[".repeat(four - 4)), DoubtKind::Unreadable, "deep");
    hostile("a.toml", &format!("[{}]", ["a"; 100].join(".")), DoubtKind::Unreadable, "deep");
    let long = "k".repeat(1_000);
    let wide = format!("{long}: [{}1]\n", "1,".repeat(100_000));
    hostile("a.yaml", &wide, DoubtKind::Unreadable, "keys of");
    hostile(
        "a.yaml",
        &format!("a: x{}\n", "\u{202e}".repeat(four / 4)),
        DoubtKind::Ambiguous,
        "more such places",
    );
    hostile("a.yaml", &"- yes\n".repeat(200_000), DoubtKind::Ambiguous, "more such places");
    hostile("a.yaml", &"a: 1\n".repeat(200_000), DoubtKind::Ambiguous, "second time");
}

#[test]
fn a_large_alias_is_not_copied_into_every_edit() {
    let text = format!("a: &a {}\nb: [{}*a]\n", "x".repeat(100_000), "*a, ".repeat(20_000));
    let compared = texts("a.yaml", "a: 1\n", &text);
    let file = only(&compared);
    assert!(file.edits.as_ref().unwrap().len() < 200 && file.omitted_edits > 19_000);
}

#[test]
fn edits_beyond_the_cap_are_counted() {
    let list = |from: usize| (from..from + 6_000).map(|i| format!("k{i}: {from}\n")).collect::<String>();
    let compared = texts("a.yaml", &list(0), &list(1));
    let file = only(&compared);
    assert_eq!((file.edits.as_ref().unwrap().len(), file.omitted_edits), (diff::EDITS_MAX, 1_001));
}

#[test]
fn a_usual_change_takes_milliseconds() {
    let file = |changed: usize| {
        (0..3_000).fold(String::new(), |mut text, i| {
            let value = if i < changed { i + 1 } else { i };
            writeln!(text, "service-{i}: {{replicas: {value}}}").unwrap();
            text
        })
    };
    let (before, after) = (file(0), file(300));
    let best = (0..3)
        .map(|_| {
            let start = std::time::Instant::now();
            let compared = texts("a.yaml", &before, &after);
            assert_eq!(only(&compared).edits.as_ref().unwrap().len(), 300);
            start.elapsed()
        })
        .min();
    // It takes 20 ms on an idle machine in release. What is asserted is that nobody walks the file once per edit.
    let bound = if cfg!(debug_assertions) { 20_000 } else { 1_000 };
    assert!(best.unwrap().as_millis() < bound, "{best:?}");
}

/// A generator of its own, so that the loop below is the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

#[test]
fn garbage_never_crashes_the_reader() {
    const SEEDS: [(&str, &str); 12] = [
        (
            "a.yaml",
            "%YAML 1.2\n---\na: &x {b: [1, yes, ~], \"c\\u00e9\": !t 'd'}\n<<: *x\ne: |\n  f\n  g\n? h\n: - i\n  - {name: j}\n...\n---\nk: >-\n  l\n",
        ),
        ("a.json", "{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\n\"], \"b\": {\"c\": {}, \"d\": []}}"),
        ("a.jsonc", "// x\n{\"a\": /* y */ [1, 2,], \"name\": \"é\"}\n"),
        (
            "a.toml",
            "a.b = 1_0 # c\n[t.\"é\"]\nx = { y = [1.5, '''z'''], w = 1979-05-27 }\n[[l]]\nname = \"\"\"m\\\n n\"\"\"\n[[l]]\n",
        ),
        ("a.tf", include_str!("../../../../tests/payload/ordinary/main.tf")),
        (
            "b.tf",
            "a \"b\" \"c\" {\n  d {}\n  d { e = [1, -2.5, {f = \"${g}é\"}] }\n}\nh = <<-I\n  %{if j}k%{endif}\n  I\nl = !m ? n(o...) : p[*].q\n",
        ),
        ("a.properties", "# a\na.b = c\\\n  d\ne:\\u00e9\\\\\nf g=h\n! i\n\\ud83d\\ude00 é\n"),
        ("a.ini", "z=1\n[a]\nb = \"c\" ; d\n  e = f\n[g.h]\nx[]=1\nx[]=2\n[a]\nB: =é\n"),
        (".env", "A=1\nexport B='c\nd' # e\nC=\"\\n$D\"\nE = f\ng h\n"),
        (
            "a.xml",
            "<?xml version=\"1.0\"?><!-- a --><b xmlns:c='d' e=\"f&amp;\"><c:g>é</c:g><h/><h>i<![CDATA[j]]></h>k</b>",
        ),
        ("a.yaml.j2", "a: 1\n{% if b %}\nc: {{ d }}\n{% endif %}\n"),
        ("a.txt", "a\nb\r\né\n\nc\nd\nb\n"),
    ];
    const PIECES: [&[u8]; 32] = [
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b" ",
        b"\n",
        b"\r\n",
        b"\t",
        b"\"",
        b"'",
        b"#",
        b"&x ",
        b"*x",
        b"<<: ",
        b"!!",
        b"- ",
        b"\\",
        b"\xff",
        b"\xe2\x80\xa8",
        b"\0",
        b"=",
        b".",
        b"---\n",
        b"<a>",
        b"</",
        b"/>",
        b"&x;",
        b"${",
        b"}}",
        b"<<E\n",
        b";",
    ];
    let mut dice = Dice(0x5eed_1e55_c0ff_ee11);
    for round in 0..12_000 {
        let (path, seed) = SEEDS[round % SEEDS.len()];
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..=dice.roll(6) {
            let at = dice.roll(bytes.len() + 1);
            match dice.roll(4) {
                0 => drop(bytes.splice(at..at, PIECES[dice.roll(PIECES.len())].iter().copied())),
                1 => bytes.truncate(at.max(1)),
                2 => drop(bytes.drain(at..(at + dice.roll(8)).min(bytes.len()))),
                _ => {
                    let copy = bytes[at..(at + dice.roll(20)).min(bytes.len())].to_vec();
                    let to = dice.roll(bytes.len() + 1);
                    drop(bytes.splice(to..to, copy));
                }
            }
        }
        for compared in [
            compare_texts(path, Some(seed.as_bytes()), Some(&bytes)),
            compare_texts(path, Some(&bytes), Some(seed.as_bytes())),
            compare_texts(path, None, Some(&bytes)),
        ] {
            for file in &compared.files {
                for edit in file.edits.iter().flatten() {
                    let sources = compared.payload.files.get(path).unwrap();
                    let side = if edit.op == EditOp::Remove { &sources.before } else { &sources.after };
                    let origin = side.as_ref().unwrap().find(&Pointer::new(edit.pointer.clone()));
                    assert_eq!(
                        origin.map(|o| o.key.line),
                        edit.line,
                        "{path}: {edit:?} {:?}",
                        String::from_utf8_lossy(&bytes)
                    );
                }
            }
        }
    }
}

mod folders {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    /// A folder that is gone after the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("interlock-payload-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            for side in ["before", "after"] {
                fs::create_dir_all(path.join(side)).unwrap();
            }
            Self(path)
        }

        fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
            self
        }

        fn compare(&self) -> Result<Compared, PayloadError> {
            compare(&self.0.join("before"), &self.0.join("after"))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn ops(compared: &Compared) -> Vec<(&str, FileOp)> {
        compared.files.iter().map(|file| (file.path.as_str(), file.op)).collect()
    }

    #[test]
    fn two_folders_are_compared_path_by_path() {
        let folder = Scratch::new("pairs");
        folder.write("before/same.yaml", "a: yes\n").write("after/same.yaml", "a: yes\n");
        folder.write("before/d/e/changed.json", "[1]").write("after/d/e/changed.json", "[2]");
        folder.write("before/gone.toml", "a = 1").write("after/new.txt", "x");
        folder.write("before/.git/config", "a").write("after/.git/config", "b").write("after/x/.git/y", "c");
        // A file that became a folder.
        folder.write("before/z", "a").write("after/z/y.yaml", "a: 1\n");
        let compared = folder.compare().unwrap();
        use FileOp::{Added, Modified, Removed};
        let expect = [
            ("d/e/changed.json", Modified),
            ("gone.toml", Removed),
            ("new.txt", Added),
            ("z", Removed),
            ("z/y.yaml", Added),
        ];
        assert_eq!(ops(&compared), expect);
        assert_eq!(compared.payload.opaque, ["new.txt", "z"]);
        let again = folder.compare().unwrap();
        assert_eq!(again, compared);
        folder.write("after/same.yaml", "a: yes\n#\n");
        assert_ne!(folder.compare().unwrap().payload.digest, compared.payload.digest);
    }

    #[test]
    fn two_files_are_one_modified_file() {
        let folder = Scratch::new("files");
        folder
            .write("before/a.yaml", "a: 1\n")
            .write("after/a.yaml", "a: 2\n")
            .write("after/b.json", "{\"a\": 2}");
        let (before, after) = (folder.0.join("before/a.yaml"), folder.0.join("after/a.yaml"));
        let compared = compare(&before, &after).unwrap();
        let file = only(&compared);
        assert_eq!((file.path.as_str(), file.op), (slashed(&after).as_str(), FileOp::Modified));
        assert_eq!(file.previous_path, None);
        let other = folder.0.join("after/b.json");
        let compared = compare(&before, &other).unwrap();
        assert_eq!(only(&compared).previous_path.as_deref(), Some(slashed(&before).as_str()));
        assert_eq!(edits(&compared), ["~ /a 1 2 @1:7"]);
        assert!(compare(&before, &before).unwrap().files.is_empty());
    }

    #[test]
    fn what_is_missing_mixed_or_too_much_is_an_error() {
        let folder = Scratch::new("errors");
        folder.write("before/a", "").write("after/a", vec![b' '; walk::FILE_BYTES_MAX as usize + 1]);
        let missing = compare(&folder.0.join("nowhere"), &folder.0.join("after")).unwrap_err();
        assert!(matches!(missing, PayloadError::Unreadable { .. }), "{missing}");
        assert!(missing.to_string().contains("\nhelp: "), "{missing}");
        let mixed = compare(&folder.0.join("before/a"), &folder.0.join("after")).unwrap_err();
        assert!(matches!(mixed, PayloadError::Mixed { .. }), "{mixed}");
        assert!(matches!(folder.compare(), Err(PayloadError::TooLarge { .. })));
        fs::remove_file(folder.0.join("after/a")).unwrap();
        let deep = ["d"; walk::FOLDERS_DEEP_MAX + 1].join("/");
        folder.write(&format!("after/{deep}/a"), "");
        assert!(matches!(folder.compare(), Err(PayloadError::TooDeep { .. })));
    }

    #[test]
    fn too_many_files_are_an_error() {
        let folder = Scratch::new("many");
        for i in 0..=walk::FILES_MAX {
            fs::write(folder.0.join(format!("after/{i}")), "").unwrap();
        }
        assert!(matches!(folder.compare(), Err(PayloadError::TooMany { .. })));
    }

    #[test]
    fn a_folder_is_never_listed_in_part() {
        let folder = Scratch::new("mixed");
        for i in 0..walk::FILES_MAX / 2 + 10 {
            fs::write(folder.0.join(format!("after/f{i}")), "").unwrap();
            fs::create_dir(folder.0.join(format!("after/d{i}"))).unwrap();
        }
        assert!(matches!(folder.compare(), Err(PayloadError::TooMany { .. })));
    }

    #[test]
    #[cfg(unix)]
    fn links_and_devices_are_doubts() {
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;
        let folder = Scratch::new("links");
        folder
            .write("before/a.yaml", "a: 1\n")
            .write("before/real.yaml", "a: 1\n")
            .write("after/real.yaml", "a: 1\n");
        symlink("/etc/hostname", folder.0.join("after/a.yaml")).unwrap();
        for side in ["before", "after"] {
            symlink("real.yaml", folder.0.join(side).join("same.yaml")).unwrap();
            let _socket = UnixListener::bind(folder.0.join(side).join("socket")).unwrap();
        }
        let compared = folder.compare().unwrap();
        assert_eq!(ops(&compared), [("a.yaml", FileOp::Modified), ("socket", FileOp::Modified)]);
        let messages = doubts(&compared);
        assert_eq!(messages.len(), 3, "{messages:?}");
        assert!(messages[0].contains("after:1:1 a symbolic link to `/etc/hostname`"), "{messages:?}");
        assert!(messages[1].contains("before") && messages[1].contains("socket"), "{messages:?}");
        let odd = std::ffi::OsStr::from_bytes(b"n\xff.yaml");
        fs::write(folder.0.join("after").join(odd), "a: 1").unwrap();
        assert!(doubts(&folder.compare().unwrap()).iter().any(|doubt| doubt.contains("not UTF-8")));
    }

    #[test]
    fn a_document_that_lists_files_itself_is_refused() {
        let read = |text: &str| crate::read_change("c.yaml", text.as_bytes(), crate::Syntax::Yaml).unwrap();
        let mut document = read("id: x\nkind: config\n");
        let compared = texts("a.yaml", "a: 1\n", "a: 2\n");
        compared.clone().into_document(&mut document).unwrap();
        assert_eq!(document.change.files, Some(compared.files.clone()));
        assert_eq!(document.payload, compared.payload);
        let mut document = read("id: x\nkind: config\nfiles: []\n");
        let refused = compared.into_document(&mut document).unwrap_err().to_string();
        assert!(refused.starts_with("c.yaml:3:1: `files`, which were read from `a.yaml` too"), "{refused}");
        assert!(refused.contains("\nhelp: "), "{refused}");
    }
}
