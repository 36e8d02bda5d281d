//! The 3D Tiles styling language against CesiumJS's own evaluation (`tests/data/style`), and against those who mean harm.

use jumeau::base::Report;
use jumeau::formats::gltf::{Column, PropertyTable, Values};
use jumeau::formats::tiles3d::style::{Expression, Feature, Pattern, Row, Style, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

struct Properties(BTreeMap<String, Value>);

impl Feature for Properties {
    fn property(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    fn tileset_time_s(&self) -> f64 {
        12.5
    }
}

fn expected() -> Json {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/style/expected.json"
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Number(number.as_f64().unwrap()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(list) => Value::List(list.iter().map(value).collect()),
        Json::Object(_) => panic!(),
    }
}

fn features(expected: &Json) -> Vec<Properties> {
    let of = |json: &Json| {
        let mut all: BTreeMap<String, Value> = json
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, json)| (name.clone(), value(json)))
            .collect();
        if let Some(Value::Text(height)) = all.get("Height") {
            let height = height.parse().unwrap();
            all.insert("Height".to_owned(), Value::Number(height));
        }
        all.insert("place".to_owned(), Value::vector(&[1.0, -2.0, 3.5]));
        all.insert("pair".to_owned(), Value::vector(&[3.0, 4.0]));
        all.insert("tint".to_owned(), Value::vector(&[0.1, 0.2, 0.3, 0.4]));
        Properties(all)
    };
    expected["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect()
}

fn close(ours: f64, theirs: &Json) -> bool {
    let theirs: f64 = theirs.as_str().unwrap().parse().unwrap();
    ours == theirs
        || ours.is_nan() && theirs.is_nan()
        || (ours - theirs).abs() <= 4.0 * f64::EPSILON * theirs.abs().max(1.0)
}

fn agrees(ours: &Result<Value, String>, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Err(_), Json::String(word)) => word == "error",
        (Ok(Value::Undefined), Json::String(word)) => word == "undefined",
        (Ok(Value::Null), Json::Null) => true,
        (Ok(Value::Bool(a)), Json::Bool(b)) => a == b,
        (Ok(Value::Number(number)), theirs) => theirs
            .get("number")
            .is_some_and(|theirs| close(*number, theirs)),
        (Ok(Value::Text(text)), theirs) => theirs.get("text").and_then(Json::as_str) == Some(text),
        (Ok(Value::Pattern(pattern)), theirs) => {
            theirs.get("pattern").and_then(Json::as_str) == Some(&pattern.to_string())
        }
        (Ok(Value::Vector { size, at }), theirs) => {
            theirs["vector"].as_array().is_some_and(|list| {
                list.len() == usize::from(*size)
                    && list
                        .iter()
                        .zip(at)
                        .all(|(theirs, ours)| close(*ours, theirs))
            })
        }
        (Ok(Value::List(list)), theirs) => theirs["list"].as_array().is_some_and(|other| {
            list.len() == other.len()
                && list
                    .iter()
                    .zip(other)
                    .all(|(ours, theirs)| agrees(&Ok(ours.clone()), theirs))
        }),
        _ => false,
    }
}

/// Expressions that mean something else here, each with why.
const ARGUED: [(&str, &str); 1] = [(
    "rgb('a', 2, 3)",
    "CesiumJS makes a colour with a part that is no number; here it is a fault",
)];

#[test]
fn expressions_say_what_they_say_in_cesium() {
    let expected = expected();
    let features = features(&expected);
    let (mut complaints, mut count) = (Vec::new(), 0);
    for case in expected["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let compiled = Expression::of(text);
        let differs = features
            .iter()
            .zip(case["values"].as_array().unwrap())
            .filter_map(|(feature, theirs)| {
                let ours = compiled
                    .as_ref()
                    .map_err(ToString::to_string)
                    .and_then(|compiled| {
                        compiled
                            .evaluate(feature)
                            .map_err(|fault| fault.to_string())
                    });
                count += 1;
                (!agrees(&ours, theirs)).then(|| format!("{text}: {ours:?}, in Cesium {theirs}"))
            });
        let differs: Vec<String> = differs.collect();
        match ARGUED.iter().any(|(argued, _)| *argued == text) {
            true => assert!(!differs.is_empty(), "{text} agrees after all"),
            false => complaints.extend(differs.into_iter().next()),
        }
    }
    println!("{count} values");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn styles_look_as_in_cesium() {
    let expected = expected();
    let features = features(&expected);
    for case in expected["looks"].as_array().unwrap() {
        let mut report = Report::default();
        let style = Style::parse(
            case["style"].to_string().as_bytes(),
            "style.json",
            &mut report,
        )
        .unwrap();
        assert!(report.is_empty(), "{report:?}");
        for (feature, theirs) in features.iter().zip(case["values"].as_array().unwrap()) {
            let (ours, fault) = style.appearance(feature);
            // What is no number cannot be drawn: it keeps its default and is told.
            let is_unsound = |name: &str| theirs[name].to_string().contains("NaN");
            assert_eq!(
                fault.is_some(),
                ["color", "pointSize"].into_iter().any(is_unsound),
                "{}",
                case["style"]
            );
            assert_eq!(
                ours.show,
                theirs["show"].as_bool().unwrap_or(true),
                "{}",
                case["style"]
            );
            if theirs["color"] == "undefined" || is_unsound("color") {
                assert_eq!(ours.colour, [1.0; 4]);
            } else {
                let colour = Ok(Value::vector(&ours.colour));
                assert!(
                    agrees(&colour, &theirs["color"]),
                    "{}: {colour:?} {}",
                    case["style"],
                    theirs["color"]
                );
            }
            if theirs["pointSize"] != "undefined" && !is_unsound("pointSize") {
                assert!(
                    agrees(&Ok(Value::Number(ours.point_size)), &theirs["pointSize"]),
                    "{} {}",
                    ours.point_size,
                    theirs["pointSize"]
                );
            }
        }
    }
}

#[test]
fn rows_of_a_property_table_are_features() {
    let column = |name: &str, values: Values| Column {
        name: name.to_owned(),
        values,
    };
    let table = PropertyTable {
        class: "building".to_owned(),
        count: 2,
        columns: vec![
            column("height_m", Values::F32(vec![12.5, f32::NAN])),
            column("year", Values::U32(vec![1974, u32::MAX])),
            column("use", Values::Text(["école", ""].into())),
        ],
    };
    let style = r#"{ "show": "${height_m} !== undefined", "color": { "conditions": [["${use} === 'école' && ${year} < 1980", "color('blue')"], ["${year} === undefined", "color('grey')"]] } }"#;
    let style = Style::parse(style.as_bytes(), "", &mut Report::default()).unwrap();
    let looks = [0, 1, 2].map(|row| style.appearance(&Row { table: &table, row }));
    assert_eq!(
        (looks[0].0.show, looks[0].0.colour),
        (true, [0.0, 0.0, 1.0, 1.0])
    );
    assert_eq!(
        (looks[1].0.show, looks[1].0.colour),
        (false, [128.0 / 255.0, 128.0 / 255.0, 128.0 / 255.0, 1.0])
    );
    assert!(looks.iter().all(|(_, fault)| fault.is_none()) && !looks[2].0.show);
}

#[test]
fn a_bad_line_costs_that_line() {
    let text = r#"{ "show": "${a} >", "color": { "conditions": [["true", "color('nocolour')"], ["nothing", "color()"], "x", ["false"]] }, "pointSize": 7, "meta": { "a": "'x' + ${n}", "b": "isClass('c')" } }"#;
    let mut report = Report::default();
    let style = Style::parse(text.as_bytes(), "style.json", &mut report).unwrap();
    let found: Vec<(&str, &str)> = report
        .findings()
        .iter()
        .map(|finding| (finding.code, finding.object.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("style-syntax", "show"),
            ("style-unknown", "color.conditions[1]"),
            ("style-rule", "color.conditions[2]"),
            ("style-rule", "color.conditions[3]"),
            ("style-unsupported", "meta.b"),
        ]
    );
    let (looks, fault) = style.appearance(&Properties(BTreeMap::new()));
    let fault = fault.unwrap();
    assert_eq!(
        (looks.show, looks.colour, looks.point_size),
        (true, [1.0; 4], 7.0)
    );
    assert_eq!(
        (fault.code, fault.object.as_str(), fault.value.as_str()),
        ("style-colour", "color", "nocolour")
    );
    for (bytes, code) in [
        (b"[".as_slice(), "style-json"),
        (b"[]", "style-json"),
        (&vec![b' '; 5 << 20], "style-limit"),
    ] {
        assert_eq!(Style::parse(bytes, "", &mut report).unwrap_err().code, code);
    }
}

#[test]
fn expressions_without_end_are_refused() {
    let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let signs = format!("{}1", "-".repeat(60_000));
    let long = vec!["1"; 30_000].join("+");
    let choices = format!("{}2", "true?1:".repeat(5_000));
    for text in [
        deep,
        signs,
        long,
        choices,
        "a".repeat(100_000),
        format!("[{}]", vec!["1"; 20_000].join(",")),
    ] {
        assert_eq!(
            Expression::of(&text).unwrap_err().code,
            "style-limit",
            "{:.20}",
            text
        );
    }
    // Each define names the one before it ten times.
    let mut defines = serde_json::Map::new();
    defines.insert("a0".to_owned(), "1 + 1".into());
    for number in 1..30 {
        let before = format!("${{a{}}}", number - 1);
        defines.insert(format!("a{number}"), vec![before; 10].join(" + ").into());
    }
    let mut report = Report::default();
    let text = serde_json::json!({ "defines": defines, "pointSize": "${a29}" }).to_string();
    Style::parse(text.as_bytes(), "s", &mut report).unwrap();
    assert_eq!(report.count("style-limit"), 1);
    // A text that doubles itself.
    let doubled = (0..30).fold("'0123456789'".to_owned(), |text, _| {
        if text.len() < 20_000 {
            format!("{text} + {text}")
        } else {
            text
        }
    });
    assert!(Expression::of(&doubled).is_err());
}

/// What takes other engines the age of the universe.
#[test]
fn patterns_take_time_in_proportion() {
    let text = "a".repeat(3_000);
    for (pattern, found) in [
        ("(a+)+b", false),
        ("(a|aa)+$", true),
        ("(.*)(.*)(.*)(.*)x", false),
        ("a{0,100}a{0,100}b", false),
        ("^(a*)*$", true),
    ] {
        assert_eq!(
            Pattern::of(pattern, "")
                .unwrap()
                .find(&text)
                .unwrap()
                .is_some(),
            found,
            "{pattern}"
        );
    }
    for (pattern, code) in [
        ("(((a{500}){500}){500})", "style-pattern"),
        ("(?=a)", "style-pattern"),
        (r"(a)\1", "style-pattern"),
        ("[", "style-pattern"),
        ("a**", "style-pattern"),
        ("[b-a]", "style-pattern"),
    ] {
        assert_eq!(
            Pattern::of(pattern, "").unwrap_err().code,
            code,
            "{pattern}"
        );
    }
    assert_eq!(
        Pattern::of("a{300}b", "")
            .unwrap()
            .find(&"a".repeat(200_000))
            .unwrap_err()
            .code,
        "style-limit"
    );
}
