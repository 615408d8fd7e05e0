//! The store of one evaluation: what the host keeps about a policy while it runs.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::{ResourceLimiter, Store, UpdateDeadline};

use crate::admission::Ceilings;
use crate::held::Held;
use crate::log::LogLine;
use crate::watchdog::{Bell, Deadline, DeadlinePassed};
use crate::{Limits, Shared};

/// What the host keeps about a policy while it runs. Thrown away with the instance.
pub(crate) struct Guest {
    pub(crate) limits: Limits,
    /// Time it was given: its own deadline, or what the whole check had left.
    pub(crate) time: Duration,
    pub(crate) log: Vec<LogLine>,
    pub(crate) log_calls: u64,
    pub(crate) log_bytes: u64,
    pub(crate) memory: Held,
    pub(crate) table: Held,
}

/// A fresh store with every limit set before anything of the guest runs, its start functions included.
pub(crate) fn fresh(shared: &Shared, limits: &Limits, deadline: Deadline) -> wasmtime::Result<Store<Guest>> {
    let guest = Guest {
        limits: *limits,
        time: deadline.left(),
        log: Vec::new(),
        log_calls: 0,
        log_bytes: 0,
        memory: Held::default(),
        table: Held::default(),
    };
    let mut store = Store::new(&shared.wasm, guest);
    store.limiter(|guest| guest);
    store.set_fuel(limits.fuel)?;
    store.set_hostcall_fuel(limits.copied_bytes_max);
    wake_at(&mut store, shared.watchdog.bell(), deadline);
    Ok(store)
}

/// Stops the store at its deadline. The epoch is raised for the earliest deadline of all stores, so one whose own lies
/// later goes on.
fn wake_at(store: &mut Store<Guest>, bell: &Arc<Bell>, deadline: Deadline) {
    store.set_epoch_deadline(1);
    let ring = bell.ring_at(deadline);
    store.epoch_deadline_callback(move |_| {
        // Owned by the store through this callback, so that it ends with it.
        let _held = &ring;
        if deadline.has_passed() {
            return Err(wasmtime::Error::new(DeadlinePassed));
        }
        Ok(UpdateDeadline::Continue(1))
    });
}

impl ResourceLimiter for Guest {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _max: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.memory.grow(current, desired, self.limits.memory_bytes_max))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _max: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.table.grow(current, desired, self.limits.table_elements_max))
    }

    // What `admission` lets through has at most this many; wasmtime's own defaults are 10,000 of each.
    fn instances(&self) -> usize {
        Ceilings::of(self.limits.tier).instances
    }

    fn tables(&self) -> usize {
        Ceilings::of(self.limits.tier).instances
    }

    fn memories(&self) -> usize {
        Ceilings::of(self.limits.tier).instances
    }
}
