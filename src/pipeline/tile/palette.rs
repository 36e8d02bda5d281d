//! Colours of the calm map, sRGB. Colour is kept for data: nothing here is saturated.

pub type Rgba = [u8; 4];

pub const GROUND_GREEN: [f64; 3] = [204.0, 213.0, 193.0];
pub const FIELD: [f64; 3] = [214.0, 215.0, 194.0];
pub const WOOD: [f64; 3] = [183.0, 197.0, 168.0];
pub const GROUND_URBAN: [f64; 3] = [221.0, 218.0, 209.0];
pub const QUAY_TOP: [f64; 3] = [196.0, 193.0, 184.0];
pub const QUAY_FOOT: [f64; 3] = [158.0, 157.0, 150.0];
pub const WATER: [f64; 3] = [163.0, 186.0, 199.0];
/// What ground and water turn to far beyond the data.
pub const HAZE: [f64; 3] = [219.0, 225.0, 224.0];

pub const MAJOR_ROAD: Rgba = [250, 246, 236, 255];
pub const ROAD: Rgba = [246, 244, 238, 255];
pub const MINOR_ROAD: Rgba = [244, 242, 236, 255];
pub const PATH: Rgba = [224, 220, 211, 255];
pub const CASING: Rgba = [190, 189, 182, 255];
pub const PAVEMENT: Rgba = [209, 205, 198, 255];
pub const DECK_SIDE: Rgba = [188, 186, 179, 255];
pub const DECK_UNDER: Rgba = [150, 149, 144, 255];
pub const TRACK_BED: Rgba = [212, 208, 200, 255];
pub const RAIL: Rgba = [116, 120, 126, 255];

pub const WALL: [f64; 3] = [222.0, 216.0, 206.0];
pub const ROOF: [f64; 3] = [238.0, 235.0, 229.0];
/// What is left of a wall's light at its foot.
pub const WALL_FOOT: f64 = 0.74;

pub const CROWN: [f64; 3] = [164.0, 182.0, 146.0];
pub const CROWN_FOOT: f64 = 0.82;
pub const TRUNK: [f64; 3] = [140.0, 126.0, 110.0];

/// Rounds and clamps to an opaque colour.
pub fn opaque(colour: [f64; 3]) -> Rgba {
    let byte = |value: f64| value.round().clamp(0.0, 255.0) as u8;
    [byte(colour[0]), byte(colour[1]), byte(colour[2]), 255]
}

pub fn mix(a: [f64; 3], b: [f64; 3], share: f64) -> [f64; 3] {
    std::array::from_fn(|k| a[k] + share * (b[k] - a[k]))
}

pub fn scaled(colour: [f64; 3], factor: f64) -> [f64; 3] {
    colour.map(|value| value * factor)
}
