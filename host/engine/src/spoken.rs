//! A policy in the version of the contract that it speaks: which one that is, and the three calls of it.
//!
//! The one place where versions part and meet again. Everything behind it sees today's findings and manifest; everything
//! before it shows today's change, which an older contract's adapter turns into its own.

use interlock_model::Settings;
use wasmtime::Store;
use wasmtime::component::{Component, InstancePre};

use crate::bindings::interlock::policy::finding_types as wit;
use crate::contract::Contract;
use crate::shown::Shown;
use crate::store::Guest;
use crate::{Exhibit, LoadError, bindings, fault, since_0_1};

/// A policy that can be instantiated.
#[derive(Clone)]
pub(crate) enum Policy {
    Current(bindings::PolicyModulePre<Guest>),
    Since0_1(since_0_1::PolicyModulePre<Guest>),
}

/// One instance of it.
pub(crate) enum Instance {
    Current(bindings::PolicyModule),
    Since0_1(since_0_1::PolicyModule),
}

impl Policy {
    /// Reads the contract off the component itself, so that a module at hand is spoken to like one that was just scanned.
    pub(crate) fn of(component: &Component, instance: InstancePre<Guest>) -> Result<Self, LoadError> {
        let contract = contract_of(component);
        let missing = |error: wasmtime::Error| LoadError::MissingExport {
            contract: contract.name(),
            reason: fault::text_of(&error).into(),
        };
        match contract {
            Contract::Current => bindings::PolicyModulePre::new(instance).map(Self::Current).map_err(missing),
            Contract::Since0_1 => {
                since_0_1::PolicyModulePre::new(instance).map(Self::Since0_1).map_err(missing)
            }
        }
    }

    /// The contract it speaks.
    pub(crate) fn contract(&self) -> Contract {
        match self {
            Self::Current(_) => Contract::Current,
            Self::Since0_1(_) => Contract::Since0_1,
        }
    }

    pub(crate) fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Instance> {
        match self {
            Self::Current(policy) => policy.instantiate(store).map(Instance::Current),
            Self::Since0_1(policy) => policy.instantiate(store).map(Instance::Since0_1),
        }
    }
}

/// One that exports none at all is told so in the words of the current one.
fn contract_of(component: &Component) -> Contract {
    match component.get_export_index(None, Contract::Since0_1.export()) {
        Some(_) => Contract::Since0_1,
        None => Contract::Current,
    }
}

impl Instance {
    /// What it says of itself.
    pub(crate) fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<wit::Manifest> {
        match self {
            Self::Current(policy) => policy.interlock_policy_policy().call_describe(store),
            Self::Since0_1(policy) => policy.interlock_policy_policy().call_describe(store),
        }
    }

    /// Which settings it cannot use.
    pub(crate) fn check_settings(
        &self,
        store: &mut Store<Guest>,
        settings: &[wit::SettingValue],
    ) -> wasmtime::Result<Vec<wit::SettingError>> {
        match self {
            Self::Current(policy) => policy.interlock_policy_policy().call_check_settings(store, settings),
            Self::Since0_1(policy) => policy.interlock_policy_policy().call_check_settings(store, settings),
        }
    }

    /// What it says of a change.
    pub(crate) fn evaluate(
        &self,
        store: &mut Store<Guest>,
        exhibit: &mut Exhibit<'_>,
        settings: &Settings,
        shown: &Shown,
    ) -> wasmtime::Result<Result<Vec<wit::Finding>, wit::Failure>> {
        match self {
            Self::Current(policy) => exhibit.show(settings, shown, |request| {
                policy.interlock_policy_policy().call_evaluate(store, request)
            }),
            Self::Since0_1(policy) => exhibit.show_since_0_1(settings, shown, |request| {
                policy.interlock_policy_policy().call_evaluate(store, request)
            }),
        }
    }
}
