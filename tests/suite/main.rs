//! The suite: everything the product promises, as named trials over data.
//!
//! One binary, because linking wasmtime is what costs; named trials, because `cargo test -- hostile/` and
//! `cargo test -- cases/staged-rollout` should do what they look like. Each module turns one folder of data into trials:
//!
//! | module | data | what it holds |
//! |---|---|---|
//! | `authoring` | the binary, and what is built here | what a policy's author works with |
//! | `cases` | `policies/*/cases.yaml` | each stock policy says exactly this |
//! | `documents` | `tests/incidents`, `ordinary`, `ordinary-warn` | the whole gate says exactly this |
//! | `replay` | the same, and `tests/incidents/judgement.yaml` | a corpus with one thing wrong in it fails |
//! | `matrix` | all of the above, `tests/MATRIX.md` | what every policy says of every change |
//! | `monotone` | all of the above | leaving a mitigation out never helps |
//! | `hostile` | `tests/hostile/*.wat` | a guest that misbehaves ends as this fault |
//! | `inputs` | `tests/inputs/*.yaml` | a document that misbehaves ends as this error at this place |
//! | `gate`, `policy_set`, `baseline`, `cache`, `engine`, `determinism`, `schema` | built here | the promises of the library |
//! | `ready` | `action.yml`, `.pre-commit-hooks.yaml`, `.ci/integrations/`, `.ci/release` | a pipeline passes only after an answer |
//! | `expression` | built here | what breaks, bounds and refuses the policy `expression` |
//! | `costs` | `policies/COSTS.md` | what each stock policy costs |
//! | `range` | `tests/ranges/*` | ranges of git repositories, judged and read again in every format |
//! | `facts` | built here, and the binary | what the operator knows of incidents and error budgets |
//! | `verify` | the binary | an earlier decision holds for what it was made for |
//! | `authoring` | `host/authoring/templates/*` | a new project builds, and a module is told as it is |
//! | `languages` | `host/authoring/templates/*` | the same policy in four languages says the same bytes |
//! | `sdk` | `tests/guests/*` | what the SDK does on wasm |
//! | `versions` | `tests/guests/since-*` | a policy of each released contract runs beside today's |
//! | `cli` | `tests/cli/*.trycmd`, `README.md` | what a person sees |
//! | `tidy` | the repository | its own rules |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    missing_docs,
    reason = "a test that cannot go on has failed, and a trial's panic is its message"
)]

mod authoring;
mod baseline;
mod cache;
mod cases;
mod cli;
mod costs;
mod determinism;
mod documents;
mod engine;
mod expression;
mod facts;
mod gate;
mod guests;
mod hostile;
mod inputs;
mod languages;
mod matrix;
mod monotone;
mod policy_set;
mod range;
mod ready;
mod replay;
mod schema;
mod sdk;
mod support;
mod tidy;
mod verify;
mod versions;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    // Transcripts name files as somebody in a clone does.
    std::env::set_current_dir(support::root()).expect("the repository can be entered");
    let mut trials: Vec<Trial> = [
        baseline::trials(),
        authoring::trials(),
        cache::trials(),
        cases::trials(),
        cli::trials(),
        costs::trials(),
        determinism::trials(),
        documents::trials(),
        engine::trials(),
        expression::trials(),
        facts::trials(),
        gate::trials(),
        hostile::trials(),
        inputs::trials(),
        languages::trials(),
        matrix::trials(),
        monotone::trials(),
        policy_set::trials(),
        range::trials(),
        ready::trials(),
        replay::trials(),
        schema::trials(),
        sdk::trials(),
        verify::trials(),
        versions::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let names = trials.iter().map(|trial| trial.name().to_owned()).collect();
    trials.extend(tidy::trials(names));
    libtest_mimic::run(&arguments, trials).exit();
}
