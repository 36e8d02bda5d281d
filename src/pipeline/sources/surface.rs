//! Rasters of the surface, told from rasters of the ground by their names: nothing in the numbers tells a plain of fields from a plain of roofs.

use super::RawRaster;
use crate::base::{Finding, Report, Severity};

/// What the heights of a surface model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Altitudes of roofs and crowns: MNS, DSM, DOM.
    Altitudes,
    /// Heights of roofs and crowns above the ground: MNH, nDSM, CHM.
    AboveGround,
}

/// Words of the producers; digits at the end (`DOM1`, `mns50`) do not count.
const ALTITUDES: [&str; 8] = ["mns", "dsm", "dom", "bdom", "surface", "surfacemodel", "swisssurface", "mds"];
const ABOVE_GROUND: [&str; 6] = ["mnh", "ndsm", "ndom", "chm", "mnhs", "nmns"];
/// Words that say the opposite, wherever they stand.
const GROUND: [&str; 5] = ["mnt", "dtm", "dgm", "terrain", "rge"];

/// What a raster's name says: its file's words first, then those of its folders from the nearest on.
pub(super) fn by_name(file: &str) -> Option<Surface> {
    file.rsplit('/').find_map(|part| {
        let lower = part.to_lowercase();
        let mut words = lower
            .split(|c: char| !c.is_alphanumeric())
            .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
            // `swissSURFACE3D-raster`: a digit inside a word ends it.
            .map(|word| word.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default());
        if words.clone().any(|word| GROUND.contains(&word)) {
            return Some(None);
        }
        words.find_map(|word| {
            if ABOVE_GROUND.contains(&word) {
                Some(Some(Surface::AboveGround))
            } else if ALTITUDES.contains(&word) {
                Some(Some(Surface::Altitudes))
            } else {
                None
            }
        })
    })?
}

/// A surface model that is the only relief there is stands for the ground, and that is said; nobody declared it to be something else.
pub(super) fn without_ground(rasters: &mut [RawRaster], report: &mut Report) {
    if rasters.iter().any(|raw| raw.surface.is_none()) {
        return;
    }
    for raw in rasters.iter_mut().filter(|raw| raw.rank.is_none() && raw.surface == Some(Surface::Altitudes)) {
        raw.surface = None;
        report.push(Finding::new("surface-model-as-terrain", Severity::Warning, &raw.file));
    }
}

#[cfg(test)]
mod tests {
    use super::{Surface, by_name};

    #[test]
    fn names_tell_surface_from_ground() {
        for (name, expected) in [
            ("LHD_FXX_0770_6278_MNS_O_0M50_LAMB93_IGN69.tif", Some(Surface::Altitudes)),
            ("LHD_FXX_0770_6278_MNT_O_0M50_LAMB93_IGN69.tif", None),
            ("LHD_FXX_0770_6278_MNH_O_0M50_LAMB93_IGN69.tif", Some(Surface::AboveGround)),
            ("relief/dsm.tif", Some(Surface::Altitudes)),
            ("mns_2021/0770_6278.asc", Some(Surface::Altitudes)),
            ("mns_2021/mnt_0770.asc", None),
            ("dom1_32_280_5652_1_nw_2020.tif", Some(Surface::Altitudes)),
            ("swisssurface3d-raster_2019_2600-1199_0.5_2056_5728.tif", Some(Surface::Altitudes)),
            ("domont.tif", None),
            ("RGEALTI_FXX_0350_6690_MNT_LAMB93_IGN69.asc", None),
            ("n47w002.hgt", None),
        ] {
            assert_eq!(by_name(name), expected, "{name}");
        }
    }
}
