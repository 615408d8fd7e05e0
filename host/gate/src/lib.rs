//! The change gate as a library.
//!
//! ```no_run
//! # fn guide(
//! #     module_bytes: fn() -> Vec<u8>,
//! #     document: fn() -> interlock_model::ChangeDocument,
//! #     question: fn() -> interlock_model::Question,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use interlock::{Binding, Gate, Verdict};
//!
//! let gate = Gate::builder()
//!     .bind(Binding::new("staged-rollout".to_owned().try_into()?, module_bytes()))
//!     .build()?;
//! let report = gate.check(&document(), &question());
//! if report.decision.verdict == Verdict::Block {
//!     // Do not move. `report.policies` says why, with lines.
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Gate::check`] runs every bound policy, each in a fresh sandbox, and always returns a report: it does not fail, panic or
//! wait longer than its deadline. What a policy could not judge is in the report and weighs what its binding says, which
//! is a block unless somebody wrote otherwise. A gate is `Send` and `Sync`; share one behind an `Arc` and ask it from
//! any thread.
//!
//! # From a binding to a gate
//!
//! A [`Binding`] is a module's bytes under the operator's name. Beside its settings it says how much the policy's findings
//! weigh ([`Mode`]), which changes it is asked about ([`When`]; a change that does not say is asked about), what it counts as
//! when it breaks ([`OnError`]) and what it may use ([`Limits`]). [`GateBuilder::build`] loads all of them, several at a time.
//! A module that does not load does not keep the others from judging: [`Gate::broken`] names it, and in each report it
//! weighs what its binding says. Settings, globs, names and waivers that do not fit are [`BuildErrors`], all at once.
//!
//! # What the operator knows
//!
//! [`GateBuilder::catalog`] replaces what a change says of its services, [`GateBuilder::calendars`] says which days are
//! worked and which windows are open ([`Almanac`]; `interlock_inputs::Calendars` is one), and [`GateBuilder::waivers`] turns
//! the block of one rule into a warning for a while. [`GateBuilder::baseline`] does so for findings in files that were
//! accepted one by one; [`Gate::propose_baseline`] makes one of a report. `interlock_inputs::read_policy_set` reads all of
//! it, bindings included, from one file, and says which others that file names. Everything that an answer depends on is
//! in [`Gate::policy_set`], a digest that each report binds.
//!
//! # What it costs
//!
//! Compiling a module takes a tenth of a second. [`GateBuilder::cache`] keeps compiled modules in a folder of the user's own;
//! nothing found there changes an answer. A service that asks often takes [`Allocation::Pooled`], with as many instances as
//! it has threads that ask: a check of seven policies then takes about an eighth of a millisecond, of thirteen a fifth.
//!
//! There is no file, format, clock or network here. Documents are read by `interlock-inputs`, reports are written by
//! `interlock-outputs`, the stock policies are bytes in `interlock-stock`, and the time is part of the question.

mod baseline;
mod binding;
mod check;
mod decide;
mod error;
mod examine;
mod facts;
mod gate;
mod host_rules;
mod load;
mod place;
mod policy_set;
mod sum;
mod waive;
mod when;

pub use baseline::Proposal;
pub use binding::Binding;
pub use error::{BuildError, BuildErrors};
pub use examine::{Examined, examine};
pub use gate::{Gate, GateBuilder, Notice};
pub use host_rules::{HOST, HOST_RULES, HostRule};
pub use interlock_engine::{
    Allocation, Distrust, EngineError, Extent, Limits, LoadError, LogLevel, LogLine, ModuleCache, Outline,
    SettingError, Tier,
};
pub use interlock_model::{
    Almanac, Baseline, Catalog, ChangeDocument, Mode, OnError, Phase, PolicyId, Question, Report, Verdict,
    Waiver, When,
};
