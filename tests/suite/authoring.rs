//! What a policy author works with, tried as an author would: with the binary, and with cargo.

mod cases;
pub mod folder;
mod guide;
mod inspect;
mod new;
mod project;
mod record;
mod template;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [
        cases::trials(),
        guide::trials(),
        inspect::trials(),
        new::trials(),
        project::trials(),
        record::trials(),
        template::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
