//! Houses, barns and churches on their plots: none on a road, none on another, none in the water.

use super::land::Land;
use super::settlement::{Front, Site};
use crate::base::Rng;
use geo::{Coord, Distance, Euclidean, Intersects, Line, LineString, Polygon};
use std::collections::HashMap;

/// Things are looked up in squares of this side.
const CELL_M: f64 = 40.0;
/// Two houses that do not share a wall stand at least so far apart.
const APART_M: f64 = 1.6;
/// A wall keeps this distance from the edge of a carriageway.
const FROM_KERB_M: f64 = 0.6;
/// … and from the river.
const FROM_BANK_M: f64 = 40.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HouseKind {
    Village,
    Hamlet,
}

/// A building as the sources will have it.
pub struct House {
    pub centre: [f64; 2],
    /// Closed, counter-clockwise.
    pub outline: Vec<[f64; 2]>,
    pub ground_m: f64,
    pub eave_m: f64,
    pub ridge_m: f64,
    /// As BD TOPO writes it.
    pub usage: &'static str,
    pub nature: &'static str,
    pub storeys: u32,
    pub dwellings: u32,
    pub year: u32,
    pub light: bool,
}

/// What a building is, apart from its place.
struct Plan {
    wide: f64,
    deep: f64,
    /// A wing at the back, by share of width and depth.
    wing: Option<[f64; 2]>,
    eave_m: f64,
    roof_m: f64,
    usage: &'static str,
    nature: &'static str,
    storeys: u32,
    dwellings: u32,
    year: u32,
    light: bool,
    joined: bool,
}

/// Places buildings one after the other where there is room.
pub struct Builder<'a> {
    land: &'a Land,
    pub houses: Vec<House>,
    outlines: Vec<Polygon<f64>>,
    /// Houses by square.
    taken: HashMap<[i64; 2], Vec<usize>>,
    /// Pieces of road with half their width, by square.
    roads: HashMap<[i64; 2], Vec<(Line<f64>, f64)>>,
}

impl<'a> Builder<'a> {
    pub fn new<'r>(land: &'a Land, roads: impl Iterator<Item = (&'r [[f64; 2]], f64)>) -> Self {
        let mut cells: HashMap<[i64; 2], Vec<(Line<f64>, f64)>> = HashMap::new();
        for (points, width_m) in roads {
            for pair in points.windows(2) {
                let &[a, b] = pair else { continue };
                let line = Line::new(Coord { x: a[0], y: a[1] }, Coord { x: b[0], y: b[1] });
                let low = cell([a[0].min(b[0]) - CELL_M, a[1].min(b[1]) - CELL_M]);
                let high = cell([a[0].max(b[0]) + CELL_M, a[1].max(b[1]) + CELL_M]);
                for x in low[0]..=high[0] {
                    for y in low[1]..=high[1] {
                        cells.entry([x, y]).or_default().push((line, 0.5 * width_m));
                    }
                }
            }
        }
        Self { land, houses: Vec::new(), outlines: Vec::new(), taken: HashMap::new(), roads: cells }
    }

    /// Builds on fronts until there are `until` buildings in all.
    pub fn along(&mut self, fronts: &[Front], until: usize, kind: HouseKind, rng: &mut Rng) {
        for front in fronts {
            if self.houses.len() >= until {
                return;
            }
            let plan = dwelling(front, kind, rng);
            let set_back = if plan.joined { 1.4 } else { rng.range(3.5, 8.0) };
            let off = front.side * (0.5 * front.street_width_m + set_back + 0.5 * plan.deep);
            let across = [-front.along[1], front.along[0]];
            let centre = [front.at[0] + off * across[0], front.at[1] + off * across[1]];
            let along = [front.along[0] * front.side, front.along[1] * front.side];
            let garage = !plan.joined && rng.unit() < 0.25;
            let (wide, year) = (plan.wide, plan.year);
            if !self.build(centre, along, plan) || !garage || self.houses.len() >= until {
                continue;
            }
            let shed = Plan {
                wide: 3.4,
                deep: 6.0,
                wing: None,
                eave_m: 2.4,
                roof_m: 0.0,
                usage: "Annexe",
                nature: "Indifférenciée",
                storeys: 1,
                dwellings: 0,
                year,
                light: rng.unit() < 0.3,
                joined: false,
            };
            let beside = 0.5 * wide + 4.2;
            self.build([centre[0] + beside * along[0], centre[1] + beside * along[1]], along, shed);
        }
    }

    /// A farm: a house, barns around a yard, now and then a silo or a greenhouse.
    pub fn farm(&mut self, at: [f64; 2], until: usize, rng: &mut Rng) {
        let turn = rng.range(0.0, std::f64::consts::TAU);
        let count = 2 + (rng.unit() * 3.0) as u32;
        for k in 0..=count {
            if self.houses.len() >= until {
                return;
            }
            let angle = turn + std::f64::consts::TAU * f64::from(k) / f64::from(count + 1);
            let (sin, cos) = angle.sin_cos();
            let away = if k == 0 { 24.0 } else { rng.range(34.0, 48.0) };
            let year = 1850 + (rng.unit() * 150.0) as u32;
            let plan = if k == 0 {
                Plan {
                    wide: rng.range(11.0, 16.0),
                    deep: rng.range(7.5, 9.5),
                    wing: None,
                    eave_m: 4.6,
                    roof_m: 3.2,
                    usage: "Résidentiel",
                    nature: "Indifférenciée",
                    storeys: 2,
                    dwellings: 1,
                    year,
                    light: false,
                    joined: false,
                }
            } else {
                Plan {
                    wide: rng.range(18.0, 38.0),
                    deep: rng.range(10.0, 17.0),
                    wing: None,
                    eave_m: rng.range(4.0, 5.5),
                    roof_m: rng.range(1.6, 3.4),
                    usage: "Agricole",
                    nature: if rng.unit() < 0.08 { "Serre" } else { "Industriel, agricole ou commercial" },
                    storeys: 1,
                    dwellings: 0,
                    year: year.max(1900),
                    light: rng.unit() < 0.3,
                    joined: false,
                }
            };
            self.build([at[0] + away * cos, at[1] + away * sin], [-sin, cos], plan);
        }
    }

    /// The church by the crossing; its number among the houses.
    pub fn church(&mut self, site: &Site, rng: &mut Rng) -> Option<usize> {
        let year = 1100 + (rng.unit() * 500.0) as u32;
        for (u, v) in [(30.0, 24.0), (-30.0, 24.0), (30.0, -24.0), (-30.0, -24.0), (60.0, 26.0), (-60.0, 26.0)] {
            let plan = Plan {
                wide: 26.0,
                deep: 11.0,
                wing: Some([0.28, 0.45]),
                eave_m: 9.0,
                roof_m: 7.5,
                usage: "Religieux",
                nature: "Eglise",
                storeys: 1,
                dwellings: 0,
                year,
                light: false,
                joined: false,
            };
            let (centre, east) = (site.place(u, v), site.place(u + 1.0, v));
            if self.build(centre, super::settlement::unit([east[0] - centre[0], east[1] - centre[1]]), plan) {
                return self.houses.len().checked_sub(1);
            }
        }
        None
    }

    /// Builds if there is room.
    fn build(&mut self, centre: [f64; 2], along: [f64; 2], plan: Plan) -> bool {
        let (w, d) = (0.5 * plan.wide, 0.5 * plan.deep);
        let local: Vec<[f64; 2]> = match plan.wing {
            None => vec![[-w, -d], [w, -d], [w, d], [-w, d], [-w, -d]],
            Some([share, deep]) => {
                let (x, y) = (w - 2.0 * w * share, d + 2.0 * d * deep);
                vec![[-w, -d], [w, -d], [w, y], [x, y], [x, d], [-w, d], [-w, -d]]
            }
        };
        let outline: Vec<[f64; 2]> = local
            .into_iter()
            .map(|[u, v]| {
                let at = [centre[0] + u * along[0] - v * along[1], centre[1] + u * along[1] + v * along[0]];
                // Centimetres, as surveys give them.
                at.map(|value| (value * 100.0).round() / 100.0)
            })
            .collect();
        let polygon = Polygon::new(
            LineString::from(outline.iter().map(|p| (p[0], p[1])).collect::<Vec<_>>()),
            Vec::new(),
        );
        if !self.is_free(centre, &polygon, plan.joined) {
            return false;
        }
        let ground_m = outline.iter().map(|at| self.land.ground(*at)).fold(f64::INFINITY, f64::min);
        let number = self.houses.len();
        self.taken.entry(cell(centre)).or_default().push(number);
        self.outlines.push(polygon);
        self.houses.push(House {
            centre,
            outline,
            ground_m,
            eave_m: plan.eave_m,
            ridge_m: plan.eave_m + plan.roof_m,
            usage: plan.usage,
            nature: plan.nature,
            storeys: plan.storeys,
            dwellings: plan.dwellings,
            year: plan.year,
            light: plan.light,
        });
        true
    }

    fn is_free(&self, centre: [f64; 2], polygon: &Polygon<f64>, joined: bool) -> bool {
        let river = self.land.river_near(centre);
        if river.distance_m < river.half_width_m + FROM_BANK_M {
            return false;
        }
        let [x, y] = cell(centre);
        let on_road = self.roads.get(&[x, y]).is_some_and(|lines| {
            lines.iter().any(|(line, half_m)| Euclidean.distance(line, polygon) < half_m + FROM_KERB_M)
        });
        if on_road {
            return false;
        }
        let apart = if joined { 0.0 } else { APART_M };
        let near = (x - 1..=x + 1)
            .flat_map(|x| (y - 1..=y + 1).map(move |y| [x, y]))
            .filter_map(|cell| self.taken.get(&cell))
            .flatten()
            .filter_map(|number| self.outlines.get(*number));
        for other in near {
            let blocked = if apart > 0.0 { Euclidean.distance(other, polygon) < apart } else { other.intersects(polygon) };
            if blocked {
                return false;
            }
        }
        true
    }
}

fn cell(at: [f64; 2]) -> [i64; 2] {
    at.map(|value| (value / CELL_M).floor() as i64)
}

/// A dwelling, or a shop, as suits the place: rows in the middle, houses in gardens further out.
fn dwelling(front: &Front, kind: HouseKind, rng: &mut Rng) -> Plan {
    let core = kind == HouseKind::Village && front.away_m < 110.0;
    let old = core || kind == HouseKind::Hamlet && rng.unit() < 0.6;
    let year = if old { rng.range(1780.0, 1945.0) } else { rng.range(1948.0, 2024.0) } as u32;
    if core {
        let storeys = 2 + u32::from(rng.unit() < 0.35);
        let shop = front.main && rng.unit() < 0.3;
        return Plan {
            wide: rng.range(7.0, 9.8),
            deep: rng.range(8.5, 12.0),
            wing: None,
            eave_m: 2.9 * f64::from(storeys),
            roof_m: rng.range(2.4, 3.8),
            usage: if shop { "Commercial et services" } else { "Résidentiel" },
            nature: "Indifférenciée",
            storeys,
            dwellings: if shop { 0 } else { 1 + u32::from(rng.unit() < 0.2) },
            year,
            light: false,
            joined: true,
        };
    }
    let storeys = 1 + u32::from(rng.unit() < 0.35);
    let wing = (rng.unit() < 0.25).then(|| [rng.range(0.35, 0.5), rng.range(0.25, 0.45)]);
    Plan {
        wide: rng.range(9.0, 14.0),
        deep: rng.range(7.0, 9.5),
        wing,
        eave_m: 2.7 * f64::from(storeys) + rng.range(0.0, 0.5),
        roof_m: rng.range(2.0, 3.4),
        usage: "Résidentiel",
        nature: "Indifférenciée",
        storeys,
        dwellings: 1,
        year,
        light: false,
        joined: false,
    }
}
