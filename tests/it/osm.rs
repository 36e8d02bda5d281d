//! OpenStreetMap files: against what libosmium assembles, with everything that is damaged, and as a whole import.

use jumeau::formats::Fault;
use jumeau::formats::osm::features::{self, Feature, Use};
use jumeau::formats::osm::pbf::{self, Pbf};
use jumeau::formats::osm::xml::{self, Xml};
use jumeau::formats::osm::{Element, Passes, Wanted, tag};
use jumeau::formats::shape::Shape;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/osm")
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

fn source(name: &str, bytes: Vec<u8>) -> Result<Box<dyn Passes>, Fault> {
    let cursor = Cursor::new(bytes);
    Ok(if name.ends_with(".pbf") {
        Box::new(Pbf::open(cursor)?)
    } else {
        Box::new(Xml::open(cursor)?)
    })
}

const VILLAGES: [&str; 3] = ["village.osm.pbf", "village-plain.osm.pbf", "village.osm"];

fn all(name: &str) -> (Vec<Element>, Vec<Fault>) {
    let (mut elements, mut faults) = (Vec::new(), Vec::new());
    let mut source = source(name, bytes(name)).unwrap();
    source
        .pass(Wanted::ALL, &mut |element| {
            match element {
                Ok(element) => elements.push(element),
                Err(fault) => faults.push(fault),
            }
            true
        })
        .unwrap();
    (elements, faults)
}

fn areas(name: &str) -> (BTreeMap<String, Feature>, Vec<Fault>) {
    let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
    let mut source = source(name, bytes(name)).unwrap();
    features::read(
        &mut *source,
        &|_, tags, closed| {
            let kept = tag(tags, "building").is_some() || tag(tags, "natural") == Some("water");
            if kept && closed { Use::Area } else { Use::No }
        },
        &mut |feature| match feature {
            Ok(feature) => {
                assert!(found.insert(feature.name(), feature).is_none());
            }
            Err(fault) => faults.push(fault),
        },
    )
    .unwrap();
    (found, faults)
}

fn area(ring: &[[f64; 3]]) -> f64 {
    let first = ring[0];
    ring.windows(2)
        .map(|e| {
            (e[0][0] - first[0]) * (e[1][1] - first[1])
                - (e[1][0] - first[0]) * (e[0][1] - first[1])
        })
        .sum::<f64>()
        .abs()
        / 2.0
}

fn expected() -> serde_json::Value {
    serde_json::from_slice(&bytes("expected.json")).unwrap()
}

#[test]
fn three_ways_of_writing_are_one_village() {
    let (dense, faults) = all("village.osm.pbf");
    assert!(faults.is_empty(), "{faults:?}");
    let count =
        |of: fn(&Element) -> bool| dense.iter().filter(|element| of(element)).count() as u64;
    let counts = &expected()["counts"];
    assert_eq!(count(|e| matches!(e, Element::Node(_))), counts["node"]);
    assert_eq!(count(|e| matches!(e, Element::Way(_))), counts["way"]);
    assert_eq!(
        count(|e| matches!(e, Element::Relation(_))),
        counts["relation"]
    );
    // Places differ by the last bit of a double at most: one is a decimal, the other a sum of steps.
    let rounded = |elements: Vec<Element>| -> Vec<Element> {
        elements
            .into_iter()
            .map(|element| match element {
                Element::Node(mut node) => {
                    node.lon_deg = (node.lon_deg * 1e7).round();
                    node.lat_deg = (node.lat_deg * 1e7).round();
                    // Tags of one element have no order.
                    node.tags.sort();
                    Element::Node(node)
                }
                Element::Way(mut way) => {
                    way.tags.sort();
                    Element::Way(way)
                }
                Element::Relation(mut relation) => {
                    relation.tags.sort();
                    Element::Relation(relation)
                }
            })
            .collect()
    };
    let dense = rounded(dense);
    for name in ["village-plain.osm.pbf", "village.osm"] {
        assert_eq!(rounded(all(name).0), dense, "{name}");
    }
}

#[test]
fn areas_are_those_of_libosmium() {
    for name in VILLAGES {
        let (found, _) = areas(name);
        for (id, truth) in expected()["areas"].as_object().unwrap() {
            if id == "way/26" {
                // libosmium makes both; the way only says once more what the relation is.
                assert!(!found.contains_key(id), "{name}");
                continue;
            }
            let Some(feature) = found.get(id) else {
                assert_eq!(truth["polygons"], 0, "{name} {id}");
                continue;
            };
            let polygons = feature.shape.polygons();
            assert_eq!(polygons.len() as u64, truth["polygons"], "{name} {id}");
            assert_eq!(
                polygons.iter().map(|p| p.len() - 1).sum::<usize>() as u64,
                truth["holes"],
                "{name} {id}"
            );
            let own: f64 = polygons
                .iter()
                .map(|p| area(&p[0]) - p[1..].iter().map(|hole| area(hole)).sum::<f64>())
                .sum();
            let true_area = truth["area_deg2"].as_f64().unwrap();
            assert!(
                (own / true_area - 1.0).abs() < 1e-6,
                "{name} {id}: {own} {true_area}"
            );
        }
        let known = expected()["areas"].as_object().unwrap().clone();
        assert!(found.keys().all(|id| known.contains_key(id)), "{name}");
    }
}

#[test]
fn what_an_extract_cut_is_said() {
    for name in VILLAGES {
        let (_, faults) = areas(name);
        let mut said: Vec<(&str, &str)> = faults
            .iter()
            .map(|fault| (fault.code, fault.object.as_str()))
            .collect();
        said.sort_unstable();
        assert_eq!(
            said,
            [
                ("osm-member-missing", "relation/4"),
                ("osm-node-missing", "way/40"),
                ("osm-ring-open", "relation/5"),
            ],
            "{name}"
        );
    }
}

#[test]
fn a_line_goes_on_behind_the_gap() {
    let mut source = source("village.osm.pbf", bytes("village.osm.pbf")).unwrap();
    let mut lines = Vec::new();
    features::read(
        &mut *source,
        &|_, tags, _| {
            if tag(tags, "highway") == Some("tertiary") {
                Use::Line
            } else {
                Use::No
            }
        },
        &mut |feature| lines.push(feature.unwrap().shape),
    )
    .unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        lines[0]
            .lines()
            .iter()
            .map(|line| line.len())
            .collect::<Vec<_>>(),
        [2, 2]
    );
}

#[test]
fn the_first_bytes_tell() {
    for name in VILLAGES {
        let head = &bytes(name)[..400];
        assert_eq!(pbf::recognises(head), name.ends_with(".pbf"), "{name}");
        assert_eq!(xml::recognises(head), name.ends_with(".osm"), "{name}");
    }
    assert!(!xml::recognises(b"<osmChange version=\"0.6\">"));
    assert!(!xml::recognises(b"{\"osm3s\": \"<osm\"}"));
    assert!(!pbf::recognises(b"PK\x03\x04"));
}

#[test]
fn the_state_of_the_data_is_kept() {
    let pbf = Pbf::open(Cursor::new(bytes("village.osm.pbf"))).unwrap();
    assert_eq!(pbf.about.date.as_deref(), Some("2026-05-04"));
}

/// A blob of the format, by hand.
fn blob(kind: &str, fields: &[u8]) -> Vec<u8> {
    let mut header = vec![0x0A, kind.len() as u8];
    header.extend(kind.as_bytes());
    header.push(0x18);
    let mut length = fields.len();
    loop {
        let byte = (length & 0x7F) as u8;
        length >>= 7;
        header.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    let mut bytes = (header.len() as u32).to_be_bytes().to_vec();
    bytes.extend(header);
    bytes.extend(fields);
    bytes
}

#[test]
fn what_the_format_forbids_is_refused() {
    let header = blob("OSMHeader", &[]);
    let open = |bytes: Vec<u8>| Pbf::open(Cursor::new(bytes)).map(|_| ()).unwrap_err().code;
    assert_eq!(open(Vec::new()), "osm-truncated");
    assert_eq!(open(vec![0xFF; 8]), "osm-blob-length");
    assert_eq!(open(blob("OSMData", &[])), "osm-header");
    // Field 1 of the blob is raw, field 4 of the header block what it requires.
    assert_eq!(
        open(blob("OSMHeader", b"\x0A\x06\x22\x04News")),
        "osm-feature-required"
    );
    let faults = |data: Vec<u8>| {
        let mut faults = Vec::new();
        let mut pbf = Pbf::open(Cursor::new([header.clone(), data].concat())).unwrap();
        let ended = pbf.pass(Wanted::ALL, &mut |element| {
            if let Err(fault) = element {
                faults.push(fault.code);
            }
            true
        });
        faults.extend(ended.err().map(|fault| fault.code));
        faults
    };
    assert_eq!(
        faults(blob("OSMData", &[0x3A, 0x01, 0x00])),
        ["osm-blob-compression"]
    );
    assert_eq!(
        faults(blob("OSMData", &[0x1A, 0x02, 0x78, 0x00])),
        ["osm-blob-damaged"]
    );
    assert_eq!(
        faults(blob(
            "OSMData",
            &[0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x1A, 0x00]
        )),
        ["osm-blob-length"]
    );
    // A way with a key and no value.
    assert_eq!(
        faults(blob("OSMData", b"\x0A\x08\x12\x06\x1A\x04\x08\x01\x12\x00")),
        [""; 0]
    );
    assert_eq!(
        faults(blob(
            "OSMData",
            b"\x0A\x09\x12\x07\x1A\x05\x08\x01\x12\x01\x00"
        )),
        ["osm-count"]
    );
    // A text that is not there.
    assert_eq!(
        faults(blob(
            "OSMData",
            b"\x0A\x0C\x12\x0A\x1A\x08\x08\x01\x12\x01\x07\x1A\x01\x07"
        )),
        ["osm-text-missing"]
    );
    let whole = bytes("village.osm.pbf");
    assert_eq!(
        faults(whole[4 + 100..].iter().take(2).copied().collect()),
        ["osm-truncated"]
    );
}

#[test]
fn documents_as_people_send_them() {
    let read = |text: &str| {
        let mut found = Vec::new();
        let ended = Xml::open(Cursor::new(text.as_bytes().to_vec())).and_then(|mut xml| {
            xml.pass(Wanted::ALL, &mut |element| {
                found.push(element);
                true
            })
        });
        (found, ended)
    };
    // JOSM writes negative ids, single quotes and deletions; Overpass adds places to ways.
    let (found, ended) = read(
        "<?xml version='1.0'?><osm version='0.6'><meta osm_base='2026-01-02T00:00:00Z'/><node id='-5' lat='47' lon='-2'><tag k='name' v='A&amp;B &#233;'/></node>\
         <node id='7' action='delete' lat='1' lon='2'/><node id='8' visible='false'/><node id='x' lat='1' lon='2'/><node id='9' lat='north' lon='2'/>\
         <way id='3'><nd ref='-5' lat='47' lon='-2'/><nd ref='6' lat='47.1' lon='-2'/></way></osm>",
    );
    ended.unwrap();
    let codes: Vec<_> = found
        .iter()
        .filter_map(|e| e.as_ref().err())
        .map(|fault| fault.code)
        .collect();
    assert_eq!(codes, ["osm-number", "osm-number"]);
    let kept: Vec<_> = found.into_iter().flatten().collect();
    assert_eq!(kept.len(), 2);
    let Element::Node(node) = &kept[0] else {
        panic!()
    };
    assert_eq!(node.tags, [("name".to_owned(), "A&B é".to_owned())]);
    let Element::Way(way) = &kept[1] else {
        panic!()
    };
    assert_eq!(way.positions, [[-2.0, 47.0], [-2.0, 47.1]]);
    // What breaks off keeps what came before.
    let (found, ended) = read("<osm><node id='1' lat='1' lon='2'/><way id='2'><nd ref='1'/>");
    assert_eq!(found.len(), 1);
    assert_eq!(ended.unwrap_err().code, "osm-truncated");
    let deep = format!("<osm>{}", "<a>".repeat(100));
    assert_eq!(read(&deep).1.unwrap_err().code, "osm-xml");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_files_end_with_faults(which in 0_usize..3, changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..20), cut in 0.0..1.2_f64) {
        let name = VILLAGES[which];
        let mut damaged = bytes(name);
        for (at, byte) in changes {
            let at = (at * damaged.len() as f64) as usize;
            if let Some(place) = damaged.get_mut(at) {
                *place = byte;
            }
        }
        damaged.truncate((cut * damaged.len() as f64) as usize);
        if let Ok(mut source) = source(name, damaged) {
            let mut count = 0;
            let _ = features::read(&mut *source, &|_, _, closed| if closed { Use::Area } else { Use::Line }, &mut |_| count += 1);
            prop_assert!(count < 10_000);
        }
    }

    #[test]
    fn rings_cut_anywhere_come_together_again(cuts in prop::collection::btree_set(1_usize..39, 1..8), turned in prop::collection::vec(any::<bool>(), 9), shift in 0_usize..9) {
        use jumeau::formats::osm::rings::{Corner, assemble};
        let circle: Vec<Corner> = (0..=40)
            .map(|i| {
                let angle = f64::from(i % 40) * std::f64::consts::TAU / 40.0;
                (i64::from(i % 40), [angle.cos(), angle.sin()])
            })
            .collect();
        let mut ends: Vec<usize> = cuts.into_iter().collect();
        ends.insert(0, 0);
        ends.push(40);
        let mut ways: Vec<Vec<Corner>> = ends
            .windows(2)
            .zip(turned)
            .map(|(end, turned)| {
                let mut way = circle[end[0]..=end[1]].to_vec();
                if turned {
                    way.reverse();
                }
                way
            })
            .collect();
        let count = ways.len();
        ways.rotate_left(shift % count);
        let assembled = assemble(&ways);
        prop_assert!(assembled.open_at.is_empty());
        prop_assert_eq!(assembled.polygons.len(), 1);
        prop_assert_eq!(assembled.polygons[0][0].len(), 41);
    }
}

#[cfg(feature = "pipeline")]
mod import {
    use super::*;
    use jumeau::base::Severity;
    use jumeau::pipeline::{ImportOptions, Imported, Silent, read_sources};
    use jumeau::region::utility::{FixtureKind, Lay, Utility};
    use jumeau::region::{HeightOrigin, LineClass, Usage};

    fn village(name: &str) -> Imported {
        read_sources(&[fixtures().join(name)], &ImportOptions::default(), &Silent).unwrap()
    }

    fn building<'a>(imported: &'a Imported, id: &str) -> &'a jumeau::region::Building {
        imported
            .region
            .buildings
            .iter()
            .find(|building| building.id == id)
            .unwrap_or_else(|| panic!("{id}"))
    }

    #[test]
    fn buildings_have_their_heights_and_ids() {
        for name in VILLAGES {
            let imported = village(name);
            let ids: Vec<&str> = imported
                .region
                .buildings
                .iter()
                .map(|b| b.id.as_str())
                .collect();
            assert_eq!(ids.len(), 11, "{name}: {ids:?}");
            let house = building(&imported, "way/1");
            assert_eq!(house.usage, Usage::Residential);
            assert!(
                (house.eave_height_m - 5.5).abs() < 1e-6
                    && (house.ridge_height_m - 8.5).abs() < 1e-6,
                "{name} {house:?}"
            );
            let flats = building(&imported, "way/2");
            assert_eq!(
                (flats.storeys, flats.dwellings, flats.year),
                (Some(4), Some(8), Some(1974))
            );
            assert_eq!(flats.rnb, ["ABCDEFGH2345"]);
            assert_eq!(flats.height_origin, HeightOrigin::Storeys);
            let school = building(&imported, "way/3");
            assert_eq!(school.usage, Usage::Commercial);
            assert!((school.eave_height_m - 9.144).abs() < 1e-6);
            assert_eq!(
                building(&imported, "way/5").height_origin,
                HeightOrigin::Neighbours
            );
            // The courtyards are there.
            let block = building(&imported, "relation/1");
            assert_eq!(
                block
                    .footprint
                    .0
                    .iter()
                    .map(|p| p.interiors().len())
                    .sum::<usize>(),
                2
            );
            let dataset = &imported.declaration.datasets[0];
            assert_eq!(
                (dataset.licence.as_str(), dataset.attribution.as_str()),
                ("ODbL 1.0", "© OpenStreetMap contributors, ODbL")
            );
        }
    }

    #[test]
    fn parts_and_what_hangs_in_the_air() {
        let imported = village("village.osm.pbf");
        let church = building(&imported, "way/10");
        let surveyed = church.surveyed.as_ref().unwrap();
        assert!(surveyed.closed);
        assert!(
            (church.ridge_height_m - 35.0).abs() < 1e-6,
            "{}",
            church.ridge_height_m
        );
        let mesh = surveyed.mesh();
        // Nave: 22 × 12 m, eave 9, ridge 14; tower: 8 × 8 m, eave 23, pyramid of 12 m; the outline's own block fills nothing but gaps.
        let nave = 22.0 * 12.0 * (9.0 + 2.5);
        let tower = 64.0 * (23.0 + 4.0);
        let volume = mesh.volume_m3();
        assert!(volume >= 0.98 * (nave + tower), "{volume} {nave} {tower}");
        let gate = building(&imported, "way/13").surveyed.as_ref().unwrap();
        let ground = building(&imported, "way/13").ground_m;
        assert!((gate.lowest_m().unwrap() - ground - 4.0).abs() < 1e-6);
        assert!(
            (gate.mesh().volume_m3() - 10.0 * 6.0 * 6.0).abs() < 5.0,
            "{}",
            gate.mesh().volume_m3()
        );
        assert!(building(&imported, "way/14").storeys == Some(2));
        let codes: Vec<_> = imported.report.findings().iter().map(|f| f.code).collect();
        assert!(codes.contains(&"osm-part-alone"));
        // One slope, down to the south.
        let garage = building(&imported, "way/4").surveyed.as_ref().unwrap();
        assert!(garage.closed);
        assert!(
            (garage.mesh().volume_m3() - 9.0 * 6.0 * 2.5).abs() < 2.0,
            "{}",
            garage.mesh().volume_m3()
        );
    }

    #[test]
    fn roads_rails_water_trees_and_networks() {
        let imported = village("village.osm");
        let line = |id: &str| {
            imported
                .region
                .lines
                .iter()
                .find(|line| line.id == id)
                .unwrap_or_else(|| panic!("{id}"))
        };
        assert_eq!(
            (line("way/50").class, line("way/50").width_m),
            (LineClass::MinorRoad, 6.0)
        );
        let bridge = line("way/51");
        assert_eq!(
            (
                bridge.class,
                bridge.level,
                bridge.width_m,
                bridge.name.as_deref()
            ),
            (LineClass::MajorRoad, 1, 7.5, Some("D 12"))
        );
        assert_eq!(
            (line("way/52").class, line("way/52").level),
            (LineClass::Path, 0)
        );
        assert_eq!(line("way/54").class, LineClass::Tram);
        assert_eq!(
            (line("way/55").class, line("way/55").level),
            (LineClass::Rail, -1)
        );
        assert_eq!(line("way/53/1").points.len(), 2);
        assert!(
            !imported
                .region
                .lines
                .iter()
                .any(|line| ["way/56", "way/57"].contains(&line.id.as_str()))
        );
        assert_eq!(imported.region.water.len(), 1);
        let heights: Vec<f64> = imported
            .region
            .trees
            .iter()
            .map(|tree| tree.height_m)
            .collect();
        assert_eq!(heights, [11.0, 8.0]);
        let conduit = |id: &str| {
            imported
                .region
                .conduits
                .iter()
                .find(|conduit| conduit.id == id)
                .unwrap_or_else(|| panic!("{id}"))
        };
        assert_eq!(conduit("way/70").voltage_v, Some(225_000.0));
        assert!(matches!(conduit("way/70").lay, Lay::Overhead { .. }));
        assert_eq!(conduit("way/71").lay, Lay::Underground { depth_m: None });
        assert_eq!(
            (conduit("way/73").utility, conduit("way/73").diameter_m),
            (Utility::Gas, Some(0.2))
        );
        assert!(
            !imported
                .region
                .conduits
                .iter()
                .any(|conduit| conduit.id == "way/74")
        );
        let mut kinds: Vec<(Utility, FixtureKind)> = imported
            .region
            .fixtures
            .iter()
            .map(|f| (f.utility, f.kind))
            .collect();
        kinds.sort();
        assert_eq!(
            kinds,
            [
                (Utility::Electricity, FixtureKind::Tower),
                (Utility::Electricity, FixtureKind::Tower),
                (Utility::Electricity, FixtureKind::Tower),
                (Utility::Electricity, FixtureKind::Substation),
                (Utility::Lighting, FixtureKind::Lamp),
                (Utility::Transit, FixtureKind::Stop),
            ]
        );
        assert!(
            !imported
                .report
                .findings()
                .iter()
                .any(|f| f.severity == Severity::Error && f.code != "feature-unreadable")
        );
    }

    #[test]
    fn the_shape_of_a_part_without_its_building_is_said_once() {
        let imported = village("village.osm.pbf");
        let alone: Vec<_> = imported
            .report
            .findings()
            .iter()
            .filter(|f| f.code == "osm-part-alone")
            .map(|f| f.object.as_str())
            .collect();
        assert_eq!(alone, ["way/14"]);
        let shapes = imported
            .region
            .buildings
            .iter()
            .filter(|b| b.surveyed.is_some())
            .count();
        assert_eq!(shapes, 4);
    }
}

#[test]
fn shapes_are_what_their_tags_say() {
    let (found, _) = areas("village.osm");
    assert!(matches!(found["way/1"].shape, Shape::Polygon(_)));
    assert!(matches!(found["relation/1"].shape, Shape::Many(_)));
}
