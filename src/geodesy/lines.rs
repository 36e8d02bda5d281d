//! Points as lines of text, `x y [z]`: what `jumeau project` reads and writes.

use super::{Crs, GeodesyFault, Geoid, transform, transform_heights};

/// Why a line was not transformed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LineFault {
    /// Not two or three numbers; the value is the line's beginning.
    #[error("'{0}' is not 'x y [z]'")]
    NotAPoint(String),
    #[error("an earth-centred point needs x, y and z")]
    MissingZ,
    #[error(transparent)]
    Geodesy(#[from] GeodesyFault),
}

/// The line transformed; `None` for blank lines and comments (`#`).
///
/// Numbers are separated by blanks, tabs, commas or semicolons and use a decimal point. z is written when it was given, or when the target is earth-centred (then height 0 is meant). Metres get nine decimals, degrees twelve: a thousandth of a millimetre and less.
pub fn transform_line(from: &Crs, to: &Crs, line: &str) -> Result<Option<String>, LineFault> {
    transform_line_with(from, to, None, line)
}

/// As [`transform_line`]; with a geoid, heights go from one vertical system to the other as in [`transform_heights`].
pub fn transform_line_with(
    from: &Crs,
    to: &Crs,
    geoid: Option<&Geoid>,
    line: &str,
) -> Result<Option<String>, LineFault> {
    let text = line.trim().trim_start_matches('\u{feff}');
    if text.is_empty() || text.starts_with('#') {
        return Ok(None);
    }
    let not_a_point = || LineFault::NotAPoint(text.chars().take(60).collect());
    let mut numbers = [0.0; 3];
    let mut count = 0;
    for word in text
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|word| !word.is_empty())
    {
        let slot = numbers.get_mut(count).ok_or_else(not_a_point)?;
        *slot = word.parse::<f64>().map_err(|_| not_a_point())?;
        count += 1;
    }
    if count < 2 {
        return Err(not_a_point());
    }
    if count == 2 && from.is_ecef() {
        return Err(LineFault::MissingZ);
    }
    let mut points = [numbers];
    let moved = match geoid.filter(|_| count == 3) {
        Some(geoid) => transform_heights(from, to, geoid, &mut points),
        None => transform(from, to, &mut points),
    };
    moved.map_err(|fault| match fault {
        GeodesyFault::At { fault, .. } => *fault,
        fault => fault,
    })?;
    let [[x, y, z]] = points;
    let flat = if to.is_geographic() {
        format!("{x:.12} {y:.12}")
    } else {
        format!("{x:.9} {y:.9}")
    };
    Ok(Some(if count == 3 || to.is_ecef() {
        format!("{flat} {z:.9}")
    } else {
        flat
    }))
}
