//! Areas: what a plan, a cadastre or a map says of the land, with every attribute of the source.

use super::buildings::kept_attributes;
use super::{Fate, Source, places};
use crate::base::Severity;
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::facilities;
use crate::pipeline::sources::record::Record;
use crate::region::{Area, AreaShape, AreaTheme};

/// Points of a line nearer to each other are one, metres.
const SAME_POINT_M: f64 = 0.01;

/// One area for each record: the surfaces of its shape, or else its lines, or else its points.
pub fn area(record: &Record, source: &mut Source, areas: &mut Vec<Area>) -> Fate {
    let Some(theme) = source.role.theme() else {
        return Fate::Rejected;
    };
    if theme == AreaTheme::CarPark
        && let Some(other) = facilities::other_than_car_park(record)
    {
        source.finding("place-not-car-park", Severity::Info, &record.object, other);
        return Fate::Rejected;
    }
    let Some((shape, repaired)) = shape(record, source) else {
        return Fate::Rejected;
    };
    let stem = stem(source.file);
    let code = match source.role {
        Role::Servitudes => record.text("code").or_else(|| category_in(&stem)),
        _ => record.text("code"),
    }
    .unwrap_or_default();
    let id = match source.role {
        // A commune goes by its code everywhere.
        Role::Areas if !code.is_empty() => code.clone(),
        _ => record.text("id").unwrap_or_else(|| numbered(record, &stem)),
    };
    let name = match source.role {
        Role::Parcels => match (record.text("section"), record.text("number")) {
            (Some(section), Some(number)) => Some(format!("{section} {number}")),
            _ => None,
        },
        _ => record.text("name"),
    };
    areas.push(Area {
        name: name.unwrap_or_else(|| {
            if code.is_empty() {
                id.clone()
            } else {
                code.clone()
            }
        }),
        id,
        dataset: source.dataset.clone(),
        theme,
        code,
        shape,
        attributes: kept_attributes(record).collect(),
    });
    if repaired { Fate::Repaired } else { Fate::Kept }
}

/// The grounds of a named place that is a public facility: places are found and not drawn, but whose building stands there is worth knowing.
pub fn public_facility(record: &Record, source: &mut Source) -> Option<Area> {
    let is_surface = record.shape.as_ref().is_some_and(|shape| !shape.polygons().is_empty());
    if !is_surface || !facilities::is_public_place(record) {
        return None;
    }
    let (outline, _) = places::outline(record, source)?;
    let id = record.text("id").unwrap_or_else(|| numbered(record, &stem(source.file)));
    let code = ["class", "category"].into_iter().filter_map(|term| record.text(term)).find(|word| facilities::is_public(word)).or_else(|| record.text("detail")).unwrap_or_default();
    Some(Area {
        name: record.text("name").unwrap_or_else(|| code.clone()),
        id,
        dataset: source.dataset.clone(),
        theme: AreaTheme::PublicFacility,
        code,
        shape: AreaShape::Surface(outline),
        attributes: kept_attributes(record).collect(),
    })
}

/// Plans give their zones no ids: the document, the file and the row make one that stays as long as the document does.
fn numbered(record: &Record, stem: &str) -> String {
    let document = record
        .text("document")
        .or_else(|| record.text("source:DOC_IDURBA"));
    let row = record.object.trim_start_matches('#');
    match document {
        Some(document) => format!("{document}/{stem}/{row}"),
        None => format!("{stem}/{row}"),
    }
}

fn shape(record: &Record, source: &mut Source) -> Option<(AreaShape, bool)> {
    let shape = record.shape.as_ref();
    if shape.is_some_and(|shape| !shape.polygons().is_empty()) {
        let (outline, repairs) = places::outline(record, source)?;
        return Some((AreaShape::Surface(outline), repairs.any()));
    }
    let finite = |p: &[f64; 3]| p[0].is_finite() && p[1].is_finite();
    let mut lines = Vec::new();
    for line in shape.iter().flat_map(|shape| shape.lines()) {
        let mut points: Vec<[f64; 2]> = line
            .iter()
            .filter(|p| finite(p))
            .map(|p| [p[0], p[1]])
            .collect();
        points.dedup_by(|b, a| (a[0] - b[0]).hypot(a[1] - b[1]) < SAME_POINT_M);
        if points.len() > 1 {
            lines.push(points);
        }
    }
    if !lines.is_empty() {
        return Some((AreaShape::Lines(lines), false));
    }
    let points: Vec<[f64; 2]> = shape
        .iter()
        .flat_map(|shape| shape.points())
        .filter(finite)
        .map(|p| [p[0], p[1]])
        .collect();
    if points.is_empty() {
        source.finding("geometry-missing", Severity::Warning, &record.object, "");
        return None;
    }
    Some((AreaShape::Places(points), false))
}

/// A file's name without folders, table and extension.
fn stem(file: &str) -> String {
    let short = file.rsplit('/').next().unwrap_or_default();
    let name = short.rsplit(':').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// The category of servitudes that a file's name begins with: `AC1_ASSIETTE_SUP_S_030`, `PM1_GENERATEUR_SUP_S`.
fn category_in(stem: &str) -> Option<String> {
    let (category, rest) = stem.split_once('_')?;
    let letters = category
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .count();
    let fits = (1..=3).contains(&letters) && category.len() <= 6;
    (fits && rest.to_lowercase().contains("sup")).then(|| category.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_stands_before_its_class() {
        assert_eq!(
            category_in("AC1_ASSIETTE_SUP_S_030").as_deref(),
            Some("AC1")
        );
        assert_eq!(category_in("pt2_GENERATEUR_SUP_P").as_deref(), Some("PT2"));
        assert_eq!(category_in("ASSIETTE_SUP_S"), None);
        assert_eq!(category_in("30014_ASSIETTE_SUP"), None);
        assert_eq!(stem("a.zip/b/AC1_ASSIETTE_SUP_S.shp"), "AC1_ASSIETTE_SUP_S");
        assert_eq!(stem("plan.gpkg:ac4_assiette_sup"), "ac4_assiette_sup");
    }
}
