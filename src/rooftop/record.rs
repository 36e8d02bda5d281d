//! The book's documents ⇄ the models that compute with them.
//!
//! Values are rounded on their way into a record, and everything else is computed from the rounded ones, so that a roof has one answer whether its record was just made or read back.

use super::{Bare, Covisibility, Roof, Standing};
use crate::base::{Instant, LayerId};
use crate::energy::cell::Mount;
use crate::energy::layout::{Layout, ModuleKind, Orientation};
use crate::energy::pv::{DcModel, System};
use crate::energy::roof::RoofPlane;
use crate::energy::shading::sight::SightLine;
use crate::energy::shading::{Foliage, Visibility};
use crate::energy::transposition::{Sky, SkyModel};
use crate::energy::weather::{SkyHour, day_of_year};
use crate::energy::yields::Sureness;
use crate::formats::roofbook::{
    BareRecord, CoverRecord, FoliageRecord, Head, LineRecord, ModuleRecord, MonumentRecord, PER_DEGREE, PlaneRecord, Record, SystemRecord, VERSION, ViewRecord,
};
use crate::planning::rooftop::Cover;

/// A value with so many decimals; a whole number of them reads back as it was written.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    let out = (value * scale).round() / scale;
    if out.is_finite() { out } else { value }
}

/// Energies keep a millionth of a kWh: months add up to years beyond any doubt.
pub fn energy(value: f64) -> f64 {
    rounded(value, 6)
}

/// A plane with its corners on whole millimetres.
pub fn plane_rounded(mut plane: RoofPlane) -> RoofPlane {
    plane.triangles.iter_mut().flatten().flatten().for_each(|x| *x = rounded(*x, 3));
    plane.area_m2 = rounded(plane.area_m2, 6);
    plane.tilt = rounded(plane.tilt, 6);
    plane.azimuth = rounded(plane.azimuth, 6);
    plane.normal = plane.normal.map(|x| rounded(x, 9));
    plane.eave_m = rounded(plane.eave_m, 3);
    plane.ridge_m = rounded(plane.ridge_m, 3);
    plane
}

/// A layout with its places on whole millimetres.
pub fn layout_rounded(mut layout: Layout) -> Layout {
    layout.corners.iter_mut().flatten().for_each(|x| *x = rounded(*x, 3));
    layout.usable_m2 = rounded(layout.usable_m2, 6);
    layout.kwp = rounded(layout.kwp, 6);
    layout
}

/// Hours whose values are short enough to be stored.
pub fn hours_rounded(hours: &[SkyHour]) -> Vec<SkyHour> {
    hours
        .iter()
        .map(|hour| {
            let Sky { ghi, dni, dhi, zenith, sun_azimuth, extraterrestrial, air_mass } = hour.sky;
            let sky = Sky {
                ghi: rounded(ghi, 2),
                dni: rounded(dni, 2),
                dhi: rounded(dhi, 2),
                zenith: rounded(zenith, 4),
                sun_azimuth: rounded(sun_azimuth, 4),
                extraterrestrial: rounded(extraterrestrial, 2),
                air_mass: air_mass.map(|mass| rounded(mass, 4)),
            };
            SkyHour { sky, air_c: rounded(hour.air_c, 2), wind_m_s: rounded(hour.wind_m_s, 2), ..*hour }
        })
        .collect()
}

/// A plane as the book has it; rounded values only.
pub fn plane_record(plane: &RoofPlane, layout: &Layout, roof: &Roof, views: &[Visibility]) -> PlaneRecord {
    let mm = |x: f64| (x * 1000.0).round() as i64;
    let mut points_mm: Vec<[i64; 3]> = Vec::new();
    let mut known = std::collections::BTreeMap::new();
    let triangles = plane
        .triangles
        .iter()
        .map(|triangle| {
            triangle.map(|point| {
                let point = point.map(mm);
                *known.entry(point).or_insert_with(|| {
                    points_mm.push(point);
                    (points_mm.len() - 1) as u32
                })
            })
        })
        .collect();
    PlaneRecord {
        area_m2: plane.area_m2,
        usable_m2: layout.usable_m2,
        tilt: plane.tilt,
        azimuth: plane.azimuth,
        normal: plane.normal,
        eave_m: plane.eave_m,
        ridge_m: plane.ridge_m,
        points_mm,
        triangles,
        lying: layout.orientation == Orientation::Landscape,
        modules: layout.modules,
        corners_mm: layout.corners.iter().map(|corner| corner.map(mm)).collect(),
        kwp: layout.kwp,
        kwh_year: roof.kwh_year,
        kwh_month: roof.kwh_month,
        shading_loss: roof.shading_loss,
        sky_view: roof.sky_view,
        kwh_m2: roof.poa_kwh_m2,
        // A plane that bears nothing is asked nothing.
        views: if layout.modules > 0 { views.iter().map(view_record).collect() } else { Vec::new() },
    }
}

fn view_record(view: &Visibility) -> ViewRecord {
    let parts = |angles: &[f32]| angles.iter().map(|angle| (f64::from(*angle) * PER_DEGREE).round() as u16).collect();
    ViewRecord { horizon: parts(view.horizon()), tree_tops: parts(view.tree_tops()), overhead: view.overhead().to_vec() }
}

/// What the parts of a plane see.
pub fn views(record: &PlaneRecord) -> Vec<Visibility> {
    let degrees = |parts: &[u16]| parts.iter().map(|part| (f64::from(*part) / PER_DEGREE) as f32).collect::<Vec<f32>>();
    record
        .views
        .iter()
        .map(|view| Visibility::from_horizon(degrees(&view.horizon)).with_tree_tops(degrees(&view.tree_tops)).with_overhead(view.overhead.clone()))
        .collect()
}

/// The plane itself. Indices have been looked at when the record was read.
pub fn plane(record: &PlaneRecord) -> RoofPlane {
    let point = |at: &u32| record.points_mm.get(*at as usize).copied().unwrap_or_default().map(|mm| mm as f64 / 1000.0);
    RoofPlane {
        area_m2: record.area_m2,
        tilt: record.tilt,
        azimuth: record.azimuth,
        eave_m: record.eave_m,
        ridge_m: record.ridge_m,
        normal: record.normal,
        triangles: record.triangles.iter().map(|[a, b, c]| [point(a), point(b), point(c)]).collect(),
    }
}

/// Its modules.
pub fn layout(record: &PlaneRecord, kind: &ModuleKind) -> Layout {
    Layout {
        orientation: if record.lying { Orientation::Landscape } else { Orientation::Portrait },
        corners: record.corners_mm.iter().map(|corner| corner.map(|mm| mm as f64 / 1000.0)).collect(),
        modules: record.modules,
        kwp: record.kwp,
        covered_m2: record.modules as f64 * kind.long_m * kind.short_m,
        usable_m2: record.usable_m2,
    }
}

/// All planes of a building, with all their modules.
pub fn roofs(record: &Record, sureness: Sureness) -> Vec<Roof> {
    record
        .planes
        .iter()
        .enumerate()
        .map(|(number, own)| Roof {
            building: record.building.clone(),
            layer: LayerId::from(record.layer.as_str()),
            plane: number,
            area_m2: own.area_m2,
            usable_m2: own.usable_m2,
            tilt: own.tilt,
            azimuth: own.azimuth,
            ridge_m: own.ridge_m - record.foot_m,
            modules: own.modules,
            kwp: own.kwp,
            kwh_year: own.kwh_year,
            kwh_year_p90: sureness.p90(own.kwh_year),
            kwh_month: own.kwh_month,
            shading_loss: own.shading_loss,
            sky_view: own.sky_view,
            poa_kwh_m2: own.kwh_m2,
            outline: plane(own).outline(),
        })
        .collect()
}

pub fn cover_record(cover: &Cover) -> CoverRecord {
    CoverRecord { code: cover.code.clone(), name: cover.name.clone(), dataset: cover.dataset.clone(), date: cover.date.clone() }
}

pub fn cover(record: &CoverRecord) -> Cover {
    Cover { code: record.code.clone(), name: record.name.clone(), dataset: record.dataset.clone(), date: record.date.clone() }
}

pub fn monument_record(found: &Covisibility) -> MonumentRecord {
    let line = |line: &SightLine| LineRecord { from: line.from.map(|x| rounded(x, 3)), to: line.to.map(|x| rounded(x, 3)), hidden_at: line.hidden_at.map(|at| at.map(|x| rounded(x, 3))) };
    MonumentRecord {
        name: found.monument.name.clone(),
        dataset: found.monument.dataset.clone(),
        at: found.monument.at.map(|x| rounded(x, 3)),
        distance_m: rounded(found.monument.distance_m, 3),
        guessed: found.monument.guessed,
        building: found.building.clone(),
        covisible: found.covisible,
        direct: found.direct.as_ref().map(line),
        from_street: found.from_street.as_ref().map(|[a, b]| [line(a), line(b)]),
        viewpoints: found.viewpoints,
        bare: found.bare.as_ref().map(|bare| BareRecord {
            covisible: bare.covisible,
            direct: bare.direct.as_ref().map(line),
            from_street: bare.from_street.as_ref().map(|[a, b]| [line(a), line(b)]),
        }),
    }
}

pub fn covisibility(record: &MonumentRecord) -> Covisibility {
    let line = |line: &LineRecord| SightLine { from: line.from, to: line.to, hidden_at: line.hidden_at };
    Covisibility {
        monument: Standing { name: record.name.clone(), dataset: record.dataset.clone(), at: record.at, distance_m: record.distance_m, guessed: record.guessed },
        building: record.building.clone(),
        covisible: record.covisible,
        direct: record.direct.as_ref().map(line),
        from_street: record.from_street.as_ref().map(|[a, b]| [line(a), line(b)]),
        viewpoints: record.viewpoints,
        bare: record.bare.as_ref().map(|bare| {
            Box::new(Bare { covisible: bare.covisible, direct: bare.direct.as_ref().map(line), from_street: bare.from_street.as_ref().map(|[a, b]| [line(a), line(b)]) })
        }),
    }
}

/// What all roofs of a territory share.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    pub module: ModuleKind,
    pub system: System,
    pub foliage: Foliage,
    pub sureness: Sureness,
    /// A stable name; French, English.
    pub weather: [String; 3],
    pub layers: Vec<String>,
    pub sources: Vec<String>,
    pub hours: Vec<SkyHour>,
    pub step_h: f64,
}

/// The head of a book; `None` for a system that a book has no words for (anything but PVWatts modules behind plain glass).
pub fn head(shared: &Shared) -> Option<Head> {
    let Shared { module, system, foliage, sureness, hours, .. } = shared;
    let DcModel::PvWatts { per_k } = system.dc else { return None };
    let plain = System { dc: system.dc, mount: system.mount, losses: system.losses, inverter_efficiency: system.inverter_efficiency, inverter_kw: system.inverter_kw, albedo: system.albedo, model: system.model, ..System::default() };
    if plain != *system {
        return None;
    }
    let mount = match system.mount {
        Mount::Sapm { a, b, delta_k } => ("sapm", vec![a, b, delta_k]),
        Mount::Pvsyst { u_c, u_v } => ("pvsyst", vec![u_c, u_v]),
        Mount::Faiman { u0, u1 } => ("faiman", vec![u0, u1]),
    };
    let step_s = (shared.step_h * 3600.0).round() as i64;
    let mut runs: Vec<(i64, usize)> = Vec::new();
    for hour in hours {
        match runs.last_mut() {
            Some((start, count)) if *start + *count as i64 * step_s == hour.at.0 => *count += 1,
            _ => runs.push((hour.at.0, 1)),
        }
    }
    let lit: Vec<(u32, &SkyHour)> = hours.iter().enumerate().filter(|(_, hour)| hour.sky.ghi > 0.0 || hour.sky.dni > 0.0 || hour.sky.dhi > 0.0).map(|(number, hour)| (number as u32, hour)).collect();
    let column = |of: fn(&SkyHour) -> f64| lit.iter().map(|(_, hour)| of(hour)).collect::<Vec<f64>>();
    Some(Head {
        roofbook: VERSION,
        azimuths: 72,
        module: ModuleRecord { long_m: module.long_m, short_m: module.short_m, kwp: module.kwp, margin_m: module.margin_m, gap_m: module.gap_m },
        system: SystemRecord {
            sky_model: system.model.name().to_owned(),
            mount: (mount.0.to_owned(), mount.1),
            per_k,
            losses: system.losses,
            inverter_efficiency: system.inverter_efficiency,
            inverter_kw: system.inverter_kw,
            albedo: system.albedo,
        },
        foliage: FoliageRecord { in_leaf: foliage.in_leaf, bare: foliage.bare, leaf_days: foliage.leaf_days },
        sigma: [sureness.weather, sureness.resource, sureness.model],
        weather: shared.weather.clone(),
        layers: shared.layers.clone(),
        sources: shared.sources.clone(),
        step_h: shared.step_h,
        year: super::YEAR,
        runs,
        lit: lit.iter().map(|(number, _)| *number).collect(),
        month: lit.iter().map(|(_, hour)| hour.month).collect(),
        ghi: column(|hour| hour.sky.ghi),
        dni: column(|hour| hour.sky.dni),
        dhi: column(|hour| hour.sky.dhi),
        zenith: column(|hour| hour.sky.zenith),
        sun_azimuth: column(|hour| hour.sky.sun_azimuth),
        extraterrestrial: column(|hour| hour.sky.extraterrestrial),
        air_mass: column(|hour| hour.sky.air_mass.unwrap_or(-1.0)),
        air_c: column(|hour| hour.air_c),
        wind_m_s: column(|hour| hour.wind_m_s),
    })
}

/// What a head says; `None` where it names a model that is not known here.
pub fn shared(head: &Head) -> Option<Shared> {
    let mount = match (head.system.mount.0.as_str(), head.system.mount.1.as_slice()) {
        ("sapm", [a, b, delta_k]) => Mount::Sapm { a: *a, b: *b, delta_k: *delta_k },
        ("pvsyst", [u_c, u_v]) => Mount::Pvsyst { u_c: *u_c, u_v: *u_v },
        ("faiman", [u0, u1]) => Mount::Faiman { u0: *u0, u1: *u1 },
        _ => return None,
    };
    let system = System {
        dc: DcModel::PvWatts { per_k: head.system.per_k },
        mount,
        losses: head.system.losses,
        inverter_efficiency: head.system.inverter_efficiency,
        inverter_kw: head.system.inverter_kw,
        albedo: head.system.albedo,
        model: SkyModel::from_name(&head.system.sky_model)?,
        ..System::default()
    };
    let step_s = (head.step_h * 3600.0).round() as i64;
    let mut hours = Vec::with_capacity(head.hours()?);
    for (start, count) in &head.runs {
        for number in 0..*count {
            let at = Instant(start.checked_add(step_s.checked_mul(i64::try_from(number).ok()?)?)?);
            hours.push(SkyHour { at, month: day_of_year(at).1, sky: Sky::default(), air_c: 0.0, wind_m_s: 0.0 });
        }
    }
    for (place, number) in head.lit.iter().enumerate() {
        let value = |column: &[f64]| column.get(place).copied().unwrap_or(0.0);
        let Some(hour) = hours.get_mut(*number as usize) else { continue };
        let mass = value(&head.air_mass);
        hour.sky = Sky {
            ghi: value(&head.ghi),
            dni: value(&head.dni),
            dhi: value(&head.dhi),
            zenith: value(&head.zenith),
            sun_azimuth: value(&head.sun_azimuth),
            extraterrestrial: value(&head.extraterrestrial),
            air_mass: (mass >= 0.0).then_some(mass),
        };
        hour.month = head.month.get(place).copied().unwrap_or(hour.month);
        hour.air_c = value(&head.air_c);
        hour.wind_m_s = value(&head.wind_m_s);
    }
    let ModuleRecord { long_m, short_m, kwp, margin_m, gap_m } = head.module;
    let FoliageRecord { in_leaf, bare, leaf_days } = head.foliage;
    let [weather, resource, model] = head.sigma;
    Some(Shared {
        module: ModuleKind { long_m, short_m, kwp, margin_m, gap_m },
        system,
        foliage: Foliage { in_leaf, bare, leaf_days },
        sureness: Sureness { weather, resource, model },
        weather: head.weather.clone(),
        layers: head.layers.clone(),
        sources: head.sources.clone(),
        hours,
        step_h: head.step_h,
    })
}
