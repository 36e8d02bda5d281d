//! Ellipsoidal height minus altitude.

use super::geoid_file::{self, Grid};
use super::{GeodesyFault, LonLat};

/// How far an undulation may be from the official one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeightQuality {
    /// One standard deviation, metres.
    pub sigma_m: f64,
    /// The largest difference known, metres.
    pub worst_m: f64,
}

/// A height reference: undulation N with ellipsoidal height = altitude + N.
#[derive(Clone, Debug)]
pub struct Geoid {
    name: String,
    /// The official grid, if one was read.
    official: Option<Grid>,
    /// EPSG number of the levelled system it belongs to, where its name tells.
    system: Option<u32>,
    /// EGM96 windows, finest first, the last covers the world.
    windows: Vec<Grid>,
}

/// EGM96 (NGA, public domain), 15' in the French territories, 5° elsewhere; see `tests/data/geodesy/README.md`.
static EGM96: &[u8] = include_bytes!("egm96.bin");

/// The zero of NGF-IGN69 lies 0.486 m below that of EVRF2000, the European mean level (EPSG:5419, EuroGeographics).
const IGN69_BELOW_EUROPE_M: f64 = 0.486;

/// RAF20 is within 1 to 2 cm of levelled points, as IGN says.
const OFFICIAL: HeightQuality = HeightQuality {
    sigma_m: 0.02,
    worst_m: 0.1,
};
/// Measured against RAF20 on its 78,615 nodes on French ground: mean +0.15 m, standard deviation 0.43 m, from -2.45 m (Alps) to +0.80 m; +0.59 m at Nantes.
const APPROXIMATE_FRANCE: HeightQuality = HeightQuality {
    sigma_m: 0.45,
    worst_m: 2.5,
};
/// Overseas altitudes start from local mean sea levels, up to a metre or so from the geoid.
const APPROXIMATE_OVERSEAS: HeightQuality = HeightQuality {
    sigma_m: 1.0,
    worst_m: 3.0,
};
/// The 5° window measured against the 15' ones.
const COARSE_WORLD: HeightQuality = HeightQuality {
    sigma_m: 3.2,
    worst_m: 15.0,
};

impl Geoid {
    /// Reads RAF20 (or another grid of the kind) from PROJ's GeoTIFF `fr_ign_RAF20.tif`, or from IGN's text `RAF20.tac`.
    ///
    /// The file is the user's: the program ships none. Outside the grid [`Self::undulation_m`] falls back to the approximation.
    pub fn from_raf20_tiff(bytes: &[u8]) -> Result<Self, GeodesyFault> {
        let (grid, title) = geoid_file::read(bytes)?;
        let name = if title.contains("2020") || title.contains("RAF20") {
            "RAF20".to_owned()
        } else {
            title
        };
        Ok(Self {
            system: system_of(&name),
            name,
            official: Some(grid),
            windows: geoid_file::windows(EGM96),
        })
    }

    /// EGM96 brought to the zero of NGF-IGN69 by the published offset: within half a metre in most of France, 2.5 m at worst in the Alps.
    ///
    /// Good enough to stand a territory on the globe, since all of it moves together; not for levelling.
    pub fn approximate_france() -> Self {
        Self {
            name: "EGM96 15' - 0.486 m (approximation of RAF20: ±0.45 m, 0.6 m too high at Nantes, 2.5 m at worst)".to_owned(),
            official: None,
            system: None,
            windows: geoid_file::windows(EGM96),
        }
    }

    /// `RAF20`, or the approximation with its error; goes to the territory's manifest.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Ellipsoidal height minus altitude at a place, metres; bilinear. Where the official grid has no value, EGM96 answers; where the place is no place, zero.
    pub fn undulation_m(&self, p: LonLat) -> f64 {
        self.find(p).0
    }

    /// How good [`Self::undulation_m`] is there.
    pub fn quality_at(&self, p: LonLat) -> HeightQuality {
        self.find(p).1
    }

    /// Whether the official grid, not the approximation, answers there.
    pub fn is_official_at(&self, p: LonLat) -> bool {
        self.official
            .as_ref()
            .is_some_and(|grid| grid.bilinear(p).is_some())
    }

    /// Height of the EGM96 geoid above the ellipsoid, metres; `None` where the place is no place.
    pub fn egm96_m(&self, p: LonLat) -> Option<f64> {
        let p = LonLat { lon_deg: wrapped(p.lon_deg), lat_deg: p.lat_deg };
        self.windows.iter().find_map(|window| window.bilinear(p))
    }

    /// Height above the ellipsoid of the zero of a levelled system, where the grid that was read is one of that system's; RAF20 is NGF-IGN69's, RAC23 and RAC09 NGF-IGN78's.
    pub fn official_of(&self, epsg: u32, p: LonLat) -> Option<f64> {
        let grid = self.official.as_ref().filter(|_| self.system == Some(epsg))?;
        grid.bilinear(p)
    }

    fn find(&self, p: LonLat) -> (f64, HeightQuality) {
        if let Some(value) = self.official.as_ref().and_then(|grid| grid.bilinear(p)) {
            return (value, OFFICIAL);
        }
        let p = LonLat {
            lon_deg: wrapped(p.lon_deg),
            lat_deg: p.lat_deg,
        };
        let last = self.windows.len().saturating_sub(1);
        for (index, window) in self.windows.iter().enumerate() {
            let Some(value) = window.bilinear(p) else {
                continue;
            };
            return match index {
                0 => (value - IGN69_BELOW_EUROPE_M, APPROXIMATE_FRANCE),
                _ if index == last => (value, COARSE_WORLD),
                _ => (value, APPROXIMATE_OVERSEAS),
            };
        }
        (0.0, COARSE_WORLD)
    }
}

/// The levelled system a grid's title names: IGN's grids are RAF (mainland), RAC (Corsica), and one a territory overseas.
fn system_of(title: &str) -> Option<u32> {
    const GRIDS: [(&str, u32); 12] = [
        ("RAF", 5720),
        ("RAC", 5721),
        ("RAGTBT", 5757),
        ("RAMART", 5756),
        ("RAGUY", 5755),
        ("GGGUY", 5755),
        ("RAR", 5758),
        ("GGR", 5758),
        ("GGM04", 5793),
        ("RAMAY", 5793),
        ("RASPM", 5792),
        ("GGSPM", 5792),
    ];
    let title = title.to_ascii_uppercase();
    GRIDS.iter().find(|(prefix, _)| title.contains(prefix)).map(|(_, epsg)| *epsg)
}

/// Into -180…180.
fn wrapped(lon_deg: f64) -> f64 {
    if (-180.0..=180.0).contains(&lon_deg) {
        lon_deg
    } else {
        (lon_deg + 180.0).rem_euclid(360.0) - 180.0
    }
}
