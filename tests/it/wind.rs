//! Wind against windpowerlib 0.2.2 (its functions' values, frozen runs of its model chains) and PyWake's Jensen wakes.

use jumeau::energy::wind::curve::PowerCurve;
use jumeau::energy::wind::park::{
    Efficiency, Park, ParkFault, Thrust, Turbine, Wind, aggregated, by_coefficient_kw, mean_hub_m,
    with_efficiency,
};
use jumeau::energy::wind::wake::{Rotor, Wakes, speed_shares};
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
    // Hardly any turbulence is hardly another curve, and none is none: never more than the turbine has.
    for intensity in [0.0, 0.001, 0.01, 0.02, 0.04, 0.05, 0.1, 0.2, f64::NAN] {
        let smooth = curve().smoothed(intensity);
        for tenths in 0..250 {
            let speed = f64::from(tenths) / 10.0;
            let (own, power) = (curve().at(speed), smooth.at(speed));
            assert!((0.0..=1.01 * curve().highest_kw()).contains(&power), "{intensity} {speed}: {power}");
            assert!(intensity >= 0.05 || power == own, "{intensity} {speed}: {power} {own}");
        }
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

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().unwrap();
    all.iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn farms_agree_with_windpowerlib() {
    let park: Value = serde_json::from_str(include_str!("../data/wind/park.json")).unwrap();
    let big = library::turbine("E-126/4200").unwrap();
    let small = library::turbine("E-70/2000").unwrap();
    let turbines = [(&big.curve, 6.0), (&small.curve, 3.0)];
    let curve = aggregated(&turbines).unwrap();
    let hub_m = mean_hub_m(&[
        (135.0, 6.0 * big.nominal_kw),
        (84.0, 3.0 * small.nominal_kw),
    ])
    .unwrap();
    close(hub_m, park["hub_m"].as_f64().unwrap(), 1e-9);
    let both = numbers(&park["curve"]["speed"])
        .into_iter()
        .zip(numbers(&park["curve"]["value"]));
    for (speed, watts) in both {
        close(curve.at(speed) * 1000.0, watts, 1e-6);
    }
    let smoothed = &park["smoothed"];
    let intensity = smoothed["intensity"].as_f64().unwrap();
    let efficiency = smoothed["efficiency"].as_f64().unwrap();
    let ours = with_efficiency(&curve.smoothed(intensity), efficiency).unwrap();
    let both = numbers(&smoothed["speed"])
        .into_iter()
        .zip(numbers(&smoothed["value"]));
    for (speed, watts) in both {
        close(ours.at(speed) * 1000.0, watts, 1e-6);
    }
    let dena = Efficiency::new(
        numbers(&park["dena"]["speed"]),
        numbers(&park["dena"]["efficiency"]),
    )
    .unwrap();
    let conversion = Conversion {
        curve: &curve,
        hub_m,
        profile: Profile::Logarithmic { obstacles_m: 0.0 },
        density_correction: true,
        availability: 1.0,
    };
    let weather = &park["weather"];
    let column = |name: &str, step: usize| weather[name][step].as_f64().unwrap();
    for (step, watts) in numbers(&park["chain"]["power_w"]).into_iter().enumerate() {
        let at_hub = conversion
            .hub_speed_ms(&Weather {
                speed_ms: column("wind_speed@10", step),
                speed_at_m: 10.0,
                roughness_m: column("roughness_length@0", step),
                air: None,
            })
            .unwrap();
        let ours = conversion
            .power_kw(&Weather {
                speed_ms: dena.reduced_ms(at_hub),
                speed_at_m: hub_m,
                roughness_m: 0.15,
                air: Some(Air {
                    temperature_k: column("temperature@2", step),
                    temperature_at_m: 2.0,
                    pressure_pa: column("pressure@0", step),
                    pressure_at_m: 0.0,
                }),
            })
            .unwrap();
        close(ours * 1000.0, watts, 1e-6);
    }
    let coefficient = &park["coefficient"];
    let (speeds, values) = (
        numbers(&coefficient["speed"]),
        numbers(&coefficient["value"]),
    );
    let both = numbers(&coefficient["at"])
        .into_iter()
        .zip(numbers(&coefficient["power_w"]));
    for (speed, watts) in both {
        let ours = by_coefficient_kw(
            speed,
            (&speeds, &values),
            coefficient["diameter_m"].as_f64().unwrap(),
            coefficient["density"].as_f64().unwrap(),
        );
        close(ours * 1000.0, watts, 1e-9);
    }
    assert!(Efficiency::new(vec![1.0, 0.0], vec![1.0, 1.0]).is_err());
    assert!(with_efficiency(&curve, 1.2).is_err() && aggregated(&[]).is_err());
}

#[test]
fn wakes_agree_with_pywake() {
    let frozen: Value = serde_json::from_str(include_str!("../data/wind/wakes.json")).unwrap();
    let (east, north) = (numbers(&frozen["east_m"]), numbers(&frozen["north_m"]));
    let rotors = east.iter().zip(&north).map(|(east_m, north_m)| Rotor {
        east_m: *east_m,
        north_m: *north_m,
        hub_m: frozen["hub_m"].as_f64().unwrap(),
        diameter_m: frozen["diameter_m"].as_f64().unwrap(),
    });
    let wakes = Wakes::new(rotors.collect(), frozen["k"].as_f64().unwrap()).unwrap();
    let thrust = Thrust::Curve(numbers(&frozen["speed"]), numbers(&frozen["ct"]));
    let mut waked = 0;
    for (d, from_deg) in numbers(&frozen["from_deg"]).into_iter().enumerate() {
        for (s, free_ms) in numbers(&frozen["free_ms"]).into_iter().enumerate() {
            let ours = wakes.speeds_ms(free_ms, from_deg, &|_, v| thrust.at(v));
            for (met, theirs) in ours.iter().zip(numbers(&frozen["met_ms"][d][s])) {
                close(*met, theirs, 1e-6);
                waked += usize::from(theirs < free_ms - 1e-6);
            }
        }
    }
    assert!(waked > 100);
}

/// The show-case: four turbines of 2 MW in a row.
#[test]
fn a_park_yields_less_in_line_than_abreast() {
    let curve = library::turbine("E-70/2000").unwrap().curve;
    let turbine = |north_m: f64| Turbine {
        rotor: Rotor {
            east_m: 0.0,
            north_m,
            hub_m: 84.0,
            diameter_m: 70.0,
        },
        curve: curve.clone(),
        availability: 0.97,
    };
    let row = || {
        (0..4)
            .map(|k| turbine(f64::from(k) * 350.0))
            .collect::<Vec<_>>()
    };
    let park = Park::new(row(), Thrust::Constant(0.8), 0.075).unwrap();
    let abreast = park.output(8.0, 90.0, None);
    let in_line = park.output(8.0, 0.0, None);
    close(abreast.power_kw(), 4.0 * 0.97 * curve.at(8.0), 1e-12);
    assert!(abreast.wake_loss().abs() < 1e-12 && in_line.wake_loss() > 0.1);
    // The first in the wind is untouched, and the row is the same from behind.
    assert_eq!(in_line.speed_ms[3], 8.0);
    let back = park.output(8.0, 180.0, None);
    close(back.power_kw(), in_line.power_kw(), 1e-9);
    let wind = |speed_ms: f64| {
        Some(Wind {
            speed_ms,
            from_deg: 0.0,
            density: Some(1.1),
        })
    };
    let year = park.series(&[wind(8.0), None, wind(f64::NAN), wind(30.0)]);
    assert!(year[0].unwrap() < in_line.power_kw());
    assert_eq!((year[1], year[2], year[3]), (None, None, Some(0.0)));
    assert_eq!(
        Park::new(vec![], Thrust::Constant(0.8), 0.075),
        Err(ParkFault::Turbines(0))
    );
    assert_eq!(
        Park::new(row(), Thrust::Constant(1.2), 0.075),
        Err(ParkFault::Thrust)
    );
    assert!(Park::new(row(), Thrust::Constant(0.8), f64::NAN).is_err());
    let mut nowhere = row();
    nowhere[2].rotor.east_m = f64::NAN;
    assert!(Park::new(nowhere, Thrust::Constant(0.8), 0.075).is_err());
}
