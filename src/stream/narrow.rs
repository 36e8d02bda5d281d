//! Lists of whole numbers as narrow as the largest one allows: what lies in memory for each corner of a territory counts double.

/// Numbers of corners or of rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Narrow {
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Default for Narrow {
    fn default() -> Self {
        Self::U16(Vec::new())
    }
}

impl From<Vec<u32>> for Narrow {
    fn from(wide: Vec<u32>) -> Self {
        if fits(&wide) { Self::U16(wide.into_iter().map(|number| number as u16).collect()) } else { Self::U32(wide) }
    }
}

/// The largest number of sixteen bits is left out: as an index it would begin a new strip.
fn fits(wide: &[u32]) -> bool {
    wide.iter().all(|number| *number < u32::from(u16::MAX))
}

impl Narrow {
    pub fn len(&self) -> usize {
        match self {
            Self::U16(numbers) => numbers.len(),
            Self::U32(numbers) => numbers.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, at: usize) -> Option<u32> {
        match self {
            Self::U16(numbers) => numbers.get(at).copied().map(u32::from),
            Self::U32(numbers) => numbers.get(at).copied(),
        }
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        (0..self.len()).map(|at| self.get(at).unwrap_or_default())
    }

    /// Three by three, as corners of triangles.
    pub fn threes(&self) -> impl ExactSizeIterator<Item = [u32; 3]> + '_ {
        (0..self.len() / 3).map(|at| self.three(at))
    }

    /// The triangle at a place that is known to be there.
    pub fn three(&self, at: usize) -> [u32; 3] {
        match self {
            Self::U16(numbers) => numbers.as_chunks::<3>().0.get(at).map_or([0; 3], |three| three.map(u32::from)),
            Self::U32(numbers) => numbers.as_chunks::<3>().0.get(at).copied().unwrap_or([0; 3]),
        }
    }

    /// What a list takes once it is narrow.
    pub fn bytes_of(wide: &[u32]) -> usize {
        wide.len() * if fits(wide) { 2 } else { 4 }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::U16(numbers) => numbers.len() * 2,
            Self::U32(numbers) => numbers.len() * 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_as_narrow_as_its_largest_number_and_says_the_same() {
        for (last, narrow) in [(0, true), (65_534, true), (65_535, false), (u32::MAX, false)] {
            let wide = vec![7, 0, last, 1, 2];
            assert_eq!(Narrow::bytes_of(&wide), 5 * if narrow { 2 } else { 4 });
            let list = Narrow::from(wide.clone());
            assert_eq!(matches!(list, Narrow::U16(_)), narrow, "{last}");
            assert_eq!(list.iter().collect::<Vec<_>>(), wide);
            assert_eq!(list.threes().collect::<Vec<_>>(), [[7, 0, last]]);
            assert_eq!((list.get(2), list.get(5)), (Some(last), None));
            assert_eq!(list.bytes(), 5 * if narrow { 2 } else { 4 });
        }
    }
}
