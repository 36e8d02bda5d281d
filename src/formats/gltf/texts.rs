//! The texts of a column: each different one once, since many rows say the same, and all of them in one piece of memory.

use std::collections::HashMap;

/// Texts by row. The empty text is "no data".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Every different text, in the order in which they come, one after the other.
    text: Box<str>,
    /// Where each of them ends, bytes.
    ends: Box<[u32]>,
    /// Which of them a row has.
    rows: Box<[u32]>,
}

impl Texts {
    /// From what [`Self::parts`] gives; `None` where it does not hold together.
    pub fn from_parts(text: String, ends: Vec<u32>, rows: Vec<u32>) -> Option<Self> {
        let is_sound = ends.is_sorted() && ends.iter().all(|end| text.is_char_boundary(*end as usize)) && rows.iter().all(|row| (*row as usize) < ends.len());
        is_sound.then(|| Self { text: text.into(), ends: ends.into(), rows: rows.into() })
    }

    /// The different texts one after the other, where each ends, and which of them each row has.
    pub fn parts(&self) -> (&str, &[u32], &[u32]) {
        (&self.text, &self.ends, &self.rows)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn get(&self, row: usize) -> Option<&str> {
        let number = *self.rows.get(row)? as usize;
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start as usize..*self.ends.get(number)? as usize)
    }

    /// The text of a row, where it has one.
    pub fn known(&self, row: usize) -> Option<&str> {
        self.get(row).filter(|text| !text.is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row).unwrap_or_default())
    }

    /// In memory.
    pub fn bytes(&self) -> u64 {
        (size_of::<Self>() + self.text.len() + 4 * (self.ends.len() + self.rows.len())) as u64
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let list: Vec<T> = texts.into_iter().collect();
        let (mut text, mut ends) = (String::new(), Vec::new());
        let mut known: HashMap<&str, u32> = HashMap::new();
        let rows = list.iter().map(|one| {
            *known.entry(one.as_ref()).or_insert_with(|| {
                text.push_str(one.as_ref());
                // Readers bound the texts of a file far below.
                ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
                ends.len() as u32 - 1
            })
        });
        let rows = rows.collect();
        Self { text: text.into(), ends: ends.into(), rows }
    }
}

impl<T: AsRef<str>, const N: usize> From<[T; N]> for Texts {
    fn from(texts: [T; N]) -> Self {
        texts.into_iter().collect()
    }
}

impl<T: AsRef<str>> From<Vec<T>> for Texts {
    fn from(texts: Vec<T>) -> Self {
        texts.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_text_is_kept_once() {
        let texts = Texts::from(["plat", "", "deux pans", "plat", "plat"]);
        assert_eq!(texts.parts(), ("platdeux pans", &[4, 4, 13][..], &[0, 1, 2, 0, 0][..]));
        assert_eq!((texts.get(3), texts.get(1), texts.known(1), texts.get(5)), (Some("plat"), Some(""), None, None));
    }

    #[test]
    fn parts_that_do_not_hold_together_are_refused() {
        let of = |text: &str, ends: &[u32], rows: &[u32]| Texts::from_parts(text.to_owned(), ends.to_vec(), rows.to_vec());
        assert!(of("é", &[2], &[0, 0]).is_some() && of("", &[], &[]).is_some());
        for (ends, rows) in [(&[1][..], &[0][..]), (&[3], &[0]), (&[2, 0], &[0]), (&[2], &[1])] {
            assert_eq!(of("é", ends, rows), None, "{ends:?} {rows:?}");
        }
    }

    proptest! {
        #[test]
        fn rows_are_what_they_were(list in proptest::collection::vec("[aé]{0,2}", 0..20)) {
            let texts: Texts = list.iter().collect();
            prop_assert_eq!(texts.iter().collect::<Vec<_>>(), list);
            let (text, ends, rows) = texts.parts();
            prop_assert_eq!(Texts::from_parts(text.to_owned(), ends.to_vec(), rows.to_vec()), Some(texts.clone()));
        }
    }
}
