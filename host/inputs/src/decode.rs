//! The tree into a typed document, by serde: each error knows what was found, what was expected, and where.
//!
//! Serde stops at the first error. Unknown keys are the commonest one, and a struct names its keys before it reads them,
//! so all unknown keys are collected in one pass; any other error ends it.

use std::cell::RefCell;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::Form;
use crate::error::{Problem, listed};
use crate::node::{Entry, Node, Value};
use refusal::{Refusal, What, unknown_key};

mod refusal;

/// Unknown keys that are told at once. More of them are no slips, and each costs a comparison with every known key.
const UNKNOWN_MAX: usize = 20;

/// What a tree describes.
pub(crate) fn document<T: DeserializeOwned>(root: &Node, form: Form) -> Result<T, Vec<Problem>> {
    let unknown = RefCell::new(Vec::new());
    let read = T::deserialize(Typed { node: root, form, unknown: &unknown });
    let mut problems = unknown.into_inner();
    match read {
        Ok(document) if problems.is_empty() => return Ok(document),
        Ok(_) => {}
        // A missing key beside an unknown one is most often the same slip.
        Err(Refusal { what: What::Missing { .. }, .. }) if !problems.is_empty() => {}
        Err(refusal) => problems.push(refusal.into_problem(root, form)),
    }
    Err(problems)
}

/// A node, as serde asks for it.
#[derive(Clone, Copy)]
struct Typed<'n> {
    node: &'n Node,
    form: Form,
    unknown: &'n RefCell<Vec<Problem>>,
}

impl<'n> Typed<'n> {
    fn below(self, node: &'n Node) -> Self {
        Self { node, ..self }
    }

    fn map<'de, V: Visitor<'de>>(self, entries: Vec<&'n Entry>, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_map(Entries { typed: self, rest: entries.into_iter(), value: None })
    }

    fn refuse<T>(self, expected: impl Into<String>) -> Result<T, Refusal> {
        Err(Refusal::new(What::Unfit { expected: expected.into() }).at(self.node))
    }
}

impl<'de> Deserializer<'de> for Typed<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let read = match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items { typed: self, rest: items.iter() }),
            Value::Map(entries) => self.map(entries.iter().collect(), visitor),
        };
        read.map_err(|refusal| refusal.at(self.node))
    }

    /// What is there is known. What is unknown is not there; there is no null.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let Value::Map(entries) = &self.node.value else {
            return self
                .refuse(format!("a map with keys like {}", listed(fields.get(..4).unwrap_or(fields))));
        };
        let (known, unknown) = entries.iter().partition(|entry| fields.contains(&entry.key.as_str()));
        let unknown: Vec<&Entry> = unknown;
        let room = UNKNOWN_MAX.saturating_sub(self.unknown.borrow().len());
        let told = unknown.into_iter().take(room).map(|entry| unknown_key(entry, fields, name, self.form));
        self.unknown.borrow_mut().extend(told);
        self.map(known, visitor).map_err(|refusal| refusal.at(self.node))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let Value::Text(text) = &self.node.value else {
            return self.refuse(format!("one of {}", listed(names)));
        };
        visitor.visit_enum(Name(text)).map_err(|refusal| refusal.at(self.node))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'n> {
    typed: Typed<'n>,
    rest: std::slice::Iter<'n, Node>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refusal> {
        let Some(node) = self.rest.next() else { return Ok(None) };
        seed.deserialize(self.typed.below(node)).map(Some).map_err(|refusal| refusal.at(node))
    }
}

struct Entries<'n> {
    typed: Typed<'n>,
    rest: std::vec::IntoIter<&'n Entry>,
    value: Option<&'n Node>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let Some(entry) = self.rest.next() else { return Ok(None) };
        self.value = Some(&entry.value);
        seed.deserialize(Name(&entry.key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let Some(node) = self.value.take() else { return self.typed.refuse("a value") };
        seed.deserialize(self.typed.below(node)).map_err(|refusal| refusal.at(node))
    }
}

/// A key, or the name of an enum's value.
struct Name<'n>(&'n str);

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_str(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Name<'_> {
    type Error = Refusal;
    type Variant = NameOnly;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, NameOnly), Refusal> {
        Ok((seed.deserialize(self)?, NameOnly))
    }
}

/// The enums of our documents carry nothing but their name.
struct NameOnly;

impl<'de> VariantAccess<'de> for NameOnly {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Refusal> {
        Err(Refusal::new(What::Unfit { expected: "a name alone".to_owned() }))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Refusal> {
        Err(Refusal::new(What::Unfit { expected: "a name alone".to_owned() }))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Refusal> {
        Err(Refusal::new(What::Unfit { expected: "a name alone".to_owned() }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use interlock_model::Change;

    use super::*;

    #[track_caller]
    fn refused(text: &str, expect: &[(u32, u32, &str, &str)]) {
        let root = crate::yaml::read(&format!("id: a\nkind: config\n{text}")).unwrap();
        let problems = document::<Change>(&root, Form::Change).unwrap_err();
        assert_eq!(problems.len(), expect.len(), "{problems:?}");
        for (problem, (line, column, message, help)) in problems.iter().zip(expect) {
            assert_eq!((problem.span.line, problem.span.column), (*line, *column), "{problem:?}");
            assert!(problem.message().contains(message) && problem.help.contains(help), "{problem:?}");
        }
    }

    #[test]
    fn each_error_names_the_innermost_place() {
        refused("rollout: { stages: [{ traffic-bp: 10001 }] }", &[(3, 35, "basis points", "schema")]);
        refused(
            "rollout: { stages: [{ bake-s: \"5\" }] }",
            &[(3, 31, "text `5`, expected a whole", "remove the quotes")],
        );
        refused("rollout: { config-included: 1 }", &[(3, 29, "number `1`, expected `true` or `false`", "")]);
        refused("services: { name: a }", &[(3, 11, "a map, expected a list", "as an item")]);
        refused("services: [a]", &[(3, 12, "text `a`, expected a map with keys like `name`", "")]);
        refused("services: [{ tier: 1 }]", &[(3, 12, "no key `name`", "add `name")]);
        refused("title: 5", &[(3, 8, "the number `5`, expected text", "in quotes")]);
        refused("declared-risk: hihg", &[(3, 16, "`low`, `medium`, `high`", "did you mean `high`")]);
        refused("canary: { requests: -1 }", &[(3, 21, "from 0 to 4294967295", "")]);
    }

    #[test]
    fn all_unknown_keys_are_told_at_once() {
        refused(
            "rolout: a\nservices: [{ name: a, teir: 0 }]\nasked-at: deploy\nstart-moments: []",
            &[
                (3, 1, "unknown key `rolout`", "did you mean `rollout`"),
                (5, 1, "unknown key `asked-at`", "whoever asks"),
                (6, 1, "unknown key `start-moments`", "attributes"),
                (4, 23, "unknown key `teir`", "did you mean `tier`"),
            ],
        );
    }

    #[test]
    fn so_many_unknown_keys_are_told_and_no_more() {
        let text: String = (0..1000).map(|n| format!("x{n}: 1\n")).collect();
        let root = crate::yaml::read(&text).unwrap();
        let problems = document::<Change>(&root, Form::Change).unwrap_err();
        assert_eq!(problems.len(), UNKNOWN_MAX);
    }
}
