//! Monthly Linke turbidity of France: the table that pvlib ships, cut out, on its lattice of 5'.
//!
//! The values come from SoDa (J. Remund et al., "Worldwide Linke turbidity information", ISES Solar World Congress 2003); `assets/energy/make_linke.py` makes the file anew. No interpolation: a place has the values of its node.

/// Twelve bytes a node, twenty times the turbidity, rows from the north.
static TABLE: &[u8] = include_bytes!("../../assets/energy/linke-france.bin");
const NORTH: f64 = 51.5;
const WEST: f64 = -5.5;
const ROWS: usize = 126;
const COLUMNS: usize = 186;
/// Nodes a degree.
const PER_DEGREE: f64 = 12.0;

/// Turbidity from January to December; `None` outside 41…51.5° N, 5.5° W…10° E.
pub fn monthly(lat: f64, lon: f64) -> Option<[f64; 12]> {
    let row = index((NORTH - lat) * PER_DEGREE, ROWS)?;
    let column = index((lon - WEST) * PER_DEGREE, COLUMNS)?;
    let at = (row * COLUMNS + column) * 12;
    let bytes: &[u8; 12] = TABLE.get(at..at + 12)?.try_into().ok()?;
    Some(bytes.map(|byte| f64::from(byte) / 20.0))
}

fn index(place: f64, count: usize) -> Option<usize> {
    (place >= 0.0 && place < count as f64).then_some(place as usize)
}
