//! The selected roof in the scene: its planes in the colours of their light, modules on them, lines of sight to what is protected.

use crate::energy::layout::ModuleKind;
use crate::energy::shading::sight::SightLine;
use crate::formats::roofbook::Record;
use crate::geodesy::{EnuFrame, LonLatH};
use crate::rooftop::card::{PlaneCard, colour};
use crate::rooftop::record;
use crate::viewer::shapes::{Laying, Shapes};
use crate::viewer::vocab::{RoofFacts, Scene};
use bevy::prelude::*;
use glam::{DMat4, DVec3};

/// The coloured planes lie so far above the roof, and the modules above them, metres: far enough not to flicker with what lies below.
const PLANE_ABOVE_M: f64 = 0.10;
const MODULE_ABOVE_M: f64 = 0.20;
/// A module's frame is narrower than the module by this on every side, so that neighbours are told apart.
const MODULE_INSET: f64 = 0.03;
const MODULE: [u8; 3] = [20, 27, 48];
/// A free line of sight, one that something hides, and what of it lies behind.
const SEEN: [u8; 3] = [214, 40, 40];
const HIDDEN: [u8; 3] = [58, 124, 86];
/// Half the width of a line of sight, metres, for each metre of its length; at least, at most.
const LINE_SHARE: f64 = 1.0 / 700.0;
const LINE_M: [f64; 2] = [0.12, 0.6];
/// Length of the dashes of a hidden part, metres.
const DASH_M: f64 = 4.0;
const MOST_DASHES: usize = 200;

/// Marks a mesh of the selected roof.
#[derive(Component)]
pub struct RoofPiece;

/// Draws the roof anew when what is known of it has changed.
pub(super) fn draw(mut laying: Laying, scene: Res<Scene>, facts: Res<RoofFacts>, pieces: Query<Entity, With<RoofPiece>>, mut drawn: Local<Option<u64>>) {
    if *drawn == Some(facts.version) || !laying.is_ready() {
        return;
    }
    *drawn = Some(facts.version);
    laying.clear(&pieces);
    let (Some(prepared), Some(kind)) = (&facts.prepared, &facts.module) else { return };
    let middle = DVec3::from_array(prepared.middle());
    let [lon, lat, height_m] = scene.manifest.origin;
    let ecef_from_mesh = EnuFrame::at(LonLatH::new(lon, lat, height_m)).ecef_from_enu * DMat4::from_translation(middle);
    let lines = facts.card.as_ref().map(|card| sight_lines(card.monuments.iter().flat_map(|one| one.direct.iter().chain(one.from_street.iter().flatten())), middle));
    let mut lines = lines.unwrap_or_default();
    super::trees::marks(&mut lines, &prepared.record, &facts, middle);
    let parts = [(planes(&prepared.record, &facts.planes, kind, middle), false), (lines, true)];
    for (triangles, unlit) in parts {
        laying.lay(triangles, unlit, ecef_from_mesh, RoofPiece);
    }
}

/// Planes in their colours, with the modules that are on.
fn planes(record: &Record, cards: &[PlaneCard], kind: &ModuleKind, middle: DVec3) -> Shapes {
    let mut out = Shapes::default();
    for (own, card) in record.planes.iter().zip(cards) {
        let plane = record::plane(own);
        let normal = DVec3::from_array(plane.normal);
        for triangle in &plane.triangles {
            let corners = triangle.map(|p| DVec3::from_array(p) - middle + PLANE_ABOVE_M * normal);
            out.facing(corners, normal, colour(own.kwh_m2));
        }
        let modules = record::layout(own, kind).in_space(&plane, kind);
        for (module, _) in modules.iter().zip(&card.modules_at).filter(|(_, (on, _))| *on) {
            let centre = module.iter().fold(DVec3::ZERO, |sum, p| sum + DVec3::from_array(*p)) / 4.0;
            let [a, b, c, d] = module.map(|p| {
                let p = DVec3::from_array(p);
                p + MODULE_INSET * (centre - p) - middle + MODULE_ABOVE_M * normal
            });
            out.facing([a, b, c], normal, MODULE);
            out.facing([a, c, d], normal, MODULE);
        }
    }
    out
}

/// Lines of sight: whole where they are free, dashed from what hides them on.
fn sight_lines<'l>(lines: impl Iterator<Item = &'l SightLine>, middle: DVec3) -> Shapes {
    let mut out = Shapes::default();
    for line in lines {
        let half_m = (line.length_m() * LINE_SHARE).clamp(LINE_M[0], LINE_M[1]);
        let at = |p: [f64; 3]| DVec3::from_array(p) - middle;
        let Some(hidden_at) = line.hidden_at else {
            out.bar(&DMat4::IDENTITY, at(line.from), at(line.to), half_m, SEEN);
            continue;
        };
        out.bar(&DMat4::IDENTITY, at(line.from), at(hidden_at), half_m, HIDDEN);
        let (from, to) = (at(hidden_at), at(line.to));
        let dashes = ((to - from).length() / (2.0 * DASH_M)) as usize;
        for dash in 0..dashes.min(MOST_DASHES) {
            let share = |number: f64| from + (to - from) * ((2.0 * dash as f64 + number) / (2.0 * dashes as f64));
            out.bar(&DMat4::IDENTITY, share(1.0), share(2.0), 0.7 * half_m, HIDDEN);
        }
    }
    out
}
