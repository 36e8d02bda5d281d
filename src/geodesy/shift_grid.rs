//! NTF to RGF93 by IGN's grid of shifts: 5 cm where three parameters are 0.6 to 4 m off.
//!
//! Sources: IGN, "Grille de paramètres de transformation de coordonnées GR3DF97A" as `ntf_r93.gsb`; bilinear as NTv2 prescribes. `tests/data/geodesy/ntf.py` makes the file that is embedded.

use super::LonLat;
use crate::base::lattice::restored;
use std::sync::OnceLock;

static NTF_R93: &[u8] = include_bytes!("ntf_r93.bin");

/// Shifts on a regular grid in degrees, arc seconds to be added, rows from the south.
pub(super) struct ShiftGrid {
    west: f64,
    south: f64,
    step: [f64; 2],
    columns: usize,
    rows: usize,
    lon: Vec<f32>,
    lat: Vec<f32>,
}

/// IGN's grid; `None` only if the embedded file were damaged.
pub(super) fn ntf() -> Option<&'static ShiftGrid> {
    static GRID: OnceLock<Option<ShiftGrid>> = OnceLock::new();
    GRID.get_or_init(|| ShiftGrid::read(NTF_R93)).as_ref()
}

impl ShiftGrid {
    fn read(bytes: &[u8]) -> Option<Self> {
        let double = |at: usize| Some(f64::from_le_bytes(*bytes.get(at..)?.first_chunk::<8>()?));
        let whole =
            |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk::<4>()?) as usize);
        let (columns, rows) = (whole(32)?, whole(36)?);
        let count = columns.checked_mul(rows)?;
        let component = |at: usize| -> Option<Vec<f32>> {
            let (low, step) = (double(at)?, double(at + 8)?);
            // The lower bytes of all nodes, then the upper ones.
            let (lower, upper) = bytes.get(at + 16..at + 16 + 2 * count)?.split_at(count);
            let rest = |at: usize| lower.get(at).zip(upper.get(at)).map_or(0, |(low, high)| u16::from_le_bytes([*low, *high]));
            Some(
                restored(rows, columns, u16::MAX, rest)
                    .into_iter()
                    .map(|value| (low + step * f64::from(value)) as f32)
                    .collect(),
            )
        };
        Some(Self {
            west: double(0)?,
            south: double(8)?,
            step: [double(16)?, double(24)?],
            columns,
            rows,
            lon: component(40)?,
            lat: component(56 + 2 * count)?,
        })
    }

    /// Degrees to be added to a point of the source datum; `None` outside the grid.
    fn shift(&self, p: LonLat) -> Option<[f64; 2]> {
        let x = (p.lon_deg - self.west) / self.step[0];
        let y = (p.lat_deg - self.south) / self.step[1];
        let (right, top) = ((self.columns - 1) as f64, (self.rows - 1) as f64);
        if !(x >= 0.0 && y >= 0.0 && x <= right && y <= top) {
            return None;
        }
        let (c, r) = (
            (x as usize).min(self.columns - 2),
            (y as usize).min(self.rows - 2),
        );
        let (u, v) = (x - c as f64, y - r as f64);
        let bilinear = |values: &[f32]| {
            let at = |r: usize, c: usize| values.get(r * self.columns + c).map(|v| f64::from(*v));
            let south = at(r, c)? * (1.0 - u) + at(r, c + 1)? * u;
            let north = at(r + 1, c)? * (1.0 - u) + at(r + 1, c + 1)? * u;
            Some((south * (1.0 - v) + north * v) / 3600.0)
        };
        Some([bilinear(&self.lon)?, bilinear(&self.lat)?])
    }

    /// From the source datum to the target's.
    pub fn forward(&self, p: LonLat) -> Option<LonLat> {
        let [lon, lat] = self.shift(p)?;
        Some(LonLat {
            lon_deg: p.lon_deg + lon,
            lat_deg: p.lat_deg + lat,
        })
    }

    /// The way back, by iteration: shifts change by a ten-thousandth of themselves over their own length, so four rounds reach a nanometre.
    pub fn backward(&self, p: LonLat) -> Option<LonLat> {
        let mut guess = p;
        for _ in 0..6 {
            // Just outside the grid the first guess may lie while the answer does not.
            let [lon, lat] = self.shift(guess)?;
            guess = LonLat {
                lon_deg: p.lon_deg - lon,
                lat_deg: p.lat_deg - lat,
            };
        }
        self.shift(guess).map(|_| guess)
    }
}
