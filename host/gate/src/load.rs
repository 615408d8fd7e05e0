//! From bindings to loaded policies: several at a time, because compiling is what a cold start waits for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use interlock_engine::{Engine, LoadError, LoadNote, Module, ModuleCache};
use interlock_model::{Digest, Fault, PolicyId};
use sha2::{Digest as _, Sha256};

use crate::gate::{Bound, Listener, Notice};
use crate::when::Selectors;
use crate::{Binding, BuildError, BuildErrors};

/// What loading needs beside the bindings.
pub(crate) struct Loader {
    pub(crate) engine: Engine,
    pub(crate) cache: Option<ModuleCache>,
    pub(crate) listener: Option<Listener>,
}

impl Loader {
    /// All bindings, in their order, or everything that does not fit.
    pub(crate) fn load_all(&self, bindings: Vec<Binding>) -> Result<Vec<Bound>, BuildErrors> {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(bindings.len());
        let waiting: Vec<Mutex<Option<Binding>>> =
            bindings.into_iter().map(|binding| Mutex::new(Some(binding))).collect();
        let next = AtomicUsize::new(0);
        let mut loaded: Vec<(usize, Result<Bound, BuildError>)> = thread::scope(|scope| {
            let work = || self.load_some(&waiting, &next);
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut loaded = work();
            for other in others {
                // A thread that panicked has left its bindings unloaded, which is counted below.
                loaded.extend(other.join().unwrap_or_default());
            }
            loaded
        });
        loaded.sort_by_key(|(index, _)| *index);
        let missing = waiting.len() - loaded.len();
        let (mut bound, mut errors) = (Vec::new(), Vec::new());
        for (_, result) in loaded {
            match result {
                Ok(policy) => bound.push(policy),
                Err(error) => errors.push(error),
            }
        }
        if missing > 0 {
            errors.push(BuildError::Lost { policies: missing });
        }
        BuildErrors::none_or(bound, errors)
    }

    /// Takes bindings until none is left.
    fn load_some(
        &self,
        waiting: &[Mutex<Option<Binding>>],
        next: &AtomicUsize,
    ) -> Vec<(usize, Result<Bound, BuildError>)> {
        let mut loaded = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = waiting.get(index) else { return loaded };
            let binding = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(binding) = binding {
                loaded.push((index, self.load(binding)));
            }
        }
    }

    fn load(&self, binding: Binding) -> Result<Bound, BuildError> {
        let Binding { id, wasm, settings, mode, when, on_error, limits } = binding;
        let selectors = Selectors::new(&when)
            .map_err(|reason| BuildError::When { policy: id.clone(), reason: reason.into() })?;
        let loaded = match &self.cache {
            Some(cache) => self.engine.load_through(cache, &wasm, &limits, &|note| self.tell(&id, note)),
            None => self.engine.load(&wasm, &limits),
        };
        let module = match loaded {
            Ok(module) => self.with_settings(&id, module, &settings)?,
            Err(error) => Err(fault(&error)),
        };
        let digest = match &module {
            Ok(module) => module.digest().clone(),
            Err(_) => Digest::from_sha256(&Sha256::digest(&wasm)),
        };
        Ok(Bound { id, digest, module, settings, mode, when, selectors, on_error, limits })
    }

    /// The module if its settings fit. One that breaks while it is asked is broken, like any other.
    fn with_settings(
        &self,
        id: &PolicyId,
        module: Module,
        settings: &interlock_model::Settings,
    ) -> Result<Result<Module, Fault>, BuildError> {
        // The defaults are the policy's own; an evaluation reads them once more, and a policy that refuses them is broken.
        if settings.is_empty() {
            return Ok(Ok(module));
        }
        match module.check_settings(settings) {
            Ok(errors) if errors.is_empty() => Ok(Ok(module)),
            Ok(errors) => Err(BuildError::Settings { policy: id.clone(), errors }),
            Err(fault) => Ok(Err(fault)),
        }
    }

    fn tell(&self, id: &PolicyId, note: LoadNote) {
        let Some(listener) = &self.listener else { return };
        listener(match note {
            LoadNote::Compiling => Notice::Compiling(id.clone()),
            LoadNote::Distrusted(distrust) => Notice::Distrusted(id.clone(), distrust),
            LoadNote::NotKept(error) => Notice::NotKept(id.clone(), error),
        });
    }
}

/// A policy that broke while it described itself keeps its own fault, which says more.
fn fault(error: &LoadError) -> Fault {
    match error {
        LoadError::Describe(fault) => fault.clone(),
        LoadError::TooLarge { .. }
        | LoadError::NotAComponent { .. }
        | LoadError::Invalid { .. }
        | LoadError::OtherEncoding
        | LoadError::TooMany { .. }
        | LoadError::ForbiddenImport { .. }
        | LoadError::OtherContract { .. }
        | LoadError::MissingExport { .. }
        | LoadError::Mismatch { .. }
        | LoadError::BadManifest { .. } => {
            Fault::Load { reason: format!("{error}; {}", error.help()).into() }
        }
    }
}
