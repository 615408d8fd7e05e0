//! The backstop: wakes a policy that is still running at its deadline.
//!
//! One thread per engine, asleep until the earliest deadline. It raises wasmtime's epoch, at which every running store
//! calls back; one whose own deadline lies later goes on. A store that misses the call, because it was just then asking
//! for more time, is called again ten milliseconds later, and so on until it is gone. An idle gate costs no wake-up, and
//! an evaluation that ends in time costs two uncontended locks. Fuel decides; this only bounds the wall clock.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A point in time by which something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// This long from now. More than a year is a year: nobody waits for it, and the sum cannot overflow.
    pub fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration.min(Duration::from_secs(365 * 24 * 3600)))
    }

    /// How long from now. Nothing if it has passed.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
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

/// Where stores ask to be woken.
pub(crate) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
}

#[derive(Default)]
struct State {
    /// Deadlines of the stores that live, and how many have each.
    running: BTreeMap<Deadline, usize>,
    /// Until when the thread sleeps, if it has set itself a time.
    asleep_until: Option<Deadline>,
    stopping: bool,
}

/// A store's place among those that are woken; given up when the store is dropped.
pub(crate) struct Ring {
    bell: Arc<Bell>,
    deadline: Deadline,
}

impl Drop for Ring {
    fn drop(&mut self) {
        let mut state = self.bell.lock();
        if let Entry::Occupied(mut stores) = state.running.entry(self.deadline) {
            *stores.get_mut() -= 1;
            if *stores.get() == 0 {
                stores.remove();
            }
        }
    }
}

/// How soon a store that missed the call is called again.
const AGAIN: Duration = Duration::from_millis(10);

impl Watchdog {
    pub(crate) fn start(engine: wasmtime::Engine) -> std::io::Result<Self> {
        let bell = Arc::new(Bell { state: Mutex::new(State::default()), rung: Condvar::new() });
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
    /// Asks for the epoch to be raised at a deadline, and after it until the ring is dropped. Only a deadline that is
    /// earlier than what the thread sleeps for wakes it: evaluations that end in time do not.
    pub(crate) fn ring_at(self: &Arc<Self>, deadline: Deadline) -> Ring {
        let mut state = self.lock();
        *state.running.entry(deadline).or_default() += 1;
        if state.asleep_until.is_none_or(|until| deadline < until) {
            self.rung.notify_one();
        }
        Ring { bell: Arc::clone(self), deadline }
    }

    fn watch(&self, engine: &wasmtime::Engine) {
        let mut state = self.lock();
        while !state.stopping {
            let earliest = state.running.first_key_value().map(|(deadline, _)| *deadline);
            let until = match earliest {
                Some(deadline) if deadline.has_passed() => {
                    engine.increment_epoch();
                    Some(Deadline::after(AGAIN))
                }
                later => later,
            };
            state.asleep_until = until;
            state = match until {
                None => self.rung.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    self.rung.wait_timeout(state, until.left()).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// A poisoned lock holds plain deadlines, which no panic can leave half written.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
