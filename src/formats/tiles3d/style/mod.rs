//! The 3D Tiles styling language: which features are shown, in which colour, at which size.
//!
//! A [`Style`] is compiled once and asked for every feature. It covers the language of the specification (3D Tiles 1.1, "Styling"):
//! `defines`, `show`, `color`, `pointSize`, `meta`, conditions, all operators and functions, colours, vectors, regular expressions.
//! Where the specification leaves something open, CesiumJS's `Cesium3DTileStyle` is what others see, and what the tests compare with.
//! Not there: classes of the batch-table hierarchy (`isClass` and its kin), which are refused by name.
//!
//! | file | what |
//! |---|---|
//! | `parse.rs` | text to an [`Expression`] of bounded size and depth |
//! | `evaluate.rs` | an expression for a feature |
//! | `functions.rs` | the functions of numbers and vectors |
//! | `value.rs` | values, and how they turn into each other as in JavaScript |
//! | `colour.rs` | CSS colours |
//! | `pattern.rs` | regular expressions in linear time |

mod colour;
mod evaluate;
mod functions;
mod parse;
mod pattern;
mod value;

pub use colour::css;
pub use parse::Expression;
pub use pattern::Pattern;
pub use value::Value;

use super::TilesFault;
use crate::base::{Report, Severity};
use crate::formats::gltf::{PropertyTable, Values};
use parse::Defines;
use serde_json::{Map, Value as Json};

/// Largest style read, bytes.
pub const MAX_STYLE_BYTES: usize = 4 << 20;
/// Conditions of one property.
const MAX_CONDITIONS: usize = 10_000;
/// Expressions of `meta`.
const MAX_META: usize = 1_000;

/// Something that is styled: a building, a point.
pub trait Feature {
    /// A property; `None` when the feature has none of that name.
    fn property(&self, name: &str) -> Option<Value>;

    /// Seconds since the tileset was loaded, for styles that move.
    fn tileset_time_s(&self) -> f64 {
        0.0
    }
}

/// A row of a property table. What the table calls "no data" is a property that the feature lacks.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    pub table: &'t PropertyTable,
    pub row: usize,
}

impl Feature for Row<'_> {
    fn property(&self, name: &str) -> Option<Value> {
        let number = |number: f64| (!number.is_nan()).then_some(Value::Number(number));
        match self.table.column(name)? {
            Values::F32(column) => number(f64::from(*column.get(self.row)?)),
            Values::F64(column) => number(*column.get(self.row)?),
            Values::U32(column) => column.get(self.row).filter(|value| **value != u32::MAX).map(|value| Value::Number(f64::from(*value))),
            Values::Text(column) => column.known(self.row).map(|text| Value::Text(text.to_owned())),
            vectors @ Values::Vectors { .. } => vectors.vector(self.row).map(Value::vector),
            Values::Mixed(column) => column.get(self.row).map(Value::of_json),
        }
    }
}

/// How a feature looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Appearance {
    pub show: bool,
    /// Red, green, blue and opacity, 0 to 1.
    pub colour: [f64; 4],
    /// Pixels.
    pub point_size: f64,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            show: true,
            colour: [1.0; 4],
            point_size: 1.0,
        }
    }
}

/// One property of a style.
#[derive(Clone, Debug)]
pub enum Rule {
    Always(Expression),
    /// The first one whose condition holds.
    First(Vec<(Expression, Expression)>),
}

/// A compiled style.
#[derive(Clone, Debug, Default)]
pub struct Style {
    pub show: Option<Rule>,
    pub colour: Option<Rule>,
    pub point_size: Option<Rule>,
    /// Texts and numbers for whoever shows the feature, by name.
    pub meta: Vec<(String, Expression)>,
}

impl Style {
    /// Reads a style. What of it cannot be compiled is left out and reported, so that a style with one bad line still shows the rest.
    ///
    /// # Errors
    /// `style-json`, `style-limit`: the document cannot be read at all.
    pub fn parse(bytes: &[u8], file: &str, report: &mut Report) -> Result<Self, TilesFault> {
        if bytes.len() > MAX_STYLE_BYTES {
            return Err(TilesFault::new("style-limit", "", bytes.len()));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let document: Map<String, Json> = serde_json::from_slice(bytes)
            .map_err(|error| TilesFault::new("style-json", "", error))?;
        let mut faults = Vec::new();
        let defines = Defines::of(
            document.get("defines").and_then(Json::as_object),
            &mut faults,
        );
        let mut rule = |name: &str| {
            let rule = Rule::of(document.get(name)?, name, &defines, &mut faults);
            rule.filter(|rule| !matches!(rule, Rule::First(list) if list.is_empty()))
        };
        let mut style = Self {
            show: rule("show"),
            colour: rule("color"),
            point_size: rule("pointSize"),
            meta: Vec::new(),
        };
        for (name, text) in document
            .get("meta")
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
            .take(MAX_META)
        {
            match Expression::compile(&text_of(text), &defines) {
                Ok(expression) => style.meta.push((name.clone(), expression)),
                Err(fault) => faults.push(at(fault, &format!("meta.{name}"))),
            }
        }
        for fault in faults {
            let mut finding = fault.finding(file);
            finding.severity = Severity::Warning;
            report.push(finding);
        }
        Ok(style)
    }

    /// How a feature looks. A property that cannot be evaluated for it keeps its default; the first such fault is told.
    pub fn appearance(&self, feature: &dyn Feature) -> (Appearance, Option<TilesFault>) {
        let mut looks = Appearance::default();
        let mut first = None;
        let mut note = |fault: TilesFault, name: &str| {
            first.get_or_insert_with(|| at(fault, name));
        };
        match self
            .show
            .as_ref()
            .map_or(Ok(Value::Undefined), |rule| rule.value(feature))
        {
            Ok(Value::Bool(show)) => looks.show = show,
            Ok(Value::Undefined | Value::Null) => {}
            Ok(other) => note(TilesFault::new("style-type", "", other.text()), "show"),
            Err(fault) => note(fault, "show"),
        }
        match self
            .colour
            .as_ref()
            .map_or(Ok(Value::Undefined), |rule| rule.value(feature))
        {
            Ok(Value::Vector { size: 4, at }) if at.iter().all(|part| part.is_finite()) => {
                looks.colour = at.map(|part| part.clamp(0.0, 1.0))
            }
            Ok(Value::Undefined | Value::Null) => {}
            Ok(other) => note(TilesFault::new("style-type", "", other.text()), "color"),
            Err(fault) => note(fault, "color"),
        }
        match self
            .point_size
            .as_ref()
            .map_or(Ok(Value::Undefined), |rule| rule.value(feature))
        {
            Ok(Value::Number(size)) if size.is_finite() => looks.point_size = size.max(0.0),
            Ok(Value::Undefined | Value::Null) => {}
            Ok(other) => note(TilesFault::new("style-type", "", other.text()), "pointSize"),
            Err(fault) => note(fault, "pointSize"),
        }
        (looks, first)
    }
}

impl Rule {
    fn of(
        json: &Json,
        name: &str,
        defines: &Defines,
        faults: &mut Vec<TilesFault>,
    ) -> Option<Self> {
        let Some(document) = json.as_object() else {
            return match Expression::compile(&text_of(json), defines) {
                Ok(expression) => Some(Self::Always(expression)),
                Err(fault) => {
                    faults.push(at(fault, name));
                    None
                }
            };
        };
        let Some(conditions) = document.get("conditions").and_then(Json::as_array) else {
            faults.push(TilesFault::new("style-rule", name, json));
            return None;
        };
        if conditions.len() > MAX_CONDITIONS {
            faults.push(TilesFault::new("style-limit", name, conditions.len()));
        }
        let mut list = Vec::new();
        for (number, pair) in conditions.iter().take(MAX_CONDITIONS).enumerate() {
            let place = format!("{name}.conditions[{number}]");
            let Some([condition, value]) = pair.as_array().map(Vec::as_slice) else {
                faults.push(TilesFault::new("style-rule", place, pair));
                continue;
            };
            let compiled =
                Expression::compile(&text_of(condition), defines).and_then(|condition| {
                    Ok((condition, Expression::compile(&text_of(value), defines)?))
                });
            match compiled {
                Ok(pair) => list.push(pair),
                Err(fault) => faults.push(at(fault, &place)),
            }
        }
        Some(Self::First(list))
    }

    /// What the rule says of a feature; undefined where no condition holds.
    ///
    /// # Errors
    /// `style-type`, `style-colour`, `style-pattern`, `style-limit`.
    pub fn value(&self, feature: &dyn Feature) -> Result<Value, TilesFault> {
        match self {
            Self::Always(expression) => expression.evaluate(feature),
            Self::First(list) => {
                for (condition, value) in list {
                    if condition.evaluate(feature)?.truth() {
                        return value.evaluate(feature);
                    }
                }
                Ok(Value::Undefined)
            }
        }
    }
}

fn at(mut fault: TilesFault, place: &str) -> TilesFault {
    fault.object = place.to_owned();
    fault
}

/// Expressions are texts; numbers and truths stand for themselves.
fn text_of(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
