//! The ground as tiles: a lattice, cut crisply at the water, with quays and skirts.

use super::cells::{Share, shares};
use super::clip::crossings;
use super::ground::Surface;
use super::grid::{CELLS, TileKey};
use super::mesh::MeshBuilder;
use super::palette::{self, Rgba};
use super::scene::{Drawn, Scene};
use super::shore::triangulated;
use crate::base::Bounds2;
use crate::formats::gltf::TileContent;
use crate::pipeline::generate::noise;
use geo::{BooleanOps, Contains, Coord, LineString, Polygon};

/// Quay walls reach this far below the water.
const QUAY_DEPTH_M: f64 = 1.5;
/// Shore lines of levels coarser than this tolerance get no walls: nobody sees them.
const WALLS_WITHIN_TOLERANCE_M: f64 = 6.0;
/// A skirt is at least this deep, and deeper by the level's tolerance.
const SKIRT_M: f64 = 2.0;
const SKIRT_TOLERANCES: f64 = 3.0;

/// Nodes of the lattice along one side.
const NODES: usize = CELLS as usize + 1;

pub fn draw(scene: &Scene, key: TileKey) -> Drawn {
    let rect = scene.grid.rect(key);
    let surface = scene.surface(key);
    let shore = scene.shore(key.level);
    // A cell more on each side: where the water's cut edge and the tile's border fell together, rounding would leave slivers of land.
    let water = shore.within(&rect.grown(surface.cell()));
    let banks = shore.banks_within(&rect);
    let mut painter = Painter {
        scene,
        surface: &surface,
        rect,
        skirt_m: SKIRT_M + SKIRT_TOLERANCES * scene.grid.tolerance(key.level),
        mesh: MeshBuilder::new("terrain", scene.frame(key)),
        nodes: vec![None; NODES * NODES],
    };
    let wet = |at: [f64; 2]| water.contains(&Coord { x: at[0], y: at[1] });
    let cells = shares(&rect, surface.cell(), &banks, |at| !water.0.is_empty() && wet(at));
    let cell = surface.cell();
    for (index, kind) in cells.into_iter().enumerate() {
        let (column, row) = (index as u32 % CELLS, index as u32 / CELLS);
        let corner = |dc: u32, dr: u32| {
            // The lattice is counted from the plane's corner, so that neighbours compute the very same bits.
            let c = f64::from(key.x * CELLS + column + dc);
            let r = f64::from(key.y * CELLS + row + dr);
            [c * cell, r * cell]
        };
        let (sw, se, ne, nw) = (corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1));
        let node = |dc: u32, dr: u32| (row + dr) as usize * NODES + (column + dc) as usize;
        let rim = [column, row].iter().any(|place| *place == 0 || *place == CELLS - 1);
        let nodes = [node(0, 0), node(1, 0), node(1, 1), node(0, 1)];
        for (half, nodes) in [([sw, se, ne], [nodes[0], nodes[1], nodes[2]]), ([sw, ne, nw], [nodes[0], nodes[2], nodes[3]])] {
            match kind {
                Share::Inside => {}
                Share::Outside => painter.land(half, nodes, rim),
                Share::Crossed => {
                    for polygon in triangle(half).difference(&water) {
                        for piece in triangulated(&polygon) {
                            painter.ground(piece);
                        }
                    }
                }
            }
        }
    }
    if scene.grid.tolerance(key.level) <= WALLS_WITHIN_TOLERANCE_M {
        let lowest = shore.pools.iter().map(|p| p.level_m).fold(f64::INFINITY, f64::min);
        for [a, b] in banks {
            let level_m = water_left_of(a, b, |at| shore.pool_at(at).map(|p| p.level_m)).unwrap_or(lowest);
            painter.wall(a, b, level_m - QUAY_DEPTH_M);
        }
    }
    if painter.mesh.is_empty() {
        return Drawn::default();
    }
    let (mesh, extent) = painter.mesh.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: Vec::new(),
        },
        extent: Some(extent),
        finest: false,
    }
}

struct Painter<'a> {
    scene: &'a Scene<'a>,
    surface: &'a Surface<'a>,
    rect: Bounds2,
    skirt_m: f64,
    mesh: MeshBuilder<'a>,
    /// The vertices of the lattice, row by row from the south: up to six triangles share one, and its height, slope and colour are dear.
    nodes: Vec<Option<u32>>,
}

impl Painter<'_> {
    /// Half a cell of dry ground between three nodes of the lattice; `rim` says whether its cell lies at the tile's border.
    fn land(&mut self, corners: [[f64; 2]; 3], nodes: [usize; 3], rim: bool) {
        let mut vertices = [0; 3];
        for ((vertex, at), node) in vertices.iter_mut().zip(corners).zip(nodes) {
            let known = self.nodes.get(node).copied().flatten();
            *vertex = known.unwrap_or_else(|| self.ground_vertex(at, 0.0));
            if let Some(slot) = self.nodes.get_mut(node) {
                *slot = Some(*vertex);
            }
        }
        let [a, b, c] = vertices;
        self.mesh.triangle(a, b, c);
        if rim {
            self.skirts(corners);
        }
    }

    /// A piece of ground, with a skirt where it ends at the tile's border.
    fn ground(&mut self, corners: [[f64; 2]; 3]) {
        let [a, b, c] = corners.map(|at| self.ground_vertex(at, 0.0));
        self.mesh.triangle(a, b, c);
        self.skirts(corners);
    }

    fn skirts(&mut self, corners: [[f64; 2]; 3]) {
        for (from, to) in [(0, 1), (1, 2), (2, 0)] {
            let (from, to) = (corners[from], corners[to]);
            if self.on_border(from, to) {
                // The skirt has the ground's own normal and colour: lit like it, it closes a crack without being seen.
                let top = [self.ground_vertex(from, 0.0), self.ground_vertex(to, 0.0)];
                let foot = [
                    self.ground_vertex(from, self.skirt_m),
                    self.ground_vertex(to, self.skirt_m),
                ];
                self.mesh.triangle(foot[0], foot[1], top[1]);
                self.mesh.triangle(foot[0], top[1], top[0]);
            }
        }
    }

    fn ground_vertex(&mut self, at: [f64; 2], below_m: f64) -> u32 {
        let height = self.surface.height(at) - below_m;
        let normal = self.surface.normal(at);
        let colour = palette::opaque(ground_colour(self.scene, at));
        self.mesh.vertex([at[0], at[1], height], normal, colour, 0)
    }

    fn on_border(&self, a: [f64; 2], b: [f64; 2]) -> bool {
        (0..2).any(|k| {
            [self.rect.min[k], self.rect.max[k]]
                .into_iter()
                .any(|line| (a[k] - line).abs() < 1e-4 && (b[k] - line).abs() < 1e-4)
        })
    }

    /// A quay wall from the drawn ground down into the water; the water lies left of `a → b`.
    fn wall(&mut self, a: [f64; 2], b: [f64; 2], foot_m: f64) {
        let shares = crossings(a, b, self.surface.cell());
        let at = |share: f64| [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
        let colours: [Rgba; 4] = [
            palette::opaque(palette::QUAY_FOOT),
            palette::opaque(palette::QUAY_FOOT),
            palette::opaque(palette::QUAY_TOP),
            palette::opaque(palette::QUAY_TOP),
        ];
        for pair in shares.windows(2) {
            let (p, q) = (at(pair[0]), at(pair[1]));
            let (top_p, top_q) = (self.surface.height(p), self.surface.height(q));
            if top_p <= foot_m && top_q <= foot_m {
                continue;
            }
            let corners = [
                [q[0], q[1], foot_m],
                [p[0], p[1], foot_m],
                [p[0], p[1], top_p.max(foot_m)],
                [q[0], q[1], top_q.max(foot_m)],
            ];
            self.mesh.face(&corners, &colours, 0);
        }
    }
}

/// Fields and woods are hinted at from this far beyond the data, fully from the second distance on.
const COUNTRY_M: [f64; 2] = [150.0, 1_200.0];

/// Grey in town, green outside; beyond the data the town thins out into fields and woods that nobody takes for a survey.
pub fn ground_colour(scene: &Scene, at: [f64; 2]) -> [f64; 3] {
    let away = scene.beyond_m(at);
    let mut urban = scene.urban.at(at);
    let mut green = palette::GROUND_GREEN;
    if away > 0.0 {
        let far = smooth((away - COUNTRY_M[0]) / (COUNTRY_M[1] - COUNTRY_M[0]));
        let patch = 0.65 * noise(0xF1E1D, at, 620.0) + 0.35 * noise(0x0F1E, at, 240.0);
        let field = smooth((0.46 - patch) / 0.16);
        let wood = smooth((patch - 0.54) / 0.12);
        green = palette::mix(green, palette::FIELD, far * field);
        green = palette::mix(green, palette::WOOD, far * wood);
        // Houses thin out in patches, not along a line.
        let thin = smooth(away / 500.0);
        urban *= 1.0 - thin * smooth((noise(0x70E5, at, 420.0) - 0.35) / 0.3);
    }
    let town = palette::mix(green, palette::GROUND_URBAN, urban);
    palette::mix(town, palette::HAZE, scene.haze(at))
}

fn smooth(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The level of the water just left of a bank.
fn water_left_of(a: [f64; 2], b: [f64; 2], level_at: impl Fn([f64; 2]) -> Option<f64>) -> Option<f64> {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx.hypot(dy).max(1e-9);
    [0.2, 0.02, 2.0].into_iter().find_map(|away| {
        level_at([
            0.5 * (a[0] + b[0]) - dy / length * away,
            0.5 * (a[1] + b[1]) + dx / length * away,
        ])
    })
}

fn triangle(corners: [[f64; 2]; 3]) -> Polygon<f64> {
    let [a, b, c] = corners;
    Polygon::new(LineString::from(vec![a, b, c, a]), Vec::new())
}
