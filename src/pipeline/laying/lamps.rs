//! Street lamps and the cables between them.

use super::electricity::Extra;
use super::graph::{Street, around, span};
use super::rules;
use super::sites::Site;
use super::years::{Since, older};
use super::{Draft, Kind, Piece};
use geo::{Contains, LineString, Point, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{RTree, RTreeObject};

/// Hours a year that lamps burn where nobody switches them off at night: the year's nights, as public lighting counts them.
pub const LIT_H: f64 = 4_100.0;
/// Most lamps of a territory.
const MAX_LAMPS: usize = 500_000;
/// A street longer than this between two corners is bad data, metres.
const LONGEST_M: f64 = 50_000.0;

/// The profile that lamps follow.
pub const PROFILE: &str = "lighting";

/// Lamps along the streets near buildings; of each street with lamps, what it draws in a year.
pub fn lay(streets: &[Street], sites: &[Site], draft: &mut Draft) -> Vec<Extra> {
    let near = RTree::bulk_load(sites.iter().map(|site| GeomWithData::new(site.place.at, site.year)).collect());
    let dated = RTree::bulk_load(sites.iter().filter_map(|site| Some(GeomWithData::new(site.place.at, site.year?))).collect());
    let walls = RTree::bulk_load(
        sites
            .iter()
            .enumerate()
            .map(|(index, site)| {
                let ring = LineString::from(site.place.outline.iter().map(|at| (at[0], at[1])).collect::<Vec<_>>());
                let shape = Polygon::new(ring, Vec::new());
                let low = site.place.outline.iter().fold([f64::INFINITY; 2], |low, at| [low[0].min(at[0]), low[1].min(at[1])]);
                let high = site.place.outline.iter().fold([f64::NEG_INFINITY; 2], |high, at| [high[0].max(at[0]), high[1].max(at[1])]);
                (GeomWithData::new(Rectangle::from_corners(low, high), index), shape)
            })
            .filter(|(boxed, _)| boxed.envelope().lower()[0].is_finite())
            .map(|(boxed, shape)| GeomWithData::new(*boxed.geom(), shape))
            .collect(),
    );
    let is_free = |at: [f64; 2]| !walls.locate_in_envelope_intersecting(&around(at, 0.3)).any(|wall| wall.data.contains(&Point::new(at[0], at[1])));
    let mut extras = Vec::new();
    let mut lamps = 0;
    for (number, street) in streets.iter().enumerate() {
        let both = street.width_m >= rules::LAMP_BOTH_SIDES_M && !street.path;
        let (kw, height_m) = if street.path { (rules::PATH_LAMP_KW, rules::PATH_LAMP_HEIGHT_M) } else { (rules::LAMP_KW, rules::LAMP_HEIGHT_M) };
        let off = 0.5 * street.width_m.clamp(2.0, 40.0) + rules::LAMP_BESIDE_M;
        let mut side = 1.0;
        let mut row: Vec<[f64; 2]> = Vec::new();
        let mut cable: Vec<[f64; 2]> = Vec::new();
        let mut since: Since = None;
        // The first lamp stands half a space from the corner, so that two streets do not meet with two lamps.
        let mut next = 0.5 * rules::LAMP_EVERY_M;
        for pair in street.points.windows(2) {
            let (Some(&a), Some(&b)) = (pair.first(), pair.last()) else { continue };
            let length = span(a, b);
            if !(length > 1e-6 && length < LONGEST_M) {
                continue;
            }
            let unit = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
            while next <= length && lamps + row.len() < MAX_LAMPS {
                let on = [a[0] + unit[0] * next, a[1] + unit[1] * next];
                next += if both { 0.5 * rules::LAMP_EVERY_M } else { rules::LAMP_EVERY_M };
                let stand = |side: f64| [on[0] - unit[1] * off * side, on[1] + unit[0] * off * side];
                let at = if is_free(stand(side)) { stand(side) } else { stand(-side) };
                if both {
                    side = -side;
                }
                let lit = near.nearest_neighbor(&at).filter(|site| span(*site.geom(), at) <= rules::LAMP_NEAR_M);
                if let Some(site) = lit.filter(|_| is_free(at)) {
                    since = older(since, site.data);
                    row.push(at);
                    cable.push(on);
                }
            }
            next -= length;
        }
        let Some(&first) = row.first() else { continue };
        let since = since.or_else(|| dated.nearest_neighbor(&first).map(|site| site.data));
        // A street is lit as a whole.
        for &at in &row {
            lamps += 1;
            let name = format!("Point lumineux, {:.0} W · généré, non réel", kw * 1000.0);
            draft.lamp(format!("lampe-generee-{lamps}"), name, at, height_m, since);
        }
        // A lamp by itself has no cable, and draws its own.
        let mut feature = format!("lampe-generee-{lamps}");
        if cable.len() > 1 {
            feature = format!("eclairage-genere-{}", number + 1);
            let name = "Câble d’éclairage public · généré, non réel".to_owned();
            // Along the lamps where they stand in a row, along the street where they alternate.
            let way = if both { cable } else { row.clone() };
            draft.line(feature.clone(), Kind::Lighting, name, way, Piece::volts(230.0).since(since));
        }
        extras.push(Extra { at: first, kwh: kw * LIT_H * row.len() as f64, profile: PROFILE, layer: "lighting", feature });
    }
    extras
}
