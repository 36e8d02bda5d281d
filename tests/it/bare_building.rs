//! A building of which nothing is known but its outline and its heights; a test adds what it is about.

use geo::MultiPolygon;
use jumeau::region::{Building, HeightOrigin, Usage};

/// Heights in metres: of the ground in the region's heights, of eave and ridge above the ground.
pub fn bare_building(id: &str, dataset: &str, footprint: MultiPolygon<f64>, ground_m: f64, [eave_height_m, ridge_height_m]: [f64; 2]) -> Building {
    Building {
        id: id.to_owned(),
        rnb: Vec::new(),
        dataset: dataset.into(),
        footprint,
        ground_m,
        eave_height_m,
        ridge_height_m,
        height_origin: HeightOrigin::Source,
        usage: Usage::Unknown,
        second_usage: None,
        dwellings: None,
        storeys: None,
        year: None,
        light: false,
        attributes: Vec::new(),
        surveyed: None,
        measured: None,
    }
}
