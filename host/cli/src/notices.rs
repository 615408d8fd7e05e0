//! What a person is told while policies are loaded, on standard error: that the first compilation takes a moment, and
//! that a compiled module was not trusted or could not be kept. None of it changes an answer.

use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use interlock::Notice;
use interlock_model::Untrusted;

/// How long a compilation may take before a person is told what they wait for.
const PATIENCE: Duration = Duration::from_millis(500);

/// Tells, and waits with what may not be worth telling.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<State>);

#[derive(Default)]
struct State {
    /// Started with the first module that is compiled. Dropping the sender ends the thread.
    waiting: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
    /// A cache that cannot be written is told once, not once for each policy.
    not_kept: OnceLock<()>,
}

impl Notices {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Who listens to the gate while it loads.
    pub(crate) fn listener(&self) -> impl Fn(Notice) + Send + Sync + 'static {
        let notices = self.clone();
        move |notice| notices.hear(&notice)
    }

    /// Everything is loaded.
    pub(crate) fn end(&self) {
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, thread)) = waiting {
            drop(sender);
            // It has nothing to say that would be lost.
            let _ = thread.join();
        }
    }

    fn hear(&self, notice: &Notice) {
        match notice {
            Notice::Compiling(_) => self.wait(),
            Notice::Distrusted(policy, why) => {
                let why = Untrusted::from(why.to_string()).quoted();
                say(&format!(
                    "warning: the compiled module of `{policy}` was not used and is made again: {why}"
                ));
            }
            Notice::NotKept(_, error) => {
                if self.0.not_kept.set(()).is_ok() {
                    let why = Untrusted::from(error.to_string()).quoted();
                    say(&format!(
                        "warning: compiled policies cannot be kept, so each run compiles them: {why}"
                    ));
                }
            }
        }
    }

    fn wait(&self) {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_some() {
            return;
        }
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                say("compiling the policies for this machine; the next run finds them ready");
            }
        });
        *waiting = Some((sender, thread));
    }
}

/// Nobody is left to tell if standard error is closed.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
