//! Contents of objects: all sizes first, then the bytes of those that may be read, one after the other.
//!
//! One `git cat-file` for each of the two, whatever the number of files. Requests are written by a thread of
//! their own, so that neither side waits for the other, and at most two contents are held ahead of whoever
//! takes them.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::ChildStdout;
use std::sync::mpsc::{self, Receiver, SyncSender};

use super::GitError;
use super::command::Git;
use super::running::Running;

/// Bytes of a line that says what an object is: an id, a type, a number.
const HEADER_BYTES_MAX: u64 = 128;
/// Contents that are read ahead.
const AHEAD: usize = 1;

const ODD: GitError = GitError::Unexpected { command: "cat-file", what: "an odd line" };

/// The sizes of blobs. One that this clone does not hold is not in it.
pub(super) fn sizes(git: &Git, ids: &[&str]) -> Result<HashMap<String, u64>, GitError> {
    let bytes_max = ids.len().saturating_mul(HEADER_BYTES_MAX as usize);
    let out = git.output(&["cat-file", "--batch-check", "--buffer"], requests(ids), bytes_max)?;
    let lines: Vec<&[u8]> = out.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.len() != ids.len() {
        return Err(ODD);
    }
    let mut sizes = HashMap::with_capacity(ids.len());
    for (id, line) in ids.iter().zip(lines) {
        if let Some(size) = size_of(id, line)? {
            sizes.insert((*id).to_owned(), size);
        }
    }
    Ok(sizes)
}

/// Contents on their way, in the order of the requests.
pub(super) struct Blobs {
    running: Running,
    received: Receiver<io::Result<Vec<u8>>>,
}

impl Blobs {
    /// Asks for objects whose sizes are known.
    pub(super) fn ask(git: &Git, wanted: Vec<(String, u64)>) -> Result<Self, GitError> {
        let ids: Vec<&str> = wanted.iter().map(|(id, _)| id.as_str()).collect();
        let mut running = git.start(&["cat-file", "--batch", "--buffer"], requests(&ids))?;
        let stdout = running.stdout()?;
        let (send, received) = mpsc::sync_channel(AHEAD);
        running.thread(move || read_all(stdout, &wanted, &send))?;
        Ok(Self { running, received })
    }

    /// The next content.
    pub(super) fn next(&mut self) -> Result<Vec<u8>, GitError> {
        self.running.next(&self.received)?.map_err(|reason| GitError::Unstartable { reason })
    }
}

fn requests(ids: &[&str]) -> Vec<u8> {
    ids.iter().flat_map(|id| [id.as_bytes(), b"\n"]).flatten().copied().collect()
}

/// `ID blob SIZE`, or `ID missing`.
fn size_of(id: &str, line: &[u8]) -> Result<Option<u64>, GitError> {
    let line = std::str::from_utf8(line).ok().and_then(|line| line.strip_suffix('\n')).ok_or(ODD)?;
    let mut words = line.split(' ');
    match (words.next() == Some(id), words.next(), words.next()) {
        (true, Some("missing"), None) => Ok(None),
        (true, Some("blob"), Some(size)) => size.parse().map(Some).map_err(|_| ODD),
        _ => Err(ODD),
    }
}

/// Ends at the first thing that is odd, or when nobody takes what comes.
fn read_all(stdout: ChildStdout, wanted: &[(String, u64)], send: &SyncSender<io::Result<Vec<u8>>>) {
    let mut reader = BufReader::new(stdout);
    for (id, size) in wanted {
        let content = read_one(&mut reader, id, *size);
        let last = content.is_err();
        if send.send(content).is_err() || last {
            return;
        }
    }
}

fn read_one(reader: &mut BufReader<ChildStdout>, id: &str, size: u64) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    reader.by_ref().take(HEADER_BYTES_MAX).read_until(b'\n', &mut header)?;
    if header != format!("{id} blob {size}\n").as_bytes() {
        return Err(io::Error::other("an object is not what it was a moment ago"));
    }
    let mut content = Vec::new();
    reader.by_ref().take(size.saturating_add(1)).read_to_end(&mut content)?;
    match content.pop() {
        Some(b'\n') if content.len() as u64 == size => Ok(content),
        Some(_) | None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
