//! An expression for a feature.

use super::super::TilesFault;
use super::functions::{unfit, zip};
use super::parse::{Conversion, Node, Operator, Paint, Piece};
use super::{Expression, Feature, Pattern, Value, colour};
use std::sync::Arc;

/// Longest text that an expression may make, bytes.
const MAX_TEXT: usize = 64 << 10;

impl Expression {
    /// # Errors
    /// `style-type` for values that an operator or a function has no answer for, `style-colour`, `style-pattern`, `style-limit`.
    pub fn evaluate(&self, feature: &dyn Feature) -> Result<Value, TilesFault> {
        value(&self.root, feature)
    }
}

fn value(node: &Node, feature: &dyn Feature) -> Result<Value, TilesFault> {
    let of = |node: &Node| value(node, feature);
    let property = |name: &str| feature.property(name).unwrap_or(Value::Undefined);
    match node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Property(name) => Ok(property(name)),
        Node::Time => Ok(Value::Number(feature.tileset_time_s())),
        Node::Text(pieces) => {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Plain(plain) => text.push_str(plain),
                    Piece::Property(name) => match property(name) {
                        Value::Undefined | Value::Null => {}
                        value => text.push_str(&value.text()),
                    },
                }
                bounded(&text)?;
            }
            Ok(Value::Text(text))
        }
        Node::List(list) => Ok(Value::List(list.iter().map(of).collect::<Result<_, _>>()?)),
        Node::Vector(size, parts) => vector(*size, parts, feature),
        Node::Paint(paint, parts) => painted(*paint, parts, feature),
        Node::Call(function, arguments) => {
            let arguments: Vec<Value> = arguments.iter().map(of).collect::<Result<_, _>>()?;
            function.call(&arguments)
        }
        Node::Convert(conversion, operand) => convert(*conversion, of(operand)?),
        Node::Binary(operator, sides) => binary(*operator, sides, feature),
        Node::Choice(parts) => {
            let [condition, then, otherwise] = &**parts;
            match of(condition)? {
                Value::Bool(true) => of(then),
                Value::Bool(false) => of(otherwise),
                other => Err(unfit(&[other])),
            }
        }
        Node::Member(parts) => {
            let [whole, member] = &**parts;
            Ok(of(whole)?.member(&of(member)?))
        }
        Node::PropertyNamed(name) => Ok(property(&of(name)?.text())),
        Node::Pattern(parts) => {
            let [pattern, flags] = &**parts;
            let pattern = Pattern::of(&of(pattern)?.text(), &of(flags)?.text())?;
            Ok(Value::Pattern(Arc::new(pattern)))
        }
        Node::Try(parts, captures) => {
            let [pattern, text] = &**parts;
            match (of(pattern)?, of(text)?) {
                (Value::Pattern(pattern), Value::Text(text)) if *captures => {
                    Ok(match pattern.find(&text)? {
                        None => Value::Null,
                        Some(found) => found.map_or(Value::Undefined, Value::Text),
                    })
                }
                (Value::Pattern(pattern), Value::Text(text)) => {
                    Ok(Value::Bool(pattern.find(&text)?.is_some()))
                }
                (a, b) => Err(unfit(&[a, b])),
            }
        }
    }
}

fn bounded(text: &str) -> Result<(), TilesFault> {
    if text.len() > MAX_TEXT {
        Err(TilesFault::new("style-limit", "", text.len()))
    } else {
        Ok(())
    }
}

fn convert(conversion: Conversion, value: Value) -> Result<Value, TilesFault> {
    Ok(match (conversion, value) {
        (Conversion::Bool, value) => Value::Bool(value.truth()),
        (Conversion::Number, value) => Value::Number(value.number()),
        (Conversion::Text, value) => Value::Text(value.text()),
        (Conversion::IsNan, value) => Value::Bool(value.number().is_nan()),
        (Conversion::IsFinite, value) => Value::Bool(value.number().is_finite()),
        (Conversion::Not, Value::Bool(truth)) => Value::Bool(!truth),
        (Conversion::Plus, value @ (Value::Number(_) | Value::Vector { .. })) => value,
        (Conversion::Minus, Value::Number(number)) => Value::Number(-number),
        (Conversion::Minus, Value::Vector { size, at }) => Value::Vector {
            size,
            at: at.map(|at| -at),
        },
        (Conversion::Describe, value @ (Value::Vector { .. } | Value::Pattern(_))) => {
            Value::Text(value.text())
        }
        (_, value) => return Err(unfit(&[value])),
    })
}

fn binary(
    operator: Operator,
    sides: &[Node; 2],
    feature: &dyn Feature,
) -> Result<Value, TilesFault> {
    let left = value(&sides[0], feature)?;
    if matches!(operator, Operator::And | Operator::Or) {
        return match left {
            Value::Bool(truth) if truth == (operator == Operator::Or) => Ok(left),
            Value::Bool(_) => match value(&sides[1], feature)? {
                right @ Value::Bool(_) => Ok(right),
                right => Err(unfit(&[left, right])),
            },
            left => Err(unfit(&[left])),
        };
    }
    let right = value(&sides[1], feature)?;
    let compared = |holds: fn(&f64, &f64) -> bool| match (&left, &right) {
        (Value::Number(a), Value::Number(b)) => Some(Value::Bool(holds(a, b))),
        _ => None,
    };
    let result = match operator {
        Operator::Same => Some(Value::Bool(left.is_same(&right))),
        Operator::NotSame => Some(Value::Bool(!left.is_same(&right))),
        Operator::Less => compared(f64::lt),
        Operator::LessOrSame => compared(f64::le),
        Operator::More => compared(f64::gt),
        Operator::MoreOrSame => compared(f64::ge),
        Operator::Add if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) => {
            let text = left.text() + &right.text();
            bounded(&text)?;
            Some(Value::Text(text))
        }
        Operator::Add => zip(&left, &right, false, |a, b| a + b),
        Operator::Subtract => zip(&left, &right, false, |a, b| a - b),
        // A number may stand on either side of a vector, but not divide by one.
        Operator::Multiply if matches!(left, Value::Number(_)) => {
            zip(&right, &left, true, |a, b| a * b)
        }
        Operator::Multiply => zip(&left, &right, true, |a, b| a * b),
        Operator::Divide => zip(&left, &right, true, |a, b| a / b),
        Operator::Remainder => zip(&left, &right, false, |a, b| a % b),
        Operator::Matches | Operator::MatchesNot => match (&left, &right) {
            (Value::Pattern(pattern), Value::Text(text))
            | (Value::Text(text), Value::Pattern(pattern)) => Some(Value::Bool(
                pattern.find(text)?.is_some() == (operator == Operator::Matches),
            )),
            _ => None,
        },
        Operator::And | Operator::Or => None,
    };
    result.ok_or_else(|| unfit(&[left, right]))
}

/// `vec3(vec2(1, 2), 3)`: parts of parts; one number fills all places, and a single larger vector is cut.
fn vector(size: u8, parts: &[Node], feature: &dyn Feature) -> Result<Value, TilesFault> {
    let mut numbers = Vec::with_capacity(4);
    for part in parts {
        match value(part, feature)? {
            Value::Number(number) => numbers.push(number),
            Value::Vector { size, at } => numbers.extend(at.into_iter().take(usize::from(size))),
            other => return Err(unfit(&[other])),
        }
        if numbers.len() > 8 {
            break;
        }
    }
    let wanted = usize::from(size);
    if let [number] = numbers[..] {
        return Ok(Value::vector(&vec![number; wanted]));
    }
    if numbers.len() < wanted || (numbers.len() > wanted && parts.len() > 1) {
        return Err(TilesFault::new("style-arguments", "", format!("vec{size}")));
    }
    numbers.truncate(wanted);
    Ok(Value::vector(&numbers))
}

fn painted(paint: Paint, parts: &[Node], feature: &dyn Feature) -> Result<Value, TilesFault> {
    let number = |at: usize| match parts.get(at) {
        None => Ok(1.0),
        Some(part) => match value(part, feature)? {
            Value::Number(number) => Ok(number),
            other => Err(unfit(&[other])),
        },
    };
    let mut colour = match (paint, parts) {
        (Paint::Css, []) => [1.0; 4],
        (Paint::Css, [css, ..]) => match value(css, feature)? {
            Value::Text(text) => colour::css(&text).ok_or_else(|| {
                TilesFault::new(
                    "style-colour",
                    "",
                    text.chars().take(60).collect::<String>(),
                )
            })?,
            other => return Err(unfit(&[other])),
        },
        (Paint::Rgb, _) => [
            number(0)? / 255.0,
            number(1)? / 255.0,
            number(2)? / 255.0,
            number(3)?,
        ],
        (Paint::Hsl, _) => colour::hsl(number(0)?, number(1)?, number(2)?, number(3)?),
    };
    if paint == Paint::Css && parts.len() > 1 {
        colour[3] = number(1)?;
    }
    Ok(Value::vector(&colour))
}
