//! What a person lays on the ground beside what a scene has of its own: pictures from above and vectors of others. Pure functions.

use crate::base::{Dataset, Nature};
use crate::formats::territory::{Imagery, Layer, LayerKind, Manifest, Name};
use crate::formats::tiledescription::{Description, Matter};
use crate::formats::webtiles::MAX_LATITUDE_DEG;
use crate::stream::paths;

/// How ids of such imagery and layers begin.
const ID: &str = "over-";
/// Where nobody says how fine a pyramid is: as fine as most national ones; what is not there is taken from above.
const USUAL_MAX_ZOOM: u32 = 19;
/// Where nobody says how wide its pictures are, pixels; they are drawn as wide as they come.
const USUAL_TILE_SIZE: u32 = 256;

/// Whether an address is one for each tile, and not that of a description of them.
pub fn is_template(address: &str) -> bool {
    ["{z}", "{TileMatrix}", "{bbox-epsg-3857}", "{quadkey}"].iter().any(|name| address.contains(name))
}

/// Whether a description has to be read before it is known what an address leads to. The engine opens archives of vectors by itself.
pub fn is_described(address: &str) -> bool {
    let name = address.split(['?', '#']).next().unwrap_or(address);
    !is_template(address) && !name.to_ascii_lowercase().ends_with(".pmtiles")
}

/// Whether imagery is what a person laid there, in this way.
pub fn is_over(imagery: &Imagery) -> bool {
    imagery.id.starts_with(ID)
}

/// The same of vectors.
pub fn is_vectors(layer: &Layer) -> bool {
    layer.id.as_str().starts_with(ID)
}

/// Adds one to a scene, the first in front. `description` is what its document holds, where it has one.
///
/// # Errors
/// What is wrong with it.
pub fn add(manifest: &mut Manifest, number: usize, address: &str, description: Option<&[u8]>) -> Result<(), String> {
    // Of addresses only those that lead to a plain server; all else is a path below the scene's own folder.
    let has_scheme = address.split('/').next().is_some_and(|first| first.contains(':'));
    if has_scheme && paths::address(address).is_none() {
        return Err("http, https".to_owned());
    }
    let id = format!("{ID}{}", number + 1);
    let title = title(address);
    let dataset = |name: &str, attribution: &str| Dataset {
        id: id.as_str().into(),
        title: if name.is_empty() { title.clone() } else { name.to_owned() },
        producer: String::new(),
        licence: String::new(),
        date: String::new(),
        attribution: attribution.to_owned(),
        nature: Nature::Declared,
    };
    let imagery = |name: &str, tiles: String, levels: [u32; 2], bounds_lonlat: [f64; 4]| Imagery {
        id: id.clone(),
        name: both(if name.is_empty() { &title } else { name }),
        tiles,
        clear_tiles: None,
        tilejson: String::new(),
        tile_size: USUAL_TILE_SIZE,
        min_zoom: levels[0],
        max_zoom: levels[1],
        bounds_lonlat,
        date: None,
        dataset: id.as_str().into(),
        count: 0,
        bytes: 0,
    };
    let Some(bytes) = description else {
        if is_template(address) {
            let whole = [-180.0, -MAX_LATITUDE_DEG, 180.0, MAX_LATITUDE_DEG];
            let tiles = address.replace("{s}", "a").replace("{r}", "");
            manifest.imagery.push(imagery("", tiles, [0, USUAL_MAX_ZOOM], whole));
        } else {
            manifest.layers.push(vectors(&id, &title, address));
        }
        manifest.datasets.push(dataset("", ""));
        return Ok(());
    };
    let read = Description::parse(bytes).map_err(|fault| fault.to_string())?;
    match read.matter {
        Matter::Pictures => {
            let template = read.tiles.first().map_or("{z}/{x}/{y}.png", String::as_str);
            let resolved = paths::address(template).map(str::to_owned).or_else(|| paths::resolve(address, template));
            let tiles = resolved.ok_or_else(|| template.to_owned())?;
            let tiles = if read.tms { tiles.replace("{y}", "{-y}") } else { tiles };
            manifest.imagery.push(imagery(&read.name, tiles, read.levels, read.bounds_deg));
        }
        Matter::Vectors => manifest.layers.push(vectors(&id, if read.name.is_empty() { &title } else { &read.name }, address)),
        Matter::Heights(_) => return Err("encoding".to_owned()),
    }
    manifest.datasets.push(dataset(&read.name, &read.attribution));
    Ok(())
}

fn vectors(id: &str, title: &str, address: &str) -> Layer {
    Layer {
        id: id.into(),
        kind: LayerKind::Areas,
        name: both(title),
        tileset: address.to_owned(),
        features: 0,
        tiles: 0,
        bytes: 0,
        datasets: vec![id.into()],
        nature: Nature::Declared,
        visible: true,
        style: None,
    }
}

fn both(name: &str) -> Name {
    Name { fr: name.to_owned(), en: name.to_owned() }
}

/// What of an address a person would call it: its host, or the file's or the folder's name.
fn title(address: &str) -> String {
    let plain = address.split(['?', '#']).next().unwrap_or(address);
    let host = paths::address(plain).and_then(|plain| plain.split('/').nth(2));
    let name = plain.split('/').rev().find(|part| !part.is_empty() && !part.contains('{')).unwrap_or(plain);
    host.unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::webtiles::WebTile;

    fn empty() -> Manifest {
        let tileset = br#"{"asset":{"version":"1.0"},"geometricError":10,"root":{"geometricError":0,"boundingVolume":{"region":[-0.02705,0.82373,-0.02704,0.82374,0,40]}}}"#;
        super::super::foreign::scene(&crate::formats::tiles3d::Tileset::parse(tileset).unwrap(), "tileset.json", "x", None).unwrap().manifest
    }

    #[test]
    fn what_is_laid_on_the_ground_is_pictures_or_vectors() {
        let mut manifest = empty();
        let tile = WebTile { z: 3, x: 2, y: 1 };
        let wmts = "https://data.example.org/wmts?SERVICE=WMTS&LAYER=ORTHO&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";
        let cases = [
            (wmts, None, "https://data.example.org/wmts?SERVICE=WMTS&LAYER=ORTHO&TILEMATRIXSET=PM&TILEMATRIX=3&TILEROW=1&TILECOL=2"),
            ("https://e.org/{TileMatrix}/{TileRow}/{TileCol}.jpg", None, "https://e.org/3/1/2.jpg"),
            ("https://{s}.e.org/{z}/{x}/{y}{r}.png", None, "https://a.e.org/3/2/1.png"),
            ("https://e.org/wms?REQUEST=GetMap&BBOX={bbox-epsg-3857}", None, "https://e.org/wms?REQUEST=GetMap&BBOX=-10018754.171394622,10018754.17139462,-5009377.085697311,15028131.257091932"),
            ("ortho/tiles.json", Some(r#"{"tilejson":"2.2.0","tiles":["{z}/{x}/{y}.jpg"],"scheme":"tms","minzoom":2,"maxzoom":5}"#), "ortho/3/2/6.jpg"),
        ];
        for (number, (address, description, _)) in cases.iter().enumerate() {
            add(&mut manifest, number, address, description.map(str::as_bytes)).unwrap();
        }
        let asked: Vec<String> = manifest.imagery.iter().map(|imagery| tile.path(&imagery.tiles)).collect();
        assert_eq!(asked, cases.map(|(.., asked)| asked));
        assert_eq!([manifest.imagery[4].min_zoom, manifest.imagery[4].max_zoom], [2, 5]);
        for (address, description) in [("roads.pmtiles", None), ("https://e.org/v/tiles.json", Some(r#"{"tilejson":"3.0.0","tiles":["{z}/{x}/{y}.pbf"],"vector_layers":[]}"#))] {
            add(&mut manifest, 9, address, description.map(str::as_bytes)).unwrap();
            assert_eq!(manifest.layers.last().map(|layer| (layer.tileset.as_str(), layer.kind)), Some((address, LayerKind::Areas)));
        }
        assert!(add(&mut manifest, 9, "dem.json", Some(br#"{"tilejson":"3.0.0","tiles":["{z}/{x}/{y}.png"],"encoding":"mapbox"}"#)).is_err());
        assert!(add(&mut manifest, 9, "a/b.json", Some(br#"{"tilejson":"3.0.0","tiles":["../../../{z}.png"]}"#)).is_err());
        assert!(add(&mut manifest, 9, "b.json", Some(b"{}")).is_err());
        for refused in ["ftp://e.org/{z}/{x}/{y}.png", "file:///etc/{z}", "data:image/png;base64,{z}", "https://me@e.org/{z}.png"] {
            assert!(add(&mut manifest, 9, refused, None).is_err(), "{refused}");
        }
    }
}
