//! The estimated demand of communes, districts and IRIS, hour by hour: the sum over the buildings in them, as a series of their layer.
//! Where the buildings' roofs have their own series of what they would make, so have these surfaces.
//!
//! A building counts in every surface that its middle lies in. A surface that other ones of its layer divide, as districts divide a commune, has no sum
//! of its own: on a map it would lie under them and set the scale of their colours; the territory's balance says the whole. The sums are of
//! estimates, made of public attributes alone, and are marked so ([decision 0009](../../../.dev/decisions/0009-energy-of-homes.md)).

use super::TileFault;
use super::series::{ARRAY, Demand, Hourly, YEAR};
use crate::base::{DatasetId, LayerId};
use crate::energy::demand::DemandClass;
use crate::formats::territory::Manifest;
use crate::geodesy::LonLat;
use crate::pipeline::laying::{loads, roofs};
use crate::region::{Area, AreaShape, AreaTheme, Building};
use geo::{BoundingRect, Centroid, Contains, InteriorPoint, MultiPolygon, Point};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

/// Surfaces whose demand is summed; a layer of more has none.
const MAX_AREAS: usize = 2048;
/// Buildings that are remembered until all surfaces are known: 256 MB.
const MAX_BUILDINGS: usize = 8 << 20;
/// A surface with so many others in it is divided by them; a single one in it may be an island of its own.
const PARTS_FEWEST: usize = 2;
/// Themes that people ask sums of.
const THEMES: [AreaTheme; 2] = [AreaTheme::Outline, AreaTheme::Iris];
const CLASSES: usize = DemandClass::ALL.len();
const HOURS_PER_YEAR: f64 = 8760.0;
const ROOFS: usize = loads::PV.len();
/// The series of the buildings that says what their roofs would make; and the beginning of the ids of its sums.
const OF_ROOFS: &str = "pv-if-equipped";
const SUN: &str = "pv";

/// What is gathered while all features go by.
#[derive(Default)]
pub struct DemandOfAreas {
    buildings: Vec<Noted>,
    areas: Vec<(AreaTheme, String, MultiPolygon<f64>)>,
    is_too_much: bool,
}

struct Noted {
    at: [f64; 2],
    class: u8,
    kwh: f32,
    /// Row of the sun, and kWp.
    roof: Option<(u8, f32)>,
}

/// The yearly demand of a layer's surfaces.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandOfLayer {
    pub layer: LayerId,
    /// In the order of their ids: kWh of each class of use.
    pub areas: Vec<(String, [f64; CLASSES])>,
    /// In the same order: kWp of each row of [`loads::PV`].
    pub roofs: Vec<[f64; ROOFS]>,
}

impl DemandOfAreas {
    pub fn note_building(&mut self, building: &Building, class: usize, kwh: f64) {
        if self.buildings.len() >= MAX_BUILDINGS {
            // A sum of some would pass for the sum of all.
            self.is_too_much = true;
        } else if let Some(at) = building.footprint.centroid() {
            let roof = roofs::roof(building).and_then(|(row, kwp)| Some((loads::PV.iter().position(|(name, ..)| *name == row)? as u8, kwp as f32)));
            self.buildings.push(Noted { at: [at.x(), at.y()], class: class as u8, kwh: kwh as f32, roof });
        }
    }

    pub fn note_area(&mut self, area: &Area) {
        if !THEMES.contains(&area.theme) {
            return;
        }
        match &area.shape {
            AreaShape::Surface(outline) if self.areas.len() < MAX_AREAS => self.areas.push((area.theme, area.id.clone(), outline.clone())),
            AreaShape::Surface(_) => self.is_too_much = true,
            AreaShape::Lines(_) | AreaShape::Places(_) => {}
        }
    }

    /// The sums of each layer; none where there is no surface, no building, or too many of either.
    pub fn sums(&self) -> Vec<DemandOfLayer> {
        if self.is_too_much || self.buildings.is_empty() {
            return Vec::new();
        }
        THEMES.iter().filter_map(|theme| self.of_theme(*theme)).collect()
    }

    fn of_theme(&self, theme: AreaTheme) -> Option<DemandOfLayer> {
        let of_theme = || self.areas.iter().filter(move |(known, _, _)| *known == theme);
        let mut ids: Vec<&str> = of_theme().map(|(_, id, _)| id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let boxes = of_theme().filter_map(|(_, id, outline)| {
            let (rect, place) = (outline.bounding_rect()?, ids.binary_search(&id.as_str()).ok()?);
            Some(GeomWithData::new(Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]), (place, outline)))
        });
        let tree = RTree::bulk_load(boxes.collect());
        let mut sums = vec![([0.0; CLASSES], [0.0; ROOFS]); ids.len()];
        for Noted { at, class, kwh, roof } in &self.buildings {
            // Pieces of one surface count once.
            let mut places: Vec<usize> = tree.locate_all_at_point(at).filter(|known| known.data.1.contains(&Point::new(at[0], at[1]))).map(|known| known.data.0).collect();
            places.sort_unstable();
            places.dedup();
            for place in places {
                let Some((demand, sun)) = sums.get_mut(place) else { continue };
                if let Some(sum) = demand.get_mut(usize::from(*class)) {
                    *sum += f64::from(*kwh);
                }
                if let Some((row, kwp)) = roof && let Some(sum) = sun.get_mut(usize::from(*row)) {
                    *sum += f64::from(*kwp);
                }
            }
        }
        let mut parts = vec![std::collections::BTreeSet::new(); ids.len()];
        for (_, id, outline) in of_theme() {
            let (Some(inner), Ok(own)) = (outline.interior_point(), ids.binary_search(&id.as_str())) else { continue };
            for around in tree.locate_all_at_point(&[inner.x(), inner.y()]).filter(|known| known.data.0 != own && known.data.1.contains(&inner)) {
                if let Some(parts) = parts.get_mut(around.data.0) {
                    parts.insert(own);
                }
            }
        }
        let whole = ids.into_iter().map(str::to_owned).zip(sums).zip(parts).filter(|(_, parts)| parts.len() < PARTS_FEWEST).map(|(sums, _)| sums);
        let known = whole.filter(|(_, (demand, _))| demand.iter().any(|kwh| *kwh > 0.0));
        let (areas, roofs): (Vec<_>, Vec<_>) = known.map(|(id, (demand, roofs))| ((id, demand), roofs)).unzip();
        (!areas.is_empty()).then(|| DemandOfLayer { layer: LayerId::from(theme.id()), areas, roofs })
    }
}

/// Writes the sums as series below `out` and tells the manifest. A territory without the demand's profiles has none.
///
/// # Errors
/// A [`TileFault`] when a file cannot be written.
pub fn write(of_layers: &[DemandOfLayer], undulation_m: &dyn Fn(LonLat) -> f64, out: &std::path::Path, manifest: &mut Manifest) -> Result<(), TileFault> {
    let Some(profiles) = manifest.series.iter().find(|series| series.id == ARRAY).cloned() else { return Ok(()) };
    let demand = Demand::new(manifest.clock());
    let sun = sun(manifest, undulation_m, demand.hours);
    for of in of_layers {
        if !manifest.layers.iter().any(|layer| layer.id == of.layer) {
            continue;
        }
        let names: Vec<String> = of.areas.iter().map(|(id, _)| id.clone()).collect();
        let mut values: Vec<f32> = Vec::with_capacity(of.areas.len() * demand.hours);
        for (_, kwh) in &of.areas {
            for hour in 0..demand.hours {
                let coefficient = |class: usize| demand.values.get(class * demand.hours + hour).copied().map_or(0.0, f64::from);
                values.push(kwh.iter().enumerate().map(|(class, kwh)| kwh / HOURS_PER_YEAR * coefficient(class)).sum::<f64>() as f32);
            }
        }
        let sums = Hourly { id: format!("{ARRAY}-{}", of.layer.as_str()), array: ARRAY, said: "estimated electricity demand of the buildings inside", names: &names, hours: demand.hours, layer: &of.layer };
        sums.write(&values, &profiles.dataset, out, manifest)?;
        let Some((of_kwp, dataset)) = &sun else { continue };
        let mut values: Vec<f32> = Vec::with_capacity(of.areas.len() * demand.hours);
        for kwp in &of.roofs {
            values.extend((0..demand.hours).map(|hour| kwp.iter().zip(of_kwp).map(|(kwp, row)| kwp * row.get(hour).copied().unwrap_or(0.0)).sum::<f64>() as f32));
        }
        let sums = Hourly { id: format!("{SUN}-{}", of.layer.as_str()), array: "power", said: "what the roofs inside would make if all were equipped, without shade", ..sums };
        sums.write(&values, dataset, out, manifest)?;
    }
    Ok(())
}

/// kW of 1 kWp, hour by hour, for each row of [`loads::PV`], and whose data that is; only where the buildings have such a series.
fn sun(manifest: &Manifest, undulation_m: &dyn Fn(LonLat) -> f64, hours: usize) -> Option<([Vec<f64>; ROOFS], DatasetId)> {
    let of_buildings = manifest.scaled.iter().find(|scaled| scaled.id == OF_ROOFS)?;
    let [lon, lat, height_m] = manifest.origin;
    // The air is as thin as it is above the sea, not above the ellipsoid.
    let rows = loads::rows(YEAR, lat, lon, height_m - undulation_m(LonLat::new(lon, lat)), manifest.clock());
    let of = |name: &str| -> Option<Vec<f64>> {
        let row = rows.iter().find(|row| row.name == name && row.values.len() == hours)?;
        Some(row.values.iter().map(|value| f64::from(*value) * row.kwh_per_kwp / hours as f64).collect())
    };
    let [flat, east, south, west] = loads::PV.map(|(name, ..)| of(name));
    Some(([flat?, east?, south?, west?], of_buildings.dataset.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Rect;

    #[test]
    fn what_districts_divide_has_no_sum_of_its_own() {
        let square = |west: f64, east: f64| MultiPolygon::new(vec![Rect::new((west, 0.0), (east, 10.0)).to_polygon()]);
        let area = |id: &str, west, east| (AreaTheme::Outline, id.to_owned(), square(west, east));
        let house = |x: f64| Noted { at: [x, 5.0], class: 0, kwh: 1000.0, roof: None };
        let mut gathered = DemandOfAreas { buildings: vec![house(2.0), house(4.0), house(13.0)], areas: vec![area("commune", 0.0, 20.0), area("west", 0.0, 10.0), area("east", 10.0, 20.0)], is_too_much: false };
        let ids = |gathered: &DemandOfAreas| gathered.sums().into_iter().flat_map(|of| of.areas).map(|(id, demand)| (id, demand[0])).collect::<Vec<_>>();
        assert_eq!(ids(&gathered), [("east".to_owned(), 1000.0), ("west".to_owned(), 2000.0)]);
        // Communes beside each other, and one with a single part in it, keep theirs.
        gathered.areas.pop();
        assert_eq!(ids(&gathered), [("commune".to_owned(), 3000.0), ("west".to_owned(), 2000.0)]);
    }
}
