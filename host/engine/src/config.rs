//! The one configuration of wasmtime.
//!
//! Everything a policy has no use for is off: each proposal that is off is a class of advisories that cannot apply.
//! `tests/suite/engine.rs` compiles this file for itself, feeds it a module for each and expects it refused.

use wasmtime::{Config, OperatorCost, Strategy, WasmBacktraceDetails, WasmFeatures};

/// Bytes of stack a policy may use. A policy is loops over lists; what goes deeper is lost.
pub(crate) const STACK_BYTES: usize = 256 * 1024;

/// The version of wasmtime this is built with. `tests/suite/tidy` compares it with Cargo.lock.
pub(crate) const WASMTIME_VERSION: &str = "48.0.8";

/// The configuration, without where instances get their memory; that is `allocation`.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .consume_fuel(true)
        .operator_cost(costs())
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        // A fault names the trap and where the policy was; nobody reads frames of a stripped module. Without them compiled
        // code is half as large, and a cold `check` waits for its bytes. The environment has no say in it either.
        .wasm_backtrace_max_frames(None)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(false)
        .native_unwind_info(false)
        // A policy's data is some twenty KiB: copying it costs less than an image in memory that each module has to make
        // when it is loaded, and each instance to map (a sixth of a cold `check`, 2026-11-22).
        .memory_init_cow(false)
        // The same bytes from NaN on every machine.
        .cranelift_nan_canonicalization(true)
        // Compiled in because builds without it abort (RUSTSEC-2026-0570), and switched off here.
        .gc_support(false)
        // Streams, futures and threads of components: the advisories of October 2026.
        .concurrency_support(false);
    for feature in SWITCHED_OFF {
        config.wasm_features(*feature, false);
    }
    config
}

/// Multi-memory is not here: 48.0.8 panics on some components when it is off. `admission` refuses more than one memory
/// per module instead.
const SWITCHED_OFF: &[WasmFeatures] = &[
    WasmFeatures::THREADS,
    WasmFeatures::SHARED_EVERYTHING_THREADS,
    WasmFeatures::TAIL_CALL,
    WasmFeatures::RELAXED_SIMD,
    WasmFeatures::SIMD,
    WasmFeatures::MEMORY64,
    WasmFeatures::CUSTOM_PAGE_SIZES,
    WasmFeatures::WIDE_ARITHMETIC,
    WasmFeatures::EXCEPTIONS,
    WasmFeatures::LEGACY_EXCEPTIONS,
    WasmFeatures::STACK_SWITCHING,
    WasmFeatures::FUNCTION_REFERENCES,
    WasmFeatures::GC,
    WasmFeatures::CM_ASYNC,
    WasmFeatures::CM_ASYNC_STACKFUL,
    WasmFeatures::CM_ERROR_CONTEXT,
];

/// Growing memory costs the host a page fault per page and would cost the guest nothing by default.
fn costs() -> OperatorCost {
    let mut costs = OperatorCost::new();
    costs.variable.memory_grow_per_page = 255;
    costs
}
