//! The ruler of time: any instant in three actions, days of 23 and 25 hours, dates as people type them; curves and their sums.

use jumeau::base::{Clock, Instant, Interval, Nature};
use jumeau::view::curve::{Calendar, Point, Sum, adds_up, load_duration, peak, step_under, strain, thinned, with_ends, within, worst};
use jumeau::view::table::{Origin, Table};
use jumeau::view::timeline::{Ruler, Span, at_minute_of_day, in_year, minute_of_day, read_date, stepped};
use proptest::prelude::*;

fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

/// Quarters of an hour from the start.
const QUARTERS: i64 = 2_000_000;

fn all() -> [Instant; 2] {
    let start = instant("1969-12-31T23:00:00Z");
    [start, start.plus_seconds(900 * QUARTERS)]
}

/// Double click, double click, click: whole pixels of a ruler on a small laptop. A person aims at the middle of what is marked.
fn in_three_actions(wanted: Instant, clock: Clock, width_px: f64) -> Instant {
    let pixel = |ruler: Ruler| {
        let aimed = ruler.finest(width_px).around(clock, wanted);
        let (start, end) = (ruler.share_of(aimed.start).max(0.0), ruler.share_of(aimed.end).min(1.0));
        (0.5 * (start + end) * width_px).floor()
    };
    let first = Ruler::whole(all());
    let second = first.entered(clock, pixel(first), width_px);
    let third = second.entered(clock, pixel(second), width_px);
    third.hit(clock, pixel(third), width_px)
}

#[test]
fn any_of_two_million_instants_is_three_actions_away() {
    // A prime step visits every quarter of the hour, hour and weekday; the days of the change of clock are all visited.
    let mut count = 0;
    for quarter in (0..QUARTERS).step_by(211) {
        let wanted = all()[0].plus_seconds(900 * quarter);
        assert_eq!(in_three_actions(wanted, Clock::Paris, 900.0), wanted, "{wanted}");
        count += 1;
    }
    for year in 1977..2026 {
        for (month, day) in [(3, 25), (10, 25)] {
            let midnight = Clock::Paris.instant(year, month, day, 0, 0).expect("a day");
            for quarter in 0..8 * 96 {
                let wanted = midnight.plus_seconds(900 * quarter);
                assert_eq!(in_three_actions(wanted, Clock::Paris, 900.0), wanted, "{wanted}");
                count += 1;
            }
        }
    }
    assert!(count > 80_000);
}

#[test]
fn a_local_day_has_its_own_length() {
    let hours = |text: &str| {
        let day = Span::Day.around(Clock::Paris, instant(text));
        (day.end.0 - day.start.0) / 3600
    };
    assert_eq!((hours("2026-03-29T12:00:00Z"), hours("2026-10-25T12:00:00Z"), hours("2026-06-21T12:00:00Z")), (23, 25, 24));
    // A day later is the same hour of the wall's clock, a month later the same day or the last one.
    for (from, span, count, to) in [
        ("2026-03-28T12:00:00Z", Span::Day, 1, "2026-03-29T11:00:00Z"),
        ("2026-10-24T11:15:30Z", Span::Day, 1, "2026-10-25T12:15:30Z"),
        ("2026-01-31T09:00:00Z", Span::Month, 1, "2026-02-28T09:00:00Z"),
        ("2024-02-29T09:00:00Z", Span::Year, 1, "2025-02-28T09:00:00Z"),
        ("2026-06-21T13:30:00Z", Span::Decade, -2, "2006-06-21T13:30:00Z"),
        ("2026-06-21T13:30:00Z", Span::Hour, 3, "2026-06-21T16:30:00Z"),
        // The hour that the clock leaves out moves forward.
        ("2026-03-28T01:30:00Z", Span::Day, 1, "2026-03-29T01:30:00Z"),
    ] {
        assert_eq!(stepped(Clock::Paris, instant(from), span, count).to_string(), to, "{from} {span:?} {count}");
    }
}

#[test]
fn marks_are_where_the_wall_has_them() {
    let day = Span::Day.around(Clock::Paris, instant("2026-10-25T12:00:00Z"));
    let marks = Ruler { start: day.start, end: day.end }.marks(Clock::Paris, 1200.0);
    let hours = marks.iter().filter(|mark| mark.span >= Span::Hour).count();
    assert_eq!(hours, 25, "{marks:?}");
    let century = Ruler { start: instant("1925-12-31T23:00:00Z"), end: instant("2025-12-31T23:00:00Z") }.marks(Clock::Paris, 1000.0);
    assert!(century.len() >= 90 && century.iter().filter(|mark| mark.has_words).all(|mark| Clock::Paris.read(mark.at).year % 5 == 0), "{century:?}");
}

#[test]
fn dates_are_read_as_people_type_them() {
    let now = instant("2026-06-21T13:30:00Z");
    let clock = Clock::Paris;
    for (text, expect) in [
        ("2024-02-05T18:15:00Z", "2024-02-05T18:15:00Z"),
        ("2024-02-05 18:15", "2024-02-05T17:15:00Z"),
        ("2024-02-05T18:15", "2024-02-05T17:15:00Z"),
        ("05/02/2024", "2024-02-04T23:00:00Z"),
        ("5.2.2024 18h15", "2024-02-05T17:15:00Z"),
        ("5 février 2024, 18 h 15", "2024-02-05T17:15:00Z"),
        ("5\u{A0}février\u{A0}2024, 18\u{A0}h\u{A0}15", "2024-02-05T17:15:00Z"),
        ("le 1er août 2024 à 9h", "2024-08-01T07:00:00Z"),
        ("5 February 2024, 18:15", "2024-02-05T17:15:00Z"),
        ("March 2024", "2024-02-29T23:00:00Z"),
        ("mars", "2026-02-28T23:00:00Z"),
        ("2013", "2012-12-31T23:00:00Z"),
        ("06/2013", "2013-05-31T22:00:00Z"),
        ("14/07", "2026-07-13T22:00:00Z"),
        ("18 h 30", "2026-06-21T16:30:00Z"),
        ("15:30", "2026-06-21T13:30:00Z"),
        ("21/06/2026 15:30:00", "2026-06-21T13:30:00Z"),
        ("2026-06-21T15:30Z", "2026-06-21T15:30:00Z"),
        ("2026-06", "2026-05-31T22:00:00Z"),
        ("juin 2026", "2026-05-31T22:00:00Z"),
    ] {
        assert_eq!(read_date(text, clock, now).map(|at| at.to_string()).as_deref(), Some(expect), "{text}");
    }
    for text in ["", "demain", "32/01/2024", "2024-13-01", "5 brumaire 2024", "99999", "1/2/3/4", "25:99"] {
        assert_eq!(read_date(text, clock, now), None, "{text}");
    }
}

#[test]
fn a_day_is_carried_away_with_its_origin() {
    let start = instant("2026-10-25T00:00:00Z");
    let points = |values: [Option<f64>; 3]| values.into_iter().enumerate().map(|(hour, value)| Point { at: start.plus_seconds(3600 * hour as i64), value }).collect();
    let origin = Origin { title: "Charge\nA", unit: "kW", nature: Nature::Measured, source: "RTE", licence: "Licence Ouverte 2.0", attribution: "", date: "", method: "", made_up: "généré, non réel", territory: "nantes", clock: Clock::Paris, link: "#v=1" };
    let curves: Vec<(String, Vec<Point>)> = vec![("=B1".to_owned(), points([Some(1.5), None, Some(-2.0)])), ("a,b".to_owned(), points([None, None, Some(0.0)]))];
    assert_eq!(
        Table::of_curves(&curves, instant("2026-12-31T23:00:00Z")).csv(&origin.about(), Clock::Paris),
        "# title: Charge A\n# territory: nantes\n# unit: kW\n# nature: measured\n# notice: généré, non réel\n# source: RTE\n# licence: Licence Ouverte 2.0\n# timezone: Europe/Paris\n# link: #v=1\n# period: 2026-10-25T00:00:00Z/2026-12-31T23:00:00Z\nutc,local,'=B1,\"a,b\"\n\
         2026-10-25T00:00:00Z,2026-10-25T02:00+02:00,1.5,\n2026-10-25T01:00:00Z,2026-10-25T02:00+01:00,,\n2026-10-25T02:00:00Z,2026-10-25T03:00+01:00,-2,0\n"
    );
    let only: &Vec<Point> = &curves[0].1;
    assert_eq!(within(only, Interval { start: start.plus_seconds(1), end: start.plus_seconds(7200) }).len(), 1);
    assert_eq!(load_duration(only), [1.5, -2.0]);
    // The load-duration curve is carried away whole, the year as it stands on the clock.
    assert_eq!(Table::of_duration(&load_duration(only)).csv(&[], Clock::Paris), "rank,share_percent,value\n1,50,1.5\n2,100,-2\n");
    let sheet = Calendar { days: vec![instant("2026-03-28T23:00:00Z")], hours: vec![std::array::from_fn(|hour| (hour != 2).then_some(hour as f64))] };
    let csv = Table::of_calendar(&sheet).csv(&[("unit".into(), "kW".to_owned())], Clock::Paris);
    assert!(csv.starts_with("# unit: kW\nday,h00,h01,h02,h03,") && csv.contains("\n2026-03-29,0,1,,3,4,"), "{csv}");
    assert_eq!(peak(only), Some((start, 1.5)));
    assert!(adds_up("MW") && !adds_up("%") && !adds_up("°C"));
}

fn parts() -> impl Strategy<Value = Vec<Vec<Option<f64>>>> {
    let value = prop_oneof![9 => (-1e6..1e6_f64).prop_map(Some), 1 => Just(None)];
    (1..6_usize, 1..50_usize).prop_flat_map(move |(rows, steps)| proptest::collection::vec(proptest::collection::vec(value.clone(), steps), rows))
}

#[test]
fn the_worst_moments_are_nearest_to_their_bounds_or_beyond() {
    let start = instant("2026-01-01T00:00:00Z");
    let values = [Some(12.0), None, Some(-130.0), Some(101.0), Some(f64::NAN), Some(-130.0), Some(99.0)];
    let points: Vec<Point> = values.iter().enumerate().map(|(hour, value)| Point { at: start.plus_seconds(3600 * hour as i64), value: *value }).collect();
    let (moments, beyond) = worst(&points, [-100.0, 100.0], 3);
    // The first of two that are alike comes first; direction does not matter.
    assert_eq!(moments, [(points[2].at, -130.0), (points[5].at, -130.0), (points[3].at, 101.0)]);
    assert_eq!(beyond, 3);
    assert!((strain(0.9, [0.9, 1.1]) - 1.0).abs() < 1e-9 && strain(1.0, [0.9, 1.1]) < 1e-9 && strain(1.2, [0.9, 1.1]) > 1.9);
    assert_eq!(worst(&[], [0.0, 1.0], 5), (vec![], 0));
}

/// Curves of the same hours, added up.
fn total(parts: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let start = instant("2026-01-01T00:00:00Z");
    let curve = |part: &Vec<Option<f64>>| part.iter().zip(0..).map(|(value, hour)| Point { at: start.plus_seconds(3600 * hour), value: *value }).collect::<Vec<_>>();
    let mut sum = Sum::default();
    parts.iter().for_each(|part| sum.add(&curve(part)));
    // One curve has no sum beside itself.
    sum.points().unwrap_or_else(|| curve(&parts[0])).iter().map(|point| point.value).collect()
}

/// The months of a year, as a monthly series has them on the clock of Paris.
fn months() -> (Vec<Point>, Instant) {
    let at = |month: i8| Clock::Paris.instant(2026 + i16::from(month / 12), month % 12 + 1, 1, 0, 0).expect("a month");
    ((0..12).map(|month| Point { at: at(month), value: Some(f64::from(month) + 1.0) }).collect(), at(12))
}

#[test]
fn a_step_of_a_calendar_is_as_long_as_it_is() {
    let (months, end) = months();
    let under = |text: &str| step_under(&months, end, instant(text)).map(|point| (Clock::Paris.read(point.at).month, point.value));
    assert_eq!(under("2026-11-05T12:00:00Z"), Some((11, Some(11.0))));
    assert_eq!(under("2026-12-31T22:59:59Z"), Some((12, Some(12.0))));
    assert_eq!(under("2026-02-28T22:59:59Z"), Some((2, Some(2.0))));
    assert_eq!((under("2026-12-31T23:00:00Z"), under("2025-12-31T22:59:59Z")), (None, None));
    let days: Vec<i64> = with_ends(&months, end).map(|(point, ends)| (ends.0 - point.at.0 + 43_200) / 86_400).collect();
    assert_eq!(days, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    // A day in summer begins at its own midnight.
    let day = |day: i8| Point { at: Clock::Paris.instant(2026, 8, day, 0, 0).expect("a day"), value: Some(f64::from(day)) };
    let summer: Vec<Point> = (10..20).map(day).collect();
    let found = step_under(&summer, day(20).at, instant("2026-08-15T12:00:00Z")).expect("a day");
    assert_eq!((found.at, found.value), (instant("2026-08-14T22:00:00Z"), Some(15.0)));
}

#[test]
fn the_hours_of_a_day_are_as_many_as_it_has() {
    for (noon, minutes, midnight) in [("2026-03-29T10:00:00Z", 1380, "2026-03-28T23:00:00Z"), ("2026-06-21T10:00:00Z", 1440, "2026-06-20T22:00:00Z"), ("2026-10-25T11:00:00Z", 1500, "2026-10-24T22:00:00Z")] {
        let noon = instant(noon);
        let [minute, of_day] = minute_of_day(Clock::Paris, noon);
        assert_eq!((of_day, at_minute_of_day(Clock::Paris, noon, minute)), (minutes, noon));
        // Its ends are on the same day.
        assert_eq!(at_minute_of_day(Clock::Paris, noon, 0), instant(midnight));
        assert_eq!(at_minute_of_day(Clock::Paris, noon, -5), instant(midnight));
        let last = at_minute_of_day(Clock::Paris, noon, 10_000);
        let local = Clock::Paris.read(last);
        assert_eq!((local.day, local.hour, local.minute), (Clock::Paris.read(noon).day, 23, 59));
    }
    // Both hours of an autumn night have a place.
    let at = |hour: i64| at_minute_of_day(Clock::Paris, instant("2026-10-25T11:00:00Z"), 60 * hour);
    assert_eq!([at(2), at(3), at(4)].map(|at| Clock::Paris.read(at).hour), [2, 2, 3]);
}

#[test]
fn another_year_has_the_same_day_and_hour() {
    let at = |text: &str, year: i32| in_year(Clock::Paris, instant(text), year);
    assert_eq!(at("2026-06-21T13:30:00Z", 1990), instant("1990-06-21T13:30:00Z"));
    // There was no summer time in 1950.
    assert_eq!(at("2026-06-21T13:30:00Z", 1950), instant("1950-06-21T14:30:00Z"));
    assert_eq!(at("2024-02-29T12:00:00Z", 2025), instant("2025-02-28T12:00:00Z"));
    assert_eq!(at("2026-10-25T01:30:00Z", 2026), instant("2026-10-25T01:30:00Z"));
    assert_eq!(at("2026-06-21T13:30:00Z", i32::MAX), instant("2026-06-21T13:30:00Z"));
}

proptest! {
    /// The parts sum to the total at every step, in any grouping; a missing part makes no total.
    #[test]
    fn the_parts_sum_to_the_total_at_every_step(parts in parts(), cut in 0..6_usize) {
        let whole = total(&parts);
        let (a, b) = parts.split_at(cut.min(parts.len()));
        let of_groups = total(&[a, b].into_iter().filter(|group| !group.is_empty()).map(total).collect::<Vec<_>>());
        for (step, sum) in whole.iter().enumerate() {
            let known: Vec<f64> = parts.iter().filter_map(|part| part[step]).collect();
            match sum {
                None => prop_assert!(known.len() < parts.len()),
                Some(sum) => {
                    prop_assert_eq!(known.len(), parts.len());
                    prop_assert!((sum - known.iter().sum::<f64>()).abs() <= 1e-9 * known.iter().map(|x| x.abs()).sum::<f64>().max(1.0));
                }
            }
            prop_assert_eq!(sum.is_some(), of_groups[step].is_some());
            if let (Some(a), Some(b)) = (sum, of_groups[step]) {
                prop_assert!((a - b).abs() <= 1e-3);
            }
        }
    }

    #[test]
    fn rulers_stay_inside_and_zoom_about_their_place(share in 0.0..1.0_f64, factor in 0.001..1000.0_f64, moved in -3.0..3.0_f64) {
        let ruler = Ruler::whole(all()).zoomed(0.01, 0.4, all()).zoomed(factor, share, all()).moved(moved, all());
        prop_assert!(ruler.start >= all()[0] && ruler.end <= all()[1] && ruler.start < ruler.end);
        let at = ruler.at(share);
        prop_assert!((ruler.share_of(at) - share).abs() < 1e-3);
        prop_assert!(ruler.marks(Clock::Paris, 800.0).windows(2).all(|pair| pair[0].at < pair[1].at));
        prop_assert!(ruler.marks(Clock::Paris, 800.0).len() < 200);
    }

    /// There and back is where one was, save for days that the other month does not have.
    #[test]
    fn steps_go_back(seconds in 0..1_800_000_000_i64, count in -40..40_i32) {
        let at = Instant(seconds);
        for span in [Span::Quarter, Span::Hour] {
            prop_assert_eq!(stepped(Clock::Paris, stepped(Clock::Paris, at, span, count), span, -count), at);
        }
        let moved = stepped(Clock::Paris, at, Span::Day, count);
        let hours = |at: Instant| { let local = Clock::Paris.read(at); (local.hour, local.minute) };
        // Only the hour that is left out in spring is another one.
        prop_assert!(hours(moved) == hours(at) || hours(at).0 == 2);
    }

    #[test]
    fn any_text_is_a_date_or_none(text in ".{0,60}") {
        let _ = read_date(&text, Clock::Paris, Instant(1_700_000_000));
    }

    #[test]
    fn thinned_keeps_the_ends(values in proptest::collection::vec(-1e3..1e3_f64, 2..400), most in 2..50_usize) {
        let thin = thinned(&values, most);
        prop_assert!(thin.len() <= most.max(values.len().min(most)) && thin.first() == values.first() && thin.last() == values.last());
    }
}
