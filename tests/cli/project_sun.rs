//! `jumeau project` and `jumeau sun` as people type them.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn jumeau(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may end before it has read everything, as with an unknown system.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn points_go_through_and_back() {
    let there = jumeau(
        &["project", "--from", "EPSG:4326", "--to", "EPSG:2154"],
        b"-1.5536 47.2184\n3 46.5 12.25\n",
    );
    assert_eq!(there.status.code(), Some(0), "{}", text(&there.stderr));
    let lines: Vec<String> = text(&there.stdout).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], "700000.000000000 6600000.000000000 12.250000000");
    let numbers: Vec<f64> = lines[0]
        .split(' ')
        .map(|word| word.parse().unwrap())
        .collect();
    assert!(
        (numbers[0] - 355_577.8).abs() < 0.1 && (numbers[1] - 6_689_723.1).abs() < 0.1,
        "{numbers:?}"
    );
    let back = jumeau(
        &["project", "--from", "IGNF:LAMB93", "--to", "OGC:CRS84"],
        &there.stdout,
    );
    let back = text(&back.stdout);
    let first: Vec<f64> = back
        .lines()
        .next()
        .unwrap()
        .split(' ')
        .map(|word| word.parse().unwrap())
        .collect();
    // The inverse cone is iterated to 1e-10 radians: some micrometres.
    assert!(
        (first[0] + 1.5536).abs() < 1e-10 && (first[1] - 47.2184).abs() < 1e-10,
        "{first:?}"
    );
}

#[test]
fn a_bad_line_is_named_and_the_others_go_on() {
    let out = jumeau(
        &["project", "--from", "4326", "--to", "2154"],
        "3 46.5\nbonjour\n\n3 95\n3 47".as_bytes(),
    );
    assert_eq!(out.status.code(), Some(1));
    assert_eq!(text(&out.stdout).lines().count(), 2);
    let said = text(&out.stderr);
    assert!(
        said.contains("ligne 2") && said.contains("bonjour"),
        "{said}"
    );
    assert!(said.contains("ligne 4") && said.contains("95"), "{said}");
}

#[test]
fn an_unknown_system_names_the_known_ones() {
    let out = jumeau(
        &["project", "--from", "EPSG:9999", "--to", "2154"],
        b"1 2\n",
    );
    assert_eq!(out.status.code(), Some(2));
    assert!(out.stdout.is_empty());
    let said = text(&out.stderr);
    assert!(
        said.contains("EPSG:9999") && said.contains("inconnu") && said.contains("2154"),
        "{said}"
    );
    assert_eq!(
        jumeau(&["project", "--from", "2154"], b"").status.code(),
        Some(2)
    );
}

#[test]
fn odd_input_ends_in_a_sentence() {
    let long = vec![b'1'; 100_000];
    let out = jumeau(&["project", "--from", "4326", "--to", "2154"], &long);
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
    let out = jumeau(
        &["project", "--from", "4326", "--to", "2154"],
        &[0xff, 0xfe, b'\n', b'3', b' ', b'4', b'6', b'\n'],
    );
    assert_eq!(
        (out.status.code(), text(&out.stdout).lines().count()),
        (Some(1), 1)
    );
    let out = jumeau(
        &["project", "--from", "4979", "--to", "4978"],
        b"0 0 0\n0 0\n",
    );
    assert_eq!(
        text(&out.stdout),
        "6378137.000000000 0.000000000 0.000000000\n6378137.000000000 0.000000000 0.000000000\n"
    );
    let out = jumeau(
        &["project", "--from", "27572", "--to", "2154"],
        b"600000 2400000\n",
    );
    assert!(text(&out.stderr).contains("0.05 m") && text(&out.stderr).contains("4 m"));
    let out = jumeau(
        &["project", "--from", "27572", "--to", "2154", "--no-grid"],
        b"600000 2400000\n",
    );
    assert!(text(&out.stderr).contains("4 m") && !text(&out.stderr).contains("0.05 m"));
}

#[test]
fn the_sun_of_nrel_in_json() {
    let out = jumeau(
        &[
            "sun",
            "--lat",
            "39.742476",
            "--lon",
            "-105.1786",
            "--elevation",
            "1830.14",
            "--pressure-hpa",
            "820",
            "--temperature-c",
            "11",
            "--delta-t-s",
            "67",
            "--time",
            "2003-10-17T12:30:30-07:00",
            "--json",
        ],
        b"",
    );
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let sun: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let close = |key: &str, expected: f64, within: f64| {
        assert!(
            (sun[key].as_f64().unwrap() - expected).abs() < within,
            "{key}: {sun}"
        )
    };
    close("apparent_zenith", 50.11162202, 1e-6);
    close("zenith", 50.12795410, 1e-6);
    close("azimuth", 194.34024051, 1e-6);
    close("equation_of_time_min", 14.64151, 1e-4);
    assert_eq!(sun["transit"], "2003-10-17T18:46:05Z");
    assert!(
        sun["sunrise"]
            .as_str()
            .unwrap()
            .starts_with("2003-10-17T13:12:4"),
        "{sun}"
    );
    assert!(
        sun["sunset"]
            .as_str()
            .unwrap()
            .starts_with("2003-10-18T00:18:"),
        "{sun}"
    );
}

#[test]
fn a_polar_day_has_no_sunrise() {
    let out = jumeau(
        &[
            "sun",
            "--lat",
            "69.65",
            "--lon",
            "18.96",
            "--time",
            "2026-06-21T12:00:00Z",
            "--json",
        ],
        b"",
    );
    let sun: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(
        sun["sunrise"].is_null() && sun["sunset"].is_null() && sun["transit"].is_string(),
        "{sun}"
    );
}

#[test]
fn people_read_text_and_mistakes_are_named() {
    let out = jumeau(
        &[
            "sun",
            "--lat",
            "47.2184",
            "--lon",
            "-1.5536",
            "--time",
            "2026-06-21T14:00:00+02:00",
        ],
        b"",
    );
    let said = text(&out.stdout);
    assert_eq!(out.status.code(), Some(0));
    assert!(
        said.contains("azimut") && said.contains("2026-06-21T12:00:00Z"),
        "{said}"
    );
    for arguments in [
        &[
            "sun",
            "--lat",
            "95",
            "--lon",
            "0",
            "--time",
            "2026-06-21T12:00:00Z",
        ][..],
        &["sun", "--lat", "47", "--lon", "0", "--time", "midi"],
        &[
            "sun",
            "--lat",
            "NaN",
            "--lon",
            "0",
            "--time",
            "2026-06-21T12:00:00Z",
        ],
        &[
            "sun",
            "--lat",
            "47",
            "--lon",
            "0",
            "--temperature-c",
            "-400",
            "--time",
            "2026-06-21T12:00:00Z",
        ],
        &["sun", "--lat", "47"],
    ] {
        let out = jumeau(arguments, b"");
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        assert!(out.stdout.is_empty() && !out.stderr.is_empty());
    }
}
