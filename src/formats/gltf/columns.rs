//! The values of one property of a table, from the bytes they lie in.

use super::json::{Property, TableProperty};
use super::metadata::{Declared, View, numbers_of};
use super::{GltfFault, Values};
use serde_json::Value;

/// Whole numbers beyond this lose digits as f64.
const EXACT: u64 = 1 << 53;

/// A property of a table.
pub(super) struct Source<'s, 'v> {
    pub view: &'s View<'v>,
    pub schema: &'s Declared<'s>,
    pub property: &'s Property,
    pub place: &'s TableProperty,
    pub count: usize,
    pub object: &'s dyn Fn() -> String,
}

impl Source<'_, '_> {
    /// All rows; `None` for what is of no known type. `text` is how many bytes texts and lists may still take.
    pub fn column(&self, text: &mut usize) -> Result<Option<Values>, GltfFault> {
        // A list that cannot be read costs nobody the content.
        let mut lists = || self.lists(text).unwrap_or_default();
        if self.property.array {
            return Ok(lists());
        }
        match self.property.kind.as_str() {
            "SCALAR" => self.numbers(),
            "BOOLEAN" => self.booleans().map(Some),
            "STRING" => self.texts(text).map(Some),
            "ENUM" => self.names(text),
            "VEC2" | "VEC3" | "VEC4" => self.vectors(),
            _ => Ok(lists()),
        }
    }

    /// `count` elements of `B` bytes.
    fn bytes<const B: usize>(&self, count: usize) -> Result<impl Iterator<Item = [u8; B]>, GltfFault> {
        let view = (self.view)(self.place.values)?;
        let need = count.saturating_mul(B);
        let bytes = view.get(..need).ok_or_else(|| self.short(view.len(), need))?;
        Ok(bytes.as_chunks::<B>().0.iter().copied())
    }

    fn short(&self, have: usize, need: usize) -> GltfFault {
        GltfFault::new("gltf-metadata-range", (self.object)(), format!("{have} < {need}"))
    }

    /// Numbers as they lie there, and the largest one of their type; `None` for a type that is none.
    fn raw_numbers(&self, count: usize) -> Result<Option<(Vec<f64>, f64)>, GltfFault> {
        Ok(Some(match self.property.component_type.as_deref().unwrap_or("") {
            "INT8" => (self.bytes(count)?.map(|[b]| f64::from(b as i8)).collect(), 127.0),
            "UINT8" => (self.bytes(count)?.map(|[b]| f64::from(b)).collect(), 255.0),
            "INT16" => (self.bytes(count)?.map(|b| f64::from(i16::from_le_bytes(b))).collect(), 32_767.0),
            "UINT16" => (self.bytes(count)?.map(|b| f64::from(u16::from_le_bytes(b))).collect(), 65_535.0),
            "INT32" => (self.bytes(count)?.map(|b| f64::from(i32::from_le_bytes(b))).collect(), f64::from(i32::MAX)),
            "UINT32" => (self.bytes(count)?.map(|b| f64::from(u32::from_le_bytes(b))).collect(), f64::from(u32::MAX)),
            "INT64" => (self.bytes(count)?.map(|b| i64::from_le_bytes(b) as f64).collect(), i64::MAX as f64),
            "UINT64" => (self.bytes(count)?.map(|b| u64::from_le_bytes(b) as f64).collect(), u64::MAX as f64),
            "FLOAT32" => (self.bytes(count)?.map(|b| f64::from(f32::from_le_bytes(b))).collect(), 1.0),
            "FLOAT64" => (self.bytes(count)?.map(f64::from_le_bytes).collect(), 1.0),
            _ => return Ok(None),
        }))
    }

    /// What numbers are multiplied with, and what is added, one for each of a row or one for all; empty where nothing is.
    fn factors(&self) -> [Vec<f64>; 2] {
        let of = |own: &Option<Value>, class: &Option<Value>| own.as_ref().or(class.as_ref()).map_or_else(Vec::new, flat_numbers);
        [of(&self.place.scale, &self.property.scale), of(&self.place.offset, &self.property.offset)]
    }

    /// The value of the `at`-th number of a row.
    fn scaled(&self, raw: f64, max: f64, at: usize, [scale, offset]: &[Vec<f64>; 2]) -> f64 {
        let one = |list: &[f64], or: f64| if list.is_empty() { or } else { list.get(at % list.len()).copied().unwrap_or(or) };
        let share = if self.property.normalized { (raw / max).max(-1.0) } else { raw };
        share * one(scale, 1.0) + one(offset, 0.0)
    }

    pub fn numbers(&self) -> Result<Option<Values>, GltfFault> {
        let no_data = self.property.no_data.as_ref().and_then(Value::as_f64);
        let default = self.property.default.as_ref().and_then(Value::as_f64).filter(|_| no_data.is_some());
        let factors = self.factors();
        let plain = !self.property.normalized && factors.iter().all(Vec::is_empty) && default.is_none();
        let component = self.property.component_type.as_deref().unwrap_or("");
        if plain {
            let whole = |x: u32| if no_data == Some(f64::from(x)) { u32::MAX } else { x };
            match component {
                "UINT8" => return Ok(Some(Values::U32(self.bytes(self.count)?.map(|[b]| whole(b.into())).collect()))),
                "UINT16" => return Ok(Some(Values::U32(self.bytes(self.count)?.map(|b| whole(u16::from_le_bytes(b).into())).collect()))),
                "UINT32" => return Ok(Some(Values::U32(self.bytes(self.count)?.map(|b| whole(u32::from_le_bytes(b))).collect()))),
                "FLOAT32" => {
                    let no_data = no_data.map(|x| x as f32);
                    let list = self.bytes(self.count)?.map(|b| {
                        let x = f32::from_le_bytes(b);
                        if Some(x) == no_data { f32::NAN } else { x }
                    });
                    return Ok(Some(Values::F32(list.collect())));
                }
                // Numbers that f64 would round are names, and are told with all their digits.
                "INT64" if self.bytes(self.count)?.any(|b| i64::from_le_bytes(b).unsigned_abs() > EXACT) => {
                    let none = self.property.no_data.as_ref().and_then(Value::as_i64);
                    let text = |number: i64| if Some(number) == none { String::new() } else { number.to_string() };
                    return Ok(Some(Values::Text(self.bytes(self.count)?.map(|b| text(i64::from_le_bytes(b))).collect())));
                }
                "UINT64" if self.bytes(self.count)?.any(|b| u64::from_le_bytes(b) > EXACT) => {
                    let none = self.property.no_data.as_ref().and_then(Value::as_u64);
                    let text = |number: u64| if Some(number) == none { String::new() } else { number.to_string() };
                    return Ok(Some(Values::Text(self.bytes(self.count)?.map(|b| text(u64::from_le_bytes(b))).collect())));
                }
                _ => {}
            }
        }
        let Some((raw, max)) = self.raw_numbers(self.count)? else { return Ok(None) };
        let value = |x: f64| if Some(x) == no_data { default.unwrap_or(f64::NAN) } else { self.scaled(x, max, 0, &factors) };
        Ok(Some(Values::F64(raw.into_iter().map(value).collect())))
    }

    fn vectors(&self) -> Result<Option<Values>, GltfFault> {
        let size = self.components();
        let Some((mut numbers, max)) = self.raw_numbers(self.count.saturating_mul(size))? else { return Ok(None) };
        let factors = self.factors();
        let none = self.property.no_data.as_ref().map_or_else(Vec::new, numbers_of);
        let default = self.property.default.as_ref().map_or_else(Vec::new, numbers_of);
        for row in numbers.chunks_exact_mut(size) {
            let is_none = !none.is_empty() && *row == none;
            for (at, slot) in row.iter_mut().enumerate() {
                *slot = if is_none { default.get(at).copied().unwrap_or(f64::NAN) } else { self.scaled(*slot, max, at, &factors) };
            }
        }
        Ok(Some(Values::Vectors { size, numbers }))
    }

    /// Numbers of one element of a list.
    fn components(&self) -> usize {
        match self.property.kind.as_str() {
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" | "MAT2" => 4,
            "MAT3" => 9,
            "MAT4" => 16,
            _ => 1,
        }
    }

    /// Lists and matrices, as JSON has them. `None` where they are of no known type, or more than may be kept.
    fn lists(&self, room: &mut usize) -> Result<Option<Values>, GltfFault> {
        let components = self.components();
        let ends: Vec<usize> = match (self.property.array, self.property.count, self.place.array_offsets) {
            (false, ..) => (0..=self.count).collect(),
            (true, Some(each), _) => (0..=self.count).map(|row| row.saturating_mul(usize::try_from(each).unwrap_or(usize::MAX))).collect(),
            (true, None, Some(offsets)) => self.offsets(offsets, self.place.array_offset_type.as_deref(), self.count)?,
            (true, None, None) => return Ok(None),
        };
        let total = ends.last().copied().unwrap_or(0);
        let cost = total.saturating_mul(components).saturating_add(ends.len()).saturating_mul(size_of::<Value>());
        let Some(left) = room.checked_sub(cost) else { return Ok(None) };
        *room = left;
        let Some(raw) = self.elements(total.saturating_mul(components), room)? else { return Ok(None) };
        let none = self.property.no_data.as_ref().map(flat).filter(|list| !list.is_empty());
        let max = self.largest();
        let factors = self.factors();
        let is_plain = !self.property.normalized && factors.iter().all(Vec::is_empty);
        let mut rows = Vec::with_capacity(self.count);
        for ends in ends.windows(2) {
            let &[from, to] = ends else { continue };
            let Some(row) = raw.get(from.saturating_mul(components)..to.saturating_mul(components)) else { return Ok(None) };
            if none.as_ref().is_some_and(|none| none.len() == row.len() && none.iter().zip(row).all(|(a, b)| is_same(a, b))) {
                rows.push(self.property.default.clone().unwrap_or(Value::Null));
                continue;
            }
            let value = |(at, raw): (usize, &Value)| match raw.as_f64() {
                Some(number) if !is_plain => Value::from(self.scaled(number, max, at, &factors)),
                _ => raw.clone(),
            };
            let row: Vec<Value> = row.iter().enumerate().map(value).collect();
            rows.push(match self.property.array && components > 1 {
                true => Value::Array(row.chunks(components).map(|vector| Value::Array(vector.to_vec())).collect()),
                false => Value::Array(row),
            });
        }
        Ok(Some(Values::Mixed(rows)))
    }

    /// The largest number of the component type, for normalised ones.
    fn largest(&self) -> f64 {
        match self.property.component_type.as_deref().unwrap_or("") {
            "INT8" => 127.0,
            "UINT8" => 255.0,
            "INT16" => 32_767.0,
            "UINT16" => 65_535.0,
            "INT32" => f64::from(i32::MAX),
            "UINT32" => f64::from(u32::MAX),
            "INT64" => i64::MAX as f64,
            "UINT64" => u64::MAX as f64,
            _ => 1.0,
        }
    }

    /// So many elements of lists, as they lie there.
    fn elements(&self, count: usize, room: &mut usize) -> Result<Option<Vec<Value>>, GltfFault> {
        Ok(match self.property.kind.as_str() {
            "BOOLEAN" => Some(self.bits(count)?.map(Value::from).collect()),
            "STRING" => {
                let mut list = Vec::with_capacity(count);
                for text in self.strings(count)? {
                    let text = text?;
                    let Some(left) = room.checked_sub(text.len()) else { return Ok(None) };
                    *room = left;
                    list.push(Value::from(text));
                }
                Some(list)
            }
            "ENUM" => {
                let names = self.property.enum_type.as_deref().and_then(|id| self.schema.enums.get(id));
                let name = |number: i64| match names.and_then(|(_, names)| names.get(&number)) {
                    Some(name) => Value::from(name.as_str()),
                    None => Value::from(number),
                };
                self.raw(count)?.map(|raw| raw.into_iter().map(name).collect())
            }
            "SCALAR" | "VEC2" | "VEC3" | "VEC4" | "MAT2" | "MAT3" | "MAT4" => match self.property.component_type.as_deref() {
                Some("INT64") => Some(self.bytes(count)?.map(|b| Value::from(i64::from_le_bytes(b))).collect()),
                Some("UINT64") => Some(self.bytes(count)?.map(|b| Value::from(u64::from_le_bytes(b))).collect()),
                Some("FLOAT32" | "FLOAT64") => self.raw_numbers(count)?.map(|(list, _)| list.into_iter().map(Value::from).collect()),
                // Whole numbers are written without a point.
                _ => self.raw_numbers(count)?.map(|(list, _)| list.into_iter().map(|number| Value::from(number as i64)).collect()),
            },
            _ => None,
        })
    }

    fn bits(&self, count: usize) -> Result<impl Iterator<Item = bool>, GltfFault> {
        let view = (self.view)(self.place.values)?;
        let need = count.div_ceil(8);
        let bytes = view.get(..need).ok_or_else(|| self.short(view.len(), need))?;
        Ok(bytes.iter().flat_map(|byte| (0..8).map(move |bit| (byte >> bit) & 1 == 1)).take(count))
    }

    fn booleans(&self) -> Result<Values, GltfFault> {
        Ok(Values::Mixed(self.bits(self.count)?.map(Value::from).collect()))
    }

    /// So many texts, one after the other.
    fn strings(&self, count: usize) -> Result<impl Iterator<Item = Result<&str, GltfFault>>, GltfFault> {
        let view = (self.view)(self.place.values)?;
        let place = self.place.string_offsets.ok_or_else(|| GltfFault::new("gltf-metadata-range", (self.object)(), "stringOffsets"))?;
        let offsets = self.offsets(place, self.place.string_offset_type.as_deref(), count)?;
        Ok((0..count).map(move |row| {
            let (from, to) = (offsets.get(row).copied().unwrap_or(0), offsets.get(row + 1).copied().unwrap_or(0));
            let bytes = view.get(from..to).ok_or_else(|| self.short(view.len(), to))?;
            std::str::from_utf8(bytes).map_err(|error| GltfFault::new("gltf-metadata-text", (self.object)(), error))
        }))
    }

    fn texts(&self, budget: &mut usize) -> Result<Values, GltfFault> {
        let no_data = self.property.no_data.as_ref().and_then(Value::as_str);
        let default = self.property.default.as_ref().and_then(Value::as_str).unwrap_or_default();
        let mut list = Vec::with_capacity(self.count);
        for text in self.strings(self.count)? {
            let text = text?;
            let text = if Some(text) == no_data { default } else { text };
            *budget = budget.checked_sub(text.len()).ok_or_else(|| GltfFault::new("gltf-limit", "text_bytes", ""))?;
            list.push(text);
        }
        Ok(Values::Text(list.into()))
    }

    /// Where things begin, and where the last one ends.
    fn offsets(&self, place: usize, kind: Option<&str>, count: usize) -> Result<Vec<usize>, GltfFault> {
        let view = (self.view)(place)?;
        let size = match kind {
            Some("UINT8") => 1,
            Some("UINT16") => 2,
            Some("UINT64") => 8,
            _ => 4,
        };
        let need = count.saturating_add(1).saturating_mul(size);
        let bytes = view.get(..need).ok_or_else(|| self.short(view.len(), need))?;
        let wide = |chunk: &[u8]| {
            let mut wide = [0; 8];
            wide.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            usize::try_from(u64::from_le_bytes(wide)).unwrap_or(usize::MAX)
        };
        Ok(bytes.chunks_exact(size).map(wide).collect())
    }

    /// The numbers behind the names of an enumeration; `None` where it is none.
    pub fn raw(&self, count: usize) -> Result<Option<Vec<i64>>, GltfFault> {
        if self.property.kind != "ENUM" {
            return Ok(None);
        }
        let id = self.property.enum_type.as_deref().unwrap_or("");
        let Some((value_type, _)) = self.schema.enums.get(id) else {
            return Ok(None);
        };
        Ok(Some(match value_type.as_deref().unwrap_or("UINT16") {
            "INT8" => self.bytes(count)?.map(|[b]| i64::from(b as i8)).collect(),
            "UINT8" => self.bytes(count)?.map(|[b]| i64::from(b)).collect(),
            "INT16" => self.bytes(count)?.map(|b| i64::from(i16::from_le_bytes(b))).collect(),
            "UINT16" => self.bytes(count)?.map(|b| i64::from(u16::from_le_bytes(b))).collect(),
            "INT32" => self.bytes(count)?.map(|b| i64::from(i32::from_le_bytes(b))).collect(),
            "UINT32" => self.bytes(count)?.map(|b| i64::from(u32::from_le_bytes(b))).collect(),
            "INT64" | "UINT64" => self.bytes(count)?.map(i64::from_le_bytes).collect(),
            _ => return Ok(None),
        }))
    }

    fn names(&self, budget: &mut usize) -> Result<Option<Values>, GltfFault> {
        let Some((_, name_of)) = self.schema.enums.get(self.property.enum_type.as_deref().unwrap_or("")) else { return Ok(None) };
        let Some(raw) = self.raw(self.count)? else { return Ok(None) };
        let no_data = self.property.no_data.as_ref().and_then(Value::as_str);
        let default = self.property.default.as_ref().and_then(Value::as_str).unwrap_or_default();
        let mut names = Vec::with_capacity(raw.len());
        for value in raw {
            let name = name_of.get(&value).map_or("", String::as_str);
            let name = if Some(name) == no_data { default } else { name };
            // A long name costs its length for each row, though the file holds it once.
            *budget = budget.checked_sub(name.len()).ok_or_else(|| GltfFault::new("gltf-limit", "text_bytes", ""))?;
            names.push(name);
        }
        Ok(Some(Values::Text(names.into())))
    }
}

/// What a table leaves out of a class, of which the class says what holds then. `None` where it says nothing, or more than may be kept.
pub(super) fn default(property: &Property, count: usize, room: &mut usize) -> Option<Values> {
    let value = property.default.as_ref().filter(|value| !value.is_null() && count > 0)?;
    let one = Values::of_json(std::slice::from_ref(value));
    let cost = usize::try_from(one.bytes()).ok()?.checked_mul(count)?;
    *room = room.checked_sub(cost)?;
    Some(match one {
        Values::F64(list) => Values::F64(vec![*list.first()?; count]),
        Values::Text(list) => Values::Text(vec![list.get(0)?; count].into()),
        _ => Values::Mixed(vec![value.clone(); count]),
    })
}

/// Numbers of lists in lists, one after the other.
fn flat_numbers(value: &Value) -> Vec<f64> {
    flat(value).iter().filter_map(Value::as_f64).collect()
}

fn flat(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.iter().flat_map(flat).collect(),
        value => vec![value.clone()],
    }
}

/// Numbers are the same whether they have a point or not.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}
