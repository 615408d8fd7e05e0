//! What a policy author works with: a project that builds anywhere, cases that run in the real sandbox, and measures.
//!
//! Only the CLI calls it. What it says to people it returns as text or as values; nothing here prints, and nothing here
//! decides about a change: that is the gate's, which it asks like anybody else.

mod build;
mod project;

pub use build::{Built, build};
pub use project::{Language, PolicyName, Project, new_policy};
