//! Tilesets of other people: each sound one is seen, each unsound one is told. Sample data are read in place (see `shared_data.rs`).

use super::running::{self, Running};
use super::shared_data::shared;
use super::territory::root;
use bevy::prelude::{Assets, Mesh, Vec2};
use jumeau::base::{Amount, Report};
use jumeau::formats::gltf::Limits;
use jumeau::formats::tiles3d::content::{Files, Read, read};
use jumeau::formats::tiles3d::style::Style;
use jumeau::io::Location;
use jumeau::viewer::Smoothing;
use jumeau::viewer::material::TileMaterial;
use jumeau::viewer::open::Opening;
use jumeau::viewer::patience::Patience;
use jumeau::viewer::snapshot::{Picture, Request, encode_png, take};
use jumeau::viewer::vocab::{Fault, LayerTraits};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const WIDTH: u32 = 240;
const HEIGHT: u32 = 135;
/// Pixels that must differ from the empty picture, a four-hundredth of it.
const LEAST_SEEN: usize = (WIDTH * HEIGHT) as usize / 400;
/// The same where there is nothing but eight points.
const LEAST_POINTS: usize = 24;

const SAMPLES: &str = "3dtiles-samples";
const NATIVE: &str = "cesium-native-data/Cesium3DTilesSelection/test/data";
const READER: &str = "cesium-native-data/CesiumGltfReader/test/data";
const CONTENT: &str = "cesium-native-data/CesiumGltfContent/test/data";

/// The view that a tileset opens with.
fn picture(document: &Path, style: Option<&[u8]>, smoothing: u32) -> Result<Picture, Fault> {
    take(Request {
        location: Location::Folder(document.parent().expect("a folder").to_owned()),
        opening: Opening {
            tileset: document.file_name().map(|name| name.to_string_lossy().into_owned()),
            name: document.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            style: style.map(<[u8]>::to_vec),
            ..Opening::default()
        },
        width: WIDTH,
        height: HEIGHT,
        screen_space_error: 16.0,
        smoothing: Smoothing(smoothing),
        patience: Patience::default(),
    })
}

/// Pixels that are not like the empty corner.
fn seen(picture: &Picture) -> usize {
    let pixels: Vec<&[u8]> = picture.rgb.chunks_exact(3).collect();
    let Some(corner) = pixels.first() else { return 0 };
    pixels.iter().filter(|pixel| pixel.iter().zip(*corner).any(|(a, b)| a.abs_diff(*b) > 24)).count()
}

/// What is wrong with a tileset's picture, if anything: it is to be seen, and nothing is to be missing.
fn complaint(name: &str, document: &Path) -> Option<String> {
    let least = if name.contains("oint") { LEAST_POINTS } else { LEAST_SEEN };
    match picture(document, None, 1) {
        Err(fault) => Some(format!("{name}: {fault:?}")),
        Ok(picture) if !picture.faults.is_empty() => Some(format!("{name}: {:?}", picture.faults)),
        Ok(picture) if seen(&picture) < least => Some(format!("{name}: blank, {} pixels", seen(&picture))),
        Ok(_) => None,
    }
}

fn all_are_seen(folder: &str, documents: &[&str]) {
    let Some(folder) = shared(folder) else { return };
    let complaints: Vec<String> = documents.iter().filter_map(|name| complaint(name, &folder.join(name))).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn samples_of_the_standard_are_seen_whole() {
    all_are_seen(
        SAMPLES,
        &[
            "1.0/TilesetWithDiscreteLOD/tileset.json",
            "1.0/TilesetWithRequestVolume/tileset.json",
            "1.0/TilesetWithTreeBillboards/tileset.json",
            "1.1/BoundingBoxTests/0_0_2-1_1_4/tileset.json",
            "1.1/BoundingBoxTests/2_0_0-4_1_1/tileset.json",
            "1.1/MetadataGranularities/tileset.json",
            "1.1/MultipleContents/tileset.json",
            "1.1/SparseImplicitQuadtree/tileset.json",
        ],
    );
}

#[test]
fn samples_of_extensions_are_seen_whole() {
    all_are_seen(
        SAMPLES,
        &[
            "glTF/CESIUM_primitive_outline/BoxPrimitiveOutline/tileset.json",
            "glTF/EXT_mesh_features/FeatureIdAttribute/tileset.json",
            "glTF/EXT_mesh_features/FeatureIdTexture/tileset.json",
            "glTF/EXT_structural_metadata/ComplexTypes/tileset.json",
            "glTF/EXT_structural_metadata/FeatureIdAttributeAndPropertyTable/tileset.json",
            "glTF/EXT_structural_metadata/FeatureIdTextureAndPropertyTable/tileset.json",
            "glTF/EXT_structural_metadata/MultipleClasses/tileset.json",
            "glTF/EXT_structural_metadata/MultipleFeatureIdsAndProperties/tileset.json",
            "glTF/EXT_structural_metadata/PropertyAttributesPointCloud/tileset.json",
            "glTF/EXT_structural_metadata/SimplePropertyTexture/tileset.json",
            "glTF/GpuInstancesMetadata/tileset.json",
        ],
    );
}

#[test]
fn tilesets_of_another_engine_are_seen_whole() {
    all_are_seen(
        NATIVE,
        &[
            "AddTileset/tileset.json",
            "AdditiveThreeLevels/tileset.json",
            "ComplexTypes/tileset.json",
            "ImplicitTileset/tileset_1.0.json",
            "ImplicitTileset/tileset_1.1.json",
            "ReplaceTileset/tileset.json",
            "Tileset/tileset.json",
            "WithMetadata/tileset.json",
            "i3dm/InstancedOrientation/tileset.json",
            "i3dm/InstancedWithBatchIds/tileset.json",
            "i3dm/InstancedWithBatchTable/tileset.json",
            "stacked-cubes/tileset.json",
        ],
    );
}

/// A tileset of one content, with copies of it and of the files beside it, and a sphere that fits.
fn wrapped(content: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = content.parent().expect("a folder");
    for entry in std::fs::read_dir(source).expect("a folder").flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    let bytes = std::fs::read(content).expect("a content");
    let mut files = Files::new();
    let drawn = loop {
        match read(&bytes, &Limits::default(), &files) {
            Ok(Read::Missing(missing)) => files.extend(missing.into_iter().map(|uri| (uri.clone(), std::fs::read(source.join(uri)).ok()))),
            Ok(Read::Drawn(drawn)) => break Some(drawn),
            _ => break None,
        }
    };
    let points = drawn.iter().flat_map(|drawn| &drawn.content.meshes).flat_map(|mesh| {
        mesh.positions.iter().map(|p| mesh.tile_from_mesh.transform_point3(glam::Vec3::from(*p).as_dvec3()))
    });
    let (low, high) = points.fold((glam::DVec3::INFINITY, glam::DVec3::NEG_INFINITY), |(low, high), p| (low.min(p), high.max(p)));
    let (centre, radius) = if low.x <= high.x { (0.5 * (low + high), 0.5 * (high - low).length()) } else { (glam::DVec3::ZERO, 1.0) };
    let uri = content.file_name().expect("a name").to_string_lossy();
    let sphere = [centre.x, centre.y, centre.z, radius.max(0.01)];
    let document = serde_json::json!({
        "asset": { "version": "1.0" }, "geometricError": 1000.0,
        "root": { "boundingVolume": { "sphere": sphere }, "geometricError": 0.0, "content": { "uri": uri } },
    });
    let path = folder.path().join("own-tileset.json");
    std::fs::write(&path, document.to_string()).expect("a document");
    (folder, path)
}

fn contents_are_seen(folder: &str, names: &[&str]) {
    let Some(folder) = shared(folder) else { return };
    let complaints: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let (_folder, document) = wrapped(&folder.join(name));
            complaint(name, &document)
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn point_clouds_and_batched_models_are_seen() {
    contents_are_seen(
        NATIVE,
        &[
            "PointCloud/pointCloudBatched.pnts",
            "BatchTables/batchedWithBatchTable-draco.b3dm",
            "PointCloud/pointCloudDraco.pnts",
            "PointCloud/pointCloudDracoBatched.pnts",
            "PointCloud/pointCloudDracoPartial.pnts",
            "PointCloud/pointCloudNormals.pnts",
            "PointCloud/pointCloudNormalsOctEncoded.pnts",
            "PointCloud/pointCloudPositionsOnly.pnts",
            "PointCloud/pointCloudQuantized.pnts",
            "PointCloud/pointCloudRGB.pnts",
            "PointCloud/pointCloudRGB565.pnts",
            "PointCloud/pointCloudRGBA.pnts",
            "PointCloud/pointCloudWithPerPointProperties.pnts",
            "BatchTables/batchedWithBatchTableBinary.b3dm",
            "BatchTables/batchedWithJson.b3dm",
            "BatchTables/batchedWithStringAndNestedJson.b3dm",
        ],
    );
}

#[test]
fn glb_and_gltf_are_seen_with_their_pictures() {
    contents_are_seen(
        READER,
        &[
            "BoxTextured/BoxTextured.gltf",
            "BoxTexturedWebp/BoxTexturedWebp.gltf",
            "DracoCompressed/CesiumMilkTruck.gltf",
            "DucksMeshopt/Duck.glb",
            "DucksMeshopt/Duck-vp-6-vt-6-vn-6.glb",
            "DucksMeshopt/Duck-vp-15-vt-15-vn-15.glb",
            "MeshPrimitiveModes/MeshPrimitiveModes.gltf",
            "StyledPoints/BENTLEY_materials_point_style.gltf",
            "TriangleWithPaddingInGlbBin/TriangleWithPaddingInGlbBin.glb",
            "TriangleWithoutIndices/glTF-Embedded/TriangleWithoutIndices.gltf",
        ],
    );
    contents_are_seen(CONTENT, &["cube.glb", "cubeFan.glb", "cubeQuantized.glb", "cubeStripIndexed.glb", "cubeTranslated.glb"]);
    contents_are_seen(NATIVE, &["gltf/box/Box.gltf", "gltf/embedded_box/Box.glb"]);
}

/// What cannot be shown is told, by a sentence that holds these words; where something is left, it is drawn.
fn told(folder: &str, content: &str, words: &str, rest_is_seen: bool) {
    let Some(folder) = shared(folder) else { return };
    let (_folder, document) = wrapped(&folder.join(content));
    match picture(&document, None, 1) {
        Ok(picture) => {
            assert!(picture.faults.iter().any(|fault| fault.value.contains(words)), "{content}: {:?}", picture.faults);
            assert_eq!(seen(&picture) >= LEAST_SEEN, rest_is_seen, "{content}");
        }
        Err(fault) => assert!(!rest_is_seen && fault.value.contains(words), "{content}: {fault:?}"),
    }
}

#[test]
fn what_is_not_shown_is_told() {
    told(READER, "CesiumBalloon/CesiumBalloonKTX2.glb", "KHR_texture_basisu", true);
    told(READER, "CesiumBalloon/CesiumBalloonKTX2Hacky.glb", "KTX2", true);
    told(READER, "SpzSplat/basic.glb", "KHR_", false);
}

#[test]
fn unsound_tilesets_are_told_and_never_blank_without_a_word() {
    if let Some(document) = shared(&format!("{SAMPLES}/1.1/TilesetWithFullMetadata/tileset.json")) {
        let faults = picture(&document, None, 1).expect("a picture").faults;
        assert_eq!(faults[0].key, "error-tileset-empty", "{faults:?}");
    }
    if let Some(document) = shared(&format!("{NATIVE}/MultipleKindsOfTilesets/EmptyTileTileset.json")) {
        match picture(&document, None, 1) {
            Ok(picture) => assert!(!picture.faults.is_empty()),
            Err(fault) => assert!(fault.value.contains("parent.b3dm"), "{fault:?}"),
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let document = folder.path().join("tileset.json");
    let unsound = [
        ("{", "error-tileset-unreadable"),
        (r#"{"asset":{"version":"1.0"},"geometricError":1,"root":{"geometricError":0,"boundingVolume":{"sphere":[0,0,1e999,1]}}}"#, "error-tileset-unreadable"),
        (r#"{"asset":{"version":"1.0"},"geometricError":1,"root":{"geometricError":0,"boundingVolume":{"sphere":[0,0,0,1]},"content":{"uri":"gone.glb"}}}"#, "error-picture-empty"),
        (r#"{"asset":{"version":"1.0"},"geometricError":1,"root":{"geometricError":0,"boundingVolume":{"sphere":[0,0,0,1]},"content":{"uri":"../../etc/passwd"}}}"#, "error-picture-empty"),
    ];
    for (json, key) in unsound {
        std::fs::write(&document, json).expect("a document");
        let fault = picture(&document, None, 1).expect_err(json);
        assert_eq!(fault.key, key, "{json}: {fault:?}");
    }
}

/// The first building that a scan of the picture meets.
fn chosen(running: &mut Running) -> bool {
    for y in 1..12 {
        for x in 1..20 {
            running.click(Vec2::new((x * running::WIDTH / 20) as f32, (y * running::HEIGHT / 12) as f32));
            if running.state().selection.is_some() {
                running.frame();
                return true;
            }
        }
    }
    false
}

#[test]
fn a_click_on_a_feature_of_a_batch_table_shows_its_properties() {
    let Some(folder) = shared(&format!("{NATIVE}/Tileset")) else { return };
    // A folder without a manifest opens as the tileset in it.
    let mut running = Running::open(&folder.display().to_string(), "");
    running.complete();
    assert!(chosen(&mut running));
    let names: Vec<&str> = running.facts().figures.iter().map(|figure| figure.name.as_str()).collect();
    assert!(names.contains(&"column:Height") && names.contains(&"figure-id"), "{names:?}");
}

/// A cloud of points with an octree: a slope and the trees on it (see `make_copc.py` beside it).
fn cloud() -> PathBuf {
    root().join("tests/data/terrain/cloud.copc.laz")
}

#[test]
fn a_click_on_a_point_tells_what_is_known_of_it() {
    let document = cloud();
    let tileset = document.file_name().map(|name| name.to_string_lossy().into_owned());
    let folder = document.parent().expect("a folder").display().to_string();
    let mut running = Running::opened(&folder, Opening { tileset, ..Opening::default() });
    running.complete();
    assert!(chosen(&mut running));
    let figures = &running.facts().figures;
    let named = |name: &str| figures.iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("{name}: {figures:?}"));
    assert!(matches!(&named("figure-point-class").amount, Amount::Text(class) if class == "2" || class == "5"));
    for name in ["column:Z", "column:Intensity", "column:ReturnNumber", "column:NumberOfReturns"] {
        assert!(matches!(named(name).amount, Amount::Number(_)), "{name}");
    }
    assert!(matches!(named("column:Z").amount, Amount::Number(height) if (30.0..70.0).contains(&height)));
}

#[test]
fn a_click_tells_what_the_tileset_says_of_group_tile_and_content() {
    let Some(folder) = shared(&format!("{SAMPLES}/1.1/MetadataGranularities")) else { return };
    let mut running = Running::open(&folder.display().to_string(), "");
    running.complete();
    assert!(chosen(&mut running));
    let names: Vec<&str> = running.facts().figures.iter().map(|figure| figure.name.as_str()).collect();
    for name in ["about-content:vertices", "about-group:priority", "about-tileset:author"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
}

#[test]
fn another_style_changes_looks_and_no_geometry() {
    let Some(folder) = shared(&format!("{NATIVE}/Tileset")) else { return };
    let mut running = Running::open(&folder.display().to_string(), "");
    running.complete();
    let keys = |running: &Running| -> Vec<bool> {
        let materials = running.app.world().resource::<Assets<TileMaterial>>();
        materials.iter().map(|(_, material)| material.key.translucent).collect()
    };
    let meshes = |running: &Running| running.app.world().resource::<Assets<Mesh>>().len();
    let before = meshes(&running);
    assert!(keys(&running).iter().all(|translucent| !translucent));
    let style = Style::parse(br#"{"color":"color('blue', 0.5)"}"#, "", &mut Report::default()).expect("a style");
    running.app.world_mut().resource_mut::<LayerTraits>().styles.insert("tileset".into(), Arc::new(style));
    running.frame();
    running.complete();
    let after = keys(&running);
    assert!(!after.is_empty() && after.iter().all(|translucent| *translucent));
    assert_eq!(meshes(&running), before);
}

fn golden(name: &str, document: &str, style: Option<&str>) {
    let Some(document) = shared(document) else { return };
    golden_of(name, &document, style);
}

fn golden_of(name: &str, document: &Path, style: Option<&str>) {
    let picture = picture(document, style.map(str::as_bytes), 4).expect("a picture");
    assert!(picture.faults.is_empty(), "{:?}", picture.faults);
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let taken = folder.join(format!("{name}.png"));
    std::fs::write(&taken, encode_png(&picture).expect("a PNG")).expect("the picture is written");
    super::golden::compare(&taken, &root().join("tests/golden").join(format!("{name}.png")));
    std::fs::remove_dir_all(&folder).expect("the temporary folder goes");
}

#[test]
fn golden_picture_on_a_surface() {
    golden("foreign-texture", &format!("{SAMPLES}/glTF/EXT_mesh_features/FeatureIdTexture/tileset.json"), None);
}

#[test]
fn golden_points() {
    golden("foreign-points", &format!("{SAMPLES}/glTF/EXT_structural_metadata/PropertyAttributesPointCloud/tileset.json"), None);
}

#[test]
fn golden_cloud() {
    golden_of("foreign-cloud", &cloud(), None);
}

#[test]
fn golden_several_contents() {
    golden("foreign-contents", &format!("{SAMPLES}/1.1/MultipleContents/tileset.json"), None);
}

#[test]
fn golden_instances() {
    golden("foreign-instances", &format!("{SAMPLES}/glTF/GpuInstancesMetadata/tileset.json"), None);
}

#[test]
fn golden_oriented_instances() {
    golden("foreign-oriented", &format!("{NATIVE}/i3dm/InstancedOrientation/tileset.json"), None);
}

/// High ones red, low ones green, the lowest not at all.
#[test]
fn golden_style() {
    let style = r#"{"color":{"conditions":[["${Height} >= 11","color('red')"],["true","color('lime')"]]},"show":"${Height} > 8"}"#;
    golden("foreign-style", &format!("{NATIVE}/Tileset/tileset.json"), Some(style));
}

/// A hill in Mapbox's colours over four tiles of level 9; one is missing, and cut from level 8.
pub fn hill() -> tempfile::TempDir {
    use image::ImageEncoder;
    use jumeau::formats::webtiles::{WebTile, from_lonlat};
    const SIDE: u32 = 64;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let parent = WebTile::at(8, from_lonlat(5.9, 45.1));
    let middle = [parent.corner()[0] + 0.5 * WebTile::side_m(8), parent.corner()[1] - 0.5 * WebTile::side_m(8)];
    for tile in std::iter::once(parent).chain(parent.children().into_iter().skip(1)) {
        let ([west, north], step) = (tile.corner(), WebTile::side_m(tile.z) / f64::from(SIDE));
        let pixels: Vec<u8> = (0..SIDE * SIDE)
            .flat_map(|k| {
                let (x, y) = (west + (f64::from(k % SIDE) + 0.5) * step - middle[0], north - (f64::from(k / SIDE) + 0.5) * step - middle[1]);
                let height_m = 3_000.0 * (-(x * x + y * y) / 8e8).exp() + 300.0 * (x / 4_000.0).sin();
                let code = ((height_m + 10_000.0) * 10.0).round() as u32;
                [(code >> 16) as u8, (code >> 8) as u8, code as u8]
            })
            .collect();
        let path = folder.path().join(format!("{}/{}", tile.z, tile.x));
        std::fs::create_dir_all(&path).expect("a folder");
        let mut png = Vec::new();
        image::codecs::png::PngEncoder::new(&mut png).write_image(&pixels, SIDE, SIDE, image::ExtendedColorType::Rgb8).expect("a picture");
        std::fs::write(path.join(format!("{}.png", tile.y)), png).expect("a tile");
    }
    let west_south = jumeau::formats::webtiles::to_lonlat([parent.corner()[0], parent.corner()[1] - WebTile::side_m(8)]);
    let east_north = jumeau::formats::webtiles::to_lonlat([parent.corner()[0] + WebTile::side_m(8), parent.corner()[1]]);
    let inward = 1e-6;
    let document = format!(
        r#"{{"tilejson":"2.2.0","encoding":"mapbox","tiles":["{{z}}/{{x}}/{{y}}.png"],"minzoom":8,"maxzoom":9,"bounds":[{},{},{},{}]}}"#,
        west_south[0] + inward,
        west_south[1] + inward,
        east_north[0] - inward,
        east_north[1] - inward
    );
    std::fs::write(folder.path().join("tiles.json"), document).expect("a description");
    folder
}

#[test]
fn heights_in_colours_are_seen_as_ground() {
    let folder = hill();
    let picture = picture(&folder.path().join("tiles.json"), None, 1).expect("a picture");
    assert!(picture.faults.is_empty(), "{:?}", picture.faults);
    // Ground fills the middle of the picture, in more than one shade of light.
    let pixels: Vec<&[u8]> = picture.rgb.chunks_exact(3).collect();
    let middle: Vec<&[u8]> = (HEIGHT / 3..HEIGHT * 2 / 3).flat_map(|row| (WIDTH / 3..WIDTH * 2 / 3).map(move |column| (row * WIDTH + column) as usize)).filter_map(|at| pixels.get(at).copied()).collect();
    let (low, high) = middle.iter().fold((u8::MAX, u8::MIN), |(low, high), pixel| (low.min(pixel[1]), high.max(pixel[1])));
    assert!(seen(&picture) > (WIDTH * HEIGHT / 4) as usize && high - low > 12, "{} pixels, {low} to {high}", seen(&picture));
}

#[test]
fn an_archive_of_vector_tiles_is_seen() {
    let Some(archive) = shared("vector-raster-tiles/pmtiles/js_test_fixture_1.pmtiles") else { return };
    let picture = picture(&archive, None, 1).expect("a picture");
    assert!(picture.faults.is_empty(), "{:?}", picture.faults);
    assert!(seen(&picture) > LEAST_SEEN, "{} pixels", seen(&picture));
}

#[test]
fn an_archive_of_pictures_is_told() {
    let Some(archive) = shared("vector-raster-tiles/pmtiles/png.pmtiles") else { return };
    let fault = picture(&archive, None, 1).expect_err("no scene");
    assert_eq!(fault.key, "error-tileset-unreadable");
}
