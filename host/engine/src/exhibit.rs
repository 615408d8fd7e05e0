//! A change and a question as policies are shown them: lowered once for all policies of a check.
//!
//! Lowering copies every text of a change, and a set of policies would do it once for each. Nothing that one policy does
//! can reach the next: what is lowered stays on the host's side, and each sandbox gets its own copy of it.

use interlock_model::{Change, Question, Settings};

use crate::bindings::exports::interlock::policy::policy::Request;
use crate::bindings::interlock::policy::change_types as wit;
use crate::shown::Shown;
use crate::{lower, since_0_1};

/// What every policy of a check is asked about.
pub struct Exhibit<'c> {
    change: &'c Change,
    question: &'c Question,
    /// The change without its files. `None` while a policy is shown it, and until the first one is.
    lowered: Option<wit::Change>,
    /// The same for policies of contract 0.1.0.
    lowered_since_0_1: Option<since_0_1::Change>,
}

impl<'c> Exhibit<'c> {
    /// A change and a question.
    pub fn new(change: &'c Change, question: &'c Question) -> Self {
        Self { change, question, lowered: None, lowered_since_0_1: None }
    }

    /// Everything a policy is shown, for as long as it judges.
    pub(crate) fn show<T>(
        &mut self,
        settings: &Settings,
        shown: &Shown,
        judge: impl FnOnce(&Request) -> T,
    ) -> T {
        let lowered = self.lowered.take().unwrap_or_else(|| lower::change(self.change));
        let request = lower::request(self.change, lowered, self.question, settings, shown);
        let judged = judge(&request);
        self.lowered = Some(request.change);
        judged
    }

    /// As [`show`](Self::show), to a policy of contract 0.1.0.
    pub(crate) fn show_since_0_1<T>(
        &mut self,
        settings: &Settings,
        shown: &Shown,
        judge: impl FnOnce(&since_0_1::Request) -> T,
    ) -> T {
        let lowered = self.lowered_since_0_1.take();
        let lowered = lowered.unwrap_or_else(|| since_0_1::change(lower::change(self.change)));
        let files = lower::files(self.change, shown);
        let request = since_0_1::request(lowered, files, self.question, lower::settings(settings));
        let judged = judge(&request);
        self.lowered_since_0_1 = Some(request.change);
        judged
    }
}
