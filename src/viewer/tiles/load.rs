//! From prepared arrays to what Bevy hands to the graphics card: our own tiles by [`TileArrays`], those of others dressed as they ask.

use super::dress::{self, Look};
use super::laid::Under;
use crate::base::Bounds2;
use crate::formats::gltf::{Column, PropertyTable, STROKE_OBJECT, Shape, TileContent, TileMesh};
use crate::formats::quantizedmesh::Range;
use crate::formats::gltf::sampled::Sampled;
use crate::formats::tiles3d::content::{Drawn, Painting};
use crate::i18n::place_name;
use crate::stream::rise;
use crate::stream::arrays::{MeshArrays, TileArrays, snorm, table_bytes};
use crate::stream::bvh::Bvh;
use crate::stream::narrow::Narrow;
use crate::stream::cloud::Block;
use crate::stream::dots::Dots;
use crate::stream::ground::{Flat, Laid, Made, Plot, lay};
use crate::view::life::Life;
use crate::viewer::lives::Lives;
use crate::viewer::material::{ATTRIBUTE_COLOUR, ATTRIBUTE_FEATURE, ATTRIBUTE_NORMAL, ATTRIBUTE_PLACE, ATTRIBUTE_STROKE, ATTRIBUTE_UV};
use crate::viewer::platform::PICTURE_SIDE;
use crate::viewer::resident::{NamedPlace, Probe};
use crate::viewer::stand::Stand;
use crate::viewer::textures::{demand_record, surface_image, table_image, table_records};
use bevy::asset::RenderAssetUsages;
use bevy::camera::primitives::Aabb;
use bevy::image::Image;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology, VertexAttributeValues};
use glam::{DMat4, DVec3, Vec3};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A picture on the ground with its halvings.
const PICTURE_BYTES: u64 = PICTURE_SIDE as u64 * PICTURE_SIDE as u64 * 16 / 3;
/// Surfaces without a colour of their own.
const PLAIN: [u8; 4] = [214, 210, 202, 255];

/// One drawable piece, ready to be handed over.
pub struct LoadedMesh {
    pub mesh: Mesh,
    pub aabb: Aabb,
    pub ecef_from_mesh: DMat4,
    pub table: Option<usize>,
    pub double_sided: bool,
    /// Some of its colours let what lies behind show through.
    pub translucent: bool,
    pub look: Look,
    /// For picking and for the height of the ground.
    pub bvh: Bvh,
    /// By vertex, the row of its table; none where there is no table.
    pub feature_ids: Narrow,
    /// Its points, where it has any, and what is known of each.
    pub dots: Dots,
    pub told: Vec<Column>,
    /// What pictures tell of places on it.
    pub probes: Vec<Probe>,
    /// Where a picture lies on it, when one may: its rectangle in Web Mercator, metres.
    pub rect: Option<Bounds2>,
}

pub struct LoadedTile {
    pub meshes: Vec<LoadedMesh>,
    pub tables: Vec<PropertyTable>,
    /// What bears a name.
    pub names: Vec<NamedPlace>,
    /// One texture per table.
    pub table_images: Vec<Image>,
    /// By table, which of its features a style hides; an empty list hides none.
    pub hidden: Vec<Vec<bool>>,
    /// Pictures of its own, as [`Look::picture`] counts them.
    pub pictures: Vec<Option<Image>>,
    /// Rows that somebody wrote.
    pub features: u64,
    /// Some features are to be seen through.
    pub styled_translucent: bool,
    /// Of a cloud, how far its points lie apart, metres.
    pub apart_m: f32,
    /// Main memory and GPU memory together.
    pub bytes: u64,
    /// Of a tile of a pyramid: its heights, and what it says is below it.
    pub ground: Option<Told>,
}

/// What a tile of a pyramid tells the engine.
pub struct Told {
    pub heights_m: Option<[f64; 2]>,
    pub below: Vec<Vec<Range>>,
    pub laid: Option<LaidOn>,
}

/// What is needed to lay a tile of vectors anew.
#[derive(Clone)]
pub struct LaidOn {
    flat: Arc<Flat>,
    /// The ground that it lies on.
    pub key: u64,
    /// By table, the features with a name.
    named: Arc<Vec<Named>>,
    /// Memory of all but its meshes.
    rest_bytes: u64,
}

/// A tile of vectors that was laid anew.
pub struct Relaid {
    pub meshes: Vec<LoadedMesh>,
    pub names: Vec<NamedPlace>,
    pub bytes: u64,
    pub heights_m: Option<[f64; 2]>,
    pub key: u64,
}

impl Relaid {
    pub fn of(laid: &LaidOn, plot: &Plot, under: &Under) -> Self {
        let Laid { mesh, heights_m, .. } = lay(&laid.flat, plot, under.patches.as_deref());
        let content = TileContent { meshes: mesh.into_iter().collect(), tables: Vec::new() };
        let arrays = TileArrays::of(content, DMat4::IDENTITY, false);
        let names = names(&arrays.meshes, &laid.named);
        Self { names, bytes: laid.rest_bytes + arrays.bytes(), meshes: arrays.meshes.into_iter().map(own_mesh).collect(), heights_m, key: under.key }
    }
}

/// Where a content goes and how it is to be seen.
#[derive(Clone, Debug)]
pub struct Wish {
    pub ecef_from_tile: DMat4,
    pub stand: Stand,
    /// Ground gets places for a picture, and room for it.
    pub pictured: bool,
    /// Features get a look of their own, and names where their tables have none: after this.
    pub dressed: Option<String>,
    pub style: Option<std::sync::Arc<crate::formats::tiles3d::style::Style>>,
    /// Its place in a pyramid of ground, which says what its bytes are.
    pub plot: Option<Plot>,
    /// The ground that it lies on.
    pub under: Option<Under>,
    /// Its place in an octree of points, the same.
    pub block: Option<Block>,
    /// Its models are upright already.
    pub z_is_up: bool,
}

/// Prepares a content: our own tiles are as they shall be drawn, those of others are dressed.
pub fn load(drawn: Drawn, wish: &Wish) -> LoadedTile {
    let Some(name) = &wish.dressed else {
        return LoadedTile::of(TileArrays::of(drawn.content, wish.ecef_from_tile, wish.pictured));
    };
    let Drawn { mut content, pictures, .. } = drawn;
    content.meshes.retain(|mesh| !mesh.indices.is_empty());
    let features = dress::name_features(&mut content, name);
    let apart_m = wish.block.as_ref().map_or(0.0, |block| block.cloud.apart_m() as f32);
    let mut styled_translucent = false;
    let mut hidden = Vec::with_capacity(content.tables.len());
    let table_images: Vec<Image> = content
        .tables
        .iter()
        .map(|table| {
            let (records, translucent) = dress::records(table, wish.style.as_deref(), apart_m);
            styled_translucent |= translucent;
            hidden.push(dress::hidden(&records));
            table_image(&records)
        })
        .collect();
    // One texel more for each feature than `table_bytes` counts: how it looks.
    let mut bytes: u64 = content.tables.iter().map(|table| table_bytes(table) + table.count as u64 * 16).sum();
    let opaque: Vec<bool> = pictures.iter().map(|picture| picture.as_ref().is_none_or(|picture| picture.opaque)).collect();
    let drawn: BTreeSet<usize> = content.meshes.iter().filter_map(|mesh| mesh.finish.picture).collect();
    let mut told: BTreeMap<usize, Arc<Painting>> = BTreeMap::new();
    let meshes = content
        .meshes
        .into_iter()
        .map(|mut mesh| {
            let sampled = std::mem::take(&mut mesh.sampled);
            let rows = mesh.table.and_then(|table| content.tables.get(table)).map_or(0, |table| table.count);
            let mut loaded = load_mesh(mesh, rows, &opaque, wish);
            // Pictures that tell something stay in main memory, one copy each.
            loaded.probes = sampled
                .into_iter()
                .filter_map(|Sampled { picture, uvs, tells }| {
                    let painting = match told.entry(picture) {
                        Entry::Occupied(known) => Arc::clone(known.get()),
                        Entry::Vacant(place) => {
                            let painting = pictures.get(picture)?.clone()?;
                            bytes += painting.bytes.len() as u64;
                            Arc::clone(place.insert(Arc::new(painting)))
                        }
                    };
                    bytes += uvs.len() as u64 * 8;
                    Some(Probe { painting, uvs, tells })
                })
                .collect();
            // 24 bytes a vertex on the GPU (eight more for its place on a picture), positions and indices once more for picking.
            let a_vertex = 24 + if loaded.look.picture.is_some() { 8 } else { 0 };
            let indices = loaded.mesh.indices().map_or(0, |indices| indices.len() as u64 * if matches!(indices, Indices::U16(_)) { 2 } else { 4 });
            let told: u64 = loaded.told.iter().map(|column| column.values.len() as u64 * 4).sum();
            bytes += loaded.bvh.bytes() as u64
                + loaded.dots.bytes() as u64
                + told
                + loaded.mesh.count_vertices() as u64 * a_vertex
                + indices
                + loaded.feature_ids.bytes() as u64;
            loaded
        })
        .collect();
    // What only tells something is not handed to the graphics card.
    let mut pictures = pictures;
    pictures.iter_mut().enumerate().filter(|(number, _)| !drawn.contains(number)).for_each(|(_, picture)| *picture = None);
    bytes += pictures.iter().flatten().map(|picture| picture.bytes.len() as u64).sum::<u64>();
    LoadedTile {
        meshes,
        tables: content.tables,
        table_images,
        hidden,
        pictures: pictures.into_iter().map(|picture| picture.map(surface_image)).collect(),
        names: Vec::new(),
        features,
        styled_translucent,
        apart_m,
        bytes,
        ground: None,
    }
}

impl LoadedTile {
    /// What was prepared, here or in a worker: only moved, nothing computed.
    pub fn of(arrays: TileArrays) -> Self {
        let pictures = arrays.meshes.iter().filter(|mesh| mesh.places.is_some()).count() as u64;
        let named: Vec<Named> = arrays.tables.iter().map(named).collect();
        let names = names(&arrays.meshes, &named);
        let written: u64 = names.iter().map(|place| place.text.len() as u64 + std::mem::size_of::<NamedPlace>() as u64).sum();
        Self {
            bytes: arrays.bytes() + pictures * PICTURE_BYTES + written,
            names,
            table_images: arrays.tables.iter().map(|table| table_image(&table_records(table, &|row| demand_record(table, row)))).collect(),
            features: arrays.tables.iter().map(|table| table.count as u64).sum(),
            styled_translucent: false,
            apart_m: 0.0,
            hidden: Vec::new(),
            pictures: Vec::new(),
            meshes: arrays.meshes.into_iter().map(own_mesh).collect(),
            tables: arrays.tables,
            ground: None,
        }
    }

    /// A tile of a pyramid.
    pub fn of_ground(made: Made, wish: &Wish) -> Self {
        let Made { content, heights_m, below, flat, .. } = made;
        let arrays = TileArrays::of(content, wish.ecef_from_tile, wish.pictured);
        let laid = flat.zip(wish.under.as_ref()).map(|(flat, under)| LaidOn {
            rest_bytes: flat.bytes() + arrays.tables.iter().map(table_bytes).sum::<u64>(),
            flat,
            key: under.key,
            named: Arc::new(arrays.tables.iter().map(named).collect()),
        });
        let tile = Self::of(arrays);
        let bytes = tile.bytes + laid.as_ref().map_or(0, |laid| laid.flat.bytes());
        Self { ground: Some(Told { heights_m, below, laid }), bytes, ..tile }
    }
}

/// Most names of one tile; a picture has room for far fewer.
const MAX_NAMES: usize = 256;
/// Longest name that is written, characters.
const LONGEST_NAME: usize = 48;

/// What is written at features, by row.
type Named = BTreeMap<u32, (String, Life)>;

/// The features of a table with a name.
fn named(table: &PropertyTable) -> Named {
    let lives = Lives::of(table);
    let name = |row: usize| table.text("name", row).filter(|name| name.chars().count() <= LONGEST_NAME);
    (0..table.count).filter_map(|row| Some((u32::try_from(row).ok()?, (place_name(name(row)?), lives.get(row))))).collect()
}

/// The features with a name, each at the triangle of it that is nearest to its middle.
fn names(meshes: &[MeshArrays], tables: &[Named]) -> Vec<NamedPlace> {
    struct Thing {
        sum: DVec3,
        weight: f64,
        low: Vec3,
        high: Vec3,
        nearest: (f64, DVec3),
    }
    let mut found = Vec::new();
    for mesh in meshes {
        let Some(named) = mesh.table.and_then(|table| tables.get(table)).filter(|named| !named.is_empty()) else { continue };
        let mut things: BTreeMap<u32, Thing> = BTreeMap::new();
        let corners = |triangle: [u32; 3]| {
            let row = *mesh.feature_ids.get(triangle[0] as usize)?;
            if !named.contains_key(&row) {
                return None;
            }
            let [a, b, c] = triangle.map(|index| mesh.positions.get(index as usize).copied().map(Vec3::from_array));
            Some((row, [a?, b?, c?]))
        };
        for (row, [a, b, c]) in mesh.indices.threes().filter_map(corners) {
            let thing = things.entry(row).or_insert(Thing {
                sum: DVec3::ZERO,
                weight: 0.0,
                low: Vec3::INFINITY,
                high: Vec3::NEG_INFINITY,
                nearest: (f64::INFINITY, DVec3::ZERO),
            });
            let weight = f64::from((b - a).cross(c - a).length());
            thing.sum += weight * ((a + b + c) / 3.0).as_dvec3();
            thing.weight += weight;
            for corner in [a, b, c] {
                thing.low = thing.low.min(corner);
                thing.high = thing.high.max(corner);
            }
        }
        for (row, [a, b, c]) in mesh.indices.threes().filter_map(corners) {
            let Some(thing) = things.get_mut(&row) else { continue };
            let middle = ((a + b + c) / 3.0).as_dvec3();
            let away = middle.distance(thing.sum / thing.weight.max(f64::MIN_POSITIVE));
            if away < thing.nearest.0 {
                thing.nearest = (away, middle);
            }
        }
        for (row, thing) in things.into_iter().filter(|(_, thing)| thing.nearest.0.is_finite()) {
            let Some((text, life)) = named.get(&row) else { continue };
            found.push(NamedPlace {
                text: text.clone(),
                ecef: mesh.ecef_from_mesh.transform_point3(thing.nearest.1),
                extent_m: f64::from((thing.high - thing.low).length()),
                life: *life,
            });
        }
    }
    found.sort_by(|a, b| b.extent_m.total_cmp(&a.extent_m));
    found.truncate(MAX_NAMES);
    found
}

/// What every surface has for each vertex.
fn bare(topology: PrimitiveTopology, positions: Vec<[f32; 3]>, normals: Vec<[i8; 4]>, colours: Vec<[u8; 4]>, feature_ids: Vec<u32>) -> Mesh {
    let mut mesh = Mesh::new(topology, RenderAssetUsages::RENDER_WORLD);
    mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, positions);
    mesh.insert_attribute(ATTRIBUTE_NORMAL, VertexAttributeValues::Snorm8x4(normals));
    mesh.insert_attribute(ATTRIBUTE_COLOUR, VertexAttributeValues::Unorm8x4(colours));
    mesh.insert_attribute(ATTRIBUTE_FEATURE, VertexAttributeValues::Uint32(feature_ids));
    mesh
}

/// What rays ask of the rows of a mesh.
fn asked(table: Option<usize>, feature_ids: &[u32]) -> Narrow {
    table.map_or_else(Narrow::default, |_| Narrow::from(feature_ids.to_vec()))
}

fn own_mesh(source: MeshArrays) -> LoadedMesh {
    let rows = asked(source.table, &source.feature_ids);
    let mut mesh = bare(PrimitiveTopology::TriangleList, source.positions, source.normals, source.colours, source.feature_ids);
    let rect = source.places.map(|(rect, places)| {
        mesh.insert_attribute(ATTRIBUTE_PLACE, VertexAttributeValues::Unorm16x2(places));
        rect
    });
    let stroked = !source.strokes.is_empty();
    // What turns reaches beyond where it was built.
    let turning = source.strokes.iter().filter(|stroke| stroke[3] > STROKE_OBJECT + 0.5);
    let reach = Vec3::splat(turning.map(|[up, east, south, _]| Vec3::new(*east, *up, *south).length()).fold(0.0, f32::max));
    if stroked {
        mesh.insert_attribute(ATTRIBUTE_STROKE, VertexAttributeValues::Float32x4(source.strokes));
    }
    mesh.insert_indices(match source.indices {
        Narrow::U16(indices) => Indices::U16(indices),
        Narrow::U32(indices) => Indices::U32(indices),
    });
    LoadedMesh {
        mesh,
        aabb: Aabb::from_min_max(Vec3::from_array(source.low) - reach, Vec3::from_array(source.high) + reach),
        ecef_from_mesh: source.ecef_from_mesh,
        table: source.table,
        double_sided: source.double_sided,
        translucent: source.translucent,
        look: Look { stroked, ..Look::default() },
        bvh: source.bvh,
        feature_ids: rows,
        dots: Dots::default(),
        told: Vec::new(),
        probes: Vec::new(),
        rect,
    }
}

fn load_mesh(mut source: TileMesh, rows: usize, opaque: &[bool], wish: &Wish) -> LoadedMesh {
    let mut ecef_from_mesh = wish.ecef_from_tile * source.tile_from_mesh;
    if dress::wants_settling(&source, ecef_from_mesh, &wish.stand) {
        ecef_from_mesh = dress::settle(&mut source, ecef_from_mesh, &wish.stand);
    }
    let picture = source.finish.picture.filter(|_| source.finish.uvs.len() == source.positions.len());
    let plain = if picture.is_some() { [255; 4] } else { PLAIN };
    source.colors.resize(source.positions.len(), plain);
    source.feature_ids.resize(source.positions.len(), 0);
    // The row after the last looks like nothing was said.
    let last = u32::try_from(rows).unwrap_or(u32::MAX);
    source.feature_ids.iter_mut().for_each(|id| *id = (*id).min(last));
    let cutoff = source.finish.cutoff.map_or(0, |cutoff| (cutoff.clamp(0.0, 1.0) * 255.0).round() as u8);
    let see_through = source.colors.iter().any(|[_, _, _, alpha]| *alpha < 255)
        || source.finish.blends && picture.is_some_and(|picture| !opaque.get(picture).copied().unwrap_or(true));
    let look = Look {
        picture,
        cutoff,
        unlit: source.finish.unlit,
        shape: source.shape,
        stroked: false,
    };
    let up = dress::up_in(ecef_from_mesh);
    let no_normal = if source.shape == Shape::Triangles { [0.0, 1.0, 0.0] } else { up };
    source.normals.resize(source.positions.len(), no_normal);
    let (mut low, mut high) = (Vec3::splat(f32::INFINITY), Vec3::splat(f32::NEG_INFINITY));
    for position in &source.positions {
        low = low.min(Vec3::from_array(*position));
        high = high.max(Vec3::from_array(*position));
    }
    let bvh = match source.shape {
        Shape::Triangles => Bvh::build(&source.positions, &source.indices),
        Shape::Points | Shape::Lines => Bvh::build(&[], &[]),
    };
    let corners: &[i8] = if source.shape == Shape::Points { &[-127, 0, 127] } else { &[0] };
    let mut dots = Dots::default();
    // What a ray meets of points is one of them; what is drawn are corners.
    let mut of_dots = Vec::new();
    if source.shape == Shape::Points {
        let picked = |list: &[u32]| source.indices.iter().map(|at| list.get(*at as usize).copied().unwrap_or_default()).collect();
        of_dots = picked(&source.feature_ids);
        let at = source.indices.iter().filter_map(|at| source.positions.get(*at as usize).copied()).collect();
        let apart_m = wish.block.as_ref().map_or(0.0, |block| block.cloud.apart_m() as f32);
        dots = Dots::new(at, 0.5 * dress::OVERLAP * apart_m);
        dress::spread_points(&mut source, corners.len());
    }
    let told = std::mem::take(&mut source.told);
    // What a value raises, where features have one; the corners of points otherwise.
    let rises = match source.table {
        Some(_) if source.shape == Shape::Triangles => rise::codes(&source.positions, &source.feature_ids, Vec3::from_array(up)),
        _ => corners.iter().copied().cycle().take(source.normals.len()).collect(),
    };
    let normals: Vec<[i8; 4]> = source.normals.iter().zip(rises).map(|([x, y, z], fourth)| [snorm(*x), snorm(*y), snorm(*z), fourth]).collect();
    let topology = match source.shape {
        Shape::Lines => PrimitiveTopology::LineList,
        Shape::Points | Shape::Triangles => PrimitiveTopology::TriangleList,
    };
    let rows = if source.shape == Shape::Points { asked(source.table, &of_dots) } else { asked(source.table, &source.feature_ids) };
    let mut mesh = bare(topology, source.positions, normals, source.colors, source.feature_ids);
    if picture.is_some() {
        mesh.insert_attribute(ATTRIBUTE_UV, VertexAttributeValues::Float32x2(source.finish.uvs));
    }
    mesh.insert_indices(match Narrow::from(source.indices) {
        Narrow::U16(indices) => Indices::U16(indices),
        Narrow::U32(indices) => Indices::U32(indices),
    });
    LoadedMesh {
        mesh,
        aabb: Aabb::from_min_max(low, high),
        ecef_from_mesh,
        table: source.table,
        double_sided: source.double_sided,
        translucent: see_through && cutoff == 0,
        look,
        bvh,
        feature_ids: rows,
        dots,
        told,
        probes: Vec::new(),
        rect: None,
    }
}
