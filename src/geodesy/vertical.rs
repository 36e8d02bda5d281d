//! Vertical systems: what a height is counted from.
//!
//! Altitudes of two systems are never added or compared without [`Vertical::to`], which knows the way between some of them and says so where it knows none.

use super::{Geoid, LonLat};

/// One vertical system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vertical {
    /// Heights above the ellipsoid: what GNSS measures and 3D Tiles want.
    Ellipsoid,
    /// EPSG number of a levelled or modelled system.
    Levelled(u32),
}

/// NGF-IGN69, the French mainland.
pub const IGN69: u32 = 5720;
/// NGF-IGN78, Corsica.
pub const IGN78: u32 = 5721;
/// Heights above the EGM96 geoid, as in SRTM.
pub const EGM96: u32 = 5773;

/// EPSG number, name, and names it is also known by, squeezed.
#[rustfmt::skip]
const SYSTEMS: &[(u32, &str, &[&str])] = &[
    (IGN69, "NGF-IGN69", &["IGN69", "NGFIGN69", "IGN1969"]),
    (IGN78, "NGF-IGN78", &["IGN78", "NGFIGN78", "IGN78C", "IGN1978"]),
    (5719, "NGF Lallemand", &["LALLEMAND"]),
    (5791, "NGC 1948", &["NGC48"]),
    (EGM96, "EGM96", &["EGM96GEOID", "EGM1996"]),
    (3855, "EGM2008", &["EGM2008GEOID", "EGM08"]),
    (5730, "EVRF2000", &[]),
    (5621, "EVRF2007", &[]),
    (9389, "EVRF2019", &[]),
    (5757, "Guadeloupe 1988", &["IGN88", "IGN1988GD", "GUAD88"]),
    (5616, "IGN 1988 LS", &["GUAD88LS"]),
    (5617, "IGN 1988 MG", &["GUAD88MG"]),
    (5618, "IGN 1992 LD", &["IGN92LD"]),
    (9130, "IGN 2008 LD", &["IGN08LD"]),
    (5619, "IGN 1988 SB", &["GUAD88SB"]),
    (5620, "IGN 1988 SM", &["GUAD88SM"]),
    (5756, "Martinique 1987", &["MART87", "IGN1987"]),
    (5755, "NGG 1977", &["NGG77", "GUYA77"]),
    (5758, "Réunion 1989", &["REUN89", "IGN1989", "REUNION1989"]),
    (5793, "Mayotte 1950", &["MAYO53", "SHOM1953", "SHOM53"]),
    (5792, "Danger 1950", &["STPM50", "DANGER50"]),
    (5753, "NGNC 1969", &["NGNC69"]),
    (9351, "NGNC 2008", &["NGNC08"]),
    (5600, "NGPF", &[]),
];

/// Where a system is the usual one: west, south, east, north in degrees, small islands before large ones.
const USUAL: &[(u32, [f64; 4])] = &[
    (IGN78, [8.4, 41.2, 9.8, 43.2]),
    (IGN69, [-5.6, 42.2, 8.4, 51.3]),
    (5616, [-61.68, 15.8, -61.52, 15.94]),
    (5617, [-61.39, 15.8, -61.13, 16.05]),
    (9130, [-61.13, 16.26, -60.97, 16.38]),
    (5619, [-62.92, 17.82, -62.73, 17.98]),
    (5620, [-63.21, 18.01, -62.96, 18.17]),
    (5757, [-61.85, 15.88, -61.15, 16.55]),
    (5756, [-61.29, 14.35, -60.76, 14.93]),
    (5755, [-54.61, 2.11, -51.61, 5.81]),
    (5758, [55.16, -21.42, 55.91, -20.81]),
    (5793, [44.98, -13.05, 45.35, -12.61]),
    (5792, [-56.48, 46.69, -56.07, 47.19]),
    (9351, [163.54, -22.73, 168.19, -19.5]),
    (5600, [-152.5, -18.0, -149.0, -16.1]),
];

impl Vertical {
    /// A system by its EPSG number, known by name or not.
    pub fn from_epsg(epsg: u32) -> Self {
        Self::Levelled(epsg)
    }

    /// A system by a name, a code or the name a vertical WKT gives it.
    pub fn from_name(name: &str) -> Option<Self> {
        let digits = name
            .trim()
            .trim_start_matches("EPSG:")
            .trim_start_matches("epsg:");
        if let Ok(epsg) = digits.parse() {
            return Some(Self::Levelled(epsg));
        }
        let squeezed = squeezed(name);
        let squeezed = squeezed.strip_suffix("HEIGHT").unwrap_or(&squeezed);
        if squeezed.contains("ELLIPSO") || squeezed == "WGS84" {
            return Some(Self::Ellipsoid);
        }
        let known = SYSTEMS
            .iter()
            .find(|(_, own, others)| self::squeezed(own) == squeezed || others.contains(&squeezed));
        known.map(|(epsg, ..)| Self::Levelled(*epsg))
    }

    /// What altitudes are counted from at a place unless somebody says otherwise: NGF-IGN69 on the mainland, NGF-IGN78 in Corsica, each overseas territory its own. `None` elsewhere.
    pub fn usual_at(p: LonLat) -> Option<Self> {
        let inside = |area: &[f64; 4]| {
            p.lon_deg >= area[0]
                && p.lat_deg >= area[1]
                && p.lon_deg <= area[2]
                && p.lat_deg <= area[3]
        };
        USUAL
            .iter()
            .find(|(_, area)| inside(area))
            .map(|(epsg, _)| Self::Levelled(*epsg))
    }

    /// `NGF-IGN69`; `EPSG:5709` where the number has no name here.
    pub fn name(&self) -> String {
        match self {
            Self::Ellipsoid => "hauteur ellipsoïdale".to_owned(),
            Self::Levelled(epsg) => SYSTEMS
                .iter()
                .find(|(known, ..)| known == epsg)
                .map_or_else(|| format!("EPSG:{epsg}"), |(_, name, _)| (*name).to_owned()),
        }
    }

    /// What is added to a height of this system to make it one of `to` at a place, metres; `None` where no way is known.
    ///
    /// Known are the ellipsoid, NGF-IGN69 by `geoid`, and EGM96 by its own undulations, good to a decimetre or two.
    pub fn to(&self, to: &Self, geoid: &Geoid, p: LonLat) -> Option<f64> {
        if self == to {
            return Some(0.0);
        }
        Some(self.above_ellipsoid_m(geoid, p)? - to.above_ellipsoid_m(geoid, p)?)
    }

    /// Height above the ellipsoid of the zero of this system.
    fn above_ellipsoid_m(&self, geoid: &Geoid, p: LonLat) -> Option<f64> {
        match self {
            Self::Ellipsoid => Some(0.0),
            Self::Levelled(IGN69) => Some(geoid.undulation_m(p)),
            Self::Levelled(EGM96) => geoid.egm96_m(p),
            // Another levelled system only where the user's own grid was made for it.
            Self::Levelled(epsg) => geoid.official_of(*epsg, p),
        }
    }
}

fn squeezed(name: &str) -> String {
    name.to_uppercase()
        .replace(['É', 'È'], "E")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
