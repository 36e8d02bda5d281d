//! Wind against windpowerlib 0.2.2: its functions' values and frozen runs of its model chain.

use jumeau::energy::wind::curve::PowerCurve;
use jumeau::energy::wind::wake::{Rotor, speed_shares};
use jumeau::energy::wind::yields::{Air, Conversion, Profile, Weather};
use jumeau::energy::wind::{library, profile};
use jumeau::formats::wind::{Variable, read};
use serde_json::Value;

fn close(ours: f64, theirs: f64, within: f64) {
    assert!(
        (ours - theirs).abs() <= within * theirs.abs().max(1.0),
        "{ours} ≠ {theirs}"
    );
}

fn curve() -> PowerCurve {
    let speeds = [
        0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 25.0,
    ];
    let powers = [
        0.0, 25.0, 80.0, 170.0, 310.0, 500.0, 740.0, 1010.0, 1300.0, 1600.0, 1820.0, 1980.0, 2000.0,
    ];
    PowerCurve::new(speeds.to_vec(), powers.to_vec()).unwrap()
}

const SPEEDS: [f64; 7] = [3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0];

#[test]
fn values_of_the_reference() {
    let log = [
        4.644819, 7.741365, 10.837911, 13.934457, 17.031003, 20.127550, 23.224096,
    ];
    let law = [
        4.168486, 6.947477, 9.726468, 12.505459, 15.284450, 18.063441, 20.842432,
    ];
    let plain = [25.0, 170.0, 500.0, 1010.0, 1600.0, 1980.0, 1983.333];
    let thin = [
        24.119, 154.142, 453.130, 905.258, 1417.774, 1841.915, 1981.602,
    ];
    for (at, speed) in SPEEDS.into_iter().enumerate() {
        close(
            profile::logarithmic(speed, 10.0, 100.0, 0.15, 0.0).unwrap(),
            log[at],
            1e-6,
        );
        close(
            profile::power_law(speed, 10.0, 100.0, 1.0 / 7.0),
            law[at],
            1e-6,
        );
        close(curve().at(speed), plain[at], 1e-6);
        // The published values have three decimals.
        close(curve().at_density(speed, 1.1), thin[at], 3e-5);
    }
    let hub_k = 267.0;
    close(
        profile::density_barometric(101_125.0, 10.0, 100.0, hub_k),
        1.3046842,
        1e-6,
    );
    close(
        profile::density_ideal_gas(101_125.0, 10.0, 100.0, hub_k),
        1.3047253,
        1e-6,
    );
    let smooth = curve().smoothed(0.12);
    for (speed, power) in [
        (5.0, 181.99),
        (8.0, 756.37),
        (10.0, 1295.97),
        (12.0, 1738.20),
    ] {
        close(smooth.at(speed), power, 5e-5);
    }
    assert_eq!(curve().at(25.1), 0.0);
    assert_eq!(curve().at(25.0), 2000.0);
    assert!(profile::logarithmic(5.0, 10.0, 100.0, 0.0, 0.0).is_none());
    assert!(PowerCurve::new(vec![1.0, 1.0], vec![0.0, 1.0]).is_err());
}

#[test]
fn chains_agree_with_windpowerlib() {
    let answers: Value = serde_json::from_str(include_str!("../data/wind/answers.json")).unwrap();
    let column = |name: &str, step: usize| answers["weather"][name][step].as_f64().unwrap();
    for chain in answers["chains"].as_array().unwrap() {
        let turbine = library::turbine(chain["turbine"].as_str().unwrap()).unwrap();
        close(
            turbine.nominal_kw * 1000.0,
            chain["nominal_w"].as_f64().unwrap(),
            1e-12,
        );
        let hub_m = chain["hub"].as_f64().unwrap();
        let conversion = Conversion {
            curve: &turbine.curve,
            hub_m,
            profile: match chain["profile"].as_str() {
                Some("logarithmic") => Profile::Logarithmic { obstacles_m: 0.0 },
                _ => Profile::PowerLaw { exponent: None },
            },
            density_correction: chain["density_correction"].as_bool().unwrap(),
            availability: 1.0,
        };
        let near = if (hub_m - 80.0).abs() < (hub_m - 10.0).abs() {
            80.0
        } else {
            10.0
        };
        for (step, watts) in chain["power_w"].as_array().unwrap().iter().enumerate() {
            let weather = Weather {
                speed_ms: column(&format!("wind_speed@{near}"), step),
                speed_at_m: near,
                roughness_m: column("roughness_length@0", step),
                air: Some(Air {
                    temperature_k: column("temperature@10", step),
                    temperature_at_m: 10.0,
                    pressure_pa: column("pressure@0", step),
                    pressure_at_m: 0.0,
                }),
            };
            let ours = conversion.power_kw(&weather).unwrap() * 1000.0;
            close(ours, watts.as_f64().unwrap(), 1e-6);
        }
    }
    for smooth in answers["smooth"].as_array().unwrap() {
        let turbine = library::turbine(smooth["turbine"].as_str().unwrap()).unwrap();
        let ours = turbine
            .curve
            .smoothed(smooth["intensity"].as_f64().unwrap());
        let theirs = smooth["speed"]
            .as_array()
            .unwrap()
            .iter()
            .zip(smooth["value"].as_array().unwrap());
        for (speed, watts) in theirs {
            close(
                ours.at(speed.as_f64().unwrap()) * 1000.0,
                watts.as_f64().unwrap(),
                1e-6,
            );
        }
    }
}

#[test]
fn the_library_knows_its_turbines() {
    assert_eq!(library::names().count(), 67);
    assert!(library::names().all(|name| library::turbine(name).is_some()));
    assert_eq!(library::turbine("e82 2300").unwrap().name, "E-82/2300");
    // The curve tops above the nominal power; full-load hours count with the nominal one.
    let turbine = library::turbine("E-82/2300").unwrap();
    assert_eq!(
        (turbine.nominal_kw, turbine.curve.highest_kw()),
        (2300.0, 2350.0)
    );
    assert!(library::turbine("E-66/2000").is_none());
    assert!(!library::like("E-66/2000").is_empty());
}

#[test]
fn wakes_by_jensen() {
    let rotor = |north_m: f64, east_m: f64| Rotor {
        east_m,
        north_m,
        hub_m: 84.0,
        diameter_m: 70.0,
    };
    let row = [rotor(0.0, 0.0), rotor(-350.0, 0.0), rotor(-700.0, 0.0)];
    let shares = speed_shares(&row, 0.0, 0.8, 0.075);
    // One rotor five diameters ahead: 1 − (1 − √0.2)/(1 + 2·0.075·5)².
    let deficit = |diameters: f64| (1.0 - 0.2_f64.sqrt()) / (1.0 + 0.15 * diameters).powi(2);
    assert_eq!(shares[0], 1.0);
    close(shares[1], 1.0 - deficit(5.0), 1e-12);
    close(shares[2], 1.0 - deficit(5.0).hypot(deficit(10.0)), 1e-12);
    assert_eq!(speed_shares(&row, 90.0, 0.8, 0.075), [1.0; 3]);
    // Turned by half, the order turns too.
    let back = speed_shares(&row, 180.0, 0.8, 0.075);
    close(back[0], shares[2], 1e-12);
    // Half beside: a part of the deficit.
    let beside = speed_shares(&[rotor(350.0, 50.0), rotor(0.0, 0.0)], 0.0, 0.8, 0.075)[1];
    assert!(beside < 1.0 && beside > 1.0 - deficit(5.0));
}

#[test]
fn series_of_three_forms() {
    let two_lines = "variable_name,pressure,temperature,wind_speed,roughness_length,temperature,wind_speed\nheight,0,2,10,0,10,80\n2010-01-01 00:00:00+01:00,105000,267.6,5.3,0.15,267.5,7.8\n2010-01-01 01:00:00+01:00,105000,267.6,,0.15,267.5,7.9\n";
    let document = read(two_lines).unwrap();
    assert_eq!(
        (document.steps, document.step_h, document.columns.len()),
        (2, Some(1.0), 6)
    );
    let speed = document.nearest(Variable::Speed, 135.0).unwrap();
    assert_eq!((speed.height_m, speed.values[0]), (Some(80.0), Some(7.8)));
    assert_eq!(
        document.nearest(Variable::Speed, 9.0).unwrap().values[1],
        None
    );
    let named = read("time;wind_speed_100m;temperature_2m;pression\n2025-06-01T00:00:00Z;5,5;12;1013\n2025-06-01T00:30:00Z;6;12;1013\n").unwrap();
    assert_eq!(
        (named.step_h, named.columns[0].height_m),
        (Some(0.5), Some(100.0))
    );
    assert_eq!(named.columns[1].values[0], Some(285.15));
    assert_eq!(named.columns[2].values[0], Some(101_300.0));
    let bare = read("5\n6.5\n\n7\n").unwrap();
    assert_eq!(
        (bare.steps, bare.columns[0].values[1], bare.step_h),
        (3, Some(6.5), None)
    );
    for bad in ["", "temperature\n4\n", "wind_speed\nfast\n", "wind_speed\n"] {
        assert_eq!(read(bad).unwrap_err().code, "wind-series", "{bad}");
    }
}
