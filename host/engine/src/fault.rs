//! From wasmtime's errors to a [`Fault`] that names the limit and what was used.

use interlock_model::{Fault, FaultPoint, OutputLimit, TrapCode, Untrusted};
use wasmtime::{Store, Trap};

use crate::config::STACK_BYTES;
use crate::log::{LogLevel, TooMuchLogged};
use crate::store::Guest;
use crate::watchdog::DeadlinePassed;

/// wasmtime's error for a policy that sends more than may be copied has no public type; G32 in `tests/hostile` holds this.
const TOO_MUCH_COPIED: &str = "too much data is being copied";

/// What an error of wasmtime means, given what the store remembers.
pub(crate) fn classify(error: &wasmtime::Error, store: &Store<Guest>, point: FaultPoint) -> Fault {
    let guest = store.data();
    let limits = &guest.limits;
    if error.is::<DeadlinePassed>() {
        let limit_ms = u64::try_from(guest.time.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
        return Fault::Deadline { point, limit_ms };
    }
    if error.is::<TooMuchLogged>() {
        return Fault::HostCalls {
            function: "log".into(),
            limit_calls: limits.log_calls_max,
            limit_bytes: limits.log_bytes_max,
        };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Fault::Fuel { point, limit: limits.fuel },
        Some(Trap::StackOverflow) => Fault::Stack { point, limit_bytes: STACK_BYTES as u64 },
        Some(trap) => refused_growth(guest, point).unwrap_or_else(|| of_trap(*trap, guest, point)),
        None => refused_growth(guest, point).unwrap_or_else(|| of_text(&text_of(error), guest)),
    }
}

/// A policy that stops after memory or table elements were refused stopped because of it.
fn refused_growth(guest: &Guest, point: FaultPoint) -> Option<Fault> {
    if let Some(asked) = guest.memory.refused {
        let limit_bytes = guest.limits.memory_bytes_max as u64;
        return Some(Fault::Memory { point, limit_bytes, asked_bytes: asked as u64 });
    }
    let asked = guest.table.refused? as u64;
    Some(Fault::Table { point, limit: guest.limits.table_elements_max as u64, asked })
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "wasmtime's traps are many and grow; the rest has one meaning here"
)]
fn of_trap(trap: Trap, guest: &Guest, point: FaultPoint) -> Fault {
    let code = match trap {
        Trap::UnreachableCodeReached => return panic_or_unreachable(guest, point),
        Trap::MemoryOutOfBounds => TrapCode::MemoryOutOfBounds,
        Trap::TableOutOfBounds => TrapCode::TableOutOfBounds,
        Trap::IndirectCallToNull => TrapCode::IndirectCallToNull,
        Trap::BadSignature => TrapCode::BadSignature,
        Trap::IntegerOverflow => TrapCode::IntegerOverflow,
        Trap::IntegerDivisionByZero => TrapCode::IntegerDivisionByZero,
        Trap::BadConversionToInteger => TrapCode::BadConversionToInteger,
        Trap::HeapMisaligned => TrapCode::HeapMisaligned,
        Trap::CannotLeaveComponent => TrapCode::CannotLeaveComponent,
        Trap::InvalidChar
        | Trap::StringOutOfBounds
        | Trap::ListOutOfBounds
        | Trap::InvalidDiscriminant
        | Trap::UnalignedPointer => return Fault::BadOutput { what: trap.to_string().into() },
        _ => TrapCode::Other,
    };
    Fault::Trap { point, code }
}

/// A Rust guest's panic ends in `unreachable`, right after its text went through `log`.
fn panic_or_unreachable(guest: &Guest, point: FaultPoint) -> Fault {
    match guest.log.last() {
        Some(line) if line.level == LogLevel::Panic => Fault::Panic { message: line.message.clone() },
        Some(_) | None => Fault::Trap { point, code: TrapCode::Unreachable },
    }
}

fn of_text(text: &str, guest: &Guest) -> Fault {
    if text.contains(TOO_MUCH_COPIED) {
        let limit = guest.limits.copied_bytes_max as u64;
        return Fault::OutputTooLarge { what: OutputLimit::Bytes, limit, used: None };
    }
    Fault::BadOutput { what: Untrusted::new(text) }
}

/// The root cause, without wasmtime's backtrace.
pub(crate) fn text_of(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}
