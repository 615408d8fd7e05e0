//! The backstop: wakes a policy that is still running at its deadline.
//!
//! One thread per engine, asleep until the earliest deadline. It raises wasmtime's epoch, at which every running store
//! calls back; a store whose own deadline lies later asks to be woken again and goes on. So an idle gate costs no wake-up,
//! and an evaluation that ends in time costs one uncontended lock. Fuel decides; this only bounds the wall clock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A point in time by which something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// This long from now.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration)
    }

    /// Whether it lies behind us.
    pub fn has_passed(self) -> bool {
        Instant::now() >= self.0
    }
}

/// The deadline passed while a policy ran. Travels through wasmtime as the reason of the trap.
#[derive(Debug, thiserror::Error)]
#[error("the deadline passed")]
pub(crate) struct DeadlinePassed;

pub(crate) struct Watchdog {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

/// What a store needs to be woken again.
pub(crate) struct Bell {
    next: Mutex<Next>,
    rung: Condvar,
}

struct Next {
    wake: Option<Deadline>,
    stopping: bool,
}

impl Watchdog {
    pub(crate) fn start(engine: wasmtime::Engine) -> std::io::Result<Self> {
        let bell =
            Arc::new(Bell { next: Mutex::new(Next { wake: None, stopping: false }), rung: Condvar::new() });
        let thread = std::thread::Builder::new().name("interlock-watchdog".into()).spawn({
            let bell = Arc::clone(&bell);
            move || bell.watch(&engine)
        })?;
        Ok(Self { bell, thread: Some(thread) })
    }

    pub(crate) fn bell(&self) -> &Arc<Bell> {
        &self.bell
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.bell.lock().stopping = true;
        self.bell.rung.notify_one();
        if let Some(thread) = self.thread.take() {
            // The thread runs no code that panics; if it did, there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl Bell {
    /// Asks for the epoch to be raised at a deadline. Only an earlier one than is waited for wakes the thread.
    pub(crate) fn ring_at(&self, deadline: Deadline) {
        let mut next = self.lock();
        if next.wake.is_none_or(|wake| deadline < wake) {
            next.wake = Some(deadline);
            self.rung.notify_one();
        }
    }

    fn watch(&self, engine: &wasmtime::Engine) {
        let mut next = self.lock();
        while !next.stopping {
            next = match next.wake {
                None => self.rung.wait(next).unwrap_or_else(PoisonError::into_inner),
                Some(wake) if wake.has_passed() => {
                    next.wake = None;
                    engine.increment_epoch();
                    next
                }
                Some(Deadline(wake)) => {
                    let left = wake.saturating_duration_since(Instant::now());
                    self.rung.wait_timeout(next, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// A poisoned lock holds a plain deadline, which no panic can leave half written.
    fn lock(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
