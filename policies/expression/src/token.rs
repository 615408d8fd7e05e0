//! Signs, words, texts and numbers of an expression, with their places. Called by `parse`.

use crate::trouble::{Span, Trouble, Troubled, trouble};

/// One token.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) at: Span,
    pub(crate) what: What,
}

/// What a token is.
#[derive(Debug, PartialEq)]
pub(crate) enum What {
    /// A name, `true`, `false` or `in`.
    Word(String),
    Number(i64),
    Text(String),
    Sign(&'static str),
    End,
}

/// Longer ones first.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", "(", ")", "[", "]",
    ".", ",",
];

/// What people write who know another language, and what CEL has for it.
const FOREIGN: &[(char, &str)] = &[
    ('=', "one `=` is nothing here; `==` compares"),
    ('&', "one `&` is nothing here; `&&` is and"),
    ('|', "one `|` is nothing here; `||` is or"),
    ('{', "a map or message cannot be written here; compare field by field"),
    ('`', "texts stand in `\"` or `'`"),
];

/// All tokens, `End` at the end.
pub(crate) fn tokens(source: &str) -> Troubled<Vec<Token>> {
    let mut reader = Reader { source, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = reader.token()?;
        let is_end = token.what == What::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).map_or("", |rest| rest)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn since(&self, start: usize) -> Span {
        Span { start, end: self.at }
    }

    fn skip_while(&mut self, of: impl Fn(char) -> bool) {
        while self.peek().map_or_else(|| false, &of) {
            self.next();
        }
    }

    /// White space, and comments from `//` to the end of the line.
    fn skip_blank(&mut self) {
        loop {
            self.skip_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}'));
            if !self.rest().starts_with("//") {
                return;
            }
            self.skip_while(|c| c != '\n');
        }
    }

    fn token(&mut self) -> Troubled<Token> {
        self.skip_blank();
        let start = self.at;
        let what = match self.peek() {
            None => What::End,
            Some('0'..='9') => self.number()?,
            Some('"' | '\'') => self.text(start, Escapes::Read)?,
            Some('a'..='z' | 'A'..='Z' | '_') => self.word(start)?,
            Some(other) => self.sign(other)?,
        };
        Ok(Token { at: self.since(start), what })
    }

    fn sign(&mut self, found: char) -> Troubled<What> {
        let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) else {
            let start = self.at;
            self.next();
            let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == found);
            let message = foreign.map_or("no expression has this sign outside a text", |(_, help)| help);
            return trouble(self.since(start), message);
        };
        self.at += sign.len();
        Ok(What::Sign(sign))
    }

    /// A name; or a text behind `r`.
    fn word(&mut self, start: usize) -> Troubled<What> {
        self.skip_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let word = self.since(start).of(self.source);
        match (word, self.peek()) {
            ("r" | "R", Some('"' | '\'')) => self.text(start, Escapes::Raw),
            ("b" | "B" | "rb" | "Rb" | "rB" | "RB" | "br" | "bR" | "Br" | "BR", Some('"' | '\'')) => {
                trouble(self.since(start), "a change has texts and no bytes; leave the letter out")
            }
            _ => Ok(What::Word(word.to_owned())),
        }
    }

    fn number(&mut self) -> Troubled<What> {
        let start = self.at;
        self.skip_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let is_decimal = self
            .rest()
            .strip_prefix('.')
            .map_or_else(|| false, |rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if is_decimal {
            self.next();
            self.skip_while(|c| c.is_ascii_alphanumeric());
        }
        let at = self.since(start);
        let digits = at.of(self.source);
        let (radix, plain) = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            Some(hexadecimal) => (16, hexadecimal),
            None => (10, digits),
        };
        match i64::from_str_radix(plain, radix) {
            Ok(number) => Ok(What::Number(number)),
            Err(_) if !plain.is_empty() && plain.chars().all(|c| c.is_digit(radix)) => {
                trouble(at, format!("numbers end at {}", i64::MAX))
            }
            Err(_) => {
                trouble(at, "numbers are whole here: shares are basis points, times are minutes or seconds")
            }
        }
    }

    /// Three quotes open a text that may go over lines.
    fn text(&mut self, start: usize, escapes: Escapes) -> Troubled<What> {
        let quote = self.next().map_or('"', |quote| quote);
        let close = if self.rest().starts_with(&[quote, quote].iter().collect::<String>()) {
            self.at += 2;
            [quote; 3].iter().collect()
        } else {
            quote.to_string()
        };
        let mut text = String::new();
        loop {
            if self.rest().starts_with(&close) {
                self.at += close.len();
                return Ok(What::Text(text));
            }
            let at = self.at;
            match self.next() {
                None => return trouble(self.since(start), format!("this text has no `{close}` at its end")),
                Some('\n') if close.len() == 1 => {
                    return trouble(
                        self.since(start),
                        format!("this text has no `{close}` at the end of its line"),
                    );
                }
                Some('\\') if escapes == Escapes::Read => text.push(self.escaped(at)?),
                Some(letter) => text.push(letter),
            }
        }
    }

    /// What a backslash stands for, as the specification lists it.
    fn escaped(&mut self, start: usize) -> Troubled<char> {
        let letter = match self.next() {
            Some(same @ ('\\' | '\'' | '"' | '`' | '?')) => Some(same),
            Some('a') => Some('\u{7}'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('v') => Some('\u{b}'),
            Some('x' | 'X') => self.coded(2, 16),
            Some('u') => self.coded(4, 16),
            Some('U') => self.coded(8, 16),
            Some('0'..='3') => {
                self.at -= 1;
                self.coded(3, 8)
            }
            Some(_) | None => None,
        };
        let unknown = || Trouble {
            at: self.since(start),
            message: "no such escape; a backslash of its own is written `\\\\`, or the text `r\"..\"`".into(),
        };
        letter.ok_or_else(|| Box::new(unknown()))
    }

    fn coded(&mut self, digits: usize, radix: u32) -> Option<char> {
        let code = self.rest().get(..digits)?;
        if !code.chars().all(|c| c.is_digit(radix)) {
            return None;
        }
        self.at += digits;
        char::from_u32(u32::from_str_radix(code, radix).ok()?)
    }
}

/// Whether a backslash means something.
#[derive(Clone, Copy, PartialEq)]
enum Escapes {
    Read,
    Raw,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn text(source: &str, expect: &str) {
        assert_eq!(tokens(source).unwrap()[0].what, What::Text(expect.into()), "{source}");
    }

    #[track_caller]
    fn refused(source: &str, at: (usize, usize), says: &str) {
        let Err(found) = tokens(source) else { panic!("{source} is read") };
        assert!(found.message.contains(says), "{source}: {}", found.message);
        assert_eq!((found.at.start, found.at.end), at, "{source}");
    }

    #[test]
    fn texts_are_read_as_the_specification_has_them() {
        text(r#""a\"b\\c\n""#, "a\"b\\c\n");
        text("'it'", "it");
        text("\"\"\"two\"\nlines\"\"\"", "two\"\nlines");
        text(r"r'\d+\'", "\\d+\\");
        text(r#""\x41\u00e9\U0001F600\101""#, "A\u{e9}\u{1f600}A");
        text("\"\"", "");
        text("''", "");
    }

    #[test]
    fn what_is_no_token_is_told_at_its_place() {
        refused("a = b", (2, 3), "`==` compares");
        refused("a & b", (2, 3), "`&&` is and");
        refused("a == 'b", (5, 7), "no `'`");
        refused("1.5", (0, 3), "whole");
        refused("1e3", (0, 3), "whole");
        refused("5u", (0, 2), "whole");
        refused("9223372036854775808", (0, 19), "end at 9223372036854775807");
        refused("'\\q'", (1, 3), "no such escape");
        refused("'\\ud800'", (1, 7), "no such escape");
        refused("b'x'", (0, 1), "no bytes");
        refused("a # b", (2, 3), "sign");
    }

    #[test]
    fn blanks_and_comments_are_nothing() {
        let found: Vec<_> =
            tokens(" a // b\n  <= 0x1F").unwrap().into_iter().map(|token| token.what).collect();
        assert_eq!(found, [What::Word("a".into()), What::Sign("<="), What::Number(31), What::End]);
    }
}
