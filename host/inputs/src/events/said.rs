//! What an event says, while an adapter collects it: the platform's word and a person's, each fact with its place.

use interlock_model::{Approval, ChangeKind, Doubt, DoubtKind, Instant, Origin, Person, PersonKind, Side};

use super::Event;
use super::body::{Body, Text, title};
use crate::{Speaker, Statement};

/// Both speakers of one event.
pub(super) struct Said {
    /// What the platform states.
    pub(super) caller: Statement,
    /// What a person typed inside it.
    pub(super) author: Statement,
}

impl Said {
    /// Of a change that the platform calls by this name.
    pub(super) fn of(body: &Body<'_>, id: String, at: Origin) -> Self {
        let statement = |speaker| Statement::new(speaker, body.name, body.foreign.text);
        let mut caller = statement(Speaker::Caller);
        caller.id = Some(id);
        caller.place("", body.root.origin());
        caller.place("/id", at);
        let mut author = statement(Speaker::Author);
        author.place("", body.root.origin());
        Self { caller, author }
    }

    /// The sort of change, and what tells it.
    pub(super) fn kind(&mut self, kind: ChangeKind, at: Origin) {
        self.caller.kind = Some(kind);
        self.caller.place("/kind", at);
    }

    /// A fact that no field is made for.
    pub(super) fn attribute(&mut self, key: &str, text: Option<Text<'_>>) {
        let Some(text) = text else { return };
        note(&mut self.caller, key, text);
    }

    /// The same, as a person typed it.
    pub(super) fn typed_attribute(&mut self, key: &str, text: Text<'_>) {
        note(&mut self.author, key, text);
    }

    /// `true` or `false` that no field is made for.
    pub(super) fn flag(&mut self, key: &str, flag: Option<(bool, Origin)>) {
        let Some((flag, at)) = flag else { return };
        let text = if flag { "true" } else { "false" };
        note(&mut self.caller, key, Text { text, at });
    }

    /// A headline that a person typed.
    pub(super) fn title(&mut self, text: Option<Text<'_>>) {
        let Some(text) = text else { return };
        self.author.facts.title = Some(title(text.text));
        self.author.place("/title", text.at);
    }

    /// Who wrote the change.
    pub(super) fn author(&mut self, id: Text<'_>, kind: Option<PersonKind>) {
        self.caller.facts.author = Some(Person { id: id.text.to_owned(), kind });
        self.caller.place("/author", id.at);
        self.caller.place("/author/id", id.at);
    }

    /// When it was written.
    pub(super) fn created(&mut self, at: Option<(Instant, Origin)>) {
        let Some((created, at)) = at else { return };
        self.caller.facts.created_at = Some(created);
        self.caller.place("/created-at", at);
    }

    /// The environment it goes to.
    pub(super) fn environment(&mut self, name: Text<'_>) {
        let environment =
            interlock_model::Environment { declared: None, resolved: Some(name.text.to_owned()) };
        self.caller.facts.environment = Some(environment);
        self.caller.place("/environment", name.at);
        self.caller.place("/environment/resolved", name.at);
    }

    /// A service it touches, in the words of one of the two.
    pub(super) fn service(statement: &mut Statement, name: Text<'_>) {
        let services = statement.facts.services.get_or_insert_default();
        let at = format!("/services/{}", services.len());
        services.push(interlock_model::Service {
            name: name.text.to_owned(),
            tier: None,
            tier_origin: interlock_model::FactOrigin::default(),
            owner: None,
            dependents: None,
            depends_on: None,
        });
        statement.place("/services", name.at);
        statement.place(&at, name.at);
        statement.place(&format!("{at}/name"), name.at);
    }

    /// Somebody agreed. Of what, no platform says by a digest of ours.
    pub(super) fn approval(&mut self, by: Text<'_>, kind: Option<PersonKind>, at: Option<Instant>) {
        let approvals = self.caller.facts.approvals.get_or_insert_default();
        let place = format!("/approvals/{}", approvals.len());
        let by_person = Person { id: by.text.to_owned(), kind };
        approvals.push(Approval { by: by_person, role: None, at, digest: None });
        self.caller.place("/approvals", by.at);
        self.caller.place(&place, by.at);
        self.caller.place(&format!("{place}/by"), by.at);
    }

    /// Something the event says in two ways.
    pub(super) fn doubt(&mut self, body: &Body<'_>, at: Origin, message: String, help: &str) {
        self.caller.doubts.push(doubt(body, DoubtKind::Ambiguous, at, message, help));
    }

    /// The event. A person who said nothing makes no statement.
    pub(super) fn event(self) -> Event {
        let Self { caller, author } = self;
        let silent = Statement::new(Speaker::Author, "", "").facts;
        let typed = (author.facts != silent).then_some(author);
        let statements = std::iter::once(caller).chain(typed).collect();
        Event { statements, compared: None, asked_at: None, stages_done: None, plan_not_here: None }
    }
}

fn note(statement: &mut Statement, key: &str, text: Text<'_>) {
    statement.facts.attributes.insert(key.to_owned(), text.text.to_owned());
    let pointer = interlock_model::Pointer::root().child("attributes").child(key);
    statement.sources.place(pointer, text.at);
}

/// A doubt at a place of the event.
pub(super) fn doubt(body: &Body<'_>, kind: DoubtKind, at: Origin, message: String, help: &str) -> Doubt {
    let (path, help) = (body.name.to_owned(), help.to_owned());
    Doubt { kind, path, side: Side::After, span: at.value, message, help }
}
