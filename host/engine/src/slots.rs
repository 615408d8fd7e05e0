//! How many evaluations a pooled engine can hold at one time, and waiting for one of them to end.
//!
//! Pure std. `store` takes a slot before it makes a store and gives it back when the store ends.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::watchdog::Deadline;

/// The slots of an engine.
#[derive(Clone)]
pub(crate) struct Slots(Option<Arc<Free>>);

struct Free {
    count: Mutex<u32>,
    returned: Condvar,
}

/// A slot that is taken. Dropping it gives it back.
pub(crate) struct Slot(Option<Arc<Free>>);

impl Slots {
    /// As many as are asked for.
    pub(crate) fn unbounded() -> Self {
        Self(None)
    }

    /// So many and no more.
    pub(crate) fn bounded(count: u32) -> Self {
        Self(Some(Arc::new(Free { count: Mutex::new(count), returned: Condvar::new() })))
    }

    /// Takes a slot, or waits for one. `None`: there was none until the deadline.
    pub(crate) fn take(&self, deadline: Deadline) -> Option<Slot> {
        let Some(free) = &self.0 else { return Some(Slot(None)) };
        let count = free.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = free.returned.wait_timeout_while(count, deadline.left(), |count| *count == 0);
        let (mut count, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *count == 0 {
            return None;
        }
        *count -= 1;
        Some(Slot(Some(Arc::clone(free))))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(free) = &self.0 {
            *free.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            free.returned.notify_one();
        }
    }
}
