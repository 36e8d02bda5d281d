//! Oddities of tables, what is declared of them, and shards: all that is sound is kept, and the rest is said.

use super::{codes, count, finding, fixture, fixtures, import, manifest, series, values};
use crate::shards::{assert_same, output, run};
use jumeau::base::Instant;
use jumeau::formats::zarr;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;

#[test]
fn whatever_is_wrong_with_a_table_is_said_and_the_rest_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // A table is told by its first rows; sixty good ones of another house.
    let good: String = (0..60).map(|hour| format!("BAT-3;{};{hour}\n", Instant(1_748_736_000 + 3600 * hour))).collect();
    let bad = "\
BAT-1;2025-06-01T02:00:00Z;3
BAT-1;2025-06-01T00:00:00Z;1
BAT-1;2025-06-01T01:00:00Z;2
BAT-1;2025-06-01T03:00:00Z;NaN
BAT-1;2025-06-01T04:00:00Z;beaucoup
BAT-1;2025-06-01T05:00:00Z;6
BAT-1;2025-06-01T05:00:00Z;6
BAT-1;2025-06-01T06:00:00Z;7
BAT-1;2025-06-01T06:00:00Z;8
BAT-1;2025-06-01T06:00:00Z;7
BAT-1;2025-06-31T06:00:00Z;7
BAT-1;2125-06-01T06:00:00Z;7
BAT-2;2025-06-01T00:00:00Z;S
BAT-2;2025-06-01T01:00:00Z;
BAT-2;2025-06-01T02:10:00Z;5
BAT-2;2025-06-01T02:20:00Z;6
BAT-2;2025-06-01T03:00:00Z;9
BAT-2;demain;9
;2025-06-01T03:00:00Z;9
BAT-2;2025-06-01T04:00:00Z
BAT-7;2025-06-01T04:00:00Z;4
";
    std::fs::write(at.join("series.csv"), format!("cleabs;horodate;valeur (kWh)\n{good}{bad}")).unwrap();
    let done = import(at, "series.csv");
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let start = Instant::parse("2025-06-01T00:00:00Z").unwrap().0;
    let found = values(&territory, series(&manifest, "series"));
    let hours = |row: &str| found[row].iter().map(|(at, value)| ((at - start) / 3600, *value)).collect::<Vec<_>>();
    assert_eq!(hours("BAT-1"), [(0, 1.0), (1, 2.0), (2, 3.0), (5, 6.0)]);
    assert_eq!(hours("BAT-2"), [(2, 5.0), (3, 9.0)]);
    assert_eq!((found.len(), found["BAT-3"].len()), (3, 60));
    for (code, times) in [
        ("series-unsorted", 1),
        ("series-value-not-finite", 1),
        ("series-value-unreadable", 1),
        ("series-value-absent", 1),
        ("series-masked", 1),
        ("series-stamp-duplicate", 1),
        ("series-stamp-conflict", 2),
        ("series-stamp-unreadable", 2),
        ("series-stamp-astray", 1),
        ("series-stamp-off-grid", 2),
        ("series-step-several", 1),
        ("series-id-missing", 1),
        ("series-id-unknown", 1),
        ("series-row-unreadable", 1),
    ] {
        assert_eq!(count(&done, code), times, "{code}: {:#}", done["findings"]);
    }
    let conflict = &finding(&done, "series-stamp-conflict")["example"];
    assert_eq!((conflict["file"].as_str(), conflict["value"].as_str()), (Some("series.csv"), Some("7 ≠ 8")));
    assert_eq!(conflict["object"], "#69 BAT-1 2025-06-01T06:00:00Z");
    let counted = done["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == "series").unwrap();
    assert_eq!((counted["kept"].as_u64(), counted["read"].as_u64()), (Some(66), Some(81)), "{counted}");
}

/// Hour after hour, as meters deliver: the first thousands of lines are all of one hour.
#[test]
fn a_table_whose_first_lines_are_all_of_one_hour_is_a_series() {
    for header in ["cleabs;horodate;valeur (kW)", "cleabs;horodate;kW", "cleabs;instant;valeur"] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let hours = (0..3).flat_map(|hour| (0..7_000).map(move |of| format!("BAT-{};2025-06-01T{hour:02}:00:00Z;{}\n", of + 1, f64::from(of) / 8.0 + f64::from(hour))));
        std::fs::write(at.join("series.csv"), format!("{header}\n{}", hours.collect::<String>())).unwrap();
        import(at, "series.csv");
        let manifest = manifest(&at.join("territory"));
        let folder = at.join("territory").join(&series(&manifest, "series").path);
        let array = zarr::read(&std::fs::read(folder.join("zarr.json")).unwrap(), &mut |chunk| std::fs::read(folder.join(chunk)).ok()).unwrap();
        let sum: f64 = (0..7_000).flat_map(|row| array.row(row)).map(|value| f64::from(*value)).sum();
        assert_eq!(sum, 3.0 * 6_999.0 * 7_000.0 / 16.0 + 3.0 * 7_000.0, "{header}");
    }
}

#[test]
fn the_double_hour_is_only_told_apart_where_it_can_be() {
    let rows = |lines: &[(&str, f64)]| lines.iter().fold("id;horodate_locale;valeur_kw\n".to_owned(), |text, (at, value)| text + &format!("BAT-1;2025-10-26 {at};{value}\n"));
    let check = |lines: &[(&str, f64)], expect: &[(i64, f32)], code: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("nuit.csv"), rows(lines)).unwrap();
        let done = import(folder.path(), "nuit.csv");
        let territory = folder.path().join("territory");
        let midnight = Instant::parse("2025-10-25T22:00:00Z").unwrap().0;
        let found = values(&territory, series(&manifest(&territory), "nuit"));
        let hours: Vec<(i64, f32)> = found["BAT-1"].iter().map(|(at, value)| ((at - midnight) / 3600, *value)).collect();
        assert_eq!(hours, expect, "{lines:?}");
        assert!(count(&done, code) > 0, "{code}: {:#}", done["findings"]);
    };
    let forward = [("01:00", 1.0), ("02:00", 2.0), ("02:00", 3.0), ("03:00", 4.0), ("04:00", 5.0)];
    check(&forward, &[(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)], "series-hour-twice");
    let back: Vec<_> = forward.iter().rev().copied().collect();
    check(&back, &[(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)], "series-hour-twice");
    let mixed = [forward[3], forward[1], forward[0], forward[4], forward[2]];
    check(&mixed, &[(1, 1.0), (4, 4.0), (5, 5.0)], "series-hour-undecided");
    // A column for each hour of that night, two of them of one name.
    let folder = tempfile::tempdir().unwrap();
    let (hours, numbers): (Vec<String>, Vec<String>) = forward.iter().map(|(at, value)| (format!("2025-10-26 {at}"), value.to_string())).unzip();
    std::fs::write(folder.path().join("nuit.csv"), format!("cleabs;{}\nBAT-1;{}\n", hours.join(";"), numbers.join(";"))).unwrap();
    import(folder.path(), "nuit.csv");
    let territory = folder.path().join("territory");
    let found = values(&territory, series(&manifest(&territory), "nuit"));
    assert_eq!(found["BAT-1"].values().copied().collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0]);
    check(&[forward[0], forward[1], forward[3], forward[4]], &[(1, 1.0), (2, 2.0), (4, 4.0), (5, 5.0)], "series-hour-ambiguous");
}

#[test]
fn a_declaration_counts_more_than_a_guess() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sources")).unwrap();
    std::fs::copy(fixtures().join("buildings.geojson"), at.join("sources/buildings.geojson")).unwrap();
    // Hours that end at their stamps, in the time of La Réunion, with more of them than the declaration says.
    let rows: String = (1..=30).map(|hour| format!("{:02}/06/2025;{:02}:00;{hour};{}\n", 1 + hour / 24, hour % 24, 100 + hour)).collect();
    std::fs::write(at.join("sources/compteurs.csv"), format!("jour;heure;BAT-1 (kW);BAT-2 (kW)\n{rows}")).unwrap();
    let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
    let declare = |member: Value| {
        let mut series = json!({ "file": "compteurs.csv", "dataset": "d", "id": "relevés", "onto": "buildings", "form": "objects", "stamp": "end",
            "time_zone": "Indian/Reunion", "unit": "MWh", "end": "2025-06-01T20:00:00Z", "start": "2025-05-31T20:00:00Z", "interpolation": "linear" });
        series.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let declaration = json!({ "id": "essai", "datasets": [dataset], "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d" }], "series": [series] });
        std::fs::write(at.join("sources/sources.json"), declaration.to_string()).unwrap();
        // Findings of severity error end with 1, and the territory is there.
        serde_json::from_slice::<Value>(&output(&["import", "sources", "--out", "territory", "--json"], at).stdout).unwrap()
    };
    let done = declare(json!({}));
    let territory = at.join("territory");
    let manifest = manifest(&territory);
    let one = series(&manifest, "releves");
    assert_eq!((one.unit.as_str(), one.nature, one.interpolation.is_some()), ("MWh", jumeau::base::Nature::Measured, true));
    let found = values(&territory, one);
    let start = Instant::parse("2025-05-31T20:00:00Z").unwrap().0;
    assert_eq!(found["BAT-2"], (0..24).map(|hour| (start + 3600 * hour, 101.0 + hour as f32)).collect());
    assert_eq!((count(&done, "series-longer-than-declared"), count(&done, "series-unit-contradicted")), (12, 2));
    assert!(codes(&done).iter().all(|code| !code.contains("assumed") && !code.contains("guessed")), "{:#}", done["findings"]);
    // Two columns of a register of other ids, in RNB's spelling: nobody has them here.
    let done = declare(json!({ "by": "rnb" }));
    assert_eq!(count(&done, "series-id-unknown"), 2);
    let done = declare(json!({ "time_zone": "Europe/Brume" }));
    assert_eq!(finding(&done, "series-zone-unknown")["severity"], "error");
    let done = declare(json!({ "columns": { "instant": ["jour", "minute"] } }));
    assert_eq!(finding(&done, "declaration-column-missing")["example"]["object"], "minute");
}

#[test]
fn series_find_their_objects_by_another_id() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sources")).unwrap();
    let buildings = std::fs::read_to_string(fixtures().join("buildings.geojson")).unwrap();
    let with_rnb = ["ABCDEF123456", "BBBBBB222222/CCCCCC333333"].iter().zip(["BAT-1", "BAT-2"]).fold(buildings, |text, (rnb, id)| {
        text.replace(&format!("\"cleabs\": \"{id}\""), &format!("\"cleabs\": \"{id}\", \"identifiants_rnb\": \"{rnb}\""))
    });
    std::fs::write(at.join("sources/buildings.geojson"), with_rnb).unwrap();
    let hours: String = (0..5).map(|hour| format!("2025-06-01T0{hour}:00:00Z;1;2;3\n")).collect();
    std::fs::write(at.join("sources/s.csv"), format!("time;ABCD-EF12-3456;cccccc333333;DDDDDD444444\n{hours}")).unwrap();
    let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
    let declaration = json!({ "id": "essai", "datasets": [dataset],
        "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d", "fields": { "rnb": "identifiants_rnb" } }],
        "series": [{ "file": "s.csv", "dataset": "d", "onto": "buildings", "by": "rnb", "form": "objects", "unit": "kW" }] });
    std::fs::write(at.join("sources/sources.json"), declaration.to_string()).unwrap();
    let done = run(&["import", "sources", "--out", "territory", "--json"], at);
    let manifest = manifest(&at.join("territory"));
    let one = series(&manifest, "s");
    assert_eq!((one.rows.join(" "), one.by.as_deref()), ("ABCD-EF12-3456 cccccc333333".to_owned(), Some("rnb")));
    assert_eq!(finding(&done, "series-id-unknown")["example"]["object"], "DDDDDD444444");
}

#[test]
fn a_series_alone_and_a_table_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let alone = output(&["import", &fixture("objects.csv"), "--out", "t", "--json"], at);
    assert_eq!(alone.status.code(), Some(2));
    assert!(!at.join("t").exists());
    // A register has a date in each row and is no series.
    std::fs::write(at.join("registre.csv"), "id;date_mise_en_service;puissance_kw\nA;2011-03-04;3\nB;2015-08-01;9\nC;2019-01-17;36\n").unwrap();
    let done = import(at, "registre.csv");
    assert_eq!((count(&done, "table-without-geometry"), count(&done, "series-recognised")), (1, 0));
    let checked = run(&["check", &fixture("enedis_aggregates.csv"), "--json"], at);
    assert!(checked["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "series-masked"), "{checked:#}");
}

#[test]
fn check_misses_what_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    import(at, &fixture("objects.csv"));
    let group = at.join("territory/timeseries/objects");
    let array = group.join("value");
    let checked = |code: &str| {
        let output = output(&["check", "territory", "--json"], at);
        let checked: Value = serde_json::from_slice(&output.stdout).unwrap();
        checked["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code)
    };
    let damage = |path: &str, bytes: Option<Vec<u8>>, code: &str| {
        let path = if path.starts_with("c/") { array.join(path) } else { group.join(path) };
        let before = std::fs::read(&path).unwrap();
        assert!(!checked(code), "{code}");
        std::fs::remove_file(&path).unwrap();
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).unwrap();
        }
        assert!(checked(code), "{code}");
        std::fs::write(&path, before).unwrap();
    };
    damage("c/0/0", None, "series-chunk-missing");
    damage("c/0/0", Some(vec![0; 4]), "zarr-chunk");
    let mut infinite = std::fs::read(array.join("c/0/0")).unwrap();
    infinite[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    damage("c/0/0", Some(infinite), "series-infinite");
    damage("feature/c/0", None, "series-labels");
    let time = std::fs::read(group.join("time/c/0")).unwrap();
    let mut turned = time.clone();
    turned[..8].copy_from_slice(&time[8..16]);
    damage("time/c/0", Some(turned), "series-axis");
    damage("time/c/0", Some(time[8..].to_vec()), "zarr-chunk");
    // A chunk that the array itself calls empty is none that is missing.
    let metadata = std::fs::read_to_string(array.join("zarr.json")).unwrap();
    std::fs::write(array.join("zarr.json"), metadata.replace("\"attributes\": {", "\"attributes\": { \"empty_chunks\": [\"0/0\"],")).unwrap();
    std::fs::remove_file(array.join("c/0/0")).unwrap();
    assert!(!checked("series-chunk-missing"));
}

#[test]
fn shards_and_repetition_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let sources = [fixture("buildings.geojson"), fixture("long_local.csv"), fixture("eco2mix.csv")];
    let [a, b, c] = sources.each_ref().map(String::as_str);
    run(&["import", a, b, c, "--out", "whole", "--json"], at);
    let plan = run(&["plan", a, b, c, "--work", "work", "--shard-buildings", "1", "--json"], at);
    for shard in (0..plan["shards"].as_u64().unwrap()).rev() {
        run(&["work", "work", "--shard", &shard.to_string(), "--json"], at);
    }
    run(&["merge", "work", "--out", "parts", "--json"], at);
    assert_same(&at.join("whole/timeseries"), &at.join("parts/timeseries"));
    // Again, into the territory that is there.
    run(&["import", c, b, a, "--out", "whole", "--json"], at);
    assert_same(&at.join("whole/timeseries"), &at.join("parts/timeseries"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn the_order_of_rows_changes_no_byte(seed in any::<u64>(), step in prop::sample::select(vec![600_i64, 900, 1800, 3600, 86_400])) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let mut lines: Vec<String> = (0..160_i64)
            .filter(|k| (k.wrapping_mul(31) + seed as i64 % 7) % 11 != 0)
            .map(|k| format!("BAT-{};{};{}", 1 + k % 4, Instant(1_750_000_000 / step * step + step * (k / 4)), k))
            .collect();
        let write = |lines: &[String]| std::fs::write(at.join("s.csv"), format!("cleabs;horodate;valeur (kWh)\n{}\n", lines.join("\n"))).unwrap();
        write(&lines);
        import(at, "s.csv");
        std::fs::rename(at.join("territory"), at.join("first")).unwrap();
        lines.sort_by_key(|line| line.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
        write(&lines);
        import(at, "s.csv");
        assert_same(&at.join("first/timeseries"), &at.join("territory/timeseries"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    /// Whatever stands in the cells of a table, whatever is said of it: the import ends, and says what it found.
    #[test]
    fn no_table_is_too_odd(
        header in prop::collection::vec(prop::sample::select(HEADERS.to_vec()), 2..7),
        cells in prop::collection::vec(prop::sample::select(CELLS.to_vec()), 6..90),
        declared in any::<[u8; 6]>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let rows: String = cells.chunks(header.len()).filter(|row| row.len() == header.len()).map(|row| row.join(";") + "\n").collect();
        std::fs::write(at.join("s.csv"), format!("{}\n{rows}", header.join(";"))).unwrap();
        std::fs::copy(fixtures().join("buildings.geojson"), at.join("buildings.geojson")).unwrap();
        let pick = |at: usize, list: &[Value]| list[usize::from(declared[at]) % list.len()].clone();
        let dataset = json!({ "id": "d", "title": "d", "producer": "d", "licence": "d", "date": "2025", "attribution": "d", "nature": "measured" });
        let mut one = json!({ "file": "s.csv", "dataset": "d" });
        let members = [
            ("form", pick(0, &[Value::Null, json!("long"), json!("objects"), json!("quantities"), json!("instants"), json!("hours")])),
            ("step_s", pick(1, &[Value::Null, json!(1), json!(-5), json!(0), json!(i64::MAX), json!(900)])),
            ("start", pick(2, &[Value::Null, json!("2025-01-01T00:00:00Z"), json!("2199-01-01T00:00:00Z"), json!("1800-01-02T00:00:00Z")])),
            ("end", pick(3, &[Value::Null, json!("2025-01-01T06:00:00Z"), json!("2200-01-01T00:00:00Z")])),
            ("stamp", pick(4, &[Value::Null, json!("end"), json!("start")])),
            ("onto", pick(5, &[Value::Null, json!("buildings"), json!("roads")])),
        ];
        one.as_object_mut().unwrap().extend(members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)));
        let declaration = json!({ "id": "essai", "datasets": [dataset], "layers": [{ "file": "buildings.geojson", "as": "buildings", "dataset": "d" }], "series": [one] });
        std::fs::write(at.join("sources.json"), declaration.to_string()).unwrap();
        let read = |path: PathBuf| jumeau::pipeline::read_sources(&[path], &jumeau::pipeline::ImportOptions::default(), &jumeau::pipeline::Silent);
        prop_assert!(read(at.to_owned()).is_ok());
        // And as somebody who says nothing about it.
        std::fs::remove_file(at.join("sources.json")).unwrap();
        prop_assert!(read(at.to_owned()).is_ok());
    }
}

const HEADERS: [&str; 19] = [
    "id", "cleabs", "horodate", "date", "heure", "Date - Heure", "valeur (kWh)", "value", "unit", "quantity", "BAT-1", "nb_points", "2025-01-01T00:00:00Z",
    "2025-10-26 02:00", "2025-10-26 02:00", "consommation", "00:00", "01:00", "02:00",
];

const CELLS: [&str; 28] = [
    "BAT-1", "BAT-2", "", "2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", "2025-10-26 02:30", "2025-03-30 02:30", "26/10/2025 02:00", "1800-01-01", "2200-12-31T23:59:59Z", "02:00",
    "24:00", "2025", "2025-06", "12,5", "-1e300", "1e39", "NaN", "S", "< 10", "ND", "kWh", "MW", "lieues", "99999999999999999999", "1750000000", "é\u{fffd}", "\"a;b\"",
];
