//! Areas: zones, parcels, outlines as coloured cloth on the ground, each theme a layer of its own.
//!
//! They lie above the pavements and below the roads, so that streets can still be read on them; their outlines lie above all of it.
//! Surfaces are cut into the tiles of one level in the middle, once, and finer tiles cut their own pieces from these:
//! a commune's outline of ten thousand points is never walked for each of its thousand tiles.

use super::drape::{Drape, lift};
use super::grid::{Grid, TileKey};
use super::kept::{self, Columns, Kept, KeptColumns};
use super::mesh::{Extent, MeshBuilder};
use super::package::position_step;
use super::palette::{self, Rgba};
use super::part::Part;
use super::ribbon::{End, Ribbon};
use super::scene::{Drawn, Scene};
use super::shore::{bounds_of, rectangle};
use crate::base::Bounds2;
use crate::formats::gltf::{Column, PropertyTable, TileContent, Values};
use crate::region::simplify::Simplify;
use crate::region::{Area, AreaShape, AreaTheme, footprint};
use geo::{BooleanOps, Coord, LineString, MapCoords, MultiPolygon, Polygon};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::f64::consts::TAU;

/// Surfaces are cut this many levels above the finest.
const CUT_LEVELS_UP: u32 = 2;
/// Seen from afar, what is smaller than so many tolerances is left out.
const SEEN_FROM_TOLERANCES: f64 = 1.5;
/// Pieces of outlines that are kept together.
const STROKE_POINTS: usize = 48;
/// Outlines stay about a pixel wide, but no wider than this times their own width.
const WIDEST: f64 = 6.0;
/// Lines and places of plans are left out of levels with a larger tolerance.
const LINES_UP_TO_TOLERANCE_M: f64 = 11.0;
const PLACES_UP_TO_TOLERANCE_M: f64 = 5.5;
const PARCELS_UP_TO_TOLERANCE_M: f64 = 5.5;
const PLACE_RADIUS_M: f64 = 2.5;
const PLACE_SLICES: u32 = 12;
const STROKE_WIDTH_M: f64 = 1.6;
/// Pieces overlap by so many steps of their tile's lattice: more than [`Drape`] cuts off again.
const OVERLAP_STEPS: f64 = 5.0;

/// Coarse tiles hang over their border by less than their lattice would have it: a crack of decimetres is not seen from there,
/// and other people's checks take what lies outside a tile's volume for a fault.
const OVERHANG_STEP_M: f64 = 0.1;

/// Names of the columns that are ours.
const OWN_COLUMNS: [&str; 6] = ["id", "name", "theme", "code", "area_m2", "dataset"];

/// A thing to be drawn in a tile.
#[derive(Clone, Debug)]
enum Piece {
    Surface(Polygon<f64>),
    /// A stretch of an outline or of a line.
    Stroke(Vec<[f64; 2]>),
    Place([f64; 2]),
}

#[derive(Clone, Debug)]
struct Item {
    /// Place in the region's list.
    area: usize,
    bounds: Bounds2,
    piece: Piece,
}

/// One theme's layer, cut to the tiles of the levels down to [`Plan::cut_level`].
#[derive(Debug)]
pub struct Plan {
    pub theme: AreaTheme,
    cut_level: u32,
    /// The levels that are cut for this part.
    levels: Vec<u32>,
    /// Areas are counted here; those of a territory in parts are counted when it is put together, for one may lie in many of them.
    whole: bool,
    cut: BTreeMap<TileKey, Vec<Item>>,
    kept: Vec<Kept>,
    /// Places of the theme's areas in the region's list.
    members: Vec<usize>,
}

/// The plans of all themes: a part that has nothing of one still has the layer, and one without tiles goes in the end.
pub fn plans(scene: &Scene, columns: &KeptColumns) -> Vec<Plan> {
    AreaTheme::ALL.into_iter().map(|theme| Plan::new(scene, theme, &columns.layer(theme.id()))).collect()
}

/// The level at which surfaces are cut as they are.
fn cut_level(grid: &Grid) -> u32 {
    grid.finest.saturating_sub(CUT_LEVELS_UP)
}

/// Parcels are left out of levels with a larger tolerance: there are too many to be told apart from there.
fn seen_up_to_m(theme: AreaTheme) -> f64 {
    if theme == AreaTheme::Parcel { PARCELS_UP_TO_TOLERANCE_M } else { f64::INFINITY }
}

/// Whether something of these bounds in the plane is shown in a level above that at which things are cut as they are.
fn surface_shown(theme: AreaTheme, bounds: &Bounds2, tolerance_m: f64) -> bool {
    let size = bounds.size();
    tolerance_m <= seen_up_to_m(theme) && size[0].max(size[1]) >= SEEN_FROM_TOLERANCES * tolerance_m
}

/// Whether an area shows in a tile of this part, for what is drawn above others; `place` as in [`Scene::place`].
pub fn shown_in(area: &Area, grid: &Grid, part: &Part, place: &dyn Fn([f64; 2]) -> Option<[f64; 2]>) -> bool {
    let bounds = placed_bounds(area, place);
    let exact = cut_level(grid);
    let shown = |level: u32| {
        let tolerance = grid.tolerance(level);
        level == exact
            || match &area.shape {
                AreaShape::Surface(_) => surface_shown(area.theme, &bounds, tolerance),
                AreaShape::Lines(_) => tolerance <= LINES_UP_TO_TOLERANCE_M,
                AreaShape::Places(_) => tolerance <= PLACES_UP_TO_TOLERANCE_M,
            }
    };
    let around = bounds.grown(WIDEST * STROKE_WIDTH_M);
    // What shows in a level shows in all finer ones, and what a part above others holds it holds up to the root.
    bounds.intersects(&grid.rect(TileKey::ROOT))
        && (0..=exact).find(|level| shown(*level)).is_some_and(|level| {
            part.levels(grid).contains(&level) && grid.tiles_in(level, &around).into_iter().any(|key| part.holds(key))
        })
}

/// The bounds of an area in the plane.
pub fn placed_bounds(area: &Area, place: &dyn Fn([f64; 2]) -> Option<[f64; 2]>) -> Bounds2 {
    let placed = |at: [f64; 2]| place(at).filter(|at| at.iter().all(|v| v.is_finite()));
    match &area.shape {
        AreaShape::Surface(outline) => {
            let points = outline.iter().flat_map(|polygon| &polygon.exterior().0);
            Bounds2::of(points.filter_map(|c| placed([c.x, c.y])))
        }
        AreaShape::Lines(lines) => Bounds2::of(lines.iter().flatten().filter_map(|at| placed(*at))),
        AreaShape::Places(places) => Bounds2::of(places.iter().filter_map(|at| placed(*at))),
    }
}

impl Plan {
    fn new(scene: &Scene, theme: AreaTheme, columns: &Columns) -> Self {
        let cut_level = cut_level(&scene.grid);
        let levels = scene.part.levels(&scene.grid);
        let mut plan = Self {
            theme,
            cut_level,
            // Tiles finer than those that are cut take their pieces from the cut ones above them.
            levels: (0..=cut_level)
                .filter(|level| levels.contains(level) || (*level == cut_level && *level < levels.end))
                .collect(),
            whole: matches!(scene.part, Part::Whole),
            cut: BTreeMap::new(),
            kept: kept::columns(columns, &OWN_COLUMNS),
            members: Vec::new(),
        };
        for (index, area) in scene.region.areas.iter().enumerate().filter(|(_, area)| area.theme == theme) {
            if plan.add(scene, index, area) {
                plan.members.push(index);
            }
        }
        plan
    }

    /// False where nothing of the area lies in the plane.
    fn add(&mut self, scene: &Scene, index: usize, area: &Area) -> bool {
        let placed = |at: [f64; 2]| scene.place(at).filter(|p| p.iter().all(|v| v.is_finite()));
        let grid = &scene.grid;
        match &area.shape {
            AreaShape::Surface(outline) => {
                let outline = outline
                    .try_map_coords(|c| placed([c.x, c.y]).map(|[x, y]| Coord { x, y }).ok_or(()));
                let Ok(outline) = outline else { return false };
                let mut known = false;
                for polygon in outline {
                    known |= self.add_surface(scene, area.theme, index, polygon);
                }
                known
            }
            AreaShape::Lines(lines) => {
                let lines: Vec<Vec<[f64; 2]>> = lines
                    .iter()
                    .map(|line| line.iter().filter_map(|p| placed(*p)).collect())
                    .collect();
                let mut known = false;
                for line in lines.iter().filter(|line| line.len() > 1) {
                    known |= near_root(grid, line);
                    for level in self.levels.clone() {
                        let tolerance = grid.tolerance(level);
                        if tolerance <= LINES_UP_TO_TOLERANCE_M || level == self.cut_level {
                            self.add_stroke(scene, level, index, &simplified(line, tolerance, level == self.cut_level));
                        }
                    }
                }
                known
            }
            AreaShape::Places(places) => {
                let root = grid.rect(TileKey::ROOT);
                let mut known = false;
                for at in places
                    .iter()
                    .filter_map(|at| placed(*at))
                    .filter(|at| root.contains(*at))
                {
                    known = true;
                    for level in self.levels.clone() {
                        if grid.tolerance(level) <= PLACES_UP_TO_TOLERANCE_M
                            || level == self.cut_level
                        {
                            let bounds =
                                Bounds2::of([at]).grown(place_radius(grid.tolerance(level)));
                            self.push(scene, level, Item { area: index, bounds, piece: Piece::Place(at) });
                        }
                    }
                }
                known
            }
        }
    }

    fn add_surface(&mut self, scene: &Scene, theme: AreaTheme, index: usize, polygon: Polygon<f64>) -> bool {
        let grid = &scene.grid;
        let whole = bounds_of(&polygon);
        if !whole.intersects(&grid.rect(TileKey::ROOT)) {
            return false;
        }
        for level in self.levels.clone() {
            let exact = level == self.cut_level;
            let tolerance = grid.tolerance(level);
            if !exact && !surface_shown(theme, &whole, tolerance) {
                continue;
            }
            let mut drawn = polygon.clone();
            if !exact {
                let simple = polygon.simplify(0.5 * tolerance);
                if simple.exterior().0.len() >= 4 && footprint::is_valid(&simple) {
                    drawn = simple;
                }
            }
            for ring in std::iter::once(drawn.exterior()).chain(drawn.interiors()) {
                let ring: Vec<[f64; 2]> = ring.0.iter().map(|c| [c.x, c.y]).collect();
                self.add_stroke(scene, level, index, &ring);
            }
            let mut pieces = Vec::new();
            cut_down(grid, &scene.part, drawn, TileKey::ROOT, level, &mut pieces);
            for (key, polygon) in pieces {
                let item = Item {
                    area: index,
                    bounds: bounds_of(&polygon),
                    piece: Piece::Surface(polygon),
                };
                self.cut.entry(key).or_default().push(item);
            }
        }
        true
    }

    /// A line in stretches, each in the tiles it may be drawn in.
    fn add_stroke(&mut self, scene: &Scene, level: u32, index: usize, line: &[[f64; 2]]) {
        let root = scene.grid.rect(TileKey::ROOT);
        let reach = WIDEST * STROKE_WIDTH_M;
        let mut from = 0;
        while from + 1 < line.len() {
            let to = (from + STROKE_POINTS).min(line.len());
            let Some(stretch) = line.get(from..to) else {
                break;
            };
            let bounds = Bounds2::of(stretch.iter().copied()).grown(reach);
            if bounds.intersects(&root) {
                self.push(scene, level, Item { area: index, bounds, piece: Piece::Stroke(stretch.to_vec()) });
            }
            // The next begins where this one ends.
            from = to - 1;
        }
    }

    fn push(&mut self, scene: &Scene, level: u32, item: Item) {
        for key in scene.grid.tiles_in(level, &item.bounds).into_iter().filter(|key| scene.part.reaches(*key)) {
            self.cut.entry(key).or_default().push(item.clone());
        }
    }

    /// The tiles of the layer: only those that the ground is drawn in, for cloth cut finer than the ground would float or drown.
    pub fn tiles(&self, grid: &Grid, ground: &BTreeSet<TileKey>) -> Vec<TileKey> {
        let mut tiles: BTreeSet<TileKey> = self.cut.keys().copied().collect();
        for (key, items) in self
            .cut
            .iter()
            .filter(|(key, _)| key.level == self.cut_level)
        {
            let mut open = vec![*key];
            while let Some(parent) = open.pop() {
                if parent.level >= grid.finest {
                    continue;
                }
                for child in parent.children() {
                    let rect = grid.rect(child);
                    if items.iter().any(|item| item.bounds.intersects(&rect)) {
                        tiles.insert(child);
                        open.push(child);
                    }
                }
            }
        }
        tiles.intersection(ground).copied().collect()
    }

    /// What lies in a tile, cut for it or for the tile above that is cut.
    fn items(&self, key: TileKey) -> &[Item] {
        let mut above = key;
        while above.level > self.cut_level {
            match above.parent() {
                Some(parent) => above = parent,
                None => break,
            }
        }
        self.cut.get(&above).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn features(&self) -> usize {
        if self.whole { self.members.len() } else { 0 }
    }

    /// The areas of the layer.
    pub fn areas<'r>(&'r self, scene: &'r Scene) -> impl Iterator<Item = &'r Area> + 'r {
        self.members
            .iter()
            .filter_map(|i| scene.region.areas.get(*i))
    }
}

fn near_root(grid: &Grid, line: &[[f64; 2]]) -> bool {
    Bounds2::of(line.iter().copied()).grown(WIDEST * STROKE_WIDTH_M).intersects(&grid.rect(TileKey::ROOT))
}

/// Cuts a polygon into the tiles of a level that a part reaches, each cut on the way halving what the next has to look at.
fn cut_down(
    grid: &Grid,
    reached: &Part,
    polygon: Polygon<f64>,
    key: TileKey,
    level: u32,
    pieces: &mut Vec<(TileKey, Polygon<f64>)>,
) {
    if !reached.reaches(key) {
        return;
    }
    let window = grid
        .rect(key)
        .grown(OVERLAP_STEPS * position_step(grid, key.level));
    let bounds = bounds_of(&polygon);
    if !bounds.intersects(&window) {
        return;
    }
    let inside = (0..2).all(|k| bounds.min[k] >= window.min[k] && bounds.max[k] <= window.max[k]);
    let parts = if inside {
        MultiPolygon(vec![polygon])
    } else {
        polygon.intersection(&rectangle(&window))
    };
    for part in parts {
        if key.level == level {
            pieces.push((key, part));
        } else {
            for child in key.children() {
                cut_down(grid, reached, part.clone(), child, level, pieces);
            }
        }
    }
}

fn simplified(line: &[[f64; 2]], tolerance_m: f64, exact: bool) -> Vec<[f64; 2]> {
    if exact {
        return line.to_vec();
    }
    let simple = LineString::from(line.to_vec()).simplify(0.3 * tolerance_m);
    simple.0.iter().map(|c| [c.x, c.y]).collect()
}

fn place_radius(tolerance_m: f64) -> f64 {
    (2.0 * tolerance_m).clamp(PLACE_RADIUS_M, WIDEST * PLACE_RADIUS_M)
}

pub fn draw(scene: &Scene, plan: &Plan, key: TileKey) -> Drawn {
    let items = plan.items(key);
    if items.is_empty() {
        return Drawn::default();
    }
    let rect = scene.grid.rect(key);
    let tolerance = scene.grid.tolerance(key.level);
    let surface = scene.surface(key);
    let step_m = position_step(&scene.grid, key.level);
    let drape = |name: &str| {
        let mesh = MeshBuilder::new(name, scene.frame(key)).featured(0);
        Drape::new(&surface, &rect, step_m.min(OVERHANG_STEP_M), tolerance, mesh)
    };
    // Two meshes: fills let the land show through, outlines do not.
    let mut fills = drape(plan.theme.id());
    let mut marks = drape("outlines");
    let window = fills.window;
    let half = 0.5
        * tolerance.clamp(
            outline_width(plan.theme),
            WIDEST * outline_width(plan.theme),
        );
    let line_half = 0.5 * tolerance.clamp(STROKE_WIDTH_M, WIDEST * STROKE_WIDTH_M);
    let mut rows: Vec<usize> = Vec::new();
    let mut row_of: HashMap<usize, u32> = HashMap::new();
    for item in items {
        if !item.bounds.intersects(&window) {
            continue;
        }
        let Some(area) = scene.region.areas.get(item.area) else {
            continue;
        };
        let feature = row_of.get(&item.area).copied().unwrap_or(rows.len() as u32);
        let before = fills.mesh.triangles() + marks.mesh.triangles();
        let is_surface = matches!(area.shape, AreaShape::Surface(_));
        match &item.piece {
            Piece::Surface(polygon) => {
                let fill = fill(plan.theme, &area.code);
                fills.cover(polygon, fill_lift(plan.theme), fill, feature);
            }
            Piece::Stroke(points) => {
                let (half, colour) = if is_surface {
                    (half, outline_colour(plan.theme))
                } else {
                    (line_half, mark_colour(plan.theme))
                };
                let ribbon = Ribbon::new(points, half, [End::Round(3); 2]);
                let near = ribbon
                    .triangles()
                    .filter(|t| Bounds2::of(t.iter().copied()).intersects(&window));
                marks.lay(near, lift::OUTLINE, &|_| colour, feature);
            }
            Piece::Place(at) => {
                let radius = place_radius(tolerance);
                let rim = |i: u32| {
                    let (sin, cos) = (TAU * f64::from(i) / f64::from(PLACE_SLICES)).sin_cos();
                    [at[0] + radius * cos, at[1] + radius * sin]
                };
                let slices = (0..PLACE_SLICES).map(|i| [*at, rim(i), rim(i + 1)]);
                marks.lay(slices, lift::OUTLINE, &|_| mark_colour(plan.theme), feature);
            }
        }
        if fills.mesh.triangles() + marks.mesh.triangles() > before && feature as usize == rows.len() {
            rows.push(item.area);
            row_of.insert(item.area, feature);
        }
    }
    let mut meshes = Vec::new();
    let mut extent = Extent::EMPTY;
    for cloth in [fills, marks] {
        if cloth.mesh.is_empty() {
            continue;
        }
        let (mesh, its) = cloth.finish();
        meshes.push(mesh);
        extent = extent.union(its);
    }
    if meshes.is_empty() {
        return Drawn::default();
    }
    let areas: Vec<&Area> = rows
        .iter()
        .filter_map(|i| scene.region.areas.get(*i))
        .collect();
    Drawn {
        content: TileContent {
            meshes,
            tables: vec![table(&areas, &plan.kept)],
        },
        extent: Some(extent),
        finest: false,
    }
}

fn table(areas: &[&Area], kept: &[Kept]) -> PropertyTable {
    let text = |of: &dyn Fn(&Area) -> String| Values::Text(areas.iter().map(|a| of(a)).collect());
    let column = |name: &str, values: Values| Column {
        name: name.to_owned(),
        values,
    };
    let square = areas
        .iter()
        .map(|a| a.shape.surface_m2().map_or(f64::NAN, |m2| m2))
        .collect();
    PropertyTable {
        class: "area".to_owned(),
        count: areas.len(),
        columns: vec![
            column("id", text(&|a| a.id.clone())),
            column("name", text(&|a| a.name.clone())),
            column("theme", text(&|a| a.theme.id().to_owned())),
            column("code", text(&|a| a.code.clone())),
            column("area_m2", Values::F64(square)),
            column("dataset", text(&|a| a.dataset.to_string())),
        ]
        .into_iter()
        .chain(
            kept.iter()
                .map(|kept| kept.column(areas.iter().map(|a| a.attributes.as_slice()))),
        )
        .collect(),
    }
}

/// What the layer is called, French and English.
pub fn title(theme: AreaTheme) -> (&'static str, &'static str) {
    match theme {
        AreaTheme::Outline => ("Contours administratifs", "Administrative outlines"),
        AreaTheme::Iris => ("IRIS", "IRIS"),
        AreaTheme::Parcel => ("Parcelles", "Parcels"),
        AreaTheme::Zone => ("Zones du plan d’urbanisme", "Zones of the local plan"),
        AreaTheme::Prescription => ("Prescriptions du plan", "Prescriptions of the plan"),
        AreaTheme::Information => ("Informations du plan", "Information of the plan"),
        AreaTheme::Servitude => ("Servitudes d’utilité publique", "Public easements"),
        AreaTheme::Flood => ("Zones inondables", "Flood zones"),
        AreaTheme::Park => ("Parcs et jardins", "Parks and gardens"),
        AreaTheme::LandCover => ("Occupation du sol", "Land cover"),
        AreaTheme::CarPark => ("Parkings", "Car parks"),
        AreaTheme::PublicFacility => ("Équipements publics", "Public facilities"),
    }
}

/// What covers the ground lies under the pavements; what is decided about it lies over them.
fn fill_lift(theme: AreaTheme) -> f64 {
    match theme {
        AreaTheme::LandCover | AreaTheme::Park | AreaTheme::Flood | AreaTheme::CarPark => lift::COVER,
        _ => lift::ZONE,
    }
}

fn outline_width(theme: AreaTheme) -> f64 {
    match theme {
        AreaTheme::Outline => 2.4,
        AreaTheme::Iris | AreaTheme::Zone => 1.6,
        AreaTheme::Parcel => 0.4,
        _ => 1.0,
    }
}

const RED: [f64; 3] = [230.0, 200.0, 190.0];
const ORANGE: [f64; 3] = [240.0, 217.0, 184.0];
const YELLOW: [f64; 3] = [240.0, 234.0, 194.0];
const GREEN: [f64; 3] = [196.0, 217.0, 182.0];
const VIOLET: [f64; 3] = [218.0, 204.0, 222.0];
const BLUE: [f64; 3] = [182.0, 205.0, 224.0];
const GREY: [f64; 3] = [223.0, 222.0, 218.0];

/// How much of the land a fill hides, of 255: what covers the ground is the ground; what is decided about it lets the land show.
fn opacity(theme: AreaTheme) -> u8 {
    match theme {
        AreaTheme::LandCover | AreaTheme::Park => 255,
        AreaTheme::Zone | AreaTheme::CarPark => 170,
        AreaTheme::Flood | AreaTheme::Prescription | AreaTheme::Information | AreaTheme::Servitude | AreaTheme::PublicFacility => 150,
        // Enough to be found by a click.
        AreaTheme::Parcel | AreaTheme::Iris | AreaTheme::Outline => 36,
    }
}

fn fill(theme: AreaTheme, code: &str) -> Rgba {
    let [red, green, blue, _] = palette::opaque(match theme {
        AreaTheme::Zone => zone_fill(code),
        AreaTheme::LandCover => cover_fill(code),
        AreaTheme::Park => GREEN,
        AreaTheme::Flood => BLUE,
        AreaTheme::Prescription => [222.0, 196.0, 206.0],
        AreaTheme::Information => [206.0, 212.0, 226.0],
        AreaTheme::Servitude => VIOLET,
        AreaTheme::CarPark => GREY,
        AreaTheme::PublicFacility => ORANGE,
        AreaTheme::Outline | AreaTheme::Iris | AreaTheme::Parcel => GREY,
    });
    [red, green, blue, opacity(theme)]
}

/// The usual colours of French plans, pale: U red, AU orange, A yellow, N green; POS letters and sectors of cartes communales likewise.
fn zone_fill(code: &str) -> [f64; 3] {
    let code = code.trim().to_uppercase();
    match code.as_str() {
        // Sectors of a carte communale: open to building, to activities, closed.
        "01" => RED,
        "02" => VIOLET,
        "03" | "99" => GREEN,
        _ if code.starts_with("AU")
            || code.starts_with("NA")
            || code.starts_with("1AU")
            || code.starts_with("2AU") =>
        {
            ORANGE
        }
        _ if code.starts_with('U') || code.starts_with("NB") => RED,
        _ if code.starts_with('A') || code.starts_with("NC") => YELLOW,
        _ if code.starts_with('N') => GREEN,
        _ => GREY,
    }
}

/// By the classes of CORINE and Urban Atlas (first digit), OCS GE (`CS…`) or OpenStreetMap's words.
fn cover_fill(code: &str) -> [f64; 3] {
    let code = code.trim().to_lowercase();
    if let Some(first) = code.chars().next().filter(char::is_ascii_digit) {
        return match first {
            '1' => RED,
            '2' => YELLOW,
            '3' => GREEN,
            _ => BLUE,
        };
    }
    match code.as_str() {
        _ if code.starts_with("cs1.1") => RED,
        _ if code.starts_with("cs1.2.2") || code.starts_with("cs1.2.3") => BLUE,
        _ if code.starts_with("cs1") => GREY,
        _ if code.starts_with("cs2.1") => GREEN,
        _ if code.starts_with("cs2") => YELLOW,
        "residential" | "industrial" | "commercial" | "retail" | "railway" | "construction" => RED,
        "farmland" | "farmyard" | "orchard" | "vineyard" | "allotments" => YELLOW,
        "wetland" => BLUE,
        "quarry" | "bare_rock" | "scree" | "sand" | "beach" | "landfill" | "brownfield" => GREY,
        _ => GREEN,
    }
}

/// One colour for all outlines of a theme: neighbours share their edge, and two colours at one place would flicker.
fn outline_colour(theme: AreaTheme) -> Rgba {
    match theme {
        AreaTheme::Outline | AreaTheme::Iris => [112, 112, 120, 255],
        AreaTheme::Parcel => [150, 146, 138, 255],
        _ => mark_colour(theme),
    }
}

fn mark_colour(theme: AreaTheme) -> Rgba {
    match theme {
        AreaTheme::Prescription => [150, 84, 108, 255],
        AreaTheme::Information => [92, 104, 140, 255],
        AreaTheme::Servitude => [122, 92, 138, 255],
        AreaTheme::Flood => [84, 124, 160, 255],
        AreaTheme::Park | AreaTheme::LandCover => [132, 156, 116, 255],
        _ => [120, 110, 104, 255],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_of_all_generations_have_their_colour() {
        for (code, colour) in [
            ("U", RED),
            ("AUc", ORANGE),
            ("1AU", ORANGE),
            ("A", YELLOW),
            ("Nh", GREEN),
            ("NC", YELLOW),
            ("01", RED),
        ] {
            assert_eq!(zone_fill(code), colour, "{code}");
        }
    }

    #[test]
    fn cut_pieces_add_up_to_the_whole() {
        use geo::Area as _;
        let grid = Grid::new(4_096.0);
        let ring: Vec<[f64; 2]> = (0..400)
            .map(|i| {
                let (angle, wave) = (
                    TAU * f64::from(i) / 400.0,
                    1_200.0 + 300.0 * (0.3 * f64::from(i)).sin(),
                );
                [2_000.0 + wave * angle.cos(), 2_100.0 + wave * angle.sin()]
            })
            .collect();
        let polygon = Polygon::new(LineString::from(ring), Vec::new());
        let mut pieces = Vec::new();
        cut_down(&grid, &Part::Whole, polygon.clone(), TileKey::ROOT, 3, &mut pieces);
        let sum: f64 = pieces.iter().map(|(_, piece)| piece.unsigned_area()).sum();
        let overlap = 64.0 * 4.0 * 512.0 * 2.0 * OVERLAP_STEPS * position_step(&grid, 3);
        assert!(
            sum >= polygon.unsigned_area() - 1e-3 && sum <= polygon.unsigned_area() + overlap,
            "{sum}"
        );
        assert!(pieces.iter().all(|(key, _)| key.level == 3));
    }
}
