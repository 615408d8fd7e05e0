//! How much of each thing a module may have, for each tier. [`super`] counts; nothing here looks at a module.

use crate::Tier;

/// What a module may have, whatever it is. Each bounds what compiling costs, which no fuel does.
pub(crate) struct Ceilings {
    /// Core instances and component instances, as far as they are written down.
    pub(crate) instances: usize,
    /// Levels of components in components. The linker's own wrapping needs one; the cost doubles with each, unless
    /// `copies` holds it.
    pub(super) nesting: usize,
    /// Functions, all modules together; each costs about 0.2 ms to compile.
    pub(super) functions: usize,
    /// Locals of one function. Above it, register allocation grows faster than the code.
    pub(super) locals: usize,
    /// Bytes of one function. Generated tables and interpreters' loops are the only honest reasons for long ones.
    pub(super) function_bytes: usize,
    /// Entries of each section that a component can have many of.
    pub(super) entries: usize,
    /// What only deeper and larger modules can make expensive. Absent: the ceilings above are low enough.
    pub(super) products: Option<Products>,
}

/// What multiplies.
pub(super) struct Products {
    /// Instances once each component is instantiated as often as it is asked for: nesting without doubling.
    pub(super) copies: usize,
    /// Bytes times locals of one function: what register allocation takes time for.
    pub(super) function_weight: usize,
    /// The same, all functions together.
    pub(super) weight: usize,
}

impl Ceilings {
    pub(crate) fn of(tier: Tier) -> &'static Self {
        match tier {
            Tier::Usual => &USUAL,
            Tier::Large => &LARGE,
        }
    }
}

/// A Rust guest has three core instances (itself, a shim and its fix-up), and a stock policy some hundred functions.
const USUAL: Ceilings = Ceilings {
    instances: 64,
    nesting: 2,
    functions: 20_000,
    locals: 2_000,
    function_bytes: 512 * 1024,
    entries: 10_000,
    products: None,
};

/// What the interpreters that we know need, and a fifth on top. In brackets what they have: CPython of componentize-py
/// 0.25, QuickJS of componentize-qjs 0.4, StarlingMonkey of componentize-js 0.23.
const LARGE: Ceilings = Ceilings {
    // 110, 74, 6.
    instances: 132,
    // 2, 4, 2.
    nesting: 4,
    // 13,484, 1,708, 12,673.
    functions: 20_000,
    // 271, 86, 118. Fewer than usual: an interpreter is compiled C.
    locals: 325,
    // 426,843, 54,010, 171,628.
    function_bytes: 512 * 1024,
    // 13,008, 7,547, 10,482; a policy's own data adds some.
    entries: 16_000,
    products: Some(Products {
        // 110, 75, 7.
        copies: 132,
        // 3.5, 3.8 and 9.0 million.
        function_weight: 11_000_000,
        // 70, 21 and 130 million.
        weight: 156_000_000,
    }),
};
