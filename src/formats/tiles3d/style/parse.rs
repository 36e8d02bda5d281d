//! From text to an expression. Size and depth are bounded, so that evaluating one is too.

use super::super::TilesFault;
use super::functions::Function;
use super::{Pattern, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// Longest expression after its defines are filled in, bytes.
const MAX_TEXT: usize = 64 << 10;
/// Most values, operators and calls of one expression.
const MAX_NODES: usize = 10_000;
/// Deepest expression: `1 + 1 + 1 + …` counts one for each sign.
const MAX_DEPTH: u32 = 400;
/// Most brackets and calls inside each other.
const MAX_NESTING: u32 = 64;
/// A define may name others, so many levels deep.
const MAX_ROUNDS: usize = 8;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    pub(super) root: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Same,
    NotSame,
    Less,
    LessOrSame,
    More,
    MoreOrSame,
    And,
    Or,
    Matches,
    MatchesNot,
}

/// How a colour is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// `color(css)`, `color(css, opacity)`.
    Css,
    /// `rgb`, `rgba`: 0 to 255, opacity 0 to 1.
    Rgb,
    /// `hsl`, `hsla`: all 0 to 1.
    Hsl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    Bool,
    Number,
    Text,
    IsNan,
    IsFinite,
    Not,
    Minus,
    Plus,
    /// `.toString()`.
    Describe,
}

/// A part of a text: as it stands, or a property's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Plain(String),
    Property(String),
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Constant(Value),
    Property(String),
    /// Seconds since the tileset was loaded.
    Time,
    Text(Vec<Piece>),
    List(Vec<Node>),
    Vector(u8, Vec<Node>),
    Paint(Paint, Vec<Node>),
    Call(Function, Vec<Node>),
    Convert(Conversion, Box<Node>),
    Binary(Operator, Box<[Node; 2]>),
    /// Condition, then, else.
    Choice(Box<[Node; 3]>),
    Member(Box<[Node; 2]>),
    /// `feature[…]`.
    PropertyNamed(Box<Node>),
    /// Pattern and flags.
    Pattern(Box<[Node; 2]>),
    /// `regExp(…).test(…)` or, if it says so, `exec`.
    Try(Box<[Node; 2]>, bool),
}

/// Names for parts of expressions.
#[derive(Clone, Debug, Default)]
pub(super) struct Defines(Vec<(String, String)>);

impl Defines {
    pub fn of(document: Option<&Map<String, Json>>, faults: &mut Vec<TilesFault>) -> Self {
        let mut list = Vec::new();
        for (name, value) in document.into_iter().flatten() {
            match value {
                Json::String(text) => list.push((format!("${{{name}}}"), format!("({text})"))),
                Json::Number(number) => list.push((format!("${{{name}}}"), format!("({number})"))),
                Json::Bool(truth) => list.push((format!("${{{name}}}"), format!("({truth})"))),
                other => faults.push(TilesFault::new(
                    "style-rule",
                    format!("defines.{name}"),
                    other,
                )),
            }
        }
        Self(list)
    }

    fn fill(&self, text: &str) -> Result<String, TilesFault> {
        let mut text = text.to_owned();
        let too_long = |text: &str| TilesFault::new("style-limit", "", text.len());
        for _ in 0..MAX_ROUNDS {
            let mut filled = false;
            for (mark, value) in &self.0 {
                if text.contains(mark.as_str()) {
                    let found = text.matches(mark.as_str()).count();
                    if text.len() + found.saturating_mul(value.len()) > MAX_TEXT {
                        return Err(too_long(&text));
                    }
                    text = text.replace(mark.as_str(), value);
                    filled = true;
                }
            }
            if !filled {
                break;
            }
        }
        if text.len() > MAX_TEXT {
            Err(too_long(&text))
        } else {
            Ok(text)
        }
    }
}

impl Expression {
    /// Compiles a text without defines.
    ///
    /// # Errors
    /// `style-syntax`, `style-unknown`, `style-unsupported`, `style-limit`, `style-pattern`; the value says what it stopped at.
    pub fn of(text: &str) -> Result<Self, TilesFault> {
        Self::compile(text, &Defines::default())
    }

    pub(super) fn compile(text: &str, defines: &Defines) -> Result<Self, TilesFault> {
        let text = defines.fill(text)?;
        let mut parser = Parser {
            text: &text,
            at: 0,
            nodes: 0,
            nesting: 0,
        };
        let (root, _) = parser.expression()?;
        parser.blank();
        if parser.at < text.len() {
            Err(parser.wrong())
        } else {
            Ok(Self { root })
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    nodes: usize,
    nesting: u32,
}

/// A node and how deep it is.
type Deep = (Node, u32);

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Stops here: what is left says where.
    fn wrong(&self) -> TilesFault {
        let left: String = self.rest().chars().take(40).collect();
        TilesFault::new(
            "style-syntax",
            "",
            if left.is_empty() {
                "…".to_owned()
            } else {
                left
            },
        )
    }

    fn takes(&mut self, mark: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    fn wants(&mut self, mark: &str) -> Result<(), TilesFault> {
        if self.takes(mark) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn deep(&mut self, node: Node, below: u32) -> Result<Deep, TilesFault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || below >= MAX_DEPTH {
            return Err(TilesFault::new("style-limit", "", self.nodes));
        }
        Ok((node, below + 1))
    }

    fn expression(&mut self) -> Result<Deep, TilesFault> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(TilesFault::new("style-limit", "", self.nesting));
        }
        let (condition, a) = self.binary(0)?;
        let result = if self.takes("?") {
            let (then, b) = self.expression()?;
            self.wants(":")?;
            let (otherwise, c) = self.expression()?;
            self.deep(
                Node::Choice(Box::new([condition, then, otherwise])),
                a.max(b).max(c),
            )
        } else {
            Ok((condition, a))
        };
        self.nesting -= 1;
        result
    }

    fn binary(&mut self, least: u32) -> Result<Deep, TilesFault> {
        let (mut left, mut depth) = self.unary()?;
        while let Some((mark, operator, strength)) = self.operator() {
            if strength < least {
                break;
            }
            self.at += mark.len();
            let (right, other) = self.binary(strength + 1)?;
            (left, depth) = self.deep(
                Node::Binary(operator, Box::new([left, right])),
                depth.max(other),
            )?;
        }
        Ok((left, depth))
    }

    /// The operator that comes next, with how strongly it binds; those of the language only.
    fn operator(&mut self) -> Option<(&'static str, Operator, u32)> {
        const OPERATORS: [(&str, Operator, u32); 15] = [
            ("===", Operator::Same, 3),
            ("!==", Operator::NotSame, 3),
            ("=~", Operator::Matches, 0),
            ("!~", Operator::MatchesNot, 0),
            ("||", Operator::Or, 1),
            ("&&", Operator::And, 2),
            ("<=", Operator::LessOrSame, 4),
            (">=", Operator::MoreOrSame, 4),
            ("<", Operator::Less, 4),
            (">", Operator::More, 4),
            ("+", Operator::Add, 5),
            ("-", Operator::Subtract, 5),
            ("*", Operator::Multiply, 6),
            ("/", Operator::Divide, 6),
            ("%", Operator::Remainder, 6),
        ];
        self.blank();
        let rest = self.rest();
        if ["<<", ">>"].iter().any(|mark| rest.starts_with(mark)) {
            return None;
        }
        OPERATORS
            .into_iter()
            .find(|(mark, ..)| rest.starts_with(mark))
    }

    fn unary(&mut self) -> Result<Deep, TilesFault> {
        self.blank();
        let conversion = match self.rest().as_bytes().first() {
            Some(b'!') => Conversion::Not,
            Some(b'-') => Conversion::Minus,
            Some(b'+') => Conversion::Plus,
            _ => return self.member(),
        };
        self.at += 1;
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(TilesFault::new("style-limit", "", self.nesting));
        }
        let (operand, depth) = self.unary()?;
        self.nesting -= 1;
        self.deep(Node::Convert(conversion, Box::new(operand)), depth)
    }

    /// A value and what follows it: `.name`, `[…]`, `.test(…)`.
    fn member(&mut self) -> Result<Deep, TilesFault> {
        let start = self.at;
        let (mut node, mut depth) = self.primary()?;
        let is_pattern = self
            .text
            .get(start..)
            .is_some_and(|text| text.trim_start().starts_with("regExp"));
        loop {
            if self.takes("[") {
                let (index, other) = self.expression()?;
                self.wants("]")?;
                (node, depth) = self.deep(member_of(node, index), depth.max(other))?;
            } else if self.rest().starts_with('.') {
                self.at += 1;
                self.blank();
                let name = self.name().ok_or_else(|| self.wrong())?;
                if self.takes("(") {
                    let (arguments, other) = self.arguments(")")?;
                    let below = depth.max(other);
                    let first = arguments.into_iter().next();
                    node = match (name, first) {
                        ("test", Some(text)) if is_pattern => {
                            Node::Try(Box::new([node, text]), false)
                        }
                        ("exec", Some(text)) if is_pattern => {
                            Node::Try(Box::new([node, text]), true)
                        }
                        ("test", None) if is_pattern => Node::Constant(Value::Bool(false)),
                        ("exec", None) if is_pattern => Node::Constant(Value::Null),
                        ("toString", _) => Node::Convert(Conversion::Describe, Box::new(node)),
                        _ => return Err(TilesFault::new("style-unknown", "", format!("{name}()"))),
                    };
                    (node, depth) = self.deep(node, below)?;
                } else {
                    let name = Node::Constant(Value::Text(name.to_owned()));
                    (node, depth) = self.deep(member_of(node, name), depth)?;
                }
            } else {
                return Ok((node, depth));
            }
        }
    }

    fn primary(&mut self) -> Result<Deep, TilesFault> {
        self.blank();
        let rest = self.rest();
        let first = rest.chars().next().ok_or_else(|| self.wrong())?;
        match first {
            '(' => {
                self.at += 1;
                let inner = self.expression()?;
                self.wants(")")?;
                Ok(inner)
            }
            '[' => {
                self.at += 1;
                let (list, depth) = self.arguments("]")?;
                self.deep(Node::List(list), depth)
            }
            '"' | '\'' => {
                let end = rest
                    .get(1..)
                    .and_then(|rest| rest.find(first))
                    .ok_or_else(|| self.wrong())?;
                let text = rest.get(1..=end).unwrap_or("");
                self.at += end + 2;
                self.deep(text_with_properties(text), 0)
            }
            '$' if rest.starts_with("${") => {
                let end = rest.find('}').ok_or_else(|| self.wrong())?;
                let name = rest.get(2..end).unwrap_or("");
                self.at += end + 1;
                self.property(name)
            }
            '0'..='9' | '.' => self.number(),
            _ => {
                let name = self.name().ok_or_else(|| self.wrong())?;
                if self.takes("(") {
                    let (arguments, depth) = self.arguments(")")?;
                    let node = call(name, arguments)?;
                    return self.deep(node, depth);
                }
                let node = self.word(name)?;
                self.deep(node, 0)
            }
        }
    }

    /// What stands between `${` and `}`: a name, or a name and members of its value. Names with blanks and signs are names too.
    fn property(&mut self, text: &str) -> Result<Deep, TilesFault> {
        let end = text
            .find(|letter: char| !is_of_name(letter))
            .unwrap_or(text.len());
        let (name, members) = text.split_at(end);
        let node = if let Some(builtin) = name.strip_prefix("tiles3d_") {
            match builtin {
                "tileset_time" => Node::Time,
                _ => return Err(TilesFault::new("style-unknown", "", name)),
            }
        } else {
            Node::Property(name.to_owned())
        };
        if members.is_empty() {
            return self.deep(node, 0);
        }
        if !name.is_empty() && members.starts_with(['.', '[']) {
            let mut inner = Parser {
                text: members,
                at: 0,
                nodes: self.nodes,
                nesting: self.nesting,
            };
            if let Ok((node, depth)) = inner.members_only(node) {
                self.nodes = inner.nodes;
                return self.deep(node, depth);
            }
        }
        self.deep(Node::Property(text.to_owned()), 0)
    }

    fn members_only(&mut self, mut node: Node) -> Result<Deep, TilesFault> {
        let mut depth = 1;
        while !self.rest().is_empty() {
            if self.takes("[") {
                let (index, other) = self.expression()?;
                self.wants("]")?;
                (node, depth) = self.deep(member_of(node, index), depth.max(other))?;
            } else {
                self.wants(".")?;
                let name = self.name().ok_or_else(|| self.wrong())?;
                let name = Node::Constant(Value::Text(name.to_owned()));
                (node, depth) = self.deep(member_of(node, name), depth)?;
            }
        }
        Ok((node, depth))
    }

    fn number(&mut self) -> Result<Deep, TilesFault> {
        let rest = self.rest();
        let digits = |text: &str| {
            text.len()
                - text
                    .trim_start_matches(|letter: char| letter.is_ascii_digit())
                    .len()
        };
        let mut length = digits(rest);
        if rest.get(length..).is_some_and(|rest| rest.starts_with('.')) {
            length += 1 + digits(rest.get(length + 1..).unwrap_or(""));
        }
        if rest
            .get(length..)
            .is_some_and(|rest| rest.starts_with(['e', 'E']))
        {
            let tail = rest.get(length + 1..).unwrap_or("");
            let signed = usize::from(tail.starts_with(['+', '-']));
            length += 1 + signed + digits(tail.get(signed..).unwrap_or(""));
        }
        let number: f64 = rest
            .get(..length)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.wrong())?;
        self.at += length;
        // `12abc` is no number.
        if self.rest().starts_with(is_of_name) {
            return Err(self.wrong());
        }
        self.deep(Node::Constant(Value::Number(number)), 0)
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest
            .find(|letter: char| !is_of_name(letter))
            .unwrap_or(rest.len());
        let name = rest.get(..end).filter(|name| {
            !name.is_empty() && !name.starts_with(|letter: char| letter.is_ascii_digit())
        })?;
        self.at += end;
        Some(name)
    }

    /// Words that stand for values, and constants of `Math` and `Number`.
    fn word(&mut self, name: &str) -> Result<Node, TilesFault> {
        let unknown = |name: &str| TilesFault::new("style-unknown", "", name);
        let value = match name {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "undefined" => Value::Undefined,
            "NaN" => Value::Number(f64::NAN),
            "Infinity" => Value::Number(f64::INFINITY),
            "Math" | "Number" => {
                self.wants(".")?;
                match (name, self.name()) {
                    ("Math", Some("PI")) => Value::Number(std::f64::consts::PI),
                    ("Math", Some("E")) => Value::Number(std::f64::consts::E),
                    ("Number", Some("POSITIVE_INFINITY")) => Value::Number(f64::INFINITY),
                    (_, other) => return Err(unknown(other.unwrap_or(name))),
                }
            }
            other => return Err(unknown(other)),
        };
        Ok(Node::Constant(value))
    }

    /// Values up to a closing bracket, which is taken.
    fn arguments(&mut self, end: &str) -> Result<(Vec<Node>, u32), TilesFault> {
        let (mut list, mut depth) = (Vec::new(), 0);
        if self.takes(end) {
            return Ok((list, depth));
        }
        loop {
            let (node, other) = self.expression()?;
            list.push(node);
            depth = depth.max(other);
            if self.takes(end) {
                return Ok((list, depth));
            }
            self.wants(",")?;
        }
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

fn member_of(node: Node, member: Node) -> Node {
    match node {
        Node::Property(name) if name == "feature" => Node::PropertyNamed(Box::new(member)),
        node => Node::Member(Box::new([node, member])),
    }
}

fn text_with_properties(text: &str) -> Node {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${")
        && let Some(length) = rest.get(start..).and_then(|tail| tail.find('}'))
    {
        pieces.push(Piece::Plain(rest.get(..start).unwrap_or("").to_owned()));
        pieces.push(Piece::Property(
            rest.get(start + 2..start + length).unwrap_or("").to_owned(),
        ));
        rest = rest.get(start + length + 1..).unwrap_or("");
    }
    if pieces.is_empty() {
        return Node::Constant(Value::Text(text.to_owned()));
    }
    pieces.push(Piece::Plain(rest.to_owned()));
    Node::Text(pieces)
}

fn call(name: &str, mut arguments: Vec<Node>) -> Result<Node, TilesFault> {
    let few = || TilesFault::new("style-arguments", "", name);
    let paint = |kind: Paint, wanted: usize, mut arguments: Vec<Node>| {
        if arguments.len() < wanted {
            return Err(few());
        }
        arguments.truncate(wanted);
        Ok(Node::Paint(kind, arguments))
    };
    match name {
        "color" => {
            arguments.truncate(2);
            return Ok(Node::Paint(Paint::Css, arguments));
        }
        "rgb" => return paint(Paint::Rgb, 3, arguments),
        "rgba" => return paint(Paint::Rgb, 4, arguments),
        "hsl" => return paint(Paint::Hsl, 3, arguments),
        "hsla" => return paint(Paint::Hsl, 4, arguments),
        "vec2" => return Ok(Node::Vector(2, arguments)),
        "vec3" => return Ok(Node::Vector(3, arguments)),
        "vec4" => return Ok(Node::Vector(4, arguments)),
        "isClass" | "isExactClass" | "getExactClassName" => {
            return Err(TilesFault::new("style-unsupported", "", name));
        }
        "regExp" => {
            let mut list = arguments.into_iter();
            let nothing = || Node::Constant(Value::Text(String::new()));
            let parts = [
                list.next()
                    .unwrap_or_else(|| Node::Constant(Value::Text("(?:)".to_owned()))),
                list.next().unwrap_or_else(nothing),
            ];
            if let [Node::Constant(pattern), Node::Constant(flags)] = &parts {
                let pattern = Pattern::of(&pattern.text(), &flags.text())?;
                return Ok(Node::Constant(Value::Pattern(Arc::new(pattern))));
            }
            return Ok(Node::Pattern(Box::new(parts)));
        }
        _ => {}
    }
    let conversion = match name {
        "Boolean" => Some((Conversion::Bool, Value::Bool(false))),
        "Number" => Some((Conversion::Number, Value::Number(0.0))),
        "String" => Some((Conversion::Text, Value::Text(String::new()))),
        "isNaN" => Some((Conversion::IsNan, Value::Bool(true))),
        "isFinite" => Some((Conversion::IsFinite, Value::Bool(false))),
        _ => None,
    };
    if let Some((conversion, of_nothing)) = conversion {
        let first = arguments.into_iter().next();
        return Ok(first.map_or(Node::Constant(of_nothing), |first| {
            Node::Convert(conversion, Box::new(first))
        }));
    }
    match Function::named(name) {
        Some(function) if function.arity() == arguments.len() => {
            Ok(Node::Call(function, arguments))
        }
        Some(_) => Err(few()),
        None => Err(TilesFault::new("style-unknown", "", format!("{name}()"))),
    }
}
