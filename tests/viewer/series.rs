//! Tier 2: imported series as themes and curves, in the viewer as it runs.

use super::running::Running;
use super::territory::copy;
use bevy::asset::Assets;
use bevy::prelude::Mesh;
use jumeau::base::Instant;
use jumeau::formats::zarr::{self, About};
use jumeau::formats::zarr_group::{self, Coordinate, Labels};
use jumeau::view::timeline::Span;
use jumeau::view::{Breaks, Command, Moment, Scale, Selection, Theme};
use jumeau::viewer::material::{SceneUniform, SeriesUploads};
use jumeau::viewer::requests::Requests;
use jumeau::viewer::resident::Resident;
use serde_json::json;
use std::path::Path;

const STEPS: usize = 4000;
const CHUNK_STEPS: usize = 100;
const START: &str = "2024-01-01T00:00:00Z";

/// Ids of buildings of the default territory, from the viewer itself.
fn ids() -> Vec<String> {
    let running = Running::nantes("");
    let resident = running.resource::<Resident>();
    let layer = resident.layers.iter().find(|layer| layer.id.as_str() == "buildings").expect("buildings");
    let mut ids: Vec<String> = layer
        .tiles
        .values()
        .flat_map(|tile| &tile.tables)
        .flat_map(|table| (0..table.count).filter_map(|row| table.text("id", row)))
        .map(str::to_owned)
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

fn value(row: usize, step: usize) -> f32 {
    if (200..260).contains(&step) { f32::NAN } else { (row % 50) as f32 + (step % 24) as f32 / 24.0 }
}

fn classes_truth() -> serde_json::Value {
    serde_json::from_str(include_str!("../data/classes/expected.json")).expect("JSON")
}

fn few_far() -> Vec<f32> {
    classes_truth()["sets"]["few far"].as_array().expect("values").iter().map(|value| value.as_f64().expect("a number") as f32).collect()
}

fn put(folder: &Path, files: Vec<(String, Vec<u8>)>) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
}

/// The default territory with a series of half of its buildings, and one of the whole.
fn with_series(ids: &[String]) -> tempfile::TempDir {
    let copy = copy();
    let rows: Vec<String> = ids.iter().step_by(2).cloned().collect();
    let values: Vec<f32> = (0..rows.len()).flat_map(|row| (0..STEPS).map(move |step| value(row, step))).collect();
    let at = copy.path().join("timeseries/courbes");
    put(&at.join("value"), zarr::write(rows.len(), STEPS, CHUNK_STEPS, &values, &About::default()).expect("an array"));
    let labels = |names: Vec<String>| Coordinate { name: "feature", labels: Labels::Texts(names), attributes: json!({}) };
    put(&at, zarr_group::write(&json!({}), &[labels(rows.clone())], &[]).expect("a group"));
    let whole: Vec<f32> = (0..2 * STEPS).map(|place| place as f32).collect();
    put(&copy.path().join("timeseries/eco2mix"), zarr::write(2, STEPS, STEPS, &whole, &About::default()).expect("an array"));
    // Ten rows, more than can be told apart, of one to ten megawatts.
    let ten: Vec<f32> = (1..=10).flat_map(|row| [row as f32; STEPS]).collect();
    put(&copy.path().join("timeseries/dix"), zarr::write(10, STEPS, STEPS, &ten, &About::default()).expect("an array"));
    // Few of many that are far apart, as `few far` of tests/data/classes, the same in every step.
    let far = few_far();
    let clusters: Vec<f32> = far.iter().flat_map(|value| [*value; 48]).collect();
    let at = copy.path().join("timeseries/amas");
    put(&at.join("value"), zarr::write(far.len(), 48, 48, &clusters, &About::default()).expect("an array"));
    put(&at, zarr_group::write(&json!({}), &[labels(rows[..far.len()].to_vec())], &[]).expect("a group"));
    let text = std::fs::read(copy.path().join("territory.json")).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let start = Instant::parse(START).expect("an instant");
    let list = |manifest: &mut serde_json::Value, name: &str, value: serde_json::Value| manifest[name].as_array_mut().expect("a list").push(value);
    list(&mut manifest, "axes", json!({ "id": "long", "start": start, "end": start.plus_seconds(3600 * STEPS as i64), "step": 3600 }));
    list(&mut manifest, "series", json!({
        "id": "courbes", "path": "timeseries/courbes/value", "axis": "long", "rows": [], "row_count": rows.len(), "labels": "timeseries/courbes/feature",
        "unit": "kW", "nature": "measured", "dataset": "bdtopo", "layer": "buildings", "quantity": "Charge",
        // As an importer tells them of more values than are at hand.
        "jenks": [[3.0, 9.0], [2.0, 5.0, 9.0]],
    }));
    list(&mut manifest, "series", json!({
        "id": "eco2mix", "path": "timeseries/eco2mix", "axis": "long", "rows": ["solaire", "bois"], "unit": "MW", "nature": "measured", "dataset": "bdtopo",
    }));
    list(&mut manifest, "series", json!({
        "id": "dix", "path": "timeseries/dix", "axis": "long", "rows": ("abcdefghij").chars().map(|name| name.to_string()).collect::<Vec<_>>(), "unit": "MW", "nature": "measured", "dataset": "bdtopo",
    }));
    list(&mut manifest, "axes", json!({ "id": "two-days", "start": start, "end": start.plus_seconds(3600 * 48), "step": 3600 }));
    list(&mut manifest, "series", json!({
        "id": "amas", "path": "timeseries/amas/value", "axis": "two-days", "rows": [], "row_count": far.len(), "labels": "timeseries/amas/feature",
        "unit": "kW", "nature": "measured", "dataset": "bdtopo", "layer": "buildings", "quantity": "Charge",
    }));
    std::fs::remove_file(copy.path().join("territory.json")).expect("a link");
    std::fs::write(copy.path().join("territory.json"), manifest.to_string()).expect("a manifest");
    copy
}

fn at(step: usize) -> Instant {
    Instant::parse(START).expect("an instant").plus_seconds(3600 * step as i64)
}

fn open(copy: &tempfile::TempDir) -> Running {
    let mut running = Running::open(&copy.path().display().to_string(), "");
    // As in a window: pages come band by band, and ahead.
    running.app.world_mut().resource_mut::<jumeau::viewer::vocab::DrawnCamera>().at_once = false;
    running.complete();
    running
}

/// What scrubbing may not touch: meshes, materials' tables, bytes on the way, bytes on the card.
fn untouched(running: &Running) -> (Vec<bevy::asset::AssetId<Mesh>>, usize, SeriesUploads) {
    let mut meshes: Vec<_> = running.resource::<Assets<Mesh>>().ids().collect();
    meshes.sort();
    (meshes, running.resource::<Requests>().waiting(), *running.resource::<SeriesUploads>())
}

#[test]
fn series_are_colours_and_scrubbing_inside_a_page_costs_a_uniform() {
    let copy = with_series(&ids());
    let mut running = open(&copy);
    running.send(Command::SetInstant { instant: at(0) });
    running.send(Command::ShowSeries { series: Some("courbes".to_owned()) });
    assert_eq!(running.state().theme, Theme::Series);
    running.complete();
    for _ in 0..5 {
        running.frame();
    }
    let legend = running.facts().legend.clone().expect("a legend");
    assert!(!legend.is_waiting && !legend.is_outside, "{legend:?}");
    let histogram = legend.histogram.expect("counted");
    // Every other building has a curve.
    assert!(histogram.known > 500 && histogram.without > 500, "{histogram:?}");
    assert!(legend.low >= 0.0 && (49.0..60.0).contains(&legend.high), "{} to {}", legend.low, legend.high);

    let overlay = running.resource::<SceneUniform>().overlay;
    // The first move has the page that comes next fetched ahead; from there on a page costs nothing.
    running.send(Command::SetInstant { instant: at(1) });
    running.complete();
    let before = untouched(&running);
    for step in (2..60).chain((2..60).rev()) {
        running.send(Command::SetInstant { instant: at(step) });
        assert_eq!(untouched(&running), before, "step {step}");
        let now = running.resource::<SceneUniform>();
        assert_eq!(now.overlay.y, overlay.y + step as u32, "the index of the step");
        assert_eq!(now.no_data_colour.w, 0.0);
    }
    // Beyond the series there is no data, and no older value in its place.
    running.send(Command::SetInstant { instant: at(STEPS + 5) });
    running.complete();
    running.frame();
    assert_eq!(running.resource::<SceneUniform>().no_data_colour.w, 1.0);
    assert!(running.facts().legend.as_ref().expect("a legend").is_outside);
}

#[test]
fn series_classes_reach_the_card_and_the_legend() {
    let copy = with_series(&ids());
    let mut running = open(&copy);
    running.send(Command::SetInstant { instant: at(10) });
    running.send(Command::ShowSeries { series: Some("courbes".to_owned()) });
    running.send(Command::SetScale { scale: Scale { breaks: Breaks::Manual { at: vec![10.0, 30.0] }, ..Scale::default() } });
    running.complete();
    for _ in 0..5 {
        running.frame();
    }
    let legend = running.facts().legend.clone().expect("a legend");
    assert_eq!((legend.ends.len(), legend.colours.len()), (3, 3), "{legend:?}");
    let uniform = running.resource::<SceneUniform>();
    assert_eq!((uniform.ramp[1].w, uniform.breaks[0].x, uniform.breaks[0].y), (3.0, 10.0, 30.0));
    // A gap of the series is no data for everybody.
    running.send(Command::SetInstant { instant: at(230) });
    running.complete();
    for _ in 0..5 {
        running.frame();
    }
    let histogram = running.facts().legend.clone().and_then(|legend| legend.histogram).expect("counted");
    assert_eq!(histogram.known, 0, "{histogram:?}");
}

#[test]
fn series_have_curves_of_what_is_selected_and_of_the_whole() {
    let ids = ids();
    let copy = with_series(&ids);
    let mut running = open(&copy);
    running.send(Command::SetInstant { instant: at(24 * 30 + 12) });
    running.send(Command::ShowSeries { series: Some("eco2mix".to_owned()) });
    assert_eq!(running.state().theme, Theme::None, "it is of no features");
    running.complete();
    running.frame();
    let chart = running.facts().chart.clone().expect("a chart");
    assert_eq!(chart.day.len(), 3, "two rows and their sum");
    assert!(chart.has_total && chart.day.iter().all(|(_, points)| points.len() == 24));
    for step in 0..24 {
        let [a, b, sum] = [0, 1, 2].map(|line: usize| chart.day[line].1[step].value.expect("a value"));
        assert_eq!(a + b, sum);
    }
    assert_eq!(chart.known, STEPS);
    // The peak of a rising day is its last hour.
    running.send(Command::JumpTo { moment: Moment::Peak });
    running.frame();
    let day = Span::Day.around(jumeau::base::Clock::Paris, at(24 * 30 + 12));
    assert_eq!(running.state().instant, day.end.plus_seconds(-3600));

    let id = ids[20].clone();
    running.send(Command::ShowSeries { series: Some("courbes".to_owned()) });
    running.send(Command::Select { selection: Some(Selection { layer: "buildings".into(), id: id.clone() }) });
    running.complete();
    for _ in 0..50 {
        running.frame();
    }
    let chart = running.facts().chart.clone().expect("a chart");
    assert_eq!((chart.day.len(), chart.day[0].0.as_str(), chart.unit.as_str()), (1, id.as_str(), "kW"));
    let first = chart.day[0].1[0];
    let step = ((first.at.0 - at(0).0) / 3600) as usize;
    assert_eq!(first.value, Some(f64::from(value(10, step))));
}

/// More rows than can be told apart: seven are drawn, the rest is counted, and sum, maximum and load-duration are of all.
#[test]
fn series_sums_are_of_all_rows() {
    let ids = ids();
    let copy = with_series(&ids);
    let mut running = open(&copy);
    running.send(Command::SetInstant { instant: at(36) });
    running.send(Command::ShowSeries { series: Some("dix".to_owned()) });
    running.complete();
    running.frame();
    let chart = running.facts().chart.clone().expect("a chart");
    assert_eq!((chart.day.len(), chart.more_rows, chart.has_total), (8, 3, true));
    assert_eq!(chart.day[7].1[0].value, Some(55.0));
    assert_eq!((chart.peak.map(|(_, value)| value), chart.duration.first().copied(), chart.known), (Some(55.0), Some(55.0), STEPS));
}

/// Classes are those of all values where all are at hand, and are said to be approximate where they are not.
#[test]
fn series_classes_follow_all_values() {
    let ids = ids();
    let copy = with_series(&ids);
    let mut running = open(&copy);
    let truth = classes_truth();
    let case = truth["cases"].as_array().expect("cases").iter().find(|case| case["set"] == "few far" && case["classes"] == 3).expect("a case");
    let mut legend_of = |series: &str, breaks: Breaks| {
        running.send(Command::SetInstant { instant: at(10) });
        running.send(Command::ShowSeries { series: Some(series.to_owned()) });
        running.send(Command::SetScale { scale: Scale { breaks, ..Scale::default() } });
        running.complete();
        for _ in 0..5 {
            running.frame();
        }
        running.facts().legend.clone().expect("a legend")
    };
    let legend = legend_of("amas", Breaks::Jenks { classes: 3 });
    let expected: Vec<f64> = case["jenks"].as_array().expect("ends").iter().map(|end| end.as_f64().expect("a number")).collect();
    assert!(legend.ends.len() == 3 && legend.ends.iter().zip(&expected).all(|(ours, theirs)| (ours - theirs).abs() < 1e-4), "{:?} {expected:?}", legend.ends);
    assert!(!legend.is_approximate);
    // Two series of one name.
    assert_eq!(legend.title, jumeau::viewer::vocab::Words::Said("Charge (amas)".to_owned()));
    let legend = legend_of("courbes", Breaks::Jenks { classes: 3 });
    assert_eq!((legend.ends, legend.is_approximate), (vec![2.0, 5.0, 9.0], true));
    // Of classes that it tells nothing of, they are those of what is at hand.
    let legend = legend_of("courbes", Breaks::Jenks { classes: 4 });
    assert!(legend.ends.len() == 4 && legend.is_approximate);
    assert!(!legend_of("courbes", Breaks::Equal { classes: 3 }).is_approximate);
}

/// A building that is not among those of the series is told so, under the series' name.
#[test]
fn series_say_who_is_not_among_them() {
    let ids = ids();
    let copy = with_series(&ids);
    let mut running = open(&copy);
    running.send(Command::SetInstant { instant: at(36) });
    running.send(Command::ShowSeries { series: Some("courbes".to_owned()) });
    running.send(Command::Select { selection: Some(Selection { layer: "buildings".into(), id: ids[21].clone() }) });
    running.complete();
    for _ in 0..50 {
        running.frame();
    }
    let chart = running.facts().chart.clone().expect("a chart");
    assert!(chart.day.is_empty() && !chart.is_waiting && chart.peak.is_none(), "{chart:?}");
    assert_eq!(chart.title, jumeau::viewer::vocab::Words::Said("Charge (courbes)".to_owned()));
}
