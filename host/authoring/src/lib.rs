//! What a policy author works with: a project that builds anywhere, cases that run in the real sandbox, measures, and
//! replays of a whole corpus.
//!
//! Only the CLI calls it. What it says to people it returns as text or as values; nothing here prints, and nothing here
//! decides about a change: that is the gate's, which it asks like anybody else.

mod build;
mod project;

pub use build::{Built, build};
pub use project::{Language, PolicyName, Project, new_policy};
mod bench;
mod cases;
mod module;
mod mutation;
mod next_step;
mod record;
mod replay;
mod sandbox;
mod watch;

pub use bench::{Baseline, BenchResult, Comparison, measure};
pub use cases::{CaseRun, Compared, Detail, Difference, Tested, run, run_case, updated};
pub use module::{built_module, cases_path, check_built, policy_name};
pub use mutation::{Bounds, Mutated, mutate};
pub use record::{Words, as_recorded, case_entry, slug};
pub use replay::{DocumentRun, FolderRun, Line, Replayed, Score, Spoken, Totals, ask, compared, replay};
pub use sandbox::{Answer, Came, Found, Sandbox};
pub use watch::Watch;
