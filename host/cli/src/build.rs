//! `interlock build`: the module of a policy, and what an author wants to know of it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use interlock::Tier;
use interlock_authoring::Built;
use interlock_outputs::escape::name_for_terminal;

use crate::args::Build;
use crate::inspect::write_outline;
use crate::print;

pub(crate) fn run(arguments: &Build) -> anyhow::Result<u8> {
    // The compiler's own words about the author's own code, as cargo would print them.
    let mut tell = |text: &str| {
        let _ = write!(anstream::stderr(), "{text}");
    };
    let built = interlock_authoring::build(&arguments.path, &mut tell)?;
    print(&told(&built)?)?;
    Ok(0)
}

fn told(built: &Built) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let (module, set) = (from_here(&built.module), from_here(&built.policy_set));
    writeln!(text, "built `{module}`: policy `{}`", built.manifest.id)?;
    write_outline(&mut text, &built.examined)?;
    match built.tier {
        Tier::Usual => writeln!(text, "bound by `{set}`, with this digest")?,
        Tier::Large => {
            writeln!(
                text,
                "bound by `{set}`, with this digest and the large tier of limits, which it needs"
            )?;
        }
    }
    writeln!(text, "next: `interlock check CHANGE --policy-set {set}`")?;
    Ok(text)
}

/// Shorter, where it is below the folder that the user is in.
fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let path = path.strip_prefix(here).unwrap_or(path);
    name_for_terminal(&path.to_string_lossy().into_owned().into())
}
