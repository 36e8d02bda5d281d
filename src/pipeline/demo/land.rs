//! The land: relief, rivers and the lattice of communes, each a function of the seed and the place alone, so that any part can be asked for without the rest.

use crate::base::{Bounds2, Rng};
use crate::pipeline::generate::noise;

/// Communes are squares of this side, metres.
pub const COMMUNE_M: f64 = 3_500.0;
/// South-west corner in Lambert-93: hills west of the Massif central. The places that are there are not meant.
pub const ORIGIN: [f64; 2] = [560_000.0, 6_540_000.0];
/// One river for so many rows of communes.
const ROWS_PER_RIVER: u32 = 3;
/// A river's place in its rows, in communes from the south.
const RIVER_AT: f64 = 0.28;
/// Rivers fall to the west by so much.
const FALL: f64 = 0.000_6;
/// A river is cut into pools with one level each, so long.
pub const REACH_M: f64 = 350.0;
/// Valleys end this far from their river.
const VALLEY_M: f64 = 900.0;
/// Communes with one town among them, along each side.
const TOWN_EVERY: u32 = 3;
const TOWN_BUILDINGS: f64 = 3_000.0;
/// Fewer buildings than this are one commune.
const ONE_COMMUNE: usize = 1_500;

/// A rectangle of communes.
#[derive(Clone, Copy, Debug)]
pub struct Land {
    pub seed: u64,
    pub columns: u32,
    pub rows: u32,
}

/// A river where it passes a point.
#[derive(Clone, Copy, Debug)]
pub struct RiverNear {
    /// From the centre line.
    pub distance_m: f64,
    pub half_width_m: f64,
    pub level_m: f64,
}

impl Land {
    /// As many communes as so many buildings need, nearly a square of them.
    pub fn for_buildings(seed: u64, buildings: usize) -> Self {
        let mut land = Self { seed, columns: 1, rows: 1 };
        if buildings > ONE_COMMUNE {
            while land.communes().map(|(i, j)| land.usual_buildings(i, j)).sum::<f64>() < buildings as f64 {
                if land.columns > land.rows { land.rows += 1 } else { land.columns += 1 }
            }
        }
        land
    }

    /// All communes, row by row from the south.
    pub fn communes(self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.rows).flat_map(move |j| (0..self.columns).map(move |i| (i, j)))
    }

    /// How many buildings a commune would have by itself; a town stands among eight villages.
    pub fn usual_buildings(&self, i: u32, j: u32) -> f64 {
        if self.is_town(i, j) { TOWN_BUILDINGS } else { self.rng(i, j, 1).range(450.0, 1_100.0) }
    }

    pub fn is_town(&self, i: u32, j: u32) -> bool {
        i % TOWN_EVERY == 1 && j % TOWN_EVERY == 1
    }

    /// Random numbers of one commune for one purpose.
    pub fn rng(&self, i: u32, j: u32, purpose: u64) -> Rng {
        let mut rng = Rng::new(self.seed ^ (u64::from(i) << 40) ^ (u64::from(j) << 16) ^ purpose.wrapping_mul(0x9E37_79B9));
        // The first number of near seeds is alike in its high bits only after mixing.
        Rng::new(rng.next_u64())
    }

    pub fn commune(&self, i: u32, j: u32) -> Bounds2 {
        let min = [
            ORIGIN[0] + f64::from(i) * COMMUNE_M,
            ORIGIN[1] + f64::from(j) * COMMUNE_M,
        ];
        Bounds2 { min, max: min.map(|v| v + COMMUNE_M) }
    }

    pub fn bounds(&self) -> Bounds2 {
        self.commune(0, 0).union(self.commune(self.columns - 1, self.rows - 1))
    }

    pub fn rivers(&self) -> u32 {
        self.rows.div_ceil(ROWS_PER_RIVER)
    }

    /// The river's centre line: how far north it is at an easting.
    pub fn river_y(&self, river: u32, x: f64) -> f64 {
        let base = ORIGIN[1] + (f64::from(river * ROWS_PER_RIVER) + RIVER_AT) * COMMUNE_M;
        let seed = self.seed ^ 0x51BE ^ (u64::from(river) << 20);
        base + 520.0 * (noise(seed, [x, 0.0], 2_600.0) - 0.5) + 130.0 * (noise(seed, [x, 7e4], 800.0) - 0.5)
    }

    pub fn river_half_width(&self, river: u32, x: f64) -> f64 {
        8.0 + 6.0 * noise(self.seed ^ 0x31D7 ^ u64::from(river), [x, 0.0], 1_200.0)
    }

    /// Altitude of the water, falling westward.
    pub fn river_level(&self, river: u32, x: f64) -> f64 {
        92.0 + 9.0 * f64::from(river % 5) + FALL * (x - ORIGIN[0])
    }

    /// The nearest river.
    pub fn river_near(&self, at: [f64; 2]) -> RiverNear {
        let row = (at[1] - ORIGIN[1]) / COMMUNE_M;
        let guess = ((row - RIVER_AT) / f64::from(ROWS_PER_RIVER)).round();
        let river = guess.clamp(0.0, f64::from(self.rivers() - 1)) as u32;
        let slope = (self.river_y(river, at[0] + 5.0) - self.river_y(river, at[0] - 5.0)) / 10.0;
        RiverNear {
            distance_m: (at[1] - self.river_y(river, at[0])).abs() / slope.hypot(1.0),
            half_width_m: self.river_half_width(river, at[0]),
            level_m: self.river_level(river, at[0]),
        }
    }

    /// Altitude of the ground: hills of several wave lengths, cut by the valleys.
    pub fn ground(&self, at: [f64; 2]) -> f64 {
        let river = self.river_near(at);
        if river.distance_m < river.half_width_m {
            return river.level_m - 1.2;
        }
        let waves = [(5_200.0, 80.0), (1_700.0, 30.0), (600.0, 8.0), (140.0, 1.0)];
        let hills: f64 = waves
            .iter()
            .zip(1_u64..)
            .map(|((wave_m, rise_m), k)| rise_m * noise(self.seed ^ (k * 0xA11), at, *wave_m))
            .sum();
        // Rivers of neighbouring rows differ in level; the hills between them know nothing of either.
        let natural = 108.0 + FALL * (at[0] - ORIGIN[0]) + hills;
        let flood = river.level_m + 1.2 + 0.004 * river.distance_m;
        let t = ((river.distance_m - river.half_width_m - 20.0) / VALLEY_M).clamp(0.0, 1.0);
        flood + t * t * (3.0 - 2.0 * t) * (natural.max(flood + 2.0) - flood)
    }

    /// The same for what is built: over water a little above it.
    pub fn deck(&self, at: [f64; 2]) -> f64 {
        let river = self.river_near(at);
        let ground = self.ground(at);
        if river.distance_m < river.half_width_m + 12.0 { ground.max(river.level_m + 2.0) } else { ground }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communes_grow_with_the_buildings() {
        assert_eq!(Land::for_buildings(1, 200).communes().count(), 1);
        let land = Land::for_buildings(1, 2_500_000);
        assert!((2_000..4_000).contains(&land.communes().count()));
        assert!(land.columns.abs_diff(land.rows) <= 1);
    }

    #[test]
    fn water_lies_below_its_banks_and_falls_downstream() {
        let land = Land::for_buildings(7, 20_000);
        for step in 0..200 {
            let x = ORIGIN[0] + 17.0 * f64::from(step);
            let y = land.river_y(0, x);
            let level = land.river_level(0, x);
            assert!(land.ground([x, y]) < level);
            assert!(land.ground([x, y + 30.0]) > level);
            assert!(level < land.river_level(0, x + 100.0));
        }
    }
}
