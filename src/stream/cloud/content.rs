//! A chunk of points becomes a content: places on the globe, colours, classes as features.

use super::Block;
use crate::formats::Fault;
use crate::formats::gltf::{Column, PropertyTable, Shape, TileContent, TileMesh, Values};
use crate::formats::laz::Echo;
use crate::geodesy::Ecef;

/// Colours of classes, as the ASPRS numbers them; calm, so that buildings and water are seen among them.
const CLASSES: [(u8, &str, [u8; 3]); 14] = [
    (1, "unclassified", [186, 182, 174]),
    (2, "ground", [171, 146, 112]),
    (3, "low vegetation", [162, 186, 112]),
    (4, "medium vegetation", [120, 164, 88]),
    (5, "high vegetation", [70, 128, 72]),
    (6, "building", [206, 122, 98]),
    (7, "low noise", [160, 90, 160]),
    (9, "water", [106, 156, 196]),
    (10, "rail", [128, 120, 128]),
    (11, "road surface", [136, 136, 140]),
    (14, "wire – conductor", [224, 178, 60]),
    (15, "transmission tower", [150, 110, 60]),
    (17, "bridge deck", [176, 160, 150]),
    (18, "high noise", [160, 90, 160]),
];
/// Of other classes.
const OTHER: [u8; 3] = [186, 182, 174];
/// Echoes so many times stronger than the mean one are as bright as can be.
const BRIGHTEST: f64 = 2.0;
/// How dark the weakest echo makes a class's colour.
const DARKEST: f64 = 0.55;

/// Makes the content of a cube from its chunk.
///
/// # Errors
/// Those of [`crate::formats::laz::Items::chunk`], named by the cube.
pub fn content(bytes: &[u8], block: &Block) -> Result<TileContent, Fault> {
    let named = |fault: Fault| Fault { object: format!("{} {}", block.key, fault.object).trim_end().to_owned(), ..fault };
    let cloud = &block.cloud;
    let mut echoes = cloud.items.chunk(bytes, block.count).map_err(named)?;
    echoes.retain(|echo| !echo.is_withheld());
    let frame = cloud.frame(block.key).ok_or_else(|| Fault::new("copc-place", block.key.to_string(), cloud.crs.code()))?;
    let header = &cloud.header;
    let stated = |echo: &Echo| [0, 1, 2].map(|axis: usize| f64::from(echo.at[axis]) * header.scale[axis] + header.offset[axis]);
    let mut positions = Vec::with_capacity(echoes.len());
    echoes.retain(|echo| {
        let at = stated(echo);
        // A point outside of where its system is known is nowhere.
        let Some(at) = cloud.place(at) else { return false };
        positions.push(frame.from_ecef(Ecef(at)).as_vec3().to_array());
        true
    });
    if echoes.is_empty() {
        return Ok(TileContent::default());
    }
    let (table, feature_ids) = classes(&echoes);
    let mesh = TileMesh {
        name: block.key.to_string(),
        tile_from_mesh: frame.ecef_from_enu,
        indices: (0..u32::try_from(positions.len()).unwrap_or(u32::MAX)).collect(),
        positions,
        colors: colours(&echoes),
        feature_ids,
        told: told(&echoes, |echo| stated(echo)[2] as f32),
        table: Some(0),
        shape: Shape::Points,
        ..TileMesh::default()
    };
    Ok(TileContent { meshes: vec![mesh], tables: vec![table] })
}

/// What a click on a single point tells, under the names that LAS gives to it.
fn told(echoes: &[Echo], height: impl Fn(&Echo) -> f32) -> Vec<Column> {
    let whole = |name: &str, of: &dyn Fn(&Echo) -> u32| Column { name: name.to_owned(), values: Values::U32(echoes.iter().map(of).collect()) };
    vec![
        Column { name: "Z".to_owned(), values: Values::F32(echoes.iter().map(height).collect()) },
        whole("Intensity", &|echo| u32::from(echo.intensity)),
        whole("ReturnNumber", &|echo| u32::from(echo.number)),
        whole("NumberOfReturns", &|echo| u32::from(echo.returns)),
    ]
}

/// Each class is a feature, in all cubes the same one, so that a style may show or colour it and a click selects it.
fn classes(echoes: &[Echo]) -> (PropertyTable, Vec<u32>) {
    let mut counts = [0_u32; 256];
    for echo in echoes {
        counts[usize::from(echo.class)] += 1;
    }
    let mut rows = [u32::MAX; 256];
    let (mut ids, mut codes, mut names, mut points) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (class, count) in (0_u8..=255).zip(counts).filter(|(_, count)| *count > 0) {
        rows[usize::from(class)] = ids.len() as u32;
        ids.push(format!("class-{class}"));
        codes.push(u32::from(class));
        names.push(CLASSES.iter().find(|(code, ..)| *code == class).map_or_else(String::new, |(_, name, _)| (*name).to_owned()));
        points.push(count);
    }
    let column = |name: &str, values| Column { name: name.to_owned(), values };
    let table = PropertyTable {
        class: "points".to_owned(),
        count: ids.len(),
        columns: vec![
            column("id", Values::Text(ids.into())),
            column("Classification", Values::U32(codes)),
            column("Class", Values::Text(names.into())),
            column("Points", Values::U32(points)),
        ],
    };
    (table, echoes.iter().map(|echo| rows[usize::from(echo.class)]).collect())
}

/// The scanner's own colours, else those of the classes, darker where an echo is weak.
fn colours(echoes: &[Echo]) -> Vec<[u8; 4]> {
    let brightest = echoes.iter().filter_map(|echo| echo.colour).flatten().max().unwrap_or(0);
    if brightest > 0 {
        // Some writers leave eight bits where sixteen belong.
        let shift = if brightest > 255 { 8 } else { 0 };
        return echoes.iter().map(|echo| echo.colour.unwrap_or_default().map(|part| (part >> shift) as u8)).map(|[r, g, b]| [r, g, b, 255]).collect();
    }
    let sum: f64 = echoes.iter().map(|echo| f64::from(echo.intensity)).sum();
    let bright = BRIGHTEST * sum / echoes.len() as f64;
    echoes
        .iter()
        .map(|echo| {
            let colour = CLASSES.iter().find(|(code, ..)| *code == echo.class).map_or(OTHER, |(.., colour)| *colour);
            let share = if bright > 0.0 { (f64::from(echo.intensity) / bright).min(1.0) } else { 1.0 };
            let [r, g, b] = colour.map(|part| (f64::from(part) * (DARKEST + (1.0 - DARKEST) * share)).round() as u8);
            [r, g, b, 255]
        })
        .collect()
}
