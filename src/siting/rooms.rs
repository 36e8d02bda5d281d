//! What a year's loadings leave of a rating.

use super::reach::Room;

/// Ids of the series that a stored power flow leaves: one step, a value for each line and transformer, kW.
pub const FEED: &str = "flow-room-feed";
pub const DRAW: &str = "flow-room-draw";

/// Where classes of what is left end, kW: nothing, a home's modules, a farm's (the smallest tariff, 36 kVA), a barn's, the most at low voltage (250 kVA), a
/// plant's. On an even scale a feeder's ten megawatts would make all lines of a village one colour.
const BREAKS_KW: [f64; 6] = [0.0, 9.0, 36.0, 100.0, 250.0, 1_000.0];

/// Those of a series that is one of these; none of any other.
pub fn usual_breaks(series: &str) -> Vec<f64> {
    if [FEED, DRAW].contains(&series) { BREAKS_KW.to_vec() } else { Vec::new() }
}

/// Of a transformer, whose loadings are positive where power runs down; or of a line, which may run either way, so that both kinds of room are one.
///
/// Nothing where no step has a state. Below zero it is overloaded already.
pub fn room(rated_kva: f64, signed_percent: &[f32], is_line: bool) -> Option<Room> {
    let known = signed_percent.iter().copied().filter(|percent| percent.is_finite()).map(f64::from);
    let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), percent| (low.min(percent), high.max(percent)));
    if !(rated_kva > 0.0 && rated_kva.is_finite() && low <= high) {
        return None;
    }
    let left = |percent: f64| rated_kva * (1.0 - percent / 100.0);
    let both = left(high.max(-low));
    Some(if is_line { Room { feed_kw: both, draw_kw: both } } else { Room { feed_kw: left(-low), draw_kw: left(high) } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transformer_feeds_back_what_its_load_leaves() {
        // Between 10 % and 70 % downwards: 630 kVA carry 30 % more load, and 110 % of feeding in.
        let found = room(630.0, &[10.0, f32::NAN, 70.0], false).unwrap();
        assert!((found.draw_kw - 189.0).abs() < 1e-9 && (found.feed_kw - 693.0).abs() < 1e-9, "{found:?}");
        let line = room(100.0, &[-40.0, 20.0], true).unwrap();
        assert!((line.feed_kw - 60.0).abs() < 1e-9 && line.feed_kw == line.draw_kw);
        assert_eq!((room(100.0, &[f32::NAN], true), room(0.0, &[1.0], true)), (None, None));
        assert!(room(100.0, &[120.0], false).unwrap().draw_kw < 0.0);
    }
}
