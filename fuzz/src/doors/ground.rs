//! Ground and what lies on it as pyramids of tiles.

use jumeau::formats::{mvt, pmtiles, quantizedmesh, terrainrgb};
use jumeau::geodesy::LonLat;
use jumeau::stream::{Delivery, Engine, FetchFault, Settings, View, Wanted, ground};

/// A tile of ground, or the description of all of them.
pub fn quantized_mesh(data: &[u8]) {
    if let Ok(mesh) = quantizedmesh::Mesh::parse(data) {
        for index in mesh.indices.iter().chain(mesh.edges.iter().flatten()) {
            assert!((*index as usize) < mesh.vertices.len(), "an index out of the mesh");
        }
        for vertex in mesh.vertices.iter().take(64) {
            let _ = mesh.place(*vertex, [0.0, 45.0, 1.0, 46.0]);
        }
    }
    if let Ok(layer) = quantizedmesh::Layer::parse(data) {
        for (level, x, y) in [(0, 0, 0), (3, 5, 2), (u32::MAX, u32::MAX, u32::MAX)] {
            let _ = (layer.has(level, x, y), layer.bounds_deg(level, x, y), layer.path(level, x, y));
        }
    }
}

/// A description of a pyramid and one body for all of its tiles, streamed for some frames: the first two bytes are the description's length.
pub fn pyramid(data: &[u8]) {
    let Some((head, rest)) = data.split_first_chunk::<2>() else { return };
    let at = usize::from(u16::from_le_bytes(*head)).min(rest.len());
    let (document, body) = rest.split_at(at);
    let document = if at == 0 { body } else { document };
    let path = if document.starts_with(b"PMTiles") { "a.pmtiles" } else { "layer.json" };
    let position = LonLat::new(2.0, 47.0).at_height(30_000.0).to_ecef().0;
    let view = View { position, direction: -position.normalize(), frustum: Vec::new(), pixels_per_radian: 800.0 };
    let mut engine = Engine::new(path, Settings { fade_frames: 0, max_bytes: 8 << 20, ..Settings::default() });
    let mut bodies = 0;
    for frame in 0..24 {
        let update = engine.update(std::slice::from_ref(&view), frame);
        for fetch in update.fetch {
            let part = |bytes: &[u8]| match fetch.span {
                None => bytes.to_vec(),
                Some(span) => {
                    let from = usize::try_from(span.offset).unwrap_or(usize::MAX).min(bytes.len());
                    let to = from.saturating_add(usize::try_from(span.length).unwrap_or(usize::MAX)).min(bytes.len());
                    bytes[from..to].to_vec()
                }
            };
            let plot = engine.placement(fetch.tile).and_then(|placement| placement.plot);
            let answer = match (fetch.wanted, plot) {
                (Wanted::Content, Some(plot)) => {
                    bodies += 1;
                    if bodies > 8 {
                        continue;
                    }
                    match ground::content(&if fetch.span.is_some() { part(document) } else { body.to_vec() }, &plot) {
                        Ok(made) => {
                            for mesh in &made.content.meshes {
                                assert!(mesh.indices.iter().all(|index| (*index as usize) < mesh.positions.len()), "an index out of the mesh");
                                assert_eq!(mesh.positions.len(), mesh.normals.len());
                            }
                            Ok(Delivery::Ground { bytes: 1_000, heights_m: made.heights_m, below: made.below })
                        }
                        Err(fault) => Err(FetchFault::Lasting(fault.to_string())),
                    }
                }
                (Wanted::Content, None) => Ok(Delivery::Content { bytes: 1_000 }),
                (Wanted::Tileset | Wanted::Subtree, _) => Ok(Delivery::Bytes(part(document))),
            };
            engine.deliver(fetch.id, answer);
        }
    }
}

/// Heights in a picture, by either rule.
pub fn terrain_rgb(data: &[u8]) {
    for rule in [terrainrgb::Rule::MAPBOX, terrainrgb::Rule::TERRARIUM] {
        if let Ok(heights) = terrainrgb::decode(data, &rule) {
            assert_eq!(heights.heights_m.len(), heights.columns * heights.rows);
        }
    }
}

/// A vector tile, every property and every corner of it.
pub fn vector_tile(data: &[u8]) {
    let Ok(tile) = mvt::Tile::parse(data) else { return };
    for layer in &tile.layers {
        for feature in &layer.features {
            assert_eq!(layer.properties(feature).count(), feature.tags.len(), "a tag that points nowhere");
        }
    }
}

/// An archive of tiles: the directories on the way to some of them, and to the first of each directory.
pub fn archive_of_tiles(data: &[u8]) {
    let _ = pmtiles::Directory::parse(data);
    let Ok(archive) = pmtiles::Archive::open(data) else { return };
    let firsts = archive.root.entries.iter().take(32).map(|entry| entry.first);
    for number in [0, 1, 5, 1_000_000, u64::MAX].into_iter().chain(firsts) {
        let mut read = |span: pmtiles::Span| {
            let from = usize::try_from(span.offset).ok()?;
            data.get(from..from.checked_add(usize::try_from(span.length).ok()?)?).map(<[u8]>::to_vec)
        };
        let _ = archive.tile(number, &mut read);
        if let Some((level, x, y)) = pmtiles::tile_of(number) {
            assert_eq!(pmtiles::number_of(level, x, y), Some(number));
        }
    }
}
