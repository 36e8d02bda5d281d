//! Roads, paths and tracks: ribbons on the ground, decks over water.

use super::courses::{Course, Courses, Deck, Kind};
use super::drape::{Drape, lift};
use super::grid::TileKey;
use super::mesh::MeshBuilder;
use super::palette::{self, Rgba};
use super::ribbon::{End, Ribbon};
use super::scene::{Drawn, Scene};
use super::streets;
use crate::base::Bounds2;
use crate::formats::gltf::{Column, PropertyTable, TileContent, Values};
use crate::region::simplify::Simplify;
use crate::region::{LineClass, NetworkLine};
use geo::LineString;

/// Which lines a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Roads and paths.
    Roads,
    /// Tram and rail.
    Tracks,
}

impl Lines {
    pub fn holds(self, class: LineClass) -> bool {
        matches!(class, LineClass::Tram | LineClass::Rail) == (self == Self::Tracks)
    }
}

/// How a class looks.
struct Style {
    colour: Rgba,
    /// Height of the ribbon above the ground, so that greater roads lie on smaller ones.
    lift_m: f64,
    /// Width of the darker rim on each side.
    casing_m: f64,
    /// Levels with a larger tolerance leave the class out.
    up_to_tolerance_m: f64,
}

fn style(class: LineClass) -> Style {
    let (colour, lift_m, casing_m, up_to_tolerance_m) = match class {
        LineClass::MajorRoad => (palette::MAJOR_ROAD, lift::MAJOR_ROAD, 0.5, f64::INFINITY),
        LineClass::Road => (palette::ROAD, lift::ROAD, 0.4, 11.0),
        LineClass::MinorRoad => (palette::MINOR_ROAD, lift::MINOR_ROAD, 0.35, 5.5),
        LineClass::Path => (palette::PATH, lift::PATH, 0.0, 1.5),
        LineClass::Tram | LineClass::Rail => (palette::TRACK_BED, lift::TRACK, 0.0, 5.5),
    };
    Style {
        colour,
        lift_m,
        casing_m,
        up_to_tolerance_m,
    }
}

/// Whether levels of this tolerance show a class.
pub fn shown(class: LineClass, tolerance_m: f64) -> bool {
    tolerance_m <= style(class).up_to_tolerance_m
}

/// Rails are drawn one by one up to this tolerance, as one dark ribbon beyond.
const RAILS_UP_TO_M: f64 = 1.3;
const RAIL_WIDTH_M: f64 = 0.22;
const HALF_GAUGE_M: f64 = 0.7175;
/// Ribbons stay about so many tolerances wide, so that they are seen from afar: a tolerance is a pixel where its level is looked at …
const WIDTH_TOLERANCES: f64 = 1.0;
/// … but never so many times their own width: a coarse tile is also seen from near by, while finer ones are on their way.
const WIDEST: f64 = 2.0;

const SLAB_M: f64 = 0.9;
const SLAB_RIM_M: f64 = 0.6;
const PIER_EVERY_M: f64 = 32.0;
const PIERS_UP_TO_M: f64 = 2.6;
const PIER_DEPTH_M: f64 = 1.5;

pub fn draw(scene: &Scene, courses: &Courses, key: TileKey, lines: Lines, name: &str) -> Drawn {
    let rect = scene.grid.rect(key);
    let tolerance = scene.grid.tolerance(key.level);
    let surface = scene.surface(key);
    let step_m = super::package::position_step(&scene.grid, key.level);
    let mesh = MeshBuilder::new(name, scene.frame(key)).featured(0);
    let mut painter = Painter {
        rect,
        tolerance,
        cloth: Drape::new(&surface, &rect, step_m, tolerance, mesh),
    };
    let mut rows: Vec<usize> = Vec::new();
    for course in courses.near(&rect.grown(tolerance)) {
        let style = style(course.class);
        if !lines.holds(course.class) || !shown(course.class, tolerance) {
            continue;
        }
        // Stretches of one line follow each other, so its row is the last one or a new one.
        let feature = match rows.last() {
            Some(last) if *last == course.line => rows.len() as u32 - 1,
            _ => rows.len() as u32,
        };
        let before = painter.cloth.mesh.triangles();
        match &course.kind {
            Kind::Ground(points) => painter.on_ground(points, course, &style, feature),
            Kind::Deck(deck) => painter.deck(deck, course, &style, feature),
        }
        if painter.cloth.mesh.triangles() > before && feature as usize == rows.len() {
            rows.push(course.line);
        }
    }
    if painter.cloth.mesh.is_empty() {
        return Drawn::default();
    }
    let (mesh, extent) = painter.cloth.finish();
    let kept: Vec<&NetworkLine> = rows.iter().filter_map(|i| scene.region.lines.get(*i)).collect();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: vec![table(&kept)],
        },
        extent: Some(extent),
        finest: false,
    }
}

struct Painter<'a> {
    /// The tile.
    rect: Bounds2,
    tolerance: f64,
    cloth: Drape<'a>,
}

impl Painter<'_> {
    fn on_ground(&mut self, points: &[[f64; 2]], course: &Course, style: &Style, feature: u32) {
        let simple = self.simplified(points);
        let slices = if self.tolerance < 1.3 { 6 } else { 3 };
        let ends = [End::Round(slices); 2];
        let half = 0.5 * self.drawn_width(course);
        if matches!(course.class, LineClass::Tram | LineClass::Rail) {
            let lift = style.lift_m;
            if self.tolerance > RAILS_UP_TO_M {
                self.drape(&Ribbon::new(&simple, half, [End::Flat; 2]), lift, palette::RAIL, feature);
                return;
            }
            self.drape(&Ribbon::new(&simple, half, [End::Flat; 2]), lift, style.colour, feature);
            for side in [-HALF_GAUGE_M, HALF_GAUGE_M] {
                let rail = Ribbon::new(&beside(&simple, side), 0.5 * RAIL_WIDTH_M, [End::Flat; 2]);
                self.drape(&rail, lift + 0.04, palette::RAIL, feature);
            }
            return;
        }
        // Near by, kerbs are the streets' own layer: one rim around all that flows together.
        if style.casing_m > 0.0 && !streets::drawn_at(self.tolerance) {
            let rim = style.casing_m.max(0.25 * self.tolerance).min(WIDEST * style.casing_m);
            let casing = Ribbon::new(&simple, half + rim, ends);
            self.drape(&casing, lift::CASING, palette::CASING, feature);
        }
        self.drape(&Ribbon::new(&simple, half, ends), style.lift_m, style.colour, feature);
    }

    fn drape(&mut self, ribbon: &Ribbon, lift_m: f64, colour: Rgba, feature: u32) {
        self.cloth.lay(ribbon.triangles(), lift_m, &|_| colour, feature);
    }

    /// A slab with its carriageway, and piers where there is water below.
    fn deck(&mut self, deck: &Deck, course: &Course, style: &Style, feature: u32) {
        let points = deck.points.as_slice();
        let half = 0.5 * self.drawn_width(course);
        let lift = style.lift_m * self.cloth.rise;
        let track = matches!(course.class, LineClass::Tram | LineClass::Rail);
        let colour = if track && self.tolerance > RAILS_UP_TO_M { palette::RAIL } else { style.colour };
        if !deck.rides {
            self.slab(points, half + SLAB_RIM_M, lift::CASING * self.cloth.rise, feature);
        }
        self.strip(points, half, lift, colour, feature);
        if track && self.tolerance <= RAILS_UP_TO_M {
            let plan: Vec<[f64; 2]> = points.iter().map(|p| [p[0], p[1]]).collect();
            for side in [-HALF_GAUGE_M, HALF_GAUGE_M] {
                let rail: Vec<[f64; 3]> = beside(&plan, side)
                    .iter()
                    .zip(points)
                    .map(|(at, p)| [at[0], at[1], p[2]])
                    .collect();
                self.strip(&rail, 0.5 * RAIL_WIDTH_M, lift + 0.05, palette::RAIL, feature);
            }
        }
        if let (Some(water_m), false) = (deck.water_m, deck.rides || self.tolerance > PIERS_UP_TO_M) {
            self.piers(points, half, water_m - PIER_DEPTH_M, feature);
        }
    }

    /// The edges of a deck at each of its points: left and right.
    fn edges(points: &[[f64; 3]], half: f64, lift_m: f64) -> Vec<[[f64; 3]; 2]> {
        let plan: Vec<[f64; 2]> = points.iter().map(|p| [p[0], p[1]]).collect();
        let (left, right) = (beside(&plan, -half), beside(&plan, half));
        points
            .iter()
            .zip(left.iter().zip(&right))
            .map(|(p, (l, r))| [[l[0], l[1], p[2] + lift_m], [r[0], r[1], p[2] + lift_m]])
            .collect()
    }

    /// A piece of a deck is drawn whole by the tile that holds its middle.
    fn mine(&self, a: &[[f64; 3]; 2], b: &[[f64; 3]; 2]) -> bool {
        let middle = |k: usize| 0.25 * (a[0][k] + a[1][k] + b[0][k] + b[1][k]);
        (0..2).all(|k| self.rect.min[k] <= middle(k) && middle(k) < self.rect.max[k])
    }

    fn strip(&mut self, points: &[[f64; 3]], half: f64, lift_m: f64, colour: Rgba, feature: u32) {
        for pair in Self::edges(points, half, lift_m).windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if self.mine(&a, &b) {
                self.cloth.mesh.face(&[a[1], b[1], b[0], a[0]], &[colour; 4], feature);
            }
        }
    }

    fn slab(&mut self, points: &[[f64; 3]], half: f64, lift_m: f64, feature: u32) {
        let edges = Self::edges(points, half, lift_m);
        let count = edges.len();
        for (index, pair) in edges.windows(2).enumerate() {
            let (a, b) = (pair[0], pair[1]);
            if !self.mine(&a, &b) {
                continue;
            }
            let low = |p: [f64; 3]| [p[0], p[1], p[2] - SLAB_M];
            let (side, under) = (palette::DECK_SIDE, palette::DECK_UNDER);
            self.cloth.mesh.face(&[a[1], b[1], b[0], a[0]], &[palette::CASING; 4], feature);
            self.cloth.mesh.face(&[low(a[0]), low(b[0]), low(b[1]), low(a[1])], &[under; 4], feature);
            self.cloth.mesh.face(&[low(a[1]), low(b[1]), b[1], a[1]], &[under, under, side, side], feature);
            self.cloth.mesh.face(&[low(b[0]), low(a[0]), a[0], b[0]], &[under, under, side, side], feature);
            if index == 0 {
                self.cloth.mesh.face(&[low(a[0]), low(a[1]), a[1], a[0]], &[side; 4], feature);
            }
            if index + 2 == count {
                self.cloth.mesh.face(&[low(b[1]), low(b[0]), b[0], b[1]], &[side; 4], feature);
            }
        }
    }

    fn piers(&mut self, points: &[[f64; 3]], half: f64, foot_m: f64, feature: u32) {
        let total: f64 = points
            .windows(2)
            .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
            .sum();
        let count = (total / PIER_EVERY_M).floor().min(1_000.0) as usize;
        if count == 0 {
            return;
        }
        let every = total / (count + 1) as f64;
        let (mut walked, mut next) = (0.0, every);
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let length = dx.hypot(dy);
            while length > 0.0 && next <= walked + length && next < total - 1.0 {
                let share = (next - walked) / length;
                next += every;
                let at = [a[0] + share * dx, a[1] + share * dy];
                if !(0..2).all(|k| self.rect.min[k] <= at[k] && at[k] < self.rect.max[k]) {
                    continue;
                }
                let top = a[2] + share * (b[2] - a[2]) - 0.5 * SLAB_M;
                let (along, across) = ([dx / length, dy / length], [-dy / length, dx / length]);
                let corner = |s: f64, t: f64, z: f64| {
                    let (s, t) = (s * 0.8, t * 0.7 * half);
                    [at[0] + s * along[0] + t * across[0], at[1] + s * along[1] + t * across[1], z]
                };
                let ring = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
                for k in 0..4 {
                    let ((s0, t0), (s1, t1)) = (ring[k], ring[(k + 1) % 4]);
                    let face = [
                        corner(s0, t0, foot_m),
                        corner(s1, t1, foot_m),
                        corner(s1, t1, top),
                        corner(s0, t0, top),
                    ];
                    self.cloth.mesh.face(&face, &[palette::DECK_UNDER; 4], feature);
                }
            }
            walked += length;
        }
    }

    fn drawn_width(&self, course: &Course) -> f64 {
        let wanted = course.width_m.max(WIDTH_TOLERANCES * self.tolerance);
        wanted.min(WIDEST * course.width_m)
    }

    fn simplified(&self, points: &[[f64; 2]]) -> Vec<[f64; 2]> {
        if self.tolerance < 0.7 {
            return points.to_vec();
        }
        let line = LineString::from(points.to_vec()).simplify(0.3 * self.tolerance);
        line.0.iter().map(|c| [c.x, c.y]).collect()
    }
}

/// The line moved sideways, to the right when positive, corner by corner with bounded mitres.
fn beside(points: &[[f64; 2]], right_m: f64) -> Vec<[f64; 2]> {
    let direction = |a: [f64; 2], b: [f64; 2]| {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        (length > 1e-9).then(|| [dx / length, dy / length])
    };
    (0..points.len())
        .map(|i| {
            let at = points[i];
            let before = points[..i].iter().rev().find_map(|p| direction(*p, at));
            let after = points[i + 1..].iter().find_map(|p| direction(at, *p));
            let (b, a) = match (before, after) {
                (Some(b), Some(a)) => (b, a),
                (Some(d), None) | (None, Some(d)) => (d, d),
                (None, None) => return at,
            };
            let (x, y) = (b[1] + a[1], -(b[0] + a[0]));
            let square = x * x + y * y;
            if square < 0.5 {
                return [at[0] + a[1] * right_m, at[1] - a[0] * right_m];
            }
            let stretch = 2.0 * right_m / square;
            [at[0] + x * stretch, at[1] + y * stretch]
        })
        .collect()
}

pub fn class_name(class: LineClass) -> &'static str {
    match class {
        LineClass::MajorRoad => "major-road",
        LineClass::Road => "road",
        LineClass::MinorRoad => "minor-road",
        LineClass::Path => "path",
        LineClass::Tram => "tram",
        LineClass::Rail => "rail",
    }
}

fn table(lines: &[&NetworkLine]) -> PropertyTable {
    let text = |of: &dyn Fn(&NetworkLine) -> String| Values::Text(lines.iter().map(|l| of(l)).collect());
    let number = |of: &dyn Fn(&NetworkLine) -> f32| Values::F32(lines.iter().map(|l| of(l)).collect());
    let column = |name: &str, values: Values| Column {
        name: name.to_owned(),
        values,
    };
    PropertyTable {
        class: "line".to_owned(),
        count: lines.len(),
        columns: vec![
            column("id", text(&|l| l.id.clone())),
            column("name", text(&|l| l.name.clone().unwrap_or_default())),
            column("class", text(&|l| class_name(l.class).to_owned())),
            column("width_m", number(&|l| l.width_m as f32)),
            column("level", number(&|l| l.level as f32)),
            column("dataset", text(&|l| l.dataset.to_string())),
        ],
    }
}
