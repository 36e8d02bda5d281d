//! Colours of scales, safe for the common colour-blindnesses; a test simulates them.

use serde::{Deserialize, Serialize};

/// Lightness that the darkest colour has at least on a dark ground, of 1, and how much stronger colours are there.
const DARK_FLOOR: f64 = 0.45;
const DARK_CHROMA: f64 = 1.3;

/// A colour as it is shown on ground that is so dark (0 by day, 1 at night): lighter, in the same order and of the same hue. By day nothing changes.
///
/// Lightness and chroma are those of Oklab (Ottosson 2020).
pub fn on_dark(colour: [u8; 3], dark: f64) -> [u8; 3] {
    let dark = dark.clamp(0.0, 1.0);
    if dark <= 0.0 {
        return colour;
    }
    let linear = |byte: u8| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let srgb = |value: f64| {
        let value = value.clamp(0.0, 1.0);
        (255.0 * if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }).round() as u8
    };
    let [r, g, b] = colour.map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
    let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
    let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
    let floor = DARK_FLOOR * dark;
    let lightness = floor + (1.0 - floor) * lightness;
    let chroma = 1.0 + (DARK_CHROMA - 1.0) * dark;
    let (a, b) = (a * chroma, b * chroma);
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        srgb(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        srgb(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        srgb(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
    ]
}

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
