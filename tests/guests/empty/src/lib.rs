//! A guest made with the SDK that takes the whole change and says nothing of it: what the contract costs before a rule
//! begins. `tests/benches` measures policies against it.

use interlock_guest::prelude::*;

/// None.
#[derive(Settings)]
pub struct Nothing {
    /// Not read. Default 0.
    #[setting(default = 0, range = 0..=1)]
    nothing: i32,
}

const NEVER: Rule = Rule {
    id: "never",
    title: "nothing is asked for",
    help: "this guest is a measure, not a policy",
    remedy: "none",
    origin: None,
    strictest: Verdict::Warn,
};

#[policy(title = "it says nothing", rules = [NEVER])]
fn judge(_change: &Change, _question: &Question, nothing: &Nothing) -> Judgement {
    // Read, so that no compiler leaves it out.
    Ok(if nothing.nothing == 0 { vec![] } else { vec![NEVER.finding(Verdict::Warn, "nothing")] })
}
