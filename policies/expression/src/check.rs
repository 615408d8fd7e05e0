//! What the names of an expression mean, and whether its kinds fit: once, when the gate is built.
//!
//! Every fact of the contract has a name and a kind, so a typo, a word that an enum does not have, or a number compared
//! with a text is told here and not by the first change that is judged. Called by `expression`.

use interlock_guest::reflect::{Field as Told, Record};

use crate::kind::Kind;
use crate::tree::{Field, Function, Id, Macro, Operator, Resolved, Tree, What};
use crate::trouble::{Span, Troubled, nearest, trouble};

/// What the contract has and this policy does not ask the host for.
const NOT_SHOWN: &[(&str, &str, &str)] =
    &[("file-change", "text", "whole texts are not shown to this policy: `edits` are what differs")];

/// Lists that the host may have cut, and the field that counts what is not there.
const CUT: &[(&str, &str, &str)] = &[
    ("change", "files", "omitted_files"),
    ("file-change", "edits", "omitted_edits"),
    ("file-change", "lists", "omitted_edits"),
];

/// Finds every name and asks every kind. The whole is true or false.
pub(crate) fn check(tree: &mut Tree, source: &str) -> Troubled<()> {
    let scope = vec![("change", Kind::change()), ("question", Kind::question())];
    let mut checker = Checker { tree, source, scope, found: Vec::new() };
    checker.expect(checker.tree.root, &Kind::Flag, "as a rule")?;
    checker.found.into_iter().for_each(|(id, found)| tree.resolve(id, found));
    Ok(())
}

struct Checker<'t> {
    tree: &'t Tree,
    source: &'t str,
    /// What names mean, the roots first, then the items of the macros around.
    scope: Vec<(&'t str, Kind)>,
    /// What names turned out to be.
    found: Vec<(Id, Resolved)>,
}

impl<'t> Checker<'t> {
    fn at(&self, id: Id) -> Span {
        self.tree.get(id).at
    }

    fn kind(&mut self, id: Id) -> Troubled<Kind> {
        match &self.tree.get(id).what {
            What::Flag(_) => Ok(Kind::Flag),
            What::Number(_) => Ok(Kind::Number),
            What::Text(_) => Ok(Kind::Text),
            What::Name { name, slot: _ } => self.name(id, name),
            What::Select { of, name, name_at, field: _ } => self.select(id, *of, name, *name_at),
            What::Has(of) => self.kind(*of).map(|_| Kind::Flag),
            What::List(items) => self.list(items),
            What::All(operands) | What::Any(operands) => self.row(operands),
            What::Index { of, index } => self.index(*of, *index),
            What::Not(of) => self.expect(*of, &Kind::Flag, "behind `!`").map(|()| Kind::Flag),
            What::Minus(of) => self.expect(*of, &Kind::Number, "behind `-`").map(|()| Kind::Number),
            What::Binary { operator, left, right } => self.binary(*operator, *left, *right),
            What::Choice { test, then, otherwise } => self.choice(*test, *then, *otherwise),
            What::Each { how, list, name, name_at, body } => self.each(*how, *list, name, *name_at, *body),
            What::Call { function, of, argument } => self.call(*function, *of, *argument),
        }
    }

    fn expect(&mut self, id: Id, expected: &Kind, role: &str) -> Troubled<()> {
        let found = self.kind(id)?;
        if expected.both(&found).is_none() {
            return trouble(self.at(id), format!("expected {expected} {role}, found {found}"));
        }
        Ok(())
    }

    fn name(&mut self, id: Id, name: &str) -> Troubled<Kind> {
        if let Some((slot, (_, kind))) = self.scope.iter().enumerate().find(|(_, (known, _))| *known == name)
        {
            let kind = kind.clone();
            self.found.push((id, Resolved::Slot(slot)));
            return Ok(kind);
        }
        let change = Kind::change();
        let known = self.scope.iter().map(|(name, _)| *name);
        let help = match (nearest(name, known), &change) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Kind::Record(record)) if record.fields.iter().any(|field| field.name == name) => {
                format!("did you mean `change.{name}`?")
            }
            (None, _) => "an expression reads `change` and `question`".into(),
        };
        trouble(self.at(id), format!("nothing is called `{name}`; {help}"))
    }

    fn select(&mut self, id: Id, of: Id, name: &str, name_at: Span) -> Troubled<Kind> {
        let (kind, field) = match self.kind(of)? {
            Kind::Record(record) => self.field(record, name, name_at)?,
            Kind::Attributes => (Kind::Text, Field::Attribute),
            other @ Kind::List(_) => {
                let message =
                    format!("{other} has no field `{name}`; `.exists(it, it.{name} ..)` asks its items");
                return trouble(name_at, message);
            }
            other @ (Kind::Flag | Kind::Number | Kind::Text | Kind::Word(_) | Kind::Nothing) => {
                return trouble(name_at, format!("{other} has no field `{name}`"));
            }
        };
        self.found.push((id, Resolved::Field(field)));
        Ok(kind)
    }

    fn field(&self, record: &'static Record, name: &str, name_at: Span) -> Troubled<(Kind, Field)> {
        let of = |rows: &[(&str, &str, &'static str)]| {
            let row = rows.iter().find(|(owner, field, _)| *owner == record.name && *field == name);
            row.map(|(_, _, about)| *about)
        };
        if let Some(why) = of(NOT_SHOWN) {
            return trouble(name_at, why);
        }
        let place = |name: &str| record.fields.iter().position(|field| field.name == name);
        match (place(name), record.fields.iter().find(|field| field.name == name)) {
            (Some(index), Some(told)) => {
                let omitted = of(CUT).and_then(place);
                Ok((Kind::of_field(record, name, told.ty), Field::Of { index, omitted }))
            }
            _ => trouble(
                name_at,
                no_field(record, name, self.source.get(name_at.end..).map_or("", |rest| rest)),
            ),
        }
    }

    fn list(&mut self, items: &[Id]) -> Troubled<Kind> {
        let mut all = Kind::Nothing;
        for item in items {
            let kind = self.kind(*item)?;
            all = match all.both(&kind) {
                Some(both) => both,
                None => {
                    return trouble(
                        self.at(*item),
                        format!("expected {all} like the items before, found {kind}"),
                    );
                }
            };
        }
        Ok(Kind::List(Box::new(all)))
    }

    fn row(&mut self, operands: &[Id]) -> Troubled<Kind> {
        operands.iter().try_for_each(|id| self.expect(*id, &Kind::Flag, "on each side of `&&` and `||`"))?;
        Ok(Kind::Flag)
    }

    fn index(&mut self, of: Id, index: Id) -> Troubled<Kind> {
        match self.kind(of)? {
            Kind::List(item) => {
                self.expect(index, &Kind::Number, "as the place in a list, from 0")?;
                Ok(*item)
            }
            Kind::Attributes => {
                self.expect(index, &Kind::Text, "as the key of an attribute")?;
                Ok(Kind::Text)
            }
            Kind::Record(_) => trouble(self.at(index), "fields are named behind a dot, with `_` for `-`"),
            other @ (Kind::Flag | Kind::Number | Kind::Text | Kind::Word(_) | Kind::Nothing) => {
                trouble(self.at(of), format!("expected a list before `[`, found {other}"))
            }
        }
    }

    fn binary(&mut self, operator: Operator, left: Id, right: Id) -> Troubled<Kind> {
        let (one, other) = (self.kind(left)?, self.kind(right)?);
        let at = self.at(left).to(self.at(right));
        match operator {
            Operator::Equal | Operator::NotEqual => {
                self.can_be_equal(&one, left, right)?;
                self.can_be_equal(&other, right, left)?;
                match one.both(&other) {
                    Some(both) if both.is_comparable() => Ok(Kind::Flag),
                    Some(both) => {
                        trouble(at, format!("{both} cannot be compared as a whole: compare what is in it"))
                    }
                    None => trouble(at, format!("these are never equal: {one}, and {other}")),
                }
            }
            Operator::In => self.is_in(&one, &other, left, right),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                match one.both(&other) {
                    Some(Kind::Number | Kind::Text) => Ok(Kind::Flag),
                    _ => trouble(at, format!("expected two numbers or two texts, found {one}, and {other}")),
                }
            }
            Operator::Plus => match one.both(&other) {
                Some(Kind::Word(_)) => Ok(Kind::Text),
                Some(both @ (Kind::Number | Kind::Text | Kind::List(_))) => Ok(both),
                _ => trouble(at, format!("expected two numbers, texts or lists, found {one}, and {other}")),
            },
            Operator::Minus | Operator::Times | Operator::Divided | Operator::Remainder => {
                self.expect(left, &Kind::Number, "before this operator")?;
                self.expect(right, &Kind::Number, "behind this operator")?;
                Ok(Kind::Number)
            }
        }
    }

    /// `x in [..]`, `"key" in change.attributes`.
    fn is_in(&mut self, one: &Kind, list: &Kind, left: Id, right: Id) -> Troubled<Kind> {
        match list {
            Kind::Attributes => {
                self.expect(left, &Kind::Text, "as the key of an attribute").map(|()| Kind::Flag)
            }
            Kind::List(item) => {
                self.can_be_equal(item, right, left)?;
                if let What::List(items) = &self.tree.get(right).what {
                    for item in items {
                        self.can_be_equal(one, left, *item)?;
                    }
                }
                match item.both(one) {
                    Some(both) if both.is_comparable() => Ok(Kind::Flag),
                    _ => trouble(self.at(left), format!("this is never in {list}: it is {one}")),
                }
            }
            other @ (Kind::Flag
            | Kind::Number
            | Kind::Text
            | Kind::Word(_)
            | Kind::Record(_)
            | Kind::Nothing) => {
                trouble(self.at(right), format!("expected a list behind `in`, found {other}"))
            }
        }
    }

    /// A text that is written out is one of the words that it is compared with.
    fn can_be_equal(&self, of: &Kind, fact: Id, text: Id) -> Troubled<()> {
        let (Kind::Word(words), What::Text(found)) = (of, &self.tree.get(text).what) else { return Ok(()) };
        if words.contains(&found.as_str()) {
            return Ok(());
        }
        let help = match nearest(found, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is {of}"),
        };
        let fact = self.at(fact).of(self.source);
        trouble(self.at(text), format!("`{fact}` is never `{found}`; {help}"))
    }

    fn choice(&mut self, test: Id, then: Id, otherwise: Id) -> Troubled<Kind> {
        self.expect(test, &Kind::Flag, "before `?`")?;
        let (one, other) = (self.kind(then)?, self.kind(otherwise)?);
        let message = || format!("expected {one} like the other answer, found {other}");
        one.both(&other).map_or_else(|| trouble(self.at(otherwise), message()), Ok)
    }

    fn each(&mut self, how: Macro, list: Id, name: &'t str, name_at: Span, body: Id) -> Troubled<Kind> {
        let item = match self.kind(list)? {
            Kind::List(item) => *item,
            Kind::Attributes => {
                return trouble(self.at(list), "attributes are asked by key: `\"key\" in change.attributes`");
            }
            other @ (Kind::Flag
            | Kind::Number
            | Kind::Text
            | Kind::Word(_)
            | Kind::Record(_)
            | Kind::Nothing) => return trouble(self.at(list), format!("expected a list, found {other}")),
        };
        if self.scope.iter().any(|(known, _)| *known == name) {
            return trouble(
                name_at,
                format!("`{name}` already means something here: give the item another name"),
            );
        }
        self.scope.push((name, item.clone()));
        let of_body = match how {
            Macro::Map => self.kind(body),
            Macro::All | Macro::Exists | Macro::ExistsOne | Macro::Filter => {
                self.expect(body, &Kind::Flag, "for each item").map(|()| Kind::Flag)
            }
        };
        self.scope.pop();
        Ok(match how {
            Macro::All | Macro::Exists | Macro::ExistsOne => of_body?,
            Macro::Filter => of_body.map(|_| Kind::List(Box::new(item)))?,
            Macro::Map => Kind::List(Box::new(of_body?)),
        })
    }

    fn call(&mut self, function: Function, of: Id, argument: Option<Id>) -> Troubled<Kind> {
        if let Some(argument) = argument {
            self.expect(argument, &Kind::Text, "in the brackets")?;
        }
        match function {
            Function::Size => match self.kind(of)? {
                Kind::Text | Kind::Word(_) | Kind::List(_) | Kind::Attributes => Ok(Kind::Number),
                other @ (Kind::Flag | Kind::Number | Kind::Record(_) | Kind::Nothing) => {
                    trouble(self.at(of), format!("expected a list or a text, found {other}"))
                }
            },
            Function::Contains | Function::StartsWith | Function::EndsWith => {
                self.expect(of, &Kind::Text, "before the dot").map(|()| Kind::Flag)
            }
            Function::LowerAscii => self.expect(of, &Kind::Text, "to be lowered").map(|()| Kind::Text),
            Function::Int => self.expect(of, &Kind::Text, "to be read as a number").map(|()| Kind::Number),
        }
    }
}

/// A typo, a name as a change document writes it, or something that is not there.
fn no_field(record: &Record, name: &str, behind: &str) -> String {
    let has = |name: &str| record.fields.iter().any(|field| field.name == name);
    let names = || record.fields.iter().map(|field: &Told| field.name);
    let said = format!("`{}` has no field `{name}`", record.name);
    if let Some(whole) = with_minus(name, behind).filter(|whole| has(whole)) {
        return format!("{said}; `-` is minus here, did you mean `{whole}`?");
    }
    let minutes = name.strip_suffix("_at").map(|stem| format!("{stem}_epoch_min"));
    if let Some(minutes) =
        minutes.or((name == "at").then(|| "at_epoch_min".into())).filter(|minutes| has(minutes))
    {
        return format!("{said}; times are minutes since 1970: `{minutes}`");
    }
    match nearest(name, names()) {
        Some(near) => format!("{said}; did you mean `{near}`?"),
        None => format!("{said}; it has {}", interlock_guest::listed(names(), ", ")),
    }
}

/// `error-budget` as somebody wrote it who had the document in mind: with `_` for each `-` that follows without a blank.
fn with_minus(name: &str, behind: &str) -> Option<String> {
    let more: &str = behind.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next()?;
    more.starts_with('-').then(|| format!("{name}{}", more.replace('-', "_")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    fn checked(source: &str) -> Troubled<()> {
        check(&mut parse(source)?, source)
    }

    #[test]
    fn a_slip_is_told_with_what_was_meant() {
        for (source, at, says) in [
            ("change.enviroment.declared == 'a'", "enviroment", "did you mean `environment`?"),
            ("change.error-budget == []", "error", "`-` is minus here, did you mean `error_budget`?"),
            ("change.created_at > 0", "created_at", "`created_epoch_min`"),
            ("change.approvals.all(a, a.at > 0)", "at", "`at_epoch_min`"),
            ("change.weather == 1", "weather", "it has id, kind, title"),
            ("chang.id == 'a'", "chang", "did you mean `change`?"),
            ("kind == 'config'", "kind", "did you mean `change.kind`?"),
            ("change.kind == 'confg'", "'confg'", "`change.kind` is never `confg`; did you mean `config`?"),
            ("'weather' == change.kind", "'weather'", "it is one of the words `config`, `data`"),
            ("change.kind in ['data', 'confg']", "'confg'", "did you mean `config`?"),
            ("'confg' in [change.kind]", "'confg'", "did you mean `config`?"),
            ("change.kind", "change.kind", "expected true or false as a rule, found one of the words"),
            (
                "size(change.labels)",
                "size(change.labels)",
                "expected true or false as a rule, found a number",
            ),
            (
                "change.services == 1",
                "change.services == 1",
                "never equal: a list of `service`, and a number",
            ),
            ("change.services == change.services", "change.services == change.services", "as a whole"),
            ("change.declared_risk == change.kind", "change.declared_risk == change.kind", "never equal"),
            ("change.services.tier == 0", "tier", "`.exists(it, it.tier ..)` asks its items"),
            ("change.services[0].tier < 'a'", "change.services[0].tier < 'a'", "two numbers or two texts"),
            ("change.kind < true", "change.kind < true", "two numbers or two texts"),
            ("change.labels[0] + 1 == 'a'", "change.labels[0] + 1", "two numbers, texts or lists"),
            ("change.labels['a'] == 'a'", "'a'", "as the place in a list"),
            ("change['id'] == 'a'", "'id'", "behind a dot"),
            ("change.attributes[1] == 'a'", "1", "as the key of an attribute"),
            ("change.attributes.all(a, true)", "change.attributes", "asked by key"),
            ("change.id.all(a, true)", "change.id", "expected a list, found a text"),
            ("change.labels.all(change, true)", "change", "another name"),
            ("change.labels.all(a, change.labels.all(a, true))", "a", "another name"),
            ("change.labels.all(a, a)", "a", "expected true or false for each item, found a text"),
            ("[1, 'a'] == []", "'a'", "expected a number like the items before, found a text"),
            ("1 in change.labels", "1", "this is never in a list of texts"),
            ("'a' in change.id", "change.id", "expected a list behind `in`"),
            ("!change.id", "change.id", "behind `!`"),
            ("change.id ? true : false", "change.id", "before `?`"),
            ("(true ? 1 : 'a') == 1", "'a'", "like the other answer"),
            ("change.id && true", "change.id", "on each side of"),
            ("change.id.contains(1)", "1", "in the brackets"),
            ("size(1) == 1", "1", "expected a list or a text"),
            ("change.files.all(f, f.text == '')", "text", "not shown"),
            ("change.id.title == 'a'", "title", "a text has no field"),
        ] {
            let Err(found) = checked(source) else { panic!("`{source}` fits") };
            assert!(found.message.contains(says), "{source}: {}", found.message);
            assert_eq!(found.at.of(source), at, "{source}: {}", found.message);
        }
    }

    #[test]
    fn what_fits_is_quiet() {
        for source in [
            "true",
            "change.kind == 'config' || change.kind in ['data', 'os-update']",
            "change.kind != change.title",
            "change.labels == [] || change.labels == ['a']",
            "has(change.rollback.minutes) && change.rollback.minutes <= 10",
            "change.services.exists(s, has(s.tier) && s.tier == 0)",
            "'change-ticket' in change.attributes && change.attributes.team == 'a'",
            "size(change.services.filter(s, s.tier == 0).map(s, s.name) + ['x']) > -1",
            "change.schedule.start.all(m, m.weekday in ['monday', 'tuesday'] && m.minute_of_day >= 9 * 60)",
            "change.files.exists(f, f.edits.exists(e, e.after.kind == 'integer' && int(e.after.text) > 5))",
            "question.asked_at == 'promote' ? question.progress.stages_done > 0 : true",
            "change.id.lowerAscii().startsWith('a')",
            "change.labels.exists_one(a, a.endsWith('b'))",
        ] {
            if let Err(trouble) = checked(source) {
                panic!("{}", trouble.drawn(source));
            }
        }
    }
}
