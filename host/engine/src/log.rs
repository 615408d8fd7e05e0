//! The one thing a policy may call: `log`, bounded in calls and bytes, never part of a verdict.

use interlock_model::Untrusted;
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::interlock::policy::log::{self as contract, Host, Level};
use crate::since_0_1;
use crate::store::Guest;

/// One line a policy wrote for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How loud.
    pub level: LogLevel,
    /// What it says, cut at the limit for one text.
    pub message: Untrusted,
}

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// For the policy's author while writing it.
    Debug,
    /// Worth knowing.
    Info,
    /// Odd.
    Warn,
    /// The policy is about to stop.
    Panic,
}

/// A policy logged more than it may. Travels through wasmtime as the reason of the trap.
#[derive(Debug, thiserror::Error)]
#[error("too much was logged")]
pub(crate) struct TooMuchLogged;

/// Everything a policy may import, in each version of the contract, and nothing else.
pub(crate) fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    contract::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest| guest)?;
    since_0_1::add_to_linker(&mut linker)?;
    Ok(linker)
}

impl Host for Guest {
    fn log(&mut self, level: Level, mut message: String) -> wasmtime::Result<()> {
        self.cut(&mut message);
        self.log_calls += 1;
        self.log_bytes += message.len() as u64;
        if self.log_calls > self.limits.log_calls_max || self.log_bytes > self.limits.log_bytes_max {
            return Err(wasmtime::Error::new(TooMuchLogged));
        }
        let level = match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Panic => LogLevel::Panic,
        };
        self.log.push(LogLine { level, message: message.into() });
        Ok(())
    }
}

impl Guest {
    /// Cuts a text at the limit for one text, at a character's border.
    fn cut(&self, message: &mut String) {
        let mut end = self.limits.text_bytes_max.min(message.len());
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
    }
}
