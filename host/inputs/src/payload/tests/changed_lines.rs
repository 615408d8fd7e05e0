//! Texts in no format, and templates: which lines changed, where, and how much of it is looked at.

use super::*;

#[test]
fn changed_lines_have_their_places() {
    check_edits("Makefile", "a\nb\nc\n", "a\nB\nc\nd\n", &["~ /1 'b' 'B' @2:1", "+ /3 - 'd' @4:1"]);
    check_edits("a.conf", "a\nb\nc\n", "a\nc\n", &["- /1 'b' - @2:1"]);
    check_edits("a.sh", "a\nb\n", "", &["- /0 'a' - @1:1", "- /1 'b' - @2:1"]);
    check_edits("a.sh", "x\ny\nz\n", "y\nz\nw\n", &["- /0 'x' - @1:1", "+ /2 - 'w' @3:1"]);
    // An end of a line is a part of it.
    check_edits("a.md", "a\nb", "a\nb\n", &["~ /1 'b' 'b' @2:1"]);
    check_edits("a.md", "a\n", "a\r\n", &["~ /0 'a' 'a\r' @1:1"]);
    let compared = texts("a.txt", "a\n", "b\n");
    let file = only(&compared);
    assert_eq!((file.format.as_deref(), &file.lists, file.omitted_edits), (Some("text"), &None, 0));
    assert_eq!(compared.payload.opaque, ["a.txt"]);
    let added = compare_texts("a.txt", None, Some(b"a\n"));
    assert!(added.payload.files.get("a.txt").unwrap().before.is_none());
}

#[test]
fn a_template_is_told_once_and_its_lines_are_compared() {
    let before = "a: 1\n{{- if .b }}\nc: 2\n{{- end }}\n";
    let compared = texts("chart/templates/a.yaml", before, &before.replace('2', "3"));
    assert_eq!(edits(&compared), ["~ /2 'c: 2' 'c: 3' @3:1"]);
    assert_eq!(only(&compared).format.as_deref(), Some("text"));
    assert_eq!(compared.payload.opaque, ["chart/templates/a.yaml"]);
    let told = doubts(&compared);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Template after:2:1 a template, which is not yaml"), "{told:?}");
    // What was one, and is none any more.
    let told = doubts(&texts("a.yaml", before, "a: 1\n"));
    assert!(told.len() == 1 && told[0].starts_with("Template before:2:1"), "{told:?}");
    // The other side is no template, and cannot be read either.
    let told = doubts(&texts("a.yaml", before, "a: [\n"));
    assert!(told.len() == 2 && told[1].starts_with("Unreadable after:"), "{told:?}");
}

#[test]
fn too_large_a_file_is_no_template() {
    let deep = format!("{{{{ a }}}}: b\n---\n{}", "[".repeat(1_000));
    hostile("a.yaml", &deep, DoubtKind::Unreadable, "deep");
}

#[test]
fn a_file_of_another_language_under_a_shared_name_is_text() {
    let compared = texts("haproxy.cfg", "global\n  maxconn 1\n", "global\n  maxconn 2\n");
    assert_eq!(edits(&compared), ["~ /1 '  maxconn 1' '  maxconn 2' @2:1"]);
    assert_eq!(doubts(&compared), [] as [&str; 0]);
    check_edits("a.cfg", "[a]\nb=1\n", "[a]\nb=2\n", &["~ /a/b '1' '2' @2:3"]);
    // From the one to the other there are no values to compare.
    check_edits("a.cfg", "[a]\nb=1\n", "b 1\n", &["~ /0 '[a]' 'b 1' @1:1", "- /1 'b=1' - @2:1"]);
}

#[test]
fn what_is_not_listed_is_counted() {
    let lines = |from: usize| (from..from + 3_000).map(|i| format!("{i}\n")).collect::<String>();
    let compared = texts("a.txt", &lines(0), &lines(10_000));
    let file = only(&compared);
    assert_eq!((file.edits.as_ref().unwrap().len(), file.omitted_edits), (2_000, 1_000));
    let long = "x".repeat(5_000);
    let compared = texts("a.min.js", "a\nb\n", &format!("a\n{long}\nc\n"));
    let file = only(&compared);
    assert_eq!((file.edits.as_ref().unwrap().len(), file.omitted_edits), (1, 1));
    // Text takes nothing away from values.
    let mut both = Comparison::new(String::new());
    both.file(Names::same("a.txt"), Some(lines(0).as_bytes()), Some(lines(10_000).as_bytes()));
    both.file(Names::same("a.yaml"), Some(b"a: 1\n"), Some(b"a: 2\n"));
    assert_eq!(both.done().files[1].edits.as_ref().unwrap().len(), 1);
}

#[test]
fn hostile_lines_take_no_longer_than_others() {
    let bytes = super::walk::FILE_BYTES_MAX as usize;
    let mut dice = Dice(0x11e5_0f7e_c0ff_ee77);
    let mut shuffled = |sorts: usize| {
        (0..49_000).fold(String::new(), |mut text, _| {
            writeln!(text, "{}", dice.roll(sorts)).unwrap();
            text
        })
    };
    for (before, after) in [
        (shuffled(2), shuffled(2)),
        (shuffled(200), shuffled(200)),
        (shuffled(40_000), shuffled(40_000)),
        ("a\nb\n".repeat(24_000), "b\na\na\n".repeat(16_000)),
        ("a\n".repeat(bytes / 2), "b\n".repeat(bytes / 2)),
        ("a".repeat(bytes), "b".repeat(bytes)),
    ] {
        let start = std::time::Instant::now();
        let compared = texts("a.txt", &before, &after);
        let file = only(&compared);
        assert!(file.edits.as_ref().unwrap().len() + file.omitted_edits as usize > 0);
        // Below a second on an idle machine in release.
        assert!(start.elapsed().as_secs() < 20, "{} bytes: {:?}", before.len(), start.elapsed());
    }
}
