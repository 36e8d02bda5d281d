//! A network of a file on a territory that draws it: its lines and buses are features of a layer, under the ids of the file.
//!
//! A file states one moment. Where no profiles come with it, its powers are taken to be the peaks of a year: consumption follows the usual
//! course of homes, production that of modules on a slope to the south in the typical year of the place. That is an assumption, and it is told.

use super::Opened;
use super::territory::{Driven, YearFault, fault};
use crate::base::{Clock, Dataset, DatasetId, Finding, Instant, LayerId, Nature, Severity};
use crate::energy::demand::{DemandClass, profile};
use crate::energy::grid::LoadKind;
use crate::energy::grid::series::{Channel, Profiles, Quantity, Target};
use crate::formats::territory::{GridFile, Manifest};
use crate::pipeline::laying::loads;
use crate::pipeline::tile::series::YEAR;
use std::path::Path;

/// Data set of what is computed.
const DATASET: &str = "flow";
/// Row of the sun that production follows.
const SUN: &str = "pv-south";

/// When profiles that came from a file begin, and how long their steps are.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub profiles: Profiles,
    pub start: Instant,
    pub step_h: f64,
}

/// The network with what drives it, as features of `layer`.
///
/// # Errors
/// `grid-store` for a territory without that layer.
pub fn drive(manifest_at: &Path, manifest: &Manifest, mut opened: Opened, file: &str, layer: &str, given: Option<Given>) -> Result<Driven, YearFault> {
    if !manifest.layers.iter().any(|known| known.id.as_str() == layer) {
        let refused = Finding::new("grid-store", Severity::Error, file).object(manifest_at.display().to_string());
        return Err(YearFault::Finding(refused.value(format!("--layer {layer}"))));
    }
    let given = match given {
        Some(given) => given,
        None => usual(manifest, &mut opened, file).ok_or_else(|| fault("grid-territory-profiles", manifest_at, file))?,
    };
    let id = DatasetId::from(DATASET);
    let dataset = Dataset {
        id: id.clone(),
        title: format!("Flux calculés du réseau {file}"),
        producer: "Jumeau".to_owned(),
        licence: String::new(),
        date: given.start.to_string().chars().take(10).collect(),
        attribution: format!("calcul AC de Jumeau d’après {file}, valeurs simulées"),
        nature: Nature::Simulated,
    };
    Ok(Driven {
        opened,
        profiles: given.profiles,
        start: given.start,
        step_h: given.step_h,
        grid: GridFile { id: layer.to_owned(), path: file.to_owned(), layer: LayerId::from(layer), prefix: String::new(), nature: Nature::Declared, dataset: id },
        file: file.to_owned(),
        folder: manifest_at.parent().unwrap_or(Path::new(".")).to_owned(),
        manifest_at: manifest_at.to_owned(),
        dataset: Some(dataset),
        draws_buses: true,
    })
}

/// The year of a network whose file states its peaks.
fn usual(manifest: &Manifest, opened: &mut Opened, file: &str) -> Option<Given> {
    let places: Vec<_> = opened.network.buses.iter().filter_map(|bus| bus.place).collect();
    let count = places.len().max(1) as f64;
    let middle = |of: fn(&crate::geodesy::LonLat) -> f64| places.iter().map(of).sum::<f64>() / count;
    let [lon, lat] = if places.is_empty() { [manifest.origin[0], manifest.origin[1]] } else { [middle(|place| place.lon_deg), middle(|place| place.lat_deg)] };
    let clock = Clock::at(lon, lat);
    let homes: Vec<f64> = peaks(&profile(DemandClass::Residential, YEAR, clock))?;
    let sun = loads::rows(YEAR, lat, lon, 0.0, clock).into_iter().find(|row| row.name == SUN).and_then(|row| peaks(&row.values));
    let mut profiles = Profiles { steps: homes.len(), columns: vec![homes], ..Profiles::default() };
    let sun = sun.filter(|column| column.len() == profiles.steps).map(|column| {
        profiles.columns.push(column);
        profiles.columns.len() - 1
    });
    for (index, load) in opened.network.loads.iter().enumerate() {
        let column = if load.kind == LoadKind::Production || load.p_mw < 0.0 { sun } else { Some(0) };
        // Without a climate production stays at what the file says.
        if let Some(column) = column {
            profiles.channels.push(Channel { target: Target::Load(index), quantity: Quantity::Factor, column });
        }
    }
    opened.report.push(Finding::new("grid-profiles-assumed", Severity::Info, file).value(opened.network.loads.len()));
    Some(Given { profiles, start: Instant::from_utc(YEAR, 1, 1, 0, 0, 0)?, step_h: 1.0 })
}

/// As shares of the highest.
fn peaks(values: &[f32]) -> Option<Vec<f64>> {
    let most = values.iter().copied().map(f64::from).fold(0.0, f64::max);
    (most > 0.0).then(|| values.iter().map(|value| f64::from(*value) / most).collect())
}
