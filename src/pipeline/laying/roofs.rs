//! What a roof would carry if it had modules: rules of thumb on its outline and its pitch, one row of the sun's profiles each.

use super::loads;
use crate::region::Building;
use geo::Area;

/// The row and the kWp of a roof; none of a light construction, and none of what is too small.
pub fn roof(building: &Building) -> Option<(&'static str, f64)> {
    if building.light {
        return None;
    }
    let area = building.footprint.unsigned_area();
    let is_flat = building.ridge_height_m - building.eave_height_m < 0.5;
    let (row, share) = if is_flat { ("pv-flat", loads::ROOF_SHARE) } else { (facing(building)?, loads::PITCHED_SHARE) };
    let kwp = area * share * loads::KWP_M2;
    (kwp >= loads::LEAST_KWP).then_some((row, kwp))
}

/// Where the better side of a pitched roof looks: its ridge follows the longest wall.
fn facing(building: &Building) -> Option<&'static str> {
    let walls = building.footprint.iter().flat_map(|polygon| polygon.exterior().lines());
    let longest = walls.max_by(|a, b| (a.dx().hypot(a.dy())).total_cmp(&b.dx().hypot(b.dy())))?;
    // Across the wall, on the southern side: 90° to 270°, clockwise from north.
    let across = (longest.dy().atan2(-longest.dx())).to_degrees().rem_euclid(180.0) + 90.0;
    Some(match across {
        a if a < 135.0 => "pv-east",
        a if a < 225.0 => "pv-south",
        _ => "pv-west",
    })
}
