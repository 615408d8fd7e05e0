//! A git that runs: what it writes is bounded while it is read, and one that is silent for too long is
//! stopped.
//!
//! Each of its pipes has a thread of its own, so that neither side waits for the other. `command` starts it.

use std::io::{self, Read, Write as _};
use std::process::{Child, ChildStdout};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use super::GitError;

/// Bytes of what git says about a failure that are kept.
const SAID_BYTES_MAX: u64 = 4096;

/// What became of a command that ended.
pub(super) struct Answer {
    pub(super) out: Vec<u8>,
    /// What it said beside, cut.
    pub(super) said: String,
    pub(super) code: Option<i32>,
}

/// A git that runs. Dropped before its end, it is stopped.
pub(super) struct Running {
    child: Option<Child>,
    said: Receiver<String>,
    name: String,
    silence_max: Duration,
}

impl Running {
    /// A process whose three pipes are ours.
    pub(super) fn of(
        mut child: Child,
        name: String,
        input: Vec<u8>,
        silence_max: Duration,
    ) -> Result<Self, GitError> {
        let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
        let (_, said) = mpsc::sync_channel(0);
        let mut running = Self { child: Some(child), said, name, silence_max };
        // A git that ends early closes its side: what it says then tells more than the broken pipe.
        running.thread(move || stdin.map(|mut stdin| stdin.write_all(&input)))?;
        running.said = running.thread(move || stderr.map(words).unwrap_or_default())?;
        Ok(running)
    }

    /// Reads it to its end. More bytes than `bytes_max` are an error, and it is stopped there.
    pub(super) fn answer(mut self, bytes_max: usize) -> Result<Answer, GitError> {
        let stdout = self.stdout()?;
        let out = self.thread(move || at_most(stdout, bytes_max))?;
        let out = self.next(&out)?.map_err(|reason| GitError::Unstartable { reason })?;
        if out.len() > bytes_max {
            return Err(GitError::TooMuchSaid { command: self.name.clone(), bytes_max });
        }
        let (said, code) = self.end()?;
        Ok(Answer { out, said, code })
    }

    /// What it writes. There once.
    pub(super) fn stdout(&mut self) -> Result<ChildStdout, GitError> {
        let stdout = self.child.as_mut().and_then(|child| child.stdout.take());
        stdout.ok_or_else(|| GitError::Unstartable { reason: io::ErrorKind::BrokenPipe.into() })
    }

    /// What comes next of a thread that reads it. A thread that waits for a git that hangs is left behind.
    pub(super) fn next<T>(&self, from: &Receiver<T>) -> Result<T, GitError> {
        from.recv_timeout(self.silence_max).map_err(|error| match error {
            RecvTimeoutError::Timeout => {
                GitError::Silent { command: self.name.clone(), seconds: self.silence_max.as_secs() }
            }
            RecvTimeoutError::Disconnected => {
                GitError::Unstartable { reason: io::ErrorKind::BrokenPipe.into() }
            }
        })
    }

    /// What it said and how it ended. Its output was read to the end.
    pub(super) fn end(mut self) -> Result<(String, Option<i32>), GitError> {
        let said = self.next(&self.said)?;
        let status = self.child.take().map(|mut child| child.wait()).transpose();
        let status = status.map_err(|reason| GitError::Unstartable { reason })?;
        Ok((said, status.and_then(|status| status.code())))
    }

    pub(super) fn thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Receiver<T>, GitError> {
        let (send, receive) = mpsc::sync_channel(1);
        thread(move || drop(send.send(work())))?;
        Ok(receive)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        child.kill().ok();
        // Until somebody has waited for it, a process that ended is still in the table. It may take its time.
        thread(move || drop(child.wait())).ok();
    }
}

/// A thread of its own; where the system has none left, that is an error.
fn thread(work: impl FnOnce() + Send + 'static) -> Result<(), GitError> {
    let spawned = std::thread::Builder::new().name("git".into()).spawn(work);
    spawned.map(drop).map_err(|reason| GitError::Unstartable { reason })
}

fn at_most(stdout: ChildStdout, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stdout.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first words of a stream, which is read to its end all the same: git would wait for that.
fn words(mut stderr: impl Read) -> String {
    let mut bytes = Vec::new();
    stderr.by_ref().take(SAID_BYTES_MAX).read_to_end(&mut bytes).ok();
    io::copy(&mut stderr, &mut io::sink()).ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// What a shell script writes, read as git is.
    fn script(script: &str, silence_max: Duration, bytes_max: usize) -> Result<Vec<u8>, GitError> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let running = Running::of(command.spawn().unwrap(), "log".into(), Vec::new(), silence_max)?;
        running.answer(bytes_max).map(|answer| answer.out)
    }

    #[test]
    fn a_git_that_hangs_is_stopped() {
        for hangs in ["exec tail -f /dev/null", "echo a; exec tail -f /dev/null", "tail -f /dev/null & wait"]
        {
            let hung = script(hangs, Duration::from_millis(50), 10);
            assert!(matches!(hung, Err(GitError::Silent { .. })), "{hung:?}");
        }
    }

    #[test]
    fn a_git_that_writes_without_end_is_stopped() {
        const LONG: Duration = Duration::from_secs(60);
        let endless = script("exec cat /dev/zero", LONG, 1000);
        assert!(matches!(endless, Err(GitError::TooMuchSaid { bytes_max: 1000, .. })), "{endless:?}");
        // Much on the other pipe holds nobody up.
        let loud = script("head -c 1000000 /dev/zero >&2; echo done", LONG, 1000);
        assert_eq!(loud.unwrap(), b"done\n");
    }
}
