//! From bindings to loaded policies. Those at hand one after the other: together they take less time than starting a thread
//! for them. Those that have to be compiled several at a time, because that is what a cold start waits for.

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

/// A binding, and where it stood among the others.
type Numbered<T> = (usize, T);

impl Loader {
    /// All bindings, in their order, or everything that does not fit.
    pub(crate) fn load_all(&self, bindings: Vec<Binding>) -> Result<Vec<Bound>, BuildErrors> {
        let all = bindings.len();
        let (mut loaded, mut waiting) = (Vec::new(), Vec::new());
        for (index, binding) in bindings.into_iter().enumerate() {
            match self.at_hand(&binding) {
                Some(module) => loaded.push((index, self.bound(binding, module))),
                None => waiting.push(Mutex::new(Some((index, binding)))),
            }
        }
        loaded.extend(self.compile_all(&waiting));
        loaded.sort_by_key(|(index, _)| *index);
        let missing = all - loaded.len();
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

    fn at_hand(&self, binding: &Binding) -> Option<Result<Module, LoadError>> {
        let Binding { id, wasm, limits, .. } = binding;
        let cache = self.cache.as_ref()?;
        self.engine.at_hand(cache, wasm, limits, &|note| self.tell(id, note))
    }

    fn compile_all(
        &self,
        waiting: &[Mutex<Option<Numbered<Binding>>>],
    ) -> Vec<Numbered<Result<Bound, BuildError>>> {
        if waiting.is_empty() {
            return Vec::new();
        }
        let threads = thread::available_parallelism().map_or(1, usize::from).min(waiting.len());
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            let work = || self.compile_some(waiting, &next);
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut loaded = work();
            for other in others {
                // A thread that panicked has left its bindings unloaded, and whoever called counts them.
                loaded.extend(other.join().unwrap_or_default());
            }
            loaded
        })
    }

    /// Takes bindings until none is left.
    fn compile_some(
        &self,
        waiting: &[Mutex<Option<Numbered<Binding>>>],
        next: &AtomicUsize,
    ) -> Vec<Numbered<Result<Bound, BuildError>>> {
        let mut loaded = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = waiting.get(place) else { return loaded };
            let binding = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some((index, binding)) = binding {
                let module = self.compile(&binding);
                loaded.push((index, self.bound(binding, module)));
            }
        }
    }

    fn compile(&self, binding: &Binding) -> Result<Module, LoadError> {
        let Binding { id, wasm, limits, .. } = binding;
        match &self.cache {
            Some(cache) => self.engine.load_and_keep(cache, wasm, limits, &|note| self.tell(id, note)),
            None => self.engine.load(wasm, limits),
        }
    }

    fn bound(&self, binding: Binding, loaded: Result<Module, LoadError>) -> Result<Bound, BuildError> {
        let Binding { id, wasm, settings, mode, when, on_error, limits } = binding;
        let selectors = Selectors::new(&when)
            .map_err(|reason| BuildError::When { policy: id.clone(), reason: reason.into() })?;
        let module = match loaded {
            Ok(module) => with_settings(&id, module, &settings)?,
            Err(error) => Err(fault(&error)),
        };
        let digest = match &module {
            Ok(module) => module.digest().clone(),
            Err(_) => Digest::from_sha256(&Sha256::digest(&wasm)),
        };
        Ok(Bound { id, digest, module, settings, mode, when, selectors, on_error, limits })
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

/// The module if its settings fit. One that breaks while it is asked is broken, like any other.
pub(crate) fn with_settings(
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
        | LoadError::MixedContracts { .. }
        | LoadError::MissingExport { .. }
        | LoadError::Mismatch { .. }
        | LoadError::BadManifest { .. } => {
            Fault::Load { reason: format!("{error}; {}", error.help()).into() }
        }
    }
}
