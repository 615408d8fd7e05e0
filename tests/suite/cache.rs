//! Compiled modules at hand: whatever state the cache is in, the answer is the same, and nothing that could have been
//! touched is loaded.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, anyhow, ensure};
use interlock_engine::{Deadline, Engine, LoadNote, ModuleCache};
use interlock_model::{Outcome, Phase};
use libtest_mimic::Trial;

use crate::support::{Test, engine, question, read, root, some_time, trials_of};

pub fn trials() -> Vec<Trial> {
    let tests: &[Test] = &[
        ("found-the-second-time", found_the_second_time),
        ("every-touched-file-is-compiled-again", every_touched_file_is_compiled_again),
        ("a-folder-that-is-not-ours-is-not-used", a_folder_that_is_not_ours_is_not_used),
        ("a-hidden-swap-of-two-modules", a_hidden_swap_of_two_modules),
        ("kept-for-the-owner-alone", kept_for_the_owner_alone),
        ("the-oldest-go", the_oldest_go),
        ("full-disk-and-read-only-home", full_disk_and_read_only_home),
        ("one-module-bound-twice", one_module_bound_twice),
        ("two-processes-at-one-time", two_processes_at_one_time),
        ("kept-code-lives-as-long-as-its-module", kept_code_lives_as_long_as_its_module),
        #[cfg(target_os = "linux")]
        ("code-is-never-writable", code_is_never_writable),
    ];
    trials_of("cache", tests)
}

/// A folder of this trial's own, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("interlock-cache-{}-{number}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn cache(&self) -> ModuleCache {
        ModuleCache::at(self.0.join("cache"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const POLICY: &str = "staged-rollout";

fn module(id: &str) -> Result<&'static [u8]> {
    Ok(interlock_stock::module(id).context("a stock policy")?.bytes)
}

/// What the policy says of the replay, and what was told while it was loaded.
fn loaded(engine: &Engine, cache: &ModuleCache, id: &str) -> Result<(Outcome, Vec<String>)> {
    let told = RefCell::new(Vec::new());
    let tell = |note: LoadNote| {
        told.borrow_mut().push(match note {
            LoadNote::Compiling => "compiling".to_owned(),
            LoadNote::Distrusted(why) => format!("distrusted: {why}"),
            LoadNote::NotKept(error) => format!("not kept: {error}"),
        });
    };
    let module = engine.load_through(cache, module(id)?, &Default::default(), &tell);
    let module = module.map_err(|error| anyhow!("{error}"))?;
    let document = read(&root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))?;
    let asked = question(Phase::Deploy, some_time());
    let deadline = Deadline::after(std::time::Duration::from_secs(60));
    let outcome = module.evaluate(&document.change, &asked, &vec![], deadline).outcome;
    Ok((outcome, told.into_inner()))
}

fn without_cache() -> Result<Outcome> {
    let nowhere = Scratch::new()?;
    Ok(loaded(engine(), &nowhere.cache(), POLICY)?.0)
}

/// The one file of a cache.
fn only_file(cache: &ModuleCache) -> Result<PathBuf> {
    let mut files = fs::read_dir(cache.folder())?;
    let file = files.next().context("a file")??.path();
    ensure!(files.next().is_none(), "one module, one file");
    Ok(file)
}

fn found_the_second_time() -> Result<()> {
    let scratch = Scratch::new()?;
    let (first, told) = loaded(engine(), &scratch.cache(), POLICY)?;
    ensure!(told == ["compiling"], "{told:?}");
    // Another engine, as another process has one.
    let another = Engine::new()?;
    let (second, told) = loaded(&another, &scratch.cache(), POLICY)?;
    ensure!(told.is_empty() && second == first, "{told:?}");
    Ok(())
}

/// What can be done to the file, and the words for it.
type Tamper = (&'static str, fn(&Path) -> Result<()>, &'static str);

const TAMPERS: &[Tamper] = &[
    ("a byte of the code", |file| flip(file, 5_000), "its bytes are not those"),
    ("the last byte", |file| flip_from_end(file, 1), "its bytes are not those"),
    ("a byte of what it says of itself", |file| flip_from_end(file, 600), "its bytes are not those"),
    ("a byte of the module's digest", |file| flip_from_end(file, 512 - 120), "its bytes are not those"),
    ("a byte of the sum", |file| flip_from_end(file, 512 - 200), "its bytes are not those"),
    ("a byte of the build", |file| flip_from_end(file, 512 - 25), "another version or configuration"),
    ("the form", |file| flip_from_end(file, 512), "another version or configuration"),
    (
        "a byte less",
        |file| {
            rewrite(file, |bytes| {
                bytes.pop();
            })
        },
        "another version or configuration",
    ),
    ("a byte more", |file| rewrite(file, |bytes| bytes.push(0)), "another version or configuration"),
    ("nothing in it", |file| rewrite(file, Vec::clear), "its bytes are not those"),
    ("readable for others", |file| mode(file, 0o644), "open to others"),
    ("writable for others", |file| mode(file, 0o602), "open to others"),
    (
        "a link to itself elsewhere",
        |file| {
            let elsewhere = file.with_extension("elsewhere");
            fs::rename(file, &elsewhere)?;
            Ok(symlink(elsewhere, file)?)
        },
        "is a link",
    ),
    ("a second name", |file| Ok(fs::hard_link(file, file.with_extension("second"))?), "a second name"),
    (
        "a folder",
        |file| {
            fs::remove_file(file)?;
            Ok(fs::create_dir(file)?)
        },
        "no regular file",
    ),
    (
        "a pipe",
        |file| {
            fs::remove_file(file)?;
            ensure!(Command::new("mkfifo").arg(file).status()?.success(), "a pipe");
            mode(file, 0o600)
        },
        "no regular file",
    ),
    (
        "compiled code of somebody else",
        |file| {
            let theirs = wasmtime::Engine::default().precompile_component(module(POLICY)?);
            Ok(fs::write(file, theirs.map_err(|error| anyhow!("{error}"))?)?)
        },
        "its bytes are not those|another version",
    ),
];

fn every_touched_file_is_compiled_again() -> Result<()> {
    let expected = without_cache()?;
    for (name, tamper, why) in TAMPERS {
        let scratch = Scratch::new()?;
        let cache = scratch.cache();
        loaded(engine(), &cache, POLICY)?;
        tamper(&only_file(&cache)?).with_context(|| (*name).to_owned())?;
        let (outcome, told) = loaded(engine(), &cache, POLICY)?;
        ensure!(outcome == expected, "{name}: another answer");
        let told_why = told.first().is_some_and(|first| why.split('|').any(|why| first.contains(why)));
        ensure!(told_why && told.get(1).is_some_and(|it| it == "compiling"), "{name}: {told:?}");
        // A folder in its place cannot be replaced by a file; everything else is mended.
        if *name != "a folder" {
            let (outcome, told) = loaded(engine(), &cache, POLICY)?;
            ensure!(outcome == expected && told.is_empty(), "{name}: not mended, {told:?}");
        }
    }
    Ok(())
}

fn flip(file: &Path, at: usize) -> Result<()> {
    rewrite(file, |bytes| bytes[at] ^= 1)
}

fn flip_from_end(file: &Path, before: usize) -> Result<()> {
    rewrite(file, |bytes| {
        let at = bytes.len() - before;
        bytes[at] ^= 1;
    })
}

fn rewrite(file: &Path, edit: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
    let mut bytes = fs::read(file)?;
    edit(&mut bytes);
    Ok(fs::write(file, bytes)?)
}

fn mode(path: &Path, mode: u32) -> Result<()> {
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

fn a_folder_that_is_not_ours_is_not_used() -> Result<()> {
    let expected = without_cache()?;
    let open = Scratch::new()?;
    loaded(engine(), &open.cache(), POLICY)?;
    mode(open.cache().folder(), 0o755)?;
    let linked = Scratch::new()?;
    loaded(engine(), &linked.cache(), POLICY)?;
    let link = linked.0.join("link");
    symlink(linked.cache().folder(), &link)?;
    let foreign = foreign_folder()?;
    for (name, cache, why) in [
        ("a mode for all", open.cache(), "open to others"),
        ("a link", ModuleCache::at(link), "cannot be read"),
        ("another owner", ModuleCache::at(&foreign.0), "belongs to somebody else"),
    ] {
        let (outcome, told) = loaded(engine(), &cache, POLICY)?;
        ensure!(outcome == expected, "{name}: another answer");
        ensure!(told.first().is_some_and(|first| first.contains(why)), "{name}: {told:?}");
        ensure!(told.iter().any(|line| line.starts_with("not kept")), "{name}: it was written to, {told:?}");
    }
    Ok(())
}

/// A folder of somebody else's: made for it if we may give folders away, and the system's own if not.
fn foreign_folder() -> Result<Scratch> {
    let scratch = Scratch::new()?;
    mode(&scratch.0, 0o700)?;
    match std::os::unix::fs::chown(&scratch.0, Some(54_321), None) {
        Ok(()) => Ok(scratch),
        Err(_) => Ok(Scratch(PathBuf::from("/usr"))),
    }
}

/// A genuine file of another module under this one's name.
fn a_hidden_swap_of_two_modules() -> Result<()> {
    let (ours, theirs) = (Scratch::new()?, Scratch::new()?);
    loaded(engine(), &ours.cache(), POLICY)?;
    loaded(engine(), &theirs.cache(), "change-window")?;
    fs::copy(only_file(&theirs.cache())?, only_file(&ours.cache())?)?;
    let (outcome, told) = loaded(engine(), &ours.cache(), POLICY)?;
    ensure!(outcome == without_cache()? && told.len() == 2, "{told:?}");
    Ok(())
}

fn kept_for_the_owner_alone() -> Result<()> {
    let scratch = Scratch::new()?;
    loaded(engine(), &scratch.cache(), POLICY)?;
    let bits = |path: &Path| -> Result<u32> { Ok(fs::metadata(path)?.permissions().mode() & 0o777) };
    ensure!(bits(scratch.cache().folder())? == 0o700, "the folder");
    ensure!(bits(&only_file(&scratch.cache())?)? == 0o600, "the file");
    Ok(())
}

/// An author who edits a policy all day leaves a file behind each time.
fn the_oldest_go() -> Result<()> {
    let scratch = Scratch::new()?;
    loaded(engine(), &scratch.cache(), POLICY)?;
    for number in 0..200 {
        let name = format!("{number:064}.compiled");
        let file = fs::File::create(scratch.cache().folder().join(name))?;
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(number))?;
    }
    let (_, told) = loaded(engine(), &scratch.cache(), "change-window")?;
    ensure!(told == ["compiling"], "{told:?}");
    ensure!(fs::read_dir(scratch.cache().folder())?.count() == 128, "so many are kept");
    for kept in [POLICY, "change-window"] {
        ensure!(loaded(engine(), &scratch.cache(), kept)?.1.is_empty(), "`{kept}` is young");
    }
    Ok(())
}

/// The whole command, in a shell that limits it. The first line is run before it.
fn check_in_shell(before: &str, cache_home: &Path) -> Result<Output> {
    let line = format!(
        "{before}; exec \"$0\" check tests/incidents/2023-11-12-alibaba/change-config.yaml --at 2023-11-12T09:30Z"
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_interlock")]).current_dir(root());
    Ok(shell.env("XDG_CACHE_HOME", cache_home).output()?)
}

fn full_disk_and_read_only_home() -> Result<()> {
    let scratch = Scratch::new()?;
    let sound = check_in_shell(":", &scratch.0.join("sound"))?;
    ensure!(sound.status.code() == Some(1), "{}", String::from_utf8_lossy(&sound.stderr));
    let full_home = scratch.0.join("full");
    for (name, before, home) in [
        // A file may grow to 96 KiB and no further, as on a disk that has just so much left. No compiled module is
        // that small, and the memory of a policy, which is a file too, is smaller.
        ("a full disk", "trap '' XFSZ; ulimit -f 192", full_home.as_path()),
        ("a home where nobody can write", ":", Path::new("/proc/nobody")),
        ("a home that is a file", ":", Path::new("/dev/null")),
    ] {
        let output = check_in_shell(before, home)?;
        ensure!(output.stdout == sound.stdout && output.status == sound.status, "{name}: another answer");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let warnings =
            said.lines().filter(|line| line.starts_with("warning: compiled policies cannot be kept"));
        ensure!(warnings.count() == 1, "{name}: told once: {said}");
    }
    let left = fs::read_dir(full_home.join("interlock"))?.count();
    ensure!(left == 0, "a full disk leaves no half of a file behind, found {left}");
    Ok(())
}

/// As a policy set may do it: under two names, with two sorts of settings.
fn one_module_bound_twice() -> Result<()> {
    let scratch = Scratch::new()?;
    let told = std::sync::Mutex::new(Vec::new());
    let load = || -> Result<()> {
        let tell = |note: LoadNote| {
            if let LoadNote::NotKept(error) = note {
                told.lock().expect("no panic").push(error.to_string());
            }
        };
        engine()
            .load_through(&scratch.cache(), module(POLICY)?, &Default::default(), &tell)
            .map(|_| ())
            .map_err(|error| anyhow!("{error}"))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(load)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    let told = told.into_inner().expect("no panic");
    ensure!(told.is_empty(), "each was kept: {told:?}");
    only_file(&scratch.cache())?;
    let (_, told) = loaded(engine(), &scratch.cache(), POLICY)?;
    ensure!(told.is_empty(), "what is left is whole: {told:?}");
    Ok(())
}

/// Both compile, both write, both answer; what is left is whole.
fn two_processes_at_one_time() -> Result<()> {
    let scratch = Scratch::new()?;
    let outputs = std::thread::scope(|scope| {
        let each: Vec<_> = (0..3).map(|_| scope.spawn(|| check_in_shell(":", &scratch.0))).collect();
        each.into_iter().map(|it| it.join().expect("no panic")).collect::<Result<Vec<_>>>()
    })?;
    ensure!(outputs.iter().all(|output| output.stdout == outputs[0].stdout), "one answer");
    let again = check_in_shell(":", &scratch.0)?;
    ensure!(again.stderr.is_empty(), "{}", String::from_utf8_lossy(&again.stderr));
    Ok(())
}

/// Modules of one engine lie side by side in memory of ours; each is run after others came and went.
fn kept_code_lives_as_long_as_its_module() -> Result<()> {
    let scratch = Scratch::new()?;
    let engine = Engine::new().map_err(|error| anyhow!("{error}"))?;
    let cache = scratch.cache();
    let fresh: Vec<(Outcome, Vec<String>)> =
        STAY.iter().map(|id| loaded(&engine, &cache, id)).collect::<Result<_>>()?;
    let load = |id: &str| {
        let module = engine.load_through(&cache, module(id)?, &Default::default(), &|_| {});
        module.map_err(|error| anyhow!("{error}"))
    };
    let document = read(&root().join("tests/incidents/2023-11-12-alibaba/change-config.yaml"))?;
    let asked = question(Phase::Deploy, some_time());
    for _ in 0..20 {
        let mut modules = STAY.iter().map(|id| load(id)).collect::<Result<Vec<_>>>()?;
        // A clone outlives the module it was made of, and the first loaded outlives the engine's own handle.
        let kept = modules.first().context("a module")?.clone();
        modules.drain(..STAY.len() - 1);
        modules.push(load(STAY[1])?);
        let judged = [(0, &kept), (STAY.len() - 1, &modules[0]), (1, &modules[1])];
        for (index, module) in judged {
            let said = module.evaluate(&document.change, &asked, &vec![], deadline()).outcome;
            ensure!(said == fresh[index].0, "`{}` says {said:?}", STAY[index]);
        }
    }
    Ok(())
}

fn deadline() -> Deadline {
    Deadline::after(std::time::Duration::from_secs(60))
}

const STAY: [&str; 3] = [POLICY, "canary-evidence", "config-sanity"];

/// No page of this process can be written and run, whatever other trials load meanwhile.
#[cfg(target_os = "linux")]
fn code_is_never_writable() -> Result<()> {
    let scratch = Scratch::new()?;
    let engine = Engine::new().map_err(|error| anyhow!("{error}"))?;
    loaded(&engine, &scratch.cache(), POLICY)?;
    let module = engine.load_through(&scratch.cache(), module(POLICY)?, &Default::default(), &|_| {});
    let module = module.map_err(|error| anyhow!("{error}"))?;
    let maps = fs::read_to_string("/proc/self/maps")?;
    let rights = maps.lines().filter_map(|line| line.split(' ').nth(1));
    ensure!(!rights.clone().any(|it| it.contains('w') && it.contains('x')), "writable code:\n{maps}");
    ensure!(rights.clone().any(|it| it.contains('x')), "no code at all:\n{maps}");
    drop(module);
    Ok(())
}
