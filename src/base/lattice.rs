//! Numbers on a lattice, told as the rest of a guess from their neighbours: of smooth data little is left, and little is downloaded.
//!
//! The guess is the median edge detector of LOCO-I (M. Weinberger, G. Seroussi, G. Sapiro, "The LOCO-I lossless image compression algorithm",
//! IEEE Transactions on Image Processing 9, 2000, equation 1), with zero beyond the first row and column.

/// The values of `rows` × `columns`, row after row; `rest` says what the guess lacks at each place, in the numbers that `mask` leaves.
pub fn restored(rows: usize, columns: usize, mask: u16, rest: impl Fn(usize) -> u16) -> Vec<u16> {
    let mut values: Vec<u16> = Vec::with_capacity(rows.saturating_mul(columns));
    for at in 0..rows.saturating_mul(columns) {
        let (is_first_row, is_first_column) = (at < columns, at % columns == 0);
        let before = |steps: usize, is_outside: bool| if is_outside { 0 } else { values.get(at.wrapping_sub(steps)).copied().map_or(0, i32::from) };
        let west = before(1, is_first_column);
        let north = before(columns, is_first_row);
        let corner = before(columns + 1, is_first_row || is_first_column);
        let guess = if corner >= west.max(north) {
            west.min(north)
        } else if corner <= west.min(north) {
            west.max(north)
        } else {
            west + north - corner
        };
        values.push((guess as u16).wrapping_add(rest(at)) & mask);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_guess_gives_the_values_back() {
        // Guesses by hand: 0, 10, 12; then 10, 13, 14 + 9 − 12.
        let values = [10, 12, 9, 13, 14, 8];
        let rest = [10, 2, 253, 3, 1, 253];
        assert_eq!(restored(2, 3, 0xff, |at| rest[at]), values);
        assert!(restored(0, 0, 0xffff, |_| 1).is_empty());
    }
}
