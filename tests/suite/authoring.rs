//! What a policy author works with, tried as an author would: with the binary, and with cargo.

mod inspect;
mod new;
mod project;
mod template;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [inspect::trials(), new::trials(), project::trials(), template::trials()].into_iter().flatten().collect()
}
