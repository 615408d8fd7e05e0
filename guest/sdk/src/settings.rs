//! Settings: from pointer and value pairs to a policy's own struct, with every mistake named.
//!
//! `#[derive(Settings)]` writes one implementation of [`Settings`] per struct; this module holds what it calls.

use std::mem::{ManuallyDrop, take};

use crate::finding_types::{SettingError, SettingKind, SettingScalar, SettingValue};
use crate::manifest::SettingText;
use crate::text;
use crate::text::{is_same, is_same_ascii, joined, owned};

/// A struct of settings. Derive it.
pub trait Settings: Sized {
    /// Every setting, for the manifest.
    const TEXTS: &'static [SettingText];

    /// Takes each field from the reader, which notes what is wrong.
    fn take(reader: &mut SettingsReader<'_>) -> Option<Self>;

    /// What is wrong between settings that are each right: pairs of key and message.
    fn check(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// One type a setting can have.
pub trait SettingField: Sized {
    /// What it takes.
    const KIND: SettingKind;

    /// Reads it. A list comes as its items. The error is what was expected, to be read after the word "expected".
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String>;

    /// Takes a list of texts that stands in the policy itself. One that is refused is the author's mistake, and a fault.
    #[allow(
        clippy::panic,
        reason = "found by whatever takes the defaults first, such as a unit test of the policy"
    )]
    fn from_texts(default: &'static [&'static str]) -> Self {
        let scalars: Vec<_> = default.iter().map(|text| SettingScalar::Text((*text).into())).collect();
        match Self::from_setting(if scalars.is_empty() { &[SettingScalar::EmptyList] } else { &scalars }) {
            Ok(texts) => texts,
            Err(_) => panic!("the policy refuses one of its own defaults"),
        }
    }
}

/// A list of texts that costs nothing where the policy's own default is in force.
pub enum Texts {
    /// The default, as it stands in the policy.
    Default(&'static [&'static str]),
    /// What the policy set gives.
    Given(Vec<String>),
}

impl Texts {
    /// Each text.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map_while(|index| self.get(index))
    }

    fn len(&self) -> usize {
        match self {
            Self::Default(texts) => texts.len(),
            Self::Given(texts) => texts.len(),
        }
    }

    /// One function for both: an iterator over either list has the code of whatever is done with a text twice.
    #[inline(never)]
    fn get(&self, index: usize) -> Option<&str> {
        match self {
            Self::Default(texts) => texts.get(index).copied(),
            Self::Given(texts) => texts.get(index).map(String::as_str),
        }
    }

    /// The texts that somebody else wrote, for a check: those of the policy itself need none, at each evaluation.
    pub fn given(&self) -> &[String] {
        match self {
            Self::Default(_) => &[],
            Self::Given(texts) => texts,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A part of a text, when the policy is built. `#[derive(Settings)]` takes the words of a list out of its manifest.
#[doc(hidden)]
pub const fn part(text: &'static str, start: usize, len: usize) -> &'static str {
    let (_, from_here) = text.split_at(start);
    let (part, _) = from_here.split_at(len);
    part
}

impl SettingField for Texts {
    const KIND: SettingKind = SettingKind::TextList;
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        Vec::from_setting(values).map(Self::Given)
    }
    fn from_texts(default: &'static [&'static str]) -> Self {
        Self::Default(default)
    }
}

/// A list of single words to look others up in. The default is read where the manifest has it: a table of two hundred words
/// is 2 KB.
pub enum WordList {
    /// The default, as it stands in the manifest: `[a, b]`.
    Default(&'static str),
    /// What the policy set gives.
    Given(Vec<String>),
}

impl WordList {
    /// Whether one of its words is this one, as [`is_same`] has it.
    #[inline(never)]
    pub fn holds(&self, word: &str) -> bool {
        match self {
            Self::Default(list) => {
                let is_between = |byte: &u8| matches!(byte, b'[' | b',' | b' ' | b']');
                list.as_bytes().split(is_between).any(|known| is_same_ascii(known, word))
            }
            Self::Given(words) => words.iter().any(|known| is_same(known, word)),
        }
    }

    /// The words that somebody else wrote, for a check.
    pub fn given(&self) -> &[String] {
        match self {
            Self::Default(_) => &[],
            Self::Given(words) => words,
        }
    }
}

impl SettingField for WordList {
    const KIND: SettingKind = SettingKind::TextList;
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        Vec::from_setting(values).map(Self::Given)
    }
}

impl SettingField for bool {
    const KIND: SettingKind = SettingKind::Boolean;
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        match values {
            [SettingScalar::Boolean(flag)] => Ok(*flag),
            _ => Err("`true` or `false`".into()),
        }
    }
}

impl SettingField for i32 {
    const KIND: SettingKind = SettingKind::WholeNumber;
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        match values {
            [SettingScalar::WholeNumber(number)] => Ok(*number),
            _ => Err("a whole number".into()),
        }
    }
}

impl SettingField for String {
    const KIND: SettingKind = SettingKind::Text;
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        match values {
            [SettingScalar::Text(text)] => Ok(text.clone()),
            _ => Err("a text".into()),
        }
    }
}

impl SettingField for Vec<String> {
    const KIND: SettingKind = SettingKind::TextList;
    fn from_setting(values: &[SettingScalar]) -> Result<Self, String> {
        if matches!(values, [SettingScalar::EmptyList]) {
            return Ok(Vec::new());
        }
        // Not dropped: one that is wrong ends the evaluation.
        let mut texts = ManuallyDrop::new(Vec::new());
        for value in values {
            match value {
                SettingScalar::Text(text) => texts.push(owned(text)),
                SettingScalar::Boolean(_) | SettingScalar::WholeNumber(_) | SettingScalar::EmptyList => {
                    return Err(owned("a list of texts"));
                }
            }
        }
        Ok(ManuallyDrop::into_inner(texts))
    }
    fn from_texts(default: &'static [&'static str]) -> Self {
        let mut texts = Self::new();
        for text in default {
            texts.push(owned(text));
        }
        texts
    }
}

/// Hands out the settings by key and notes what is wrong.
pub struct SettingsReader<'a> {
    given: Vec<Given<'a>>,
    errors: Vec<SettingError>,
}

/// One value as it was given. `/key` and `/key/0`, `/key/1` are of one key.
struct Given<'a> {
    key: &'a str,
    value: &'a SettingScalar,
    is_taken: bool,
}

impl<'a> SettingsReader<'a> {
    /// Reads a whole struct; every mistake at once.
    pub fn read<S: Settings>(values: &'a [SettingValue]) -> Result<S, Vec<SettingError>> {
        // Not dropped: the instance ends soon, and each way out of here would be code that drops.
        let mut reader = ManuallyDrop::new(Self::new(values));
        let settings = S::take(&mut reader);
        reader.refuse_what_nobody_took();
        let Some(settings) = settings else { return Err(take(&mut reader.errors)) };
        let settings = ManuallyDrop::new(settings);
        if reader.errors.is_empty() {
            for (key, message) in ManuallyDrop::new(settings.check()).iter_mut() {
                reader.refuse(key, take(message));
            }
        }
        let errors = take(&mut reader.errors);
        if errors.is_empty() { Ok(ManuallyDrop::into_inner(settings)) } else { Err(errors) }
    }

    /// Takes one field: what was given, or else the default that the struct's author wrote.
    pub fn field<T: SettingField>(&mut self, key: &'static str, default: &[SettingScalar]) -> Option<T> {
        // Not dropped: for the code of it.
        let given = ManuallyDrop::new(self.take_given(key));
        match T::from_setting(if given.is_empty() { default } else { &given }) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.refuse_other(key, &expected);
                None
            }
        }
    }

    /// Takes a list of texts. The default is a table in the policy, because code for each of two hundred words is code to
    /// be loaded; it also stands in for a list that is refused, so that no field has to be asked whether it is there.
    #[inline(never)]
    pub fn texts<T: SettingField>(&mut self, key: &'static str, default: &'static [&'static str]) -> T {
        self.given_as(key).unwrap_or_else(|| T::from_texts(default))
    }

    /// Takes a list of words likewise. The default is read where the manifest has it.
    #[inline(never)]
    pub fn word_list(&mut self, key: &'static str, default: &'static str) -> WordList {
        self.given_as(key).unwrap_or(WordList::Default(default))
    }

    /// What was given under this key, if it was and can be used.
    fn given_as<T: SettingField>(&mut self, key: &str) -> Option<T> {
        // Not dropped: for the code of it.
        let given = ManuallyDrop::new(self.take_given(key));
        if given.is_empty() {
            return None;
        }
        match T::from_setting(&given) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.refuse_other(key, &expected);
                None
            }
        }
    }

    /// What was given under this key, in the order given. The same code for every type of setting.
    #[inline(never)]
    fn take_given(&mut self, key: &str) -> Vec<SettingScalar> {
        let mut values = Vec::new();
        for given in &mut self.given {
            if given.key == key {
                given.is_taken = true;
                values.push(given.value.clone());
            }
        }
        values
    }

    #[cold]
    #[inline(never)]
    fn refuse_other(&mut self, key: &str, expected: &str) {
        self.refuse(key, joined(&["expected ", expected]));
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self, key: &str, message: String) {
        self.errors.push(SettingError { pointer: joined(&["/", key]), message });
    }

    /// Takes a whole number within bounds; the default stands in for one that is refused. The derive has the compiler look
    /// whether the default is within.
    #[inline(never)]
    pub fn bounded(&mut self, key: &'static str, default: i32, min: i32, max: i32) -> i32 {
        // Not dropped: for the code of it.
        let given = ManuallyDrop::new(self.take_given(key));
        match given.as_slice() {
            [] => {}
            [SettingScalar::WholeNumber(number)] if (min..=max).contains(number) => return *number,
            [SettingScalar::WholeNumber(number)] => self.refuse_outside(key, *number, min, max),
            _ => self.refuse_other(key, "a whole number"),
        }
        default
    }

    /// Takes `true` or `false`. One function: as a [`Self::field`] it is 250 bytes more.
    #[inline(never)]
    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        // Not dropped: for the code of it.
        let given = ManuallyDrop::new(self.take_given(key));
        match given.as_slice() {
            [] => {}
            [SettingScalar::Boolean(flag)] => return *flag,
            _ => self.refuse_other(key, "`true` or `false`"),
        }
        default
    }

    #[cold]
    #[inline(never)]
    fn refuse_outside(&mut self, key: &str, number: i32, min: i32, max: i32) {
        self.refuse(key, text!("expected a whole number from {min} to {max}, found {number}"));
    }

    #[inline(never)]
    fn new(values: &'a [SettingValue]) -> Self {
        let mut given = Vec::new();
        for SettingValue { pointer, value } in values {
            given.push(Given { key: key_of(pointer), value, is_taken: false });
        }
        Self { given, errors: Vec::new() }
    }

    /// Each key once: its values stand one after the other.
    #[inline(never)]
    fn refuse_what_nobody_took(&mut self) {
        let mut before = None;
        for Given { key, is_taken, .. } in ManuallyDrop::new(take(&mut self.given)).iter() {
            if !is_taken && before != Some(key) {
                self.refuse(key, owned("this policy has no such setting"));
                before = Some(key);
            }
        }
    }
}

/// What stands between the first slash and the next. By bytes: a slash is one in UTF-8, wherever it stands.
fn key_of(pointer: &str) -> &str {
    let path = pointer.strip_prefix('/').unwrap_or(pointer);
    let end = path.as_bytes().iter().position(|byte| *byte == b'/');
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::tests::read_setting;

    #[derive(interlock_guest_macro::Settings, Debug, PartialEq)]
    #[setting(check = days_are_few)]
    struct Example {
        /// How many.
        #[setting(default = 3, range = 0..=9)]
        few_max: i32,
        /// Which.
        #[setting(default = ["a", "b"])]
        which: Vec<String>,
        /// Whether.
        #[setting(default = false)]
        whether: bool,
    }

    fn days_are_few(example: &Example) -> Vec<(&'static str, String)> {
        if example.whether && example.few_max == 0 {
            vec![("few-max", "not 0 when whether".into())]
        } else {
            vec![]
        }
    }

    fn value(pointer: &str, value: SettingScalar) -> SettingValue {
        SettingValue { pointer: pointer.into(), value }
    }

    #[track_caller]
    fn check(values: &[SettingValue], expect: Result<Example, &[&str]>) {
        let read = SettingsReader::read::<Example>(values);
        let read = read.map_err(|errors| {
            errors.iter().map(|error| format!("{}: {}", error.pointer, error.message)).collect::<Vec<_>>()
        });
        assert_eq!(read, expect.map_err(|lines| lines.iter().map(ToString::to_string).collect()));
    }

    #[test]
    fn settings_take_defaults_and_name_every_mistake() {
        let defaults = || Example { few_max: 3, which: vec!["a".into(), "b".into()], whether: false };
        check(&[], Ok(defaults()));
        check(&[value("/which", SettingScalar::EmptyList)], Ok(Example { which: vec![], ..defaults() }));
        check(
            &[value("/which/0", SettingScalar::Text("z".into()))],
            Ok(Example { which: vec!["z".into()], ..defaults() }),
        );
        check(
            &[
                value("/few-max", SettingScalar::WholeNumber(10)),
                value("/whether", SettingScalar::Text("yes".into())),
                value("/wich/0", SettingScalar::Text("a".into())),
                value("/wich/1", SettingScalar::Text("b".into())),
            ],
            Err(&[
                "/few-max: expected a whole number from 0 to 9, found 10",
                "/whether: expected `true` or `false`",
                "/wich: this policy has no such setting",
            ]),
        );
        // What stands in for a list or a number that is refused is in force nowhere.
        check(
            &[
                value("/few-max", SettingScalar::WholeNumber(-1)),
                value("/which/0", SettingScalar::WholeNumber(1)),
            ],
            Err(&[
                "/few-max: expected a whole number from 0 to 9, found -1",
                "/which: expected a list of texts",
            ]),
        );
        check(
            &[
                value("/few-max", SettingScalar::WholeNumber(0)),
                value("/whether", SettingScalar::Boolean(true)),
            ],
            Err(&["/few-max: not 0 when whether"]),
        );
    }

    #[test]
    fn a_list_of_words_is_the_default_until_one_is_given() {
        #[derive(interlock_guest_macro::Settings)]
        struct Words {
            /// Which.
            #[setting(default = ["prod", "prd"])]
            which: WordList,
        }
        let read = |values: &[SettingValue]| SettingsReader::read::<Words>(values).map(|words| words.which);
        let default = read(&[]).unwrap();
        assert!(default.holds("prod") && default.holds("prd") && default.given().is_empty());
        let given = read(&[value("/which/0", SettingScalar::Text("live".into()))]).unwrap();
        assert!(given.holds("live") && !given.holds("prod"));
        assert!(!read(&[value("/which", SettingScalar::EmptyList)]).unwrap().holds("prod"));
        assert!(read(&[value("/which", SettingScalar::Boolean(true))]).is_err());
    }

    #[test]
    fn a_word_is_looked_up_whole() {
        let lists =
            [WordList::Default("[prod, pre-prod]"), WordList::Given(vec![" Prod".into(), "pre-prod".into()])];
        for list in &lists {
            assert!(list.holds("prod") && list.holds("PROD ") && list.holds("pre-prod"));
            assert!(
                !list.holds("")
                    && !list.holds("pro")
                    && !list.holds("prods")
                    && !list.holds("prod, pre-prod")
            );
        }
        assert!(WordList::Default("[link]").holds("lin\u{212a}"));
        assert!(!WordList::Default("[]").holds(""));
    }

    #[test]
    fn a_setting_describes_itself_from_its_comment_and_default() {
        let described: Vec<_> = Example::TEXTS
            .iter()
            .map(read_setting)
            .map(|setting| (setting.key, setting.default, setting.help))
            .collect();
        let expect =
            [("few-max", "3", "How many."), ("which", "[a, b]", "Which."), ("whether", "false", "Whether.")];
        assert_eq!(described, expect.map(|(key, default, help)| (key.into(), default.into(), help.into())));
    }
}
