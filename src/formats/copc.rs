//! COPC 1.0: the pages of a point cloud's octree, which say where the points of each cube lie in the file.
//!
//! Source: copc.io, “COPC – Cloud Optimized Point Cloud”, 1.0. The file's header and the octree's root are in [`super::las`], its points in [`super::laz`].

use super::Fault;
use super::las::Cube;
use super::pmtiles::Span;

/// Bytes of an entry.
const ENTRY_BYTES: usize = 32;
/// Largest page; those of the largest clouds in one page of a hundred thousand cubes have three megabytes.
pub const MAX_PAGE_BYTES: u64 = 16 << 20;
/// Deepest level: cubes of a millionth of the root's side.
pub const MAX_LEVEL: u32 = 24;

/// A cube of the octree: its level, and its place counted from the west, the south and below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub level: u32,
    pub at: [u32; 3],
}

/// What a page says of a cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// So many points in one chunk.
    Points { span: Span, count: u32 },
    /// None of its own, but perhaps below.
    Empty,
    /// Another page tells.
    Page(Span),
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(Vec<(Key, Entry)>);

impl Key {
    pub fn children(self) -> [Self; 8] {
        [0, 1, 2, 3, 4, 5, 6, 7].map(|octant: u32| {
            let [x, y, z] = self.at.map(|at| at.saturating_mul(2));
            Self { level: self.level + 1, at: [x + (octant & 1), y + (octant >> 1 & 1), z + (octant >> 2)] }
        })
    }

    /// Lowest and highest corner of the cube.
    pub fn bounds(self, root: &Cube) -> [[f64; 3]; 2] {
        let side = 2.0 * root.half / f64::from(1_u32 << self.level.min(31));
        let low = [0, 1, 2].map(|axis: usize| root.centre[axis] - root.half + f64::from(self.at[axis]) * side);
        [low, low.map(|at| at + side)]
    }

    /// Between points of the cube.
    pub fn spacing(self, root: &Cube) -> f64 {
        root.spacing / f64::from(1_u32 << self.level.min(31))
    }
}

/// Level and place as the files of other programs are called: `3-1-0-5`.
impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y, z] = self.at;
        write!(f, "{}-{x}-{y}-{z}", self.level)
    }
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// `copc-page` for a page that is cut off, and for cubes that no octree has.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let (entries, rest) = bytes.as_chunks::<ENTRY_BYTES>();
        if entries.is_empty() || !rest.is_empty() {
            return Err(Fault::new("copc-page", "", bytes.len()));
        }
        let mut page = Vec::with_capacity(entries.len());
        for (number, entry) in entries.iter().enumerate() {
            let word = |at: usize| i32::from_le_bytes([0, 1, 2, 3].map(|byte| entry[4 * at + byte]));
            let offset = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|byte| entry[16 + byte]));
            let [level, x, y, z] = [0, 1, 2, 3].map(word);
            let fault = |value: String| Fault::new("copc-page", format!("entry {number}"), value);
            let key = match (u32::try_from(level), [x, y, z].map(u32::try_from)) {
                (Ok(level), [Ok(x), Ok(y), Ok(z)]) if level <= MAX_LEVEL && [x, y, z].iter().all(|at| *at < 1 << level) => Key { level, at: [x, y, z] },
                _ => return Err(fault(format!("{level}-{x}-{y}-{z}"))),
            };
            let (length, count) = (word(6), word(7));
            let span = u64::try_from(length).ok().filter(|length| offset.checked_add(*length).is_some()).map(|length| Span { offset, length });
            let found = match (count, span) {
                (0, _) => Entry::Empty,
                (-1, Some(span)) if span.length > 0 => Entry::Page(span),
                (1.., Some(span)) if span.length > 0 => Entry::Points { span, count: count.unsigned_abs() },
                _ => return Err(fault(format!("{key}: {offset}, {length}, {count}"))),
            };
            page.push((key, found));
        }
        page.sort_unstable_by_key(|(key, _)| *key);
        Ok(Self(page))
    }

    pub fn get(&self, key: Key) -> Option<Entry> {
        let at = self.0.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        self.0.get(at).map(|(_, entry)| *entry)
    }

    /// Memory of it.
    pub fn bytes(&self) -> u64 {
        (self.0.capacity() * size_of::<(Key, Entry)>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(key: [i32; 4], offset: u64, length: i32, count: i32) -> Vec<u8> {
        let mut bytes = key.map(i32::to_le_bytes).concat();
        bytes.extend(offset.to_le_bytes());
        bytes.extend([length, count].map(i32::to_le_bytes).concat());
        bytes
    }

    #[test]
    fn a_page_says_where_the_points_of_a_cube_are() {
        let bytes = [entry([1, 1, 0, 1], 900, 40, 7), entry([0; 4], 500, 400, 20), entry([1, 0, 1, 0], 2000, 64, -1), entry([1, 0, 0, 0], 0, 0, 0)].concat();
        let page = Page::parse(&bytes).unwrap();
        let key = |level, at| Key { level, at };
        assert_eq!(page.get(key(0, [0; 3])), Some(Entry::Points { span: Span { offset: 500, length: 400 }, count: 20 }));
        assert_eq!(page.get(key(1, [0, 1, 0])), Some(Entry::Page(Span { offset: 2000, length: 64 })));
        assert_eq!((page.get(key(1, [0; 3])), page.get(key(1, [1, 1, 1]))), (Some(Entry::Empty), None));
        assert_eq!(key(1, [1, 0, 1]).to_string(), "1-1-0-1");
        for broken in [
            entry([1, 2, 0, 0], 0, 1, 1),
            entry([-1, 0, 0, 0], 0, 1, 1),
            entry([40, 0, 0, 0], 0, 1, 1),
            entry([0; 4], u64::MAX, 2, 1),
            entry([0; 4], 0, -4, 1),
            entry([0; 4], 0, 0, 1),
            entry([0; 4], 0, 4, -2),
            vec![0; 31],
            Vec::new(),
        ] {
            assert_eq!(Page::parse(&broken).unwrap_err().code, "copc-page", "{broken:?}");
        }
    }

    proptest! {
        /// The eight cubes below one fill it, and their points lie twice as close.
        #[test]
        fn eight_cubes_fill_the_one_above(level in 0..20_u32, at in prop::array::uniform3(any::<u32>()), half in 1.0..1e5_f64) {
            let root = Cube { centre: [7e5, 6e6, 100.0], half, spacing: half / 64.0 };
            let key = Key { level, at: at.map(|at| at % (1 << level)) };
            let ([low, high], below) = (key.bounds(&root), key.children());
            for axis in 0..3 {
                let lows = below.map(|child| child.bounds(&root)[0][axis]);
                let highs = below.map(|child| child.bounds(&root)[1][axis]);
                prop_assert!((lows.iter().fold(f64::MAX, |a, b| a.min(*b)) - low[axis]).abs() < 1e-6);
                prop_assert!((highs.iter().fold(f64::MIN, |a, b| a.max(*b)) - high[axis]).abs() < 1e-6);
            }
            prop_assert!((below[5].spacing(&root) * 2.0 - key.spacing(&root)).abs() < 1e-12);
        }

        #[test]
        fn any_bytes_are_a_page_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Page::parse(&bytes);
        }
    }
}
