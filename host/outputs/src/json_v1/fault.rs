//! How a policy failed, on the wire: one flat form for every fault, so that a reader needs no case for each.

use interlock_model::{Fault, FaultPoint, OutputLimit, TrapCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::convert::raw;

/// How a policy failed to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FaultV1 {
    /// Which failure.
    pub kind: FaultKindV1,
    /// One line in the host's words.
    pub message: String,
    /// What the policy itself said about it, or the host with the module's words quoted. Hostile until escaped. Absent:
    /// nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Where the evaluation was. Absent: the failure has no such place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<FaultPointV1>,
    /// Which instruction stopped it. Present exactly if `kind` is `trap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trap: Option<TrapV1>,
    /// The host function it called. Present exactly if `kind` is `host-calls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The limits that were met. Empty: none was.
    pub limits: Vec<LimitV1>,
    /// Whether the same bytes give the same failure on every machine.
    pub repeatable: bool,
}

/// Which failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKindV1 {
    /// It is no policy module that this engine runs.
    Load,
    /// It used up its instructions.
    Fuel,
    /// The wall clock ran out: the machine was too slow or too busy.
    Deadline,
    /// The check ran out of time before this policy was started.
    NotStarted,
    /// It asked for too much memory.
    Memory,
    /// It asked for too many table elements.
    Table,
    /// It called itself too deeply.
    Stack,
    /// It hit an instruction that stops it.
    Trap,
    /// It panicked.
    Panic,
    /// It called the host too often, or with too many bytes.
    HostCalls,
    /// Its answer is too large.
    OutputTooLarge,
    /// Its answer breaks the contract.
    BadOutput,
    /// It answered that it cannot judge.
    Refused,
    /// The host itself failed.
    Host,
}

/// Where an evaluation was when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultPointV1 {
    /// While the instance was being made.
    Instantiate,
    /// While it was asked about itself.
    Describe,
    /// While it was judging.
    Evaluate,
}

/// Which instruction stopped a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are WebAssembly's own terms")]
pub enum TrapV1 {
    Unreachable,
    MemoryOutOfBounds,
    TableOutOfBounds,
    IndirectCallToNull,
    BadSignature,
    IntegerOverflow,
    IntegerDivisionByZero,
    BadConversionToInteger,
    HeapMisaligned,
    CannotLeaveComponent,
    Other,
}

/// A limit that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LimitV1 {
    /// What is limited, and in which unit.
    pub of: LimitOfV1,
    /// What was allowed.
    pub allowed: u64,
    /// What was used or asked for. Absent: more than allowed, how much is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<u64>,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimitOfV1 {
    /// Units of fuel.
    Fuel,
    /// Wall clock, milliseconds.
    WallClockMs,
    /// Linear memory, all memories together, bytes.
    MemoryBytes,
    /// Table elements, all tables together.
    TableElements,
    /// Stack, bytes.
    StackBytes,
    /// Calls of the host.
    HostCalls,
    /// Bytes sent with calls of the host.
    HostCallBytes,
    /// The whole answer, bytes.
    OutputBytes,
    /// Findings in one answer.
    Findings,
    /// One text, bytes.
    TextBytes,
    /// Locations and evidence of one finding.
    Items,
}

impl From<&Fault> for FaultV1 {
    fn from(fault: &Fault) -> Self {
        let blank = Self {
            kind: FaultKindV1::Host,
            message: fault.to_string(),
            said: fault.said().map(raw),
            point: None,
            trap: None,
            function: None,
            limits: Vec::new(),
            repeatable: fault.is_repeatable(),
        };
        match fault {
            Fault::Load { reason: _said } => Self { kind: FaultKindV1::Load, ..blank },
            Fault::Fuel { point, limit } => {
                let limits = vec![LimitOfV1::Fuel.met(*limit, Some(*limit))];
                Self { kind: FaultKindV1::Fuel, point: Some((*point).into()), limits, ..blank }
            }
            Fault::Deadline { point, limit_ms } => {
                let limits = vec![LimitOfV1::WallClockMs.met(*limit_ms, None)];
                Self { kind: FaultKindV1::Deadline, point: Some((*point).into()), limits, ..blank }
            }
            Fault::NotStarted { limit_ms } => {
                let limits = vec![LimitOfV1::WallClockMs.met(*limit_ms, None)];
                Self { kind: FaultKindV1::NotStarted, limits, ..blank }
            }
            Fault::Memory { point, limit_bytes, asked_bytes } => {
                let limits = vec![LimitOfV1::MemoryBytes.met(*limit_bytes, Some(*asked_bytes))];
                Self { kind: FaultKindV1::Memory, point: Some((*point).into()), limits, ..blank }
            }
            Fault::Table { point, limit, asked } => {
                let limits = vec![LimitOfV1::TableElements.met(*limit, Some(*asked))];
                Self { kind: FaultKindV1::Table, point: Some((*point).into()), limits, ..blank }
            }
            Fault::Stack { point, limit_bytes } => {
                let limits = vec![LimitOfV1::StackBytes.met(*limit_bytes, None)];
                Self { kind: FaultKindV1::Stack, point: Some((*point).into()), limits, ..blank }
            }
            Fault::Trap { point, code } => {
                let trap = Some((*code).into());
                Self { kind: FaultKindV1::Trap, point: Some((*point).into()), trap, ..blank }
            }
            Fault::Panic { message: _said } => Self { kind: FaultKindV1::Panic, ..blank },
            Fault::HostCalls { function, limit_calls, limit_bytes } => {
                let limits = vec![
                    LimitOfV1::HostCalls.met(*limit_calls, None),
                    LimitOfV1::HostCallBytes.met(*limit_bytes, None),
                ];
                Self { kind: FaultKindV1::HostCalls, function: Some(function.clone()), limits, ..blank }
            }
            Fault::OutputTooLarge { what, limit, used } => {
                let limits = vec![LimitOfV1::from(*what).met(*limit, *used)];
                Self { kind: FaultKindV1::OutputTooLarge, limits, ..blank }
            }
            Fault::BadOutput { what: _said } => Self { kind: FaultKindV1::BadOutput, ..blank },
            Fault::Refused { reason: _said } => Self { kind: FaultKindV1::Refused, ..blank },
            // It is part of the message.
            Fault::Host { what: _told } => blank,
        }
    }
}

impl LimitOfV1 {
    fn met(self, allowed: u64, used: Option<u64>) -> LimitV1 {
        LimitV1 { of: self, allowed, used }
    }
}

impl From<OutputLimit> for LimitOfV1 {
    fn from(what: OutputLimit) -> Self {
        match what {
            OutputLimit::Bytes => Self::OutputBytes,
            OutputLimit::Findings => Self::Findings,
            OutputLimit::Text => Self::TextBytes,
            OutputLimit::Items => Self::Items,
        }
    }
}

impl From<FaultPoint> for FaultPointV1 {
    fn from(point: FaultPoint) -> Self {
        match point {
            FaultPoint::Instantiate => Self::Instantiate,
            FaultPoint::Describe => Self::Describe,
            FaultPoint::Evaluate => Self::Evaluate,
        }
    }
}

impl From<TrapCode> for TrapV1 {
    fn from(code: TrapCode) -> Self {
        match code {
            TrapCode::Unreachable => Self::Unreachable,
            TrapCode::MemoryOutOfBounds => Self::MemoryOutOfBounds,
            TrapCode::TableOutOfBounds => Self::TableOutOfBounds,
            TrapCode::IndirectCallToNull => Self::IndirectCallToNull,
            TrapCode::BadSignature => Self::BadSignature,
            TrapCode::IntegerOverflow => Self::IntegerOverflow,
            TrapCode::IntegerDivisionByZero => Self::IntegerDivisionByZero,
            TrapCode::BadConversionToInteger => Self::BadConversionToInteger,
            TrapCode::HeapMisaligned => Self::HeapMisaligned,
            TrapCode::CannotLeaveComponent => Self::CannotLeaveComponent,
            TrapCode::Other => Self::Other,
        }
    }
}
