//! What documents say of a tile beside its features: of the tileset, of the content's group, of the tile, of the content.

use crate::base::ABOUT;
use crate::formats::gltf::Column;
use crate::formats::tiles3d::{Content, Entity, Tile, Tileset};
use std::sync::Arc;

/// Values of one row each; what many tiles share is there once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    tileset: Option<Arc<Vec<Column>>>,
    group: Option<Arc<Vec<Column>>>,
    tile: Option<Arc<Vec<Column>>>,
    content: Option<Arc<Vec<Column>>>,
}

/// What is said of one tile of an implicit tiling, or of one of its contents.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub tile: Vec<Column>,
    pub content: Vec<Column>,
    pub group: Option<Arc<Vec<Column>>>,
}

impl About {
    /// The nearest first; names tell whose value it is.
    pub fn columns(&self) -> Vec<Column> {
        let [of_tileset, of_group, of_tile, of_content] = ABOUT;
        let parts = [(of_content, &self.content), (of_tile, &self.tile), (of_group, &self.group), (of_tileset, &self.tileset)];
        let of = |(prefix, columns): (&'static str, &Option<Arc<Vec<Column>>>)| {
            let columns = columns.clone();
            columns.into_iter().flat_map(move |columns| {
                columns.iter().map(|column| Column { name: format!("{prefix}{}", column.name), values: column.values.clone() }).collect::<Vec<_>>()
            })
        };
        parts.into_iter().flat_map(of).collect()
    }

    /// The same with what a subtree says; `None` where nothing is said.
    pub fn with(about: Option<Box<Self>>, said: Said) -> Option<Box<Self>> {
        let Said { tile, content, group } = said;
        if tile.is_empty() && content.is_empty() && group.is_none() {
            return about;
        }
        let some = |columns: Vec<Column>| (!columns.is_empty()).then(|| Arc::new(columns));
        let mut about = about.unwrap_or_default();
        about.tile = some(tile).or_else(|| about.tile.take());
        about.content = some(content).or_else(|| about.content.take());
        about.group = group.or_else(|| about.group.take());
        Some(about)
    }

    /// What of it holds for every tile of the tileset.
    pub fn of_tileset(&self) -> Option<Box<Self>> {
        let about = Self { tileset: self.tileset.clone(), ..Self::default() };
        about.tileset.is_some().then(|| Box::new(about))
    }

    /// What a node holds of it for itself.
    pub fn own_bytes(&self) -> u64 {
        let own = [&self.tile, &self.content].into_iter().flatten().flat_map(|columns| columns.iter());
        size_of::<Self>() as u64 + own.map(bytes).sum::<u64>()
    }
}

fn bytes(column: &Column) -> u64 {
    column.values.bytes() + column.name.len() as u64 + size_of::<Column>() as u64
}

/// What one document says.
pub struct Sayings<'a> {
    document: &'a Tileset,
    tileset: Option<Arc<Vec<Column>>>,
    groups: Vec<Option<Arc<Vec<Column>>>>,
}

impl<'a> Sayings<'a> {
    /// `outer` is what was said where the document stands in another one: it holds where this one is silent.
    pub fn of(document: &'a Tileset, outer: Option<&About>) -> Self {
        let own = document.metadata.as_ref().and_then(|entity| told(document, entity));
        let groups = document.groups.iter().map(|entity| told(document, entity)).collect();
        Self { document, tileset: own.or_else(|| outer?.tileset.clone()), groups }
    }

    /// Of a content's group.
    pub fn group(&self, content: &Content) -> Option<Arc<Vec<Column>>> {
        self.groups.get(content.group?)?.clone()
    }

    /// Of a tile and one of its contents; `None` where nothing is said.
    pub fn about(&self, tile: &Tile, content: Option<&Content>) -> Option<Box<About>> {
        let of = |entity: Option<&Entity>| told(self.document, entity?);
        let about = About {
            tileset: self.tileset.clone(),
            group: content.and_then(|content| self.group(content)),
            tile: of(tile.metadata.as_deref()),
            content: of(content.and_then(|content| content.metadata.as_deref())),
        };
        (about != About::default()).then(|| Box::new(about))
    }

    /// Memory of what the tiles of the document share.
    pub fn bytes(&self) -> u64 {
        self.groups.iter().chain([&self.tileset]).flatten().flat_map(|columns| columns.iter()).map(bytes).sum()
    }
}

fn told(document: &Tileset, entity: &Entity) -> Option<Arc<Vec<Column>>> {
    let columns = entity.columns(document.schema.as_ref());
    (!columns.is_empty()).then(|| Arc::new(columns))
}
