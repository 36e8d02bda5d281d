//! Meshes at many places: what is written with `EXT_mesh_gpu_instancing` is read as if every copy had been written out.

use glam::{DMat4, DQuat, DVec3};
use jumeau::formats::gltf::instances::Instances;
use jumeau::formats::gltf::{Column, PropertyTable, TileContent, TileMesh, Values, container, linear_from_srgb, read, srgb_from_linear, write, write::WriteOptions};
use jumeau::geodesy::{EnuFrame, LonLatH};
use proptest::prelude::*;

/// A pyramid of four sides without a floor, one high.
fn model(width: f32) -> TileMesh {
    let ring = [[width, 0.0, width], [width, 0.0, -width], [-width, 0.0, -width], [-width, 0.0, width]];
    let mut mesh = TileMesh { name: "trees".into(), ..TileMesh::default() };
    for side in 0..4 {
        let corners = [ring[side], ring[(side + 1) % 4], [0.0, 1.0, 0.0]];
        let first = mesh.positions.len() as u32;
        mesh.indices.extend([first, first + 1, first + 2]);
        mesh.positions.extend(corners);
        mesh.normals.extend([[0.0, 0.6, 0.8]; 3]);
        mesh.colors.extend([[200, 120, 40, 255]; 3]);
    }
    mesh
}

fn content(kinds: &[(f32, Vec<[f64; 5]>)]) -> TileContent {
    let ecef = EnuFrame::at(LonLatH::new(-1.55, 47.2, 60.0)).ecef_from_enu * DMat4::from_rotation_x(std::f64::consts::FRAC_PI_2);
    let mut rows = 0;
    let meshes = kinds
        .iter()
        .map(|(width, places)| {
            let mut copies = Instances { table: Some(0), ..Instances::default() };
            for [x, y, z, size, turn] in places {
                copies.places.push(DMat4::from_scale_rotation_translation(DVec3::new(*size, 2.0 * size, *size), DQuat::from_rotation_y(*turn), DVec3::new(*x, *y, *z)));
                copies.features.push(rows);
                copies.tints.push([1.0, 0.5, if rows % 2 == 0 { 1.0 } else { 0.25 }]);
                rows += 1;
            }
            TileMesh { copies: Some(Box::new(copies)), tile_from_mesh: ecef, ..model(*width) }
        })
        .collect();
    let heights = Values::F32((0..rows).map(|row| row as f32).collect());
    TileContent { meshes, tables: vec![PropertyTable { class: "tree".into(), count: rows as usize, columns: vec![Column { name: "height_m".into(), values: heights }] }] }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_copy_stands_where_it_was_planted(
        first in prop::collection::vec(prop::array::uniform5(0.0..1.0_f64), 1..40),
        second in prop::collection::vec(prop::array::uniform5(0.0..1.0_f64), 0..20),
        compress in any::<bool>(),
    ) {
        let placed = |shares: Vec<[f64; 5]>| shares.into_iter().map(|[x, y, z, size, turn]| [300.0 * x - 150.0, 40.0 * y, 300.0 * z - 150.0, 0.5 + 5.0 * size, 6.28 * turn]).collect::<Vec<_>>();
        let kinds = [(0.8, placed(first)), (0.5, placed(second))];
        let content = content(&kinds);
        let options = WriteOptions { compress, ..WriteOptions::default() };
        let bytes = write::glb(&content, &options).unwrap();
        let again = read::glb(&bytes).unwrap();
        // One mesh, whatever the kinds.
        prop_assert_eq!(again.meshes.len(), 1);
        prop_assert_eq!(&again.tables, &content.tables);
        let mesh = &again.meshes[0];
        let planted: usize = kinds.iter().map(|(_, places)| places.len()).sum();
        prop_assert_eq!((mesh.positions.len(), mesh.indices.len(), mesh.table), (12 * planted, 12 * planted, Some(0)));
        let mut row = 0;
        for (width, places) in &kinds {
            for [x, y, z, size, turn] in places {
                let top = mesh.positions[12 * row + 2];
                let at = DVec3::new(*x, *y + 2.0 * size, *z);
                // Translations and sizes are rounded to 1/128 m.
                prop_assert!(at.distance(DVec3::from_array(top.map(f64::from))) < 0.02, "{:?} {:?}", at, top);
                let foot = DVec3::from_array(mesh.positions[12 * row].map(f64::from)) - DVec3::new(*x, *y, *z);
                let wanted = DQuat::from_rotation_y(*turn) * DVec3::new(f64::from(*width) * size, 0.0, f64::from(*width) * size);
                // Turns have 127 steps to the quarter.
                prop_assert!(foot.distance(wanted) < 0.02 * size + 0.02, "{:?} {:?}", foot, wanted);
                prop_assert_eq!(mesh.feature_ids[12 * row], row as u32);
                let tinted = |colour: u8, tint: u8| srgb_from_linear(linear_from_srgb(colour) * f32::from(tint) / 255.0);
                prop_assert_eq!(mesh.colors[12 * row], [200, tinted(120, 128), if row % 2 == 0 { 40 } else { tinted(40, 64) }, 255]);
                row += 1;
            }
        }
        let away = (mesh.tile_from_mesh.w_axis - content.meshes[0].tile_from_mesh.w_axis).length();
        prop_assert!(away < 1e-6, "{}", away);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let sound = content(&[(1.0, vec![[0.0, 0.0, 0.0, 1.0, 0.0]; 3])]);
    let broken = |change: &dyn Fn(&mut Instances)| {
        let mut content = sound.clone();
        change(content.meshes[0].copies.as_mut().unwrap());
        write::glb(&content, &WriteOptions::default()).unwrap_err().code
    };
    assert_eq!(broken(&|copies| copies.features[1] = 3), "glb-mesh");
    assert_eq!(broken(&|copies| copies.features.truncate(1)), "glb-mesh");
    assert_eq!(broken(&|copies| copies.tints.truncate(2)), "glb-mesh");
    assert_eq!(broken(&|copies| copies.places[0] = DMat4::from_translation(DVec3::NAN)), "glb-mesh");
    assert_eq!(broken(&|copies| copies.places[0] = DMat4::ZERO), "glb-mesh");
    assert_eq!(broken(&|copies| copies.table = Some(1)), "glb-mesh");
}

/// A model and its places, beside the same as triangles.
#[test]
fn a_wood_takes_less_than_its_triangles() {
    let places: Vec<[f64; 5]> = (0..400_u32).map(|n| [f64::from(n % 20) * 14.3, 0.1 * f64::from(n % 7), f64::from(n / 20) * 13.7, 2.0 + 0.01 * f64::from(n % 90), f64::from(n)]).collect();
    let wood = content(&[(0.8, places)]);
    let planted = write::glb(&wood, &WriteOptions::default()).unwrap();
    let standing = write::glb(&read::glb(&planted).unwrap(), &WriteOptions::default()).unwrap();
    assert!(planted.len() < standing.len(), "{} {}", planted.len(), standing.len());
    let document = container::split(&planted, &Default::default()).unwrap().document;
    assert!(document.extensions_required.iter().any(|name| name == "EXT_mesh_gpu_instancing"), "{:?}", document.extensions_required);
    assert!(document.extensions_used.iter().any(|name| name == "EXT_instance_features"), "{:?}", document.extensions_used);
}
