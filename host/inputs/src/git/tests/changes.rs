//! What a commit can do to a file.

use super::*;

#[test]
fn values_that_differ_have_their_places() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("same.yaml", "b: 1\n"), ("gone.yaml", "c: 1\n")]);
    scratch.write("a.yaml", "# new\na: 2\n").write("dir/new.json", "{\"d\": true}");
    scratch.git(&["rm", "-q", "gone.yaml"]);
    scratch.commit("second");
    check(
        &scratch,
        &[
            "modified a.yaml yaml: /a 1>2",
            "added dir/new.json json: /d ->true",
            "removed gone.yaml yaml: /c 1>-",
        ],
        &[],
    );
    let compared = scratch.compare();
    assert_eq!(compared.files.first().unwrap().edits.as_ref().unwrap().first().unwrap().line, Some(2));
    assert_eq!(compared.payload.files.get("a.yaml").unwrap().after.as_ref().unwrap().name, "a.yaml");
}

#[test]
fn the_work_tree_and_the_index_are_not_read() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write("a.yaml", "a: 2\n").commit("second");
    scratch.write("a.yaml", "a: 3\n").write("b.yaml", "b: 1\n").git(&["add", "b.yaml"]);
    check(&scratch, &["modified a.yaml yaml: /a 1>2"], &[]);
}

#[test]
fn a_renamed_file_keeps_its_past() {
    let text = "a: 1\nlong: a text that makes the two sides similar\nmore: of it, so that one edit is few\n";
    let scratch = Scratch::of(&[("old.yaml", text), ("pure.toml", "a = 1\n"), ("other.png", "\0png")]);
    scratch.git(&["mv", "old.yaml", "new.yaml"]);
    scratch.git(&["mv", "pure.toml", "moved.toml"]);
    scratch.git(&["mv", "other.png", "moved.png"]);
    scratch.write("new.yaml", text.replace("a: 1", "a: 2")).commit("second");
    check(
        &scratch,
        &[
            "renamed other.png -> moved.png -:",
            "renamed pure.toml -> moved.toml toml:",
            "renamed old.yaml -> new.yaml yaml: /a 1>2",
        ],
        &[],
    );
    assert_eq!(scratch.compare().payload.opaque, ["moved.png"]);
    let paths: Vec<_> = scratch.range().changed_paths().into_iter().collect();
    assert_eq!(paths, ["moved.png", "moved.toml", "new.yaml", "old.yaml", "other.png", "pure.toml"]);
}

#[test]
fn a_file_under_a_name_of_another_format_is_not_taken_for_unchanged() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("b.json", "{}\n")]);
    scratch.git(&["mv", "a.yaml", "a.yaml.off"]);
    scratch.git(&["mv", "b.json", "b.yaml"]);
    scratch.commit("second");
    check(&scratch, &["renamed a.yaml -> a.yaml.off -:", "renamed b.json -> b.yaml -:"], &[]);
    assert_eq!(scratch.compare().payload.opaque, ["a.yaml.off", "b.yaml"]);
}

#[test]
fn a_mode_is_an_entry_of_its_own() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("run.sh", "#!/bin/sh\n")]);
    scratch.write("a.yaml", "a: 2\n").git(&["add", "-A"]);
    scratch.git(&["update-index", "--chmod=+x", "a.yaml", "run.sh"]);
    scratch.commit_index("second");
    check(
        &scratch,
        &[
            "modified a.yaml yaml: /a 1>2",
            "modified a.yaml git: /mode 100644>100755",
            "modified run.sh git: /mode 100644>100755",
        ],
        &[],
    );
    assert!(scratch.compare().payload.opaque.is_empty(), "nothing but the mode of `run.sh` differs");
}

#[test]
fn a_link_is_its_target_and_is_not_followed() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n")]);
    let to_passwd = scratch.blob("/etc/passwd");
    scratch.cache("120000", &to_passwd, "a.yaml").cache("120000", &scratch.blob("b.yaml"), "new");
    scratch.commit_index("second");
    let (passwd, new) = (
        "after a.yaml: a symbolic link to `/etc/passwd`, expected a regular file",
        "after new: a symbolic link to `b.yaml`, expected a regular file",
    );
    check(
        &scratch,
        &[
            "modified a.yaml -:",
            "modified a.yaml git: /mode 100644>120000 /target ->/etc/passwd",
            "added new git: /target ->b.yaml",
        ],
        &[passwd, new],
    );
}

#[test]
fn a_file_that_becomes_a_link_to_its_own_words_is_a_link() {
    let scratch = Scratch::of(&[("a.yaml", "b.yaml")]);
    let same = scratch.git(&["rev-parse", "HEAD:a.yaml"]);
    scratch.cache("120000", &same, "a.yaml").commit_index("second");
    check(
        &scratch,
        &["modified a.yaml -:", "modified a.yaml git: /mode 100644>120000 /target ->b.yaml"],
        &["after a.yaml: a symbolic link to `b.yaml`, expected a regular file"],
    );
}

#[test]
fn a_submodule_goes_from_commit_to_commit_and_is_not_judged() {
    let (old, new) = ("1".repeat(40), "2".repeat(40));
    let scratch = Scratch::new();
    scratch.cache("160000", &old, "sub").cache("160000", &old, "gone").commit_index("first");
    scratch.git(&["checkout", "-q", "-b", "head"]);
    scratch.cache("160000", &new, "sub").cache("160000", &new, "added");
    scratch.git(&["update-index", "--force-remove", "gone"]);
    // The head asks to leave its steps out.
    let hide = "[submodule \"sub\"]\n path = sub\n url = x\n ignore = all\n";
    scratch.write(".gitmodules", hide).git(&["config", "diff.ignoreSubmodules", "all"]);
    scratch.git(&["config", "submodule.sub.ignore", "all"]);
    scratch.git(&["add", ".gitmodules"]);
    scratch.commit_index("second");
    check(
        &scratch,
        &[
            "added .gitmodules text: /0 ->[submodule \"sub\"] /1 -> path = sub /2 -> url = x /3 -> ignore = all",
            &format!("added added git: /commit ->{new}"),
            &format!("removed gone git: /commit {old}>-"),
            &format!("modified sub git: /commit {old}>{new}"),
        ],
        &[],
    );
    assert_eq!(scratch.compare().payload.opaque, [".gitmodules", "added", "gone", "sub"]);
}

#[test]
fn a_file_that_becomes_a_submodule_is_a_doubt() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    let commit = "3".repeat(40);
    scratch.git(&["rm", "-q", "--cached", "a.yaml"]);
    scratch.cache("160000", &commit, "a.yaml").commit_index("second");
    check(
        &scratch,
        &["modified a.yaml -:", &format!("modified a.yaml git: /mode 100644>160000 /commit ->{commit}")],
        &["after a.yaml: a submodule, whose files are in another repository, expected a regular file"],
    );
}

#[test]
fn a_pointer_of_git_lfs_is_not_the_file() {
    let id = "4d7a2146".repeat(8);
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 12345\n");
    let words = "a: version https://git-lfs.github.com/spec/v1\n";
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("b.bin", "\0"), ("c.yaml", "a: 1\n")]);
    scratch.write("a.yaml", &pointer).write("b.bin", &pointer).write("c.yaml", words).commit("second");
    check(
        &scratch,
        &[
            "modified a.yaml -:",
            "modified b.bin -:",
            "modified c.yaml yaml: /a 1>version https://git-lfs.github.com/spec/v1",
        ],
        &["after a.yaml: a pointer of Git LFS, which does not hold the file, expected a regular file"],
    );
    assert_eq!(scratch.compare().payload.opaque, ["b.bin"]);
    let error = scratch.range().file_at_head("a.yaml").unwrap_err().to_string();
    assert!(error.contains("a pointer of Git LFS"), "{error}");
}

#[test]
fn binary_and_large_files_are_never_taken_for_nothing() {
    let scratch = Scratch::of(&[("logo.png", "\0old"), ("a.yaml", "a: 1\n")]);
    let large = vec![b'#'; (FILE_BYTES_MAX + 1) as usize];
    scratch.write("logo.png", "\0new").write("a.yaml", "a: \0\n").write("b.yaml", &large);
    scratch.write("c.png", &large).write("d.yaml", "d: 1\n").commit("second");
    let compared = scratch.compare();
    assert_eq!(
        lines(&compared),
        [
            "modified a.yaml yaml:",
            "added b.yaml -:",
            "added c.png -:",
            "added d.yaml yaml: /d ->1",
            "modified logo.png -:"
        ]
    );
    let doubts = doubts(&compared);
    assert_eq!(doubts.len(), 2, "{doubts:?}");
    assert!(doubts.first().unwrap().starts_with("after a.yaml: a NUL"), "{doubts:?}");
    assert!(doubts.get(1).unwrap().starts_with("after b.yaml: 8388609 bytes, more than"), "{doubts:?}");
    assert_eq!(compared.payload.opaque, ["c.png", "logo.png"]);
    assert_eq!(compared.files.get(2).unwrap().size_after_kib, Some(8193));
}

#[test]
fn more_bytes_than_are_read_in_all_are_an_error() {
    let scratch = Scratch::of(&[]);
    let large = vec![b'#'; FILE_BYTES_MAX as usize];
    for number in 0..9_u8 {
        scratch.write(format!("{number:02}.txt"), [&large[1..], &[number]].concat());
    }
    scratch.commit("second");
    let error = scratch.range().compare().unwrap_err();
    assert!(matches!(&error, GitError::TooMuch { path, .. } if path == "08.txt"), "{error}");
}

#[test]
#[cfg(unix)]
fn odd_names_are_kept_or_told() {
    use std::os::unix::ffi::OsStringExt as _;
    let scratch = Scratch::of(&[("-a\n\tb.yaml", "a: 1\n"), (":(top)c.yaml", "c: 1\n")]);
    let latin = OsString::from_vec(b"caf\xe9.yaml".to_vec());
    scratch.write("-a\n\tb.yaml", "a: 2\n").write(":(top)c.yaml", "c: 2\n").write(&latin, "d: 1\n");
    scratch.commit("second");
    check(
        &scratch,
        &[
            "modified -a\n\tb.yaml yaml: /a 1>2",
            "modified :(top)c.yaml yaml: /c 1>2",
            "added caf\u{fffd}.yaml -:",
        ],
        &["after caf\u{fffd}.yaml: a name `caf\u{fffd}.yaml` that is not UTF-8"],
    );
    assert_eq!(scratch.range().file_at_base(":(top)c.yaml").unwrap().unwrap(), b"c: 1\n");
}

#[test]
fn the_digest_is_over_names_modes_and_bytes() {
    let digest = |edit: &dyn Fn(&Scratch)| {
        let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
        edit(&scratch);
        scratch.commit_index("second").compare().payload.digest.unwrap()
    };
    let changed = |scratch: &Scratch, text: &str| drop(scratch.write("a.yaml", text).git(&["add", "-A"]));
    let submodule = |scratch: &Scratch, digit: &str| {
        scratch.cache("160000", &digit.repeat(40), "sub");
    };
    let all = [
        digest(&|scratch| changed(scratch, "a: 2\n")),
        digest(&|scratch| changed(scratch, "a: 3\n")),
        digest(&|scratch| drop(scratch.git(&["update-index", "--chmod=+x", "a.yaml"]))),
        digest(&|scratch| drop(scratch.git(&["mv", "a.yaml", "b.yaml"]))),
        digest(&|scratch| drop(scratch.git(&["mv", "a.yaml", "c.yaml"]))),
        digest(&|scratch| submodule(scratch, "1")),
        digest(&|scratch| submodule(scratch, "2")),
    ];
    for (at, first) in all.iter().enumerate() {
        assert!(all.iter().skip(at + 1).all(|other| other != first), "{at}");
    }
    assert_eq!(all.first(), Some(&digest(&|scratch| changed(scratch, "a: 2\n"))));
}

#[test]
fn three_thousand_files_are_read_in_order() {
    let scratch = Scratch::of(&[]);
    for number in 0..3_000 {
        scratch.write(format!("{:02}/{number}.yaml", number % 100), format!("n: {number}\n"));
    }
    scratch.commit("second");
    let compared = scratch.compare();
    assert_eq!(compared.files.len(), 3_000);
    for file in &compared.files {
        let number = file.path.split_once('/').unwrap().1.trim_end_matches(".yaml");
        assert_eq!(line(file), format!("added {} yaml: /n ->{number}", file.path));
    }
}

#[test]
fn more_files_than_are_read_are_an_error() {
    let scratch = Scratch::of(&[]);
    let id = scratch.blob("x");
    let entries: String = (0..=FILES_MAX).map(|number| format!("100644 {id}\t{number}\n")).collect();
    scratch.write(".git/entries", entries);
    let index = fs::File::open(scratch.repo().join(".git/entries")).unwrap();
    let mut command = Command::new("git");
    command.args(["update-index", "--index-info"]).current_dir(scratch.repo()).stdin(index);
    assert!(command.status().unwrap().success());
    scratch.commit_index("second");
    let first = "`main` to `HEAD`: more than 10000 changed files";
    check_error(scratch.open("main", None), first, "smaller range");
    scratch.git(&["update-index", "--force-remove", "0"]);
    scratch.git(&["commit", "-q", "--amend", "-m", "one fewer"]);
    assert_eq!(scratch.compare().files.len(), FILES_MAX);
}
