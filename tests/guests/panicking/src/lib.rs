//! A guest made with the SDK that does what the change's id says: panic, overflow, fill memory, or answer.
//!
//! `tests/suite/sdk.rs` builds and runs it: what the SDK does on wasm (the panic hook, the allocator, the export) cannot be
//! seen in a native test.

#![allow(clippy::panic, clippy::indexing_slicing, reason = "this guest is here to panic")]

use interlock_guest::prelude::*;

/// It has one, to be read.
#[derive(Settings)]
pub struct Knobs {
    /// How many bytes to hold at once. Default 0.
    #[setting(default = 0, range = 0..=1_000_000_000)]
    bytes: i32,
}

const ANSWERED: Rule = Rule {
    id: "answered",
    title: "it answers",
    help: "a test wants to see an answer",
    remedy: "none",
    origin: None,
    strictest: Verdict::Warn,
};

#[policy(title = "it does what the change's id says", rules = [ANSWERED])]
fn judge(change: &Change, _question: &Question, knobs: &Knobs) -> Judgement {
    match change.id.as_str() {
        "panic" => panic!("it cannot go on \u{1b}[31m"),
        "index" => {
            let none: &[u8] = &[];
            let one = none[change.id.len()];
            Ok(vec![ANSWERED.finding(Verdict::Warn, one.to_string())])
        }
        "overflow" => {
            let most = i32::MAX - knobs.bytes;
            Ok(vec![ANSWERED.finding(Verdict::Warn, (most + 1).to_string())])
        }
        "refuse" => Err(Failure::Unsupported("this one".into())),
        _ => {
            let held = vec![7_u8; usize::try_from(knobs.bytes).unwrap_or(0)];
            let sum: u64 = held.iter().map(|byte| u64::from(*byte)).sum();
            Ok(vec![ANSWERED.finding(Verdict::Warn, sum.to_string())])
        }
    }
}
