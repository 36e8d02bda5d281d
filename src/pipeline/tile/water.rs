//! Water surfaces: flat at their level, cut so that they follow the Earth.

use super::grid::TileKey;
use super::mesh::MeshBuilder;
use super::palette;
use super::scene::{Drawn, Scene};
use super::shore::{rectangle, triangulated};
use crate::base::Bounds2;
use crate::formats::gltf::{Column, PropertyTable, TileContent, Values};
use geo::BooleanOps;

/// Triangles no longer than this sag by less than a centimetre under the Earth's curve.
const PIECE_M: f64 = 500.0;
const OVERLAP_STEPS: f64 = 4.0;
/// Pieces along one side of a tile, at most.
const MAX_PIECES: f64 = 64.0;

pub fn draw(scene: &Scene, key: TileKey) -> Drawn {
    let tile = scene.grid.rect(key);
    let pieces = (scene.grid.tile_side(key.level) / PIECE_M).ceil().clamp(1.0, MAX_PIECES) as usize;
    // Neighbours overlap by a few steps of their lattices: flat and of one colour, that is never seen, but a crack would be.
    let rect = tile.grown(OVERLAP_STEPS * super::package::position_step(&scene.grid, key.level));
    let side = rect.size()[0];
    let step = side / pieces as f64;
    let mut mesh = MeshBuilder::new("water", scene.frame(key)).featured(0);
    let mut rows: Vec<usize> = Vec::new();
    for pool in &scene.shore(key.level).pools {
        if !pool.bounds.intersects(&rect) {
            continue;
        }
        let part = pool.outline.intersection(&rectangle(&rect));
        let feature = rows.len() as u32;
        let mut drawn = false;
        for index in 0..pieces * pieces {
            let (column, row) = (index % pieces, index / pieces);
            let min = [
                rect.min[0] + column as f64 * step,
                rect.min[1] + row as f64 * step,
            ];
            let square = Bounds2 {
                min,
                max: [min[0] + step, min[1] + step],
            };
            if part.0.is_empty() || !square.intersects(&pool.bounds) {
                continue;
            }
            let cut = if pieces == 1 {
                part.clone()
            } else {
                part.intersection(&rectangle(&square))
            };
            for polygon in cut {
                for triangle in triangulated(&polygon) {
                    let [a, b, c] = triangle.map(|at| {
                        let place = [at[0], at[1], pool.level_m];
                        let colour = palette::opaque(palette::mix(palette::WATER, palette::HAZE, 0.7 * scene.haze(at)));
                        mesh.vertex(place, [0.0, 0.0, 1.0], colour, feature)
                    });
                    mesh.triangle(a, b, c);
                    drawn = true;
                }
            }
        }
        if drawn {
            rows.push(pool.index);
        }
    }
    if mesh.is_empty() {
        return Drawn::default();
    }
    let areas: Vec<_> = rows.iter().filter_map(|i| scene.region.water.get(*i)).collect();
    let text = |of: &dyn Fn(&crate::region::WaterArea) -> String| Values::Text(areas.iter().map(|a| of(a)).collect());
    let table = PropertyTable {
        class: "water".to_owned(),
        count: areas.len(),
        columns: vec![
            Column { name: "id".to_owned(), values: text(&|a| a.id.clone()) },
            Column { name: "name".to_owned(), values: text(&|a| a.name.clone().unwrap_or_default()) },
            Column {
                name: "level_m".to_owned(),
                values: Values::F32(areas.iter().map(|a| a.level_m as f32).collect()),
            },
            Column { name: "dataset".to_owned(), values: text(&|a| a.dataset.to_string()) },
        ],
    };
    let (mesh, extent) = mesh.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: vec![table],
        },
        extent: Some(extent),
        finest: false,
    }
}
