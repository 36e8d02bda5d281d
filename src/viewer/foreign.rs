//! A tileset of other people as a scene of its own: a manifest in memory with one layer, a first view from its root's volume. Pure functions.

use super::stand::{Stand, Stood};
use crate::base::{Dataset, Instant, Nature};
use crate::formats::territory::{HomeView, Layer, LayerKind, Manifest, Name, VERSION};
use crate::formats::tiles3d::Tileset;
use crate::formats::tiles3d::tileset::KNOWN_EXTENSIONS;
use crate::geodesy::{Crs, Ecef, LonLatH};
use crate::stream::cloud::Cloud;
use crate::stream::ground::{Matter, Pyramid};

/// The one layer.
pub const LAYER: &str = "tileset";
/// From the middle to the eye, in radii: at 2.6 a sphere fills the height of the picture.
const AWAY: f64 = 2.7;
/// The same for ground, which is seen from above.
const AWAY_FROM_GROUND: f64 = 1.9;
const METRES_PER_DEGREE: f64 = 111_200.0;
/// From how far a tileset round the globe is looked at, metres.
const FARTHEST_M: f64 = 3e6;
/// Where such a one is looked at: longitude, latitude.
const GLOBE_VIEW: [f64; 2] = [2.5, 46.6];
/// Half past ten by the sun, in June: light from the side, on what looks south and east.
const MORNING: Instant = Instant(1_782_037_800);

/// What a tileset opens with.
#[derive(Debug)]
pub struct Opened {
    pub manifest: Manifest,
    pub stand: Stand,
    /// Nearest and farthest distance of the eye, metres.
    pub distance_m: [f64; 2],
}

/// A scene of the tileset whose document lies at `path` below the root; `name` is what a person called it. `None` where its volume says nothing.
pub fn scene(tileset: &Tileset, path: &str, name: &str, crs: Option<&Crs>) -> Option<Opened> {
    let Stood { stand, centre, radius_m } = Stand::of(&tileset.root, crs)?;
    let radius_m = radius_m.max(1e-3);
    let mut place = Ecef(centre).to_lonlath();
    let distance_m = (radius_m * AWAY).min(FARTHEST_M);
    if radius_m > centre.length() {
        [place.lon_deg, place.lat_deg] = GLOBE_VIEW;
        place.height_m = 0.0;
    }
    let manifest = manifest(&Portrait {
        path,
        name,
        place,
        radius_m,
        distance_m,
        pitch_deg: -30.0,
        kind: LayerKind::Models,
        producer: tileset.asset.generator.clone().unwrap_or_default(),
        date: tileset.asset.tileset_version.clone().unwrap_or_default(),
        attribution: text_of(&tileset.asset.extras, "copyright"),
        tiles: tileset.count() as u64,
        crs: crs.map_or_else(|| "EPSG:4978".to_owned(), |crs| crs.code().to_owned()),
    });
    Some(Opened { manifest, stand, distance_m: [(radius_m * 0.05).clamp(0.02, 15.0), (radius_m * 30.0).clamp(50.0, 2.0 * FARTHEST_M)] })
}

/// Why a tileset is nowhere: the extensions that it needs and that are not read here, else its volume.
pub fn unplaced(tileset: &Tileset) -> String {
    let unread: Vec<&str> = tileset.extensions_required.iter().map(String::as_str).filter(|name| !KNOWN_EXTENSIONS.contains(name)).take(8).collect();
    let volume = || format!("root.boundingVolume: {:?}", tileset.root.bounding_volume);
    if unread.is_empty() { volume() } else { format!("extensionsRequired: {}", unread.join(", ")) }
}

/// A pyramid of ground, or of vectors, as a scene of its own: seen from the south, all that it says it covers in view.
pub fn ground(pyramid: &Pyramid, path: &str, name: &str) -> Opened {
    let [west, south, east, north] = pyramid.extent_deg();
    let mut place = LonLatH::new(0.5 * (west + east), 0.5 * (south + north), 0.0);
    let across_m = (east - west) * METRES_PER_DEGREE * place.lat_deg.to_radians().cos();
    let radius_m = (0.5 * across_m.hypot((north - south) * METRES_PER_DEGREE)).max(50.0);
    if radius_m > FARTHEST_M {
        [place.lon_deg, place.lat_deg] = GLOBE_VIEW;
    }
    let distance_m = (radius_m * AWAY_FROM_GROUND).min(FARTHEST_M);
    let manifest = manifest(&Portrait {
        path,
        name,
        place,
        radius_m,
        distance_m,
        pitch_deg: -48.0,
        kind: if pyramid.matter == Matter::Vectors { LayerKind::Areas } else { LayerKind::Terrain },
        producer: String::new(),
        date: String::new(),
        attribution: pyramid.attribution.clone(),
        tiles: 0,
        crs: if pyramid.mercator { "EPSG:3857".to_owned() } else { "EPSG:4326".to_owned() },
    });
    Opened { manifest, stand: Stand::Globe, distance_m: [15.0, (radius_m * 30.0).clamp(2_000.0, 2.0 * FARTHEST_M)] }
}

/// A cloud of points as a scene of its own, all of it in view. `None` where its octree is nowhere.
pub fn cloud(cloud: &Cloud, path: &str, name: &str) -> Option<Opened> {
    let (centre, radius_m) = cloud.sphere()?;
    let radius_m = radius_m.max(1.0);
    let distance_m = (radius_m * AWAY_FROM_GROUND).min(FARTHEST_M);
    let manifest = manifest(&Portrait {
        path,
        name,
        place: Ecef(centre).to_lonlath(),
        radius_m,
        distance_m,
        pitch_deg: -35.0,
        kind: LayerKind::Models,
        producer: String::new(),
        date: cloud.header.year.map_or_else(String::new, |year| year.to_string()),
        attribution: String::new(),
        tiles: 0,
        crs: cloud.crs().code().to_owned(),
    });
    Some(Opened { manifest, stand: Stand::Globe, distance_m: [(radius_m * 0.02).clamp(0.5, 15.0), (radius_m * 30.0).clamp(200.0, 2.0 * FARTHEST_M)] })
}

/// What a manifest in memory is made of.
struct Portrait<'a> {
    path: &'a str,
    name: &'a str,
    place: LonLatH,
    radius_m: f64,
    distance_m: f64,
    pitch_deg: f64,
    kind: LayerKind,
    producer: String,
    date: String,
    attribution: String,
    tiles: u64,
    crs: String,
}

fn manifest(of: &Portrait) -> Manifest {
    let Portrait { path, name, place, radius_m, distance_m, .. } = *of;
    let (south, north) = (place.lat_deg - reach(radius_m), place.lat_deg + reach(radius_m));
    let across = reach(radius_m) / place.lat_deg.to_radians().cos().max(0.01);
    let home = HomeView {
        lon: place.lon_deg,
        lat: place.lat_deg,
        height_m: place.height_m,
        distance_m,
        heading_deg: 335.0,
        pitch_deg: of.pitch_deg,
        // An hour of the sun is fifteen degrees of longitude.
        instant: Instant(MORNING.0 - (place.lon_deg * 240.0) as i64),
    };
    let dataset = Dataset {
        id: LAYER.into(),
        title: name.to_owned(),
        producer: of.producer.clone(),
        licence: String::new(),
        date: of.date.clone(),
        attribution: of.attribution.clone(),
        nature: Nature::Declared,
    };
    let layer = Layer {
        id: LAYER.into(),
        kind: of.kind,
        name: Name { fr: name.to_owned(), en: name.to_owned() },
        tileset: path.split('?').next().unwrap_or(path).to_owned(),
        features: 0,
        tiles: of.tiles,
        bytes: 0,
        datasets: vec![dataset.id.clone()],
        nature: Nature::Declared,
        visible: true,
        style: None,
    };
    Manifest {
        grids: Vec::new(),
        tables: Vec::new(),
        roofs: None,
        search: None,
        connect: None,
        jumeau: VERSION,
        id: slug(name),
        name: Name { fr: name.to_owned(), en: name.to_owned() },
        crs: of.crs.clone(),
        vertical: String::new(),
        geoid: String::new(),
        bounds_lonlat: [(place.lon_deg - across).max(-180.0), south.max(-90.0), (place.lon_deg + across).min(180.0), north.min(90.0)],
        origin: [place.lon_deg, place.lat_deg, place.height_m],
        timezone: String::new(),
        home,
        views: Vec::new(),
        layers: vec![layer],
        axes: Vec::new(),
        series: Vec::new(),
        scaled: Vec::new(),
        datasets: vec![dataset],
        imagery: Vec::new(),
        features: None,
    }
}

/// Degrees of a meridian that the target may stray from the middle.
fn reach(radius_m: f64) -> f64 {
    (radius_m * 2.0 / 111_200.0).clamp(1e-4, 90.0)
}

fn text_of(extras: &serde_json::Map<String, serde_json::Value>, key: &str) -> String {
    extras.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// A name as it stands in links.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().take(80) {
        match letter.to_ascii_lowercase() {
            letter if letter.is_ascii_alphanumeric() => slug.push(letter),
            _ if !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    match slug.trim_matches('-') {
        "" => LAYER.to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tileset_that_is_nowhere_says_why() {
        let cells = br#"{"asset":{"version":"1.1"},"geometricError":10,"extensionsRequired":["3DTILES_content_gltf","3DTILES_bounding_volume_S2"],"root":{"geometricError":0,"boundingVolume":{"extensions":{"3DTILES_bounding_volume_S2":{"token":"48","minimumHeight":0,"maximumHeight":9}}}}}"#;
        let tileset = Tileset::parse(cells).unwrap();
        assert!(scene(&tileset, "tileset.json", "x", None).is_none());
        assert_eq!(unplaced(&tileset), "extensionsRequired: 3DTILES_bounding_volume_S2");
    }

    #[test]
    fn the_first_view_looks_at_the_middle_of_the_root() {
        let json = br#"{"asset":{"version":"1.0"},"geometricError":10,"root":{"geometricError":0,"boundingVolume":{"region":[-0.02705,0.82373,-0.02704,0.82374,0,40]}}}"#;
        let tileset = Tileset::parse(json).unwrap();
        let opened = scene(&tileset, "city/tileset.json", "Ville d’été", None).unwrap();
        let home = opened.manifest.home;
        assert!((home.lon - -1.5495).abs() < 1e-3 && (home.lat - 47.196).abs() < 1e-2 && (home.height_m - 20.0).abs() < 5.0, "{home:?}");
        assert!(home.distance_m > 50.0 && home.distance_m < 500.0);
        assert_eq!((opened.manifest.id.as_str(), opened.manifest.layers[0].tileset.as_str()), ("ville-d-t", "city/tileset.json"));
    }
}
