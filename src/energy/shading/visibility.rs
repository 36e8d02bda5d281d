//! What one point sees of the sky: the same result whichever way it was found.

use crate::energy::transposition::Plane;

/// Elevation bins of the mask of things overhead: 1.5° each.
pub const ELEVATION_BINS: usize = 60;
const BIN_DEG: f64 = 90.0 / ELEVATION_BINS as f64;

/// How much light a tree lets through, by season.
///
/// The default is the middle of what J. Konarska et al., Theoretical and Applied Climatology 117 (2014) 363–376, measured in five species of street trees: 1 to 5 % of direct light in leaf, 40 to 52 % bare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foliage {
    pub in_leaf: f64,
    pub bare: f64,
    /// First and last day of the year in leaf, northern hemisphere.
    pub leaf_days: (u16, u16),
}

impl Default for Foliage {
    fn default() -> Self {
        Self {
            in_leaf: 0.04,
            bare: 0.46,
            leaf_days: (105, 304),
        }
    }
}

impl Foliage {
    pub fn transmittance(&self, day_of_year: u16) -> f64 {
        if (self.leaf_days.0..=self.leaf_days.1).contains(&day_of_year) {
            self.in_leaf
        } else {
            self.bare
        }
    }
}

/// What a point sees, by *true* azimuth.
///
/// Below the horizon nothing passes; between horizon and tree tops a share does; things overhead (a balcony, the rest of a bridge) hide single bins above the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Visibility {
    /// Degrees above the horizontal, of azimuths 0, 360/n, 2·360/n …
    horizon: Vec<f32>,
    /// Tree tops; empty without trees, else as many.
    tree_tops: Vec<f32>,
    /// Hidden bins above the horizon, lowest first; empty when there is nothing overhead.
    overhead: Vec<u64>,
}

impl Visibility {
    /// The whole sky.
    pub fn open() -> Self {
        Self {
            horizon: vec![0.0],
            tree_tops: Vec::new(),
            overhead: Vec::new(),
        }
    }

    /// From horizon angles, degrees, at evenly spaced true azimuths from north on; below 0 counts as 0, NaN as 0. No angle is the whole sky.
    pub fn from_horizon(degrees: impl IntoIterator<Item = f32>) -> Self {
        let horizon: Vec<f32> = degrees.into_iter().map(bounded).collect();
        if horizon.is_empty() {
            return Self::open();
        }
        Self {
            horizon,
            tree_tops: Vec::new(),
            overhead: Vec::new(),
        }
    }

    /// Adds tree tops at the same azimuths; a wrong count is ignored.
    pub fn with_tree_tops(mut self, degrees: impl IntoIterator<Item = f32>) -> Self {
        let tops: Vec<f32> = degrees.into_iter().map(bounded).collect();
        if tops.len() == self.horizon.len()
            && tops
                .iter()
                .zip(&self.horizon)
                .any(|(top, horizon)| top > horizon)
        {
            self.tree_tops = tops;
        }
        self
    }

    /// Adds a mask of hidden bins above the horizon; a wrong count is ignored.
    pub fn with_overhead(mut self, mask: Vec<u64>) -> Self {
        if mask.len() == self.horizon.len() && mask.iter().any(|bits| *bits != 0) {
            self.overhead = mask;
        }
        self
    }

    /// Raises the horizon to that of things farther away, for instance of terrain on a coarser grid.
    pub fn raise(&mut self, far: &Visibility) {
        let count = self.horizon.len();
        for (number, horizon) in self.horizon.iter_mut().enumerate() {
            *horizon = horizon.max(far.horizon_at(360.0 * number as f64 / count as f64) as f32);
        }
    }

    /// Nothing but a horizon: no trees, nothing overhead.
    pub fn is_plain(&self) -> bool {
        self.tree_tops.is_empty() && self.overhead.is_empty()
    }

    pub fn azimuths(&self) -> usize {
        self.horizon.len()
    }

    /// Horizon angles as they are kept.
    pub fn horizon(&self) -> &[f32] {
        &self.horizon
    }

    /// Tree tops as they are kept; none without trees.
    pub fn tree_tops(&self) -> &[f32] {
        &self.tree_tops
    }

    /// Hidden bins above the horizon as they are kept; none where there is nothing overhead.
    pub fn overhead(&self) -> &[u64] {
        &self.overhead
    }

    /// Horizon at any true azimuth, degrees, straight between the kept ones.
    pub fn horizon_at(&self, azimuth: f64) -> f64 {
        between(&self.horizon, azimuth)
    }

    /// Share of the direct light that arrives from a direction, 0…1; `leaf` is what a tree lets through.
    pub fn transmittance(&self, azimuth: f64, elevation: f64, leaf: f64) -> f64 {
        if elevation <= 0.0 || elevation < self.horizon_at(azimuth) {
            return 0.0;
        }
        if !self.overhead.is_empty() {
            let count = self.overhead.len() as f64;
            let nearest =
                (azimuth.rem_euclid(360.0) / 360.0 * count).round() as usize % self.overhead.len();
            let bin = ((elevation / BIN_DEG) as usize).min(ELEVATION_BINS - 1);
            if self
                .overhead
                .get(nearest)
                .is_some_and(|bits| bits >> bin & 1 == 1)
            {
                return 0.0;
            }
        }
        if !self.tree_tops.is_empty() && elevation < between(&self.tree_tops, azimuth) {
            return leaf;
        }
        1.0
    }

    /// Share of an even sky's light that a plane still gets, 1 in the open: the integral over what is seen by that over the sky above the plane.
    ///
    /// Exact in elevation, the rule of midpoints in azimuth.
    pub fn sky_share(&self, plane: &Plane, leaf: f64) -> f64 {
        // A point in the open keeps one azimuth; a plane needs more to be told apart from behind.
        self.sky_share_of(&SkyOfPlane::new(plane, self.horizon.len().max(72)), leaf)
    }

    /// The same for many points of one plane.
    pub fn sky_share_of(&self, sky: &SkyOfPlane, leaf: f64) -> f64 {
        let mut seen = 0.0;
        let count = sky.strips.len();
        for (number, part) in sky.strips.iter().enumerate() {
            let horizon = match self.horizon.get(number) {
                Some(kept) if self.horizon.len() == count => f64::from(*kept),
                _ => self.horizon_at(360.0 * number as f64 / count as f64),
            };
            let above_horizon = part.above(horizon);
            if self.is_plain() {
                seen += above_horizon;
                continue;
            }
            let tops = if self.tree_tops.is_empty() {
                horizon
            } else {
                between(&self.tree_tops, 360.0 * number as f64 / count as f64).max(horizon)
            };
            seen += part.above(tops) + leaf * (above_horizon - part.above(tops));
            if !self.overhead.is_empty() {
                let bits = self
                    .overhead
                    .get(number * self.overhead.len() / count)
                    .copied()
                    .unwrap_or(0);
                for bin in (0..ELEVATION_BINS).filter(|bin| bits >> bin & 1 == 1) {
                    let low = (bin as f64 * BIN_DEG).max(tops);
                    let high = (bin + 1) as f64 * BIN_DEG;
                    if high > low {
                        seen -= part.above(low) - part.above(high);
                    }
                }
            }
        }
        if sky.all > 0.0 {
            (seen / sky.all).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Share of the horizontal's sky that is seen: the sky-view factor.
    pub fn sky_view(&self) -> f64 {
        self.sky_share(&Plane::new(0.0, 180.0), 0.0)
    }
}

fn bounded(degrees: f32) -> f32 {
    if degrees.is_nan() {
        0.0
    } else {
        degrees.clamp(0.0, 90.0)
    }
}

fn between(values: &[f32], azimuth: f64) -> f64 {
    let count = values.len();
    let place = azimuth.rem_euclid(360.0) / 360.0 * count as f64;
    let low = place as usize % count.max(1);
    let value = |at: usize| values.get(at % count.max(1)).map_or(0.0, |v| f64::from(*v));
    let part = place.fract();
    value(low) * (1.0 - part) + value(low + 1) * part
}

/// The even sky of a plane, azimuth by azimuth.
#[derive(Clone, Debug)]
pub struct SkyOfPlane {
    strips: Vec<Strip>,
    all: f64,
}

impl SkyOfPlane {
    pub fn new(plane: &Plane, azimuths: usize) -> Self {
        let count = azimuths.clamp(1, 3600);
        let strips: Vec<Strip> = (0..count).map(|number| Strip::new(plane, 360.0 * number as f64 / count as f64)).collect();
        let all = strips.iter().map(|strip| strip.above(0.0)).sum();
        Self { strips, all }
    }
}

/// The sky of one azimuth as a plane sees it: light per radian of azimuth from the elevation `e` up, ∫ (cos β sin e + sin β cos ΔA cos e)⁺ cos e de.
#[derive(Clone, Copy, Debug)]
struct Strip {
    cos_tilt: f64,
    /// sin β cos ΔA.
    side: f64,
    /// Below this elevation the plane turns its back.
    back: f64,
    /// The integral's antiderivative at the zenith.
    zenith: f64,
}

impl Strip {
    fn new(plane: &Plane, azimuth: f64) -> Self {
        let (sin_tilt, cos_tilt) = plane.tilt().to_radians().sin_cos();
        let side = sin_tilt * (azimuth - plane.azimuth()).to_radians().cos();
        let quarter = std::f64::consts::FRAC_PI_2;
        let mut strip = Self {
            cos_tilt,
            side,
            back: (-side).atan2(cos_tilt).clamp(0.0, quarter),
            zenith: 0.0,
        };
        strip.zenith = strip.sum(quarter);
        strip
    }

    fn sum(&self, e: f64) -> f64 {
        let (sin, cos) = e.sin_cos();
        0.5 * (self.cos_tilt * sin * sin + self.side * (e + sin * cos))
    }

    fn above(&self, degrees: f64) -> f64 {
        let quarter = std::f64::consts::FRAC_PI_2;
        let low = degrees.to_radians().clamp(0.0, quarter).max(self.back);
        (self.zenith - self.sum(low)).max(0.0)
    }
}
