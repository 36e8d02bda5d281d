//! `jumeau demo`: a fictional rural territory as the source files a collectivity would send, of any size.
//!
//! | module | holds |
//! |---|---|
//! | [`land`] | relief, rivers, the lattice of communes |
//! | [`settlement`] | villages and hamlets: streets, and where houses may stand |
//! | [`houses`] | buildings on their plots |
//! | [`commune`] | one commune with all that is in it |
//! | [`charging`] | stations where vehicles charge |
//! | [`gardens`] | trees of gardens, as an inventory has them |
//! | [`relief`] | the ground as grids of altitudes |
//! | [`names`] | invented names |
//! | [`windy_week`] | a week of wind over the first park, and the case of its battery |
//! | [`files`] | GeoPackages and texts as streams |
//!
//! Communes are made and written one by one, so the memory does not grow with the territory.
//! A larger territory is more communes by the same rules, each from its own random numbers: no tile is repeated.
//! Everything says that it is fictional: names, ids (`FICTIF…`), data sets, files. It lies in Lambert-93 where real hills are; they are not meant.

pub mod charging;
pub mod commune;
pub mod files;
pub mod gardens;
pub mod houses;
pub mod land;
pub mod names;
mod relief;
pub mod settlement;
pub mod windy_week;

use super::sources::declaration::{DeclaredLayer, Declaration, FILE, Generate, Role};
use super::{ImportFault, Progress};
use crate::base::{Bounds2, Dataset, DatasetId, Nature};
use crate::formats::shape::Shape;
use crate::formats::territory::Name;
use crate::geodesy::Crs;
use crate::region::utility::Utility;
use crate::view::life::Life;
use commune::Commune;
use files::{Package, Points, TableShape, Text};
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};
use land::{COMMUNE_M, Land, REACH_M};
use rusqlite::types::Value;
use serde_json::json;
use std::path::Path;

pub const FEWEST: usize = 200;
pub const MOST: usize = 2_500_000;

const BUILDINGS: &str = "batiments-fictifs.gpkg";
const TOPOGRAPHY: &str = "topographie-fictive.gpkg";
const ZONES: &str = "urbanisme-fictif.gpkg";
const GRID: &str = "reseau-electrique-fictif.gpkg";
const PARKS: &str = "parc-eolien-fictif.geojson";
const WIND: &str = "vent-fictif.csv";
const BATTERY_CASE: &str = "cas-batterie-fictif.json";
const MONUMENTS: &str = "monuments-fictifs.geojson";
const TREES: &str = "arbres-fictifs.geojson";
const SENSORS: &str = "capteurs-fictifs.geojson";
const MEASURES: &str = "mesures-fictives.csv";
const FOOD: &str = "aide-alimentaire-fictive.geojson";
const ADDRESSES: &str = "adresses-fictives.csv";
const README: &str = "LISEZMOI.txt";

/// What may be flooded is a natural zone.
const NATURAL_M: f64 = 110.0;
/// Sensors with a week of measures.
const MEASURED_SENSORS: usize = 12;
const MEASURED_HOURS: usize = 7 * 24;

const BUILDING_TABLE: TableShape = TableShape {
    name: "batiment",
    kind: "POLYGON",
    columns: &[
        ("cleabs", "TEXT"), ("nature", "TEXT"), ("usage_1", "TEXT"), ("usage_2", "TEXT"), ("construction_legere", "BOOLEAN"),
        ("etat_de_l_objet", "TEXT"), ("nombre_de_logements", "INTEGER"), ("nombre_d_etages", "INTEGER"), ("hauteur", "REAL"),
        ("altitude_minimale_sol", "REAL"), ("altitude_minimale_toit", "REAL"), ("altitude_maximale_toit", "REAL"),
        ("date_d_apparition", "TEXT"), ("identifiants_rnb", "TEXT"), ("debut_travaux", "INTEGER"), ("annee_demolition", "INTEGER"),
    ],
};
const ROAD_TABLE: TableShape = TableShape {
    name: "troncon_de_route",
    kind: "LINESTRING",
    columns: &[
        ("cleabs", "TEXT"), ("nature", "TEXT"), ("nom_collaboratif_gauche", "TEXT"), ("importance", "TEXT"), ("fictif", "BOOLEAN"),
        ("position_par_rapport_au_sol", "TEXT"), ("etat_de_l_objet", "TEXT"), ("nombre_de_voies", "INTEGER"), ("largeur_de_chaussee", "REAL"),
    ],
};
const WATER_TABLE: TableShape = TableShape {
    name: "surface_hydrographique",
    kind: "POLYGON",
    columns: &[("cleabs", "TEXT"), ("nature", "TEXT"), ("toponyme", "TEXT"), ("persistance", "TEXT"), ("altitude", "REAL")],
};
const COMMUNE_TABLE: TableShape = TableShape {
    name: "commune",
    kind: "POLYGON",
    columns: &[("cleabs", "TEXT"), ("nom_officiel", "TEXT"), ("code_insee", "TEXT"), ("population", "INTEGER")],
};
const ZONE_TABLE: TableShape = TableShape {
    name: "zone_urba",
    kind: "MULTIPOLYGON",
    columns: &[("LIBELLE", "TEXT"), ("LIBELONG", "TEXT"), ("TYPEZONE", "TEXT"), ("INSEE", "TEXT"), ("DATVALID", "TEXT"), ("IDURBA", "TEXT")],
};
const POST_TABLE: TableShape = TableShape {
    name: "poste_electrique",
    kind: "POINT",
    columns: &[("id", "TEXT"), ("nom", "TEXT"), ("puissance_kva", "INTEGER"), ("tension_kv", "REAL"), ("annee_mise_en_service", "INTEGER")],
};
const CABLE_TABLE: TableShape = TableShape {
    name: "ligne_electrique",
    kind: "LINESTRING",
    columns: &[
        ("id", "TEXT"), ("nom", "TEXT"), ("poste_depart", "TEXT"), ("poste_arrivee", "TEXT"), ("tension_kv", "REAL"), ("pose", "TEXT"),
        ("annee_debut_travaux", "INTEGER"), ("annee_mise_en_service", "INTEGER"), ("annee_fin_service", "INTEGER"),
    ],
};

#[derive(Clone, Copy, Debug)]
pub struct DemoOptions {
    pub seed: u64,
    /// From [`FEWEST`] to [`MOST`].
    pub buildings: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub buildings: usize,
    /// Relative to the folder.
    pub files: Vec<String>,
}

/// Writes the territory's sources into a folder that is new or empty.
///
/// # Errors
/// `demo-folder-not-empty`, `write-failed` or `import-cancelled`.
pub fn write(out: &Path, options: &DemoOptions, progress: &dyn Progress) -> Result<Written, ImportFault> {
    let failed = |error: std::io::Error| ImportFault::new("write-failed", out.display(), error);
    std::fs::create_dir_all(out).map_err(failed)?;
    if std::fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(ImportFault::new("demo-folder-not-empty", out.display(), ""));
    }
    let land = Land::for_buildings(options.seed, options.buildings);
    let mut writer = Writer::create(out, &land)?;
    let quotas = quotas(&land, options.buildings);
    let planned = |i: u32, j: u32| quotas.get((j * land.columns + i) as usize).copied().unwrap_or(0);
    let mut short = 0;
    for ((i, j), quota) in land.communes().zip(&quotas) {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        progress.step("demo-communes", writer.buildings as u64, options.buildings as u64);
        // What found no room in one commune is built in the next.
        let wanted = quota + short;
        let commune = commune::commune(&land, i, j, &planned, wanted);
        short = wanted - commune.houses.len().min(wanted);
        writer.commune(&land, &commune)?;
    }
    writer.rivers(&land)?;
    let battery = writer.first_park.as_ref().map_or_else(String::new, |(battery, _)| battery.clone());
    let mut files = writer.finish(out, options.seed)?;
    files.extend(relief::write(out, &land, progress)?);
    let relief_files: Vec<String> = files.iter().filter(|file| file.ends_with(".asc")).cloned().collect();
    files.extend(about(out, &land, options, &relief_files, &battery)?);
    files.sort();
    Ok(Written { buildings: options.buildings - short, files })
}

/// How many buildings each commune gets; they add up to what is asked.
fn quotas(land: &Land, buildings: usize) -> Vec<usize> {
    let usual: Vec<f64> = land.communes().map(|(i, j)| land.usual_buildings(i, j)).collect();
    let all: f64 = usual.iter().sum();
    let (mut sum, mut given) = (0.0, 0);
    usual
        .iter()
        .map(|own| {
            sum += own;
            let until = ((sum / all) * buildings as f64).round() as usize;
            let quota = until.min(buildings) - given;
            given += quota;
            quota
        })
        .collect()
}

/// The files that grow commune by commune.
struct Writer {
    buildings: usize,
    roads: usize,
    sensors: usize,
    batiments: Package,
    topography: Package,
    zones: Package,
    grid: Package,
    parks: Points,
    monuments: Points,
    trees: Points,
    sensor_points: Points,
    measures: Text,
    food: Points,
    addresses: Text,
    stations: charging::Stations,
    lambert: Crs,
    /// Its battery's id and its turbines, in the plane.
    first_park: Option<(String, Vec<[f64; 2]>)>,
}

impl Writer {
    fn create(out: &Path, land: &Land) -> Result<Self, ImportFault> {
        let bounds = land.bounds();
        let extent = [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]];
        let lambert = Crs::from_code("EPSG:2154").map_err(|fault| ImportFault::new("crs-unknown", "EPSG:2154", fault))?;
        let mut measures = Text::create(&out.join(MEASURES))?;
        measures.add("capteur;instant;grandeur;unite;valeur\n")?;
        let mut addresses = Text::create(&out.join(ADDRESSES))?;
        // The columns of the Base adresse nationale.
        addresses.add("id;numero;rep;nom_voie;code_postal;code_insee;nom_commune;x;y;lon;lat;type_position\n")?;
        Ok(Self {
            buildings: 0,
            roads: 0,
            sensors: 0,
            batiments: Package::create(&out.join(BUILDINGS), &[BUILDING_TABLE], extent)?,
            topography: Package::create(&out.join(TOPOGRAPHY), &[ROAD_TABLE, WATER_TABLE, COMMUNE_TABLE], extent)?,
            zones: Package::create(&out.join(ZONES), &[ZONE_TABLE], extent)?,
            grid: Package::create(&out.join(GRID), &[POST_TABLE, CABLE_TABLE], extent)?,
            parks: Points::create(&out.join(PARKS))?,
            monuments: Points::create(&out.join(MONUMENTS))?,
            trees: Points::create(&out.join(TREES))?,
            sensor_points: Points::create(&out.join(SENSORS))?,
            measures,
            food: Points::create(&out.join(FOOD))?,
            addresses,
            stations: charging::Stations::create(out)?,
            lambert,
            first_park: None,
        })
    }

    fn lon_lat(&self, at: [f64; 2]) -> Result<[f64; 2], ImportFault> {
        lon_lat(&self.lambert, at)
    }

    fn commune(&mut self, land: &Land, commune: &Commune) -> Result<(), ImportFault> {
        for house in &commune.houses {
            self.buildings += 1;
            let plan = planned(self.buildings, house.light);
            let ring = house.outline.iter().map(|p| [p[0], p[1], rounded(house.ground_m + house.eave_m, 10.0)]).collect();
            let row = vec![
                text(format!("FICTIF_BATIMENT{:010}", self.buildings)),
                text(house.nature),
                text(house.usage),
                Value::Null,
                Value::Integer(i64::from(house.light)),
                text("En service"),
                Value::Integer(i64::from(house.dwellings)),
                Value::Integer(i64::from(house.storeys)),
                real(house.eave_m, 10.0),
                real(house.ground_m, 10.0),
                real(house.ground_m + house.eave_m, 10.0),
                real(house.ground_m + house.ridge_m, 10.0),
                text(format!("{}-01-01", plan.from.unwrap_or(house.year as i32))),
                text(rnb(self.buildings)),
                plan.works.map_or(Value::Null, |year| Value::Integer(year.into())),
                plan.to.map_or(Value::Null, |year| Value::Integer(year.into())),
            ];
            self.batiments.add(0, &Shape::Polygon(vec![ring]), row)?;
        }
        for road in &commune.roads {
            self.roads += 1;
            let line = road.points.iter().map(|p| [rounded(p[0], 100.0), rounded(p[1], 100.0), rounded(land.deck(*p), 10.0)]).collect();
            let row = vec![
                text(format!("FICTIF_TRONROUT{:010}", self.roads)),
                text(road.nature),
                text(road.name.as_str()),
                text(road.importance),
                Value::Integer(0),
                text("0"),
                text("En service"),
                Value::Integer(if road.width_m < 4.5 { 1 } else { 2 }),
                Value::Real(road.width_m),
            ];
            self.topography.add(0, &Shape::Line(line), row)?;
        }
        let population: u32 = commune.houses.iter().map(|house| 2 * house.dwellings).sum();
        let square = rectangle(&commune.bounds);
        self.topography.add(
            2,
            &Shape::Polygon(rings(&square)),
            vec![text(format!("FICTIF_COMMUNE_{}", commune.code)), text(commune.name.as_str()), text(commune.code.as_str()), Value::Integer(i64::from(population))],
        )?;
        for (label, long, kind, area) in zones(land, commune) {
            if area.0.is_empty() {
                continue;
            }
            let shape = Shape::Many(area.iter().map(|polygon| Shape::Polygon(rings(polygon))).collect());
            let row = vec![text(label), text(long), text(kind), text(commune.code.as_str()), text("20260101"), text(format!("{}_PLU_FICTIF", commune.code))];
            self.zones.add(0, &shape, row)?;
        }
        let mut addresses: Vec<&commune::Address> = commune.addresses.iter().collect();
        addresses.sort_by_key(|address| (address.road, address.number));
        for address in addresses {
            let Some(road) = commune.roads.get(address.road) else { continue };
            let [lon, lat] = self.lon_lat(address.at)?;
            self.addresses.add(&format!(
                "{code}_FICTIF_{:04}_{:05};{};;{};{};{code};{};{:.2};{:.2};{lon:.7};{lat:.7};bâtiment\n",
                address.road, address.number, address.number, road.name, postcode(&commune.code), commune.name, address.at[0], address.at[1], code = commune.code,
            ))?;
        }
        let is_first = commune.bounds == land.commune(0, 0);
        self.stations.commune(land, commune, is_first, &|at| lon_lat(&self.lambert, at))?;
        self.points(land, commune)
    }

    fn points(&mut self, land: &Land, commune: &Commune) -> Result<(), ImportFault> {
        for post in &commune.posts {
            let row = vec![text(format!("FICTIF-{}", post.id)), text(post.name.as_str()), Value::Integer(i64::from(post.kva)), Value::Real(20.0), Value::Integer(i64::from(post.year))];
            self.grid.add(0, &Shape::Point([post.at[0], post.at[1], land.ground(post.at)]), row)?;
        }
        for (number, cable) in commune.cables.iter().enumerate() {
            let line = |beside_m: f64| Shape::Line(cable.points.iter().map(|p| [p[0] + beside_m, p[1] + beside_m, land.ground(*p)]).collect());
            let mut add = |id: String, name: Value, lay: &str, life: Life, shape: Shape| {
                let year = |year: Option<i32>| year.map_or(Value::Null, |year| Value::Integer(i64::from(year)));
                let ends = [&cable.from, &cable.to].map(|end| text(format!("FICTIF-{end}")));
                let [from, to] = ends;
                self.grid.add(1, &shape, vec![text(id), name, from, to, Value::Real(20.0), text(lay), year(life.works), year(life.from), year(life.to)])
            };
            let id = format!("FICTIF-{}-L{}", commune.code, number + 1);
            // The first lines of a commune are to be buried, one a year: works, a cable in service, and the line comes down.
            let buried = (number < commune::BURIED && cable.year < commune::PARK_SINCE).then_some(FIRST_PLAN + 1 + number as i32);
            add(id.clone(), Value::Null, "aérien", Life::new(None, Some(cable.year as i32), buried), line(0.0))?;
            if let Some(buried) = buried {
                let name = text(format!("Enfouissement de la ligne {} de {}", number + 1, commune.name));
                add(format!("{id}-S"), name, "souterrain", Life::new(Some(buried - 1), Some(buried), None), line(3.0))?;
            }
        }
        if let Some(park) = &commune.park {
            for (number, at) in park.turbines.iter().enumerate() {
                let properties = json!({
                    "id": format!("FICTIF-{}-E{}", commune.code, number + 1), "type": "éolienne", "nom": format!("Parc éolien de {}", commune.name),
                    "courbe": windy_week::CURVE, "puissance_kw": windy_week::NOMINAL_KW, "hauteur_moyeu_m": windy_week::HUB_M, "diametre_rotor_m": windy_week::ROTOR_M,
                    "disponibilite": windy_week::AVAILABILITY, "annee_mise_en_service": commune::PARK_SINCE, "altitude_sol_m": rounded(land.ground(*at), 10.0),
                });
                let at = self.lon_lat(*at)?;
                self.parks.add(at, &properties)?;
            }
            let properties = json!({
                "id": format!("FICTIF-{}-BAT", commune.code), "type": "batterie", "nom": format!("Batterie de {}", commune.name),
                "puissance_kw": 1000.0 * windy_week::BATTERY_MW, "energie_kwh": 1000.0 * windy_week::BATTERY_MWH, "rendement_aller_retour": windy_week::ROUND_TRIP, "annee_mise_en_service": commune::BATTERY_SINCE,
                "parametres_supposes": "puissance_kw, rendement_aller_retour",
            });
            if self.first_park.is_none() {
                self.first_park = Some((format!("FICTIF-{}-BAT", commune.code), park.turbines.clone()));
            }
            let at = self.lon_lat(park.battery)?;
            self.parks.add(at, &properties)?;
        }
        if let Some(listed) = &commune.listed {
            let properties = json!({
                "id": format!("FICTIF-MH-{}", commune.code), "idgen": format!("FICTIF-MH-{}", commune.code), "suptype": "AC1", "typegen": "Monument historique (fictif)",
                "nomgen": listed.name, "nom": listed.name, "protection": "inscrit (fictif)", "perimetre_m": 500, "commune": commune.code,
            });
            let at = self.lon_lat(listed.at)?;
            self.monuments.add(at, &properties)?;
        }
        for (number, tree) in gardens::trees(land, commune).into_iter().enumerate() {
            let properties = json!({
                "id": format!("FICTIF-ARBRE-{}-{:04}", commune.code, number + 1), "natural": "tree", "hauteur_m": rounded(tree.height_m, 10.0), "crown_m": rounded(tree.crown_m, 10.0),
            });
            let at = self.lon_lat(tree.at)?;
            self.trees.add(at, &properties)?;
        }
        let river_at = [commune.village.centre[0], nearest_river_y(land, commune)];
        let mut rng = crate::base::Rng::new(land.seed ^ u64::from(commune.code.bytes().fold(17_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte))));
        for (kind, unit, at, usual, swing) in [
            ("temperature_air", "°C", commune.village.place(12.0, 12.0), 14.0, 7.0),
            ("hauteur_eau", "m", river_at, 0.8, 0.1),
        ] {
            self.sensors += 1;
            let id = format!("FICTIF-CAPTEUR-{:06}", self.sensors);
            let place = self.lon_lat(at)?;
            self.sensor_points.add(place, &json!({ "id": id, "grandeur": kind, "unite": unit, "commune": commune.code }))?;
            if self.sensors > MEASURED_SENSORS {
                continue;
            }
            for hour in 0..MEASURED_HOURS {
                let phase = std::f64::consts::TAU * (hour as f64 - 9.0) / 24.0;
                let value = usual + swing * phase.sin() + 0.1 * swing * rng.range(-1.0, 1.0);
                self.measures.add(&format!("{id};2026-06-{:02}T{:02}:00:00Z;{kind};{unit};{value:.2}\n", 1 + hour / 24, hour % 24))?;
            }
        }
        // A town or every fourth village has an association that helps with food.
        if population_of(commune) > 1_200 || rng.unit() < 0.25 || commune.code == "F0000" {
            let need = 4 + population_of(commune) / 60;
            let properties = json!({
                "id": format!("FICTIF-AIDE-{}", commune.code), "nom": format!("Entraide de {}", commune.name), "beneficiaires": need,
                "besoins_kg_semaine": 6 * need, "ouverture": "mardi et vendredi, 14 h – 17 h", "commune": commune.code,
            });
            let at = self.lon_lat(commune.village.place(40.0, -10.0))?;
            self.food.add(at, &properties)?;
        }
        Ok(())
    }

    /// Each river as pools of one level, edge to edge.
    fn rivers(&mut self, land: &Land) -> Result<(), ImportFault> {
        let bounds = land.bounds();
        let reaches = (bounds.size()[0] / REACH_M).ceil() as usize;
        const STEPS: usize = 10;
        for river in 0..land.rivers() {
            for reach in 0..reaches {
                let west = bounds.min[0] + REACH_M * reach as f64;
                let bank = |side: f64, k: usize| {
                    let x = (west + REACH_M * k as f64 / STEPS as f64).min(bounds.max[0]);
                    [rounded(x, 100.0), rounded(land.river_y(river, x) + side * land.river_half_width(river, x), 100.0)]
                };
                let level = rounded(land.river_level(river, west), 100.0);
                let mut ring: Vec<[f64; 3]> = Vec::new();
                for at in (0..=STEPS).map(|k| bank(-1.0, k)).chain((0..=STEPS).rev().map(|k| bank(1.0, k))) {
                    if ring.last().is_none_or(|last| (last[0], last[1]) != (at[0], at[1])) {
                        ring.push([at[0], at[1], level]);
                    }
                }
                ring.extend(ring.first().copied());
                let row = vec![
                    text(format!("FICTIF_SURFHYDR{:03}{:06}", river, reach)),
                    text("Ecoulement naturel"),
                    text(format!("La Brume {} {}", river + 1, names::FICTIONAL)),
                    text("Permanent"),
                    Value::Real(level),
                ];
                self.topography.add(1, &Shape::Polygon(vec![ring]), row)?;
            }
        }
        Ok(())
    }

    fn finish(self, out: &Path, seed: u64) -> Result<Vec<String>, ImportFault> {
        self.batiments.finish()?;
        self.topography.finish()?;
        self.zones.finish()?;
        self.grid.finish()?;
        self.parks.finish()?;
        self.monuments.finish()?;
        self.trees.finish()?;
        self.sensor_points.finish()?;
        self.measures.finish()?;
        self.food.finish()?;
        self.addresses.finish()?;
        self.stations.finish()?;
        let mut more = Vec::new();
        if let Some((battery, turbines)) = &self.first_park {
            let week = windy_week::Week::new(seed);
            let mut wind = Text::create(&out.join(WIND))?;
            wind.add(&week.csv())?;
            wind.finish()?;
            let mut case = Text::create(&out.join(BATTERY_CASE))?;
            case.add(&week.case(battery, turbines))?;
            case.finish()?;
            more.extend([WIND.to_owned(), BATTERY_CASE.to_owned()]);
        }
        let files = [BUILDINGS, TOPOGRAPHY, ZONES, GRID, PARKS, MONUMENTS, TREES, SENSORS, MEASURES, FOOD, ADDRESSES, charging::FILE];
        debug_assert!(files.iter().all(|file| out.join(file).is_file()));
        more.extend(files.map(str::to_owned));
        Ok(more)
    }
}

fn lon_lat(lambert: &Crs, at: [f64; 2]) -> Result<[f64; 2], ImportFault> {
    let place = lambert.to_lonlat(at[0], at[1]).map_err(|fault| ImportFault::new("tile-outside-crs", "EPSG:2154", fault))?;
    Ok([place.lon_deg, place.lat_deg])
}

/// Fictional plans: some houses are still to be built, some will go. By their number, so that the rest of the territory stays as it is.
fn planned(number: usize, is_light: bool) -> Life {
    let turn = (number / PLAN_EVERY) as i32;
    match number % PLAN_EVERY {
        _ if is_light => Life::default(),
        7 => {
            let from = FIRST_PLAN + 1 + turn % 14;
            Life::new(Some(from - 1 - turn % 3), Some(from), None)
        }
        31 => Life::new(None, None, Some(FIRST_PLAN + turn % 18)),
        _ => Life::default(),
    }
}

/// One house of so many is to be built, another to be taken down; the first of it in this year.
const PLAN_EVERY: usize = 83;
const FIRST_PLAN: i32 = 2028;

/// Five digits that no place of France has.
fn postcode(code: &str) -> String {
    format!("00{:0>3}", code.trim_start_matches('F').chars().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<String>())
}

fn population_of(commune: &Commune) -> u32 {
    commune.houses.iter().map(|house| 2 * house.dwellings).sum()
}

/// The bank of the nearest river, straight north or south of the village.
fn nearest_river_y(land: &Land, commune: &Commune) -> f64 {
    let [x, y] = commune.village.centre;
    (0..land.rivers())
        .map(|river| land.river_y(river, x) + land.river_half_width(river, x))
        .min_by(|a, b| (a - y).abs().total_cmp(&(b - y).abs()))
        .unwrap_or(y)
}

/// The commune without rest and without overlap: built-up, natural along the water, agricultural.
fn zones(land: &Land, commune: &Commune) -> [(&'static str, &'static str, &'static str, MultiPolygon<f64>); 3] {
    let square = MultiPolygon(vec![rectangle(&commune.bounds)]);
    let built = MultiPolygon(vec![polygon(&commune::building_zone(&commune.village))]).intersection(&square);
    let mut bands = MultiPolygon(Vec::new());
    let steps = 24;
    for river in 0..land.rivers() {
        let bank = |side: f64, k: i32| {
            let x = commune.bounds.min[0] + COMMUNE_M * f64::from(k) / f64::from(steps);
            [x, land.river_y(river, x) + side * NATURAL_M]
        };
        let ring: Vec<[f64; 2]> = (0..=steps).map(|k| bank(-1.0, k)).chain((0..=steps).rev().map(|k| bank(1.0, k))).collect();
        let reaches = Bounds2::of(ring.iter().copied()).intersects(&commune.bounds);
        if reaches {
            bands = bands.union(&MultiPolygon(vec![polygon(&ring)]));
        }
    }
    let natural = bands.intersection(&square).difference(&built);
    let fields = square.difference(&built).difference(&natural);
    [
        ("U", "Zone urbaine (fictive)", "U", built),
        ("N", "Zone naturelle, vallée inondable (fictive)", "N", natural),
        ("A", "Zone agricole (fictive)", "A", fields),
    ]
}

/// `sources.json`, and a page for people.
fn about(out: &Path, land: &Land, options: &DemoOptions, relief_files: &[String], battery: &str) -> Result<Vec<String>, ImportFault> {
    let id = DatasetId::from("fictif");
    let dataset = Dataset {
        id: id.clone(),
        title: "Territoire fictif, inventé de toutes pièces".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date: "2026-01-01".to_owned(),
        attribution: "territoire fictif".to_owned(),
        nature: Nature::Made,
    };
    let layer = |file: &str, table: Option<&str>, role: Role| DeclaredLayer {
        file: file.to_owned(),
        table: table.map(str::to_owned),
        role,
        dataset: id.clone(),
        fields: Default::default(),
        keep: Vec::new(),
        place: None,
        imagery: None,
    };
    let mut layers: Vec<DeclaredLayer> = relief_files.iter().map(|file| layer(file, None, Role::Terrain)).collect();
    layers.extend([
        layer(BUILDINGS, Some(BUILDING_TABLE.name), Role::Buildings),
        layer(TOPOGRAPHY, Some(ROAD_TABLE.name), Role::Roads),
        layer(TOPOGRAPHY, Some(WATER_TABLE.name), Role::Water),
        layer(TOPOGRAPHY, Some(COMMUNE_TABLE.name), Role::Areas),
        layer(ZONES, Some(ZONE_TABLE.name), Role::Zones),
        layer(MONUMENTS, None, Role::Servitudes),
        layer(TREES, None, Role::Trees),
        layer(ADDRESSES, None, Role::Addresses),
        layer(GRID, Some(POST_TABLE.name), Role::Network(Utility::Electricity)),
        layer(GRID, Some(CABLE_TABLE.name), Role::Network(Utility::Electricity)),
        layer(PARKS, None, Role::Network(Utility::Electricity)),
        layer(charging::FILE, None, Role::Network(Utility::Electricity)),
    ]);
    let declaration = Declaration {
        id: format!("brumevel-fictif-{}", options.seed),
        name: Some(Name { fr: names::TERRITORY_FR.to_owned(), en: names::TERRITORY_EN.to_owned() }),
        crs: Some("EPSG:2154".to_owned()),
        vertical: Some("NGF-IGN69".to_owned()),
        datasets: vec![dataset],
        layers,
        generate: Generate { trees: true, networks: false, seed: options.seed, dataset: None },
        ..Declaration::default()
    };
    let body = serde_json::to_string_pretty(&declaration).map_err(|error| ImportFault::new("write-failed", FILE, error))?;
    let mut file = Text::create(&out.join(FILE))?;
    file.add(&body)?;
    file.add("\n")?;
    file.finish()?;
    let mut page = Text::create(&out.join(README))?;
    page.add(&format!(
        "{}\n\nTout est inventé : relief, villages, noms, réseaux, mesures. Les coordonnées sont en Lambert-93 (EPSG:2154), altitudes NGF-IGN69,\nlà où se trouvent en réalité d’autres collines ; aucun lieu réel n’est décrit. Graine {}, {} × {} communes, licence CC0 1.0.\nImport : jumeau import . --out TERRITOIRE\nParc éolien et batterie : jumeau wind --park parc-eolien-fictif.geojson --series vent-fictif.csv --store TERRITOIRE\n  jumeau dispatch cas-batterie-fictif.json --start 2026-02-02T00:00:00Z --feature {} --store TERRITOIRE\n  (puissance de la batterie, rendement et limite de raccordement sont supposés : le parc dont celui-ci s’inspire ne les publie pas)\n\n{}\n\nEverything is invented: relief, villages, names, networks, measures. Coordinates are Lambert-93 (EPSG:2154), heights NGF-IGN69,\nwhere other hills are in reality; no real place is described. Seed {}, {} × {} communes, licence CC0 1.0.\nImport: jumeau import . --out TERRITORY\nThe wind park and its battery are computed by the two commands above; power and efficiency of the battery and the limit of the connection are assumed.\n",
        names::TERRITORY_FR, land.seed, land.columns, land.rows, battery, names::TERRITORY_EN, land.seed, land.columns, land.rows,
    ))?;
    page.finish()?;
    Ok(vec![FILE.to_owned(), README.to_owned()])
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn real(value: f64, per_unit: f64) -> Value {
    Value::Real(rounded(value, per_unit))
}

fn rounded(value: f64, per_unit: f64) -> f64 {
    (value * per_unit).round() / per_unit
}

/// An id in the form of the Référentiel national des bâtiments that says it is none.
fn rnb(number: usize) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digits: String = (0..6).rev().map(|k| char::from(LETTERS[(number >> (5 * k)) & 31])).collect();
    format!("FICTIF{digits}")
}

fn polygon(ring: &[[f64; 2]]) -> Polygon<f64> {
    Polygon::new(LineString::from(ring.iter().map(|p| Coord { x: p[0], y: p[1] }).collect::<Vec<_>>()), Vec::new())
}

fn rectangle(bounds: &Bounds2) -> Polygon<f64> {
    let ([w, s], [e, n]) = (bounds.min, bounds.max);
    polygon(&[[w, s], [e, s], [e, n], [w, n]])
}

fn rings(polygon: &Polygon<f64>) -> Vec<Vec<[f64; 3]>> {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(|ring| ring.0.iter().map(|c| [c.x, c.y, f64::NAN]).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use commune::distance;
    use geo::{Area, Intersects};

    fn first(seed: u64, buildings: usize) -> Commune {
        let land = Land::for_buildings(seed, buildings);
        let quotas = quotas(&land, buildings);
        let planned = |i: u32, j: u32| quotas[(j * land.columns + i) as usize];
        commune::commune(&land, 0, 0, &planned, quotas[0])
    }

    #[test]
    fn a_commune_is_coherent() {
        for seed in [0, 1, 44, 2026] {
            let commune = first(seed, 200);
            assert_eq!(commune.houses.len(), 200, "seed {seed}");
            let outlines: Vec<_> = commune.houses.iter().map(|house| polygon(&house.outline)).collect();
            for (k, a) in outlines.iter().enumerate() {
                assert!(outlines[..k].iter().all(|b| !a.intersects(b)), "two houses overlap");
                for road in &commune.roads {
                    let line = LineString::from(road.points.iter().map(|p| (p[0], p[1])).collect::<Vec<_>>());
                    assert!(!line.intersects(a), "a house stands on {}", road.name);
                }
            }
            let park = commune.park.as_ref().expect("the first commune has a wind park");
            assert!(park.turbines.iter().all(|t| commune.houses.iter().all(|h| distance(*t, h.centre) >= 500.0)));
            assert!(commune.listed.is_some(), "the first church is listed");
            let ids: Vec<&str> = commune.posts.iter().map(|post| post.id.as_str()).collect();
            assert!(commune.cables.iter().all(|c| ids.contains(&c.from.as_str())));
            assert!(commune.cables.iter().flat_map(|cable| cable.points.windows(2)).all(|pair| distance(pair[0], pair[1]) < 91.0), "a wire hangs from pole to pole");
            // No line is younger than the post it feeds, and the village's posts come one after the other.
            let year = |id: &str| commune.posts.iter().find(|post| post.id == id).map(|post| post.year);
            assert!(commune.cables.iter().all(|cable| year(&cable.to).is_none_or(|year| year == cable.year)));
            let village: Vec<u32> = (1..).map_while(|k| year(&format!("{}-P{k}", commune.code))).collect();
            assert!(village.is_sorted() && village.first().is_some_and(|first| *first < 1930), "{village:?}");
            assert!(commune.posts.iter().all(|post| post.year <= 2026), "what is to come is said as works");
        }
    }

    #[test]
    fn trees_of_gardens_stand_in_no_house_and_no_road() {
        let land = Land::for_buildings(1, 200);
        let commune = first(1, 200);
        let trees = gardens::trees(&land, &commune);
        assert!(trees.len() > 20, "{}", trees.len());
        for tree in &trees {
            let at = geo::Point::new(tree.at[0], tree.at[1]);
            assert!(commune.houses.iter().all(|house| !polygon(&house.outline).intersects(&at)), "a tree stands in a house");
            assert!(commune.houses.iter().any(|house| distance(house.centre, tree.at) < 14.0));
        }
    }

    #[test]
    fn zones_cover_the_commune_once() {
        let land = Land::for_buildings(3, 200);
        let commune = first(3, 200);
        let areas: f64 = zones(&land, &commune).iter().map(|(.., area)| area.unsigned_area()).sum();
        assert!((areas - COMMUNE_M * COMMUNE_M).abs() < 1.0, "{areas}");
    }

    #[test]
    fn quotas_add_up() {
        for buildings in [200, 1_501, 77_777, 2_500_000] {
            let land = Land::for_buildings(5, buildings);
            assert_eq!(quotas(&land, buildings).iter().sum::<usize>(), buildings);
        }
    }
}
