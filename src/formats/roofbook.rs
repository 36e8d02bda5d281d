//! The roof book of a territory: for each building a small document with all that "my roof" needs to answer, found with one request.
//!
//! | file | holds |
//! |---|---|
//! | `head.json.gz` | what all roofs share: hours of sun and air, module, system, sources ([`Head`]) |
//! | `0000.jsonl.gz` … | pages: gzipped lines of JSON, one building each ([`Record`]) |
//!
//! A building's page follows from its id alone ([`page_of`]), so there is no index to load; the first member of each line is the id, so that only the line that
//! is wanted is parsed. Lengths are metres in the local frame of the territory's origin (x east, y true north, z up), whole millimetres where the name says so.
//! Angles of what roofs see are quarters of a degree.

use super::Fault;
use super::packed;
use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};
use std::io::Write;

/// The only version so far.
pub const VERSION: u32 = 1;
/// Buildings of a page, on average.
pub const PER_PAGE: u64 = 32;
/// Most pages of a book.
pub const MAX_PAGES: u32 = 100_000;
/// Unpacked bytes of a page or a head that are believed.
pub const MAX_BYTES: usize = 256 << 20;
/// Most planes of a building, and most points, modules and views of a plane.
pub const MAX_PLANES: usize = 10_000;
pub const MAX_POINTS: usize = 1 << 20;
pub const MAX_VIEWS: usize = 64;
/// Most trees that are told of one by one.
pub const MAX_TREES: usize = 16;
/// Hours of a head: twenty years of quarter hours.
pub const MAX_HOURS: usize = 20 * 366 * 24 * 4;
/// Parts of a degree in which horizons are kept.
pub const PER_DEGREE: f64 = 4.0;

/// The head's file and a page's, below the book's folder.
pub const HEAD: &str = "head.json.gz";

/// `0042.jsonl.gz`.
pub fn page_file(page: u32) -> String {
    format!("{page:04}.jsonl.gz")
}

/// The page of a building in a book of so many pages: FNV-1a of its id.
pub fn page_of(building: &str, pages: u32) -> u32 {
    let hash = building.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    // The upper half is the better mixed one.
    ((hash >> 32) % u64::from(pages.max(1))) as u32
}

/// Pages for so many buildings.
pub fn pages_for(buildings: u64) -> u32 {
    u32::try_from(buildings.div_ceil(PER_PAGE).max(1)).unwrap_or(MAX_PAGES).min(MAX_PAGES)
}

/// One building. The id stands first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub building: String,
    pub layer: String,
    /// Where its walls meet the ground.
    pub foot_m: f64,
    pub planes: Vec<PlaneRecord>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub usage: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dwellings: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand_kwh_year: Option<f64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dataset: String,
    /// Name and code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<CoverRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servitudes: Vec<CoverRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prescriptions: Vec<CoverRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub information: Vec<CoverRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monuments: Vec<MonumentRecord>,
    /// Surveyed trees that take light from the roof, the one that takes most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trees: Vec<TreeRecord>,
    /// What the planes see without any of `trees`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub treeless: Vec<ThinnedRecord>,
}

/// A tree near the roof, in the local frame, and what the planes see where it does not stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeRecord {
    pub at: [f64; 2],
    /// Half of the crown's width.
    pub radius_m: f64,
    pub foot_m: f64,
    pub top_m: f64,
    pub thinned: Vec<ThinnedRecord>,
    /// Other buildings near the tree, the nearest first: they may know it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Tree tops of a plane that are others without some trees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThinnedRecord {
    pub plane: usize,
    /// Numbers of the directions that change.
    pub directions: Vec<u16>,
    /// View by view, for each of the directions; quarters of a degree.
    pub tops: Vec<Vec<u16>>,
}

/// A plane of a roof, the largest of its building first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaneRecord {
    pub area_m2: f64,
    pub usable_m2: f64,
    /// Degrees; azimuth clockwise from true north.
    pub tilt: f64,
    pub azimuth: f64,
    pub normal: [f64; 3],
    /// In the local frame.
    pub eave_m: f64,
    pub ridge_m: f64,
    pub points_mm: Vec<[i64; 3]>,
    pub triangles: Vec<[u32; 3]>,
    /// Modules lie along the eave rather than up the slope.
    #[serde(default)]
    pub lying: bool,
    pub modules: usize,
    /// Lower left corners in the plane's own axes; empty on roofs that were filled by their area.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corners_mm: Vec<[i64; 2]>,
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_month: [f64; 12],
    pub shading_loss: f64,
    pub sky_view: f64,
    /// Light on the plane, kWh/m² a year.
    pub kwh_m2: f64,
    /// What the plane sees, each an equal share of it; none is the whole sky, or a plane without a module.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<ViewRecord>,
}

/// What a part of a plane sees, by azimuth from north on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewRecord {
    /// Quarters of a degree.
    pub horizon: Vec<u16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tree_tops: Vec<u16>,
    /// Bins hidden by things overhead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overhead: Vec<u64>,
}

/// An area that covers the place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverRecord {
    pub code: String,
    pub name: String,
    pub dataset: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
}

/// A protected monument near the place, and whether both are seen together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonumentRecord {
    pub name: String,
    pub dataset: String,
    pub at: [f64; 2],
    pub distance_m: f64,
    /// Told by its perimeter alone.
    #[serde(default)]
    pub guessed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<String>,
    pub covisible: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<LineRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_street: Option<[LineRecord; 2]>,
    #[serde(default)]
    pub viewpoints: usize,
    /// What would be seen if only buildings hid: there where the terrain, or anything else, hides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bare: Option<BareRecord>,
}

/// Sight lines without the terrain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BareRecord {
    pub covisible: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<LineRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_street: Option<[LineRecord; 2]>,
}

/// A line of sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LineRecord {
    pub from: [f64; 3],
    pub to: [f64; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_at: Option<[f64; 3]>,
}

/// What all roofs of a book share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// [`VERSION`].
    pub roofbook: u32,
    /// Directions of each horizon.
    pub azimuths: usize,
    pub module: ModuleRecord,
    pub system: SystemRecord,
    pub foliage: FoliageRecord,
    /// One standard deviation of a yearly figure, by its causes, as shares.
    pub sigma: [f64; 3],
    /// A stable name, and sentences in French and English.
    pub weather: [String; 3],
    /// Layers of the feature table that have any row: what is not there is not known.
    pub layers: Vec<String>,
    /// Attributions that must stand beside the figures.
    pub sources: Vec<String>,
    pub step_h: f64,
    /// The year whose calendar the hours of an answer lie on.
    pub year: i16,
    /// Begins of runs of hours that follow one another, UTC seconds, and how many.
    pub runs: Vec<(i64, usize)>,
    /// Numbers of the hours with light, and what they have.
    pub lit: Vec<u32>,
    pub month: Vec<u8>,
    pub ghi: Vec<f64>,
    pub dni: Vec<f64>,
    pub dhi: Vec<f64>,
    pub zenith: Vec<f64>,
    pub sun_azimuth: Vec<f64>,
    pub extraterrestrial: Vec<f64>,
    /// Below zero where there is none.
    pub air_mass: Vec<f64>,
    pub air_c: Vec<f64>,
    pub wind_m_s: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleRecord {
    pub long_m: f64,
    pub short_m: f64,
    pub kwp: f64,
    pub margin_m: f64,
    pub gap_m: f64,
}

/// A system of 1 kWp with PVWatts modules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemRecord {
    pub sky_model: String,
    /// `pvsyst`, `sapm`, `faiman`, and the model's parameters.
    pub mount: (String, Vec<f64>),
    pub per_k: f64,
    pub losses: f64,
    pub inverter_efficiency: f64,
    pub inverter_kw: f64,
    pub albedo: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoliageRecord {
    pub in_leaf: f64,
    pub bare: f64,
    pub leaf_days: (u16, u16),
}

impl Record {
    /// The line of a page, without its end. Never fails: all that a record holds has a JSON form.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// # Errors
    /// `roofbook-record`.
    pub fn parse(line: &str) -> Result<Self, Fault> {
        let record: Self = serde_json::from_str(line).map_err(|error| Fault::new("roofbook-record", start_of(line), error))?;
        record.sound().map_err(|what| Fault::new("roofbook-record", record.building.clone(), what))?;
        Ok(record)
    }

    /// Whether every number and index can be used; what is wrong otherwise.
    fn sound(&self) -> Result<(), String> {
        if self.planes.len() > MAX_PLANES {
            return Err(format!("{} planes", self.planes.len()));
        }
        for (number, plane) in self.planes.iter().enumerate() {
            let wrong = |what: &str| Err(format!("planes[{number}]: {what}"));
            let PlaneRecord { area_m2, usable_m2, tilt, azimuth, eave_m, ridge_m, kwp, kwh_year, shading_loss, sky_view, kwh_m2, .. } = plane;
            let numbers = [*area_m2, *usable_m2, *tilt, *azimuth, *eave_m, *ridge_m, *kwp, *kwh_year, *shading_loss, *sky_view, *kwh_m2];
            if !numbers.iter().chain(&plane.normal).chain(&plane.kwh_month).all(|value| value.is_finite()) {
                return wrong("not finite");
            }
            if plane.modules > MAX_POINTS || plane.points_mm.len() > MAX_POINTS || plane.triangles.len() > MAX_POINTS || plane.corners_mm.len() > MAX_POINTS || plane.views.len() > MAX_VIEWS {
                return wrong("too large");
            }
            if plane.triangles.iter().flatten().any(|at| *at as usize >= plane.points_mm.len()) {
                return wrong("triangle without its point");
            }
            if !plane.corners_mm.is_empty() && plane.corners_mm.len() != plane.modules {
                return wrong("modules without their places");
            }
            let uneven = |view: &ViewRecord| {
                let count = view.horizon.len();
                !(1..=3600).contains(&count) || ![0, count].contains(&view.tree_tops.len()) || ![0, count].contains(&view.overhead.len())
            };
            if plane.views.iter().any(uneven) {
                return wrong("views of different lengths");
            }
        }
        if self.trees.len() > MAX_TREES {
            return Err(format!("{} trees", self.trees.len()));
        }
        let odd = |one: &ThinnedRecord| {
            let Some(plane) = self.planes.get(one.plane) else { return true };
            let known = |direction: &u16| plane.views.iter().all(|view| usize::from(*direction) < view.horizon.len());
            one.tops.len() != plane.views.len() || one.tops.iter().any(|tops| tops.len() != one.directions.len()) || !one.directions.iter().all(known)
        };
        for (number, tree) in self.trees.iter().enumerate() {
            let [x, y] = tree.at;
            if ![x, y, tree.radius_m, tree.foot_m, tree.top_m].iter().all(|value| value.is_finite()) || tree.thinned.iter().any(odd) {
                return Err(format!("trees[{number}]"));
            }
        }
        if self.treeless.iter().any(odd) { Err("treeless".to_owned()) } else { Ok(()) }
    }
}

/// The begin of a line, for a fault.
fn start_of(line: &str) -> String {
    line.chars().take(60).collect()
}

/// Lines as a page's bytes: the same lines give the same bytes.
pub fn page<'l>(lines: impl IntoIterator<Item = &'l str>) -> std::io::Result<Vec<u8>> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::new(7));
    for line in lines {
        packer.write_all(line.as_bytes())?;
        packer.write_all(b"\n")?;
    }
    packer.finish()
}

/// A building's record in the bytes of its page; `None` where the page does not have it.
///
/// # Errors
/// `roofbook-page` where the bytes are none, `roofbook-record` where the record is damaged.
pub fn find(bytes: &[u8], building: &str) -> Result<Option<Record>, Fault> {
    let text = text(bytes)?;
    let id = serde_json::to_string(building).map_err(|error| Fault::new("roofbook-page", "", error))?;
    let start = format!("{{\"building\":{id}");
    // The id may be the begin of a longer one: a closing quote has been compared, so it is not.
    text.lines().find(|line| line.starts_with(&start)).map(Record::parse).transpose()
}

/// All records of a page.
///
/// # Errors
/// As [`find`].
pub fn records(bytes: &[u8]) -> Result<Vec<Record>, Fault> {
    text(bytes)?.lines().filter(|line| !line.is_empty()).map(Record::parse).collect()
}

fn text(bytes: &[u8]) -> Result<String, Fault> {
    let unpacked = packed::unpacked(bytes, MAX_BYTES).map_err(|error| Fault::new("roofbook-page", "", error))?;
    String::from_utf8(unpacked.into_owned()).map_err(|error| Fault::new("roofbook-page", "", error))
}

impl Head {
    /// # Errors
    /// When the packer fails, which it does not in memory.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::new(7));
        serde_json::to_writer(&mut packer, self)?;
        packer.finish()
    }

    /// # Errors
    /// `roofbook-head`, `roofbook-version`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Version {
            roofbook: u32,
        }
        let wrong = |object: &str, value: String| Fault::new("roofbook-head", object, value);
        let unpacked = packed::unpacked(bytes, MAX_BYTES).map_err(|error| wrong("", error))?;
        let version: Version = serde_json::from_slice(&unpacked).map_err(|error| wrong("", error.to_string()))?;
        if version.roofbook != VERSION {
            return Err(Fault::new("roofbook-version", "", version.roofbook));
        }
        let head: Self = serde_json::from_slice(&unpacked).map_err(|error| wrong("", error.to_string()))?;
        let hours = head.hours().ok_or_else(|| wrong("runs", format!("{} runs", head.runs.len())))?;
        let lit = head.lit.len();
        let columns = [&head.ghi, &head.dni, &head.dhi, &head.zenith, &head.sun_azimuth, &head.extraterrestrial, &head.air_mass, &head.air_c, &head.wind_m_s];
        if head.month.len() != lit || columns.iter().any(|column| column.len() != lit) {
            return Err(wrong("lit", format!("{lit} hours with light")));
        }
        let rising = head.lit.windows(2).all(|pair| pair[0] < pair[1]) && head.lit.last().is_none_or(|last| (*last as usize) < hours);
        if !rising || !columns.iter().all(|column| column.iter().all(|value| value.is_finite())) || head.month.iter().any(|month| *month > 11) {
            return Err(wrong("lit", "no hours of a year".to_owned()));
        }
        let ModuleRecord { long_m, short_m, kwp, margin_m, gap_m } = head.module;
        let positive = [long_m, short_m, kwp, head.step_h].iter().all(|value| value.is_finite() && *value > 0.0);
        if !positive || !(margin_m >= 0.0 && gap_m >= 0.0) || !(1..=3600).contains(&head.azimuths) {
            return Err(wrong("module", format!("{long_m} × {short_m} m, {kwp} kWp")));
        }
        Ok(head)
    }

    /// How many hours the runs have, nights included; `None` for more than are believed.
    pub fn hours(&self) -> Option<usize> {
        let hours = self.runs.iter().try_fold(0_usize, |sum, (_, count)| sum.checked_add(*count))?;
        (hours <= MAX_HOURS).then_some(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(building: &str) -> Record {
        let plane = PlaneRecord {
            area_m2: 40.25,
            normal: [0.0, -0.5, 0.866],
            points_mm: vec![[0, 0, 0], [9000, 0, 0], [9000, 4000, 3000]],
            triangles: vec![[0, 1, 2]],
            modules: 1,
            corners_mm: vec![[300, 300]],
            views: vec![ViewRecord { horizon: vec![0, 3, 360, 8], tree_tops: vec![9; 4], overhead: Vec::new() }],
            ..PlaneRecord::default()
        };
        Record { building: building.to_owned(), layer: "buildings".to_owned(), planes: vec![plane], ..Record::default() }
    }

    #[test]
    fn a_record_is_found_by_its_id_and_by_no_other() {
        let ids = ["a", "ab", "a\"b", "é", ""];
        let lines: Vec<String> = ids.iter().map(|id| record(id).line()).collect();
        let bytes = page(lines.iter().map(String::as_str)).unwrap();
        for id in ids {
            assert_eq!(find(&bytes, id).unwrap(), Some(record(id)), "{id}");
        }
        assert_eq!(find(&bytes, "abc").unwrap(), None);
        assert_eq!(records(&bytes).unwrap().len(), ids.len());
        // A server that unpacks on the way changes nothing.
        assert_eq!(find(lines.join("\n").as_bytes(), "ab").unwrap(), Some(record("ab")));
        assert_eq!(page(lines.iter().map(String::as_str)).unwrap(), bytes);
    }

    #[test]
    fn more_modules_than_a_roof_has_room_for_are_a_fault() {
        // A field that was filled by its area has no places that its modules could be counted by.
        let of = |modules: usize| {
            let mut record = record("a");
            record.planes.iter_mut().for_each(|plane| (plane.modules, plane.corners_mm) = (modules, Vec::new()));
            Record::parse(&record.line())
        };
        assert!(of(MAX_POINTS).is_ok());
        for modules in [MAX_POINTS + 1, 1_000_000_000_000, usize::MAX] {
            assert_eq!(of(modules).unwrap_err().code, "roofbook-record");
        }
    }

    #[test]
    fn damage_is_a_fault_and_no_panic() {
        let line = record("a").line();
        for cut in 0..line.len() {
            if line.is_char_boundary(cut) {
                assert!(Record::parse(&line[..cut]).is_err(), "{cut}");
            }
        }
        for (from, to) in [("[[0,1,2]]", "[[0,1,3]]"), ("\"modules\":1", "\"modules\":2"), ("[0,3,360,8]", "[0,3,360]")] {
            let wrong = line.replace(from, to);
            assert_ne!(wrong, line, "{from}");
            assert_eq!(Record::parse(&wrong).unwrap_err().code, "roofbook-record", "{to}");
        }
        assert_eq!(find(&[0x1f, 0x8b, 8, 0], "a").unwrap_err().code, "roofbook-page");
        assert_eq!(Head::parse(b"{}").unwrap_err().code, "roofbook-head");
        assert_eq!(Head::parse(b"{\"roofbook\":2}").unwrap_err().code, "roofbook-version");
    }

    #[test]
    fn pages_share_buildings_evenly() {
        let pages = pages_for(10_000);
        let mut counts = vec![0_u32; pages as usize];
        (0..10_000).for_each(|number| counts[page_of(&format!("BATIMENT{number:016}"), pages) as usize] += 1);
        assert!(counts.iter().all(|count| (8..80).contains(count)), "{counts:?}");
        assert_eq!((pages_for(0), pages_for(32), pages_for(33), pages_for(u64::MAX)), (1, 1, 2, MAX_PAGES));
    }
}
