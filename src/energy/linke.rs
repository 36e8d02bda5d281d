//! Monthly Linke turbidity of France: the table that pvlib ships, cut out, on its lattice of 5'.
//!
//! The values come from SoDa (J. Remund et al., "Worldwide Linke turbidity information", ISES Solar World Congress 2003); `assets/energy/make_linke.py` makes the file anew. No interpolation: a place has the values of its node.

use crate::base::lattice::restored;
use std::sync::OnceLock;

/// Month after month, twenty times the turbidity, rows from the north; a byte a node, as [`restored`] takes it.
static TABLE: &[u8] = include_bytes!("../../assets/energy/linke-france.bin");
const NORTH: f64 = 51.5;
const WEST: f64 = -5.5;
const ROWS: usize = 126;
const COLUMNS: usize = 186;
/// Nodes a degree.
const PER_DEGREE: f64 = 12.0;

/// The values of all nodes, month after month.
fn table() -> &'static [u8] {
    static VALUES: OnceLock<Vec<u8>> = OnceLock::new();
    VALUES.get_or_init(|| TABLE.chunks(ROWS * COLUMNS).flat_map(|month| restored(ROWS, COLUMNS, 0xff, |at| month.get(at).copied().map_or(0, u16::from))).map(|value| value as u8).collect())
}

/// Turbidity from January to December; `None` outside 41…51.5° N, 5.5° W…10° E.
pub fn monthly(lat: f64, lon: f64) -> Option<[f64; 12]> {
    let row = index((NORTH - lat) * PER_DEGREE, ROWS)?;
    let column = index((lon - WEST) * PER_DEGREE, COLUMNS)?;
    let (values, at) = (table(), row * COLUMNS + column);
    let mut months = [0.0; 12];
    for (month, value) in months.iter_mut().enumerate() {
        *value = f64::from(*values.get(month * ROWS * COLUMNS + at)?) / 20.0;
    }
    Some(months)
}

fn index(place: f64, count: usize) -> Option<usize> {
    (place >= 0.0 && place < count as f64).then_some(place as usize)
}
