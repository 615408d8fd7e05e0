//! Hostile and odd change documents, as data: `tests/inputs/*.yaml`, one file per class.
//!
//! A case is a text (or bytes, or a text repeated), and either `reads: true` or the line, the column and the words of the
//! refusal. `row` numbers the catalogue the classes are taken from; a row that cannot reach a change document is listed
//! with its reason, so that none is forgotten. Files that are no files are trials of their own, at the end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use interlock_inputs::{CHANGE_BYTES_MAX, FileError, Syntax, read_change, read_file, tzdb_version};
use interlock_model::{Change, ChangeDocument};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// What `lines` of a case stand below, so that a case shows only what it is about. Its first own line is line 3.
const ABOVE: &str = "id: a\nkind: config\n";
const CLASSES: &[(&str, &str)] = &[
    ("a-size-and-shape", include_str!("../inputs/a-size-and-shape.yaml")),
    ("b-two-readers", include_str!("../inputs/b-two-readers.yaml")),
    ("c-encoding", include_str!("../inputs/c-encoding.yaml")),
    ("d-numbers", include_str!("../inputs/d-numbers.yaml")),
    ("e-time", include_str!("../inputs/e-time.yaml")),
    ("keys-and-types", include_str!("../inputs/keys-and-types.yaml")),
];
/// Rows of the catalogue that are about documents: sizes and shapes, disagreeing readers, encodings, numbers, times.
const ROWS: &[std::ops::RangeInclusive<u32>] = &[1..=17, 21..=84];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Class {
    cases: Vec<Case>,
    #[serde(default)]
    out_of_reach: Vec<OutOfReach>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutOfReach {
    row: u32,
    why: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    #[serde(default)]
    row: Option<u32>,
    case: String,
    #[serde(default)]
    json: bool,
    /// The document. Exactly one of the next four.
    text: Option<String>,
    lines: Option<String>,
    hex: Option<String>,
    repeat: Option<Repeat>,
    #[serde(default)]
    reads: bool,
    /// `zone instant weekday date minute-of-day`, for a document that reads.
    start_moments: Option<Vec<String>>,
    line: Option<u32>,
    column: Option<u32>,
    /// Part of the message and help, in this order.
    #[serde(default)]
    says: Vec<String>,
}

/// `prefix`, then `text` so many times with `{n}` counted up, then `suffix`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    #[serde(default)]
    prefix: String,
    text: String,
    times: usize,
    #[serde(default)]
    suffix: String,
}

impl Case {
    fn bytes(&self) -> Result<Vec<u8>, Failed> {
        match (&self.text, &self.lines, &self.hex, &self.repeat) {
            (Some(text), None, None, None) => Ok(text.clone().into_bytes()),
            (None, Some(lines), None, None) => Ok(format!("{ABOVE}{lines}").into_bytes()),
            (None, None, Some(hex), None) => from_hex(hex),
            (None, None, None, Some(repeat)) => Ok(repeat.bytes()),
            _ => Err("a case has exactly one of text, lines, hex and repeat".into()),
        }
    }

    fn syntax(&self) -> Syntax {
        if self.json { Syntax::Json } else { Syntax::Yaml }
    }
}

impl Repeat {
    fn bytes(&self) -> Vec<u8> {
        let Self { prefix, text, times, suffix } = self;
        let counted = text.contains("{n}");
        let all: String = match counted {
            true => (0..*times).map(|n| text.replace("{n}", &n.to_string())).collect(),
            false => text.repeat(*times),
        };
        format!("{prefix}{all}{suffix}").into_bytes()
    }
}

fn from_hex(hex: &str) -> Result<Vec<u8>, Failed> {
    hex.split_whitespace().map(|pair| u8::from_str_radix(pair, 16).map_err(Failed::from)).collect()
}

/// All trials of this module.
pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("inputs/every row of the catalogue has a case or a reason", every_row),
        Trial::test("inputs/two readers agree on every document that is read", two_readers_agree),
        Trial::test("inputs/the time zone database has a version", the_database_has_a_version),
    ];
    for (class, text) in CLASSES {
        match serde_yaml::from_str::<Class>(text) {
            Ok(read) => trials.extend(read.cases.into_iter().map(|case| case_trial(class, case))),
            Err(error) => {
                let message = format!("tests/inputs/{class}.yaml: {error}");
                trials.push(Trial::test(format!("inputs/{class}"), || Err(message.into())));
            }
        }
    }
    trials.extend(file_trials());
    trials
}

fn case_trial(class: &str, case: Case) -> Trial {
    let row = case.row.map(|row| format!("{row:02} ")).unwrap_or_default();
    Trial::test(format!("inputs/{class}/{row}{}", case.case), move || judge(&case))
}

fn judge(case: &Case) -> Result<(), Failed> {
    let bytes = case.bytes()?;
    match (read_change("c", &bytes, case.syntax()), case.reads) {
        (Ok(document), true) => check_moments(case, &document),
        (Ok(document), false) => Err(format!("was read: {:?}", document.change).into()),
        (Err(error), true) => Err(format!("was refused: {error}").into()),
        (Err(error), false) => check_refusal(case, &error.to_string()),
    }
}

fn check_moments(case: &Case, document: &ChangeDocument) -> Result<(), Failed> {
    let Some(expected) = &case.start_moments else { return Ok(()) };
    let moments = document.change.schedule.iter().flat_map(|schedule| &schedule.start_moments);
    let found: Vec<String> = moments
        .map(|m| format!("{} {} {:?} {} {}", m.zone, m.at, m.weekday, m.date, m.minute_of_day))
        .collect();
    if found == *expected { Ok(()) } else { Err(format!("moments: {found:?}").into()) }
}

/// The first problem's place, and the words in their order; also that a message is printable and not a page long.
fn check_refusal(case: &Case, error: &str) -> Result<(), Failed> {
    let (Some(line), Some(column)) = (case.line, case.column) else {
        return Err(format!("no place given: {error}").into());
    };
    let place = format!("c:{line}:{column}: ");
    let mut rest = error.strip_prefix(place.as_str()).ok_or_else(|| format!("not at {place}{error}"))?;
    for words in &case.says {
        rest = rest
            .split_once(words.as_str())
            .ok_or_else(|| format!("does not say `{words}` there: {error}"))?
            .1;
    }
    if case.says.is_empty() || !error.contains("\nhelp: ") {
        return Err(format!("nothing expected of the words, or no help: {error}").into());
    }
    if error.chars().any(|c| c.is_control() && c != '\n')
        || error.lines().any(|line| line.chars().count() > 900)
    {
        return Err(format!("not fit for a terminal: {error:?}").into());
    }
    Ok(())
}

fn every_row() -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    for (class, text) in CLASSES {
        let read: Class = serde_yaml::from_str(text).map_err(|error| format!("{class}: {error}"))?;
        seen.extend(read.cases.iter().filter_map(|case| case.row));
        seen.extend(read.out_of_reach.iter().filter(|row| !row.why.is_empty()).map(|row| row.row));
    }
    seen.extend(file_rows());
    let missing: Vec<u32> = ROWS.iter().cloned().flatten().filter(|row| !seen.contains(row)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no case for rows {missing:?}").into()) }
}

fn the_database_has_a_version() -> Result<(), Failed> {
    let version = tzdb_version();
    let known = version.len() == 5 && version.starts_with("20");
    if known { Ok(()) } else { Err(format!("version `{version}`").into()) }
}

/// Whatever we read, another reader (libyaml by way of `serde_yaml`) reads the same, and so does our JSON reader.
fn two_readers_agree() -> Result<(), Failed> {
    let mut documents = Vec::new();
    find_documents(&Path::new(ROOT).join("tests"), &mut documents)?;
    let mut texts: Vec<(String, String)> = documents;
    for (class, text) in CLASSES {
        let read: Class = serde_yaml::from_str(text).map_err(|error| format!("{class}: {error}"))?;
        let yaml = read.cases.into_iter().filter(|case| case.reads && !case.json);
        for case in yaml {
            let text = String::from_utf8(case.bytes()?)?;
            texts.push((format!("{class}: {}", case.case), text));
        }
    }
    let mut compared = 0;
    for (name, text) in &texts {
        let Ok(document) = read_change(name, text.as_bytes(), Syntax::Yaml) else { continue };
        compared += 1;
        agree(text, document.change).map_err(|error| format!("{name}: {error}"))?;
    }
    if compared < 10 { Err(format!("only {compared} documents were read").into()) } else { Ok(()) }
}

fn agree(text: &str, ours: Change) -> Result<(), String> {
    let theirs: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    let json = serde_json::to_string(&theirs).map_err(|error| error.to_string())?;
    let again = read_change("c", json.as_bytes(), Syntax::Json).map_err(|error| error.to_string())?.change;
    if again == ours { Ok(()) } else { Err(format!("{again:?}\n{ours:?}")) }
}

/// Every YAML file below a folder; those that are no change documents are not read, and so not compared.
fn find_documents(folder: &Path, found: &mut Vec<(String, String)>) -> Result<(), Failed> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_documents(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "json") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn file_rows() -> [u32; 2] {
    [4, 5]
}

#[cfg(not(unix))]
fn file_trials() -> Vec<Trial> {
    Vec::new()
}

#[cfg(unix)]
fn file_trials() -> Vec<Trial> {
    let trial = |name: &str, run: fn(&Path) -> Result<(), Failed>| {
        let folder = name.replace(' ', "-");
        Trial::test(format!("inputs/files/{name}"), move || in_folder(&folder, run))
    };
    vec![
        trial("04 a file within the cap is read", |folder| {
            let path = folder.join("full");
            std::fs::write(&path, vec![b' '; CHANGE_BYTES_MAX])?;
            if read_file(&path)?.len() == CHANGE_BYTES_MAX { Ok(()) } else { Err("cut short".into()) }
        }),
        trial("04 a sparse file of a gibibyte", |folder| {
            let path = folder.join("sparse");
            std::fs::File::create(&path)?.set_len(1 << 30)?;
            refused(&path, "more than 1048576 bytes")
        }),
        trial("04 a device that never ends", |_| refused(Path::new("/dev/zero"), "a device")),
        trial("04 a link to a device", |folder| {
            std::os::unix::fs::symlink("/dev/zero", folder.join("link"))?;
            refused(&folder.join("link"), "a device")
        }),
        trial("04 a folder", |folder| refused(folder, "a directory")),
        trial("04 a pipe nobody writes to", |folder| {
            let path = folder.join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&path).status()?;
            if made.success() { refused(&path, "a pipe") } else { Err("mkfifo".into()) }
        }),
        trial("04 a socket", |folder| {
            let path = folder.join("s");
            let _listener = std::os::unix::net::UnixListener::bind(&path)?;
            refused(&path, "a socket")
        }),
        trial("04 the memory of this process", |_| {
            if !cfg!(target_os = "linux") {
                return Ok(());
            }
            refused(Path::new("/proc/self/mem"), "/proc/self/mem")
        }),
        trial("04 nothing there", |folder| refused(&folder.join("none\u{1b}[31m"), "none\\u{1b}[31m")),
        trial("05 a file that grows while it is read", a_growing_file),
    ]
}

/// However much is appended meanwhile, no more than the cap comes back.
#[cfg(unix)]
fn a_growing_file(folder: &Path) -> Result<(), Failed> {
    use std::io::Write as _;
    let path = folder.join("growing");
    let mut file = std::fs::File::create(&path)?;
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || (0..64).try_for_each(|_| file.write_all(&[b' '; 64 * 1024])));
        let mut read = Vec::new();
        while !writer.is_finished() {
            read.push(read_file(&path));
        }
        read.push(read_file(&path));
        let bounded = read.iter().all(|read| match read {
            Ok(bytes) => bytes.len() <= CHANGE_BYTES_MAX,
            Err(error) => matches!(error, FileError::TooLarge { .. }),
        });
        let refused_at_last = matches!(read.last(), Some(Err(FileError::TooLarge { .. })));
        if bounded && refused_at_last { Ok(()) } else { Err("more than the cap was read".into()) }
    })
}

#[cfg(unix)]
fn refused(path: &Path, says: &str) -> Result<(), Failed> {
    match read_file(path) {
        Ok(bytes) => Err(format!("{} bytes were read", bytes.len()).into()),
        Err(error) if error.to_string().contains(says) && error.to_string().contains("\nhelp: ") => Ok(()),
        Err(error) => Err(format!("does not say `{says}`: {error}").into()),
    }
}

#[cfg(unix)]
fn in_folder(name: &str, run: fn(&Path) -> Result<(), Failed>) -> Result<(), Failed> {
    let folder: PathBuf = std::env::temp_dir().join(format!("interlock-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = run(&folder);
    std::fs::remove_dir_all(&folder)?;
    result
}
