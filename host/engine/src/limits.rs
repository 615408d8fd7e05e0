//! Every limit of an evaluation, in one place: what it bounds, its unit, its default, and what one sees at the edge.
//!
//! To add one: a field here with these five answers, the code that applies it, a `Fault` it ends in, and a guest in
//! `tests/hostile/` that dies of it. `tests/suite/hostile.rs` says which limit has no such guest.

use std::time::Duration;

/// How large a policy may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tier {
    /// Compiled from a language that needs nothing beside it: Rust, C.
    #[default]
    Usual,
    /// An interpreter with the policy in it: JavaScript, Python. It is a hundred times as large as a usual policy, takes as
    /// much longer to compile, and asks for milliseconds where a usual one asks for microseconds.
    Large,
}

/// What one policy may use for one change. Each evaluation starts with all of it; nothing carries over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How much a module may have of what multiplies when it is compiled (functions, instances, nested components). Default
    /// usual. Above it: [`LoadError::TooMany`](crate::LoadError::TooMany). [`Limits::of`] has the other limits of a tier.
    pub tier: Tier,
    /// Most bytes a module may have before it is looked at. Default 8 MiB, per module.
    /// Above it: [`LoadError::TooLarge`](crate::LoadError::TooLarge).
    pub module_bytes_max: usize,
    /// Units of fuel, roughly instructions; one per byte for bulk operations, 255 per page of memory grown. Default
    /// 200 million (about 0.1 s), per evaluation. The same on every machine. At the edge: [`Fault::Fuel`].
    ///
    /// [`Fault::Fuel`]: interlock_model::Fault::Fuel
    pub fuel: u64,
    /// Wall clock for one evaluation. Default 2 s: twenty times what the fuel takes on an idle machine, because a busy
    /// machine is not the policy's fault. At the edge: [`Fault::Deadline`], which is never repeatable.
    ///
    /// [`Fault::Deadline`]: interlock_model::Fault::Deadline
    pub deadline: Duration,
    /// Most bytes of linear memory, all memories of a policy together. Default 64 MiB. At the edge `memory.grow` answers
    /// -1; if the policy stops after that, it is [`Fault::Memory`](interlock_model::Fault::Memory).
    pub memory_bytes_max: usize,
    /// Most elements in tables, all tables together. Default 20,000. At the edge `table.grow` answers -1; if the policy
    /// stops after that, it is [`Fault::Table`](interlock_model::Fault::Table).
    pub table_elements_max: usize,
    /// Most calls of `log`. Default 1,000, per evaluation. Above it: [`Fault::HostCalls`](interlock_model::Fault::HostCalls).
    pub log_calls_max: u64,
    /// Most bytes sent to `log`, all calls together, as far as they are kept. Default 64 KiB. Above it:
    /// [`Fault::HostCalls`](interlock_model::Fault::HostCalls).
    pub log_bytes_max: u64,
    /// Most findings in an answer. Default 1,000. Above it: [`Fault::OutputTooLarge`](interlock_model::Fault::OutputTooLarge).
    pub findings_max: usize,
    /// Most locations and evidence of one finding, each. Default 100. Above it: as above.
    pub items_max: usize,
    /// Most bytes of one text in an answer. Default 4 KiB. Above it: as above. A log line is cut there.
    pub text_bytes_max: usize,
    /// Most bytes of all texts of an answer. Default 256 KiB. Above it: as above.
    pub output_bytes_max: usize,
    /// Most bytes that cross from the policy to the host in one call, counting records as well as texts. Default 1 MiB:
    /// it stops the copying before it starts, where the limits above count what was copied. Above it: as above.
    pub copied_bytes_max: usize,
}

impl Limits {
    /// The limits of a tier.
    pub fn of(tier: Tier) -> Self {
        match tier {
            Tier::Usual => Self::default(),
            // Of 18 MiB of CPython, 12 MiB of StarlingMonkey and 2 MiB of QuickJS. What an interpreter does for one edit
            // takes a hundred times the fuel that compiled code takes; the deadline stays twenty times what the fuel takes.
            Tier::Large => Self {
                tier,
                module_bytes_max: 22 << 20,
                fuel: 1_000_000_000,
                deadline: Duration::from_secs(10),
                ..Self::default()
            },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tier: Tier::Usual,
            module_bytes_max: 8 << 20,
            fuel: 200_000_000,
            deadline: Duration::from_secs(2),
            memory_bytes_max: 64 << 20,
            table_elements_max: 20_000,
            log_calls_max: 1_000,
            log_bytes_max: 64 << 10,
            findings_max: 1_000,
            items_max: 100,
            text_bytes_max: 4 << 10,
            output_bytes_max: 256 << 10,
            copied_bytes_max: 1 << 20,
        }
    }
}
