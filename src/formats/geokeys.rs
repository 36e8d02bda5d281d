//! GeoKeys, as GeoTIFF and LAS carry them: numbered keys that name a reference system.
//!
//! Source: OGC 19-008r4 (GeoTIFF 1.1), clause 7 and annexes; the numbering of EPSG codes inside is the registry's.

/// "User-defined": the key holds no code.
const USER_DEFINED: u16 = 32767;
/// "Undefined".
const UNDEFINED: u16 = 0;

/// Real directories have a few dozen keys.
const MAX_KEYS: usize = 1024;

/// A directory of keys with its two side tables.
#[derive(Clone, Debug, Default)]
pub struct GeoKeys<'a> {
    /// Four numbers a key: id, where the value is, count, value or offset; the first four are the directory's header.
    pub directory: &'a [u16],
    pub doubles: &'a [f64],
    pub texts: &'a str,
}

const MODEL_TYPE: u16 = 1024;
const RASTER_TYPE: u16 = 1025;
const CITATION: u16 = 1026;
const GEODETIC_CRS: u16 = 2048;
const GEODETIC_CITATION: u16 = 2049;
const ELLIPSOID: u16 = 2056;
const SEMI_MAJOR_AXIS: u16 = 2057;
const INVERSE_FLATTENING: u16 = 2059;
const PROJECTED_CRS: u16 = 3072;
const PROJECTED_CITATION: u16 = 3073;
const PROJECTION: u16 = 3074;
const METHOD: u16 = 3075;
const VERTICAL: u16 = 4096;
const VERTICAL_UNITS: u16 = 4099;

/// Where double parameters end up in a PROJ text.
const PARAMETERS: [(u16, &str); 12] = [
    (3078, "lat_1"),
    (3079, "lat_2"),
    (3080, "lon_0"),
    (3081, "lat_0"),
    (3084, "lon_0"),
    (3085, "lat_0"),
    (3088, "lon_0"),
    (3089, "lat_0"),
    (3082, "x_0"),
    (3083, "y_0"),
    (3086, "x_0"),
    (3087, "y_0"),
];

impl GeoKeys<'_> {
    fn rows(&self) -> impl Iterator<Item = &[u16; 4]> {
        self.directory
            .as_chunks::<4>()
            .0
            .iter()
            .skip(1)
            .take(MAX_KEYS)
    }

    fn code(&self, wanted: u16) -> Option<u16> {
        self.rows()
            .find(|row| row[0] == wanted && row[1] == 0)
            .map(|row| row[3])
    }

    fn epsg(&self, wanted: u16) -> Option<u16> {
        self.code(wanted)
            .filter(|code| *code != USER_DEFINED && *code != UNDEFINED)
    }

    fn text(&self, wanted: u16) -> Option<&str> {
        let row = self
            .rows()
            .find(|row| row[0] == wanted && row[1] == 34737)?;
        let (start, count) = (usize::from(row[3]), usize::from(row[2]));
        let text = self
            .texts
            .get(start..start.checked_add(count)?.min(self.texts.len()))?;
        let text = text.trim_end_matches(['|', '\0']).trim();
        (!text.is_empty()).then_some(text)
    }

    fn double(&self, wanted: u16) -> Option<f64> {
        let row = self
            .rows()
            .find(|row| row[0] == wanted && row[1] == 34736)?;
        self.doubles
            .get(usize::from(row[3]))
            .copied()
            .filter(|value| value.is_finite())
    }

    /// True where tie points are cell centres rather than corners.
    pub fn pixel_is_point(&self) -> bool {
        self.code(RASTER_TYPE) == Some(2)
    }

    /// EPSG code of the projected or geodetic system.
    pub fn horizontal(&self) -> Option<u32> {
        let geodetic = || self.epsg(GEODETIC_CRS);
        match self.code(MODEL_TYPE) {
            // Some writers fill the projected key of a geographic raster with zeros or leftovers.
            Some(2 | 3) => geodetic().map(u32::from),
            _ => self.epsg(PROJECTED_CRS).or_else(geodetic).map(u32::from),
        }
    }

    /// The keys say degrees.
    pub fn is_geographic(&self) -> bool {
        match self.code(MODEL_TYPE) {
            Some(kind) => kind == 2,
            None => self.epsg(PROJECTED_CRS).is_none() && self.epsg(GEODETIC_CRS).is_some(),
        }
    }

    /// EPSG code of the vertical system.
    pub fn vertical(&self) -> Option<u32> {
        // Codes of ellipsoids stood here in the first edition of the standard: heights above it, nothing the registry names.
        self.epsg(VERTICAL)
            .map(u32::from)
            .filter(|code| !(5001..=5034).contains(code))
    }

    /// Metres in a unit of height.
    pub fn vertical_unit_m(&self) -> f64 {
        match self.code(VERTICAL_UNITS) {
            Some(9002) => 0.3048,
            Some(9003) => 1200.0 / 3937.0,
            _ => 1.0,
        }
    }

    /// The system as a text that [`crate::geodesy::Crs`] reads: a code, a compound of two, the WKT that ESRI hides in a citation, a name, or a PROJ text made of the parameters.
    pub fn crs(&self) -> Option<String> {
        let flat = match self.horizontal() {
            Some(code) => format!("EPSG:{code}"),
            None => return self.described(),
        };
        Some(match self.vertical() {
            Some(vertical) => format!("{flat}+{vertical}"),
            None => flat,
        })
    }

    fn described(&self) -> Option<String> {
        let citations = [PROJECTED_CITATION, CITATION, GEODETIC_CITATION];
        let hidden = citations
            .iter()
            .filter_map(|key| self.text(*key))
            .find_map(|text| {
                let at = ["PROJCS[", "GEOGCS[", "PROJCRS[", "GEOGCRS["]
                    .iter()
                    .find_map(|word| text.find(word))?;
                text.get(at..).map(str::to_owned)
            });
        if hidden.is_some() {
            return hidden;
        }
        if let Some(text) = self.proj_text() {
            return Some(text);
        }
        let keyword = if self.is_geographic() {
            "GEOGCS"
        } else {
            "PROJCS"
        };
        let named = citations
            .iter()
            .filter_map(|key| self.text(*key))
            .find_map(|text| {
                // Citations hold "PCS Name = …" and several names between bars.
                let name = text.rsplit('=').next()?.split('|').next()?.trim();
                (name.len() > 2)
                    .then(|| format!("{keyword}[\"{}\"]", name.replace(['"', '[', ']'], " ")))
            });
        named
    }

    fn proj_text(&self) -> Option<String> {
        // Projections of the registry that are zones of UTM: 16001–16060 north, 16101–16160 south.
        let ellipsoid = match self.epsg(ELLIPSOID) {
            Some(7019) => "+ellps=GRS80".to_owned(),
            Some(7030) => "+ellps=WGS84".to_owned(),
            _ => match (
                self.double(SEMI_MAJOR_AXIS),
                self.double(INVERSE_FLATTENING),
            ) {
                (Some(a), Some(rf)) => format!("+a={a} +rf={rf}"),
                _ => match self.epsg(GEODETIC_CRS) {
                    Some(4171 | 4258) => "+ellps=GRS80".to_owned(),
                    Some(4326) => "+ellps=WGS84".to_owned(),
                    _ => return None,
                },
            },
        };
        match self.epsg(PROJECTION) {
            Some(zone @ 16001..=16060) => {
                return Some(format!("+proj=utm +zone={} {ellipsoid}", zone - 16000));
            }
            Some(zone @ 16101..=16160) => {
                return Some(format!(
                    "+proj=utm +zone={} +south {ellipsoid}",
                    zone - 16100
                ));
            }
            _ => {}
        }
        let projection = match self.code(METHOD)? {
            1 => "tmerc",
            7 => "merc",
            8 | 9 => "lcc",
            10 => "laea",
            11 => "aea",
            _ => return None,
        };
        let mut text = format!("+proj={projection}");
        let mut written: Vec<&str> = Vec::new();
        for (key, name) in PARAMETERS {
            if let Some(value) = self.double(key)
                && !written.contains(&name)
            {
                written.push(name);
                text.push_str(&format!(" +{name}={value}"));
            }
        }
        if let Some(scale) = self.double(3092) {
            text.push_str(&format!(" +k_0={scale}"));
        }
        if self.code(METHOD) == Some(9) {
            // One standard parallel: that of the origin.
            if let Some(lat) = self.double(3081) {
                text.push_str(&format!(" +lat_1={lat}"));
            }
        }
        Some(format!("{text} {ellipsoid}"))
    }
}
