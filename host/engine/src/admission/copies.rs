//! How many instances a component comes to once everything in it is instantiated as often as it is asked for.
//!
//! A few bytes can ask for a component twice which asks for another twice: wasmtime lays all of them out when it compiles.
//! Here each component is one number, so that counting costs what reading costs.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, ComponentTypeRef,
    Instance,
};

/// Instances of the components that are open, outermost first.
#[derive(Default)]
pub(super) struct Copies {
    open: Vec<Frame>,
}

/// One component that is being read.
#[derive(Default)]
struct Frame {
    /// What each component of its index space comes to.
    components: Vec<usize>,
    instances: usize,
}

/// A component that comes from elsewhere, so that nobody knows what it comes to when it is read. No linker writes one.
#[derive(Debug)]
pub(super) struct FromElsewhere;

impl Copies {
    pub(super) fn enter(&mut self) {
        self.open.push(Frame::default());
    }

    /// The component ends, and can be instantiated by the one around it. Its number.
    pub(super) fn leave(&mut self) -> usize {
        let own = self.open.pop().unwrap_or_default().instances.saturating_add(1);
        if let Some(around) = self.open.last_mut() {
            around.components.push(own);
        }
        own
    }

    pub(super) fn core_instance(&mut self, instance: &Instance<'_>) {
        match instance {
            Instance::Instantiate { .. } => self.add(1),
            Instance::FromExports(_) => {}
        }
    }

    /// What stands nowhere is the validator's to refuse; until then it is the most there is.
    pub(super) fn instance(&mut self, instance: &ComponentInstance<'_>) {
        match instance {
            ComponentInstance::Instantiate { component_index, .. } => {
                let asked_for =
                    self.open.last().and_then(|frame| frame.components.get(*component_index as usize));
                self.add(asked_for.copied().unwrap_or(usize::MAX));
            }
            ComponentInstance::FromExports(_) => {}
        }
    }

    pub(super) fn import(&self, import: ComponentTypeRef) -> Result<(), FromElsewhere> {
        if matches!(import, ComponentTypeRef::Component(_)) { Err(FromElsewhere) } else { Ok(()) }
    }

    /// An export is a further entry of the index space, which no frame here has.
    pub(super) fn export(&self, kind: ComponentExternalKind) -> Result<(), FromElsewhere> {
        if kind == ComponentExternalKind::Component { Err(FromElsewhere) } else { Ok(()) }
    }

    pub(super) fn alias(&mut self, alias: &ComponentAlias<'_>) -> Result<(), FromElsewhere> {
        match alias {
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. } => {
                Err(FromElsewhere)
            }
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                let frame =
                    (self.open.len()).checked_sub(1 + *count as usize).and_then(|at| self.open.get(at));
                let number = frame
                    .and_then(|frame| frame.components.get(*index as usize))
                    .copied()
                    .unwrap_or(usize::MAX);
                if let Some(frame) = self.open.last_mut() {
                    frame.components.push(number);
                }
                Ok(())
            }
            ComponentAlias::InstanceExport { .. }
            | ComponentAlias::CoreInstanceExport { .. }
            | ComponentAlias::Outer { .. } => Ok(()),
        }
    }

    fn add(&mut self, instances: usize) {
        if let Some(frame) = self.open.last_mut() {
            frame.instances = frame.instances.saturating_add(instances);
        }
    }
}
