//! All terrain sources to one grid of heights: by priority, reprojected, brought to one vertical system, edges feathered, enclosed holes filled and marked.
//!
//! The target grid is the only thing held whole; sources are read in windows, block by block, and let go of once the work has passed them.

use super::Fate;
use super::terrain::PLAUSIBLE_M;
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::formats::raster::{MAX_CELLS, Placement, Window, bilinear};
use crate::geodesy::{Geoid, LonLat, Vertical};
use crate::pipeline::sources::RawRaster;
use crate::pipeline::{ImportFault, LayerCount, Progress};
use crate::region::HeightGrid;
use crate::region::height_blend::{Blend, Block, HeightCover, MAX_LAYERS, Origin};

/// Cells over which a source fades into the one below it.
const FEATHER_CELLS: usize = 16;
/// Cells of the target along one side of a block.
const BLOCK: usize = 256;
/// Cells of a source that are read at once, 32 MiB.
const MAX_WINDOW: usize = 8 << 20;
/// Between two nodes whose place in the source is computed exactly, so many cells are interpolated: millimetres at any cell size in use.
const NODE_CELLS: usize = 16;
/// Nothing finer is kept, metres.
const FINEST_M: f64 = 0.1;

/// One terrain source that can be used.
struct Source<'a> {
    raw: &'a mut RawRaster,
    placement: Placement,
    /// In the territory's system.
    bounds: Bounds2,
    cell_m: f64,
    vertical: Vertical,
    odd: usize,
    /// Sources of one group stand beside each other; groups lie above each other.
    group: usize,
    read: bool,
    faulty: bool,
}

/// The ground and where each cell of it comes from.
pub struct Relief {
    pub grid: HeightGrid,
    pub cover: HeightCover,
    /// Names of the layers that [`HeightCover`] counts.
    pub layers: Vec<String>,
}

/// All rasters as one grid in the territory's system and its vertical system.
///
/// # Errors
/// Only when the work is cancelled.
pub fn grid(
    rasters: &mut [RawRaster],
    vertical: &Vertical,
    geoid: &Geoid,
    count: &mut LayerCount,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Option<Relief>, ImportFault> {
    let mut sources = usable(rasters, vertical, geoid, count, report);
    if sources.is_empty() {
        return Ok(None);
    }
    let layers = grouped(&mut sources);
    let Some(frame) = Frame::around(&sources, report) else {
        return Ok(None);
    };
    let mut blend = Blend::new(frame.origin, frame.cell_m, frame.columns, frame.rows);
    // Two blocks of one source share what it has decoded, so rows of blocks go from north to south as rasters do.
    let blocks_down = frame.rows.div_ceil(BLOCK);
    for group in 0..layers.len() {
        let members: Vec<usize> = (0..sources.len())
            .filter(|at| sources[*at].group == group)
            .collect();
        for down in 0..blocks_down {
            if progress.cancelled() {
                return Err(ImportFault::new("import-cancelled", "", ""));
            }
            progress.step(
                "import-terrain",
                (group * blocks_down + down) as u64,
                (layers.len() * blocks_down) as u64,
            );
            for along in 0..frame.columns.div_ceil(BLOCK) {
                let block = Block {
                    column: along * BLOCK,
                    row: down * BLOCK,
                    columns: BLOCK.min(frame.columns - along * BLOCK),
                    rows: BLOCK.min(frame.rows - down * BLOCK),
                    // The last has nothing to fade into.
                    margin: if group + 1 < layers.len() {
                        FEATHER_CELLS
                    } else {
                        0
                    },
                };
                let around = frame.bounds(&block);
                let touching: Vec<usize> = members
                    .iter()
                    .copied()
                    .filter(|at| sources[*at].bounds.intersects(&around))
                    .collect();
                if touching.is_empty() || !blend.is_open(&block) {
                    continue;
                }
                let mut values = vec![f32::NAN; block.wide() * block.high()];
                for at in touching {
                    if let Some(source) = sources.get_mut(at) {
                        source.sample(&frame, &block, &mut values, vertical, geoid, report);
                    }
                }
                let layer = Origin::try_from(group.min(MAX_LAYERS - 1)).unwrap_or_default();
                blend.add(layer, &block, &values);
            }
            let passed = frame.origin[1] - ((down + 1) * BLOCK) as f64 * frame.cell_m;
            for at in &members {
                if let Some(source) = sources
                    .get_mut(*at)
                    .filter(|source| source.read && source.bounds.min[1] > passed)
                {
                    source.raw.heights.release();
                }
            }
        }
        members
            .iter()
            .for_each(|at| sources[*at].raw.heights.release());
    }
    let (grid, cover) = blend.finish(layers.len());
    if !grid.values.iter().any(|value| value.is_finite()) {
        for source in &sources {
            report.push(Finding::new(
                "terrain-empty",
                Severity::Error,
                &source.raw.file,
            ));
            count.add(Fate::Rejected);
        }
        return Ok(None);
    }
    account(&sources, &layers, &frame, &cover, vertical, count, report);
    Ok(Some(Relief {
        grid,
        cover,
        layers,
    }))
}

/// The sources that have a place, with their findings.
fn usable<'a>(
    rasters: &'a mut [RawRaster],
    vertical: &Vertical,
    geoid: &Geoid,
    count: &mut LayerCount,
    report: &mut Report,
) -> Vec<Source<'a>> {
    let mut sources = Vec::new();
    for raw in rasters.iter_mut().filter(|raw| raw.surface.is_none()) {
        let placement = raw.heights.placement();
        let Some(bounds) = bounds(raw, &placement) else {
            report.push(Finding::new(
                "coordinates-outside",
                Severity::Error,
                &raw.file,
            ));
            count.add(Fate::Rejected);
            continue;
        };
        let own = raw.placer.vertical();
        let centre = raw.placer.target_lonlat(bounds.centre());
        // What says nothing is taken to be in the territory's system, as IGN delivers it.
        let vertical_own = own.unwrap_or(*vertical);
        if let Some(own) = own.filter(|own| own != vertical) {
            let known = centre.and_then(|p| own.to(vertical, geoid, p)).is_some();
            let (code, severity) = if known {
                ("vertical-converted", Severity::Info)
            } else {
                ("vertical-mixed", Severity::Warning)
            };
            report.push(
                Finding::new(code, severity, &raw.file)
                    .object(own.name())
                    .value(format!("{} → {}", own.name(), vertical.name())),
            );
        }
        let cells = (placement.columns as f64) * (placement.rows as f64);
        let size = bounds.size();
        // In degrees the cell's size in metres follows from the whole raster's; a turned one fills less than its bounds.
        let cell_m = if raw.placer.is_identity() {
            let [x, y] = placement.cell();
            x.min(y)
        } else {
            (size[0] / placement.columns as f64).min(size[1] / placement.rows as f64)
        };
        if !(cell_m > 0.0 && cells >= 1.0) {
            report.push(Finding::new(
                "coordinates-outside",
                Severity::Error,
                &raw.file,
            ));
            count.add(Fate::Rejected);
            continue;
        }
        sources.push(Source {
            raw,
            placement,
            bounds,
            cell_m,
            vertical: vertical_own,
            odd: 0,
            group: 0,
            read: false,
            faulty: false,
        });
    }
    sources
}

/// Bounds of the raster's cells in the territory's system, from its border.
pub fn bounds(raw: &RawRaster, placement: &Placement) -> Option<Bounds2> {
    let mut bounds = Bounds2::EMPTY;
    const STEPS: usize = 16;
    let (wide, high) = (placement.columns as f64, placement.rows as f64);
    for i in 0..=STEPS {
        let t = i as f64 / STEPS as f64;
        let (column, row) = (t * wide - 0.5, t * high - 0.5);
        for (column, row) in [
            (column, -0.5),
            (column, high - 0.5),
            (-0.5, row),
            (wide - 0.5, row),
        ] {
            let [x, y] = placement.at(column, row);
            // A pole or a far corner that has no place in the target system is no reason to refuse the rest.
            if let Ok(point) = raw.placer.point(x, y) {
                bounds.add(point);
            }
        }
    }
    let finite = bounds
        .min
        .iter()
        .chain(&bounds.max)
        .all(|value| value.is_finite());
    (finite && !bounds.is_empty()).then_some(bounds)
}

/// Sorts sources by priority and gives those of one layer one number; returns the layers' names.
///
/// Declared sources go first, in the declared order; then finer ones before coarser ones. Tiles of one data set with one cell size are one layer: otherwise each would fade out at its neighbour.
fn grouped(sources: &mut [Source]) -> Vec<String> {
    let declared: Vec<_> = sources
        .iter()
        .filter(|s| s.raw.rank.is_some())
        .map(|s| s.raw.dataset.clone())
        .collect();
    let rank = |source: &Source| {
        source.raw.rank?;
        declared
            .iter()
            .position(|dataset| *dataset == source.raw.dataset)
    };
    // Steps of 5 %: cells of tiles in degrees differ a little from north to south.
    let size = |source: &Source| (source.cell_m.ln() / 0.05).round() as i64;
    let key = |source: &Source| {
        let rank = rank(source);
        let system = source.raw.placer.from_code().to_owned();
        (rank.is_none(), rank.unwrap_or(0), size(source), system)
    };
    let mut order: Vec<(_, usize)> = sources
        .iter()
        .enumerate()
        .map(|(at, source)| (key(source), at))
        .collect();
    order.sort();
    let mut layers: Vec<String> = Vec::new();
    let mut last = None;
    let mut members = 0;
    for (key, at) in order {
        if last.as_ref() != Some(&key) {
            let source = &sources[at];
            layers.push(if source.raw.rank.is_some() {
                source.raw.dataset.to_string()
            } else {
                source.raw.file.clone()
            });
            members = 0;
            last = Some(key);
        }
        members += 1;
        if members == 2
            && sources[at].raw.rank.is_none()
            && let Some(name) = layers.last_mut()
        {
            name.push_str(" …");
        }
        sources[at].group = layers.len() - 1;
    }
    layers
}

/// The target grid.
struct Frame {
    origin: [f64; 2],
    cell_m: f64,
    columns: usize,
    rows: usize,
    coarsened: bool,
}

impl Frame {
    /// As fine as the finest source, on its own lattice where it needs no reprojection, so that its heights pass unchanged.
    fn around(sources: &[Source], report: &mut Report) -> Option<Self> {
        let whole = sources
            .iter()
            .fold(Bounds2::EMPTY, |whole, source| whole.union(source.bounds));
        let finest = sources
            .iter()
            .min_by(|a, b| a.cell_m.total_cmp(&b.cell_m).then(a.group.cmp(&b.group)))?;
        let mut cell_m = finest.cell_m.max(FINEST_M);
        let wanted = cell_m;
        let cells = |cell: f64| (whole.size()[0] / cell).ceil() * (whole.size()[1] / cell).ceil();
        while cells(cell_m) > MAX_CELLS as f64 {
            cell_m *= 1.25;
        }
        let coarsened = cell_m > wanted;
        if coarsened {
            report.push(
                Finding::new("terrain-coarsened", Severity::Warning, &finest.raw.file)
                    .value(format!("{wanted:.2} m → {cell_m:.2} m")),
            );
        }
        // Cell borders lie on those of the finest source, or on the corner of everything.
        let on_lattice =
            finest.raw.placer.is_identity() && finest.placement.is_upright() && !coarsened;
        let anchor = if on_lattice {
            finest.placement.at(-0.5, -0.5)
        } else {
            [whole.min[0], whole.max[1]]
        };
        const SLACK: f64 = 1e-6;
        let west = ((whole.min[0] - anchor[0]) / cell_m + SLACK).floor();
        let east = ((whole.max[0] - anchor[0]) / cell_m - SLACK).ceil();
        let north = ((anchor[1] - whole.max[1]) / cell_m + SLACK).floor();
        let south = ((anchor[1] - whole.min[1]) / cell_m - SLACK).ceil();
        Some(Self {
            origin: [
                anchor[0] + (west + 0.5) * cell_m,
                anchor[1] - (north + 0.5) * cell_m,
            ],
            cell_m,
            columns: (east - west).max(1.0) as usize,
            rows: (south - north).max(1.0) as usize,
            coarsened,
        })
    }

    /// Centre of a cell; margins have negative columns and rows.
    fn at(&self, column: f64, row: f64) -> [f64; 2] {
        [
            self.origin[0] + column * self.cell_m,
            self.origin[1] - row * self.cell_m,
        ]
    }

    /// Bounds of a block with its margin.
    fn bounds(&self, block: &Block) -> Bounds2 {
        let margin = block.margin as f64 + 0.5;
        let (column, row) = (block.column as f64, block.row as f64);
        Bounds2::of([
            self.at(column - margin, row - margin),
            self.at(
                column + block.columns as f64 - 1.0 + margin,
                row + block.rows as f64 - 1.0 + margin,
            ),
        ])
    }
}

impl Source<'_> {
    /// Fills what is unknown among `values` (a block with its margin) from this source.
    fn sample(
        &mut self,
        frame: &Frame,
        block: &Block,
        values: &mut [f32],
        vertical: &Vertical,
        geoid: &Geoid,
        report: &mut Report,
    ) {
        self.read = true;
        // How many of the source's cells one of the target covers.
        let ratio = (frame.cell_m / self.cell_m).max(1.0);
        let piece = ((MAX_WINDOW as f64).sqrt() / ratio / 1.5)
            .floor()
            .clamp(1.0, (BLOCK + 2 * FEATHER_CELLS) as f64);
        let piece = (piece as usize).next_multiple_of(NODE_CELLS);
        for top in (0..block.high()).step_by(piece) {
            for left in (0..block.wide()).step_by(piece) {
                let (wide, high) = (
                    piece.min(block.wide() - left),
                    piece.min(block.high() - top),
                );
                let corner = [
                    block.column as f64 - block.margin as f64 + left as f64,
                    block.row as f64 - block.margin as f64 + top as f64,
                ];
                let nodes = Nodes::around(self, frame, corner, [wide, high], vertical, geoid);
                let Some(window) = nodes.window(&self.placement, ratio) else {
                    continue;
                };
                let read = match self.raw.heights.read(window) {
                    Ok(read) => read,
                    Err(fault) => {
                        if !self.faulty {
                            self.faulty = true;
                            report.push(
                                Finding::new("raster-unreadable", Severity::Error, &self.raw.file)
                                    .value(fault),
                            );
                        }
                        return;
                    }
                };
                let read = self.scrubbed(read);
                for r in 0..high {
                    for c in 0..wide {
                        let Some(value) = values.get_mut((top + r) * block.wide() + left + c)
                        else {
                            continue;
                        };
                        if value.is_finite() {
                            continue;
                        }
                        let Some([column, row, shift_m]) = nodes.at(c, r) else {
                            continue;
                        };
                        let inside = column >= -0.5001
                            && row >= -0.5001
                            && column <= self.placement.columns as f64 - 0.4999
                            && row <= self.placement.rows as f64 - 0.4999;
                        if !inside {
                            continue;
                        }
                        let at = [
                            snapped(column - window.column as f64),
                            snapped(row - window.row as f64),
                        ];
                        let height = if ratio > 1.5 {
                            mean(&read, &window, at, 0.5 * ratio)
                        } else {
                            bilinear(&read, [window.columns, window.rows], at)
                        };
                        if let Some(height) = height {
                            *value = (height + shift_m) as f32;
                        }
                    }
                }
            }
        }
    }

    /// Makes implausible altitudes unknown and counts them.
    fn scrubbed(&mut self, mut read: Vec<f32>) -> Vec<f32> {
        for value in &mut read {
            if value.is_finite() && !PLAUSIBLE_M.contains(&f64::from(*value)) {
                *value = f32::NAN;
                self.odd += 1;
            }
        }
        read
    }
}

/// Whole numbers that lost their last digits on the way through metres.
fn snapped(value: f64) -> f64 {
    let whole = value.round();
    if (value - whole).abs() < 1e-5 {
        whole
    } else {
        value
    }
}

/// Mean of the known cells whose centres lie within `reach` of a place; for sources finer than the target.
fn mean(read: &[f32], window: &Window, [column, row]: [f64; 2], reach: f64) -> Option<f64> {
    let range = |centre: f64, size: usize| {
        let low = (centre - reach).ceil().max(0.0) as usize;
        let high = ((centre + reach).ceil().max(0.0) as usize).min(size);
        low..high
    };
    let (mut sum, mut count) = (0.0, 0.0);
    for r in range(row, window.rows) {
        for c in range(column, window.columns) {
            if let Some(value) = read
                .get(r * window.columns + c)
                .filter(|value| value.is_finite())
            {
                sum += f64::from(*value);
                count += 1.0;
            }
        }
    }
    (count > 0.0).then(|| sum / count)
}

/// Places in the source and vertical shifts at some cells of a piece of the target; those between are interpolated.
struct Nodes {
    across: usize,
    /// Column, row and shift in metres.
    nodes: Vec<Option<[f64; 3]>>,
}

impl Nodes {
    fn around(
        source: &Source,
        frame: &Frame,
        corner: [f64; 2],
        [wide, high]: [usize; 2],
        vertical: &Vertical,
        geoid: &Geoid,
    ) -> Self {
        let (across, down) = (wide.div_ceil(NODE_CELLS) + 1, high.div_ceil(NODE_CELLS) + 1);
        let placer = &source.raw.placer;
        let moves = source.vertical != *vertical;
        let mut nodes = Vec::with_capacity(across * down);
        for r in 0..down {
            for c in 0..across {
                let [x, y] = frame.at(
                    corner[0] + (c * NODE_CELLS) as f64,
                    corner[1] + (r * NODE_CELLS) as f64,
                );
                let place = placer.back(x, y).ok().map(|own| source.placement.find(own));
                let shift = || {
                    let p: LonLat = placer.target_lonlat([x, y])?;
                    source.vertical.to(vertical, geoid, p)
                };
                let shift_m = if moves { shift().unwrap_or(0.0) } else { 0.0 };
                nodes.push(place.map(|[column, row]| [column, row, shift_m]));
            }
        }
        Self { across, nodes }
    }

    fn at(&self, column: usize, row: usize) -> Option<[f64; 3]> {
        let (c, r) = (column / NODE_CELLS, row / NODE_CELLS);
        let u = (column % NODE_CELLS) as f64 / NODE_CELLS as f64;
        let v = (row % NODE_CELLS) as f64 / NODE_CELLS as f64;
        let node = |c: usize, r: usize| self.nodes.get(r * self.across + c).copied().flatten();
        let (nw, ne, sw, se) = (
            node(c, r)?,
            node(c + 1, r)?,
            node(c, r + 1)?,
            node(c + 1, r + 1)?,
        );
        Some([0, 1, 2].map(|k| {
            let north = nw[k] + (ne[k] - nw[k]) * u;
            let south = sw[k] + (se[k] - sw[k]) * u;
            north + (south - north) * v
        }))
    }

    /// The source's cells that the piece needs; `None` where it does not touch the source.
    fn window(&self, placement: &Placement, ratio: f64) -> Option<Window> {
        let mut bounds = Bounds2::EMPTY;
        for [column, row, _] in self.nodes.iter().flatten() {
            bounds.add([*column, *row]);
        }
        if bounds.is_empty() {
            return None;
        }
        let reach = 1.5 + ratio;
        let range = |low: f64, high: f64, size: usize| {
            let low = (low - reach).floor().max(0.0);
            let high = (high + reach).ceil().min(size as f64 - 1.0);
            (low <= high).then(|| (low as usize, high as usize - low as usize + 1))
        };
        let (column, columns) = range(bounds.min[0], bounds.max[0], placement.columns)?;
        let (row, rows) = range(bounds.min[1], bounds.max[1], placement.rows)?;
        // A piece that a wild projection spreads over half the source would not be bounded any more.
        (columns.saturating_mul(rows) <= 4 * MAX_WINDOW).then_some(Window {
            column,
            row,
            columns,
            rows,
        })
    }
}

/// Who gave what, as findings and counts.
fn account(
    sources: &[Source],
    layers: &[String],
    frame: &Frame,
    cover: &HeightCover,
    vertical: &Vertical,
    count: &mut LayerCount,
    report: &mut Report,
) {
    let cells = (frame.columns * frame.rows).max(1) as f64;
    let share = |count: usize| format!("{:.1} %", 100.0 * count as f64 / cells);
    for source in sources {
        let file = &source.raw.file;
        for (code, value) in source.raw.heights.remarks() {
            let severity = match code {
                "raster-tiles-damaged"
                | "points-missing"
                | "points-without-ground"
                | "raster-rows-missing" => Severity::Error,
                "points-classes" | "raster-scaled" | "points-gridded" => Severity::Info,
                _ => Severity::Warning,
            };
            report.push(Finding::new(code, severity, file).value(value));
        }
        if source.odd > 0 {
            report.push(
                Finding::new("terrain-implausible", Severity::Warning, file).value(source.odd),
            );
        }
        let unused = cover
            .by_layer
            .get(source.group)
            .is_none_or(|count| *count == 0);
        if source.faulty && unused {
            count.add(Fate::Rejected);
            continue;
        }
        let resampled = !source.raw.placer.is_identity();
        if resampled {
            report.push(
                Finding::new("terrain-resampled", Severity::Info, file)
                    .value(format!("{:.2} m", frame.cell_m)),
            );
        }
        let changed =
            resampled || source.odd > 0 || source.vertical != *vertical || frame.coarsened;
        count.add(if changed { Fate::Repaired } else { Fate::Kept });
    }
    if layers.len() > 1 {
        for (name, count) in layers.iter().zip(&cover.by_layer) {
            report.push(
                Finding::new("terrain-share", Severity::Info, name)
                    .object(name)
                    .value(share(*count)),
            );
        }
    }
    if cover.filled > 0 {
        report.push(
            Finding::new(
                "terrain-holes-filled",
                Severity::Warning,
                layers.first().map_or("", String::as_str),
            )
            .value(format!("{} ({})", cover.filled, share(cover.filled))),
        );
    }
}
