//! Hostile guests: each comes to what its file says, under every `on-error`, and harms nobody beside it.
//!
//! The guests are `tests/hostile/*.wat` ([`crate::guests`]); what is no guest at all (garbage, a core module, compiled
//! code) is made here. After every row the sound policy of `good.wat` gives its golden answer in the same process.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use interlock::{Binding, Gate};
use interlock_engine::{Engine, Limits, LoadError};
use interlock_inputs::{Syntax, read_change};
use interlock_model::{
    Basis, ChangeDocument, Decision, Fault, Instant, NotJudged, OnError, Phase, PolicyId, PolicyReport, Question,
    ReportedOutcome, Verdict,
};
use libtest_mimic::{Failed, Trial};

use crate::guests::{self, Guest};

/// One trial for each guest, and one for each sort of bytes that is no guest.
pub fn trials() -> Vec<Trial> {
    let guests = match guests::all() {
        Ok(guests) => guests,
        Err(error) => return vec![trial("read", move || Err(error))],
    };
    let rows = guests.into_iter().map(|guest| trial(&guest.name.clone(), move || comes_to_what_it_says(&guest)));
    rows.chain(not_guests()).collect()
}

fn trial(name: &str, run: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    let and_good = || run().and_then(|()| good_is_as_ever().context("the sound policy afterwards"));
    Trial::test(format!("hostile/{name}"), || and_good().map_err(|error| Failed::from(format!("{error:#}"))))
}
