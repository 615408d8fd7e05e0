//! What a range of a repository costs, by how many files it changes, and what one large file does: reading it is to grow
//! with what is read and with nothing else. Nothing is judged here; `evaluate` has that.

#![allow(missing_docs, clippy::expect_used, reason = "a bench that cannot run has to stop")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use interlock_inputs::{GitRange, Range, compare_texts, merge, statements_in};

/// A repository of its own in the target folder, made anew.
fn repository(files: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("range-{files}"));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder");
    git(&root, &["init", "-q", "-b", "main"]);
    // Nothing in the background while something is measured.
    git(&root, &["config", "gc.auto", "0"]);
    for (branch, limit) in [("main", 100), ("head", 120)] {
        if branch == "head" {
            git(&root, &["checkout", "-q", "-b", "head"]);
        }
        for number in 0..files {
            let folder = root.join(format!("service-{}", number / 100));
            fs::create_dir_all(&folder).expect("a folder");
            let text = format!(
                "name: service-{number}\nlimits:\n  requests-per-s: {limit}\n  burst: 20\nregions: [eu, us, ap]\n"
            );
            fs::write(folder.join(format!("limits-{number}.yaml")), text).expect("a file");
        }
        git(&root, &["add", "-A"]);
        git(&root, &["-c", "user.name=b", "-c", "user.email=b@b", "commit", "-q", "-m", branch]);
    }
    // As a clone has them; loose objects cost a file each.
    git(&root, &["gc", "-q"]);
    root
}

fn git(folder: &Path, arguments: &[&str]) {
    let ended = Command::new("git").current_dir(folder).args(arguments).status();
    assert!(ended.expect("git runs").success(), "git {arguments:?}");
}

fn ranges(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("range");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for files in [100, 1_000, 10_000] {
        let root = repository(files);
        group.throughput(Throughput::Elements(files as u64));
        group.bench_function(BenchmarkId::new("changed files", files), |bencher| {
            bencher.iter(|| {
                let range =
                    GitRange::open(&root, OsStr::new("main"), Some(OsStr::new("head"))).expect("a range");
                let compared = range.compare().expect("it is read");
                assert_eq!(compared.files.len(), files);
                let statements = statements_in(&compared);
                merge(Range { name: &range.name(), compared: Some(compared) }, statements).expect("a change")
            });
        });
    }
    group.finish();
}

/// Rows as a list of hosts has them: some forty bytes and four values each.
fn rows(bytes: usize, limit: u32) -> String {
    let mut text = String::from("hosts:\n");
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&format!(
            "  - name: host-{number}.example.org\n    zone: eu-central-1a\n    weight: {limit}\n"
        ));
        number += 1;
    }
    text
}

fn large(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one YAML file");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for mebibytes in [1, 2, 5] {
        let before = rows(mebibytes << 20, 10);
        let after = before.replacen("weight: 10", "weight: 11", 1);
        group.throughput(Throughput::Bytes(2 * before.len() as u64));
        group.bench_function(BenchmarkId::new("MiB", mebibytes), |bencher| {
            bencher.iter(|| {
                let compared = compare_texts("hosts.yaml", Some(before.as_bytes()), Some(after.as_bytes()));
                assert_eq!(
                    compared.files.first().and_then(|file| file.edits.as_ref()).map(Vec::len),
                    Some(1)
                );
                compared
            });
        });
    }
    group.finish();
}

criterion_group!(benches, ranges, large);
criterion_main!(benches);
