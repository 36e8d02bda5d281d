//! Heights as text, one point a line: `x y z`, with any separator, in any order.
//!
//! A regular grid is looked for in two passes over the text, so that no list of points is held; points that lie on none are handed out as they are.

use super::raster::{MAX_CELLS, NoData, Placement, Raster, RasterFault};

/// Points are lines of a file that fits into memory; more than this is refused.
const MAX_POINTS: usize = 64 << 20;
/// How far a point may lie from its cell's centre, in cells: producers round coordinates.
const OFF_CENTRE: f64 = 0.05;
/// A grid that is emptier than this is a cloud of points that happens to be written with few digits.
const EMPTIEST: f64 = 0.02;

/// What a text of points turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Points {
    Grid(Raster),
    /// `[x, y, z]` on no common grid.
    Loose(Vec<[f64; 3]>),
}

/// True when the first lines of a text are points: at least two lines of three to eight numbers, after at most one line of names.
pub fn is_points(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    // The last line of a head may be cut.
    let whole = text.rfind('\n').map_or(&*text, |at| &text[..at]);
    let mut lines = whole
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !is_comment(line))
        .take(20);
    let Some(first) = lines.next() else {
        return false;
    };
    let (mut named, mut points, mut columns) = (false, 0, 0);
    for (index, line) in std::iter::once(first).chain(lines).enumerate() {
        let separator = Separator::of(line);
        match (
            separator
                .split(line)
                .map(number)
                .collect::<Option<Vec<f64>>>(),
            index,
        ) {
            (Some(numbers), _)
                if (3..=8).contains(&numbers.len())
                    && (points == 0 || numbers.len() == columns) =>
            {
                points += 1;
                columns = numbers.len();
            }
            (None, 0) => named = is_header(line),
            _ => return false,
        }
        if index == 0 && !named && points == 0 {
            return false;
        }
    }
    points >= 2
}

fn is_comment(line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || line.starts_with("//")
}

/// Names of three columns that begin with a pair of coordinates.
fn is_header(line: &str) -> bool {
    let names: Vec<String> = Separator::of(line)
        .split(line)
        .map(|name| name.trim_matches('"').to_ascii_lowercase())
        .collect();
    let is = |at: usize, known: &[&str]| {
        names
            .get(at)
            .is_some_and(|name| known.contains(&name.as_str()))
    };
    is(
        0,
        &[
            "x",
            "e",
            "east",
            "easting",
            "lon",
            "longitude",
            "l93_x",
            "x_l93",
        ],
    ) && is(
        1,
        &[
            "y", "n", "north", "northing", "lat", "latitude", "l93_y", "y_l93",
        ],
    ) && is(
        2,
        &[
            "z",
            "h",
            "alt",
            "altitude",
            "height",
            "elevation",
            "elev",
            "hauteur",
        ],
    )
}

/// What stands between two numbers of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Blank,
    Semicolon,
    Comma,
}

impl Separator {
    /// A comma separates only where neither blank nor semicolon does: otherwise it is a French decimal point.
    fn of(line: &str) -> Self {
        let line = line.trim();
        if line.contains(';') {
            Self::Semicolon
        } else if line.contains(", ") {
            Self::Comma
        } else if line.contains([' ', '\t']) {
            Self::Blank
        } else if line.contains(',') {
            Self::Comma
        } else {
            Self::Blank
        }
    }

    fn split(self, line: &str) -> impl Iterator<Item = &str> {
        line.trim_end_matches([';', ','])
            .split(move |c: char| match self {
                Self::Semicolon => c == ';',
                Self::Comma => c == ',',
                Self::Blank => c == ' ' || c == '\t',
            })
            .map(str::trim)
            .filter(move |word| self != Self::Blank || !word.is_empty())
    }
}

fn number(word: &str) -> Option<f64> {
    let word = word.trim_matches('"');
    word.parse().ok().or_else(|| {
        // One comma between digits, as in French; two would be thousands.
        (word.matches(',').count() == 1).then(|| word.replace(',', ".").parse().ok())?
    })
}

/// Every point of the text; lines without three numbers are counted, not fatal.
struct Reading<'a> {
    text: &'a str,
    separator: Separator,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        // The second line tells more than a header would.
        let sample = text
            .lines()
            .map(str::trim)
            .filter(|line| !is_comment(line))
            .take(2)
            .last()
            .unwrap_or_default();
        Self {
            text,
            separator: Separator::of(sample),
        }
    }

    fn points(&self) -> impl Iterator<Item = Option<[f64; 3]>> {
        self.text
            .lines()
            .map(str::trim)
            .filter(|line| !is_comment(line))
            .map(|line| {
                let mut numbers = self.separator.split(line).map(number);
                let (x, y, z) = (numbers.next()??, numbers.next()??, numbers.next()??);
                (x.is_finite() && y.is_finite()).then_some([x, y, z])
            })
    }
}

/// Reads a text of points and how many lines it could not read, the header's included.
///
/// # Errors
/// Where the text holds no points or too many.
pub fn parse(bytes: &[u8]) -> Result<(Points, usize), RasterFault> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        // A comment in Latin-1 is no reason to refuse numbers.
        Err(_) => String::from_utf8_lossy(bytes),
    };
    let reading = Reading::new(&text);
    let (mut count, mut unread) = (0_usize, 0);
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    let (mut step, mut before) = ([f64::INFINITY; 2], None::<[f64; 3]>);
    for point in reading.points() {
        let Some(point) = point else {
            unread += 1;
            continue;
        };
        count += 1;
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
            if let Some(before) = before {
                let difference = (point[axis] - before[axis]).abs();
                // Rounded coordinates differ by a little where they mean the same.
                if difference > 1e-9 * point[axis].abs().max(1e-3) {
                    step[axis] = step[axis].min(difference);
                }
            }
        }
        before = Some(point);
    }
    if count == 0 {
        return Err(RasterFault::Unreadable("no line of three numbers".into()));
    }
    if count > MAX_POINTS {
        return Err(RasterFault::TooLarge {
            columns: count as u64,
            rows: 1,
        });
    }
    let loose = || Points::Loose(reading.points().flatten().collect());
    let grid = lattice(low, high, step)
        .and_then(|placement| on_grid(&reading, placement, count))
        .or_else(|| {
            // Points in no order: the steps are then those between sorted coordinates.
            let step = sorted_steps(&reading, count)?;
            on_grid(&reading, lattice(low, high, step)?, count)
        });
    Ok((grid.map_or_else(loose, Points::Grid), unread))
}

/// The grid that spans the bounds with whole numbers of steps.
fn lattice(low: [f64; 2], high: [f64; 2], step: [f64; 2]) -> Option<Placement> {
    let mut cell = [0.0; 2];
    let mut size = [0; 2];
    for axis in 0..2 {
        let span = high[axis] - low[axis];
        if !(span > 0.0 && step[axis].is_finite()) {
            return None;
        }
        let steps = (span / step[axis]).round();
        if !(1.0..MAX_CELLS as f64).contains(&steps) {
            return None;
        }
        // The span over the steps is more exact than one rounded difference.
        cell[axis] = span / steps;
        size[axis] = steps as usize + 1;
    }
    if size[0]
        .checked_mul(size[1])
        .is_none_or(|cells| cells > MAX_CELLS)
    {
        return None;
    }
    Placement::upright([low[0], high[1]], cell, size[0], size[1])
        .checked()
        .ok()
}

fn on_grid(reading: &Reading, placement: Placement, count: usize) -> Option<Raster> {
    let Placement { columns, rows, .. } = placement;
    if (count as f64) < EMPTIEST * (columns * rows) as f64 || count > columns * rows {
        return None;
    }
    let mut values = vec![f32::NAN; columns * rows];
    let mut nodata = NoData::new(None, false);
    for [x, y, z] in reading.points().flatten() {
        let [column, row] = placement.find([x, y]);
        let (c, r) = (column.round(), row.round());
        if (column - c).abs() > OFF_CENTRE || (row - r).abs() > OFF_CENTRE {
            return None;
        }
        if let Some(value) = values.get_mut(r.max(0.0) as usize * columns + c.max(0.0) as usize) {
            *value = nodata.clean(z) as f32;
        }
    }
    Some(Raster {
        origin: placement.origin,
        cell: placement.cell(),
        columns,
        rows,
        values,
        epsg: None,
        geographic: false,
    })
}

fn sorted_steps(reading: &Reading, count: usize) -> Option<[f64; 2]> {
    let mut step = [0.0; 2];
    for (axis, step) in step.iter_mut().enumerate() {
        let mut along: Vec<f64> = Vec::with_capacity(count);
        along.extend(reading.points().flatten().map(|point| point[axis]));
        along.sort_by(f64::total_cmp);
        let (first, last) = (*along.first()?, *along.last()?);
        let same = 1e-6 * (last - first);
        *step = along
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .filter(|d| *d > same)
            .fold(f64::INFINITY, f64::min);
    }
    Some(step)
}
