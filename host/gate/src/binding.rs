//! A binding: a module under the operator's name, with settings, limits, how much it weighs, which changes it is asked
//! about, and what it counts as when it breaks.

use std::borrow::Cow;

use interlock_engine::Limits;
use interlock_model::{Digest, Mode, OnError, PolicyId, Settings, When};
use sha2::{Digest as _, Sha256};

/// A policy module as an operator binds it.
#[derive(Clone, Debug)]
pub struct Binding {
    pub(crate) id: PolicyId,
    pub(crate) wasm: Cow<'static, [u8]>,
    pub(crate) settings: Settings,
    pub(crate) mode: Mode,
    pub(crate) when: When,
    pub(crate) on_error: OnError,
    pub(crate) limits: Limits,
}

impl Binding {
    /// Binds a module under a name, with the policy's own defaults. When it breaks it blocks.
    pub fn new(id: PolicyId, wasm: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            id,
            wasm: wasm.into(),
            settings: Settings::new(),
            mode: Mode::default(),
            when: When::default(),
            on_error: OnError::default(),
            limits: Limits::default(),
        }
    }

    /// SHA-256 of the module's bytes, to be compared with a digest that was pinned.
    pub fn module_digest(&self) -> Digest {
        Digest::from_sha256(&Sha256::digest(&self.wasm))
    }

    /// How many bytes the module has.
    pub fn module_bytes(&self) -> usize {
        self.wasm.len()
    }

    /// Replaces the policy's defaults. What is not given keeps its default; what it does not know is refused at load.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Says how much its findings weigh. Default: as much as the policy says.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Says which changes it is asked about. Default: all.
    #[must_use]
    pub fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// Says what it counts as when it breaks.
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Gives it other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
