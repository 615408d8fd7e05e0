//! What a policy's author works with, as they see it: the binary, in a folder of their own.

mod cases;
mod folder;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    cases::trials()
}
