//! One commune of the fictional land: its village, hamlets and farms, the roads between them, and what stands on and beside them.
//!
//! A commune asks its neighbours only for the gates of their villages, which follow from the seed; so communes can be made one by one, in any order.

use super::houses::{Builder, House, HouseKind};
use super::land::{COMMUNE_M, Land};
use super::names;
use super::settlement::{
    Site, Street, fronts, hamlet_street, road_between, unit, village_reach_m, village_streets,
};
use crate::base::{Bounds2, Rng};
use std::collections::BTreeMap;

/// Settlements stay so far from the commune's border.
const RIM_M: f64 = 330.0;
/// … and from water.
const FROM_WATER_M: f64 = 90.0;
/// Sites for hamlets and farms along one side of a commune.
const SITES: u32 = 6;
/// No dwelling stands nearer to a turbine: the French rule is 500 m.
const FROM_TURBINE_M: f64 = 650.0;
const TURBINES: u32 = 4;
/// Along a row and from one row to the next: some five rotors.
const TURBINE_SPACING_M: f64 = 330.0;
const ROW_SPACING_M: f64 = 370.0;
const ROWS: u32 = 2;
/// One commune of so many has a wind park.
const PARK_EVERY: u64 = 24;
/// Largest hamlet.
const HAMLET_BUILDINGS: usize = 14;
/// Width of a departmental road, metres.
const LINK_M: f64 = 6.5;
/// A house farther from a road has no number on it.
const FROM_ROAD_M: f64 = 120.0;
/// One post serves about so many buildings.
const BUILDINGS_PER_POST: usize = 80;
/// From pole to pole of a line of 20 kV, at most.
const SPAN_M: f64 = 90.0;
/// Villages had power by then, hamlets a little later: the countryside was given it between 1923 and 1938.
const POWER_SINCE: u32 = 1928;
const HAMLET_POWER_SINCE: u32 = 1936;
/// Houses so near are of a hamlet, metres.
const HAMLET_REACH_M: f64 = 150.0;
/// Lines that are to be buried.
pub const BURIED: usize = 3;
/// When the wind park and its battery came.
pub const PARK_SINCE: u32 = 2012;
pub const BATTERY_SINCE: u32 = 2021;

pub struct Commune {
    pub code: String,
    pub name: String,
    pub bounds: Bounds2,
    pub village: Site,
    pub roads: Vec<Road>,
    pub houses: Vec<House>,
    pub posts: Vec<Post>,
    pub cables: Vec<Cable>,
    pub park: Option<Park>,
    pub listed: Option<Listed>,
    pub addresses: Vec<Address>,
}

/// A house number, and the road and house it is of.
pub struct Address {
    pub number: u32,
    /// Places in [`Commune::roads`] and [`Commune::houses`].
    pub road: usize,
    pub house: usize,
    pub at: [f64; 2],
}

pub struct Road {
    pub points: Vec<[f64; 2]>,
    pub width_m: f64,
    /// As BD TOPO writes it.
    pub nature: &'static str,
    pub importance: &'static str,
    pub name: String,
}

pub struct Post {
    pub id: String,
    pub at: [f64; 2],
    pub kva: u32,
    pub name: String,
    pub year: u32,
}

pub struct Cable {
    pub from: String,
    pub to: String,
    pub points: Vec<[f64; 2]>,
    pub year: u32,
}

pub struct Park {
    pub turbines: Vec<[f64; 2]>,
    pub battery: [f64; 2],
}

/// The church, where it is a listed monument.
pub struct Listed {
    pub at: [f64; 2],
    pub name: String,
    pub house: usize,
}

/// Where a commune's village lies, from the seed alone: neighbours ask it too.
pub fn village(land: &Land, i: u32, j: u32, planned: usize) -> Site {
    let mut rng = land.rng(i, j, 2);
    let bounds = land.commune(i, j);
    let buildings = village_share(planned);
    let reach = village_reach_m(buildings).min(0.5 * COMMUNE_M - RIM_M);
    // Large places lie in the middle, small ones anywhere they fit.
    let room = (0.5 * COMMUNE_M - RIM_M - reach).max(0.0);
    let middle = bounds.centre();
    let turn = rng.range(-0.45, 0.45);
    let candidates: Vec<[f64; 2]> = (0..24)
        .map(|_| [0, 1].map(|k| middle[k] + rng.range(-room, room)))
        .collect();
    // Above the floods but near the water, as villages are.
    let cost = |at: &[f64; 2]| {
        let distance = land.river_near(*at).distance_m;
        (distance - (0.7 * reach + 160.0)).abs() + if distance < 0.7 * reach + FROM_WATER_M { 1e5 } else { 0.0 }
    };
    let centre = candidates
        .into_iter()
        .min_by(|a, b| cost(a).total_cmp(&cost(b)))
        .unwrap_or(middle);
    Site::new(centre, turn, reach, &mut rng)
}

fn village_share(planned: usize) -> usize {
    let share = if planned > 1_500 { 0.92 } else { 0.62 };
    (share * planned as f64).round() as usize
}

/// Makes a commune of `wanted` buildings (`planned` by the layout; more where others fell short).
pub fn commune(land: &Land, i: u32, j: u32, planned: &dyn Fn(u32, u32) -> usize, wanted: usize) -> Commune {
    let mut rng = land.rng(i, j, 3);
    let site = village(land, i, j, planned(i, j));
    let name = names::commune(&mut rng);
    let bounds = land.commune(i, j);
    let mut maker = Maker {
        land,
        bounds,
        name: name.clone(),
        code: format!("F{:02}{:02}", i.min(99), j.min(99)),
        roads: Vec::new(),
        posts: Vec::new(),
        cables: Vec::new(),
        beyond: Vec::new(),
    };
    let park = maker.park(i, j, &site);
    let sites = maker.sites(&site, park.as_ref(), &mut rng);
    let streets = village_streets(&site, &mut rng);
    maker.streets(&streets, &mut rng);
    maker.links(i, j, &site, planned);
    let (hamlets, farms) = split(&sites, wanted);
    let hamlets: Vec<(Site, Street)> = hamlets
        .iter()
        .map(|at| {
            let reach = rng.range(60.0, 95.0);
            let turn = rng.range(0.0, std::f64::consts::PI);
            let site = Site::new(*at, turn, reach, &mut rng);
            let street = hamlet_street(&site);
            maker.hamlet(&site, &street, &mut rng);
            (site, street)
        })
        .collect();
    for at in &farms {
        maker.track(*at, "Route empierrée", 3.5);
    }
    // Roads first: no house stands on one.
    let ours = maker.roads.iter().map(|road| (road.points.as_slice(), road.width_m));
    let theirs = maker.beyond.iter().map(|points| (points.as_slice(), LINK_M));
    let mut builder = Builder::new(land, ours.chain(theirs));
    let church = builder.church(&site, &mut rng);
    for at in &farms {
        builder.farm(*at, wanted, &mut rng);
    }
    for (site, street) in &hamlets {
        let most = builder.houses.len() + HAMLET_BUILDINGS.min(wanted / 10 + 4);
        builder.along(&fronts(site, std::slice::from_ref(street), &mut rng), most.min(wanted), HouseKind::Hamlet, &mut rng);
    }
    builder.along(&fronts(&site, &streets, &mut rng), wanted, HouseKind::Village, &mut rng);
    // What found no room in the village goes along the roads, as it does.
    for road in &maker.roads {
        if builder.houses.len() >= wanted {
            break;
        }
        let street = Street { points: road.points.clone(), width_m: road.width_m, main: false };
        let mut along = fronts(&site, &[street], &mut rng);
        along.retain(|front| bounds.grown(-30.0).contains(front.at) && maker.is_far(front.at, park.as_ref()));
        builder.along(&along, wanted, HouseKind::Hamlet, &mut rng);
    }
    maker.power(&site, &hamlets, &builder.houses, park.as_ref());
    let listed = church.filter(|_| (i + 2 * j) % 3 == 0).map(|house| Listed {
        at: builder.houses[house].centre,
        name: names::church(&name),
        house,
    });
    let addresses = addresses(&maker.roads, &builder.houses);
    // Where the first commune has most houses on one side of a street, everybody finds the lilacs.
    if (i, j) == (0, 0)
        && let Some(longest) = addresses.iter().filter(|address| address.number % 2 == 0).max_by_key(|address| address.number)
        && let Some(road) = maker.roads.get_mut(longest.road)
    {
        road.name = names::LILACS.to_owned();
    }
    Commune {
        code: maker.code,
        name,
        bounds,
        village: site,
        addresses,
        roads: maker.roads,
        houses: builder.houses,
        posts: maker.posts,
        cables: maker.cables,
        park,
        listed,
    }
}

/// A house number for each house where somebody lives or works, along the nearest road that has a name: even numbers on the side with more houses.
fn addresses(roads: &[Road], houses: &[House]) -> Vec<Address> {
    let mut sides: BTreeMap<(usize, bool), Vec<(f64, usize)>> = BTreeMap::new();
    for (number, house) in houses.iter().enumerate().filter(|(_, house)| !house.light && (house.dwellings > 0 || house.usage != "Annexe")) {
        let near = roads.iter().enumerate().filter(|(_, road)| !road.name.is_empty()).filter_map(|(at, road)| Some((along(&road.points, house.centre)?, at)));
        let nearest = near.min_by(|(a, _), (b, _)| a.away_m.total_cmp(&b.away_m)).filter(|(along, _)| along.away_m <= FROM_ROAD_M);
        if let Some((along, road)) = nearest {
            sides.entry((road, along.is_left)).or_default().push((along.metres, number));
        }
    }
    let count = |road: usize, left: bool| sides.get(&(road, left)).map_or(0, Vec::len);
    let mut all = Vec::new();
    for (&(road, left), side) in &sides {
        let more = count(road, left) > count(road, !left) || (left && count(road, left) == count(road, !left));
        let mut side = side.clone();
        side.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (place, (_, house)) in (1_u32..).zip(side) {
            let number = if more { 2 * place } else { 2 * place - 1 };
            all.extend(houses.get(house).map(|known| Address { number, road, house, at: known.centre }));
        }
    }
    all
}

/// Where a point lies beside a line.
struct Along {
    metres: f64,
    away_m: f64,
    is_left: bool,
}

fn along(points: &[[f64; 2]], at: [f64; 2]) -> Option<Along> {
    let mut before = 0.0;
    let mut best: Option<Along> = None;
    for pair in points.windows(2) {
        let [from, to] = pair else { continue };
        let way = [to[0] - from[0], to[1] - from[1]];
        let length = way[0].hypot(way[1]);
        if length <= 0.0 {
            continue;
        }
        let off = [at[0] - from[0], at[1] - from[1]];
        let share = ((off[0] * way[0] + off[1] * way[1]) / (length * length)).clamp(0.0, 1.0);
        let away_m = (off[0] - share * way[0]).hypot(off[1] - share * way[1]);
        if best.as_ref().is_none_or(|best| away_m < best.away_m) {
            best = Some(Along { metres: before + share * length, away_m, is_left: way[0] * off[1] - way[1] * off[0] > 0.0 });
        }
        before += length;
    }
    best
}

/// Which sites become hamlets and which farms, by how many buildings there are to place.
fn split(sites: &[[f64; 2]], wanted: usize) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let hamlets = (wanted / 55).clamp(1, 8).min(sites.len());
    let farms = (wanted / 40).clamp(1, 14).min(sites.len() - hamlets);
    (sites[..hamlets].to_vec(), sites[hamlets..hamlets + farms].to_vec())
}

struct Maker<'a> {
    land: &'a Land,
    bounds: Bounds2,
    name: String,
    code: String,
    roads: Vec<Road>,
    posts: Vec<Post>,
    cables: Vec<Cable>,
    /// Roads of the neighbours' halves: not ours to write, but nothing is built on them.
    beyond: Vec<Vec<[f64; 2]>>,
}

impl Maker<'_> {
    fn is_far(&self, at: [f64; 2], park: Option<&Park>) -> bool {
        park.is_none_or(|park| park.turbines.iter().all(|t| distance(*t, at) >= FROM_TURBINE_M))
    }

    /// Sites for hamlets and farms, in no order: one in each cell of a jittered lattice, where nothing is in the way.
    fn sites(&self, village: &Site, park: Option<&Park>, rng: &mut Rng) -> Vec<[f64; 2]> {
        let cell = (COMMUNE_M - 2.0 * RIM_M) / f64::from(SITES);
        let mut sites: Vec<(u64, [f64; 2])> = Vec::new();
        for row in 0..SITES {
            for column in 0..SITES {
                let at = [column, row].map(f64::from);
                let at = [0, 1].map(|k| self.bounds.min[k] + RIM_M + cell * (at[k] + rng.range(0.3, 0.7)));
                let lot = rng.next_u64();
                let river = self.land.river_near(at);
                let free = distance(at, village.centre) > village.reach_m + 230.0
                    && river.distance_m > river.half_width_m + 110.0 + FROM_WATER_M
                    && self.is_far(at, park);
                if free {
                    sites.push((lot, at));
                }
            }
        }
        sites.sort_by_key(|(lot, _)| *lot);
        sites.into_iter().map(|(_, at)| at).collect()
    }

    /// Turbines in two rows on the highest ground that is far enough from the village.
    fn park(&self, i: u32, j: u32, village: &Site) -> Option<Park> {
        let mut rng = self.land.rng(i, j, 4);
        let lot = rng.next_u64() % PARK_EVERY;
        if (i, j) != (0, 0) && (lot != 0 || self.land.is_town(i, j)) {
            return None;
        }
        let axis = rng.range(-0.5, 0.5).sin_cos();
        let row = |first: [f64; 2]| -> Vec<[f64; 2]> {
            (0..TURBINES)
                .map(|k| {
                    let of_row = TURBINES / ROWS;
                    let along = (f64::from(k % of_row) - 0.5 * f64::from(of_row - 1)) * TURBINE_SPACING_M;
                    let across = (f64::from(k / of_row) - 0.5 * f64::from(ROWS - 1)) * ROW_SPACING_M;
                    [first[0] + along * axis.1 - across * axis.0, first[1] + along * axis.0 + across * axis.1]
                })
                .collect()
        };
        const STEPS: u32 = 20;
        let mut best: Option<(f64, Vec<[f64; 2]>)> = None;
        for k in 0..STEPS * STEPS {
            let share = [k % STEPS, k / STEPS].map(|v| (f64::from(v) + 0.5) / f64::from(STEPS));
            let turbines = row([0, 1].map(|k| self.bounds.min[k] + COMMUNE_M * share[k]));
            let inside = self.bounds.grown(-(FROM_TURBINE_M - RIM_M));
            let fits = turbines.iter().all(|at| {
                let river = self.land.river_near(*at);
                inside.contains(*at)
                    && distance(*at, village.centre) > village.reach_m + FROM_TURBINE_M
                    && river.distance_m > river.half_width_m + 150.0
            });
            let lowest = turbines.iter().map(|at| self.land.ground(*at)).fold(f64::INFINITY, f64::min);
            if fits && best.as_ref().is_none_or(|(height, _)| lowest > *height) {
                best = Some((lowest, turbines));
            }
        }
        let (_, turbines) = best?;
        let first = turbines.first()?;
        Some(Park { battery: [first[0] - 70.0 * axis.1, first[1] - 70.0 * axis.0 - 40.0], turbines })
    }

    fn push(&mut self, points: Vec<[f64; 2]>, width_m: f64, nature: &'static str, importance: &'static str, name: String) {
        if points.len() >= 2 {
            self.roads.push(Road { points, width_m, nature, importance, name });
        }
    }

    fn streets(&mut self, streets: &[Street], rng: &mut Rng) {
        for street in streets {
            let importance = if street.main { "4" } else { "5" };
            let name = if street.main { names::main_street(&self.name) } else { names::street(rng) };
            self.push(street.points.clone(), street.width_m, "Route à 1 chaussée", importance, name);
        }
    }

    /// Departmental roads to the four neighbours; each half belongs to the commune it lies nearer to, so none is drawn twice.
    fn links(&mut self, i: u32, j: u32, site: &Site, planned: &dyn Fn(u32, u32) -> usize) {
        let gates = site.gates();
        let steps: [(i64, i64); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
        for (side, (di, dj)) in steps.into_iter().enumerate() {
            let (ni, nj) = (i64::from(i) + di, i64::from(j) + dj);
            let inside = (0..i64::from(self.land.columns)).contains(&ni) && (0..i64::from(self.land.rows)).contains(&nj);
            let points = if inside {
                let (ni, nj) = (ni as u32, nj as u32);
                let theirs = village(self.land, ni, nj, planned(ni, nj)).gates()[(side + 2) % 4];
                // Both communes make the very same line and keep their half of it.
                let whole = if side < 2 { road_between(gates[side], theirs) } else { road_between(theirs, gates[side]) };
                let middle = whole.len() / 2;
                let half = if side < 2 { whole[..=middle].to_vec() } else { whole[middle..].to_vec() };
                self.beyond.push(whole);
                half
            } else {
                let (from, _) = gates[side];
                let out = [0, 1].map(|k| if [di, dj][k] == 0 { from[k] } else if [di, dj][k] > 0 { self.bounds.max[k] } else { self.bounds.min[k] });
                road_between(gates[side], (out, [-di as f64, -dj as f64]))
            };
            let number = 100 + 7 * (if side % 2 == 0 { j } else { 50 + i }) % 800;
            self.push(points, LINK_M, "Route à 1 chaussée", "3", format!("D {number} (fictive)"));
        }
    }

    fn hamlet(&mut self, site: &Site, street: &Street, rng: &mut Rng) {
        let name = names::hamlet(rng);
        let ends = [street.points.first(), street.points.last()].map(|end| end.copied().unwrap_or(site.centre));
        // The road leaves from the end that lies nearer to where it goes.
        let Some(nearest) = self.nearest_on_roads(site.centre) else { return };
        let end = if distance(ends[0], nearest) < distance(ends[1], nearest) { ends[0] } else { ends[1] };
        let inner = site.centre;
        let leave = unit([end[0] - inner[0], end[1] - inner[1]]);
        let back = unit([end[0] - nearest[0], end[1] - nearest[1]]);
        self.push(road_between((end, leave), (nearest, back)), 4.5, "Route à 1 chaussée", "5", format!("Route de {name}"));
        self.push(street.points.clone(), street.width_m, "Route à 1 chaussée", "5", name);
    }

    fn track(&mut self, from: [f64; 2], nature: &'static str, width_m: f64) {
        let Some(nearest) = self.nearest_on_roads(from) else { return };
        let way = unit([nearest[0] - from[0], nearest[1] - from[1]]);
        let points = road_between((from, way), (nearest, [-way[0], -way[1]]));
        self.push(points, width_m, nature, "6", String::new());
    }

    /// The nearest vertex of a road that is no main street of the village.
    fn nearest_on_roads(&self, at: [f64; 2]) -> Option<[f64; 2]> {
        self.roads
            .iter()
            .filter(|road| road.importance != "4")
            .flat_map(|road| &road.points)
            .copied()
            .filter(|point| self.bounds.contains(*point))
            .min_by(|a, b| distance(*a, at).total_cmp(&distance(*b, at)))
    }

    /// Posts where people live, fed over lines beside the roads; the park has a post of its own. A village gets its next post when the others are
    /// full, a hamlet its own with its first house; none before the countryside had power.
    fn power(&mut self, village: &Site, hamlets: &[(Site, Street)], houses: &[House], park: Option<&Park>) {
        let years = |at: [f64; 2], reach: f64| {
            let mut years: Vec<u32> = houses.iter().filter(|house| distance(house.centre, at) <= reach).map(|house| house.year).collect();
            years.sort_unstable();
            years
        };
        let of_village = years(village.centre, village.reach_m);
        let posts = of_village.len().div_ceil(BUILDINGS_PER_POST).clamp(1, 60);
        let hub = format!("{}-P1", self.code);
        for k in 0..posts {
            let share = if posts > 1 { k as f64 / (posts - 1) as f64 - 0.5 } else { 0.0 };
            let (u, v) = (1.4 * share * village.reach_m, if k % 2 == 0 { 9.0 } else { -9.0 });
            let id = format!("{}-P{}", self.code, k + 1);
            let at = village.place(u, v);
            let year = of_village.get(k * BUILDINGS_PER_POST).map_or(POWER_SINCE, |year| POWER_SINCE.max(*year));
            if k > 0 {
                let from = self.posts.last().map_or(at, |post| post.at);
                let before = format!("{}-P{k}", self.code);
                self.cables.push(Cable { from: before, to: id.clone(), points: spans(from, at), year });
            }
            self.posts.push(Post { id, at, kva: 400, name: format!("Poste {} de {}", k + 1, self.name), year });
        }
        let Some(start) = self.posts.first().map(|post| post.at) else { return };
        for (k, (site, _)) in hamlets.iter().enumerate() {
            let id = format!("{}-H{}", self.code, k + 1);
            let at = site.place(0.0, 12.0);
            let of_hamlet = years(site.centre, HAMLET_REACH_M);
            let kva = if of_hamlet.len() > 8 { 160 } else { 100 };
            let year = of_hamlet.first().map_or(HAMLET_POWER_SINCE, |year| HAMLET_POWER_SINCE.max(*year));
            self.cables.push(Cable { from: hub.clone(), to: id.clone(), points: spans(start, at), year });
            self.posts.push(Post { id, at, kva, name: format!("Poste du hameau {} de {}", k + 1, self.name), year });
        }
        if let Some(park) = park {
            let id = format!("{}-EOL", self.code);
            let at = [park.battery[0] + 14.0, park.battery[1]];
            self.cables.push(Cable { from: hub, to: id.clone(), points: spans(start, at), year: PARK_SINCE });
            for (k, turbine) in park.turbines.iter().enumerate() {
                let to = format!("{}-E{}", self.code, k + 1);
                self.cables.push(Cable { from: id.clone(), to, points: spans(at, *turbine), year: PARK_SINCE });
            }
            self.posts.push(Post { id, at, kva: 10_000, name: format!("Poste du parc éolien de {}", self.name), year: PARK_SINCE });
        }
    }
}

/// A straight line over poles: from end to end it would run through the hills between.
fn spans(from: [f64; 2], to: [f64; 2]) -> Vec<[f64; 2]> {
    let count = (distance(from, to) / SPAN_M).ceil().max(1.0) as u32;
    (0..=count).map(|pole| [0, 1].map(|k| from[k] + (to[k] - from[k]) * f64::from(pole) / f64::from(count))).collect()
}

pub(super) fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Outline of what may be built on around the village.
pub fn building_zone(site: &Site) -> Vec<[f64; 2]> {
    site.outline(45.0)
}
