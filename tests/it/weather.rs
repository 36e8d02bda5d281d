//! Weather files: real ones read in place, made-up ones with every fault.

use crate::shared_data::shared;
use jumeau::base::Instant;
use jumeau::energy::weather::{DEFAULT_AIR_C, Observed, Site, skies};
use jumeau::formats::messages::message;
use jumeau::formats::weather::{WeatherFile, WeatherKind, read};
use proptest::prelude::*;

fn of(path: &str) -> Option<(WeatherFile, Vec<jumeau::base::Finding>)> {
    let bytes = std::fs::read(shared(path)?).unwrap();
    Some(read(&bytes, path).unwrap())
}

/// kWh/m² of one column.
fn sum(
    file: &WeatherFile,
    column: impl Fn(&jumeau::formats::weather::WeatherRecord) -> Option<f64>,
) -> f64 {
    file.records.iter().filter_map(column).sum::<f64>() / 1000.0
}

fn near(ours: f64, theirs: f64, within: f64) {
    assert!((ours - theirs).abs() < within, "{ours} ≠ {theirs}");
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn the_weather_year_of_lyon() {
    let Some((file, findings)) = of("lyon-1er/epw/FRA_AR_Lyon-Bron.AP.074800_TMYx.2004-2018.epw")
    else {
        return;
    };
    assert_eq!(
        (file.kind, file.records.len(), file.step_s),
        (WeatherKind::Epw, 8760, 3600)
    );
    near(sum(&file, |r| r.ghi), 1320.954, 1e-9);
    near(sum(&file, |r| r.dni), 1131.542, 1e-9);
    near(sum(&file, |r| r.dhi), 640.679, 1e-9);
    near(sum(&file, |r| r.air_c) * 1000.0 / 8760.0, 13.022, 1e-3);
    near(sum(&file, |r| r.wind_m_s) * 1000.0 / 8760.0, 3.22, 1e-2);
    let place = file.place.unwrap();
    assert_eq!(
        (place.lat, place.lon, place.elevation_m),
        (45.7261, 4.9378, 198.0)
    );
    // Hour 1 of local standard time, UTC+1, ends at 00:00 UTC: its middle lies in the old year.
    assert_eq!(file.records[0].at, at("2003-12-31T23:30:00Z"));
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn the_sun_is_up_when_the_file_has_light() {
    // Half an hour wrong in the convention, and a tenth of all light would come from below the horizon.
    for path in [
        "lyon-1er/epw/FRA_AR_Lyon-Bron.AP.074800_TMYx.2004-2018.epw",
        "pvlib-testdata/tmy_45.000_8.000_2005_2023.csv",
    ] {
        let Some((file, _)) = of(path) else { continue };
        let place = file.place.unwrap();
        let site = Site {
            lat: place.lat,
            lon: place.lon,
            elevation_m: place.elevation_m,
        };
        let shifted = |seconds: i64| {
            let hours: Vec<Observed> = file
                .records
                .iter()
                .map(|r| Observed {
                    at: r.at.plus_seconds(seconds),
                    ghi: r.ghi,
                    dni: r.dni,
                    dhi: r.dhi,
                    air_c: r.air_c,
                    wind_m_s: r.wind_m_s,
                })
                .collect();
            // How badly global, beam and diffuse close.
            skies(&site, &hours)
                .unwrap()
                .iter()
                .map(|hour| {
                    (hour.sky.ghi
                        - hour.sky.dhi
                        - hour.sky.dni * hour.sky.zenith.to_radians().cos().max(0.0))
                    .abs()
                })
                .sum::<f64>()
        };
        let (before, right, after) = (shifted(-1500), shifted(0), shifted(1500));
        assert!(
            right < before && right < after,
            "{path}: {before} {right} {after}"
        );
    }
}

#[test]
fn the_typical_year_of_pvgis_in_both_its_shapes() {
    let (Some((with_head, _)), Some((bare, findings))) = (
        of("pvlib-testdata/tmy_45.000_8.000_2005_2023.csv"),
        of("pvlib-testdata/pvgis_tmy_test.csv"),
    ) else {
        return;
    };
    for file in [&with_head, &bare] {
        assert_eq!(
            (file.kind, file.records.len()),
            (WeatherKind::PvgisTypicalYear, 8760)
        );
        near(sum(file, |r| r.ghi), 1435.861, 1e-3);
        near(sum(file, |r| r.dni), 1591.565, 1e-3);
        near(sum(file, |r| r.dhi), 570.947, 1e-3);
        near(sum(file, |r| r.air_c) * 1000.0 / 8760.0, 13.564, 1e-3);
    }
    // The satellite passes 0.1761 h after the stamp.
    assert_eq!(with_head.records[0].at, at("2018-01-01T00:10:34Z"));
    assert_eq!(with_head.records[744].at, at("2007-02-01T00:10:34Z"));
    assert_eq!(bare.records[0].at, at("2018-01-01T00:00:00Z"));
    assert_eq!(bare.place, None);
    assert!(findings.iter().any(|f| f.code == "weather-offset-unknown"));
}

#[test]
fn light_of_a_tilted_plane_is_refused() {
    for path in [
        "pvgis_hourly_Timeseries_45.000_8.000_SA_30deg_0deg_2016_2016.csv",
        "pvgis_hourly_Timeseries_45.000_8.000_SA2_10kWp_CIS_5_2a_2013_2014.json",
    ] {
        let Some(file) = shared(&format!("pvlib-testdata/{path}")) else {
            continue;
        };
        let fault = read(&std::fs::read(file).unwrap(), path).unwrap_err();
        assert_eq!(fault.code, "weather-tilted");
    }
}

#[test]
fn pvgis_json_and_horizontal_series() {
    let tmy = r#"{"inputs":{"location":{"latitude":47.2,"longitude":-1.5,"elevation":20.0,"irradiance_time_offset":0.25},"meteo_data":{"radiation_db":"PVGIS-SARAH3"}},
        "outputs":{"months_selected":[],"tmy_hourly":[{"time(UTC)":"20180601:1000","T2m":18.0,"RH":50.0,"G(h)":600.0,"Gb(n)":500.0,"Gd(h)":180.0,"WS10m":3.0},
        {"time(UTC)":"20180601:1100","T2m":19.0,"G(h)":700.0,"Gb(n)":600.0,"Gd(h)":170.0,"WS10m":3.0}]}}"#;
    let (file, findings) = read(tmy.as_bytes(), "tmy.json").unwrap();
    assert_eq!(
        (file.kind, file.title.as_str(), file.records.len()),
        (WeatherKind::PvgisTypicalYear, "PVGIS-SARAH3", 2)
    );
    assert_eq!(file.records[0].at, at("2018-06-01T10:15:00Z"));
    assert_eq!(file.records[1].ghi, Some(700.0));
    assert!(findings.is_empty());
    let flat = "Latitude (decimal degrees):\t47.2\nLongitude (decimal degrees):\t-1.5\nElevation (m):\t20\n\nSlope: 0 deg.\nAzimuth: 0 deg.\ntime,Gb(i),Gd(i),Gr(i),H_sun,T2m,WS10m,Int\n20160101:1010,100.0,50.0,0.0,19.5,6.0,0.4,0.0\n\nlegend";
    let (file, _) = read(flat.as_bytes(), "flat.csv").unwrap();
    assert_eq!(
        (file.kind, file.records[0].ghi, file.records[0].dhi),
        (WeatherKind::PvgisSeries, Some(150.0), Some(50.0))
    );
    assert_eq!(file.records[0].at, at("2016-01-01T10:10:00Z"));
    let site = Site {
        lat: 47.2,
        lon: -1.5,
        elevation_m: 20.0,
    };
    let r = file.records[0];
    let hours = skies(
        &site,
        &[Observed {
            at: r.at,
            ghi: r.ghi,
            dni: r.dni,
            dhi: r.dhi,
            air_c: r.air_c,
            wind_m_s: None,
        }],
    )
    .unwrap();
    let sky = hours[0].sky;
    near(sky.dni * sky.zenith.to_radians().cos(), 100.0, 1e-9);
}

#[test]
fn plain_csv_says_which_end_of_the_hour_it_means() {
    let body = "2025-06-21 10:00,500,400,200\n2025-06-21 11:00,600,450,210\n2025-06-21 12:00,650,470,220\n";
    for (name, first) in [
        ("time", "2025-06-21T10:30:00Z"),
        ("time_mid", "2025-06-21T10:00:00Z"),
        ("time_end", "2025-06-21T09:30:00Z"),
    ] {
        let (file, findings) = read(
            format!("# lat: 47.2\n# lon: -1.5\n{name},ghi,dni,dhi\n{body}").as_bytes(),
            "x.csv",
        )
        .unwrap();
        assert_eq!(
            (file.kind, file.records[0].at),
            (WeatherKind::Csv, at(first))
        );
        assert_eq!(file.place.map(|p| (p.lat, p.lon)), Some((47.2, -1.5)));
        assert!(findings.is_empty());
    }
    let french = "timestamp;GHI;temp_air\n2025-06-21T12:00:00+02:00;512,5;24,5\n2025-06-21T13:00:00+02:00;600,0;25\n";
    let (file, _) = read(french.as_bytes(), "fr.csv").unwrap();
    assert_eq!(file.records[0].at, at("2025-06-21T10:30:00Z"));
    assert_eq!(
        (file.records[0].ghi, file.records[0].air_c),
        (Some(512.5), Some(24.5))
    );
    let site = Site {
        lat: 47.2,
        lon: -1.5,
        elevation_m: 20.0,
    };
    let hour = skies(
        &site,
        &[Observed {
            at: file.records[0].at,
            ghi: Some(512.5),
            dni: None,
            dhi: None,
            air_c: None,
            wind_m_s: None,
        }],
    )
    .unwrap()[0];
    near(
        hour.sky.dhi + hour.sky.dni * hour.sky.zenith.to_radians().cos(),
        512.5,
        1e-9,
    );
    assert_eq!(hour.air_c, DEFAULT_AIR_C);
}

#[test]
fn hourly_stamps_at_half_past_are_the_middles_of_their_hours() {
    let first = |stamps: [&str; 3]| {
        let rows: String = stamps.iter().map(|stamp| format!("{stamp},500,400,200\n")).collect();
        read(format!("time,ghi,dni,dhi\n{rows}").as_bytes(), "x.csv").unwrap().0.records[0].at
    };
    // As pvlib's own series of a year are often stamped.
    assert_eq!(first(["2025-06-21T10:30:00Z", "2025-06-21T11:30:00Z", "2025-06-21T12:30:00Z"]), at("2025-06-21T10:30:00Z"));
    assert_eq!(first(["2025-06-21 10:30", "2025-06-21 11:30", "2025-06-21 12:30"]), at("2025-06-21T10:30:00Z"));
    // Half hours begin at half past, and so do the hours of the Marquesas as UTC counts them.
    assert_eq!(first(["2025-06-21 10:00", "2025-06-21 10:30", "2025-06-21 11:00"]), at("2025-06-21T10:15:00Z"));
    assert_eq!(first(["2025-06-21T10:00:00-09:30", "2025-06-21T11:00:00-09:30", "2025-06-21T12:00:00-09:30"]), at("2025-06-21T20:00:00Z"));
}

#[test]
fn an_epw_of_half_hours_is_not_twice_a_year() {
    let mut text = "LOCATION,Nantes,PDL,FRA,Test,072220,47.15,-1.61,1.0,26.0\nDATA PERIODS,1,2,Data,Sunday,6/21,6/21\n".to_owned();
    for (hour, minute, ghi) in [(12, 30, 700), (12, 60, 720), (13, 30, 740), (13, 60, 730)] {
        text += &format!("2023,6,21,{hour},{minute},x,20.0,10,50,101000,0,0,0,{ghi},600,150,0,0,0,0,180,3.0,5,5,9999,99999,9,999999999,10,0.1,0,88,0.2,0,0\n");
    }
    let (file, findings) = read(text.as_bytes(), "half.epw").unwrap();
    assert_eq!((file.step_s, file.records.len(), findings.len()), (1800, 4, 0));
    assert_eq!((file.records[0].at, file.records[3].at), (at("2023-06-21T10:15:00Z"), at("2023-06-21T11:45:00Z")));
}

#[test]
fn missing_and_mad_hours_are_told_not_counted() {
    let text = "time,ghi,dni,dhi,temp_air\n2025-06-21 10:00,500,400,200,20\n2025-06-21 11:00,,,,21\n2025-06-21 12:00,99999,,,22\nnonsense,1,2,3,4\n2025-06-21 16:00,300,200,150,200\n2025-06-21 17:00,100,50,80,21\n2025-06-21 18:00,-3,-0.0,0,21\n";
    let (file, findings) = read(text.as_bytes(), "gaps.csv").unwrap();
    assert_eq!(file.records.len(), 4);
    let count = |code: &str| findings.iter().filter(|f| f.code == code).count();
    assert_eq!(
        (
            count("weather-hour-missing"),
            count("weather-row-unreadable"),
            count("weather-value-implausible")
        ),
        (2, 1, 2),
        "{findings:?}"
    );
    assert_eq!(count("weather-gap"), 1);
    assert_eq!(file.records[3].ghi, Some(0.0));
    assert_eq!(file.records[1].air_c, None);
    for finding in &findings {
        let (fr, en) = message(finding);
        assert!(
            !fr.starts_with("weather-") && !en.starts_with("weather-"),
            "{fr}"
        );
    }
}

#[test]
fn what_is_no_weather_is_refused() {
    for (text, code) in [
        ("", "weather-empty"),
        ("a,b,c\n1,2,3\n", "weather-columns"),
        ("time,ghi (lux)\n2025-01-01T00:00:00Z,0\n", "weather-unit"),
        ("{\"inputs\":{}}", "weather-json"),
        ("LOCATION,Here,,,,,north,2,1,3\n", "weather-header"),
        (
            "LOCATION,Here,,FRA,,,45.0,5.0,1.0,200.0\nDATA PERIODS\n",
            "weather-empty",
        ),
        ("time(UTC),T2m,G(h)\n\n", "weather-empty"),
        ("time,ghi\n2025-01-01 10:00,\n", "weather-empty"),
    ] {
        assert_eq!(read(text.as_bytes(), "x").unwrap_err().code, code, "{text}");
    }
    let wrong = "LOCATION,H,,,,,45.0,5.0,1.0,200.0\n2004,13,1,1,60,?,0,0,0,0,0,0,0,1,1,1,0,0,0,0,0,3\n2004,2,3,25,60,?,0,0,0,0,0,0,0,1,1,1,0,0,0,0,0,3\n2004,2,3,24,60,?,99.9,0,0,0,0,0,0,9999,1,1,0,0,0,0,0,999\n";
    let (file, findings) = read(wrong.as_bytes(), "w.epw").unwrap();
    assert_eq!((file.records.len(), findings.len()), (1, 3), "{findings:?}");
    assert_eq!(file.records[0].ghi, None);
    assert_eq!(file.records[0].wind_m_s, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), head in 0usize..5) {
        let start: &[u8] = [&b""[..], b"LOCATION,a,b,c,d,e,1,2,3,4\n2004,1,1,1,", b"time(UTC),G(h)\n20180101:", b"time,ghi\n2025-01-01 ", b"{\"inputs\":{\"location\":{"][head];
        let _ = read(&[start, &bytes[..]].concat(), "fuzz");
    }
}

/// Names with units in brackets, Open-Meteo's two tables, energies of steps: the same light.
#[test]
fn units_behind_names_and_tables_of_the_place_are_read() {
    let first = |text: &str| {
        let (file, findings) = read(text.as_bytes(), "w.csv").unwrap();
        assert!(findings.is_empty(), "{findings:?}");
        (file.place, file.records[0])
    };
    let (_, plain) = first("time_end,ghi,temp_air,wind_speed\n2025-06-21T12:00:00Z,500,20,5\n2025-06-21T13:00:00Z,600,20,5\n");
    let (place, meteo) = first(
        "latitude,longitude,elevation,utc_offset_seconds\n47.2,-1.5,20,0\n\ntime,shortwave_radiation (W/m²),temperature_2m (°C),wind_speed_10m (km/h)\n2025-06-21T12:00,500,20,18\n2025-06-21T13:00,600,20,18\n",
    );
    assert_eq!(meteo, plain);
    assert_eq!(place.map(|place| (place.lat, place.lon, place.elevation_m)), Some((47.2, -1.5, 20.0)));
    let (_, energy) = first("time_end;GHI (J/cm2);T (K);wind (kn)\n2025-06-21T12:00:00Z;180;293,15;9,7192\n2025-06-21T13:00:00Z;216;293,15;9,7192\n");
    assert!((energy.ghi.unwrap() - 500.0).abs() < 1e-9 && (energy.air_c.unwrap() - 20.0).abs() < 1e-9 && (energy.wind_m_s.unwrap() - 5.0).abs() < 1e-4);
    let (place, french) = first("latitude;longitude\n47,2;-1,5\nDate;GHI (W/m²);T (°C);wind\n21/06/2025 11:00;500,0;20;5\n21/06/2025 12:00;600,0;20;5\n");
    assert_eq!((place.map(|place| (place.lat, place.lon)), french), (Some((47.2, -1.5)), plain));
    // Energy of quarters is four times the power.
    let (_, quarters) = first("time,ghi [kWh/m²]\n2025-06-21T12:00:00Z,0.125\n2025-06-21T12:15:00Z,0.15\n");
    assert!((quarters.ghi.unwrap() - 500.0).abs() < 1e-9);
}

#[test]
fn an_instant_has_one_weather() {
    let text = "time,ghi\n2025-06-21T11:00:00Z,400\n2025-06-21T11:00:00Z,400\n2025-06-21T12:00:00Z,500\n2025-06-21T12:00:00Z,510\n";
    let (file, findings) = read(text.as_bytes(), "w.csv").unwrap();
    assert_eq!(file.records.iter().map(|record| record.ghi.unwrap()).collect::<Vec<_>>(), [400.0, 500.0]);
    assert_eq!(findings.iter().map(|finding| (finding.code, finding.value.as_str())).collect::<Vec<_>>(), [("weather-hour-twice", "2")]);
}

/// Light that belongs to another time zone, unit or step does not pass for a year of sun.
#[test]
fn light_that_the_sun_contradicts_is_said() {
    use jumeau::energy::weather::{Site, SkyHour, Turbidity, clear_year, doubts, shift_h};
    let site = Site { lat: 47.2, lon: -1.55, elevation_m: 20.0 };
    let clear = clear_year(&site, 2025, &Turbidity::Constant(3.0)).unwrap();
    let as_it_is = doubts(&clear);
    assert!(as_it_is.by_night < 1e-6 && as_it_is.above_sun == 0.0 && (0.6..0.85).contains(&as_it_is.clearness.unwrap()), "{as_it_is:?}");
    assert_eq!(shift_h(&site, &clear).unwrap(), 0);
    // The light of six hours later under the sun of now.
    let ghi: Vec<f64> = clear.iter().map(|hour| hour.sky.ghi).collect();
    let moved = |by: usize| -> Vec<SkyHour> {
        clear.iter().enumerate().map(|(at, hour)| SkyHour { sky: jumeau::energy::transposition::Sky { ghi: ghi[(at + by) % ghi.len()], ..hour.sky }, ..*hour }).collect()
    };
    for by in [1, 2, 6, 11] {
        assert_eq!(shift_h(&site, &moved(by)).unwrap(), by as i32);
        assert_eq!(shift_h(&site, &moved(clear.len() - by)).unwrap(), -(by as i32));
    }
    assert!(doubts(&moved(2)).by_night > 0.005 && doubts(&moved(6)).by_night > 0.2, "{:?} {:?}", doubts(&moved(2)), doubts(&moved(6)));
    let scaled = |by: f64| doubts(&clear.iter().map(|hour| SkyHour { sky: jumeau::energy::transposition::Sky { ghi: by * hour.sky.ghi, ..hour.sky }, ..*hour }).collect::<Vec<_>>());
    assert!(scaled(0.001).clearness.unwrap() < 0.01 && scaled(2.0).above_sun > 0.5);
}
