//! How a range is found, and the ways in which it is not.

use super::*;

#[test]
fn a_change_starts_where_it_left_the_base() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("gate.yaml", "v: 1\n")]);
    let start = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("a.yaml", "a: 2\n").write("gate.yaml", "v: mine\n").commit("second");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("gate.yaml", "v: 2\n").write("b.yaml", "b: 1\n").commit("base goes on");
    let range = scratch.open("main", Some("head")).unwrap();
    assert_eq!(range.base, start);
    assert_eq!(range.base_tip, scratch.git(&["rev-parse", "main"]));
    assert_eq!(range.head, scratch.git(&["rev-parse", "head"]));
    assert_eq!(range.repository, scratch.repo());
    let compared = range.compare().unwrap();
    assert_eq!(lines(&compared), ["modified a.yaml yaml: /a 1>2", "modified gate.yaml yaml: /v 1>mine"]);
    // What a gate reads for itself is the base as it is today.
    assert_eq!(range.file_at_base("gate.yaml").unwrap().unwrap(), b"v: 2\n");
    assert_eq!(range.file_at_head("gate.yaml").unwrap().unwrap(), b"v: mine\n");
    assert_eq!(range.file_at_head("b.yaml").unwrap(), None);
}

#[test]
fn an_empty_range_has_no_files() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    let compared = scratch.compare();
    assert!(compared.files.is_empty() && compared.payload.doubts.is_empty());
    assert!(scratch.range().changed_paths().is_empty());
}

#[test]
fn a_commit_says_who_made_it() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write(".mailmap", "Boss <boss@example.org> <ada@example.org>\n");
    scratch.commit("drop the\ncanary\n\nbecause");
    let words = scratch.range().head_words().unwrap();
    assert_eq!((words.author.as_str(), words.author_email.as_str()), ("Ada", "ada@example.org"));
    assert_eq!(words.title, "drop the canary");
    assert_eq!(words.committed_at, "2023-11-12T17:44:00+08:00");
    scratch.commit_index(&"x".repeat(70_000));
    assert_eq!(scratch.range().head_words().unwrap().title.len(), 200);
}

#[test]
fn what_looks_like_an_option_is_refused() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    for name in ["--output=x", "-x", "--all", "--upload-pack=touch x"] {
        let first = format!("revision `{name}`: begins with `-`, expected a branch, a tag or a commit");
        check_error(scratch.open(name, None), &first, "write it out");
        check_error(scratch.open("main", Some(name)), &first, "write it out");
    }
    let first = "revision ``: empty, expected a branch, a tag or a commit";
    check_error(scratch.open("", None), first, "write it out");
    check_error(
        scratch.open("main\0x", None),
        "revision `main\\u{0}x`: holds a NUL, expected a branch, a tag or a commit",
        "",
    );
    let first = "revision `^main`: no single commit, expected a branch, a tag or a commit";
    check_error(scratch.open("^main", None), first, "");
    // A branch of that name is reached by its whole name.
    scratch.git(&["update-ref", "refs/heads/-x", "main"]);
    assert!(scratch.open("refs/heads/-x", None).is_ok());
    let files: Vec<_> =
        fs::read_dir(scratch.repo()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
}

#[test]
fn a_missing_revision_says_how_to_get_it() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    let fetch = "`git fetch origin release:refs/remotes/origin/release`";
    check_error(scratch.open("release", None), "revision `release`: no such commit here", fetch);
    check_error(
        scratch.open("origin/release", None),
        "revision `origin/release`: no such commit here",
        fetch,
    );
    check_error(scratch.open("main..head", None), "revision `main..head`: no such commit here", "git fetch");
    check_error(
        scratch.open("main:a.yaml", None),
        "revision `main:a.yaml`: no such commit here",
        "git fetch",
    );
    let id = "a".repeat(40);
    check_error(
        scratch.open(&id, None),
        &format!("revision `{id}`: no such commit here"),
        "git fetch origin aaa",
    );
}

#[test]
fn a_name_of_two_revisions_is_refused() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write("a.yaml", "a: 2\n").commit("second");
    // Whoever may push a tag could choose the base with it.
    scratch.git(&["tag", "main", "head"]);
    scratch.git(&["config", "core.warnAmbiguousRefs", "false"]);
    check_error(
        scratch.open("main", None),
        "revision `main`: more than one has that name, expected one",
        "refs/heads/main",
    );
    let range = scratch.open("refs/heads/main", None).unwrap();
    assert_eq!(range.changed_paths().len(), 1);
}

#[test]
fn a_shallow_clone_says_how_to_deepen_it() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    for title in ["second", "third"] {
        scratch.write("a.yaml", title).commit(title);
    }
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("b.yaml", "b: 1\n").commit("base goes on");
    let from = format!("file://{}", scratch.repo().display());
    let to = scratch.0.join("clone");
    let clone =
        ["clone", "-q", "--depth=1", "--no-single-branch", "-b", "head", from.as_str()].map(OsStr::new);
    git_in(&scratch.0, &[&clone[..], &[to.as_os_str()]].concat());
    let open = |base: &str| GitRange::open(&to, OsStr::new(base), None);
    check_error(
        open("origin/main"),
        "no common commit of `origin/main` and `HEAD`: this clone is shallow",
        "actions/checkout, set `fetch-depth: 0`",
    );
    check_error(
        open("origin/main~1"),
        "revision `origin/main~1`: no such commit here",
        "this clone is shallow",
    );
    git_in(&to, &["fetch", "-q", "--unshallow"].map(OsStr::new));
    assert_eq!(open("origin/main").unwrap().changed_paths().len(), 1);
}

#[test]
fn histories_that_never_meet_are_an_error() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.git(&["checkout", "-q", "--orphan", "alone"]);
    scratch.commit_index("alone");
    let first = "no common commit of `main` and `HEAD`: their histories are unrelated";
    check_error(scratch.open("main", None), first, "merged into");
}

#[test]
fn a_folder_without_a_repository_is_an_error() {
    let scratch = Scratch::new();
    let open = |folder: &Path| GitRange::open(folder, OsStr::new("main"), None);
    let outside = scratch.0.canonicalize().unwrap();
    check_error(open(&outside), &format!("{}: not in a git repository", outside.display()), "clone");
    let gone = outside.join("gone");
    check_error(open(&gone), &format!("{}: no folder that can be opened", gone.display()), "folder");
    // No commit at all.
    check_error(scratch.open("main", None), "revision `main`: no such commit here", "git fetch");
}

#[test]
fn bare_repositories_and_more_work_trees_are_read() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write("a.yaml", "a: 2\n").write("sub/b.yaml", "b: 1\n").commit("second");
    let expect = ["modified a.yaml yaml: /a 1>2", "added sub/b.yaml yaml: /b ->1"];
    git_in(&scratch.0, &["clone", "-q", "--bare", "repo", "bare.git"].map(OsStr::new));
    let bare = scratch.0.join("bare.git");
    let range = GitRange::open(&bare, OsStr::new("main"), Some(OsStr::new("head"))).unwrap();
    assert_eq!(
        (lines(&range.compare().unwrap()), &range.repository),
        (expect.map(str::to_owned).to_vec(), &bare)
    );
    scratch.git(&["worktree", "add", "-q", "--detach", "../tree", "head"]);
    let tree = scratch.0.join("tree");
    let range = GitRange::open(&tree, OsStr::new("main"), None).unwrap();
    assert_eq!(
        (lines(&range.compare().unwrap()), &range.repository),
        (expect.map(str::to_owned).to_vec(), &tree)
    );
    // From a folder inside, paths still begin at the top.
    scratch.git(&["config", "diff.relative", "true"]);
    let range = GitRange::open(&scratch.repo().join("sub"), OsStr::new("main"), None).unwrap();
    assert_eq!(lines(&range.compare().unwrap()), expect);
    assert_eq!(range.repository, scratch.repo());
    assert_eq!(range.file_at_head("sub/b.yaml").unwrap().unwrap(), b"b: 1\n");
}

#[test]
fn a_repository_of_sha_256_is_read() {
    let scratch = Scratch::new();
    fs::remove_dir_all(scratch.repo().join(".git")).unwrap();
    scratch.git(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    scratch.write("a.yaml", "a: 1\n").commit("first").git(&["checkout", "-q", "-b", "head"]);
    scratch.write("a.yaml", "a: 2\n").commit("second");
    check(&scratch, &["modified a.yaml yaml: /a 1>2"], &[]);
    assert_eq!(scratch.range().head.len(), 64);
}
