//! A real cloud read in place: what an import of it with a footprint draws.

use super::shared_data::shared;
use jumeau::pipeline::{ImportOptions, Silent, read_sources};
use jumeau::region::roof::{RoofOptions, drawn};
use jumeau::region::roof_shape::RoofMethod;

/// The lower-left corner of the tile.
const CORNER: [f64; 2] = [770_500.0, 6_277_500.0];
/// A footprint a little inside the two wings of the building in the tile.
const WINGS: [[f64; 2]; 10] =
    [[11.5, 44.5], [14.0, 49.8], [21.0, 49.8], [41.4, 37.2], [41.4, 30.5], [39.5, 28.0], [19.2, 0.3], [9.0, 0.3], [28.6, 28.5], [28.6, 32.0]];

#[test]
fn a_real_terrace_is_as_high_as_its_points() {
    let Some(cloud) = shared("ign-lidar-hd/test_data_77050_627755_LA93_IGN69.laz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let ring = WINGS.iter().chain(&WINGS[..1]).map(|[x, y]| format!("[{}, {}]", CORNER[0] + x, CORNER[1] + y)).collect::<Vec<_>>().join(", ");
    let house = format!(
        r#"{{"type": "FeatureCollection", "crs": {{"type": "name", "properties": {{"name": "EPSG:2154"}}}}, "features": [
            {{"type": "Feature", "properties": {{"cleabs": "BATIMENT1", "usage_1": "Résidentiel"}},
              "geometry": {{"type": "Polygon", "coordinates": [[{ring}]]}}}}]}}"#
    );
    let footprint = folder.path().join("batiment.geojson");
    std::fs::write(&footprint, house).unwrap();
    let imported = read_sources(&[footprint, cloud], &ImportOptions::default(), &Silent).unwrap();
    let building = &imported.region.buildings[0];
    let roof = building.measured.as_ref().unwrap_or_else(|| panic!("{:?}", imported.report.summary().map(|(code, ..)| code).collect::<Vec<_>>()));
    // NumPy on the 18,257 points of class 6 within the footprint: 61 % between 37.0 and 37.1 m, 89 % within 0.3 m of 37.0 m; median of the ground 21.0 m.
    let largest = &roof.planes[0];
    assert!((largest.at[2] - 37.03).abs() < 0.06 && largest.slope[0].hypot(largest.slope[1]) < 0.01, "{largest:?}");
    assert!(roof.near > 0.85 && roof.residual_m < 0.25, "{} {}", roof.near, roof.residual_m);
    // Nothing stated a height: the points do.
    assert!((building.eave_height_m - 16.0).abs() < 1.0, "{}", building.eave_height_m);
    let shown = drawn(building, &RoofOptions::default());
    assert!(shown.method == RoofMethod::Points && shown.mesh.is_closed());
    let triangles = shown.mesh.triangles.len();
    assert!(triangles < 400, "{triangles} triangles, {} planes", roof.planes.len());
}
