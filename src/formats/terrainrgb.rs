//! Heights in the colours of pictures: Mapbox's Terrain-RGB, Mapzen's Terrarium, and rules of one's own as MapLibre has them.

use super::Fault;
use super::still;

/// Largest side of a tile, pixels.
pub const MAX_SIDE: usize = 4_096;

/// How red, green and blue (0 to 255) make a height in metres: a weighted sum and a base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    pub red_m: f64,
    pub green_m: f64,
    pub blue_m: f64,
    /// Height of black.
    pub base_m: f64,
}

impl Rule {
    /// `−10,000 m + 0.1 m · (65,536 R + 256 G + B)`.
    pub const MAPBOX: Self = Self {
        red_m: 6_553.6,
        green_m: 25.6,
        blue_m: 0.1,
        base_m: -10_000.0,
    };
    /// `256 R + G + B / 256 − 32,768 m`.
    pub const TERRARIUM: Self = Self {
        red_m: 256.0,
        green_m: 1.0,
        blue_m: 1.0 / 256.0,
        base_m: -32_768.0,
    };

    /// By the name that TileJSON and MapLibre styles give it (`encoding`).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "mapbox" => Some(Self::MAPBOX),
            "terrarium" => Some(Self::TERRARIUM),
            _ => None,
        }
    }

    pub fn height_m(&self, [red, green, blue]: [u8; 3]) -> f64 {
        self.red_m * f64::from(red)
            + self.green_m * f64::from(green)
            + self.blue_m * f64::from(blue)
            + self.base_m
    }
}

/// The heights of a tile, rows from the north; `NaN` where the picture is transparent.
#[derive(Clone, Debug, PartialEq)]
pub struct Heights {
    pub columns: usize,
    pub rows: usize,
    pub heights_m: Vec<f32>,
}

/// Reads a tile. JPEG and lossy WebP are refused: what they change of a colour are kilometres.
///
/// # Errors
/// `terrain-rgb-lossy`, `terrain-rgb-size`, `terrain-rgb-picture`.
pub fn decode(bytes: &[u8], rule: &Rule) -> Result<Heights, Fault> {
    let picture = |error: super::raster::RasterFault| Fault::new("terrain-rgb-picture", "", error);
    let lossy = match still::Encoding::of(bytes) {
        Some(still::Encoding::Jpeg) => Some("JPEG"),
        // A plain `VP8 ` chunk is the lossy kind, `VP8L` the other one; `VP8X` has either further on.
        Some(still::Encoding::Webp) if chunks(bytes).any(|name| name == b"VP8 ") => Some("WebP"),
        _ => None,
    };
    if let Some(lossy) = lossy {
        return Err(Fault::new("terrain-rgb-lossy", "", lossy));
    }
    let [columns, rows] = still::dimensions(bytes).map_err(picture)?;
    if columns > MAX_SIDE || rows > MAX_SIDE || columns == 0 || rows == 0 {
        return Err(Fault::new(
            "terrain-rgb-size",
            "",
            format!("{columns} × {rows}"),
        ));
    }
    let still = still::decode(bytes).map_err(picture)?;
    let heights_m = still
        .pixels
        .iter()
        .map(|[red, green, blue, alpha]| {
            if *alpha == 0 {
                f32::NAN
            } else {
                rule.height_m([*red, *green, *blue]) as f32
            }
        })
        .collect();
    Ok(Heights {
        columns,
        rows,
        heights_m,
    })
}

/// Names of the chunks of a WebP file.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut left = bytes.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, rest) = left.split_at_checked(4)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = (u32::from_le_bytes(*length) as usize).next_multiple_of(2);
        left = rest.get(length..).unwrap_or_default();
        Some(name)
    })
}
