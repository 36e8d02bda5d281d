//! The hierarchy of a batch table (`3DTILES_batch_table_hierarchy`): features that are of classes of their own, inside each other.
//!
//! A feature has the properties of its own class and those of all that it is part of; where two have the same property, the nearer one is told,
//! as in CesiumJS. So a door tells the address of its house. What a class is called is told under `class`, unless something else is.

use super::batched::binary;
use crate::formats::gltf::{Column, Values, weight};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub(super) const EXTENSION: &str = "3DTILES_batch_table_hierarchy";
/// Before it was an extension it stood in the batch table itself.
pub(super) const OLD: &str = "HIERARCHY";
/// What a feature is part of, all together.
const MAX_ABOVE: usize = 64;
/// Features and all that they are part of.
const MAX_INSTANCES: usize = 1 << 20;
/// Properties of all classes, and values that are told of them.
const MAX_NAMES: usize = 256;
const MAX_VALUES: usize = 8 << 20;
/// What these values may take, bytes.
const MAX_BYTES: u64 = 256 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    classes: Vec<RawClass>,
    instances_length: usize,
    class_ids: Value,
    #[serde(default)]
    parent_ids: Value,
    #[serde(default)]
    parent_counts: Value,
}

#[derive(Deserialize)]
struct RawClass {
    #[serde(default)]
    name: String,
    length: usize,
    #[serde(default)]
    instances: Map<String, Value>,
}

/// The columns that a hierarchy tells of so many features; `None` where it is broken, or larger than may be kept.
pub(super) fn columns(json: &Value, bin: &[u8], rows: usize) -> Option<Vec<Column>> {
    let raw = Raw::deserialize(json).ok()?;
    let count = raw.instances_length;
    if count > MAX_INSTANCES || rows > count || rows == 0 {
        return None;
    }
    let class_ids = numbers(&raw.class_ids, bin, count)?;
    // The place of an instance among those of its class.
    let mut met = vec![0_usize; raw.classes.len()];
    let mut places = Vec::with_capacity(count);
    for class in &class_ids {
        let next = met.get_mut(*class)?;
        places.push(*next);
        *next += 1;
    }
    if raw.classes.iter().zip(&met).any(|(class, met)| class.length < *met) {
        return None;
    }
    let above = Above::of(&raw, bin, count)?;
    let values: Vec<BTreeMap<&str, Values>> = raw.classes.iter().map(|class| {
        let known = class.instances.iter().filter_map(|(name, value)| Some((name.as_str(), listed(value, bin, class.length)?)));
        known.collect()
    }).collect();
    let mut names: Vec<&str> = values.iter().flat_map(|of| of.keys().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(MAX_NAMES.min(MAX_VALUES / rows));
    let most = (MAX_VALUES / rows).clamp(1, MAX_ABOVE);
    let chains: Vec<Vec<usize>> = (0..rows).map(|row| above.chain(row, most)).collect();
    // A long text that the file holds once costs its length for each row that is part of it.
    let mut room = MAX_BYTES;
    let mut told = Vec::with_capacity(names.len() + 1);
    for name in &names {
        let of = |instance: &usize| json_at(values.get(*class_ids.get(*instance)?)?.get(name)?, *places.get(*instance)?);
        let mut list = Vec::with_capacity(rows);
        for chain in &chains {
            let value = chain.iter().find_map(of).unwrap_or(Value::Null);
            room = room.checked_sub(weight(&value))?;
            list.push(value);
        }
        told.push(Column { name: (*name).to_owned(), values: Values::of_json(&list) });
    }
    let called = || class_ids.iter().take(rows).map(|class| raw.classes.get(*class).map_or("", |class| class.name.as_str()));
    if !names.contains(&"class") && called().any(|name| !name.is_empty()) {
        room.checked_sub(called().map(|name| name.len() as u64).sum())?;
        told.push(Column { name: "class".to_owned(), values: Values::Text(called().collect()) });
    }
    Some(told)
}

/// What instances are part of.
struct Above {
    /// Where the parents of each begin, and where those of the last one end.
    starts: Vec<usize>,
    parents: Vec<usize>,
}

impl Above {
    fn of(raw: &Raw, bin: &[u8], count: usize) -> Option<Self> {
        let counts = match &raw.parent_counts {
            Value::Null => vec![usize::from(!raw.parent_ids.is_null()); count],
            counts => numbers(counts, bin, count)?,
        };
        let mut starts = vec![0_usize];
        for count in counts {
            starts.push(starts.last()?.checked_add(count).filter(|end| *end <= MAX_INSTANCES)?);
        }
        let parents = match &raw.parent_ids {
            Value::Null => Vec::new(),
            ids => numbers(ids, bin, *starts.last()?)?,
        };
        (parents.len() == *starts.last()?).then_some(Self { starts, parents })
    }

    /// An instance and all it is part of, the nearer ones first; one that is its own parent is part of nothing.
    fn chain(&self, instance: usize, most: usize) -> Vec<usize> {
        let mut chain = vec![instance];
        let mut at = 0;
        while let Some(instance) = chain.get(at).copied().filter(|_| chain.len() < most) {
            at += 1;
            let (Some(from), Some(to)) = (self.starts.get(instance), self.starts.get(instance + 1)) else { continue };
            for parent in self.parents.get(*from..*to).unwrap_or_default() {
                if chain.len() < most && !chain.contains(parent) {
                    chain.push(*parent);
                }
            }
        }
        chain
    }
}

/// Whole numbers, in the JSON or behind it.
fn numbers(value: &Value, bin: &[u8], count: usize) -> Option<Vec<usize>> {
    let list: Vec<usize> = match value {
        Value::Array(list) => list.iter().take(count).map(|number| usize::try_from(number.as_u64()?).ok()).collect::<Option<_>>()?,
        Value::Object(place) => {
            let mut place = place.clone();
            // The specification's own defaults.
            place.entry("componentType").or_insert_with(|| Value::from("UNSIGNED_SHORT"));
            place.insert("type".to_owned(), Value::from("SCALAR"));
            let Values::F64(list) = binary(&place, bin, count)? else { return None };
            list.into_iter().map(|number| (number >= 0.0).then_some(number as usize)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    (list.len() == count).then_some(list)
}

fn listed(value: &Value, bin: &[u8], rows: usize) -> Option<Values> {
    match value {
        Value::Array(list) => list.get(..rows).map(|list| Values::Mixed(list.to_vec())),
        Value::Object(place) => binary(place, bin, rows),
        _ => None,
    }
}

fn json_at(values: &Values, row: usize) -> Option<Value> {
    match values {
        Values::Mixed(list) => list.get(row).cloned(),
        Values::F64(list) => list.get(row).map(|number| Value::from(*number)),
        vectors => vectors.vector(row).map(|vector| vector.iter().copied().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(json: &Value, rows: usize) -> BTreeMap<String, Values> {
        columns(json, &[], rows).unwrap().into_iter().map(|column| (column.name, column.values)).collect()
    }

    #[test]
    fn a_door_tells_the_address_of_its_house() {
        let mut json = json!({
            "classes": [
                { "name": "Wall", "length": 2, "instances": { "colour": ["blue", "red"], "height": [3, 4] } },
                { "name": "House", "length": 1, "instances": { "address": ["1 rue"], "height": [9] } },
            ],
            "instancesLength": 3, "classIds": [0, 0, 1], "parentIds": [2, 2, 2],
        });
        let read = told(&json, 2);
        let text = |list: &[&str]| Values::Text(list.iter().collect());
        assert_eq!(read["address"], text(&["1 rue", "1 rue"]));
        assert_eq!((&read["colour"], &read["height"], &read["class"]), (&text(&["blue", "red"]), &Values::F64(vec![3.0, 4.0]), &text(&["Wall", "Wall"])));
        // Cycles end, and several parents are asked in turn.
        json["parentIds"] = json!([1, 2, 0, 2]);
        json["parentCounts"] = json!([1, 1, 2]);
        assert_eq!(told(&json, 3)["colour"], text(&["blue", "red", "blue"]));
    }

    #[test]
    fn a_long_text_that_many_are_part_of_is_no_way_to_fill_the_memory() {
        let rows = 20_000;
        let ids = [vec![0; rows], vec![1]].concat();
        let long = |length: usize| {
            json!({
                "classes": [{ "length": rows, "instances": {} }, { "length": 1, "instances": { "address": ["x".repeat(length)] } }],
                "instancesLength": rows + 1, "classIds": ids, "parentIds": vec![rows; rows + 1],
            })
        };
        assert!(columns(&long(10), &[], rows).is_some());
        assert_eq!(columns(&long(100_000), &[], rows), None);
        // Chains of which each feature is at the end of another one.
        let parents: Vec<usize> = (1..=1 << 20).collect();
        let zeros = vec![0; 1 << 20];
        let deep = json!({ "classes": [{ "length": 1 << 20, "instances": {} }], "instancesLength": 1 << 20, "classIds": zeros, "parentIds": parents });
        assert_eq!(columns(&deep, &[], 1 << 20), Some(Vec::new()));
    }

    #[test]
    fn a_broken_hierarchy_tells_nothing() {
        let sound = json!({ "classes": [{ "length": 1, "instances": {} }], "instancesLength": 1, "classIds": [0] });
        assert!(columns(&sound, &[], 1).is_some());
        for (key, value) in [("classIds", json!([5])), ("instancesLength", json!(1_u64 << 40)), ("parentIds", json!({ "byteOffset": 4 })), ("classIds", json!([])), ("classes", json!([{ "length": 0 }]))] {
            let mut broken = sound.clone();
            broken[key] = value;
            assert_eq!(columns(&broken, &[], 1), None, "{key}");
        }
    }
}
