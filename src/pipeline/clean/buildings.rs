//! Buildings: footprint, heights, use, ids.
//!
//! `date_app` of BD TOPO is the date of appearance in reality where it is known (from the tax files: mostly a construction year); round years such as 1900 stand for "around", and are kept as years.

use super::heights::{self, Stated};
use super::terrain::Floor;
use super::{Fate, Source, surfaces};
use crate::base::{Finding, Report, Severity};
use crate::pipeline::LayerCount;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::SOURCE;
use crate::region::footprint::{self, Rejection};
use crate::region::{Attribute, AttributeValue, Building, HeightOrigin, Usage};
use rstar::{RTree, primitives::GeomWithData};

/// The stated ground may differ from the terrain by so much: a derived 5 m grid on a slope, metres.
const GROUND_TOLERANCE_M: f64 = 10.0;
/// More corners of one ring are not a building's: what comes after looks at each of them from every other.
const MOST_CORNERS: usize = 4_000;
/// Neighbours asked for a height, and how far away they may be, metres.
const NEIGHBOURS: usize = 8;
pub const NEIGHBOUR_DISTANCE_M: f64 = 100.0;

/// A building whose height or ground may still depend on its neighbours.
#[derive(Clone, Debug)]
pub struct Draft {
    pub building: Building,
    pub file: String,
    pub has_height: bool,
    pub has_ground: bool,
    pub repaired: bool,
    /// Its surfaces are given above the ground, wherever that will be.
    pub above_ground: bool,
}

/// Reads one building; the rest is done by [`settle`].
pub fn draft(
    record: &Record,
    floor: &Floor,
    source: &mut Source,
    drafts: &mut Vec<Draft>,
) -> Fate {
    let object = record.object.as_str();
    if let Some(state) = record.text("state")
        && matches!(state.as_str(), "En projet" | "Détruit" | "Non classé détruit")
    {
        source.finding("building-not-standing", Severity::Warning, object, state);
        return Fate::Rejected;
    }
    let Some(shape) = record.shape.as_ref().filter(|shape| !shape.is_empty()) else {
        source.finding("geometry-missing", Severity::Warning, object, "");
        return Fate::Rejected;
    };
    let polygons = shape.polygons();
    let mut altitudes: Vec<f64> = polygons
        .iter()
        .flat_map(|rings| rings.iter().flatten())
        .map(|p| p[2])
        .filter(|z| z.is_finite())
        .collect();
    let mut surveyed = None;
    let above_ground = record.flag("above_ground") == Some(true);
    let flat = match shape.shells().as_slice() {
        [] => polygons
            .iter()
            .map(|rings| {
                rings
                    .iter()
                    .map(|ring| ring.iter().map(|p| [p[0], p[1]]).collect())
                    .collect()
            })
            .collect(),
        shells => {
            let survey = surfaces::survey(shells, record.number("lod").unwrap_or(1.0));
            let (Ok(surfaces::Survey { faults, .. }) | Err(faults)) = &survey;
            for (code, value) in faults {
                source.finding(code, Severity::Warning, object, value);
            }
            let Ok(mut survey) = survey else {
                source.finding("geometry-missing", Severity::Warning, object, "");
                return Fate::Rejected;
            };
            altitudes.clear();
            let plan = std::mem::take(&mut survey.plan);
            if above_ground || floor.plausible(survey.lowest_m) {
                surveyed = Some(survey);
            } else {
                altitudes.push(survey.lowest_m);
            }
            plan
        }
    };
    let mut flat = flat;
    let points: usize = flat.iter().flatten().map(Vec::len).sum();
    let thinned_m = flat.iter_mut().map(|rings| footprint::thinned(rings, MOST_CORNERS)).fold(0.0, f64::max);
    if thinned_m > 0.0 {
        source.finding("footprint-thinned", Severity::Warning, object, format!("{points}, {thinned_m} m"));
    }
    let (footprint, repairs) = match footprint::repair(flat) {
        Ok(repaired) => repaired,
        Err(rejection) => {
            let (code, value) = match rejection {
                Rejection::Degenerate => ("footprint-degenerate", String::new()),
                Rejection::Sliver(area) => ("footprint-sliver", format!("{area:.2} m²")),
                Rejection::Invalid => ("footprint-invalid", String::new()),
            };
            source.finding(code, Severity::Warning, object, value);
            return Fate::Rejected;
        }
    };
    let mut repaired = false;
    if repairs.any() {
        repaired = true;
        for (done, value) in [
            (repairs.crossings, "crossing"),
            (repairs.spikes, "spike"),
            (repairs.slivers, "sliver"),
        ] {
            if done {
                source.finding("footprint-repaired", Severity::Info, object, value);
            }
        }
    }

    // Z = -1000 says "no altitude"; so does anything else below the ground.
    let no_altitude = altitudes.iter().any(|z| !floor.plausible(*z));
    if no_altitude {
        source.finding(
            "building-without-altitude",
            Severity::Info,
            object,
            altitudes.iter().copied().fold(f64::INFINITY, f64::min),
        );
    }
    altitudes.retain(|z| floor.plausible(*z));
    altitudes.sort_by(f64::total_cmp);
    let terrain_m = footprint
        .iter()
        .flat_map(|polygon| polygon.exterior().0.iter())
        .filter_map(|c| floor.ground(c.x, c.y))
        .reduce(f64::min);
    let stated_ground = record.number("ground");
    let ground_fits = |ground: f64| {
        floor.plausible(ground)
            && terrain_m.is_none_or(|terrain| (ground - terrain).abs() <= GROUND_TOLERANCE_M)
            // Walls may begin below the ground, but the ground does not lie above the roof.
            && surveyed.as_ref().filter(|_| !above_ground).is_none_or(|survey| {
                let top = survey.eave_and_ridge_m.map_or(f64::INFINITY, |(_, ridge)| ridge);
                (survey.lowest_m - GROUND_TOLERANCE_M..top).contains(&ground)
            })
    };
    let lowest_m = surveyed.as_ref().filter(|_| !above_ground).map(|survey| survey.lowest_m);
    let ground = match stated_ground {
        Some(ground) if ground_fits(ground) => Some(ground),
        Some(ground) => {
            repaired = true;
            source.finding("building-ground-implausible", Severity::Warning, object, format!("{ground} m"));
            lowest_m.or(terrain_m)
        }
        None => lowest_m.or(terrain_m),
    };
    let plausible = |term: &str| record.number(term).filter(|z| floor.plausible(*z));
    let stated = Stated {
        height_m: record.number("height"),
        ridge_height_m: record.number("ridge_height"),
        ground_m: ground,
        ground_is_stated: stated_ground.is_some() && ground == stated_ground,
        roof_min_m: plausible("roof_min"),
        roof_max_m: plausible("roof_max"),
        outline_m: altitudes.get(altitudes.len() / 2).copied().filter(|_| {
            // An outline on the ground is no roof.
            !no_altitude
        }),
        storeys: record.number("storeys").filter(|n| *n >= 0.0 && *n <= 200.0).map(|n| n.round() as u32),
    };
    let level_m = if above_ground { Some(0.0) } else { ground };
    let chosen = match surveyed.as_ref().and_then(|survey| survey.eave_and_ridge_m).zip(level_m) {
        // What was surveyed in three dimensions needs no choice.
        Some(((eave, ridge), ground)) => heights::Chosen {
            eave_m: Some((eave - ground).max(heights::LOWEST_M)),
            ridge_m: Some((ridge - ground).max(heights::LOWEST_M)),
            origin: HeightOrigin::Source,
            faults: Vec::new(),
        },
        None => heights::choose(&stated),
    };
    for (code, value) in &chosen.faults {
        let severity = match *code {
            "building-roof-tall" => Severity::Info,
            _ => Severity::Warning,
        };
        source.finding(code, severity, object, value);
    }
    if chosen.eave_m.is_some() && chosen.origin != HeightOrigin::Source {
        repaired = true;
        let code = match chosen.origin {
            HeightOrigin::Storeys => "building-height-from-storeys",
            _ => "building-height-from-altitudes",
        };
        source.finding(code, Severity::Info, object, format!("{:.1} m", chosen.eave_m.unwrap_or(0.0)));
    }
    let eave = chosen.eave_m.unwrap_or(heights::ASSUMED_M);
    drafts.push(Draft {
        file: source.file.to_owned(),
        has_height: chosen.eave_m.is_some(),
        has_ground: ground.is_some(),
        repaired,
        above_ground,
        building: Building {
            id: object.to_owned(),
            rnb: rnb_ids(record),
            dataset: source.dataset.clone(),
            footprint,
            ground_m: ground.unwrap_or(0.0),
            eave_height_m: eave,
            ridge_height_m: chosen.ridge_m.unwrap_or(eave).max(eave),
            height_origin: chosen.origin,
            usage: usage(record),
            second_usage: record.text("usage2").map(|text| usage_of(&text)),
            dwellings: count_of(record, "dwellings"),
            storeys: stated.storeys.filter(|n| *n > 0),
            year: year(record, source),
            light: record.flag("light").unwrap_or(false),
            attributes: attributes(record),
            // Surfaces without a roof are an outline; a roof is then chosen as for any other.
            surveyed: surveyed
                .filter(|survey| survey.eave_and_ridge_m.is_some())
                .map(|survey| survey.surveyed),
            // Points come after all tables are read.
            measured: None,
        },
    });
    Fate::Kept
}

/// Gives heights and grounds that only neighbours can tell, and counts those that `own` says are counted here.
pub fn settle(drafts: Vec<Draft>, own: &dyn Fn(&Building) -> bool, count: &mut LayerCount, report: &mut Report) -> Vec<Building> {
    let place = |draft: &Draft| footprint::centre(&draft.building.footprint).unwrap_or([0.0, 0.0]);
    let tree = |known: &dyn Fn(&Draft) -> Option<f64>| {
        RTree::bulk_load(
            drafts
                .iter()
                .filter_map(|draft| Some(GeomWithData::new(place(draft), known(draft)?)))
                .collect(),
        )
    };
    let needs_heights = drafts.iter().any(|draft| !draft.has_height);
    let needs_ground = drafts.iter().any(|draft| !draft.has_ground);
    let heights = if needs_heights {
        tree(&|d| d.has_height.then_some(d.building.eave_height_m))
    } else {
        RTree::new()
    };
    let grounds = if needs_ground {
        tree(&|d| d.has_ground.then_some(d.building.ground_m))
    } else {
        RTree::new()
    };
    drafts
        .into_iter()
        .map(|draft| {
            let at = footprint::centre(&draft.building.footprint).unwrap_or([0.0, 0.0]);
            let Draft { mut building, file, has_height, has_ground, mut repaired, above_ground } = draft;
            let counted = own(&building);
            let mut say = |code, severity, value: String| {
                if !counted {
                    return;
                }
                report.push(Finding::new(code, severity, &file).object(&building.id).value(value));
            };
            if !has_ground {
                repaired = true;
                let near = median_near(&grounds, at);
                building.ground_m = near.unwrap_or(0.0);
                let code = match near {
                    Some(_) => "building-ground-from-neighbours",
                    None => "building-ground-assumed",
                };
                say(code, Severity::Warning, format!("{:.1} m", building.ground_m));
            }
            if let (true, Some(surveyed)) = (above_ground, &mut building.surveyed) {
                surveyed.raise(building.ground_m);
            }
            if !has_height {
                repaired = true;
                let near = median_near(&heights, at);
                let (height, origin, code) = match near {
                    Some(height) => (height, HeightOrigin::Neighbours, "building-height-from-neighbours"),
                    None => (heights::ASSUMED_M, HeightOrigin::Assumed, "building-height-assumed"),
                };
                building.eave_height_m = height;
                building.ridge_height_m = height;
                building.height_origin = origin;
                say(code, Severity::Warning, format!("{height:.1} m"));
            }
            if counted {
                count.add(if repaired { Fate::Repaired } else { Fate::Kept });
            }
            building
        })
        .collect()
}

fn median_near(tree: &RTree<GeomWithData<[f64; 2], f64>>, at: [f64; 2]) -> Option<f64> {
    let limit = NEIGHBOUR_DISTANCE_M * NEIGHBOUR_DISTANCE_M;
    let mut near: Vec<(f64, f64)> = tree
        .locate_within_distance(at, limit)
        .map(|point| {
            let [x, y] = point.geom();
            ((x - at[0]).powi(2) + (y - at[1]).powi(2), point.data)
        })
        .collect();
    // Of equally near ones the lower counts: so the answer does not depend on what else the tree holds.
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    near.truncate(NEIGHBOURS);
    let mut values: Vec<f64> = near.into_iter().map(|(_, value)| value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// RNB ids, several separated by `/`; what has not their form (12 letters and digits) is kept out.
fn rnb_ids(record: &Record) -> Vec<String> {
    let Some(text) = record.text("rnb") else {
        return Vec::new();
    };
    text.split(['/', ',', ';', ' '])
        .map(|id| id.trim().replace('-', "").to_uppercase())
        .filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_alphanumeric()))
        .collect()
}

/// Under this name a joined or surveyed yearly consumption stands beside our own estimate.
const CONSUMPTION: &str = "consumption_kwh_year";

/// Columns that keep their names, and amounts that are facts of the source rather than terms of our model.
fn attributes(record: &Record) -> Vec<Attribute> {
    let consumption = record
        .number("consumption")
        .map(|kwh| Attribute { name: CONSUMPTION, value: AttributeValue::Number(kwh) });
    consumption.into_iter().chain(kept_attributes(record)).collect()
}

/// Columns that keep their names.
pub(super) fn kept_attributes(record: &Record) -> impl Iterator<Item = Attribute> + '_ {
    record.values.iter().filter_map(|(term, cell)| {
        let name = term.strip_prefix(SOURCE).filter(|name| !name.is_empty())?;
        let value = match cell {
            Cell::Number(number) => AttributeValue::Number(*number),
            Cell::Text(text) => AttributeValue::Text(text.clone()),
            Cell::Flag(flag) => AttributeValue::Text(flag.to_string()),
        };
        Some(Attribute { name, value })
    })
}

/// 0 and unknown are two things; negative counts are neither.
fn count_of(record: &Record, term: &str) -> Option<u32> {
    record
        .number(term)
        .filter(|n| (0.0..100_000.0).contains(n))
        .map(|n| n.round() as u32)
}

fn year(record: &Record, source: &mut Source) -> Option<i32> {
    let text = record.text("year")?;
    let year = text.get(..4).and_then(|digits| digits.parse::<i32>().ok());
    match year {
        Some(year) if (500..=2200).contains(&year) => Some(year),
        _ => {
            source.finding("building-year-implausible", Severity::Info, &record.object, text);
            None
        }
    }
}

fn usage(record: &Record) -> Usage {
    let first = record.text("usage").map_or(Usage::Unknown, |text| usage_of(&text));
    if first != Usage::Unknown {
        return first;
    }
    // The nature tells some that the use leaves open.
    match record.text("nature").as_deref() {
        Some("Eglise" | "Église" | "Chapelle") => Usage::Religious,
        Some("Tribune") => Usage::Sport,
        Some("Serre" | "Silo") => Usage::Agricultural,
        _ => Usage::Unknown,
    }
}

/// BD TOPO's uses, OSM's values of `building`, and INSPIRE-like words.
pub fn usage_of(text: &str) -> Usage {
    match text.trim().to_lowercase().as_str() {
        "résidentiel" | "residential" | "house" | "apartments" | "detached" | "terrace"
        | "semidetached_house" | "dormitory" | "bungalow" | "farm" | "hotel" => Usage::Residential,
        "commercial et services" | "commercial" | "retail" | "office" | "supermarket" | "kiosk"
        | "public" | "civic" | "school" | "university" | "hospital" | "college" | "kindergarten"
        | "government" | "train_station" | "shop" => Usage::Commercial,
        "industriel" | "industrial" | "warehouse" | "factory" | "manufacture" | "hangar" => {
            Usage::Industrial
        }
        "agricole" | "agricultural" | "farm_auxiliary" | "barn" | "greenhouse" | "stable" | "cowshed" => {
            Usage::Agricultural
        }
        "religieux" | "religious" | "church" | "chapel" | "cathedral" | "mosque" | "synagogue" | "temple" => {
            Usage::Religious
        }
        "sportif" | "sport" | "sports_hall" | "stadium" | "grandstand" | "sports_centre" => Usage::Sport,
        "annexe" | "annex" | "garage" | "garages" | "shed" | "carport" | "roof" | "hut" => Usage::Annex,
        _ => Usage::Unknown,
    }
}
