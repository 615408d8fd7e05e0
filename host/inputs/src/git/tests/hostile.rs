//! What a repository brings that must not be run, followed or believed.

use super::*;

/// A repository that names a program wherever configuration and attributes can, and whose programs leave a
/// mark.
#[cfg(unix)]
fn trapped() -> Scratch {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\nc: 2\nd: 3\ne: 4\n")]);
    let trap = scratch.0.join("trap");
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $@\" >> {}\ncat\n", scratch.0.join("mark").display()))
        .unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let trap = trap.to_str().unwrap().to_owned();
    scratch.git(&["mv", "b.yaml", "c.yaml"]);
    scratch.write("a.yaml", "a: 2\n").write("c.yaml", "b: 1\nc: 2\nd: 3\ne: 5\n").commit("second");
    // With an extension of the index that asks the monitor as soon as the index is read.
    scratch.git(&["-c", "core.fsmonitor=true", "update-index", "--fsmonitor"]);
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "core.askPass",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "gpg.program",
        "pager.diff-tree",
        "pager.rev-list",
        "interactive.diffFilter",
        "credential.helper",
    ] {
        scratch.git(&["config", key, &trap]);
    }
    scratch.git(&["config", "log.showSignature", "true"]);
    for hook in ["post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"] {
        let hooks = scratch.repo().join(".git/hooks");
        fs::create_dir_all(&hooks).unwrap();
        fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    scratch.write(".git/info/attributes", "* diff=trap filter=trap\n");
    scratch.write(".gitattributes", "* diff=trap filter=trap\n");
    let _ = fs::remove_file(scratch.0.join("mark"));
    scratch
}

#[test]
#[cfg(unix)]
fn nothing_that_a_repository_names_is_run() {
    let scratch = trapped();
    let range = scratch.range();
    let compared = range.compare().unwrap();
    assert_eq!(lines(&compared), ["modified a.yaml yaml: /a 1>2", "renamed b.yaml -> c.yaml yaml: /e 4>5"]);
    assert_eq!(range.file_at_base("a.yaml").unwrap().unwrap(), b"a: 1\n");
    assert_eq!(range.file_at_head("a.yaml").unwrap().unwrap(), b"a: 2\n");
    assert_eq!(range.head_words().unwrap().title, "second");
    let mark = fs::read_to_string(scratch.0.join("mark"));
    assert!(mark.is_err(), "{mark:?}");
}

#[test]
#[cfg(unix)]
fn the_traps_do_go_off() {
    let scratch = trapped();
    let traps = ["diff", "main", "head"].map(OsStr::new);
    git_in(&scratch.repo(), &traps);
    assert!(scratch.0.join("mark").exists(), "`git diff` runs what diff.external names");
}

#[test]
fn what_stands_in_for_an_object_is_not_read() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write("a.yaml", "a: 2\n").commit("second");
    let (harmless, real) = (scratch.blob("a: 1\n"), scratch.git(&["rev-parse", "head:a.yaml"]));
    scratch.git(&["replace", &real, &harmless]);
    check(&scratch, &["modified a.yaml yaml: /a 1>2"], &[]);
    // A graft that says the head is its own beginning.
    scratch.write(".git/info/grafts", scratch.git(&["rev-parse", "head"]) + "\n");
    check(&scratch, &["modified a.yaml yaml: /a 1>2"], &[]);
}

#[test]
fn an_object_that_is_not_here_is_not_fetched() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write("a.yaml", "a: 2\n").commit("second");
    scratch.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", scratch.repo().display());
    let to = scratch.0.join("clone");
    let clone =
        ["clone", "-q", "--filter=blob:none", "--no-checkout", "-b", "head", from.as_str()].map(OsStr::new);
    git_in(&scratch.0, &[&clone[..], &[to.as_os_str()]].concat());
    let range = GitRange::open(&to, OsStr::new("origin/main"), None).unwrap();
    let error = range.compare().unwrap_err().to_string();
    assert!(error.contains("not in this clone, and nothing is fetched"), "{error}");
    let error = range.file_at_base("a.yaml").unwrap_err().to_string();
    assert!(error.contains("not in this clone"), "{error}");
    // As the help says.
    git_in(&to, &["fetch", "-q", "--refetch", "--no-filter"].map(OsStr::new));
    assert_eq!(lines(&range.compare().unwrap()), ["modified a.yaml yaml: /a 1>2"]);
}

#[test]
fn a_repository_with_a_lost_object_is_an_error() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    scratch.write("a.yaml", "a: 2\n").commit("second");
    let id = scratch.git(&["rev-parse", "head:a.yaml"]);
    let (folder, name) = id.split_at(2);
    fs::remove_file(scratch.repo().join(".git/objects").join(folder).join(name)).unwrap();
    let error = scratch.range().compare().unwrap_err();
    assert!(matches!(error, GitError::Missing { .. }), "{error}");
}

#[test]
fn a_file_of_the_base_is_a_regular_file_inside() {
    let scratch = Scratch::new();
    scratch.write("dir/set.yaml", "v: 1\n");
    scratch.git(&["add", "-A"]);
    scratch.cache("120000", &scratch.blob("dir"), "link").cache(
        "120000",
        &scratch.blob("x"),
        "dir/link.yaml",
    );
    scratch.cache("160000", &"1".repeat(40), "sub").commit_index("first");
    let range = scratch.range();
    for path in ["dir/set.yaml", "./dir/set.yaml", "dir/./set.yaml"] {
        assert_eq!(range.file_at_base(path).unwrap().unwrap(), b"v: 1\n", "{path}");
    }
    for path in ["gone.yaml", "dir/gone.yaml", "gone/set.yaml", "dir/set.yaml/x", "-x", "dir/*.yaml", ":/dir"]
    {
        assert_eq!(range.file_at_base(path).unwrap(), None, "{path}");
    }
    for (path, part) in [
        ("dir", "a folder"),
        ("dir/link.yaml", "a symbolic link"),
        ("link/set.yaml", "a symbolic link"),
        ("sub", "a submodule"),
        ("sub/set.yaml", "a submodule"),
        ("../repo/dir/set.yaml", "has `..` in it"),
        ("dir/../dir/set.yaml", "has `..` in it"),
        ("/dir/set.yaml", "begins with `/`"),
        ("dir/", "an empty name"),
        ("", "an empty name"),
        (".", "an empty name"),
        ("a\0b", "a NUL"),
    ] {
        let error = range.file_at_base(path).unwrap_err().to_string();
        assert!(error.contains(part), "{path}: {error}");
    }
}

#[test]
fn a_file_of_the_base_has_a_largest_size() {
    let scratch = Scratch::new();
    scratch.write("fits.wasm", vec![0; 8 << 20]).write("large.wasm", vec![0; (8 << 20) + 1]).commit("first");
    let range = scratch.range();
    assert_eq!(range.file_at_base("fits.wasm").unwrap().unwrap().len(), 8 << 20);
    let error = range.file_at_base("large.wasm").unwrap_err().to_string();
    assert!(error.contains("8388609 bytes, expected at most 8388608 (8 MiB)"), "{error}");
}

/// Only the superuser may give files away; for anybody else, git's words alone are tried.
#[test]
#[cfg(unix)]
fn a_repository_of_somebody_else_is_explained() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    let given = |path: PathBuf| std::os::unix::fs::chown(path, Some(54_321), None).is_ok();
    let error = if given(scratch.repo()) && given(scratch.repo().join(".git")) {
        scratch.open("main", None).map(|range| range.head).unwrap_err()
    } else {
        let said = "fatal: detected dubious ownership in repository at '/x'".to_owned();
        let git = Git::in_folder(&scratch.repo()).unwrap();
        git.failed(&["rev-parse"], &running::Answer { out: Vec::new(), said, code: Some(128) })
    };
    assert!(matches!(error, GitError::NotOurs { .. }), "{error}");
    assert!(error.to_string().contains("git config --global --add safe.directory"), "{error}");
}

#[test]
fn messages_are_safe_for_a_terminal() {
    let scratch = Scratch::of(&[("a.yaml", "a: 1\n")]);
    let error = scratch.open("x\u{1b}[31m::error::", None).map(|range| range.head).unwrap_err().to_string();
    assert!(error.is_ascii() && !error.contains('\u{1b}') && !error.contains("::"), "{error}");
}
