//! The three exports of a policy module, in terms of [`Policy`].
//!
//! `#[policy]` calls wit-bindgen's export macro, which writes the contract into the module and then calls a second macro
//! for the functions. It looks for that one under the path it is given: `root` below, so that the functions are these. An
//! instance answers one call and is thrown away, so nothing is freed and there is no `cabi_post_`.

#![allow(unsafe_code, reason = "what the host calls and wrote; listed in ARCHITECTURE.md")]

use std::mem::{ManuallyDrop, forget};
use std::panic::PanicHookInfo;

use crate::bindings::exports::interlock::policy::policy::Request;
use crate::canonical::{Span, answer, argument};
use crate::finding_types::{Failure, SettingError, SettingValue};
use crate::settings::SettingsReader;
use crate::text::append;
use crate::{Judgement, Policy, text};

/// Where wit-bindgen's export macro looks for the one that writes functions.
#[allow(clippy::module_inception, reason = "the generator's path: package and interface have one name")]
pub mod root {
    /// The path of the generated module, and the name that wit-bindgen derives from the contract's.
    pub mod exports {
        /// `interlock:`
        pub mod interlock {
            /// `interlock:policy`
            pub mod policy {
                /// `interlock:policy/policy`
                pub mod policy {
                    pub use crate::__export_functions as __export_interlock_policy_policy_0_2_0_cabi;
                }
            }
        }
    }
}

/// The functions, as the component model names them.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_functions {
    ($policy:ident with_types_in $($root:tt)*) => {
        const _: () = {
            #[unsafe(export_name = "interlock:policy/policy@0.2.0#describe")]
            extern "C" fn describe() -> *mut u8 {
                $crate::exports::describe::<$policy>()
            }
            #[unsafe(export_name = "interlock:policy/policy@0.2.0#check-settings")]
            unsafe extern "C" fn check_settings(start: *mut u8, len: usize) -> *mut u8 {
                unsafe { $crate::exports::check_settings::<$policy>(start, len) }
            }
            #[unsafe(export_name = "interlock:policy/policy@0.2.0#evaluate")]
            unsafe extern "C" fn evaluate(request: *mut u8) -> *mut u8 {
                unsafe { $crate::exports::evaluate::<$policy>(request) }
            }
        };
    };
}

/// `describe`
pub fn describe<P: Policy>() -> *mut u8 {
    // The host only reads.
    (&raw const *P::MANIFEST).cast_mut().cast()
}

/// `check-settings`
///
/// # Safety
///
/// The host calls it, with the list it wrote.
pub unsafe fn check_settings<P: Policy>(start: *mut u8, len: usize) -> *mut u8 {
    carry_panics_out();
    let list = Span { start, len };
    // SAFETY: the caller's.
    let settings = unsafe { argument::<Vec<SettingValue>>((&raw const list).cast()) };
    answer(match SettingsReader::read::<P::Settings>(&settings) {
        Ok(settings) => {
            forget(settings);
            Vec::new()
        }
        Err(errors) => errors,
    })
}

/// `evaluate`
///
/// # Safety
///
/// The host calls it, with the request it wrote.
pub unsafe fn evaluate<P: Policy>(request: *mut u8) -> *mut u8 {
    carry_panics_out();
    // SAFETY: the caller's.
    let request = unsafe { argument::<Request>(request) };
    answer(judge::<P>(&request))
}

fn judge<P: Policy>(request: &Request) -> Judgement {
    // Never dropped, as nothing is that lives as long as the instance.
    let settings =
        ManuallyDrop::new(SettingsReader::read::<P::Settings>(&request.settings).map_err(bad_settings)?);
    P::judge(&request.change, &request.question, &settings)
}

#[cold]
#[inline(never)]
fn bad_settings(errors: Vec<SettingError>) -> Failure {
    let errors = ManuallyDrop::new(errors);
    let mut told = String::new();
    for SettingError { pointer, message } in errors.iter() {
        let before = if told.is_empty() { "" } else { "; " };
        for text in [before, pointer, ": ", message] {
            append(&mut told, text);
        }
    }
    Failure::BadSettings(told)
}

/// A trap alone says `unreachable`; the hook sends the panic's own text through `log` first, so that the fault the
/// operator sees names the line.
fn carry_panics_out() {
    std::panic::set_hook(Box::new(|panic| crate::log::log(crate::log::Level::Panic, &told(panic))));
}

/// As std tells it, without std's formatting.
fn told(panic: &PanicHookInfo<'_>) -> String {
    // Every panic has a place, its documentation says.
    let (file, line, column) = panic.location().map_or(("?", 0, 0), |at| (at.file(), at.line(), at.column()));
    let why = panic.payload_as_str().map_or("", |it| it);
    text!("panicked at {file}:{line}:{column}:\n{why}")
}
