//! Functions of numbers and vectors: component by component, as in GLSL, from which the language has them.

use super::super::TilesFault;
use super::Value;

/// A function by its name; `None` for names that are none.
#[derive(Clone, Copy, Debug)]
pub enum Function {
    /// Of one value, component by component.
    One(fn(f64) -> f64),
    /// Of two values; the second may be one number for all components if the flag says so.
    Two(fn(f64, f64) -> f64, bool),
    /// Of three values; the third may be one number for all components.
    Three(fn(f64, f64, f64) -> f64),
    Length,
    Normalize,
    Distance,
    Dot,
    Cross,
}

impl Function {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "abs" => Self::One(f64::abs),
            "sqrt" => Self::One(f64::sqrt),
            "cos" => Self::One(f64::cos),
            "sin" => Self::One(f64::sin),
            "tan" => Self::One(f64::tan),
            "acos" => Self::One(f64::acos),
            "asin" => Self::One(f64::asin),
            "atan" => Self::One(f64::atan),
            "radians" => Self::One(f64::to_radians),
            "degrees" => Self::One(f64::to_degrees),
            "sign" => Self::One(sign),
            "floor" => Self::One(f64::floor),
            "ceil" => Self::One(f64::ceil),
            "round" => Self::One(round),
            "exp" => Self::One(f64::exp),
            "exp2" => Self::One(f64::exp2),
            "log" => Self::One(f64::ln),
            "log2" => Self::One(f64::log2),
            "fract" => Self::One(|number| number - number.floor()),
            "atan2" => Self::Two(f64::atan2, false),
            "pow" => Self::Two(pow, false),
            "min" => Self::Two(min, true),
            "max" => Self::Two(max, true),
            "clamp" => Self::Three(clamp),
            "mix" => Self::Three(|from, to, share| (1.0 - share) * from + share * to),
            "length" => Self::Length,
            "normalize" => Self::Normalize,
            "distance" => Self::Distance,
            "dot" => Self::Dot,
            "cross" => Self::Cross,
            _ => return None,
        })
    }

    /// How many arguments it takes.
    pub fn arity(self) -> usize {
        match self {
            Self::One(_) | Self::Length | Self::Normalize => 1,
            Self::Two(..) | Self::Distance | Self::Dot | Self::Cross => 2,
            Self::Three(_) => 3,
        }
    }

    pub fn call(self, arguments: &[Value]) -> Result<Value, TilesFault> {
        let result = match (self, arguments) {
            (Self::One(f), [a]) => map(a, f),
            (Self::Two(f, spread), [a, b]) => zip(a, b, spread, f),
            (Self::Three(f), [a, b, c]) => zip3(a, b, c, f),
            (Self::Length, [a]) => norm(a).map(Value::Number),
            (Self::Normalize, [Value::Number(_)]) => Some(Value::Number(1.0)),
            (Self::Normalize, [a]) => norm(a)
                .filter(|norm| *norm > 0.0 && norm.is_finite())
                .and_then(|norm| map(a, |x| x / norm)),
            (Self::Distance, [a, b]) => zip(a, b, false, |a, b| a - b)
                .and_then(|between| norm(&between))
                .map(Value::Number),
            (Self::Dot, [a, b]) => zip(a, b, false, |a, b| a * b)
                .and_then(|products| sum(&products))
                .map(Value::Number),
            (
                Self::Cross,
                [
                    Value::Vector {
                        size: 3,
                        at: [a, b, c, _],
                    },
                    Value::Vector {
                        size: 3,
                        at: [x, y, z, _],
                    },
                ],
            ) => Some(Value::vector(&[
                b * z - c * y,
                c * x - a * z,
                a * y - b * x,
            ])),
            _ => None,
        };
        result.ok_or_else(|| unfit(arguments))
    }
}

/// Values that an operator or a function has no answer for.
pub fn unfit(values: &[Value]) -> TilesFault {
    let texts: Vec<String> = values
        .iter()
        .map(|value| value.text().chars().take(60).collect())
        .collect();
    TilesFault::new("style-type", "", texts.join("; "))
}

fn map(value: &Value, f: impl Fn(f64) -> f64) -> Option<Value> {
    match value {
        Value::Number(number) => Some(Value::Number(f(*number))),
        Value::Vector { size, at } => Some(Value::vector(&at.map(f)[..usize::from(*size).min(4)])),
        _ => None,
    }
}

/// Two numbers, two vectors of a size, or a vector and one number for all its components.
pub fn zip(a: &Value, b: &Value, spread: bool, f: impl Fn(f64, f64) -> f64) -> Option<Value> {
    match (a, b) {
        (a, Value::Number(b)) if spread || matches!(a, Value::Number(_)) => map(a, |a| f(a, *b)),
        (Value::Vector { size, at: a }, Value::Vector { size: other, at: b }) if size == other => {
            let mut at = *a;
            at.iter_mut().zip(b).for_each(|(a, b)| *a = f(*a, *b));
            Some(Value::vector(&at[..usize::from(*size).min(4)]))
        }
        _ => None,
    }
}

fn zip3(a: &Value, b: &Value, c: &Value, f: impl Fn(f64, f64, f64) -> f64) -> Option<Value> {
    match (a, b, c) {
        (a, b, Value::Number(c)) => zip(a, b, false, |a, b| f(a, b, *c)),
        (
            Value::Vector { size, at: a },
            Value::Vector { size: two, at: b },
            Value::Vector { size: three, at: c },
        ) if size == two && two == three => {
            let mut at = *a;
            for ((a, b), c) in at.iter_mut().zip(b).zip(c) {
                *a = f(*a, *b, *c);
            }
            Some(Value::vector(&at[..usize::from(*size).min(4)]))
        }
        _ => None,
    }
}

fn sum(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Vector { size, at } => Some(at.iter().take(usize::from(*size)).sum()),
        _ => None,
    }
}

fn norm(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(number.abs()),
        _ => map(value, |x| x * x)
            .and_then(|squares| sum(&squares))
            .map(f64::sqrt),
    }
}

fn sign(number: f64) -> f64 {
    if number == 0.0 || number.is_nan() {
        number
    } else {
        number.signum()
    }
}

/// Halves go up, as in JavaScript; `f64::round` takes them away from zero.
fn round(number: f64) -> f64 {
    let down = number.floor();
    if number - down >= 0.5 {
        down + 1.0
    } else {
        down
    }
}

fn pow(base: f64, exponent: f64) -> f64 {
    // JavaScript has no answer where C says 1.
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) {
        f64::NAN
    } else {
        base.powf(exponent)
    }
}

fn min(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.min(b)
    }
}

fn max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

/// Bounds may be the wrong way round; then the lower one wins, as in CesiumJS.
fn clamp(value: f64, low: f64, high: f64) -> f64 {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}
