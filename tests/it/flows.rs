//! The flow diagram: power is conserved at every end, widths follow the values, nothing leaves the sheet.

use jumeau::energy::balance::BalanceFault;
use jumeau::energy::accounts::{Entry, Side, close as close_accounts, whole_wh};
use jumeau::energy::flows::{Course, End, Flow as PowerFlow, Parts};
use jumeau::view::{FlowChoice, FlowSpan};
use jumeau::view::sankey::{Diagram, Flow, Frame, Label, apart, layout};
use proptest::prelude::*;

const FRAME: Frame = Frame { width: 300.0, height: 200.0, node_width: 10.0, gap: 8.0 };

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn sum<K: PartialEq + Copy>(flows: &[PowerFlow<K>], pick: impl Fn(&PowerFlow<K>) -> bool) -> f64 {
    flows.iter().filter(|flow| pick(flow)).map(|flow| flow.kw).sum()
}

#[test]
fn what_parts_do_not_cover_comes_in_and_what_is_thrown_away_goes_by() {
    let parts = Parts { made: vec![("vent", 8.0, 1.5), ("soleil", 2.0, 0.0)], used: vec![("logements", 3.0), ("fermes", 1.0)], charged_kw: 2.0, losses_kw: 0.5, ..Parts::default() };
    let flows = parts.flows().unwrap();
    let to = |end| sum(&flows, |flow| flow.to == end);
    assert_eq!((to(End::Curtailed), to(End::Exported), to(End::Charged)), (1.5, 2.0, 2.0));
    assert_eq!(sum(&flows, |flow| flow.from == End::Imported), 0.0);
    assert_eq!(sum(&flows, |flow| flow.from == End::Made("vent")), 8.0);
    // Nothing is made: all of it comes in, and nothing else has a band.
    let night = Parts { used: vec![("logements", 3.0)], made: vec![("soleil", 0.0, 0.0)], ..Parts::default() };
    assert_eq!(night.flows().unwrap(), [PowerFlow { from: End::Imported, to: End::Area, kw: 3.0 }, PowerFlow { from: End::Area, to: End::Used("logements"), kw: 3.0 }]);
}

#[test]
fn impossible_parts_are_refused() {
    let used = |kw| Parts { used: vec![("a", kw), ("b", 5.0)], ..Parts::default() };
    for kw in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(matches!(used(kw).flows(), Err(BalanceFault::Value { .. })), "{kw}");
    }
    let curtailed = Parts { made: vec![("a", 1.0, 2.0), ("b", 5.0, 0.0)], ..Parts::<&str>::default() };
    assert!(matches!(curtailed.flows(), Err(BalanceFault::Curtailed { .. })));
}

#[test]
fn a_flow_that_passes_has_a_lane_of_its_own() {
    let flows = [Flow { from: 0, to: 1, value: 6.0 }, Flow { from: 0, to: 3, value: 2.0 }, Flow { from: 1, to: 2, value: 6.0 }];
    let diagram = layout(&[0, 1, 2, 2], &flows, &FRAME);
    let middle = diagram.places[1].unwrap();
    let lane: Vec<_> = diagram.bands.iter().filter(|band| band.flow == 1).collect();
    assert_eq!(lane.len(), 3, "to the column, across it, and on");
    assert!(lane.iter().any(|band| band.from[1] >= middle.top + middle.height + FRAME.gap - 1e-9));
    // What leaves a node does so in the order of where it goes.
    let leaving = |flow: usize| diagram.bands.iter().find(|band| band.flow == flow).unwrap().from[1];
    assert!(leaving(0) < leaving(1));
}

/// As at Nantes: words of both ends and of the middle, nodes as thin as a line at the foot of the sheet.
#[test]
fn words_do_not_lie_over_each_other() {
    let label = |left: f64, top: f64, width: f64| Label { left, top, width, height: 13.0 };
    let labels = [label(13.0, 44.0, 190.0), label(115.0, 52.0, 170.0), label(150.0, 300.0, 130.0), label(140.0, 309.0, 140.0), label(130.0, 324.0, 150.0), label(100.0, 302.0, 100.0)];
    let tops = apart(&labels, 330.0);
    assert_eq!(&tops[..3], [44.0, 57.0, 300.0]);
    for (at, (a, top)) in labels.iter().zip(&tops).enumerate() {
        assert!(*top >= 0.0 && top + 13.0 <= 330.0, "{tops:?}");
        for (b, other) in labels.iter().zip(&tops).skip(at + 1) {
            let beside = a.left < b.left + b.width && b.left < a.left + a.width;
            assert!(!beside || (top - other).abs() >= 13.0 - 1e-6, "{tops:?}");
        }
    }
    // Those that are beside each other stay where they are, and so does one without any room.
    assert_eq!(apart(&[label(0.0, 20.0, 50.0), label(60.0, 20.0, 50.0)], 40.0), [20.0, 20.0]);
    assert_eq!(apart(&[label(0.0, 0.0, 50.0), label(0.0, 3.0, 50.0)], 20.0), [0.0, 3.0]);
}

#[test]
fn what_makes_no_sense_is_left_out() {
    let flows = [(0, 1, f64::NAN), (0, 1, -1.0), (1, 0, 1.0), (0, 0, 1.0), (0, 9, 1.0), (0, 1, f64::INFINITY)].map(|(from, to, value)| Flow { from, to, value });
    let diagram = layout(&[0, 1], &flows, &FRAME);
    assert_eq!(diagram, Diagram { places: vec![None, None], bands: vec![], scale: 0.0 });
    assert_eq!(layout(&[], &[], &FRAME), Diagram::default());
    // A sheet too low for its gaps has no widths, and no negative ones.
    let low = layout(&[0, 0, 0, 1], &[0, 1, 2].map(|from| Flow { from, to: 3, value: 1.0 }), &Frame { height: 10.0, ..FRAME });
    assert_eq!(low.scale, 0.0);
}

#[test]
fn the_choice_reads_what_it_writes() {
    assert_eq!(FlowChoice::default().to_string(), "");
    for text in ["", "0,5", "1,30", "1,100"] {
        assert_eq!(FlowChoice::parse(text).unwrap().to_string(), text);
    }
    for text in ["1", "2,10", "1,101", "1,-1", "1,x"] {
        assert_eq!(FlowChoice::parse(text), None, "{text}");
    }
}

fn kw() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 1e-3..1e6_f64]
}

proptest! {
    #[test]
    fn power_is_conserved_at_every_end(
        made in prop::collection::vec((kw(), 0.0..1.0_f64), 0..5),
        used in prop::collection::vec(kw(), 0..8),
        charged_kw in kw(), discharged_kw in kw(), losses_kw in kw(),
    ) {
        let made: Vec<(usize, f64, f64)> = made.into_iter().enumerate().map(|(at, (kw, share))| (at, kw, kw * share)).collect();
        let used: Vec<(usize, f64)> = used.into_iter().enumerate().collect();
        let parts = Parts { made: made.clone(), used: used.clone(), charged_kw, discharged_kw, losses_kw };
        let flows = parts.flows().unwrap();
        prop_assert!(close(sum(&flows, |flow| flow.to == End::Area), sum(&flows, |flow| flow.from == End::Area)));
        for (at, kw, _) in made {
            prop_assert!(close(sum(&flows, |flow| flow.from == End::Made(at)), kw));
        }
        for (at, kw) in used {
            prop_assert!(close(sum(&flows, |flow| flow.to == End::Used(at)), kw));
        }
        // Never both ways at once.
        prop_assert!(sum(&flows, |flow| flow.from == End::Imported) == 0.0 || sum(&flows, |flow| flow.to == End::Exported) == 0.0);
    }

    #[test]
    fn widths_follow_values_and_all_lies_on_the_sheet(
        columns in prop::collection::vec(0..4_usize, 2..12),
        flows in prop::collection::vec((0..12_usize, 0..12_usize, 1e-3..1e3_f64), 1..24),
    ) {
        let flows: Vec<Flow> = flows.into_iter().map(|(from, to, value)| Flow { from, to, value }).collect();
        let diagram = layout(&columns, &flows, &FRAME);
        let is_drawn = |flow: &Flow| flow.from < columns.len() && flow.to < columns.len() && columns[flow.from] < columns[flow.to];
        prop_assert_eq!(diagram.bands.iter().any(|_| true), flows.iter().any(is_drawn));
        for band in &diagram.bands {
            let flow = flows[band.flow];
            prop_assert!(is_drawn(&flow));
            prop_assert!(close(band.thickness, flow.value * diagram.scale));
            for [x, y] in [band.from, band.to] {
                prop_assert!(x >= -1e-9 && x <= FRAME.width + 1e-9 && y >= -1e-9 && y + band.thickness <= FRAME.height + 1e-9);
            }
        }
        for (node, place) in diagram.places.iter().enumerate() {
            let side = |pick: &dyn Fn(&Flow) -> usize| flows.iter().filter(|flow| is_drawn(flow) && pick(flow) == node).map(|flow| flow.value).sum::<f64>();
            let through = side(&|flow| flow.from).max(side(&|flow| flow.to));
            let Some(place) = place else {
                prop_assert_eq!(through, 0.0);
                continue;
            };
            prop_assert!(close(place.value, through) && close(place.height, through * diagram.scale));
            prop_assert!(place.top >= -1e-9 && place.top + place.height <= FRAME.height + 1e-9);
            // Bands of a side lie on their node, one below the other.
            let mut begins: Vec<(f64, f64)> = diagram.bands.iter().filter(|band| flows[band.flow].from == node && close(band.from[0], place.left + place.width)).map(|band| (band.from[1], band.thickness)).collect();
            begins.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut top = place.top;
            for (begin, thickness) in begins {
                prop_assert!(close(begin, top));
                top += thickness;
            }
        }
        // Nodes of a column do not touch.
        for (a, b) in diagram.places.iter().flatten().flat_map(|a| diagram.places.iter().flatten().map(move |b| (a, b))) {
            if a != b && close(a.left, b.left) {
                prop_assert!(a.top + a.height + FRAME.gap <= b.top + 1e-9 || b.top + b.height + FRAME.gap <= a.top + 1e-9);
            }
        }
    }
}

#[test]
fn a_day_is_the_sum_of_its_hours_to_the_last_watt_hour() {
    // An hour with too much, one with too little, one that is not known.
    let course = Course {
        made: vec![("vent", vec![8.0, 0.3, 1.0], vec![1.5, 0.0, 0.0])],
        used: vec![("logements", vec![3.0, 2.0, f64::NAN]), ("fermes", vec![1.0, 0.1, 1.0])],
        charged_kw: vec![1.7, 0.0, 0.0],
        discharged_kw: vec![0.0, 0.5, 0.0],
        losses_kw: vec![0.5, 0.2, 0.1],
    };
    let sums = course.over(&[1.0; 3]);
    assert_eq!((sums.known, sums.steps), (2, 3));
    let of = |from, to| sums.flows.iter().find(|(a, b, _)| (*a, *b) == (from, to)).map(|(.., wh)| *wh);
    assert_eq!(of(End::Made("vent"), End::Area), Some(6_800));
    assert_eq!(of(End::Made("vent"), End::Curtailed), Some(1_500));
    // What one hour gives away does not cover the next one.
    assert_eq!((of(End::Area, End::Exported), of(End::Imported, End::Area)), (Some(300), Some(1_500)));
    assert_eq!((of(End::Area, End::Used("logements")), of(End::Area, End::Losses), of(End::Discharged, End::Area)), (Some(5_000), Some(700), Some(500)));
}

#[test]
fn the_span_of_a_diagram_is_written_and_read() {
    let choice = FlowChoice { shown: true, equipped_percent: 30, over: FlowSpan::Day };
    assert_eq!(choice.to_string(), "1,30,day");
    assert_eq!(FlowChoice::parse("1,30,day"), Some(choice));
    assert_eq!(FlowChoice::parse("1,30"), Some(FlowChoice { over: FlowSpan::Hour, ..choice }));
}

/// Powers of a part, now and then not known.
fn track(steps: usize) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(prop_oneof![40 => 0.0..1e6_f64, 1 => Just(f64::NAN)], steps)
}

fn course() -> impl Strategy<Value = Course<usize>> {
    (1..40_usize).prop_flat_map(|steps| {
        let made = proptest::collection::vec((track(steps), track(steps)), 0..3);
        let used = proptest::collection::vec((0..3_usize, track(steps)), 1..5);
        (made, used, track(steps), track(steps), track(steps)).prop_map(|(made, used, charged_kw, discharged_kw, losses_kw)| Course {
            made: made.into_iter().enumerate().map(|(name, (kw, away))| (name, kw, away)).collect(),
            used,
            charged_kw,
            discharged_kw,
            losses_kw,
        })
    })
}

proptest! {
    /// What comes in goes out, and sums over any part of time are those of its steps.
    #[test]
    fn sums_of_flows_are_closed_and_add_up(course in course(), hours in prop_oneof![Just(1.0), Just(0.5), Just(0.25)]) {
        let steps = course.losses_kw.len();
        let sums = course.over(&vec![hours; steps]);
        let into: i64 = sums.flows.iter().filter(|(_, to, _)| *to == End::Area).map(|(.., wh)| wh).sum();
        let out: i64 = sums.flows.iter().filter(|(from, ..)| *from == End::Area).map(|(.., wh)| wh).sum();
        prop_assert_eq!(into, out);
        // Step by step it comes to the same.
        let mut all: Vec<(End<usize>, End<usize>, i64)> = Vec::new();
        let mut known = 0;
        for step in 0..steps {
            let of = |list: &Vec<f64>| vec![list[step]];
            let one = Course {
                made: course.made.iter().map(|(name, kw, away)| (*name, of(kw), of(away))).collect(),
                used: course.used.iter().map(|(name, kw)| (*name, of(kw))).collect(),
                charged_kw: of(&course.charged_kw),
                discharged_kw: of(&course.discharged_kw),
                losses_kw: of(&course.losses_kw),
            }
            .over(&[hours]);
            known += one.known;
            for (from, to, wh) in one.flows {
                match all.iter_mut().find(|(a, b, _)| (*a, *b) == (from, to)) {
                    Some((.., sum)) => *sum += wh,
                    None => all.push((from, to, wh)),
                }
            }
        }
        prop_assert_eq!(known, sums.known);
        prop_assert_eq!(all.len(), sums.flows.len());
        for flow in &sums.flows {
            prop_assert!(all.contains(flow), "{:?}", flow);
        }
        // The balance of the same lines has the same exchange.
        let wh = |kw: &[f64]| kw.iter().map(|kw| whole_wh(*kw, hours)).collect::<Vec<_>>();
        let mut entries: Vec<Entry> = course.used.iter().map(|(_, kw)| Entry { side: Side::Consumption, name: String::new(), wh: wh(kw) }).collect();
        if course.made.is_empty() {
            entries.push(Entry { side: Side::Consumption, name: String::new(), wh: wh(&course.losses_kw) });
            entries.push(Entry { side: Side::Charged, name: String::new(), wh: wh(&course.charged_kw) });
            entries.push(Entry { side: Side::Discharged, name: String::new(), wh: wh(&course.discharged_kw) });
            let accounts = close_accounts(entries);
            let imported: i64 = accounts.imported_wh.iter().flatten().sum();
            let drawn = sums.flows.iter().find(|(from, ..)| *from == End::Imported).map_or(0, |(.., wh)| *wh);
            prop_assert_eq!(imported, drawn);
        }
    }
}
