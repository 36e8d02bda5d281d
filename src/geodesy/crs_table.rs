//! The built-in table of reference systems: what French territories use, their neighbours, and the worldwide ones.
//!
//! Parameters are those of the EPSG registry; `tests/data/geodesy` holds PROJ's answers for them.
//! Curated rather than complete: the full registry is 5 MB and mostly elsewhere.

use super::Ellipsoid;

/// A datum: an ellipsoid and how it lies with regard to WGS84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Datum {
    pub ellipsoid: Ellipsoid,
    /// Position-vector Helmert to WGS84: translations (m), rotations (arc seconds), scale (ppm).
    pub to_wgs84: Option<[f64; 7]>,
    /// How far these parameters may be from the truth, metres; the registry's statement.
    pub accuracy_m: f64,
    /// IGN's grid goes before the parameters where it reaches.
    pub ntf_grid: bool,
}

const fn shifted(ellipsoid: Ellipsoid, t: [f64; 3], accuracy_m: f64) -> Datum {
    Datum {
        ellipsoid,
        to_wgs84: Some([t[0], t[1], t[2], 0.0, 0.0, 0.0, 0.0]),
        accuracy_m,
        ntf_grid: false,
    }
}

const WGS84: Datum = Datum {
    ellipsoid: Ellipsoid::WGS84,
    to_wgs84: None,
    accuracy_m: 0.0,
    ntf_grid: false,
};
/// RGF93, ETRS89 and the overseas frames: WGS84 to better than a metre, and taken as equal.
const GRS80: Datum = Datum {
    ellipsoid: Ellipsoid::GRS80,
    to_wgs84: None,
    accuracy_m: 0.0,
    ntf_grid: false,
};
/// IGN's grid, and outside it EPSG:1193, "NTF to WGS 84 (1)", which is 0.6 to 4 m from the grid.
pub(super) const NTF: Datum =
    Datum { ntf_grid: true, ..shifted(Ellipsoid::CLARKE_1880_IGN, [-168.0, -60.0, 320.0], 4.0) };
/// EPSG:1676, "CH1903+ to WGS 84 (1)".
const CH1903: Datum = shifted(Ellipsoid::BESSEL_1841, [674.374, 15.056, 405.346], 1.5);
/// "MOP78 to WGS 84 (2)" of the registry.
const MOP78: Datum = shifted(Ellipsoid::INTERNATIONAL_1924, [253.0, -132.0, -127.0], 10.0);
/// EPSG:8828, "RGPF to WGS 84 (1)", position vector.
const RGPF: Datum = Datum {
    ellipsoid: Ellipsoid::GRS80,
    to_wgs84: Some([0.072, -0.507, -0.245, 0.0183, -0.0003, 0.007, -0.0093]),
    accuracy_m: 0.5,
    ntf_grid: false,
};
/// "Amersfoort to WGS 84 (4)" of the registry, position vector.
const AMERSFOORT: Datum = Datum {
    ellipsoid: Ellipsoid::BESSEL_1841,
    to_wgs84: Some([565.4171, 50.3319, 465.5524, -0.398957388243134, 0.343987817378283, -1.87740163998045, 4.0725]),
    accuracy_m: 1.0,
    ntf_grid: false,
};

/// What the numbers of a system are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Ecef,
    /// Longitude and latitude.
    Geographic {
        three_d: bool,
        /// Longitude of the prime meridian.
        meridian_deg: f64,
        /// Degrees in one unit: 0.9 for grads.
        unit_deg: f64,
    },
    /// The projection's parameters, without ellipsoid, datum or units (metres).
    Projected(String),
}

/// One row, made on demand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub epsg: u32,
    pub name: String,
    pub kind: Kind,
    pub datum: Datum,
    /// Where it is meant to be used: west, south, east, north, degrees.
    pub area: [f64; 4],
}

/// The meridian of Paris, degrees east of Greenwich: IGN's 2°20'14.025'', as in PROJ; EPSG:8903 rounds it to 2.337,229,17°, 0.25 mm further east.
pub(super) const PARIS_DEG: f64 = 2.337_229_166_666_666_7;

const WORLD: [f64; 4] = [-180.0, -90.0, 180.0, 90.0];
const FRANCE: [f64; 4] = [-9.86, 41.15, 10.38, 51.56];
const FRANCE_LAND: [f64; 4] = [-4.87, 41.31, 9.63, 51.14];
const EUROPE: [f64; 4] = [-35.58, 24.6, 44.83, 84.73];
const NETHERLANDS: [f64; 4] = [3.2, 50.75, 7.22, 53.7];
const JAPAN: [f64; 4] = [122.38, 17.09, 157.65, 46.05];
const SWITZERLAND: [f64; 4] = [5.96, 45.82, 10.49, 47.81];

/// Earth-centred (`e`) and geographic systems of two and three dimensions; `p` counts grads from Paris.
#[rustfmt::skip]
const UNPROJECTED: &[(u32, &str, char, Datum, [f64; 4])] = &[
    (4978, "WGS 84", 'e', WGS84, WORLD),
    (4936, "ETRS89", 'e', GRS80, EUROPE),
    (4964, "RGF93 v1", 'e', GRS80, FRANCE),
    (4979, "WGS 84", '3', WGS84, WORLD),
    (4937, "ETRS89", '3', GRS80, EUROPE),
    (4965, "RGF93 v1", '3', GRS80, FRANCE),
    (9776, "RGF93 v2", '3', GRS80, FRANCE),
    (9781, "RGF93 v2b", '3', GRS80, FRANCE),
    (4326, "WGS 84", '2', WGS84, WORLD),
    (4258, "ETRS89", '2', GRS80, EUROPE),
    (4171, "RGF93 v1", '2', GRS80, FRANCE),
    (9777, "RGF93 v2", '2', GRS80, FRANCE),
    (9782, "RGF93 v2b", '2', GRS80, FRANCE),
    (4275, "NTF", '2', NTF, FRANCE_LAND),
    (4807, "NTF (Paris)", 'p', NTF, FRANCE_LAND),
    (5489, "RGAF09", '2', GRS80, [-63.66, 14.08, -57.52, 18.53]),
    (4624, "RGFG95", '2', GRS80, [-54.61, 2.11, -49.45, 8.88]),
    (4627, "RGR92", '2', GRS80, [51.83, -24.72, 58.24, -18.28]),
    (4470, "RGM04", '2', GRS80, [43.68, -14.49, 46.7, -11.33]),
    (4289, "Amersfoort", '2', AMERSFOORT, NETHERLANDS),
    (6668, "JGD2011", '2', GRS80, JAPAN),
    (6667, "JGD2011", '3', GRS80, JAPAN),
    (4463, "RGSPM06", '2', GRS80, [-57.1, 43.41, -55.9, 47.37]),
];

/// Projected systems that follow no numbering rule.
///
/// Those of Paris have its meridian, [`PARIS_DEG`].
#[rustfmt::skip]
const PROJECTED: &[(u32, &str, &str, Datum, [f64; 4])] = &[
    (27561, "NTF (Paris) / Lambert Nord France", "+proj=lcc +lat_1=49.5 +lat_0=49.5 +lon_0=0 +k_0=0.999877341 +x_0=600000 +y_0=200000 +pm=2.3372291666666667", NTF, [-4.87, 48.14, 8.23, 51.14]),
    (27562, "NTF (Paris) / Lambert Centre France", "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=200000 +pm=2.3372291666666667", NTF, [-4.8, 45.44, 7.63, 48.15]),
    (27563, "NTF (Paris) / Lambert Sud France", "+proj=lcc +lat_1=44.1 +lat_0=44.1 +lon_0=0 +k_0=0.999877499 +x_0=600000 +y_0=200000 +pm=2.3372291666666667", NTF, [-1.79, 42.33, 7.71, 45.46]),
    (27564, "NTF (Paris) / Lambert Corse", "+proj=lcc +lat_1=42.165 +lat_0=42.165 +lon_0=0 +k_0=0.99994471 +x_0=234.358 +y_0=185861.369 +pm=2.3372291666666667", NTF, [8.5, 41.31, 9.63, 43.07]),
    (27571, "NTF (Paris) / Lambert zone I", "+proj=lcc +lat_1=49.5 +lat_0=49.5 +lon_0=0 +k_0=0.999877341 +x_0=600000 +y_0=1200000 +pm=2.3372291666666667", NTF, [-4.87, 48.14, 8.23, 51.14]),
    (27572, "NTF (Paris) / Lambert zone II", "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=2200000 +pm=2.3372291666666667", NTF, [-4.87, 42.33, 8.23, 51.14]),
    (27573, "NTF (Paris) / Lambert zone III", "+proj=lcc +lat_1=44.1 +lat_0=44.1 +lon_0=0 +k_0=0.999877499 +x_0=600000 +y_0=3200000 +pm=2.3372291666666667", NTF, [-1.79, 42.33, 7.71, 45.46]),
    (27574, "NTF (Paris) / Lambert zone IV", "+proj=lcc +lat_1=42.165 +lat_0=42.165 +lon_0=0 +k_0=0.99994471 +x_0=234.358 +y_0=4185861.369 +pm=2.3372291666666667", NTF, [8.5, 41.31, 9.63, 43.07]),
    (3857, "WGS 84 / Pseudo-Mercator", "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1", WGS84, [-180.0, -85.06, 180.0, 85.06]),
    (3035, "ETRS89-extended / LAEA Europe", "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000", GRS80, EUROPE),
    (3034, "ETRS89-extended / LCC Europe", "+proj=lcc +lat_0=52 +lon_0=10 +lat_1=35 +lat_2=65 +x_0=4000000 +y_0=2800000", GRS80, EUROPE),
    (3812, "ETRS89 / Belgian Lambert 2008", "+proj=lcc +lat_0=50.797815 +lon_0=4.35921583333333 +lat_1=49.8333333333333 +lat_2=51.1666666666667 +x_0=649328 +y_0=665262", GRS80, [2.5, 49.5, 6.4, 51.51]),
    (2056, "CH1903+ / LV95", "+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=2600000 +y_0=1200000", CH1903, SWITZERLAND),
    (21781, "CH1903 / LV03", "+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=600000 +y_0=200000", CH1903, SWITZERLAND),
    (28992, "Amersfoort / RD New", "+proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 +y_0=463000", AMERSFOORT, NETHERLANDS),
    (5490, "RGAF09 / UTM zone 20N", "+proj=utm +zone=20", GRS80, [-63.66, 14.08, -60.0, 18.31]),
    (4559, "RRAF 1991 / UTM zone 20N", "+proj=utm +zone=20", GRS80, [-63.66, 14.08, -60.0, 18.31]),
    (2972, "RGFG95 / UTM zone 22N", "+proj=utm +zone=22", GRS80, [-54.0, 2.17, -49.45, 8.88]),
    (3313, "RGFG95 / UTM zone 21N", "+proj=utm +zone=21", GRS80, [-54.61, 2.11, -54.0, 5.81]),
    (2975, "RGR92 / UTM zone 40S", "+proj=utm +zone=40 +south", GRS80, [54.0, -24.72, 58.24, -18.28]),
    (4471, "RGM04 / UTM zone 38S", "+proj=utm +zone=38 +south", GRS80, [43.68, -14.49, 46.7, -11.33]),
    (4467, "RGSPM06 / UTM zone 21N", "+proj=utm +zone=21", GRS80, [-57.1, 43.41, -55.9, 47.37]),
    (3163, "RGNC91-93 / Lambert New Caledonia", "+proj=lcc +lat_0=-21.5 +lon_0=166 +lat_1=-20.66666666666667 +lat_2=-22.33333333333333 +x_0=400000 +y_0=300000", GRS80, [163.54, -22.73, 168.19, -19.5]),
    (3296, "RGPF / UTM zone 5S", "+proj=utm +zone=5 +south", RGPF, [-158.13, -26.7, -150.0, -12.5]),
    (3297, "RGPF / UTM zone 6S", "+proj=utm +zone=6 +south", RGPF, [-150.0, -31.2, -144.0, -7.29]),
    (3298, "RGPF / UTM zone 7S", "+proj=utm +zone=7 +south", RGPF, [-144.0, -31.24, -138.0, -4.52]),
    (3299, "RGPF / UTM zone 8S", "+proj=utm +zone=8 +south", RGPF, [-138.0, -26.58, -131.97, -5.52]),
    (2988, "MOP78 / UTM zone 1S", "+proj=utm +zone=1 +south", MOP78, [-176.25, -13.41, -176.07, -13.16]),
];

/// The row of an EPSG code, or nothing.
pub(super) fn define(epsg: u32) -> Option<Definition> {
    let projected = |name: String, projection: String, datum, area| {
        Some(Definition {
            epsg,
            name,
            kind: Kind::Projected(projection),
            datum,
            area,
        })
    };
    if let Some(&(_, name, kind, datum, area)) = UNPROJECTED.iter().find(|row| row.0 == epsg) {
        let kind = match kind {
            'e' => Kind::Ecef,
            'p' => Kind::Geographic { three_d: false, meridian_deg: PARIS_DEG, unit_deg: 0.9 },
            kind => Kind::Geographic { three_d: kind == '3', meridian_deg: 0.0, unit_deg: 1.0 },
        };
        return Some(Definition {
            epsg,
            name: name.to_owned(),
            kind,
            datum,
            area,
        });
    }
    if let Some(&(_, name, projection, datum, area)) = PROJECTED.iter().find(|row| row.0 == epsg) {
        return projected(name.to_owned(), projection.to_owned(), datum, area);
    }
    // Three realisations of RGF93 share Lambert-93 and the nine conformal conic zones, number for number.
    let (realisation, zone) = match epsg {
        2154 => ("v1", None),
        9793 => ("v2", None),
        9794 => ("v2b", None),
        3942..=3950 => ("v1", Some(epsg - 3900)),
        9822..=9830 => ("v2", Some(epsg - 9780)),
        9842..=9850 => ("v2b", Some(epsg - 9800)),
        6669..=6687 => return japan_plane(epsg),
        _ => return utm(epsg),
    };
    match zone {
        None => projected(
            format!("RGF93 {realisation} / Lambert-93"),
            "+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000"
                .to_owned(),
            GRS80,
            FRANCE,
        ),
        Some(zone) => {
            let lat = f64::from(zone);
            projected(
                format!("RGF93 {realisation} / CC{zone}"),
                format!(
                    "+proj=lcc +lat_0={lat} +lon_0=3 +lat_1={} +lat_2={} +x_0=1700000 +y_0={}",
                    lat - 0.75,
                    lat + 0.75,
                    (zone - 41) * 1_000_000 + 200_000
                ),
                GRS80,
                [-4.87, lat - 1.0, 9.63, lat + 1.1],
            )
        }
    }
}

/// The nineteen zones of Japan's plane rectangular system on JGD2011: latitude and longitude of the origins in sixtieths of a degree.
fn japan_plane(epsg: u32) -> Option<Definition> {
    #[rustfmt::skip]
    const ORIGINS: [(u32, u32); 19] = [
        (1980, 7770), (1980, 7860), (2160, 7930), (1980, 8010), (2160, 8060), (2160, 8160), (2160, 8230),
        (2160, 8310), (2160, 8390), (2400, 8450), (2640, 8415), (2640, 8535), (2640, 8655), (1560, 8520),
        (1560, 7650), (1560, 7440), (1560, 7860), (1200, 8160), (1560, 9240),
    ];
    let zone = epsg.checked_sub(6668)?;
    let (lat, lon) = ORIGINS.get(usize::try_from(zone).ok()?.checked_sub(1)?)?;
    let (lat, lon) = (f64::from(*lat) / 60.0, f64::from(*lon) / 60.0);
    Some(Definition {
        epsg,
        name: format!("JGD2011 / Japan Plane Rectangular CS {zone}"),
        kind: Kind::Projected(format!("+proj=tmerc +lat_0={lat} +lon_0={lon} +k=0.9999 +x_0=0 +y_0=0")),
        datum: GRS80,
        area: [lon - 3.0, (lat - 8.0).max(17.0), lon + 3.0, lat + 8.0],
    })
}

/// UTM on WGS84 (both hemispheres) and on ETRS89 (zones 28 to 38).
fn utm(epsg: u32) -> Option<Definition> {
    let (zone, south, name, datum) = match epsg {
        32601..=32660 => (epsg - 32600, false, "WGS 84", WGS84),
        32701..=32760 => (epsg - 32700, true, "WGS 84", WGS84),
        25828..=25838 => (epsg - 25800, false, "ETRS89", GRS80),
        _ => return None,
    };
    let west = f64::from(zone) * 6.0 - 186.0;
    let (letter, flag, low, high) = if south {
        ('S', " +south", -80.0, 0.0)
    } else {
        ('N', "", 0.0, 84.0)
    };
    Some(Definition {
        epsg,
        name: format!("{name} / UTM zone {zone}{letter}"),
        kind: Kind::Projected(format!("+proj=utm +zone={zone}{flag}")),
        datum,
        area: [west, low, west + 6.0, high],
    })
}

/// Every code of the table, for lists and tests.
pub(super) fn codes() -> impl Iterator<Item = u32> {
    let listed = UNPROJECTED
        .iter()
        .map(|row| row.0)
        .chain(PROJECTED.iter().map(|row| row.0));
    listed
        .chain([2154, 9793, 9794])
        .chain(3942..=3950)
        .chain(9822..=9830)
        .chain(9842..=9850)
        .chain(6669..=6687)
        .chain(32601..=32660)
        .chain(32701..=32760)
        .chain(25828..=25838)
}
