//! Ranges of real repositories: made with git, judged by the binary as people run it, and read again in every format it
//! writes.
//!
//! `release` holds the whole of it over one release, `shapes` what others demand of each format, `hostile` that nothing in a
//! repository reaches a reader raw, `own_files` that a change cannot edit what judges it, `sources` what is given beside a
//! range, `failures` what is no range, `baseline` what was accepted before. `repository` makes the repositories, `readers` takes the formats apart.

mod baseline;
mod failures;
mod hostile;
mod own_files;
mod readers;
mod release;
mod repository;
mod shapes;
mod sources;

use libtest_mimic::Trial;

pub use repository::{Answer, Repository, files_in};

pub fn trials() -> Vec<Trial> {
    [
        release::trials(),
        shapes::trials(),
        hostile::trials(),
        own_files::trials(),
        sources::trials(),
        failures::trials(),
        baseline::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
