//! Tables as people have them: stamps of ten digits, lines that are not as the others, headers that say little. What is odd is told, the rest is there.

use super::{codes, count, finding, import, manifest, values};
use crate::shards::run;
use jumeau::base::Instant;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// All values of a series by quantity (empty for none), row and instant as UTC writes it.
pub type Found = BTreeMap<(String, String), BTreeMap<String, f32>>;

pub fn all_values(territory: &Path) -> (Found, BTreeMap<String, String>) {
    let manifest = manifest(territory);
    let (mut found, mut units) = (Found::new(), BTreeMap::new());
    for series in manifest.series.iter().filter(|series| series.id != "demand") {
        let quantity = series.quantity.clone().unwrap_or_default();
        units.insert(quantity.clone(), series.unit.clone());
        for (row, values) in values(territory, series) {
            found.insert((quantity.clone(), row), values.into_iter().map(|(at, value)| (Instant(at).to_string(), value)).collect());
        }
    }
    (found, units)
}

pub fn read(name: &str, bytes: &[u8]) -> (Value, Found, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join(name), bytes).unwrap();
    let done = import(at, &at.join(name).display().to_string());
    let (found, units) = all_values(&at.join("territory"));
    (done, found, units)
}

/// The only row of the only series.
pub fn only(found: &Found, done: &Value) -> BTreeMap<String, f32> {
    assert_eq!(found.len(), 1, "{found:?} {:#}", done["findings"]);
    found.values().next().unwrap().clone()
}

pub fn hours(range: std::ops::Range<u32>, row: impl Fn(u32) -> String) -> String {
    range.map(row).collect()
}

#[test]
fn ten_digits_are_a_date_and_an_hour() {
    let text = hours(0..24, |hour| format!("44020001;20250101{hour:02};{hour}.5\n"));
    for head in ["station;date_utc;temperature (°C)\n", "NUM_POSTE;AAAAMMJJHH_UTC;T (°C)\n", "NUM_POSTE;AAAAMMJJHH;T (°C)\n"] {
        let (done, found, _) = read("s.csv", format!("{head}{text}").as_bytes());
        let row = only(&found, &done);
        assert_eq!((row.len(), row["2025-01-01T00:00:00Z"], row["2025-01-01T13:00:00Z"]), (24, 0.5, 13.5), "{head}");
        let said = finding(&done, "series-zone-guessed");
        assert_eq!((said["example"]["value"].as_str(), count(&done, "series-zone-assumed")), (Some("Etc/UTC"), 0), "{head}");
        assert!(!head.ends_with("JJHH;T (°C)\n") || said["example"]["object"] == "Météo-France, données climatologiques");
    }
}

#[test]
fn a_station_of_meteo_france_is_in_universal_time_with_its_units() {
    let head = "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJHH;RR1;QRR1;T;QT;FF;QFF;GLO;QGLO";
    let text = hours(0..24, |hour| format!("44020001;NANTES-BOUGUENAIS;47.15;-1.608333;26;20260329{hour:02};0.2;9;{hour}.5;1;3.1;1;;\n"));
    let (done, found, units) = read("H_44_2026.csv", format!("{head}\n{text}").as_bytes());
    assert_eq!(units.into_iter().collect::<Vec<_>>(), [("FF", "m/s"), ("RR1", "mm"), ("T", "°C")].map(|(name, unit)| (name.to_owned(), unit.to_owned())));
    // The hour that a clock of Paris skips is an hour like any other.
    let row = &found[&("T".to_owned(), "44020001".to_owned())];
    assert_eq!((row.len(), row["2026-03-29T02:00:00Z"], count(&done, "series-hour-nonexistent"), count(&done, "series-unit-missing")), (24, 2.5, 0, 0));
}

#[test]
fn stamps_that_are_none_hide_no_table() {
    let row = |hour: u32| if [2, 7, 9].contains(&hour) { format!("B1;?;{hour}\n") } else { format!("B1;2025-01-01T{hour:02}:00:00Z;{hour}\n") };
    let (done, found, _) = read("s.csv", format!("id;horodate;valeur (kWh)\n{}", hours(0..24, row)).as_bytes());
    assert_eq!((only(&found, &done).len(), count(&done, "series-stamp-unreadable")), (21, 3));
    let days = "id;date;valeur (kWh)\nB1;2024-02-27;0\nB1;2024-02-28;1\nB1;2024-02-29;2\nB1;2024-03-01;3\nB1;2024-03-02;4\nB1;2025-02-29;77\n";
    let (done, found, _) = read("s.csv", days.as_bytes());
    let row = only(&found, &done);
    assert_eq!((row.len(), count(&done, "series-stamp-unreadable")), (5, 1));
    assert!(!row.values().any(|value| *value == 77.0));
}

#[test]
fn a_row_that_is_too_short_hides_no_table() {
    let row = |hour: u32| format!("B1;2025-01-01T{hour:02}:00:00Z;{hour}\n");
    let text = format!("id;horodate;kWh\n{}B1;oops\n{}", hours(0..4, row), hours(4..20, row));
    let (done, found, units) = read("s.csv", text.as_bytes());
    let row = only(&found, &done);
    assert_eq!((row.len(), row["2025-01-01T03:00:00Z"], row["2025-01-01T19:00:00Z"]), (20, 3.0, 19.0));
    assert_eq!(count(&done, "series-row-unreadable"), 1);
    assert_eq!(units.into_values().collect::<Vec<_>>(), ["kWh"]);
}

#[test]
fn lines_before_the_names_are_passed_over() {
    let row = |hour: u32| format!("2025-01-01T{hour:02}:30:00+01:00;{hour}\n");
    let enedis = format!(
        "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite;Pas en minutes\n\
        12345678901234;Courbe de charge;01/01/2025;02/01/2025;Energie active;Consommation;Comptage Brut;W;30\nHorodate;Valeur\n{}",
        hours(1..20, row)
    );
    let (done, found, units) = read("s.csv", enedis.as_bytes());
    let row = only(&found, &done);
    // They say the unit, and that stamps are at the end of their hour.
    assert_eq!((row.len(), row["2025-01-01T10:30:00Z"], units.into_values().collect::<Vec<_>>()), (19, 12.0, vec!["W".to_owned()]));
    assert_eq!(finding(&done, "table-lines-before")["example"]["value"], "2");
    assert_eq!((finding(&done, "series-unit-guessed")["example"]["object"].as_str(), count(&done, "series-unit-missing")), (Some("Unite"), 0));
    assert_eq!(finding(&done, "series-stamp-end-guessed")["example"]["object"], "Type de donnees : Courbe de charge");
    // “My roof” reads the same powers at the same instants.
    let meter = jumeau::formats::meter::read(enedis.as_bytes()).unwrap();
    let of_meter: BTreeMap<String, f32> = meter.kw.iter().map(|(at, kw)| (Instant(*at).to_string(), (1000.0 * kw) as f32)).collect();
    assert_eq!(of_meter, row);
    let own = format!("# title: Demande\n# territory: X\n# unit: kW\nutc,local,B1\n{}", hours(0..20, |hour| format!("2025-01-01T{hour:02}:00:00Z,2025-01-01T{:02}:00+01:00,{hour}\n", hour + 1)));
    let (done, found, units) = read("s.csv", own.as_bytes());
    let row = only(&found, &done);
    assert_eq!((row.len(), row["2025-01-01T05:00:00Z"], units.into_values().collect::<Vec<_>>()), (20, 5.0, vec!["kW".to_owned()]));
    assert_eq!(finding(&done, "table-lines-before")["example"]["value"], "3");
}

#[test]
fn a_table_of_two_words_is_a_load_curve_and_that_is_told() {
    let row = |hour: u32| format!("2025-01-01T{hour:02}:30:00+01:00;{}\n", 300 + 100 * (hour % 5));
    let bare = format!("Horodate;Valeur\n{}", hours(1..20, row));
    let (done, found, units) = read("compteur.csv", bare.as_bytes());
    let values = only(&found, &done);
    // The hour that ends at 11:30 of Paris, in watts.
    assert_eq!((values.len(), values["2025-01-01T09:30:00Z"], units.into_values().collect::<Vec<_>>()), (19, 400.0, vec!["W".to_owned()]));
    let told = finding(&done, "series-curve-assumed");
    assert_eq!((told["severity"].as_str(), told["example"]["object"].as_str(), told["example"]["value"].as_str()), (Some("warning"), Some("Horodate ; Valeur"), Some("W")));
    assert_eq!((count(&done, "series-stamp-end-guessed"), count(&done, "series-unit-missing"), count(&done, "series-zone-assumed")), (1, 0, 0));
    // “My roof” reads the same powers at the same instants.
    let meter = jumeau::formats::meter::read(bare.as_bytes()).unwrap();
    let of_meter: BTreeMap<String, f32> = meter.kw.iter().map(|(at, kw)| (Instant(*at).to_string(), (1000.0 * kw) as f32)).collect();
    assert_eq!(of_meter, values);
    // Without an offset the clock is the territory's, and told too.
    let (done, ..) = read("compteur.csv", bare.replace("+01:00", "").as_bytes());
    assert_eq!((count(&done, "series-curve-assumed"), count(&done, "series-zone-assumed")), (1, 1));
    // Energies of days, readings of a counter, another column, lines before: none of them is taken for watts.
    let days = format!("Horodate;Valeur\n{}", (1..29).map(|day| format!("2025-01-{day:02}T00:00:00+01:00;{}\n", 9_000 + 100 * (day % 7))).collect::<String>());
    let counter = format!("Horodate;Valeur\n{}", (0..90).map(|step| format!("2025-01-{:02}T{:02}:00:00+01:00;{}\n", 1 + step / 24, step % 24, 120_000 + 400 * step)).collect::<String>());
    let more = format!("Horodate;Valeur;Temperature\n{}", hours(1..20, |hour| row(hour).replace('\n', ";7\n")));
    let index = format!("Identifiant PRM;Type de donnees;Unite\n12345678901234;Index;Wh\n{bare}");
    for text in [days, counter, more, index] {
        let (done, _, units) = read("compteur.csv", text.as_bytes());
        assert_eq!(count(&done, "series-curve-assumed"), 0, "{text}");
        assert!(!units.values().any(|unit| unit == "W"), "{text}: {units:?}");
        assert!(count(&done, "series-unit-missing") > 0, "{text}");
    }
}

#[test]
fn two_downloads_of_one_folder_are_two_meters() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("enedis")).unwrap();
    for (prm, more) in [("12345678901234", 0), ("12345678905678", 100)] {
        let rows = hours(1..20, |hour| format!("2025-01-01T{hour:02}:00:00+01:00;{}\n", hour + more));
        let text = format!("Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite\n{prm};Courbe de charge;01/01/2025;02/01/2025;Energie active;Consommation;Comptage Brut;W\n\nHorodate;Valeur\n{rows}");
        std::fs::write(at.join(format!("enedis/{prm}.csv")), text).unwrap();
    }
    let done = import(at, "enedis");
    let (found, _) = all_values(&at.join("territory"));
    let rows: Vec<(&str, f32)> = found.iter().map(|((_, row), values)| (row.as_str(), values["2025-01-01T00:00:00Z"])).collect();
    assert_eq!((rows, count(&done, "series-stamp-conflict")), (vec![("12345678901234", 2.0), ("12345678905678", 102.0)], 0), "{:#}", done["findings"]);
}

#[test]
fn an_empty_field_at_the_end_of_rows_is_none() {
    let text = format!("id;horodate;valeur (kWh)\n{}", hours(0..20, |hour| format!("B1;2025-01-01T{hour:02}:00:00Z;{hour};\n")));
    let (done, found, _) = read("s.csv", text.as_bytes());
    assert_eq!((only(&found, &done).len(), count(&done, "series-row-unreadable"), count(&done, "table-trailing-delimiter")), (20, 0, 1));
}

#[test]
fn a_quote_that_is_never_closed_costs_its_row() {
    for odd in ["B1;\"2025-01-05T04:00:00Z;100\n", "B1;2025-01-05T04:00:00Z;\"100\n", "\"B1;2025-01-05T04:00:00Z;100\n"] {
        let text = |range: std::ops::Range<u32>| hours(range, |hour| format!("B1;2025-01-{:02}T{:02}:00:00Z;{hour}\n", 1 + hour / 24, hour % 24));
        for at in [4, 100] {
            let (done, found, _) = read("s.csv", format!("id;horodate;valeur (kWh)\n{}{odd}{}", text(0..at), text(at + 1..200)).as_bytes());
            let kept: usize = found.values().map(BTreeMap::len).sum();
            assert!(kept >= 199, "{odd} {at} {kept} {:?}", codes(&done));
        }
    }
    // A text of several lines is one, whatever stands in it.
    let text = format!("id;note;horodate;valeur (kWh)\n{}", hours(0..20, |hour| format!("B1;\"une; deux;\ntrois; quatre; cinq;\"\"six\";2025-01-01T{hour:02}:00:00Z;{hour}\n")));
    let (done, found, _) = read("s.csv", text.as_bytes());
    assert_eq!((only(&found, &done).len(), count(&done, "series-row-unreadable")), (20, 0));
}

#[test]
fn a_column_called_by_its_unit_has_it() {
    let text = |head: &str| format!("{head}\n{}", hours(0..20, |hour| format!("2025-01-01T{hour:02}:00:00Z;{hour}\n")));
    for (head, unit) in [("horodate;kWh", "kWh"), ("horodate;Température (K)", "K"), ("horodate;Chaleur (GJ)", "GJ"), ("horodate;chaleur [kJ]", "kJ")] {
        let (done, found, units) = read("s.csv", text(head).as_bytes());
        assert_eq!((only(&found, &done).len(), units.into_values().collect::<Vec<_>>()), (20, vec![unit.to_owned()]), "{head}");
        assert_eq!((count(&done, "series-unit-missing"), count(&done, "series-unit-unknown")), (0, 0), "{head}");
    }
}

#[test]
fn hours_are_numbers_too() {
    let text = format!("date;heure;consommation (kWh)\n{}", hours(0..72, |hour| format!("{:02}/01/2025;{};{hour}\n", 1 + hour / 24, hour % 24)));
    let (done, found, _) = read("s.csv", text.as_bytes());
    let row = only(&found, &done);
    assert_eq!((row.len(), row["2024-12-31T23:00:00Z"], row["2025-01-02T12:00:00Z"]), (72, 0.0, 37.0));
}

#[test]
fn two_columns_of_a_table_are_two_series() {
    let text = format!("horodate;Consommation (kWh);Consommation (MWh)\n{}", hours(0..20, |hour| format!("2025-01-01T{hour:02}:00:00Z;{}000;{hour}.5\n", hour)));
    let (done, found, _) = read("s.csv", text.as_bytes());
    assert_eq!((found.len(), count(&done, "series-stamp-conflict")), (2, 0), "{found:?}");
    let mut sums: Vec<f32> = found.values().map(|row| row.values().sum()).collect();
    sums.sort_by(f32::total_cmp);
    assert_eq!(sums, [200.0, 190_000.0]);
}

/// Days of 2026 with a column for each step: the value is 100 times the day of the year plus the step; the hour that spring skips is as told.
fn days_of_hours(head: &str, steps: u32, skipped: &str) -> String {
    let first = Instant::parse("2026-01-01T00:00:00Z").unwrap();
    let row = |day: u32| {
        let date = first.plus_seconds(86_400 * i64::from(day)).to_string()[..10].to_owned();
        let is_skipped = |step: u32| date == "2026-03-29" && (2 * steps / 24..3 * steps / 24).contains(&step);
        format!("B1;{date}{}\n", hours(0..steps, |step| if is_skipped(step) { format!(";{skipped}") } else { format!(";{}", 100 * day + step) }))
    };
    format!("id;date{head}\n{}", hours(0..365, row))
}

#[test]
fn columns_of_the_hours_of_a_day_are_one_series_of_the_year() {
    let row_of = |head: &str, steps: u32, skipped: &str| {
        let (done, found, _) = read("s.csv", days_of_hours(head, steps, skipped).as_bytes());
        let row = only(&found, &done);
        (done, row)
    };
    for (head, steps, ends) in [
        (hours(0..24, |hour| format!(";{hour:02}:00")), 24, 0),
        (hours(0..48, |half| format!(";{:02}:{:02}", half / 2, half % 2 * 30)), 48, 0),
        (hours(1..25, |hour| format!(";H{hour}")), 24, 1),
        (hours(1..25, |hour| format!(";{hour:02}h00 (kWh)")), 24, 1),
    ] {
        let (done, row) = row_of(&head, steps, "");
        // A year of 365 days has 8760 hours; the second of the two that autumn has is not in the file.
        assert_eq!(row.len() as u32, 365 * steps - steps / 24, "{head} {:#}", done["findings"]);
        assert_eq!((row["2025-12-31T23:00:00Z"], row["2026-01-01T12:00:00Z"]), (0.0, (13 * steps / 24) as f32));
        // On the day without its third hour the fourth begins where the third would; in autumn the third has the first of its two.
        let (spring, autumn) = (100.0 * 87.0, 100.0 * 297.0);
        assert_eq!((row["2026-03-29T00:00:00Z"], row["2026-03-29T01:00:00Z"]), (spring + (steps / 24) as f32, spring + (3 * steps / 24) as f32));
        assert_eq!((row["2026-10-25T00:00:00Z"], row.get("2026-10-25T01:00:00Z"), row["2026-10-25T02:00:00Z"]), (autumn + (2 * steps / 24) as f32, None, autumn + (3 * steps / 24) as f32));
        assert_eq!(finding(&done, "series-hours-read")["example"]["value"], steps.to_string());
        let skipped = finding(&done, "series-hours-skipped");
        assert_eq!((skipped["severity"].as_str(), skipped["example"]["object"].as_str()), (Some("info"), Some("#88 B1 2026-03-29 02:00")));
        assert_eq!((count(&done, "series-hour-ambiguous"), count(&done, "series-stamp-end-guessed"), count(&done, "series-hours-as-columns")), (u64::from(steps / 24), ends, 0));
    }
    // What stands in an hour that there is not is told as loss, unless it is nothing.
    let head = hours(0..24, |hour| format!(";{hour:02}:00"));
    for (skipped, severity) in [("0", "info"), ("7,5", "warning")] {
        let (done, _) = row_of(&head, 24, skipped);
        assert_eq!(finding(&done, "series-hours-skipped")["severity"], severity, "{skipped}");
    }
    // A sum beside them is left aside, and told.
    let rows = hours(1..20, |day| format!("B1;2025-01-{day:02}{};9\n", hours(0..24, |hour| format!(";{}", 100 * day + hour))));
    let (done, found, _) = read("s.csv", format!("id;date{head};total\n{rows}").as_bytes());
    assert_eq!((only(&found, &done).len(), finding(&done, "series-hours-beside")["example"]["object"].as_str()), (19 * 24, Some("total")));
}

#[test]
fn hours_as_columns_at_no_even_distance_are_told() {
    let rows = hours(1..20, |day| format!("B1;2025-01-{day:02};1;2;3\n"));
    let (done, found, _) = read("s.csv", format!("id;date;08:00;12:00;20:00\n{rows}").as_bytes());
    assert_eq!((finding(&done, "series-hours-as-columns")["example"]["value"].as_str(), found.len()), (Some("3"), 3));
}

#[test]
fn the_rate_of_carbon_is_no_power() {
    let head = "Périmètre\tNature\tDate\tHeures\tConsommation\tPrévision J-1\tNucléaire\tTaux de Co2";
    let rows = hours(0..20, |hour| format!("France\tDéfinitives\t2022-03-26\t{hour:02}:00\t50000\t50000\t40000\t4{hour}\n"));
    let (_, found, units) = read("s.csv", format!("{head}\n{rows}").as_bytes());
    assert_eq!(units["Taux de Co2"], "g/kWh", "{found:?}");
    assert_eq!(units["Consommation"], "MW");
}

#[test]
fn columns_in_utc_have_all_hours() {
    let text = |wall: fn(u32) -> u32| {
        format!("date_heure;date;heure;consommation (MW)\n{}", hours(0..20, |hour| format!("2025-03-30T{hour:02}:00:00Z;2025-03-30;{:02}:00;{hour}\n", wall(hour))))
    };
    let (done, found, _) = read("s.csv", text(|hour| hour).as_bytes());
    assert_eq!((only(&found, &done)["2025-03-30T02:00:00Z"], count(&done, "series-hour-nonexistent")), (2.0, 0));
    // Columns of the local clock with an hour that it left out: that row says nothing.
    let (done, found, _) = read("s.csv", text(|hour| if hour == 1 { 2 } else { hour + if hour > 1 { 2 } else { 1 } }).as_bytes());
    assert_eq!((only(&found, &done).len(), count(&done, "series-hour-nonexistent")), (19, 1));
}

#[test]
fn an_hour_without_light_keeps_its_temperature() {
    let rows = hours(1..25, |hour| {
        let light = if hour == 13 { "9999,9999,9999" } else { "300,200,100" };
        format!("2023,6,21,{hour},60,x,{hour}.5,10,50,101000,0,0,0,{light},0,0,0,0,180,3.0,5,5,9999,99999,9,999999999,10,0.1,0,88,0.2,0,0\n")
    });
    let text = format!("LOCATION,Nantes,PDL,FRA,Test,072220,47.15,-1.61,0.0,26.0\nDATA PERIODS,1,1,Data,Sunday,6/21,6/21\n{rows}");
    let (done, found, _) = read("s.epw", text.as_bytes());
    let row = |quantity: &str| found.iter().find(|((known, _), _)| known == quantity).unwrap_or_else(|| panic!("{quantity}: {:?}", found.keys())).1;
    assert_eq!((row("temp_air").len(), row("temp_air")["2023-06-21T12:00:00Z"], row("wind_speed").len()), (24, 13.5, 24));
    assert_eq!((row("ghi").len(), row("ghi").get("2023-06-21T12:00:00Z")), (23, None));
    assert_eq!(count(&done, "weather-hour-missing"), 1);
}

#[test]
fn streams_of_sensors_are_told_apart() {
    let rows = |from: u32| hours(0..6, |hour| format!("{}[\"2025-01-01T{hour:02}:00:00Z\",{}]", if hour > 0 { "," } else { "" }, from + hour));
    let linked = |id: u32, from: u32| {
        format!("{{\"Datastream@iot.navigationLink\":\"http://x/v1.1/Datastreams({id})\",\"components\":[\"phenomenonTime\",\"result\"],\"dataArray\":[{}]}}", rows(from))
    };
    let (_, found, _) = read("s.json", format!("{{\"value\":[{},{}]}}", linked(1, 10), linked(2, 20)).as_bytes());
    let row = |row: &str| found.iter().find(|((_, known), _)| known == row).unwrap_or_else(|| panic!("{row}: {found:?}")).1;
    assert_eq!((row("1")["2025-01-01T05:00:00Z"], row("2")["2025-01-01T00:00:00Z"]), (15.0, 20.0));

    let observed = |from: u32| hours(0..6, |hour| format!("{}{{\"phenomenonTime\":\"2025-01-01T{hour:02}:00:00Z\",\"result\":{}}}", if hour > 0 { "," } else { "" }, from + hour));
    let stream = |name: &str, thing: &str, from: u32| {
        format!("{{\"name\":\"{name}\",{thing}\"unitOfMeasurement\":{{\"symbol\":\"kWh\"}},\"ObservedProperty\":{{\"name\":\"E\"}},\"Observations\":[{}]}}", observed(from))
    };
    let thing = format!("{{\"value\":[{{\"name\":\"B1\",\"Locations\":[],\"Datastreams\":[{},{}]}}]}}", stream("t", "", 0), stream("u", "", 100));
    let (done, found, _) = read("s.json", thing.as_bytes());
    let of = |quantity: &str| &found[&(quantity.to_owned(), "B1".to_owned())];
    assert_eq!((of("t")["2025-01-01T02:00:00Z"], of("u")["2025-01-01T02:00:00Z"]), (2.0, 102.0), "{:#}", done["findings"]);

    let streams = format!("{{\"value\":[{},{}]}}", stream("Conso 1", "\"Thing\":{\"name\":\"B1\"},", 1), stream("Conso 2", "\"Thing\":{\"name\":\"B2\"},", 2));
    let (_, found, _) = read("s.json", streams.as_bytes());
    assert_eq!(found.keys().map(|(quantity, row)| (quantity.as_str(), row.as_str())).collect::<Vec<_>>(), [("E", "B1"), ("E", "B2")]);
}

#[test]
fn what_a_feed_leaves_open_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("bus")).unwrap();
    for (name, text) in [
        ("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\nB,Bus du Bourg,http://b,Europe/Paris\n"),
        ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nA,Mairie,47.2100,-1.5500\nB,Gare,47.2150,-1.5450\n"),
        ("routes.txt", "route_id,agency_id,route_short_name,route_type\nR,B,1,3\n"),
        ("trips.txt", "route_id,service_id,trip_id\nR,all,T\nR,all,N\n"),
        ("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT,8:00:00,8:00:00,A,1\nT,8:20:00,8:20:00,B,2\nN,24:30:00,24:30:00,B,1\nN,24:50:00,24:50:00,A,2\nX,9:00:00,9:00:00,A,1\nX,9:10:00,9:10:00,B,2\n"),
        ("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nall,1,1,1,1,1,1,1,20261024,20261026\n"),
    ] {
        std::fs::write(at.join("bus").join(name), text).unwrap();
    }
    let done = run(&["import", "bus", "--crs", "EPSG:2154", "--out", "territory", "--json"], at);
    let value = |code: &str| finding(&done, code)["example"]["value"].as_str().unwrap().to_owned();
    assert_eq!((value("gtfs-trips-unknown"), value("gtfs-after-last-day")), ("2".to_owned(), "1".to_owned()));
}
