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
//! There is no file, format, clock or network here. Documents are read by `interlock-inputs`, reports are written by
//! `interlock-outputs`, the stock policies are bytes in `interlock-stock`, and the time is part of the question.

mod binding;
mod check;
mod decide;
mod error;
mod facts;
mod gate;
mod host_rules;
mod load;
mod place;
mod policy_set;
mod waive;
mod when;

pub use binding::Binding;
pub use error::{BuildError, BuildErrors};
pub use gate::{Gate, GateBuilder, Notice};
pub use host_rules::{HOST, HOST_RULES, HostRule};
pub use interlock_engine::{Allocation, Distrust, Limits, ModuleCache, SettingError};
pub use interlock_model::{
    Almanac, Catalog, ChangeDocument, Mode, OnError, Phase, PolicyId, Question, Report, Verdict, Waiver, When,
};
