//! Ellipsoidal height minus altitude.

use super::geoid_file::{self, Grid};
use super::{GeodesyFault, LonLat};

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
    ///
    /// RAF20 is within 1 to 2 cm of levelled points, as IGN says. The approximation was measured against it on its 78,615 nodes on French ground:
    /// mean +0.15 m, standard deviation 0.43 m, from -2.45 m (Alps) to +0.80 m. Overseas altitudes start from local mean sea levels, a metre or so
    /// from the geoid; the 5° window of the world is 3.2 m (root mean square) from the 15' ones, 15 m at worst.
    pub fn undulation_m(&self, p: LonLat) -> f64 {
        if let Some(value) = self.official.as_ref().and_then(|grid| grid.bilinear(p)) {
            return value;
        }
        let p = LonLat { lon_deg: wrapped(p.lon_deg), lat_deg: p.lat_deg };
        let found = self.windows.iter().enumerate().find_map(|(index, window)| Some((index, window.bilinear(p)?)));
        match found {
            Some((0, value)) => value - IGN69_BELOW_EUROPE_M,
            Some((_, value)) => value,
            None => 0.0,
        }
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
