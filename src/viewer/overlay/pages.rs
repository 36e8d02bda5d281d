//! A series in pages of steps, as the graphics card holds them. Pure: which page holds a step, where a value lies, which page is next.
//!
//! Two pages lie in one texture, four values to a texel: the one that is shown, and the one that the clock comes to next. Inside a page only a number
//! of the uniform changes, and going over to the next page is such a change too.

use crate::formats::zarr::Layout;
use crate::viewer::textures::{NO_VALUE, VALUES_WIDTH};
use std::ops::Range;

/// Most values of a page: 16 MiB.
const PAGE_VALUES: usize = 1 << 22;
/// Values of one row of the texture.
pub const LINE_VALUES: usize = VALUES_WIDTH * 4;
/// How a series is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub rows: usize,
    pub steps: usize,
    /// Steps that begin in a page.
    pub page_steps: usize,
    /// From one row's value to the next row's, in values: a page that is interpolated in also holds the first step of the next one.
    pub stride: usize,
}

impl Plan {
    /// `None` when a single step of all rows is more than a page.
    pub fn new(rows: usize, steps: usize, chunk_steps: usize, interpolates: bool) -> Option<Self> {
        let beyond = usize::from(interpolates);
        let most = PAGE_VALUES / rows.max(1);
        let room = most.checked_sub(beyond).filter(|room| *room > 0)?;
        // Pages begin where chunks begin, as far as they are longer than chunks.
        let page_steps = if room >= steps {
            steps
        } else if room > chunk_steps {
            room / chunk_steps * chunk_steps
        } else {
            room
        };
        let page_steps = page_steps.max(1);
        Some(Self { rows, steps, page_steps, stride: page_steps + beyond })
    }

    pub fn pages(&self) -> usize {
        self.steps.div_ceil(self.page_steps)
    }

    pub fn page_of(&self, step: usize) -> usize {
        step / self.page_steps
    }

    /// The steps that a page holds.
    pub fn range(&self, page: usize) -> Range<usize> {
        let start = page * self.page_steps;
        start..(start + self.stride).min(self.steps).max(start)
    }

    pub fn slots(&self) -> usize {
        self.pages().min(2)
    }

    /// Rows of the texture that one page takes.
    pub fn lines(&self) -> usize {
        (self.rows * self.stride).div_ceil(LINE_VALUES).max(1)
    }

    /// Rows of the texture below the pages, for one value of each row: a mean.
    pub fn mean_lines(&self) -> usize {
        self.rows.div_ceil(LINE_VALUES).max(1)
    }

    /// Index of the first row's mean.
    pub fn mean_offset(&self) -> usize {
        self.slots() * self.lines() * LINE_VALUES
    }

    /// Index of the first row's value at a step, counted in values of the texture.
    pub fn offset(&self, slot: usize, step: usize) -> usize {
        slot * self.lines() * LINE_VALUES + step % self.page_steps
    }

    /// The chunks of a page.
    pub fn chunks(&self, page: usize, layout: &Layout) -> Vec<(usize, usize)> {
        let range = self.range(page);
        let across = range.start / layout.chunk_steps..range.end.div_ceil(layout.chunk_steps);
        (0..layout.rows.div_ceil(layout.chunk_rows)).flat_map(|row| across.clone().map(move |step| (row, step))).collect()
    }
}

/// What is in the texture, and what is on its way there.
#[derive(Default)]
pub struct Pages {
    pub slots: [Slot; 2],
}

/// One of the two places of a page.
#[derive(Default)]
pub struct Slot {
    pub page: Option<usize>,
    /// Row after row, `stride` values each.
    pub values: Vec<f32>,
    /// Chunks that have not been copied yet.
    pub missing: Vec<(usize, usize)>,
    /// Rows of the texture that have been handed over.
    pub written: usize,
    pub is_ready: bool,
}

impl Slot {
    /// A page that begins to come.
    pub fn begin(page: usize, plan: &Plan, layout: &Layout) -> Self {
        Self {
            page: Some(page),
            values: vec![if layout.fill().is_finite() { layout.fill() } else { NO_VALUE }; plan.lines() * LINE_VALUES],
            missing: plan.chunks(page, layout),
            written: 0,
            is_ready: false,
        }
    }

    /// Copies the part of a chunk that lies in the page; `run` gives steps of a row as they stand in the chunk.
    pub fn copy<'a>(&mut self, chunk: (usize, usize), plan: &Plan, layout: &Layout, run: impl Fn(usize, Range<usize>) -> &'a [f32]) {
        let Some(page) = self.page else { return };
        let range = plan.range(page);
        let first_step = (chunk.1 * layout.chunk_steps).max(range.start);
        let last_step = ((chunk.1 + 1) * layout.chunk_steps).min(range.end);
        if first_step >= last_step {
            return;
        }
        for row in chunk.0 * layout.chunk_rows..((chunk.0 + 1) * layout.chunk_rows).min(layout.rows) {
            let from = row * plan.stride + first_step - range.start;
            for (slot, value) in self.values.iter_mut().skip(from).zip(run(row, first_step..last_step)) {
                *slot = if value.is_finite() { *value } else { NO_VALUE };
            }
        }
    }

    /// The value of a row at a step of this page; `None` for no data.
    pub fn value(&self, plan: &Plan, row: usize, step: usize) -> Option<f32> {
        self.values.get(row * plan.stride + step % plan.page_steps).copied().filter(|value| *value > 0.5 * NO_VALUE)
    }
}

impl Pages {
    /// The slot that holds a step, when it is ready.
    pub fn slot_of(&self, plan: &Plan, step: usize) -> Option<usize> {
        let page = plan.page_of(step);
        self.slots.iter().position(|slot| slot.page == Some(page) && slot.is_ready)
    }

    /// The page that the clock comes to next: the one after, the first after the last; going backwards the one before, once its edge is nearer than
    /// the other. Who only turns round inside a page asks for nothing.
    pub fn next(plan: &Plan, step: usize, forwards: bool) -> Option<usize> {
        let (page, pages) = (plan.page_of(step), plan.pages());
        let is_near_start = step % plan.page_steps < plan.page_steps / 2;
        match (pages > 1, forwards) {
            (false, _) => None,
            (true, true) => Some((page + 1) % pages),
            (true, false) => page.checked_sub(1).filter(|_| is_near_start),
        }
    }
}
