//! What a square pyramid of tiles says of itself: TileJSON, the `metadata.json` beside exported folders, the metadata inside a PMTiles archive.
//!
//! Sources: TileJSON 3.0.0; MBTiles 1.3 (metadata, which folders and archives carry along as JSON); the MapLibre style specification (`raster-dem`: `encoding`
//! and its factors). Producers mix them freely: numbers come as texts, bounds as one text, so every field is read both ways.

use super::Fault;
use super::terrainrgb::Rule;
use super::webtiles::{MAX_LATITUDE_DEG, MAX_LEVEL};
use serde_json::{Map, Value};

/// Largest description read, bytes.
pub const MAX_BYTES: usize = 8 << 20;
/// Most templates of one description.
const MAX_TEMPLATES: usize = 64;

/// What tiles hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Matter {
    /// Heights in colours.
    Heights(Rule),
    /// Points, lines and areas (MVT).
    Vectors,
    /// Pictures to be looked at.
    Pictures,
}

/// A pyramid in Web Mercator.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    pub name: String,
    pub attribution: String,
    /// Templates with `{z}`, `{x}`, `{y}` (or `{-y}`), as they are written; empty where the file says none.
    pub tiles: Vec<String>,
    /// Rows count from the south.
    pub tms: bool,
    pub levels: [u32; 2],
    /// West, south, east, north.
    pub bounds_deg: [f64; 4],
    pub matter: Matter,
}

impl Description {
    /// # Errors
    /// `tiles-description-limit`, `tiles-description-json`, `tiles-description-unknown` (no such description, or of tiles that are not read), with the value.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            return Err(Fault::new("tiles-description-limit", "", bytes.len()));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let json: Map<String, Value> = serde_json::from_slice(bytes)
            .map_err(|error| Fault::new("tiles-description-json", "", error))?;
        let known = json.contains_key("tilejson")
            || json.contains_key("tiles")
            || json.contains_key("format")
            || json.contains_key("vector_layers");
        if !known {
            return Err(Fault::new("tiles-description-unknown", "tilejson", ""));
        }
        let format = text(&json, "format").to_ascii_lowercase();
        let vectors =
            json.contains_key("vector_layers") || text(&json, "json").contains("vector_layers");
        let tiles: Vec<String> = match json.get("tiles") {
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(Value::as_str)
                .take(MAX_TEMPLATES)
                .map(str::to_owned)
                .collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        let named = |ending: &str| {
            tiles.iter().any(|template| {
                template
                    .split(['?', '#'])
                    .next()
                    .unwrap_or("")
                    .to_ascii_lowercase()
                    .ends_with(ending)
            })
        };
        let matter = match format.as_str() {
            "pbf" | "mvt" | "application/vnd.mapbox-vector-tile" => Matter::Vectors,
            "" if vectors || named(".pbf") || named(".mvt") => Matter::Vectors,
            "" | "png" | "webp" | "jpg" | "jpeg" | "png8" | "png24" | "image/png"
            | "image/webp" | "image/jpeg" => rule(&json)?.map_or(Matter::Pictures, Matter::Heights),
            other => return Err(Fault::new("tiles-description-unknown", "format", other)),
        };
        let whole = |key: &str| {
            number(&json, key)
                .filter(|level| (0.0..=64.0).contains(level))
                .map(|level| (level as u32).min(MAX_LEVEL))
        };
        let low = whole("minzoom").unwrap_or(0);
        let high = whole("maxzoom")
            .unwrap_or(if matter == Matter::Vectors { 14 } else { 18 })
            .max(low);
        Ok(Self {
            name: text(&json, "name"),
            attribution: text(&json, "attribution"),
            tms: text(&json, "scheme").eq_ignore_ascii_case("tms"),
            tiles,
            levels: [low, high],
            bounds_deg: bounds(&json).unwrap_or([
                -180.0,
                -MAX_LATITUDE_DEG,
                180.0,
                MAX_LATITUDE_DEG,
            ]),
            matter,
        })
    }

    /// Where the tiles are: the first template, or for folders that are exported with their description beside the levels, the usual one.
    pub fn template(&self) -> String {
        let ending = match self.matter {
            Matter::Vectors => "pbf",
            Matter::Heights(_) | Matter::Pictures => "png",
        };
        self.tiles.first().cloned().unwrap_or_else(|| format!("{{z}}/{{x}}/{{y}}.{ending}"))
    }
}

/// What pictures hold by metadata that say an encoding and perhaps nothing else that a description needs; `None` where they are no metadata.
pub fn of_pictures(metadata: &[u8]) -> Option<Matter> {
    let mut json: Map<String, Value> = serde_json::from_slice(metadata).ok()?;
    json.insert("format".to_owned(), "png".into());
    Some(Description::parse(&serde_json::to_vec(&json).ok()?).ok()?.matter)
}

/// How colours make heights: as `encoding` says, or, since Mapbox's own description is silent, by the name that the pyramid goes by.
fn rule(json: &Map<String, Value>) -> Result<Option<Rule>, Fault> {
    let encoding = text(json, "encoding").to_ascii_lowercase();
    match encoding.as_str() {
        "" => {}
        "custom" => {
            let factor = |key: &str, usual: f64| {
                number(json, key)
                    .filter(|factor| factor.is_finite())
                    .unwrap_or(usual)
            };
            return Ok(Some(Rule {
                red_m: factor("redFactor", 1.0),
                green_m: factor("greenFactor", 1.0),
                blue_m: factor("blueFactor", 1.0),
                base_m: -factor("baseShift", 0.0),
            }));
        }
        "terrain-rgb" | "terrainrgb" | "mapbox-terrain-rgb" => return Ok(Some(Rule::MAPBOX)),
        named => {
            return Rule::named(named)
                .map(Some)
                .ok_or_else(|| Fault::new("tiles-description-unknown", "encoding", named));
        }
    }
    let words = ["id", "name", "description"]
        .map(|key| text(json, key).to_ascii_lowercase())
        .join(" ");
    Ok(if words.contains("terrarium") {
        Some(Rule::TERRARIUM)
    } else if words.contains("terrain-rgb")
        || words.contains("terrain rgb")
        || words.contains("terrainrgb")
        || words.contains("terrain-dem")
    {
        Some(Rule::MAPBOX)
    } else {
        None
    })
}

fn text(json: &Map<String, Value>, key: &str) -> String {
    json.get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn number(json: &Map<String, Value>, key: &str) -> Option<f64> {
    match json.get(key)? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}

/// Four numbers, in a list or in a text; those that make no rectangle are as good as none.
fn bounds(json: &Map<String, Value>) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = match json
        .get("bounds")
        .or_else(|| json.get("antimeridian_adjusted_bounds"))?
    {
        Value::Array(list) => list.iter().filter_map(Value::as_f64).collect(),
        Value::String(text) => text
            .split(',')
            .filter_map(|part| part.trim().parse().ok())
            .collect(),
        _ => return None,
    };
    sound(numbers.try_into().ok()?)
}

/// Bounds inside the square world, if they are a rectangle at all.
pub fn sound([west, south, east, north]: [f64; 4]) -> Option<[f64; 4]> {
    let inside = [
        west.max(-180.0),
        south.max(-MAX_LATITUDE_DEG),
        east.min(180.0),
        north.min(MAX_LATITUDE_DEG),
    ];
    let numbers = [west, south, east, north]
        .iter()
        .all(|number| number.is_finite());
    (numbers && inside[0] < inside[2] && inside[1] < inside[3]).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_as_people_write_it() {
        let tilejson = br#"{"tilejson":"2.2.0","tiles":["dem/{z}/{x}/{y}.png"],"encoding":"terrarium","minzoom":3,"maxzoom":12,"bounds":[-2,47,-1,48]}"#;
        let read = Description::parse(tilejson).unwrap();
        assert_eq!(
            (read.matter, read.levels, read.bounds_deg),
            (
                Matter::Heights(Rule::TERRARIUM),
                [3, 12],
                [-2.0, 47.0, -1.0, 48.0]
            )
        );
        let metadata = br#"{"name":"roads","format":"pbf","minzoom":"0","maxzoom":"5","bounds":"-180,-85,180,85","json":"{\"vector_layers\":[]}"}"#;
        let read = Description::parse(metadata).unwrap();
        assert_eq!(
            (read.matter, read.levels, read.tiles.len()),
            (Matter::Vectors, [0, 5], 0)
        );
        let custom = br#"{"tilejson":"3.0.0","tiles":["{z}/{x}/{y}.webp"],"encoding":"custom","redFactor":2,"greenFactor":0,"blueFactor":0,"baseShift":100}"#;
        let Matter::Heights(rule) = Description::parse(custom).unwrap().matter else {
            panic!("no heights")
        };
        assert_eq!(rule.height_m([60, 9, 9]), 20.0);
    }

    #[test]
    fn what_is_none_is_refused() {
        for (json, code) in [
            (&b"[]"[..], "tiles-description-json"),
            (b"{}", "tiles-description-unknown"),
            (
                br#"{"tilejson":"3.0.0","tiles":[],"encoding":"braille"}"#,
                "tiles-description-unknown",
            ),
            (
                br#"{"tilejson":"3.0.0","tiles":[],"format":"mlt"}"#,
                "tiles-description-unknown",
            ),
        ] {
            assert_eq!(Description::parse(json).unwrap_err().code, code);
        }
        let odd = br#"{"tilejson":"3.0.0","tiles":["{z}"],"bounds":[5,5,1,1],"minzoom":-3,"maxzoom":1e9}"#;
        assert_eq!(Description::parse(odd).unwrap().bounds_deg[0], -180.0);
    }
}
