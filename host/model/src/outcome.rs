//! What one evaluation came to: findings, or a fault that names the limit and what was used.

use std::fmt;

use crate::{Finding, Untrusted};

/// What one policy said of one change, or how it failed to say anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It judged. No finding is its allow.
    Findings(Vec<Finding>),
    /// It did not judge. Never an allow by itself.
    Broken(Fault),
}

/// How a policy failed to judge. Each variant carries the limit that was met and what was used, so that the author
/// can mend the policy and the operator can tell a bug from an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no policy module that this engine runs.
    Load {
        /// What is wrong with it. The host's words, with the module's quoted: hostile.
        reason: Untrusted,
    },
    /// It used up its instructions. The same on every machine.
    Fuel {
        /// Where it was.
        point: FaultPoint,
        /// Units it was given; all of them were used.
        limit: u64,
    },
    /// The wall clock ran out before its fuel did: the machine was too slow or too busy. Not the same on every machine.
    Deadline {
        /// Where it was.
        point: FaultPoint,
        /// Milliseconds it was given.
        limit_ms: u64,
    },
    /// The check as a whole ran out of time before this policy was started.
    NotStarted {
        /// Milliseconds the check was given.
        limit_ms: u64,
    },
    /// It asked for more memory than it may hold, all its memories together.
    Memory {
        /// Where it was.
        point: FaultPoint,
        /// Bytes it may hold.
        limit_bytes: u64,
        /// Bytes it would have held.
        asked_bytes: u64,
    },
    /// It asked for more table elements than it may hold, all its tables together.
    Table {
        /// Where it was.
        point: FaultPoint,
        /// Elements it may hold.
        limit: u64,
        /// Elements it would have held.
        asked: u64,
    },
    /// It called itself too deeply.
    Stack {
        /// Where it was.
        point: FaultPoint,
        /// Bytes of stack it had.
        limit_bytes: u64,
    },
    /// It hit an instruction that stops it.
    Trap {
        /// Where it was.
        point: FaultPoint,
        /// Which.
        code: TrapCode,
    },
    /// It panicked and said why.
    Panic {
        /// The panic's own message, cut at the limit for log lines.
        message: Untrusted,
    },
    /// It called the host more often, or with more bytes, than it may.
    HostCalls {
        /// What it called.
        function: String,
        /// Calls it may make.
        limit_calls: u64,
        /// Bytes it may send.
        limit_bytes: u64,
    },
    /// Its answer is larger than it may be.
    OutputTooLarge {
        /// Which part.
        what: OutputLimit,
        /// The limit, in bytes or items.
        limit: u64,
        /// What it sent, as far as it was read. Absent: reading stopped before it was known.
        used: Option<u64>,
    },
    /// Its answer breaks the contract.
    BadOutput {
        /// What was found and what was expected. The host's words, with the policy's quoted: hostile.
        what: Untrusted,
    },
    /// It answered that it cannot judge.
    Refused {
        /// Its reason.
        reason: Untrusted,
    },
    /// The host itself failed. A bug of ours.
    Host {
        /// What happened.
        what: String,
    },
}

/// Where an evaluation was when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultPoint {
    /// While the instance was being made (start functions, initial memory).
    Instantiate,
    /// While it was asked about itself or its settings.
    Describe,
    /// While it was judging.
    Evaluate,
}

impl FaultPoint {
    fn name(self) -> &'static str {
        match self {
            Self::Instantiate => "while it was started",
            Self::Describe => "while it was asked about itself",
            Self::Evaluate => "while it judged",
        }
    }
}

/// Which part of an answer was too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputLimit {
    /// All of it, in bytes the host would have to copy.
    Bytes,
    /// The number of findings.
    Findings,
    /// One text, in bytes.
    Text,
    /// Locations and evidence of one finding, in items.
    Items,
}

/// Which instruction stopped a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapCode {
    /// `unreachable`, as a Rust guest's abort compiles to.
    Unreachable,
    /// A load or store outside its memory.
    MemoryOutOfBounds,
    /// A table access outside its table.
    TableOutOfBounds,
    /// An indirect call to a null entry.
    IndirectCallToNull,
    /// An indirect call with another signature.
    BadSignature,
    /// Integer overflow.
    IntegerOverflow,
    /// Division by zero.
    IntegerDivisionByZero,
    /// A conversion of something that is no integer.
    BadConversionToInteger,
    /// A misaligned atomic access.
    HeapMisaligned,
    /// It left the component where the contract forbids it (for example from `realloc`).
    CannotLeaveComponent,
    /// Any other.
    Other,
}

impl TrapCode {
    /// What happened, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "reached `unreachable`",
            Self::MemoryOutOfBounds => "read or wrote outside its memory",
            Self::TableOutOfBounds => "used a table entry that is not there",
            Self::IndirectCallToNull => "called a null function",
            Self::BadSignature => "called a function with another signature",
            Self::IntegerOverflow => "overflowed an integer",
            Self::IntegerDivisionByZero => "divided by zero",
            Self::BadConversionToInteger => "converted to an integer what is none",
            Self::HeapMisaligned => "used a misaligned atomic address",
            Self::CannotLeaveComponent => "called the host where it may not",
            Self::Other => "trapped",
        }
    }
}

impl Fault {
    /// A word for it that stays the same across versions.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Load { .. } => "load",
            Self::Fuel { .. } => "fuel",
            Self::Deadline { .. } => "deadline",
            Self::NotStarted { .. } => "not-started",
            Self::Memory { .. } => "memory",
            Self::Table { .. } => "table",
            Self::Stack { .. } => "stack",
            Self::Trap { .. } => "trap",
            Self::Panic { .. } => "panic",
            Self::HostCalls { .. } => "host-calls",
            Self::OutputTooLarge { .. } => "output-too-large",
            Self::BadOutput { .. } => "bad-output",
            Self::Refused { .. } => "refused",
            Self::Host { .. } => "host",
        }
    }

    /// Whether the same bytes give the same fault on every machine. The wall clock's faults do not, and are never kept.
    pub fn is_repeatable(&self) -> bool {
        match self {
            // How much stack a call takes depends on the processor it was compiled for.
            Self::Deadline { .. } | Self::NotStarted { .. } | Self::Stack { .. } | Self::Host { .. } => false,
            Self::Load { .. }
            | Self::Fuel { .. }
            | Self::Memory { .. }
            | Self::Table { .. }
            | Self::Trap { .. }
            | Self::Panic { .. }
            | Self::HostCalls { .. }
            | Self::OutputTooLarge { .. }
            | Self::BadOutput { .. }
            | Self::Refused { .. } => true,
        }
    }

    /// What more there is to say, in the policy's words or with them quoted. Hostile.
    pub fn said(&self) -> Option<&Untrusted> {
        match self {
            Self::Load { reason } => Some(reason),
            Self::Panic { message } => Some(message),
            Self::BadOutput { what } => Some(what),
            Self::Refused { reason } => Some(reason),
            Self::Fuel { .. }
            | Self::Deadline { .. }
            | Self::NotStarted { .. }
            | Self::Memory { .. }
            | Self::Table { .. }
            | Self::Stack { .. }
            | Self::Trap { .. }
            | Self::HostCalls { .. }
            | Self::OutputTooLarge { .. }
            | Self::Host { .. } => None,
        }
    }
}

impl fmt::Display for Fault {
    /// One line in the host's own words, safe to print; what the policy said is [`Fault::said`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load { .. } => f.write_str("is no policy module that this engine runs"),
            Self::Fuel { point, limit } => {
                write!(f, "used all of its {limit} units of fuel {}", point.name())
            }
            Self::Deadline { point, limit_ms } => {
                write!(f, "was not done after {limit_ms} ms {}", point.name())
            }
            Self::NotStarted { limit_ms } => {
                write!(f, "was not started: the check had used its {limit_ms} ms before")
            }
            Self::Memory { point, limit_bytes, asked_bytes } => {
                write!(f, "asked for {asked_bytes} bytes of memory {}, limit {limit_bytes}", point.name())
            }
            Self::Table { point, limit, asked } => {
                write!(f, "asked for {asked} table elements {}, limit {limit}", point.name())
            }
            Self::Stack { point, limit_bytes } => {
                write!(f, "used all of its {limit_bytes} bytes of stack {}", point.name())
            }
            Self::Trap { point, code } => write!(f, "{} {}", code.name(), point.name()),
            Self::Panic { .. } => f.write_str("panicked"),
            Self::HostCalls { function, limit_calls, limit_bytes } => {
                write!(
                    f,
                    "called `{function}` more than {limit_calls} times or with more than {limit_bytes} bytes"
                )
            }
            Self::OutputTooLarge { what, limit, used } => {
                let (part, unit) = match what {
                    OutputLimit::Bytes => ("an answer", "bytes"),
                    OutputLimit::Findings => ("an answer", "findings"),
                    OutputLimit::Text => ("a text", "bytes"),
                    OutputLimit::Items => ("a list", "items"),
                };
                match used {
                    Some(used) => write!(f, "sent {part} of {used} {unit}, limit {limit}"),
                    None => write!(f, "sent {part} of more than {limit} {unit}"),
                }
            }
            Self::BadOutput { .. } => f.write_str("sent an answer that breaks the contract"),
            Self::Refused { .. } => f.write_str("answered that it cannot judge"),
            Self::Host { what } => write!(f, "could not be run by the host: {what}"),
        }
    }
}
