//! Posts and lines of a territory's electricity network as one small file: what "where does it fit?" asks, without any tile.
//!
//! JSON, so that other programs read it too; degrees, volts, kilovolt-amperes.

use super::Fault;
use serde::{Deserialize, Serialize};

/// The file's place in a package.
pub const PATH: &str = "connect/book.json";
const FORMAT: &str = "jumeau-gridbook-1";
/// Larger books are refused; see [`GridBook::is_full`] for who writes them.
pub const MAX_BYTES: usize = 64 << 20;
const MAX_POSTS: usize = 400_000;
const MAX_POINTS: usize = 2_000_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridBook {
    pub format: String,
    pub posts: Vec<Post>,
    pub lines: Vec<Line>,
}

/// What is known of a post or a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// As on the map.
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// In the source's own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voltage_v: Option<f64>,
    /// `A`, `B`, `C` of the decree of 15 February 2012, `schematic`, `unstated`.
    pub accuracy: String,
    /// Id of the data set.
    pub dataset: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Post {
    #[serde(flatten)]
    pub known: Known,
    pub at: [f64; 2],
    /// Of its transformers together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rated_kva: Option<f64>,
    /// What is left of the capacity reserved for renewables (S3REnR), MW, where a source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_mw: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    #[serde(flatten)]
    pub known: Known,
    pub points: Vec<[f64; 2]>,
}

impl Default for GridBook {
    fn default() -> Self {
        Self { format: FORMAT.to_owned(), posts: Vec::new(), lines: Vec::new() }
    }
}

impl GridBook {
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty() && self.lines.is_empty()
    }

    fn points(&self) -> usize {
        self.lines.iter().map(|line| line.points.len()).sum()
    }

    /// Nothing more goes in: a territory of this size is asked part by part.
    pub fn is_full(&self) -> bool {
        self.posts.len() >= MAX_POSTS || self.points() >= MAX_POINTS
    }

    /// # Errors
    /// `gridbook-unreadable`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let fault = |value: String| Fault::new("gridbook-unreadable", "", value);
        if bytes.len() > MAX_BYTES {
            return Err(fault(bytes.len().to_string()));
        }
        let book: Self = serde_json::from_slice(bytes).map_err(|error| fault(error.to_string()))?;
        if book.format != FORMAT || book.posts.len() > MAX_POSTS || book.points() > MAX_POINTS {
            return Err(fault(book.format));
        }
        let is_place = |[lon, lat]: &[f64; 2]| lon.abs() <= 180.0 && lat.abs() <= 90.0;
        let sound = book.posts.iter().all(|post| is_place(&post.at)) && book.lines.iter().all(|line| line.points.iter().all(is_place));
        sound.then_some(book).ok_or_else(|| fault("coordinates".to_owned()))
    }

    /// # Errors
    /// `gridbook-unreadable`, for numbers that JSON cannot hold.
    pub fn bytes(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self).map_err(|error| Fault::new("gridbook-unreadable", "", error.to_string()))
    }
}
