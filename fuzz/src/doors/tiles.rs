//! 3D Tiles, their contents, and the engine that streams them.

use jumeau::formats::gltf::{Limits, TileContent, TileMesh, container, read, write};
use jumeau::formats::tiles3d::style::{Feature, Style, Value};
use jumeau::formats::tiles3d::{Subtree, TileSchema, Tileset, batched, write_subtree};
use jumeau::formats::check;
use jumeau::stream::{Delivery, Engine, Settings, View, Wanted};

/// A tile's content, checked and read; what was read is written and reads the same.
pub fn glb(data: &[u8]) {
    let _ = check::kind(data);
    let _ = check::content::gltf(data, "x.glb", None, &mut |_| None);
    let Ok(content) = read::glb_with(data, &limits(), &mut |_| None) else {
        return;
    };
    // Merging equal corners may leave a triangle without area, which is then dropped: no law there.
    let _ = write::glb(&content, &write::WriteOptions::default());
    for compress in [false, true] {
        let options = write::WriteOptions {
            compress,
            optimize: false,
            ..write::WriteOptions::default()
        };
        let Ok(written) = write::glb(&content, &options) else {
            continue;
        };
        match read::glb(&written) {
            Ok(again) => assert_eq!(
                triangles(&content),
                triangles(&again),
                "triangles were lost"
            ),
            Err(fault) => panic!("what we wrote cannot be read: {fault}"),
        }
    }
}

fn triangles(content: &TileContent) -> usize {
    content
        .meshes
        .iter()
        .map(|mesh: &TileMesh| mesh.indices.len() / 3)
        .sum()
}

/// Smaller than the program's own, so that a fuzzer's memory tells bounds from their absence.
fn limits() -> Limits {
    Limits {
        decoded_bytes: 16 << 20,
        vertices: 1 << 18,
        indices: 1 << 20,
        table_values: 1 << 20,
        text_bytes: 4 << 20,
        pictures: 16,
        ..Limits::default()
    }
}

/// A style, or its bytes as one expression, for a feature that has a value of each kind.
pub fn style(data: &[u8]) {
    struct Any;
    impl Feature for Any {
        fn property(&self, name: &str) -> Option<Value> {
            Some(match name.len() % 5 {
                0 => Value::Number(7.5),
                1 => Value::Text("École n° 3".to_owned()),
                2 => Value::Bool(true),
                3 => Value::vector(&[1.0, 0.5, 0.25, 1.0]),
                _ => return None,
            })
        }
    }
    let mut report = jumeau::base::Report::default();
    let text = String::from_utf8_lossy(data);
    let as_expression = serde_json::json!({ "show": text, "color": text, "meta": { "m": text } }).to_string();
    for bytes in [data, as_expression.as_bytes()] {
        if let Ok(style) = Style::parse(bytes, "style.json", &mut report) {
            let _ = style.appearance(&Any);
            for (_, expression) in &style.meta {
                let _ = expression.evaluate(&Any);
            }
        }
    }
}

/// A compressed buffer view, all of whose header the bytes choose: mode, filter, count and stride.
pub fn meshopt(data: &[u8]) {
    let Some(([mode, filter, stride, count @ ..], packed)) = data.split_first_chunk::<6>() else {
        return;
    };
    let mode = ["ATTRIBUTES", "TRIANGLES", "INDICES"][usize::from(*mode) % 3];
    let filter = ["NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL"][usize::from(*filter) % 4];
    let [a, b, c] = *count;
    let count = u32::from_le_bytes([a, b, c, 0]);
    let document = serde_json::json!({
        "asset": { "version": "2.0" },
        "buffers": [
            { "byteLength": packed.len() },
            { "byteLength": u64::from(count) * u64::from(*stride) },
        ],
        "bufferViews": [{
            "buffer": 1, "byteLength": u64::from(count) * u64::from(*stride), "byteStride": stride,
            "extensions": { "EXT_meshopt_compression": {
                "buffer": 0, "byteLength": packed.len(), "byteStride": stride, "count": count, "mode": mode, "filter": filter,
            }},
        }],
    });
    let Ok(json) = serde_json::to_vec(&document) else {
        return;
    };
    if let Ok(bytes) = container::join(json, packed.to_vec()) {
        let _ = read::glb_with(&bytes, &limits(), &mut |_| None);
    }
}

/// The formats of 3D Tiles 1.0.
pub fn batched_model(data: &[u8]) {
    let _ = batched::is_legacy(data);
    let _ = batched::parts(data);
    let _ = check::content::legacy(data, "x.b3dm", None, &mut |_| None);
}

pub fn subtree(data: &[u8]) {
    let Ok(mut subtree) = Subtree::parse(data) else {
        return;
    };
    for levels in [0, 1, 2, 4, 31] {
        let _ = subtree.check(levels);
    }
    let written = write_subtree(&subtree);
    let again = Subtree::parse(&written);
    // Bounds are told by a schema, which a subtree alone has not.
    assert_eq!(
        again.ok().map(|again| again.check(3).len()),
        Some(subtree.check(3).len())
    );
    subtree.simplify(3);
    let _ = Subtree::parse_with(data, &TileSchema::default(), &mut |_| Some(data.to_vec()));
}

pub fn tileset(data: &[u8]) {
    let _ = check::kind(data);
    let _ = check::tileset::tileset(data, "tileset.json");
    if let Ok(tileset) = Tileset::parse(data) {
        let written = tileset.to_json();
        if let Ok(again) = Tileset::parse(&written) {
            assert_eq!(again.count(), tileset.count());
            assert_eq!(
                again.to_json(),
                written,
                "what was written is written otherwise"
            );
        }
        let _ = TileSchema::of(tileset.schema.as_ref());
    }
}

/// The engine gets the bytes for everything it asks for: as tileset, as tilesets in the tileset, as subtrees.
pub fn stream(data: &[u8]) {
    let settings = Settings {
        max_bytes: 32 << 20,
        max_requests: 8,
        max_retries: 1,
        ..Settings::default()
    };
    let mut engine = Engine::new("tileset.json", settings);
    let up = glam::DVec3::new(4_268_000.0, -115_000.0, 4_722_000.0);
    let views = [View {
        position: up,
        direction: -up.normalize(),
        frustum: Vec::new(),
        pixels_per_radian: 1_000.0,
    }];
    for frame in 0..8 {
        let update = engine.update(&views, frame);
        assert!(
            update.fetch.len() <= 64,
            "{} requests in one frame",
            update.fetch.len()
        );
        for fetch in update.fetch {
            let delivery = match fetch.wanted {
                Wanted::Tileset | Wanted::Subtree => Delivery::Bytes(data.to_vec()),
                Wanted::Content => Delivery::Content { bytes: 1_000 },
            };
            engine.deliver(fetch.id, Ok(delivery));
        }
    }
}
