//! How CityJSON stands in bytes: what has the wrong form becomes the default instead of an error.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;
use std::marker::PhantomData;

/// Arrays inside arrays of a boundary: a MultiSolid has five.
const MAX_NESTING: usize = 6;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawDocument {
    #[serde(rename = "type")]
    pub(super) kind: Value,
    pub(super) version: Value,
    pub(super) transform: Value,
    pub(super) metadata: Value,
    #[serde(rename = "CityObjects")]
    pub(super) objects: RawObjects,
    pub(super) vertices: Vertices,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawObject {
    #[serde(rename = "type")]
    pub(super) kind: Value,
    pub(super) attributes: Value,
    pub(super) parents: Value,
    pub(super) children: Value,
    pub(super) geometry: LenientList<RawGeometry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawGeometry {
    #[serde(rename = "type")]
    pub(super) kind: Value,
    pub(super) lod: Value,
    pub(super) boundaries: Flat,
    pub(super) semantics: Lenient<RawSemantics>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawSemantics {
    pub(super) surfaces: Value,
    pub(super) values: Flat,
}

/// Begins a list.
pub(super) const OPEN: u32 = u32::MAX;
/// Ends a list.
pub(super) const CLOSE: u32 = u32::MAX - 1;
/// No index: null, a fraction, text.
pub(super) const NOTHING: u32 = u32::MAX - 2;

/// Nested lists of indices in one list, brackets as values of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flat(pub(super) Vec<u32>);

impl Flat {
    pub(super) fn leaves(&self) -> Vec<Option<u32>> {
        self.0
            .iter()
            .filter(|token| !matches!(**token, OPEN | CLOSE))
            .map(|token| (*token != NOTHING).then_some(*token))
            .collect()
    }
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut flat = Vec::new();
        FlatSeed {
            into: &mut flat,
            depth: 0,
        }
        .deserialize(deserializer)?;
        Ok(Self(flat))
    }
}

pub(super) struct FlatSeed<'a> {
    into: &'a mut Vec<u32>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for FlatSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FlatSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("lists of indices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.depth >= MAX_NESTING {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        self.into.push(OPEN);
        while list
            .next_element_seed(FlatSeed {
                into: &mut *self.into,
                depth: self.depth + 1,
            })?
            .is_some()
        {}
        self.into.push(CLOSE);
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.into.push(
            u32::try_from(value)
                .ok()
                .filter(|v| *v < NOTHING)
                .unwrap_or(NOTHING),
        );
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.into.push(NOTHING);
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.into.push(NOTHING);
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.into.push(NOTHING);
        Ok(())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        self.into.push(NOTHING);
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.into.push(NOTHING);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.into.push(NOTHING);
        Ok(())
    }
}

/// Positions; what is no list of three numbers becomes NaN, so that the numbering stays.
#[derive(Default)]
pub(super) struct Vertices(pub(super) Vec<[f64; 3]>);

impl<'de> Deserialize<'de> for Vertices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = LenientList::<Vertex>::deserialize(deserializer)?;
        Ok(Self(list.0.into_iter().map(|vertex| vertex.0).collect()))
    }
}

pub(super) struct Vertex([f64; 3]);

impl Default for Vertex {
    fn default() -> Self {
        Self([f64::NAN; 3])
    }
}

impl<'de> Deserialize<'de> for Vertex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Three;
        impl<'de> Visitor<'de> for Three {
            type Value = Vertex;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("three numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vertex, A::Error> {
                let mut vertex = Vertex::default();
                let mut index = 0;
                while let Some(Number(value)) = list.next_element()? {
                    if let Some(place) = vertex.0.get_mut(index) {
                        *place = value;
                    }
                    index += 1;
                }
                Ok(vertex)
            }
        }
        deserializer.deserialize_seq(Three)
    }
}

/// A number; NaN for anything else.
#[derive(Clone, Copy)]
pub(super) struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Number;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Number, E> {
                Ok(Number(f64::NAN))
            }

            fn visit_str<E: de::Error>(self, _: &str) -> Result<Number, E> {
                Ok(Number(f64::NAN))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Number, E> {
                Ok(Number(f64::NAN))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Number, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Number(f64::NAN))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Number(f64::NAN))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Objects by id, in the order of the file.
#[derive(Default)]
pub(super) struct RawObjects(pub(super) Vec<(String, RawObject)>);

impl<'de> Deserialize<'de> for RawObjects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawObjects;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("city objects by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObjects, A::Error> {
                let mut objects = Vec::new();
                while let Some((id, object)) = map.next_entry::<String, Lenient<RawObject>>()? {
                    objects.push((id, object.0));
                }
                Ok(RawObjects(objects))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RawObjects, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(RawObjects::default())
            }

            fn visit_unit<E: de::Error>(self) -> Result<RawObjects, E> {
                Ok(RawObjects::default())
            }
        }
        deserializer.deserialize_any(Entries)
    }
}

/// An object of the expected form, or the default for anything else.
#[derive(Default)]
pub(super) struct Lenient<T>(pub(super) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(LenientVisitor(PhantomData))
            .map(Self)
    }
}

pub(super) struct LenientVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for LenientVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(map))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(T::default())
    }
}

/// A list of the expected things, or an empty one for anything else.
pub(super) struct LenientList<T>(pub(super) Vec<T>);

impl<T> Default for LenientList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: ListItem<'de>> Deserialize<'de> for LenientList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(ListVisitor(PhantomData))
            .map(Self)
    }
}

/// What a list may hold, each forgiving in its own way.
pub(super) trait ListItem<'de>: Sized {
    type Wire: Deserialize<'de>;
    fn of(wire: Self::Wire) -> Self;
}

impl<'de> ListItem<'de> for RawGeometry {
    type Wire = Lenient<RawGeometry>;
    fn of(wire: Self::Wire) -> Self {
        wire.0
    }
}

impl<'de> ListItem<'de> for Vertex {
    type Wire = Vertex;
    fn of(wire: Self::Wire) -> Self {
        wire
    }
}

pub(super) struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: ListItem<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<T::Wire>()? {
            items.push(T::of(item));
        }
        Ok(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
}
