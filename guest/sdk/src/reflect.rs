//! The contract's types by name: which fields a record has, what each holds, and what stands there in one change.
//!
//! For policies that learn only from their settings what to read. The derive of `interlock-guest-macro` writes one
//! implementation for each generated type, so that a new field of the contract is readable without a line of code. What
//! nobody calls is not in a module. Names are the contract's with `_` for `-`.

/// What a place of the contract holds.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// A text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any number of these.
    List(&'static Type),
    /// Fields by name.
    Record(&'static Record),
}

/// A record of the contract.
#[derive(Debug)]
pub struct Record {
    /// Its name, in the contract's spelling.
    pub name: &'static str,
    /// Its fields, in the contract's order.
    pub fields: &'static [Field],
}

/// A field of a record.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds where it is known.
    pub ty: Type,
    /// Whether it may be unknown.
    pub is_optional: bool,
}

/// What stands in a place.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// Nobody knows.
    Unknown,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text, or one of the words of an enum.
    Text(&'a str),
    /// A list.
    List(&'a dyn Items),
    /// A record.
    Record(&'a dyn Fields),
}

/// A type of the contract.
pub trait Reflect {
    /// What it holds where it is known.
    const TYPE: Type;
    /// Whether it may be unknown.
    const IS_OPTIONAL: bool = false;

    /// This value.
    fn view(&self) -> View<'_>;
}

/// A record of the contract, as [`View`] lends it.
pub trait Fields {
    /// What stands in the field of this index in [`Record::fields`].
    fn field(&self, index: usize) -> View<'_>;
}

/// A list of the contract, as [`View`] lends it.
pub trait Items {
    /// How many.
    fn count(&self) -> usize;

    /// The item of this index.
    fn item(&self, index: usize) -> Option<View<'_>>;
}

impl<T: Reflect> Items for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }
    fn item(&self, index: usize) -> Option<View<'_>> {
        self.get(index).map(Reflect::view)
    }
}

impl<T: Reflect> Reflect for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Reflect> Reflect for Option<T> {
    const TYPE: Type = T::TYPE;
    const IS_OPTIONAL: bool = true;
    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Unknown, Reflect::view)
    }
}

impl Reflect for String {
    const TYPE: Type = Type::Text;
    fn view(&self) -> View<'_> {
        View::Text(self)
    }
}

impl Reflect for bool {
    const TYPE: Type = Type::Flag;
    fn view(&self) -> View<'_> {
        View::Flag(*self)
    }
}

/// The contract has no number that 64 bits do not hold.
macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Reflect for $number {
            const TYPE: Type = Type::Number;
            fn view(&self) -> View<'_> {
                View::Number(i64::from(*self))
            }
        })*
    };
}

numbers!(u8 u16 u32 i32);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change_types::{Change, ChangeKind, Person, PersonKind};

    fn field<'a>(of: &'a dyn Fields, record: &Record, name: &str) -> View<'a> {
        of.field(record.fields.iter().position(|field| field.name == name).unwrap())
    }

    #[test]
    fn a_change_is_read_by_the_names_of_the_contract() {
        let Type::Record(record) = Change::TYPE else { panic!("a change is a record") };
        let mut change = Change::unknown("c", ChangeKind::OsUpdate);
        assert!(matches!(field(&change, record, "id"), View::Text("c")));
        assert!(matches!(field(&change, record, "kind"), View::Text("os-update")));
        assert!(matches!(field(&change, record, "author"), View::Unknown));
        assert!(matches!(field(&change, record, "attributes"), View::List(list) if list.count() == 0));
        change.author = Some(Person { id: "a".into(), kind: Some(PersonKind::Bot) });
        let View::Record(author) = field(&change, record, "author") else { panic!("it is known now") };
        assert!(matches!(author.field(1), View::Text("bot")));
        assert!(matches!(change.field(record.fields.len()), View::Unknown), "no such field");
    }

    #[test]
    fn types_are_those_of_the_contract() {
        let Type::Record(record) = Change::TYPE else { panic!("a change is a record") };
        assert_eq!(record.name, "change");
        let of = |name: &str| record.fields.iter().find(|field| field.name == name).unwrap();
        assert!(
            matches!(of("kind").ty, Type::Word(words) if words.contains(&"os-update") && !of("kind").is_optional)
        );
        assert!(matches!(of("labels").ty, Type::List(Type::Text) if of("labels").is_optional));
        assert!(matches!(of("rollout").ty, Type::Record(rollout) if rollout.name == "rollout"));
        assert!(matches!(of("omitted_files").ty, Type::Number if !of("omitted_files").is_optional));
    }
}
