//! Views that a person keeps: a name and a share link each, so that a kept view opens in any later program that reads links.

use super::link::MAX_LINK_BYTES;
use serde::{Deserialize, Serialize};

/// Views that are kept, of all territories together; the oldest gives way.
pub const MAX_BOOKMARKS: usize = 200;
/// Letters of a name.
pub const MAX_NAME_CHARS: usize = 60;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The territory's id.
    pub territory: String,
    pub name: String,
    /// As [`super::to_link`] writes it.
    pub link: String,
}

impl Bookmark {
    /// Control characters and blanks at the ends go; a long name is cut.
    pub fn new(territory: &str, name: &str, link: &str) -> Self {
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        Self { territory: territory.to_owned(), name: name.trim().chars().take(MAX_NAME_CHARS).collect(), link: link.to_owned() }
    }

    fn is_sound(&self) -> bool {
        !self.name.is_empty() && self.name.chars().count() <= MAX_NAME_CHARS && self.link.len() <= MAX_LINK_BYTES
    }
}

/// One more view; the same name of the same territory is the same view, anew.
pub fn keep(list: &mut Vec<Bookmark>, bookmark: Bookmark) {
    if bookmark.is_sound() {
        list.retain(|known| known.territory != bookmark.territory || known.name != bookmark.name);
        list.push(bookmark);
        let over = list.len().saturating_sub(MAX_BOOKMARKS);
        list.drain(..over);
    }
}

/// What [`write`] wrote; of anything else what can be read of it.
pub fn read(text: &str) -> Vec<Bookmark> {
    let entries: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    let sound = entries.into_iter().filter_map(|entry| serde_json::from_value::<Bookmark>(entry).ok()).filter(Bookmark::is_sound);
    sound.take(MAX_BOOKMARKS).collect()
}

/// As a file.
pub fn write(list: &[Bookmark]) -> String {
    serde_json::to_string_pretty(list).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_kept_anew_and_read_again_whatever_stands_beside_them() {
        let mut list = Vec::new();
        for link in ["v=1", "v=1&y=1950"] {
            keep(&mut list, Bookmark::new("t", " La\u{7}place ", link));
        }
        keep(&mut list, Bookmark::new("u", "Laplace", "v=1"));
        keep(&mut list, Bookmark::new("u", " \n", "v=1"));
        assert_eq!(list.iter().map(|view| (view.territory.as_str(), view.name.as_str(), view.link.as_str())).collect::<Vec<_>>(), [("t", "Laplace", "v=1&y=1950"), ("u", "Laplace", "v=1")]);
        assert_eq!(read(&write(&list)), list);
        assert_eq!(read(r#"[3, {"territory":"t"}, {"territory":"t","name":"a","link":"v=1","more":1}]"#).len(), 1);
        assert!(read("{").is_empty() && read("").is_empty());
        (0..300).for_each(|number| keep(&mut list, Bookmark::new("t", &number.to_string(), "v=1")));
        assert_eq!((list.len(), list[0].name.as_str()), (MAX_BOOKMARKS, "100"));
    }
}
