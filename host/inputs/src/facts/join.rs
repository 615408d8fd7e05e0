//! Facts of several places, laid side by side. Each may tell of other services; of one thing they have to tell the same.

use std::collections::BTreeMap;

use interlock_model::{OperatorFacts, Pointer, Sources};

use super::{FactsFile, ITEMS_MAX};
use crate::error::{InputError, Problem, ProblemKind, escaped, shown};
use crate::policy_set::place;

/// Facts of the policy set and of the command line, in this order, as the gate takes them. The same thing may be told
/// twice, by two feeds say, if it is told alike.
///
/// # Errors
/// With the first place that tells something otherwise than one before it, or tells too much.
pub fn join_facts(files: &[FactsFile], age_min_max: u32) -> Result<OperatorFacts, InputError> {
    let mut seen = Seen::default();
    for file in files {
        let problems = seen.take(file);
        if !problems.is_empty() {
            return Err(InputError::new(&file.told.name, problems));
        }
    }
    Ok(OperatorFacts { told: files.iter().map(|file| file.told.clone()).collect(), age_min_max })
}

/// What one item is about: its list, and its name and service there.
type About = (&'static str, String, Option<String>);

/// What was told so far: all of it, and where.
#[derive(Default)]
struct Seen {
    said: BTreeMap<About, (String, String)>,
    /// Items of each list in all places together.
    items: [usize; 3],
}

impl Seen {
    fn take(&mut self, file: &FactsFile) -> Vec<Problem> {
        let FactsFile { told, sources, below, digest: _ } = file;
        let mut problems: Vec<Problem> = self.too_much(file).into_iter().collect();
        let open = told.open_incidents.iter().flatten().enumerate();
        for (index, it) in open {
            let about = ("open-incidents", it.id.clone(), it.service.clone());
            problems.extend(self.put(sources, below, index, about, &format!("{it:?}")));
        }
        for (index, it) in told.past_incidents.iter().flatten().enumerate() {
            let about = ("past-incidents", it.id.clone(), it.service.clone());
            problems.extend(self.put(sources, below, index, about, &format!("{it:?}")));
        }
        for (index, it) in told.error_budget.iter().flatten().enumerate() {
            let about = ("error-budget", it.service.clone(), None);
            problems.extend(self.put(sources, below, index, about, &format!("{it:?}")));
        }
        problems
    }

    /// Every policy is shown all of it, so it is bounded for all places together as it is for one.
    fn too_much(&mut self, file: &FactsFile) -> Option<Problem> {
        fn count<T>(list: &Option<Vec<T>>) -> usize {
            list.as_ref().map_or(0, Vec::len)
        }
        let FactsFile { told, sources, below, digest: _ } = file;
        let more = [count(&told.open_incidents), count(&told.past_incidents), count(&told.error_budget)];
        self.items.iter_mut().zip(more).for_each(|(items, more)| *items += more);
        let most = self.items.iter().max().filter(|items| **items > ITEMS_MAX)?;
        let found = format!("{most} items of one list, with those of the files before");
        Some(
            Problem::new(ProblemKind::TooMuch, place(sources, below), found)
                .expected(format!("at most {ITEMS_MAX}"))
                .help("leave out what is long over, and services that no change here touches"),
        )
    }

    fn put(
        &mut self,
        sources: &Sources,
        below: &Pointer,
        index: usize,
        about: About,
        says: &str,
    ) -> Option<Problem> {
        let at = below.child(about.0).child(&index.to_string());
        let span = place(sources, &at);
        let here = format!("{}:{}:{}", escaped(&sources.name), span.line, span.column);
        let name = shown(&about.1);
        let (first, before) = self.said.entry(about).or_insert_with(|| (here, says.to_owned()));
        (before != says).then(|| {
            Problem::new(ProblemKind::Value, span, format!("{name} a second time, and otherwise"))
                .expected(format!("it as the first tells it, at {first}"))
                .help("tell it in one place, or alike; nobody could say which of the two is believed")
        })
    }
}
