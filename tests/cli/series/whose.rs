//! Whose rows are where several columns of words could say it.

use super::parts::{read, rows};
use super::{count, import, manifest, values};
use crate::shards::output;
use serde_json::Value;
use std::io::Write;

#[test]
fn of_a_code_and_a_name_the_first_tells_objects_apart() {
    // Both at the same days, and one after the other: never one curve.
    for apart in [0, 15] {
        let row = |number: i64| {
            let (station, day) = (number / 15, number % 15);
            format!("{};2025-03-{:02};{number}.5", ["M624001010;La Sèvre à Nantes", "M800001010;La Loire"][station as usize], 1 + day + apart * station)
        };
        let (done, found) = read(&rows("ouvrage;riviere;date;debit (m3/s)", 30, row));
        assert_eq!(found.keys().collect::<Vec<_>>(), ["M624001010", "M800001010"], "{:#}", done["findings"]);
        assert!(found.values().all(|row| row.len() == 15), "{found:?}");
    }
}

#[test]
fn two_columns_that_only_together_tell_objects_apart_are_one_id() {
    let row = |number: i64| format!("{};{};2025-03-{:02};{number}", ["Nord", "Sud"][(number % 2) as usize], ["Logement", "Bureau"][(number / 2 % 2) as usize], 1 + number / 4);
    let (_, found) = read(&rows("secteur;usage;date;conso (kWh)", 80, row));
    assert_eq!((found.len(), found.values().map(|row| row.len()).sum::<usize>()), (4, 80), "{:?}", found.keys());
}

#[test]
fn words_about_values_are_no_objects() {
    let row = |number: i64| format!("{};{};2025-03-{:02} {:02}:00;{number}", ["validé", "estimé"][(number / 30 % 2) as usize], "compteur", 1 + number / 24, number % 24);
    let (_, found) = read(&rows("statut;origine;date;conso (kWh)", 96, row));
    assert_eq!((found.len(), found.values().next().unwrap().len()), (1, 96), "{:?}", found.keys());
}

#[test]
fn a_state_is_an_object_where_nothing_else_tells_rows_apart() {
    let row = |number: i64| format!("{};MWh;2025-03-{:02};{number}", ["soutirage", "injection"][(number % 2) as usize], 1 + number / 2);
    let (_, found) = read(&rows("nature;libelle;date;energie", 60, row));
    assert_eq!((found.len(), found.values().map(|row| row.len()).sum::<usize>()), (2, 60), "{:?}", found.keys());
    // A period by its number is no hour.
    let row = |number: i64| format!("2025-03-{:02};{};{number}", 1 + number / 2, 1 + number % 2);
    let (_, found) = read(&rows("date;periode;conso (kWh)", 60, row));
    assert!(found.values().flat_map(|row| row.keys()).all(|at| at.ends_with("00:00")), "{found:?}");
}

#[test]
fn observations_of_hydrometry_keep_their_station_and_their_quantity() {
    let record = |number: usize| {
        format!(
            r#"{{"code_site":"M6240010","code_station":"{}","grandeur_hydro":"{}","date_debut_serie":"2025-03-30T00:00:00Z","statut_serie":4,"date_obs":"2025-03-30T{:02}:{:02}:00Z","resultat_obs":{number}.0,"code_methode_obs":0,"libelle_methode_obs":"Mesure","libelle_qualification_obs":"Non qualifiée","continuite_obs_hydro":false,"longitude":-1.5,"latitude":47.2}}"#,
            ["M624001010", "M800001010"][number % 2], ["H", "Q"][number / 2 % 2], number / 4 / 12, number / 4 % 12 * 5
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<String> = (0..160).map(record).collect();
    std::fs::write(folder.path().join("hydro.json"), format!(r#"{{"count":160,"data":[{}]}}"#, records.join(","))).unwrap();
    let done = import(folder.path(), "hydro.json");
    let territory = folder.path().join("territory");
    let read: Vec<(String, usize, usize)> = manifest(&territory).series.iter().filter(|series| series.id != "demand").map(|series| {
        let values = values(&territory, series);
        (series.quantity.clone().unwrap_or_default(), values.len(), values.values().map(|row| row.len()).sum())
    }).collect();
    assert_eq!(read, [("H".to_owned(), 2, 80), ("Q".to_owned(), 2, 80)], "{:#}", done["findings"]);
}

#[test]
fn a_table_packed_with_gzip_is_read_and_a_cut_one_is_told() {
    let table = rows("Date;Conso (kWh)", 48, |hour| format!("2025-02-{:02} {:02}:00;{hour}", 1 + hour / 24, hour % 24));
    let packed = || {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(table.as_bytes()).unwrap();
        packer.finish().unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.csv.gz"), packed()).unwrap();
    import(folder.path(), "s.csv.gz");
    let territory = folder.path().join("territory");
    let manifest = manifest(&territory);
    let series = manifest.series.iter().find(|series| series.id != "demand").unwrap();
    assert_eq!(values(&territory, series).values().map(|row| row.len()).sum::<usize>(), 48);

    let cut = tempfile::tempdir().unwrap();
    let bytes = packed();
    std::fs::write(cut.path().join("s.csv.gz"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::copy(super::fixture("buildings.geojson"), cut.path().join("buildings.geojson")).unwrap();
    let done: Value = serde_json::from_slice(&output(&["import", "buildings.geojson", "s.csv.gz", "--out", "territory", "--json"], cut.path()).stdout).unwrap();
    assert_eq!(count(&done, "archive-entry-unreadable"), 1, "{:#}", done["findings"]);
}

#[test]
fn a_load_curve_with_what_enedis_writes_beside_it_marks_the_ends_of_its_steps() {
    let row = |number: i64| format!("09111111111111;PA;2025-02-{:02}T{:02}:{:02}:00+01:00;{};W", 1 + number / 48, number / 2 % 24, 30 * (number % 2), 100 + number * 7 % 13);
    let (done, found) = read(&rows("PRM;Grandeur physique;Horodate;Valeur;Unite", 96, row));
    let found = found.into_values().next().unwrap();
    assert_eq!((count(&done, "series-stamp-end-guessed"), found.len(), found.contains_key("2025-01-31 23:30")), (1, 96, true), "{found:?}");
}
