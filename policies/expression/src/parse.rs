//! An expression from its text: the grammar of CEL, as far as a change has what it speaks of.
//!
//! Left out on purpose, each told where it stands: floating point, unsigned numbers, bytes, maps and messages written
//! out, `matches`. Types are asked by `check`, names are found there. Called by `expression`.

use crate::token::{Token, What as Lexeme, tokens};
use crate::tree::{Field, Function, HEIGHT_MAX, Id, Macro, Operator, Tree, What, too_deep};
use crate::trouble::{Span, Troubled, nearest, trouble};

/// Longest expression, in bytes. A house rule is a line or two.
const BYTES_MAX: usize = 2_000;

/// Operators between two operands, by how tightly they bind. `||` is 0 and `&&` is 1; those two are nodes of their own.
const OPERATORS: &[(&str, u8, Operator)] = &[
    ("==", 2, Operator::Equal),
    ("!=", 2, Operator::NotEqual),
    ("<", 2, Operator::Less),
    ("<=", 2, Operator::LessOrEqual),
    (">", 2, Operator::Greater),
    (">=", 2, Operator::GreaterOrEqual),
    ("in", 2, Operator::In),
    ("+", 3, Operator::Plus),
    ("-", 3, Operator::Minus),
    ("*", 4, Operator::Times),
    ("/", 4, Operator::Divided),
    ("%", 4, Operator::Remainder),
];

/// How tightly an operand of an operator that binds tightest binds.
const UNARY: u8 = 5;

const MACROS: &[(&str, Macro)] = &[
    ("all", Macro::All),
    ("exists", Macro::Exists),
    ("exists_one", Macro::ExistsOne),
    ("filter", Macro::Filter),
    ("map", Macro::Map),
];

/// By name, and how many arguments each takes behind what it is called on.
const FUNCTIONS: &[(&str, Function, usize)] = &[
    ("size", Function::Size, 0),
    ("contains", Function::Contains, 1),
    ("startsWith", Function::StartsWith, 1),
    ("endsWith", Function::EndsWith, 1),
    ("lowerAscii", Function::LowerAscii, 0),
    ("int", Function::Int, 0),
];

/// Words that CEL keeps for itself; an item cannot be called so.
const RESERVED: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "has",
];

/// Words that people write who know another language.
const FOREIGN: &[(&str, &str)] = &[("and", "`&&` is and"), ("or", "`||` is or"), ("not", "`!` is not")];

/// Reads an expression, without asking what its names mean.
pub(crate) fn parse(source: &str) -> Troubled<Tree> {
    if source.len() > BYTES_MAX {
        let at = Span { start: 0, end: 0 };
        return trouble(at, format!("{} bytes, at most {BYTES_MAX}: make several rules of it", source.len()));
    }
    let mut parser = Parser { tokens: tokens(source)?, next: 0, depth: 0, tree: Tree::new() };
    let root = parser.choice()?;
    if !parser.is_at(&Lexeme::End) {
        return parser.unexpected("an operator or the end");
    }
    parser.tree.root = root;
    Ok(parser.tree)
}

static END: Token = Token { at: Span { start: 0, end: 0 }, what: Lexeme::End };

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    tree: Tree,
}

impl Parser {
    /// The next one; behind the last, which is the end, there is nothing but the end.
    fn token(&self) -> &Token {
        self.tokens.get(self.next).map_or(&END, |token| token)
    }

    fn at(&self) -> Span {
        self.token().at
    }

    fn is_at(&self, what: &Lexeme) -> bool {
        self.token().what == *what
    }

    /// Takes this sign if it is next.
    fn takes(&mut self, sign: &'static str) -> bool {
        let is_next = self.is_at(&Lexeme::Sign(sign));
        self.next += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: &'static str) -> Troubled<Span> {
        let at = self.at();
        if self.takes(sign) { Ok(at) } else { self.unexpected(&format!("`{sign}`")) }
    }

    fn unexpected<T>(&self, expected: &str) -> Troubled<T> {
        let Token { at, what } = self.token();
        let found = match what {
            Lexeme::Word(word) => {
                let foreign = FOREIGN.iter().find(|(foreign, _)| foreign == word);
                let help = foreign.map(|(_, help)| format!("; {help}"));
                format!("`{word}`{}", help.as_deref().map_or("", |help| help))
            }
            Lexeme::Number(number) => format!("`{number}`"),
            Lexeme::Text(_) => "a text".into(),
            Lexeme::Sign(sign) => format!("`{sign}`"),
            Lexeme::End => "the end".into(),
        };
        trouble(*at, format!("expected {expected}, found {found}"))
    }

    fn span(&self, id: Id) -> Span {
        self.tree.get(id).at
    }

    /// Anything that calls itself goes through here: what is nested deeper would overflow the stack.
    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Troubled<Id>) -> Troubled<Id> {
        self.depth += 1;
        if self.depth > HEIGHT_MAX {
            return too_deep(self.at());
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// `test ? then : otherwise`, or anything that binds tighter.
    fn choice(&mut self) -> Troubled<Id> {
        self.nested(|parser| {
            let test = parser.any()?;
            if !parser.takes("?") {
                return Ok(test);
            }
            let then = parser.any()?;
            parser.expect(":")?;
            let otherwise = parser.choice()?;
            let at = parser.span(test).to(parser.span(otherwise));
            parser.tree.add(at, What::Choice { test, then, otherwise })
        })
    }

    fn any(&mut self) -> Troubled<Id> {
        self.row("||", Self::all, What::Any)
    }

    fn all(&mut self) -> Troubled<Id> {
        self.row("&&", |parser| parser.binary(2), What::All)
    }

    /// Any number of operands with one sign between them, as one node: a long row is not deep.
    fn row(
        &mut self,
        sign: &'static str,
        operand: fn(&mut Self) -> Troubled<Id>,
        node: fn(Vec<Id>) -> What,
    ) -> Troubled<Id> {
        let first = operand(self)?;
        let (mut operands, mut last) = (vec![first], first);
        while self.takes(sign) {
            last = operand(self)?;
            operands.push(last);
        }
        if operands.len() == 1 {
            return Ok(first);
        }
        self.tree.add(self.span(first).to(self.span(last)), node(operands))
    }

    /// Operators that bind at least so tightly, from the left.
    fn binary(&mut self, binding: u8) -> Troubled<Id> {
        if binding == UNARY {
            return self.unary();
        }
        let mut left = self.binary(binding + 1)?;
        while let Some(operator) = self.operator(binding) {
            self.next += 1;
            let right = self.binary(binding + 1)?;
            let at = self.span(left).to(self.span(right));
            left = self.tree.add(at, What::Binary { operator, left, right })?;
        }
        Ok(left)
    }

    fn operator(&self, binding: u8) -> Option<Operator> {
        let sign = match &self.token().what {
            Lexeme::Sign(sign) => sign,
            Lexeme::Word(word) => word.as_str(),
            Lexeme::Number(_) | Lexeme::Text(_) | Lexeme::End => return None,
        };
        let found = OPERATORS.iter().find(|(known, of, _)| *known == sign && *of == binding);
        found.map(|(_, _, operator)| *operator)
    }

    fn unary(&mut self) -> Troubled<Id> {
        let at = self.at();
        let node: fn(Id) -> What = if self.takes("!") {
            What::Not
        } else if self.takes("-") {
            What::Minus
        } else {
            return self.member();
        };
        self.nested(|parser| {
            let of = parser.unary()?;
            parser.tree.add(at.to(parser.span(of)), node(of))
        })
    }

    /// `a.b`, `a[b]`, `a.size()`, `a.all(b, c)`, one behind the other.
    fn member(&mut self) -> Troubled<Id> {
        let mut of = self.primary()?;
        loop {
            let start = self.span(of);
            if self.takes("[") {
                let index = self.choice()?;
                let close = self.expect("]")?;
                of = self.tree.add(start.to(close), What::Index { of, index })?;
            } else if self.takes(".") {
                of = self.named(of)?;
            } else {
                return Ok(of);
            }
        }
    }

    /// What follows a dot.
    fn named(&mut self, of: Id) -> Troubled<Id> {
        let (name, name_at) = self.name("the name of a field or function")?;
        if !self.takes("(") {
            let at = self.span(of).to(name_at);
            return self.tree.add(at, What::Select { of, name, name_at, field: Field::Unsought });
        }
        match MACROS.iter().find(|(known, _)| *known == name) {
            Some((_, how)) => self.each(*how, of),
            None => self.method(&name, name_at, of),
        }
    }

    fn name(&mut self, expected: &str) -> Troubled<(String, Span)> {
        let at = self.at();
        match &self.token().what {
            Lexeme::Word(name) => {
                let name = name.clone();
                self.next += 1;
                Ok((name, at))
            }
            Lexeme::Number(_) | Lexeme::Text(_) | Lexeme::Sign(_) | Lexeme::End => self.unexpected(expected),
        }
    }

    fn each(&mut self, how: Macro, list: Id) -> Troubled<Id> {
        let (name, name_at) = self.name("a name for the item")?;
        if RESERVED.contains(&name.as_str()) {
            return trouble(
                name_at,
                format!("an item cannot be called `{name}`: the language uses that word"),
            );
        }
        self.expect(",")?;
        let body = self.choice()?;
        let close = self.expect(")")?;
        let at = self.span(list).to(close);
        self.tree.add(at, What::Each { how, list, name, name_at, body })
    }

    fn method(&mut self, name: &str, name_at: Span, of: Id) -> Troubled<Id> {
        let (function, arguments) = function(name, name_at)?;
        let argument = if arguments == 0 { None } else { Some(self.choice()?) };
        let close = self.expect(")")?;
        self.tree.add(self.span(of).to(close), What::Call { function, of, argument })
    }

    fn primary(&mut self) -> Troubled<Id> {
        let at = self.at();
        let what = match &self.token().what {
            Lexeme::Number(number) => What::Number(*number),
            Lexeme::Text(text) => What::Text(text.clone()),
            Lexeme::Word(word) => return self.word(word.clone(), at),
            Lexeme::Sign("(") => return self.bracketed(),
            Lexeme::Sign("[") => return self.list(at),
            Lexeme::Sign(_) | Lexeme::End => return self.unexpected("a fact, a number, a text or a list"),
        };
        self.next += 1;
        self.tree.add(at, what)
    }

    fn bracketed(&mut self) -> Troubled<Id> {
        self.next += 1;
        let inner = self.choice()?;
        self.expect(")")?;
        Ok(inner)
    }

    fn list(&mut self, open: Span) -> Troubled<Id> {
        self.next += 1;
        let mut items = Vec::new();
        while !self.is_at(&Lexeme::Sign("]")) {
            items.push(self.choice()?);
            if !self.takes(",") {
                break;
            }
        }
        let close = self.expect("]")?;
        self.tree.add(open.to(close), What::List(items))
    }

    /// `true`, `has(..)`, `size(..)`, `change`.
    fn word(&mut self, word: String, at: Span) -> Troubled<Id> {
        if word == "in" {
            return self.unexpected("a fact, a number, a text or a list");
        }
        self.next += 1;
        if self.takes("(") {
            return self.call(&word, at);
        }
        let what = match word.as_str() {
            "true" => What::Flag(true),
            "false" => What::Flag(false),
            "null" => return trouble(at, "nothing is null here: `has(..)` asks whether a fact is known"),
            _ => What::Name { name: word, slot: 0 },
        };
        self.tree.add(at, what)
    }

    /// `has(a.b)`, or a function called with what stands in its brackets.
    fn call(&mut self, name: &str, at: Span) -> Troubled<Id> {
        if name != "has" {
            let (function, arguments) = function(name, at)?;
            if arguments > 0 {
                return trouble(at, format!("`{name}` stands behind a dot: `text.{name}(..)`"));
            }
            let of = self.choice()?;
            let close = self.expect(")")?;
            return self.tree.add(at.to(close), What::Call { function, of, argument: None });
        }
        let of = self.choice()?;
        if !matches!(self.tree.get(of).what, What::Select { .. }) {
            return trouble(self.span(of), "`has` asks for a field by its name, like `has(change.rollback)`");
        }
        let close = self.expect(")")?;
        self.tree.add(at.to(close), What::Has(of))
    }
}

/// The function of this name, and how many arguments it takes.
fn function(name: &str, at: Span) -> Troubled<(Function, usize)> {
    if let Some((_, function, arguments)) = FUNCTIONS.iter().find(|(known, _, _)| *known == name) {
        return Ok((*function, *arguments));
    }
    if name == "matches" {
        return trouble(
            at,
            "there are no regular expressions here: use `contains`, `startsWith`, `endsWith`",
        );
    }
    let macros = MACROS.iter().map(|(name, _)| *name);
    let known = FUNCTIONS.iter().map(|(name, _, _)| *name).chain(macros).chain(["has"]);
    let help = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", interlock_guest::listed(known, ", ")),
    };
    trouble(at, format!("no function `{name}`; {help}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree with brackets around everything, to see what binds to what.
    fn shape(source: &str) -> String {
        let tree = parse(source).unwrap_or_else(|trouble| panic!("{}", trouble.drawn(source)));
        shown(&tree, tree.root, source)
    }

    fn shown(tree: &Tree, id: Id, source: &str) -> String {
        let show = |id: &Id| shown(tree, *id, source);
        let row =
            |ids: &Vec<Id>, sign: &str| format!("({})", ids.iter().map(show).collect::<Vec<_>>().join(sign));
        match &tree.get(id).what {
            What::All(ids) => row(ids, " && "),
            What::Any(ids) => row(ids, " || "),
            What::List(ids) => row(ids, ", "),
            What::Binary { operator, left, right } => {
                format!("({} {operator:?} {})", show(left), show(right))
            }
            What::Choice { test, then, otherwise } => {
                format!("({} ? {} : {})", show(test), show(then), show(otherwise))
            }
            What::Not(of) => format!("!{}", show(of)),
            What::Minus(of) => format!("-{}", show(of)),
            What::Select { of, name, .. } => format!("{}.{name}", show(of)),
            What::Index { of, index } => format!("{}[{}]", show(of), show(index)),
            What::Each { how, list, name, body, .. } => {
                format!("{how:?}({}, {name}, {})", show(list), show(body))
            }
            What::Call { function, of, argument } => {
                format!(
                    "{function:?}({}{})",
                    show(of),
                    argument.as_ref().map_or(String::new(), |id| format!(", {}", show(id)))
                )
            }
            What::Has(of) => format!("has({})", show(of)),
            What::Flag(_) | What::Number(_) | What::Text(_) | What::Name { .. } => {
                tree.get(id).at.of(source).to_owned()
            }
        }
    }

    #[test]
    fn operators_bind_as_the_specification_has_them() {
        for (source, expect) in [
            ("a || b && c || d", "(a || (b && c) || d)"),
            ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
            ("a == b + c * -d - e", "(a Equal ((b Plus (c Times -d)) Minus e))"),
            ("!a.b in [1, 2,]", "(!a.b In (1, 2))"),
            ("a.b[c + 1].d.size() > 1", "(Size(a.b[(c Plus 1)].d) Greater 1)"),
            ("a.all(b, b.c || d) && has(a.b.c)", "(All(a, b, (b.c || d)) && has(a.b.c))"),
            (
                "size(a.filter(b, b.startsWith('x')).map(c, c.d)) == 0",
                "(Size(Map(Filter(a, b, StartsWith(b, 'x')), c, c.d)) Equal 0)",
            ),
            ("a < b == c", "((a Less b) Equal c)"),
            ("(a || b) && c", "((a || b) && c)"),
        ] {
            assert_eq!(shape(source), expect, "{source}");
        }
    }

    #[test]
    fn a_slip_is_told_where_it_stands() {
        for (source, at, says) in [
            ("", 0, "found the end"),
            ("a &&", 4, "found the end"),
            ("a.b(", 2, "no function `b`"),
            ("(a", 2, "expected `)`, found the end"),
            ("a b", 2, "expected an operator or the end, found `b`"),
            ("a and b", 2, "`&&` is and"),
            ("a.all(b)", 7, "expected `,`, found `)`"),
            ("a.all(in, b)", 6, "cannot be called `in`"),
            ("has(a)", 4, "by its name"),
            ("a == null", 5, "has(..)"),
            ("a.matches('x')", 2, "regular expressions"),
            ("contains(a, b)", 0, "behind a dot"),
            ("a.startWith('x')", 2, "did you mean `startsWith`?"),
            ("a.1", 2, "found `1`"),
        ] {
            let Err(found) = parse(source) else { panic!("`{source}` is read") };
            assert!(found.message.contains(says), "{source}: {}", found.message);
            assert_eq!(found.at.start, at, "{source}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_or_too_long_is_refused() {
        let deep =
            |open: &str, close: &str, times: usize| format!("{}a{}", open.repeat(times), close.repeat(times));
        for (open, close) in [("(", ")"), ("[", "]"), ("!", ""), ("a[", "]"), ("a ? b : ", "")] {
            assert!(parse(&deep(open, close, HEIGHT_MAX - 1)).is_ok(), "{open}");
            let Err(found) = parse(&deep(open, close, 200)) else { panic!("{open} is read") };
            assert!(found.message.contains("nested deeper"), "{}", found.message);
        }
        assert!(parse(&format!("a{}", " + a".repeat(HEIGHT_MAX - 1))).is_ok());
        assert!(parse(&format!("a{}", " + a".repeat(HEIGHT_MAX))).is_err());
        assert!(parse(&format!("a{}", " || a".repeat(300))).is_ok(), "a row is not deep");
        let Err(found) = parse(&"a".repeat(2_001)) else { panic!("it is read") };
        assert!(found.message.contains("at most 2000"), "{}", found.message);
    }
}
