//! One height from several that disagree.
//!
//! In BD TOPO 3 the eave is stated twice: `hauteur`, and lowest roof altitude minus lowest ground altitude; the outline's own Z repeats the roof altitude.
//! On Nantes the two agree within 0.1 m for 8,311 of 8,312 buildings, so a difference beyond [`AGREE_M`] is a fault of one of them.
//! Then the altitudes win: they are two measurements that agree with the terrain, `hauteur` is one derived number.

use crate::region::HeightOrigin;

/// Two heights of one eave further apart contradict each other, metres.
pub const AGREE_M: f64 = 1.5;
/// The same where the ground comes from the terrain, metres.
pub const AGREE_WITH_TERRAIN_M: f64 = 10.0;
/// Lower walls are no building, metres.
pub const LOWEST_M: f64 = 0.5;
/// Nothing in France with windows is higher, metres.
pub const HIGHEST_M: f64 = 350.0;
/// Height of a storey where nothing else is known, metres.
pub const STOREY_M: f64 = 3.0;
/// Height where nothing at all is known, metres.
pub const ASSUMED_M: f64 = 4.0;
/// A roof's top so far above its eave is a tower, a spire or a fault, metres: worth saying.
pub const TALL_ROOF_M: f64 = 10.0;
/// Beyond this it is a fault, metres.
pub const IMPOSSIBLE_ROOF_M: f64 = 60.0;

/// What a source says about one building's heights; implausible values already taken out, except `height_m`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stated {
    /// Eave above ground.
    pub height_m: Option<f64>,
    /// Ridge above ground (OSM-like sources).
    pub ridge_height_m: Option<f64>,
    /// Altitude of the lowest ground.
    pub ground_m: Option<f64>,
    /// The ground is the source's own; otherwise it is the terrain's, and coarser.
    pub ground_is_stated: bool,
    /// Altitude of the lowest part of the roof: the eave.
    pub roof_min_m: Option<f64>,
    /// Altitude of the highest part of the roof.
    pub roof_max_m: Option<f64>,
    /// Altitude of the outline itself, where it is a roof's.
    pub outline_m: Option<f64>,
    pub storeys: Option<u32>,
}

/// A height and its story.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// `None`: only neighbours can tell.
    pub eave_m: Option<f64>,
    pub ridge_m: Option<f64>,
    pub origin: HeightOrigin,
    /// `(code, value)` of what was wrong.
    pub faults: Vec<(&'static str, String)>,
}

/// Chooses by the rules of this module.
pub fn choose(stated: &Stated) -> Chosen {
    let mut faults = Vec::new();
    let usable = |height: f64| (LOWEST_M..=HIGHEST_M).contains(&height);
    let above_ground = |altitude: Option<f64>| Some(altitude? - stated.ground_m?);
    let eave_by_roof = above_ground(stated.roof_min_m).filter(|h| usable(*h));
    // The outline's own Z is some point of the roof: good enough where nothing else is known, no ground for contradiction.
    let eave_by_outline = above_ground(stated.outline_m).filter(|h| usable(*h));
    let top = above_ground(stated.roof_max_m).filter(|h| usable(*h));
    let stated_height = stated.height_m.filter(|h| usable(*h));
    let storeys = stated.storeys.filter(|n| (1..=100).contains(n));

    let agree = if stated.ground_is_stated { AGREE_M } else { AGREE_WITH_TERRAIN_M };
    let (eave, origin) = match (stated_height, eave_by_roof, top) {
        (Some(height), Some(other), _) if (height - other).abs() > agree => {
            faults.push(("building-height-contradictory", format!("{height:.1} m ≠ {other:.1} m")));
            (Some(other), HeightOrigin::OtherAltitudes)
        }
        (Some(height), None, Some(top)) if height > top + agree => {
            faults.push(("building-height-contradictory", format!("{height:.1} m > {top:.1} m")));
            (Some(eave_below(top)), HeightOrigin::OtherAltitudes)
        }
        (Some(height), ..) => (Some(height), HeightOrigin::Source),
        (None, Some(other), _) => (Some(other), HeightOrigin::OtherAltitudes),
        (None, None, Some(top)) => (Some(eave_below(top)), HeightOrigin::OtherAltitudes),
        (None, None, None) if eave_by_outline.is_some() => (eave_by_outline, HeightOrigin::OtherAltitudes),
        (None, None, None) => match (stated.ridge_height_m.filter(|h| usable(*h)), storeys) {
            (Some(ridge), _) => (Some(eave_below(ridge)), HeightOrigin::OtherAltitudes),
            (None, Some(storeys)) => (Some(f64::from(storeys) * STOREY_M), HeightOrigin::Storeys),
            (None, None) => (None, HeightOrigin::Neighbours),
        },
    };
    if let (Some(height), None) = (stated.height_m, stated_height) {
        faults.push(("building-height-implausible", format!("{height} m")));
    } else if stated.height_m.is_none() {
        faults.push(("building-height-missing", String::new()));
    }
    // A storey between 1.5 and 8 m high is a storey; a mean outside says that one of the two is wrong, not which.
    if let (Some(eave), Some(storeys), HeightOrigin::Source) = (eave, storeys, origin)
        && eave_by_roof.is_none()
        && !(1.5..=8.0).contains(&(eave / f64::from(storeys)))
    {
        faults.push(("building-height-doubtful", format!("{eave:.1} m / {storeys}")));
    }
    let ridge = ridge(eave, top, stated.ridge_height_m.filter(|h| usable(*h)), &mut faults);
    Chosen { eave_m: eave, ridge_m: ridge, origin, faults }
}

/// The ridge is the top of the roof unless that lies below the eave or impossibly high; then the roof is flat.
fn ridge(
    eave: Option<f64>,
    top: Option<f64>,
    stated: Option<f64>,
    faults: &mut Vec<(&'static str, String)>,
) -> Option<f64> {
    let eave = eave?;
    let Some(ridge) = stated.or(top) else {
        return Some(eave);
    };
    let rise = ridge - eave;
    if rise < -AGREE_M || rise > IMPOSSIBLE_ROOF_M {
        faults.push(("building-roof-implausible", format!("{rise:.1} m")));
        return Some(eave);
    }
    if rise > TALL_ROOF_M {
        faults.push(("building-roof-tall", format!("{rise:.1} m")));
    }
    Some(ridge.max(eave))
}

/// The eave of a building of which only the top is known: a common roof lower, but never less than three quarters.
fn eave_below(top: f64) -> f64 {
    (top - 3.0).max(0.75 * top)
}
