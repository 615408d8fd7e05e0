//! A binding: a module under the operator's name, with settings, limits and what it counts as when it breaks.

use std::borrow::Cow;

use interlock_engine::Limits;
use interlock_model::{OnError, PolicyId, Settings};

/// A policy module as an operator binds it.
#[derive(Clone, Debug)]
pub struct Binding {
    pub(crate) id: PolicyId,
    pub(crate) wasm: Cow<'static, [u8]>,
    pub(crate) settings: Settings,
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
            on_error: OnError::default(),
            limits: Limits::default(),
        }
    }

    /// Replaces the policy's defaults. What is not given keeps its default; what it does not know is refused at load.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
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
