//! Colours of scales, safe for the common colour-blindnesses; a test simulates them.

use serde::{Deserialize, Serialize};

/// Stops of a ramp; the shader blends between as many.
pub const STOPS: usize = 8;

/// A named scale of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Palette {
    /// Dark blue to yellow: from little to much (Nuñez, Anderton, Renslow 2018).
    #[default]
    Cividis,
    /// Light to dark blue: from little to much, calm on paper.
    Blues,
    /// Blue over white to orange: below and above a middle.
    BlueOrange,
    /// Kinds without an order (Okabe and Ito 2008).
    OkabeIto,
}

impl Palette {
    pub const ALL: [Self; 4] = [Self::Cividis, Self::Blues, Self::BlueOrange, Self::OkabeIto];

    /// As links write it; also the end of its i18n key `legend-palette-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cividis => "cividis",
            Self::Blues => "blues",
            Self::BlueOrange => "blue-orange",
            Self::OkabeIto => "okabe-ito",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|palette| palette.id() == id)
    }

    /// Whether its colours have an order; those that have none are not blended.
    pub fn is_ordered(self) -> bool {
        self != Self::OkabeIto
    }

    /// sRGB, from low to high.
    pub fn stops(self) -> [[u8; 3]; STOPS] {
        match self {
            Self::Cividis => [
                [0, 32, 77],
                [33, 60, 110],
                [76, 85, 108],
                [108, 110, 114],
                [140, 136, 120],
                [175, 165, 112],
                [214, 196, 92],
                [255, 234, 70],
            ],
            Self::Blues => [
                [235, 243, 251],
                [207, 225, 242],
                [172, 208, 230],
                [127, 183, 215],
                [82, 155, 201],
                [43, 123, 186],
                [16, 89, 161],
                [8, 48, 107],
            ],
            Self::BlueOrange => [
                [5, 80, 140],
                [57, 129, 189],
                [129, 182, 220],
                [205, 226, 240],
                [253, 226, 197],
                [250, 181, 108],
                [230, 127, 27],
                [160, 78, 0],
            ],
            Self::OkabeIto => [
                [0, 114, 178],
                [230, 159, 0],
                [0, 158, 115],
                [204, 121, 167],
                [86, 180, 233],
                [213, 94, 0],
                [240, 228, 66],
                [0, 0, 0],
            ],
        }
    }

    /// The colours of so many classes, evenly taken from the ramp, ends included; kinds take the first ones.
    pub fn classes(self, count: usize) -> Vec<[u8; 3]> {
        let stops = self.stops();
        let count = count.clamp(1, STOPS);
        if !self.is_ordered() {
            return stops.into_iter().take(count).collect();
        }
        let last = count.saturating_sub(1).max(1) as f64;
        (0..count).map(|class| self.at(class as f64 / last)).collect()
    }

    /// The colour at a share of the ramp, blended between its stops.
    pub fn at(self, share: f64) -> [u8; 3] {
        let stops = self.stops();
        let place = share.clamp(0.0, 1.0) * (STOPS - 1) as f64;
        let low = (place.floor() as usize).min(STOPS - 1);
        let (from, to) = (stops[low], stops[(low + 1).min(STOPS - 1)]);
        let part = place - low as f64;
        [0, 1, 2].map(|k: usize| (f64::from(from[k]) + part * (f64::from(to[k]) - f64::from(from[k]))).round() as u8)
    }
}
