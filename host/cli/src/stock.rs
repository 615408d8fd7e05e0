//! The gate over the stock policies with their defaults, until a policy set says otherwise.

use anyhow::anyhow;
use interlock::{Binding, BuildError, Gate};

/// Every stock policy, bound under its own id.
pub(crate) fn gate() -> anyhow::Result<Gate> {
    let mut builder = Gate::builder();
    for module in interlock_stock::MODULES {
        let id = module
            .id
            .to_owned()
            .try_into()
            .map_err(|unfit| anyhow!("stock policy `{}`: {unfit}", module.id))?;
        builder = builder.bind(Binding::new(id, module.bytes));
    }
    builder.build().map_err(|error: BuildError| anyhow!("{error}\nhelp: {}", error.help()))
}
