//! Reading one change by a checked expression.
//!
//! A fact that nobody knows is trouble, never a false or a true: `has(..)` asks for it. As the specification has it, a
//! trouble that does not matter is none: `false && x` is false and `true || x` is true whatever becomes of `x`, on either
//! side, and so for `all` and `exists`. Called by `expression`.

use interlock_guest::change_types::Change;
use interlock_guest::contains;
use interlock_guest::question_types::Question;
use interlock_guest::reflect::{Fields, Reflect as _, View};

use crate::tree::{Field, Function, Id, Macro, Operator, Tree, What};
use crate::trouble::{Troubled, trouble};
use crate::value::{List, Value};

/// Whether the expression is true of this change.
pub(crate) fn holds(tree: &Tree, source: &str, change: &Change, question: &Question) -> Troubled<bool> {
    let scope = [change.view(), question.view()].into_iter().filter_map(Value::of).collect();
    let mut reader = Reader { tree, source, scope };
    reader.flag(tree.root)
}

struct Reader<'a> {
    tree: &'a Tree,
    source: &'a str,
    /// The change, the question, and the items of the macros around.
    scope: Vec<Value<'a>>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, id: Id) -> Troubled<Value<'a>> {
        match &self.tree.get(id).what {
            What::Flag(flag) => Ok(Value::Flag(*flag)),
            What::Number(number) => Ok(Value::Number(*number)),
            What::Text(text) => Ok(Value::Text(text.into())),
            What::Name { name: _, slot } => match self.scope.get(*slot) {
                Some(value) => Ok(value.clone()),
                None => self.unchecked(id),
            },
            What::List(items) => self.list(items),
            What::Select { of, name, name_at: _, field } => self.select(id, *of, name, *field),
            What::Index { of, index } => self.index(*of, *index),
            What::Not(of) => self.flag(*of).map(|flag| Value::Flag(!flag)),
            What::Minus(of) => self.minus(id, *of),
            What::All(operands) => self.row(operands, false).map(Value::Flag),
            What::Any(operands) => self.row(operands, true).map(Value::Flag),
            What::Binary { operator, left, right } => self.binary(id, *operator, *left, *right),
            What::Choice { test, then, otherwise } => {
                let chosen = if self.flag(*test)? { *then } else { *otherwise };
                self.value(chosen)
            }
            What::Has(of) => self.known(*of).map(|known| Value::Flag(known.is_some())),
            What::Each { how, list, name: _, name_at: _, body } => self.each(*how, *list, *body),
            What::Call { function, of, argument } => self.call(id, *function, *of, *argument),
        }
    }

    /// What `check` lets nobody come to.
    fn unchecked<T>(&self, id: Id) -> Troubled<T> {
        trouble(self.tree.get(id).at, "this is not of the kind that it was checked to be")
    }

    fn flag(&mut self, id: Id) -> Troubled<bool> {
        let Value::Flag(flag) = self.value(id)? else { return self.unchecked(id) };
        Ok(flag)
    }

    fn number(&mut self, id: Id) -> Troubled<i64> {
        let Value::Number(number) = self.value(id)? else { return self.unchecked(id) };
        Ok(number)
    }

    fn items(&mut self, id: Id) -> Troubled<List<'a>> {
        let Value::List(list) = self.value(id)? else { return self.unchecked(id) };
        Ok(list)
    }

    fn list(&mut self, items: &[Id]) -> Troubled<Value<'a>> {
        items.iter().map(|item| self.value(*item)).collect::<Troubled<Vec<_>>>().map(Value::list)
    }

    fn select(&mut self, id: Id, of: Id, name: &str, field: Field) -> Troubled<Value<'a>> {
        let owner = self.value(of)?;
        if let (Value::Record(fields), Field::Of { omitted: Some(count), .. }) = (&owner, field) {
            self.refuse_what_was_cut(id, *fields, count)?;
        }
        match read(&owner, name, field) {
            Some(value) => Ok(value),
            None => {
                let path = self.tree.get(id).at.of(self.source);
                trouble(
                    self.tree.get(id).at,
                    format!("nobody knows it of this change; `has({path})` asks whether anybody does"),
                )
            }
        }
    }

    /// What is not here may be just what the expression looks for.
    fn refuse_what_was_cut(&self, id: Id, fields: &dyn Fields, count: usize) -> Troubled<()> {
        let View::Number(omitted) = fields.field(count) else { return self.unchecked(id) };
        if omitted == 0 {
            return Ok(());
        }
        let message =
            format!("{omitted} of them were left out, and an expression judges every one: split the change");
        trouble(self.tree.get(id).at, message)
    }

    /// What stands there, or that nobody knows: of a whole path, as soon as one of its parts is unknown.
    fn known(&mut self, id: Id) -> Troubled<Option<Value<'a>>> {
        let What::Select { of, name, name_at: _, field } = &self.tree.get(id).what else {
            return self.value(id).map(Some);
        };
        Ok(self.known(*of)?.and_then(|owner| read(&owner, name, *field)))
    }

    fn index(&mut self, of: Id, index: Id) -> Troubled<Value<'a>> {
        let (list, at) = (self.items(of)?, self.tree.get(index).at);
        match self.value(index)? {
            Value::Text(key) => match list.attribute(&key) {
                Some(value) => Ok(value),
                None => trouble(
                    at,
                    "this change has no such attribute; `\"key\" in change.attributes` asks for it",
                ),
            },
            Value::Number(number) => match usize::try_from(number).ok().and_then(|index| list.item(index)) {
                Some(item) => Ok(item),
                None => {
                    trouble(at, format!("no item {number} in a list of {}, counted from 0", list.count()))
                }
            },
            Value::Flag(_) | Value::List(_) | Value::Record(_) => self.unchecked(index),
        }
    }

    fn minus(&mut self, id: Id, of: Id) -> Troubled<Value<'a>> {
        match self.number(of)?.checked_neg() {
            Some(number) => Ok(Value::Number(number)),
            None => self.too_large(id),
        }
    }

    fn too_large<T>(&self, id: Id) -> Troubled<T> {
        trouble(self.tree.get(id).at, "the result is a number that 64 bits do not hold")
    }

    /// Operands until one decides; the first trouble, if none does.
    fn row(&mut self, operands: &[Id], decides: bool) -> Troubled<bool> {
        let mut first_trouble = None;
        for operand in operands {
            match self.flag(*operand) {
                Ok(flag) if flag == decides => return Ok(decides),
                Ok(_) => {}
                Err(trouble) => first_trouble = first_trouble.or(Some(trouble)),
            }
        }
        first_trouble.map_or(Ok(!decides), Err)
    }

    fn binary(&mut self, id: Id, operator: Operator, left: Id, right: Id) -> Troubled<Value<'a>> {
        let (one, other) = (self.value(left)?, self.value(right)?);
        match operator {
            Operator::Equal => Ok(Value::Flag(one.equals(&other))),
            Operator::NotEqual => Ok(Value::Flag(!one.equals(&other))),
            Operator::In => self.is_in(right, &one, &other),
            Operator::Less => self.ordered(id, &one, &other).map(|order| Value::Flag(order.is_lt())),
            Operator::LessOrEqual => self.ordered(id, &one, &other).map(|order| Value::Flag(order.is_le())),
            Operator::Greater => self.ordered(id, &one, &other).map(|order| Value::Flag(order.is_gt())),
            Operator::GreaterOrEqual => {
                self.ordered(id, &one, &other).map(|order| Value::Flag(order.is_ge()))
            }
            Operator::Plus | Operator::Minus | Operator::Times | Operator::Divided | Operator::Remainder => {
                self.computed(id, operator, one, other)
            }
        }
    }

    fn is_in(&self, list: Id, one: &Value<'a>, other: &Value<'a>) -> Troubled<Value<'a>> {
        let Value::List(items) = other else { return self.unchecked(list) };
        let is_key = matches!(one, Value::Text(key) if items.attribute(key).is_some());
        Ok(Value::Flag(is_key || items.iter().any(|item| item.equals(one))))
    }

    fn ordered(&self, id: Id, one: &Value<'a>, other: &Value<'a>) -> Troubled<std::cmp::Ordering> {
        match (one, other) {
            (Value::Number(one), Value::Number(other)) => Ok(one.cmp(other)),
            (Value::Text(one), Value::Text(other)) => Ok(one.cmp(other)),
            _ => self.unchecked(id),
        }
    }

    fn computed(&self, id: Id, operator: Operator, one: Value<'a>, other: Value<'a>) -> Troubled<Value<'a>> {
        match (one, other) {
            (Value::Number(one), Value::Number(other)) => self.number_of(id, operator, one, other),
            (Value::Text(one), Value::Text(other)) => Ok(Value::Text(one + other)),
            (Value::List(one), Value::List(other)) => {
                Ok(Value::list(one.iter().chain(other.iter()).collect()))
            }
            _ => self.unchecked(id),
        }
    }

    fn number_of(&self, id: Id, operator: Operator, one: i64, other: i64) -> Troubled<Value<'a>> {
        if other == 0 && matches!(operator, Operator::Divided | Operator::Remainder) {
            return trouble(self.tree.get(id).at, "nothing is divided by 0");
        }
        let result = match operator {
            Operator::Plus => one.checked_add(other),
            Operator::Minus => one.checked_sub(other),
            Operator::Times => one.checked_mul(other),
            Operator::Divided => one.checked_div(other),
            Operator::Remainder => one.checked_rem(other),
            Operator::Equal
            | Operator::NotEqual
            | Operator::In
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => return self.unchecked(id),
        };
        result.map_or_else(|| self.too_large(id), |number| Ok(Value::Number(number)))
    }

    fn each(&mut self, how: Macro, list: Id, body: Id) -> Troubled<Value<'a>> {
        let items = self.items(list)?;
        match how {
            Macro::All => self.any_item(&items, body, false).map(Value::Flag),
            Macro::Exists => self.any_item(&items, body, true).map(Value::Flag),
            Macro::ExistsOne => Ok(Value::Flag(self.kept(&items, body)?.len() == 1)),
            Macro::Filter => self.kept(&items, body).map(Value::list),
            Macro::Map => {
                let each = items.iter().map(|item| self.with(item, |reader| reader.value(body)));
                each.collect::<Troubled<Vec<_>>>().map(Value::list)
            }
        }
    }

    /// As [`Self::row`], over the items of a list.
    fn any_item(&mut self, items: &List<'a>, body: Id, decides: bool) -> Troubled<bool> {
        let mut first_trouble = None;
        for item in items.iter() {
            match self.with(item, |reader| reader.flag(body)) {
                Ok(flag) if flag == decides => return Ok(decides),
                Ok(_) => {}
                Err(trouble) => first_trouble = first_trouble.or(Some(trouble)),
            }
        }
        first_trouble.map_or(Ok(!decides), Err)
    }

    fn kept(&mut self, items: &List<'a>, body: Id) -> Troubled<Vec<Value<'a>>> {
        let mut kept = Vec::new();
        for item in items.iter() {
            if self.with(item.clone(), |reader| reader.flag(body))? {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    /// With one more name in scope.
    fn with<T>(&mut self, item: Value<'a>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.scope.push(item);
        let result = read(self);
        self.scope.pop();
        result
    }

    fn call(&mut self, id: Id, function: Function, of: Id, argument: Option<Id>) -> Troubled<Value<'a>> {
        let of = self.value(of)?;
        let argument = argument.map(|argument| self.value(argument)).transpose()?;
        match (function, of, argument) {
            (Function::Size, Value::Text(text), None) => Ok(count(text.chars().count())),
            (Function::Size, Value::List(list), None) => Ok(count(list.count())),
            (Function::Contains, Value::Text(text), Some(Value::Text(part))) => {
                Ok(Value::Flag(contains(&text, &part)))
            }
            (Function::StartsWith, Value::Text(text), Some(Value::Text(part))) => {
                Ok(Value::Flag(text.as_bytes().starts_with(part.as_bytes())))
            }
            (Function::EndsWith, Value::Text(text), Some(Value::Text(part))) => {
                Ok(Value::Flag(text.as_bytes().ends_with(part.as_bytes())))
            }
            (Function::LowerAscii, Value::Text(text), None) => {
                Ok(Value::Text(text.to_ascii_lowercase().into()))
            }
            (Function::Int, Value::Text(text), None) => match text.parse() {
                Ok(number) => Ok(Value::Number(number)),
                Err(_) => trouble(self.tree.get(id).at, "this text is no whole number of 64 bits"),
            },
            _ => self.unchecked(id),
        }
    }
}

/// What an owner has under this name.
fn read<'a>(owner: &Value<'a>, name: &str, field: Field) -> Option<Value<'a>> {
    match (owner, field) {
        (Value::Record(fields), Field::Of { index, omitted: _ }) => Value::of(fields.field(index)),
        (Value::List(list), Field::Attribute) => list.attribute(name),
        _ => None,
    }
}

fn count<'a>(count: usize) -> Value<'a> {
    Value::Number(i64::try_from(count).map_or(i64::MAX, |count| count))
}
