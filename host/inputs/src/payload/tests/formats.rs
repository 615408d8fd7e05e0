//! HCL, `.properties`, INI, `.env` and XML: edits and their places, what is there several times, and shapes that are meant
//! to hurt. `tables.rs` holds what each of them reads.

use super::*;

#[test]
fn edits_have_their_places() {
    let before = "resource \"a\" \"é\" {\n  size = 1\n  name = var.n\n}\n";
    let after = before.replace("= 1", "= 2").replace("var.n", "\"var.n\"");
    check_edits(
        "a.tf",
        before,
        &after,
        &["~ /resource/a/é/size 1 2 @2:10", "~ /resource/a/é/name 'var.n' 'var.n' @3:10"],
    );
    check_edits("a.tf", "a = [1, 2]\n", "a = [1, 3]\n", &["~ /a/1 2 3 @1:9"]);
    check_edits("a.tf", "a { b = 1 }\n", "", &["- /a/b 1 - @1:9", "+  - {} @1:1"]);
    check_edits("a.properties", "e\\ a=1\n", "# x\ne\\ a=2\n", &["~ /e a '1' '2' @2:6"]);
    check_edits("a.properties", "a=1\n", "a=1,\\\n  2\n", &["~ /a '1' '1,2' @1:3"]);
    check_edits("a.ini", "[s]\na = 1\n", "[s]\r\nb=2\r\na = 1\r\n", &["+ /s/b - '2' @2:3"]);
    check_edits("a.ini", "[s]\na = 1\n[t]\nb=1\n", "[s]\na = 1\n", &["- /t/b '1' - @4:3"]);
    check_edits("a.ini", "a = 5\n", "a = \"5\"\n", &["~ /a '5' '5' @1:5"]);
    check_edits(".env", "A=1\n", "export A='1'\nB=2\n", &["~ /A '1' '1' @1:11", "+ /B - '2' @2:3"]);
    let (before, after) = ("<a b='1'>\n <c>é</c>\n</a>", "<a b='2'>\n <c>ü</c>\n</a>");
    check_edits("a.xml", before, after, &["~ /a/@b '1' '2' @1:7", "~ /a/c 'é' 'ü' @2:5"]);
    check_edits("a.xml", "<a><b>1</b></a>", "<a><b/></a>", &["~ /a/b '1' {} @1:4"]);
    check_edits("a.xml", "<a xmlns='u'/>", "<a xmlns='v'/>", &["~ /a/@xmlns 'u' 'v' @1:2"]);
}

#[test]
fn one_block_that_becomes_several_is_still_there() {
    let one = "r {\n  i {\n    p = 1\n    q = 2\n  }\n}\n";
    let two = "r {\n  i {\n    p = 7\n  }\n  i {\n    p = 1\n    q = 2\n  }\n}\n";
    check_edits("a.tf", one, two, &["+ /r/i/0/p - 7 @3:9"]);
    check_edits("a.tf", two, one, &["- /r/i/0/p 7 - @3:9"]);
    check_lists("a.tf", one, two, &["/r/i 1>2"]);
    check_lists("a.tf", two, one, &["/r/i 2>1"]);
    let changed = two.replace("q = 2", "q = 3");
    check_edits("a.tf", two, &changed, &["~ /r/i/1/q 2 3 @7:9"]);
    // Named alike, changed, and not the first any more.
    let (one, two) =
        ("<a><b><id>x</id><v>1</v></b></a>", "<a><b><id>w</id></b><b><id>x</id><v>2</v></b></a>");
    check_edits("a.xml", one, two, &["+ /a/b/0/id - 'w' @1:11", "~ /a/b/1/v '1' '2' @1:37"]);
}

#[test]
fn repeated_elements_keep_their_place_when_one_is_put_in_front() {
    let item = |version: &str| format!("<d><g>x</g><v>{version}</v></d>");
    let list = |versions: &[&str]| format!("<a>{}</a>", versions.iter().map(|v| item(v)).collect::<String>());
    let compared = texts("a.xml", &list(&["1", "2", "3"]), &list(&["9", "1", "2", "3"]));
    assert_eq!(edits(&compared), ["+ /a/d/0/g - 'x' @1:10", "+ /a/d/0/v - '9' @1:18"]);
    // A list of the file's own is compared place by place, as everywhere.
    check_edits(
        "a.tf",
        "a = [1, 2]\n",
        "a = [9, 1, 2]\n",
        &["~ /a/0 1 9 @1:6", "~ /a/1 2 1 @1:9", "+ /a/2 - 2 @1:12"],
    );
}

#[test]
fn what_stood_there_before_is_quiet() {
    check_quiet("a.ini", "[a]\nb=1 ; c\n[a]\n", "[a]\nb=1 ; c\n[a]\n# x\n");
    check_quiet(".env", "A=$B\nif x\nC=1\n", "A=$B\nC=2\nif x\n");
    check_quiet("a.properties", "a=é\nb=1\n", "a=é\nb=2\n");
    check_doubt("a.properties", "a=é\n", "a=ü\n", "Ambiguous after:1:3", "ISO-8859-1");
    check_doubt(
        "a.ini",
        "[a]\nb=1\n[a]\nc=1\n",
        "[a]\nb=1\n[a]\nc=2\n",
        "Ambiguous after:3:2",
        "second time",
    );
}

#[test]
fn hostile_shapes_are_given_up_early() {
    let bytes = super::walk::FILE_BYTES_MAX as usize;
    let most = |text: &str| text.repeat(bytes / text.len());
    for text in [
        "a = [",
        "a = {a = {",
        "a {\n",
        "a = ((",
        "a = \"${\"${",
        "a = !!!",
        "a \"b\" c {\n",
        "a = [for a in [for ",
    ] {
        hostile("a.tf", &text.repeat(10_000), DoubtKind::Unreadable, "");
    }
    hostile("a.tf", &format!("a {}{{}}\n", "\"b\" ".repeat(100_000)), DoubtKind::Unreadable, "deep");
    let keys: String = (0..200_000).map(|i| format!("k{i} = 1\n")).collect();
    hostile("a.tf", &format!("a = {{\n{keys}}}\n"), DoubtKind::Unreadable, "more keys than");
    hostile("a.tf", &most("a = [1,\n"), DoubtKind::Unreadable, "");
    for text in ["<a>", "<a b='/>'>"] {
        hostile("a.xml", &most(text), DoubtKind::Unreadable, "deep");
    }
    hostile("a.xml", &most("<a b='"), DoubtKind::Unreadable, "");
    let attributes: String = (0..100_000).map(|i| format!(" a{i}=''")).collect();
    hostile("a.xml", &format!("<a{attributes}/>"), DoubtKind::Unreadable, "attributes");
    let spaces: String = (0..100_000).map(|i| format!("<a xmlns:a{i}='u'/>")).collect();
    hostile("a.xml", &format!("<r>{spaces}</r>"), DoubtKind::Unreadable, "namespaces");
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>";
    hostile("a.xml", bomb, DoubtKind::Unreadable, "document type");
    hostile("a.xml", &format!("<!-- <!DOCTYPE a> -->{bomb}"), DoubtKind::Unreadable, "document type");
    hostile("a.xml", &format!("<a>{}</a>", "<b/>".repeat(bytes / 4 - 2)), DoubtKind::Unreadable, "values");
    hostile("a.properties", &most("a\n"), DoubtKind::Unreadable, "values");
    hostile("a.ini", &most("a=\n"), DoubtKind::Unreadable, "values");
    hostile("a.ini", &most("[a]\n"), DoubtKind::Ambiguous, "second time");
    hostile(".env", &most("A=\n"), DoubtKind::Unreadable, "values");
    hostile(".env", &most("a b\n"), DoubtKind::Ambiguous, "more such places");
    hostile(".env", &"A='\n".repeat(100_000), DoubtKind::Ambiguous, "second time");
}

/// One line, one value, one key, or nothing at all: large, and no trouble.
#[test]
fn what_is_only_large_is_read() {
    let bytes = super::walk::FILE_BYTES_MAX as usize;
    let most = |text: &str| text.repeat(bytes / text.len());
    for (path, text) in [
        ("a.properties", most("a\\\n")),
        ("a.properties", most("\\")),
        ("a.ini", format!("a=\n{}", " b\n".repeat(bytes / 4))),
        (".env", format!("A=\"{}\"", "b\n".repeat(bytes / 4))),
        ("a.tf", format!("a = \"{}\"\n", "b".repeat(bytes / 2))),
        ("a.tf", format!("a = <<E\n{}E\n", " b\n".repeat(bytes / 6))),
        ("a.tf", most("# b\n")),
        ("a.xml", format!("<a>{}</a>", "<!-- -->".repeat(bytes / 16))),
    ] {
        let start = std::time::Instant::now();
        assert_eq!(doubts(&texts(path, "", &text)).len(), usize::from(path == "a.xml"), "{path}");
        assert!(start.elapsed().as_secs() < 30, "{path}: {:?}", start.elapsed());
    }
}
