//! Where instances get their memory: from the operating system each time, or from a pool.
//!
//! It changes what an evaluation costs and nothing of what it says; `tests/suite/engine.rs` compares the two.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use std::sync::Arc;

use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::admission::Ceilings;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use crate::cache::pages::Publisher;
use crate::slots::Slots;
use crate::{Limits, Tier, config};

/// Where instances get their memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocation {
    /// From the operating system, each anew. It starts fastest: for a process that asks once.
    #[default]
    OnDemand,
    /// From slots that are made once and wiped after each use: for a process that asks often. An evaluation that finds no
    /// slot free waits for one until its deadline.
    Pooled {
        /// Evaluations at one time, at least 1. Each takes some 10 GiB of addresses, not of memory.
        instances: u32,
    },
}

/// The engine, and how many evaluations it can hold at one time.
pub(crate) fn engine(allocation: Allocation) -> wasmtime::Result<(wasmtime::Engine, Slots)> {
    if let Allocation::Pooled { instances } = allocation {
        let instances = instances.max(1);
        let mut config = published();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(instances)));
        // A process whose addresses are limited (`ulimit -v`) has no room for a pool, and judges all the same.
        if let Ok(engine) = wasmtime::Engine::new(&config) {
            return Ok((engine, Slots::bounded(instances)));
        }
    }
    Ok((wasmtime::Engine::new(&published())?, Slots::unbounded()))
}

/// The configuration, and who makes code executable.
fn published() -> Config {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    {
        let mut config = config::config();
        config.with_custom_code_memory(Some(Arc::new(Publisher)));
        config
    }
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    config::config()
}

/// Bytes of a slot that are wiped by writing zeros instead of being given back to the operating system: 128 KiB hold what
/// a stock policy touches. `cargo bench --bench evaluate` shows what it is worth.
const KEPT_BYTES: usize = 128 << 10;
/// The same for tables, without which each evaluation pays a system call for them.
const KEPT_TABLE_BYTES: usize = 8 << 10;

/// What wasmtime keeps of one instance: a slot for each thing that it imports or defines. CPython's needs more than the
/// usual mebibyte.
const CORE_INSTANCE_BYTES: usize = 4 << 20;

/// A Rust policy has one memory and two tables. One with as many as `admission` lets through must run in a pool too, but
/// not `instances` of them at one time: the one too many is a fault, never an allow. An interpreter has many instances,
/// and no more memories or tables than that.
fn pool(instances: u32) -> PoolingAllocationConfig {
    let most = u32::try_from(Ceilings::of(Tier::Usual).instances).unwrap_or(u32::MAX);
    let most_instances = u32::try_from(Ceilings::of(Tier::Large).instances).unwrap_or(u32::MAX);
    let for_each = |usual: u32| instances.saturating_mul(usual).saturating_add(most);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(4).saturating_add(most_instances))
        .max_core_instances_per_component(most_instances)
        .max_core_instance_size(CORE_INSTANCE_BYTES)
        .total_memories(for_each(1))
        .max_memories_per_component(most)
        .total_tables(for_each(2))
        .max_tables_per_component(most)
        .max_tables_per_module(most)
        .table_elements(Limits::default().table_elements_max)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(KEPT_BYTES)
        .table_keep_resident(KEPT_TABLE_BYTES);
    pool
}
